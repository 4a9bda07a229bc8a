"""The browser's Back: to a form that was left, and to one that was saved."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import KeptPost
from patients.models import EchoStudy, SymptomLog
from tests.browser.kept import wait_until_kept
from tests.factories import records

DAY = "12 Nov 2025"
# The form's page, its boxes with what is typed, the button that saves, what is saved.
FORMS = {
    "echo-add": ({"Performed on": DAY, "LVESD": "41"}, "Save as draft", EchoStudy),
    "symptom-log-add": ({"Asked on": DAY, "NYHA class": "II"}, "Save symptom log", SymptomLog),
}


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(
        clinic_north, family_name="Rossi", given_name="Marco", born_on=date(1959, 4, 12)
    )


@pytest.fixture
def asked(page):
    """What the page asked before it was left; each is answered with: leave."""
    dialogs = []

    def leave(dialog):
        dialogs.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    return dialogs


@pytest.fixture(params=FORMS)
def typed(request, log_in, alice, patient, live_server, page_errors):
    """A page with a form that is filled in, its values, the button that saves, the model."""
    # The panel beside the form may be asked for while the page is left.
    page_errors.expect("htmx:")
    page = log_in(alice)
    page.goto(live_server.url + reverse(f"patients:{request.param}", args=[patient.public_id]))
    values, save, model = FORMS[request.param]
    for label, value in values.items():
        page.get_by_label(label).fill(value)
    return page, values, save, model


def test_back_to_a_form_that_was_left_half_filled(typed, asked, no_barriers):
    page, values, save, model = typed
    form = page.url
    page.get_by_role("link", name="Rossi, Marco").first.click()
    page.wait_for_url(lambda url: url != form)
    assert asked == ["beforeunload"]
    wait_until_kept(page)
    page.go_back()
    page.wait_for_url(form)
    page.get_by_role("link", name="Fill it in again").click()
    expect(page.get_by_text("Nothing has been saved yet")).to_be_visible()
    for label, value in values.items():
        expect(page.get_by_label(label)).to_have_value(value)
    no_barriers(page)
    page.get_by_role("button", name=save).click()
    page.wait_for_url(lambda url: url != form and "/kept" not in url)
    assert model.objects.count() == 1
    assert not KeptPost.objects.exists()


def test_back_to_a_form_after_it_was_saved(typed, asked):
    page, _, save, model = typed
    form = page.url
    page.get_by_role("button", name=save).click()
    page.wait_for_url(lambda url: url != form)
    page.go_back()
    page.wait_for_url(form)
    # Saved is saved: nothing is offered a second time, and nothing is asked on leaving.
    expect(page.get_by_role("link", name="Fill it in again")).to_have_count(0)
    page.get_by_role("link", name="Rossi, Marco").first.click()
    page.wait_for_url(lambda url: url != form)
    assert asked == []
    assert model.objects.count() == 1
    assert not KeptPost.objects.exists()


def test_back_to_a_form_that_was_refused(typed, asked, page_errors):
    page, values, save, model = typed
    form = page.url
    first = next(iter(values))
    page.get_by_label(first).fill("the day before")
    page.get_by_role("button", name=save).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved yet")
    page.get_by_role("link", name="Rossi, Marco").first.click()
    page.wait_for_url(lambda url: url != form)
    assert asked == ["beforeunload"]
    wait_until_kept(page)
    page.goto(form)
    page.get_by_role("link", name="Fill it in again").click()
    label, value = list(values.items())[1]
    expect(page.get_by_label(label)).to_have_value(value)
    assert not model.objects.exists()
