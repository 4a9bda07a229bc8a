"""What is open today, carried on from what an earlier replay had found: nothing is judged again.

Where a kept checkpoint (``treatments.held``) covers every day of the record but today, today alone
is left; and today was judged for the standing already. So a night's round over a whole cohort costs
one assessment of each patient. Where no checkpoint serves, the record is replayed (``replayed``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from guidelines.basis import headline_keys
from guidelines.clock import either_way, is_class_1
from guidelines.editions import EditionVerdict, HeadlineKind
from guidelines.facts import ClinicalPicture
from guidelines.latch import CLASS_1, Fold, OpenTrigger, moment_of
from guidelines.vocabulary import Body
from treatments.facts.ageing import LIMITS
from treatments.held import Checkpoint, digest
from treatments.latch import STANDS, days_on_record
from treatments.record import PatientRecord


@dataclass(frozen=True, slots=True)
class Carried:
    """What ``treatments.held.Replay`` says of the same day, as far as it was asked for."""

    triggers: tuple[OpenTrigger, ...] = ()
    held_since: Mapping[str, date] = field(default_factory=dict)
    begun: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    stands: frozenset[str] = frozenset()
    looked_from: date | None = None


def open_today(
    record: PatientRecord,
    verdicts: Sequence[EditionVerdict],
    picture: ClinicalPicture,
    kept: Iterable[Checkpoint],
    *,
    limits: Mapping[str, int] = LIMITS,
    turns: Collection[date] = (),
) -> Carried | None:
    """What is open on the record's day, or ``None`` when only a replay can tell.

    ``verdicts``: of each edition in force, on ``picture`` with its severity; ``kept`` and ``turns``
    as for ``replayed``, which finds the same.
    """
    days = days_on_record(record)
    if days:
        days |= {day for day in turns if min(days) < day <= record.on}
    start = _covering(record, max(days), kept, limits) if days else None
    if start is None:
        return Carried() if not days and not any(map(_is_class_1, verdicts)) else None
    stands = frozenset() if record.has_died else standing_class_1(verdicts)
    if not (stands | _headlines(record, verdicts)) <= start.runs.held.keys():
        return None  # began by the passing of time: since when, a replay finds
    folds: dict[Body, Fold] = dict(start.folds)
    if start.through < record.on and not record.has_died:
        for verdict in verdicts:
            moment = replace(moment_of(verdict, picture, on=record.on), by_time=True)
            folds[moment.body] = folds.get(moment.body, Fold()).after(moment)
    open_now = tuple(fold.standing for fold in folds.values() if fold.standing is not None)
    if record.has_died:
        return Carried((), {}, start.runs.begun, stands, start.looked_from)
    return Carried(open_now, start.runs.held, start.runs.begun, stands, start.looked_from)


def _headlines(record: PatientRecord, verdicts: Iterable[EditionVerdict]) -> frozenset[str]:
    if record.has_died:
        return frozenset()
    return frozenset(key for verdict in verdicts for key in headline_keys(verdict))


def standing_class_1(verdicts: Iterable[EditionVerdict]) -> frozenset[str]:
    """What stands of class 1 or I by these verdicts, by the keys of ``guidelines.clock``."""
    found: set[str] = set()
    for verdict in filter(_is_class_1, verdicts):
        if verdict.headline_kind is HeadlineKind.EITHER_WAY:
            found.add(either_way(verdict.edition))
        found |= {
            finding.rule.id
            for finding in verdict.findings
            if finding.verdict in STANDS and is_class_1(finding.rule.id)
        }
    return frozenset(found)


def _is_class_1(verdict: EditionVerdict) -> bool:
    return verdict.standing.headline == CLASS_1


def _covering(
    record: PatientRecord, last: date, kept: Iterable[Checkpoint], limits: Mapping[str, int]
) -> Checkpoint | None:
    """The checkpoint after the last day on which something was recorded, if it still serves."""
    for checkpoint in kept:
        if last <= checkpoint.through <= record.on:
            serves = checkpoint.rows == digest(record, checkpoint.through, limits)
            return checkpoint if serves else None
    return None
