"""Two server processes on one database count failed logins together."""

import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest
from django.core.cache import cache
from django.db import connection

from audit.models import AuditEvent
from tests.factories.cast import PASSWORD
from tests.source_tree import ROOT

LIMIT, TRIES = 5, 24
GUNICORN = [sys.executable, "-m", "gunicorn", "mrtrack.wsgi"]
GUNICORN += ["--workers=1", "--threads=4", "--log-level=error"]

pytestmark = pytest.mark.django_db(transaction=True)


def database_url():
    """The database of this test, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def servers(tmp_path, alice):
    """The addresses of two processes that know nothing of each other but the database."""
    cache.clear()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    ports = [free_port(), free_port()]
    started = [
        subprocess.Popen(
            [*GUNICORN, f"--bind=127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    try:
        for address in addresses:
            wait_for(address)
        yield addresses
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=20)
        cache.clear()


def wait_for(address):
    end = time.monotonic() + 60
    while True:
        try:
            urlopen(f"{address}/healthz", timeout=5).close()  # noqa: S310 - our own server
            return
        except (URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def log_in(address, password):
    """The text of the page that a login leads to."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{address}/accounts/login/", timeout=60).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    typed = {"csrfmiddlewaretoken": token, "login": "alice", "password": password}
    sent = urlencode(typed).encode()
    return browser.open(f"{address}/accounts/login/", sent, timeout=60).read().decode()


def test_failed_logins_are_counted_together_also_at_the_same_moment(servers):
    turns = [servers[number % 2] for number in range(TRIES)]
    with ThreadPoolExecutor(8) as people:
        pages = list(people.map(lambda address: log_in(address, "wrong"), turns))
    tried = AuditEvent.objects.filter(action="login_failed", note="").count()
    assert 1 <= tried <= LIMIT
    assert sum("Too many failed login attempts" in page for page in pages) == TRIES - tried
    if tried == LIMIT:
        for address in servers:
            assert "Too many failed login attempts" in log_in(address, PASSWORD)
