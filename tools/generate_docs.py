"""Write docs/rules.md and docs/data-dictionary.md from the code that they describe.

    .venv/bin/python -m tools.generate_docs            # write both
    .venv/bin/python -m tools.generate_docs --check    # 1 when one is out of date

A test compares the files with what this module writes (tests/tools/test_generated_docs.py).
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import steps

if TYPE_CHECKING:
    from guidelines.gates import ScopeGate
    from guidelines.rule import Edition, Rule

Lines = Iterator[str]
Row = Sequence[str]

COMMAND = ".venv/bin/python -m tools.generate_docs"
WIDTH = 98
NOTE = f"<!-- Written by code; do not edit. After a change of the code: {COMMAND} -->"
RANGES = {
    "lvef_percent": "LVEF is kept as two ends, and says of each end whether the end is excluded.",
}


# Text of both pages ------------------------------------------------------------------------------


def table(headings: Row, rows: Iterable[Row]) -> Lines:
    """A Markdown table; nothing in a cell can break it."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(_cell(text) for text in row)} |"


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def page(lines: Iterable[str]) -> str:
    """The text of a file."""
    return "\n".join(lines) + "\n"


def paragraph(text: str) -> Lines:
    """A paragraph, wrapped, and the empty line after it."""
    yield from textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    yield ""


def upper_first(text: str) -> str:
    """The text with a capital at its beginning; abbreviations stay as they are."""
    return text[:1].upper() + text[1:]


# Rules -------------------------------------------------------------------------------------------


def rules_page() -> str:
    """Every rule that is built, the gates before them, and the limits of severity."""
    from guidelines.registry import EDITIONS

    return page(
        [
            NOTE,
            "",
            "# Rules",
            "",
            *paragraph(
                "What the clinical core knows in this version: the rules that are built, the gates "
                "that stand before them, and the limits between the bands of severity, printed by "
                "the code that judges a patient. What must not be concluded from it stands in "
                "[safety/limits.md](safety/limits.md)."
            ),
            *_coverage(EDITIONS),
            "",
            *paragraph(
                "No edition has been read and signed by a named clinician. *Checked against* says "
                "how far the wording of each rule was compared with the printed guideline. Row ids "
                "(AHA-PI-02, SAFE-05) and letters (D5) name rows of the rule tables and of the "
                "safety review from which the rules were built; those working papers are not part "
                "of this repository."
            ),
            *(line for edition in EDITIONS for line in _edition(edition)),
            *_gates(),
            *_severity(),
            *_facts(),
        ]
    )


def _coverage(editions: Sequence[Edition]) -> Lines:
    from guidelines.registry import RULES

    yield from table(
        ("edition", "published on", "recommendations in the rule tables", "built"),
        (
            (
                edition.title,
                edition.published_on.isoformat(),
                str(edition.total_rules_planned),
                str(len(RULES[edition])),
            )
            for edition in editions
        ),
    )


def _edition(edition: Edition) -> Lines:
    from guidelines.registry import RULES, coverage

    yield f"## {edition.title}"
    yield ""
    yield f"{upper_first(coverage(edition))}."
    yield ""
    for rule in RULES[edition]:
        yield from _rule(rule)


def _rule(rule: Rule) -> Lines:
    from guidelines.facts import FACTS, ORDER

    yield f"### {rule.id}"
    yield ""
    yield rule.message
    yield ""
    yield from table(
        ("", ""),
        (
            ("class and level", f"{rule.cor.label}, {rule.loe.label}"),
            ("in the guideline", rule.section),
            ("row of the rule tables", rule.source.row),
            ("checked against", rule.source.verification.label),
            ("advice", rule.advice.label),
            ("asked of", rule.applies.text),
            ("met when", rule.when.text),
            (
                "facts it asks for",
                ", ".join(
                    f"{FACTS[name].label} (`{name}`)"
                    for name in sorted(rule.facts, key=ORDER.__getitem__)
                ),
            ),
        ),
    )
    yield ""


def _gates() -> Lines:
    from guidelines.gates import NATIVE_CHRONIC_GATES

    yield "## Gates before every rule"
    yield ""
    yield from paragraph(
        "A closed gate makes every rule *not applicable*. A gate that is neither open nor closed "
        "makes a rule *cannot tell* (or *not applicable*), never *met*, unless absence is the "
        "norm: then absence is assumed, and the assumption is printed under the verdict."
    )
    yield from table(
        ("row", "closed when", "what it then says", "when it cannot be told"),
        (_gate(gate) for gate in NATIVE_CHRONIC_GATES),
    )
    yield ""


def _gate(gate: ScopeGate) -> Row:
    closes = gate.closes_when.text if gate.closes_when else "never"
    unsure = "; ".join(text for text in (gate.assumption, gate.unknown_message) if text)
    return gate.id, closes, gate.message, unsure or "this gate stays open"


def _severity() -> Lines:
    from guidelines import severity
    from guidelines.facts import FACTS, plain
    from guidelines.gaps import SEVERE_FROM

    yield "## Limits of severity"
    yield ""
    yield from paragraph(
        "Where the next band begins, for one measurement. One measurement can show severe "
        "regurgitation, provisionally; it can never exclude it. What belongs to one measurement "
        "(orifice, volume and radius by PISA) is one line of evidence."
    )
    bands = (
        ("eroa_mm2", severity.EROA_BANDS),
        ("regurgitant_volume_ml", severity.VOLUME_BANDS),
        ("regurgitant_fraction_percent", severity.FRACTION_BANDS),
    )
    yield from table(
        ("measurement", "unit", "moderate from", "moderate to severe from", "severe from"),
        (
            (upper_first(FACTS[name].label), FACTS[name].unit, *(plain(limit) for limit in limits))
            for name, limits in bands
        ),
    )
    yield ""
    named = {name for name, _ in bands}
    yield from table(
        ("further measurement", "unit", "counts as severe from"),
        (
            (upper_first(FACTS[name].label), FACTS[name].unit, plain(limit))
            for name, limit in SEVERE_FROM.items()
            if name not in named
        ),
    )
    yield ""
    yield from paragraph(
        "Exactly 8 mm of biplane vena contracta is severe by ESC/EACTS and not by ASE 2017."
    )
    lines = "; ".join(kind.label for kind in severity.LineKind)
    yield from paragraph(f"Lines of evidence: {lines}.")


def _facts() -> Lines:
    from guidelines.facts import FACTS

    yield "## Facts"
    yield ""
    yield from paragraph(
        "Everything that a rule, a gate or the grade may ask about a patient. A fact that is not "
        "recorded is unknown, never *no* and never zero. *Worse* names the direction in which a "
        "value is worse: what is adverse stays when it grows old, what reassures expires."
    )
    yield from table(
        ("fact", "label", "unit", "worse", "who says it", "meaning"),
        (
            (
                f"`{fact.name}`",
                fact.label,
                fact.unit,
                fact.worse.value,
                _who_says(fact.is_judgement, fact.is_derived),
                fact.meaning,
            )
            for fact in FACTS.values()
        ),
    )


def _who_says(is_judgement: bool, is_derived: bool) -> str:
    if is_judgement:
        return "the team"
    return "computed" if is_derived else "the record"


# Data dictionary ---------------------------------------------------------------------------------


def dictionary_page() -> str:
    """The catalogue of measures, the analytes, the formulary, and every clinical table."""
    return page(
        [
            NOTE,
            "",
            "# Data dictionary",
            "",
            *paragraph(
                "Every field of the clinical record. The name of a measured field carries its unit "
                "and is the same in the database, in the rules and in the headings of files. An "
                "empty field means *not recorded*, never *no* and never zero."
            ),
            *_measures(),
            *_analytes(),
            *_models(),
            *_formulary(),
        ]
    )


def _measures() -> Lines:
    from patients.fields import MEASURES

    yield "## Measures"
    yield ""
    yield from paragraph(
        "A value outside *possible* is refused. A value outside *plausible* is asked about, and "
        "marked when it is confirmed. *Also read as* are headings that an import understands."
    )
    groups = dict.fromkeys(measure.group for measure in MEASURES.values())
    for group in groups:
        yield f"### {group}"
        yield ""
        yield from table(
            ("name", "label", "unit", "possible", "plausible", "also read as", "note"),
            (
                (
                    f"`{measure.name}`",
                    measure.label,
                    measure.unit,
                    _span(measure.possible),
                    _span(measure.plausible),
                    ", ".join(f"`{alias}`" for alias in measure.aliases),
                    " ".join(filter(None, (measure.help_text, RANGES.get(measure.name, "")))),
                )
                for measure in MEASURES.values()
                if measure.group == group
            ),
        )
        yield ""


def _span(ends: tuple[Decimal, Decimal]) -> str:
    return f"{ends[0]:f} to {ends[1]:f}"


def _analytes() -> Lines:
    from patients.models import ANALYTES

    yield "## Laboratory"
    yield ""
    yield from table(
        ("analyte", "label", "unit", "possible", "plausible"),
        (
            (
                f"`{analyte.code}`",
                analyte.label,
                analyte.unit or "no unit",
                " to ".join(analyte.possible),
                " to ".join(analyte.plausible),
            )
            for analyte in ANALYTES.values()
        ),
    )
    yield ""


def clinical_models() -> list[Any]:
    """The models of the patients and treatments floors, without their tables of history."""
    from django.apps import apps

    return [
        model
        for label in ("patients", "treatments")
        for model in apps.get_app_config(label).get_models()
        if not hasattr(model, "instance_type")
    ]


def _models() -> Lines:
    from patients.data_classes import BOOKKEEPING

    yield "## Tables"
    yield ""
    bookkeeping = ", ".join(f"`{name}`" for name in sorted(BOOKKEEPING))
    yield from paragraph(
        "*Identity* says whether a field names a person by itself (identifying), in combination "
        "(quasi-identifying), or only says something of the disease (clinical). Columns for "
        f"bookkeeping ({bookkeeping}) are left out; every table also keeps the former versions of "
        "its rows."
    )
    for model in clinical_models():
        yield f"### {model._meta.label}"
        yield ""
        yield _about(model)
        yield ""
        yield from table(
            ("field", "label", "kind", "values", "identity"),
            (
                _field(model, field)
                for field in model._meta.concrete_fields
                if field.name not in BOOKKEEPING
            ),
        )
        yield ""


def _about(model: Any) -> str:
    """The first paragraph of the model's docstring, in one line."""
    first: str = (model.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(first.split())


def _field(model: Any, field: Any) -> Row:
    from patients.data_classes import data_class_of

    declared = data_class_of(model._meta.label, field.name)
    return (
        f"`{field.name}`",
        upper_first(str(field.verbose_name)),
        _kind(field),
        _values(field),
        declared.value.replace("_", "-") if declared else "not declared",
    )


def _kind(field: Any) -> str:
    """The field's type in a word, and whether it may be empty."""
    from django.db import models

    words: Mapping[type[Any], str] = {
        models.ForeignKey: "reference",
        models.BooleanField: "yes or no",
        models.DateTimeField: "instant",
        models.DateField: "date",
        models.DecimalField: "number",
        models.IntegerField: "whole number",
        models.UUIDField: "opaque id",
        models.JSONField: "list",
        models.CharField: "text",
        models.TextField: "text",
    }
    word = next((word for kind, word in words.items() if isinstance(field, kind)), "other")
    if field.is_relation:
        word = f"reference to {field.related_model._meta.label}"
    elif field.choices:
        word = "one of"
    may_be_empty = field.null or field.blank or field.has_default()
    return word if may_be_empty else f"{word}, required"


def _values(field: Any) -> str:
    from patients.fields import MEASURES

    if field.model._meta.label == "treatments.Medication" and field.name == "drug":
        return "see [Formulary](#formulary)"
    if field.choices:
        return "; ".join(
            f"`{value}` {label}" for value, label in field.flatchoices if value not in (None, "")
        )
    if field.name in MEASURES:
        return f"{MEASURES[field.name].unit}: see [Measures](#measures)".lstrip(": ")
    return str(field.help_text)


def _formulary() -> Lines:
    from treatments.formulary import FORMULARY

    yield "## Formulary"
    yield ""
    yield from paragraph(
        "The drugs that a medication may name. The list lives in code (`treatments/formulary.py`)."
    )
    classes = dict.fromkeys(drug.drug_class for drug in FORMULARY.values())
    yield from table(
        ("class", "label", "drugs"),
        (
            (
                f"`{drug_class.value}`",
                str(drug_class.label),
                ", ".join(
                    f"`{drug.code}`" for drug in FORMULARY.values() if drug.drug_class == drug_class
                ),
            )
            for drug_class in classes
        ),
    )


# Files -------------------------------------------------------------------------------------------

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/rules.md": rules_page,
    "docs/data-dictionary.md": dictionary_page,
}


def outdated(root: Path = steps.ROOT) -> list[str]:
    """The pages whose file is missing or differs from what the code says."""
    return [name for name, write in PAGES.items() if _text_of(root / name) != write()]


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write_pages(root: Path = steps.ROOT) -> list[str]:
    """Write what is out of date; gives the names of the files written."""
    names = outdated(root)
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
    return names


def main() -> int:
    """Write the pages, or with --check only say which are out of date."""
    parser = argparse.ArgumentParser(description="Write the pages that are generated from code.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when out of date")
    only_check: bool = parser.parse_args().check
    _start_django()
    names = outdated() if only_check else write_pages()
    for name in names:
        steps.say(f"{name}: {'out of date' if only_check else 'written'}")
    if only_check and names:
        steps.say(f"Write them with: {COMMAND}")
    return 1 if only_check and names else 0


def _start_django() -> None:
    """Django's settings suffice; no database is opened."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrtrack.settings")
    os.environ.setdefault("MRTRACK_DEBUG", "1")
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
