"""Fields a column can be mapped to: name, label, unit, and the form field that reads its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db import models

from interop.spreadsheets.cells import (
    AnswerCell,
    CountCell,
    DayCell,
    EmailCell,
    FlagCell,
    NumberCell,
    ResultCell,
    Term,
    TermCell,
)
from patients.fields import MEASURES
from patients.forms.typed import GradeField, MeasureField, NyhaField, RangeField
from patients.models import ANALYTES, ClinicalRecord

Spread = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Target:
    """One field of the record as a file may carry it.

    ``make(order)`` builds the form field that reads its cells (``order`` matters for dates only).
    ``spread`` gives the model attributes of a clean value, ``sources`` names them where they are
    not the one of the same name. ``for_all`` says that one value may be given for the whole file.
    """

    name: str
    label: str
    group: str
    make: Callable[[str], forms.Field]
    unit: str = ""
    analyte: str = ""
    aliases: tuple[str, ...] = ()
    help_text: str = ""
    allowed: str = ""
    for_all: bool = False
    default: str = ""
    spread: Spread | None = None
    sources: tuple[str, ...] = ()

    def attributes(self, value: Any) -> dict[str, Any]:
        """The model attributes of a clean value."""
        return self.spread(value) if self.spread else {self.name: value}

    @property
    def is_day(self) -> bool:
        """Whether cells are dates."""
        return isinstance(self.make(""), DayCell)

    @property
    def is_text(self) -> bool:
        """Whether cells are free text."""
        return type(self.make("")) in (forms.CharField, EmailCell)

    @property
    def label_with_unit(self) -> str:
        """Label and unit: ``LVESD (mm)``."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def named(self, **changes: Any) -> Target:
        """The same field with another label, aliases, ..."""
        return replace(self, **changes)


def day(name: str, label: str, group: str = "", **more: Any) -> Target:
    """A date."""
    return Target(
        name,
        label,
        group,
        lambda order: DayCell(order=order, required=False),
        allowed="date, for example 2015-03-12",
        **more,
    )


def text(name: str, label: str, group: str = "", length: int = 120, **more: Any) -> Target:
    """Free text."""
    return Target(
        name,
        label,
        group,
        lambda _order: forms.CharField(required=False, max_length=length),
        allowed=f"text, at most {length} characters",
        **more,
    )


def flag(name: str, label: str, group: str = "", **more: Any) -> Target:
    """Yes or no."""
    return Target(
        name, label, group, lambda _order: FlagCell(required=False), allowed="yes, no", **more
    )


def answer(name: str, label: str, group: str = "", **more: Any) -> Target:
    """Yes, no or unknown, kept as an answer."""
    return Target(
        name,
        label,
        group,
        lambda _order: AnswerCell(required=False),
        allowed="yes, no, unknown",
        **more,
    )


def term(
    name: str,
    label: str,
    terms: Iterable[Term],
    group: str = "",
    synonyms: Iterable[Term] = (),
    **more: Any,
) -> Target:
    """A term of a vocabulary."""
    known, other = list(terms), list(synonyms)
    return Target(
        name,
        label,
        group,
        lambda _order: TermCell(terms=known, synonyms=other, required=False),
        allowed="; ".join(
            str(value) if folded_same(value, text) else f"{value} = {text}" for value, text in known
        ),
        **more,
    )


def folded_same(value: Any, label: str) -> bool:
    """Whether a code and its label are the same word."""
    return str(value).replace("_", " ") == label


def measure(name: str, **more: Any) -> Target:
    """A measure of the catalogue."""
    known = MEASURES[name]
    low, high = known.possible
    options: dict[str, Any] = {
        "label": known.label,
        "group": known.group,
        "unit": known.unit,
        "aliases": known.aliases,
        "help_text": known.help_text,
        "allowed": f"number, {low} to {high}",
        "make": lambda _order: MeasureField(name),
    }
    return Target(name=name, **(options | more))


def lvef() -> Target:
    """LVEF: one number, a range, or one end."""
    return measure(
        "lvef_percent",
        make=lambda _order: RangeField("lvef_percent"),
        aliases=("lvef_pct", "ef", "ejection_fraction", "lv_ef", "fevg"),
        allowed="number, range (55-60) or one end (>60)",
        spread=lambda value: {
            "lvef_percent_low": value.low,
            "lvef_percent_high": value.high,
            "lvef_percent_low_open": value.low_open,
            "lvef_percent_high_open": value.high_open,
        },
        sources=(
            "lvef_percent_low",
            "lvef_percent_high",
            "lvef_percent_low_open",
            "lvef_percent_high_open",
        ),
    )


def nyha(group: str = "") -> Target:
    """A NYHA class or range of classes."""
    return Target(
        "nyha",
        "NYHA class",
        group,
        lambda _order: NyhaField(),
        aliases=("nyha_class", "nyha_before", "nyha_functional_class"),
        allowed="I, II, III, IV or a range (I-II)",
        spread=lambda value: {"nyha_low": value[0], "nyha_high": value[1]},
        sources=("nyha_low", "nyha_high"),
    )


def grade(name: str, label: str, group: str = "", **more: Any) -> Target:
    """A grade of regurgitation or a range of grades."""
    return Target(
        name,
        label,
        group,
        lambda _order: GradeField(),
        allowed="none, mild, moderate, moderate to severe, severe, 1+ to 4+, or a range",
        spread=lambda value: {f"{name}_low": value[0], f"{name}_high": value[1]},
        sources=(f"{name}_low", f"{name}_high"),
        **more,
    )


def result(code: str, group: str = "Laboratory") -> Target:
    """One analyte with a column of its own."""
    analyte = ANALYTES[code]
    suffix = analyte.unit.lower().replace("10^9/l", "10e9_l").replace("/", "_")
    plain = f"{code}_{suffix}" if suffix else code
    return Target(
        plain,
        _sentence(analyte.label),
        group,
        lambda _order: ResultCell(analyte=code, required=False),
        unit=analyte.unit,
        analyte=code,
        aliases=(code, analyte.label),
        allowed=f"number, {analyte.possible[0]} to {analyte.possible[1]}, perhaps with < or >",
    )


def record_number() -> Target:
    """The patient's record number in the clinic."""
    return text(
        "record_number",
        "Record number",
        "Patient",
        length=60,
        help_text="The patient's number in this clinic.",
        aliases=(
            "mrn",
            "patient_id",
            "patient",
            "id",
            "record_no",
            "hospital_number",
            "patient_number",
            "num",
            "study_id",
        ),
    )


def known_on() -> Target:
    """When the file says that a value was known."""
    return day(
        "asserted_known_on",
        "Known since (as asserted)",
        "Patient",
        aliases=("known_on", "reported_on", "signed_on"),
    )


def targets_of(
    model: type[ClinicalRecord],
    names: Iterable[str],
    *,
    group: str,
    aliases: Mapping[str, tuple[str, ...]] | None = None,
    for_all: Iterable[str] = (),
) -> list[Target]:
    """Targets of plain columns of a model, by name."""
    more, shared = aliases or {}, set(for_all)
    return [
        _target_of(model._meta.get_field(name), group).named(
            aliases=(*_known_aliases(name), *more.get(name, ())), for_all=name in shared
        )
        for name in names
    ]


def _known_aliases(name: str) -> tuple[str, ...]:
    return MEASURES[name].aliases if name in MEASURES else ()


def _target_of(field: Any, group: str) -> Target:
    """The target of one model field, by its type."""
    name, label = field.name, _sentence(str(field.verbose_name))
    if name in MEASURES:
        return measure(name)
    if field.choices:
        return term(name, label, _flat(field.choices), group)
    if isinstance(field, models.DateField):
        return day(name, label, group)
    if isinstance(field, models.BooleanField):
        return flag(name, label, group)
    if isinstance(field, models.DecimalField):
        return _number_of(field, name, label, group)
    if isinstance(field, models.IntegerField):
        return Target(
            name, label, group, lambda _order: CountCell(required=False), allowed="number"
        )
    return text(name, label, group, length=field.max_length or 5000)


def _number_of(field: Any, name: str, label: str, group: str) -> Target:
    digits, places = field.max_digits, field.decimal_places
    bare, _, unit = label.partition(" (")
    return Target(
        name,
        bare,
        group,
        lambda _order: NumberCell(
            digits=digits, places=places, limits=field._validators, required=False
        ),
        unit=unit.removesuffix(")"),
        allowed="number",
    )


def _flat(choices: Iterable[Any]) -> list[Term]:
    """Choices without their groups."""
    flat: list[Term] = []
    for value, label in choices:
        flat.extend(label if isinstance(label, list | tuple) else [(value, label)])
    return [(value, str(label)) for value, label in flat if value is not None]


def _sentence(label: str) -> str:
    """A label with a capital, unless its first word is an abbreviation."""
    return label[:1].upper() + label[1:]
