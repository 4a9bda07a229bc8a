"""Parts of a crispy layout: a box with its unit and doubts, folded chapters, answers in a row."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Field, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from guidelines.vocabulary import Segment


class Box(Field):
    """One field with its unit, former value, offers and doubts beside it."""

    template = "patients/_box.html"

    def __init__(self, name: str, css: str = "", **attrs: Any) -> None:
        super().__init__(name, **attrs)
        self.css = css

    def render(
        self,
        form: Any,
        context: Any,
        template_pack: Any = TEMPLATE_PACK,
        extra_context: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> SafeString:
        """The box, described for screen readers by everything that stands beside it."""
        (name,) = self.fields
        if not form.shows(name):
            return SafeString("")
        beside = form.beside(name)
        _describe(form, name, beside)
        extra = {"beside": beside, "css": self.css, "kind": _kind_of(form.fields[name])}
        return super().render(
            form, context, template_pack, {**(extra_context or {}), **extra}, **kwargs
        )


class Chapter(LayoutObject):
    """A part of the form; a folded one opens when it holds a value or an error."""

    template = "patients/_chapter.html"

    def __init__(self, title: str, *boxes: Any, folded: bool = False, css: str = "") -> None:
        self.title = title
        self.fields = list(boxes)
        self.folded = folded
        self.css = css

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The chapter with its boxes."""
        names = [pointer.name for pointer in self.get_field_names() if form.shows(pointer.name)]
        if not names:
            return ""
        filled = [name for name in names if is_filled(form, name)]
        faulty = [name for name in names if form.is_bound and name in form.errors]
        return render_to_string(
            self.template,
            {
                "title": self.title,
                "boxes": self.get_rendered_fields(form, context, template_pack, **kwargs),
                "folded": self.folded and not any(map(form.belongs_to_answers, names)),
                "css": self.css,
                "filled": len(filled),
                "faulty": len(faulty),
                "is_open": bool(filled or faulty),
            },
        )


def is_filled(form: Any, name: str) -> bool:
    """Whether a box holds more than an untouched form would show."""
    value = form[name].value()
    untouched = form.fields[name].initial
    return value not in (None, "", [], untouched)


def _kind_of(box: forms.Field) -> str:
    widget = box.widget
    if isinstance(box, forms.MultipleChoiceField) and box.choices == Segment.choices():
        return "valve"
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "answers"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "select" if isinstance(widget, forms.Select) else "text"


def _describe(form: Any, name: str, beside: Any) -> None:
    bound = form[name]
    ids = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    ids += [f"{bound.auto_id}_before"] if beside.before else []
    ids += [f"{bound.auto_id}_usual"] if beside.usual else []
    ids += [f"{bound.auto_id}_error"] if bound.errors else []
    if ids:
        form.fields[name].widget.attrs["aria-describedby"] = " ".join(ids)
