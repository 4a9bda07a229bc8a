"""Every score of one patient on one day, from a gathered record.

Nothing is read but the record. An input that is not there is unknown, and the score a range that
names it. A score made for other patients than this one is not computed and says so; where it
cannot be told whether the patient is one of them, it is computed with a flag. Values obtained
elsewhere (STS, KCCQ, MLHFQ) are not computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property

from guidelines.facts import ClinicalPicture, Fact
from guidelines.scores import coapt, has_bled, mida, mitrascore
from guidelines.scores.cha2ds2 import cha2ds2_va, cha2ds2_vasc
from guidelines.scores.euroscore2 import Urgency, Weight, euroscore2
from guidelines.scores.renal import creatinine_clearance, egfr
from guidelines.scores.score import ScoreResult, not_computed
from guidelines.scores.six_minute_walk import six_minute_walk
from guidelines.vocabulary import Etiology, Mechanism, MitralValveState
from patients.models import Comorbidity
from treatments.facts.case import source_of
from treatments.facts.case_of_record import case_of
from treatments.facts.picture import picture_of
from treatments.models import Intervention
from treatments.record import PatientRecord
from treatments.score_inputs import (
    PROMOTE_BLEEDING,
    RAS_INHIBITORS,
    ScoreInputs,
    any_of,
    as_input,
    unknown,
)

Inputs = Mapping[str, Fact]
Kind = Intervention.Kind
Condition = Comorbidity.Kind

# Planned procedures by what they count as in EuroSCORE II; each counts once.
MAJOR_PROCEDURES: Mapping[str, str] = {
    Kind.MITRAL_REPAIR: "mitral valve",
    Kind.MITRAL_MECHANICAL: "mitral valve",
    Kind.MITRAL_BIOLOGICAL: "mitral valve",
    Kind.AORTIC_REPLACEMENT: "aortic valve",
    Kind.AORTIC_SURGERY: "aorta",
    Kind.TRICUSPID_SURGERY: "tricuspid valve",
    Kind.CABG: "bypass",
    Kind.AF_ABLATION: "ablation",
}
# Ablation alone is a catheter procedure; beside an operation it is a maze.
ONLY_BESIDE_AN_OPERATION = {Kind.AF_ABLATION}
URGENCIES: Mapping[str, Urgency] = {
    Intervention.Urgency.ELECTIVE: Urgency.ELECTIVE,
    Intervention.Urgency.URGENT: Urgency.URGENT,
    Intervention.Urgency.EMERGENCY: Urgency.EMERGENCY,
    Intervention.Urgency.SALVAGE: Urgency.SALVAGE,
}
SECONDARY = {Mechanism.SECONDARY_VENTRICULAR, Mechanism.SECONDARY_ATRIAL}
DEGENERATIVE = {
    Etiology.DEGENERATIVE,
    Etiology.BARLOW,
    Etiology.FIBROELASTIC_DEFICIENCY,
}
DEGENERATIVE_UNKNOWN = "whether the regurgitation is degenerative is not recorded"


def scores_of(
    record: PatientRecord, picture: ClinicalPicture | None = None
) -> tuple[ScoreResult, ...]:
    """Every score on the record's day, each with its inputs, range and what is missing.

    ``picture`` is the record's own, where it was made already.
    """
    found = ScoreInputs(case_of(record), picture or picture_of(record))
    in_range = found.time_in_range()
    renal = _Renal(found)
    return (
        euroscore2(_euroscore2_inputs(found, renal)),
        _mida(found),
        _mitrascore(found, renal),
        _coapt(found, renal),
        _for_fibrillation(found, cha2ds2_vasc, _embolism_inputs(found) | _sex(found)),
        _for_fibrillation(found, cha2ds2_va, _embolism_inputs(found)),
        _for_fibrillation(found, has_bled.has_bled, _bleeding_inputs(found, renal, in_range)),
        renal.clearance,
        renal.rate,
        in_range,
        six_minute_walk(_walk_inputs(found)),
    )


def scores_of_anticoagulation(found: ScoreInputs) -> tuple[ScoreResult, ...]:
    """CHA2DS2-VASc, CHA2DS2-VA, HAS-BLED and time in range: those that rules ask for."""
    in_range = found.time_in_range()
    embolism = _embolism_inputs(found)
    return (
        cha2ds2_vasc(embolism | _sex(found)),
        cha2ds2_va(embolism),
        has_bled.has_bled(_bleeding_inputs(found, _Renal(found), in_range)),
        in_range,
    )


class _Renal:
    """Creatinine, clearance and filtration rate, each computed once when it is asked for."""

    def __init__(self, found: ScoreInputs) -> None:
        self.found = found

    @cached_property
    def creatinine(self) -> Fact:
        """The newest creatinine."""
        return self.found.laboratory("creatinine")

    @cached_property
    def clearance(self) -> ScoreResult:
        """The clearance of creatinine."""
        return creatinine_clearance(self._person | {"weight_kg": self.found.fact("weight_kg")})

    @cached_property
    def rate(self) -> ScoreResult:
        """The filtration rate."""
        return egfr(self._person)

    @property
    def _person(self) -> dict[str, Fact]:
        age = self.found.fact("age_years")
        return {"age_years": age, "creatinine_umol_l": self.creatinine} | _sex(self.found)

    @property
    def clearance_input(self) -> Fact:
        """The clearance as an input of EuroSCORE II."""
        return as_input(self.clearance, self.creatinine)

    @property
    def rate_input(self) -> Fact:
        """The filtration rate as an input of other scores."""
        return as_input(self.rate, self.creatinine)


def _sex(found: ScoreInputs) -> dict[str, Fact]:
    return {"sex": found.fact("sex")}


# EuroSCORE II ------------------------------------------------------------------------------------


def _euroscore2_inputs(found: ScoreInputs, renal: _Renal) -> Inputs:
    operation = planned_operation(found.case.record)
    return {
        **{name: found.fact(name) for name in ("age_years", "sex", "nyha_class", "lvef_percent")},
        "spap_mmhg": found.fact("spap_mmhg"),
        "dialysis": found.condition(Condition.DIALYSIS),
        "creatinine_clearance_ml_min": renal.clearance_input,
        "extracardiac_arteriopathy": found.condition(Condition.PERIPHERAL_ARTERIAL_DISEASE),
        "poor_mobility": found.condition(Condition.POOR_MOBILITY),
        "previous_cardiac_surgery": found.previous_cardiac_surgery(),
        "chronic_lung_disease": found.condition(Condition.CHRONIC_LUNG_DISEASE),
        "active_endocarditis": found.passing_fact("endocarditis_active_or_suspected"),
        # The record has no field for it, and absence is not inferred.
        "critical_state": unknown(),
        "diabetes_on_insulin": _insulin(found),
        "ccs4_angina": found.angina_class_4(),
        "recent_infarction": found.recent_infarction(),
        "urgency": urgency_of(operation),
        "weight_of_operation": weight_of(operation),
        "thoracic_aorta_surgery": aorta_of(operation),
    }


def _insulin(found: ScoreInputs) -> Fact:
    """No diabetes at all means none on insulin."""
    answered = found.condition(Condition.DIABETES_ON_INSULIN)
    diabetes = found.condition(Condition.DIABETES)
    return diabetes if answered.value is None and diabetes.value is False else answered


def planned_operation(record: PatientRecord) -> list[Intervention]:
    """The planned procedures of the next operation: those planned for one and the same day."""
    planned = [row for row in record.interventions if row.status == Intervention.Status.PLANNED]
    operations: dict[date | None, list[Intervention]] = {}
    for row in planned:
        operations.setdefault(row.planned_on, []).append(row)
    with_surgery = [day for day, rows in operations.items() if _is_operation(rows)]
    if not with_surgery:
        return []
    return operations[min(with_surgery, key=lambda day: day or date.max)]


def _is_operation(rows: list[Intervention]) -> bool:
    return any(
        row.kind in MAJOR_PROCEDURES and row.kind not in ONLY_BESIDE_AN_OPERATION for row in rows
    )


def weight_of(operation: list[Intervention]) -> Fact:
    """How many major procedures are planned; unknown without a plan or with one not named."""
    if not operation:
        return unknown("no operation is planned")
    row = operation[0]
    planned = {MAJOR_PROCEDURES[each.kind] for each in operation if each.kind in MAJOR_PROCEDURES}
    if any(each.kind == Kind.OTHER for each in operation):
        return unknown("part of the planned operation is not named", _of(row))
    if len(planned) > 1:
        weight = Weight.TWO if len(planned) == 2 else Weight.THREE_OR_MORE
    else:
        weight = Weight.ISOLATED_CABG if planned == {"bypass"} else Weight.ONE_NON_CABG
    return replace(_of(row), value=weight, method=", ".join(sorted(planned)))


def urgency_of(operation: list[Intervention]) -> Fact:
    """The most urgent of the planned procedures."""
    order = list(Urgency)
    stated = [(URGENCIES[row.urgency], row) for row in operation if row.urgency in URGENCIES]
    if not stated:
        return unknown("no operation is planned" if not operation else "urgency not recorded")
    urgency, row = max(stated, key=lambda pair: order.index(pair[0]))
    return replace(_of(row), value=urgency)


def aorta_of(operation: list[Intervention]) -> Fact:
    """Whether the thoracic aorta is part of the planned operation."""
    if not operation:
        return unknown("no operation is planned")
    if any(row.kind == Kind.OTHER for row in operation):
        return unknown("part of the planned operation is not named", _of(operation[0]))
    has_aorta = any(row.kind == Kind.AORTIC_SURGERY for row in operation)
    return replace(_of(operation[0]), value=has_aorta)


def _of(row: Intervention) -> Fact:
    return Fact(None, row.planned_on, source_of(row))


# Scores of the regurgitation ---------------------------------------------------------------------


def _mida(found: ScoreInputs) -> ScoreResult:
    names = ("age_years", "spap_mmhg", "atrial_fibrillation")
    numbers = ("la_diameter_mm", "lvesd_mm", "lvef_percent")
    inputs = {name: found.fact(name) for name in (*names, *numbers)}
    inputs["symptoms"] = found.symptoms()
    mechanism, etiology = found.term("mechanism"), found.term("etiology")
    if mechanism in SECONDARY or etiology not in (None, Etiology.UNKNOWN, *DEGENERATIVE):
        return not_computed(mida.DEFINITION, inputs, "made for degenerative regurgitation")
    result = _on_a_native_valve(found, mida.mida(inputs))
    known = mechanism is Mechanism.PRIMARY and etiology in DEGENERATIVE
    return result if known else _flagged(result, DEGENERATIVE_UNKNOWN)


def _mitrascore(found: ScoreInputs, renal: _Renal) -> ScoreResult:
    inputs = {
        **{name: found.fact(name) for name in ("age_years", "sex", "lvef_percent")},
        "hemoglobin_g_dl": found.laboratory("hemoglobin"),
        "anemia": found.condition(Condition.ANEMIA, passes=True),
        "egfr_ml_min_173": renal.rate_input,
        "peripheral_artery_disease": found.condition(Condition.PERIPHERAL_ARTERIAL_DISEASE),
        "copd": _copd(found),
        # The clinician's judgement; the record keeps doses, and no threshold is published here.
        "high_diuretic_dose": unknown(),
        "ras_inhibitor": found.takes(RAS_INHIBITORS),
    }
    result = mitrascore.mitrascore(inputs)
    if _repair_by_catheter(found) is not None:
        return result
    return _flagged(result, "made for patients before edge-to-edge repair; none is planned")


def _coapt(found: ScoreInputs, renal: _Renal) -> ScoreResult:
    names = ("nyha_class", "atrial_fibrillation", "spap_mmhg", "lvesd_mm", "tr_grade")
    planned = _repair_by_catheter(found)
    inputs = {
        **{name: found.fact(name) for name in (*names, "lvef_percent")},
        "copd": _copd(found),
        "egfr_ml_min_173": renal.rate_input,
        "teer_with_gdmt": unknown("edge-to-edge repair is not planned")
        if planned is None
        else Fact(True, planned.planned_on, source_of(planned)),
    }
    mechanism = found.term("mechanism")
    if mechanism is Mechanism.PRIMARY:
        return not_computed(coapt.DEFINITION, inputs, "made for secondary regurgitation")
    result = _on_a_native_valve(found, coapt.coapt(inputs))
    known = mechanism in SECONDARY
    why = "whether the regurgitation is secondary is not recorded"
    return result if known else _flagged(result, why)


def _copd(found: ScoreInputs) -> Fact:
    """As recorded: chronic lung disease, of which the obstructive one is the usual."""
    return replace(
        found.condition(Condition.CHRONIC_LUNG_DISEASE), method="chronic lung disease as recorded"
    )


def _repair_by_catheter(found: ScoreInputs) -> Intervention | None:
    rows = found.case.record.interventions
    planned = Intervention.Status.PLANNED
    return next((row for row in rows if row.kind == Kind.TEER and row.status == planned), None)


def _on_a_native_valve(found: ScoreInputs, result: ScoreResult) -> ScoreResult:
    """The score was made from native valves: none after a procedure, a flag where unknown."""
    state = found.term("mitral_valve_state")
    if state is MitralValveState.NATIVE:
        return result
    if state is None or state is MitralValveState.UNKNOWN:
        return _flagged(result, "whether the valve was treated before is not recorded")
    why = f"made for a native valve, not for: {state.label.lower()}"
    return replace(
        result, lowest=None, highest=None, strata=(), items=(), missing=(), not_computed=why
    )


def _flagged(result: ScoreResult, flag: str) -> ScoreResult:
    return replace(result, flags=(*result.flags, flag)) if result.is_computed else result


# Scores of atrial fibrillation -------------------------------------------------------------------


def _for_fibrillation(
    found: ScoreInputs, compute: Callable[[Inputs], ScoreResult], inputs: Inputs
) -> ScoreResult:
    """The score where fibrillation is present or may be."""
    fibrillation = found.fact("atrial_fibrillation").value
    result = compute(inputs)
    if fibrillation is True:
        return result
    if fibrillation is None:
        return _flagged(result, "made for atrial fibrillation, which is not known here")
    return not_computed(result.definition, inputs, "made for atrial fibrillation")


def _embolism_inputs(found: ScoreInputs) -> dict[str, Fact]:
    return {
        "age_years": found.fact("age_years"),
        "heart_failure": found.heart_failure(),
        "hypertension": found.condition(Condition.HYPERTENSION),
        "diabetes": _diabetes(found),
        "stroke_tia_or_embolism": found.any_condition(
            Condition.STROKE_OR_TIA, Condition.SYSTEMIC_EMBOLISM
        ),
        "vascular_disease": found.any_condition(
            Condition.MYOCARDIAL_INFARCTION,
            Condition.PERIPHERAL_ARTERIAL_DISEASE,
            method="infarction or arteriopathy; aortic plaque has no field of its own",
        ),
    }


def _diabetes(found: ScoreInputs) -> Fact:
    on_insulin = found.condition(Condition.DIABETES_ON_INSULIN)
    return on_insulin if on_insulin.value is True else found.condition(Condition.DIABETES)


def _bleeding_inputs(found: ScoreInputs, renal: _Renal, in_range: ScoreResult) -> Inputs:
    latest = [Fact(None, each.on, each.source) for each in in_range.inputs[-1:]]
    return {
        "age_years": found.fact("age_years"),
        "systolic_bp_mmhg": found.systolic_pressure(),
        "dialysis": found.condition(Condition.DIALYSIS),
        "kidney_transplant": found.kidney_transplant(),
        "creatinine_umol_l": renal.creatinine,
        "liver_disease": found.condition(Condition.LIVER_DISEASE),
        "stroke": replace(found.condition(Condition.STROKE_OR_TIA), method="stroke or TIA"),
        "bleeding": _bleeding(found),
        "vitamin_k_antagonist": found.vitamin_k_antagonist(),
        "ttr_percent": as_input(in_range, latest[0] if latest else unknown(in_range.not_computed)),
        "antiplatelet_or_nsaid": found.takes(PROMOTE_BLEEDING),
        "alcohol": found.condition(Condition.ALCOHOL),
    }


def _bleeding(found: ScoreInputs) -> Fact:
    anemia = found.condition(Condition.ANEMIA, passes=True)
    return any_of([found.condition(Condition.BLEEDING_HISTORY), anemia])


# Six-minute walk ---------------------------------------------------------------------------------


def _walk_inputs(found: ScoreInputs) -> Inputs:
    names = ("age_years", "sex", "height_cm", "weight_kg")
    return {**{name: found.fact(name) for name in names}, "six_minute_walk_m": found.walked()}
