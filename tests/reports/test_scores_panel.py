"""The scores on the patient page: only those that fit, with inputs, days and what is missing."""

import pytest

from patients.actions import mark_deceased
from tests.factories import records as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north)


@pytest.fixture
def panel(section_of):
    """What the panel says; empty where there is none."""
    return lambda patient: section_of(patient, "scores-title")


@pytest.fixture
def degenerative(patient, ago):
    make.diagnosis(patient, ago(30))
    make.echo(patient, ago(20), lvef_percent=65, lvesd_mm=34, spap_mmhg=40)
    make.log(patient, ago(20), nyha=2)
    make.ecg(patient, ago(20))
    return patient


def test_a_score_with_a_missing_input_is_a_range_and_names_it(panel, degenerative):
    text = panel(degenerative)
    assert "MIDA score 6 to 8 ? 2 missing" in text
    assert "LA diameter" in text
    assert "the lowest and the highest value that the missing inputs allow" in text


def test_inputs_stand_with_definition_value_and_day(panel, degenerative, ago):
    text = panel(degenerative)
    assert "Antero-posterior, at rest." in text
    assert f"65 % Biplane discs {ago(20).day} {ago(20):%b %Y}" in text
    assert "Grigioni 2018" in text
    assert "From expert knowledge, not yet checked" in text


def test_a_score_made_for_other_patients_is_not_shown(panel, degenerative):
    text = panel(degenerative)
    for other in ("COAPT", "MitraScore", "HAS-BLED", "CHA₂DS₂"):
        assert other not in text


def test_scores_of_fibrillation_show_with_fibrillation(panel, patient, ago):
    make.diagnosis(patient, ago(30))
    make.ecg(patient, ago(3), rhythm="atrial_fibrillation")
    text = panel(patient)
    assert "HAS-BLED" in text
    assert "CHA₂DS₂-VASc" in text


def test_a_risk_of_surgery_shows_while_an_operation_is_considered(panel, degenerative):
    assert "EuroSCORE" not in panel(degenerative)
    make.planned_intervention(degenerative, "mitral_repair", urgency="elective")
    assert "EuroSCORE II" in panel(degenerative)


def test_what_cannot_be_told_to_fit_stands_apart(panel, patient, ago):
    make.echo(patient, ago(20), lvef_percent=65, lvesd_mm=34)
    text = panel(patient)
    assert "of which it cannot be told whether" in text
    assert text.index("cannot be told") < text.index("MIDA")
    assert "Used beyond the patients it was made from, or perhaps" in text


def test_an_input_that_is_too_old_is_marked_and_not_used(panel, degenerative, ago):
    make.lab(degenerative, ago(400), "creatinine", 90)
    text = panel(degenerative)
    assert "eGFR (CKD-EPI 2021) not computed" in text
    assert "▲ 1 too old" in text
    assert "too old to be used" in text


def test_values_from_elsewhere_are_shown_as_entered(panel, degenerative, ago):
    make.team_review(degenerative, ago(9), sts_mortality_percent="1.25", sts_model="STS ACSD")
    make.log(degenerative, ago(5), kccq_overall="61.5")
    text = panel(degenerative)
    assert "STS predicted mortality 1.25 %" in text
    assert "STS ACSD" in text
    assert "KCCQ, overall 61.5" in text


def test_nothing_measured_gives_no_score(panel, patient):
    assert panel(patient) == ""


def test_an_emergency_waits_for_no_score(panel, degenerative, ago):
    make.planned_intervention(degenerative, "mitral_repair", urgency="emergency")
    make.acute_episode(degenerative, ago(1))
    text = panel(degenerative)
    assert "EuroSCORE" not in text
    assert "MIDA" not in text


def test_a_child_has_no_score_of_adults(panel, clinic_north, ago):
    child = make.patient_of(clinic_north, born_on=ago(12 * 365))
    make.diagnosis(child, ago(30))
    make.echo(child, ago(20), lvef_percent=65, lvesd_mm=24)
    assert panel(child) == ""


def test_the_dead_have_no_scores(panel, degenerative, ago, alice, clinic_north):
    mark_deceased(
        by=alice, clinic=clinic_north, patient=degenerative, deceased_on=ago(2), reason="a letter"
    )
    assert panel(degenerative) == ""


def test_a_band_of_an_edition_that_is_not_signed_off_is_left_out(panel, patient, ago, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    make.anticoagulation_plan(patient, ago(200), inr_low="2.0", inr_high="3.0")
    for days in (60, 30, 5):
        make.lab(patient, ago(days), "inr", "2.5")
    text = panel(patient)
    assert "Time in therapeutic range (Rosendaal) 100 %" in text
    assert "ESC/EACTS" not in text
