"""Prophylaxis of endocarditis by each edition, and the drugs that the allergies allow to name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guidelines.dental_prophylaxis import DrugOption, drug_advice
from guidelines.vocabulary import Advice, Chapter, Verdict
from patients.study_sheet import upper_first
from reports.patient_page.advice_lines import AdviceLine, asked, lines_of
from reports.patient_page.case import PageCase
from treatments.models import EndocarditisProphylaxisAdvice

SHOWN = frozenset({Verdict.MET, Verdict.PENDING_JUDGEMENT, Verdict.CANNOT_TELL})


def dental_advice_of(case: PageCase) -> dict[str, Any] | None:
    """What each edition advises; drugs only where one of them advises prophylaxis.

    ``None`` once the patient has died, and where no edition says anything.
    """
    if case.record.has_died:
        return None
    lines = lines_of(case, {Chapter.PROPHYLAXIS}, SHOWN)
    stands = [line for line in lines if not line.is_open]
    advised = [line for line in stands if line.finding.rule.advice is Advice.PROPHYLAXIS]
    against = [line for line in stands if line.finding.rule.advice is Advice.NO_PROPHYLAXIS]
    unsettled = [
        line
        for line in lines
        if line.is_open
        and line.finding.rule.advice is Advice.PROPHYLAXIS
        and not any(line.edition == told.edition for told in advised)
    ]
    if not (advised or against or unsettled):
        return None
    return {
        "advised": advised,
        "against": against,
        # One edition that cannot tell is not a "no" of all.
        "is_against": bool(against) and not unsettled,
        "unsettled": _missing_by_edition(unsettled),
        "drugs": _drugs(case, stands) if advised else None,
        "told_href": case.doors.list_url(EndocarditisProphylaxisAdvice),
    }


def _missing_by_edition(lines: list[AdviceLine]) -> list[dict[str, Any]]:
    """What each edition would have to know, its facts each once."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        entry = found.setdefault(line.edition, {"edition": line.edition, "missing": {}})
        entry["missing"].update({each.label: each for each in line.missing})
    return [
        {"edition": entry["edition"], "missing": list(entry["missing"].values())}
        for entry in found.values()
    ]


def _drugs(case: PageCase, stands: list[AdviceLine]) -> dict[str, Any]:
    """The drugs that may be named; none while an allergy to penicillin is not known."""
    advice = drug_advice(case.picture.readings())
    rows = [line.row for line in stands if line.finding.rule.advice is Advice.ANTIBIOTICS]
    return {
        "named": upper_first(_joined(advice.named, is_alternative=False)),
        "alternatives": upper_first(_joined(advice.named, is_alternative=True)),
        "excluded": [each.name for each in advice.excluded],
        "missing": [asked(name, case) for name in advice.missing],
        "message": advice.message,
        "rows": ", ".join(dict.fromkeys(rows)),
    }


def _joined(options: Sequence[DrugOption], *, is_alternative: bool) -> str:
    """The drugs with dose and route, joined by "or"; empty when there is none."""
    chosen = [each for each in options if each.is_alternative is is_alternative]
    return ", or ".join(f"{each.name} {each.dose} {each.route}" for each in chosen)
