"""Pregnancy (ESC/EACTS 2025, 16.1 and 16.2.2: text, no class; rows ESC25-PG-*)."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import above, all_of, at_most, equals
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    MitralValveState,
    PregnancyStatus,
    Scope,
    Verification,
)

WARFARIN_LIMIT = Decimal(5)  # mg a day, at or below: continue (ESC25-PG-02)

MECHANICAL_AND_PREGNANT = all_of(
    equals("pregnancy_status", PregnancyStatus.PREGNANT),
    equals("mitral_valve_state", MitralValveState.MECHANICAL),
)

_text = partial(
    Rule,
    edition=ESC_EACTS_2025,
    cor=None,
    loe=None,
    chapter=Chapter.PREGNANCY,
    scope=Scope.PREGNANCY,
)

NO_PROPHYLACTIC_INTERVENTION = _text(
    id="esc-eacts-2025/pregnancy/no-prophylactic-intervention",
    section="16.1",
    source=Source("ESC25-PG-01", Verification.PRIMARY_DOCUMENT),
    applies=equals("pregnancy_status", PregnancyStatus.PLANNING),
    when=equals("intervention_indicated_esc_eacts", False),
    advice=Advice.WATCHFUL_WAITING,
    message="MR, a pregnancy planned and no indication of class I or IIa: no intervention only "
    "because of the pregnancy.",
)

WARFARIN_LOW_DOSE = _text(
    id="esc-eacts-2025/pregnancy/warfarin-low-dose",
    section="16.2.2",
    source=Source("ESC25-PG-02", Verification.PRIMARY_DOCUMENT),
    applies=MECHANICAL_AND_PREGNANT,
    when=at_most("warfarin_mg_per_day", WARFARIN_LIMIT),
    advice=Advice.VKA,
    message="Pregnant with a mechanical valve on warfarin of 5 mg a day or less: continue it, and "
    "change to unfractionated heparin before delivery.",
)

WARFARIN_HIGH_DOSE = _text(
    id="esc-eacts-2025/pregnancy/warfarin-high-dose",
    section="16.2.2",
    source=Source("ESC25-PG-02", Verification.PRIMARY_DOCUMENT),
    applies=MECHANICAL_AND_PREGNANT,
    when=above("warfarin_mg_per_day", WARFARIN_LIMIT),
    advice=Advice.BRIDGING,
    message="Pregnant with a mechanical valve on warfarin of more than 5 mg a day: low molecular "
    "weight heparin twice daily by anti-Xa levels in the first trimester.",
)

RULES = (NO_PROPHYLACTIC_INTERVENTION, WARFARIN_LOW_DOSE, WARFARIN_HIGH_DOSE)
