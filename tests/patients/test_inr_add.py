"""INR values entered in one row each."""

import pytest
from django.urls import reverse

from patients.models import LabResult
from tests.factories import records


@pytest.fixture
def url(patient):
    return reverse("patients:inr-add", args=[patient.public_id])


@pytest.fixture
def submit(nina, client_of, url):
    client = client_of(nina)
    return lambda **typed: client.post(url, {"taken_on": "2025-11-12", "save": "save", **typed})


def test_it_works_and_stays_open_for_the_next(submit, url, nina):
    answer = submit(result="2,4", laboratory="North")
    assert (answer.status_code, answer["Location"]) == (302, url)
    row = LabResult.objects.get()
    assert (row.analyte, str(row.value), row.laboratory, row.entered_by) == (
        "inr",
        "2.400",
        "North",
        nina,
    )


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


def test_who_may_not_enter_is_told(rita, client_of, url):
    assert client_of(rita).get(url).status_code in {403, 404}


def test_it_rejects_bad_input_and_keeps_the_typing(submit):
    answer = submit(result="two")
    assert answer.context["form"].errors["result"]
    assert b'value="two"' in answer.content
    assert not LabResult.objects.exists()


def test_an_unusual_value_is_asked(submit):
    answer = submit(result="16")
    (doubt,) = answer.context["form"].doubts["result"]
    assert "unusual" in doubt.message
    assert submit(result="16", confirmed=doubt.key).status_code == 302


def test_another_analyte_cannot_be_smuggled_in(submit):
    submit(result="2.4", analyte="potassium")
    assert LabResult.objects.get().analyte == "inr"


def test_the_last_value_stands_beside_the_box(nina, client_of, url, patient):
    records.lab(patient, "2025-10-01", "inr", "3.1")
    answer = client_of(nina).get(url)
    assert answer.context["form"].beside("result").before.text == "3.1"
    assert [str(row.value.normalize()) for row in answer.context["results"]] == ["3.1"]


def test_the_day_is_filled_in_and_the_value_waits(nina, client_of, url, clinic_north):
    form = client_of(nina).get(url).context["form"]
    assert form["taken_on"].value() == form.fields["taken_on"].prepare_value(clinic_north.today())
    assert form.fields["result"].widget.attrs["autofocus"]
