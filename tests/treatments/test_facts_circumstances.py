"""Coronary arteries, plans, devices, prostheses, emergencies, infection and allergy."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from guidelines.assessment import assess
from guidelines.facts import Interval
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import ON, FactOf, PictureOf, ReadingOf, ago
from treatments.facts import picture_of, record_of
from treatments.facts.ageing import LIMITS, limits_with
from treatments.facts.prosthesis import months_between, whole_years
from treatments.models import Intervention

NOTHING_SIGNIFICANT = {"left_main_stenosis_percent": 0, "largest_other_stenosis_percent": 40}

# Coronary arteries -------------------------------------------------------------------------------


def test_coronary_anatomy_is_known_for_two_years_or_one_with_diabetes(
    patient: Patient, reading: ReadingOf
) -> None:
    assert reading("coronary_anatomy_known") is None
    make.coronary(
        patient, ago(500), left_main_stenosis_percent=0, largest_other_stenosis_percent=40
    )
    assert reading("coronary_anatomy_known") is True
    assert reading("coronary_disease") is False
    assert reading("concomitant_coronary_disease") is False
    make.comorbidity(patient, ago(10), "diabetes")
    assert reading("coronary_anatomy_known") is False


def test_an_infarction_voids_the_coronary_anatomy(patient: Patient, reading: ReadingOf) -> None:
    make.coronary(
        patient, ago(100), left_main_stenosis_percent=0, largest_other_stenosis_percent=40
    )
    make.comorbidity(patient, ago(20), "myocardial_infarction", since_on=ago(20))
    assert reading("coronary_anatomy_known") is False
    assert reading("largest_other_stenosis_percent") != Interval.point(Decimal(40))


def test_a_pci_asks_anew_whether_revascularization_is_needed(
    patient: Patient, reading: ReadingOf
) -> None:
    make.coronary(patient, ago(100), needs_revascularization="yes")
    assert reading("cad_needs_revascularization") is True
    assert reading("concomitant_coronary_disease") is True
    make.intervention(patient, ago(90), "pci")
    assert reading("cad_needs_revascularization") is None
    make.answer(patient, ago(50), "cad_needs_revascularization", "no")
    assert reading("cad_needs_revascularization") is False


def test_the_regurgitation_is_graded_again_30_days_after_a_pci(
    patient: Patient, reading: ReadingOf
) -> None:
    name = "regraded_after_revascularization"
    assert reading(name) is None
    make.intervention(patient, ago(90), "pci")
    make.echo(patient, ago(61), eroa_mm2=30)
    assert reading(name) is False
    make.echo(patient, ago(60), eroa_mm2=30)
    assert reading(name) is True


# Plans, devices, ECG -----------------------------------------------------------------------------


def test_a_plan_is_a_plan_until_it_is_done(patient: Patient, picture: PictureOf) -> None:
    today = timezone.localdate()
    assert picture(today).reading("mitral_surgery_planned") is False
    make.planned_intervention(patient, "mitral_biological")
    for name in ("mitral_surgery_planned", "mitral_replacement_planned"):
        assert picture(today).reading(name) is True
    assert picture(today).reading("teer_planned") is False
    make.intervention(patient, today, "mitral_biological")
    assert picture(today).reading("mitral_surgery_planned") is False


def test_a_paced_complex_is_no_intrinsic_conduction(patient: Patient, fact: FactOf) -> None:
    make.ecg(patient, ago(20), qrs_ms=150, qrs_morphology="lbbb")
    make.ecg(patient, ago(10), qrs_ms=180, qrs_morphology="paced")
    width, shape = fact("qrs_ms"), fact("qrs_morphology")
    assert width is not None
    assert shape is not None
    assert width.value == 150
    assert shape.value == "lbbb"


def test_a_device_implanted_is_implanted(patient: Patient, reading: ReadingOf) -> None:
    assert reading("crt_implanted") is None
    make.ecg(patient, ago(20), qrs_morphology="narrow")
    assert reading("crt_implanted") is False
    make.intervention(patient, ago(900), "crt")
    make.intervention(patient, ago(900), "pacemaker")
    assert reading("crt_implanted") is True
    assert reading("pacemaker_implanted") is True


# Findings ----------------------------------------------------------------------------------------


def test_another_lesion_is_absent_only_where_each_was_graded(
    patient: Patient, reading: ReadingOf
) -> None:
    name = "severe_aortic_or_tricuspid_disease"
    make.echo(patient, ago(20), aortic_stenosis=1, tricuspid_regurgitation=2)
    assert reading(name) is None
    make.echo(patient, ago(10), aortic_regurgitation=0)
    assert reading(name) is False
    make.echo(patient, ago(5), aortic_stenosis=3)
    assert reading(name) is True
    assert reading("severe_aortic_stenosis") is True


def test_a_treated_aortic_stenosis_is_no_stenosis_any_more(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(500), aortic_stenosis=3)
    make.intervention(patient, ago(400), "tavi")
    assert reading("severe_aortic_stenosis") is None
    assert reading("other_valve_prosthesis") is True


def test_right_ventricular_function_expires_unless_severe(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(366), rv_function="normal")
    assert reading("rv_dysfunction") is None
    make.echo(patient, ago(366), rv_function="severe", accession_number="2")
    assert reading("rv_dysfunction") == "severe"


def test_a_valve_area_of_exactly_the_limit_is_severe_stenosis(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(10), mitral_valve_area_cm2="1.5", mitral_stenosis=1)
    assert reading("mitral_stenosis") == "severe"


def test_the_pressure_by_catheter_stands_before_that_of_the_same_day_by_echo(
    patient: Patient, fact: FactOf
) -> None:
    make.echo(patient, ago(20), spap_mmhg=40)
    make.catheter(patient, ago(20), spap_mmhg=52)
    found = fact("spap_mmhg")
    assert found is not None
    assert (found.value, found.method) == (52, "catheter")
    make.echo(patient, ago(5), spap_mmhg=38)
    found = fact("spap_mmhg")
    assert found is not None
    assert found.value == 38


# The emergency -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ({"systolic_bp_mmhg": 89}, True),
        ({"systolic_bp_mmhg": 90}, None),
        ({"systolic_bp_mmhg": 90, "shock": False}, False),
        ({"systolic_bp_mmhg": 90, "shock": True}, True),
        ({}, None),
    ],
)
def test_low_pressure_is_excluded_only_where_both_were_looked_at(
    patient: Patient, reading: ReadingOf, observed: dict[str, object], expected: bool | None
) -> None:
    make.acute_episode(patient, ago(1), **observed)
    assert reading("hypotensive_now") is expected


def test_an_echo_before_the_onset_is_not_the_echo_of_the_emergency(
    patient: Patient, reading: ReadingOf
) -> None:
    make.acute_episode(patient, ago(5), cause="acute_ischemia")
    make.echo(patient, ago(6), eroa_mm2=40)
    assert reading("acute_echo_done") is False
    assert reading("infarction_suspected") is True
    make.echo(patient, ago(5), eroa_mm2=40)
    assert reading("acute_echo_done") is True


# Allergies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("substance", "reaction", "expected"),
    [
        ("Amoxicillin", "anaphylaxis", "severe"),
        ("penicillin", "unknown", "severe"),
        ("penicillin", "rash", "not_severe"),
        ("latex", "rash", None),
        ("", "none_known", "none"),
    ],
)
def test_allergy_to_penicillin(
    patient: Patient, reading: ReadingOf, substance: str, reaction: str, expected: str | None
) -> None:
    make.allergy(patient, ago(900), substance=substance, reaction=reaction)
    assert reading("penicillin_allergy") == expected
    assert reading("cephalosporin_allergy") is (False if reaction == "none_known" else None)


def test_no_entry_is_no_answer_about_allergies(patient: Patient, reading: ReadingOf) -> None:
    assert reading("penicillin_allergy") is None
    make.allergy(patient, ago(5), substance="cefazolin", reaction="rash")
    assert reading("cephalosporin_allergy") is True


# Prostheses --------------------------------------------------------------------------------------


def test_a_prosthesis_keeps_its_baseline(patient: Patient, fact: FactOf) -> None:
    make.intervention(patient, ago(900), "mitral_biological", baseline_mean_gradient_mmhg=4)
    make.echo(patient, ago(850), doppler_velocity_index="1.8", mitral_mean_gradient_mmhg=5)
    make.echo(patient, ago(10), doppler_velocity_index="2.4", mitral_mean_gradient_mmhg=9)
    named = {
        "prosthesis_mean_gradient_mmhg": 9,
        "baseline_prosthesis_mean_gradient_mmhg": 4,
        "doppler_velocity_index": Decimal("2.4"),
        "baseline_doppler_velocity_index": Decimal("1.8"),
    }
    for name, value in named.items():
        found = fact(name)
        assert found is not None, name
        assert found.value == value
    baseline = fact("baseline_echo_after_intervention")
    assert baseline is not None
    assert baseline.value is True


def test_dysfunction_before_the_repair(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(500), lvef_percent=60, lvesd_mm=36)
    make.intervention(patient, ago(400), "mitral_repair")
    assert reading("lv_dysfunction_before_repair") is True
    assert reading("echo_on_record") is False


@pytest.mark.parametrize(
    ("since", "years", "months"),
    [
        (date(2024, 3, 1), 0, Decimal(3)),
        (date(2023, 6, 1), 1, Decimal(12)),
        (date(2023, 6, 2), 0, Decimal(11) + Decimal(30) / 31),
    ],
)
def test_time_is_counted_by_the_calendar(since: date, years: int, months: Decimal) -> None:
    assert whole_years(since, ON) == years
    assert months_between(since, ON) == months


def test_a_mechanical_valve_without_a_date_does_not_lose_to_a_dated_bioprosthesis(
    patient: Patient, fact: FactOf
) -> None:
    make.diagnosis(patient, ago(900), previous_mitral_procedure="mechanical")
    make.intervention(patient, ago(500), "mitral_biological")
    found = fact("mitral_valve_state")
    assert found is not None
    assert found.value == "mechanical"
    assert "its date is not recorded" in found.reason


# Both formulas of body surface --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("height", "weight", "lvesd", "differs", "expected"),
    [
        (150, 90, 30, False, False),
        (150, 90, 45, False, True),
        (150, 90, "37.5", True, True),  # 20.4 by Du Bois, 19.4 by Mosteller: adverse stays
        (195, 55, "35.5", True, None),  # 19.7 by Du Bois, 20.6 by Mosteller: open
    ],
)
def test_what_reassures_by_one_formula_only_does_not_reassure(
    patient: Patient, picture: PictureOf, height: int, weight: int, lvesd: object,
    differs: bool, expected: bool | None,
) -> None:  # fmt: skip
    make.body_size(patient, ago(10), height_cm=height, weight_kg=weight)
    make.echo(patient, ago(10), lvesd_mm=lvesd, lvedd_mm=55)
    surface = picture().facts["bsa_m2"]
    assert "Mosteller gives" in surface.reason
    assert ("differs by formula" in surface.reason) is differs
    index = picture().readings()["lvesd_index_mm_m2"]
    assert isinstance(index, Interval)
    limit = Decimal(20)
    answer = True if index.is_at_least(limit) else False if index.is_below(limit) else None
    assert answer is expected


# Limits of a clinic ------------------------------------------------------------------------------


def test_a_clinic_may_shorten_a_limit(patient: Patient) -> None:
    make.echo(patient, ago(300), lvef_percent=70)
    record = record_of([patient], on=ON)[patient.pk]
    assert not picture_of(record).facts["lvef_percent"].too_old_to_reassure
    limits = limits_with({"lvef_percent": 299})
    assert picture_of(record, limits).facts["lvef_percent"].too_old_to_reassure


@pytest.mark.parametrize("setting", [["lvef_percent"], {"lvef": 3}, {"lvef_percent": 0}])
def test_a_slip_in_the_limits_is_refused(setting: object) -> None:
    with pytest.raises(ValueError, match="days"):
        limits_with(setting)


def test_without_a_setting_the_defaults_hold() -> None:
    assert limits_with(None) is LIMITS


def test_a_baseline_measured_after_the_day_was_not_known_on_it(patient: Patient) -> None:
    operation = make.intervention(
        patient,
        date(2025, 10, 1),
        "mitral_biological",
        baseline_mean_gradient_mmhg=4,
    )
    Intervention.objects.filter(pk=operation.pk).update(baseline_measured_on=date(2025, 11, 7))
    name = "baseline_prosthesis_mean_gradient_mmhg"
    for day, is_known in ((date(2025, 11, 6), False), (date(2025, 11, 7), True)):
        record = record_of([patient], on=day)[patient.pk]
        picture = picture_of(record)
        assert (name in picture.facts) is is_known
        assert assess(picture, on=day).on == day
