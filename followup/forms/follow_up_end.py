"""The end of a patient's follow-up as a form: nothing that stands against it is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from followup.alarms import alarms_of
from followup.forms.boxes import box_for
from followup.models import FollowUpEnd
from patients.days import spoken
from patients.forms.records import FormChapter, RecordForm

RETURNED = FollowUpEnd.Kind.RETURNED


class AlarmsField(forms.MultipleChoiceField):
    """A tick for each alarm; one that stands no more has been answered meanwhile."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        """What is missing is said by the form."""

    def clean(self, value: Any) -> list[str]:
        """The ticked alarms among those offered, in their order."""
        ticked = set(super().clean(value))
        return [str(words) for words, _ in list(self.choices) if words in ticked]  # type: ignore[misc, arg-type]


class FollowUpEndForm(RecordForm):
    """A clinician's named act, with a tick for each alarm that stands against it.

    Its reasons have a box of another name: ``reason`` is why a stored row is changed.
    """

    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who decided it with whom, and what was agreed.",
    )

    alarms = AlarmsField(
        label="What stands against it: tick each to confirm that you know of it", required=False
    )

    class Meta:
        model = FollowUpEnd
        fields = ("kind", "ended_on")
        formfield_callback = box_for

    chapters = (FormChapter("Follow-up", ("kind", "ended_on", "reasons", "alarms")),)
    listed = ("kind", "reasons", "alarms")
    wide = frozenset({"reasons", "alarms"})
    combined: ClassVar[Mapping[str, tuple[str, ...]]] = {"reasons": ("reason",)}
    compares = False

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.standing_alarms = alarms_of(self.patient)
        known = list(dict.fromkeys([*self.standing_alarms, *self.instance.alarms]))
        box = self.fields["alarms"]
        assert isinstance(box, AlarmsField)  # noqa: S101 - for the type checker
        box.choices = [(words, words) for words in known]
        if not known:
            del self.fields["alarms"]
            self.helper = self._helper()

    def initial_of(self, instance: FollowUpEnd) -> dict[str, Any]:
        """From today on, unless it is stored; what was confirmed then."""
        usual: dict[str, Any] = {} if instance.pk else {"ended_on": self.today}
        kept = {"alarms": instance.alarms, "reasons": instance.reason}
        return super().initial_of(instance) | usual | kept

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """The reasons, and the alarms that were confirmed."""
        if name == "reasons":
            return row.reason or None
        return ("; ".join(row.alarms) or None) if name == "alarms" else super().words(row, name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """Where nothing stood against it, nothing is missing."""
        return name != "alarms" and super().applies(row, name)

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Nobody who died is discharged, and every alarm is confirmed."""
        self.instance.reason = cleaned.get("reasons") or ""
        died = self.patient.deceased_on
        if died is not None:
            self.add_error(None, f"The patient died on {spoken(died)}: nobody calls them any more.")
        ticked = list(cleaned.get("alarms") or [])
        self.instance.alarms = [] if cleaned.get("kind") == RETURNED else ticked
