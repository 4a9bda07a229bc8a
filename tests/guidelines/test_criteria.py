"""Criteria: Kleene's tables, limits, words, and failure at import."""

from decimal import Decimal
from itertools import product

import pytest

from guidelines.criteria import (
    above,
    all_of,
    any_of,
    at_least,
    at_least_n_of,
    at_most,
    below,
    either_measured,
    equals,
    limits_of,
    negation,
    one_of,
    terms_of,
)
from guidelines.facts import Interval
from guidelines.vocabulary import Mechanism, Tempo

SIXTY = Decimal(60)
FLAIL = equals("flail_leaflet", True)
JETS = equals("multiple_jets", True)
LOW_FLOW = equals("low_flow", True)
THREE = (True, False, None)


def known(**answers):
    return {name: value for name, value in answers.items() if value is not None}


@pytest.mark.parametrize(
    ("make", "below_it", "at_it", "above_it"),
    [
        (at_least, False, True, True),
        (above, False, False, True),
        (at_most, True, True, False),
        (below, True, False, False),
    ],
)
def test_a_limit_is_exact_on_both_sides(make, below_it, at_it, above_it):
    criterion = make("lvef_percent", SIXTY)
    for value, answer in (("59.99", below_it), ("60", at_it), ("60.01", above_it)):
        reading = Interval.point(Decimal(value))
        assert criterion.holds({"lvef_percent": reading}) is answer
    assert criterion.holds({}) is None
    assert criterion.holds({"lvef_percent": Interval(Decimal(55), Decimal(65))}) is None


@pytest.mark.parametrize(
    ("make", "low_open", "high_open"),
    [
        (at_least, None, False),
        (above, True, False),
        (at_most, False, None),
        (below, False, True),
    ],
)
def test_an_open_end_at_the_limit_excludes_the_limit(make, low_open, high_open):
    criterion = make("lvef_percent", SIXTY)
    more = Interval(SIXTY, None, low_open=True)
    less = Interval(None, SIXTY, high_open=True)
    expected_more = make in (at_least, above)
    assert criterion.holds({"lvef_percent": more}) is expected_more
    assert criterion.holds({"lvef_percent": less}) is not expected_more


@pytest.mark.parametrize(("a", "b"), list(product(THREE, THREE)))
def test_kleene_tables(a, b):
    readings = known(flail_leaflet=a, multiple_jets=b)
    conjunction = False if False in (a, b) else (None if None in (a, b) else True)
    disjunction = True if True in (a, b) else (None if None in (a, b) else False)
    assert all_of(FLAIL, JETS).holds(readings) is conjunction
    assert any_of(FLAIL, JETS).holds(readings) is disjunction
    assert negation(FLAIL).holds(readings) is (None if a is None else not a)


@pytest.mark.parametrize("answers", list(product(THREE, THREE, THREE)))
def test_enough_arms_decide_and_too_few_decide(answers):
    names = ("flail_leaflet", "multiple_jets", "low_flow")
    readings = known(**dict(zip(names, answers, strict=True)))
    yes, unknown = answers.count(True), answers.count(None)
    expected = True if yes >= 2 else (None if yes + unknown >= 2 else False)
    assert at_least_n_of(2, FLAIL, JETS, LOW_FLOW).holds(readings) is expected


def test_it_names_only_the_facts_that_would_decide():
    criterion = any_of(at_most("lvef_percent", SIXTY), all_of(FLAIL, JETS))
    assert criterion.unsettled({}) == {"lvef_percent", "flail_leaflet", "multiple_jets"}
    assert criterion.unsettled({"flail_leaflet": False}) == {"lvef_percent"}
    assert criterion.unsettled(known(flail_leaflet=True, multiple_jets=True)) == frozenset()
    assert criterion.facts == {"lvef_percent", "flail_leaflet", "multiple_jets"}


def test_an_index_asks_for_its_missing_part():
    index = at_least("lvesd_index_mm_m2", Decimal(20))
    lvesd, bsa = Interval.point(Decimal(36)), Interval.point(Decimal(2))
    assert index.unsettled({}) == {"lvesd_mm", "bsa_m2"}
    assert index.unsettled({"lvesd_mm": lvesd}) == {"bsa_m2"}
    assert index.unsettled({"bsa_m2": bsa}) == {"lvesd_mm"}
    assert index.unsettled({"lvesd_index_mm_m2": Interval.point(Decimal(18))}) == frozenset()


def test_it_prints_itself():
    lvef, lvesd = at_most("lvef_percent", SIXTY), at_least("lvesd_mm", Decimal(40))
    assert str(any_of(lvef, lvesd)) == "LVEF ≤ 60 % or LVESD ≥ 40 mm"
    assert str(all_of(any_of(lvef, lvesd), FLAIL)) == (
        "(LVEF ≤ 60 % or LVESD ≥ 40 mm) and flail leaflet: yes"
    )
    assert str(at_least_n_of(2, lvef, lvesd, FLAIL)) == (
        "at least 2 of: LVEF ≤ 60 %; LVESD ≥ 40 mm; flail leaflet: yes"
    )
    assert str(negation(below("nyha_class", Decimal(3)))) == "not (NYHA class < 3)"
    assert str(above("spap_mmhg", Decimal(50))) == "systolic pulmonary artery pressure > 50 mmHg"
    assert str(equals("symptomatic", False)) == "no symptoms of the regurgitation"
    assert str(one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED)) == (
        "mechanism: Primary or Mixed primary and secondary"
    )


@pytest.mark.parametrize(
    ("make", "arguments", "error"),
    [
        (at_least, ("lvef_pct", SIXTY), LookupError),
        (equals, ("symtomatic", True), LookupError),
        (at_least, ("symptomatic", SIXTY), TypeError),
        (at_least, ("lvef_percent", 60.0), TypeError),
        (equals, ("mechanism", Tempo.ACUTE), TypeError),
        (equals, ("mechanism", True), TypeError),
        (one_of, ("mechanism",), TypeError),
        (all_of, (), ValueError),
        (any_of, (), ValueError),
        (at_least_n_of, (3, FLAIL, JETS), ValueError),
        (at_least_n_of, (0, FLAIL), ValueError),
    ],
)
def test_a_mistake_fails_at_import(make, arguments, error):
    with pytest.raises(error):
        make(*arguments)


def test_it_lists_its_limits_and_terms():
    criterion = all_of(at_most("lvef_percent", SIXTY), below("lvef_percent", Decimal(50)), FLAIL,
                       equals("mechanism", Mechanism.PRIMARY))  # fmt: skip
    assert limits_of([criterion]) == {"lvef_percent": frozenset({SIXTY, Decimal(50)})}
    assert terms_of([criterion]) == {Mechanism.PRIMARY}


ATOMS = (
    at_least("lvef_percent", Decimal(50)),
    equals("flail_leaflet", True),
    equals("multiple_jets", True),
)
KINDS = (
    all_of(*ATOMS),
    any_of(*ATOMS),
    at_least_n_of(2, *ATOMS),
    negation(all_of(*ATOMS)),
    either_measured(*ATOMS),
    all_of(any_of(*ATOMS[:2]), negation(ATOMS[2])),
    any_of(all_of(*ATOMS[:2]), at_least_n_of(2, *ATOMS)),
)


@pytest.mark.parametrize("criterion", KINDS, ids=str)
def test_what_is_asked_in_one_pass_is_what_holds_and_what_would_decide(criterion):
    lvef = (None, Interval.point(Decimal(40)), Interval.point(Decimal(60)))
    for low, flail, jets in product(lvef, (None, True, False), (None, True, False)):
        given = {"lvef_percent": low, "flail_leaflet": flail, "multiple_jets": jets}
        readings = {name: value for name, value in given.items() if value is not None}
        held, said = criterion.holds(readings), criterion.ask(readings)
        asked = frozenset().union(*(part.unsettled(readings) for part in criterion.parts))
        assert said == (asked if held is None else held)
        assert criterion.unsettled(readings) == (asked if held is None else frozenset())
