"""A mechanical mitral valve with years of INR results, the last one far too low."""

from __future__ import annotations

from datetime import timedelta

from demo.book import Book, body, drug, lab, row
from demo.patients.visits import appointment
from patients.models import (
    Allergy,
    Comorbidity,
    EchoStudy,
    Electrocardiogram,
    LabResult,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)
from treatments.models import AnticoagulationPlan, EndocarditisProphylaxisAdvice, Intervention

INR_EVERY_DAYS = 24
# Oldest first, one every INR_EVERY_DAYS days; the last is the one that needs somebody today.
INR_SERIES = (
    "2.8", "3.1", "2.9", "3.3", "2.4", "2.7", "3.0", "3.4", "3.7", "3.1", "2.9", "2.6",
    "2.2", "2.8", "3.0", "3.2", "3.0", "2.7", "2.9", "3.5", "4.1", "3.3", "2.8", "2.9",
    "3.1", "2.5", "2.7", "3.0", "2.3", "2.6", "2.9", "3.2", "3.4", "3.0", "2.8", "3.1",
    "3.6", "3.2", "2.9", "2.7", "3.0", "3.1", "2.8", "2.6", "1.7",
)  # fmt: skip
LAST_INR_DAYS_AGO = 5


def write_mechanical_valve(book: Book) -> Patient:
    """Anita Sharma, 54: rheumatic valve replaced eight years ago, permanent atrial fibrillation."""
    operated_on = book.ago(years=8, months=1)
    patient = book.register(
        "HV-20087",
        from_on=book.ago(years=8, months=4),
        referring_doctor="Dr R. Girard, cardiology practice",
        family_name="Sharma",
        given_name="Anita",
        born_on=book.born(age=54, month=7, day=8),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 10 54",
        address="19 rue du Port, Northtown",
        pregnancy_possible=False,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=8, months=4),
            mechanism="primary",
            etiology="rheumatic",
            carpentier_type="IIIa",
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="atrial_fibrillation",
            present="yes",
            noted_on=book.ago(years=8, months=4),
            note="Permanent.",
        ),
        Comorbidity(
            patient=patient,
            kind="rheumatic_fever",
            present="yes",
            noted_on=book.ago(years=8, months=4),
        ),
        Comorbidity(
            patient=patient, kind="stroke_or_tia", present="no", noted_on=book.ago(months=4)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(months=4)),
        row(
            Intervention,
            patient,
            kind=Intervention.Kind.MITRAL_MECHANICAL,
            status=Intervention.Status.PERFORMED,
            performed_on=operated_on,
            urgency="elective",
            approach="sternotomy",
            operator="Dr H. Keller",
            center="North University Hospital",
            prosthesis_model="bileaflet mechanical, see implant card",
            prosthesis_size_mm=29,
            redo=False,
            residual_regurgitation_low=0,
            residual_regurgitation_high=0,
            discharged_on=book.ago(years=8, months=1, days=-11),
            baseline_measured_on=book.ago(years=7, months=11),
            baseline_mean_gradient_mmhg="4.2",
            baseline_peak_velocity_m_s="1.60",
            baseline_doppler_velocity_index="1.90",
            baseline_effective_orifice_area_cm2="2.20",
            baseline_paravalvular_leak=0,
        ),
        row(
            AnticoagulationPlan,
            patient,
            from_on=operated_on,
            agent=AnticoagulationPlan.Agent.VKA,
            indication="mechanical mitral valve, atrial fibrillation",
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
    book.write_as_nurse(
        *_inr_series(book, patient),
        body(patient, book.ago(years=8, months=1), 157, 58),
        body(patient, book.ago(months=4), 157, 60),
        row(
            SymptomLog,
            patient,
            recorded_on=book.ago(months=4),
            nyha_low=1,
            nyha_high=2,
            dyspnea=False,
            orthopnea=False,
            edema=False,
            syncope=False,
            fever=False,
            activity_level="moderate",
            diuretic_need="none",
            attribution="uncertain",
            atrial_fibrillation_type="permanent",
            systolic_bp_mmhg=128,
            diastolic_bp_mmhg=78,
            heart_rate_bpm=76,
        ),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(months=4),
            rhythm="atrial_fibrillation",
            atrial_fibrillation_seen=True,
            heart_rate_bpm=76,
            qrs_ms=94,
            qrs_morphology="narrow",
        ),
        lab(patient, "hemoglobin", 12.4, book.ago(months=4)),
        lab(patient, "ldh", 310, book.ago(months=4)),
        lab(patient, "creatinine", 70, book.ago(months=4)),
        drug(
            patient,
            "warfarin",
            5,
            1,
            indication="prosthesis",
            started_on=operated_on,
            dose_text="5 mg, Sundays 7.5 mg",
        ),
        drug(
            patient,
            "metoprolol_succinate",
            47.5,
            1,
            indication="atrial_fibrillation",
            started_on=book.ago(years=8),
        ),
    )
    book.write_as_nurse(
        appointment(patient, book.ago(days=40), book.ahead(days=20)),
        appointment(
            patient,
            book.ago(days=LAST_INR_DAYS_AGO),
            book.ahead(days=3),
            kind="inr",
            place="",
        ),
    )
    return patient


def _inr_series(book: Book, patient: Patient) -> list[LabResult]:
    last_on = book.ago(days=LAST_INR_DAYS_AGO)
    oldest_first = reversed(range(len(INR_SERIES)))
    return [
        lab(patient, "inr", float(value), last_on - timedelta(days=INR_EVERY_DAYS * steps))
        for steps, value in zip(oldest_first, INR_SERIES, strict=True)
    ]


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVEF, LVESD, LVEDD, mean gradient, peak E velocity, Doppler velocity index, orifice area
    numbers = (
        (book.ago(years=7, months=11), 55, 36, 50, "4.2", "1.60", "1.90", "2.20"),
        (book.ago(years=4, months=2), 57, 35, 50, "4.4", "1.64", "1.92", "2.18"),
        (book.ago(months=4), 56, 35, 50, "4.5", "1.66", "1.94", "2.15"),
    )
    return [
        book.echo(
            patient,
            on,
            lvef=lvef,
            lvef_method="biplane",
            linear_method="two_d",
            lvesd_mm=lvesd,
            lvedd_mm=lvedd,
            la_volume_index_ml_m2=58,
            mitral_mean_gradient_mmhg=gradient,
            e_velocity_m_s=peak,
            doppler_velocity_index=index,
            effective_orifice_area_cm2=area,
            intraprosthetic_regurgitation=0,
            paravalvular_leak=0,
            tr_peak_velocity_m_s="2.75",
            right_atrial_pressure_mmhg=8,
            spap_mmhg=38,
            spap_source="echo",
            tricuspid_regurgitation=1,
            rhythm="atrial_fibrillation",
            heart_rate_bpm=76,
            beats_averaged=5,
            quality="adequate",
            bsa_m2="1.60",
            bsa_formula="du_bois",
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
        )
        for on, lvef, lvesd, lvedd, gradient, peak, index, area in numbers
    ]
