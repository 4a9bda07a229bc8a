"""Entering in the administration what stands on paper: people, symptom logs, results."""

import datetime
from decimal import Decimal

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.text import capfirst

from audit.models import AuditEvent
from patients.actions import record
from patients.clinical_admin import ClinicalAdmin
from patients.fields import MEASURES, PossibleRange
from patients.models import BodySize, EchoStudy, LabResult, Patient, Registration, SymptomLog
from patients.staff.fields import WholeNumberField
from tests.factories import records
from tests.patients.test_admin import clean, person_form, url

DAY = datetime.date(2026, 1, 5)


@pytest.fixture
def rossi(clinic_north, alice):
    return records.patient_of(
        clinic_north,
        by=alice,
        record_number="HV-1",
        family_name="Rossi",
        given_name="Marco",
        born_on=datetime.date(1959, 4, 12),
        sex="male",
    )


@pytest.fixture
def southerner(clinic_south, charlie):
    return records.patient_of(clinic_south, by=charlie, record_number="S-1", family_name="Tanaka")


@pytest.fixture
def staff_alice(alice):
    alice.is_staff = True
    alice.save()
    return alice


def add_form(client, model, **typed):
    """The add form as the browser would send it."""
    form = client.get(url(model, "add")).context["adminform"].form
    return clean({name: form[name].value() for name in form.fields}) | typed


def errors_of(answer):
    return answer.context["adminform"].form.errors


# The patient, with and without scripts ------------------------------------------------------------

INR = {"taken_on": "2026-01-05", "analyte": "inr", "value": "2.8"}


def test_a_typed_record_number_is_answered_with_the_name_before_anything_is_saved(
    clara, rossi, client_of
):
    client = client_of(clara)
    answer = client.post(url(LabResult, "add"), INR | {"record_number_typed": "hv-1"})
    assert errors_of(answer) == {
        "patient": ["This is Rossi, Marco · 12 Apr 1959 · HV-1. If that is right, save again."]
    }
    assert not LabResult.objects.exists()
    form = answer.context["adminform"].form
    again = clean({name: form[name].value() for name in form.fields})
    assert client.post(url(LabResult, "add"), again).status_code == 302
    assert LabResult.objects.get().patient == rossi


@pytest.mark.parametrize("number", ["HV-999", "S-1", "a\x00b", "x" * 60])
def test_a_number_of_nobody_says_so(clara, rossi, southerner, client_of, number):
    answer = client_of(clara).post(url(LabResult, "add"), INR | {"record_number_typed": number})
    assert "record_number_typed" in errors_of(answer)
    assert "Tanaka" not in answer.content.decode()


def test_nothing_is_entered_without_a_patient(clara, rossi, client_of):
    answer = client_of(clara).post(url(LabResult, "add"), INR)
    assert errors_of(answer) == {
        "patient": ["Choose the patient, or type the record number below."]
    }


def test_a_link_fills_in_a_patient_by_opaque_id_or_key(clara, rossi, client_of):
    for named in (rossi.public_id, rossi.pk):
        page = client_of(clara).get(url(SymptomLog, "add"), {"patient": named})
        assert page.context["adminform"].form["patient"].value() == rossi.pk
        assert "Rossi, Marco · 12 Apr 1959 · HV-1" in page.content.decode()


def test_a_link_fills_in_nobody_whom_one_may_not_see(clara, rossi, southerner, client_of):
    for named in (southerner.public_id, southerner.pk, "abc", "\x00", "9" * 30):
        page = client_of(clara).get(url(SymptomLog, "add"), {"patient": named, "comment": "typed"})
        assert page.status_code == 200
        assert page.context["adminform"].form["patient"].value() is None
        assert page.context["adminform"].form["comment"].value() != "typed"
        assert "Tanaka" not in page.content.decode()


def test_save_and_add_another_keeps_what_a_paper_list_repeats(clara, rossi, client_of):
    client = client_of(clara)
    typed = INR | {"patient": rossi.pk, "laboratory": "Central", "_addanother": "1"}
    answer = client.post(url(LabResult, "add"), typed, follow=True)
    address, _ = answer.redirect_chain[-1]
    assert "Central" not in address
    form = answer.context["adminform"].form
    kept = {name: form[name].value() for name in ("taken_on", "analyte", "laboratory")}
    assert kept == {"taken_on": "2026-01-05", "analyte": "inr", "laboratory": "Central"}
    assert form["patient"].value() is None
    assert not form["value"].value()
    fresh = client.get(url(LabResult, "add")).context["adminform"].form
    assert fresh["laboratory"].value() in (None, "")


# Results and logs ---------------------------------------------------------------------------------


def test_a_result_gets_the_unit_of_its_analyte(clara, rossi, client_of):
    client = client_of(clara)
    typed = {"patient": rossi.pk, "taken_on": "2026-01-05", "analyte": "creatinine", "value": "88"}
    assert client.post(url(LabResult, "add"), typed).status_code == 302
    assert LabResult.objects.get().unit == "umol/L"
    wrong = typed | {"unit": "mg/dL", "taken_on": "2026-01-06"}
    answer = client.post(url(LabResult, "add"), wrong)
    assert errors_of(answer) == {"unit": ["creatinine is kept in umol/L."]}


def test_an_inr_without_its_point_is_asked_about(clara, rossi, client_of):
    client = client_of(clara)
    typed = INR | {"patient": rossi.pk, "value": "28"}
    answer = client.post(url(LabResult, "add"), typed)
    question = "28 is unusual. If it is right, tick “Checked: right as typed”."
    assert errors_of(answer) == {"value": [question]}
    assert client.post(url(LabResult, "add"), typed | {"unusual_is_right": "on"}).status_code == 302
    assert LabResult.objects.get().implausible_confirmed == ["value"]


def test_the_same_result_twice_is_asked_about(clara, rossi, client_of):
    client = client_of(clara)
    typed = INR | {"patient": rossi.pk}
    client.post(url(LabResult, "add"), typed)
    answer = client.post(url(LabResult, "add"), typed | {"value": "3.1"})
    assert "INR 2.8 of 5 Jan 2026 is recorded already" in str(errors_of(answer)["value"])
    other = typed | {"value": "3.1", "unusual_is_right": "on"}
    assert client.post(url(LabResult, "add"), other).status_code == 302
    assert LabResult.objects.count() == 2


def test_a_nyha_class_is_typed_as_it_is_written(clara, rossi, client_of):
    client = client_of(clara)
    typed = add_form(client, SymptomLog, patient=rossi.pk, recorded_on="2026-01-05", nyha="II-III")
    assert client.post(url(SymptomLog, "add"), typed).status_code == 302
    log = SymptomLog.objects.get()
    assert (log.nyha_low, log.nyha_high, log.dyspnea) == (2, 3, None)
    page = client.get(url(SymptomLog, "change", log.pk)).context["adminform"].form
    assert page["nyha"].value() == "II-III"
    same = clean({name: page[name].value() for name in page.fields})
    client.post(url(SymptomLog, "change", log.pk), same)
    log.refresh_from_db()
    assert log.version == 1


def test_answers_that_contradict_each_other_are_refused(clara, rossi, client_of):
    client = client_of(clara)
    typed = add_form(
        client, SymptomLog, patient=rossi.pk, recorded_on="2026-01-05", nyha="III",
        actively_asked_none="on", edema="true",
    )  # fmt: skip
    answer = client.post(url(SymptomLog, "add"), typed)
    assert "edema, a NYHA class above I" in str(errors_of(answer)["actively_asked_none"])


def measured_columns():
    for model, model_admin in admin.site._registry.items():
        if isinstance(model_admin, ClinicalAdmin) and model_admin.adds:
            for field in model._meta.fields:
                for check in field.validators:
                    if isinstance(check, PossibleRange) and field.name == check.name:
                        yield pytest.param(model, check.name, id=f"{model.__name__}-{check.name}")


@pytest.mark.parametrize(("model", "name"), list(measured_columns()))
def test_a_measured_value_has_the_label_and_help_of_the_catalogue(rf, staff_alice, model, name):
    request = rf.get("/")
    request.user = staff_alice
    form = admin.site.get_model_admin(model).get_form(request)()
    assert form.fields[name].label == capfirst(MEASURES[name].label_with_unit)
    assert form.fields[name].help_text == MEASURES[name].help_text


# Registering --------------------------------------------------------------------------------------

LIKE_ROSSI = {
    "record_number": "HV-77",
    "from_on": "2026-01-05",
    "family_name": "Rosi",
    "given_name": "Marco",
    "born_on": "1959-04-12",
    "sex": "male",
}


def test_people_who_look_alike_are_shown_first(clara, rossi, clinic_north, client_of):
    client, typed = client_of(clara), LIKE_ROSSI | {"clinic_chosen": clinic_north.pk}
    answer = client.post(url(Patient, "add"), typed)
    assert Patient.objects.count() == 1
    text = answer.content.decode()
    assert "family name differs by one letter" in text
    assert "HV-1 (North Valve Clinic)" in text
    assert reverse("reports:patient-page", args=[rossi.public_id]) in text
    shown = answer.context["adminform"].form.shown_list
    assert client.post(url(Patient, "add"), typed | {"none_of_these": shown}).status_code == 302
    assert Patient.objects.count() == 2


def test_the_tick_holds_for_the_people_who_were_shown_only(
    clara, rossi, alice, clinic_north, client_of
):
    client, typed = client_of(clara), LIKE_ROSSI | {"clinic_chosen": clinic_north.pk}
    answer = client.post(url(Patient, "add"), typed)
    shown = answer.context["adminform"].form.shown_list
    records.patient_of(
        clinic_north, by=alice, family_name="Rossi", given_name="Marca", born_on=rossi.born_on
    )
    answer = client.post(url(Patient, "add"), typed | {"none_of_these": shown})
    assert answer.status_code == 200
    assert len(answer.context["adminform"].form.duplicates) == 2
    assert client.post(url(Patient, "add"), typed | {"none_of_these": "on"}).status_code == 200


def test_nobody_of_another_clinic_is_shown_as_a_duplicate(
    clara, charlie, clinic_north, clinic_south, client_of
):
    born_on = datetime.date(1959, 4, 12)
    records.patient_of(
        clinic_south, by=charlie, family_name="Rossi", given_name="Marco", born_on=born_on
    )
    typed = LIKE_ROSSI | {"clinic_chosen": clinic_north.pk}
    assert client_of(clara).post(url(Patient, "add"), typed).status_code == 302


def test_a_responsible_clinician_is_one_of_the_clinic(
    clara, alice, nina, charlie, clinic_north, client_of
):
    client, typed = client_of(clara), LIKE_ROSSI | {"clinic_chosen": clinic_north.pk}
    for somebody in (nina, charlie):
        answer = client.post(url(Patient, "add"), typed | {"responsible_clinician": somebody.pk})
        assert "responsible_clinician" in errors_of(answer)
    client.post(url(Patient, "add"), typed | {"responsible_clinician": alice.pk})
    assert Registration.objects.get().responsible_clinician == alice


# Below the patient --------------------------------------------------------------------------------


def below(prefix, *rows):
    """New rows below a patient, as scripts add them."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def test_a_clerk_enters_results_below_a_patient_without_a_reason(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi) | below("labresult_set", INR, INR | {"analyte": "crp"})
    assert client.post(url(Patient, "change", rossi.pk), form).status_code == 302
    inr = LabResult.objects.get(analyte="inr")
    assert (inr.patient, inr.entered_by, inr.value) == (rossi, clara, Decimal("2.8"))
    assert LabResult.objects.get(analyte="crp").unit == "mg/L"
    assert AuditEvent.objects.filter(record_kind="labresult", action="create").count() == 2
    rossi.refresh_from_db()
    assert rossi.version == 1


def test_what_is_refused_in_a_row_stands_in_that_row_and_nothing_is_saved(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi, telephone="0199", change_reason="called")
    form |= below("labresult_set", INR, INR | {"taken_on": "1950-01-05"})
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert answer.status_code == 200
    by_prefix = {i.formset.prefix: i.formset for i in answer.context["inline_admin_formsets"]}
    first, second = by_prefix["labresult_set"].forms
    assert not first.errors
    assert "before the patient's birth" in str(second.errors["taken_on"][0])
    assert not LabResult.objects.exists()
    rossi.refresh_from_db()
    assert rossi.telephone == ""


def test_a_clerk_reads_body_sizes_below_a_patient_and_enters_none(clara, alice, rossi, client_of):
    record(
        BodySize(patient=rossi, measured_on=DAY, weight_kg=Decimal(70)),
        by=alice,
        clinic=rossi.registrations.get().clinic,
    )
    client = client_of(clara)
    page = client.get(url(Patient, "change", rossi.pk)).content.decode()
    assert url(BodySize, "changelist") + f"?patient={rossi.public_id}" in page
    assert 'name="bodysize_set-__prefix__-weight_kg"' not in page
    assert 'name="labresult_set-__prefix__-value"' in page
    form = person_form(client, rossi) | below(
        "bodysize_set", {"measured_on": "2026-01-06", "weight_kg": "80"}
    )
    client.post(url(Patient, "change", rossi.pk), form)
    assert BodySize.objects.count() == 1


def test_stored_rows_are_never_changed_below_a_patient(staff_alice, rossi, client_of):
    result = record(
        LabResult(patient=rossi, taken_on=DAY, analyte="inr", value=Decimal("2.8")),
        by=staff_alice,
        clinic=rossi.registrations.get().clinic,
    )
    client = client_of(staff_alice)
    forged = {"labresult_set-INITIAL_FORMS": 1, "labresult_set-0-id": result.pk}
    form = person_form(client, rossi) | below("labresult_set", INR | {"value": "9"}) | forged
    assert client.post(url(Patient, "change", rossi.pk), form).status_code < 500
    result.refresh_from_db()
    assert (result.value, result.version) == (Decimal("2.8"), 1)


def test_only_the_newest_rows_are_read_below_a_patient(clara, alice, rossi, client_of):
    clinic = rossi.registrations.get().clinic
    for day in range(1, 21):
        record(
            LabResult(
                patient=rossi,
                taken_on=DAY.replace(day=day),
                analyte="inr",
                value=Decimal(f"2.{day:02}"),
            ),
            by=alice,
            clinic=clinic,
        )
    page = client_of(clara).get(url(Patient, "change", rossi.pk)).content.decode()
    assert all(f">{value}<" in page for value in ("2.2", "2.19", "2.18"))
    assert "2.17" not in page


@pytest.mark.parametrize("rows", [0, 30])
def test_a_patients_form_takes_the_same_queries_with_0_and_with_30_results(
    clara, alice, rossi, client_of, django_assert_max_num_queries, rows
):
    clinic = rossi.registrations.get().clinic
    for number in range(rows):
        day = DAY - datetime.timedelta(days=number)
        row = LabResult(patient=rossi, taken_on=day, analyte="inr", value=Decimal(2))
        record(row, by=alice, clinic=clinic)
    client = client_of(clara)
    with django_assert_max_num_queries(45):
        client.get(url(Patient, "change", rossi.pk))


# Registrations ------------------------------------------------------------------------------------


def test_a_clerk_corrects_a_record_number_under_a_reason(clara, alice, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi) | {"registrations-0-record_number": "HV-11"}
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert "Say why this is changed." in answer.content.decode()
    form |= {
        "registrations-0-reason": "label misread",
        "registrations-0-responsible_clinician": alice.pk,
    }
    assert client.post(url(Patient, "change", rossi.pk), form).status_code == 302
    registration = rossi.registrations.get()
    assert (registration.record_number, registration.version) == ("HV-11", 2)
    assert registration.responsible_clinician == alice
    assert registration.history.latest().history_change_reason == "label misread"


def test_a_taken_record_number_is_refused_in_its_row(clara, alice, rossi, clinic_north, client_of):
    records.patient_of(clinic_north, by=alice, record_number="HV-2")
    client = client_of(clara)
    form = person_form(client, rossi) | {
        "registrations-0-record_number": "HV-2",
        "registrations-0-reason": "label misread",
    }
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert answer.status_code == 200
    assert "already used in this clinic" in answer.content.decode()
    assert rossi.registrations.get().record_number == "HV-1"


def test_a_registration_that_changed_meanwhile_is_not_overwritten(clara, rossi, client_of):
    client = client_of(clara)
    form = person_form(client, rossi) | {
        "registrations-0-record_number": "HV-11",
        "registrations-0-reason": "label misread",
    }
    Registration.objects.update(version=5)
    answer = client.post(url(Patient, "change", rossi.pk), form)
    assert "changed by somebody else" in answer.content.decode()
    assert rossi.registrations.get().record_number == "HV-1"


def test_another_clinics_registration_is_neither_shown_nor_changed(
    clara, charlie, rossi, clinic_south, client_of
):
    from patients.actions import register_in_clinic

    other = register_in_clinic(
        by=charlie, clinic=clinic_south, patient=rossi, record_number="S-9", from_on=DAY
    )
    client = client_of(clara)
    assert "S-9" not in client.get(url(Patient, "change", rossi.pk)).content.decode()
    form = person_form(client, rossi) | {
        "registrations-0-id": other.pk,
        "registrations-0-record_number": "HV-11",
        "registrations-0-reason": "forged",
    }
    client.post(url(Patient, "change", rossi.pk), form)
    other.refresh_from_db()
    assert (other.record_number, other.version) == ("S-9", 1)


# Ways out of the administration -----------------------------------------------------------------


def test_a_final_study_leads_to_its_amendment_for_those_who_may(
    staff_alice, clara, nina, rossi, client_of
):
    nina.is_staff = True
    nina.save()
    final = records.echo(rossi, "2026-01-02", by=staff_alice)
    draft = records.echo(rossi, "2026-01-03", by=staff_alice, final=False)
    amend = reverse("patients:echo-amend", args=[final.public_id])
    for user, offered in ((staff_alice, True), (nina, False), (clara, False)):
        page = client_of(user).get(url(EchoStudy, "change", final.pk))
        assert (amend in page.content.decode()) is offered
        assert page.context["has_change_permission"] is False
    page = client_of(staff_alice).get(url(EchoStudy, "change", draft.pk)).content.decode()
    assert reverse("patients:echo-amend", args=[draft.public_id]) not in page


def test_a_struck_row_says_so_in_the_list_and_on_its_form(staff_alice, rossi, client_of):
    log = records.log(rossi, "2026-01-02", by=staff_alice, nyha=2)
    records.strike(log, by=staff_alice)
    client = client_of(staff_alice)
    assert (
        "<strong>entered in error</strong>"
        in client.get(url(SymptomLog, "changelist")).content.decode()
    )
    assert (
        client.get(url(SymptomLog, "changelist"), {"struck": "no"}).context["cl"].result_count == 0
    )
    page = client.get(url(SymptomLog, "change", log.pk))
    assert "Marked as entered in error" in page.content.decode()
    assert page.context["has_change_permission"] is False


# What is typed in the boxes -----------------------------------------------------------------------


def test_a_number_is_read_with_its_comma(clara, rossi, client_of):
    client = client_of(clara)
    answer = client.post(url(LabResult, "add"), INR | {"patient": rossi.pk, "value": "2,8"})
    assert answer.status_code == 302
    assert LabResult.objects.get().value == Decimal("2.8")


def test_no_browser_drops_what_is_typed_in_a_box_for_numbers(staff_alice, rossi, client_of):
    # A browser's own box makes 24 of 2,4 and nothing of a word.
    for model in (LabResult, SymptomLog, BodySize, EchoStudy):
        page = client_of(staff_alice).get(url(model, "add")).content.decode()
        assert 'type="number"' not in page
        assert 'inputmode="decimal"' in page


@pytest.mark.parametrize("typed", ["abc", "1e3", "2,4,1", "2.8 or so"])
def test_what_is_no_number_stays_in_its_box(clara, rossi, client_of, typed):
    form = INR | {"patient": rossi.pk, "value": typed}
    answer = client_of(clara).post(url(LabResult, "add"), form)
    assert errors_of(answer)["value"][0] == f"“{typed}” is not a number."
    assert answer.context["adminform"].form["value"].value() == typed


def test_a_whole_number_is_not_made_of_a_broken_one():
    assert WholeNumberField().clean("12") == 12
    assert WholeNumberField().clean("12,0") == 12
    with pytest.raises(ValidationError, match="not a whole number"):
        WholeNumberField().clean("12,5")


def test_a_date_that_reads_in_two_ways_is_refused_with_those_that_do_not(clara, rossi, client_of):
    form = INR | {"patient": rossi.pk, "taken_on": "03/04/2026"}
    answer = client_of(clara).post(url(LabResult, "add"), form)
    assert errors_of(answer) == {
        "taken_on": ["This date cannot be read. Write it like 5.1.2026, 5 Jan 2026 or 2026-01-05."]
    }


def test_after_saving_the_message_names_the_patient(clara, rossi, client_of):
    typed = INR | {"patient": rossi.pk, "_addanother": "1"}
    answer = client_of(clara).post(url(LabResult, "add"), typed, follow=True)
    (message,) = answer.context["messages"]
    assert str(message).startswith("Rossi, Marco · 12 Apr 1959 · HV-1: The lab result")


def test_the_enter_key_saves_a_result_and_asks_for_the_next_one(
    clara, alice, rossi, clinic_north, client_of
):
    page = client_of(clara).get(url(LabResult, "add")).content.decode()
    assert page.index('name="_addanother"') < page.index('name="_save"')
    result = LabResult(patient=rossi, taken_on=DAY, analyte="inr", value=Decimal("2.8"))
    stored = record(result, by=alice, clinic=clinic_north)
    page = client_of(clara).get(url(LabResult, "change", stored.pk)).content.decode()
    assert page.index('name="_save"') < page.index('name="_addanother"')
