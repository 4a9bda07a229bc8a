"""List every rule and score of the clinical core, with its source and how far it was checked.

python manage.py rules
python manage.py rules --edition esc-eacts-2025 --json
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidelines.registry import RULES, coverage, edition_of
from guidelines.rule import Edition, Rule
from guidelines.scores import SCORES


class Command(BaseCommand):
    """What the core knows: rules by edition, then the scores."""

    help = "List every rule and score with edition, section, class, level and verification."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One edition only, or JSON instead of lines."""
        parser.add_argument("--edition", help="an edition's id; all by default")
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list."""
        editions = [_edition(options["edition"])] if options["edition"] else list(RULES)
        if options["json"]:
            listed = [rule_as_dict(rule) for edition in editions for rule in RULES[edition]]
            scores = [] if options["edition"] else [score.as_dict() for score in SCORES]
            self.stdout.write(json.dumps({"rules": listed, "scores": scores}, indent=2))
            return
        for line in _lines(editions):
            self.stdout.write(line)
        if not options["edition"]:
            for score in SCORES:
                self.stdout.write(f"score {score.id}: {score.title} ({score.verification.label})")


def _edition(edition_id: str) -> Edition:
    try:
        return edition_of(edition_id)
    except LookupError:
        ids = ", ".join(edition.id for edition in RULES)
        raise CommandError(f"There is no edition {edition_id!r}. There are: {ids}.") from None


def _lines(editions: list[Edition]) -> Iterator[str]:
    for edition in editions:
        printed = coverage(edition) if edition.total_rules_planned else f"{len(RULES[edition])}"
        yield f"{edition.title} ({printed})"
        for rule in RULES[edition]:
            made = rule_as_dict(rule)
            level = f", {made['level']}" if made["level"] else ""
            yield (
                f"  {made['row']:<14} {made['class']}{level} | {rule.chapter.label} | "
                f"{made['section']} | {made['verification']} | {rule.id}"
            )


def rule_as_dict(rule: Rule) -> dict[str, object]:
    """One rule as a plain value."""
    document = rule.source.document
    return {
        "id": rule.id,
        "row": rule.source.row,
        "edition": rule.edition.id,
        "document": document.title if document else rule.edition.title,
        "section": rule.section,
        "chapter": rule.chapter.value,
        "scope": rule.scope.value,
        "class": rule.class_label,
        "level": rule.level_label,
        "advice": rule.advice.label,
        "message": rule.message,
        "for_whom": rule.applies.text,
        "when": rule.when.text,
        "is_timing": rule.is_timing,
        "superseded_by": rule.superseded_by,
        "verification": rule.source.verification.label,
    }
