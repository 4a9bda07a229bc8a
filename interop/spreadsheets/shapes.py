"""How a row of each model is recognized again, and how its values read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from patients.days import spoken
from patients.fields import MEASURES
from patients.forms.typed import NyhaField, TypedRange, plain
from patients.models import (
    ANALYTES,
    BodySize,
    Comorbidity,
    EchoStudy,
    LabResult,
    Patient,
    Registration,
    SymptomLog,
)
from treatments.models import Intervention, Medication

Getter = Callable[[str], Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """One model as an import sees it.

    ``key`` gives what makes a row the same row (beside its patient) from a getter of attributes;
    ``key_attributes`` are what it reads; ``days`` the date columns that narrow the search.
    """

    model: type[Any]
    noun: str
    nouns: str
    key: Callable[[Getter], Key]
    key_attributes: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The model's name, as the audit writes it."""
        return str(self.model._meta.model_name)


def _words(*names: str) -> Callable[[Getter], Key]:
    return lambda get: tuple(str(get(name) or "") for name in names)


def _intervention_key(get: Getter) -> Key:
    day = get("performed_on") or get("planned_on") or get("decided_on")
    return (str(get("kind")), str(day or ""))


def _medication_key(get: Getter) -> Key:
    return (str(get("drug")), str(get("started_on") or get("noted_on") or ""))


PATIENT = Shape(Patient, "patient", "patients", lambda _get: ())
REGISTRATION = Shape(Registration, "registration", "registrations", lambda _get: ())
ECHO_STUDY = Shape(
    EchoStudy, "echo study", "echo studies",
    _words("performed_on", "modality", "accession_number"),
    ("performed_on", "modality", "accession_number"), ("performed_on",),
)  # fmt: skip
INTERVENTION = Shape(
    Intervention, "intervention", "interventions", _intervention_key,
    ("kind", "performed_on", "planned_on", "decided_on"),
    ("performed_on", "planned_on", "decided_on"),
)  # fmt: skip
SYMPTOM_LOG = Shape(
    SymptomLog, "symptom log", "symptom logs", _words("recorded_on"),
    ("recorded_on",), ("recorded_on",),
)  # fmt: skip
LAB_RESULT = Shape(
    LabResult, "laboratory result", "laboratory results", _words("taken_on", "analyte"),
    ("taken_on", "analyte"), ("taken_on",),
)  # fmt: skip
MEDICATION = Shape(
    Medication, "medication", "medications", _medication_key,
    ("drug", "started_on", "noted_on"), ("started_on", "noted_on"),
)  # fmt: skip
BODY_SIZE = Shape(
    BodySize, "body size", "body sizes", _words("measured_on"), ("measured_on",), ("measured_on",)
)
COMORBIDITY = Shape(
    Comorbidity, "comorbidity", "comorbidities", _words("kind", "noted_on"),
    ("kind", "noted_on"), ("noted_on",),
)  # fmt: skip

SHAPES: dict[str, Shape] = {
    shape.code: shape
    for shape in (
        PATIENT, REGISTRATION, ECHO_STUDY, INTERVENTION, SYMPTOM_LOG, LAB_RESULT, MEDICATION,
        BODY_SIZE, COMORBIDITY,
    )
}  # fmt: skip

# Attributes that are one value to a reader: the first names it.
_TOGETHER: dict[str, tuple[str, ...]] = {
    "LVEF": (
        "lvef_percent_low", "lvef_percent_high", "lvef_percent_low_open", "lvef_percent_high_open",
    ),
    "NYHA class": ("nyha_low", "nyha_high"),
    "Reader's grade": ("reader_grade_low", "reader_grade_high"),
    "Residual MR": ("residual_regurgitation_low", "residual_regurgitation_high"),
}  # fmt: skip
_LABEL_OF = {name: label for label, names in _TOGETHER.items() for name in names}


def differences(shape: Shape, before: Getter, after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a file would change: label, old value, new value, for each value that differs."""
    changed = [name for name, value in after.items() if not _same(before(name), value)]
    found: list[tuple[str, str, str]] = []
    for label in dict.fromkeys(_LABEL_OF.get(name, name) for name in changed):
        names = _TOGETHER.get(label, (label,))
        old = {name: before(name) for name in names}
        new = {name: after.get(name, old[name]) for name in names}
        found.append((label_of(shape, names[0]), shown(shape, old), shown(shape, new)))
    return found


def _same(old: Any, new: Any) -> bool:
    return bool(old == new) or (old in (None, "") and new in (None, ""))


def label_of(shape: Shape, name: str) -> str:
    """An attribute as a reader knows it."""
    if name in _LABEL_OF:
        return _LABEL_OF[name]
    if name in MEASURES:
        return MEASURES[name].label
    label = str(shape.model._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def summary(shape: Shape, values: dict[str, Any]) -> str:
    """All values of one row in a line: ``LVEF 60 % · LVESD 38 mm``."""
    if shape is LAB_RESULT:
        return _result_line(values)
    if shape is COMORBIDITY:
        kind = Comorbidity.Kind(values["kind"]).label
        return f"{kind[:1].upper()}{kind[1:]} {values['present']}"
    parts: list[str] = []
    labels = dict.fromkeys(_LABEL_OF.get(name, name) for name in values)
    for label in labels:
        names = _TOGETHER.get(label, (label,))
        if set(names) & set(shape.days) or _goes_without_saying(
            shape, names[0], values.get(names[0])
        ):
            continue
        text = shown(shape, {name: values.get(name) for name in names})
        parts.append(f"{label_of(shape, names[0])} {text}")
    return " · ".join(parts)


def day_of(shape: Shape, values: dict[str, Any]) -> date | None:
    """The day of a row, from the first of its date columns that is filled."""
    return next((values[name] for name in shape.days if values.get(name)), None)


def _goes_without_saying(shape: Shape, name: str, value: Any) -> bool:
    """A choice that is the model's own default, or says that something is not stated."""
    field: models.Field[Any, Any] = shape.model._meta.get_field(name)
    return bool(field.choices) and value in (field.default, "not_stated", "final", "performed")


def _result_line(values: dict[str, Any]) -> str:
    analyte = ANALYTES.get(values.get("analyte", ""))
    if analyte is None:
        return f"Blood culture {values.get('culture_result', '')}".strip()
    number = f"{values.get('comparator', '')}{plain(values['value'])} {analyte.unit}".strip()
    return f"{analyte.label} {number}"


def shown(shape: Shape, values: dict[str, Any]) -> str:
    """One value (or the attributes that make up one) as a reader sees it, with its unit."""
    names = list(values)
    if "lvef_percent_low" in values:
        return _range_text(*(values.get(name) for name in _TOGETHER["LVEF"]))
    if "nyha_low" in values:
        pair = (values["nyha_low"], values["nyha_high"])
        return str(NyhaField().prepare_value(pair) or "not recorded")
    if len(names) == 2:
        low, high = (_one(shape, name, values[name]) for name in names)
        return low if low == high else f"{low} to {high}"
    return _one(shape, names[0], values[names[0]])


def _range_text(low: Any, high: Any, low_open: Any, high_open: Any) -> str:
    if low is None or high is None:
        return "not recorded"
    return f"{TypedRange(low, high, bool(low_open), bool(high_open))} %"


def _one(shape: Shape, name: str, value: Any) -> str:
    if value is None or value == "":
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(value) or "not recorded"
    if isinstance(value, date):
        return spoken(value)
    if isinstance(value, Decimal):
        unit = MEASURES[name].unit if name in MEASURES else ""
        return f"{plain(value)} {unit}".strip()
    field: models.Field[Any, Any] = shape.model._meta.get_field(name)
    return str(dict(field.flatchoices).get(value, value))


def attributes_of(shape: Shape, names: Iterable[str]) -> set[str]:
    """Columns to read so that a stored row can be recognized and compared."""
    return {"id", "version", *shape.key_attributes, *names}
