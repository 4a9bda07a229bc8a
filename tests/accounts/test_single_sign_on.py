"""Single sign-on runs where it is configured: its tests need a process of their own."""

import importlib.util
import os
import socket
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from mrtrack import checks, environment
from tests.source_tree import ROOT

NEEDED = ("jwt", "requests", "oauthlib")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_is_off_unless_configured(client, db):
    with pytest.raises(NoReverseMatch):
        reverse("openid_connect_login", args=["hospital"])
    assert "/oidc/" not in client.get(reverse("account_login")).content.decode()


@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in NEEDED),
    reason="pip install -r requirements-oidc.in",
)
def test_configured_it_does_what_it_should():
    configured = {
        "MRTRACK_TEST_OIDC_URL": f"http://127.0.0.1:{free_port()}",
        "MRTRACK_TEST_OIDC_CLIENT_ID": "mrtrack",
        "MRTRACK_TEST_OIDC_SECRET": "between-us",
        "MRTRACK_TEST_OIDC_ROLES": "CN=valve-doctors,OU=heart=north:clinician; nurses=north:nurse",
        "MRTRACK_TEST_OIDC_SECOND_FACTOR": "otp,gold",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sso/sign_on.py"],
        cwd=ROOT,
        env=os.environ | configured,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "passed" in done.stdout


def test_what_a_value_gives_may_hold_commas_and_equal_signs(monkeypatch):
    monkeypatch.setenv("GIVEN", "CN=a,OU=b=north:nurse; x = south:clerk ;x=north:clerk;")
    assert environment.rights("GIVEN") == {
        "CN=a,OU=b": [("north", "nurse")],
        "x": [("south", "clerk"), ("north", "clerk")],
    }


@pytest.mark.parametrize("text", ["nurse", "x=north", "=north:nurse", "x=:nurse", "x=north:"])
def test_what_cannot_be_read_stops_the_start(monkeypatch, text):
    monkeypatch.setenv("GIVEN", text)
    with pytest.raises(ImproperlyConfigured, match="GIVEN"):
        environment.rights("GIVEN")


def test_a_role_that_does_not_exist_and_an_open_way_are_found(settings):
    assert checks.single_sign_on() == []
    settings.OIDC_ROLES = {"x": [("north", "emperor")]}
    settings.OIDC_URL, settings.INSTANCE = "http://login.example", "live"
    assert [error.id for error in checks.single_sign_on()] == ["mrtrack.E005", "mrtrack.E006"]


def test_redis_without_its_package_is_found(settings):
    settings.REDIS_URL = "redis://127.0.0.1/0"
    found = [error.id for error in checks.redis_package()]
    assert found == ([] if importlib.util.find_spec("redis") else ["mrtrack.E004"])
