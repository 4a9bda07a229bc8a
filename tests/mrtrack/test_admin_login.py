"""The administration has no door of its own."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_the_admin_sends_people_to_the_common_login(client: Client) -> None:
    response = client.get("/admin/login/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_the_address_serves_the_secured_view() -> None:
    # A view wrapped after admin.site.urls was read would be another one.
    assert resolve("/admin/login/").func == admin.site.login
    assert hasattr(admin.site.login, "__wrapped__")


def test_posting_a_password_to_the_admin_logs_nobody_in(client: Client, alice: User) -> None:
    alice.is_staff = True
    alice.save()
    client.post("/admin/login/", {"username": "alice", "password": "leaflet-chordae-annulus"})
    assert "_auth_user_id" not in client.session


def test_a_clinician_has_no_business_there(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/").status_code in {302, 403}
