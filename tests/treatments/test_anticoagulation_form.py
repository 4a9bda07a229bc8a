"""The anticoagulation plan: INR values of a vitamin K antagonist, and what a new plan replaces."""

import re
from datetime import date

import pytest

from patients.forms.records import CONFIRMED
from tests.factories import records as make
from treatments.forms.anticoagulation import AnticoagulationPlanForm, ProphylaxisForm
from treatments.record_kinds import KINDS

TODAY = date(2024, 6, 1)
KIND = KINDS["anticoagulation-plan"]
VKA = {
    "agent": "vka",
    "from_on": "3 Mar 2024",
    "inr_target": "3",
    "inr_low": "2.5",
    "inr_high": "3.5",
}


@pytest.fixture
def typed(patient):
    """Return a function that gives the form with what is typed into it."""
    return lambda **values: AnticoagulationPlanForm(VKA | values, patient=patient, today=TODAY)


def errors_of(form):
    return {name: " ".join(errors) for name, errors in form.errors.items()}


def text_of(answer):
    return " ".join(answer.content.decode().split())


def words_of(answer):
    """What is read on the page: its text without the links."""
    return re.sub(r"</?a[^>]*>", "", text_of(answer))


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {}),
        ({"inr_target": ""}, {}),
        ({"inr_low": "", "inr_high": ""}, {}),
        ({"inr_target": "2.5"}, {}),
        ({"inr_target": "3.5"}, {}),
        ({"inr_target": "2.4"}, {"inr_target": "lies outside the limits 2.5 to 3.5"}),
        ({"inr_target": "3.6"}, {"inr_target": "lies outside the limits"}),
        ({"inr_target": "1.4"}, {"inr_target": "not possible (1.5 to 4.5)"}),
        ({"inr_target": "2.55"}, {"inr_target": "at most 1 decimals"}),
        ({"inr_high": "2.5"}, {"inr_high": "is not above the lower limit 2.5"}),
        ({"inr_low": ""}, {"inr_low": "enter both"}),
        ({"inr_high": ""}, {"inr_high": "enter both"}),
        ({"inr_high": "35"}, {"inr_high": "not possible (1 to 6)"}),
        ({"from_on": "2 Jun 2024"}, {"from_on": "in the future"}),
        ({"until_on": "2 Mar 2024"}, {"until_on": "before the plan begins on 3 Mar 2024"}),
        ({"until_on": "3 Mar 2024"}, {}),
        ({"until_on": "3 Mar 2026"}, {}),
    ],
)
def test_limits_belong_together_and_hold_the_target(typed, values, errors):
    found = errors_of(typed(**values))
    assert set(found) == set(errors)
    assert all(said in found[name] for name, said in errors.items())


@pytest.mark.parametrize("agent", ["doac", "heparin", "none"])
@pytest.mark.parametrize("name", ["inr_target", "inr_low", "inr_high"])
def test_an_inr_belongs_to_a_vitamin_k_antagonist(patient, agent, name):
    values = {"agent": agent, "from_on": "3 Mar 2024"}
    assert AnticoagulationPlanForm(values, patient=patient, today=TODAY).is_valid()
    form = AnticoagulationPlanForm(values | {name: "2.5"}, patient=patient, today=TODAY)
    assert set(form.errors) == {name}
    assert "No INR is aimed at" in errors_of(form)[name]


def test_a_second_plan_of_the_same_day_is_asked_about(typed, patient):
    other = make.anticoagulation_plan(patient, "2024-03-03", "doac")
    assert "recorded already (direct oral anticoagulant)" in errors_of(typed())["from_on"]
    assert typed(**{CONFIRMED: [f"same_day:{other.public_id}"]}).is_valid()
    assert typed(from_on="4 Mar 2024").is_valid()


def test_before_entry_the_page_says_which_plan_is_replaced(alice, client_of, patient):
    make.anticoagulation_plan(patient, "2023-01-05", inr_low="2.0", inr_high=3)
    page = words_of(client_of(alice).get(KIND.add_url(patient)))
    assert "Newest plan: from 5 Jan 2023 (vitamin K antagonist, INR 2 to 3)." in page


def test_the_list_says_which_plans_were_replaced(alice, client_of, patient):
    make.anticoagulation_plan(patient, "2021-01-05", until_on=date(2021, 6, 1))
    make.anticoagulation_plan(patient, "2022-01-05", until_on=date(2024, 6, 1))
    make.strike(make.anticoagulation_plan(patient, "2022-06-05", "none"), by=alice)
    make.anticoagulation_plan(patient, "2023-01-05", "doac")
    answer = client_of(alice).get(KIND.list_url(patient))
    assert [each.cells[-1] for each in answer.context["rows"]] == [
        "",
        "",
        "replaced 5 Jan 2023",
        "1 Jun 2021",
    ]


def test_a_plan_names_its_neighbors(alice, client_of, patient):
    first = make.anticoagulation_plan(patient, "2022-01-05")
    second = make.anticoagulation_plan(patient, "2023-01-05", "doac")
    client = client_of(alice)
    assert "Replaced by the plan from 5 Jan 2023 (direct oral anticoagulant)." in words_of(
        client.get(KIND.page_url(first))
    )
    assert "It replaced the plan from 5 Jan 2022 (vitamin K antagonist)." in words_of(
        client.get(KIND.page_url(second))
    )
    make.strike(second, by=alice)
    assert client.get(KIND.page_url(first)).context["remarks"] == []
    assert client.get(KIND.page_url(second)).context["remarks"] == []


def test_a_plan_without_an_antagonist_misses_no_inr(patient):
    plan = make.anticoagulation_plan(patient, "2023-01-05", "doac")
    missing = [name for name in AnticoagulationPlanForm.base_fields if name != "version"]
    asked = {name for name in missing if AnticoagulationPlanForm.applies(plan, name)}
    assert asked == {"agent", "indication", "from_on"}


def test_advice_needs_its_day_and_what_was_advised(patient):
    form = ProphylaxisForm({"card_given": "yes"}, patient=patient, today=TODAY)
    assert set(form.errors) == {"advised_on", "advice"}
