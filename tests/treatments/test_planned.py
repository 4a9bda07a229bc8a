"""When a procedure is planned or decided, and that what is too old for it is named."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.factories import records as make
from tests.treatments.conftest import ON, ago
from treatments.facts import picture_of, record_of
from treatments.models import Intervention, TeamReview
from treatments.planned import before_operation

pytestmark = pytest.mark.django_db
INTERVENE, WATCH = TeamReview.Decision.INTERVENE, TeamReview.Decision.WATCH


def plan(patient, kind, **values):
    """A plan that was entered ten days ago."""
    row = make.planned_intervention(patient, kind, **values)
    entered = datetime.combine(ago(10), time(12), tzinfo=UTC)
    Intervention.objects.filter(pk=row.pk).update(entered_at=entered)


def named(patient, on=ON):
    record = record_of([patient], on=on)[patient.pk]
    return before_operation(record, picture_of(record))


@pytest.fixture
def seen(patient):
    make.diagnosis(patient, ago(400))
    make.echo(patient, ago(91), lvef_percent=62, lvesd_mm=38)
    return patient


def test_nothing_is_said_while_nothing_is_planned(seen):
    assert named(seen) is None


def test_a_planned_procedure_names_what_is_too_old_for_it(seen):
    plan(seen, "teer", planned_on=ON + timedelta(days=3))
    made = named(seen)
    assert made.why == "transcatheter edge-to-edge repair (TEER) planned for 4 Jun 2024"
    (line,) = [line for line in made.lines if "LVEF" in line.values]
    assert line.values == "LVEF 62 %, LVESD 38 mm"
    assert line.why == "2 Mar 2024, 91 days old (at most 90)"
    assert "mechanism" in made.to_confirm[0]


def test_evidence_on_the_last_day_of_its_limit_counts(seen):
    plan(seen, "mitral_repair")
    make.echo(seen, ago(90), lvef_percent=62, lvesd_mm=38)
    assert not any("LVEF" in line.values for line in named(seen).lines)


def test_another_heart_operation_asks_for_nothing(seen):
    plan(seen, "cabg")
    assert named(seen) is None


@pytest.mark.parametrize("urgency", ["emergency", "salvage"])
def test_an_emergency_waits_for_nothing(seen, urgency):
    plan(seen, "mitral_repair", urgency=urgency)
    assert named(seen) is None


def test_an_acute_episode_waits_for_nothing(seen):
    plan(seen, "mitral_repair")
    make.acute_episode(seen, ago(1))
    assert named(seen) is None


def test_nothing_is_said_after_a_death(seen):
    plan(seen, "mitral_repair")
    seen.deceased_on = ago(1)
    seen.save()
    assert named(seen) is None


def test_a_decision_for_an_intervention_names_it_until_something_came_of_it(seen):
    make.team_review(seen, ago(10), decision=INTERVENE)
    assert named(seen).why == "intervention decided on 22 May 2024"
    make.team_review(seen, ago(5), decision=TeamReview.Decision.FURTHER_TESTS)
    assert named(seen).why == "intervention decided on 22 May 2024"
    make.intervention(seen, ago(2), "mitral_repair")
    assert named(seen) is None


def test_another_decision_ends_it(seen):
    make.team_review(seen, ago(10), decision=INTERVENE)
    make.team_review(seen, ago(5), decision=WATCH)
    assert named(seen) is None


@pytest.mark.parametrize("status", [Intervention.Status.CANCELLED, Intervention.Status.DECLINED])
def test_a_procedure_called_off_ends_it(seen, status):
    make.team_review(seen, ago(10), decision=INTERVENE)
    make.planned_intervention(seen, "teer", status=status, decided_on=ago(4))
    assert named(seen) is None
