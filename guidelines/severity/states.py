"""From lines and signs to a state: the table of safety D2 and the algorithm of ASE 2017 (A2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guidelines.criteria import Readings
from guidelines.severity.conditions import flag, number
from guidelines.severity.limits import (
    MILD,
    MODERATE,
    MODERATE_TO_SEVERE,
    SEVERE,
    SEVERE_CMR_FRACTION,
    SEVERE_CMR_VOLUME,
    SIGNS_BESIDE_GRADE_III,
)
from guidelines.severity.lines import (
    BY_CMR,
    MILD_COUNTS,
    QUANTITATIVE,
    SINGLE_FRAME,
    Line,
    LineKind,
    Member,
)
from guidelines.severity.signs import SignCount
from guidelines.vocabulary import GradeResult, JetTiming, SeverityState

State = SeverityState


def lines_of(members: Sequence[Member], readings: Readings) -> list[Line]:
    """The lines of evidence of the measurements that speak of the same day."""
    late = readings.get("jet_timing") is JetTiming.LATE_SYSTOLIC
    settled = late and is_settled_by_cmr(members, readings)
    lines = []
    for kind in LineKind:
        of_kind = tuple(m for m in members if m.line is kind and not m.set_aside)
        if of_kind:
            one_frame = late and kind in SINGLE_FRAME
            lines.append(Line(kind, of_kind, one_frame, one_frame and settled))
    return lines


def state_of(
    lines: Sequence[Line], members: Sequence[Member], count: SignCount, readings: Readings
) -> State:
    """The state of safety D2's table."""
    if count.is_severe or _is_severe_by_cmr(members, readings):
        return State.SEVERE_CORROBORATED
    severe = [line for line in lines if line.is_severe]
    if len(severe) >= 2:
        counted = [line for line in lines if line.kind in MILD_COUNTS]
        has_mild = any(line.reaches_down_to == MILD for line in counted)
        return State.DISCORDANT if has_mild else State.SEVERE_CORROBORATED
    if any(line.contradicts_itself for line in lines):
        return State.DISCORDANT
    if severe:
        return _state_of_one_severe_line(lines, count)
    return _state_without_severe_line(lines, members, count, readings)


def _state_of_one_severe_line(lines: Sequence[Line], count: SignCount) -> State:
    """Alone it is provisional; beside grade III with three specific signs corroborated (ASE-A-6).

    Here chamber size may count: the regurgitation is severe with or without it.
    """
    if count.is_mild or any(line.reaches_down_to <= MODERATE for line in lines):
        return State.DISCORDANT
    quantities = [line.below for line in lines if line.kind in QUANTITATIVE and line.below]
    grade_iii = any(band[0] == MODERATE_TO_SEVERE for band in quantities)
    if grade_iii and count.severe >= SIGNS_BESIDE_GRADE_III:
        return State.SEVERE_CORROBORATED
    return State.SEVERE_ONE_LINE


def _state_without_severe_line(
    lines: Sequence[Line], members: Sequence[Member], count: SignCount, readings: Readings
) -> State:
    older_severe = any(m.set_aside and m.band[0] == SEVERE for m in members)
    if older_severe or any(line.says_severe_in_one_frame for line in lines):
        return State.DISCORDANT
    bands = [line.below for line in lines if line.below]
    highest = max((low for low, _ in bands), default=MILD)
    lowest = min((line.reaches_down_to for line in lines), default=SEVERE)
    if bands and highest - lowest >= 2:
        return State.DISCORDANT
    if count.is_mild:
        return _state_of_enough_mild_signs(lines, highest, count)
    if not lines:
        return State.NOT_SEVERE_UNCONFIRMED if count.is_answered else State.NOT_MEASURED
    has_quantity = any(line.below and line.kind in QUANTITATIVE for line in lines)
    if len(bands) < 2 or not has_quantity or any(line.may_be_severe for line in lines):
        return State.NOT_SEVERE_UNCONFIRMED
    if count.has_sign_beside_lines and not is_settled_by_cmr(members, readings):
        return State.DISCORDANT
    return State.INTERMEDIATE if highest == MODERATE_TO_SEVERE else State.NOT_SEVERE_CORROBORATED


def _state_of_enough_mild_signs(lines: Sequence[Line], highest: int, count: SignCount) -> State:
    """Mild without quantitation (ASE-A-1), unless anything speaks against it (ASE-A-8)."""
    if count.has_severe_sign or highest == MODERATE_TO_SEVERE:
        return State.DISCORDANT
    if any(line.may_be_severe for line in lines):
        return State.NOT_SEVERE_UNCONFIRMED
    return State.NOT_SEVERE_CORROBORATED


def is_settled_by_cmr(members: Sequence[Member], readings: Readings) -> bool:
    """CMR of good quality has measured volume and fraction, and still speaks of today.

    It then decides where a single frame misleads (ASE-A-8, ASE-A-9).
    """
    if flag(readings, "cmr_quality_good") is not True:
        return False
    counted = {m.fact for m in members if not m.set_aside and m.may_exclude and not m.is_old}
    return counted.issuperset(BY_CMR)


def _is_severe_by_cmr(members: Sequence[Member], readings: Readings) -> bool:
    """Good-quality CMR with both volume and fraction severe stands alone (safety D2)."""
    if flag(readings, "cmr_quality_good") is not True:
        return False
    counted = {member.fact for member in members if not member.set_aside}
    volume, fraction = (number(readings, name) for name in BY_CMR)
    return (
        counted.issuperset(BY_CMR)
        and volume.is_at_least(SEVERE_CMR_VOLUME)
        and fraction.is_at_least(SEVERE_CMR_FRACTION)
    )


ANSWERS: Mapping[State, bool] = {
    State.SEVERE_CORROBORATED: True,
    State.SEVERE_ONE_LINE: True,
    State.INTERMEDIATE: False,
    State.NOT_SEVERE_CORROBORATED: False,
}
_RESULTS: Mapping[int, GradeResult] = {
    MILD: GradeResult.MILD,
    MODERATE: GradeResult.MODERATE,
    MODERATE_TO_SEVERE: GradeResult.MODERATE_TO_SEVERE,
}


def result_of(state: State, lines: Sequence[Line]) -> GradeResult:
    """The grade: the highest that any line below severe gives; mild by signs alone."""
    answer = ANSWERS.get(state)
    if answer is None:
        return GradeResult.CANNOT_BE_GRADED
    if answer:
        return GradeResult.SEVERE
    return _RESULTS[max((line.below[0] for line in lines if line.below), default=MILD)]
