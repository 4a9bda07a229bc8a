"""INR targets by edition, what alarms read, and the hazards that these chapters can cause."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from guidelines.anticoagulation import InrTarget, facts_on_record, inr_target_of
from guidelines.assessment import assess
from guidelines.catalogue.antithrombosis import (
    AorticMechanicalValve,
    BleedingRisk,
    ProcedurePlanned,
    StenosisGrade,
    Thrombogenicity,
)
from guidelines.registry import ACC_AHA_2020, ESC_EACTS_2021, ESC_EACTS_2025, RULES
from guidelines.rule import Edition, judge
from guidelines.vocabulary import (
    Advice,
    Etiology,
    MitralValveState,
    SurgicalRisk,
    Tempo,
    Verdict,
)
from tests.guidelines.pictures import TODAY, Given, fact, picture, stale

D = Decimal
MECHANICAL: dict[str, Given] = {
    "age_years": 60,
    "mitral_valve_state": MitralValveState.MECHANICAL,
    "aortic_mechanical_valve": AorticMechanicalValve.NONE,
    "other_mechanical_valve": False,
    "on_x_valve": False,
    "embolism_at_target_inr": False,
    "prosthesis_thrombogenicity": Thrombogenicity.LOW,
    "atrial_fibrillation": True,
    "mitral_stenosis": StenosisGrade.NONE,
    "hypercoagulable_state": False,
    "lvef_percent": 60,
    "thrombotic_event_past_year": False,
    "thromboembolism_ever": False,
}
AORTIC: dict[str, Given] = {
    **MECHANICAL,
    "mitral_valve_state": MitralValveState.NATIVE,
    "aortic_mechanical_valve": AorticMechanicalValve.CURRENT,
    "atrial_fibrillation": False,
    "bleeding_risk": BleedingRisk.LOW,
}


def target(edition: Edition, base: dict[str, Given], **changes: Given) -> InrTarget:
    found = inr_target_of(edition, picture(**{**base, **changes}).readings())
    assert found is not None
    return found


def said(edition: Edition, base: dict[str, Given], **changes: Given) -> str:
    return target(edition, base, **changes).text


def test_a_mechanical_mitral_valve_with_af_and_no_stenosis_is_3_0_in_every_edition() -> None:
    # Boundary case 17.
    assert said(ACC_AHA_2020, MECHANICAL) == "3.0 (2.5 to 3.5)"
    assert said(ESC_EACTS_2025, MECHANICAL) == "3.0 (2.5 to 3.5)"
    assert said(ESC_EACTS_2021, MECHANICAL) == "3.0 (2.5 to 3.5)"
    assert target(ESC_EACTS_2025, MECHANICAL).row == "ESC25-INR-01"


@pytest.mark.parametrize(
    "factor",
    [
        {"hypercoagulable_state": True},
        {"lvef_percent": D("34.9")},
        {"mitral_stenosis": StenosisGrade.MODERATE},
        {"thrombotic_event_past_year": True},
    ],
)
def test_esc_2025_asks_for_3_5_only_with_a_prothrombotic_factor(factor: dict[str, Given]) -> None:
    assert said(ESC_EACTS_2025, MECHANICAL, **factor) == "3.5 (3.0 to 4.0)"
    assert said(ACC_AHA_2020, MECHANICAL, **factor) == "3.0 (2.5 to 3.5)"


def test_an_unknown_factor_leaves_both_targets_open_and_is_named() -> None:
    found = target(ESC_EACTS_2025, MECHANICAL, hypercoagulable_state=None)
    assert found.text == "3.0 (2.5 to 3.5) or 3.5 (3.0 to 4.0)"
    assert (found.target, found.low, found.high) == (None, D("2.5"), D("4.0"))
    assert found.missing == ("hypercoagulable_state",)
    assert not found.is_decided


def test_an_old_lvef_does_not_exclude_a_factor() -> None:
    found = target(ESC_EACTS_2025, MECHANICAL, lvef_percent=stale(60))
    assert found.missing == ("lvef_percent",)


def test_2021_goes_by_thrombogenicity() -> None:
    of = {kind: said(ESC_EACTS_2021, MECHANICAL, prosthesis_thrombogenicity=kind)
          for kind in Thrombogenicity}  # fmt: skip
    assert of[Thrombogenicity.LOW] == "3.0 (2.5 to 3.5)"
    assert of[Thrombogenicity.MEDIUM] == "3.5 (3.0 to 4.0)"
    assert of[Thrombogenicity.HIGH] == "4.0 (3.5 to 4.5)"
    assert of[Thrombogenicity.UNKNOWN].count(" or ") == 2


@pytest.mark.parametrize(
    ("edition", "changes", "text"),
    [
        (ACC_AHA_2020, {}, "2.5 (2.0 to 3.0)"),
        (ACC_AHA_2020, {"atrial_fibrillation": True}, "3.0 (2.5 to 3.5)"),
        (
            ACC_AHA_2020,
            {"aortic_mechanical_valve": AorticMechanicalValve.OLDER},
            "3.0 (2.5 to 3.5)",
        ),
        (ESC_EACTS_2025, {}, "2.5 (2.0 to 3.0)"),
        (ESC_EACTS_2025, {"bleeding_risk": BleedingRisk.HIGH}, "2.0 (1.5 to 2.5)"),
        (ESC_EACTS_2025, {"atrial_fibrillation": True}, "2.5 (2.0 to 3.0)"),
        (ESC_EACTS_2025, {"hypercoagulable_state": True}, "3.0 (2.5 to 3.5)"),
        (
            ESC_EACTS_2025,
            {"aortic_mechanical_valve": AorticMechanicalValve.OLDER},
            "3.0 (2.5 to 3.5)",
        ),
        (ESC_EACTS_2021, {}, "2.5 (2.0 to 3.0)"),
        (ESC_EACTS_2021, {"atrial_fibrillation": True}, "3.0 (2.5 to 3.5)"),
        (
            ESC_EACTS_2021,
            {"aortic_mechanical_valve": AorticMechanicalValve.OLDER},
            "3.5 (3.0 to 4.0)",
        ),
        (
            ESC_EACTS_2021,
            {
                "aortic_mechanical_valve": AorticMechanicalValve.OLDER,
                "atrial_fibrillation": True,
            },
            "4.0 (3.5 to 4.5)",
        ),
    ],
)
def test_a_mechanical_aortic_valve_alone(
    edition: Edition, changes: dict[str, Given], text: str
) -> None:
    assert said(edition, AORTIC, **changes) == text


@pytest.mark.parametrize("edition", [ACC_AHA_2020, ESC_EACTS_2021, ESC_EACTS_2025])
def test_the_mitral_valve_decides_when_both_are_mechanical(edition: Edition) -> None:
    both = {**MECHANICAL, "aortic_mechanical_valve": AorticMechanicalValve.CURRENT}
    assert said(edition, both) == "3.0 (2.5 to 3.5)"


def test_no_target_without_a_mechanical_valve_and_a_question_where_that_is_unknown() -> None:
    native = picture(mitral_valve_state=MitralValveState.NATIVE).readings()
    assert inr_target_of(ACC_AHA_2020, native) is None
    unknown = inr_target_of(ACC_AHA_2020, {})
    assert unknown is not None
    assert (unknown.text, unknown.missing) == ("cannot tell", ("mitral_valve_state",))
    assert (unknown.low, unknown.high, unknown.as_dict()["target"]) == (None, None, None)


def test_an_edition_without_a_scheme_is_an_error() -> None:
    with pytest.raises(LookupError, match="no INR scheme"):
        inr_target_of(replace(ACC_AHA_2020, id="other"), {})


def test_on_x_and_an_embolism_are_noted_and_do_not_change_the_target() -> None:
    found = target(ACC_AHA_2020, MECHANICAL, on_x_valve=True, embolism_at_target_inr=True)
    assert found.target == D("3.0")
    assert len(found.notes) == 2
    assert "AHA-OAC-22" in found.notes[1]


def test_a_target_can_be_stored() -> None:
    stored = json.loads(json.dumps(target(ESC_EACTS_2025, MECHANICAL).as_dict()))
    assert (stored["target"], stored["low"], stored["high"]) == ("3.0", "2.5", "3.5")
    assert stored["choices"][0]["row"] == "ESC25-INR-01"


def alerts(**facts: Given) -> set[str]:
    given = {"age_years": 60, "mitral_valve_state": MitralValveState.MECHANICAL, **facts}
    found = assess(picture(**given), on=TODAY).alerts
    return {finding.rule.source.row + " " + finding.rule.id.rsplit("/")[-1] for finding in found}


ON_VKA: dict[str, Given] = {"takes_vka": True, "takes_doac": False, "inr": D("3.0")}


def test_a_mechanical_valve_on_vka_with_a_good_inr_raises_no_alarm() -> None:
    assert not {alert for alert in alerts(**ON_VKA) if alert.startswith("SAFE-2")}


def test_no_vka_on_record_is_an_alarm_also_when_there_is_no_list() -> None:
    assert "SAFE-20 no-vka" in alerts()
    assert "SAFE-20 no-vka" in alerts(**{**ON_VKA, "takes_vka": False})
    assert "SAFE-20 no-vka" in alerts(**{**ON_VKA, "takes_vka": fact(None)})


def test_a_vka_on_an_old_list_is_on_record() -> None:
    assert "SAFE-20 no-vka" not in alerts(**{**ON_VKA, "takes_vka": stale(True)})


def test_a_doac_on_a_mechanical_valve_is_an_alarm_however_old_the_list() -> None:
    assert "SAFE-20 doac" in alerts(**{**ON_VKA, "takes_doac": True})
    assert "SAFE-20 doac" in alerts(**{**ON_VKA, "takes_doac": stale(True)})
    assert "SAFE-20 doac" in alerts(**ON_VKA, doac_planned=True)


@pytest.mark.parametrize(
    ("inr", "alarm"),
    [("1.9", "low-inr"), ("2.0", None), ("5.0", None), ("5.1", "high-inr")],
)
def test_an_inr_below_2_0_or_above_5_0_is_an_alarm(inr: str, alarm: str | None) -> None:
    found = {alert for alert in alerts(**{**ON_VKA, "inr": D(inr)}) if alert.endswith("-inr")}
    assert found == ({f"SAFE-20 {alarm}"} if alarm else set())


def test_a_dangerous_inr_does_not_grow_old_into_silence() -> None:
    assert "SAFE-20 low-inr" in alerts(**{**ON_VKA, "inr": stale(D("1.4"))})


def test_a_good_inr_that_is_too_old_or_missing_reassures_nobody() -> None:
    question = "SAFE-20 inr-overdue"
    assert question not in alerts(**ON_VKA)
    assert question in alerts(**{**ON_VKA, "inr": stale(D("2.8"))})
    assert question in alerts(**{**ON_VKA, "inr": None})
    assert question in alerts(**{**ON_VKA, "inr": fact(None)})


def test_an_alarm_does_not_wait_for_the_age_of_the_patient() -> None:
    assert "SAFE-20 no-vka" in alerts(age_years=None)
    assert "SAFE-20 no-vka" in alerts(age_years=12)


@pytest.mark.parametrize(
    "sign",
    [
        "dyspnea_new_or_worse",
        "embolism_recent",
        "prosthesis_clicks_muffled",
        "prosthesis_gradient_risen",
        "valve_thrombosis_suspected",
    ],
)
def test_one_sign_of_thrombosis_is_enough_for_an_alarm(sign: str) -> None:
    assert "SAFE-21 valve-thrombosis" in alerts(**ON_VKA, **{sign: True})


def test_a_gradient_5_above_the_baseline_is_a_sign_of_thrombosis() -> None:
    gradients: dict[str, Given] = {
        "prosthesis_mean_gradient_mmhg": 9,
        "baseline_prosthesis_mean_gradient_mmhg": 4,
    }
    assert "SAFE-21 valve-thrombosis" in alerts(**ON_VKA, **gradients)


def test_a_doac_on_a_mechanical_valve_is_vetoed_by_both_bodies_and_asked_when_unknown() -> None:
    on_doac = assess(picture(**{**MECHANICAL, "takes_doac": True}), on=TODAY)
    rows = {finding.rule.source.row for finding in on_doac.vetoes}
    assert rows >= {"AHA-OAC-17", "AHA-AF-04", "ESC25-OAC-01"}
    unknown = assess(picture(**MECHANICAL), on=TODAY)
    rows = {finding.rule.source.row for finding in unknown.vetoes_to_settle}
    assert rows >= {"AHA-OAC-17", "AHA-AF-04", "ESC25-OAC-01"}


def test_no_doac_is_advised_for_af_with_a_mechanical_valve_or_an_unknown_valve() -> None:
    for state in (MitralValveState.MECHANICAL, None):
        facts = {**MECHANICAL, "mitral_valve_state": state, "cha2ds2_vasc": 4, "cha2ds2_va": 4,
                 "etiology": Etiology.BARLOW}  # fmt: skip
        verdict = assess(picture(**facts), on=TODAY)
        met = [
            finding.rule.id
            for edition in verdict.editions
            for finding in edition.findings
            if finding.verdict is Verdict.MET and finding.rule.advice is Advice.DOAC
        ]
        assert not met


def test_leaving_out_the_bridge_is_never_offered_for_a_mitral_valve() -> None:
    rule = next(r for r in RULES[ESC_EACTS_2025] if r.id.endswith("no-bridging-aortic"))
    both = {**MECHANICAL, "atrial_fibrillation": False,
            "aortic_mechanical_valve": AorticMechanicalValve.CURRENT,
            "procedure_planned": ProcedurePlanned.MAJOR}  # fmt: skip
    assert judge(rule, picture(**both).readings()) is Verdict.NOT_APPLICABLE
    unknown = {**both, "mitral_valve_state": None}
    assert judge(rule, picture(**unknown).readings()) is Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("age", "acc_aha", "esc"),
    [
        (64, {Advice.MECHANICAL_VALVE}, {Advice.MECHANICAL_VALVE}),
        (65, {Advice.BIOLOGICAL_VALVE}, {Advice.SHARED_DECISION}),
        (70, {Advice.BIOLOGICAL_VALVE}, {Advice.SHARED_DECISION}),
        (71, {Advice.BIOLOGICAL_VALVE}, {Advice.BIOLOGICAL_VALVE}),
    ],
)
def test_the_prosthesis_of_a_mitral_replacement_by_age(
    age: int, acc_aha: set[Advice], esc: set[Advice]
) -> None:
    # Boundary case 15.
    facts = picture(age_years=age, mitral_replacement_planned=True, vka_not_acceptable=False)
    by_age = {
        "AHA-PR-03", "AHA-PR-04", "AHA-PR-05", "ESC-PR-02", "ESC-PR-03", "ESC-PR-04",
    }  # fmt: skip
    for edition, advice in ((ACC_AHA_2020, acc_aha), (ESC_EACTS_2025, esc),
                            (ESC_EACTS_2021, esc)):  # fmt: skip
        found = {
            rule.advice
            for rule in RULES[edition]
            if rule.source.row in by_age and judge(rule, facts.readings()) is Verdict.MET
        }
        assert found == advice


FAILED: dict[str, Given] = {
    "age_years": 60,
    "mitral_valve_state": MitralValveState.SURGICAL_BIOPROSTHESIS,
    "symptomatic": True,
    "nyha_class": 3,
    "prosthesis_dysfunction_significant": True,
    "prosthetic_stenosis_severe": True,
    "valve_thrombosis_suspected": False,
    "surgical_risk": SurgicalRisk.LOW,
}


def test_a_failing_prosthesis_has_a_headline_in_both_editions() -> None:
    found = assess(picture(**FAILED), on=TODAY)
    assert [verdict.headline_class for verdict in found.editions if verdict.headline] != []
    assert {str(verdict.headline_class) for verdict in found.editions} == {"1", "I"}


def test_the_team_s_risk_class_still_missing_does_not_hide_a_failing_prosthesis() -> None:
    found = assess(picture(**{**FAILED, "surgical_risk": None}), on=TODAY)
    acc_aha = found.edition("acc-aha-2020")
    assert acc_aha.pending_judgement
    assert "Class 1 pending team judgement" in (acc_aha.headline or "")


def test_severe_deterioration_by_doppler_alone_brings_the_headline() -> None:
    doppler: dict[str, Given] = {
        "prosthesis_dysfunction_significant": None,
        "doppler_velocity_index": D("2.8"),
        "baseline_doppler_velocity_index": D("1.8"),
    }
    found = assess(picture(**{**FAILED, **doppler}), on=TODAY)
    assert str(found.edition("esc-eacts-2025").headline_class) == "I"


def test_an_unexcluded_thrombosis_keeps_the_reoperation_possible_and_asks() -> None:
    found = assess(picture(**{**FAILED, "valve_thrombosis_suspected": None}), on=TODAY)
    esc = found.edition("esc-eacts-2025")
    assert str(esc.strongest_possible) == "I"
    assert "valve_thrombosis_suspected" in esc.missing


def test_a_beta_blocker_in_acute_regurgitation_warns_unless_an_obstruction_is_its_cause() -> None:
    acute: dict[str, Given] = {
        "mitral_valve_state": MitralValveState.NATIVE,
        "tempo": Tempo.ACUTE,
        "takes_beta_blocker": True,
    }
    warning = "SAFE-40 negative-inotrope-in-acute-regurgitation"
    assert warning in alerts(**acute)
    assert warning not in alerts(**acute, sam_or_lvot_obstruction=True)
    assert warning not in alerts(**acute, etiology=Etiology.SAM_OF_HCM)


def test_acute_regurgitation_says_at_once_what_to_exclude_whatever_else_is_recorded() -> None:
    for tempo in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC):
        assert "D12 before-a-bridge" in alerts(tempo=tempo)
    assert "D12 before-a-bridge" not in alerts(tempo=Tempo.CHRONIC)


def test_a_vasodilator_in_acute_regurgitation_with_shock_warns() -> None:
    shock: dict[str, Given] = {"tempo": Tempo.ACUTE, "takes_nitrate": True}
    warning = "D12 vasodilator-in-hypotension"
    assert warning in alerts(**shock, hypotensive_now=True)
    assert warning not in alerts(**shock, hypotensive_now=False)


def test_a_nitrate_with_an_obstruction_warns() -> None:
    obstructed: dict[str, Given] = {"sam_or_lvot_obstruction": True, "takes_nitrate": True}
    assert "SAFE-08 obstruction" in alerts(**obstructed)


def test_what_is_on_record_is_derived_only_where_an_alarm_asks_for_it() -> None:
    assert facts_on_record(picture(mitral_valve_state=MitralValveState.NATIVE)) == {}
    facts = facts_on_record(picture(mitral_valve_state=MitralValveState.MECHANICAL, inr=fact(None)))
    assert set(facts) == {"vka_on_record", "doac_on_record", "inr_overdue"}
