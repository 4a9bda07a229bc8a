"""The specific signs that ASE 2017 counts (rows ASE-M-1 to 6, ASE-S-1 to 6), and what supports.

Each sign is yes, no, not applicable or unknown, with its reason. The count is for chronic
regurgitation of a native valve. Chamber size and jet area support and never decide (safety D2):
a size may corroborate what a line of evidence shows, it makes nothing severe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guidelines.catalogue.severity import FlowConvergence, JetDensity, JetDirection
from guidelines.criteria import Readings
from guidelines.facts import Interval
from guidelines.severity.conditions import (
    IN_FIBRILLATION,
    aortic_regurgitation,
    flag,
    has_stenosis,
    is_secondary,
    number,
    why_inflow_says_nothing,
)
from guidelines.severity.limits import (
    ENOUGH_SIGNS,
    HIGH_E_VELOCITY,
    HIGH_VTI_RATIO,
    LARGE_ATRIUM_INDEX,
    LARGE_ATRIUM_MM,
    LARGE_JET,
    LARGE_JET_ACC_AHA,
    MILD_PISA_RADIUS,
    MILD_VENA_CONTRACTA,
    NORMAL_LA_DIAMETER,
    NORMAL_LA_INDEX,
    NORMAL_LVEDD,
    NORMAL_LVEF,
    RADIUS_ALIASING,
    SEVERE_BIPLANE_VENA_CONTRACTA,
    SEVERE_PISA_RADIUS,
    SEVERE_VENA_CONTRACTA,
    SMALL_JET,
    Scheme,
)
from guidelines.vocabulary import JetTiming, Sex, Term

LATE_SYSTOLIC = "a single frame of a late systolic jet (ASE-A-9)"
OTHER_ALIASING = "radius not at a Nyquist limit of 30 to 40 cm/s"
OTHER_CAUSE = "the size has another recorded cause"


class SignAnswer(Term):
    """What is known of a sign."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    UNKNOWN = "unknown", "Not recorded"


class SignKind(Term):
    """What a sign speaks for."""

    MILD = "mild", "Specific for mild"
    SEVERE = "severe", "Specific for severe"
    SUPPORTING = "supporting", "Supports severe, never decides"


YES, NO = SignAnswer.YES, SignAnswer.NO
NOT_APPLICABLE, UNKNOWN = SignAnswer.NOT_APPLICABLE, SignAnswer.UNKNOWN
Asked = tuple[SignAnswer, str]
Ask = Callable[[Scheme, Readings], Asked]


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign, its answer and why it is not asked, if so; ``facts`` are what it rests on."""

    row: str
    kind: SignKind
    text: str
    answer: SignAnswer
    why: str
    facts: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "row": self.row,
            "kind": self.kind.value,
            "text": self.text,
            "answer": self.answer.value,
            "answer_label": self.answer.label,
            "why": self.why,
            "facts": list(self.facts),
        }


@dataclass(frozen=True, slots=True)
class SignCount:
    """All signs of one study and what their count says.

    ``may_exclude`` is false where the study may not exclude severe regurgitation.
    """

    signs: tuple[Sign, ...]
    may_exclude: bool

    def _how_many(self, kind: SignKind, besides: str = "") -> int:
        return sum(s.kind is kind and s.answer is YES and s.row != besides for s in self.signs)

    @property
    def mild(self) -> int:
        """Signs specific for mild regurgitation."""
        return self._how_many(SignKind.MILD)

    @property
    def severe(self) -> int:
        """Signs specific for severe regurgitation, chamber size among them."""
        return self._how_many(SignKind.SEVERE)

    @property
    def severe_without_size(self) -> int:
        """The same without chamber size, which never decides."""
        return self._how_many(SignKind.SEVERE, besides="ASE-S-6")

    @property
    def is_mild(self) -> bool:
        """Enough signs of mild regurgitation (ASE-A-1), of a study that may exclude."""
        return self.may_exclude and self.mild >= ENOUGH_SIGNS

    @property
    def is_severe(self) -> bool:
        """Enough signs of severe regurgitation (ASE-A-2), chamber size not counted."""
        return self.severe_without_size >= ENOUGH_SIGNS

    @property
    def has_severe_sign(self) -> bool:
        """A structural or specific sign of severe regurgitation, chamber size apart."""
        return self.severe_without_size > 0 or any(
            s.answer is YES and s.facts[0] in STRUCTURAL for s in self.signs
        )

    @property
    def has_sign_beside_lines(self) -> bool:
        """A severe sign that no line of evidence measures: a large central jet, a structure.

        The radius is not one: where there is an orifice it speaks for the same measurement.
        """
        return any(
            sign.answer is YES and (sign.row == "ASE-S-4" or sign.facts[0] in STRUCTURAL)
            for sign in self.signs
        )

    @property
    def is_answered(self) -> bool:
        """Whether any sign is answered at all."""
        return any(sign.answer in (YES, NO) for sign in self.signs)


STRUCTURAL = ("severe_leaflet_retraction", "severe_tenting")


def count_signs(
    scheme: Scheme,
    readings: Readings,
    *,
    may_exclude: bool,
    by_another: Sequence[Sign] = (),
) -> SignCount:
    """The signs as these readings of one study answer them.

    ``by_another``: what another scheme counted on the same readings; most signs are the same.
    """
    if by_another:
        signs = [
            _sign(scheme, readings, *asked) if asked[3] in _ASKED_BY_SCHEME else found
            for asked, found in zip(_SIGNS, by_another, strict=False)
        ]
        return SignCount((*signs, *by_another[len(signs) :]), may_exclude)
    signs = [_sign(scheme, readings, *asked) for asked in _SIGNS]
    for row, text, ask_support, facts in _SUPPORTING:
        if ask_support(readings):
            signs.append(Sign(row, SignKind.SUPPORTING, text, YES, "", facts))
    return SignCount(tuple(signs), may_exclude)


def _sign(
    scheme: Scheme,
    readings: Readings,
    row: str,
    kind: SignKind,
    text: str,
    ask: Ask,
    facts: tuple[str, ...],
) -> Sign:
    return Sign(row, kind, text, *ask(scheme, readings), facts)


def _answer(is_yes: bool, is_no: bool) -> Asked:
    if is_yes:
        return YES, ""
    return (NO, "") if is_no else (UNKNOWN, "")


def _of_flag(held: bool | None) -> Asked:
    return UNKNOWN if held is None else YES if held else NO, ""


# --- The jet -------------------------------------------------------------------------------------


def _small_central_jet(scheme: Scheme, readings: Readings) -> Asked:
    direction, area = readings.get("jet_direction"), number(readings, "jet_area_percent_la")
    is_central = direction is JetDirection.CENTRAL
    elsewhere = direction is not None and not is_central
    return _answer(
        is_central and area.is_below(SMALL_JET), elsewhere or area.is_at_least(SMALL_JET)
    )


def _large_central_jet(scheme: Scheme, readings: Readings) -> Asked:
    direction, area = readings.get("jet_direction"), number(readings, "jet_area_percent_la")
    if direction in (JetDirection.ECCENTRIC, JetDirection.WALL_IMPINGING):
        return NOT_APPLICABLE, "an eccentric jet is not judged by its area"
    limit = LARGE_JET_ACC_AHA if scheme is Scheme.ACC_AHA else LARGE_JET
    return _answer(direction is not None and area.is_above(limit), area.is_at_most(limit))


def _soft_signal(scheme: Scheme, readings: Readings) -> Asked:
    density = readings.get("jet_density")
    return _answer(density is JetDensity.FAINT, density is not None)


def _is_late(readings: Readings) -> bool:
    return readings.get("jet_timing") is JetTiming.LATE_SYSTOLIC


# --- Vena contracta and flow convergence ---------------------------------------------------------


def _narrow(scheme: Scheme, readings: Readings) -> Asked:
    if flag(readings, "multiple_jets"):
        return NOT_APPLICABLE, "widths of several jets do not add up"
    widths = [number(readings, name) for name in _WIDTHS]
    wide = any(width.is_above(MILD_VENA_CONTRACTA) for width in widths)
    return _answer(
        not wide and any(width.is_at_most(MILD_VENA_CONTRACTA) for width in widths), wide
    )


_WIDTHS = ("vena_contracta_mm", "vena_contracta_biplane_mm")


def _wide(scheme: Scheme, readings: Readings) -> Asked:
    if _is_late(readings):
        return NOT_APPLICABLE, LATE_SYSTOLIC
    width, biplane = (number(readings, name) for name in _WIDTHS)
    limit = SEVERE_BIPLANE_VENA_CONTRACTA
    by_two = biplane.is_above(limit)
    if scheme is Scheme.ESC_EACTS:
        by_two = biplane.is_at_least(limit)
    is_wide = width.is_at_least(SEVERE_VENA_CONTRACTA) or by_two
    return _answer(is_wide, width.is_below(SEVERE_VENA_CONTRACTA) or biplane.is_below(limit))


def _why_radius_is_not_used(readings: Readings) -> str:
    """Read at another Nyquist limit the radius says nothing; "" when it may be read."""
    velocity = number(readings, "aliasing_velocity_cm_s")
    slow, fast = RADIUS_ALIASING
    is_off = velocity.is_below(slow) or velocity.is_above(fast)
    return OTHER_ALIASING if is_off and "pisa_radius_mm" in readings else ""


def _radius(readings: Readings) -> Interval:
    """The radius where its Nyquist limit is known to be right."""
    velocity = number(readings, "aliasing_velocity_cm_s")
    slow, fast = RADIUS_ALIASING
    is_right = velocity.is_at_least(slow) and velocity.is_at_most(fast)
    return number(readings, "pisa_radius_mm") if is_right else Interval(None, None)


def _small_convergence(scheme: Scheme, readings: Readings) -> Asked:
    why, seen = _why_radius_is_not_used(readings), readings.get("flow_convergence")
    if why:
        return NOT_APPLICABLE, why
    radius = _radius(readings)
    if "pisa_radius_mm" in readings:
        is_small = radius.is_at_most(MILD_PISA_RADIUS)
        return _answer(is_small, radius.is_above(MILD_PISA_RADIUS))
    return _answer(seen is FlowConvergence.ABSENT, seen is not None)


def _large_radius(scheme: Scheme, readings: Readings) -> Asked:
    if _is_late(readings):
        return NOT_APPLICABLE, LATE_SYSTOLIC
    why = _why_radius_is_not_used(readings)
    if why:
        return NOT_APPLICABLE, why
    radius = _radius(readings)
    is_absent = readings.get("flow_convergence") is FlowConvergence.ABSENT
    return _answer(
        radius.is_at_least(SEVERE_PISA_RADIUS), is_absent or radius.is_below(SEVERE_PISA_RADIUS)
    )


# --- Inflow, pulmonary veins, structure ----------------------------------------------------------


def _a_wave_dominant(scheme: Scheme, readings: Readings) -> Asked:
    why = why_inflow_says_nothing(readings)
    if why:
        return NOT_APPLICABLE, why
    early, atrial = number(readings, "e_velocity_m_s"), number(readings, "a_velocity_m_s")
    is_yes = early.high is not None and atrial.is_above(early.high)
    return _answer(is_yes, early.low is not None and atrial.is_at_most(early.low))


def _reversal(scheme: Scheme, readings: Readings) -> Asked:
    why = why_inflow_says_nothing(readings)
    if why:
        return NOT_APPLICABLE, why
    return _of_flag(flag(readings, "pulmonary_vein_systolic_reversal"))


def _flail(scheme: Scheme, readings: Readings) -> Asked:
    return _of_flag(flag(readings, "flail_leaflet"))


# --- Chamber size --------------------------------------------------------------------------------

Ends = Mapping[Sex, tuple[Decimal, Decimal]]


def _limits(ends: Ends, readings: Readings, end: int) -> tuple[Decimal, ...]:
    """The limit for the sex; both where sex is not known, and then both must agree."""
    sex = readings.get("sex")
    sexes = (sex,) if isinstance(sex, Sex) and sex in ends else tuple(ends)
    return tuple(ends[each][end] for each in sexes)


def _is_enlarged(readings: Readings, name: str, ends: Ends) -> bool | None:
    value, limits = number(readings, name), _limits(ends, readings, 1)
    if all(value.is_above(limit) for limit in limits):
        return True
    return False if all(value.is_at_most(limit) for limit in limits) else None


def _is_atrium_enlarged(readings: Readings) -> bool | None:
    """By volume, else by diameter."""
    by_volume = _is_enlarged(readings, "study_la_volume_index_ml_m2", NORMAL_LA_INDEX)
    if by_volume is not None or "study_la_volume_index_ml_m2" in readings:
        return by_volume
    return _is_enlarged(readings, "study_la_diameter_mm", NORMAL_LA_DIAMETER)


def _normal_chambers(scheme: Scheme, readings: Readings) -> Asked:
    if flag(readings, "other_cause_of_large_chambers"):
        return NOT_APPLICABLE, OTHER_CAUSE
    ventricle = _is_enlarged(readings, "study_lvedd_mm", NORMAL_LVEDD)
    atrium = _is_atrium_enlarged(readings)
    return _answer(
        ventricle is False and atrium is False, ventricle is True or atrium is True
    )  # fmt: skip


def _large_ventricle(scheme: Scheme, readings: Readings) -> Asked:
    if flag(readings, "other_cause_of_large_chambers"):
        return NOT_APPLICABLE, OTHER_CAUSE
    lvef, least = number(readings, "study_lvef_percent"), _limits(NORMAL_LVEF, readings, 0)
    enlarged = _is_enlarged(readings, "study_lvedd_mm", NORMAL_LVEDD)
    is_normal = all(lvef.is_at_least(limit) for limit in least)
    is_reduced = all(lvef.is_below(limit) for limit in least)
    return _answer(enlarged is True and is_normal, enlarged is False or is_reduced)


_MILD, _SEVERE = SignKind.MILD, SignKind.SEVERE
_JET = ("jet_area_percent_la", "jet_direction")
_CONVERGENCE = ("pisa_radius_mm", "aliasing_velocity_cm_s", "flow_convergence")
_SIZES = ("study_lvedd_mm", "study_la_volume_index_ml_m2", "study_la_diameter_mm")

_SIGNS: tuple[tuple[str, SignKind, str, Ask, tuple[str, ...]], ...] = (
    ("ASE-M-1", _MILD, "small, narrow central jet", _small_central_jet, _JET),
    ("ASE-M-2", _MILD, "vena contracta 3 mm or less", _narrow, _WIDTHS),
    ("ASE-M-3", _MILD, "no flow convergence, or a radius of 3 mm or less", _small_convergence,
     _CONVERGENCE),
    ("ASE-M-4", _MILD, "inflow with a dominant A wave", _a_wave_dominant,
     ("e_velocity_m_s", "a_velocity_m_s")),
    ("ASE-M-5", _MILD, "soft or incomplete continuous-wave signal", _soft_signal,
     ("jet_density",)),
    ("ASE-M-6", _MILD, "left ventricle and atrium of normal size", _normal_chambers, _SIZES),
    ("ASE-S-1", _SEVERE, "flail leaflet", _flail, ("flail_leaflet",)),
    ("ASE-S-2", _SEVERE, "vena contracta 7 mm or more", _wide, _WIDTHS),
    ("ASE-S-3", _SEVERE, "PISA radius 10 mm or more", _large_radius, _CONVERGENCE),
    ("ASE-S-4", _SEVERE, "large central jet", _large_central_jet, _JET),
    ("ASE-S-5", _SEVERE, "systolic reversal in a pulmonary vein", _reversal,
     ("pulmonary_vein_systolic_reversal",)),
    ("ASE-S-6", _SEVERE, "enlarged left ventricle with normal function", _large_ventricle,
     ("study_lvedd_mm", "study_lvef_percent")),
)  # fmt: skip

# The schemes set their own limits to these; every other sign they answer alike.
_ASKED_BY_SCHEME = (_wide, _large_central_jet)


# --- What supports -------------------------------------------------------------------------------


def _has_high_e_velocity(readings: Readings) -> bool:
    early, atrial = number(readings, "e_velocity_m_s"), number(readings, "a_velocity_m_s")
    if not early.is_above(HIGH_E_VELOCITY) or why_inflow_says_nothing(readings):
        return False
    return early.high is None or not atrial.is_above(early.high)


def _has_high_vti_ratio(readings: Readings) -> bool:
    is_high = number(readings, "vti_ratio_mitral_aortic").is_above(HIGH_VTI_RATIO)
    return is_high and not (has_stenosis(readings) or aortic_regurgitation(readings))


def _has_very_large_atrium(readings: Readings) -> bool:
    in_fibrillation = readings.get("study_rhythm") in IN_FIBRILLATION
    if in_fibrillation or flag(readings, "other_cause_of_large_chambers"):
        return False
    by_volume = number(readings, "study_la_volume_index_ml_m2").is_at_least(LARGE_ATRIUM_INDEX)
    return by_volume or number(readings, "study_la_diameter_mm").is_at_least(LARGE_ATRIUM_MM)


def _is_tented(readings: Readings) -> bool:
    return flag(readings, "severe_tenting") is True and is_secondary(readings) is not False


_SUPPORTING: tuple[tuple[str, str, Callable[[Readings], bool], tuple[str, ...]], ...] = (
    ("ESC-SV-01", "severe leaflet retraction",
     lambda known: flag(known, "severe_leaflet_retraction") is True,
     ("severe_leaflet_retraction",)),
    ("ESC-SV-01", "severe tenting or poor coaptation", _is_tented, ("severe_tenting",)),
    ("ESC-SV-02", "eccentric jet along the wall",
     lambda known: known.get("jet_direction") is JetDirection.WALL_IMPINGING,
     ("jet_direction",)),
    ("ESC-SV-03", "large flow convergence throughout systole",
     lambda known: known.get("flow_convergence") is FlowConvergence.LARGE,
     ("flow_convergence",)),
    ("ESC-SV-04", "holosystolic, dense, triangular signal",
     lambda known: known.get("jet_density") is JetDensity.DENSE_TRIANGULAR, ("jet_density",)),
    ("ESC-SV-07", "dominant E velocity above 1.2 m/s", _has_high_e_velocity,
     ("e_velocity_m_s", "a_velocity_m_s")),
    ("ESC-SV-08", "mitral to aortic VTI ratio above 1.4", _has_high_vti_ratio,
     ("vti_ratio_mitral_aortic",)),
    ("ESC-SV-13", "left atrium of 55 mm or 60 mL/m² or more", _has_very_large_atrium,
     ("study_la_volume_index_ml_m2", "study_la_diameter_mm")),
)  # fmt: skip

# Facts that only the count and what supports rest on: of the study of the measurements.
FACTS_OF_SIGNS = frozenset(
    name
    for facts in (*(row[4] for row in _SIGNS), *(row[3] for row in _SUPPORTING))
    for name in facts
)
