"""EuroSCORE II (Nashef 2012): risk of death in hospital after major heart surgery, in percent.

``p = exp(y) / (1 + exp(y))``, ``y`` the constant and the sum of all items. The bands of LVEF,
pulmonary pressure and creatinine clearance are continuous (safety A1): a value between two printed
integers belongs to the band that reaches up to it. Age counts 1 up to 60 and one more for each
year after.

Dialysis weighs less than a clearance of 50 or less without it, and takes precedence over any
clearance: beginning dialysis may lower the figure. That is how the model was published.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.numbers import Interval
from guidelines.scores.inputs import AGE, LVEF, NYHA, SEX, SPAP
from guidelines.scores.items import (
    NOTHING,
    Band,
    Banded,
    Choice,
    Inputs,
    Item,
    Span,
    Spanned,
    YesNo,
    span_of,
)
from guidelines.scores.logistic import age_item, logistic
from guidelines.scores.score import (
    InputDefinition,
    ScoreDefinition,
    ScoreResult,
    Stratum,
    truth_of,
)
from guidelines.vocabulary import Sex, Term, Verification

CONSTANT = Decimal("-5.324537")
PER_YEAR = Decimal("0.0285181")
AGE_FROM = Decimal(60)  # years; up to here age counts 1
FEMALE = Decimal("0.2196434")
CLEARANCE_HIGH, CLEARANCE_LOW = Decimal(85), Decimal(50)  # mL/min
CLEARANCE_MODERATE = Decimal("0.303553")  # above 50 to 85
CLEARANCE_SEVERE = Decimal("0.8592256")  # 50 or less, no dialysis
DIALYSIS = Decimal("0.6421508")  # whatever the clearance
LVEF_GOOD, LVEF_MODERATE, LVEF_POOR = Decimal(50), Decimal(30), Decimal(20)  # %
SPAP_MODERATE, SPAP_SEVERE = Decimal(30), Decimal(55)  # mmHg

EXTRAPOLATED_ABOVE = Decimal(90)  # years; only 21 patients of the development were older


class Urgency(Term):
    """How soon the operation is."""

    ELECTIVE = "elective", "Elective"
    URGENT = "urgent", "Urgent: cannot go home without the operation"
    EMERGENCY = "emergency", "Emergency: before the next working day"
    SALVAGE = "salvage", "Salvage: resuscitation on the way to the operation"


class Weight(Term):
    """How much is operated on, counted in major procedures."""

    ISOLATED_CABG = "isolated_cabg", "Coronary bypass alone"
    ONE_NON_CABG = "one_non_cabg", "One procedure other than coronary bypass"
    TWO = "two", "Two procedures"
    THREE_OR_MORE = "three_or_more", "Three or more procedures"


def _renal(inputs: Inputs) -> Span:
    dialysis = truth_of(inputs, "dialysis")
    if dialysis is True:
        return DIALYSIS, DIALYSIS
    low, high = _CLEARANCE.span(inputs)
    return (low, high) if dialysis is False else span_of([low, high, DIALYSIS])


_CLEARANCE = Banded(
    "kidney function",
    "creatinine_clearance_ml_min",
    (
        Band(Interval(None, CLEARANCE_LOW), CLEARANCE_SEVERE),
        Band(Interval(CLEARANCE_LOW, CLEARANCE_HIGH, low_open=True), CLEARANCE_MODERATE),
        Band(Interval(CLEARANCE_HIGH, None, low_open=True), NOTHING),
    ),
)

ITEMS: tuple[Item, ...] = (
    age_item(PER_YEAR, AGE_FROM),
    Choice("sex", "sex", {Sex.FEMALE: FEMALE, Sex.MALE: NOTHING}),
    Spanned("kidney function", ("dialysis", "creatinine_clearance_ml_min"), _renal),
    YesNo("extracardiac arteriopathy", "extracardiac_arteriopathy", Decimal("0.5360268")),
    YesNo("poor mobility", "poor_mobility", Decimal("0.2407181")),
    YesNo("previous heart surgery", "previous_cardiac_surgery", Decimal("1.118599")),
    YesNo("chronic lung disease", "chronic_lung_disease", Decimal("0.1886564")),
    YesNo("active endocarditis", "active_endocarditis", Decimal("0.6194522")),
    YesNo("critical preoperative state", "critical_state", Decimal("1.086517")),
    YesNo("diabetes on insulin", "diabetes_on_insulin", Decimal("0.3542749")),
    Banded(
        "NYHA class",
        "nyha_class",
        (
            Band(Interval(None, Decimal(1)), NOTHING),
            Band(Interval(Decimal(1), Decimal(2), low_open=True), Decimal("0.1070545")),
            Band(Interval(Decimal(2), Decimal(3), low_open=True), Decimal("0.2958358")),
            Band(Interval(Decimal(3), None, low_open=True), Decimal("0.5597929")),
        ),
    ),
    YesNo("angina at rest or any activity", "ccs4_angina", Decimal("0.2226147")),
    Banded(
        "LV function",
        "lvef_percent",
        (
            Band(Interval(None, LVEF_POOR), Decimal("0.9346919")),
            Band(Interval(LVEF_POOR, LVEF_MODERATE, low_open=True), Decimal("0.8084096")),
            Band(Interval(LVEF_MODERATE, LVEF_GOOD, low_open=True), Decimal("0.3150652")),
            Band(Interval(LVEF_GOOD, None, low_open=True), NOTHING),
        ),
    ),
    YesNo("recent infarction", "recent_infarction", Decimal("0.1528943")),
    Banded(
        "pulmonary pressure",
        "spap_mmhg",
        (
            Band(Interval(None, SPAP_MODERATE), NOTHING),
            Band(Interval(SPAP_MODERATE, SPAP_SEVERE, low_open=True), Decimal("0.1788899")),
            Band(Interval(SPAP_SEVERE, None, low_open=True), Decimal("0.3491475")),
        ),
    ),
    Choice(
        "urgency",
        "urgency",
        {
            Urgency.ELECTIVE: NOTHING,
            Urgency.URGENT: Decimal("0.3174673"),
            Urgency.EMERGENCY: Decimal("0.7039121"),
            Urgency.SALVAGE: Decimal("1.362947"),
        },
    ),
    Choice(
        "weight of the operation",
        "weight_of_operation",
        {
            Weight.ISOLATED_CABG: NOTHING,
            Weight.ONE_NON_CABG: Decimal("0.0062118"),
            Weight.TWO: Decimal("0.5521478"),
            Weight.THREE_OR_MORE: Decimal("0.9724533"),
        },
    ),
    YesNo("surgery of the thoracic aorta", "thoracic_aorta_surgery", Decimal("0.6527205")),
)

DEFINITION = ScoreDefinition(
    id="euroscore-2",
    title="EuroSCORE II",
    unit="%",
    population="Adults before major heart surgery; death in hospital.",
    citation="Nashef 2012, Eur J Cardiothorac Surg 41:734-745, doi 10.1093/ejcts/ezs043",
    rows=("scores 1", "safety A1"),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(
        AGE,
        SEX,
        InputDefinition("dialysis", "dialysis", "Regular dialysis, whatever the creatinine."),
        InputDefinition(
            "creatinine_clearance_ml_min",
            "creatinine clearance",
            "By Cockcroft and Gault with the actual weight; not the eGFR.",
            "mL/min",
        ),
        InputDefinition(
            "extracardiac_arteriopathy",
            "extracardiac arteriopathy",
            "Claudication, a carotid artery occluded or narrowed by more than 50 %, amputation for "
            "arterial disease, or an operation, done or planned, on the abdominal aorta, the limb "
            "arteries or the carotids.",
        ),
        InputDefinition(
            "poor_mobility",
            "poor mobility",
            "Severely limited by disease of muscles, bones, joints or nerves.",
        ),
        InputDefinition(
            "previous_cardiac_surgery", "previous heart surgery", "The pericardium was opened."
        ),
        InputDefinition(
            "chronic_lung_disease",
            "chronic lung disease",
            "Long-term bronchodilators or steroids for the lung.",
        ),
        InputDefinition(
            "active_endocarditis",
            "active endocarditis",
            "Still on antibiotics for it at the operation.",
        ),
        InputDefinition(
            "critical_state",
            "critical preoperative state",
            "Any of: ventricular tachycardia or fibrillation or aborted sudden death, cardiac "
            "massage, ventilation before the operating room, inotropes, balloon pump or assist "
            "device, acute kidney failure (no urine or less than 10 mL/h).",
        ),
        InputDefinition(
            "diabetes_on_insulin", "diabetes on insulin", "Diet or tablets do not count."
        ),
        NYHA,
        InputDefinition(
            "ccs4_angina", "angina class 4 (CCS)", "Angina at rest or with any activity."
        ),
        LVEF,
        InputDefinition("recent_infarction", "recent infarction", "Within the last 90 days."),
        SPAP,
        InputDefinition("urgency", "urgency", "Of the planned operation."),
        InputDefinition(
            "weight_of_operation",
            "weight of the operation",
            "Major procedures counted: bypass, each valve, part of the aorta, a structural defect, "
            "a maze, a tumor. Mitral repair alone is one; with tricuspid repair or bypass, two; "
            "with tricuspid repair and ablation, three.",
        ),
        InputDefinition(
            "thoracic_aorta_surgery",
            "surgery of the thoracic aorta",
            "Part of the planned operation.",
        ),
    ),
    caveats=(
        "Not calibrated for transcatheter edge-to-edge repair.",
        "The labels low, intermediate and high are borrowed from another model's bands.",
        "Never in place of the heart team's judgement.",
    ),
    strata=(
        Stratum("low", "below 4 %", None, Decimal(4), high_open=True),
        Stratum("intermediate", "4 to 8 %", Decimal(4), Decimal(8)),
        Stratum("high", "above 8 %", Decimal(8), None, low_open=True),
    ),
)


def euroscore2(inputs: Inputs) -> ScoreResult:
    """EuroSCORE II in percent; a range over whatever is unknown.

    Not computed for a known age below 18 or above 110. Raises ``LookupError`` for a misspelt
    input.
    """
    return logistic(DEFINITION, CONSTANT, ITEMS, inputs, extrapolated_above=EXTRAPOLATED_ABOVE)
