"""The round beside others: people who write, further processes, and a machine that goes down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks.cohort import Place, make_patients
from followup.models import ReassessRun, Standing
from followup.reassessing import Order, reassess, visit
from guidelines.assessment import ENGINE_VERSION
from patients.models import MitralDiagnosis
from patients.writing import writing
from tests.factories import records as make
from tests.source_tree import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
only_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)
SAID = [
    field.name
    for field in Standing._meta.concrete_fields
    if field.name not in {"id", "assessed_at"}
]
PATIENCE = 60


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def said():
    """Everything that standings say, but when."""
    return list(Standing.objects.order_by("patient_id").values(*SAID))


def mild(clinic):
    patient = make.patient_of(clinic)
    make.diagnosis(patient, days_ago(400))
    make.symptom_free(patient, days_ago(20))
    make.echo(patient, days_ago(20), lvef_percent=66, lvesd_mm=33, eroa_mm2=10)
    return patient


class Beside(threading.Thread):
    """Something that runs beside the test; its failure is the test's failure."""

    def __init__(self, act):
        super().__init__()
        self.act, self.failed = act, None

    def run(self):
        try:
            self.act()
        except BaseException as error:
            self.failed = error
        finally:
            connection.close()

    def ended(self):
        self.join(PATIENCE)
        assert not self.is_alive()
        assert self.failed is None


@only_postgresql
def test_a_visit_waits_for_who_is_writing_and_reads_what_was_written(clinic_north, alice):
    patient = mild(clinic_north)
    with writing(patient, by=alice, reason="entered", clinic=clinic_north) as write:
        visiting = Beside(lambda: visit([patient.pk], Order()))
        visiting.start()
        time.sleep(0.5)
        assert visiting.is_alive(), "it waits for the lock"
        write.add(
            MitralDiagnosis(
                patient=patient, diagnosed_on=days_ago(1), mechanism="mixed", tempo="chronic"
            )
        )
    visiting.ended()
    assert Standing.objects.get(patient=patient).mechanism == "mixed"
    fresh = said()
    visit([patient.pk], Order())
    assert said() == fresh


@only_postgresql
def test_what_is_written_during_a_round_is_never_overwritten_by_what_was_before(clinic_north):
    patients = [mild(clinic_north) for _ in range(3)]
    keys = [patient.pk for patient in patients]
    ended = threading.Event()

    def round_after_round():
        while not ended.is_set():
            visit(keys, Order())

    visiting = Beside(round_after_round)
    visiting.start()
    try:
        for turn in range(12):
            patient, severe = patients[turn % 3], turn % 2
            study = make.echo(
                patient, days_ago(12 - turn), accession_number=f"T{turn}",
                eroa_mm2=44 if severe else 8, vena_contracta_mm=8 if severe else 2,
                lvef_percent=50 if severe else 66,
            )  # fmt: skip
            time.sleep(0.05)
            assert Standing.objects.get(patient=patient).last_echo_on == study.performed_on
    finally:
        ended.set()
    visiting.ended()
    after = said()
    visit(keys, Order())
    assert said() == after


@only_postgresql
def test_two_processes_store_what_one_does(clinic_north, clinic_south):
    for number in range(8):
        mild(clinic_north if number % 2 else clinic_south)
    expected = said()
    Standing.objects.update(engine_version="2020.1", grade="severe", bucket="", replay=None)
    outcome = reassess(Order(processes=2, lists=True))
    assert (outcome.visited, outcome.changed, outcome.failed) == (8, 8, [])
    assert said() == expected
    assert sum(len(numbers) for numbers in outcome.numbers.values()) == sum(
        outcome.changes.values()
    )
    assert ReassessRun.objects.get().visited == 8


# A process of its own -----------------------------------------------------------------------------


def address():
    """This test's database as a DATABASE_URL."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    host = quote(known["HOST"] or known.get("OPTIONS", {}).get("host", ""), safe="/")
    return f"postgres://{known['USER']}@/{known['NAME']}?host={host}"


@contextmanager
def command(*arguments):
    """``manage.py reassess`` in a process of its own; killed at the end when it still runs."""
    environment = {
        **os.environ,
        "DATABASE_URL": address(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "reassess", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def cohort(clinic_north, alice):
    """Keys of many patients, written in bulk, none of whom was ever assessed."""
    made = make_patients(Place(clinic_north, alice), 600, studies=2)
    return [patient.pk for patient in made]


def current():
    return Standing.objects.filter(engine_version=ENGINE_VERSION)


@pytest.mark.drill
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_round_that_was_killed_is_gone_on_with(cohort, processes):
    with command("--processes", processes) as process:
        until(lambda: current().exists())
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
    # What the others were at when it was killed is stored, or not at all.
    time.sleep(3)
    done = current().count()
    assert 0 < done < len(cohort)
    killed = ReassessRun.objects.get()
    assert (killed.finished_at, killed.stopped_at) == (None, None)
    time.sleep(2)
    assert current().count() == done, "nobody goes on without the one who was killed"
    with command() as process:
        told, _ = process.communicate(timeout=PATIENCE)
    assert f"{len(cohort) - done} patients visited" in told
    assert process.returncode == 0
    assert current().count() == len(cohort)
    after = said()
    reassess(Order(everybody=True))
    assert said() == after


@pytest.mark.drill
def test_ctrl_c_leaves_whole_batches_and_a_row_that_says_so(cohort):
    with command() as process:
        until(lambda: current().exists())
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "run it again to go on" in told
    assert 0 < current().count() < len(cohort)
    assert ReassessRun.objects.get().note == "stopped by hand"
