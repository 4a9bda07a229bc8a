"""The database itself refuses to change the audit trail, on the engine that runs the tests."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, NotSupportedError, connection, transaction

from audit import triggers
from audit.models import AuditEvent
from audit.recording import record


@pytest.fixture
def event(db):
    record(action="view", by=1)
    return AuditEvent.objects.get()


def refused(sql, *params):
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)


def test_an_update_is_refused(event):
    refused("UPDATE audit_auditevent SET note = 'x' WHERE id = %s", event.pk)
    event.note = "x"
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save()
    event.refresh_from_db()
    assert event.note == ""


def test_a_delete_is_refused(event):
    refused("DELETE FROM audit_auditevent WHERE id = %s", event.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.count() == 1


def test_replacing_a_row_by_inserting_it_again_is_refused(event):
    again = "INTO audit_auditevent SELECT * FROM audit_auditevent WHERE true"
    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE {again}")
    refused(f"INSERT {again} ON CONFLICT (id) DO UPDATE SET note = 'x'")


def test_emptying_the_table_is_refused(event):
    if connection.vendor == "postgresql":
        refused("TRUNCATE audit_auditevent")
        refused("TRUNCATE audit_auditevent CASCADE")
    else:
        refused("DELETE FROM audit_auditevent")


def test_the_table_is_the_models(db):
    assert AuditEvent._meta.db_table == triggers.EVENTS == "audit_auditevent"


def test_installing_twice_is_harmless(event):
    triggers.install(connection)
    triggers.install(connection)
    refused("UPDATE audit_auditevent SET note = 'x'")


def test_removing_and_suspending_lifts_the_refusal(event):
    with triggers.suspended(connection):
        AuditEvent.objects.update(note="x")
    refused("UPDATE audit_auditevent SET note = 'y'")
    triggers.remove(connection)
    triggers.remove(connection)
    AuditEvent.objects.all().delete()
    triggers.install(connection)


def test_an_unknown_engine_is_refused(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "oracle")
    with pytest.raises(NotSupportedError, match="oracle"):
        triggers.install(connection)


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_undone_and_done_again():
    call_command("migrate", "audit", "0001", verbosity=0)
    record(action="view", by=1)
    AuditEvent.objects.update(note="x")
    call_command("migrate", "audit", verbosity=0)
    refused("UPDATE audit_auditevent SET note = 'y'")


@pytest.mark.django_db(transaction=True)
def test_a_flush_outside_of_the_tests_is_refused():
    record(action="view", by=1)
    with pytest.raises(Exception, match=r"couldn't be flushed|append-only"):
        call_command("flush", interactive=False, verbosity=0)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_the_end_of_a_test_empties_the_table_and_keeps_the_triggers(turn):
    assert AuditEvent.objects.count() == 0
    record(action="view", by=1)
    refused("DELETE FROM audit_auditevent")
