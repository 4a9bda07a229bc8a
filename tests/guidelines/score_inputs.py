"""Invented inputs of scores: facts from plain values, and any input at random."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from guidelines.facts import Fact, Interval
from guidelines.scores.euroscore2 import Urgency, Weight
from guidelines.vocabulary import Sex

TERMS = {"sex": Sex, "urgency": Urgency, "weight_of_operation": Weight}


def given_inputs(values: dict[str, Any]) -> dict[str, Fact]:
    """Facts by name: text is a number, or a word where the input takes one; None is unknown."""
    return {name: Fact(_value(name, value)) for name, value in values.items()}


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return TERMS[name](value) if name in TERMS else Decimal(value)


NUMBERS = {
    "age_years": (18, 100),
    "nyha_class": (1, 4),
    "tr_grade": (0, 4),
    "lvef_percent": (10, 80),
    "spap_mmhg": (15, 90),
    "lvesd_mm": (20, 70),
    "la_diameter_mm": (30, 70),
    "creatinine_umol_l": (40, 400),
    "creatinine_clearance_ml_min": (5, 150),
    "egfr_ml_min_173": (5, 120),
    "hemoglobin_g_dl": (7, 17),
    "systolic_bp_mmhg": (90, 200),
    "ttr_percent": (0, 100),
    "weight_kg": (35, 150),
    "height_cm": (140, 200),
    "six_minute_walk_m": (50, 600),
}
WORDS = {
    "sex": (Sex.FEMALE, Sex.MALE),
    "urgency": tuple(Urgency),
    "weight_of_operation": tuple(Weight),
}


def any_value(name: str) -> st.SearchStrategy[Any]:
    """Any value that the input may have."""
    if name in NUMBERS:
        low, high = NUMBERS[name]
        return st.integers(low, high).map(Decimal)
    return st.sampled_from(WORDS.get(name, (True, False)))


@st.composite
def complete_inputs(draw: Any, names: list[str]) -> dict[str, Fact]:
    """Every input known."""
    return {name: Fact(draw(any_value(name))) for name in names}


def between(low: Any, high: Any) -> Interval:
    """A number known only to lie between two ends."""
    ends = (None if end is None else Decimal(str(end)) for end in (low, high))
    return Interval(*ends)
