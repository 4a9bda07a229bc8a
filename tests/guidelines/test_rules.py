"""Every rule: its four verdicts, both sides and the exact value of each limit, each gap."""

from decimal import Decimal

import pytest

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.acc_aha_2020.primary import LV_DYSFUNCTION, SYMPTOMS
from guidelines.facts import Interval
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Cor,
    Loe,
    Mechanism,
    Operability,
    Tempo,
    Verdict,
    Verification,
)
from tests.guidelines.pictures import NOT_SEVERE, fact, found, stale

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
NOT_APPLICABLE, CANNOT_TELL = Verdict.NOT_APPLICABLE, Verdict.CANNOT_TELL
PENDING = Verdict.PENDING_JUDGEMENT


@pytest.mark.parametrize(
    ("row", "changes", "verdict"),
    [
        ("AHA-PI-01", {"symptomatic": True}, MET),
        ("AHA-PI-01", {"symptomatic": True, "lvef_percent": 25}, MET),
        ("AHA-PI-01", {"symptomatic": False}, NOT_MET),
        ("AHA-PI-01", {"symptomatic": True, "mechanism": Mechanism.MIXED}, MET),
        ("AHA-PI-01", {"mechanism": Mechanism.SECONDARY_VENTRICULAR}, NOT_APPLICABLE),
        ("AHA-PI-01", {"mechanism": Mechanism.SECONDARY_ATRIAL}, NOT_APPLICABLE),
        ("AHA-PI-01", {"symptomatic": True, **NOT_SEVERE}, NOT_APPLICABLE),
        ("AHA-PI-01", {"symptomatic": True, "tempo": Tempo.ACUTE}, NOT_APPLICABLE),
        ("AHA-PI-02", {"lvef_percent": 60, "lvesd_mm": 39}, MET),
        ("AHA-PI-02", {"lvef_percent": Decimal("60.1")}, NOT_MET),
        ("AHA-PI-02", {"lvef_percent": Decimal("59.9")}, MET),
        ("AHA-PI-02", {"lvesd_mm": 40}, MET),
        ("AHA-PI-02", {"lvesd_mm": Decimal("39.9")}, NOT_MET),
        ("AHA-PI-02", {"lvesd_mm": Decimal("40.1")}, MET),
        ("AHA-PI-02", {"symptomatic": True, "lvef_percent": 50}, NOT_APPLICABLE),
        ("AHA-PI-02", {"mechanism": Mechanism.SECONDARY_ATRIAL}, NOT_APPLICABLE),
        ("ESC25-P-02", {"symptomatic": True}, MET),
        ("ESC25-P-02", {"symptomatic": True, "operability": Operability.INOPERABLE}, NOT_MET),
        ("ESC25-P-02", {"symptomatic": True, "operability": Operability.HIGH_RISK}, NOT_MET),
        ("ESC25-P-02", {"symptomatic": False}, NOT_MET),
        ("ESC25-P-02", {"mechanism": Mechanism.SECONDARY_ATRIAL}, NOT_APPLICABLE),
        ("ESC25-P-03", {"lvef_percent": 60}, MET),
        ("ESC25-P-03", {"lvef_percent": Decimal("60.1")}, NOT_MET),
        ("ESC25-P-03", {"lvef_percent": Decimal("59.9")}, MET),
        ("ESC25-P-03", {"lvesd_mm": 40, "bsa_m2": Decimal("2.3")}, MET),
        ("ESC25-P-03", {"lvesd_mm": Decimal("39.9"), "bsa_m2": Decimal("2.3")}, NOT_MET),
        ("ESC25-P-03", {"lvesd_mm": Decimal("40.1"), "bsa_m2": Decimal("2.3")}, MET),
        ("ESC25-P-03", {"lvesd_mm": 38, "bsa_m2": Decimal("1.9")}, MET),
        ("ESC25-P-03", {"lvesd_mm": Decimal("37.9"), "bsa_m2": Decimal("1.9")}, NOT_MET),
        ("ESC25-P-03", {"lvesd_mm": Decimal("38.1"), "bsa_m2": Decimal("1.9")}, MET),
        ("ESC25-P-03", {"symptomatic": True, "lvef_percent": 50}, NOT_APPLICABLE),
        ("ESC25-P-03", {"mechanism": Mechanism.SECONDARY_ATRIAL}, NOT_APPLICABLE),
    ],
)
def test_it_gives_the_verdict(row, changes, verdict):
    finding = found(row, **changes)
    assert finding.verdict is verdict
    assert finding.missing == ()


@pytest.mark.parametrize(
    ("row", "changes", "missing"),
    [
        ("AHA-PI-01", {"symptomatic": None}, {"symptomatic"}),
        ("AHA-PI-01", {"mechanism": None}, {"mechanism"}),
        ("AHA-PI-01", {"mechanism": Mechanism.UNKNOWN}, {"mechanism"}),
        ("AHA-PI-01", {"eroa_mm2": None, "vena_contracta_mm": None}, {"severe_mr_acc_aha"}),
        ("AHA-PI-02", {"symptomatic": None}, {"symptomatic"}),
        ("AHA-PI-02", {"lvef_percent": None}, {"lvef_percent"}),
        ("AHA-PI-02", {"lvesd_mm": None}, {"lvesd_mm"}),
        ("AHA-PI-02", {"lvesd_mm": None, "lvef_percent": None}, {"lvesd_mm", "lvef_percent"}),
        ("AHA-PI-02", {"mechanism": None}, {"mechanism"}),
        ("AHA-PI-02", {"eroa_mm2": None, "vena_contracta_mm": None}, {"severe_mr_acc_aha"}),
        ("AHA-PI-02", {"lvef_percent": stale(65)}, {"lvef_percent"}),
        ("AHA-PI-02", {"lvesd_mm": stale(34)}, {"lvesd_mm"}),
        ("AHA-PI-02", {"symptomatic": stale(False)}, {"symptomatic"}),
        ("AHA-PI-02", {"lvef_percent": Interval(Decimal(60), Decimal(65))}, {"lvef_percent"}),
        ("AHA-PI-02", {"lvef_percent": fact(65, adverse_only="visual")}, {"lvef_percent"}),
        ("ESC25-P-02", {"symptomatic": None}, {"symptomatic"}),
        ("ESC25-P-02", {"mechanism": None}, {"mechanism"}),
        ("ESC25-P-02", {"symptomatic": None, "operability": None}, {"symptomatic", "operability"}),
        ("ESC25-P-02", {"eroa_mm2": None, "vena_contracta_mm": None}, {"severe_mr_esc_eacts"}),
        ("ESC25-P-03", {"symptomatic": None}, {"symptomatic"}),
        ("ESC25-P-03", {"lvef_percent": None}, {"lvef_percent"}),
        ("ESC25-P-03", {"lvesd_mm": None}, {"lvesd_mm"}),
        ("ESC25-P-03", {"bsa_m2": None}, {"bsa_m2"}),
        ("ESC25-P-03", {"bsa_m2": None, "lvesd_mm": None}, {"bsa_m2", "lvesd_mm"}),
        ("ESC25-P-03", {"bsa_m2": stale(Decimal("1.9"))}, {"bsa_m2"}),
        ("ESC25-P-03", {"mechanism": None}, {"mechanism"}),
        ("ESC25-P-03", {"eroa_mm2": None, "vena_contracta_mm": None}, {"severe_mr_esc_eacts"}),
    ],
)
def test_it_cannot_tell_and_names_what_would_decide(row, changes, missing):
    finding = found(row, **changes)
    assert finding.verdict is CANNOT_TELL
    assert set(finding.missing) == missing


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("AHA-PI-02", {"lvef_percent": 58, "lvesd_mm": None}),
        ("AHA-PI-02", {"lvesd_mm": 41, "lvef_percent": None}),
        ("ESC25-P-03", {"lvef_percent": 58, "lvesd_mm": None, "bsa_m2": None}),
        ("ESC25-P-03", {"lvesd_mm": 41, "lvef_percent": None, "bsa_m2": None}),
        ("AHA-PI-02", {"lvef_percent": Interval(Decimal(55), Decimal(60))}),
        ("AHA-PI-02", {"lvef_percent": Interval(None, Decimal(60), high_open=True)}),
        ("AHA-PI-02", {"lvef_percent": fact(58, adverse_only="visual")}),
    ],
)
def test_one_arm_is_enough_whatever_is_missing(row, changes):
    assert found(row, **changes).verdict is MET


def test_a_range_above_the_limit_is_wholly_above_it():
    above_sixty = Interval(Decimal(60), None, low_open=True)
    assert found("AHA-PI-02", lvef_percent=above_sixty).verdict is NOT_MET


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("AHA-PI-02", {"lvef_percent": stale(58)}),
        ("AHA-PI-02", {"lvesd_mm": stale(42)}),
        ("AHA-PI-01", {"symptomatic": stale(True)}),
        ("ESC25-P-03", {"lvesd_mm": stale(38)}),
        ("ESC25-P-03", {"lvesd_mm": 39, "bsa_m2": stale(Decimal("1.9"))}),
    ],
)
def test_an_adverse_fact_does_not_expire_and_says_that_it_is_old(row, changes):
    finding = found(row, **changes)
    assert finding.verdict is MET
    assert finding.rests_on_old_evidence
    assert finding.status.endswith("evidence old: renew")


@pytest.mark.parametrize(
    "operability", [None, Operability.NOT_DISCUSSED, stale(Operability.OPERABLE)]
)
def test_a_judgement_not_given_is_pending_and_not_cannot_tell(operability):
    finding = found("ESC25-P-02", symptomatic=True, operability=operability)
    assert finding.verdict is PENDING
    assert finding.pending_judgement
    assert finding.status == "Class I pending team judgement"
    assert finding.missing == ("operability",)


def test_one_line_of_evidence_makes_a_met_rule_provisional():
    finding = found("AHA-PI-01", symptomatic=True, vena_contracta_mm=None)
    assert finding.verdict is MET
    assert finding.is_provisional
    assert "provisional" in finding.status


def test_two_lines_of_evidence_leave_nothing_provisional():
    assert not found("AHA-PI-01", symptomatic=True).is_provisional


@pytest.mark.parametrize(
    ("changes", "confirm"),
    [
        ({"lvef_percent": 58}, True),
        ({"lvef_percent": 40}, False),
        ({"lvef_percent": 58, "lvesd_mm": 50}, False),
        ({"lvef_percent": 62}, True),
        ({"lvef_percent": 75, "lvesd_mm": 37}, True),
        ({"lvef_percent": 75, "lvesd_mm": 30}, False),
        ({"lvef_percent": None, "lvesd_mm": 30}, False),
    ],
)
def test_noise_adds_confirm_and_never_changes_the_verdict(changes, confirm):
    assert found("AHA-PI-02", **changes).needs_confirmation is confirm


def test_a_computed_index_is_compared_with_a_tolerance():
    assert found("ESC25-P-03", lvesd_mm=Decimal("26.4"), bsa_m2=Decimal("1.32")).verdict is MET
    assert found("ESC25-P-03", lvesd_mm=26.4, bsa_m2=1.32).verdict is MET


def test_an_index_entered_without_its_parts_counts():
    changes = {"lvesd_mm": None, "bsa_m2": None, "lvesd_index_mm_m2": Decimal("20.5")}
    assert found("ESC25-P-03", **changes).verdict is MET


def test_an_index_with_parts_is_recomputed_and_says_from_what():
    finding = found("ESC25-P-03", lvesd_mm=38, lvesd_index_mm_m2=Decimal(15))
    assert finding.verdict is MET
    shown = finding.when.parts[1].fact
    assert shown.text == "20 mm/m²"
    assert shown.reason == "computed from LVESD 38 mm and body surface area 1.9 m²"
    assert shown.on == found("ESC25-P-03").when.parts[0].fact.on


def test_an_index_of_a_range_is_shown_as_a_range():
    low_flow = Interval(Decimal("1.8"), Decimal("2.0"))
    shown = found("ESC25-P-03", lvesd_mm=36, bsa_m2=low_flow).when.parts[1].fact
    assert shown.text == "18\N{EN DASH}20 mm/m²"


def test_it_prints_itself_and_explains_with_value_unit_and_date():
    finding = found("AHA-PI-02", lvef_percent=58)
    assert str(LV_DYSFUNCTION.when) == "LVEF ≤ 60 % or LVESD ≥ 40 mm"
    assert finding.when.text == "LVEF ≤ 60 % or LVESD ≥ 40 mm"
    assert finding.when.holds is True
    shown = finding.when.parts[0].fact
    assert (shown.text, shown.source, shown.is_recorded) == ("58 %", "echo_study:6f1d", True)
    assert shown.on.isoformat() == "2026-11-01"


def test_a_missing_fact_is_shown_as_not_recorded():
    shown = found("AHA-PI-02", lvef_percent=None).when.parts[0].fact
    assert shown.text == "not recorded"
    assert not shown.is_recorded


@pytest.mark.parametrize(("cor", "loe"), [(Cor.CLASS_I, Loe.B_NR), (Cor.CLASS_1, Loe.B)])
def test_a_class_or_level_of_the_other_alphabet_fails_at_import(cor, loe):
    with pytest.raises(ValueError, match="alphabet"):
        Rule(
            id="x",
            edition=ACC_AHA_2020,
            section="",
            cor=cor,
            loe=loe,
            source=Source("AHA-PI-01", Verification.FROM_KNOWLEDGE),
            applies=SYMPTOMS.applies,
            when=SYMPTOMS.when,
            advice=Advice.TEER,
            message="",
        )
