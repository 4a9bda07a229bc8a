"""The tables of the page: studies, symptoms, interventions, medication, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from patients.forms.typed import plain
from patients.laboratory_units import printed
from patients.models import ANALYTES, ClinicalRecord, EchoStudy, LabResult, SymptomLog
from patients.study_sheet import impossible_pairs, upper_first, value_text
from reports.kinds import row_url
from reports.patient_page.late import Key, Late
from treatments.models import Intervention, Medication
from treatments.record import PatientRecord
from treatments.symptoms import reading_of

ECHO_COLUMNS = (
    ("lvef_percent", "LVEF", "%"),
    ("lvesd_mm", "LVESD", "mm"),
    ("lvedd_mm", "LVEDD", "mm"),
    ("eroa_mm2", "EROA", "mm²"),
    ("regurgitant_volume_ml", "RVol", "mL"),
    ("vena_contracta_mm", "VC", "mm"),
    ("la_volume_index_ml_m2", "LAVI", "mL/m²"),
    ("spap_mmhg", "SPAP", "mmHg"),
)
ECHO_ROWS_SHOWN = 12
ROWS_SHOWN = 6
READINGS = {True: "symptoms", False: "no symptoms that day", None: "undecided"}
ROMAN = ("", "I", "II", "III", "IV")


@dataclass
class Table:
    """Rows for a table, how many there are, and how many are shown."""

    rows: list[dict[str, Any]]
    total: int

    @property
    def hidden(self) -> int:
        """Rows that "show all" would add."""
        return self.total - len(self.rows)


def tables_of(
    record: PatientRecord, *, show_all: bool, late: Mapping[Key, Late] | None = None
) -> dict[str, Table]:
    """Every table of the page; long ones are cut unless all is asked for.

    ``late``: rows that were entered or changed after the day shown, which are marked.
    """
    echo = [s for s in record.echo_studies if s.status != EchoStudy.Status.ENTERED_IN_ERROR]
    table = partial(_table, late or {})
    rows_shown = None if show_all else ROWS_SHOWN
    return {
        "echo": table(echo, _echo_row, None if show_all else ECHO_ROWS_SHOWN),
        "symptoms": table(record.symptom_logs, _symptom_row, rows_shown),
        "interventions": table(record.interventions, _intervention_row, None),
        "medication": table(_current_first(record), _medication_row, None),
        "results": table(record.lab_results, _result_row, rows_shown),
    }


def _table(late: Mapping[Key, Late], rows: list[Any], row_of: Any, limit: int | None) -> Table:
    return Table([row_of(row) | _marked(late, row) for row in rows[:limit]], len(rows))


def _marked(late: Mapping[Key, Late], row: ClinicalRecord) -> dict[str, str]:
    """The words that mark a late entry; empty for every other row."""
    found = late.get((type(row), row.pk))
    return {"late": found.text if found else ""}


def _current_first(record: PatientRecord) -> list[Medication]:
    current = record.current_medications
    return [*current, *(course for course in record.medications if course not in current)]


def _echo_row(study: EchoStudy) -> dict[str, Any]:
    notes = []
    if not study.counts:
        notes.append("draft, not counted")
    if study.state != "rest":
        notes.append(study.get_state_display().lower())
    if impossible_pairs(study):
        notes.append("LVESD larger than LVEDD: neither is used")
    if study.implausible_confirmed:
        notes.append("unusual value, confirmed")
    return {
        "href": row_url(EchoStudy, study.public_id),
        "on": study.performed_on,
        "modality": study.get_modality_display(),
        "is_draft": not study.counts,
        "note": "; ".join(notes),
        "values": [value_text(study, name) or "" for name, _, _ in ECHO_COLUMNS],
        "reader_grade": value_text(study, "reader_grade") or "",
    }


def _symptom_row(log: SymptomLog) -> dict[str, Any]:
    asked = {
        "dyspnea": log.dyspnea,
        "orthopnea": log.orthopnea,
        "nocturnal dyspnea": log.nocturnal_dyspnea,
        "reduced tolerance": log.reduced_exercise_tolerance,
        "edema": log.edema,
        "syncope": log.syncope,
        "palpitations": log.palpitations,
        "fatigue": log.fatigue,
        "fever": log.fever,
    }
    reading = reading_of(log)
    return {
        "href": row_url(SymptomLog, log.public_id),
        "on": log.recorded_on,
        "nyha": nyha_text(log),
        "symptoms": ", ".join(name for name, present in asked.items() if present),
        # Freedom from symptoms has no cause to be attributed to.
        "attribution": "" if reading.symptomatic is False else log.get_attribution_display(),
        "reading": READINGS[reading.symptomatic],
        "reason": reading.reason,
    }


def nyha_text(log: SymptomLog) -> str:
    """``II``, ``I–II`` or nothing."""
    if log.nyha_low is None or log.nyha_high is None:
        return ""
    if log.nyha_low == log.nyha_high:
        return ROMAN[log.nyha_low]
    return f"{ROMAN[log.nyha_low]}\N{EN DASH}{ROMAN[log.nyha_high]}"


def _intervention_row(intervention: Intervention) -> dict[str, Any]:
    size = intervention.prosthesis_size_mm
    details = [
        intervention.prosthesis_model,
        f"{plain(size)} mm" if size is not None else "",
        intervention.repair_technique,
        intervention.annuloplasty_ring,
        "redo" if intervention.redo else "",
    ]
    return {
        "href": row_url(Intervention, intervention.public_id),
        "on": intervention.performed_on or intervention.planned_on or intervention.decided_on,
        "kind": upper_first(intervention.get_kind_display()),
        "status": intervention.get_status_display(),
        "is_performed": intervention.status == Intervention.Status.PERFORMED,
        "urgency": (
            intervention.get_urgency_display() if intervention.urgency != "not_stated" else ""
        ),
        "details": ", ".join(part for part in details if part),
    }


def _medication_row(course: Medication) -> dict[str, Any]:
    return {
        "href": row_url(Medication, course.public_id),
        "drug": course.name_as_written or upper_first(course.get_drug_display()),
        "drug_class": course.get_drug_class_display(),
        "dose": dose_text(course),
        "started_on": course.started_on,
        "noted_on": course.noted_on,
        "stopped_on": course.stopped_on,
        "indication": (
            course.get_indication_display() if course.indication != "not_stated" else ""
        ),
    }


def dose_text(course: Medication) -> str:
    """The dose in numbers and as written, whichever is recorded; words never hide a number."""
    parts = []
    if course.dose_mg is not None:
        times = course.times_a_day
        often = f" × {plain(times)}" if times is not None else ""
        parts.append(f"{plain(course.dose_mg)} mg{often}")
    return ", ".join(filter(None, [*parts, course.dose_text]))


def _result_row(result: LabResult) -> dict[str, Any]:
    return {
        "href": row_url(LabResult, result.public_id),
        "on": result.taken_on,
        "analyte": _analyte(result),
        "value": _value(result),
        "unit": printed(result.unit),
        "is_unusual": bool(result.implausible_confirmed),
    }


def _analyte(result: LabResult) -> str:
    analyte = ANALYTES.get(result.analyte)
    return analyte.label if analyte else upper_first(result.get_analyte_display())


def _value(result: LabResult) -> str:
    """The number, or what grew in the culture."""
    if result.value is not None:
        return f"{result.comparator}{plain(result.value)}"
    return " ".join(filter(None, [result.get_culture_result_display(), result.organism]))


def result_text(result: LabResult) -> str:
    """A result in one line: Creatinine 98 µmol/L."""
    return f"{upper_first(_analyte(result))} {_value(result)} {printed(result.unit)}".strip()
