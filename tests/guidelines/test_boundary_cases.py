"""The boundary cases of the rule tables (section 9.3), and the hazards of these chapters."""

from datetime import date
from decimal import Decimal

import pytest

from guidelines.acc_aha_2020.risk import compare_risk, has_risk_facts
from guidelines.assessment import assess
from guidelines.atrial import check_atrial
from guidelines.catalogue.therapy import Frailty, ProcedureImpediment, RvDysfunction
from guidelines.criteria import at_least, either_measured
from guidelines.facts import Interval
from guidelines.medical_step import medical_step
from guidelines.registry import ACC_AHA_2020, ESC_EACTS_2021
from guidelines.vocabulary import (
    CenterType,
    Cor,
    Etiology,
    Mechanism,
    MitralValveState,
    Operability,
    PregnancyStatus,
    Sex,
    SurgicalRisk,
    TeerAnatomy,
    Tempo,
    Verdict,
)
from tests.guidelines.intervention_cases import PERSISTENT, S_06, SI_01
from tests.guidelines.pictures import TODAY, fact, picture, quiet, stale

D = Decimal
MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
NOT_APPLICABLE, CANNOT_TELL = Verdict.NOT_APPLICABLE, Verdict.CANNOT_TELL
PENDING = Verdict.PENDING_JUDGEMENT


def of_rule(rule_id, editions=None, **changes):
    made = assess(quiet(**changes), on=TODAY, editions=editions)
    findings = [f for verdict in made.editions for f in verdict.findings]
    return next(finding for finding in findings if finding.rule.id == rule_id)


def verdicts(editions=None, **changes):
    made = assess(quiet(**changes), on=TODAY, editions=editions)
    return {f.rule.id: f.verdict for verdict in made.editions for f in verdict.findings}


CASE_5 = {
    "lvef_percent": 65, "lvesd_mm": 36, "bsa_m2": D("2.0"), "atrial_fibrillation": True,
    "af_secondary_to_mr": True, "spap_mmhg": 50, "la_volume_index_ml_m2": 62, "la_diameter_mm": 56,
    "tr_grade": 1,
}  # fmt: skip
WILLING = {
    "surgical_risk": SurgicalRisk.LOW, "durable_repair_likely": True,
    "valve_center": CenterType.HEART_VALVE_CENTER,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lvef_percent": 60, "lvesd_mm": 39},
         {"acc-aha-2020/primary/lv-dysfunction": MET,
          "esc-eacts-2025/primary/lv-dysfunction": MET}),
        ({"lvef_percent": 61, "lvesd_mm": 39, "bsa_m2": D("1.90")},
         {"acc-aha-2020/primary/lv-dysfunction": NOT_MET,
          "esc-eacts-2025/primary/lv-dysfunction": MET}),
        ({**CASE_5, **WILLING},
         {"esc-eacts-2025/primary/early-repair": NOT_MET,
          "esc-eacts-2025/primary/pressure-or-rhythm": MET,
          "esc-eacts-2025/primary/dilated-atrium": MET,
          "acc-aha-2020/primary/early-repair": PENDING}),
        (CASE_5, {"esc-eacts-2025/primary/dilated-atrium": PENDING}),
        ({**CASE_5, **WILLING, "repair_likelihood_percent": 96,
          "expected_mortality_percent": D("0.9")}, {"acc-aha-2020/primary/early-repair": MET}),
        ({"repair_likelihood_percent": 95, "expected_mortality_percent": D("0.8"),
          "valve_center": CenterType.PRIMARY}, {"acc-aha-2020/primary/early-repair": NOT_MET}),
        ({"symptomatic": True, "lvef_percent": 25, "operability": Operability.HIGH_RISK,
          "surgical_risk": SurgicalRisk.HIGH, "teer_anatomy": TeerAnatomy.SUITABLE,
          "nyha_class": 2, "life_expectancy_under_1_year": False},
         {"acc-aha-2020/primary/symptoms": MET, "acc-aha-2020/primary/teer": NOT_APPLICABLE,
          "esc-eacts-2025/primary/teer": MET, "esc-eacts-2025/primary/symptoms": NOT_MET}),
    ],
)  # fmt: skip
def test_primary_boundary_cases(changes, expected):
    found = verdicts(**changes)
    assert {rule_id: found[rule_id] for rule_id in expected} == expected


def test_values_at_the_limits_of_edge_to_edge_repair_all_pass():
    at_limit = {"lvef_percent": 20, "lvesd_mm": 70, "spap_mmhg": 70}
    hospital = {"hf_hospitalization_past_year": True, "nt_probnp_pg_ml": None}
    secondary = {k: v for k, v in {**SI_01, **S_06}.items() if not k.startswith("severe_mr")}
    found = verdicts(**{**secondary, **at_limit, **hospital})
    assert found["acc-aha-2020/secondary/teer"] is MET
    assert found["esc-eacts-2025/secondary/teer"] is MET
    assert found["esc-eacts-2025/heart-failure/teer-coapt-like"] in (NOT_MET, NOT_APPLICABLE)


def test_eroa_32_with_low_flow_is_severe_by_esc_and_cannot_be_told_by_acc_aha():
    changes = {
        "mechanism": Mechanism.SECONDARY_VENTRICULAR, "eroa_mm2": 32, "regurgitant_volume_ml": 48,
        "low_flow": True, "orifice_elliptical": True, "vena_contracta_mm": None, "lvef_percent": 40,
    }  # fmt: skip
    made = assess(quiet(**changes), on=TODAY)
    aha, esc = made.severities
    assert (aha.is_severe, esc.is_severe) == (None, True)
    assert "regurgitant_fraction_percent" in aha.missing
    found = verdicts(**changes)
    assert found["acc-aha-2020/secondary/teer"] is CANNOT_TELL
    assert found["esc-eacts-2025/secondary/teer"] is not NOT_APPLICABLE


# --- The atrium as one item, and its declared substitution (safety D3) ---------------------------


ATRIUM = either_measured(
    at_least("la_volume_index_ml_m2", D(60)), at_least("la_diameter_mm", D(55))
)


@pytest.mark.parametrize(
    ("volume", "diameter", "holds"),
    [
        (59, None, False), (60, None, True), (None, D("54.9"), False), (None, 55, True),
        (62, 50, True), (50, 56, True), (50, 50, False), (None, None, None),
        (Interval(D(55), D(65)), 50, None), (Interval(D(55), D(65)), 55, True),
        (stale(50), 50, None),
    ],
)  # fmt: skip
def test_one_measure_of_the_atrium_is_enough(volume, diameter, holds):
    known = picture(la_volume_index_ml_m2=volume, la_diameter_mm=diameter).readings()
    assert ATRIUM.holds(known) is holds


def test_the_substitution_is_printed():
    assert str(ATRIUM) == (
        "LA volume index ≥ 60 mL/m² or LA diameter ≥ 55 mm (where only one is measured, it decides)"
    )
    assert ATRIUM.unsettled({}) == {"la_volume_index_ml_m2", "la_diameter_mm"}


def test_the_atrium_counts_once_of_four():
    both = {"la_volume_index_ml_m2": 62, "la_diameter_mm": 58}
    changes = {**WILLING, **both, "atrial_fibrillation": True, "spap_mmhg": 40, "tr_grade": 1}
    assert verdicts(**changes)["esc-eacts-2025/primary/early-repair"] is NOT_MET


def test_af_without_the_judgement_is_pending_and_without_af_is_not():
    changes = {"spap_mmhg": 50, "la_volume_index_ml_m2": 50}
    rule = "esc-eacts-2025/primary/pressure-or-rhythm"
    assert verdicts(**changes, atrial_fibrillation=True)[rule] is PENDING
    assert verdicts(**changes, atrial_fibrillation=False)[rule] is NOT_MET


# --- Never "no indication" (hazards H1, H6) -----------------------------------------------------


def secondary(**changes):
    facts = {k: v for k, v in S_06.items() if not k.startswith("severe_mr")}
    return quiet(**{**facts, "symptomatic": True, **changes})


def test_therapy_not_settled_reads_medical_step_first_and_never_no_indication():
    for name in ("gdmt_optimized", "crt_question_settled", "regraded_after_revascularization",
                 "symptoms_persist_on_gdmt"):  # fmt: skip
        for value in (False, None):
            readings = secondary(**{name: value}, reassessed_on_gdmt=True).readings()
            step = medical_step(readings)
            is_answer = name == "symptoms_persist_on_gdmt" and value is False
            assert step.value is not is_answer, (name, value)
            made = assess(secondary(**{name: value}), on=TODAY)
            assert all("no indication" not in v.summary.lower() for v in made.editions)


def test_the_medical_step_says_what_is_open():
    step = medical_step(secondary(gdmt_optimized=False, crt_question_settled=None).readings())
    assert step.value is True
    assert step.reason == (
        "open: medical therapy optimized (no); resynchronization question settled (not recorded); "
        "imaging repeated on optimized therapy (not recorded)"
    )
    assert medical_step(quiet().readings()).value is None
    settled = secondary(reassessed_on_gdmt=True)
    assert medical_step(settled.readings()).value is False


def test_a_judgement_not_given_is_a_trigger_in_secondary_regurgitation_too():
    made = assess(secondary(teer_anatomy=None), on=TODAY)
    assert made.edition("esc-eacts-2025").strongest_pending is Cor.CLASS_I


def test_mixed_mechanism_runs_both_chapters():
    changes = {"mechanism": Mechanism.MIXED, "symptomatic": True, "lvef_percent": 40}
    found = verdicts(**changes)
    assert found["acc-aha-2020/primary/symptoms"] is MET
    assert found["acc-aha-2020/secondary/teer"] is not NOT_APPLICABLE
    assert found["esc-eacts-2025/secondary/teer"] is not NOT_APPLICABLE


def test_a_vasodilator_is_flagged_only_for_the_regurgitation_alone():
    alone = {"vasodilator_for_mr_alone": True, "hypertension": False, "normotensive": True}
    rules = ("acc-aha-2020/medical/no-vasodilator",
             "esc-eacts-2025/medical/no-preventive-vasodilator")  # fmt: skip
    flagged = verdicts(**alone)
    treated = verdicts(**{**alone, "hypertension": True})
    weak = verdicts(**alone, lvef_percent=45)
    for rule in rules:
        assert flagged[rule] is MET
        assert treated[rule] is not MET
        assert weak[rule] is NOT_APPLICABLE


def test_edge_to_edge_repair_in_atrial_regurgitation_is_not_addressed_by_acc_aha():
    atrial = {"mechanism": Mechanism.SECONDARY_ATRIAL, "symptomatic": True}
    finding = of_rule("acc-aha-2020/secondary/atrial-teer-not-addressed", **atrial)
    assert finding.verdict is MET
    assert finding.rule.cor is None
    assert "not addressed" in finding.rule.message


def test_a_replacement_planned_without_a_repair_attempted_is_vetoed_or_asked():
    rule = "acc-aha-2020/primary/replacement-without-repair"
    plan = {"mitral_replacement_planned": True, "symptomatic": True}
    limited = {"lesion_under_half_of_posterior_leaflet": True, "repair_attempted_and_failed": False}
    assert of_rule(rule, **plan, **limited).verdict is MET
    asked = of_rule(rule, **plan)
    assert asked.verdict is CANNOT_TELL
    assert set(asked.missing) == set(limited)


@pytest.mark.parametrize(
    "changes",
    [
        {"pregnancy_status": PregnancyStatus.PREGNANT, "sex": Sex.FEMALE},
        {"tempo": Tempo.ACUTE},
        {"sam_or_lvot_obstruction": True},
        {"age_years": 17},
    ],
)
def test_no_drug_of_heart_failure_is_advised_in_pregnancy_obstruction_or_acute_regurgitation(
    changes,
):
    drugs = {"lvef_percent": 30, "nyha_class": 2, "takes_arni": False, "takes_ace_inhibitor": False,
             "takes_arb": False, "raas_inhibitor_not_possible": False}  # fmt: skip
    rule = "acc-aha-2020/heart-failure/raas-inhibitor"
    assert of_rule(rule, **drugs).verdict is MET
    assert of_rule(rule, **drugs, **changes).verdict is NOT_APPLICABLE


def test_heart_failure_is_treated_after_a_repair_too():
    drugs = {"lvef_percent": 30, "takes_sglt2_inhibitor": False,
             "sglt2_inhibitor_not_possible": False}  # fmt: skip
    rule = "acc-aha-2020/heart-failure/sglt2-inhibitor"
    repaired = {"mitral_valve_state": MitralValveState.TEER}
    assert of_rule(rule, **drugs, **repaired).verdict is MET


def test_bnp_on_an_arni_does_not_count_towards_table_7():
    changes = {"nt_probnp_pg_ml": 200, "bnp_pg_ml": 900}
    rule = "esc-eacts-2025/secondary/teer"
    on_arni = assess(secondary(**changes, takes_arni=True), on=TODAY)
    off = assess(secondary(**changes, takes_arni=False), on=TODAY)
    assert _verdict(on_arni, rule) is NOT_MET
    assert _verdict(off, rule) is MET


def _verdict(made, rule_id):
    return next(f.verdict for v in made.editions for f in v.findings if f.rule.id == rule_id)


def test_lvef_of_50_in_ventricular_regurgitation_is_a_gap_that_is_said():
    made = assess(secondary(lvef_percent=50), on=TODAY)
    assert _verdict(made, "esc-eacts-2025/secondary/teer") is NOT_APPLICABLE
    assert _verdict(made, "esc-eacts-2025/secondary/lvef-gap") is MET


ADULT = picture(age_years=fact(60, on=date(2026, 1, 1)))


def test_the_2026_heart_failure_rules_are_not_held_before_their_day():
    pair = (ACC_AHA_2020, ESC_EACTS_2021)
    assert not any("2026" in rule_id for rule_id in verdicts(pair))
    made = assess(ADULT, on=date(2026, 8, 1)).edition("esc-eacts-2025")
    assert not any(finding.rule.id.endswith("-2026") for finding in made.findings)


# --- The atrial definition -----------------------------------------------------------------------


AT = {
    "sex": Sex.FEMALE, "mechanism": Mechanism.SECONDARY_ATRIAL, "lvef_percent": 60,
    "regional_wall_motion_abnormality": False, "leaflet_tethering": False, "lvedd_mm": 50,
    "mitral_annulus_ap_mm": 40, "la_volume_index_ml_m2": 50, "atrial_fibrillation": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "is_atrial"),
    [
        ({}, True),
        ({"lvef_percent": 50}, True),
        ({"lvef_percent": 49}, False),
        ({"lvedd_mm": D("55.9")}, True),
        ({"lvedd_mm": 56}, False),
        ({"lvedd_mm": 62, "sex": Sex.MALE}, True),
        ({"lvedd_mm": 63, "sex": Sex.MALE}, False),
        ({"lvedd_mm": 60, "sex": None}, None),
        ({"lvedd_mm": 60, "sex": Sex.OTHER}, None),
        ({"lvedd_mm": 63, "sex": None}, False),
        ({"lvedd_mm": 55, "sex": None}, True),
        ({"lvedd_mm": None, "lvedv_index_ml_m2": 70}, True),
        ({"lvedd_mm": None, "lvedv_index_ml_m2": 71}, False),
        ({"lvedd_mm": None}, None),
        ({"mitral_annulus_ap_mm": 35}, False),
        ({"mitral_annulus_ap_mm": None}, None),
        ({"la_volume_index_ml_m2": 34}, False),
        ({"leaflet_tethering": True}, False),
        ({"regional_wall_motion_abnormality": None}, None),
    ],
)
def test_the_atrial_definition_is_checked_item_by_item(changes, is_atrial):
    made = check_atrial(picture(**{**AT, **changes}).readings())
    assert made.is_atrial is is_atrial
    assert bool(made.missing) is (is_atrial is None)
    assert made.is_supported is True
    assert made.as_dict()["is_atrial"] is is_atrial


def test_an_index_that_exceeds_is_flagged_while_the_other_is_within():
    made = check_atrial(picture(**AT, lvedv_index_ml_m2=80).readings())
    assert made.is_atrial is True
    assert made.flags == (
        "The left ventricle is within the limit by one index; its indexed volume exceeds it.",
    )
    larger = check_atrial(picture(**{**AT, "lvedd_mm": 60}, lvedv_index_ml_m2=60).readings())
    assert "its diameter exceeds" in larger.flags[0]


def test_a_mechanism_that_does_not_fit_is_flagged_and_not_overwritten():
    wrong = check_atrial(picture(**{**AT, "lvef_percent": 30}).readings())
    assert wrong.flags[0].startswith("Entered as atrial, the definition is not met")
    other = check_atrial(picture(**{**AT, "mechanism": Mechanism.SECONDARY_VENTRICULAR}).readings())
    assert other.flags == ("Entered as ventricular, the definition of the atrial type is met.",)


# --- Risk categories -----------------------------------------------------------------------------


LOW_RISK = {
    "etiology": Etiology.BARLOW, "sts_prom_percent": D("0.9"), "frailty": Frailty.NONE,
    "major_organs_compromised": 0, "procedure_impediment": ProcedureImpediment.NONE,
    "death_or_major_morbidity_1_year_percent": 5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "What is recorded fits: low risk."),
        ({"sts_prom_percent": 1}, "Neither low nor high: intermediate, a state that 2020 does not "
         "define here."),
        ({"sts_prom_percent": 8}, "Neither low nor high: intermediate, a state that 2020 does not "
         "define here."),
        ({"sts_prom_percent": D("8.1")}, "What is recorded fits: high risk."),
        ({"frailty": Frailty.MODERATE}, "What is recorded fits: prohibitive and high risk."),
        ({"major_organs_compromised": 3}, "What is recorded fits: prohibitive and high risk."),
        ({"frailty": None}, "Not decided by what is recorded: prohibitive and high and low risk."),
    ],
)  # fmt: skip
def test_risk_is_compared_and_never_forced(changes, words):
    made = compare_risk(picture(**{**LOW_RISK, **changes}, surgical_risk=SurgicalRisk.LOW))
    assert made.words == words
    assert made.entered is SurgicalRisk.LOW
    assert made.as_dict()["words"] == words


@pytest.mark.parametrize(
    ("entered", "differs"),
    [(SurgicalRisk.LOW, True), (SurgicalRisk.INTERMEDIATE, True), (SurgicalRisk.HIGH, False)],
)
def test_a_class_that_does_not_fit_is_told_and_stands(entered, differs):
    made = compare_risk(
        picture(**{**LOW_RISK, "sts_prom_percent": D("8.1")}, surgical_risk=entered)
    )
    assert made.entered is entered
    assert bool(made.differs) is differs
    if differs:
        assert "and that stands. What is recorded fits: high risk (AHA-RK-02)" in made.differs


def test_a_record_without_any_fact_of_risk_is_not_compared():
    assert not has_risk_facts(picture(etiology=Etiology.BARLOW))
    assert not has_risk_facts(picture(surgical_risk=SurgicalRisk.UNKNOWN))
    assert has_risk_facts(picture(sts_prom_percent=2))
    assert has_risk_facts(picture(surgical_risk=SurgicalRisk.LOW))


def test_without_a_class_by_the_team_none_is_made_up():
    made = compare_risk(picture(**LOW_RISK))
    assert made.entered is None
    assert made.as_dict()["entered"] is None


def test_severe_right_ventricular_dysfunction_leads_to_the_advanced_heart_failure_card():
    made = assess(secondary(rv_dysfunction=RvDysfunction.SEVERE), on=TODAY)
    ids = [alert.rule.id for alert in made.alerts]
    assert "local-safety/goals/outside-the-windows" in ids


def test_persistent_is_not_read_from_a_class_alone():
    facts = {**PERSISTENT, "symptoms_persist_on_gdmt": None}
    changes = {"mechanism": Mechanism.SECONDARY_ATRIAL, "symptomatic": True, **facts}
    assert verdicts(**changes)["esc-eacts-2025/secondary/atrial-surgery"] is CANNOT_TELL
