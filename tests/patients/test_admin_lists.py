"""Lists of the administration: narrowed, counted, printed."""

import datetime

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from patients.models import LabResult, MitralDiagnosis, Patient, SymptomLog
from patients.staff import lists
from tests.factories import records
from tests.patients.test_admin import url


@pytest.fixture
def rossi(clinic_north, alice):
    return records.patient_of(
        clinic_north, by=alice, record_number="HV-1", family_name="Rossi", given_name="Marco"
    )


@pytest.fixture
def okafor(clinic_north, alice):
    return records.patient_of(clinic_north, by=alice, record_number="HV-2", family_name="Okafor")


@pytest.fixture
def southerner(clinic_south, charlie):
    return records.patient_of(clinic_south, by=charlie, record_number="S-1", family_name="Tanaka")


def print_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_print")


def count(client, model, **asked):
    return client.get(url(model, "changelist"), asked).context["cl"].result_count


def test_a_link_narrows_a_list_to_one_patient(clara, rossi, okafor, southerner, client_of):
    for patient in (rossi, okafor, southerner):
        records.lab(patient, "2026-01-02", "inr", 2)
    client = client_of(clara)
    assert count(client, LabResult) == 2
    assert count(client, LabResult, patient=rossi.public_id) == 1
    assert count(client, LabResult, patient=southerner.public_id) == 0
    assert count(client, LabResult, patient="abc") == 0
    page = client.get(url(LabResult, "changelist"), {"patient": rossi.public_id})
    assert "Rossi, Marco · 5 May 1955 · HV-1" in page.content.decode()


def test_a_clerk_sees_what_was_just_typed(clara, alice, rossi, client_of):
    records.lab(rossi, "2026-01-02", "inr", 2)
    records.log(rossi, "2026-01-02", by=clara)
    client = client_of(clara)
    assert count(client, LabResult, entered="today") == 1
    assert count(client, LabResult, entered="mine") == 0
    assert count(client, SymptomLog, entered="mine") == 1
    assert count(client, SymptomLog, entered="week") == 1
    old = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    SymptomLog.objects.update(entered_at=old)
    assert count(client, SymptomLog, entered="week") == 0


def test_the_clinic_is_no_choice_for_a_person_of_one_clinic(clara, rossi, client_of):
    page = client_of(clara).get(url(Patient, "changelist")).content.decode()
    assert "By clinic" not in page


def test_a_long_list_is_counted_to_a_limit_and_says_so(clara, rossi, client_of, monkeypatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", 3)
    for day in range(1, 6):
        records.lab(rossi, f"2026-01-0{day}", "inr", 2)
    page = client_of(clara).get(url(LabResult, "changelist"))
    assert page.context["cl"].result_count == 3
    assert "more than 3 lab results" in page.content.decode()


def test_a_few_of_many_are_sorted_as_the_list_is(clara, rossi, client_of, monkeypatch):
    for day in (2, 5, 3):
        records.lab(rossi, f"2026-01-0{day}", "inr", 2)
    client = client_of(clara)
    for most in (1, 100):
        monkeypatch.setattr(lists, "MOST_SORTED", most)
        rows = client.get(url(LabResult, "changelist"), {"analyte": "inr"}).context["cl"]
        assert [row.taken_on.day for row in rows.result_list] == [5, 3, 2]


def test_an_empty_list_says_so(clara, client_of):
    client = client_of(clara)
    assert "Nothing is recorded yet." in client.get(url(LabResult, "changelist")).content.decode()
    narrowed = client.get(url(LabResult, "changelist"), {"analyte": "inr"}).content.decode()
    assert "Nothing found." in narrowed


# Printing -----------------------------------------------------------------------------------------


def test_a_list_is_printed_as_it_is_narrowed_and_audited(clara, rossi, okafor, client_of):
    records.lab(rossi, "2026-01-02", "inr", 2)
    records.lab(okafor, "2026-01-02", "crp", 7)
    client = client_of(clara)
    assert (
        "print/?analyte__exact=crp"
        in client.get(url(LabResult, "changelist"), {"analyte__exact": "crp"}).content.decode()
    )
    page = client.get(print_url(LabResult), {"analyte__exact": "crp"}).content.decode()
    assert "Okafor" in page
    assert "Rossi" not in page
    assert "analyte: CRP" in page
    assert "North Valve Clinic" in page
    event = AuditEvent.objects.filter(action="print").get()
    assert (event.actor_id, event.record_kind, event.counts) == (clara.pk, "labresult", {"rows": 1})


def test_a_printed_search_names_what_was_searched_for(clara, rossi, okafor, client_of):
    client = client_of(clara)
    answer = client.post(url(Patient, "changelist"), {"q": "okafor"}, follow=True)
    address, _ = answer.redirect_chain[-1]
    page = client.get(print_url(Patient) + "?" + address.partition("?")[2]).content.decode()
    assert "found by “okafor”" in page
    assert "Rossi" not in page


def test_no_more_is_printed_than_the_limit(clara, rossi, client_of, monkeypatch):
    monkeypatch.setattr("patients.staff.searching.MOST_PRINTED", 2)
    for day in range(1, 5):
        records.lab(rossi, f"2026-01-0{day}", "inr", 2)
    page = client_of(clara).get(print_url(LabResult)).content.decode()
    assert "2 lab results, the first 2 of 4" in page


def test_another_clinics_patients_are_not_printed(clara, rossi, southerner, client_of):
    assert "Tanaka" not in client_of(clara).get(print_url(Patient)).content.decode()


def test_printing_asks_for_the_right_to_view(ada, superuser, rossi, client_of):
    for user in (ada, superuser):
        assert client_of(user).get(print_url(Patient)).status_code == 403


def test_odd_addresses_print_nothing(clara, rossi, client_of):
    client = client_of(clara)
    assert client.get(print_url(Patient), {"family_name": "Rossi"}).status_code == 400
    year = {"entered_at__year": "2026", "entered_at__month": "2", "entered_at__day": "31"}
    assert client.get(print_url(Patient), year).status_code == 302
    assert client.get(print_url(Patient), {"q": "Rossi"}).status_code == 302


@pytest.mark.parametrize("count", [5, 50])
def test_who_entered_a_row_is_not_looked_up_row_by_row(
    clara, alice, rossi, client_of, django_assert_num_queries, count
):
    for number in range(count):
        day = datetime.date(2021, 1, 1) + datetime.timedelta(days=number)
        records.diagnosis(rossi, day, by=alice)
    client = client_of(clara)
    with django_assert_num_queries(8):
        assert (
            len(client.get(url(MitralDiagnosis, "changelist")).context["cl"].result_list) == count
        )
