"""The follow-up in the administration: letters to read; appointments, contacts and referrals."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import Action
from audit.guarded_admin import ReadBySuperusers
from followup.models import (
    Appointment,
    ContactAttempt,
    ContactWish,
    FollowUpEnd,
    Letter,
    ReassessRun,
    Referral,
)
from followup.record_kinds import KINDS
from followup.selectors import strike_reasons_of
from patients.clinical_admin import ClinicalAdmin

ABOUT = ("patient", "kind", "speaks_of_on", "clinic", "regarding", "addressee", "corrects")
ORIGIN = ("entered_at", "entered_by", "editions_named", "engine_version", "facts_hash")


@admin.register(Letter)
class LetterAdmin(ClinicalAdmin):
    """Kept letters, to read: a letter is never changed, and struck on its own page."""

    action = Action.ENTER_CLINICAL
    adds = False
    actions: ClassVar[tuple[str, ...]] = ()  # type: ignore[misc]
    columns = ("kind", "clinic", "entered_by", "struck_shown")
    filters = ("kind",)
    list_select_related = ("patient", "clinic", "entered_by")
    date_hierarchy = "speaks_of_on"
    ordering = ("-entered_at", "-id")

    def get_list_display(self, request: HttpRequest) -> Any:
        """Who, the day it speaks of, which, where and by whom, and whether it was struck."""
        return ("patient_shown", "patient_born_on", "speaks_of_on", *self.columns)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the texts, which a list does not show."""
        return super().get_queryset(request).defer("text")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what was sent stays as it was."""
        return False

    def sections(self) -> list[Any]:
        """The letter, its text, and what it was written from."""
        return [
            (None, {"fields": ABOUT}),
            ("Text", {"fields": ("text",)}),
            ("Written from", {"fields": ORIGIN}),
            ("Entered in error", {"fields": ("struck_at", "struck_by", "struck_because")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of it."""
        return [name for _, part in self.sections() for name in part["fields"]]

    def page_links(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """The letter as it is read and printed, and all letters of the patient."""
        return [
            ("Letter’s page", reverse("reports:letter-page", args=[row.public_id])),
            ("All letters", reverse("reports:letter-list", args=[row.patient.public_id])),
            *super().page_links(request, row),
        ]

    @admin.display(description="struck", ordering="struck_at")
    def struck_shown(self, letter: Letter) -> str:
        """Whether it counts, in words."""
        return "no" if letter.struck_at is None else "yes"

    @admin.display(description="editions")
    def editions_named(self, letter: Letter) -> str:
        """Titles of the editions it was written by."""
        return ", ".join(letter.editions)

    @admin.display(description="reason")
    def struck_because(self, letter: Letter) -> str:
        """Why it was struck; empty for one that was not."""
        return strike_reasons_of([letter]).get(letter.pk, "")


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


@admin.register(ReassessRun)
class ReassessRunAdmin(ReadBySuperusers):
    """Rounds over the standings, to read: they go over all clinics and name nobody."""

    list_display = (
        "started_at",
        "finished_at",
        "stopped_at",
        "visited",
        "changed",
        "failed",
        "engine_version",
        "note",
    )
