"""How an edition lays out its INR targets: choices, each with the patients it is for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from guidelines.catalogue.antithrombosis import AorticMechanicalValve
from guidelines.criteria import Criterion, Readings, any_of, equals, negation, one_of
from guidelines.facts import ORDER
from guidelines.rule import Edition
from guidelines.vocabulary import MitralValveState

HALF = Decimal("0.5")  # the printed ranges are the target and half a unit on either side

MITRAL_MECHANICAL = equals("mitral_valve_state", MitralValveState.MECHANICAL)
AORTIC_MECHANICAL = one_of(
    "aortic_mechanical_valve", AorticMechanicalValve.CURRENT, AorticMechanicalValve.OLDER
)
ANY_MECHANICAL = any_of(
    MITRAL_MECHANICAL, AORTIC_MECHANICAL, equals("other_mechanical_valve", True)
)
NO_MITRAL_MECHANICAL = negation(MITRAL_MECHANICAL)


@dataclass(frozen=True, slots=True, eq=False)
class InrChoice:
    """A target with its range, the row that says so, and the patients it is for."""

    target: Decimal
    row: str
    when: Criterion
    low: Decimal
    high: Decimal

    @property
    def text(self) -> str:
        """ "3.0 (2.5 to 3.5)"."""
        return f"{self.target:.1f} ({self.low:.1f} to {self.high:.1f})"

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, numbers as text."""
        return {
            "target": str(self.target),
            "low": str(self.low),
            "high": str(self.high),
            "row": self.row,
        }


@dataclass(frozen=True, slots=True, eq=False)
class InrScheme:
    """All targets of an edition, for patients that exclude each other, and its notes."""

    edition: Edition
    choices: tuple[InrChoice, ...]
    notes: tuple[tuple[Criterion, str], ...] = ()

    def missing(self, readings: Readings) -> tuple[str, ...]:
        """The facts that would decide between the choices still possible."""
        names = frozenset[str]().union(*(c.when.unsettled(readings) for c in self.choices))
        return tuple(sorted(names, key=ORDER.__getitem__))


def choice(target: str, row: str, when: Criterion) -> InrChoice:
    """A target with the printed range, half a unit on either side."""
    exact = Decimal(target)
    return InrChoice(exact, row, when, exact - HALF, exact + HALF)
