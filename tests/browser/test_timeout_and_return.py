"""A session ends while somebody types; two tabs; the back button: what was typed is there again."""

import re
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import KeptPost
from patients.actions import change
from patients.models import EchoStudy, SymptomLog
from tests.browser.kept import wait_until_kept
from tests.browser.test_login import type_login
from tests.factories import records
from tests.factories.cast import PASSWORD


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(
        clinic_north, family_name="Rossi", given_name="Marco", born_on=date(1959, 4, 12)
    )


@pytest.fixture
def address(live_server):
    return lambda name, row: live_server.url + reverse(f"patients:{name}", args=[row.public_id])


def end_sessions():
    Session.objects.all().delete()


def type_study(page):
    page.get_by_label("Performed on").fill("12 Nov 2025")
    page.get_by_label("LVESD").fill("41")
    page.get_by_label("LVEF", exact=True).fill("58")


def fill_in_login(page, name):
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button[type=submit]")


@pytest.fixture(autouse=True)
def panel_may_be_refused(page_errors):
    """The panel beside the form may ask once more, after the session has ended."""
    page_errors.expect("401")
    page_errors.expect("htmx:responseError")
    page_errors.expect("HTMLDivElement")


def test_a_study_typed_into_an_ended_session_is_there_after_login(
    page, live_server, alice, patient, address, no_barriers
):
    type_login(page, live_server, "alice", PASSWORD)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Log in")
    page.goto(address("echo-add", patient))
    type_study(page)
    end_sessions()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    no_barriers(page)
    fill_in_login(page, "alice")
    expect(page.get_by_text("This was typed before your session ended")).to_be_visible()
    expect(page.get_by_label("LVESD")).to_have_value("41")
    no_barriers(page)
    assert not EchoStudy.objects.exists()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("saved as a draft")).to_be_visible()
    study = EchoStudy.objects.get()
    assert (study.lvesd_mm, study.status) == (41, EchoStudy.Status.DRAFT)
    assert not KeptPost.objects.exists()


def test_it_comes_back_without_scripts(browser, live_server, alice, patient, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(address("symptom-log-add", patient))
    page.get_by_label("Asked on").fill("12 Nov 2025")
    page.locator("[name=nyha]").fill("II")
    end_sessions()
    page.get_by_role("button", name="Save symptom log").click()
    fill_in_login(page, "alice")
    expect(page.locator("[name=nyha]")).to_have_value("II")
    page.get_by_role("button", name="Save symptom log").click()
    page.wait_for_url(lambda url: "/symptoms/add/" not in url)
    assert SymptomLog.objects.get().nyha_low == 2
    context.close()


def test_another_person_who_logs_in_there_sees_nothing_of_it(
    page, live_server, alice, bob, patient, address
):
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(address("echo-add", patient))
    type_study(page)
    end_sessions()
    page.get_by_role("button", name="Save as draft").click()
    fill_in_login(page, "bob")
    expect(page.get_by_text("Nothing is kept for you here")).to_be_visible()
    expect(page.get_by_label("LVESD")).to_have_value("")


def test_a_part_of_a_page_says_that_the_session_ended_and_leaves_the_page_alone(
    log_in, live_server, alice, patient, address, page_errors, no_barriers
):
    page_errors.expect("401")
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    type_study(page)
    end_sessions()
    page.add_script_tag(url=f"{live_server.url}/static/django_htmx/htmx-2.min.js")
    page.evaluate("htmx.ajax('GET', location.pathname, {target: 'form.form-panel'})")
    expect(page.get_by_role("link", name="Log in in a new tab")).to_be_visible()
    expect(page.get_by_label("LVESD")).to_have_value("41")
    no_barriers(page)


def test_a_second_tab_in_which_somebody_logged_in_again_loses_nothing(
    page, live_server, alice, patient, address, no_barriers, page_errors
):
    page_errors.expect("403")
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(address("echo-add", patient))
    type_study(page)
    end_sessions()
    other = page.context.new_page()
    page_errors.watch(other)
    type_login(other, live_server, "alice", PASSWORD)
    expect(other).not_to_have_url(re.compile("/accounts/login/"))
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    no_barriers(page)
    page.get_by_role("link", name="Open the form with what you typed").click()
    expect(page.get_by_label("LVESD")).to_have_value("41")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("saved as a draft")).to_be_visible()
    assert EchoStudy.objects.count() == 1


def test_what_cannot_be_filled_in_again_is_laid_out(
    page, live_server, alice, patient, address, no_barriers
):
    study = records.echo(patient, "2025-11-12", by=alice, lvesd_mm=40)
    type_login(page, live_server, "alice", PASSWORD)
    page.goto(address("echo-strike", study))
    page.locator("[name=reason]").fill("belongs to another patient")
    end_sessions()
    page.locator("form.form-panel button[type=submit]").click()
    fill_in_login(page, "alice")
    expect(page.get_by_text("belongs to another patient")).to_be_visible()
    no_barriers(page)
    page.goto(live_server.url + reverse("accounts:kept-list"))
    expect(page.get_by_role("link", name="Echo, entered in error")).to_be_visible()
    no_barriers(page)
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing waits here")).to_be_visible()


@pytest.mark.parametrize("name", ["echo-add", "symptom-log-add", "person-edit"])
def test_leaving_asks_first(log_in, alice, patient, address, name):
    page = log_in(alice)
    page.goto(address(name, patient))
    page.locator("form.form-panel input[type=text]").first.fill("12 Nov 2025")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    expect(page.locator("form.form-panel input[type=text]").first).to_have_value("12 Nov 2025")


def test_whoever_leaves_all_the_same_and_comes_back_gets_it_again(
    log_in, live_server, alice, patient, address, no_barriers
):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    type_study(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Rossi, Marco").first.click()
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    wait_until_kept(page)
    page.go_back()
    page.get_by_role("link", name="Fill it in again").click()
    expect(page.get_by_text("Nothing has been saved yet")).to_be_visible()
    expect(page.get_by_label("LVESD")).to_have_value("41")
    no_barriers(page)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("saved as a draft")).to_be_visible()
    assert not KeptPost.objects.exists()


def test_a_search_from_a_form_that_was_typed_in_asks_first_and_keeps_it(
    log_in, alice, patient, address
):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    type_study(page)
    asked = []

    def leave(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.fill("[data-search-box]", "Weiss")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert asked == ["beforeunload"]
    page.goto(address("echo-add", patient))
    expect(page.get_by_role("link", name="Fill it in again")).to_be_visible()


def test_cancel_means_cancel(log_in, alice, patient, address):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    type_study(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(lambda url: "/echo/add/" not in url)
    page.goto(address("echo-add", patient))
    expect(page.get_by_label("LVESD")).to_have_value("")
    assert not KeptPost.objects.exists()


def test_a_saved_form_leaves_nothing_behind(log_in, alice, patient, address):
    page = log_in(alice)
    page.goto(address("echo-add", patient))
    type_study(page)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("saved as a draft")).to_be_visible()
    assert not KeptPost.objects.exists()


@pytest.fixture
def long_letter(log_in, live_server, alice, patient):
    """A letter longer than browsers send of a page that is left, typed and kept meanwhile."""
    page = log_in(alice)
    address = live_server.url + reverse("reports:letter-add", args=[patient.public_id, "clinic"])
    page.goto(address)
    left = reverse("accounts:kept-left")
    with page.expect_response(lambda answer: left in answer.url) as kept:
        page.locator("textarea[name=text]").fill("Αγαπητή συνάδελφε,\n\n" + "λέξη " * 7000)
    assert kept.value.status == 204
    page.on("dialog", lambda dialog: dialog.accept())
    return page, address


def test_a_long_letter_is_kept_while_it_is_typed(long_letter, live_server):
    page, address = long_letter
    page.goto(live_server.url + reverse("accounts:kept-list"))
    assert KeptPost.objects.count() == 1
    page.goto(address)
    page.get_by_role("link", name="Fill it in again").click()
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("^Αγαπητή συνάδελφε"))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Keep with the record").click()
    expect(page.get_by_text("is kept with the record")).to_be_visible()
    assert not KeptPost.objects.exists()


def test_cancel_gives_up_what_was_kept_of_a_long_letter(long_letter):
    page, address = long_letter
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(lambda url: url != address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("link", name="Fill it in again")).to_have_count(0)
    assert not KeptPost.objects.exists()


def test_who_closed_an_episode_meanwhile_stands_beside_what_was_typed(
    log_in, alice, bob, clinic_north, patient, address, no_barriers, page_errors
):
    page_errors.expect("409")
    episode = records.acute_episode(patient, "2025-01-01")
    page = log_in(alice)
    page.goto(address("acute-close", episode))
    page.get_by_label("Ended by").select_option("excluded")
    page.locator("[name=reason]").fill("TEE shows no acute MR")
    episode.closed_at, episode.closed_by, episode.closure = timezone.now(), bob, "excluded"
    change(episode, by=bob, clinic=clinic_north, reason="CT first")
    page.get_by_role("button", name="Close the episode").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("has closed this acute episode")
    expect(page.get_by_text("TEE shows no acute MR")).to_be_visible()
    no_barriers(page)
