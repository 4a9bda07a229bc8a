"""What must hold of every grade, tried on invented patients with random signs, gaps and ages."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guidelines.catalogue.severity import FlowConvergence, JetDensity, JetDirection
from guidelines.facts import FACTS, ClinicalPicture, Worse
from guidelines.severity import WAYS_TO_MEASURE, LineKind, Scheme, grade_by
from guidelines.vocabulary import JetTiming, Mechanism
from tests.guidelines.pictures import NATIVE_CHRONIC_ADULT, fact, picture, stale

D = Decimal


def among(*values):
    return st.sampled_from([D(value) for value in values])


MEASURED = {
    "eroa_mm2": among(10, 20, "29.9", 30, "39.9", 40, 60),
    "regurgitant_volume_ml": among(10, 30, 45, "59.9", 60),
    "cmr_regurgitant_volume_ml": among(20, 45, 60),
    "cmr_regurgitant_fraction_percent": among(20, 40, 50),
    "vena_contracta_mm": among(2, 3, "3.1", "6.9", 7),
    "pisa_radius_mm": among(2, 3, 6, "9.9", 10),
    "reader_grade": among(0, 1, 2, 3, 4),
    "jet_area_percent_la": among(10, 20, 40, "40.1", 50, "50.1"),
    "e_velocity_m_s": among("0.5", "0.9", "1.2", "1.3"),
    "study_lvedd_mm": among(45, 52, 58, 60, 70),
    "study_lvef_percent": among(30, 51, 52, 54, 65),
    "study_la_volume_index_ml_m2": among(30, 34, 35, 60),
}
SEEN = (
    "flail_leaflet",
    "pulmonary_vein_systolic_reversal",
    "severe_leaflet_retraction",
    "severe_tenting",
)
CONTEXT = {
    "aliasing_velocity_cm_s": among(30, 40),
    "a_velocity_m_s": among("0.6", "1.0"),
    "jet_direction": st.sampled_from(list(JetDirection)),
    "jet_density": st.sampled_from(list(JetDensity)),
    "flow_convergence": st.sampled_from(list(FlowConvergence)),
    "jet_timing": st.sampled_from(list(JetTiming)),
    "mechanism": st.sampled_from(list(Mechanism)),
    "cmr_quality_good": st.booleans(),
    "other_cause_of_large_chambers": st.booleans(),
}
VALUES = {**MEASURED, **dict.fromkeys(SEEN, st.booleans()), **CONTEXT}


@st.composite
def patients(draw):
    """A native chronic adult with random signs, gaps and ages of evidence."""
    facts = {name: fact(value) for name, value in NATIVE_CHRONIC_ADULT.items()}
    for name in sorted(draw(st.sets(st.sampled_from(sorted(VALUES))))):
        value = draw(VALUES[name])
        facts[name] = stale(value) if draw(st.integers(0, 7)) == 0 else fact(value)
    return ClinicalPicture(facts)


@st.composite
def getting_sicker(draw):
    """A patient and the same with one measurement or finding worse."""
    made = draw(patients())
    recorded = [name for name in (*MEASURED, *SEEN) if name in made.facts]
    assume(recorded)
    name = draw(st.sampled_from(recorded))
    now, worse = made.facts[name].value, draw(VALUES[name])
    lower = FACTS[name].worse is Worse.LOWER
    assume(worse is True if isinstance(now, bool) else (worse < now if lower else worse > now))
    return made, made.having(**{name: replace(made.facts[name], value=worse)})


def answers(made):
    return [grade_by(scheme, made, made.readings()).is_severe for scheme in Scheme]


@settings(max_examples=120, deadline=None)
@given(getting_sicker())
def test_a_sicker_value_never_takes_severe_back(pair):
    for before, after in zip(*map(answers, pair), strict=True):
        assert before is not True or after is True


@settings(max_examples=150, deadline=None)
@given(patients())
def test_not_severe_rests_on_two_lines_or_on_the_count_of_signs(made):
    for scheme in Scheme:
        severity = grade_by(scheme, made, made.readings())
        if severity.is_severe is False:
            lines = {reason.line for reason in severity.reasons_against}
            assert len(lines) >= 2 or lines == {"signs"}
            assert not severity.reasons_for


LESS = [1, 5, 10, 19, 29, 39]


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize("kind", list(LineKind))
@pytest.mark.parametrize("value", LESS)
def test_no_line_of_evidence_alone_ever_excludes(scheme, kind, value):
    for name in WAYS_TO_MEASURE[kind]:
        given_value = (
            False if FACTS[name].kind is bool else min(value, 4 if "grade" in name else 99)
        )
        one = picture(**{**NATIVE_CHRONIC_ADULT, name: given_value})
        assert grade_by(scheme, one, one.readings()).is_severe is not False


UNRELATED = ("lvesd_mm", "lvef_percent", "lvedd_mm", "symptomatic", "nyha_class", "spap_mmhg",
             "la_diameter_mm", "operability", "atrial_fibrillation", "tr_grade")  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(patients(), st.sampled_from(UNRELATED), st.data())
def test_facts_of_other_subjects_never_change_the_grade(made, name, data):
    kind = FACTS[name].kind
    values = (
        st.booleans() if kind is bool else among(1, 40, 70) if kind is D else st.sampled_from(kind)
    )
    other = made.having(**{name: fact(data.draw(values))})
    for scheme in Scheme:
        assert grade_by(scheme, made, made.readings()) == grade_by(scheme, other, other.readings())
