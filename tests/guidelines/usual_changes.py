"""Changes of a picture that the cases of many rules share."""

from __future__ import annotations

from decimal import Decimal

from guidelines.vocabulary import (
    Etiology,
    Mechanism,
    MitralValveState,
    PregnancyStatus,
    Tempo,
    Verdict,
)
from tests.guidelines.pictures import Given

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
ELSE, ASK, PENDING = Verdict.NOT_APPLICABLE, Verdict.CANNOT_TELL, Verdict.PENDING_JUDGEMENT

Changes = dict[str, Given]
Case = tuple[Changes, list[tuple[Changes, Verdict]]]

ADULT: Changes = {"age_years": 60}
ACUTE: Changes = {**ADULT, "tempo": Tempo.ACUTE}
INFECTED: Changes = {**ADULT, "endocarditis_active_or_suspected": True}
PREGNANT: Changes = {"age_years": 30, "pregnancy_status": PregnancyStatus.PREGNANT}
PLANNING: Changes = {"age_years": 30, "pregnancy_status": PregnancyStatus.PLANNING}
CHRONIC: Changes = {
    **ADULT,
    "tempo": Tempo.CHRONIC,
    "mitral_valve_state": MitralValveState.NATIVE,
    "etiology": Etiology.BARLOW,
    "none_of_these_asked": True,
}
PRIMARY: Changes = {"mechanism": Mechanism.PRIMARY}
VENTRICULAR: Changes = {"mechanism": Mechanism.SECONDARY_VENTRICULAR}
ATRIAL: Changes = {"mechanism": Mechanism.SECONDARY_ATRIAL}
SEVERE_AHA: Changes = {"severe_mr_acc_aha": True}
SEVERE_ESC: Changes = {"severe_mr_esc_eacts": True}
SAFE_TO_BRIDGE: Changes = {
    "acute_echo_done": True,
    "sam_or_lvot_obstruction": False,
    "aortic_regurgitation_more_than_mild": False,
    "aortic_dissection": False,
}
NORMAL_LV: Changes = {"lvef_percent": 61, "lvesd_mm": 39}
AT_LIMIT_LV: list[tuple[Changes, Verdict]] = [
    ({"lvef_percent": 60}, NOT_MET),
    ({"lvef_percent": Decimal("60.1")}, MET),
    ({"lvesd_mm": 40}, NOT_MET),
    ({"lvesd_mm": Decimal("39.9")}, MET),
]


def state(value: MitralValveState) -> Changes:
    """The valve's state."""
    return {**ADULT, "mitral_valve_state": value}


MECHANICAL = state(MitralValveState.MECHANICAL)
BIOLOGICAL = state(MitralValveState.SURGICAL_BIOPROSTHESIS)
TRANSCATHETER = state(MitralValveState.TRANSCATHETER)
REPAIRED = state(MitralValveState.SURGICAL_REPAIR)
CLIPPED = state(MitralValveState.TEER)
NATIVE = state(MitralValveState.NATIVE)

C1: Changes = {**PRIMARY, "symptomatic": False, **NORMAL_LV}
