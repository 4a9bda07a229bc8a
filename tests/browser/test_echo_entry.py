"""Entering a study by keyboard, with scripts and without, and pages that keep nobody out."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.models import EchoStudy, LabResult, Patient, SymptomLog
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
    page.get_by_role("button", name="Use 41 mm", exact=True).click()
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
    page.get_by_role("button", name="Use 3 Dec 2025", exact=True).click()
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    assert EchoStudy.objects.get().performed_on == date(2025, 12, 3)
    context.close()


def test_a_symptom_log_needs_no_mouse(log_in, alice, patient, address, no_barriers):
    page = log_in(alice)
    page.goto(address("symptom-log-add", patient))
    no_barriers(page)
    keys = page.keyboard
    expect(page.get_by_label("NYHA class")).to_be_focused()
    keys.type("II")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowRight")
    page.get_by_label("NYHA class").focus()
    keys.press("Enter")
    expect(page.get_by_role("button", name="Save symptom log")).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(lambda url: "/symptoms/add/" not in url)
    log = SymptomLog.objects.get()
    assert (log.nyha_low, log.dyspnea, log.orthopnea) == (2, True, None)


def test_no_symptoms_is_one_key_and_hides_the_questions(
    log_in, nina, patient, address, no_barriers
):
    page = log_in(nina)
    page.goto(address("symptom-log-add", patient))
    keys = page.keyboard
    expect(page.get_by_label("NYHA class")).to_be_focused()
    keys.type("I")
    keys.press("Tab")
    keys.press("Space")
    expect(page.get_by_role("group", name="Dyspnea on exertion")).to_have_count(0)
    expect(page.get_by_label("Actively asked: no symptoms")).to_be_focused()
    no_barriers(page)
    page.get_by_label("NYHA class").focus()
    keys.press("Enter")
    expect(page.get_by_role("button", name="Save symptom log")).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(lambda url: "/symptoms/add/" not in url)
    log = SymptomLog.objects.get()
    assert (log.nyha_high, log.actively_asked_none, log.dyspnea) == (1, True, None)


def test_the_panel_follows_what_is_typed(log_in, alice, patient, address, no_barriers):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    panel = page.get_by_role("complementary", name="So far")
    expect(panel).to_contain_text("draft, not used")
    page.get_by_label("Performed on").fill("12 Nov 2025")
    page.locator("summary", has_text="Flow convergence (PISA)").click()
    page.get_by_label("PISA radius").fill("11")
    page.get_by_label("Aliasing velocity").fill("38")
    page.get_by_label("MR peak velocity").fill("5")
    expect(panel).to_contain_text("EROA by PISA")
    expect(panel).to_contain_text("Severe by one line of evidence")
    expect(panel).not_to_contain_text("Class")
    no_barriers(page)
    page.get_by_label("MR peak velocity").fill("")
    expect(panel).not_to_contain_text("EROA by PISA")
    assert not EchoStudy.objects.exists()


def test_a_slip_is_mended_from_the_panel(log_in, alice, patient, address, no_barriers):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    page.get_by_label("Performed on").fill("12 Nov 2025")
    page.get_by_label("LVESD", exact=True).fill("58")
    page.get_by_label("LVEDD").fill("4.1 cm")
    page.get_by_role("button", name="Use 41 mm").click()
    expect(page.get_by_label("LVEDD")).to_have_value("41")
    page.get_by_role("button", name="Swap LVESD and LVEDD").click()
    expect(page.get_by_label("LVESD", exact=True)).to_have_value("41")
    expect(page.get_by_label("LVEDD")).to_have_value("58")
    expect(page.get_by_text("Numbers that do not fit")).to_have_count(0)
    no_barriers(page)


def test_a_value_that_alone_flips_a_class_is_confirmed(
    log_in, alice, patient, address, no_barriers
):
    measured = {"eroa_mm2": 45, "regurgitant_volume_ml": 70, "vena_contracta_mm": 8}
    measured |= {"lvesd_mm": 36, "lvef_percent": 65}
    records.diagnosis(patient, "2026-01-01", mechanism="primary")
    records.none_of_these(patient, "2026-01-02")
    records.symptom_free(patient, "2026-01-03")
    records.echo(patient, "2026-01-04", flail_leaflet=True, **measured)
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    page.get_by_label("Performed on").fill("today")
    page.get_by_label("LVEF", exact=True).fill("65")
    page.get_by_label("LVESD", exact=True).fill("41")
    page.get_by_label("EROA", exact=True).fill("45")
    page.get_by_label("Regurgitant volume", exact=True).fill("70")
    page.get_by_label("Vena contracta", exact=True).fill("8")
    page.get_by_role("button", name="Save and finalize").click()
    expect(page.get_by_role("alert")).to_contain_text("One value decides")
    expect(page.get_by_text("LVESD 41 mm alone changes ACC/AHA 2020")).to_be_visible()
    expect(page.get_by_label("LVESD", exact=True)).to_have_value("41")
    no_barriers(page)
    assert EchoStudy.objects.count() == 1
    page.get_by_label("Yes, LVESD 41 mm is what the report says").check()
    page.get_by_role("button", name="Save and finalize").click()
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    assert EchoStudy.objects.get(lvesd_mm=41).status == "final"


def test_going_back_and_saving_again_makes_no_second_study(log_in, alice, patient, address):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    page.get_by_label("Performed on").fill("12 Nov 2025")
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    page.goto(address("echo-add", patient))
    page.get_by_label("Performed on").fill("12 Nov 2025")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("alert")).to_contain_text("already recorded")
    assert EchoStudy.objects.count() == 1


def test_an_inr_is_saved_with_enter(log_in, nina, patient, address, no_barriers):
    page = log_in(nina)
    page.goto(address("inr-add", patient))
    no_barriers(page)
    expect(page.get_by_label("INR", exact=True)).to_be_focused()
    page.keyboard.type("2.4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Latest INR values")).to_contain_text("2.4")
    assert LabResult.objects.get().analyte == "inr"


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
