"""Installations that tests may kill."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from mrtrack.database_url import parse
from tests.survival.installation import Installation, address_on_server


@pytest.fixture
def empty_database(tmp_path: Path, db: None) -> Iterator[Callable[[], str]]:
    """Gives the address of a new, empty database beside that of the tests."""
    made: list[str] = []

    def make() -> str:
        name = f"mrtrack_{uuid.uuid4().hex[:12]}"
        if connection.vendor == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return address_on_server(name)

    yield make
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def installation(tmp_path: Path, transactional_db: None) -> Installation:
    """The tests' own database, worked with by other processes."""
    var = tmp_path / "var"
    var.mkdir()
    return Installation(var)


def program(name: str) -> str:
    """A program of PostgreSQL."""
    found = shutil.which(name)
    assert found is not None
    return found


def pour(url: str) -> None:
    """Fill an empty PostgreSQL database with everything that the tests' own holds."""
    known, target = connection.settings_dict, parse(url, base=Path("/"))
    host = known["HOST"] or known["OPTIONS"].get("host", "")
    read = [program("pg_dump"), "-h", host, "-U", known["USER"], "-Fc", "-Z0", known["NAME"]]
    write = [program("pg_restore"), "-h", target["HOST"], "-U", target["USER"]]
    with subprocess.Popen(read, stdout=subprocess.PIPE) as dump:
        subprocess.run([*write, "-d", target["NAME"]], stdin=dump.stdout, check=True)
    assert dump.returncode == 0


@pytest.fixture
def copy_of_tests_database(empty_database: Callable[[], str]) -> Callable[[], str]:
    """Gives the address of a new database with everything that the tests' own holds."""

    def make() -> str:
        url = empty_database()
        known, name = connection.settings_dict, parse(url, base=Path("/"))["NAME"]
        if connection.vendor == "sqlite":
            with (
                closing(sqlite3.connect(known["NAME"])) as source,
                closing(sqlite3.connect(name)) as target,
            ):
                source.backup(target)
            return url
        pour(url)
        return url

    return make
