"""Prosthesis and repaired valve: dysfunction, leak, thrombosis (RT 17; ESC25-PV-*, -RR-*, -SVD-03).

The rules that say whether to intervene carry the headline of a patient with a prosthesis. The
stages of deterioration (ESC25-SVD-01 and -02) are ``guidelines.deterioration``.
"""

from decimal import Decimal
from functools import partial

from guidelines.criteria import above, all_of, any_of, at_least, below, equals, one_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.gates import PROSTHESES, REPAIRED
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    MitralValveState,
    Scope,
    SurgicalRisk,
    Verification,
)

SEVERE_SYMPTOMS = Decimal(3)  # NYHA class, III or IV, ESC25-PV-02
LARGE_THROMBUS = Decimal(10)  # mm, above, ESC25-PV-03
SEVERE_GRADE = Decimal(4)  # grade of regurgitation, severe
# Lowest end of the target range of any mechanical mitral valve (ESC25-INR-01).
LOWEST_INR = Decimal("2.5")  # below, ESC25-PV-10

PROSTHESIS = one_of("mitral_valve_state", *PROSTHESES)
PROSTHESIS_OR_REPAIR = one_of("mitral_valve_state", *PROSTHESES, *REPAIRED)
SURGICAL_REPAIR = equals("mitral_valve_state", MitralValveState.SURGICAL_REPAIR)
MECHANICAL = equals("mitral_valve_state", MitralValveState.MECHANICAL)
BIOPROSTHESIS = one_of(
    "mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS, MitralValveState.TRANSCATHETER
)
SYMPTOMS = equals("symptomatic", True)
SIGNIFICANT = equals("prosthesis_dysfunction_significant", True)
NOT_THROMBOSIS = equals("valve_thrombosis_suspected", False)
LOW_RISK = equals("surgical_risk", SurgicalRisk.LOW)
LEAK = equals("paravalvular_leak", True)

_rule = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="14.4",
    chapter=Chapter.PROSTHESIS,
    scope=Scope.PROSTHESIS,
)


def _read(row: str) -> Source:
    return Source(row, Verification.PRIMARY_DOCUMENT)


_THROMBOSIS = (
    _rule(
        id="esc-eacts-2025/prosthesis/thrombosis-imaging",
        cor=Cor.CLASS_I,
        loe=Loe.C,
        source=_read("ESC25-PV-01"),
        applies=PROSTHESIS_OR_REPAIR,
        when=equals("valve_thrombosis_suspected", True),
        advice=Advice.FURTHER_TESTS,
        message="Thrombosis of the valve suspected: TEE, 4D CT or both.",
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/obstructive-thrombosis",
        cor=Cor.CLASS_I,
        loe=Loe.B,
        source=_read("ESC25-PV-02"),
        applies=MECHANICAL,
        when=all_of(
            equals("valve_thrombosis_confirmed", True),
            equals("valve_thrombosis_obstructive", True),
            at_least("nyha_class", SEVERE_SYMPTOMS),
        ),
        advice=Advice.FIBRINOLYSIS,
        message="Obstructive thrombosis of a mechanical valve with heart failure of NYHA III to "
        "IV: the heart team decides on reoperation or slow low-dose fibrinolysis.",
        is_timing=True,
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/large-thrombus",
        cor=Cor.CLASS_IIA,
        loe=Loe.C,
        source=_read("ESC25-PV-03"),
        applies=MECHANICAL,
        when=all_of(
            equals("valve_thrombosis_confirmed", True),
            above("valve_thrombus_mm", LARGE_THROMBUS),
            equals("embolism_with_valve_thrombus", True),
        ),
        advice=Advice.REOPERATION,
        message="Thrombus above 10 mm on a mechanical valve, with embolism: surgery should be "
        "considered.",
        is_timing=True,
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/bioprosthetic-thrombosis",
        cor=Cor.CLASS_I,
        loe=Loe.B,
        source=_read("ESC25-PV-04"),
        applies=BIOPROSTHESIS,
        when=equals("valve_thrombosis_confirmed", True),
        advice=Advice.VKA,
        message="Thrombosis of a bioprosthesis: a vitamin K antagonist before any reintervention.",
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/leaflet-thickening",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-PV-05"),
        applies=BIOPROSTHESIS,
        when=all_of(
            equals("leaflet_thickening_with_reduced_motion", True),
            equals("prosthesis_gradient_risen", True),
        ),
        advice=Advice.ORAL_ANTICOAGULATION,
        message="Bioprosthesis with thickened leaflets, reduced motion and a raised gradient: "
        "oral anticoagulation until it is resolved should be considered.",
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/thrombosis-low-inr",
        cor=None,
        loe=None,
        source=_read("ESC25-PV-10"),
        applies=all_of(MECHANICAL, equals("valve_thrombosis_suspected", True)),
        when=below("last_inr", LOWEST_INR),
        advice=Advice.VKA,
        message="Thrombosis of a mechanical valve with an INR below its range: restore "
        "anticoagulation promptly.",
    ),
)

_DYSFUNCTION = (
    _rule(
        id="esc-eacts-2025/prosthesis/leak",
        cor=Cor.CLASS_I,
        loe=Loe.C,
        source=_read("ESC25-PV-06"),
        applies=all_of(PROSTHESIS, LEAK),
        when=any_of(
            equals("endocarditis_active_or_suspected", True),
            equals("hemolysis_needs_transfusion", True),
            equals("heart_failure_from_prosthetic_leak", True),
            all_of(at_least("prosthetic_regurgitation_grade", SEVERE_GRADE), SYMPTOMS),
        ),
        advice=Advice.REOPERATION,
        message="Leak beside the prosthesis with endocarditis, hemolysis that needs transfusions "
        "or symptoms of heart failure: reoperation; the heart team decides how (class I C).",
        is_timing=True,
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/leak-closure",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-PV-07"),
        applies=all_of(PROSTHESIS, any_of(LEAK, equals("hemolysis", True))),
        when=equals("leak_closure_suitable", True),
        advice=Advice.LEAK_CLOSURE,
        message="Leak beside the prosthesis that matters, or hemolysis, and suitable for it: "
        "transcatheter closure should be considered.",
        is_timing=True,
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/mechanical-failure",
        cor=Cor.CLASS_I,
        loe=Loe.C,
        source=_read("ESC25-PV-08"),
        applies=MECHANICAL,
        when=all_of(SIGNIFICANT, SYMPTOMS, NOT_THROMBOSIS),
        advice=Advice.REOPERATION,
        message="Failure of a mechanical valve with symptoms, not by thrombosis: reoperation.",
        is_timing=True,
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/asymptomatic-dysfunction",
        cor=Cor.CLASS_IIA,
        loe=Loe.C,
        source=_read("ESC25-PV-09"),
        applies=all_of(PROSTHESIS, equals("symptomatic", False)),
        when=all_of(SIGNIFICANT, LOW_RISK),
        advice=Advice.REOPERATION,
        message="Significant dysfunction of the prosthesis without symptoms, at low surgical "
        "risk: reoperation should be considered.",
        is_timing=True,
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/failed-bioprosthesis",
        cor=Cor.CLASS_I,
        loe=Loe.C,
        source=_read("ESC25-SVD-03"),
        applies=BIOPROSTHESIS,
        when=all_of(SIGNIFICANT, SYMPTOMS, NOT_THROMBOSIS),
        advice=Advice.REOPERATION,
        message="Significant dysfunction of a bioprosthesis with symptoms, not by thrombosis: "
        "reintervention; TEE or 4D CT first when thrombosis is suspected.",
        is_timing=True,
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/valve-in-valve",
        cor=Cor.CLASS_IIA,
        loe=Loe.B,
        source=_read("ESC25-SVD-03"),
        applies=BIOPROSTHESIS,
        when=all_of(
            SIGNIFICANT,
            SYMPTOMS,
            NOT_THROMBOSIS,
            one_of(
                "surgical_risk",
                SurgicalRisk.INTERMEDIATE,
                SurgicalRisk.HIGH,
                SurgicalRisk.PROHIBITIVE,
            ),
            equals("valve_in_valve_suitable", True),
        ),
        advice=Advice.TRANSCATHETER_REPLACEMENT,
        message="Failed mitral bioprosthesis with symptoms, at intermediate or high risk and "
        "suitable: a transcatheter valve in the prosthesis should be considered.",
        is_timing=True,
    ),
)

_DETERIORATION = (
    _rule(
        id="esc-eacts-2025/prosthesis/moderate-deterioration",
        cor=None,
        loe=None,
        source=_read("ESC25-SVD-01"),
        applies=BIOPROSTHESIS,
        when=equals("prosthesis_deterioration_moderate", True),
        advice=Advice.FURTHER_TESTS,
        message="The bioprosthesis changed by Doppler as in moderate deterioration, or more: "
        "find out why, thrombosis, endocarditis and a leak excluded.",
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/severe-deterioration",
        cor=None,
        loe=None,
        source=_read("ESC25-SVD-02"),
        applies=BIOPROSTHESIS,
        when=equals("prosthesis_deterioration_severe", True),
        advice=Advice.HEART_TEAM,
        message="The bioprosthesis changed by Doppler as in severe deterioration: heart team, "
        "thrombosis, endocarditis and a leak excluded.",
    ),
)

_REPAIR = (
    _rule(
        id="esc-eacts-2025/prosthesis/recurrence-after-ring",
        cor=None,
        loe=None,
        source=_read("ESC25-RR-01"),
        applies=SURGICAL_REPAIR,
        when=equals("recurrent_mr_after_ring", True),
        advice=Advice.HEART_TEAM,
        message="Regurgitation recurred after a ring: usually redo surgery, mostly replacement; "
        "transcatheter treatment for selected patients at high risk (gradient, leak, outflow "
        "obstruction).",
    ),
    _rule(
        id="esc-eacts-2025/prosthesis/arrhythmia-after-repair",
        cor=None,
        loe=None,
        source=_read("ESC25-RR-02"),
        applies=SURGICAL_REPAIR,
        when=equals("arrhythmia_of_mitral_disease_suspected", True),
        advice=Advice.ECG_MONITORING,
        message="An arrhythmia after repair that may come from the mitral disease: continuous "
        "ECG monitoring.",
    ),
)

RULES = (*_THROMBOSIS, *_DYSFUNCTION, *_DETERIORATION, *_REPAIR)
