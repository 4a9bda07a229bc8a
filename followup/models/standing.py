"""The stored standing of each patient, so that lists are instant."""

from __future__ import annotations

from django.db import models

from guidelines.pathway import Bucket


def waits_for_a_round(prefix: str = "") -> models.Q:
    """Written in bulk and not replayed since: what it says may lack what is still open.

    ``prefix`` leads to the standing, such as ``standing__``.
    """
    return models.Q(**{f"{prefix}valid_until_on": models.F(f"{prefix}assessed_for_on")})


class Standing(models.Model):
    """What follows from one patient's record today: renewed with every write to it.

    It is computed, never entered, and has no history of its own: the record has. It holds what
    lists show and sort by; a page assesses the record anew.
    """

    patient = models.OneToOneField(
        "patients.Patient", on_delete=models.PROTECT, related_name="standing"
    )
    assessed_at = models.DateTimeField()
    assessed_for_on = models.DateField()
    valid_until_on = models.DateField(null=True)
    engine_version = models.CharField(max_length=40)
    grade = models.CharField(max_length=24)
    grade_state = models.CharField(max_length=32)
    grade_note = models.CharField(max_length=300, blank=True)
    mechanism = models.CharField(max_length=24)
    valve_state = models.CharField(max_length=32)
    symptomatic = models.BooleanField(null=True)
    is_acute = models.BooleanField(default=False)
    acc_aha_class = models.CharField(max_length=16, blank=True)
    acc_aha_status = models.CharField(max_length=32, blank=True)
    acc_aha_possible = models.CharField(max_length=16, blank=True)
    acc_aha_provisional = models.BooleanField(default=False)
    esc_class = models.CharField(max_length=16, blank=True)
    esc_status = models.CharField(max_length=32, blank=True)
    esc_possible = models.CharField(max_length=16, blank=True)
    esc_provisional = models.BooleanField(default=False)
    acc_aha_edition = models.CharField(max_length=40, blank=True)
    """By which edition of the body it was judged; empty until the patient is assessed by a release
    that keeps it, and where the body had published none. So are the columns that follow."""
    acc_aha_rows = models.TextField(blank=True)
    """Rows of the rule tables that carry the headline; of this and the next, see ``Basis``."""
    acc_aha_levels = models.TextField(blank=True)
    acc_aha_since_on = models.DateField(null=True)
    """Since when the first of them has held; empty where no replay tells."""
    acc_aha_facts = models.TextField(blank=True)
    acc_aha_missing = models.TextField(blank=True)
    esc_edition = models.CharField(max_length=40, blank=True)
    esc_rows = models.TextField(blank=True)
    esc_levels = models.TextField(blank=True)
    esc_since_on = models.DateField(null=True)
    esc_facts = models.TextField(blank=True)
    esc_missing = models.TextField(blank=True)
    missing = models.JSONField(default=list)
    last_echo_on = models.DateField(null=True)
    stage = models.CharField(max_length=16, blank=True)
    bucket = models.CharField(max_length=24, choices=Bucket.choices(), blank=True)
    concerns = models.JSONField(default=list)
    """What asks for a person now (``guidelines.concerns.Concern.as_dict``), most urgent first."""
    concern_mask = models.PositiveIntegerField(default=0)
    """The kinds among them as bits (``ConcernKind.bit``), by which lists are narrowed."""
    first_concern = models.PositiveSmallIntegerField(null=True)
    """The rank of the most urgent one; empty when nothing asks for anybody."""
    concern_weight = models.PositiveSmallIntegerField(default=0)
    """Orders patients of one rank: lower comes first."""
    waits_since_on = models.DateField(null=True)
    """Since when a class 1 or I of any body is open."""
    refers_itself_on = models.DateField(null=True)
    """From when on the heart team's list holds it because nobody answered."""
    due_from_on = models.DateField(null=True)
    due_by_on = models.DateField(null=True)
    due_words = models.CharField(max_length=120, blank=True)
    booked_on = models.DateField(null=True)
    missing_one = models.CharField(max_length=64, blank=True)
    """The fact, by name, that alone holds a verdict up."""
    asked_mask = models.PositiveIntegerField(null=True)
    """The measures of completeness that are asked of the patient, as bits (``Measure.bit``); empty
    until the patient is assessed by a release that knows them."""
    lacking_mask = models.PositiveIntegerField(null=True)
    """Those of them that the record does not hold."""
    replay = models.JSONField(null=True)
    """What a replay of the record had found by some of its days (treatments/held.py); none of
    somebody entered in bulk. It says itself which rows and rules it holds for."""
    clock = models.JSONField(null=True)
    """What was found of the record as it was known, day by day (followup/clock.py); empty while the
    patient's clocks (``Clock``) are not computed, as after an entry in bulk."""

    class Meta:
        ordering = ("patient_id", "id")
        indexes = (
            models.Index(fields=["is_acute", "patient"], name="standing_acute"),
            models.Index(fields=["valid_until_on", "id"], name="standing_valid_until"),
            models.Index(fields=["engine_version", "id"], name="standing_engine"),
        )

    def __str__(self) -> str:
        return f"standing of {self.assessed_for_on}"
