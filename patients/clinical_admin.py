"""How clinical records appear in the administration, on every floor above.

Every list starts at the patients whom one's clinics follow today; all others do not exist here, and
former patients are read on the patient's page only. Rights are asked of the roles, never of
Django's permissions. Everything is written through the actions, nothing is deleted, and Django's
own log of the administration, which would hold names, is not kept: the audit trail and each
record's history hold what happened.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Field, ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import Clinic
from accounts.permissions import Action, allowing_role, clinics_where
from audit.guarded_admin import is_key
from audit.models import AuditAction
from audit.recording import record as record_event
from patients import actions
from patients.days import spoken
from patients.forms.staff import CHANGE_FIELDS, ChangeForm, EntryForm, RefusedRow, StaffForm
from patients.models import ClinicalRecord, Versioned
from patients.record_kinds import RecordKind
from patients.selectors import writing_clinic
from patients.staff.columns import NOT_RECORDED, as_read, column_shown, editable_fields
from patients.staff.fields import field_of
from patients.staff.lists import (
    PATIENT_FILTER,
    ClinicFilter,
    EnteredFilter,
    PatientFilter,
    StruckFilter,
    patient_asked_for,
)
from patients.staff.patient_box import PatientField, PatientSelect
from patients.staff.scope import (
    full_label,
    labelled,
    patient_of,
    patients_today,
    registrations_today,
    rows_seen_by,
    user_of,
)
from patients.staff.searching import SearchedAdmin
from patients.writing import StaleRecord

REASON_OF_ENTRY = "entered in the administration"
KEPT_MARK = "kept"
OK = 200


class ScopedAdmin(SearchedAdmin, SimpleHistoryAdmin):
    """What patients and their records have in common in the administration."""

    action: ClassVar[Action]
    """What a role must allow for adding and changing."""

    actions: ClassVar[tuple[str, ...]] = ("export_selected",)  # type: ignore[misc]
    """What may be done with ticked rows; the floor of reports registers it."""

    change_form_template = "admin/patients/change_form.html"
    change_list_template = "admin/patients/change_list.html"
    empty_value_display = NOT_RECORDED
    form = StaffForm
    change_form: ClassVar[type[ChangeForm]] = ChangeForm
    adds: ClassVar[bool] = True

    # Who may what ------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the person may view any patients."""
        return bool(clinics_where(request.user, Action.VIEW_PATIENT))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same: whatever row is asked for was found among those one may see."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a role allows it in any clinic; the form asks again for the chosen patient."""
        return self.adds and bool(clinics_where(request.user, self.action))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a role allows it in a clinic that follows this patient today."""
        if obj is None:
            return bool(clinics_where(request.user, self.action))
        return self.is_open(obj) and self.clinic_for(request, obj) is not None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a record entered in error is struck."""
        return False

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether a role allows to export identified data in any clinic."""
        return bool(clinics_where(request.user, Action.EXPORT_IDENTIFIED))

    def is_open(self, obj: Any) -> bool:
        """Whether this row may still be changed here."""
        return True

    def clinic_for(
        self, request: HttpRequest, obj: Any, action: Action | None = None
    ) -> Clinic | None:
        """The clinic in whose name the person may write to this record; asked once a request."""
        answers: dict[tuple[int, str], Clinic | None] = request.__dict__.setdefault(
            "writing_clinics", {}
        )
        patient, asked = patient_of(obj), action or self.action
        key = (patient.pk, asked.value)
        if key not in answers:
            answers[key] = writing_clinic(user_of(request), patient, asked)
        return answers[key]

    # Forms -------------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[StaffForm]:
        """The form, bound to this request."""
        if change:
            kwargs["form"] = self.change_form
        form = super().get_form(request, obj, change=change, **kwargs)
        bound = {
            "request": request,
            "action": self.action,
            "refusal": request.__dict__.get("refusal"),
        }
        return cast(type[StaffForm], type(form.__name__, (form,), bound))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields, with a reason at the end where something may be changed."""
        fieldsets = self.record_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        if is_reading_history(request) or not self.has_change_permission(request, obj):
            return [(title, as_read(self.model, part)) for title, part in fieldsets]
        return [*fieldsets, ("Change", {"fields": CHANGE_FIELDS})]

    def record_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Sections of the form without the reason."""
        return [(None, {"fields": editable_fields(self.model)})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """In a former version, everything."""
        fields = list(super().get_readonly_fields(request, obj))
        if is_reading_history(request):
            names = flatten_fieldsets(self.record_fieldsets(request, obj))
            fields += as_read(self.model, {"fields": names})["fields"]
        return list(dict.fromkeys(fields))

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Segments as boxes to tick, plain numbers, clock times of the clinic."""
        wanted = field_of(db_field)
        if isinstance(wanted, forms.Field):
            return wanted
        field: forms.Field | None = super().formfield_for_dbfield(
            db_field, request, **(wanted | kwargs)
        )
        return field

    # Writing -----------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; what an action refuses is shown in it, with everything that was typed."""
        try:
            return self._changeform(request, object_id, form_url, extra_context)
        except RefusedRow as row:
            request.__dict__["refused_rows"] = {row.prefix: row.refusal}
        except (StaleRecord, ValidationError) as refusal:
            request.__dict__["refusal"] = refusal
        return self._changeform(request, object_id, form_url, extra_context)

    def _changeform(self, *args: Any) -> HttpResponse:
        response: HttpResponse = super().changeform_view(*args)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save through the actions; an untouched record gets no version."""
        if not change:
            self.enter(request, obj, form)
        elif form.changes_the_record:
            self.amend(request, obj, form)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Enter what was typed below the record through the actions, each row as if alone."""
        formset.save(commit=False)
        save_rows = getattr(formset, "save_rows", None)
        if save_rows is not None:
            save_rows()

    def enter(self, request: HttpRequest, obj: Any, form: Any) -> None:
        """Write a new row."""
        raise NotImplementedError

    def amend(self, request: HttpRequest, obj: Any, form: Any) -> None:
        """Write a changed row."""
        raise NotImplementedError

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: see the head of this module."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing."""

    # Reading -----------------------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the ways from here to the pages of the product."""
        row = kwargs.get("obj")
        context["page_links"] = self.page_links(request, row) if row is not None else []
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def page_links(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """Titles and addresses of this record's pages outside of the administration."""
        return [
            ("Patient’s page", reverse("reports:patient-page", args=[patient_of(row).public_id]))
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The record; opening it is audited, as is a form that comes back and shows it again."""
        if request.method == "GET":
            self._record_opening(request, self._row_or_404(request, object_id))
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "POST" and response.status_code == OK:
            self._record_opening(request, self._row_or_404(request, object_id))
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The versions of a record that the person may see."""
        self._record_opening(request, self._row_or_404(request, object_id))
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One former version, to read only."""
        if request.method != "GET":
            raise PermissionDenied("A former version is read-only.")
        row = self._row_or_404(request, object_id)
        if not is_key(version_id):
            raise Http404("No such version.")
        self._record_opening(request, row)
        request.__dict__["reading_history"] = True
        response: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return response

    def _row_or_404(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404("No such record.")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404("No such record.")

    def _record_opening(self, request: HttpRequest, row: Versioned) -> None:
        user, patient = user_of(request), patient_of(row)
        current = registrations_today(user).filter(patient=patient).select_related("clinic")
        registration = current.order_by("clinic__name", "pk").first()
        clinic = registration.clinic if registration else None
        record_event(
            action=AuditAction.VIEW,
            by=user,
            clinic_id=clinic.pk if clinic else None,
            role=allowing_role(user, Action.VIEW_PATIENT, clinic) if clinic else "",
            record_kind=self.opts.model_name or "",
            record_id=row.public_id,
            patient_id=patient.public_id,
        )


class ClinicalAdmin(ScopedAdmin):
    """Records of one kind, of the patients that the person may see.

    A subclass names the columns after the patient and the day in ``columns``. What stands in
    ``kept`` stays in the form when one row after the other is typed from a paper list.
    """

    action = Action.ENTER_CLINICAL
    form = EntryForm
    columns: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[tuple[Any, ...]] = ()
    kept: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[Any] = {}
    """Where the product's own pages of this kind are looked up; empty without such pages."""

    search_fields = ("patient__search_key",)
    search_help_text = "Patient's name, record number or birth date."
    list_select_related: ClassVar[tuple[str, ...]] = ("patient",)  # type: ignore[misc]
    autocomplete_fields = ("patient",)
    list_display_links = ("patient_shown",)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Who, when, what."""
        model: Any = self.model
        columns = [column_shown(model, name) or name for name in self.columns]
        return ("patient_shown", "patient_born_on", model.date_field, *columns)

    @property
    def list_filter(self) -> tuple[Any, ...]:  # type: ignore[override]
        """One patient, the clinic, what the kind offers, errors, and what was just entered."""
        return (PatientFilter, ClinicFilter, *self.filters, StruckFilter, EnteredFilter)

    @property
    def date_hierarchy(self) -> str:  # type: ignore[override]
        """The day of the statement."""
        day: str = self.model.date_field
        return day

    @admin.display(description="patient", ordering="patient__family_name")
    def patient_shown(self, row: ClinicalRecord) -> str:
        """The name; a row entered in error says so."""
        if row.struck_at is None:
            return str(row.patient)
        return format_html("<s>{}</s> <strong>entered in error</strong>", row.patient)

    @admin.display(description="born", ordering="patient__born_on")
    def patient_born_on(self, row: ClinicalRecord) -> str:
        """The birth date, which tells two people of one name apart."""
        born_on = row.patient.born_on
        return spoken(born_on).replace(" ", "\N{NO-BREAK SPACE}") if born_on else NOT_RECORDED

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of the patients whom one's clinics follow today."""
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows_seen_by(user_of(request), rows)

    def is_open(self, obj: Any) -> bool:
        """A struck row is closed."""
        return obj.struck_at is None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A record stays with its patient."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "patient"] if obj else fields

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer one's own patients, each with birth date and record number."""
        if db_field.name == "patient":
            user = user_of(request)
            return PatientField(
                labelled(user, patients_today(user)),
                widget=PatientSelect(db_field, self.admin_site),
                required=False,
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """A patient is chosen here, not made or changed on the way."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget: Any = getattr(field, "widget", None)
        for offered in ("add", "change", "delete", "view"):
            if hasattr(widget, f"can_{offered}_related"):
                setattr(widget, f"can_{offered}_related", False)
        return field

    # Entering one after the other ----------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and remember whose record it was."""
        super().save_model(request, obj, form, change)
        request.__dict__["saved_row"] = obj

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kw: Any
    ) -> None:
        """After saving, the message names the patient: on a list, the one before is compared."""
        row = request.__dict__.get("saved_row")
        if row is not None and level == messages.SUCCESS:
            user = user_of(request)
            patient = labelled(user, patients_today(user)).get(pk=patient_of(row).pk)
            message = format_html("{}: {}", full_label(patient), message)
        super().message_user(request, message, level, *args, **kw)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The patient whom a link names, and what stays from the row that was just typed."""
        initial: dict[str, Any] = {}
        if patient := patient_asked_for(request, request.GET.get(PATIENT_FILTER, "")):
            initial["patient"] = patient.pk
        if KEPT_MARK in request.GET:
            initial |= request.session.get("staff_kept", {}).get(self.opts.label, {})
        return initial

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """After "save and add another", a form that keeps what a paper list repeats."""
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST and self.kept:
            kept = request.session.get("staff_kept", {})
            typed_now = {name: request.POST.get(name, "") for name in self.kept}
            request.session["staff_kept"] = kept | {self.opts.label: typed_now}
            return HttpResponseRedirect(f"{request.path}?{KEPT_MARK}=1")
        return response

    def enter(self, request: HttpRequest, obj: Any, form: Any) -> None:
        """Enter the statement."""
        self.confirm(obj, form)
        actions.record(obj, by=form.user, clinic=form.clinic, reason=REASON_OF_ENTRY)

    def amend(self, request: HttpRequest, obj: Any, form: Any) -> None:
        """Store the changed statement."""
        self.confirm(obj, form)
        actions.change(
            obj,
            by=form.user,
            clinic=form.clinic,
            reason=form.cleaned_data["change_reason"],
            expected_version=form.cleaned_data["read_version"],
        )

    def confirm(self, obj: Any, form: StaffForm) -> None:
        """Mark the unusual values that were confirmed."""
        if hasattr(obj, "implausible_confirmed"):
            unusual = form.unusual_fields(form.cleaned_data)
            obj.implausible_confirmed = sorted({*obj.implausible_confirmed, *unusual})

    # What is on the form -------------------------------------------------------------------------

    def record_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The sections, the box for unusual values, and a record number instead of scripts."""
        sections = self.sections()
        if obj is None:
            sections = _with_number(sections)
        elif not self.has_change_permission(request, obj):
            return sections
        if is_reading_history(request) or not hasattr(self.model, "implausible_confirmed"):
            return sections
        return [*sections, ("Check", {"fields": ("unusual_is_right",)})]

    def sections(self) -> list[Any]:
        """Sections of the form; one unless a subclass says more."""
        return [(None, {"fields": editable_fields(self.model)})]

    def page_links(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """The record's own page, when it has one, before the patient's."""
        links = super().page_links(request, row)
        kind = self.kind
        return [(f"{kind.title}’s page", kind.page_url(row)), *links] if kind else links

    @property
    def kind(self) -> RecordKind | None:
        """The kind of record that has pages in the product; None without."""
        found: Any = self.kinds.values()
        return next((kind for kind in found if kind.model is self.model), None)


def _with_number(sections: list[Any]) -> list[Any]:
    """The sections, with the box for a record number after the patient."""
    (title, part), *others = sections
    fields = [name for name in part["fields"] if name != "patient"]
    return [(title, part | {"fields": ["patient", "record_number_typed", *fields]}), *others]


def is_reading_history(request: HttpRequest) -> bool:
    """Whether a former version is being shown."""
    return bool(request.__dict__.get("reading_history"))
