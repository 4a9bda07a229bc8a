"""A report as an import template: on the page, by the command, in the zip."""

import csv
import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from reports.catalogue import REPORTS
from reports.import_template import NOW_ONLY, ONE_CLINIC, import_template
from reports.package import csv_stream
from reports.scope import Scope
from tests.factories import records
from tests.factories.cast import member
from tests.reports.pages import words_in

URL = "/reports/echo_studies/"
TAKE = {"take": "yes", "purpose": "move to another server", "form": "template"}
ASKED = {"by": "alice", "purpose": "move to another server"}
WITH_TEMPLATE = {
    "patients", "comorbidities", "body_sizes", "echo_studies", "symptom_logs", "lab_results",
    "interventions", "medications",
}  # fmt: skip


@pytest.fixture
def client(alice, client_of):
    return client_of(alice)


@pytest.fixture
def study(clinic_north):
    patient = records.patient_of(clinic_north, record_number="HV-20418", family_name="Rossi")
    return records.echo(patient, "2026-03-12", lvef_percent=(55, 60), lvesd_mm="38.50")


def unpacked(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_zip_holds_the_file_of_the_import_and_says_what_stays_behind(client, study):
    answer = client.post(URL, TAKE)
    assert "echo_studies_template_" in answer["Content-Disposition"]
    with unpacked(answer) as archive:
        text = archive.read("echo_studies_template.csv").decode()
        receipt = json.loads(archive.read("receipt.json"))
        described = list(csv.DictReader(archive.read("data_dictionary.csv").decode().splitlines()))
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["record_number"], row["lvef_percent"], row["lvesd_mm"], row["status"]) == (
        "HV-20418", "55-60", "38.5", "final",
    )  # fmt: skip
    assert not {name for name in row if name.startswith("derived") or name.endswith("_label")}
    assert [each["name"] for each in described] == list(row)
    assert "An amended study arrives as final." in " ".join(receipt["notes"])
    assert receipt["files"][0]["rows_written"] == 1


def test_it_is_kept_under_its_own_name_with_its_rows(client, study):
    client.post(URL, TAKE)
    event = AuditEvent.objects.get(action="export")
    assert (event.record_kind, event.counts) == ("echo_studies_template", {"rows": 1})


def test_it_is_offered_where_the_rows_can_be_imported(client_of, clinic_north):
    client = client_of(member("eve", clinic_north, Role.CLINICIAN, Role.AUDITOR))
    pages = {name: client.get(f"/reports/{name}/").content.decode() for name in REPORTS}
    assert {name for name, page in pages.items() if 'value="template"' in page} == WITH_TEMPLATE


def test_it_is_of_one_clinic(client, alice, clinic_south, study):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    answer = client.post(URL, TAKE)
    assert not answer.streaming
    page = words_in(answer.content.decode())
    assert ONE_CLINIC in page
    assert "move to another server" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="export").exists()
    north = study.patient.registrations.get().clinic.public_id
    assert client.post(f"{URL}?clinic={north}", TAKE).streaming


@pytest.mark.parametrize("query", ["?known_on=2026-04-01", "?on=2026-04-01"])
def test_it_is_of_what_is_recorded_now(client, study, query):
    answer = client.post(URL + query, TAKE)
    assert NOW_ONLY in words_in(answer.content.decode())
    assert not AuditEvent.objects.filter(action="export").exists()


def test_a_filter_narrows_it(client, study):
    records.echo(study.patient, "2025-01-01")
    with unpacked(client.post(f"{URL}?from_on=2026-01-01", TAKE)) as archive:
        text = archive.read("echo_studies_template.csv").decode()
    assert [row["performed_on"] for row in csv.DictReader(io.StringIO(text))] == ["2026-03-12"]


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("progression", {}, "cannot be imported, so it has no template"),
        ("echo_studies", {"known": "2026-04-01"}, NOW_ONLY),
    ],
)
def test_the_command_refuses_in_words(study, alice, tmp_path, name, options, words):
    path = tmp_path / "file.zip"
    with pytest.raises(CommandError, match=words) as caught:
        call_command("report", name, template=True, to=path, **options, **ASKED)
    assert caught.value.returncode == 2
    assert not path.exists()


def test_rows_stand_in_an_order_that_follows_from_what_they_say(clinic_north):
    for number in ("Nb", "NC", "Na-2", "Na1"):
        patient = records.patient_of(clinic_north, record_number=number)
        for day in ("2026-02-01", "2026-01-01"):
            records.echo(patient, day)
    text = "".join(csv_stream(import_template(REPORTS["echo_studies"]), Scope([clinic_north])))
    rows = [
        (row["record_number"], row["performed_on"]) for row in csv.DictReader(io.StringIO(text))
    ]
    assert rows == sorted(rows)


def test_queries_do_not_grow_with_the_rows(clinic_north, study):
    template, counts = import_template(REPORTS["echo_studies"]), []
    for studies in (1, 15):
        for day in range(studies):
            records.echo(study.patient, f"2025-{studies // 10 + 1:02}-{day + 1:02}")
        with CaptureQueriesContext(connection) as queries:
            list(csv_stream(template, Scope([clinic_north])))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3
