"""The patient's places in one's own clinics, below the person."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from accounts.permissions import Action, clinics_where
from patients import actions
from patients.forms.staff import RefusedRow
from patients.forms.staff_person import RegistrationForm
from patients.models import Registration
from patients.staff.scope import registrations_today, user_of
from patients.writing import StaleRecord


class Registrations(BaseInlineFormSet):  # type: ignore[type-arg]
    """The running registrations that the person may correct; none is made or ended here."""

    user: Any = None

    def initial_form_count(self) -> int:
        """All of them, whatever a request says."""
        return len(self.get_queryset())

    def total_form_count(self) -> int:
        """The same."""
        return self.initial_form_count()

    def save_rows(self) -> None:
        """Correct what was changed, each under its reason."""
        forms: list[Any] = self.forms
        for form in forms:
            if not form.changes_the_record:
                continue
            try:
                actions.change_registration(
                    by=self.user,
                    registration=form.instance,
                    reason=form.cleaned_data["reason"],
                    expected_version=form.cleaned_data["read_version"],
                )
            except (StaleRecord, ValidationError) as refusal:
                raise RefusedRow(form.prefix or "", refusal) from refusal


class RegistrationInline(admin.TabularInline):  # type: ignore[type-arg]
    """Clinic and days to read; number, clinician and referring doctor to correct."""

    model = Registration
    template = "admin/patients/registrations_inline.html"
    formset = Registrations
    form = RegistrationForm
    fields = (
        "record_number",
        "responsible_clinician",
        "referring_doctor",
        "reason",
        "read_version",
    )
    extra = 0
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Forms that know the person and what was refused."""
        self.request, self.parent = request, obj
        refused = request.__dict__.get("refused_rows", {})
        kwargs["form"] = type("RegistrationForm", (self.form,), {"refused": refused})
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (formset,), {"user": user_of(request)})

    @property
    def others(self) -> list[Registration]:
        """The registrations in one's own clinics that are only read."""
        user = user_of(self.request)
        seen = clinics_where(user, Action.VIEW_PATIENT)
        rows = Registration.objects.filter(patient=self.parent, clinic_id__in=seen)
        rows = rows.exclude(pk__in=self.get_queryset(self.request).values("pk"))
        rows = rows.exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
        return list(rows.select_related("clinic", "responsible_clinician"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Running ones, in clinics where the person may correct them."""
        user = user_of(request)
        allowed = clinics_where(user, Action.REGISTER_PATIENT)
        running = registrations_today(user).filter(clinic_id__in=allowed)
        return running.select_related("clinic", "responsible_clinician")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A clinician is chosen here, not made or changed on the way."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget: Any = getattr(field, "widget", None)
        for offered in ("add", "change", "delete", "view"):
            if hasattr(widget, f"can_{offered}_related"):
                setattr(widget, f"can_{offered}_related", False)
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the patient."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where a role allows to correct the person in any clinic; the rows are chosen by it."""
        return bool(clinics_where(request.user, Action.REGISTER_PATIENT))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here."""
        return False

    has_delete_permission = has_add_permission
