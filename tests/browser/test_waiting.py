"""Waiting times in a browser: from a number to its patients, and to one patient's clocks."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import records as make


def test_from_a_number_to_a_patient(page, live_server, log_in, alice, clinic_north, no_barriers):
    today = timezone.localdate()
    patient = make.patient_of(clinic_north, family_name="Waits", given_name="Wanda")
    make.diagnosis(patient, today - timedelta(days=400))
    make.none_of_these(patient, today - timedelta(days=140))
    make.symptom_free(patient, today - timedelta(days=130))
    make.echo(
        patient, today - timedelta(days=120), lvef_percent=58, lvesd_mm=42, eroa_mm2=45,
        vena_contracta_mm=8,
    )  # fmt: skip
    log_in(alice)
    page.goto(live_server.url + reverse("reports:worklist"))
    page.get_by_role("link", name="Waiting", exact=True).click()
    for width in (1440, 1024, 768, 640):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    no_barriers(page)
    mark = page.locator("svg a[aria-label*=' of 1']").first
    assert "part=all" in (mark.get_attribute("href") or "")
    panel = page.get_by_role("region", name="To a decision", exact=True)
    panel.get_by_role("row", name="Still waiting").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Still waiting")).to_be_visible()
    no_barriers(page)
    page.get_by_role("link", name="Waits, Wanda").click()
    expect(page.get_by_text("no decision recorded, waiting for 120 days.").first).to_be_visible()
    no_barriers(page)
