"""What is missing for a grade: the measurements that would allow it or settle it."""

from __future__ import annotations

from collections.abc import Sequence

from guidelines.criteria import Readings
from guidelines.facts import Interval
from guidelines.severity.conditions import flag, is_secondary
from guidelines.severity.limits import ENOUGH_SIGNS
from guidelines.severity.lines import BY_CMR, WAYS_TO_MEASURE, Line, LineKind
from guidelines.severity.members import AORTIC_REGURGITATION_UNKNOWN
from guidelines.severity.signs import SignAnswer, SignCount, SignKind
from guidelines.vocabulary import SeverityState

_SETTLED = (SeverityState.SEVERE_CORROBORATED, SeverityState.NOT_SEVERE_CORROBORATED)


def missing_for_grade(
    state: SeverityState,
    lines: Sequence[Line],
    count: SignCount,
    readings: Readings,
    unknown_scale: tuple[str, ...],
) -> tuple[str, ...]:
    """The measurements that would allow a grade or settle it; CMR is not asked for twice."""
    if state in _SETTLED:
        return ()
    present = {line.kind for line in lines if line.is_severe or line.below}
    wanted = [
        name
        for kind, names in WAYS_TO_MEASURE.items()
        for name in names
        if kind not in present and not _is_measured(readings.get(name))
    ]
    if state is SeverityState.DISCORDANT or LineKind.VOLUMETRIC not in present:
        wanted += _by_cmr(readings)
    wanted += _modifiers(lines, readings)
    wanted += _last_mild_sign(count, readings)
    return tuple(dict.fromkeys([*unknown_scale, *wanted]))


def _is_measured(reading: object) -> bool:
    """There is a value, and not one that only counts when adverse."""
    if isinstance(reading, Interval):
        return reading.low is not None and reading.high is not None
    return reading is not None


def _by_cmr(readings: Readings) -> list[str]:
    """CMR where there is none, or not a good one; its quality where that is not recorded."""
    unmeasured = [name for name in BY_CMR if not _is_measured(readings.get(name))]
    if unmeasured:
        return unmeasured
    is_good = flag(readings, "cmr_quality_good")
    if is_good is None:
        return ["cmr_quality_good"]
    return [] if is_good else list(BY_CMR)


def _modifiers(lines: Sequence[Line], readings: Readings) -> list[str]:
    """Orifice shape and flow, where a secondary leak's grade depends on them."""
    wanted = []
    in_doubt = any(line.may_be_severe or not line.below for line in lines)
    if is_secondary(readings) is not False and in_doubt:
        wanted = [n for n in ("orifice_elliptical", "low_flow") if n not in readings]
        if "vena_contracta_area_mm2" not in readings:
            wanted.append("vena_contracta_area_mm2")
    members = [member for line in lines for member in line.members]
    if any(AORTIC_REGURGITATION_UNKNOWN in member.cannot_exclude for member in members):
        wanted.append("aortic_regurgitation_more_than_mild")
    return wanted


def _last_mild_sign(count: SignCount, readings: Readings) -> list[str]:
    """One sign short of mild without quantitation (ASE-A-1): what would answer another."""
    if not count.may_exclude or count.mild != ENOUGH_SIGNS - 1 or count.has_severe_sign:
        return []
    return [
        name
        for sign in count.signs
        if sign.kind is SignKind.MILD and sign.answer is SignAnswer.UNKNOWN
        for name in sign.facts
        if name not in readings and name not in _SECOND_WAYS
    ]


# The other way to answer the same sign is enough.
_SECOND_WAYS = ("vena_contracta_biplane_mm", "flow_convergence", "study_la_diameter_mm")
