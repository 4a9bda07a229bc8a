"""A study amended from moderate-to-severe to severe, and an outside report that came late."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from demo.book import Book, body, nothing_else_found, pisa_volume
from demo.patients.visits import (
    body_surface,
    conditions,
    no_symptoms,
    pulmonary_pressure,
    results,
    sinus_rhythm,
    ventricle,
)
from patients.models import Allergy, Comorbidity, EchoStudy, MitralDiagnosis, Patient

RADIUS_MM, PEAK_M_S, INTEGRAL_CM = 9.6, 5.1, 142
ALIASING_TYPED, ALIASING_TRUE = 28, 38  # cm/s


def write_amended_study(book: Book) -> Patient:
    """Fatima El Amrani, 64: two weeks passed with the wrong number; an outside echo came later.

    What the clinic knew on a day differs from what was true on it: the study of another
    laboratory, two years old, came in a hundred days ago.
    """
    patient = book.register(
        "HV-20388",
        from_on=book.ago(years=3, months=1),
        referring_doctor="Dr S. Meyer, cardiology practice",
        family_name="El Amrani",
        given_name="Fatima",
        born_on=book.born(age=64, month=12, day=14),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 13 88",
        address="25 rue de la Poste, Northtown",
        pregnancy_possible=False,
        research_consent=True,
        research_consent_on=book.ago(years=3, months=1),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=3, months=1),
            mechanism="primary",
            etiology="degenerative",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(patient=patient, kind="diabetes", present="yes", noted_on=book.ago(years=3)),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=75)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=75)),
        nothing_else_found(patient, book.ago(days=75)),
        book.echo(
            patient,
            book.ago(years=3),
            **ventricle(32, 51, 46, 132),
            la_volume_index_ml_m2=36,
            vena_contracta_mm="5.0",
            **pisa_volume(7.4, ALIASING_TRUE, 5.1, 142),
            grade=2,
            **pulmonary_pressure(2.4, 3),
            **conditions(70, 132, 78),
            **_common("Dr B. Weiss", "North echo laboratory"),
        ),
    )
    book.write_late(book.ago(days=100), _outside_study(book, patient))
    book.write_amended(
        _latest(book, patient),
        (
            book.ago(days=61),
            {
                name: Decimal(str(value))
                for name, value in pisa_volume(
                    RADIUS_MM, ALIASING_TYPED, PEAK_M_S, INTEGRAL_CM
                ).items()
                if name in {"aliasing_velocity_cm_s", "eroa_mm2", "regurgitant_volume_ml"}
            }
            | {"reader_grade_low": 3, "reader_grade_high": 3},
            "The aliasing velocity was 38 cm/s, not 28: orifice, volume and grade corrected.",
        ),
    )
    visits = (book.ago(years=3), book.ago(days=75))
    book.write_as_nurse(
        body(patient, book.ago(years=3), 163, 73),
        body(patient, book.ago(days=75), 163, 74),
        *(no_symptoms(patient, on) for on in visits),
        sinus_rhythm(patient, book.ago(days=75), 68),
        *results(patient, book.ago(days=75), nt_probnp=160, creatinine=71, hemoglobin=13.1),
    )
    return patient


def _outside_study(book: Book, patient: Patient) -> EchoStudy:
    """Performed elsewhere between two visits here; the letter lay in another file."""
    return book.echo(
        patient,
        book.ago(years=2, months=2),
        accession_number="EXT-20447",
        lvef=(60, 65),
        lvesd_mm=33,
        lvedd_mm=53,
        grade=(2, 3),
        **conditions(72, 138, 80, quality="adequate"),
        **_common("Dr S. Meyer", "Cardiology practice, outside"),
    )


def _latest(book: Book, patient: Patient) -> EchoStudy:
    return book.echo(
        patient,
        book.ago(days=75),
        accession_number="NE-117488",
        **ventricle(35, 56, 61, 164),
        la_volume_index_ml_m2=48,
        vena_contracta_mm="6.8",
        **pisa_volume(RADIUS_MM, ALIASING_TRUE, PEAK_M_S, INTEGRAL_CM),
        grade=4,
        **pulmonary_pressure(2.7, 3),
        **conditions(68, 134, 78),
        **_common("Dr B. Weiss", "North echo laboratory"),
    )


def _common(reader: str, laboratory: str) -> dict[str, Any]:
    return {
        "jet_direction": "eccentric",
        "jet_timing": "holosystolic",
        "flail_leaflet": False,
        "prolapse_segments": ["P2"],
        "aortic_regurgitation": 0,
        "tricuspid_regurgitation": 1,
        "rv_function": "normal",
        "lvot_obstruction": "none",
        "bsa_m2": body_surface(163, 74),
        "reader": reader,
        "laboratory": laboratory,
    }
