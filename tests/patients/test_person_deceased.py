"""Recording a death, correcting its date, and taking it back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.models import AuditEvent
from patients.actions import correct_person, mark_deceased, undo_deceased
from patients.models import Patient
from tests.factories import records

DIED_ON = date(2025, 11, 3)


@pytest.fixture
def url(patient):
    return reverse("patients:person-deceased", args=[patient.public_id])


@pytest.fixture
def typed():
    return {
        "deceased_on": "3 Nov 2025",
        "reason": "called by the daughter",
        "confirm": "on",
        "version": "1",
        "save": "save",
    }


@pytest.fixture
def submit(alice, client_of, url, typed):
    client = client_of(alice)
    return lambda **changed: client.post(url, typed | changed)


@pytest.fixture
def dead(patient, alice, clinic_north):
    return mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=DIED_ON, reason="letter"
    )


def test_it_works(submit, patient, alice):
    answer = submit()
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    patient.refresh_from_db()
    newest = patient.history.first()
    assert patient.deceased_on == DIED_ON
    assert (newest.history_change_reason, newest.history_user) == ("called by the daughter", alice)
    assert patient.registrations.get().until_on is None
    assert AuditEvent.objects.filter(action="change", record_kind="patient").count() == 1


def test_it_names_the_patient_at_the_second_tick(alice, client_of, url):
    page = client_of(alice).get(url).content.decode()
    assert "Yes: Rossi, Marco, born 12 Apr 1959, has died." in page


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


@pytest.mark.parametrize("person", ["nina", "clara"])
def test_nurses_and_clerks_record_a_death(request, client_of, url, typed, person):
    assert client_of(request.getfixturevalue(person)).post(url, typed).status_code == 302
    assert Patient.objects.get().deceased_on == DIED_ON


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("deceased_on", "", "required"),
        ("deceased_on", "1 Jan 2148", "in the future"),
        ("deceased_on", "1 Jan 1950", "before the birth on 12 Apr 1959"),
        ("deceased_on", "lately", "is not a date"),
        ("reason", " ", "Say why"),
        ("confirm", "", "right person"),
    ],
)
def test_it_rejects_bad_input_beside_the_field_and_keeps_the_typing(submit, name, value, message):
    answer = submit(**({"reason": "kept as typed"} | {name: value}))
    form = answer.context["form"]
    assert message in " ".join(form.errors[name])
    assert name == "reason" or b"kept as typed" in answer.content
    assert Patient.objects.get().deceased_on is None


def test_a_death_before_the_last_measured_row_names_that_row(submit, patient):
    records.echo(patient, "2025-11-04", lvef_percent=58)
    answer = submit()
    assert answer.context["form"].errors["deceased_on"] == [
        "The record goes on after this date: an echo study of 4 Nov 2025. "
        "Correct or strike that entry first if it is the one that is wrong."
    ]


def test_what_was_only_written_down_later_does_not_keep_a_patient_alive(submit, patient):
    records.echo(patient, "2025-11-03", lvef_percent=58)
    records.team_review(patient, "2025-11-10")
    records.medication(patient, "2025-11-10", "bisoprolol")
    assert submit().status_code == 302


def test_a_wrong_date_of_death_is_corrected(submit, dead):
    assert submit(version="2", deceased_on="2 Nov 2025", reason="certificate").status_code == 302
    assert Patient.objects.get().deceased_on == date(2025, 11, 2)


def test_a_death_marked_in_error_is_taken_back_under_a_reason(alice, client_of, url, dead, patient):
    client = client_of(alice)
    page = client.get(url).content.decode()
    assert "Recorded as deceased on 3 Nov 2025" in page
    assert "letter" in page
    typed = {"undo": "undo", "version": "2", "undo_confirm": "on"}
    refused = client.post(url, typed | {"undo_reason": ""})
    assert refused.context["undo"].errors["undo_reason"]
    assert client.post(url, typed | {"undo_reason": "another was meant"}).status_code == 302
    patient.refresh_from_db()
    assert patient.deceased_on is None
    assert patient.history.first().history_change_reason == "another was meant"
    assert patient.history.filter(deceased_on=DIED_ON).exists()


def test_a_person_changed_meanwhile_is_shown_and_the_typing_kept(
    submit, patient, bob, clinic_north
):
    other = Patient.objects.get()
    other.telephone = "0199000001"
    correct_person(by=bob, clinic=clinic_north, patient=other, reason="new telephone")
    answer = submit()
    assert answer.status_code == 409
    assert "new telephone" in answer.content.decode()
    assert b"called by the daughter" in answer.content
    assert Patient.objects.get().deceased_on is None
    assert submit(version=answer.context["form"]["version"].value()).status_code == 302


def test_two_who_record_the_same_death_see_each_other(submit, dead):
    answer = submit()
    assert answer.status_code == 409
    assert "The date of death is now 3 Nov 2025" in answer.content.decode()


def test_a_death_that_is_not_recorded_is_not_taken_back(alice, client_of, url, patient):
    typed = {"undo": "undo", "version": "1", "undo_confirm": "on", "undo_reason": "another"}
    answer = client_of(alice).post(url, typed)
    assert answer.status_code == 200
    assert "No death is recorded" in answer.content.decode()
    patient.refresh_from_db()
    assert patient.version == 1


@pytest.mark.parametrize("act", [mark_deceased, undo_deceased])
def test_both_acts_need_a_reason(patient, clinic_north, act):
    more = {"deceased_on": DIED_ON} if act is mark_deceased else {}
    with pytest.raises(ValidationError, match="Say"):
        act(by=None, clinic=clinic_north, patient=patient, reason=" ", **more)


def test_the_list_and_the_pages_say_that_the_patient_died(alice, client_of, dead, url):
    client = client_of(alice)
    for address in (
        reverse("reports:patient-list"),
        reverse("reports:patient-page", args=[dead.public_id]),
        reverse("patients:registrations", args=[dead.public_id]),
        url,
    ):
        assert "died 3 Nov 2025" in client.get(address).content.decode()


def test_nothing_dated_after_the_death_is_entered(alice, client_of, dead):
    address = reverse("patients:symptom-log-add", args=[dead.public_id])
    day = (DIED_ON + timedelta(days=1)).isoformat()
    answer = client_of(alice).post(address, {"recorded_on": day, "nyha": "2", "save": "save"})
    assert "died on 3 Nov 2025" in answer.content.decode()
