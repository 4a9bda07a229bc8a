"""Patients and their records in the administration."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import (
    end_registration,
    record,
    record_echo_study,
    register_in_clinic,
    register_patient,
)
from patients.clinical_admin import ScopedAdmin
from patients.models import (
    AbsenceCheck,
    EchoStudy,
    LabResult,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)
from patients.record_kinds import KINDS
from tests.factories.cast import member
from tests.patients.record_examples import EXAMPLES

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
    parts = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        parts += [inline.formset.management_form, *inline.formset.forms]
    boxes = [form[name] for form in parts for name in form.fields]
    return clean({box.html_name: sent_by(box) for box in boxes}) | changes


def sent_by(box):
    """What a box sends as it stands; an answer sends its word."""
    value = box.value()
    if isinstance(box.field.widget, forms.NullBooleanSelect):
        return {True: "true", False: "false", None: "unknown"}.get(value, value)
    return value


def management_form(prefix, total=0):
    return {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 0}


def clean(data):
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_a_clerk_corrects_a_birth_date(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, born_on="1959-04-21", change_reason="digits turned round")
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
    form = person_form(client, rossi, born_on="1959-04-21", change_reason="  ")
    answer = client.post(url(Patient, "change", rossi.pk), form)
    errors = answer.context["adminform"].form.errors
    assert errors == {"change_reason": ["Say why this is changed."]}
    rossi.refresh_from_db()
    assert rossi.born_on == BORN


def test_a_form_that_comes_back_is_audited_since_it_shows_the_record(clara, rossi, client_of):
    client = client_of(clara)
    events = AuditEvent.objects.filter(action="view", patient_id=str(rossi.public_id))
    answer = client.post(url(Patient, "change", rossi.pk), {})
    assert answer.status_code == 200
    assert events.count() == 1


def test_a_birth_date_in_the_future_is_refused_beside_the_field(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, born_on="2190-01-01", change_reason="typing error")
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert form.errors == {"born_on": ["This date is in the future."]}
    assert form["change_reason"].value() == "typing error"
    rossi.refresh_from_db()
    assert (rossi.born_on, rossi.version) == (BORN, 1)


def test_a_death_before_birth_is_refused(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, deceased_on="1950-01-01", change_reason="letter")
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert "The date of death is before the birth date." in answer.content.decode()


def test_somebody_elses_change_is_not_overwritten(clara, alice, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, telephone="0199", change_reason="called")
    other = client_of(alice.__class__.objects.get(pk=clara.pk))
    other.post(
        url(Patient, "change", rossi.pk),
        person_form(other, rossi, born_on="1959-04-21", change_reason="passport"),
    )
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert "changed by somebody else since you opened it" in answer.content.decode()
    assert answer.context["adminform"].form["telephone"].value() == "0199"
    rossi.refresh_from_db()
    assert (rossi.telephone, rossi.born_on, rossi.version) == ("", datetime.date(1959, 4, 21), 2)


def test_a_form_sent_unchanged_makes_no_version(clara, rossi, client_of):
    client = client_of(clara)
    answer = client.post(
        url(Patient, "change", rossi.pk), person_form(client, rossi, change_reason="looked again")
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
    for number in ("HV-1", "hv-1"):
        form = NEW | {"clinic_chosen": clinic_north.pk, "record_number": number}
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
    assert "/admin/patients/patient/" not in client.get(reverse("admin:index")).content.decode()


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
        client,
        draft,
        lvesd_mm="39",
        prolapse_segments=["P2"],
        change_reason="read at the workstation",
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
    form = echo_form(client, study, performed_on="2026-01-02", change_reason="wrong day")
    answer = client.post(url(EchoStudy, "change", study.pk), form)
    assert answer.status_code == 200
    assert "already recorded on this day" in answer.content.decode()
    assert EchoStudy.objects.get(pk=study.pk).version == 1


def test_a_former_version_is_read_only(clara, rossi, client_of):
    client = client_of(clara)
    client.post(
        url(Patient, "change", rossi.pk),
        person_form(client, rossi, born_on="1959-04-21", change_reason="passport"),
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


def result_of(patient, by, clinic, day=1):
    result = LabResult(
        patient=patient, taken_on=datetime.date(2026, 1, day), analyte="inr", value=Decimal("2.8")
    )
    return record(result, by=by, clinic=clinic)


def end(patient, clinic, by, because, until_on):
    registration = patient.registrations.get(clinic=clinic)
    end_registration(by=by, registration=registration, until_on=until_on, because=because)


def assert_gone(client, patient, result):
    """Neither the patient nor the result is anywhere in the administration."""
    for model, row in ((Patient, patient), (LabResult, result)):
        assert client.get(url(model, "changelist")).context["cl"].result_count == 0
        version = row.history.latest().pk
        for address in (
            url(model, "change", row.pk),
            url(model, "history", row.pk),
            url(model, "simple_history", row.pk, version),
        ):
            assert client.get(address).status_code == 404
        assert client.post(url(model, "change", row.pk), {}).status_code == 404
    assert found_in_box(client, "rossi") == []
    chosen = {"patient": patient.pk, "taken_on": "2026-01-05", "analyte": "inr", "value": "2.8"}
    answer = client.post(url(LabResult, "add"), chosen)
    assert "patient" in answer.context["adminform"].form.errors
    assert "Rossi" not in answer.content.decode()


def followed_too(patient, clinic):
    register_in_clinic(
        by=None,
        patient=patient,
        clinic=clinic,
        record_number="S-1",
        from_on=datetime.date(2024, 1, 1),
    )


def found_in_box(client, term):
    answer = client.post(reverse("admin:patients_patient_found"), {"term": term})
    return answer.json()["results"]


@pytest.mark.parametrize("because", ["moved", "discharged", "died", "other", "entered_in_error"])
def test_a_former_patient_is_not_in_the_administration(
    clara, alice, clinic_north, clinic_south, rossi, client_of, because
):
    result = result_of(rossi, alice, clinic_north)
    followed_too(rossi, clinic_south)
    yesterday = clinic_north.today() - datetime.timedelta(days=1)
    end(rossi, clinic_north, alice, because, yesterday)
    assert_gone(client_of(clara), rossi, result)


def test_a_registration_made_by_mistake_opens_nothing_on_its_last_day(
    clara, alice, clinic_north, clinic_south, rossi, client_of
):
    result = result_of(rossi, alice, clinic_north)
    followed_too(rossi, clinic_south)
    end(rossi, clinic_north, alice, "entered_in_error", clinic_north.today())
    assert_gone(client_of(clara), rossi, result)


def test_a_patient_who_leaves_today_is_still_there(clara, alice, clinic_north, rossi, client_of):
    result = result_of(rossi, alice, clinic_north)
    end(rossi, clinic_north, alice, "moved", clinic_north.today())
    client = client_of(clara)
    assert client.get(url(LabResult, "change", result.pk)).status_code == 200
    assert len(found_in_box(client, "rossi")) == 1


def test_a_registration_that_begins_tomorrow_opens_nothing_yet(
    clara, alice, clinic_north, rossi, client_of
):
    result = result_of(rossi, alice, clinic_north)
    tomorrow = clinic_north.today() + datetime.timedelta(days=1)
    rossi.registrations.update(from_on=tomorrow)
    assert_gone(client_of(clara), rossi, result)


def test_a_former_number_is_not_shown_beside_the_present_one(
    clara, alice, clinic_north, clinic_south, rossi, client_of
):
    grant_membership(user=clara, clinic=clinic_south, roles=[Role.CLERK], by=None)
    register_in_clinic(
        by=alice,
        clinic=clinic_south,
        patient=rossi,
        record_number="S-9",
        from_on=datetime.date(2020, 1, 1),
    )
    end(rossi, clinic_north, alice, "moved", clinic_north.today() - datetime.timedelta(days=1))
    client = client_of(clara)
    assert [row["text"] for row in found_in_box(client, "rossi")] == [
        "Rossi, Marco · 12 Apr 1959 · S-9"
    ]
    there = client.get(url(Patient, "changelist"), {"clinic": clinic_north.pk})
    assert there.context["cl"].result_count == 0


def test_another_spelling_of_a_key_opens_no_other_history(clara, rossi, southerner, client_of):
    client = client_of(clara)
    # What stands behind the "_" was read as a letter's number by one and as digits by another.
    for key in (f"_3{southerner.pk}", f"{rossi.pk}_31", "\uff11", "abc", "0", "9" * 30, "9" * 5000):
        for page in ("change", "history"):
            assert client.get(url(Patient, page, key)).status_code == 404
        assert client.post(url(Patient, "change", key), {}).status_code == 404
        assert client.get(url(Patient, "simple_history", key, 1)).status_code == 404


@pytest.mark.parametrize("version", ["abc", "-1", "1_2", "\uff11", "9" * 30, "9" * 5000])
def test_a_version_that_is_no_number_is_not_found(clara, rossi, client_of, version):
    former = url(Patient, "simple_history", rossi.pk, version)
    assert client_of(clara).get(former).status_code == 404


@pytest.mark.parametrize("key", ["abc", "", "-1", "1e3", "\x00", "9" * 30, "9" * 5000])
def test_a_patients_key_that_is_no_number_is_refused_beside_its_field(clara, client_of, key):
    form = {"patient": key, "taken_on": "2026-01-05", "analyte": "inr", "value": "2.8"}
    client = client_of(clara)
    answer = client.post(url(LabResult, "add"), form)
    assert "patient" in answer.context["adminform"].form.errors
    assert client.get(url(LabResult, "add"), {"patient": key}).status_code == 200


def test_an_empty_field_to_return_to_is_as_none(clara, rossi, client_of):
    client = client_of(clara)
    for page in (url(Patient, "change", rossi.pk), url(Patient, "changelist")):
        assert client.get(page, {"_to_field": ""}).status_code == 200
    form = person_form(client, rossi, telephone="0199", change_reason="called", _to_field="")
    assert client.post(url(Patient, "change", rossi.pk), form).status_code == 302


ENDLESS = ["x " * 1500, "a" * 60_000, "-a" * 900, "\ufdfa" * 900, "a\x00b", "\x00", "\ud7ff\ufffe"]


@pytest.mark.parametrize("text", ENDLESS, ids=range(len(ENDLESS)))
def test_no_search_is_too_long_for_the_database(clara, rossi, client_of, text):
    client = client_of(clara)
    for model in (Patient, LabResult):
        answer = client.post(url(model, "changelist"), {"q": text}, follow=True)
        assert answer.status_code == 200
        assert len(answer.context["cl"].searched_text) <= 100
    assert isinstance(found_in_box(client, text), list)


@pytest.mark.parametrize("year", ["0", "1", "9999", "10000", "-5", "abc", "", "9" * 5000])
@pytest.mark.parametrize("model", [Patient, LabResult])
def test_a_year_at_the_calendars_end_is_a_bad_request(clara, rossi, client_of, model, year):
    day = admin.site._registry[model].date_hierarchy
    answer = client_of(clara).get(url(model, "changelist"), {f"{day}__year": year})
    assert answer.status_code == 400


@pytest.mark.parametrize("model", [Patient, LabResult])
def test_the_calendar_leads_from_year_to_day(clara, alice, clinic_north, rossi, client_of, model):
    result_of(rossi, alice, clinic_north)
    client = client_of(clara)
    day = admin.site._registry[model].date_hierarchy
    at = getattr(model.objects.get(), day)
    if isinstance(at, datetime.datetime):
        # The calendar is the clinic's, which may be a day ahead of the one in UTC.
        at = at.astimezone(ZoneInfo(clinic_north.time_zone))
    chosen = {}
    for part in ("year", "month", "day"):
        chosen[f"{day}__{part}"] = getattr(at, part)
        answer = client.get(url(model, "changelist"), chosen)
        assert answer.context["cl"].result_count == 1, chosen
    before = {f"{day}__year": 2025, f"{day}__month": 12, f"{day}__day": 31}
    assert client.get(url(model, "changelist"), before).context["cl"].result_count == 0
    for year in ("2", "9998"):
        answer = client.get(url(model, "changelist"), {f"{day}__year": year})
        assert answer.context["cl"].result_count == 0
    impossible = {f"{day}__year": "2026", f"{day}__month": "2", f"{day}__day": "31"}
    assert client.get(url(model, "changelist"), impossible).status_code == 302


@pytest.mark.parametrize(
    "asked",
    ["family_name__startswith", "family_name", "search_key__contains", "born_on",
     "entered_at__year__gte", "registrations__record_number", "sex__startswith"],
)  # fmt: skip
def test_an_address_asks_for_no_name(clara, rossi, client_of, asked):
    client = client_of(clara)
    assert client.get(url(Patient, "changelist"), {asked: "Rossi"}).status_code == 400
    lookup = {f"patient__{asked}": "Rossi"}
    assert client.get(url(LabResult, "changelist"), lookup).status_code == 400


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_every_lists_own_filters_work(alice, rossi, client_of, model):
    alice.is_staff = True
    alice.save()
    client = client_of(alice)
    changelist = client.get(url(model, "changelist")).context["cl"]
    filters = [spec for spec in changelist.filter_specs if spec.has_output()]
    for choice in [choice for spec in filters for choice in spec.choices(changelist)]:
        answer = client.get(url(model, "changelist") + choice["query_string"])
        assert answer.status_code == 200, choice


def test_a_filter_with_a_nul_is_a_bad_request(clara, rossi, client_of):
    for asked in ("sex__exact", "sex"):
        answer = client_of(clara).get(url(Patient, "changelist"), {asked: "a\x00"})
        assert answer.status_code == 400


@pytest.mark.parametrize("model", [Patient, LabResult])
def test_a_text_in_a_lists_address_is_dropped(clara, rossi, client_of, model):
    client = client_of(clara)
    answer = client.get(url(model, "changelist"), {"q": "Tanaka", "o": "1", "p": "2"})
    assert (answer.status_code, answer["Location"]) == (302, url(model, "changelist") + "?o=1")
    assert not AuditEvent.objects.filter(action="search").exists()


def test_a_patient_box_takes_no_text_from_an_address(clara, rossi, client_of):
    client = client_of(clara)
    asked = {
        "term": "ros",
        "app_label": "patients",
        "model_name": "labresult",
        "field_name": "patient",
    }
    assert client.get(reverse("admin:patients_patient_found"), asked).status_code == 405
    assert client.get(reverse("admin:autocomplete"), asked).status_code == 404
    studies = {"model_name": "resultacknowledgment", "field_name": "echo_study"}
    assert client.get(reverse("admin:autocomplete"), asked | studies).status_code == 404
    found = client.post(reverse("admin:patients_patient_found") + "?term=tanaka", asked | studies)
    assert [row["id"] for row in found.json()["results"]] == [str(rossi.pk)]


def test_patients_shown_by_a_box_are_audited_as_a_number(
    clara, clinic_north, rossi, southerner, client_of
):
    client = client_of(clara)
    searches = AuditEvent.objects.filter(action="search")
    for term in ("tanaka", "nobody"):
        assert found_in_box(client, term) == []
    assert not searches.exists()
    found_in_box(client, "rossi")
    event = searches.get()
    assert (event.actor_id, event.clinic_id, event.role) == (clara.pk, clinic_north.pk, "clerk")
    assert (event.record_kind, event.counts) == ("patient", {"found": 1})
    assert (event.record_id, event.patient_id, event.note) == ("", "", "")


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


LIST_QUERIES = {Patient: 9, LabResult: 8}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
def test_a_former_version_of_every_kind_opens(
    clara, alice, clinic_north, rossi, client_of, example
):
    kind = KINDS[example.slug]
    today = clinic_north.today()
    form = kind.form(example.typed, patient=rossi, today=today, accept_doubts=True)
    assert form.is_valid(), form.errors
    row = record(form.save(commit=False), by=alice, clinic=clinic_north)
    version = row.history.get().history_id
    page = client_of(clara).get(url(kind.model, "simple_history", row.pk, version))
    assert page.status_code == 200
    assert page.context["adminform"].fieldsets


def test_an_answer_is_read_as_a_word(clara, alice, clinic_north, rossi, client_of):
    study = EchoStudy(
        patient=rossi,
        performed_on=datetime.date(2026, 1, 5),
        decompensated=False,
        flail_leaflet=True,
    )
    record_echo_study(study, by=alice, clinic=clinic_north, final=True)
    page = client_of(clara).get(url(EchoStudy, "change", study.pk)).content.decode()
    assert "icon-no" not in page
    assert "icon-yes" not in page
    assert '<div class="readonly">no</div>' in page
    assert '<div class="readonly">yes</div>' in page


def test_a_tick_that_was_not_set_is_never_read_as_no(clara, alice, clinic_north, rossi, client_of):
    check = AbsenceCheck(
        patient=rossi, checked_on=datetime.date(2026, 1, 5), endocarditis_absent=True
    )
    record(check, by=alice, clinic=clinic_north)
    page = client_of(clara).get(url(AbsenceCheck, "change", check.pk)).content.decode()
    assert page.count('<div class="readonly">yes</div>') == 1
    assert '<div class="readonly">no</div>' not in page
    assert "icon-no" not in page
