"""Who the rules on intervention speak of: populations and conditions that the editions share.

Chronic, of a native valve: the scope gates see to that before any rule that uses them.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.criteria import Criterion, all_of, any_of, at_least, equals, one_of
from guidelines.vocabulary import CenterType, Etiology, Mechanism, SurgicalRisk

SYMPTOMATIC_NYHA = Decimal(2)  # NYHA class, at or above: symptoms (ESC25-T7-02)
SEVERE_SYMPTOMS_NYHA = Decimal(3)  # NYHA class, at or above (AHA-PI-06, SI-03, SI-04)
PRESERVED_LVEF = Decimal(50)  # percent, at or above: atrial type (AHA-SI-03, ESC25-AT-01)

PRIMARY = one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED)
# Mixed runs both chapters (SAFE-10); its secondary part is atrial when LVEF is preserved.
SECONDARY = one_of(
    "mechanism", Mechanism.SECONDARY_VENTRICULAR, Mechanism.SECONDARY_ATRIAL, Mechanism.MIXED
)
VENTRICULAR = one_of("mechanism", Mechanism.SECONDARY_VENTRICULAR, Mechanism.MIXED)
ATRIAL = any_of(
    equals("mechanism", Mechanism.SECONDARY_ATRIAL),
    all_of(equals("mechanism", Mechanism.MIXED), at_least("lvef_percent", PRESERVED_LVEF)),
)
SEVERE_BY_EITHER = any_of(equals("severe_mr_acc_aha", True), equals("severe_mr_esc_eacts", True))

ASYMPTOMATIC = equals("symptomatic", False)
SYMPTOMATIC = equals("symptomatic", True)
# In secondary regurgitation the symptoms are those of heart failure (safety D1).
SYMPTOMS_OF_HEART_FAILURE = any_of(SYMPTOMATIC, at_least("nyha_class", SYMPTOMATIC_NYHA))
SEVERE_SYMPTOMS = at_least("nyha_class", SEVERE_SYMPTOMS_NYHA)

THERAPY_OPTIMIZED = equals("gdmt_optimized", True)
# Safety D6 and SAFE-32: drugs, resynchronization, revascularization, and only then the valve.
PERSISTENT = all_of(
    equals("symptoms_persist_on_gdmt", True),
    THERAPY_OPTIMIZED,
    equals("crt_question_settled", True),
    equals("regraded_after_revascularization", True),
)

DEGENERATIVE = one_of(
    "etiology", Etiology.DEGENERATIVE, Etiology.BARLOW, Etiology.FIBROELASTIC_DEFICIENCY
)
RHEUMATIC = equals("etiology", Etiology.RHEUMATIC)

LOW_RISK = equals("surgical_risk", SurgicalRisk.LOW)
# What one body calls a Heart Valve Center the other calls a Comprehensive Valve Center.
COMPREHENSIVE_CENTER = one_of(
    "valve_center", CenterType.COMPREHENSIVE, CenterType.HEART_VALVE_CENTER
)
VALVE_CENTER = one_of(
    "valve_center", CenterType.PRIMARY, CenterType.COMPREHENSIVE, CenterType.HEART_VALVE_CENTER
)
DURABLE_REPAIR = equals("durable_repair_likely", True)
OTHER_HEART_SURGERY = any_of(
    equals("cabg_planned", True), equals("other_valve_surgery_planned", True)
)


def severe(fact: str, population: Criterion) -> Criterion:
    """Severe by this body's own definition, in this population."""
    return all_of(equals(fact, True), population)
