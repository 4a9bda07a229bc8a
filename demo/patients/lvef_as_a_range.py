"""LVEF reported as 55-65 %: the limit of 60 % lies inside, so no rule may say yes or no."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, nothing_else_found, pisa, row, volumetric
from demo.patients.visits import (
    body_surface,
    conditions,
    no_symptoms,
    pulmonary_pressure,
    results,
    sinus_rhythm,
)
from patients.models import Allergy, Comorbidity, EchoStudy, MitralDiagnosis, Patient
from treatments.models import TeamReview


def write_lvef_as_a_range(book: Book) -> Patient:
    """Greta Hoffmann, 63: severe, well, LVESD 34 mm; everything hangs on LVEF."""
    patient = book.register(
        "HV-20329",
        from_on=book.ago(years=4, months=7),
        referring_doctor="Dr S. Meyer, cardiology practice",
        family_name="Hoffmann",
        given_name="Greta",
        born_on=book.born(age=63, month=3, day=9),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 13 29",
        address="70 rue de la Colline, Northtown",
        pregnancy_possible=False,
        research_consent=False,
        research_consent_on=book.ago(years=4, months=7),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=4, months=7),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P1", "P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=44)
        ),
        Allergy(
            patient=patient,
            substance="latex",
            reaction=Allergy.Reaction.RASH,
            noted_on=book.ago(years=4, months=7),
        ),
        nothing_else_found(patient, book.ago(days=44)),
        *_studies(book, patient),
    )
    visits = (book.ago(years=4, months=6), book.ago(years=2, months=5), book.ago(days=44))
    book.write_as_nurse(
        body(patient, book.ago(years=4, months=6), 169, 69),
        body(patient, book.ago(days=44), 169, 70),
        *(no_symptoms(patient, on) for on in visits),
        sinus_rhythm(patient, book.ago(days=44), 66),
        *results(patient, book.ago(days=44), nt_probnp=190, creatinine=68, hemoglobin=13.6),
    )
    book.write(
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=29),
            operability="operable",
            surgical_risk_class="low",
            repair_likelihood_percent=96,
            expected_mortality_percent="0.7",
            center_type="comprehensive",
            decision="further_tests",
            decision_reason="LVEF 55-65 % decides nothing: volumes again, by contrast or CMR.",
            participants="A. Moreau, B. Weiss, imaging",
        )
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVEF, LVESD, LVEDD, LA volume index, vena contracta, PISA radius, integral, annulus VTI,
    # grade
    numbers: tuple[tuple[Any, ...], ...] = (
        (book.ago(years=4, months=6), (60, 65), 32, 51, 38, "5.5", 8.4, 142, 9.3, 3),
        (book.ago(years=2, months=5), (60, 65), 33, 53, 44, "6.6", 9.0, 144, 9.8, (3, 4)),
        (book.ago(days=44), (55, 65), 34, 55, 50, "7.4", 9.7, 146, 10.6, 4),
    )
    return [
        book.echo(
            patient,
            on,
            lvef=lvef,
            lvesd_mm=lvesd,
            lvedd_mm=lvedd,
            la_volume_index_ml_m2=atrium,
            vena_contracta_mm=width,
            **pisa(radius, 38, 5.1, vti),
            **volumetric(
                lvot_mm=20, lvot_vti_cm=19, annulus_mm=(36, 40), annulus_vti_cm=annulus_vti
            ),
            grade=grade,
            jet_direction="eccentric",
            jet_timing="holosystolic",
            flail_leaflet=False,
            prolapse_segments=["P1", "P2"],
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            bsa_m2=body_surface(169, 70),
            reader="Dr B. Weiss",
            laboratory="North echo laboratory",
            comment="Endocardium seen in part only: LVEF as a range.",
            **pulmonary_pressure(2.6, 3),
            **conditions(66, 126, 74, quality="adequate"),
        )
        for on, lvef, lvesd, lvedd, atrium, width, radius, vti, annulus_vti, grade in numbers
    ]
