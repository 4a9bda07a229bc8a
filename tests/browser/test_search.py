"""Finding a patient by keyboard, from any page, and what the style guide shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.factories import records

BOX = "#topsearch-q"
PANEL = "#topsearch-found"


@pytest.fixture
def people(alice: User, clinic_north, log_in: Callable[[User], Page]) -> Page:
    """Alice's page in a clinic with ten Rossis, one of them acute, and one Nguyễn."""
    for number in range(10):
        records.patient_of(
            clinic_north, family_name="Rossi", given_name=f"M{number}", record_number=f"HV-{number}"
        )
    lan = records.patient_of(clinic_north, family_name="Nguyễn", given_name="Thị Lan")
    records.acute_episode(lan, records.day_of("2026-03-01"))
    return log_in(alice)


def options(page: Page) -> Locator:
    return page.locator(PANEL).get_by_role("option")


def find(page: Page, text: str) -> None:
    """Type into the box that "/" leads to."""
    page.keyboard.press("/")
    expect(page.locator(BOX)).to_be_focused()
    page.locator(BOX).press_sequentially(text)


def test_a_patient_is_found_and_opened_by_keyboard_alone(people, live_server, no_barriers):
    page = people
    page.goto(live_server.url + reverse("reports:report-list"))
    find(page, "lan nguyen")
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text("acute")
    box = page.locator(BOX)
    expect(box).to_have_attribute("aria-expanded", "true")
    no_barriers(page)
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "found-1")
    expect(options(page)).to_have_attribute("aria-selected", "true")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nguyễn, Thị Lan")
    assert "nguyen" not in page.url
    # The empty box offers whom one has just opened.
    page.keyboard.press("/")
    expect(page.locator(PANEL)).to_contain_text("Recently opened by you")
    expect(options(page)).to_have_count(1)
    no_barriers(page)


def test_enter_without_a_choice_shows_the_whole_list(people, live_server, no_barriers):
    page = people
    page.goto(live_server.url + reverse("reports:patient-list"))
    find(page, "rossi")
    expect(options(page)).to_have_count(8)
    expect(page.locator("#topsearch-status")).to_have_text("8 of 10 patients shown")
    expect(page.locator(PANEL)).to_contain_text("and 2 more: show list")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients/?search=*")
    expect(page.locator("tbody tr")).to_have_count(10)
    assert "rossi" not in page.url
    no_barriers(page)


def test_the_arrows_go_round_by_way_of_the_box_and_escape_closes(people, live_server):
    page = people
    page.goto(live_server.url + reverse("reports:patient-list"))
    find(page, "rossi")
    expect(options(page)).to_have_count(8)
    box = page.locator(BOX)
    page.keyboard.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", "found-8")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", "found-8")
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("rossi")
    expect(box).to_be_focused()


def test_what_answers_another_text_cannot_be_chosen(people, live_server):
    page = people
    page.goto(live_server.url + reverse("reports:patient-list"))
    find(page, "rossi")
    expect(options(page)).to_have_count(8)
    # No answer comes any more: what still stands below belongs to the text before.
    page.route("**/patients/finder", lambda route: None)
    page.locator(BOX).press_sequentially("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Nobody found for “rossix”")


def test_a_list_that_does_not_answer_leaves_the_plain_search(people, live_server, page_errors):
    page = people
    page_errors.expect("Failed to load resource")
    page.goto(live_server.url + reverse("reports:patient-list"))
    page.route("**/patients/finder", lambda route: route.abort())
    find(page, "nguyen")
    expect(page.locator(PANEL)).to_contain_text("Press Enter to search.")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients/?search=*")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_search_works_without_scripts(people, live_server, browser, page_errors):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(people.context.cookies())
    page = context.new_page()
    page_errors.watch(page)
    page.goto(live_server.url + reverse("reports:patient-list"))
    page.locator(BOX).fill("nguyen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients/?search=*")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(PANEL)).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [1440, 768, 320])
def test_what_is_found_fits_the_screen(people, live_server, width):
    page = people
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url + reverse("reports:patient-list"))
    find(page, "rossi")
    expect(options(page)).to_have_count(8)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    place = page.locator(PANEL).bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width


@pytest.mark.parametrize("name", ["reports:styleguide", "reports:styleguide-form"])
def test_the_style_guide_keeps_nobody_out_and_fits_the_screen(
    alice, log_in, live_server, no_barriers, name
):
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    page = log_in(alice)
    page.goto(live_server.url + reverse(name))
    page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
    no_barriers(page)
    for width in (1440, 768, 640, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_steps_of_a_clinic_keep_nobody_out(
    alice, superuser, log_in, live_server, no_barriers
):
    page = log_in(alice)
    page.goto(live_server.url + reverse("reports:patient-list"))
    expect(page.get_by_role("heading", name="No patients yet.")).to_be_visible()
    no_barriers(page)
    page.context.clear_cookies()
    page = log_in(superuser)
    page.goto(live_server.url + reverse("reports:home"))
    expect(page.get_by_role("heading", name="Set up the first clinic")).to_be_visible()
    no_barriers(page)
