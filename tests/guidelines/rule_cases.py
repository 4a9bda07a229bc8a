"""One case for each rule: a picture that meets it, and what turns it into every other verdict.

``RuleCase`` is data. ``judged`` judges one rule, its gates open; the tests made from a case are
the same for every chapter (see ``test_rules_intervention.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from guidelines.facts import FACTS, RATIOS, Reading, complete_ratios
from guidelines.registry import rule_of
from guidelines.rule import Rule, judge, unsettled_of
from guidelines.vocabulary import Verdict
from tests.guidelines.pictures import Given, picture

HAIR = Decimal("0.1")


@dataclass(frozen=True)
class RuleCase:
    """A rule by its id, facts that meet it, and changes of these for the other verdicts.

    ``limits``: by fact, the last value that still meets the rule and the direction ("+", "-")
    in which the next one does not. ``not_applicable`` is empty where the population is everybody.
    ``also``: changes after which it is still met. ``spare``: facts without which it is still met.
    """

    rule_id: str
    met: Mapping[str, Given]
    not_met: tuple[Mapping[str, Given], ...]
    not_applicable: tuple[Mapping[str, Given], ...] = ()
    limits: tuple[tuple[str, str, str], ...] = ()
    also: tuple[Mapping[str, Given], ...] = ()
    spare: frozenset[str] = field(default_factory=frozenset)

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return rule_of(self.rule_id)

    def verdict(self, **changes: Given) -> Verdict:
        """The verdict with these changes, gates open."""
        return judge(self.rule, self._readings(changes))

    def unsettled(self, **changes: Given) -> frozenset[str]:
        """The facts that would decide it."""
        return unsettled_of(self.rule, self._readings(changes))

    def expected_without(self, name: str) -> Verdict:
        """What a missing fact makes of a rule that is met."""
        if name in self.spare:
            return Verdict.MET
        judgement = FACTS[name].is_judgement
        return Verdict.PENDING_JUDGEMENT if judgement else Verdict.CANNOT_TELL

    def _readings(self, changes: Mapping[str, Given]) -> dict[str, Reading]:
        return complete_ratios(picture(**{**self.met, **changes}).readings())


def beside(value: str, direction: str) -> Decimal:
    """The value a hair further in the direction in which the rule ends."""
    return Decimal(value) + (HAIR if direction == "+" else -HAIR)


def parts(name: str) -> tuple[str, ...]:
    """The fact, or the parts it is recomputed from."""
    ratio = RATIOS.get(name)
    return (name,) if ratio is None else (ratio.over, ratio.under)
