"""Another day of a patient's page in the browser, there and back, by the keyboard alone."""

from datetime import date

from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_pages import nothing_hangs_over
from tests.factories import records


def test_another_day_is_asked_for_by_the_keyboard_and_left_again(
    log_in, live_server, clinic_north, alice, no_barriers
):
    patient = records.patient_of(clinic_north, family_name="Rossi")
    records.diagnosis(patient, "2021-01-10")
    for day, end_systolic in (("2023-05-01", 36), ("2024-03-04", 41)):
        records.symptom_free(patient, day)
        records.echo(
            patient, day, lvef_percent=62, lvesd_mm=end_systolic, eroa_mm2=45, vena_contracta_mm=8
        )
    page = log_in(alice)
    address = live_server.url + reverse("reports:patient-page", args=[patient.public_id])
    page.goto(address)
    no_barriers(page)
    page.get_by_label("The record on").focus()
    page.get_by_label("The record on").fill(date(2023, 6, 1).isoformat())
    page.keyboard.press("Enter")
    bar = page.get_by_role("region", name="Another day is shown")
    expect(bar.get_by_role("heading", name="You see 1 Jun 2023, not today")).to_be_visible()
    expect(page.get_by_role("link", name="New echo")).to_have_count(0)
    no_barriers(page)
    for width in (1440, 768):
        page.set_viewport_size({"width": width, "height": 900})
        nothing_hangs_over(page, f"another day at {width}")
    bar.get_by_role("link", name="Back to now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="New echo")).to_be_visible()
    page.goto(f"{address}?on=2024-02-31")
    expect(page.get_by_text("is not a day")).to_be_visible()
    no_barriers(page)
