"""A biological valve that wears out: gradient up, orifice down, a leak through the leaflets."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, row
from demo.patients.visits import (
    body_surface,
    conditions,
    fibrillation,
    limited,
    no_symptoms,
    pulmonary_pressure,
    results,
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
from treatments.models import (
    AnticoagulationPlan,
    EndocarditisProphylaxisAdvice,
    Intervention,
    TeamReview,
)


def write_biological_valve_wears_out(book: Book) -> Patient:
    """Raymond Tessier, 73: replaced eleven years ago; apixaban is allowed on this valve."""
    operated_on = book.ago(years=11, months=1)
    patient = book.register(
        "HV-20058",
        from_on=book.ago(years=11, months=3),
        referring_doctor="Dr R. Girard, cardiology practice",
        family_name="Tessier",
        given_name="Raymond",
        born_on=book.born(age=73, month=12, day=1),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 12 16",
        address="30 cours de la Liberté, Northtown",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=11, months=3),
            mechanism="primary",
            etiology="degenerative",
            carpentier_type="II",
            segments=["A2", "A3", "P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="atrial_fibrillation",
            present="yes",
            noted_on=book.ago(years=6),
            since_on=book.ago(years=6),
            note="Permanent.",
        ),
        Comorbidity(
            patient=patient, kind="stroke_or_tia", present="no", noted_on=book.ago(days=58)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=58)),
        row(
            Intervention,
            patient,
            kind=Intervention.Kind.MITRAL_BIOLOGICAL,
            status=Intervention.Status.PERFORMED,
            performed_on=operated_on,
            urgency="elective",
            approach="sternotomy",
            operator="Dr H. Keller",
            center="North University Hospital",
            prosthesis_model="stented bovine pericardial, see implant card",
            prosthesis_size_mm=29,
            redo=False,
            residual_regurgitation_low=0,
            residual_regurgitation_high=0,
            discharged_on=book.ago(years=11, months=1, days=-10),
            baseline_measured_on=book.ago(years=10, months=11),
            baseline_mean_gradient_mmhg="4.5",
            baseline_peak_velocity_m_s="1.60",
            baseline_doppler_velocity_index="1.70",
            baseline_effective_orifice_area_cm2="1.90",
            baseline_paravalvular_leak=0,
        ),
        row(
            AnticoagulationPlan,
            patient,
            from_on=book.ago(years=6),
            agent=AnticoagulationPlan.Agent.DOAC,
            indication="atrial fibrillation with a biological valve",
        ),
        EndocarditisProphylaxisAdvice(
            patient=patient,
            advised_on=operated_on,
            advice=EndocarditisProphylaxisAdvice.Advice.PROPHYLAXIS,
            card_given=True,
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=30),
            operability="high_risk",
            surgical_risk_class="high",
            center_type="comprehensive",
            life_expectancy_years=8,
            decision="further_tests",
            decision_reason="Thrombosis or wear? 4D CT first, then valve-in-valve or redo.",
            participants="A. Moreau, cardiac surgery, intervention, imaging",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, mean gradient, peak E velocity, velocity index, orifice area (index times area is the
    # outflow tract's area, 3.23 cm2), leak through the valve, LVESD, LVEDD, LVESV, LVEDV, LA volume
    # index, TR velocity, RA pressure, rhythm
    sinus, fibrillating = ("sinus", 3), ("atrial_fibrillation", 5)
    numbers: tuple[tuple[Any, ...], ...] = (
        (
            book.ago(years=10, months=11), "4.5", "1.60", "1.70", "1.90", 0,
            36, 50, 54, 118, 46, 2.6, 3, sinus,
        ),
        (
            book.ago(years=8), "4.6", "1.62", "1.72", "1.88", 0,
            35, 50, 52, 118, 47, 2.6, 3, sinus,
        ),
        (
            book.ago(years=5, months=6), "5.2", "1.70", "1.80", "1.79", 0,
            35, 50, 52, 116, 52, 2.7, 3, fibrillating,
        ),
        (
            book.ago(years=3), "6.1", "1.84", "1.98", "1.63", 1,
            35, 51, 54, 120, 55, 2.9, 3, fibrillating,
        ),
        (
            book.ago(years=1, months=2), "8.2", "2.10", "2.35", "1.37", 1,
            35, 51, 55, 122, 60, 3.1, 8, fibrillating,
        ),
        (
            book.ago(days=58), "11.0", "2.40", "2.85", "1.13", 2,
            36, 52, 58, 128, 66, 3.5, 8, fibrillating,
        ),
    )  # fmt: skip
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            mitral_mean_gradient_mmhg=gradient,
            e_velocity_m_s=peak,
            doppler_velocity_index=index,
            effective_orifice_area_cm2=area,
            intraprosthetic_regurgitation=leak,
            paravalvular_leak=0,
            aortic_regurgitation=1,
            tricuspid_regurgitation=1 if leak < 2 else 2,
            rv_function="normal" if leak < 2 else "mild",
            bsa_m2=body_surface(174, 82),
            reader="Dr B. Weiss",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, pressure),
            **conditions(74, 130, 76, rhythm=rhythm[0], beats_averaged=rhythm[1]),
        )
        for (
            on, gradient, peak, index, area, leak, esd, edd, esv, edv, atrium, velocity,
            pressure, rhythm,
        ) in numbers
    ]  # fmt: skip


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    well = (book.ago(years=10, months=11), book.ago(years=8))
    later = (book.ago(years=5, months=6), book.ago(years=3))
    permanent: dict[str, Any] = {"atrial_fibrillation_type": "permanent"}
    return [
        body(patient, book.ago(years=10, months=11), 174, 80),
        body(patient, book.ago(days=58), 174, 82),
        *(no_symptoms(patient, on) for on in well),
        *(no_symptoms(patient, on, activity_level="moderate", **permanent) for on in later),
        limited(patient, book.ago(years=1, months=2), 2, attribution="uncertain", **permanent),
        limited(
            patient,
            book.ago(days=58),
            2,
            3,
            edema=True,
            diuretic_need="for_mr",
            systolic_bp_mmhg=130,
            diastolic_bp_mmhg=76,
            heart_rate_bpm=74,
            comment="Ankles swollen in the evening; walks the dog half as far as last year.",
            **permanent,
        ),
        fibrillation(patient, book.ago(years=6), 104),
        fibrillation(patient, book.ago(days=58), 74),
        *results(patient, book.ago(years=1, months=2), nt_probnp=980, creatinine=94),
        *results(patient, book.ago(days=58), nt_probnp=1720, creatinine=101, hemoglobin=13.3),
        *results(patient, book.ago(days=58), ldh=240),
        drug(
            patient,
            "apixaban",
            5,
            2,
            indication="atrial_fibrillation",
            started_on=book.ago(years=6),
        ),
        drug(
            patient, "bisoprolol", 5, 1, indication="atrial_fibrillation",
            started_on=book.ago(years=6),
        ),
        drug(
            patient, "torasemide", 10, 1, indication="heart_failure", started_on=book.ago(days=58)
        ),
    ]  # fmt: skip
