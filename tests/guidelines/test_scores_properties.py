"""What holds for every score: gaps only widen, sicker never lowers, everything is said."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.facts import Fact, Interval
from guidelines.scores import SCORES, score_of
from guidelines.scores.cha2ds2 import cha2ds2_va, cha2ds2_vasc
from guidelines.scores.coapt import coapt
from guidelines.scores.euroscore1 import euroscore1
from guidelines.scores.euroscore2 import Urgency, Weight, euroscore2
from guidelines.scores.has_bled import has_bled
from guidelines.scores.items import YesNo, missing_of
from guidelines.scores.mida import mida
from guidelines.scores.mitrascore import ANEMIA_MEN, ANEMIA_WOMEN, mitrascore
from guidelines.scores.renal import creatinine_clearance, egfr
from guidelines.scores.score import Stratum
from guidelines.scores.six_minute_walk import lower_limit_of_walk, six_minute_walk
from guidelines.vocabulary import Sex, Verification
from tests.guidelines.score_inputs import complete_inputs

RISKS = {
    "euroscore-2": euroscore2,
    "euroscore-1-logistic": euroscore1,
    "mida": mida,
    "mitrascore": mitrascore,
    "coapt": coapt,
    "cha2ds2-vasc": cha2ds2_vasc,
    "cha2ds2-va": cha2ds2_va,
    "has-bled": has_bled,
}
FORMULAS = {
    "cockcroft-gault": creatinine_clearance,
    "ckd-epi-2021": egfr,
    "six-minute-walk": six_minute_walk,
    "six-minute-walk-lower-limit": lower_limit_of_walk,
}
ALL = RISKS | FORMULAS
# Inputs of which less, or "no", is the sicker answer.
SICKER_WHEN_LESS = {
    "lvef_percent", "creatinine_clearance_ml_min", "egfr_ml_min_173", "hemoglobin_g_dl",
    "ttr_percent",
}  # fmt: skip
BETTER_WHEN_TRUE = {"ras_inhibitor", "teer_with_gdmt"}
ORDERS = {
    "sex": [Sex.MALE, Sex.FEMALE],
    "urgency": list(Urgency),
    "weight_of_operation": list(Weight),
}


def names_of(score_id):
    return [each.name for each in score_of(score_id).inputs]


def of_one_patient(known):
    """The same inputs, with the answer about anemia that the hemoglobin defines.

    An answer that contradicts its own measurement belongs to no patient; the score flags it.
    """
    if "anemia" not in known:
        return known
    limit = ANEMIA_WOMEN if known["sex"].value is Sex.FEMALE else ANEMIA_MEN
    return known | {"anemia": Fact(known["hemoglobin_g_dl"].value < limit)}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_knowing_a_missing_input_keeps_the_value_inside_the_earlier_range(data):
    score_id = data.draw(st.sampled_from(sorted(ALL)))
    known = of_one_patient(data.draw(complete_inputs(names_of(score_id))))
    gaps = data.draw(st.sets(st.sampled_from(sorted(known))))
    vague = {name: fact for name, fact in known.items() if name not in gaps}
    before, after = ALL[score_id](vague), ALL[score_id](known)
    assert after.is_computed
    assert after.missing == ()
    assert after.value is not None
    if before.is_computed:
        assert before.lowest <= after.lowest <= after.highest <= before.highest
        assert set(after.strata) <= set(before.strata)
    assert set(before.missing) <= gaps


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_knowing_one_of_several_missing_inputs_only_narrows_the_range(data):
    score_id = data.draw(st.sampled_from(sorted(RISKS)))
    known = of_one_patient(data.draw(complete_inputs(names_of(score_id))))
    gaps = data.draw(st.lists(st.sampled_from(sorted(known)), min_size=1, unique=True))
    vague = {name: fact for name, fact in known.items() if name not in gaps}
    before = RISKS[score_id](vague)
    after = RISKS[score_id](vague | {gaps[0]: known[gaps[0]]})
    assert before.lowest <= after.lowest <= after.highest <= before.highest


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_number_known_as_a_range_bounds_every_number_in_it(data):
    score_id = data.draw(st.sampled_from(sorted(ALL)))
    known = data.draw(complete_inputs(names_of(score_id)))
    numbers = [name for name, fact in known.items() if isinstance(fact.value, Decimal)]
    name = data.draw(st.sampled_from(sorted(numbers)))
    value = known[name].value
    below, above = data.draw(st.integers(0, 5)), data.draw(st.integers(0, 5))
    if name == "age_years":
        below = min(below, int(value) - 18)
    around = Fact(Interval(max(value - below, Decimal("0.1")), value + above))
    before, after = ALL[score_id](known | {name: around}), ALL[score_id](known)
    assert before.lowest <= after.lowest <= after.highest <= before.highest


@settings(max_examples=90, deadline=None)
@given(st.data())
def test_a_sicker_input_never_lowers_a_risk(data):
    """But for dialysis, which weighs less in EuroSCORE II than a low clearance without it."""
    score_id = data.draw(st.sampled_from(sorted(RISKS)))
    first = data.draw(complete_inputs(names_of(score_id)))
    second = data.draw(complete_inputs(names_of(score_id)))
    name = data.draw(st.sampled_from(sorted(first)))
    if (score_id, name) == ("euroscore-2", "dialysis"):
        return
    better, sicker = sorted((first[name].value, second[name].value), key=lambda v: rank(name, v))
    before = RISKS[score_id](first | {name: Fact(better)})
    after = RISKS[score_id](first | {name: Fact(sicker)})
    assert before.lowest <= after.lowest
    assert before.highest <= after.highest


def rank(name, value):
    if name in ORDERS:
        return ORDERS[name].index(value)
    is_reversed = name in SICKER_WHEN_LESS or name in BETTER_WHEN_TRUE
    return -value if is_reversed else value


@pytest.mark.parametrize("score_id", sorted(RISKS))
def test_with_nothing_known_every_input_that_matters_is_named(score_id):
    made = RISKS[score_id]({})
    assert set(made.missing) == set(names_of(score_id))
    assert made.lowest < made.highest


@pytest.mark.parametrize("score_id", sorted(ALL))
def test_every_result_is_plain_data_with_its_sources(score_id):
    day = date(2024, 3, 1)
    fact = Fact(Decimal(70), day, "patient:x", method="counted", reason="as told")
    name = "age_years" if "age_years" in names_of(score_id) else "lvesd_mm"
    made = ALL[score_id]({name: fact})
    stored = json.loads(json.dumps(made.as_dict()))
    used = next(each for each in stored["inputs"] if each["name"] == name)
    assert used["text"].startswith("70 ")
    assert (used["on"], used["source"], used["method"]) == ("2024-03-01", "patient:x", "counted")
    assert used["reason"] == "as told"
    others = [each for each in stored["inputs"] if each["name"] != name]
    assert {each["text"] for each in others} == {"not known"}
    assert {each["reason"] for each in others} == {"not recorded"}
    assert all(each["meaning"] for each in stored["inputs"])
    assert stored["citation"]
    assert stored["score"] == score_id == stored["formula"]
    assert stored["caveats"] == list(made.definition.caveats)


@pytest.mark.parametrize("score_id", sorted(ALL))
def test_a_misspelt_input_is_an_error(score_id):
    with pytest.raises(LookupError, match="no input"):
        ALL[score_id]({"agee": Fact(Decimal(70))})


def test_the_registry_lists_every_score_once_with_its_source():
    ids = [each.id for each in SCORES]
    assert len(ids) == len(set(ids)) == 13
    assert set(ALL) | {"ttr-rosendaal"} == set(ids)
    for score in SCORES:
        assert score.rows
        assert isinstance(score.verification, Verification)
        json.dumps(score.as_dict())
    with pytest.raises(LookupError, match="sts"):
        score_of("sts-prom")


def test_what_may_not_be_computed_is_not_a_score():
    titles = " ".join(each.title + each.id for each in SCORES).lower()
    assert not any(word in titles for word in ("sts", "kccq", "mlhfq", "prom"))


def test_words_and_answers_are_said_in_words():
    made = euroscore2(
        {
            "urgency": Fact(Urgency.ELECTIVE),
            "dialysis": Fact(False),
            "poor_mobility": Fact(True),
            "lvef_percent": Fact(Interval(Decimal(55), Decimal(60))),
            "weight_of_operation": Fact(None, reason="too old"),
        }
    )
    said = {each.name: each.text for each in made.inputs}
    assert said["urgency"] == "Elective"
    assert (said["dialysis"], said["poor_mobility"]) == ("no", "yes")
    assert said["lvef_percent"] == "55\N{EN DASH}60 %"
    weight = next(each for each in made.inputs if each.name == "weight_of_operation")
    assert (weight.is_known, weight.reason) == (False, "too old")


def test_an_exact_score_has_one_value_and_its_unit():
    made = creatinine_clearance(
        {
            "age_years": Fact(Decimal(68)),
            "sex": Fact(Sex.MALE),
            "weight_kg": Fact(Decimal(70)),
            "creatinine_umol_l": Fact(Decimal(221)),
        }
    )
    assert made.text == "28 mL/min"
    assert made.as_dict()["value"] == "28"


@pytest.mark.parametrize(
    ("low_open", "high_open", "met"),
    [(False, False, (True, True)), (True, True, (False, False))],
)
def test_a_group_has_open_or_closed_ends(low_open, high_open, met):
    group = Stratum("", "", Decimal(4), Decimal(8), low_open=low_open, high_open=high_open)
    assert group.meets(Decimal(1), Decimal(4)) is met[0]
    assert group.meets(Decimal(8), Decimal(9)) is met[1]
    assert group.meets(Decimal(5), Decimal(6))
    assert not group.meets(Decimal(1), Decimal(3))


def test_an_item_that_is_settled_misses_nothing():
    item = YesNo("item", "answer", Decimal(1))
    assert missing_of(item, {"answer": Fact(True)}) == ()
    assert missing_of(item, {}) == ("answer",)
