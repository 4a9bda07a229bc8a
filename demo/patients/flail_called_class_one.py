"""A flail leaflet in "class I": since he was asked, atrial fibrillation and a risen NT-proBNP."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, nothing_else_found, pisa, row, volumetric
from demo.patients.visits import (
    body_surface,
    conditions,
    fibrillation,
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
from treatments.models import TeamReview


def write_flail_called_class_one(book: Book) -> Patient:
    """Lars Johansen, 56: asked five weeks ago, no symptoms; palpitations and a new ECG since."""
    patient = book.register(
        "HV-20362",
        from_on=book.ago(years=4, months=1),
        referring_doctor="Dr J. Carter, family practice",
        family_name="Johansen",
        given_name="Lars",
        born_on=book.born(age=56, month=6, day=24),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 13 62",
        address="19 quai des Tanneurs, Northtown",
        research_consent=True,
        research_consent_on=book.ago(years=4, months=1),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=4, months=1),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=35)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=35)),
        nothing_else_found(patient, book.ago(days=35)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=28),
            operability="operable",
            surgical_risk_class="low",
            repair_likelihood_percent=97,
            expected_mortality_percent="0.5",
            center_type="comprehensive",
            decision="watch",
            decision_reason="New flail, no symptoms, LVEF 63 %, LVESD 37 mm, sinus rhythm. "
            "Visit in three months.",
            participants="A. Moreau, B. Weiss, cardiac surgery",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, flail, vena contracta, PISA radius, outflow
    # VTI, annulus VTI, grade, TR velocity
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=4), 34, 54, 54, 154, 40, False, "5.0", 7.6, 16.2, 8.0, 2, 2.4),
        (book.ago(years=2), 35, 56, 62, 172, 46, False, "6.3", 9.0, 15.8, 9.0, 3, 2.6),
        (book.ago(days=35), 37, 59, 73, 198, 57, True, "7.8", 10.0, 15.4, 9.95, 4, 3.1),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            flail_leaflet=flail,
            vena_contracta_mm=width,
            **pisa(radius, 38, 5.2, 144),
            **volumetric(
                lvot_mm=22, lvot_vti_cm=outflow, annulus_mm=(38, 42), annulus_vti_cm=annulus
            ),
            grade=grade,
            jet_direction="wall_impinging" if flail else "eccentric",
            jet_timing="holosystolic",
            prolapse_segments=["P2"],
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            bsa_m2=body_surface(183, 86),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            **pulmonary_pressure(velocity, 3),
            **conditions(62, 124, 74),
        )
        for on, esd, edd, esv, edv, atrium, flail, width, radius, outflow, annulus, grade,
        velocity in numbers
    ]  # fmt: skip


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    visits = (book.ago(years=4), book.ago(years=2), book.ago(days=35))
    return [
        body(patient, book.ago(years=4), 183, 85),
        body(patient, book.ago(days=35), 183, 86),
        *(no_symptoms(patient, on, systolic_bp_mmhg=124, diastolic_bp_mmhg=74) for on in visits),
        sinus_rhythm(patient, book.ago(years=2), 60),
        sinus_rhythm(patient, book.ago(days=35), 62),
        fibrillation(
            patient,
            book.ago(days=12),
            104,
            comment="At his family doctor's, for palpitations; nobody asked about breathing.",
        ),
        *results(patient, book.ago(years=2), nt_probnp=95),
        *results(patient, book.ago(days=35), nt_probnp=210, creatinine=84, hemoglobin=14.9),
        *results(patient, book.ago(days=12), nt_probnp=690, creatinine=88, potassium=4.2),
    ]
