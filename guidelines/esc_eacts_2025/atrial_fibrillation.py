"""Atrial fibrillation in valve disease and at valve surgery (rows ESC25-AF-*, ESC-AF24-01)."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import (
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    negation,
    one_of,
)
from guidelines.documents import ESC_ATRIAL_FIBRILLATION_2024
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.inr_schemes import ANY_MECHANICAL
from guidelines.rule import Edition, Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Etiology,
    Loe,
    MitralValveState,
    Scope,
    Verification,
)

RECOMMENDED_SCORE = Decimal(2)  # CHA2DS2-VA, at or above, ESC-AF24-01
CONSIDERED_SCORE = Decimal(1)  # CHA2DS2-VA, ESC-AF24-01
STENOSIS_AREA = Decimal(2)  # cm2, at or below, ESC25-AF-02

AF = equals("atrial_fibrillation", True)
DOAC = any_of(equals("takes_doac", True), equals("doac_planned", True))
CARDIOMYOPATHY = equals("hypertrophic_cardiomyopathy_or_amyloidosis", True)
PROSTHESIS = one_of(
    "mitral_valve_state",
    MitralValveState.MECHANICAL,
    MitralValveState.SURGICAL_BIOPROSTHESIS,
    MitralValveState.TRANSCATHETER,
)
MITRAL_SURGERY = any_of(
    equals("mitral_surgery_planned", True), equals("intervention_indicated_esc_eacts", True)
)
VALVE_SURGERY = any_of(MITRAL_SURGERY, equals("other_valve_surgery_planned", True))
RHEUMATIC_STENOSIS = all_of(
    equals("etiology", Etiology.RHEUMATIC), at_most("mva_cm2", STENOSIS_AREA)
)

_rule = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="6",
    chapter=Chapter.ATRIAL_FIBRILLATION,
    scope=Scope.ADULT,
)


def _read(row: str) -> Source:
    return Source(row, Verification.PRIMARY_DOCUMENT)


def rules_for(edition: Edition) -> tuple[Rule, ...]:
    """When to anticoagulate, by the companion guideline of 2024 (row ESC-AF24-01)."""
    rule = partial(
        Rule,
        edition=edition,
        section="6",
        source=Source("ESC-AF24-01", Verification.PRIMARY_DOCUMENT, ESC_ATRIAL_FIBRILLATION_2024),
        applies=all_of(AF, negation(ANY_MECHANICAL)),
        advice=Advice.ORAL_ANTICOAGULATION,
        chapter=Chapter.ATRIAL_FIBRILLATION,
        scope=Scope.ADULT,
    )
    return (
        rule(
            id=f"{edition.id}/atrial-fibrillation/anticoagulation",
            cor=Cor.CLASS_I,
            loe=Loe.C,
            when=at_least("cha2ds2_va", RECOMMENDED_SCORE),
            message="Atrial fibrillation with CHA2DS2-VA of 2 or more: oral anticoagulation is "
            "recommended.",
        ),
        rule(
            id=f"{edition.id}/atrial-fibrillation/anticoagulation-considered",
            cor=Cor.CLASS_IIA,
            loe=Loe.C,
            when=all_of(
                at_least("cha2ds2_va", CONSIDERED_SCORE), below("cha2ds2_va", RECOMMENDED_SCORE)
            ),
            message="Atrial fibrillation with CHA2DS2-VA of 1: oral anticoagulation should be "
            "considered.",
        ),
        rule(
            id=f"{edition.id}/atrial-fibrillation/cardiomyopathy",
            cor=Cor.CLASS_I,
            loe=Loe.B,
            when=CARDIOMYOPATHY,
            message="Atrial fibrillation with hypertrophic cardiomyopathy or cardiac "
            "amyloidosis: oral anticoagulation whatever the score.",
        ),
    )


DOAC_PREFERRED = _rule(
    id="esc-eacts-2025/atrial-fibrillation/doac",
    cor=Cor.CLASS_I,
    loe=Loe.A,
    source=_read("ESC25-AF-01"),
    applies=all_of(
        AF, negation(PROSTHESIS), negation(ANY_MECHANICAL), negation(RHEUMATIC_STENOSIS)
    ),
    # Eligible: by the companion guideline of 2024.
    when=any_of(at_least("cha2ds2_va", CONSIDERED_SCORE), CARDIOMYOPATHY),
    advice=Advice.DOAC,
    message="Atrial fibrillation with native valve disease and a reason to anticoagulate: a "
    "direct oral anticoagulant rather than a vitamin K antagonist.",
)
NO_DOAC_IN_STENOSIS = _rule(
    id="esc-eacts-2025/atrial-fibrillation/no-doac-in-stenosis",
    cor=Cor.CLASS_III,
    loe=Loe.B,
    source=_read("ESC25-AF-02"),
    applies=all_of(AF, equals("etiology", Etiology.RHEUMATIC)),
    # The area stands here, so that a rheumatic valve without one is asked about.
    when=all_of(at_most("mva_cm2", STENOSIS_AREA), DOAC),
    advice=Advice.DOAC,
    message="Atrial fibrillation with rheumatic mitral stenosis of 2.0 cm² or less: a direct "
    "oral anticoagulant is not recommended; a vitamin K antagonist is.",
)
ABLATION = _rule(
    id="esc-eacts-2025/atrial-fibrillation/ablation",
    cor=Cor.CLASS_I,
    loe=Loe.A,
    source=_read("ESC25-AF-03"),
    applies=all_of(AF, MITRAL_SURGERY),
    when=equals("af_rhythm_control_suitable", True),
    advice=Advice.AF_ABLATION,
    message="Mitral valve surgery with atrial fibrillation suited to rhythm control: surgical "
    "ablation in the same operation is recommended.",
)
APPENDAGE = _rule(
    id="esc-eacts-2025/atrial-fibrillation/appendage",
    cor=Cor.CLASS_I,
    loe=Loe.B,
    source=_read("ESC25-AF-04"),
    applies=AF,
    when=VALVE_SURGERY,
    advice=Advice.APPENDAGE_CLOSURE,
    message="Atrial fibrillation at any valve surgery: surgical closure of the left atrial "
    "appendage is recommended in addition to oral anticoagulation.",
)
ABLATION_AT_OTHER_SURGERY = _rule(
    id="esc-eacts-2025/atrial-fibrillation/ablation-at-other-surgery",
    cor=Cor.CLASS_IIA,
    loe=Loe.B,
    source=_read("ESC25-AF-05"),
    applies=all_of(AF, negation(equals("mitral_surgery_planned", True))),
    when=equals("other_valve_surgery_planned", True),
    advice=Advice.AF_ABLATION,
    message="Surgery of a valve other than the mitral with atrial fibrillation: surgical "
    "ablation should be considered.",
)

RULES = (
    DOAC_PREFERRED,
    NO_DOAC_IN_STENOSIS,
    ABLATION,
    APPENDAGE,
    ABLATION_AT_OTHER_SURGERY,
    *rules_for(ESC_EACTS_2025),
)
