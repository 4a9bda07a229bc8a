"""Two people at one form: what is stored now beside what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from patients.days import spoken


@dataclass(frozen=True)
class Contested:
    """One box that the stored version and the typed one fill differently."""

    name: str
    label: str
    opened: str | None
    stored: str | None
    typed: str | None
    offer: str
    """What to put into the box to take the stored value."""


def contested(
    form: forms.Form, names: Iterable[str], *, stored: forms.Form, opened: Any
) -> list[Contested]:
    """The boxes of ``form`` whose typed value differs from that of ``stored``, an unbound form.

    ``opened`` is the row's version that the person saw, or None when it is not known.
    """
    found = []
    for name in names:
        typed_said = _said(form, name, form.cleaned_data.get(name))
        stored_said = _said(stored, name, stored.initial.get(name))
        if typed_said != stored_said:
            offer = stored[name].value()
            column = f"{name}_id" if hasattr(opened, f"{name}_id") else name
            found.append(
                Contested(
                    name=name,
                    label=str(form.fields[name].label),
                    opened=_said(stored, name, getattr(opened, column, None)),
                    stored=stored_said,
                    typed=typed_said,
                    offer="" if offer is None else str(offer),
                )
            )
    return found


def _said(form: forms.Form, name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return spoken(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    box = form.fields[name]
    if isinstance(box, forms.ChoiceField):
        return _chosen(box, str(value))
    return str(value)


def _chosen(box: forms.ChoiceField, value: str) -> str:
    choices: Any = box.choices
    for key, words in choices:
        options = words if isinstance(words, list | tuple) else [(key, words)]
        for each, said in options:
            if str(each) == value:
                return str(said)
    return "somebody else"
