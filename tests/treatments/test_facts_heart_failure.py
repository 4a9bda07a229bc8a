"""Heart failure, and whether symptoms persist on optimized therapy (safety D1, D6)."""

from collections.abc import Callable
from typing import Any

import pytest

from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, ReadingOf, ago

PERSIST = "symptoms_persist_on_gdmt"
ADMITTED = "hf_hospitalization_past_year"


@pytest.mark.parametrize(("days", "expected"), [(365, True), (366, None)])
def test_an_admission_counts_for_a_year(
    patient: Patient, reading: ReadingOf, days: int, expected: bool | None
) -> None:
    assert reading(ADMITTED) is None
    make.admission(patient, ago(days))
    assert reading(ADMITTED) is expected
    assert reading("heart_failure") is True


def test_no_admission_is_only_no_where_it_was_asked(patient: Patient, reading: ReadingOf) -> None:
    make.answer(patient, ago(100), ADMITTED, "no")
    assert reading(ADMITTED) is False
    make.admission(patient, ago(50))
    assert reading(ADMITTED) is True


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([(10, 130)], None),
        ([(10, 130), (10, 132)], None),
        ([(10, 130), (20, 139)], True),
        ([(10, 130), (20, 140)], False),
        ([(10, 130), (184, 130)], None),
        ([(10, 130), (183, 130)], True),
    ],
)
def test_normotensive_takes_two_readings_within_half_a_year(
    patient: Patient, reading: ReadingOf, readings: list[tuple[int, int]], expected: bool | None
) -> None:
    for days, systolic in readings:
        make.log(patient, ago(days), systolic_bp_mmhg=systolic)
    assert reading("normotensive") is expected


# D6: every clause --------------------------------------------------------------------------------


def on_optimized_therapy(patient: Patient) -> None:
    """A patient of whom every clause of D6 holds, in class III."""
    make.diagnosis(
        patient, ago(900), mechanism="secondary_ventricular", etiology="dilated_cardiomyopathy"
    )
    for drug in ("sacubitril_valsartan", "bisoprolol", "eplerenone", "dapagliflozin"):
        make.medication(patient, ago(60), drug, started_on=ago(300), at_maximal_tolerated_dose=True)
    make.answer(patient, ago(80), "crt_question_settled", "yes")
    make.answer(patient, ago(80), "cad_needs_revascularization", "no")
    make.comorbidity(patient, ago(60), "atrial_fibrillation", "no")
    make.ecg(patient, ago(60))
    make.echo(patient, ago(40), lvef_percent=32, eroa_mm2=42)
    make.team_review(patient, ago(20), gdmt_optimized="yes", heart_failure_specialist="Dr Amari")
    make.log(
        patient, ago(30), nyha=3, attribution="certain", dyspnea=True, edema=False,
        systolic_bp_mmhg=112, heart_rate_bpm=68,
    )  # fmt: skip


def test_symptoms_persist_when_every_clause_holds(patient: Patient, reading: ReadingOf) -> None:
    on_optimized_therapy(patient)
    assert reading("reassessed_on_gdmt") is True
    assert reading(PERSIST) is True


BLANKS: list[tuple[str, Callable[[Patient], Any]]] = [
    ("can still be increased", lambda p: make.medication(
        p, ago(50), "bisoprolol", at_maximal_tolerated_dose=False)),
    ("therapy changed", lambda p: make.medication(
        p, ago(5), "spironolactone", started_on=ago(5), at_maximal_tolerated_dose=True)),
    ("resynchronization indicated and not done", lambda p: make.answer(
        p, ago(5), "crt_question_settled", "no")),
    ("resynchronization only since", lambda p: make.intervention(p, ago(89), "crt")),
    ("revascularization needed", lambda p: make.answer(
        p, ago(5), "cad_needs_revascularization", "yes")),
    ("revascularized only on", lambda p: make.intervention(p, ago(29), "pci")),
    ("edema present", lambda p: make.log(
        p, ago(10), nyha=3, edema=True, systolic_bp_mmhg=112, heart_rate_bpm=70)),
    ("edema not recorded", lambda p: make.log(
        p, ago(10), nyha=3, systolic_bp_mmhg=112, heart_rate_bpm=70)),
    ("systolic blood pressure outside", lambda p: make.log(
        p, ago(10), nyha=3, edema=False, systolic_bp_mmhg=141, heart_rate_bpm=70)),
    ("heart rate in atrial fibrillation above", lambda p: (
        make.ecg(p, ago(9), "atrial_fibrillation"),
        make.log(p, ago(10), nyha=3, edema=False, systolic_bp_mmhg=112, heart_rate_bpm=111))),
    ("not optimized in the team", lambda p: make.team_review(p, ago(1), gdmt_optimized="no")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "changed"), BLANKS, ids=[words for words, _ in BLANKS])
def test_one_open_clause_means_the_medical_step_first_and_never_no(
    patient: Patient, fact: FactOf, words: str, changed: Callable[[Patient], Any]
) -> None:
    on_optimized_therapy(patient)
    changed(patient)
    found = fact(PERSIST)
    assert found is not None
    assert found.value is None
    assert "medical step first" in found.reason
    assert words in found.reason


def test_a_record_without_therapy_names_every_blank(patient: Patient, fact: FactOf) -> None:
    make.diagnosis(patient, ago(900), mechanism="secondary_ventricular")
    make.log(patient, ago(30), nyha=3)
    found = fact(PERSIST)
    assert found is not None
    assert found.value is None
    for words in ("medication not recorded", "specialist not named", "SGLT2", "resynchronization"):
        assert words in found.reason


def test_class_one_on_optimized_therapy_does_not_persist(
    patient: Patient, reading: ReadingOf
) -> None:
    on_optimized_therapy(patient)
    make.log(patient, ago(10), nyha=1, edema=False, systolic_bp_mmhg=112, heart_rate_bpm=68)
    assert reading(PERSIST) is False
    make.log(patient, ago(9), nyha=(1, 2), edema=False, systolic_bp_mmhg=112, heart_rate_bpm=68)
    assert reading(PERSIST) is None


def test_it_is_not_asked_of_primary_regurgitation(patient: Patient, fact: FactOf) -> None:
    make.diagnosis(patient, ago(900))
    make.log(patient, ago(30), nyha=3)
    assert fact(PERSIST) is None


def test_a_doubled_dose_is_no_change_of_therapy(patient: Patient, reading: ReadingOf) -> None:
    on_optimized_therapy(patient)
    make.medication(
        patient, ago(60), "candesartan", dose_mg=8, times_a_day=1,
        started_on=ago(300), stopped_on=ago(20), stop_reason="dose_changed",
    )  # fmt: skip
    make.medication(
        patient, ago(20), "candesartan", dose_mg=16, times_a_day=1,
        started_on=ago(20), at_maximal_tolerated_dose=True,
    )  # fmt: skip
    assert reading(PERSIST) is True


def test_the_teams_word_on_therapy_lasts_90_days(patient: Patient, reading: ReadingOf) -> None:
    make.team_review(patient, ago(90), gdmt_optimized="yes")
    assert reading("gdmt_optimized") is True
    make.team_review(patient, ago(89), gdmt_optimized="no")
    assert reading("gdmt_optimized") is False


def test_an_old_word_on_therapy_is_no_word(patient: Patient, reading: ReadingOf) -> None:
    make.team_review(patient, ago(91), gdmt_optimized="yes")
    assert reading("gdmt_optimized") is None


# D1: doubt of "no symptoms" ----------------------------------------------------------------------


def test_a_fall_of_the_walk_is_measured(patient: Patient, fact: FactOf) -> None:
    make.log(patient, ago(200), six_minute_walk_m=480, kccq_overall=80)
    assert fact("six_minute_walk_fall_m") is None
    make.log(patient, ago(10), six_minute_walk_m=450, kccq_overall=84)
    walk, kccq = fact("six_minute_walk_fall_m"), fact("kccq_fall_points")
    assert walk is not None
    assert kccq is not None
    assert walk.value == 30
    assert kccq.value == 0


def test_a_walk_below_the_lower_limit(patient: Patient, reading: ReadingOf) -> None:
    make.body_size(patient, ago(30), height_cm=165, weight_kg=65)
    make.log(patient, ago(10), six_minute_walk_m=200)
    assert reading("six_minute_walk_below_lower_limit") is True
    make.log(patient, ago(9), six_minute_walk_m=560)
    assert reading("six_minute_walk_below_lower_limit") is False


def test_a_new_diuretic(patient: Patient, reading: ReadingOf) -> None:
    assert reading("new_diuretic") is None
    make.medication(patient, ago(10), "bisoprolol")
    assert reading("new_diuretic") is False
    make.medication(patient, ago(10), "furosemide", started_on=ago(183))
    assert reading("new_diuretic") is True
