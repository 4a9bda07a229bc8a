"""A morning on Today: several booked by keyboard and without scripts, a view kept, the goals."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from followup.models import Appointment, Standing
from patients.days import spoken
from tests.browser.test_pages import WIDTHS, nothing_hangs_over, open_everything
from tests.factories import records as make

LIST = "/today/?bucket=overdue"


@pytest.fixture
def overdue(clinic_north):
    """Three who are overdue."""
    made = [
        make.patient_of(clinic_north, family_name=name, given_name="Anna")
        for name in ("Rossi", "Verdi", "Neri")
    ]
    today = clinic_north.today()
    Standing.objects.update(
        bucket="overdue", due_by_on=today - timedelta(days=400), due_words="Visit with echo"
    )
    return made


def no_cell_is_cut(page):
    """At no width do words stand out of their column, over the next or behind the frame."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        cut = page.evaluate(
            "[...document.querySelectorAll('main td, main th')]"
            ".filter(cell => cell.scrollWidth > cell.clientWidth + 1)"
            ".map(cell => cell.innerText)"
        )
        assert cut == [], f"at {width}"


def test_two_are_booked_by_keyboard(clara, clinic_north, overdue, log_in, live_server, no_barriers):
    day = clinic_north.today() + timedelta(days=9)
    page = log_in(clara)
    page.goto(live_server.url + LIST)
    for name in ("Rossi, Anna", "Verdi, Anna"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Book for those ticked").focus()
    page.keyboard.press("Enter")
    # Above the list, where the page opens.
    expect(page.get_by_text("This field is required.").first).to_be_in_viewport()
    past = page.get_by_role("link", name="Skip to the list")
    past.focus()
    expect(past).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_be_focused()
    expect(page.get_by_role("checkbox", name="Rossi, Anna")).to_be_checked()
    no_barriers(page)
    page.get_by_label("What for").focus()
    page.keyboard.type("visit")
    page.get_by_label("Day").focus()
    page.keyboard.type(spoken(day))
    page.get_by_role("button", name="Book for those ticked").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 appointments booked")).to_be_visible()
    assert page.url.removesuffix("#list") == live_server.url + LIST
    assert {row.patient for row in Appointment.objects.filter(planned_on=day)} == set(overdue[:2])


def test_the_whole_list_is_booked_without_scripts(
    clara, clinic_north, overdue, browser, live_server, settings
):
    day = clinic_north.today() + timedelta(days=9)
    client = Client()
    client.force_login(clara, backend=settings.AUTHENTICATION_BACKENDS[0])
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(live_server.url + LIST)
    page.get_by_label("The whole list of 3").check()
    page.get_by_label("What for").select_option("echo")
    page.get_by_label("Day").fill(spoken(day))
    page.get_by_role("button", name="Book for those ticked").click()
    expect(page.get_by_text("Nothing is booked yet.")).to_be_visible()
    assert not Appointment.objects.exists()
    page.get_by_role("button", name="Book for all 3").click()
    expect(page.get_by_text("3 appointments booked")).to_be_visible()
    assert Appointment.objects.filter(planned_on=day).count() == 3
    context.close()


def test_a_view_is_kept_and_its_pages_keep_nobody_out(
    alice, overdue, log_in, live_server, no_barriers
):
    page = log_in(alice)
    page.goto(live_server.url + LIST)
    page.get_by_text("Save this view").first.click()
    page.get_by_label("Name of the view").fill("Overdue")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("link", name="Overdue", exact=True)).to_be_visible()
    open_everything(page)
    no_barriers(page)
    nothing_hangs_over(page, "Today")
    no_cell_is_cut(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("1–3 of 3 patients")).to_be_visible()
    expect(page.get_by_text("Follow-up: Overdue.")).to_be_visible()
    page.emulate_media(media="screen")
    page.goto(live_server.url + reverse("reports:saved-views"))
    no_barriers(page)
    nothing_hangs_over(page, "the saved views")
    page.get_by_role("button", name="Begin with it").click()
    expect(page.get_by_text("You begin with “Overdue”")).to_be_visible()
    page.goto(live_server.url + "/")
    assert page.url == live_server.url + LIST


def test_completeness_leads_to_its_lists_and_keeps_nobody_out(
    alice, ada, overdue, log_in, live_server, no_barriers
):
    page = log_in(alice)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Completeness").click()
    expect(page.get_by_role("heading", name="Completeness", exact=True)).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "completeness")
    page.get_by_role("link", name="3 patients lack: Seen within two years").click()
    expect(page.get_by_role("heading", name="Record lacks: Seen within two years")).to_be_visible()
    log_in(ada)
    page.goto(live_server.url + reverse("reports:completeness-goals", args=["north"]))
    page.get_by_label("Seen within two years").fill("200")
    page.get_by_role("button", name="Save the goals").click()
    expect(page.get_by_text("A goal is not above 100.").first).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the goals")
