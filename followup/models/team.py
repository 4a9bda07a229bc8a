"""What the heart team had before it, and how its decision answers each guideline."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from guidelines.vocabulary import Body
from patients.models import Versioned
from patients.models.base import VersionedHistory


class TeamSheet(Versioned):
    """What the record and the rules said of one patient, as it was frozen for a meeting.

    It is written once and never changed or struck: ``content`` holds the whole assessment and
    everything that the sheet shows, so that it is read for ever as it was, whatever the record or
    the program says later. ``content_hash`` is the SHA-256 of the content in its canonical form
    (``followup.team_sheets.content_hash``): it tells whether that is still what was frozen.
    """

    frozen: ClassVar[bool] = True

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="team_sheets"
    )
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    speaks_of_on = models.DateField("speaks of")
    meeting_on = models.DateField("meeting on", null=True, blank=True)
    content = models.JSONField(editable=False)
    editions = models.JSONField(default=list, blank=True, editable=False)
    engine_version = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)

    # The content never changes: its history would be a second copy of a megabyte.
    history = HistoricalRecords(bases=[VersionedHistory], excluded_fields=["content"])

    class Meta:
        ordering = ("-entered_at", "-id")
        indexes = (
            models.Index(fields=["patient", "-entered_at", "-id"], name="team_sheets_of_patient"),
        )

    def __str__(self) -> str:
        return f"team sheet of {self.speaks_of_on}"


class DecisionBasis(Versioned):
    """What one review by the team rested on: the engine that spoke, and the frozen sheet, if any.

    It stands and falls with its review; it is never changed.
    """

    frozen: ClassVar[bool] = True

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="decision_bases"
    )
    review = models.OneToOneField(
        "treatments.TeamReview", on_delete=models.PROTECT, related_name="basis"
    )
    sheet = models.ForeignKey(
        TeamSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    engine_version = models.CharField(max_length=40)

    history = HistoricalRecords(bases=[VersionedHistory])

    class Meta:
        ordering = ("-entered_at", "-id")
        verbose_name = "basis of a decision"
        verbose_name_plural = "bases of decisions"

    def __str__(self) -> str:
        return f"basis of {self.review}"


class EditionAnswer(Versioned):
    """How one decision of the team answers one edition: it agrees, or departs for a reason.

    ``headline_class`` and ``headline`` are what the edition said when the team was asked, empty
    where it recommended nothing; then there is nothing to agree with and ``agrees`` is empty.
    ``decided_class`` is what it said with the judgments of the review itself: a later class that
    differs from this one was brought about by later facts. It stands and falls with its review and
    is never changed: a decision is revised by a new one.
    """

    class Reason(models.TextChoices):
        DECLINES = "declines", "the patient declines"
        FRAILTY = "frailty", "frailty or comorbidity"
        ANATOMY = "anatomy", "anatomy not suitable"
        WAITS_FOR_TEST = "waits_for_test", "waiting for a test"
        WITHIN_ERROR = "within_error", "evidence within measurement error"
        OTHER_WAY = "other_way", "the indication stands in another way"
        OTHER = "other", "other"

    frozen: ClassVar[bool] = True

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="edition_answers"
    )
    review = models.ForeignKey(
        "treatments.TeamReview", on_delete=models.PROTECT, related_name="edition_answers"
    )
    body = models.CharField(max_length=16, choices=Body.choices())
    edition = models.CharField(max_length=40)
    edition_title = models.CharField("edition by name", max_length=80)
    headline_class = models.CharField("class", max_length=8, blank=True)
    headline = models.TextField("what it said", blank=True)
    decided_class = models.CharField("class with the judgments", max_length=8, blank=True)
    agrees = models.BooleanField(null=True, blank=True)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    text = models.TextField("in words", blank=True)

    history = HistoricalRecords(bases=[VersionedHistory])

    class Meta:
        ordering = ("review", "edition", "id")
        constraints = (
            models.UniqueConstraint(fields=["review", "body"], name="one_answer_to_each_body"),
            models.CheckConstraint(
                condition=~Q(agrees=False) | (~Q(reason="") & ~Q(text="")),
                name="departing_has_a_reason",
                violation_error_message="A decision that departs from an edition says why.",
            ),
            models.CheckConstraint(
                condition=Q(agrees=False) | Q(reason=""),
                name="only_departing_has_a_reason",
                violation_error_message="A reason belongs to a decision that departs.",
            ),
        )

    def __str__(self) -> str:
        said = {True: "agrees with", False: "departs from", None: "beside"}[self.agrees]
        return f"{said} {self.edition_title}"
