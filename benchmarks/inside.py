"""The part that runs with Django, once for each database: migrate, measure, hand over."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.management import call_command

from benchmarks import (
    assessment,
    audit_trail,
    demo,
    echo_csv,
    echo_entry,
    import_files,
    machine,
    patient_list,
    patient_page,
    progression,
    reassess,
    timing_report,
    worklist,
)
from benchmarks.figures import Part
from benchmarks.sizes import FULL, QUICK, Size

BENCHMARKS: dict[str, Callable[[Size], Part]] = {
    "import": import_files.run,
    "assessment": assessment.run,
    "progression": progression.run,
    "patient-list": patient_list.run,
    "patient-page": patient_page.run,
    "echo-entry": echo_entry.run,
    "echo-csv": echo_csv.run,
    "timing-report": timing_report.run,
    "demo": demo.run,
    "reassess": reassess.run,
    "worklist": worklist.run,
    "audit": audit_trail.run,
}


def measure(names: Sequence[str], *, quick: bool, profile: bool, into: Path) -> None:
    """Run benchmarks on the database of this process and write what they found as JSON."""
    call_command("migrate", verbosity=0, interactive=False)
    size = QUICK if quick else FULL
    if profile:
        import_files.profiled(size)
        return
    parts = []
    for name in names:
        print(f"  {name} …", file=sys.stderr, flush=True)
        parts.append(BENCHMARKS[name](size).as_json())
    found = {"facts": machine.facts(), "load": machine.load(), "parts": parts}
    into.write_text(json.dumps(found), encoding="utf-8")
