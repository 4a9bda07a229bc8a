"""Moved from North to South: the new clinic sees "class 1", the old one what it knew then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts.models import Clinic, User
from demo.book import Book, body, nothing_else_found, pisa, pisa_volume, row, volumetric
from demo.clinics import SOUTH_CODE
from demo.patients.visits import (
    body_surface,
    conditions,
    no_symptoms,
    pulmonary_pressure,
    results,
    sinus_rhythm,
    ventricle,
)
from patients.models import (
    Allergy,
    Comorbidity,
    EchoStudy,
    MitralDiagnosis,
    Patient,
    Registration,
)
from treatments.models import TeamReview


def write_moved_to_the_south(book: Book) -> Patient:
    """Eleanor Whitcombe, 59: four years in the North, ten months in the South, worse since."""
    moved_on = book.ago(months=10)
    patient = book.register(
        "HV-20295",
        from_on=book.ago(years=5),
        until_on=moved_on,
        ended_because=Registration.Ended.MOVED,
        referring_doctor="Dr J. Carter, family practice",
        family_name="Whitcombe",
        given_name="Eleanor",
        born_on=book.born(age=59, month=5, day=16),
        sex=Patient.Sex.FEMALE,
        telephone="+1 555 0163",
        address="230 Juniper Court, Southport",
        pregnancy_possible=False,
        research_consent=True,
        research_consent_on=book.ago(years=5),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=5),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2", "P3"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="atrial_fibrillation",
            present="no",
            noted_on=book.ago(months=11),
        ),
        Allergy(
            patient=patient,
            substance="sulfamethoxazole",
            reaction=Allergy.Reaction.RASH,
            noted_on=book.ago(years=5),
        ),
        nothing_else_found(patient, book.ago(months=11)),
        *_northern_studies(book, patient),
    )
    visits = (book.ago(years=4, months=11), book.ago(years=2, months=11), book.ago(months=11))
    book.write_as_nurse(
        body(patient, book.ago(years=4, months=11), 169, 63),
        *(no_symptoms(patient, on) for on in visits),
        sinus_rhythm(patient, book.ago(months=11), 64),
        *results(patient, book.ago(months=11), nt_probnp=110, creatinine=66),
    )
    _write_in_the_south(_southern(book), patient)
    return patient


def _southern(book: Book) -> Book:
    south = Clinic.objects.get(code=SOUTH_CODE)
    charlie = User.objects.get(username="charlie")
    return replace(book, clinic=south, clinician=charlie, nurse=charlie, clerk=charlie)


def _write_in_the_south(book: Book, patient: Patient) -> None:
    book.register_too(
        patient,
        "S-0031",
        from_on=book.ago(months=10),
        referring_doctor="North Valve Clinic",
    )
    seen_on = book.ago(days=47)
    book.write(
        nothing_else_found(patient, seen_on),
        Comorbidity(patient=patient, kind="atrial_fibrillation", present="no", noted_on=seen_on),
        book.echo(
            patient,
            seen_on,
            **ventricle(40, 60, 82, 196),
            la_volume_index_ml_m2=55,
            vena_contracta_mm="7.5",
            **pisa(9.6, 38, 5.1, 146),
            **volumetric(lvot_mm=20, lvot_vti_cm=16.6, annulus_mm=(36, 41), annulus_vti_cm=9.8),
            grade=4,
            **pulmonary_pressure(2.8, 3),
            **conditions(66, 122, 74),
            **_common("Dr C. Grant", "South echo laboratory"),
        ),
        body(patient, seen_on, 169, 64),
        no_symptoms(patient, seen_on),
        sinus_rhythm(patient, seen_on, 66),
        *results(patient, seen_on, nt_probnp=210, creatinine=68, hemoglobin=13.3),
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=20),
            operability="operable",
            surgical_risk_class="low",
            repair_likelihood_percent=96,
            expected_mortality_percent="0.7",
            center_type="primary",
            decision="intervene",
            decision_reason="LVEF 58 %, LVESD 40 mm without symptoms.",
            participants="C. Grant, cardiac surgery",
        ),
    )


def _northern_studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA radius, grade
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=4, months=11), 32, 51, 50, 142, 36, "4.8", 7.2, 2),
        (book.ago(years=2, months=11), 33, 53, 54, 150, 41, "5.5", 8.0, 2),
        (book.ago(months=11), 36, 56, 62, 168, 47, "6.5", 8.7, 3),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa_volume(radius, 38, 5.1, 145),
            grade=grade,
            **pulmonary_pressure(2.5, 3),
            **conditions(64, 120, 72),
            **_common("Dr B. Weiss", "North echo laboratory"),
        )
        for on, esd, edd, esv, edv, atrium, width, radius, grade in numbers
    ]


def _common(reader: str, laboratory: str) -> dict[str, Any]:
    return {
        "jet_direction": "eccentric",
        "jet_timing": "holosystolic",
        "flail_leaflet": False,
        "prolapse_segments": ["P2", "P3"],
        "aortic_regurgitation": 0,
        "tricuspid_regurgitation": 1,
        "rv_function": "normal",
        "lvot_obstruction": "none",
        "bsa_m2": body_surface(169, 64),
        "reader": reader,
        "laboratory": laboratory,
    }
