"""Scores from a record: what is asked of it, what is too old, what is never taken for a no."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guidelines.scores import ScoreResult
from guidelines.scores.euroscore2 import Urgency, Weight
from patients.models import Patient, YesNoUnknown
from tests.factories import records as make
from tests.treatments.conftest import ON, ago
from treatments.facts import picture_of, record_of
from treatments.models import Intervention
from treatments.record import PatientRecord
from treatments.scores import (
    aorta_of,
    planned_operation,
    scores_of,
    urgency_of,
    weight_of,
)

ID_ORDER = (
    "euroscore-2", "mida", "mitrascore", "coapt", "cha2ds2-vasc", "cha2ds2-va", "has-bled",
    "cockcroft-gault", "ckd-epi-2021", "ttr-rosendaal", "six-minute-walk",
)  # fmt: skip
NO, YES = YesNoUnknown.NO, YesNoUnknown.YES


def record(patient: Patient) -> PatientRecord:
    return record_of([patient], on=ON)[patient.pk]


def scores(patient: Patient) -> dict[str, ScoreResult]:
    return {score.name: score for score in scores_of(record(patient))}


def used(score: ScoreResult) -> dict[str, tuple[str, str]]:
    """Text and reason of every input."""
    return {each.name: (each.text, each.reason) for each in score.inputs}


def planned(patient: Patient, kind: str, **values: object) -> None:
    """A procedure planned before the day that the tests look from."""
    row = make.planned_intervention(patient, kind, **values)
    entered = datetime(2024, 5, 1, tzinfo=UTC)
    Intervention.objects.filter(pk=row.pk).update(entered_at=entered)


def in_fibrillation(patient: Patient) -> None:
    make.comorbidity(patient, ago(400), "atrial_fibrillation")


def test_an_empty_record_gives_every_score_as_a_range_or_a_reason(patient: Patient) -> None:
    found = scores(patient)
    assert tuple(found) == ID_ORDER
    for score in found.values():
        assert score.value is None
        assert score.missing or score.not_computed
        json.dumps(score.as_dict())
    # Nothing in an empty record is taken for a no: only age and sex are known.
    known = {name for name, (text, _) in used(found["euroscore-2"]).items() if text != "not known"}
    assert known == {"age_years", "sex"}


def test_no_score_asks_the_database(patient: Patient) -> None:
    make.lab(patient, ago(5), "creatinine", 90)
    planned(patient, "mitral_repair")
    gathered = record(patient)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        scores_of(gathered)
    assert len(queries) == 0


def test_the_clearance_feeds_the_operative_risk_with_its_day(patient: Patient) -> None:
    make.body_size(patient, ago(30), height_cm=165, weight_kg=65)
    make.lab(patient, ago(90), "creatinine", "97.24")
    found = scores(patient)
    # A woman of 69: 71 × 65 / (72 × 1.1) × 0.85.
    assert float(found["cockcroft-gault"].value or 0) == pytest.approx(49.53, abs=0.01)
    risk = next(
        each for each in found["euroscore-2"].inputs if each.name == "creatinine_clearance_ml_min"
    )
    assert (risk.is_known, risk.on) == (True, ago(90))
    assert "dialysis" in found["euroscore-2"].missing
    assert "creatinine_clearance_ml_min" not in found["euroscore-2"].missing


def test_a_laboratory_value_older_than_90_days_is_too_old_for_a_score(patient: Patient) -> None:
    make.lab(patient, ago(91), "creatinine", 97)
    rate = scores(patient)["ckd-epi-2021"]
    assert rate.missing == ("creatinine_umol_l",)
    assert used(rate)["creatinine_umol_l"][1] == "too old (91 days)"


def test_a_result_that_is_only_a_limit_stays_one(patient: Patient) -> None:
    make.lab(patient, ago(5), "creatinine", 210, comparator=">")
    in_fibrillation(patient)
    score = scores(patient)["has-bled"]
    assert used(score)["creatinine_umol_l"][0] == ">210 µmol/L"
    renal = next(each for each in score.items if each.label == "abnormal kidney function")
    assert (renal.lowest, renal.highest) == (1, 1)


@pytest.mark.parametrize(
    ("present", "days", "text"),
    [(YES, 2000, "yes"), (NO, 365, "no"), (NO, 366, "not known"), ("unknown", 1, "not known")],
)
def test_an_old_yes_stays_and_an_old_no_does_not(
    patient: Patient, present: str, days: int, text: str
) -> None:
    make.comorbidity(patient, ago(days), "chronic_lung_disease", present)
    assert used(scores(patient)["euroscore-2"])["chronic_lung_disease"][0] == text


def test_what_comes_and_goes_does_not_stay(patient: Patient) -> None:
    make.comorbidity(patient, ago(91), "active_endocarditis")
    text, reason = used(scores(patient)["euroscore-2"])["active_endocarditis"]
    assert (text, reason) == ("not known", "too old (91 days)")


@pytest.mark.parametrize(
    ("present", "noted", "since", "text"),
    [
        (YES, 20, 90, "yes"),
        (YES, 20, 91, "no"),
        (YES, 20, None, "not known"),
        (YES, 91, None, "no"),
        (NO, 20, None, "no"),
    ],
)
def test_an_infarction_is_recent_for_90_days(
    patient: Patient, present: str, noted: int, since: int | None, text: str
) -> None:
    day = ago(since) if since else None
    make.comorbidity(patient, ago(noted), "myocardial_infarction", present, since_on=day)
    assert used(scores(patient)["euroscore-2"])["recent_infarction"][0] == text


def test_an_infarction_after_a_no_is_a_new_one_without_its_day(patient: Patient) -> None:
    make.comorbidity(patient, ago(900), "myocardial_infarction")
    make.comorbidity(patient, ago(300), "myocardial_infarction", NO)
    make.comorbidity(patient, ago(30), "hypertension")
    make.comorbidity(patient, ago(20), "myocardial_infarction")
    text, reason = used(scores(patient)["euroscore-2"])["recent_infarction"]
    assert (text, reason) == ("not known", "the day of the infarction is not recorded")


def test_a_value_from_before_an_event_no_longer_counts(patient: Patient) -> None:
    make.echo(patient, ago(60), lvef_percent=65)
    make.admission(patient, ago(20))
    text, reason = used(scores(patient)["euroscore-2"])["lvef_percent"]
    assert text == "not known"
    assert reason.startswith("no longer counts: before the admission")


def test_a_class_between_one_and_two_leaves_symptoms_open(patient: Patient) -> None:
    make.diagnosis(patient, ago(300))
    make.log(patient, ago(10), nyha=(1, 2))
    assert "symptoms" in scores(patient)["mida"].missing
    make.log(patient, ago(5), nyha=2)
    assert used(scores(patient)["mida"])["symptoms"][0] == "yes"


def test_a_result_below_what_can_be_measured_computes_nothing(patient: Patient) -> None:
    make.lab(patient, ago(5), "creatinine", 20, comparator="<")
    assert scores(patient)["ckd-epi-2021"].missing == ("creatinine_umol_l",)


def test_a_picture_that_was_made_already_gives_the_same(patient: Patient) -> None:
    well(patient)
    gathered = record(patient)
    assert scores_of(gathered, picture_of(gathered)) == scores_of(gathered)


def test_no_diabetes_is_none_on_insulin(patient: Patient) -> None:
    make.comorbidity(patient, ago(5), "diabetes", NO)
    assert used(scores(patient)["euroscore-2"])["diabetes_on_insulin"][0] == "no"


@pytest.mark.parametrize(("days", "grade", "text"), [(183, 4, "yes"), (183, 3, "no")])
def test_angina_of_class_4_counts(patient: Patient, days: int, grade: int, text: str) -> None:
    make.log(patient, ago(days), angina_class=grade)
    assert used(scores(patient)["euroscore-2"])["ccs4_angina"][0] == text


def test_old_angina_is_unknown(patient: Patient) -> None:
    make.log(patient, ago(184), angina_class=0)
    assert used(scores(patient)["euroscore-2"])["ccs4_angina"][0] == "not known"


@pytest.mark.parametrize("told", ["operation", "elsewhere", "answer", "nothing"])
def test_previous_heart_surgery_from_wherever_it_is_known(patient: Patient, told: str) -> None:
    if told == "operation":
        make.intervention(patient, ago(900), "cabg")
    if told == "elsewhere":
        make.diagnosis(patient, ago(900), previous_mitral_procedure="surgical_repair")
    if told == "answer":
        make.comorbidity(patient, ago(900), "previous_cardiac_surgery")
    expected = "not known" if told == "nothing" else "yes"
    assert used(scores(patient)["euroscore-2"])["previous_cardiac_surgery"][0] == expected


# The planned operation ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "weight"),
    [
        (["mitral_repair"], Weight.ONE_NON_CABG),
        (["cabg"], Weight.ISOLATED_CABG),
        (["mitral_repair", "cabg"], Weight.TWO),
        (["mitral_repair", "appendage_closure"], Weight.ONE_NON_CABG),
        (["mitral_repair", "tricuspid_surgery", "af_ablation"], Weight.THREE_OR_MORE),
        (["mitral_repair", "other"], None),
        (["teer"], None),
        (["af_ablation"], None),
        ([], None),
    ],
)
def test_the_weight_counts_the_procedures_planned_together(
    patient: Patient, kinds: list[str], weight: Weight | None
) -> None:
    for kind in kinds:
        planned(patient, kind, planned_on="2024-07-01")
    assert weight_of(planned_operation(record(patient))).value == weight


def test_the_next_operation_counts_and_one_without_a_day_comes_last(patient: Patient) -> None:
    planned(patient, "cabg")
    planned(patient, "mitral_repair", planned_on="2024-08-01")
    planned(patient, "aortic_surgery", planned_on="2024-07-01", urgency="urgent")
    operation = planned_operation(record(patient))
    assert [row.kind for row in operation] == ["aortic_surgery"]
    assert aorta_of(operation).value is True
    assert urgency_of(operation).value is Urgency.URGENT


def test_the_most_urgent_part_says_how_urgent_it_is(patient: Patient) -> None:
    day = {"planned_on": "2024-07-01"}
    planned(patient, "mitral_repair", urgency="elective", **day)
    planned(patient, "cabg", urgency="emergency", **day)
    operation = planned_operation(record(patient))
    assert urgency_of(operation).value is Urgency.EMERGENCY
    assert aorta_of(operation).value is False


def test_without_a_plan_nothing_of_the_operation_is_known(patient: Patient) -> None:
    planned(patient, "other")
    assert planned_operation(record(patient)) == []
    assert {f([]).reason for f in (weight_of, urgency_of, aorta_of)} == {"no operation is planned"}
    planned(patient, "mitral_repair")
    operation = planned_operation(record(patient))
    assert aorta_of(operation).reason == "part of the planned operation is not named"
    assert urgency_of(operation).reason == "urgency not recorded"


# Scores of the regurgitation ---------------------------------------------------------------------


def well(patient: Patient) -> None:
    """A degenerative leak with nothing that counts, all of it known."""
    make.diagnosis(patient, ago(300))
    make.symptom_free(patient, ago(10))
    make.comorbidity(patient, ago(10), "atrial_fibrillation", NO)
    make.ecg(patient, ago(10))
    make.echo(
        patient, ago(10), lvef_percent=65, lvesd_mm=34, lvedd_mm=55, la_diameter_mm=45,
        spap_mmhg=30, tricuspid_regurgitation=1,
    )  # fmt: skip


def test_a_well_patient_scores_her_age_only(patient: Patient) -> None:
    well(patient)
    score = scores(patient)["mida"]
    assert (score.value, score.missing, score.flags) == (3, (), ())
    assert score.interpretation == "3 to 4: not published here"


def test_an_old_measurement_is_unknown_and_says_so(patient: Patient) -> None:
    well(patient)
    make.strike(record(patient).echo_studies[0], by=None)  # type: ignore[arg-type]
    make.echo(patient, ago(400), lvef_percent=65, lvesd_mm=34, spap_mmhg=30, la_diameter_mm=45)
    score = scores(patient)["mida"]
    assert (score.lowest, score.highest) == (3, 8)
    assert used(score)["lvesd_mm"] == ("not known", "too old (400 days)")


@pytest.mark.parametrize(("lvef", "span"), [(65, (3, 4)), (58, (4, 4))])
def test_a_visual_ejection_fraction_counts_as_this_or_worse(
    patient: Patient, lvef: int, span: tuple[int, int]
) -> None:
    well(patient)
    make.strike(record(patient).echo_studies[0], by=None)  # type: ignore[arg-type]
    make.echo(
        patient, ago(10), lvef_percent=lvef, lvef_method="visual", lvesd_mm=34, spap_mmhg=30,
        la_diameter_mm=45,
    )  # fmt: skip
    score = scores(patient)["mida"]
    assert (score.lowest, score.highest) == span
    assert "this or worse" in used(score)["lvef_percent"][1]


@pytest.mark.parametrize(
    ("diagnosis", "mida", "coapt"),
    [
        ({}, "", "made for secondary regurgitation"),
        ({"etiology": "rheumatic"}, "made for degenerative regurgitation", "made for secondary"),
        ({"mechanism": "secondary_ventricular"}, "made for degenerative regurgitation", ""),
        ({"previous_mitral_procedure": "mechanical"}, "made for a native valve", "made for"),
    ],
)
def test_a_score_made_for_other_patients_is_not_computed(
    patient: Patient, diagnosis: dict[str, str], mida: str, coapt: str
) -> None:
    make.diagnosis(patient, ago(300), **diagnosis)
    found = scores(patient)
    for name, why in (("mida", mida), ("coapt", coapt)):
        assert found[name].is_computed is (why == "")
        assert found[name].not_computed.startswith(why)


def test_where_it_cannot_be_told_the_score_carries_a_flag(patient: Patient) -> None:
    found = scores(patient)
    assert "whether the regurgitation is degenerative is not recorded" in found["mida"].flags
    assert "whether the regurgitation is secondary is not recorded" in found["coapt"].flags
    assert "whether the valve was treated before is not recorded" in found["coapt"].flags
    assert "none is planned" in found["mitrascore"].flags[0]


def test_a_planned_edge_to_edge_repair_counts(patient: Patient) -> None:
    make.diagnosis(patient, ago(300), mechanism="secondary_ventricular")
    planned(patient, "teer")
    found = scores(patient)
    assert used(found["coapt"])["teer_with_gdmt"][0] == "yes"
    assert found["coapt"].highest == 12
    assert found["mitrascore"].flags == ()


def test_a_drug_that_is_taken_counts_and_one_that_is_not_on_the_list_is_unknown(
    patient: Patient,
) -> None:
    assert used(scores(patient)["mitrascore"])["ras_inhibitor"][0] == "not known"
    make.medication(patient, ago(50), "ramipril")
    assert used(scores(patient)["mitrascore"])["ras_inhibitor"][0] == "yes"


def test_hemoglobin_decides_anemia(patient: Patient) -> None:
    make.lab(patient, ago(5), "hemoglobin", "11.9")
    anemia = next(e for e in scores(patient)["mitrascore"].items if e.label == "anemia")
    assert (anemia.lowest, anemia.highest) == (1, 1)


# Scores of atrial fibrillation -------------------------------------------------------------------


def test_without_fibrillation_they_are_not_computed(patient: Patient) -> None:
    well(patient)
    for name in ("cha2ds2-vasc", "cha2ds2-va", "has-bled"):
        assert scores(patient)[name].not_computed == "made for atrial fibrillation"


def test_with_fibrillation_unknown_they_carry_a_flag(patient: Patient) -> None:
    assert "not known here" in scores(patient)["cha2ds2-va"].flags[0]


def test_stroke_risk_from_answers(patient: Patient) -> None:
    in_fibrillation(patient)
    for kind in ("heart_failure", "hypertension", "diabetes_on_insulin", "systemic_embolism"):
        make.comorbidity(patient, ago(20), kind)
    for kind in ("myocardial_infarction", "peripheral_arterial_disease"):
        make.comorbidity(patient, ago(20), kind, NO)
    found = scores(patient)
    # Failure, hypertension, age of 69, diabetes, embolism; a woman.
    assert (found["cha2ds2-va"].value, found["cha2ds2-vasc"].value) == (6, 7)


def test_an_admission_is_heart_failure_and_one_answer_of_two_is_not_enough_for_no(
    patient: Patient,
) -> None:
    in_fibrillation(patient)
    make.admission(patient, ago(700))
    make.comorbidity(patient, ago(20), "stroke_or_tia", NO)
    said = used(scores(patient)["cha2ds2-va"])
    assert said["heart_failure"][0] == "yes"
    assert said["stroke_tia_or_embolism"][0] == "not known"
    assert said["diabetes"][0] == "not known"


def test_preserved_function_is_heart_failure_too(patient: Patient) -> None:
    in_fibrillation(patient)
    make.comorbidity(patient, ago(20), "hfpef")
    assert used(scores(patient)["cha2ds2-va"])["heart_failure"][0] == "yes"


def test_bleeding_risk_from_answers(patient: Patient) -> None:
    in_fibrillation(patient)
    make.log(patient, ago(20), systolic_bp_mmhg=150)
    make.echo(patient, ago(10), systolic_bp_mmhg=165)
    make.comorbidity(patient, ago(20), "kidney_disease", NO)
    make.comorbidity(patient, ago(20), "bleeding_history")
    make.medication(patient, ago(20), "aspirin")
    make.anticoagulation_plan(patient, ago(20), "doac")
    said = used(scores(patient)["has-bled"])
    assert said["systolic_bp_mmhg"][0] == "165 mmHg"
    assert said["kidney_transplant"][0] == "no"
    assert (said["bleeding"][0], said["antiplatelet_or_nsaid"][0]) == ("yes", "yes")
    assert said["vitamin_k_antagonist"][0] == "no"
    assert "labile INR" not in scores(patient)["has-bled"].missing


def test_a_list_that_is_not_reconciled_says_nothing_of_painkillers(patient: Patient) -> None:
    in_fibrillation(patient)
    make.medication(patient, ago(20), "ramipril")
    assert used(scores(patient)["has-bled"])["antiplatelet_or_nsaid"][0] == "not known"


def test_a_drug_says_that_a_vitamin_k_antagonist_is_taken_where_no_plan_does(
    patient: Patient,
) -> None:
    in_fibrillation(patient)
    make.medication(patient, ago(20), "warfarin")
    make.log(patient, ago(200), systolic_bp_mmhg=170)
    said = used(scores(patient)["has-bled"])
    assert said["vitamin_k_antagonist"][0] == "yes"
    assert said["systolic_bp_mmhg"] == ("not known", "too old (200 days)")


# Time in range -----------------------------------------------------------------------------------


def plan(patient: Patient, days: int, **values: object) -> None:
    make.anticoagulation_plan(patient, ago(days), "vka", **values)


def test_the_range_is_the_plans_and_results_before_it_do_not_count(patient: Patient) -> None:
    plan(patient, 60, inr_low="2.5", inr_high="3.5")
    for days, value in ((100, 1), (50, "2.0"), (30, "3.0")):
        make.lab(patient, ago(days), "inr", value)
    score = scores(patient)["ttr-rosendaal"]
    assert score.value == 50
    assert score.parameters["therapeutic range"] == "INR 2.5 to 3.5"
    assert score.parameters["results"] == "2"
    assert [each.on for each in score.inputs] == [ago(50), ago(30)]


def test_it_reaches_back_over_plans_with_the_same_range(patient: Patient) -> None:
    plan(patient, 400, inr_low="2", inr_high="3")
    plan(patient, 100, inr_low="2.5", inr_high="3.5", until_on=ago(61))
    plan(patient, 60, inr_target="3.0")
    for days in (90, 50):
        make.lab(patient, ago(days), "inr", 3)
    make.lab(patient, ago(390), "inr", 9)
    score = scores(patient)["ttr-rosendaal"]
    assert (score.value, score.parameters["results"]) == (100, "2")


def test_a_gap_between_two_plans_is_not_bridged(patient: Patient) -> None:
    plan(patient, 100, inr_target="2.5", until_on=ago(80))
    plan(patient, 60, inr_target="2.5")
    for days in (90, 50):
        make.lab(patient, ago(days), "inr", "2.5")
    assert scores(patient)["ttr-rosendaal"].parameters["results"] == "1"


def test_labile_time_in_range_counts_in_bleeding(patient: Patient) -> None:
    in_fibrillation(patient)
    plan(patient, 60, inr_target="2.5")
    make.lab(patient, ago(50), "inr", "1.2")
    make.lab(patient, ago(30), "inr", "1.4")
    make.lab(patient, ago(30), "inr", "1.3")  # entered later that day: the one that counts
    score = scores(patient)["has-bled"]
    labile = next(each for each in score.items if each.label == "labile INR")
    assert (labile.lowest, labile.highest) == (1, 1)
    assert scores(patient)["ttr-rosendaal"].inputs[-1].text == "1.3"


@pytest.mark.parametrize(
    ("agent", "values", "why"),
    [
        ("", {}, "no anticoagulation plan is in force"),
        ("doac", {}, "no vitamin K antagonist is planned"),
        ("vka", {}, "the plan has no INR range"),
        ("vka", {"inr_low": "2", "inr_target": "2.5"}, "the plan has no INR range"),
        ("vka", {"inr_target": "2.5"}, "no two INR results within 56 days of each other"),
    ],
)
def test_without_a_plan_or_a_range_it_is_not_computed(
    patient: Patient, agent: str, values: dict[str, str], why: str
) -> None:
    if agent:
        make.anticoagulation_plan(patient, ago(60), agent, **values)
    assert scores(patient)["ttr-rosendaal"].not_computed == why


def test_the_walk_is_held_against_what_is_expected(patient: Patient) -> None:
    make.body_size(patient, ago(30), height_cm=160, weight_kg=65)
    make.log(patient, ago(183), six_minute_walk_m=300)
    score = scores(patient)["six-minute-walk"]
    assert score.parameters["below the lower limit"] == "yes"
    assert score.value == Decimal("456.93")


def test_a_range_of_sexes_is_passed_on_as_a_range(patient: Patient) -> None:
    patient.sex = "unknown"
    patient.save()
    make.body_size(patient, ago(30), weight_kg=65)
    make.lab(patient, ago(5), "creatinine", 90)
    found = scores(patient)
    assert found["cockcroft-gault"].missing == ("sex",)
    text = used(found["euroscore-2"])["creatinine_clearance_ml_min"][0]
    assert "\N{EN DASH}" in text
