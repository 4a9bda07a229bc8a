"""The report of all echo studies of a clinic's patients: one row for each study.

The columns follow the model's own fields under their own names, so that a new measurement cannot
be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, F, QuerySet, When

from guidelines.quantities import FORMULAS
from patients.data_classes import DataClass
from patients.models import EchoStudy
from reports.columns import CLINIC, ENTERED, RECORD_NUMBER, VERSION, columns_of, patient_id
from reports.csv import Column, Entry, Kind, formulas
from reports.readable import record_rows
from reports.report import Filter, FromQueries, Report
from reports.scope import Scope

# Columns that stand in front, behind, or say nothing outside of the application.
FIRST = ("performed_on", "modality", "accession_number", "status", "state")
LEFT_OUT = {
    "id",
    "patient",
    "public_id",
    "entered_at",
    "entered_by",
    "finalized_by",
    "struck_by",
    "version",
    "derived",
    *FIRST,
}

LVEF_AS_ONE_NUMBER = Case(
    When(
        lvef_percent_low=F("lvef_percent_high"),
        lvef_percent_low_open=False,
        lvef_percent_high_open=False,
        then=F("lvef_percent_low"),
    )
)
"""LVEF where it was given as one number; the report's rows carry it as ``lvef_percent``."""

DERIVED = (
    ("eroa_mm2", "EROA by PISA", "mm2", "ASE-F-02"),
    ("regurgitant_volume_ml", "regurgitant volume by PISA", "mL", "ASE-F-03"),
    ("lvot_stroke_volume_ml", "LVOT stroke volume", "mL", "ASE-F-06"),
    ("mitral_stroke_volume_ml", "mitral stroke volume", "mL", "ASE-F-06"),
    ("volumetric_regurgitant_volume_ml", "regurgitant volume, volumetric", "mL", "ASE-F-07"),
    (
        "volumetric_regurgitant_fraction_percent",
        "regurgitant fraction, volumetric",
        "%",
        "ASE-F-08",
    ),
    ("right_atrial_pressure_mmhg", "right atrial pressure", "mmHg", "ASE-F-11"),
    ("rvsp_mmhg", "RV systolic pressure", "mmHg", "ASE-F-10"),
    ("la_volume_ml", "LA volume by area and length", "mL", "ASE-F-12"),
    ("la_volume_index_ml_m2", "LA volume index", "mL/m2", "ASE-F-12"),
    ("lvef_percent", "LVEF from volumes", "%", "ASE-F-13"),
    ("lv_mass_g", "LV mass", "g", "ASE-F-14"),
    ("relative_wall_thickness", "relative wall thickness", "", "ASE-F-15"),
    ("lvesd_index_mm_m2", "LVESD index", "mm/m2", "ASE-F-17"),
)
"""What is computed from one study, in the order of computation: name, label, unit, formula."""


def echo_studies(scope: Scope) -> QuerySet[Any, Any]:
    """Every study that the clinics of the scope may take."""
    rows = with_lvef(record_rows(EchoStudy, scope))
    return rows.order_by("patient_id", "-performed_on", "-id")


def with_lvef(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The rows with LVEF where it is one number."""
    return rows.annotate(lvef_percent=LVEF_AS_ONE_NUMBER)


def _columns() -> Iterator[Column]:
    yield from (CLINIC, RECORD_NUMBER, patient_id())
    yield Column("study_id", "Study, opaque id", Kind.CODE, "public_id")
    for name in FIRST:
        yield from columns_of(EchoStudy._meta.get_field(name))
    for field in EchoStudy._meta.concrete_fields:
        if field.name == "lvef_percent_low":
            yield Column("lvef_percent", "LVEF (%), when one number", Kind.NUMBER, "lvef_percent",
                         None, DataClass.CLINICAL, "%",
                         definition="Empty where a range or an open end was given.")  # fmt: skip
        if field.name not in LEFT_OUT:
            yield from columns_of(field)
    for name, label, unit, formula in DERIVED:
        shown = f"Derived: {label} ({unit})" if unit else f"Derived: {label}"
        yield Column(f"derived_{name}", shown, Kind.NUMBER, "derived", Entry((name, "value")),
                     DataClass.CLINICAL, unit, rule=f"{formula}: {FORMULAS[formula]}")  # fmt: skip
    yield Column("derived_formulas", "Formula and version of each", Kind.TEXT, "derived", formulas,
                 DataClass.CLINICAL)  # fmt: skip
    yield from (ENTERED, VERSION)


ECHO_STUDIES = Report(
    name="echo_studies",
    title="Echo studies",
    one_row_per="echo study",
    columns=tuple(_columns()),
    source=FromQueries(echo_studies),
    filters=(Filter.DAYS, Filter.MECHANISM, Filter.STAGE),
    notes=(
        "Of patients who left: the studies up to that day that nobody changed afterwards.",
        "All studies, drafts and those entered in error included: the column status says which.",
        "LVEF stands in lvef_percent only when it was given as one number; a range or an open "
        "end stands in the columns beside it.",
        "An empty cell means not recorded. Numbers keep every digit that was entered.",
        "The file names patients by record number and dates, not by name or birth date.",
    ),
)
