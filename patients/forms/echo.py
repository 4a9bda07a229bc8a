"""The echo study as a form, in the order of an echo report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from guidelines.reference_ranges import MEASURES as WITH_RANGE
from guidelines.reference_ranges import reference_of
from guidelines.vocabulary import Segment, Sex
from patients.derived import quantities_of
from patients.fields import MEASURES
from patients.forms.layout import Box, Chapter
from patients.forms.records import (
    REASON_LENGTH,
    Before,
    Beside,
    EntryQuestion,
    RecordForm,
    field_for,
)
from patients.forms.typed import GRADE_NAMES, GradeField, RangeField, TypedRange, plain
from patients.models import EchoStudy, Patient
from patients.study_sheet import (
    COLUMNS_OF_RANGES,
    FURTHER,
    NAMES,
    PAIRS,
    READER_GRADE_LABEL,
    USUAL,
    lvef_of,
    reader_grade_of,
    unit_of,
    value_text,
)

WIDE = {"prolapse_segments", "comment"}


class EchoStudyForm(RecordForm):
    """Enter or correct a draft; gaps are allowed, only the date is needed.

    With ``final`` the study is about to count: it then needs at least one value.
    """

    pairs = PAIRS
    confirmed_as = "what the report says"
    lvef_percent = RangeField("lvef_percent")
    reader_grade = GradeField(label=READER_GRADE_LABEL)
    prolapse_segments = forms.MultipleChoiceField(
        label="Prolapsing or flail segments",
        required=False,
        choices=Segment.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = EchoStudy
        fields = tuple(name for name in NAMES if name not in COLUMNS_OF_RANGES)
        formfield_callback = field_for

    def __init__(self, data: Any = None, *, final: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.final = final
        self.existing: EchoStudy | None = None
        self.order_fields(NAMES)
        self.fields["reader_grade"].widget.attrs["list"] = "reader-grades"
        self.helper = _helper()

    grade_names: ClassVar[tuple[str, ...]] = GRADE_NAMES

    def initial_of(self, instance: EchoStudy) -> dict[str, Any]:
        """Ranges as one box each."""
        return super().initial_of(instance) | {
            "lvef_percent": lvef_of(instance),
            "reader_grade": reader_grade_of(instance),
        }

    def clean(self) -> dict[str, Any]:
        """Put ranges into their columns; refuse a second study under the same key."""
        cleaned = super().clean()
        self._keep_lvef(cleaned.get("lvef_percent"))
        self._keep_grade(cleaned.get("reader_grade"))
        self._refuse_duplicate(cleaned)
        if self.final and not self._has_values(cleaned):
            self.add_error(None, "A study without any value cannot be final. Save it as a draft.")
        return cleaned

    def ask_about_gaps(self) -> bool:
        """What decides about an operation and is not recorded is named once before it is final.

        Whether nothing is open: no gap, or confirmed.
        """
        question = question_about_gaps(self.instance, self.cleaned_data)
        return question is None or self.ask(question)

    def beside(self, name: str) -> Beside:
        """With the range that is usual for the patient's sex."""
        return replace(super().beside(name), usual=usual_range(name, self.patient))

    def _keep_lvef(self, lvef: TypedRange | None) -> None:
        study = self.instance
        study.lvef_percent_low = lvef.low if lvef else None
        study.lvef_percent_high = lvef.high if lvef else None
        study.lvef_percent_low_open = bool(lvef and lvef.low_open)
        study.lvef_percent_high_open = bool(lvef and lvef.high_open)

    def _keep_grade(self, grade: tuple[int, int] | None) -> None:
        low, high = grade or (None, None)
        self.instance.reader_grade_low, self.instance.reader_grade_high = low, high

    def _refuse_duplicate(self, cleaned: Mapping[str, Any]) -> None:
        if not cleaned.get("performed_on") or "modality" not in cleaned:
            return
        self.existing = (
            EchoStudy.objects.filter(
                patient=self.patient,
                performed_on=cleaned["performed_on"],
                modality=cleaned["modality"] or EchoStudy.Modality.TTE,
                accession_number=cleaned.get("accession_number") or "",
                struck_at__isnull=True,
            )
            .exclude(pk=self.instance.pk)
            .first()
        )
        if self.existing:
            self.add_error(
                "accession_number" if cleaned.get("accession_number") else "performed_on",
                ValidationError(_already_there(self.existing), code="duplicate"),
            )

    def _has_values(self, cleaned: Mapping[str, Any]) -> bool:
        counted = [name for name in cleaned if name in MEASURES or name in COLUMNS_OF_RANGES]
        findings = [name for name in cleaned if cleaned[name] is True or cleaned[name] is False]
        words = {"tricuspid_regurgitation", "comment"}
        return bool(findings) or any(
            cleaned.get(name) not in (None, "") for name in {*counted, *words}
        )


class EchoAmendmentForm(EchoStudyForm):
    """Amend a final study: the former version stays, the reason is kept with the new one."""

    reason = forms.CharField(
        label="Why is the study amended?",
        max_length=REASON_LENGTH,
        help_text="Kept with the former version, for example: LVESD re-read after biplane review.",
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper.layout.insert(0, Chapter("Amendment", Box("reason", css="wide")))


SEVERITY_MEASURED = (
    "eroa_mm2",
    "regurgitant_volume_ml",
    "regurgitant_fraction_percent",
    "vena_contracta_mm",
    "vena_contracta_biplane_mm",
    "vena_contracta_area_3d_mm2",
    "pisa_radius_mm",
)
"""Any of these measures the leak; the reader's grade alone is a judgement."""


def gaps_of(study: EchoStudy, values: Mapping[str, Any]) -> list[str]:
    """What matters most for the decision and is neither recorded nor follows from the rest.

    ``values``: what the boxes hold, by name.
    """
    gaps = []
    volumes = ("lvedv_ml", "lvesv_ml")
    if values.get("lvef_percent") is None and any(values.get(each) is None for each in volumes):
        gaps.append("LVEF")
    if values.get("lvesd_mm") is None:
        gaps.append("LVESD")
    computed = {"eroa_mm2", "volumetric_regurgitant_volume_ml"} & set(quantities_of(study))
    if not computed and all(values.get(name) is None for name in SEVERITY_MEASURED):
        gaps.append("a measurement of the leak (EROA, regurgitant volume or vena contracta)")
    return gaps


def question_about_gaps(study: EchoStudy, values: Mapping[str, Any]) -> EntryQuestion | None:
    """The question that names the gaps; ``None`` when there are none."""
    gaps = gaps_of(study, values)
    if not gaps:
        return None
    return EntryQuestion(
        code="gaps",
        value=",".join(gap.partition(" (")[0] for gap in gaps),
        title="Not recorded",
        text=f"Not recorded: {'; '.join(gaps)}. Finalize anyway?",
        label="Yes, finalize without it" if len(gaps) == 1 else "Yes, finalize without them",
    )


def usual_range(name: str, patient: Patient) -> str:
    """What is usual for the patient's sex, without the unit; both ranges where it is not known.

    It stands apart from the limits of the guidelines: what is usual decides nothing.
    """
    if name not in WITH_RANGE:
        return ""
    sex = Sex(patient.sex) if patient.sex in set(Sex) else None
    ranges = reference_of(name, sex)
    texts = {f"{plain(each.normal[0])}\N{EN DASH}{plain(each.normal[1])}": each for each in ranges}
    if len(texts) == 1:
        return next(iter(texts))
    return ", ".join(f"{_PLURAL[each.sex]} {text}" for text, each in texts.items())


_PLURAL = {Sex.FEMALE: "women", Sex.MALE: "men"}


def _already_there(study: EchoStudy) -> str:
    number = f" with accession number {study.accession_number}" if study.accession_number else ""
    return (
        f"A {study.get_modality_display()} of this day{number} is already recorded "
        f"({study.get_status_display()}). Open it, or enter another accession number."
    )


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = False  # the page lists them above the form and in each box
    helper.layout = Layout(
        Box("version"),
        Chapter(USUAL.title, *_boxes(USUAL.names)),
        *(Chapter(each.title, *_boxes(each.names), folded=True) for each in FURTHER),
    )
    return helper


def _boxes(names: Iterable[str]) -> list[Box]:
    return [Box(name, css="wide" if name in WIDE else "") for name in names]


def values_before(studies: Iterable[EchoStudy]) -> dict[str, Before]:
    """For each field its latest value in these studies (newest first), with its day."""
    found: dict[str, Before] = {}
    for study in studies:
        for name in NAMES:
            if name not in found and name not in _NOT_COMPARED:
                text = value_text(study, name)
                if text is not None:
                    found[name] = Before(
                        f"{text} {unit_of(name)}".strip(), study.performed_on, _state_note(study)
                    )
    return found


_NOT_COMPARED = {"performed_on", "modality", "accession_number", "comment", "state"}


def _state_note(study: EchoStudy) -> str:
    is_rest = study.state == "rest"
    return "" if is_rest else str(study.get_state_display()).lower()


def latest_first(studies: Iterable[EchoStudy], before_on: date | None) -> list[EchoStudy]:
    """Studies that came before a day, in the order given."""
    return [study for study in studies if before_on is None or study.performed_on <= before_on]
