"""What every test has: the fixed cast of people, and no way out to the network."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

# The fixed cast: Alice, Bob, Charlie and one user for each role; and what a real server needs.
pytest_plugins = ["tests.factories.cast", "tests.production"]

THIS_MACHINE = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared with, not bound


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(THIS_MACHINE):
            raise OSError(f"A test tried to reach {address[0]}; tests use no network.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_nearby)
        yield


@pytest.fixture(scope="session", autouse=True)
def files_are_removed() -> Iterator[None]:
    """Leave no uploaded file and no report behind."""
    yield
    for folder in (settings.MEDIA_ROOT, settings.REPORT_DIR):
        shutil.rmtree(Path(folder), ignore_errors=True)
