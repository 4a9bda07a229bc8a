"""The files of `deploy/` agree with the settings and with each other, and hold no secret."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

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


@pytest.mark.parametrize("name", [name for name in UNITS if name != "failed@.service"])
def test_no_service_fails_unseen(name: str) -> None:
    text = text_of(name)
    assert "OnFailure=mrtrack-failed@%n.service" in text
    # A minus sign in front, or a shell's own, would hide an exit code.
    assert re.findall(r"^Exec\w+=\S*-/|\|\| true", text, re.M) == []


def test_the_audit_is_sealed_copied_and_compared_on_a_schedule() -> None:
    assert "seal_audit --export /srv/mrtrack/var/seals" in text_of("seal.service")
    assert "OnCalendar=*:0/15" in text_of("seal.timer")
    compared = text_of("verify.service")
    assert "verify_audit" in compared
    # Not with the copy beside the database, which could be rewritten together with it.
    assert "--against /mnt/" in compared
    assert "--longest-wait 180" in compared


def purged(folder: Path, failing: str) -> tuple[int, list[str]]:
    """The exit code of the purge's own shell where one command fails, and what was run."""
    unit = text_of("purge.service").replace("\\\n", " ")
    (started,) = re.findall(r"^ExecStart=(.*)$", unit, re.M)
    program = folder / "python"
    program.write_text(
        f'#!/bin/sh\necho "$2" >>{folder}/run\n[ "$2" != "{failing}" ]\n', encoding="utf-8"
    )
    program.chmod(0o700)
    words = shlex.split(started.replace("/srv/mrtrack/.venv/bin/python", str(program)))
    done = subprocess.run([word.replace("$$", "$") for word in words], check=False)
    return done.returncode, (folder / "run").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("failing", ["", "purge_reports", "purge_kept", "clearsessions"])
def test_a_purge_that_fails_keeps_none_from_running_and_is_seen(
    tmp_path: Path, failing: str
) -> None:
    code, run = purged(tmp_path, failing)
    assert run == ["purge_reports", "purge_imports", "purge_kept", "clearsessions"]
    assert code == (1 if failing else 0)


class Elsewhere:
    """The machine that fetches the seals, with a line of its own to a made-up server."""

    def __init__(self, folder: Path) -> None:
        self.kept = folder / "kept" / "audit-seals.txt"
        self.kept.parent.mkdir()
        self.sent = folder / "sent"
        line = folder / "bin" / "ssh"
        line.parent.mkdir()
        line.write_text(f'#!/bin/sh\nexec cat "{self.sent}"\n', encoding="utf-8")
        line.chmod(0o700)
        self.path = f"{line.parent}:{os.environ['PATH']}"

    def fetch(self, text: str | None) -> tuple[int, str]:
        if text is None:
            self.sent.unlink()
        else:
            self.sent.write_text(text, encoding="ascii")
        done = subprocess.run(
            ["/bin/sh", str(DEPLOY / "fetch-seals.sh"), "mrtrack@clinic", str(self.kept.parent)],
            env={"PATH": self.path},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr


def test_another_machine_fetches_the_seals_and_keeps_what_it_had(tmp_path: Path) -> None:
    there = Elsewhere(tmp_path)
    for text in ("1 a\n", "1 a\n", "1 a\n2 b\n"):
        assert there.fetch(text) == (0, "")
        assert there.kept.read_text(encoding="ascii") == text
    for text, words in (
        ("1 a\n2 c\n3 d\n", "are not those of before"),
        ("1 a\n", "are not those of before"),
        ("", "sent no seals"),
        (None, "could not be fetched"),
    ):
        code, said = there.fetch(text)
        assert code == 1
        assert words in said
        assert there.kept.read_text(encoding="ascii") == "1 a\n2 b\n"


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
