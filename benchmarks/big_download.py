"""One download in a process of its own, so that its memory is nobody else's.

    python -m benchmarks.big_download USERNAME csv|zip

prints what was found as JSON.
"""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ADDRESS = "/reports/echo_studies/"
NO_ROWS = "?until_on=1950-01-01"
STATUS, PEAK_ANEW = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Found:
    """Rows and bytes of the file; seconds to the first byte and to the last; memory in MB."""

    rows: int
    bytes: int
    first_byte: float
    seconds: float
    memory: float
    """The most that was taken above what the process held before; 0 where Linux does not say."""


def measured(username: str, form: str) -> Found:
    """Download the report of echo studies as this person, in another process."""
    command = [sys.executable, "-m", "benchmarks.big_download", username, form]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return Found(**json.loads(answer.stdout))


def _found(username: str, form: str) -> Found:
    from accounts.models import User
    from benchmarks import pages

    with pages.logged_in(User.objects.get(username=username)) as client:
        for _time in range(2):
            for _piece in _download(client, NO_ROWS, form):
                pass
        gc.collect()
        before = _megabytes("VmRSS")
        if PEAK_ANEW.exists():
            PEAK_ANEW.write_text("5", encoding="ascii")
        start = perf_counter()
        pieces = iter(_download(client, "", form))
        length = len(next(pieces))
        first_byte = perf_counter() - start
        lines = 0
        for piece in pieces:
            length += len(piece)
            lines += piece.count(b"\r\n")
        seconds = perf_counter() - start
    rows = lines if form == "csv" else _rows_noted()
    return Found(rows, length, first_byte, seconds, _megabytes("VmHWM") - before)


def _download(client: Any, narrowed: str, form: str) -> Any:
    take = {"take": "yes", "purpose": "a benchmark", "form": form}
    response = client.post(ADDRESS + narrowed, take)
    assert response.status_code == 200, response.status_code
    return response.streaming_content


def _rows_noted() -> int:
    """How many rows the newest export had; no text of a benchmark holds a line break."""
    from audit.models import AuditEvent

    event = AuditEvent.objects.filter(action="export").latest("id")
    return int(event.counts["rows"])


def _megabytes(name: str) -> float:
    if not STATUS.exists():
        return 0.0
    found = re.search(rf"^{name}:\s+(\d+) kB", STATUS.read_text(encoding="ascii"), re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0.0


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(asdict(_found(sys.argv[1], sys.argv[2]))))
