"""Mechanical or biological, and whether a repair would last, while an operation is considered."""

from __future__ import annotations

from typing import Any

from guidelines.facts import FACTS
from guidelines.rule import show
from guidelines.vocabulary import Chapter, Verdict
from patients.study_sheet import upper_first
from reports.kinds import row_url, source_url
from reports.patient_page.advice_lines import lines_of
from reports.patient_page.case import PageCase
from reports.patient_page.intervention_considered import why_considered
from reports.patient_page.words import entry_link, notes_of
from treatments.models import TeamReview

SHOWN = frozenset({Verdict.MET, Verdict.PENDING_JUDGEMENT})
FEASIBILITY = (
    "carpentier_type",
    "repair_likelihood_percent",
    "durable_repair_likely",
    "expected_mortality_percent",
    "teer_anatomy",
)


def prosthesis_choice_of(case: PageCase) -> dict[str, Any] | None:
    """The choice by each edition and what is known of a repair; ``None`` unless considered."""
    why = why_considered(case)
    if not why:
        return None
    chapter = {Chapter.PROSTHESIS_CHOICE}
    wish = next((row for row in case.record.team_reviews if row.patient_wish), None)
    return {
        "why": upper_first(why),
        "lines": lines_of(case, chapter, SHOWN),
        "cannot_tell": lines_of(case, chapter, {Verdict.CANNOT_TELL}),
        "feasibility": [_fact(name, case) for name in FEASIBILITY],
        "wish": wish.patient_wish if wish else "",
        "wish_on": wish.reviewed_on if wish else None,
        "wish_href": row_url(TeamReview, wish.public_id) if wish else "",
        "wish_entry": case.doors.add_url(TeamReview),
    }


def _fact(name: str, case: PageCase) -> dict[str, Any]:
    """One fact as a row: its value with day and notes, or where it is entered."""
    shown = show(name, case.picture, case.picture.readings())
    if not shown.is_recorded:
        href = entry_link(name, case.doors)
        return {"mark": "unknown", "label": upper_first(FACTS[name].label), "href": href}
    return {
        "mark": "",
        "label": upper_first(shown.label),
        "value": shown.text,
        "on": shown.on,
        "note": notes_of(shown, case.on),
        "source": source_url(shown.source),
    }
