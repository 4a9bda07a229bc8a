"""Mixed rheumatic disease, valve area 1.4 cm2: the rules for stenosis apply, not those for MR."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, pisa_volume, row
from demo.patients.visits import (
    body_surface,
    conditions,
    fibrillation,
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
    PregnancyStatus,
)
from treatments.models import AnticoagulationPlan


def write_rheumatic_stenosis(book: Book) -> Patient:
    """Lakshmi Raghunathan, 44: 1.9 cm2 seven years ago, 1.4 cm2 now, atrial fibrillation."""
    patient = book.register(
        "HV-20190",
        from_on=book.ago(years=7, months=1),
        referring_doctor="Dr E. Simon, family practice",
        family_name="Raghunathan",
        given_name="Lakshmi",
        born_on=book.born(age=44, month=5, day=30),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 12 90",
        address="62 avenue de la Gare, Northtown",
        pregnancy_possible=True,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=7, months=1),
            mechanism="primary",
            etiology="rheumatic",
            carpentier_type="IIIa",
            segments=["A2", "P2", "anterolateral_commissure", "posteromedial_commissure"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Both commissures fused, the subvalvular apparatus thickened.",
        ),
        Comorbidity(
            patient=patient,
            kind="rheumatic_fever",
            present="yes",
            noted_on=book.ago(years=7, months=1),
            note="At the age of eleven.",
        ),
        Comorbidity(
            patient=patient,
            kind="atrial_fibrillation",
            present="yes",
            noted_on=book.ago(years=1, months=1),
            since_on=book.ago(years=1, months=1),
            note="Persistent, cardioverted once.",
        ),
        Allergy(
            patient=patient,
            substance="ibuprofen",
            reaction=Allergy.Reaction.URTICARIA,
            noted_on=book.ago(years=7, months=1),
        ),
        PregnancyStatus(
            patient=patient,
            status="not_pregnant",
            assessed_on=book.ago(days=47),
        ),
        row(
            AnticoagulationPlan,
            patient,
            from_on=book.ago(years=1, months=1),
            agent=AnticoagulationPlan.Agent.VKA,
            indication="rheumatic stenosis with atrial fibrillation",
            inr_target="2.5",
            inr_low="2.0",
            inr_high="3.0",
            self_testing=True,
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    sinus, flutter = {"rhythm": "sinus"}, {"rhythm": "atrial_fibrillation", "beats_averaged": 5}
    # day, valve area, mean gradient, LVESD, LVEDD, LVESV, LVEDV, LA volume index, PISA radius,
    # TR velocity, RA pressure, heart rate, rhythm
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=7), "1.90", "4.0", 31, 49, 40, 112, 46, 6.6, 2.7, 3, 70, sinus),
        (book.ago(years=4, months=6), "1.70", "5.0", 31, 49, 41, 116, 50, 6.9, 2.8, 3, 72, sinus),
        (book.ago(years=2), "1.55", "6.0", 32, 50, 43, 120, 56, 7.1, 3.0, 3, 70, sinus),
        (book.ago(days=47), "1.40", "8.0", 32, 50, 46, 122, 64, 7.1, 3.2, 8, 82, flutter),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            mitral_valve_area_cm2=area,
            mitral_mean_gradient_mmhg=gradient,
            mitral_stenosis=2,
            vena_contracta_mm="4.8",
            **pisa_volume(radius, 38, 5.2, 145),
            jet_direction="central",
            jet_timing="holosystolic",
            flail_leaflet=False,
            grade=2,
            aortic_regurgitation=1,
            tricuspid_regurgitation=1,
            rv_function="normal",
            bsa_m2=body_surface(158, 61),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, pressure),
            **conditions(rate, 116, 72) | rhythm,
        )
        for (
            on, area, gradient, esd, edd, esv, edv, atrium, radius, velocity, pressure,
            rate, rhythm,
        ) in numbers
    ]  # fmt: skip


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    inrs = ("2.1", "2.6", "2.4", "1.9", "2.3", "2.8", "2.5", "2.4", "2.2", "2.7", "2.5", "2.4")
    return [
        body(patient, book.ago(years=7), 158, 59),
        body(patient, book.ago(days=47), 158, 61),
        no_symptoms(patient, book.ago(years=7), activity_level="moderate"),
        no_symptoms(patient, book.ago(years=4, months=6), activity_level="moderate"),
        limited(patient, book.ago(years=2), 1, 2),
        limited(
            patient,
            book.ago(days=47),
            2,
            attribution="certain",
            palpitations=True,
            diuretic_need="for_mr",
            atrial_fibrillation_type="persistent",
            systolic_bp_mmhg=116,
            diastolic_bp_mmhg=72,
            heart_rate_bpm=82,
            comment="Stops once on the way up to the third floor.",
        ),
        sinus_rhythm(patient, book.ago(years=2), 70),
        fibrillation(patient, book.ago(years=1, months=1), 118),
        fibrillation(patient, book.ago(days=47), 82),
        *inr_series(patient, book.ago(days=12), 30, inrs),
        *results(patient, book.ago(days=47), nt_probnp=860, creatinine=61, hemoglobin=12.1),
        drug(
            patient,
            "warfarin",
            4,
            1,
            indication="atrial_fibrillation",
            started_on=book.ago(years=1, months=1),
        ),
        drug(
            patient,
            "metoprolol_succinate",
            95,
            1,
            indication="atrial_fibrillation",
            started_on=book.ago(years=1, months=1),
        ),
        drug(
            patient,
            "furosemide",
            20,
            1,
            indication="heart_failure",
            started_on=book.ago(days=47),
        ),
    ]
