"""Severity from one study (safety C3), and what may join it."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from guidelines.catalogue.severity import FlowConvergence, JetDensity, JetDirection
from guidelines.facts import ClinicalPicture, Fact, Interval
from guidelines.severity import Scheme, grade_by
from guidelines.vocabulary import MitralValveState, Tempo
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, PictureOf, ReadingOf, ago


def or_more(number: int) -> Interval:
    return Interval(Decimal(number), None)


def test_all_parameters_come_from_the_newest_study(patient: Patient, picture: PictureOf) -> None:
    make.echo(patient, ago(100), eroa_mm2=45, regurgitant_volume_ml=65, vena_contracta_mm=8)
    newer = make.echo(patient, ago(10), eroa_mm2=30)
    facts = picture().facts
    assert facts["eroa_mm2"].value == 30
    assert facts["eroa_mm2"].source == f"echo_study:{newer.public_id}"
    assert {"regurgitant_volume_ml", "vena_contracta_mm"}.isdisjoint(facts)


@pytest.mark.parametrize(("days", "reassures"), [(365, True), (366, False)])
def test_a_newer_study_without_severity_hides_nothing(
    patient: Patient, picture: PictureOf, days: int, reassures: bool
) -> None:
    make.echo(patient, ago(days), eroa_mm2=10)
    make.echo(patient, ago(10), lvef_percent=65, flail_leaflet=None, quality="good")
    eroa = picture().facts["eroa_mm2"]
    assert (eroa.value, eroa.on, eroa.reassures) == (10, ago(days), reassures)


@pytest.mark.parametrize(
    ("mechanism", "days"),
    [
        ("primary", 365),
        ("unknown", 365),
        ("secondary_ventricular", 183),
        ("secondary_atrial", 183),
        ("mixed", 183),
    ],
)
def test_a_grade_of_secondary_mr_reassures_for_half_a_year(
    patient: Patient, picture: PictureOf, mechanism: str, days: int
) -> None:
    make.diagnosis(patient, ago(1000), mechanism=mechanism, etiology="unknown")
    make.echo(patient, ago(days), eroa_mm2=10)
    assert picture().facts["eroa_mm2"].reassures
    assert not picture(ago(-1)).facts["eroa_mm2"].reassures


def test_an_old_adverse_grade_stays(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(900), eroa_mm2=45)
    assert reading("eroa_mm2") == or_more(45)


def test_nothing_measured_is_nothing(patient: Patient, picture: PictureOf) -> None:
    make.echo(patient, ago(10), lvef_percent=65)
    assert not any("grade" in name or "eroa" in name for name in picture())


@pytest.mark.parametrize(
    "evidence",
    [
        {"eroa_mm2": 10},
        {"regurgitant_volume_ml": 10},
        {"regurgitant_fraction_percent": 10},
        {"vena_contracta_mm": 2},
        {"vena_contracta_area_3d_mm2": 10},
        {"pulmonary_vein_flow": "reversal"},
        {"reader_grade": 1},
        {"flail_leaflet": True},
        {"pisa_radius_mm": 9, "aliasing_velocity_cm_s": 40, "mr_peak_velocity_m_s": 5},
    ],
)
def test_any_line_of_evidence_makes_the_study_the_one(
    patient: Patient, picture: PictureOf, evidence: dict[str, Any]
) -> None:
    make.echo(patient, ago(100), eroa_mm2=45)
    make.echo(patient, ago(10), **evidence)
    assert picture().facts["study_state"].on == ago(10)


@pytest.mark.parametrize("state", ["exercise", "dobutamine", "intra_operative"])
def test_stress_and_the_operating_room_give_no_severity(
    patient: Patient, picture: PictureOf, state: str
) -> None:
    make.echo(patient, ago(10), state=state, eroa_mm2=45, vena_contracta_mm=8)
    assert {"eroa_mm2", "vena_contracta_mm"}.isdisjoint(picture())


@pytest.mark.parametrize("state", ["sedated", "ventilated", "on_inotropes", "unknown"])
def test_a_sedated_study_joins_only_where_it_is_adverse(
    patient: Patient, reading: ReadingOf, state: str
) -> None:
    make.echo(patient, ago(30), eroa_mm2=45, flail_leaflet=None)
    make.echo(
        patient,
        ago(10),
        modality="tee",
        state=state,
        eroa_mm2=15,
        vena_contracta_mm=4,
        flail_leaflet=True,
    )
    assert reading("eroa_mm2") == Interval.point(Decimal(45))
    assert reading("vena_contracta_mm") == or_more(4)
    assert reading("flail_leaflet") is True
    assert str(reading("study_state")) == "rest"


@pytest.mark.parametrize(("gap", "state"), [(90, "rest"), (91, "sedated")])
def test_a_sedated_study_stands_alone_after_ninety_days(
    patient: Patient, reading: ReadingOf, gap: int, state: str
) -> None:
    make.echo(patient, ago(10 + gap), eroa_mm2=20)
    make.echo(patient, ago(10), state="sedated", eroa_mm2=45)
    assert str(reading("study_state")) == state


@pytest.mark.parametrize(
    ("older", "newer", "gap", "expected"),
    [
        (True, None, 400, True),
        (True, False, 91, False),
        (True, False, 90, True),
        (False, True, 10, True),
        (None, None, 10, None),
    ],
)
def test_a_broken_structure_stays_until_it_is_denied(
    patient: Patient,
    reading: ReadingOf,
    older: bool | None,
    newer: bool | None,
    gap: int,
    expected: bool | None,
) -> None:
    make.echo(patient, ago(10 + gap), flail_leaflet=older, reader_grade=3)
    make.echo(patient, ago(10), flail_leaflet=newer, reader_grade=2)
    assert reading("flail_leaflet") is expected


def test_what_was_before_a_procedure_is_of_another_valve(
    patient: Patient, picture: PictureOf
) -> None:
    make.echo(patient, ago(30), eroa_mm2=45, flail_leaflet=True)
    make.cmr(patient, ago(30), regurgitant_volume_ml=65)
    make.intervention(patient, ago(20), "mitral_repair")
    assert {"eroa_mm2", "flail_leaflet", "cmr_regurgitant_volume_ml"}.isdisjoint(picture())
    make.echo(patient, ago(10), reader_grade=1)
    assert picture().facts["reader_grade"].value == 1


@pytest.mark.parametrize(
    ("echo", "scan", "known"),
    [
        (100, 10, {"eroa_mm2", "cmr_regurgitant_volume_ml"}),
        (10, 100, {"eroa_mm2", "cmr_regurgitant_volume_ml"}),
        (101, 10, {"cmr_regurgitant_volume_ml"}),
        (10, 101, {"eroa_mm2"}),
    ],
)
def test_cmr_joins_within_ninety_days(
    patient: Patient, picture: PictureOf, echo: int, scan: int, known: set[str]
) -> None:
    make.echo(patient, ago(echo), eroa_mm2=30)
    make.cmr(patient, ago(scan), regurgitant_volume_ml=65, quality="good")
    assert {"eroa_mm2", "cmr_regurgitant_volume_ml"} & set(picture()) == known


def test_cmr_does_not_join_across_an_event(patient: Patient, picture: PictureOf) -> None:
    make.echo(patient, ago(50), eroa_mm2=30)
    make.admission(patient, ago(40))
    make.cmr(patient, ago(30), regurgitant_volume_ml=65, quality="poor")
    facts = picture().facts
    assert "eroa_mm2" not in facts
    assert facts["cmr_quality_good"].value is False


def test_computed_values_say_so(patient: Patient, fact: FactOf) -> None:
    make.echo(
        patient,
        ago(10),
        pisa_radius_mm=10,
        aliasing_velocity_cm_s=40,
        mr_peak_velocity_m_s=5,
        mr_vti_cm=150,
    )
    area, volume = fact("eroa_mm2"), fact("regurgitant_volume_ml")
    assert area
    assert volume
    assert area.value == pytest.approx(50.27, abs=0.01)
    assert volume.value == pytest.approx(75.40, abs=0.01)
    assert (area.method, volume.method) == ("pisa", "pisa")


def test_a_reported_orifice_comes_before_a_computed_one(patient: Patient, fact: FactOf) -> None:
    make.echo(
        patient,
        ago(10),
        eroa_mm2=42,
        eroa_method="pisa_3d",
        pisa_radius_mm=10,
        aliasing_velocity_cm_s=40,
        mr_peak_velocity_m_s=5,
        mr_vti_cm=150,
    )
    area, volume = fact("eroa_mm2"), fact("regurgitant_volume_ml")
    assert area
    assert volume
    assert (area.value, area.method) == (42, "pisa_3d")
    assert (volume.value, volume.method) == (63, "pisa_3d")


def test_drafts_give_no_severity(patient: Patient, picture: PictureOf, alice: User) -> None:
    make.echo(patient, ago(10), final=False, eroa_mm2=45)
    assert "eroa_mm2" not in picture()


# --- For how long a grade reassures (safety C) ----------------------------------------------------

MILD: dict[str, Any] = {"eroa_mm2": 10, "vena_contracta_mm": 2, "reader_grade": 1}
MODERATE: dict[str, Any] = {"eroa_mm2": 25, "vena_contracta_mm": 4, "reader_grade": 2}
SEVERE: dict[str, Any] = {"eroa_mm2": 45, "vena_contracta_mm": 8, "reader_grade": 4}
ONE_LINE: dict[str, Any] = {"eroa_mm2": 10}


@pytest.mark.parametrize(
    ("mechanism", "shown", "days"),
    [
        ("primary", MILD, 1826),
        ("primary", MODERATE, 730),
        ("primary", {**MODERATE, "eroa_mm2": 35}, 365),
        ("primary", SEVERE, 365),
        ("primary", ONE_LINE, 365),
        ("unknown", MILD, 365),
        ("secondary_ventricular", MILD, 183),
        ("secondary_atrial", MODERATE, 183),
        ("mixed", SEVERE, 183),
    ],
)
def test_a_grade_reassures_for_as_long_as_what_it_showed(
    patient: Patient, picture: PictureOf, mechanism: str, shown: dict[str, Any], days: int
) -> None:
    make.diagnosis(patient, ago(3000), mechanism=mechanism, etiology="unknown")
    make.echo(patient, ago(days), flail_leaflet=False, **shown)
    for name in ("eroa_mm2", "flail_leaflet"):
        assert picture().facts[name].reassures
        assert not picture(ago(-1)).facts[name].reassures


def graded(picture: ClinicalPicture) -> bool | None:
    """Whether it is severe by ASE, in a chronic leak of a native valve."""
    known = picture.having(
        tempo=Fact(Tempo.CHRONIC), mitral_valve_state=Fact(MitralValveState.NATIVE)
    )
    return grade_by(Scheme.ASE_2017, known, known.readings()).is_severe


def test_a_complete_mild_study_of_three_years_ago_still_reads_mild(
    patient: Patient, picture: PictureOf
) -> None:
    make.diagnosis(patient, ago(2000), mechanism="primary", etiology="unknown")
    make.echo(patient, ago(1095), **MILD)
    assert graded(picture()) is False


def test_a_single_old_measurement_excludes_nothing(patient: Patient, picture: PictureOf) -> None:
    make.diagnosis(patient, ago(2000), mechanism="primary", etiology="unknown")
    make.echo(patient, ago(1095), **ONE_LINE)
    assert graded(picture()) is None


def test_an_event_voids_even_a_mild_grade_and_no_severe_one(
    patient: Patient, picture: PictureOf
) -> None:
    make.diagnosis(patient, ago(2000), mechanism="primary", etiology="unknown")
    make.echo(patient, ago(400), **MILD)
    make.admission(patient, ago(10))
    assert graded(picture()) is None
    assert "before the admission" in picture().facts["eroa_mm2"].reason
    make.echo(patient, ago(300), **SEVERE)
    assert graded(picture()) is True


# --- Signs of the study --------------------------------------------------------------------------


def test_the_signs_come_from_the_study_of_the_measurements(
    patient: Patient, picture: PictureOf
) -> None:
    make.echo(
        patient,
        ago(30),
        lvef_percent=62,
        eroa_mm2=10,
        jet_area_percent_la=12,
        jet_direction="central",
        jet_density="faint",
        flow_convergence="absent",
        e_velocity_m_s=Decimal("0.6"),
        a_velocity_m_s=Decimal("0.8"),
        annular_calcification=False,
        lvesd_mm=30,
        lvedd_mm=48,
        la_volume_index_ml_m2=30,
        la_diameter_mm=36,
        mitral_inflow_vti_cm=18,
        aortic_vti_cm=20,
        aortic_regurgitation=1,
    )
    make.echo(patient, ago(10), lvedd_mm=60, jet_area_percent_la=60)
    facts = picture().facts
    assert facts["jet_area_percent_la"].value == 12
    assert facts["jet_direction"].value is JetDirection.CENTRAL
    assert facts["jet_density"].value is JetDensity.FAINT
    assert facts["flow_convergence"].value is FlowConvergence.ABSENT
    assert facts["study_lvedd_mm"].value == 48
    assert facts["study_lvef_percent"].value == 62
    assert facts["study_la_volume_index_ml_m2"].value == 30
    assert facts["vti_ratio_mitral_aortic"].value == Decimal("0.9")
    assert facts["study_aortic_regurgitation_more_than_mild"].value is False
    assert facts["annular_calcification"].value is False
    assert facts["other_cause_of_large_chambers"].value is False


def test_what_may_not_be_measured_so_gives_no_sign(patient: Patient, picture: PictureOf) -> None:
    make.echo(
        patient,
        ago(30),
        eroa_mm2=10,
        lvef_percent=62,
        lvef_method="visual",
        lvesd_mm=60,
        lvedd_mm=48,
        mitral_inflow_vti_cm=18,
        aortic_vti_cm=20,
        aortic_regurgitation=2,
    )
    facts = picture().facts
    assert {"study_lvedd_mm", "study_lvef_percent", "vti_ratio_mitral_aortic"}.isdisjoint(facts)
    assert facts["other_cause_of_large_chambers"].value is True


@pytest.mark.parametrize("kind", ["coronary_disease", "myocardial_infarction"])
def test_another_cause_of_large_chambers_is_taken_from_the_record(
    patient: Patient, picture: PictureOf, kind: str
) -> None:
    make.echo(patient, ago(30), eroa_mm2=10)
    make.comorbidity(patient, ago(100), kind, present="yes")
    assert picture().facts["other_cause_of_large_chambers"].value is True


def test_a_ventricle_behind_the_leak_is_a_cause_of_its_own_size(
    patient: Patient, picture: PictureOf
) -> None:
    make.echo(patient, ago(30), eroa_mm2=10)
    make.diagnosis(patient, ago(100), mechanism="unknown", etiology="dilated_cardiomyopathy")
    assert picture().facts["other_cause_of_large_chambers"].value is True
