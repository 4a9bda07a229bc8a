"""Results that nobody has acknowledged yet, and the ticks that say "I have seen this"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from patients.days import spoken
from patients.forms.laboratory import LabResultForm
from patients.forms.records import FormChapter, RecordForm
from patients.models import EchoStudy, LabResult, Patient, ResultAcknowledgment
from patients.study_sheet import upper_first

SHOWN_AT_ONCE = 100


class ResultAcknowledgmentForm(RecordForm):
    """Who saw which result, and when: how such a row is read; it is never changed."""

    chapters = ()
    read_only = (FormChapter("Seen", ("seen_at", "seen_by", "echo_study", "lab_result")),)
    listed = ("seen_by", "echo_study", "lab_result")

    class Meta:
        model = ResultAcknowledgment
        fields = ()

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """The result by its day and value."""
        if name == "echo_study":
            return study_words(row.echo_study) if row.echo_study else None
        if name == "lab_result":
            return result_words(row.lab_result) if row.lab_result else None
        return super().words(row, name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """An acknowledgment is of one result: of a study or of a laboratory's."""
        if name == "echo_study":
            return row.lab_result_id is None
        return name != "lab_result" or row.echo_study_id is None


def study_words(study: EchoStudy) -> str:
    """An echo study by its kind and day."""
    return f"{upper_first(study.get_modality_display())} of {spoken(study.performed_on)}"


def result_words(result: LabResult) -> str:
    """A laboratory result with its value and day."""
    label = result.get_analyte_display()
    value = LabResultForm.words(result, "result") or LabResultForm.words(result, "culture_result")
    return f"{upper_first(label)} {value or ''}".strip() + f" of {spoken(result.taken_on)}"


def unseen_results(patient: Patient) -> list[EchoStudy | LabResult]:
    """Results that count and that nobody has acknowledged, newest first."""
    studies = patient.echostudy_set.filter(struck_at__isnull=True, resultacknowledgment=None)
    studies = studies.exclude(status=EchoStudy.Status.DRAFT).order_by("-performed_on", "-id")
    results = patient.labresult_set.filter(struck_at__isnull=True, resultacknowledgment=None)
    results = results.order_by("-taken_on", "-id")
    return [*studies[:SHOWN_AT_ONCE], *results[:SHOWN_AT_ONCE]]


class SeenForm(forms.Form):
    """A tick for each unseen result."""

    seen = forms.MultipleChoiceField(
        label="I have seen",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick what you have seen.",
            "invalid_choice": "This result is no longer among the unseen ones: somebody else may "
            "have acknowledged it.",
        },
    )

    def __init__(
        self, data: Any = None, *, unseen: Iterable[EchoStudy | LabResult], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.unseen = {str(row.public_id): row for row in unseen}
        box = self.fields["seen"]
        assert isinstance(box, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        box.choices = [(key, _words(row)) for key, row in self.unseen.items()]

    def parts(self) -> list[tuple[str, list[BoundWidget]]]:
        """The ticks under a heading for each sort of result."""
        studies: list[BoundWidget] = []
        results: list[BoundWidget] = []
        for option, row in zip(self["seen"], self.unseen.values(), strict=True):
            (studies if isinstance(row, EchoStudy) else results).append(option)
        parts = [("Echo studies", studies), ("Laboratory results", results)]
        return [(title, options) for title, options in parts if options]

    def chosen(self) -> list[EchoStudy | LabResult]:
        """The results that were ticked."""
        return [self.unseen[key] for key in self.cleaned_data["seen"]]


def _words(row: EchoStudy | LabResult) -> str:
    return study_words(row) if isinstance(row, EchoStudy) else result_words(row)
