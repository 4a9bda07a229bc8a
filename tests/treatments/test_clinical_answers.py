"""Direct answers: what fits a question, what it becomes, and how long it counts."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Clinic
from guidelines.definitions import FactDefinition
from patients.forms.answers import ClinicalAnswerForm, answer_words, grouped_questions
from patients.models import ClinicalAnswer, Patient
from patients.models.answers import ALSO_ASKED, QUESTIONS, UNKNOWN, answers_to, expected_answer
from tests.factories import records as make
from tests.treatments.conftest import ON, FactOf, ReadingOf, ago

YES_NO = "hemodynamically_stable"
NUMBER = "vegetation_length_mm"
TERM = "coronary_likelihood"


def form_for(patient: Patient, data: dict[str, str] | None = None, **initial: str):
    return ClinicalAnswerForm(data, patient=patient, today=ON, initial=initial)


def cleaned(patient: Patient, **values: object) -> ClinicalAnswer:
    row = ClinicalAnswer(patient=patient, answered_on=ON, **values)
    row.full_clean(exclude=["entered_by"])
    return row


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_every_question_takes_unknown_and_a_fitting_answer(
    patient: Patient, question: FactDefinition
) -> None:
    cleaned(patient, fact=question.name, answer=UNKNOWN)
    if question.kind is Decimal:
        cleaned(patient, fact=question.name, number=Decimal(3))
    for code, _ in answers_to(question):
        cleaned(patient, fact=question.name, answer=code)


def test_what_is_asked_besides_is_in_the_catalogue() -> None:
    assert QUESTIONS.keys() >= ALSO_ASKED


def test_questions_stand_in_groups_each_once() -> None:
    names = [name for _, questions in grouped_questions() for name, _ in questions]
    assert sorted(names) == sorted(QUESTIONS)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fact": YES_NO, "answer": "severe"}, "Answer this question with yes, no or unknown."),
        ({"fact": YES_NO}, "Answer this question with yes, no or unknown."),
        ({"fact": YES_NO, "number": Decimal(3)}, "takes no number"),
        ({"fact": NUMBER}, "Enter the number in mm"),
        ({"fact": NUMBER, "answer": "yes"}, "Enter the number in mm"),
        ({"fact": NUMBER, "answer": UNKNOWN, "number": Decimal(3)}, "not both"),
        ({"fact": TERM, "answer": "yes"}, "Answer this question with"),
        ({"fact": "lvef_percent", "number": Decimal(60)}, "not asked"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_in_plain_words(
    patient: Patient, values: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        cleaned(patient, **values)
    assert message in " ".join(refused.value.messages)


def test_the_form_opens_at_the_question_that_a_link_names(patient: Patient) -> None:
    form = form_for(patient, fact=YES_NO)
    assert [code for code, _ in form.fields["answer"].choices] == ["", "yes", "no", "unknown"]
    assert "number" not in form.fields
    assert form.fields["fact"].help_text == QUESTIONS[YES_NO].meaning
    numeric = form_for(patient, fact=NUMBER)
    assert [code for code, _ in numeric.fields["answer"].choices] == ["", "unknown"]
    assert numeric.fields["number"].unit == "mm"


def test_the_form_offers_everything_until_a_question_is_chosen(patient: Patient) -> None:
    form = form_for(patient, fact="no_such_question")
    assert "number" in form.fields
    labels = [label for _, label in form.fields["answer"].choices[1][1]]
    assert labels == ["yes", "no", "unknown"]


def test_a_typed_number_is_refused_and_never_dropped(patient: Patient) -> None:
    form = form_for(
        patient, {"answered_on": str(ON), "fact": YES_NO, "answer": "yes", "number": "3"}
    )
    assert "takes no number" in " ".join(form.errors["number"])


def test_a_number_is_read_with_its_unit(patient: Patient) -> None:
    row = make.answer(patient, ON, NUMBER, "12.0")
    assert answer_words(row) == "12 mm"
    assert expected_answer(QUESTIONS[NUMBER]).startswith("Enter the number in mm")


# What it becomes ---------------------------------------------------------------------------------


def test_unknown_stays_unknown(patient: Patient, fact: FactOf) -> None:
    make.answer(patient, ON, YES_NO, UNKNOWN)
    assert fact(YES_NO) is None


def test_a_later_unknown_takes_back_what_reassured_and_nothing_adverse(
    patient: Patient, reading: ReadingOf
) -> None:
    make.answer(patient, ago(20), YES_NO, "yes")
    make.answer(patient, ago(20), "angioedema_ever", "yes")
    make.answer(patient, ago(1), YES_NO, UNKNOWN)
    make.answer(patient, ago(1), "angioedema_ever", UNKNOWN)
    assert reading(YES_NO) is None
    assert reading("angioedema_ever") is True


@pytest.mark.parametrize(("days", "expected"), [(90, True), (91, None)])
def test_an_answer_reassures_for_the_days_of_its_question(
    patient: Patient, reading: ReadingOf, days: int, expected: bool | None
) -> None:
    make.answer(patient, ago(days), YES_NO, "yes")
    assert reading(YES_NO) is expected


def test_a_number_and_a_term_become_their_kinds(patient: Patient, fact: FactOf) -> None:
    make.answer(patient, ON, NUMBER, "12.500")
    make.answer(patient, ON, TERM, "high")
    found, likelihood = fact(NUMBER), fact(TERM)
    assert found is not None
    assert likelihood is not None
    assert found.value == Decimal("12.5")
    assert likelihood.value == "high"
    assert found.source.startswith("clinical_answer:")


def test_an_answer_of_a_former_emergency_says_nothing_of_this_one(
    patient: Patient, fact: FactOf
) -> None:
    make.answer(patient, date(2023, 1, 1), "aortic_dissection", "yes")
    found = fact("aortic_dissection")
    assert found is not None
    assert found.value is None
    make.acute_episode(patient, ago(2))
    make.answer(patient, ago(1), "aortic_dissection", "no")
    found = fact("aortic_dissection")
    assert found is not None
    assert found.value is False


def test_a_struck_answer_does_not_count(
    patient: Patient, clinic_north: Clinic, alice, fact: FactOf
) -> None:
    make.strike(make.answer(patient, ON, YES_NO, "yes"), by=alice)
    assert fact(YES_NO) is None
