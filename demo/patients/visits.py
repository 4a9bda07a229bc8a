"""What a visit usually writes: answers to the same questions, an ECG, numbers that go together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from demo.book import lab, row
from followup.models import Appointment, ContactAttempt
from patients.models import ClinicalRecord, Electrocardiogram, LabResult, Patient, SymptomLog

Values = dict[str, Any]


def no_symptoms(patient: Patient, on: date, **more: Any) -> SymptomLog:
    """Class I, actively asked, active, no diuretic: everything that "no" needs is answered."""
    answers: Values = {
        "nyha_low": 1,
        "nyha_high": 1,
        "actively_asked_none": True,
        "dyspnea": False,
        "orthopnea": False,
        "nocturnal_dyspnea": False,
        "reduced_exercise_tolerance": False,
        "fatigue": False,
        "edema": False,
        "syncope": False,
        "fever": False,
        "activity_level": "active",
        "activity_given_up": False,
        "diuretic_need": "none",
        "attribution": "certain",
        "atrial_fibrillation_type": "none",
    }
    return row(SymptomLog, patient, recorded_on=on, **answers | more)


def limited(patient: Patient, on: date, *nyha: int, **more: Any) -> SymptomLog:
    """Short of breath on exertion in this class, or in this range of classes."""
    answers: Values = {
        "nyha_low": nyha[0],
        "nyha_high": nyha[-1],
        "dyspnea": True,
        "orthopnea": False,
        "nocturnal_dyspnea": False,
        "reduced_exercise_tolerance": True,
        "edema": False,
        "syncope": False,
        "fever": False,
        "activity_level": "moderate",
        "diuretic_need": "none",
        "attribution": "probable",
        "atrial_fibrillation_type": "none",
    }
    return row(SymptomLog, patient, recorded_on=on, **answers | more)


def sinus_rhythm(patient: Patient, on: date, rate: int, **more: Any) -> Electrocardiogram:
    """A 12-lead ECG in sinus rhythm with a narrow QRS complex."""
    tracing: Values = {
        "kind": "twelve_lead",
        "rhythm": "sinus",
        "atrial_fibrillation_seen": False,
        "qrs_ms": 94,
        "qrs_morphology": "narrow",
    }
    return row(Electrocardiogram, patient, recorded_on=on, heart_rate_bpm=rate, **tracing | more)


def fibrillation(patient: Patient, on: date, rate: int, **more: Any) -> Electrocardiogram:
    """A 12-lead ECG in atrial fibrillation with a narrow QRS complex."""
    seen = {"rhythm": "atrial_fibrillation", "atrial_fibrillation_seen": True}
    return sinus_rhythm(patient, on, rate, **seen | more)


def conditions(rate: int, systolic: int, diastolic: int, **more: Any) -> Values:
    """How a resting study was made: biplane volumes, 2D diameters, three beats in sinus rhythm."""
    return {
        "state": "rest",
        "rhythm": "sinus",
        "quality": "good",
        "lvef_method": "biplane",
        "linear_method": "two_d",
        "bsa_formula": "du_bois",
        "beats_averaged": 3,
        "decompensated": False,
        "heart_rate_bpm": rate,
        "systolic_bp_mmhg": systolic,
        "diastolic_bp_mmhg": diastolic,
        **more,
    }


def ventricle(lvesd_mm: float, lvedd_mm: float, lvesv_ml: float, lvedv_ml: float) -> Values:
    """Diameters and volumes of the left ventricle, with the LVEF that follows from the volumes."""
    return {
        "lvesd_mm": lvesd_mm,
        "lvedd_mm": lvedd_mm,
        "lvesv_ml": lvesv_ml,
        "lvedv_ml": lvedv_ml,
        "lvef": round(100 * (lvedv_ml - lvesv_ml) / lvedv_ml),
    }


def pulmonary_pressure(tr_velocity_m_s: float, right_atrial_pressure_mmhg: int) -> Values:
    """Systolic pulmonary pressure from the tricuspid jet: four times its velocity squared, plus."""
    return {
        "tr_peak_velocity_m_s": tr_velocity_m_s,
        "right_atrial_pressure_mmhg": right_atrial_pressure_mmhg,
        "spap_mmhg": round(4 * tr_velocity_m_s**2 + right_atrial_pressure_mmhg),
        "spap_source": "echo",
    }


def body_surface(height_cm: float, weight_kg: float) -> str:
    """Body surface in m2 by Du Bois, as a report prints it."""
    return f"{0.007184 * height_cm**0.725 * weight_kg**0.425:.2f}"


def inr_series(
    patient: Patient, last_on: date, every_days: int, values: Iterable[str]
) -> list[LabResult]:
    """INR results, oldest first, at equal distances up to the last day."""
    newest_first = list(values)[::-1]
    return [
        lab(patient, "inr", float(value), last_on - timedelta(days=every_days * step))
        for step, value in enumerate(newest_first)
    ]


def results(patient: Patient, on: date, **values: float) -> list[ClinicalRecord]:
    """Several laboratory results of one day, by analyte."""
    return [lab(patient, analyte, value, on) for analyte, value in values.items()]


def appointment(
    patient: Patient, booked_on: date, planned_on: date, status: str = "planned", **more: Any
) -> Appointment:
    """A visit with echo that was booked, unless ``kind`` says otherwise."""
    values: Values = {"kind": "visit_and_echo", "place": "Valve clinic, room 2"}
    days: Values = {"booked_on": booked_on, "planned_on": planned_on}
    return Appointment(patient=patient, status=status, **days, **values | more)


def called(
    patient: Patient, on: date, outcome: str, channel: str = "telephone", **more: Any
) -> ContactAttempt:
    """One attempt to reach the patient."""
    return ContactAttempt(
        patient=patient, attempted_on=on, outcome=outcome, channel=channel, **more
    )
