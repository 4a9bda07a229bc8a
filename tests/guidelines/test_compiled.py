"""Compiled verdicts are those of the rules themselves, for one patient and for many."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines import compiled as module
from guidelines.columns import Columns, Cuts, is_known
from guidelines.compiled import (
    BATCH,
    Compiled,
    JudgedTogether,
    compiled,
    verdicts_of,
    verdicts_of_many,
)
from guidelines.criteria import (
    Criterion,
    above,
    all_of,
    any_of,
    at_least,
    at_least_n_of,
    at_most,
    below,
    equals,
    negation,
    one_of,
)
from guidelines.facts import Interval
from guidelines.gates import GATES, pass_gates
from guidelines.registry import all_rules
from guidelines.rule import Known, find, judge
from guidelines.vocabulary import Mechanism, Operability, Scope, SurgicalRisk, Verdict
from tests.guidelines.invented import invented_readings, steered_to
from tests.guidelines.pictures import quiet

D = Decimal
SEEDS = st.integers(0, 2**32)
RULE = replace(all_rules()[0], scope=Scope.ADULT)
ADULT = {"age_years": Interval.point(D(60))}


def interpreted(rule, readings):
    """The verdict as ``rule.find`` gives it: the rule's own criteria, behind the gates."""
    gates = pass_gates(GATES[rule.scope], readings)
    verdict = judge(rule, readings)
    if gates.is_closed:
        return Verdict.NOT_APPLICABLE
    if gates.is_unknown and verdict is not Verdict.NOT_APPLICABLE:
        return Verdict.CANNOT_TELL
    return verdict


def some_readings(seed):
    """Invented readings, mostly such that some rule's population and condition hold."""
    chance = Random(seed)
    if chance.random() < 0.2:
        return invented_readings(seed)
    return steered_to(chance.choice(all_rules()), seed)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_compiled_and_interpreted_agree_for_every_rule(seed):
    readings = some_readings(seed)
    said = verdicts_of(readings)
    together = JudgedTogether()
    for rule, verdict in zip(all_rules(), said, strict=True):
        assert verdict is interpreted(rule, readings), rule.id
        assert together(rule, readings) is judge(rule, readings), rule.id


def test_every_rule_is_judged_each_way_alike_when_steered_to():
    for number, rule in enumerate(all_rules()):
        for seed in range(2):
            readings = steered_to(rule, number * 100 + seed)
            assert verdicts_of(readings).of(rule) is interpreted(rule, readings)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 20))
def test_many_together_are_judged_as_one_by_one(seed, count):
    patients = [some_readings(seed + number) for number in range(count)]
    together = list(compiled().many(patients))
    assert [said.codes for said in together] == [verdicts_of(p).codes for p in patients]


def test_more_than_a_batch_keeps_its_order():
    patients = [some_readings(seed) for seed in range(40)]
    many = list(compiled().many([*patients * 30]))
    assert len(many) == 1200 > BATCH
    alone = [verdicts_of(p).codes for p in patients]
    assert [said.codes for said in many] == alone * 30


def test_pictures_are_judged_as_assessed():
    picture = quiet(lvef_percent=60)
    (said,) = verdicts_of_many([picture])
    known = Known.of(picture)
    assert list(said) == [find(rule, known).verdict for rule in all_rules()]
    assert said.by_rule() == {rule.id: find(rule, known).verdict for rule in all_rules()}
    assert len(said) == len(all_rules())
    for verdict in Verdict:
        assert said.having(verdict) == tuple(r for r in all_rules() if said.of(r) is verdict)


def test_nothing_known_and_nobody():
    assert list(compiled().many([])) == []
    for rule, verdict in zip(all_rules(), verdicts_of({}), strict=True):
        assert verdict is interpreted(rule, {})


def test_a_rule_of_no_edition_is_judged_by_itself():
    own = replace(RULE, id="test/own", applies=equals("flail_leaflet", True))
    with pytest.raises(ValueError, match="not in list"):
        verdicts_of({}).of(own)
    assert JudgedTogether()(own, {"flail_leaflet": False}) is Verdict.NOT_APPLICABLE


# --- Kinds of criteria ---------------------------------------------------------------------------


def made(applies, when=None, scope=Scope.ADULT):
    return replace(RULE, applies=applies, when=when or equals("flail_leaflet", True), scope=scope)


class _OwnKind(Criterion):
    """A kind of criterion that the compiler never heard of: an even number of years."""

    def __init__(self, fact):
        self.fact = fact

    def __str__(self):
        return "own"

    def holds(self, readings):
        value = readings.get(self.fact)
        if not isinstance(value, Interval) or not value.is_point:
            return None
        return int(value.low) % 2 == 0


LVEF = "lvef_percent"
WIDE = [
    all_of(at_least(LVEF, D(50)), below(LVEF, D(60))),
    any_of(above(LVEF, D(60)), at_most(LVEF, D(30))),
    at_least_n_of(2, at_least(LVEF, D(50)), equals("flail_leaflet", True),
                  at_least("lvesd_mm", D(40)), one_of("mechanism", *Mechanism)),
    at_least_n_of(3, *(equals(name, True) for name in ("flail_leaflet", "low_flow")),
                  equals("symptomatic", False), at_least(LVEF, D(50))),
    negation(any_of(equals("flail_leaflet", True), equals("operability", Operability.OPERABLE))),
    negation(negation(equals("surgical_risk", SurgicalRisk.LOW))),
    all_of(equals("operability", Operability.OPERABLE)),
    all_of(equals("operability", Operability.OPERABLE), equals("surgical_risk", SurgicalRisk.LOW)),
    any_of(equals("operability", Operability.OPERABLE), all_of(equals("flail_leaflet", True),
           equals("surgical_risk", SurgicalRisk.LOW))),
    at_least_n_of(2, equals("operability", Operability.OPERABLE), equals("low_flow", True),
                  equals("surgical_risk", SurgicalRisk.LOW)),
    _OwnKind(LVEF),
    all_of(_OwnKind("repair_likelihood_percent"), negation(_OwnKind("lvesd_mm"))),
    at_least("lvesd_index_mm_m2", D(20)),
]  # fmt: skip
NAMES = ("lvef_percent", "lvesd_mm", "bsa_m2", "flail_leaflet", "low_flow", "symptomatic",
         "mechanism", "operability", "surgical_risk", "repair_likelihood_percent",
         "age_years")  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_every_kind_of_criterion_compiles_or_is_asked_itself(seed):
    rules = _all_kinds()
    readings = invented_readings(seed, NAMES)
    (many,) = rules.many([readings])
    assert many.codes == rules.one(readings).codes
    for rule, verdict in zip(rules.rules, many, strict=True):
        assert verdict is interpreted(rule, readings), str(rule.applies)


def _all_kinds(kept=[]):  # noqa: B006 (compiled once)
    if not kept:
        scopes = (Scope.ADULT, Scope.NATIVE_CHRONIC, Scope.PREGNANCY)
        rules = [made(one, other, scope) for one in WIDE for other in WIDE for scope in scopes]
        kept.append(Compiled(rules))
    return kept[0]


def test_a_criterion_of_its_own_kind_is_never_read_from_columns():
    assert not is_known(all_of(_OwnKind(LVEF), equals("flail_leaflet", True)))
    assert is_known(negation(any_of(above(LVEF, D(60)), equals("flail_leaflet", True))))


def test_a_gate_of_its_own_kind_is_asked_each_time(monkeypatch):
    gate = replace(GATES[Scope.ADULT][0], closes_when=_OwnKind("age_years"), opens_when=None)
    monkeypatch.setattr(module, "GATES", {**GATES, Scope.ADULT: (gate,)})
    rules = Compiled([made(equals("low_flow", True))])
    for years in (60, 61, 60):
        said = rules.one({"age_years": Interval.point(D(years)), "low_flow": True})
        wanted = Verdict.NOT_APPLICABLE if years == 60 else Verdict.CANNOT_TELL
        assert list(said) == [wanted]


def test_states_of_gates_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 2)
    rules = Compiled([made(equals("low_flow", True))])
    for years in (10, 18, 19, 12, 13, 56, 60, 10):
        said = rules.one({"age_years": Interval.point(D(years)), "low_flow": False})
        assert list(said) == [Verdict.NOT_APPLICABLE]
        assert len(rules.gates[0].known) <= 2


# --- Where a number lies among the limits --------------------------------------------------------

AT_60 = Cuts.at([D(60), D(40)])


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (D("39.999"), 0), (D(40), 1), (D("40.0"), 1), (D("40.001"), 2), (D("59.999"), 2),
        (D(60), 3), (D("60.001"), 4), (39.999, 0), (40.0, 1), (40 * (1 - 1e-12), 1),
        (40 * (1 + 1e-12), 1), (40.0001, 2), (60 * (1 - 1e-12), 3), (61.0, 4),
    ],
)  # fmt: skip
def test_every_limit_is_exact(value, place):
    assert AT_60.place(value) == place


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        (Interval(D(40), None), (1, 4)),
        (Interval(D(40), None, low_open=True), (2, 4)),
        (Interval(None, D(60)), (0, 3)),
        (Interval(None, D(60), high_open=True), (0, 2)),
        (Interval(D(41), D(59), low_open=True, high_open=True), (2, 2)),
        (Interval(D(40), D("40.0")), (1, 1)),
        (Interval(None, None), (0, 4)),
    ],
)
def test_an_end_that_is_excluded_lies_beyond_its_limit(value, ends):
    assert AT_60.ends(value) == ends


def test_limits_that_a_float_cannot_tell_apart_are_refused():
    with pytest.raises(ValueError, match="too close"):
        Cuts.at([D(60), D("60.00000001")])
    with pytest.raises(ValueError, match="too many limits"):
        Cuts.at([D(n) for n in range(1, 200)])
    with pytest.raises(ValueError, match="too many codes"):
        Columns()._add(257, 0)


def test_a_reading_of_the_wrong_kind_is_read_as_the_criterion_reads_it():
    rules = Compiled([made(all_of(at_least(LVEF, D(50)), equals("low_flow", True)))])
    odd = {**ADULT, LVEF: True, "low_flow": Interval.point(D(1)), "flail_leaflet": True}
    assert list(rules.one(odd)) == [interpreted(rules.rules[0], odd)]
