"""Which class 1 triggers of a record are open: the days of the record, replayed.

The record is judged anew as of each day on which something was recorded, by the editions in force
on that day, and the fold of ``guidelines.latch`` keeps what was met until somebody decided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from guidelines.assessment import graded_picture
from guidelines.clock import either_way, is_class_1
from guidelines.compiled import JudgedTogether
from guidelines.editions import HeadlineKind, held_rules, judge_timing, standing_of
from guidelines.latch import CLASS_1, Moment, OpenTrigger, moment_of, open_triggers
from guidelines.registry import ALL_EDITIONS, editions_in_force
from guidelines.rule import Edition, Known, Rule
from guidelines.vocabulary import Verdict
from patients.models import ClinicalRecord
from treatments.facts import picture_of
from treatments.facts.ageing import LIMITS
from treatments.facts.valve import ON_THE_VALVE, was_aborted
from treatments.models import Intervention, TeamReview
from treatments.record import KINDS, PatientRecord

EditionsOf = Callable[[date], Sequence[Edition]]
STANDS = (Verdict.MET, Verdict.PENDING_JUDGEMENT)

# Decisions that answer a trigger. "Further tests first" and "not decided" leave it open.
ANSWERS = {
    TeamReview.Decision.INTERVENE,
    TeamReview.Decision.WATCH,
    TeamReview.Decision.MEDICAL,
    TeamReview.Decision.DECLINED_BY_PATIENT,
}
# "Declined" answers, as the patient's own decision does; a cancelled operation does not.
NOT_DONE = {Intervention.Status.CANCELLED}
LONGEST_WAIT_DAYS = 183  # local default: a decision to intervene that nobody carried out by then
ANSWERING_PROCEDURES = {*ON_THE_VALVE, Intervention.Kind.LVAD, Intervention.Kind.TRANSPLANT}


def open_triggers_of(
    record: PatientRecord,
    *,
    editions_of: EditionsOf = editions_in_force,
    limits: Mapping[str, int] = LIMITS,
) -> tuple[OpenTrigger, ...]:
    """What was met and not answered, by body, on the record's day."""
    return open_triggers(list(moments_of(record, editions_of=editions_of, limits=limits)))


def moments_of(
    record: PatientRecord,
    *,
    editions_of: EditionsOf = editions_in_force,
    limits: Mapping[str, int] = LIMITS,
) -> Iterator[Moment]:
    """The days of the record in their order, each judged by the editions of that day."""
    entries = days_on_record(record)
    for judged in judged_days(
        record, days_of(record), editions_of=editions_of, limits=limits, entries=entries
    ):
        yield from judged.moments


@dataclass(frozen=True, slots=True)
class JudgedDay:
    """One day of the record: a moment for each edition in force, and which rules stand on it.

    ``standing``: ids of the rules for an intervention that are met or wait for judgement, and the
    keys of editions that say class 1 or I either way (``guidelines.clock``).
    """

    on: date
    moments: tuple[Moment, ...]
    standing: frozenset[str]


def judged_days(
    record: PatientRecord,
    days: Iterable[date],
    *,
    editions_of: EditionsOf = editions_in_force,
    limits: Mapping[str, int] = LIMITS,
    entries: Collection[date],
) -> Iterator[JudgedDay]:
    """These days of the record, each judged with what is dated on or before it.

    ``entries``: those of them on which something was recorded or an edition came into force.
    """
    acts, not_done = acts_of(record), _not_carried_out(record)
    died = record.patient.deceased_on
    for day in days:
        editions = editions_of(day)
        acted = {"answered_by": acts.get(day, ""), "reopened_by": not_done.get(day, "")}
        if died is not None and day >= died:
            ended = (_nothing_of(edition, day, ends=True, **acted) for edition in editions)
            yield JudgedDay(day, tuple(ended), frozenset())
            continue
        picture = graded_picture(picture_of(as_of(record, day), limits)).picture
        known = Known.of(picture, JudgedTogether())
        heard = _heard_by_the_team(record, day) if acted["answered_by"] else None
        moments = tuple(
            _without_unheard(_moment(edition, known, day, acted), edition, heard, limits)
            for edition in editions
        )
        if day not in entries:
            moments = tuple(replace(moment, by_time=True) for moment in moments)
        standing = {rule.id for edition in editions for rule in _met(edition, known, day)}
        standing |= {
            either_way(edition)
            for edition, moment in zip(editions, moments, strict=True)
            if moment.kind is HeadlineKind.EITHER_WAY
        }
        yield JudgedDay(day, moments, frozenset(standing))


def standing_on(
    record: PatientRecord,
    day: date,
    *,
    editions_of: EditionsOf = editions_in_force,
    limits: Mapping[str, int] = LIMITS,
) -> frozenset[str]:
    """What stands on a day, as ``JudgedDay.standing``; nothing once the patient has died."""
    died = record.patient.deceased_on
    if died is not None and day >= died:
        return frozenset()
    picture = graded_picture(picture_of(as_of(record, day), limits)).picture
    return _standing(editions_of(day), Known.of(picture, JudgedTogether()), day)


def _standing(editions: Sequence[Edition], known: Known, day: date) -> frozenset[str]:
    found: set[str] = set()
    for edition in editions:
        met = {rule.id for rule in _met(edition, known, day)}
        headline = standing_of(edition, known.readings, known.gates_of).headline
        if headline == CLASS_1 and not any(map(is_class_1, met)):
            met.add(either_way(edition))
        found |= met
    return frozenset(found)


def _moment(edition: Edition, known: Known, day: date, acted: dict[str, str]) -> Moment:
    if standing_of(edition, known.readings).headline != CLASS_1:
        return _nothing_of(edition, day, ends=False, **acted)
    verdict = judge_timing(edition, known, on=day)
    return moment_of(
        verdict,
        known.picture,
        on=day,
        answered_by=acted["answered_by"],
        reopened_by=acted["reopened_by"],
    )


def _heard_by_the_team(record: PatientRecord, day: date) -> PatientRecord | None:
    """The record of a day without what was entered after the decision of that day; ``None`` where
    that is nothing, or nobody decided.
    """
    decided = [r for r in record.team_reviews if r.reviewed_on == day and r.decision in ANSWERS]
    if not decided:
        return None
    last = max(day, *(record.day_of(review.entered_at) for review in decided))
    then = as_of(record, day)
    heard = PatientRecord(record.patient, day, zone=record.zone, of_rows=record.of_rows)
    is_less = False
    for kind in KINDS:
        rows = getattr(then, kind.name)
        kept = [row for row in rows if _known_on(record, row) <= last]
        setattr(heard, kind.name, kept)
        is_less |= len(kept) < len(rows)
    return heard if is_less else None


def _known_on(record: PatientRecord, row: ClinicalRecord) -> date:
    """The day from which on a row could be read: its entry, or what its file says of it."""
    if row.asserted_known_on is not None:
        return row.asserted_known_on
    finalized_at = getattr(row, "finalized_at", None)
    entered_on = record.day_of(row.entered_at)
    return max(entered_on, record.day_of(finalized_at)) if finalized_at else entered_on


def _without_unheard(
    moment: Moment, edition: Edition, heard: PatientRecord | None, limits: Mapping[str, int]
) -> Moment:
    """The moment with those of its grounds marked that the team had not heard of."""
    if heard is None or not moment.grounds:
        return moment
    picture = graded_picture(picture_of(heard, limits)).picture
    verdict = judge_timing(edition, Known.of(picture, JudgedTogether()), on=moment.on)
    known = moment_of(verdict, picture, on=moment.on).grounds
    return replace(moment, unheard=moment.grounds - known)


def _nothing_of(
    edition: Edition, day: date, *, ends: bool, answered_by: str, reopened_by: str
) -> Moment:
    return Moment(
        on=day,
        body=edition.body,
        edition=edition.title,
        published_on=edition.published_on,
        kind=None,
        answered_by=answered_by,
        reopened_by=reopened_by,
        ends=ends,
    )


def _met(edition: Edition, known: Known, day: date) -> Iterator[Rule]:
    """The rules for an intervention that stand, without their explanations (``rule.find``)."""
    for rule in held_rules(edition, day):
        gates = known.gates_of[rule.scope]
        if not rule.is_timing or gates.closed or gates.unknown:
            continue
        if known.judged(rule, known.readings) in STANDS:
            yield rule


def days_of(record: PatientRecord) -> list[date]:
    """The days on which something was recorded, or a new edition was published, and today."""
    return sorted({*days_on_record(record), record.on})


def days_on_record(record: PatientRecord) -> set[date]:
    """The same without today, unless something was recorded today."""
    days = {day for row in _rows(record) for day in _dates(record, row)}
    if not days:
        return set()
    published = {e.published_on for e in ALL_EDITIONS if min(days) < e.published_on}
    died = record.patient.deceased_on
    days |= published | _not_carried_out(record).keys() | ({died} if died else set())
    return {day for day in days if day <= record.on}


def as_of(record: PatientRecord, day: date) -> PatientRecord:
    """The rows of a gathered record that are dated on or before a day; all of them on its own."""
    if day == record.on:
        return record
    earlier = PatientRecord(record.patient, day, zone=record.zone, of_rows=record.of_rows)
    for kind in KINDS:
        rows = [row for row in getattr(record, kind.name) if kind.is_dated(row, day)]
        if kind.name == "acute_episodes":
            rows = [row for row in rows if earlier.has_come(row.onset_at)]
        setattr(earlier, kind.name, rows)
    return earlier


def _rows(record: PatientRecord) -> Iterator[ClinicalRecord]:
    for kind in KINDS:
        yield from getattr(record, kind.name)


def _dates(record: PatientRecord, row: ClinicalRecord) -> Iterator[date]:
    day = getattr(row, row.date_field)
    if hasattr(day, "tzinfo"):
        yield record.day_of(day)
        if getattr(row, "closed_at", None) is not None:
            yield record.day_of(row.closed_at)  # type: ignore[attr-defined]
    elif day is not None:
        yield day
    stopped = getattr(row, "stopped_on", None)
    if stopped is not None:
        yield stopped


def treatments_of(record: PatientRecord) -> list[tuple[date, str]]:
    """The days on which the valve was treated, oldest first, with the kind of procedure."""
    done = [(row.performed_on, row.kind) for row in record.performed if _answers(row)]
    return sorted((day, kind) for day, kind in done if day is not None)


def acts_of(record: PatientRecord) -> dict[date, str]:
    """The acts that answer a trigger, by day."""
    acts: dict[date, str] = {}
    for review in record.team_reviews:
        if review.decision in ANSWERS:
            acts[review.reviewed_on] = f"team decision: {review.get_decision_display()}"
    for done in record.performed:
        if _answers(done) and done.performed_on is not None:
            acts[done.performed_on] = done.get_kind_display()
    return acts


def answered_last(record: PatientRecord) -> date | None:
    """The day of the last act that answers a trigger; ``None`` where it came to nothing since."""
    acted = max(acts_of(record), default=None)
    undone = max((day for day in _not_carried_out(record) if day <= record.on), default=None)
    return None if acted is None or (undone is not None and undone > acted) else acted


def _answers(done: Intervention) -> bool:
    """Whether the procedure treats the valve; one by catheter that left no device does not."""
    return done.kind in ANSWERING_PROCEDURES and not was_aborted(done)


def _not_carried_out(record: PatientRecord) -> dict[date, str]:
    """When a decision to intervene came to nothing: cancelled, or not done within the wait."""
    found: dict[date, str] = {}
    for row in record.interventions:
        if row.kind in ANSWERING_PROCEDURES and row.status in NOT_DONE and row.decided_on:
            found[row.decided_on] = f"{row.get_kind_display()} {row.get_status_display()}"
    for review in record.team_reviews:
        if review.decision != TeamReview.Decision.INTERVENE:
            continue
        last = review.reviewed_on + timedelta(days=LONGEST_WAIT_DAYS)
        if last <= record.on and not _done_between(record, review.reviewed_on, last):
            found[last] = f"nothing was done within {LONGEST_WAIT_DAYS} days of the decision"
    return found


def _done_between(record: PatientRecord, first: date, last: date) -> bool:
    return any(
        _answers(row) and row.performed_on is not None and first <= row.performed_on <= last
        for row in record.performed
    )
