"""MitraScore (Raposeiras-Roubin 2022): death after edge-to-edge repair, 0 to 8, one point each."""

from __future__ import annotations

from decimal import Decimal

from guidelines.scores.inputs import AGE, EGFR, LVEF, SEX
from guidelines.scores.items import (
    Banded,
    Inputs,
    Item,
    Judged,
    YesNo,
    add_up,
    at_least,
    at_or_above,
    opposite,
    strictly_below,
)
from guidelines.scores.score import (
    InputDefinition,
    ScoreDefinition,
    ScoreResult,
    Stratum,
    any_true,
    truth_of,
    value_of,
)
from guidelines.vocabulary import Sex, Verification

ONE = Decimal(1)
AGE_LIMIT = Decimal(75)  # years, from it on
EGFR_LIMIT = Decimal(60)  # mL/min/1.73 m2, below it
LVEF_LIMIT = Decimal(40)  # %, below it
ANEMIA_MEN = Decimal(13)  # g/dL, below it (WHO)
ANEMIA_WOMEN = Decimal(12)  # g/dL, below it (WHO)
CONTRADICTION = (
    "anemia is answered yes, and the hemoglobin is not low: check both; it is counted as anemia"
)


def _measured_anemia(inputs: Inputs) -> bool | None:
    """By hemoglobin and sex; where the sex is not known, only what holds for both."""
    sex = value_of(inputs, "sex")
    by_women = opposite(at_least(inputs, "hemoglobin_g_dl", ANEMIA_WOMEN))
    by_men = opposite(at_least(inputs, "hemoglobin_g_dl", ANEMIA_MEN))
    if sex is Sex.FEMALE:
        return by_women
    if sex is Sex.MALE:
        return by_men
    return by_women if by_women is by_men else None


def _anemia(inputs: Inputs) -> bool | None:
    """By hemoglobin and sex, or as answered yes. An answer "no" does not replace the hemoglobin.

    Anemia is defined by the hemoglobin, so that a hemoglobin that is not low needs no answer. An
    answer "yes" beside one contradicts it: it counts, and ``_contradictions`` says so.
    """
    measured, answered = _measured_anemia(inputs), truth_of(inputs, "anemia")
    return measured if measured is False and answered is None else any_true((measured, answered))


def _contradictions(inputs: Inputs) -> tuple[str, ...]:
    if truth_of(inputs, "anemia") and _measured_anemia(inputs) is False:
        return (CONTRADICTION,)
    return ()


def _no_ras_inhibitor(inputs: Inputs) -> bool | None:
    return opposite(truth_of(inputs, "ras_inhibitor"))


ITEMS: tuple[Item, ...] = (
    Banded("age", "age_years", at_or_above(AGE_LIMIT, ONE)),
    Judged("anemia", ("hemoglobin_g_dl", "anemia", "sex"), ONE, _anemia),
    Banded("kidney function", "egfr_ml_min_173", strictly_below(EGFR_LIMIT, ONE)),
    Banded("LVEF", "lvef_percent", strictly_below(LVEF_LIMIT, ONE)),
    YesNo("peripheral artery disease", "peripheral_artery_disease", ONE),
    YesNo("chronic obstructive lung disease", "copd", ONE),
    YesNo("high diuretic dose", "high_diuretic_dose", ONE),
    Judged("no RAS inhibitor", ("ras_inhibitor",), ONE, _no_ras_inhibitor),
)

DEFINITION = ScoreDefinition(
    id="mitrascore",
    title="MitraScore",
    unit="",
    population="Patients who are to have transcatheter edge-to-edge repair.",
    citation="Raposeiras-Roubin 2022, J Am Coll Cardiol 79:562",
    rows=("scores 3",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(
        AGE,
        InputDefinition(
            "hemoglobin_g_dl", "hemoglobin", "Below 13 in men, below 12 in women.", "g/dL"
        ),
        InputDefinition(
            "anemia",
            "anemia",
            "Known and current, where no hemoglobin is at hand; a no does not replace one.",
        ),
        SEX,
        EGFR,
        LVEF,
        InputDefinition("peripheral_artery_disease", "peripheral artery disease", "Known."),
        InputDefinition("copd", "chronic obstructive lung disease", "Known."),
        InputDefinition(
            "high_diuretic_dose",
            "high diuretic dose",
            "As the clinician judges: the paper's threshold is not known here.",
        ),
        InputDefinition(
            "ras_inhibitor", "RAS inhibitor", "ACE inhibitor, angiotensin blocker or ARNI taken."
        ),
    ),
    caveats=(
        "Absolute risk by score is not published here; the groups are relative to the lowest.",
        "Moderate discrimination (c 0.70 where made, 0.66 and 0.63 elsewhere).",
    ),
    strata=(
        Stratum("0 to 2", "low; the reference", Decimal(0), Decimal(2)),
        Stratum("3 to 4", "moderate; hazard 1.92 (1.59 to 2.33)", Decimal(3), Decimal(4)),
        Stratum("5 to 8", "high; hazard 4.16 (3.25 to 5.33)", Decimal(5), Decimal(8)),
    ),
)


def mitrascore(inputs: Inputs) -> ScoreResult:
    """MitraScore, 0 to 8; a range over whatever is unknown.

    A flag names an answer about anemia that the hemoglobin contradicts.
    """
    return add_up(DEFINITION, ITEMS, inputs, flags=_contradictions(inputs))
