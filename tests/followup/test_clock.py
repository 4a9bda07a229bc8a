"""When each class 1 or I was met, as true and as known, and what became of it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from followup.clinic_rules import rules_of
from followup.clock import COLUMNS, MOST_DAYS, clock_rows
from followup.models import Clock, Standing
from followup.pathway_rows import NO_ROWS, pathway_rows_of
from followup.reassessing import Order, reassess, visit
from followup.standing import REPLAYED_AT_ONCE, renew_standings, replay_of
from guidelines.clock import Runs, either_way
from guidelines.registry import ESC_EACTS_2025
from patients.actions import strike
from patients.models import Patient
from tests.factories import records as make
from tests.followup.test_pathway_histories import Chronicle
from treatments.known import histories_of, known_runs
from treatments.record import record_of

pytestmark = pytest.mark.django_db
LV_DYSFUNCTION = "esc-eacts-2025/primary/lv-dysfunction"


@pytest.fixture
def clock_of_the_machine(monkeypatch):
    """`clock_of_the_machine(days)`: let so many days pass for everything that asks for now."""
    really = timezone.now
    passed = [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: really() + passed[0])

    def pass_days(days: int) -> date:
        passed[0] += timedelta(days=days)
        return timezone.localdate()

    return pass_days


@pytest.fixture
def visited(clinic_north):
    """A patient with primary regurgitation and no symptoms, none of whose values is beyond."""
    patient = make.patient_of(clinic_north)
    today = clinic_north.today()
    make.diagnosis(patient, today - timedelta(days=400))
    make.none_of_these(patient, today - timedelta(days=30))
    make.symptom_free(patient, today - timedelta(days=20))
    return patient


def severe(patient, on, **values):
    usual = {"lvef_percent": 58, "lvesd_mm": 42, "eroa_mm2": 45, "vena_contracta_mm": 8}
    return make.echo(patient, on, **(usual | values))


def started(patient, basis, key=LV_DYSFUNCTION):
    found = Clock.objects.filter(patient=patient, basis=basis, key=key).order_by("started_on", "id")
    return list(found.values_list("started_on", flat=True))


def test_it_starts_on_the_day_of_the_study_and_is_known_when_that_is_entered(visited, clinic_north):
    today = clinic_north.today()
    severe(visited, today - timedelta(days=10))
    assert started(visited, "true") == [today - timedelta(days=10)]
    assert started(visited, "known") == [today]
    clock = Clock.objects.get(patient=visited, basis="true", key=LV_DYSFUNCTION)
    assert (clock.body, clock.edition, clock.row) == ("esc_eacts", "esc-eacts-2025", "ESC25-P-03")


def test_nothing_is_kept_of_who_met_nothing(visited):
    assert not Clock.objects.filter(patient=visited).exists()
    assert Standing.objects.get(patient=visited).clock is not None, "computed all the same"


def test_a_study_that_is_struck_another_day_was_known_nevertheless(
    visited, clinic_north, alice, clock_of_the_machine
):
    today = clinic_north.today()
    study = severe(visited, today - timedelta(days=10))
    clock_of_the_machine(5)
    strike(study, by=alice, clinic=clinic_north, reason="another patient's")
    assert started(visited, "true") == []
    assert started(visited, "known") == [today]


def test_one_that_is_struck_the_same_day_was_not_known_at_its_end(visited, clinic_north, alice):
    study = severe(visited, clinic_north.today() - timedelta(days=10))
    strike(study, by=alice, clinic=clinic_north, reason="another patient's")
    assert started(visited, "known") == []


def test_referral_decision_and_treatment_are_those_after_the_start(visited, clinic_north):
    today = clinic_north.today()
    make.team_review(visited, today - timedelta(days=15), decision="watch")
    severe(visited, today - timedelta(days=10))
    make.referral(visited, today - timedelta(days=8), question="When to operate?")
    make.team_review(visited, today - timedelta(days=5), decision="intervene")
    make.intervention(visited, today - timedelta(days=1), kind="mitral_repair")
    true = Clock.objects.get(patient=visited, basis="true", key=LV_DYSFUNCTION)
    assert true.referred_on == today - timedelta(days=8)
    assert (true.decided_on, true.decision) == (today - timedelta(days=5), "intervene")
    assert (true.treated_on, true.procedure) == (today - timedelta(days=1), "mitral_repair")
    assert true.against_on is None


def test_what_was_done_before_the_entry_answers_what_is_known_later(visited, clinic_north):
    """Decided on the examination, entered the day after: a wait of no days, and none lost."""
    today = clinic_north.today()
    make.team_review(visited, today - timedelta(days=9), decision="watch")
    severe(visited, today - timedelta(days=10))
    known = Clock.objects.get(patient=visited, basis="known", key=LV_DYSFUNCTION)
    assert known.started_on == today
    assert known.counted_from_on == today - timedelta(days=10)
    assert known.decided_on == known.against_on == today - timedelta(days=9)


def test_it_says_what_became_worse_while_waiting(visited, clinic_north):
    today = clinic_north.today()
    severe(visited, today - timedelta(days=10), lvef_percent=65)
    make.log(visited, today - timedelta(days=4), nyha=3, dyspnea=True, attribution="certain")
    severe(visited, today - timedelta(days=2), lvef_percent=57, accession_number="later")
    clock = Clock.objects.get(patient=visited, basis="true", key=LV_DYSFUNCTION)
    assert clock.worsened_on == today - timedelta(days=4)
    assert clock.worsened_by == "a higher NYHA class"


def test_one_recommendation_starts_again_only_in_another_course():
    begun, first, later = Runs(), date(2020, 1, 1), date(2022, 1, 1)
    begun.enter({LV_DYSFUNCTION}, first)
    begun.note([])
    begun.enter(set(), date(2020, 6, 1))
    begun.enter({LV_DYSFUNCTION}, later)
    begun.note([])
    assert begun.begun == {LV_DYSFUNCTION: (first,)}, "it fell back and returned untreated"
    begun.note([date(2021, 1, 1)])
    assert begun.begun == {LV_DYSFUNCTION: (first, later)}


def test_an_edition_either_way_starts_nothing_once_one_of_its_rules_has():
    runs, key = Runs(), either_way(ESC_EACTS_2025)
    runs.enter({key}, date(2020, 1, 1))
    runs.note([])
    assert runs.begun == {key: (date(2020, 1, 1),)}
    later = Runs({}, {LV_DYSFUNCTION: (date(2019, 1, 1),)})
    later.enter({key}, date(2020, 1, 1))
    later.note([])
    assert key not in later.begun, "its evidence grew old"
    later.note([date(2019, 6, 1)])
    assert key in later.begun, "another course"


def test_a_recommendation_that_stands_on_over_a_treatment_starts_no_other():
    runs = Runs()
    runs.enter({LV_DYSFUNCTION}, date(2020, 1, 1))
    runs.note([date(2021, 1, 1)])
    runs.enter({LV_DYSFUNCTION}, date(2022, 1, 1))
    runs.note([date(2021, 1, 1)])
    assert runs.begun == {LV_DYSFUNCTION: (date(2020, 1, 1),)}
    assert Runs.from_dict(runs.as_dict()) == runs


def test_a_bulk_write_leaves_it_not_computed_until_the_next_round(visited, clinic_north):
    severe(visited, clinic_north.today() - timedelta(days=10))
    keys = [visited.pk, *(make.patient_of(clinic_north).pk for _ in range(REPLAYED_AT_ONCE))]
    renew_standings(keys)
    standings = Standing.objects.filter(patient__in=keys)
    assert not standings.filter(clock__isnull=False).exists()
    reassess(Order())
    assert not standings.filter(clock__isnull=True).exists()
    assert started(visited, "known") == [clinic_north.today()]


def test_a_round_in_which_nothing_is_new_writes_no_clock(
    visited, clinic_north, django_assert_num_queries, clock_of_the_machine
):
    severe(visited, clinic_north.today() - timedelta(days=10))
    clock_of_the_machine(1)
    before = list(Clock.objects.values_list("pk", flat=True).order_by("pk"))
    visit([visited.pk], Order())
    assert list(Clock.objects.values_list("pk", flat=True).order_by("pk")) == before
    stored = Standing.objects.get(patient=visited)
    assert stored.clock["through"] == str(timezone.localdate())


# Stored and fresh ------------------------------------------------------------------------------


def assert_as_fresh(patient: Patient, said: str) -> None:
    """The stored clocks are those that the whole record and its whole history give."""
    patient = Patient.objects.get(pk=patient.pk)
    stored = Standing.objects.get(patient=patient)
    clinic = patient.registrations.get().clinic
    on, zone = stored.assessed_for_on, ZoneInfo(clinic.time_zone)
    rules = rules_of(clinic, on)
    record = record_of([patient], on=on)[patient.pk]
    replay = replay_of(record, rules)
    history = histories_of([patient], at=stored.assessed_at, zones={patient.pk: zone})[patient.pk]
    known = known_runs(
        history, on=on, editions_of=rules.editions_of, limits=rules.limits, most_days=MOST_DAYS
    )
    assert Runs.from_dict(stored.clock["now"]).begun == known.now.begun, said
    rows = pathway_rows_of([patient.pk], on=on).get(patient.pk, NO_ROWS)
    wanted = clock_rows(record, rows, replay.begun, known.now.begun)
    found = Clock.objects.filter(patient=patient)
    assert {_all(row) for row in found} == {_all(row) for row in wanted}, said


def _all(row: Clock) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in COLUMNS)


class Waiting(Chronicle):
    """Acts of one clinic about a patient who mostly meets a class 1."""

    does_leave = does_correct_registration = None  # type: ignore[assignment]

    def does_severe(self):
        day = self.day(60)
        values = {"lvef_percent": self.one_of(57, 66), "lvesd_mm": self.one_of(36, 42)}
        return severe(self.patient, day, accession_number=f"S{len(self.rows)}", **values)

    def act(self) -> str:
        names = [n for n in dir(self) if n.startswith("does_") and getattr(self, n) is not None]
        names += ["does_severe", "does_symptom_free", "does_none_of_these", "does_log"] * 3
        name = self.chance.choice(names)
        try:
            made = getattr(self, name)()
        except Exception as error:
            if type(error).__name__ != "ValidationError":
                raise
            return f"{name} refused"
        if made is not None:
            self.rows.append(made)
        return name


def run_a_history(seed: int, acts: int, clinics, by, pass_days) -> int:
    """So many acts on different days, some nights with a round; the clocks that were compared."""
    chance = random.Random(seed)
    patient = make.patient_of(clinics[0])
    make.diagnosis(patient, timezone.localdate() - timedelta(days=900))
    make.none_of_these(patient, timezone.localdate() - timedelta(days=50))
    life, done = Waiting(chance, patient, by, clinics), []
    for _act in range(acts):
        if chance.random() < 0.6:
            pass_days(chance.choice((1, 1, 3, 40, 200)))
            done.append(f"on {timezone.localdate()}")
        if chance.random() < 0.3:
            visit([patient.pk], Order())
            done.append("visited")
        done.append(life.act())
        assert_as_fresh(patient, f"seed {seed}, after {done}")
    return Clock.objects.filter(patient=patient).count()


def test_what_is_stored_is_what_a_fresh_look_gives(
    clinic_north, clinic_south, alice, clock_of_the_machine
):
    clinics = (clinic_north, clinic_south)
    found = [run_a_history(seed, 12, clinics, alice, clock_of_the_machine) for seed in range(4)]
    assert any(found), "some history meets a class 1"


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(100, 130))
def test_many_histories_are_stored_as_a_fresh_look_gives_them(
    seed, clinic_north, clinic_south, alice, clock_of_the_machine
):
    run_a_history(seed, 25, (clinic_north, clinic_south), alice, clock_of_the_machine)
