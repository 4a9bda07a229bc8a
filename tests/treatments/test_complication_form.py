"""Complications: of one of the patient's performed interventions, and not before it."""

from datetime import date

import pytest

from patients.forms.records import CONFIRMED
from tests.factories import records as make
from treatments.forms.complications import NOTHING_PERFORMED, ComplicationForm
from treatments.record_kinds import KINDS

TODAY = date(2024, 6, 1)


@pytest.fixture
def repair(patient):
    return make.intervention(patient, "2024-03-03", "mitral_repair")


@pytest.fixture
def typed(patient, repair):
    """Return a function that gives the form with what is typed into it."""

    def form_of(**values):
        usual = {
            "intervention": str(repair.public_id),
            "kind": "stroke",
            "occurred_on": "4 Mar 2024",
        }
        return ComplicationForm(usual | values, patient=patient, today=TODAY)

    return form_of


def choices_of(patient):
    form = ComplicationForm(patient=patient, today=TODAY)
    return [label for value, label in form.fields["intervention"].choices if value]


def test_it_is_chosen_among_this_patients_performed_interventions(patient, clinic_north, alice):
    make.intervention(patient, "2024-03-03", "mitral_repair")
    make.intervention(patient, "2020-01-05", "pci")
    make.planned_intervention(patient, "teer")
    make.strike(make.intervention(patient, "2021-01-05", "icd"), by=alice)
    make.intervention(make.patient_of(clinic_north), "2024-03-03", "crt")
    assert choices_of(patient) == [
        "Mitral valve repair, 3 Mar 2024",
        "Coronary intervention (PCI), 5 Jan 2020",
    ]


def test_without_an_intervention_the_form_says_what_comes_first(alice, client_of, patient):
    page = client_of(alice).get(KINDS["complication"].add_url(patient))
    assert NOTHING_PERFORMED in page.content.decode()


def test_another_patients_intervention_is_refused(typed, clinic_north):
    other = make.intervention(make.patient_of(clinic_north), "2024-03-03", "pci")
    assert "intervention" in typed(intervention=str(other.public_id)).errors


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("3 Mar 2024", None),
        ("2 Mar 2024", "This is before the intervention on 3 Mar 2024."),
        ("2 Jun 2024", "This date is in the future (today is 1 Jun 2024)."),
    ],
)
def test_it_is_not_before_its_intervention(typed, day, said):
    errors = typed(occurred_on=day).errors
    assert errors.get("occurred_on") == ([said] if said else None)


def test_whether_it_resolved_stays_open(typed, patient):
    form = typed()
    assert form.is_valid(), form.errors
    assert ComplicationForm.words(form.save(commit=False), "resolved") is None


def test_a_death_is_asked_about_while_the_patient_is_not_marked_as_deceased(typed):
    form = typed(kind="death")
    assert "does not mark the patient as deceased" in str(form.errors["kind"])
    assert typed(kind="death", **{CONFIRMED: ["death:2024-03-04"]}).is_valid()


@pytest.mark.parametrize(("day", "is_right"), [("4 Mar 2024", True), ("3 Mar 2024", False)])
def test_a_death_lies_on_the_day_on_which_the_patient_died(typed, patient, day, is_right):
    patient.deceased_on = date(2024, 3, 4)
    assert typed(kind="death", occurred_on=day).is_valid() is is_right


def test_a_stored_one_shows_its_intervention_even_when_that_was_struck(
    patient, repair, alice, client_of
):
    row = make.enter(
        KINDS["complication"].model(
            patient=patient, intervention=repair, kind="stroke", occurred_on=date(2024, 3, 4)
        )
    )
    make.strike(repair, by=alice)
    page = client_of(alice).get(KINDS["complication"].page_url(row))
    assert b"Its intervention was marked as entered in error." in page.content
    form = ComplicationForm(instance=row, patient=patient, today=TODAY)
    assert str(form["intervention"].value()) == str(repair.public_id)
    assert f'value="{repair.public_id}" selected' in str(form["intervention"])
