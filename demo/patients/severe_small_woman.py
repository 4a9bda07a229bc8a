"""Severe primary MR in a small woman: LVESD 30 mm is 22 mm/m2, which only ESC/EACTS counts."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, lab, nothing_else_found, pisa, pisa_volume, row, volumetric
from patients.models import (
    Allergy,
    Comorbidity,
    Electrocardiogram,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)


def write_severe_small_woman(book: Book) -> Patient:
    """Yuki Tanaka, 66: 150 cm and 45 kg, no symptoms, LVEF 66 %."""
    patient = book.register(
        "S-0007",
        from_on=book.ago(years=2),
        referring_doctor="Dr K. Brown, family practice",
        family_name="Tanaka",
        given_name="Yuki",
        born_on=book.born(age=66, month=5, day=2),
        sex=Patient.Sex.FEMALE,
        telephone="+1 555 0142",
        address="88 Harbor Street, Southport",
        pregnancy_possible=False,
    )
    study: dict[str, Any] = {
        "state": "rest",
        "rhythm": "sinus",
        "quality": "good",
        "lvef_method": "biplane",
        "linear_method": "two_d",
        "jet_direction": "eccentric",
        "jet_timing": "holosystolic",
        "bsa_m2": "1.37",
        "bsa_formula": "du_bois",
        "reader": "Dr C. Grant",
        "laboratory": "South echo laboratory",
    }
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=2),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P3"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=15)),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=15)
        ),
        nothing_else_found(patient, book.ago(days=15)),
        book.echo(
            patient,
            book.ago(years=1, months=11),
            lvef=68,
            lvesd_mm=27,
            lvedd_mm=45,
            vena_contracta_mm="6.0",
            **pisa_volume(8.9, 38, 5.2, 140),
            grade=3,
            **study,
        ),
        book.echo(
            patient,
            book.ago(days=15),
            accession_number="SE-40071",
            lvef=66,
            lvesd_mm=30,
            lvedd_mm=50,
            lvedv_ml=172,
            lvesv_ml=58,
            la_volume_index_ml_m2=52,
            flail_leaflet=True,
            vena_contracta_mm="7.0",
            flow_convergence="large",
            jet_density="dense_triangular",
            **pisa(9.5, 40, 5.1, 140),
            **volumetric(lvot_mm=18, lvot_vti_cm=20, annulus_mm=(31, 35), annulus_vti_cm=13.3),
            grade=4,
            tr_peak_velocity_m_s="2.7",
            right_atrial_pressure_mmhg=3,
            spap_mmhg=32,
            spap_source="echo",
            tricuspid_regurgitation=1,
            rv_function="normal",
            heart_rate_bpm=66,
            systolic_bp_mmhg=118,
            diastolic_bp_mmhg=70,
            beats_averaged=3,
            decompensated=False,
            prolapse_segments=["P3"],
            **study,
        ),
        row(
            SymptomLog,
            patient,
            recorded_on=book.ago(days=15),
            nyha_low=1,
            nyha_high=1,
            actively_asked_none=True,
            dyspnea=False,
            orthopnea=False,
            nocturnal_dyspnea=False,
            edema=False,
            fatigue=False,
            fever=False,
            reduced_exercise_tolerance=False,
            activity_level="active",
            activity_given_up=False,
            diuretic_need="none",
            attribution="certain",
            atrial_fibrillation_type="none",
        ),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(days=15),
            rhythm="sinus",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=66,
            qrs_ms=86,
            qrs_morphology="narrow",
        ),
        body(patient, book.ago(days=15), 150, 45),
        lab(patient, "nt_probnp", 130, book.ago(days=15)),
    )
    return patient
