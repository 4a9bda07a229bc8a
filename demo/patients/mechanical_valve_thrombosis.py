"""A mechanical valve that may be clotting: INR 1.6, a risen gradient, breathless for five days."""

from __future__ import annotations

from demo.book import Book, body, drug, row
from demo.patients.visits import (
    body_surface,
    conditions,
    inr_series,
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
    EchoStudy,
    MitralDiagnosis,
    Patient,
)
from treatments.models import AnticoagulationPlan, EndocarditisProphylaxisAdvice, Intervention

INR_EVERY_DAYS = 28
INR_SERIES = (
    "2.9", "3.1", "3.0", "2.8", "3.3", "3.2", "2.7", "2.9", "3.4", "3.0", "2.8", "3.1",
    "2.6", "3.0", "3.2", "2.9", "3.1", "2.8", "2.5", "2.9", "2.1", "1.6",
)  # fmt: skip


def write_mechanical_valve_thrombosis(book: Book) -> Patient:
    """Samuel Adeyemi, 49: back from two months abroad, seen by the sonographer only."""
    operated_on = book.ago(years=5, months=6)
    patient = book.register(
        "HV-20171",
        from_on=book.ago(years=5, months=7),
        referring_doctor="Infectious diseases, North University Hospital",
        family_name="Adeyemi",
        given_name="Samuel",
        born_on=book.born(age=49, month=1, day=27),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 12 71",
        address="5 allée des Peupliers, Northtown",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=5, months=7),
            mechanism="primary",
            etiology="endocarditis_healed",
            carpentier_type="I",
            segments=["A2", "A3"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="previous_endocarditis",
            present="yes",
            noted_on=book.ago(years=5, months=7),
            since_on=book.ago(years=6),
            note="Staphylococcus lugdunensis, treated for six weeks.",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(years=1)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(years=1)),
        row(
            Intervention,
            patient,
            kind=Intervention.Kind.MITRAL_MECHANICAL,
            status=Intervention.Status.PERFORMED,
            performed_on=operated_on,
            urgency="urgent",
            approach="sternotomy",
            operator="Dr H. Keller",
            center="North University Hospital",
            prosthesis_model="bileaflet mechanical, see implant card",
            prosthesis_size_mm=31,
            redo=False,
            residual_regurgitation_low=0,
            residual_regurgitation_high=0,
            discharged_on=book.ago(years=5, months=6, days=-14),
            baseline_measured_on=book.ago(years=5, months=4),
            baseline_mean_gradient_mmhg="3.8",
            baseline_peak_velocity_m_s="1.50",
            baseline_doppler_velocity_index="1.70",
            baseline_effective_orifice_area_cm2="2.04",
            baseline_paravalvular_leak=0,
        ),
        row(
            AnticoagulationPlan,
            patient,
            from_on=operated_on,
            agent=AnticoagulationPlan.Agent.VKA,
            indication="mechanical mitral valve",
            inr_target="3.0",
            inr_low="2.5",
            inr_high="3.5",
            self_testing=False,
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
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, mean gradient, peak E velocity, velocity index, orifice area
    # (the index times the area is the outflow tract's area, 3.46 cm2), TR velocity, RA pressure,
    # heart rate
    numbers = (
        (book.ago(years=5, months=4), 36, 52, 56, 128, "3.8", "1.50", "1.70", "2.04", 2.6, 3, 70),
        (book.ago(years=3, months=1), 35, 51, 52, 124, "4.0", "1.54", "1.72", "2.01", 2.5, 3, 68),
        (book.ago(years=1), 35, 51, 53, 126, "4.1", "1.56", "1.74", "1.99", 2.5, 3, 72),
        (book.ago(days=1), 34, 50, 50, 116, "11.0", "2.35", "3.05", "1.13", 3.5, 8, 94),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=44,
            mitral_mean_gradient_mmhg=gradient,
            e_velocity_m_s=peak,
            doppler_velocity_index=index,
            effective_orifice_area_cm2=area,
            intraprosthetic_regurgitation=0,
            paravalvular_leak=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            bsa_m2=body_surface(178, 84),
            reader="Dr B. Weiss",
            laboratory="North echo laboratory",
            comment="One disc hardly moves. Nobody but the sonographer has seen the patient yet."
            if on == book.ago(days=1)
            else "",
            **pulmonary_pressure(velocity, atrium),
            **conditions(rate, 122, 74, quality="adequate"),
        )
        for on, esd, edd, esv, edv, gradient, peak, index, area, velocity, atrium, rate in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        *inr_series(patient, book.ago(days=1), INR_EVERY_DAYS, INR_SERIES),
        body(patient, book.ago(years=5, months=4), 178, 82),
        body(patient, book.ago(days=1), 178, 84),
        no_symptoms(patient, book.ago(years=5, months=4)),
        no_symptoms(patient, book.ago(years=3, months=1)),
        no_symptoms(patient, book.ago(years=1)),
        limited(
            patient,
            book.ago(days=1),
            3,
            attribution="uncertain",
            orthopnea=True,
            systolic_bp_mmhg=122,
            diastolic_bp_mmhg=74,
            heart_rate_bpm=94,
            oxygen_saturation_percent=95,
            comment="Breathless for five days. Two months abroad; took the tablets from memory. "
            "The click of the valve has become softer, his wife says.",
        ),
        sinus_rhythm(patient, book.ago(years=1), 72),
        sinus_rhythm(patient, book.ago(days=1), 94),
        *results(patient, book.ago(years=1), nt_probnp=160, ldh=290, creatinine=84),
        *results(patient, book.ago(days=1), nt_probnp=1180, ldh=340, creatinine=92, hemoglobin=14),
        drug(
            patient,
            "warfarin",
            6,
            1,
            indication="prosthesis",
            started_on=book.ago(years=5, months=6),
            dose_text="6 mg, Wednesdays 5 mg",
        ),
    ]
