"""What counts as worse while a patient waits."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import records as make
from treatments.record import record_of
from treatments.worsening import worsening_after

pytestmark = pytest.mark.django_db
START = date(2026, 3, 1)


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north)


def found(patient, start=START):
    record = record_of([patient], on=date(2026, 11, 1))[patient.pk]
    worse = worsening_after(record, start)
    return (worse.on, worse.words) if worse else None


def echo(patient, day, **values):
    return make.echo(patient, day, accession_number=str(day), **values)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"lvef_percent": 61}, {"lvef_percent": 60}, "LVEF 60 % or less"),
        ({"lvesd_mm": 39}, {"lvesd_mm": 40}, "LVESD 40 mm or more"),
        ({"lvef_percent": (61, 66)}, {"lvef_percent": (50, 60)}, "LVEF 60 % or less"),
    ],
)
def test_a_limit_that_is_crossed_is_worse(patient, before, after, words):
    echo(patient, "2026-02-01", **before)
    echo(patient, "2026-05-01", **after)
    assert found(patient) == (date(2026, 5, 1), words)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"lvef_percent": 60}, {"lvef_percent": 52}),  # it was beyond already
        ({"lvef_percent": 70}, {"lvef_percent": 61}),
        ({"lvesd_mm": 40}, {"lvesd_mm": 46}),
        ({"lvesd_mm": 30}, {"lvesd_mm": "39.9"}),
        ({"lvef_percent": (58, 64)}, {"lvef_percent": 55}),  # where it was is not known
        ({"lvef_percent": 66}, {"lvef_percent": (58, 62)}),
        ({}, {"lvef_percent": 50}),  # never measured before: nothing to compare
    ],
)
def test_what_did_not_cross_or_cannot_be_compared_is_not(patient, before, after):
    echo(patient, "2026-02-01", **before)
    echo(patient, "2026-05-01", **after)
    assert found(patient) is None


def test_a_draft_says_nothing(patient):
    echo(patient, "2026-02-01", lvef_percent=66)
    echo(patient, "2026-05-01", lvef_percent=50, final=False)
    assert found(patient) is None


def test_a_higher_class_is_worse_and_one_never_asked_before_is_not(patient):
    make.log(patient, "2026-05-01", nyha=3)
    assert found(patient) is None
    make.log(patient, "2026-02-01", nyha=2)
    assert found(patient) == (date(2026, 5, 1), "a higher NYHA class")


def test_a_range_of_classes_is_worse_only_as_a_whole(patient):
    make.log(patient, "2026-02-01", nyha=2)
    make.log(patient, "2026-05-01", nyha=(2, 3))
    assert found(patient) is None


def test_new_fibrillation_needs_a_rhythm_that_was_free_of_it(patient):
    make.ecg(patient, "2026-05-01", rhythm="atrial_fibrillation")
    assert found(patient) is None
    make.ecg(patient, "2026-02-01", rhythm="sinus")
    assert found(patient) == (date(2026, 5, 1), "new atrial fibrillation")
    make.comorbidity(patient, "2026-01-01", "atrial_fibrillation", "yes")
    assert found(patient) is None, "it was there before"


def test_an_admission_and_an_emergency_are_worse(patient):
    make.acute_episode(patient, datetime(2026, 6, 1, 9, tzinfo=UTC))
    assert found(patient) == (date(2026, 6, 1), "acute episode")
    make.admission(patient, "2026-05-01")
    assert found(patient) == (date(2026, 5, 1), "admitted for heart failure")


def test_what_happened_on_the_day_of_the_start_or_before_is_no_worsening(patient):
    make.admission(patient, START)
    assert found(patient) is None
