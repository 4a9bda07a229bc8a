"""Direct answers to questions that rules ask and no other record holds.

The questions are the facts of the catalogue (``guidelines.catalogue``) that are marked as asked;
a new one needs no change of the database.
"""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from guidelines.catalogue import DEFINITIONS
from guidelines.definitions import FactDefinition
from patients.models.base import ClinicalRecord, YesNoUnknown

# Judgements and findings that have no place of their own in any other record, or where a record
# can only ever say yes (a device implanted elsewhere).
ALSO_ASKED = frozenset(
    {
        "af_rhythm_control_suitable",
        "appendage_closed",
        "biventricular_pacing_percent",
        "bleeding_risk",
        "coronary_anatomy_known",
        "crt_implanted",
        "echo_inconclusive",
        "high_degree_av_block",
        "leak_closure_suitable",
        "life_expectancy_long",
        "life_expectancy_short",
        "nt_probnp_times_upper_normal",
        "other_mechanical_valve",
        "other_valve_prosthesis",
        "other_valve_repair_material",
        "pacemaker_implanted",
        "rv_pacing_indicated",
        "takes_nsaid",
        "valve_in_valve_suitable",
    }
)
QUESTIONS: dict[str, FactDefinition] = {
    definition.name: definition
    for definition in DEFINITIONS
    if definition.is_asked or definition.name in ALSO_ASKED
}
"""Every question by the name of its fact, in the order of the catalogue."""

UNKNOWN = YesNoUnknown.UNKNOWN.value


def questions() -> list[tuple[str, str]]:
    """The questions as choices; asked when needed, so that no migration holds them."""
    return [(name, asked.label) for name, asked in QUESTIONS.items()]


def answers_to(question: FactDefinition) -> list[tuple[str, str]]:
    """What may be answered in words, with "unknown" last; of a number only "unknown"."""
    unknown = (UNKNOWN, "unknown")
    if question.kind is bool:
        return [(YesNoUnknown.YES.value, "yes"), (YesNoUnknown.NO.value, "no"), unknown]
    if question.kind is Decimal:
        return [unknown]
    saying = [
        (str(term.value), _in_a_sentence(term.label))
        for term in question.kind  # type: ignore[union-attr]
        if term not in question.unknown_terms
    ]
    return [*saying, unknown]


def _in_a_sentence(label: str) -> str:
    """A label as it reads inside a sentence; abbreviations and names of types stay as they are."""
    return (
        label if label[1:2].isupper() or label[1:2] in {"", "-"} else label[0].lower() + label[1:]
    )


def expected_answer(question: FactDefinition) -> str:
    """In words, what kind of answer the question takes."""
    if question.kind is Decimal:
        unit = f" in {question.unit}" if question.unit else ""
        return f"Enter the number{unit}, or choose “unknown”."
    said = [label for _, label in answers_to(question)]
    return f"Answer this question with {', '.join(said[:-1])} or {said[-1]}."


class ClinicalAnswer(ClinicalRecord):
    """One answer of the clinic on one day; "unknown" says that it was asked and is not known."""

    fact = models.CharField("question", max_length=80, choices=questions)
    answer = models.CharField(max_length=40, blank=True)
    number = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-100_000)), MaxValueValidator(Decimal(1_000_000))],
    )
    answered_on = models.DateField("answered on")
    comment = models.TextField(blank=True)

    date_field = "answered_on"

    class Meta:
        verbose_name = "direct answer"
        verbose_name_plural = "direct answers"
        ordering = ("-answered_on", "-id")
        indexes = (
            models.Index(fields=["patient", "fact", "-answered_on"], name="answer_to_question"),
        )

    def __str__(self) -> str:
        return f"{self.get_fact_display()} {self.answered_on}"

    @property
    def question(self) -> FactDefinition | None:
        """What was asked; None for a question that the catalogue no longer holds."""
        return QUESTIONS.get(self.fact)

    def clean(self) -> None:
        """The answer fits the question: yes or no, one of its terms, or a number."""
        question = self.question
        if question is None:
            raise ValidationError({"fact": "This question is not asked. Choose one of the list."})
        if question.kind is Decimal:
            self._clean_number(question)
            return
        if self.number is not None:
            message = f"This question takes no number. {expected_answer(question)}"
            raise ValidationError({"number": message})
        if self.answer not in dict(answers_to(question)):
            raise ValidationError({"answer": expected_answer(question)})

    def _clean_number(self, question: FactDefinition) -> None:
        if self.answer and self.answer != UNKNOWN:
            raise ValidationError({"answer": expected_answer(question)})
        if self.answer == UNKNOWN and self.number is not None:
            raise ValidationError({"answer": "Enter the number or choose “unknown”, not both."})
        if not self.answer and self.number is None:
            raise ValidationError({"number": expected_answer(question)})
