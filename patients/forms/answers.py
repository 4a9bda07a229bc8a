"""A direct answer as a form: the question is chosen, and the answer fits its kind."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType
from typing import Any

from django import forms

from guidelines.catalogue import antithrombosis, circumstances, drugs, therapy
from guidelines.definitions import FactDefinition
from patients.forms.records import FormChapter, RecordForm, field_for
from patients.forms.typed import NumberField
from patients.models import ClinicalAnswer
from patients.models.answers import QUESTIONS, UNKNOWN, answers_to, expected_answer
from patients.study_sheet import upper_first

SUBJECTS: tuple[tuple[str, tuple[ModuleType, ...]], ...] = (
    ("Valve, heart failure and therapy", (therapy, drugs)),
    ("Prosthesis, anticoagulation and bleeding", (antithrombosis,)),
    ("Circumstances: emergencies, infection, pregnancy, other tests", (circumstances,)),
)
"""Headings under which the questions stand; what belongs to none of them stands under the last."""

OTHERS = "Other questions"
ANY_ANSWER = "Yes or no"


class ClinicalAnswerForm(RecordForm):
    """One question, answered with yes or no, with one of its words, or with a number."""

    chapters = (FormChapter("Answer", ("answered_on", "fact", "answer", "number", "comment")),)
    listed = ("fact", "answer", "comment")
    wide = frozenset({"fact", "comment"})
    compares = False
    answer = forms.ChoiceField(label="Answer", required=False)

    class Meta:
        model = ClinicalAnswer
        fields = ("answered_on", "fact", "answer", "number", "comment")
        formfield_callback = field_for

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        fact = self.fields["fact"]
        assert isinstance(fact, forms.ChoiceField)  # noqa: S101 - for the type checker
        fact.choices = [("", "choose"), *grouped_questions()]
        question = QUESTIONS.get(str(self["fact"].value() or ""))
        self._fit(question)
        self.helper = self._helper()

    def _fit(self, question: FactDefinition | None) -> None:
        """Offer what answers the question; everything while none is chosen."""
        answer, number = self.fields["answer"], self.fields["number"]
        assert isinstance(answer, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(number, NumberField)  # noqa: S101 - for the type checker
        if question is None:
            answer.choices = [("", "choose"), *every_answer()]
            number.help_text = "Where the question asks for a number."
            return
        self.fields["fact"].help_text = question.meaning
        takes_number = question.kind is Decimal
        answer.choices = [("", "see the number" if takes_number else "choose")]
        answer.choices += answers_to(question)
        answer.error_messages["invalid_choice"] = expected_answer(question)
        number.unit = question.unit
        # What was typed into a box that does not fit is refused in words, never dropped.
        if not takes_number and not self.is_bound and self.instance.number is None:
            del self.fields["number"]

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """The answer is a word or a number with its unit."""
        if name == "number":
            return None
        return answer_words(row) if name == "answer" else super().words(row, name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """A number is read as the answer."""
        return name != "number" and super().applies(row, name)


def answer_words(row: Any) -> str | None:
    """The answer of a row, or of a former version of it, in words with its unit."""
    question = QUESTIONS.get(row.fact)
    if row.number is None:
        labels = dict(answers_to(question)) if question else {}
        return labels.get(row.answer, row.answer) or None
    number = f"{row.number.normalize():f}"
    return f"{number} {question.unit}".strip() if question else number


def grouped_questions() -> list[tuple[str, list[tuple[str, str]]]]:
    """The questions under the headings of their subjects."""
    groups: dict[str, list[tuple[str, str]]] = {title: [] for title, _ in SUBJECTS}
    groups[OTHERS] = []
    for question in QUESTIONS.values():
        groups[_subject_of(question)].append((question.name, upper_first(question.label)))
    return [(title, found) for title, found in groups.items() if found]


def _subject_of(question: FactDefinition) -> str:
    found = (
        title for title, modules in SUBJECTS if any(question in module.FACTS for module in modules)
    )
    return next(found, OTHERS)


def every_answer() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every possible answer: yes and no, then the words of each question that takes words."""
    plain = [("yes", "yes"), ("no", "no"), (UNKNOWN, "unknown")]
    groups = [(ANY_ANSWER, plain)]
    for question in QUESTIONS.values():
        if question.kind not in (bool, Decimal):
            terms = [pair for pair in answers_to(question) if pair[0] != UNKNOWN]
            groups.append((upper_first(question.label), terms))
    return groups
