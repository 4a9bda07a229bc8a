"""Secondary MR with resynchronization, then two clips: the native scale no longer measures it."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, pisa_volume, row
from demo.patients.visits import (
    body_surface,
    conditions,
    fibrillation,
    limited,
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
from treatments.models import AnticoagulationPlan, Intervention, TeamReview


def write_clips_after_resynchronization(book: Book) -> Patient:
    """Giorgos Papadakis, 70: dilated cardiomyopathy; class III before the clips, class II after."""
    resynchronized_on = book.ago(years=2, months=6)
    clipped_on = book.ago(months=8)
    patient = book.register(
        "HV-20281",
        from_on=book.ago(years=3, months=8),
        referring_doctor="Heart failure clinic, North University Hospital",
        family_name="Papadakis",
        given_name="Giorgos",
        born_on=book.born(age=70, month=4, day=23),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 12 81",
        address="8 rue de l'Horloge, Northtown",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=3, months=8),
            mechanism="secondary_ventricular",
            etiology="dilated_cardiomyopathy",
            carpentier_type="IIIb",
            segments=["A2", "P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        *(
            Comorbidity(patient=patient, kind=kind, present=present, noted_on=on)
            for kind, present, on in (
                ("heart_failure", "yes", book.ago(years=3, months=8)),
                ("coronary_disease", "no", book.ago(years=3, months=6)),
                ("diabetes", "yes", book.ago(years=3, months=8)),
                ("kidney_disease", "yes", book.ago(years=2)),
                ("atrial_fibrillation", "yes", book.ago(years=1, months=6)),
            )
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(years=3, months=8)),
        row(
            CoronaryAssessment,
            patient,
            performed_on=book.ago(years=3, months=6),
            method="invasive",
            left_main_stenosis_percent=0,
            largest_other_stenosis_percent=20,
            needs_revascularization="no",
        ),
        *(
            HeartFailureAdmission(
                patient=patient,
                admitted_on=on,
                discharged_on=left_on,
                hospital="North University Hospital",
                attributed_to_mr=attributed,
            )
            for on, left_on, attributed in (
                (book.ago(years=3, months=9), book.ago(years=3, months=9, days=-9), "unknown"),
                (book.ago(months=11), book.ago(months=11, days=-6), "yes"),
            )
        ),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.CRT,
            status=Intervention.Status.PERFORMED,
            performed_on=resynchronized_on,
            urgency="elective",
            approach="other",
            center="North University Hospital",
            comment="With defibrillator; 96 % biventricular pacing at the last check.",
        ),
        row(
            Intervention,
            patient,
            kind=Intervention.Kind.TEER,
            status=Intervention.Status.PERFORMED,
            planned_on=clipped_on,
            performed_on=clipped_on,
            urgency="elective",
            approach="transseptal",
            operator="Dr F. Novotny",
            center="North University Hospital",
            device_implanted=True,
            devices_count=2,
            residual_regurgitation_low=1,
            residual_regurgitation_high=2,
            converted=False,
            discharged_on=book.ago(months=8, days=-4),
            baseline_measured_on=book.ago(months=7),
            baseline_mean_gradient_mmhg="3.8",
        ),
        row(
            AnticoagulationPlan,
            patient,
            from_on=book.ago(years=1, months=6),
            agent=AnticoagulationPlan.Agent.DOAC,
            indication="atrial fibrillation",
        ),
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(months=9),
            operability="high_risk",
            surgical_risk_class="high",
            sts_mortality_percent="5.8",
            sts_model="STS ACSD 2018, isolated mitral repair",
            sts_computed_on=book.ago(months=9),
            teer_anatomy="suitable",
            center_type="comprehensive",
            life_expectancy_years=5,
            decision="intervene",
            decision_reason="Class III on four pillars and with resynchronization; edge to edge.",
            participants="A. Moreau, heart failure, intervention, cardiac surgery, imaging",
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient), *_therapy(book, patient))
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    paced = {"rhythm": "paced"}
    # Before: day, LVESD, LVEDD, LVESV, LVEDV, vena contracta, PISA radius and integral, grade, TR
    # velocity, RA pressure, rhythm.
    before: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=3, months=7), 63, 73, 208, 286, "5.6", (7.6, 112), 3, 3.0, 8, {}),
        (book.ago(years=2), 59, 70, 184, 262, "5.2", (7.2, 116), (2, 3), 2.8, 8, paced),
        (book.ago(months=10), 62, 72, 194, 276, "6.2", (7.8, 115), (3, 4), 3.3, 15, paced),
    )
    # After: day, LVESD, LVEDD, LVESV, LVEDV, mean gradient, valve area, grade, TR velocity, RA
    # pressure.
    after: tuple[tuple[Any, ...], ...] = (
        (book.ago(months=7), 61, 70, 184, 256, "3.8", "2.70", (1, 2), 3.0, 8),
        (book.ago(days=55), 58, 68, 170, 246, "4.0", "2.60", (1, 2), 2.8, 8),
    )
    common: dict[str, Any] = {
        "la_volume_index_ml_m2": 56,
        "leaflet_tethering": True,
        "aortic_regurgitation": 0,
        "tricuspid_regurgitation": 2,
        "tapse_mm": 16,
        "rv_function": "mild",
        "bsa_m2": body_surface(175, 80),
        "reader": "Dr B. Weiss",
        "laboratory": "North echo laboratory",
    }
    native = [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            vena_contracta_mm=width,
            **pisa_volume(jet[0], 36, 4.6, jet[1]),
            grade=grade,
            jet_direction="central",
            jet_timing="holosystolic",
            orifice_elliptical=True,
            low_flow=True,
            mitral_valve_area_cm2="5.1",
            **pulmonary_pressure(velocity, pressure),
            **conditions(70, 104, 62, quality="adequate") | rhythm,
            **common,
        )
        for on, esd, edd, esv, edv, width, jet, grade, velocity, pressure, rhythm in before
    ]
    clipped = [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            multiple_jets=True,
            mitral_mean_gradient_mmhg=gradient,
            mitral_valve_area_cm2=area,
            grade=grade,
            **pulmonary_pressure(velocity, pressure),
            **conditions(70, 108, 64, quality="adequate") | paced,
            **common,
        )
        for on, esd, edd, esv, edv, gradient, area, grade, velocity, pressure in after
    ]
    return native + clipped


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    treated: dict[str, Any] = {"diuretic_need": "for_mr", "activity_level": "sedentary"}
    persistent: dict[str, Any] = treated | {"atrial_fibrillation_type": "persistent"}
    return [
        body(patient, book.ago(years=3, months=7), 175, 84),
        body(patient, book.ago(days=55), 175, 80),
        limited(patient, book.ago(years=3, months=7), 3, edema=True, **treated),
        limited(patient, book.ago(years=2), 2, 3, **treated),
        limited(
            patient, book.ago(months=10), 3, orthopnea=True, six_minute_walk_m=240,
            kccq_overall=38, weight_kg=83, **persistent,
        ),
        limited(patient, book.ago(months=7), 2, six_minute_walk_m=310, **persistent),
        limited(
            patient,
            book.ago(days=55),
            2,
            attribution="uncertain",
            six_minute_walk_m=335,
            kccq_overall=61,
            weight_kg=80,
            systolic_bp_mmhg=108,
            diastolic_bp_mmhg=64,
            heart_rate_bpm=70,
            **persistent,
        ),
        sinus_rhythm(patient, book.ago(years=3, months=7), 74, qrs_ms=164, qrs_morphology="lbbb"),
        fibrillation(
            patient, book.ago(years=1, months=6), 88, qrs_ms=140, qrs_morphology="paced"
        ),
        sinus_rhythm(
            patient, book.ago(days=55), 70, rhythm="paced", qrs_ms=136, qrs_morphology="paced"
        ),
        *results(patient, book.ago(years=3, months=7), nt_probnp=4800, creatinine=108),
        *results(patient, book.ago(months=10), nt_probnp=3900, creatinine=124, potassium=4.9),
        *results(patient, book.ago(days=55), nt_probnp=1640, creatinine=119, potassium=4.7),
    ]  # fmt: skip


def _therapy(book: Book, patient: Patient) -> list[ClinicalRecord]:
    begun, full = book.ago(years=3, months=8), {"at_maximal_tolerated_dose": True}
    failing = {"indication": "heart_failure"}
    return [
        drug(patient, "sacubitril_valsartan", 49, 2, started_on=begun, **failing, **full),
        drug(patient, "bisoprolol", 7.5, 1, started_on=begun, **failing, **full),
        drug(patient, "spironolactone", 25, 1, started_on=begun, **failing, **full),
        drug(
            patient, "dapagliflozin", 10, 1, started_on=book.ago(years=3, months=2), **failing,
            **full,
        ),
        drug(patient, "torasemide", 20, 1, started_on=book.ago(months=11), **failing),
        drug(
            patient, "apixaban", 5, 2, indication="atrial_fibrillation",
            started_on=book.ago(years=1, months=6),
        ),
    ]  # fmt: skip
