"""A report made in the background: ordered on its page, fetched by who ordered it, listed."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import grant_membership
from accounts.models import Membership
from accounts.permissions import Role
from audit.models import AuditEvent
from reports import jobs
from reports.job_making import make
from reports.models import ReportJob
from reports.views import report_page
from tests.factories import records
from tests.reports.pages import words_in

URL = "/reports/echo_studies/"
LATER = {"later": "yes", "purpose": "yearly review", "form": "csv"}
Status = ReportJob.Status


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.REPORT_DIR = tmp_path / "reports"
    return settings.REPORT_DIR


@pytest.fixture
def client(alice, client_of):
    return client_of(alice)


@pytest.fixture
def study(clinic_north):
    patient = records.patient_of(clinic_north, record_number="HV-20418")
    return records.echo(patient, "2026-03-12", lvef_percent=58)


def ordered(client, query="", **more):
    """Order it; the job, and the address of its page."""
    answer = client.post(URL + query, LATER | more)
    job = ReportJob.objects.first()
    assert answer.headers["Location"] == f"/reports/made/{job.public_id}/"
    return job, answer.headers["Location"]


def made(client, query="", **more):
    """Order it and let the worker make it; the job as it is then, and the address of its page."""
    job, page = ordered(client, query, **more)
    make(str(job.public_id))
    job.refresh_from_db()
    return job, page


def fetched(client, page):
    answer = client.get(f"{page}file")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def words_of(client, page):
    return words_in(client.get(page).content.decode())


def test_it_works(client, study):
    job, page = ordered(client)
    answer = client.get(page)
    assert "It waits for the background worker. 1 row expected." in words_in(
        answer.content.decode()
    )
    # By itself: it keeps no session alive.
    assert answer.headers["Refresh"] == f"3; url={page}?renews=yes"
    make(str(job.public_id))
    answer = client.get(page)
    assert "Echo studies: ready" in words_in(answer.content.decode())
    assert "Refresh" not in answer.headers
    [row] = csv.DictReader(io.StringIO(fetched(client, page).decode()))
    assert (row["record_number"], row["lvef_percent"]) == ("HV-20418", "58")


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_it(client, study):
    _job, page = ordered(client, form="zip")
    call_command("work", once=True, interval=0.01)
    with zipfile.ZipFile(io.BytesIO(fetched(client, page))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == "receipt.json"
    assert ReportJob.objects.get().status == Status.DONE


def test_the_file_is_the_one_that_is_downloaded_at_once(client, study):
    query = "?from_on=2026-03-01"
    _job, page = made(client, query, mark="on")
    at_once = client.post(URL + query, LATER | {"take": "yes", "mark": "on"})
    answer = client.get(f"{page}file")
    assert b"".join(answer.streaming_content) == b"".join(at_once.streaming_content)
    day = timezone.localdate().isoformat()
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="echo_studies_{day}.csv"'
    )
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_import_template_is_made_as_at_once(client, study):
    job, page = made(client, form="template")
    assert (job.report, job.form) == ("echo_studies_template", "zip")
    at_once = client.post(URL, LATER | {"take": "yes", "form": "template"})
    files = [
        zipfile.ZipFile(io.BytesIO(content)).read("echo_studies_template.csv")
        for content in (fetched(client, page), b"".join(at_once.streaming_content))
    ]
    assert files[0] == files[1]
    assert client.get(page).context["again"].startswith(URL)


def test_it_is_narrowed_as_it_was_asked_for(client, study):
    records.echo(study.patient, "2026-01-01")
    job, page = made(client, "?from_on=2026-03-01&known_on=2026-04-01&mechanism=")
    assert job.narrowed == {"from_on": "2026-03-01", "known_on": "2026-04-01"}
    said = words_of(client, page)
    assert "From 1 Mar 2026" in said
    assert "As known on 1 Apr 2026" in said
    assert job.rows_written == 0
    again = client.get(page).context["again"]
    assert again.startswith(f"{URL}?from_on=2026-03-01&known_on=2026-04-01&clinic=")
    assert client.get(again).status_code == 200


def test_it_requires_login(client, study):
    _job, page = made(client)
    for address in (page, f"{page}file"):
        assert Client().get(address).status_code == 302
    assert Client().post(f"{page}discard").status_code == 302
    assert ReportJob.objects.get().status == Status.DONE


@pytest.mark.parametrize("person", ["bob", "charlie", "nina", "superuser"])
def test_nobody_else_sees_fetches_or_ends_it(person, request, client, client_of, study):
    other = client_of(request.getfixturevalue(person))
    _job, page = made(client)
    assert other.get(page).status_code == 404
    assert other.get(f"{page}file").status_code == 404
    assert other.post(f"{page}discard").status_code == 404
    assert "yearly review" not in words_of(other, "/reports/")
    assert ReportJob.objects.get().status == Status.DONE
    assert not AuditEvent.objects.filter(action="export").exists()


def test_who_may_not_export_orders_nothing(client_of, nina, study):
    assert client_of(nina).post(URL, LATER).status_code == 403
    assert not ReportJob.objects.exists()


@pytest.mark.parametrize("purpose", ["", "  ", "x"])
def test_a_purpose_is_needed(client, study, purpose):
    answer = client.post(URL, LATER | {"purpose": purpose})
    assert "Write what the file is for" in answer.content.decode()
    assert not ReportJob.objects.exists()


def test_a_filter_that_cannot_be_orders_nothing(client, study):
    answer = client.post(f"{URL}?until_on=2999-01-01", LATER)
    assert "has not come yet" in words_in(answer.content.decode())
    assert not ReportJob.objects.exists()


def test_another_clinic_s_id_is_not_found(client, clinic_south):
    assert client.post(f"{URL}?clinic={clinic_south.public_id}", LATER).status_code == 404


def test_a_person_has_so_many_and_is_told_with_what_was_typed(client, study, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_OF_ONE_PERSON", 1)
    _job, page = ordered(client)
    answer = client.post(URL, LATER | {"purpose": "a second one"})
    said = answer.content.decode()
    assert "Remove one first" in said
    assert 'value="a second one"' in said
    client.post(f"{page}discard")
    ordered(client)
    assert ReportJob.objects.count() == 2


def test_a_long_report_is_offered_in_the_background_first(client, study, monkeypatch):
    short = client.get(URL).content.decode()
    assert short.index('name="take"') < short.index('name="later"')
    monkeypatch.setattr(report_page, "LONG_FROM_ROWS", 1)
    long = client.get(URL).content.decode()
    assert long.index('name="later"') < long.index('name="take"')
    assert "This is long" in words_in(long)


# --- Rights and audit ----------------------------------------------------------------------------


def test_order_and_fetch_are_in_the_audit(client, alice, clinic_north, study):
    job, page = made(client, "?from_on=2026-03-01")
    order = AuditEvent.objects.get(action="create", record_kind="reportjob")
    assert not AuditEvent.objects.filter(action="export").exists()
    fetched(client, page)
    fetch = AuditEvent.objects.get(action="export")
    for event in (order, fetch):
        assert (event.actor_id, event.clinic_id, event.role) == (
            alice.pk,
            clinic_north.pk,
            "clinician",
        )
        assert event.record_id == str(job.public_id)
        assert event.counts == {"rows": 1}
    asked = "purpose: yearly review; form csv, from 2026-03-01"
    assert order.note == f"echo_studies in the background; {asked}"
    assert (fetch.record_kind, fetch.note) == ("echo_studies", f"made in the background; {asked}")


def test_who_lost_the_right_cannot_fetch_and_that_is_kept(client, alice, study):
    _job, page = made(client)
    Membership.objects.filter(user=alice).update(roles=[Role.NURSE])
    answer = client.get(f"{page}file")
    assert answer.status_code == 403
    assert "does not allow you to export" in words_in(answer.content.decode())
    assert AuditEvent.objects.filter(action="refused", actor_id=alice.pk).count() == 1
    said = words_of(client, page)
    assert "no longer allows you to take this report in North Valve Clinic" in said
    assert "Download" not in said


def test_the_right_is_needed_in_every_clinic_of_the_file(client, alice, clinic_south, study):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    job, page = made(client)
    assert job.clinics.count() == 2
    Membership.objects.filter(user=alice, clinic=clinic_south).delete()
    assert client.get(f"{page}file").status_code == 404
    assert not AuditEvent.objects.filter(action="export").exists()


def test_who_lost_the_right_before_it_is_made_gets_nothing(client, alice, study, own_folder):
    job, page = ordered(client)
    Membership.objects.filter(user=alice).update(roles=[Role.NURSE])
    make(str(job.public_id))
    assert "You may not take this report in North Valve Clinic any more" in words_of(client, page)
    assert not own_folder.exists()


# --- Its end -------------------------------------------------------------------------------------


def test_a_file_past_its_time_is_not_fetched_even_before_the_purge(client, study, own_folder):
    _job, page = made(client)
    late = timezone.now() - timedelta(hours=24, seconds=1)
    ReportJob.objects.update(finished_at=late)
    answer = client.get(f"{page}file", follow=True)
    assert "kept for 24 hours and is removed" in words_in(answer.content.decode())
    assert list(own_folder.iterdir()) == []
    assert not AuditEvent.objects.filter(action="export").exists()


def test_a_file_that_is_gone_is_said(client, study, own_folder):
    _job, page = made(client)
    for file in own_folder.iterdir():
        file.unlink()
    answer = client.get(f"{page}file", follow=True)
    assert "no longer on the server" in words_in(answer.content.decode())
    assert "Order it again" in words_in(answer.content.decode())


@pytest.mark.parametrize("is_made", [False, True])
def test_it_is_cancelled_or_its_file_removed(client, study, own_folder, is_made):
    job, page = (made if is_made else ordered)(client)
    answer = client.post(f"{page}discard", follow=True)
    said = words_in(answer.content.decode())
    assert ("You removed the file." if is_made else "You cancelled it.") in said
    make(str(job.public_id))
    job.refresh_from_db()
    assert job.status == Status.CANCELLED
    assert not own_folder.exists() or list(own_folder.iterdir()) == []
    assert client.get(f"{page}discard").status_code == 405


# --- My reports ----------------------------------------------------------------------------------


def test_they_are_listed_for_who_ordered_them(client, study):
    assert "My reports" not in words_of(client, "/reports/")
    _job, page = made(client)
    answer = client.get("/reports/").content.decode()
    assert f'href="{page}"' in answer
    assert "yearly review" in answer


def test_queries_do_not_grow_with_the_jobs(client, study):
    made(client)
    counts = []
    for more in (0, 5):
        for _ in range(more):
            made(client)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/reports/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
    page = f"/reports/made/{ReportJob.objects.first().public_id}/"
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    assert len(queries) <= 7
