"""Entering a study by keyboard, with scripts and without, and pages that keep nobody out."""

from datetime import date

import pytest
from django.urls import reverse

from patients.models import EchoStudy, Patient, SymptomLog
from tests.factories import records


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(
        clinic_north, family_name="Rossi", given_name="Marco", born_on=date(1959, 4, 12)
    )


@pytest.fixture
def address(live_server):
    return lambda name, row: live_server.url + reverse(f"patients:{name}", args=[row.public_id])


def test_a_slip_is_offered_accepted_and_saved(log_in, alice, patient, address, no_barriers):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    no_barriers(page)
    page.get_by_label("Performed on").fill("12 Nov 2025")
    page.get_by_label("LVESD").fill("4.1 cm")
    page.get_by_label("LVEF", exact=True).fill("92")
    page.get_by_label("LVEF", exact=True).press("Enter")
    page.get_by_role("alert").wait_for()
    no_barriers(page)
    page.get_by_role("button", name="Use 41 mm").click()
    page.get_by_label("Yes, 92 % is what the report says").check()
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    study = EchoStudy.objects.get()
    assert (study.lvesd_mm, study.implausible_confirmed) == (41, ["lvef_percent"])


def test_it_works_without_scripts(browser, live_server, client_of, alice, patient, address):
    client = client_of(alice)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in client.cookies.items()
        ]
    )
    page = context.new_page()
    page.goto(address("echo-add", patient))
    page.get_by_label("Performed on").fill("3/12/2025")
    page.get_by_label("LVEDD").fill("58,5")
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_role("button", name="Use 3 Dec 2025").click()
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    assert EchoStudy.objects.get().performed_on == date(2025, 12, 3)
    context.close()


def test_a_symptom_log_needs_no_mouse(log_in, alice, patient, address, no_barriers):
    page = log_in(alice)
    page.goto(address("symptom-log-add", patient))
    no_barriers(page)
    page.get_by_label("Asked on").focus()
    keys = page.keyboard
    keys.type("today")
    keys.press("Tab")
    keys.type("II")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowRight")
    page.get_by_role("button", name="Save symptom log").focus()
    keys.press("Enter")
    page.wait_for_url(lambda url: "/symptoms/add/" not in url)
    log = SymptomLog.objects.get()
    assert (log.nyha_low, log.dyspnea, log.orthopnea) == (2, True, None)


def test_the_pages_of_a_study_keep_nobody_out(log_in, alice, patient, address, no_barriers):
    study = records.echo(
        patient,
        "2025-11-12",
        by=alice,
        lvesd_mm=60,
        lvedd_mm=45,
        pisa_radius_mm=9,
        aliasing_velocity_cm_s=38,
        mr_peak_velocity_m_s=5,
        implausible_confirmed=["lvesd_above_lvedd"],
    )
    assert Patient.objects.count() == 1
    page = log_in(alice)
    for name in ("echo-page", "echo-amend", "echo-strike"):
        page.goto(address(name, study))
        no_barriers(page)
