"""Severe with symptoms, and no heart team has met: class 1, and class I pending their judgment."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, nothing_else_found, pisa, volumetric
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
from followup.models import Referral
from patients.models import (
    Allergy,
    ClinicalRecord,
    Comorbidity,
    EchoStudy,
    MitralDiagnosis,
    Patient,
)


def write_no_team_review(book: Book) -> Patient:
    """Nadia Kowalska, 60: all facts of the disease hold; the team was asked and has not met."""
    patient = book.register(
        "HV-20398",
        from_on=book.ago(years=3, months=4),
        referring_doctor="Dr L. Fontaine, family practice",
        family_name="Kowalska",
        given_name="Nadia",
        born_on=book.born(age=60, month=9, day=17),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 13 98",
        address="6 rue du Pont, Northtown",
        pregnancy_possible=False,
        research_consent=True,
        research_consent_on=book.ago(years=3, months=4),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=3, months=4),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=49)
        ),
        Comorbidity(
            patient=patient,
            kind="chronic_lung_disease",
            present="no",
            noted_on=book.ago(days=49),
            note="Lung function normal.",
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=49)),
        nothing_else_found(patient, book.ago(days=49)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write(
        Referral(
            patient=patient,
            referred_on=book.ago(days=9),
            urgency=Referral.Urgency.SOON,
            question="Severe primary MR with symptoms: operable, and is a repair likely to last?",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA (radius, integral),
    # annulus VTI, grade, TR velocity, RA pressure
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=3, months=3), 32, 51, 47, 140, 38, "5.2", (8.0, 142), 7.9, 2, 2.4, 3),
        (book.ago(years=1, months=3), 34, 55, 56, 160, 46, "6.3", (8.8, 145), 8.8, 3, 2.7, 3),
        (book.ago(days=49), 37, 59, 70, 186, 57, "7.6", (9.8, 146), 10.0, 4, 3.1, 8),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa(jet[0], 38, 5.2, jet[1]),
            **volumetric(
                lvot_mm=20, lvot_vti_cm=16.8, annulus_mm=(36, 41), annulus_vti_cm=annulus_vti
            ),
            grade=grade,
            jet_direction="eccentric",
            jet_timing="holosystolic",
            flail_leaflet=False,
            prolapse_segments=["P2"],
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            bsa_m2=body_surface(166, 68),
            reader="Dr B. Weiss",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, pressure),
            **conditions(76, 124, 74),
        )
        for on, esd, edd, esv, edv, atrium, width, jet, annulus_vti, grade, velocity,
        pressure in numbers
    ]  # fmt: skip


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        body(patient, book.ago(years=3, months=3), 166, 67),
        body(patient, book.ago(days=49), 166, 68),
        no_symptoms(patient, book.ago(years=3, months=3)),
        no_symptoms(patient, book.ago(years=1, months=3)),
        limited(
            patient,
            book.ago(days=49),
            2,
            3,
            attribution="certain",
            activity_given_up=True,
            systolic_bp_mmhg=124,
            diastolic_bp_mmhg=74,
            heart_rate_bpm=76,
            six_minute_walk_m=420,
            comment="Gave up cycling to work; out of breath with the shopping.",
        ),
        sinus_rhythm(patient, book.ago(days=49), 76),
        *results(patient, book.ago(years=1, months=3), nt_probnp=170),
        *results(patient, book.ago(days=49), nt_probnp=790, creatinine=67, hemoglobin=13.0),
        drug(
            patient, "furosemide", 20, 1, indication="heart_failure", started_on=book.ago(days=49)
        ),
    ]
