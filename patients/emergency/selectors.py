"""Which emergency accesses there are: those that open a record now, those to be reviewed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from accounts.permissions import Action, clinics_where
from patients.models import Registration
from patients.models.emergency import EmergencyAccess

if TYPE_CHECKING:
    from accounts.models import Clinic, User
    from patients.models import Patient

# The name under which looks are kept in the audit, in place of a role.
ROLE = "break_glass"


def running_accesses(user: User) -> list[EmergencyAccess]:
    """What opens a record for this user now; nothing for who lost the role that allows it.

    They are read once per user object, that is once per request, as memberships are.
    """
    if not clinics_where(user, Action.BREAK_GLASS):
        return []
    if not hasattr(user, "_emergency_read"):
        now = timezone.now()
        rows = EmergencyAccess.objects.filter(
            user=user, ended_at=None, opened_at__lte=now, ends_at__gt=now
        ).exclude(registration__ended_because=Registration.Ended.ENTERED_IN_ERROR)
        related = rows.select_related("registration__clinic", "registration__patient")
        user._emergency_read = list(related.order_by("id"))  # type: ignore[attr-defined]
    found: list[EmergencyAccess] = user._emergency_read  # type: ignore[attr-defined]
    return found


def forget_accesses(user: User) -> None:
    """Make the user object read its accesses again, after one was opened or ended."""
    if hasattr(user, "_emergency_read"):
        del user._emergency_read


def running_access(user: User, patient: Patient) -> EmergencyAccess | None:
    """The access that opens this patient's record for the user now."""
    of_patient = [a for a in running_accesses(user) if a.registration.patient_id == patient.pk]
    return of_patient[-1] if of_patient else None


def remember_use(user: User, access: EmergencyAccess) -> None:
    """Keep with the user object that it reads a record through this access, for the banner."""
    user._emergency_used = access  # type: ignore[attr-defined]


def access_used(user: User) -> EmergencyAccess | None:
    """The access through which this request read a record; None where a role opened it."""
    used: EmergencyAccess | None = getattr(user, "_emergency_used", None)
    return used


def registration_meant(clinic: Clinic, record_number: str, born_on: date) -> Registration | None:
    """The one person of this clinic with exactly this number and this birth date."""
    found = Registration.objects.filter(
        clinic=clinic, record_number__iexact=record_number.strip(), patient__born_on=born_on
    ).exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
    registration: Registration | None = found.select_related("patient", "clinic").first()
    return registration


def accesses_to(user: User) -> QuerySet[EmergencyAccess]:
    """Accesses to records of the clinics that the user manages: first those to be reviewed."""
    managed = clinics_where(user, Action.MANAGE_CLINIC)
    people = ("user", "registration__clinic", "ended_by", "reviewed_by")
    rows = EmergencyAccess.objects.filter(registration__clinic_id__in=managed)
    return rows.select_related(*people).order_by("-opened_at", "-id")


def number_to_review(user: User) -> int:
    """How many accesses to the clinics that the user manages nobody has reviewed."""
    managed = clinics_where(user, Action.MANAGE_CLINIC)
    if not managed:
        return 0
    waiting = EmergencyAccess.objects.filter(
        registration__clinic_id__in=managed, reviewed_at__isnull=True
    )
    return waiting.exclude(user=user).count()
