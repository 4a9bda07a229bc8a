"""Today as a file: what is shown, as it is shown, and who may take it along."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from patients.actions import register_in_clinic
from reports.columns import Kind
from reports.worklist_report import PERSON, STANDING, VERDICTS
from tests.factories import records as make
from tests.reports.test_worklist import acute, cohort, days_ago, severe  # noqa: F401

URL, FILE = "/today/", "/today/today.csv"


def rows_in(answer):
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def shown(client, query):
    answer = client.get(f"{URL}?{query}")
    return answer.context["found"].total, [
        str(row.patient.public_id) for row in answer.context["rows"]
    ]


QUERIES = ("", "sort=name", "concern=class_1", "bucket=died", "bucket=moved", "bucket=discharged",
           "esc=I&sort=due", "bucket=first_assessment", "lacks=seen", "clinician=none",
           "lacks=echo&concern=class_1&sort=waiting", "bucket=acute&concern=acute")  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_it_holds_whom_the_page_counts_and_lists_in_the_same_order(
    alice,
    client_of,
    cohort,  # noqa: F811
    query,
):
    client = client_of(alice)
    total, listed = shown(client, query)
    rows = rows_in(client.get(f"{FILE}?{query}"))
    assert [row["patient_id"] for row in rows] == listed
    assert len(rows) == total
    event = AuditEvent.objects.filter(action=AuditAction.EXPORT).latest("id")
    assert (event.actor_id, event.record_kind, event.counts) == (alice.pk, "today", {"rows": total})


def test_every_code_has_its_label_beside_it(alice, client_of, clinic_north):
    severe(clinic_north)
    (row,) = rows_in(client_of(alice).get(FILE))
    assert (row["clinic"], row["family_name"]) == ("north", "Okonkwo")
    assert (row["bucket"], row["bucket_label"]) == ("awaiting_decision", "Awaiting decision")
    assert row["needs"].split()[0] == "class_1"
    assert row["needs_label"].startswith("Class 1 or I, nobody has decided")
    assert (row["mechanism"], row["mechanism_label"]) == ("primary", "Primary")
    assert (row["esc_class"], row["esc_status_label"]) != ("", "")
    names = [c.name for c in (*PERSON, *STANDING, *sum(VERDICTS.values(), ()))]
    assert list(row) == names
    codes = {c.source for c in (*PERSON, *STANDING) if c.kind is Kind.LABEL}
    assert codes <= {c.source for c in (*PERSON, *STANDING) if c.kind is Kind.CODE}


def test_of_a_former_patient_it_says_no_more_than_the_page(alice, client_of, cohort):  # noqa: F811
    rows = rows_in(client_of(alice).get(f"{FILE}?bucket=moved"))
    assert {row["family_name"] for row in rows} == {"Moved", "Other"}
    assert {row["bucket"] for row in rows} == {"moved"}
    assert {row["ended"] for row in rows} == {"moved", "other"}
    assert {row[c.name] for row in rows for c in STANDING} == {""}


def test_text_that_a_spreadsheet_would_run_stays_text(alice, client_of, clinic_north):
    severe(clinic_north, "=1+1")
    (row,) = rows_in(client_of(alice).get(FILE))
    assert row["family_name"] == "'=1+1"


@pytest.mark.parametrize("name", ["nina", "clara", "rita"])
def test_who_may_not_export_gets_no_file_and_no_link(request, client_of, clinic_north, name):
    severe(clinic_north)
    client = client_of(request.getfixturevalue(name))
    assert client.get(FILE).status_code == 403
    assert "today.csv" not in client.get(URL).text
    assert not AuditEvent.objects.filter(action=AuditAction.EXPORT).exists()


def test_another_clinics_patients_are_in_no_file(charlie, client_of, clinic_north):
    severe(clinic_north)
    assert rows_in(client_of(charlie).get(FILE)) == []


def test_of_two_clinics_it_holds_those_in_which_one_may_export(
    alice, client_of, clinic_north, clinic_south
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.NURSE], by=None)
    severe(clinic_north)
    severe(clinic_south, "Smith")
    client = client_of(alice)
    assert "(North Valve Clinic only)" in client.get(URL).text
    assert [row["family_name"] for row in rows_in(client.get(FILE))] == ["Okonkwo"]


def test_a_patient_of_two_clinics_is_one_row_and_each_clinic_filters(
    alice, client_of, clinic_north, clinic_south
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    both = severe(clinic_north)
    severe(clinic_south, "Smith")
    register_in_clinic(
        by=alice, patient=both, clinic=clinic_south, record_number="S-1", from_on=days_ago(1)
    )
    client = client_of(alice)
    for query, number in (("", 2), ("clinic=north", 1), ("clinic=south", 2), ("clinic=x", 2)):
        total, listed = shown(client, query)
        rows = rows_in(client.get(f"{FILE}?{query}"))
        assert len(rows) == total == number
        assert [row["patient_id"] for row in rows] == listed


def test_what_an_edition_says_that_nobody_signed_off_is_no_column_and_no_filter(
    alice, client_of, clinic_north, settings
):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    severe(clinic_north)
    client = client_of(alice)
    page = client.get(f"{URL}?esc=I&bucket=awaiting_decision")
    assert "esc" not in page.context["form"].fields
    (row, *_) = rows_in(client.get(f"{FILE}?sort=name")) or [{}]
    assert not [name for name in row if name.startswith(("esc_", "acc_aha_"))]


def test_it_asks_as_many_queries_for_many_as_for_few(alice, client_of, clinic_north):
    client = client_of(alice)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            rows_in(client.get(FILE))
        return len(captured)

    severe(clinic_north)
    few = queries()
    for _ in range(6):
        severe(clinic_north)
    make.patient_of(clinic_north)
    assert queries() == few
