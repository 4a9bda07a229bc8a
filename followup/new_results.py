"""Which results are new: by when the clinic could read them, not by when they were taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from patients.models import EchoStudy, LabResult
from treatments.record import PatientRecord

NEW_RESULT_DAYS = 60
"""Local: a result counts as new for so long; later the record's page still shows it."""


def unseen_results(
    record: PatientRecord, seen_studies: Collection[int], seen_results: Collection[int]
) -> list[date]:
    """The days from which on new results could be read that nobody has signed."""
    since = record.on - timedelta(days=NEW_RESULT_DAYS)
    unseen: list[EchoStudy | LabResult] = [
        *(study for study in record.echo_studies if study.counts and study.pk not in seen_studies),
        *(result for result in record.lab_results if result.pk not in seen_results),
    ]
    days = (_readable_since(record, row) for row in unseen)
    return [day for day in days if day >= since]


def new_until(days: Sequence[date]) -> Iterator[date]:
    """The days on which such results are new no longer."""
    return (day + timedelta(days=NEW_RESULT_DAYS + 1) for day in days)


def _readable_since(record: PatientRecord, row: EchoStudy | LabResult) -> date:
    """The day from which on the clinic could read a result, however old the examination is.

    It was entered then, or a study was made final; of a result from a file, what the file says of
    when it was known.
    """
    if row.asserted_known_on is not None:
        return row.asserted_known_on
    entered = record.day_of(row.entered_at)
    if isinstance(row, EchoStudy) and row.finalized_at is not None:
        return max(entered, record.day_of(row.finalized_at))
    return entered
