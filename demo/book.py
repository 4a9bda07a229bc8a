"""How the hand-written records are entered: on days counted back from today.

Each row is checked as if somebody had typed it, and written as if they had done so on its day
(demo/past.py says when what became known).
"""

from __future__ import annotations

import math
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import DecimalField
from django.utils import timezone

from accounts.models import Clinic, User
from demo.past import Desk, Entering, last_moment
from patients.actions import prepare_echo_study
from patients.days import day_error
from patients.models import (
    ANALYTES,
    AbsenceCheck,
    BodySize,
    ClinicalRecord,
    EchoStudy,
    LabResult,
    Patient,
    Registration,
    folded,
)
from patients.past import write_past
from patients.writing import PAST_DAYS
from treatments.formulary import FORMULARY
from treatments.models import Medication

Row = TypeVar("Row", bound=ClinicalRecord)
Amendment = tuple[date, Mapping[str, Any], str]
"""The day, the former values of what was corrected, and the reason."""

NOTE = "demo: a hand-written patient, back-dated"
DAYS_A_YEAR = 365
DAYS_A_MONTH = 30


@dataclass(frozen=True)
class Book:
    """One clinic's book on one day, and the people who write in it."""

    clinic: Clinic
    today: date
    clinician: User
    nurse: User
    clerk: User | None = None
    """Who registers; the nurse where the clinic has nobody else for it."""

    def ago(self, *, years: int = 0, months: int = 0, days: int = 0) -> date:
        """The day that long before today (a year of 365 days, a month of 30)."""
        return self.today - timedelta(days=years * DAYS_A_YEAR + months * DAYS_A_MONTH + days)

    def ahead(self, *, days: int) -> date:
        """The day that many days from today."""
        return self.today + timedelta(days=days)

    def born(self, *, age: int, month: int, day: int) -> date:
        """The birth date of somebody who is this old today."""
        had_birthday = (month, day) <= (self.today.month, self.today.day)
        return date(self.today.year - age - (0 if had_birthday else 1), month, day)

    def at(self, day: date, hour: int, minute: int) -> datetime:
        """The instant of this clock time in the clinic."""
        return datetime.combine(
            day, time(hour, minute), tzinfo=zoneinfo.ZoneInfo(self.clinic.time_zone)
        )

    def register(
        self,
        record_number: str,
        *,
        from_on: date,
        referring_doctor: str,
        until_on: date | None = None,
        ended_because: str = "",
        **person: Any,
    ) -> Patient:
        """Register an invented person; the clinician becomes the responsible one."""
        patient = Patient(**person)
        patient.search_key = folded(patient.family_name, patient.given_name)
        self._check(patient, by=self._registrar)
        registration = self._registration(
            record_number, from_on, referring_doctor, until_on=until_on, ended_because=ended_because
        )
        registration.patient = patient
        entering = Entering(self._desk, from_on)
        write_past(
            [entering.row(patient, by="clerk"), entering.row(registration, by="clerk")], note=NOTE
        )
        return patient

    def register_too(
        self, patient: Patient, record_number: str, *, from_on: date, referring_doctor: str
    ) -> None:
        """Register a patient of another clinic in this one."""
        registration = self._registration(record_number, from_on, referring_doctor)
        registration.patient = patient
        write_past([Entering(self._desk, from_on).row(registration, by="clerk")], note=NOTE)

    def _registration(
        self, record_number: str, from_on: date, referring_doctor: str, **ended: Any
    ) -> Registration:
        registration = Registration(
            clinic=self.clinic,
            record_number=record_number,
            from_on=from_on,
            responsible_clinician=self.clinician,
            referring_doctor=referring_doctor,
            **ended,
        )
        registration.entered_by = self._registrar
        registration.full_clean(exclude={"patient"})
        return registration

    def write(self, *rows: ClinicalRecord) -> None:
        """Enter rows as the clinician, with one renewal of the patient's standing."""
        self._write("clinician", self.clinician, rows)

    def write_as_nurse(self, *rows: ClinicalRecord) -> None:
        """Enter rows as the nurse."""
        self._write("nurse", self.nurse, rows)

    def write_late(self, entered_on: date, *rows: ClinicalRecord) -> None:
        """Enter rows as the clinician, on a later day than their own: a report that came late."""
        self._write("clinician", self.clinician, rows, entered_on=entered_on)

    def write_amended(self, study: EchoStudy, *amended: Amendment) -> None:
        """Enter a study as it stands after its amendments, the oldest first.

        An amendment is its day, the former values of the columns that it corrected, its reason.
        """
        study.status = EchoStudy.Status.AMENDED
        self._write("clinician", self.clinician, (study,), amended=amended)

    def echo(self, patient: Patient, on: date, *, final: bool = True, **values: Any) -> EchoStudy:
        """A study, ready to be written: final with who made it so, or a draft.

        ``lvef`` and ``grade`` take one value or a pair of ends.
        """
        columns = dict(values)
        if "eroa_mm2" in columns:
            columns.setdefault("eroa_method", "pisa")
        if "lvef" in columns:
            columns["lvef_percent_low"], columns["lvef_percent_high"] = _ends(columns.pop("lvef"))
        if "grade" in columns:
            columns["reader_grade_low"], columns["reader_grade_high"] = _ends(columns.pop("grade"))
        study = EchoStudy(patient=patient, performed_on=on, **exact(EchoStudy, columns))
        prepare_echo_study(study, by=self.clinician, final=final)
        return study

    @property
    def _registrar(self) -> User:
        return self.clerk or self.nurse

    @property
    def _desk(self) -> Desk:
        zone = zoneinfo.ZoneInfo(self.clinic.time_zone)
        return Desk(
            zone=zone,
            clinician_id=self.clinician.pk,
            nurse_id=self.nurse.pk,
            clerk_id=self._registrar.pk,
            now=last_moment(self.today, zone, timezone.now()),
        )

    def _write(self, role: str, by: User, rows: tuple[ClinicalRecord, ...], **entered: Any) -> None:
        """Check each row as if it came alone, then write them in their past."""
        for row in rows:
            self._check(row, by=by)
        entering = {
            patient.pk: Entering(self._desk, self._registered_on(patient))
            for patient in {row.patient for row in rows}
        }
        write_past(
            [entering[row.patient_id].row(row, by=role, **entered) for row in rows], note=NOTE
        )

    def _registered_on(self, patient: Patient) -> date:
        """The day on which the first clinic registered the patient: nothing was known before."""
        days = patient.registrations.order_by("from_on", "id").values_list("from_on", flat=True)
        return days[0]

    def _check(self, row: ClinicalRecord | Patient, *, by: User) -> None:
        """What is asked of a row that somebody types: complete, possible, and of a possible day."""
        row.entered_by = by
        row.full_clean()
        names: tuple[str, ...]
        if isinstance(row, Patient):
            names, patient = ("born_on", "deceased_on", "last_contact_on"), row
        else:
            names, patient = (*PAST_DAYS, row.date_field), row.patient
        errors = {}
        for name in filter(None, names):
            error = day_error(self._day(getattr(row, name, None)), patient, self.today)
            if error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def _day(self, moment: date | datetime | None) -> date | None:
        zone = zoneinfo.ZoneInfo(self.clinic.time_zone)
        return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


def exact(model: type[ClinicalRecord], values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, with numbers for decimal columns as exact decimals."""
    decimals = {f.name for f in model._meta.get_fields() if isinstance(f, DecimalField)}
    return {
        name: Decimal(str(value)) if name in decimals and value is not None else value
        for name, value in values.items()
    }


def row(model: type[Row], patient: Patient, **values: Any) -> Row:
    """A row of any other kind, with exact numbers."""
    return model(patient=patient, **exact(model, values))


def lab(patient: Patient, analyte: str, value: float, on: date) -> LabResult:
    """A result in the unit in which the analyte is kept."""
    return row(
        LabResult, patient, analyte=analyte, value=value, unit=ANALYTES[analyte].unit, taken_on=on
    )


def drug(
    patient: Patient, code: str, dose_mg: float, times_a_day: float, **more: Any
) -> Medication:
    """A course of one drug of the formulary."""
    more.setdefault("noted_on", more.get("started_on"))
    return row(
        Medication,
        patient,
        drug=code,
        drug_class=FORMULARY[code].drug_class.value,
        dose_mg=dose_mg,
        times_a_day=times_a_day,
        **more,
    )


def body(patient: Patient, on: date, height_cm: float, weight_kg: float) -> BodySize:
    """Height and weight on one day."""
    return row(BodySize, patient, measured_on=on, height_cm=height_cm, weight_kg=weight_kg)


def nothing_else_found(patient: Patient, on: date, *, native: bool = True) -> AbsenceCheck:
    """The yearly "none of these" check with everything asked and absent."""
    return AbsenceCheck(
        patient=patient,
        checked_on=on,
        hypertrophic_cardiomyopathy_absent=True,
        mitral_stenosis_absent=True,
        endocarditis_absent=True,
        aortic_valve_disease_absent=True,
        pregnancy_absent=True,
        previous_mitral_procedure_absent=native,
    )


def pisa(radius_mm: float, aliasing_cm_s: float, peak_m_s: float, vti_cm: float) -> dict[str, Any]:
    """Flow convergence as a report prints it: the inputs, and EROA to the whole mm2.

    EROA = 2 pi r^2 Va / Vmax (rows ASE-F-01 and ASE-F-02 of the rule tables).
    """
    flow_ml_s = 2 * math.pi * (radius_mm / 10) ** 2 * aliasing_cm_s
    return {
        "pisa_radius_mm": radius_mm,
        "aliasing_velocity_cm_s": aliasing_cm_s,
        "mr_peak_velocity_m_s": peak_m_s,
        "mr_vti_cm": vti_cm,
        "eroa_mm2": round(flow_ml_s / (peak_m_s * 100) * 100),
    }


def pisa_volume(
    radius_mm: float, aliasing_cm_s: float, peak_m_s: float, vti_cm: float
) -> dict[str, Any]:
    """The same, with the regurgitant volume that follows from it (EROA times VTI, ASE-F-03)."""
    values = pisa(radius_mm, aliasing_cm_s, peak_m_s, vti_cm)
    volume_ml = values["eroa_mm2"] / 100 * vti_cm
    return values | {
        "regurgitant_volume_ml": round(volume_ml),
        "regurgitant_volume_method": "pisa",
    }


def _ends(value: Any) -> tuple[Any, Any]:
    low, high = value if isinstance(value, tuple) else (value, value)
    return low, high


def volumetric(
    *, lvot_mm: float, lvot_vti_cm: float, annulus_mm: tuple[float, float], annulus_vti_cm: float
) -> dict[str, Any]:
    """The volumetric method: its inputs, regurgitant volume and fraction to whole numbers.

    Stroke volume = pi/4 d1 d2 VTI; what passes the mitral valve and not the outflow tract leaks
    (rows ASE-F-06, ASE-F-07 and ASE-F-08 of the rule tables).
    """
    forward_ml = math.pi / 4 * (lvot_mm / 10) ** 2 * lvot_vti_cm
    inflow_ml = math.pi / 4 * annulus_mm[0] * annulus_mm[1] / 100 * annulus_vti_cm
    return {
        "lvot_diameter_mm": lvot_mm,
        "lvot_vti_cm": lvot_vti_cm,
        "mitral_annulus_ap_mm": annulus_mm[0],
        "mitral_annulus_ic_mm": annulus_mm[1],
        "mitral_annulus_vti_cm": annulus_vti_cm,
        "regurgitant_volume_ml": round(inflow_ml - forward_ml),
        "regurgitant_fraction_percent": round(100 * (inflow_ml - forward_ml) / inflow_ml),
        "regurgitant_volume_method": "doppler_volumetric",
    }
