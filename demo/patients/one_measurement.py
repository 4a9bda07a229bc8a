"""Severe by one measurement only: class 1 is met, provisionally, until a second line agrees."""

from __future__ import annotations

from demo.book import Book, body, drug, nothing_else_found, pisa_volume
from demo.patients.visits import body_surface, conditions, limited, results, sinus_rhythm
from patients.models import Allergy, Comorbidity, MitralDiagnosis, Patient


def write_one_measurement(book: Book) -> Patient:
    """Ahmed Benali, 68: an outside echo four years ago, one hurried study here; all from PISA."""
    patient = book.register(
        "HV-20569",
        from_on=book.ago(days=38),
        referring_doctor="Dr S. Meyer, cardiology practice",
        family_name="Benali",
        given_name="Ahmed",
        born_on=book.born(age=68, month=4, day=7),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 15 69",
        address="18 rue Neuve, Northtown",
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(days=31),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P3"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="hypertension",
            present="yes",
            noted_on=book.ago(days=31),
            since_on=book.ago(years=10),
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=31)),
        nothing_else_found(patient, book.ago(days=31)),
        book.echo(
            patient,
            book.ago(years=4, months=3),
            lvef=65,
            lvef_method="visual",
            grade=(1, 2),
            rhythm="sinus",
            reader="Dr S. Meyer",
            laboratory="Cardiology practice, outside",
            comment="From the referring letter: mild to moderate regurgitation.",
        ),
        book.echo(
            patient,
            book.ago(days=31),
            accession_number="NE-117940",
            lvesd_mm=36,
            lvedd_mm=57,
            lvef=(60, 65),
            la_diameter_mm=46,
            **pisa_volume(9.6, 38, 5.1, 142),
            jet_direction="eccentric",
            jet_timing="holosystolic",
            bsa_m2=body_surface(172, 79),
            reader="Dr B. Weiss",
            laboratory="North echo laboratory",
            comment="Between two others. Vena contracta and veins not seen; to be repeated.",
            **conditions(84, 148, 86, quality="adequate") | {"lvef_method": "visual"},
        ),
    )
    book.write_as_nurse(
        body(patient, book.ago(days=31), 172, 79),
        limited(
            patient,
            book.ago(days=31),
            2,
            systolic_bp_mmhg=148,
            diastolic_bp_mmhg=86,
            heart_rate_bpm=84,
            comment="Slower than his wife uphill since last winter.",
        ),
        sinus_rhythm(patient, book.ago(days=31), 84),
        *results(patient, book.ago(days=31), nt_probnp=420, creatinine=88, hemoglobin=14.6),
        drug(patient, "amlodipine", 5, 1, indication="hypertension", started_on=book.ago(years=6)),
    )
    return patient
