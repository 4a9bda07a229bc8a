"""An erasure leaves nothing of the person in any table, and needs two people."""

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.utils import timezone

from accounts.kept.sealing import seal
from accounts.models import KeptPost
from audit.models import AuditEvent
from followup import models as followup
from interop import storage
from interop.models import ColumnMapping, ImportBatch
from patients import erasing
from patients import models as kinds
from patients.erasing import (
    ErasureChangedError,
    confirm_erasure,
    holdings_of,
    request_erasure,
    rows_of,
    withdraw_erasure,
)
from patients.merging import MergeOrder, merge_patients, undo_merge
from patients.models import ClinicalRecord, Erasure, Patient
from patients.selectors import persons_of
from tests.factories import records
from treatments import models as treatments

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 1)
FAMILY, GIVEN, NUMBER = "Zyxwenthal", "Quirinius", "QX-77831"
BORN_ON, PHONE, WORDS = date(1933, 11, 17), "0199 7733 551", "sentinelwords"
SENTINELS = (FAMILY, GIVEN, NUMBER, "1933-11-17", PHONE, WORDS, FAMILY.casefold())


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.ERASURE_LIST = tmp_path / "erased-records.txt"


@pytest.fixture
def person(clinic_north, alice):
    return full_patient(clinic_north, alice, NUMBER)


def full_patient(clinic, by, number):
    """A patient with a row in every table that can hold one, each with the sentinel words."""
    patient = records.patient_of(
        clinic,
        record_number=number,
        family_name=FAMILY,
        given_name=GIVEN,
        born_on=BORN_ON,
        telephone=PHONE,
        address=WORDS,
    )
    study = records.echo(patient, DAY, lvef_percent=61, comment=WORDS)
    study.comment = f"{WORDS} again"
    from patients import actions

    actions.amend_echo_study(study, by=by, clinic=clinic, reason=f"{WORDS} {FAMILY}")
    operation = records.intervention(patient, DAY, "mitral_repair", comment=WORDS)
    review = records.team_review(patient, DAY, decision="watch", decision_reason=WORDS)
    result = records.lab(patient, DAY, "nt_probnp", 901)
    held = {
        kinds.ResultAcknowledgment: {
            "lab_result": result,
            "seen_by": by,
            "seen_at": timezone.now(),
        },
        treatments.Complication: {"intervention": operation, "kind": "stroke"},
        followup.DecisionBasis: {"review": review, "engine_version": "1"},
        followup.EditionAnswer: {
            "review": review,
            "body": "acc_aha",
            "edition": "acc-aha-2020",
            "edition_title": "2020",
            "headline": WORDS,
        },
        followup.TeamSheet: {
            "clinic": clinic,
            "speaks_of_on": DAY,
            "content": {"name": FAMILY, "words": WORDS},
            "engine_version": "1",
            "content_hash": "x",
        },
        followup.Letter: {
            "clinic": clinic,
            "kind": "clinic",
            "speaks_of_on": DAY,
            "regarding": f"{GIVEN} {FAMILY}",
            "text": WORDS,
            "engine_version": "1",
            "facts_hash": "x",
        },
    }
    from patients.writing import writing_many

    for model in erasing_models():
        if model._default_manager.filter(patient=patient).exists():
            continue
        values = held.get(model, {}) | {"patient": patient, "entered_by": by}
        row = model(**values)
        for field in model._meta.concrete_fields:
            if field.name in values or field.null or field.has_default() or field.primary_key:
                continue
            setattr(row, field.attname, value_for(field))
        with writing_many([patient], by=by, reason=f"{WORDS}", clinic=clinic) as write:
            write.add_all(model, [row])
    return patient


def value_for(field):
    """Some value that a column takes: its first choice, a day, the sentinel words."""
    if field.choices:
        return next(code for code, _ in field.flatchoices if code)
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return DAY
    if isinstance(field, models.CharField | models.TextField):
        return WORDS[: field.max_length or None]
    if isinstance(field, models.JSONField):
        return []
    if isinstance(field, models.BooleanField):
        return True
    return 1


def erasing_models():
    """Every kind of row that names a patient and is entered."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, kinds.Versioned)
        and model not in (kinds.PatientMerge, kinds.Registration)
        and any(field.name == "patient" for field in model._meta.concrete_fields)
    ]


@pytest.fixture
def traces(person, clinic_north, alice):
    """What speaks of the person outside of their rows."""
    KeptPost.objects.create(
        user=alice,
        browser="x" * 64,
        sealed=seal({"address": f"/patients/{person.public_id}/", "values": [["c", [WORDS]]]}),
    )
    session = SessionStore()
    session["_messages"] = f"{FAMILY}, {GIVEN}: corrected. {WORDS}"
    session.create()
    LogEntry.objects.create(
        user=alice,
        content_type=ContentType.objects.get_for_model(Patient),
        object_id=str(person.pk),
        object_repr=str(person),
        action_flag=CHANGE,
        change_message=WORDS,
    )
    storage.store("a" * 32, [f"number,lvef,comment\n{NUMBER},61,{WORDS}\n".encode()])
    # Every one of them by one of its texts alone.
    for number, texts in enumerate(
        (
            {"file_name": f"{NUMBER}_echo.csv"},
            {"mapping": {"columns": {"0": f"{GIVEN} {FAMILY}"}}},
            {"counts": {"reasons": {f"No patient with record number {NUMBER}.": 1}}},
        )
    ):
        ImportBatch.objects.create(
            **{"file_name": "x.csv"} | texts,
            clinic=clinic_north,
            kind="echo_studies",
            file_bytes=1,
            encoding="utf-8",
            delimiter=",",
            stored_as=str(number) * 32,
            uploaded_by=alice,
        )
    ColumnMapping.objects.create(
        clinic=clinic_north, kind="echo_studies", name=f"list of {NUMBER}", saved_by=alice
    )


def dump():
    """Everything that the database holds, as text, by table; sealed and coded texts opened."""
    said = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            said[table] = "\n".join(map(repr, cursor.fetchall()))
    from django.contrib.sessions.models import Session

    from accounts.kept.sealing import unseal

    said["django_session"] = json.dumps([s.get_decoded() for s in Session.objects.all()])
    said["accounts_keptpost"] = json.dumps([unseal(k.sealed) for k in KeptPost.objects.all()])
    return said


def tables_with(*texts):
    return {table for table, said in dump().items() for text in texts if text in said}


@pytest.fixture
def request_it(alice, clinic_north):
    def ask(patient, **changed):
        values = {"basis": "request", "reason": f"{FAMILY} wrote", "typed_number": NUMBER} | changed
        return request_erasure(patient=patient, by=alice, clinic=clinic_north, **values)

    return ask


@pytest.fixture
def erase(request_it, ada):
    return lambda patient: confirm_erasure(request_it(patient), by=ada, typed_number=NUMBER)


def test_the_patient_has_a_row_in_every_table_that_can_hold_one(person, traces):
    held = rows_of(persons_of(person))
    can = {
        model
        for model in apps.get_models()
        if not hasattr(model, "instance_type")
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Patient
    } - {kinds.PatientMerge}
    assert {m.__name__ for m in can - set(held)} <= {"Clock"}
    versions = {m.instance_type for m in held if hasattr(m, "instance_type")}
    assert {m for m in can if hasattr(m, "history")} == versions


def test_afterwards_no_table_holds_anything_of_the_person(person, traces, erase, clinic_north):
    records.echo(records.patient_of(clinic_north, record_number="OTHER-1"), DAY, lvef_percent=60)
    others = Patient.objects.exclude(pk=person.pk).count()
    assert len(tables_with(*SENTINELS)) > 30
    ids = [str(person.public_id), person.public_id.hex]
    erasure = erase(person)
    assert tables_with(*SENTINELS) == set()
    # The opaque id alone stays: in the audit, and in the erasure.
    assert tables_with(*ids) <= {"audit_auditevent", "patients_erasure"}
    assert erasure.erased_ids == [str(person.public_id)]
    assert not list(erasing.Path(erasing.settings.UPLOAD_DIR).glob("*"))
    assert Patient.objects.count() == others
    for model in apps.get_models():
        if issubclass(model, ClinicalRecord):
            assert not model._default_manager.filter(patient_id=person.pk).exists()
    connection.check_constraints()


def test_the_records_that_were_merged_into_it_go_as_well(person, erase, alice, clinic_north):
    other = records.patient_of(
        clinic_north, record_number="QX-77832", family_name=FAMILY, born_on=BORN_ON
    )
    records.log(other, date(2025, 5, 5), nyha=2, comment=WORDS)
    merge_patients(MergeOrder(person, other), by=alice, clinic=clinic_north, reason="same")
    erasure = erase(person)
    assert set(erasure.erased_ids) == {str(person.public_id), str(other.public_id)}
    assert tables_with(*SENTINELS, "QX-77832") == set()


def test_whoever_was_merged_wrongly_keeps_everything(person, erase, alice, clinic_north):
    other = records.patient_of(clinic_north, record_number="KEPT-1", family_name="Staywell")
    log = records.log(other, date(2025, 5, 5), nyha=2, comment="staywords")
    merge = merge_patients(MergeOrder(person, other), by=alice, clinic=clinic_north, reason="same")
    undo_merge(merge, by=alice, clinic=clinic_north, reason="twins")
    versions = log.history.count()
    erase(person)
    log.refresh_from_db()
    assert (log.comment, log.history.count()) == ("staywords", versions)
    assert other.registrations.get().record_number == "KEPT-1"


def test_it_needs_a_second_person(person, request_it, alice, bob):
    erasure = request_it(person)
    with pytest.raises(ValidationError, match="another person"):
        confirm_erasure(erasure, by=alice, typed_number=NUMBER)
    assert Patient.objects.filter(pk=person.pk).exists()
    confirm_erasure(erasure, by=bob, typed_number=NUMBER)
    assert not Patient.objects.filter(pk=person.pk).exists()


def test_where_one_person_has_the_right_they_come_back_a_day_later(
    person, request_it, alice, settings
):
    settings.ERASURE_BY_ONE_PERSON = True
    erasure = request_it(person)
    with pytest.raises(ValidationError, match="come back after a day"):
        confirm_erasure(erasure, by=alice, typed_number=NUMBER)
    earlier = timezone.now() - timedelta(hours=24, minutes=1)
    Erasure.objects.filter(pk=erasure.pk).update(requested_at=earlier)
    confirm_erasure(erasure, by=alice, typed_number=NUMBER)
    assert not Patient.objects.filter(pk=person.pk).exists()


def test_a_request_that_is_old_or_withdrawn_erases_nothing(person, request_it, ada, alice):
    erasure = request_it(person)
    earlier = timezone.now() - timedelta(days=7, minutes=1)
    Erasure.objects.filter(pk=erasure.pk).update(requested_at=earlier)
    with pytest.raises(ValidationError, match="confirmed within 7 days"):
        confirm_erasure(erasure, by=ada, typed_number=NUMBER)
    again = withdraw_erasure(request_it(person), by=alice)
    with pytest.raises(ValidationError, match="withdrawn"):
        confirm_erasure(again, by=ada, typed_number=NUMBER)
    assert Patient.objects.filter(pk=person.pk).exists()


def test_the_number_is_typed_twice(person, request_it, ada):
    with pytest.raises(ValidationError, match="not the record number"):
        request_it(person, typed_number="QX-77830")
    erasure = request_it(person)
    with pytest.raises(ValidationError, match="not the record number"):
        confirm_erasure(erasure, by=ada, typed_number="QX-77830")
    assert Patient.objects.filter(pk=person.pk).exists()


def test_every_trace_has_words_and_none_is_listed_where_nothing_was_found(person):
    holdings = holdings_of(person)
    assert holdings.traces.keys() == erasing.TRACES_IN_WORDS.keys()
    listed = [number for _label, number in holdings.trace_lines]
    assert listed == [number for number in holdings.traces.values() if number > 0]


def test_what_was_entered_meanwhile_is_looked_at_first(person, request_it, ada):
    erasure, seen = request_it(person), holdings_of(person).digest
    records.log(person, date(2025, 5, 5), nyha=2)
    with pytest.raises(ErasureChangedError):
        confirm_erasure(erasure, by=ada, typed_number=NUMBER, expected=seen)
    assert Patient.objects.filter(pk=person.pk).exists()


def test_a_person_whom_another_clinic_follows_is_not_erased(
    person, request_it, clinic_south, alice
):
    from patients.actions import register_in_clinic

    register_in_clinic(
        by=alice, patient=person, clinic=clinic_south, record_number="S-1", from_on=DAY
    )
    with pytest.raises(ValidationError, match="Another clinic follows"):
        request_it(person)


def test_all_of_it_or_nothing(person, traces, request_it, ada, settings):
    settings.ERASE_TRACES = [*settings.ERASE_TRACES, f"{__name__}.failing"]
    erasure = request_it(person)
    before = {table: len(said) for table, said in dump().items()}
    with pytest.raises(OSError, match="disk"):
        confirm_erasure(erasure, by=ada, typed_number=NUMBER)
    assert {table: len(said) for table, said in dump().items()} == before


def test_nothing_is_erased_where_its_list_cannot_be_written(
    person, request_it, ada, settings, tmp_path
):
    (tmp_path / "file").write_text("not a folder")
    settings.ERASURE_LIST = tmp_path / "file" / "erased"
    with pytest.raises(ValidationError, match="nothing was erased"):
        confirm_erasure(request_it(person), by=ada, typed_number=NUMBER)
    assert Patient.objects.filter(pk=person.pk).exists()


def failing(sentinels, remove):
    """A trace that cannot be removed."""
    if remove:
        raise OSError("the disk is gone")
    return {}


def test_it_is_audited_with_counts_and_without_values(person, erase, ada):
    erasure = erase(person)
    event = AuditEvent.objects.get(record_kind="erasure", note="patient erased")
    assert (event.actor_id, event.record_id) == (ada.pk, str(erasure.public_id))
    assert event.counts["echostudy"] == 1
    assert event.counts["historicalechostudy"] == 2
    assert erasure.reason == ""


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_is_erased_again(person, erase, clinic_north, alice, capsys):
    public_id = person.public_id
    erase(person)
    assert str(public_id) in erasing.list_path().read_text()
    # The backup knows the person, and nothing of the erasure.
    Erasure.objects.all().delete()
    again = full_patient(clinic_north, alice, NUMBER)
    Patient.objects.filter(pk=again.pk).update(public_id=public_id)
    call_command("reapply_erasures")
    assert "1 were there again" in capsys.readouterr().out
    assert tables_with(*SENTINELS) == set()
    call_command("reapply_erasures", "--show")
    assert str(public_id) in capsys.readouterr().out


def test_a_backup_that_holds_a_wrong_merge_is_told_and_left(person, clinic_north, alice, tmp_path):
    other = records.patient_of(clinic_north, family_name="Staywell")
    merge_patients(MergeOrder(person, other), by=alice, clinic=clinic_north, reason="same")
    listed = tmp_path / "ids"
    listed.write_text(f"{person.public_id}\n")
    with pytest.raises(CommandError, match="undo the merge"):
        call_command("reapply_erasures", list=listed)
    assert Patient.objects.count() == 2
    listed.write_text("nonsense\n")
    with pytest.raises(CommandError, match="no opaque id"):
        call_command("reapply_erasures", list=listed)
