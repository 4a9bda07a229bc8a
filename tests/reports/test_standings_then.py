"""Surgical timing and follow-up of another day: computed of the record, as they would have been."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.guideline_settings import sign_off_edition
from followup.models import Appointment
from patients.models import EchoStudy
from reports.catalogue import REPORTS
from reports.scope import Scope
from tests.factories import records
from tests.reports.pages import days_ago, severe_primary
from tests.reports.test_report_rows import overt, rows

BOTH = pytest.mark.parametrize("name", ["surgical_timing", "follow_up"])


def known_since(model, row, day):
    """Make a row as if it had been entered on that day."""
    at = timezone.now() - (days_ago(0) - day)
    model.history.filter(id=row.pk).update(history_date=at)


@pytest.fixture
def everybody(clinic_north):
    """Patients of many kinds, with decisions, bookings and a death."""
    decided = overt(clinic_north)
    records.team_review(decided, days_ago(3), decision="watch")
    severe_primary(clinic_north)
    records.patient_of(clinic_north, family_name="Empty")
    booked = records.patient_of(clinic_north, family_name="Booked", record_number="HV-1")
    records.diagnosis(booked, days_ago(900))
    records.echo(booked, days_ago(800), lvef_percent=62, lvesd_mm=33, eroa_mm2=15)
    records.enter(
        Appointment(
            patient=booked, kind="echo", booked_on=days_ago(5),
            planned_on=days_ago(-20),
        )
    )  # fmt: skip
    return [decided, booked]


@BOTH
def test_what_is_computed_of_today_is_what_is_kept(clinic_north, everybody, name):
    today = clinic_north.today()
    kept = rows(name, clinic_north)
    assert len(kept) >= 4
    assert rows(name, clinic_north, on=today) == kept
    assert rows(name, clinic_north, on=today, known_on=today) == kept


def test_timing_is_as_it_was_true_then(clinic_north):
    overt(clinic_north)
    for row in rows("surgical_timing", clinic_north, on=days_ago(15)):
        assert row["assessed_for_on"] == days_ago(15).isoformat()
        assert row["grade"] == "severe"
        assert row["class"] not in {"1", "I"}
        assert row["waiting_days"] == ""
    acc_aha, esc = rows("surgical_timing", clinic_north, on=days_ago(5))
    assert (acc_aha["class"], esc["class"]) == ("1", "I")
    assert (acc_aha["waiting_days"], esc["waiting_days"]) == ("5", "5")
    assert {row["decision"] for row in (acc_aha, esc)} == {""}


def test_timing_is_as_it_was_known_then(clinic_north):
    patient = overt(clinic_north)
    study = EchoStudy.objects.get(patient=patient)
    [first, *_rest] = rows("surgical_timing", clinic_north, on=days_ago(2))
    assert first["grade"] == "severe"
    # Nothing of the record was entered before today.
    assert rows("surgical_timing", clinic_north, known_on=days_ago(2))[0]["grade"] != "severe"
    known_since(EchoStudy, study, days_ago(4))
    for model in (type(row) for row in (patient, patient.mitraldiagnosis_set.get())):
        model.history.update(history_date=timezone.now() - timedelta(days=4))
    assert rows("surgical_timing", clinic_north, known_on=days_ago(2))[0]["grade"] == "severe"


def test_a_booking_made_since_is_not_known_then(clinic_north, everybody):
    of_now = {row["record_number"]: row for row in rows("follow_up", clinic_north)}
    assert of_now["HV-1"]["booked_on"] == days_ago(-20).isoformat()
    for asked in ({"on": days_ago(6)}, {"known_on": days_ago(1)}):
        found = {row["record_number"]: row for row in rows("follow_up", clinic_north, **asked)}
        assert found["HV-1"]["booked_on"] == "", asked


def test_an_edition_not_signed_off_by_then_says_nothing(clinic_north, alice, settings):
    overt(clinic_north)
    settings.SHOWS_UNSIGNED_VERDICTS = False
    sign_off_edition(
        clinic=clinic_north, edition_id="acc-aha-2020", name="Dr A. Moreau", note="",
        on=clinic_north.today(), by=alice,
    )  # fmt: skip
    of_today = rows("surgical_timing", clinic_north, on=clinic_north.today())
    assert [row["class"] for row in of_today] == ["1", ""]
    then = rows("surgical_timing", clinic_north, on=days_ago(2))
    assert {(row["class"], row["missing"], row["missing_one"]) for row in then} == {("", "", "")}


@BOTH
def test_it_hides_other_clinics(clinic_north, clinic_south, everybody, name):
    assert rows(name, clinic_south, on=days_ago(1)) == []


@BOTH
def test_queries_do_not_grow_with_the_patients(
    clinic_north, everybody, name, django_assert_max_num_queries
):
    scope = Scope([clinic_north], on=days_ago(1), known_on=days_ago(1))
    report = REPORTS[name]
    with django_assert_max_num_queries(60) as few:
        list(report.rows(scope))
    for _ in range(6):
        overt(clinic_north)
    with django_assert_max_num_queries(len(few)):
        list(report.rows(scope))
