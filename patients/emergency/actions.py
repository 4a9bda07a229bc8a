"""Opening another clinic's record in an emergency, ending it, and reviewing it."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Clinic, User
from audit.models import AuditAction
from audit.recording import record as record_event
from audit.recording import record_refusal
from patients.emergency.selectors import ROLE, forget_accesses, registration_meant
from patients.models.emergency import EmergencyAccess

ATTEMPTS = 10  # of one person in one window, right or wrong
WINDOW = timedelta(hours=1)
KIND = "emergencyaccess"


class TooManyAttemptsError(Exception):
    """One person has tried too often within the hour."""


class NobodyMeantError(Exception):
    """No patient of this clinic has this number and birth date; which of them is not said."""


def open_emergency_access(
    *, by: User, clinic: Clinic, record_number: str, born_on: date, reason: str
) -> EmergencyAccess:
    """Open the record of the one patient of the clinic with this number and birth date.

    One that runs already is given back as it is. Every attempt counts and a failed one is
    remembered as refused, without what was typed.

    Raises ``TooManyAttemptsError`` and ``NobodyMeantError``.
    """
    if not _may_try(by):
        _refused(by, clinic, "too many attempts")
        raise TooManyAttemptsError
    registration = registration_meant(clinic, record_number, born_on)
    if registration is None:
        _refused(by, clinic, "no such patient in the clinic")
        raise NobodyMeantError
    with transaction.atomic():
        # Two clicks at once are one access.
        User.objects.select_for_update().get(pk=by.pk)
        now = timezone.now()
        running = EmergencyAccess.objects.filter(
            user=by, registration=registration, ended_at=None, ends_at__gt=now
        )
        access = running.order_by("-id").first()
        if access is None:
            access = EmergencyAccess(
                user=by,
                registration=registration,
                reason=reason,
                opened_at=now,
                ends_at=now + timedelta(hours=settings.EMERGENCY_ACCESS_HOURS),
            )
            access.save(force_insert=True)
            _note(AuditAction.CREATE, access, by, "record opened in an emergency", role=ROLE)
    forget_accesses(by)
    return access


@transaction.atomic
def end_emergency_access(*, access: EmergencyAccess, by: User) -> bool:
    """End it now; False where it has ended already, which is no mistake: two may end it at once."""
    locked = _locked(access)
    now = timezone.now()
    if not locked.is_running(now):
        return False
    locked.ended_at, locked.ended_by = now, by
    locked.save(update_fields=["ended_at", "ended_by"])
    _note(AuditAction.CHANGE, locked, by, "emergency access ended early")
    forget_accesses(by)
    return True


@transaction.atomic
def review_emergency_access(*, access: EmergencyAccess, by: User, remark: str) -> EmergencyAccess:
    """Keep what the clinic's administrator says of it; it is said once.

    Raises ``ValidationError`` for one's own access and for one that was reviewed meanwhile.
    """
    locked = _locked(access)
    if locked.user_id == by.pk:
        raise ValidationError("Somebody else reviews what you opened yourself.")
    if locked.reviewed_at is not None:
        raise ValidationError("It was reviewed meanwhile. Your remark was not kept.")
    locked.reviewed_at, locked.reviewed_by, locked.remark = timezone.now(), by, remark
    locked.save(update_fields=["reviewed_at", "reviewed_by", "remark"])
    _note(AuditAction.CHANGE, locked, by, "emergency access reviewed")
    return locked


def _locked(access: EmergencyAccess) -> EmergencyAccess:
    rows = EmergencyAccess.objects.select_for_update(of=("self",))
    return rows.select_related("registration__patient").get(pk=access.pk)


@transaction.atomic
def _may_try(by: User) -> bool:
    """Count the attempt; whether there was one left in this hour."""
    # Whoever tries twice at once is counted twice.
    User.objects.select_for_update().get(pk=by.pk)
    seconds = int(WINDOW.total_seconds())
    key = f"emergency-access:{by.pk}:{int(timezone.now().timestamp()) // seconds}"
    made = cache.get(key, 0) + 1
    cache.set(key, made, seconds)
    return bool(made <= ATTEMPTS)


def _refused(by: User, clinic: Clinic, note: str) -> None:
    record_refusal(by=by, clinic_id=clinic.pk, record_kind=KIND, role=ROLE, note=note)


def _note(
    action: AuditAction, access: EmergencyAccess, by: User, note: str, role: str = ""
) -> None:
    record_event(
        action=action,
        by=by,
        clinic_id=access.registration.clinic_id,
        role=role,
        record_kind=KIND,
        record_id=access.public_id,
        patient_id=access.registration.patient.public_id,
        note=note,
    )
