"""Choice of prosthesis in 2021 (the columns of 2021 of rows ESC-PR-01 to ESC-PR-10)."""

from decimal import Decimal

from guidelines.criteria import any_of, below, equals
from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.prosthesis_choice import (
    NEEDS_ANTICOAGULATION,
    choice_rule,
    read,
    rules_for,
)
from guidelines.vocabulary import Advice, Cor, Loe

SECTION = "11.1"
YOUNG_AGE = Decimal(40)  # years, below: accelerated deterioration, ESC-PR-10

_rule = choice_rule(ESC_EACTS_2021, SECTION)

ACCELERATED = _rule(
    id="esc-eacts-2021/prosthesis-choice/accelerated-deterioration",
    cor=Cor.CLASS_I,
    loe=Loe.C,
    source=read("ESC-PR-10"),
    when=any_of(
        below("age_years", YOUNG_AGE),
        equals("hyperparathyroidism", True),
        equals("dialysis", True),
    ),
    advice=Advice.MECHANICAL_VALVE,
    message="A risk of fast deterioration (below 40 years, hyperparathyroidism, dialysis): a "
    "mechanical prosthesis.",
)
BIOLOGICAL_ON_DOAC = _rule(
    id="esc-eacts-2021/prosthesis-choice/biological-on-doac",
    cor=Cor.CLASS_IIB,
    loe=Loe.B,
    source=read("ESC-PR-07"),
    when=NEEDS_ANTICOAGULATION,
    advice=Advice.BIOLOGICAL_VALVE,
    message="Long-term anticoagulation is needed anyway: a biological prosthesis with a direct "
    "oral anticoagulant may be considered.",
)

RULES = (
    *rules_for(ESC_EACTS_2021, SECTION, level_by_age=Loe.B),
    ACCELERATED,
    BIOLOGICAL_ON_DOAC,
)
