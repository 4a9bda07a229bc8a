"""Why two editions differ for one patient, in one plain sentence. Neither is ever preferred.

The sentence names what the two ask for (rows DF-* of the tables) and what decides it here: the
fact, with its value, that one edition counts and the other does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guidelines.criteria import Readings
from guidelines.difference_topics import TOPICS, Topic
from guidelines.editions import EditionVerdict, HeadlineKind
from guidelines.facts import FACTS, ORDER, ClinicalPicture
from guidelines.rule import CriterionState, Finding, ShownFact, show
from guidelines.severity import Severity
from guidelines.vocabulary import Operability, Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """Why two editions differ: the sentence, its row of the tables, and the facts it rests on."""

    text: str
    row: str = ""
    facts: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {"text": self.text, "row": self.row, "facts": list(self.facts)}


SAME = Difference("")
MOST_NAMED = 4  # facts in one sentence


def why_they_differ(
    verdicts: Sequence[EditionVerdict],
    severities: Sequence[Severity],
    picture: ClinicalPicture,
    readings: Readings,
) -> str:
    """One sentence, empty when the editions agree in strength and certainty."""
    return difference_between(verdicts, severities, picture, readings).text


def difference_between(
    verdicts: Sequence[EditionVerdict],
    severities: Sequence[Severity],
    picture: ClinicalPicture,
    readings: Readings,
) -> Difference:
    """Why the two verdicts differ; without text when they agree in strength and certainty."""
    first, second = verdicts
    if severities[0].is_severe is not severities[1].is_severe:
        return _by_severity(severities)
    if _outcome(first) == _outcome(second):
        return SAME
    if first.standing.headline == second.standing.headline:
        return _of_one_strength(verdicts, picture, readings)
    return _of_two_strengths(verdicts, picture, readings)


def _outcome(verdict: EditionVerdict) -> tuple[int, int, HeadlineKind | None]:
    return verdict.standing.headline, verdict.standing.possible, verdict.headline_kind


def _by_severity(severities: Sequence[Severity]) -> Difference:
    said = {True: "severe", False: "not severe", None: "not decided"}
    parts = [f"{said[s.is_severe]} by {s.scheme.label}" for s in severities]
    return Difference(
        f"The regurgitation is {' and '.join(parts)}: ESC/EACTS accepts lower limits in secondary "
        "regurgitation with an elliptical orifice or low flow, ACC/AHA does not.",
        "DF-02",
    )


# --- The same class, or none, and not the same certainty --------------------------------------


def _of_one_strength(
    verdicts: Sequence[EditionVerdict], picture: ClinicalPicture, readings: Readings
) -> Difference:
    if verdicts[0].headline_kind is not verdicts[1].headline_kind:
        return _by_certainty(verdicts)
    lower, higher = sorted(verdicts, key=lambda verdict: verdict.standing.possible)
    names = _missing_for_possible(higher)
    shown = [show(name, picture, readings) for name in names]
    label = higher.strongest_possible.label if higher.strongest_possible else ""
    return Difference(
        f"{label} is still possible by {higher.edition.title}, which depends on "
        f"{_listed(shown)}; by {lower.edition.title} it is not.",
        facts=tuple(names),
    )


def _missing_for_possible(verdict: EditionVerdict) -> tuple[str, ...]:
    """What the rules of the strongest class still possible lack."""
    strength = verdict.standing.possible
    open_ones = [f for f in verdict.findings if f.rule.is_timing and f.rule.strength == strength]
    names = {name for finding in open_ones for name in finding.missing}
    return tuple(sorted(names, key=ORDER.__getitem__))


def _by_certainty(verdicts: Sequence[EditionVerdict]) -> Difference:
    """The same class, one of them less certain: what it asks and the other does not."""
    surer, less_sure = sorted(verdicts, key=_certainty)
    asked = _asked_by(surer)
    missing = _leading(less_sure, surer).missing or less_sure.missing
    own = tuple(name for name in missing if name not in asked)
    if not own:
        return _different_criteria(verdicts)
    labels = " and ".join(FACTS[name].label for name in own)
    return Difference(
        f"{less_sure.edition.title} asks for {labels} first; "
        f"{surer.edition.title} does not make that a condition.",
        facts=own,
    )


def _certainty(verdict: EditionVerdict) -> int:
    return _MOST_CERTAIN_FIRST.index(verdict.headline_kind)


_MOST_CERTAIN_FIRST = (
    HeadlineKind.MET,
    HeadlineKind.EITHER_WAY,
    HeadlineKind.PENDING_JUDGEMENT,
    None,
)


def _different_criteria(verdicts: Sequence[EditionVerdict]) -> Difference:
    return Difference(f"{' and '.join(v.edition.title for v in verdicts)} name different criteria.")


# --- Different classes ---------------------------------------------------------------------------


def _of_two_strengths(
    verdicts: Sequence[EditionVerdict], picture: ClinicalPicture, readings: Readings
) -> Difference:
    weaker, stronger = sorted(verdicts, key=lambda verdict: verdict.standing.headline)
    if weaker.gates.is_closed:
        return _different_criteria((stronger, weaker))
    leading = _leading(stronger, weaker)
    row = leading.rule.source.row
    if row == "AHA-PI-01" and readings.get("operability") in _NOT_OPERABLE:
        return _by_operability(weaker, readings)
    topic = TOPICS.get(row)
    if topic is None:
        return _by_criterion(stronger, weaker, leading)
    return _by_topic(topic, stronger, weaker, leading)


_NOT_OPERABLE = (Operability.HIGH_RISK, Operability.INOPERABLE)
_STANDS = (Verdict.MET, Verdict.PENDING_JUDGEMENT)


def _leading(stronger: EditionVerdict, weaker: EditionVerdict) -> Finding:
    """The finding behind the stronger headline; of several, one that the other edition lacks."""
    strength = stronger.standing.headline
    timing = [f for f in stronger.findings if f.rule.is_timing and f.rule.strength == strength]
    asked = _asked_by(weaker)
    return min(timing, key=lambda finding: _rank(finding, asked))


def _rank(finding: Finding, asked: frozenset[str]) -> tuple[int, bool, bool]:
    order = (Verdict.MET, Verdict.PENDING_JUDGEMENT, Verdict.CANNOT_TELL)
    rank = order.index(finding.verdict) if finding.verdict in order else len(order)
    return rank, finding.when.holds is not True, not _own_facts(finding, asked)


def _by_operability(weaker: EditionVerdict, readings: Readings) -> Difference:
    said = FACTS["operability"].say(readings["operability"]).lower()
    return Difference(
        f"{weaker.edition.title} recommends surgery for symptoms only when the heart team calls "
        f"the patient operable (entered: {said}); the other edition does not ask.",
        "DF-09",
        ("operability",),
    )


def _by_topic(
    topic: Topic, stronger: EditionVerdict, weaker: EditionVerdict, leading: Finding
) -> Difference:
    counterparts = [f for f in weaker.findings if f.rule.source.row in topic.counterparts]
    standing = [f for f in counterparts if f.verdict in _STANDS and f.rule.is_timing]
    if standing:
        best = max(standing, key=lambda finding: finding.rule.strength)
        return Difference(
            f"{topic.words}: the criteria of both stand here, as {leading.rule.class_label} in "
            f"{stronger.edition.title} and {best.rule.class_label} in {weaker.edition.title}.",
            topic.row,
        )
    own = _own_facts(leading, _asked_by(weaker))
    if own:
        return Difference(f"{topic.words}; here: {_listed(own)}.", topic.row, _names(own))
    lacking = _lacking_facts(counterparts)
    if lacking:
        said = f"{topic.words}; by {weaker.edition.title} it does not stand: {_listed(lacking)}."
        return Difference(said, topic.row, _names(lacking))
    return Difference(f"{topic.words}.", topic.row)


def _by_criterion(stronger: EditionVerdict, weaker: EditionVerdict, leading: Finding) -> Difference:
    """The facts that the stronger edition rests on and the other does not name."""
    own = _own_facts(leading, _asked_by(weaker))
    if not own:
        return _different_criteria((stronger, weaker))
    return Difference(
        f"{stronger.edition.title} also uses {_listed(own)}; {weaker.edition.title} does not.",
        facts=_names(own),
    )


def _asked_by(verdict: EditionVerdict) -> frozenset[str]:
    """All facts that the edition's timing rules ask for, of those that may apply here."""
    timing = [finding for finding in verdict.findings if finding.rule.is_timing]
    applying = [f.rule for f in timing if f.verdict is not Verdict.NOT_APPLICABLE]
    return frozenset[str]().union(*(rule.facts for rule in applying))


def _own_facts(finding: Finding, asked: frozenset[str]) -> list[ShownFact]:
    """The facts whose own criterion holds in the finding and that the other edition does not ask.

    Those of its condition; where there is none, those of its population.
    """
    for state in (finding.when, finding.applies):
        held = [leaf.fact for leaf in _leaves(state) if leaf.holds and leaf.fact is not None]
        own = _in_order(f for f in held if f.name not in asked and _is_telling(f))
        if own:
            return own
    return []


def _lacking_facts(findings: Sequence[Finding]) -> list[ShownFact]:
    """Why the strongest of the other edition's counterparts does not stand.

    Recorded facts first: what is not recorded is named only where nothing recorded speaks against
    it.
    """
    if not findings:
        return []
    best = max(findings, key=lambda finding: finding.rule.strength)
    failing = [f for state in (best.applies, best.when) for f in _failing(state, wanted=True)]
    telling = _in_order(fact for fact in failing if _is_telling(fact))
    return [fact for fact in telling if fact.is_recorded] or telling


def _failing(state: CriterionState, *, wanted: bool) -> Iterator[ShownFact]:
    """The facts because of which a criterion does not give the wanted answer."""
    if state.holds is wanted:
        return
    if state.fact is not None:
        yield state.fact
    turned = state.text.startswith("not (") and len(state.parts) == 1
    for part in state.parts:
        yield from _failing(part, wanted=wanted is not turned)


def _is_telling(fact: ShownFact) -> bool:
    return not fact.name.startswith("severe_mr") and fact.name != "mechanism"


def _leaves(state: CriterionState) -> Iterator[CriterionState]:
    if state.fact is not None:
        yield state
    for part in state.parts:
        yield from _leaves(part)


def _in_order(facts: Iterator[ShownFact]) -> list[ShownFact]:
    by_name = {fact.name: fact for fact in facts}
    return [by_name[name] for name in sorted(by_name, key=ORDER.__getitem__)]


def _listed(facts: Sequence[ShownFact]) -> str:
    words = [f"{fact.label} ({fact.text})" for fact in facts[:MOST_NAMED]]
    more = len(facts) - len(words)
    return " and ".join(words) + (f" and {more} more" if more else "")


def _names(facts: Sequence[ShownFact]) -> tuple[str, ...]:
    return tuple(fact.name for fact in facts)
