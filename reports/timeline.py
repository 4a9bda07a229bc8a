"""Everything that happened to one patient, in one list by its day, the newest first.

The rows are those that the person's registrations open (``patients.record_rows``): a former clinic
reads what it held when it let the patient go, up to its last day. One query for each kind of
record and one for the imports, however many rows there are; the words of a row are made only for
the page that is shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Value

from accounts.models import Clinic
from followup import models as followup
from patients import models as records
from patients.days import spoken
from patients.models import ClinicalRecord, Patient, Registration
from patients.record_rows import rows_seen
from patients.selectors import seen_until
from patients.study_sheet import upper_first
from reports.kinds import GROUPS, Model, plural_of, row_url, title_of
from reports.patient_page.tables import dose_text
from reports.record_lines import line_of
from treatments import models as treatments

LATE_DAYS = 7  # an entry made this long after its day, or later, is marked as late
IMPORTED = "imported file"  # how the reason of an import's history rows begins (interop/actions)
BATCH = re.compile(r"\(import ([0-9a-f-]{36})\)")

KINDS: Mapping[str, str] = {
    "echo": "Echo studies",
    "tests": "Other tests",
    "laboratory": "Laboratory",
    "symptoms": "Symptoms",
    "diagnosis": "Diagnosis",
    "medication": "Medication",
    "interventions": "Interventions",
    "complications": "Complications",
    "admissions": "Admissions and acute episodes",
    "team": "Team reviews, referrals and goals of care",
    "recall": "Appointments and contacts",
    "other": "Other entries",
    "imports": "Imports",
    "clinics": "Clinics",
}
KIND_OF: Mapping[Model, str] = {
    records.EchoStudy: "echo",
    records.Electrocardiogram: "tests",
    records.ExerciseTest: "tests",
    records.CmrStudy: "tests",
    records.CatheterStudy: "tests",
    records.CoronaryAssessment: "tests",
    records.LabResult: "laboratory",
    records.SymptomLog: "symptoms",
    records.MitralDiagnosis: "diagnosis",
    records.Comorbidity: "diagnosis",
    treatments.Medication: "medication",
    treatments.AnticoagulationPlan: "medication",
    treatments.EndocarditisProphylaxisAdvice: "medication",
    treatments.Intervention: "interventions",
    treatments.Complication: "complications",
    records.HeartFailureAdmission: "admissions",
    records.AcuteEpisode: "admissions",
    treatments.TeamReview: "team",
    records.GoalsOfCare: "team",
    followup.Referral: "team",
    followup.Appointment: "recall",
    followup.ContactAttempt: "recall",
    followup.ContactWish: "recall",
    followup.FollowUpEnd: "recall",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened on one day; ``say`` makes its words when they are shown."""

    on: date
    kind: str
    title: str
    say: Callable[[], str]
    href: str = ""
    rank: tuple[int, int] = (0, 0)
    is_struck: bool = False
    is_draft: bool = False
    imported_on: date | None = None
    late_days: int = 0

    @cached_property
    def text(self) -> str:
        """What happened, in a line."""
        return self.say()

    @property
    def kind_label(self) -> str:
        """The kind as the filter names it."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Timeline:
    """All entries, newest first, and what the filter offers."""

    entries: list[Entry]
    shown: list[Entry]
    kinds: list[dict[str, Any]] = field(default_factory=list)
    years: list[dict[str, Any]] = field(default_factory=list)


def timeline_of(
    patient: Patient,
    registrations: list[Registration],
    *,
    kinds: Sequence[str] = (),
    years: Sequence[int] = (),
) -> Timeline:
    """The patient's time as these registrations open it; no kind and no year chosen means all.

    Unknown kinds and years are passed over: an old address still opens the page.
    """
    entries = sorted(
        _entries(patient, registrations), key=lambda each: (each.on, *each.rank), reverse=True
    )
    wanted = set(kinds) & set(KINDS)
    chosen = {year for year in years if any(each.on.year == year for each in entries)}
    shown = [
        each
        for each in entries
        if (not wanted or each.kind in wanted) and (not chosen or each.on.year in chosen)
    ]
    return Timeline(entries, shown, _kind_choices(entries, wanted), _year_choices(entries, chosen))


def _kind_choices(entries: list[Entry], wanted: set[str]) -> list[dict[str, Any]]:
    found = Counter(each.kind for each in entries)
    return [
        {"value": kind, "label": label, "count": found[kind], "is_on": kind in wanted}
        for kind, label in KINDS.items()
        if found[kind]
    ]


def _year_choices(entries: list[Entry], chosen: set[int]) -> list[dict[str, Any]]:
    found = Counter(each.on.year for each in entries)
    return [
        {"value": year, "count": found[year], "is_on": year in chosen}
        for year in sorted(found, reverse=True)
    ]


# Rows ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reader:
    """How rows become entries for one reader: calendar, last day, and what was imported."""

    clinic: Clinic
    until: date | None
    imported: Mapping[tuple[str, int], datetime]

    def day_of(self, moment: date | datetime) -> date:
        """The day in the clinic's calendar."""
        if isinstance(moment, datetime):
            return moment.astimezone(ZoneInfo(self.clinic.time_zone)).date()
        return moment

    def may_read(self, day: date) -> bool:
        """Whether the day lies within what the reader may still read."""
        return self.until is None or day <= self.until

    def entry(
        self,
        row: ClinicalRecord,
        moment: date | datetime,
        say: Callable[[], str],
        *,
        order: int = 0,
        is_first: bool = True,
    ) -> Iterator[Entry]:
        """One entry of a row; nothing beyond the last day that the reader may read.

        ``is_first``: the row's own day, which tells whether it was entered late.
        """
        model, day = type(row), self.day_of(moment)
        if not self.may_read(day):
            return
        late = (self.day_of(row.entered_at) - day).days if is_first else 0
        imported_at = self.imported.get((model._meta.label_lower, row.pk))
        yield Entry(
            on=day,
            kind=KIND_OF.get(model, "other"),
            title=title_of(model),
            say=say,
            href=row_url(model, row.public_id),
            rank=(order, row.pk),
            is_struck=row.struck_at is not None,
            is_draft=isinstance(row, records.EchoStudy)
            and row.struck_at is None
            and not row.counts,
            imported_on=self.day_of(imported_at) if imported_at is not None else None,
            # A file brings years at once: that it is late is said by the day of the import.
            late_days=late if late >= LATE_DAYS and imported_at is None else 0,
        )


def _entries(patient: Patient, registrations: list[Registration]) -> Iterator[Entry]:
    clinic = registrations[0].clinic
    rows = {
        model: rows_seen(model, patient, registrations)
        for group in GROUPS
        for model in group.models
    }
    imports = _imports(patient)
    imported = {(label, key): at for label, key, _, at in imports}
    reader = _Reader(clinic, seen_until(registrations), imported)
    for model, found in rows.items():
        events = EVENTS.get(model, _one_day)
        yield from events(reader, found)
    seen = {(model._meta.label_lower, row.pk) for model, found in rows.items() for row in found}
    yield from _import_entries(reader, [each for each in imports if each[:2] in seen])
    yield from _clinic_entries(reader, patient, registrations)


def _one_day(reader: _Reader, rows: Sequence[Any]) -> Iterator[Entry]:
    """A kind whose rows each speak of one day."""
    for row in rows:
        yield from reader.entry(row, getattr(row, row.date_field), _line(row))


def _line(row: ClinicalRecord) -> Callable[[], str]:
    return lambda: line_of(row)


def _said(text: str) -> Callable[[], str]:
    return lambda: text


def _interventions(reader: _Reader, rows: Sequence[treatments.Intervention]) -> Iterator[Entry]:
    """On the day it was done or decided; a plan stands on the day on which it was entered."""
    for row in rows:
        day = row.performed_on or row.decided_on or row.entered_at
        yield from reader.entry(row, day, _line(row), order=3, is_first=day != row.entered_at)


def _admissions(reader: _Reader, rows: Sequence[records.HeartFailureAdmission]) -> Iterator[Entry]:
    for row in rows:
        yield from reader.entry(row, row.admitted_on, _line(row), order=2)


def _episodes(reader: _Reader, rows: Sequence[records.AcuteEpisode]) -> Iterator[Entry]:
    for row in rows:
        yield from reader.entry(row, row.onset_at, _line(row), order=4)
        if row.closed_at is not None:
            closed = f"Acute episode closed: {row.get_closure_display()}"
            yield from reader.entry(row, row.closed_at, _said(closed), order=4, is_first=False)


def _medications(reader: _Reader, rows: Sequence[treatments.Medication]) -> Iterator[Entry]:
    """Start, stop and change of dose; a course that continues another one is a change of dose."""
    changed = treatments.Medication.StopReason.DOSE_CHANGED
    before = {
        (row.drug, row.stopped_on): row
        for row in rows
        if row.stop_reason == changed and row.stopped_on is not None and row.struck_at is None
    }
    continued = {
        (row.drug, row.started_on)
        for row in rows
        if row.started_on is not None and row.struck_at is None
    }
    for row in rows:
        former = before.get((row.drug, row.started_on)) if row.started_on else None
        is_change = former is not None and former.pk != row.pk and row.struck_at is None
        text = _dose_change(former, row) if is_change and former else _start(row)
        yield from reader.entry(row, row.started_on or row.noted_on, _said(text), order=1)
        goes_on = row.stop_reason == changed and (row.drug, row.stopped_on) in continued
        if row.stopped_on is not None and not goes_on:
            yield from reader.entry(row, row.stopped_on, _said(_stop(row)), order=1, is_first=False)


def _drug(row: treatments.Medication) -> str:
    return row.name_as_written or row.get_drug_display()


def _start(row: treatments.Medication) -> str:
    why = f", for {row.get_indication_display()}" if row.indication != "not_stated" else ""
    said = f"{_drug(row)} {dose_text(row)}".strip()
    if row.started_on is None:
        return f"Takes {said}{why}; when it was started is not recorded"
    return f"Started {said}{why}"


def _dose_change(former: treatments.Medication, row: treatments.Medication) -> str:
    then, now = dose_text(former) or "dose not recorded", dose_text(row) or "dose not recorded"
    return f"{upper_first(_drug(row))}: dose changed from {then} to {now}"


def _stop(row: treatments.Medication) -> str:
    why = f": {row.get_stop_reason_display()}" if row.stop_reason else ""
    return f"Stopped {_drug(row)}{why}"


def _plans(reader: _Reader, rows: Sequence[treatments.AnticoagulationPlan]) -> Iterator[Entry]:
    for row in rows:
        yield from reader.entry(row, row.from_on, _line(row), order=1)
        if row.until_on is not None:
            ended = f"Plan of anticoagulation ended: {row.get_agent_display()}"
            yield from reader.entry(row, row.until_on, _said(ended), order=1, is_first=False)


def _appointments(reader: _Reader, rows: Sequence[followup.Appointment]) -> Iterator[Entry]:
    """Booked on one day; what became of it on the day for which it was planned."""
    came = (followup.Appointment.Status.ATTENDED, followup.Appointment.Status.MISSED)
    for row in rows:
        yield from reader.entry(row, row.booked_on, _line(row))
        if row.status in came:
            became = f"{upper_first(row.get_kind_display())}: {row.get_status_display()}"
            yield from reader.entry(row, row.planned_on, _said(became), is_first=False)


def _referrals(reader: _Reader, rows: Sequence[followup.Referral]) -> Iterator[Entry]:
    for row in rows:
        yield from reader.entry(row, row.referred_on, _line(row))
        if row.withdrawn_on is not None:
            withdrawn = _said("Referral to the heart team withdrawn")
            yield from reader.entry(row, row.withdrawn_on, withdrawn, is_first=False)


EVENTS: Mapping[Model, Callable[[_Reader, Sequence[Any]], Iterator[Entry]]] = {
    treatments.Intervention: _interventions,
    treatments.Medication: _medications,
    treatments.AnticoagulationPlan: _plans,
    records.AcuteEpisode: _episodes,
    records.HeartFailureAdmission: _admissions,
    followup.Appointment: _appointments,
    followup.Referral: _referrals,
}


# Imports ------------------------------------------------------------------------------------------

Imported = tuple[str, int, str, datetime]
"""The model's label, the row's key, the import's id and the instant."""


def _imports(patient: Patient) -> list[Imported]:
    """The rows of the patient that came with a file, by the reason in their history: one query."""
    first, *others = [
        _created_by_import(model, patient) for group in GROUPS for model in group.models
    ]
    return [
        (label, key, _batch(reason), at)
        for label, key, reason, at in first.union(*others, all=True)
    ]


def _created_by_import(model: Model, patient: Patient) -> Any:
    manager: Any = model.history
    created = manager.filter(
        patient_id=patient.pk, history_type="+", history_change_reason__startswith=IMPORTED
    ).order_by()
    return created.annotate(label=Value(model._meta.label_lower, CharField())).values_list(
        "label", "id", "history_change_reason", "history_date"
    )


def _batch(reason: str) -> str:
    found = BATCH.search(reason)
    return found.group(1) if found else ""


def _import_entries(reader: _Reader, imports: Sequence[Imported]) -> Iterator[Entry]:
    """One entry for each file: how many rows of which kind it brought for this patient."""
    titles = {m._meta.label_lower: m for group in GROUPS for m in group.models}
    counted: dict[tuple[str, date], Counter[str]] = {}
    for label, _, batch, at in imports:
        counted.setdefault((batch, reader.day_of(at)), Counter())[label] += 1
    for (_, day), labels in counted.items():
        if reader.may_read(day):
            parts = [f"{n} of {plural_of(titles[label])}" for label, n in sorted(labels.items())]
            text = f"A file was imported; it brought {', '.join(parts)}"
            yield Entry(day, "imports", "Import", _said(text), rank=(5, 0))


# Clinics ------------------------------------------------------------------------------------------


def _clinic_entries(
    reader: _Reader, patient: Patient, registrations: Sequence[Registration]
) -> Iterator[Entry]:
    """Registrations that the reader may see, their ends, and the death."""
    for row in registrations:
        text = f"Registered in {row.clinic}, number {row.record_number}"
        if reader.may_read(row.from_on):
            yield Entry(row.from_on, "clinics", "Clinic", _said(text), rank=(-1, row.pk))
        if row.until_on is not None and reader.may_read(row.until_on):
            why = f": {row.get_ended_because_display()}" if row.ended_because else ""
            text = f"{row.clinic} followed the patient until {spoken(row.until_on)}{why}"
            yield Entry(row.until_on, "clinics", "Clinic", _said(text), rank=(6, row.pk))
    died = patient.deceased_on
    if died is not None and reader.may_read(died):
        yield Entry(died, "clinics", "Person", _said("Died"), rank=(7, 0))
