"""Two records of one person made one, and made two again."""

import hashlib
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from audit.models import AuditEvent
from followup.models import Standing
from patients.actions import correct_person, end_registration, register_in_clinic
from patients.merging import (
    MergeChangedError,
    MergeOrder,
    as_if_merged,
    merge_patients,
    moving_models,
    state_of,
    undo_merge,
    why_not_undone,
)
from patients.models import EchoStudy, Patient, PatientMerge, Registration, Versioned
from patients.record_rows import rows_seen
from patients.selectors import known_until, registrations_seen_by
from tests.factories import records
from treatments.record import record_of

pytestmark = pytest.mark.django_db

EARLIER, LATER = date(2024, 3, 1), date(2025, 4, 2)


@pytest.fixture
def kept(clinic_north):
    return records.patient_of(clinic_north, record_number="A-1", family_name="Valve")


@pytest.fixture
def absorbed(clinic_north):
    return records.patient_of(
        clinic_north, record_number="B-2", family_name="Valwe", telephone="555 0101"
    )


@pytest.fixture
def filled(kept, absorbed, alice):
    records.echo(kept, EARLIER, lvef_percent=64)
    records.log(kept, EARLIER, nyha=1)
    records.diagnosis(absorbed, EARLIER)
    records.echo(absorbed, LATER, lvef_percent=55, lvesd_mm=44)
    records.lab(absorbed, LATER, "nt_probnp", 900)
    records.acute_episode(absorbed, LATER)
    records.strike(records.log(absorbed, LATER, nyha=3), by=alice)
    return kept, absorbed


@pytest.fixture
def order(filled):
    return MergeOrder(*filled)


@pytest.fixture
def merge(alice, clinic_north, order):
    return lambda **more: merge_patients(
        order, by=alice, clinic=clinic_north, reason="one passport", **more
    )


@pytest.fixture
def undo(alice, clinic_north):
    return lambda merged, **more: undo_merge(
        merged, by=alice, clinic=clinic_north, reason="two twins", **more
    )


def fingerprint(patient):
    """Everything stored of one patient but the versions of the rows."""
    said = [
        repr(
            sorted(
                (field.attname, str(getattr(row, field.attname)))
                for field in model._meta.concrete_fields
                if field.name != "version"
            )
        )
        for model in (*moving_models(), Patient)
        for row in (
            Patient.objects.filter(pk=patient.pk)
            if model is Patient
            else model._default_manager.filter(patient=patient).order_by("pk")
        )
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def test_every_kind_of_row_about_a_patient_moves_but_what_is_computed():
    about = {
        model
        for model in apps.get_models()
        if not hasattr(model, "instance_type")
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Patient
    }
    left = {model.__name__ for model in about - set(moving_models())}
    # Standing and clocks are renewed with the record; the merge and the tombstone point to both.
    assert left - {"ErasureRequest"} == {"Standing", "Clock", "PatientMerge", "Patient"}


def test_everything_moves_with_its_address_and_its_content(merge, filled):
    kept, absorbed = filled
    study = absorbed.echostudy_set.get()
    merge()
    moved = EchoStudy.objects.get(pk=study.pk)
    assert (moved.patient, moved.public_id, moved.version) == (kept, study.public_id, 2)
    assert (moved.lvef_percent_low, moved.entered_by) == (study.lvef_percent_low, study.entered_by)
    for model in moving_models():
        assert not model._default_manager.filter(patient=absorbed).exists(), model
    assert kept.symptomlog_set.filter(struck_at__isnull=False).count() == 1


def test_an_open_acute_episode_stays_open(merge, filled):
    merge()
    assert filled[0].acuteepisode_set.get().closed_at is None
    assert Standing.objects.get(patient=filled[0]).is_acute
    assert not Standing.objects.get(patient=filled[1]).is_acute


def test_the_other_number_finds_the_record_that_stays(merge, filled, alice):
    from patients.selectors import patients_found

    merge()
    kept, absorbed = filled
    absorbed.refresh_from_db()
    assert absorbed.merged_into == kept
    seen = Patient.objects.visible_to(alice)
    assert list(patients_found(seen, "B-2", [kept.registrations.first().clinic_id])) == [kept]
    other = Registration.objects.get(record_number="B-2")
    assert (other.patient, other.ended_because) == (kept, "merged")
    assert absorbed not in seen


def test_chosen_values_are_taken_and_the_others_stay(alice, clinic_north, filled):
    kept, absorbed = filled
    order = MergeOrder(kept, absorbed, taken=("telephone",))
    merge_patients(order, by=alice, clinic=clinic_north, reason="same")
    kept.refresh_from_db()
    assert (kept.telephone, kept.family_name) == ("555 0101", "Valve")


def test_before_the_merge_either_record_is_known_as_it_was(merge, filled):
    kept, absorbed = filled
    before = timezone.now()
    merge()
    now = timezone.now()
    then = record_of([kept, absorbed], on=LATER, known_at=before)
    assert [s.performed_on for s in then[kept.pk].echo_studies] == [EARLIER]
    assert [s.performed_on for s in then[absorbed.pk].echo_studies] == [LATER]
    for known_at in (now, None):
        after = record_of([kept, absorbed], on=LATER, known_at=known_at)
        assert [s.performed_on for s in after[kept.pk].echo_studies] == [LATER, EARLIER]
        assert after[absorbed.pk].is_empty


def test_its_standing_is_that_of_the_whole_record(merge, filled):
    merge()
    assert Standing.objects.get(patient=filled[0]).last_echo_on == LATER
    assert Standing.objects.get(patient=filled[1]).last_echo_on is None


def test_it_is_audited_for_both_with_counts(merge, filled):
    merged = merge()
    events = AuditEvent.objects.filter(record_kind="patientmerge", action="change")
    assert {event.patient_id for event in events} == {str(each.public_id) for each in filled}
    assert events[0].counts["echostudy"] == 1
    assert events[0].record_id == str(merged.public_id)


def test_undone_both_are_exactly_as_before(merge, undo, filled):
    before = [fingerprint(each) for each in filled]
    merged = merge()
    assert [fingerprint(each) for each in filled] != before
    undo(merged)
    assert [fingerprint(each) for each in filled] == before
    now = timezone.now()
    known = record_of(filled, on=LATER, known_at=now)
    assert [s.performed_on for s in known[filled[0].pk].echo_studies] == [EARLIER]
    assert [s.performed_on for s in known[filled[1].pk].echo_studies] == [LATER]
    assert Standing.objects.get(patient=filled[1]).is_acute


def test_undone_the_values_that_were_taken_are_given_back(alice, clinic_north, undo, filled):
    before = [fingerprint(each) for each in filled]
    order = MergeOrder(*filled, taken=("family_name", "telephone"))
    undo(merge_patients(order, by=alice, clinic=clinic_north, reason="same"))
    assert [fingerprint(each) for each in filled] == before


def test_what_was_entered_since_stays_with_the_record_that_stays(merge, undo, filled):
    merged = merge()
    since = records.log(filled[0], date(2025, 5, 5), nyha=2)
    undo(merged)
    since.refresh_from_db()
    assert since.patient == filled[0]


@pytest.mark.parametrize("edit", ["row", "person", "named"])
def test_it_is_not_undone_once_something_that_moved_was_edited(
    merge, undo, filled, alice, clinic_north, edit
):
    from patients.models import ResultAcknowledgment

    merged = merge()
    kept = Patient.objects.get(pk=filled[0].pk)
    if edit == "row":
        records.strike(kept.labresult_set.get(), by=alice)
    elif edit == "person":
        kept.telephone = "555 0202"
        correct_person(by=alice, clinic=clinic_north, patient=kept, reason="called")
    else:
        records.enter(
            ResultAcknowledgment(
                patient=kept,
                lab_result=kept.labresult_set.get(),
                seen_by=alice,
                seen_at=timezone.now(),
            )
        )
    before = [fingerprint(each) for each in filled]
    with pytest.raises(ValidationError, match="since the merge"):
        undo(merged)
    assert [fingerprint(each) for each in filled] == before


def test_it_is_not_undone_after_its_time(merge, undo, settings):
    merged = merge()
    merged.merged_at -= timedelta(days=settings.MERGE_UNDO_DAYS + 1)
    assert "can be undone for 30 days" in why_not_undone(merged)[0]
    merged.merged_at += timedelta(days=1)
    assert why_not_undone(merged) == []


def test_a_record_written_to_meanwhile_is_not_merged(merge, filled):
    shown = state_of(filled)
    records.log(filled[1], date(2025, 5, 5), nyha=2)
    with pytest.raises(MergeChangedError):
        merge(expected=shown)
    assert not PatientMerge.objects.exists()
    merge(expected=state_of(filled))


def test_one_study_entered_twice_is_named_and_nothing_is_merged(merge, filled):
    records.echo(filled[1], EARLIER, lvef_percent=63)
    with pytest.raises(ValidationError, match="Both records hold a transthoracic echo of 1 Mar"):
        merge()
    assert not PatientMerge.objects.exists()


def test_a_birth_after_the_other_record_began_is_refused(alice, clinic_north, filled):
    kept, absorbed = filled
    late = records.patient_of(clinic_north, born_on=date(2024, 12, 1))
    with pytest.raises(ValidationError, match="record begins earlier"):
        merge_patients(MergeOrder(late, kept), by=alice, clinic=clinic_north, reason="same")
    assert absorbed.echostudy_set.exists()


def test_looking_at_it_leaves_nothing(alice, clinic_north, order, filled):
    before, events = [fingerprint(each) for each in filled], AuditEvent.objects.count()
    with as_if_merged(order, by=alice, clinic=clinic_north) as then:
        assert Standing.objects.get(patient=then).last_echo_on == LATER
    assert [fingerprint(each) for each in filled] == before
    assert AuditEvent.objects.count() == events
    assert not PatientMerge.objects.exists()


def test_a_clinic_that_follows_the_absorbed_one_follows_the_record_that_stays(
    merge, undo, filled, clinic_south, alice, charlie
):
    kept, absorbed = filled
    register_in_clinic(
        by=alice, patient=absorbed, clinic=clinic_south, record_number="S-9", from_on=LATER
    )
    merged = merge()
    assert list(Patient.objects.visible_to(charlie)) == [kept]
    place = Registration.objects.get(record_number="S-9")
    assert (place.patient, place.until_on) == (kept, None)
    undo(merged)
    assert list(Patient.objects.visible_to(charlie)) == [absorbed]


def test_a_former_clinic_reads_on_what_it_held(merge, filled, clinic_south, alice, charlie):
    _kept, absorbed = filled
    place = register_in_clinic(
        by=alice, patient=absorbed, clinic=clinic_south, record_number="S-9", from_on=LATER
    )
    end_registration(
        by=alice,
        registration=place,
        until_on=clinic_south.today() - timedelta(days=1),
        because="discharged",
    )
    merge()
    assert list(Patient.objects.visible_to(charlie)) == [absorbed]
    places = registrations_seen_by(charlie, absorbed)
    known_at = known_until(places)
    (then,) = rows_seen(EchoStudy, absorbed, places)
    assert then.performed_on == LATER
    assert record_of([absorbed], on=LATER, known_at=known_at)[absorbed.pk].echo_studies


def test_versions_only_rise(merge, undo, filled):
    merged = merge()
    undo(merged)
    for model in moving_models():
        for row in model._default_manager.all():
            assert isinstance(row, Versioned)
            numbers = list(row.history.order_by("history_id").values_list("version", flat=True))
            assert numbers == sorted(numbers)
            assert row.history.first().version == row.version


def test_nothing_is_entered_into_a_record_that_was_absorbed(merge, filled, alice, clinic_north):
    """A form that was opened before the merge arrives after it."""
    opened_before = filled[1]
    merge()
    with pytest.raises(ValidationError, match="was merged into another one"):
        records.log(opened_before, date(2025, 5, 5), nyha=2)
    with pytest.raises(ValidationError, match="was merged into another one"):
        register_in_clinic(
            by=alice,
            patient=opened_before,
            clinic=clinic_north,
            record_number="N-3",
            from_on=LATER,
        )
    assert not opened_before.symptomlog_set.exists()


def test_a_file_with_the_former_number_is_read_into_the_record_that_stays(
    merge, filled, clinic_north
):
    from interop.spreadsheets.check import Check

    merge()
    found = {"B-2": Registration.objects.get(record_number="B-2")}
    check = object.__new__(Check)
    check.clinic = clinic_north
    check._follow_merges(found)
    assert found["B-2"].record_number == "A-1"


def test_a_chain_of_merges_leads_to_the_last_and_is_undone_from_its_end(
    merge, undo, filled, alice, clinic_north
):
    from patients.selectors import record_that_stays

    first = merge()
    third = records.patient_of(clinic_north, record_number="C-3")
    order = MergeOrder(third, Patient.objects.get(pk=filled[0].pk))
    second = merge_patients(order, by=alice, clinic=clinic_north, reason="same")
    assert record_that_stays(Patient.objects.get(pk=filled[1].pk)) == third
    with pytest.raises(ValidationError, match="Undo that merge first"):
        undo(first)
    undo(second)
    assert filled[0].echostudy_set.count() == 2


def test_the_history_of_either_record_says_when_a_row_came_and_left(merge, undo, filled):
    kept, absorbed = filled
    study = absorbed.echostudy_set.get()
    undo(merge())

    def written(patient):
        versions = EchoStudy.history.filter(id=study.pk, patient_id=patient.pk)
        return list(versions.order_by("history_id").values_list("history_type", flat=True))

    assert written(kept) == ["~", "-"]
    assert written(absorbed) == ["+", "-", "~"]
