"""Conditions that switch rules off, the person, and the team's judgments (safety D7, D9)."""

from typing import Any

import pytest

from guidelines.facts import Interval
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, PictureOf, ReadingOf, ago

ENDOCARDITIS = "endocarditis_active_or_suspected"
OBSTRUCTION = "sam_or_lvot_obstruction"


def test_an_empty_record_says_no_to_nothing(patient: Patient, picture: PictureOf) -> None:
    # No plan recorded is no plan, and what is on record says so itself.
    by_definition = ("no plan", "no such", "none is on record")
    known = {
        name
        for name, fact in picture().facts.items()
        if fact.value is not None and not fact.reason.startswith(by_definition)
    }
    assert known == {"age_years", "sex", "pregnancy_status"}


@pytest.mark.parametrize(("days", "asked"), [(365, True), (366, None)])
def test_the_yearly_check_counts_for_a_year(
    patient: Patient, reading: ReadingOf, days: int, asked: bool | None
) -> None:
    make.none_of_these(patient, ago(days))
    assert reading("none_of_these_asked") is asked
    assert reading(ENDOCARDITIS) is (False if asked else None)
    assert reading(OBSTRUCTION) is (False if asked else None)


def test_a_check_of_years_ago_was_asked_before(patient: Patient, reading: ReadingOf) -> None:
    assert reading("none_of_these_asked_before") is None
    make.none_of_these(patient, ago(2000))
    assert reading("none_of_these_asked_before") is True


def test_the_yearly_check_does_not_deny_an_obstruction_that_was_seen(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(100), lvot_obstruction="sam")
    make.none_of_these(patient, ago(10))
    assert reading(OBSTRUCTION) is True
    make.echo(patient, ago(5), lvot_obstruction="none")
    assert reading(OBSTRUCTION) is False


def test_a_check_with_gaps_is_not_the_check(patient: Patient, reading: ReadingOf) -> None:
    make.none_of_these(patient, ago(10), mitral_stenosis_absent=False)
    assert reading("none_of_these_asked") is False


def test_a_later_partial_check_does_not_undo_a_complete_one(
    patient: Patient, reading: ReadingOf
) -> None:
    make.none_of_these(patient, ago(100))
    make.none_of_these(patient, ago(10), mitral_stenosis_absent=False)
    assert reading("none_of_these_asked") is True


@pytest.mark.parametrize(
    "sign",
    [
        lambda p, day: make.comorbidity(p, day, "active_endocarditis"),
        lambda p, day: make.echo(p, day, vegetation=True),
        lambda p, day: make.echo(p, day, vegetation=True, modality="tee", state="sedated"),
        lambda p, day: make.diagnosis(p, day, etiology="endocarditis_active"),
        lambda p, day: make.acute_episode(p, day, cause="endocarditis"),
    ],
)
def test_endocarditis_is_seen_and_never_expires(
    patient: Patient, reading: ReadingOf, sign: Any
) -> None:
    make.none_of_these(patient, ago(900))
    sign(patient, ago(800))
    assert reading(ENDOCARDITIS) is True


def test_endocarditis_is_ruled_out_by_a_later_answer(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(100), vegetation=True)
    make.comorbidity(patient, ago(10), "active_endocarditis", "no")
    assert reading(ENDOCARDITIS) is False


def test_of_one_day_the_adverse_answer_counts(patient: Patient, reading: ReadingOf) -> None:
    make.none_of_these(patient, ago(10))
    make.echo(patient, ago(10), vegetation=True, lvot_obstruction="sam")
    assert reading(ENDOCARDITIS) is True
    assert reading(OBSTRUCTION) is True


def test_an_open_episode_of_endocarditis_outlasts_every_answer(
    patient: Patient, reading: ReadingOf
) -> None:
    make.acute_episode(patient, ago(100), cause="endocarditis")
    make.none_of_these(patient, ago(10))
    assert reading(ENDOCARDITIS) is True


def test_obstruction_is_seen_under_stress_too(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(10), modality="stress", state="exercise", lvot_obstruction="sam")
    assert reading(OBSTRUCTION) is True


def test_a_free_outflow_does_not_undo_cardiomyopathy(patient: Patient, reading: ReadingOf) -> None:
    make.comorbidity(patient, ago(100), "hypertrophic_cardiomyopathy")
    make.echo(patient, ago(10), lvot_obstruction="none")
    assert reading(OBSTRUCTION) is True


@pytest.mark.parametrize(("lesion", "more"), [(0, False), (1, False), (2, True), (3, True)])
def test_aortic_regurgitation_is_more_than_mild_from_moderate_on(
    patient: Patient, reading: ReadingOf, lesion: int, more: bool
) -> None:
    make.echo(patient, ago(10), aortic_regurgitation=lesion)
    assert reading("aortic_regurgitation_more_than_mild") is more


@pytest.mark.parametrize(
    ("lesion", "high"), [(0, None), (1, None), (2, "2"), (3, "1.5"), (4, "1.5")]
)
def test_a_grade_of_stenosis_without_area_bounds_the_area(
    patient: Patient, reading: ReadingOf, lesion: int, high: str | None
) -> None:
    make.echo(patient, ago(10), mitral_stenosis=lesion)
    area = reading("mva_cm2")
    if high is None:
        assert area is None
    else:
        assert isinstance(area, Interval)
        assert (area.low, str(area.high)) == (None, high)


@pytest.mark.parametrize("kind", ["lvad", "transplant"])
def test_a_device_or_transplant_is_seen(patient: Patient, reading: ReadingOf, kind: str) -> None:
    make.intervention(patient, ago(1000), kind)
    assert reading("lvad_or_transplant") is True


# The person --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "possible", "status"),
    [
        ("male", None, "not_possible"),
        ("female", False, "not_possible"),
        ("female", True, None),
        ("female", None, None),
        ("unknown", None, None),
    ],
)
def test_pregnancy_is_not_guessed(
    clinic_north: Any, sex: str, possible: bool | None, status: str | None
) -> None:
    from tests.treatments.conftest import ON
    from treatments.facts import picture_of, record_of

    patient = make.patient_of(clinic_north, sex=sex, pregnancy_possible=possible)
    read = picture_of(record_of([patient], on=ON)[patient.pk]).reading("pregnancy_status")
    assert (None if read is None else str(read)) == status


@pytest.mark.parametrize(
    ("status", "days", "expected"),
    [
        ("pregnant", 30, "pregnant"),
        ("pregnant", 31, None),
        ("not_pregnant", 30, "not_pregnant"),
        ("planning", 30, "not_pregnant"),
    ],
)
def test_pregnancy_is_asked_every_month(
    patient: Patient, reading: ReadingOf, status: str, days: int, expected: str | None
) -> None:
    make.pregnancy(patient, ago(days), status)
    read = reading("pregnancy_status")
    # This patient was recorded as past childbearing, which "pregnant" contradicts and outweighs.
    expected = "not_possible" if expected == "not_pregnant" else expected
    assert (None if read is None else str(read)) == expected


@pytest.mark.parametrize(("days", "expected"), [(183, False), (184, None)])
def test_life_expectancy_is_asked_every_half_year(
    patient: Patient, reading: ReadingOf, days: int, expected: bool | None
) -> None:
    make.goals_of_care(patient, ago(days), life_expectancy="one_year_or_more")
    assert reading("life_expectancy_under_1_year") is expected


def test_the_team_may_estimate_life_expectancy(patient: Patient, reading: ReadingOf) -> None:
    make.goals_of_care(patient, ago(20), life_expectancy="one_year_or_more")
    make.team_review(patient, ago(10), life_expectancy_years="0.5")
    assert reading("life_expectancy_under_1_year") is True


def test_a_refusal_is_the_patients_own_and_lasts_a_year(
    patient: Patient, reading: ReadingOf
) -> None:
    make.goals_of_care(patient, ago(100), declines_intervention=False)
    make.team_review(patient, ago(50), decision="declined_by_patient")
    make.admission(patient, ago(10))
    assert reading("intervention_declined") is True


# The team ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "answer", "name", "limit"),
    [
        ("operability", "operable", "operability", 183),
        ("surgical_risk_class", "low", "surgical_risk", 183),
        ("center_type", "comprehensive", "valve_center", 365),
        ("teer_anatomy", "suitable", "teer_anatomy", 365),
    ],
)
def test_a_judgment_counts_until_its_limit(
    patient: Patient, picture: PictureOf, column: str, answer: str, name: str, limit: int
) -> None:
    make.team_review(patient, ago(limit + 1), **{column: answer})
    assert picture().reading(name) is None
    make.team_review(patient, ago(limit), **{column: answer})
    make.team_review(patient, ago(1))  # says nothing, hides nothing
    assert str(picture().reading(name)) == answer


def test_a_judgment_is_void_after_an_admission(patient: Patient, reading: ReadingOf) -> None:
    make.team_review(patient, ago(20), operability="operable", center_type="comprehensive")
    make.admission(patient, ago(10))
    assert reading("operability") is None
    assert str(reading("valve_center")) == "comprehensive"


@pytest.mark.parametrize(("computed", "known"), [(183, True), (184, False)])
def test_an_sts_value_is_as_old_as_its_computation(
    patient: Patient, reading: ReadingOf, fact: FactOf, computed: int, known: bool
) -> None:
    make.team_review(
        patient,
        ago(10),
        sts_mortality_percent="1.5",
        sts_model="v4.2",
        sts_computed_on=ago(computed),
    )
    assert (reading("sts_prom_percent") is not None) is known
    found = fact("sts_prom_percent")
    assert found
    assert found.method == "v4.2"
