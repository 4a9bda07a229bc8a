"""Intervention, medical therapy, heart failure and devices: every rule's verdicts and limits."""

import pytest

from guidelines.registry import all_rules
from guidelines.vocabulary import Verdict
from tests.guidelines.intervention_cases import CASES
from tests.guidelines.rule_cases import RuleCase, beside, parts

EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule_id)
OURS = {
    "primary", "secondary", "medical", "heart-failure", "resynchronization", "goals",
    "measurements", "symptoms",
}  # fmt: skip


def test_every_rule_of_these_chapters_has_its_case():
    built = {rule.id for rule in all_rules() if rule.id.split("/")[1] in OURS}
    assert built == {case.rule_id for case in CASES}


@EACH
def test_it_is_met(case: RuleCase):
    assert case.verdict() is Verdict.MET
    for changes in case.also:
        assert case.verdict(**changes) is Verdict.MET, changes


@EACH
def test_it_is_not_met(case: RuleCase):
    for changes in case.not_met:
        assert case.verdict(**changes) is Verdict.NOT_MET, changes


@EACH
def test_it_is_not_applicable(case: RuleCase):
    for changes in case.not_applicable:
        assert case.verdict(**changes) is Verdict.NOT_APPLICABLE, changes


@EACH
def test_a_missing_fact_is_named_and_a_judgement_is_pending(case: RuleCase):
    for name in case.met:
        if name not in {part for fact in case.rule.facts for part in parts(fact)}:
            continue
        assert case.verdict(**{name: None}) is case.expected_without(name), name
        assert (name in case.unsettled(**{name: None})) is (name not in case.spare), name


@EACH
def test_both_sides_of_each_limit_and_its_own_value(case: RuleCase):
    for name, last, direction in case.limits:
        inward = "-" if direction == "+" else "+"
        assert case.verdict(**{name: beside(beside(last, direction), inward)}) is Verdict.MET, name
        assert case.verdict(**{name: beside(last, inward)}) is Verdict.MET, name
        outside = case.verdict(**{name: beside(last, direction)})
        assert outside in (Verdict.NOT_MET, Verdict.NOT_APPLICABLE), (name, outside)
