"""Why two editions differ: one plain sentence, with the criterion and the fact that decide."""

from decimal import Decimal

import pytest

from guidelines.assessment import assess
from guidelines.catalogue.therapy import RvDysfunction
from guidelines.comparison import difference_between
from guidelines.difference_topics import TOPICS
from guidelines.registry import ACC_AHA_2020, ESC_EACTS_2021, all_rules
from guidelines.vocabulary import CenterType, Mechanism, Operability, SurgicalRisk, Tempo
from tests.guidelines.intervention_cases import PERSISTENT, S_06
from tests.guidelines.pictures import TODAY, quiet

D = Decimal
OLD_PAIR = (ACC_AHA_2020, ESC_EACTS_2021)
NO_PI_04 = {"repair_likelihood_percent": 90}
NO_IIA = {"spap_mmhg": 40, "atrial_fibrillation": False, "la_volume_index_ml_m2": 50}
VENTRICULAR = {"mechanism": Mechanism.SECONDARY_VENTRICULAR, "symptomatic": True}
TEER = {**{k: v for k, v in S_06.items() if not k.startswith("severe_mr")}, "symptomatic": True}


def line(editions=None, **changes):
    return assess(quiet(**changes), on=TODAY, editions=editions).why_they_differ


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lvesd_mm": 39}, ["LVESD over body surface area", "LVESDi (20.53 mm/m²)"]),
        (
            {"spap_mmhg": 55, **NO_PI_04},
            ["Pulmonary pressure above 50 mmHg", "pulmonary artery pressure (55 mmHg)"],
        ),
        (
            {"spap_mmhg": 40, "atrial_fibrillation": False, "la_volume_index_ml_m2": 62,
             "surgical_risk": SurgicalRisk.LOW, "durable_repair_likely": True, **NO_PI_04,
             "valve_center": CenterType.HEART_VALVE_CENTER},
            ["A dilated left atrium alone", "LA volume index (62 mL/m²)"],
        ),
        (
            {"spap_mmhg": 55, "atrial_fibrillation": True, "la_volume_index_ml_m2": 62,
             "surgical_risk": SurgicalRisk.LOW, "durable_repair_likely": True},
            ["For early repair", "the criteria of both stand here, as Class I", "Class 2a"],
        ),
        (
            {**NO_PI_04, **NO_IIA, "progressive_lv_change": True},
            ["three studies or more is a reason for surgery in ACC/AHA", "(yes)"],
        ),
        (
            {"symptomatic": True, "operability": Operability.INOPERABLE},
            ["only when the heart team calls the patient operable (entered: inoperable)"],
        ),
        (
            {"symptomatic": True, "operability": None},
            ["ESC/EACTS 2025 asks for operability by the heart team first"],
        ),
        ({"spap_mmhg": 55}, ["ACC/AHA 2020 asks for likelihood of a durable repair"]),
        (
            {**NO_PI_04, "other_valve_surgery_planned": True},
            ["at surgery on another valve has a class in ESC/EACTS 2025"],
        ),
        (TEER, ["Table 7", "Class I in ESC/EACTS 2025 and Class 2a in ACC/AHA 2020"]),
        (
            {**TEER, "rv_dysfunction": RvDysfunction.SEVERE},
            ["by ESC/EACTS 2025 it does not stand", "dysfunction (Severely reduced)"],
        ),
        (
            {"mechanism": Mechanism.SECONDARY_ATRIAL, "symptomatic": True, **PERSISTENT},
            ["Atrial secondary regurgitation", "Class IIa", "Class 2b"],
        ),
        (
            {**VENTRICULAR, "lvef_percent": 40, "cabg_planned": True},
            ["at coronary bypass surgery", "Class I in ESC/EACTS 2025 and Class 2a"],
        ),
        (
            {**VENTRICULAR, "nyha_class": 2, "gdmt_optimized": False, "lvef_percent": 40},
            ["Class I is still possible by ESC/EACTS 2025, which depends on", "bypass surgery"],
        ),
        (
            {"mechanism": Mechanism.SECONDARY_VENTRICULAR, "eroa_mm2": 32,
             "vena_contracta_mm": None,
             "orifice_elliptical": True, "regurgitant_volume_ml": 48, "low_flow": True},
            ["ESC/EACTS accepts lower limits"],
        ),
    ],
)  # fmt: skip
def test_one_sentence_names_the_criterion_and_the_fact(changes, words):
    said = line(**changes)
    assert said.count(". ") == 0
    assert said.endswith(".")
    for word in words:
        assert word in said, said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"symptomatic": True, "operability": None}, ["ESC/EACTS 2021 asks for operability"]),
        (TEER, ["by ESC/EACTS 2021 it does not stand: operability by the heart team (Operable)"]),
        (
            {**VENTRICULAR, "lvef_percent": 40, "cabg_planned": True},
            ["Class I in ESC/EACTS 2021"],
        ),
        ({"lvesd_mm": 39, **NO_IIA, **NO_PI_04, "valve_center": CenterType.OTHER}, []),
    ],
)
def test_the_older_edition_is_explained_too(changes, words):
    said = line(OLD_PAIR, **changes)
    for word in words:
        assert word in said, said


def test_the_older_edition_has_no_index_of_lvesd():
    assert "LVESDi" not in line(OLD_PAIR, lvesd_mm=39)


@pytest.mark.parametrize(
    "changes",
    [{"symptomatic": True}, {"lvef_percent": 55}, {"symptomatic": True, "tempo": Tempo.ACUTE}],
)
def test_nothing_is_said_where_they_agree(changes):
    assert line(**changes) == ""


def test_two_verdicts_without_a_topic_or_own_facts_only_name_different_criteria():
    sick, well = (assess(quiet(**c), on=TODAY) for c in ({"lvef_percent": 55}, NO_PI_04))
    pair = (sick.editions[0], well.editions[0])
    made = difference_between(pair, sick.severities, quiet(), quiet().readings())
    assert made.text == "ACC/AHA 2020 and ACC/AHA 2020 name different criteria."
    assert made.as_dict() == {"text": made.text, "row": "", "facts": []}


def test_the_row_of_the_tables_is_kept():
    made = assess(quiet(lvesd_mm=39), on=TODAY)
    picture = quiet(lvesd_mm=39)
    found = difference_between(made.editions, made.severities, picture, picture.readings())
    assert (found.row, found.facts) == ("DF-04", ("lvesd_index_mm_m2",))


def test_every_topic_names_rows_that_are_built():
    rows = {rule.source.row for rule in all_rules()}
    for row, topic in TOPICS.items():
        assert {row, *topic.counterparts} <= rows
