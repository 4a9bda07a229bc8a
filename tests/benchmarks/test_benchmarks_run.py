"""The benchmarks run, at a tiny size; how fast is not asked here."""

import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.figures import Figure, Part, markdown
from benchmarks.inside import BENCHMARKS
from benchmarks.sizes import TINY
from tests.source_tree import ROOT


@pytest.mark.django_db
@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_runs_and_gives_figures(name: str, settings: Any, tmp_path: Path) -> None:
    settings.UPLOAD_DIR = tmp_path
    part = BENCHMARKS[name](TINY)
    assert part.figures
    assert all(figure.name and figure.value for figure in part.figures)
    assert any(figure.ratio for figure in part.figures), "nothing stands beside a baseline"


def test_the_command_knows_every_benchmark() -> None:
    assert tuple(BENCHMARKS) == NAMES


def test_a_missed_target_is_said_in_words() -> None:
    part = Part("Lists", "About lists.", [Figure("queries", "19", target="≤ 15", met=False)])
    assert "| queries | 19 |  | ≤ 15 | **missed** |" in markdown([part])


def test_what_a_process_hands_over_is_read_back() -> None:
    part = Part("Lists", "About lists.", [Figure("queries", "9", target="≤ 15", met=True)], ["so"])
    assert Part.from_json(part.as_json()) == part


def test_the_kept_figures_name_the_machine_but_no_folder_of_it() -> None:
    text = (ROOT / "benchmarks" / "results" / "figures.md").read_text(encoding="utf-8")
    for fact in ("Cores", "Python", "PostgreSQL", "SQLite"):
        assert fact in text
    assert not re.search(r"(?<![\w×])/(home|root|tmp|work|var|usr)/", text)
