"""The pages that are written by code say what the code says."""

from pathlib import Path

from guidelines.registry import ALL_EDITIONS, all_rules, built_rules
from guidelines.scores import SCORES
from patients.fields import MEASURES
from tests.test_house import own_models
from tools import generate_docs
from tools.dictionary_page import dictionary_page
from tools.markdown import table
from tools.rule_tests import modules_importing, modules_naming
from tools.rules_page import modules_naming_score, rules_page


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
    text = rules_page(generate_docs.NOTE)
    for rule in all_rules():
        assert f"| {rule.source.row} | `{rule.id}` |" in text
        assert f"{rule.message} *For:* {rule.applies.text}. *When:* {rule.when.text}." in text


def test_every_score_stands_with_its_inputs_and_its_caveats() -> None:
    text = rules_page(generate_docs.NOTE)
    for score in SCORES:
        assert f"| `{score.id}` |" in text
        assert [each.label for each in score.inputs if each.label not in text] == []
        assert [caveat for caveat in score.caveats if caveat not in text] == []


def test_every_rule_names_a_test() -> None:
    assert [rule.id for rule in all_rules() if not modules_naming(rule)] == []


def test_every_score_names_a_test() -> None:
    assert [score.id for score in SCORES if not modules_naming_score(score)] == []


def test_every_row_with_a_class_of_the_rule_tables_is_built() -> None:
    """The planned numbers were counted by hand; a rule that vanishes is noticed here."""
    for edition in ALL_EDITIONS:
        assert built_rules(edition) == edition.total_rules_planned, edition.title


A_TEST = """
from tests.guidelines.other import CASES
from guidelines.scores.mida import mida

EDITION, CHAPTER = "acc-aha-2020", f"{place()}/primary"
for edition in ("acc-aha-2020",):
    BASE = f"{edition}/secondary"
for edition in ("acc-aha-2020",):
    BASE = f"{edition}/medical"


def test_it():
    assert f"{EDITION}/primary/symptoms"
    assert f"{BASE}/no-vasodilator" and "ESC25-P-02" and "text without an id"
"""
OTHER = 'CASES = ("acc-aha-2020/primary/teer",)\n'


def test_a_rule_is_found_by_its_id_its_row_and_its_cases(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(A_TEST, encoding="utf-8")
    (tmp_path / "other.py").write_text(OTHER, encoding="utf-8")
    named = {rule.id for rule in all_rules() if modules_naming(rule, tmp_path) == ("test_it",)}
    assert named == {
        "acc-aha-2020/primary/symptoms",
        "acc-aha-2020/primary/teer",
        "acc-aha-2020/medical/no-vasodilator",
        "esc-eacts-2025/primary/symptoms",
    }
    assert modules_importing("guidelines.scores.mida", tmp_path) == ("test_it",)


def test_every_measure_and_every_clinical_table_is_described() -> None:
    text = dictionary_page(generate_docs.NOTE)
    assert [name for name in MEASURES if f"| `{name}` |" not in text] == []
    labels = [model._meta.label for model in own_models("patients", "treatments")]
    assert [label for label in labels if f"### {label}\n" not in text] == []
    assert "not declared" not in text


def test_a_cell_cannot_break_its_table() -> None:
    lines = list(table(("a", "b"), [("x | y", "two\nlines")]))
    assert lines == ["| a | b |", "|---|---|", "| x \\| y | two lines |"]
