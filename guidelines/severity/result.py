"""What is said of severity by one scheme, with reasons, signs, gaps and notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from guidelines.facts import FACTS, Fact
from guidelines.severity.limits import Scheme
from guidelines.severity.signs import Sign
from guidelines.vocabulary import Grade, GradeResult, SeverityState

_UNDECIDED = {
    SeverityState.DISCORDANT: "discordant",
    SeverityState.NOT_SEVERE_UNCONFIRMED: "not shown to be severe, and not excluded",
    SeverityState.NOT_MEASURED: "no measurement of severity",
    SeverityState.NOT_ON_THIS_SCALE: "not on this scale",
}
_MOST_SAID = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence for, against or about the grade, with the fact and the row it rests on."""

    text: str
    fact: str
    line: str
    on: date | None
    source: str
    row: str = ""

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "text": self.text,
            "fact": self.fact,
            "line": self.line,
            "on": self.on.isoformat() if self.on else None,
            "source": self.source,
            "row": self.row,
        }


class Conclusion(NamedTuple):
    """What one scheme concludes, without its reasons; ``is_severe`` is ``None`` for unknown."""

    result: GradeResult
    is_severe: bool | None


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity by one scheme.

    ``is_severe`` is ``None`` for unknown. ``is_provisional``: it rests on one line. ``missing``
    are the measurements that would allow or settle a grade. ``signs``: the count of ASE 2017 with
    what supports. ``reader_differs``: in words, where the reader's grade is another one; "" when
    it agrees or there is none. The reader's grade is one line of evidence and never overwritten.
    """

    scheme: Scheme
    state: SeverityState
    is_severe: bool | None
    result: GradeResult
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    signs: tuple[Sign, ...] = ()
    reader_differs: str = ""
    rests_on_old_evidence: bool = False

    @property
    def is_provisional(self) -> bool:
        """Severe by one line of evidence only."""
        return self.state is SeverityState.SEVERE_ONE_LINE

    @property
    def needs_confirmation(self) -> bool:
        """Just below severe."""
        return self.state is SeverityState.INTERMEDIATE

    @property
    def explanation(self) -> str:
        """The state in words; where nothing is decided, with the evidence on either side."""
        words = _UNDECIDED.get(self.state)
        if words is None:
            return self.state.label
        if self.state is SeverityState.NOT_ON_THIS_SCALE:
            return f"{words}: {self.notes[0]}"
        reasons = [reason.text for reason in self.reasons_for[:_MOST_SAID]]
        reasons = [*reasons[:1], *(r.text for r in self.reasons_against[:_MOST_SAID])] or reasons
        return f"{words}: {'; '.join(reasons)}" if reasons else words

    @property
    def graded_on(self) -> date | None:
        """The day of the newest evidence that what is said rests on."""
        reasons = self.reasons_for if self.is_severe else self.reasons_against
        return max((reason.on for reason in reasons if reason.on), default=None)

    def as_fact(self) -> Fact:
        """The derived fact that rules ask for: whether it is severe by this scheme."""
        return self._fact(self.is_severe)

    def as_grade(self) -> Fact:
        """The derived fact of the grade: 1 mild to 4 severe, without a value where there is none.

        A leak that cannot be graded has no range either: nothing is shown to be excluded.
        """
        is_graded = self.is_severe is not None
        return self._fact(Decimal(Grade(self.result.value).rank) if is_graded else None)

    def _fact(self, value: bool | Decimal | None) -> Fact:
        return Fact(
            value,
            on=self.graded_on,
            method=self.scheme.label,
            reason=self.explanation,
            too_old_to_reassure=self.rests_on_old_evidence,
            is_provisional=self.is_provisional,
        )

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "scheme": self.scheme.value,
            "scheme_label": self.scheme.label,
            "state": self.state.value,
            "state_label": self.state.label,
            "explanation": self.explanation,
            "is_severe": self.is_severe,
            "result": self.result.value,
            "result_label": self.result.label,
            "provisional": self.is_provisional,
            "confirm": self.needs_confirmation,
            "evidence_old": self.rests_on_old_evidence,
            "reasons_for": [reason.as_dict() for reason in self.reasons_for],
            "reasons_against": [reason.as_dict() for reason in self.reasons_against],
            "signs": [sign.as_dict() for sign in self.signs],
            "reader_differs": self.reader_differs,
            "missing": list(self.missing),
            "missing_labels": [FACTS[name].label for name in self.missing],
            "notes": list(self.notes),
        }
