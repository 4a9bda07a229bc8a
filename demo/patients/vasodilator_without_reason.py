"""Enalapril for the leak alone: moderate MR, normal pressure, normal ventricle, no symptoms."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, nothing_else_found, pisa_volume
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
    ClinicalRecord,
    Comorbidity,
    EchoStudy,
    MitralDiagnosis,
    Patient,
)


def write_vasodilator_without_reason(book: Book) -> Patient:
    """Thabo Nkosi, 52: "to protect the valve", says the letter; his pressure was never high."""
    patient = book.register(
        "S-0009",
        from_on=book.ago(years=5, months=10),
        referring_doctor="Dr M. Alvarado, internal medicine",
        family_name="Nkosi",
        given_name="Thabo",
        born_on=book.born(age=52, month=10, day=29),
        sex=Patient.Sex.MALE,
        telephone="+1 555 0145",
        address="7 Mill Lane, Southport",
        research_consent=True,
        research_consent_on=book.ago(years=5, months=10),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=5, months=10),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        *(
            Comorbidity(patient=patient, kind=kind, present="no", noted_on=book.ago(days=66))
            for kind in ("hypertension", "atrial_fibrillation", "heart_failure", "diabetes")
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=66)),
        nothing_else_found(patient, book.ago(days=66)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA radius, integral
    numbers = (
        (book.ago(years=5, months=9), 33, 53, 50, 146, 33, "4.2", 6.7, 145),
        (book.ago(years=3, months=9), 34, 53, 51, 148, 34, "4.4", 6.9, 145),
        (book.ago(years=1, months=10), 34, 54, 52, 152, 35, "4.5", 7.0, 147),
        (book.ago(days=66), 34, 54, 52, 152, 36, "4.6", 7.1, 147),
    )
    common: dict[str, Any] = {
        "grade": 2,
        "jet_direction": "eccentric",
        "jet_timing": "holosystolic",
        "flail_leaflet": False,
        "pulmonary_vein_flow": "blunted",
        "flow_convergence": "intermediate",
        "prolapse_segments": ["P2"],
        "aortic_regurgitation": 0,
        "tricuspid_regurgitation": 0,
        "rv_function": "normal",
        "lvot_obstruction": "none",
        "bsa_m2": body_surface(180, 82),
        "reader": "Dr C. Grant",
        "laboratory": "South echo laboratory",
    }
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa_volume(radius, 38, 5.2, vti),
            **pulmonary_pressure(2.3, 3),
            **conditions(60, 118, 74),
            **common,
        )
        for on, esd, edd, esv, edv, atrium, width, radius, vti in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    pressures = (
        (book.ago(years=5, months=9), 122),
        (book.ago(years=3, months=9), 120),
        (book.ago(years=1, months=10), 112),
        (book.ago(days=66), 114),
    )
    return [
        body(patient, book.ago(years=5, months=9), 180, 81),
        body(patient, book.ago(days=66), 180, 82),
        *(
            no_symptoms(
                patient,
                on,
                systolic_bp_mmhg=systolic,
                diastolic_bp_mmhg=74,
                heart_rate_bpm=60,
                weight_kg=82,
            )
            for on, systolic in pressures
        ),
        sinus_rhythm(patient, book.ago(days=66), 60),
        *results(patient, book.ago(days=66), creatinine=86, potassium=4.6, nt_probnp=60),
        drug(
            patient,
            "enalapril",
            10,
            2,
            indication="mr_alone",
            started_on=book.ago(years=3),
            comment="Begun by the referring doctor.",
        ),
    ]
