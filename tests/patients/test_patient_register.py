"""The page on which a person is registered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import (
    correct_person,
    end_registration,
    register_in_clinic,
    register_patient,
)
from patients.forms.person import PatientRegisterForm
from patients.models import Patient, Registration
from tests.factories import records

URL = reverse("patients:patient-register")


@pytest.fixture
def typed(clinic_north):
    return {
        "family_name": "Weiss",
        "given_name": "Anna",
        "born_on": "3 Dec 1948",
        "sex": "female",
        "telephone": "+33 1 99 00 00 07",
        "clinic": str(clinic_north.public_id),
        "record_number": "HV-7",
        "from_on": "12 Mar 2026",
        "save": "save",
    }


@pytest.fixture
def submit(alice, client_of, typed):
    client = client_of(alice)
    return lambda **changed: client.post(URL, typed | changed)


@pytest.fixture
def alice_in_both(alice, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    return alice


def test_it_works(submit, alice, bob, clinic_north):
    answer = submit(responsible_clinician=str(bob.pk), referring_doctor="Dr. Home")
    patient = Patient.objects.get()
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    registration = patient.registrations.get()
    assert (patient.name, patient.born_on) == ("Weiss, Anna", date(1948, 12, 3))
    assert (registration.clinic, registration.record_number) == (clinic_north, "HV-7")
    assert (registration.responsible_clinician, registration.referring_doctor) == (bob, "Dr. Home")
    created = AuditEvent.objects.filter(action="create", patient_id=str(patient.public_id))
    assert {event.record_kind for event in created} == {"patient", "registration"}


def test_the_name_in_the_message_stays_on_the_server(submit, alice, client_of, bob):
    answer = submit()
    assert answer.status_code == 302
    assert not {"messages"} & set(answer.cookies)
    client = answer.client
    client.post(reverse("account_logout"))
    client.force_login(bob)
    page = client.get(reverse("patients:patient-register")).content.decode()
    assert "is registered in" not in page


def test_it_opens_with_ones_clinic_and_today(alice, client_of, clinic_north):
    form = client_of(alice).get(URL).context["form"]
    assert form["clinic"].value() == str(clinic_north.public_id)
    assert form["from_on"].value() == PatientRegisterForm.base_fields["from_on"].prepare_value(
        clinic_north.today()
    )


def test_it_requires_login(client):
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize("person", ["nina", "clara"])
def test_nurses_and_clerks_register_patients(request, client_of, typed, person):
    assert client_of(request.getfixturevalue(person)).post(URL, typed).status_code == 302
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("person", ["rita", "otto", "ada", "superuser"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_other_roles_are_refused_in_words(request, client_of, typed, person, method):
    client = client_of(request.getfixturevalue(person))
    answer = getattr(client, method)(URL, typed)
    assert answer.status_code == 403
    assert "does not allow you to register a patient" in answer.content.decode()
    assert AuditEvent.objects.filter(action="refused").exists()
    assert not Patient.objects.exists()


def test_a_clinic_where_one_may_not_register_is_not_offered(submit, alice, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.RESEARCHER], by=None)
    answer = submit(clinic=str(clinic_south.public_id))
    assert "Select a valid choice" in answer.context["form"].errors["clinic"][0]
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("born_on", "3 Dec 2148", "in the future"),
        ("born_on", "31 Feb 1950", "not a date"),
        ("from_on", "1 Jan 2148", "in the future"),
        ("from_on", "1 Jan 1940", "before the birth on 3 Dec 1948"),
        ("from_on", "", "required"),
        ("record_number", "", "required"),
        ("record_number", "x" * 61, "at most 60 characters"),
        ("email", "anna at home", "valid email address"),
        ("sex", "perhaps", "Select a valid choice"),
        ("clinic", "elsewhere", "Select a valid choice"),
        ("research_consent_on", "3 Dec 1940", "before the birth"),
        ("responsible_clinician", "999999", "Select a valid choice"),
        ("family_name", "a\x00b", "Null characters"),
    ],
)
def test_it_rejects_bad_input_beside_the_field_and_keeps_the_typing(submit, name, value, message):
    answer = submit(address="kept as typed", **{name: value})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert message in " ".join(form.errors[name])
    assert form[name].value() == value
    assert b"kept as typed" in answer.content
    assert not Patient.objects.exists()


def test_a_person_without_any_name_is_asked_for_one(submit):
    answer = submit(family_name="", given_name="")
    assert answer.context["form"].errors["family_name"] == [
        "Enter the family name or the given name."
    ]


def test_a_day_that_reads_in_two_ways_is_offered(submit):
    answer = submit(born_on="3/12/1948")
    assert "Use 3 Dec 1948" in answer.content.decode()
    answer = submit(born_on="3/12/1948", accept="born_on:3 Dec 1948")
    assert answer.context["form"]["born_on"].value() == "3 Dec 1948"
    assert not Patient.objects.exists()


def test_enter_in_a_box_saves_nothing(alice, client_of, typed):
    del typed["save"]
    answer = client_of(alice).post(URL, typed | {"check": "yes"})
    assert b"Nothing is saved yet" in answer.content
    assert not Patient.objects.exists()


def test_a_clinician_of_another_clinic_is_not_responsible_here(
    alice_in_both, charlie, client_of, typed
):
    answer = client_of(alice_in_both).post(URL, typed | {"responsible_clinician": charlie.pk})
    errors = answer.context["form"].errors["responsible_clinician"]
    assert errors == ["This is no clinician of North Valve Clinic."]


@pytest.mark.parametrize("number", ["HV-20418", "hv-20418"])
def test_a_taken_record_number_says_whose_it_is(submit, patient, number):
    answer = submit(record_number=number)
    assert answer.context["form"].errors["record_number"] == [
        "HV-20418 is used in North Valve Clinic already, for Rossi, Marco, born 12 Apr 1959."
    ]
    assert Patient.objects.count() == 1


# ---- people who may be the same ------------------------------------------------------------------

SAME = {"family_name": "Rosi", "given_name": "Marco", "born_on": "12 Apr 1959", "sex": "male"}


def test_a_taken_number_names_a_former_patient_as_the_clinic_knew_them(
    submit, patient, clinic_north, clinic_south, charlie
):
    here, last = patient.registrations.get(), clinic_north.today() - timedelta(days=5)
    end_registration(by=None, registration=here, until_on=last, because="moved")
    register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-1", from_on=last
    )
    patient.refresh_from_db()
    patient.family_name = "Verdi"
    correct_person(by=charlie, clinic=clinic_south, patient=patient, reason="married")
    page = submit(record_number=here.record_number).content.decode()
    assert "for Rossi, Marco" in page
    assert "Verdi" not in page


def test_possible_duplicates_are_shown_first_with_reasons(submit, patient):
    page = submit(**SAME)
    text = page.content.decode()
    assert "1 registered person may be the same" in text
    assert "family name differs by one letter, same birth date" in text
    assert "HV-20418" in text
    assert reverse("reports:patient-page", args=[patient.public_id]) in text
    assert page.context["form"]["record_number"].value() == "HV-7"
    assert Patient.objects.count() == 1
    looked = AuditEvent.objects.get(action="search")
    assert looked.counts == {"possible_duplicates": 1}


@pytest.mark.parametrize("number", [1, 9])
def test_the_queries_do_not_grow_with_those_found(submit, clinic_north, number):
    for each in range(number):
        records.patient_of(
            clinic_north, family_name="Rossi", given_name=f"M{each}", born_on=date(1959, 4, 12)
        )
    with CaptureQueriesContext(connection) as queries:
        found = submit(**SAME | {"family_name": "Rossi"}).context["found"]
    assert len(found) == number
    assert len(queries) <= 12


def test_none_of_these_registers_a_new_person(submit, patient):
    digest = submit(**SAME).context["digest"]
    assert submit(none_of_these=digest, **SAME).status_code == 302
    assert Patient.objects.count() == 2


def test_pressing_register_again_does_not_pass_by_the_list(submit, patient):
    submit(**SAME)
    assert submit(**SAME).status_code == 200
    assert Patient.objects.count() == 1


def test_a_list_that_changed_meanwhile_is_shown_again(submit, patient, clinic_north):
    digest = submit(**SAME).context["digest"]
    records.patient_of(
        clinic_north, family_name="Rossi", given_name="Mario", born_on=date(1959, 4, 12)
    )
    answer = submit(none_of_these=digest, **SAME)
    assert answer.status_code == 200
    assert "have changed meanwhile" in answer.content.decode()
    assert Patient.objects.count() == 2
    digest = answer.context["digest"]
    assert submit(none_of_these=digest, **SAME).status_code == 302


def test_a_confirmed_list_does_not_count_for_another_person(submit, patient):
    digest = submit(**SAME).context["digest"]
    other = SAME | {"family_name": "Rossi"}
    assert submit(none_of_these=digest, **other).status_code == 200
    assert Patient.objects.count() == 1


def test_it_hides_other_clinics(charlie, client_of, clinic_south, typed, patient):
    answer = client_of(charlie).post(URL, typed | SAME | {"clinic": str(clinic_south.public_id)})
    assert answer.status_code == 302
    assert Patient.objects.count() == 2


def test_the_person_is_registered_in_a_further_clinic(
    alice_in_both, client_of, typed, patient, clinic_south
):
    client = client_of(alice_in_both)
    sent = typed | SAME | {"clinic": str(clinic_south.public_id), "record_number": "S-1"}
    page = client.post(URL, sent)
    assert "Register this person in South Valve Clinic" in page.content.decode()
    answer = client.post(URL, sent | {"register_in": str(patient.public_id)})
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    assert Patient.objects.count() == 1
    assert patient.registrations.get(clinic=clinic_south).record_number == "S-1"
    patient.refresh_from_db()
    assert patient.family_name == "Rossi"


def test_where_the_person_is_registered_already_they_are_not_registered_again(submit, patient):
    page = submit(**SAME)
    assert "Register this person in" not in page.content.decode()
    answer = submit(register_in=str(patient.public_id), **SAME)
    assert "registered in North Valve Clinic already, under HV-20418" in answer.content.decode()
    assert Registration.objects.count() == 1


def test_registering_somebody_there_needs_the_boxes_of_the_place(
    alice_in_both, client_of, typed, patient, clinic_south
):
    sent = typed | SAME | {"clinic": str(clinic_south.public_id), "record_number": ""}
    answer = client_of(alice_in_both).post(URL, sent | {"register_in": str(patient.public_id)})
    assert answer.context["form"].errors["record_number"]
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("wanted", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_only_somebody_of_the_list_is_registered_there(submit, patient, wanted):
    answer = submit(register_in=wanted, **SAME)
    assert answer.status_code == 200
    assert Registration.objects.count() == 1


def test_a_patient_who_comes_back_gets_the_former_record_number(
    submit, patient, alice, clinic_south
):
    former = patient.registrations.get()
    end_registration(by=alice, registration=former, until_on=date(2024, 5, 1), because="discharged")
    register_in_clinic(
        by=None,
        patient=patient,
        clinic=clinic_south,
        record_number="S-1",
        from_on=date(2024, 5, 2),
    )
    sent = SAME | {"record_number": "HV-20418"}
    page = submit(**sent).content.decode()
    assert "Register this person in North Valve Clinic" in page
    assert submit(register_in=str(patient.public_id), **sent).status_code == 302
    north = patient.registrations.filter(clinic=former.clinic).order_by("pk")
    assert [each.record_number for each in north] == ["HV-20418 (until 1 May 2024)", "HV-20418"]
    assert north[1].until_on is None


def test_the_number_of_a_registration_by_mistake_is_free_again(submit, patient, alice):
    registration = patient.registrations.get()
    day = registration.clinic.today() - timedelta(days=1)
    end_registration(by=alice, registration=registration, until_on=day, because="entered_in_error")
    assert submit(record_number="HV-20418").status_code == 302


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changed=st.dictionaries(
        st.sampled_from(
            [*PatientRegisterForm.base_fields, "accept", "none_of_these", "register_in"]
        ),
        st.text(max_size=40),
        max_size=8,
    )
)
def test_no_text_in_any_field_breaks_the_page(submit, changed):
    assert submit(**changed).status_code in {200, 302}


def test_the_number_of_a_mistake_names_nobody(submit, patient, alice):
    registration = patient.registrations.get()
    end_registration(
        by=alice,
        registration=registration,
        until_on=registration.from_on,
        because="entered_in_error",
    )
    answer = submit(record_number="HV-20418 (registered by mistake)")
    assert answer.context["form"].errors["record_number"] == [
        "HV-20418 (registered by mistake) is used in North Valve Clinic already."
    ]


# ---- two clerks at the same moment ---------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_number_typed_by_two_clerks_at_once_is_given_once(clinic_north):
    together = Barrier(2, timeout=20)

    def register(name):
        together.wait()
        try:
            register_patient(
                by=None,
                clinic=clinic_north,
                record_number="HV-7",
                from_on=date(2026, 3, 12),
                person={"family_name": name},
            )
        except ValidationError as refusal:
            return set(refusal.message_dict)
        finally:
            connection.close()
        return set()

    with ThreadPoolExecutor(2) as clerks:
        answers = list(clerks.map(register, ["Weiss", "Rossi"]))
    assert sorted(answers, key=len) == [set(), {"record_number"}]
    assert Patient.objects.count() == 1
