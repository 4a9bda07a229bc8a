"""Killed (SIGKILL, as by a power cut of the machine) at random moments, and begun again.

After each kill nothing is half done; the same command, run again, completes. The moments come from
``SEED``; another one with MRTRACK_TEST_SEED. The long form is a drill.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from audit.models import AuditEvent
from benchmarks.cohort import Place, make_patients
from followup.models import Standing
from followup.reassessing import Order, reassess
from guidelines.assessment import ENGINE_VERSION
from interop.models import ImportBatch
from mrtrack.backup import acts
from mrtrack.backup.archive import PARTIAL
from mrtrack.database_url import parse
from patients.models import EchoStudy, Registration
from tests.survival.installation import PATIENCE, Installation, end

pytestmark = pytest.mark.django_db(transaction=True)

SEED = int(os.environ.get("MRTRACK_TEST_SEED", "20260304"))
SHORT, LONG = 2, 20  # kills of each act
KEY = {"MRTRACK_BACKUP_KEY": "seven chordae held the leaflet"}
FORMS = [
    pytest.param(SHORT, id="short"),
    pytest.param(LONG, id="long", marks=pytest.mark.drill),
]


class Killer:
    """Starts commands, and kills each at a moment after the first sign of its work."""

    def __init__(self, act: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.chance = random.Random(f"{SEED} {act}")
        self.act, self.capsys = act, capsys
        self.survived = self.came_late = 0

    def kill(
        self, process: subprocess.Popen[str], began: Callable[[], bool], window: float
    ) -> None:
        """Kill within ``window`` seconds after ``began`` says so."""
        until = time.monotonic() + PATIENCE
        while process.poll() is None and not began():
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(self.chance.uniform(0, window))
        if process.poll() is None:
            self.survived += 1
        else:
            self.came_late += 1
        end(process)
        process.communicate()

    def tell(self) -> None:
        """The account, on the terminal."""
        with self.capsys.disabled():
            late = f", {self.came_late} came after its end" if self.came_late else ""
            sys.stdout.write(
                f"\n{self.act}, {connection.vendor}: {self.survived} kills survived{late} "
                f"(seed {SEED})\n"
            )


@pytest.fixture
def cohort(clinic_north, alice):
    """Patients with studies."""
    return make_patients(Place(clinic_north, alice), 40, studies=2)


# Import ------------------------------------------------------------------------------------------


def a_file(folder: Path, day: str) -> Path:
    """A study of that day for every patient, with ten columns."""
    numbers = Registration.objects.order_by("id").values_list("record_number", flat=True)
    path = folder / f"{day}.csv"
    rows = "".join(f"{number},{day},60,38,52,30,45\n" for number in numbers)
    path.write_text(f"Patient,Date,EF,LVESD,LVEDD,EROA,RVol\n{rows}", encoding="utf-8")
    return path


def studies_of(day: str) -> tuple[int, int, int]:
    """Rows, rows of history and audit events of the studies of a day."""
    rows = EchoStudy.objects.filter(performed_on=day)
    ids = [str(each) for each in rows.values_list("public_id", flat=True)]
    history = EchoStudy.history.filter(performed_on=day).count()  # type: ignore[attr-defined]
    events = AuditEvent.objects.filter(record_kind="echostudy", record_id__in=ids)
    return rows.count(), history, events.count()


@pytest.mark.parametrize("kills", FORMS)
def test_an_import_is_whole_or_not_there(installation, cohort, tmp_path, capsys, kills):
    killer = Killer("import", capsys)
    everybody = len(cohort)
    for turn in range(kills):
        day = f"2010-{turn % 12 + 1:02}-{turn // 12 + 1:02}"
        arguments = ["import_csv", str(a_file(tmp_path, day)), "--clinic", "north"]
        arguments += ["--kind", "echo_studies", "--by", "alice"]
        batches = ImportBatch.objects.count()
        begun = lambda known=batches: ImportBatch.objects.count() > known  # noqa: E731
        killer.kill(installation.start(*arguments), begun, 1.5)
        rows, history, events = studies_of(day)
        assert rows in {0, everybody}
        assert history == events == rows
        batch = ImportBatch.objects.order_by("-id")[0]
        assert (batch.status == ImportBatch.Status.IMPORTED) == (rows == everybody)
        said = installation.manage(*arguments)
        assert f"{everybody} {'unchanged' if rows else 'new'}" in said
        assert studies_of(day) == (everybody,) * 3
    killer.tell()


# The round of the night --------------------------------------------------------------------------


def said_of_everybody() -> dict[int, dict[str, object]]:
    """What standings say, but when; the day by which they do is part of it."""
    unsaid = {"id", "assessed_at"}
    fields = [each.attname for each in Standing._meta.concrete_fields if each.name not in unsaid]
    return {row["patient_id"]: row for row in Standing.objects.values(*fields)}


@pytest.mark.parametrize("kills", FORMS)
def test_a_standing_is_the_old_or_the_new_one(installation, cohort, capsys, kills):
    killer = Killer("reassess", capsys)
    reassess(Order(everybody=True))
    fresh = said_of_everybody()
    assert len(fresh) == len(cohort)
    for _ in range(kills):
        Standing.objects.update(engine_version="2020.1", grade="severe", replay=None)
        old = said_of_everybody()
        begun = Standing.objects.filter(engine_version=ENGINE_VERSION).exists
        killer.kill(installation.start("reassess"), begun, 0.8)
        for key, said in said_of_everybody().items():
            is_old, is_new = said == old[key], said == fresh[key]
            assert is_old or is_new, [each for each in said if said[each] != fresh[key][each]]
        installation.manage("reassess")
        assert said_of_everybody() == fresh
    killer.tell()


# A report, a backup ------------------------------------------------------------------------------


@pytest.mark.parametrize("kills", FORMS)
def test_a_report_is_whole_or_not_there(installation, cohort, tmp_path, capsys, kills):
    killer = Killer("report", capsys)
    for turn in range(kills):
        target = tmp_path / f"{turn}.zip"
        arguments = ["report", "progression", "--by", "alice", "--purpose", "nightly registry"]
        arguments += ["--to", str(target)]
        begun = lambda: any(tmp_path.glob("*.partial"))  # noqa: E731
        killer.kill(installation.start(*arguments), begun, 0.5)
        if target.exists():
            assert_whole(target)
        installation.manage(*arguments)
        assert_whole(target)
    killer.tell()


def assert_whole(target: Path) -> None:
    """A zip to its end."""
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == "receipt.json"


@pytest.mark.parametrize("kills", FORMS)
def test_a_backup_is_whole_or_not_there(installation, cohort, tmp_path, capsys, kills):
    killer = Killer("backup", capsys)
    sealed = Installation(installation.var, installation.url, KEY)
    folder = tmp_path / "backups"
    folder.mkdir()
    for turn in range(kills):
        target = folder / f"{turn}.backup"
        begun = lambda: any((sealed.var / "backup").glob("passing-*"))  # noqa: E731
        killer.kill(sealed.start("backup", str(target)), begun, 0.7)
        if target.exists():
            acts.verify(target, key=KEY["MRTRACK_BACKUP_KEY"])
            target.unlink()
        sealed.manage("backup", str(target))
        assert not any(folder.glob(f".*{PARTIAL}"))
        assert not any((sealed.var / "backup").glob("passing-*"))
        acts.verify(target, key=KEY["MRTRACK_BACKUP_KEY"])
    killer.tell()


# Migrations --------------------------------------------------------------------------------------


def structure_of(url: str) -> list[tuple[object, ...]]:
    """Every table with its columns, and every trigger."""
    known = parse(url, base=Path("/"))
    if url.startswith("sqlite"):
        statement = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        with closing(sqlite3.connect(known["NAME"])) as opened:
            return sorted(
                (kind, name, "".join(sorted(sql or "")) if kind == "table" else sql or "")
                for kind, name, sql in opened.execute(statement)
            )
    columns = (
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    rest = (
        "SELECT 'index', indexname, '', '' FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
        "SELECT 'constraint', conname, '', '' FROM pg_constraint UNION ALL "
        "SELECT 'trigger', tgname, '', '' FROM pg_trigger WHERE NOT tgisinternal"
    )
    opened = psycopg2.connect(dbname=known["NAME"], user=known["USER"], host=known["HOST"])
    with closing(opened), opened.cursor() as cursor:
        cursor.execute(f"{columns} UNION ALL {rest}")
        return sorted(cursor.fetchall())


BEFORE = ("followup", "0006")


@pytest.mark.parametrize("kills", [pytest.param(1, id="short"), FORMS[1]])
def test_a_migration_is_whole_or_not_there(
    installation, cohort, copy_of_tests_database, capsys, kills
):
    killer = Killer("migrate", capsys)
    copy = Installation(installation.var, copy_of_tests_database())
    whole = structure_of(copy.url)
    for _ in range(kills):
        copy.manage("migrate", *BEFORE, "--verbosity", "0")
        earliest = time.monotonic() + 1
        begun = lambda since=earliest: time.monotonic() > since  # noqa: E731
        killer.kill(copy.start("migrate"), begun, 3)
        copy.manage("migrate", "--verbosity", "0")
        assert structure_of(copy.url) == whole
    killer.tell()
