"""What each kind's form refuses as a contradiction, and what it asks to be confirmed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Clinic
from patients.forms.acute import AcuteEpisodeForm
from patients.forms.diagnosis import grouped_causes
from patients.models import Patient
from patients.record_kinds import KINDS
from tests.factories import records
from tests.patients.record_examples import BY_SLUG

pytestmark = pytest.mark.django_db

TODAY = date(2025, 6, 1)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def filled(patient: Patient) -> Callable[..., Any]:
    """A kind's form with its example typed, changed as one says."""

    def form(slug: str, **typed: Any) -> Any:
        data = {**BY_SLUG[slug].typed, **typed}
        now = datetime(2025, 6, 1, 12, 0, tzinfo=PARIS)
        return KINDS[slug].form(data, patient=patient, today=TODAY, zone=PARIS, now=now)

    return form


@pytest.fixture
def patient(clinic_north: Clinic) -> Patient:
    return records.patient_of(clinic_north, pregnancy_possible=True, born_on=date(1989, 4, 12))


@pytest.mark.parametrize(
    ("slug", "typed", "box", "message"),
    [
        ("allergy", {"reaction": "none_known"}, "reaction", "contradicts the substance penicillin"),
        ("allergy", {"substance": ""}, "substance", "Name the substance"),
        ("body-size", {"bsa_formula": "mosteller"}, "bsa_formula", "Enter the body surface area"),
        ("body-size", {"height_cm": "178", "weight_kg": "81 mm"}, "weight_kg", "not in mm"),
        ("pregnancy-status", {"status": "not_pregnant"}, "due_on", "only in a pregnancy"),
        ("pregnancy-status", {"due_on": "2025-01-01"}, "due_on", "before the day"),
        ("mitral-diagnosis", {"onset_on": "13 Mar 2025"}, "onset_on", "after the day"),
        ("mitral-diagnosis", {"onset_on": "2 Jun 2025"}, "onset_on", "in the future"),
        (
            "mitral-diagnosis",
            {"previous_mitral_procedure_on": "2001-01-01", "previous_mitral_procedure": "none"},
            "previous_mitral_procedure",
            "Say which procedure",
        ),
        ("comorbidity", {"present": "no", "since_on": "2020-01-01"}, "since_on", "Empty this"),
        ("comorbidity", {"since_on": "2025-03-13"}, "since_on", "after the day of the statement"),
        ("comorbidity", {"since_on": "1980-01-01"}, "since_on", "before the patient"),
        (
            "electrocardiogram",
            {"rhythm": "atrial_fibrillation", "atrial_fibrillation_seen": "no"},
            "atrial_fibrillation_seen",
            "contradicts",
        ),
        (
            "exercise-test",
            {"result": "normal", "attributed_to_mr": "yes"},
            "attributed_to_mr",
            "none to attribute",
        ),
        (
            "coronary-assessment",
            {"largest_other_stenosis_percent": "0", "needs_revascularization": "yes"},
            "needs_revascularization",
            "Both stenoses are 0 %",
        ),
        ("catheter-study", {"mean_pap_mmhg": "49"}, "mean_pap_mmhg", "cannot lie above"),
        ("cmr-study", {"lvedv_ml": "90", "lvesv_ml": "91"}, "lvesv_ml", "cannot be larger"),
        (
            "heart-failure-admission",
            {"discharged_on": "2 Jun 2025"},
            "discharged_on",
            "in the future",
        ),
        ("acute-episode", {"onset_at_clock": ""}, "onset_at_clock", "required"),
        (
            "acute-episode",
            {"accepted_at_day": "12 Mar 2025"},
            "accepted_at_clock",
            "Enter the time as well",
        ),
        ("acute-episode", {"observed_at_clock": "15:00"}, "observed_at_day", "the day as well"),
        (
            "acute-episode",
            {"observed_at_day": "12 Mar 2025", "observed_at_clock": "14:29"},
            "observed_at_clock",
            "before the onset",
        ),
        (
            "acute-episode",
            {"accepted_at_day": "12 Mar 2025", "accepted_at_clock": "15:00"},
            "accepted_by_name",
            "Name who accepted",
        ),
        (
            "acute-episode",
            {"onset_at_day": "1 Jun 2025", "onset_at_clock": "12:06"},
            "onset_at_clock",
            "not come yet (it is 12:00)",
        ),
        (
            "acute-episode",
            {"onset_at_day": "30 Mar 2025", "onset_at_clock": "02:30"},
            "onset_at_clock",
            "the clocks went forward",
        ),
        (
            "acute-episode",
            {"systolic_bp_mmhg": "80", "diastolic_bp_mmhg": "80"},
            "diastolic_bp_mmhg",
            "lies below",
        ),
    ],
)
def test_a_contradiction_is_refused_in_words(
    filled: Any, slug: str, typed: dict[str, Any], box: str, message: str
) -> None:
    form = filled(slug, **typed)
    assert not form.is_valid()
    assert message in " ".join(form.errors[box])
    assert form[box].value() == typed.get(box, form[box].value())


@pytest.mark.parametrize(
    ("slug", "typed"),
    [
        ("allergy", {"reaction": "none_known", "substance": ""}),
        ("body-size", {"bsa_m2": "1.9", "bsa_formula": "mosteller"}),
        ("pregnancy-status", {"status": "not_pregnant", "due_on": ""}),
        ("pregnancy-status", {"due_on": "2025-03-01"}),
        ("mitral-diagnosis", {"onset_on": "12 Mar 2025"}),
        ("comorbidity", {"since_on": "2025-03-12"}),
        ("electrocardiogram", {"rhythm": "atrial_fibrillation", "atrial_fibrillation_seen": "yes"}),
        ("exercise-test", {"result": "normal", "attributed_to_mr": "no"}),
        (
            "coronary-assessment",
            {"largest_other_stenosis_percent": "1", "needs_revascularization": "yes"},
        ),
        ("catheter-study", {"mean_pap_mmhg": "48"}),
        ("cmr-study", {"lvedv_ml": "", "lvesv_ml": "90"}),
        ("heart-failure-admission", {"discharged_on": "12 Mar 2025"}),
        ("acute-episode", {"observed_at_day": "12 Mar 2025", "observed_at_clock": "14:30"}),
        ("acute-episode", {"onset_at_day": "1 Jun 2025", "onset_at_clock": "12:05"}),
    ],
)
def test_the_other_side_of_a_contradiction_is_taken(
    filled: Any, slug: str, typed: dict[str, Any]
) -> None:
    form = filled(slug, **typed)
    assert form.is_valid(), form.errors


@pytest.mark.parametrize(
    ("slug", "typed", "key", "message"),
    [
        (
            "mitral-diagnosis",
            {"etiology": "ischemic"},
            "etiology:primary/ischemic",
            "listed as secondary, ventricular",
        ),
        (
            "electrocardiogram",
            {"qrs_ms": "120", "qrs_morphology": "narrow"},
            "qrs_ms:120/narrow",
            "does not go with “narrow”",
        ),
        (
            "electrocardiogram",
            {"qrs_ms": "119", "qrs_morphology": "lbbb"},
            "qrs_ms:119/lbbb",
            "does not go with",
        ),
        (
            "coronary-assessment",
            {"left_main_stenosis_percent": "50", "needs_revascularization": "no"},
            "left_main_stenosis_percent_without_need:50",
            "Left main stenosis is 50 %",
        ),
        (
            "cmr-study",
            {"lvef_percent": "58", "lvedv_ml": "200", "lvesv_ml": "60"},
            "lvef_percent_from_volumes:58/200/60",
            "give an LVEF of 70 %",
        ),
        ("body-size", {"height_cm": "100"}, "height_cm:100", "100 cm is unusual"),
        ("lab-result", {"result": "16"}, "value:16", "INR 16 is unusual"),
    ],
)
def test_a_doubt_is_asked_and_taken_when_it_is_confirmed(
    filled: Any, slug: str, typed: dict[str, Any], key: str, message: str
) -> None:
    asked = filled(slug, **typed)
    assert not asked.is_valid()
    assert message in str(asked.errors)
    assert filled(slug, **typed, confirmed=[key]).is_valid()
    assert not filled(slug, **typed, confirmed=[f"{key}0"]).is_valid()


@pytest.mark.parametrize(
    ("slug", "typed"),
    [
        ("mitral-diagnosis", {"etiology": "other"}),
        ("mitral-diagnosis", {"mechanism": "mixed", "etiology": "ischemic"}),
        ("mitral-diagnosis", {"mechanism": "primary", "etiology": "chordal_rupture"}),
        ("electrocardiogram", {"qrs_ms": "119", "qrs_morphology": "narrow"}),
        ("electrocardiogram", {"qrs_ms": "120", "qrs_morphology": "lbbb"}),
        (
            "coronary-assessment",
            {"left_main_stenosis_percent": "49.9", "needs_revascularization": "no"},
        ),
        ("cmr-study", {"lvef_percent": "65", "lvedv_ml": "200", "lvesv_ml": "60"}),
        ("lab-result", {"result": "15"}),
    ],
)
def test_what_fits_is_not_doubted(filled: Any, slug: str, typed: dict[str, Any]) -> None:
    form = filled(slug, **typed)
    assert form.is_valid(), form.errors


def test_none_known_is_asked_about_while_an_allergy_stands(filled: Any, patient: Patient) -> None:
    records.allergy(patient, "2024-01-01", substance="latex", reaction="rash")
    typed = {"reaction": "none_known", "substance": ""}
    asked = filled("allergy", **typed)
    assert "The record holds an allergy to latex" in asked.errors["reaction"][0]
    assert filled("allergy", **typed, confirmed=["allergies_known:1"]).is_valid()


def test_a_pregnancy_against_the_record_is_asked_about(filled: Any, patient: Patient) -> None:
    patient.sex, patient.pregnancy_possible = Patient.Sex.MALE, False
    asked = filled("pregnancy-status")
    assert "sex is recorded as male and pregnancy is recorded as not" in asked.errors["status"][0]
    assert filled("pregnancy-status", confirmed=["pregnancy:pregnant"]).is_valid()


def test_an_absence_against_the_record_is_asked_about(filled: Any, patient: Patient) -> None:
    records.comorbidity(patient, "2024-01-01", "active_endocarditis")
    records.pregnancy(patient, "2024-01-01", "pregnant")
    asked = filled("absence-check", endocarditis_absent="on", pregnancy_absent="on")
    assert set(asked.errors) == {"endocarditis_absent", "pregnancy_absent"}
    records.comorbidity(patient, "2024-02-01", "active_endocarditis", "no")
    records.pregnancy(patient, "2024-10-01", "not_pregnant")
    again = filled("absence-check", endocarditis_absent="on", pregnancy_absent="on")
    assert again.is_valid()


def test_a_check_without_a_tick_says_nothing(filled: Any) -> None:
    form = KINDS["absence-check"].form
    empty = form({"checked_on": "2025-03-12"}, patient=filled("allergy").patient, today=TODAY)
    assert "Nothing is ticked" in empty.non_field_errors()[0]


def test_zero_percent_says_something_and_a_method_alone_does_not(filled: Any) -> None:
    assert filled("coronary-assessment").is_valid()
    empty = filled("coronary-assessment", left_main_stenosis_percent="")
    assert "Nothing is entered but the date" in empty.non_field_errors()[0]


def test_clock_times_are_those_of_the_clinic(filled: Any, patient: Patient) -> None:
    form = filled("acute-episode")
    assert form.is_valid()
    assert form.instance.onset_at == datetime(2025, 3, 12, 13, 30, tzinfo=UTC)
    row = form.instance
    shown = AcuteEpisodeForm(instance=row, patient=patient, today=TODAY, zone=PARIS)
    assert shown["onset_at_day"].value() == "12 Mar 2025"
    assert shown["onset_at_clock"].value() == "14:30"


def test_causes_stand_under_the_headings_of_their_groups() -> None:
    first, *groups = grouped_causes()
    assert first == ("unknown", "Unknown")
    assert [title for title, _ in groups][:2] == ["Primary", "Secondary, ventricular"]
    assert sum(len(causes) for _, causes in groups) == 34


def test_a_doubt_that_was_answered_is_not_asked_again_until_its_value_changes(
    patient: Patient,
) -> None:
    row = records.cmr(patient, "2025-03-12", lvef_percent=30, lvedv_ml=600)
    form = KINDS["cmr-study"].form
    typed = {"performed_on": "12 Mar 2025", "lvedv_ml": "600", "lvef_percent": "30", "version": "1"}
    common = {"patient": patient, "today": TODAY, "amending": True}
    kept = form({**typed, "comment": "x", "reason": "r"}, instance=row, **common)
    assert kept.is_valid(), kept.errors
    changed = form({**typed, "lvedv_ml": "610", "reason": "r"}, instance=row, **common)
    assert "610 mL is unusual" in changed.errors["lvedv_ml"][0]


def test_an_unusual_result_that_was_replaced_is_not_unusual_any_more(patient: Patient) -> None:
    row = records.lab(patient, "2025-03-12", "inr", 16, implausible_confirmed=["value"])
    form = KINDS["lab-result"].form
    typed = {"analyte": "inr", "taken_on": "12 Mar 2025", "version": "1", "reason": "misread"}
    common = {"patient": patient, "today": TODAY, "amending": True}
    corrected = form({**typed, "result": "1.6"}, instance=row, **common)
    assert corrected.is_valid(), corrected.errors
    assert corrected.instance.implausible_confirmed == []
    row.refresh_from_db()
    other_day = form({**typed, "result": "16", "taken_on": "11 Mar 2025"}, instance=row, **common)
    assert other_day.is_valid(), other_day.errors
    assert other_day.instance.implausible_confirmed == ["value"]
