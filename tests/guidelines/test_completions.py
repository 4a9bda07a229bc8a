"""The verdict over every possible value of what is missing, against trying every value."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise, product
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines import completions
from guidelines.completions import Standing, case_of, stand, strongest_possible
from guidelines.criteria import all_of, any_of, at_least, at_most, below, equals, limits_of, one_of
from guidelines.facts import FACTS, RATIOS, Interval, complete_ratios
from guidelines.implications import IMPLICATIONS, Implication, is_consistent
from guidelines.registry import ALL_EDITIONS, RULES
from guidelines.rule import judge
from guidelines.vocabulary import (
    Cor,
    Mechanism,
    Operability,
    PregnancyStatus,
    Scope,
    Sex,
    Term,
    Verdict,
)
from tests.guidelines.invented import BESIDE, steered_to

D = Decimal
STANDS = (Verdict.MET, Verdict.PENDING_JUDGEMENT)
SEEDS = st.integers(0, 2**32)
SETS = [
    rules
    for edition in ALL_EDITIONS
    for scope in Scope
    if (rules := tuple(r for r in RULES[edition] if r.is_timing and r.scope is scope))
]
LARGEST = [max((s for s in SETS if s[0].edition is e), key=len) for e in ALL_EDITIONS]
MOST_COMBINATIONS = 4000


def point(value):
    return Interval.point(D(value))


# --- Trying every value --------------------------------------------------------------------------


def asked_by(rules):
    """The measured facts that the rules ask for, the parts of an index in its place."""
    names = {name for rule in rules for name in rule.facts if not FACTS[name].is_judgement}
    for index, ratio in RATIOS.items():
        if index in names:
            names = names - {index} | {ratio.over, ratio.under}
    return sorted(names)


def values_of(rules, name, readings):
    """A value at and beside every limit, and every word."""
    kind = FACTS[name].kind
    if kind is bool:
        return [True, False]
    if issubclass(kind, Term):
        return [term for term in kind if term not in FACTS[name].unknown_terms]
    limits = limits_of([c for rule in rules for c in (rule.applies, rule.when)])
    cuts = set(limits.get(name, ()))
    for index, ratio in RATIOS.items():
        if name == ratio.over:
            cuts |= {D(36), D("1.8") * next(iter(limits.get(index, {D(20)})))}
        if name == ratio.under:
            tall = [D(1), D(36), D(39), *limits.get(ratio.over, ())]
            known = readings.get(ratio.over)
            if isinstance(known, Interval):
                tall += [D(str(end)) for end in (known.low, known.high) if end is not None]
            cuts |= {end / limit for end in tall for limit in limits.get(index, ())}
    now = readings.get(name)
    if isinstance(now, Interval):
        cuts |= {D(str(end)) for end in (now.low, now.high) if end is not None}
    cuts = sorted(cuts) or [D(1)]
    between = [(one + other) / 2 for one, other in pairwise(cuts)]
    beside = [cut + step for cut in cuts for step in (-BESIDE, BESIDE)]
    found = [Interval.point(value) for value in {*cuts, *between, *beside} if value > 0]
    return [p for p in found if not isinstance(now, Interval) or now.contains(p.low)]


def tried(rules, readings, unknown):
    """Of every combination of the unknown facts' values: the strongest met, and standing."""
    known_verdicts = {}
    outcomes = []
    values = [values_of(rules, name, readings) for name in unknown]
    for combination in product(*values):
        supposed = dict(zip(unknown, combination, strict=True))
        case = complete_ratios({**readings, **supposed})
        if not is_consistent(case):
            continue
        met = stands = 0
        for rule in rules:
            state = (rule, *(case.get(name) for name in sorted(rule.facts)))
            if state not in known_verdicts:
                known_verdicts[state] = judge(rule, case)
            if known_verdicts[state] in STANDS:
                stands = max(stands, rule.strength)
            if known_verdicts[state] is Verdict.MET:
                met = max(met, rule.strength)
        outcomes.append((met, stands))
    return outcomes


def brute_force(rules, readings, unknown):
    """The standing by trying every combination."""
    now = [(rule.strength, judge(rule, readings)) for rule in rules]
    decided = max((s for s, v in now if v is Verdict.MET), default=0)
    pending = max((s for s, v in now if v is Verdict.PENDING_JUDGEMENT), default=0)
    outcomes = tried(rules, readings, unknown)
    certain = max(decided, pending)
    either = max(certain, min(stands for _, stands in outcomes))
    possible = max(certain, max(stands for _, stands in outcomes))
    judgement = either > certain and min(met for met, _ in outcomes) < either
    return Standing(decided, pending, either, possible, judgement)


def with_gaps(rules, chance, seed):
    """Readings with every measured fact known but up to six, some of which are only narrowed."""
    readings = steered_to(chance.choice(rules), seed)
    readings = {n: r for n, r in readings.items() if not FACTS[n].is_judgement or seed % 2}
    names = asked_by(rules)
    unknown = chance.sample(names, min(chance.randint(1, 6), len(names)))
    for name in names:
        missing = name not in readings
        if missing and name not in unknown:
            readings[name] = chance.choice(values_of(rules, name, {}))
    for name in unknown:
        narrowed = isinstance(readings.get(name), Interval) and not readings[name].is_point
        if not (narrowed and values_of(rules, name, readings) and chance.random() < 0.5):
            readings.pop(name, None)
    for index, ratio in RATIOS.items():
        if ratio.over in unknown or ratio.under in unknown:
            readings.pop(index, None)
    return complete_ratios(readings), fewer(rules, readings, unknown)


def without_contradictions(readings):
    """The readings without what contradicts the table of implications."""
    for line in IMPLICATIONS * 3:  # what is taken back may be what another line demands
        if line.is_broken(readings):
            name = line.given.atoms()[0].fact
            readings = {**readings, name: False if name != "sex" else Sex.FEMALE}
    return readings


def fewer(rules, readings, unknown):
    """So many of them that every combination can be tried; the others become known."""
    combinations_ = 1
    kept = []
    for name in unknown:
        values = values_of(rules, name, readings)
        if combinations_ * len(values) > MOST_COMBINATIONS:
            readings[name] = values[0]
            continue
        combinations_ *= len(values)
        kept.append(name)
    return kept


@settings(max_examples=80, deadline=None)
@given(SEEDS)
def test_up_to_six_unknown_facts_agree_with_trying_every_value(seed):
    chance = Random(seed)
    rules = chance.choice(SETS)
    readings, unknown = with_gaps(rules, chance, seed)
    readings = complete_ratios(readings)
    narrowed = [n for n, r in readings.items() if isinstance(r, Interval) and not r.is_point]
    for name in set(narrowed) - set(unknown) - set(RATIOS):
        readings[name] = values_of(rules, name, {})[0]
    readings = without_contradictions(complete_ratios(readings))
    assert stand(rules, readings) == brute_force(rules, readings, unknown)


@pytest.mark.parametrize(
    "rules",
    [
        # Of a succeeded edition in the long form only: the search is the same.
        pytest.param(
            rules,
            id=rules[0].edition.id,
            marks=[pytest.mark.drill] if rules[0].edition.succeeded_on else [],
        )
        for rules in LARGEST
    ],
)
def test_every_choice_of_six_unknown_facts_agrees_with_trying_every_value(rules):
    often = Counter(name for rule in rules for name in asked_by([rule]))
    names = [name for name, _ in often.most_common(6)]
    readings = steered_to(rules[0], 1)
    for name in asked_by(rules):
        readings[name] = values_of(rules, name, {})[0]
    for count in range(1, 7):
        for unknown in combinations(names, count):
            known = {n: r for n, r in readings.items() if n not in unknown and n not in RATIOS}
            known = complete_ratios(known)
            rest = fewer(rules, known, list(unknown))
            known = without_contradictions(complete_ratios(known))
            assert stand(rules, known) == brute_force(rules, known, rest)


# --- Cases ---------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_supposing_is_the_same_as_knowing(seed):
    chance = Random(seed)
    rules = chance.choice(SETS)
    readings = steered_to(chance.choice(rules), seed)
    case = case_of(rules, readings)
    assert case.standing is case.standing
    for name in chance.sample(asked_by(rules), 2):
        value = chance.choice(values_of(rules, name, {}))
        readings = complete_ratios({**readings, name: value})
        case = case.having(name, value)
        assert case.standing == stand(rules, readings)
        assert case.strongest_possible() == strongest_possible(rules, readings)
    assert case.having("weight_kg", point(70)).standing == case.standing


def rule_of(cor, applies, when=None):
    when = when or equals("flail_leaflet", True)
    template = RULES[ALL_EDITIONS[0]][0]
    return replace(template, id=f"test/{cor.value}", cor=cor, applies=applies, when=when)


def test_what_contradicts_the_table_of_implications_is_not_supposed():
    failing = equals("endocarditis_heart_failure", True)
    refractory = equals("endocarditis_refractory_edema_or_shock", True)
    rules = (rule_of(Cor.CLASS_1, refractory),)
    known = {"flail_leaflet": True}
    assert stand(rules, known).possible == 3
    assert stand(rules, {**known, "endocarditis_heart_failure": False}).possible == 0
    both = (rule_of(Cor.CLASS_1, failing), rule_of(Cor.CLASS_2A, equals("low_flow", True)))
    certain = {**known, "endocarditis_refractory_edema_or_shock": True}
    assert stand(both, certain).either_way == 3
    assert not stand(both, certain).either_way_needs_judgement


def test_a_man_is_not_supposed_to_be_pregnant():
    pregnant = one_of("pregnancy_status", PregnancyStatus.PREGNANT, PregnancyStatus.PLANNING)
    rules = (rule_of(Cor.CLASS_1, pregnant),)
    assert stand(rules, {"sex": Sex.MALE, "flail_leaflet": True}).possible == 0
    assert stand(rules, {"sex": Sex.FEMALE, "flail_leaflet": True}).possible == 3


def test_a_supposition_that_the_table_leaves_no_value_for_is_tried_in_full(monkeypatch):
    impossible = tuple(
        Implication(equals("low_flow", True), equals("multiple_jets", value))
        for value in (True, False)
    )
    monkeypatch.setattr(completions, "_TIES", {"multiple_jets": impossible})
    rules = (rule_of(Cor.CLASS_1, equals("multiple_jets", True)),)
    standing = stand(rules, {"flail_leaflet": True, "low_flow": True})
    assert (standing.either_way, standing.possible) == (0, 3)


@pytest.mark.parametrize("line", IMPLICATIONS, ids=lambda line: str(line.given))
def test_each_line_of_the_table_can_be_broken_and_kept(line):
    (given, then) = (atoms[0] for atoms in (line.given.atoms(), line.then.atoms()))
    holding = {given.fact: given.values[0]}
    others = [value for value in (True, False, *PregnancyStatus) if value not in then.values]
    breaking = next(v for v in others if isinstance(v, FACTS[then.fact].kind))
    assert is_consistent({**holding, then.fact: then.values[0]})
    assert is_consistent(holding)
    assert not is_consistent({**holding, then.fact: breaking})
    assert line.is_broken({**holding, then.fact: breaking})


def test_one_rule_may_be_certain_whatever_its_missing_fact():
    whichever = any_of(at_least("lvef_percent", D(50)), below("lvef_percent", D(50)))
    rules = (rule_of(Cor.CLASS_1, equals("low_flow", True), whichever),)
    assert judge(rules[0], {"low_flow": True}) is Verdict.CANNOT_TELL
    assert stand(rules, {"low_flow": True}).either_way == 3


def test_a_rule_that_contradicts_itself_is_not_possible():
    never = all_of(at_least("lvef_percent", D(50)), below("lvef_percent", D(50)))
    rules = (rule_of(Cor.CLASS_1, equals("low_flow", True), never),)
    assert stand(rules, {}).possible == 0


def test_an_index_splits_at_what_its_known_part_makes_of_the_limit():
    small = rule_of(
        Cor.CLASS_1,
        equals("low_flow", True),
        all_of(at_least("lvesd_index_mm_m2", D(20)), at_most("lvesd_mm", D(35))),
    )
    known = {"low_flow": True, "bsa_m2": point("1.7")}
    assert stand((small,), known).possible == 3
    assert stand((small,), {**known, "bsa_m2": point("1.8")}).possible == 0


def test_memories_are_emptied_when_they_grow_too_large(monkeypatch):
    rules = (
        rule_of(Cor.CLASS_1, equals("low_flow", True)),
        rule_of(Cor.CLASS_2A, equals("low_flow", False), at_least("lvef_percent", D(50))),
    )
    before = [stand(rules, {"lvef_percent": point(n)}) for n in (40, 50, 60)]
    monkeypatch.setattr(completions, "REMEMBERED", 1)
    completions._book.cache_clear()
    assert [stand(rules, {"lvef_percent": point(n)}) for n in (40, 50, 60)] == before
    completions._book.cache_clear()


def test_the_same_answer_whatever_was_asked_before():
    pictures = [(chance := Random(seed), rules := chance.choice(SETS),
                 steered_to(chance.choice(rules), seed)) for seed in range(60)]  # fmt: skip
    first = [stand(rules, readings) for _, rules, readings in pictures]
    completions._book.cache_clear()
    again = [stand(rules, readings) for _, rules, readings in reversed(pictures)]
    assert first == again[::-1]


# --- The longest search --------------------------------------------------------------------------

SPARSE = [
    {},
    {"mechanism": Mechanism.PRIMARY},
    {"mechanism": Mechanism.SECONDARY_VENTRICULAR},
    {"mechanism": Mechanism.MIXED, "severe_mr_acc_aha": True, "severe_mr_esc_eacts": True},
    {"severe_mr_acc_aha": True, "severe_mr_esc_eacts": True, "symptomatic": True},
    {"severe_mr_acc_aha": True, "severe_mr_esc_eacts": True, "lvef_percent": point(58),
     "operability": Operability.OPERABLE},
]  # fmt: skip
LONGEST = 0.05  # seconds of one core; a few milliseconds on an idle machine


@pytest.mark.parametrize("readings", SPARSE, ids=lambda readings: "-".join(readings) or "nothing")
def test_a_patient_of_whom_little_is_known_is_answered_at_once(readings):
    for rules in SETS:
        stand(rules, {"age_years": point(60)})  # the limits are read once
        completions._book(rules).__init__(rules)
        start = process_time()
        standing = stand(rules, readings)
        assert process_time() - start < LONGEST
        assert standing.possible in (0, 1, 2, 3)
