"""Over random histories: what is stored is what a fresh look gives, and until when it holds.

The histories are drawn from a seed that each failure names; ``drill`` runs many more of them.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from accounts.actions import grant_membership
from accounts.permissions import Role
from demo.clinics import make_cast
from followup.alarms import alarms_of
from followup.clinic_rules import rules_of
from followup.models import Appointment, ContactAttempt, FollowUpEnd, Referral, Standing
from followup.pathway_rows import NO_ROWS, pathway_rows_of
from followup.standing import renew_standings, replay_of, standing_of
from guidelines.pathway import Bucket
from patients.actions import (
    amend_echo_study,
    change,
    change_registration,
    end_registration,
    mark_deceased,
    move_patient,
    strike,
    undo_deceased,
)
from patients.models import ClinicalRecord, Patient, Registration
from reports.worklist import Worklist, WorklistFilter, worklist_of
from tests.demo.test_stories import ALL, name_of, teller
from tests.factories import records as make
from tests.followup.test_pathway import growing_of, mechanical_of, moderate_of, severe_of
from treatments.models import Intervention, TeamReview
from treatments.record import KINDS, record_of

pytestmark = pytest.mark.django_db
YEARS = 3
# What is kept of a replay, and until when clocks were looked at, depends on the writes.
KEPT = frozenset({"replay", "clock"})


class Chronicle:
    """Random acts about one patient, each through the door that the application uses."""

    def __init__(self, chance: random.Random, patient: Patient, by, clinics) -> None:
        self.chance, self.patient, self.by, self.clinics = chance, patient, by, clinics
        self.rows: list[ClinicalRecord] = []

    def day(self, most: int = YEARS * 365):
        """Often of late, where the borders are."""
        if self.chance.random() < 0.4:
            most = 40
        return timezone.localdate() - timedelta(days=self.chance.randrange(most))

    def ahead(self, most: int = 120):
        return timezone.localdate() + timedelta(days=self.chance.randrange(most))

    def one_of(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def act(self) -> str:
        """One act; what the record refuses is no act at all, and says so."""
        acts = [getattr(self, name) for name in dir(self) if name.startswith("does_")]
        act = self.chance.choice(acts)
        with suppress(ValidationError):
            made = act()
            if isinstance(made, ClinicalRecord):
                self.rows.append(made)
            return str(act.__name__)
        self.patient.refresh_from_db()
        return f"{act.__name__} refused"

    # Records

    def does_diagnosis(self):
        return make.diagnosis(
            self.patient, self.day(), tempo=self.one_of("chronic", "chronic", "acute", "unknown"),
            mechanism=self.one_of("primary", "primary", "secondary_ventricular", "unknown"),
            previous_mitral_procedure=self.one_of("none", "none", "mechanical", "unknown"),
        )  # fmt: skip

    def does_echo(self):
        return make.echo(
            self.patient, self.day(), final=self.chance.random() < 0.9,
            lvef_percent=self.one_of(None, 48, 58, 62, 66, (55, 64)),
            lvesd_mm=self.one_of(None, 34, 38, 41), bsa_m2=self.one_of(None, "1.9"),
            eroa_mm2=self.one_of(None, 15, 28, 44), vena_contracta_mm=self.one_of(None, 2, 5, 8),
            reader_grade=self.one_of(None, 1, 2, 4),
        )  # fmt: skip

    does_another_echo = does_echo

    def does_log(self):
        return make.log(
            self.patient, self.day(), nyha=self.one_of(1, 2, 3), dyspnea=self.one_of(None, True),
            attribution=self.one_of("certain", "not_answered"),
        )  # fmt: skip

    def does_symptom_free(self):
        return make.symptom_free(self.patient, self.day())

    def does_none_of_these(self):
        return make.none_of_these(self.patient, self.day())

    def does_lab(self):
        analyte, value = self.one_of(("inr", "1.5"), ("inr", "2.8"), ("inr", "5.4"),
                                     ("nt_probnp", 900), ("creatinine", 90))  # fmt: skip
        return make.lab(self.patient, self.day(120), analyte, value)

    def does_plan(self):
        until = self.ahead(40) if self.chance.random() < 0.3 else None
        return make.anticoagulation_plan(
            self.patient, self.day(200), self.one_of("vka", "vka", "doac", "none"),
            inr_low="2.5", inr_high="3.5", until_on=until, self_testing=self.one_of(None, True),
        )  # fmt: skip

    def does_drug(self):
        return make.medication(self.patient, self.day(), self.one_of("warfarin", "apixaban"))

    def does_condition(self):
        kind = self.one_of("atrial_fibrillation", "active_endocarditis", "stroke_or_tia")
        return make.comorbidity(
            self.patient, self.day(200), kind, self.one_of("yes", "no"),
            since_on=self.one_of(None, self.day(100)),
        )  # fmt: skip

    def does_goals(self):
        return make.goals_of_care(
            self.patient, self.day(400), declines_intervention=self.one_of(None, True, False)
        )

    def does_pregnancy(self):
        return make.pregnancy(self.patient, self.day(60), self.one_of("pregnant", "not_pregnant"))

    def does_episode(self):
        onset = timezone.now() - timedelta(days=self.chance.randrange(30), hours=5)
        return make.acute_episode(self.patient, onset)

    def does_close_episode(self):
        for row in self.rows:
            if row._meta.model_name == "acuteepisode" and row.closed_at is None:
                return make.close_episode(row, timezone.now() - timedelta(hours=1))
        return None

    # What is done

    def does_intervention(self):
        kind = self.one_of("mitral_mechanical", "mitral_repair", "mitral_biological", "teer", "pci")
        return make.intervention(
            self.patient, self.day(300), kind, device_implanted=self.one_of(None, True, False)
        )

    def does_planned(self):
        return make.planned_intervention(
            self.patient, self.one_of("mitral_repair", "teer", "pci"), planned_on=self.ahead()
        )

    def does_cancel(self):
        for row in self.rows:
            if isinstance(row, Intervention) and row.status == Intervention.Status.PLANNED:
                row.status, row.decided_on = self.one_of("cancelled", "declined"), self.day(5)
                return change(row, by=self.by, clinic=self.clinics[0], reason="called off")
        return None

    def does_review(self):
        return make.team_review(
            self.patient, self.day(300), decision=self.one_of(*TeamReview.Decision.values),
            operability=self.one_of("operable", "not_discussed", "inoperable"),
            review_on=self.one_of(None, self.ahead()),
        )  # fmt: skip

    # The pathway

    def does_referral(self):
        return make.enter(
            Referral(patient=self.patient, referred_on=self.day(60), question="operate?",
                     withdrawn_on=self.one_of(None, None, self.ahead(9)))
        )  # fmt: skip

    def does_appointment(self):
        planned = self.one_of(self.ahead(), self.ahead(), self.day(30))
        return make.enter(
            Appointment(patient=self.patient, kind=self.one_of(*Appointment.Kind.values),
                        booked_on=planned - timedelta(days=400), planned_on=planned,
                        status=self.one_of("planned", "planned", "missed", "cancelled"))
        )  # fmt: skip

    def does_contact(self):
        return make.enter(
            ContactAttempt(patient=self.patient, attempted_on=self.day(60), channel="telephone",
                           outcome=self.one_of("no_answer", "no_answer", "reached"))
        )  # fmt: skip

    does_another_contact = does_contact

    def does_end(self):
        return make.enter(
            FollowUpEnd(patient=self.patient, ended_on=self.day(60), reason="as told",
                        alarms=list(alarms_of(self.patient)),
                        kind=self.one_of(*FollowUpEnd.Kind.values))
        )  # fmt: skip

    # Corrections

    def does_strike(self):
        rows = [row for row in self.rows if row.struck_at is None]
        if rows:
            strike(self.chance.choice(rows), by=self.by, clinic=self.clinics[0], reason="wrong")

    def does_amend(self):
        studies = [row for row in self.rows if row._meta.model_name == "echostudy"]
        studies = [row for row in studies if row.struck_at is None and row.status != "draft"]
        if studies:
            study = self.chance.choice(studies)
            study.lvesd_mm = self.one_of(33, 42)
            amend_echo_study(study, by=self.by, clinic=self.clinics[0], reason="misread")

    # The person

    def does_die(self):
        if self.chance.random() < 0.3:
            mark_deceased(by=self.by, clinic=self.clinics[0], patient=self.patient,
                          deceased_on=timezone.localdate(), reason="letter")  # fmt: skip

    def does_undo_death(self):
        undo_deceased(by=self.by, clinic=self.clinics[0], patient=self.patient, reason="mistake")

    def does_leave(self):
        place = self.patient.registrations.filter(until_on=None).first()
        if place is None or self.chance.random() > 0.3:
            return
        if self.chance.random() < 0.5:
            move_patient(by=self.by, registration=place, to_clinic=self.clinics[1],
                         moved_on=self.day(9), reason="new home")  # fmt: skip
        else:
            end_registration(by=self.by, registration=place, until_on=self.day(9),
                             because=self.one_of("moved", "discharged", "other"))  # fmt: skip

    def does_correct_registration(self):
        place = self.patient.registrations.first()
        change_registration(by=self.by, registration=place, reason="typing error")


def fresh(stored: Standing, on: date | None = None) -> Standing:
    """The standing made anew from what the database holds, for the stored day or another."""
    patient = Patient.objects.get(pk=stored.patient_id)
    day = on or stored.assessed_for_on
    record = record_of([patient], on=day)[patient.pk]
    places = patient.registrations.order_by("until_on", "id")
    followed = [place for place in places if place.until_on is None]
    place = (followed or list(places))[-1] if len(places) == 1 or followed else places[0]
    rules = rules_of(place.clinic, day)
    rows = pathway_rows_of([patient.pk], on=day).get(patient.pk, NO_ROWS)
    replay = replay_of(record, rules)
    return standing_of(record, stored.assessed_at, rules, rows, found=replay)


def differences(one: Standing, other: Standing, *, but: frozenset[str] = frozenset()) -> list[str]:
    names = {field.attname for field in Standing._meta.concrete_fields} - {"id"} - but
    return [
        f"{name}: {getattr(one, name)!r} and {getattr(other, name)!r}"
        for name in sorted(names)
        if getattr(one, name) != getattr(other, name)
    ]


def written(seed: int, acts: int, clinics, by, *, looks: bool = True) -> Patient:
    """A patient after so many random acts, looked at after each."""
    chance = random.Random(seed)
    patient = make.patient_of(clinics[0])
    life, done = Chronicle(chance, patient, by, clinics), []
    for _act in range(acts):
        done.append(life.act())
        if looks:
            stored = Standing.objects.get(patient=patient)
            unlike = differences(stored, fresh(stored), but=KEPT)
            assert not unlike, f"seed {seed}, after {done}: {unlike}"
    return patient


@pytest.mark.parametrize("seed", range(6))
def test_what_is_stored_is_what_a_fresh_look_gives(seed, clinic_north, clinic_south, alice):
    written(seed, 25, (clinic_north, clinic_south), alice)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_histories_are_stored_as_a_fresh_look_gives_them(
    seed, clinic_north, clinic_south, alice
):
    written(seed, 40, (clinic_north, clinic_south), alice)


# The cohort adds up ------------------------------------------------------------------------------


class Beginnings:
    """How a record may begin: somebody for every bucket and every concern, whatever the chance."""

    def __init__(self, clinics, by) -> None:
        self.clinic, self.other, self.by = *clinics, by
        self.today = clinics[0].today()

    def ago(self, days: int):
        return self.today - timedelta(days=days)

    def all(self) -> list[Patient]:
        return [getattr(self, name)() for name in dir(self) if name.startswith("is_")]

    def is_nobody_yet(self):
        return make.patient_of(self.clinic)

    def is_up_to_date(self):
        return moderate_of(self.clinic)

    def is_due(self):
        return moderate_of(self.clinic, seen=345)

    def is_overdue(self):
        return moderate_of(self.clinic, seen=800)

    def is_booked(self):
        patient = moderate_of(self.clinic, seen=345)
        make.enter(Appointment(patient=patient, kind="visit_and_echo", booked_on=self.ago(9),
                               planned_on=self.today + timedelta(days=9)))  # fmt: skip
        return patient

    def is_lost(self):
        patient = moderate_of(self.clinic, seen=800)
        for days in (90, 60, 30):
            make.enter(ContactAttempt(patient=patient, attempted_on=self.ago(days),
                                      channel="telephone", outcome="no_answer"))  # fmt: skip
        return patient

    def is_growing(self):
        return growing_of(self.clinic)

    def is_severe(self):
        return severe_of(self.clinic)

    def is_still_open(self):
        patient = severe_of(self.clinic, seen=200)
        make.symptom_free(patient, self.ago(15))
        make.echo(patient, self.ago(15), lvef_percent=68, lvesd_mm=33, eroa_mm2=44,
                  vena_contracta_mm=8)  # fmt: skip
        return patient

    def is_to_be_discussed(self):
        patient = severe_of(self.clinic, lvef_percent=66, lvesd_mm=33, spap_mmhg=58)
        make.none_of_these(patient, self.ago(3))
        return patient

    def is_short_of_one_value(self):
        patient = severe_of(self.clinic, lvef_percent=66, lvesd_mm=None)
        make.none_of_these(patient, self.ago(3))
        return patient

    def is_referred(self):
        patient = moderate_of(self.clinic)
        make.enter(Referral(patient=patient, referred_on=self.ago(4), question="operate?"))
        return patient

    def is_operated(self):
        patient = severe_of(self.clinic, seen=90)
        make.intervention(patient, self.ago(10), "mitral_repair")
        return patient

    def is_to_be_operated(self):
        patient = severe_of(self.clinic, seen=40)
        make.planned_intervention(
            patient, "mitral_repair", planned_on=self.today + timedelta(days=20)
        )
        return patient

    def is_not_operated_on_the_day(self):
        patient = severe_of(self.clinic, seen=40)
        make.planned_intervention(patient, "mitral_repair", planned_on=self.ago(20))
        return patient

    def is_anticoagulated_too_little(self):
        return mechanical_of(self.clinic, inr="1.5")

    def is_a_little_out_of_range(self):
        return mechanical_of(self.clinic, inr="2.3")

    def is_acute(self):
        patient = make.patient_of(self.clinic)
        make.acute_episode(patient, timezone.now() - timedelta(hours=30))
        return patient

    def is_declining(self):
        return self._left("declined")

    def is_discharged(self):
        return self._left("discharged")

    def _left(self, kind):
        patient = moderate_of(self.clinic, seen=500)
        make.enter(FollowUpEnd(patient=patient, ended_on=self.ago(30), reason="as told", kind=kind))
        return patient

    def is_dead(self):
        patient = severe_of(self.clinic)
        mark_deceased(
            by=self.by, clinic=self.clinic, patient=patient, deceased_on=self.ago(1), reason="told"
        )
        return patient

    def is_gone_to_the_other(self):
        patient = severe_of(self.clinic)
        place = patient.registrations.get()
        move_patient(by=self.by, registration=place, to_clinic=self.other, moved_on=self.ago(2),
                     reason="new home")  # fmt: skip
        return patient

    def is_gone(self):
        patient = severe_of(self.clinic)
        end_registration(by=self.by, registration=patient.registrations.get(),
                         until_on=self.ago(2), because="moved", reason="told")  # fmt: skip
        return patient

    def is_gone_and_discharged(self):
        patient = moderate_of(self.clinic)
        end_registration(by=self.by, registration=patient.registrations.get(),
                         until_on=self.ago(2), because="discharged", reason="told")  # fmt: skip
        return patient


def listed(user, clinics, **query: str) -> tuple[Worklist, list[int]]:
    """The list of Today with its counts, and whom it names."""
    asked = QueryDict(mutable=True)
    asked.update(query)
    found = worklist_of(user, clinics, WorklistFilter(asked))
    return found, list(found.patients.values_list("pk", flat=True))


def check_that_it_adds_up(user, clinics) -> Worklist:
    """Buckets are disjoint and add up to all who are or were registered; counts are their lists."""
    ended = Registration.Ended.ENTERED_IN_ERROR
    places = Registration.objects.filter(clinic__in=clinics).exclude(ended_because=ended)
    cohort = set(places.values_list("patient_id", flat=True))
    found, _ = listed(user, clinics)
    assert found.cohort == len(cohort)
    seen: Counter[int] = Counter()
    for tally in found.buckets:
        _, keys = listed(user, clinics, bucket=tally.code)
        assert len(keys) == tally.count, tally.code
        seen.update(keys)
    assert set(seen.values()) == {1}
    assert set(seen) == cohort
    named: set[int] = set()
    for tally in found.concerns:
        _, keys = listed(user, clinics, concern=tally.code)
        assert len(keys) == len(set(keys)) == tally.count, tally.code
        named |= set(keys)
        # Of those with this concern the buckets add up too.
        within, _ = listed(user, clinics, concern=tally.code)
        assert sum(each.count for each in within.buckets) == tally.count
    everybody, keys = listed(user, clinics)
    assert set(keys) == named
    assert len(keys) == everybody.total
    return found


def test_the_cohort_adds_up_with_somebody_in_every_bucket_and_of_every_concern(
    clinic_north, clinic_south, alice
):
    clinics = (clinic_north, clinic_south)
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    people = Beginnings(clinics, alice).all()
    found = check_that_it_adds_up(alice, clinics)
    assert [tally.code for tally in found.buckets if not tally.count] == []
    assert [tally.code for tally in found.concerns if not tally.count] == []
    for seed, patient in enumerate(people, start=1000):
        patient.refresh_from_db()
        life = Chronicle(random.Random(seed), patient, alice, clinics)
        for _act in range(5):
            life.act()
    for some in (clinics, clinics[:1], clinics[1:]):
        check_that_it_adds_up(alice, some)
    # Made anew for everybody at once, the sum is the same.
    buckets = Counter(Standing.objects.values_list("bucket", flat=True))
    assert sum(buckets[bucket.value] for bucket in Bucket) == len(people)
    renew_standings(list(Patient.objects.values_list("pk", flat=True)))
    assert Counter(Standing.objects.values_list("bucket", flat=True)) == buckets


def test_a_write_about_many_stores_what_a_write_about_one_does(clinic_north, clinic_south, alice):
    clinics = (clinic_north, clinic_south)
    keys = [written(seed, 14, clinics, alice, looks=False).pk for seed in range(2000, 2010)]
    one_by_one = {}
    for key in keys:
        renew_standings([key])
        one_by_one[key] = Standing.objects.get(patient=key)
    renew_standings(keys)
    for key in keys:
        assert not differences(
            one_by_one[key], Standing.objects.get(patient=key), but=KEPT | {"assessed_at"}
        )


# Until when ------------------------------------------------------------------------------------

OF_THE_LOOK = frozenset({"assessed_at", "assessed_for_on", "valid_until_on", "replay"})


def check_until_when(stored: Standing, days: int, name: str) -> None:
    """Made anew only when its day has come, it is never other than made anew each day.

    The rows of the pathway and of the record are those of the first day throughout: time alone.
    """
    first = stored.assessed_for_on
    kept = fresh(stored)
    for ahead in range(1, days + 1):
        day = first + timedelta(days=ahead)
        now = fresh(stored, on=day)
        if kept.valid_until_on <= day:
            kept = now
        assert kept.valid_until_on > day, f"{name}: looked at too late"
        unlike = differences(kept, now, but=OF_THE_LOOK)
        assert not unlike, f"{name}, {day}, made on {kept.assessed_for_on}: {unlike}"


SOME = ("severe_growing", "mechanical_valve", "lost_to_follow_up", "declined_surgery",
        "pregnant_severe", "moderate_hypertensive")  # fmt: skip


@pytest.mark.parametrize("name", SOME)
def test_time_alone_changes_nothing_of_a_story_before_its_day(name, settings):
    settings.DEBUG = True
    write = next(each for each in ALL if name_of(each) == name)
    check_until_when(teller(make_cast())(write).standing, 60, name)


@pytest.mark.drill
@pytest.mark.parametrize("name", [name_of(write) for write in ALL if name_of(write) not in SOME])
def test_time_alone_changes_nothing_of_any_other_story_before_its_day(name, settings):
    settings.DEBUG = True
    write = next(each for each in ALL if name_of(each) == name)
    check_until_when(teller(make_cast())(write).standing, 60, name)


@pytest.mark.parametrize("seed", range(3000, 3004))
def test_time_alone_changes_nothing_of_a_history_before_its_day(
    seed, clinic_north, clinic_south, alice
):
    patient = written(seed, 25, (clinic_north, clinic_south), alice, looks=False)
    check_until_when(Standing.objects.get(patient=patient), 60, f"seed {seed}")


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(4000, 4030))
def test_time_alone_changes_nothing_of_many_histories_before_their_day(
    seed, clinic_north, clinic_south, alice
):
    patient = written(seed, 30, (clinic_north, clinic_south), alice, looks=False)
    check_until_when(Standing.objects.get(patient=patient), 120, f"seed {seed}")


def test_each_kind_of_row_is_written_by_some_act():
    """The acts above and the kinds of the record: what no act writes is named here."""
    unwritten = {
        "body_sizes", "allergies", "electrocardiograms", "exercise_tests", "cmr_studies",
        "coronary_assessments", "catheter_studies", "heart_failure_admissions",
        "clinical_answers", "complications",
    }  # fmt: skip
    written_kinds = {
        "pregnancy_statuses", "goals_of_care", "diagnoses", "comorbidities", "absence_checks",
        "echo_studies", "acute_episodes", "symptom_logs", "lab_results", "interventions",
        "medications", "anticoagulation_plans", "team_reviews",
    }  # fmt: skip
    assert unwritten | written_kinds == {kind.name for kind in KINDS}
