"""The panels of valve, drugs, scores and findings with everything opened, and the timeline."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_pages import nothing_hangs_over
from tests.factories import records


@pytest.fixture
def patient(clinic_north):
    """A mechanical valve with INR results, a plan for another operation, numbers that clash."""
    today = clinic_north.today()
    person = records.patient_of(clinic_north, family_name="Rossi")
    records.intervention(
        person, "2020-03-01", "mitral_mechanical", prosthesis_model="Bileaflet", comment="x"
    )
    records.anticoagulation_plan(person, "2020-03-01", inr_low="2.5", inr_high="3.5")
    records.medication(person, "2020-03-01", "warfarin", started_on="2020-03-01")
    for days in range(1, 200, 20):
        records.lab(person, today - timedelta(days=days), "inr", "2.9" if days % 3 else "1.9")
    records.lab(person, today - timedelta(days=400), "creatinine", 90)
    records.ecg(person, today - timedelta(days=9), rhythm="atrial_fibrillation")
    records.echo(person, "2025-03-01", lvesd_mm=58, lvedd_mm=41, implausible_confirmed=True)
    records.planned_intervention(person, "mitral_biological")
    records.team_review(person, "2025-06-01", decision="watch", sts_mortality_percent="1.2")
    return person


def address_of(live_server, patient, page):
    return live_server.url + reverse(f"reports:{page}", args=[patient.public_id])


def test_the_opened_panels_have_no_barriers_and_fit(
    log_in, live_server, patient, alice, no_barriers
):
    page = log_in(alice)
    page.goto(address_of(live_server, patient, "patient-page"))
    page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
    expect(page.get_by_role("heading", name="Valve, anticoagulation and drugs")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "panels")


def test_the_timeline_is_filtered_by_keyboard(log_in, live_server, patient, alice, no_barriers):
    page = log_in(alice)
    page.goto(address_of(live_server, patient, "patient-timeline"))
    expect(page.get_by_text("INR 2.9").first).to_be_visible()
    no_barriers(page)
    page.get_by_role("checkbox", name="Interventions").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Show all")).to_be_visible()
    expect(page.get_by_text("INR 2.9")).to_have_count(0)
    expect(page.get_by_text("Mechanical mitral replacement")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "timeline")
