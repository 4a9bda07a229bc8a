"""The panel of valve, anticoagulation and drugs on the patient page."""

import re
from html import unescape

import pytest
from django.urls import reverse

from patients.actions import mark_deceased
from tests.factories import records as make
from treatments.models import Medication, TeamReview

pytestmark = pytest.mark.django_db
NAME = "Valve, anticoagulation and drugs"


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north)


@pytest.fixture
def panel(client_of, alice):
    """What the panel says, without tags, spaces made single."""

    def panel_(patient, user=alice):
        body = client_of(user).get(reverse("reports:patient-page", args=[patient.public_id]))
        assert body.status_code == 200
        found = re.search(
            r'<section class="panel therapy".*?</section>', body.content.decode(), re.S
        )
        assert found is not None
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found.group())).split())

    return panel_


@pytest.fixture
def mechanical(patient, ago):
    """A mechanical valve of four years, with a plan and warfarin."""
    make.intervention(
        patient,
        ago(1500),
        "mitral_mechanical",
        prosthesis_model="Bileaflet A",
        prosthesis_size_mm=29,
        baseline_measured_on=ago(1500),
        baseline_mean_gradient_mmhg="4.2",
    )
    make.anticoagulation_plan(patient, ago(1500), inr_target="3.0", inr_low="2.5", inr_high="3.5")
    make.medication(patient, ago(1500), "warfarin", started_on=ago(1500), dose_mg=5, times_a_day=1)
    return patient


def test_it_names_the_valve_with_size_day_and_baseline(panel, mechanical):
    text = panel(mechanical)
    assert "Mechanical prosthesis" in text
    assert "Bileaflet A, 29 mm" in text
    assert "Mean gradient 4.2 mmHg" in text


def test_a_missing_baseline_and_model_are_said(panel, patient, ago):
    make.intervention(patient, ago(100), "mitral_biological")
    text = panel(patient)
    assert "Model not recorded" in text
    assert "Baseline Doppler not recorded" in text


def test_a_repair_shows_its_ring(panel, patient, ago):
    make.intervention(
        patient, ago(900), "mitral_repair", annuloplasty_ring="band 30 mm", repair_technique="P2"
    )
    text = panel(patient)
    assert "Surgical repair" in text
    assert "P2, ring band 30 mm" in text
    assert "INR" not in text


def test_a_valve_known_by_the_diagnosis_alone_is_said_as_told(panel, patient, ago):
    make.diagnosis(patient, ago(30), previous_mitral_procedure="mechanical")
    assert "no operation is entered" in panel(patient)


def test_the_targets_of_the_editions_stand_beside_the_plan(panel, mechanical):
    text = panel(mechanical)
    assert "Vitamin K antagonist, INR 2.5–3.5" in text
    assert "ACC/AHA 2020 INR 3.0 (2.5 to 3.5) AHA-OAC-11" in text
    assert "ESC/EACTS 2025 ? INR 3.0 (2.5 to 3.5) or 3.5 (3.0 to 4.0)" in text
    assert "Would decide:" in text


def test_a_plan_that_differs_from_a_target_is_marked(panel, patient, ago):
    make.intervention(patient, ago(900), "mitral_mechanical")
    make.anticoagulation_plan(patient, ago(900), inr_low="2.0", inr_high="3.0")
    assert "The clinic's plan begins lower and ends lower" in panel(patient)


def test_an_inr_in_range_counts_for_28_days(panel, mechanical, ago):
    make.lab(mechanical, ago(28), "inr", "3.0")
    text = panel(mechanical)
    assert "28 days ago" in text
    assert f"Next by {ago(0).day} {ago(0):%b %Y}" in text
    assert "Overdue" not in text


def test_a_day_later_it_is_overdue(panel, mechanical, ago):
    make.lab(mechanical, ago(29), "inr", "3.0")
    assert "Overdue by 1 day : it counted for 28 days" in panel(mechanical)


def test_an_inr_out_of_range_is_asked_again_after_a_week(panel, mechanical, ago):
    make.lab(mechanical, ago(9), "inr", "2.2")
    text = panel(mechanical)
    assert "below the planned range" in text
    assert "Overdue by 2 days : it counted for 7 days (out of range)" in text


def test_time_in_range_stands_with_what_it_rests_on(panel, mechanical, ago):
    for days, value in ((90, "3.0"), (60, "3.0"), (30, "3.0"), (2, "3.0")):
        make.lab(mechanical, ago(days), "inr", value)
    text = panel(mechanical)
    assert "Time in range 100 % INR 2.5 to 3.5" in text
    assert "4 results, 88 days counted" in text


def test_without_a_range_nothing_is_called_in_range(panel, patient, ago):
    make.intervention(patient, ago(900), "mitral_mechanical")
    make.anticoagulation_plan(patient, ago(900))
    make.lab(patient, ago(3), "inr", "1.5")
    text = panel(patient)
    assert "INR range not recorded" in text
    assert "no range planned" in text
    assert "Time in range Not computed: the plan has no INR range" in text


def test_an_inr_known_only_as_more_than_a_limit_is_not_called_in_range(panel, mechanical, ago):
    make.lab(mechanical, ago(3), "inr", "3.0", comparator=">")
    assert "cannot tell" in panel(mechanical)


def test_days_without_the_drug_are_named(panel, patient, ago):
    make.intervention(patient, ago(900), "mitral_biological")
    make.anticoagulation_plan(patient, ago(200), inr_low="2", inr_high="3")
    for start, stop in ((200, 100), (90, None)):
        make.medication(
            patient,
            ago(start),
            "warfarin",
            started_on=ago(start),
            stopped_on=ago(stop) if stop else None,
        )
    assert "(10 days)" in panel(patient)
    assert panel(patient).count("No vitamin K antagonist from") == 1


def test_a_plan_without_the_drug_is_named(panel, patient, ago):
    make.anticoagulation_plan(patient, ago(20), inr_low="2", inr_high="3")
    assert "none is on the medication list" in panel(patient)


def test_no_drug_is_named_while_the_allergy_is_unknown(panel, mechanical):
    text = panel(mechanical)
    assert "Advised: ACC/AHA 2020 AHA-IE-01, Class 2a · ESC/EACTS 2025 IE-02, Class I" in text
    assert "until then no drug is named" in text
    assert "moxicillin" not in text


def test_drugs_are_named_once_the_allergies_are_known(panel, mechanical, ago):
    make.allergy(mechanical, ago(5), reaction="none_known")
    text = panel(mechanical)
    assert "Amoxicillin 2 g by mouth" in text
    assert "lindamycin" not in text


def test_a_native_valve_names_no_drug(panel, patient, ago):
    make.diagnosis(patient, ago(30))
    make.allergy(patient, ago(5), reaction="none_known")
    assert "moxicillin" not in panel(patient)


def test_each_drug_shows_what_the_editions_say_of_it(panel, mechanical):
    text = panel(mechanical)
    assert "Warfarin 5 mg × 1" in text
    assert "AHA-OAC-14, Class 1" in text
    assert "ESC25-OAC-01, Class I" in text


def vasodilator(patient, ago, **course):
    """Chronic primary MR without symptoms, a normal ventricle and a normal blood pressure."""
    make.diagnosis(patient, ago(400))
    make.echo(patient, ago(20), lvef_percent=65, lvesd_mm=34, bsa_m2="2.0", eroa_mm2=45)
    for days in (20, 40):
        make.symptom_free(patient, ago(days), systolic_bp_mmhg=120, diastolic_bp_mmhg=75)
    make.none_of_these(patient, ago(20))
    for kind in ("hypertension", "heart_failure"):
        make.comorbidity(patient, ago(20), kind, "no")
    make.medication(patient, ago(20), "ramipril", started_on=ago(100), **course)


def test_a_vasodilator_for_the_regurgitation_alone_is_flagged(panel, patient, ago):
    vasodilator(patient, ago, indication="mr_alone")
    text = panel(patient)
    assert "a vasodilator for the regurgitation itself brings no benefit" in text
    assert "AHA-PM-02" in text
    assert "ESC25-M-01" in text


def test_hypertension_makes_the_same_drug_right(panel, patient, ago):
    vasodilator(patient, ago, indication="hypertension")
    text = panel(patient)
    assert "Ramipril" in text
    assert "AHA-PM-02" not in text
    assert "ESC25-M-01" not in text


def test_a_vasodilator_without_a_reason_asks_for_it(panel, patient, ago):
    vasodilator(patient, ago)
    make.comorbidity(patient, ago(1), "heart_failure", "unknown")
    text = panel(patient)
    assert "AHA-PM-02" in text


def test_an_edition_that_is_not_signed_off_says_nothing(panel, mechanical, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    text = panel(mechanical)
    assert "Mechanical prosthesis" in text
    assert "ACC/AHA 2020: what it advises here is not shown" in text
    for word in ("AHA-", "ESC25-", "IE-0", "3.0 (2.5", "Class", "moxicillin"):
        assert word not in text


def secondary(patient, ago):
    make.diagnosis(patient, ago(400), mechanism="secondary_ventricular", etiology="ischemic")
    make.echo(patient, ago(20), lvef_percent=30, eroa_mm2=35)
    make.log(patient, ago(20), nyha=2)


def test_the_pillars_say_what_is_taken_and_what_is_missing(panel, patient, ago):
    secondary(patient, ago)
    make.medication(
        patient,
        ago(20),
        "sacubitril_valsartan",
        started_on=ago(300),
        at_maximal_tolerated_dose=True,
    )
    make.medication(
        patient, ago(20), "bisoprolol", started_on=ago(300), at_maximal_tolerated_dose=False
    )
    make.medication(
        patient,
        ago(20),
        "eplerenone",
        started_on=ago(300),
        stopped_on=ago(100),
        stop_reason=Medication.StopReason.SIDE_EFFECT,
    )
    text = panel(patient)
    assert "at the highest tolerated dose" in text
    assert "can still be increased" in text
    assert "Mineralocorticoid antagonist not possible: eplerenone stopped: side effect" in text
    assert text.count("missing, no reason against it recorded") == 1


def test_without_a_list_no_pillar_is_called_missing(panel, patient, ago):
    secondary(patient, ago)
    text = panel(patient)
    assert "missing, no reason" not in text
    assert text.count("the list is not known to be complete") == 4


def test_a_drug_on_an_old_list_is_not_shown_as_settled(panel, patient, ago):
    secondary(patient, ago)
    make.medication(patient, ago(600), "dapagliflozin", started_on=ago(600))
    text = panel(patient)
    assert "on the list, which nobody looked at lately: ask again" in text
    assert "taken; its dose is fixed" not in text


def test_primary_regurgitation_has_no_pillars(panel, patient, ago):
    make.diagnosis(patient, ago(400))
    assert "by pillar" not in panel(patient)


def test_the_choice_of_a_valve_shows_while_an_operation_is_planned(panel, patient, ago):
    make.diagnosis(patient, ago(400))
    assert "which valve" not in panel(patient)
    make.planned_intervention(patient, "mitral_biological")
    text = panel(patient)
    assert "Biological mitral replacement is planned." in text
    assert "AHA-PR-01" in text
    assert "Likelihood of a durable repair not recorded" in text


def test_an_undecided_review_asks_about_repair(panel, patient, ago):
    make.diagnosis(patient, ago(400))
    make.team_review(
        patient, ago(9), decision=TeamReview.Decision.NOT_DECIDED, patient_wish="no warfarin"
    )
    text = panel(patient)
    assert "is not decided" in text
    assert "no warfarin" in text


def test_nothing_is_advised_to_the_dead(panel, mechanical, ago, alice, clinic_north):
    make.lab(mechanical, ago(90), "inr", "1.4")
    mark_deceased(
        by=alice, clinic=clinic_north, patient=mechanical, deceased_on=ago(2), reason="a letter"
    )
    text = panel(mechanical)
    assert "Mechanical prosthesis" in text
    for word in ("Overdue", "Next by", "AHA-", "ESC25-", "IE-02", "Advised"):
        assert word not in text


def test_an_unmeasured_patient_reads_that_nothing_is_recorded(panel, patient):
    assert "not recorded" in panel(patient)
