"""An INR as one row: the day, the value, and the laboratory where somebody wants it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from patients.forms.laboratory import LabResultForm
from patients.forms.records import FormChapter
from patients.models import LabResult

INR = "inr"


class InrForm(LabResultForm):
    """The laboratory form with the analyte settled; whatever is sent, the row is an INR."""

    chapters: ClassVar[tuple[FormChapter, ...]] = (
        FormChapter("INR", ("taken_on", "result", "laboratory"), css="inr-row"),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            data = data.copy()
            data["analyte"] = INR
        initial = {
            "analyte": INR,
            "taken_on": kwargs["today"],
            **(kwargs.pop("initial", None) or {}),
        }
        super().__init__(data, initial=initial, **kwargs)
        self.fields["analyte"].widget = forms.HiddenInput()
        for name in ("culture_result", "organism"):
            del self.fields[name]
        self.fields["result"].label = "INR"
        self.fields["result"].help_text = "As printed: 2.4."
        if not self.is_bound:
            self.fields["result"].widget.attrs["autofocus"] = True
        self.helper = self._helper()

    class Meta(LabResultForm.Meta):
        model = LabResult
