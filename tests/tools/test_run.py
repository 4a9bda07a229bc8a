"""`make run`: what it prepares before it serves."""

import os
from pathlib import Path

import pytest

from tools.run import ensure_research_key

NAMES = ("MRTRACK_RESEARCH_KEY", "MRTRACK_RESEARCH_KEY_FILE")


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRTRACK_DEBUG", "1")
    for name in NAMES:
        # Set before it is taken away, so that what the code sets is taken back as well.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_a_machine_for_trying_out_has_a_key_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "research_key"
    ensure_research_key(path)
    assert os.environ["MRTRACK_RESEARCH_KEY_FILE"] == str(path)
    key = path.read_text()
    assert len(key.strip()) >= 64
    ensure_research_key(path)
    assert path.read_text() == key


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_is_given_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "given")
    ensure_research_key(tmp_path / "research_key")
    assert not (tmp_path / "research_key").exists()
    assert os.environ[name] == "given"


def test_where_patients_may_be_real_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MRTRACK_DEBUG", "0")
    ensure_research_key(tmp_path / "research_key")
    assert not (tmp_path / "research_key").exists()
    assert "MRTRACK_RESEARCH_KEY_FILE" not in os.environ
