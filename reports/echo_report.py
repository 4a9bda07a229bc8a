"""The report of all echo studies of a clinic's patients: one row for each study.

The columns follow the model's own fields under their own names, so that a new measurement cannot
be forgotten. A study is exported by one clinic only: the one chosen, else the first by name in
which the patient is registered. What was done after a registration ended is not part of that
clinic's export.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from patients.models import EchoStudy, Registration
from reports.columns import columns_of
from reports.csv import Column, Kind, Report
from reports.selectors import registered_in

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
    ("eroa_mm2", "EROA by PISA (mm2)"),
    ("regurgitant_volume_ml", "regurgitant volume by PISA (mL)"),
    ("lvot_stroke_volume_ml", "LVOT stroke volume (mL)"),
    ("mitral_stroke_volume_ml", "mitral stroke volume (mL)"),
    ("volumetric_regurgitant_volume_ml", "regurgitant volume, volumetric (mL)"),
    ("volumetric_regurgitant_fraction_percent", "regurgitant fraction, volumetric (%)"),
    ("right_atrial_pressure_mmhg", "right atrial pressure (mmHg)"),
    ("rvsp_mmhg", "RV systolic pressure (mmHg)"),
    ("la_volume_ml", "LA volume by area and length (mL)"),
    ("la_volume_index_ml_m2", "LA volume index (mL/m2)"),
    ("lvef_percent", "LVEF from volumes (%)"),
    ("lv_mass_g", "LV mass (g)"),
    ("relative_wall_thickness", "relative wall thickness"),
    ("lvesd_index_mm_m2", "LVESD index (mm/m2)"),
)
"""What is computed from one study, in the order of computation."""


def echo_studies(clinic_ids: Sequence[int]) -> QuerySet[EchoStudy, EchoStudy]:
    """Every study that these clinics may read, with the clinic and number it is listed under.

    Of a patient who left: the studies up to that day that nobody changed after the registration
    was ended; what was amended later is another clinic's.
    """
    versions: Any = EchoStudy.history
    acts: Any = Registration.history
    ended = (
        acts.filter(id=OuterRef("pk"))
        .order_by("-history_date", "-history_id")
        .values("history_date")
    )
    changed_later = versions.filter(
        id=OuterRef(OuterRef("pk")), history_date__gt=OuterRef("ended_at")
    )
    registered = (
        registered_in(clinic_ids, patient="patient_id")
        .annotate(ended_at=Subquery(ended[:1]))
        .filter(
            Q(until_on__isnull=True)
            | Q(until_on__gte=OuterRef("performed_on")) & ~Exists(changed_later)
        )
        .order_by("clinic__name", "clinic_id", "id")
    )
    return (
        EchoStudy.objects.filter(Exists(registered))
        .annotate(
            listed_clinic_id=Subquery(registered.values("clinic_id")[:1]),
            listed_clinic_code=Subquery(registered.values("clinic__code")[:1]),
            listed_record_number=Subquery(registered.values("record_number")[:1]),
            lvef_percent=LVEF_AS_ONE_NUMBER,
        )
        .order_by("patient_id", "-performed_on", "-id")
    )


def _columns() -> Iterator[Column]:
    yield Column("clinic", "Clinic", Kind.TEXT, "listed_clinic_code")
    yield Column("record_number", "Record number", Kind.TEXT, "listed_record_number")
    yield Column("patient_id", "Patient, opaque id", Kind.CODE, "patient__public_id")
    yield Column("study_id", "Study, opaque id", Kind.CODE, "public_id")
    for name in FIRST:
        yield from columns_of(EchoStudy._meta.get_field(name))
    for field in EchoStudy._meta.concrete_fields:
        if field.name == "lvef_percent_low":
            yield Column("lvef_percent", "LVEF (%), when one number", Kind.NUMBER, "lvef_percent")
        if field.name not in LEFT_OUT:
            yield from columns_of(field)
    for name, label in DERIVED:
        yield Column(f"derived_{name}", f"Derived: {label}", Kind.NUMBER, "derived", _value(name))
    yield Column("derived_formulas", "Formula and version of each", Kind.TEXT, "derived", _formulas)
    yield Column("entered_at", "Entered (UTC)", Kind.INSTANT, "entered_at")
    yield Column("version", "Version of the row", Kind.NUMBER, "version")


def _value(name: str) -> Any:
    def read(derived: dict[str, Any]) -> str | None:
        found = derived.get(name)
        return found["value"] if found else None

    return read


def _formulas(derived: dict[str, Any]) -> str:
    return "; ".join(
        f"{name}: {found['formula']} version {found['version']}" for name, found in derived.items()
    )


ECHO_STUDIES = Report(
    name="echo_studies",
    title="Echo studies",
    one_row_per="echo study",
    columns=tuple(_columns()),
    queryset=echo_studies,
    notes=(
        "All studies, drafts and those entered in error included: the column status says which.",
        "LVEF stands in lvef_percent only when it was given as one number; a range or an open "
        "end stands in the columns beside it.",
        "An empty cell means not recorded. Numbers keep every digit that was entered.",
        "The file names patients by record number and dates, not by name or birth date.",
    ),
)
