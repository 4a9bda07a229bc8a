"""Body size, allergies, pregnancy, and what the patient wants, as forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from patients.days import spoken
from patients.forms.records import Doubt, FormChapter, RecordForm, field_for
from patients.models import Allergy, BodySize, GoalsOfCare, Patient, PregnancyStatus

LONGEST_PREGNANCY = timedelta(days=301)
"""43 weeks: no delivery is expected later than this after a day on which the patient is pregnant.
"""

OVERDUE = timedelta(days=28)


class BodySizeForm(RecordForm):
    """Height and weight of one day; a body surface area only where a report printed it."""

    chapters = (
        FormChapter("Height and weight", ("measured_on", "height_cm", "weight_kg")),
        FormChapter("Body surface area, where a report printed it", ("bsa_m2", "bsa_formula")),
    )
    listed = ("height_cm", "weight_kg", "bsa_m2", "bsa_formula")
    needs_a_value = True

    class Meta:
        model = BodySize
        fields = ("measured_on", "height_cm", "weight_kg", "bsa_m2", "bsa_formula")
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """A formula says how a body surface area was computed that is there."""
        is_missing = cleaned.get("bsa_m2") is None and "bsa_m2" not in self.errors
        if cleaned.get("bsa_formula") and is_missing:
            self.refuse("bsa_formula", "Enter the body surface area that this formula gave.")


class AllergyForm(RecordForm):
    """One allergy with its reaction, or that the patient was asked and none is known."""

    chapters = (FormChapter("Allergy", ("noted_on", "substance", "reaction")),)
    listed = ("substance", "reaction")

    class Meta:
        model = Allergy
        fields = ("noted_on", "substance", "reaction")
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """No known allergy names no substance; any other reaction is to one."""
        is_none_known = cleaned.get("reaction") == Allergy.Reaction.NONE_KNOWN
        substance = cleaned.get("substance")
        if is_none_known and substance:
            self.refuse(
                "reaction",
                f"“No known allergy” contradicts the substance {substance}. Choose the reaction, "
                "or empty the substance.",
            )
        elif not is_none_known and not substance and "substance" not in self.errors:
            self.refuse(
                "substance",
                "Name the substance, or choose “asked: no known allergy” as the reaction.",
            )

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """An allergy that is in the record does not vanish because none was told of this time."""
        if cleaned.get("reaction") != Allergy.Reaction.NONE_KNOWN or cleaned.get("substance"):
            return
        others = Allergy.objects.filter(patient=self.patient, struck_at__isnull=True)
        others = others.exclude(pk=self.instance.pk).exclude(substance="")
        names = sorted({row.substance for row in others})
        if names:
            yield Doubt(
                name="reaction",
                code="allergies_known",
                value=str(len(names)),
                message=f"The record holds an allergy to {', '.join(names)}. It stays in force "
                "until it is marked as entered in error.",
                label="Yes, the patient said that none is known",
                is_stored=False,
            )


class PregnancyStatusForm(RecordForm):
    """Pregnancy as asked on one day."""

    chapters = (FormChapter("Pregnancy", ("assessed_on", "status", "due_on")),)
    listed = ("status", "due_on")

    class Meta:
        model = PregnancyStatus
        fields = ("assessed_on", "status", "due_on")
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """A delivery is expected of somebody pregnant, within the time that a pregnancy takes."""
        due, asked = cleaned.get("due_on"), cleaned.get("assessed_on")
        if due is None or not cleaned.get("status"):
            return
        if cleaned["status"] != PregnancyStatus.Status.PREGNANT:
            self.refuse("due_on", "A delivery is expected only in a pregnancy. Empty this date.")
        elif asked and not asked - OVERDUE <= due <= asked + LONGEST_PREGNANCY:
            self.refuse("due_on", _not_a_due_date(due, asked))

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A pregnancy in a record that rules it out."""
        if cleaned.get("status") != PregnancyStatus.Status.PREGNANT:
            return
        against = []
        if self.patient.sex == Patient.Sex.MALE:
            against.append("the patient's sex is recorded as male")
        if self.patient.pregnancy_possible is False:
            against.append("pregnancy is recorded as not possible")
        if against:
            yield Doubt(
                name="status",
                code="pregnancy",
                value="pregnant",
                message=f"In this record {' and '.join(against)}.",
                label="Yes, the patient is pregnant",
                is_stored=False,
            )


def _not_a_due_date(due: date, asked: date) -> str:
    when = "before" if due < asked else "too long after"
    return f"{spoken(due)} is {when} the day on which the patient was asked ({spoken(asked)})."


class GoalsOfCareForm(RecordForm):
    """Frailty, life expectancy, and what the patient wants, on one day."""

    chapters = (
        FormChapter("Assessment", ("assessed_on", "frailty", "life_expectancy")),
        FormChapter("What the patient wants", ("declines_intervention", "advance_decision")),
    )
    listed = ("frailty", "life_expectancy", "declines_intervention", "advance_decision")
    wide = frozenset({"advance_decision"})
    needs_a_value = True

    class Meta:
        model = GoalsOfCare
        fields = (
            "assessed_on",
            "frailty",
            "life_expectancy",
            "declines_intervention",
            "advance_decision",
        )
        formfield_callback = field_for
