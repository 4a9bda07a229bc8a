"""A repaired valve leaks again, with symptoms: no numbered rule speaks, the heart team must."""

from __future__ import annotations

from typing import Any

from demo.book import Book, body, drug, pisa_volume, row
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
    CoronaryAssessment,
    EchoStudy,
    MitralDiagnosis,
    Patient,
)
from treatments.models import EndocarditisProphylaxisAdvice, Intervention, TeamReview


def write_repaired_valve_leaks_again(book: Book) -> Patient:
    """Beatriz Carvalho, 71: repaired nine years ago, breathless again since the spring."""
    operated_on = book.ago(years=9, months=2)
    patient = book.register(
        "HV-20143",
        from_on=book.ago(years=9, months=6),
        referring_doctor="Dr R. Girard, cardiology practice",
        family_name="Carvalho",
        given_name="Beatriz",
        born_on=book.born(age=71, month=10, day=4),
        sex=Patient.Sex.FEMALE,
        telephone="+33 1 99 00 12 43",
        address="27 rue de la Fontaine, Northtown",
        pregnancy_possible=False,
        research_consent=True,
        research_consent_on=book.ago(years=9, months=6),
    )
    book.write(
        MitralDiagnosis(
            patient=patient,
            diagnosed_on=book.ago(years=9, months=6),
            mechanism="primary",
            etiology="fibroelastic_deficiency",
            carpentier_type="II",
            segments=["P2"],
            tempo="chronic",
            previous_mitral_procedure="none",
        ),
        Comorbidity(
            patient=patient,
            kind="hypertension",
            present="yes",
            noted_on=book.ago(years=9, months=6),
        ),
        Comorbidity(
            patient=patient, kind="atrial_fibrillation", present="no", noted_on=book.ago(days=40)
        ),
        Allergy(patient=patient, reaction="none_known", noted_on=book.ago(days=40)),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.MITRAL_REPAIR,
            status=Intervention.Status.PERFORMED,
            planned_on=operated_on,
            performed_on=operated_on,
            urgency="elective",
            approach="sternotomy",
            operator="Dr H. Keller",
            center="North University Hospital",
            repair_technique="triangular resection of P2",
            annuloplasty_ring="partial flexible band, 30 mm",
            residual_regurgitation_low=0,
            residual_regurgitation_high=0,
            converted=False,
            discharged_on=book.ago(years=9, months=2, days=-9),
            baseline_measured_on=book.ago(years=9),
            baseline_mean_gradient_mmhg=3,
        ),
        EndocarditisProphylaxisAdvice(
            patient=patient,
            advised_on=book.ago(years=9),
            advice=EndocarditisProphylaxisAdvice.Advice.PROPHYLAXIS,
            card_given=True,
        ),
        *_studies(book, patient),
    )
    book.write_as_nurse(*_visits(book, patient))
    book.write(
        row(
            CoronaryAssessment,
            patient,
            performed_on=book.ago(days=15),
            method="ct",
            left_main_stenosis_percent=0,
            largest_other_stenosis_percent=30,
            needs_revascularization="no",
        ),
        row(
            TeamReview,
            patient,
            reviewed_on=book.ago(days=8),
            operability="operable",
            surgical_risk_class="intermediate",
            sts_mortality_percent="3.9",
            sts_model="STS ACSD 2018, isolated mitral replacement",
            sts_computed_on=book.ago(days=8),
            repair_likelihood_percent=35,
            teer_anatomy="unsuitable",
            center_type="comprehensive",
            life_expectancy_years=14,
            decision="intervene",
            decision_reason="Redo for symptoms. Edge-to-edge repair would narrow the valve: mean "
            "gradient 5 mmHg inside the band.",
            participants="A. Moreau, B. Weiss, cardiac surgery, imaging",
        ),
        Intervention(
            patient=patient,
            kind=Intervention.Kind.MITRAL_BIOLOGICAL,
            status=Intervention.Status.PLANNED,
            planned_on=book.ahead(days=21),
            urgency="elective",
            approach="minimally_invasive",
            center="North University Hospital",
            redo=True,
        ),
    )
    return patient


def _studies(book: Book, patient: Patient) -> list[EchoStudy]:
    common: dict[str, Any] = {
        "bsa_m2": body_surface(160, 65),
        "reader": "Dr B. Weiss",
        "laboratory": "North echo laboratory",
    }
    before = book.echo(
        patient,
        book.ago(years=9, months=4),
        **ventricle(37, 58, 62, 168),
        la_volume_index_ml_m2=52,
        flail_leaflet=True,
        vena_contracta_mm=8,
        jet_direction="eccentric",
        jet_timing="holosystolic",
        grade=4,
        prolapse_segments=["P2"],
        **conditions(72, 138, 80),
        **common,
    )
    # day, LVESD, LVEDD, LVESV, LVEDV, LA volume index, mean gradient, grade, TR velocity
    course = (
        (book.ago(years=9), 36, 49, 52, 114, 43, "3.0", 0, 2.5),
        (book.ago(years=7), 33, 48, 43, 110, 40, "3.2", 1, 2.5),
        (book.ago(years=5), 33, 48, 42, 110, 41, "3.2", 1, 2.6),
        (book.ago(years=3), 34, 49, 44, 114, 43, "3.5", 2, 2.7),
        (book.ago(years=1, months=2), 36, 53, 53, 138, 49, "4.0", 3, 2.9),
    )
    after = [
        book.echo(
            patient,
            on,
            **ventricle(esd, edd, esv, edv),
            la_volume_index_ml_m2=atrium,
            mitral_mean_gradient_mmhg=gradient,
            grade=grade,
            tricuspid_regurgitation=1,
            rv_function="normal",
            lvot_obstruction="none",
            **pulmonary_pressure(velocity, 3),
            **conditions(68, 134, 78),
            **common,
        )
        for on, esd, edd, esv, edv, atrium, gradient, grade, velocity in course
    ]
    return [before, *after, *_latest(book, patient, common)]


def _latest(book: Book, patient: Patient, common: dict[str, Any]) -> list[EchoStudy]:
    return [
        book.echo(
            patient,
            book.ago(days=40),
            accession_number="NE-117811",
            **ventricle(38, 58, 66, 176),
            la_volume_index_ml_m2=58,
            la_diameter_mm=49,
            flail_leaflet=True,
            vena_contracta_mm="7.2",
            **pisa_volume(9.3, 38, 5.2, 145),
            jet_direction="wall_impinging",
            jet_timing="holosystolic",
            jet_density="dense_triangular",
            flow_convergence="large",
            mitral_mean_gradient_mmhg="5.0",
            mitral_valve_area_cm2="2.8",
            grade=4,
            tricuspid_regurgitation=2,
            tricuspid_annulus_mm=39,
            tapse_mm=19,
            rv_function="normal",
            lvot_obstruction="none",
            prolapse_segments=["P2", "P3"],
            **pulmonary_pressure(3.35, 8),
            **conditions(82, 136, 76),
            **common,
        ),
        book.echo(
            patient,
            book.ago(days=12),
            modality=EchoStudy.Modality.TEE,
            accession_number="NE-118139",
            state="sedated",
            flail_leaflet=True,
            vegetation=False,
            grade=4,
            rhythm="sinus",
            quality="good",
            reader="Dr A. Moreau",
            laboratory="North echo laboratory",
            comment="New rupture of a chord at the edge of the old resection; band well seated.",
        ),
    ]


def _visits(book: Book, patient: Patient) -> list[ClinicalRecord]:
    free = (
        book.ago(years=9),
        book.ago(years=7),
        book.ago(years=5),
        book.ago(years=3),
        book.ago(years=1, months=2),
    )
    return [
        body(patient, book.ago(years=9, months=4), 160, 64),
        body(patient, book.ago(days=40), 160, 65),
        limited(patient, book.ago(years=9, months=4), 2, attribution="certain"),
        *(no_symptoms(patient, on, activity_level="moderate") for on in free),
        limited(
            patient,
            book.ago(days=40),
            3,
            attribution="certain",
            nocturnal_dyspnea=True,
            diuretic_need="for_mr",
            systolic_bp_mmhg=136,
            diastolic_bp_mmhg=76,
            heart_rate_bpm=82,
            six_minute_walk_m=305,
            comment="Breathless on the flat since the spring; sleeps on two pillows.",
        ),
        sinus_rhythm(patient, book.ago(days=40), 82),
        *results(patient, book.ago(years=1, months=2), nt_probnp=310, creatinine=72),
        *results(patient, book.ago(days=40), nt_probnp=1450, creatinine=80, hemoglobin=12.4),
        *results(patient, book.ago(days=40), ldh=215),
        drug(patient, "ramipril", 5, 1, indication="hypertension", started_on=book.ago(years=9)),
        drug(
            patient,
            "furosemide",
            40,
            1,
            indication="heart_failure",
            started_on=book.ago(days=40),
        ),
    ]
