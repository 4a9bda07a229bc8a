"""Choosing a patient: a search box, and a record number where scripts are off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audit.guarded_admin import is_key, typed
from patients.models import Patient, Registration
from patients.staff.scope import (
    found_by,
    full_label,
    labelled,
    record_search,
    user_of,
)


class PatientField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A patient of one's clinics, shown so that nobody is mistaken for another."""

    def label_from_instance(self, obj: Patient) -> str:
        """Name, birth date, record numbers."""
        return full_label(obj)


class PatientSelect(AutocompleteSelect):
    """A search box for a patient; what is typed travels in the body, never in an address."""

    def get_url(self) -> str:
        """Where patients are searched."""
        return reverse(f"{self.admin_site.name}:patients_patient_found")

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Ask by POST, and keep no answers."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return attrs | {
            "data-ajax--type": "POST",
            "data-ajax--cache": "false",
            "data-placeholder": "Name, record number or birth date",
        }

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """The chosen patient; nobody for a key that is no number."""
        keys = [key for key in value if is_key(str(key))]
        return super().optgroups(name, keys, attr)


class PatientsFound(AutocompleteJsonView):
    """Django's answer to a search box, for a search that was posted; only patients are found."""

    http_method_names: ClassVar[list[str]] = ["post", "options"]  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As for GET, with what stands in the body."""
        request.GET = request.POST  # type: ignore[assignment]
        return self.get(request, *args, **kwargs)

    def process_request(self, request: HttpRequest) -> tuple[str, Any, Any, str]:
        """What was typed; which column asks makes no difference."""
        patients = admin.site.get_model_admin(Patient)
        asking = Registration._meta.get_field("patient")
        return typed(request.POST.get("term", "")), patients, asking, "id"

    def get_queryset(self) -> QuerySet[Any]:
        """The patients whom one's clinics follow today and for whom the text stands."""
        user = user_of(self.request)
        return labelled(user, found_by(user, self.term))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The patients of this answer; showing any is audited, with their number."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if found := len(context["object_list"]):
            record_search(self.request, "patient", found)
        return context

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """The key, and a label that nobody can mistake."""
        return {"id": str(obj.pk), "text": full_label(cast(Patient, obj))}
