"""A report on its way out of a real server: what breaks off is never taken for whole."""

import csv
import gzip
import io
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from http.client import HTTPResponse, IncompleteRead
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from audit.models import AuditEvent
from patients.models import EchoStudy
from reports.csv import ROWS_PER_CHUNK
from tests.factories import records
from tests.source_tree import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/reports/echo_studies/"
ROWS = 6 * ROWS_PER_CHUNK
LONG_TEXT = "x" * 2000  # so that the file is larger than what waits in sockets
SECRET = "a" * 32
LAST_CHUNK = b"\r\n0\r\n\r\n"
PATIENCE = 60


@pytest.fixture
def studies(clinic_north):
    """Twelve megabytes of studies, in the order of the file."""
    patient = records.patient_of(clinic_north)
    EchoStudy.objects.bulk_create(
        EchoStudy(patient=patient, performed_on=records.day_of("2026-01-01"), status="final",
                  accession_number=str(number), comment=LONG_TEXT)
        for number in range(ROWS)
    )  # fmt: skip
    return list(EchoStudy.objects.order_by("-id"))


@pytest.fixture
def serve(tmp_path):
    """Run gunicorn as the deployment does, one worker, on a socket that is a file."""
    running = []

    def serve_(**environment):
        address = str(tmp_path / "web.sock")
        command = [
            sys.executable, "-m", "gunicorn", "tests.reports.serving:application",
            "--bind", f"unix:{address}", "--worker-class", "gthread", "--threads", "4",
            "--worker-tmp-dir", str(tmp_path), "--no-control-socket", "--log-level", "critical",
        ]  # fmt: skip
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            **environment,
        }
        said = (tmp_path / "said").open("wb")
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=said, stderr=said)
        running.append((server, said))
        wait_for(lambda: os.path.exists(address))
        return address

    yield serve_
    for server, said in running:
        server.terminate()
        server.wait(PATIENCE)
        said.close()


def database_url():
    """The database of this test, as another process reaches it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    user = quote(found["USER"] or "")
    return f"postgres://{user}@/{found['NAME']}?host={quote(found['HOST'], safe='')}"


def wait_for(happened):
    end = time.monotonic() + PATIENCE
    while not (found := happened()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found


def asked(address, client, form, *, small=False, **headers):
    """The socket on which a report was asked for, its head still to be read."""
    line = socket.socket(socket.AF_UNIX)
    if small:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(PATIENCE)
    line.connect(address)
    body = urlencode({"take": "yes", "purpose": "a test", "form": form,
                      "csrfmiddlewaretoken": SECRET})  # fmt: skip
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    head = {
        "Host": "localhost",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={SECRET}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    line.sendall(f"POST {URL} HTTP/1.1\r\n{lines}\r\n{body}".encode())
    return line


def answered(line):
    """What came on a socket, as a browser understands it."""
    answer = HTTPResponse(line)
    answer.begin()
    assert answer.status == 200, answer.read()[:2000]
    return answer


def everything(line):
    """Every byte that came on a socket."""
    with line:
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


def failures():
    return list(AuditEvent.objects.filter(action="failed").values_list("record_kind", "note"))


def nobody_reads_any_more():
    """On PostgreSQL: no other session holds a transaction, and with it a cursor, open."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return cursor.fetchone() == (0,)


@pytest.mark.parametrize("form", ["csv", "zip"])
def test_a_whole_file_ends_as_one(alice, client_of, studies, serve, form):
    with asked(serve(), client_of(alice), form) as line:
        answer = answered(line)
        assert answer.getheader("Transfer-Encoding") == "chunked"
        data = answer.read()
    if form == "zip":
        data = zipfile.ZipFile(io.BytesIO(data)).read("echo_studies.csv")
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert [row["study_id"] for row in rows] == [str(study.public_id) for study in studies]
    assert failures() == []


@pytest.mark.parametrize("form", ["csv", "zip"])
def test_a_database_that_fails_at_a_row_breaks_the_file(alice, client_of, studies, serve, form):
    """The connection ends without the last chunk, so no client takes the file for whole."""
    broken = studies[4 * ROWS_PER_CHUNK + 500]
    address = serve(MRTRACK_TEST_BREAKS_AT=str(broken.pk))
    with asked(address, client_of(alice), form) as line, pytest.raises(IncompleteRead) as caught:
        answered(line).read()
    # It had begun. How much of a zip is on its way by then is up to the compression.
    assert len(caught.value.partial) > (1000 if form == "csv" else 0)
    if form == "zip":
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(caught.value.partial))
    raw = everything(asked(address, client_of(alice), form))
    assert not raw.endswith(LAST_CHUNK)
    wait_for(lambda: len(failures()) == 2)
    assert set(failures()) == {
        ("echo_studies", "export: the file broke off: it could not be read to its end")
    }
    assert wait_for(nobody_reads_any_more)


@pytest.mark.parametrize("form", ["csv", "zip"])
@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}])
def test_a_client_that_leaves_midway_ends_the_reading(
    alice, client_of, studies, serve, form, headers
):
    line = asked(serve(), client_of(alice), form, small=True, **headers)
    assert line.recv(200).startswith(b"HTTP/1.1 200")
    line.close()
    if form == "zip" or headers:
        wait_for(lambda: AuditEvent.objects.filter(action="export").exists())
    else:
        wait_for(failures)
        assert failures() == [("echo_studies", "export: the file was not fetched to its end")]
    assert wait_for(nobody_reads_any_more)


@pytest.mark.parametrize(("form", "encoding"), [("csv", "gzip"), ("zip", None)])
def test_a_zip_is_not_compressed_again(alice, client_of, studies, serve, form, encoding):
    with asked(serve(), client_of(alice), form, **{"Accept-Encoding": "gzip"}) as line:
        answer = answered(line)
        assert answer.getheader("Content-Encoding") == encoding
        data = answer.read()
    text = gzip.decompress(data).decode() if encoding else ""
    assert text.count("\r\n") == ROWS + 1 if encoding else zipfile.is_zipfile(io.BytesIO(data))


def test_two_people_at_once_get_all_rows_each(
    alice, charlie, client_of, studies, clinic_south, serve
):
    """Each from the server's own threads, each the rows of their own clinic, both in the audit."""
    theirs = records.echo(records.patient_of(clinic_south), "2026-02-01")
    address, start = serve(), threading.Barrier(2)
    found, clients = {}, {"alice": client_of(alice), "charlie": client_of(charlie)}

    def take(name):
        start.wait(PATIENCE)
        with asked(address, clients[name], "csv") as line:
            rows = csv.DictReader(io.StringIO(answered(line).read().decode()))
            found[name] = [row["study_id"] for row in rows]

    people = [threading.Thread(target=take, args=[name]) for name in clients]
    for each in people:
        each.start()
    for each in people:
        each.join(PATIENCE)
    assert found["alice"] == [str(study.public_id) for study in studies]
    assert found["charlie"] == [str(theirs.public_id)]
    exports = AuditEvent.objects.filter(action="export").values_list("actor_id", "counts")
    assert {actor: counts["rows"] for actor, counts in exports} == {alice.pk: ROWS, charlie.pk: 1}


def test_the_proxy_passes_on_that_a_file_broke_off():
    """In HTTP/1.0 an answer of unknown length ends with its connection, whole or not."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    server = text[text.index("listen 443 ssl;") :]
    # Before every location: a block without one of its own inherits it.
    assert server.index("proxy_http_version 1.1;") < server.index("location ")
    assert "proxy_http_version 1.0" not in text
    assert 'proxy_set_header Connection "";' in server
