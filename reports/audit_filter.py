"""What the audit is narrowed by besides days: one definition for its page, report and command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404

from accounts.models import Clinic, User
from audit.models import AuditAction, AuditEvent
from patients.models import Registration
from reports.audit_acts import together, workers_of
from reports.audit_words import kind_in_words, kinds, people_named

AUDIT_BOXES = ("person", "action", "kind", "patient")
STRANGER = "stranger"
LONGEST_NUMBER = 18  # digits: what fits into the database's 64 bits


class PersonField(forms.ChoiceField):
    """One of the people offered, by number; the number of anybody else is that of a stranger."""

    def validate(self, value: Any) -> None:
        """As the base, which says of no number that it is a stranger's."""
        if value and is_number(value) and not self.valid_value(value):
            raise forms.ValidationError("Nobody of these clinics has this number.", code=STRANGER)
        super().validate(value)


class AuditBoxes(forms.Form):
    """By whom, which act, on what. A patient is named by public id only, and by nobody's typing."""

    person = PersonField(label="Person", required=False)
    action = forms.ChoiceField(
        label="Act", required=False, choices=[("", "any"), *AuditAction.choices]
    )
    kind = forms.ChoiceField(label="Kind of record", required=False)
    patient = forms.CharField(label="Patient", required=False, widget=forms.HiddenInput)

    audited_clinics: Sequence[Clinic] = ()
    workers: Sequence[int] = ()

    def offer_acts(self, clinics: Sequence[Clinic], people: Sequence[User] | None = None) -> None:
        """Offer the people of these clinics, and every kind of record."""
        self.audited_clinics = clinics
        if people is None:
            people = list(people_named(workers_of(clinics)).values())
        self.workers = [user.pk for user in people]
        named = sorted(((str(user.pk), name_of(user)) for user in people), key=lambda p: p[1])
        self._offer_any("person", named)
        self._offer_any("kind", sorted(kinds().items(), key=lambda pair: pair[1]))

    def _offer_any(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        box = self.fields[name]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = [("", "any"), *choices]

    def clean_patient(self) -> str:
        """The public id of somebody who was registered here or about whom there is an act here."""
        typed = self.cleaned_data["patient"]
        if not typed:
            return ""
        try:
            patient = str(UUID(typed))
        except ValueError:
            raise forms.ValidationError("This is not the id of a patient.") from None
        if not self._is_known(patient):
            words = "No act in these clinics is about a patient of this id."
            raise forms.ValidationError(words, code=STRANGER)
        return patient

    def _is_known(self, patient: str) -> bool:
        """An erased patient has acts only, a patient of whom nothing was done a registration."""
        clinics = self.audited_clinics
        registered = Registration.objects.filter(patient__public_id=patient, clinic__in=clinics)
        acts = AuditEvent.objects.filter(together(clinics, self.workers), patient_id=patient)
        return registered.exists() or acts.exists()

    def refuse_strangers(self) -> None:
        """Raise Http404 where the address names a person or a patient of other clinics."""
        if any(self.has_error(name, STRANGER) for name in AUDIT_BOXES):
            raise Http404("No such record.")


def asked_in_words(name: str, code: str) -> str:
    """What narrows the audit, as its boxes say it; a patient by the id alone."""
    if name == "person":
        user = people_named([int(code)]).get(int(code))
        return name_of(user) if user else code
    if name == "kind":
        return kind_in_words(code)
    return dict(AuditAction.choices).get(code, code)


def is_number(text: str) -> bool:
    """A plain number that the database can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def name_of(user: User) -> str:
    """A person as auditors read them: name, and user name where it says more."""
    full = user.get_full_name()
    return f"{full} ({user.get_username()})" if full else user.get_username()
