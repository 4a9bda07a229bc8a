"""Stages of deterioration of a mitral bioprosthesis (rows ESC25-SVD-01 and ESC25-SVD-02)."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from guidelines.deterioration import (
    Deterioration,
    DeteriorationStage,
    deterioration_facts,
    gradient_risen,
    stage_deterioration,
)
from guidelines.facts import Fact, Interval
from guidelines.vocabulary import MitralValveState
from tests.guidelines.pictures import Given, fact, picture

D = Decimal
DVI, AREA = "doppler_velocity_index", "effective_orifice_area_cm2"
GRADE, GRADIENT = "intraprosthetic_regurgitation_grade", "prosthesis_mean_gradient_mmhg"
NONE, MODERATE, SEVERE = (
    DeteriorationStage.NONE,
    DeteriorationStage.MODERATE,
    DeteriorationStage.SEVERE,
)

# A prosthesis as good as at its baseline.
SOUND: dict[str, Given] = {
    "mitral_valve_state": MitralValveState.SURGICAL_BIOPROSTHESIS,
    DVI: D("1.8"),
    f"baseline_{DVI}": D("1.8"),
    AREA: D("2.0"),
    f"baseline_{AREA}": D("2.0"),
    GRADE: 0,
    f"baseline_{GRADE}": 0,
    GRADIENT: 4,
    f"baseline_{GRADIENT}": 4,
}


def staged(**changes: Given) -> Deterioration:
    return stage_deterioration(picture(**{**SOUND, **changes}).readings())


@pytest.mark.parametrize(
    ("before", "now", "stage"),
    [
        ("1.8", "2.2", MODERATE),  # +0.4 to 2.2
        ("1.8", "2.19", NONE),  # +0.39, and below 2.2
        ("1.81", "2.2", MODERATE),  # +0.39, but 21.5 %
        ("2.0", "2.4", MODERATE),  # +0.4 is 20 %
        ("2.2", "2.59", NONE),  # +0.39, 17.7 %
        ("2.2", "2.6", MODERATE),  # +0.4, 18.2 %: the absolute rise is enough
        ("1.5", "2.19", NONE),  # +46 %, but below 2.2
        ("1.9", "2.7", SEVERE),  # +0.8 to 2.7
        ("1.9", "2.69", MODERATE),  # below 2.7
        ("1.92", "2.7", SEVERE),  # +0.78, but 40.6 %
        ("2.0", "2.79", MODERATE),  # +0.79, 39.5 %
        ("2.0", "2.8", SEVERE),  # +0.8, 40 %
    ],
)
def test_the_velocity_index_at_its_limits(before: str, now: str, stage: DeteriorationStage) -> None:
    assert staged(**{DVI: D(now), f"baseline_{DVI}": D(before)}).stage is stage


@pytest.mark.parametrize(
    ("before", "now", "stage"),
    [
        ("1.9", "1.4", MODERATE),  # -0.5
        ("1.9", "1.41", MODERATE),  # -0.49, but 25.8 %
        ("2.5", "1.5", NONE),  # -1.0, but not below 1.5
        ("1.8", "1.35", MODERATE),  # -0.45, exactly 25 %
        ("1.8", "1.36", NONE),  # -0.44, 24.4 %
        ("1.95", "0.99", MODERATE),  # below 1.0, but -0.96, 49.2 %
        ("1.99", "0.99", SEVERE),  # -1.0
        ("1.9", "0.95", SEVERE),  # exactly 50 %
        ("2.0", "1.0", MODERATE),  # not below 1.0
        ("1.5", "0.9", MODERATE),  # -0.6, 40 %
    ],
)
def test_the_orifice_area_at_its_limits(before: str, now: str, stage: DeteriorationStage) -> None:
    assert staged(**{AREA: D(now), f"baseline_{AREA}": D(before)}).stage is stage


@pytest.mark.parametrize(
    ("before", "now", "stage"),
    [(0, 1, NONE), (1, 2, MODERATE), (2, 2, NONE), (0, 2, MODERATE), (1, 3, SEVERE),
     (2, 3, MODERATE), (2, 4, SEVERE), (3, 4, MODERATE)],
)  # fmt: skip
def test_the_regurgitation_through_it_at_its_limits(
    before: int, now: int, stage: DeteriorationStage
) -> None:
    assert staged(**{GRADE: now, f"baseline_{GRADE}": before}).stage is stage


def test_computed_values_are_compared_within_the_tolerance_of_a_float() -> None:
    assert staged(**{DVI: 2.2, f"baseline_{DVI}": 1.8}).stage is MODERATE
    assert staged(**{AREA: 0.95, f"baseline_{AREA}": 1.9}).stage is SEVERE


def test_without_a_baseline_it_cannot_be_staged_and_asks_for_it() -> None:
    missing: dict[str, Given] = {f"baseline_{name}": None for name in (DVI, AREA, GRADE)}
    found = staged(**missing)
    assert found.stage is DeteriorationStage.CANNOT_BE_STAGED
    assert found.moderate is None
    assert found.missing == (f"baseline_{DVI}", f"baseline_{AREA}", f"baseline_{GRADE}")


def test_one_arm_is_enough_whatever_is_missing() -> None:
    found = staged(**{AREA: None, GRADE: None, DVI: D("2.8")})
    assert found.stage is SEVERE
    assert found.missing == ()
    assert found.reasons_for == ("Doppler velocity index up by 0.8 or 40 %, to 2.7 or more",)


def test_moderate_says_what_would_tell_whether_it_is_severe() -> None:
    found = staged(**{AREA: None, DVI: D("2.3")})
    assert (found.moderate, found.severe) == (True, None)
    assert found.stage is MODERATE
    assert found.missing == (AREA,)


def test_one_sound_arm_does_not_exclude_deterioration() -> None:
    found = staged(**{AREA: None, GRADE: None})
    assert found.stage is DeteriorationStage.CANNOT_BE_STAGED
    assert found.missing == (AREA, GRADE)


def test_an_old_value_shows_deterioration_and_does_not_exclude_it() -> None:
    assert staged(**{DVI: fact(D("2.8"), too_old_to_reassure=True)}).stage is SEVERE
    old = {name: fact(SOUND[name], too_old_to_reassure=True) for name in (DVI, AREA, GRADE)}  # type: ignore[arg-type]
    assert staged(**old).stage is DeteriorationStage.CANNOT_BE_STAGED


def test_a_range_counts_only_when_the_whole_of_it_agrees() -> None:
    assert staged(**{DVI: Interval(D("2.8"), D("3.0"))}).stage is SEVERE
    assert staged(**{DVI: Interval(D("1.8"), D("3.0"))}).moderate is None
    assert staged(**{AREA: Interval(None, D("0.9"))}).stage is SEVERE


@pytest.mark.parametrize(
    "state",
    [MitralValveState.MECHANICAL, MitralValveState.NATIVE, MitralValveState.SURGICAL_REPAIR],
)
def test_other_valves_are_not_on_this_scale(state: MitralValveState) -> None:
    found = staged(mitral_valve_state=state, **{DVI: D("2.8")})
    assert found.stage is DeteriorationStage.NOT_ON_THIS_SCALE


def test_a_transcatheter_valve_is_a_bioprosthesis() -> None:
    assert staged(mitral_valve_state=MitralValveState.TRANSCATHETER).stage is NONE


def test_an_unknown_valve_asks_what_it_is() -> None:
    assert staged(mitral_valve_state=None).missing == ("mitral_valve_state",)


def test_a_sound_prosthesis_says_why() -> None:
    found = staged()
    assert found.stage is NONE
    assert len(found.reasons_against) == 3
    assert found.notes == ()


def test_a_gradient_that_did_not_rise_is_noted() -> None:
    assert len(staged(**{DVI: D("2.8")}).notes) == 2
    risen: dict[str, Given] = {DVI: D("2.8"), GRADIENT: 12}
    assert len(staged(**risen).notes) == 1
    without: dict[str, Given] = {DVI: D("2.8"), GRADIENT: None}
    assert len(staged(**without).notes) == 1


@pytest.mark.parametrize(("now", "risen"), [(9, True), (D("8.9"), False), (None, None)])
def test_a_gradient_has_risen_from_five_above_the_baseline(now: Given, risen: bool | None) -> None:
    assert gradient_risen(picture(**{**SOUND, GRADIENT: now}).readings()) is risen


def test_severe_deterioration_makes_the_dysfunction_significant_whatever_was_answered() -> None:
    answered = picture(
        **{**SOUND, DVI: D("2.8"), GRADIENT: 12, "prosthesis_dysfunction_significant": False}
    )
    facts = deterioration_facts(answered)
    assert {name: fact.value for name, fact in facts.items()} == {
        "prosthesis_deterioration_moderate": True,
        "prosthesis_deterioration_severe": True,
        "prosthesis_dysfunction_significant": True,
        "prosthesis_gradient_risen": True,
    }
    assert all(fact.on is not None and fact.reason for fact in facts.values())


def test_a_sound_doppler_never_answers_no_for_the_clinic() -> None:
    facts = deterioration_facts(picture(**SOUND))
    assert {name: fact.value for name, fact in facts.items()} == {
        "prosthesis_deterioration_moderate": False,
        "prosthesis_deterioration_severe": False,
    }


def test_nothing_is_said_of_a_valve_without_doppler() -> None:
    assert deterioration_facts(picture()) == {}
    native = picture(mitral_valve_state=MitralValveState.NATIVE)
    assert deterioration_facts(native) == {}


def test_undated_values_leave_an_undated_fact() -> None:
    values = {name: Fact(v.value if isinstance(v, Fact) else v) for name, v in SOUND.items()}  # type: ignore[arg-type]
    assert deterioration_facts(picture(**values))["prosthesis_deterioration_severe"].on is None


def test_it_can_be_stored() -> None:
    assert json.loads(json.dumps(staged().as_dict()))["stage"] == "none"
