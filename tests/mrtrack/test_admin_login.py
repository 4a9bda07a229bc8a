"""The administration has no door of its own."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from audit.models import AuditAction, AuditEvent
from tests.factories.cast import PASSWORD

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


def test_logging_out_of_it_is_remembered(client: Client, clara: User) -> None:
    client.force_login(clara)
    response = client.post(reverse("admin:logout"))
    assert response.headers["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.filter(action=AuditAction.LOGOUT, actor_id=clara.pk).count() == 1


def test_a_new_password_set_there_is_remembered(client: Client, clara: User) -> None:
    client.force_login(clara)
    new = "papillary-muscle-annulus"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("admin:password_change"), typed).status_code == 302
    clara.refresh_from_db()
    assert clara.check_password(new)
    assert AuditEvent.objects.filter(actor_id=clara.pk, note="changed password").count() == 1
