"""Filters of the patient list: coded values only, so that an address names nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from guidelines.vocabulary import GradeResult, Mechanism
from patients.models.patient import PatientQuerySet
from reports.selectors import read_on, registered_in

ANY = ("", "any")


class PatientFilter(forms.Form):
    """What the list is narrowed to; an unknown code is named and does not narrow."""

    mechanism = forms.ChoiceField(choices=[ANY, *Mechanism.choices()], required=False)
    grade = forms.ChoiceField(
        label="Severity", choices=[ANY, *GradeResult.choices()], required=False
    )
    acute = forms.ChoiceField(
        label="Acute", choices=[ANY, ("yes", "Acute now"), ("no", "Not acute")], required=False
    )
    life = forms.ChoiceField(
        label="Vital status",
        choices=[ANY, ("alive", "No death recorded"), ("deceased", "Deceased")],
        required=False,
    )
    registration = forms.ChoiceField(
        choices=[ANY, ("active", "Active"), ("ended", "Ended")], required=False
    )

    @property
    def chosen(self) -> dict[str, str]:
        """The valid codes that narrow the list."""
        self.is_valid()
        return {name: code for name, code in self.cleaned_data.items() if code}


@dataclass(frozen=True)
class ListScope:
    """Whose list it is, on which day, in which clinics, and who is acute."""

    user: User
    clinic_ids: Sequence[int]
    today: date
    acute_ids: Collection[int]


def narrowed(
    patients: PatientQuerySet, chosen: dict[str, str], scope: ListScope
) -> PatientQuerySet:
    """The patients that the chosen codes leave.

    What the rules say is asked only of patients followed today: a former clinic reads nothing
    that came after the move.
    """
    for name, code in chosen.items():
        patients = patients.filter(_CONDITIONS[name](code, scope))
    return patients


def _mechanism(code: str, scope: ListScope) -> Q:
    asked = Q(standing__mechanism=code)
    if code == Mechanism.UNKNOWN.value:
        asked |= Q(standing__isnull=True)
    return asked & Q(read_on(scope.user, scope.today))


def _grade(code: str, scope: ListScope) -> Q:
    asked = Q(standing__grade=code)
    if code == GradeResult.CANNOT_BE_GRADED.value:
        asked |= Q(standing__isnull=True)
    return asked & Q(read_on(scope.user, scope.today))


def _acute(code: str, scope: ListScope) -> Q:
    acute = Q(pk__in=scope.acute_ids)
    return acute if code == "yes" else ~acute


def _life(code: str, scope: ListScope) -> Q:
    died = Q(deceased_on__isnull=False) & Q(read_on(scope.user, OuterRef("deceased_on")))
    return died if code == "deceased" else ~died


def _registration(code: str, scope: ListScope) -> Q:
    active = Q(
        Exists(
            registered_in(scope.clinic_ids).filter(
                Q(until_on__isnull=True) | Q(until_on__gte=scope.today)
            )
        )
    )
    return active if code == "active" else ~active


_CONDITIONS = {
    "mechanism": _mechanism,
    "grade": _grade,
    "acute": _acute,
    "life": _life,
    "registration": _registration,
}
