"""Charts: what is drawn, what is said, and that nothing typed can break out of the drawing."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.charts import (
    BandPart,
    ChartPoint,
    EventMark,
    Svg,
    Threshold,
    TrendChart,
    date_text,
    number_text,
    summary,
    table_rows,
    trend_chart,
)
from reports.charts.frame import frame_of
from reports.charts.numbers import measured_text

SVG = "{http://www.w3.org/2000/svg}"
LVEF_LIMIT = Threshold(60, "at_most", "≤ 60")
LVESD_LIMIT = Threshold(40, "at_least", "≥ 40")


def chart_of(*points: ChartPoint, **more: Any) -> TrendChart:
    more = {"ident": "lvef", "title": "LVEF", "unit": "%", "thresholds": [LVEF_LIMIT]} | more
    return TrendChart(points=points, **more)


def on(day: int, **more: Any) -> ChartPoint:
    return ChartPoint(date(2024, 1, 1) + timedelta(days=day), **more)


def drawn(chart: TrendChart) -> ElementTree.Element:
    return ElementTree.fromstring(trend_chart(chart))  # noqa: S314 - our own text


def shapes(chart: TrendChart, name: str) -> list[ElementTree.Element]:
    """The shapes that stand for points: those inside a group with a spoken hint."""
    groups = [group for group in drawn(chart).iter(f"{SVG}g") if group.get("role") == "img"]
    return [shape for group in groups for shape in group.iter(f"{SVG}{name}")]


def texts(chart: TrendChart) -> list[str]:
    return [element.text or "" for element in drawn(chart).iter(f"{SVG}text")]


# Safe and well-formed


EVERYTHING = chart_of(
    on(0, value=64, method="biplane", error=(60, 68)),
    on(90, low=55, high=60, final=False),
    on(180, low=60, high=95, low_open=True),
    on(180, value=Decimal("58.5"), comparable=False, note="atrial fibrillation"),
    on(400, low=5, high=30, high_open=True),
    events=[EventMark(date(2024, 6, 1), "Repair"), EventMark(date(2024, 6, 2), "Stroke")],
)


def test_it_is_well_formed_and_needs_no_style_sheet() -> None:
    for element in drawn(EVERYTHING).iter():
        assert "style" not in element.attrib
        assert "class" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)


def test_it_scales_with_its_place_and_names_itself() -> None:
    root = drawn(EVERYTHING)
    assert root.get("width") == "100%"
    assert root.get("viewBox", "").startswith("0 0 440 ")
    assert root.get("role") == "group"
    assert root.get("aria-labelledby") == "lvef-title"
    assert root.get("aria-describedby") == "lvef-desc"
    assert {element.get("id") for element in root} >= {"lvef-title", "lvef-desc"}


def test_a_template_takes_it_as_safe() -> None:
    svg = trend_chart(EVERYTHING)
    assert isinstance(svg, Svg)
    assert svg.__html__() == svg


NASTY = '</svg><script>alert("1")</script>&\'\x00\x0b\ud800'


def test_every_text_is_escaped() -> None:
    chart = TrendChart(
        ident="a",
        title=NASTY,
        unit=NASTY,
        points=[on(0, value=1, method=NASTY, note=NASTY)],
        thresholds=[Threshold(2, "above", NASTY)],
        events=[EventMark(date(2024, 1, 5), NASTY)],
    )
    assert "<script" not in trend_chart(chart)
    assert 'alert("1")' not in trend_chart(chart)
    names = {element.tag.removeprefix(SVG) for element in drawn(chart).iter()}
    assert names <= {
        "svg", "title", "desc", "g", "line", "polyline", "rect", "circle", "polygon", "text"
    }  # fmt: skip


def test_an_id_that_could_break_out_is_refused() -> None:
    for ident in ("", 'a"b', "a b", "1a", "a\n"):
        with pytest.raises(ValueError, match="id"):
            TrendChart(ident=ident, title="LVEF", unit="%")


def test_the_same_chart_gives_the_same_text() -> None:
    assert trend_chart(EVERYTHING) == trend_chart(EVERYTHING)


# Points


def test_a_value_beyond_a_limit_is_a_square_and_one_within_is_a_circle() -> None:
    chart = chart_of(on(0, value=60), on(90, value=61))
    assert [rect.get("fill") for rect in shapes(chart, "rect")] == ["#b42318"]
    assert [circle.get("fill") for circle in shapes(chart, "circle")] == ["#0f5c6e"]


@pytest.mark.parametrize(
    ("direction", "beyond"),
    [
        ("at_least", [False, True, True]),
        ("above", [False, False, True]),
        ("at_most", [True, True, False]),
        ("below", [True, False, False]),
    ],
)
def test_a_limit_knows_its_own_value(direction: Any, beyond: list[bool]) -> None:
    limit = Threshold(Decimal(40), direction, "limit")
    values = (Decimal("39.9"), Decimal(40), Decimal("40.1"))
    assert [limit.beyond(on(0, value=value)) for value in values] == beyond
    assert [limit.beyond(on(0, low=value, high=value)) for value in values] == beyond


def test_a_computed_value_equals_its_limit_within_the_tolerance() -> None:
    limit = Threshold(20, "at_least", "≥ 20")
    assert limit.beyond(on(0, value=26.4 / 1.32)) is True


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"low": 55, "high": 60}, True),
        ({"low": 55, "high": 61}, None),
        ({"low": 60, "high": 65}, None),
        ({"low": 61, "high": 65}, False),
        ({"low": 60, "high": 95, "low_open": True}, False),
        ({"low": 60, "low_open": True}, False),
        ({"low": 60, "high": 95}, None),
        ({"low": 55, "high": 95, "low_open": True}, None),
        ({"low": 5, "high": 60, "high_open": True}, True),
        ({"high": 65, "high_open": True}, None),
    ],
)
def test_a_range_is_beyond_only_when_all_of_it_is(limits: dict[str, Any], expected: Any) -> None:
    assert LVEF_LIMIT.beyond(on(0, **limits)) is expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"low": 40, "high": 45}, True),
        ({"low": 35, "high": 40}, None),
        ({"low": 0, "high": 40, "high_open": True}, False),
        ({"low": 40, "low_open": True}, True),
    ],
)
def test_a_range_meets_a_limit_from_above_alike(limits: dict[str, Any], expected: Any) -> None:
    assert LVESD_LIMIT.beyond(on(0, **limits)) is expected


def test_a_range_is_a_bar_without_a_middle() -> None:
    chart = chart_of(on(0, low=62, high=66))
    (bar,) = shapes(chart, "rect")
    assert float(bar.get("height", 0)) > float(bar.get("width", 0))
    assert shapes(chart, "circle") == []


def test_a_range_on_both_sides_of_a_limit_carries_a_question_mark() -> None:
    assert "?" in texts(chart_of(on(0, low=55, high=65)))
    assert "?" not in texts(chart_of(on(0, low=55, high=60)))


def test_an_open_range_is_an_arrow() -> None:
    assert len(shapes(chart_of(on(0, low=60, high=95, low_open=True)), "polygon")) == 1
    assert len(shapes(chart_of(on(0, low=60, high=95)), "polygon")) == 0


def test_a_draft_and_a_value_that_is_not_comparable_are_hollow() -> None:
    draft = shapes(chart_of(on(0, value=64, final=False)), "circle")[0]
    other = shapes(chart_of(on(0, value=64, comparable=False)), "circle")[0]
    assert draft.get("fill") == other.get("fill") == "#fff"
    assert draft.get("stroke-dasharray")
    assert not other.get("stroke-dasharray")


def test_two_values_of_one_day_stand_side_by_side() -> None:
    circles = shapes(chart_of(on(0, value=64), on(0, value=64), on(90, value=66)), "circle")
    assert len({circle.get("cx") for circle in circles}) == 3


def test_a_value_that_is_too_old_is_hollow_and_an_earlier_one_small_and_gray() -> None:
    old, earlier, used = shapes(
        chart_of(on(0, value=64, stale=True), on(50, value=64, earlier=True), on(99, value=64)),
        "circle",
    )
    assert old.get("fill") == "#fff"
    assert earlier.get("fill") not in (old.get("fill"), used.get("fill"))
    assert float(earlier.get("r", 0)) < float(used.get("r", 0))


def test_a_chart_is_one_stop_of_the_tab_key_and_each_point_can_be_reached() -> None:
    chart = chart_of(*(on(day, value=64) for day in range(0, 300, 30)))
    stops = [group.get("tabindex") for group in drawn(chart).iter(f"{SVG}g")]
    stops = [stop for stop in stops if stop is not None]
    assert stops == ["-1"] * 9 + ["0"]


def test_each_point_says_its_value_with_unit_and_day() -> None:
    chart = chart_of(on(0, value=58, method="biplane"), on(90, value=64, final=False))
    said = [
        group.findtext(f"{SVG}title") for group in drawn(chart).iter(f"{SVG}g") if group.get("role")
    ]
    assert said == [
        "1 Jan 2024: 58 %; beyond ≤ 60; biplane",
        "31 Mar 2024: 64 %; draft, not used",
    ]


def test_the_trend_is_a_line_and_the_band_has_edges_that_print() -> None:
    band = [BandPart(date(2024, 6, 1), 60, 64, 68), BandPart(date(2025, 6, 1), 57, 63, 69)]
    trend = [(date(2024, 1, 1), 66.0), (date(2024, 6, 1), 64.0)]
    chart = chart_of(on(0, value=66), on(152, value=64), trend=trend, band=band)
    lines = [line.get("stroke-dasharray") for line in drawn(chart).iter(f"{SVG}polyline")]
    assert len(lines) == 4
    assert lines.count(None) == 3
    assert "A study on 1 Jun 2025 is expected between 57 to 69 %." in summary(chart)


def test_without_a_trend_no_line_joins_the_points() -> None:
    chart = chart_of(on(0, value=66), on(152, value=64), thresholds=[])
    assert list(drawn(chart).iter(f"{SVG}polyline")) == []


def test_a_class_holds_until_the_next_one_was_asked() -> None:
    chart = chart_of(
        on(0, value=1, words="I"),
        on(100, low=1, high=2, words="I–II"),
        on(200, value=3, words="III"),
        thresholds=[],
        steps=True,
        names=("I", "II", "III", "IV"),
    )
    assert [text for text in texts(chart) if text in ("I", "II", "III", "IV")][:4] == [
        "I",
        "II",
        "III",
        "IV",
    ]
    assert "I–II" in [row.value_text for row in table_rows(chart)]
    assert "class" not in summary(chart)


def test_equal_ratios_are_equal_distances_on_a_log_axis() -> None:
    chart = chart_of(
        on(0, value=100), on(90, value=200), on(180, value=400), thresholds=[], is_log=True
    )
    one, two, three = (float(circle.get("cy", 0)) for circle in shapes(chart, "circle"))
    assert one - two == pytest.approx(two - three, abs=0.2)
    assert {"100", "200", "500"} & set(texts(chart))


@given(st.lists(st.floats(1, 1e5), min_size=1, max_size=9))
def test_a_log_axis_has_a_number_or_two_for_any_spread(values: list[float]) -> None:
    chart = chart_of(
        *(on(30 * n, value=value) for n, value in enumerate(values)),
        thresholds=[],
        is_log=True,
        has_legend=False,
    )
    ticks = [text for text in texts(chart) if re.fullmatch(r"[\d.]+", text)]
    assert 1 <= len(ticks) <= 9


def test_a_zero_cannot_stand_on_a_log_axis_and_is_drawn_on_an_even_one() -> None:
    chart = chart_of(on(0, value=0), on(90, value=200), thresholds=[], is_log=True)
    assert len(shapes(chart, "circle")) == 2


@example([Decimal("13.9")], Decimal("0.1"), "at_most")
@given(
    st.lists(st.decimals(0, 300, places=1), min_size=1, max_size=6),
    st.decimals(0, 300, places=1),
    st.sampled_from(["at_least", "at_most"]),
)
def test_a_limit_is_never_the_edge_of_the_frame(
    values: list[Decimal], limit: Decimal, direction: Any
) -> None:
    chart = chart_of(
        *(on(30 * n, value=value) for n, value in enumerate(values)),
        thresholds=[Threshold(limit, direction, "the limit")],
    )
    zone = next(
        rect for rect in drawn(chart).iter(f"{SVG}rect") if rect.get("fill-opacity") == "0.06"
    )
    frame = frame_of(chart, 0)
    assert float(zone.get("height", 0)) > 1
    assert frame.top < frame.y(float(limit)) < frame.bottom


def test_sixty_points_are_drawn_smaller_and_stay_inside() -> None:
    chart = chart_of(*(on(30 * n, value=61 + n % 9, error=(45, 75)) for n in range(60)))
    few = chart_of(on(0, value=64))
    assert float(shapes(chart, "circle")[0].get("r", 9)) < float(
        shapes(few, "circle")[0].get("r", 0)
    )
    assert len(trend_chart(chart)) < 30_000


def test_an_event_may_stand_under_a_sign_and_keeps_its_name_in_the_table() -> None:
    chart = chart_of(
        on(0, value=64), on(900, value=62), events=[EventMark(date(2024, 6, 1), "Repair", "A")]
    )
    assert "A" in texts(chart)
    assert "Repair" not in texts(chart)
    assert any(row.note == "Repair" for row in table_rows(chart))


def test_charts_with_the_same_margins_have_the_same_days_at_the_same_places() -> None:
    span = {"from_on": date(2010, 1, 1), "until_on": date(2030, 1, 1), "margins": (34.0, 58.0)}
    small = chart_of(ChartPoint(date(2020, 1, 1), 4), thresholds=[], **span)
    large = chart_of(ChartPoint(date(2020, 1, 1), 64000), **span)
    assert shapes(small, "circle")[0].get("cx") == shapes(large, "circle")[0].get("cx")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (19.2132, "19.2"),
        (19.98, "19.98"),
        (19.9999, "19.9999"),
        (20.0, "20"),
        (26.4 / 1.32, "20"),
        (20.03125, "20.03"),
        (39 / 1.95001, "19.9999"),
        (1234.56, "1234.6"),
        (31.97674418604651, "31.98"),
        (Decimal("24.8004"), "24.8"),
        (1234.4, "1234.4"),
        (Decimal("19.214"), "19.214"),
    ],
)
def test_a_computed_number_never_seems_to_meet_a_limit_that_it_does_not(
    number: Any, text: str
) -> None:
    assert measured_text(number) == text


def test_the_newest_final_value_is_written_beside_its_point() -> None:
    chart = chart_of(on(0, value=64), on(90, value=Decimal("61.50")), on(99, value=50, final=False))
    assert "61.5" in texts(chart)
    assert chart.latest == on(90, value=Decimal("61.50"))
    assert chart_of(on(0, value=64, final=False)).latest is not None


# Limits, events, axes


def test_a_limit_has_its_line_its_words_and_its_shaded_side() -> None:
    svg = trend_chart(chart_of(on(0, value=64)))
    assert "≤ 60" in svg
    assert svg.count('fill-opacity="0.06"') == 1


def test_limit_labels_do_not_cover_each_other() -> None:
    limits = [Threshold(60, "at_most", "≤ 60"), Threshold(Decimal("59.5"), "at_most", "≤ 59.5")]
    labels = [
        float(element.get("y", 0))
        for element in drawn(chart_of(on(0, value=64), thresholds=limits)).iter(f"{SVG}text")
        if element.text in ("≤ 60", "≤ 59.5")
    ]
    assert abs(labels[0] - labels[1]) >= 12


def test_event_labels_do_not_cover_each_other() -> None:
    marks = [EventMark(date(2024, 3, day), f"Admission {day}") for day in range(1, 4)]
    chart = chart_of(on(0, value=64), on(900, value=62), events=marks)
    rows = [
        element.get("y")
        for element in drawn(chart).iter(f"{SVG}text")
        if (element.text or "").startswith("Admission")
    ]
    assert len(set(rows)) == 3


def test_more_events_than_fit_keep_their_lines_and_their_rows_in_the_table() -> None:
    marks = [EventMark(date(2024, 3, day), f"Admission number {day}") for day in range(1, 21)]
    chart = chart_of(on(0, value=64), on(900, value=62), events=marks)
    lines = [line for line in shapes(chart, "line") if line.get("stroke-dasharray") == "2 2"]
    assert len(lines) == 20
    assert sum("Admission" in row.note for row in table_rows(chart)) == 20


def test_years_are_written_under_a_long_course_and_months_under_a_short_one() -> None:
    long = texts(chart_of(ChartPoint(date(2016, 5, 1), 64), ChartPoint(date(2026, 5, 1), 62)))
    assert "2020" in long
    short = texts(chart_of(on(0, value=64), on(200, value=62)))
    assert any(text.endswith(" 2024") for text in short)


def test_charts_side_by_side_can_share_a_time_axis() -> None:
    span = {"from_on": date(2010, 1, 1), "until_on": date(2030, 1, 1)}
    chart = chart_of(ChartPoint(date(2020, 1, 1), 64), **span)
    assert {"2015", "2025"} <= set(texts(chart))


# The ends of what is possible


def test_without_values_it_says_so_and_shows_no_axis() -> None:
    chart = chart_of()
    assert texts(chart) == ["not recorded"]
    assert summary(chart) == "No LVEF recorded."
    assert table_rows(chart) == []


def test_one_value_is_enough() -> None:
    assert len(shapes(chart_of(on(0, value=64)), "circle")) == 1


@pytest.mark.parametrize(
    "values",
    [
        (0, 0),
        (Decimal("1e15"), Decimal("-1e15")),
        (1e-300, 2e-300),
        (60, 60.00000000001),
        (-5, -3),
    ],
)
def test_extreme_values_stay_inside_the_picture(values: Sequence[Any]) -> None:
    chart = chart_of(*(on(30 * n, value=value) for n, value in enumerate(values)), thresholds=[])
    height = float(drawn(chart).get("viewBox", "").split()[3])
    for circle in shapes(chart, "circle"):
        assert 0 <= float(circle.get("cy", -1)) <= height


def test_the_ends_of_the_calendar_can_be_drawn() -> None:
    assert len(shapes(chart_of(ChartPoint(date.min, 64)), "circle")) == 1
    assert len(shapes(chart_of(ChartPoint(date.max, 64)), "circle")) == 1
    assert shapes(chart_of(ChartPoint(date.min, 64), ChartPoint(date.max, 64)), "circle")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"value": 60, "low": 55},
        {"low": 65, "high": 55},
        {"value": float("nan")},
        {"value": Decimal("NaN")},
        {"value": float("inf")},
        {"value": 10**400},
    ],
)
def test_what_is_no_measurement_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        on(0, **wrong)


points = st.builds(
    ChartPoint,
    on=st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    value=st.decimals(-1000, 1000, allow_nan=False, places=2) | st.integers(0, 500),
    final=st.booleans(),
    comparable=st.booleans(),
    method=st.text(max_size=20),
    stale=st.booleans(),
    earlier=st.booleans(),
    error=st.none() | st.tuples(st.floats(-1100, -1000), st.floats(1000, 1100)),
)
events = st.builds(EventMark, on=st.dates(date(1950, 1, 1), date(2100, 1, 1)), label=st.text())


@given(st.lists(points, max_size=8), st.lists(events, max_size=6))
def test_whatever_is_recorded_can_be_drawn_and_tabled(
    some: list[ChartPoint], marks: list[EventMark]
) -> None:
    chart = chart_of(*some, events=marks)
    count = len(shapes(chart, "circle")) + len(shapes(chart, "rect"))
    assert count == len(some)
    assert len(table_rows(chart)) == len(some) + len(marks)


# In words


def test_the_table_has_every_point_and_event_newest_first() -> None:
    rows = table_rows(EVERYTHING)
    assert [row.on for row in rows] == sorted((row.on for row in rows), reverse=True)
    assert [row.value_text for row in rows if row.value_text] == [
        "< 30",
        "> 60",
        "58.5",
        "55–60",
        "64",
    ]
    draft = next(row for row in rows if row.use == "draft, not used")
    assert (draft.limit_text, draft.on_text) == ("beyond ≤ 60", "31 Mar 2024")
    other = next(row for row in rows if row.value_text == "58.5")
    assert (other.use, other.note) == ("not used", "atrial fibrillation")
    assert other.remarks == "not used; beyond ≤ 60; atrial fibrillation"


def test_the_table_says_perhaps_for_a_range_on_both_sides() -> None:
    assert table_rows(chart_of(on(0, low=55, high=65)))[0].limit_text == "perhaps beyond ≤ 60"


def test_the_summary_says_the_trend_in_words() -> None:
    chart = chart_of(
        on(0, value=64),
        on(366, value=58, method="biplane"),
        on(300, value=61, final=False),
        events=[EventMark(date(2024, 6, 1), "Repair")],
    )
    assert summary(chart) == (
        "3 values, 1 Jan 2024 to 1 Jan 2025. Latest: 58 % on 1 Jan 2025 (biplane)."
        " Limit ≤ 60: 1 beyond. 1 draft. Repair on 1 Jun 2024."
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("64.00"), "64"),
        (Decimal("0.40"), "0.4"),
        (Decimal("1E+3"), "1000"),
        (100, "100"),
        (19.5, "19.5"),
        (-3, "\N{MINUS SIGN}3"),
        (0, "0"),
    ],
)
def test_numbers_are_written_as_they_were_entered(number: Any, text: str) -> None:
    assert number_text(number) == text


def test_dates_are_written_without_a_leading_zero() -> None:
    assert date_text(date(2026, 3, 2)) == "2 Mar 2026"
