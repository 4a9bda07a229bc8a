"""Experience of operators (ESC/EACTS 2025: text, no class; row ESC25-VO-01)."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import below, equals
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Scope, Verification

SURGERIES_PER_YEAR = Decimal(25)  # mitral operations, about (ESC25-VO-01)
TEER_TOTAL = Decimal(50)  # edge-to-edge repairs in all, about (ESC25-VO-01)

_text = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="text",
    cor=None,
    loe=None,
    source=Source("ESC25-VO-01", Verification.PRIMARY_DOCUMENT),
    chapter=Chapter.TEAM,
    scope=Scope.ADULT,
    advice=Advice.VALVE_CENTER,
)

SURGEON = _text(
    id="esc-eacts-2025/team/surgeon-experience",
    applies=equals("mitral_surgery_planned", True),
    when=below("operator_mitral_surgeries_per_year", SURGERIES_PER_YEAR),
    message="Mitral surgery planned with a surgeon who does fewer than about 25 a year: the guide "
    "to experience is not reached.",
)

INTERVENTIONIST = _text(
    id="esc-eacts-2025/team/edge-to-edge-experience",
    applies=equals("teer_planned", True),
    when=below("operator_teer_total", TEER_TOTAL),
    message="Edge-to-edge repair planned with an operator who has done fewer than about 50: the "
    "guide to experience is not reached.",
)

RULES = (SURGEON, INTERVENTIONIST)
