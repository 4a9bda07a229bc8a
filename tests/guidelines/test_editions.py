"""The edition's verdict: either way, pending, possible, and never "no indication"."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.assessment import assess
from guidelines.completions import in_words, parts_of, stand
from guidelines.criteria import all_of, at_least, at_most, equals, one_of
from guidelines.editions import HeadlineKind, class_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.facts import Interval, complete_ratios
from guidelines.registry import EDITIONS, RULES, all_rules, built_rules, coverage, rule_of
from guidelines.rule import Rule, Source, judge
from guidelines.vocabulary import (
    Advice,
    Body,
    CenterType,
    Cor,
    Loe,
    Mechanism,
    Operability,
    Tempo,
    Verdict,
    Verification,
)
from tests.guidelines.pictures import NOT_SEVERE, assessed, decided, picture, stale

D = Decimal
AHA, ESC = "acc-aha-2020", "esc-eacts-2025"


def of_rows(edition, *rows):
    return tuple(rule for rule in RULES[edition] if rule.source.row in rows)


# Two rules of each body, by which the case split is compared with brute force.
ACC_AHA_RULES = of_rows(ACC_AHA_2020, "AHA-PI-01", "AHA-PI-02")
ESC_RULES = of_rows(ESC_EACTS_2025, "ESC25-P-02", "ESC25-P-03")


def verdicts(**changes):
    made = decided(**changes)
    return made.edition(AHA), made.edition(ESC)


def test_symptoms_unknown_with_lvef_58_is_class_1_either_way():
    aha, esc = verdicts(symptomatic=None, lvef_percent=58)
    assert aha.headline_kind is HeadlineKind.EITHER_WAY
    assert aha.either_way is Cor.CLASS_1
    assert aha.strongest_decided is None
    assert aha.headline == (
        "Class 1 either way: one rule or another of this class stands, whatever is true of: "
        "symptoms attributed to the regurgitation."
    )
    assert esc.either_way is Cor.CLASS_I
    assert not esc.standing.either_way_needs_judgement
    by_row = {f.rule.source.row: f.verdict for f in aha.findings}
    assert by_row["AHA-PI-01"] is by_row["AHA-PI-02"] is Verdict.CANNOT_TELL


def test_either_way_says_when_one_case_waits_for_the_team():
    _, esc = verdicts(symptomatic=None, lvef_percent=58, operability=None)
    assert esc.headline_kind is HeadlineKind.EITHER_WAY
    assert esc.headline.endswith("In some cases pending team judgement.")


def test_symptoms_unknown_with_a_normal_ventricle_is_only_possible():
    for verdict in verdicts(symptomatic=None):
        assert verdict.headline is None
        assert verdict.either_way is None
        assert verdict.strongest_possible.strength == 3
        assert verdict.summary.startswith("Cannot tell: Class")
        assert "is possible" in verdict.summary


def test_stale_absence_of_symptoms_with_dysfunction_is_either_way_too():
    aha, _ = verdicts(symptomatic=stale(False), lvesd_mm=stale(41))
    assert aha.headline_kind is HeadlineKind.EITHER_WAY


def test_a_small_patient_without_a_body_surface_may_be_either():
    _, esc = verdicts(lvesd_mm=39, bsa_m2=None)
    assert esc.headline is None
    assert esc.strongest_possible is Cor.CLASS_I


def test_either_way_recomputes_the_index_from_its_parts():
    # Whatever the LVESD above 36 mm, at this body surface LVESDi is above 20 mm/m2.
    above_36 = Interval(D(36), None, low_open=True)
    _, esc = verdicts(lvesd_mm=above_36, bsa_m2=D("1.8"))
    assert esc.strongest_decided is Cor.CLASS_I
    unknown_surface = {"lvesd_mm": Interval(D(40), D(41)), "bsa_m2": None}
    _, esc = verdicts(**unknown_surface)
    assert esc.strongest_decided is Cor.CLASS_I


@pytest.mark.parametrize("operability", [None, Operability.NOT_DISCUSSED])
def test_symptoms_without_a_team_review_are_class_1_pending(operability):
    aha, esc = verdicts(symptomatic=True, operability=operability)
    assert aha.headline_kind is HeadlineKind.MET
    assert esc.pending_judgement
    assert esc.strongest_pending is Cor.CLASS_I
    assert esc.headline_class is Cor.CLASS_I
    assert esc.headline.startswith("Class I pending team judgement: ")


def test_a_met_rule_is_the_headline_with_class_and_words():
    aha, esc = verdicts(lvef_percent=60)
    assert aha.headline == (
        "Class 1: Severe primary MR without symptoms, with LV dysfunction: mitral valve surgery "
        "is recommended."
    )
    assert esc.headline_class is Cor.CLASS_I
    assert aha.needs_confirmation


def test_one_line_of_evidence_makes_every_headline_provisional():
    met, _ = verdicts(symptomatic=True, vena_contracta_mm=None)
    either, _ = verdicts(symptomatic=None, lvef_percent=58, vena_contracta_mm=None)
    for verdict in (met, either):
        assert verdict.is_provisional
        assert verdict.headline.endswith("Provisional: if severity is confirmed.")
    assert not verdicts(symptomatic=True)[0].is_provisional


@pytest.mark.parametrize(
    "changes",
    [
        {},
        NOT_SEVERE,
        {"mechanism": Mechanism.SECONDARY_VENTRICULAR},
        {"tempo": Tempo.ACUTE},
        {"symptomatic": None},
        {"eroa_mm2": None, "vena_contracta_mm": None},
    ],
)
def test_nothing_ever_reads_as_no_indication(changes):
    for verdict in verdicts(**changes):
        assert verdict.headline is None
        assert verdict.headline_kind is None
        assert verdict.headline_class is None
        text = verdict.summary.lower()
        assert "no indication" not in text
        assert "not indicated" not in text
        assert "not advice against" in text or text.startswith("not applicable: acute")
        assert "of" in verdict.coverage


def test_coverage_counts_each_row_with_a_class_once():
    for edition in EDITIONS:
        rows = {rule.source.row for rule in RULES[edition] if rule.cor is not None}
        assert built_rules(edition) == len(rows)
        planned = edition.total_rules_planned
        assert coverage(edition) == f"{len(rows)} of {planned} rules built"


def test_the_edition_in_force_on_the_day_is_used_and_none_before_the_first():
    def titles(day):
        made = assess(picture(), on=day)
        return [v.edition.title for v in made.editions], made.bodies_without_edition

    before = titles(date(2020, 12, 16))
    assert before == ([], (Body.ACC_AHA, Body.ESC_EACTS))
    assert titles(date(2020, 12, 17)) == (["ACC/AHA 2020"], (Body.ESC_EACTS,))
    assert titles(date(2025, 8, 28)) == (["ACC/AHA 2020", "ESC/EACTS 2021"], ())
    assert titles(date(2025, 8, 29)) == (["ACC/AHA 2020", "ESC/EACTS 2025"], ())


def test_another_edition_may_be_asked_for_and_says_when_it_was_not_published():
    day = date(2023, 5, 1)
    made = assess(picture(), on=day, editions=(ACC_AHA_2020, ESC_EACTS_2025))
    assert [v.not_yet_published for v in made.editions] == [False, True]
    assert any("ESC/EACTS 2025 was not published yet" in note for note in made.notes)
    assert made.of_body(Body.ESC_EACTS) is made.edition(ESC)
    assert assess(picture(), on=date(2019, 1, 1)).of_body(Body.ESC_EACTS) is None


def test_a_rule_of_a_later_companion_document_is_not_held_yet():
    def rows(day):
        made = assess(picture(), on=day)
        return {f.rule.source.row for f in made.edition(AHA).findings}

    assert "HF22-GD-01" not in rows(date(2022, 3, 1))
    assert "HF22-GD-01" in rows(date(2023, 3, 1))


def test_an_edition_that_was_not_assessed_is_not_found():
    with pytest.raises(LookupError):
        assessed().edition("esc-eacts-2021")


# --- The rows' boundary cases --------------------------------------------------------------------


def met_rows(verdict):
    """The rows of the rules for an intervention that are met."""
    found = [f for f in verdict.findings if f.rule.is_timing and f.verdict is Verdict.MET]
    return {f.rule.source.row for f in found}


def test_boundary_case_1_is_class_1_in_both():
    aha, esc = verdicts(lvef_percent=60, lvesd_mm=39)
    assert met_rows(aha) == {"AHA-PI-02"}
    assert met_rows(esc) == {"ESC25-P-03"}


def test_boundary_case_3_is_met_by_esc_through_the_index_only():
    made = decided(lvef_percent=61, lvesd_mm=39, bsa_m2=D("1.90"))
    assert made.edition(AHA).headline is None
    assert made.edition(ESC).strongest_decided is Cor.CLASS_I
    assert made.why_they_differ == (
        "ESC/EACTS 2025 also counts LVESD over body surface area as LV dysfunction, ACC/AHA does "
        "not; here: LVESDi (20.53 mm/m²)."
    )


def test_boundary_case_5_meets_no_class_1():
    for verdict in verdicts(lvef_percent=65, lvesd_mm=36, bsa_m2=2):
        assert met_rows(verdict) == set()
        assert verdict.strongest_possible is None


def test_boundary_case_9_is_an_intervention_by_acc_aha():
    aha, esc = verdicts(symptomatic=True, lvef_percent=25, operability=Operability.HIGH_RISK)
    assert aha.strongest_decided is Cor.CLASS_1
    assert esc.strongest_decided is None


def test_boundary_case_13_is_severe_by_esc_and_not_decided_by_acc_aha():
    made = assessed(
        mechanism=Mechanism.SECONDARY_VENTRICULAR,
        eroa_mm2=32,
        vena_contracta_mm=None,
        regurgitant_volume_ml=48,
        orifice_elliptical=True,
        low_flow=True,
    )
    aha, esc = made.severities
    assert (aha.is_severe, esc.is_severe) == (None, True)
    assert "cmr_regurgitant_fraction_percent" in aha.missing
    assert "vena_contracta_area_mm2" in aha.missing
    assert "not decided by ACC/AHA and severe by ESC/EACTS" in made.why_they_differ


# --- Completions against brute force -------------------------------------------------------------

GRID = {
    "severe_mr_acc_aha": [True, False],
    "severe_mr_esc_eacts": [True, False],
    "mechanism": [Mechanism.PRIMARY, Mechanism.MIXED, Mechanism.SECONDARY_ATRIAL],
    "symptomatic": [True, False],
    "lvef_percent": [Interval.point(D(v)) for v in ("40", "60", "60.5", "70")],
    "lvesd_mm": [Interval.point(D(v)) for v in ("30", "36", "38", "39.9", "40", "45")],
    "bsa_m2": [Interval.point(D(v)) for v in ("1.2", "1.5", "1.8", "1.9", "2.0", "2.5")],
}


def brute_force(rules, readings, unknown):
    stands = []
    for values in product(*(GRID[name] for name in unknown)):
        case = complete_ratios({**readings, **dict(zip(unknown, values, strict=True))})
        verdict = [judge(rule, case) for rule in rules]
        stands.append(any(v in (Verdict.MET, Verdict.PENDING_JUDGEMENT) for v in verdict))
    return all(stands), any(stands)


@pytest.mark.parametrize("rules", [ACC_AHA_RULES, ESC_RULES], ids=["acc-aha", "esc-eacts"])
@pytest.mark.parametrize(
    "unknown",
    [
        ("symptomatic",),
        ("symptomatic", "lvesd_mm"),
        ("lvesd_mm", "bsa_m2"),
        ("lvef_percent", "bsa_m2", "symptomatic"),
        ("mechanism", "symptomatic", "lvesd_mm"),
        ("severe_mr_acc_aha", "severe_mr_esc_eacts", "lvef_percent", "lvesd_mm"),
        ("mechanism", "symptomatic", "lvef_percent", "lvesd_mm", "bsa_m2"),
    ],
)
@pytest.mark.parametrize("lvef", ["58", "60", "65"])
@pytest.mark.parametrize("lvesd", ["34", "38", "41"])
def test_completions_agree_with_brute_force(rules, unknown, lvef, lvesd):
    known = {
        "severe_mr_acc_aha": True,
        "severe_mr_esc_eacts": True,
        "mechanism": Mechanism.PRIMARY,
        "symptomatic": False,
        "lvef_percent": Interval.point(D(lvef)),
        "lvesd_mm": Interval.point(D(lvesd)),
        "bsa_m2": Interval.point(D("1.9")),
    }
    readings = complete_ratios({n: v for n, v in known.items() if n not in unknown})
    always, possibly = brute_force(rules, readings, unknown)
    standing = stand(rules, readings)
    assert (standing.headline == 3) is always
    assert (standing.possible == 3) is possibly


def test_weaker_classes_are_told_apart_from_stronger_ones():
    def made(cor, when):
        return Rule(
            id=f"test/{cor.value}",
            edition=ACC_AHA_2020,
            section="",
            cor=cor,
            loe=Loe.A,
            source=Source("", Verification.FROM_KNOWLEDGE),
            applies=equals("atrial_fibrillation", True),
            when=when,
            advice=Advice.TEER,
            message="",
        )

    rules = (
        made(Cor.CLASS_1, at_least("spap_mmhg", D(50))),
        made(Cor.CLASS_2A, at_most("spap_mmhg", D(50))),
        made(Cor.CLASS_3_HARM, at_least("nyha_class", D(1))),
        made(Cor.CLASS_2B, all_of(at_least("repair_likelihood_percent", D(95)))),
    )
    in_af = {"atrial_fibrillation": True}
    standing = stand(rules, in_af)
    assert (standing.decided, standing.pending, standing.either_way, standing.possible) == (
        0, 1, 2, 3
    )  # fmt: skip
    certain = stand(rules, {**in_af, "spap_mmhg": Interval.point(D(40))})
    assert (certain.decided, certain.either_way, certain.possible) == (2, 2, 2)
    judged = {**in_af, "repair_likelihood_percent": Interval.point(D(90))}
    assert stand(rules, judged).pending == 0
    without_af = stand(rules, {"spap_mmhg": Interval.point(D(60))})
    assert (without_af.headline, without_af.possible) == (0, 3)


def test_a_rule_that_waits_only_for_a_judgement_it_cannot_use_is_dead():
    rule = Rule(
        id="test/judged",
        edition=ACC_AHA_2020,
        section="",
        cor=Cor.CLASS_1,
        loe=Loe.A,
        source=Source("", Verification.FROM_KNOWLEDGE),
        applies=equals("operability", Operability.OPERABLE),
        when=equals("symptomatic", True),
        advice=Advice.TEER,
        message="",
    )
    assert judge(rule, {"symptomatic": False}) is Verdict.CANNOT_TELL
    assert stand((rule,), {"symptomatic": False}).possible == 0
    assert judge(rule, {"symptomatic": True}) is Verdict.PENDING_JUDGEMENT


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        ({}, ["less than 40 mm", "40 mm", "more than 40 mm"]),
        (
            {"bsa_m2": Interval.point(D("1.8"))},
            ["less than 36.0 mm", "36.0 mm", "more than 36.0, less than 40 mm", "40 mm",
             "more than 40 mm"],
        ),
        ({"lvesd_mm": Interval(D(38), None)}, ["less than 40 mm", "40 mm", "more than 40 mm"]),
        ({"lvesd_mm": Interval(D(41), None)}, ["more than 40 mm"]),
        ({"lvesd_mm": Interval(None, D(30))}, ["less than 40 mm"]),
        ({"lvesd_mm": Interval(D(38), D(40))}, ["less than 40 mm", "40 mm"]),
    ],
)  # fmt: skip
def test_a_number_is_split_at_the_limits_that_the_rules_name(readings, words):
    parts = parts_of(ESC_RULES, readings, "lvesd_mm")
    assert [in_words("lvesd_mm", [part]) for part in parts] == words


def test_a_computed_body_surface_splits_too():
    readings = {"bsa_m2": Interval.point(1.8097), "lvesd_mm": Interval.point(38.0)}
    assert len(parts_of(ESC_RULES, readings, "lvesd_mm")) == 1
    assert len(parts_of(ESC_RULES, {"lvesd_mm": Interval.point(38.0)}, "bsa_m2")) == 3


def test_runs_of_parts_in_words():
    parts = parts_of(ESC_RULES, {"bsa_m2": Interval.point(D("1.8"))}, "lvesd_mm")
    assert in_words("lvesd_mm", parts[1:]) == "36.0 mm or more"
    assert in_words("lvesd_mm", parts[:2]) == "36.0 mm or less"
    assert in_words("lvesd_mm", parts[1:3]) == "36.0 or more, less than 40 mm"
    assert in_words("lvesd_mm", parts[1:4]) == "36.0 or more, at most 40 mm"


def test_an_unlimited_fact_is_one_part():
    assert len(parts_of(ESC_RULES, {}, "weight_kg")) == 1


def test_terms_that_no_rule_names_are_one_part():
    words = [part.words for part in parts_of(ESC_RULES, {}, "etiology")]
    assert words[-1] == "any other"
    assert "Rheumatic" in words
    operability = [part.words for part in parts_of(ESC_RULES, {}, "operability")]
    assert operability == ["Operable", "High risk or Inoperable"]
    assert len(parts_of(ESC_RULES, {}, "mitral_valve_state")) == 7


def test_terms_that_are_all_named_need_no_other():
    every = tuple(CenterType)
    rule = replace(ACC_AHA_RULES[0], id="test/center", applies=one_of("valve_center", *every))
    words = [part.words for part in parts_of((rule,), {}, "valve_center")]
    assert words == [center.label for center in every if center is not CenterType.UNKNOWN]


# --- The registry --------------------------------------------------------------------------------


def test_every_rule_has_an_id_a_row_and_its_own_edition():
    ids = [rule.id for rule in all_rules()]
    assert len(set(ids)) == len(ids)
    for edition, rules in RULES.items():
        for rule in rules:
            assert rule.edition is edition
            assert rule.id.startswith(f"{edition.id}/")
            assert rule.message.rstrip(")").endswith((".", "?"))
            assert rule.source.row
            assert rule_of(rule.id) is rule
            assert str(edition) == edition.title
    with pytest.raises(LookupError):
        rule_of("acc-aha-2020/primary/none")


def test_the_verification_of_a_row_is_kept():
    kept = {rule.source.row: rule.source.verification for rule in all_rules()}
    # Of two tags, for the threshold and for class and level, the weaker one counts.
    assert kept["AHA-PI-01"] is kept["AHA-PI-02"] is Verification.FROM_KNOWLEDGE
    assert kept["ESC25-P-02"] is kept["ESC25-P-03"] is Verification.PRIMARY_DOCUMENT


def test_a_strength_has_a_class_in_each_alphabet():
    assert class_of(ACC_AHA_2020, 2) is Cor.CLASS_2A
    assert class_of(ESC_EACTS_2025, 1) is Cor.CLASS_IIB
    assert class_of(ESC_EACTS_2025, 0) is None


def test_the_picture_of_the_tests_is_itself_without_a_trigger():
    made = decided()
    assert made.grade.is_severe is True
    assert made.missing == ()
