"""For each rule of these chapters: a picture that meets it, and what changes its verdict.

``unmet`` and ``elsewhere`` are changes to the picture that meets it, after which the rule is not
met, or not applicable; ``met`` are changes after which it still is. Both sides of every limit and
its own value stand among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from guidelines.catalogue.antithrombosis import (
    AfPattern,
    AorticMechanicalValve,
    BleedingNow,
    BleedingRisk,
    ProcedurePlanned,
    ProsthesisWish,
    StenosisGrade,
    Thrombogenicity,
)
from guidelines.vocabulary import (
    Etiology,
    MitralValveState,
    PregnancyStatus,
    SurgicalRisk,
    Tempo,
)
from tests.guidelines.pictures import Given

Facts = Mapping[str, Given]
D = Decimal


@dataclass(frozen=True)
class Case:
    """One rule: a picture that meets it, and changes."""

    base: Facts
    unmet: tuple[Facts, ...] = ()
    elsewhere: tuple[Facts, ...] = ()
    met: tuple[Facts, ...] = field(default=())


NATIVE: Facts = {"mitral_valve_state": MitralValveState.NATIVE}
MECHANICAL: Facts = {"mitral_valve_state": MitralValveState.MECHANICAL}
BIO: Facts = {"mitral_valve_state": MitralValveState.SURGICAL_BIOPROSTHESIS}
TRANSCATHETER: Facts = {"mitral_valve_state": MitralValveState.TRANSCATHETER}
REPAIR: Facts = {"mitral_valve_state": MitralValveState.SURGICAL_REPAIR}
TEER: Facts = {"mitral_valve_state": MitralValveState.TEER}
NO_OTHER: Facts = {
    "aortic_mechanical_valve": AorticMechanicalValve.NONE,
    "other_mechanical_valve": False,
}
NO_MECHANICAL: Facts = {**NATIVE, **NO_OTHER}
AORTIC: Facts = {
    **NATIVE,
    "aortic_mechanical_valve": AorticMechanicalValve.CURRENT,
    "other_mechanical_valve": True,
}
NO_FACTOR: Facts = {
    "hypercoagulable_state": False,
    "lvef_percent": 35,
    "atrial_fibrillation": True,
    "mitral_stenosis": StenosisGrade.MILD,
    "thrombotic_event_past_year": False,
}
NO_AHA_FACTOR: Facts = {
    "atrial_fibrillation": False,
    "thromboembolism_ever": False,
    "lvef_percent": 50,
    "hypercoagulable_state": False,
}
NO_REASON: Facts = {"atrial_fibrillation": False, "other_anticoagulation_indication": False}
OLDER: Facts = {"aortic_mechanical_valve": AorticMechanicalValve.OLDER}
EVENT: Facts = {"thrombotic_event_past_year": True}
AF: Facts = {"atrial_fibrillation": True}
NO_AF: Facts = {"atrial_fibrillation": False}


def months(value: str) -> Facts:
    """So many months after the mitral procedure."""
    return {"months_since_mitral_intervention": D(value)}


FACTOR_CHANGES: tuple[Facts, ...] = (
    {"hypercoagulable_state": True},
    {"lvef_percent": D("34.9")},
    {"mitral_stenosis": StenosisGrade.MODERATE},
    {"mitral_stenosis": StenosisGrade.SEVERE},
    EVENT,
)
MECHANICAL_ANYWHERE: tuple[Facts, ...] = (
    {**NO_MECHANICAL, **OLDER},
    {**NO_MECHANICAL, "aortic_mechanical_valve": AorticMechanicalValve.CURRENT},
    {**NO_MECHANICAL, "other_mechanical_valve": True},
)
TAKES_NO_DOAC: Facts = {"takes_doac": False, "doac_planned": False}

AHA, E21, E25 = "acc-aha-2020", "esc-eacts-2021", "esc-eacts-2025"
LOCAL = "local-safety"


def _procedure(kind: ProcedurePlanned) -> Facts:
    return {"procedure_planned": kind}


MINOR, MAJOR = _procedure(ProcedurePlanned.MINOR), _procedure(ProcedurePlanned.MAJOR)
NO_PROCEDURE = _procedure(ProcedurePlanned.NONE)

ANTITHROMBOTIC: dict[str, Case] = {
    f"{AHA}/antithrombotic/mitral-inr": Case(MECHANICAL, elsewhere=(NATIVE, BIO)),
    f"{AHA}/antithrombotic/aortic-inr": Case(
        {**AORTIC, **NO_AHA_FACTOR},
        unmet=(
            AF,
            {"thromboembolism_ever": True},
            {"lvef_percent": D("49.9")},
            {"hypercoagulable_state": True},
            OLDER,
        ),
        elsewhere=(MECHANICAL, NO_OTHER),
    ),
    f"{AHA}/antithrombotic/aortic-inr-with-factor": Case(
        {**AORTIC, **NO_AHA_FACTOR, **AF},
        unmet=(NO_AF,),
        elsewhere=(MECHANICAL, NO_OTHER),
        met=({**NO_AF, "lvef_percent": D("49.9")}, {**NO_AF, **OLDER}),
    ),
    f"{AHA}/antithrombotic/lifelong-vka": Case(
        {**MECHANICAL, **NO_OTHER}, elsewhere=(NATIVE, BIO), met=MECHANICAL_ANYWHERE
    ),
    f"{AHA}/antithrombotic/aspirin-added": Case(
        {
            **MECHANICAL,
            "takes_vka": True,
            "antiplatelet_indication": True,
            "bleeding_risk": BleedingRisk.LOW,
        },
        unmet=({"antiplatelet_indication": False}, {"bleeding_risk": BleedingRisk.INTERMEDIATE}),
        elsewhere=({"takes_vka": False}, NO_MECHANICAL),
    ),
    f"{AHA}/antithrombotic/embolism-at-target": Case(
        {**MECHANICAL, "embolism_at_target_inr": True},
        unmet=({"embolism_at_target_inr": False},),
        elsewhere=(NATIVE,),
    ),
    f"{AHA}/antithrombotic/no-doac": Case(
        {**MECHANICAL, "takes_doac": True, "doac_planned": False},
        unmet=(TAKES_NO_DOAC,),
        elsewhere=(NO_MECHANICAL,),
        met=({"takes_doac": False, "doac_planned": True}, *MECHANICAL_ANYWHERE),
    ),
    f"{AHA}/antithrombotic/aspirin-after-bioprosthesis": Case(
        {**BIO, **NO_REASON},
        unmet=(AF, {"other_anticoagulation_indication": True}),
        elsewhere=(MECHANICAL, REPAIR, TRANSCATHETER),
    ),
    f"{AHA}/antithrombotic/vka-after-bioprosthesis": Case(
        {**BIO, **months("6"), "bleeding_risk": BleedingRisk.LOW},
        unmet=({"bleeding_risk": BleedingRisk.HIGH},),
        elsewhere=(months("6.1"), MECHANICAL),
        met=(months("0"),),
    ),
    f"{AHA}/antithrombotic/after-repair": Case(
        {**REPAIR, **months("3"), **NO_AF},
        unmet=(AF,),
        elsewhere=(months("3.1"), TEER),
    ),
    f"{AHA}/antithrombotic/bridging": Case(
        {**MECHANICAL, **MAJOR}, unmet=(MINOR, NO_PROCEDURE), elsewhere=(NATIVE,)
    ),
    f"{AHA}/antithrombotic/on-x": Case(
        {**MECHANICAL, "on_x_valve": True}, unmet=({"on_x_valve": False},), elsewhere=(NATIVE,)
    ),
    f"{AHA}/antithrombotic/minor-procedure": Case(
        {**MECHANICAL, **MINOR}, unmet=(MAJOR, NO_PROCEDURE), elsewhere=(NO_MECHANICAL,)
    ),
    f"{AHA}/antithrombotic/bridging-of-bioprosthesis": Case(
        {**BIO, **AF, **MAJOR},
        unmet=(MINOR,),
        elsewhere=(MECHANICAL, NO_AF),
        met=(REPAIR, TRANSCATHETER),
    ),
    f"{E21}/antithrombotic/inr-low-thrombogenicity": Case(
        {**MECHANICAL, "prosthesis_thrombogenicity": Thrombogenicity.LOW},
        unmet=({"prosthesis_thrombogenicity": Thrombogenicity.MEDIUM},),
        elsewhere=(NATIVE,),
    ),
    f"{E21}/antithrombotic/inr-medium-thrombogenicity": Case(
        {**MECHANICAL, "prosthesis_thrombogenicity": Thrombogenicity.MEDIUM},
        unmet=({"prosthesis_thrombogenicity": Thrombogenicity.HIGH},),
        elsewhere=(NATIVE,),
    ),
    f"{E21}/antithrombotic/inr-high-thrombogenicity": Case(
        {**MECHANICAL, "prosthesis_thrombogenicity": Thrombogenicity.HIGH},
        unmet=({"prosthesis_thrombogenicity": Thrombogenicity.LOW},),
        elsewhere=(NATIVE,),
    ),
    f"{E21}/antithrombotic/inr-aortic": Case(
        {
            **AORTIC,
            **NO_AF,
            "mitral_stenosis": StenosisGrade.NONE,
            "thromboembolism_ever": False,
            "lvef_percent": 35,
        },
        unmet=(
            AF,
            {"mitral_stenosis": StenosisGrade.MILD},
            {"thromboembolism_ever": True},
            {"lvef_percent": D("34.9")},
        ),
        elsewhere=(MECHANICAL, NO_OTHER),
    ),
    f"{E21}/antithrombotic/inr-aortic-with-factor": Case(
        {
            **AORTIC,
            **AF,
            "mitral_stenosis": StenosisGrade.NONE,
            "thromboembolism_ever": False,
            "lvef_percent": 35,
        },
        unmet=(NO_AF,),
        elsewhere=(MECHANICAL, NO_OTHER),
        met=({**NO_AF, "lvef_percent": D("34.9")},),
    ),
    f"{E21}/antithrombotic/vka-after-repair": Case(
        {**REPAIR, **months("3"), **NO_REASON},
        unmet=(AF,),
        elsewhere=(months("3.1"), BIO),
    ),
    f"{E25}/antithrombotic/inr": Case(
        {**MECHANICAL, **NO_OTHER, **NO_FACTOR},
        unmet=FACTOR_CHANGES,
        elsewhere=(NATIVE, {**NATIVE, "aortic_mechanical_valve": AorticMechanicalValve.CURRENT}),
        met=({**NATIVE, **OLDER}, NO_AF),
    ),
    f"{E25}/antithrombotic/inr-with-factor": Case(
        {**MECHANICAL, **NO_OTHER, **NO_FACTOR, **EVENT},
        unmet=({"thrombotic_event_past_year": False},),
        elsewhere=(NATIVE,),
        met=tuple({"thrombotic_event_past_year": False, **c} for c in FACTOR_CHANGES),
    ),
    f"{E25}/antithrombotic/inr-aortic": Case(
        {**AORTIC, **NO_FACTOR}, unmet=FACTOR_CHANGES, elsewhere=(MECHANICAL, OLDER, NO_OTHER)
    ),
    f"{E25}/antithrombotic/inr-aortic-with-factor": Case(
        {**AORTIC, **NO_FACTOR, **EVENT},
        unmet=({"thrombotic_event_past_year": False},),
        elsewhere=(MECHANICAL, OLDER, NO_OTHER),
    ),
    f"{E25}/antithrombotic/prothrombotic-factor": Case(
        {**MECHANICAL, **NO_FACTOR, **EVENT},
        unmet=({"thrombotic_event_past_year": False},),
        elsewhere=(NO_MECHANICAL,),
        met=tuple({"thrombotic_event_past_year": False, **c} for c in FACTOR_CHANGES),
    ),
    f"{E25}/antithrombotic/lifelong-vka": Case(
        {**MECHANICAL, **NO_OTHER}, elsewhere=(NATIVE, BIO), met=MECHANICAL_ANYWHERE
    ),
    f"{E25}/antithrombotic/start-within-24-hours": Case(
        {**MECHANICAL, "heparin_and_vka_started_within_24_hours": False},
        unmet=({"heparin_and_vka_started_within_24_hours": True},),
        elsewhere=(NATIVE,),
    ),
    f"{E25}/antithrombotic/self-monitoring": Case(
        {**MECHANICAL, "self_monitoring_trained": False},
        unmet=({"self_monitoring_trained": True},),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{E25}/antithrombotic/no-doac": Case(
        {**MECHANICAL, "takes_doac": True, "doac_planned": False},
        unmet=(TAKES_NO_DOAC,),
        elsewhere=(NO_MECHANICAL,),
        met=({"takes_doac": False, "doac_planned": True}, *MECHANICAL_ANYWHERE),
    ),
    f"{E25}/antithrombotic/no-dual-antiplatelet": Case(
        {**MECHANICAL, "takes_dual_antiplatelet": True},
        unmet=({"takes_dual_antiplatelet": False},),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{E25}/antithrombotic/aspirin-added": Case(
        {**MECHANICAL, "symptomatic_atherosclerosis": True},
        unmet=({"symptomatic_atherosclerosis": False},),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{E25}/antithrombotic/embolism-at-target": Case(
        {**MECHANICAL, "embolism_at_target_inr": True},
        unmet=({"embolism_at_target_inr": False},),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{E25}/antithrombotic/stomach-protection": Case(
        {**MECHANICAL, "bleeding_risk_factors": True},
        unmet=({"bleeding_risk_factors": False},),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{E25}/antithrombotic/vka-after-bioprosthesis": Case(
        {**BIO, **months("3"), **NO_REASON}, unmet=(AF,), elsewhere=(months("3.1"), REPAIR)
    ),
    f"{E25}/antithrombotic/aspirin-after-bioprosthesis": Case(
        {**BIO, **months("3.1"), **NO_REASON}, unmet=(AF,), elsewhere=(months("3"), REPAIR)
    ),
    f"{E25}/antithrombotic/after-repair": Case(
        {**REPAIR, **months("3"), **NO_REASON}, unmet=(AF,), elsewhere=(months("3.1"), BIO)
    ),
    f"{E25}/antithrombotic/aspirin-after-repair": Case(
        {**REPAIR, **months("3"), **NO_REASON, "bleeding_risk": BleedingRisk.HIGH},
        unmet=(AF, {"bleeding_risk": BleedingRisk.LOW}),
        elsewhere=(months("3.1"), BIO),
    ),
    f"{E25}/antithrombotic/bioprosthesis-with-af": Case(
        {**BIO, **AF}, unmet=(NO_AF,), elsewhere=(MECHANICAL, REPAIR), met=(TRANSCATHETER,)
    ),
    f"{E25}/antithrombotic/doac-after-three-months": Case(
        {**BIO, **AF, **months("3.1")}, unmet=(months("3"),), elsewhere=(MECHANICAL, NO_AF)
    ),
    f"{E25}/antithrombotic/continue-doac": Case(
        {**BIO, **AF, **months("3"), "takes_doac": True},
        unmet=(months("3.1"), {"takes_doac": False}),
        elsewhere=(MECHANICAL, NO_AF),
    ),
    f"{E25}/antithrombotic/after-edge-to-edge-repair": Case(
        {**TEER, **NO_REASON}, unmet=(AF,), elsewhere=(REPAIR,)
    ),
    f"{E25}/antithrombotic/after-transcatheter-valve": Case(
        {**TRANSCATHETER, **months("6"), **NO_REASON},
        unmet=(AF,),
        elsewhere=(months("6.1"), BIO),
    ),
    f"{E25}/antithrombotic/continue-after-repair": Case(
        {
            **REPAIR,
            **AF,
            "other_anticoagulation_indication": False,
            "antiplatelet_indication": False,
        },
        unmet=(NO_AF,),
        elsewhere=(BIO,),
        met=({**NO_AF, "antiplatelet_indication": True},),
    ),
    f"{E25}/antithrombotic/minor-procedure": Case(
        {**MECHANICAL, **MINOR}, unmet=(MAJOR, NO_PROCEDURE), elsewhere=(NO_MECHANICAL,)
    ),
    f"{E25}/antithrombotic/major-procedure": Case(
        {**MECHANICAL, **MAJOR}, unmet=(MINOR,), elsewhere=(NO_MECHANICAL,)
    ),
    f"{E25}/antithrombotic/bridging": Case(
        {**MECHANICAL, **MAJOR},
        unmet=(MINOR,),
        elsewhere=(
            NO_MECHANICAL,
            {**AORTIC, **NO_FACTOR, **NO_AF, "thromboembolism_ever": False},
        ),
        met=({**AORTIC, **AF}, {**AORTIC, "thromboembolism_ever": True}, {**AORTIC, **OLDER}),
    ),
    f"{E25}/antithrombotic/no-bridging-aortic": Case(
        {**AORTIC, **NO_FACTOR, **NO_AF, "thromboembolism_ever": False, **MAJOR},
        unmet=(MINOR,),
        elsewhere=(MECHANICAL, AF, OLDER, EVENT, {"thromboembolism_ever": True}),
    ),
    f"{E25}/antithrombotic/stenosis-with-embolism": Case(
        {
            "etiology": Etiology.RHEUMATIC,
            "mitral_stenosis": StenosisGrade.MILD,
            **NO_AF,
            "thromboembolism_ever": True,
            "la_thrombus": False,
        },
        unmet=({"thromboembolism_ever": False},),
        elsewhere=(AF, {"mitral_stenosis": StenosisGrade.NONE}, {"etiology": Etiology.BARLOW}),
        met=({"thromboembolism_ever": False, "la_thrombus": True},),
    ),
    f"{E25}/antithrombotic/stenosis-with-large-atrium": Case(
        {
            "etiology": Etiology.RHEUMATIC,
            "mitral_stenosis": StenosisGrade.SEVERE,
            **NO_AF,
            "dense_spontaneous_contrast": False,
            "la_diameter_mm": D("50.1"),
            "la_volume_index_ml_m2": 60,
        },
        unmet=({"la_diameter_mm": 50},),
        elsewhere=(AF, {"etiology": Etiology.BARLOW}),
        met=(
            {"la_diameter_mm": 50, "la_volume_index_ml_m2": D("60.1")},
            {"la_diameter_mm": 50, "dense_spontaneous_contrast": True},
        ),
    ),
}

NOT_BLEEDING: Facts = {"bleeding_now": BleedingNow.NONE}
UNCONTROLLABLE: Facts = {"bleeding_now": BleedingNow.UNCONTROLLABLE}
MAJOR_BLEEDING: Facts = {"bleeding_now": BleedingNow.MAJOR}

BLEEDING: dict[str, Case] = {
    f"{AHA}/bleeding/emergency-surgery": Case(
        {"takes_vka": True, "emergency_surgery_needed": True},
        unmet=({"emergency_surgery_needed": False},),
        elsewhere=({"takes_vka": False},),
    ),
    f"{AHA}/bleeding/uncontrollable": Case(
        {**MECHANICAL, **UNCONTROLLABLE},
        unmet=(MAJOR_BLEEDING, NOT_BLEEDING),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{AHA}/bleeding/vitamin-k": Case(
        {**MECHANICAL, **UNCONTROLLABLE, "vka_resumed_within_7_days": False},
        unmet=(MAJOR_BLEEDING, {"vka_resumed_within_7_days": True}),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{AHA}/bleeding/high-inr": Case(
        {**MECHANICAL, "inr": D("5.1"), **NOT_BLEEDING},
        unmet=({"inr": D("5.0")}, MAJOR_BLEEDING),
        elsewhere=(NO_MECHANICAL,),
    ),
    f"{AHA}/bleeding/doac-reversal": Case(
        {**BIO, "takes_doac": True, **UNCONTROLLABLE},
        unmet=(MAJOR_BLEEDING,),
        elsewhere=(MECHANICAL, {"takes_doac": False}),
        met=(REPAIR, TRANSCATHETER),
    ),
    f"{E25}/bleeding/inr-above-10": Case(
        {**MECHANICAL, "inr": D("10.1"), **NOT_BLEEDING},
        unmet=({"inr": 10}, MAJOR_BLEEDING),
        elsewhere=({**NO_MECHANICAL, "takes_vka": False},),
        met=({**NO_MECHANICAL, "takes_vka": True},),
    ),
    f"{E25}/bleeding/inr-4-5-to-10": Case(
        {**MECHANICAL, "inr": 10, **NOT_BLEEDING},
        unmet=({"inr": D("10.1")}, {"inr": D("4.4")}, MAJOR_BLEEDING),
        elsewhere=({**NO_MECHANICAL, "takes_vka": False},),
        met=({"inr": D("4.5")},),
    ),
    f"{E25}/bleeding/major-bleeding": Case(
        {**MECHANICAL, **MAJOR_BLEEDING},
        unmet=({"bleeding_now": BleedingNow.MINOR},),
        elsewhere=({**NO_MECHANICAL, "takes_vka": False},),
        met=(UNCONTROLLABLE,),
    ),
}

RHEUMATIC_STENOSIS: Facts = {
    "etiology": Etiology.RHEUMATIC,
    "mitral_stenosis": StenosisGrade.MODERATE,
    "mva_cm2": D("1.6"),
}
SURGERY: Facts = {
    "mitral_surgery_planned": True,
    "other_valve_surgery_planned": False,
    "intervention_indicated_acc_aha": False,
    "intervention_indicated_esc_eacts": False,
}
NO_SURGERY: Facts = {**SURGERY, "mitral_surgery_planned": False}
OTHER_SURGERY: Facts = {**NO_SURGERY, "other_valve_surgery_planned": True}
INDICATED: Facts = {
    **NO_SURGERY,
    "intervention_indicated_acc_aha": True,
    "intervention_indicated_esc_eacts": True,
}
DEGENERATIVE: Facts = {
    "etiology": Etiology.BARLOW,
    "mitral_stenosis": StenosisGrade.NONE,
    "mva_cm2": 4,
}
AF_DOAC: Facts = {
    **AF,
    **NO_MECHANICAL,
    **DEGENERATIVE,
    "cha2ds2_vasc": 1,
    "cha2ds2_va": 1,
    "hypertrophic_cardiomyopathy_or_amyloidosis": False,
}


def _anticoagulation(edition: str) -> dict[str, Case]:
    base = {**AF, **NO_MECHANICAL}
    return {
        f"{edition}/atrial-fibrillation/anticoagulation": Case(
            {**base, "cha2ds2_va": 2}, unmet=({"cha2ds2_va": 1},), elsewhere=(NO_AF, MECHANICAL)
        ),
        f"{edition}/atrial-fibrillation/anticoagulation-considered": Case(
            {**base, "cha2ds2_va": 1},
            unmet=({"cha2ds2_va": 0}, {"cha2ds2_va": 2}),
            elsewhere=(NO_AF, MECHANICAL),
        ),
        f"{edition}/atrial-fibrillation/cardiomyopathy": Case(
            {**base, "hypertrophic_cardiomyopathy_or_amyloidosis": True},
            unmet=({"hypertrophic_cardiomyopathy_or_amyloidosis": False},),
            elsewhere=(NO_AF, MECHANICAL),
        ),
    }


def _stenosis(edition: str) -> Case:
    return Case(
        {**AF, **RHEUMATIC_STENOSIS, "takes_doac": True, "doac_planned": False},
        unmet=(TAKES_NO_DOAC,),
        elsewhere=(NO_AF,),
        met=({"takes_doac": False, "doac_planned": True},),
    )


ATRIAL_FIBRILLATION: dict[str, Case] = {
    f"{AHA}/atrial-fibrillation/doac": Case(
        {**AF_DOAC, **months("1")},
        unmet=({"cha2ds2_vasc": 0},),
        elsewhere=(NO_AF, MECHANICAL, RHEUMATIC_STENOSIS, {**BIO, **months("3")}),
        met=({**BIO, **months("3.1")}, {"etiology": Etiology.RHEUMATIC}),
    ),
    f"{AHA}/atrial-fibrillation/rheumatic-stenosis": Case(
        {**AF, **RHEUMATIC_STENOSIS},
        unmet=({"etiology": Etiology.BARLOW}, {"mitral_stenosis": StenosisGrade.NONE}),
        elsewhere=(NO_AF,),
    ),
    f"{AHA}/atrial-fibrillation/new-bioprosthesis": Case(
        {**AF, **BIO, **months("3")}, unmet=(months("3.1"),), elsewhere=(NO_AF, REPAIR)
    ),
    f"{AHA}/atrial-fibrillation/no-doac-with-mechanical-valve": Case(
        {**MECHANICAL, "takes_doac": True, "doac_planned": False},
        unmet=(TAKES_NO_DOAC,),
        elsewhere=(NO_MECHANICAL,),
        met=({"takes_doac": False, "doac_planned": True},),
    ),
    f"{AHA}/atrial-fibrillation/discuss-procedure": Case(
        {**AF, **SURGERY}, unmet=(NO_SURGERY,), elsewhere=(NO_AF,), met=(INDICATED, OTHER_SURGERY)
    ),
    f"{AHA}/atrial-fibrillation/ablation": Case(
        {**AF, **SURGERY, "af_symptomatic": True, "af_pattern": AfPattern.PAROXYSMAL},
        unmet=({"af_symptomatic": False}, {"af_pattern": AfPattern.PERMANENT}),
        elsewhere=(NO_AF, NO_SURGERY),
        met=({"af_pattern": AfPattern.PERSISTENT},),
    ),
    f"{AHA}/atrial-fibrillation/appendage": Case(
        {**AF, **SURGERY}, unmet=(NO_SURGERY,), elsewhere=(NO_AF,)
    ),
    f"{AHA}/atrial-fibrillation/after-surgery": Case(
        {
            "af_surgery_done": True,
            "appendage_closed": False,
            "months_since_af_surgery_or_appendage_closure": 3,
        },
        unmet=({"months_since_af_surgery_or_appendage_closure": D("3.1")},),
        elsewhere=({"af_surgery_done": False},),
        met=({"af_surgery_done": False, "appendage_closed": True},),
    ),
    f"{AHA}/atrial-fibrillation/no-prophylactic-closure": Case(
        {"appendage_closure_planned": True, **NO_AF},
        unmet=(AF,),
        elsewhere=({"appendage_closure_planned": False},),
    ),
    f"{AHA}/atrial-fibrillation/vka-in-stenosis-2023": Case(
        {**AF, **RHEUMATIC_STENOSIS},
        unmet=(
            {"mitral_stenosis": StenosisGrade.NONE},
            DEGENERATIVE,
            {"etiology": Etiology.BARLOW, "mitral_stenosis": StenosisGrade.MILD},
        ),
        elsewhere=(NO_AF,),
        met=({"etiology": Etiology.BARLOW}, {"mitral_stenosis": StenosisGrade.MILD}),
    ),
    f"{AHA}/atrial-fibrillation/doac-2023": Case(
        AF_DOAC,
        unmet=({"cha2ds2_vasc": 0},),
        elsewhere=(NO_AF, MECHANICAL, BIO, RHEUMATIC_STENOSIS),
        met=(REPAIR,),
    ),
    f"{AHA}/atrial-fibrillation/appendage-2023": Case(
        {**AF, **SURGERY, "cha2ds2_vasc": 2},
        unmet=({"cha2ds2_vasc": 1},),
        elsewhere=(NO_AF, NO_SURGERY),
    ),
    f"{E25}/atrial-fibrillation/doac": Case(
        AF_DOAC,
        unmet=({"cha2ds2_va": 0},),
        elsewhere=(NO_AF, MECHANICAL, BIO, {**RHEUMATIC_STENOSIS, "mva_cm2": D("2.0")}),
        met=(
            {**RHEUMATIC_STENOSIS, "mva_cm2": D("2.1")},
            {"cha2ds2_va": 0, "hypertrophic_cardiomyopathy_or_amyloidosis": True},
        ),
    ),
    f"{E25}/atrial-fibrillation/no-doac-in-stenosis": Case(
        {**_stenosis(E25).base, "mva_cm2": D("2.0")},
        unmet=(TAKES_NO_DOAC, {"mva_cm2": D("2.1")}),
        elsewhere=(NO_AF, {"etiology": Etiology.BARLOW}),
        met=({"takes_doac": False, "doac_planned": True},),
    ),
    f"{E25}/atrial-fibrillation/ablation": Case(
        {**AF, **SURGERY, "af_rhythm_control_suitable": True},
        unmet=({"af_rhythm_control_suitable": False},),
        elsewhere=(NO_AF, NO_SURGERY),
        met=(INDICATED,),
    ),
    f"{E25}/atrial-fibrillation/appendage": Case(
        {**AF, **SURGERY}, unmet=(NO_SURGERY,), elsewhere=(NO_AF,), met=(OTHER_SURGERY,)
    ),
    f"{E25}/atrial-fibrillation/ablation-at-other-surgery": Case(
        {**AF, **OTHER_SURGERY}, unmet=(NO_SURGERY,), elsewhere=(NO_AF, SURGERY)
    ),
    f"{E21}/atrial-fibrillation/no-doac-in-stenosis": Case(
        _stenosis(E21).base,
        unmet=(TAKES_NO_DOAC, {"mitral_stenosis": StenosisGrade.MILD}),
        elsewhere=(NO_AF,),
        met=({"mitral_stenosis": StenosisGrade.SEVERE}, {"etiology": Etiology.BARLOW}),
    ),
    f"{E21}/atrial-fibrillation/ablation": Case(
        {**AF, **SURGERY, "af_rhythm_control_suitable": True},
        unmet=({"af_rhythm_control_suitable": False},),
        elsewhere=(NO_AF, NO_SURGERY),
    ),
    f"{E21}/atrial-fibrillation/appendage": Case(
        {**AF, **SURGERY, "cha2ds2_vasc": 2},
        unmet=({"cha2ds2_vasc": 1},),
        elsewhere=(NO_AF, NO_SURGERY),
        met=(OTHER_SURGERY,),
    ),
    **_anticoagulation(E25),
    **_anticoagulation(E21),
}

REPLACEMENT: Facts = {
    "mitral_replacement_planned": True,
    "intervention_indicated_acc_aha": False,
    "intervention_indicated_esc_eacts": False,
    "durable_repair_likely": True,
}
NO_REPLACEMENT: Facts = {**REPLACEMENT, "mitral_replacement_planned": False}
REPAIR_IMPOSSIBLE: Facts = {
    **NO_REPLACEMENT,
    "intervention_indicated_acc_aha": True,
    "intervention_indicated_esc_eacts": True,
    "durable_repair_likely": False,
}
REPAIRABLE: Facts = {**REPAIR_IMPOSSIBLE, "durable_repair_likely": True}
AORTIC_PLANNED: Facts = {"aortic_replacement_planned": True}


def age(years: int) -> Facts:
    """Completed years."""
    return {"age_years": years}


def _choice(when: Facts, *unmet: Facts, met: tuple[Facts, ...] = ()) -> Case:
    return Case(
        {**REPLACEMENT, **when},
        unmet=unmet,
        elsewhere=(NO_REPLACEMENT, REPAIRABLE),
        met=(REPAIR_IMPOSSIBLE, *met),
    )


WITHOUT_VKA_TROUBLE: Facts = {
    "vka_quality_poor": False,
    "bleeding_risk": BleedingRisk.LOW,
    "life_expectancy_short": False,
}


def _choices(edition: str) -> dict[str, Case]:
    base = f"{edition}/prosthesis-choice"
    return {
        f"{base}/wish-mechanical": _choice(
            {"prosthesis_wish": ProsthesisWish.MECHANICAL, "vka_contraindicated": False},
            {"prosthesis_wish": ProsthesisWish.BIOLOGICAL},
            {"vka_contraindicated": True},
        ),
        f"{base}/wish-biological": _choice(
            {"prosthesis_wish": ProsthesisWish.BIOLOGICAL},
            {"prosthesis_wish": ProsthesisWish.MECHANICAL},
        ),
        f"{base}/mechanical-by-age": _choice(age(64), age(65)),
        f"{base}/biological-by-age": _choice(age(71), age(70)),
        f"{base}/open-by-age": _choice(age(65), age(64), age(71), met=(age(70),)),
        f"{base}/other-mechanical-valve": _choice(
            {"other_mechanical_valve": True}, {"other_mechanical_valve": False}
        ),
        f"{base}/anticoagulated-anyway": _choice(
            {**AF, "other_anticoagulation_indication": False},
            NO_AF,
            met=({**NO_AF, "other_anticoagulation_indication": True},),
        ),
        f"{base}/anticoagulation-hard": _choice(
            {**WITHOUT_VKA_TROUBLE, "vka_quality_poor": True},
            WITHOUT_VKA_TROUBLE,
            met=(
                {**WITHOUT_VKA_TROUBLE, "bleeding_risk": BleedingRisk.HIGH},
                {**WITHOUT_VKA_TROUBLE, "life_expectancy_short": True},
            ),
        ),
        f"{base}/pregnancy-planned": _choice(
            {"pregnancy_status": PregnancyStatus.PLANNING},
            {"pregnancy_status": PregnancyStatus.NOT_PREGNANT},
        ),
    }


CHOICE: dict[str, Case] = {
    f"{AHA}/prosthesis-choice/shared-decision": _choice({}),
    f"{AHA}/prosthesis-choice/no-vka": _choice(
        {"vka_not_acceptable": True}, {"vka_not_acceptable": False}
    ),
    f"{AHA}/prosthesis-choice/mechanical": _choice(
        {**age(64), "vka_not_acceptable": False}, age(65), {"vka_not_acceptable": True}
    ),
    f"{AHA}/prosthesis-choice/biological": _choice(age(65), age(64)),
    f"{AHA}/prosthesis-choice/aortic-below-50": Case(
        {**AORTIC_PLANNED, **age(49)},
        unmet=(age(50),),
        elsewhere=({"aortic_replacement_planned": False},),
    ),
    f"{AHA}/prosthesis-choice/aortic-50-to-65": Case(
        {**AORTIC_PLANNED, **age(50)},
        unmet=(age(49), age(66)),
        elsewhere=({"aortic_replacement_planned": False},),
        met=(age(65),),
    ),
    f"{AHA}/prosthesis-choice/aortic-above-65": Case(
        {**AORTIC_PLANNED, **age(66)},
        unmet=(age(65),),
        elsewhere=({"aortic_replacement_planned": False},),
    ),
    **_choices(E25),
    **_choices(E21),
    f"{E25}/prosthesis-choice/long-life": _choice(
        {"life_expectancy_long": True}, {"life_expectancy_long": False}
    ),
    f"{E21}/prosthesis-choice/accelerated-deterioration": _choice(
        {**age(39), "hyperparathyroidism": False, "dialysis": False},
        age(40),
        met=({**age(40), "hyperparathyroidism": True}, {**age(40), "dialysis": True}),
    ),
    f"{E21}/prosthesis-choice/biological-on-doac": _choice(
        {**AF, "other_anticoagulation_indication": False}, NO_AF
    ),
}

RISK_LOW: Facts = {"surgical_risk": SurgicalRisk.LOW}
RISK_INTERMEDIATE: Facts = {"surgical_risk": SurgicalRisk.INTERMEDIATE}
RISK_HIGH: Facts = {"surgical_risk": SurgicalRisk.HIGH}
RISK_PROHIBITIVE: Facts = {"surgical_risk": SurgicalRisk.PROHIBITIVE}
SYMPTOMS: Facts = {"symptomatic": True}
NO_SYMPTOMS: Facts = {"symptomatic": False}
NOT_A_PROSTHESIS: tuple[Facts, ...] = (NATIVE, REPAIR)
NYHA_3: Facts = {"nyha_class": 3}
NYHA_2: Facts = {"nyha_class": 2}
LEAK: Facts = {
    "hemolysis_intractable": False,
    "hemolysis": False,
    "hemolysis_needs_transfusion": False,
    "heart_failure_from_prosthetic_leak": True,
    "prosthetic_regurgitation_grade": 3,
    "paravalvular_leak": True,
    "endocarditis_active_or_suspected": False,
    **SYMPTOMS,
}
NO_HF: Facts = {"heart_failure_from_prosthetic_leak": False}
SEVERE_LEAK: Facts = {**NO_HF, "prosthetic_regurgitation_grade": 4}
FAILING: Facts = {
    **SYMPTOMS,
    "prosthesis_dysfunction_significant": True,
    "valve_thrombosis_suspected": False,
}
THROMBOSED: Facts = {
    **MECHANICAL,
    "valve_thrombosis_suspected": True,
    "valve_thrombosis_confirmed": True,
    "valve_thrombosis_obstructive": True,
    "symptoms_of_valve_obstruction": True,
    "valve_thrombus_mm": D("10.1"),
    "embolism_with_valve_thrombus": True,
    **NYHA_3,
}

PROSTHESIS: dict[str, Case] = {
    f"{AHA}/prosthesis/echo": Case(
        {**MECHANICAL, "symptoms_or_signs_changed": True},
        unmet=({"symptoms_or_signs_changed": False},),
        elsewhere=(NATIVE,),
        met=(REPAIR, TEER),
    ),
    f"{AHA}/prosthesis/further-imaging": Case(
        {**MECHANICAL, "prosthesis_echo_explains": False},
        unmet=({"prosthesis_echo_explains": True},),
        elsewhere=(NATIVE,),
        met=(REPAIR,),
    ),
    f"{AHA}/prosthesis/symptomatic-stenosis": Case(
        {**MECHANICAL, "prosthetic_stenosis_severe": True, **SYMPTOMS, **RISK_INTERMEDIATE},
        unmet=({"prosthetic_stenosis_severe": False}, NO_SYMPTOMS, RISK_HIGH, RISK_PROHIBITIVE),
        elsewhere=NOT_A_PROSTHESIS,
        met=(RISK_LOW, BIO, TRANSCATHETER),
    ),
    f"{AHA}/prosthesis/leak": Case(
        {**MECHANICAL, **LEAK, **RISK_LOW},
        unmet=(NO_HF, RISK_HIGH, RISK_PROHIBITIVE),
        elsewhere=NOT_A_PROSTHESIS,
        met=(SEVERE_LEAK, {**NO_HF, "hemolysis_intractable": True}, RISK_INTERMEDIATE),
    ),
    f"{AHA}/prosthesis/asymptomatic-regurgitation": Case(
        {**BIO, **NO_SYMPTOMS, "prosthetic_regurgitation_grade": 4, **RISK_LOW},
        unmet=({"prosthetic_regurgitation_grade": 3}, RISK_INTERMEDIATE),
        elsewhere=(SYMPTOMS, *NOT_A_PROSTHESIS),
    ),
    f"{AHA}/prosthesis/leak-closure": Case(
        {**MECHANICAL, **LEAK, **NYHA_3, **RISK_HIGH, "leak_closure_suitable": True},
        unmet=(NYHA_2, RISK_LOW, {"leak_closure_suitable": False}),
        elsewhere=({"paravalvular_leak": False}, *NOT_A_PROSTHESIS),
        met=({**NYHA_2, "hemolysis": True}, RISK_PROHIBITIVE),
    ),
    f"{AHA}/prosthesis/valve-in-valve": Case(
        {**BIO, **LEAK, **NYHA_3, **RISK_HIGH, "valve_in_valve_suitable": True},
        unmet=(NYHA_2, NO_HF, RISK_LOW, {"valve_in_valve_suitable": False}),
        elsewhere=(MECHANICAL, REPAIR),
        met=(SEVERE_LEAK, RISK_PROHIBITIVE),
    ),
    f"{AHA}/prosthesis/thrombosis-imaging": Case(
        {**MECHANICAL, "valve_thrombosis_suspected": True},
        unmet=({"valve_thrombosis_suspected": False},),
        elsewhere=(BIO,),
    ),
    f"{AHA}/prosthesis/thrombosis": Case(
        THROMBOSED,
        unmet=({"valve_thrombosis_confirmed": False}, {"symptoms_of_valve_obstruction": False}),
        elsewhere=(BIO,),
    ),
    f"{AHA}/prosthesis/bioprosthetic-thrombosis": Case(
        {**BIO, "valve_thrombosis_suspected": True, "hemodynamically_stable": True},
        unmet=({"valve_thrombosis_suspected": False}, {"hemodynamically_stable": False}),
        elsewhere=(MECHANICAL,),
    ),
    f"{AHA}/prosthesis/bioprosthetic-thrombosis-imaging": Case(
        {**BIO, "valve_thrombosis_suspected": True},
        unmet=({"valve_thrombosis_suspected": False},),
        elsewhere=(MECHANICAL,),
    ),
    f"{AHA}/prosthesis/embolism-on-antiplatelet": Case(
        {**BIO, "embolism_on_antiplatelet": True},
        unmet=({"embolism_on_antiplatelet": False},),
        elsewhere=(MECHANICAL,),
    ),
    f"{E25}/prosthesis/thrombosis-imaging": Case(
        {**BIO, "valve_thrombosis_suspected": True},
        unmet=({"valve_thrombosis_suspected": False},),
        elsewhere=(NATIVE,),
        met=(REPAIR, MECHANICAL),
    ),
    f"{E25}/prosthesis/obstructive-thrombosis": Case(
        THROMBOSED,
        unmet=(
            {"valve_thrombosis_confirmed": False},
            {"valve_thrombosis_obstructive": False},
            NYHA_2,
        ),
        elsewhere=(BIO,),
        met=({"nyha_class": 4},),
    ),
    f"{E25}/prosthesis/large-thrombus": Case(
        THROMBOSED,
        unmet=(
            {"valve_thrombosis_confirmed": False},
            {"valve_thrombus_mm": 10},
            {"embolism_with_valve_thrombus": False},
        ),
        elsewhere=(BIO,),
    ),
    f"{E25}/prosthesis/bioprosthetic-thrombosis": Case(
        {**BIO, "valve_thrombosis_confirmed": True},
        unmet=({"valve_thrombosis_confirmed": False},),
        elsewhere=(MECHANICAL,),
    ),
    f"{E25}/prosthesis/leaflet-thickening": Case(
        {**BIO, "leaflet_thickening_with_reduced_motion": True, "prosthesis_gradient_risen": True},
        unmet=(
            {"leaflet_thickening_with_reduced_motion": False},
            {"prosthesis_gradient_risen": False},
        ),
        elsewhere=(MECHANICAL,),
    ),
    f"{E25}/prosthesis/thrombosis-low-inr": Case(
        {**MECHANICAL, "valve_thrombosis_suspected": True, "last_inr": D("2.4")},
        unmet=({"last_inr": D("2.5")},),
        elsewhere=(BIO, {"valve_thrombosis_suspected": False}),
    ),
    f"{E25}/prosthesis/leak": Case(
        {**MECHANICAL, **LEAK},
        unmet=(NO_HF,),
        elsewhere=({"paravalvular_leak": False}, *NOT_A_PROSTHESIS),
        met=(
            SEVERE_LEAK,
            {**NO_HF, "hemolysis_needs_transfusion": True},
            {**NO_HF, "endocarditis_active_or_suspected": True},
        ),
    ),
    f"{E25}/prosthesis/leak-closure": Case(
        {**MECHANICAL, **LEAK, "leak_closure_suitable": True},
        unmet=({"leak_closure_suitable": False},),
        elsewhere=({"paravalvular_leak": False}, *NOT_A_PROSTHESIS),
        met=({"paravalvular_leak": False, "hemolysis": True},),
    ),
    f"{E25}/prosthesis/mechanical-failure": Case(
        {**MECHANICAL, **FAILING},
        unmet=(
            {"prosthesis_dysfunction_significant": False},
            NO_SYMPTOMS,
            {"valve_thrombosis_suspected": True},
        ),
        elsewhere=(BIO, NATIVE),
    ),
    f"{E25}/prosthesis/asymptomatic-dysfunction": Case(
        {**MECHANICAL, **FAILING, **NO_SYMPTOMS, **RISK_LOW},
        unmet=({"prosthesis_dysfunction_significant": False}, RISK_INTERMEDIATE),
        elsewhere=(SYMPTOMS, *NOT_A_PROSTHESIS),
        met=(BIO,),
    ),
    f"{E25}/prosthesis/failed-bioprosthesis": Case(
        {**BIO, **FAILING},
        unmet=(
            {"prosthesis_dysfunction_significant": False},
            NO_SYMPTOMS,
            {"valve_thrombosis_suspected": True},
        ),
        elsewhere=(MECHANICAL, REPAIR),
        met=(TRANSCATHETER,),
    ),
    f"{E25}/prosthesis/valve-in-valve": Case(
        {**BIO, **FAILING, **RISK_INTERMEDIATE, "valve_in_valve_suitable": True},
        unmet=(RISK_LOW, NO_SYMPTOMS, {"valve_in_valve_suitable": False}),
        elsewhere=(MECHANICAL,),
        met=(RISK_HIGH, RISK_PROHIBITIVE),
    ),
    f"{E25}/prosthesis/moderate-deterioration": Case(
        {**BIO, "prosthesis_deterioration_moderate": True},
        unmet=({"prosthesis_deterioration_moderate": False},),
        elsewhere=(MECHANICAL,),
    ),
    f"{E25}/prosthesis/severe-deterioration": Case(
        {**BIO, "prosthesis_deterioration_severe": True},
        unmet=({"prosthesis_deterioration_severe": False},),
        elsewhere=(MECHANICAL,),
    ),
    f"{E25}/prosthesis/recurrence-after-ring": Case(
        {**REPAIR, "recurrent_mr_after_ring": True},
        unmet=({"recurrent_mr_after_ring": False},),
        elsewhere=(TEER,),
    ),
    f"{E25}/prosthesis/arrhythmia-after-repair": Case(
        {**REPAIR, "arrhythmia_of_mitral_disease_suspected": True},
        unmet=({"arrhythmia_of_mitral_disease_suspected": False},),
        elsewhere=(BIO,),
    ),
}

QUIET_VALVE: Facts = {
    "dyspnea_new_or_worse": False,
    "embolism_recent": False,
    "prosthesis_clicks_muffled": False,
    "prosthesis_gradient_risen": False,
    "valve_thrombosis_suspected": False,
}
NO_DRUGS: Facts = {
    "takes_beta_blocker": False,
    "takes_evidence_based_beta_blocker": False,
    "takes_non_dhp_calcium_blocker": False,
    "takes_other_negative_inotrope": False,
    "takes_ace_inhibitor": False,
    "takes_arb": False,
    "takes_arni": False,
    "takes_other_vasodilator": False,
    "takes_nitrate": False,
    "takes_inotrope": False,
    "balloon_pump_in_use": False,
}


def _each(*names: str) -> tuple[Facts, ...]:
    return tuple({name: True} for name in names)


ALARMS: dict[str, Case] = {
    f"{LOCAL}/anticoagulation/low-inr": Case(
        {**MECHANICAL, "last_inr": D("1.9")}, unmet=({"last_inr": D("2.0")},), elsewhere=(BIO,)
    ),
    f"{LOCAL}/anticoagulation/no-vka": Case(
        {**MECHANICAL, "vka_on_record": False}, unmet=({"vka_on_record": True},), elsewhere=(BIO,)
    ),
    f"{LOCAL}/anticoagulation/doac": Case(
        {**MECHANICAL, "doac_on_record": True, "doac_planned": False},
        unmet=({"doac_on_record": False},),
        elsewhere=(BIO,),
        met=({"doac_on_record": False, "doac_planned": True},),
    ),
    f"{LOCAL}/anticoagulation/high-inr": Case(
        {**MECHANICAL, "last_inr": D("5.1")}, unmet=({"last_inr": D("5.0")},), elsewhere=(BIO,)
    ),
    f"{LOCAL}/anticoagulation/inr-overdue": Case(
        {**MECHANICAL, "vka_on_record": True, "inr_overdue": True},
        unmet=({"inr_overdue": False},),
        elsewhere=(BIO, {"vka_on_record": False}),
    ),
    f"{LOCAL}/anticoagulation/valve-thrombosis": Case(
        {**MECHANICAL, **QUIET_VALVE, "dyspnea_new_or_worse": True},
        unmet=(QUIET_VALVE,),
        elsewhere=(NO_MECHANICAL,),
        met=(*({**QUIET_VALVE, name: True} for name in QUIET_VALVE), *MECHANICAL_ANYWHERE),
    ),
    f"{LOCAL}/anticoagulation/appendage-closed": Case(
        {
            **AF,
            "appendage_closed": True,
            "anticoagulation_stop_planned": True,
            "takes_vka": True,
            "takes_doac": False,
        },
        unmet=({"anticoagulation_stop_planned": False},),
        elsewhere=(NO_AF, {"appendage_closed": False}),
        met=({"anticoagulation_stop_planned": False, "takes_vka": False},),
    ),
    f"{LOCAL}/drugs/obstruction": Case(
        {**NO_DRUGS, "obstruction_on_record": True, "takes_nitrate": True},
        unmet=({"takes_nitrate": False},),
        elsewhere=({"obstruction_on_record": False},),
        met=_each(
            "takes_ace_inhibitor",
            "takes_arb",
            "takes_arni",
            "takes_other_vasodilator",
            "takes_inotrope",
            "balloon_pump_in_use",
        ),
    ),
    f"{LOCAL}/drugs/negative-inotrope-in-acute-regurgitation": Case(
        {
            **NO_DRUGS,
            "tempo": Tempo.ACUTE,
            "obstruction_on_record": False,
            "takes_beta_blocker": True,
        },
        unmet=({"takes_beta_blocker": False},),
        elsewhere=({"tempo": Tempo.CHRONIC}, {"obstruction_on_record": True}),
        met=(
            {"tempo": Tempo.ACUTE_ON_CHRONIC},
            {"takes_beta_blocker": False, "takes_non_dhp_calcium_blocker": True},
        ),
    ),
    f"{LOCAL}/drugs/before-a-bridge": Case(
        {"tempo": Tempo.ACUTE},
        elsewhere=({"tempo": Tempo.CHRONIC},),
        met=({"tempo": Tempo.ACUTE_ON_CHRONIC},),
    ),
    f"{LOCAL}/drugs/vasodilator-in-hypotension": Case(
        {
            **NO_DRUGS,
            "tempo": Tempo.ACUTE,
            "hypotensive_now": True,
            "takes_other_vasodilator": True,
        },
        unmet=({"hypotensive_now": False}, {"takes_other_vasodilator": False}),
        elsewhere=({"tempo": Tempo.CHRONIC},),
        met=(
            {"tempo": Tempo.ACUTE_ON_CHRONIC},
            *(
                {"takes_other_vasodilator": False, **one}
                for one in _each("takes_nitrate", "takes_ace_inhibitor", "takes_arb", "takes_arni")
            ),
        ),
    ),
    f"{LOCAL}/drugs/nsaid-in-heart-failure": Case(
        {"heart_failure": True, "takes_nsaid": True},
        unmet=({"takes_nsaid": False},),
        elsewhere=({"heart_failure": False},),
    ),
    f"{LOCAL}/drugs/calcium-blocker-in-low-lvef": Case(
        {"takes_non_dhp_calcium_blocker": True, "lvef_percent": D("39.9")},
        unmet=({"lvef_percent": 40},),
        elsewhere=({"takes_non_dhp_calcium_blocker": False},),
    ),
}

CASES: dict[str, Case] = {
    **ANTITHROMBOTIC,
    **BLEEDING,
    **ATRIAL_FIBRILLATION,
    **CHOICE,
    **PROSTHESIS,
    **ALARMS,
}
