"""Forms of the administration for people and their registrations."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminDateWidget

from accounts.models import Clinic, User
from accounts.permissions import Role, clinics_where, roles_in
from accounts.selectors import clinicians_of
from patients.days import spoken
from patients.duplicates import PossibleDuplicate, possible_duplicates
from patients.forms.staff import REASON_LENGTH, SAY_WHY, ChangeForm, StaffForm
from patients.models import Patient, Registration
from patients.models.patient import NUMBER_TAKEN

NONE_OF_THESE = "none_of_these"
ARE_THEY_REGISTERED = (
    "Is this person registered already? Look at the list above. If it is none of them, say so "
    "there and save again."
)


class ClinicianField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A clinician by name."""

    def label_from_instance(self, obj: User) -> str:
        """The name."""
        return obj.display_name


class PersonForm(ChangeForm):
    """The form of a registered person."""

    unusual_is_right = None  # type: ignore[assignment]

    def written_patient(self, cleaned: dict[str, Any]) -> Patient | None:
        """The person."""
        patient: Patient = self.instance
        return patient


class NewPersonForm(StaffForm):
    """A new person, with the place in a clinic; people who look alike are shown first."""

    unusual_is_right = None  # type: ignore[assignment]

    clinic_chosen = forms.ModelChoiceField(Clinic.objects.none(), label="Clinic")
    record_number = forms.CharField(label="Record number", max_length=60)
    from_on = forms.DateField(label="Registered from", widget=AdminDateWidget)
    responsible_clinician = ClinicianField(
        User.objects.none(), label="Responsible clinician", required=False
    )
    referring_doctor = forms.CharField(label="Referring doctor", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duplicates: list[PossibleDuplicate] = []
        clinics = Clinic.objects.filter(pk__in=clinics_where(self.user, self.action))
        _offer(self.fields["clinic_chosen"], clinics)
        _offer(self.fields["responsible_clinician"], _who_may_be_responsible(clinics))
        first = getattr(self.request, "clinic", None) or clinics.first()
        if first is not None:
            self.fields["clinic_chosen"].initial = first.pk
            self.fields["from_on"].initial = first.today()

    def clean(self) -> dict[str, Any]:
        """Number and day are possible, and nobody registered already is registered again."""
        cleaned = super().clean()
        self.clinic = cleaned.get("clinic_chosen")
        if self.clinic is not None:
            self._check_place(self.clinic, cleaned)
        self._show_duplicates(cleaned)
        return cleaned

    def written_patient(self, cleaned: dict[str, Any]) -> Patient | None:
        """Nobody yet: the right is asked of the chosen clinic, among those offered."""
        return None

    @property
    def shown_list(self) -> str:
        """What the tick "none of these is the person" stands for: exactly the people shown."""
        shown = " ".join(sorted(str(each.patient.public_id) for each in self.duplicates))
        return hashlib.sha256(shown.encode()).hexdigest()

    def _check_place(self, clinic: Clinic, cleaned: dict[str, Any]) -> None:
        number, from_on = cleaned.get("record_number"), cleaned.get("from_on")
        taken = Registration.objects.filter(clinic=clinic, record_number__iexact=number)
        if number and taken.exists():
            self.add_error("record_number", NUMBER_TAKEN)
        today = clinic.today()
        if from_on and from_on > today:
            message = f"This date is in the future (today is {spoken(today)})."
            self.add_error("from_on", message)
        responsible = cleaned.get("responsible_clinician")
        if responsible and Role.CLINICIAN not in roles_in(responsible, clinic):
            message = f"{responsible.display_name} is not a clinician in {clinic}."
            self.add_error("responsible_clinician", message)

    def _show_duplicates(self, cleaned: dict[str, Any]) -> None:
        names = ("family_name", "given_name", "sex", "telephone")
        self.duplicates = possible_duplicates(
            self.user,
            born_on=cleaned.get("born_on"),
            **{name: cleaned.get(name) or "" for name in names},
        )
        if self.duplicates and self.data.get(NONE_OF_THESE) != self.shown_list:
            self.add_error(None, ARE_THEY_REGISTERED)


class RegistrationForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a clinic's staff may correct of a registration, under a reason."""

    refused: ClassVar[dict[str, Any]] = {}

    responsible_clinician = ClinicianField(
        User.objects.none(), label="Responsible clinician", required=False
    )
    reason = forms.CharField(
        label="Reason for the change",
        max_length=REASON_LENGTH,
        required=False,
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Registration
        fields = ("record_number", "responsible_clinician", "referring_doctor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_version"].initial = self.instance.version
        if self.instance.pk and "responsible_clinician" in self.fields:
            clinic = Clinic.objects.filter(pk=self.instance.clinic_id)
            offered = _who_may_be_responsible(clinic, self.instance)
            _offer(self.fields["responsible_clinician"], offered)

    @property
    def changes_the_record(self) -> bool:
        """Whether anything but the reason was typed."""
        return bool(set(self.changed_data) - {"reason", "read_version"})

    def clean(self) -> dict[str, Any]:
        """A change has its reason; what the action refused stands beside its field."""
        cleaned = super().clean() or self.cleaned_data
        unread = self.changes_the_record and cleaned.get("read_version") is None
        if self.instance.pk is None or unread:
            self.add_error(None, "This page is incomplete. Open the patient again and repeat.")
        if self.changes_the_record and not cleaned.get("reason"):
            self.add_error("reason", SAY_WHY)
        refusal = self.refused.get(self.prefix or "")
        by_field = getattr(refusal, "message_dict", None) if refusal else None
        for name, messages in (by_field or ({None: [str(refusal)]} if refusal else {})).items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)
        return cleaned


def _who_may_be_responsible(clinics: Any, registration: Registration | None = None) -> Any:
    """Active clinicians of these clinics, by name, and whoever is responsible already."""
    keys = [member.user_id for member in clinicians_of(clinics)]
    if registration is not None and registration.responsible_clinician_id:
        keys.append(registration.responsible_clinician_id)
    return User.objects.filter(pk__in=keys).order_by("last_name", "first_name", "id")


def _offer(field: Any, choices: Any) -> None:
    field.queryset = choices
