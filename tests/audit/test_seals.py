"""Seals over the audit: what was edited, removed or inserted since is found and named."""

import hashlib
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit import canonical, seals, triggers
from audit.models import AuditEvent, AuditSeal
from audit.recording import record, record_many
from audit.seals import StillWriting, line_of, seal_events, unsealed
from audit.verification import Fault, Totals, faults

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=10)


def add(number: int = 1, **fields: object) -> None:
    record_many(
        {"action": "view", "by": 7, "counts": {"rows": each, "all": 2}, "note": "n", **fields}
        for each in range(number)
    )


def seal() -> list[AuditSeal]:
    return seal_events(now=timezone.now() + LATER)


def found() -> list[Fault]:
    return list(faults(Totals()))


def ids() -> list[int]:
    return list(AuditEvent.objects.order_by("id").values_list("id", flat=True))


@contextmanager
def tampering() -> Iterator[None]:
    with triggers.suspended(connection):
        yield


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Fifteen events under three seals; their ids."""
    monkeypatch.setattr(seals, "EVENTS_IN_A_SEAL", 5)
    add(15)
    assert len(seal()) == 3
    return ids()


def test_what_nobody_changed_is_as_it_was_sealed(three: list[int]) -> None:
    totals = Totals()
    assert list(faults(totals)) == []
    assert (totals.seals, totals.events) == (3, 15)


def test_seals_cover_every_event_once_and_follow_each_other(three: list[int]) -> None:
    one, two, last = AuditSeal.objects.order_by("number", "id")
    assert [one.first_id, one.last_id, last.last_id] == [three[0], three[4], three[-1]]
    assert [one.number, two.number, last.number] == [1, 2, 3]
    assert (one.previous_digest, two.previous_digest) == ("", one.digest)
    assert {one.count, two.count, last.count} == {5}


def test_a_second_run_makes_no_seal(three: list[int]) -> None:
    assert seal() == []


def test_events_of_the_last_five_minutes_wait(db: None) -> None:
    add(2)
    now = timezone.now()
    assert seal_events(now=now + timedelta(minutes=4)) == []
    assert unsealed().number == 2
    assert len(seal_events(now=now + timedelta(minutes=6))) == 1
    assert (unsealed().number, unsealed().oldest_at) == (0, None)


def test_the_database_refuses_to_change_a_seal(three: list[int]) -> None:
    for act in (
        lambda: AuditSeal.objects.update(count=1),
        lambda: AuditSeal.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()


EDITS: dict[str, object] = {
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "actor_id": 8,
    "clinic_id": 9,
    "role": "nurse",
    "action": "print",
    "record_kind": "patient",
    "record_id": "1",
    "patient_id": "2",
    "counts": {"rows": 99},
    "note": "x",
    "ip": "127.0.0.1",
    "app_version": "0",
}


def test_every_column_is_sealed() -> None:
    columns = tuple(field.name for field in AuditEvent._meta.concrete_fields)
    assert columns == canonical.COLUMNS
    assert {*EDITS} == {*columns} - {"id"}


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_row_is_named(three: list[int], column: str) -> None:
    with tampering():
        AuditEvent.objects.filter(pk=three[7]).update(**{column: EDITS[column]})
    assert found() == [Fault(2, three[7], f"event {three[7]} was edited after it was made.")]


@pytest.mark.parametrize("place", [0, 7, 14])
def test_a_removed_row_is_named(three: list[int], place: int) -> None:
    with tampering():
        AuditEvent.objects.filter(pk=three[place]).delete()
    fault = found()[0]
    assert (fault.seal, fault.event) == (place // 5 + 1, three[place])
    assert "removed" in fault.what


def test_an_inserted_row_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        add(6)
    gap = ids()[3]
    with tampering():
        AuditEvent.objects.filter(pk=gap).delete()
    seal()
    assert found() == []
    AuditEvent(pk=gap, action="view", note="never done").save(force_insert=True)
    assert [(each.event, "inserted" in each.what) for each in found()] == [(gap, True)]


def test_a_row_before_the_first_is_named(three: list[int]) -> None:
    AuditEvent(pk=-5, action="view").save(force_insert=True)
    assert [(each.seal, each.event) for each in found()] == [(1, -5)]


def test_two_rows_that_changed_places_are_named(three: list[int]) -> None:
    first, second = three[6], three[8]
    with tampering():
        for old, new in ((first, -1), (second, first), (-1, second)):
            AuditEvent.objects.filter(pk=old).update(id=new)
    assert [(each.seal, each.event) for each in found()] == [(2, first)]


def test_a_row_that_cannot_be_read_is_named(three: list[int]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps nothing that is no instant")
    with tampering(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET at = 'never' WHERE id = %s", [three[2]])
    assert [(each.seal, each.event) for each in found()] == [(1, three[2])]


def test_several_seals_each_name_their_first_row(three: list[int]) -> None:
    with tampering():
        AuditEvent.objects.filter(pk__in=[three[1], three[3], three[12]]).update(note="x")
    assert [(each.seal, each.event) for each in found()] == [(1, three[1]), (3, three[12])]


def test_a_missing_seal_is_named(three: list[int]) -> None:
    with tampering():
        AuditSeal.objects.filter(number=2).delete()
    assert [str(each) for each in found()] == ["Seal 2: seal 2 is missing."]


@pytest.mark.parametrize("column", ["count", "first_id", "last_id", "digest", "sealed_at"])
def test_a_changed_seal_is_named(three: list[int], column: str) -> None:
    changed = {"digest": "0" * 64, "sealed_at": datetime(2020, 1, 1, tzinfo=UTC)}
    with tampering():
        AuditSeal.objects.filter(number=3).update(**{column: changed.get(column, 1)})
    assert [each.seal for each in found()] == [3]


@pytest.mark.parametrize("spoiled", [b"", b"x", b"\0" * 80])
def test_changed_fingerprints_are_told_apart_from_changed_events(
    three: list[int], spoiled: bytes
) -> None:
    with tampering():
        AuditSeal.objects.filter(number=2).update(fingerprints=spoiled)
    assert [str(each) for each in found()] == [
        "Seal 2: its fingerprints were changed; its events were not."
    ]


def make_anew(number: int) -> None:
    """What a forger does: change an event and compute its seal again."""
    row = AuditSeal.objects.get(number=number)
    before = AuditSeal.objects.filter(number=number - 1).first()
    rows = list(
        canonical.digests_of(AuditEvent.objects.filter(id__gte=row.first_id, id__lte=row.last_id))
    )
    row.previous_digest = before.digest if before else ""
    digest = seals.new_digest(row)
    for _, each in rows:
        digest.update(each)
    row.digest = digest.hexdigest()
    row.fingerprints = b"".join(seals.FINGERPRINT.pack(key, each[:8]) for key, each in rows)
    row.save()


def test_a_seal_made_anew_no_longer_leads_to_the_next(three: list[int]) -> None:
    with tampering():
        AuditEvent.objects.filter(pk=three[6]).update(note="x")
        make_anew(2)
    assert [each.seal for each in found()] == [3]
    assert "made anew" in found()[0].what


def test_only_a_copy_shows_that_all_seals_since_were_made_anew(
    three: list[int], tmp_path: Path
) -> None:
    copy = tmp_path / "seals.txt"
    run("seal_audit", export=copy)
    with tampering():
        AuditEvent.objects.filter(pk=three[6]).update(note="x")
        make_anew(2)
        make_anew(3)
    assert found() == []
    assert "as it was sealed" in run("verify_audit")
    with pytest.raises(CommandError, match="Seal 2: it is not the one that was copied"):
        run("verify_audit", against=copy)


def test_only_a_copy_shows_that_the_last_seals_are_gone(three: list[int], tmp_path: Path) -> None:
    copy = tmp_path / "seals.txt"
    run("seal_audit", export=copy)
    with tampering():
        AuditSeal.objects.filter(number=3).delete()
    assert found() == []
    with pytest.raises(CommandError, match="Seal 3: it is in the copy, and no longer"):
        run("verify_audit", against=copy)


def run(command: str, **options: object) -> str:
    output = io.StringIO()
    call_command(command, stdout=output, stderr=output, **options)
    return output.getvalue()


def test_the_command_ends_with_an_error_that_names_the_row(three: list[int]) -> None:
    said = run("verify_audit")
    assert "15 events under 3 seals" in said
    assert "No event waits" in said
    with tampering():
        AuditEvent.objects.filter(pk=three[0]).delete()
    with pytest.raises(CommandError, match=f"event {three[0]} was removed") as raised:
        run("verify_audit")
    assert raised.value.returncode == 1


def test_the_command_tells_what_is_not_sealed(three: list[int]) -> None:
    record(action="view", by=1)
    assert "1 events are not sealed yet" in run("verify_audit")


def test_an_event_that_waits_too_long_for_its_seal_is_a_fault(three: list[int]) -> None:
    """As when nobody runs seal_audit any more."""
    AuditEvent(action="view", actor_id=1, at=timezone.now() - timedelta(minutes=61)).save()
    assert "as it was sealed" in run("verify_audit", longest_wait=61)
    assert "as it was sealed" in run("verify_audit")
    with pytest.raises(CommandError, match="has waited 61 minutes for its seal"):
        run("verify_audit", longest_wait=60)


def test_the_copy_grows_and_is_readable_by_its_owner_only(three: list[int], tmp_path: Path) -> None:
    run("seal_audit", export=tmp_path)
    file = tmp_path / "audit-seals.txt"
    first = file.read_text(encoding="ascii").splitlines()
    assert first == [line_of(each) for each in AuditSeal.objects.order_by("number", "id")]
    add(1)
    seal()
    run("seal_audit", export=file)
    assert file.read_text(encoding="ascii").splitlines()[:3] == first
    assert len(file.read_text(encoding="ascii").splitlines()) == 4
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert "as it was sealed" in run("verify_audit", against=file)


def test_a_copy_that_says_otherwise_is_not_overwritten(three: list[int], tmp_path: Path) -> None:
    file = tmp_path / "audit-seals.txt"
    run("seal_audit", export=file)
    before = file.read_bytes()
    with tampering():
        AuditSeal.objects.filter(number=3).update(digest="0" * 64)
    with pytest.raises(CommandError, match="left as it is"):
        run("seal_audit", export=file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("text", ["", "a shopping list\n", "2 x\n1 x\n", "é"])
def test_a_file_that_is_no_copy_is_refused(three: list[int], tmp_path: Path, text: str) -> None:
    file = tmp_path / "seals.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError):
        run("verify_audit", against=file)
    with pytest.raises(CommandError, match="cannot be read"):
        run("verify_audit", against=tmp_path / "none")


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Not copied"):
        run("seal_audit", export=tmp_path / "no" / "such")


def test_the_zone_and_the_order_of_keys_make_no_difference(db: None) -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # clocks go back in that hour
    row = (1, moment, 7, 2, "", "view", "", "", "", {"b": 1, "a": 2}, "ü", "", "1")
    same = (*row[:9], {"a": 2, "b": 1}, *row[10:])
    assert canonical.row_digest(row) == canonical.row_digest(same)
    for zone in ("Europe/Berlin", "America/St_Johns"):
        with timezone.override(zone):
            local = (row[0], timezone.localtime(moment), *row[2:])
            assert canonical.row_digest(local) == canonical.row_digest(row)
    an_hour_later = (row[0], moment + timedelta(hours=1), *row[2:])
    assert canonical.row_digest(an_hour_later) != canonical.row_digest(row)


def test_an_event_has_the_same_digest_on_every_database(db: None) -> None:
    AuditEvent(
        pk=1_000_000,
        at=datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC),
        actor_id=7,
        action="view",
        counts={"rows": 2, "all": 1},
        note="ü",
        app_version="1",
    ).save(force_insert=True)
    text = (
        '[1000000,"2026-03-29T01:00:00.000005+00:00",7,null,"","view","","","",'
        '{"all":1,"rows":2},"\\u00fc","","1"]'
    )
    assert json.loads(text)
    (row,) = canonical.digests_of(AuditEvent.objects.filter(pk=1_000_000))
    assert row == (1_000_000, hashlib.sha256(text.encode()).digest())


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_make_each_seal_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "EVENTS_IN_A_SEAL", 3)
    add(30)
    in_threads(2, seal)
    assert list(AuditSeal.objects.order_by("number", "id").values_list("number", flat=True)) == [
        *range(1, 11)
    ]
    assert found() == []


def in_threads(number: int, act: Callable[[], object]) -> None:
    failures: list[BaseException] = []

    def run_one() -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run_one) for _ in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_committed_late_is_neither_missed_nor_called_inserted() -> None:
    """PostgreSQL hands out ids before they are committed: the older id may appear later."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: ids appear in their order")
    drawn, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            add(1, note="slow")
            drawn.set()
            assert go_on.wait(20)

    slow = threading.Thread(target=in_threads, args=(1, write_slowly))
    slow.start()
    assert drawn.wait(20)
    add(2, note="quick")
    assert len(ids()) == 2
    try:
        with pytest.raises(StillWriting, match="1"):
            seal_events(now=timezone.now() + LATER, longest_wait=0.3)
    finally:
        go_on.set()
        slow.join()
    (made,) = seal()
    assert made.count == 3
    assert AuditEvent.objects.order_by("id").values_list("note", flat=True)[0] == "slow"
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_who_begins_to_write_later_does_not_hold_a_seal_up() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    add(2)
    drawn, go_on = threading.Event(), threading.Event()
    real = seals._writers

    def write_slowly() -> None:
        with transaction.atomic():
            add(1)
            drawn.set()
            assert go_on.wait(20)

    writing = threading.Thread(target=in_threads, args=(1, write_slowly))
    asked: list[set[str]] = []

    def writers_who_come_later() -> set[str]:
        asked.append(real())
        if len(asked) == 1:
            writing.start()
            assert drawn.wait(20)
        return asked[-1] if len(asked) > 1 else {*asked[-1], "ended"}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seals, "_writers", writers_who_come_later)
        (made,) = seal()
    assert made.count == 2
    assert len(asked[1]) == 1
    go_on.set()
    writing.join()
    (second,) = seal()
    assert second.count == 1
    assert found() == []
