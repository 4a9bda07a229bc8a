"""The drill: a backup, an empty database, and everything as it was."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import Clinic, KeptPost, User
from audit.models import AuditAction, AuditEvent
from interop import storage
from interop.models import ImportBatch
from mrtrack.backup import acts
from mrtrack.backup.errors import BackupError
from patients.models import EchoStudy, Patient
from tests.factories import records as make
from tests.survival.installation import Installation, Visitor

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "seven chordae held the leaflet"


@pytest.fixture
def var(tmp_path, settings):
    """A runtime folder of this test's own, with its uploads."""
    folder = tmp_path / "var"
    folder.mkdir(exist_ok=True)
    settings.VAR_DIR, settings.UPLOAD_DIR = folder, folder / "uploads"
    return folder


@pytest.fixture
def record(clinic_north: Clinic, alice: User, var: Path) -> Patient:
    """A patient with studies, an opened page, an import that waits, and a form that was kept."""
    patient = make.patient_of(clinic_north, by=alice, family_name="Chörda-O'Neil")
    make.diagnosis(patient, "2019-02-03")
    make.echo(patient, "2019-02-03", by=alice, lvef_percent="62.5", lvesd_mm="38.2")
    make.echo(patient, "2020-02-03", by=alice, lvef_percent="58", lvesd_mm="41")
    name = storage.new_name()
    storage.store(name, [b"Record number,Date\nMR-1,2020-02-03\n"])
    ImportBatch.objects.create(
        clinic=clinic_north, kind="echo", file_name="a.csv", file_bytes=30, stored_as=name,
        encoding="utf-8", delimiter=",", uploaded_by=alice,
    )  # fmt: skip
    return patient


def backup_of(var, name="night.backup", key=KEY):
    target = var.parent / name
    return target, acts.make_backup(target, key=key)[0]


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


# There and back ----------------------------------------------------------------------------------


def test_everything_comes_back_into_an_empty_database(record, alice, var, empty_database, tmp_path):
    target, manifest = backup_of(var)
    restored = Installation(tmp_path / "new", empty_database(), {"MRTRACK_BACKUP_KEY": KEY})
    said = restored.manage("restore", str(target))
    assert "Every table is as it was" in said
    assert "Identical" in restored.manage("verify", "--instance", str(target))
    assert "audit        ok" in restored.manage("readiness")
    uploads = files_in(restored.var / "uploads")
    assert uploads == files_in(var / "uploads") != []
    with restored.serving() as address:
        page = Visitor(address).log_in("alice").get(f"/patients/{record.public_id}/")
    assert page.status == 200
    assert "Chörda-O&#x27;Neil" in page.text
    assert "41" in page.text
    # Somebody logged in since and opened a patient: the audit grew, nothing else of the record did.
    later = restored.manage("verify", "--instance", str(target), code=3)
    assert "accounts_user: " in later
    assert "patients_" not in later
    assert manifest.tables["patients_echostudy"].rows == 2


def test_the_instance_is_as_the_backup_until_somebody_writes(record, alice, var):
    target, _ = backup_of(var)
    assert acts.compare(target, key=KEY).is_identical
    make.echo(record, "2021-02-03", by=alice, lvef_percent="55")
    found = acts.compare(target, key=KEY)
    lines = [str(each) for each in found.tables]
    assert "patients_echostudy: 2 rows in the backup, 3 now (+1)" in lines
    assert "patients_historicalechostudy: 2 rows in the backup, 3 now (+1)" in lines
    assert found.newer_events > 0
    assert not any("audit_auditevent" in line for line in lines)


def test_a_changed_value_is_found_though_no_row_came_or_went(record, var):
    target, _ = backup_of(var)
    EchoStudy.objects.filter(lvef_percent_low=58).update(lvef_percent_low=59)
    lines = [str(each) for each in acts.compare(target, key=KEY).tables]
    assert lines == ["patients_echostudy: 2 rows in both, not the same ones"]


def test_an_uploaded_file_that_is_gone_is_named(record, var):
    target, _ = backup_of(var)
    for path in (var / "uploads").iterdir():
        path.unlink()
    assert len(acts.compare(target, key=KEY).missing_files) == 1
    _, manifest = backup_of(var, "later.backup")
    assert manifest.missing == [ImportBatch.objects.get().stored_as]


def test_who_is_logged_in_is_not_in_a_backup(record, alice, client_of, var):
    session = client_of(alice).session.session_key
    target, manifest = backup_of(var, key="")
    assert {"django_session", "cache"}.isdisjoint(manifest.tables)
    with tarfile.open(target) as tar:
        parts = [tar.extractfile(name).read() for name in tar.getnames()]
    if connection.vendor == "sqlite":
        parts[0] = gzip.decompress(parts[0])
    assert not any(session.encode() in part for part in parts)


def test_a_backup_is_in_the_audit_that_it_holds(record, var):
    _, manifest = backup_of(var)
    event = AuditEvent.objects.get(record_kind="backup")
    assert (event.action, event.record_id) == (AuditAction.EXPORT, manifest.id)
    assert manifest.audit_upto >= event.pk


# What is refused ---------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_told(var):
    with pytest.raises(BackupError, match="cannot be read"):
        acts.verify(var / "nothing", key=KEY)


def test_it_restores_into_an_empty_database_only(record, var):
    target, _ = backup_of(var)
    with pytest.raises(BackupError, match="not empty"):
        acts.restore(target, key=KEY)
    assert EchoStudy.objects.count() == 2


def test_a_backup_of_a_newer_release_is_refused(record, var, settings):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('patients', '0999_of_tomorrow', '2026-01-01 00:00:00+00:00')"
        )
    try:
        target, _ = backup_of(var)
        with pytest.raises(BackupError, match=r"newer than this one .*patients\.0999_of_tomorrow"):
            acts.restore(target, key=KEY)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0999_of_tomorrow'")


# The file ----------------------------------------------------------------------------------------


def test_what_a_killed_backup_left_is_removed_by_the_next(record, var):
    left = var / "backup" / "passing-backup-killed"
    left.mkdir(parents=True)
    (left / "database").write_bytes(b"a record")
    backup_of(var)
    assert not left.exists()


def test_a_full_disk_leaves_no_file_and_is_in_the_audit(record, var, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(acts.Writer, "end", full)
    with pytest.raises(BackupError, match="No space left"):
        backup_of(var)
    assert files_in(var.parent) == ["var"]
    assert AuditEvent.objects.filter(record_kind="backup", action=AuditAction.FAILED).exists()


def test_the_commands_say_what_they_did(record, var, capsys):
    with override_settings(BACKUP_KEY=""):
        call_command("backup", str(var.parent))
    (target,) = var.parent.glob("mrtrack-*.backup")
    said = capsys.readouterr()
    assert "1 uploaded files" in said.out
    assert "NOT ENCRYPTED" in said.err
    call_command("verify", str(target))
    assert capsys.readouterr().out.startswith("Whole: made ")
    call_command("verify", str(target), "--instance")
    assert capsys.readouterr().out.startswith("Identical: ")
    KeptPost.objects.create(user=User.objects.first(), browser="b", sealed="s")
    with pytest.raises(CommandError, match="1 tables differ") as error:
        call_command("verify", str(target), "--instance")
    assert error.value.returncode == 3


def test_a_backup_within_a_writers_transaction_sees_what_is_committed(record, alice, var):
    """Somebody writes while the backup is made: it holds all of that act or nothing of it."""
    if connection.vendor == "sqlite":
        pytest.skip("one connection writes: the event of the backup would wait for it")
    with transaction.atomic():
        EchoStudy.objects.update(lvef_percent_low=1)
        _, manifest = backup_of(var)
        transaction.set_rollback(True)
    target = var.parent / "night.backup"
    assert acts.compare(target, key=KEY).manifest == manifest
