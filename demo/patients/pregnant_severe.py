"""Pregnant with severe MR: limits are crossed, and no rule may print an elective operation."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, pisa, row, volumetric
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
    MitralDiagnosis,
    Patient,
    PregnancyStatus,
)
from treatments.models import TeamReview

WEEKS_PREGNANT = 24
WEEKS_TO_TERM = 40 - WEEKS_PREGNANT


def write_pregnant_severe(book: Book) -> Patient:
    """Aïcha Diallo, 31: in the 24th week, class II, LVESD 41 mm; followed since she was 27."""
    known_on = book.ago(days=7 * (WEEKS_PREGNANT - 8))
    due_on = book.ahead(days=7 * WEEKS_TO_TERM)
    patient = book.register(
        "HV-20321",
        from_on=book.ago(years=4, months=4),
        referring_doctor="Dr E. Simon, family practice",
        family_name="Diallo",
        given_name="Aïcha",
        born_on=book.born(age=31, month=6, day=11),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 13 21",
        email="aicha.diallo@mail.example",
        address="15 rue des Écoles, Northtown",
        pregnancy_possible=True,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=4, months=4),
            mechanism="primary",
            etiology="barlow",
            carpentier_type="II",
            segments=["A2", "P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Aortic root 32 mm; no sign of a connective tissue disease.",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=9)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=9)),
        PregnancyStatus(patient=patient, status="planning", assessed_on=book.ago(years=1)),
        PregnancyStatus(patient=patient, status="pregnant", assessed_on=known_on, due_on=due_on),
        PregnancyStatus(
            patient=patient, status="pregnant", assessed_on=book.ago(days=9), due_on=due_on
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(
        *_visits(book, patient),
        drug(
            patient,
            "enalapril",
            5,
            2,
            indication="mr_alone",
            started_on=book.ago(years=1, months=8),
            stopped_on=known_on,
            stop_reason="pregnancy",
            comment="Begun by another practice; harmful in pregnancy, stopped the same day.",
        ),
    )
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=6),
            operability="operable",
            surgical_risk_class="low",
            repair_likelihood_percent=90,
            center_type="comprehensive",
            decision="medical",
            decision_reason="Class II, no congestion at rest: no operation in this pregnancy. "
            "Visit every two weeks, delivery at the center; repair to be planned after it.",
            participants="A. Moreau, obstetrics, anesthesia, cardiac surgery",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, weight, LVESD, LVEDD, LVESV, LVEDV, LA volume index, vena contracta, PISA (radius,
    # integral), volumetric (outflow VTI, annulus VTI), grade, TR velocity, RA pressure, rate
    numbers: tuple[tuple[Any, ...], ...] = (
        (
            book.ago(years=4, months=3), 61, 34, 54, 50, 154, 38, "6.0",
            (8.6, 142), (17.6, 8.95), 3, 2.3, 3, 68,
        ),
        (
            book.ago(years=1), 62, 37, 58, 60, 176, 46, "7.2",
            (9.6, 146), (17.4, 10.05), 4, 2.5, 3, 70,
        ),
        (
            book.ago(days=9), 69, 41, 63, 80, 216, 54, "7.6",
            (10.0, 140), (21.4, 11.65), 4, 2.9, 5, 92,
        ),
    )  # fmt: skip
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa(jet[0], 38, 5.1, jet[1]),
            **volumetric(
                lvot_mm=20, lvot_vti_cm=flow[0], annulus_mm=(36, 41), annulus_vti_cm=flow[1]
            ),
            grade=grade,
            jet_direction="eccentric",
            jet_timing="holosystolic",
            flail_leaflet=False,
            prolapse_segments=["A2", "P2"],
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            bsa_m2=body_surface(165, weight),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, pressure),
            **conditions(rate, 108, 62),
        )
        for (
            on, weight, esd, edd, esv, edv, atrium, width, jet, flow, grade, velocity,
            pressure, rate,
        ) in numbers
    ]  # fmt: skip


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        body(patient, book.ago(years=4, months=3), 165, 61),
        body(patient, book.ago(years=1), 165, 62),
        body(patient, book.ago(days=9), 165, 69),
        no_symptoms(patient, book.ago(years=4, months=3)),
        no_symptoms(patient, book.ago(years=1), comment="Wishes a child; risks talked through."),
        limited(
            patient,
            book.ago(days=9),
            2,
            systolic_bp_mmhg=108,
            diastolic_bp_mmhg=62,
            heart_rate_bpm=92,
            oxygen_saturation_percent=98,
            weight_kg=69,
            comment="Short of breath on stairs for two weeks, no orthopnea.",
        ),
        sinus_rhythm(patient, book.ago(days=9), 92),
        *results(patient, book.ago(years=1), nt_probnp=95, creatinine=58),
        *results(patient, book.ago(days=9), nt_probnp=310, creatinine=49, hemoglobin=11.4),
    ]
