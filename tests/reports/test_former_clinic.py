"""What a clinic still reads of a patient who left it: what it held then, and nothing newer."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from followup.models import TeamSheet
from followup.team_actions import freeze_team_sheet
from patients.actions import (
    amend_echo_study,
    change,
    correct_person,
    end_registration,
    record,
    register_in_clinic,
)
from patients.models import ResultAcknowledgment
from patients.selectors import as_known_by
from reports.selectors import registrations_of
from tests.factories import records as make
from treatments.models import Complication

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def moved(clinic_north, clinic_south, charlie):
    """A patient whose study was amended, and name corrected, in the clinic they moved to."""
    patient = make.patient_of(clinic_north, family_name="Oldname", record_number="N-1")
    study = make.echo(patient, days_ago(30), lvef_percent=64, accession_number="A1")
    end_registration(
        by=None,
        registration=patient.registrations.get(),
        until_on=days_ago(5),
        because="moved",
    )
    register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-1", from_on=days_ago(5)
    )
    study.lvef_percent_low = study.lvef_percent_high = 41
    amend_echo_study(study, by=charlie, clinic=clinic_south, reason="read again in the South")
    patient.refresh_from_db()
    patient.family_name, patient.deceased_on = "Newname", days_ago(1)
    correct_person(by=charlie, clinic=clinic_south, patient=patient, reason="married")
    return patient


def page_of(client, patient):
    response = client.get(reverse("reports:patient-page", args=[patient.public_id]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_patient_page_shows_the_record_as_it_was_held(moved, alice, charlie, client_of):
    north, south = page_of(client_of(alice), moved), page_of(client_of(charlie), moved)
    assert "Oldname" in north
    assert '<td class="number">64</td>' in north
    assert "Newname" not in north
    assert "died" not in north
    assert '<td class="number">41</td>' in south
    assert "Newname" in south


def test_a_frozen_sheet_names_the_person_as_they_were_held(moved, alice, clinic_north, client_of):
    sheet = freeze_team_sheet(
        by=alice, clinic=clinic_north, patient=moved, content={"page": {"charts": []}},
        speaks_of_on=days_ago(9), editions=[],
    )  # fmt: skip
    then = timezone.now() - timedelta(days=9)
    TeamSheet.objects.update(entered_at=then)
    TeamSheet.history.update(history_date=then)
    url = reverse("reports:team-sheet-page", args=[sheet.public_id])
    body = client_of(alice).get(url).content.decode()
    assert "Oldname" in body
    assert "Newname" not in body
    assert "Died" not in body


def test_the_study_s_page_shows_the_version_that_was_held(moved, alice, charlie, client_of):
    url = reverse("patients:echo-page", args=[moved.echostudy_set.get().public_id])
    north = client_of(alice).get(url).content.decode()
    assert "read again in the South" not in north
    assert "Newname" not in north
    assert "64" in north
    assert "read again in the South" in client_of(charlie).get(url).content.decode()
    version = reverse("patients:echo-version", args=[moved.echostudy_set.get().public_id, 2])
    assert client_of(alice).get(version).status_code == 404


def test_the_list_shows_no_value_of_a_patient_who_left(moved, alice, client_of):
    body = client_of(alice).get(reverse("reports:patient-list")).content.decode()
    assert "N-1" in body
    assert ">41<" not in body


def rows_of(client):
    page = reverse("reports:report-page", args=["echo_studies"])
    response = client.post(page, {"take": "yes", "purpose": "a test", "form": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_lists_and_finder_name_the_person_as_they_were_held(moved, alice, charlie, client_of):
    client, finder = client_of(alice), reverse("reports:patient-finder")
    for body in (
        client.get(reverse("reports:patient-list")).content.decode(),
        client.post(finder, {"q": "N-1"}).content.decode(),
    ):
        assert "Oldname" in body
        assert "Newname" not in body
        assert "died" not in body
    south = client_of(charlie).get(reverse("reports:patient-list")).content.decode()
    assert "Newname" in south


def test_those_who_left_are_named_in_the_same_number_of_queries(
    moved, alice, clinic_north, django_assert_num_queries
):
    registrations_of(alice, [])  # reads her memberships
    with django_assert_num_queries(3):
        registrations = registrations_of(alice, [moved.pk])
        assert as_known_by([moved], registrations)[moved.pk].family_name == "Oldname"
    others = [make.patient_of(clinic_north) for _ in range(5)]
    for other in others:
        end_registration(
            by=None, registration=other.registrations.get(), until_on=days_ago(2), because="other"
        )
    with django_assert_num_queries(3):
        keys = [moved.pk, *(other.pk for other in others)]
        as_known_by([moved, *others], registrations_of(alice, keys))


def test_the_export_leaves_out_what_was_amended_after_the_patient_left(
    moved, alice, charlie, client_of
):
    make.echo(moved, days_ago(2), lvef_percent=39)
    assert rows_of(client_of(alice)) == []
    assert sorted(row["lvef_percent"] for row in rows_of(client_of(charlie))) == ["39", "41"]


def test_the_export_keeps_what_nobody_changed_since(clinic_north, alice, client_of):
    patient = make.patient_of(clinic_north)
    make.echo(patient, days_ago(30), lvef_percent=64)
    registration = patient.registrations.get()
    end_registration(by=None, registration=registration, until_on=days_ago(5), because="moved")
    assert [row["lvef_percent"] for row in rows_of(client_of(alice))] == ["64"]


def test_a_registration_by_mistake_opens_no_list_and_no_export(
    clinic_north, clinic_south, alice, client_of
):
    patient = make.patient_of(clinic_north, record_number="WRONG-1")
    make.echo(patient, days_ago(30), lvef_percent=64)
    place = {"record_number": "S-1", "from_on": days_ago(40)}
    register_in_clinic(by=None, patient=patient, clinic=clinic_south, **place)
    end_registration(
        by=None,
        registration=patient.registrations.get(clinic=clinic_north),
        until_on=days_ago(5),
        because="entered_in_error",
    )
    client = client_of(alice)
    assert rows_of(client) == []
    assert "WRONG-1" not in client.get(reverse("reports:patient-list")).content.decode()


def test_a_row_that_names_another_names_it_as_it_was_held(
    clinic_north, clinic_south, alice, charlie, client_of
):
    patient = make.patient_of(clinic_north)
    result = make.lab(patient, days_ago(30), "inr", 2)
    operation = make.intervention(patient, days_ago(40), "mitral_repair")
    bleeding = Complication(
        patient=patient, intervention=operation, kind="bleeding", occurred_on=days_ago(20)
    )
    seen_at = timezone.now() - timedelta(days=10)
    seen = ResultAcknowledgment(patient=patient, lab_result=result, seen_at=seen_at, seen_by=alice)
    for row in (bleeding, seen):
        record(row, by=alice, clinic=clinic_north)
    registration = patient.registrations.get()
    end_registration(by=None, registration=registration, until_on=days_ago(5), because="moved")
    register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-1", from_on=days_ago(5)
    )
    result.value, operation.kind = 7, "teer"
    for row in (result, operation):
        change(row, by=charlie, clinic=clinic_south, reason="read again")
    named = {
        "patients": ("result-acknowledgment", seen, "INR 2 of", "INR 7 of"),
        "treatments": ("complication", bleeding, "Mitral valve repair", "edge-to-edge"),
    }
    for floor, (kind, row, held, newer) in named.items():
        for url in (
            reverse(f"{floor}:record-list", args=[patient.public_id, kind]),
            reverse(f"{floor}:record-page", args=[kind, row.public_id]),
            reverse(f"{floor}:record-version", args=[kind, row.public_id, 1]),
        ):
            north = client_of(alice).get(url).content.decode()
            assert held in north, url
            assert newer not in north, url
            assert newer in client_of(charlie).get(url).content.decode(), url
