"""Atrial fibrillation in 2021 (the columns of 2021 of rows ESC25-AF-02 to -04, ESC-AF24-01)."""

from decimal import Decimal
from functools import partial

from guidelines.catalogue.antithrombosis import StenosisGrade
from guidelines.criteria import all_of, any_of, at_least, equals, one_of
from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.atrial_fibrillation import rules_for
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

APPENDAGE_SCORE = Decimal(2)  # CHA2DS2-VASc, at or above, ESC25-AF-04 (2021)

AF = equals("atrial_fibrillation", True)
DOAC = any_of(equals("takes_doac", True), equals("doac_planned", True))
MITRAL_SURGERY = any_of(
    equals("mitral_surgery_planned", True), equals("intervention_indicated_esc_eacts", True)
)
VALVE_SURGERY = any_of(MITRAL_SURGERY, equals("other_valve_surgery_planned", True))

_rule = partial(
    Rule,
    edition=ESC_EACTS_2021,
    section="3.4",
    chapter=Chapter.ATRIAL_FIBRILLATION,
    scope=Scope.ADULT,
)


def _read(row: str) -> Source:
    return Source(row, Verification.PRIMARY_DOCUMENT)


NO_DOAC_IN_STENOSIS = _rule(
    id="esc-eacts-2021/atrial-fibrillation/no-doac-in-stenosis",
    cor=Cor.CLASS_III,
    loe=Loe.C,
    source=_read("ESC25-AF-02"),
    applies=AF,
    when=all_of(one_of("mitral_stenosis", StenosisGrade.MODERATE, StenosisGrade.SEVERE), DOAC),
    advice=Advice.DOAC,
    message="Atrial fibrillation with moderate to severe mitral stenosis: a direct oral "
    "anticoagulant is not recommended.",
)
ABLATION = _rule(
    id="esc-eacts-2021/atrial-fibrillation/ablation",
    cor=Cor.CLASS_IIA,
    loe=Loe.A,
    source=_read("ESC25-AF-03"),
    applies=all_of(AF, MITRAL_SURGERY),
    when=equals("af_rhythm_control_suitable", True),
    advice=Advice.AF_ABLATION,
    message="Mitral valve surgery with atrial fibrillation suited to rhythm control: surgical "
    "ablation in the same operation should be considered.",
)
APPENDAGE = _rule(
    id="esc-eacts-2021/atrial-fibrillation/appendage",
    cor=Cor.CLASS_IIA,
    loe=Loe.B,
    source=_read("ESC25-AF-04"),
    applies=all_of(AF, VALVE_SURGERY),
    when=at_least("cha2ds2_vasc", APPENDAGE_SCORE),
    advice=Advice.APPENDAGE_CLOSURE,
    message="Atrial fibrillation with CHA2DS2-VASc of 2 or more at valve surgery: surgical "
    "closure of the left atrial appendage should be considered.",
)

RULES = (NO_DOAC_IN_STENOSIS, ABLATION, APPENDAGE, *rules_for(ESC_EACTS_2021))
