"""Every rule on circumstances: all its verdicts, both sides of each limit, each fact missing."""

from __future__ import annotations

from datetime import date

import pytest

from guidelines.registry import (
    ACC_AHA_2020,
    ESC_EACTS_2021,
    ESC_EACTS_2025,
    all_rules,
    rule_of,
)
from guidelines.rule import Finding, Known, find
from guidelines.vocabulary import Advice, Chapter, PregnancyStatus, Scope, Verdict
from tests.guidelines.circumstances import INFECTION_AND_PREGNANCY_CASES, NO_RISK
from tests.guidelines.circumstances_of_care import CARE_CASES
from tests.guidelines.pictures import assessed, picture
from tests.guidelines.usual_changes import Changes

CASES = {**INFECTION_AND_PREGNANCY_CASES, **CARE_CASES}

CHAPTERS = frozenset(
    {
        "acute",
        "endocarditis",
        "prophylaxis",
        "rheumatic",
        "pregnancy",
        "noncardiac-surgery",
        "tests",
        "follow-up",
        "team",
        "coronary",
        "tricuspid",
        "arrhythmia",
        "hypertrophic",
    }
)
VARIATIONS = [
    (rule, changes, verdict) for rule, (_, list_) in CASES.items() for changes, verdict in list_
]
CHAPTER_FACTS = frozenset(
    {
        "age_years",
        "tempo",
        "endocarditis_active_or_suspected",
        "pregnancy_status",
        "mitral_valve_state",
    }
)


def finding(rule_id: str, given: Changes) -> Finding:
    """What the rule finds in just these facts."""
    return find(rule_of(rule_id), Known.of(picture(**given)))


def test_every_rule_of_these_chapters_has_its_cases() -> None:
    built = {rule.id for rule in all_rules() if rule.id.split("/")[1] in CHAPTERS}
    assert built == CASES.keys()


@pytest.mark.parametrize("rule_id", CASES)
def test_its_picture_meets_it(rule_id: str) -> None:
    base, _ = CASES[rule_id]
    assert finding(rule_id, base).verdict is Verdict.MET


@pytest.mark.parametrize(("rule_id", "changes", "verdict"), VARIATIONS)
def test_a_change_gives_its_verdict(rule_id: str, changes: Changes, verdict: Verdict) -> None:
    base, _ = CASES[rule_id]
    assert finding(rule_id, {**base, **changes}).verdict is verdict


@pytest.mark.parametrize("rule_id", CASES)
def test_it_can_be_not_met_and_not_applicable(rule_id: str) -> None:
    base, variations = CASES[rule_id]
    assert Verdict.NOT_MET in {verdict for _, verdict in variations}
    child = {**base, "age_years": 17}
    assert finding(rule_id, child).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("rule_id", CASES)
def test_a_required_fact_that_is_missing_is_named(rule_id: str) -> None:
    base, _ = CASES[rule_id]
    rule = rule_of(rule_id)
    for name in rule.facts & base.keys():
        without = finding(rule_id, {**base, name: None})
        if rule.scope is not Scope.ADULT and name in CHAPTER_FACTS:
            assert without.verdict in (Verdict.NOT_APPLICABLE, Verdict.CANNOT_TELL)
        elif without.verdict is not Verdict.MET:  # one arm of several may still hold
            assert without.verdict in (Verdict.CANNOT_TELL, Verdict.PENDING_JUDGEMENT)
            assert name in without.missing


@pytest.mark.parametrize("rule_id", CASES)
def test_nothing_known_is_never_a_decided_no(rule_id: str) -> None:
    verdict = finding(rule_id, {}).verdict
    scope = rule_of(rule_id).scope
    chapters = (Scope.ACUTE, Scope.ENDOCARDITIS, Scope.PROSTHESIS, Scope.PREGNANCY)
    expected = Verdict.NOT_APPLICABLE if scope in chapters else Verdict.CANNOT_TELL
    assert verdict is expected


def _rows(*editions: object) -> set[str]:
    return {rule.source.row for rule in all_rules() if rule.edition in editions}


@pytest.mark.parametrize(
    "row",
    [
        *(f"AHA-PD-0{n}" for n in range(1, 9)),
        *(f"AHA-SD-0{n}" for n in range(1, 5)),
        *(f"AHA-AC-0{n}" for n in range(1, 6)),
        *(f"AHA-FU-{n:02d}" for n in range(1, 12)),
        *(f"AHA-IE-0{n}" for n in range(1, 5)),
        *(f"AHA-IES-0{n}" for n in range(1, 7)),
        *(f"AHA-PG-0{n}" for n in range(1, 9)),
        *(f"AHA-NC-0{n}" for n in range(1, 4)),
        "AHA-EX-01",
        "AHA-RF-01",
        "AHA-MX-01",
        "HCM-01",
        "HCM-02",
        "AHA-CA-01",
        "AHA-CA-02",
        "AHA-TR-01",
        "AHA-TR-02",
        "AHA-TM-01",
        "AHA-TM-02",
    ],
)
def test_every_row_of_acc_aha_is_built(row: str) -> None:
    assert row in _rows(ACC_AHA_2020)


@pytest.mark.parametrize(
    "row",
    [
        *(f"ESC25-A-0{n}" for n in range(1, 4)),
        *(f"ESC25-F-{n:02d}" for n in range(1, 12)),
        *(f"IE-0{n}" for n in range(1, 8)),
        *(f"IE-S-0{n}" for n in range(1, 9)),
        "ESC25-I-01",
        "ESC25-X-01",
        "ESC25-X-02",
        "ESC25-MX-03",
        "ESC25-MX-04",
        "ESC25-MIX-01",
        "ESC25-MIX-02",
        "ESC25-AR-01",
        "ESC25-PG-01",
        "ESC25-PG-02",
        "ESC25-CA-01",
        "ESC25-CA-02",
        "ESC25-TR-01",
        "ESC25-VO-01",
    ],
)
def test_every_row_of_esc_eacts_is_built(row: str) -> None:
    assert row in _rows(ESC_EACTS_2025)


def test_the_companion_on_endocarditis_speaks_in_both_editions_from_its_own_day() -> None:
    for edition in (ESC_EACTS_2021, ESC_EACTS_2025):
        rule = rule_of(f"{edition.id}/prophylaxis/previous-endocarditis")
        assert rule.is_held(date(2023, 8, 25))
        assert not rule.is_held(date(2023, 8, 24))


def test_a_vegetation_of_ten_millimeters_counts_for_one_body_only() -> None:
    infected = {
        "age_years": 60,
        "endocarditis_active_or_suspected": True,
        "vegetation_length_mm": 10,
        "endocarditis_embolic_events": 1,
        "vegetation_mobile": True,
    }
    esc = finding("esc-eacts-2025/endocarditis/vegetation-after-embolism", infected)
    aha = finding("acc-aha-2020/endocarditis/large-mobile-vegetation", infected)
    assert (esc.verdict, aha.verdict) == (Verdict.MET, Verdict.CANNOT_TELL)


def test_endocarditis_carries_the_headline_while_chronic_timing_is_off() -> None:
    verdicts = assessed(
        endocarditis_active_or_suspected=True, endocarditis_locally_uncontrolled=True
    ).editions
    headlines = {verdict.edition.id: verdict.headline_class for verdict in verdicts}
    assert {cor.strength for cor in headlines.values() if cor} == {3}
    assert len(headlines) == 2


def test_a_native_valve_that_leaks_needs_no_prophylaxis() -> None:
    for rule in ("acc-aha-2020", "esc-eacts-2025"):
        given = {**NO_RISK, "heart_transplant": False}
        assert finding(f"{rule}/prophylaxis/native-valve", given).verdict is Verdict.MET
    assert rule_of("acc-aha-2020/prophylaxis/native-valve").advice is Advice.NO_PROPHYLAXIS
    assert rule_of("esc-eacts-2025/prophylaxis/native-valve").is_against


def test_no_message_about_prophylaxis_names_a_drug() -> None:
    names = ("amoxicillin", "cephalexin", "cef", "mycin", "doxycycline", "ampicillin")
    for rule in all_rules():
        if rule.chapter is Chapter.PROPHYLAXIS:
            assert not any(name in rule.message.lower() for name in names)


def test_a_pregnant_woman_on_a_drug_that_harms_the_child_is_contacted_today() -> None:
    for name, slug in (("takes_mra", "mra"), ("takes_sglt2_inhibitor", "sglt2-inhibitor")):
        given = {"age_years": 30, "pregnancy_status": PregnancyStatus.PREGNANT, name: True}
        found = finding(f"local-safety/pregnancy/{slug}-in-pregnancy", given)
        assert (found.verdict, found.rule.advice) == (Verdict.MET, Advice.SAME_DAY_CONTACT)
