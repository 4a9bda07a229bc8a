"""Primary mitral regurgitation: intervention (Recommendation Table 6; rows ESC25-P-*)."""

from decimal import Decimal

from guidelines.criteria import all_of, any_of, at_least, at_most, equals, one_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Cor, Loe, Mechanism, Operability, Verification

LVEF_LIMIT = Decimal(60)  # percent, at or below: LV dysfunction
LVESD_LIMIT = Decimal(40)  # mm, at or above: LV dysfunction
LVESD_INDEX_LIMIT = Decimal(20)  # mm/m2, at or above: LV dysfunction

# Chronic, of a native valve: the scope gates see to that before any of these rules.
SEVERE_PRIMARY_MR = all_of(
    equals("severe_mr_esc_eacts", True),
    one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED),
)

SYMPTOMS = Rule(
    id="esc-eacts-2025/primary/symptoms",
    edition=ESC_EACTS_2025,
    section="Recommendation Table 6",
    cor=Cor.CLASS_I,
    loe=Loe.B,
    source=Source(row="ESC25-P-02", verification=Verification.PRIMARY_DOCUMENT),
    applies=SEVERE_PRIMARY_MR,
    when=all_of(equals("symptomatic", True), equals("operability", Operability.OPERABLE)),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR with symptoms, operable in the heart team's judgement: mitral "
    "valve surgery is recommended.",
    is_timing=True,
)

LV_DYSFUNCTION = Rule(
    id="esc-eacts-2025/primary/lv-dysfunction",
    edition=ESC_EACTS_2025,
    section="Recommendation Table 6",
    cor=Cor.CLASS_I,
    loe=Loe.B,
    source=Source(row="ESC25-P-03", verification=Verification.PRIMARY_DOCUMENT),
    applies=all_of(SEVERE_PRIMARY_MR, equals("symptomatic", False)),
    when=any_of(
        at_least("lvesd_mm", LVESD_LIMIT),
        at_least("lvesd_index_mm_m2", LVESD_INDEX_LIMIT),
        at_most("lvef_percent", LVEF_LIMIT),
    ),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR without symptoms, with LV dysfunction: mitral valve surgery is "
    "recommended.",
    is_timing=True,
)

RULES = (SYMPTOMS, LV_DYSFUNCTION)
