"""The chapters on atrial fibrillation, prostheses, anticoagulation and bleeding, rule by rule."""

from __future__ import annotations

import pytest

from guidelines.facts import FACTS
from guidelines.registry import LOCAL_SAFETY, all_rules, rule_of
from guidelines.rule import Known, Rule, find, judge
from guidelines.vocabulary import Advice, Chapter, Scope, Verdict
from tests.guidelines.antithrombosis_cases import CASES, Facts
from tests.guidelines.pictures import picture

CHAPTERS = (
    Chapter.ATRIAL_FIBRILLATION,
    Chapter.PROSTHESIS,
    Chapter.PROSTHESIS_CHOICE,
    Chapter.ANTITHROMBOTIC,
    Chapter.BLEEDING,
)
OWN_ALARMS = ("local-safety/anticoagulation/", "local-safety/drugs/")
# The population is the whole condition.
ALWAYS_MET_IN_ITS_POPULATION = {
    "acc-aha-2020/antithrombotic/mitral-inr",
    "acc-aha-2020/antithrombotic/lifelong-vka",
    "acc-aha-2020/prosthesis-choice/shared-decision",
    "esc-eacts-2025/antithrombotic/lifelong-vka",
    "local-safety/drugs/before-a-bridge",
}


def _own_rules() -> list[Rule]:
    return [
        rule
        for rule in all_rules()
        if (rule.edition is LOCAL_SAFETY and rule.id.startswith(OWN_ALARMS))
        or (rule.edition is not LOCAL_SAFETY and rule.chapter in CHAPTERS)
    ]


def _verdict(rule_id: str, *facts: Facts) -> Verdict:
    given = {name: value for each in facts for name, value in each.items()}
    return judge(rule_of(rule_id), picture(**given).readings())


def _changes(kind: str) -> list[object]:
    return [
        pytest.param(rule_id, change, id=f"{rule_id}-{number}")
        for rule_id, case in CASES.items()
        for number, change in enumerate(getattr(case, kind))
    ]


def test_every_rule_of_these_chapters_has_its_case() -> None:
    assert set(CASES) == {rule.id for rule in _own_rules()}


@pytest.mark.parametrize("rule_id", CASES)
def test_its_picture_meets_it(rule_id: str) -> None:
    assert _verdict(rule_id, CASES[rule_id].base) is Verdict.MET


@pytest.mark.parametrize(("rule_id", "change"), _changes("met"))
def test_it_is_met_on_this_side_of_a_limit_or_by_another_arm(rule_id: str, change: Facts) -> None:
    assert _verdict(rule_id, CASES[rule_id].base, change) is Verdict.MET


@pytest.mark.parametrize(("rule_id", "change"), _changes("unmet"))
def test_it_is_not_met_on_the_other_side(rule_id: str, change: Facts) -> None:
    assert _verdict(rule_id, CASES[rule_id].base, change) is Verdict.NOT_MET


@pytest.mark.parametrize(("rule_id", "change"), _changes("elsewhere"))
def test_it_does_not_apply_to_others(rule_id: str, change: Facts) -> None:
    assert _verdict(rule_id, CASES[rule_id].base, change) is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("rule_id", CASES)
def test_a_missing_fact_makes_it_cannot_tell_and_is_named(rule_id: str) -> None:
    rule, base = rule_of(rule_id), dict(CASES[rule_id].base)
    undecided = 0
    for name in sorted(rule.facts & base.keys()):
        readings = picture(**{k: v for k, v in base.items() if k != name}).readings()
        verdict = judge(rule, readings)
        if verdict is Verdict.MET:
            continue
        undecided += 1
        expected = Verdict.PENDING_JUDGEMENT if FACTS[name].is_judgement else Verdict.CANNOT_TELL
        assert verdict is expected, name
        unsettled = rule.applies.unsettled(readings) | rule.when.unsettled(readings)
        assert name in unsettled
    assert undecided


@pytest.mark.parametrize("rule_id", CASES)
def test_with_nothing_recorded_it_cannot_tell(rule_id: str) -> None:
    assert judge(rule_of(rule_id), {}) is Verdict.CANNOT_TELL


@pytest.mark.parametrize("rule_id", CASES)
def test_both_sides_are_tried(rule_id: str) -> None:
    case = CASES[rule_id]
    assert case.elsewhere
    assert case.unmet or rule_id in ALWAYS_MET_IN_ITS_POPULATION


def test_a_child_closes_the_chapters_but_not_the_alarms() -> None:
    for rule in _own_rules():
        known = Known.of(picture(**{**CASES[rule.id].base, "age_years": 12}))
        verdict = find(rule, known).verdict
        if rule.scope is Scope.EVERYONE:
            assert verdict is Verdict.MET
        else:
            assert verdict is Verdict.NOT_APPLICABLE


def test_only_rules_on_a_failing_prosthesis_carry_a_headline() -> None:
    timing = [rule for rule in _own_rules() if rule.is_timing]
    assert {rule.chapter for rule in timing} == {Chapter.PROSTHESIS}
    assert {rule.scope for rule in timing} == {Scope.PROSTHESIS}
    assert {rule.advice for rule in timing} == {
        Advice.REOPERATION,
        Advice.LEAK_CLOSURE,
        Advice.TRANSCATHETER_REPLACEMENT,
        Advice.FIBRINOLYSIS,
    }


def test_no_recommendation_of_a_superseded_row_hides_the_newer_one() -> None:
    old = {rule.source.row: rule.superseded_by for rule in _own_rules() if rule.superseded_by}
    assert old == {"AHA-AF-06": "AHA-AF-10", "AHA-AF-07": "AHA-AF-10"}
    assert any(rule.source.row == "AHA-AF-10" for rule in _own_rules())


ROWS = {
    *(f"AHA-AF-{n:02}" for n in range(1, 11)),
    *(f"ESC25-AF-{n:02}" for n in range(1, 6)),
    "ESC-AF24-01",
    *(f"AHA-PR-{n:02}" for n in range(1, 6)),
    *(f"ESC-PR-{n:02}" for n in range(1, 11)),
    *(f"AHA-OAC-{n}" for n in range(11, 29)),
    *(f"ESC25-INR-{n:02}" for n in range(1, 5)),
    "ESC21-INR-05",
    *(f"ESC25-OAC-{n:02}" for n in range(1, 13)),
    *(f"AHA-PV-{n:02}" for n in range(1, 12)),
    *(f"ESC25-PV-{n:02}" for n in range(1, 11)),
    "ESC25-RR-01",
    "ESC25-RR-02",
    *(f"ESC25-SVD-{n:02}" for n in range(1, 4)),
    "SAFE-08",
    "SAFE-20",
    "SAFE-21",
    "SAFE-22",
    "SAFE-40",
}


def test_every_row_of_these_chapters_is_built() -> None:
    assert {rule.source.row for rule in _own_rules()} >= ROWS
