"""An extract: a report of consenting patients, under pseudonyms, with moved days.

It is always of today and of everybody who may leave. Narrowing it by a day would tell which true
day a moved one is; narrowing it by anything else would let two files be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from accounts.permissions import Action
from patients.models import Patient, Registration
from reports.catalogue import REPORTS
from reports.csv import Column, in_chunks
from reports.extracts.anonymity import AGE_BANDS, Grouped, Quasi, age_band, grouped
from reports.extracts.columns import MECHANISMS, PATIENT, SEXES, Leaving, leading_columns, leaving
from reports.extracts.pseudonyms import MOST_DAYS, Pseudonyms, pseudonyms
from reports.report import FromPatients, FromQueries, Report
from reports.scope import Scope
from reports.standings_then import NowOrThen

EXTRACTED = (
    "patients",
    "mitral_diagnoses",
    "echo_studies",
    "symptom_logs",
    "lab_results",
    "interventions",
    "complications",
    "medications",
    "team_reviews",
    "inr",
    "surgical_timing",
    "progression",
    "registry",
)
"""The reports that may leave without identity. The follow-up may not: today tells its days."""

ENDING = "_deidentified"
COUNTED_AT_ONCE = 5000  # patients
READ_AT_ONCE = 100  # patients whose rows are sorted together
WHOLE_AND_OF_TODAY = (
    "An extract is of today and holds everybody who may leave: a day or a group asked for would "
    "tell more of them than the file does."
)
NOTES = (
    "Only patients who consented to research. Rows entered in error are left out.",
    f"All days of a patient are moved back by the same number of days, 1 to {MOST_DAYS}: intervals "
    "are true, days and seasons are not.",
    "Age is that of the day of the extract, or at death, in bands; who is over 89 is in one band.",
    "Names, numbers, free text, colleagues, and the days of entry do not leave.",
    "An empty cell means not recorded, or withheld. Rows stand in the order of the pseudonyms.",
)


@dataclass(frozen=True)
class Person:
    """What a patient's rows are written by."""

    pk: int
    lead: tuple[str, ...]
    """The cells of ``leading_columns``."""
    days: timedelta


@dataclass(frozen=True)
class Release:
    """Who leaves, by opaque id in the order of the pseudonyms, and how rare they are."""

    by: Pseudonyms
    people: Mapping[str, Person]
    groups: Grouped[str]
    without_consent: int

    def parts(self, size: int) -> Iterator[frozenset[int]]:
        """The keys of the patients, so many at a time."""
        keys = [person.pk for person in self.people.values()]
        for start in range(0, len(keys), size):
            yield frozenset(keys[start : start + size])


Base = FromQueries | FromPatients | NowOrThen


def release_of(source: Base, scope: Scope) -> Release:
    """Who may leave with a report today. Raises ``NoResearchKeyError`` without a key."""
    by = pseudonyms()
    everybody = set(source.listed(replace(scope, for_research=False)))
    consenting = set(source.listed(replace(scope, for_research=True)))
    keys, known = _known(scope)
    in_file = [key for key, pk in keys.items() if pk in consenting]
    groups = grouped(known, settings.RESEARCH_SMALLEST_GROUP, in_file)
    named = sorted((by.of_patient(key), key) for key in groups.told)
    people = {
        key: Person(keys[key], _lead(name, groups.told[key]), by.moved_by(key))
        for name, key in named
    }
    return Release(by, people, groups, len(everybody.difference(keys.values())))


def _known(scope: Scope) -> tuple[dict[str, int], dict[str, Quasi]]:
    """Keys and quasi-identifiers of all who consented, with a row or without, by opaque id."""
    clinics = _clinics_of_all(scope)
    registered = Registration.objects.filter(clinic_id__in=scope.clinic_ids)
    patients = (
        Patient.objects.filter(research_consent=True, pk__in=registered.values("patient_id"))
        .annotate(mechanism=F("standing__mechanism"))
        .only("public_id", "sex", "born_on", "deceased_on")
    )
    keys: dict[str, int] = {}
    known: dict[str, Quasi] = {}
    for patient in patients.order_by("pk").iterator():
        if patient.pk in clinics:
            public_id = str(patient.public_id)
            band = age_band(patient.age_on(min(patient.deceased_on or scope.today, scope.today)))
            mechanism = patient.mechanism or ""
            keys[public_id] = patient.pk
            known[public_id] = Quasi(clinics[patient.pk], patient.sex, band, mechanism)
    return keys, known


def _clinics_of_all(scope: Scope) -> dict[int, str]:
    """For each patient the code of the first of the clinics in which they are or were."""
    found = (
        Registration.objects.filter(clinic_id__in=scope.clinic_ids)
        .exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
        .values_list("patient_id", "clinic_id")
    )
    places = {pk: place for place, pk in enumerate(scope.clinic_ids)}
    first: dict[int, int] = {}
    for patient, clinic in found.order_by("pk").iterator():
        first[patient] = min(first.get(patient, places[clinic]), places[clinic])
    return {patient: scope.clinics[place].code for patient, place in first.items()}


def _lead(name: str, quasi: Quasi) -> tuple[str, ...]:
    sex, band, mechanism = quasi.sex, quasi.age_band, quasi.present_mechanism
    labels = SEXES.get(sex, ""), AGE_BANDS[band], MECHANISMS.get(mechanism, "")
    return (name, quasi.clinic, sex, labels[0], band, labels[1], mechanism, labels[2])


class FromReport:
    """The rows of a report as they leave without identity. For one order: it keeps who leaves."""

    def __init__(self, base: Base, columns: Sequence[Column]) -> None:
        self.base = base
        self.patient = next(column for column in columns if column.name == PATIENT)
        self.leaving: list[Leaving] = [found for c in columns if (found := leaving(c))]
        self.columns = (*leading_columns(), *(each.column for each in self.leaving))
        self.release: Release | None = None
        self.rows_left_out = 0

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic; decides anew who leaves."""
        release = self.release = release_of(self.base, scope)
        consenting = replace(scope, for_research=True)
        counted = Counter(dict.fromkeys(scope.clinic_ids, 0))
        for part in release.parts(COUNTED_AT_ONCE):
            counted.update(self.base.count_by_clinic(replace(consenting, among=part)))
        everybody = self.base.count_by_clinic(consenting)
        self.rows_left_out = sum(everybody.values()) - sum(counted.values())
        return dict(counted)

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """All of the extract's ``columns``, patient by patient in the order of the pseudonyms.

        The order of names or of entry would tell something of both.
        """
        release = self.release or release_of(self.base, scope)
        read = [self.patient, *(each.of for each in self.leaving)]
        for part in release.parts(READ_AT_ONCE):
            asked = replace(scope, for_research=True, among=part)
            found = [row for row in self.base.rows(read, asked) if row[0] in release.people]
            for row in sorted(found, key=lambda row: release.people[row[0]].lead[0]):
                yield self._written(row, release)

    def _written(self, row: list[str], release: Release) -> list[str]:
        person = release.people[row[0]]
        cells = zip(self.leaving, row[1:], strict=True)
        return [
            *person.lead,
            *(each.treat(text, release.by, person.days) for each, text in cells),
        ]

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """The rows as lines."""
        return in_chunks(self.rows(columns, scope))

    def risk(self) -> dict[str, Any]:
        """What the receipt says of how easily somebody is found in the file."""
        assert self.release is not None  # noqa: S101 - counted before anything is written
        return {"deidentification": asdict(risk_of(self.release, self.rows_left_out))}


@dataclass(frozen=True)
class Risk:
    """How easily a patient is found in an extract by who knows the quasi-identifiers."""

    quasi_identifiers: tuple[str, ...]
    smallest_group_allowed: int
    smallest_group: int | None
    smallest_group_by_one: dict[str, int]
    groups: int
    patients: int
    patients_with_age_pooled: int
    patients_left_out_as_rare: int
    rows_left_out_as_rare: int
    patients_left_out_without_consent: int
    highest_risk: float | None
    """Of the guess that one of the smallest group is the one who is looked for."""
    average_risk: float | None


def risk_of(release: Release, rows_left_out: int) -> Risk:
    """The figures of a release."""
    groups, patients = release.groups, len(release.people)
    number, smallest = len(groups.groups), groups.smallest
    return Risk(
        quasi_identifiers=Quasi._fields,
        smallest_group_allowed=settings.RESEARCH_SMALLEST_GROUP,
        smallest_group=smallest,
        smallest_group_by_one=groups.smallest_of_each(),
        groups=number,
        patients=patients,
        patients_with_age_pooled=groups.pooled,
        patients_left_out_as_rare=groups.left_out,
        rows_left_out_as_rare=rows_left_out,
        patients_left_out_without_consent=release.without_consent,
        highest_risk=1 / smallest if smallest else None,
        average_risk=number / patients if patients else None,
    )


def extract_of(name: str) -> Report | None:
    """The extract of a named report, for one order; ``None`` where it may not leave so."""
    if name not in EXTRACTED:
        return None
    report = REPORTS[name]
    base = report.source
    assert isinstance(base, FromQueries | FromPatients | NowOrThen)  # noqa: S101 - for the type checker
    source = FromReport(base, report.columns)
    return Report(
        name=name + ENDING,
        title=f"{report.title}, de-identified",
        one_row_per=report.one_row_per,
        columns=source.columns,
        source=source,
        now_only=WHOLE_AND_OF_TODAY,
        notes=NOTES,
        action=Action.EXPORT_DEIDENTIFIED,
        more_in_receipt=source.risk,
    )
