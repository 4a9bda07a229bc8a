"""manage.py report: the same report without a browser."""

import csv
import errno
import zipfile

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from audit.whole_file import write_whole
from tests.factories import records

ASKED = {"by": "alice", "purpose": "nightly registry"}


@pytest.fixture
def study(alice, clinic_north):
    patient = records.patient_of(clinic_north, record_number="HV-20418")
    return records.echo(patient, "2026-03-12", lvef_percent=58)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "echo.zip"


def refused(*args, **options):
    """The exit code and the words of a command that does not write."""
    with pytest.raises(CommandError) as caught:
        call_command("report", *args, **options)
    return caught.value.returncode, str(caught.value)


def test_it_writes_the_zip(study, target, alice, clinic_north):
    call_command("report", "echo_studies", to=target, **ASKED)
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist()[-1] == "receipt.json"
        [row] = csv.DictReader(archive.read("echo_studies.csv").decode().splitlines())
    assert row["lvef_percent"] == "58"
    event = AuditEvent.objects.get(action="export")
    assert (event.actor_id, event.clinic_id, event.role) == (
        alice.pk,
        clinic_north.pk,
        "clinician",
    )
    assert event.note == "purpose: nightly registry; form zip"
    assert list(target.parent.iterdir()) == [target]
    assert target.stat().st_mode & 0o077 == 0


def test_it_writes_the_plain_csv_of_some_days(study, target):
    records.echo(study.patient, "2026-01-01")
    options = {"csv": True, "from": "2026-03-01", "clinic": ["north"], "to": target}
    call_command("report", "echo_studies", **options, **ASKED)
    [row] = csv.DictReader(target.read_text(encoding="utf-8").splitlines())
    assert row["performed_on"] == "2026-03-12"


@pytest.mark.parametrize(
    ("name", "options", "code", "words"),
    [
        ("nothing", {}, 2, "There is no report nothing. There are: patients,"),
        ("echo_studies", {"until": "2999-01-01"}, 2, "--until: 1 Jan 2999 has not come yet"),
        ("echo_studies", {"from": "soon"}, 2, "--from: "),
        ("echo_studies", {"edition": "acc-aha-2020"}, 2, "cannot be narrowed by --edition"),
        ("echo_studies", {"purpose": " "}, 2, "what the file is for"),
        ("echo_studies", {"by": "nobody"}, 3, "There is no active user nobody"),
        ("echo_studies", {"clinic": ["south"]}, 3, "alice may not export data that identifies"),
        ("audit_events", {}, 3, "alice may not read the audit trail in any clinic"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(study, target, name, options, code, words):
    found, said = refused(name, to=target, **(ASKED | options))
    assert found == code
    assert words in said
    assert not target.exists()
    assert not AuditEvent.objects.filter(action="export").exists()


def test_a_refusal_is_kept(study, target, nina):
    assert refused("echo_studies", to=target, **(ASKED | {"by": "nina"}))[0] == 3
    assert AuditEvent.objects.get(action="refused").actor_id == nina.pk


def test_a_full_disk_leaves_nothing_half_and_the_old_file_as_it_was(tmp_path):
    path = tmp_path / "report.zip"
    path.write_bytes(b"of yesterday")

    def pieces():
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_whole(path, pieces())
    assert path.read_bytes() == b"of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(study, tmp_path):
    code, said = refused("echo_studies", to=tmp_path / "no" / "echo.zip", **ASKED)
    assert code == 4
    assert "Nothing was written" in said
