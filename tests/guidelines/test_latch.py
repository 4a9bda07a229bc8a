"""The latch: what met a class 1 rule stays open until somebody decides (hazard H2)."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidelines.assessment import graded_picture
from guidelines.editions import HeadlineKind, judge_edition, judge_timing
from guidelines.latch import (
    Evidence,
    Fold,
    Moment,
    OpenTrigger,
    moment_of,
    open_trigger,
    open_triggers,
)
from guidelines.registry import ACC_AHA_2020
from guidelines.rule import Known
from guidelines.vocabulary import Body
from tests.guidelines.pictures import TODAY, quiet

PUBLISHED = date(2020, 12, 17)
DAY = date(2024, 3, 2)


def moment(
    on,
    *,
    stands=True,
    answered_by="",
    reopened_by="",
    ends=False,
    evidence_on=None,
    body=Body.ACC_AHA,
    grounds=(),
):
    shown = Evidence("lvesd_mm", "LVESD 41 mm", evidence_on or on, "echo:1")
    return Moment(
        on=on,
        body=body,
        edition="ACC/AHA 2020",
        published_on=PUBLISHED,
        kind=HeadlineKind.MET if stands else None,
        said="Class 1: surgery is recommended." if stands else "",
        rows=("AHA-PI-02",) if stands else (),
        evidence=(shown,) if stands else (),
        answered_by=answered_by,
        reopened_by=reopened_by,
        ends=ends,
        grounds=frozenset(grounds) if stands else frozenset(),
    )


def after_a_decision(*later, grounds=("LVEF ≤ 60 %",)):
    """What is open at the end of a story in which a decision answered these grounds."""
    decided = moment(
        DAY + timedelta(days=20), answered_by="intervene", evidence_on=DAY, grounds=grounds
    )
    return open_trigger([moment(DAY, grounds=grounds), decided, *later])


def test_nothing_was_met_and_nothing_is_open():
    assert open_trigger([]) is None
    assert open_trigger([moment(DAY, stands=False)]) is None


def test_what_stands_today_is_open_since_the_day_it_was_met():
    trigger = open_trigger([moment(DAY), moment(DAY + timedelta(days=30))])
    assert trigger is not None
    assert (trigger.since, trigger.still_stands) == (DAY, True)
    assert "nobody has decided" in trigger.text


def test_a_newer_value_within_its_error_does_not_close_it():
    later = DAY + timedelta(days=200)
    trigger = open_trigger([moment(DAY), moment(later, stands=False)])
    assert trigger is not None
    assert (trigger.since, trigger.last_stood_on, trigger.still_stands) == (DAY, DAY, False)
    assert "a newer value does not close it" in trigger.text
    assert "LVESD 41 mm" in trigger.text
    assert open_trigger([moment(DAY), moment(later, stands=False), moment(later, stands=False)])


def test_a_decision_closes_it_also_when_it_stands_on_the_same_day():
    later = DAY + timedelta(days=20)
    assert open_trigger([moment(DAY), moment(later, stands=False, answered_by="watch")]) is None
    answered = moment(later, answered_by="team decision: watchful waiting", evidence_on=DAY)
    assert open_trigger([moment(DAY), answered]) is None


def test_after_a_decision_only_newer_evidence_opens_it_again():
    decided = moment(DAY + timedelta(days=20), answered_by="watch", evidence_on=DAY)
    old = moment(DAY + timedelta(days=40), evidence_on=DAY)
    new = moment(DAY + timedelta(days=60))
    assert open_trigger([moment(DAY), decided, old]) is None
    trigger = open_trigger([moment(DAY), decided, old, new])
    assert trigger is not None
    assert trigger.since == new.on


def test_an_answer_holds_while_newer_evidence_says_the_same():
    for days in (40, 90, 400):
        same = moment(DAY + timedelta(days=days), grounds=["LVEF ≤ 60 %"])
        assert after_a_decision(same) is None
        assert after_a_decision(same, replace(same, on=same.on + timedelta(days=1))) is None


def test_a_ground_that_was_not_there_opens_it_again_and_is_named():
    both = moment(DAY + timedelta(days=40), grounds=["LVEF ≤ 60 %", "symptoms"])
    trigger = after_a_decision(both)
    assert trigger is not None
    assert (trigger.since, trigger.new_grounds) == (both.on, ("symptoms",))
    assert "new since the decision: symptoms" in trigger.text
    alone = moment(DAY + timedelta(days=60), grounds=["LVEF ≤ 60 %"])
    still = after_a_decision(both, alone)
    assert still is not None
    assert (still.since, still.still_stands, still.new_grounds) == (both.on, True, ("symptoms",))


def test_a_second_decision_answers_both_grounds():
    both = moment(DAY + timedelta(days=40), grounds=["LVEF ≤ 60 %", "symptoms"])
    again = moment(
        DAY + timedelta(days=50), answered_by="watch", evidence_on=both.on, grounds=both.grounds
    )
    later = moment(DAY + timedelta(days=80), grounds=["symptoms"])
    assert after_a_decision(both, again, later) is None


def test_what_went_and_came_back_is_new():
    gone = moment(DAY + timedelta(days=40), stands=False)
    back = moment(DAY + timedelta(days=60), grounds=["LVEF ≤ 60 %"])
    assert after_a_decision(gone) is None
    trigger = after_a_decision(gone, back)
    assert trigger is not None
    assert trigger.since == back.on


def test_an_answer_to_something_else_is_none_to_a_class_1():
    decided = moment(DAY, stands=False, answered_by="watch")
    met = moment(DAY + timedelta(days=40), grounds=["symptoms"])
    assert open_trigger([decided, met]) is not None


@pytest.mark.parametrize("stands", [True, False])
def test_a_decision_that_was_not_carried_out_opens_it_again(stands):
    decided = moment(DAY + timedelta(days=20), answered_by="intervention", evidence_on=DAY)
    cancelled = moment(
        DAY + timedelta(days=60), stands=stands, reopened_by="cancelled", evidence_on=DAY
    )
    trigger = open_trigger([moment(DAY), decided, cancelled])
    assert trigger is not None
    assert trigger.since == DAY
    assert trigger.still_stands is stands
    assert open_trigger([moment(DAY, stands=False), cancelled]) is None or stands


def test_death_ends_it():
    assert open_trigger([moment(DAY), moment(DAY + timedelta(days=9), ends=True)]) is None


def test_the_clock_starts_no_earlier_than_the_edition_and_says_so():
    trigger = open_trigger([moment(PUBLISHED, evidence_on=date(2019, 1, 1))])
    assert trigger is not None
    assert trigger.clock_starts_with_publication
    assert "counted from the publication" in trigger.text


def test_each_body_is_followed_by_itself():
    esc = moment(DAY, body=Body.ESC_EACTS)
    found = open_triggers([moment(DAY), esc, moment(DAY + timedelta(days=1), stands=False)])
    assert [trigger.body for trigger in found] == [Body.ACC_AHA, Body.ESC_EACTS]
    assert [trigger.still_stands for trigger in found] == [False, True]
    assert found[0].as_dict()["since"] == "2024-03-02"


def test_undated_evidence_counts_from_the_day_itself():
    undated = Moment(DAY, Body.ACC_AHA, "ACC/AHA 2020", PUBLISHED, HeadlineKind.MET)
    assert undated.evidence_on == DAY
    assert Evidence("lvesd_mm", "LVESD 41 mm", None, "").as_dict()["on"] is None


def _verdict(**changes):
    graded = graded_picture(quiet(**changes)).picture
    known = Known.of(graded)
    return judge_timing(ACC_AHA_2020, known, on=TODAY), graded, known


@pytest.mark.parametrize(
    ("changes", "kind", "row"),
    [
        ({"lvesd_mm": Decimal(41)}, HeadlineKind.MET, "AHA-PI-02"),
        ({"lvef_percent": Decimal(58), "symptomatic": None},
         HeadlineKind.EITHER_WAY, "AHA-PI-01"),
    ],
)  # fmt: skip
def test_a_moment_holds_the_rules_and_the_evidence(changes, kind, row):
    verdict, graded, known = _verdict(**changes)
    made = moment_of(verdict, graded, on=TODAY)
    assert made.kind is kind
    assert row in made.rows
    assert any(evidence.name.startswith("lv") for evidence in made.evidence)
    full = judge_edition(ACC_AHA_2020, known, on=TODAY)
    assert full.headline == verdict.headline


LVEF, LVESD, SYMPTOMS = "LVEF ≤ 60 %", "LVESD ≥ 40 mm", "symptoms attributed to the regurgitation"


@pytest.mark.parametrize(
    ("changes", "grounds"),
    [
        ({"lvesd_mm": Decimal(40)}, {LVESD}),
        ({"lvesd_mm": Decimal(41), "lvef_percent": Decimal(60)}, {LVESD, LVEF}),
        ({"lvef_percent": Decimal(58), "symptomatic": None}, {LVEF}),
        ({"symptomatic": True}, {SYMPTOMS}),
        ({"symptomatic": True, "lvef_percent": Decimal(51)}, {SYMPTOMS, LVEF}),
        ({"symptomatic": True, "lvef_percent": Decimal(50)}, {SYMPTOMS, LVEF, "LVEF ≤ 50 %"}),
        (
            {"symptomatic": True, "nyha_class": Decimal(3)},
            {SYMPTOMS, "NYHA class ≥ 3"},
        ),
        ({}, set()),
    ],
)
def test_the_grounds_are_what_holds_of_the_rules_of_class_1(changes, grounds):
    verdict, graded, _ = _verdict(**changes)
    assert moment_of(verdict, graded, on=TODAY).grounds == grounds


def test_a_moment_without_a_class_1_holds_nothing():
    verdict, graded, _ = _verdict()
    made = moment_of(verdict, graded, on=TODAY, answered_by="watch")
    assert (made.kind, made.rows, made.evidence, made.answered_by) == (None, (), (), "watch")


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_no_undecided_trigger_ever_leaves_without_an_act(days):
    moments = [
        moment(DAY + timedelta(days=number), stands=stands, answered_by="act" if acted else "")
        for number, (stands, acted) in enumerate(days)
    ]
    last_act = max((n for n, (_, acted) in enumerate(days) if acted), default=-1)
    met_since = any(stands for stands, _ in days[last_act + 1 :])
    assert (open_trigger(moments) is not None) == met_since


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=9), st.data())
def test_a_fold_that_was_written_down_goes_on_as_if_it_had_not_been(days, data):
    moments = [
        moment(
            DAY + timedelta(days=number),
            stands=stands,
            answered_by="act" if acted else "",
            reopened_by="cancelled" if cancelled else "",
        )
        for number, (stands, acted, cancelled) in enumerate(days)
    ]
    at = data.draw(st.integers(0, len(moments)))
    fold = Fold()
    for each in moments[:at]:
        fold = fold.after(each)
    fold = Fold.from_dict(json.loads(json.dumps(fold.as_dict())))
    for each in moments[at:]:
        fold = fold.after(each)
    assert fold.standing == open_trigger(moments)


def test_a_trigger_reads_back_as_it_was_written():
    trigger = open_trigger([moment(DAY)])
    assert trigger is not None
    undated = replace(trigger, evidence=(Evidence("operability", "Operable", None, ""),))
    for each in (trigger, undated):
        assert OpenTrigger.from_dict(json.loads(json.dumps(each.as_dict()))) == each
    fold = Fold(None, replace(trigger, new_grounds=("symptoms",)), DAY, frozenset({"symptoms"}))
    assert Fold.from_dict(json.loads(json.dumps(fold.as_dict()))) == fold
