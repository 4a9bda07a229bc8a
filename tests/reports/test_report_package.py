"""The zip: data, dictionary, value sets and, last, the receipt."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace

import pytest
from django.conf import settings

from audit.models import AuditEvent
from guidelines.assessment import ENGINE_VERSION
from reports.catalogue import REPORTS
from reports.csv import Column, Kind
from reports.package import NO_ROWS, ROWS_DIFFER, Order, csv_stream, zip_stream
from reports.report import FromQueries
from reports.scope import Scope
from tests.factories import records

URL = "/reports/echo_studies/"
TAKE = {"take": "yes", "purpose": "yearly review", "form": "zip"}
ECHO = REPORTS["echo_studies"]


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north, record_number="HV-20418", family_name="Rossi")


@pytest.fixture
def zipped(alice, client_of):
    """The zip that Alice gets, opened."""

    def open_(query="", **more):
        answer = client_of(alice).post(URL + query, TAKE | more)
        assert answer["Content-Type"] == "application/zip"
        return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))

    return open_


def receipt_in(archive):
    return json.loads(archive.read("receipt.json"))


def test_it_holds_data_dictionary_value_sets_and_last_the_receipt(zipped, patient):
    records.echo(patient, "2026-03-12", lvef_percent=58)
    archive = zipped()
    assert archive.testzip() is None
    assert archive.namelist() == [
        "echo_studies.csv",
        "data_dictionary.csv",
        "value_sets.csv",
        "receipt.json",
    ]
    [row] = csv.DictReader(io.StringIO(archive.read("echo_studies.csv").decode()))
    assert row["lvef_percent"] == "58"


def test_the_receipt_says_who_when_what_for_and_by_which_rules(zipped, alice, patient):
    records.echo(patient, "2026-03-12")
    said = receipt_in(zipped("?from_on=2026-03-01&mechanism=unknown"))
    assert (said["by"], said["purpose"]) == ("alice", "yearly review")
    assert (said["report"], said["one_row_per"]) == ("echo_studies", "echo study")
    assert said["filters"] == {"from": "2026-03-01", "mechanism": "unknown"}
    assert said["as_of"] == {"true_on": "now", "known_on": "now"}
    assert said["application_version"] == settings.APP_VERSION
    assert said["engine_version"] == ENGINE_VERSION
    [clinic] = said["clinics"]
    assert (clinic["code"], clinic["role"]) == ("north", "clinician")
    assert {each["edition"] for each in clinic["editions"]} == {"acc-aha-2020", "esc-eacts-2025"}
    assert said["asked_at"] <= said["finished_at"]


def test_the_receipt_sums_up_each_file(zipped, patient):
    for day in ("2026-03-12", "2026-03-13"):
        records.echo(patient, day)
    archive = zipped()
    files = {each["name"]: each for each in receipt_in(archive)["files"]}
    assert list(files) == archive.namelist()[:-1]
    for name, said in files.items():
        data = archive.read(name)
        assert said["sha256"] == hashlib.sha256(data).hexdigest()
        assert said["bytes"] == len(data)
        rows = list(csv.reader(io.StringIO(data.decode())))
        assert said["rows_expected"] == said["rows_written"] == len(rows) - 1
        assert said["columns"] == len(rows[0])


def test_an_empty_file_is_explained(zipped, clinic_north):
    archive = zipped()
    assert archive.read("echo_studies.csv").decode().strip() == ",".join(ECHO.headings)
    assert receipt_in(archive)["notes"][0] == NO_ROWS


def test_the_byte_order_mark_is_in_every_csv(zipped, patient):
    archive = zipped(mark="on")
    for name in archive.namelist()[:-1]:
        assert archive.read(name).startswith(b"\xef\xbb\xbf"), name


def test_the_plain_csv_is_the_same_file(zipped, alice, client_of, patient):
    records.echo(patient, "2026-03-12", comment="=1+1")
    answer = client_of(alice).post(URL, TAKE | {"form": "csv"})
    assert b"".join(answer.streaming_content) == zipped().read("echo_studies.csv")


# --- What breaks off ------------------------------------------------------------------------------


def breaking(after):
    """The echo report with a cell that cannot be written after so many rows."""
    seen = iter(range(after))

    def read(value):
        if next(seen, None) is None:
            raise OSError("the disk is gone")
        return value

    return replace(ECHO, columns=(*ECHO.columns, Column("x", "X", Kind.TEXT, "status", read)))


@pytest.fixture
def many(patient):
    for day in range(1, 29):
        records.echo(patient, f"2026-02-{day:02}")


@pytest.mark.parametrize("stream", [zip_stream, lambda o: csv_stream(o.report, o.scope)])
def test_a_report_that_fails_midway_raises(alice, clinic_north, many, stream):
    order = Order(breaking(after=20), Scope([clinic_north]), alice, "a test")
    with pytest.raises(OSError, match="the disk is gone"):
        list(stream(order))


def test_a_zip_that_broke_off_opens_nowhere(alice, clinic_north, many):
    pieces = []
    order = Order(breaking(after=20), Scope([clinic_north]), alice, "a test")
    with pytest.raises(OSError, match="the disk is gone"):
        pieces.extend(zip_stream(order))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    whole = b"".join(zip_stream(Order(ECHO, Scope([clinic_north]), alice, "a test")))
    for end in range(len(whole) - 30, 0, -97):
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(whole[:end]))


def test_what_broke_off_is_told_to_the_audit(alice, client_of, clinic_north, many, monkeypatch):
    monkeypatch.setitem(REPORTS, "echo_studies", breaking(after=20))
    answer = client_of(alice).post(URL, TAKE)
    with pytest.raises(OSError, match="the disk is gone"):
        list(answer.streaming_content)
    event = AuditEvent.objects.get(action="failed")
    assert event.note == "export: the file broke off: it could not be read to its end"


def test_rows_that_come_meanwhile_are_named_in_the_receipt(alice, clinic_north, many, patient):
    """Where the database holds no state still, as SQLite does not between two statements."""
    source = ECHO.source

    class Counted(FromQueries):
        def count_by_clinic(self, scope):
            return {pk: n - 1 for pk, n in source.count_by_clinic(scope).items()}

    report = replace(ECHO, source=Counted(*source.queries))
    data = b"".join(zip_stream(Order(report, Scope([clinic_north]), alice, "a test")))
    said = receipt_in(zipfile.ZipFile(io.BytesIO(data)))
    assert (said["files"][0]["rows_expected"], said["files"][0]["rows_written"]) == (27, 28)
    assert said["notes"][0] == ROWS_DIFFER
