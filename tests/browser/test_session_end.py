"""The warning before a session ends, and what comes after it."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import KeptPost
from accounts.session_store import ACTIVE_AT, SessionStore
from patients.models import SymptomLog
from tests.browser.test_login import type_login
from tests.factories import records
from tests.factories.cast import PASSWORD


def put_back(seconds):
    """Nothing was done for so long, in every session there is."""
    for row in Session.objects.all():
        store = SessionStore(row.session_key)
        if "_auth_user_id" in store:
            store[ACTIVE_AT] = int(time.time()) - seconds
            store.save()


def active_at():
    return max(SessionStore(row.session_key).get(ACTIVE_AT, 0) for row in Session.objects.all())


def look_again(page):
    """As when somebody comes back to the tab: the page asks the server anew."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.fixture
def form(clinic_north, live_server):
    patient = records.patient_of(clinic_north, family_name="Rossi", given_name="Marco")
    return live_server.url + reverse("patients:symptom-log-add", args=[patient.public_id])


@pytest.fixture
def idle(settings):
    return settings.SESSION_IDLE_SECONDS


def test_two_minutes_before_it_warns_and_one_stays_by_keyboard(
    page, live_server, alice, form, idle, no_barriers
):
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(form)
    put_back(idle - 100)
    look_again(page)
    warning = page.get_by_role("dialog", name="Still there?")
    expect(warning).to_be_visible()
    expect(page.get_by_role("button", name="Stay logged in")).to_be_focused()
    expect(warning).to_contain_text(re.compile(r"1:\d\d minutes"))
    no_barriers(page)
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    assert active_at() > time.time() - 20


def test_escape_means_that_somebody_is_there(page, live_server, alice, form, idle):
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(form)
    put_back(idle - 100)
    look_again(page)
    warning = page.get_by_role("dialog")
    expect(warning).to_be_visible()
    page.keyboard.press("Escape")
    expect(warning).to_be_hidden()
    page.wait_for_timeout(500)
    assert active_at() > time.time() - 20


def test_what_is_done_in_another_tab_takes_the_warning_away(page, live_server, alice, form, idle):
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(form)
    put_back(idle - 100)
    look_again(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    other = page.context.new_page()
    other.goto(form)
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=15_000)


def test_at_the_end_the_page_goes_and_comes_back_with_what_was_typed(
    page, live_server, alice, form, idle, no_barriers
):
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(form)
    page.get_by_label("Asked on").fill("12 Nov 2025")
    page.locator("[name=nyha]").fill("II")
    put_back(idle - 3)
    look_again(page)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert KeptPost.objects.filter(user=alice).count() == 1
    no_barriers(page)
    page.fill("input[name=login]", "alice")
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button[type=submit]")
    expect(page.locator("[name=nyha]")).to_have_value("II")
    expect(page.locator("[name=nyha]")).to_be_focused()
    expect(page).to_have_url(re.compile(re.escape(form)))
    page.get_by_role("button", name="Save symptom log").click()
    page.wait_for_url(lambda url: "/symptoms/add/" not in url)
    assert SymptomLog.objects.get().nyha_low == 2
    assert not KeptPost.objects.exists()


def test_without_typing_the_login_leads_back_to_the_page(page, live_server, alice, form, idle):
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(form)
    put_back(idle)
    look_again(page)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.fill("input[name=login]", "alice")
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button[type=submit]")
    expect(page).to_have_url(form)
