"""Today: who is on it and why, that counts and lists agree, that the cohort adds up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import grant_membership
from accounts.guideline_settings import sign_off_edition
from accounts.permissions import Role
from followup.models import Standing
from followup.reassessing import Order, reassess
from followup.standing import renew_standings
from guidelines.concerns import ConcernKind
from guidelines.pathway import Bucket
from guidelines.registry import editions_in_force
from patients.actions import correct_person, end_registration
from patients.models import Patient, Registration
from tests.factories import records

URL = "/today/"
MOST_QUERIES = 15


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def client(alice, client_of):
    return client_of(alice)


def answer_of(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return answer


def names_on(answer):
    return [row.patient.family_name for row in answer.context["rows"]]


def count_of(answer, code):
    found = answer.context["found"]
    return next(t.count for t in (*found.concerns, *found.buckets) if t.code == code)


def severe(clinic, name="Okonkwo", **person):
    patient = records.patient_of(clinic, family_name=name, **person)
    records.diagnosis(patient, days_ago(400))
    records.none_of_these(patient, days_ago(30))
    records.echo(
        patient,
        days_ago(20),
        lvef_percent=62,
        lvesd_mm=36,
        eroa_mm2=45,
        regurgitant_fraction_percent=55,
        regurgitant_volume_method="doppler_volumetric",
        vena_contracta_mm=8,
        flail_leaflet=True,
        reader_grade=4,
    )
    records.log(
        patient, days_ago(19), nyha=3, dyspnea=True, attribution="certain",
        activity_level="moderate", diuretic_need="none",
    )  # fmt: skip
    return patient


def acute(clinic):
    patient = records.patient_of(clinic, family_name="Zeta")
    records.acute_episode(patient, days_ago(1), cause="papillary_muscle_rupture", place="CCU")
    return patient


def test_it_says_who_needs_what_and_since_when(client, clinic_north):
    severe(clinic_north)
    page = answer_of(client).content.decode()
    assert "Okonkwo" in page
    assert "Class 1 or I, nobody has decided" in page
    assert "Decide, or refer to the heart team" in page or "on the heart team" in page
    assert "Awaiting decision" in page


def test_it_is_where_somebody_begins(client, clinic_north):
    assert client.get("/").url == URL


def test_it_requires_login():
    answer = Client().get(URL)
    assert (answer.status_code, "/login/" in answer.url) == (302, True)


def test_a_researcher_has_no_such_list(clinic_north, client_of, django_user_model):
    person = django_user_model.objects.create_user("rita")
    grant_membership(user=person, clinic=clinic_north, roles=[Role.RESEARCHER], by=None)
    assert client_of(person).get(URL).status_code == 403


def test_it_hides_other_clinics(client, clinic_north, clinic_south):
    severe(clinic_south, "Hidden")
    severe(clinic_north)
    answer = answer_of(client)
    assert names_on(answer) == ["Okonkwo"]
    assert "Hidden" not in answer.content.decode()
    assert answer.context["found"].cohort == 1


def test_an_emergency_stands_before_a_class_1(client, clinic_north):
    severe(clinic_north)
    acute(clinic_north)
    assert names_on(answer_of(client)) == ["Zeta", "Okonkwo"]


def test_a_patient_without_a_concern_is_in_a_bucket_and_not_on_the_list(client, clinic_north):
    patient = records.patient_of(clinic_north, family_name="Quiet")
    patient.standing.concerns, patient.standing.concern_mask = [], 0
    patient.standing.first_concern = None
    patient.standing.save()
    answer = answer_of(client)
    assert names_on(answer) == []
    assert answer.context["found"].cohort == 1
    assert names_on(answer_of(client, bucket="first_assessment")) == ["Quiet"]


def test_a_patient_without_a_standing_waits_for_a_first_assessment(client, clinic_north):
    records.patient_of(clinic_north, family_name="New").standing.delete()
    answer = answer_of(client, bucket="first_assessment")
    assert names_on(answer) == ["New"]
    assert answer.context["found"].total == 1


@pytest.fixture
def cohort(clinic_north, alice):
    """One of several kinds each, some of whom are gone."""
    severe(clinic_north)
    acute(clinic_north)
    records.patient_of(clinic_north, family_name="Plain")
    died = severe(clinic_north, "Dead")
    died.deceased_on = days_ago(3)
    correct_person(by=alice, patient=died, clinic=clinic_north, reason="told by the family")
    for name, why in (("Moved", "moved"), ("Left", "discharged"), ("Other", "other")):
        gone = severe(clinic_north, name)
        end_registration(
            by=alice,
            registration=Registration.objects.get(patient=gone),
            until_on=days_ago(2),
            because=why,
            reason="told",
        )


def test_the_cohort_adds_up_and_each_count_is_its_list(client, cohort):
    answer = answer_of(client)
    found = answer.context["found"]
    assert found.cohort == Patient.objects.count() == 7
    for tally in found.buckets:
        listed = answer_of(client, bucket=tally.code)
        assert len(names_on(listed)) == tally.count == listed.context["page"].paginator.count
    for tally in found.concerns:
        listed = answer_of(client, concern=tally.code)
        assert len(names_on(listed)) == tally.count == listed.context["page"].paginator.count


def test_a_concern_within_a_bucket_counts_what_it_lists(client, cohort):
    filled = [t.code for t in answer_of(client).context["found"].buckets if t.count]
    for bucket in map(Bucket, filled):
        answer = answer_of(client, bucket=bucket.value)
        for kind in (ConcernKind.ACUTE, ConcernKind.CLASS_1, ConcernKind.RESULT):
            listed = answer_of(client, bucket=bucket.value, concern=kind.value)
            assert count_of(answer, kind.value) == len(names_on(listed))


def test_somebody_who_left_is_named_without_what_came_later(client, cohort):
    answer = answer_of(client, bucket="moved")
    assert sorted(names_on(answer)) == ["Moved", "Other"]
    page = answer.content.decode()
    assert "No longer followed here" in page
    assert "nobody has decided</strong>" not in page


def test_filters_narrow_list_and_counts_alike(client, clinic_north):
    severe(clinic_north)
    acute(clinic_north)
    answer = answer_of(client, esc="I")
    assert names_on(answer) == ["Okonkwo"]
    assert answer.context["found"].cohort == 1
    assert names_on(answer_of(client, stage="D")) == ["Okonkwo"]
    assert names_on(answer_of(client, mechanism="secondary_atrial")) == []
    assert names_on(answer_of(client, clinician="none")) == ["Zeta", "Okonkwo"]


def test_the_responsible_clinician_narrows(client, clinic_north, alice):
    patient = severe(clinic_north)
    severe(clinic_north, "Other")
    Registration.objects.filter(patient=patient).update(responsible_clinician=alice)
    answer = answer_of(client, clinician=str(alice.pk))
    assert names_on(answer) == ["Okonkwo"]


@pytest.mark.parametrize(
    "query",
    [
        {"concern": "nonsense"},
        {"bucket": "'; drop table"},
        {"page": "-3"},
        {"page": "zz"},
        {"sort": "x"},
        {"overdue": "-1"},
        {"clinician": "999999"},
        {"missing": "\x00"},
    ],
)
def test_nonsense_in_the_address_is_named_and_not_used(client, clinic_north, query):
    severe(clinic_north)
    answer = answer_of(client, **query)
    assert names_on(answer) == ["Okonkwo"]


def test_it_counts_who_was_entered_in_bulk_and_waits_for_a_round(client, clinic_north):
    keys = [severe(clinic_north).pk for _ in range(5)]
    assert answer_of(client).context["found"].waiting == 0
    Standing.objects.update(replay=None)
    renew_standings(keys)
    answer = answer_of(client)
    assert answer.context["found"].waiting == 5
    assert "5 patients were entered in bulk and wait for the next round." in answer.content.decode()
    assert answer.context["stale_reason"] == ""
    reassess(Order())
    assert "entered in bulk" not in answer_of(client).content.decode()


def test_it_says_that_no_edition_is_signed_and_where_one_signs(
    client, clinic_north, alice, settings
):
    severe(clinic_north)
    assert "Not signed off" not in answer_of(client).content.decode()
    settings.SHOWS_UNSIGNED_VERDICTS = False
    page = answer_of(client).content.decode()
    assert "hidden until a clinician has read and signed their rules" in page
    assert reverse("reports:guideline-list") in page
    today = clinic_north.today()
    signed, *_others = editions_in_force(today)
    sign_off_edition(
        clinic=clinic_north, edition_id=signed.id, name="Dr A. Moreau", note="", on=today, by=alice
    )
    answer = answer_of(client)
    assert signed.title not in answer.context["unsigned"]
    assert "shows in no reason, verdict or due date" in answer.content.decode()


def test_it_asks_as_many_queries_for_many_as_for_few(client, clinic_north):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            answer_of(client)
        return len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    for _ in range(2):
        severe(clinic_north)
    queries()
    few = queries()
    for _ in range(12):
        severe(clinic_north)
    assert queries() == few <= MOST_QUERIES


def test_what_asks_for_a_person_at_once_is_read_to_its_end(client, clinic_north):
    severe(clinic_north)
    row = answer_of(client).content.decode().split("<tbody>")[1]
    concerns = [each.split("</li>")[0] for each in row.split("<li")[1:]]
    assert any("Class 1 or I, nobody has decided" in each for each in concerns)
    assert all("clamped" not in each for each in concerns if "state-beyond" in each)


def test_paper_says_what_narrows_the_list(client, clinic_north):
    severe(clinic_north)
    page = answer_of(client, bucket="awaiting_decision").content.decode()
    assert "Follow-up: <strong>Awaiting decision</strong>." in page
    assert "Follow-up: <strong>" not in answer_of(client).content.decode()
