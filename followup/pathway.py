"""What the pathway makes of one gathered record: its bucket, its concerns, and until when.

Everything here is computed from rows: of the record, and of appointments, contacts, referrals and
ends of follow-up, which no verdict reads. Nothing is flagged by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from followup.clinic_rules import ClinicRules
from followup.models import Appointment, ContactAttempt, FollowUpEnd, Referral
from guidelines.assessment import INR_OVERDUE, Outline
from guidelines.concerns import (
    Concern,
    ConcernCase,
    Trigger,
    concerns_change_on,
    concerns_of,
    wait_days,
)
from guidelines.course_limits import course_limits
from guidelines.editions import EditionVerdict
from guidelines.facts import FACTS, ClinicalPicture, Interval
from guidelines.latch import CLASS_1, OpenTrigger, moment_of
from guidelines.pathway import Bucket, Leaving, PathwayCase, bucket_changes_on, bucket_of
from guidelines.progression import Progression, progression_of
from guidelines.surveillance import Due, FollowUp, FollowUpKind
from guidelines.vocabulary import GradeResult, Tempo
from patients.days import spoken
from patients.models import Registration, ResultAcknowledgment
from treatments.facts import last_mitral_procedure
from treatments.follow_up import follow_ups_of
from treatments.latch import (
    ANSWERING_PROCEDURES,
    ANSWERS,
    LONGEST_WAIT_DAYS,
    acts_of,
    days_on_record,
)
from treatments.models import Intervention, TeamReview
from treatments.record import PatientRecord
from treatments.series import series_of

NEW_RESULT_DAYS = 60
"""Local: a result counts as new for so long; later the record's page still shows it."""
ANSWERED_DUE_DAYS = 183
"""Local: after a decision not to intervene that names no day, when it is looked at again."""
CLASS_2A = 2
FEWEST_FOR_A_TREND = 3
# Ages at which time alone may change what a rule, a fact or a due date says.
FURTHER_AGES = (1, 14, 30, 31, 60, 61, 84, 90, 91, 120, 180, 182, 183, 184, 365, 366, 730, 731)


@dataclass(slots=True)
class PathwayRows:
    """Rows of one patient that are no part of the clinical record, none struck, newest first."""

    appointments: list[Appointment] = field(default_factory=list)
    contacts: list[ContactAttempt] = field(default_factory=list)
    ends: list[FollowUpEnd] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    seen_studies: set[int] = field(default_factory=set)
    seen_results: set[int] = field(default_factory=set)


NO_ROWS = PathwayRows()


def pathway_rows_of(patient_ids: Sequence[int], *, on: date) -> dict[int, PathwayRows]:
    """These rows of many patients as true on a day, in one query for each kind."""
    found: dict[int, PathwayRows] = defaultdict(PathwayRows)
    here = {"patient_id__in": patient_ids}
    counted = {**here, "struck_at__isnull": True}
    for row in Appointment.objects.filter(**counted, booked_on__lte=on):
        found[row.patient_id].appointments.append(row)
    for contact in ContactAttempt.objects.filter(**counted, attempted_on__lte=on):
        found[contact.patient_id].contacts.append(contact)
    for end in FollowUpEnd.objects.filter(**counted, ended_on__lte=on):
        found[end.patient_id].ends.append(end)
    for referral in Referral.objects.filter(**counted, referred_on__lte=on):
        found[referral.patient_id].referrals.append(referral)
    errors = Registration.Ended.ENTERED_IN_ERROR
    for place in Registration.objects.filter(**here).exclude(ended_because=errors):
        found[place.patient_id].registrations.append(place)
    seen = ResultAcknowledgment.objects.filter(**counted)
    for patient, study, result in seen.values_list("patient_id", "echo_study", "lab_result"):
        found[patient].seen_studies.add(study)
        found[patient].seen_results.add(result)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Pathway:
    """Bucket, concerns and what they rest on; ``valid_until`` is the first day to look again."""

    bucket: Bucket
    concerns: tuple[Concern, ...]
    waits_since: date | None
    refers_itself_on: date | None
    due_from: date | None
    due_by: date | None
    due_words: str
    booked_on: date | None
    missing_one: str
    valid_until: date


def pathway_of(
    record: PatientRecord,
    picture: ClinicalPicture,
    said: Outline,
    rows: PathwayRows,
    rules: ClinicRules,
    *,
    triggers: Sequence[OpenTrigger] | None,
) -> Pathway:
    """Where the patient stands. ``triggers``: what a replay of the record found open; ``None``
    where none was made: then what stands today and no act has answered.
    """
    reading = _Reading(record, picture, said, rows, rules, triggers)
    case, asks = reading.case, reading.asks
    since = [trigger.since for trigger in asks.triggers if trigger.since is not None]
    waits = concerns_change_on(asks)
    return Pathway(
        bucket=bucket_of(case),
        concerns=concerns_of(asks),
        waits_since=min(since, default=None),
        refers_itself_on=reading.refers_itself_on,
        due_from=case.due_from,
        due_by=case.due_by,
        due_words=asks.due_words,
        booked_on=case.booked_on,
        missing_one=reading.missing_one,
        valid_until=min(filter(None, (waits, *_looks(record, rows, case, reading, rules)))),
    )


class _Reading:
    """The record read for the two questions of the pathway, each part once."""

    def __init__(
        self,
        record: PatientRecord,
        picture: ClinicalPicture,
        said: Outline,
        rows: PathwayRows,
        rules: ClinicRules,
        triggers: Sequence[OpenTrigger] | None,
    ) -> None:
        self.record, self.picture, self.said = record, picture, said
        self.rows, self.rules = rows, rules
        self.verdicts = [v for v in said.editions if v.edition not in rules.hidden]
        self.triggers = tuple(self._triggers(triggers))
        self.courses = tuple(self._courses()) if not record.has_died else ()
        self.due = None if record.has_died else self._due()
        self.missing_one = self._missing_one()
        self.case = self._case()
        self.asks = self._asks()

    # Decisions

    def _triggers(self, found: Sequence[OpenTrigger] | None) -> Iterator[Trigger]:
        if found is not None:
            bodies = {verdict.edition.body for verdict in self.verdicts}
            for trigger in found:
                if trigger.body in bodies:
                    yield Trigger(trigger.said, trigger.since, trigger.still_stands)
            return
        acts = acts_of(self.record)
        last_act = max(acts, default=None)
        for verdict in self.verdicts:
            if verdict.standing.headline != CLASS_1 or verdict.headline is None:
                continue
            moment = moment_of(verdict, self.said.graded.picture, on=self.record.on)
            if last_act is None or moment.evidence_on > last_act:
                yield Trigger(verdict.headline, moment.evidence_on, stands=True)

    @property
    def refers_itself_on(self) -> date | None:
        """From when on the heart team's list holds a trigger that nobody has answered."""
        days = [
            trigger.since + timedelta(days=wait_days(self.asks))
            for trigger in self.asks.triggers
            if trigger.since is not None
        ]
        return min(days, default=None)

    def _team_since(self) -> date | None:
        """Since when a referral waits for the team, or tests it asked for are to be judged."""
        answers = [r.reviewed_on for r in self.record.team_reviews if r.decision in ANSWERS]
        answered_on = max(answers, default=None)
        asked = [
            referral.referred_on
            for referral in self.rows.referrals
            if referral.withdrawn_on is None or referral.withdrawn_on > self.record.on
        ]
        newest = next(iter(self.record.team_reviews), None)
        if newest is not None and newest.decision == TeamReview.Decision.FURTHER_TESTS:
            asked.append(newest.reviewed_on)
        waiting = [day for day in asked if answered_on is None or day > answered_on]
        return min(waiting, default=None)

    def _plans_intervention(self) -> bool:
        """A mitral procedure that is planned, or decided not long ago and not done since."""
        rows = self.record.interventions
        if any(
            row.kind in ANSWERING_PROCEDURES and row.status == Intervention.Status.PLANNED
            for row in rows
        ):
            return True
        decided = next((r for r in self.record.team_reviews if r.decision in ANSWERS), None)
        if decided is None or decided.decision != TeamReview.Decision.INTERVENE:
            return False
        ended = [row.performed_on or row.decided_on for row in rows]
        done = any(day is not None and day >= decided.reviewed_on for day in ended)
        last = decided.reviewed_on + timedelta(days=LONGEST_WAIT_DAYS)
        return not done and self.record.on < last

    # Dates

    def _courses(self) -> Iterator[Progression]:
        """The courses that may say when a limit is met; a few points say nothing."""
        shown = [v.edition for v in self.verdicts if not v.gates.is_closed]
        if not shown or sum(study.counts for study in self.record.echo_studies) < (
            FEWEST_FOR_A_TREND
        ):
            return
        limits = course_limits(shown)
        for name, series in series_of(self.record).items():
            if name in limits and len(series.points) >= FEWEST_FOR_A_TREND:
                yield progression_of(
                    series, on=self.record.on, limits=limits[name], noise=self.rules.noise
                )

    def _due(self) -> _Due | None:
        """The earliest of what the editions ask for; after a decision, its own day."""
        ups = follow_ups_of(
            self.record, self.picture, self.verdicts, self.said.dangers, self.courses
        )
        if any(up.kind is FollowUpKind.DECISION for up in ups) and not self.triggers:
            answered = self._answered_due()
            if answered is not None:
                return answered
        found = [each for up in ups for each in self._dues(up)]
        return min(found, key=lambda each: (each.by, each.words), default=None)

    def _answered_due(self) -> _Due | None:
        """When a decision not to intervene is looked at again."""
        decided = next((r for r in self.record.team_reviews if r.decision in ANSWERS), None)
        if decided is None:
            return None
        again = timedelta(days=ANSWERED_DUE_DAYS)
        by = decided.review_on or decided.reviewed_on + again
        last = self._last_news()
        if last is not None and last >= by:
            by = last + again  # the patient was seen since: it was looked at again then
        return _Due(None, by, f"Decision of {spoken(decided.reviewed_on)} to be looked at again")

    def _dues(self, up: FollowUp) -> Iterator[_Due]:
        for what, due in (("Echo", up.echo), ("Visit", up.visit)):
            if due is not None and due.by is not None:
                yield self._anchored(what, due, up)

    def _anchored(self, what: str, due: Due, up: FollowUp) -> _Due:
        """What is due "now" has been so since the record last said something new."""
        by = due.by or self.record.on
        if by != self.record.on:
            return _Due(due.since, by, f"{what} ({up.edition.title})", up.reminds)
        slack = timedelta(days=self.rules.pathway.due_soon)
        begun = self._last_news()
        # Never done, it is due from the first day on; else an interval may end just today.
        moves = up.kind is FollowUpKind.INTERVAL and self._was_done(what)
        since = begun or self.record.on
        words = f"{what} now ({up.edition.title})"
        return _Due(since, since + slack, words, up.reminds, moves or begun is None)

    def _last_news(self) -> date | None:
        """The last day on which something was recorded; before that, the first registration."""
        days = days_on_record(self.record)
        registered = (place.from_on for place in self.rows.registrations)
        return max(days) if days else min(registered, default=None)

    def _was_done(self, what: str) -> bool:
        done = self.record.symptom_logs if what == "Visit" else self.record.echo_studies
        return bool(done)

    # The two questions

    def _case(self) -> PathwayCase:
        record, rows = self.record, self.rows
        procedure = last_mitral_procedure(record)
        return PathwayCase(
            on=record.on,
            has_died=record.has_died or _died_elsewhere(rows, record.on),
            is_acute=self._is_acute(),
            has_moved=_has_moved(rows, record.on),
            left=_left(rows),
            unanswered=_unanswered(rows, record),
            procedure_on=procedure.performed_on if procedure else None,
            plans_intervention=self._plans_intervention(),
            waits_for_decision=bool(self.triggers) or self._team_since() is not None,
            is_graded=_is_graded(self.said),
            due_from=self.due.since if self.due else None,
            due_by=self.due.by if self.due else None,
            booked_on=_next_booked(rows, record.on),
            settings=self.rules.pathway,
        )

    def _is_acute(self) -> bool:
        tempo = self.said.readings.get("tempo")
        return self.record.open_episode is not None or tempo in (
            Tempo.ACUTE,
            Tempo.ACUTE_ON_CHRONIC,
        )

    def _asks(self) -> ConcernCase:
        case, record = self.case, self.record
        unseen = _unseen(record, self.rows)
        return ConcernCase(
            on=record.on,
            has_died=case.has_died,
            acute_since=self._acute_since(),
            acute_acknowledged=bool(record.open_episode and record.open_episode.acknowledged_at),
            dangers=tuple(self._dangers()),
            triggers=self.triggers,
            is_symptomatic=_yes_no(self.said.readings.get("symptomatic")),
            lvef_percent_high=_high(self.said.readings.get("lvef_percent")),
            discuss=tuple(self._discuss()),
            team_since=self._team_since(),
            inr=tuple(self._inr()),
            unseen=len(unseen),
            unseen_since=min(unseen, default=None),
            due_words=self.due.words if self.due and (case.is_due or case.is_past_due) else "",
            due_by=case.due_by,
            is_overdue=case.is_past_due,
            reminds=self.due.reminds if self.due else True,
            near_words=self._near_words(),
            missing=FACTS[self.missing_one].label if self.missing_one else "",
            settings=self.rules.pathway,
        )

    def _acute_since(self) -> date | None:
        if not self.case.is_acute:
            return None
        episode = self.record.open_episode
        if episode is not None:
            return self.record.day_of(episode.onset_at)
        fact = self.picture.facts.get("tempo")
        return fact.on if fact is not None and fact.on is not None else self.record.on

    def _dangers(self) -> Iterator[tuple[str, str]]:
        for finding in self.said.dangers:
            if finding.rule.id != INR_OVERDUE:
                yield finding.rule.message, ACTS.get(finding.rule.id, "Call the patient today")
        told = any(f.rule.id == TEAM_TODAY for f in self.said.dangers)
        if self.said.readings.get("endocarditis_active_or_suspected") is True and not told:
            yield "Endocarditis is active or suspected.", ACTS[TEAM_TODAY]

    def _inr(self) -> Iterator[tuple[str, str]]:
        if any(finding.rule.id == INR_OVERDUE for finding in self.said.dangers):
            yield "No INR that still counts: none on record, or too old.", "Measure the INR"
        plan = self.record.anticoagulation_plan
        last = next((r for r in self.record.lab_results if r.analyte == "inr"), None)
        if plan is None or last is None or last.value is None:
            return
        if plan.inr_low is not None and last.value < plan.inr_low:
            yield f"INR of {spoken(last.taken_on)} below its range", "Adjust and measure again"
        elif plan.inr_high is not None and last.value > plan.inr_high:
            yield f"INR of {spoken(last.taken_on)} above its range", "Adjust and measure again"

    def _discuss(self) -> Iterator[str]:
        if self.triggers:
            return
        for verdict in self.verdicts:
            if verdict.standing.headline == CLASS_2A and verdict.headline:
                yield verdict.headline

    def _near_words(self) -> str:
        """A limit that is expected before the echo that is planned next, or due."""
        expected = [o for c in self.courses for o in c.outlooks if o.expected_on is not None]
        if not expected or self.triggers:
            return ""
        first = min(expected, key=lambda o: (o.expected_on or date.max, o.limit.label))
        planned = self.case.booked_on or self.case.due_by
        if planned is None or first.expected_on is None or first.expected_on >= planned:
            return ""
        return f"{first.limit.label} expected about {spoken(first.expected_on)}"

    def _missing_one(self) -> str:
        """The one fact that keeps a class 1 or I possible and undecided, where it is one."""
        if self.record.has_died or self.triggers:
            return ""
        for verdict in self.verdicts:
            if _held_up(verdict) and len(verdict.missing) == 1:
                name = verdict.missing[0]
                return SEVERITY if name.startswith(SEVERE_BY) else name
        return ""


@dataclass(frozen=True, slots=True)
class _Due:
    """What is due first; ``moves``: its day follows today, so it is looked at again tomorrow."""

    since: date | None
    by: date
    words: str
    reminds: bool = True
    moves: bool = False


SEVERITY, SEVERE_BY = "mr_grade", "severe_mr_"  # by either body, it is measured once
TEAM_TODAY = "local-safety/endocarditis/team-today"
ACTS = {
    "local-safety/anticoagulation/low-inr": "Call today: INR too low on a mechanical valve",
    "local-safety/anticoagulation/no-vka": "Call today: no vitamin K antagonist",
    "local-safety/anticoagulation/doac": "Call today, before the next dose",
    "local-safety/anticoagulation/high-inr": "Call today: bleeding? Measure again",
    "local-safety/anticoagulation/valve-thrombosis": "Contact and image today",
    TEAM_TODAY: "Admit; endocarditis team today",
}


def _held_up(verdict: EditionVerdict) -> bool:
    standing = verdict.standing
    return standing.possible == CLASS_1 and standing.headline < CLASS_1


def _yes_no(reading: Any) -> bool | None:
    return reading if isinstance(reading, bool) else None


def _high(reading: Any) -> Any:
    """The upper end of a reading that may be a range; ``None`` for one without."""
    return reading.high if isinstance(reading, Interval) else None


def _is_graded(said: Outline) -> bool | None:
    result = said.grade.result
    if result is GradeResult.CANNOT_BE_GRADED:
        return False
    return None if result is GradeResult.NOT_ON_THIS_SCALE else True


def _died_elsewhere(rows: PathwayRows, on: date) -> bool:
    """A registration that ended by death, where the day of death itself is not recorded."""
    died = Registration.Ended.DIED
    return any(
        place.ended_because == died and place.until_on is not None and place.until_on <= on
        for place in rows.registrations
    )


def _has_moved(rows: PathwayRows, on: date) -> bool:
    """No clinic follows the patient on the day, and one did."""
    return bool(rows.registrations) and not any(
        place.until_on is None or place.until_on >= on for place in rows.registrations
    )


def _left(rows: PathwayRows) -> Leaving | None:
    newest = next(iter(rows.ends), None)
    if newest is None or newest.kind == FollowUpEnd.Kind.RETURNED:
        return None
    return Leaving(newest.kind)


def _unanswered(rows: PathwayRows, record: PatientRecord) -> int:
    """Attempts to reach the patient since they were last reached or seen."""
    reached = [
        *(c.attempted_on for c in rows.contacts if c.outcome in ContactAttempt.ANSWERED),
        *(a.planned_on for a in rows.appointments if a.status == Appointment.Status.ATTENDED),
        *(s.performed_on for s in record.echo_studies),
        *(log.recorded_on for log in record.symptom_logs),
    ]
    last = max(reached, default=date.min)
    return sum(contact.attempted_on > last for contact in rows.contacts)


def _next_booked(rows: PathwayRows, on: date) -> date | None:
    days = [
        appointment.planned_on
        for appointment in rows.appointments
        if appointment.status == Appointment.Status.PLANNED
        and appointment.kind in Appointment.FOLLOWS_UP
        and appointment.planned_on >= on
    ]
    return min(days, default=None)


def _unseen(record: PatientRecord, rows: PathwayRows) -> list[date]:
    """The days of new results that nobody has signed."""
    since = record.on - timedelta(days=NEW_RESULT_DAYS)
    return [
        *(s.performed_on for s in record.echo_studies
          if s.counts and s.performed_on >= since and s.pk not in rows.seen_studies),
        *(r.taken_on for r in record.lab_results
          if r.taken_on >= since and r.pk not in rows.seen_results),
    ]  # fmt: skip


def _looks(
    record: PatientRecord,
    rows: PathwayRows,
    case: PathwayCase,
    reading: _Reading,
    rules: ClinicRules,
) -> Iterator[date | None]:
    """The days on which time alone may change something, those that lie ahead; never none."""
    on = record.on
    yield _birthday_after(record.patient.born_on, on)
    yield date(on.year + 1, on.month, min(on.day, 28))
    yield bucket_changes_on(case)
    if reading.due is not None and reading.due.moves:
        yield on + timedelta(days=1)
    yield from _after(on, _ages(record, rows, rules))


def _after(on: date, days: Iterable[date]) -> Iterator[date]:
    return (day for day in days if day > on)


def _ages(record: PatientRecord, rows: PathwayRows, rules: ClinicRules) -> Iterator[date]:
    """Each day of the record plus each age that may matter; later than needed would be wrong."""
    days = set(days_on_record(record))
    days |= {appointment.planned_on for appointment in rows.appointments}
    days |= {c.next_try_on for c in rows.contacts if c.next_try_on is not None}
    days |= {place.until_on for place in rows.registrations if place.until_on is not None}
    ages = sorted({*rules.limits.values(), *FURTHER_AGES})
    for day in days:
        passed = (record.on - day).days
        later = next((age + 1 for age in ages if age + 1 > passed), None)
        exact = next((age for age in ages if age > passed), None)
        for each in (later, exact):
            if each is not None:
                yield day + timedelta(days=each)
        if day > record.on:
            yield day
            yield day + timedelta(days=1)


def _birthday_after(born: date | None, on: date) -> date | None:
    if born is None:
        return None
    for year in (on.year, on.year + 1):
        day = date(year, born.month, min(born.day, 28))
        if day > on:
            return day
    return None
