"""The symptom log as a form, quick by keyboard."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from patients.forms.layout import Box, Chapter
from patients.forms.records import RecordForm, field_for
from patients.forms.typed import NyhaField, YesNoField
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
    ("Visit", _FIRST, ""),
    ("Symptoms", SYMPTOMS, "answers-grid"),
    ("Activity and diuretic", _EXERTION, ""),
    ("Cause and rhythm", _ATTRIBUTION, ""),
    ("Measured", _MEASURED, ""),
    ("Walk and scores", _SCORES, ""),
    ("Comment", ("comment",), ""),
)


class SymptomLogForm(RecordForm):
    """What the patient was asked and answered on one day; what is left open was not asked."""

    nyha = NyhaField()

    class Meta:
        model = SymptomLog
        fields = tuple(name for _, names, _ in CHAPTERS for name in names if name != "nyha")
        formfield_callback = field_for

    nyha_names: ClassVar[tuple[str, ...]] = ("I", "I-II", "II", "II-III", "III", "III-IV", "IV")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ASKED:
            self.fields[name] = _answer(str(self.fields[name].label))
        self.order_fields([name for _, names, _ in CHAPTERS for name in names])
        self.fields["nyha"].widget.attrs["list"] = "nyha-classes"
        self.helper = _helper()

    def initial_of(self, instance: SymptomLog) -> dict[str, Any]:
        """The NYHA class as one box."""
        return super().initial_of(instance) | {"nyha": (instance.nyha_low, instance.nyha_high)}

    def clean(self) -> dict[str, Any]:
        """Put the NYHA class into its columns; refuse answers that contradict each other."""
        cleaned = super().clean()
        low, high = cleaned.get("nyha") or (None, None)
        self.instance.nyha_low, self.instance.nyha_high = low, high
        if cleaned.get("actively_asked_none"):
            self._refuse_contradiction(cleaned, low)
        if len(cleaned) and not self.errors and not self._says_something(cleaned):
            self.add_error(None, "Nothing is entered but the date.")
        return cleaned

    def _refuse_contradiction(self, cleaned: dict[str, Any], nyha_low: int | None) -> None:
        said = [str(self.fields[name].label).lower() for name in ASKED if cleaned.get(name)]
        if cleaned.get("angina_class"):
            said.append("angina")
        if nyha_low is not None and nyha_low > NYHA_WITHOUT_SYMPTOMS:
            said.append("a NYHA class above I")
        if said:
            message = f"“No symptoms” contradicts what is entered: {', '.join(said)}."
            self.add_error("actively_asked_none", ValidationError(message, code="contradiction"))

    def _says_something(self, cleaned: dict[str, Any]) -> bool:
        ignored = {"recorded_on", "version"}
        return any(
            value not in (None, "", self.fields[name].initial)
            for name, value in cleaned.items()
            if name not in ignored and (name != "actively_asked_none" or value)
        )


def _answer(label: str) -> YesNoField:
    return YesNoField(unsaid="not asked", label=label, widget=forms.RadioSelect)


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    chapters = [
        Chapter(
            title,
            *(Box(name, css="wide" if name == "comment" else "") for name in names),
            folded=title == "Walk and scores",
            css=css,
        )
        for title, names, css in CHAPTERS
    ]
    helper.layout = Layout(Box("version"), *chapters)
    return helper
