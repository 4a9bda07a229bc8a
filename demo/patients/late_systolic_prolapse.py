"""Late-systolic prolapse: the orifice of one frame says severe, the volume of a beat does not."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, nothing_else_found, pisa, row, volumetric
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
    Electrocardiogram,
    MitralDiagnosis,
    Patient,
)


def write_late_systolic_prolapse(book: Book) -> Patient:
    """Sofia Lindgren, 35: a click and a late murmur; EROA 41 mm2, regurgitant volume 26 mL.

    The valve leaks in the last third of systole only. A grade from the orifice alone would send
    her to the surgeon; CMR is asked for and not done yet.
    """
    patient = book.register(
        "HV-20377",
        from_on=book.ago(years=5, months=2),
        referring_doctor="Dr L. Fontaine, family practice: click and late systolic murmur",
        family_name="Lindgren",
        given_name="Sofia",
        born_on=book.born(age=35, month=8, day=21),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 13 77",
        email="sofia.lindgren@mail.example",
        address="33 rue du Lac, Northtown",
        pregnancy_possible=True,
        research_consent=True,
        research_consent_on=book.ago(years=5, months=2),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=5, months=2),
            mechanism="primary",
            etiology="barlow",
            carpentier_type="II",
            segments=["A2", "P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Bileaflet prolapse, thick leaflets; leaks after the click only.",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=24)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=24)),
        nothing_else_found(patient, book.ago(days=24)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA radius, MR velocity
    # integral, annulus VTI
    numbers = (
        (book.ago(years=5, months=1), 31, 50, 44, 124, 29, "6.4", 9.2, 58, 8.75),
        (book.ago(years=2, months=10), 31, 50, 45, 127, 30, "6.7", 9.5, 59, 9.0),
        (book.ago(days=24), 32, 51, 46, 130, 31, "7.0", 9.8, 60, 9.15),
    )
    common: dict[str, Any] = {
        "jet_timing": "late_systolic",
        "jet_direction": "eccentric",
        "flail_leaflet": False,
        "annular_disjunction": True,
        "prolapse_segments": ["A2", "P2"],
        "pulmonary_vein_flow": "systolic_dominant",
        "aortic_regurgitation": 0,
        "tricuspid_regurgitation": 0,
        "rv_function": "normal",
        "lvot_obstruction": "none",
        "grade": 2,
        "bsa_m2": body_surface(171, 62),
        "reader": "Dr A. Moreau",
        "laboratory": "North echo laboratory",
        "comment": "Regurgitant only in the last third of systole. EROA is of one frame.",
    }
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa(radius, 38, 5.6, vti),
            **volumetric(lvot_mm=20, lvot_vti_cm=19, annulus_mm=(33, 36), annulus_vti_cm=annulus),
            **pulmonary_pressure(2.3, 3),
            **conditions(62, 114, 70),
            **common,
        )
        for on, esd, edd, esv, edv, atrium, width, radius, vti, annulus in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    visits = (book.ago(years=5, months=1), book.ago(years=2, months=10), book.ago(days=24))
    return [
        body(patient, book.ago(years=5, months=1), 171, 61),
        body(patient, book.ago(days=24), 171, 62),
        *(no_symptoms(patient, on, palpitations=True) for on in visits),
        sinus_rhythm(patient, book.ago(days=24), 62),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(days=20),
            kind="holter",
            rhythm="sinus",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=70,
            complex_ventricular_ectopy=False,
            comment="Single ventricular beats, 1 % of all.",
        ),
        *results(patient, book.ago(days=24), nt_probnp=55, creatinine=62, hemoglobin=13.4),
    ]
