"""One assessment: what is missing and decides, why editions differ, notes, serialization, time."""

import json
from datetime import date
from decimal import Decimal

import pytest

from guidelines.assessment import ENGINE_VERSION, SCHEMA_VERSION, assess, outline
from guidelines.comparison import why_they_differ
from guidelines.facts import ClinicalPicture, Interval
from guidelines.registry import ACC_AHA_2020, built_rules
from guidelines.vocabulary import (
    Body,
    Etiology,
    GradeResult,
    Mechanism,
    MitralValveState,
    Operability,
    Tempo,
    Verdict,
)
from tests.guidelines.pictures import (
    NOT_SEVERE,
    TODAY,
    Given,
    assessed,
    decided,
    fact,
    picture,
    quiet,
    stale,
)

D = Decimal
UNSYMPTOMATIC_GAP = {"lvesd_mm": None, "bsa_m2": D("1.9")}


def missing(made, name):
    found = [gap for gap in made.missing if gap.name == name]
    assert len(found) == 1
    return found[0]


def test_a_missing_measurement_says_what_it_would_decide_on_either_side():
    gap = missing(decided(**UNSYMPTOMATIC_GAP), "lvesd_mm")
    assert dict(gap.by_edition) == {
        "ACC/AHA 2020": "40 mm or more: Class 1; less than 40 mm: no rule met",
        "ESC/EACTS 2025": "38.0 mm or more: Class I; less than 38.0 mm: no rule met",
    }
    assert gap.text.startswith("ACC/AHA 2020: 40 mm or more: Class 1")
    assert (gap.label, gap.unit, gap.is_judgement) == ("LVESD", "mm", False)


def test_the_furthest_reaching_gap_comes_first():
    made = decided(lvesd_mm=None, bsa_m2=None, vena_contracta_mm=None)
    assert made.missing[0].name == "lvesd_mm"
    reaches = [gap.reach for gap in made.missing]
    assert reaches == sorted(reaches, reverse=True)


def test_a_gap_that_decides_only_with_others_says_so():
    made = decided(symptomatic=None, lvef_percent=None, eroa_mm2=None, vena_contracta_mm=None)
    text = missing(made, "lvef_percent").text
    assert "together with other missing facts" in text


def test_a_gap_that_cannot_change_the_class_says_so():
    made = decided(symptomatic=None, lvef_percent=58)
    assert missing(made, "symptomatic").text == (
        "ACC/AHA 2020: Class 1 whichever it is. ESC/EACTS 2025: Class I whichever it is"
    )


def test_a_judgement_is_named_as_one():
    gap = missing(decided(symptomatic=True, operability=None), "operability")
    assert gap.is_judgement
    assert gap.text == (
        "Operable: Class I; High risk or Inoperable: Class IIa pending team judgement"
    )


def test_either_way_and_pending_are_named_on_either_side():
    made = decided(symptomatic=None, lvef_percent=58, operability=None)
    text = dict(missing(made, "symptomatic").by_edition)["ESC/EACTS 2025"]
    assert text == (
        "no symptoms of the regurgitation: Class I; "
        "symptoms attributed to the regurgitation: Class I pending team judgement"
    )
    team = missing(made, "operability").text
    assert team == (
        "Operable: Class I either way; "
        "High risk or Inoperable: Class IIa either way, Class I possible"
    )


def test_an_unknown_gate_says_what_closes_it():
    gap = missing(decided(symptomatic=True, tempo=None), "tempo")
    text = dict(gap.by_edition)["ACC/AHA 2020"]
    assert text == "Chronic: Class 1; Acute or Acute on chronic: these rules do not apply"
    area = missing(decided(symptomatic=True, etiology=Etiology.RHEUMATIC), "mva_cm2")
    assert dict(area.by_edition)["ACC/AHA 2020"] == (
        "more than 1.5 cm²: Class 1; 1.5 cm² or less: these rules do not apply"
    )


def test_unmeasured_severity_lists_the_measurements_that_would_grade_it():
    made = decided(symptomatic=True, eroa_mm2=None, vena_contracta_mm=None)
    assert made.result is GradeResult.CANNOT_BE_GRADED
    gap = missing(made, "eroa_mm2")
    assert gap.text == "A line of evidence; 40 mm² or more counts as severe"
    assert gap.for_grade
    assert gap.reach > 0
    assert "severe_mr_acc_aha" not in [gap.name for gap in made.missing]


def test_a_provisional_grade_names_the_second_line_to_obtain():
    made = decided(symptomatic=True, vena_contracta_mm=None)
    gap = missing(made, "vena_contracta_mm")
    assert gap.text == "A second line of evidence; 7 mm or more counts as severe"
    assert gap.reach > 0
    assert missing(made, "flail_leaflet").text == "Needed to grade the regurgitation"


def test_nothing_is_missing_when_all_is_decided():
    assert decided(symptomatic=True).missing == ()


# --- Why they differ -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"symptomatic": True}, ""),
        ({"lvef_percent": 55}, ""),
        (
            {"symptomatic": True, "operability": None},
            "ESC/EACTS 2025 asks for operability by the heart team first; ACC/AHA 2020 does not "
            "make that a condition.",
        ),
        (
            {"symptomatic": True, "operability": Operability.INOPERABLE},
            "ESC/EACTS 2025 recommends surgery for symptoms only when the heart team calls the "
            "patient operable (entered: inoperable); the other edition does not ask.",
        ),
        (
            {"lvesd_mm": 39, "bsa_m2": None},
            "Class I is still possible by ESC/EACTS 2025, which depends on body surface area (not "
            "recorded); by ACC/AHA 2020 it is not.",
        ),
        (
            {"lvesd_mm": 39, "symptomatic": None},
            "ESC/EACTS 2025 also counts LVESD over body surface area as LV dysfunction, ACC/AHA "
            "does not; here: LVESDi (20.53 mm/m²).",
        ),
        (
            {"lvesd_mm": 39, "symptomatic": None, "operability": Operability.HIGH_RISK},
            "For edge-to-edge repair at high risk ESC/EACTS accepts any symptoms, ACC/AHA asks for "
            "NYHA III or IV and a life expectancy of one year; here: operability by the heart team "
            "(High risk).",
        ),
    ],
)
def test_one_plain_line_says_why_they_differ(changes, line):
    assert decided(**changes).why_they_differ == line


def test_two_verdicts_of_one_edition_only_differ_in_what_is_known():
    sick, well = decided(lvef_percent=55), decided()
    readings = quiet().readings()
    pair = (sick.editions[0], well.editions[0])
    line = why_they_differ(pair, sick.severities, quiet(), readings)
    assert line == "ACC/AHA 2020 and ACC/AHA 2020 name different criteria."
    either = decided(lvef_percent=55, symptomatic=None)
    pair = (sick.editions[0], either.editions[0])
    line = why_they_differ(pair, sick.severities, quiet(), readings)
    assert line == "ACC/AHA 2020 and ACC/AHA 2020 name different criteria."


# --- Notes, time, shape --------------------------------------------------------------------------


def test_an_impossible_pair_feeds_no_verdict_until_resolved():
    made = decided(lvesd_mm=60, lvedd_mm=50, lvef_percent=None)
    aha = made.editions[0]
    assert aha.headline is None
    assert "LVESD is larger than LVEDD: neither is used until resolved." in made.notes
    shown = {fact.name: fact for fact in made.facts}
    assert shown["lvesd_mm"].text == "not recorded"
    assert shown["lvesd_mm"].reason.startswith("LVESD is larger")


@pytest.mark.parametrize(
    "pair",
    [
        {"lvesd_mm": 50, "lvedd_mm": 50},
        {"lvesd_mm": 50, "lvedd_mm": None},
        {"lvesd_mm": 50, "lvedd_mm": fact(None)},
        {"lvesd_mm": None, "lvedd_mm": 50},
        {"lvesd_mm": Interval(None, D(50)), "lvedd_mm": 50},
    ],
)
def test_a_possible_pair_is_used(pair):
    assert not any("larger than LVEDD" in note for note in decided(**pair).notes)


def test_an_old_impossible_pair_is_impossible_too():
    made = decided(lvesd_mm=stale(60), lvedd_mm=stale(50), lvef_percent=None)
    assert made.editions[0].headline is None


def test_goals_of_care_leave_the_verdict_and_add_a_banner():
    made = decided(symptomatic=True, life_expectancy_under_1_year=True, intervention_declined=True)
    assert made.editions[0].headline is not None
    assert made.notes[-2:] == (
        "Life expectancy below one year: goals of care.",
        "The patient declines intervention.",
    )


def test_symptoms_with_less_than_severe_regurgitation_ask_for_an_explanation():
    note = "Symptoms not explained by this grade: exercise echo, TEE or CMR, or another cause."
    assert note in decided(symptomatic=True, **NOT_SEVERE).notes
    assert note not in decided(symptomatic=False, **NOT_SEVERE).notes
    assert note not in decided(symptomatic=True).notes


def test_symptoms_that_a_closed_gate_explains_are_not_called_unexplained():
    stenosis = decided(symptomatic=True, mva_cm2=D("1.4"), **NOT_SEVERE)
    assert [gate.row for gate in stenosis.editions[0].gates.closed] == ["SAFE-07"]
    assert not any("not explained" in note for note in stenosis.notes)
    open_valve = decided(symptomatic=True, mva_cm2=D("2.5"), **NOT_SEVERE)
    assert any("not explained" in note for note in open_valve.notes)


def test_what_the_heart_team_said_stands_beside_a_rule_that_does_not_ask():
    made = decided(lvef_percent=55, operability=Operability.INOPERABLE)
    assert made.edition("esc-eacts-2025").headline is not None
    assert "Heart team on operability: inoperable." in made.notes


def test_a_fact_of_a_later_day_is_refused():
    with pytest.raises(ValueError, match="lvef_percent is dated 2026-11-23"):
        assess(picture(lvef_percent=fact(60, on=date(2026, 11, 23))), on=TODAY)


def test_the_same_day_is_accepted():
    assess(picture(lvef_percent=fact(60, on=TODAY)), on=TODAY)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"symptomatic": None, "lvef_percent": Interval(D(55), D(60))},
        {"tempo": Tempo.ACUTE},
        {"mitral_valve_state": MitralValveState.TEER},
        {"mechanism": Mechanism.UNKNOWN, "lvesd_mm": 38.5},
    ],
)
def test_it_is_a_plain_value_that_json_can_hold(changes):
    made = decided(**changes)
    text = json.dumps(made.as_dict())
    kept = json.loads(text)
    assert kept["schema_version"] == SCHEMA_VERSION
    assert kept["engine_version"] == ENGINE_VERSION
    assert kept["on"] == "2026-11-22"
    aha = kept["editions"][0]
    assert aha["rules_built"] == built_rules(ACC_AHA_2020)
    assert "AHA-PI-01" in {finding["row"] for finding in aha["findings"]}
    assert kept["staging"]["text"]
    assert kept["facts"][0]["name"] == "age_years"
    assert kept["grade"]["scheme"] == "ase_2017"


def test_the_empty_picture_says_nothing_but_what_is_missing():
    made = assess(ClinicalPicture(), on=TODAY)
    assert made.result is GradeResult.CANNOT_BE_GRADED
    assert {verdict.headline for verdict in made.editions} == {None}
    assert len(made.missing) > 10


def test_the_picture_given_is_not_changed():
    given = quiet(lvesd_mm=60, lvedd_mm=50)
    before = dict(given.facts)
    assess(given, on=TODAY)
    assert dict(given.facts) == before


def test_without_the_facts_it_says_the_same_of_everything_else():
    whole = assess(quiet(), on=TODAY)
    lean = assess(quiet(), on=TODAY, with_facts=False)
    assert lean.facts == ()
    assert lean.as_dict() | {"facts": whole.as_dict()["facts"]} == whole.as_dict()


def test_readings_asked_for_twice_are_the_same_and_the_callers_own():
    known = quiet()
    known.readings().clear()
    assert known.readings() == quiet().readings() != {}


def test_nyha_i_voided_by_an_event_is_still_doubted_when_the_natriuretic_peptide_doubles() -> None:
    def doubts(**changes: Given) -> bool:
        alerts = assessed(nt_probnp_doubled=True, **changes).alerts
        return any(alert.rule.source.row == "D1" for alert in alerts)

    assert doubts(nyha_class=1)
    assert doubts(nyha_class=stale(1), symptomatic=stale(value=False))
    assert not doubts(nyha_class=2)
    assert not doubts(nyha_class=1, symptomatic=True)
    assert not doubts(nyha_class=fact(None))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"symptomatic": True, "vena_contracta_mm": None},
        {"symptomatic": None, "lvesd_mm": None, "eroa_mm2": None},
        {"lvef_percent": 55},
        {"mitral_valve_state": MitralValveState.MECHANICAL},
        {"mechanism": Mechanism.SECONDARY_VENTRICULAR, "symptomatic": True, "lvef_percent": 30},
    ],
)
def test_the_outline_for_lists_says_the_same(changes):
    given = quiet(**changes)
    whole, lean = assess(given, on=TODAY), outline(given, on=TODAY)
    assert lean.grade == whole.grade
    assert set(lean.missing) == {fact.name for fact in whole.missing}
    for body in (Body.ACC_AHA, Body.ESC_EACTS):
        full, short = whole.of_body(body), lean.of_body(body)
        assert (short.headline, short.standing, short.missing) == (
            full.headline, full.standing, full.missing
        )  # fmt: skip
        assert short.summary == full.summary
    assert outline(given, on=date(2026, 11, 22), editions=()).of_body(Body.ACC_AHA) is None


def test_signs_of_thrombosis_are_a_suspicion_that_the_other_rules_hear():
    valve = {"mitral_valve_state": MitralValveState.MECHANICAL, "dyspnea_new_or_worse": True}
    rows = {f.rule.source.row for v in assess(quiet(**valve), on=TODAY).editions
            for f in v.findings if f.verdict is Verdict.MET}  # fmt: skip
    assert {"AHA-PV-08", "ESC25-PV-01"} <= rows
    told = {**valve, "valve_thrombosis_suspected": False}
    rows = {f.rule.source.row for v in assess(quiet(**told), on=TODAY).editions
            for f in v.findings if f.verdict is Verdict.MET}  # fmt: skip
    assert "ESC25-PV-01" not in rows
