"""Standings of another day: each record is gathered as of then and assessed anew.

A stored standing is of today. What it would have been on another day, or by what was known on one,
follows from the record alone, by the rules that the clinic judged by on that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from followup.clinic_rules import DEFAULT_RULES, ClinicRules, rules_of
from followup.models import Standing
from followup.pathway_rows import NO_ROWS, pathway_rows_of
from followup.standing import replay_of, standing_of
from reports.columns import CLINIC, RECORD_NUMBER
from reports.csv import Column
from reports.report import FromPatients, FromQueries
from reports.scope import Scope
from treatments.record import PatientRecord, record_of

OF_STANDING = "standing__"
COMPUTED_THEN = (
    "Of today it is read as it is kept. Of another day every record is assessed anew, a few dozen "
    "patients a second: have it made in the background where there are many. Mechanism, stage and "
    "edition narrow the report of today only."
)


@dataclass(frozen=True)
class Then:
    """One patient on the day that is asked for: record, standing, and by which rules."""

    listed: Any
    """The patient with the clinic and number the row is listed under."""
    record: PatientRecord
    standing: Standing
    rules: ClinicRules

    def value_of(self, source: str) -> Any:
        """What a report's query would find under this name of a column."""
        if source.startswith(OF_STANDING):
            return getattr(self.standing, source.removeprefix(OF_STANDING))
        if source in (CLINIC.source, RECORD_NUMBER.source):
            return getattr(self.listed, source)
        return getattr(self.record.patient, source)


def standings_then(patients: Sequence[Any], scope: Scope) -> Iterator[Then]:
    """The patients as they stood on the scope's day, by what was known when it says so."""
    records = record_of(patients, on=scope.day, known_at=scope.known_at)
    rows = pathway_rows_of(list(records), on=scope.day, known_at=scope.known_at)
    rules = {clinic.pk: rules_of(clinic, scope.day, scope.known_at) for clinic in scope.clinics}
    for patient in patients:
        record = records[patient.pk]
        mine = rules.get(patient.listed_clinic_id, DEFAULT_RULES)
        standing = standing_of(
            record,
            scope.at,
            mine,
            rows.get(patient.pk, NO_ROWS),
            found=replay_of(record, mine),
        )
        yield Then(patient, record, standing, mine)


class NowOrThen:
    """Rows that are read of today, and computed of the records where another day is asked for."""

    def __init__(self, now: FromQueries, then: FromPatients) -> None:
        self.now, self.then = now, then

    def _asked(self, scope: Scope) -> FromQueries | FromPatients:
        return self.then if scope.is_then else self.now

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic, without computing any."""
        return self._asked(scope).count_by_clinic(scope)

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """The rows as texts of cells."""
        return self._asked(scope).rows(columns, scope)

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """The rows as lines."""
        return self._asked(scope).pieces(columns, scope)

    def listed(self, scope: Scope) -> Iterator[int]:
        """The keys of the patients with a row."""
        return self._asked(scope).listed(scope)


def values_of(then: Then, sources: Sequence[str]) -> dict[str, Any]:
    """The values that are read of the standing and the person alone."""
    return {source: then.value_of(source) for source in sources}
