"""What must hold for every patient, tried on thousands of invented ones with random gaps."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guidelines.assessment import assess
from guidelines.completions import stand
from guidelines.criteria import _EitherMeasured, _Limit
from guidelines.editions import all_timing_rules, standing_of, timing_rules
from guidelines.facts import (
    FACTS,
    RATIOS,
    ClinicalPicture,
    Fact,
    Interval,
    Worse,
    complete_ratios,
)
from guidelines.gates import GATES, facts_of_gates, pass_gates
from guidelines.implications import is_consistent
from guidelines.registry import ALL_EDITIONS, all_rules
from guidelines.rule import judge
from guidelines.severity import Scheme, grade_by
from guidelines.vocabulary import JetTiming, Mechanism, Operability, Scope, SeverityState, Verdict
from guidelines.windows import WINDOWS, is_window
from tests.guidelines.invented import (
    BESIDE,
    HAIR,
    invented_number,
    invented_reading,
    steered_to,
)
from tests.guidelines.pictures import NATIVE_CHRONIC_ADULT, TODAY, fact, stale


def decimals(low, high, places=1):
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


def around(*limits):
    """Values at, just beside and far from the limits."""
    beside = [Decimal(limit) + step for limit in limits for step in (Decimal("-0.1"), 0, 1)]
    return st.sampled_from(beside)


MEASURED = {
    "lvef_percent": around("60") | decimals(20, 80),
    "lvesd_mm": around("40", "38") | decimals(25, 60),
    "bsa_m2": decimals("1.3", "2.5", 2),
    "eroa_mm2": around("20", "30", "40") | decimals(5, 90),
    "regurgitant_volume_ml": around("30", "45", "60") | decimals(5, 120),
    "volumetric_regurgitant_volume_ml": around("30", "45", "60"),
    "regurgitant_fraction_percent": around("30", "40", "50") | decimals(5, 80),
    "cmr_regurgitant_volume_ml": around("30", "45", "60"),
    "cmr_regurgitant_fraction_percent": around("30", "40", "50"),
    "vena_contracta_mm": around("3", "7") | decimals(1, 12),
    "vena_contracta_biplane_mm": around("3", "8"),
    "vena_contracta_area_mm2": around("41"),
    "reader_grade": st.integers(0, 4).map(Decimal),
}
YES_NO = [
    "symptomatic", "flail_leaflet", "pulmonary_vein_systolic_reversal", "orifice_elliptical",
    "low_flow", "multiple_jets", "cmr_quality_good", "study_decompensated",
    "aortic_regurgitation_more_than_mild", "papillary_muscle_rupture",
]  # fmt: skip
OTHERS = {
    "mechanism": st.sampled_from(list(Mechanism)),
    "operability": st.sampled_from(list(Operability)),
    "jet_timing": st.sampled_from(list(JetTiming)),
}
VALUES = {**MEASURED, **dict.fromkeys(YES_NO, st.booleans()), **OTHERS}


@st.composite
def patients(draw):
    """A native chronic adult with random values, gaps and ages of evidence."""
    facts = {name: fact(value) for name, value in NATIVE_CHRONIC_ADULT.items()}
    known = draw(st.sets(st.sampled_from(sorted(VALUES))))
    for name in sorted(known):
        value = draw(VALUES[name])
        facts[name] = stale(value) if draw(st.integers(0, 5)) == 0 else fact(value)
    return ClinicalPicture(facts)


SICKER = [name for name in VALUES if FACTS[name].worse in (Worse.LOWER, Worse.HIGHER, Worse.TRUE)
          and name not in ("bsa_m2", "multiple_jets", "study_decompensated",
                           "aortic_regurgitation_more_than_mild")]  # fmt: skip


@st.composite
def getting_sicker(draw):
    """A patient and the same with one fact worse."""
    picture = draw(patients())
    recorded = [name for name in SICKER if name in picture.facts]
    assume(recorded)
    name = draw(st.sampled_from(recorded))
    now, worse = picture.facts[name].value, draw(VALUES[name])
    lower = FACTS[name].worse is Worse.LOWER
    assume(worse is True if isinstance(now, bool) else (worse < now if lower else worse > now))
    return picture, picture.having(**{name: replace(picture.facts[name], value=worse)}), name


def is_declared_window(picture, name):
    """Symptoms of a patient whom the heart team does not call operable (ESC25-P-02)."""
    operability = picture.reading("operability")
    judged = operability in (Operability.HIGH_RISK, Operability.INOPERABLE)
    return name == "symptomatic" and judged


@settings(max_examples=40, deadline=None)
@given(getting_sicker())
def test_a_sicker_value_never_weakens_a_headline(pair):
    picture, sicker, name = pair
    before, after = assess(picture, on=TODAY), assess(sicker, on=TODAY)
    for was, now in zip(before.editions, after.editions, strict=True):
        if was.edition.body.value == "esc_eacts" and is_declared_window(picture, name):
            continue
        assert now.standing.headline >= was.standing.headline


@settings(max_examples=60, deadline=None)
@given(getting_sicker())
def test_a_sicker_value_never_turns_severe_into_less(pair):
    picture, sicker, _ = pair
    for scheme in Scheme:
        before = grade_by(scheme, picture, picture.readings())
        after = grade_by(scheme, sicker, sicker.readings())
        assert not (before.is_severe is True and after.is_severe is not True)


@settings(max_examples=100, deadline=None)
@given(patients())
def test_one_line_of_evidence_never_excludes(picture):
    for scheme in Scheme:
        made = grade_by(scheme, picture, picture.readings())
        if made.is_severe is False:
            assert len({reason.line for reason in made.reasons_against}) >= 2
            assert not made.reasons_for
            assert made.state in (
                SeverityState.INTERMEDIATE,
                SeverityState.NOT_SEVERE_CORROBORATED,
            )


# --- Every rule of every edition -----------------------------------------------------------------

SEEDS = st.integers(0, 2**32)
TIMING = [
    rules for edition in ALL_EDITIONS for scope in Scope if (rules := timing_rules(edition, scope))
]


def without(readings, name):
    """The readings with this fact missing, and so every index made of it."""
    made_of = {index for index, r in RATIOS.items() if name in (r.over, r.under)}
    return {n: reading for n, reading in readings.items() if n != name and n not in made_of}


def substitutes(rule):
    """Facts of which one may stand for another by declaration (safety D3)."""
    criteria = [rule.applies, rule.when]
    names = set()
    while criteria:
        criterion = criteria.pop()
        criteria.extend(criterion.parts)
        if isinstance(criterion, _EitherMeasured):
            names |= criterion.facts
    return names


def asked_by(rule):
    """All facts the rule may ask for, the parts of an index too, in order."""
    ratios = [RATIOS[name] for name in rule.facts & RATIOS.keys()]
    parts = {name for ratio in ratios for name in (ratio.over, ratio.under)}
    return sorted(rule.facts - RATIOS.keys() | parts)


@settings(max_examples=70, deadline=None)
@given(SEEDS)
def test_a_gap_filled_never_turns_one_decision_into_another(seed):
    chance = Random(seed)
    for rule in chance.sample(all_rules(), 20):
        readings = steered_to(rule, seed)
        names = [n for n in asked_by(rule) if n in readings and n not in substitutes(rule)]
        for name in names:
            before, after = judge(rule, without(readings, name)), judge(rule, readings)
            assert not before.is_decided or after is before, (rule.id, name)


@settings(max_examples=70, deadline=None)
@given(SEEDS)
def test_a_value_known_better_never_turns_one_decision_into_another(seed):
    chance = Random(seed)
    for rule in chance.sample(all_rules(), 20):
        readings = steered_to(rule, seed)
        for name in asked_by(rule):
            reading = readings.get(name)
            if not isinstance(reading, Interval) or reading.is_point:
                continue
            value = invented_number(name, chance)
            if reading.contains(value):
                known = complete_ratios({**readings, name: Interval.point(value)})
                before, after = judge(rule, readings), judge(rule, known)
                assert not before.is_decided or after is before, (rule.id, name)


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_a_fact_that_a_rule_does_not_name_never_changes_it(seed):
    chance = Random(seed)
    for rule in chance.sample(all_rules(), 20):
        readings = steered_to(rule, seed)
        others = sorted(set(FACTS) - rule.facts - set(asked_by(rule)))
        changed = dict(readings)
        for name in chance.sample(others, 20):
            changed[name] = invented_reading(name, chance)
        assert judge(rule, changed) is judge(rule, readings), rule.id


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_a_gap_filled_keeps_between_what_was_certain_and_what_was_possible(seed):
    chance = Random(seed)
    rules = chance.choice(TIMING)
    readings = steered_to(chance.choice(rules), seed)
    assume(is_consistent(readings))
    taken = {name for rule in rules for name in substitutes(rule)}
    disease = {name for rule in rules for name in asked_by(rule) if not FACTS[name].is_judgement}
    after = stand(rules, readings)
    for name in sorted(disease - taken & readings.keys()):
        before = stand(rules, without(readings, name))
        assert before.headline <= after.headline <= before.possible, name
        assert after.possible <= before.possible, name


def limits_named():
    """Every criterion on a limit that a rule names, each once."""
    atoms = [a for rule in all_rules() for c in (rule.applies, rule.when) for a in c.atoms()]
    limits = [a for a in atoms if isinstance(a, _Limit)]
    return list({(type(a), a.fact, a.limit): a for a in limits}.values())


@pytest.mark.parametrize("atom", limits_named(), ids=str)
def test_every_limit_is_exact(atom):
    below, above = atom.limit - BESIDE, atom.limit + BESIDE
    hair = Decimal(str(float(atom.limit) * HAIR)) if atom.limit else Decimal(0)
    at = "≥" in atom.sign or "≤" in atom.sign
    expected = {below: atom.sign in "<≤", atom.limit: at, above: atom.sign in ">≥"}
    for value, answer in expected.items():
        assert atom.holds({atom.fact: Interval.point(value)}) is answer
    for computed in (float(atom.limit - hair), float(atom.limit), float(atom.limit + hair)):
        assert atom.holds({atom.fact: Interval.point(computed)}) is at
    around_it = Interval(below, above)
    assert atom.holds({atom.fact: around_it}) is None


def worse_than(name, now, chance):
    """A reading that is worse for the patient by the catalogue, or ``None``."""
    worse = FACTS[name].worse
    if isinstance(now, bool):
        adverse = {Worse.TRUE: True, Worse.FALSE: False}.get(worse)
        return adverse if adverse is (not now) else None
    if not isinstance(now, Interval) or not now.is_point:
        return None
    value = invented_number(name, chance)
    is_worse = {Worse.LOWER: value < now.low, Worse.HIGHER: value > now.low}
    return Interval.point(value) if is_worse.get(worse, False) else None


GATE_FACTS = {name for gates in GATES.values() for name in facts_of_gates(gates)}


def stands(rule, readings):
    """Whether the rule is met or pending, its gates open."""
    gates = pass_gates(GATES[rule.scope], readings)
    is_open = not (gates.is_closed or gates.is_unknown)
    return is_open and judge(rule, readings) in (Verdict.MET, Verdict.PENDING_JUDGEMENT)


@settings(max_examples=120, deadline=None)
@given(SEEDS)
def test_a_sicker_value_never_weakens_an_edition_but_at_declared_windows(seed):
    chance = Random(seed)
    rule = chance.choice(chance.choice(TIMING))
    rules = all_timing_rules(rule.edition)
    invented = (steered_to(rule, seed + step) for step in range(10))
    readings = next((r for r in invented if is_consistent(r) and stands(rule, r)), {})
    was = standing_of(rule.edition, readings)
    asked = {name for rule in rules for name in asked_by(rule)} - GATE_FACTS
    for name in sorted(asked & readings.keys()):
        worse = worse_than(name, readings[name], chance)
        sicker = complete_ratios({**readings, name: worse}) if worse is not None else readings
        now = standing_of(rule.edition, sicker)
        if is_consistent(sicker) and now.headline < was.headline:
            lost = [r for r in rules if r.strength > now.headline and stands(r, readings)]
            rows = {r.source.row for r in lost or rules}
            assert any(is_window(row, name) for row in rows), (name, rows)


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: f"{window.row} {window.fact}")
def test_a_declared_window_is_of_a_rule_that_asks_for_its_fact(window):
    rules = [rule for rule in all_rules() if rule.source.row == window.row]
    assert any(window.fact in asked_by(rule) for rule in rules)
    assert window.why


@settings(max_examples=25, deadline=None)
@given(patients())
def test_it_never_reads_as_no_indication_and_always_serializes(picture):
    made, again = assess(picture, on=TODAY), assess(picture, on=TODAY)
    assert made == again
    for verdict in made.editions:
        assert "no indication" not in verdict.summary.lower()
        assert verdict.headline or "That is not advice against" in verdict.summary
    assert made.as_dict() == again.as_dict()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(VALUES)), st.data())
def test_old_evidence_is_never_more_reassuring_than_fresh(name, data):
    value = data.draw(VALUES[name])
    base = ClinicalPicture({n: fact(v) for n, v in NATIVE_CHRONIC_ADULT.items()})
    fresh = assess(base.having(**{name: Fact(value, on=TODAY)}), on=TODAY)
    old = assess(base.having(**{name: stale(value)}), on=TODAY)
    for was, now in zip(fresh.editions, old.editions, strict=True):
        assert now.standing.possible >= was.standing.possible
