"""The page and the command of an extract: who may, what is shown, what is noted."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from reports.catalogue import REPORTS
from reports.extracts.extract import EXTRACTED
from reports.job_making import make
from reports.models import ReportJob
from tests.factories import records
from tests.reports.pages import days_ago, words_in

URL = "/reports/echo_studies/deidentified"
TAKE = {"take": "yes", "purpose": "a study of repairs"}


@pytest.fixture(autouse=True)
def key(settings):
    settings.RESEARCH_KEY = "a-key-of-the-tests-" + "z" * 20


@pytest.fixture
def client(rita, client_of):
    return client_of(rita)


def people(clinic, number, **person):
    """So many who are alike and consented, each with a study."""
    usual = {"research_consent": True, "born_on": days_ago(70 * 365 + 90)}
    for _ in range(number):
        patient = records.patient_of(clinic, **(usual | person))
        records.diagnosis(patient, "2024-01-10")
        records.echo(patient, "2024-02-10", lvef_percent=58)


def receipt_of(answer):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    return json.loads(archive.read("receipt.json"))


def test_it_works(client, rita, clinic_north):
    people(clinic_north, 5, record_number="")
    people(clinic_north, 1, sex="male")
    page = words_in(client.get(URL).content.decode())
    assert "Echo studies, de-identified" in page
    assert "5 rows" in page
    assert "Left out: fewer than 5 are alike 1 patient, 1 row" in page
    assert "right 1 time in 5" in page
    assert "Chorda" not in page
    assert "MR-0" not in page
    answer = client.post(URL, TAKE)
    assert answer["Content-Type"] == "application/zip"
    assert "echo_studies_deidentified_" in answer["Content-Disposition"]
    said = receipt_of(answer)
    assert said["deidentification"]["patients"] == 5
    assert said["clinics"][0]["role"] == "researcher"


def test_every_extract_opens_and_is_taken(client, clinic_north):
    people(clinic_north, 5)
    for name in EXTRACTED:
        url = f"/reports/{name}/deidentified"
        assert client.get(url).status_code == 200
        assert receipt_of(client.post(url, TAKE))["report"] == f"{name}_deidentified"


def test_it_is_made_in_the_background_as_at_once(client, clinic_north, settings, tmp_path):
    settings.REPORT_DIR = tmp_path / "reports"
    people(clinic_north, 5)
    page = client.post(URL, {"later": "yes", "purpose": "a study of repairs"}).url
    assert "Echo studies, de-identified: waiting" in words_in(client.get(page).content.decode())
    job = ReportJob.objects.get()
    make(str(job.public_id))
    answer = client.get(f"{page}file")
    assert "echo_studies_deidentified_" in answer["Content-Disposition"]
    made, at_once = receipt_of(answer), receipt_of(client.post(URL, TAKE))
    assert made["deidentification"] == at_once["deidentification"]
    assert [file["sha256"] for file in made["files"]] == [
        file["sha256"] for file in at_once["files"]
    ]
    assert client.get(page).context["again"].startswith(URL)


def test_it_requires_login(clinic_north):
    assert Client().get(URL).status_code == 302


@pytest.mark.parametrize("name", ["follow_up", "audit_events", "nothing"])
def test_what_has_no_extract_is_not_found(client, name):
    assert client.get(f"/reports/{name}/deidentified").status_code == 404


@pytest.mark.parametrize("person", ["nina", "clara", "otto", "ada", "superuser"])
def test_who_may_not_is_refused_in_words_and_that_is_kept(person, request, client_of, clinic_north):
    user = request.getfixturevalue(person)
    answer = client_of(user).get(URL)
    assert answer.status_code == 403
    assert "does not allow you to export data without identity" in answer.content.decode()
    assert AuditEvent.objects.filter(action="refused", actor_id=user.pk).count() == 1


def test_a_researcher_who_asks_for_names_is_refused_and_that_is_kept(client, rita):
    for name in REPORTS:
        url = f"/reports/{name}/"
        assert client.get(url).status_code == client.post(url, TAKE).status_code == 403
    refused = AuditEvent.objects.filter(action="refused", actor_id=rita.pk).count()
    assert refused == 2 * len(REPORTS)


def test_a_clinician_may_take_it_too(alice, client_of, clinic_north):
    people(clinic_north, 5)
    assert "5 rows" in words_in(client_of(alice).get(URL).content.decode())


def test_it_hides_other_clinics(client, clinic_north, clinic_south):
    people(clinic_south, 6)
    assert "0 rows" in words_in(client.get(URL).content.decode())
    assert client.get(f"{URL}?clinic={clinic_south.public_id}").status_code == 404


def test_of_two_clinics_each_must_have_enough(client, rita, clinic_north, clinic_south):
    grant_membership(user=rita, clinic=clinic_south, roles=[Role.RESEARCHER], by=None)
    people(clinic_north, 5)
    people(clinic_south, 4)
    assert "5 rows" in words_in(client.get(URL).content.decode())


def test_a_day_or_stage_cannot_be_asked_for(client, clinic_north):
    """Which rows are of a day would tell which true day stands behind a moved one."""
    people(clinic_north, 5)
    for asked in ("from_on=2024-02-11", "on=2024-01-01", "known_on=2024-01-01", "stage=D"):
        page = words_in(client.get(f"{URL}?{asked}").content.decode())
        assert "cannot be narrowed by" in page
        assert "5 rows" not in page
        answer = client.post(f"{URL}?{asked}", {"take": "yes", "purpose": "a study"})
        assert not answer.streaming
    assert 'name="from_on"' not in client.get(URL).content.decode()


def test_without_a_key_the_page_says_so_and_nothing_leaves(client, clinic_north, settings):
    settings.RESEARCH_KEY = ""
    people(clinic_north, 5)
    for answer in (client.get(URL), client.post(URL, TAKE)):
        assert not answer.streaming
        assert "no key for pseudonyms" in answer.content.decode()
    assert not AuditEvent.objects.filter(action__in=("export", "view")).exists()
    assert "None can be taken yet" in client.get("/reports/").content.decode()


@pytest.mark.parametrize("purpose", ["", "x"])
def test_a_purpose_is_needed(client, clinic_north, purpose):
    people(clinic_north, 5)
    answer = client.post(URL, TAKE | {"purpose": purpose})
    assert not answer.streaming
    assert "Write what the file is for" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="export").exists()


def test_it_never_leaves_without_its_receipt(client, clinic_north):
    people(clinic_north, 5)
    assert client.post(URL, TAKE | {"form": "csv"})["Content-Type"] == "application/zip"


def test_taking_and_looking_are_kept_with_purpose_and_rows(client, rita, clinic_north):
    people(clinic_north, 5)
    client.get(URL)
    client.post(URL, TAKE)
    looked = AuditEvent.objects.get(action="view")
    assert (looked.record_kind, looked.counts) == ("echo_studies_deidentified", {"rows": 5})
    event = AuditEvent.objects.get(action="export")
    assert (event.actor_id, event.clinic_id, event.role) == (rita.pk, clinic_north.pk, "researcher")
    assert event.record_kind == "echo_studies_deidentified"
    assert event.note == "purpose: a study of repairs; form zip"
    assert event.counts == {"rows": 5}


def test_nobody_may_leave_is_explained(client, clinic_north):
    people(clinic_north, 4)
    page = words_in(client.get(URL).content.decode())
    assert "Nobody may leave" in page
    said = receipt_of(client.post(URL, TAKE))
    assert said["deidentification"]["smallest_group"] is None


def test_queries_do_not_grow_with_the_patients(client, clinic_north):
    client.get(URL)
    counts = []
    for number in (5, 20):
        people(clinic_north, number)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


# --- The list, and where a researcher begins ------------------------------------------------------


def test_a_researcher_begins_with_the_extracts(client, clinic_north):
    assert client.get("/").url == "/reports/"
    page = client.get("/reports/").content.decode()
    links = [name for name in REPORTS if f'href="/reports/{name}/deidentified"' in page]
    assert links == [name for name in REPORTS if name in EXTRACTED]
    assert 'href="/reports/registry/"' not in page


def test_a_clinician_sees_both(alice, client_of):
    page = client_of(alice).get("/reports/").content.decode()
    assert 'href="/reports/registry/"' in page
    assert 'href="/reports/registry/deidentified"' in page


# --- The command ----------------------------------------------------------------------------------


def command(tmp_path, name="echo_studies", **options):
    asked = {"by": "rita", "purpose": "a study of repairs", "to": tmp_path / "x.zip"}
    call_command("report", name, **({"deidentified": True} | asked | options))
    return zipfile.ZipFile(tmp_path / "x.zip")


def test_the_command_writes_the_same(tmp_path, client, clinic_north):
    people(clinic_north, 5)
    archive = command(tmp_path)
    page = client.post(URL, TAKE)
    same = zipfile.ZipFile(io.BytesIO(b"".join(page.streaming_content)))
    assert archive.namelist() == same.namelist()
    for name in archive.namelist()[:-1]:
        assert archive.read(name) == same.read(name)


@pytest.mark.parametrize(
    ("name", "options", "code", "words"),
    [
        ("follow_up", {}, 2, "follow_up cannot leave without identity"),
        ("registry", {"csv": True}, 2, "leave --csv out"),
        ("registry", {"from": "2024-01-01"}, 2, "cannot be narrowed by --from"),
        ("registry", {"by": "nina"}, 3, "nina may not export data without identity"),
        ("registry", {"deidentified": False}, 3, "rita may not export data that identifies"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    tmp_path, rita, nina, name, options, code, words
):
    with pytest.raises(CommandError) as caught:
        command(tmp_path, name, **options)
    assert caught.value.returncode == code
    assert words in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_the_command_needs_the_key(tmp_path, client, settings):
    settings.RESEARCH_KEY = ""
    with pytest.raises(CommandError, match="MRTRACK_RESEARCH_KEY"):
        command(tmp_path)
