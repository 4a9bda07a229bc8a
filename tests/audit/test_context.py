"""The client's address, with and without proxies of our own."""

import pytest
from django.test import RequestFactory

from audit.context import acting_from, client_ip, current

CLIENT, PROXY, FORGED = "192.0.2.7", "10.0.0.1", "203.0.113.9"


def address(**meta):
    return client_ip(RequestFactory().get("/", **meta))


def test_without_a_proxy_the_forwarded_header_is_not_believed():
    assert address(REMOTE_ADDR=CLIENT, HTTP_X_FORWARDED_FOR=FORGED) == CLIENT


def test_behind_one_proxy_the_last_entry_counts(settings):
    settings.TRUSTED_PROXIES = 1
    assert address(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{FORGED}, {CLIENT}") == CLIENT


def test_behind_two_proxies_the_last_but_one_counts(settings):
    settings.TRUSTED_PROXIES = 2
    forwarded = f"{FORGED}, {CLIENT}, {PROXY}"
    assert address(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded) == CLIENT


@pytest.mark.parametrize("forwarded", ["", CLIENT, "garbage, garbage"])
def test_too_few_or_broken_entries_leave_it_unknown(settings, forwarded):
    settings.TRUSTED_PROXIES = 2
    assert address(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded) == ""


def test_a_header_of_our_own_proxy_goes_before(settings):
    settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP"
    assert address(REMOTE_ADDR=PROXY, HTTP_X_REAL_IP=CLIENT) == CLIENT


@pytest.mark.parametrize("remote", ["", "unix:", "<script>"])
def test_what_is_no_address_is_not_kept(remote):
    assert address(REMOTE_ADDR=remote) == ""


def test_a_long_address_fits():
    longest = "abcd:ef01:2345:6789:abcd:ef01:2345:6789"
    assert address(REMOTE_ADDR=longest) == longest


def test_a_context_ends_with_its_block():
    with acting_from("192.0.2.7") as context:
        assert current() is context
    assert current() is None
