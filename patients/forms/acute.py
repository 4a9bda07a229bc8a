"""An acute episode as a form, and the act that closes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms

from patients.forms.records import Doubt, FormChapter, RecordForm, field_for
from patients.forms.typed import ClockField, DayField
from patients.models import AcuteEpisode
from patients.record_sheet import moment_text

STABLE_FOR = timedelta(days=30)
"""How long an episode has to be stable before it may be called chronic."""


class AcuteEpisodeForm(RecordForm):
    """Onset, cause, where the patient is and who has accepted the care, with observations."""

    chapters = (
        FormChapter("Onset", ("onset_at", "cause", "certainty", "how_known")),
        FormChapter("Care", ("place", "accepted_by_name", "accepted_at")),
        FormChapter(
            "Latest observations",
            (
                "observed_at",
                "systolic_bp_mmhg",
                "diastolic_bp_mmhg",
                "heart_rate_bpm",
                "oxygen_saturation_percent",
                "pulmonary_edema",
                "shock",
            ),
        ),
    )
    read_only = (
        FormChapter("Acknowledged", ("acknowledged_by", "acknowledged_at")),
        FormChapter("Closed", ("closure", "closed_at", "closed_by")),
    )
    listed = ("cause", "certainty", "place", "accepted_by_name", "closure", "closed_at")
    wide = frozenset({"how_known", "place"})
    moments = ("onset_at", "accepted_at", "observed_at")
    onset_at_day = DayField(label="Onset, day", required=True)
    onset_at_clock = ClockField(label="Onset, time", required=True)
    accepted_at_day = DayField(label="Care accepted, day")
    accepted_at_clock = ClockField(label="Care accepted, time")
    observed_at_day = DayField(label="Observations taken, day")
    observed_at_clock = ClockField(label="Observations taken, time")

    class Meta:
        model = AcuteEpisode
        fields = (
            "cause",
            "certainty",
            "how_known",
            "place",
            "accepted_by_name",
            "systolic_bp_mmhg",
            "diastolic_bp_mmhg",
            "heart_rate_bpm",
            "oxygen_saturation_percent",
            "pulmonary_edema",
            "shock",
        )
        labels: ClassVar[dict[str, str]] = {
            "certainty": "The cause is",
            "how_known": "How it is known",
        }
        formfield_callback = field_for

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """An emergency that nobody has acknowledged says so."""
        text = super().words(row, name)
        return "nobody yet" if text is None and name == "acknowledged_by" else text

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """An open episode has no end, and one that nobody acknowledged no time of it."""
        if name in {"closure", "closed_at", "closed_by"}:
            return row.closed_at is not None
        return name != "acknowledged_at" and super().applies(row, name)

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Nothing of an episode happens before its onset; care is accepted by somebody."""
        onset = cleaned.get("onset_at")
        for name in ("accepted_at", "observed_at"):
            moment = cleaned.get(name)
            if onset and moment and moment < onset:
                self.refuse(f"{name}_clock", "This is before the onset of the episode.")
        if cleaned.get("accepted_at") and not cleaned.get("accepted_by_name"):
            self.refuse("accepted_by_name", "Name who accepted the care.")
        upper, lower = cleaned.get("systolic_bp_mmhg"), cleaned.get("diastolic_bp_mmhg")
        if upper is not None and lower is not None and lower >= upper:
            self.refuse("diastolic_bp_mmhg", "The diastolic pressure lies below the systolic one.")


class AcuteCloseForm(RecordForm):
    """How and when an acute episode ended; only this act ends one, never time."""

    chapters = (FormChapter("How it ended", ("closure", "closed_at")),)
    moments = ("closed_at",)
    closure = forms.ChoiceField(
        label="Ended by", choices=[("", "choose"), *AcuteEpisode.Closure.choices]
    )
    closed_at_day = DayField(label="Ended, day", required=True)
    closed_at_clock = ClockField(label="Ended, time", required=True)

    class Meta:
        model = AcuteEpisode
        fields = ()
        formfield_callback = field_for

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, amending=True, **kwargs)
        reason = self.fields["reason"]
        reason.label = "What was found or done?"
        reason.help_text = "Kept in the history, for example: TEE shows no acute MR."
        reason.error_messages["required"] = "Say what was found or done."

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """An episode ends after its onset; a stable one lasted long enough to be called so."""
        ended, closure = cleaned.get("closed_at"), cleaned.get("closure") or ""
        onset = self.instance.onset_at
        self.instance.closure = closure
        if ended is None:
            return
        if ended < onset:
            self.refuse("closed_at_clock", f"This is before the onset on {moment_text(onset)}.")
        elif closure == AcuteEpisode.Closure.RECLASSIFIED_CHRONIC and ended < onset + STABLE_FOR:
            self.refuse(
                "closure",
                f"The onset was on {moment_text(onset)}: fewer than {STABLE_FOR.days} days "
                "before this time.",
            )

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A death that the record does not hold."""
        if cleaned.get("closure") != AcuteEpisode.Closure.DEATH or self.patient.deceased_on:
            return
        yield Doubt(
            name="closure",
            code="death",
            value="death",
            message="The record does not say that the patient died. The day of death is entered "
            "with the person's data; closing the episode does not enter it.",
            label="Yes, the patient died",
            is_stored=False,
        )
