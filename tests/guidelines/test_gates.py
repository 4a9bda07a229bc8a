"""Scope gates: one vignette per state of the valve and patient, against every rule (hazard H4)."""

from decimal import Decimal

import pytest

from guidelines.editions import GateState
from guidelines.vocabulary import (
    Chapter,
    Etiology,
    Mechanism,
    MitralValveState,
    PregnancyStatus,
    Scope,
    Sex,
    Tempo,
    Verdict,
)
from tests.guidelines.pictures import assessed, stale

D = Decimal
TRIGGER = {"symptomatic": True, "lvef_percent": 55, "lvesd_mm": 42}

CLOSED = [
    ("SAFE-01", {"age_years": 17}),
    ("SAFE-02", {"mitral_valve_state": MitralValveState.MECHANICAL}),
    ("SAFE-02", {"mitral_valve_state": MitralValveState.SURGICAL_BIOPROSTHESIS}),
    ("SAFE-02", {"mitral_valve_state": MitralValveState.TRANSCATHETER}),
    ("SAFE-02", {"mitral_valve_state": stale(MitralValveState.MECHANICAL)}),
    ("SAFE-02", {"lvad_or_transplant": True}),
    ("SAFE-03", {"mitral_valve_state": MitralValveState.SURGICAL_REPAIR}),
    ("SAFE-03", {"mitral_valve_state": MitralValveState.TEER}),
    ("SAFE-03", {"mitral_valve_state": MitralValveState.COMMISSUROTOMY}),
    ("SAFE-05", {"tempo": Tempo.ACUTE}),
    ("SAFE-05", {"tempo": Tempo.ACUTE_ON_CHRONIC}),
    ("SAFE-06", {"endocarditis_active_or_suspected": True}),
    ("SAFE-06", {"etiology": Etiology.ENDOCARDITIS_ACTIVE}),
    ("SAFE-06", {"etiology": Etiology.ENDOCARDITIS_DESTRUCTION}),
    ("SAFE-07", {"mva_cm2": D("1.5")}),
    ("SAFE-07", {"mva_cm2": stale(D("1.4"))}),
    ("SAFE-08", {"sam_or_lvot_obstruction": True}),
    ("SAFE-08", {"etiology": Etiology.SAM_OF_HCM}),
    ("SAFE-09", {"pregnancy_status": PregnancyStatus.PREGNANT, "sex": Sex.FEMALE}),
]

UNKNOWN = [
    ("SAFE-01", {"age_years": None}, ("age_years",)),
    ("SAFE-04", {"mitral_valve_state": None}, ("mitral_valve_state",)),
    ("SAFE-04", {"mitral_valve_state": MitralValveState.UNKNOWN}, ("mitral_valve_state",)),
    ("SAFE-04", {"mitral_valve_state": stale(MitralValveState.NATIVE)}, ("mitral_valve_state",)),
    ("SAFE-05", {"tempo": None}, ("tempo",)),
    ("SAFE-05", {"tempo": Tempo.UNKNOWN}, ("tempo",)),
    ("SAFE-07", {"etiology": Etiology.RHEUMATIC}, ("mva_cm2",)),
    ("SAFE-07", {"etiology": Etiology.MITRAL_ANNULAR_CALCIFICATION}, ("mva_cm2",)),
    ("SAFE-07", {"etiology": Etiology.RADIATION}, ("mva_cm2",)),
    ("SAFE-07", {"etiology": Etiology.CONGENITAL_CLEFT}, ("mva_cm2",)),
    ("SAFE-07", {"etiology": Etiology.PARACHUTE_VALVE}, ("mva_cm2",)),
    ("SAFE-07", {"mitral_mean_gradient_mmhg": 5}, ("mva_cm2",)),
    ("SAFE-07", {"mva_cm2": stale(D("1.8"))}, ("mva_cm2",)),
    ("SAFE-07", {"etiology": None, "none_of_these_asked": None}, ("mva_cm2", "etiology")),
]


def native(verdict):
    """The findings of the rules for chronic regurgitation of a native valve."""
    return [f for f in verdict.findings if f.rule.scope is Scope.NATIVE_CHRONIC]


@pytest.mark.parametrize(("row", "state"), CLOSED)
def test_no_native_chronic_rule_speaks_behind_a_closed_gate(row, state):
    for verdict in assessed(**{**TRIGGER, **state}).editions:
        assert verdict.gate is GateState.CLOSED
        assert verdict.gates.closed[0].row == row
        assert {f.verdict for f in native(verdict)} == {Verdict.NOT_APPLICABLE}
        assert all(f.gate for f in native(verdict))
        assert verdict.assumptions == ()
        if verdict.headline is None and verdict.strongest_possible is None:
            assert verdict.summary.startswith("Not applicable: ")
        elif verdict.headline is None:
            assert verdict.summary.startswith("Cannot tell: ")
        else:
            behind = [f for f in verdict.findings if f.rule.is_timing and f.verdict.is_decided]
            assert all(f not in native(verdict) for f in behind if f.verdict is Verdict.MET)


@pytest.mark.parametrize("state", [{"age_years": 17}])
def test_a_child_closes_every_chapter(state):
    for verdict in assessed(**{**TRIGGER, **state}).editions:
        assert {f.verdict for f in verdict.findings} == {Verdict.NOT_APPLICABLE}
        assert verdict.headline is None
        assert verdict.strongest_possible is None


@pytest.mark.parametrize(("row", "state", "missing"), UNKNOWN)
def test_an_unknown_gate_means_cannot_tell_and_never_met(row, state, missing):
    for verdict in assessed(**{**TRIGGER, **state}).editions:
        assert verdict.gate is GateState.UNKNOWN
        assert [gate.row for gate in verdict.gates.unknown] == [row]
        assert verdict.gates.missing == missing
        first = next(f for f in native(verdict) if f.rule.is_timing)
        assert first.verdict is Verdict.CANNOT_TELL
        assert first.missing[: len(missing)] == missing
        assert verdict.headline is None
        assert verdict.strongest_possible.strength == 3
        assert "Cannot tell" in verdict.summary


@pytest.mark.parametrize(("row", "state", "missing"), UNKNOWN)
def test_a_rule_of_another_mechanism_stays_not_applicable(row, state, missing):
    changes = {**TRIGGER, **state, "mechanism": Mechanism.SECONDARY_VENTRICULAR}
    for verdict in assessed(**changes).editions:
        primary = [f for f in native(verdict) if f.rule.chapter is Chapter.PRIMARY]
        assert {f.verdict for f in primary} == {Verdict.NOT_APPLICABLE}


def test_a_possible_class_1_of_a_prosthesis_is_not_hidden_behind_the_native_gate():
    """Hazard H1, for what the chapter of the prosthesis cannot tell yet."""
    made = assessed(
        mitral_valve_state=MitralValveState.MECHANICAL, symptomatic=True, surgical_risk=None
    )
    for verdict in made.editions:
        assert verdict.gate is GateState.CLOSED
        assert verdict.strongest_possible.strength == 3
        assert "Cannot tell: Class" in verdict.summary


EXCEPTIONAL = [
    (Scope.ACUTE, {"tempo": Tempo.ACUTE}),
    (Scope.ENDOCARDITIS, {"endocarditis_active_or_suspected": True}),
    (Scope.ENDOCARDITIS, {"etiology": Etiology.ENDOCARDITIS_ACTIVE}),
    (Scope.PROSTHESIS, {"mitral_valve_state": MitralValveState.MECHANICAL}),
    (Scope.PROSTHESIS, {"mitral_valve_state": MitralValveState.TEER}),
    (Scope.PREGNANCY, {"pregnancy_status": PregnancyStatus.PREGNANT, "sex": Sex.FEMALE}),
    (Scope.PREGNANCY, {"pregnancy_status": PregnancyStatus.PLANNING, "sex": Sex.FEMALE}),
]


@pytest.mark.parametrize(("scope", "state"), EXCEPTIONAL)
def test_the_chapter_of_an_exceptional_state_is_opened_by_its_record_alone(scope, state):
    def gates(changes):
        return {f.gate for v in assessed(**changes).editions
                for f in v.findings if f.rule.scope is scope}  # fmt: skip

    assert gates(state) == {""}
    assert "" not in gates({})


@pytest.mark.parametrize(
    "state",
    [
        {"age_years": 18},
        {"mva_cm2": D("1.51")},
        {"mva_cm2": D("1.51"), "etiology": Etiology.RHEUMATIC},
        {"mitral_mean_gradient_mmhg": D("4.9")},
        {"mva_cm2": stale(D("4.0"))},
        {"endocarditis_active_or_suspected": False},
        {"sam_or_lvot_obstruction": False},
        {"lvad_or_transplant": False},
        {"etiology": None},
        {"pregnancy_status": PregnancyStatus.NOT_POSSIBLE},
    ],
)
def test_open_gates_let_the_rules_speak(state):
    for verdict in assessed(**{**TRIGGER, **state}).editions:
        assert verdict.gate is GateState.OPEN
        assert verdict.headline is not None


def test_what_is_assumed_is_printed_until_it_was_asked():
    unasked = assessed(**TRIGGER, none_of_these_asked=None).editions[0]
    assert unasked.assumptions == (
        "assuming no assist device or heart transplant",
        "assuming no active or suspected endocarditis",
        "assuming no mitral stenosis",
        "assuming no systolic anterior motion or outflow obstruction",
    )
    assert assessed(**TRIGGER).editions[0].assumptions == ()
    too_old = assessed(**TRIGGER, none_of_these_asked=stale(True)).editions[0]
    assert len(too_old.assumptions) == 4


def test_a_check_grown_old_leaves_an_assumption_and_not_a_vanished_trigger():
    """Of unknown cause: the trigger stays, and "assuming no mitral stenosis" is printed."""
    known = {**TRIGGER, "etiology": None, "none_of_these_asked": stale(True)}
    verdict = assessed(**known, none_of_these_asked_before=True).editions[0]
    assert verdict.headline is not None
    assert "assuming no mitral stenosis" in verdict.assumptions
    never = assessed(**known).editions[0]
    assert never.headline is None


@pytest.mark.parametrize(
    ("person", "asks"),
    [
        ({"sex": Sex.FEMALE, "age_years": 30}, True),
        ({"sex": Sex.FEMALE, "age_years": 11}, False),
        ({"sex": Sex.FEMALE, "age_years": 12}, True),
        ({"sex": Sex.FEMALE, "age_years": 55}, True),
        ({"sex": Sex.FEMALE, "age_years": 56}, False),
        ({"sex": Sex.FEMALE, "age_years": None}, True),
        ({"sex": Sex.MALE, "age_years": 30}, False),
        ({"sex": None, "age_years": 30}, True),
        (
            {
                "sex": Sex.FEMALE,
                "age_years": 30,
                "pregnancy_status": PregnancyStatus.NOT_PREGNANT,
            },
            False,
        ),
        (
            {
                "sex": Sex.FEMALE,
                "age_years": 30,
                "pregnancy_status": stale(PregnancyStatus.NOT_PREGNANT),
            },
            True,
        ),
    ],
)
def test_it_asks_about_pregnancy(person, asks):
    made = assessed(**{**TRIGGER, **person})
    assert ("Ask about pregnancy before acting." in made.notes) is asks


def test_asking_about_pregnancy_never_hides_a_headline():
    made = assessed(**TRIGGER, sex=Sex.FEMALE, age_years=30)
    assert all(verdict.headline for verdict in made.editions)


def test_a_mixed_mechanism_is_read_as_if_the_primary_part_dominates():
    made = assessed(**TRIGGER, mechanism=Mechanism.MIXED)
    assert any("Mixed mechanism" in note for note in made.notes)
    assert "if the primary part dominates" in made.editions[0].headline


def test_an_unknown_mechanism_still_gets_a_grade_and_no_rule():
    made = assessed(**TRIGGER, mechanism=None)
    assert made.grade.is_severe is True
    assert made.editions[0].headline is None
    assert any("Mechanism not recorded" in note for note in made.notes)


def test_the_triggers_were_met_before_a_gate_closed():
    findings = [f for v in assessed(**TRIGGER).editions for f in v.findings]
    quiet = [f for v in assessed(**{**TRIGGER, "symptomatic": False}).editions for f in v.findings]
    met = {f.rule.source.row for f in [*findings, *quiet] if f.verdict is Verdict.MET}
    assert {"AHA-PI-01", "AHA-PI-02", "ESC25-P-02", "ESC25-P-03"} <= met
