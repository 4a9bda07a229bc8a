"""Active endocarditis on a prolapsing valve: the rules for chronic regurgitation are silent."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, nothing_else_found, pisa, pisa_volume, row, volumetric
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
    EchoStudy,
    LabResult,
    MitralDiagnosis,
    Patient,
)
from treatments.models import TeamReview


def write_active_endocarditis(book: Book) -> Patient:
    """Patrick O'Rourke, 62: fever for three weeks, a vegetation on A2, in hospital since last week.

    The leak is severe and he is breathless; without the gate a rule would say "class 1".
    """
    patient = book.register(
        "HV-20307",
        from_on=book.ago(years=4, months=2),
        referring_doctor="Dr J. Carter, family practice",
        family_name="O'Rourke",
        given_name="Patrick",
        born_on=book.born(age=62, month=11, day=2),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 13 07",
        address="9 passage du Canal, Northtown",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=4, months=2),
            mechanism="primary",
            etiology="degenerative",
            carpentier_type="II",
            segments=["A2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(days=5),
            mechanism="primary",
            etiology="endocarditis_active",
            carpentier_type="II",
            segments=["A2"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Vegetation 9 mm on the prolapsing A2; no abscess, no perforation.",
        ),
        Comorbidity(
            patient=patient,
            kind="active_endocarditis",
            present="yes",
            noted_on=book.ago(days=6),
            since_on=book.ago(days=28),
        ),
        Comorbidity(
            patient=patient,
            kind="atrial_fibrillation",
            present="no",
            noted_on=book.ago(years=1, months=1),
        ),
        Allergy(
            patient=patient,
            substance="penicillin",
            reaction=Allergy.Reaction.RASH,
            noted_on=book.ago(years=4, months=2),
        ),
        nothing_else_found(patient, book.ago(years=1, months=1)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient), *_cultures(book, patient))
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=3),
            operability="operable",
            surgical_risk_class="intermediate",
            center_type="comprehensive",
            decision="medical",
            decision_reason="No heart failure at rest, vegetation under 10 mm, no embolism, "
            "cultures negative since the third day. Echo every week, team again on any change.",
            participants="A. Moreau, infectious diseases, cardiac surgery, neurology",
        ),
        drug(
            patient,
            "other",
            2000,
            1,
            name_as_written="ceftriaxone",
            dose_text="2 g a day into a vein, day 6 of 28",
            indication="other",
            started_on=book.ago(days=6),
            comment="Rash on penicillin as a child, tolerated cephalosporins since.",
        ),
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    common: dict[str, Any] = {
        "bsa_m2": body_surface(181, 86),
        "jet_direction": "eccentric",
        "jet_timing": "holosystolic",
        "flail_leaflet": False,
        "prolapse_segments": ["A2"],
        "reader": "Dr B. Weiss",
        "laboratory": "North echo laboratory",
    }
    return [
        book.echo(
            patient,
            book.ago(years=4, months=1),
            **ventricle(34, 54, 54, 144),
            la_volume_index_ml_m2=36,
            vena_contracta_mm="4.6",
            **pisa_volume(7.0, 38, 5.1, 142),
            grade=2,
            **pulmonary_pressure(2.4, 3),
            **conditions(64, 128, 76),
            **common,
        ),
        book.echo(
            patient,
            book.ago(years=1, months=1),
            **ventricle(34, 55, 55, 150),
            la_volume_index_ml_m2=40,
            vena_contracta_mm="5.0",
            **pisa_volume(7.4, 38, 5.1, 145),
            vegetation=False,
            grade=2,
            **pulmonary_pressure(2.5, 3),
            **conditions(66, 130, 78),
            **common,
        ),
        book.echo(
            patient,
            book.ago(days=6),
            accession_number="NE-118177",
            **ventricle(34, 58, 58, 184),
            la_volume_index_ml_m2=44,
            vegetation=True,
            vena_contracta_mm="7.2",
            **pisa(9.7, 38, 5.0, 138),
            **volumetric(lvot_mm=22, lvot_vti_cm=16.5, annulus_mm=(37, 41), annulus_vti_cm=10.6),
            pulmonary_vein_flow="blunted",
            grade=4,
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            **pulmonary_pressure(2.9, 8),
            **conditions(96, 112, 64),
            **common,
        ),
        book.echo(
            patient,
            book.ago(days=5),
            modality=EchoStudy.Modality.TEE,
            accession_number="NE-118183",
            state="sedated",
            vegetation=True,
            leaflet_perforation=False,
            prolapse_segments=["A2"],
            grade=4,
            rhythm="sinus",
            quality="good",
            reader="Dr A. Moreau",
            comment="Vegetation 9 x 5 mm on the atrial side of A2, mobile. No abscess.",
        ),
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        body(patient, book.ago(years=4, months=1), 181, 88),
        body(patient, book.ago(days=6), 181, 84),
        no_symptoms(patient, book.ago(years=4, months=1)),
        no_symptoms(patient, book.ago(years=1, months=1)),
        limited(
            patient,
            book.ago(days=6),
            2,
            fever=True,
            fatigue=True,
            systolic_bp_mmhg=112,
            diastolic_bp_mmhg=64,
            heart_rate_bpm=96,
            oxygen_saturation_percent=96,
            weight_kg=84,
            comment="Three weeks of fever and night sweats; a tooth was pulled six weeks ago.",
        ),
        sinus_rhythm(patient, book.ago(years=1, months=1), 66),
        sinus_rhythm(patient, book.ago(days=6), 98, comment="PR interval 172 ms, unchanged."),
        *results(patient, book.ago(days=6), crp=118, hemoglobin=10.9, creatinine=96, nt_probnp=740),
        *results(patient, book.ago(days=2), crp=61, hemoglobin=10.7, creatinine=92),
    ]


def _cultures(book: Book, patient: Patient) -> list[LabResult]:
    drawn: tuple[tuple[int, str, str], ...] = (
        (7, "positive", "Streptococcus gordonii"),
        (6, "positive", "Streptococcus gordonii"),
        (4, "negative", ""),
        (2, "pending", ""),
    )
    return [
        LabResult(
            patient=patient,
            analyte="blood_culture",
            culture_result=result,
            organism=organism,
            taken_on=book.ago(days=days),
        )
        for days, result, organism in drawn
    ]
