"""Environment variables are read strictly: a mistyped one stops the start."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from mrtrack import environment


@pytest.fixture(autouse=True)
def _only_known_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SAMPLE", "OTHER"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("word", "meant"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("false", False)]
)
def test_a_flag_reads_common_words(monkeypatch: pytest.MonkeyPatch, word: str, meant: bool) -> None:
    monkeypatch.setenv("SAMPLE", word)
    assert environment.flag("SAMPLE", default=not meant) is meant


def test_a_flag_refuses_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE", "maybe")
    with pytest.raises(ImproperlyConfigured, match="SAMPLE must be 1 or 0"):
        environment.flag("SAMPLE", default=True)


@pytest.mark.parametrize("word", ["-1", "1.5", "two", "²"])
def test_a_whole_number_refuses_others(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("SAMPLE", word)
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        environment.whole_number("SAMPLE", default=0)


def test_words_drop_empty_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE", " a, ,b,")
    assert environment.words("SAMPLE") == ["a", "b"]


def test_one_of_refuses_an_unknown_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE", "lively")
    with pytest.raises(ImproperlyConfigured, match="demo, live"):
        environment.one_of("SAMPLE", ("demo", "live"), default="demo")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE", "  ")
    assert environment.text("SAMPLE", "default") == "default"
    assert environment.flag("SAMPLE", default=True) is True


def test_a_file_fills_in_what_the_environment_leaves_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAMPLE", "from outside")
    # Restores the variable that load_file sets.
    monkeypatch.setenv("OTHER", "")
    monkeypatch.delenv("OTHER")
    path = tmp_path / ".env"
    path.write_text("# a comment\n\nSAMPLE=from file\nOTHER='a = b'\n", encoding="utf-8")
    environment.load_file(path)
    assert environment.text("SAMPLE") == "from outside"
    assert environment.text("OTHER") == "a = b"


def test_a_file_with_a_bad_line_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# fine\nexport X\n", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="line 2"):
        environment.load_file(path)


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    environment.load_file(tmp_path / "none")
