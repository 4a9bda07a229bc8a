"""Reading what people type: numbers, units, ranges, classes, grades, days."""

from datetime import date, time
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from patients.fields import MEASURES
from patients.forms.typed import (
    DayField,
    GradeField,
    MeasureField,
    NumberField,
    NyhaField,
    OfferError,
    RangeField,
    TypedRange,
    YesNoField,
    grade_text,
    nyha_text,
    parse_clock,
    parse_day,
    parse_grade,
    parse_measure,
    parse_number,
    parse_nyha,
    parse_range,
    plain,
)

LVEF = MEASURES["lvef_percent"]
LVESD = MEASURES["lvesd_mm"]
TODAY = date(2026, 11, 12)


def refusal(parse, *arguments):
    with pytest.raises(ValidationError) as caught:
        parse(*arguments)
    return caught.value


def offers(parse, *arguments):
    error = refusal(parse, *arguments)
    assert isinstance(error, OfferError)
    return [value for value, _ in error.offers]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("41", "41"),
        (" 41 ", "41"),
        ("41.5", "41.5"),
        ("41,5", "41.5"),
        ("41.", "41"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("+3", "3"),
        ("-18", "-18"),
        ("\N{MINUS SIGN}18,2", "-18.2"),
        ("41\N{NO-BREAK SPACE}", "41"),
        ("007", "7"),
    ],
)
def test_a_number_may_have_a_comma_and_a_sign(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", ",", "-", "1,234.5", "1.234,5", "1e3", "NaN", "Infinity", "4 1", "forty", "٤١",
     "0x29", "1_000", "--5", "=41", "9" * 41],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    assert refusal(parse_number, text).code == "not_a_number"


def test_a_long_text_is_repeated_in_part_only():
    assert len(refusal(parse_number, "x" * 10_000).messages[0]) < 100


@pytest.mark.parametrize("text", ["41 mm", "41mm", "41 MM", "41 mm.", "41,0 mm"])
def test_the_own_unit_may_be_typed(text):
    assert parse_measure(LVESD, text) == 41


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("eroa_mm2", "40 mm²", "40"),
        ("eroa_mm2", "40 mm^2", "40"),
        ("eroa_mm2", "40 mm2", "40"),
        ("la_volume_index_ml_m2", "63 mL/m²", "63"),
        ("regurgitant_volume_ml", "60 cc", "60"),
        ("regurgitant_fraction_percent", "50 percent", "50"),
        ("pisa_angle_degrees", "120°", "120"),
        ("heart_rate_bpm", "72 /min", "72"),
        ("spap_mmhg", "47 mm Hg", "47"),
        ("gls_percent", "\N{MINUS SIGN}18 %", "-18"),
        ("e_over_e_prime", "12", "12"),
    ],
)
def test_units_have_many_spellings(name, text, value):
    assert parse_measure(MEASURES[name], text) == Decimal(value)


@pytest.mark.parametrize(
    ("name", "text", "offered"),
    [
        ("lvesd_mm", "4.1 cm", "41"),
        ("lvesd_mm", "4,1cm", "41"),
        ("eroa_mm2", "0.40 cm2", "40"),
        ("eroa_mm2", "0,4 cm²", "40"),
        ("mitral_valve_area_cm2", "410 mm2", "4.1"),
        ("aliasing_velocity_cm_s", "0.38 m/s", "38"),
        ("mr_peak_velocity_m_s", "510 cm/s", "5.1"),
        ("la_length_cm", "55 mm", "5.5"),
    ],
)
def test_another_unit_is_offered_and_never_converted_silently(name, text, offered):
    assert offers(parse_measure, MEASURES[name], text) == [offered]


@pytest.mark.parametrize(
    ("name", "text", "offered"),
    [
        ("lvesd_mm", "4.1", ["41"]),
        ("lvesd_mm", "4,1", ["41"]),
        ("lvef_percent", "650", []),
        ("lvef_percent", "0", []),
        ("eroa_mm2", "0.05", ["5"]),
        ("gls_percent", "18", ["-18"]),
        ("e_velocity_m_s", "90", ["0.9"]),
        ("lvesd_mm", "-41", []),
    ],
)
def test_an_impossible_number_is_refused_with_what_was_probably_meant(name, text, offered):
    error = refusal(parse_measure, MEASURES[name], text)
    assert error.code == "impossible"
    assert [value for value, _ in error.offers] == offered


def test_the_message_names_limits_and_offer():
    assert refusal(parse_measure, LVESD, "4.1").messages == [
        "LVESD 4.1 mm is not possible (5 to 120 mm). Did you mean 41 mm?"
    ]


def test_a_converted_value_that_is_impossible_is_not_offered():
    error = refusal(parse_measure, LVESD, "41 cm")
    assert (error.code, getattr(error, "offers", [])) == ("impossible", [])


@pytest.mark.parametrize("text", ["41 kg", "41 mmHg", "41 apples", "1e3", "41 %s", "41 {}"])
def test_a_foreign_unit_is_refused(text):
    assert refusal(parse_measure, LVESD, text).code == "wrong_unit"


def test_decimals_beyond_what_is_kept_are_refused_and_not_rounded():
    assert parse_measure(LVESD, "41.125") == Decimal("41.125")
    assert parse_measure(LVESD, "41.1250000") == Decimal("41.125")
    assert refusal(parse_measure, LVESD, "41.1251").code == "too_many_decimals"
    assert refusal(parse_measure, LVESD, "41." + "0" * 30 + "1").code == "too_many_decimals"


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_limits_of_every_measure_are_possible_and_the_next_number_is_not(name):
    measure = MEASURES[name]
    step = Decimal(1).scaleb(-measure.places)
    low, high = measure.possible
    for value in (low, high):
        assert parse_measure(measure, plain(value)) == value
    for value in (low - step, high + step):
        assert refusal(parse_measure, measure, plain(value)).code == "impossible"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60", TypedRange(Decimal(60), Decimal(60))),
        ("60 %", TypedRange(Decimal(60), Decimal(60))),
        ("55-60", TypedRange(Decimal(55), Decimal(60))),
        ("55 – 60 %", TypedRange(Decimal(55), Decimal(60))),
        ("55%-60%", TypedRange(Decimal(55), Decimal(60))),
        ("55 to 60", TypedRange(Decimal(55), Decimal(60))),
        ("55,5-60", TypedRange(Decimal("55.5"), Decimal(60))),
        (">60", TypedRange(Decimal(60), Decimal(100), low_open=True)),
        ("> 60 %", TypedRange(Decimal(60), Decimal(100), low_open=True)),
        (">=60", TypedRange(Decimal(60), Decimal(100))),
        ("≥ 60", TypedRange(Decimal(60), Decimal(100))),
        ("<30", TypedRange(Decimal("0.1"), Decimal(30), high_open=True)),
        ("≤30", TypedRange(Decimal("0.1"), Decimal(30))),
        ("60-60", TypedRange(Decimal(60), Decimal(60))),
    ],
)
def test_lvef_may_be_a_range_or_have_one_end(text, expected):
    assert parse_range(LVEF, text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("60-55", "order"),
        ("55-650", "impossible"),
        ("650", "impossible"),
        (">650", "impossible"),
        (">100", "impossible"),
        ("<0.1", "impossible"),
        ("55-", "not_a_number"),
        ("-55", "impossible"),
        ("normal", "not_a_number"),
        ("55-60-65", "not_a_number"),
        (">", "not_a_number"),
        ("0.62 l", "wrong_unit"),
    ],
)
def test_a_bad_range_is_refused(text, code):
    assert refusal(parse_range, LVEF, text).code == code


@pytest.mark.parametrize("text", ["60", "55-60", ">60", "<30", "55.5-60"])
def test_a_range_is_shown_as_it_was_typed(text):
    assert str(parse_range(LVEF, text)) == text


def test_the_limit_of_what_is_possible_is_not_an_end_that_somebody_gave():
    assert parse_range(LVEF, ">60").ends_given(LVEF) == [60]
    assert parse_range(LVEF, ">=60").ends_given(LVEF) == [60]
    assert parse_range(LVEF, "<30").ends_given(LVEF) == [30]
    assert parse_range(LVEF, "100").ends_given(LVEF) == [100]
    assert parse_range(LVEF, "55-90").ends_given(LVEF) == [55, 90]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("I", (1, 1)),
        ("ii", (2, 2)),
        ("3", (3, 3)),
        ("IV", (4, 4)),
        ("I-II", (1, 2)),
        ("I–II", (1, 2)),
        ("2/3", (2, 3)),
        ("II to III", (2, 3)),
        ("NYHA II", (2, 2)),
        ("NYHA class III", (3, 3)),
        ("class 2-3", (2, 3)),
    ],
)
def test_nyha_may_be_roman_arabic_or_a_range(text, ends):
    assert parse_nyha(text) == ends


@pytest.mark.parametrize("text", ["0", "V", "5", "I-II-III", "IIII", "none", "-", "I-", "2.5"])
def test_another_class_is_refused(text):
    assert refusal(parse_nyha, text).code == "not_nyha"


def test_a_nyha_range_does_not_run_backwards():
    assert refusal(parse_nyha, "III-II").code == "order"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("none", (0, 0)),
        ("trace", (0, 0)),
        ("Mild", (1, 1)),
        ("2+", (2, 2)),
        ("moderate to severe", (3, 3)),
        ("moderate-severe", (3, 3)),
        ("moderate–severe", (3, 3)),
        ("3+", (3, 3)),
        ("SEVERE", (4, 4)),
        ("mild-moderate", (1, 2)),
        ("mild to moderate", (1, 2)),
        ("none - mild", (0, 1)),
        ("1+ to 2+", (1, 2)),
        ("mild - moderate to severe", (1, 3)),
        ("moderate to severe - severe", (3, 4)),
        ("3-4", (3, 4)),
    ],
)
def test_a_grade_may_be_a_word_a_number_or_a_range(text, ends):
    assert parse_grade(text) == ends


@pytest.mark.parametrize("text", ["5", "heavy", "mild-", "mild-moderate-severe-", "-", "2.5"])
def test_another_grade_is_refused(text):
    assert refusal(parse_grade, text).code == "not_a_grade"


def test_a_range_of_grades_does_not_run_backwards():
    assert refusal(parse_grade, "severe - mild").code == "order"


@pytest.mark.parametrize("low", range(5))
@pytest.mark.parametrize("high", range(5))
def test_every_stored_grade_reads_back_from_its_text(low, high):
    if low <= high:
        assert parse_grade(grade_text((low, high))) == (low, high)


@pytest.mark.parametrize("low", range(1, 5))
@pytest.mark.parametrize("high", range(1, 5))
def test_every_stored_class_reads_back_from_its_text(low, high):
    if low <= high:
        assert parse_nyha(nyha_text((low, high))) == (low, high)


@pytest.mark.parametrize(
    "text",
    ["2026-03-12", "2026/3/12", "12 Mar 2026", "12 March 2026", "12-Mar-2026", "Mar 12, 2026",
     "12.3.2026", "12.03.2026", "12. 3. 2026", "12 MAR 2026", "12 mar. 2026"],
)  # fmt: skip
def test_a_day_has_many_clear_spellings(text):
    assert parse_day(text) == date(2026, 3, 12)


def test_a_day_with_a_slash_is_read_when_only_one_reading_exists():
    assert parse_day("13/3/2026") == date(2026, 3, 13)
    assert parse_day("3/13/2026") == date(2026, 3, 13)
    assert parse_day("3/3/2026") == date(2026, 3, 3)


def test_a_day_that_can_be_read_in_two_ways_is_asked():
    assert offers(parse_day, "12/3/2026") == ["12 Mar 2026", "3 Dec 2026"]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "31.4.2026", "30/02/2026", "0/0/2026", "2026-13-01", "31 Apr 2026"]
)
def test_a_day_that_does_not_exist_is_refused(text):
    assert refusal(parse_day, text).code in {"no_such_day", "not_a_date"}


@pytest.mark.parametrize("text", ["12.3.26", "March", "soon", "today", "2026", "1/2", "٢٠٢٦-٠٣-١٢"])
def test_anything_else_is_no_date(text):
    assert refusal(parse_day, text).code == "not_a_date"


def test_today_is_the_day_that_the_form_was_given():
    assert parse_day("today", TODAY) == TODAY
    assert parse_day("Yesterday", TODAY) == date(2026, 11, 11)


class EveryField(forms.Form):
    measure = MeasureField("lvesd_mm")
    lvef = RangeField("lvef_percent")
    number = NumberField(low=Decimal(0), high=Decimal(1000), places=1, unit="m", label="Walk")
    nyha = NyhaField()
    grade = GradeField()
    day = DayField()
    answer = YesNoField()


@given(st.text(), st.sampled_from(sorted(EveryField.base_fields)))
@example("\x00", "measure")
@example("9" * 5000, "measure")
@example("1" * 39 + "%", "lvef")
@example("%(offers)s 4.1 cm", "measure")
@example("0001-01-01", "day")
@example("I" * 10_000, "nyha")
def test_no_text_breaks_a_field_and_none_is_lost(text, name):
    form = EveryField({name: text})
    form.is_valid()
    assert form[name].value() == text
    [str(error) for error in form.errors.get(name, [])]


def test_empty_is_not_recorded_and_never_zero():
    form = EveryField({name: "  " for name in EveryField.base_fields if name != "answer"})
    assert form.is_valid()
    assert set(form.cleaned_data.values()) == {None}


def test_a_number_outside_the_catalogue_has_its_own_limits_and_unit():
    assert EveryField({"number": "412,5 m"}).fields["number"].clean("412,5 m") == Decimal("412.5")
    form = EveryField({"number": "1001"})
    assert form.errors["number"] == ["Walk 1001 is not possible (0 to 1000 m)."]
    assert "at most 1 decimals" in str(EveryField({"number": "1.25"}).errors["number"])


def test_unknown_is_not_no():
    assert EveryField({}).fields["answer"].clean("") is None
    assert EveryField({}).fields["answer"].clean("no") is False
    assert EveryField({}).fields["answer"].clean(True) is True
    assert "answer" in EveryField({"answer": "perhaps"}).errors


def test_values_from_code_pass_through():
    form = EveryField(
        {
            "measure": Decimal(41),
            "lvef": TypedRange(Decimal(55), Decimal(60)),
            "number": Decimal(400),
            "nyha": (1, 2),
            "grade": (3, 4),
            "day": TODAY,
            "answer": False,
        }
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["nyha"] == (1, 2)
    assert MeasureField("lvesd_mm").prepare_value(Decimal("41.500")) == "41.5"
    assert DayField().prepare_value(TODAY) == "12 Nov 2026"


def test_an_impossible_value_from_code_is_refused_as_well():
    assert "measure" in EveryField({"measure": Decimal("4.1")}).errors


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("14:30", 14, 30),
        ("14.30", 14, 30),
        ("14h30", 14, 30),
        ("1430", 14, 30),
        ("0:05", 0, 5),
        ("9:05", 9, 5),
        ("2:30 pm", 14, 30),
        ("12:30 am", 0, 30),
        ("12:30PM", 12, 30),
        ("23:59", 23, 59),
    ],
)
def test_a_time_of_day_is_read(typed, hour, minute):
    assert parse_clock(typed) == time(hour, minute)


@pytest.mark.parametrize("typed", ["24:00", "14", "14:60", "13:30 pm", "noon", "-1:30", "9" * 50])
def test_what_is_no_time_of_day_is_refused(typed):
    with pytest.raises(ValidationError, match="is not a time of day"):
        parse_clock(typed)
