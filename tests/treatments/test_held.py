"""Since when a recommendation has held, and replays that begin at what an earlier one found."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from itertools import count

import pytest

from guidelines.registry import ESC_EACTS_2021, ESC_EACTS_2025
from patients.actions import strike
from tests.factories import records as make
from treatments.facts.ageing import LIMITS
from treatments.held import SCHEMA, digest, from_stored, replayed, stored_form
from treatments.latch import open_triggers_of
from treatments.models import TeamReview
from treatments.record import record_of

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)
_numbers = count(1)


def record(patient, on=ON):
    return record_of([patient], on=on)[patient.pk]


@pytest.fixture
def patient(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2022-01-01")
    make.none_of_these(patient, "2026-01-10")
    make.symptom_free(patient, "2026-02-01")
    return patient


def beyond(patient, day, **values):
    """A visit without symptoms, with a ventricle beyond the limits."""
    make.symptom_free(patient, day)
    usual = {
        "lvef_percent": 58,
        "lvesd_mm": 42,
        "eroa_mm2": 45,
        "vena_contracta_mm": 8,
        "accession_number": f"A{next(_numbers)}",
    }
    return make.echo(patient, day, **(usual | values))


def within(patient, day):
    return beyond(patient, day, lvef_percent=68, lvesd_mm=33)


def since(patient, on=ON):
    """The rules that stand on a day, by row of the rule tables, with the first day of their run."""
    return dict(replayed(record(patient, on)).held_since)


def test_a_rule_holds_since_the_first_day_of_its_run(patient):
    beyond(patient, "2026-02-01")
    beyond(patient, "2026-08-01")
    held = since(patient, date(2026, 8, 2))
    assert held
    assert date(2026, 2, 1) in held.values()


def test_a_run_that_was_broken_begins_again(patient):
    beyond(patient, "2026-02-01")
    held = since(patient, date(2026, 2, 2))
    first = {rule for rule, day in held.items() if day == date(2026, 2, 1)}
    within(patient, "2026-05-01")
    broken = since(patient, date(2026, 5, 2))
    beyond(patient, "2026-08-01")
    held = since(patient, date(2026, 8, 2))
    again = {rule: day for rule, day in held.items() if rule in first - broken.keys()}
    assert again
    assert set(again.values()) == {date(2026, 8, 1)}


def lv_dysfunction(held):
    return {day for rule, day in held.items() if rule.endswith("primary/lv-dysfunction")}


@pytest.mark.parametrize(("apart", "lapses"), [(183, False), (184, False), (185, True)])
def test_a_rule_that_lapsed_between_two_entries_holds_since_the_second(patient, apart, lapses):
    """ "No symptoms" says so for 183 days, and what was measured here for as long."""
    first = date(2026, 2, 1)
    second = first + timedelta(days=apart)
    beyond(patient, first)
    beyond(patient, second)
    held = since(patient, second + timedelta(days=1))
    assert lv_dysfunction(held) == {second if lapses else first}
    assert lv_dysfunction(since(patient, second)) == {second if lapses else first}


def test_a_rule_that_began_to_stand_by_the_passing_of_time_holds_since_that_day(clinic_north):
    patient = make.patient_of(clinic_north, sex="female")
    make.diagnosis(patient, "2022-01-01")
    make.none_of_these(patient, "2026-02-01", pregnancy_absent=False)
    make.pregnancy(patient, "2026-02-01", "pregnant")
    beyond(patient, "2026-02-01")
    assert not lv_dysfunction(since(patient, date(2026, 3, 3)))
    began = date(2026, 3, 4)  # pregnant, as asked within 30 days, closes the rules
    for on in (began, date(2026, 3, 5), date(2026, 5, 1)):
        assert lv_dysfunction(since(patient, on)) == {began}
    make.lab(patient, "2026-05-01", "creatinine", 90)
    assert lv_dysfunction(since(patient, date(2026, 5, 2))) == {began}


def test_judging_the_days_between_is_bounded(patient):
    """One day more for each entry, and those of the halving where something began."""
    for month in range(1, 11):
        beyond(patient, date(2026, month, 2))
    found = replayed(record(patient))
    assert 0 < found.judged_between <= found.judged


def test_no_rule_holds_before_its_edition_was_published(patient):
    make.diagnosis(patient, "2019-01-01")
    make.none_of_these(patient, "2019-01-10")
    beyond(patient, "2019-02-01")
    for day in ("2020-12-18", "2021-09-01", "2025-09-01"):
        make.symptom_free(patient, day)
        beyond(patient, day)
    held = since(patient, date(2025, 9, 2))
    of_2025 = [day for rule, day in held.items() if rule.startswith(ESC_EACTS_2025.id)]
    assert of_2025
    assert min(of_2025) >= ESC_EACTS_2025.published_on
    assert not any(rule.startswith(ESC_EACTS_2021.id) for rule in held)


def test_a_clinic_that_changes_its_edition_counts_from_that_day(patient):
    beyond(patient, "2026-02-01")
    turn = date(2026, 6, 1)

    def editions_of(day):
        return (ESC_EACTS_2025 if day >= turn else ESC_EACTS_2021,)

    then = record(patient, date(2026, 6, 10))
    found = replayed(then, editions_of=editions_of, turns=(turn,))
    assert set(found.held_since.values()) == {turn}


def test_nothing_holds_once_the_patient_has_died(patient):
    beyond(patient, "2026-02-01")
    patient.deceased_on = date(2026, 3, 1)
    found = replayed(record(patient))
    assert (found.held_since, found.triggers) == ({}, ())


def test_the_triggers_are_those_of_the_latch(patient):
    beyond(patient, "2026-02-01")
    within(patient, "2026-06-01")
    found = replayed(record(patient))
    assert found.triggers
    assert found.triggers == open_triggers_of(record(patient))
    assert found.looked_from is None


def test_an_empty_record_has_nothing_and_keeps_nothing(clinic_north):
    found = replayed(record(make.patient_of(clinic_north)), keeps=True)
    assert (found.triggers, found.held_since, found.checkpoints) == ((), {}, ())


def test_a_bounded_replay_says_from_which_day_on_it_looked(patient):
    for month in range(1, 11):
        beyond(patient, date(2026, month, 2))
    whole = replayed(record(patient))
    bounded = replayed(record(patient), most_days=3)
    assert bounded.judged == 3
    assert bounded.looked_from == date(2026, 9, 2)
    assert whole.judged > 3
    kept = replayed(record(patient), most_days=3, keeps=True).checkpoints
    later = replayed(record(patient), kept=kept)
    assert later.looked_from == bounded.looked_from, "what was not looked at is not forgotten"


def test_a_checkpoint_is_out_of_use_when_a_row_before_it_changes(patient, alice, clinic_north):
    study = beyond(patient, "2026-02-01")
    within(patient, "2026-06-01")
    kept = replayed(record(patient), keeps=True).checkpoints
    assert replayed(record(patient), kept=kept).judged == 1
    strike(study, by=alice, clinic=clinic_north, reason="another patient's")
    found = replayed(record(patient), kept=kept)
    assert found.triggers == ()
    assert found.held_since == replayed(record(patient)).held_since
    assert found.judged > 1


def test_other_limits_are_other_rules(patient):
    beyond(patient, "2026-02-01")
    gathered = record(patient)
    longer = dict(LIMITS) | {"lvesd_mm": LIMITS["lvesd_mm"] + 1}
    assert digest(gathered, ON) != digest(gathered, ON, longer)


def test_what_is_stored_reads_back_and_serves_only_its_own_rules(patient):
    beyond(patient, "2026-02-01")
    make.enter(TeamReview(patient=patient, reviewed_on=date(2026, 3, 1), decision="intervene"))
    kept = replayed(record(patient), keeps=True).checkpoints
    stored = json.loads(json.dumps(stored_form(kept, "rules")))
    assert from_stored(stored, "rules") == kept
    assert from_stored(stored, "other rules") == ()
    assert from_stored(stored | {"schema": SCHEMA + 1}, "rules") == ()
    assert from_stored(stored | {"engine": "another"}, "rules") == ()
    assert from_stored(None, "rules") == ()


@pytest.mark.parametrize("seed", range(3))
def test_what_was_kept_and_what_is_replayed_anew_are_equal(seed, patient, alice, clinic_north):
    """Random histories: written in any order, amended, struck, decided, and read on any day."""
    chance = random.Random(seed)
    days = [date(2023, 1, 1) + timedelta(days=90 * each) for each in range(14)]
    kept, reused = (), 0
    for _ in range(10):
        _write(chance, patient, chance.choice(days), alice, clinic_north)
        today = record(patient)
        anew = replayed(today)
        found = replayed(today, kept=kept, keeps=True)
        assert (found.triggers, found.held_since) == (anew.triggers, anew.held_since)
        reused += found.judged < anew.judged
        kept = found.checkpoints
        other = ON + timedelta(days=chance.randrange(-700, 900))
        then = record(patient, other)
        later, plain = replayed(then, kept=kept), replayed(then)
        assert (later.triggers, later.held_since) == (plain.triggers, plain.held_since)
    assert reused


@pytest.mark.parametrize("seed", range(3))
def test_judging_the_eves_tells_what_judging_every_day_tells(seed, patient, alice, clinic_north):
    chance = random.Random(seed)
    first = date(2025, 6, 1)
    for visit in range(8):
        day = first + timedelta(days=visit * 60 + chance.randrange(50))
        _write(chance, patient, day, alice, clinic_north)
        if chance.random() < 0.3:
            make.pregnancy(patient, day, chance.choice(["pregnant", "not_pregnant"]))
    for on in (chance.choice([ON, ON - timedelta(days=chance.randrange(200))]),):
        then = record(patient, on)
        every_day = [first + timedelta(days=each) for each in range((on - first).days)]
        assert replayed(then).held_since == replayed(then, turns=every_day).held_since


def _write(chance, patient, day, by, clinic):
    act = chance.choice(["beyond", "beyond", "within", "log", "review", "strike"])
    if act == "beyond":
        beyond(patient, day)
    elif act == "within":
        within(patient, day)
    elif act == "log":
        make.log(patient, day, nyha=2, dyspnea=True, attribution="certain")
    elif act == "review":
        decision = chance.choice(["intervene", "watch", "not_decided"])
        make.enter(TeamReview(patient=patient, reviewed_on=day, decision=decision))
    else:
        studies = list(patient.echostudy_set.filter(struck_at__isnull=True))
        if studies:
            strike(chance.choice(studies), by=by, clinic=clinic, reason="another patient's")
