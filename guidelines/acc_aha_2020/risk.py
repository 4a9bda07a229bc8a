"""Surgical risk categories (rows AHA-RK-01 to RK-03): beside the team's own class, never for it.

The three categories are compared with what is recorded; a patient in none of them is real
("intermediate", not defined for the mitral valve in 2020) and is not forced into low or high.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from guidelines.catalogue.therapy import Frailty, ProcedureImpediment
from guidelines.criteria import (
    Criterion,
    Readings,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    one_of,
)
from guidelines.facts import ClinicalPicture
from guidelines.regurgitation import DEGENERATIVE
from guidelines.rule import CriterionState, Known
from guidelines.vocabulary import SurgicalRisk

LOW_STS = Decimal(1)  # percent, strictly below, degenerative mitral repair (AHA-RK-01)
HIGH_STS = Decimal(8)  # percent, strictly above (AHA-RK-02)
ONE_ORGAN = Decimal(1)  # at or above (AHA-RK-02)
THREE_ORGANS = Decimal(3)  # at or above (AHA-RK-03)
DEATH_OR_MORBIDITY = Decimal(50)  # percent at one year, strictly above (AHA-RK-03)

FRAIL = one_of("frailty", Frailty.MODERATE, Frailty.SEVERE)  # two indices or more

CATEGORIES: dict[SurgicalRisk, tuple[str, Criterion]] = {
    SurgicalRisk.PROHIBITIVE: (
        "AHA-RK-03",
        any_of(
            above("death_or_major_morbidity_1_year_percent", DEATH_OR_MORBIDITY),
            at_least("major_organs_compromised", THREE_ORGANS),
            FRAIL,
            equals("procedure_impediment", ProcedureImpediment.SEVERE),
        ),
    ),
    SurgicalRisk.HIGH: (
        "AHA-RK-02",
        any_of(
            above("sts_prom_percent", HIGH_STS),
            FRAIL,
            at_least("major_organs_compromised", ONE_ORGAN),
            equals("procedure_impediment", ProcedureImpediment.POSSIBLE),
        ),
    ),
    SurgicalRisk.LOW: (
        "AHA-RK-01",
        all_of(
            DEGENERATIVE,
            below("sts_prom_percent", LOW_STS),
            equals("frailty", Frailty.NONE),
            at_most("major_organs_compromised", Decimal(0)),
            equals("procedure_impediment", ProcedureImpediment.NONE),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class RiskCategory:
    """One category, whether what is recorded fits it, and why."""

    category: SurgicalRisk
    row: str
    state: CriterionState
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "category": self.category.value,
            "row": self.row,
            "state": self.state.as_dict(),
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class RiskComparison:
    """The categories beside the class that the team entered; none is put in its place."""

    categories: tuple[RiskCategory, ...]
    entered: SurgicalRisk | None
    words: str

    @property
    def fits(self) -> tuple[RiskCategory, ...]:
        """The categories that what is recorded fits."""
        return tuple(each for each in self.categories if each.state.holds)

    @property
    def differs(self) -> str:
        """That the team's class is another than what is recorded fits; the team's stands."""
        fits = self.fits
        if self.entered is None or not fits or self.entered in {each.category for each in fits}:
            return ""
        rows = ", ".join(each.row for each in fits)
        return (
            f"The team entered {self.entered.label.lower()} risk, and that stands. "
            f"{self.words[:-1]} ({rows}): look at the two together."
        )

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "categories": [category.as_dict() for category in self.categories],
            "entered": self.entered.value if self.entered else None,
            "words": self.words,
            "differs": self.differs,
        }


ASKED = frozenset().union(*(criterion.facts for _, criterion in CATEGORIES.values())) - {"etiology"}
"""The facts of risk: where none of them is recorded there is nothing to compare."""


def has_risk_facts(picture: ClinicalPicture) -> bool:
    """Whether anything is recorded that the categories ask for, or a class by the team."""
    return any(picture.reading(name) is not None for name in ("surgical_risk", *sorted(ASKED)))


def compare_risk(picture: ClinicalPicture) -> RiskComparison:
    """What is recorded against each category, and the class that the team entered."""
    known = Known.of(picture)
    readings = known.readings
    categories = tuple(
        RiskCategory(
            category,
            row,
            known.state_of(criterion),
            tuple(sorted(criterion.unsettled(readings))),
        )
        for category, (row, criterion) in CATEGORIES.items()
    )
    return RiskComparison(categories, _entered(readings), _words(categories))


def _entered(readings: Readings) -> SurgicalRisk | None:
    said = readings.get("surgical_risk")
    return said if isinstance(said, SurgicalRisk) else None


def _words(categories: tuple[RiskCategory, ...]) -> str:
    fits = [c.category.label.lower() for c in categories if c.state.holds]
    if fits:
        return f"What is recorded fits: {' and '.join(fits)} risk."
    open_ones = [c.category.label.lower() for c in categories if c.state.holds is None]
    if open_ones:
        return f"Not decided by what is recorded: {' and '.join(open_ones)} risk."
    return "Neither low nor high: intermediate, a state that 2020 does not define here."
