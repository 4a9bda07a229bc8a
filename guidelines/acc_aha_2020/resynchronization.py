"""Resynchronization by AHA/ACC/HFSA 2022 (rows CRT-*, the column of the United States).

A rule for a device is met when it is recommended and none is implanted yet; a rule against it
when one is planned nevertheless.
"""

from decimal import Decimal

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import Criterion, above, all_of, any_of, at_least, at_most, below, equals
from guidelines.documents import HEART_FAILURE_2022
from guidelines.regurgitation import SEVERE_SYMPTOMS
from guidelines.resynchronization import (
    CANDIDATE,
    IN_ATRIAL_FIBRILLATION,
    LBBB,
    LOW_LVEF,
    LVEF_LIMIT,
    NARROW_QRS_US,
    NO_CRT_YET,
    NON_LBBB,
    SINUS,
    SYMPTOMATIC_ON_THERAPY,
    WIDE,
    WIDE_QRS,
    between,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Etiology, Loe, Scope, Verification

VERY_LOW_LVEF = Decimal(30)  # percent, at or below (CRT-07)
NYHA_I = Decimal(1)  # CRT-07
NYHA_II = Decimal(2)  # at or below (CRT-04, no benefit)
# Percent; printed 36 to 50, and continuous with the 35 % below it, since nothing is rounded.
HIGHEST_AV_BLOCK_LVEF = Decimal(50)  # at or below (CRT-09b)
EXPECTED_PACING = Decimal(40)  # percent, strictly above (CRT-09c)

PLANNED = equals("crt_planned", True)


def _rule(
    slug: str,
    row: str,
    cor: Cor,
    loe: Loe | None,
    *,
    applies: Criterion,
    when: Criterion,
    message: str,
    verification: Verification = Verification.FROM_KNOWLEDGE,
) -> Rule:
    return Rule(
        id=f"acc-aha-2020/resynchronization/{slug}",
        edition=ACC_AHA_2020,
        section="AHA/ACC/HFSA 2022",
        cor=cor,
        loe=loe,
        source=Source(row, verification, HEART_FAILURE_2022),
        applies=applies,
        when=when,
        advice=Advice.CRT,
        message=message,
        chapter=Chapter.RESYNCHRONIZATION,
        scope=Scope.ADULT,
    )


RULES = (
    _rule(
        "lbbb-150",
        "CRT-01",
        Cor.CLASS_1,
        Loe.B_R,
        applies=CANDIDATE,
        when=all_of(LBBB, WIDE),
        message="Sinus rhythm, LVEF 35 % or less, left bundle branch block with QRS 150 ms or "
        "more, NYHA class II to ambulatory IV on therapy: resynchronization is recommended.",
    ),
    _rule(
        "lbbb-120",
        "CRT-02",
        Cor.CLASS_2A,
        Loe.B_NR,
        applies=CANDIDATE,
        when=all_of(LBBB, between(NARROW_QRS_US, WIDE_QRS)),
        message="Sinus rhythm, LVEF 35 % or less, left bundle branch block with QRS 120 to 149 "
        "ms, symptoms on therapy: resynchronization can be useful.",
    ),
    _rule(
        "non-lbbb-150",
        "CRT-03",
        Cor.CLASS_2A,
        Loe.B_R,
        applies=CANDIDATE,
        when=all_of(NON_LBBB, WIDE),
        message="Sinus rhythm, LVEF 35 % or less, QRS 150 ms or more without left bundle branch "
        "block, symptoms on therapy: resynchronization can be useful.",
    ),
    _rule(
        "non-lbbb-120",
        "CRT-04",
        Cor.CLASS_2B,
        Loe.B_NR,
        applies=all_of(CANDIDATE, SEVERE_SYMPTOMS),
        when=all_of(NON_LBBB, between(NARROW_QRS_US, WIDE_QRS)),
        message="Sinus rhythm, LVEF 35 % or less, QRS 120 to 149 ms without left bundle branch "
        "block, NYHA class III to ambulatory IV on therapy: resynchronization may be considered.",
    ),
    _rule(
        "non-lbbb-few-symptoms",
        "CRT-04",
        Cor.CLASS_3_NO_BENEFIT,
        Loe.B_NR,
        applies=all_of(NO_CRT_YET, PLANNED, at_most("nyha_class", NYHA_II)),
        when=all_of(NON_LBBB, below("qrs_ms", WIDE_QRS)),
        message="NYHA class I or II with QRS below 150 ms and no left bundle branch block: "
        "resynchronization brings no benefit.",
    ),
    _rule(
        "narrow-qrs",
        "CRT-05",
        Cor.CLASS_3_NO_BENEFIT,
        None,
        applies=all_of(NO_CRT_YET, PLANNED, equals("rv_pacing_indicated", False)),
        when=below("qrs_ms", NARROW_QRS_US),
        message="QRS below 120 ms: resynchronization brings no benefit.",
        verification=Verification.SECONDARY_SOURCE,
    ),
    _rule(
        "atrial-fibrillation",
        "CRT-06",
        Cor.CLASS_2A,
        Loe.B_NR,
        applies=all_of(NO_CRT_YET, IN_ATRIAL_FIBRILLATION, LOW_LVEF),
        when=all_of(
            any_of(
                equals("rv_pacing_indicated", True),
                all_of(
                    SYMPTOMATIC_ON_THERAPY,
                    at_least("qrs_ms", NARROW_QRS_US),
                    any_of(LBBB, WIDE, SEVERE_SYMPTOMS),
                ),
            ),
            equals("biventricular_capture_assured", True),
        ),
        message="Atrial fibrillation with LVEF 35 % or less that otherwise meets the criteria or "
        "needs pacing: resynchronization can be useful when ablation of the AV node or drugs "
        "assure nearly complete capture.",
    ),
    _rule(
        "ischemic-nyha-1",
        "CRT-07",
        Cor.CLASS_2B,
        Loe.B_NR,
        applies=all_of(
            NO_CRT_YET,
            SINUS,
            at_most("lvef_percent", VERY_LOW_LVEF),
            equals("etiology", Etiology.ISCHEMIC),
            at_most("nyha_class", NYHA_I),
        ),
        when=all_of(LBBB, WIDE),
        message="Ischemic disease with LVEF 30 % or less in NYHA class I, left bundle branch "
        "block with QRS 150 ms or more: resynchronization may be considered.",
    ),
    _rule(
        "av-block",
        "CRT-09b",
        Cor.CLASS_2A,
        Loe.B_R,
        applies=all_of(NO_CRT_YET, equals("high_degree_av_block", True)),
        when=all_of(
            above("lvef_percent", LVEF_LIMIT), at_most("lvef_percent", HIGHEST_AV_BLOCK_LVEF)
        ),
        message="High-degree or complete AV block with LVEF 36 to 50 %: resynchronization is "
        "reasonable.",
    ),
    _rule(
        "expected-pacing",
        "CRT-09c",
        Cor.CLASS_2A,
        Loe.B_NR,
        applies=all_of(NO_CRT_YET, LOW_LVEF, equals("device_planned_or_due", True)),
        when=above("rv_pacing_percent", EXPECTED_PACING),
        message="LVEF 35 % or less and a new or replaced device with more than 40 % expected "
        "ventricular pacing: resynchronization can be useful.",
    ),
    _rule(
        "short-survival",
        "CRT-11",
        Cor.CLASS_3_NO_BENEFIT,
        Loe.C_LD,
        applies=all_of(NO_CRT_YET, PLANNED),
        when=equals("life_expectancy_under_1_year", True),
        message="Survival with good function expected below one year: resynchronization brings "
        "no benefit.",
    ),
)
