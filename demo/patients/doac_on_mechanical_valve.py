"""A mechanical mitral valve on apixaban: changed elsewhere ten weeks ago; contact her today."""

from __future__ import annotations

from demo.book import Book, body, drug, row
from demo.patients.visits import (
    body_surface,
    conditions,
    fibrillation,
    inr_series,
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
from treatments.models import AnticoagulationPlan, EndocarditisProphylaxisAdvice, Intervention

CHANGED_DAYS_AGO = 70
INR_EVERY_DAYS = 28
INR_SERIES = (
    "2.9", "3.2", "2.4", "3.6", "2.8", "4.2", "3.0", "2.3", "3.4", "2.7", "3.9", "2.6",
    "3.1", "4.1", "2.9", "2.2", "3.3", "4.6",
)  # fmt: skip


def write_doac_on_mechanical_valve(book: Book) -> Patient:
    """Mei-Ling Chow, 58: after a nosebleed another hospital replaced warfarin by apixaban."""
    operated_on, changed_on = book.ago(years=9, months=2), book.ago(days=CHANGED_DAYS_AGO)
    patient = book.register(
        "S-0012",
        from_on=book.ago(years=6),
        referring_doctor="Dr K. Brown, family practice",
        family_name="Chow",
        given_name="Mei-Ling",
        born_on=book.born(age=58, month=1, day=14),
        sex=Patient.Sex.FEMALE,
        telephone="+1 555 0148",
        address="412 Orchard Avenue, Southport",
        pregnancy_possible=False,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=6),
            mechanism="primary",
            etiology="rheumatic",
            carpentier_type="IIIa",
            tempo="chronic",
            previous_mitral_procedure="mechanical",
            previous_mitral_procedure_on=operated_on,
        ),
        Comorbidity(
            patient=patient,
            kind="atrial_fibrillation",
            present="yes",
            noted_on=book.ago(years=6),
            note="Permanent.",
        ),
        Comorbidity(
            patient=patient,
            kind="bleeding_history",
            present="yes",
            noted_on=changed_on,
            note="Nosebleed at INR 4.6, packed; no transfusion.",
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(months=5)),
        row(
            Intervention,
            patient,
            kind=Intervention.Kind.MITRAL_MECHANICAL,
            status=Intervention.Status.PERFORMED,
            performed_on=operated_on,
            urgency="elective",
            approach="sternotomy",
            center="Elsewhere, before she came to this clinic",
            prosthesis_model="bileaflet mechanical, see implant card",
            prosthesis_size_mm=27,
            redo=False,
            baseline_measured_on=book.ago(years=9),
            baseline_mean_gradient_mmhg="4.6",
            baseline_doppler_velocity_index="1.85",
            baseline_effective_orifice_area_cm2="1.70",
        ),
        row(
            AnticoagulationPlan,
            patient,
            from_on=book.ago(years=6),
            agent=AnticoagulationPlan.Agent.VKA,
            indication="mechanical mitral valve, atrial fibrillation",
            inr_target="3.0",
            inr_low="2.5",
            inr_high="3.5",
            self_testing=False,
        ),
        EndocarditisProphylaxisAdvice(
            patient=patient,
            advised_on=book.ago(years=6),
            advice=EndocarditisProphylaxisAdvice.Advice.PROPHYLAXIS,
            card_given=True,
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, mean gradient, peak E velocity, velocity index, orifice area
    numbers = (
        (book.ago(years=5, months=11), "4.6", "1.62", "1.85", "1.70"),
        (book.ago(years=3), "4.7", "1.64", "1.88", "1.67"),
        (book.ago(months=5), "4.9", "1.66", "1.90", "1.65"),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(33, 47, 44, 100),
            la_volume_index_ml_m2=60,
            mitral_mean_gradient_mmhg=gradient,
            e_velocity_m_s=peak,
            doppler_velocity_index=index,
            effective_orifice_area_cm2=area,
            intraprosthetic_regurgitation=0,
            paravalvular_leak=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            bsa_m2=body_surface(156, 54),
            reader="Dr C. Grant",
            laboratory="South echo laboratory",
            **pulmonary_pressure(2.8, 8),
            **conditions(74, 122, 74, rhythm="atrial_fibrillation", beats_averaged=5),
        )
        for on, gradient, peak, index, area in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    changed_on = book.ago(days=CHANGED_DAYS_AGO)
    permanent = {"atrial_fibrillation_type": "permanent"}
    return [
        *inr_series(patient, changed_on, INR_EVERY_DAYS, INR_SERIES),
        body(patient, book.ago(years=5, months=11), 156, 53),
        body(patient, book.ago(months=5), 156, 54),
        no_symptoms(patient, book.ago(years=3), activity_level="moderate", **permanent),
        no_symptoms(patient, book.ago(months=5), activity_level="moderate", **permanent),
        fibrillation(patient, book.ago(years=3), 78),
        fibrillation(patient, book.ago(months=5), 74),
        *results(patient, book.ago(months=5), ldh=330, hemoglobin=12.8, creatinine=66),
        *results(patient, changed_on, hemoglobin=11.6),
        drug(
            patient,
            "warfarin",
            4,
            1,
            indication="prosthesis",
            started_on=book.ago(years=9, months=2),
            noted_on=book.ago(years=6),
            stopped_on=changed_on,
            stop_reason="replaced",
        ),
        drug(
            patient,
            "apixaban",
            5,
            2,
            indication="atrial_fibrillation",
            started_on=changed_on,
            noted_on=book.ago(days=3),
            comment="By telephone from her pharmacist. Begun at another hospital.",
        ),
        drug(
            patient,
            "metoprolol_succinate",
            47.5,
            1,
            indication="atrial_fibrillation",
            started_on=book.ago(years=6),
        ),
    ]
