"""Lists of patients in the audit: each page that was shown, and nobody's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.models import Clinic, User
from accounts.permissions import Role
from accounts.shown_lists import LONGEST_STRETCH, PARTS_NOTED
from audit.models import AuditEvent
from mrtrack.doors import PAGES, Opens
from patients.models import Patient
from reports.audit_words import kinds
from reports.patient_finder import recent_patients
from tests.factories import records as make
from tests.source_tree import ROOT

pytestmark = pytest.mark.django_db

LISTS = {
    "reports:worklist": ("today", "clinician"),
    "reports:patient-list": ("patient_list", "clinician"),
    "reports:recall": ("recall", "clinician"),
    "reports:team-list": ("team", "clinician"),
    "reports:waiting": ("waiting_times", "clinician"),
    "reports:waiting-patients": ("waiting", "clinician"),
    "reports:completeness": ("completeness", "clinician"),
}
NO_LISTS = {
    "reports:saved-views",  # names of views
    "reports:audit-list",  # an event of its own
    "reports:recall-letters",  # one event for each patient
    "patients:emergency-open",  # a form
    "patients:patient-register",  # a form; who may be meant is a search
    "patients:erasures",  # opaque ids, no names
}
# Templates and scripts that ask the server without a person's click, and what they ask.
ASKING = {
    "patients/_record_form.html",  # the form again, when what leads it changes: `note_view`
    "patients/_echo_reading.html",  # echo_live: `note_part`
    "search.js",  # patient_finder: `note_part`
    "mrtrack.js",
    "session.js",
    "steps.js",
}
FINDER = reverse("reports:patient-finder")


@pytest.fixture
def shown() -> Callable[[], list[AuditEvent]]:
    """The events of lists since the last time this was asked."""
    seen = [0]

    def shown_() -> list[AuditEvent]:
        found = list(
            AuditEvent.objects.filter(id__gt=seen[0], action="view", patient_id="").order_by("id")
        )
        seen[0] = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
        return found

    return shown_


@pytest.fixture
def rossi(clinic_north: Clinic) -> Patient:
    return make.patient_of(clinic_north, record_number="N-1", family_name="Rossi")


@pytest.fixture
def client(client_of: Callable[[User], Client], alice: User, rossi: Patient) -> Client:
    return client_of(alice)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_shown_is_one_event(
    client: Client, shown: Any, alice: User, clinic_north: Clinic, name: str
) -> None:
    kind, role = LISTS[name]
    for times in (1, 2):
        shown()
        assert client.get(reverse(name)).status_code == 200
        (event,) = shown()
        assert (event.record_kind, event.actor_id, event.role) == (kind, alice.pk, role), times
        assert (event.clinic_id, event.record_id, event.note) == (clinic_north.pk, "", "")
        assert list(event.counts) == ["rows"]
        assert "Rossi" not in str(vars(event))
        assert kind in kinds(), "an auditor cannot choose it"


def test_the_rows_of_the_page_are_counted(
    client: Client, shown: Any, clinic_north: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        make.patient_of(clinic_north, record_number=f"M-{number}")
    monkeypatch.setattr("reports.views.patient_list.PER_PAGE", 3)
    rows = []
    for page in (1, 2):
        shown()
        client.get(reverse("reports:patient-list"), {"page": page})
        rows += [event.counts["rows"] for event in shown()]
    assert rows == [3, 2]


def test_of_two_clinics_each_has_its_event(
    client_of: Callable[[User], Client],
    shown: Any,
    alice: User,
    clinic_north: Clinic,
    clinic_south: Clinic,
) -> None:
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.NURSE], by=None)
    client = client_of(alice)
    shown()
    client.get(reverse("reports:patient-list"))
    found = {(event.clinic_id, event.role) for event in shown()}
    assert found == {(clinic_north.pk, "clinician"), (clinic_south.pk, "nurse")}
    client.get(f"{reverse('reports:recall')}?clinic={clinic_south.code}")
    assert {event.clinic_id for event in shown()} == {clinic_south.pk}


def test_a_form_that_comes_back_with_errors_shows_the_list_again(
    client: Client, shown: Any
) -> None:
    shown()
    for name, kind in (("reports:worklist", "today"), ("reports:recall", "recall")):
        assert client.post(reverse(name), {"book": "yes"}).status_code == 200
        assert [event.record_kind for event in shown()] == [kind]


def test_who_is_refused_was_shown_nothing(
    client_of: Callable[[User], Client], rita: User, shown: Any
) -> None:
    client = client_of(rita)
    shown()
    for name in LISTS:
        if name != "reports:waiting":
            assert client.get(reverse(name)).status_code == 403
    assert shown() == []


def test_the_list_of_emergency_accesses_is_one(
    client_of: Callable[[User], Client], ada: User, clinic_north: Clinic, shown: Any
) -> None:
    client = client_of(ada)
    shown()
    client.get(reverse("patients:emergency-reviews"))
    (event,) = shown()
    assert (event.record_kind, event.clinic_id) == ("emergencyaccess", clinic_north.pk)


@pytest.mark.parametrize(
    "model", ["patients_patient", "patients_echostudy", "followup_appointment"]
)
def test_a_list_of_the_administration_is_one(
    client: Client, shown: Any, alice: User, rossi: Patient, model: str
) -> None:
    alice.is_staff = True
    alice.save()
    make.echo(rossi, "2026-01-02", lvef_percent=60)
    shown()
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200
    (event,) = shown()
    assert (event.record_kind, event.note) == (model.split("_")[1], "list in the administration")
    expected = {"patients_patient": 1, "patients_echostudy": 1, "followup_appointment": 0}[model]
    assert event.counts == {"rows": expected}


def test_lists_of_the_administration_do_not_push_out_who_was_opened_lately(
    client: Client, alice: User, clinic_north: Clinic, rossi: Patient
) -> None:
    client.get(reverse("reports:patient-page", args=[rossi.public_id]))
    alice.is_staff = True
    alice.save()
    AuditEvent.objects.bulk_create(
        AuditEvent(action="view", actor_id=alice.pk, record_kind="patient") for _ in range(500)
    )
    assert [one.patient for one in recent_patients(alice, [clinic_north])] == [rossi]


# --- Parts of pages that ask by themselves ------------------------------------------------------


def test_a_part_of_a_page_is_one_line_each_quarter_of_an_hour(
    client: Client, shown: Any, clinic_north: Clinic, rossi: Patient
) -> None:
    client.get(reverse("reports:patient-page", args=[rossi.public_id]))
    shown()
    for _ in range(5):
        assert b"Rossi" in client.post(FINDER, {"q": ""}).content
    (event,) = shown()
    assert (event.record_kind, event.clinic_id) == ("recent_patients", clinic_north.pk)
    assert event.counts == {"rows": 1}
    session = client.session
    session[PARTS_NOTED] = {part: at - LONGEST_STRETCH for part, at in session[PARTS_NOTED].items()}
    session.save()
    client.post(FINDER, {"q": ""})
    assert len(shown()) == 1


def test_every_part_that_asks_by_itself_is_known_here() -> None:
    """Whoever adds one that shows patients has its line written with `note_part`."""
    templates, scripts = ROOT / "templates", ROOT / "static"
    asking = {
        path.relative_to(templates).as_posix()
        for path in templates.rglob("*.html")
        if "hx-trigger" in path.read_text(encoding="utf-8")
    } | {
        path.name
        for path in scripts.glob("*.js")
        if re.search(r"fetch\(|htmx\.ajax|sendBeacon", path.read_text(encoding="utf-8"))
    }
    assert asking == ASKING


def test_every_list_is_known_here() -> None:
    """A list that comes later has to be thought about."""
    lists = {
        door.name
        for door in PAGES
        if door.opens is Opens.CLINICS
        and "GET" in door.methods
        and door.name.startswith(("reports:", "patients:", "followup:", "treatments:"))
        and not door.name.endswith("-csv")
    }
    assert lists - NO_LISTS == {*LISTS, "patients:emergency-reviews"}
