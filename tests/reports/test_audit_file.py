"""The audit as a file: it holds what the page shows, narrowed by the same."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.actions import grant_membership
from accounts.models import Clinic
from accounts.permissions import Role
from audit.models import AuditEvent
from audit.recording import record
from patients.models import Registration
from reports.audit_filter import name_of
from reports.catalogue import REPORTS
from reports.jobs import order_report
from reports.models import ReportJob
from reports.package import Order
from reports.report_form import ScopeForm, narrowed_words
from reports.scope import scope_again
from tests.factories import records as make
from tests.factories.cast import member
from tests.reports.pages import words_in

pytestmark = pytest.mark.django_db
PAGE = reverse("reports:audit-list")
FILE = reverse("reports:report-page", args=["audit_events"])
TAKE = {"take": "yes", "purpose": "inspection", "form": "csv"}


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north, record_number="N-77", family_name="Secretname")


@pytest.fixture
def acts(clinic_north, clinic_south, alice, bob, charlie, patient):
    """One act for each filter, of both clinics and of none, today and nine days ago."""
    AuditEvent.objects.bulk_create(
        AuditEvent(**{"action": "view", "at": timezone.now(), "note": f"act {number}"} | fields)
        for number, fields in enumerate(
            (
                {"actor_id": alice.pk, "clinic_id": clinic_north.pk, "record_kind": "patient"},
                {"actor_id": bob.pk, "clinic_id": clinic_north.pk, "action": "print"},
                {
                    "actor_id": alice.pk,
                    "clinic_id": clinic_north.pk,
                    "patient_id": str(patient.public_id),
                    "record_kind": "echostudy",
                },
                {
                    "actor_id": bob.pk,
                    "clinic_id": clinic_north.pk,
                    "at": timezone.now() - timedelta(days=9),
                },
                {"actor_id": alice.pk, "action": "login", "record_kind": "user"},
                {"actor_id": None, "action": "login_failed", "record_kind": "user",
                 "record_id": str(bob.pk)},
                {"actor_id": charlie.pk, "clinic_id": clinic_south.pk},
                {"actor_id": charlie.pk, "action": "login"},
            )
        )
    )  # fmt: skip
    return {"alice": alice.pk, "patient": patient.public_id}


def taken(client, url):
    answer = client.post(url, TAKE)
    assert answer.streaming, answer.content.decode()
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if row["note"].startswith("act ")]


def shown(answer):
    rows = answer.context["page"].rows
    return {row.event.note for row in rows if row.event.note.startswith("act ")}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("", {"act 0", "act 1", "act 2", "act 3", "act 4", "act 5"}),
        ("?action=print", {"act 1"}),
        ("?kind=echostudy", {"act 2"}),
        ("?person={alice}", {"act 0", "act 2", "act 4"}),
        ("?person={alice}&kind=user", {"act 4"}),
        ("?patient={patient}", {"act 2"}),
        ("?action=login_failed", {"act 5"}),
        ("?from_on={today}&action=view", {"act 0", "act 2"}),
        ("?until_on={yesterday}", {"act 3"}),
        ("?action=nonsense&kind=echostudy", {"act 2"}),
    ],
)
def test_the_file_holds_what_the_page_shows(client_of, otto, clinic_north, acts, asked, kept):
    """The link of the page leads to it."""
    today = clinic_north.today()
    client = client_of(otto)
    answer = client.get(
        PAGE + asked.format(**acts, today=today, yesterday=today - timedelta(days=1))
    )
    assert shown(answer) == kept
    link = answer.context["export_url"]
    assert link in answer.content.decode().replace("&amp;", "&")
    assert {row["note"] for row in taken(client, link)} == kept


def test_what_belongs_to_no_clinic_says_so(client_of, otto, acts):
    clinics = {row["note"]: row["clinic"] for row in taken(client_of(otto), FILE)}
    assert (clinics["act 0"], clinics["act 4"], clinics["act 5"]) == ("north", "", "")


def test_days_are_those_of_the_clinic_on_page_and_in_file(client_of, otto, clinic_north, alice):
    """An evening in universal time is the next day's morning in Auckland."""
    Clinic.objects.filter(pk=clinic_north.pk).update(time_zone="Pacific/Auckland")
    day = (timezone.now() - timedelta(days=5)).date()
    evening = timezone.now().replace(year=day.year, month=day.month, day=day.day, hour=20, minute=0)
    AuditEvent(action="view", actor_id=alice.pk, clinic_id=clinic_north.pk, at=evening,
               note="act 0").save()  # fmt: skip
    client = client_of(otto)
    for asked, kept in ((day, set()), (day + timedelta(days=1), {"act 0"})):
        query = f"?from_on={asked}&until_on={asked}"
        assert shown(client.get(PAGE + query)) == kept
        assert {row["note"] for row in taken(client, FILE + query)} == kept


def test_two_clinics_leave_together_and_are_counted(
    client_of, clinic_north, clinic_south, acts, otto
):
    both = member("olga", clinic_north, Role.AUDITOR)
    grant_membership(user=both, clinic=clinic_south, roles=[Role.AUDITOR], by=None)
    client = client_of(both)
    assert {row["note"] for row in taken(client, FILE)} == {f"act {n}" for n in range(8)}
    one = f"{FILE}?clinic={clinic_south.public_id}"
    assert {row["note"] for row in taken(client, one)} == {"act 6", "act 7"}
    counted = AuditEvent.objects.filter(action="export", actor_id=both.pk).order_by("-id")[:1]
    assert counted.get().clinic_id == clinic_south.pk


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("action=nonsense", "nonsense is not one of the available choices"),
        ("kind=nonsense", "nonsense is not one of the available choices"),
        ("person=nonsense", "nonsense is not one of the available choices"),
        ("patient=nonsense", "This is not the id of a patient"),
        ("from_on=2999-01-01", "has not come yet"),
        ("stage=C1", "cannot be narrowed by"),
    ],
)
def test_an_unknown_value_is_said_and_nothing_leaves(client_of, otto, acts, asked, words):
    for answer in (
        client_of(otto).get(f"{FILE}?{asked}"),
        client_of(otto).post(f"{FILE}?{asked}", TAKE),
    ):
        assert answer.status_code == 200
        page = words_in(answer.content.decode())
        assert words in page
        assert "Nothing is shown or taken" in page
    assert not AuditEvent.objects.filter(action="export").exists()


def test_what_is_of_another_clinic_is_not_found(
    client_of, otto, charlie, clinic_south, acts, patient
):
    stranger = make.patient_of(clinic_south, record_number="S-77")
    record(action="view", by=charlie, clinic_id=clinic_south.pk, patient_id=stranger.public_id)
    client = client_of(otto)
    for asked in (
        f"clinic={clinic_south.public_id}",
        f"person={charlie.pk}",
        "person=999999",
        f"patient={stranger.public_id}",
        f"patient={uuid4()}",
    ):
        assert client.get(f"{FILE}?{asked}").status_code == 404, asked
        assert client.post(f"{FILE}?{asked}", TAKE).status_code == 404, asked
        if not asked.startswith("clinic"):
            assert client.get(f"{PAGE}?{asked}").status_code == 404, asked


def test_a_patient_who_was_erased_is_still_asked_for(client_of, otto, clinic_north, alice):
    gone = uuid4()
    record(action="view", by=alice, clinic_id=clinic_north.pk, patient_id=gone, note="act 0")
    assert not Registration.objects.filter(patient__public_id=gone).exists()
    client = client_of(otto)
    answer = client.get(f"{PAGE}?patient={gone}")
    assert shown(answer) == {"act 0"}
    assert [row["note"] for row in taken(client, answer.context["export_url"])] == ["act 0"]


def test_no_name_and_no_number_stands_in_an_address(client_of, otto, acts, patient):
    answer = client_of(otto).get(f"{PAGE}?patient={patient.public_id}")
    assert f"patient={patient.public_id}" in answer.context["export_url"]
    page = client_of(otto).get(answer.context["export_url"]).content.decode()
    assert f'type="hidden" name="patient" value="{patient.public_id}"' in page
    assert "Secretname" not in page
    assert "N-77" not in page


def test_the_receipt_and_the_audit_name_every_filter(client_of, otto, alice, clinic_north, acts):
    today = clinic_north.today().isoformat()
    query = (
        f"?from_on={today}&person={alice.pk}&action=view&kind=echostudy&patient={acts['patient']}"
    )
    answer = client_of(otto).post(FILE + query, TAKE | {"form": "zip"})
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        receipt = json.loads(archive.read("receipt.json"))
    assert receipt["filters"] == {
        "from": today,
        "person": str(alice.pk),
        "action": "view",
        "kind": "echostudy",
        "patient": str(acts["patient"]),
    }
    assert receipt["files"][0]["rows_written"] == 1
    note = AuditEvent.objects.get(action="export").note
    assert f"action view, kind echostudy, patient {acts['patient']}" in note


def test_one_made_in_the_background_is_narrowed_the_same(otto, alice, clinic_north, acts):
    report = REPORTS["audit_events"]
    asked = {"person": str(alice.pk), "action": "login", "kind": "user"}
    form = ScopeForm(asked, report=report, clinics=[clinic_north])
    assert form.is_valid(), form.errors
    job = order_report(Order(report, form.scope(), otto, "inspection"), "csv")
    kept = ReportJob.objects.get(pk=job.pk)
    scope = scope_again([clinic_north], kept.narrowed, kept.ordered_at)
    assert [row[report.headings.index("note")] for row in report.rows(scope)] == ["act 4"]
    (person, act, kind) = narrowed_words(scope)
    assert person == ("Person", name_of(alice))
    assert (act, kind) == (("Act", "Logged in"), ("Kind of record", "User"))


def test_the_command_takes_the_same_filters(tmp_path, otto, alice, charlie, clinic_south, acts):
    target = tmp_path / "audit.csv"
    asked = {"by": "otto", "purpose": "inspection", "csv": True, "to": target}
    more = {
        "person": str(alice.pk),
        "action": "view",
        "kind": "echostudy",
        "patient": str(acts["patient"]),
    }
    call_command("report", "audit_events", **asked, **more)
    [row] = csv.DictReader(target.read_text(encoding="utf-8").splitlines())
    assert row["note"] == "act 2"
    stranger = make.patient_of(clinic_south, record_number="S-77")
    for option, value, words in (
        ("person", str(charlie.pk), "--person: Nobody of these clinics has this number."),
        ("patient", str(stranger.public_id), "--patient: No act in these clinics"),
        ("patient", "N-77", "--patient: This is not the id of a patient."),
        ("action", "nonsense", "--action: "),
        ("kind", "nonsense", "--kind: "),
    ):
        with pytest.raises(CommandError) as refusal:
            call_command("report", "audit_events", **asked, **{option: value})
        assert refusal.value.returncode == 2
        assert words in str(refusal.value)


def test_only_the_audit_is_narrowed_by_them(client_of, alice):
    page = client_of(alice).get("/reports/echo_studies/?person=1&patient=x").content.decode()
    assert "cannot be narrowed by “Person”" in page
    assert "cannot be narrowed by “Patient”" in page
