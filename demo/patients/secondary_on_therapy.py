"""Secondary ventricular MR on full therapy and resynchronization: a little better."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.book import Book, body, drug, lab, nothing_else_found, pisa_volume, row
from demo.patients.visits import appointment
from patients.models import (
    Allergy,
    ClinicalRecord,
    Comorbidity,
    EchoStudy,
    Electrocardiogram,
    HeartFailureAdmission,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)
from treatments.models import Intervention, TeamReview


def write_secondary_on_therapy(book: Book) -> Patient:
    """Carmen Hernández Ruiz, 69: an anterior infarct six years ago, heart failure since."""
    patient = book.register(
        "HV-20402",
        from_on=book.ago(years=5),
        referring_doctor="Heart failure clinic, North University Hospital",
        family_name="Hernández Ruiz",
        given_name="Carmen",
        born_on=book.born(age=69, month=2, day=11),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 11 77",
        address="51 rue Saint-Michel, Northtown",
        pregnancy_possible=False,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=5),
            mechanism="secondary_ventricular",
            etiology="ischemic",
            carpentier_type="IIIb",
            segments=["P2", "P3"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        *(
            Comorbidity(
                patient=patient, noted_on=book.ago(years=5), kind=kind, present=present, **more
            )
            for kind, present, more in (
                ("myocardial_infarction", "yes", {"since_on": book.ago(years=6)}),
                ("coronary_disease", "yes", {}),
                ("heart_failure", "yes", {}),
                ("diabetes", "no", {}),
                ("atrial_fibrillation", "no", {}),
            )
        ),
        Allergy(
            patient=patient,
            substance="sulfamethoxazole",
            reaction=Allergy.Reaction.RASH,
            noted_on=book.ago(years=5),
        ),
        nothing_else_found(patient, book.ago(days=45)),
        HeartFailureAdmission(
            patient=patient,
            admitted_on=book.ago(years=1, months=9),
            discharged_on=book.ago(years=1, months=9, days=-8),
            hospital="North University Hospital",
            attributed_to_mr="unknown",
        ),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.PCI,
            status="performed",
            performed_on=book.ago(years=6),
            urgency="emergency",
            comment="Two stents, left anterior descending artery.",
        ),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.CRT,
            status="performed",
            performed_on=book.ago(years=1, months=2),
            urgency="elective",
            approach="other",
            comment="With defibrillator; 97 % biventricular pacing at the last check.",
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient), *_therapy(book, patient))
    book.write_as_nurse(
        appointment(patient, book.ago(days=230), book.ago(days=45), "attended"),
        appointment(patient, book.ago(days=45), book.ahead(days=130)),
    )
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=40),
            operability="high_risk",
            surgical_risk_class="high",
            teer_anatomy="suitable",
            center_type="comprehensive",
            life_expectancy_years=5,
            decision="medical",
            decision_reason="Better since resynchronization; echo and NYHA again in three months.",
            participants="A. Moreau, heart failure, imaging, cardiac surgery",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    numbers: tuple[tuple[date, dict[str, Any]], ...] = (
        (
            book.ago(years=4, months=11),
            {
                "lvef": 29, "lvesd_mm": 58, "lvedd_mm": 68, "lvedv_ml": 206, "lvesv_ml": 146,
                "vena_contracta_mm": "4.5", **pisa_volume(6.8, 36, 4.5, 135), "grade": 2,
                "rhythm": "sinus",
            },
        ),
        (
            book.ago(years=1, months=8),
            {
                "lvef": 24, "lvesd_mm": 62, "lvedd_mm": 72, "lvedv_ml": 250, "lvesv_ml": 190,
                "vena_contracta_mm": "5.5", **pisa_volume(7.9, 36, 4.5, 130), "grade": 3,
                "rhythm": "sinus", "decompensated": True,
            },
        ),
        (
            book.ago(months=6),
            {
                "lvef": 30, "lvesd_mm": 57, "lvedd_mm": 67, "lvedv_ml": 220, "lvesv_ml": 154,
                "vena_contracta_mm": "5.0", **pisa_volume(7.3, 36, 4.5, 128), "grade": (2, 3),
                "rhythm": "paced",
            },
        ),
        (
            book.ago(days=45),
            {
                "lvef": 33, "lvesd_mm": 55, "lvedd_mm": 65, "lvedv_ml": 214, "lvesv_ml": 143,
                "vena_contracta_mm": "4.8", **pisa_volume(7.0, 36, 4.6, 130), "grade": 2,
                "rhythm": "paced", "decompensated": False, "low_flow": True,
                "orifice_elliptical": True, "tr_peak_velocity_m_s": "2.9",
                "right_atrial_pressure_mmhg": 8, "spap_mmhg": 42, "spap_source": "echo",
                "tricuspid_regurgitation": 1, "tapse_mm": 17, "rv_function": "mild",
                "coaptation_depth_mm": 9, "posterior_leaflet_length_mm": 13,
                "mitral_valve_area_cm2": "4.6", "mitral_mean_gradient_mmhg": 2,
                "heart_rate_bpm": 68, "systolic_bp_mmhg": 108, "diastolic_bp_mmhg": 64,
                "beats_averaged": 3, "accession_number": "NE-117702",
            },
        ),
    )  # fmt: skip
    common: dict[str, Any] = {
        "lvef_method": "biplane",
        "linear_method": "two_d",
        "quality": "adequate",
        "regional_wall_motion_abnormality": True,
        "leaflet_tethering": True,
        "jet_direction": "central",
        "jet_timing": "holosystolic",
        "la_volume_index_ml_m2": 51,
        "bsa_m2": "1.72",
        "bsa_formula": "du_bois",
        "reader": "Dr B. Weiss",
        "laboratory": "North echo laboratory",
    }
    return [book.echo(patient, on, **common, **values) for on, values in numbers]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    def log(on: date, nyha: tuple[int, int], walk_m: int, kccq: int, weight_kg: int) -> SymptomLog:
        return row(
            SymptomLog,
            patient,
            recorded_on=on,
            nyha_low=nyha[0],
            nyha_high=nyha[1],
            dyspnea=True,
            orthopnea=nyha[1] > 3,
            edema=nyha[1] > 3,
            fatigue=True,
            fever=False,
            syncope=False,
            angina_class=0,
            activity_level="sedentary",
            diuretic_need="for_mr",
            attribution="uncertain",
            atrial_fibrillation_type="none",
            systolic_bp_mmhg=108,
            diastolic_bp_mmhg=64,
            heart_rate_bpm=68,
            weight_kg=weight_kg,
            six_minute_walk_m=walk_m,
            kccq_overall=kccq,
        )

    return [
        log(book.ago(years=4, months=11), (3, 3), 310, 48, 70),
        log(book.ago(years=1, months=8), (3, 4), 220, 34, 74),
        log(book.ago(months=6), (2, 3), 330, 55, 69),
        log(book.ago(days=45), (2, 2), 365, 63, 68),
        body(patient, book.ago(years=4, months=11), 161, 70),
        body(patient, book.ago(days=45), 161, 68),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(years=1, months=3),
            rhythm="sinus",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=72,
            qrs_ms=158,
            qrs_morphology="lbbb",
        ),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(days=45),
            rhythm="paced",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=68,
            qrs_ms=132,
            qrs_morphology="paced",
        ),
        lab(patient, "nt_probnp", 5400, book.ago(years=1, months=8)),
        lab(patient, "nt_probnp", 1850, book.ago(months=6)),
        lab(patient, "nt_probnp", 1320, book.ago(days=45)),
        lab(patient, "creatinine", 108, book.ago(days=45)),
        lab(patient, "potassium", 4.7, book.ago(days=45)),
        lab(patient, "hemoglobin", 12.1, book.ago(days=45)),
    ]


def _therapy(book: Book, patient: Patient) -> list[ClinicalRecord]:
    failing = {"indication": "heart_failure"}
    return [
        drug(
            patient, "enalapril", 10, 2, started_on=book.ago(years=5),
            stopped_on=book.ago(years=1, months=8), stop_reason="replaced", **failing,
        ),
        drug(
            patient, "sacubitril_valsartan", 97, 2, started_on=book.ago(years=1, months=8),
            dose_text="97/103 mg twice a day", at_maximal_tolerated_dose=True, **failing,
        ),
        drug(
            patient, "carvedilol", 25, 2, started_on=book.ago(years=5),
            at_maximal_tolerated_dose=True, **failing,
        ),
        drug(
            patient, "spironolactone", 25, 1, started_on=book.ago(years=4, months=6),
            at_maximal_tolerated_dose=True,
            comment="Potassium 5.6 mmol/L on 50 mg.", **failing,
        ),
        drug(
            patient, "dapagliflozin", 10, 1, started_on=book.ago(years=1, months=7),
            at_maximal_tolerated_dose=True, **failing,
        ),
        drug(patient, "furosemide", 40, 1, started_on=book.ago(years=1, months=8), **failing),
        drug(
            patient, "aspirin", 100, 1, started_on=book.ago(years=5), indication="coronary_disease"
        ),
        drug(
            patient, "atorvastatin", 40, 1, started_on=book.ago(years=5),
            indication="coronary_disease",
        ),
    ]  # fmt: skip
