"""The diagnosis, entered step by step; without scripts on one page."""

import pytest
from playwright.sync_api import expect

from patients.models import MitralDiagnosis
from patients.record_kinds import KINDS
from tests.factories import records


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north)


@pytest.fixture
def form_page(log_in, alice, patient, live_server):
    """The empty form of a diagnosis."""
    page = log_in(alice)
    page.goto(live_server.url + KINDS["mitral-diagnosis"].add_url(patient))
    return page


def step(page, name):
    """The part of the form with this heading."""
    return page.get_by_role("group", name=name, exact=True)


def go_on(page, to):
    """Press the button that leads on, and wait for the step."""
    page.locator(".form-actions").get_by_role("button", name="Next").click()
    expect(step(page, to)).to_be_visible()


def test_a_diagnosis_is_entered_step_by_step(form_page, no_barriers):
    page = form_page
    steps = page.get_by_role("navigation", name="Steps")
    save = page.get_by_role("button", name="Save", exact=True)
    expect(step(page, "Mechanism")).to_be_visible()
    expect(step(page, "Leaflets")).to_be_hidden()
    expect(save).to_be_hidden()
    no_barriers(page)

    page.get_by_label("As of").fill("12 Nov 2025")
    page.get_by_label("Mechanism", exact=False).select_option("Primary")
    go_on(page, "Cause and tempo")
    expect(steps.locator("[aria-current]")).to_have_text("Cause and tempo")
    page.get_by_label("Etiology").select_option(label="Fibroelastic deficiency")
    go_on(page, "Leaflets")
    page.locator(".valve-choice", has_text="P2").click()
    page.get_by_label("Anterolateral commissure").focus()
    page.keyboard.press("Space")
    fill = "element => getComputedStyle(element).fill"
    assert page.locator(".segment-P2").evaluate(fill) != page.locator(".segment-P1").evaluate(fill)
    no_barriers(page)

    steps.get_by_role("button", name="Summary").click()
    summary = page.get_by_role("region", name="Summary")
    for words in ("12 Nov 2025", "Primary", "Fibroelastic deficiency", "P2, Anterolateral"):
        expect(summary).to_contain_text(words)
    expect(summary.get_by_text("not recorded").first).to_be_visible()
    no_barriers(page)
    summary.get_by_role("button", name="Change Leaflets").click()
    page.get_by_label("P2").uncheck()
    steps.get_by_role("button", name="Summary").click()
    save.click()
    page.wait_for_url(lambda url: "/add/" not in url)
    assert MitralDiagnosis.objects.get().segments == ["anterolateral_commissure"]


def test_a_step_with_an_error_stays_and_keeps_what_was_typed(form_page, no_barriers):
    page = form_page
    page.get_by_label("As of").fill("the day before")
    page.get_by_label("Mechanism", exact=False).select_option("Primary")
    page.get_by_label("As of").press("Enter")
    expect(page.locator("#id_diagnosed_on_error")).to_be_visible()
    expect(page.get_by_label("As of")).to_be_focused()
    expect(page.get_by_label("As of")).to_have_value("the day before")
    expect(page.get_by_role("button", name="Mechanism 1 to correct")).to_be_visible()
    no_barriers(page)
    page.get_by_label("As of").fill("12 Nov 2025")
    go_on(page, "Cause and tempo")
    expect(page.get_by_text("1 to correct")).to_have_count(0)


def test_a_refused_save_opens_the_step_to_correct(form_page, no_barriers):
    page = form_page
    steps = page.get_by_role("navigation", name="Steps")
    page.get_by_label("As of").fill("12 Nov 2025")
    page.get_by_label("Mechanism", exact=False).select_option("Primary")
    expect(page.locator("select[name=mechanism]")).to_have_value("primary")
    steps.get_by_role("button", name="Cause and tempo").click()
    page.get_by_label("Onset").fill("13 Nov 2025")
    steps.get_by_role("button", name="Summary").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("after the day of the diagnosis")
    expect(step(page, "Cause and tempo")).to_be_visible()
    steps.get_by_role("button", name="Mechanism").click()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Onset")).to_be_visible()
    no_barriers(page)
    assert not MitralDiagnosis.objects.exists()


def test_it_is_operable_by_keyboard_alone(form_page):
    page = form_page
    page.get_by_label("As of").focus()
    page.keyboard.type("12 Nov 2025")
    page.keyboard.press("Tab")
    page.keyboard.type("Pri")
    page.keyboard.press("Enter")
    expect(step(page, "Cause and tempo")).to_be_visible()
    for name in ("Leaflets", "Previous procedure", "Note"):
        page.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
        expect(step(page, name)).to_be_visible()
    page.locator(".form-actions").get_by_role("button", name="Summary").press("Enter")
    expect(page.get_by_role("heading", name="Summary")).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.wait_for_url(lambda url: "/add/" not in url)
    assert MitralDiagnosis.objects.get().mechanism == "primary"


def test_without_scripts_all_chapters_stand_on_one_page(
    browser, log_in, alice, patient, live_server
):
    page = log_in(alice)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(live_server.url + KINDS["mitral-diagnosis"].add_url(patient))
    for name in ("Mechanism", "Cause and tempo", "Leaflets", "Note"):
        expect(step(plain, name)).to_be_visible()
    plain.get_by_label("As of").fill("12 Nov 2025")
    plain.get_by_label("Mechanism", exact=False).select_option("Primary")
    plain.get_by_label("P2").check()
    plain.get_by_role("button", name="Save", exact=True).click()
    plain.wait_for_url(lambda url: "/add/" not in url)
    context.close()
    assert MitralDiagnosis.objects.get().segments == ["P2"]
