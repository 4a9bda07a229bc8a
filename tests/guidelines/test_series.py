"""Only like is compared with like; everything else is kept with its reason."""

import math
from datetime import date
from decimal import Decimal

import pytest

from guidelines.numbers import Interval
from guidelines.series import Event, Point, Series, like_with_like, measure_of

D = Decimal
ON = date(2026, 1, 1)


def point(year, value=60, **more):
    given = {"method": "biplane", "laboratory": "North", "rhythm": "sinus", **more}
    value = value if isinstance(value, Interval) else D(str(value))
    return Point(date(year, 6, 1), value, f"echo:{year}", **given)


def alike(*points, events=(), measure="lvef_percent", on=ON):
    return like_with_like(Series(measure, points, events), on=on)


def years(points):
    return [each.on.year for each in points]


def reasons(found):
    return {each.point.on.year: each.why for each in found.left_out}


def test_studies_are_put_in_order_whatever_the_order_they_come_in():
    assert years(alike(point(2022), point(2020), point(2021)).used) == [2020, 2021, 2022]


def test_a_misspelt_measure_is_refused():
    with pytest.raises(LookupError, match="lvef_pct"):
        Series("lvef_pct", ())
    with pytest.raises(LookupError):
        measure_of("")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"is_final": False}, "draft, not counted"),
        ({"is_rest": False}, "not a study at rest"),
        ({"is_comparable": False, "why_not": "on an ARNI"}, "on an ARNI"),
        ({"is_comparable": False}, "not comparable"),
        ({"method": "visual"}, "another method (visual estimate) than biplane discs"),
        ({"rhythm": "atrial_fibrillation"}, "another rhythm (atrial fibrillation) than sinus"),
    ],
)
def test_what_is_not_like_the_others_is_kept_with_its_reason(more, why):
    found = alike(point(2020), point(2021, **more), point(2022))
    assert years(found.used) == [2020, 2022]
    assert reasons(found) == {2021: why}
    assert found.left_out[0].as_dict()["why"] == why
    assert found.left_out[0].as_dict()["source"] == "echo:2021"


def test_a_study_after_the_day_asked_about_is_not_known_yet():
    found = alike(point(2020), point(2021), on=date(2020, 12, 31))
    assert years(found.used) == [2020]
    assert reasons(found) == {2021: "after 31 Dec 2020"}


@pytest.mark.parametrize(
    ("measure", "value", "why"),
    [
        ("lvef_percent", 101, "above 100 %"),
        ("lvesd_mm", -1, "below 0 mm"),
        ("gls_percent", 18, "above 0 %"),
        ("nt_probnp_pg_ml", 0, "not a value above zero"),
        ("nt_probnp_pg_ml", Interval(None, D(50)), "not a value above zero"),
    ],
)
def test_an_impossible_value_is_left_out(measure, value, why):
    assert reasons(alike(point(2020, value), measure=measure)) == {2020: why}


def test_an_event_starts_a_new_segment():
    repair = Event(date(2021, 6, 1), "mitral repair")
    later = Event(date(2027, 1, 1), "not yet")
    found = alike(point(2020), point(2021), point(2022), events=(later, repair))
    assert years(found.used) == [2022]
    assert set(reasons(found).values()) == {"on or before mitral repair of 1 Jun 2021"}
    assert (found.since, found.why_since) == (date(2021, 6, 1), "since mitral repair")


def test_without_an_event_the_segment_begins_with_the_first_study():
    found = alike(point(2020), point(2021))
    assert found.since == date(2020, 6, 1)
    assert "first study" in found.why_since


def test_nothing_measured_has_no_segment():
    found = alike()
    assert (found.used, found.since, found.remark) == ((), None, "")


def test_what_was_not_stated_is_not_another_one():
    found = alike(point(2020), point(2021, method="not_stated", rhythm=""), point(2022))
    assert years(found.used) == [2020, 2021, 2022]


def test_a_latest_study_of_unstated_method_is_held_against_the_method_before():
    found = alike(
        point(2019, method="visual"), point(2020), point(2021), point(2022, method="", rhythm="")
    )
    assert years(found.used) == [2020, 2021, 2022]
    assert "visual" in reasons(found)[2019]


def test_where_nobody_states_a_method_all_are_compared():
    found = alike(point(2020, method=""), point(2021, method=""), measure="lvesd_mm")
    assert years(found.used) == [2020, 2021]


def test_a_single_visual_estimate_does_not_end_a_biplane_course():
    found = alike(point(2020), point(2021), point(2022, method="visual"))
    assert years(found.used) == [2020, 2021]
    assert "visual" in reasons(found)[2022]
    assert "1 Jun 2022" in found.remark


def test_two_studies_of_a_new_method_are_a_course_of_their_own():
    found = alike(point(2020), point(2021), point(2022, method="3d"), point(2023, method="3d"))
    assert years(found.used) == [2022, 2023]
    assert "biplane" in reasons(found)[2020]
    assert found.remark == ""


def test_where_no_two_are_alike_the_latest_stands():
    found = alike(point(2020, method="visual"), point(2021))
    assert years(found.used) == [2021]


def test_flutter_and_fibrillation_are_compared():
    found = alike(point(2020, rhythm="atrial_flutter"), point(2021, rhythm="atrial_fibrillation"))
    assert years(found.used) == [2020, 2021]


@pytest.mark.parametrize(
    ("one", "other", "compared"),
    [
        ({"vendor": "A"}, {"vendor": "A", "laboratory": "South"}, True),
        ({"vendor": "A"}, {"vendor": "B"}, False),
        ({"vendor": "A"}, {}, False),
        ({}, {}, True),
        ({}, {"laboratory": "South"}, False),
    ],
)
def test_strain_is_compared_within_one_vendor(one, other, compared):
    found = alike(point(2020, -18, **one), point(2021, -17, **other), measure="gls_percent")
    assert len(found.used) == (2 if compared else 1)
    assert compared or "vendor" in reasons(found)[2020]


def test_a_point_knows_its_middle_and_width():
    range_ = point(2020, Interval(D(55), D(60)))
    assert (range_.middle, range_.width, range_.is_bounded) == (57.5, 5.0, True)
    above = point(2020, Interval(D(60), None, low_open=True))
    assert not above.is_bounded
    assert math.isnan(above.middle)
    assert above.as_dict()["value"] == ">60"
    assert point(2020).as_dict()["value"] == "60"
    assert math.isnan(point(2020, Interval(None, D(30))).middle)
