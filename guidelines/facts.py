"""What a rule may ask about one patient on one day.

``FACTS`` is the catalogue: every fact's label, unit, meaning and the direction in which it is
worse. A ``ClinicalPicture`` holds some of these facts, each with its value, date, source and
method; a fact that is absent is unknown, never "no" and never zero.

How a value reads
    A value given as a range ("55-60 %") is an ``Interval``. A value that is too old to reassure,
    or that may only count when adverse (a visual LVEF), is read as an interval that reaches up to
    the worst: an old LVEF of 65 % reads as "65 % or less", an old "no symptoms" as unknown, an
    old "symptoms" still as symptoms. So adverse facts stay and reassuring ones expire.

Numbers
    Entered values are ``Decimal`` and compared exactly. A computed ``float`` is compared with a
    relative tolerance of 1e-9, so that 26.4 / 1.32 is 20. That is not rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from guidelines.vocabulary import (
    CarpentierType,
    CenterType,
    Etiology,
    JetTiming,
    Mechanism,
    MitralValveState,
    Operability,
    PregnancyStatus,
    RegurgitationMethod,
    Rhythm,
    Sex,
    StudyQuality,
    StudyState,
    SurgicalRisk,
    TeerAnatomy,
    Tempo,
    Term,
)

RELATIVE_TOLERANCE = 1e-9
LONGEST_ENTERED = 10  # digits; a longer decimal is a quotient

Number = Decimal | float


def compare(left: Number, right: Number) -> int:
    """-1, 0 or 1; exact between decimals, within 1e-9 (relative) when one is computed."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    a, b = float(left), float(right)
    if math.isclose(a, b, rel_tol=RELATIVE_TOLERANCE):
        return 0
    return 1 if a > b else -1


def as_number(value: Number | int) -> Number:
    """The value as a finite ``Decimal`` or ``float``; raises ``ValueError`` otherwise."""
    if type(value) is Decimal and value.is_finite():
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"not a number: {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {value!r}")
    return Decimal(value) if isinstance(value, int) else value


@dataclass(frozen=True, slots=True)
class Interval:
    """A value known only to lie between two ends; ``None`` is no end, ``*_open`` excludes it.

    ">60" is ``Interval(Decimal(60), None, low_open=True)``.
    """

    low: Number | None
    high: Number | None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        for end in ("low", "high"):
            value = getattr(self, end)
            if value is not None:
                object.__setattr__(self, end, as_number(value))
        if self.low is None or self.high is None:
            return
        if self.low is self.high and not (self.low_open or self.high_open):
            return
        order = compare(self.low, self.high)
        if order > 0 or (order == 0 and (self.low_open or self.high_open)):
            raise ValueError(f"an empty interval: {self.low} to {self.high}")

    @classmethod
    def point(cls, value: Number) -> Interval:
        """The interval of one exact value."""
        return cls(value, value)

    @property
    def is_point(self) -> bool:
        """True when the value is known exactly."""
        return self.low is not None and self.low == self.high

    def contains(self, value: Number) -> bool:
        """Whether the value may be this one."""
        return not (self.is_above(value) or self.is_below(value))

    def is_above(self, value: Number) -> bool:
        """Whether the whole interval is greater than the value."""
        if self.low is None:
            return False
        order = compare(self.low, value)
        return order > 0 or (order == 0 and self.low_open)

    def is_below(self, value: Number) -> bool:
        """Whether the whole interval is less than the value."""
        if self.high is None:
            return False
        order = compare(self.high, value)
        return order < 0 or (order == 0 and self.high_open)

    def is_at_least(self, value: Number) -> bool:
        """Whether the whole interval is greater than or equal to the value."""
        return self.low is not None and compare(self.low, value) >= 0

    def is_at_most(self, value: Number) -> bool:
        """Whether the whole interval is less than or equal to the value."""
        return self.high is not None and compare(self.high, value) <= 0

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            if self.is_point:
                return plain(self.low)
            return f"{plain(self.low)}\N{EN DASH}{plain(self.high)}"
        if self.low is not None:
            return f"{'>' if self.low_open else '≥'}{plain(self.low)}"
        if self.high is not None:
            return f"{'<' if self.high_open else '≤'}{plain(self.high)}"
        return "unknown"


def plain(value: Number) -> str:
    """The number as text, without exponent; a computed one to four significant digits.

    A computed 39.996 stays 39.996: shown as 40 it would seem to have reached a limit.
    """
    if isinstance(value, float) or len(value.as_tuple().digits) > LONGEST_ENTERED:
        short = Decimal(f"{value:.4g}")
        is_whole = short == short.to_integral_value()
        value = Decimal(f"{value:.6g}") if is_whole else short
        value = value.normalize()
    return f"{value:f}"


Value = Decimal | float | bool | Term | Interval
Reading = Interval | bool | Term


class Worse(StrEnum):
    """In which direction a fact is worse for the patient."""

    LOWER = "lower"
    HIGHER = "higher"
    TRUE = "true"
    FALSE = "false"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One entry of the catalogue.

    ``kind`` is ``Decimal`` for numbers, ``bool``, or the class of terms. ``adverse_terms`` are the
    terms that old age does not expire. ``unknown_terms`` mean the same as no value at all.
    ``is_judgement`` marks what a heart team decides and nobody measures. ``mdc95`` is the change
    that two studies need to differ for real, in the fact's unit, or ``mdc95_percent`` of the value.
    """

    name: str
    label: str
    meaning: str
    kind: type[Decimal] | type[bool] | type[Term]
    unit: str = ""
    worse: Worse = Worse.NEITHER
    adverse_terms: frozenset[Term] = frozenset()
    unknown_terms: frozenset[Term] = frozenset()
    is_judgement: bool = False
    is_derived: bool = False
    said_true: str = ""
    said_false: str = ""
    mdc95: Decimal | None = None
    mdc95_percent: Decimal | None = None

    def say(self, value: Value | None) -> str:
        """The value in words, with its unit."""
        if value is None:
            return "not recorded"
        if isinstance(value, bool):
            return (self.said_true or "yes") if value else (self.said_false or "no")
        if isinstance(value, Term):
            return value.label
        text = str(value) if isinstance(value, Interval) else plain(value)
        return f"{text} {self.unit}" if self.unit else text


def _number(
    name: str,
    label: str,
    unit: str,
    meaning: str,
    worse: Worse = Worse.NEITHER,
    *,
    is_judgement: bool = False,
    is_derived: bool = False,
    mdc95: Decimal | None = None,
    mdc95_percent: Decimal | None = None,
) -> FactDefinition:
    return FactDefinition(
        name,
        label,
        meaning,
        Decimal,
        unit,
        worse,
        is_judgement=is_judgement,
        is_derived=is_derived,
        mdc95=mdc95,
        mdc95_percent=mdc95_percent,
    )


def _yes_no(
    name: str,
    label: str,
    meaning: str,
    worse: Worse = Worse.TRUE,
    *,
    said: tuple[str, str] = ("", ""),
    is_judgement: bool = False,
    is_derived: bool = False,
) -> FactDefinition:
    return FactDefinition(
        name,
        label,
        meaning,
        bool,
        "",
        worse,
        is_judgement=is_judgement,
        is_derived=is_derived,
        said_true=said[0],
        said_false=said[1],
    )


def _term(
    name: str,
    label: str,
    kind: type[Term],
    meaning: str,
    *,
    adverse: frozenset[Term] = frozenset(),
    unknown: frozenset[Term] = frozenset(),
    is_judgement: bool = False,
) -> FactDefinition:
    return FactDefinition(
        name,
        label,
        meaning,
        kind,
        adverse_terms=adverse,
        unknown_terms=unknown,
        is_judgement=is_judgement,
    )


LOWER, HIGHER = Worse.LOWER, Worse.HIGHER

_PERSON = (
    _number("age_years", "age", "years", "Completed years on the day of the assessment."),
    _term("sex", "sex", Sex, "Sex as reference ranges and rules use it."),
    _term(
        "pregnancy_status",
        "pregnancy",
        PregnancyStatus,
        "Pregnancy, asked and dated.",
        adverse=frozenset({PregnancyStatus.PREGNANT}),
        unknown=frozenset({PregnancyStatus.UNKNOWN}),
    ),
    _yes_no(
        "life_expectancy_under_1_year",
        "life expectancy below one year",
        "The team's judgement; leaves a verdict unchanged and adds a banner.",
        is_judgement=True,
    ),
    _yes_no(
        "intervention_declined",
        "intervention declined by the patient",
        "The patient's own decision; leaves a verdict unchanged and adds a banner.",
        Worse.NEITHER,
    ),
    _number("height_cm", "height", "cm", "Body height."),
    _number("weight_kg", "weight", "kg", "Body weight; indexes a measurement near its own date."),
    _number("bsa_m2", "body surface area", "m²", "With its formula as method.", LOWER),
)

_VALVE = (
    _term(
        "mechanism",
        "mechanism",
        Mechanism,
        "Why the valve leaks; never expires, void after infarction, endocarditis or a procedure.",
        adverse=frozenset(Mechanism),
        unknown=frozenset({Mechanism.UNKNOWN}),
    ),
    _term(
        "tempo",
        "tempo",
        Tempo,
        "Chronic or acute; acute ends only by a recorded act (safety D4).",
        adverse=frozenset({Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC}),
        unknown=frozenset({Tempo.UNKNOWN}),
    ),
    _term(
        "etiology",
        "cause",
        Etiology,
        "The main cause; never expires.",
        adverse=frozenset(Etiology),
        unknown=frozenset({Etiology.UNKNOWN}),
    ),
    _term(
        "carpentier_type",
        "Carpentier type",
        CarpentierType,
        "Leaflet motion.",
        adverse=frozenset(CarpentierType),
        unknown=frozenset({CarpentierType.UNKNOWN}),
    ),
    _term(
        "mitral_valve_state",
        "state of the mitral valve",
        MitralValveState,
        "From performed procedures, here or elsewhere (safety D5).",
        adverse=frozenset(MitralValveState) - {MitralValveState.NATIVE},
        unknown=frozenset({MitralValveState.UNKNOWN}),
    ),
    _yes_no(
        "lvad_or_transplant",
        "left ventricular assist device or heart transplant",
        "Present today.",
    ),
    _yes_no(
        "sam_or_lvot_obstruction",
        "systolic anterior motion or outflow obstruction",
        "As a cause of the regurgitation, hypertrophic cardiomyopathy included.",
    ),
    _yes_no(
        "endocarditis_active_or_suspected",
        "active or suspected endocarditis",
        "On the day of the assessment.",
    ),
    _number("mva_cm2", "mitral valve area", "cm²", "By any accepted method.", LOWER),
    _number(
        "mitral_mean_gradient_mmhg",
        "mean mitral gradient",
        "mmHg",
        "At rest, by Doppler.",
        HIGHER,
    ),
    _yes_no(
        "aortic_regurgitation_more_than_mild",
        "aortic regurgitation more than mild",
        "Makes volumes that rest on the outflow tract invalid.",
    ),
    _yes_no("intracardiac_shunt", "intracardiac shunt", "Makes volumetric methods invalid."),
    _yes_no(
        "none_of_these_asked",
        "\N{LEFT DOUBLE QUOTATION MARK}none of these\N{RIGHT DOUBLE QUOTATION MARK} check",
        "The yearly check that none of the conditions whose absence is the norm is present "
        "(safety D9); dated, by name. Too old: asked again.",
        Worse.FALSE,
    ),
    _yes_no(
        "none_of_these_asked_before",
        "\N{LEFT DOUBLE QUOTATION MARK}none of these\N{RIGHT DOUBLE QUOTATION MARK} check, ever",
        "Whether that check was ever complete, however long ago: then absence may still be "
        "assumed, and the assumption is printed (safety D9, SAFE-12).",
        Worse.FALSE,
    ),
)

_SYMPTOMS = (
    _yes_no(
        "symptomatic",
        "symptoms attributed to the regurgitation",
        "As safety D1 defines it: no only when actively asked within the limit, yes until "
        "re-assessed; drug relief does not undo it.",
        said=("symptoms attributed to the regurgitation", "no symptoms of the regurgitation"),
    ),
    _number("nyha_class", "NYHA class", "", "One to four.", HIGHER),
    _yes_no(
        "symptoms_persist_on_gdmt",
        "symptoms persist on optimized therapy",
        "As safety D6 defines it, for secondary regurgitation.",
    ),
)

_JUDGEMENTS = (
    _term(
        "operability",
        "operability by the heart team",
        Operability,
        "Entered by the team, never computed (safety D7).",
        unknown=frozenset({Operability.NOT_DISCUSSED}),
        is_judgement=True,
    ),
    _term(
        "surgical_risk",
        "surgical risk class by the heart team",
        SurgicalRisk,
        "Entered by the team, never computed; neither low nor high is a real state.",
        unknown=frozenset({SurgicalRisk.UNKNOWN}),
        is_judgement=True,
    ),
    _number(
        "repair_likelihood_percent",
        "likelihood of a durable repair",
        "%",
        "The team's estimate.",
        is_judgement=True,
    ),
    _number(
        "expected_mortality_percent",
        "expected operative mortality",
        "%",
        "The team's estimate.",
        is_judgement=True,
    ),
    _number("sts_prom_percent", "STS predicted mortality", "%", "Entered, never computed."),
    _term(
        "valve_center",
        "valve center",
        CenterType,
        "Where the intervention would be done.",
        unknown=frozenset({CenterType.UNKNOWN}),
        is_judgement=True,
    ),
    _term(
        "teer_anatomy",
        "anatomy for edge-to-edge repair",
        TeerAnatomy,
        "The team's reading.",
        unknown=frozenset({TeerAnatomy.NOT_ASSESSED}),
        is_judgement=True,
    ),
    _yes_no(
        "gdmt_optimized",
        "medical therapy optimized",
        "The team's judgement (safety D6).",
        Worse.NEITHER,
        is_judgement=True,
    ),
)

# Noise: published test-retest figures (LVEF 14.2 % of the value; LVESD up to 4 mm; the index
# as LVESD, 4 mm of 40 mm). They add "confirm" and never change a verdict.
_HEART = (
    _number(
        "lvef_percent",
        "LVEF",
        "%",
        "At rest; biplane, 3D, contrast or CMR. A visual estimate counts only when adverse.",
        LOWER,
        mdc95_percent=Decimal("14.2"),
    ),
    _number(
        "lvesd_mm",
        "LVESD",
        "mm",
        "Linear, at rest, by transthoracic echo (safety D3).",
        HIGHER,
        mdc95=Decimal(4),
    ),
    _number("lvedd_mm", "LVEDD", "mm", "Linear, at rest, by transthoracic echo.", HIGHER),
    _number(
        "lvesd_index_mm_m2",
        "LVESDi",
        "mm/m²",
        "LVESD over body surface area; computed from these two whenever both are known.",
        HIGHER,
        mdc95_percent=Decimal(10),
    ),
    _number("la_volume_index_ml_m2", "LA volume index", "mL/m²", "Biplane, at rest.", HIGHER),
    _number("la_diameter_mm", "LA diameter", "mm", "Antero-posterior, at rest.", HIGHER),
    _number("spap_mmhg", "systolic pulmonary artery pressure", "mmHg", "At rest.", HIGHER),
    _number(
        "tr_grade",
        "tricuspid regurgitation",
        "",
        "Zero none, one mild, two moderate, three moderate to severe, four severe.",
        HIGHER,
    ),
    _yes_no(
        "atrial_fibrillation",
        "atrial fibrillation",
        "Any, ever, on an ECG or strip (safety D8).",
    ),
    _yes_no(
        "af_secondary_to_mr",
        "atrial fibrillation secondary to the regurgitation",
        "A judgement of its own, never inferred.",
        is_judgement=True,
    ),
)

_METHOD = "Its method decides its line of evidence."

_SEVERITY = (
    _number("eroa_mm2", "EROA", "mm²", _METHOD, HIGHER),
    _number("regurgitant_volume_ml", "regurgitant volume", "mL", _METHOD, HIGHER),
    _number("regurgitant_fraction_percent", "regurgitant fraction", "%", _METHOD, HIGHER),
    _number(
        "volumetric_regurgitant_volume_ml",
        "volumetric regurgitant volume",
        "mL",
        "By stroke volumes, where the same study also has one by PISA.",
        HIGHER,
    ),
    _number(
        "volumetric_regurgitant_fraction_percent",
        "volumetric regurgitant fraction",
        "%",
        "By stroke volumes, where the same study also has one by PISA.",
        HIGHER,
    ),
    _number("cmr_regurgitant_volume_ml", "CMR regurgitant volume", "mL", "By CMR.", HIGHER),
    _number("cmr_regurgitant_fraction_percent", "CMR regurgitant fraction", "%", "By CMR.", HIGHER),
    _yes_no(
        "cmr_quality_good",
        "CMR of good quality",
        "As the reader stated it.",
        Worse.NEITHER,
    ),
    _number("pisa_radius_mm", "PISA radius", "mm", "With its aliasing velocity.", HIGHER),
    _number("aliasing_velocity_cm_s", "aliasing velocity", "cm/s", "Of the PISA radius."),
    _number("vena_contracta_mm", "vena contracta", "mm", "Width, long-axis view.", HIGHER),
    _number(
        "vena_contracta_biplane_mm",
        "biplane vena contracta",
        "mm",
        "Mean of two orthogonal views.",
        HIGHER,
    ),
    _number("vena_contracta_area_mm2", "3D vena contracta area", "mm²", "By 3D color.", HIGHER),
    _yes_no(
        "pulmonary_vein_systolic_reversal",
        "systolic flow reversal in a pulmonary vein",
        "Its absence does not exclude severe regurgitation.",
        said=("systolic reversal in a pulmonary vein", "no pulmonary vein reversal seen"),
    ),
    _yes_no("flail_leaflet", "flail leaflet", "Seen on imaging."),
    _yes_no("papillary_muscle_rupture", "ruptured papillary muscle", "Seen on imaging."),
    _yes_no("large_perforation", "large leaflet perforation", "Seen on imaging."),
    _number(
        "reader_grade",
        "reader's grade",
        "",
        "The reader's own integrated grade: zero none, one mild, two moderate, three moderate to "
        "severe, four severe.",
        HIGHER,
    ),
    _term(
        "jet_timing",
        "timing of the jet",
        JetTiming,
        "Single-frame values overstate a late systolic jet.",
        adverse=frozenset(JetTiming),
        unknown=frozenset({JetTiming.UNKNOWN}),
    ),
    _yes_no("multiple_jets", "several jets", "Widths of several jets do not add up."),
    _yes_no(
        "orifice_elliptical",
        "elliptical orifice",
        "2D PISA underestimates a crescent-shaped orifice.",
    ),
    _yes_no("low_flow", "low flow", "The regurgitant volume falls when flow is low."),
    _term(
        "study_state",
        "state during the study",
        StudyState,
        "Of the study that the severity measurements come from.",
        adverse=frozenset(StudyState),
        unknown=frozenset({StudyState.UNKNOWN}),
    ),
    _term(
        "study_quality",
        "image quality",
        StudyQuality,
        "Of the study that the severity measurements come from.",
        adverse=frozenset(StudyQuality),
        unknown=frozenset({StudyQuality.UNKNOWN}),
    ),
    _term(
        "study_rhythm",
        "rhythm during the study",
        Rhythm,
        "Of the study that the severity measurements come from.",
        adverse=frozenset(Rhythm),
        unknown=frozenset({Rhythm.UNKNOWN}),
    ),
    _number("study_heart_rate_bpm", "heart rate during the study", "/min", "Of that study."),
    _number("study_beats_averaged", "beats averaged", "", "Of that study."),
    _number("study_systolic_bp_mmhg", "systolic blood pressure", "mmHg", "During that study."),
    _yes_no(
        "study_decompensated",
        "decompensated during the study",
        "Of the study that the severity measurements come from.",
    ),
)

_DERIVED = (
    _yes_no(
        "severe_mr_acc_aha",
        "severe MR by ACC/AHA",
        "Severity by the ACC/AHA definition, from lines of evidence (safety D2).",
        said=("severe MR (ACC/AHA definition)", "MR not severe (ACC/AHA definition)"),
        is_derived=True,
    ),
    _yes_no(
        "severe_mr_esc_eacts",
        "severe MR by ESC/EACTS",
        "Severity by the ESC/EACTS definition, from lines of evidence (safety D2).",
        said=("severe MR (ESC/EACTS definition)", "MR not severe (ESC/EACTS definition)"),
        is_derived=True,
    ),
)

FACTS: Mapping[str, FactDefinition] = MappingProxyType(
    {
        definition.name: definition
        for group in (_PERSON, _VALVE, _SYMPTOMS, _JUDGEMENTS, _HEART, _SEVERITY, _DERIVED)
        for definition in group
    }
)


ORDER: Mapping[str, int] = MappingProxyType({name: i for i, name in enumerate(FACTS)})


@dataclass(frozen=True, slots=True)
class Ratio:
    """An index that is always recomputed from its two parts when both are known."""

    over: str
    under: str


RATIOS: Mapping[str, Ratio] = MappingProxyType({"lvesd_index_mm_m2": Ratio("lvesd_mm", "bsa_m2")})


def definition_of(name: str) -> FactDefinition:
    """The catalogue entry; raises ``LookupError`` for a misspelt name."""
    try:
        return FACTS[name]
    except KeyError:
        raise LookupError(f"no such fact: {name!r}") from None


@dataclass(frozen=True, slots=True)
class Fact:
    """One value with where it comes from.

    ``source`` is "<record kind>:<public id>". ``method`` is how it was obtained, ``reason`` why it
    was chosen, or why there is no value. ``too_old_to_reassure`` and ``adverse_only`` (with its
    reason, such as "visual estimate") let a value count only in the adverse direction.
    ``is_provisional`` marks a derived fact that rests on one line of evidence.
    """

    value: Value | None
    on: date | None = None
    source: str = ""
    method: str = ""
    reason: str = ""
    too_old_to_reassure: bool = False
    adverse_only: str = ""
    is_provisional: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.value, int | float | Decimal) and not isinstance(self.value, bool):
            object.__setattr__(self, "value", as_number(self.value))

    @property
    def reassures(self) -> bool:
        """Whether the value may also count in the reassuring direction."""
        return not (self.too_old_to_reassure or self.adverse_only)

    def age_in_days(self, *, on: date) -> int | None:
        """Days from the fact's date to ``on``; ``None`` for an undated fact."""
        return None if self.on is None else (on - self.on).days


def reading_of(definition: FactDefinition, fact: Fact) -> Reading | None:
    """How the fact reads in a rule, ``None`` for unknown; ages asymmetrically (see the module)."""
    value = fact.value
    if value is None:
        return None
    if isinstance(value, bool):
        return _reading_of_yes_no(definition, fact, value)
    if isinstance(value, Term):
        return _reading_of_term(definition, fact, value)
    interval = value if isinstance(value, Interval) else Interval.point(value)
    return interval if fact.reassures else _towards_the_worst(definition, interval)


def _reading_of_yes_no(definition: FactDefinition, fact: Fact, value: bool) -> bool | None:
    adverse = {Worse.TRUE: True, Worse.FALSE: False}.get(definition.worse)
    return value if fact.reassures or value is adverse else None


def _reading_of_term(definition: FactDefinition, fact: Fact, value: Term) -> Term | None:
    if value in definition.unknown_terms:
        return None
    return value if fact.reassures or value in definition.adverse_terms else None


def _towards_the_worst(definition: FactDefinition, value: Interval) -> Interval | None:
    if definition.worse is Worse.LOWER and value.high is not None:
        return Interval(None, value.high, high_open=value.high_open)
    if definition.worse is Worse.HIGHER and value.low is not None:
        return Interval(value.low, None, low_open=value.low_open)
    return None


def _quotient(over: Number, under: Number) -> Number:
    if isinstance(over, Decimal) and isinstance(under, Decimal):
        return over / under
    return float(over) / float(under)


def ratio_of(over: Interval, under: Interval) -> Interval | None:
    """The interval of a quotient of two positive quantities; ``None`` when it has no end.

    A quotient of entered decimals stays a decimal; one with a computed part is a float.
    """
    low = high = None
    if over.low is not None and under.high is not None and under.high > 0:
        low = _quotient(over.low, under.high)
    if over.high is not None and under.low is not None and under.low > 0:
        high = _quotient(over.high, under.low)
    if low is None and high is None:
        return None
    return Interval(
        low, high, low is not None and (over.low_open or under.high_open),
        high is not None and (over.high_open or under.low_open),
    )  # fmt: skip


def complete_ratios(readings: dict[str, Reading]) -> dict[str, Reading]:
    """The same readings with every index recomputed from its parts, where both are known."""
    for name, ratio in RATIOS.items():
        over, under = readings.get(ratio.over), readings.get(ratio.under)
        if isinstance(over, Interval) and isinstance(under, Interval):
            computed = ratio_of(over, under)
            if computed is None:
                readings.pop(name, None)
            else:
                readings[name] = computed
    return readings


def widened_by_noise(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings with each measured number widened by the change that is mere noise (MDC95)."""
    return {name: _widened(FACTS[name], reading) for name, reading in readings.items()}


def _widened(definition: FactDefinition, reading: Reading) -> Reading:
    if not isinstance(reading, Interval) or not (definition.mdc95 or definition.mdc95_percent):
        return reading
    return Interval(_shifted(definition, reading.low, -1), _shifted(definition, reading.high, 1))


def _shifted(definition: FactDefinition, end: Number | None, direction: int) -> Number | None:
    if end is None:
        return None
    exact = end if isinstance(end, Decimal) else Decimal(end)
    if definition.mdc95 is not None:
        return exact + direction * definition.mdc95
    return exact + direction * abs(exact) * (definition.mdc95_percent or Decimal(0)) / 100


def _require_kind(definition: FactDefinition, fact: Fact) -> None:
    value = fact.value
    if value is None:
        return
    if definition.kind is Decimal:
        right = isinstance(value, Decimal | float | Interval)
    else:
        right = isinstance(value, definition.kind)
    if not right:
        raise TypeError(f"{definition.name} takes {definition.kind.__name__}, not {value!r}")


@dataclass(frozen=True)
class ClinicalPicture:
    """Everything known of one patient on one day: facts by name, each optional.

    ``ClinicalPicture({"lvef_percent": Fact(Decimal(58), on=..., source=...)})``. A name that the
    catalogue does not hold raises ``LookupError``; a value of the wrong kind ``TypeError``.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, fact in self.facts.items():
            _require_kind(definition_of(name), fact)
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def fact(self, name: str) -> Fact | None:
        """The fact, or ``None`` when nothing is recorded; a misspelt name raises."""
        definition_of(name)
        return self.facts.get(name)

    def reading(self, name: str) -> Reading | None:
        """How the one fact reads in a rule; ``None`` for unknown."""
        fact = self.fact(name)
        return None if fact is None else reading_of(FACTS[name], fact)

    def readings(self) -> dict[str, Reading]:
        """All known facts as rules read them, indices recomputed; unknown ones are absent."""
        return dict(self._readings)

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        # Asked for several times in one assessment; a picture never changes.
        readings = {}
        for name, fact in self.facts.items():
            reading = reading_of(FACTS[name], fact)
            if reading is not None:
                readings[name] = reading
        return complete_ratios(readings)

    def having(self, **facts: Fact) -> ClinicalPicture:
        """A copy with these facts added or replaced."""
        return ClinicalPicture({**self.facts, **facts})

    def without(self, *names: str) -> ClinicalPicture:
        """A copy in which nothing is recorded for these facts."""
        return ClinicalPicture({n: f for n, f in self.facts.items() if n not in names})

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)


def method_of(fact: Fact | None) -> RegurgitationMethod:
    """The method of a regurgitant volume, fraction or orifice; "not stated" when unknown."""
    method = "" if fact is None else fact.method
    return _METHODS.get(method, RegurgitationMethod.NOT_STATED)


_METHODS: Mapping[str, RegurgitationMethod] = {str(m): m for m in RegurgitationMethod}
