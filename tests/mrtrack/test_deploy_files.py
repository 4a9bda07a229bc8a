"""The files of `deploy/` agree with the settings and with each other, and hold no secret."""

import json
import re
import shlex

import pytest
from django.conf import settings

from interop.actions import MOST_BYTES
from tests.source_tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
MEGABYTE = 1024 * 1024

# What takes a process that was taken over the means to go on from there.
HARDENED = {
    "NoNewPrivileges=true", "CapabilityBoundingSet=", "PrivateTmp=true", "PrivateDevices=true",
    "ProtectSystem=strict", "ProtectHome=true", "ProtectKernelTunables=true",
    "ProtectKernelModules=true", "ProtectKernelLogs=true", "ProtectControlGroups=true",
    "ProtectClock=true", "ProtectProc=invisible", "RestrictNamespaces=true",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "RestrictSUIDSGID=true",
    "RestrictRealtime=true", "LockPersonality=true", "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service", "UMask=0077", "User=mrtrack",
}  # fmt: skip


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", UNITS)
def test_every_service_runs_with_as_little_as_it_needs(name: str) -> None:
    assert HARDENED - set(text_of(name).splitlines()) == set()


def test_every_timer_has_its_service() -> None:
    timers = {path.stem for path in DEPLOY.glob("*.timer")}
    assert timers
    assert {f"{name}.service" for name in timers} <= set(UNITS)


def gunicorn_options(words: list[str]) -> list[str]:
    """The command without where it listens, which differs between a service and a container."""
    found = words[words.index("mrtrack.wsgi:application") :]
    for name in ("--bind", "--umask"):
        place = found.index(name)
        del found[place : place + 2]
    return found


def test_the_container_runs_what_the_service_runs() -> None:
    unit = text_of("gunicorn.service").replace("\\\n", " ")
    (started,) = re.findall(r"^ExecStart=(.*)$", unit, re.M)
    (command,) = re.findall(r"^CMD (\[.*?\])$", text_of("Dockerfile"), re.M | re.S)
    words = json.loads(command.replace("\\\n", ""))
    assert gunicorn_options(words) == gunicorn_options(shlex.split(started))


def test_the_image_installs_by_hash_and_takes_no_data_and_no_secret() -> None:
    assert "pip install --require-hashes" in text_of("Dockerfile")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"/var/", "/.env", "/.git/", "/deploy/secrets/"} <= set(ignored)
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_containers_can_write_where_the_program_writes() -> None:
    mounted = set(re.findall(r"- \w+:(/srv/mrtrack/var/\w+)$", text_of("compose.yaml"), re.M))
    made = re.search(r"mkdir -p (.*?) /run/mrtrack", text_of("Dockerfile"))
    assert made is not None
    assert {f"/srv/mrtrack/{folder}" for folder in made[1].split()} == mounted
    needed = {"uploads", "reports", "lists", "backup", "backups"}
    assert needed == {folder.rpartition("/")[2] for folder in mounted}


def test_the_image_can_back_up_the_database_it_runs_beside() -> None:
    (client,) = re.findall(r"postgresql-client-(\d+)", text_of("Dockerfile"))
    (server,) = re.findall(r"image: postgres:(\d+)-", text_of("compose.yaml"))
    assert client == server


def test_the_containers_hold_no_secret() -> None:
    text = text_of("compose.yaml")
    assert re.findall(r"(?i)(\w*(?:password|secret_key)\w*): (?!/run/secrets/)\S+", text) == []
    assert re.findall(r"://[^/\s@]*:[^/\s@]+@", text) == []  # a password inside an address
    assert "trust" not in text
    assert 'security_opt: ["no-new-privileges:true"]' in text


def test_proxy_and_program_take_the_same_size() -> None:
    conf = text_of("nginx.conf")
    everywhere, of_files = re.findall(r"client_max_body_size (\d+)m;", conf)
    assert int(everywhere) * MEGABYTE == settings.MOST_BODY_BYTES
    assert {"interop:import-start": int(of_files) * MEGABYTE} == settings.MOST_BODY_BYTES_OF
    assert 0 < int(of_files) * MEGABYTE - MOST_BYTES <= MEGABYTE
    # A form of the largest size that Django itself reads still comes through.
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < settings.MOST_BODY_BYTES


def test_the_proxy_writes_down_no_query_and_no_referring_page() -> None:
    conf = text_of("nginx.conf")
    (line,) = re.findall(r"^log_format .*;$", conf, re.M)
    assert re.findall(r"\$(?:request\b|request_uri|args|query_string|http_\w+)", line) == []
    # What nginx says of errors repeats the request line: only where nothing else helps.
    assert set(re.findall(r"error_log .* (\w+);", conf)) == {"crit"}
    assert "$request_uri" not in conf


def test_the_proxy_replaces_what_it_says_of_the_person() -> None:
    conf = text_of("nginx.conf")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf
    assert "proxy_add_x_forwarded_for" not in conf
    # A block with a header of its own would lose these.
    assert conf.count("proxy_set_header") == 4
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in conf
