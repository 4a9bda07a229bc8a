"""Mixed mechanism: an old prolapse, an infarct; each chapter reads "if this part dominates"."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, nothing_else_found, pisa, row, volumetric
from demo.patients.visits import (
    body_surface,
    conditions,
    limited,
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
    CoronaryAssessment,
    EchoStudy,
    HeartFailureAdmission,
    MitralDiagnosis,
    Patient,
)
from treatments.models import Intervention, TeamReview


def write_mixed_mechanism(book: Book) -> Patient:
    """Viktor Melnyk, 74: prolapse of P2 for eight years, an inferior infarct three years ago."""
    infarct_on = book.ago(years=3, months=1)
    patient = book.register(
        "HV-20358",
        from_on=book.ago(years=8, months=3),
        referring_doctor="Dr P. Lambert, cardiology practice",
        family_name="Melnyk",
        given_name="Viktor",
        born_on=book.born(age=74, month=7, day=25),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 13 58",
        address="4 rue du Four, Northtown",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=8, months=3),
            mechanism="primary",
            etiology="degenerative",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=2, months=9),
            mechanism="mixed",
            etiology="degenerative",
            carpentier_type="II",
            segments=["P2", "P3"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Since the infarct P3 is tethered as well, beside the prolapse of P2.",
        ),
        *(
            Comorbidity(patient=patient, kind=kind, present="yes", noted_on=on, **more)
            for kind, on, more in (
                ("myocardial_infarction", infarct_on, {"since_on": infarct_on}),
                ("coronary_disease", infarct_on, {}),
                ("heart_failure", book.ago(years=1, months=4), {}),
            )
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=36)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=36)),
        nothing_else_found(patient, book.ago(days=36)),
        row(
            CoronaryAssessment,
            patient,
            performed_on=infarct_on,
            method="invasive",
            left_main_stenosis_percent=20,
            largest_other_stenosis_percent=100,
            needs_revascularization="yes",
            comment="Dominant circumflex artery occluded, opened.",
        ),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.PCI,
            status="performed",
            performed_on=infarct_on,
            urgency="emergency",
            approach="other",
            center="North University Hospital",
            comment="Two stents, circumflex artery.",
        ),
        HeartFailureAdmission(
            patient=patient,
            admitted_on=book.ago(years=1, months=4),
            discharged_on=book.ago(years=1, months=4, days=-7),
            hospital="North University Hospital",
            attributed_to_mr="unknown",
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient), *_therapy(book, patient))
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=22),
            operability="operable",
            surgical_risk_class="intermediate",
            sts_mortality_percent="3.4",
            sts_model="STS ACSD 2018, isolated mitral repair",
            sts_computed_on=book.ago(days=22),
            teer_anatomy="complex",
            center_type="comprehensive",
            life_expectancy_years=9,
            decision="further_tests",
            decision_reason="Which part dominates? Viability and volumes by CMR, then again here.",
            participants="A. Moreau, B. Weiss, heart failure, cardiac surgery, imaging",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA (radius, peak velocity,
    # integral), volumetric (outflow VTI, annulus, annulus VTI), grade, TR velocity, RA pressure
    numbers: tuple[tuple[Any, ...], ...] = (
        (
            book.ago(years=8, months=2), 35, 55, 58, 152, 38, "4.5",
            (7.0, 5.2, 148), (16.0, (36, 40), 8.3), 2, 2.4, 3,
        ),
        (
            book.ago(years=5, months=2), 36, 57, 62, 164, 42, "5.2",
            (7.7, 5.2, 148), (15.6, (36, 41), 8.8), 2, 2.6, 3,
        ),
        (
            book.ago(years=2, months=9), 46, 60, 106, 200, 48, "6.2",
            (8.5, 5.0, 140), (12.4, (38, 42), 7.6), 3, 2.9, 8,
        ),
        (
            book.ago(days=36), 51, 64, 132, 232, 57, "7.3",
            (9.1, 4.9, 135), (12.2, (40, 44), 7.25), 4, 3.3, 8,
        ),
    )  # fmt: skip
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa(jet[0], 38, jet[1], jet[2]),
            **volumetric(
                lvot_mm=22, lvot_vti_cm=flow[0], annulus_mm=flow[1], annulus_vti_cm=flow[2]
            ),
            grade=grade,
            jet_direction="eccentric",
            jet_timing="holosystolic",
            flail_leaflet=False,
            leaflet_tethering=on > book.ago(years=3),
            regional_wall_motion_abnormality=on > book.ago(years=3),
            prolapse_segments=["P2"],
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            bsa_m2=body_surface(176, 85),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, pressure),
            **conditions(70, 112, 66),
        )
        for on, esd, edd, esv, edv, atrium, width, jet, flow, grade, velocity, pressure in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        body(patient, book.ago(years=8, months=2), 176, 87),
        body(patient, book.ago(days=36), 176, 85),
        no_symptoms(patient, book.ago(years=8, months=2)),
        no_symptoms(patient, book.ago(years=5, months=2), activity_level="moderate"),
        limited(patient, book.ago(years=2, months=9), 2, attribution="uncertain"),
        limited(patient, book.ago(years=1, months=3), 3, edema=True, diuretic_need="for_mr"),
        limited(
            patient,
            book.ago(days=36),
            3,
            diuretic_need="for_mr",
            angina_class=0,
            systolic_bp_mmhg=112,
            diastolic_bp_mmhg=66,
            heart_rate_bpm=70,
            six_minute_walk_m=320,
            kccq_overall=52,
        ),
        sinus_rhythm(patient, book.ago(years=2, months=9), 68, comment="Q waves II, III, aVF."),
        sinus_rhythm(patient, book.ago(days=36), 70, qrs_ms=112, qrs_morphology="other"),
        *results(patient, book.ago(years=1, months=3), nt_probnp=3100, creatinine=112),
        *results(patient, book.ago(days=36), nt_probnp=1980, creatinine=118, potassium=4.8),
        *results(patient, book.ago(days=36), hemoglobin=13.1),
    ]


def _therapy(book: Book, patient: Patient) -> list[ClinicalRecord]:
    failing = {"indication": "heart_failure"}
    coronary = {"indication": "coronary_disease", "started_on": book.ago(years=3, months=1)}
    later = book.ago(years=1, months=4)
    return [
        drug(
            patient, "ramipril", 5, 1, started_on=book.ago(years=3), stopped_on=later,
            stop_reason="replaced", **failing,
        ),
        drug(
            patient, "sacubitril_valsartan", 49, 2, started_on=later,
            at_maximal_tolerated_dose=True, comment="Dizzy on the full dose.", **failing,
        ),
        drug(
            patient, "carvedilol", 25, 2, started_on=book.ago(years=3),
            at_maximal_tolerated_dose=True, **failing,
        ),
        drug(
            patient, "eplerenone", 50, 1, started_on=later, at_maximal_tolerated_dose=True,
            **failing,
        ),
        drug(
            patient, "empagliflozin", 10, 1, started_on=later, at_maximal_tolerated_dose=True,
            **failing,
        ),
        drug(patient, "torasemide", 20, 1, started_on=later, **failing),
        drug(patient, "aspirin", 100, 1, **coronary),
        drug(patient, "rosuvastatin", 20, 1, **coronary),
    ]  # fmt: skip
