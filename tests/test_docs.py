"""The documentation names only what exists: files, tests, commands, logins."""

import ast
import re
from pathlib import Path

import pytest

from demo.clinics import MEMBERS, PASSWORD
from guidelines.registry import EDITIONS, RULES, all_rules
from tests.source_tree import ROOT, named

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{named(page)}: {target}")
    assert broken == []


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", ["docs/safety/hazards.md", "SECURITY.md"])
def test_every_test_that_is_named_exists(name: str) -> None:
    """`file::function`, or `::function` of the file that was named before."""
    missing, path = [], ROOT
    for file, function in re.findall(r"`(tests/[\w/]+\.py)?::(test_\w+)`", text_of(name)):
        path = ROOT / file if file else path
        if not path.is_file() or function not in functions_of(path):
            missing.append(f"{named(path)}::{function}")
    assert missing == []


def test_every_file_that_is_named_exists() -> None:
    folders = "accounts|audit|demo|deploy|docs|followup|guidelines|interop|mrtrack|patients|reports"
    pattern = rf"`((?:{folders}|static|templates|tests|tools|treatments)/[\w./-]*\w)(?:::\w+)?`"
    missing = [
        f"{named(page)}: {name}"
        for page in PAGES
        for name in re.findall(pattern, page.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert missing == []


def test_every_command_of_make_and_manage_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    own = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    django = {
        "check",
        "collectstatic",
        "createcachetable",
        "makemigrations",
        "migrate",
        "runserver",
    }
    unknown = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        used = set(re.findall(r"`make ([a-z-]+)", text)) | set(
            re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)
        )
        unknown += [f"{named(page)}: make {name}" for name in used - targets]
        commands = set(re.findall(r"manage\.py\s+([a-z_]+)", text))
        unknown += [f"{named(page)}: manage.py {name}" for name in commands - own - django]
    assert unknown == []


def test_the_logins_of_the_demo_are_as_printed() -> None:
    text = text_of("README.md")
    assert PASSWORD in text
    assert PASSWORD in text_of("docs/clinicians/first-hour.md")
    assert [each.username for each in MEMBERS if f"`{each.username}`" not in text] == []


def test_the_limits_name_every_rule_and_how_few_they_are() -> None:
    text = " ".join(text_of("docs/safety/limits.md").split())
    assert [rule.id for rule in all_rules() if rule.source.row not in text] == []
    for edition in EDITIONS:
        built, planned = len(RULES[edition]), edition.total_rules_planned
        assert re.search(rf"\b{built} of the {planned}\b[^.]*{re.escape(edition.title)}", text)
