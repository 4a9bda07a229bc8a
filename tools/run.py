"""`make run`: everything between a fresh copy and a page in the browser.

Writes the secret key, brings the database up to date, fills an empty one with the demo clinic,
then serves, with the worker for background jobs beside the server. Ctrl-C stops both.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tools.secret import ensure_secret_key  # noqa: E402

STOP_SECONDS = 10.0
START_SECONDS = 60.0


def main() -> int:
    """Prepare and serve; the exit code of the server, 0 when it was stopped by hand."""
    arguments = read_arguments()
    refuse_taken_port(arguments.host, arguments.port)
    # Settings of a developer's machine, unless the environment or .env says otherwise.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrtrack.settings")
    from mrtrack import environment

    environment.load_file(ROOT / os.environ.get("MRTRACK_ENV_FILE", ".env"))
    os.environ.setdefault("MRTRACK_DEBUG", "1")
    os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
    var = ROOT / os.environ.get("MRTRACK_VAR_DIR", "var")
    ensure_secret_key(var / "secret_key")
    ensure_research_key(var / "research_key")
    prepare_database()
    return serve(arguments.host, arguments.port)


def read_arguments() -> argparse.Namespace:
    """The address to serve at."""
    parser = argparse.ArgumentParser(description="Run mrtrack on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args()


def ensure_research_key(path: Path) -> None:
    """Give a machine for trying things out a key of pseudonyms, unless it was given one."""
    names = ("MRTRACK_RESEARCH_KEY", "MRTRACK_RESEARCH_KEY_FILE")
    if os.environ["MRTRACK_DEBUG"] == "1" and not any(os.environ.get(name) for name in names):
        ensure_secret_key(path)
        os.environ["MRTRACK_RESEARCH_KEY_FILE"] = str(path)


def refuse_taken_port(host: str, port: int) -> None:
    """Stop early, with advice, when something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            sys.exit(f"Cannot serve at port {port} ({error}). Try: make run PORT={port + 1}")


def prepare_database() -> None:
    """Migrate, create the cache table, fill an empty database with the demo clinic."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    say("Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    # Where DEBUG is off patients may be real: the demo refuses, and the server starts without it.
    if settings.DEBUG:
        call_command("demo", if_empty=True)
    renew_standings()


def renew_standings() -> None:
    """The round of the night where none has ended today: this machine may have been off then."""
    from django.core.management import CommandError, call_command
    from django.utils import timezone

    from followup.selectors import last_round_ended_at

    ended = last_round_ended_at()
    if ended is not None and timezone.localdate(ended) >= timezone.localdate():
        return
    say("Looking whose visit has fallen due since the last start …")
    try:
        call_command("reassess", verbosity=0)
    except CommandError as error:
        # The lists say so themselves; a page of a patient is computed anew.
        say(str(error))


def serve(host: str, port: int) -> int:
    """Run server and worker until one ends or somebody stops them."""
    manage = [sys.executable, str(ROOT / "manage.py")]
    signal.signal(signal.SIGTERM, as_keyboard_interrupt)
    with ExitStack() as stack:
        server = start([*manage, "runserver", f"{host}:{port}", "--verbosity=0"], stack)
        worker = start([*manage, "work"], stack)
        try:
            wait_until_serving(f"http://{host}:{port}", server)
            say(f"\nmrtrack is running at http://{host}:{port}/   (Ctrl-C stops it)\n")
            return wait_for_either(server, worker)
        except KeyboardInterrupt:
            say("\nStopping …")
            return 0


def as_keyboard_interrupt(number: int, frame: FrameType | None) -> None:
    """Let `kill` end like Ctrl-C, so that the children are stopped."""
    raise KeyboardInterrupt


def start(command: Sequence[str], stack: ExitStack) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, stopped when the stack is left."""
    child = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    stack.callback(stop, child)
    return child


def stop(child: subprocess.Popen[bytes]) -> None:
    """Ask a child and its own children to end; insist after a while."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(timeout=STOP_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def wait_until_serving(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers, so that the address printed is one that works."""
    until = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            with urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.1)


def wait_for_either(*children: subprocess.Popen[bytes]) -> int:
    """The exit code of the child that ends first."""
    while True:
        for child in children:
            code = child.poll()
            if code is not None:
                return code
        time.sleep(0.2)


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
