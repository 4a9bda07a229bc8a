"""Severe primary MR, LVEF 58 %, and nobody has asked about symptoms for over a year.

With symptoms one class 1 rule holds, without them another: class 1 either way.
"""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, lab, nothing_else_found, pisa, pisa_volume, row, volumetric
from patients.models import (
    Allergy,
    Comorbidity,
    Electrocardiogram,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)
from treatments.models import TeamReview


def write_severe_symptoms_unknown(book: Book) -> Patient:
    """Karim Haddad, 54: Barlow disease; his last symptom log is fourteen months old."""
    patient = book.register(
        "HV-20457",
        from_on=book.ago(years=4),
        referring_doctor="Dr M. Petit, sports medicine",
        family_name="Haddad",
        given_name="Karim",
        born_on=book.born(age=54, month=11, day=5),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 13 71",
        address="8 place du Marché, Northtown",
    )
    study: dict[str, Any] = {
        "state": "rest",
        "rhythm": "sinus",
        "quality": "good",
        "lvef_method": "biplane",
        "linear_method": "two_d",
        "bsa_m2": "1.98",
        "bsa_formula": "du_bois",
        "jet_timing": "holosystolic",
        "jet_direction": "eccentric",
        "annular_disjunction": True,
        "prolapse_segments": ["A2", "P1", "P2", "P3"],
        "reader": "Dr A. Moreau",
        "laboratory": "North echo laboratory",
    }
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=4),
            mechanism="primary",
            etiology="barlow",
            carpentier_type="II",
            segments=["A2", "P1", "P2", "P3"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Bileaflet prolapse with annular disjunction.",
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(years=4)),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=58)
        ),
        nothing_else_found(patient, book.ago(days=58)),
        book.echo(
            patient,
            book.ago(years=3, months=11),
            lvef=64,
            lvesd_mm=35,
            lvedd_mm=57,
            vena_contracta_mm="6.0",
            **pisa_volume(8.6, 38, 5.1, 140),
            grade=3,
            **study,
        ),
        book.echo(
            patient,
            book.ago(months=14),
            lvef=62,
            lvesd_mm=37,
            lvedd_mm=59,
            vena_contracta_mm="7.0",
            la_volume_index_ml_m2=49,
            **pisa_volume(9.6, 38, 5.2, 150),
            grade=4,
            **study,
        ),
        book.echo(
            patient,
            book.ago(days=58),
            accession_number="NE-117561",
            lvef=58,
            lvesd_mm=39,
            lvedd_mm=61,
            lvedv_ml=228,
            lvesv_ml=96,
            la_volume_index_ml_m2=54,
            la_diameter_mm=47,
            flail_leaflet=False,
            vena_contracta_mm="7.5",
            jet_density="dense_triangular",
            flow_convergence="large",
            pulmonary_vein_flow="blunted",
            e_velocity_m_s="1.22",
            **pisa(9.8, 38, 5.1, 148),
            **volumetric(lvot_mm=21, lvot_vti_cm=18, annulus_mm=(38, 43), annulus_vti_cm=10.2),
            grade=4,
            tr_peak_velocity_m_s="2.65",
            right_atrial_pressure_mmhg=3,
            spap_mmhg=31,
            spap_source="echo",
            tricuspid_regurgitation=1,
            rv_function="normal",
            heart_rate_bpm=58,
            systolic_bp_mmhg=122,
            diastolic_bp_mmhg=70,
            beats_averaged=3,
            decompensated=False,
            comment="Open-access study: seen by the sonographer only, not asked about symptoms.",
            **study,
        ),
    )
    book.write_as_nurse(
        body(patient, book.ago(years=3, months=11), 176, 80),
        body(patient, book.ago(days=58), 176, 81),
        row(
            SymptomLog,
            patient,
            recorded_on=book.ago(months=14),
            nyha_low=1,
            nyha_high=1,
            actively_asked_none=True,
            dyspnea=False,
            palpitations=True,
            activity_level="moderate",
            activity_given_up=False,
            diuretic_need="none",
            attribution="certain",
            atrial_fibrillation_type="none",
        ),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(days=58),
            kind="holter",
            rhythm="sinus",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=62,
            complex_ventricular_ectopy=False,
        ),
        lab(patient, "creatinine", 84, book.ago(months=14)),
        drug(patient, "bisoprolol", 2.5, 1, started_on=book.ago(years=2), indication="other"),
    )
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=30),
            operability="operable",
            surgical_risk_class="low",
            center_type="comprehensive",
            decision="further_tests",
            decision_reason="Ask about symptoms and activity first; exercise test.",
            participants="A. Moreau, imaging",
        )
    )
    return patient
