"""Exporting ticked rows of the administration's lists."""

import csv
import io

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.models import User
from accounts.permissions import Role
from audit.models import AuditEvent
from followup.models import Letter, TeamSheet
from patients.actions import end_registration, register_in_clinic
from patients.clinical_admin import ScopedAdmin
from patients.data_classes import BOOKKEEPING, FIELD_CLASSES
from patients.models import (
    AbsenceCheck,
    EchoStudy,
    LabResult,
    MitralDiagnosis,
    Patient,
    SymptomLog,
)
from patients.writing import writing_many
from reports.admin_actions import NAME
from reports.echo_report import ECHO_STUDIES
from reports.record_reports import BEYOND, exported_fields, report_of_followed
from tests.factories import records
from tests.factories.cast import member
from treatments.models import Complication, Intervention, Medication

# A letter is free text about a named person: it leaves as a letter, not as a row. A
# frozen sheet of the team is the whole record of one.
WITHOUT_EXPORT = {Letter, TeamSheet}
CLINICAL = [
    model
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, ScopedAdmin) and model not in WITHOUT_EXPORT
]
OTHERS = [model for model in admin.site._registry if model not in CLINICAL]


def url_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def export(client, model, rows, **more):
    """Tick these rows and choose the export, as the list's form would."""
    asked = {
        "action": NAME,
        "index": "0",
        "select_across": "0",
        "_selected_action": [row.pk for row in rows],
    }
    return client.post(url_of(model), asked | more)


def table_of(answer):
    assert answer.status_code == 200
    assert answer.streaming, answer.content.decode()
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def rows_of(answer):
    heading, *rows = table_of(answer)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def staff(user):
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def client(alice, client_of):
    return client_of(staff(alice))


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(
        clinic_north, record_number="HV-20418", family_name="Rossi", given_name="Ada"
    )


# --- What is in the file --------------------------------------------------------------------------


def test_patients_leave_with_their_record_number(client, patient):
    [row] = rows_of(export(client, Patient, [patient]))
    expected = {
        "clinic": "north",
        "record_number": "HV-20418",
        "patient_id": str(patient.public_id),
        "family_name": "Rossi",
        "given_name": "Ada",
        "born_on": "1955-05-05",
        "sex": "female",
        "sex_label": "female",
        "telephone": "",
        "pregnancy_possible": "false",
        "research_consent": "",
        "deceased_on": "",
        "version": "1",
    }
    assert {name: row[name] for name in expected} == expected
    assert "search_key" not in row


def test_a_row_leaves_with_codes_and_labels_and_empty_means_not_recorded(client, patient):
    diagnosis = records.diagnosis(patient, "2026-03-01", segments=["P2", "P3"])
    heading, row = table_of(export(client, MitralDiagnosis, [diagnosis]))
    assert heading == [
        "clinic",
        "record_number",
        "patient_id",
        "record_id",
        "asserted_known_on",
        "diagnosed_on",
        "mechanism",
        "mechanism_label",
        "etiology",
        "etiology_label",
        "carpentier_type",
        "carpentier_type_label",
        "segments",
        "tempo",
        "tempo_label",
        "onset_on",
        "previous_mitral_procedure",
        "previous_mitral_procedure_label",
        "previous_mitral_procedure_on",
        "note",
        "struck_at",
        "entered_at",
        "version",
    ]
    said = dict(zip(heading, row, strict=True))
    assert (said["clinic"], said["record_number"]) == ("north", "HV-20418")
    assert said["record_id"] == str(diagnosis.public_id)
    assert (said["mechanism"], said["mechanism_label"]) == ("primary", "Primary")
    assert (said["diagnosed_on"], said["segments"]) == ("2026-03-01", "P2 P3")
    assert (said["carpentier_type"], said["carpentier_type_label"], said["onset_on"]) == ("",) * 3


def test_echo_studies_leave_with_the_columns_of_the_echo_report(client, patient):
    study = records.echo(patient, "2026-03-12", lvef_percent=58, lvesd_mm=40, bsa_m2="1.75")
    heading, row = table_of(export(client, EchoStudy, [study]))
    assert heading == [column.name for column in ECHO_STUDIES.columns]
    said = dict(zip(heading, row, strict=True))
    assert (said["lvef_percent"], said["record_number"]) == ("58", "HV-20418")
    assert said["derived_lvesd_index_mm_m2"] == study.derived["lvesd_index_mm_m2"]["value"]


def test_a_row_that_hangs_on_another_names_it_by_its_opaque_id(client, patient):
    done = records.intervention(patient, "2026-03-01", Intervention.Kind.MITRAL_REPAIR)
    complication = records.enter(
        Complication(
            patient=patient,
            intervention=done,
            occurred_on=records.day_of("2026-03-02"),
            kind=Complication.Kind.STROKE,
        )
    )
    [row] = rows_of(export(client, Complication, [complication]))
    assert row["intervention_id"] == str(done.public_id)
    assert (row["kind"], row["kind_label"], row["resolved"]) == ("stroke", "stroke", "unknown")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_never_runs_as_a_formula(client, clinic_north, start):
    patient = records.patient_of(
        clinic_north, record_number=f"{start}7", family_name=f"{start}1+1", address=f"{start}cmd"
    )
    [row] = rows_of(export(client, Patient, [patient]))
    assert [row[name][0] for name in ("record_number", "family_name", "address")] == ["'"] * 3


def test_numbers_keep_their_digits(client, patient):
    result = records.lab(patient, "2026-03-12", "inr", "2.50", comparator="<")
    [row] = rows_of(export(client, LabResult, [result]))
    assert (row["comparator"], row["value"], row["analyte_label"]) == ("<", "2.5", "INR")


def test_struck_rows_leave_with_the_moment(client, alice, patient):
    struck = records.strike(records.diagnosis(patient, "2026-03-01"), by=alice)
    [row] = rows_of(export(client, MitralDiagnosis, [struck]))
    assert row["struck_at"]


@pytest.mark.parametrize("model", CLINICAL, ids=lambda model: model.__name__)
def test_only_what_is_declared_has_a_column(model):
    declared = {name for names in FIELD_CLASSES[model._meta.label].values() for name in names}
    fields = [field.name for field in exported_fields(model)]
    assert set(fields) <= declared
    in_the_model = [field.name for field in model._meta.concrete_fields]
    assert fields == sorted(fields, key=in_the_model.index)
    listed = {"listed_clinic_code", "listed_record_number", "lvef_percent"}
    beyond = BEYOND[model].columns if model in BEYOND else ()
    for column in report_of_followed(model).columns:
        if column in beyond:
            continue
        name = column.source.partition("__")[0]
        assert name in declared | BOOKKEEPING | listed, column


@pytest.mark.parametrize("model", CLINICAL, ids=lambda model: model.__name__)
def test_no_colleague_s_name_and_no_heading_twice(model):
    names = [column.name for column in report_of_followed(model).columns]
    assert len(names) == len(set(names))
    # Whether patient or clinic cancelled names nobody.
    assert {name for name in names if name.endswith("_by")} <= {"cancelled_by"}


def test_a_model_that_nobody_declared_has_nothing_to_export():
    assert exported_fields(User) == []


def test_the_file_is_named_after_the_kind_and_the_clinics_day(client, patient, clinic_north):
    records.medication(patient, "2026-03-12", "apixaban")
    answer = export(client, Medication, Medication.objects.all())
    day = clinic_north.today().isoformat()
    expected = f'attachment; filename="medications_{day}.csv"'
    assert answer["Content-Disposition"] == expected
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]


# --- Which rows -----------------------------------------------------------------------------------


def test_only_the_ticked_rows_leave(client, patient):
    first, _, third = (records.diagnosis(patient, f"2026-03-0{day}") for day in (1, 2, 3))
    days = [row["diagnosed_on"] for row in rows_of(export(client, MitralDiagnosis, [first, third]))]
    assert days == ["2026-03-03", "2026-03-01"]


def test_select_all_takes_every_page_of_the_list_as_it_is_filtered(client, clinic_north):
    people = [records.patient_of(clinic_north, sex="male") for _ in range(3)]
    records.patient_of(clinic_north, sex="female")
    ticked = {"action": NAME, "index": "0", "select_across": "1", "_selected_action": people[0].pk}
    answer = client.post(url_of(Patient) + "?sex__exact=male", ticked)
    assert {row["patient_id"] for row in rows_of(answer)} == {str(p.public_id) for p in people}


def test_select_all_keeps_to_what_was_searched_for(client, clinic_north, patient):
    records.patient_of(clinic_north, family_name="Berger")
    found = client.post(url_of(Patient), {"q": "rossi"})
    ticked = {"action": NAME, "index": "0", "select_across": "1", "_selected_action": patient.pk}
    [row] = rows_of(client.post(found["Location"], ticked))
    assert row["family_name"] == "Rossi"


def test_nothing_ticked_exports_nothing(client, patient):
    answer = export(client, Patient, [])
    assert answer.status_code == 302
    assert not AuditEvent.objects.filter(action="export").exists()


@pytest.mark.parametrize("key", ["abc", "-1", "1" * 30, "\x00", "1 OR 1=1"])
def test_a_ticked_row_that_cannot_be_one_is_not_found(client, patient, key):
    ticked = {"action": NAME, "index": "0", "select_across": "0", "_selected_action": key}
    assert client.post(url_of(Patient), ticked).status_code == 404


@pytest.mark.parametrize("across", ["true", "nonsense", "2"])
def test_an_odd_way_to_say_all_breaks_nothing(client, patient, across):
    records.patient_of(patient.registrations.get().clinic)
    ticked = {"action": NAME, "index": "0", "select_across": across}
    answer = client.post(url_of(Patient), ticked | {"_selected_action": patient.pk})
    assert len(rows_of(answer)) == 2


def test_an_unknown_act_is_none(client, patient):
    ticked = {"action": "delete_selected", "index": "0", "_selected_action": patient.pk}
    assert client.post(url_of(Patient), ticked).status_code == 302
    assert Patient.objects.filter(pk=patient.pk).exists()


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", CLINICAL, ids=lambda model: model.__name__)
def test_it_is_offered_on_every_clinical_list(client, patient, model):
    records.lab(patient, "2026-03-12", "inr", "2.5")
    model_admin = admin.site.get_model_admin(model)
    request = client.get(url_of(model)).wsgi_request
    assert NAME in model_admin.get_actions(request)


def test_its_name_stands_in_the_list(client, patient):
    assert "Export selected rows as CSV" in client.get(url_of(Patient)).content.decode()


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model.__name__)
def test_it_is_offered_on_no_other_list(client_of, superuser, model):
    request = client_of(superuser).get(reverse("admin:index")).wsgi_request
    assert NAME not in admin.site.get_model_admin(model).get_actions(request)


@pytest.mark.parametrize("person", ["nina", "clara"])
def test_it_is_neither_offered_to_nor_taken_from_who_may_not_export(
    request, client_of, patient, person
):
    client = client_of(staff(request.getfixturevalue(person)))
    assert "Export selected" not in client.get(url_of(Patient)).content.decode()
    answer = export(client, Patient, [patient])
    assert not answer.streaming
    assert not AuditEvent.objects.filter(action="export").exists()


def test_it_requires_login(patient):
    answer = export(Client(), Patient, [patient])
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_it_hides_other_clinics(client, clinic_south, patient):
    stranger = records.patient_of(clinic_south, family_name="Tanaka")
    answer = export(client, Patient, [patient, stranger])
    page = answer.content.decode()
    assert not answer.streaming
    assert "1 of 2 selected rows can be exported" in page
    assert "1 row no longer in this list" in page
    assert "South" not in page


# --- Rows that may be seen and not taken ----------------------------------------------------------


@pytest.fixture
def nurse_in_the_south(alice, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.NURSE], by=None)
    return records.patient_of(clinic_south, record_number="S-1", family_name="Tanaka")


def test_rows_of_a_clinic_without_the_right_are_refused_in_words(
    client, alice, patient, nurse_in_the_south
):
    answer = export(client, Patient, [patient, nurse_in_the_south])
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 of 2 selected rows can be exported. Nothing has left yet." in page
    assert "1 row of patients followed by South Valve Clinic" in page
    assert "your role (nurse or sonographer) does not allow you to export" in page
    assert not AuditEvent.objects.filter(action="export").exists()
    refusal = AuditEvent.objects.get(action="refused")
    assert (refusal.actor_id, refusal.record_kind) == (alice.pk, "patients")
    assert refusal.note == "export_identified: 1 of 2 rows refused"


def test_the_rest_leaves_when_it_is_asked_for(client, patient, nurse_in_the_south):
    page = export(client, Patient, [patient, nurse_in_the_south])
    form = {
        "_selected_action": page.context["selected"],
        "select_across": page.context["select_across"],
        "action": page.context["action"],
        page.context["only_allowed"]: "Export the 1 row",
    }
    [row] = rows_of(client.post(url_of(Patient), form))
    assert row["record_number"] == "HV-20418"
    assert AuditEvent.objects.get(action="export").counts == {"rows": 1}


def test_select_all_counts_what_it_refuses(client, patient, nurse_in_the_south):
    records.diagnosis(patient, "2026-03-01")
    for day in (1, 2):
        records.diagnosis(nurse_in_the_south, f"2026-03-0{day}")
    ticked = {"action": NAME, "index": "0", "select_across": "1", "_selected_action": "1"}
    page = client.post(url_of(MitralDiagnosis), ticked).content.decode()
    assert "1 of 3 selected rows can be exported" in page
    assert "2 rows of patients followed by South Valve Clinic" in page
    ticked.pop("index")
    answer = client.post(url_of(MitralDiagnosis), ticked | {"only_allowed": "Export the 1 row"})
    assert [row["record_number"] for row in rows_of(answer)] == ["HV-20418"]


def test_when_nothing_may_leave_nothing_is_offered(client, nurse_in_the_south):
    answer = export(client, Patient, [nurse_in_the_south], only_allowed="1")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was exported: none of the 1 selected rows can be." in page
    assert 'type="submit" name="only_allowed"' not in page


def test_a_right_in_a_former_clinic_takes_nothing_out(client, patient, nurse_in_the_south):
    """Followed by the south where Alice is a nurse; she was the clinician of the clinic before."""
    north = patient.registrations.get()
    register_in_clinic(
        by=None, patient=patient, clinic=nurse_in_the_south.registrations.get().clinic,
        record_number="S-2", from_on=records.day_of("2026-01-01"),
    )  # fmt: skip
    end_registration(
        by=None, registration=north, until_on=records.day_of("2026-01-01"), because="moved"
    )
    assert export(client, Patient, [patient]).status_code == 403


# --- Several clinics and the audit ----------------------------------------------------------------


@pytest.fixture
def in_both(alice, patient, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-9",
        from_on=records.day_of("2025-07-01"),
    )  # fmt: skip
    return patient


def test_a_patient_of_two_clinics_leaves_once(client, in_both):
    [row] = rows_of(export(client, Patient, [in_both]))
    assert (row["clinic"], row["record_number"]) == ("north", "HV-20418")


def test_the_clinic_chosen_gives_its_own_number(client, in_both, clinic_south):
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    [row] = rows_of(export(client, Patient, [in_both]))
    assert (row["clinic"], row["record_number"]) == ("south", "S-9")


def test_each_clinic_gets_its_event_before_the_first_byte(
    client, alice, in_both, clinic_north, clinic_south
):
    southerner = records.patient_of(clinic_south)
    logs = [records.log(person, "2026-03-01", nyha=2) for person in (in_both, in_both, southerner)]
    export(client, SymptomLog, logs)  # not read
    events = AuditEvent.objects.filter(action="export")
    assert {event.clinic_id: event.counts["rows"] for event in events} == {
        clinic_north.pk: 2,
        clinic_south.pk: 1,
    }
    assert {(e.actor_id, e.role, e.record_kind) for e in events} == {
        (alice.pk, "clinician", "symptom_logs")
    }


def test_an_auditor_who_is_staff_finds_no_list_to_export(client_of, clinic_north, patient):
    somebody = member("sam", clinic_north, Role.AUDITOR, is_staff=True)
    assert export(client_of(somebody), Patient, [patient]).status_code == 403


# --- Speed ----------------------------------------------------------------------------------------


def many_results(patient, number):
    with writing_many([patient], by=None, reason="made in bulk") as write:
        write.add_all(
            LabResult,
            [
                LabResult(
                    patient=patient, taken_on=records.day_of("2026-01-01"), analyte="inr", value=2
                )
                for _ in range(number)
            ],
        )


def test_queries_and_pieces_do_not_grow_with_the_rows(client, patient):
    many_results(patient, 60)
    ticked = {"action": NAME, "index": "0", "select_across": "1", "_selected_action": "1"}
    list(client.post(url_of(LabResult), ticked).streaming_content)
    counts = []
    for further in (0, 2540):
        many_results(patient, further)
        with CaptureQueriesContext(connection) as queries:
            pieces = list(client.post(url_of(LabResult), ticked).streaming_content)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
    assert len(pieces) == 4  # the headings, and 2 600 rows by the thousand
    assert sum(piece.count(b"\r\n") for piece in pieces) == 2601


def test_a_tick_that_was_not_set_leaves_an_empty_cell(client, patient):
    check = records.none_of_these(patient, "2026-03-01", endocarditis_absent=False)
    [row] = rows_of(export(client, AbsenceCheck, [check]))
    assert (row["endocarditis_absent"], row["mitral_stenosis_absent"]) == ("", "true")
