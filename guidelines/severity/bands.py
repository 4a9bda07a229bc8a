"""From one measured value to the bands it may lie in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from guidelines.facts import Interval
from guidelines.severity.limits import (
    MILD,
    MODERATE,
    MODERATE_TO_SEVERE,
    NOT_MILD_VENA_CONTRACTA,
    SEVERE,
    SEVERE_BIPLANE_VENA_CONTRACTA,
    SEVERE_VENA_CONTRACTA,
    SEVERE_VENA_CONTRACTA_AREA,
    Band,
    Scheme,
)


def band_among(value: Interval, limits: Sequence[Decimal]) -> Band:
    """The lowest and highest band of a value, each limit the first value of the next band."""
    low = MILD + sum(value.is_at_least(limit) for limit in limits)
    high = MILD + sum(not value.is_below(limit) for limit in limits)
    return low, high


def _width_band(value: Interval, is_severe: bool, may_be_severe: bool) -> Band:
    """A vena contracta between mild and severe may be moderate or moderate to severe."""
    low = MODERATE if value.is_at_least(NOT_MILD_VENA_CONTRACTA) else MILD
    high = MILD if value.is_below(NOT_MILD_VENA_CONTRACTA) else MODERATE_TO_SEVERE
    return SEVERE if is_severe else low, SEVERE if may_be_severe else high


def single_width_band(value: Interval) -> Band:
    """Vena contracta of one view, in mm (ASE-G-06)."""
    limit = SEVERE_VENA_CONTRACTA
    return _width_band(value, value.is_at_least(limit), not value.is_below(limit))


def biplane_width_band(scheme: Scheme, value: Interval) -> Band:
    """Mean vena contracta of two views, in mm; exactly 8 is severe by ESC only (ESC-SV-05)."""
    limit = SEVERE_BIPLANE_VENA_CONTRACTA
    if scheme is Scheme.ESC_EACTS:
        return _width_band(value, value.is_at_least(limit), not value.is_below(limit))
    return _width_band(value, value.is_above(limit), not value.is_at_most(limit))


def area_band(value: Interval) -> Band:
    """3D vena contracta area, in mm2: severe or not, no finer."""
    limit = SEVERE_VENA_CONTRACTA_AREA
    low = SEVERE if value.is_at_least(limit) else MILD
    return low, MODERATE_TO_SEVERE if value.is_below(limit) else SEVERE


def reader_band(value: Interval) -> Band:
    """A reader's grade of 0 to 4; none or trace counts as mild."""
    low = MILD if value.low is None else max(MILD, math.ceil(value.low))
    high = SEVERE if value.high is None else max(MILD, math.floor(value.high))
    return low, high


def lifted(band: Band, flag: bool | None) -> Band:
    """Moderate to severe counts as severe when the flag holds; may do when it is unknown."""
    if flag is False or band[1] < MODERATE_TO_SEVERE or band[0] == SEVERE:
        return band
    low = SEVERE if flag and band[0] == MODERATE_TO_SEVERE else band[0]
    return low, SEVERE
