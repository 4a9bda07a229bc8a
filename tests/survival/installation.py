"""An installation in processes of its own: commands, a web server, people who log in over HTTP."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, Request, build_opener

from django.conf import settings
from django.db import connection

from tests.factories.cast import PASSWORD
from tests.source_tree import ROOT

PATIENCE = 120  # seconds
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def address_of_tests() -> str:
    """The database of this run of the tests as a DATABASE_URL."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return address_on_server(known["NAME"])


def address_on_server(name: str) -> str:
    """Another database on the tests' PostgreSQL."""
    known = connection.settings_dict
    host = quote(known["HOST"] or known.get("OPTIONS", {}).get("host", ""), safe="/")
    return f"postgres://{known['USER']}@/{name}?host={host}"


@dataclass
class Installation:
    """Where an installation keeps its data; every command is a process of its own."""

    var: Path
    url: str = field(default_factory=address_of_tests)
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        outside = {name: text for name, text in os.environ.items() if "MRTRACK" not in name}
        return outside | {
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "tests.survival.served",
            "MRTRACK_ENV_FILE": "",
            "MRTRACK_HTTPS": "0",
            "MRTRACK_INSTANCE": "test",
            "MRTRACK_LOG_LEVEL": "WARNING",
            "MRTRACK_SECRET_KEY": settings.SECRET_KEY,
            "MRTRACK_VAR_DIR": str(self.var),
            **self.more,
        }

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Begin a command of manage.py."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )

    def manage(self, *arguments: str, code: int = 0, patience: float = PATIENCE) -> str:
        """Run a command of manage.py to its end; what it printed."""
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=patience)
        assert process.returncode == code, f"{' '.join(arguments)}: {process.returncode}\n{said}"
        return said

    @contextmanager
    def serving(self, *, workers: int = 1, threads: int = 4, **options: Any) -> Iterator[str]:
        """Run the web server as in deploy/gunicorn.service; gives its address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "mrtrack.wsgi:application"]
        command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
        command += ["--workers", str(workers), "--threads", str(threads), "--timeout", "300"]
        command += ["--no-control-socket", "--log-level", "error"]
        log = (self.var / f"server-{port}.log").open("w+")
        server = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log,
            start_new_session=True, **options,
        )  # fmt: skip
        try:
            self._wait(f"http://127.0.0.1:{port}", server, log.name)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(server)
            log.close()

    def _wait(self, address: str, server: subprocess.Popen[bytes], log: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and server.poll() is None:
            with suppress(OSError):
                if Visitor(address).get("/healthz").status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(Path(log).read_text(encoding="utf-8"))


def end(process: subprocess.Popen[Any]) -> None:
    """Stop a process and its children, whatever they do."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def token(self) -> str:
        """The token of the page's forms."""
        found = TOKEN.search(self.text)
        assert found is not None, self.text[:500]
        return found[1]


class _Unfollowed(HTTPErrorProcessor):
    """Redirects and errors are answers."""

    def http_response(self, request: Request, response: Any) -> Any:
        return response


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, address: str, host: str = "") -> None:
        self.address = address
        self.headers = {"Host": host} if host else {}
        self.origin = f"http://{host}" if host else address
        self.cookies = http.cookiejar.CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), _Unfollowed)

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._answer(Request(self.address + path, headers=self.headers))  # noqa: S310 - our own server

    def post(self, path: str, values: Mapping[str, Any]) -> Answer:
        """Send a form."""
        body = urlencode(values, doseq=True).encode()
        request = Request(self.address + path, body, {"Origin": self.origin, **self.headers})  # noqa: S310
        return self._answer(request)

    def log_in(self, username: str) -> Visitor:
        """Through the login page."""
        token = self.get("/accounts/login/").token
        sent = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = self.post("/accounts/login/", sent)
        assert answer.status == 302, answer.text[:2000]
        return self

    def _answer(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                text = answer.read().decode("utf-8", "replace")
                return Answer(answer.status, text, dict(answer.headers))
        except HTTPError as error:
            return Answer(error.code, error.read().decode("utf-8", "replace"), dict(error.headers))
