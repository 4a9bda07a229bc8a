"""Users, clinics, memberships and settings in the administration.

Being staff opens the door; what stands behind it follows from the roles. A superuser sets up users
and clinics; a clinic administrator sees and changes what belongs to the own clinic. Everything is
written through accounts/actions.py and nothing is deleted.
"""

from typing import Any, cast

# What these register must be there to be unregistered below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import django_tasks_db.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django_tasks_db.models import DBTaskResult
from simple_history.admin import SimpleHistoryAdmin

from accounts import actions
from accounts.guideline_settings import SIGN_OFF
from accounts.models import Clinic, ClinicSetting, Membership, User
from accounts.permissions import Action, Role, clinics_where, may
from accounts.selectors import address_is_taken
from audit.guarded_admin import GuardedAdmin, is_key
from audit.models import AuditAction
from audit.recording import record

# Rights come from memberships; Django's groups are not used. Addresses, sessions, second factors
# and background jobs have pages of their own or none, and no right to look at them.
for model in (Group, EmailAddress, Authenticator, UserSession, DBTaskResult):
    admin.site.unregister(model)


class VerifiedAddress(forms.ModelForm):  # type: ignore[type-arg]
    """Asks for an e-mail address that no other account uses."""

    email = forms.EmailField(help_text="Counts as verified.")

    def clean_email(self) -> str:
        """Refuse an address in use."""
        email: str = self.cleaned_data["email"]
        if address_is_taken(email, by_other_than=self.instance):
            raise ValidationError("This e-mail address is in use.")
        return email


class NewUserForm(VerifiedAddress, AdminUserCreationForm):  # type: ignore[type-arg]
    """A new user with an address."""


class ChangedUserForm(VerifiedAddress, UserChangeForm):  # type: ignore[type-arg]
    """A changed user with an address; nobody closes the account with which they do it."""

    acting: User

    def clean_is_active(self) -> bool:
        """Refuse to close one's own account: nobody might be left to open it."""
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and self.instance == self.acting:
            raise ValidationError("You cannot close your own account: ask another administrator.")
        return is_active


@admin.register(User)
class UserAdmin(GuardedAdmin, DjangoUserAdmin):
    """Users; for superusers."""

    add_form = NewUserForm
    form = ChangedUserForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Administration", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form knows who fills it in."""
        form = super().get_form(request, *args, **kwargs)
        form.acting = _user(request)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save through the actions."""
        if change:
            actions.change_user(user=obj, by=_user(request), fields=form.changed_data)
        else:
            actions.register_user(user=obj, by=_user(request))

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Set another user's password, and remember that it was."""
        user = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        if user and User.objects.filter(pk=user.pk).exclude(password=user.password).exists():
            record(
                action=AuditAction.CHANGE,
                by=_user(request),
                record_kind="user",
                record_id=user.pk,
                note="changed password",
            )
        return response

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers only."""
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Superusers only."""
        return self.has_module_permission(request)

    has_change_permission = has_view_permission
    has_add_permission = has_module_permission

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: a user is deactivated instead."""
        return False


class OfOneClinic(GuardedAdmin):
    """Rows of a clinic: for superusers, and for that clinic's administrators."""

    clinic_lookup = "clinic"

    def clinic_of(self, obj: Any) -> Clinic:
        """Return the clinic a row belongs to."""
        clinic: Clinic = obj.clinic
        return clinic

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out other clinics."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        managed = clinics_where(request.user, Action.MANAGE_CLINIC)
        return rows.filter(**{f"{self.clinic_lookup}__in": managed})

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether there is anything to see."""
        return request.user.is_superuser or bool(clinics_where(request.user, Action.MANAGE_CLINIC))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the row, or any row, may be seen."""
        if obj is None or request.user.is_superuser:
            return self.has_module_permission(request)
        return may(request.user, Action.MANAGE_CLINIC, self.clinic_of(obj))

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers only, unless a subclass says more."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer one's own clinics only."""
        if db_field.name == "clinic" and not request.user.is_superuser:
            managed = clinics_where(request.user, Action.MANAGE_CLINIC)
            kwargs["queryset"] = Clinic.objects.filter(pk__in=managed)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class WithHistory(SimpleHistoryAdmin):  # type: ignore[misc]
    """Former versions, of the rows that the person may see."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The versions of a row."""
        self._require(request, object_id)
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One former version."""
        self._require(request, object_id)
        if not is_key(version_id):
            raise Http404("No such version.")
        response: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return response

    def _require(self, request: HttpRequest, object_id: str) -> None:
        # Another clinic's row is not shown to exist.
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404("No such record.")


@admin.register(Clinic)
class ClinicAdmin(OfOneClinic, WithHistory):
    """Clinics."""

    clinic_lookup = "pk"
    list_display = ("name", "code", "time_zone")
    fields = ("code", "name", "time_zone", "emergency_phones", "requires_second_factor")

    def clinic_of(self, obj: Clinic) -> Clinic:
        """Return the clinic itself."""
        return obj

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The code of a clinic stays what it was."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        """Save through the actions."""
        if change:
            actions.change_clinic(clinic=obj, by=_user(request), fields=form.changed_data)
        else:
            _adopt(obj, actions.create_clinic(**form.cleaned_data, by=_user(request)))


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """Roles as boxes to tick."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Membership
        fields = ("user", "clinic", "roles")


@admin.register(Membership)
class MembershipAdmin(OfOneClinic, WithHistory):
    """Who has which role in which clinic."""

    form = MembershipForm
    list_display = ("user", "clinic", "roles")
    list_filter = (("clinic", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("user", "clinic")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A membership stays that of one user in one clinic."""
        return ("user", "clinic") if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Save through the actions."""
        if change:
            actions.change_membership(
                membership=obj, roles=form.cleaned_data["roles"], by=_user(request)
            )
        else:
            _adopt(obj, actions.grant_membership(**form.cleaned_data, by=_user(request)))


class ClinicSettingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A setting whose value was tried before it is kept."""

    class Meta:
        model = ClinicSetting
        fields = ("clinic", "name", "value", "from_on")

    def clean_name(self) -> str:
        """A sign-off is a clinician's own act, on the page of the guidelines."""
        name: str = self.cleaned_data["name"]
        if name.startswith(SIGN_OFF):
            raise ValidationError("A clinician signs an edition off on the page Guidelines.")
        return name

    def clean(self) -> dict[str, Any] | None:
        """The value can be read by whoever uses it."""
        cleaned = super().clean() or self.cleaned_data
        if "name" in cleaned and "value" in cleaned:
            actions.check_setting_value(cleaned["name"], cleaned["value"])
        return cleaned


@admin.register(ClinicSetting)
class ClinicSettingAdmin(OfOneClinic):
    """Settings by date: rows are added, never edited."""

    form = ClinicSettingForm
    list_display = ("clinic", "name", "value", "from_on", "entered_by", "entered_at")
    list_filter = (("clinic", admin.RelatedOnlyFieldListFilter), "name")
    list_select_related = ("clinic", "entered_by")
    fields = ("clinic", "name", "value", "from_on")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The clinic's administrators too."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a new row replaces an old one."""
        return False

    def save_model(self, request: HttpRequest, obj: ClinicSetting, form: Any, change: bool) -> None:
        """Save through the actions."""
        _adopt(obj, actions.set_clinic_setting(**form.cleaned_data, by=_user(request)))


def _user(request: HttpRequest) -> User:
    # Nobody else passes the administration's door.
    return cast(User, request.user)


def _adopt(obj: models.Model, saved: models.Model) -> None:
    """Let the admin go on with the row that the action has saved."""
    obj.__dict__.update(saved.__dict__)
