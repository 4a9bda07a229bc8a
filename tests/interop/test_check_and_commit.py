"""The engine: what is new, changed, unchanged, refused and asked; all or none is written."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.models import AuditAction, AuditEvent
from interop import actions
from interop.models import ImportBatch
from interop.spreadsheets.plan import REJECTED, read_plan
from interop.spreadsheets.reading import UnreadableFileError
from patients.actions import end_registration
from patients.models import (
    BodySize,
    Comorbidity,
    EchoStudy,
    LabResult,
    Patient,
    Registration,
    SymptomLog,
)
from patients.writing import writing
from tests.interop.conftest import NEW_ONLY, TAKE_ALL, study_of
from treatments.models import Intervention, Medication

ECHO = "mrn,performed_on,lvef_percent,lvesd_mm,lvedd_mm,bsa_m2\n"
PEOPLE = (
    "mrn,birth_date,sex,deceased_on,bsa_m2,diabetes,ace_inhibitor,creatinine_umol_l,nyha_before\n"
)


def counts(batch):
    names = ("new", "changed", "unchanged", "rejected", "asked")
    return tuple(batch.counts[name] for name in names)


def reasons(batch):
    return [actions.reason_of(outcome) for outcome in read_plan(batch.stored_as, REJECTED)]


def test_a_patient_row_registers_and_writes_dated_findings(take, clinic_north):
    batch = take(
        "patients", PEOPLE + "N-7,1934-12-20,male,,1.77,0,1,103,I-II\n", findings_on="2009-12-31"
    )
    patient = Registration.objects.get(clinic=clinic_north, record_number="N-7").patient
    assert (patient.born_on, patient.sex, patient.family_name) == (date(1934, 12, 20), "male", "")
    size = BodySize.objects.get(patient=patient)
    assert (size.bsa_m2, size.bsa_formula) == (Decimal("1.77"), "not_stated")
    log = SymptomLog.objects.get(patient=patient)
    assert (log.nyha_low, log.nyha_high, log.attribution) == (1, 2, "not_answered")
    assert Comorbidity.objects.get(patient=patient).present == "no"
    assert LabResult.objects.get(patient=patient).unit == "umol/L"
    drug = Medication.objects.get(patient=patient)
    assert (drug.drug, drug.drug_class) == ("ace_inhibitor_not_stated", "ace_inhibitor")
    rows = (size, log, drug, *LabResult.objects.all(), *Comorbidity.objects.all())
    assert {getattr(row, row.date_field) for row in rows} == {date(2009, 12, 31)}
    assert batch.counts["imported"]["new_patient"] == 1


def test_no_ace_inhibitor_writes_no_medication(take):
    take("patients", PEOPLE + "N-7,1934-12-20,male,,,,0,,\n", findings_on="2009-12-31")
    assert not Medication.objects.exists()
    assert not Comorbidity.objects.exists()


def test_findings_can_be_dated_on_the_first_operation(take, anna):
    take("interventions", "mrn,date,procedure\nN-1,2011-05-02,aortic valve replacement\n")
    take("patients", "mrn,nyha\nN-1,II\n", findings_on="first operation")
    assert SymptomLog.objects.get(patient=anna).recorded_on == date(2011, 5, 2)


def test_an_operation_with_bypass_becomes_two_interventions(take, anna):
    take(
        "interventions",
        "mrn,performed_on,procedure,prosthesis,size_mm,with_cabg,redo,urgency\n"
        "N-1,2010-01-11,aortic valve replacement,Stentless valve,27,1,0,elective\n",
    )
    valve, bypass = Intervention.objects.filter(patient=anna).order_by("kind")
    assert (valve.kind, valve.status, bypass.kind) == ("aortic_replacement", "performed", "cabg")
    assert (valve.prosthesis_model, valve.prosthesis_size_mm) == ("Stentless valve", 27)
    assert (valve.redo, valve.urgency) == (False, "elective")
    assert bypass.performed_on == valve.performed_on
    assert bypass.prosthesis_model == ""


def test_a_study_is_final_and_keeps_its_bsa_with_the_formula_not_stated(take, anna):
    take("echo_studies", ECHO + "N-1,2012-03-04,55-60,38,55,1.80\n")
    study = study_of(anna)
    assert study.status == "final"
    assert (study.lvef_percent_low, study.lvef_percent_high) == (55, 60)
    assert (study.bsa_m2, study.bsa_formula) == (Decimal("1.80"), "not_stated")
    assert study.finalized_by.username == "alice"


def test_what_a_file_leaves_open_is_not_assumed(take, anna):
    take("echo_studies", "mrn,date,eroa_mm2\nN-1,2012-03-04,40\n", state="")
    study = study_of(anna)
    assert (study.state, study.eroa_method) == ("unknown", "not_stated")


def test_a_study_is_at_rest_when_the_person_leaves_it_at_that(take, anna):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")
    assert study_of(anna).state == "rest"


def test_importing_the_same_file_twice_changes_nothing(take, check, anna):
    text = ECHO + "N-1,2012-03-04,93,38,55,1.80\nN-1,2013-03-04,>60,38.5,55,\n"
    take("echo_studies", text)
    history, events = EchoStudy.history.count(), AuditEvent.objects.count()
    again = check("echo_studies", text)
    assert counts(again) == (0, 0, 2, 0, 0)
    actions.commit_import(again, by=again.uploaded_by, choices=TAKE_ALL)
    assert EchoStudy.history.count() == history
    new_events = AuditEvent.objects.order_by("id")[events:]
    assert [event.note for event in new_events] == ["file received: echo_studies", "echo_studies"]


def test_the_same_patients_twice_change_nothing(take, check, clinic_north):
    text = PEOPLE + "N-7,1934-12-20,male,2014-01-01,1.77,0,1,103,I-II\n"
    take("patients", text, findings_on="2009-12-31")
    assert counts(check("patients", text, findings_on="2009-12-31")) == (0, 0, 1, 0, 0)


def test_an_empty_cell_erases_nothing(take, check, anna):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,38,55,1.80\n")
    assert counts(check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")) == (0, 0, 1, 0, 0)


def test_a_change_is_shown_and_needs_a_yes(take, check, anna, alice):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,38,55,\n")
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,58,38,56,\n")
    assert counts(batch) == (0, 1, 0, 0, 0)
    (outcome,) = read_plan(batch.stored_as)
    assert outcome.changes == [("LVEF", "60 %", "58 %"), ("LVEDD", "55 mm", "56 mm")]
    actions.commit_import(batch, by=alice, choices=NEW_ONLY)
    assert study_of(anna).lvef_percent_low == 60


def test_an_applied_change_amends_the_final_study_with_its_history(take, anna):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,38,55,\n")
    batch = take("echo_studies", ECHO + "N-1,2012-03-04,58,38,55,\n")
    study = study_of(anna)
    assert (study.status, study.version, study.lvef_percent_low) == ("amended", 2, 58)
    latest = study.history.first()
    assert str(batch.public_id) in latest.history_change_reason
    assert latest.history_user.username == "alice"
    assert study.history.last().lvef_percent_low == 60


def test_a_draft_becomes_final_when_the_file_says_final(take, anna):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,38,55,\n", status="draft")
    assert study_of(anna).status == "draft"
    take("echo_studies", ECHO + "N-1,2012-03-04,60,38,55,\n", status="final")
    assert study_of(anna).status == "final"


def test_a_final_study_does_not_become_a_draft(take, check, anna):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,38,55,\n")
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,38,55,\n", status="draft")
    assert counts(batch) == (0, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("N-1,2012-03-04,0,,,\n", "LVEF: LVEF 0 % is not possible"),
        ("N-1,2012-03-04,650,,,\n", "LVEF: LVEF 650 % is not possible"),
        ("N-1,2012-03-04,60,4.1,,\n", "Did you mean 41 mm?"),
        ("N-1,2199-03-04,60,,,\n", "This date is in the future"),
        ("N-1,1940-03-04,60,,,\n", "before the patient's birth on 5 May 1950"),
        ("N-1,,60,,,\n", "Date of the study: This row leaves it empty."),
        (",2012-03-04,60,,,\n", "This row has no record number."),
        ("N-1,2012-03-04,,,,\n", "no measurement and no finding"),
        ("N-1,2012-03-04,sixty,,,\n", "is not a number"),
        ("N-1,2012-03-04,60\n", "This row has 3 cells; the heading has 6."),
        ("N-1,2012-03-04,60,38,55,1.8,extra\n", "This row has 7 cells"),
        ("X-9,2012-03-04,60,,,\n", "No patient with record number X-9 in this clinic."),
        ("N-1\x00,2012-03-04,60,,,\n", "Record number: It holds a control character (␀)"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(check, anna, row, reason):
    batch = check("echo_studies", ECHO + row + "N-1,2012-03-05,61,,,\n")
    assert counts(batch) == (1, 0, 0, 1, 0)
    assert reason in reasons(batch)[0]


def test_a_patient_of_another_clinic_looks_like_an_unknown_one(check, anna, sven):
    batch = check("echo_studies", ECHO + "S-1,2012-03-04,60,,,\n")
    assert "No patient with record number S-1 in this clinic." in reasons(batch)[0]


def test_a_study_after_death_is_refused(check, take, anna):
    take("patients", "mrn,deceased_on\nN-1,2015-01-01\n")
    batch = check("echo_studies", ECHO + "N-1,2015-01-02,60,,,\nN-1,2014-12-31,60,,,\n")
    assert counts(batch) == (1, 0, 0, 1, 0)
    assert "The patient died on 1 Jan 2015" in reasons(batch)[0]


def test_a_death_before_what_is_recorded_is_refused(check, take, anna):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")
    batch = check("patients", "mrn,deceased_on\nN-1,2011-01-01\n")
    assert "Something is recorded on 4 Mar 2012, after this day." in reasons(batch)[0]
    assert counts(check("patients", "mrn,deceased_on\nN-1,2012-03-04\n")) == (0, 1, 0, 0, 0)


def test_a_patient_who_moved_away_is_read_only(check, anna, alice):
    registration = anna.registrations.get()
    registration.until_on, registration.ended_because = date(2020, 1, 1), "moved"
    with writing(anna, by=alice, reason="moved") as write:
        write.change(registration)
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")
    assert "read-only" in reasons(batch)[0]


def test_the_same_key_twice_in_a_file_is_refused_unless_it_says_the_same(check, anna):
    row = "N-1,2012-03-04,60,,,\n"
    batch = check("echo_studies", ECHO + row + row + "N-1,2012-03-04,61,,,\n")
    assert counts(batch) == (1, 0, 1, 1, 0)
    assert "Row 2 of this file already has this echo study" in reasons(batch)[0]


def test_two_accession_numbers_are_two_studies(check, anna):
    text = "mrn,performed_on,accession,lvef\nN-1,2012-03-04,A1,60\nN-1,2012-03-04,A2,61\n"
    assert counts(check("echo_studies", text)) == (2, 0, 0, 0, 0)


def test_a_record_number_twice_is_refused(check, clinic_north):
    batch = check("patients", "mrn,birth_date\nN-7,1950-01-01\nN-7,1960-01-01\n")
    assert counts(batch) == (1, 0, 0, 1, 0)
    batch = check("patients", "mrn,birth_date\nN-8,1950-01-01\nn-8,1960-01-01\n")
    assert counts(batch) == (1, 0, 0, 1, 0)


def test_a_record_number_is_one_in_any_spelling(take, check, anna):
    number = anna.registrations.get().record_number
    batch = check("patients", f"mrn,birth_date\n{number.lower()},{anna.born_on.isoformat()}\n")
    assert counts(batch)[0] == 0
    take("patients", "mrn,birth_date\nN-9,1950-01-01\n")
    take("patients", "mrn,birth_date\nn-9,1950-01-01\n")
    assert Registration.objects.filter(record_number__iexact="n-9").count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("N-7,2199-01-01,\n", "Birth date: This date is in the future."),
        ("N-7,1950-01-01,1949-01-01\n", "The date of death is before the birth date."),
        ("N-7,1950-01-01,2199-01-01\n", "Deceased on: This date is in the future."),
    ],
)
def test_impossible_lives_are_refused(check, clinic_north, row, reason):
    batch = check("patients", "mrn,birth_date,deceased_on\n" + row)
    assert reason in reasons(batch)[0]


def test_implausible_values_are_asked_and_marked(check, anna, alice):
    text = ECHO + "N-1,2012-03-04,93,,,\nN-1,2013-03-04,60,,,\n"
    batch = check("echo_studies", text)
    assert counts(batch) == (2, 0, 0, 0, 1)
    assert batch.counts["asked_by"] == {"LVEF": 1}
    actions.commit_import(batch, by=alice, choices=NEW_ONLY)
    assert [study.lvef_percent_low for study in EchoStudy.objects.all()] == [60]
    again = check("echo_studies", text)
    actions.commit_import(again, by=alice, choices=TAKE_ALL)
    marked = EchoStudy.objects.get(lvef_percent_low=93)
    assert marked.implausible_confirmed == ["lvef_percent"]


def test_the_far_end_of_an_open_range_is_not_asked(check, anna):
    assert counts(check("echo_studies", ECHO + "N-1,2012-03-04,>60,,,\n")) == (1, 0, 0, 0, 0)


def test_lvesd_above_lvedd_is_taken_with_a_warning(check, anna):
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,60,50,\n")
    assert counts(batch) == (1, 0, 0, 0, 0)
    (outcome,) = read_plan(batch.stored_as)
    assert "larger than LVEDD" in outcome.warnings[0]


def test_a_column_in_centimeters_is_converted_where_it_was_chosen(take, anna):
    def in_cm(mapping):
        mapping.columns["lvesd_mm"].unit = "cm"

    take("echo_studies", ECHO + "N-1,2012-03-04,60,4.1,,\n", change=in_cm)
    assert study_of(anna).lvesd_mm == 41


def test_texts_are_translated_as_they_were_chosen(take, clinic_north):
    def codes(mapping):
        mapping.columns["sex"].values = {
            "1": "male",
            "2": "female",
            "9": "(not recorded)",
            "8": "(refuse)",
        }

    batch = take("patients", "mrn,sex\nA,1\nB,2\nC,9\nD,8\n", change=codes)
    found = dict(Registration.objects.values_list("record_number", "patient__sex"))
    assert found == {"A": "male", "B": "female", "C": "unknown"}
    assert batch.counts["rejected"] == 1


def test_long_laboratory_files_keep_or_convert_their_stated_unit(take, anna):
    take(
        "lab_results",
        "mrn,date,test,result,unit\nN-1,2012-01-01,creatinine,1.3,mg/dL\n"
        "N-1,2012-01-01,INR,2.5,\nN-1,2012-01-01,CRP,<5,mg/L\n",
    )
    found = {r.analyte: (r.comparator, r.value, r.unit) for r in LabResult.objects.all()}
    assert found["creatinine"] == ("", Decimal("114.946"), "umol/L")
    assert found["inr"] == ("", Decimal("2.5"), "")
    assert found["crp"] == ("<", Decimal(5), "mg/L")


def test_an_unknown_laboratory_unit_is_refused(check, anna):
    batch = check("lab_results", "mrn,date,test,result,unit\nN-1,2012-01-01,creatinine,1.3,stone\n")
    assert "is kept in umol/L, not in stone" in reasons(batch)[0]


def test_when_a_row_cannot_be_written_nothing_is(check, anna, alice, monkeypatch, uploads):
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\nN-1,2013-03-04,60,,,\n")
    batch.refresh_from_db()
    before = EchoStudy.objects.count()
    plan = actions.storage.path_of(batch.stored_as, ".plan")
    lines = plan.read_text().splitlines()
    # A plan that asks for what the database forbids: two open studies of one key.
    plan.write_text(lines[0] + "\n" + lines[0] + "\n")
    with pytest.raises(actions.NotReadyError, match="Nothing was imported"):
        actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    assert EchoStudy.objects.count() == before
    assert EchoStudy.history.count() == 0
    batch.refresh_from_db()
    assert batch.status == "checked"
    assert AuditEvent.objects.filter(action=AuditAction.FAILED).count() == 1
    notes = AuditEvent.objects.filter(action=AuditAction.IMPORT).values_list("note", flat=True)
    assert list(notes) == ["file received: echo_studies"]


def test_a_record_that_changed_since_the_preview_is_checked_again(take, check, anna, alice):
    text = ECHO + "N-1,2012-03-04,60,,,\n"
    batch = check("echo_studies", text)
    take("echo_studies", ECHO + "N-1,2012-03-04,55,,,\n")
    with pytest.raises(actions.RecordChangedError, match="Nothing was imported"):
        actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    batch.refresh_from_db()
    assert counts(batch) == (0, 1, 0, 0, 0)
    assert study_of(anna).lvef_percent_low == 55


def test_nothing_is_written_to_a_patient_whom_the_clinic_let_go_meanwhile(
    check, anna, clinic_north, alice
):
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")
    end_registration(
        by=alice,
        registration=anna.registrations.get(),
        until_on=clinic_north.today() - timedelta(days=1),
        because="discharged",
    )
    with pytest.raises(actions.RecordChangedError, match="Nothing was imported"):
        actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    assert not EchoStudy.objects.filter(patient=anna).exists()
    batch.refresh_from_db()
    assert (batch.status, batch.counts["rejected"]) == ("checked", 1)


def test_a_patient_registered_meanwhile_is_not_registered_twice(take, check, clinic_north, alice):
    batch = check("patients", "mrn,birth_date\nN-7,1950-01-01\n")
    take("patients", "mrn,birth_date\nN-7,1950-01-01\n")
    with pytest.raises(actions.RecordChangedError):
        actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    assert Patient.objects.count() == 1


def test_one_import_is_not_done_twice(check, anna, alice):
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")
    actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    with pytest.raises(actions.NotReadyError, match="imported"):
        actions.commit_import(batch, by=alice, choices=TAKE_ALL)


def test_the_audit_holds_the_import_with_its_counts(take, anna, alice, clinic_north):
    take("echo_studies", ECHO + "N-1,2012-03-04,60,,,\nX-9,2012-03-04,60,,,\n")
    event = AuditEvent.objects.get(action=AuditAction.IMPORT, note="echo_studies")
    assert (event.actor_id, event.clinic_id, event.role) == (alice.pk, clinic_north.pk, "clinician")
    assert event.counts["rows_new"] == 1
    assert event.counts["rows_refused"] == 1
    assert event.counts["new_echostudy"] == 1


def test_files_are_private_and_removed_after_the_import(check, anna, alice, uploads, settings):
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\nX-9,2012-03-04,=1+1,,,\n")
    assert uploads() == [".csv", ".plan", ".profile"]
    assert {path.stat().st_mode & 0o777 for path in settings.UPLOAD_DIR.iterdir()} == {0o600}
    assert batch.stored_as not in batch.file_name
    actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    assert uploads() == [".refused"]


def test_a_cancelled_import_leaves_no_file(check, anna, alice, uploads):
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")
    actions.cancel_import(batch, by=alice)
    assert uploads() == []


def test_old_imports_are_purged(check, anna, uploads, settings):
    batch = check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\n")
    assert actions.purge_imports(timezone.now()) == (0, 0)
    actions.purge_imports(timezone.now() + timedelta(days=2))
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert uploads() == []


def test_refused_rows_leave_with_reason_and_without_formulas(take, anna, settings):
    take("echo_studies", ECHO + "=cmd()|X,2012-03-04,60,,,\n")
    (path,) = settings.UPLOAD_DIR.glob("*.refused")
    text = path.read_text(encoding="utf-8")
    assert "reason" in text.splitlines()[0]
    assert "'=cmd()|X" in text
    assert "No patient with record number" in text


@pytest.mark.parametrize("text", ["", "mrn,ef\n"])
def test_a_file_without_rows_is_refused_and_not_kept(check, text, uploads):
    with pytest.raises(UnreadableFileError):
        check("echo_studies", text)
    assert uploads() == []
    assert not ImportBatch.objects.exists()


def test_too_many_rows_are_refused_in_words(check, monkeypatch, anna):
    monkeypatch.setattr(actions, "MOST_ROWS", {"sqlite": 1, "postgresql": 1})
    with pytest.raises(UnreadableFileError, match="at most 1 are imported"):
        check("echo_studies", ECHO + "N-1,2012-03-04,60,,,\nN-1,2012-03-05,60,,,\n")


def test_the_check_needs_the_same_queries_for_one_patient_and_many(
    check, clinic_north, alice, django_assert_max_num_queries, take
):
    rows = "".join(f"P{n},1950-01-01\n" for n in range(60))
    take("patients", "mrn,birth_date\n" + rows)
    text = ECHO + "".join(f"P{n},2012-03-04,60,,,\n" for n in range(60))
    batch = check("echo_studies", text)
    with django_assert_max_num_queries(7):
        actions.check_import(batch)
