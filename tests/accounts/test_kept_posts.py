"""What is sent after a session has ended: kept for its owner, given back, never saved by itself."""

import json
import logging
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import change_membership, change_user, grant_membership
from accounts.kept.actions import MOST_BYTES, MOST_OF_ONE_PERSON
from accounts.models import KeptPost
from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import mark_deceased
from patients.models import BodySize, EchoStudy, Patient, SymptomLog
from tests.factories import records
from tests.factories.cast import PASSWORD

LOGIN = reverse("account_login")
LEFT = reverse("accounts:kept-left")
TOKEN = "csrfmiddlewaretoken"


class Browser:
    """A browser as the server sees it: cookies, tokens taken from pages, and their addresses."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR="127.0.0.1")

    def open(self, url):
        answer = self.client.get(url)
        found = re.search(rf'name="{TOKEN}" value="(\w+)"', answer.content.decode())
        self.page, self.token = url, found.group(1) if found else ""
        return answer

    def send(self, url, typed, *, token=None, **headers):
        headers = {"HTTP_REFERER": f"http://testserver{self.page}"} | headers
        return self.client.post(url, {TOKEN: token or self.token, **typed}, **headers)

    def log_in(self, user, at=LOGIN, password=PASSWORD):
        self.open(at)
        way_on = parse_qs(urlsplit(at).query).get("next", [""])[0]
        typed = {"login": user.username, "password": password, "next": way_on}
        answer = self.send(LOGIN, typed)
        assert answer.status_code == 302, answer.content.decode()
        return answer

    def log_out(self):
        self.open(reverse("accounts:kept-list"))
        self.send(reverse("account_logout"), {})


@pytest.fixture(autouse=True)
def no_logins_counted(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def browser(alice):
    seen = Browser()
    seen.log_in(alice)
    return seen


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(
        clinic_north, family_name="Rossi", given_name="Marco", born_on=date(1959, 4, 12)
    )


@pytest.fixture
def echo_add(patient):
    return reverse("patients:echo-add", args=[patient.public_id])


ECHO = {"performed_on": "12 Nov 2025", "lvesd_mm": "41", "lvef_percent": "58", "save": "draft"}


def end_sessions():
    Session.objects.all().delete()


def way_on(answer):
    """Where the login page that the answer leads to leads on to, and what it says became of it."""
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)
    query = parse_qs(urlsplit(answer["Location"]).query)
    return query["next"][0], query.get("kept", [""])[0]


def sent_too_late(browser, url, typed):
    """The form's page is opened, the session ends, the form is sent: where the login leads on."""
    browser.open(url)
    end_sessions()
    return way_on(browser.send(url, typed))


def form_of(page):
    """The form on the page: the last one that was drawn for it."""
    return [each["form"] for each in page.context if "form" in each][-1]


def text_of(answer):
    return unescape(answer.content.decode())


# ---- it comes back -------------------------------------------------------------------------------


def test_a_study_comes_back_after_login_and_is_saved_by_hand_only(browser, alice, echo_add):
    url, state = sent_too_late(browser, echo_add, ECHO)
    assert state == "yes"
    assert browser.log_in(alice, f"{LOGIN}?next={url.replace('?', '%3F')}")["Location"] == url
    page = browser.open(url)
    assert "This was typed before your session ended" in text_of(page)
    assert "Nothing has been saved yet" in text_of(page)
    form = form_of(page)
    assert (form["lvesd_mm"].value(), form["lvef_percent"].value()) == ("41", "58")
    assert EchoStudy.objects.count() == 0
    answer = browser.send(url, ECHO)
    assert answer["Location"] == reverse(
        "reports:patient-page", args=[Patient.objects.get().public_id]
    )
    assert EchoStudy.objects.get().lvesd_mm == 41
    assert KeptPost.objects.count() == 0


def test_it_does_not_come_back_in_the_form_of_another_patient(
    browser, alice, clinic_north, echo_add
):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    browser.log_in(alice)
    other = records.patient_of(clinic_north)
    form = reverse("patients:echo-add", args=[other.public_id])
    assert not form_of(browser.open(form + back.removeprefix(echo_add))).is_bound
    assert "Fill it in again" not in text_of(browser.open(form))
    assert "Fill it in again" in text_of(browser.open(echo_add))


def test_it_stays_kept_until_it_is_saved(browser, alice, echo_add):
    url, _ = sent_too_late(browser, echo_add, ECHO)
    browser.log_in(alice)
    for _ in range(2):
        assert form_of(browser.open(url))["lvesd_mm"].value() == "41"
    assert browser.send(url, ECHO | {"performed_on": "never"}).status_code == 200
    assert KeptPost.objects.count() == 1


def test_a_symptom_log_comes_back(browser, alice, patient):
    url = reverse("patients:symptom-log-add", args=[patient.public_id])
    typed = {"recorded_on": "12 Nov 2025", "nyha": "II", "dyspnea": "yes", "save": "save"}
    back, _ = sent_too_late(browser, url, typed)
    browser.log_in(alice)
    form = form_of(browser.open(back))
    assert (form["nyha"].value(), form["dyspnea"].value()) == ("II", "yes")
    assert SymptomLog.objects.count() == 0
    assert browser.send(back, typed).status_code == 302
    assert SymptomLog.objects.get().dyspnea is True


def test_a_row_of_a_record_comes_back(browser, alice, patient):
    url = reverse("patients:record-add", args=[patient.public_id, "body-size"])
    typed = {"measured_on": "12 Nov 2025", "height_cm": "171", "weight_kg": "70", "save": "save"}
    back, _ = sent_too_late(browser, url, typed)
    browser.log_in(alice)
    assert form_of(browser.open(back))["height_cm"].value() == "171"
    assert BodySize.objects.count() == 0
    assert browser.send(back, typed).status_code == 302
    assert BodySize.objects.count() == 1


@pytest.mark.parametrize("button", ["save", "none_of_these"])
def test_a_registration_comes_back(browser, alice, clinic_north, button):
    url = reverse("patients:patient-register")
    typed = {
        "family_name": "Verdi",
        "given_name": "Anna",
        "born_on": "3 Mar 1950",
        "sex": "female",
        "clinic": str(clinic_north.public_id),
        "record_number": "HV-7",
        "from_on": "1 Nov 2025",
    }
    back, _ = sent_too_late(browser, url, typed | {button: "save"})
    browser.log_in(alice)
    page = browser.open(back)
    assert form_of(page)["family_name"].value() == "Verdi"
    assert Patient.objects.count() == 0
    assert AuditEvent.objects.filter(action="search").exists()


def test_a_correction_comes_back_with_its_reason(browser, alice, patient):
    study = records.echo(patient, "2025-11-12", by=alice, lvesd_mm=40)
    url = reverse("patients:echo-amend", args=[study.public_id])
    version = browser.open(url).context["form"]["version"].value()
    typed = ECHO | {"lvesd_mm": "42", "reason": "misread", "version": str(version)}
    back, _ = sent_too_late(browser, url, typed)
    browser.log_in(alice)
    form = form_of(browser.open(back))
    assert (form["lvesd_mm"].value(), form["reason"].value()) == ("42", "misread")


def test_opening_it_is_noted_as_every_look_at_a_record(browser, alice, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    browser.log_in(alice)
    before = AuditEvent.objects.filter(action="view").count()
    browser.open(back)
    assert AuditEvent.objects.filter(action="view").count() == before + 1


def test_a_form_that_cannot_be_filled_in_again_is_laid_out_for_copying(browser, alice, patient):
    study = records.echo(patient, "2025-11-12", by=alice, lvesd_mm=40)
    url = reverse("patients:echo-strike", args=[study.public_id])
    back, _ = sent_too_late(browser, url, {"reason": "a <b>wrong</b> person", "version": "1"})
    assert back.startswith("/clinic/kept/")
    browser.log_in(alice)
    page = browser.open(back)
    assert "a <b>wrong</b> person" in text_of(page)
    assert b"<b>wrong" not in page.content
    assert f'href="{url}"' in page.content.decode()
    assert "Why was it entered in error?" in text_of(page)
    assert "Version" not in text_of(page)
    study.refresh_from_db()
    assert study.struck_at is None


def test_a_form_of_the_administration_is_laid_out_for_copying(ada, clinic_north):
    browser = Browser()
    browser.log_in(ada)
    url = reverse("admin:accounts_clinic_change", args=[clinic_north.pk])
    back, _ = sent_too_late(browser, url, {"name": "North Valve Center", "_save": "Save"})
    browser.log_in(ada)
    page = text_of(browser.open(back))
    assert "North Valve Center" in page
    assert "clinic, change" in page
    ada.is_staff = False
    change_user(user=ada, by=None, fields=["is_staff"])
    assert browser.open(back).status_code == 403


def test_what_is_laid_out_is_what_was_typed_in_the_forms_own_words(browser, alice, patient):
    url = reverse("patients:person-deceased", args=[patient.public_id])
    typed = {"deceased_on": "3 Jan 2025", "reason": "letter", "version": "1", "save": "save"}
    back, _ = sent_too_late(browser, url, typed)
    browser.log_in(alice)
    said = browser.open(back).context["rows"]
    assert [text for _, text in said] == ["3 Jan 2025", "letter"]
    assert all("_" not in label and label[0].isupper() for label, _ in said)


def test_a_form_that_leads_elsewhere_by_now_shows_no_row_of_its_own(browser, alice, patient):
    url = reverse("reports:letter-add", args=[patient.public_id, "patient"])
    typed = {"addressee": "Marco Rossi", "text": "Dear Mr Rossi", "facts": "a1b2", "step": "keep"}
    back, _ = sent_too_late(browser, url, typed)
    browser.log_in(alice)
    mark_deceased(
        patient=patient,
        deceased_on=date(2025, 1, 3),
        by=alice,
        clinic=patient.registrations.get().clinic,
        reason="letter",
        expected_version=patient.version,
    )
    page = browser.client.get(back, follow=True)
    assert page.context["rows"] == [("addressee", "Marco Rossi"), ("text", "Dear Mr Rossi")]
    browser.open(reverse("accounts:kept-list"))
    answer = browser.send(url, typed)
    assert answer.status_code == 409
    assert "the death of this patient was recorded meanwhile" in text_of(answer)
    assert "Dear Mr Rossi" in text_of(answer)
    assert KeptPost.objects.count() == 1


def test_a_page_that_cannot_be_asked_shows_nothing(browser, alice, patient):
    study = records.echo(patient, "2025-11-12", by=alice, final=False)
    url = reverse("patients:echo-finalize", args=[study.public_id])
    browser.open(reverse("accounts:kept-list"))
    end_sessions()
    back, _ = way_on(
        browser.send(url, {"comment": "typed"}, HTTP_REFERER=f"http://testserver{url}")
    )
    browser.log_in(alice)
    assert browser.open(back).status_code == 403


def test_a_login_without_the_way_on_says_where_it_is(browser, alice, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    browser.log_in(alice)
    assert "Typed, not saved" in text_of(browser.open(reverse("accounts:kept-list")))
    page = browser.open(reverse("accounts:kept-list"))
    assert back in text_of(page)
    assert "Echo, new" in text_of(page)


def test_it_can_be_discarded(browser, alice, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    browser.log_in(alice)
    browser.open(reverse("accounts:kept-list"))
    public_id = KeptPost.objects.get().public_id
    browser.send(reverse("accounts:kept-discard", args=[public_id]), {})
    assert KeptPost.objects.count() == 0
    page = browser.open(back)
    assert "Nothing is kept for you here" in text_of(page)
    assert not form_of(page).is_bound


def test_a_session_that_ends_twice_loses_nothing_and_keeps_it_once(browser, alice, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    browser.log_in(alice)
    again, _ = sent_too_late(browser, back, ECHO | {"lvesd_mm": "43"})
    assert KeptPost.objects.count() == 1
    assert again != back
    browser.log_in(alice)
    assert form_of(browser.open(again))["lvesd_mm"].value() == "43"


def test_pressing_twice_keeps_it_once(browser, echo_add):
    first, _ = sent_too_late(browser, echo_add, ECHO)
    second, _ = way_on(browser.send(echo_add, ECHO))
    assert first == second
    assert KeptPost.objects.count() == 1


# ---- whose it is ---------------------------------------------------------------------------------


def test_another_person_at_the_same_machine_sees_nothing_of_it(browser, alice, bob, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO | {"lvesd_mm": "47.3"})
    browser.log_in(bob)
    page = browser.open(back)
    assert not form_of(page).is_bound
    assert "47.3" not in text_of(page)
    assert "typed by somebody else" in text_of(page)
    assert "Echo, new" not in text_of(browser.open(reverse("accounts:kept-list")))
    copy = reverse("accounts:kept-page", args=[KeptPost.objects.get().public_id])
    assert browser.open(copy).status_code == 404
    browser.open(reverse("accounts:kept-list"))
    browser.send(reverse("accounts:kept-discard", args=[KeptPost.objects.get().public_id]), {})
    browser.log_out()
    browser.log_in(alice)
    assert form_of(browser.open(back))["lvesd_mm"].value() == "47.3"


def test_the_same_person_in_another_browser_sees_nothing_of_it(browser, alice, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    elsewhere = Browser()
    elsewhere.log_in(alice)
    assert not form_of(elsewhere.open(back)).is_bound


def test_a_browser_that_nobody_logged_in_from_keeps_nothing(alice, echo_add):
    stranger = Browser()
    stranger.open(LOGIN)
    url, state = way_on(stranger.send(echo_add, ECHO))
    assert (url, state) == (LOGIN, "unknown")
    assert KeptPost.objects.count() == 0
    assert "nothing is kept" in text_of(stranger.open(f"{LOGIN}?kept={state}"))


def test_a_tampered_seat_keeps_nothing(browser, echo_add):
    browser.open(echo_add)
    end_sessions()
    browser.client.cookies[settings.SEAT_COOKIE_NAME] = (
        browser.client.cookies[settings.SEAT_COOKIE_NAME].value[:-3] + "abc"
    )
    assert way_on(browser.send(echo_add, ECHO))[1] == "unknown"
    assert KeptPost.objects.count() == 0


def test_logging_out_on_purpose_keeps_nothing(browser, echo_add):
    browser.open(echo_add)
    page, token = browser.page, browser.token
    browser.log_out()
    browser.page = page
    answer = browser.send(echo_add, ECHO, token=token)
    assert answer.status_code in {302, 403}
    assert KeptPost.objects.count() == 0


def test_after_a_new_password_nothing_is_kept(browser, alice, echo_add):
    browser.open(echo_add)
    alice.set_password("another-long-password")
    alice.save()
    assert way_on(browser.send(echo_add, ECHO))[1] == "unknown"
    assert KeptPost.objects.count() == 0


def test_a_deactivated_person_keeps_and_gets_nothing(browser, alice, echo_add):
    browser.open(echo_add)
    alice.is_active = False
    change_user(user=alice, by=None, fields=["is_active"])
    assert way_on(browser.send(echo_add, ECHO))[1] == "unknown"
    assert KeptPost.objects.count() == 0


def test_who_may_no_longer_open_the_record_gets_nothing_back(
    browser, alice, clinic_north, clinic_south, patient, echo_add
):
    study = records.echo(patient, "2025-11-12", by=alice, lvesd_mm=40)
    strike = reverse("patients:echo-strike", args=[study.public_id])
    back, _ = sent_too_late(browser, echo_add, ECHO)
    browser.log_in(alice)
    copy, _ = sent_too_late(browser, strike, {"reason": "typed in the wrong record"})
    browser.log_in(alice)
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    change_membership(membership=alice.memberships.get(clinic=clinic_north), roles=[], by=None)
    assert browser.open(back).status_code == 404
    assert browser.open(copy).status_code == 404
    kept = [reverse("accounts:kept-page", args=[row.public_id]) for row in KeptPost.objects.all()]
    assert [browser.open(url).status_code for url in kept] == [404, 404]


def test_who_lost_the_right_to_enter_is_refused(browser, alice, clinic_north, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    change_membership(membership=alice.memberships.get(), roles=[], by=None)
    browser.log_in(alice)
    assert browser.open(back).status_code in {403, 404}


# ---- two tabs ------------------------------------------------------------------------------------


def test_a_tab_from_before_the_last_login_is_kept_and_sent_again(browser, alice, echo_add):
    browser.open(echo_add)
    old = browser.token
    end_sessions()
    browser.log_in(alice)
    browser.page = echo_add
    answer = browser.send(echo_add, ECHO, token=old)
    assert answer.status_code == 403
    assert "What you typed is kept" in text_of(answer)
    assert EchoStudy.objects.count() == 0
    back = re.search(r'href="([^"]+\?kept=[^"]+)"', text_of(answer)).group(1)
    assert form_of(browser.open(back))["lvesd_mm"].value() == "41"
    assert browser.send(back, ECHO).status_code == 302
    assert EchoStudy.objects.count() == 1


def test_a_tab_of_somebody_else_is_kept_for_them_and_not_shown(browser, alice, bob, echo_add):
    browser.open(echo_add)
    old = browser.token
    end_sessions()
    browser.log_in(bob)
    browser.page = echo_add
    answer = browser.send(echo_add, ECHO | {"lvesd_mm": "47.3"}, token=old)
    assert answer.status_code == 403
    assert "belongs to somebody else" in text_of(answer)
    assert "47.3" not in text_of(answer)
    assert KeptPost.objects.get().user == alice
    assert EchoStudy.objects.count() == 0


def test_a_post_from_another_site_is_not_kept(browser, echo_add):
    browser.open(echo_add)
    for ended in (False, True):
        if ended:
            end_sessions()
        answer = browser.send(echo_add, ECHO, HTTP_ORIGIN="https://elsewhere.example")
        assert answer.status_code == 403
    assert (KeptPost.objects.count(), EchoStudy.objects.count()) == (0, 0)


@pytest.mark.parametrize("token", ["", "x" * 64, "too short"])
def test_a_token_that_was_never_given_out_keeps_nothing(browser, echo_add, token):
    browser.open(echo_add)
    browser.token = token
    assert browser.send(echo_add, ECHO, token=token or None).status_code == 403
    end_sessions()
    assert browser.send(echo_add, ECHO, token=token or None).status_code == 403
    assert KeptPost.objects.count() == 0


def test_a_part_of_a_page_is_not_replaced_by_the_login_page(browser, alice, echo_add):
    browser.open(echo_add)
    end_sessions()
    for method in ("get", "post"):
        answer = getattr(browser.client, method)(
            echo_add, HTTP_HX_REQUEST="true", HTTP_X_CSRFTOKEN=browser.token
        )
        assert (answer.status_code, answer["HX-Retarget"]) == (401, "#session-ended")
        assert "Your session has ended" in text_of(answer)
        assert "<html" not in text_of(answer)
    old = browser.token
    browser.log_in(alice)
    answer = browser.client.post(echo_add, HTTP_HX_REQUEST="true", HTTP_X_CSRFTOKEN=old)
    assert answer.status_code == 401
    assert "You have logged in again" in text_of(answer)
    assert KeptPost.objects.count() == 0


# ---- a page that is left -------------------------------------------------------------------------


def test_a_page_that_was_left_offers_what_was_typed_there(browser, echo_add):
    browser.open(echo_add)
    typed = {name: text for name, text in ECHO.items() if name != "save"}
    assert browser.send(LEFT, {"kept_form": echo_add, **typed}).status_code == 204
    page = browser.open(echo_add)
    assert not form_of(page).is_bound
    back = re.search(r'href="[^"]+(\?kept=[^"]+)"', text_of(page)).group(1)
    page = browser.open(echo_add + back)
    assert form_of(page)["lvesd_mm"].value() == "41"
    assert "left the page on" in text_of(page)


def test_a_page_that_was_left_and_saved_after_all_is_forgotten(browser, echo_add):
    browser.open(echo_add)
    typed = {name: text for name, text in ECHO.items() if name != "save"}
    browser.send(LEFT, {"kept_form": echo_add, **typed})
    assert browser.send(echo_add, ECHO).status_code == 302
    assert KeptPost.objects.count() == 0


@pytest.mark.parametrize(
    "form", ["https://elsewhere.example/", "", "//x", "/accounts/password/change/", "/no-such-page"]
)
def test_a_page_that_was_left_keeps_nothing_of_pages_that_are_not_kept(browser, echo_add, form):
    browser.open(echo_add)
    browser.send(LEFT, {"kept_form": form, "comment": "x"})
    assert KeptPost.objects.count() == 0


def test_the_offer_keeps_what_else_the_address_asks_for(browser, patient):
    url = reverse("treatments:intervention-add", args=[patient.public_id])
    browser.open(f"{url}?kind=teer")
    typed = {"kept_form": f"{url}?kind=teer", "kind": "teer", "operator": "Dr Keller"}
    browser.send(LEFT, typed)
    page = browser.open(f"{url}?with=nothing")
    back = re.search(r'href="([^"]+kept=[^"]+)"', text_of(page)).group(1)
    asked = parse_qs(urlsplit(back).query)
    assert (asked["kind"], asked["with"]) == (["teer"], ["nothing"])
    assert form_of(browser.open(back))["operator"].value() == "Dr Keller"


def test_a_later_copy_of_a_form_takes_the_place_of_the_former(browser, echo_add):
    browser.open(echo_add)
    typed = {name: text for name, text in ECHO.items() if name != "save"}
    for size in ("41", "42", "43"):
        sent = {"kept_form": echo_add, **typed, "lvesd_mm": size, "kept_draft": "a-word"}
        browser.send(LEFT, sent)
    assert KeptPost.objects.count() == 1
    back = re.search(r'href="([^"]+kept=[^"]+)"', text_of(browser.open(echo_add))).group(1)
    assert form_of(browser.open(back))["lvesd_mm"].value() == "43"
    browser.send(LEFT, {"kept_form": echo_add, **typed, "kept_draft": "another"})
    assert KeptPost.objects.count() == 2
    browser.send(echo_add, ECHO | {"lvesd_mm": "44", "kept_draft": "a-word"})
    assert EchoStudy.objects.count() == 1
    assert KeptPost.objects.count() == 1


def test_cancel_gives_up_what_was_kept_while_it_was_typed(browser, bob, echo_add):
    browser.open(echo_add)
    typed = {"kept_form": echo_add, "lvesd_mm": "41", "kept_draft": "a-word"}
    browser.send(LEFT, typed)
    other = Browser()
    other.log_in(bob)
    other.open(echo_add)
    given = {"kept_draft": "a-word", "kept_cancelled": "yes"}
    other.send(LEFT, given)
    assert KeptPost.objects.count() == 1
    browser.send(LEFT, given)
    assert KeptPost.objects.count() == 0
    end_sessions()
    browser.send(LEFT, given)
    assert KeptPost.objects.count() == 0


# ---- what is not kept ----------------------------------------------------------------------------


def test_what_is_too_large_is_not_kept_and_the_login_page_says_so(browser, echo_add):
    _, state = sent_too_late(browser, echo_add, ECHO | {"comment": "ä" * (MOST_BYTES // 2)})
    assert state == "too-large"
    assert KeptPost.objects.count() == 0
    assert "too large" in text_of(browser.open(f"{LOGIN}?kept={state}"))


def test_no_password_is_ever_kept(browser, alice):
    url = reverse("account_change_password")
    browser.open(url)
    end_sessions()
    browser.send(url, {"oldpassword": PASSWORD, "password1": "x" * 14, "password2": "x" * 14})
    browser.open(LOGIN)
    browser.send(LOGIN, {"login": "alice", "password": PASSWORD}, token="x" * 64)
    assert KeptPost.objects.count() == 0


def test_a_file_is_not_kept_and_the_login_page_says_so(browser, alice):
    url = reverse("interop:import-start")
    file = SimpleUploadedFile("studies.csv", b"record_number\n1\n")
    back, state = sent_too_late(browser, url, {"file": file, "title": "from the old system"})
    assert state == "without-files"
    browser.log_in(alice)
    page = text_of(browser.open(back))
    assert "choose it again" in page
    assert "from the old system" in page


@pytest.mark.parametrize("name", ["reports:patient-search", "accounts:choose-clinic"])
def test_searches_and_choices_are_not_kept(browser, echo_add, name):
    browser.open(echo_add)
    end_sessions()
    assert way_on(browser.send(reverse(name), {"q": "rossi"})) == (echo_add, "nothing")
    assert KeptPost.objects.count() == 0


def test_a_button_pressed_too_late_leads_back_to_its_page(browser, alice, patient):
    study = records.echo(patient, "2025-11-12", by=alice, final=False, lvesd_mm=40)
    page = reverse("patients:echo-page", args=[study.public_id])
    browser.open(page)
    end_sessions()
    url = reverse("patients:echo-finalize", args=[study.public_id])
    assert way_on(browser.send(url, {"version": "1"})) == (page, "nothing")


def test_the_way_on_never_leads_to_another_site(browser, echo_add):
    browser.open(echo_add)
    end_sessions()
    url = reverse("accounts:choose-clinic")
    for page in ("https://elsewhere.example/x", "http://testserver//elsewhere.example/", "//x"):
        answer = browser.client.post(url, {TOKEN: browser.token}, HTTP_REFERER=page)
        browser.open(answer["Location"])
        login = browser.send(LOGIN, {"login": "nobody", "password": "no"})
        assert login.status_code == 200
        assert not way_on(answer)[0].startswith(("http", "//"))


def test_of_one_person_five_are_kept_the_latest(browser, alice, patient, echo_add):
    browser.open(echo_add)
    end_sessions()
    for size in range(40, 47):
        browser.send(echo_add, ECHO | {"lvesd_mm": str(size)})
    assert KeptPost.objects.count() == MOST_OF_ONE_PERSON
    last = KeptPost.objects.order_by("-kept_at", "-id").first()
    browser.log_in(alice)
    page = browser.open(f"{echo_add}?kept={last.public_id}")
    assert form_of(page)["lvesd_mm"].value() == "46"


# ---- sealed, and not for long --------------------------------------------------------------------


def test_nothing_typed_stands_in_clear_in_the_table_the_address_or_the_log(
    browser, echo_add, caplog
):
    with caplog.at_level(logging.DEBUG):
        answer_url, _ = sent_too_late(browser, echo_add, ECHO | {"comment": "Zebrafish 4711"})
    row = KeptPost.objects.get()
    for text in (row.sealed, answer_url, caplog.text, json.dumps(browser.client.cookies)):
        assert "Zebrafish" not in text
    assert "echo" not in row.sealed
    assert not Session.objects.exists() or all(
        "Zebrafish" not in str(each.get_decoded()) for each in Session.objects.all()
    )


def test_a_new_secret_key_reads_it_while_the_old_one_is_listed(browser, alice, echo_add, settings):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-new-key" * 8, [old]
    browser.log_in(alice)
    assert form_of(browser.open(back))["lvesd_mm"].value() == "41"
    sealed_anew, _ = sent_too_late(browser, back, ECHO | {"lvesd_mm": "44"})
    settings.SECRET_KEY_FALLBACKS = []
    browser.log_in(alice)
    assert form_of(browser.open(sealed_anew))["lvesd_mm"].value() == "44"


def test_without_its_key_it_cannot_be_read_by_anybody(browser, alice, echo_add, settings):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    settings.SECRET_KEY = "a-new-key" * 8
    browser.log_in(alice)
    assert not form_of(browser.open(back)).is_bound


def test_a_row_passed_off_as_another_persons_is_not_read(browser, bob, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    KeptPost.objects.update(user=bob)
    browser.log_in(bob)
    assert not form_of(browser.open(back)).is_bound


def test_after_a_day_it_is_gone(browser, alice, echo_add):
    back, _ = sent_too_late(browser, echo_add, ECHO)
    KeptPost.objects.update(kept_at=timezone.now() - timedelta(hours=24, seconds=1))
    browser.log_in(alice)
    assert not form_of(browser.open(back)).is_bound


def test_old_ones_are_deleted_when_the_next_is_kept_and_by_a_command(browser, echo_add, capsys):
    sent_too_late(browser, echo_add, ECHO)
    KeptPost.objects.update(kept_at=timezone.now() - timedelta(hours=25))
    browser.send(echo_add, ECHO | {"lvesd_mm": "42"})
    assert KeptPost.objects.count() == 1
    call_command("purge_kept")
    assert KeptPost.objects.count() == 1
    KeptPost.objects.update(kept_at=timezone.now() - timedelta(hours=25))
    call_command("purge_kept")
    assert KeptPost.objects.count() == 0
    assert "1 kept forms deleted" in capsys.readouterr().out


def test_the_seat_is_out_of_reach_of_scripts_and_ends_with_the_browser(browser, echo_add):
    browser.open(echo_add)
    cookie = browser.client.cookies[settings.SEAT_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert bool(cookie["secure"]) == settings.SESSION_COOKIE_SECURE


def test_a_page_seen_again_sends_no_cookie_of_ours_again(browser, echo_add):
    browser.open(echo_add)
    browser.client.cookies[settings.SEAT_COOKIE_NAME]["path"] = "/"
    assert settings.SEAT_COOKIE_NAME not in browser.client.get(echo_add).cookies


def test_nonsense_for_the_page_before_breaks_nothing(browser, alice, echo_add):
    browser.open(echo_add)
    end_sessions()
    assert browser.send(echo_add, ECHO, HTTP_REFERER="http://[").status_code in {302, 403}
    assert browser.send(echo_add, ECHO, token="x" * 64, HTTP_REFERER="http://[").status_code == 403


def test_long_names_count_as_what_was_typed(browser, echo_add):
    browser.open(echo_add)
    end_sessions()
    browser.send(echo_add, ECHO | {f"{number}" + "n" * 150_000: "1" for number in range(3)})
    assert not KeptPost.objects.exists()
