"""Lost to follow-up with severe MR: class 1 was met 27 months ago, and age does not clear it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.book import Book, body, nothing_else_found, pisa, row, volumetric
from demo.patients.visits import (
    appointment,
    body_surface,
    called,
    conditions,
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
from treatments.models import Intervention, TeamReview


def write_lost_to_follow_up(book: Book) -> Patient:
    """Rafael Ortega, 55: felt well, did not come to the operation, two letters came back."""
    patient = book.register(
        "HV-20233",
        from_on=book.ago(years=6, months=2),
        referring_doctor="Dr N. Faure, family practice",
        family_name="Ortega",
        given_name="Rafael",
        born_on=book.born(age=55, month=8, day=13),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 12 33",
        address="44 rue des Lilas, Northtown",
        last_contact_on=book.ago(months=23),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=6, months=2),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(months=27)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(months=27)),
        nothing_else_found(patient, book.ago(months=27)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(months=26),
            operability="operable",
            surgical_risk_class="low",
            repair_likelihood_percent=97,
            expected_mortality_percent="0.5",
            center_type="comprehensive",
            decision="intervene",
            decision_reason="LVEF 59 %, LVESD 41 mm without symptoms: repair.",
            participants="A. Moreau, B. Weiss, cardiac surgery",
        ),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.MITRAL_REPAIR,
            status=Intervention.Status.CANCELLED,
            planned_on=book.ago(months=24),
            decided_on=book.ago(months=24, days=-1),
            not_done_because=Intervention.NotDone.NOT_REACHED,
            reason="Did not come; telephone cut off, letters returned.",
            urgency="elective",
            center="North University Hospital",
        ),
    )
    book.write_as_nurse(*_called_in_vain(book, patient))
    return patient


def _called_in_vain(book: Book, patient: Patient) -> list[ClinicalRecord]:
    missed_on = book.ago(months=22)
    return [
        appointment(patient, book.ago(months=23), missed_on, "missed"),
        called(
            patient,
            missed_on + timedelta(days=2),
            "no_answer",
            comment="Not in service.",
            next_try_on=missed_on + timedelta(days=16),
        ),
        called(patient, missed_on + timedelta(days=16), "wrong_address", "letter"),
        called(patient, missed_on + timedelta(days=60), "no_answer", "through_others"),
    ]


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA (radius, peak velocity,
    # integral), annulus VTI, grade
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=6, months=1), 36, 57, 62, 172, 44, "6.0", (8.4, 5.1, 145), 8.2, 3),
        (book.ago(years=4), 38, 59, 70, 184, 49, "6.8", (9.2, 5.1, 146), 8.7, (3, 4)),
        (book.ago(months=27), 41, 63, 84, 206, 58, "7.8", (9.9, 5.0, 145), 9.65, 4),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa(jet[0], 38, jet[1], jet[2]),
            **volumetric(
                lvot_mm=22, lvot_vti_cm=14.9, annulus_mm=(39, 43), annulus_vti_cm=annulus_vti
            ),
            grade=grade,
            jet_direction="eccentric",
            jet_timing="holosystolic",
            flail_leaflet=grade == 4,
            prolapse_segments=["P2"],
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            bsa_m2=body_surface(177, 84),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            **pulmonary_pressure(2.7, 3),
            **conditions(68, 126, 76),
        )
        for on, esd, edd, esv, edv, atrium, width, jet, annulus_vti, grade in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    visits = (book.ago(years=6, months=1), book.ago(years=4), book.ago(months=27))
    return [
        body(patient, book.ago(years=6, months=1), 177, 82),
        body(patient, book.ago(months=27), 177, 84),
        *(no_symptoms(patient, on) for on in visits),
        sinus_rhythm(patient, book.ago(months=27), 68),
        *results(patient, book.ago(months=27), nt_probnp=260, creatinine=81, hemoglobin=14.8),
    ]
