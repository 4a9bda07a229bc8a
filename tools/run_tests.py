"""`make test`: the checks, then every test, on both databases and in a browser.

What this machine cannot run is said in the last lines, with how to install it. Under CI=true it
is a failure: a pipeline that quietly tests less is worse than a red one.
"""

import os
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests import postgres_cluster
from tools import check, steps
from tools.browser import find_chromium

NO_POSTGRESQL = (
    "the suite on PostgreSQL: no server programs found.\n"
    "    Debian or Ubuntu: apt install postgresql       macOS: brew install postgresql"
)
NO_CHROMIUM = (
    "the browser tests: no Chromium found.\n"
    "    Debian or Ubuntu: apt install --no-install-recommends chromium fonts-dejavu-core\n"
    "    Elsewhere: install Chromium or Chrome, or set MRTRACK_TEST_CHROMIUM to its path"
)
GUIDELINES = "tests/guidelines"


class Run:
    """One run of everything: its results, its counts, and what was left out."""

    def __init__(self, reports: Path) -> None:
        self.reports = reports
        self.results: list[steps.Result] = []
        self.counts: Counter[str] = Counter()
        self.not_run: list[str] = []

    def tests(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """Run pytest once and add up what its report says."""
        report = self.reports / f"{name.replace(' ', '-').replace(',', '')}.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        self.results.append(steps.run(name, command, environment, beside_others=True))
        self.counts.update(read_counts(report))

    @property
    def failed(self) -> bool:
        """Whether a step failed, or something was left out where nothing may be."""
        left_out = self.not_run and os.environ.get("CI", "").lower() in {"1", "true"}
        return bool(left_out) or not all(result.ok for result in self.results)


def read_counts(report: Path) -> Counter[str]:
    """Passed, failed and skipped tests of one pytest report; nothing when there is none."""
    counts: Counter[str] = Counter()
    if not report.exists():
        return counts
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own file
        number = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors")}
        skipped = int(suite.get("skipped", "0"))
        failed = number["failures"] + number["errors"]
        counts.update(failed=failed, skipped=skipped)
        counts.update(passed=max(number["tests"] - failed - skipped, 0))
    return counts


REST = [f"--ignore={GUIDELINES}"]
BROWSER = ["-m", "browser", "tests/browser"]


def run_everything(run: Run) -> None:
    """The checks first; then the two databases side by side, one core each."""
    has_chromium = find_chromium() is not None
    has_postgresql = postgres_cluster.find_binaries() is not None
    run.not_run += [] if has_chromium else [NO_CHROMIUM]
    run.not_run += [] if has_postgresql else [NO_POSTGRESQL]
    run.results += check.run_all()
    # The cluster is started and removed here: only the main thread hears that it shall stop.
    with ExitStack() as stack, ThreadPoolExecutor(max_workers=2) as lanes:
        waiting = [lanes.submit(on_sqlite, run, has_chromium)]
        if has_postgresql:
            url = stack.enter_context(postgres_cluster.running())
            waiting.append(lanes.submit(on_postgresql, run, has_chromium, url))
        for lane in waiting:
            lane.result()


def on_sqlite(run: Run, has_chromium: bool) -> None:
    """The core's tests, which need no database, and the suite on SQLite."""
    run.tests("guidelines", [GUIDELINES])
    run.tests("suite on SQLite", REST)
    if has_chromium:
        run.tests("browser, on SQLite", BROWSER)


def on_postgresql(run: Run, has_chromium: bool, url: str) -> None:
    """The suite on a PostgreSQL of the tests' own."""
    environment = {"DATABASE_URL": url}
    run.tests("suite on PostgreSQL", REST, environment)
    if has_chromium:
        run.tests("browser, on PostgreSQL", BROWSER, environment)


def closing_line(counts: Counter[str], failed_steps: int, seconds: float) -> str:
    """A last line in the manner of pytest."""
    parts = [f"{counts['failed']} failed"] if counts["failed"] else []
    parts += [f"{counts['passed']} passed"]
    parts += [f"{counts['skipped']} skipped"] if counts["skipped"] else []
    parts += [f"{failed_steps} failed steps"] if failed_steps else []
    return f" {', '.join(parts)} in {seconds:.2f}s ".center(80, "=")


def main() -> int:
    """Run everything and sum up; 1 when something failed."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mrtrack-tests-") as reports:
        run = Run(Path(reports))
        run_everything(run)
    steps.account(run.results)
    for left_out in run.not_run:
        steps.say(f"NOT RUN: {left_out}")
    if run.not_run and run.failed:
        steps.say("Under CI=true what was not run counts as failed.")
    failed_steps = sum(not result.ok for result in run.results)
    steps.say(closing_line(run.counts, failed_steps, time.monotonic() - began))
    return 1 if run.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(postgres_cluster.INTERRUPTED)
