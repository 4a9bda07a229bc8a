"""What the pathway makes of one gathered record: its bucket, its concerns, and until when.

Everything here is computed from rows: of the record, and of appointments, contacts, referrals and
ends of follow-up, which no verdict reads. Nothing is flagged by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from followup.clinic_rules import ClinicRules
from followup.completeness import OnThePathway, completeness_case
from followup.models import Appointment
from followup.new_results import new_until, unseen_results
from followup.open_plans import awaits_intervention, plans_of
from followup.outside_intervals import asked_of_a_team, needed_of_severe
from followup.pathway_rows import (
    ECHOES,
    PathwayRows,
    died_elsewhere,
    has_moved,
    left,
    next_booked,
    recorded_days,
    seen_days,
    unanswered,
)
from followup.turns import after, ages, birthday_after
from guidelines.assessment import INR_OVERDUE, Outline
from guidelines.completeness import (
    Completeness,
    completeness_changes_on,
    completeness_of,
)
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
from guidelines.pathway import Bucket, PathwayCase, bucket_changes_on, bucket_of
from guidelines.progression import Progression, progression_of
from guidelines.registry import ALL_EDITIONS
from guidelines.surveillance import Due, FollowUp, FollowUpKind
from guidelines.vocabulary import GradeResult, PregnancyStatus, Tempo
from patients.days import spoken
from patients.study_sheet import upper_first
from treatments.facts import last_mitral_procedure
from treatments.follow_up import follow_ups_of, last_known
from treatments.latch import (
    ANSWERS,
    acts_of,
    answered_last,
)
from treatments.models import AnticoagulationPlan, TeamReview
from treatments.record import PatientRecord
from treatments.series import series_of

ANSWERED_DUE_DAYS = 183
"""Local: after a decision not to intervene that names no day, when it is looked at again."""
IN_PREGNANCY_DAYS = 91
"""Local: the same in pregnancy, in every trimester (SAFE-09)."""
CLASS_2A = 2
FEWEST_FOR_A_TREND = 3


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
    completeness: Completeness
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
        completeness=completeness_of(reading.complete),
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
        self.has_died = record.has_died or died_elsewhere(rows, record.on)
        self.acts = acts_of(record)
        self.triggers = () if self.has_died else tuple(self._triggers(triggers))
        self.courses = () if self.has_died else tuple(self._courses())
        self.follow_ups = () if self.has_died else self._follow_ups()
        self.dues: tuple[_Due, ...] = ()
        self.due = None if self.has_died else self._due()
        self.missing_one = self._missing_one()
        self.unseen = unseen_results(record, rows.seen_studies, rows.seen_results)
        self.case = self._case()
        self.asks = self._asks()
        self.echo_dues = tuple(self._echo_dues())
        self.complete = completeness_case(record, picture, said, self._found())

    # Decisions

    def _triggers(self, found: Sequence[OpenTrigger] | None) -> Iterator[Trigger]:
        if found is not None:
            bodies = {verdict.edition.body for verdict in self.verdicts}
            for trigger in found:
                if trigger.body in bodies:
                    news = f" {upper_first(trigger.news)}." if trigger.news else ""
                    said = f"{trigger.said}{news}"
                    yield Trigger(said, trigger.since, trigger.still_stands)
            return
        last_act = answered_last(self.record)
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
        answered_on = max(self.acts, default=None)
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

    def _follow_ups(self) -> tuple[FollowUp, ...]:
        return follow_ups_of(
            self.record, self.picture, self.verdicts, self.said.dangers, self.courses
        )

    def _echo_dues(self) -> Iterator[_Due]:
        """The next echo by each edition that says when."""
        for up in self.follow_ups:
            if up.echo is not None and up.echo.by is not None:
                yield self._anchored("Echo", up.echo, up)

    def _found(self) -> OnThePathway:
        attended = (
            row.planned_on
            for row in self.rows.appointments
            if row.status == Appointment.Status.ATTENDED
        )
        stands = any(verdict.standing.headline == CLASS_1 for verdict in self.verdicts)
        return OnThePathway(
            bucket=bucket_of(self.case),
            is_acute=self.case.is_acute,
            seen_on=max((*seen_days(self.record), *attended), default=None),
            echo_by=[due.by for due in self.echo_dues],
            has_class_1=stands or bool(self.triggers),
        )

    def _due(self) -> _Due | None:
        """The earliest of what the editions ask for; after a decision, its own day."""
        ups = self.follow_ups
        if any(up.kind is FollowUpKind.DECISION for up in ups) and not self.triggers:
            answered = self._answered_due()
            if answered is not None:
                return answered
        self.dues = tuple(each for up in ups for each in self._dues(up))
        first = _earliest(self.dues)
        if first is None or not self._is_served(first):
            return first
        # What is booked may serve the earliest and leave an echo out that is due as well.
        left_out = [due for due in self.dues if self._presses(due) and not self._is_served(due)]
        return _earliest(left_out) or first

    def _presses(self, due: _Due) -> bool:
        """Whether its last day is over or near."""
        return due.by <= self.record.on + timedelta(days=self.rules.pathway.due_soon)

    def _booked_for(self, due: _Due | None) -> date | None:
        """The next appointment that is to serve it; a visit alone serves no echo once that is near.

        Before that, whoever has any appointment is booked.
        """
        is_echo = due is not None and due.is_echo and self._presses(due)
        kinds = ECHOES if is_echo else Appointment.FOLLOWS_UP
        return next_booked(self.rows, self.record.on, kinds)

    def _is_served(self, due: _Due) -> bool:
        booked_on, settings = self._booked_for(due), self.rules.pathway
        case = PathwayCase(self.record.on, due_by=due.by, booked_on=booked_on, settings=settings)
        return case.booking_serves

    def booking_turns(self) -> Iterator[date]:
        """The days on which time alone may change which due date is served."""
        soon, slack = (
            timedelta(days=each)
            for each in (self.rules.pathway.due_soon, self.rules.pathway.booking_slack)
        )
        for due in self.dues:
            yield due.by - soon
            yield due.by + timedelta(days=1)
        for booked in self.rows.appointments:
            yield booked.planned_on - slack

    def _answered_due(self) -> _Due | None:
        """When a decision not to intervene is looked at again."""
        decided = next((r for r in self.record.team_reviews if r.decision in ANSWERS), None)
        last = self._last_seen()
        if decided is None or not self._answers_all(decided, last):
            return None
        is_pregnant = self.said.readings.get("pregnancy_status") is PregnancyStatus.PREGNANT
        again = timedelta(days=IN_PREGNANCY_DAYS if is_pregnant else ANSWERED_DUE_DAYS)
        by = decided.review_on or decided.reviewed_on + again
        if last is not None and last >= by:
            by = last + again  # the patient was seen since: it was looked at again then
        return _Due(None, by, f"Decision of {spoken(decided.reviewed_on)} to be looked at again")

    def _answers_all(self, decided: TeamReview, seen_on: date | None) -> bool:
        """Whether the decision came after what asks for it.

        Of a class 1 or I the replay knows; another reason, such as a valve that leaks again after
        the operation, may be newer than the decision.
        """
        if any(verdict.standing.headline == CLASS_1 for verdict in self.verdicts):
            return True
        operated = last_mitral_procedure(self.record)
        news = [seen_on, operated.performed_on if operated else None]
        return all(day is None or day <= decided.reviewed_on for day in news)

    def _dues(self, up: FollowUp) -> Iterator[_Due]:
        for what, due in (("Echo", up.echo), ("Visit", up.visit)):
            if due is not None and due.by is not None:
                yield self._anchored(what, due, up)

    def _anchored(self, what: str, due: Due, up: FollowUp) -> _Due:
        """What is due "now" has been so since the record last said something new."""
        by, reminds = due.by or self.record.on, up.reminds or what == "Visit"
        if not due.is_now:
            words = f"{what} ({up.edition.title})"
            return _Due(due.since, by, words, reminds, is_echo=what == "Echo")
        slack = timedelta(days=self.rules.pathway.due_soon)
        begun = self._last_news()
        since = begun or self.record.on
        words = f"{what} now ({up.edition.title})"
        moves = begun is None
        return _Due(since, since + slack, words, reminds, moves=moves, is_echo=what == "Echo")

    def _last_news(self) -> date | None:
        """The last day on which something was recorded; before that, the first registration."""
        recorded = max(recorded_days(self.record), default=None)
        registered = (place.from_on for place in self.rows.registrations)
        return recorded or min(registered, default=None)

    def _last_seen(self) -> date | None:
        """The last visit or study; a result from the laboratory looks at no decision again."""
        return max(seen_days(self.record), default=None)

    # The two questions

    def _case(self) -> PathwayCase:
        record, rows = self.record, self.rows
        procedure = last_mitral_procedure(record)
        return PathwayCase(
            on=record.on,
            has_died=self.has_died,
            is_acute=self._is_acute(),
            has_moved=has_moved(rows, record.on),
            left=left(rows, record.on),
            unanswered=unanswered(rows, record),
            procedure_on=procedure.performed_on if procedure else None,
            plans_intervention=awaits_intervention(self.record),
            waits_for_decision=bool(self.triggers) or self._team_since() is not None,
            is_graded=self._is_graded(),
            due_from=self.due.since if self.due else None,
            due_by=self.due.by if self.due else None,
            booked_on=self._booked_for(self.due),
            settings=self.rules.pathway,
        )

    def _is_graded(self) -> bool | None:
        """Whether somebody graded the leak, however long ago: then it is overdue, not new."""
        result = self.said.grade.result
        # Nobody asks it of the dead, whose bucket is settled.
        if result is GradeResult.CANNOT_BE_GRADED and not self.has_died:
            result = last_known(self.picture).ase.result
        if result is GradeResult.CANNOT_BE_GRADED:
            return False
        return None if result is GradeResult.NOT_ON_THIS_SCALE else True

    def _is_acute(self) -> bool:
        tempo = self.said.readings.get("tempo")
        return self.record.open_episode is not None or tempo in (
            Tempo.ACUTE,
            Tempo.ACUTE_ON_CHRONIC,
        )

    def _asks(self) -> ConcernCase:
        case, record = self.case, self.record
        return ConcernCase(
            on=record.on,
            has_died=case.has_died,
            acute_since=self._acute_since(),
            acute_acknowledged=bool(record.open_episode and record.open_episode.acknowledged_at),
            dangers=tuple(self._dangers()),
            triggers=self.triggers,
            plans=tuple(plans_of(record, self.rules.pathway)),
            is_followed=case.left is None and not case.has_moved,
            is_symptomatic=_yes_no(self.said.readings.get("symptomatic")),
            lvef_percent=_lowest(self.said.readings.get("lvef_percent")),
            discuss=tuple(self._discuss()),
            team_since=self._team_since(),
            inr=tuple(self._inr()),
            unseen=len(self.unseen),
            unseen_since=min(self.unseen, default=None),
            due_words=self.due.words if self.due and self._asks_to_book() else "",
            due_by=case.due_by,
            is_overdue=case.is_past_due,
            reminds=self.due.reminds if self.due else True,
            near_words=self._near_words(),
            missing=self._missing_words(),
            settings=self.rules.pathway,
        )

    def _asks_to_book(self) -> bool:
        """Something is due or overdue, and nothing is booked that serves."""
        return (self.case.is_due or self.case.is_past_due) and not self.case.booking_serves

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
            if finding.rule.id not in SAID_ELSEWHERE:
                yield finding.rule.message, ACTS.get(finding.rule.id, "Call the patient today")
        told = {finding.rule.id for finding in self.said.dangers}
        for fact, rule, words in SUSPECTED:
            if self.said.readings.get(fact) is True and rule not in told:
                yield words, ACTS[rule]

    def _inr(self) -> Iterator[tuple[str, str]]:
        told = {finding.rule.id for finding in self.said.dangers}
        plan = self.record.anticoagulation_plan
        is_vka = plan is not None and plan.agent == AnticoagulationPlan.Agent.VKA
        inr = self.picture.facts.get("inr")
        is_old = inr is None or inr.value is None or inr.too_old_to_reassure
        if INR_OVERDUE in told or (is_vka and is_old):
            yield "No INR that still counts: none on record, or too old.", "Measure the INR"
        results = (r for r in self.record.lab_results if r.analyte == "inr")
        last = next((r for r in results if r.value is not None), None)
        if plan is None or not is_vka or last is None or last.value is None or told & INR_TODAY:
            return
        if plan.inr_low is not None and last.value < plan.inr_low:
            yield f"INR of {spoken(last.taken_on)} below its range", "Adjust and measure again"
        elif plan.inr_high is not None and last.value > plan.inr_high:
            yield f"INR of {spoken(last.taken_on)} above its range", "Adjust and measure again"

    def _discuss(self) -> Iterator[str]:
        if self.triggers or self._is_discussed():
            return
        for verdict in self.verdicts:
            if verdict.standing.headline == CLASS_2A and verdict.headline:
                yield verdict.headline
        reason = asked_of_a_team(self.verdicts, self.follow_ups)
        if reason:
            yield reason

    def _is_discussed(self) -> bool:
        """The team decided after the patient was last seen."""
        last = self._last_seen()
        return any(last is None or day >= last for day in self.acts)

    def _near_words(self) -> str:
        """A limit that is expected before the echo that is booked next, or due by interval."""
        expected = [o for c in self.courses for o in c.outlooks if o.expected_on is not None]
        if not expected or self.triggers:
            return ""
        first = min(expected, key=lambda o: (o.expected_on or date.max, o.limit.label))
        planned = next_booked(self.rows, self.record.on, ECHOES) or self._echo_by_interval()
        if planned is None or first.expected_on is None or first.expected_on >= planned:
            return ""
        return f"{first.limit.label} expected about {spoken(first.expected_on)}"

    def _echo_by_interval(self) -> date | None:
        """When the next echo would be due without the trend, which brings dates forward."""
        ups = follow_ups_of(self.record, self.picture, self.verdicts, self.said.dangers)
        days = (up.echo.by for up in ups if up.echo is not None)
        return min((day for day in days if day is not None), default=None)

    def _missing_one(self) -> str:
        """The one fact that keeps a class 1 or I possible and undecided, where it is one."""
        if self.has_died or self.triggers:
            return ""
        for verdict in self.verdicts:
            missing = _measurements_missing(verdict) if _held_up(verdict) else set()
            if len(missing) == 1:
                name = missing.pop()
                return SEVERITY if name.startswith(SEVERE_BY) else name
        return ""

    def _missing_words(self) -> str:
        """What holds a verdict up: one fact, or of a severe leak those without which none is."""
        if self.missing_one:
            return FACTS[self.missing_one].label
        if self.has_died or self.triggers:
            return ""
        held_up = (verdict for verdict in self.verdicts if _held_up(verdict))
        needed = (
            needed_of_severe(v, _measurements_missing(v), self.said.readings) for v in held_up
        )
        return next(filter(None, needed), "")


@dataclass(frozen=True, slots=True)
class _Due:
    """What is due first; ``moves``: its day follows today, so it is looked at again tomorrow."""

    since: date | None
    by: date
    words: str
    reminds: bool = True
    moves: bool = False
    is_echo: bool = False


def _earliest(dues: Iterable[_Due]) -> _Due | None:
    """The first of them; where nobody is to be reminded, symptoms are followed (SAFE-14)."""
    return min(dues, key=lambda e: (not e.reminds, e.by, e.words), default=None)


SEVERITY, SEVERE_BY = "mr_grade", "severe_mr_"  # by either body, it is measured once
TEAM_TODAY = "local-safety/endocarditis/team-today"
VALVE_THROMBOSIS = "local-safety/anticoagulation/valve-thrombosis"
INR_TODAY = {"local-safety/anticoagulation/low-inr", "local-safety/anticoagulation/high-inr"}
# The overdue INR has a concern of its own.
SAID_ELSEWHERE = {INR_OVERDUE}
# Fact, the rule that says it where it applies, and the words for everybody else.
SUSPECTED = (
    ("endocarditis_active_or_suspected", TEAM_TODAY, "Endocarditis is active or suspected."),
    ("valve_thrombosis_suspected", VALVE_THROMBOSIS, "Valve thrombosis is suspected."),
)
ACTS = {
    "local-safety/anticoagulation/low-inr": "Call today: INR too low on a mechanical valve",
    "local-safety/anticoagulation/no-vka": "Call today: no vitamin K antagonist",
    "local-safety/anticoagulation/doac": "Call today, before the next dose",
    "local-safety/anticoagulation/high-inr": "Call today: bleeding? Measure again",
    VALVE_THROMBOSIS: "Contact and image today",
    TEAM_TODAY: "Admit; endocarditis team today",
}


def _held_up(verdict: EditionVerdict) -> bool:
    standing = verdict.standing
    return standing.possible == CLASS_1 and standing.headline < CLASS_1


def _measurements_missing(verdict: EditionVerdict) -> set[str]:
    """What the rules of class 1 or I lack, but for the judgements of a team (safety D7)."""
    names = {
        name
        for finding in verdict.findings
        if finding.rule.is_timing and finding.rule.strength == CLASS_1
        for name in finding.missing
        if not FACTS[name].is_judgement
    }
    return names - {"nyha_class"} if "symptomatic" in names else names


def _yes_no(reading: Any) -> bool | None:
    return reading if isinstance(reading, bool) else None


def _lowest(reading: Any) -> Any:
    """The lower end of a range; of one that grew old, and may be lower now, what it was."""
    if not isinstance(reading, Interval):
        return None
    return reading.high if reading.low is None else reading.low


def _looks(
    record: PatientRecord,
    rows: PathwayRows,
    case: PathwayCase,
    reading: _Reading,
    rules: ClinicRules,
) -> Iterator[date | None]:
    """The days on which time alone may change something, those that lie ahead; never none."""
    on = record.on
    yield birthday_after(record.patient.born_on, on)
    yield date(on.year + 1, on.month, min(on.day, 28))
    yield bucket_changes_on(case)
    yield completeness_changes_on(reading.complete)
    if any(due.moves for due in (reading.due, *reading.echo_dues) if due is not None):
        yield on + timedelta(days=1)
    yield from after(on, ages(record, rows, rules))
    yield from after(on, reading.booking_turns())
    yield from new_until(reading.unseen)
    yield from after(on, rules.turns)
    # From the day on which another clinic begins to follow, it may be the one that judges.
    yield from after(on, (place.from_on for place in rows.registrations))
    yield from after(on, (edition.published_on for edition in ALL_EDITIONS))
