"""How clinical records appear in the administration, on every floor above.

Every list starts at the patients whom one's clinics follow today; all others do not exist here, and
former patients are read on the patient's page only. Rights are asked of the roles, never of
Django's permissions. Everything is written through the actions, nothing is deleted, and Django's
own log of the administration, which would hold names, is not kept: the audit trail and each
record's history hold what happened.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import (
    DateTimeField,
    DecimalField,
    Field,
    ForeignKey,
    Model,
    Prefetch,
    Q,
    QuerySet,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import Clinic, User
from accounts.permissions import Action, allowing_role, clinics_where, memberships_of
from audit.models import AuditAction
from audit.recording import record as record_event
from guidelines.vocabulary import Segment
from patients import actions
from patients.days import spoken
from patients.forms.staff import CHANGE_FIELDS, ChangeForm, StaffForm
from patients.forms.typed import plain
from patients.models import ClinicalRecord, Patient, Registration, Versioned
from patients.models.patient import PatientQuerySet
from patients.selectors import patients_found, writing_clinic
from patients.writing import StaleRecord

NOT_RECORDED = "not recorded"
REASON_OF_ENTRY = "entered in the administration"
SEARCHES_KEPT = 20
LONGEST_SEARCH = 100  # characters
MOST_WORDS = 8
LONGEST_KEY = 18  # digits: what fits into the database's 64 bits
# With a year before and after them, so that no time zone leads out of the calendar.
CALENDAR_PARTS = {"year": range(2, 9999), "month": range(1, 13), "day": range(1, 32)}
SEGMENT_FIELDS = {"segments", "prolapse_segments"}
IMPORTED_ONLY = {"asserted_known_on"}  # what a file says of itself


def user_of(request: HttpRequest) -> User:
    """Whoever passed the administration's door."""
    return cast(User, request.user)


def patient_of(row: Any) -> Patient:
    """The patient a row is about; the patient themself for a patient."""
    return row if isinstance(row, Patient) else row.patient


class ScopedList(ChangeList):
    """A list whose calendar counts days as they were written down."""

    def get_filters(self, request: HttpRequest) -> Any:
        """Django's, with plain days for a column of days.

        Django compares with the clinic's midnight, which in UTC may be the day before.
        """
        specs, has_specs, lookups, *rest = super().get_filters(request)
        if not isinstance(self.opts.get_field(self.date_hierarchy), DateTimeField):
            bounds: dict[str, Any] = lookups
            for lookup in {f"{self.date_hierarchy}__{end}" for end in ("gte", "lt")} & {*bounds}:
                bounds[lookup] = [bound.date() for bound in bounds[lookup]]
        return specs, has_specs, lookups, *rest


class ScopedAdmin(SimpleHistoryAdmin):  # type: ignore[misc]
    """What patients and their records have in common in the administration."""

    action: ClassVar[Action]
    """What a role must allow for adding and changing."""

    actions = None
    list_per_page = 50
    empty_value_display = NOT_RECORDED
    show_full_result_count = False
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

    def is_open(self, obj: Any) -> bool:
        """Whether this row may still be changed here."""
        return True

    def clinic_for(self, request: HttpRequest, obj: Any) -> Clinic | None:
        """The clinic in whose name the person may write to this record; asked once a request."""
        answers: dict[tuple[int, str], Clinic | None] = request.__dict__.setdefault(
            "writing_clinics", {}
        )
        patient = patient_of(obj)
        key = (patient.pk, self.action.value)
        if key not in answers:
            answers[key] = writing_clinic(user_of(request), patient, self.action)
        return answers[key]

    # Searching: the text never stands in an address ----------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; a submitted search is remembered under a token and audited."""
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return self._searched(request)
        if request.GET.get(SEARCH_VAR) and not kept_search(request):
            return self._list_of(request, "")
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def _searched(self, request: HttpRequest) -> HttpResponse:
        text = typed(request.POST[SEARCH_VAR])
        if not text:
            return self._list_of(request, "")
        token = secrets.token_urlsafe(9)
        searches = [*request.session.get("staff_searches", {}).items(), (token, text)]
        request.session["staff_searches"] = dict(searches[-SEARCHES_KEPT:])
        record_search(request, self.opts.model_name or "")
        return self._list_of(request, token)

    def _list_of(self, request: HttpRequest, token: str) -> HttpResponse:
        """Lead to the list with this search, or with none instead of one that is not kept."""
        address = request.GET.copy()
        address.pop("p", None)
        address.pop(SEARCH_VAR, None)
        if token:
            address[SEARCH_VAR] = token
        return HttpResponseRedirect(f"{request.path}?{address.urlencode()}")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """A list with a calendar that holds in any time zone."""
        return ScopedList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with the text that was searched for."""
        changelist = super().get_changelist_instance(request)
        changelist.searched_text = kept_search(request)
        changelist.longest_search = LONGEST_SEARCH
        return changelist

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        """None for Django's own search box, which would put names into its address."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return ()
        return super().get_search_fields(request)  # type: ignore[no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows of the patients whose name, record number or birth date was typed.

        The term comes from the address, so it is only the token of a search.
        """
        text = kept_search(request)
        if not text:
            return queryset, False
        found = found_by(user_of(request), text).order_by()
        return queryset.filter(**{self.patient_lookup: found.values("pk")}), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The list's own filters and calendar: an address asks for nothing else, least a name."""
        name, _, part = lookup.rpartition("__")
        if name == self.date_hierarchy and part in CALENDAR_PARTS:
            return is_key(str(value)) and int(value) in CALENDAR_PARTS[part]
        offered = {_filter_name(each) for each in self.list_filter}
        asked = name if part in {"exact", "isnull"} else lookup
        return asked in offered and "\x00" not in str(value)

    patient_lookup: ClassVar[str] = "patient__in"

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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """In a former version, everything."""
        fields = list(super().get_readonly_fields(request, obj))
        if is_reading_history(request):
            names = {"fields": editable_fields(self.model)}
            fields += as_read(self.model, names)["fields"]
        return list(dict.fromkeys(fields))

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Segments of the valve are boxes to tick."""
        if db_field.name in SEGMENT_FIELDS:
            return forms.MultipleChoiceField(
                choices=Segment.choices(),
                widget=forms.CheckboxSelectMultiple,
                required=False,
                label=db_field.verbose_name,
            )
        if isinstance(db_field, DecimalField):
            kwargs.setdefault("form_class", PlainNumberField)
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
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

    def enter(self, request: HttpRequest, obj: Any, form: StaffForm) -> None:
        """Write a new row."""
        raise NotImplementedError

    def amend(self, request: HttpRequest, obj: Any, form: ChangeForm) -> None:
        """Write a changed row."""
        raise NotImplementedError

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: see the head of this module."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing."""

    # Reading -----------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The row of this key, among those one may see; None for anything but a number."""
        return super().get_object(request, object_id) if is_key(object_id) else None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The record; opening it is audited."""
        if request.method == "GET":
            self._record_opening(request, self._row_or_404(request, object_id))
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
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

    A subclass names the columns after the patient and the day in ``columns``.
    """

    action = Action.ENTER_CLINICAL
    columns: ClassVar[tuple[str, ...]] = ()
    search_fields = ("patient__search_key",)
    search_help_text = "Patient's name, record number or birth date."
    list_select_related: ClassVar[tuple[str, ...]] = ("patient",)  # type: ignore[misc]
    autocomplete_fields = ("patient",)

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """Who, when, what."""
        columns = [number_shown(self.model, name) or name for name in self.columns]
        return ("patient", "patient_born_on", self.model.date_field, *columns)

    @property
    def date_hierarchy(self) -> str:  # type: ignore[override]
        """The day of the statement."""
        day: str = self.model.date_field
        return day

    @admin.display(description="born", ordering="patient__born_on")
    def patient_born_on(self, row: ClinicalRecord) -> str:
        """The birth date, which tells two people of one name apart."""
        born_on = row.patient.born_on
        return spoken(born_on).replace(" ", "\N{NO-BREAK SPACE}") if born_on else NOT_RECORDED

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of the patients whom one's clinics follow today."""
        rows = super().get_queryset(request).select_related("patient")
        return rows_seen_by(user_of(request), rows)

    def is_open(self, obj: Any) -> bool:
        """A struck row is closed."""
        return obj.struck_at is None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
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
                patients_today(user).prefetch_related(numbers_seen_by(user)),
                widget=PatientSelect(db_field, self.admin_site),
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def enter(self, request: HttpRequest, obj: Any, form: StaffForm) -> None:
        """Enter the statement."""
        self.confirm(obj, form)
        actions.record(obj, by=form.user, clinic=form.clinic, reason=REASON_OF_ENTRY)

    def amend(self, request: HttpRequest, obj: Any, form: ChangeForm) -> None:
        """Store the changed statement."""
        self.confirm(obj, form)
        actions.change(
            obj,
            by=form.user,
            clinic=form.clinic,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["read_version"],
        )

    def confirm(self, obj: Any, form: StaffForm) -> None:
        """Mark the unusual values that were confirmed."""
        if hasattr(obj, "implausible_confirmed"):
            unusual = form.unusual_fields(form.cleaned_data)
            obj.implausible_confirmed = sorted({*obj.implausible_confirmed, *unusual})

    def record_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """One section, with the box for unusual values where there are measurements."""
        sections = self.sections()
        if obj is not None and not self.has_change_permission(request, obj):
            return sections
        if is_reading_history(request) or not hasattr(self.model, "implausible_confirmed"):
            return sections
        return [*sections, ("Check", {"fields": ("unusual_is_right",)})]

    def sections(self) -> list[Any]:
        """Sections of the form; one unless a subclass says more."""
        return [(None, {"fields": editable_fields(self.model)})]


class PlainNumberField(forms.DecimalField):
    """A number shown as it was typed: 64, not 64.000."""

    def prepare_value(self, value: Any) -> Any:
        """Without trailing zeros."""
        return plain(value) if isinstance(value, Decimal) else value


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
        return attrs | {"data-ajax--type": "POST", "data-ajax--cache": "false"}

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
        return found_by(user, self.term).prefetch_related(numbers_seen_by(user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The patients of this answer; showing any is audited, with their number."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if found := len(context["object_list"]):
            record_search(self.request, "patient", found)
        return context

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """The key, and a label that nobody can mistake."""
        return {"id": str(obj.pk), "text": full_label(cast(Patient, obj))}


def full_label(patient: Patient) -> str:
    """Name, birth date and record numbers; expects ``numbers_seen`` to be prefetched."""
    born = spoken(patient.born_on) if patient.born_on else "birth date not recorded"
    numbers = [each.record_number for each in getattr(patient, "numbers_seen", [])]
    return " · ".join([str(patient), born, *numbers])


def registrations_today(user: User) -> QuerySet[Registration]:
    """Registrations that are active today, each in its clinic's time zone, where the user may view.

    One that was made by mistake is none.
    """
    active = Q(pk__in=())
    allowed = clinics_where(user, Action.VIEW_PATIENT)
    for clinic in (each.clinic for each in memberships_of(user) if each.clinic_id in allowed):
        today = clinic.today()
        not_ended = Q(until_on__isnull=True) | Q(until_on__gte=today)
        active |= Q(clinic=clinic, from_on__lte=today) & not_ended
    by_mistake = Registration.Ended.ENTERED_IN_ERROR
    return Registration.objects.filter(active).exclude(ended_because=by_mistake)


def patients_today(user: User) -> PatientQuerySet:
    """Patients whom a clinic follows today in which the user may view."""
    return Patient.objects.filter(pk__in=registrations_today(user).values("patient_id"))


def found_by(user: User, text: str) -> PatientQuerySet:
    """Those of them whose name, record number or birth date was typed; all for no text."""
    return patients_found(patients_today(user), text, clinics_where(user, Action.VIEW_PATIENT))


def numbers_seen_by(user: User) -> Prefetch[str, QuerySet[Any], str]:
    """What to prefetch for the record numbers in one's own clinics today: ``numbers_seen``."""
    seen = registrations_today(user).select_related("clinic", "responsible_clinician")
    return Prefetch("registrations", queryset=seen, to_attr="numbers_seen")


def rows_seen_by(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of the patients whom the user's clinics follow today."""
    return rows.filter(patient__in=registrations_today(user).values("patient_id"))


def typed(text: str) -> str:
    """A search as it is looked up: short, of a few words, without control characters.

    A database refuses what is longer, and PostgreSQL a NUL.
    """
    signs = (sign if sign.isprintable() else " " for sign in text[:LONGEST_SEARCH])
    return " ".join("".join(signs).split()[:MOST_WORDS])


def kept_search(request: HttpRequest) -> str:
    """The text behind the token in a list's address; "" when none is kept under it."""
    kept: dict[str, str] = request.session.get("staff_searches", {})
    return kept.get(request.GET.get(SEARCH_VAR, ""), "")


def record_search(request: HttpRequest, kind: str, found: int | None = None) -> None:
    """Write into the audit that somebody searched, and how many were shown; not what was typed."""
    user = user_of(request)
    clinic_ids = clinics_where(user, Action.VIEW_PATIENT)
    one = clinic_ids[0] if len(clinic_ids) == 1 else None
    record_event(
        action=AuditAction.SEARCH,
        by=user,
        clinic_id=one,
        role=allowing_role(user, Action.VIEW_PATIENT, one) if one is not None else "",
        record_kind=kind,
        counts=None if found is None else {"found": found},
    )


def is_key(text: str) -> bool:
    """Whether this can be a row's key: a plain number that the database can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY


def _filter_name(offered: Any) -> str:
    """The name under which a list's filter stands in the address."""
    if isinstance(offered, str):
        return offered
    return str(getattr(offered, "parameter_name", offered))


def is_reading_history(request: HttpRequest) -> bool:
    """Whether a former version is being shown."""
    return bool(request.__dict__.get("reading_history"))


def editable_fields(model: type[Model]) -> list[str]:
    """Names of the columns that people enter, in the order of the model."""
    return [
        field.name
        for field in model._meta.fields
        if field.editable and not field.primary_key and field.name not in IMPORTED_ONLY
    ]


@cache
def number_shown(model: type[Model], name: str) -> Callable[[Any], str] | None:
    """How a number's column is read on a page; None for anything but a number.

    Cached, because the administration compares these functions by identity.
    """
    fields = {f.name: f for f in model._meta.fields if isinstance(f, DecimalField)}
    if name not in fields:
        return None

    def shown(row: Any) -> str:
        value = getattr(row, name)
        return NOT_RECORDED if value is None else plain(value)

    shown.__name__ = name
    return admin.display(description=str(fields[name].verbose_name), ordering=name)(shown)


def as_read(model: type[Model], part: dict[str, Any]) -> dict[str, Any]:
    """A section whose numbers are read, not typed."""
    return part | {"fields": [number_shown(model, name) or name for name in part["fields"]]}


def sections_from(model: type[Model], starts: Sequence[tuple[str, str]]) -> list[Any]:
    """Sections of a long form: each title with the first of its fields; all fields appear once."""
    names = editable_fields(model)
    firsts = [names.index(first) for _, first in starts] + [len(names)]
    return [
        (title, {"fields": names[firsts[i] : firsts[i + 1]]}) for i, (title, _) in enumerate(starts)
    ]
