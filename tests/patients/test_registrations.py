"""A patient's registrations: shown, corrected, ended."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import change_registration, end_registration, register_in_clinic
from patients.models import Patient, Registration
from tests.factories import records


@pytest.fixture
def registration(patient):
    return patient.registrations.get()


@pytest.fixture
def list_url(patient):
    return reverse("patients:registrations", args=[patient.public_id])


@pytest.fixture
def edit_url(registration):
    return reverse("patients:registration-edit", args=[registration.public_id])


@pytest.fixture
def end_url(registration):
    return reverse("patients:registration-end", args=[registration.public_id])


@pytest.fixture(params=["registration-edit", "registration-end", "registration-move"])
def any_url(request, registration):
    return reverse(f"patients:{request.param}", args=[registration.public_id])


# ---- the list ------------------------------------------------------------------------------------


def test_the_list_shows_ones_own_clinics_only(client_of, alice, list_url, patient, clinic_south):
    register_in_clinic(
        by=None,
        patient=patient,
        clinic=clinic_south,
        record_number="S-1",
        from_on=date(2020, 1, 1),
    )
    page = client_of(alice).get(list_url).content.decode()
    assert "HV-20418" in page
    assert "S-1" not in page
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.NURSE], by=None)
    assert "S-1" in client_of(alice).get(list_url).content.decode()


def test_the_list_requires_login(client, list_url):
    assert client.get(list_url).status_code == 302


def test_the_list_hides_other_clinics(client_of, charlie, list_url):
    assert client_of(charlie).get(list_url).status_code == 404


def test_the_lists_queries_do_not_grow(client_of, alice, list_url, patient, clinic_north):
    def queries_of_list():
        with CaptureQueriesContext(connection) as queries:
            client_of(alice).get(list_url)
        return len(queries)

    few = queries_of_list()
    for year in range(2001, 2011):
        former = patient.registrations.get(until_on=None)
        end_registration(
            by=None, registration=former, until_on=date(year, 6, 1), because="discharged"
        )
        register_in_clinic(
            by=None,
            patient=patient,
            clinic=clinic_north,
            record_number=f"HV-{year}",
            from_on=date(year, 7, 1),
            responsible_clinician=alice,
        )
    assert queries_of_list() <= few + 1


# ---- who may -------------------------------------------------------------------------------------


def test_the_pages_open(client_of, alice, any_url):
    assert client_of(alice).get(any_url).status_code == 200


def test_the_pages_require_login(client, any_url):
    assert client.get(any_url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_pages_hide_other_clinics(client_of, charlie, any_url, method):
    assert getattr(client_of(charlie), method)(any_url).status_code == 404
    assert AuditEvent.objects.filter(action="refused").exists()


@pytest.mark.parametrize("person", ["nina", "clara"])
def test_nurses_and_clerks_may(request, client_of, any_url, person):
    assert client_of(request.getfixturevalue(person)).get(any_url).status_code == 200


@pytest.mark.parametrize("person", ["rita", "otto", "ada"])
def test_roles_that_see_no_patients_find_nothing(request, client_of, any_url, person):
    assert client_of(request.getfixturevalue(person)).get(any_url).status_code == 404


def test_an_ended_registration_is_read_only(client_of, alice, any_url, registration, list_url):
    end_registration(
        by=alice, registration=registration, until_on=date(2024, 1, 1), because="other"
    )
    answer = client_of(alice).get(any_url)
    assert answer["Location"] == list_url


# ---- correcting ----------------------------------------------------------------------------------


@pytest.fixture
def typed():
    return {
        "record_number": "HV-1",
        "from_on": "2 Jan 2000",
        "reason": "typing error",
        "version": "1",
        "save": "save",
    }


@pytest.fixture
def submit(alice, client_of, edit_url, typed):
    client = client_of(alice)
    return lambda **changed: client.post(edit_url, typed | changed)


def test_a_registration_is_corrected_under_a_reason(submit, registration, bob, list_url):
    answer = submit(responsible_clinician=str(bob.pk), referring_doctor="Dr. Home")
    assert answer["Location"] == list_url
    registration.refresh_from_db()
    assert (registration.record_number, registration.from_on) == ("HV-1", date(2000, 1, 2))
    assert (registration.responsible_clinician, registration.referring_doctor) == (bob, "Dr. Home")
    assert registration.history.first().history_change_reason == "typing error"
    assert AuditEvent.objects.get(action="change").record_kind == "registration"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("record_number", "", "required"),
        ("from_on", "1 Jan 2148", "in the future"),
        ("from_on", "1 Jan 1950", "before the patient's birth"),
        ("reason", "", "Say why"),
        ("responsible_clinician", "999", "Select a valid choice"),
    ],
)
def test_bad_input_is_refused_beside_its_box_and_kept(submit, name, value, message, registration):
    answer = submit(**({"referring_doctor": "kept as typed"} | {name: value}))
    assert message in " ".join(answer.context["form"].errors[name])
    assert b"kept as typed" in answer.content
    assert registration.history.count() == 1


def test_a_taken_number_is_refused_beside_its_box(submit, clinic_north):
    records.patient_of(clinic_north, record_number="HV-1", family_name="Weiss", born_on=None)
    answer = submit()
    assert answer.context["form"].errors["record_number"] == [
        "HV-1 is used in North Valve Clinic already, for Weiss, Tendinea, birth date not recorded."
    ]


def test_a_number_taken_at_the_same_moment_is_refused_beside_its_box(
    registration, clinic_north, alice
):
    records.patient_of(clinic_north, record_number="HV-1")
    registration.record_number = "HV-1"
    with pytest.raises(ValidationError) as refusal:
        change_registration(by=alice, registration=registration, reason="typing error")
    assert set(refusal.value.message_dict) == {"record_number"}


def test_what_somebody_else_saved_is_shown_beside_what_was_typed(submit, registration, bob):
    other = Registration.objects.get()
    other.record_number = "HV-2"
    change_registration(by=bob, registration=other, reason="own number")
    answer = submit()
    assert answer.status_code == 409
    contests = {each.name: each for each in answer.context["contests"]}
    number = contests["record_number"]
    assert (number.opened, number.stored, number.typed) == ("HV-20418", "HV-2", "HV-1")
    assert submit(version=answer.context["form"]["version"].value()).status_code == 302
    assert Registration.objects.get().record_number == "HV-1"


def test_nothing_changed_makes_no_version(submit):
    assert submit(record_number="HV-20418", from_on="1 Jan 2000").status_code == 302
    assert Registration.objects.get().version == 1


def test_a_correction_ends_nothing_and_opens_nothing(registration, alice):
    registration.until_on, registration.ended_because = date(2024, 1, 1), "other"
    change_registration(by=alice, registration=registration, reason="typing error")
    assert Registration.objects.get().until_on is None


# ---- ending --------------------------------------------------------------------------------------


@pytest.fixture
def ending():
    return {
        "until_on": "12 Mar 2026",
        "because": "discharged",
        "reason": "followed in town",
        "version": "1",
    }


def test_ending_shows_first_what_will_happen(client_of, alice, end_url, ending, registration):
    client = client_of(alice)
    page = client.post(end_url, ending)
    text = page.content.decode()
    assert "up to and including 12 Mar 2026" in text
    assert "Nothing is saved yet." in text
    assert Registration.objects.get().until_on is None
    client.post(end_url, ending | {"confirm": page.context["digest"]})
    registration.refresh_from_db()
    assert (registration.until_on, registration.ended_because) == (date(2026, 3, 12), "discharged")
    assert registration.history.first().history_change_reason == "followed in town"


def test_what_was_confirmed_counts_for_nothing_else(client_of, alice, end_url, ending):
    client = client_of(alice)
    digest = client.post(end_url, ending).context["digest"]
    changed = ending | {"confirm": digest, "until_on": "11 Mar 2026"}
    assert "look at it again" in client.post(end_url, changed).content.decode()
    assert Registration.objects.get().until_on is None


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("until_on", "1 Jan 2148", "in the future"),
        ("until_on", "1 Jan 1999", "began later, on 1 Jan 2000"),
        ("because", "", "required"),
        ("because", "moved", "Select a valid choice"),
        ("reason", "", "Say why"),
    ],
)
def test_bad_ends_are_refused_beside_their_box(
    client_of, alice, end_url, ending, name, value, message
):
    answer = client_of(alice).post(end_url, ending | {name: value})
    assert message in " ".join(answer.context["form"].errors[name])
    assert not answer.context["lines"]


def test_later_entries_are_named_before_ending(client_of, alice, end_url, ending, patient):
    records.log(patient, "2026-04-01", nyha=2)
    text = client_of(alice).post(end_url, ending).content.decode()
    assert "the last: symptom log of 1 Apr 2026" in text


def test_a_registration_by_mistake_closes_the_record_and_frees_its_number(
    client_of, alice, end_url, ending, patient, clinic_north
):
    client, mistake = client_of(alice), ending | {"because": "entered_in_error"}
    page = client.post(end_url, mistake)
    text = page.content.decode()
    assert "Nobody in North Valve Clinic can open this record any more" in text
    assert "holds no entries" in text
    answer = client.post(end_url, mistake | {"confirm": page.context["digest"]})
    assert answer["Location"] == reverse("reports:patient-list")
    assert not Patient.objects.visible_to(alice).exists()
    records.patient_of(clinic_north, record_number="HV-20418")


def test_a_record_with_entries_is_never_closed_to_everybody(
    client_of, alice, end_url, ending, patient, clinic_north, clinic_south
):
    log = records.log(patient, "2026-03-01", nyha=2)
    client, mistake = client_of(alice), ending | {"because": "entered_in_error"}
    answer = client.post(end_url, mistake)
    (said,) = answer.context["form"].errors["because"]
    assert "a symptom log of 1 Mar 2026" in said
    assert not answer.context["lines"]
    registration = Registration.objects.get()
    end = {"registration": registration, "until_on": clinic_north.today(), "by": alice}
    with pytest.raises(ValidationError, match="Nobody could open"):
        end_registration(**end, because="entered_in_error")
    assert Registration.objects.get().until_on is None

    records.strike(log, by=alice)
    assert client.post(end_url, mistake).context["lines"]
    records.log(patient, "2026-03-01", nyha=2)
    place = {"record_number": "S-1", "from_on": date(2024, 3, 1)}
    register_in_clinic(by=None, patient=patient, clinic=clinic_south, **place)
    assert "1 symptom log" in client.post(end_url, mistake).content.decode()


def test_a_registration_changed_meanwhile_is_not_ended_unseen(
    client_of, alice, bob, end_url, ending
):
    client = client_of(alice)
    digest = client.post(end_url, ending).context["digest"]
    other = Registration.objects.get()
    other.referring_doctor = "Dr. Home"
    change_registration(by=bob, registration=other, reason="letter")
    answer = client.post(end_url, ending | {"confirm": digest})
    assert "changed this registration meanwhile" in answer.content.decode()
    assert b"followed in town" in answer.content
    assert Registration.objects.get().until_on is None
    again = ending | {"confirm": answer.context["digest"], "version": "2"}
    assert client.post(end_url, again).status_code == 302


def test_a_person_is_not_registered_twice_at_once(patient, clinic_north):
    with pytest.raises(ValidationError, match="already, under HV-20418"):
        register_in_clinic(
            by=None,
            patient=patient,
            clinic=clinic_north,
            record_number="HV-1",
            from_on=clinic_north.today() - timedelta(days=1),
        )


def test_long_numbers_still_fit_when_a_registration_was_a_mistake(clinic_north):
    patient = records.patient_of(clinic_north, record_number="x" * 60)
    twin = records.patient_of(clinic_north, record_number="x" * 59 + "y")
    for each in (patient, twin):
        end_registration(
            by=None,
            registration=each.registrations.get(),
            until_on=date(2024, 1, 1),
            because="entered_in_error",
        )
    numbers = set(Registration.objects.values_list("record_number", flat=True))
    assert len(numbers) == 2
    assert all(len(number) <= 60 for number in numbers)
