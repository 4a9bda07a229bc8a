"""A record of another clinic is opened in an emergency, ended, and reviewed, as people do it."""

import os
from datetime import date

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories.records import echo, patient_of

SHOTS = os.environ.get("MRTRACK_TEST_SHOTS", "")


def looked_at(page, no_barriers, name):
    """No barrier at any width, nothing hangs over."""
    for width in (1440, 768):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    no_barriers(page)


def test_an_emergency_from_the_form_to_the_review(
    page, live_server, log_in, no_barriers, page_errors, charlie, ada, alice, clinic_north
):
    page_errors.expect("404")
    page_errors.expect("422")
    patient = patient_of(clinic_north, by=alice, record_number="HV-7", born_on=date(1950, 2, 3))
    echo(patient, "2024-01-01", by=alice, lvef_percent=58)
    log_in(charlie)
    page.goto(live_server.url + "/")
    page.get_by_text("Charlie", exact=True).click()
    page.get_by_role("link", name="Emergency access").click()
    looked_at(page, no_barriers, "form")
    page.get_by_label("Clinic that follows the patient").select_option(label="North Valve Clinic")
    page.get_by_label("Record number in that clinic").fill("HV-8")
    page.get_by_label("Birth date of the patient").fill("3 Feb 1950")
    page.get_by_label("Reason").fill("Brought in with pulmonary edema, alone.")
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_text("No record was opened").first).to_be_visible()
    looked_at(page, no_barriers, "refused")
    page.get_by_label("Record number in that clinic").fill("HV-7")
    page.get_by_role("button", name="Open the record").click()
    band = page.get_by_role("complementary", name="Emergency access")
    expect(band).to_contain_text("It closes in 3 h 59 min")
    looked_at(page, no_barriers, "record")
    page.goto(live_server.url + reverse("reports:patient-timeline", args=[patient.public_id]))
    expect(band).to_be_visible()
    looked_at(page, no_barriers, "timeline")
    band.get_by_role("button", name="End it now").click()
    expect(page.get_by_text("The emergency access is ended.")).to_be_visible()
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    expect(page.get_by_text("There is nothing for you at this address")).to_be_visible()
    page.context.clear_cookies()
    log_in(ada)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Emergency access (1)").click()
    looked_at(page, no_barriers, "reviews")
    page.get_by_role("link", name="Review").click()
    looked_at(page, no_barriers, "review")
    page.get_by_label("Remark").fill("Spoke with Dr Charlie: it was right.")
    page.get_by_role("button", name="Keep the review").click()
    expect(page.get_by_text("Nothing waits for a review.")).to_be_visible()
