"""What belongs to a patient or an intervention, below it: the newest rows, and new ones to type.

However long a record is, only its newest rows are read here; a link leads to all of them. Rows that
stand are changed on their own page, where a reason is asked.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse

from patients.forms.staff import RefusedRow, RowForm
from patients.staff.columns import NOT_RECORDED, column_shown
from patients.staff.fields import field_of
from patients.staff.lists import PATIENT_FILTER
from patients.staff.scope import patient_of
from patients.writing import StaleRecord

NEWEST = 3
MOST_ROWS = 20  # new rows in one go


class NewRows(BaseInlineFormSet):  # type: ignore[type-arg]
    """Only rows that are new: what stands is not changed here, whatever a request says."""

    inline: ClassVar[Any] = None
    request: ClassVar[Any] = None

    def initial_form_count(self) -> int:
        """None."""
        return 0

    def get_queryset(self) -> Any:
        """No stored rows."""
        model: Any = self.model
        return model._default_manager.none()

    def save_rows(self) -> None:
        """Enter what was typed, through the kind's own way of entering it."""
        model: Any = self.model
        kind: Any = admin.site.get_model_admin(model)
        for form in self.forms:
            if not form.has_changed():
                continue
            row = form.instance
            row.patient = patient_of(self.instance)
            try:
                kind.enter(self.request, row, form)
            except (StaleRecord, ValidationError) as refusal:
                raise RefusedRow(form.prefix or "", refusal) from refusal


class NewRowsInline(admin.TabularInline):  # type: ignore[type-arg]
    """The newest rows of one kind to read, and empty ones to type.

    Who may enter the kind may do it here; ``fields`` are the boxes, and the columns to read are
    those of the kind's list.
    """

    template = "admin/patients/new_rows_inline.html"
    formset = NewRows
    form: type[RowForm] = RowForm
    extra = 0
    max_num = MOST_ROWS
    can_delete = False
    adds: ClassVar[bool] = True
    of_parent: ClassVar[str] = "patient"
    """The column by which stored rows belong to the parent."""

    # What is read --------------------------------------------------------------------------------

    parent: Any = None

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Forms bound to this request and this parent."""
        self.request, self.parent = request, obj
        bound = {"request": request, "action": self.kind.action, "parent": obj}
        kwargs["form"] = type(self.form.__name__, (self.form,), bound)
        formset = super().get_formset(request, obj, **kwargs)
        boxes = formset.form.base_fields
        self.box_labels = [str(boxes[name].label) for name in self.fields or () if name in boxes]
        return type(formset.__name__, (formset,), {"inline": self, "request": request})

    @property
    def kind(self) -> Any:
        """The kind's own administration."""
        return self.admin_site.get_model_admin(self.model)

    @property
    def headings(self) -> list[str]:
        """Titles of the columns that are read."""
        return [str(label_for_field(name, self.model, self.kind)) for name in self._names]

    @property
    def newest(self) -> list[dict[str, Any]]:
        """The newest rows: address, state, and the cells."""
        if self.parent is None:
            return []
        rows = self.model._default_manager.filter(**{self.of_parent: self.parent})
        return [self._row(row) for row in rows.select_related(*self._related)[:NEWEST]]

    @property
    def list_address(self) -> str:
        """The list of all rows of this patient."""
        return f"{self._url('changelist')}?{PATIENT_FILTER}={self._patient_id}"

    @property
    def add_address(self) -> str:
        """The form for a new row of this patient, which needs no scripts."""
        allowed = self.has_add_permission(self.request, self.parent) and self.kind.adds
        return f"{self._url('add')}?{PATIENT_FILTER}={self._patient_id}" if allowed else ""

    def _row(self, row: Any) -> dict[str, Any]:
        return {
            "address": self._url("change", row.pk),
            "is_struck": row.struck_at is not None,
            "cells": [self._cell(name, row) for name in self._names],
        }

    def _cell(self, name: Any, row: Any) -> Any:
        column, _, value = lookup_field(name, row, self.kind)
        if isinstance(column, Field):
            return display_for_field(value, column, NOT_RECORDED)
        return display_for_value(value, NOT_RECORDED)

    @property
    def _names(self) -> list[Any]:
        model: Any = self.model
        columns = [column_shown(model, name) or name for name in self.kind.columns]
        return [model.date_field, *columns]

    @property
    def _related(self) -> tuple[str, ...]:
        return tuple(self.kind.list_select_related)

    @property
    def _patient_id(self) -> str:
        return str(patient_of(self.parent).public_id)

    def _url(self, page: str, *args: Any) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)

    # What is typed -------------------------------------------------------------------------------

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """As on the kind's own form."""
        wanted = field_of(db_field)
        if isinstance(wanted, forms.Field):
            return wanted
        field: Any = super().formfield_for_dbfield(db_field, request, **(wanted | kwargs))
        if field is not None and db_field.get_internal_type() == "TextField":
            field.widget.attrs |= {"rows": 1, "cols": 24}
        return field  # type: ignore[no-any-return]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """No stored rows: they are read, not edited."""
        return super().get_queryset(request).none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the parent."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the kind may be entered for this patient."""
        if obj is None or not self.adds:
            return False
        return self.kind.clinic_for(request, obj) is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On the row's own page."""
        return False

    has_delete_permission = has_change_permission
