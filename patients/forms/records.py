"""What every form for a clinical record does: day, doubts, offers, and typing that is never lost.

A form is given the patient and the clinic's today; it asks no clock and no request, so importers
and tests use it as views do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import QueryDict

from patients.days import day_error
from patients.fields import MEASURES, Measure
from patients.forms.typed import (
    DayField,
    MeasureField,
    NumberField,
    Offers,
    RangeField,
    TypedRange,
    YesNoField,
    plain,
    printed_unit,
    slip_offers,
    with_unit,
)
from patients.models import Patient
from patients.study_sheet import Pair, label_of, upper_first

Data = Mapping[str, Any]

CONFIRMED = "confirmed"
"""Name of the checkboxes that confirm a doubtful value; each says which value it confirms."""

ACCEPT = "accept"
"""Name of the buttons that accept an offer: ``lvesd_mm:41``."""


@dataclass(frozen=True)
class Doubt:
    """A value that may be right and must be confirmed, in words for the person who typed it."""

    name: str
    code: str
    value: str
    message: str
    label: str
    is_confirmed: bool = False
    offers: Offers = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the checkbox sends: it confirms this very value and no later one."""
        return f"{self.code}:{self.value}"


@dataclass(frozen=True)
class Before:
    """What the patient's record held of the same quantity, and on which day."""

    text: str
    on: date
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """What stands beside one box: its unit, the former value, what was meant, what is doubted."""

    unit: str = ""
    before: Before | None = None
    offers: Offers = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def accepted(data: QueryDict) -> QueryDict:
    """The data with the accepted offer put in its place; everything else stays as typed."""
    if ACCEPT not in data:
        return data
    name, _, value = str(data[ACCEPT]).partition(":")
    changed = data.copy()
    changed.pop(ACCEPT)
    if name in data:
        changed[name] = value
    return changed


def values_of(data: Data, name: str) -> list[str]:
    """All values sent under a name, from a request's data or from a plain mapping."""
    if isinstance(data, QueryDict):
        return data.getlist(name)
    value = data.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def field_for(column: Any, **kwargs: Any) -> forms.Field | None:
    """The box for a model column: measures, days, numbers and answers read what people type."""
    label = upper_first(str(column.verbose_name))
    options: dict[str, Any] = {"label": label, "help_text": column.help_text}
    if column.name in MEASURES:
        return MeasureField(column.name)
    if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        return DayField(required=not column.blank, **options)
    if isinstance(column, models.DecimalField):
        return _number_field(column, options)
    if isinstance(column, models.BooleanField) and column.null:
        return YesNoField(**options)
    return _plain_field(column, label, kwargs)


def _number_field(column: models.DecimalField[Any, Any], options: dict[str, Any]) -> NumberField:
    label, _, unit = options["label"].partition(" (")
    limits = {
        type(each): each.limit_value for each in column.validators if hasattr(each, "limit_value")
    }
    return NumberField(
        low=limits[MinValueValidator],
        high=limits[MaxValueValidator],
        places=column.decimal_places,
        unit=unit.rstrip(")"),
        **options | {"label": label},
    )


def _plain_field(column: Any, label: str, kwargs: dict[str, Any]) -> forms.Field | None:
    made: forms.Field | None = column.formfield(**kwargs)
    if made is None:
        return None
    made.label = label
    if column.has_default():
        made.required = False  # what is not sent keeps its default
    if isinstance(made, forms.ChoiceField):
        made.choices = [_said(*choice) for choice in list(made.choices)]  # type: ignore[arg-type]
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 3
    return made


def _said(value: Any, text: Any) -> tuple[Any, Any]:
    return value, "not recorded" if value in ("", None) else text


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form for one dated statement about one patient.

    ``before`` holds former values to show beside the boxes. With ``accept_doubts`` nobody is asked
    and every doubtful value is marked as confirmed: for callers that have asked by other means.
    """

    pairs: ClassVar[tuple[Pair, ...]] = ()
    confirmed_as: ClassVar[str] = "what was measured"
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    instance: Any

    def __init__(
        self,
        data: Data | None = None,
        *,
        patient: Patient,
        today: date,
        before: Mapping[str, Before] | None = None,
        accept_doubts: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("instance") is None:
            kwargs["instance"] = self._meta.model(patient=patient)
        self.patient = patient
        self.today = today
        self.before = before or {}
        self.accept_doubts = accept_doubts
        self.doubts: dict[str, list[Doubt]] = {}
        kwargs["initial"] = self.initial_of(kwargs["instance"]) | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.set_today()

    def set_today(self) -> None:
        """Tell the day boxes which day the words today and yesterday mean."""
        for each in self.fields.values():
            if isinstance(each, DayField):
                each.today = self.today

    def initial_of(self, instance: Any) -> dict[str, Any]:
        """What boxes show that are no columns of the model."""
        return {"version": instance.version}

    @property
    def expected_version(self) -> int | None:
        """The version that the person saw when they opened the form."""
        version: int | None = self.cleaned_data.get("version")
        return version

    def clean(self) -> dict[str, Any]:
        """Check the day, then collect what is doubtful."""
        cleaned = dict(super().clean() or self.cleaned_data)
        if self.instance.pk and cleaned.get("version") is None:
            self.add_error(None, "This page is incomplete. Open the record again and repeat.")
        self._check_day(cleaned)
        self._collect_doubts(cleaned)
        self._ask_about_doubts()
        self._mark_confirmed(cleaned)
        return cleaned

    def _check_day(self, cleaned: Mapping[str, Any]) -> None:
        name = self._meta.model.date_field
        error = day_error(cleaned.get(name), self.patient, self.today)
        if error:
            self.add_error(name, ValidationError(error, code="impossible_day"))

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        for name, value in cleaned.items():
            self._doubt_value(name, value)
        for pair in self.pairs:
            self._doubt_pair(pair, cleaned.get(pair.smaller), cleaned.get(pair.larger))

    def _doubt_value(self, name: str, value: Any) -> None:
        box = self.fields.get(name)
        if value is None or not isinstance(box, MeasureField | RangeField):
            return
        measure = box.measure
        ends = value.ends_given(measure) if isinstance(value, TypedRange) else [value]
        unlikely = [end for end in ends if not measure.is_plausible(end)]
        if unlikely:
            self._add_doubt(_doubt_of(measure, name, value, unlikely[0], self.confirmed_as))

    def _doubt_pair(self, pair: Pair, smaller: Any, larger: Any) -> None:
        if smaller is None or larger is None or smaller <= larger:
            return
        one, other = label_of(pair.smaller), label_of(pair.larger)
        self._add_doubt(
            Doubt(
                name=pair.smaller,
                code=pair.code,
                value=f"{plain(smaller)}>{plain(larger)}",
                message=f"{one} {plain(smaller)} is larger than {other} {plain(larger)}. It may be "
                "saved, but neither value feeds a verdict until this is resolved.",
                label=f"Yes, both are {self.confirmed_as}",
            )
        )

    def _add_doubt(self, doubt: Doubt) -> None:
        known = doubt.code in getattr(self.instance, "implausible_confirmed", [])
        same = known and not ({doubt.name, *self._partners(doubt)} & set(self.changed_data))
        if self.accept_doubts or same or doubt.key in values_of(self.data, CONFIRMED):
            doubt = replace(doubt, is_confirmed=True)
        self.doubts.setdefault(doubt.name, []).append(doubt)

    def _partners(self, doubt: Doubt) -> Iterable[str]:
        return [pair.larger for pair in self.pairs if pair.code == doubt.code]

    def _ask_about_doubts(self) -> None:
        for name, doubts in self.doubts.items():
            for doubt in doubts:
                if not doubt.is_confirmed:
                    self.add_error(name, ValidationError(doubt.message, code="doubtful"))

    def _mark_confirmed(self, cleaned: Mapping[str, Any]) -> None:
        stored = getattr(self.instance, "implausible_confirmed", None)
        if stored is None:
            return
        mine = set(self.fields) | {pair.code for pair in self.pairs}
        kept = {code for code in stored if code not in mine}
        found = {doubt.code for doubts in self.doubts.values() for doubt in doubts}
        self.instance.implausible_confirmed = sorted(kept | found)  # type: ignore[attr-defined]

    def beside(self, name: str) -> Beside:
        """What the page shows beside one box."""
        box = self.fields[name]
        return Beside(
            unit=_unit_of(box),
            before=self.before.get(name),
            offers=self._offers(name),
            doubts=self.doubts.get(name, []),
        )

    def _offers(self, name: str) -> Offers:
        errors = self.errors.as_data().get(name, []) if self.is_bound else []
        offers = [offer for error in errors for offer in getattr(error, "offers", [])]
        return offers + [offer for doubt in self.doubts.get(name, []) for offer in doubt.offers]

    def put_errors(self, error: ValidationError) -> None:
        """Show errors that came up while writing beside their boxes, or on top of the form."""
        by_name = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        for name, errors in by_name.items():
            self.add_error(name if name in self.fields else None, ValidationError(errors))


def _doubt_of(measure: Measure, name: str, value: Any, unlikely: Decimal, said_by: str) -> Doubt:
    typed = plain(value) if isinstance(value, Decimal) else str(value)
    said = f"{typed} {printed_unit(measure.unit)}".strip()
    is_exact = isinstance(value, Decimal) or value.is_exact
    offers = slip_offers(measure, unlikely) if is_exact else []
    meant = f" Did you mean {offers[0][1]}?" if offers else ""
    low, high = measure.plausible
    return Doubt(
        name=name,
        code=name,
        value=typed,
        message=f"{said} is unusual (expected {plain(low)} to {with_unit(high, measure)}).{meant}",
        label=f"Yes, {said} is {said_by}",
        offers=offers,
    )


def _unit_of(box: forms.Field) -> str:
    if isinstance(box, MeasureField | RangeField):
        return printed_unit(box.measure.unit)
    return box.unit if isinstance(box, NumberField) else ""
