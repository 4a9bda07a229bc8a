"""Patients and their records in the administration."""

import datetime
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import end_registration, record, record_echo_study, register_patient
from patients.clinical_admin import ScopedAdmin
from patients.models import EchoStudy, LabResult, MitralDiagnosis, Patient, SymptomLog
from tests.factories.cast import member

BORN = datetime.date(1959, 4, 12)
OUR_MODELS = [
    model
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, ScopedAdmin)
]


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def register(clinic, number, *, by=None, **person):
    person = {
        "family_name": "Rossi",
        "given_name": "Marco",
        "born_on": BORN,
        "sex": "male",
    } | person
    return register_patient(
        by=by,
        clinic=clinic,
        record_number=number,
        from_on=datetime.date(2020, 1, 1),
        person=person,
    )


@pytest.fixture
def rossi(clinic_north, alice):
    return register(clinic_north, "HV-1", by=alice)


@pytest.fixture
def southerner(clinic_south, charlie):
    return register(clinic_south, "S-1", by=charlie, family_name="Tanaka", given_name="Yuki")


def person_form(client, patient, **changes):
    """The change form as the browser would send it, with changes."""
    page = client.get(url(Patient, "change", patient.pk))
    form = page.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    return management_form("registrations") | clean(data) | changes


def management_form(prefix, total=0):
    return {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 0}


def clean(data):
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_a_clerk_corrects_a_birth_date(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, born_on="1959-04-21", reason="digits turned round")
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert answer.status_code == 302
    rossi.refresh_from_db()
    assert (rossi.born_on, rossi.version) == (datetime.date(1959, 4, 21), 2)
    version = rossi.history.latest()
    assert version.history_change_reason == "digits turned round"
    assert version.history_user == clara
    event = AuditEvent.objects.filter(action="change").latest("id")
    assert (event.actor_id, event.role, event.record_kind) == (clara.pk, "clerk", "patient")
    assert event.patient_id == str(rossi.public_id)
    assert not LogEntry.objects.exists()


def test_a_change_needs_a_reason_beside_its_field(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, born_on="1959-04-21", reason="  ")
    answer = client.post(url(Patient, "change", rossi.pk), form)
    errors = answer.context["adminform"].form.errors
    assert errors == {"reason": ["Say why this is changed."]}
    rossi.refresh_from_db()
    assert rossi.born_on == BORN


def test_a_birth_date_in_the_future_is_refused_beside_the_field(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, born_on="2190-01-01", reason="typing error")
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert form.errors == {"born_on": ["This date is in the future."]}
    assert form["reason"].value() == "typing error"
    rossi.refresh_from_db()
    assert (rossi.born_on, rossi.version) == (BORN, 1)


def test_a_death_before_birth_is_refused(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, deceased_on="1950-01-01", reason="letter")
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert "The date of death is before the birth date." in answer.content.decode()


def test_somebody_elses_change_is_not_overwritten(clara, alice, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, telephone="0199", reason="called")
    other = client_of(alice.__class__.objects.get(pk=clara.pk))
    other.post(
        url(Patient, "change", rossi.pk),
        person_form(other, rossi, born_on="1959-04-21", reason="passport"),
    )
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert "changed by somebody else since you opened it" in answer.content.decode()
    assert answer.context["adminform"].form["telephone"].value() == "0199"
    rossi.refresh_from_db()
    assert (rossi.telephone, rossi.born_on, rossi.version) == ("", datetime.date(1959, 4, 21), 2)


def test_a_form_sent_unchanged_makes_no_version(clara, rossi, client_of):
    client = client_of(clara)
    answer = client.post(
        url(Patient, "change", rossi.pk), person_form(client, rossi, reason="looked again")
    )
    assert answer.status_code == 302
    rossi.refresh_from_db()
    assert rossi.version == 1


NEW = {
    "record_number": "HV-77",
    "from_on": "2026-01-05",
    "referring_doctor": "Dr Berger",
    "family_name": "Novák",
    "given_name": "Jan",
    "born_on": "1980-06-19",
    "sex": "male",
}


def test_a_clerk_registers_a_patient(clara, clinic_north, client_of):
    form = NEW | {"clinic_chosen": clinic_north.pk}
    answer = client_of(clara).post(url(Patient, "add"), form)
    assert answer.status_code == 302
    patient = Patient.objects.get()
    assert patient.search_key == "novak jan"
    registration = patient.registrations.get()
    assert (registration.record_number, registration.clinic) == ("HV-77", clinic_north)
    assert AuditEvent.objects.filter(action="create", record_kind="patient").exists()


def test_a_record_number_in_use_is_refused_beside_its_field(clara, rossi, clinic_north, client_of):
    form = NEW | {"clinic_chosen": clinic_north.pk, "record_number": "HV-1"}
    answer = client_of(clara).post(url(Patient, "add"), form)
    assert answer.context["adminform"].form.errors == {
        "record_number": ["This record number is already used in this clinic."]
    }
    assert Patient.objects.count() == 1


def test_nobody_registers_in_another_clinic(clara, clinic_north, clinic_south, client_of):
    form = NEW | {"clinic_chosen": clinic_south.pk}
    answer = client_of(clara).post(url(Patient, "add"), form)
    assert "clinic_chosen" in answer.context["adminform"].form.errors
    assert not Patient.objects.exists()


@pytest.mark.parametrize("page", ["change", "history"])
def test_it_hides_other_clinics(clara, rossi, southerner, client_of, page):
    client = client_of(clara)
    assert "Tanaka" not in client.get(url(Patient, "changelist")).content.decode()
    assert client.get(url(Patient, page, southerner.pk)).status_code == 404
    version = southerner.history.latest()
    former = url(Patient, "simple_history", southerner.pk, version.pk)
    assert client.get(former).status_code == 404


def test_it_hides_records_of_other_clinics(clara, southerner, charlie, clinic_south, client_of):
    study = EchoStudy(patient=southerner, performed_on=datetime.date(2026, 1, 2))
    record_echo_study(study, by=charlie, clinic=clinic_south, final=True)
    client = client_of(clara)
    assert client.get(url(EchoStudy, "changelist")).context["cl"].result_count == 0
    assert client.get(url(EchoStudy, "change", study.pk)).status_code == 404


def test_nobody_writes_to_another_clinics_patient(clara, southerner, client_of):
    form = {
        "patient": southerner.pk,
        "taken_on": "2026-01-05",
        "analyte": "inr",
        "value": "2.8",
    }
    answer = client_of(clara).post(url(LabResult, "add"), form)
    assert "patient" in answer.context["adminform"].form.errors
    assert not LabResult.objects.exists()


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_nothing_is_deleted(clara, alice, rossi, client_of, model):
    for user in (clara, alice):
        user.is_staff = True
        user.save()
        client = client_of(user)
        assert client.get(url(model, "changelist")).status_code == 200
        assert client.post(url(model, "delete", 1), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_every_add_form_opens_for_those_who_may(alice, rossi, client_of, model):
    alice.is_staff = True
    alice.save()
    expected = 200 if admin.site._registry[model].adds else 403
    assert client_of(alice).get(url(model, "add")).status_code == expected


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.AUDITOR, Role.CLINIC_ADMINISTRATOR])
def test_staff_without_a_right_to_view_find_nothing(clinic_north, rossi, client_of, role):
    somebody = member("sam", clinic_north, role, is_staff=True)
    client = client_of(somebody)
    assert client.get(url(Patient, "changelist")).status_code == 403
    assert client.get(url(Patient, "change", rossi.pk)).status_code == 404


def test_a_superuser_sees_no_patients(superuser, rossi, client_of):
    client = client_of(superuser)
    assert client.get(url(Patient, "changelist")).status_code == 403
    assert "/admin/patients/" not in client.get(reverse("admin:index")).content.decode()


def test_a_search_finds_by_folded_name_number_and_birth_date(clara, clinic_north, client_of):
    register(clinic_north, "HV-1", family_name="Nguyễn", given_name="Thị Lan")
    register(clinic_north, "HV-2", born_on=datetime.date(1970, 1, 2))
    client = client_of(clara)
    for text, number in (("nguyen LAN", "HV-1"), ("hv-2", "HV-2"), ("2.1.1970", "HV-2")):
        answer = client.post(url(Patient, "changelist"), {"q": text}, follow=True)
        found = [
            patient.numbers_seen[0].record_number for patient in answer.context["cl"].result_list
        ]
        assert found == [number]
        address, _ = answer.redirect_chain[-1]
        assert text not in address
        assert f'value="{text}"' in answer.content.decode()
    assert AuditEvent.objects.filter(action="search").count() == 3


def test_the_patient_box_finds_ones_own_patients_only(clara, rossi, southerner, client_of):
    form = {
        "term": "r",
        "app_label": "patients",
        "model_name": "labresult",
        "field_name": "patient",
    }
    address = reverse("admin:patients_patient_found")
    found = client_of(clara).post(address, form).json()["results"]
    assert found == [{"id": str(rossi.pk), "text": "Rossi, Marco · 12 Apr 1959 · HV-1"}]
    assert client_of(clara).post(address, form | {"term": "tanaka"}).json()["results"] == []


def test_a_clerk_types_an_inr_from_paper(clara, rossi, client_of):
    form = {"patient": rossi.pk, "taken_on": "2026-01-05", "analyte": "inr", "value": "2.8"}
    assert client_of(clara).post(url(LabResult, "add"), form).status_code == 302
    result = LabResult.objects.get()
    assert (result.value, result.entered_by) == (Decimal("2.8"), clara)
    assert AuditEvent.objects.filter(record_kind="labresult", action="create").exists()


def test_a_clerk_enters_no_diagnosis(clara, alice, clinic_north, rossi, client_of):
    client = client_of(clara)
    assert client.get(url(MitralDiagnosis, "add")).status_code == 403
    diagnosis = MitralDiagnosis(patient=rossi, diagnosed_on=datetime.date(2026, 1, 2))
    record(diagnosis, by=alice, clinic=clinic_north)
    page = client.get(url(MitralDiagnosis, "change", diagnosis.pk))
    assert page.status_code == 200
    assert page.context["has_change_permission"] is False
    assert client.post(url(MitralDiagnosis, "change", diagnosis.pk), {}).status_code == 403


def test_a_day_before_birth_is_refused_beside_the_field(clara, rossi, client_of):
    form = {"patient": rossi.pk, "taken_on": "1950-01-05", "analyte": "inr", "value": "2.8"}
    answer = client_of(clara).post(url(LabResult, "add"), form)
    assert answer.context["adminform"].form.errors == {
        "taken_on": ["This date is before the patient's birth on 12 Apr 1959."]
    }
    assert not LabResult.objects.exists()


def test_an_unusual_value_is_asked_and_marked(nina, rossi, client_of):
    nina.is_staff = True
    nina.save()
    client = client_of(nina)
    form = {
        "patient": rossi.pk,
        "recorded_on": "2026-01-05",
        "weight_kg": "250",
        "activity_level": "active",
        "diuretic_need": "none",
        "attribution": "certain",
        "atrial_fibrillation_type": "none",
    }
    answer = client.post(url(SymptomLog, "add"), form)
    assert "250 is unusual" in str(answer.context["adminform"].form.errors["weight_kg"])
    answer = client.post(url(SymptomLog, "add"), form | {"unusual_is_right": "on"})
    assert answer.status_code == 302
    assert SymptomLog.objects.get().implausible_confirmed == ["weight_kg"]


def test_an_impossible_value_is_refused(nina, rossi, client_of):
    nina.is_staff = True
    nina.save()
    form = {"patient": rossi.pk, "recorded_on": "2026-01-05", "weight_kg": "2500"}
    answer = client_of(nina).post(url(SymptomLog, "add"), form)
    assert "not possible" in str(answer.context["adminform"].form.errors["weight_kg"])


def echo_form(client, study, **changes):
    page = client.get(url(EchoStudy, "change", study.pk))
    form = page.context["adminform"].form
    return clean({name: form[name].value() for name in form.fields}) | changes


def test_a_draft_study_is_changed_and_a_final_one_is_not(alice, clinic_north, rossi, client_of):
    alice.is_staff = True
    alice.save()
    client = client_of(alice)
    draft = EchoStudy(patient=rossi, performed_on=datetime.date(2026, 1, 2))
    record_echo_study(draft, by=alice, clinic=clinic_north, final=False)
    form = echo_form(
        client, draft, lvesd_mm="39", prolapse_segments=["P2"], reason="read at the workstation"
    )
    assert client.post(url(EchoStudy, "change", draft.pk), form).status_code == 302
    draft.refresh_from_db()
    assert (draft.lvesd_mm, draft.prolapse_segments, draft.version) == (39, ["P2"], 2)
    final = EchoStudy(patient=rossi, performed_on=datetime.date(2026, 1, 3))
    record_echo_study(final, by=alice, clinic=clinic_north, final=True)
    page = client.get(url(EchoStudy, "change", final.pk))
    assert page.context["has_change_permission"] is False
    assert client.post(url(EchoStudy, "change", final.pk), form).status_code == 403


def test_what_only_the_action_refuses_is_shown_in_the_form(alice, clinic_north, rossi, client_of):
    alice.is_staff = True
    alice.save()
    client = client_of(alice)
    for day in (2, 3):
        study = EchoStudy(patient=rossi, performed_on=datetime.date(2026, 1, day))
        record_echo_study(study, by=alice, clinic=clinic_north, final=False)
    form = echo_form(client, study, performed_on="2026-01-02", reason="wrong day")
    answer = client.post(url(EchoStudy, "change", study.pk), form)
    assert answer.status_code == 200
    assert "already recorded on this day" in answer.content.decode()
    assert EchoStudy.objects.get(pk=study.pk).version == 1


def test_a_former_version_is_read_only(clara, rossi, client_of):
    client = client_of(clara)
    client.post(
        url(Patient, "change", rossi.pk),
        person_form(client, rossi, born_on="1959-04-21", reason="passport"),
    )
    page = client.get(url(Patient, "history", rossi.pk)).content.decode()
    assert "passport" in page
    assert "style=" not in page
    first = rossi.history.earliest()
    former = url(Patient, "simple_history", rossi.pk, first.pk)
    content = client.get(former).content.decode()
    assert "12 Apr 1959" in content
    assert 'name="born_on"' not in content
    assert client.post(former, {}).status_code == 403


def test_after_a_move_the_old_clinic_keeps_a_read_only_record(
    clara, alice, clinic_north, rossi, client_of
):
    for day in (1, 20):
        result = LabResult(
            patient=rossi, taken_on=datetime.date(2026, 1, day), analyte="inr", value=Decimal("2.8")
        )
        record(result, by=alice, clinic=clinic_north)
    end_registration(
        by=alice,
        registration=rossi.registrations.get(),
        until_on=datetime.date(2026, 1, 10),
        because="moved",
    )
    client = client_of(clara)
    page = client.get(url(Patient, "change", rossi.pk))
    assert page.context["has_change_permission"] is False
    days = [
        row.taken_on.day
        for row in client.get(url(LabResult, "changelist")).context["cl"].result_list
    ]
    assert days == [1]


def test_opening_a_record_is_audited(clara, rossi, client_of):
    client_of(clara).get(url(Patient, "change", rossi.pk))
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.patient_id, event.role) == ("view", str(rossi.public_id), "clerk")


def fill(clinic, by, count):
    for number in range(count):
        patient = register(clinic, f"HV-{number}", by=by, family_name=f"Name {number}")
        record(
            LabResult(
                patient=patient,
                taken_on=datetime.date(2026, 1, 1 + number % 28),
                analyte="inr",
                value=Decimal("2.8"),
            ),
            by=by,
            clinic=clinic,
        )


@pytest.mark.parametrize("count", [5, 50])
@pytest.mark.parametrize("model", [Patient, LabResult])
def test_a_list_takes_the_same_queries_at_5_and_at_50_rows(
    clara, alice, clinic_north, client_of, django_assert_num_queries, model, count
):
    fill(clinic_north, alice, count)
    client = client_of(clara)
    with django_assert_num_queries(LIST_QUERIES[model]):
        answer = client.get(url(model, "changelist"))
    assert len(answer.context["cl"].result_list) == count


LIST_QUERIES = {Patient: 10, LabResult: 9}
