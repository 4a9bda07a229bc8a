"""The file of all echo studies."""

import csv
import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from patients import derived
from patients.actions import end_registration, register_in_clinic
from patients.models import EchoStudy
from patients.writing import writing_many
from reports.csv import Column, Kind, neutral, number
from reports.echo_report import DERIVED, ECHO_STUDIES
from tests.factories import records

URL = "/reports/echo_studies/"


def text_of(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def download(client, **more):
    return client.post(URL, {"take": "yes", "purpose": "a test", "form": "csv"} | more)


def rows_of(client):
    return list(csv.DictReader(io.StringIO(text_of(download(client)))))


@pytest.fixture
def client(alice, client_of):
    return client_of(alice)


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north, record_number="HV-20418", family_name="Rossi")


def test_it_works(client, patient):
    study = records.echo(
        patient,
        "2026-03-12",
        lvef_percent=58,
        lvesd_mm="41.50",
        gls_percent=-18,
        flail_leaflet=True,
        vegetation=False,
        tricuspid_regurgitation=2,
        reader_grade=(3, 4),
        prolapse_segments=["P2", "P3"],
        accession_number="A-77",
    )
    [row] = rows_of(client)
    expected = {
        "clinic": "north",
        "record_number": "HV-20418",
        "patient_id": str(patient.public_id),
        "study_id": str(study.public_id),
        "performed_on": "2026-03-12",
        "modality": "tte",
        "modality_label": "transthoracic echo",
        "accession_number": "A-77",
        "status": "final",
        "state": "rest",
        "lvef_percent": "58",
        "lvef_percent_low": "58",
        "lvef_percent_low_open": "false",
        "lvef_method": "biplane",
        "lvef_method_label": "Biplane discs",
        "lvesd_mm": "41.5",
        "gls_percent": "-18",
        "lvedd_mm": "",
        "eroa_mm2": "",
        "flail_leaflet": "true",
        "vegetation": "false",
        "low_flow": "",
        "tricuspid_regurgitation": "2",
        "tricuspid_regurgitation_label": "moderate",
        "aortic_stenosis": "",
        "aortic_stenosis_label": "",
        "reader_grade_low": "3",
        "reader_grade_high_label": "severe",
        "prolapse_segments": "P2 P3",
        "version": "1",
    }
    assert {name: row[name] for name in expected} == expected
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["entered_at"])


def test_the_headings_are_the_columns(client, patient):
    assert text_of(download(client)).splitlines()[0].split(",") == ECHO_STUDIES.headings


def test_every_derived_value_has_its_column():
    assert [name for name, *_ in DERIVED] == [name for name, _ in derived._DERIVATIONS]


def test_derived_values_keep_their_digits_and_name_their_formula(client, patient):
    study = records.echo(patient, "2026-03-12", lvesd_mm=40, bsa_m2="1.75")
    [row] = rows_of(client)
    stored = study.derived["lvesd_index_mm_m2"]
    assert row["derived_lvesd_index_mm_m2"] == stored["value"]
    assert stored["formula"] in row["derived_formulas"]
    assert row["derived_eroa_mm2"] == ""


@pytest.mark.parametrize(
    ("values", "exact", "low", "high"),
    [
        ({"lvef_percent": 60}, "60", "60", "60"),
        ({"lvef_percent": (55, 60)}, "", "55", "60"),
        ({"lvef_percent": (60, 100), "lvef_percent_low_open": True}, "", "60", "100"),
        ({}, "", "", ""),
    ],
)
def test_only_an_exact_lvef_is_one_number(client, patient, values, exact, low, high):
    records.echo(patient, "2026-03-12", **values)
    [row] = rows_of(client)
    ends = (row["lvef_percent_low"], row["lvef_percent_high"])
    assert (row["lvef_percent"], *ends) == (exact, low, high)


def test_struck_studies_and_drafts_are_there_with_their_status(client, alice, patient):
    records.strike(records.echo(patient, "2026-03-12"), by=alice)
    records.echo(patient, "2026-03-10", final=False)
    rows = rows_of(client)
    assert [row["status"] for row in rows] == ["entered_in_error", "draft"]
    assert rows[0]["struck_at"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_never_runs_as_a_formula(client, clinic_north, start):
    patient = records.patient_of(clinic_north, record_number=f"{start}1+1")
    records.echo(
        patient,
        "2026-03-12",
        comment=f'{start}HYPERLINK("x")',
        reader=f"{start}cmd",
        gls_percent=-18,
    )
    [row] = rows_of(client)
    for name in ("record_number", "comment", "reader"):
        assert row[name].startswith("'"), name
    assert row["gls_percent"] == "-18"


def test_text_stays_in_its_cell(client, patient):
    comment = 'a "quoted", comma; semicolon\nand a second line: Müller, 心'
    records.echo(patient, "2026-03-12", comment=comment)
    [row] = rows_of(client)
    assert row["comment"] == comment


@pytest.mark.parametrize(
    ("value", "text"),
    [("60.00", "60"), ("100", "100"), ("1E+2", "100"), ("0.000", "0"), ("-18.50", "-18.5"),
     ("0.1", "0.1"), ("-0.0", "0")],
)  # fmt: skip
def test_numbers_keep_every_digit_and_no_trailing_zero(value, text):
    assert number(Decimal(value)) == text


def test_neutral_text_is_left_alone():
    assert [neutral(text) for text in ("", "a=b", " =1", "1-2")] == ["", "a=b", " =1", "1-2"]


def test_a_report_is_one_definition():
    cell = Column("seen_at", "Seen", Kind.INSTANT, "seen_at").writer()
    assert cell(datetime(2026, 3, 12, 8, 30, tzinfo=UTC)) == "2026-03-12T08:30:00Z"
    assert cell(None) == ""


def test_it_is_an_attachment_that_no_cache_keeps(client, patient):
    answer = download(client)
    day = patient.registrations.get().clinic.today().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="echo_studies_{day}.csv"'
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.streaming


def test_an_empty_clinic_gives_the_headings(client, clinic_north):
    assert rows_of(client) == []


# --- Who may -------------------------------------------------------------------------------------


def test_it_requires_login(clinic_north):
    answer = Client().get(URL)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("person", ["nina", "clara", "rita", "otto", "ada", "superuser"])
def test_it_is_refused_to_who_may_not_export(person, request, client_of, patient):
    records.echo(patient, "2026-03-12")
    user = request.getfixturevalue(person)
    assert client_of(user).get(URL).status_code == 403
    assert download(client_of(user)).status_code == 403
    assert not AuditEvent.objects.filter(action="export").exists()
    assert AuditEvent.objects.filter(action="refused", actor_id=user.pk).exists()


def test_it_hides_other_clinics(charlie, client_of, clinic_south, patient):
    records.echo(patient, "2026-03-12")
    records.echo(records.patient_of(clinic_south, record_number="S-1"), "2026-03-12")
    assert [row["record_number"] for row in rows_of(client_of(charlie))] == ["S-1"]


def test_it_takes_no_other_method(client, patient):
    assert client.put(URL).status_code == 405
    assert client.head(URL).status_code == 405


# --- Several clinics -----------------------------------------------------------------------------


@pytest.fixture
def in_both(alice, patient, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-9",
        from_on=records.day_of("2025-07-01"),
    )  # fmt: skip
    return patient


def test_a_study_stands_once_under_the_first_clinic(client, in_both):
    records.echo(in_both, "2026-03-12")
    assert [(row["clinic"], row["record_number"]) for row in rows_of(client)] == [
        ("north", "HV-20418")
    ]


def test_the_clinic_chosen_gives_its_own_number(client, in_both, clinic_south):
    records.echo(in_both, "2026-03-12")
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    assert [(row["clinic"], row["record_number"]) for row in rows_of(client)] == [("south", "S-9")]


def test_a_former_clinic_exports_nothing_that_came_later(
    client, bob, client_of, in_both, clinic_north
):
    records.echo(in_both, "2025-06-30")
    records.echo(in_both, "2025-07-01")
    end_registration(
        by=None, registration=in_both.registrations.get(clinic=clinic_north),
        until_on=records.day_of("2025-06-30"), because="moved",
    )  # fmt: skip
    assert [row["performed_on"] for row in rows_of(client_of(bob))] == ["2025-06-30"]
    assert [(row["performed_on"], row["clinic"]) for row in rows_of(client)] == [
        ("2025-07-01", "south"),
        ("2025-06-30", "north"),
    ]


# --- Audit ---------------------------------------------------------------------------------------


def test_an_export_is_audited_before_its_first_byte(client, alice, patient, clinic_north):
    records.echo(patient, "2026-03-12")
    download(client)  # not read
    event = AuditEvent.objects.get(action="export")
    assert (event.actor_id, event.clinic_id) == (alice.pk, clinic_north.pk)
    assert (event.record_kind, event.role) == ("echo_studies", "clinician")
    assert event.counts == {"rows": 1}
    assert event.note == "purpose: a test; form csv"


def test_each_clinic_gets_its_own_event(client, in_both, clinic_north, clinic_south):
    records.echo(in_both, "2026-03-12")
    records.echo(records.patient_of(clinic_south), "2026-03-12")
    download(client)
    events = AuditEvent.objects.filter(action="export")
    assert {event.clinic_id: event.counts["rows"] for event in events} == {
        clinic_north.pk: 1,
        clinic_south.pk: 1,
    }


# --- Speed ---------------------------------------------------------------------------------------


def many_studies(patient, first, number):
    with writing_many([patient], by=None, reason="made in bulk") as write:
        write.add_all(
            EchoStudy,
            [
                EchoStudy(
                    patient=patient,
                    performed_on=records.day_of("2026-01-01"),
                    accession_number=f"A{i}",
                    status="final",
                )
                for i in range(first, first + number)
            ],
        )


def test_queries_and_pieces_do_not_grow_with_the_rows(client, patient):
    counts = []
    for first, rows in ((0, 60), (60, 2540)):
        many_studies(patient, first, rows)
        with CaptureQueriesContext(connection) as queries:
            pieces = list(download(client).streaming_content)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    assert len(pieces) == 4  # the headings, and 2 600 rows by the thousand
    assert sum(piece.count(b"\r\n") for piece in pieces) == 2601
