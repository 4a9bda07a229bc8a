"""The file of a backup: whole and as it was written, or refused. Needs no database."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from mrtrack.backup.archive import MANIFEST, PARTIAL, read_archive, writing_archive
from mrtrack.backup.contents import Column, Content, content_of
from mrtrack.backup.errors import BackupError
from mrtrack.backup.manifest import Manifest
from mrtrack.backup.sealing import PIECE, TAG_BYTES, SealedReader, SealedWriter

KEY = "seven chordae held the leaflet"
HEAD = 33  # bytes before the first piece: what it is, and the salt
DUMP = gzip.compress(os.urandom(3 * PIECE))
ABOUT = Manifest(
    id="5c5a3f1e-0000-4000-8000-000000000000",
    made_at="2026-03-04T05:06:07+00:00",
    app_version="0.1.0",
    instance="test",
    engine="sqlite",
    server_version="3",
    audit_upto=7,
    migrations={"patients": ["0001_patients_and_records"]},
    tables={"patients_patient": Content(1, "0" * 64)},
    parts={},
)


def written(folder, *, key=KEY, name="night.backup"):
    """A backup of one dump and one uploaded file."""
    (folder / "dump").write_bytes(DUMP)
    (folder / "upload").write_bytes(b"Record number,Date")
    with writing_archive(folder / name, key) as archive:
        archive.add("database.sqlite3.gz", folder / "dump")
        archive.add("uploads/0f0f.csv", folder / "upload")
        archive.end(replace(ABOUT, parts=archive.parts))
    return folder / name


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "sealed"])
def test_what_was_put_in_comes_out(tmp_path, key):
    taken = {}
    target = written(tmp_path, key=key)
    said = read_archive(target, key, lambda name, content: taken.update({name: content.read()}))
    assert taken == {"database.sqlite3.gz": DUMP, "uploads/0f0f.csv": b"Record number,Date"}
    assert said == replace(ABOUT, parts=said.parts)


def test_a_backup_is_never_written_over(tmp_path):
    target = written(tmp_path)
    before = target.read_bytes()
    with pytest.raises(BackupError, match="there already"):
        written(tmp_path)
    assert target.read_bytes() == before


@pytest.mark.parametrize("key", ["", "another key, twenty signs"])
def test_the_wrong_key_is_told(tmp_path, key):
    target = written(tmp_path)
    with pytest.raises(BackupError, match=r"encrypted|does not fit"):
        read_archive(target, key)


def test_a_short_key_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(BackupError, match="at least 20"):
        written(tmp_path, key="short")
    assert files_in(tmp_path) == ["dump", "upload"]


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "sealed"])
def test_a_file_that_was_cut_off_anywhere_is_refused(tmp_path, key):
    target = written(tmp_path, key=key)
    whole = target.read_bytes()
    head = len(whole) // PIECE
    places = [0, 5, 40, len(whole) // 2, 33 + head * (PIECE + TAG_BYTES), 33 + PIECE + TAG_BYTES]
    for place in [place for place in places if place < len(whole) - 1]:
        target.write_bytes(whole[:place])
        with pytest.raises(BackupError):
            read_archive(target, key)
    target.write_bytes(whole)
    assert read_archive(target, key)


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "sealed"])
def test_a_changed_byte_is_found_wherever_it_is(tmp_path, key):
    target = written(tmp_path, key=key)
    whole = bytearray(target.read_bytes())
    for place in (700, len(whole) // 3, len(whole) // 2):
        whole[place] ^= 1
        target.write_bytes(whole)
        with pytest.raises(BackupError):
            read_archive(target, key)
        whole[place] ^= 1


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_a_seal_that_was_cut_between_two_pieces_is_cut_off(pieces):
    file = io.BytesIO()
    with SealedWriter(file, KEY) as sealed:
        sealed.write(os.urandom(3 * PIECE + 1))
    whole = file.getvalue()
    assert len(SealedReader(io.BytesIO(whole), KEY).read()) == 3 * PIECE + 1
    cut = whole[: HEAD + pieces * (PIECE + TAG_BYTES)]
    with pytest.raises(BackupError, match="cut off"):
        SealedReader(io.BytesIO(cut), KEY).read()


def test_pieces_cannot_change_places(tmp_path):
    target = written(tmp_path)
    whole, size = target.read_bytes(), PIECE + TAG_BYTES
    first, second = whole[33 : 33 + size], whole[33 + size : 33 + 2 * size]
    target.write_bytes(whole[:33] + second + first + whole[33 + 2 * size :])
    with pytest.raises(BackupError):
        read_archive(target, KEY)


def test_a_file_of_something_else_is_refused(tmp_path):
    other = tmp_path / "letter.txt"
    other.write_text("Dear colleague")
    with pytest.raises(BackupError, match="no backup of mrtrack"):
        read_archive(other, KEY)


def test_a_part_with_a_path_in_its_name_is_refused(tmp_path):
    target = written(tmp_path, key="")
    evil = tmp_path / "evil.backup"
    with tarfile.open(target) as tar, tarfile.open(evil, "w") as out:
        for entry in tar:
            content = tar.extractfile(entry)
            if entry.name != MANIFEST:
                entry.name = "../../evil"
            out.addfile(entry, content)
    with pytest.raises(BackupError, match="damaged"):
        read_archive(evil, "")


def test_a_manifest_of_another_format_is_refused(tmp_path):
    target = written(tmp_path, key="")
    other = tmp_path / "other.backup"
    with tarfile.open(target) as tar, tarfile.open(other, "w") as out:
        for entry in tar:
            content = tar.extractfile(entry)
            if entry.name == MANIFEST:
                said = json.loads(content.read()) | {"format": 2}
                text = json.dumps(said).encode()
                entry.size, content = len(text), io.BytesIO(text)
            out.addfile(entry, content)
    with pytest.raises(BackupError, match="format 2"):
        read_archive(other, "")


def test_only_its_owner_reads_it(tmp_path):
    target = written(tmp_path)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_a_killed_backup_left_is_removed_by_the_next(tmp_path):
    partial = tmp_path / f".yesterday.backup{PARTIAL}"
    partial.write_bytes(b"half a record")
    written(tmp_path)
    assert files_in(tmp_path) == ["dump", "night.backup", "upload"]


def test_nothing_can_be_read_in_a_sealed_file(tmp_path):
    target = written(tmp_path)
    whole = target.read_bytes()
    assert b"patients_patient" not in whole
    assert b"database" not in whole


# The digest --------------------------------------------------------------------------------------

COLUMNS = [Column("a", "number"), Column("b", "instant"), Column("c", "json"), Column("d", "bool")]


def test_the_digest_does_not_depend_on_the_order_of_rows():
    rows = [(1, None, None, True), (2, None, None, False), (2, None, None, False)]
    assert content_of("t", COLUMNS, rows) == content_of("t", COLUMNS, rows[::-1])
    assert content_of("t", COLUMNS, rows) != content_of("t", COLUMNS, rows[:2])
    assert content_of("t", COLUMNS, rows) != content_of("u", COLUMNS, rows)


def test_the_same_row_of_both_databases_has_one_digest():
    in_paris = datetime(2026, 3, 4, 6, 7, tzinfo=timezone(timedelta(hours=1)))
    sqlite = (26.4, "2026-03-04 05:07:00", '{"b": 1.50, "a": [1]}', 1)
    postgresql = (Decimal("26.40"), in_paris, '{"a": [1], "b": 1.5}', True)
    assert in_paris.astimezone(UTC).hour == 5
    assert content_of("t", COLUMNS, [sqlite]) == content_of("t", COLUMNS, [postgresql])
    other = (Decimal("26.41"), *postgresql[1:])
    assert content_of("t", COLUMNS, [sqlite]) != content_of("t", COLUMNS, [other])


def test_missing_is_not_no_and_not_zero():
    missing = content_of("t", COLUMNS, [(None, None, None, None)])
    assert missing != content_of("t", COLUMNS, [(0, None, None, None)])
    assert missing != content_of("t", COLUMNS, [(None, None, None, False)])
