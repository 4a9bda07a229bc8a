"""python -m benchmarks [NAME ...] [--quick] [--engine sqlite|postgresql|both] [--profile]

Without names all of them run. A full run on both databases writes benchmarks/results/figures.md;
every run prints what it found.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.figures import Part, markdown
from tests import postgres_cluster

NAMES = (
    "import",
    "assessment",
    "progression",
    "patient-list",
    "patient-page",
    "echo-entry",
    "echo-csv",
    "timing-report",
    "demo",
    "reassess",
    "worklist",
    "audit",
)
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
RESULTS = Path(__file__).parent / "results" / "figures.md"
INSIDE = "BENCHMARK_RESULT"


def main() -> int:
    """Measure on each database in a process of its own; report."""
    options = _options()
    if INSIDE in os.environ:
        return _measure(options)
    engines = list(ENGINES) if options.engine == "both" else [options.engine]
    if "postgresql" in engines and postgres_cluster.find_binaries() is None:
        print("No PostgreSQL server programs were found: SQLite only.", file=sys.stderr)
        engines.remove("postgresql")
    found = {engine: _in_process(engine) for engine in engines}
    if options.profile:
        return 0
    text = _report(found, options.quick)
    print(text)
    if not options.quick and not options.names and set(engines) == set(ENGINES):
        RESULTS.write_text(text, encoding="utf-8")
        print(f"Written: benchmarks/results/{RESULTS.name}", file=sys.stderr)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run?")
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default="both")
    parser.add_argument(
        "--profile", action="store_true", help="print where an import spends its time, and stop"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    return options


def _measure(options: argparse.Namespace) -> int:
    """In the process of one database."""
    import django

    django.setup()
    from benchmarks.inside import measure

    into = Path(os.environ[INSIDE])
    measure(options.names or NAMES, quick=options.quick, profile=options.profile, into=into)
    return 0


def _in_process(engine: str) -> dict[str, Any]:
    """Run this same command on one database; what it found, read back."""
    print(f"{ENGINES[engine]}:", file=sys.stderr, flush=True)
    passing = tempfile.TemporaryDirectory(prefix="mrtrack-bench-")
    with passing as name, _database(engine, name) as url:
        result = Path(name) / "result.json"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": url,
            "MRTRACK_VAR_DIR": name,
            INSIDE: str(result),
        }
        command = [sys.executable, "-m", "benchmarks", *sys.argv[1:]]
        subprocess.run(command, env=environment, check=True)
        return json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}


@contextmanager
def _database(engine: str, folder: str) -> Iterator[str]:
    """The address of an empty database that is gone afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/benchmarks.sqlite3"
        return
    with postgres_cluster.running() as url:
        yield url


def _report(found: dict[str, dict[str, Any]], quick: bool) -> str:
    """The whole text: facts of the machine, then each database."""
    lines = ["# Speed figures", ""]
    if quick:
        lines += ["A quick run: small sizes, no figures to keep.", ""]
    lines += ["What each figure means: docs/developers/benchmarks.md.", "", *_facts(found)]
    for engine, result in found.items():
        parts = [Part.from_json(part) for part in result["parts"]]
        lines += ["", f"## {ENGINES[engine]}", "", markdown(parts, level="###").rstrip()]
    return "\n".join(lines) + "\n"


def _facts(found: dict[str, dict[str, Any]]) -> Sequence[str]:
    results = list(found.values())
    facts = {name: text for name, text in results[0]["facts"].items() if name != "Database"}
    facts["Databases"] = ", ".join(result["facts"]["Database"] for result in results)
    facts["Other work on the machine"] = "processes wanting to run at the end: " + ", ".join(
        result["load"] for result in results
    )
    return [f"- {name}: {text}" for name, text in facts.items()]


if __name__ == "__main__":
    sys.exit(main())
