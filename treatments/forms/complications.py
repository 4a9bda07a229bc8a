"""Complications as a form: each belongs to one of the patient's performed interventions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from patients.days import spoken
from patients.forms.records import Doubt, FormChapter, RecordForm
from patients.models import Patient, YesNoUnknown
from patients.study_sheet import upper_first
from treatments.forms.boxes import box_for, error
from treatments.models import Complication, Intervention

NOTHING_PERFORMED = "No performed intervention is recorded. Enter the intervention first."


class InterventionChoice(forms.ModelChoiceField):
    """A choice among interventions, each named by what was done and when."""

    def label_from_instance(self, obj: Intervention) -> str:
        """Mitral valve repair, 5 Jan 2026."""
        return named(obj)


class ComplicationForm(RecordForm):
    """A complication or later event, on or after the day of its intervention."""

    intervention = InterventionChoice(
        Intervention.objects.none(),
        label="After the intervention",
        empty_label="choose",
        to_field_name="public_id",
    )

    class Meta:
        model = Complication
        fields = ("intervention", "occurred_on", "kind", "resolved", "comment")
        formfield_callback = box_for

    chapters = (
        FormChapter("Complication", ("intervention", "kind", "occurred_on", "resolved", "comment")),
    )
    listed = ("kind", "intervention", "resolved", "comment")
    wide = frozenset({"intervention", "comment"})

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        box = self.fields["intervention"]
        assert isinstance(box, InterventionChoice)  # noqa: S101 - for the type checker
        box.queryset = interventions_of(self.patient, self.instance)
        if not box.queryset.exists():
            box.help_text = NOTHING_PERFORMED

    def initial_of(self, instance: Complication) -> dict[str, Any]:
        """The intervention by its public id, as links name it."""
        initial = super().initial_of(instance)
        return initial | {"intervention": instance.intervention} if instance.pk else initial

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """The intervention by its name and day; unknown says nothing."""
        if name == "intervention":
            return named(row.intervention)
        if name == "resolved" and row.resolved == YesNoUnknown.UNKNOWN:
            return None
        return super().words(row, name)

    def clean(self) -> dict[str, Any]:
        """Not before the intervention; a death on the day on which the patient died."""
        cleaned = super().clean()
        intervention, day = cleaned.get("intervention"), cleaned.get("occurred_on")
        if intervention and day and intervention.performed_on and day < intervention.performed_on:
            done = spoken(intervention.performed_on)
            words = f"This is before the intervention on {done}."
            self.add_error("occurred_on", error(words, "before"))
        self._check_death(cleaned)
        return cleaned

    def _check_death(self, cleaned: Mapping[str, Any]) -> None:
        died, day = self.patient.deceased_on, cleaned.get("occurred_on")
        if cleaned.get("kind") == Complication.Kind.DEATH and died and day and day < died:
            words = f"The record says that the patient died on {spoken(died)}."
            self.add_error("occurred_on", error(words))

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        super()._collect_doubts(cleaned)
        if cleaned.get("kind") == Complication.Kind.DEATH and self.patient.deceased_on is None:
            message = (
                "The record does not say that this patient died. Saving a death here does not mark "
                "the patient as deceased: do that on the patient's page as well."
            )
            day = str(cleaned.get("occurred_on") or "")
            self._add_doubt(Doubt("kind", "death", day, message, "Yes, the patient died"))


def named(intervention: Intervention) -> str:
    """Mitral valve repair, 5 Jan 2026."""
    day = f", {spoken(intervention.performed_on)}" if intervention.performed_on else ""
    return f"{upper_first(intervention.get_kind_display())}{day}"


def interventions_of(patient: Patient, complication: Complication) -> Any:
    """The patient's performed interventions, newest first, and the one already chosen."""
    rows = Intervention.objects.filter(patient=patient)
    counts = Q(status=Intervention.Status.PERFORMED, struck_at__isnull=True)
    return rows.filter(counts | Q(pk=complication.intervention_id))
