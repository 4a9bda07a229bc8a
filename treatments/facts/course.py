"""Whether the left ventricle changes progressively over three studies or more (safety D10)."""

from __future__ import annotations

from collections.abc import Sequence

from guidelines.facts import Fact
from guidelines.progressive import Progressive, is_progressive
from treatments.facts.case import Case, Facts
from treatments.series import series_in

MEASURES = ("lvef_percent", "lvesd_mm", "lvedd_mm")
FEWEST = 3  # studies


def course_facts(case: Case) -> Facts:
    """The fact of AHA-PI-05, with the studies it rests on; nothing with fewer than three."""
    counted = [study for study in case.record.echo_studies if study.counts]
    if len(counted) < FEWEST:
        return {}
    series = series_in(case, MEASURES)
    answers = [is_progressive(series[name], on=case.on) for name in MEASURES]
    return {"progressive_lv_change": _fact(answers)}


def _fact(answers: Sequence[Progressive]) -> Fact:
    """Yes by one measure; no only when each that was measured says no."""
    yes = next((each for each in answers if each.answer is True), None)
    told = yes or next((each for each in answers if each.answer is None), answers[0])
    value = True if yes is not None else told.answer
    last = told.studies[-1] if told.studies else None
    return Fact(
        value,
        on=last.on if last else None,
        source=last.source if last else "",
        method=told.measure.label,
        reason=told.words,
    )
