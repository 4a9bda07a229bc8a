"""Laboratory results as a clerk types them from paper."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from patients.forms.laboratory import analyte_choices
from patients.laboratory_units import OTHER_UNITS, spelled
from patients.models import ANALYTES, LabResult, Patient
from patients.record_kinds import KINDS
from tests.factories import records

pytestmark = pytest.mark.django_db
KIND = KINDS["lab-result"]


@pytest.fixture
def clerk(clara: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(clara)


@pytest.fixture
def submit(clerk: Client, patient: Patient) -> Callable[..., Any]:
    url = KIND.add_url(patient)
    return lambda **typed: clerk.post(url, {"taken_on": "12 Mar 2025", "save": "save", **typed})


def test_an_inr_takes_three_entries(submit: Any, clara: User) -> None:
    assert submit(analyte="inr", result="2,4").status_code == 302
    row = LabResult.objects.get()
    assert (row.value, row.unit, row.entered_by) == (Decimal("2.4"), "", clara)


@pytest.mark.parametrize(
    ("analyte", "typed", "comparator", "value"),
    [
        ("bnp", "<5", "<", "5"),
        ("troponin", "> 100000", ">", "100000"),
        ("creatinine", "97 µmol/L", "", "97"),
        ("creatinine", "97 umol/l", "", "97"),
        ("platelets", "210 10^9/L", "", "210"),
        ("potassium", "4.1mmol/L", "", "4.1"),
    ],
)
def test_sign_number_and_kept_unit_are_read(
    submit: Any, analyte: str, typed: str, comparator: str, value: str
) -> None:
    answer = submit(analyte=analyte, result=typed)
    assert answer.status_code == 302, answer.context["form"].errors
    row = LabResult.objects.get()
    assert (row.comparator, row.value, row.unit) == (
        comparator,
        Decimal(value),
        ANALYTES[analyte].unit,
    )


@pytest.mark.parametrize(
    ("analyte", "typed", "offer", "said"),
    [
        ("creatinine", "1.1 mg/dL", "97.262", "97.262 µmol/L"),
        ("creatinine", "1.1", "97.262", "97.262 µmol/L"),
        ("hemoglobin", "140", "14", "14 g/dL"),
        ("hemoglobin", "140 g/L", "14", "14 g/dL"),
        ("crp", "<0.5 mg/dL", "<5", "<5 mg/L"),
        ("potassium", "4.1 mEq/L", "4.1", "4.1 mmol/L"),
        ("platelets", "210000 /µL", "210", "210 10⁹/L"),
    ],
)
def test_another_unit_is_offered_in_the_kept_one_and_taken_by_its_button(
    submit: Any, analyte: str, typed: str, offer: str, said: str
) -> None:
    answer = submit(analyte=analyte, result=typed)
    assert not LabResult.objects.exists()
    offers = answer.context["form"].beside("result").offers
    assert (offer, said) in offers
    assert answer.context["form"]["result"].value() == typed
    taken = submit(analyte=analyte, result=typed, accept=f"result:{offer}")
    assert "Nothing is saved yet" in taken.content.decode()
    assert submit(analyte=analyte, result=offer).status_code == 302


@pytest.mark.parametrize(
    ("typed", "box", "message"),
    [
        ({"analyte": "inr", "result": ""}, "result", "Enter the INR value"),
        ({"analyte": "", "result": "2"}, "analyte", "required"),
        ({"analyte": "inr", "result": "2.4 mg/dL"}, "result", "kept without a unit"),
        ({"analyte": "alt", "result": "30 mmol/L"}, "result", "not in mmol/L"),
        ({"analyte": "inr", "result": "31"}, "result", "not possible (0.5 to 30)"),
        ({"analyte": "creatinine", "result": "999 mg/dL"}, "result", "not possible"),
        ({"analyte": "inr", "result": "2.4567"}, "result", "at most 3 decimals"),
        ({"analyte": "inr", "result": "9" * 39}, "result", "not possible"),
        ({"analyte": "creatinine", "result": "9" * 30 + " mg/dL"}, "result", "not possible"),
        ({"analyte": "inr", "result": "2", "organism": "x"}, "organism", "to a blood culture"),
        ({"analyte": "blood_culture", "result": "2"}, "result", "has no number"),
        ({"analyte": "blood_culture"}, "culture_result", "Enter the result of the culture"),
        (
            {"analyte": "blood_culture", "culture_result": "negative", "organism": "S. aureus"},
            "organism",
            "Only a positive culture",
        ),
    ],
)
def test_what_cannot_be_is_refused_beside_its_box(
    submit: Any, typed: dict[str, str], box: str, message: str
) -> None:
    answer = submit(**typed)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert message in " ".join(form.errors[box])
    assert {name: form[name].value() for name in typed} == typed
    assert not LabResult.objects.exists()


def test_a_culture_has_words(submit: Any, clerk: Client, patient: Patient) -> None:
    typed = {"analyte": "blood_culture", "culture_result": "positive", "organism": "S. aureus"}
    assert submit(**typed).status_code == 302
    row = LabResult.objects.get()
    assert (row.value, row.culture_result) == (None, "positive")
    assert "positive, S. aureus" in clerk.get(KIND.list_url(patient)).content.decode()
    assert "Not a number" not in clerk.get(KIND.page_url(row)).content.decode()


def test_a_second_result_of_the_day_is_asked_about(submit: Any) -> None:
    submit(analyte="inr", result="2.4")
    answer = submit(analyte="inr", result="3.4")
    assert "INR of 12 Mar 2025 is already recorded: 2.4." in answer.content.decode()
    (doubt,) = answer.context["form"].doubts["result"]
    assert submit(analyte="inr", result="3.4", confirmed=doubt.key).status_code == 302
    assert LabResult.objects.order_by("id").last().implausible_confirmed == []


def test_one_after_the_other_keeps_what_stays_the_same(
    submit: Any, clerk: Client, patient: Patient, clinic_north: Any
) -> None:
    answer = submit(analyte="inr", result="2.4", laboratory="Nord", save="another")
    assert answer["Location"] == KIND.add_url(patient)
    form = clerk.get(answer["Location"]).context["form"]
    kept = {name: form[name].value() for name in ("analyte", "taken_on", "laboratory", "result")}
    assert kept == {
        "analyte": "inr",
        "taken_on": "12 Mar 2025",
        "laboratory": "Nord",
        "result": None,
    }
    assert "autofocus" in form.fields["result"].widget.attrs
    other = records.patient_of(clinic_north)
    form = clerk.get(KIND.add_url(other)).context["form"]
    assert (form["analyte"].value(), form["taken_on"].value()) == ("inr", None)


def test_a_link_may_choose_the_analyte_and_the_last_result_stands_beside(
    clerk: Client, patient: Patient
) -> None:
    records.lab(patient, "2025-02-01", "inr", "2.9")
    records.lab(patient, "2025-02-02", "crp", 3)
    form = clerk.get(KIND.add_url(patient), {"analyte": "inr"}).context["form"]
    assert form["analyte"].value() == "inr"
    assert form.beside("result").before.text == "2.9"
    assert clerk.get(KIND.add_url(patient), {"analyte": "<b>"}).status_code == 200


def test_the_list_is_narrowed_to_one_analyte(clerk: Client, patient: Patient) -> None:
    for day, analyte in (("2025-01-01", "inr"), ("2025-01-02", "crp"), ("2025-01-03", "inr")):
        records.lab(patient, day, analyte, 3)
    page = clerk.get(KIND.list_url(patient), {"analyte": "inr"})
    assert len(page.context["rows"]) == 2
    assert page.context["add_url"].endswith("?analyte=inr")
    assert len(clerk.get(KIND.list_url(patient), {"analyte": "x"}).context["rows"]) == 3


def test_every_analyte_can_be_chosen_and_shows_its_unit() -> None:
    choices = dict(analyte_choices())
    assert set(choices) == {"", "blood_culture", *ANALYTES}
    assert choices["creatinine"] == "Creatinine (µmol/L)"
    assert list(choices)[1] == "inr"


def test_other_units_are_spelled_as_they_are_compared_and_lead_to_other_ones() -> None:
    for code, units in OTHER_UNITS.items():
        assert spelled(ANALYTES[code].unit) not in units
        assert all(unit == spelled(unit) for unit in units)
