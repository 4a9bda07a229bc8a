"""The documentation names only what exists: files, tests, commands, logins."""

import ast
import re
from pathlib import Path

import pytest

from demo.clinics import MEMBERS, PASSWORD
from guidelines.completeness import Measure
from guidelines.registry import ACC_AHA_2020, ALL_EDITIONS, RULES, built_rules
from guidelines.vocabulary import Verification
from tests.source_tree import ROOT, named

PRIMARY_DOCUMENT = Verification.PRIMARY_DOCUMENT
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


NAMING_TESTS = [
    "SECURITY.md",
    *(f"docs/safety/{name}.md" for name in ("asvs", "hazards", "hipaa", "threat-model")),
]


@pytest.mark.parametrize("name", NAMING_TESTS)
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
        "clearsessions",
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


def test_the_limits_say_how_much_of_each_edition_is_built() -> None:
    """Both numbers come from the code: a page that says more than is built fails."""
    text = " ".join(text_of("docs/safety/limits.md").split())
    for edition in ALL_EDITIONS:
        built, planned = built_rules(edition), edition.total_rules_planned
        assert re.search(rf"\b{built} of the {planned}\b[^.|]*{re.escape(edition.title)}", text)


def test_the_limits_say_what_was_never_read_in_the_guideline() -> None:
    row = next(
        line
        for line in text_of("docs/safety/limits.md").splitlines()
        if line.startswith(f"| {ACC_AHA_2020.title} |")
    )
    read = [r for r in RULES[ACC_AHA_2020] if r.source.verification is PRIMARY_DOCUMENT]
    assert ("| none" in row) is (not read)


def test_each_hazard_names_tests_or_says_what_is_missing() -> None:
    sections = text_of("docs/safety/hazards.md").split("\n## ")[1:]
    assert [each.partition(".")[0] for each in sections] == [f"H{n}" for n in range(1, 17)]
    assert [each.partition("\n")[0] for each in sections if "- *Tests:*" not in each] == []


def test_each_measure_of_completeness_is_explained_as_the_program_holds_it() -> None:
    text = text_of("docs/clinicians/completeness.md")
    for measure in Measure:
        said = measure.meaning
        row = f"| {measure.label} | {said.asked_of} | {said.has_it} | {said.rows} |"
        assert row in text, measure


def test_an_assessment_is_shown_for_each_kind_of_patient() -> None:
    text = text_of("docs/clinicians/reading-an-assessment.md")
    shown = re.findall(r"^(HV-\d+) on \d{1,2} [A-Z][a-z]{2} \d{4}$", text, re.MULTILINE)
    assert len(set(shown)) >= 5
    first_hour = text_of("docs/clinicians/first-hour.md")
    assert [number for number in shown if number not in first_hour] == []
