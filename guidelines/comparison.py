"""Why two editions differ for one patient, in one plain line. Neither is ever preferred."""

from __future__ import annotations

from collections.abc import Sequence

from guidelines.criteria import Readings
from guidelines.editions import EditionVerdict, HeadlineKind
from guidelines.facts import FACTS, ORDER, ClinicalPicture
from guidelines.rule import Finding, show
from guidelines.severity import Severity
from guidelines.vocabulary import Operability, Verdict


def why_they_differ(
    verdicts: Sequence[EditionVerdict],
    severities: Sequence[Severity],
    picture: ClinicalPicture,
    readings: Readings,
) -> str:
    """One line, empty when the editions agree in strength and certainty."""
    first, second = verdicts
    if severities[0].is_severe is not severities[1].is_severe:
        return _by_severity(severities)
    if _outcome(first) == _outcome(second):
        return ""
    if first.standing.headline == second.standing.headline > 0:
        return _by_judgement(verdicts)
    if _lacks_operability(verdicts, readings):
        return _by_operability(verdicts, readings)
    return _by_criterion(verdicts, picture, readings)


def _outcome(verdict: EditionVerdict) -> tuple[int, int, HeadlineKind | None]:
    return verdict.standing.headline, verdict.standing.possible, verdict.headline_kind


def _strength(verdict: EditionVerdict) -> tuple[int, int]:
    return verdict.standing.headline, verdict.standing.possible


def _by_severity(severities: Sequence[Severity]) -> str:
    said = {True: "severe", False: "not severe", None: "not decided"}
    parts = [f"{said[s.is_severe]} by {s.scheme.label}" for s in severities]
    return (
        f"The regurgitation is {' and '.join(parts)}: ESC/EACTS accepts lower limits in secondary "
        "regurgitation with an elliptical orifice or low flow, ACC/AHA does not."
    )


def _by_judgement(verdicts: Sequence[EditionVerdict]) -> str:
    """The same class, one of them less certain: what it asks and the other does not."""
    surer, less_sure = sorted(verdicts, key=_certainty)
    asked = {name for finding in surer.findings for name in finding.rule.facts}
    own = [FACTS[name].label for name in less_sure.missing if name not in asked]
    if not own:
        return _different_criteria(verdicts)
    return (
        f"{less_sure.edition.title} asks for {' and '.join(own)} first; "
        f"{surer.edition.title} does not make that a condition."
    )


def _certainty(verdict: EditionVerdict) -> int:
    return _MOST_CERTAIN_FIRST.index(verdict.headline_kind)


_MOST_CERTAIN_FIRST = (
    HeadlineKind.MET,
    HeadlineKind.EITHER_WAY,
    HeadlineKind.PENDING_JUDGEMENT,
    None,
)


def _different_criteria(verdicts: Sequence[EditionVerdict]) -> str:
    return f"{' and '.join(v.edition.title for v in verdicts)} name different criteria."


def _asks_operability(verdict: EditionVerdict) -> bool:
    return any("operability" in finding.rule.facts for finding in verdict.findings)


def _lacks_operability(verdicts: Sequence[EditionVerdict], readings: Readings) -> bool:
    weaker = min(verdicts, key=_strength)
    said = readings.get("operability")
    return _asks_operability(weaker) and said in (Operability.HIGH_RISK, Operability.INOPERABLE)


def _by_operability(verdicts: Sequence[EditionVerdict], readings: Readings) -> str:
    weaker = min(verdicts, key=_strength)
    said = FACTS["operability"].say(readings["operability"]).lower()
    return (
        f"{weaker.edition.title} recommends surgery for symptoms only when the heart team calls "
        f"the patient operable (entered: {said}); the other edition does not ask."
    )


def _by_criterion(
    verdicts: Sequence[EditionVerdict], picture: ClinicalPicture, readings: Readings
) -> str:
    """The facts that the stronger edition rests on, or lacks, and the other does not name."""
    weaker, stronger = sorted(verdicts, key=_strength)
    known = {name for finding in weaker.findings for name in finding.rule.facts}
    own = {
        name
        for finding in stronger.findings
        for name in (_holding_facts(finding) or finding.missing)
        if name not in known and not name.startswith("severe_mr")
    }
    if not own:
        return _different_criteria((stronger, weaker))
    shown = [show(name, picture, readings) for name in sorted(own, key=ORDER.__getitem__)]
    words = " and ".join(f"{fact.label} ({fact.text})" for fact in shown)
    return f"{stronger.edition.title} also uses {words}; {weaker.edition.title} does not."


def _holding_facts(finding: Finding) -> list[str]:
    """The facts whose own criterion holds in a rule whose condition is met but for a judgement."""
    if not finding.when.holds and finding.verdict is not Verdict.PENDING_JUDGEMENT:
        return []
    states = [finding.when]
    names = []
    while states:
        state = states.pop()
        states.extend(state.parts)
        if state.holds and state.fact is not None:
            names.append(state.fact.name)
    return names
