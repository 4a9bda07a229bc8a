"""An import goes one way: who comes late, or twice, finds it elsewhere and changes nothing."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Membership
from audit.models import AuditAction, AuditEvent
from interop import actions, storage, tasks
from interop.models import ImportBatch
from interop.progress import AT_REST, OPEN, NotReadyError, advance, hold
from interop.spreadsheets.mapping import Mapping
from interop.tasks import check_in_background, commit_in_background
from patients.models import EchoStudy
from tests.interop.conftest import TAKE_ALL

Status = ImportBatch.Status
ECHO = "mrn,performed_on,lvef_percent\nN-1,2012-03-04,60\n"
CLOSED = (Status.IMPORTED, Status.CANCELLED, Status.FAILED)


@pytest.fixture
def batch(check, anna) -> ImportBatch:
    return check("echo_studies", ECHO)


def put(batch: ImportBatch, status: str) -> None:
    """Somebody else brings the import to a state; ``batch`` does not know of it."""
    ImportBatch.objects.filter(pk=batch.pk).update(status=status)


def status_of(batch: ImportBatch) -> str:
    return ImportBatch.objects.get(pk=batch.pk).status


@pytest.mark.parametrize("status", CLOSED)
def test_a_closed_import_stays_closed(batch, alice, status):
    put(batch, status)
    for act in (
        lambda: actions.choose_mapping(batch, Mapping()),
        lambda: actions.check_import(batch),
        lambda: actions.commit_import(batch, by=alice, choices=TAKE_ALL),
        lambda: actions.cancel_import(batch, by=alice),
    ):
        with pytest.raises(NotReadyError, match=Status(status).label):
            act()
    assert status_of(batch) == status
    assert EchoStudy.objects.count() == 0


@pytest.mark.parametrize("status", [Status.CHECKING, Status.IMPORTING])
def test_what_a_job_holds_is_neither_mapped_nor_checked_nor_written_beside_it(batch, alice, status):
    put(batch, status)
    with pytest.raises(NotReadyError):
        actions.choose_mapping(batch, Mapping())
    with pytest.raises(NotReadyError):
        actions.check_import(batch)
    with pytest.raises(NotReadyError):
        actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    assert status_of(batch) == status


@pytest.mark.parametrize("status", Status.values)
def test_a_check_job_does_nothing_unless_the_import_waits_for_it(batch, status):
    if status == Status.CHECKING:
        return
    put(batch, status)
    plan = storage.path_of(batch.stored_as, storage.PLAN)
    plan.unlink()
    check_in_background.call(str(batch.public_id))
    assert status_of(batch) == status
    assert not plan.exists()


@pytest.mark.parametrize("status", Status.values)
def test_a_commit_job_does_nothing_unless_the_import_waits_for_it(batch, alice, status):
    if status == Status.IMPORTING:
        return
    put(batch, status)
    commit_in_background.call(str(batch.public_id), alice.pk, True, True)
    assert status_of(batch) == status
    assert EchoStudy.objects.count() == 0


def meanwhile(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    act: Callable[[], object],
    *,
    module: object = actions,
    after: bool = False,
) -> None:
    """Let something happen once, just before or after one of the steps of an import."""
    step = getattr(module, name)

    def first(*args: object, **options: object) -> object:
        monkeypatch.setattr(module, name, step)
        if not after:
            act()
        found = step(*args, **options)
        if after:
            act()
        return found

    monkeypatch.setattr(module, name, first)


def test_an_import_cancelled_during_its_check_stays_cancelled(batch, alice, monkeypatch, uploads):
    put(batch, Status.CHECKING)
    meanwhile(monkeypatch, "write_plan", lambda: actions.cancel_import(batch, by=alice), after=True)
    check_in_background.call(str(batch.public_id))
    assert status_of(batch) == Status.CANCELLED
    assert uploads() == []


def test_a_file_that_goes_during_a_cancelled_check_is_no_crash(batch, alice, monkeypatch):
    put(batch, Status.CHECKING)
    meanwhile(monkeypatch, "file_lines", lambda: actions.cancel_import(batch, by=alice))
    check_in_background.call(str(batch.public_id))
    assert status_of(batch) == Status.CANCELLED


def test_an_import_done_during_a_second_check_keeps_its_outcome(batch, alice, monkeypatch):
    again = ImportBatch.objects.get(pk=batch.pk)
    meanwhile(
        monkeypatch,
        "write_plan",
        lambda: actions.commit_import(batch, by=alice, choices=TAKE_ALL),
    )
    with pytest.raises(NotReadyError):
        actions.check_import(again)
    stored = ImportBatch.objects.get(pk=batch.pk)
    assert (stored.status, stored.counts["imported"]["rows_new"]) == (Status.IMPORTED, 1)


def test_an_import_cancelled_before_its_job_writes_nothing(batch, alice, monkeypatch):
    put(batch, Status.IMPORTING)
    meanwhile(monkeypatch, "may", lambda: actions.cancel_import(batch, by=alice), module=tasks)
    commit_in_background.call(str(batch.public_id), alice.pk, True, True)
    assert status_of(batch) == Status.CANCELLED
    assert EchoStudy.objects.count() == 0


def test_a_job_that_fails_after_the_import_was_cancelled_does_not_reopen_it(
    batch, alice, take, monkeypatch
):
    take("echo_studies", ECHO.replace("60", "55"))
    put(batch, Status.IMPORTING)
    meanwhile(monkeypatch, "_record_failure", lambda: actions.cancel_import(batch, by=alice))
    commit_in_background.call(str(batch.public_id), alice.pk, True, True)
    assert status_of(batch) == Status.CANCELLED


def test_a_job_that_finds_the_record_changed_puts_the_import_back(batch, alice, take):
    put(batch, Status.IMPORTING)
    take("echo_studies", ECHO.replace("60", "55"))
    commit_in_background.call(str(batch.public_id), alice.pk, True, True)
    stored = ImportBatch.objects.get(pk=batch.pk)
    assert (stored.status, stored.counts["changed"]) == (Status.CHECKED, 1)
    assert "changed by somebody else" in stored.message


def test_a_job_whose_plan_is_gone_fails_in_words(batch, alice):
    put(batch, Status.IMPORTING)
    storage.remove(batch.stored_as)
    commit_in_background.call(str(batch.public_id), alice.pk, True, True)
    stored = ImportBatch.objects.get(pk=batch.pk)
    assert (stored.status, stored.message) == (Status.FAILED, actions.FILE_GONE)


def test_who_lost_the_right_meanwhile_imports_nothing(batch, alice, clinic_north):
    put(batch, Status.IMPORTING)
    Membership.objects.filter(user=alice).delete()
    commit_in_background.call(str(batch.public_id), alice.pk, True, True)
    stored = ImportBatch.objects.get(pk=batch.pk)
    assert stored.status == Status.CHECKED
    assert "may no longer import" in stored.message
    assert EchoStudy.objects.count() == 0


def test_purging_leaves_alone_what_was_imported_meanwhile(batch, alice, monkeypatch, uploads):
    later = timezone.now() + timedelta(days=2)

    def imported() -> None:
        put(batch, Status.IMPORTED)

    meanwhile(monkeypatch, "cancel_import", imported)
    assert actions.purge_imports(later)[0] == 0
    assert status_of(batch) == Status.IMPORTED


def test_new_columns_make_a_former_check_void(batch, alice):
    before = ImportBatch.objects.get(pk=batch.pk)
    actions.choose_mapping(batch, Mapping.from_json(batch.mapping))
    with pytest.raises(NotReadyError):
        actions.commit_import(before, by=alice, choices=TAKE_ALL)
    assert EchoStudy.objects.count() == 0


def test_a_transition_happens_once(batch):
    other = ImportBatch.objects.get(pk=batch.pk)
    assert advance(batch, before=AT_REST, to=Status.CHECKING)
    assert not advance(other, before=AT_REST, to=Status.CHECKING)
    assert (batch.status, other.status) == (Status.CHECKING, Status.CHECKED)
    with pytest.raises(NotReadyError):
        hold(other, before=AT_REST)
    assert set(OPEN) | set(CLOSED) == set(Status)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_one_imports(check, anna, alice):
    batch = check("echo_studies", ECHO)
    start, said = threading.Barrier(2), []

    def commit() -> None:
        mine = ImportBatch.objects.get(pk=batch.pk)
        start.wait(10)
        try:
            actions.commit_import(mine, by=alice, choices=TAKE_ALL)
            said.append("imported")
        except NotReadyError as error:
            said.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=commit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["This import is imported.", "imported"]
    assert EchoStudy.objects.count() == 1


def test_upload_kept_mapping_import_and_cancel_are_in_the_audit(check, anna, alice, clinic_north):
    batch = check("echo_studies", ECHO)
    mapping = Mapping.from_json(batch.mapping)
    actions.keep_mapping(by=alice, batch=batch, name="Dr. Grey's list", mapping=mapping)
    actions.cancel_import(batch, by=alice)
    events = AuditEvent.objects.filter(action=AuditAction.IMPORT).order_by("id")
    assert [(event.note, event.record_kind, event.counts) for event in events] == [
        (
            "file received: echo_studies",
            "importbatch",
            {"rows": 1, "columns": 3, "bytes": len(ECHO)},
        ),
        ("mapping kept: echo_studies", "columnmapping", {"columns": 3, "columns_mapped": 3}),
        ("cancelled: echo_studies", "importbatch", {"rows": 1}),
    ]
    assert {(event.actor_id, event.clinic_id, event.role) for event in events} == {
        (alice.pk, clinic_north.pk, "clinician")
    }


def test_an_import_in_the_background_carries_the_role_too(batch, alice):
    put(batch, Status.IMPORTING)
    commit_in_background.call(str(batch.public_id), alice.pk, True, True)
    event = AuditEvent.objects.get(action=AuditAction.IMPORT, note="echo_studies")
    assert (event.actor_id, event.role) == (alice.pk, "clinician")
    assert DBTaskResult.objects.count() == 0
