"""Severe primary MR without symptoms: the ventricle grows slowly, LVESD 34 to 39 mm."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.book import Book, body, drug, lab, nothing_else_found, pisa, pisa_volume, row, volumetric
from demo.patients.visits import appointment, called
from patients.models import (
    Allergy,
    ClinicalRecord,
    Comorbidity,
    EchoStudy,
    Electrocardiogram,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)
from treatments.models import TeamReview


def write_severe_growing(book: Book) -> Patient:
    """Marco Rossi, 67: followed for more than six years; no class 1 trigger is met yet."""
    patient = book.register(
        "HV-20418",
        from_on=book.ago(years=6, months=7),
        referring_doctor="Dr P. Lambert, cardiology practice",
        family_name="Rossi",
        given_name="Marco",
        born_on=book.born(age=67, month=4, day=12),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 11 59",
        address="3 quai du Nord, Northtown",
        research_consent=True,
        research_consent_on=book.ago(years=6, months=7),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=6, months=7),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Allergy(
            patient=patient,
            substance="penicillin",
            reaction=Allergy.Reaction.RASH,
            noted_on=book.ago(years=6, months=7),
        ),
        Comorbidity(
            patient=patient,
            kind="atrial_fibrillation",
            present="yes",
            noted_on=book.ago(years=1, months=3),
            since_on=book.ago(years=1, months=3),
            note="Paroxysmal, 4 hours on a Holter recording.",
        ),
        Comorbidity(
            patient=patient,
            kind="hypertension",
            present="yes",
            noted_on=book.ago(years=6, months=7),
        ),
        nothing_else_found(patient, book.ago(days=10)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write_as_nurse(
        appointment(patient, book.ago(days=190), book.ago(days=24), "missed"),
        called(patient, book.ago(days=23), "no_answer", next_try_on=book.ago(days=21)),
        called(patient, book.ago(days=21), "reached", comment="Had forgotten."),
        appointment(patient, book.ago(days=21), book.ago(days=10), "attended"),
    )
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=6),
            operability="operable",
            surgical_risk_class="low",
            center_type="comprehensive",
            teer_anatomy="not_assessed",
            life_expectancy_years=15,
            decision="watch",
            decision_reason="No symptoms, LVEF 64 %, LVESD 39 mm. Echo again in six months.",
            participants="A. Moreau, B. Weiss, cardiac surgery",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    first = [
        # day, LVEF, LVESD, LVEDD, LA volume index, PISA radius, vena contracta, TR velocity, SPAP
        (book.ago(years=6, months=6), 68, 34, 54, None, None, "4.5", None, None),
        (book.ago(years=5, months=6), 66, 34, 55, None, "7.2", "4.8", "2.65", 31),
        (book.ago(years=4, months=5), 67, 33, 54, 44, "7.7", "5.0", "2.75", 33),
        (book.ago(years=3, months=7), 65, 35, 56, 47, "8.2", "5.5", "2.6", 30),
        (book.ago(years=2, months=6), 66, 36, 57, 52, "8.5", "6.0", "2.95", 38),
        (book.ago(years=1, months=6), 63, 38, 59, 55, "9.1", "6.5", "3.1", 41),
        (book.ago(months=9), 65, 38, 59, 61, "9.45", "6.8", "3.2", 44),
    ]
    return [_earlier(book, patient, *numbers) for numbers in first] + [_latest(book, patient)]


def _earlier(
    book: Book,
    patient: Patient,
    on: date,
    lvef: int,
    lvesd_mm: int,
    lvedd_mm: int,
    la_volume_index: int | None,
    radius_mm: str | None,
    vena_contracta_mm: str,
    tr_velocity: str | None,
    spap_mmhg: int | None,
) -> EchoStudy:
    convergence = pisa_volume(float(radius_mm), 38, 5.2, 150) if radius_mm else {}
    return book.echo(
        patient,
        on,
        lvef=lvef,
        lvesd_mm=lvesd_mm,
        lvedd_mm=lvedd_mm,
        la_volume_index_ml_m2=la_volume_index,
        vena_contracta_mm=vena_contracta_mm,
        tr_peak_velocity_m_s=tr_velocity,
        right_atrial_pressure_mmhg=3 if tr_velocity else None,
        spap_mmhg=spap_mmhg,
        spap_source="echo" if spap_mmhg else "not_stated",
        **convergence,
        **_common(),
    )


def _latest(book: Book, patient: Patient) -> EchoStudy:
    return book.echo(
        patient,
        book.ago(days=10),
        accession_number="NE-118204",
        lvef=64,
        lvesd_mm=39,
        lvedd_mm=60,
        lvedv_ml=205,
        lvesv_ml=74,
        gls_percent="-20.1",
        la_volume_index_ml_m2=63,
        la_diameter_mm=50,
        flail_leaflet=True,
        flail_gap_mm=4,
        flail_width_mm=9,
        jet_density="dense_triangular",
        flow_convergence="large",
        pulmonary_vein_flow="blunted",
        vena_contracta_mm="7.0",
        e_velocity_m_s="1.28",
        a_velocity_m_s="0.70",
        mitral_mean_gradient_mmhg=3,
        **pisa(9.7, 39, 5.3, 155),
        **volumetric(lvot_mm=22, lvot_vti_cm=17, annulus_mm=(36, 42), annulus_vti_cm=11.1),
        grade=4,
        tr_peak_velocity_m_s="3.3",
        right_atrial_pressure_mmhg=3,
        spap_mmhg=47,
        spap_source="echo",
        tapse_mm=23,
        rv_function="normal",
        prolapse_segments=["P2"],
        heart_rate_bpm=64,
        systolic_bp_mmhg=134,
        diastolic_bp_mmhg=80,
        beats_averaged=3,
        decompensated=False,
        **_common(),
    )


def _common() -> dict[str, Any]:
    return {
        "state": "rest",
        "rhythm": "sinus",
        "quality": "good",
        "lvef_method": "biplane",
        "linear_method": "two_d",
        "jet_direction": "eccentric",
        "jet_timing": "holosystolic",
        "bsa_m2": "2.03",
        "bsa_formula": "du_bois",
        "reader": "Dr A. Moreau",
        "laboratory": "North echo laboratory",
    }


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    days = [
        book.ago(years=6, months=6),
        book.ago(years=5, months=6),
        book.ago(years=4, months=5),
        book.ago(years=3, months=7),
        book.ago(years=2, months=6),
        book.ago(years=1, months=6),
        book.ago(months=9),
        book.ago(days=10),
    ]
    natriuretic = {4: 120, 3: 180, 2: 210, 1: 340, 0: 410}
    return [
        *(_without_symptoms(patient, on, has_af=on >= book.ago(years=1, months=3)) for on in days),
        *(lab(patient, "nt_probnp", natriuretic[i], day) for i, day in enumerate(days[:2:-1])),
        lab(patient, "creatinine", 88, book.ago(days=10)),
        lab(patient, "hemoglobin", 14.6, book.ago(days=10)),
        body(patient, book.ago(years=6, months=6), 182, 84),
        body(patient, book.ago(years=2, months=6), 182, 83),
        body(patient, book.ago(days=10), 182, 82),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(years=1, months=3),
            kind="holter",
            rhythm="sinus",
            atrial_fibrillation_seen=True,
            heart_rate_bpm=72,
            complex_ventricular_ectopy=False,
        ),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(days=10),
            rhythm="sinus",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=64,
            qrs_ms=96,
            qrs_morphology="narrow",
        ),
        drug(
            patient,
            "apixaban",
            5,
            2,
            indication="atrial_fibrillation",
            started_on=book.ago(years=1, months=3),
        ),
        drug(
            patient,
            "perindopril",
            5,
            1,
            indication="hypertension",
            started_on=book.ago(years=6, months=7),
        ),
    ]


def _without_symptoms(patient: Patient, on: date, *, has_af: bool) -> SymptomLog:
    return row(
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
        syncope=False,
        palpitations=False,
        fatigue=False,
        fever=False,
        reduced_exercise_tolerance=False,
        angina_class=0,
        activity_level="active",
        activity_given_up=False,
        diuretic_need="none",
        attribution="certain",
        atrial_fibrillation_type="paroxysmal" if has_af else "none",
        systolic_bp_mmhg=134,
        diastolic_bp_mmhg=80,
        heart_rate_bpm=66,
        comment="Cycles 60 km on Sundays.",
    )
