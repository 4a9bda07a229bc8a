"""Primary mitral regurgitation: intervention (Recommendation Table 6; rows ESC25-P-*)."""

from decimal import Decimal

from guidelines.criteria import (
    Criterion,
    above,
    all_of,
    any_of,
    at_least,
    at_least_n_of,
    at_most,
    below,
    either_measured,
    equals,
    negation,
    one_of,
)
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.regurgitation import (
    ASYMPTOMATIC,
    COMPREHENSIVE_CENTER,
    DURABLE_REPAIR,
    LOW_RISK,
    PRIMARY,
    SYMPTOMATIC,
    severe,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Cor, Loe, Operability, Sex, TeerAnatomy, Verification

LVEF_LIMIT = Decimal(60)  # percent, at or below: LV dysfunction (ESC25-P-03)
LVESD_LIMIT = Decimal(40)  # mm, at or above: LV dysfunction (ESC25-P-03)
LVESD_INDEX_LIMIT = Decimal(20)  # mm/m2, at or above: LV dysfunction (ESC25-P-03)
SPAP_LIMIT = Decimal(50)  # mmHg at rest, strictly above (ESC25-P-04, P-05)
LA_VOLUME_INDEX_LIMIT = Decimal(60)  # mL/m2, at or above (ESC25-P-04, P-06)
LA_DIAMETER_LIMIT = Decimal(55)  # mm, at or above (ESC25-P-04, P-06)
MODERATE_TR = Decimal(2)  # grade, at or above (ESC25-P-04)
ITEMS_NEEDED = 3  # of four; the atrium is one item, however measured (ESC25-P-04)
WOMENS_LVESD = Decimal(36)  # mm, at or above, information only (ESC25-P-11)
WOMENS_LVESD_INDEX = Decimal(18)  # mm/m2, at or above, information only (ESC25-P-11)
PROGNOSTIC_LVEF = Decimal(58)  # percent, at or below, information only (ESC25-P-11)

# Chronic, of a native valve: the scope gates see to that before any of these rules.
SEVERE_PRIMARY_MR = severe("severe_mr_esc_eacts", PRIMARY)
NO_LV_DYSFUNCTION = all_of(
    below("lvesd_mm", LVESD_LIMIT),
    below("lvesd_index_mm_m2", LVESD_INDEX_LIMIT),
    above("lvef_percent", LVEF_LIMIT),
)
COMPENSATED = all_of(SEVERE_PRIMARY_MR, ASYMPTOMATIC, NO_LV_DYSFUNCTION)
DILATED_ATRIUM = either_measured(
    at_least("la_volume_index_ml_m2", LA_VOLUME_INDEX_LIMIT),
    at_least("la_diameter_mm", LA_DIAMETER_LIMIT),
)
PULMONARY_HYPERTENSION = above("spap_mmhg", SPAP_LIMIT)
AF_SECONDARY_TO_MR = all_of(equals("atrial_fibrillation", True), equals("af_secondary_to_mr", True))
SECONDARY_TR = all_of(
    at_least("tr_grade", MODERATE_TR), equals("tricuspid_regurgitation_secondary", True)
)
HIGH_RISK = one_of("operability", Operability.HIGH_RISK, Operability.INOPERABLE)
SURGERY_INDICATED = equals("intervention_indicated_esc_eacts", True)


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
    section: str = "Recommendation Table 6",
) -> Rule:
    return Rule(
        id=f"esc-eacts-2025/primary/{slug}",
        edition=ESC_EACTS_2025,
        section=section,
        cor=cor,
        loe=loe,
        source=Source(row=row, verification=Verification.PRIMARY_DOCUMENT),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        is_timing=is_timing,
    )


REPAIR_PREFERRED = _rule(
    "repair-preferred",
    "ESC25-P-01",
    Cor.CLASS_I,
    Loe.B,
    applies=all_of(SEVERE_PRIMARY_MR, SURGERY_INDICATED),
    when=DURABLE_REPAIR,
    advice=Advice.MITRAL_REPAIR,
    message="Severe primary MR for which surgery is indicated: repair is the technique of choice "
    "when its result is expected to last.",
)

SYMPTOMS = _rule(
    "symptoms",
    "ESC25-P-02",
    Cor.CLASS_I,
    Loe.B,
    applies=SEVERE_PRIMARY_MR,
    when=all_of(SYMPTOMATIC, equals("operability", Operability.OPERABLE)),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR with symptoms, operable in the heart team's judgement: mitral "
    "valve surgery is recommended.",
    is_timing=True,
)

LV_DYSFUNCTION = _rule(
    "lv-dysfunction",
    "ESC25-P-03",
    Cor.CLASS_I,
    Loe.B,
    applies=all_of(SEVERE_PRIMARY_MR, ASYMPTOMATIC),
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

EARLY_REPAIR = _rule(
    "early-repair",
    "ESC25-P-04",
    Cor.CLASS_I,
    Loe.B,
    applies=COMPENSATED,
    when=all_of(
        LOW_RISK,
        DURABLE_REPAIR,
        at_least_n_of(
            ITEMS_NEEDED,
            equals("atrial_fibrillation", True),
            PULMONARY_HYPERTENSION,
            DILATED_ATRIUM,
            SECONDARY_TR,
        ),
    ),
    advice=Advice.MITRAL_REPAIR,
    message="Severe primary MR without symptoms or LV dysfunction, at low risk, durable repair "
    "likely, and three or more of atrial fibrillation, systolic pulmonary artery pressure above "
    "50 mmHg, a dilated left atrium and moderate secondary tricuspid regurgitation: surgical "
    "repair is recommended.",
    is_timing=True,
)

PRESSURE_OR_RHYTHM = _rule(
    "pressure-or-rhythm",
    "ESC25-P-05",
    Cor.CLASS_IIA,
    Loe.B,
    applies=COMPENSATED,
    when=any_of(PULMONARY_HYPERTENSION, AF_SECONDARY_TO_MR),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR without symptoms or LV dysfunction, with systolic pulmonary artery "
    "pressure above 50 mmHg at rest or atrial fibrillation secondary to the regurgitation: mitral "
    "valve surgery should be considered. (The figure omits secondary to the regurgitation.)",
    is_timing=True,
)

DILATED_ATRIUM_REPAIR = _rule(
    "dilated-atrium",
    "ESC25-P-06",
    Cor.CLASS_IIA,
    Loe.B,
    applies=COMPENSATED,
    when=all_of(DILATED_ATRIUM, LOW_RISK, COMPREHENSIVE_CENTER, DURABLE_REPAIR),
    advice=Advice.MITRAL_REPAIR,
    message="Severe primary MR without symptoms or LV dysfunction, with a dilated left atrium, at "
    "low risk in a Heart Valve Center, durable repair likely: surgical repair should be "
    "considered. (The figure omits low risk and Heart Valve Center.)",
    is_timing=True,
)

TEER = _rule(
    "teer",
    "ESC25-P-07",
    Cor.CLASS_IIA,
    Loe.B,
    applies=all_of(SEVERE_PRIMARY_MR, SYMPTOMATIC),
    when=all_of(HIGH_RISK, equals("teer_anatomy", TeerAnatomy.SUITABLE)),
    advice=Advice.TEER,
    message="Severe primary MR with symptoms, at high surgical risk in the heart team's "
    "judgement and with suitable anatomy: edge-to-edge repair should be considered. (The key "
    "messages say recommended; the recommendation table stands.)",
    is_timing=True,
)

MINIMALLY_INVASIVE = _rule(
    "minimally-invasive",
    "ESC25-P-08",
    Cor.CLASS_IIB,
    Loe.B,
    applies=all_of(SEVERE_PRIMARY_MR, SURGERY_INDICATED),
    when=COMPREHENSIVE_CENTER,
    advice=Advice.MINIMALLY_INVASIVE,
    message="Severe primary MR for which surgery is indicated: minimally invasive surgery may be "
    "considered in an experienced center to shorten stay and recovery.",
)

HIGH_RISK_WITHOUT_TEER = _rule(
    "high-risk-without-teer",
    "ESC25-P-09",
    None,
    None,
    applies=all_of(SEVERE_PRIMARY_MR, SYMPTOMATIC, HIGH_RISK),
    when=one_of("teer_anatomy", TeerAnatomy.UNSUITABLE, TeerAnatomy.COMPLEX),
    advice=Advice.HEART_TEAM,
    message="Severe primary MR with symptoms at high risk, anatomy not simply suitable for "
    "edge-to-edge repair: the figure names transcatheter replacement if feasible, otherwise "
    "surgery in selected patients, otherwise medical therapy. Heart team.",
    section="Figure 11",
)

WATCHFUL_WAITING = _rule(
    "watchful-waiting",
    "ESC25-P-10",
    None,
    None,
    applies=COMPENSATED,
    when=all_of(
        negation(PULMONARY_HYPERTENSION),
        negation(equals("atrial_fibrillation", True)),
        negation(DILATED_ATRIUM),
    ),
    advice=Advice.WATCHFUL_WAITING,
    message="Severe primary MR without symptoms and without any trigger recorded: watchful "
    "waiting with follow-up every 6 months.",
    section="Figure 11",
)

WOMENS_LIMITS = _rule(
    "womens-limits",
    "ESC25-P-11",
    None,
    None,
    applies=all_of(SEVERE_PRIMARY_MR, equals("sex", Sex.FEMALE)),
    when=any_of(
        at_least("lvesd_mm", WOMENS_LVESD), at_least("lvesd_index_mm_m2", WOMENS_LVESD_INDEX)
    ),
    advice=Advice.SHARED_DECISION,
    message="In women the outcome is worse from an LVESD of about 36 mm or 18 mm/m². "
    "Information in the text, not a trigger.",
    section="17",
)

PROGNOSTIC_LVEF_RULE = _rule(
    "prognostic-lvef",
    "ESC25-P-11",
    None,
    None,
    applies=SEVERE_PRIMARY_MR,
    when=at_most("lvef_percent", PROGNOSTIC_LVEF),
    advice=Advice.SHARED_DECISION,
    message="The outcome is worse from an LVEF of about 58 % in both sexes. Information in the "
    "text, not a trigger.",
    section="17",
)

AT_OTHER_VALVE_SURGERY = _rule(
    "at-other-valve-surgery",
    "ESC25-P-12",
    Cor.CLASS_I,
    Loe.C,
    applies=SEVERE_PRIMARY_MR,
    when=equals("other_valve_surgery_planned", True),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR at surgery on another valve: mitral valve surgery at the same "
    "operation is recommended.",
    is_timing=True,
    section="Recommendation Table 11",
)

RULES = (
    REPAIR_PREFERRED,
    SYMPTOMS,
    LV_DYSFUNCTION,
    EARLY_REPAIR,
    PRESSURE_OR_RHYTHM,
    DILATED_ATRIUM_REPAIR,
    TEER,
    MINIMALLY_INVASIVE,
    HIGH_RISK_WITHOUT_TEER,
    WATCHFUL_WAITING,
    WOMENS_LIMITS,
    PROGNOSTIC_LVEF_RULE,
    AT_OTHER_VALVE_SURGERY,
)
