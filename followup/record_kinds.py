"""The kinds of record of this floor: appointments, contacts, wishes, ends, referrals."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Action
from followup.alarms import alarms_of
from followup.forms.appointments import AppointmentForm, named, planned_of
from followup.forms.contacts import ContactAttemptForm, ContactWishForm
from followup.forms.follow_up_end import FollowUpEndForm
from followup.forms.referrals import ReferralForm
from followup.models import Appointment, ContactAttempt, ContactWish, FollowUpEnd, Referral
from patients.days import spoken
from patients.models import Patient
from patients.record_kinds import RecordKind, registry
from patients.study_sheet import upper_first
from treatments.models import TeamReview
from treatments.record_kinds import is_former, linked

PLANNED = Appointment.Status.PLANNED


def wish_of(patient: Patient) -> ContactWish | None:
    """What the patient said last about being contacted; None when it was never asked."""
    return ContactWish.objects.filter(patient=patient, struck_at=None).first()


def wish_remarks(patient: Patient) -> list[str]:
    """How the patient does not wish to be contacted, before somebody does."""
    wish = wish_of(patient)
    if wish is None or wish.wish == ContactWish.Wish.ANY:
        return []
    name = f"{wish.get_wish_display()}, stated on {spoken(wish.stated_on)}"
    return [format_html("The patient’s wish: {}.", linked(CONTACT_WISH, [(wish, name)]))]


class AppointmentKind(RecordKind):
    """Appointments, with the quick acts upon one that is planned."""

    def heading(self, row: Any, day: str) -> str:
        """Visit for 3 Dec 2026, and what became of it."""
        status = "" if row.status == PLANNED else f", {row.get_status_display()}"
        return f"{named(row)}{status}"

    def links(self, row: Any) -> list[tuple[str, str]]:
        """What became of it, or another day."""
        if row.status != PLANNED:
            return []
        came = [("Attended", "attended"), ("Did not come", "missed")]
        # One that lies ahead has no outcome yet; the act itself asks the clinic's calendar.
        acts = came if row.planned_on <= timezone.localdate() else []
        acts = [*acts, ("Move to another day", "move"), ("Cancel", "cancel")]
        return [
            (label, reverse(f"followup:appointment-{name}", args=[row.public_id]))
            for label, name in acts
        ]

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """What is planned already, and the patient's wish."""
        rows = planned_of(patient, None, timezone.localdate())
        links = [(row, named(row)) for row in rows]
        said = format_html("Planned already: {}.", linked(self, links, "; "))
        return [*([said] if rows else []), *wish_remarks(patient)]

    def remarks(self, row: Any) -> list[str]:
        """That nobody has said what became of it."""
        is_over = row.status == PLANNED and row.planned_on < timezone.localdate()
        if not is_over or row.struck_at is not None or is_former(row):
            return []
        return ["Its day is over, and nobody has said whether the patient came."]


class ContactKind(RecordKind):
    """Contact attempts."""

    def heading(self, row: Any, day: str) -> str:
        """Contact by telephone of 3 Dec 2026."""
        return f"Contact ({row.get_channel_display()}) of {day}"

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """The patient's wish, and the attempt before."""
        last = ContactAttempt.objects.filter(patient=patient, struck_at=None).first()
        if last is None:
            return wish_remarks(patient)
        name = f"{spoken(last.attempted_on)}, {last.get_channel_display()}"
        said = format_html("Last attempt: {}: {}.", linked(self, [(last, name)]), outcome_of(last))
        return [*wish_remarks(patient), said]

    def remarks(self, row: Any) -> list[str]:
        """That a refusal at the telephone ends no follow-up."""
        if row.outcome != ContactAttempt.Outcome.REFUSED:
            return []
        return [
            "This does not end the follow-up. A clinician records it under “End of follow-up”, "
            "with what stands against it in sight."
        ]


class ContactWishKind(RecordKind):
    """The newest wish holds."""

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """The wish that a new one replaces."""
        return wish_remarks(patient)


class FollowUpEndKind(RecordKind):
    """Ends of follow-up, and returns."""

    def heading(self, row: Any, day: str) -> str:
        """The patient declines follow-up, from 3 Dec 2026."""
        return f"{upper_first(str(row.get_kind_display()))}, from {day}"

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """How it stands, and what stands against an end."""
        last = FollowUpEnd.objects.filter(patient=patient, struck_at=None).first()
        said: list[str] = []
        if last is not None:
            name = f"{last.get_kind_display()}, from {spoken(last.ended_on)}"
            said.append(format_html("As it stands: {}.", linked(self, [(last, name)])))
        alarms = alarms_of(patient)
        if alarms:
            said.append(f"Stands against ending the follow-up: {'; '.join(alarms)}.")
        return said


class ReferralKind(RecordKind):
    """Referrals to the heart team."""

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """A referral that the team has not answered."""
        return [
            format_html("Not answered yet: {}.", linked(self, [(row, spoken(row.referred_on))]))
            for row in Referral.objects.filter(
                patient=patient, struck_at=None, withdrawn_on__isnull=True
            )
            if answer_to(row) is None
        ]

    def remarks(self, row: Any) -> list[str]:
        """Whether the team answered."""
        if is_former(row) or row.struck_at is not None or row.withdrawn_on is not None:
            return []
        answer = answer_to(row)
        if answer is None:
            return ["The team has not answered yet."]
        return [f"Answered by the team’s review of {spoken(answer.reviewed_on)}."]


def answer_to(referral: Referral) -> TeamReview | None:
    """The first review by the team from the day of the referral on."""
    rows = TeamReview.objects.filter(
        patient_id=referral.patient_id, struck_at=None, reviewed_on__gte=referral.referred_on
    )
    return rows.order_by("reviewed_on", "id").first()


def outcome_of(attempt: ContactAttempt) -> str:
    """What came of an attempt, and when to try again."""
    again = f", try again on {spoken(attempt.next_try_on)}" if attempt.next_try_on else ""
    return f"{attempt.get_outcome_display()}{again}"


CONTACT_WISH = ContactWishKind(
    slug="contact-wish",
    form=ContactWishForm,
    action=Action.RECALL,
    title="Contact wish",
    plural="Contact wishes",
    lead="Whether and how the patient wishes to be contacted. The newest wish holds; it hides "
    "nothing from the lists of the clinic.",
)

KINDS = registry(
    AppointmentKind(
        slug="appointment",
        form=AppointmentForm,
        action=Action.RECALL,
        title="Appointment",
        plural="Appointments",
        lead="A visit or study that is planned. What became of it is said on its own page.",
        preset=("kind", "planned_on"),
        narrowed_by="kind",
    ),
    ContactKind(
        slug="contact",
        form=ContactAttemptForm,
        action=Action.RECALL,
        title="Contact",
        plural="Contacts",
        lead="One attempt to reach the patient, by telephone today unless you say otherwise.",
    ),
    CONTACT_WISH,
    FollowUpEndKind(
        slug="follow-up-end",
        form=FollowUpEndForm,
        action=Action.DECIDE,
        title="End of follow-up",
        plural="Ends of follow-up",
        lead="The patient is no longer called, or is called again. What stands against it keeps "
        "standing on the worklist.",
    ),
    ReferralKind(
        slug="referral",
        form=ReferralForm,
        action=Action.ENTER_CLINICAL,
        title="Referral to the heart team",
        plural="Referrals to the heart team",
        lead="Puts the patient on the heart team’s list. A team review from this day on answers "
        "it. Nothing is sent.",
    ),
)
