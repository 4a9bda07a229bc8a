"""What every page says about the installation."""

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from guidelines.registry import EDITIONS

pytestmark = pytest.mark.django_db


def login_page(client: Client) -> str:
    return client.get(reverse("account_login")).content.decode()


def test_the_footer_names_version_and_editions(client: Client) -> None:
    page = login_page(client)
    assert f"mrtrack {settings.APP_VERSION}" in page
    assert all(edition.title in page for edition in EDITIONS)


def test_a_test_instance_carries_a_banner_and_a_live_one_does_not(client: Client) -> None:
    assert "Not for patient care." in login_page(client).split("<main")[0]
    with override_settings(INSTANCE="live"):
        assert "Not for patient care." not in login_page(client).split("<main")[0]
