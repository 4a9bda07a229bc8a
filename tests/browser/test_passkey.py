"""A passkey, with the browser's own virtual authenticator."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actions import change_clinic
from audit.models import AuditEvent
from tests.browser.test_login import type_login
from tests.factories.cast import PASSWORD


@pytest.fixture
def home(live_server):
    """Browsers give out passkeys to names, not to numbers."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def device(page):
    """A device that recognises its owner and holds passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda is_owner: session.send(
        "WebAuthn.setUserVerified",
        {"authenticatorId": made["authenticatorId"], "isUserVerified": is_owner},
    )


class At:
    def __init__(self, url):
        self.url = url


def add_passkey(page, home, *, passwordless):
    page.goto(f"{home}{reverse('mfa_add_webauthn')}")
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", PASSWORD)
        page.click("form:has(input[name=password]) button[type=submit]")
    page.get_by_label("Name of the key").fill("Desk")
    page.get_by_label("Log in with it alone").set_checked(passwordless)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def log_out(page):
    page.locator(".topmenu-text", has_text="Alice").click()
    page.get_by_role("button", name="Log out").first.click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_passkey_is_set_up_and_logs_in_without_a_password(
    page, page_errors, home, device, alice, clinic_north, no_barriers
):
    page_errors.own_host = home.partition("//")[2]
    clinic_north.requires_second_factor = True
    change_clinic(clinic=clinic_north, by=None, fields=["requires_second_factor"])
    type_login(page, At(home), "alice", PASSWORD)
    expect(page.get_by_role("heading", name="A second factor is needed")).to_be_visible()
    no_barriers(page)
    add_passkey(page, home, passwordless=True)
    no_barriers(page)
    page.get_by_role("button", name="Go on with your work").click()
    expect(page.get_by_role("heading", name="A second factor is needed")).to_have_count(0)
    page.goto(f"{home}{reverse('accounts:account')}")
    expect(page.get_by_text("Desk", exact=False).first).to_be_visible()
    no_barriers(page)
    log_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"{home}/patients/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Patients")
    notes = list(AuditEvent.objects.filter(record_kind="user").values_list("action", "note"))
    assert ("change", "second factor added: key") in notes
    assert notes.count(("login", "")) == 2


def test_a_device_that_does_not_know_its_owner_opens_nothing(
    page, page_errors, home, device, alice
):
    page_errors.own_host = home.partition("//")[2]
    page_errors.expect("NotAllowedError")
    type_login(page, At(home), "alice", PASSWORD)
    add_passkey(page, home, passwordless=True)
    log_out(page)
    device(False)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_timeout(1500)
    page.goto(f"{home}{reverse('accounts:account')}")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_it_serves_beside_the_password(page, page_errors, home, device, alice, no_barriers):
    page_errors.own_host = home.partition("//")[2]
    type_login(page, At(home), "alice", PASSWORD)
    add_passkey(page, home, passwordless=False)
    assert Authenticator.objects.filter(user=alice, type="webauthn").count() == 1
    log_out(page)
    type_login(page, At(home), "alice", PASSWORD)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    no_barriers(page)
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url(lambda url: "/2fa/" not in url)
    page.goto(f"{home}{reverse('accounts:account')}")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
