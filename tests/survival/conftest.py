"""Installations that tests may kill."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

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
