"""What is open today, carried on from what an earlier replay had found: nothing is judged again.

Where a kept checkpoint (``treatments.held``) covers every day of the record but today, today alone
is left; and today was judged for the standing already. So a night's round over a whole cohort costs
one assessment of each patient. Where no checkpoint serves, the record is replayed (``replayed``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from guidelines.editions import EditionVerdict
from guidelines.facts import ClinicalPicture
from guidelines.latch import Fold, OpenTrigger, moment_of
from guidelines.vocabulary import Body
from treatments.facts.ageing import LIMITS
from treatments.held import Checkpoint, digest
from treatments.latch import days_on_record
from treatments.record import PatientRecord


def open_today(
    record: PatientRecord,
    verdicts: Sequence[EditionVerdict],
    picture: ClinicalPicture,
    kept: Iterable[Checkpoint],
    *,
    limits: Mapping[str, int] = LIMITS,
    turns: Collection[date] = (),
) -> tuple[OpenTrigger, ...] | None:
    """What is open on the record's day, or ``None`` when only a replay can tell.

    ``verdicts``: of each edition in force, on ``picture`` with its severity; ``kept`` and ``turns``
    as for ``replayed``, which finds the same.
    """
    if record.has_died:
        return ()
    days = days_on_record(record)
    if days:
        days |= {day for day in turns if min(days) < day <= record.on}
    start = _covering(record, max(days), kept, limits) if days else None
    if start is None and days:
        return None
    folds: dict[Body, Fold] = dict(start.folds) if start else {}
    if start is None or start.through < record.on:
        for verdict in verdicts:
            moment = moment_of(verdict, picture, on=record.on)
            folds[moment.body] = folds.get(moment.body, Fold()).after(moment)
    return tuple(fold.standing for fold in folds.values() if fold.standing is not None)


def _covering(
    record: PatientRecord, last: date, kept: Iterable[Checkpoint], limits: Mapping[str, int]
) -> Checkpoint | None:
    """The checkpoint after the last day on which something was recorded, if it still serves."""
    for checkpoint in kept:
        if last <= checkpoint.through <= record.on:
            serves = checkpoint.rows == digest(record, checkpoint.through, limits)
            return checkpoint if serves else None
    return None
