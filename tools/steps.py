"""Run named commands one after another and keep the account."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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


def run(name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Result:
    """Run a command in the project's folder; what it prints goes straight through."""
    say(f"\n--- {name}")
    began = time.monotonic()
    code = subprocess.run(
        list(command), cwd=ROOT, env={**os.environ, **(environment or {})}, check=False
    ).returncode
    result = Result(name, code, time.monotonic() - began)
    if not result.ok:
        say(f"--- {name}: FAILED (exit code {code})")
    return result


def account(results: Sequence[Result]) -> None:
    """One line a step: its name, how it ended, how long it took."""
    say("")
    for result in results:
        say(f"{'ok    ' if result.ok else 'FAILED'}  {result.seconds:6.1f} s  {result.name}")


def say(text: str) -> None:
    """Print at once, so that lines stay in order with those of the commands."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
