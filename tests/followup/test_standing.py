"""The standing of each patient: what it says, when it is renewed, on which day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import create_clinic
from accounts.guideline_settings import adopt_edition, sign_off_edition
from followup.clinic_rules import rules_of
from followup.models import Standing
from followup.pathway_rows import pathway_rows_of
from followup.standing import REPLAYED_AT_ONCE, renew_standings, replay_of, standing_of
from guidelines.registry import editions_in_force
from patients.actions import register_in_clinic, strike
from patients.models import Registration
from tests.factories import records as make
from treatments.held import stored_form
from treatments.record import record_of

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def severe(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.symptom_free(patient, days_ago(15))
    make.echo(
        patient, days_ago(20), lvef_percent=58, lvesd_mm=36, bsa_m2="2.0", eroa_mm2=44,
        vena_contracta_mm=8,
    )  # fmt: skip
    return patient


def test_a_registered_patient_has_one_at_once(clinic_north):
    patient = make.patient_of(clinic_north)
    assert patient.standing.grade == "cannot_be_graded"
    assert patient.standing.acc_aha_class == ""
    assert patient.standing.acc_aha_possible == "1"
    assert patient.standing.last_echo_on is None
    assert "eroa_mm2" in patient.standing.missing


def test_it_follows_every_write(severe):
    standing = Standing.objects.get(patient=severe)
    assert (standing.grade, standing.symptomatic) == ("severe", False)
    assert (standing.acc_aha_class, standing.acc_aha_status) == ("1", "met")
    assert (standing.esc_class, standing.esc_status) == ("I", "met")
    assert standing.last_echo_on == days_ago(20)
    make.acute_episode(severe, timezone.now() - timedelta(hours=3))
    standing.refresh_from_db()
    assert standing.is_acute
    assert (standing.grade, standing.acc_aha_class) == ("not_on_this_scale", "")
    assert standing.acc_aha_status == "closed"


def test_struck_evidence_no_longer_holds_it(severe, alice, clinic_north):
    strike(severe.echostudy_set.get(), by=alice, clinic=clinic_north, reason="another patient's")
    standing = Standing.objects.get(patient=severe)
    assert (standing.grade, standing.acc_aha_class) == ("cannot_be_graded", "")
    assert standing.last_echo_on is None


def test_there_is_never_more_than_one(severe):
    renew_standings([severe.pk])
    renew_standings([severe.pk])
    assert Standing.objects.filter(patient=severe).count() == 1


def test_one_line_of_evidence_is_marked_provisional(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.log(patient, days_ago(15), nyha=3, dyspnea=True, attribution="certain")
    make.echo(patient, days_ago(20), lvef_percent=62, eroa_mm2=44)
    assert patient.standing.acc_aha_provisional
    assert patient.standing.acc_aha_class == "1"


def test_the_day_is_the_latest_today_of_the_clinics(clinic_north):
    far_east = create_clinic(code="east", name="East", time_zone="Pacific/Auckland", by=None)
    patient = make.patient_of(clinic_north)
    register_in_clinic(
        by=None, patient=patient, clinic=far_east, record_number="E-1", from_on=date(2020, 1, 1)
    )
    renew_standings([patient.pk], at=datetime(2024, 6, 1, 20, tzinfo=UTC))
    standing = Standing.objects.get(patient=patient)
    assert standing.assessed_for_on == date(2024, 6, 2)


def test_a_stored_standing_equals_a_fresh_one(severe):
    stored = Standing.objects.get(patient=severe)
    record = record_of([severe], on=stored.assessed_for_on)[severe.pk]
    rules = rules_of(severe.registrations.get().clinic, stored.assessed_for_on)
    rows = pathway_rows_of([severe.pk], on=stored.assessed_for_on)[severe.pk]
    replay = replay_of(record, rules, keeps=True)
    fresh = standing_of(record, stored.assessed_at, rules, rows, found=replay)
    fresh.replay = stored_form(replay.checkpoints, rules.mark)
    for field in Standing._meta.concrete_fields:
        if field.name not in {"id", "clock"}:
            assert getattr(fresh, field.attname) == getattr(stored, field.attname), field.name


def test_people_alike_in_age_and_sex_are_not_mistaken_for_each_other(clinic_north):
    woman, man = make.patient_of(clinic_north), make.patient_of(clinic_north, sex="male")
    child = make.patient_of(clinic_north, born_on=days_ago(3000))
    assert woman.standing.patient_id == woman.pk
    assert man.standing.patient_id == man.pk
    assert child.standing.acc_aha_status == "closed"
    assert woman.standing.acc_aha_status == "unknown"


def test_many_are_renewed_in_as_many_queries_as_few(clinic_north):
    keys = [make.patient_of(clinic_north).pk for _ in range(14)]

    def queries(some):
        with CaptureQueriesContext(connection) as captured:
            renew_standings(some)
        return len(captured)

    few = REPLAYED_AT_ONCE + 1
    assert queries(keys[:few]) == queries(keys)
    clocks = 1
    assert queries(keys[: few - 1]) == queries(keys[:few]) + clocks, "what was kept is read by both"


def test_a_clinic_that_kept_the_older_edition_is_judged_by_it(clinic_north, ada):
    adopt_edition(
        clinic=clinic_north,
        edition_id="esc-eacts-2021",
        from_on=date(2025, 9, 1),
        by=ada,
    )
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2024-01-01")
    make.none_of_these(patient, "2026-06-01")
    make.symptom_free(patient, "2026-10-02")
    # LVESDi of 20 mm/m2 is a limit of the 2025 edition alone.
    make.echo(
        patient, "2026-10-01", lvef_percent=66, lvesd_mm=38, bsa_m2="1.7", eroa_mm2=45,
        vena_contracta_mm=8,
    )  # fmt: skip
    assert Standing.objects.get(patient=patient).esc_class != "I"
    adopt_edition(
        clinic=clinic_north, edition_id="esc-eacts-2025", from_on=date(2026, 1, 1), by=ada
    )
    renew_standings([patient.pk])
    assert Standing.objects.get(patient=patient).esc_class == "I"


# Who judges --------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(settings):
    """Another clinic, in whose calendar it is tomorrow already; it has signed nothing off."""
    settings.SHOWS_UNSIGNED_VERDICTS = False
    return create_clinic(code="far", name="Far", time_zone="Pacific/Kiritimati", by=None)


@pytest.fixture
def late():
    """An instant of today in Paris that is tomorrow in Kiritimati."""
    return timezone.now().replace(hour=15, minute=0)


def signed_off(clinic, by):
    for edition in editions_in_force(clinic.today()):
        sign_off_edition(
            clinic=clinic, edition_id=edition.id, name="Dr A", note="", on=days_ago(9), by=by
        )


def registered(patient, clinic, **ended):
    """A row as it stands after years; the acts date it by the day of the test."""
    Registration.objects.create(
        patient=patient, clinic=clinic, record_number="9", from_on=days_ago(900), **ended
    )


def has_class_1(patient, at):
    renew_standings([patient.pk], at=at)
    found = Standing.objects.get(patient=patient)
    return "class_1" in {concern["kind"] for concern in found.concerns}


@pytest.mark.parametrize("because", ["moved", "error"])
def test_a_clinic_that_follows_nobody_any_more_does_not_judge_by_its_later_day(
    severe, clinic_north, elsewhere, late, alice, because
):
    ended = Registration.Ended.MOVED if because == "moved" else Registration.Ended.ENTERED_IN_ERROR
    registered(severe, elsewhere, until_on=days_ago(500), ended_because=ended)
    signed_off(clinic_north, alice)
    assert has_class_1(severe, late)
    assert Standing.objects.get(patient=severe).assessed_for_on == clinic_north.today(late)


@pytest.mark.parametrize("signs", ["north", "far"])
def test_a_clinic_that_has_signed_nothing_hides_no_class_1_from_another_that_follows(
    severe, clinic_north, elsewhere, late, alice, signs
):
    registered(severe, elsewhere)
    assert not has_class_1(severe, late)
    signed_off(clinic_north if signs == "north" else elsewhere, alice)
    assert has_class_1(severe, late)
    # What either of them enters today counts, whichever judges.
    assert Standing.objects.get(patient=severe).assessed_for_on == elsewhere.today(late)


def test_of_a_patient_whom_nobody_follows_the_last_clinic_judges(severe, clinic_north, late):
    severe.registrations.update(until_on=days_ago(1), ended_because=Registration.Ended.MOVED)
    renew_standings([severe.pk], at=late)
    assert Standing.objects.get(patient=severe).assessed_for_on == clinic_north.today(late)


def test_it_is_looked_at_again_when_another_clinic_begins_to_follow(severe, elsewhere):
    begins = timezone.localdate() + timedelta(days=2)
    Registration.objects.create(patient=severe, clinic=elsewhere, record_number="9", from_on=begins)
    renew_standings([severe.pk])
    assert Standing.objects.get(patient=severe).valid_until_on <= begins
