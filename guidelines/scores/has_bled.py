"""HAS-BLED: bleeding on anticoagulation, 0 to 9, one point each.

A labile INR counts only with a vitamin K antagonist. Some sources count creatinine above 200
µmol/L, others from 200 on: from 200 on here.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.scores.inputs import AGE, CREATININE
from guidelines.scores.items import (
    Banded,
    Inputs,
    Item,
    Judged,
    YesNo,
    add_up,
    at_least,
    opposite,
    strictly_above,
)
from guidelines.scores.score import (
    InputDefinition,
    ScoreDefinition,
    ScoreResult,
    Stratum,
    any_true,
    truth_of,
)
from guidelines.vocabulary import Verification

ONE = Decimal(1)
SYSTOLIC_LIMIT = Decimal(160)  # mmHg, above it
CREATININE_LIMIT = Decimal(200)  # umol/L, from it on
AGE_LIMIT = Decimal(65)  # years, above it
LABILE_TTR = Decimal(60)  # %, below it


def _renal(inputs: Inputs) -> bool | None:
    return any_true(
        (
            truth_of(inputs, "dialysis"),
            truth_of(inputs, "kidney_transplant"),
            at_least(inputs, "creatinine_umol_l", CREATININE_LIMIT),
        )
    )


def _labile(inputs: Inputs) -> bool | None:
    """Not without a vitamin K antagonist; else by the time in range."""
    on_vka = truth_of(inputs, "vitamin_k_antagonist")
    below = opposite(at_least(inputs, "ttr_percent", LABILE_TTR))
    if on_vka is False or below is False:
        return False
    return True if on_vka and below else None


ITEMS: tuple[Item, ...] = (
    Banded("uncontrolled hypertension", "systolic_bp_mmhg", strictly_above(SYSTOLIC_LIMIT, ONE)),
    Judged(
        "abnormal kidney function",
        ("dialysis", "kidney_transplant", "creatinine_umol_l"),
        ONE,
        _renal,
    ),
    YesNo("abnormal liver function", "liver_disease", ONE),
    YesNo("stroke", "stroke", ONE),
    YesNo("bleeding", "bleeding", ONE),
    Judged("labile INR", ("vitamin_k_antagonist", "ttr_percent"), ONE, _labile),
    Banded("age", "age_years", strictly_above(AGE_LIMIT, ONE)),
    YesNo("antiplatelet or NSAID", "antiplatelet_or_nsaid", ONE),
    YesNo("alcohol", "alcohol", ONE),
)

# Pisters 2010, per 100 patient-years, by score 0 to 5.
BLEEDS = ("1.13", "1.02", "1.88", "3.74", "8.70", "12.50")

DEFINITION = ScoreDefinition(
    id="has-bled",
    title="HAS-BLED",
    unit="",
    population="Atrial fibrillation on, or before, anticoagulation.",
    citation="HAS-BLED, Pisters 2010",
    rows=("scores 5",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(
        InputDefinition("systolic_bp_mmhg", "systolic blood pressure", "At rest.", "mmHg"),
        InputDefinition("dialysis", "dialysis", "Regular dialysis."),
        InputDefinition("kidney_transplant", "kidney transplant", "Received."),
        CREATININE,
        InputDefinition(
            "liver_disease",
            "liver disease",
            "Cirrhosis, or bilirubin above twice with ALT, AST or ALP above three times the upper "
            "limit.",
        ),
        InputDefinition("stroke", "stroke", "Ever."),
        InputDefinition("bleeding", "bleeding", "Bleeding, or a predisposition such as anemia."),
        InputDefinition(
            "vitamin_k_antagonist", "vitamin K antagonist", "A labile INR counts only with it."
        ),
        InputDefinition("ttr_percent", "time in therapeutic range", "Below 60 % is labile.", "%"),
        AGE,
        InputDefinition(
            "antiplatelet_or_nsaid", "antiplatelet or NSAID", "Taken with the anticoagulant."
        ),
        InputDefinition("alcohol", "alcohol", "Eight or more units a week."),
    ),
    caveats=(
        "Three or more: correct what can be corrected. Never a reason by itself to withhold "
        "anticoagulation.",
    ),
    strata=(
        *(
            Stratum(
                str(score),
                f"{bleeds} major bleeds per 100 patient-years",
                Decimal(score),
                Decimal(score),
            )
            for score, bleeds in enumerate(BLEEDS)
        ),
        Stratum("6 to 9", "not published here", Decimal(6), Decimal(9), is_published=False),
    ),
)


def has_bled(inputs: Inputs) -> ScoreResult:
    """HAS-BLED, 0 to 9; a range over whatever is unknown."""
    return add_up(DEFINITION, ITEMS, inputs)
