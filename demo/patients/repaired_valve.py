"""A repaired valve, followed every year, with advice on the prophylaxis of endocarditis."""

from __future__ import annotations

from datetime import date

from demo.book import Book, body, drug, lab, nothing_else_found, row
from demo.patients.visits import appointment
from patients.models import Allergy, Comorbidity, EchoStudy, MitralDiagnosis, Patient, SymptomLog
from treatments.models import Complication, EndocarditisProphylaxisAdvice, Intervention


def write_repaired_valve(book: Book) -> Patient:
    """Claire Dubois, 59: P2 resection and a ring four years ago; a mild leak remains."""
    operated_on = book.ago(years=4, months=1)
    patient = book.register(
        "HV-20266",
        from_on=book.ago(years=5, months=2),
        referring_doctor="Dr P. Lambert, cardiology practice",
        family_name="Dubois",
        given_name="Claire",
        born_on=book.born(age=59, month=12, day=22),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 10 22",
        address="2 chemin des Vignes, Northtown",
        pregnancy_possible=False,
        research_consent=True,
        research_consent_on=book.ago(years=5, months=2),
    )
    repair = row(
        Intervention,
        patient,
        kind=Intervention.Kind.MITRAL_REPAIR,
        status=Intervention.Status.PERFORMED,
        planned_on=operated_on,
        performed_on=operated_on,
        urgency="elective",
        approach="sternotomy",
        operator="Dr H. Keller",
        center="North University Hospital",
        repair_technique="quadrangular resection of P2, sliding plasty",
        annuloplasty_ring="complete semi-rigid ring, 32 mm",
        residual_regurgitation_low=0,
        residual_regurgitation_high=1,
        converted=False,
        discharged_on=book.ago(years=4, months=1, days=-8),
        baseline_measured_on=book.ago(years=3, months=11),
        baseline_mean_gradient_mmhg=3,
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=5, months=2),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=75)
        ),
        Allergy(
            patient=patient,
            substance="amoxicillin",
            reaction=Allergy.Reaction.ANAPHYLAXIS,
            noted_on=book.ago(years=5, months=2),
        ),
        nothing_else_found(patient, book.ago(days=75), native=False),
        repair,
        EndocarditisProphylaxisAdvice(
            patient=patient,
            advised_on=book.ago(years=4),
            advice=EndocarditisProphylaxisAdvice.Advice.PROPHYLAXIS,
            card_given=True,
            comment="Ring implanted. No penicillin and no cephalosporin: anaphylaxis.",
        ),
        *_studies(book, patient),
    )
    book.write(
        Complication(
            patient=patient,
            intervention=repair,
            occurred_on=book.ago(years=4, months=1, days=-3),
            kind=Complication.Kind.ATRIAL_FIBRILLATION,
            resolved="yes",
            comment="Two days, ended by amiodarone.",
        )
    )
    book.write_as_nurse(
        body(patient, book.ago(years=5, months=1), 165, 62),
        body(patient, book.ago(days=75), 165, 62),
        *(
            row(
                SymptomLog,
                patient,
                recorded_on=on,
                nyha_low=nyha,
                nyha_high=nyha,
                actively_asked_none=nyha == 1,
                dyspnea=nyha > 1,
                activity_level="active",
                activity_given_up=False,
                diuretic_need="none",
                attribution="certain",
                atrial_fibrillation_type="none",
            )
            for on, nyha in (
                (book.ago(years=4, months=3), 2),
                (book.ago(years=3, months=1), 1),
                (book.ago(years=2, months=1), 1),
                (book.ago(years=1, months=1), 1),
                (book.ago(days=75), 1),
            )
        ),
        lab(patient, "nt_probnp", 140, book.ago(days=75)),
        lab(patient, "creatinine", 66, book.ago(days=75)),
        drug(
            patient,
            "amiodarone",
            200,
            1,
            indication="atrial_fibrillation",
            started_on=book.ago(years=4, months=1, days=-3),
            stopped_on=book.ago(years=3, months=10),
            stop_reason="not_needed",
        ),
    )
    book.write_as_nurse(
        appointment(patient, book.ago(days=75), book.ahead(days=288)),
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    before = book.echo(
        patient,
        book.ago(years=4, months=3),
        lvef=61,
        lvef_method="biplane",
        linear_method="two_d",
        lvesd_mm=38,
        lvedd_mm=59,
        la_volume_index_ml_m2=56,
        flail_leaflet=True,
        vena_contracta_mm=8,
        grade=4,
        jet_direction="eccentric",
        jet_timing="holosystolic",
        rhythm="sinus",
        quality="good",
        prolapse_segments=["P2"],
        bsa_m2="1.68",
        bsa_formula="du_bois",
        reader="Dr B. Weiss",
    )
    # day, LVEF, LVESD, LVEDD, LA volume index, mean gradient, TR velocity, SPAP
    after: tuple[tuple[date, int, int, int, int, str, str, int], ...] = (
        (book.ago(years=3, months=11), 54, 37, 51, 46, "3.0", "2.6", 30),
        (book.ago(years=3, months=1), 57, 35, 50, 42, "3.2", "2.5", 28),
        (book.ago(years=2, months=1), 60, 34, 49, 40, "3.1", "2.5", 28),
        (book.ago(years=1, months=1), 61, 33, 49, 41, "3.3", "2.6", 30),
        (book.ago(days=75), 60, 33, 49, 41, "3.2", "2.6", 30),
    )
    return [before] + [
        book.echo(
            patient,
            on,
            lvef=lvef,
            lvef_method="biplane",
            linear_method="two_d",
            lvesd_mm=lvesd,
            lvedd_mm=lvedd,
            la_volume_index_ml_m2=atrium,
            mitral_mean_gradient_mmhg=gradient,
            grade=1,
            tr_peak_velocity_m_s=velocity,
            right_atrial_pressure_mmhg=3,
            spap_mmhg=pressure,
            spap_source="echo",
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            rhythm="sinus",
            quality="good",
            bsa_m2="1.68",
            bsa_formula="du_bois",
            reader="Dr B. Weiss",
            laboratory="North echo laboratory",
        )
        for on, lvef, lvesd, lvedd, atrium, gradient, velocity, pressure in after
    ]
