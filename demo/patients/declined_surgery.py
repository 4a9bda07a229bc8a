"""Declined surgery: the verdict stays as it is, her wish stands beside it, nobody nags."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, nothing_else_found, pisa, row, volumetric
from demo.patients.visits import (
    appointment,
    body_surface,
    conditions,
    limited,
    no_symptoms,
    pulmonary_pressure,
    results,
    sinus_rhythm,
    ventricle,
)
from followup.models import ContactWish
from patients.models import (
    Allergy,
    ClinicalRecord,
    Comorbidity,
    EchoStudy,
    GoalsOfCare,
    MitralDiagnosis,
    Patient,
)
from treatments.models import Intervention, TeamReview


def write_declined_surgery(book: Book) -> Patient:
    """Margarethe Brandl, 84: class III, operable, says the team; "no operation", says she."""
    patient = book.register(
        "HV-20372",
        from_on=book.ago(years=3, months=6),
        referring_doctor="Dr N. Faure, family practice",
        family_name="Brandl",
        given_name="Margarethe",
        born_on=book.born(age=84, month=1, day=8),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 13 72",
        address="1 place de l'Église, Northtown",
        pregnancy_possible=False,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=3, months=6),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="hypertension",
            present="yes",
            noted_on=book.ago(years=3, months=6),
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=37)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=37)),
        nothing_else_found(patient, book.ago(days=37)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write(
        GoalsOfCare(
            patient=patient,
            assessed_on=book.ago(months=5),
            frailty=GoalsOfCare.Frailty.MODERATE,
            life_expectancy=GoalsOfCare.LifeExpectancy.ONE_YEAR_OR_MORE,
            declines_intervention=True,
            advance_decision="No operation and no catheter procedure. Wants to stay at home, less "
            "breathless; hospital only if that cannot be had otherwise. Daughter informed.",
        ),
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(months=4),
            operability="operable",
            surgical_risk_class="intermediate",
            sts_mortality_percent="4.2",
            sts_model="STS ACSD 2018, isolated mitral repair",
            sts_computed_on=book.ago(months=4),
            teer_anatomy="suitable",
            center_type="comprehensive",
            life_expectancy_years=5,
            decision="declined_by_patient",
            review_on=book.ahead(days=62),
            patient_wish="No operation and no catheter procedure; to breathe more easily at home.",
            decision_reason="Repair and edge-to-edge repair were offered and explained twice.",
            participants="A. Moreau, cardiac surgery, geriatrics; patient and daughter present",
        ),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.MITRAL_REPAIR,
            status=Intervention.Status.DECLINED,
            decided_on=book.ago(months=4),
            not_done_because=Intervention.NotDone.WISH,
            reason="Declined by the patient.",
            center="North University Hospital",
        ),
    )
    book.write_as_nurse(
        ContactWish(
            patient=patient,
            stated_on=book.ago(months=4),
            wish=ContactWish.Wish.TELEPHONE_ONLY,
            comment="Her daughter answers.",
        ),
        appointment(patient, book.ago(months=5), book.ago(days=37), "attended"),
        appointment(patient, book.ago(days=37), book.ahead(days=55), kind="visit"),
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA (radius, integral),
    # annulus VTI, grade, TR velocity, RA pressure
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=3, months=5), 32, 52, 48, 140, 46, "6.4", (8.9, 140), 9.0, 3, 2.8, 3),
        (book.ago(years=1, months=5), 34, 54, 54, 152, 54, "7.1", (9.4, 142), 9.45, 4, 3.0, 8),
        (book.ago(days=37), 35, 56, 60, 162, 62, "7.6", (9.7, 140), 9.85, 4, 3.3, 8),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa(jet[0], 38, 5.3, jet[1]),
            **volumetric(
                lvot_mm=19, lvot_vti_cm=16.5, annulus_mm=(35, 38), annulus_vti_cm=annulus_vti
            ),
            grade=grade,
            jet_direction="eccentric",
            jet_timing="holosystolic",
            flail_leaflet=False,
            prolapse_segments=["P2"],
            aortic_regurgitation=1,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            bsa_m2=body_surface(158, 56),
            reader="Dr B. Weiss",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, pressure),
            **conditions(74, 142, 70, quality="adequate"),
        )
        for on, esd, edd, esv, edv, atrium, width, jet, annulus_vti, grade, velocity,
        pressure in numbers
    ]  # fmt: skip


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        body(patient, book.ago(years=3, months=5), 158, 58),
        body(patient, book.ago(days=37), 158, 56),
        no_symptoms(patient, book.ago(years=3, months=5), activity_level="moderate"),
        limited(patient, book.ago(years=1, months=5), 2),
        limited(patient, book.ago(months=5), 3, attribution="certain", diuretic_need="for_mr"),
        limited(
            patient,
            book.ago(days=37),
            3,
            attribution="certain",
            diuretic_need="for_mr",
            activity_level="sedentary",
            systolic_bp_mmhg=142,
            diastolic_bp_mmhg=70,
            heart_rate_bpm=74,
            weight_kg=56,
            comment="Sleeps better since the dose was raised; walks to the kitchen and back.",
        ),
        sinus_rhythm(patient, book.ago(days=37), 74),
        *results(patient, book.ago(months=5), nt_probnp=2100, creatinine=92),
        *results(patient, book.ago(days=37), nt_probnp=1650, creatinine=97, hemoglobin=11.9),
        drug(
            patient,
            "candesartan",
            8,
            1,
            indication="hypertension",
            started_on=book.ago(years=9),
            noted_on=book.ago(years=3, months=5),
        ),
        drug(
            patient,
            "torasemide",
            20,
            1,
            indication="heart_failure",
            started_on=book.ago(months=5),
        ),
    ]
