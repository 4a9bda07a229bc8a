"""Studies other than echo, and admissions for heart failure, as forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from guidelines.vocabulary import Rhythm
from patients.days import day_error, spoken
from patients.forms.records import Doubt, FormChapter, RecordForm, field_for
from patients.forms.typed import plain
from patients.models import (
    CatheterStudy,
    CmrStudy,
    CoronaryAssessment,
    Electrocardiogram,
    ExerciseTest,
    HeartFailureAdmission,
    YesNoUnknown,
)

WIDE_QRS_MS = Decimal(120)
LEFT_MAIN_LIMIT_PERCENT = Decimal(50)
OTHER_LIMIT_PERCENT = Decimal(70)
"""Stenoses from which a "no" to revascularization is asked about once more."""

LVEF_SLACK_PERCENT = Decimal(5)
"""How far a stated LVEF may lie from the one that the volumes give before it is asked about."""

_AF = {Rhythm.ATRIAL_FIBRILLATION.value, Rhythm.ATRIAL_FLUTTER.value}
_WIDE = {Electrocardiogram.Morphology.LBBB, Electrocardiogram.Morphology.RBBB}
_HUNDRED = Decimal(100)


class ElectrocardiogramForm(RecordForm):
    """A 12-lead ECG, a longer recording, or a device interrogation."""

    chapters = (
        FormChapter("Recording", ("recorded_on", "kind", "rhythm", "heart_rate_bpm")),
        FormChapter("Conduction", ("qrs_ms", "qrs_morphology", "rv_pacing_percent")),
        FormChapter("Arrhythmia", ("atrial_fibrillation_seen", "complex_ventricular_ectopy")),
        FormChapter("Comment", ("comment",)),
    )
    listed = ("kind", "rhythm", "heart_rate_bpm", "qrs_ms", "atrial_fibrillation_seen")
    needs_a_value = True

    class Meta:
        model = Electrocardiogram
        fields = (
            "recorded_on",
            "kind",
            "rhythm",
            "heart_rate_bpm",
            "qrs_ms",
            "qrs_morphology",
            "rv_pacing_percent",
            "atrial_fibrillation_seen",
            "complex_ventricular_ectopy",
            "comment",
        )
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """A rhythm of fibrillation or flutter is one that was seen."""
        if cleaned.get("rhythm") in _AF and cleaned.get("atrial_fibrillation_seen") is False:
            self.refuse(
                "atrial_fibrillation_seen",
                f"The rhythm is {Rhythm(cleaned['rhythm']).label.lower()}: “no” contradicts it.",
            )

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A QRS duration that does not go with its shape."""
        width, shape = cleaned.get("qrs_ms"), cleaned.get("qrs_morphology")
        if width is None or not shape:
            return
        is_odd = (shape == Electrocardiogram.Morphology.NARROW and width >= WIDE_QRS_MS) or (
            shape in _WIDE and width < WIDE_QRS_MS
        )
        if is_odd:
            label = Electrocardiogram.Morphology(shape).label
            yield Doubt(
                name="qrs_ms",
                code="qrs_ms",
                value=f"{plain(width)}/{shape}",
                message=f"{plain(width)} ms does not go with “{label}” "
                f"(wide from {plain(WIDE_QRS_MS)} ms on).",
                label="Yes, both are what the recording says",
                is_stored=False,
            )


class ExerciseTestForm(RecordForm):
    """An exercise test or cardiopulmonary exercise test."""

    chapters = (
        FormChapter("Test", ("performed_on", "protocol", "result", "attributed_to_mr")),
        FormChapter(
            "Measured",
            (
                "peak_workload_w",
                "predicted_workload_percent",
                "peak_vo2_ml_kg_min",
                "peak_spap_mmhg",
            ),
        ),
        FormChapter("Comment", ("comment",)),
    )
    listed = ("result", "attributed_to_mr", "peak_workload_w", "peak_vo2_ml_kg_min")

    class Meta:
        model = ExerciseTest
        fields = (
            "performed_on",
            "protocol",
            "result",
            "attributed_to_mr",
            "peak_workload_w",
            "predicted_workload_percent",
            "peak_vo2_ml_kg_min",
            "peak_spap_mmhg",
            "comment",
        )
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Symptoms that were not there are attributed to nothing."""
        is_normal = cleaned.get("result") == ExerciseTest.Result.NORMAL
        if is_normal and cleaned.get("attributed_to_mr") == YesNoUnknown.YES:
            self.refuse(
                "attributed_to_mr",
                "The result is “normal, no symptoms”: there are none to attribute to MR.",
            )


class CoronaryAssessmentForm(RecordForm):
    """What is known of the coronary arteries, and from which test."""

    chapters = (
        FormChapter("Test", ("performed_on", "method")),
        FormChapter(
            "Finding",
            (
                "left_main_stenosis_percent",
                "largest_other_stenosis_percent",
                "needs_revascularization",
            ),
        ),
        FormChapter("Comment", ("comment",)),
    )
    listed = (
        "method",
        "left_main_stenosis_percent",
        "largest_other_stenosis_percent",
        "needs_revascularization",
    )
    needs_a_value = True

    class Meta:
        model = CoronaryAssessment
        fields = (
            "performed_on",
            "method",
            "left_main_stenosis_percent",
            "largest_other_stenosis_percent",
            "needs_revascularization",
            "comment",
        )
        formfield_callback = field_for

    def _says_something(self, cleaned: Mapping[str, Any]) -> bool:
        """The method alone is no finding."""
        return super()._says_something({**cleaned, "method": None})

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Arteries without any stenosis need no revascularization."""
        found = _stenoses(cleaned)
        is_needed = cleaned.get("needs_revascularization") == YesNoUnknown.YES
        if is_needed and len(found) == 2 and not any(found):
            self.refuse("needs_revascularization", "Both stenoses are 0 %: “yes” contradicts them.")

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A tight stenosis that needs nothing may be right and is asked about."""
        if cleaned.get("needs_revascularization") != YesNoUnknown.NO:
            return
        limits = {
            "left_main_stenosis_percent": LEFT_MAIN_LIMIT_PERCENT,
            "largest_other_stenosis_percent": OTHER_LIMIT_PERCENT,
        }
        for name, limit in limits.items():
            value = cleaned.get(name)
            if value is not None and value >= limit:
                yield Doubt(
                    name="needs_revascularization",
                    code=f"{name}_without_need",
                    value=plain(value),
                    message=f"{self.fields[name].label} is {plain(value)} %, and no "
                    "revascularization is needed?",
                    label="Yes, none is needed",
                    is_stored=False,
                )


def _stenoses(cleaned: Mapping[str, Any]) -> list[Decimal]:
    names = ("left_main_stenosis_percent", "largest_other_stenosis_percent")
    return [cleaned[name] for name in names if cleaned.get(name) is not None]


class CatheterStudyForm(RecordForm):
    """A right-heart or left-heart catheter study."""

    chapters = (
        FormChapter(
            "Pressures",
            (
                "performed_on",
                "right_atrial_pressure_mmhg",
                "spap_mmhg",
                "mean_pap_mmhg",
                "wedge_pressure_mmhg",
            ),
        ),
        FormChapter("Flow and ventriculography", ("cardiac_output_l_min", "angiographic_mr_grade")),
        FormChapter("Comment", ("comment",)),
    )
    listed = ("spap_mmhg", "mean_pap_mmhg", "wedge_pressure_mmhg", "cardiac_output_l_min")
    needs_a_value = True
    angiographic_mr_grade = forms.TypedChoiceField(
        label="Angiographic MR grade",
        required=False,
        coerce=int,
        empty_value=None,
        choices=(("", "not recorded"), (0, "0"), (1, "1+"), (2, "2+"), (3, "3+"), (4, "4+")),
    )

    class Meta:
        model = CatheterStudy
        fields = (
            "performed_on",
            "right_atrial_pressure_mmhg",
            "spap_mmhg",
            "mean_pap_mmhg",
            "wedge_pressure_mmhg",
            "cardiac_output_l_min",
            "angiographic_mr_grade",
            "comment",
        )
        formfield_callback = field_for

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """The grade with its plus sign."""
        if name == "angiographic_mr_grade" and row.angiographic_mr_grade:
            return f"{row.angiographic_mr_grade}+"
        return super().words(row, name)

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """A mean pressure lies below the systolic one."""
        mean, systolic = cleaned.get("mean_pap_mmhg"), cleaned.get("spap_mmhg")
        if mean is not None and systolic is not None and mean > systolic:
            self.refuse(
                "mean_pap_mmhg",
                f"The mean ({plain(mean)} mmHg) cannot lie above the systolic pressure "
                f"({plain(systolic)} mmHg).",
            )


class CmrStudyForm(RecordForm):
    """A cardiac magnetic resonance study."""

    chapters = (
        FormChapter("Study", ("performed_on", "accession_number", "quality")),
        FormChapter("Ventricles", ("lvedv_ml", "lvesv_ml", "lvef_percent", "rvef_percent")),
        FormChapter(
            "Regurgitation and scar",
            ("regurgitant_volume_ml", "regurgitant_fraction_percent", "late_enhancement"),
        ),
        FormChapter("Comment", ("comment",)),
    )
    listed = (
        "lvef_percent",
        "lvedv_ml",
        "lvesv_ml",
        "regurgitant_volume_ml",
        "regurgitant_fraction_percent",
    )
    confirmed_as = "what the report says"
    needs_a_value = True

    class Meta:
        model = CmrStudy
        fields = (
            "performed_on",
            "accession_number",
            "quality",
            "lvedv_ml",
            "lvesv_ml",
            "lvef_percent",
            "rvef_percent",
            "regurgitant_volume_ml",
            "regurgitant_fraction_percent",
            "late_enhancement",
            "comment",
        )
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """The ventricle is smaller in systole."""
        diastolic, systolic = cleaned.get("lvedv_ml"), cleaned.get("lvesv_ml")
        if diastolic is not None and systolic is not None and systolic > diastolic:
            self.refuse(
                "lvesv_ml",
                f"The end-systolic volume ({plain(systolic)} mL) cannot be larger than the "
                f"end-diastolic one ({plain(diastolic)} mL).",
            )

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """An LVEF that its own volumes do not give."""
        names = ("lvef_percent", "lvedv_ml", "lvesv_ml")
        stated, diastolic, systolic = (cleaned.get(name) for name in names)
        if stated is None or diastolic is None or systolic is None or systolic > diastolic:
            return
        computed = (diastolic - systolic) / diastolic * _HUNDRED
        if abs(stated - computed) > LVEF_SLACK_PERCENT:
            yield Doubt(
                name="lvef_percent",
                code="lvef_percent_from_volumes",
                value=f"{plain(stated)}/{plain(diastolic)}/{plain(systolic)}",
                message=f"The volumes give an LVEF of {computed:.0f} %, and {plain(stated)} % is "
                "entered.",
                label="Yes, all three are what the report says",
                is_stored=False,
            )


class HeartFailureAdmissionForm(RecordForm):
    """A hospital admission for heart failure."""

    chapters = (
        FormChapter("Stay", ("admitted_on", "discharged_on", "hospital", "attributed_to_mr")),
        FormChapter("Comment", ("comment",)),
    )
    listed = ("discharged_on", "hospital", "attributed_to_mr")

    class Meta:
        model = HeartFailureAdmission
        fields = ("admitted_on", "discharged_on", "hospital", "attributed_to_mr", "comment")
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Nobody leaves before coming, or on a day that has not come."""
        came, left = cleaned.get("admitted_on"), cleaned.get("discharged_on")
        if error := day_error(left, self.patient, self.today):
            self.refuse("discharged_on", error)
        elif came and left and left < came:
            self.refuse("discharged_on", f"This is before the admission on {spoken(came)}.")
