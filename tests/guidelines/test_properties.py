"""What must hold for every patient, tried on thousands of invented ones with random gaps."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guidelines.assessment import assess
from guidelines.completions import stand
from guidelines.facts import FACTS, ClinicalPicture, Fact, Interval, Worse
from guidelines.registry import EDITIONS, RULES, all_rules
from guidelines.rule import judge
from guidelines.severity import Scheme, grade_by
from guidelines.vocabulary import JetTiming, Mechanism, Operability, SeverityState
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


@settings(max_examples=300, deadline=None)
@given(getting_sicker())
def test_a_sicker_value_never_weakens_a_headline(pair):
    picture, sicker, name = pair
    before, after = assess(picture, on=TODAY), assess(sicker, on=TODAY)
    for was, now in zip(before.editions, after.editions, strict=True):
        if was.edition.body.value == "esc_eacts" and is_declared_window(picture, name):
            continue
        assert now.standing.headline >= was.standing.headline


@settings(max_examples=250, deadline=None)
@given(getting_sicker())
def test_a_sicker_value_never_turns_severe_into_less(pair):
    picture, sicker, _ = pair
    for scheme in Scheme:
        before = grade_by(scheme, picture, picture.readings())
        after = grade_by(scheme, sicker, sicker.readings())
        assert not (before.is_severe is True and after.is_severe is not True)


@settings(max_examples=250, deadline=None)
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


READINGS = {
    "severe_mr_acc_aha": st.booleans(),
    "severe_mr_esc_eacts": st.booleans(),
    "mechanism": st.sampled_from([m for m in Mechanism if m is not Mechanism.UNKNOWN]),
    "symptomatic": st.booleans(),
    "operability": st.sampled_from([o for o in Operability if o is not Operability.NOT_DISCUSSED]),
    "lvef_percent": MEASURED["lvef_percent"].map(Interval.point),
    "lvesd_mm": MEASURED["lvesd_mm"].map(Interval.point),
    "lvesd_index_mm_m2": around("20").map(Interval.point),
}


@st.composite
def readings_with_gaps(draw):
    known = draw(st.sets(st.sampled_from(sorted(READINGS))))
    return {name: draw(READINGS[name]) for name in sorted(known)}


@given(readings_with_gaps(), st.data())
def test_a_gap_filled_never_turns_one_decision_into_another(readings, data):
    name = data.draw(st.sampled_from(sorted(READINGS)))
    assume(name not in readings)
    filled = {**readings, name: data.draw(READINGS[name])}
    for rule in all_rules():
        before, after = judge(rule, readings), judge(rule, filled)
        assert not before.is_decided or after is before


@given(readings_with_gaps(), st.data())
def test_a_fact_that_a_rule_does_not_name_never_changes_it(readings, data):
    for rule in all_rules():
        others = sorted(set(FACTS) - rule.facts - {"lvesd_mm", "bsa_m2"})
        name = data.draw(st.sampled_from(others))
        changed = {**readings, name: Interval.point(Decimal(1))}
        assert judge(rule, changed) is judge(rule, readings)


@settings(max_examples=200, deadline=None)
@given(readings_with_gaps(), st.data())
def test_a_gap_filled_keeps_between_what_was_certain_and_what_was_possible(readings, data):
    disease = sorted(name for name in READINGS if not FACTS[name].is_judgement)
    name = data.draw(st.sampled_from(disease))
    assume(name not in readings)
    filled = {**readings, name: data.draw(READINGS[name])}
    for edition in EDITIONS:
        before, after = stand(RULES[edition], readings), stand(RULES[edition], filled)
        assert before.headline <= after.headline <= before.possible
        assert after.possible <= before.possible


@settings(max_examples=150, deadline=None)
@given(patients())
def test_it_never_reads_as_no_indication_and_always_serializes(picture):
    made = assess(picture, on=TODAY)
    assert made == assess(picture, on=TODAY)
    for verdict in made.editions:
        assert "no indication" not in verdict.summary.lower()
        assert verdict.headline or "rules built" in verdict.summary
    assert made.as_dict() == assess(picture, on=TODAY).as_dict()


@given(st.sampled_from(sorted(VALUES)), st.data())
def test_old_evidence_is_never_more_reassuring_than_fresh(name, data):
    value = data.draw(VALUES[name])
    base = ClinicalPicture({n: fact(v) for n, v in NATIVE_CHRONIC_ADULT.items()})
    fresh = assess(base.having(**{name: Fact(value, on=TODAY)}), on=TODAY)
    old = assess(base.having(**{name: stale(value)}), on=TODAY)
    for was, now in zip(fresh.editions, old.editions, strict=True):
        assert now.standing.possible >= was.standing.possible
