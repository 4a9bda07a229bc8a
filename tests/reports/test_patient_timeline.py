"""The timeline of one patient: every entry by its day."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from patients.actions import (
    amend_echo_study,
    end_registration,
    mark_deceased,
    record,
    register_in_clinic,
)
from patients.models import AcuteEpisode, ClinicalRecord, LabResult
from patients.writing import writing
from reports.timeline import timeline_of
from tests.factories import records as make
from treatments.models import Medication

pytestmark = pytest.mark.django_db
MOST_QUERIES = 40


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north, record_number="HV-1", family_name="Rossi")


def url_of(patient, page="patient-timeline"):
    return reverse(f"reports:{page}", args=[patient.public_id])


def text_of(response):
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def read(client_of, alice):
    def read_(patient, user=alice, query="", page="patient-timeline"):
        return text_of(client_of(user).get(url_of(patient, page) + query))

    return read_


def test_it_works_newest_first(read, patient, ago):
    make.echo(patient, ago(20), lvef_percent=61, lvesd_mm=37)
    make.log(patient, ago(10), nyha=2, dyspnea=True)
    make.lab(patient, ago(5), "inr", "2.5")
    text = read(patient)
    places = [text.index(word) for word in ("INR 2.5", "NYHA II", "LVESD 37 mm", "Registered in")]
    assert places == sorted(places)
    assert "Rossi" in text


def test_every_kind_of_record_has_a_place(patient, ago):
    make.one_of_every_kind(patient, ago(3))
    found = timeline_of(patient, list(patient.registrations.all())).entries
    titles = {entry.title for entry in found}
    clinical = [m for m in apps.get_models() if issubclass(m, ClinicalRecord)]
    held = [m for m in clinical if m.objects.filter(patient=patient).exists()]
    assert len(titles - {"Clinic"}) == len(held)
    assert all(entry.text for entry in found)


def test_entries_lead_to_their_pages(client_of, alice, patient, ago):
    make.one_of_every_kind(patient, ago(3))
    client = client_of(alice)
    entries = timeline_of(patient, list(patient.registrations.all())).entries
    for href in {entry.href for entry in entries if entry.href}:
        assert client.get(href).status_code == 200, href


def test_a_drug_starts_changes_and_stops(read, patient, ago):
    make.medication(
        patient,
        ago(90),
        "bisoprolol",
        dose_mg="2.5",
        started_on=ago(90),
        stopped_on=ago(60),
        stop_reason=Medication.StopReason.DOSE_CHANGED,
    )
    make.medication(
        patient,
        ago(60),
        "bisoprolol",
        dose_mg="5",
        started_on=ago(60),
        stopped_on=ago(30),
        stop_reason=Medication.StopReason.SIDE_EFFECT,
    )
    text = read(patient)
    assert "Started bisoprolol 2.5 mg" in text
    assert "Bisoprolol: dose changed from 2.5 mg to 5 mg" in text
    assert "Stopped bisoprolol: side effect" in text
    assert text.count("Stopped") == 1


def test_a_course_without_its_start_is_no_start(read, patient, ago):
    make.medication(patient, ago(9), "apixaban")
    text = read(patient)
    assert "Takes apixaban; when it was started is not recorded" in text
    assert "Started apixaban" not in text


def test_a_plan_stands_on_the_day_it_was_entered(patient, ago, clinic_north):
    make.planned_intervention(patient, "mitral_repair", planned_on=ago(-30))
    entry = next(
        each
        for each in timeline_of(patient, list(patient.registrations.all())).entries
        if each.kind == "interventions"
    )
    assert entry.on == clinic_north.today()
    assert "planned for" in entry.text


def test_an_acute_episode_opens_and_closes(read, patient, ago):
    episode = make.acute_episode(patient, ago(20))
    make.close_episode(episode, ago(15), AcuteEpisode.Closure.RECLASSIFIED_CHRONIC)
    assert "Acute episode closed" in read(patient)


def test_a_death_and_registrations_are_in_it(read, patient, ago, alice, clinic_north):
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=ago(2), reason="a letter"
    )
    text = read(patient)
    assert "Registered in North Valve Clinic, number HV-1" in text
    assert "Person Died" in text


def test_an_appointment_is_booked_on_one_day_and_attended_on_another(patient, ago, clinic_north):
    make.appointment(patient, ago(5), booked_on=ago(40), status="attended")
    make.referral(patient, ago(9), withdrawn_on=ago(8))
    entries = timeline_of(patient, list(patient.registrations.all())).entries
    said = {each.on: each.text for each in entries if each.kind in {"recall", "team"}}
    assert said[ago(5)] == "Visit: attended"
    assert said[ago(40)].endswith("; attended")
    assert said[ago(9)].startswith("Repair?")
    assert said[ago(8)] == "Referral to the heart team withdrawn"


def test_late_entries_say_how_late(read, patient, ago):
    make.lab(patient, ago(14), "creatinine", 88)
    assert "entered 14 days later" in read(patient)


def test_an_entry_of_the_same_week_is_not_late(read, patient, ago):
    make.lab(patient, ago(6), "creatinine", 88)
    assert "days later" not in read(patient)


def test_drafts_and_struck_rows_are_said_as_such(read, patient, ago, alice):
    make.echo(patient, ago(3), lvesd_mm=37, final=False)
    make.strike(make.lab(patient, ago(2), "creatinine", 888), by=alice)
    text = read(patient)
    assert "draft, not used" in text
    assert "Creatinine 888 µmol/L entered in error, does not count" in text


def test_imported_rows_and_their_import_are_shown(read, patient, ago, alice, clinic_north):
    row = LabResult(patient=patient, taken_on=ago(3), analyte="creatinine", value=90, unit="umol/L")
    reason = "imported file (import 5f0c8b6e-0000-4000-8000-000000000001)"
    with writing(patient, by=alice, reason=reason, clinic=clinic_north) as write:
        write.add(row)
    make.lab(patient, ago(2), "creatinine", 91)
    text = read(patient)
    assert "Creatinine 90 µmol/L imported" in text
    assert "Creatinine 91 µmol/L imported" not in text
    assert "A file was imported; it brought 1 of Laboratory results" in text


def test_the_filter_keeps_the_kinds_and_years_that_are_ticked(read, patient, ago):
    make.echo(patient, ago(800), lvesd_mm=37)
    make.echo(patient, ago(1), lvesd_mm=41)
    make.lab(patient, ago(1), "creatinine", 90)
    echoes = read(patient, query="?kind=echo")
    assert "LVESD 37" in echoes
    assert "LVESD 41" in echoes
    assert "Creatinine 90" not in echoes
    old = read(patient, query=f"?kind=echo&year={ago(800).year}")
    assert "LVESD 37" in old
    assert "LVESD 41" not in old
    assert "1 of 4 entries" in old


@pytest.mark.parametrize("query", ["?kind=nonsense", "?year=1", "?year=9999", "?page=x&year=%00"])
def test_a_filter_that_does_not_exist_shows_all(read, patient, ago, query):
    make.lab(patient, ago(1), "creatinine", 90)
    assert "Creatinine 90" in read(patient, query=query)


def test_the_list_is_paged_and_keeps_the_filter(client_of, alice, patient, ago):
    for day in range(60):
        make.lab(patient, ago(day), "creatinine", 100 + day)
    first = client_of(alice).get(url_of(patient) + "?kind=laboratory").content.decode()
    assert "1–50 of 60 entries" in first
    assert "?kind=laboratory&amp;page=2" in first
    second = text_of(client_of(alice).get(url_of(patient) + "?kind=laboratory&page=2"))
    assert "Creatinine 159" in second
    printed = text_of(client_of(alice).get(url_of(patient, "patient-timeline-print")))
    assert "Creatinine 100" in printed
    assert "Creatinine 159" in printed


def test_it_requires_login(client, patient):
    response = client.get(url_of(patient))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("stranger", ["charlie", "rita", "otto", "ada"])
def test_it_hides_the_patient_from_whoever_may_not_see_them(request, client_of, patient, stranger):
    user = request.getfixturevalue(stranger)
    for page in ("patient-timeline", "patient-timeline-print"):
        assert client_of(user).get(url_of(patient, page)).status_code == 404
    assert AuditEvent.objects.filter(action=AuditAction.REFUSED, actor_id=user.pk).count() == 2


def test_opening_and_printing_it_are_written_to_the_audit(read, alice, patient, clinic_north):
    read(patient)
    assert "To be printed" in read(patient, page="patient-timeline-print")
    for action in (AuditAction.VIEW, AuditAction.PRINT):
        event = AuditEvent.objects.get(action=action)
        assert (event.actor_id, event.clinic_id) == (alice.pk, clinic_north.pk)
        assert event.patient_id == str(patient.public_id)


def test_a_former_clinic_reads_what_it_held(
    read, patient, ago, alice, charlie, clinic_north, clinic_south
):
    study = make.echo(patient, ago(30), lvef_percent=64, lvesd_mm=35)
    end_registration(
        by=None, registration=patient.registrations.get(), until_on=ago(5), because="moved"
    )
    register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-1", from_on=ago(5)
    )
    study.lvesd_mm = 44
    amend_echo_study(study, by=charlie, clinic=clinic_south, reason="read again")
    record(
        LabResult(patient=patient, taken_on=ago(2), analyte="creatinine", value=91, unit="umol/L"),
        by=charlie,
        clinic=clinic_south,
    )
    late = LabResult(
        patient=patient, taken_on=ago(20), analyte="creatinine", value=77, unit="umol/L"
    )
    record(late, by=charlie, clinic=clinic_south)
    north, south = read(patient), read(patient, charlie)
    assert "LVESD 35 mm" in north
    assert "as it was known then" in north
    for word in ("LVESD 44", "Creatinine 91", "South", "S-1"):
        assert word not in north
    assert "LVESD 44 mm" in south
    assert "Creatinine 91" in south


def queries_of(client, patient):
    client.get(url_of(patient))
    with CaptureQueriesContext(connection) as found:
        assert client.get(url_of(patient)).status_code == 200
    return len(found)


def test_the_number_of_queries_does_not_grow_with_the_record(client_of, alice, clinic_north, ago):
    counts = []
    for size in (2, 12):
        patient = make.patient_of(clinic_north)
        make.one_of_every_kind(patient, ago(400))
        for day in range(size):
            make.echo(patient, ago(day), lvesd_mm=38)
            make.medication(patient, ago(day), "bisoprolol", started_on=ago(day))
        done = make.intervention(patient, ago(40), "pci")
        for day in range(size):
            make.complication(done, ago(day), "bleeding")
        counts.append(queries_of(client_of(alice), patient))
    assert counts[0] == counts[1] <= MOST_QUERIES
