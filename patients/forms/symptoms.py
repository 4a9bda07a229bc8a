"""The symptom log as a form, quick by keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms

from patients.actions import TWICE_WITHIN
from patients.days import spoken
from patients.forms.records import Doubt, FormChapter, RecordForm, field_for
from patients.forms.typed import NyhaField, YesNoField, nyha_text
from patients.models import SymptomLog

SYMPTOMS = (
    "dyspnea",
    "orthopnea",
    "nocturnal_dyspnea",
    "edema",
    "fatigue",
    "palpitations",
    "syncope",
    "fever",
    "reduced_exercise_tolerance",
)
ASKED = (*SYMPTOMS, "activity_given_up")
NYHA_WITHOUT_SYMPTOMS = 1

_FIRST = ("recorded_on", "nyha", "actively_asked_none")
_EXERTION = ("angina_class", "activity_level", "activity_given_up", "diuretic_need")
_ATTRIBUTION = ("attribution", "attributed_cause", "atrial_fibrillation_type")
_MEASURED = (
    "systolic_bp_mmhg",
    "diastolic_bp_mmhg",
    "heart_rate_bpm",
    "weight_kg",
    "oxygen_saturation_percent",
)
_SCORES = ("six_minute_walk_m", "kccq_overall", "mlhfq_total")

CHAPTERS = (
    FormChapter("Visit", _FIRST),
    FormChapter("Symptoms", SYMPTOMS, css="answers-grid"),
    FormChapter("Activity and diuretic", _EXERTION),
    FormChapter("Cause and rhythm", _ATTRIBUTION),
    FormChapter("Measured", _MEASURED),
    FormChapter("Walk and scores", _SCORES, folded=True),
    FormChapter("Comment", ("comment",)),
)


class SymptomLogForm(RecordForm):
    """What the patient was asked and answered on one day; what is left open was not asked."""

    chapters = CHAPTERS
    listed = ("nyha", "dyspnea", "attribution", "systolic_bp_mmhg", "weight_kg")
    needs_a_value = True
    combined: ClassVar[dict[str, tuple[str, ...]]] = {"nyha": ("nyha_low", "nyha_high")}
    nyha = NyhaField()

    class Meta:
        model = SymptomLog
        fields = tuple(name for each in CHAPTERS for name in each.names if name != "nyha")
        formfield_callback = field_for

    leading = ("actively_asked_none",)

    def asks(self, name: str) -> bool:
        """With "no symptoms" every question about one is answered."""
        return name not in ASKED or not self["actively_asked_none"].value()

    nyha_names: ClassVar[tuple[str, ...]] = ("I", "I-II", "II", "II-III", "III", "III-IV", "IV")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ASKED:
            self.fields[name] = _answer(str(self.fields[name].label))
        self.fields["nyha"].widget.attrs["list"] = "nyha-classes"
        if not self.is_bound and not self.instance.pk:
            self.fields["nyha"].widget.attrs["autofocus"] = True

    def initial_of(self, instance: SymptomLog) -> dict[str, Any]:
        """The NYHA class as one box; a new log is of today unless told otherwise."""
        ends = (instance.nyha_low, instance.nyha_high)
        initial = super().initial_of(instance)
        if not instance.pk:
            initial["recorded_on"] = self.today
        return initial | {"nyha": None if ends == (None, None) else ends}

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """The NYHA class as one value; a symptom left open was not asked."""
        if name == "nyha":
            text = nyha_text((row.nyha_low, row.nyha_high))
            return text.replace("-", "\N{EN DASH}") or None
        return super().words(row, name)

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A second log of one day, such as one sent again after going back."""
        day, moment = cleaned.get("recorded_on"), self.instance.entered_at
        if self.instance.pk or day is None:
            return
        others = SymptomLog.objects.filter(
            patient=self.patient, recorded_on=day, struck_at__isnull=True
        )
        # What is sent twice within seconds is stored once, without a question.
        known = others.filter(entered_at__lt=moment - TWICE_WITHIN).order_by("-id").first()
        if known is not None:
            yield Doubt(
                name="recorded_on",
                code="second_of_the_day",
                value=str(known.public_id),
                message=f"A symptom log of {spoken(day)} is already recorded.",
                label="Yes, this is a second one of that day",
                is_stored=False,
            )

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Put the NYHA class into its columns; "no symptoms" excludes every symptom."""
        low, high = cleaned.get("nyha") or (None, None)
        self.instance.nyha_low, self.instance.nyha_high = low, high
        if said := said_against_none(self.fields, cleaned, low):
            self.refuse("actively_asked_none", said)


def said_against_none(
    fields: Mapping[str, forms.Field], cleaned: Mapping[str, Any], nyha_low: int | None
) -> str:
    """Why "no symptoms" cannot stand beside the other answers, in words; "" when it can."""
    if not cleaned.get("actively_asked_none"):
        return ""
    said = [str(fields[name].label).lower() for name in ASKED if cleaned.get(name)]
    if cleaned.get("angina_class"):
        said.append("angina")
    if nyha_low is not None and nyha_low > NYHA_WITHOUT_SYMPTOMS:
        said.append("a NYHA class above I")
    return f"“No symptoms” contradicts what is entered: {', '.join(said)}." if said else ""


def _answer(label: str) -> YesNoField:
    return YesNoField(unsaid="not asked", label=label, widget=forms.RadioSelect)
