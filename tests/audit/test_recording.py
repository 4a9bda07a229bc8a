"""What an event holds, and which transaction it belongs to."""

import uuid

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from audit.context import acting_from
from audit.middleware import AuditContextMiddleware
from audit.models import AuditAction, AuditEvent
from audit.recording import record, record_failure, record_many, record_refusal

PATIENT = uuid.UUID("6f0f5d0e-0d2b-4d0c-9a55-0a1b2c3d4e5f")


class UndoneError(Exception):
    """Rolls a transaction back."""


def answered(view, **meta):
    """Answer one request as the server would: an exception has become a response before."""

    def get_response(request):
        try:
            view()
        except UndoneError:
            return HttpResponse(status=403)
        return HttpResponse()

    return AuditContextMiddleware(get_response)(RequestFactory().get("/", **meta))


def actions():
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


@pytest.mark.django_db
def test_an_event_says_who_did_what_where():
    record(
        action=AuditAction.IMPORT,
        by=7,
        clinic_id=3,
        role="clinician",
        record_kind="echo_study",
        record_id=12,
        patient_id=PATIENT,
        counts={"rows_new": 2},
        note="from a file",
    )
    event = AuditEvent.objects.get()
    assert (event.actor_id, event.clinic_id, event.role) == (7, 3, "clinician")
    assert (event.action, event.record_kind, event.record_id) == ("import", "echo_study", "12")
    assert (event.patient_id, event.counts) == (str(PATIENT), {"rows_new": 2})
    assert (event.note, event.ip) == ("from a file", "")
    assert event.app_version == settings.APP_VERSION
    assert event.at is not None


def test_the_actor_is_a_user_or_an_id_or_nobody(alice):
    for by in (alice, alice.pk, None):
        record(action="view", by=by)
    latest = AuditEvent.objects.order_by("-id")[:3]
    assert [event.actor_id for event in latest] == [None, alice.pk, alice.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"patient_id": "Jane Doe"},
        {"record_id": "MRN-00417-X"},
        {"record_id": "1" * 37},
        {"counts": {"Jane Doe": 1}},
        {"counts": {"lvef_percent": "55"}},
        {"counts": {"lvef_percent": 55.5}},
        {"counts": {"deceased": True}},
        {"action": "peek"},
    ],
)
def test_it_refuses_names_and_values(wrong):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the next line looks at the text
        record(**({"action": "view", "by": 1} | wrong))
    assert "Jane" not in str(caught.value)
    assert actions() == []


@pytest.mark.django_db
def test_many_events_are_written_in_bulk(django_assert_num_queries):
    with django_assert_num_queries(1):
        record_many({"action": "change", "by": 1, "patient_id": PATIENT} for _ in range(50))
    assert actions() == ["change"] * 50


@pytest.mark.django_db
def test_one_wrong_event_of_many_writes_none():
    with pytest.raises(ValueError, match="opaque"):
        record_many([{"action": "view"}, {"action": "view", "patient_id": "Jane"}])
    assert actions() == []


@pytest.mark.django_db
def test_none_of_many_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        record_many([])


@pytest.mark.django_db(transaction=True)
def test_an_event_is_undone_with_its_act():
    def act():
        with transaction.atomic():
            record(action="change", by=1)
            raise UndoneError

    with pytest.raises(UndoneError):
        act()
    assert actions() == []


@pytest.mark.django_db(transaction=True)
def test_a_refusal_in_a_request_outlives_the_rollback():
    def view():
        with transaction.atomic():
            record(action="change", by=1)
            record_refusal(by=1, note="not allowed to decide")
            record_failure(by=1, note="stale")
            raise UndoneError

    assert answered(view).status_code == 403
    assert actions() == ["refused", "failed"]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_written_even_when_the_request_breaks():
    def get_response(request):
        with transaction.atomic():
            record_refusal(by=1)
            raise UndoneError

    with pytest.raises(UndoneError):
        AuditContextMiddleware(get_response)(RequestFactory().get("/"))
    assert actions() == ["refused"]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_outside_of_a_transaction_is_written_at_once():
    def view():
        record_refusal(by=1)
        assert actions() == ["refused"]

    answered(view)
    assert actions() == ["refused"]


@pytest.mark.django_db(transaction=True)
def test_a_command_opens_its_own_context():
    def command():
        with acting_from(), transaction.atomic():
            record_failure(by=None, note="file unreadable")
            raise UndoneError

    with pytest.raises(UndoneError):
        command()
    assert actions() == ["failed"]


@pytest.mark.django_db
def test_without_a_context_a_refusal_is_written_where_it_stands():
    record_refusal(by=1)
    assert actions() == ["refused"]


@pytest.mark.django_db
def test_the_request_gives_the_address():
    answered(lambda: record(action="view", by=1), REMOTE_ADDR="192.0.2.7")
    record(action="view", by=1)
    assert [event.ip for event in AuditEvent.objects.order_by("id")] == ["192.0.2.7", ""]


@pytest.mark.django_db
def test_an_event_has_no_relation_to_anything():
    assert not any(field.is_relation for field in AuditEvent._meta.get_fields())
