"""Treatments in the administration."""

import datetime

import pytest
from django.urls import reverse

from patients.actions import record, register_patient
from treatments.models import Complication, Intervention, Medication, TeamReview


def url(model, page, *args):
    return reverse(f"admin:treatments_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def rossi(clinic_north, alice):
    return register_patient(
        by=alice,
        clinic=clinic_north,
        record_number="HV-1",
        from_on=datetime.date(2020, 1, 1),
        person={"family_name": "Rossi", "born_on": datetime.date(1959, 4, 12)},
    )


@pytest.fixture
def staff_alice(alice):
    alice.is_staff = True
    alice.save()
    return alice


@pytest.fixture
def repair(rossi, alice, clinic_north):
    row = Intervention(
        patient=rossi,
        kind="mitral_repair",
        status="performed",
        performed_on=datetime.date(2026, 1, 5),
    )
    return record(row, by=alice, clinic=clinic_north)


def form_of(client, row, **changes):
    page = client.get(url(type(row), "change", row.pk))
    form = page.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in values.items() if v is not None and v is not False} | changes


def test_a_medication_gets_its_class_from_the_drug(staff_alice, rossi, client_of):
    client = client_of(staff_alice)
    form = {
        "patient": rossi.pk,
        "drug": "captopril",
        "dose_mg": "25",
        "times_a_day": "3",
        "indication": "hypertension",
        "noted_on": "2026-01-05",
    }
    assert client.post(url(Medication, "add"), form).status_code == 302
    course = Medication.objects.get()
    assert (course.drug_class, course.entered_by) == ("ace_inhibitor", staff_alice)
    changed = form_of(client, course, drug="losartan", change_reason="cough")
    assert client.post(url(Medication, "change", course.pk), changed).status_code == 302
    course.refresh_from_db()
    assert (course.drug, course.drug_class, course.version) == ("losartan", "arb", 2)
    assert course.history.latest().history_change_reason == "cough"


def test_a_performed_intervention_needs_its_date(staff_alice, rossi, client_of):
    form = {
        "patient": rossi.pk,
        "kind": "teer",
        "status": "performed",
        "urgency": "elective",
        "approach": "transseptal",
    }
    answer = client_of(staff_alice).post(
        url(Intervention, "add"),
        form | {"complications-TOTAL_FORMS": 0, "complications-INITIAL_FORMS": 0},
    )
    assert "A performed intervention needs its date." in answer.content.decode()
    assert not Intervention.objects.exists()


def test_a_complication_is_entered_with_its_intervention(staff_alice, repair, client_of):
    client = client_of(staff_alice)
    form = form_of(client, repair, change_reason="complication added") | {
        "complications-TOTAL_FORMS": 1,
        "complications-INITIAL_FORMS": 0,
        "complications-0-occurred_on": "2026-01-08",
        "complications-0-kind": "atrial_fibrillation",
        "complications-0-resolved": "yes",
    }
    assert client.post(url(Intervention, "change", repair.pk), form).status_code == 302
    complication = Complication.objects.get()
    assert (complication.patient_id, complication.entered_by) == (repair.patient_id, staff_alice)
    repair.refresh_from_db()
    assert repair.version == 1


def test_why_an_intervention_was_declined_is_not_why_its_row_was_changed(
    staff_alice, rossi, alice, clinic_north, client_of
):
    declined = record(
        Intervention(
            patient=rossi,
            kind="teer",
            status="declined",
            decided_on=datetime.date(2026, 1, 5),
            reason="wishes medical therapy",
        ),
        by=alice,
        clinic=clinic_north,
    )
    client = client_of(staff_alice)
    none_below = {"complications-TOTAL_FORMS": 0, "complications-INITIAL_FORMS": 0}
    form = form_of(client, declined, operator="Dr Keller", change_reason="left out") | none_below
    assert client.post(url(Intervention, "change", declined.pk), form).status_code == 302
    declined.refresh_from_db()
    assert (declined.reason, declined.operator) == ("wishes medical therapy", "Dr Keller")
    assert declined.history.latest().history_change_reason == "left out"


def test_a_complication_before_birth_changes_nothing(staff_alice, repair, client_of):
    client = client_of(staff_alice)
    form = form_of(client, repair, operator="Dr Keller", change_reason="complication added") | {
        "complications-TOTAL_FORMS": 1,
        "complications-INITIAL_FORMS": 0,
        "complications-0-occurred_on": "1926-01-08",
        "complications-0-kind": "atrial_fibrillation",
        "complications-0-resolved": "yes",
    }
    answer = client.post(url(Intervention, "change", repair.pk), form)
    assert answer.status_code == 200
    assert "before the patient&#x27;s birth" in answer.content.decode()
    assert not Complication.objects.exists()
    repair.refresh_from_db()
    assert (repair.operator, repair.version) == ("", 1)


def test_a_nurse_decides_nothing(nina, rossi, client_of):
    nina.is_staff = True
    nina.save()
    client = client_of(nina)
    assert client.get(url(TeamReview, "add")).status_code == 403
    assert client.get(url(Medication, "add")).status_code == 200


def test_it_hides_other_clinics(charlie, repair, client_of):
    charlie.is_staff = True
    charlie.save()
    client = client_of(charlie)
    assert client.get(url(Intervention, "changelist")).context["cl"].result_count == 0
    assert client.get(url(Intervention, "change", repair.pk)).status_code == 404
    assert client.get(url(Intervention, "history", repair.pk)).status_code == 404


def test_a_forged_number_of_complications_breaks_nothing(staff_alice, repair, client_of):
    client = client_of(staff_alice)
    for forged in (
        {"complications-INITIAL_FORMS": 1, "complications-TOTAL_FORMS": 1},
        {"complications-INITIAL_FORMS": 5, "complications-TOTAL_FORMS": 2},
        {"complications-INITIAL_FORMS": 1, "complications-TOTAL_FORMS": 1, "complications-0-id": 1},
        {"complications-INITIAL_FORMS": "x", "complications-TOTAL_FORMS": "9" * 30},
        {},
    ):
        form = form_of(client, repair, change_reason="forged") | forged
        assert client.post(url(Intervention, "change", repair.pk), form).status_code < 500
    assert not Complication.objects.exists()


@pytest.mark.parametrize("count", [5, 50])
def test_a_list_takes_the_same_queries_at_5_and_at_50_rows(
    staff_alice, rossi, clinic_north, client_of, django_assert_num_queries, count
):
    for number in range(count):
        row = Intervention(
            patient=rossi,
            kind="pci",
            status="performed",
            performed_on=datetime.date(2021, 1, 1) + datetime.timedelta(days=number),
        )
        record(row, by=staff_alice, clinic=clinic_north)
    client = client_of(staff_alice)
    with django_assert_num_queries(8):
        answer = client.get(url(Intervention, "changelist"))
    assert len(answer.context["cl"].result_list) == count
