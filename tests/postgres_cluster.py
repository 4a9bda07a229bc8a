"""A PostgreSQL server for one run of the tests: started from the machine's own programs in a
passing folder, reached through a socket in that folder only, gone afterwards.

    python -m tests.postgres_cluster .venv/bin/pytest tests/patients
"""

import locale
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

PROGRAMS = ("initdb", "pg_ctl", "postgres")
USER = "mrtrack"
DATABASE = "postgres"
INTERRUPTED = 130  # the exit code that shells give to Ctrl-C

# Nothing here outlives the run: what protects against a power cut only costs time.
SERVER_OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal "
    "-c max_wal_senders=0 -c shared_buffers=128MB -c max_connections=40 -c jit=off "
    "-c timezone=UTC -c listen_addresses=''"
)


def find_binaries() -> Path | None:
    """The folder with PostgreSQL's server programs, the newest version first; None if missing."""
    folders = [*_from_pg_config(), *_debian_folders(), *_from_path()]
    return next((folder for folder in folders if _has_programs(folder)), None)


def _from_pg_config() -> list[Path]:
    program = shutil.which("pg_config")
    if program is None:
        return []
    answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


def _debian_folders() -> list[Path]:
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.is_dir()]
    return sorted(found, key=lambda path: float(path.parent.name), reverse=True)


def _from_path() -> list[Path]:
    program = shutil.which("initdb")
    return [Path(program).resolve().parent] if program else []


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in PROGRAMS)


@contextmanager
def running() -> Iterator[str]:
    """Start a server, give its DATABASE_URL, stop and remove it whatever happens meanwhile."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("No PostgreSQL server programs were found.")
    with _terminated_like_interrupted():
        # A socket's path may have about 100 characters: not below a long TMPDIR.
        folder = Path(tempfile.mkdtemp(prefix="mrtrack-pg-", dir="/tmp"))
        owner = _owner(folder)
        try:
            _start(binaries, folder, owner)
            yield f"postgres://{USER}@/{DATABASE}?host={folder}"
        finally:
            _stop(binaries, folder, owner)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def away(url: str) -> Iterator[None]:
    """Stop a server that ``running`` started, as by a crash, and start it again after the block."""
    binaries, folder = find_binaries(), Path(url.rpartition("?host=")[2])
    assert binaries is not None
    entry = folder.stat()
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        owner = {"user": entry.st_uid, "group": entry.st_gid, "extra_groups": []}
    _stop(binaries, folder, owner)
    try:
        yield
    finally:
        _launch(binaries, folder, owner)


def _owner(folder: Path) -> dict[str, Any]:
    """Who runs the server. PostgreSQL refuses root, so root hands the folder to another user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL refuses to run as root, and no other user was found.")


def _start(binaries: Path, folder: Path, owner: dict[str, Any]) -> None:
    data = folder / "data"
    initdb = [str(binaries / "initdb"), "-D", str(data), "-U", USER, "--auth=trust", "--no-sync"]
    _run([*initdb, "--encoding=UTF8", f"--locale={_locale()}"], folder, owner)
    _launch(binaries, folder, owner)


def _launch(binaries: Path, folder: Path, owner: dict[str, Any]) -> None:
    data = folder / "data"
    options = f"{SERVER_OPTIONS} -k {folder}"
    start = [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-t", "60", "-o", options]
    _run([*start, "-l", str(folder / "log"), "start"], folder, owner)


def _stop(binaries: Path, folder: Path, owner: dict[str, Any]) -> None:
    if not (folder / "data" / "postmaster.pid").exists():
        return
    stop = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop"]
    subprocess.run(stop, cwd=folder, capture_output=True, check=False, **owner)


def _locale() -> str:
    """A locale that knows the letters of all languages, where the system has it."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _run(command: Sequence[str], folder: Path, owner: dict[str, Any]) -> None:
    # The server keeps the standard streams open for as long as it runs: give it none of ours.
    with (folder / "output").open("ab") as output:
        answer = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            check=False,
            **owner,
        )
    if answer.returncode:
        told = (folder / "output").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{told}")


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let `kill` end like Ctrl-C, so that the server is stopped."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main() -> int:
    """Run the command that follows on the command line, with DATABASE_URL set."""
    try:
        with running() as url:
            environment = {**os.environ, "DATABASE_URL": url}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
