"""Antithrombotic treatment and INR targets (RT 14 to 16, Table 10; rows ESC25-INR-*, -OAC-*).

Atrial fibrillation alone is not a pro-thrombotic factor in this edition: only with significant
mitral stenosis. Leaving out the bridge is for the aortic position and never for the mitral one.
"""

from decimal import Decimal
from functools import partial

from guidelines.catalogue.antithrombosis import (
    AorticMechanicalValve,
    BleedingRisk,
    ProcedurePlanned,
    StenosisGrade,
)
from guidelines.criteria import (
    above,
    all_of,
    any_of,
    at_most,
    below,
    equals,
    negation,
    one_of,
)
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.inr_schemes import (
    ANY_MECHANICAL,
    MITRAL_MECHANICAL,
    NO_MITRAL_MECHANICAL,
    InrChoice,
    InrScheme,
    choice,
)
from guidelines.rule import Rule, Source
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

FACTOR_LVEF = Decimal(35)  # percent, below, ESC25-INR-04
FIRST_MONTHS = Decimal(3)  # months after surgery, ESC25-OAC-03, -04, -05
MONTHS_AFTER_TRANSCATHETER = Decimal(6)  # ESC25-OAC-07
LARGE_LA_MM = Decimal(50)  # mm, above, ESC25-OAC-10
LARGE_LA_INDEX = Decimal(60)  # mL/m2, above, ESC25-OAC-10

PROTHROMBOTIC_FACTOR = any_of(
    equals("hypercoagulable_state", True),
    below("lvef_percent", FACTOR_LVEF),
    all_of(
        equals("atrial_fibrillation", True),
        one_of("mitral_stenosis", StenosisGrade.MODERATE, StenosisGrade.SEVERE),
    ),
    equals("thrombotic_event_past_year", True),
)
OLDER_AORTIC = equals("aortic_mechanical_valve", AorticMechanicalValve.OLDER)
CURRENT_AORTIC_ALONE = all_of(
    equals("aortic_mechanical_valve", AorticMechanicalValve.CURRENT), NO_MITRAL_MECHANICAL
)
MITRAL_OR_OLDER = any_of(MITRAL_MECHANICAL, OLDER_AORTIC)
HIGH_BLEEDING_RISK = equals("bleeding_risk", BleedingRisk.HIGH)
AORTIC_NO_FACTOR = all_of(CURRENT_AORTIC_ALONE, negation(PROTHROMBOTIC_FACTOR))
BIOPROSTHESIS = one_of(
    "mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS, MitralValveState.TRANSCATHETER
)
SURGICAL_BIOPROSTHESIS = equals("mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS)
SURGICAL_REPAIR = equals("mitral_valve_state", MitralValveState.SURGICAL_REPAIR)
NO_INDICATION = all_of(
    equals("atrial_fibrillation", False), equals("other_anticoagulation_indication", False)
)
OWN_INDICATION = any_of(
    equals("atrial_fibrillation", True),
    equals("other_anticoagulation_indication", True),
    equals("antiplatelet_indication", True),
)
FIRST_THREE_MONTHS = at_most("months_since_mitral_intervention", FIRST_MONTHS)
AFTER_THREE_MONTHS = above("months_since_mitral_intervention", FIRST_MONTHS)
MINOR = equals("procedure_planned", ProcedurePlanned.MINOR)
MAJOR = equals("procedure_planned", ProcedurePlanned.MAJOR)
# "Or another factor" of the bridging row: besides the pro-thrombotic ones, local reading.
BRIDGING_FACTOR = any_of(
    PROTHROMBOTIC_FACTOR,
    equals("atrial_fibrillation", True),
    equals("thromboembolism_ever", True),
    OLDER_AORTIC,
)

INR_SCHEME = InrScheme(
    ESC_EACTS_2025,
    (
        choice("3.0", "ESC25-INR-01", all_of(MITRAL_OR_OLDER, negation(PROTHROMBOTIC_FACTOR))),
        choice("3.5", "ESC25-INR-02", all_of(MITRAL_OR_OLDER, PROTHROMBOTIC_FACTOR)),
        choice("3.0", "ESC25-INR-03", all_of(CURRENT_AORTIC_ALONE, PROTHROMBOTIC_FACTOR)),
        InrChoice(
            Decimal("2.0"),
            "ESC25-INR-03",
            all_of(AORTIC_NO_FACTOR, HIGH_BLEEDING_RISK),
            Decimal("1.5"),
            Decimal("2.5"),
        ),
        choice("2.5", "ESC25-INR-03", all_of(AORTIC_NO_FACTOR, negation(HIGH_BLEEDING_RISK))),
    ),
    (
        (
            all_of(ANY_MECHANICAL, equals("embolism_at_target_inr", True)),
            "After embolism at an adequate INR: raise the target by about 0.5 or add aspirin "
            "(ESC25-OAC-02).",
        ),
    ),
)

_rule = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="14.3",
    chapter=Chapter.ANTITHROMBOTIC,
    scope=Scope.ADULT,
)


def _read(row: str) -> Source:
    return Source(row, Verification.PRIMARY_DOCUMENT)


_INR = (
    _rule(
        id="esc-eacts-2025/antithrombotic/inr",
        cor=Cor.CLASS_I,
        loe=Loe.A,
        source=_read("ESC25-INR-01"),
        applies=MITRAL_OR_OLDER,
        when=negation(PROTHROMBOTIC_FACTOR),
        advice=Advice.INR_TARGET,
        message="Mechanical mitral valve of any model, or an old model in any position, without "
        "a pro-thrombotic factor: an INR of 3.0 (2.5 to 3.5) is the target.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/inr-with-factor",
        cor=None,
        loe=None,
        source=_read("ESC25-INR-02"),
        applies=MITRAL_OR_OLDER,
        when=PROTHROMBOTIC_FACTOR,
        advice=Advice.INR_TARGET,
        message="Mechanical mitral valve of any model, or an old model in any position, with a "
        "pro-thrombotic factor: an INR of 3.5 (3.0 to 4.0) is the target; at very high bleeding "
        "risk low-dose aspirin may be the alternative.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/inr-aortic",
        cor=None,
        loe=None,
        source=_read("ESC25-INR-03"),
        applies=CURRENT_AORTIC_ALONE,
        when=negation(PROTHROMBOTIC_FACTOR),
        advice=Advice.INR_TARGET,
        message="Current mechanical aortic valve alone, without a factor: an INR of 2.5 (2.0 to "
        "3.0) is the target, 2.0 (1.5 to 2.5) at high bleeding risk.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/inr-aortic-with-factor",
        cor=None,
        loe=None,
        source=_read("ESC25-INR-03"),
        applies=CURRENT_AORTIC_ALONE,
        when=PROTHROMBOTIC_FACTOR,
        advice=Advice.INR_TARGET,
        message="Current mechanical aortic valve alone, with a pro-thrombotic factor: an INR of "
        "3.0 (2.5 to 3.5) is the target.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/prothrombotic-factor",
        cor=None,
        loe=None,
        source=_read("ESC25-INR-04"),
        applies=ANY_MECHANICAL,
        when=PROTHROMBOTIC_FACTOR,
        advice=Advice.INR_TARGET,
        message="A pro-thrombotic factor raises the INR target: hypercoagulable state, LVEF "
        "below 35 %, atrial fibrillation with significant mitral stenosis, or a cardioembolic "
        "stroke, venous thrombosis or pulmonary embolism within twelve months. Atrial "
        "fibrillation alone is none.",
    ),
)

_MECHANICAL = (
    _rule(
        id="esc-eacts-2025/antithrombotic/lifelong-vka",
        cor=Cor.CLASS_I,
        loe=Loe.A,
        source=_read("ESC25-OAC-01"),
        applies=ANY_MECHANICAL,
        when=ANY_MECHANICAL,
        advice=Advice.VKA,
        message="Mechanical valve: a vitamin K antagonist for life.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/start-within-24-hours",
        cor=Cor.CLASS_I,
        loe=Loe.B,
        source=_read("ESC25-OAC-01"),
        applies=MITRAL_MECHANICAL,
        when=equals("heparin_and_vka_started_within_24_hours", False),
        advice=Advice.VKA,
        message="After implantation of a mechanical valve: heparin and the vitamin K antagonist "
        "are started within 24 hours.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/self-monitoring",
        cor=Cor.CLASS_I,
        loe=Loe.A,
        source=_read("ESC25-OAC-01"),
        applies=ANY_MECHANICAL,
        when=equals("self_monitoring_trained", False),
        advice=Advice.INR_TARGET,
        message="Mechanical valve: measuring the INR at home is recommended after training and "
        "with quality control.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/no-doac",
        cor=Cor.CLASS_III,
        loe=Loe.A,
        source=_read("ESC25-OAC-01"),
        applies=ANY_MECHANICAL,
        when=any_of(equals("takes_doac", True), equals("doac_planned", True)),
        advice=Advice.DOAC,
        message="Mechanical valve: a direct oral anticoagulant must not be used.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/no-dual-antiplatelet",
        cor=Cor.CLASS_III,
        loe=Loe.A,
        source=_read("ESC25-OAC-01"),
        applies=ANY_MECHANICAL,
        when=equals("takes_dual_antiplatelet", True),
        advice=Advice.ANTIPLATELET,
        message="Mechanical valve: two antiplatelet drugs are not recommended to prevent "
        "thrombosis of the valve.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/aspirin-added",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-OAC-02"),
        applies=ANY_MECHANICAL,
        when=equals("symptomatic_atherosclerosis", True),
        advice=Advice.ANTIPLATELET,
        message="Mechanical valve with symptomatic atherosclerosis: aspirin 75 to 100 mg besides "
        "the vitamin K antagonist should be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/embolism-at-target",
        cor=Cor.CLASS_IIA,
        loe=Loe.C,
        source=_read("ESC25-OAC-02"),
        applies=ANY_MECHANICAL,
        when=equals("embolism_at_target_inr", True),
        advice=Advice.INR_TARGET,
        message="Mechanical valve with an embolism despite an adequate INR: a target raised by "
        "about 0.5, or aspirin added, should be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/stomach-protection",
        cor=None,
        loe=None,
        source=_read("ESC25-OAC-12"),
        applies=ANY_MECHANICAL,
        when=equals("bleeding_risk_factors", True),
        advice=Advice.MEDICAL_THERAPY,
        message="Mechanical valve with bleeding risk factors: a proton pump inhibitor.",
    ),
)

_AFTER_PROCEDURE = (
    _rule(
        id="esc-eacts-2025/antithrombotic/vka-after-bioprosthesis",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-OAC-03"),
        applies=all_of(SURGICAL_BIOPROSTHESIS, FIRST_THREE_MONTHS),
        when=NO_INDICATION,
        advice=Advice.VKA,
        message="First three months of a surgical mitral bioprosthesis without another reason "
        "for anticoagulation: a vitamin K antagonist should be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/aspirin-after-bioprosthesis",
        cor=Cor.CLASS_IIB,
        loe=Loe.C,
        source=_read("ESC25-OAC-03"),
        applies=all_of(SURGICAL_BIOPROSTHESIS, AFTER_THREE_MONTHS),
        when=NO_INDICATION,
        advice=Advice.ANTIPLATELET,
        message="Surgical mitral bioprosthesis after its first three months without another "
        "reason for anticoagulation: lifelong low-dose aspirin may be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/after-repair",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-OAC-04"),
        applies=all_of(SURGICAL_REPAIR, FIRST_THREE_MONTHS),
        when=NO_INDICATION,
        advice=Advice.ORAL_ANTICOAGULATION,
        message="First three months after surgical mitral repair without another reason for "
        "anticoagulation: a vitamin K antagonist or a direct oral anticoagulant should be "
        "considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/aspirin-after-repair",
        cor=Cor.CLASS_IIB,
        loe=Loe.B,
        source=_read("ESC25-OAC-04"),
        applies=all_of(SURGICAL_REPAIR, FIRST_THREE_MONTHS),
        when=all_of(NO_INDICATION, HIGH_BLEEDING_RISK),
        advice=Advice.ANTIPLATELET,
        message="First three months after surgical mitral repair at high bleeding risk: aspirin "
        "instead of an anticoagulant may be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/bioprosthesis-with-af",
        cor=Cor.CLASS_I,
        loe=Loe.B,
        source=_read("ESC25-OAC-05"),
        applies=BIOPROSTHESIS,
        when=equals("atrial_fibrillation", True),
        advice=Advice.ORAL_ANTICOAGULATION,
        message="Bioprosthesis with atrial fibrillation: continue oral anticoagulation.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/doac-after-three-months",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-OAC-05"),
        applies=all_of(BIOPROSTHESIS, equals("atrial_fibrillation", True)),
        when=AFTER_THREE_MONTHS,
        advice=Advice.DOAC,
        message="Bioprosthesis with atrial fibrillation, after the first three months: a direct "
        "oral anticoagulant rather than a vitamin K antagonist should be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/continue-doac",
        cor=Cor.CLASS_IIB,
        loe=Loe.B,
        source=_read("ESC25-OAC-05"),
        applies=all_of(BIOPROSTHESIS, equals("atrial_fibrillation", True)),
        when=all_of(FIRST_THREE_MONTHS, equals("takes_doac", True)),
        advice=Advice.DOAC,
        message="New bioprosthesis with atrial fibrillation, already on a direct oral "
        "anticoagulant: continuing it may be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/after-edge-to-edge-repair",
        cor=None,
        loe=None,
        source=_read("ESC25-OAC-06"),
        applies=equals("mitral_valve_state", MitralValveState.TEER),
        when=NO_INDICATION,
        advice=Advice.ANTIPLATELET,
        message="Edge-to-edge repair without a reason for anticoagulation: one antiplatelet "
        "drug, aspirin, for the long term.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/after-transcatheter-valve",
        cor=None,
        loe=None,
        source=_read("ESC25-OAC-07"),
        applies=all_of(
            equals("mitral_valve_state", MitralValveState.TRANSCATHETER),
            at_most("months_since_mitral_intervention", MONTHS_AFTER_TRANSCATHETER),
        ),
        when=NO_INDICATION,
        advice=Advice.ORAL_ANTICOAGULATION,
        message="Transcatheter mitral valve without another reason for anticoagulation: oral "
        "anticoagulation for six months or longer.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/continue-after-repair",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-OAC-11"),
        applies=SURGICAL_REPAIR,
        when=OWN_INDICATION,
        advice=Advice.ORAL_ANTICOAGULATION,
        message="Surgical repair in a patient with a reason of its own for anticoagulation or an "
        "antiplatelet drug: continuing it should be considered.",
    ),
)

_PROCEDURES = (
    _rule(
        id="esc-eacts-2025/antithrombotic/minor-procedure",
        cor=Cor.CLASS_I,
        loe=Loe.A,
        source=_read("ESC25-OAC-08"),
        applies=ANY_MECHANICAL,
        when=MINOR,
        advice=Advice.VKA,
        message="Mechanical valve before a minor procedure: continue the vitamin K antagonist.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/major-procedure",
        cor=Cor.CLASS_I,
        loe=Loe.B,
        source=_read("ESC25-OAC-08"),
        applies=ANY_MECHANICAL,
        when=MAJOR,
        advice=Advice.VKA,
        message="Mechanical valve before a major procedure: stop the vitamin K antagonist four "
        "days or more before, to an INR below 1.5.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/bridging",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-OAC-08"),
        applies=all_of(ANY_MECHANICAL, any_of(MITRAL_MECHANICAL, BRIDGING_FACTOR)),
        when=MAJOR,
        advice=Advice.BRIDGING,
        message="Mechanical mitral valve, or another factor, before a major procedure: bridging "
        "should be considered.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/no-bridging-aortic",
        cor=Cor.CLASS_IIB,
        loe=Loe.B,
        source=_read("ESC25-OAC-08"),
        applies=all_of(CURRENT_AORTIC_ALONE, negation(BRIDGING_FACTOR)),
        when=MAJOR,
        advice=Advice.BRIDGING,
        message="New-generation aortic valve alone, without any factor, before a major "
        "procedure: leaving out the bridge may be considered. Never for a mitral valve.",
    ),
)

RHEUMATIC_STENOSIS_IN_SINUS_RHYTHM = all_of(
    equals("etiology", Etiology.RHEUMATIC),
    one_of("mitral_stenosis", StenosisGrade.MILD, StenosisGrade.MODERATE, StenosisGrade.SEVERE),
    equals("atrial_fibrillation", False),
)
_STENOSIS = (
    _rule(
        id="esc-eacts-2025/antithrombotic/stenosis-with-embolism",
        cor=None,
        loe=None,
        source=_read("ESC25-OAC-10"),
        applies=RHEUMATIC_STENOSIS_IN_SINUS_RHYTHM,
        when=any_of(equals("thromboembolism_ever", True), equals("la_thrombus", True)),
        advice=Advice.VKA,
        message="Rheumatic mitral stenosis in sinus rhythm with a systemic embolism or a "
        "thrombus in the left atrium: anticoagulation is indicated, with a vitamin K antagonist, "
        "INR 2 to 3.",
    ),
    _rule(
        id="esc-eacts-2025/antithrombotic/stenosis-with-large-atrium",
        cor=None,
        loe=None,
        source=_read("ESC25-OAC-10"),
        applies=RHEUMATIC_STENOSIS_IN_SINUS_RHYTHM,
        when=any_of(
            equals("dense_spontaneous_contrast", True),
            above("la_diameter_mm", LARGE_LA_MM),
            above("la_volume_index_ml_m2", LARGE_LA_INDEX),
        ),
        advice=Advice.VKA,
        message="Rheumatic mitral stenosis in sinus rhythm with dense spontaneous contrast or a "
        "large left atrium: consider a vitamin K antagonist, INR 2 to 3.",
    ),
)

RULES = (*_INR, *_MECHANICAL, *_AFTER_PROCEDURE, *_PROCEDURES, *_STENOSIS)
