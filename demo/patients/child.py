"""A child with a cleft: no verdict, no stage, no adult limit, however clear the numbers look."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, pisa_volume
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
from patients.models import Allergy, ClinicalRecord, EchoStudy, MitralDiagnosis, Patient


def write_child(book: Book) -> Patient:
    """Leo Marchetti, 13: isolated cleft of the anterior leaflet; moves to adult care at 18."""
    patient = book.register(
        "HV-20344",
        from_on=book.ago(years=4, months=5),
        referring_doctor="Children's heart clinic, North University Hospital",
        family_name="Marchetti",
        given_name="Leo",
        born_on=book.born(age=13, month=2, day=3),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 13 44 (mother)",
        address="21 rue des Cerisiers, Northtown",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=4, months=5),
            mechanism="primary",
            etiology="congenital_cleft",
            carpentier_type="I",
            segments=["A2"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Isolated cleft, septa intact. Imaged here, treated by the children's clinic.",
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=61)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, height, weight, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA radius,
    # grade, pulmonary veins, TR velocity, rate
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=4, months=4), 134, 31, 28, 43, 27, 84, 34, 4, 6.4, 2, "blunted", 2.2, 92),
        (book.ago(years=2, months=3), 145, 37, 31, 47, 36, 104, 38, 5, 7.2, 3, "blunted", 2.4, 86),
        (book.ago(days=61), 156, 45, 35, 53, 50, 138, 46, "6.2", 8.2, 4, "reversal", 2.6, 82),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa_volume(radius, 38, 5.0, 130),
            grade=grade,
            pulmonary_vein_flow=veins,
            jet_direction="central",
            jet_timing="holosystolic",
            flail_leaflet=False,
            aortic_regurgitation=0,
            tricuspid_regurgitation=0,
            rv_function="normal",
            lvot_obstruction="none",
            mitral_mean_gradient_mmhg=2,
            bsa_m2=body_surface(height, weight),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, 3),
            **conditions(rate, 104, 60),
        )
        for (
            on, height, weight, esd, edd, esv, edv, atrium, width, radius, grade, veins,
            velocity, rate,
        ) in numbers
    ]  # fmt: skip


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        body(patient, book.ago(years=4, months=4), 134, 31),
        body(patient, book.ago(years=2, months=3), 145, 37),
        body(patient, book.ago(days=61), 156, 45),
        no_symptoms(patient, book.ago(years=4, months=4)),
        no_symptoms(patient, book.ago(years=2, months=3)),
        limited(
            patient,
            book.ago(days=61),
            2,
            systolic_bp_mmhg=104,
            diastolic_bp_mmhg=60,
            heart_rate_bpm=82,
            weight_kg=45,
            comment="Has to stop in the second half of a football match.",
        ),
        sinus_rhythm(patient, book.ago(days=61), 82, qrs_ms=84),
        *results(patient, book.ago(days=61), nt_probnp=240, creatinine=48, hemoglobin=13.2),
        drug(
            patient, "furosemide", 20, 1, indication="heart_failure", started_on=book.ago(days=61)
        ),
    ]
