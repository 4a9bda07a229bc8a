"""What is too old for an operation, at both sides of every limit (safety C, pre-op column)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from guidelines.assessment import assess
from guidelines.before_operation import ROWS, by_row, to_confirm, too_old_for_operation
from guidelines.catalogue.therapy import Frailty
from guidelines.facts import FACTS, ClinicalPicture, Fact, Interval
from guidelines.vocabulary import (
    Mechanism,
    MitralValveState,
    Operability,
    PregnancyStatus,
    Term,
)
from tests.guidelines.pictures import QUIET, TODAY, fact, picture

MEETING = "Patient's preference"
SPEAKING = {
    "symptomatic": False,
    "nyha_class": Decimal(1),
    "atrial_fibrillation": False,
    "coronary_anatomy_known": True,
    "medication_list_reconciled": True,
    "pregnancy_status": PregnancyStatus.NOT_PREGNANT,
}
LIMITS = {name: row.days for row in ROWS for name in row.facts if row.name != MEETING}


def any_value(name):
    definition = FACTS[name]
    if name in SPEAKING:
        return SPEAKING[name]
    if definition.kind is Decimal:
        return Decimal(2)
    if definition.kind is bool:
        return True
    return next(t for t in definition.kind if t not in definition.unknown_terms)


def aged(name, days, **about):
    given = {"source": "echo_study:6f1d", **about}
    value = given.pop("value", any_value(name))
    return ClinicalPicture({name: Fact(value, TODAY - timedelta(days=days), **given)})


def named(made, **about):
    return [each.name for each in too_old_for_operation(made, on=TODAY, **about)]


@pytest.mark.parametrize(("name", "days"), LIMITS.items())
def test_every_fact_counts_to_the_last_day_of_its_limit_and_not_the_day_after(name, days):
    assert named(aged(name, days)) == []
    (old,) = too_old_for_operation(aged(name, days + 1), on=TODAY)
    assert (old.name, old.age_days, old.limit_days) == (name, days + 1, days)
    assert old.is_old_today
    assert old.as_dict()["on"] == (TODAY - timedelta(days=days + 1)).isoformat()


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("lvef_percent", 90),
        ("eroa_mm2", 90),
        ("symptomatic", 90),
        ("spap_mmhg", 90),
        ("atrial_fibrillation", 90),
        ("af_secondary_to_mr", 365),
        ("weight_kg", 30),
        ("height_cm", 3650),
        ("nt_probnp_pg_ml", 90),
        ("normotensive", 7),
        ("qrs_ms", 90),
        ("mva_cm2", 90),
        ("left_main_stenosis_percent", 365),
        ("creatinine_umol_l", 30),
        ("sts_prom_percent", 90),
        ("surgical_risk", 90),
        ("repair_likelihood_percent", 180),
        ("teer_anatomy", 180),
        ("gdmt_optimized", 30),
        ("inr", 0),
        ("pregnancy_status", 7),
        ("penicillin_allergy", 0),
        ("cmr_regurgitant_volume_ml", 180),
    ],
)
def test_the_limits_are_those_of_the_table(name, days):
    assert LIMITS[name] == days


def test_no_fact_stands_in_two_rows():
    names = [name for row in ROWS for name in row.facts]
    assert len(names) == len(set(names))
    assert set(names) <= set(FACTS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("symptomatic", True),
        ("nyha_class", Decimal(2)),
        ("nyha_class", Interval(Decimal(1), Decimal(2))),
        ("nyha_class", Interval(Decimal(1), None)),
        ("atrial_fibrillation", True),
        ("pregnancy_status", PregnancyStatus.NOT_POSSIBLE),
        ("pregnancy_status", PregnancyStatus.UNKNOWN),
        ("coronary_anatomy_known", False),
        ("mitral_valve_state", MitralValveState.NATIVE),
        ("frailty", Frailty.UNKNOWN),
        ("operability", Operability.NOT_DISCUSSED),
    ],
)
def test_what_never_grows_old_or_is_not_known_is_not_named(name, value):
    assert named(aged(name, 3000, value=value)) == []


def test_what_is_missing_is_not_old():
    assert named(picture()) == []
    assert named(picture(lvef_percent=fact(None))) == []


def test_a_value_without_a_day_is_named_whatever_its_age():
    (old,) = too_old_for_operation(picture(lvef_percent=fact(62, on=None)), on=TODAY)
    assert old.age_days is None
    assert "its day is not recorded" in old.text


@pytest.mark.parametrize("days", [180, 181])
def test_a_value_by_cmr_counts_by_the_row_of_cmr(days):
    made = aged("lvef_percent", days, source="cmr_study:1")
    assert named(made) == (["lvef_percent"] if days > 180 else [])


@pytest.mark.parametrize("days", [180, 181])
def test_no_symptoms_by_a_normal_exercise_test_counts_by_the_row_of_that(days):
    made = aged("symptomatic", days, source="exercise_test:1")
    assert named(made) == (["symptomatic"] if days > 180 else [])


def test_an_event_makes_fresh_evidence_too_old():
    before = "before the start of the ARNI on 20 Nov 2026"
    made = aged("eroa_mm2", 5, too_old_to_reassure=True, reason=before)
    (old,) = too_old_for_operation(made, on=TODAY)
    assert old.text == f"EROA 2 mm²: 17 Nov 2026, {before}"


@pytest.mark.parametrize("ahead", [40, 41])
def test_what_grows_old_before_the_planned_day_is_named_too(ahead):
    made = aged("lvef_percent", 50, value=Decimal("62.5"))
    found = too_old_for_operation(made, on=TODAY, operation_on=TODAY + timedelta(days=ahead))
    assert len(found) == (ahead > 40)
    for old in found:
        assert not old.is_old_today
        assert old.text == (
            "LVEF 62.5 %: 3 Oct 2026, will be 91 days old on 2 Jan 2027 (at most 90)"
        )


def test_a_planned_day_that_has_passed_counts_as_today():
    made = aged("lvef_percent", 91)
    (old,) = too_old_for_operation(made, on=TODAY, operation_on=TODAY - timedelta(days=30))
    assert old.age_days == 91


@pytest.mark.parametrize(("days", "is_old"), [(9, False), (10, False), (11, True)])
def test_a_preference_is_asked_anew_at_the_meeting(days, is_old):
    made = aged("intervention_declined", days)
    assert bool(named(made, met_on=TODAY - timedelta(days=10))) is is_old
    assert named(made) == []


def test_values_of_one_row_and_day_stand_together():
    day = date(2026, 3, 1)
    made = picture(
        lvef_percent=fact(62, on=day), lvesd_mm=fact(38, on=day), inr=fact(Decimal("2.4"), on=day)
    )
    lines = by_row(too_old_for_operation(made, on=TODAY))
    assert [(line.values, line.why) for line in lines] == [
        ("LVEF 62 %, LVESD 38 mm", "1 Mar 2026, 266 days old (at most 90)"),
        ("INR 2.4", "1 Mar 2026, 266 days old (asked for on the day of the procedure)"),
    ]


def test_mechanism_and_cause_are_confirmed_and_never_old():
    made = picture(mechanism=fact(Mechanism.PRIMARY, on=date(2001, 1, 1)))
    assert named(made) == []
    assert to_confirm(made) == (f"mechanism {Mechanism.PRIMARY.label}",)
    assert to_confirm(picture(mechanism=Mechanism.UNKNOWN)) == ()


def test_it_changes_no_verdict():
    old = {
        name: fact(value, on=date(2026, 6, 1)) if not isinstance(value, Term) else value
        for name, value in {**QUIET, "lvesd_mm": 41}.items()
    }
    made = picture(**old)
    before = assess(made, on=TODAY).as_dict()
    assert too_old_for_operation(made, on=TODAY)
    assert assess(made, on=TODAY).as_dict() == before
    assert any(edition["headline_class"] == "1" for edition in before["editions"])
