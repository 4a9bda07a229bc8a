"""The pages that are written by code say what the code says."""

from pathlib import Path

from guidelines.registry import all_rules
from patients.fields import MEASURES
from tests.test_house import own_models
from tools import generate_docs


def test_the_pages_are_up_to_date() -> None:
    assert generate_docs.outdated() == [], f"run: {generate_docs.COMMAND}"


def test_the_pages_are_written_and_then_left_alone(tmp_path: Path) -> None:
    assert generate_docs.write_pages(tmp_path) == list(generate_docs.PAGES)
    assert generate_docs.write_pages(tmp_path) == []


def test_a_page_that_differs_is_noticed(tmp_path: Path) -> None:
    generate_docs.write_pages(tmp_path)
    (tmp_path / "docs/rules.md").write_text("LVEF below 55 %", encoding="utf-8")
    assert generate_docs.outdated(tmp_path) == ["docs/rules.md"]


def test_every_rule_stands_with_its_own_words() -> None:
    text = generate_docs.rules_page()
    for rule in all_rules():
        assert rule.id in text
        assert rule.source.row in text
        assert rule.when.text in text


def test_every_measure_and_every_clinical_table_is_described() -> None:
    text = generate_docs.dictionary_page()
    assert [name for name in MEASURES if f"| `{name}` |" not in text] == []
    labels = [model._meta.label for model in own_models("patients", "treatments")]
    assert [label for label in labels if f"### {label}\n" not in text] == []
    assert "not declared" not in text


def test_a_cell_cannot_break_its_table() -> None:
    lines = list(generate_docs.table(("a", "b"), [("x | y", "two\nlines")]))
    assert lines == ["| a | b |", "|---|---|", "| x \\| y | two lines |"]
