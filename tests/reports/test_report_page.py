"""One report: its filters, its first rows, and what is needed to take it along."""

import csv
import io
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.models import Clinic
from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import amend_echo_study
from patients.models import EchoStudy
from reports.catalogue import REPORTS
from reports.downloads import CSV, ZIP, pieces_of
from reports.package import Order
from reports.report_form import ScopeForm
from reports.scope import Scope
from tests.factories import records
from tests.factories.cast import member
from tests.reports.pages import days_ago, words_in

URL = "/reports/echo_studies/"
TAKE = {"take": "yes", "purpose": "yearly review", "form": "csv"}


@pytest.fixture
def client(alice, client_of):
    return client_of(alice)


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north, record_number="HV-20418", family_name="Rossi")


def shown(client, query=""):
    answer = client.get(URL + query)
    assert answer.status_code == 200
    return words_in(answer.content.decode())


def taken(client, query="", url=URL, **more):
    answer = client.post(url + query, TAKE | more)
    assert answer.streaming, words_in(answer.content.decode())
    text = b"".join(answer.streaming_content).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_it_works(client, patient):
    records.echo(patient, "2026-03-12", lvef_percent=58)
    page = shown(client)
    assert "1 row" in page
    assert "HV-20418" in page
    assert "Download these 1 row" in page
    assert [row["lvef_percent"] for row in taken(client)] == ["58"]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_opens_and_is_taken(client_of, clinic_north, patient, name):
    client = client_of(member("eve", clinic_north, Role.CLINICIAN, Role.AUDITOR))
    records.diagnosis(patient, "2026-03-01")
    records.echo(patient, "2026-03-12", lvef_percent=58)
    url = reverse("reports:report-page", args=[name])
    assert client.get(url).status_code == 200
    answer = client.post(url, TAKE)
    assert answer.streaming
    head, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert head == REPORTS[name].headings
    assert {len(row) for row in rows} <= {len(head)}


def test_it_requires_login(clinic_north):
    assert Client().get(URL).status_code == 302


@pytest.mark.parametrize("name", ["nothing", "echo", "ECHO_STUDIES"])
def test_an_unknown_report_is_not_found(client, name):
    assert client.get(f"/reports/{name}/").status_code == 404


@pytest.mark.parametrize("person", ["nina", "clara", "rita", "ada", "superuser"])
def test_who_may_not_is_refused_in_words_and_that_is_kept(person, request, client_of, patient):
    user = request.getfixturevalue(person)
    answer = client_of(user).get("/reports/patients/")
    assert answer.status_code == 403
    assert "does not allow you to export data that identifies patients" in answer.content.decode()
    assert AuditEvent.objects.filter(action="refused", actor_id=user.pk).count() == 1


def test_it_hides_other_clinics(client, charlie, client_of, clinic_south, patient):
    records.echo(patient, "2026-03-12")
    page = shown(client_of(charlie))
    assert "HV-20418" not in page
    assert "No rows" in page
    assert taken(client_of(charlie)) == []


# --- Filters -------------------------------------------------------------------------------------


def test_another_clinic_s_id_is_not_found(client, clinic_south):
    assert client.get(f"{URL}?clinic={clinic_south.public_id}").status_code == 404
    answer = client.post(f"{URL}?clinic={clinic_south.public_id}", TAKE)
    assert answer.status_code == 404
    assert client.get(f"{URL}?clinic=17").status_code == 404


def test_one_of_several_clinics(client, alice, clinic_south, patient):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    records.echo(patient, "2026-03-12")
    records.echo(records.patient_of(clinic_south, record_number="S-1"), "2026-03-12")
    assert "North Valve Clinic: 1" in shown(client)
    rows = taken(client, f"?clinic={clinic_south.public_id}")
    assert [row["record_number"] for row in rows] == ["S-1"]


def test_days_are_both_included(client, patient):
    for day in ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"):
        records.echo(patient, day)
    rows = taken(client, "?from_on=2026-02-01&until_on=1+Mar+2026")
    assert [row["performed_on"] for row in rows] == ["2026-03-01", "2026-02-01"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("?from_on=2026-03-01&until_on=2026-02-01", "before the first day"),
        ("?until_on=2999-01-01", "has not come yet"),
        ("?on=2999-01-01", "has not come yet"),
        ("?known_on=1850-01-01", "No record reaches back"),
        ("?from_on=nonsense", "nonsense"),
        ("?from_on=30.2.2026", "no day"),
        ("?mechanism=weather", "not one of the available choices"),
        ("?stage=C1&on=2025-01-01", "known as of today only"),
    ],
)
def test_a_filter_that_cannot_be_is_told_beside_its_box_and_nothing_leaves(
    client, patient, query, error
):
    records.echo(patient, "2026-03-12")
    page = shown(client, query)
    assert error in page
    assert "Nothing is shown or taken" in page
    assert "HV-20418" not in page
    answer = client.post(URL + query, TAKE)
    assert not answer.streaming
    assert not AuditEvent.objects.filter(action="export").exists()


@pytest.mark.parametrize("asked", ["edition=acc-aha-2020", "from_on=2026-01-01"])
def test_a_filter_that_the_report_does_not_know_is_refused(client, patient, asked):
    """Left aside, it would let more out than was asked for."""
    url = f"/reports/follow_up/?{asked}"
    page = words_in(client.get(url).content.decode())
    assert "Follow-up cannot be narrowed by" in page
    assert "HV-20418" not in page
    assert not client.post(url, TAKE).streaming
    assert not AuditEvent.objects.filter(action="export").exists()


def test_what_was_typed_stays_in_the_boxes(client, patient):
    page = client.get(f"{URL}?from_on=nonsense&mechanism=primary").content.decode()
    assert 'value="nonsense"' in page
    assert '<option value="primary" selected>' in page


def test_mechanism_and_stage_are_those_of_the_standing(client, clinic_north, patient):
    records.diagnosis(patient, "2026-03-01")
    records.echo(patient, "2026-03-12")
    other = records.patient_of(clinic_north)
    records.diagnosis(other, "2026-03-01", mechanism="secondary_ventricular")
    records.echo(other, "2026-03-12")
    assert [row["record_number"] for row in taken(client, "?mechanism=primary")] == ["HV-20418"]
    assert taken(client, "?stage=D") == []


def test_no_rows_are_explained(client, patient):
    page = shown(client, "?from_on=2026-03-01")
    assert "0 rows" in page
    assert "The file would hold its headings" in page


# --- Taking it along -----------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["", "   ", "x"])
def test_a_purpose_is_needed(client, patient, purpose):
    answer = client.post(URL, TAKE | {"purpose": purpose})
    assert not answer.streaming
    assert "Write what the file is for" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="export").exists()


def test_an_error_keeps_what_was_typed(client, patient):
    answer = client.post(URL, TAKE | {"form": "pdf", "purpose": "review of <b>repairs</b>"})
    page = answer.content.decode()
    assert "review of &lt;b&gt;repairs&lt;/b&gt;" in page
    assert "not one of the available choices" in page


def test_an_export_is_kept_with_purpose_filters_and_rows(client, alice, clinic_north, patient):
    records.echo(patient, "2026-03-12")
    client.post(f"{URL}?from_on=2026-03-01&known_on=2026-04-01", TAKE)
    event = AuditEvent.objects.get(action="export")
    assert (event.actor_id, event.clinic_id, event.role) == (
        alice.pk,
        clinic_north.pk,
        "clinician",
    )
    assert event.record_kind == "echo_studies"
    assert event.note == (
        "purpose: yearly review; form csv, from 2026-03-01, true_on now, known_on 2026-04-01"
    )


def test_looking_at_the_first_rows_is_kept_too(client, patient):
    records.echo(patient, "2026-03-12")
    client.get(URL)
    event = AuditEvent.objects.get(action="view")
    assert (event.record_kind, event.counts) == ("echo_studies", {"rows": 1})


def test_the_byte_order_mark_comes_when_it_is_asked_for(client, patient):
    for more, starts in (({}, b"clinic,"), ({"mark": "on"}, b"\xef\xbb\xbfclinic,")):
        answer = client.post(URL, TAKE | more)
        assert b"".join(answer.streaming_content).startswith(starts)


def test_a_client_that_leaves_is_told_to_the_audit(alice, clinic_north, patient):
    records.echo(patient, "2026-03-12")
    order = Order(REPORTS["echo_studies"], Scope([clinic_north]), alice, "a test")
    for form in (CSV, ZIP):
        pieces = pieces_of(order, form)
        next(pieces)
        pieces.close()
    said = AuditEvent.objects.filter(action="failed").values_list("record_kind", "note")
    assert set(said) == {("echo_studies", "export: the file was not fetched to its end")}
    assert len(said) == 2


def test_two_people_take_it_at_once(client, bob, client_of, patient):
    records.echo(patient, "2026-03-12")
    answers = [each.post(URL, TAKE) for each in (client, client_of(bob))]
    texts = [b"".join(answer.streaming_content) for answer in answers]
    assert texts[0] == texts[1]
    assert AuditEvent.objects.filter(action="export").count() == 2


# --- As of another day ---------------------------------------------------------------------------


def test_as_true_on_a_day_nothing_later_is_there(client, patient):
    for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
        records.echo(patient, day)
    days = [row["performed_on"] for row in taken(client, "?on=2026-02-01")]
    assert days == ["2026-02-01", "2026-01-01"]


def test_known_on_a_day_of_two_calendars_is_refused_in_words(clinic_north, clinic_south):
    """A day ends at another instant in each time zone."""
    Clinic.objects.filter(pk=clinic_south.pk).update(time_zone="Pacific/Auckland")
    clinics = list(Clinic.objects.filter(pk__in=[clinic_north.pk, clinic_south.pk]))
    asked = {"known_on": "2026-04-01"}
    form = ScopeForm(asked, report=REPORTS["echo_studies"], clinics=clinics)
    assert not form.is_valid()
    assert "choose one clinic" in str(form.errors["known_on"])
    one = asked | {"clinic": str(clinic_north.public_id)}
    assert ScopeForm(one, report=REPORTS["echo_studies"], clinics=clinics).is_valid()
    alike = [clinic_north, clinic_north]
    assert ScopeForm(asked, report=REPORTS["echo_studies"], clinics=alike).is_valid()


def test_as_known_on_a_day_gives_the_version_of_then(client, alice, patient):
    """Today's version is another; what was entered today was not known the day before."""
    records.log(patient, days_ago(20), nyha=2)
    url = "/reports/symptom_logs/"
    yesterday = f"?known_on={days_ago(1).isoformat()}"
    assert taken(client, yesterday, url) == []
    assert [row["nyha_low"] for row in taken(client, "", url)] == ["2"]


def test_the_version_of_a_day_is_the_newest_that_was_known_then(client, alice, patient):
    """Entered on 1 March, amended on 1 June: the file of each day has what was held then."""
    study = records.echo(patient, "2026-02-20", lvesd_mm=36)
    study.lvesd_mm = 42
    amend_echo_study(study, by=alice, clinic=None, reason="read again")
    first, second = EchoStudy.history.filter(id=study.pk).order_by("history_id")
    for version, day in ((first, "2026-03-01"), (second, "2026-06-01")):
        at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        EchoStudy.history.filter(history_id=version.history_id).update(history_date=at)
    found = {
        known: [row["lvesd_mm"] for row in taken(client, f"?known_on={known}")]
        for known in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")
    }
    assert found == {
        "2026-02-28": [],
        "2026-03-01": ["36"],
        "2026-05-31": ["36"],
        "2026-06-01": ["42"],
    }


def test_of_two_versions_of_one_instant_the_later_counts(client, alice, patient):
    study = records.echo(patient, "2026-02-20", lvesd_mm=36)
    study.lvesd_mm = 42
    amend_echo_study(study, by=alice, clinic=None, reason="read again")
    at = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
    EchoStudy.history.filter(id=study.pk).update(history_date=at)
    assert [row["lvesd_mm"] for row in taken(client, "?known_on=2026-03-01")] == ["42"]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_speaks_of_another_day(client, otto, client_of, name):
    asker = client_of(otto) if name == "audit_events" else client
    page = asker.get(f"/reports/{name}/?on={days_ago(1)}&known_on={days_ago(1)}").content.decode()
    assert 'name="known_on"' in page
    assert f"as known on {days_ago(1):%-d %b %Y}" in words_in(page)


# --- Speed ---------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_the_rows(client, patient):
    client.get(URL)
    counts = []
    for studies in (1, 15):
        for day in range(studies):
            records.echo(patient, f"2026-{studies // 10 + 1:02}-{day + 1:02}")
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
