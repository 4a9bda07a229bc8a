"""Who is to come when, who was called, and who is no longer called."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from followup.alarms import alarms_of
from guidelines.pathway import Leaving
from patients.models import ClinicalRecord


class Appointment(ClinicalRecord):
    """A visit or study that was planned, with what became of it. Its day may lie ahead."""

    class Kind(models.TextChoices):
        VISIT = "visit", "visit"
        ECHO = "echo", "echo"
        VISIT_AND_ECHO = "visit_and_echo", "visit with echo"
        TEE = "tee", "transesophageal echo"
        CMR = "cmr", "cardiac MR"
        EXERCISE_TEST = "exercise_test", "exercise test"
        INR = "inr", "INR check"
        CALL = "call", "telephone call"
        OTHER = "other", "other"

    class Status(models.TextChoices):
        PLANNED = "planned", "planned"
        ATTENDED = "attended", "attended"
        MISSED = "missed", "did not come"
        CANCELLED = "cancelled", "cancelled"

    class CancelledBy(models.TextChoices):
        PATIENT = "patient", "patient"
        CLINIC = "clinic", "clinic"
        NOT_STATED = "not_stated", "not recorded"

    kind = models.CharField("what for", max_length=16, choices=Kind.choices)
    booked_on = models.DateField("booked on")
    planned_on = models.DateField("planned for")
    planned_time = models.TimeField("time", null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    cancelled_by = models.CharField(
        "cancelled by", max_length=10, choices=CancelledBy.choices, default=CancelledBy.NOT_STATED
    )
    comment = models.TextField(blank=True)

    date_field = "booked_on"
    # What follows the patient up; a measurement of the INR alone does not.
    FOLLOWS_UP = (Kind.VISIT, Kind.ECHO, Kind.VISIT_AND_ECHO)

    class Meta:
        ordering = ("-planned_on", "-id")
        indexes = (
            models.Index(fields=["patient", "status", "planned_on"], name="appointment_next"),
            models.Index(fields=["status", "planned_on"], name="appointment_day"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(planned_on__gte=models.F("booked_on")),
                name="appointment_after_booking",
                violation_error_message="The appointment is before the day on which it was booked.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.planned_on}"


class ContactAttempt(ClinicalRecord):
    """One attempt to reach the patient, by telephone, letter or otherwise, and what came of it."""

    class Channel(models.TextChoices):
        TELEPHONE = "telephone", "telephone"
        LETTER = "letter", "letter"
        MESSAGE = "message", "message or e-mail"
        IN_PERSON = "in_person", "in person"
        THROUGH_OTHERS = "through_others", "through family or the family doctor"

    class Outcome(models.TextChoices):
        REACHED = "reached", "reached"
        NO_ANSWER = "no_answer", "no answer"
        MESSAGE_LEFT = "message_left", "message left or letter sent"
        WRONG_ADDRESS = "wrong_address", "wrong number or letter returned"
        REFUSED = "refused", "reached, does not wish to come"

    attempted_on = models.DateField("attempted on")
    channel = models.CharField(max_length=16, choices=Channel.choices)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    next_try_on = models.DateField("try again on", null=True, blank=True)
    comment = models.TextField(blank=True)

    date_field = "attempted_on"
    ANSWERED = (Outcome.REACHED, Outcome.REFUSED)

    class Meta:
        ordering = ("-attempted_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(next_try_on__isnull=True)
                | Q(next_try_on__gte=models.F("attempted_on")),
                name="contact_next_after",
                violation_error_message="The next try is before this attempt.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.attempted_on}: {self.get_outcome_display()}"


class ContactWish(ClinicalRecord):
    """Whether and how the patient wishes to be contacted; the newest one holds."""

    class Wish(models.TextChoices):
        ANY = "any", "any way"
        TELEPHONE_ONLY = "telephone_only", "by telephone only"
        LETTER_ONLY = "letter_only", "by letter only"
        NONE = "none", "do not contact"

    stated_on = models.DateField("stated on")
    wish = models.CharField(max_length=16, choices=Wish.choices)
    comment = models.TextField(blank=True)

    date_field = "stated_on"

    class Meta:
        ordering = ("-stated_on", "-id")

    def __str__(self) -> str:
        return f"{self.get_wish_display()} {self.stated_on}"


class FollowUpEnd(ClinicalRecord):
    """A clinician's named act: the patient is no longer called, or is called again.

    ``alarms`` holds what stood against it on that day, in words, as the clinician confirmed it:
    no such end hides a class 1, a mechanical valve or an emergency (hazard H12).
    """

    class Kind(models.TextChoices):
        DECLINED = Leaving.DECLINED.value, Leaving.DECLINED.label
        DISCHARGED = Leaving.DISCHARGED.value, Leaving.DISCHARGED.label
        RETURNED = "returned", "Followed again"

    ended_on = models.DateField("from")
    kind = models.CharField("what", max_length=12, choices=Kind.choices)
    reason = models.TextField("reasons")
    alarms = models.JSONField(default=list, blank=True, editable=False)

    date_field = "ended_on"

    class Meta:
        ordering = ("-ended_on", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ended_on}"

    def clean(self) -> None:
        """Everything that stands against an end is confirmed, whatever door it comes through.

        Asked anew while the patient's row is locked: what a write beside this one has brought up
        since the form was checked is not passed over.
        """
        super().clean()
        is_no_end = self.kind == self.Kind.RETURNED or self.struck_at is not None
        if is_no_end or self.patient_id is None:
            return
        missing = [words for words in alarms_of(self.patient) if words not in self.alarms]
        if missing:
            raise ValidationError({"alarms": f"Not confirmed yet: {'; '.join(missing)}."})


class Referral(ClinicalRecord):
    """The heart team was asked about a patient; a team review from that day on answers it."""

    class Urgency(models.TextChoices):
        ROUTINE = "routine", "next meeting"
        SOON = "soon", "within a week"
        NOW = "now", "now"

    referred_on = models.DateField("referred on")
    urgency = models.CharField(max_length=8, choices=Urgency.choices, default=Urgency.ROUTINE)
    question = models.TextField("question to the team")
    withdrawn_on = models.DateField("withdrawn on", null=True, blank=True)

    date_field = "referred_on"

    class Meta:
        ordering = ("-referred_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True)
                | Q(withdrawn_on__gte=models.F("referred_on")),
                name="referral_withdrawn_after",
                violation_error_message="It was withdrawn before it was made.",
            ),
        )

    def __str__(self) -> str:
        return f"referral {self.referred_on}"
