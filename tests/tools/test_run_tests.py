"""The account at the end of `make test`."""

from collections import Counter
from pathlib import Path

import pytest

from tools import steps
from tools.run_tests import Run, closing_line, read_counts

REPORT = (
    '<?xml version="1.0"?><testsuites>'
    '<testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>'
)


def test_it_adds_up_a_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")
    assert read_counts(report) == {"passed": 4, "failed": 3, "skipped": 3}


def test_a_missing_report_counts_nothing(tmp_path: Path) -> None:
    assert read_counts(tmp_path / "none.xml") == Counter()


def test_the_last_line_reads_like_pytest() -> None:
    line = closing_line(Counter(passed=12, skipped=1), 0, 61.5)
    assert line.strip("= ") == "12 passed, 1 skipped in 61.50s"
    assert len(line) == 80
    failed = closing_line(Counter(passed=12, failed=2), 1, 3.0)
    assert failed.strip("= ") == "2 failed, 12 passed, 1 failed steps in 3.00s"


@pytest.mark.parametrize(("ci", "failed"), [("true", True), ("", False)])
def test_leaving_something_out_fails_a_pipeline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, failed: bool
) -> None:
    monkeypatch.setenv("CI", ci)
    run = Run(tmp_path)
    run.results.append(steps.Result("lint", 0, 1.0))
    run.not_run.append("the browser tests")
    assert run.failed is failed


def test_a_failed_step_fails_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CI", "")
    run = Run(tmp_path)
    run.results.append(steps.Result("lint", 1, 1.0))
    assert run.failed
