"""The heart team's review as a form; a judgment left open is pending, which is no error."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from patients.days import day_error, spoken
from patients.forms.records import Doubt, FormChapter, RecordForm
from patients.forms.typed import plain
from treatments.forms.boxes import CountField, box_for, error
from treatments.models import TeamReview

PENDING = "pending: not judged yet"
OPEN = {"decision": "not decided yet"}
NOTHING_SAID = {
    "operability": "not_discussed",
    "surgical_risk_class": "unknown",
    "teer_anatomy": "not_assessed",
    "center_type": "unknown",
    "durable_repair_expected": "unknown",
    "intervention_futile": "unknown",
    "surgery_impossible_or_delayed": "unknown",
    "procedure_impediment": "unknown",
    "gdmt_optimized": "unknown",
    "decision": "not_decided",
}
"""The answer of each choice that says nothing yet."""

JUDGMENTS = ("operability", "surgical_risk_class", "repair_likelihood_percent", "teer_anatomy")
"""What the team judges and nobody computes; rules wait for it."""

RISK_PARTS = (
    "major_organs_compromised",
    "procedure_impediment",
    "death_or_major_morbidity_1_year_percent",
    "surgery_impossible_or_delayed",
    "intervention_futile",
)
THERAPY = ("gdmt_optimized", "heart_failure_specialist")
STS = ("sts_mortality_percent", "sts_model", "sts_computed_on")
DECISION = ("decision", "decision_reason", "review_on", "patient_wish")
# Decided not to intervene now: a day is named on which that is looked at again.
TO_LOOK_AT_AGAIN = (TeamReview.Decision.WATCH, TeamReview.Decision.DECLINED_BY_PATIENT)


class TeamReviewForm(RecordForm):
    """One review: who took part, what was judged, what was decided and why."""

    class Meta:
        model = TeamReview
        fields = (
            "reviewed_on",
            "participants",
            "operability",
            "surgical_risk_class",
            "repair_likelihood_percent",
            "durable_repair_expected",
            "teer_anatomy",
            "expected_mortality_percent",
            "life_expectancy_years",
            "center_type",
            *RISK_PARTS,
            *THERAPY,
            *STS,
            *DECISION,
        )
        help_texts: ClassVar = {
            "participants": "Names and what each stood for, for example: Dr Keller (surgeon).",
            "surgical_risk_class": "The team's own class; a score never takes its place.",
            "repair_likelihood_percent": "Empty while the team has not judged it.",
            "durable_repair_expected": "Whether a surgical repair is expected to last.",
            "gdmt_optimized": "Every drug at the highest tolerated dose, or a stated reason why "
            "not.",
            "heart_failure_specialist": "Who says so.",
            "sts_model": "Needed with a value, for example: STS ACSD, mitral repair, v4.2.",
            "sts_computed_on": "Empty when computed on the day of the review.",
            "decision_reason": "Needed with a decision.",
            "review_on": "Needed with watchful waiting and when the patient declines.",
            "patient_wish": "In the patient's own words where possible.",
        }
        formfield_callback = box_for

    chapters = (
        FormChapter("Review", ("reviewed_on", "participants")),
        FormChapter(
            "The team's judgments",
            (
                *JUDGMENTS,
                "durable_repair_expected",
                "expected_mortality_percent",
                "life_expectancy_years",
                "center_type",
            ),
        ),
        FormChapter("Surgical risk by its parts", RISK_PARTS, folded=True),
        FormChapter("Heart failure, before the valve is treated", THERAPY, folded=True),
        FormChapter("STS score, as computed elsewhere", STS),
        FormChapter("Decision", DECISION),
    )
    listed = ("operability", "surgical_risk_class", "teer_anatomy", "decision", "participants")
    wide = frozenset({"participants", "decision_reason", "patient_wish"})

    major_organs_compromised = CountField(
        label="Organ systems compromised besides the heart", low=0, high=10
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._name_what_is_pending()

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """A judgment left open is pending; any other choice left open says nothing."""
        text = super().words(row, name)
        if name in NOTHING_SAID and getattr(row, name) == NOTHING_SAID[name]:
            text = None
        return PENDING if text is None and name in JUDGMENTS else text

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """A review without an STS value misses neither its model nor its day."""
        return name not in STS[1:] or row.sts_mortality_percent is not None

    def _name_what_is_pending(self) -> None:
        for name, nothing in NOTHING_SAID.items():
            box = self.fields[name]
            assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
            choices: list[Any] = list(box.choices)  # type: ignore[arg-type]
            text = PENDING if name in JUDGMENTS else OPEN.get(name, "not recorded")
            box.choices = [(nothing, text), *(each for each in choices if each[0] != nothing)]

    def clean(self) -> dict[str, Any]:
        """A decision has its reasons, an STS value its model."""
        cleaned = super().clean()
        self._check_decision(cleaned)
        self._check_specialist(cleaned)
        self._check_sts(cleaned)
        return cleaned

    def _check_specialist(self, cleaned: Mapping[str, Any]) -> None:
        named = cleaned.get("heart_failure_specialist")
        judged = cleaned.get("gdmt_optimized") or NOTHING_SAID["gdmt_optimized"]
        if named and judged == NOTHING_SAID["gdmt_optimized"]:
            words = "Is the therapy optimized? Answer it, or empty the name."
            self.add_error("gdmt_optimized", error(words, "needed"))

    def _check_decision(self, cleaned: Mapping[str, Any]) -> None:
        decision = cleaned.get("decision") or NOTHING_SAID["decision"]
        if decision == NOTHING_SAID["decision"]:
            return
        if not cleaned.get("decision_reason") and "decision_reason" not in self.errors:
            self.add_error("decision_reason", error("Why was this decided?", "needed"))
        self._check_review_day(cleaned, decision)

    def _check_review_day(self, cleaned: Mapping[str, Any], decision: str) -> None:
        again, day = cleaned.get("review_on"), cleaned.get("reviewed_on")
        if again is None:
            if decision in TO_LOOK_AT_AGAIN and "review_on" not in self.errors:
                words = "By when is this decision looked at again?"
                self.add_error("review_on", error(words, "needed"))
        elif day is not None and again <= day:
            self.add_error("review_on", error("This is not after the review.", "before"))

    def _check_sts(self, cleaned: Mapping[str, Any]) -> None:
        value, model, day = (cleaned.get(name) for name in STS)
        if message := day_error(day, self.patient, self.today):
            self.add_error("sts_computed_on", error(message, "impossible_day"))
        if value is not None and not model and "sts_model" not in self.errors:
            words = "With which STS model and version was it computed?"
            self.add_error("sts_model", error(words, "needed"))
        if value is None and (model or day) and "sts_mortality_percent" not in self.errors:
            words = "The value is missing. Enter it, or empty the model and the day."
            self.add_error("sts_mortality_percent", error(words, "needed"))
        reviewed = cleaned.get("reviewed_on")
        if day and reviewed and day > reviewed:
            words = f"This is after the review of {spoken(reviewed)}."
            self.add_error("sts_computed_on", error(words, "order"))

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        super()._collect_doubts(cleaned)
        share = cleaned.get("repair_likelihood_percent")
        if (
            share is None
            or not 0 < share <= 1
            or "repair_likelihood_percent" not in self.changed_data
        ):
            return
        meant = plain(share * Decimal(100))
        self._add_doubt(
            Doubt(
                name="repair_likelihood_percent",
                code="repair_likelihood_percent",
                value=plain(share),
                message=f"{plain(share)} % is unusual. Did you mean {meant} %?",
                label=f"Yes, {plain(share)} % is the team's judgment",
                offers=[(meant, f"{meant} %")],
            )
        )


def pending_judgments(review: TeamReview) -> list[str]:
    """The judgments that the team has left open, as the form calls them."""
    form = TeamReviewForm
    return [
        str(form.base_fields[name].label).lower().replace("teer", "TEER")
        for name in JUDGMENTS
        if form.words(review, name) == PENDING
    ]
