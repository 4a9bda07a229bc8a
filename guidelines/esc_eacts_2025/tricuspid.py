"""Tricuspid valve at left-sided surgery (ESC/EACTS 2025; row ESC25-TR-01)."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import above, all_of, any_of, at_least, below, equals
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

SEVERE, MODERATE, MILD = Decimal(4), Decimal(2), Decimal(1)  # grades
ANNULUS_LIMIT = Decimal(40)  # mm, at least
ANNULUS_INDEX_LIMIT = Decimal(21)  # mm/m2, more than

_rule = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="tricuspid regurgitation",
    source=Source("ESC25-TR-01", Verification.PRIMARY_DOCUMENT),
    chapter=Chapter.TRICUSPID,
    scope=Scope.ADULT,
    applies=equals("left_sided_valve_surgery_planned", True),
    advice=Advice.TRICUSPID_SURGERY,
    loe=Loe.B,
)

SEVERE_TR = _rule(
    id="esc-eacts-2025/tricuspid/severe",
    cor=Cor.CLASS_I,
    when=at_least("tr_grade", SEVERE),
    message="Severe tricuspid regurgitation at left-sided valve surgery: tricuspid surgery is "
    "recommended.",
)

MODERATE_TR = _rule(
    id="esc-eacts-2025/tricuspid/moderate",
    cor=Cor.CLASS_IIA,
    when=all_of(at_least("tr_grade", MODERATE), below("tr_grade", SEVERE)),
    message="Moderate tricuspid regurgitation at left-sided valve surgery: tricuspid surgery "
    "should be considered.",
)

MILD_TR = _rule(
    id="esc-eacts-2025/tricuspid/mild-with-dilated-annulus",
    cor=Cor.CLASS_IIB,
    when=all_of(
        at_least("tr_grade", MILD),
        below("tr_grade", MODERATE),
        any_of(
            at_least("tricuspid_annulus_mm", ANNULUS_LIMIT),
            above("tricuspid_annulus_index_mm_m2", ANNULUS_INDEX_LIMIT),
        ),
    ),
    message="Mild tricuspid regurgitation with an annulus of 40 mm or more, or more than 21 mm/m², "
    "at left-sided valve surgery: tricuspid surgery may be considered.",
)

RULES = (SEVERE_TR, MODERATE_TR, MILD_TR)
