"""Run named commands one after another and keep the account."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_printing = threading.Lock()
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Result:
    """How a step ended, and after how many seconds."""

    name: str
    code: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.code == 0


def run(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    beside_others: bool = False,
) -> Result:
    """Run a command in the project's folder.

    What it prints goes straight through; of a step that runs ``beside_others`` it is kept and
    shown in one piece at the end, so that two steps do not talk into each other.
    """
    if not beside_others:
        say(f"\n--- {name}")
    began = time.monotonic()
    done = subprocess.run(
        list(command),
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        check=False,
        stdout=subprocess.PIPE if beside_others else None,
        stderr=subprocess.STDOUT if beside_others else None,
        text=True,
        errors="replace",
    )
    result = Result(name, done.returncode, time.monotonic() - began)
    told = f"\n--- {name}\n{done.stdout.rstrip()}" if beside_others else ""
    if not result.ok:
        told += f"\n--- {name}: FAILED (exit code {result.code})"
    if told:
        say(told)
    return result


def account(results: Sequence[Result]) -> None:
    """One line a step: its name, how it ended, how long it took."""
    say("")
    for result in results:
        say(f"{'ok    ' if result.ok else 'FAILED'}  {result.seconds:6.1f} s  {result.name}")


def say(text: str) -> None:
    """Print at once, so that lines stay in order with those of the commands."""
    with _printing:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
