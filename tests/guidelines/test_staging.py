"""ACC/AHA stages by Tables 17 and 18: boundaries, gaps, scope, and both parts of a mixed leak."""

import json
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guidelines.catalogue.severity import JetDirection
from guidelines.facts import Interval
from guidelines.gates import GATES, pass_gates
from guidelines.severity import Scheme, grade_by
from guidelines.staging import UNEXPLAINED, StageTable, stage_of
from guidelines.vocabulary import (
    Etiology,
    JetTiming,
    Mechanism,
    MitralValveState,
    PregnancyStatus,
    Scope,
    Sex,
    Stage,
    Tempo,
)
from tests.guidelines.pictures import quiet, stale

D = Decimal
SECONDARY = {"mechanism": Mechanism.SECONDARY_VENTRICULAR, "etiology": Etiology.ISCHEMIC}


def staged(**changes):
    picture = quiet(**changes)
    readings = picture.readings()
    severity = grade_by(Scheme.ACC_AHA, picture, readings)
    gates = pass_gates(GATES[Scope.NATIVE_CHRONIC], readings)
    return stage_of(picture, readings, severity, gates)


def letters(staging):
    return "".join(stage.value for stage in staging.stages)


@pytest.mark.parametrize(
    ("changes", "stages", "row"),
    [
        ({}, "C1", "AHA-PS-C1"),
        ({"lvef_percent": 61, "lvesd_mm": 39}, "C1", "AHA-PS-C1"),
        ({"lvef_percent": 60, "lvesd_mm": 39}, "C2", "AHA-PS-C2"),
        ({"lvef_percent": D("60.1"), "lvesd_mm": 39}, "C1", "AHA-PS-C1"),
        ({"lvef_percent": 65, "lvesd_mm": 40}, "C2", "AHA-PS-C2"),
        ({"lvef_percent": 65, "lvesd_mm": D("39.9")}, "C1", "AHA-PS-C1"),
        ({"lvef_percent": 55, "lvesd_mm": None}, "C2", "AHA-PS-C2"),
        ({"lvef_percent": None, "lvesd_mm": 41}, "C2", "AHA-PS-C2"),
        ({"lvef_percent": 55, "symptomatic": True}, "D", "AHA-PS-D"),
        ({"symptomatic": True, "lvef_percent": None, "lvesd_mm": None}, "D", "AHA-PS-D"),
        ({"lvesd_mm": stale(41)}, "C2", "AHA-PS-C2"),
    ],
)
def test_severe_primary_is_c1_c2_or_d_with_sixty_and_forty_in_c2(changes, stages, row):
    made = staged(**changes)
    assert letters(made) == stages
    assert made.stage is Stage(stages)
    assert made.table is StageTable.PRIMARY
    assert made.rows == (row,)
    assert made.missing == ()


@pytest.mark.parametrize(
    ("changes", "stages", "missing", "text"),
    [
        ({"lvef_percent": None}, "C1C2", ("lvef_percent",), "C1 or C2: LVEF missing"),
        ({"lvesd_mm": None}, "C1C2", ("lvesd_mm",), "C1 or C2: LVESD missing"),
        (
            {"lvef_percent": None, "lvesd_mm": None},
            "C1C2",
            ("lvef_percent", "lvesd_mm"),
            "C1 or C2: LVEF or LVESD missing",
        ),
        (
            {"lvef_percent": Interval(D(55), D(65))},
            "C1C2",
            ("lvef_percent",),
            "C1 or C2: LVEF missing",
        ),
        ({"lvef_percent": stale(65)}, "C1C2", ("lvef_percent",), "C1 or C2: LVEF missing"),
        ({"symptomatic": None}, "C1D", ("symptomatic",), "C1 or D: symptoms not known"),
        (
            {"symptomatic": None, "lvef_percent": 58},
            "C2D",
            ("symptomatic",),
            "C2 or D: symptoms not known",
        ),
        (
            {"symptomatic": None, "lvesd_mm": None},
            "C1C2D",
            ("symptomatic", "lvesd_mm"),
            "C1 or C2 or D: symptoms not known",
        ),
        ({"symptomatic": stale(False)}, "C1D", ("symptomatic",), "C1 or D: symptoms not known"),
    ],
)
def test_a_gap_leaves_the_stages_that_are_possible(changes, stages, missing, text):
    made = staged(**changes)
    assert letters(made) == stages
    assert made.stage is None
    assert made.missing == missing
    assert made.text == text


MODERATE = {"eroa_mm2": 25, "vena_contracta_mm": 4}
MILD = {"eroa_mm2": 10, "vena_contracta_mm": 2}
SMALL_JET = {"jet_area_percent_la": 15, "jet_direction": JetDirection.CENTRAL}


@pytest.mark.parametrize(
    ("changes", "stages", "missing"),
    [
        (MODERATE, "B", ()),
        ({**MODERATE, "eroa_mm2": 35}, "B", ()),
        ({**MILD, **SMALL_JET}, "A", ()),
        ({**MILD, **SMALL_JET, "jet_area_percent_la": 20}, "B", ()),
        ({**MILD, **SMALL_JET, "jet_area_percent_la": D("19.9")}, "A", ()),
        ({**MILD, "eroa_mm2": 10, "vena_contracta_mm": 3}, "B", ()),
        ({**MILD, **SMALL_JET, "etiology": Etiology.ENDOCARDITIS_HEALED}, "B", ()),
        (
            {
                **MILD,
                "jet_direction": JetDirection.ECCENTRIC,
                "jet_timing": JetTiming.LATE_SYSTOLIC,
            },
            "B",
            (),
        ),
        (MILD, "AB", ("jet_area_percent_la", "jet_direction")),
        ({**MILD, "jet_direction": JetDirection.ECCENTRIC}, "AB", None),
        ({**MILD, "reader_grade": 0}, "A", ()),
        (
            {"eroa_mm2": 10, "vena_contracta_mm": None, "reader_grade": 1, **SMALL_JET},
            "AB",
            ("vena_contracta_mm",),
        ),
    ],
)
@pytest.mark.parametrize("table", list(StageTable))
def test_not_severe_is_a_or_b(table, changes, stages, missing):
    primary = table is StageTable.PRIMARY
    mechanism = {} if primary else {"mechanism": Mechanism.SECONDARY_ATRIAL}
    shape = {"orifice_elliptical": False, "low_flow": False}
    made = staged(**{**shape, **mechanism, **changes})
    assert letters(made) == stages
    assert made.table is table
    if missing is not None:
        assert made.missing == missing


@pytest.mark.parametrize("changes", [MODERATE, {**MILD, **SMALL_JET}])
def test_symptoms_do_not_make_a_leak_severe_that_is_not(changes):
    made = staged(**changes, symptomatic=True)
    assert made.stage in (Stage.A, Stage.B)
    assert made.notes == (UNEXPLAINED,)
    assert staged(**changes).notes == ()


@pytest.mark.parametrize(
    ("changes", "stages", "missing", "text"),
    [
        ({}, "C", (), Stage.C.label),
        ({"symptoms_persist_on_gdmt": True, "symptomatic": True}, "D", (), Stage.D.label),
        ({"symptoms_persist_on_gdmt": True, "symptomatic": None}, "D", (), Stage.D.label),
        (
            {"symptomatic": True},
            "CD",
            ("gdmt_optimized", "symptoms_persist_on_gdmt"),
            "C/D undetermined: medical therapy not optimized",
        ),
        (
            {"symptomatic": True, "gdmt_optimized": False, "symptoms_persist_on_gdmt": False},
            "CD",
            ("gdmt_optimized",),
            "C/D undetermined: medical therapy not optimized",
        ),
        (
            {"symptomatic": True, "gdmt_optimized": True},
            "CD",
            ("symptoms_persist_on_gdmt",),
            "C/D undetermined: whether symptoms persist on optimized therapy is not known",
        ),
        (
            {"symptomatic": True, "gdmt_optimized": True, "symptoms_persist_on_gdmt": False},
            "C",
            (),
            Stage.C.label,
        ),
        (
            {"symptomatic": None},
            "CD",
            ("symptomatic", "symptoms_persist_on_gdmt"),
            "C or D: symptoms not known",
        ),
        ({"lvef_percent": 30, "lvesd_mm": 60}, "C", (), Stage.C.label),
    ],
)
def test_severe_secondary_is_d_only_when_symptoms_persist_on_therapy(
    changes, stages, missing, text
):
    made = staged(**{**SECONDARY, **changes})
    assert letters(made) == stages
    assert made.missing == missing
    assert made.text == text
    assert made.table is StageTable.SECONDARY


@pytest.mark.parametrize(("changes", "stages"), [({}, "ABC1C2D"), (SECONDARY, "ABCD")])
def test_an_ungraded_leak_has_every_stage_possible(changes, stages):
    made = staged(**{**changes, "vena_contracta_mm": None, "eroa_mm2": 25})
    assert letters(made) == stages
    assert made.stage is None
    assert "not shown to be severe" in made.text
    assert "cmr_regurgitant_volume_ml" in made.missing


@pytest.mark.parametrize(
    ("state", "row"),
    [
        ({"age_years": 17}, "SAFE-01"),
        ({"mitral_valve_state": MitralValveState.MECHANICAL}, "SAFE-02"),
        ({"lvad_or_transplant": True}, "SAFE-02"),
        ({"mitral_valve_state": MitralValveState.TEER}, "SAFE-03"),
        ({"tempo": Tempo.ACUTE}, "SAFE-05"),
        ({"tempo": Tempo.ACUTE_ON_CHRONIC}, "SAFE-05"),
        ({"endocarditis_active_or_suspected": True}, "SAFE-06"),
        ({"mva_cm2": D("1.5")}, "SAFE-07"),
        ({"sam_or_lvot_obstruction": True}, "SAFE-08"),
    ],
)
def test_out_of_scope_there_is_no_stage_and_the_reason_stands(state, row):
    made = staged(**state)
    assert made.stages == ()
    assert made.stage is None
    assert made.rows == (row,)
    assert made.text.startswith("No stage: ")
    assert made.missing == ()


def test_pregnancy_leaves_the_stage():
    pregnant = {"pregnancy_status": PregnancyStatus.PREGNANT, "sex": Sex.FEMALE, "age_years": 30}
    assert staged(**pregnant).stage is Stage.C1


@pytest.mark.parametrize(
    ("unknown", "row"),
    [
        ({"mitral_valve_state": None}, "SAFE-04"),
        ({"tempo": None}, "SAFE-05"),
        ({"age_years": None}, "SAFE-01"),
    ],
)
def test_where_scope_is_unknown_no_stage_is_decided(unknown, row):
    made = staged(**unknown)
    assert letters(made) == "C1"
    assert made.stage is None
    assert made.may_not_apply
    assert made.rows == (row,)
    assert set(unknown) <= set(made.missing)
    assert made.text.startswith("Cannot tell whether a stage applies.")


def test_a_mixed_leak_is_staged_as_if_either_part_dominates():
    made = staged(mechanism=Mechanism.MIXED, symptomatic=True)
    assert [letters(part) for part in made.parts] == ["D", "CD"]
    assert letters(made) == "CD"
    assert made.stage is None
    assert made.text.startswith("If the primary part dominates: D: severe, symptomatic; if the ")
    assert "SAFE-10" in made.rows
    both = staged(mechanism=Mechanism.MIXED, symptomatic=True, symptoms_persist_on_gdmt=True)
    assert both.stage is Stage.D


def test_without_a_mechanism_a_stage_is_decided_only_where_both_tables_agree():
    made = staged(mechanism=None)
    assert letters(made) == "CC1"
    assert made.stage is None
    assert made.missing[0] == "mechanism"
    agreed = staged(mechanism=None, symptomatic=True, symptoms_persist_on_gdmt=True)
    assert agreed.stage is Stage.D
    assert agreed.missing == ()


def test_reasons_name_the_facts_with_their_values():
    made = staged(lvef_percent=stale(58), lvesd_mm=39)
    assert made.stage is Stage.C2
    assert made.reasons == (
        "Severe, corroborated",
        "LVEF 58 % (too old to reassure)",
        "LVESD 39 mm",
        "no symptoms of the regurgitation",
    )
    secondary = staged(**SECONDARY, symptomatic=True, symptoms_persist_on_gdmt=True)
    assert secondary.reasons[-1] == "symptoms persist on optimized therapy: yes"


@pytest.mark.parametrize(
    "changes", [{}, {"mechanism": Mechanism.MIXED}, {"age_years": 17}, {"tempo": None}]
)
def test_it_is_a_plain_value_that_json_can_hold(changes):
    kept = json.loads(json.dumps(staged(**changes).as_dict()))
    assert kept["stages"] == [stage.value for stage in staged(**changes).stages]


KNOWN = {
    "symptomatic": st.booleans(),
    "lvef_percent": st.sampled_from([D(58), D(60), D(61)]),
    "lvesd_mm": st.sampled_from([D(39), D(40), D(41)]),
    "symptoms_persist_on_gdmt": st.booleans(),
    "gdmt_optimized": st.booleans(),
    "mechanism": st.sampled_from([m for m in Mechanism if m is not Mechanism.UNKNOWN]),
    "jet_area_percent_la": st.sampled_from([D(10), D(20), D(60)]),
}


@settings(max_examples=70, deadline=None)
@given(st.data())
def test_filling_a_gap_only_takes_stages_away(data):
    drawn = {name: data.draw(st.none() | values) for name, values in KNOWN.items()}
    eroa = data.draw(st.sampled_from([D(10), D(45)]))
    gap = data.draw(st.sampled_from(sorted(KNOWN)))
    base = {**drawn, "eroa_mm2": eroa, "vena_contracta_mm": eroa / 5, "orifice_elliptical": False,
            "low_flow": False}  # fmt: skip
    before = staged(**{**base, gap: None})
    filled = {**base, gap: data.draw(KNOWN[gap])}
    # No symptoms, and symptoms that persist: such a picture contradicts itself.
    assume(not (filled["symptomatic"] is False and filled["symptoms_persist_on_gdmt"] is True))
    after = staged(**filled)
    assert set(after.stages) <= set(before.stages)
    assert before.stage is None or after.stage is before.stage
