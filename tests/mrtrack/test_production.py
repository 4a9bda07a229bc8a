"""A live instance as it is started: the headers of every kind of answer, and what its log says.

Everything here asks a gunicorn of `deploy/gunicorn.service` with the settings of a live instance.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic, User
from patients.models import Patient
from tests import production
from tests.factories.records import echo, patient_of
from tests.loopback import FORM, Loopback, session_of
from tests.production import Answer, Server

pytestmark = pytest.mark.django_db(transaction=True)

# Names and numbers that nothing but a record holds.
NAMES = ("Zzsentinel", "Zzgiven", "ZZ-4711", "Zzcomment", "Zztyped", "1931-07-13")

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'",
    "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'",
}  # fmt: skip
SWITCHED_OFF = ("camera", "microphone", "geolocation", "payment", "usb")


@pytest.fixture(scope="module")
def server(django_db_setup: None, runtime_folder: Path) -> Iterator[Server]:
    """One server for all tests here; it keeps no connection to the database between requests."""
    with production.running(runtime_folder) as running:
        yield running


@pytest.fixture
def patient(clinic_north: Clinic, alice: User) -> Patient:
    made = patient_of(
        clinic_north, by=alice, family_name="Zzsentinel", given_name="Zzgiven",
        record_number="ZZ-4711",
    )  # fmt: skip
    echo(made, "2020-01-01", by=alice, lvef_percent=61, comment="Zzcomment")
    return made


@pytest.fixture
def visitor(server: Server, alice: User, client_of: Callable[[User], Client]) -> Loopback:
    return Loopback(server, session_of(client_of(alice)))


def assert_well_protected(told: str, answer: Answer) -> None:
    sys.stdout.write(f"\n{told}: {answer.status}\n")
    for name, value in answer.headers:
        sys.stdout.write(f"    {name}: {value}\n")
    for name, wanted in HEADERS.items():
        assert answer.header(name) == wanted, (told, name)
    policy = {part.strip() for part in answer.header("Content-Security-Policy").split(";")}
    assert policy == POLICY, told
    for feature in SWITCHED_OFF:
        assert f"{feature}=()" in answer.header("Permissions-Policy"), told


def test_every_kind_of_answer_carries_every_header(
    server: Server, alice: User, patient: Patient, client_of: Callable[[User], Client]
) -> None:
    logged_in = {"Cookie": f"__Host-mrtrack_session={session_of(client_of(alice))}"}
    login = server.ask("GET", "/accounts/login/")
    (static,) = set(re.findall(r'"(/static/mrtrack\.[0-9a-f]+\.css)"', login.body.decode()))
    answers = {
        "login page": (login, 200),
        "static file": (server.ask("GET", static), 200),
        "page": (server.ask("GET", "/patients/", headers=logged_in), 200),
        "table as CSV": (server.ask("GET", "/today/today.csv", headers=logged_in), 200),
        "to the login": (server.ask("GET", "/patients/"), 302),
        "no such page": (server.ask("GET", "/no-such-page", headers=logged_in), 404),
        "refused method": (server.ask("OPTIONS", "/healthz"), 405),
        "form without token": (server.ask("POST", "/accounts/login/"), 403),
        "unknown host": (server.ask("GET", "/accounts/login/", headers={"Host": "a.example"}), 400),
        "for machines": (server.ask("GET", "/readyz"), 200),
    }
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE followup_standing RENAME TO away")
        answers["broken page"] = (server.ask("GET", "/patients/", headers=logged_in), 500)
        cursor.execute("ALTER TABLE away RENAME TO followup_standing")
    for told, (answer, status) in answers.items():
        assert answer.header("Access-Control-Allow-Origin") == "", told
        assert answer.status == status, (told, answer.body[:500], server.log()[-3000:])
        assert_well_protected(told, answer)
    for told in ("login page", "page", "table as CSV", "no such page"):
        assert "no-store" in answers[told][0].header("Cache-Control"), told
    assert "immutable" in answers["static file"][0].header("Cache-Control")


def test_plain_http_is_sent_on_and_keeps_the_policies(server: Server) -> None:
    answer = server.ask("GET", "/accounts/login/", https=False)
    assert answer.status == 301
    assert answer.header("Location") == f"https://{production.HOST}/accounts/login/"
    assert "default-src 'none'" in answer.header("Content-Security-Policy")
    # Machines of the house ask without TLS.
    assert server.ask("GET", "/healthz", https=False).status == 200


def test_cookies_belong_to_this_host_over_https_only(visitor: Loopback, server: Server) -> None:
    sent = [visitor.get("/patients/").cookies, visitor.get("/accounts/login/").cookies]
    page = server.ask("GET", "/accounts/login/")
    cookies = [value for name, value in page.headers if name.lower() == "set-cookie"]
    cookies += [morsel.OutputString() for each in sent for morsel in each.values()]
    assert {each.partition("=")[0] for each in cookies} >= {
        "__Host-mrtrack_csrf",
        "__Host-mrtrack_seat",
    }
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert word in cookie, cookie
        assert "Domain" not in cookie, cookie


def test_nothing_of_a_record_reaches_the_log(
    visitor: Loopback, server: Server, patient: Patient
) -> None:
    """Pages, searches, refusals, crashes, requests that cannot be read: none repeats a name."""
    assert b"Zzsentinel" in visitor.get(f"/patients/{patient.public_id}/").content
    found = visitor.post("/patients/search", {"q": "Zzsentinel 1931-07-13"}, follow=False)
    assert found.status_code == 302
    assert "Zz" not in found.headers["Location"]
    assert visitor.get("/patients/?q=Zztyped&name=Zzsentinel").status_code == 200
    assert visitor.get("/no-such-page/?q=Zztyped").status_code == 404
    assert visitor.get("/accounts/login/?next=Zztyped", headers={"Host": "a.b"}).status_code == 400
    address = reverse("patients:patient-register")
    typed = {"family_name": "Zztyped", "given_name": "Zzgiven", "record_number": "ZZ-4711"}
    assert visitor.post(address, typed).status_code in {200, 422}
    _break(server, visitor)
    server.ask_raw(b"GET /patients/?q=Zztyped Zzgiven HTTP/1.1\r\nHost: a\r\n\r\n")
    server.ask_raw(b"GET / HTTP/1.1\r\nHost: a\r\nBad Name: Zztyped\r\n\r\n")
    log = server.log()
    # It did say where it failed: the log was looked at, and is of use.
    assert log.count("Traceback:") >= 2
    assert "Invalid request from ip=" in log
    assert "Internal Server Error: /patients/" in log
    assert [name for name in NAMES if name in log] == []


def _break(server: Server, visitor: Loopback) -> None:
    """Pages that fail while they hold what somebody typed, in the database and in our own words."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patients_patient RENAME TO away")
        answer = visitor.post("/patients/search", {"q": "Zztyped"}, follow=True)
        shown = visitor.get("/patients/", QUERY_STRING="q=Zztyped")
        cursor.execute("ALTER TABLE away RENAME TO patients_patient")
    assert (answer.status_code, shown.status_code) == (500, 500)
    # What was typed may come back to who typed it; nothing of a record does.
    assert b"Zzsentinel" not in answer.content + shown.content


def test_a_new_password_is_mailed_nowhere_without_a_mail_server(
    server: Server, visitor: Loopback, alice: User
) -> None:
    """The letter's link opens an account: it is not printed where the server runs."""
    answer = visitor.post("/accounts/password/reset/", {"email": alice.email})
    assert answer.status_code == 302
    assert "/accounts/password/reset/key/" not in server.log()
    assert alice.email not in server.log()


def test_a_form_goes_through_as_from_a_browser(server: Server, alice: User) -> None:
    """The harness itself: a token that is wrong is refused, so the others were right."""
    stranger = Loopback(server)
    body = urlencode({"login": "alice", "password": "wrong"})
    wrong = stranger.generic(
        "POST", "/accounts/login/", body, FORM, headers={"X-CSRFToken": "b" * 32}
    )
    assert wrong.status_code == 403
    right = stranger.generic("POST", "/accounts/login/", body, FORM)
    assert right.status_code == 200
