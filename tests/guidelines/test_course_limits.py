"""The limits of a course come from the rules, with their rows."""

from decimal import Decimal

from guidelines.course_limits import course_limits
from guidelines.registry import EDITIONS, ESC_EACTS_2021


def test_each_limit_names_its_row_and_side():
    limits = course_limits(EDITIONS)
    [lvesd] = limits["lvesd_mm"]
    assert (lvesd.value, lvesd.strict, lvesd.source) == (Decimal(40), False, "AHA-PI-02")
    [pressure] = limits["spap_mmhg"]
    assert (pressure.value, pressure.strict) == (Decimal(50), True)
    assert [limit.value for limit in limits["eroa_mm2"]] == [Decimal(40)]
    assert [limit.label for limit in limits["lvef_percent"]] == ["LVEF ≤ 60 %"]


def test_windows_and_ceilings_of_other_chapters_are_no_limits_of_a_course():
    values = {limit.value for found in course_limits(EDITIONS).values() for limit in found}
    assert Decimal(70) not in values
    assert "lvesd_index_mm_m2" not in course_limits((ESC_EACTS_2021,))
