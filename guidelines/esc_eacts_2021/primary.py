"""Primary mitral regurgitation: intervention (2021, section 6.1; rows ESC21-P-*)."""

from decimal import Decimal

from guidelines.criteria import Criterion, above, all_of, any_of, at_least, at_most, below, equals
from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.primary import (
    AF_SECONDARY_TO_MR,
    DILATED_ATRIUM,
    HIGH_RISK,
    PULMONARY_HYPERTENSION,
    SEVERE_PRIMARY_MR,
    SURGERY_INDICATED,
)
from guidelines.regurgitation import (
    ASYMPTOMATIC,
    COMPREHENSIVE_CENTER,
    DURABLE_REPAIR,
    LOW_RISK,
    SYMPTOMATIC,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Cor, Loe, Operability, TeerAnatomy, Verification

LVEF_LIMIT = Decimal(60)  # percent, at or below: LV dysfunction (ESC21-P-03)
LVESD_LIMIT = Decimal(40)  # mm, at or above: LV dysfunction (ESC21-P-03)
NEARING_LVESD = Decimal(37)  # mm, at or above: nearing 40 mm; local default (safety C)

# This edition has no index of LVESD.
COMPENSATED = all_of(
    SEVERE_PRIMARY_MR,
    ASYMPTOMATIC,
    below("lvesd_mm", LVESD_LIMIT),
    above("lvef_percent", LVEF_LIMIT),
)


def _rule(
    slug: str,
    row: str,
    cor: Cor | None,
    loe: Loe | None,
    *,
    applies: Criterion,
    when: Criterion,
    advice: Advice,
    message: str,
    is_timing: bool = False,
) -> Rule:
    return Rule(
        id=f"esc-eacts-2021/primary/{slug}",
        edition=ESC_EACTS_2021,
        section="6.1",
        cor=cor,
        loe=loe,
        source=Source(row=row, verification=Verification.PRIMARY_DOCUMENT),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        is_timing=is_timing,
    )


RULES = (
    _rule(
        "repair-preferred",
        "ESC21-P-01",
        Cor.CLASS_I,
        Loe.B,
        applies=all_of(SEVERE_PRIMARY_MR, SURGERY_INDICATED),
        when=DURABLE_REPAIR,
        advice=Advice.MITRAL_REPAIR,
        message="Severe primary MR for which surgery is indicated: repair is recommended when its "
        "result is expected to last.",
    ),
    _rule(
        "symptoms",
        "ESC21-P-02",
        Cor.CLASS_I,
        Loe.B,
        applies=SEVERE_PRIMARY_MR,
        when=all_of(SYMPTOMATIC, equals("operability", Operability.OPERABLE)),
        advice=Advice.MITRAL_SURGERY,
        message="Severe primary MR with symptoms, operable and not at high risk: mitral valve "
        "surgery is recommended.",
        is_timing=True,
    ),
    _rule(
        "lv-dysfunction",
        "ESC21-P-03",
        Cor.CLASS_I,
        Loe.B,
        applies=all_of(SEVERE_PRIMARY_MR, ASYMPTOMATIC),
        when=any_of(at_least("lvesd_mm", LVESD_LIMIT), at_most("lvef_percent", LVEF_LIMIT)),
        advice=Advice.MITRAL_SURGERY,
        message="Severe primary MR without symptoms, with LV dysfunction: mitral valve surgery is "
        "recommended.",
        is_timing=True,
    ),
    _rule(
        "pressure-or-rhythm",
        "ESC21-P-04",
        Cor.CLASS_IIA,
        Loe.B,
        applies=COMPENSATED,
        when=any_of(PULMONARY_HYPERTENSION, AF_SECONDARY_TO_MR),
        advice=Advice.MITRAL_SURGERY,
        message="Severe primary MR without symptoms or LV dysfunction, with systolic pulmonary "
        "artery pressure above 50 mmHg at rest or atrial fibrillation secondary to the "
        "regurgitation: surgery should be considered; confirm the pressure invasively when it is "
        "the only reason.",
        is_timing=True,
    ),
    _rule(
        "dilated-atrium",
        "ESC21-P-05",
        Cor.CLASS_IIA,
        Loe.B,
        applies=COMPENSATED,
        when=all_of(DILATED_ATRIUM, LOW_RISK, COMPREHENSIVE_CENTER, DURABLE_REPAIR),
        advice=Advice.MITRAL_REPAIR,
        message="Severe primary MR without symptoms or LV dysfunction, with a dilated left "
        "atrium, at low risk in a Heart Valve Center, durable repair likely: repair should be "
        "considered. (The figure adds sinus rhythm.)",
        is_timing=True,
    ),
    _rule(
        "teer",
        "ESC21-P-06",
        Cor.CLASS_IIB,
        Loe.B,
        applies=all_of(SEVERE_PRIMARY_MR, SYMPTOMATIC),
        when=all_of(
            HIGH_RISK,
            equals("teer_anatomy", TeerAnatomy.SUITABLE),
            equals("intervention_futile", False),
        ),
        advice=Advice.TEER,
        message="Severe primary MR with symptoms, inoperable or at high risk, suitable by echo "
        "and not futile: edge-to-edge repair may be considered.",
        is_timing=True,
    ),
    _rule(
        "body-size",
        "ESC21-P-07",
        None,
        None,
        applies=all_of(SEVERE_PRIMARY_MR, ASYMPTOMATIC),
        when=below("lvesd_mm", LVESD_LIMIT),
        advice=Advice.SHARED_DECISION,
        message="The limit of 40 mm for LVESD may need adapting in very small or very large "
        "people (footnote).",
    ),
    _rule(
        "nearing-the-limit",
        "ESC21-P-08",
        None,
        None,
        applies=COMPENSATED,
        when=any_of(equals("progressive_lv_change", True), at_least("lvesd_mm", NEARING_LVESD)),
        advice=Advice.MITRAL_REPAIR,
        message="LVESD nearing 40 mm (37 mm by local default) or LVEF falling on serial studies: "
        "discuss repair (text, no class).",
    ),
)
