"""Form fields for cells of a file: dates, terms of a vocabulary, yes and no, numbers, results.

They stand beside the fields in ``patients.forms.typed``, which read measures, ranges, NYHA
classes and grades. All take text and give a value or ``None``; an empty cell is not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from guidelines.vocabulary import Segment
from patients.forms.typed import parse_number
from patients.models import ANALYTES, folded

Term = tuple[Any, str]

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$")
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?: \d{1,2}:\d{2}.*)?$")
_SLASHED = re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: \d{1,2}:\d{2}.*)?$")
_WORDED = re.compile(r"^(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?[ -](\d{4})$")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

YES_WORDS = frozenset(
    {"yes", "y", "true", "1", "1.0", "x", "present", "oui", "ja", "si", "positive"}
)
NO_WORDS = frozenset({"no", "n", "false", "0", "0.0", "absent", "non", "nein", "negative"})
UNKNOWN_WORDS = frozenset({"unknown", "not known", "na", "n a", "not recorded"})
MISSING_WORDS = frozenset(
    {"", "na", "n/a", "n.a.", "nan", "null", "none recorded", "not recorded", "-", ".", "?"}
)
"""Spellings of *nothing here* that statistics programs and people leave in a cell."""


def parse_day(text: str, order: str) -> date:
    """A date as files spell it; ``order`` (``dmy`` or ``mdy``) decides 03/04/2015.

    Raises ``ValidationError`` when it is no date, has a two-digit year, or day and month cannot be
    told apart.
    """
    text = text.strip()
    for pattern, places in ((_ISO, (0, 1, 2)), (_DOTTED, (2, 1, 0))):
        if found := pattern.match(text):
            return _day(text, *(int(found.groups()[place]) for place in places))
    if found := _WORDED.match(text):
        month = found[2].lower()
        if month in _MONTHS:
            return _day(text, int(found[3]), _MONTHS.index(month) + 1, int(found[1]))
    if found := _SLASHED.match(text):
        if order not in {"dmy", "mdy"}:
            raise ValidationError(
                f"“{text}” may be read day first or month first.", code="ambiguous"
            )
        first, second, year = (int(part) for part in found.groups())
        return _day(text, year, *((second, first) if order == "dmy" else (first, second)))
    raise ValidationError(
        f"“{text[:40]}” is not a date. Write 2015-03-12 or 12.03.2015.", code="not_a_date"
    )


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValidationError(f"“{text}” is not a day of the calendar.", code="no_day") from None


class DayCell(forms.CharField):
    """A date; ``order`` is ``dmy``, ``mdy`` or empty."""

    def __init__(self, *, order: str = "", **kwargs: Any) -> None:
        self.order = order
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The day, or None."""
        text = super().to_python(value)
        return parse_day(text, self.order) if text else None


class TermCell(forms.CharField):
    """A term of a vocabulary, by its code or its label, in any case and punctuation."""

    def __init__(
        self, *, terms: Iterable[Term], synonyms: Iterable[Term] = (), **kwargs: Any
    ) -> None:
        self.terms = list(terms)
        self.lookup: dict[str, Any] = {}
        for value, label in (*synonyms, *self.terms):
            self.lookup[folded(str(label))] = value
        for value, _label in self.terms:
            self.lookup[folded(str(value))] = value
        super().__init__(**kwargs)

    def understands(self, text: str) -> bool:
        """Whether a cell's text names a term."""
        return folded(text) in self.lookup

    def to_python(self, value: Any) -> Any:
        """The term's code, or None."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return self.lookup[folded(text)]
        except KeyError:
            names = ", ".join(str(label) for _value, label in self.terms[:8])
            more = ", …" if len(self.terms) > 8 else ""
            raise ValidationError(
                f"“{text[:40]}” is not one of: {names}{more}.", code="not_a_term"
            ) from None


class FlagCell(forms.CharField):
    """Yes or no; unknown and empty are not recorded."""

    terms: list[Term] = [("yes", "yes"), ("no", "no")]

    def understands(self, text: str) -> bool:
        """Whether a cell's text is a yes, a no or an unknown."""
        return folded(text) in YES_WORDS | NO_WORDS | UNKNOWN_WORDS

    def to_python(self, value: Any) -> Any:
        """True, False or None."""
        text = folded(super().to_python(value) or "")
        if not text or text in UNKNOWN_WORDS:
            return None
        if text in YES_WORDS:
            return True
        if text in NO_WORDS:
            return False
        raise ValidationError(f"“{str(value)[:40]}” is neither yes nor no.", code="not_a_flag")


class AnswerCell(FlagCell):
    """Yes, no or unknown as an answer that is kept; empty was not asked."""

    terms: list[Term] = [("yes", "yes"), ("no", "no"), ("unknown", "unknown")]

    def to_python(self, value: Any) -> Any:
        """``yes``, ``no``, ``unknown`` or None."""
        flag = super().to_python(value)
        if flag is None:
            return "unknown" if str(value or "").strip() else None
        return "yes" if flag else "no"


class NumberCell(forms.CharField):
    """A decimal number with the limits of its column in the database."""

    def __init__(
        self, *, digits: int, places: int, limits: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        self.digits, self.places, self.limits = digits, places, list(limits)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """``Decimal`` or None."""
        text = super().to_python(value)
        if not text:
            return None
        number = parse_number(text)
        if number.as_tuple().exponent < -self.places and number != round(number, self.places):  # type: ignore[operator]
            raise ValidationError(f"At most {self.places} decimals are kept.", code="decimals")
        if abs(number) >= Decimal(10) ** (self.digits - self.places):
            raise ValidationError(f"{number} is too large.", code="digits")
        for limit in self.limits:
            limit(number)
        return number


class CountCell(NumberCell):
    """A whole number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(digits=4, places=0, **kwargs)

    def to_python(self, value: Any) -> Any:
        """``int`` or None."""
        number = super().to_python(value)
        if number is None:
            return None
        if number < 0:
            raise ValidationError("A count is not below zero.", code="count")
        return int(number)


_COMPARED = re.compile(r"^(?P<sign>[<>]?)\s*(?P<rest>.*)$", re.DOTALL)


class ResultCell(forms.CharField):
    """A laboratory result of one analyte, perhaps with < or >; cleans to (comparator, value)."""

    def __init__(self, *, analyte: str, **kwargs: Any) -> None:
        self.analyte = ANALYTES[analyte]
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The pair, or None."""
        text = super().to_python(value)
        return parse_result(self.analyte.code, text) if text else None


def parse_result(analyte_code: str, text: str) -> tuple[str, Decimal]:
    """A result as (comparator, value), refused when it cannot exist.

    A number that came out of a unit conversion is kept to the three decimals of its column.
    """
    analyte = ANALYTES[analyte_code]
    found = _COMPARED.match(text.strip())
    sign, rest = (found["sign"], found["rest"]) if found else ("", text)
    number = parse_number(rest.removesuffix(analyte.unit).strip() if analyte.unit else rest)
    low, high = (Decimal(end) for end in analyte.possible)
    if not low <= number <= high:
        raise ValidationError(
            f"{analyte.label} {number} {analyte.unit} is not possible "
            f"({low} to {high} {analyte.unit}).".replace(" )", ")"),
            code="impossible",
        )
    return sign, round(number, 3)


_SEGMENTS = {segment.value.lower(): segment.value for segment in Segment}


class SegmentsCell(forms.CharField):
    """Segments of the valve, as ``P2 P3``; cleans to the list of their codes in that order."""

    def to_python(self, value: Any) -> Any:
        """The codes, or None."""
        text = super().to_python(value) or ""
        named = [part for part in re.split(r"[\s,;]+", text) if part]
        for part in named:
            if part.lower() not in _SEGMENTS:
                raise ValidationError(
                    f"“{part[:40]}” is not a segment. Write them as P2 P3, from: "
                    f"{', '.join(_SEGMENTS.values())}.",
                    code="segment",
                )
        return list(dict.fromkeys(_SEGMENTS[part.lower()] for part in named)) or None


class EmailCell(forms.CharField):
    """An e-mail address."""

    default_validators = [EmailValidator()]
