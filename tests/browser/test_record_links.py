"""From the patient page to what can be entered, the whole record, and rows taken out of lists."""

import csv

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actions import grant_membership
from accounts.permissions import Role
from tests.browser.test_pages import HEIGHT, WIDTHS, nothing_hangs_over
from tests.factories import records


@pytest.fixture
def patient(clinic_north):
    """Somebody of whom a little of everything is recorded."""
    person = records.patient_of(clinic_north, family_name="Rossi")
    records.diagnosis(person, "2024-02-01")
    for year in range(2020, 2026):
        records.echo(person, f"{year}-03-01", lvef_percent=64, lvesd_mm=38, eroa_mm2=44)
        records.symptom_free(person, f"{year}-03-01")
        records.lab(person, f"{year}-03-01", "creatinine", 88)
    records.allergy(person, "2024-02-01", substance="penicillin", reaction="anaphylaxis")
    records.medication(person, "2024-02-01", "bisoprolol", dose_mg=5)
    records.team_review(person, "2025-06-01", decision="watch", decision_reason="No symptoms.")
    return person


def address_of(live_server, patient, page="patient-page"):
    return live_server.url + reverse(f"reports:{page}", args=[patient.public_id])


def test_a_lab_result_is_two_clicks_away(log_in, live_server, patient, nina, no_barriers):
    page = log_in(nina)
    page.goto(address_of(live_server, patient))
    page.locator("summary", has_text="Add").click()
    no_barriers(page)
    page.get_by_role("link", name="Laboratory result", exact=True).click()
    expect(page.locator("main form[method=post]").last).to_be_visible()


def test_the_menus_fit_at_every_width(log_in, live_server, patient, alice):
    page = log_in(alice)
    for title in ("Add", "More"):
        page.goto(address_of(live_server, patient))
        page.locator(".banner-menu summary", has_text=title).click()
        nothing_hangs_over(page, title)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            panel = page.locator(".banner-menu[open] .banner-menu-panel").bounding_box()
            assert 0 <= panel["x"] <= panel["x"] + panel["width"] <= width


def test_the_menus_work_without_scripts(browser, log_in, live_server, patient, alice):
    cookies = log_in(alice).context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address_of(live_server, patient))
    page.locator(".banner-menu summary", has_text="More").click()
    page.get_by_role("link", name="The whole record").first.click()
    expect(page.locator("h1")).to_have_text("The whole record")
    context.close()


def test_the_whole_record_keeps_nobody_out(log_in, live_server, patient, alice, no_barriers):
    page = log_in(alice)
    page.goto(address_of(live_server, patient, "record-index"))
    expect(page.get_by_role("heading", name="Echo studies")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the whole record")


@pytest.fixture
def list_of_patients(log_in, live_server, alice, clinic_north, clinic_south):
    """The administration's list, for a clinician of the north who is a nurse in the south."""
    alice.is_staff = True
    alice.save()
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.NURSE], by=None)
    records.patient_of(clinic_north, record_number="HV-1", family_name="Rossi")
    records.patient_of(clinic_north, record_number="HV-2", family_name="Berger")
    records.patient_of(clinic_south, record_number="S-1", family_name="Tanaka")
    page = log_in(alice)
    page.goto(live_server.url + reverse("admin:patients_patient_changelist"))
    return page


def numbers_in(download):
    with open(download.path(), encoding="utf-8-sig", newline="") as file:
        return sorted(row["record_number"] for row in csv.DictReader(file))


def test_ticked_rows_leave_as_a_file(list_of_patients):
    page = list_of_patients
    for name in ("Rossi", "Berger"):
        page.locator("tr", has_text=name).locator("input.action-select").check()
    page.locator("select[name=action]").select_option(label="Export selected rows as CSV")
    with page.expect_download() as download:
        page.locator("button[name=index]").click()
    assert download.value.suggested_filename.startswith("patients_")
    assert numbers_in(download.value) == ["HV-1", "HV-2"]


def test_what_may_not_leave_is_said_before_the_rest_leaves(list_of_patients, no_barriers):
    page = list_of_patients
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(label="Export selected rows as CSV")
    page.locator("button[name=index]").click()
    expect(page.locator("#content")).to_contain_text("2 of 3 selected rows can be exported")
    expect(page.locator("#content")).to_contain_text("1 row of patients followed by South")
    no_barriers(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export the 2 rows").click()
    assert numbers_in(download.value) == ["HV-1", "HV-2"]
