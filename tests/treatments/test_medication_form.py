"""Medication as it is typed: doses, days, doubts."""

from datetime import date
from decimal import Decimal

import pytest

from patients.forms.records import CONFIRMED
from tests.factories import records as make
from treatments.forms.medication import (
    ChangeDoseForm,
    MedicationForm,
    StopMedicationForm,
    dose_words,
)
from treatments.formulary import DrugClass
from treatments.models import Medication

TODAY = date(2024, 6, 1)
BISOPROLOL = {"drug": "bisoprolol", "dose_mg": "5", "times_a_day": "1", "noted_on": "3 Mar 2024"}


@pytest.fixture
def typed(patient):
    """Return a function that gives the form with what is typed into it."""
    return lambda **values: MedicationForm(BISOPROLOL | values, patient=patient, today=TODAY)


@pytest.fixture
def course(patient):
    """A running course of bisoprolol."""
    return make.medication(
        patient, "2024-03-03", "bisoprolol", dose_mg=5, times_a_day=1, started_on=date(2024, 2, 1)
    )


def errors_of(form):
    return {name: " ".join(errors) for name, errors in form.errors.items()}


def test_the_least_is_a_drug_and_a_day(patient):
    values = {"drug": "furosemide", "noted_on": "3 Mar 2024"}
    form = MedicationForm(values, patient=patient, today=TODAY)
    assert form.is_valid(), form.errors
    row = form.save(commit=False)
    assert (row.dose_mg, row.started_on, row.at_maximal_tolerated_dose) == (None, None, None)
    assert (row.indication, row.drug_class) == ("not_stated", DrugClass.DIURETIC)


def test_drugs_are_grouped_by_class(patient):
    groups = list(MedicationForm(patient=patient, today=TODAY).fields["drug"].choices)
    assert groups[0] == ("", "choose")
    assert "ACE inhibitor" in [label for label, drugs in groups]
    assert ("enalapril", "enalapril") in dict(groups)["ACE inhibitor"]


def test_a_new_one_is_noted_today_and_a_stored_one_keeps_its_day(patient, course):
    assert MedicationForm(patient=patient, today=TODAY)["noted_on"].value() == "1 Jun 2024"
    form = MedicationForm(instance=course, patient=patient, today=TODAY)
    assert form["noted_on"].value() == "3 Mar 2024"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("2,5", "2.5"), ("2.5 mg", "2.5"), ("0.001", "0.001"), ("1000", "1000"), ("", None)],
)
def test_doses_are_read_as_people_type_them(typed, text, kept):
    form = typed(dose_mg=text)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["dose_mg"] == (Decimal(kept) if kept else None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1 g", "1000"),
        ("62.5 µg", "0.0625"),
        ("125 µg", "0.125"),
        ("125 mcg", "0.125"),
        ("0.5g", "500"),
    ],
)
def test_another_unit_is_offered_and_never_converted_silently(typed, text, meant):
    form = typed(dose_mg=text)
    assert f"Did you mean {meant} mg?" in errors_of(form)["dose_mg"]
    assert form.beside("dose_mg").offers == [(meant, f"{meant} mg")]


@pytest.mark.parametrize(
    "text", ["0", "-5", "0.00005", "10001", "half a tablet", "5 mL", "62.55 µg", "1e3", "99 g"]
)
def test_a_dose_that_cannot_be_kept_is_refused(typed, text):
    form = typed(dose_mg=text)
    assert "dose_mg" in form.errors
    assert form["dose_mg"].value() == text
    assert form.beside("dose_mg").offers == []


@pytest.mark.parametrize(
    ("drug", "dose", "is_asked"),
    [
        ("bisoprolol", "1000", False),
        ("bisoprolol", "1001", True),
        ("digoxin", "1", False),
        ("digoxin", "125", True),
    ],
)
def test_an_unusual_dose_is_asked_about(typed, drug, dose, is_asked):
    assert ("is unusual for one dose" in str(typed(drug=drug, dose_mg=dose).errors)) is is_asked
    assert typed(drug=drug, dose_mg=dose, **{CONFIRMED: [f"dose_mg:{dose}"]}).is_valid()


@pytest.mark.parametrize(
    ("text", "is_right"), [("0.01", True), ("0", False), ("24", True), ("24.5", False)]
)
def test_how_often_is_possible(typed, text, is_right):
    assert typed(times_a_day=text).is_valid() is is_right


def test_a_drug_outside_the_formulary_has_a_name(typed):
    assert errors_of(typed(drug="other")) == {"name_as_written": "Which drug is it?"}
    assert typed(drug="other", name_as_written="ivabradine").is_valid()


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        ({"started_on": "2 Jun 2024"}, "started_on", "in the future"),
        ({"stopped_on": "2 Jun 2024"}, "stopped_on", "in the future"),
        ({"noted_on": "2 Jun 2024"}, "noted_on", "in the future"),
        ({"started_on": "4 May 1955"}, "started_on", "before the patient's birth"),
        (
            {"started_on": "5 Mar 2024", "stopped_on": "4 Mar 2024"},
            "stopped_on",
            "This is before the start on 5 Mar 2024.",
        ),
        ({"stop_reason": "allergy"}, "stopped_on", "On which day was it stopped?"),
        ({"stopped_on": "2 Mar 2024"}, "stopped_on", "taking it on 3 Mar 2024"),
    ],
)
def test_days_of_a_course_are_possible(typed, values, name, said):
    assert said in errors_of(typed(**values))[name]


def test_a_course_may_stop_on_the_day_it_starts(typed):
    assert typed(started_on="4 Mar 2024", stopped_on="4 Mar 2024").is_valid()


def test_the_same_drug_twice_is_asked_about(typed, course):
    said = str(typed().errors)
    assert "Bisoprolol, 5 mg, once a day, is recorded already and not stopped." in said
    assert typed(**{CONFIRMED: [f"same_drug:{course.public_id}"]}).is_valid()
    assert typed(drug="carvedilol").is_valid()
    assert typed(stopped_on="4 Mar 2024").is_valid()


def test_a_stopped_course_of_the_drug_is_not_asked_about(typed, course):
    Medication.objects.update(stopped_on=date(2024, 5, 1))
    assert typed().is_valid()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ""),
        ({"dose_mg": Decimal("2.500")}, "2.5 mg"),
        ({"dose_mg": Decimal(5), "times_a_day": Decimal("1.00")}, "5 mg, once a day"),
        ({"dose_mg": Decimal(5), "times_a_day": Decimal("0.50")}, "5 mg, 0.5 times a day"),
        ({"dose_text": "2 puffs"}, "2 puffs"),
    ],
)
def test_a_dose_reads_as_one_says_it(values, words):
    assert dose_words(Medication(**values)) == words


# --- Stop and change of dose ---------------------------------------------------------------------


@pytest.fixture
def stop(patient, course):
    """Return a function that gives the form to stop the course."""

    def form_of(**values):
        usual = {"stopped_on": "4 Mar 2024", "stop_reason": "side_effect", "version": "1"}
        return StopMedicationForm(usual | values, patient=patient, today=TODAY, instance=course)

    return form_of


def test_a_stop_has_a_day_and_a_reason(stop):
    assert stop().is_valid()
    assert set(stop(stopped_on="", stop_reason="").errors) == {"stopped_on", "stop_reason"}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2 Jun 2024", "in the future"),
        ("31 Jan 2024", "before the start on 1 Feb 2024"),
        ("2 Mar 2024", "taking it on 3 Mar 2024"),
    ],
)
def test_a_stop_on_an_impossible_day_is_refused(stop, day, said):
    assert said in str(stop(stopped_on=day).errors["stopped_on"])


def test_a_stop_before_the_last_note_may_be_confirmed(stop):
    assert stop(stopped_on="2 Mar 2024", **{CONFIRMED: ["stopped_on:2024-03-02"]}).is_valid()


@pytest.fixture
def dose(patient, course):
    """Return a function that gives the form to change the dose of the course."""

    def form_of(**values):
        usual = {"started_on": "4 May 2024", "dose_mg": "10", "times_a_day": "1", "version": "1"}
        return ChangeDoseForm(usual | values, patient=patient, today=TODAY, course=course)

    return form_of


def test_a_new_dose_is_a_new_course(dose, course):
    form = dose()
    assert form.is_valid(), form.errors
    row = form.save(commit=False)
    assert row.pk is None
    assert (row.drug, row.dose_mg, row.times_a_day) == ("bisoprolol", 10, 1)
    assert (row.started_on, row.noted_on) == (date(2024, 5, 4), date(2024, 5, 4))


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        ({"started_on": ""}, "started_on", "required"),
        ({"started_on": "2 Jun 2024"}, "started_on", "in the future"),
        ({"started_on": "1 Feb 2024"}, "started_on", "The present dose began on 1 Feb 2024"),
        ({"dose_mg": ""}, "dose_mg", "What is the new dose?"),
        ({"dose_mg": "5"}, "dose_mg", "This is the dose that is recorded already."),
        ({"dose_mg": "5000"}, "dose_mg", "is unusual for one dose"),
        ({"version": ""}, "__all__", "This page is incomplete."),
    ],
)
def test_a_new_dose_that_cannot_be_is_refused(dose, values, name, said):
    assert said in errors_of(dose(**values))[name]


@pytest.mark.parametrize(
    "values",
    [{"dose_mg": "", "dose_text": "5 mg, 2.5 mg at night"}, {"times_a_day": "2", "dose_mg": "5"}],
)
def test_a_dose_may_be_in_words_or_more_often(dose, values):
    assert dose(**values).is_valid()


def test_a_changed_dose_is_no_reason_to_stop(course):
    form = StopMedicationForm(instance=course, patient=course.patient, today=TODAY)
    assert "dose_changed" not in dict(form.fields["stop_reason"].choices)
