"""Correcting name, birth date, sex and contact."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditEvent
from patients import actions
from patients.actions import correct_person, end_registration
from patients.forms.person import PersonEditForm
from patients.models import Patient
from patients.recorded_days import recorded_days
from tests.factories import records


@pytest.fixture
def url(patient):
    return reverse("patients:person-edit", args=[patient.public_id])


@pytest.fixture
def sent(patient, clinic_north, as_sent):
    form = PersonEditForm(patient=patient, today=clinic_north.today())
    return lambda **typed: as_sent(form, reason="passport seen", save="save") | typed


@pytest.fixture
def submit(alice, client_of, url, sent):
    client = client_of(alice)
    return lambda **typed: client.post(url, sent(**typed))


def test_it_works(submit, patient, alice):
    answer = submit(family_name="Rosso", born_on="13.4.1959", address="Via Roma 1")
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    patient.refresh_from_db()
    assert (patient.name, patient.born_on) == ("Rosso, Marco", date(1959, 4, 13))
    assert (patient.search_key, patient.version) == ("rosso marco", 2)
    newest = patient.history.first()
    assert (newest.history_change_reason, newest.history_user) == ("passport seen", alice)
    assert AuditEvent.objects.get(action="change").record_id == str(patient.public_id)


def test_it_opens(alice, client_of, url):
    page = client_of(alice).get(url).content.decode()
    assert 'value="Rossi"' in page
    assert 'value="12 Apr 1959"' in page


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


@pytest.mark.parametrize("person", ["nina", "clara"])
def test_nurses_and_clerks_correct_persons(request, client_of, url, sent, person):
    client = client_of(request.getfixturevalue(person))
    assert client.post(url, sent(telephone="0199000001")).status_code == 302
    assert Patient.objects.get().telephone == "0199000001"


@pytest.mark.parametrize("person", ["rita", "otto", "ada"])
def test_roles_that_see_no_patients_find_nobody(request, client_of, url, person):
    assert client_of(request.getfixturevalue(person)).get(url).status_code == 404


def test_a_clinic_that_ended_the_registration_reads_only(alice, client_of, url, patient):
    registration = patient.registrations.get()
    day = registration.clinic.today() - timedelta(days=1)
    end_registration(by=alice, registration=registration, until_on=day, because="moved")
    answer = client_of(alice).get(url)
    assert answer.status_code == 403
    assert "followed this patient until" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("reason", "", "Say why"),
        ("reason", "x" * 101, "at most 100 characters"),
        ("born_on", "1 Jan 2148", "in the future"),
        ("born_on", "soon", "is not a date"),
        ("email", "no address", "valid email"),
        ("sex", "perhaps", "Select a valid choice"),
    ],
)
def test_it_rejects_bad_input_beside_the_field_and_keeps_the_typing(submit, name, value, message):
    answer = submit(address="kept as typed", **{name: value})
    form = answer.context["form"]
    assert message in " ".join(form.errors[name])
    assert form[name].value() == value
    assert b"kept as typed" in answer.content
    assert Patient.objects.get().version == 1


def test_nothing_changed_makes_no_version(submit):
    assert submit().status_code == 302
    assert Patient.objects.get().version == 1


# ---- two people at once --------------------------------------------------------------------------


def test_what_somebody_else_saved_is_shown_beside_what_was_typed(sent, alice, client_of, url, bob):
    typed = sent(given_name="Marcello")
    other = Patient.objects.get()
    other.given_name, other.telephone = "Marco Antonio", "0199000001"
    clinic = other.registrations.get().clinic
    correct_person(by=bob, clinic=clinic, patient=other, reason="referral letter")
    answer = client_of(alice).post(url, typed)
    assert answer.status_code == 409
    contests = {each.name: each for each in answer.context["contests"]}
    assert set(contests) == {"given_name", "telephone"}
    given = contests["given_name"]
    assert (given.opened, given.stored, given.typed) == ("Marco", "Marco Antonio", "Marcello")
    text = answer.content.decode()
    assert "referral letter" in text
    assert 'value="Marcello"' in text
    assert Patient.objects.get().given_name == "Marco Antonio"


def test_saving_again_with_the_other_version_in_sight_overwrites_it(
    sent, alice, client_of, url, bob
):
    typed = sent(given_name="Marcello")
    other = Patient.objects.get()
    other.given_name = "Marco Antonio"
    correct_person(
        by=bob, clinic=other.registrations.get().clinic, patient=other, reason="referral letter"
    )
    client = client_of(alice)
    again = client.post(url, typed).context["form"]
    taken = client.post(url, typed | {"version": "2", "accept": "given_name:Marco Antonio"})
    assert taken.context["form"]["given_name"].value() == "Marco Antonio"
    assert client.post(url, typed | {"version": again["version"].value()}).status_code == 302
    stored = Patient.objects.get()
    assert (stored.given_name, stored.version) == ("Marcello", 3)


@pytest.mark.parametrize("version", ["", "none", "0", "999999999999999999999"])
def test_a_page_without_a_version_saves_nothing(submit, version):
    answer = submit(version=version, given_name="Marcello")
    assert answer.status_code == 200
    assert "This page is incomplete" in answer.content.decode()
    assert Patient.objects.get().given_name == "Marco"


# ---- a life and its record -----------------------------------------------------------------------


def test_nobody_is_born_after_the_first_recorded_row(submit, patient):
    records.echo(patient, "2020-03-12", lvef_percent=58)
    records.body_size(patient, "2019-05-04", weight_kg=71)
    answer = submit(born_on="5 May 2019")
    assert answer.context["form"].errors["born_on"] == [
        "The record begins earlier: a body size of 4 May 2019. "
        "A birth date after that cannot be right."
    ]
    assert submit(born_on="4 May 2019").status_code == 302


def test_an_onset_before_birth_is_refused_too(submit, patient):
    records.comorbidity(patient, "2020-03-12", "hypertension", since_on=date(1999, 1, 1))
    answer = submit(born_on="5 May 2001")
    assert "a comorbidity (since) of 1 Jan 1999" in answer.context["form"].errors["born_on"][0]


def test_what_was_struck_says_nothing_of_a_birth(submit, patient, alice):
    size = records.body_size(patient, "2019-05-04", weight_kg=71)
    records.strike(size, by=alice)
    assert submit(born_on="5 May 2019").status_code == 302


def test_rows_of_the_floor_above_count_too(submit, patient):
    records.intervention(patient, "2018-01-09", "mitral_repair")
    answer = submit(born_on="5 May 2019")
    assert "an intervention of 9 Jan 2018" in answer.context["form"].errors["born_on"][0]


def test_a_clock_time_counts_by_the_clinics_calendar(patient, clinic_north, clinic_south):
    records.acute_episode(patient, datetime(2020, 3, 12, 23, 30, tzinfo=UTC))
    (north,) = recorded_days(patient, clinic_north)
    (south,) = recorded_days(patient, clinic_south)
    assert (north.first, south.first) == (date(2020, 3, 13), date(2020, 3, 12))


def test_the_record_is_read_in_one_query_and_only_when_a_date_changes(patient, clinic_north):
    for day in ("2020-03-12", "2021-03-12"):
        records.echo(patient, day, lvef_percent=58)
        records.ecg(patient, day)
    with CaptureQueriesContext(connection) as queries:
        held = recorded_days(patient, clinic_north)
    assert len(queries) == 1
    assert {days.label: days.rows for days in held} == {
        "patients.echostudy": 2,
        "patients.electrocardiogram": 2,
    }
    patient.telephone = "1"
    with CaptureQueriesContext(connection) as queries:
        correct_person(by=None, clinic=clinic_north, patient=patient, reason="moved house")
    assert not any("UNION" in query["sql"] for query in queries.captured_queries)


def test_a_birth_date_may_be_taken_away(patient, clinic_north):
    records.echo(patient, "2020-03-12", lvef_percent=58)
    patient.born_on = None
    correct_person(by=None, clinic=clinic_north, patient=patient, reason="another's")
    assert Patient.objects.get().born_on is None


def test_a_death_before_the_last_measured_row_is_refused_by_any_road(patient, clinic_north):
    records.lab(patient, "2020-03-12", "creatinine", 88)
    patient.deceased_on = date(2020, 3, 11)
    with pytest.raises(ValidationError) as refusal:
        actions.correct_person(by=None, clinic=clinic_north, patient=patient, reason="letter")
    assert "a lab result of 12 Mar 2020" in refusal.value.message_dict["deceased_on"][0]
