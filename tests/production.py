"""mrtrack as an operator runs it: gunicorn with the command line of `deploy/`, settings of a live
instance, and the database of the test that asks for it.

What is asked of it goes over the loopback; what it says is kept, so that a test can read its log.
"""

from __future__ import annotations

import http.client
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from tools.check import production

ROOT = Path(__file__).resolve().parent.parent
HOST = "mrtrack.example.org"
LONGEST_START = 60.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What came back: status, header fields in their order, body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """All values of a header field, joined; empty without one."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())


@dataclass(frozen=True)
class Server:
    """A running server, reached as nginx of `deploy/` reaches it."""

    port: int
    log_file: Path

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        https: bool = True,
    ) -> Answer:
        """One request on a connection of its own."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            behind = {
                "Host": HOST,
                "X-Forwarded-For": "192.0.2.7",
                "X-Forwarded-Proto": "https" if https else "http",
            }
            for name, value in {**behind, **(headers or {})}.items():
                line.putheader(name, value)
            if body or method == "POST":
                line.putheader("Content-Length", str(len(body)))
            line.endheaders(body or None)
            got = line.getresponse()
            return Answer(got.status, got.getheaders(), got.read())
        finally:
            line.close()

    def ask_raw(self, request: bytes) -> bytes:
        """Bytes as they are, and what came back until the server closed or fell silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.settimeout(2)
            told = b""
            try:
                line.sendall(request)
                line.shutdown(socket.SHUT_WR)
                while part := line.recv(65536):
                    told += part
            except OSError:
                pass
            return told

    def log(self) -> str:
        """Everything the processes have said so far, to either stream."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")


def database_url() -> str:
    """The database of the running test, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}@/{found['NAME']}?host={quote(found['HOST'], safe='/')}"


def environment(var: Path, **changes: str) -> dict[str, str]:
    """A live instance's settings, with the key under which the test's sessions are signed."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MRTRACK_")}
    return {
        **outside,
        **production(str(var)),
        "DATABASE_URL": database_url(),
        "MRTRACK_ALLOWED_HOSTS": HOST,
        "MRTRACK_SECRET_KEY": settings.SECRET_KEY,
        **changes,
    }


def command_line(port: int) -> list[str]:
    """The command of `deploy/gunicorn.service`, on a port instead of a socket."""
    unit = (ROOT / "deploy" / "gunicorn.service").read_text(encoding="utf-8")
    (line,) = [
        each for each in unit.replace("\\\n", " ").splitlines() if each.startswith("ExecStart=")
    ]
    words = shlex.split(line.removeprefix("ExecStart="))
    assert words[0].endswith("/gunicorn")
    words[words.index("--bind") + 1] = f"127.0.0.1:{port}"
    return [str(Path(sys.executable).parent / "gunicorn"), *words[1:]]


@pytest.fixture(scope="session")
def runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runtime folder of a server, with collected static files.

    They are not compressed: that takes a minute, and the names are the same.
    """
    var = tmp_path_factory.mktemp("var")
    named = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=var / "static", STORAGES={**settings.STORAGES, "staticfiles": named}
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
    return var


@contextmanager
def running(var: Path, **changes: str) -> Iterator[Server]:
    """Start the server in this runtime folder; stop it whatever happens meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log_file = var / f"server-{port}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            command_line(port),
            cwd=ROOT,
            env={**environment(var), **changes},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = Server(port, log_file)
            _await(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end and process.poll() is None:
        try:
            if server.ask("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{server.log()[-4000:]}")
