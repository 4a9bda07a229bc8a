"""The audit trail can be read in the administration, and nothing else."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from audit.recording import record

LIST = reverse("admin:audit_auditevent_changelist")


@pytest.fixture
def event(db):
    record(action="view", by=1, note="a note")
    return AuditEvent.objects.latest("id")


def test_a_superuser_reads_it(superuser, client_of, event):
    client = client_of(superuser)
    assert b"a note" in client.get(LIST).content
    page = client.get(reverse("admin:audit_auditevent_change", args=[event.pk]))
    assert page.status_code == 200


def test_nobody_adds_changes_or_deletes(superuser, client_of, event):
    client = client_of(superuser)
    count = AuditEvent.objects.count()
    change = reverse("admin:audit_auditevent_change", args=[event.pk])
    delete = reverse("admin:audit_auditevent_delete", args=[event.pk])
    assert client.post(reverse("admin:audit_auditevent_add"), {}).status_code == 403
    assert client.post(change, {"note": "x"}).status_code == 403
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert AuditEvent.objects.count() == count


def test_other_staff_do_not_see_it(clara, ada, client_of, event):
    for user in (clara, ada):
        assert client_of(user).get(LIST).status_code == 403
