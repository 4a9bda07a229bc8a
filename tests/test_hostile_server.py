"""The hostile walk against a running server: gunicorn with the command line of `deploy/`, over the
loopback, with what a proxy in front would let through and with what no proxy would.

`make test` sends 2,000 requests, the same each time; `make drill` sends 100,000, with another seed
each time. `MRTRACK_TEST_SEED` repeats one.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests import production
from tests.hostile_input import RAW
from tests.loopback import Loopback, session_of
from tests.test_hostile import World, build_world, walked

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = 2_000
LONG, PIECES = 100_000, 10
CHOSEN_SEED = os.environ.get("MRTRACK_TEST_SEED", "")
# gunicorn's answer to a transfer coding that it does not know.
NOT_IMPLEMENTED = 501


@dataclass
class ServedWorld(World):
    """The same world, whose clients reach it over the wire."""

    server: production.Server | None = None

    def what_crashed(self) -> str:
        """The last that the server has said."""
        return self.server.log()[-6000:] if self.server else ""


@pytest.fixture
def served_world(
    settings: Any, runtime_folder: Path, client_of: Callable[[User], Client]
) -> Iterator[ServedWorld]:
    settings.UPLOAD_DIR = settings.MEDIA_ROOT = runtime_folder / "uploads"
    made = build_world(client_of)
    # Verdicts show in the demo without a sign-off: there is more on the pages to go wrong.
    changes = {"MRTRACK_INSTANCE": "demo", "MRTRACK_ADMIN_SECOND_FACTOR": "0"}
    with production.running(runtime_folder, **changes) as server:
        clients: dict[str, Client] = {
            name: Loopback(server, session_of(client)) for name, client in made.clients.items()
        }
        yield ServedWorld(made.north, made.south, clients, server=server)


def send(world: ServedWorld, seed: int, count: int) -> None:
    """Walk, knock with raw requests, and see that the server is still well."""
    sys.stderr.write(f"\nhostile walk over the loopback: {count:,} requests, seed {seed}\n")
    walk = walked(world, seed, count - len(RAW))
    assert world.server is not None
    for raw in RAW:
        told = f"seed {seed}: {raw[:2000]!r}"
        answer = world.server.ask_raw(raw.replace(b"HOST", production.HOST.encode()))
        status = answer[9:12].decode("latin-1")
        assert not answer or status.isdigit(), (told, answer[:200])
        assert not answer or int(status) < 500 or int(status) == NOT_IMPLEMENTED, (told, answer)
        for mark in (world.north.mark, world.south.mark, "SECRET_KEY"):
            assert mark.encode() not in answer, told
    sys.stderr.write(f"{sorted(walk.statuses.items())} and {len(RAW)} raw requests\n")
    assert walk.statuses[200] > count / 20, walk.statuses
    assert world.server.ask("GET", "/healthz").status == 200
    log = world.server.log()
    # Nobody's words are in what the server said: see tests/mrtrack/test_production.py.
    found = [line for line in log.splitlines() if world.north.mark in line]
    assert found == [], found[:5]
    assert world.south.mark not in log


def test_two_thousand_hostile_requests_break_nothing(served_world: ServedWorld) -> None:
    send(served_world, int(CHOSEN_SEED or 20_261), SHORT)


@pytest.mark.drill
@pytest.mark.parametrize("piece", range(PIECES))
def test_a_hundred_thousand_hostile_requests_break_nothing(
    served_world: ServedWorld, piece: int
) -> None:
    send(served_world, int(CHOSEN_SEED or secrets.randbelow(10**9)) + piece, LONG // PIECES)
