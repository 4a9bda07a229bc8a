"""Form fields that read what people type: decimal commas, units, ranges, dates, NYHA, grades.

A value that cannot exist is refused. Where it looks like another unit, or a date can be read in two
ways, the refusal is an ``OfferError``: it carries values that were probably meant, for the person
to choose. Nothing is converted silently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from patients.days import spoken
from patients.fields import MEASURES, Measure

Offers = list[tuple[str, str]]
"""Values that were probably meant, each as what to type and how to say it."""

LONGEST_NUMBER = 40
_SHOWN = 60

_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)")
_NUMBER_AND_UNIT = re.compile(r"(?P<number>[+-]?[0-9.,]+)\s*(?P<unit>[^0-9\s.,+-][^0-9]*[0-9]?)")

_FACTORS: dict[tuple[str, str], Decimal] = {
    ("cm", "mm"): Decimal(10),
    ("mm", "cm"): Decimal("0.1"),
    ("m", "mm"): Decimal(1000),
    ("cm2", "mm2"): Decimal(100),
    ("mm2", "cm2"): Decimal("0.01"),
    ("m/s", "cm/s"): Decimal(100),
    ("cm/s", "m/s"): Decimal("0.01"),
    ("m", "cm"): Decimal(100),
    ("l", "ml"): Decimal(1000),
    ("g", "kg"): Decimal("0.001"),
}
"""Factors from the unit typed to the unit kept, exact."""

_SAME_UNIT = {
    "cc": "ml",
    "percent": "%",
    "pct": "%",
    "degree": "degrees",
    "deg": "degrees",
    "cm/sec": "cm/s",
    "m/sec": "m/s",
    "/min": "bpm",
    "1/min": "bpm",
    "beats/min": "bpm",
    "beat": "beats",
    "sqcm": "cm2",
    "sqmm": "mm2",
    "mm hg": "mmhg",
    "ml/qm": "ml/m2",
}


class OfferError(ValidationError):
    """A refusal that knows what was probably meant."""

    def __init__(self, message: str, *, code: str, offers: Offers) -> None:
        super().__init__(message, code=code)
        self.offers = offers


# ---- numbers and units ---------------------------------------------------------------------------


def parse_number(text: str) -> Decimal:
    """A plain decimal number with point or comma.

    Raises ``ValidationError`` for anything else; ``1,234.5`` and ``1e3`` are not guessed at.
    """
    cleaned = _tidy(text)
    if len(cleaned) > LONGEST_NUMBER or not _NUMBER.fullmatch(cleaned):
        raise ValidationError(f"“{quoted(text)}” is not a number.", code="not_a_number")
    return Decimal(cleaned.replace(",", "."))


def quoted(text: str) -> str:
    """What was typed, short enough to be repeated in a message."""
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def plain(value: Decimal) -> str:
    """A number without trailing zeros and without exponent; no digit is lost."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def printed_unit(unit: str) -> str:
    """A unit of the catalogue as it is printed: ``mm²`` for ``mm2``."""
    return unit.replace("m2", "m²").replace("degrees", "°")


def with_unit(value: Decimal, measure: Measure) -> str:
    """A number with the unit of its measure: ``41 mm``."""
    return f"{plain(value)} {printed_unit(measure.unit)}".strip()


def folded_unit(text: str) -> str:
    """A unit as it is compared: ``mm²`` and ``mm^2`` are ``mm2``; case does not matter."""
    unit = text.strip().rstrip(".").lower()
    unit = unit.replace("²", "2").replace("^", "").replace("°", "degrees")
    return _SAME_UNIT.get(unit, unit)


def parse_measure(measure: Measure, text: str) -> Decimal:
    """The number typed for a measure, with or without its unit.

    Raises ``ValidationError``: not a number; another unit (with the converted value offered); too
    many decimals; not possible (with the likely slip offered).
    """
    text = _tidy(text)
    found = _NUMBER_AND_UNIT.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    if found:
        value = parse_number(found["number"])
        _check_unit(measure, value, found["unit"])
    else:
        value = parse_number(text)
    _check_decimals(measure.label, value, measure.places + 2)
    _check_possible(measure, value)
    return value


def slip_offers(measure: Measure, value: Decimal) -> Offers:
    """What was probably meant by an unlikely value; empty when nothing suggests itself."""
    meant = measure.likely_slip(value)
    return [] if meant is None else [_offer(measure, meant)]


def _offer(measure: Measure, meant: Decimal) -> tuple[str, str]:
    return plain(meant), with_unit(meant, measure)


def _tidy(text: str) -> str:
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{NARROW NO-BREAK SPACE}", " ")
    return text.replace("\N{NO-BREAK SPACE}", " ").strip()


def _check_unit(measure: Measure, value: Decimal, unit: str) -> None:
    typed, kept = folded_unit(unit), folded_unit(measure.unit)
    if typed == kept:
        return
    factor = _FACTORS.get((typed, kept))
    if factor is None:
        kept_in = f"in {printed_unit(measure.unit)}" if measure.unit else "without a unit"
        raise ValidationError(
            f"{measure.label} is kept {kept_in}, not in {quoted(unit)}.", code="wrong_unit"
        )
    meant = value * factor
    if not measure.is_possible(meant):
        raise ValidationError(
            f"{plain(value)} {unit.strip()} is {with_unit(meant, measure)}, "
            f"which is not possible ({_limits(measure)}).",
            code="impossible",
        )
    raise OfferError(
        f"{measure.label} is kept in {printed_unit(measure.unit)}. "
        f"Did you mean {with_unit(meant, measure)}?",
        code="other_unit",
        offers=[_offer(measure, meant)],
    )


def _check_possible(measure: Measure, value: Decimal) -> None:
    if measure.is_possible(value):
        return
    offers = slip_offers(measure, value)
    meant = f" Did you mean {offers[0][1]}?" if offers else ""
    message = f"{with_unit(value, measure)} is not possible ({_limits(measure)})."
    raise OfferError(f"{measure.label} {message}{meant}", code="impossible", offers=offers)


def _check_decimals(label: str, value: Decimal, allowed: int) -> None:
    decimals = plain(value).partition(".")[2]
    if len(decimals) > allowed:
        raise ValidationError(
            f"{label} is kept with at most {allowed} decimals.", code="too_many_decimals"
        )


def _limits(measure: Measure) -> str:
    low, high = measure.possible
    return f"{plain(low)} to {with_unit(high, measure)}"


class TypedField(forms.CharField):
    """A text box whose text a ``parse`` function reads; an empty box is ``None``, never zero."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def parse(self, text: str) -> Any:
        """The value that the text stands for; raises ``ValidationError``."""
        raise NotImplementedError

    def is_value(self, value: Any) -> bool:
        """Whether this is a value already (from code) and no text."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """The value as typed; ``None`` when left empty."""
        if self.is_value(value):
            return value
        text = super().to_python(value)
        if not text:
            return None
        if "\x00" in text:
            raise ValidationError("This contains a character that cannot be read.", code="null")
        return self.parse(text)

    def run_validators(self, value: Any) -> None:
        """``parse`` has checked the value; text validators do not apply to it."""


class MeasureField(TypedField):
    """A text box for one measure of the catalogue; cleans to ``Decimal`` or ``None``."""

    def __init__(self, measure_name: str, **kwargs: Any) -> None:
        self.measure = MEASURES[measure_name]
        kwargs.setdefault("label", self.measure.label)
        kwargs.setdefault("help_text", self.measure.help_text)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def parse(self, text: str) -> Decimal:
        """The number, with or without its unit."""
        return parse_measure(self.measure, text)

    def is_value(self, value: Any) -> bool:
        """A ``Decimal`` comes from code; it still has to be possible."""
        if isinstance(value, Decimal):
            _check_possible(self.measure, value)
            return True
        return False

    def prepare_value(self, value: Any) -> Any:
        """A stored value without trailing zeros."""
        return plain(value) if isinstance(value, Decimal) else value


class NumberField(TypedField):
    """A text box for a number that is not in the catalogue; limits as the model column has them."""

    def __init__(self, *, low: Decimal, high: Decimal, places: int, unit: str = "", **kwargs: Any):
        self.low, self.high, self.places, self.unit = low, high, places, unit
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def parse(self, text: str) -> Decimal:
        """The number, with or without its unit."""
        text = _tidy(text)
        found = _NUMBER_AND_UNIT.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
        if found and folded_unit(found["unit"]) == folded_unit(self.unit):
            text = found["number"]
        value = parse_number(text)
        _check_decimals(str(self.label), value, self.places)
        if not self.low <= value <= self.high:
            limits = f"{plain(self.low)} to {plain(self.high)} {self.unit}".strip()
            raise ValidationError(
                f"{self.label} {plain(value)} is not possible ({limits}).", code="impossible"
            )
        return value

    def is_value(self, value: Any) -> bool:
        """A ``Decimal`` comes from code."""
        return isinstance(value, Decimal)

    def prepare_value(self, value: Any) -> Any:
        """A stored value without trailing zeros."""
        return plain(value) if isinstance(value, Decimal) else value


# ---- ranges --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TypedRange:
    """A value given as one number or as a range; an open end excludes its number."""

    low: Decimal
    high: Decimal
    low_open: bool = False
    high_open: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether one number was given."""
        return self.low == self.high

    def ends_given(self, measure: Measure) -> list[Decimal]:
        """The numbers that somebody stated; the limit of what is possible is nobody's statement."""
        if self.is_exact:
            return [self.low]
        ends = zip((self.low, self.high), measure.possible, strict=True)
        return [end for end, limit in ends if end != limit]

    def __str__(self) -> str:
        if self.is_exact:
            return plain(self.low)
        if self.low_open:
            return f">{plain(self.low)}"
        if self.high_open:
            return f"<{plain(self.high)}"
        return f"{plain(self.low)}-{plain(self.high)}"


_END = r"[0-9.,]+"
_RANGE = re.compile(
    rf"(?P<low>{_END})\s*%?\s*(?:-|\N{{EN DASH}}|\N{{EM DASH}}|to)\s*(?P<high>{_END})\s*%?"
)
_AT_LEAST = {">", ">=", "\N{GREATER-THAN OR EQUAL TO}"}
_ONE_SIDED = re.compile(
    r"(?P<sign>>=|<=|>|<|\N{GREATER-THAN OR EQUAL TO}|\N{LESS-THAN OR EQUAL TO})"
    rf"\s*(?P<number>{_END})\s*%?"
)


def parse_range(measure: Measure, text: str) -> TypedRange:
    """One number (``60``), a range (``55-60``) or one end (``>60``, ``<=30``) of a measure.

    Raises ``ValidationError`` when an end is not possible or the range runs backwards.
    """
    text = _tidy(text)
    if found := _RANGE.fullmatch(text):
        low, high = (parse_measure(measure, found[end]) for end in ("low", "high"))
        if low > high:
            raise ValidationError("A range runs from the lower to the higher number.", code="order")
        return TypedRange(low, high)
    if found := _ONE_SIDED.fullmatch(text):
        return _one_sided(measure, found["sign"], parse_measure(measure, found["number"]))
    value = parse_measure(measure, text)
    return TypedRange(value, value)


def _one_sided(measure: Measure, sign: str, value: Decimal) -> TypedRange:
    lowest, highest = measure.possible
    is_open = sign in {">", "<"}
    if is_open and value == (highest if sign in _AT_LEAST else lowest):
        raise ValidationError(
            f"{measure.label} {sign}{plain(value)} is not possible ({_limits(measure)}).",
            code="impossible",
        )
    if sign in _AT_LEAST:
        return TypedRange(value, highest, low_open=is_open)
    return TypedRange(lowest, value, high_open=is_open)


class RangeField(TypedField):
    """A text box for LVEF; cleans to ``TypedRange`` or ``None``."""

    def __init__(self, measure_name: str, **kwargs: Any) -> None:
        self.measure = MEASURES[measure_name]
        kwargs.setdefault("label", self.measure.label)
        kwargs.setdefault("help_text", self.measure.help_text)
        super().__init__(**kwargs)

    def parse(self, text: str) -> TypedRange:
        """A number, a range or one open end."""
        return parse_range(self.measure, text)

    def is_value(self, value: Any) -> bool:
        """A ``TypedRange`` comes from code."""
        return isinstance(value, TypedRange)

    def prepare_value(self, value: Any) -> Any:
        """A stored range as it would be typed."""
        return str(value) if isinstance(value, TypedRange) else value


# ---- NYHA classes and grades ---------------------------------------------------------------------

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_NYHA_NAMES = ("", "I", "II", "III", "IV")
_SPLIT = re.compile(r"\s*(?:-|\N{EN DASH}|\N{EM DASH}|/|\bto\b)\s*")


def parse_nyha(text: str) -> tuple[int, int]:
    """A NYHA class (``II``, ``2``) or a range of classes (``I-II``) as its two ends."""
    cleaned = re.sub(r"^(nyha|class|\s)*", "", _tidy(text).lower())
    ends = [_ROMAN.get(part) for part in _SPLIT.split(cleaned)]
    low, high = ends[0], ends[-1]
    if len(ends) > 2 or low is None or high is None:
        raise ValidationError(
            f"“{quoted(text)}” is not a NYHA class. Enter I, II, III, IV or a range such as I-II.",
            code="not_nyha",
        )
    if low > high:
        raise ValidationError("A range runs from the lower to the higher class.", code="order")
    return low, high


class NyhaField(TypedField):
    """A text box for a NYHA class or range; cleans to a pair or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "NYHA class")
        kwargs.setdefault("help_text", "I, II, III, IV, or a range such as I-II.")
        super().__init__(**kwargs)

    def parse(self, text: str) -> tuple[int, int]:
        """A class or two of them."""
        return parse_nyha(text)

    def is_value(self, value: Any) -> bool:
        """A pair comes from code."""
        return isinstance(value, tuple)

    def prepare_value(self, value: Any) -> Any:
        """A stored pair as it would be typed."""
        return nyha_text(value) if isinstance(value, tuple) else value


def nyha_text(ends: tuple[int | None, int | None]) -> str:
    """The two ends of a class as it is written: ``II`` or ``I-II``; empty when not recorded."""
    low, high = ends
    if low is None or high is None:
        return ""
    return _NYHA_NAMES[low] if low == high else f"{_NYHA_NAMES[low]}-{_NYHA_NAMES[high]}"


_GRADES = {
    "none": 0, "no": 0, "trace": 0, "none or trace": 0, "trivial": 0, "0": 0,
    "mild": 1, "1": 1, "1+": 1,
    "moderate": 2, "2": 2, "2+": 2,
    "moderate to severe": 3, "moderate-severe": 3, "moderate-to-severe": 3, "3": 3, "3+": 3,
    "severe": 4, "4": 4, "4+": 4,
}  # fmt: skip

GRADE_NAMES = ("none", "mild", "moderate", "moderate to severe", "severe")


def parse_grade(text: str) -> tuple[int, int]:
    """A reader's grade of MR (``moderate``, ``3+``) or a range (``mild-moderate``) as two ends."""
    cleaned = " ".join(_tidy(text).lower().replace("\N{EN DASH}", "-").split())
    if cleaned in _GRADES:
        return _GRADES[cleaned], _GRADES[cleaned]
    low, high = _grade_ends(cleaned)
    if low is None or high is None:
        raise ValidationError(
            f"“{quoted(text)}” is not a grade. Enter none, mild, moderate, moderate to severe, "
            "severe, 1+ to 4+, or a range.",
            code="not_a_grade",
        )
    if low > high:
        raise ValidationError("A range runs from the lower to the higher grade.", code="order")
    return low, high


def _grade_ends(cleaned: str) -> tuple[int | None, int | None]:
    # A range may end in "moderate to severe", which is itself written like a range.
    for found in _SPLIT.finditer(cleaned):
        low = _GRADES.get(cleaned[: found.start()])
        high = _GRADES.get(cleaned[found.end() :])
        if low is not None and high is not None:
            return low, high
    return None, None


def grade_text(ends: tuple[int | None, int | None]) -> str:
    """The two ends of a grade as it would be typed; empty when not recorded."""
    low, high = ends
    if low is None or high is None:
        return ""
    return GRADE_NAMES[low] if low == high else f"{GRADE_NAMES[low]} - {GRADE_NAMES[high]}"


class GradeField(TypedField):
    """A text box for a reader's grade; cleans to a pair or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "MR grade by the reader")
        kwargs.setdefault("help_text", "None to severe, 1+ to 4+, or a range.")
        super().__init__(**kwargs)

    def parse(self, text: str) -> tuple[int, int]:
        """A grade or two of them."""
        return parse_grade(text)

    def is_value(self, value: Any) -> bool:
        """A pair comes from code."""
        return isinstance(value, tuple)

    def prepare_value(self, value: Any) -> Any:
        """A stored pair as it would be typed."""
        return grade_text(value) if isinstance(value, tuple) else value


# ---- days ----------------------------------------------------------------------------------------

_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\s*[.]\s*([0-9]{1,2})\s*[.]\s*([0-9]{4})")
_EITHER = re.compile(r"([0-9]{1,2})\s*[/-]\s*([0-9]{1,2})\s*[/-]\s*([0-9]{4})")
_MONTH_IN_WORDS = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")


def parse_day(text: str, today: date | None = None) -> date:
    """A day: ``2026-03-12``, ``12 Mar 2026``, ``Mar 12, 2026``, ``12.3.2026``, ``today``.

    Raises ``ValidationError``: not a date; or ``12/3/2026``, which people read in two ways (both
    are offered). ``today`` must be given for the words today and yesterday.
    """
    cleaned = " ".join(_tidy(text).lower().split())
    if today is not None and cleaned in {"today", "yesterday"}:
        return today if cleaned == "today" else today - timedelta(days=1)
    if found := _YEAR_FIRST.fullmatch(cleaned):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _DAY_FIRST.fullmatch(cleaned):
        return _day(int(found[3]), int(found[2]), int(found[1]), text)
    if found := _EITHER.fullmatch(cleaned):
        return _unambiguous(int(found[1]), int(found[2]), int(found[3]), text)
    return _in_words(cleaned, text)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValidationError(f"There is no day “{quoted(text)}”.", code="no_such_day") from None


def _unambiguous(first: int, second: int, year: int, text: str) -> date:
    if first == second or second > 12:
        return _day(year, first, second, text)
    if first > 12:
        return _day(year, second, first, text)
    days = [_day(year, second, first, text), _day(year, first, second, text)]
    raise OfferError(
        f"“{quoted(text)}” can be read as {spoken(days[0])} or as {spoken(days[1])}.",
        code="two_readings",
        offers=[(spoken(day), spoken(day)) for day in days],
    )


def _in_words(cleaned: str, text: str) -> date:
    words = " ".join(cleaned.replace(",", " ").replace(".", " ").replace("-", " ").split())
    for pattern in _MONTH_IN_WORDS:
        try:
            return datetime.strptime(words, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValidationError(
        f"“{quoted(text)}” is not a date. Write it as 12 Mar 2026 or 2026-03-12.",
        code="not_a_date",
    )


class DayField(TypedField):
    """A text box for a day; cleans to ``date`` or ``None``.

    It is text and no browser's date box, because that one loses an impossible date on its way.
    ``today`` is set by the form.
    """

    today: date | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("placeholder", "12 Mar 2026")

    def parse(self, text: str) -> date:
        """A day in one of the usual unambiguous spellings."""
        return parse_day(text, self.today)

    def is_value(self, value: Any) -> bool:
        """A ``date`` comes from code."""
        return isinstance(value, date)

    def prepare_value(self, value: Any) -> Any:
        """A stored day as it is written: ``12 Mar 2026``."""
        return spoken(value) if isinstance(value, date) else value


# ---- clock times ---------------------------------------------------------------------------------

_CLOCK = re.compile(r"([0-9]{1,2})[:.h]?([0-9]{2})(?: ?([ap])\.?m\.?)?", re.IGNORECASE)


def parse_clock(text: str) -> time:
    """A time of day (``14:30``, ``14.30``, ``1430``, ``2:30 pm``).

    Raises ``ValidationError`` for anything else; an hour alone is not guessed at.
    """
    found = _CLOCK.fullmatch(_tidy(text))
    hour, minute = (int(found[1]), int(found[2])) if found else (24, 0)
    if found and found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0) if 1 <= hour <= 12 else 24
    try:
        return time(hour, minute)
    except ValueError:
        raise ValidationError(
            f"“{quoted(text)}” is not a time of day. Write it as 14:30.", code="not_a_time"
        ) from None


class ClockField(TypedField):
    """A text box for a time of day, to the minute; cleans to ``time`` or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("placeholder", "14:30")

    def parse(self, text: str) -> time:
        """A time of day on the 24-hour clock, or with am and pm."""
        return parse_clock(text)

    def is_value(self, value: Any) -> bool:
        """A ``time`` comes from code."""
        return isinstance(value, time)

    def prepare_value(self, value: Any) -> Any:
        """A stored time as it is written: ``14:30``."""
        return f"{value:%H:%M}" if isinstance(value, time) else value


# ---- yes, no, not asked --------------------------------------------------------------------------


class YesNoField(forms.TypedChoiceField):
    """Yes, no or nothing said; cleans to ``True``, ``False`` or ``None``; unknown is never no."""

    def __init__(self, *, unsaid: str = "not recorded", **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(
            choices=[("", unsaid), ("yes", "yes"), ("no", "no")],
            coerce=lambda value: value == "yes",
            empty_value=None,
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        """Accepts booleans from code as well as the words."""
        return super().to_python(_yes_or_no(value))

    def prepare_value(self, value: Any) -> Any:
        """A stored answer as its word."""
        return _yes_or_no(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares words with words."""
        return (_yes_or_no(initial) or "") != (_yes_or_no(data) or "")


def _yes_or_no(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value
