"""The audit's page: who may read which acts, narrowed how, and how far they are sealed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from audit.recording import record, record_many
from audit.seals import seal_events
from reports import audit_list as listing
from tests.factories import records as make
from tests.factories.cast import PASSWORD, member
from tests.reports.pages import words_in

pytestmark = pytest.mark.django_db
PAGE = reverse("reports:audit-list")
FIND = reverse("reports:audit-patient")


@pytest.fixture
def read(client_of, otto):
    """`read(**asked)`: what Otto, auditor in the north, reads."""

    def read_(**asked):
        answer = client_of(otto).get(PAGE, asked)
        assert answer.status_code == 200
        return words_in(answer.content.decode())

    return read_


def act(clinic, by, **fields):
    given = {"action": "view", "record_kind": "patient", "clinic_id": clinic.pk, "by": by}
    record(**(given | fields))


def test_it_shows_who_did_what(read, clinic_north, alice):
    act(clinic_north, alice, role="clinician", note="a note", counts={"rows": 5}, ip="10.9.8.7")
    page = read()
    assert "Alice" in page
    for words in ("Opened", "Patient", "clinician", "a note", "rows 5", "10.9.8.7"):
        assert words in page


def test_a_refusal_names_the_right_in_words(read, clinic_north, alice):
    act(clinic_north, alice, action=AuditAction.REFUSED, note="not allowed to export_identified")
    assert "not allowed to export data that identifies patients" in read()


def test_it_requires_login(client):
    assert client.get(PAGE).status_code == 302
    assert client.post(FIND, {"patient": "1"}).status_code == 302


def test_other_roles_are_refused_in_words_and_remembered(client_of, alice, ada, rita):
    for person in (alice, ada, rita):
        for answer in (
            client_of(person).get(PAGE),
            client_of(person).post(FIND, {"patient": "1"}),
        ):
            assert answer.status_code == 403
            assert b"read the audit trail" in answer.content
        assert AuditEvent.objects.filter(action="refused", actor_id=person.pk).count() == 2


def test_it_hides_other_clinics(read, clinic_north, clinic_south, charlie, alice):
    act(clinic_south, charlie, note="southern act")
    act(clinic_south, alice, note="southern too")
    record(action="login", by=charlie, record_kind="user", record_id=charlie.pk, note="south")
    record(action="view", by=None, note="of no clinic and nobody")
    page = read()
    assert "south" not in page.lower()
    assert "of no clinic" not in page


def test_logins_of_the_clinics_people_belong_to_it(client, read, alice, charlie):
    client.login(username="nobody", password="wrong")
    url = reverse("account_login")
    client.post(url, {"login": "alice", "password": "wrong"})
    client.post(url, {"login": "charlie", "password": "wrong"})
    client.post(url, {"login": "alice", "password": PASSWORD})
    page = read()
    assert page.count("Login failed") - page.split("When", 1)[0].count("Login failed") == 1
    assert "nobody logged in" in page
    assert "Logged in" in page.split("When", 1)[1]


def test_reading_it_is_an_act_itself(read, otto, clinic_north):
    read(action="print")
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.record_kind, event.actor_id) == ("view", "audit", otto.pk)
    assert (event.clinic_id, event.role, event.note) == (
        clinic_north.pk,
        "auditor",
        "action print",
    )


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"action": "print"}, {"note printed"}),
        ({"kind": "echostudy"}, {"note study"}),
        ({"person": "bob"}, {"note by bob"}),
        ({"from_on": "today"}, {"note printed", "note study", "note by bob"}),
        ({"until_on": "yesterday"}, {"note long ago"}),
        ({"action": "print", "kind": "echostudy"}, set()),
        ({"action": "nonsense"}, {"note printed", "note study", "note by bob", "note long ago"}),
    ],
)
def test_it_is_narrowed(read, clinic_north, alice, bob, asked, kept):
    act(clinic_north, alice, action="print", note="note printed")
    act(clinic_north, alice, record_kind="echostudy", note="note study")
    act(clinic_north, bob, note="note by bob")
    AuditEvent(
        action="view",
        actor_id=alice.pk,
        clinic_id=clinic_north.pk,
        note="note long ago",
        at=timezone.now() - timedelta(days=9),
    ).save()
    today = clinic_north.today()
    values = {
        "bob": bob.pk,
        "today": today.isoformat(),
        "yesterday": (today - timedelta(days=1)).isoformat(),
    }
    page = read(**{name: values.get(value, value) for name, value in asked.items()})
    notes = {"note printed", "note study", "note by bob", "note long ago"}
    body = page.split("When Who", 1)[-1]
    assert {note for note in notes if note in body} == kept
    if not kept:
        assert "Nothing fits" in page


def test_a_period_that_ends_before_it_begins_is_said(read):
    assert "before the first day" in read(from_on="2026-03-02", until_on="2026-03-01")


def test_a_patient_is_found_by_record_number_and_by_id(
    client_of, otto, clinic_north, clinic_south, alice
):
    patient = make.patient_of(clinic_north, record_number="N-77", family_name="Secretname")
    stranger = make.patient_of(clinic_south, record_number="S-77")
    act(clinic_north, alice, patient_id=patient.public_id, note="on this one")
    act(clinic_north, alice, note="on nobody")
    client = client_of(otto)
    for typed in ("N-77", " n-77 ", str(patient.public_id)):
        answer = client.post(FIND, {"patient": typed}, follow=True)
        assert answer.redirect_chain == [(f"{PAGE}?patient={patient.public_id}", 302)]
        page = words_in(answer.content.decode())
        assert "on this one" in page
        assert "on nobody" not in page
        assert "Secretname" not in answer.content.decode()
    for typed in ("S-77", str(stranger.public_id), "", "\x00", "9" * 300):
        answer = client.post(FIND, {"patient": typed}, follow=True)
        assert answer.redirect_chain == [(PAGE, 302)]
        assert b"No patient of your clinics" in answer.content
    event = AuditEvent.objects.filter(action="search").earliest("id")
    assert (event.record_kind, event.patient_id) == ("audit", str(patient.public_id))
    assert "77" not in event.note


def test_pages_follow_each_other_without_a_gap(monkeypatch, client_of, otto, clinic_north, alice):
    monkeypatch.setattr(listing, "PER_PAGE", 7)
    now = timezone.now()
    # Several share one instant: the id decides.
    AuditEvent.objects.bulk_create(
        AuditEvent(
            action="view",
            actor_id=alice.pk,
            clinic_id=clinic_north.pk if each % 3 else None,
            note=f"number {each:02}",
            at=now - timedelta(seconds=each // 4),
        )
        for each in range(30)
    )
    client, seen, address = client_of(otto), [], f"{PAGE}?person={alice.pk}"
    while address:
        answer = client.get(address)
        rows = answer.context["page"].rows
        seen += [row.event.note for row in rows if row.event.note.startswith("number")]
        place = answer.context["page"].next_place
        address = f"{PAGE}?person={alice.pk}&after={place}" if place else ""
    wanted = AuditEvent.objects.filter(note__startswith="number").order_by("-at", "-id")
    assert seen == list(wanted.values_list("note", flat=True))
    assert len(seen) == 30


@pytest.mark.parametrize("place", ["x", "1", "1_x", "-1_2", "9" * 18 + "_1", "9" * 30 + "_1", "_"])
def test_a_spoiled_address_is_harmless(read, place):
    assert "Audit" in read(after=place, person="x", patient="x", until_on="9999-12-31")


def test_two_clinics_are_read_together(client_of, clinic_north, clinic_south, alice, charlie):
    both = member("olga", clinic_north, Role.AUDITOR)
    grant_membership(user=both, clinic=clinic_south, roles=[Role.AUDITOR], by=None)
    act(clinic_north, alice, note="in the north")
    act(clinic_south, charlie, note="in the south")
    page = words_in(client_of(both).get(PAGE).content.decode())
    assert page.index("in the south") < page.index("in the north")
    assert AuditEvent.objects.filter(record_kind="audit", actor_id=both.pk).count() == 2


def test_it_says_how_far_it_is_sealed(read, clinic_north, alice):
    assert "Nothing is sealed yet" in read()
    act(clinic_north, alice)
    seal_events(now=timezone.now() + timedelta(minutes=6))
    assert "(seal 1); 0 events not yet sealed" in read()
    assert "1 event not yet sealed" in read()


def test_its_queries_do_not_grow(client_of, otto, clinic_north, alice):
    client = client_of(otto)
    client.get(PAGE)
    counts = []
    for number in (5, 300):
        record_many(
            {"action": "view", "by": alice, "clinic_id": clinic_north.pk} for _ in range(number)
        )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == 13


def test_the_bar_leads_there_for_those_who_may(client_of, otto, alice):
    assert f'href="{PAGE}"' in client_of(otto).get(PAGE).content.decode()
    page = client_of(alice).get(reverse("reports:report-list")).content.decode()
    assert f'href="{PAGE}"' not in page


def test_every_kind_that_is_written_has_words():
    for action in AuditAction:
        assert listing.act_in_words(action)
    assert listing.kind_in_words("echostudy") == "Echo study"
    assert listing.kind_in_words("echo_studies") == "Report: Echo studies"
    assert listing.kind_in_words("of_another_release") == "of another release"
