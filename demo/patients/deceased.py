"""Deceased: the record stays, its last INR is far too high, and nothing may ring any more."""

from __future__ import annotations

from demo.book import Book, body, drug, row
from demo.patients.visits import (
    body_surface,
    conditions,
    fibrillation,
    inr_series,
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
from treatments.models import AnticoagulationPlan, Complication, Intervention

INR_EVERY_DAYS = 26
INR_SERIES = (
    "2.8", "3.0", "2.7", "3.1", "2.9", "2.6", "3.3", "2.8", "3.0", "3.4", "2.7", "2.9",
    "3.1", "2.5", "3.2", "3.0", "2.8", "3.6", "3.1", "2.9", "3.3", "3.8", "3.5", "5.6",
)  # fmt: skip


def write_deceased(book: Book) -> Patient:
    """Hiroshi Yamada, 82: mechanical valve for 17 years; died of a bleeding five months ago."""
    operated_on, died_on = book.ago(years=17, months=2), book.ago(months=5)
    patient = book.register(
        "HV-20009",
        from_on=book.ago(years=17, months=4),
        referring_doctor="Dr R. Girard, cardiology practice",
        family_name="Yamada",
        given_name="Hiroshi",
        born_on=book.born(age=82, month=4, day=2),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 10 09",
        address="12 rue de l'Étang, Northtown",
        deceased_on=died_on,
        last_contact_on=died_on,
    )
    valve = row(
        Intervention,
        patient,
        kind=Intervention.Kind.MITRAL_MECHANICAL,
        status=Intervention.Status.PERFORMED,
        performed_on=operated_on,
        urgency="elective",
        approach="sternotomy",
        center="North University Hospital",
        prosthesis_model="bileaflet mechanical, see implant card",
        prosthesis_size_mm=29,
        redo=False,
        discharged_on=book.ago(years=17, months=2, days=-13),
        baseline_measured_on=book.ago(years=17),
        baseline_mean_gradient_mmhg="4.0",
        baseline_doppler_velocity_index="1.80",
        baseline_effective_orifice_area_cm2="1.92",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=17, months=4),
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
            noted_on=book.ago(years=14),
            since_on=book.ago(years=14),
            note="Permanent.",
        ),
        Comorbidity(
            patient=patient, kind="kidney_disease", present="yes", noted_on=book.ago(years=3)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(years=1, months=1)),
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
        valve,
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write(
        Complication(
            patient=patient,
            intervention=valve,
            occurred_on=book.ago(months=5, days=1),
            kind=Complication.Kind.BLEEDING,
            resolved="no",
            comment="Intracranial, after a week of clarithromycin; INR 5.6 on admission.",
        ),
        Complication(
            patient=patient,
            intervention=valve,
            occurred_on=died_on,
            kind=Complication.Kind.DEATH,
            resolved="no",
        ),
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    fibrillating = {"rhythm": "atrial_fibrillation", "beats_averaged": 5}
    # day, LVESD, LVEDD, LVESV, LVEDV, mean gradient, velocity index, orifice area
    numbers = (
        (book.ago(years=17), 37, 51, 58, 126, "4.0", "1.80", "1.92"),
        (book.ago(years=9), 36, 50, 55, 120, "4.2", "1.84", "1.88"),
        (book.ago(years=4), 36, 50, 56, 118, "4.4", "1.86", "1.86"),
        (book.ago(years=1, months=1), 36, 50, 56, 116, "4.5", "1.88", "1.84"),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=68,
            mitral_mean_gradient_mmhg=gradient,
            doppler_velocity_index=index,
            effective_orifice_area_cm2=area,
            intraprosthetic_regurgitation=0,
            paravalvular_leak=0,
            tricuspid_regurgitation=2,
            rv_function="normal",
            bsa_m2=body_surface(164, 61),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            **pulmonary_pressure(2.9, 8),
            **conditions(72, 136, 74) | (fibrillating if on > book.ago(years=14) else {}),
        )
        for on, esd, edd, esv, edv, gradient, index, area in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    permanent = {"atrial_fibrillation_type": "permanent", "activity_level": "moderate"}
    return [
        *inr_series(patient, book.ago(months=5, days=1), INR_EVERY_DAYS, INR_SERIES),
        body(patient, book.ago(years=17), 164, 64),
        body(patient, book.ago(years=1, months=1), 164, 61),
        no_symptoms(patient, book.ago(years=17)),
        no_symptoms(patient, book.ago(years=9), **permanent),
        no_symptoms(patient, book.ago(years=4), **permanent),
        limited(patient, book.ago(years=1, months=1), 2, attribution="uncertain", **permanent),
        fibrillation(patient, book.ago(years=14), 96),
        fibrillation(patient, book.ago(years=1, months=1), 72),
        *results(patient, book.ago(years=1, months=1), creatinine=138, hemoglobin=12.2, ldh=350),
        drug(
            patient,
            "warfarin",
            3,
            1,
            indication="prosthesis",
            started_on=book.ago(years=17, months=2),
        ),
        drug(
            patient, "bisoprolol", 2.5, 1, indication="atrial_fibrillation",
            started_on=book.ago(years=14),
        ),
    ]  # fmt: skip
