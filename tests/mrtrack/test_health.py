"""Two open addresses for machines, and the same checks as a command."""

import io

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from audit import triggers


def test_healthz_answers_without_login_or_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_is_well_without_login(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {
            "database": "ok",
            "migrations": "ok",
            "audit": "ok",
            "audit_writable": "ok",
            "cache": "ok",
        },
    }


@pytest.mark.django_db
def test_readyz_notices_missing_audit_triggers(client: Client) -> None:
    triggers.remove(connection)
    response = client.get("/readyz")
    triggers.install(connection)
    assert response.status_code == 503
    assert response.json()["checks"]["audit"] == "failed"


@pytest.mark.django_db
def test_readyz_notices_a_missing_migration(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "failed"


@pytest.mark.django_db
def test_the_command_gives_the_reason() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")
    output = io.StringIO()
    with pytest.raises(CommandError, match="not ready"):
        call_command("readiness", stdout=output)
    assert "run manage.py migrate" in output.getvalue()


@pytest.mark.django_db
def test_the_command_is_silent_about_nothing() -> None:
    output = io.StringIO()
    call_command("readiness", stdout=output)
    assert output.getvalue().count("ok\n") == 5
    assert cache.get("readiness")


@pytest.mark.django_db
def test_they_accept_no_writing(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
