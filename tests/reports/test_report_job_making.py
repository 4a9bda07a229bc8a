"""The worker's part: a file appears whole or not at all, whatever happens to who makes it."""

import errno
import random
import resource
import string
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import AuditEvent
from patients.models import EchoStudy
from reports import job_files, job_making
from reports.catalogue import REPORTS
from reports.job_making import DISK_FULL, NOT_WRITTEN, STOPPED, make
from reports.job_progress import advance
from reports.jobs import (
    KILLED,
    MOST_STARTS,
    NOT_STARTED,
    discard,
    order_report,
    purge_reports,
    restart_abandoned,
    running_jobs,
)
from reports.models import ReportJob
from reports.package import Order
from reports.report import Report
from reports.scope import Scope, scope_again
from tests.factories import records

Status = ReportJob.Status


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.REPORT_DIR = tmp_path / "reports"
    return settings.REPORT_DIR


@pytest.fixture
def study(clinic_north):
    return records.echo(records.patient_of(clinic_north), "2026-03-12", lvef_percent=58)


@pytest.fixture
def order(alice, clinic_north, study):
    return Order(REPORTS["echo_studies"], Scope([clinic_north]), alice, "yearly review")


@pytest.fixture
def job(order):
    return order_report(order, "zip")


def files(folder):
    return sorted(path.suffix for path in folder.glob("*")) if folder.is_dir() else []


def now_of(job):
    return ReportJob.objects.get(pk=job.pk)


def abandoned(job, starts=1):
    """As a worker leaves it that was killed: half a file, a ticket that nobody holds."""
    folder = job_files.folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "dead.ticket").write_text("00000000000000000017", encoding="ascii")
    (folder / ".dead.report.x1.partial").write_bytes(b"half")
    ReportJob.objects.filter(pk=job.pk).update(
        status=Status.RUNNING, stored_as="dead", starts=starts
    )
    return now_of(job)


def test_the_file_is_whole_and_closed_to_others(job, own_folder):
    make(str(job.public_id))
    done = now_of(job)
    assert (done.status, done.rows_expected, done.rows_written) == (Status.DONE, 1, 1)
    [path] = own_folder.iterdir()
    assert path == job_files.path_of(done.stored_as)
    assert path.stat().st_size == done.file_bytes
    assert path.stat().st_mode & 0o077 == 0
    assert own_folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("status", Status.values)
def test_it_does_nothing_unless_the_job_waits(job, own_folder, status):
    if status == Status.WAITING:
        return
    ReportJob.objects.update(status=status)
    make(str(job.public_id))
    assert now_of(job).status == status
    assert files(own_folder) == []


def breaking(monkeypatch, error, rows=()):
    """Let the rows break off after these."""

    def pieces(self, scope):
        yield from rows
        raise error

    monkeypatch.setattr(Report, "pieces", pieces)


@pytest.mark.parametrize("form", ["csv", "zip"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DISK_FULL),
        (OSError(errno.EIO, "Input/output error"), NOT_WRITTEN),
        (ValueError("of a column"), STOPPED),
    ],
)
def test_what_goes_wrong_leaves_nothing_half_and_says_why(
    order, own_folder, monkeypatch, error, words, form
):
    job = order_report(order, form)
    breaking(monkeypatch, error, [(1, "a,b\n")])
    with pytest.raises(type(error)):
        make(str(job.public_id))
    failed = now_of(job)
    assert (failed.status, failed.message) == (Status.FAILED, words)
    assert files(own_folder) == []
    event = AuditEvent.objects.get(action="failed")
    assert (event.actor_id, event.record_id) == (order.by.pk, str(job.public_id))
    assert event.note == "echo_studies was not made in the background"


def test_a_disk_that_is_full_while_it_is_written(job, own_folder, monkeypatch):
    def full(path, pieces):
        next(iter(pieces))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(job_making, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        make(str(job.public_id))
    assert now_of(job).message == DISK_FULL
    assert files(own_folder) == []


def test_a_file_that_the_system_stops_midway_is_not_kept(job, own_folder, study, monkeypatch):
    """The system itself refuses to let the file grow: no file of half the rows is left."""
    wanted = job_making.write_whole
    study.comment = "".join(random.Random(1).choices(string.ascii_letters, k=50_000))
    EchoStudy.objects.bulk_update([study], ["comment"])

    def in_little_room(path, pieces):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
        try:
            return wanted(path, pieces)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(job_making, "write_whole", in_little_room)
    with pytest.raises(OSError, match="File too large"):
        make(str(job.public_id))
    assert (now_of(job).status, now_of(job).message) == (Status.FAILED, NOT_WRITTEN)
    assert files(own_folder) == []


def test_a_folder_that_cannot_be_made_is_said(job, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.REPORT_DIR = tmp_path / "file" / "reports"
    with pytest.raises(OSError, match="Not a directory"):
        make(str(job.public_id))
    assert now_of(job).message == NOT_WRITTEN


def test_one_that_is_cancelled_while_it_is_made_stops(job, own_folder, monkeypatch):
    pieces = Report.pieces

    def cancelled(self, scope):
        discard(now_of(job))
        yield from pieces(self, scope)

    monkeypatch.setattr(Report, "pieces", cancelled)
    make(str(job.public_id))
    assert now_of(job).status == Status.CANCELLED
    assert files(own_folder) == []
    assert not AuditEvent.objects.filter(action="failed").exists()


def test_one_that_is_cancelled_at_the_last_moment_leaves_no_file(job, own_folder, monkeypatch):
    write = job_making.write_whole

    def cancelled(path, pieces):
        size = write(path, pieces)
        discard(now_of(job))
        return size

    monkeypatch.setattr(job_making, "write_whole", cancelled)
    make(str(job.public_id))
    assert now_of(job).status == Status.CANCELLED
    assert files(own_folder) == []


def test_a_transition_happens_once(job):
    other = now_of(job)
    assert advance(job, before=(Status.WAITING,), to=Status.RUNNING, stored_as="one")
    assert not advance(other, before=(Status.WAITING,), to=Status.RUNNING, stored_as="two")
    assert (job.status, other.status) == (Status.RUNNING, Status.WAITING)
    assert not advance(job, before=(Status.RUNNING,), to=Status.DONE, held_as="two")


# --- The ticket ----------------------------------------------------------------------------------


def test_a_ticket_is_held_while_it_is_held(own_folder):
    with job_files.held() as ticket:
        assert job_files.is_held(ticket.name)
        assert job_files.rows_told(ticket.name) == 0
        ticket.tell(12_000)
        assert job_files.rows_told(ticket.name) == 12_000
    assert not job_files.is_held(ticket.name)
    assert job_files.rows_told(ticket.name) == 0
    assert files(own_folder) == []


def test_a_process_that_is_killed_holds_it_no_longer(own_folder):
    own_folder.mkdir()
    path = own_folder / "other.ticket"
    code = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert job_files.is_held("other")
        process.kill()
        process.wait(10)
    assert path.exists()
    assert not job_files.is_held("other")


# --- Workers that died ---------------------------------------------------------------------------


def test_one_whose_worker_died_starts_again(job, own_folder):
    dead = abandoned(job)
    assert restart_abandoned([dead]) == 1
    assert now_of(job).status == Status.WAITING
    assert files(own_folder) == []
    assert DBTaskResult.objects.count() == 2
    make(str(job.public_id))
    assert (now_of(job).status, now_of(job).starts) == (Status.DONE, 2)


def test_one_that_is_being_made_is_left_alone(job, own_folder):
    with job_files.held() as ticket:
        ReportJob.objects.update(status=Status.RUNNING, stored_as=ticket.name)
        assert restart_abandoned(running_jobs()) == 0
        assert job_files.is_held(ticket.name)
    assert now_of(job).status == Status.RUNNING


def test_one_that_was_restarted_meanwhile_is_left_alone(job):
    dead = abandoned(job)
    ReportJob.objects.update(stored_as="of the next start")
    assert restart_abandoned([dead]) == 0
    assert now_of(job).stored_as == "of the next start"


def test_one_that_saw_several_workers_die_is_not_tried_again(job, own_folder):
    dead = abandoned(job, starts=MOST_STARTS)
    assert restart_abandoned([dead]) == 0
    assert (now_of(job).status, now_of(job).message) == (Status.FAILED, KILLED)
    assert files(own_folder) == []


def test_its_page_starts_it_again(job, alice, client_of):
    abandoned(job)
    page = client_of(alice).get(f"/reports/made/{job.public_id}/").content.decode()
    assert "It waits for the background worker" in page


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_starts_makes_what_was_abandoned(job):
    abandoned(job)
    DBTaskResult.objects.all().delete()
    call_command("work", once=True, interval=0.01)
    assert now_of(job).status == Status.DONE


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_it_once(job, own_folder):
    start = threading.Barrier(2)

    def work():
        start.wait(10)
        try:
            make(str(job.public_id))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    assert (now_of(job).status, now_of(job).starts) == (Status.DONE, 1)
    assert files(own_folder) == [".report"]


# --- The purge -----------------------------------------------------------------------------------


def test_the_purge_removes_what_is_past_its_time(job, order, own_folder, capsys):
    make(str(job.public_id))
    later = order_report(order, "csv")
    half = timezone.now() + timedelta(hours=12)
    assert purge_reports(half).expired == 0
    done = purge_reports(timezone.now() + timedelta(hours=25))
    assert done.expired == 1
    assert now_of(job).status == Status.EXPIRED
    assert (now_of(later).status, now_of(later).message) == (Status.FAILED, NOT_STARTED)
    assert files(own_folder) == []
    call_command("purge_reports")
    assert "0 reports expired, 0 restarted, 0 further files removed." in capsys.readouterr().out


def test_the_purge_forgets_old_rows_and_the_audit_keeps_them(job):
    discard(job)
    purge_reports(timezone.now() + timedelta(days=31))
    assert not ReportJob.objects.exists()
    assert AuditEvent.objects.filter(action="create", record_id=str(job.public_id)).exists()


def test_the_purge_restarts_what_was_abandoned_and_removes_what_nobody_knows(job, own_folder):
    abandoned(job)
    assert purge_reports(timezone.now()).restarted == 1
    (own_folder / ".lost.report.x.partial").touch()
    assert purge_reports(timezone.now() + timedelta(hours=25)).removed == 1


def test_what_narrows_a_report_is_kept_and_read_again(clinic_north):
    day = clinic_north.today()
    scope = Scope([clinic_north], from_on=day, known_on=day, stage="C1", edition="acc-aha-2020")
    assert scope_again([clinic_north], scope.narrowed(), scope.at) == scope
