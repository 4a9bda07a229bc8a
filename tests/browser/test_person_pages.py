"""Registering, moving and a death in the browser: nobody is kept out, nothing hangs over."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.models import Patient
from tests.browser.test_pages import nothing_hangs_over
from tests.factories import records


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(
        clinic_north,
        record_number="HV-20418",
        family_name="Rossi",
        given_name="Marco",
        born_on=date(1959, 4, 12),
    )


def fill(page, **typed):
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)


def test_a_clerk_registers_somebody_after_a_look_at_who_may_be_the_same(
    log_in, live_server, patient, clara, no_barriers
):
    page = log_in(clara)
    page.goto(live_server.url + reverse("reports:patient-list"))
    page.get_by_role("link", name="Register a patient").click()
    expect(page.get_by_role("heading", name="Register a patient", level=1)).to_be_visible()
    no_barriers(page)
    fill(page, family_name="Rosi", given_name="Marco", born_on="12.4.1959", record_number="HV-7")
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_text("1 registered person may be the same")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "register")
    page.get_by_role("button", name="None of these: register a new person").click()
    expect(page.get_by_text("is registered in North Valve Clinic under HV-7")).to_be_visible()
    assert Patient.objects.count() == 2


def test_enter_in_a_box_registers_nobody(log_in, live_server, clara):
    page = log_in(clara)
    page.goto(live_server.url + reverse("patients:patient-register"))
    fill(page, family_name="Weiss", record_number="HV-7")
    page.press("[name=family_name]", "Enter")
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    assert not Patient.objects.exists()


def test_a_patient_moves_after_a_look_at_what_will_happen(
    log_in, live_server, patient, clinic_south, nina, no_barriers
):
    page = log_in(nina)
    page.goto(live_server.url + reverse("patients:registrations", args=[patient.public_id]))
    no_barriers(page)
    page.get_by_role("link", name="Move from North Valve Clinic").click()
    page.select_option("[name=to_clinic]", label="South Valve Clinic")
    fill(page, reason="Moved house.")
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("button", name="Move the patient")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "move")
    page.get_by_role("button", name="Move the patient").click()
    expect(page.get_by_text("moved to another clinic")).to_be_visible()
    no_barriers(page)


def test_a_death_is_recorded_and_taken_back(log_in, live_server, patient, nina, no_barriers):
    page = log_in(nina)
    address = live_server.url + reverse("patients:person-deceased", args=[patient.public_id])
    page.goto(address)
    no_barriers(page)
    fill(page, deceased_on="3 Nov 2025", reason="Hospital letter.")
    page.check("[name=confirm]")
    page.get_by_role("button", name="Record the death").click()
    expect(page.get_by_text("is recorded as deceased on 3 Nov 2025")).to_be_visible()
    page.goto(address)
    page.get_by_text("Marked in error: the patient is alive").click()
    no_barriers(page)
    nothing_hangs_over(page, "deceased")
    fill(page, undo_reason="Another patient was meant.")
    page.check("[name=undo_confirm]")
    page.get_by_role("button", name="Take the death back").click()
    expect(page.get_by_text("taken back as marked in error")).to_be_visible()
    assert Patient.objects.get().deceased_on is None


@pytest.mark.parametrize("name", ["person-edit", "registration-edit", "registration-end"])
def test_the_other_forms_keep_nobody_out(log_in, live_server, patient, nina, no_barriers, name):
    row = patient if name == "person-edit" else patient.registrations.get()
    page = log_in(nina)
    page.goto(live_server.url + reverse(f"patients:{name}", args=[row.public_id]))
    no_barriers(page)
    nothing_hangs_over(page, name)
