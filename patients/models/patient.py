"""The person, and the clinics that follow them."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from simple_history.models import HistoricalRecords

from patients.fields import measured
from patients.models.base import ClinicalRecord, Versioned, VersionedHistory

if TYPE_CHECKING:
    from accounts.models import User


# Letters that are no letter with an accent to Unicode and are typed as these all the same.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "ŋ": "n", "ĸ": "k", "ə": "e"}
)


def folded(*parts: str) -> str:
    """A name as it is searched: without case, accents and punctuation, single spaces.

    Søren is found as soren, Łukasz as lukasz, Weiß as weiss, Þór as thor.
    """
    text = unicodedata.normalize("NFKD", " ".join(parts)).casefold().translate(PLAIN_LETTERS)
    kept = "".join(
        character if character.isalnum() else " "
        for character in text
        if not unicodedata.combining(character)
    )
    return " ".join(kept.split())


NUMBER_TAKEN = "This record number is already used in this clinic."


class PatientQuerySet(models.QuerySet["Patient"]):
    """Patients as a person may see them."""

    def visible_to(self, user: User) -> PatientQuerySet:
        """Patients registered, now or formerly, in a clinic where the user may view patients.

        A registration made by mistake opens nothing.
        """
        from accounts.permissions import Action, clinics_where

        clinic_ids = clinics_where(user, Action.VIEW_PATIENT)
        registered = Registration.objects.filter(clinic_id__in=clinic_ids).exclude(
            ended_because=Registration.Ended.ENTERED_IN_ERROR
        )
        return self.filter(pk__in=registered.values("patient_id"))


class Patient(Versioned):
    """One person. Names are optional: a study may know a record number only."""

    class Sex(models.TextChoices):
        FEMALE = "female", "female"
        MALE = "male", "male"
        OTHER = "other", "other"
        UNKNOWN = "unknown", "not recorded"

    family_name = models.CharField("family name", max_length=120, blank=True)
    given_name = models.CharField("given name", max_length=120, blank=True)
    search_key = models.CharField(max_length=260, blank=True, editable=False, db_index=True)
    born_on = models.DateField("birth date", null=True, blank=True, db_index=True)
    sex = models.CharField(max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    telephone = models.CharField(max_length=60, blank=True)
    email = models.EmailField("e-mail", blank=True)
    address = models.TextField(blank=True)
    pregnancy_possible = models.BooleanField(
        "pregnancy possible", null=True, blank=True, help_text="Leave empty when not asked."
    )
    research_consent = models.BooleanField(
        "consent to research", null=True, blank=True, help_text="Leave empty when not asked."
    )
    research_consent_on = models.DateField("consent given or refused on", null=True, blank=True)
    deceased_on = models.DateField("deceased on", null=True, blank=True)
    last_contact_on = models.DateField("last contact on", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="absorbed",
        null=True,
        blank=True,
        editable=False,
        verbose_name="merged into",
    )
    """The record that took over this one's entries: they were one person (``PatientMerge``)."""

    objects = PatientQuerySet.as_manager()
    history = HistoricalRecords(bases=[VersionedHistory])

    class Meta:
        ordering = ("family_name", "given_name", "id")
        indexes = (
            models.Index(fields=["family_name", "given_name", "id"], name="patient_by_name"),
            models.Index(fields=["entered_at", "id"], name="patient_by_entry"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True)
                | Q(born_on__isnull=True)
                | Q(deceased_on__gte=models.F("born_on")),
                name="patient_dies_after_birth",
                violation_error_message="The date of death is before the birth date.",
            ),
        )

    def __str__(self) -> str:
        return self.name or "Name not recorded"

    @property
    def name(self) -> str:
        """Family name, given name; empty when neither is recorded."""
        return ", ".join(part for part in (self.family_name, self.given_name) if part)

    def age_on(self, day: date) -> int | None:
        """Completed years on a day, or None when the birth date is not recorded."""
        if self.born_on is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (0 if had_birthday else 1)


class Registration(Versioned):
    """A patient's place in one clinic: record number, from, until, why ended.

    A clinic's cohort is its registrations. After a move the old clinic keeps a read-only record up
    to ``until_on``.
    """

    class Ended(models.TextChoices):
        MOVED = "moved", "moved to another clinic"
        DISCHARGED = "discharged", "discharged"
        DIED = "died", "died"
        ENTERED_IN_ERROR = "entered_in_error", "registered by mistake"
        OTHER = "other", "other"
        MERGED = "merged", "merged with another record number"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="registrations")
    clinic = models.ForeignKey(
        "accounts.Clinic", on_delete=models.PROTECT, related_name="registrations"
    )
    record_number = models.CharField("record number", max_length=60)
    from_on = models.DateField("registered from")
    until_on = models.DateField("registered until", null=True, blank=True)
    ended_because = models.CharField("why ended", max_length=20, choices=Ended.choices, blank=True)
    responsible_clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="responsible clinician",
    )
    referring_doctor = models.CharField("referring doctor", max_length=200, blank=True)

    history = HistoricalRecords(bases=[VersionedHistory])

    class Meta:
        ordering = ("clinic_id", "record_number", "id")
        indexes = (models.Index(fields=["patient", "clinic"], name="registration_of_patient"),)
        constraints = (
            models.UniqueConstraint(
                fields=["clinic", "record_number"],
                name="registration_record_number",
                violation_error_message=NUMBER_TAKEN,
            ),
            # Written in capitals or not, it is one number.
            models.UniqueConstraint(
                models.F("clinic"),
                Upper("record_number"),
                name="registration_number_any_case",
                violation_error_message=NUMBER_TAKEN,
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=models.F("from_on")),
                name="registration_ends_after_start",
                violation_error_message="The registration ends before it starts.",
            ),
        )

    def __str__(self) -> str:
        return self.record_number

    def is_active_on(self, day: date) -> bool:
        """Whether the clinic follows the patient on this day.

        Of a registration that was a mistake it never does; of one that ended with a merge, on the
        day of the merge too, the clinic's other one says so.
        """
        if self.ended_because in {self.Ended.ENTERED_IN_ERROR, self.Ended.MERGED}:
            return False
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class BodySize(ClinicalRecord):
    """Height, weight and, where a report printed it, body surface area, on one day."""

    class BsaFormula(models.TextChoices):
        DU_BOIS = "du_bois", "Du Bois"
        MOSTELLER = "mosteller", "Mosteller"
        HAYCOCK = "haycock", "Haycock"
        NOT_STATED = "not_stated", "formula not stated"

    measured_on = models.DateField("measured on")
    height_cm = measured("height_cm")
    weight_kg = measured("weight_kg")
    bsa_m2 = measured("bsa_m2")
    bsa_formula = models.CharField(
        "BSA formula", max_length=12, choices=BsaFormula.choices, blank=True
    )
    implausible_confirmed = models.JSONField(default=list, blank=True, editable=False)

    date_field = "measured_on"

    class Meta:
        ordering = ("-measured_on", "-id")

    def __str__(self) -> str:
        return f"body size {self.measured_on}"


class Allergy(ClinicalRecord):
    """An allergy with its reaction; no row means not asked, never none."""

    class Reaction(models.TextChoices):
        ANAPHYLAXIS = "anaphylaxis", "anaphylaxis"
        ANGIOEDEMA = "angioedema", "angioedema"
        URTICARIA = "urticaria", "urticaria"
        RASH = "rash", "rash"
        OTHER = "other", "other"
        UNKNOWN = "unknown", "unknown"
        NONE_KNOWN = "none_known", "asked: no known allergy"

    substance = models.CharField(max_length=120, blank=True)
    reaction = models.CharField(max_length=12, choices=Reaction.choices, default=Reaction.UNKNOWN)
    noted_on = models.DateField("noted on")

    date_field = "noted_on"

    class Meta:
        verbose_name_plural = "allergies"
        ordering = ("-noted_on", "-id")

    def __str__(self) -> str:
        if self.reaction == self.Reaction.NONE_KNOWN:
            return "no known allergy"
        return f"{self.substance} ({self.get_reaction_display()})"


class PregnancyStatus(ClinicalRecord):
    """Pregnancy as asked on one day."""

    class Status(models.TextChoices):
        PREGNANT = "pregnant", "pregnant"
        NOT_PREGNANT = "not_pregnant", "not pregnant"
        PLANNING = "planning", "planning a pregnancy"
        UNKNOWN = "unknown", "unknown"

    status = models.CharField(max_length=12, choices=Status.choices)
    assessed_on = models.DateField("asked on")
    due_on = models.DateField("expected delivery", null=True, blank=True)

    date_field = "assessed_on"

    class Meta:
        verbose_name_plural = "pregnancy statuses"
        ordering = ("-assessed_on", "-id")

    def __str__(self) -> str:
        return self.get_status_display()


class GoalsOfCare(ClinicalRecord):
    """Frailty, life expectancy, advance decisions and what the patient wants, on one day."""

    class Frailty(models.TextChoices):
        NONE = "none", "not frail"
        MILD = "mild", "mild"
        MODERATE = "moderate", "moderate"
        SEVERE = "severe", "severe"
        UNKNOWN = "unknown", "not assessed"

    class LifeExpectancy(models.TextChoices):
        UNDER_ONE_YEAR = "under_one_year", "less than 1 year"
        ONE_YEAR_OR_MORE = "one_year_or_more", "1 year or more"
        UNKNOWN = "unknown", "not assessed"

    assessed_on = models.DateField("assessed on")
    frailty = models.CharField(max_length=10, choices=Frailty.choices, default=Frailty.UNKNOWN)
    life_expectancy = models.CharField(
        "life expectancy",
        max_length=20,
        choices=LifeExpectancy.choices,
        default=LifeExpectancy.UNKNOWN,
    )
    declines_intervention = models.BooleanField(
        "declines intervention", null=True, blank=True, help_text="Leave empty when not asked."
    )
    advance_decision = models.TextField("advance decisions and wishes", blank=True)

    date_field = "assessed_on"

    class Meta:
        verbose_name_plural = "goals of care"
        ordering = ("-assessed_on", "-id")

    def __str__(self) -> str:
        return f"goals of care {self.assessed_on}"
