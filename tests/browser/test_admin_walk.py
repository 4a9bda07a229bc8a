"""A clerk corrects a birth date in the administration."""

from datetime import date

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import records

REASON = "Typing error on the referral letter"


def test_clara_corrects_a_birth_date_and_says_why(log_in, clara, clinic_north, live_server):
    patient = records.patient_of(
        clinic_north,
        record_number="N-7",
        family_name="Rossi",
        given_name="Marco",
        born_on=date(1959, 4, 12),
    )
    page = log_in(clara)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Admin").click()
    page.locator("#patients-patient").get_by_role("link", name="Patients").click()
    page.get_by_label("Find a patient").fill("N-7")
    page.get_by_role("button", name="Search").click()
    assert "N-7" not in page.url
    page.get_by_role("link", name="Rossi").click()

    birth_date = page.get_by_label("Birth date", exact=False)
    birth_date.fill("1958-04-12")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Say why this is changed.")).to_be_visible()
    expect(birth_date).to_have_value("1958-04-12")
    patient.refresh_from_db()
    assert patient.born_on == date(1959, 4, 12)

    page.get_by_label("Reason for the change").fill(REASON)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(lambda url: "/change/" not in url)
    patient.refresh_from_db()
    assert patient.born_on == date(1958, 4, 12)

    page.goto(live_server.url + reverse("admin:patients_patient_history", args=[patient.pk]))
    newest = page.locator("#change-history tbody tr").first
    for words in (REASON, "Clara", "1959", "1958"):
        expect(newest).to_contain_text(words)
