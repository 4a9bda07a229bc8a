"""Moderate MR, LVEF reported as 55-60 %, high blood pressure on captopril; a draft study waits."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, lab, nothing_else_found, pisa_volume, row
from demo.patients.visits import appointment
from patients.models import (
    Allergy,
    Comorbidity,
    Electrocardiogram,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)


def write_moderate_hypertensive(book: Book) -> Patient:
    """Denise Williams, 61: prolapse of A2, a moderate leak for five years."""
    patient = book.register(
        "HV-20311",
        from_on=book.ago(years=5, months=1),
        referring_doctor="Dr J. Carter, family practice",
        family_name="Williams",
        given_name="Denise",
        born_on=book.born(age=61, month=3, day=16),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 10 93",
        address="40 boulevard de l'Est, Northtown",
        pregnancy_possible=False,
        research_consent=True,
        research_consent_on=book.ago(years=5, months=1),
    )
    study: dict[str, Any] = {
        "state": "rest",
        "rhythm": "sinus",
        "quality": "adequate",
        "lvef_method": "biplane",
        "linear_method": "two_d",
        "flail_leaflet": False,
        "jet_direction": "eccentric",
        "jet_timing": "holosystolic",
        "bsa_m2": "1.85",
        "bsa_formula": "du_bois",
        "reader": "Dr B. Weiss",
        "laboratory": "North echo laboratory",
    }
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=5, months=1),
            mechanism="primary",
            etiology="degenerative",
            carpentier_type="II",
            segments=["A2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="hypertension",
            present="yes",
            noted_on=book.ago(years=5, months=1),
            since_on=book.ago(years=12),
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(months=5)
        ),
        Comorbidity(patient=patient, kind="obesity", present="no", noted_on=book.ago(months=5)),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(months=5)),
        nothing_else_found(patient, book.ago(months=5)),
        book.echo(
            patient,
            book.ago(years=5),
            lvef=(60, 65),
            lvesd_mm=30,
            lvedd_mm=48,
            la_volume_index_ml_m2=35,
            vena_contracta_mm="4.5",
            **pisa_volume(7.1, 38, 5.4, 145),
            grade=2,
            **study,
        ),
        book.echo(
            patient,
            book.ago(years=2, months=6),
            lvef=60,
            lvesd_mm=31,
            lvedd_mm=49,
            la_volume_index_ml_m2=38,
            vena_contracta_mm="4.8",
            **pisa_volume(7.4, 38, 5.4, 148),
            grade=2,
            **study,
        ),
        book.echo(
            patient,
            book.ago(months=5),
            accession_number="NE-115930",
            lvef=(55, 60),
            lvesd_mm=32,
            lvedd_mm=50,
            septum_mm=12,
            posterior_wall_mm=11,
            la_volume_index_ml_m2=40,
            vena_contracta_mm=5,
            pulmonary_vein_flow="blunted",
            flow_convergence="intermediate",
            e_velocity_m_s="0.92",
            a_velocity_m_s="0.88",
            **pisa_volume(7.6, 38, 5.4, 150),
            grade=2,
            tr_peak_velocity_m_s="2.6",
            right_atrial_pressure_mmhg=3,
            spap_mmhg=30,
            spap_source="echo",
            tricuspid_regurgitation=1,
            rv_function="normal",
            heart_rate_bpm=68,
            systolic_bp_mmhg=146,
            diastolic_bp_mmhg=84,
            beats_averaged=3,
            decompensated=False,
            prolapse_segments=["A2"],
            **study,
        ),
    )
    book.write_as_nurse(
        book.echo(
            patient,
            book.ago(days=2),
            final=False,
            accession_number="NE-118247",
            lvesd_mm=33,
            lvedd_mm=51,
            vena_contracta_mm="5.2",
            rhythm="sinus",
            quality="adequate",
            comment="Draft: volumes and PISA still to be measured.",
        ),
        body(patient, book.ago(years=5), 164, 76),
        body(patient, book.ago(months=5), 164, 78),
        *(
            row(
                SymptomLog,
                patient,
                recorded_on=on,
                nyha_low=1,
                nyha_high=1,
                actively_asked_none=True,
                dyspnea=False,
                orthopnea=False,
                nocturnal_dyspnea=False,
                edema=False,
                fatigue=False,
                fever=False,
                activity_level="moderate",
                activity_given_up=False,
                diuretic_need="other",
                attribution="certain",
                atrial_fibrillation_type="none",
                systolic_bp_mmhg=systolic,
                diastolic_bp_mmhg=84,
                heart_rate_bpm=68,
            )
            for on, systolic in (
                (book.ago(years=5), 158),
                (book.ago(years=2, months=6), 144),
                (book.ago(months=5), 146),
            )
        ),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(months=5),
            rhythm="sinus",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=68,
            qrs_ms=94,
            qrs_morphology="narrow",
        ),
        lab(patient, "creatinine", 79, book.ago(months=5)),
        lab(patient, "potassium", 4.3, book.ago(months=5)),
        drug(patient, "captopril", 25, 3, indication="hypertension", started_on=book.ago(years=12)),
        drug(
            patient,
            "hydrochlorothiazide",
            12.5,
            1,
            indication="hypertension",
            started_on=book.ago(years=4),
        ),
    )
    book.write_as_nurse(appointment(patient, book.ago(days=30), book.ago(days=2), "attended"))
    return patient
