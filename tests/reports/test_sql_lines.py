"""PostgreSQL writes the lines of a report exactly as Python does; SQLite leaves them to Python."""

import csv
import io
from dataclasses import replace

import pytest
from django.db import connection

from accounts.guideline_settings import sign_off_edition
from patients.models import Patient
from reports.catalogue import REPORTS
from reports.csv import Column, Kind, Labels, lines
from reports.report import FromQueries
from reports.scope import Scope
from reports.sql_lines import can_write
from reports.standings_then import NowOrThen
from reports.timing_report import OF_TODAY
from reports.wide import written_by_column
from tests.factories import records
from treatments.models import Complication, Intervention

HOSTILE = (
    "=1+1", "+1", "-1", "@cmd", "\tx", "\rx", 'a "quote"', "comma, comma", "two\nlines", "100 %",
    "50%s", "it's", "Müller 心", " space ", "a\\b", "''", ";", "\u2028", "%(x)s", "{}",
)  # fmt: skip
OF_QUERIES = [
    name for name, each in REPORTS.items() if isinstance(each.source, FromQueries | NowOrThen)
]


@pytest.fixture
def full(clinic_north, alice):
    """Every kind of record, and every text that may be misread."""
    patient = records.patient_of(clinic_north, record_number="=7", family_name='O"Neil, =x')
    records.one_of_every_kind(patient, records.day_of("2026-03-01"))
    for number, text in enumerate(HOSTILE):
        records.echo(
            patient, f"2026-02-{number + 1:02}", comment=text, reader=text[:20],
            gls_percent="-18.50", lvesd_mm="41.50", lvef_percent=(55, 60), flail_leaflet=True,
            vegetation=False, prolapse_segments=["P2", "P3"], bsa_m2="1.75", lvedd_mm=60,
            septum_mm=9, posterior_wall_mm=9, heart_rate_bpm=100, tricuspid_regurgitation=2,
        )  # fmt: skip
    records.strike(records.echo(patient, "2026-01-01", lvef_percent=60), by=alice)
    records.echo(patient, "2026-01-02", final=False)
    records.lab(patient, "2026-03-12", "inr", "2.50", comparator="<")
    records.none_of_these(patient, "2026-03-02", endocarditis_absent=False)
    done = records.intervention(patient, "2026-03-01", Intervention.Kind.MITRAL_REPAIR)
    complication = Complication(patient=patient, intervention=done, kind="stroke",
                                occurred_on=records.day_of("2026-03-02"))  # fmt: skip
    records.enter(complication)
    records.team_review(patient, "2026-03-03", decision="watch", decision_reason="a,\n“b”")
    records.patient_of(clinic_north, family_name="")
    return patient


@pytest.mark.parametrize("name", OF_QUERIES)
@pytest.mark.parametrize("asked", [{}, {"known_on": "today"}])
def test_both_write_the_same(clinic_north, full, name, asked):
    report = REPORTS[name]
    scope = Scope([clinic_north], **dict.fromkeys(asked, clinic_north.today()))
    pieces = list(report.pieces(scope))
    rows = list(report.rows(scope))
    text = "".join(piece for _number, piece in pieces)
    assert text == lines(rows)
    assert sum(number for number, _piece in pieces) == len(rows) > 0
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows


@pytest.mark.parametrize("signed", [(), ("acc-aha-2020",), ("acc-aha-2020", "esc-eacts-2025")])
def test_both_leave_the_same_out(clinic_north, clinic_south, full, alice, settings, signed):
    """Of two clinics that signed off different editions, or none."""
    settings.SHOWS_UNSIGNED_VERDICTS = False
    records.patient_of(clinic_south)
    for edition in signed:
        sign_off_edition(clinic=clinic_north, edition_id=edition, name="Dr A", note="",
                         on=clinic_north.today(), by=alice)  # fmt: skip
    report = REPORTS["surgical_timing"]
    for scope in (Scope([clinic_north]), Scope([clinic_north, clinic_south])):
        text = "".join(piece for _number, piece in report.pieces(scope))
        assert text == lines(report.rows(scope))
    found = [dict(zip(report.headings, row, strict=True)) for row in report.rows(scope)]
    told = {(row["clinic"], row["edition"]) for row in found if row["status"]}
    assert told == {(clinic_north.code, edition) for edition in signed}
    assert len(found) == 2 * Patient.objects.count()


def test_surgical_timing_is_never_written_cell_by_cell(clinic_north, full):
    report, scope = REPORTS["surgical_timing"], Scope([clinic_north])
    source = OF_TODAY
    all_columns = source._columns(report.columns, scope)
    if connection.vendor == "sqlite":
        assert written_by_column(source.queries[0](scope), all_columns) is not None
    else:
        assert can_write(report.columns)


@pytest.mark.parametrize(
    "name",
    ["patients", "mitral_diagnoses", "echo_studies", "symptom_logs", "lab_results", "medications"],
)
def test_the_big_reports_are_written_by_postgresql(name, db):
    assert can_write(REPORTS[name].columns) is (connection.vendor == "postgresql")


def test_a_column_that_is_read_in_its_own_way_is_left_to_python(db):
    report = REPORTS["patients"]
    own = Column("x", "X", Kind.TEXT, "family_name", str.upper)
    assert not can_write([*report.columns, own])


def test_a_label_may_hold_anything(clinic_north, full):
    label = Labels({"female": 'it\'s "one", 50 % %s\nof two'})
    columns = (Column("sex", "Sex", Kind.LABEL, "sex", label),)
    report = replace(REPORTS["patients"], columns=columns)
    scope = Scope([clinic_north])
    assert "".join(piece for _n, piece in report.pieces(scope)) == lines(report.rows(scope))
    assert Patient.objects.filter(sex="female").exists()
