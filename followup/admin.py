"""Appointments, contacts and referrals in the administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.permissions import Action
from followup.models import Appointment, ContactAttempt, ContactWish, FollowUpEnd, Referral
from followup.record_kinds import KINDS
from patients.clinical_admin import ClinicalAdmin


class FollowUpAdmin(ClinicalAdmin):
    """A kind of record of this floor, with its pages in the product."""

    kinds = KINDS


@admin.register(Appointment)
class AppointmentAdmin(FollowUpAdmin):
    """Appointments, by the day on which they were booked."""

    action = Action.RECALL
    columns = ("kind", "planned_on", "planned_time", "status", "place")
    filters = ("status", "kind")


@admin.register(ContactAttempt)
class ContactAttemptAdmin(FollowUpAdmin):
    """Attempts to reach patients."""

    action = Action.RECALL
    columns = ("channel", "outcome", "next_try_on")
    filters = ("outcome", "channel")


@admin.register(ContactWish)
class ContactWishAdmin(FollowUpAdmin):
    """How patients wish to be contacted."""

    action = Action.RECALL
    columns = ("wish",)
    filters = ("wish",)


@admin.register(FollowUpEnd)
class FollowUpEndAdmin(FollowUpAdmin):
    """Ends of follow-up, to read: what stands against one is confirmed on its own page only."""

    action = Action.DECIDE
    columns = ("kind", "reason")
    filters = ("kind",)
    adds = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here: the product's page shows what stands against it."""
        return False


@admin.register(Referral)
class ReferralAdmin(FollowUpAdmin):
    """Questions to the heart team."""

    columns = ("urgency", "question", "withdrawn_on")
    filters = ("urgency",)
