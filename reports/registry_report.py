"""The registry: one flat row per patient at baseline, and one at each follow-up.

A visit is an echo study that counts. The first one recorded is the baseline, each later one a
follow-up; beside its numbers stand diagnosis, symptoms, natriuretic peptides and procedures as they
were known of by that day, each with its own date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet, Subquery

from patients.data_classes import DataClass
from patients.models import EchoStudy, MitralDiagnosis, Patient, SymptomLog
from patients.models.echo import COUNTING
from reports.columns import CLINIC, RECORD_NUMBER, columns_of, patient_id
from reports.csv import Column, Entry, Kind, coded
from reports.echo_report import DERIVED
from reports.readable import followed_patients, versions_of
from reports.report import Filter, FromPatients, Report
from reports.scope import Scope
from reports.selectors import followed_by
from treatments.facts.valve import ON_THE_VALVE
from treatments.models import Intervention
from treatments.record import PatientRecord, record_of

CLINICAL, QUASI = DataClass.CLINICAL, DataClass.QUASI_IDENTIFYING
VISITS = {"baseline": "baseline", "follow_up": "follow-up"}
# Measured fields of a visit, in the order of the file.
OF_STUDY = (
    "modality",
    "state",
    "rhythm",
    "heart_rate_bpm",
    "systolic_bp_mmhg",
    "diastolic_bp_mmhg",
    "lvef_percent_low",
    "lvef_percent_high",
    "lvef_percent_low_open",
    "lvef_percent_high_open",
    "lvef_method",
    "lvesd_mm",
    "lvedd_mm",
    "lvedv_ml",
    "lvesv_ml",
    "gls_percent",
    "la_diameter_mm",
    "la_volume_index_ml_m2",
    "vena_contracta_mm",
    "eroa_mm2",
    "eroa_method",
    "regurgitant_volume_ml",
    "regurgitant_fraction_percent",
    "reader_grade_low",
    "reader_grade_high",
    "mitral_mean_gradient_mmhg",
    "spap_mmhg",
    "tapse_mm",
    "tricuspid_regurgitation",
)
DERIVED_SHOWN = ("eroa_mm2", "regurgitant_volume_ml", "rvsp_mmhg", "lvesd_index_mm_m2")
PEPTIDES = (("nt_probnp", "NT-proBNP"), ("bnp", "BNP"))


def _visits(scope: Scope) -> QuerySet[Any, Any]:
    """The studies that will have a row."""
    patients = followed_patients(scope).order_by().values("pk")
    follows = followed_by(list(scope.clinics), "patient_id")
    counting = versions_of(EchoStudy, scope).filter(
        patient_id__in=patients,
        struck_at__isnull=True,
        status__in=COUNTING,
        performed_on__lte=scope.day,
    )
    return counting.annotate(listed_clinic_id=Subquery(follows.values("clinic_id")[:1]))


def _compute(patients: Sequence[Any], scope: Scope) -> Iterator[Mapping[str, Any]]:
    records = record_of(patients, on=scope.day, known_at=scope.known_at)
    for patient in patients:
        yield from _rows(patient, records[patient.pk])


def _rows(patient: Any, record: PatientRecord) -> Iterator[dict[str, Any]]:
    """One patient's visits, the baseline first. ``patient`` carries where they are listed."""
    studies = [study for study in reversed(record.echo_studies) if study.counts]
    for number, study in enumerate(studies):
        day = study.performed_on
        yield {
            CLINIC.source: patient.listed_clinic_code,
            RECORD_NUMBER.source: patient.listed_record_number,
            "patient": patient.public_id,
            "sex": record.patient.sex,
            "age": record.patient.age_on(day),
            "visit": "follow_up" if number else "baseline",
            "number": number,
            "visit_on": day,
            "since_baseline": (day - studies[0].performed_on).days,
            "study": study.public_id,
            **{f"study_{name}": getattr(study, name) for name in OF_STUDY},
            "derived": study.derived,
            **_diagnosis(record, day),
            **_symptoms(record, day),
            **_peptides(record, day),
            **_procedures(record, day),
            "deceased_on": record.patient.deceased_on if record.has_died else None,
            "last_contact_on": record.patient.last_contact_on,
        }


def _by(rows: Sequence[Any], field: str, day: date) -> Any:
    """The newest row dated on or before a day; rows stand newest first."""
    return next((row for row in rows if getattr(row, field) <= day), None)


def _diagnosis(record: PatientRecord, day: date) -> dict[str, Any]:
    found = _by(record.diagnoses, "diagnosed_on", day)
    names = ("diagnosed_on", "mechanism", "etiology")
    return {name: getattr(found, name, None) for name in names}


def _symptoms(record: PatientRecord, day: date) -> dict[str, Any]:
    found = _by(record.symptom_logs, "recorded_on", day)
    names = ("nyha_low", "nyha_high", "recorded_on")
    return {f"log_{name}": getattr(found, name, None) for name in names}


def _peptides(record: PatientRecord, day: date) -> dict[str, Any]:
    """The newest result of each by the day; "less than" and "more than" stand beside it."""
    said = {}
    for analyte, _label in PEPTIDES:
        results = [row for row in record.lab_results if row.analyte == analyte]
        found = _by(results, "taken_on", day)
        for name in ("value", "comparator", "taken_on"):
            said[f"{analyte}_{name}"] = getattr(found, name, None)
    return said


def _procedures(record: PatientRecord, day: date) -> dict[str, Any]:
    """Procedures on the mitral valve by the day, and the newest of them."""
    performed = (
        (row.kind, row.performed_on) for row in record.performed if row.kind in ON_THE_VALVE
    )
    done = [(kind, on) for kind, on in performed if on is not None and on <= day]
    kind, on = done[0] if done else (None, None)
    return {
        "procedures": len(done),
        "procedure": kind,
        "procedure_on": on,
        "since_procedure": (day - on).days if on else None,
    }


def _columns() -> Iterator[Column]:
    yield from (CLINIC, RECORD_NUMBER, patient_id("patient"))
    yield from coded("sex", "Sex", "sex", dict(Patient.Sex.choices), QUASI)
    yield Column("age_years", "Age at the visit", Kind.NUMBER, "age", None, QUASI, "years",
                 definition="Completed years.")  # fmt: skip
    yield from coded("visit", "Visit", "visit", VISITS, CLINICAL)
    yield Column("visit_number", "Number of the visit", Kind.NUMBER, "number", None, CLINICAL,
                 definition="0 for the baseline.")  # fmt: skip
    yield Column("visit_on", "Day of the visit", Kind.DATE, "visit_on", None, QUASI)
    yield Column("days_since_baseline", "Days since baseline", Kind.NUMBER, "since_baseline", None,
                 CLINICAL, "days")  # fmt: skip
    yield Column("study_id", "Study, opaque id", Kind.CODE, "study")
    for name in OF_STUDY:
        for column in columns_of(EchoStudy._meta.get_field(name)):
            yield column.read_from(f"study_{column.source}")
    yield from _derived()
    yield Column("diagnosed_on", "Diagnosis as of", Kind.DATE, "diagnosed_on", None, QUASI)
    for name in ("mechanism", "etiology"):
        yield from columns_of(MitralDiagnosis._meta.get_field(name))
    for name in ("nyha_low", "nyha_high"):
        for column in columns_of(SymptomLog._meta.get_field(name)):
            yield column.read_from(f"log_{column.source}")
    yield Column("symptoms_asked_on", "Symptoms asked on", Kind.DATE, "log_recorded_on", None,
                 QUASI)  # fmt: skip
    yield from _of_peptides()
    yield Column("mitral_procedures", "Procedures on the mitral valve by then", Kind.NUMBER,
                 "procedures", None, CLINICAL,
                 definition="Those recorded as performed. 0: none is recorded.")  # fmt: skip
    yield from coded("mitral_procedure", "The newest of them", "procedure",
                     dict(Intervention.Kind.choices), CLINICAL)  # fmt: skip
    yield Column("mitral_procedure_on", "Performed on", Kind.DATE, "procedure_on", None, QUASI)
    yield Column("days_since_procedure", "Days since", Kind.NUMBER, "since_procedure", None,
                 CLINICAL, "days")  # fmt: skip
    yield Column("deceased_on", "Deceased on", Kind.DATE, "deceased_on", None, QUASI)
    yield Column("last_contact_on", "Last contact on", Kind.DATE, "last_contact_on", None, QUASI)


def _derived() -> Iterator[Column]:
    for name, label, unit, formula in DERIVED:
        if name in DERIVED_SHOWN:
            yield Column(f"derived_{name}", f"Derived: {label}", Kind.NUMBER, "derived",
                         Entry((name, "value")), CLINICAL, unit, rule=formula)  # fmt: skip


def _of_peptides() -> Iterator[Column]:
    signs = {"<": "less than", ">": "more than"}
    for analyte, label in PEPTIDES:
        yield from coded(f"{analyte}_comparator", f"{label}, comparator", f"{analyte}_comparator",
                         signs, CLINICAL)  # fmt: skip
        yield Column(f"{analyte}_pg_ml", label, Kind.NUMBER, f"{analyte}_value", None, CLINICAL,
                     "pg/mL", definition="The newest by the day of the visit.")  # fmt: skip
        yield Column(f"{analyte}_on", f"{label} of", Kind.DATE, f"{analyte}_taken_on", None,
                     QUASI)  # fmt: skip


REGISTRY = Report(
    name="registry",
    title="Registry: baseline and follow-ups",
    one_row_per="patient at baseline and at each follow-up",
    columns=tuple(_columns()),
    source=FromPatients(patients=followed_patients, expected=_visits, compute=_compute),
    filters=(Filter.MECHANISM, Filter.STAGE),
    notes=(
        "Only patients whom the clinic follows today. Drafts and studies entered in error are left "
        "out; a patient without a study that counts has no row.",
        "What was not recorded on the day of the visit itself stands with its own date.",
    ),
)
