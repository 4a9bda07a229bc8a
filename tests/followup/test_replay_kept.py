"""What a standing keeps of a patient's replay, and what the page reads of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup.clinic_rules import rules_of
from followup.models import Standing
from followup.standing import (
    REPLAYED_AT_ONCE,
    renew_standings,
    replay_of,
    store_standings,
)
from followup.whole import whole_assessment
from tests.factories import records as make
from treatments.record import record_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(clinic_north):
    return clinic_north.today()


@pytest.fixture
def severe(clinic_north, today):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, today - timedelta(days=400))
    make.symptom_free(patient, today - timedelta(days=200))
    make.echo(
        patient, today - timedelta(days=200), lvef_percent=58, lvesd_mm=42, eroa_mm2=44,
        vena_contracta_mm=8,
    )  # fmt: skip
    make.symptom_free(patient, today - timedelta(days=15))
    return patient


def replay(patient, on, rules):
    kept = Standing.objects.get(patient=patient).replay
    return replay_of(record_of([patient], on=on)[patient.pk], rules, kept)


def test_a_page_of_today_judges_no_day_but_today(severe, clinic_north, today):
    rules = rules_of(clinic_north, today)
    found = replay(severe, today, rules)
    anew = replay_of(record_of([severe], on=today)[severe.pk], rules)
    assert found.judged == 1
    assert anew.judged > 1
    assert (found.triggers, found.held_since) == (anew.triggers, anew.held_since)
    assert found.triggers


def test_a_standing_of_an_earlier_day_is_carried_on(severe, clinic_north, today):
    for days in (1, 400, 2000):
        on = today + timedelta(days=days)
        rules = rules_of(clinic_north, on)
        found, anew = (
            replay(severe, on, rules),
            replay_of(record_of([severe], on=on)[severe.pk], rules),
        )
        assert found.judged < anew.judged
        assert (found.triggers, found.held_since) == (anew.triggers, anew.held_since)


def test_a_bulk_write_replays_nobody(clinic_north, today):
    patients = [make.patient_of(clinic_north) for _ in range(REPLAYED_AT_ONCE + 1)]
    keys = [patient.pk for patient in patients]
    standings = Standing.objects.filter(patient_id__in=keys)
    standings.update(replay=None)
    renew_standings(keys)
    assert [standing.replay for standing in standings] == [None] * len(keys)
    renew_standings(keys[:REPLAYED_AT_ONCE])
    assert standings.filter(replay__isnull=True).count() == 1


def test_a_bulk_write_leaves_what_was_kept_which_knows_whether_it_serves(
    severe, clinic_north, today
):
    before = Standing.objects.get(patient=severe)
    record = record_of([severe], on=today)[severe.pk]
    store_standings([record], at=before.assessed_at)
    assert Standing.objects.get(patient=severe).replay == before.replay
    make.echo(severe, today - timedelta(days=300), lvef_percent=66, lvesd_mm=34)
    Standing.objects.filter(patient=severe).update(replay=before.replay)
    rules = rules_of(clinic_north, today)
    anew = replay_of(record_of([severe], on=today)[severe.pk], rules)
    found = replay(severe, today, rules)
    assert found.judged == anew.judged, "an earlier day was added: nothing after it serves"
    assert (found.triggers, found.held_since) == (anew.triggers, anew.held_since)


def test_the_whole_assessment_says_since_when_each_standing_rule_has_held(
    severe, clinic_north, today
):
    record = record_of([severe], on=today)[severe.pk]
    whole = whole_assessment(record, rules=rules_of(clinic_north, today))
    # The log of 200 days ago had grown old before the next one, of 15 days ago.
    assert set(whole.held_since.values()) == {today - timedelta(days=15)}
    make.symptom_free(severe, today - timedelta(days=100))
    record = record_of([severe], on=today)[severe.pk]
    whole = whole_assessment(record, rules=rules_of(clinic_north, today))
    assert today - timedelta(days=200) in whole.held_since.values()
    said = whole.as_dict()
    assert said["held_since"]
    assert said["replayed_from"] is None


def test_a_run_that_may_be_older_than_what_was_looked_at_is_not_dated(severe, clinic_north, today):
    rules = rules_of(clinic_north, today)
    record = record_of([severe], on=today)[severe.pk]
    bounded = replay_of(record, rules, most_days=2)
    whole = whole_assessment(record, rules=rules, replay=bounded)
    assert bounded.held_since
    assert whole.held_since == {}
    assert whole.looked_from == today - timedelta(days=15)


def test_only_the_newest_studies_are_looked_at_for_slips_where_that_is_asked(
    severe, clinic_north, today
):
    make.echo(severe, today - timedelta(days=300), lvesd_mm=60, lvedd_mm=40)
    record = record_of([severe], on=today)[severe.pk]
    assert whole_assessment(record).studies
    few = whole_assessment(record, studies_checked=1)
    assert (few.studies, few.studies_checked) == ((), 1)


def test_nothing_is_dated_of_an_edition_that_is_not_signed_off(severe, clinic_north, today):
    rules = rules_of(clinic_north, today)
    record = record_of([severe], on=today)[severe.pk]
    hidden = frozenset(rules.editions_of(today))
    assert whole_assessment(record, rules=rules).held_since
    assert whole_assessment(record, rules=rules, hidden=hidden).held_since == {}
