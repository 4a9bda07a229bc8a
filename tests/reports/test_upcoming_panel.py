"""What is due, what is planned and who decided, on the patient page."""

import re

import pytest

from patients.actions import mark_deceased
from tests.factories import records as make
from treatments.models import Intervention, TeamReview

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north)


@pytest.fixture
def panel(section_of):
    """What the panel says."""
    return lambda patient: section_of(patient, "upcoming-title")


def moderate(patient, ago, days):
    """Moderate primary MR without symptoms, last seen so many days ago."""
    make.diagnosis(patient, ago(days))
    make.echo(
        patient,
        ago(days),
        lvef_percent=65,
        lvesd_mm=34,
        bsa_m2="2.0",
        eroa_mm2=25,
        regurgitant_volume_ml=35,
        vena_contracta_mm=4,
        reader_grade=2,
    )
    make.symptom_free(patient, ago(days))
    make.none_of_these(patient, ago(days))


def test_each_edition_stands_with_its_row(panel, patient, ago):
    moderate(patient, ago, 30)
    text = panel(patient)
    assert "ACC/AHA 2020" in text
    assert "ESC/EACTS 2025" in text
    assert "overdue" not in text


def test_an_overdue_date_is_marked_with_its_days(panel, patient, ago):
    moderate(patient, ago, 1500)
    assert re.search(r"▲ .*?overdue by \d+ days", panel(patient))


def test_a_default_of_the_clinic_is_called_so(panel, patient):
    assert "local default" in panel(patient)


def test_nothing_planned_is_said(panel, patient):
    text = panel(patient)
    assert "Nothing is planned." in text
    assert "appointment" not in text


def test_a_plan_stands_with_its_day(panel, patient, ago):
    make.planned_intervention(patient, "mitral_repair", planned_on=ago(-30), center="Heart House")
    text = panel(patient)
    day = ago(-30)
    assert f"Mitral valve repair {day.day} {day:%b %Y} Heart House" in text
    assert "Nothing is planned" not in text


def test_a_plan_without_a_day_and_one_whose_day_passed(panel, patient, ago):
    make.planned_intervention(patient, "mitral_repair")
    late = make.planned_intervention(patient, "pci")
    Intervention.objects.filter(pk=late.pk).update(planned_on=ago(4))
    text = panel(patient)
    assert "no day set" in text
    assert "That day passed 4 days ago: enter whether it was done." in text


def test_the_newest_decision_names_who_and_why(panel, patient, ago):
    make.team_review(patient, ago(200), decision=TeamReview.Decision.WATCH)
    make.team_review(
        patient,
        ago(9),
        decision=TeamReview.Decision.INTERVENE,
        decision_reason="symptoms",
        participants="A. Moreau, B. Weiss",
        patient_wish="a repair",
    )
    text = panel(patient)
    assert "Intervention" in text
    assert ": symptoms By A. Moreau, B. Weiss The patient's wish: a repair" in text
    assert text.index("Intervention") < text.index("Watchful waiting")


def test_missing_participants_are_said(panel, patient, ago):
    make.team_review(patient, ago(9), decision=TeamReview.Decision.WATCH)
    assert "Who took part is not recorded" in panel(patient)


def test_nothing_is_due_to_the_dead(panel, patient, ago, alice, clinic_north):
    moderate(patient, ago, 1500)
    make.planned_intervention(patient, "mitral_repair", planned_on=ago(30))
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=ago(2), reason="a letter"
    )
    text = panel(patient)
    assert "nothing is due" in text
    for word in ("overdue", "Planned", "ACC/AHA"):
        assert word not in text


def test_an_emergency_has_no_interval(panel, patient, ago):
    make.acute_episode(patient, ago(1))
    text = panel(patient)
    assert "Emergency: intervals are switched off" in text
    assert "overdue" not in text


def test_an_edition_that_is_not_signed_off_says_no_date(panel, patient, ago, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    moderate(patient, ago, 1500)
    text = panel(patient)
    assert "ACC/AHA 2020: what it says is due is not shown" in text
    for word in ("overdue", "AHA-FU", "ESC25"):
        assert word not in text
