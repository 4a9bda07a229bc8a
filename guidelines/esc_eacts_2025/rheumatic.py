"""Mixed mitral disease (ESC/EACTS 2025, 13.3.3; row ESC25-MIX-01: text, no class)."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import above, all_of, at_least, at_most, below
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.gates import ADULT_AGE, STENOSIS_MVA
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Scope, Verification

MODERATE, MODERATE_TO_SEVERE = Decimal(2), Decimal(3)  # grade of the regurgitation
SOME_NARROWING = Decimal(2)  # cm2, local: a wider valve is not called mixed disease

_mixed = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="13.3.3",
    cor=None,
    loe=None,
    source=Source("ESC25-MIX-01", Verification.PRIMARY_DOCUMENT),
    chapter=Chapter.RHEUMATIC,
    scope=Scope.ADULT,
)

STENOSIS_RULES = _mixed(
    id="esc-eacts-2025/rheumatic/stenosis-rules",
    applies=at_least("age_years", ADULT_AGE),
    when=at_most("mva_cm2", STENOSIS_MVA),
    advice=Advice.SPECIALIST,
    message="Mixed mitral disease with a valve area of 1.5 cm² or less: follow the rules for "
    "stenosis, not those for regurgitation.",
)

INDIVIDUAL = _mixed(
    id="esc-eacts-2025/rheumatic/individual-decision",
    applies=all_of(at_least("mr_grade", MODERATE), below("mr_grade", MODERATE_TO_SEVERE)),
    when=all_of(above("mva_cm2", STENOSIS_MVA), at_most("mva_cm2", SOME_NARROWING)),
    advice=Advice.HEART_TEAM,
    message="Mixed mitral disease with a valve area above 1.5 cm² and moderate regurgitation: an "
    "individual decision.",
)

RULES = (STENOSIS_RULES, INDIVIDUAL)
