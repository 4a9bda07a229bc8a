"""Secondary mitral regurgitation: intervention (section 7.3.4; rows AHA-SI-*).

Edge-to-edge repair and surgery for symptoms ask for safety D6 first: drugs, resynchronization and
revascularization. There is no gate here for natriuretic peptides, the right ventricle or coronary
disease; the other body has them.
"""

from decimal import Decimal

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import Criterion, all_of, at_least, at_most, below, equals
from guidelines.regurgitation import (
    ATRIAL,
    PERSISTENT,
    SECONDARY,
    SEVERE_SYMPTOMS,
    SYMPTOMATIC_NYHA,
    SYMPTOMS_OF_HEART_FAILURE,
    VENTRICULAR,
    severe,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, TeerAnatomy, Verification

REDUCED_LVEF = Decimal(50)  # percent, strictly below: LV dysfunction (AHA-SI-01, SI-04, SI-05)
LOWEST_LVEF = Decimal(20)  # percent, at or above (AHA-SI-01)
LARGEST_LVESD = Decimal(70)  # mm, at or below (AHA-SI-01)
HIGHEST_SPAP = Decimal(70)  # mmHg, at or below (AHA-SI-01)
PRESERVED_LVEF = Decimal(50)  # percent, at or above (AHA-SI-03)

SEVERE_SECONDARY_MR = severe("severe_mr_acc_aha", SECONDARY)
SEVERE_VENTRICULAR_MR = severe("severe_mr_acc_aha", VENTRICULAR)
SEVERE_ATRIAL_MR = severe("severe_mr_acc_aha", ATRIAL)
LV_DYSFUNCTION = below("lvef_percent", REDUCED_LVEF)


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
    is_timing: bool = True,
) -> Rule:
    return Rule(
        id=f"acc-aha-2020/secondary/{slug}",
        edition=ACC_AHA_2020,
        section="7.3.4",
        cor=cor,
        loe=loe,
        source=Source(row=row, verification=Verification.FROM_KNOWLEDGE),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=Chapter.SECONDARY,
        is_timing=is_timing,
    )


TEER = _rule(
    "teer",
    "AHA-SI-01",
    Cor.CLASS_2A,
    Loe.B_R,
    applies=all_of(SEVERE_VENTRICULAR_MR, LV_DYSFUNCTION),
    when=all_of(
        at_least("nyha_class", SYMPTOMATIC_NYHA),
        PERSISTENT,
        equals("teer_anatomy", TeerAnatomy.SUITABLE),
        at_least("lvef_percent", LOWEST_LVEF),
        at_most("lvesd_mm", LARGEST_LVESD),
        at_most("spap_mmhg", HIGHEST_SPAP),
    ),
    advice=Advice.TEER,
    message="Severe secondary MR from LV dysfunction in NYHA class II to IV despite optimal "
    "therapy: edge-to-edge repair is reasonable when the anatomy is suitable, LVEF is 20 to 50 %, "
    "LVESD at most 70 mm and systolic pulmonary artery pressure at most 70 mmHg.",
)

AT_BYPASS = _rule(
    "at-bypass",
    "AHA-SI-02",
    Cor.CLASS_2A,
    Loe.B_NR,
    applies=SEVERE_SECONDARY_MR,
    when=equals("cabg_planned", True),
    advice=Advice.MITRAL_SURGERY,
    message="Severe secondary MR at coronary bypass surgery: mitral valve surgery at the same "
    "operation is reasonable.",
)

ATRIAL_SURGERY = _rule(
    "atrial-surgery",
    "AHA-SI-03",
    Cor.CLASS_2B,
    Loe.B_NR,
    applies=all_of(SEVERE_ATRIAL_MR, at_least("lvef_percent", PRESERVED_LVEF)),
    when=all_of(SEVERE_SYMPTOMS, PERSISTENT),
    advice=Advice.MITRAL_SURGERY,
    message="Severe secondary MR from annular dilatation with LVEF 50 % or more, in NYHA class "
    "III or IV despite therapy of heart failure and of atrial fibrillation: mitral valve surgery "
    "may be considered.",
)

ATRIAL_TEER_NOT_ADDRESSED = _rule(
    "atrial-teer-not-addressed",
    "AHA-SI-03",
    None,
    None,
    applies=SEVERE_ATRIAL_MR,
    when=SYMPTOMS_OF_HEART_FAILURE,
    advice=Advice.HEART_TEAM,
    message="Severe atrial secondary MR: edge-to-edge repair is not addressed in 2020. That is "
    "neither advice for it nor against it; the heart team decides.",
    is_timing=False,
)

VENTRICULAR_SURGERY = _rule(
    "ventricular-surgery",
    "AHA-SI-04",
    Cor.CLASS_2B,
    Loe.B_NR,
    applies=all_of(SEVERE_VENTRICULAR_MR, LV_DYSFUNCTION),
    when=all_of(SEVERE_SYMPTOMS, PERSISTENT),
    advice=Advice.MITRAL_SURGERY,
    message="Severe secondary MR with LVEF below 50 %, in NYHA class III or IV despite therapy: "
    "mitral valve surgery may be considered.",
)

CHORDAL_SPARING = _rule(
    "chordal-sparing-replacement",
    "AHA-SI-05",
    Cor.CLASS_2B,
    Loe.B_R,
    applies=all_of(
        SEVERE_VENTRICULAR_MR,
        LV_DYSFUNCTION,
        equals("coronary_disease", True),
        equals("intervention_indicated_acc_aha", True),
    ),
    when=SEVERE_SYMPTOMS,
    advice=Advice.MITRAL_REPLACEMENT,
    message="Severe secondary MR with coronary disease and LVEF below 50 %, operated on for NYHA "
    "class III or IV: replacement that spares the chords may be considered rather than a "
    "downsized annuloplasty.",
    is_timing=False,
)

RULES = (
    TEER,
    AT_BYPASS,
    ATRIAL_SURGERY,
    ATRIAL_TEER_NOT_ADDRESSED,
    VENTRICULAR_SURGERY,
    CHORDAL_SPARING,
)
