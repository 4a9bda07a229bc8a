"""A laboratory result as a form: one box takes number, sign and unit as they stand on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from patients.days import spoken
from patients.forms.records import Before, Doubt, FormChapter, RecordForm, field_for
from patients.forms.typed import OfferError, Offers, TypedField, parse_number, plain, quoted
from patients.laboratory_units import OTHER_UNITS, printed, spelled
from patients.models import ANALYTES, LabResult
from patients.models.laboratory import BLOOD_CULTURE, Analyte
from patients.study_sheet import upper_first

PLACES = 3
_STEP = Decimal("0.001")
LONGEST = 40
_RESULT = re.compile(r"(?P<sign>[<>]?)\s*(?P<number>[+-]?[0-9.,]+)\s*(?P<unit>\D.*)?", re.DOTALL)


@dataclass(frozen=True)
class TypedResult:
    """A number as typed, with its sign and its unit; the unit is "" when none was typed."""

    comparator: str
    value: Decimal
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.comparator}{plain(self.value)} {self.unit}".strip()


class ResultField(TypedField):
    """A text box for ``2.4``, ``<5`` or ``1.1 mg/dL``; cleans to ``TypedResult`` or ``None``."""

    def parse(self, text: str) -> TypedResult:
        """Sign, number and unit."""
        text = " ".join(text.split())
        found = _RESULT.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            raise ValidationError(f"“{quoted(text)}” is not a result.", code="not_a_number")
        return TypedResult(
            found["sign"], parse_number(found["number"]), (found["unit"] or "").strip()
        )

    def is_value(self, value: Any) -> bool:
        """A ``TypedResult`` comes from code."""
        return isinstance(value, TypedResult)

    def prepare_value(self, value: Any) -> Any:
        """A stored result as it would be typed."""
        return str(value) if isinstance(value, TypedResult) else value


class LabResultForm(RecordForm):
    """One result of one analyte on one day; a blood culture has words in place of a number."""

    chapters: ClassVar[tuple[FormChapter, ...]] = (
        FormChapter("Result", ("analyte", "taken_on", "result")),
        FormChapter("Blood culture", ("culture_result", "organism"), folded=True),
        FormChapter("Where", ("laboratory",), folded=True),
    )
    listed = ("analyte", "result")
    combined: ClassVar[dict[str, tuple[str, ...]]] = {"result": ("comparator", "value", "unit")}
    compares = False
    result = ResultField(
        label="Result",
        help_text="As printed: 2.4, <5 or >1000. Without a unit the one beside the analyte is "
        "meant; another unit may be typed and is converted, for example 1.1 mg/dL.",
    )

    class Meta:
        model = LabResult
        fields = ("analyte", "taken_on", "culture_result", "organism", "laboratory")
        formfield_callback = field_for

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        box = self.fields["analyte"]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = analyte_choices()
        self._show_last_result(str(self["analyte"].value() or ""))

    def _show_last_result(self, code: str) -> None:
        """The latest result of the same analyte stands beside the box."""
        if code not in ANALYTES:
            return
        others = LabResult.objects.filter(
            patient=self.patient, analyte=code, struck_at__isnull=True
        ).exclude(pk=self.instance.pk)
        if self.instance.taken_on is not None:
            others = others.filter(taken_on__lte=self.instance.taken_on)
        last = others.order_by("-taken_on", "-id").first()
        if last is not None and (text := self.words(last, "result")):
            self.before = {**self.before, "result": Before(text, last.taken_on)}

    def initial_of(self, instance: LabResult) -> dict[str, Any]:
        """Sign and number as one box; the kept unit need not be typed."""
        typed = None
        if instance.value is not None:
            typed = TypedResult(instance.comparator, instance.value)
        return super().initial_of(instance) | {"result": typed}

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """Sign, number and unit as one value."""
        if name != "result":
            return super().words(row, name)
        if row.value is None:
            return None
        return str(TypedResult(row.comparator, row.value, printed(row.unit)))

    @classmethod
    def in_list(cls, row: Any, name: str) -> str | None:
        """A culture's words stand where the other results have their numbers."""
        if name == "result" and row.analyte == BLOOD_CULTURE:
            said = (cls.words(row, "culture_result"), cls.words(row, "organism"))
            return ", ".join(text for text in said if text) or None
        return super().in_list(row, name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """A number has no organism, and a culture no number."""
        is_culture = row.analyte == BLOOD_CULTURE
        if name == "result":
            return not is_culture
        return is_culture or name not in {"culture_result", "organism"}

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Put the number into its columns; words belong to cultures, numbers to all others."""
        row = self.instance
        row.comparator, row.value, row.unit = "", None, ""
        code = cleaned.get("analyte")
        if code == BLOOD_CULTURE:
            self._check_culture(cleaned)
        elif code in ANALYTES:
            self._check_number(ANALYTES[code], cleaned)

    def _check_culture(self, cleaned: Mapping[str, Any]) -> None:
        result = cleaned.get("culture_result")
        if cleaned.get("result") is not None:
            self.refuse("result", "A blood culture has no number. Empty this box.")
        if not result:
            self.refuse("culture_result", "Enter the result of the culture.")
        elif cleaned.get("organism") and result != LabResult.CultureResult.POSITIVE:
            self.refuse("organism", "Only a positive culture has an organism. Empty this box.")

    def _check_number(self, analyte: Analyte, cleaned: Mapping[str, Any]) -> None:
        for name in ("culture_result", "organism"):
            if cleaned.get(name):
                self.refuse(name, f"This belongs to a blood culture, not to {analyte.label}.")
        typed = cleaned.get("result")
        if "result" in self.errors:
            return
        if typed is None:
            self.refuse("result", f"Enter the {analyte.label} value.")
            return
        try:
            self._put_number(analyte, typed)
        except ValidationError as error:
            self.add_error("result", error)

    def _put_number(self, analyte: Analyte, typed: TypedResult) -> None:
        in_kept_unit(analyte, typed)
        row = self.instance
        row.comparator, row.value, row.unit = typed.comparator, typed.value, analyte.unit

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """An unusual value, and a second one of the same analyte on one day."""
        analyte, value = ANALYTES.get(str(cleaned.get("analyte"))), self.instance.value
        if analyte is None or value is None or "result" in self.errors:
            return
        low, high = (Decimal(limit) for limit in analyte.plausible)
        said = with_unit(value, analyte)
        if not low <= value <= high:
            offers = offers_for(analyte, TypedResult("", value))
            meant = _question(offers)
            yield Doubt(
                name="result",
                code="value",
                value=plain(value),
                message=f"{upper_first(analyte.label)} {said} is unusual (expected {plain(low)} "
                f"to {with_unit(high, analyte)}).{meant}",
                label=f"Yes, {said} is what the laboratory printed",
                offers=offers,
            )
        yield from self._second_of_the_day(analyte, cleaned)

    def _second_of_the_day(self, analyte: Analyte, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        day = cleaned.get("taken_on")
        if day is None:
            return
        others = LabResult.objects.filter(
            patient=self.patient, analyte=analyte.code, taken_on=day, struck_at__isnull=True
        )
        known = others.exclude(pk=self.instance.pk).order_by("-id").first()
        if known is None:
            return
        yield Doubt(
            name="result",
            code="second_of_the_day",
            value=f"{known.pk}/{plain(self.instance.value)}",
            message=f"{upper_first(analyte.label)} of {spoken(day)} is already recorded: "
            f"{self.words(known, 'result')}.",
            label="Yes, this is a second sample of that day",
            is_stored=False,
        )

    def _partners(self, doubt: Doubt) -> Iterable[str]:
        """A number is unusual for its analyte."""
        return ["analyte"] if doubt.code == "value" else []


def analyte_choices() -> list[tuple[str, str]]:
    """Analytes with the unit that is meant when none is typed; INR, the most frequent, first."""
    numbers = sorted(ANALYTES.values(), key=lambda each: (each.code != "inr", each.label.lower()))
    named = [(each.code, _with_kept_unit(each)) for each in numbers]
    return [("", "choose"), *named, (BLOOD_CULTURE, "Blood culture")]


def _with_kept_unit(analyte: Analyte) -> str:
    label = upper_first(analyte.label)
    return f"{label} ({printed(analyte.unit)})" if analyte.unit else label


def in_kept_unit(analyte: Analyte, typed: TypedResult) -> None:
    """Refuse a number in another unit, with the converted one offered, or an impossible one.

    Raises ``ValidationError``; nothing is converted silently.
    """
    label = upper_first(analyte.label)
    if typed.unit and spelled(typed.unit) != spelled(analyte.unit):
        raise _other_unit(analyte, typed)
    if len(plain(typed.value).partition(".")[2]) > PLACES:
        raise ValidationError(
            f"{label} is kept with at most {PLACES} decimals.", code="too_many_decimals"
        )
    if is_possible(analyte, typed.value):
        return
    low, high = (Decimal(limit) for limit in analyte.possible)
    offers = offers_for(analyte, typed)
    meant = _question(offers)
    raise OfferError(
        f"{label} {with_unit(typed.value, analyte)} is not possible ({plain(low)} to "
        f"{with_unit(high, analyte)}).{meant}",
        code="impossible",
        offers=offers,
    )


def is_possible(analyte: Analyte, value: Decimal) -> bool:
    """Whether the value can exist at all."""
    low, high = analyte.possible
    return Decimal(low) <= value <= Decimal(high)


def with_unit(value: Decimal, analyte: Analyte) -> str:
    """A number with the unit in which the analyte is kept."""
    return f"{plain(value)} {printed(analyte.unit)}".strip()


def _other_unit(analyte: Analyte, typed: TypedResult) -> ValidationError:
    factor = OTHER_UNITS.get(analyte.code, {}).get(spelled(typed.unit))
    kept = f"in {printed(analyte.unit)}" if analyte.unit else "without a unit"
    said = f"{upper_first(analyte.label)} is kept {kept}"
    if factor is None:
        return ValidationError(f"{said}, not in {quoted(typed.unit)}.", code="wrong_unit")
    if not is_possible(analyte, typed.value * factor):
        low, high = (Decimal(limit) for limit in analyte.possible)
        return ValidationError(
            f"{typed} is not possible ({plain(low)} to {with_unit(high, analyte)}).",
            code="impossible",
        )
    meant = _converted(typed.value, factor)
    offer = (f"{typed.comparator}{plain(meant)}", f"{typed.comparator}{with_unit(meant, analyte)}")
    return OfferError(f"{said}. Did you mean {offer[1]}?", code="other_unit", offers=[offer])


def offers_for(analyte: Analyte, typed: TypedResult) -> Offers:
    """What an unlikely number without a unit is in the kept one, if another was meant."""
    low, high = (Decimal(limit) for limit in analyte.plausible)
    found: dict[Decimal, None] = {}
    for factor in OTHER_UNITS.get(analyte.code, {}).values():
        if factor != 1 and low <= typed.value * factor <= high:
            found[_converted(typed.value, factor)] = None
    return [
        (f"{typed.comparator}{plain(meant)}", f"{typed.comparator}{with_unit(meant, analyte)}")
        for meant in found
    ]


def _question(offers: Offers) -> str:
    said = " or ".join(text for _, text in offers)
    return f" Did you mean {said}?" if said else ""


def _converted(value: Decimal, factor: Decimal) -> Decimal:
    """To the three decimals that are kept; the person sees the number before it is."""
    return (value * factor).quantize(_STEP)
