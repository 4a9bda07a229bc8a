"""Where patients stand: a story for each bucket and each concern, told by real records."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.actions import set_clinic_setting
from accounts.guideline_settings import adopt_edition, sign_off_edition
from accounts.models import ClinicSetting
from followup.alarms import alarms_of
from followup.models import Appointment, ContactAttempt, FollowUpEnd, Referral, Standing
from followup.standing import REPLAYED_AT_ONCE, renew_standings
from followup.turns import birthday_after
from guidelines.pathway import Bucket
from guidelines.registry import EDITIONS
from patients.actions import (
    change,
    end_registration,
    mark_deceased,
    move_patient,
    undo_deceased,
)
from patients.days import spoken
from patients.models import Registration, ResultAcknowledgment
from tests.factories import records as make
from treatments.models import TeamReview

pytestmark = pytest.mark.django_db
B = Bucket
DECISION = TeamReview.Decision


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def in_days(days):
    return days_ago(-days)


def standing(patient):
    return Standing.objects.get(patient=patient)


def bucket(patient):
    return Bucket(standing(patient).bucket)


def kinds(patient):
    return [concern["kind"] for concern in standing(patient).concerns]


def concern(patient, kind):
    """The only concern of this kind."""
    (found,) = (each for each in standing(patient).concerns if each["kind"] == kind)
    return found


# Records -----------------------------------------------------------------------------------------


def appointment(patient, planned_on, kind="visit_and_echo", booked_on=None, **values):
    row = Appointment(
        patient=patient, kind=kind, planned_on=planned_on, booked_on=booked_on or days_ago(400),
        **values,
    )  # fmt: skip
    return make.enter(row)


def contact(patient, on, outcome="no_answer"):
    return make.enter(
        ContactAttempt(patient=patient, attempted_on=on, channel="telephone", outcome=outcome)
    )


def end(patient, kind, on=None):
    return make.enter(
        FollowUpEnd(
            patient=patient, kind=kind, ended_on=on or days_ago(1), reason="as told",
            alarms=list(alarms_of(patient)),
        )
    )  # fmt: skip


def referral(patient, on, **values):
    return make.enter(Referral(patient=patient, referred_on=on, question="operate?", **values))


def review(patient, on, decision, **values):
    return make.team_review(patient, on, decision=decision, **values)


def sees(user, study=None, result=None):
    row = study or result
    return make.enter(
        ResultAcknowledgment(
            patient=row.patient, echo_study=study, lab_result=result,
            seen_at=timezone.now(), seen_by=user,
        ),
        by=user,
    )  # fmt: skip


@pytest.fixture
def new(clinic_north):
    return make.patient_of(clinic_north)


@pytest.fixture
def moderate(clinic_north):
    """Moderate regurgitation, seen some months ago: nothing is due."""
    return moderate_of(clinic_north)


def moderate_of(clinic, seen=80):
    patient = make.patient_of(clinic)
    make.diagnosis(patient, days_ago(900))
    make.none_of_these(patient, days_ago(seen))
    make.symptom_free(patient, days_ago(seen))
    make.echo(patient, days_ago(seen), reader_grade=2, eroa_mm2=24, regurgitant_volume_ml=38,
              regurgitant_fraction_percent=35, vena_contracta_mm=5, lvef_percent=66, lvesd_mm=33,
              aortic_regurgitation=0, aortic_stenosis=0, tricuspid_regurgitation=0,
              mitral_stenosis=0, asserted_known_on=days_ago(seen))  # fmt: skip
    return patient


@pytest.fixture
def severe(clinic_north):
    """Class 1 without symptoms: an impaired ventricle, met three days ago."""
    return severe_of(clinic_north)


def severe_of(clinic, seen=3, **values):
    patient = make.patient_of(clinic)
    make.diagnosis(patient, days_ago(400))
    make.symptom_free(patient, days_ago(seen))
    make.echo(patient, days_ago(seen), **{
        "lvef_percent": 58, "lvesd_mm": 36, "bsa_m2": "2.0", "eroa_mm2": 44,
        "vena_contracta_mm": 8} | values)  # fmt: skip
    return patient


@pytest.fixture
def mechanical(clinic_north):
    return mechanical_of(clinic_north)


def mechanical_of(clinic, inr="1.5"):
    patient = make.patient_of(clinic)
    make.intervention(patient, days_ago(700), "mitral_mechanical")
    make.anticoagulation_plan(patient, days_ago(690), inr_low="2.5", inr_high="3.5")
    make.medication(patient, days_ago(690), "warfarin")
    make.symptom_free(patient, days_ago(70))
    if inr:
        make.lab(patient, days_ago(2), "inr", inr)
    return patient


@pytest.fixture
def acute(clinic_north):
    patient = make.patient_of(clinic_north)
    make.acute_episode(patient, timezone.now() - timedelta(hours=3))
    return patient


# Buckets -----------------------------------------------------------------------------------------


def test_somebody_registered_and_not_yet_seen_waits_for_a_first_assessment(new):
    assert bucket(new) is B.FIRST_ASSESSMENT
    assert kinds(new) == ["due"]


def test_a_patient_without_any_registration_still_stands_somewhere(new, alice, clinic_north):
    end_registration(
        by=alice, registration=new.registrations.get(), until_on=days_ago(0),
        because=Registration.Ended.ENTERED_IN_ERROR,
    )  # fmt: skip
    assert bucket(new) is B.FIRST_ASSESSMENT


def test_a_leak_that_cannot_be_graded_waits_for_a_first_assessment(new):
    make.diagnosis(new, days_ago(90))
    make.symptom_free(new, days_ago(70))
    make.echo(new, days_ago(70), eroa_mm2=18, lvef_percent=65)
    appointment(new, in_days(3))
    assert standing(new).grade == "cannot_be_graded"
    assert bucket(new) is B.FIRST_ASSESSMENT


def test_seen_and_graded_a_patient_is_up_to_date(moderate):
    assert bucket(moderate) is B.UP_TO_DATE
    assert kinds(moderate) == []


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (31, B.UP_TO_DATE),
        (30, B.DUE),
        (1, B.DUE),
        (0, B.DUE),
        (-1, B.OVERDUE),
        (-400, B.OVERDUE),
    ],
)
def test_due_and_overdue_begin_on_their_days(clinic_north, before, expected):
    """``before``: days from today to the last day for the next visit, half-yearly or later."""
    probe = moderate_of(clinic_north, seen=0)
    allowed = (standing(probe).due_by_on - days_ago(0)).days
    patient = moderate_of(clinic_north, seen=allowed)
    shift = (standing(patient).due_by_on - days_ago(0)).days  # months are not of one length
    patient = moderate_of(clinic_north, seen=allowed - before + shift)
    found = standing(patient)
    if found.due_by_on != in_days(before):
        pytest.skip("no month has this day")
    assert Bucket(found.bucket) is expected
    assert ("due" in kinds(patient)) is (expected is not B.UP_TO_DATE)
    if expected is not B.UP_TO_DATE:
        weight = 0 if expected is B.OVERDUE else 1
        assert concern(patient, "due")["weight"] == weight


def test_what_is_due_and_booked_in_time_asks_for_nobody(clinic_north):
    patient = moderate_of(clinic_north, seen=800)
    assert (bucket(patient), kinds(patient)) == (B.OVERDUE, ["due"])
    booked = appointment(patient, in_days(30))
    assert (bucket(patient), kinds(patient)) == (B.BOOKED, [])
    booked.status = Appointment.Status.CANCELLED
    change(booked, by=None, clinic=clinic_north, reason="cancelled")
    assert (bucket(patient), kinds(patient)) == (B.OVERDUE, ["due"])


def test_an_appointment_too_late_to_serve_hides_nothing(clinic_north):
    patient = moderate_of(clinic_north, seen=800)
    appointment(patient, in_days(31))
    assert (bucket(patient), kinds(patient)) == (B.OVERDUE, ["due"])


@pytest.mark.parametrize("status", ["planned", "missed", "attended"])
def test_an_appointment_that_is_past_serves_no_more(clinic_north, status):
    patient = moderate_of(clinic_north, seen=800)
    appointment(patient, days_ago(1), status=status)
    assert (bucket(patient), kinds(patient)) == (B.OVERDUE, ["due"])


def test_an_inr_check_follows_nobody_up(clinic_north):
    patient = moderate_of(clinic_north, seen=800)
    appointment(patient, in_days(3), kind="inr")
    assert bucket(patient) is B.OVERDUE


def test_three_attempts_without_an_answer_then_reached(clinic_north):
    patient = moderate_of(clinic_north, seen=800)
    for day in (30, 20):
        contact(patient, days_ago(day))
    assert bucket(patient) is B.OVERDUE
    contact(patient, days_ago(10), "wrong_address")
    assert bucket(patient) is B.LOST
    assert kinds(patient) == ["due"]
    contact(patient, days_ago(5), "reached")
    assert bucket(patient) is B.OVERDUE


@pytest.mark.parametrize(
    "found_again",
    [
        lambda patient: make.symptom_free(patient, days_ago(5)),
        lambda patient: make.echo(patient, days_ago(5), final=False),
        lambda patient: make.intervention(patient, days_ago(5), "pci"),
        lambda patient: appointment(patient, days_ago(5), status="attended"),
        lambda patient: contact(patient, days_ago(5), "refused"),
        lambda patient: end(patient, "returned", days_ago(5)),
    ],
    ids=["visit", "echo", "procedure", "came", "refused", "returned"],
)
def test_who_was_seen_or_came_back_is_not_lost(clinic_north, found_again):
    patient = moderate_of(clinic_north, seen=800)
    for day in (30, 20, 10):
        contact(patient, days_ago(day))
    assert bucket(patient) is B.LOST
    found_again(patient)
    assert bucket(patient) is not B.LOST


def test_calls_of_one_day_are_one_attempt(clinic_north):
    patient = moderate_of(clinic_north, seen=800)
    for _call in range(4):
        contact(patient, days_ago(3))
    contact(patient, days_ago(2))
    assert bucket(patient) is B.OVERDUE
    contact(patient, days_ago(1))
    assert bucket(patient) is B.LOST


def test_declined_discharged_and_followed_again(moderate):
    end(moderate, "declined", days_ago(9))
    assert bucket(moderate) is B.DECLINED
    end(moderate, "discharged", days_ago(8))
    assert bucket(moderate) is B.DISCHARGED
    end(moderate, "returned", days_ago(7))
    assert bucket(moderate) is B.UP_TO_DATE


def test_an_end_that_was_struck_ends_nothing(moderate, alice):
    make.strike(end(moderate, "declined"), by=alice)
    assert bucket(moderate) is B.UP_TO_DATE


@pytest.mark.parametrize(
    ("because", "expected"), [("moved", B.MOVED), ("other", B.MOVED), ("discharged", B.DISCHARGED)]
)
def test_no_clinic_follows_any_more(moderate, alice, because, expected):
    end_registration(
        by=alice, registration=moderate.registrations.get(), until_on=days_ago(1), because=because
    )
    assert bucket(moderate) is expected


def test_who_moved_to_another_clinic_is_followed_there(moderate, alice, clinic_south):
    move_patient(
        by=alice, registration=moderate.registrations.get(), to_clinic=clinic_south,
        moved_on=days_ago(30), reason="new home",
    )  # fmt: skip
    assert bucket(moderate) is B.UP_TO_DATE


def test_the_last_day_of_a_registration_still_counts(moderate, alice):
    end_registration(
        by=alice, registration=moderate.registrations.get(), until_on=days_ago(0), because="moved"
    )
    assert bucket(moderate) is B.UP_TO_DATE
    assert standing(moderate).valid_until_on == in_days(1)


@pytest.mark.parametrize(
    ("days", "expected"), [(0, B.AFTER_PROCEDURE), (30, B.AFTER_PROCEDURE), (31, B.UP_TO_DATE)]
)
def test_thirty_days_after_a_procedure(moderate, days, expected):
    make.intervention(moderate, days_ago(days), "mitral_repair")
    make.symptom_free(moderate, days_ago(0))
    make.echo(moderate, days_ago(0), lvef_percent=60)
    assert bucket(moderate) is expected


def test_after_an_operation_the_baseline_is_due_and_not_an_echo_now(clinic_north):
    patient = severe_of(clinic_north, seen=60)
    make.log(patient, days_ago(60), nyha=3, dyspnea=True, attribution="certain")
    review(patient, days_ago(50), DECISION.INTERVENE)
    make.intervention(patient, days_ago(10), "mitral_repair")
    assert bucket(patient) is B.AFTER_PROCEDURE
    assert (standing(patient).due_from_on, standing(patient).due_by_on) == (
        in_days(20),
        in_days(80),
    )
    assert "due" not in kinds(patient)
    renew_standings([patient.pk], at=timezone.now() + timedelta(days=21))
    assert (bucket(patient), kinds(patient)) == (B.DUE, ["result", "due"])
    renew_standings([patient.pk], at=timezone.now() + timedelta(days=81))
    assert bucket(patient) is B.OVERDUE


def test_symptoms_that_are_told_after_an_operation_make_an_echo_due_now(clinic_north):
    patient = severe_of(clinic_north, seen=60)
    make.intervention(patient, days_ago(40), "mitral_repair")
    make.log(patient, days_ago(5), nyha=3, dyspnea=True, attribution="certain")
    assert "now" in standing(patient).due_words


def test_an_attempt_that_left_no_device_is_no_repair_and_ends_no_wait(severe):
    review(severe, days_ago(2), DECISION.INTERVENE)
    assert bucket(severe) is B.AWAITING_INTERVENTION
    make.intervention(severe, days_ago(1), "teer", device_implanted=False)
    assert bucket(severe) is B.AWAITING_INTERVENTION
    make.intervention(severe, days_ago(0), "teer", device_implanted=True)
    assert bucket(severe) is B.AFTER_PROCEDURE


def test_another_procedure_does_not_end_the_wait_for_the_operation(severe):
    review(severe, days_ago(2), DECISION.INTERVENE)
    make.intervention(severe, days_ago(1), "pci")
    assert bucket(severe) is B.AWAITING_INTERVENTION


def test_an_operation_that_is_planned_is_awaited_until_it_is_called_off(severe, clinic_north):
    planned = make.planned_intervention(severe, "mitral_repair", planned_on=in_days(20))
    assert bucket(severe) is B.AWAITING_INTERVENTION
    planned.status, planned.decided_on = "cancelled", days_ago(0)
    change(planned, by=None, clinic=clinic_north, reason="cancelled")
    assert bucket(severe) is B.AWAITING_DECISION
    assert "class_1" in kinds(severe)


def test_an_operation_that_was_done_under_a_row_of_its_own_is_awaited_no_more(severe):
    make.planned_intervention(severe, "mitral_repair", planned_on=in_days(0))
    make.intervention(severe, days_ago(0), "mitral_biological")
    assert bucket(severe) is B.AFTER_PROCEDURE
    renew_standings([severe.pk], at=timezone.now() + timedelta(days=40))
    assert bucket(severe) is not B.AWAITING_INTERVENTION
    assert "plan" not in kinds(severe)


@pytest.mark.parametrize(("days", "is_there"), [(6, False), (7, True), (400, True)])
def test_a_plan_whose_day_is_over_asks_what_became_of_it(severe, days, is_there):
    make.planned_intervention(severe, "mitral_repair", planned_on=days_ago(days))
    assert bucket(severe) is B.AWAITING_INTERVENTION
    assert ("plan" in kinds(severe)) is is_there
    if is_there:
        said = concern(severe, "plan")
        day = spoken(days_ago(days))
        assert said["words"] == (
            f"Mitral valve repair planned for {day}, not recorded as performed or cancelled"
        )
        assert said["act"] == "Record what became of it, or plan it anew"


def test_a_plan_is_looked_at_on_the_day_on_which_its_time_is_over(moderate, ada, clinic_north):
    set_clinic_setting(
        by=ada, clinic=clinic_north, name="pathway", value={"plan_overdue": 3}, from_on=days_ago(9)
    )
    make.planned_intervention(moderate, "pacemaker", planned_on=in_days(10))
    assert "plan" not in kinds(moderate)
    assert standing(moderate).valid_until_on <= in_days(13)
    renew_standings([moderate.pk], at=timezone.now() + timedelta(days=13))
    assert "plan" in kinds(moderate)


@pytest.mark.parametrize(("days", "is_there"), [(182, False), (183, True)])
def test_a_plan_without_a_day_has_the_time_of_a_decision(moderate, days, is_there):
    make.planned_intervention(moderate, "mitral_repair")
    renew_standings([moderate.pk], at=timezone.now() + timedelta(days=days))
    assert ("plan" in kinds(moderate)) is is_there


@pytest.mark.parametrize(("days", "is_there"), [(182, False), (183, True)])
def test_a_decision_without_a_class_1_that_nobody_carries_out_asks_too(
    clinic_north, days, is_there
):
    patient = moderate_of(clinic_north, seen=200)
    review(patient, days_ago(days), DECISION.INTERVENE)
    assert ("plan" in kinds(patient)) is is_there
    assert (bucket(patient) is B.AWAITING_INTERVENTION) is not is_there


def test_an_operation_of_another_kind_is_not_awaited(moderate):
    make.planned_intervention(moderate, "pacemaker", planned_on=in_days(20))
    assert bucket(moderate) is B.UP_TO_DATE


def test_a_decision_that_nobody_carries_out_comes_back(clinic_north):
    patient = severe_of(clinic_north, seen=200)
    review(patient, days_ago(182), DECISION.INTERVENE)
    assert bucket(patient) is B.AWAITING_INTERVENTION
    patient = severe_of(clinic_north, seen=200)
    review(patient, days_ago(183), DECISION.INTERVENE)
    assert bucket(patient) is B.AWAITING_DECISION
    assert "class_1" in kinds(patient) or "still_open" in kinds(patient)


def test_newer_evidence_that_says_the_same_reopens_no_decision(clinic_north):
    patient = severe_of(clinic_north, seen=60)
    review(patient, days_ago(40), DECISION.INTERVENE)
    make.planned_intervention(patient, "mitral_repair", planned_on=in_days(9))
    make.symptom_free(patient, days_ago(2))
    make.echo(patient, days_ago(2), lvef_percent=57, lvesd_mm=36, bsa_m2="2.0", eroa_mm2=44,
              vena_contracta_mm=8)  # fmt: skip
    assert bucket(patient) is B.AWAITING_INTERVENTION
    assert not {"class_1", "still_open"} & set(kinds(patient))
    make.log(patient, days_ago(1), nyha=3, dyspnea=True, attribution="certain")
    assert "class_1" in kinds(patient)
    assert standing(patient).waits_since_on == days_ago(1)
    words = [each["words"] for each in standing(patient).concerns if each["kind"] == "class_1"]
    assert all("New since the decision: NYHA class ≥ 3, symptoms" in said for said in words)


@pytest.mark.parametrize("others", [0, REPLAYED_AT_ONCE])
@pytest.mark.parametrize("keeps", [True, False])
def test_a_decision_that_nobody_carried_out_comes_back_through_every_door(
    clinic_north, keeps, others
):
    """A write about one, a round over many, with and without what was kept of a replay."""
    patient = severe_of(clinic_north, seen=60)
    review(patient, days_ago(40), DECISION.INTERVENE)
    assert bucket(patient) is B.AWAITING_INTERVENTION
    if not keeps:
        Standing.objects.filter(patient=patient).update(replay=None)
    keys = [patient.pk, *(make.patient_of(clinic_north).pk for _ in range(others))]
    for days, is_open in ((142, False), (143, True)):
        renew_standings(keys, at=timezone.now() + timedelta(days=days))
        assert bool({"class_1", "still_open"} & set(kinds(patient))) is is_open, days
        assert (bucket(patient) is B.AWAITING_DECISION) is is_open, days


def test_an_emergency_goes_before_everything_but_death(acute, alice, clinic_north):
    for kind in ("declined", "discharged"):
        end(acute, kind)
        assert bucket(acute) is B.ACUTE
    mark_deceased(
        by=alice, clinic=clinic_north, patient=acute, deceased_on=days_ago(0), reason="letter"
    )
    assert bucket(acute) is B.DIED


# Concerns ----------------------------------------------------------------------------------------


def test_an_emergency_first_and_only_one_concern_about_it(acute):
    assert kinds(acute)[0] == "acute"
    assert "danger" not in kinds(acute)
    assert standing(acute).first_concern == 1


def test_a_diagnosis_of_acute_regurgitation_is_an_emergency_too(new):
    make.diagnosis(new, days_ago(1), tempo="acute")
    assert (bucket(new), kinds(new)[0]) == (B.ACUTE, "acute")


@pytest.mark.parametrize(
    ("inr", "expected"),
    [
        ("1.9", ["danger"]),
        ("2.0", ["inr"]),
        ("2.4", ["inr"]),
        ("2.5", []),
        ("3.5", []),
        ("3.6", ["inr"]),
        ("5.0", ["inr"]),
        ("5.1", ["danger"]),
    ],
)
def test_the_inr_of_a_mechanical_valve_is_said_once(clinic_north, inr, expected):
    patient = mechanical_of(clinic_north, inr)
    said = [kind for kind in kinds(patient) if kind in ("danger", "inr")]
    assert said == expected
    if expected == ["danger"]:
        assert concern(patient, "danger")["act"].startswith("Call today")


def test_a_mechanical_valve_without_an_inr(clinic_north):
    patient = mechanical_of(clinic_north, inr=None)
    assert concern(patient, "inr")["act"] == "Measure the INR"


def test_a_mechanical_valve_on_a_direct_anticoagulant_or_on_nothing(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(90), previous_mitral_procedure="mechanical")
    assert concern(patient, "danger")["act"] == "Call today: no vitamin K antagonist"
    make.medication(patient, days_ago(9), "apixaban")
    acts = [each["act"] for each in standing(patient).concerns if each["kind"] == "danger"]
    assert "Call today, before the next dose" in acts


def test_a_plan_that_ends_is_looked_at_the_day_after(clinic_north):
    patient = make.patient_of(clinic_north)
    make.intervention(patient, days_ago(700), "mitral_mechanical")
    make.anticoagulation_plan(
        patient, days_ago(300), inr_low="2.5", inr_high="3.5", until_on=in_days(1)
    )
    make.lab(patient, days_ago(0), "inr", "3.0")
    assert standing(patient).valid_until_on <= in_days(2)


@pytest.mark.parametrize(
    ("days", "self_testing", "is_overdue"),
    [(28, False, False), (29, False, True), (14, True, False), (15, True, True)],
)
def test_an_inr_grows_old_sooner_in_those_who_test_at_home(
    moderate, days, self_testing, is_overdue
):
    """Of a plan in atrial fibrillation, without any prosthesis."""
    make.anticoagulation_plan(
        moderate, days_ago(300), inr_low="2.0", inr_high="3.0", self_testing=self_testing
    )
    make.lab(moderate, days_ago(days), "inr", "2.5")
    assert ("inr" in kinds(moderate)) is is_overdue


def test_an_inr_without_a_plan_that_wants_it_says_nothing(moderate):
    make.anticoagulation_plan(moderate, days_ago(300), "doac")
    make.lab(moderate, days_ago(70), "inr", "1.0")
    assert "inr" not in kinds(moderate)


def test_suspected_endocarditis_is_a_danger_with_its_own_act(moderate):
    make.comorbidity(moderate, days_ago(1), "active_endocarditis")
    assert concern(moderate, "danger")["act"] == "Admit; endocarditis team today"


def test_endocarditis_stays_a_danger_when_an_operation_is_planned(moderate):
    make.comorbidity(moderate, days_ago(1), "active_endocarditis")
    make.planned_intervention(moderate, "mitral_repair", planned_on=in_days(1))
    assert concern(moderate, "danger")["act"] == "Admit; endocarditis team today"


@pytest.mark.parametrize("valve", ["mitral_mechanical", "mitral_biological"])
def test_suspected_thrombosis_of_any_prosthesis_is_a_danger(new, valve):
    make.intervention(new, days_ago(400), valve)
    make.anticoagulation_plan(new, days_ago(390), inr_low="2.5", inr_high="3.5")
    make.medication(new, days_ago(390), "warfarin")
    make.lab(new, days_ago(1), "inr", "3.0")
    assert "danger" not in kinds(new)
    make.answer(new, days_ago(0), "valve_thrombosis_suspected")
    assert concern(new, "danger")["act"] == "Contact and image today"


def test_a_class_1_waits_and_then_refers_itself(clinic_north):
    for seen, is_there in ((13, False), (14, True)):
        patient = severe_of(clinic_north, seen=seen)
        acts = [c["act"] for c in standing(patient).concerns if c["kind"] == "class_1"]
        assert acts
        assert all(("heart team's list" in act) is is_there for act in acts), seen
        assert standing(patient).refers_itself_on == in_days(14 - seen)
        assert standing(patient).waits_since_on == days_ago(seen)


@pytest.mark.parametrize("lvef", [50, (45, 55)])
def test_a_weak_ventricle_waits_less(clinic_north, lvef):
    patient = severe_of(clinic_north, lvef_percent=lvef)
    assert standing(patient).refers_itself_on == in_days(7 - 3)


def test_symptoms_wait_less_and_come_first(clinic_north):
    patient = severe_of(clinic_north)
    make.log(patient, days_ago(3), nyha=3, dyspnea=True, attribution="certain")
    assert standing(patient).refers_itself_on == in_days(7 - 3)
    assert standing(patient).concern_weight == 0


def test_what_was_met_stays_open_on_newer_evidence_that_is_better(clinic_north):
    patient = severe_of(clinic_north, seen=60)
    make.echo(patient, days_ago(5), lvef_percent=64, lvesd_mm=35, eroa_mm2=44, bsa_m2="2.0",
              vena_contracta_mm=8)  # fmt: skip
    assert "class_1" not in kinds(patient)
    assert "still_open" in kinds(patient)
    assert bucket(patient) is B.AWAITING_DECISION


def test_a_write_about_many_at_once_forgets_nothing_that_is_open(clinic_north):
    """Nobody's record is replayed then: what was kept is used."""
    patient = severe_of(clinic_north, seen=60)
    make.echo(patient, days_ago(5), lvef_percent=64, lvesd_mm=35, eroa_mm2=44, bsa_m2="2.0",
              vena_contracta_mm=8)  # fmt: skip
    before = kinds(patient)
    others = [make.patient_of(clinic_north).pk for _ in range(REPLAYED_AT_ONCE)]
    renew_standings([patient.pk, *others])
    assert kinds(patient) == before


def test_a_decision_answers_and_a_struck_one_does_not(severe, alice):
    decided = review(severe, days_ago(1), DECISION.WATCH)
    assert "class_1" not in kinds(severe)
    assert bucket(severe) is not B.AWAITING_DECISION
    make.strike(decided, by=alice)
    assert "class_1" in kinds(severe)


def test_a_referral_waits_until_the_team_answers(moderate):
    referral(moderate, days_ago(10))
    assert concern(moderate, "team")["since"] == str(days_ago(10))
    assert bucket(moderate) is B.AWAITING_DECISION
    review(moderate, days_ago(5), DECISION.FURTHER_TESTS)
    assert concern(moderate, "team")["since"] == str(days_ago(10))
    review(moderate, days_ago(4), DECISION.MEDICAL)
    assert "team" not in kinds(moderate)
    referral(moderate, days_ago(3))
    assert concern(moderate, "team")["since"] == str(days_ago(3))


@pytest.mark.parametrize(("on", "waits"), [(11, True), (10, False), (9, False)])
def test_a_review_from_the_day_of_the_referral_on_answers_it(moderate, on, waits):
    referral(moderate, days_ago(10))
    review(moderate, days_ago(on), DECISION.WATCH)
    assert ("team" in kinds(moderate)) is waits


def test_a_referral_that_was_withdrawn_waits_for_nobody(moderate):
    referral(moderate, days_ago(10), withdrawn_on=days_ago(0))
    assert "team" not in kinds(moderate)


def test_an_operation_answers_what_the_team_was_asked(moderate):
    referral(moderate, days_ago(10))
    make.intervention(moderate, days_ago(5), "mitral_repair")
    assert "team" not in kinds(moderate)


def test_tests_that_the_team_wants_wait_for_its_judgement(moderate):
    review(moderate, days_ago(5), DECISION.FURTHER_TESTS)
    assert concern(moderate, "team")["since"] == str(days_ago(5))


def test_a_new_result_is_there_until_somebody_has_seen_it(moderate, alice):
    assert "result" not in kinds(moderate)
    result = make.lab(moderate, days_ago(2), "nt_probnp", 900)
    study = make.echo(moderate, days_ago(1), lvef_percent=66, reader_grade=2)
    assert concern(moderate, "result")["words"].startswith("2 results")
    sees(alice, result=result)
    assert concern(moderate, "result")["since"] == str(days_ago(0))
    sees(alice, study=study)
    assert "result" not in kinds(moderate)


def test_a_draft_is_no_result(moderate):
    make.echo(moderate, days_ago(1), lvef_percent=66, final=False)
    assert "result" not in kinds(moderate)


@pytest.mark.parametrize(("days", "is_new"), [(60, True), (61, False)])
def test_a_result_is_new_for_sixty_days(moderate, days, is_new):
    make.lab(moderate, days_ago(days), "creatinine", 80, asserted_known_on=days_ago(days))
    assert ("result" in kinds(moderate)) is is_new


def test_an_old_examination_that_was_entered_today_is_new_from_today(moderate):
    make.lab(moderate, days_ago(300), "creatinine", 80)
    make.echo(moderate, days_ago(400), lvef_percent=66)
    assert concern(moderate, "result")["words"].startswith("2 results")
    assert concern(moderate, "result")["since"] == str(days_ago(0))


def test_a_new_result_is_looked_at_again_when_it_is_new_no_longer(moderate, clinic_north):
    make.lab(moderate, days_ago(400), "creatinine", 80)
    assert standing(moderate).valid_until_on <= in_days(61)
    renew_standings([moderate.pk], at=timezone.now() + timedelta(days=60))
    assert standing(moderate).valid_until_on <= in_days(61)
    assert "result" in kinds(moderate)
    renew_standings([moderate.pk], at=timezone.now() + timedelta(days=61))
    assert "result" not in kinds(moderate)


def watchful(clinic, **values):
    """Severe, free of symptoms, with a ventricle that is known to be well."""
    patient = make.patient_of(clinic, sex="male")
    make.diagnosis(patient, days_ago(400))
    make.none_of_these(patient, days_ago(70))
    make.symptom_free(patient, days_ago(70))
    make.ecg(patient, days_ago(70))
    make.echo(patient, days_ago(70), **{
        "lvef_percent": 66, "lvesd_mm": 34, "bsa_m2": "2.0", "eroa_mm2": 44, "spap_mmhg": 30,
        "la_volume_ml": 80, "la_volume_index_ml_m2": 40, "la_diameter_mm": 44,
        "vena_contracta_mm": 8, "tricuspid_regurgitation": 0} | values)  # fmt: skip
    return patient


def test_one_measurement_that_holds_a_class_1_up_is_named(clinic_north):
    patient = watchful(clinic_north, lvef_percent=(55, 64))
    assert standing(patient).missing_one == "lvef_percent"
    assert concern(patient, "missing")["words"] == "Needs LVEF"
    make.echo(patient, days_ago(69), lvef_percent=66, lvesd_mm=34, bsa_m2="2.0", eroa_mm2=44,
              vena_contracta_mm=8)  # fmt: skip
    assert standing(patient).missing_one == ""
    assert "missing" not in kinds(patient)


def test_when_nothing_is_known_no_single_measurement_is_named(new):
    assert standing(new).missing_one == ""
    assert "missing" not in kinds(new)


def test_a_class_2a_is_for_discussion_until_the_team_has_decided(clinic_north):
    patient = watchful(clinic_north)
    assert "discuss" in kinds(patient)
    review(patient, days_ago(60), DECISION.WATCH)
    assert "discuss" not in kinds(patient)
    make.symptom_free(patient, days_ago(5))
    assert "discuss" in kinds(patient)


def test_a_class_1_leaves_nothing_to_discuss(severe):
    assert "discuss" not in kinds(severe)


# Near a limit ------------------------------------------------------------------------------------


@pytest.fixture
def growing(clinic_north):
    """A ventricle that widens steadily: 40 mm is expected before the yearly echo."""
    return growing_of(clinic_north)


def growing_of(clinic):
    patient = make.patient_of(clinic)
    make.diagnosis(patient, days_ago(2000))
    make.none_of_these(patient, days_ago(60))
    make.symptom_free(patient, days_ago(60))
    for seen, lvesd in ((1500, 22), (1140, 26), (780, 31), (420, 35), (60, 39)):
        make.echo(patient, days_ago(seen), lvef_percent=66, lvesd_mm=lvesd, bsa_m2="2.3",
                  eroa_mm2=25, regurgitant_volume_ml=40, regurgitant_fraction_percent=36,
                  vena_contracta_mm=5, reader_grade=2, aortic_regurgitation=0,
                  aortic_stenosis=0, tricuspid_regurgitation=0, mitral_stenosis=0)  # fmt: skip
    return patient


def test_a_limit_that_is_expected_before_the_next_echo(growing):
    assert "expected about" in concern(growing, "near")["words"]


def test_an_echo_that_is_booked_before_it_answers_it_a_visit_does_not(growing):
    appointment(growing, in_days(5), kind="visit")
    assert "near" in kinds(growing)
    appointment(growing, in_days(6), kind="echo")
    assert "near" not in kinds(growing)


def test_an_echo_that_is_booked_too_late_does_not(growing):
    appointment(growing, in_days(1500), kind="echo")
    assert "near" in kinds(growing)


# No bucket hides an alarm (hazard H12) -----------------------------------------------------------


def decline(patient, *_others):
    end(patient, "declined")


def discharge(patient, *_others):
    end(patient, "discharged")


def lose(patient, *_others):
    for day in range(3):
        contact(patient, days_ago(day))


def move_away(patient, alice):
    end_registration(
        by=alice, registration=patient.registrations.get(), until_on=days_ago(1), because="moved"
    )


LEAVINGS = [
    (decline, B.DECLINED),
    (discharge, B.DISCHARGED),
    (lose, B.LOST),
    (move_away, B.MOVED),
]


@pytest.mark.parametrize(("leave", "expected"), LEAVINGS)
@pytest.mark.parametrize(
    ("who", "kind"), [("severe", "class_1"), ("mechanical", "danger"), ("acute", "acute")]
)
def test_no_way_of_leaving_hides_an_alarm(request, alice, leave, expected, who, kind):
    patient = request.getfixturevalue(who)
    before = standing(patient)
    assert kinds(patient)[0] == kind
    leave(patient, alice)
    after = standing(patient)
    assert after.first_concern == before.first_concern
    assert kinds(patient)[0] == kind
    assert Bucket(after.bucket) is (B.ACUTE if kind == "acute" else expected)
    assert after.refers_itself_on == before.refers_itself_on


@pytest.mark.parametrize("leave", [decline, discharge, move_away])
def test_nothing_is_due_of_who_is_not_followed_any_more(clinic_north, alice, leave):
    patient = moderate_of(clinic_north, seen=800)
    assert kinds(patient) == ["due"]
    leave(patient, alice)
    assert kinds(patient) == []


def test_who_was_lost_is_due_all_the_same(clinic_north, alice):
    patient = moderate_of(clinic_north, seen=800)
    lose(patient)
    assert kinds(patient) == ["due"]


def test_an_end_is_refused_while_an_alarm_is_not_confirmed(severe):
    alarms = alarms_of(severe)
    assert alarms
    wrong = FollowUpEnd(
        patient=severe, kind="declined", ended_on=days_ago(0), reason="as told",
        alarms=list(alarms[1:]),
    )  # fmt: skip
    with pytest.raises(ValidationError, match="Not confirmed yet"):
        make.enter(wrong)
    assert bucket(severe) is not B.DECLINED


def test_goals_of_care_hide_neither_a_class_1_nor_the_next_visit(severe):
    make.goals_of_care(severe, days_ago(1), declines_intervention=True)
    assert "class_1" in kinds(severe)
    assert standing(severe).due_by_on is not None


# Decisions and due dates -------------------------------------------------------------------------


def test_a_decision_to_watch_is_looked_at_again_on_its_day(severe):
    review(severe, days_ago(1), DECISION.WATCH, review_on=in_days(45))
    assert standing(severe).due_by_on == in_days(45)
    assert bucket(severe) is B.UP_TO_DATE


def test_a_result_from_the_laboratory_is_not_looking_at_a_decision(clinic_north):
    patient = severe_of(clinic_north, seen=200)
    review(patient, days_ago(199), DECISION.WATCH, review_on=days_ago(10))
    assert bucket(patient) is B.OVERDUE
    make.lab(patient, days_ago(2), "potassium", "4.2")
    assert (standing(patient).due_by_on, bucket(patient)) == (days_ago(10), B.OVERDUE)
    make.symptom_free(patient, days_ago(1))
    assert bucket(patient) is not B.OVERDUE


def test_a_valve_that_leaks_again_is_not_answered_by_the_decision_to_operate(clinic_north):
    patient = severe_of(clinic_north, seen=420)
    review(patient, days_ago(410), DECISION.INTERVENE)
    make.intervention(patient, days_ago(400), "mitral_repair")
    make.symptom_free(patient, days_ago(3))
    make.echo(patient, days_ago(3), reader_grade=4, lvef_percent=60)
    assert "now" in standing(patient).due_words
    assert "due" in kinds(patient)
    review(patient, days_ago(2), DECISION.WATCH)
    assert bucket(patient) is B.UP_TO_DATE


def test_in_pregnancy_a_decision_is_looked_at_in_every_trimester(clinic_north):
    patient = make.patient_of(clinic_north, born_on=days_ago(11000), pregnancy_possible=True)
    make.diagnosis(patient, days_ago(400))
    make.log(patient, days_ago(5), nyha=3, dyspnea=True, attribution="certain")
    make.pregnancy(patient, days_ago(5), "pregnant")
    make.echo(patient, days_ago(5), lvef_percent=62, eroa_mm2=44, vena_contracta_mm=8, lvesd_mm=34)
    review(patient, days_ago(3), DECISION.MEDICAL)
    assert standing(patient).due_by_on <= in_days(91 - 3)


# Editions that nobody signed off -----------------------------------------------------------------


@pytest.fixture
def unsigned(settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False


VERDICT_CONCERNS = {"class_1", "still_open", "discuss", "near", "missing"}


def test_an_edition_that_nobody_signed_off_gives_no_concern(unsigned, severe, clinic_north):
    assert not VERDICT_CONCERNS & set(kinds(severe))
    assert standing(severe).waits_since_on is None
    assert standing(severe).refers_itself_on is None
    assert standing(severe).missing_one == ""


def test_what_was_met_by_a_hidden_edition_is_not_still_open(unsigned, clinic_north):
    patient = severe_of(clinic_north, seen=60)
    make.echo(patient, days_ago(5), lvef_percent=64, lvesd_mm=35, eroa_mm2=44, bsa_m2="2.0",
              vena_contracta_mm=8)  # fmt: skip
    assert not VERDICT_CONCERNS & set(kinds(patient))


def test_a_danger_and_an_emergency_show_all_the_same(unsigned, mechanical, acute):
    assert "danger" in kinds(mechanical)
    assert "acute" in kinds(acute)


def test_signed_off_it_speaks(unsigned, severe, clinic_north, alice):
    for edition in EDITIONS:
        sign_off_edition(clinic=clinic_north, edition_id=edition.id, name="Dr A", note="",
                         on=days_ago(1), by=alice)  # fmt: skip
    renew_standings([severe.pk])
    assert "class_1" in kinds(severe)


# Death -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["severe", "mechanical", "acute", "growing", "moderate"])
def test_death_ends_everything(request, alice, clinic_north, who):
    patient = request.getfixturevalue(who)
    make.planned_intervention(patient, "mitral_repair", planned_on=in_days(9))
    referral(patient, days_ago(1))
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=days_ago(0), reason="letter"
    )
    _is_over(patient)
    undo_deceased(by=alice, clinic=clinic_north, patient=patient, reason="another person")
    assert bucket(patient) is not B.DIED


def _is_over(patient):
    found = standing(patient)
    assert (Bucket(found.bucket), found.concerns) == (B.DIED, [])
    assert (found.first_concern, found.concern_mask) == (None, 0)
    nothing = (found.waits_since_on, found.refers_itself_on, found.due_by_on, found.missing_one)
    assert nothing == (None, None, None, "")


def test_a_registration_that_ended_by_death_ends_everything_too(severe, alice):
    end_registration(
        by=alice, registration=severe.registrations.get(), until_on=days_ago(0), because="died"
    )
    _is_over(severe)


# Until when --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "on", "birthday"),
    [
        (date(1955, 5, 31), date(2026, 5, 27), date(2026, 5, 31)),
        (date(1955, 5, 31), date(2026, 5, 30), date(2026, 5, 31)),
        (date(1955, 5, 31), date(2026, 5, 31), date(2027, 5, 31)),
        (date(1956, 2, 29), date(2026, 2, 28), date(2026, 3, 1)),
        (date(1956, 2, 29), date(2028, 2, 28), date(2028, 2, 29)),
        (date(1955, 1, 1), date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_next_birthday_is_the_day_on_which_the_age_changes(new, born, on, birthday):
    assert birthday_after(born, on) == birthday
    new.born_on = born
    assert new.age_on(birthday) == new.age_on(birthday - timedelta(days=1)) + 1


def test_a_day_to_come_is_looked_at(moderate):
    referral(moderate, days_ago(1), withdrawn_on=in_days(1))
    assert "team" in kinds(moderate)
    assert standing(moderate).valid_until_on == in_days(1)


def test_an_edition_that_will_be_adopted_is_looked_at(moderate, ada, clinic_north):
    adopt_edition(clinic=clinic_north, edition_id="esc-eacts-2021", from_on=in_days(1), by=ada)
    assert ClinicSetting.objects.filter(clinic=clinic_north).exists()
    renew_standings([moderate.pk])
    assert standing(moderate).valid_until_on == in_days(1)
