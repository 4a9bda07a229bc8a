"""Bleeding and INR emergencies (row ESC25-OAC-09; text without a class)."""

from decimal import Decimal
from functools import partial

from guidelines.catalogue.antithrombosis import BleedingNow
from guidelines.criteria import above, all_of, any_of, at_least, at_most, equals, one_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.inr_schemes import ANY_MECHANICAL
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Scope, Verification

VERY_HIGH_INR = Decimal(10)  # above, ESC25-OAC-09
HIGH_INR = Decimal("4.5")  # at or above, to 10, ESC25-OAC-09

NO_BLEEDING = equals("bleeding_now", BleedingNow.NONE)

_rule = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="14.3",
    cor=None,
    loe=None,
    source=Source("ESC25-OAC-09", Verification.PRIMARY_DOCUMENT),
    applies=any_of(ANY_MECHANICAL, equals("takes_vka", True)),
    advice=Advice.REVERSAL,
    chapter=Chapter.BLEEDING,
    scope=Scope.ADULT,
)

VERY_HIGH = _rule(
    id="esc-eacts-2025/bleeding/inr-above-10",
    when=all_of(above("inr", VERY_HIGH_INR), NO_BLEEDING),
    message="INR above 10 on a vitamin K antagonist, no bleeding: stop it and give vitamin K "
    "2 to 3 mg by mouth.",
)
HIGH = _rule(
    id="esc-eacts-2025/bleeding/inr-4-5-to-10",
    when=all_of(at_least("inr", HIGH_INR), at_most("inr", VERY_HIGH_INR), NO_BLEEDING),
    message="INR of 4.5 to 10 on a vitamin K antagonist, no bleeding: no routine vitamin K; "
    "leave out doses and measure again.",
)
MAJOR = _rule(
    id="esc-eacts-2025/bleeding/major-bleeding",
    when=one_of("bleeding_now", BleedingNow.MAJOR, BleedingNow.UNCONTROLLABLE),
    message="Major bleeding on a vitamin K antagonist: four-factor prothrombin complex "
    "concentrate and vitamin K.",
)

RULES = (VERY_HIGH, HIGH, MAJOR)
