"""Django's test client, whose requests go over the loopback to a server in another process."""

from __future__ import annotations

import http.client
import socket
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.production import HOST, Server

PREFIX = "__Host-"
CSRF_SECRET = "a" * 32
FORM = "application/x-www-form-urlencoded"
# Sent by the framework of the test client, or said by us.
NOT_SENT = {"HTTP_COOKIE", "HTTP_HOST"}
LONGEST_ANSWER = 120.0  # seconds


class Loopback(Client):
    """A browser of one person, with a token that its forms need."""

    def __init__(self, server: Server, session: str = "") -> None:
        super().__init__(raise_request_exception=False)
        self.handler = Forwarding(server)  # type: ignore[assignment]
        self.cookies[f"{PREFIX}mrtrack_csrf"] = CSRF_SECRET
        if session:
            self.cookies[f"{PREFIX}mrtrack_session"] = session


def session_of(client: Client) -> str:
    """The key of the session of a client inside this process; empty when nobody is logged in."""
    morsel = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


class Forwarding:
    """Takes the place of the test client's handler: sends what it is given, gives the answer."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def __call__(self, environ: dict[str, Any]) -> HttpResponse:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        got, content = self._exchange(_head(environ, len(body)) + body)
        response = HttpResponse(content, status=got.status)
        for name, value in got.getheaders():
            if name.lower() == "set-cookie":
                response.cookies.load(value)
            elif name.lower() not in {"connection", "transfer-encoding"}:
                response.headers[name] = value
        response.wsgi_request = None  # type: ignore[attr-defined]
        # What gunicorn refuses by itself never came to the application and has no name of a server.
        response.refused_before = "server" not in response.headers  # type: ignore[attr-defined]
        return response

    def _exchange(self, request: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        method = request.partition(b" ")[0].decode("latin-1")
        with socket.create_connection(("127.0.0.1", self.server.port), LONGEST_ANSWER) as line:
            with suppress(
                ConnectionError
            ):  # refused before all of it was read: the answer is there
                line.sendall(request)
            got = http.client.HTTPResponse(line, method=method)
            got.begin()
            return got, got.read()


def _head(environ: dict[str, Any], length: int) -> bytes:
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~")
    query = environ.get("QUERY_STRING", "")
    target = f"{path}?{query}" if query else path
    fields = {
        "Host": environ.get("HTTP_HOST", HOST),
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "192.0.2.7",
        "X-CSRFToken": CSRF_SECRET,
        "Referer": f"https://{HOST}/",
        "Cookie": environ.get("HTTP_COOKIE", ""),
        "Connection": "close",
    }
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        fields["Content-Length"] = str(length)
        fields["Content-Type"] = environ.get("CONTENT_TYPE", "")
    for name, value in environ.items():
        if name.startswith("HTTP_") and name not in NOT_SENT:
            fields[name.removeprefix("HTTP_").replace("_", "-").title()] = value
    lines = [f"{environ['REQUEST_METHOD']} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("utf-8")
