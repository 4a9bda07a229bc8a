"""Follow-up intervals (ESC/EACTS: text, no class; rows ESC25-F-*, ESC25-MX-*).

A rule that is met names the interval that governs; the dates are for ``guidelines.surveillance``.
"""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020.follow_up import ADULT, NORMAL_LV
from guidelines.criteria import (
    Criterion,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    negation,
    one_of,
)
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.gates import PROSTHESES
from guidelines.rule import Edition, Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Mechanism,
    MitralValveState,
    Scope,
    Verification,
)

MILD, MODERATE, MODERATE_TO_SEVERE = Decimal(1), Decimal(2), Decimal(3)  # grades
ONE_YEAR = Decimal(1)  # years after an intervention

PRIMARY = one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED)
VENTRICULAR = one_of("mechanism", Mechanism.SECONDARY_VENTRICULAR, Mechanism.MIXED)
ATRIAL = equals("mechanism", Mechanism.SECONDARY_ATRIAL)
NO_SYMPTOMS = equals("symptomatic", False)
# Moderate to severe is followed as severe (safety D2, intermediate).
AS_SEVERE = any_of(equals("severe_mr_esc_eacts", True), at_least("mr_grade", MODERATE_TO_SEVERE))
MODERATE_MR = all_of(at_least("mr_grade", MODERATE), below("mr_grade", MODERATE_TO_SEVERE))
BIOPROSTHESIS = one_of(
    "mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS, MitralValveState.TRANSCATHETER
)
BASELINE_DONE = equals("baseline_echo_after_intervention", True)
A_YEAR_AFTER = at_least("years_since_mitral_intervention", ONE_YEAR)

_text = partial(
    Rule, section="text", cor=None, loe=None, chapter=Chapter.FOLLOW_UP, advice=Advice.FOLLOW_UP
)


# The guideline prints no interval here: the clinic's default.
NOT_PRINTED = {"ESC25-F-11"}


def _source(row: str) -> Source:
    if row in NOT_PRINTED:
        return Source(row, Verification.FROM_KNOWLEDGE)
    return Source(row, Verification.PRIMARY_DOCUMENT)


def _native(
    edition: Edition, slug: str, row: str, *, applies: Criterion, when: Criterion, message: str
) -> Rule:
    return _text(
        id=f"{edition.id}/follow-up/{slug}",
        edition=edition,
        source=_source(row),
        applies=applies,
        when=when,
        message=message,
        scope=Scope.NATIVE_CHRONIC,
    )


def _after(
    edition: Edition, slug: str, row: str, *, applies: Criterion, when: Criterion, message: str
) -> Rule:
    return _text(
        id=f"{edition.id}/follow-up/{slug}",
        edition=edition,
        source=_source(row),
        applies=applies,
        when=when,
        message=message,
        scope=Scope.PROSTHESIS,
    )


def rules_of_both_editions(edition: Edition) -> tuple[Rule, ...]:
    """The intervals that 2021 and 2025 print alike."""
    return (
        _native(
            edition,
            "severe-primary",
            "ESC25-F-01",
            applies=all_of(PRIMARY, AS_SEVERE, NO_SYMPTOMS),
            when=equals("intervention_indicated_esc_eacts", False),
            message="Asymptomatic severe primary MR, criteria for an intervention not met: visit "
            "and echo every 6 months.",
        ),
        _native(
            edition,
            "moderate-primary",
            "ESC25-F-02",
            applies=all_of(PRIMARY, NO_SYMPTOMS, NORMAL_LV),
            when=MODERATE_MR,
            message="Asymptomatic moderate primary MR with a normal left ventricle: visit yearly, "
            "echo every 1 to 2 years.",
        ),
        _after(
            edition,
            "edge-to-edge-repair",
            "ESC25-F-05",
            applies=all_of(equals("mitral_valve_state", MitralValveState.TEER), PRIMARY),
            when=A_YEAR_AFTER,
            message="After edge-to-edge repair of primary MR: every year.",
        ),
    )


def bioprosthesis_rules(edition: Edition, baseline: str) -> tuple[Rule, ...]:
    """Row ESC25-F-09 for an edition, with its window of the baseline echo."""
    return (
        _after(
            edition,
            "bioprosthesis-baseline",
            "ESC25-F-09",
            applies=BIOPROSTHESIS,
            when=equals("baseline_echo_after_intervention", False),
            message=f"Biological prosthesis: baseline transthoracic echo within {baseline}.",
        ),
        _after(
            edition,
            "bioprosthesis",
            "ESC25-F-09",
            applies=BIOPROSTHESIS,
            when=BASELINE_DONE,
            message="Biological prosthesis, baseline done: transthoracic echo at 1 year, then "
            "yearly.",
        ),
    )


_ONLY_2025 = (
    _after(
        ESC_EACTS_2025,
        "surgical-repair",
        "ESC25-F-03",
        applies=equals("mitral_valve_state", MitralValveState.SURGICAL_REPAIR),
        when=all_of(
            equals("lv_dysfunction_before_repair", False), equals("arrhythmia_with_repair", False)
        ),
        message="After surgical repair without LV dysfunction before and without arrhythmia: every "
        "2 to 3 years.",
    ),
    _after(
        ESC_EACTS_2025,
        "replacement",
        "ESC25-F-04",
        applies=one_of("mitral_valve_state", *PROSTHESES),
        when=A_YEAR_AFTER,
        message="After mitral valve replacement: every year.",
    ),
    _after(
        ESC_EACTS_2025,
        "ventricular-after-intervention-advanced",
        "ESC25-F-06",
        applies=VENTRICULAR,
        when=equals("advanced_heart_failure", True),
        message="Ventricular secondary MR after an intervention, advanced heart failure: every 3 "
        "months.",
    ),
    _after(
        ESC_EACTS_2025,
        "ventricular-after-intervention",
        "ESC25-F-06",
        applies=VENTRICULAR,
        when=equals("advanced_heart_failure", False),
        message="Ventricular secondary MR after an intervention, heart failure not advanced: every "
        "6 months.",
    ),
    _native(
        ESC_EACTS_2025,
        "ventricular",
        "ESC25-F-07",
        applies=VENTRICULAR,
        when=any_of(NO_SYMPTOMS, MODERATE_MR),
        message="Ventricular secondary MR, asymptomatic, moderate or dynamic: at least twice a "
        "year.",
    ),
    _after(
        ESC_EACTS_2025,
        "atrial-after-intervention",
        "ESC25-F-08",
        applies=ATRIAL,
        when=A_YEAR_AFTER,
        message="Atrial secondary MR after an intervention: every year.",
    ),
    _native(
        ESC_EACTS_2025,
        "atrial",
        "ESC25-F-08",
        applies=all_of(ATRIAL, AS_SEVERE),
        when=NO_SYMPTOMS,
        message="Asymptomatic severe atrial secondary MR: at least once a year.",
    ),
    _native(
        ESC_EACTS_2025,
        "mild",
        "ESC25-F-10",
        applies=ADULT,
        when=at_most("mr_grade", MILD),
        message="Mild MR: no interval is printed; the interval of ACC/AHA or of the clinic is "
        "used.",
    ),
    _native(
        ESC_EACTS_2025,
        "ventricular-symptomatic",
        "ESC25-F-11",
        applies=all_of(VENTRICULAR, AS_SEVERE),
        when=negation(NO_SYMPTOMS),
        message="Symptomatic severe ventricular secondary MR without an intervention: no interval "
        "is printed; the clinic's default is 3 months.",
    ),
    _text(
        id="esc-eacts-2025/follow-up/several-lesions",
        edition=ESC_EACTS_2025,
        source=_source("ESC25-MX-03"),
        applies=ADULT,
        when=equals("other_valve_disease", True),
        message="Mixed or multiple valve disease: shorter intervals than for each lesion alone.",
        scope=Scope.ADULT,
    ),
    _text(
        id="esc-eacts-2025/follow-up/several-lesions-transcatheter",
        edition=ESC_EACTS_2025,
        source=_source("ESC25-MX-04"),
        applies=equals("other_valve_disease", True),
        when=any_of(
            equals("teer_planned", True), equals("transcatheter_treatment_considered", True)
        ),
        message="Transcatheter treatment of several lesions: treat the downstream lesion first and "
        "look at the upstream one again after about 3 months.",
        scope=Scope.ADULT,
    ),
)

RULES = (
    *rules_of_both_editions(ESC_EACTS_2025),
    *bioprosthesis_rules(ESC_EACTS_2025, "3 months"),
    *_ONLY_2025,
)
