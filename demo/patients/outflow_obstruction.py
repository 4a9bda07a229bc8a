"""Hypertrophic cardiomyopathy: the leaf moves into the outflow, and that is why the valve leaks."""

from __future__ import annotations

from demo.book import Book, body, drug, row
from demo.patients.visits import (
    body_surface,
    conditions,
    limited,
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
    Electrocardiogram,
    MitralDiagnosis,
    Patient,
)


def write_outflow_obstruction(book: Book) -> Patient:
    """Ilse Vandamme, 57: treat the obstruction, and keep nitrates away from her."""
    patient = book.register(
        "HV-20254",
        from_on=book.ago(years=6),
        referring_doctor="Cardiomyopathy clinic, North University Hospital",
        family_name="Vandamme",
        given_name="Ilse",
        born_on=book.born(age=57, month=2, day=18),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 12 54",
        address="11 rue des Moulins, Northtown",
        pregnancy_possible=False,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=6),
            mechanism="primary",
            etiology="sam_of_hcm",
            segments=["A2"],
            tempo="chronic",
            previous_mitral_procedure="none",
            note="Systolic anterior motion; the leaflets themselves are normal.",
        ),
        Comorbidity(
            patient=patient,
            kind="hypertrophic_cardiomyopathy",
            present="yes",
            noted_on=book.ago(years=6),
            note="MYBPC3 variant; one brother affected.",
        ),
        Comorbidity(
            patient=patient,
            kind="ventricular_arrhythmia",
            present="yes",
            noted_on=book.ago(months=4),
            note="Two runs of five beats on a Holter recording.",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=52)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=52)),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    # day, LVESD, LVEDD, LVESV, LVEDV, septum, LA volume index, vena contracta, grade, TR velocity,
    # outflow gradient at rest
    numbers = (
        (book.ago(years=5, months=11), 25, 44, 26, 98, 18, 40, 4, 2, 2.5, 38),
        (book.ago(years=4), 25, 44, 26, 100, 18, 43, 5, 2, 2.6, 45),
        (book.ago(years=2), 25, 45, 27, 106, 19, 47, 6, 3, 2.8, 58),
        (book.ago(days=52), 25, 46, 30, 114, 19, 52, "7.1", 4, 3.0, 74),
    )
    return [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            septum_mm=septum,
            posterior_wall_mm=12,
            la_volume_index_ml_m2=atrium,
            lvot_obstruction="obstruction",
            flail_leaflet=False,
            jet_direction="eccentric",
            jet_timing="late_systolic",
            vena_contracta_mm=width,
            grade=grade,
            aortic_regurgitation=0,
            tricuspid_regurgitation=1,
            rv_function="normal",
            bsa_m2=body_surface(167, 72),
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            comment=f"Peak outflow gradient at rest {gradient} mmHg; posterior jet.",
            **pulmonary_pressure(velocity, 3),
            **conditions(68, 118, 70),
        )
        for on, esd, edd, esv, edv, septum, atrium, width, grade, velocity, gradient in numbers
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    return [
        body(patient, book.ago(years=5, months=11), 167, 70),
        body(patient, book.ago(days=52), 167, 72),
        limited(patient, book.ago(years=5, months=11), 1, 2, attribution="uncertain"),
        limited(patient, book.ago(years=4), 2),
        limited(patient, book.ago(years=2), 2),
        limited(
            patient,
            book.ago(days=52),
            3,
            angina_class=2,
            palpitations=True,
            systolic_bp_mmhg=118,
            diastolic_bp_mmhg=70,
            heart_rate_bpm=68,
            comment="Breathless on one flight of stairs, dizzy when she stands up after meals.",
        ),
        sinus_rhythm(patient, book.ago(days=52), 68, qrs_ms=108, comment="LV hypertrophy, strain."),
        row(
            Electrocardiogram,
            patient,
            recorded_on=book.ago(months=4),
            kind="holter",
            rhythm="sinus",
            atrial_fibrillation_seen=False,
            heart_rate_bpm=64,
            complex_ventricular_ectopy=True,
        ),
        *results(patient, book.ago(years=2), nt_probnp=640),
        *results(patient, book.ago(days=52), nt_probnp=980, creatinine=69, troponin=14),
        drug(
            patient,
            "lisinopril",
            10,
            1,
            indication="hypertension",
            started_on=book.ago(years=8),
            stopped_on=book.ago(years=6),
            stop_reason="contraindicated",
        ),
        drug(
            patient,
            "bisoprolol",
            10,
            1,
            indication="other",
            started_on=book.ago(years=6),
            at_maximal_tolerated_dose=True,
        ),
        drug(
            patient,
            "isosorbide_mononitrate",
            30,
            1,
            indication="other",
            started_on=book.ago(days=20),
            comment="Begun elsewhere for chest pain: to be stopped, it worsens the obstruction.",
        ),
    ]
