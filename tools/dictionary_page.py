"""docs/data-dictionary.md: every field of the clinical record, from the code that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tools.markdown import Lines, Row, page, paragraph, table, upper_first

RANGES = {
    "lvef_percent": "LVEF is kept as two ends, and says of each end whether the end is excluded.",
}


def dictionary_page(note: str) -> str:
    """The catalogue of measures, the analytes, the formulary, and every clinical table."""
    return page(
        [
            note,
            "",
            "# Data dictionary",
            "",
            *paragraph(
                "Every field of the clinical record. The name of a measured field carries its unit "
                "and is the same in the database, in the rules and in the headings of files. An "
                "empty field means *not recorded*, never *no* and never zero."
            ),
            *_measures(),
            *_analytes(),
            *_models(),
            *_formulary(),
        ]
    )


def _measures() -> Lines:
    from patients.fields import MEASURES

    yield "## Measures"
    yield ""
    yield from paragraph(
        "A value outside *possible* is refused. A value outside *plausible* is asked about, and "
        "marked when it is confirmed. *Also read as* are headings that an import understands."
    )
    groups = dict.fromkeys(measure.group for measure in MEASURES.values())
    for group in groups:
        yield f"### {group}"
        yield ""
        yield from table(
            ("name", "label", "unit", "possible", "plausible", "also read as", "note"),
            (
                (
                    f"`{measure.name}`",
                    measure.label,
                    measure.unit,
                    _span(measure.possible),
                    _span(measure.plausible),
                    ", ".join(f"`{alias}`" for alias in measure.aliases),
                    " ".join(filter(None, (measure.help_text, RANGES.get(measure.name, "")))),
                )
                for measure in MEASURES.values()
                if measure.group == group
            ),
        )
        yield ""


def _span(ends: tuple[Decimal, Decimal]) -> str:
    return f"{ends[0]:f} to {ends[1]:f}"


def _analytes() -> Lines:
    from patients.models import ANALYTES

    yield "## Laboratory"
    yield ""
    yield from table(
        ("analyte", "label", "unit", "possible", "plausible"),
        (
            (
                f"`{analyte.code}`",
                analyte.label,
                analyte.unit or "no unit",
                " to ".join(analyte.possible),
                " to ".join(analyte.plausible),
            )
            for analyte in ANALYTES.values()
        ),
    )
    yield ""


def clinical_models() -> list[Any]:
    """The models of the patients and treatments floors, without their tables of history."""
    from django.apps import apps

    return [
        model
        for label in ("patients", "treatments")
        for model in apps.get_app_config(label).get_models()
        if not hasattr(model, "instance_type")
    ]


def _models() -> Lines:
    from patients.data_classes import BOOKKEEPING

    yield "## Tables"
    yield ""
    bookkeeping = ", ".join(f"`{name}`" for name in sorted(BOOKKEEPING))
    yield from paragraph(
        "*Identity* says whether a field names a person by itself (identifying), in combination "
        "(quasi-identifying), or only says something of the disease (clinical). Columns for "
        f"bookkeeping ({bookkeeping}) are left out; every table also keeps the former versions of "
        "its rows."
    )
    for model in clinical_models():
        yield f"### {model._meta.label}"
        yield ""
        yield _about(model)
        yield ""
        yield from table(
            ("field", "label", "kind", "values", "identity"),
            (
                _field(model, field)
                for field in model._meta.concrete_fields
                if field.name not in BOOKKEEPING
            ),
        )
        yield ""


def _about(model: Any) -> str:
    """The first paragraph of the model's docstring, in one line."""
    first: str = (model.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(first.split())


def _field(model: Any, field: Any) -> Row:
    from patients.data_classes import data_class_of

    declared = data_class_of(model._meta.label, field.name)
    return (
        f"`{field.name}`",
        upper_first(str(field.verbose_name)),
        _kind(field),
        _values(field),
        declared.value.replace("_", "-") if declared else "not declared",
    )


def _kind(field: Any) -> str:
    """The field's type in a word, and whether it may be empty."""
    from django.db import models

    words: Mapping[type[Any], str] = {
        models.ForeignKey: "reference",
        models.BooleanField: "yes or no",
        models.DateTimeField: "instant",
        models.DateField: "date",
        models.DecimalField: "number",
        models.IntegerField: "whole number",
        models.UUIDField: "opaque id",
        models.JSONField: "list",
        models.CharField: "text",
        models.TextField: "text",
    }
    word = next((word for kind, word in words.items() if isinstance(field, kind)), "other")
    if field.is_relation:
        word = f"reference to {field.related_model._meta.label}"
    elif field.choices:
        word = "one of"
    may_be_empty = field.null or field.blank or field.has_default()
    return word if may_be_empty else f"{word}, required"


def _values(field: Any) -> str:
    from patients.fields import MEASURES

    if field.model._meta.label == "treatments.Medication" and field.name == "drug":
        return "see [Formulary](#formulary)"
    if field.choices:
        return "; ".join(
            f"`{value}` {label}" for value, label in field.flatchoices if value not in (None, "")
        )
    if field.name in MEASURES:
        return f"{MEASURES[field.name].unit}: see [Measures](#measures)".lstrip(": ")
    return str(field.help_text)


def _formulary() -> Lines:
    from treatments.formulary import FORMULARY

    yield "## Formulary"
    yield ""
    yield from paragraph(
        "The drugs that a medication may name. The list lives in code (`treatments/formulary.py`)."
    )
    classes = dict.fromkeys(drug.drug_class for drug in FORMULARY.values())
    yield from table(
        ("class", "label", "drugs"),
        (
            (
                f"`{drug_class.value}`",
                str(drug_class.label),
                ", ".join(
                    f"`{drug.code}`" for drug in FORMULARY.values() if drug.drug_class == drug_class
                ),
            )
            for drug_class in classes
        ),
    )
