"""The database goes away, takes no writes, or its disk is full: what is told, what is lost."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from patients.models import EchoStudy
from tests import postgres_cluster
from tests.factories import records as make
from tests.factories.cast import PASSWORD
from tests.survival.conftest import pour
from tests.survival.forms import PageForm, forms_of
from tests.survival.installation import Installation, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
only_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite is a file, not a server that goes away"
)
only_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the size of one file is limited by a pragma of SQLite"
)
TYPED = {
    "lvesd_mm": "41.5",
    "reason": "re-read; “<b>new</b>” loops\nwith Dr. Grey",
    "save": "final",
}


@pytest.fixture
def study(clinic_north, alice):
    patient = make.patient_of(clinic_north, by=alice)
    return make.echo(patient, "2025-11-12", by=alice, lvesd_mm=39, lvef_percent=60)


@pytest.fixture
def url(study):
    return reverse("patients:echo-amend", args=[study.public_id])


@pytest.fixture
def client(alice, client_of):
    """Alice's browser, in which an error is a page and not an exception."""
    logged_in = client_of(alice)
    logged_in.raise_request_exception = False
    return logged_in


def form_of(page: str, box: str = "reason") -> PageForm:
    """The form of a page that has this box."""
    (form,) = (form for form in forms_of(page) if box in form.values)
    return form


def assert_kept(page: str) -> None:
    """The page says that nothing was saved and shows what was typed, as text."""
    assert "Nothing was saved." in page
    assert "What you typed is kept here" in page
    assert "41.5" in page
    assert "“&lt;b&gt;new&lt;/b&gt;” loops" in page


# What breaks --------------------------------------------------------------------------------------


@contextmanager
def read_only():
    """The database answers and takes no writes."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            "PRAGMA query_only = 1" if is_sqlite else "SET default_transaction_read_only = on"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "PRAGMA query_only = 0" if is_sqlite else "SET default_transaction_read_only = off"
        )


@contextmanager
def full():
    """The database's file cannot grow."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute("PRAGMA freelist_count")
        (free,) = cursor.fetchone()
        # What earlier tests have freed would be used again.
        cursor.execute("CREATE TABLE filling (x BLOB)")
        cursor.execute("PRAGMA page_size")
        (size,) = cursor.fetchone()
        cursor.execute("INSERT INTO filling VALUES (zeroblob(%s))", [(free + 2) * size])
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
        cursor.execute("DROP TABLE filling")


@pytest.mark.parametrize(
    "fault", [read_only, pytest.param(full, marks=only_sqlite)], ids=["read-only", "full"]
)
def test_a_database_that_takes_no_writes_loses_no_typing(client, url, study, fault):
    form = form_of(client.get(url).content.decode())
    sent = form.with_typed(**TYPED | {"comment": "long " * 4000})
    events = AuditEvent.objects.count()
    with fault():
        answer = client.post(url, sent)
        ready = client.get("/readyz")
        opened = client.get(url)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "mrtrack cannot write at the moment" in answer.content.decode()
    assert_kept(answer.content.decode())
    # A page of a full disk that is half empty still takes the little that this check writes.
    if fault is read_only:
        assert ready.status_code == 503
        assert ready.json()["checks"]["database"] == "ok"
        assert ready.json()["checks"]["cache"] == "failed"
    # Opening a record is written down: it is refused in words. A full disk may have room for that.
    assert opened.status_code == 503 or fault is full
    study.refresh_from_db()
    assert (study.version, study.lvesd_mm) == (1, 39)
    assert AuditEvent.objects.count() - events <= 1
    assert client.get("/readyz").status_code == 200
    again = client.post(url, form_of(answer.content.decode()).values)
    assert again.status_code == 302
    study.refresh_from_db()
    assert (study.version, float(study.lvesd_mm)) == (2, 41.5)
    assert study.history.latest().history_change_reason.splitlines() == TYPED["reason"].splitlines()


def test_a_password_is_never_shown_again(client, alice):
    with read_only():
        answer = Client(raise_request_exception=False).post(
            "/accounts/login/", {"login": "alice", "password": PASSWORD}
        )
    # Failed logins cannot be counted, so nobody gets in.
    assert answer.status_code in {429, 503}
    assert PASSWORD not in answer.content.decode()
    assert "kept here" not in answer.content.decode()


def test_what_another_site_sent_is_not_offered_to_be_sent_again(alice, url):
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    strict.force_login(alice)
    with read_only():
        answer = strict.post(url, TYPED, headers={"Origin": "https://evil.example"})
    assert "41.5" not in answer.content.decode()


# A server that stops and starts -------------------------------------------------------------------


@only_postgresql
def test_a_server_that_goes_away_and_comes_back(study, url, tmp_path):
    with postgres_cluster.running() as address:
        pour(address)
        (tmp_path / "var").mkdir()
        with Installation(tmp_path / "var", address).serving() as site:
            alice = Visitor(site).log_in("alice")
            form = form_of(alice.get(url).text)
            with postgres_cluster.away(address):
                answer = alice.post(url, form.with_typed(**TYPED))
                opened = alice.get(url)
                ready = Visitor(site).get("/readyz")
                alive = Visitor(site).get("/healthz")
            assert (answer.status, opened.status) == (503, 503)
            assert "mrtrack cannot reach its database" in answer.text
            assert_kept(answer.text)
            assert "Try again" in opened.text
            assert ready.status == 503
            assert json.loads(ready.text)["checks"]["database"] == "failed"
            assert alive.status == 200
            # The first request after that is well: nobody has to restart anything.
            again = alice.post(url, form_of(answer.text).values)
            assert again.status == 302, again.text
            assert alice.get("/readyz").status == 200
            assert "41.5" in alice.get(f"/patients/echo/{study.public_id}/").text


# Two servers, a slow line -------------------------------------------------------------------------


NOT_YET, TOO_MANY = "password you specified are not correct", "Too many failed login attempts"


def test_two_servers_on_one_database_and_a_slow_line(installation, study, url):
    with installation.serving(threads=2) as first, installation.serving(threads=2) as second:
        alice = Visitor(first).log_in("alice")
        beside = Visitor(second)
        beside._opener = alice._opener
        opened = form_of(alice.get(url).text)
        elsewhere = form_of(beside.get(url).text)
        assert alice.post(url, opened.with_typed(**TYPED)).status == 302
        late = beside.post(url, elsewhere.with_typed(**TYPED | {"lvesd_mm": "44"}))
        assert late.status == 409
        # Failed logins are counted together.
        statuses = [wrong_login(first if turn % 2 else second) for turn in range(6)]
        assert statuses == [NOT_YET] * 5 + [TOO_MANY]
        with socket.create_connection(("127.0.0.1", int(first.rpartition(":")[2]))) as slow:
            slow.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Le")
            assert alice.get("/healthz").status == 200
            assert alice.get(f"/patients/echo/{study.public_id}/").status == 200
    assert EchoStudy.objects.get().version == 2
    cache.clear()


def wrong_login(site: str) -> str:
    """What is said after a wrong password; both servers are reached by one name."""
    visitor = Visitor(site, host="localhost")
    token = visitor.get("/accounts/login/").token
    sent = {"login": "bob", "password": "wrong", "csrfmiddlewaretoken": token}
    page = visitor.post("/accounts/login/", sent).text
    return next(said for said in (NOT_YET, TOO_MANY, page) if said in page)
