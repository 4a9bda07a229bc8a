"""Non-cardiac surgery (ESC/EACTS 2025: text, no class; row ESC25-X-02)."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import above, all_of, below, equals, one_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Mechanism, NoncardiacRisk, Scope, Verification

# "Preserved LV" without a number in the row: no LV dysfunction by Recommendation Table 6.
LVEF_LIMIT = Decimal(60)  # percent, above
LVESD_LIMIT = Decimal(40)  # mm, below

SEVERE = equals("severe_mr_esc_eacts", True)
PLANNED = equals("noncardiac_surgery_planned", True)
SEVERE_VENTRICULAR = all_of(
    PLANNED,
    equals("noncardiac_surgery_elective", True),
    SEVERE,
    one_of("mechanism", Mechanism.SECONDARY_VENTRICULAR, Mechanism.MIXED),
)

_text = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="text",
    cor=None,
    loe=None,
    source=Source("ESC25-X-02", Verification.PRIMARY_DOCUMENT),
    chapter=Chapter.NONCARDIAC_SURGERY,
    scope=Scope.ADULT,
)

USUALLY_SAFE = _text(
    id="esc-eacts-2025/noncardiac-surgery/usually-safe",
    applies=all_of(PLANNED, SEVERE),
    when=all_of(
        equals("symptomatic", False),
        above("lvef_percent", LVEF_LIMIT),
        below("lvesd_mm", LVESD_LIMIT),
    ),
    advice=Advice.NONCARDIAC_SURGERY,
    message="Severe MR without symptoms and a preserved left ventricle: non-cardiac surgery is "
    "usually safe.",
)

OPTIMIZE_FIRST = _text(
    id="esc-eacts-2025/noncardiac-surgery/optimize-first",
    applies=SEVERE_VENTRICULAR,
    when=equals("gdmt_optimized", False),
    advice=Advice.MEDICAL_THERAPY,
    message="Severe ventricular secondary MR before elective non-cardiac surgery: optimize "
    "medical therapy first.",
)

TEER_FIRST = _text(
    id="esc-eacts-2025/noncardiac-surgery/edge-to-edge-first",
    applies=SEVERE_VENTRICULAR,
    when=all_of(
        equals("symptoms_persist_on_gdmt", True),
        one_of("noncardiac_surgery_risk", NoncardiacRisk.INTERMEDIATE, NoncardiacRisk.HIGH),
    ),
    advice=Advice.TEER,
    message="Severe ventricular secondary MR, symptomatic on optimized therapy, before elective "
    "non-cardiac surgery of intermediate or high risk: edge-to-edge repair first.",
)

RULES = (USUALLY_SAFE, OPTIMIZE_FIRST, TEER_FIRST)
