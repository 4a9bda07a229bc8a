"""Corners that the pictures of the other tests do not reach."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from guidelines.assessment import assess, graded_picture
from guidelines.catalogue import DEFINITIONS, _each_once
from guidelines.comparison import difference_between
from guidelines.course_limits import _adverse_limit
from guidelines.criteria import at_least, at_most, limit_of, one_of
from guidelines.editions import HeadlineKind
from guidelines.facts import ClinicalPicture
from guidelines.flips import nearest_flip
from guidelines.registry import ACC_AHA_2020, EDITIONS, ESC_EACTS_2025, edition_of
from guidelines.surveillance import FollowUpKind
from guidelines.vocabulary import Body, Cor, Mechanism
from tests.guidelines.pictures import DECIDED, NOT_SEVERE, TODAY, decided, quiet
from tests.guidelines.test_surveillance import ON, case, due_of

D = Decimal
AHA, ESC = "acc-aha-2020", "esc-eacts-2025"
BEFORE_ALL = date(2000, 1, 1)


def sentence(stronger, weaker, severities):
    picture = quiet()
    return difference_between((stronger, weaker), severities, picture, picture.readings())


# --- Why two editions differ ---------------------------------------------------------------------


def test_a_class_without_a_topic_names_the_facts_that_only_it_rests_on():
    sick, mild = decided(lvef_percent=55), decided(**NOT_SEVERE)
    made = sentence(sick.edition(AHA), mild.edition(ESC), sick.severities)
    assert made.row == ""
    assert made.facts == ("lvef_percent",)
    assert made.text == "ACC/AHA 2020 also uses LVEF (55 %); ESC/EACTS 2025 does not."


def test_a_topic_without_counterparts_or_own_facts_is_named_alone():
    worse, steady = decided(progressive_lv_change=True), decided()
    assert worse.edition(AHA).standing.headline > steady.edition(AHA).standing.headline
    made = sentence(worse.edition(AHA), steady.edition(AHA), worse.severities)
    assert made.row == "DF-08"
    assert made.facts == ()
    assert made.text.endswith("no numbered rule in ESC/EACTS.")


# --- Mixed mechanism (SAFE-10) -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cabg_planned": True}, "if the secondary part dominates"),
        ({"lvef_percent": 55}, "if the primary part dominates"),
        ({"cabg_planned": True, "lvef_percent": 55}, "mixed mechanism, by the rules of both parts"),
    ],
)
def test_a_mixed_mechanism_says_which_part_must_dominate(changes, words):
    verdict = decided(mechanism=Mechanism.MIXED, **changes).edition(ESC)
    assert verdict.headline_class is Cor.CLASS_I
    assert f": {words}: " in verdict.headline


# --- Flips and limits ----------------------------------------------------------------------------


def test_the_same_class_awaiting_the_team_is_not_the_other_side_of_a_limit():
    """Pressure above 50 mmHg decides class IIa, which the atrium keeps, pending the team."""
    given = {"la_volume_index_ml_m2": 62, "durable_repair_likely": None}
    above, at_limit = (decided(**given, spap_mmhg=value).edition(ESC) for value in (51, 50))
    assert above.headline_kind is HeadlineKind.MET
    assert at_limit.headline_kind is HeadlineKind.PENDING_JUDGEMENT
    assert above.headline_class is at_limit.headline_class is Cor.CLASS_IIA
    picture = graded_picture(quiet(**{**DECIDED, **given, "spap_mmhg": 51})).picture
    found = nearest_flip(above, picture)
    assert found is None or found.name != "spap_mmhg"


@pytest.mark.parametrize(
    "criterion",
    [
        at_most("lvesd_mm", D(70)),  # a ceiling: the sicker value fails it
        at_least("lvef_percent", D(20)),  # the lower end of a window
        at_least("age_years", D(65)),  # no measure of a course
        one_of("mechanism", Mechanism.PRIMARY),  # no number
    ],
    ids=str,
)
def test_what_a_sicker_value_does_not_meet_is_no_limit_of_a_course(criterion):
    assert _adverse_limit(criterion) is None


def test_what_a_sicker_value_meets_is_a_limit_of_a_course():
    criterion = at_most("lvef_percent", D(60))
    assert _adverse_limit(criterion) == (limit_of(criterion)[0], False)


# --- What is asked for by name -------------------------------------------------------------------


def test_an_edition_is_found_by_its_id_and_a_misspelt_one_is_an_error():
    assert [edition_of(edition.id) for edition in EDITIONS] == list(EDITIONS)
    with pytest.raises(LookupError, match="no such edition: 'acc-aha-2002'"):
        edition_of("acc-aha-2002")


def test_a_fact_defined_twice_is_an_error():
    assert _each_once(DEFINITIONS) == DEFINITIONS
    with pytest.raises(ValueError, match=rf"defined twice: \['{DEFINITIONS[3].name}'\]"):
        _each_once((*DEFINITIONS, DEFINITIONS[3]))


# --- A body without an edition -------------------------------------------------------------------


def test_before_the_first_edition_no_body_speaks_and_none_reads_as_no_indication():
    made = assess(picture_of(BEFORE_ALL), on=BEFORE_ALL)
    assert made.editions == ()
    assert set(made.bodies_without_edition) == {Body.ACC_AHA, Body.ESC_EACTS}
    assert made.of_body(Body.ACC_AHA) is None
    assert made.why_they_differ == ""
    assert (made.vetoes, made.vetoes_to_settle) == ((), ())
    assert made.as_dict()["bodies_without_edition"] == ["acc_aha", "esc_eacts"]


def picture_of(day):
    """The quiet picture, all of it recorded on this day."""
    facts = quiet().facts
    return ClinicalPicture({name: replace(each, on=day) for name, each in facts.items()})


@pytest.mark.parametrize(
    ("held", "missing"),
    [((ACC_AHA_2020,), Body.ESC_EACTS), ((ESC_EACTS_2025,), Body.ACC_AHA)],
)
def test_one_body_alone_is_judged_and_the_other_is_said_to_be_missing(held, missing):
    made = assess(quiet(lvef_percent=55), on=TODAY, editions=held)
    assert [verdict.edition for verdict in made.editions] == list(held)
    assert made.bodies_without_edition == (missing,)
    assert made.of_body(missing) is None
    assert made.of_body(held[0].body) is made.edition(held[0].id)
    assert made.why_they_differ == ""
    with pytest.raises(LookupError, match="not assessed"):
        made.edition("esc-eacts-2021")


# --- What speaks against a plan ------------------------------------------------------------------


def test_a_rule_against_a_plan_is_asked_while_it_cannot_be_told_and_is_a_veto_when_met():
    row = "acc-aha-2020/primary/replacement-without-repair"
    lesion = {"mitral_replacement_planned": True, "lesion_under_half_of_posterior_leaflet": True}
    asked = decided(**lesion)
    assert row in {finding.rule.id for finding in asked.vetoes_to_settle}
    assert row not in {finding.rule.id for finding in asked.vetoes}
    met = decided(**lesion, repair_attempted_and_failed=False)
    assert row in {finding.rule.id for finding in met.vetoes}
    assert row not in {finding.rule.id for finding in met.vetoes_to_settle}
    assert row in met.as_dict()["vetoes"]


def test_without_the_plan_the_same_rule_is_neither_a_veto_nor_a_question():
    made = decided(lesion_under_half_of_posterior_leaflet=True, repair_attempted_and_failed=False)
    assert made.vetoes == ()
    assert made.vetoes_to_settle == ()


@pytest.mark.parametrize("plan", ["mitral_surgery_planned", "teer_planned"])
def test_a_planned_intervention_counts_as_indicated_for_the_rules_that_ask_how(plan):
    def depending(made):
        rules = [f for verdict in made.editions for f in verdict.findings]
        return [f for f in rules if any(n.startswith("intervention_indicated") for n in f.missing)]

    open_question = {"symptomatic": None, "lvef_percent": 61, "operability": None}
    assert depending(decided(**open_question))
    assert depending(decided(**open_question, **{plan: True})) == []


# --- Due dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", [1, 4])
def test_an_alarm_to_contact_today_brings_the_visit_to_today_and_keeps_a_decision(grade):
    due = due_of(case(grade=grade, contact_today=True, symptomatic=grade == 4), ACC_AHA_2020)
    assert due.visit.by == ON
    assert "An alarm asks to contact the patient today." in due.reasons
    assert due.kind is (FollowUpKind.DECISION if grade == 4 else FollowUpKind.NOW)
