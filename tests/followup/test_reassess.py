"""The round over the standings: whom it visits, what it stores, what it says, how it ends."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import create_clinic, set_clinic_setting
from accounts.guideline_settings import adopt_edition
from followup import reassessing
from followup.clinic_rules import rules_of
from followup.models import ReassessRun, Standing, waits_for_a_round
from followup.reassessing import Order, reassess, visit
from followup.selectors import outdated_patients, standings_are_current
from followup.standing import renew_standings, replay_of
from guidelines.assessment import ENGINE_VERSION
from guidelines.concerns import ConcernKind
from tests.factories import records as make
from treatments.record import record_of

pytestmark = pytest.mark.django_db
FAR = date(2100, 1, 1)
SHOWN = [f.name for f in Standing._meta.concrete_fields if f.name not in {"id", "assessed_at"}]


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def standing(patient):
    return Standing.objects.get(patient=patient)


def run(*arguments):
    out = StringIO()
    call_command("reassess", *arguments, stdout=out)
    return out.getvalue()


def rows():
    return list(Standing.objects.order_by("id").values())


@pytest.fixture
def several(clinic_north):
    """Three patients of whom nothing is recorded, none of them due."""
    patients = [make.patient_of(clinic_north) for _ in range(3)]
    Standing.objects.update(valid_until_on=FAR)
    return patients


@pytest.fixture
def severe(clinic_north):
    """Met class 1 half a year ago; nobody has answered, and the newest study no longer says it."""
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.none_of_these(patient, days_ago(200))
    make.symptom_free(patient, days_ago(200))
    make.echo(
        patient, days_ago(200), lvef_percent=58, lvesd_mm=42, eroa_mm2=44, vena_contracta_mm=8
    )
    make.symptom_free(patient, days_ago(15))
    make.echo(patient, days_ago(15), lvef_percent=68, lvesd_mm=33, eroa_mm2=44, vena_contracta_mm=8)
    return patient


# Whom it visits -----------------------------------------------------------------------------------


def test_it_visits_only_those_whose_day_has_come(several):
    due = several[1]
    Standing.objects.filter(patient=due).update(valid_until_on=days_ago(0), grade="mild")
    before = {patient.pk: standing(patient).assessed_at for patient in several}
    outcome = reassess(Order())
    assert (outcome.visited, outcome.changed) == (1, 1)
    visited = {p.pk for p in several if standing(p).assessed_at != before[p.pk]}
    assert visited == {due.pk}
    assert standing(due).grade == "cannot_be_graded"
    assert standing(due).valid_until_on > standing(due).assessed_for_on
    assert reassess(Order()).visited == 0


def test_the_day_comes_by_the_calendar_of_the_clinic(several):
    east = create_clinic(code="east", name="East", time_zone="Pacific/Auckland", by=None)
    there = make.patient_of(east)
    Standing.objects.update(valid_until_on=date(2024, 6, 2), assessed_for_on=date(2024, 6, 1))
    evening = datetime(2024, 6, 1, 20, tzinfo=UTC)
    assert list(outdated_patients(evening)) == [there]
    assert outdated_patients(evening + timedelta(days=1)).count() == 4


@pytest.mark.parametrize(
    "other",
    [
        {"engine_version": "2020.1"},
        {"engine_version": "9999.1"},
        {"valid_until_on": None},
        {"assessed_for_on": date(2024, 1, 1)},
    ],
    ids=["older release", "newer release", "never said", "before an edition was published"],
)
def test_it_visits_those_whom_another_program_assessed(several, other):
    Standing.objects.filter(patient=several[2]).update(**other)
    assert list(outdated_patients(timezone.now())) == [several[2]]
    reassess(Order())
    assert standing(several[2]).engine_version == ENGINE_VERSION
    assert not outdated_patients(timezone.now()).exists()


def test_it_visits_those_without_any(several):
    Standing.objects.filter(patient=several[0]).delete()
    assert "no standing -> " in run()
    assert standing(several[0]).grade == "cannot_be_graded"


def test_a_setting_of_the_clinic_makes_its_patients_due(several, clinic_north, clinic_south, ada):
    elsewhere = make.patient_of(clinic_south)
    Standing.objects.update(valid_until_on=FAR)
    set_clinic_setting(
        clinic=clinic_north, name="demo", value={}, from_on=clinic_north.today(), by=ada
    )
    assert not outdated_patients(timezone.now()).exists()
    adopt_edition(
        clinic=clinic_north, edition_id="esc-eacts-2021", from_on=clinic_north.today(), by=ada
    )
    assert set(outdated_patients(timezone.now())) == set(several)
    reassess(Order())
    assert not outdated_patients(timezone.now()).exists()
    assert elsewhere.standing.valid_until_on == FAR


def test_a_setting_that_begins_later_is_asked_again_on_its_day(several, clinic_north, ada):
    adopt_edition(
        clinic=clinic_north,
        edition_id="esc-eacts-2021",
        from_on=clinic_north.today() + timedelta(days=3),
        by=ada,
    )
    reassess(Order())
    Standing.objects.update(valid_until_on=FAR)
    assert not outdated_patients(timezone.now()).exists()
    assert outdated_patients(timezone.now() + timedelta(days=3)).count() == 3


def test_all_visits_everybody_and_a_clinic_only_its_own(several, clinic_south):
    make.patient_of(clinic_south)
    assert "4 patients visited, 0 standings changed" in run("--all")
    assert "1 patients visited" in run("--all", "--clinic", "south")


# What it stores -----------------------------------------------------------------------------------


def test_what_it_stores_is_what_a_write_would(severe, clinic_north):
    before = standing(severe)
    Standing.objects.update(engine_version="2020.1", replay=None, grade="mild")
    reassess(Order())
    after = standing(severe)
    assert [getattr(after, name) for name in SHOWN] == [getattr(before, name) for name in SHOWN]


def test_who_was_written_in_bulk_is_replayed_by_the_next_round(severe):
    """A bulk write replays nobody: what was met earlier and never answered is lost until then."""
    others = [make.patient_of(severe.registrations.get().clinic).pk for _ in range(5)]
    Standing.objects.update(replay=None)
    renew_standings([severe.pk, *others])
    bulk = standing(severe)
    assert bulk.valid_until_on == bulk.assessed_for_on
    assert list(Standing.objects.filter(waits_for_a_round())) == [bulk]
    assert standings_are_current(timezone.now()) == ""
    assert standings_are_current(timezone.now() + timedelta(days=2)) != ""
    assert ConcernKind.STILL_OPEN.rank != bulk.first_concern
    reassess(Order())
    after = standing(severe)
    assert not Standing.objects.filter(waits_for_a_round()).exists()
    assert after.replay is not None
    assert after.first_concern == ConcernKind.STILL_OPEN.rank
    assert after.waits_since_on == days_ago(200)
    empty = Standing.objects.filter(patient_id__in=others, replay__isnull=True)
    assert empty.count() == len(others), "there is nothing to replay"


def test_what_was_kept_is_carried_on_without_a_replay(severe):
    before = standing(severe)
    for days in (1, 30, 400):
        Standing.objects.update(replay=before.replay)
        record = record_of([severe], on=timezone.localdate() + timedelta(days=days))[severe.pk]
        rules = rules_of(severe.registrations.get().clinic, record.on)
        finds = reassessing._FindsOpen(record, rules, before.replay, may_replay=True)
        reassessing.standing_of(record, timezone.now(), rules, found=finds)
        assert finds.replay is None
        picture, said = found_with(record, rules)
        carried, anew = finds(picture, said), replay_of(record, rules)
        assert carried.triggers == anew.triggers
        assert carried.held_since.items() >= anew.held_since.items()


def found_with(record, rules):
    found = []
    reassessing.standing_of(record, timezone.now(), rules, found=lambda *each: found.extend(each))
    return found


def test_a_checkpoint_that_no_longer_serves_is_made_anew(severe):
    before = standing(severe).replay
    make.echo(severe, days_ago(300), lvef_percent=66, lvesd_mm=34, eroa_mm2=44)
    made = standing(severe).replay
    Standing.objects.update(replay=before)
    reassess(Order(everybody=True))
    assert standing(severe).replay == made != before


def test_many_are_visited_in_as_many_queries_as_few(clinic_north, severe):
    keys = [severe.pk, *(make.patient_of(clinic_north).pk for _ in range(14))]

    def queries(some):
        with CaptureQueriesContext(connection) as captured:
            visit(some, Order(everybody=True))
        return len(captured)

    assert queries(keys[:3]) == queries(keys)


# How it ends --------------------------------------------------------------------------------------


@pytest.fixture
def thirty(clinic_north):
    """More than one batch, all of them assessed by an older release."""
    patients = [make.patient_of(clinic_north) for _ in range(30)]
    Standing.objects.update(engine_version="2020.1")
    return patients


def stop(outcome, of):
    raise KeyboardInterrupt


def test_a_round_that_was_stopped_is_gone_on_with(thirty):
    with pytest.raises(KeyboardInterrupt):
        reassess(Order(), stop)
    stopped = ReassessRun.objects.get()
    assert (stopped.visited, stopped.note) == (reassessing.FIRST_BATCH, "stopped by hand")
    assert stopped.finished_at is None
    assert stopped.stopped_at is not None
    done = Standing.objects.filter(engine_version=ENGINE_VERSION)
    assert done.count() == reassessing.FIRST_BATCH
    at = set(done.values_list("patient_id", "assessed_at"))
    assert reassess(Order()).visited == len(thirty) - reassessing.FIRST_BATCH
    assert at <= set(Standing.objects.values_list("patient_id", "assessed_at"))


def test_a_round_over_everybody_is_gone_on_with_too(thirty):
    with pytest.raises(KeyboardInterrupt):
        reassess(Order(everybody=True), stop)
    rest = len(thirty) - reassessing.FIRST_BATCH
    assert reassess(Order(everybody=True)).visited == rest
    assert reassess(Order(everybody=True)).visited == len(thirty), "the one before was finished"


def test_one_who_cannot_be_assessed_does_not_keep_the_others(several, caplog):
    broken = several[1]
    make.echo(broken, days_ago(10))
    replay = standing(broken).replay
    replay["checkpoints"] = [{"through": "nonsense"}]
    Standing.objects.update(engine_version="2020.1")
    Standing.objects.filter(patient=broken).update(replay=replay)
    with caplog.at_level(logging.ERROR), pytest.raises(CommandError) as refused:
        run()
    assert refused.value.returncode == 1
    assert str(broken.public_id) in str(refused.value)
    assert str(broken.public_id) in caplog.text
    assert broken.family_name not in caplog.text
    assert Standing.objects.filter(engine_version=ENGINE_VERSION).count() == 2
    last = ReassessRun.objects.get()
    assert (last.visited, last.failed) == (3, 1)
    assert last.finished_at is not None


def test_who_could_not_be_assessed_stays_due_until_the_reason_is_gone(several, caplog):
    broken = several[1]
    make.echo(broken, days_ago(10))
    Standing.objects.update(valid_until_on=FAR)
    right = standing(broken).replay
    Standing.objects.filter(patient=broken).update(replay=right | {"checkpoints": [{}]})
    assert len(reassess(Order(everybody=True)).failed) == 1
    assert reassess(Order()).failed == [str(broken.public_id)]
    assert "could not be assessed" in standings_are_current(timezone.now())
    Standing.objects.filter(patient=broken).update(replay=right)
    assert reassess(Order()).visited == 1
    assert standings_are_current(timezone.now()) == ""


def test_a_setting_that_cannot_be_read_fails_its_own_clinic_only(
    several, clinic_north, clinic_south, ada, caplog
):
    fine = make.patient_of(clinic_south)
    clinic_north.settings.create(
        name="noise", value="nonsense", from_on=clinic_north.today(), entered_by=ada
    )
    with caplog.at_level(logging.ERROR):
        outcome = reassess(Order(everybody=True))
    assert set(outcome.failed) == {str(patient.public_id) for patient in several}
    assert outcome.visited == 4
    assert standing(fine).assessed_at > standing(several[0]).assessed_at


def test_each_round_is_kept_and_says_how_it_ended(several):
    run("--all")
    last = ReassessRun.objects.get()
    assert (last.visited, last.changed, last.failed) == (3, 0, 0)
    assert (last.engine_version, last.note) == (ENGINE_VERSION, "everybody")
    assert last.finished_at >= last.started_at


def test_a_line_for_every_thousand_patients_and_no_more(several):
    assert "to go" not in run("--all")


def test_it_says_what_changed_and_who(several, clinic_north):
    Standing.objects.filter(patient=several[0]).update(acc_aha_class="1", bucket="overdue")
    said = run("--all", "--list")
    number = several[0].registrations.get().record_number
    assert f"        1  1 -> none\n             north {number}\n" in said
    assert "Overdue -> First assessment, or cannot be graded" in said
    assert number not in run("--all")


# What if ------------------------------------------------------------------------------------------


def test_a_comparison_writes_nothing_and_its_code_says_whether_something_would_change(several):
    before = rows()
    assert "0 standings would change" in run("--what-if")
    Standing.objects.filter(patient=several[0]).update(esc_class="I", engine_version="2020.1")
    changed = rows()
    assert changed != before
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reassess", "--what-if", "--list", stdout=out)
    assert ended.value.code == 3
    assert "I -> none" in out.getvalue()
    assert "Nothing was written." in out.getvalue()
    assert rows() == changed
    assert not ReassessRun.objects.exists()


@pytest.fixture
def small_woman(clinic_north, ada):
    """LVESDi of 20 mm/m2 is a limit of the 2025 edition alone, which her clinic has not adopted."""
    adopt_edition(
        clinic=clinic_north, edition_id="esc-eacts-2021", from_on=date(2025, 9, 1), by=ada
    )
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(700))
    make.none_of_these(patient, days_ago(100))
    make.symptom_free(patient, days_ago(30))
    make.echo(
        patient, days_ago(31), lvef_percent=66, lvesd_mm=38, bsa_m2="1.7", eroa_mm2=45,
        vena_contracta_mm=8,
    )  # fmt: skip
    return patient


def test_what_another_edition_would_change_is_known_before_it_is_adopted(
    small_woman, clinic_north, clinic_south, ada
):
    make.patient_of(clinic_south)
    before, out = rows(), StringIO()
    assert standing(small_woman).esc_class != "I"
    with pytest.raises(SystemExit) as ended:
        call_command(
            "reassess", "--what-if", "--edition", "esc-eacts-2025", "--clinic", "north", "--list",
            stdout=out,
        )  # fmt: skip
    assert ended.value.code == 3
    number = small_woman.registrations.get().record_number
    assert f"-> I\n             north {number}\n" in out.getvalue()
    assert "1 patients visited" in out.getvalue()
    assert rows() == before
    adopt_edition(
        clinic=clinic_north, edition_id="esc-eacts-2025", from_on=clinic_north.today(), by=ada
    )
    reassess(Order())
    assert standing(small_woman).esc_class == "I"


def test_the_edition_that_is_adopted_already_changes_nothing(small_woman):
    said = run("--what-if", "--edition", "esc-eacts-2021", "--clinic", "north")
    assert "0 standings would change" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--edition", "esc-eacts-2025"], "needs --what-if and the clinic"),
        (["--what-if", "--edition", "esc-1999", "--clinic", "north"], "there is no edition"),
        (["--clinic", "west"], "There is no clinic 'west'. There are: north."),
        (["--processes", "0"], "At least one process"),
    ],
)
def test_it_refuses_what_it_cannot_do(clinic_north, arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments)


# Whether lists are current ------------------------------------------------------------------------


def test_lists_are_current_as_long_as_nothing_is_due(several):
    assert standings_are_current(timezone.now()) == ""
    assert standings_are_current(timezone.now() + timedelta(days=3000)) == ""


def test_lists_turn_red_when_no_round_has_ended(several):
    Standing.objects.filter(patient=several[0]).update(valid_until_on=days_ago(1))
    assert "no round over them has ever ended" in standings_are_current(timezone.now())


def test_lists_turn_red_when_the_last_round_is_older_than_a_night(several):
    now = timezone.now()
    reassess(Order(everybody=True))
    Standing.objects.update(valid_until_on=(now + timedelta(hours=30)).date())
    assert standings_are_current(now + timedelta(hours=25)) == ""
    assert "26 hours" in standings_are_current(now + timedelta(days=3))
    Standing.objects.update(valid_until_on=FAR)
    assert standings_are_current(now + timedelta(days=3)) == ""


def test_lists_turn_red_when_a_round_was_cut_short(thirty):
    with pytest.raises(KeyboardInterrupt):
        reassess(Order(), stop)
    assert "another release" in standings_are_current(timezone.now())
    Standing.objects.update(engine_version=ENGINE_VERSION, valid_until_on=days_ago(1))
    assert "cut short" in standings_are_current(timezone.now())
    reassess(Order())
    assert standings_are_current(timezone.now()) == ""


def test_lists_turn_red_when_somebody_could_not_be_assessed(several):
    now = timezone.now()
    ReassessRun.objects.create(
        started_at=now, finished_at=now, visited=3, failed=2, engine_version=ENGINE_VERSION
    )
    assert standings_are_current(now) == "2 patients could not be assessed in the last round."
    reassess(Order())
    assert standings_are_current(timezone.now()) == ""


@pytest.mark.parametrize("engine", ["2020.1", "9999.1"])
def test_lists_turn_red_after_a_release_until_everybody_was_assessed(several, engine):
    Standing.objects.filter(patient=several[0]).update(engine_version=engine)
    assert "another release" in standings_are_current(timezone.now())
    reassess(Order())
    assert standings_are_current(timezone.now()) == ""


def test_rounds_are_read_by_superusers_and_changed_by_nobody(several, client_of, superuser, clara):
    reassess(Order(everybody=True))
    address = "/admin/followup/reassessrun/"
    page = client_of(superuser).get(address)
    assert page.status_code == 200
    assert "everybody" in page.content.decode()
    assert client_of(superuser).get(f"{address}add/").status_code == 403
    assert client_of(clara).get(address).status_code == 403
