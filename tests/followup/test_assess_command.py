"""The command that prints the whole assessment of one patient."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import set_clinic_setting
from accounts.guideline_settings import adopt_edition, sign_off_edition
from audit.models import AuditEvent
from patients.actions import amend_echo_study
from patients.models import Registration
from tests.factories import records as make
from treatments.models import TeamReview

pytestmark = pytest.mark.django_db


def assess(patient, *options, clinic="north"):
    number = Registration.objects.get(patient=patient).record_number
    out = StringIO()
    call_command("assess", number, "--clinic", clinic, *options, stdout=out)
    return out.getvalue()


def assess_json(patient, *options):
    return json.loads(assess(patient, "--json", *options))


@pytest.fixture
def severe(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2024-01-01")
    make.none_of_these(patient, "2026-06-01")
    make.symptom_free(patient, "2026-10-02")
    make.echo(patient, "2026-10-01", lvef_percent=66, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)
    return patient


def test_it_prints_every_section_with_reasons(severe):
    text = " ".join(assess(severe, "--on", "2026-11-22").split())
    for said in (
        "Severe, corroborated",
        "C2",
        "Class 1: Severe primary MR without symptoms, with LV dysfunction",
        "AHA-PI-02",
        "yes: LVESD ≥ 40 mm [41 mm (1 Oct 2026, 52 days)",
        "STILL OPEN",
        "Open since 1 Oct 2026",
        "NEAREST FLIP",
        "COURSE",
        "a decision",
        "EuroSCORE II",
    ):
        assert said in text
    assert "no indication" not in text.lower()


def test_the_reading_is_written_to_the_audit(severe):
    assess(severe, "--on", "2026-11-22")
    assert AuditEvent.objects.filter(note="command assess").count() == 1


def test_json_is_the_same_value_with_its_schema(severe):
    made = assess_json(severe, "--on", "2026-11-22")
    assert made["schema_version"] == 1
    assert made["assessment"]["staging"]["stage"] == "C2"
    assert [t["body"] for t in made["open_triggers"]] == ["acc_aha", "esc_eacts"]
    assert made["not_signed_off"] == []


def test_a_later_value_within_error_leaves_the_trigger_open(severe):
    make.echo(severe, "2026-11-10", lvef_percent=66, lvesd_mm=39, eroa_mm2=45, vena_contracta_mm=8)
    made = assess_json(severe, "--on", "2026-11-22")
    aha = made["assessment"]["editions"][0]
    assert aha["headline_class"] != "1"
    trigger = made["open_triggers"][0]
    assert trigger["still_stands"] is False
    assert "LVESD 41 mm" in trigger["text"]


def test_a_decision_closes_it(severe):
    make.enter(TeamReview(patient=severe, reviewed_on=date(2026, 11, 1), decision="watch"))
    assert assess_json(severe, "--on", "2026-11-22")["open_triggers"] == []


def test_a_decision_for_an_intervention_names_what_is_too_old_for_it(severe):
    make.lab(severe, "2026-10-22", "creatinine", 90)
    make.lab(severe, "2026-10-23", "hemoglobin", 13)
    before = assess_json(severe, "--on", "2026-11-22")
    assert before["before_operation"] is None
    make.team_review(severe, "2026-11-21", decision=TeamReview.Decision.INTERVENE)
    made = assess_json(severe, "--on", "2026-11-22")
    named = {each["name"]: each for each in made["before_operation"]["too_old"]}
    old = named["creatinine_umol_l"]
    assert (old["age_days"], old["limit_days"]) == (31, 30)
    assert not {"hemoglobin_g_dl", "lvesd_mm", "symptomatic"} & named.keys()
    assert old["on"] == "2026-10-22"
    classes = [
        [edition["headline_class"] for edition in each["assessment"]["editions"]]
        for each in (before, made)
    ]
    assert classes[0] == classes[1]
    text = " ".join(assess(severe, "--on", "2026-11-22").split())
    assert "TOO OLD FOR AN OPERATION Intervention decided on 21 Nov 2026. Repeat before" in text
    assert "creatinine 90 µmol/L: 22 Oct 2026, 31 days old (at most 30)" in text


def test_the_atrial_definition_stands_beside_the_mechanism_that_was_entered(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(
        patient, "2026-01-01", mechanism="secondary_atrial", etiology="atrial_fibrillation"
    )
    make.echo(patient, "2026-10-01", lvef_percent=40, lvedd_mm=50)
    text = " ".join(assess(patient, "--on", "2026-11-22").split())
    assert "The definition of the atrial type is not met (ESC25-AT-01 to AT-05)" in text
    assert "Entered as atrial, the definition is not met" in text
    made = assess_json(patient, "--on", "2026-11-22")
    assert made["atrial_definition"]["is_atrial"] is False
    assert made["risk_categories"] is None
    before = assess_json(patient, "--on", "2026-10-02")
    assert before["atrial_definition"]["is_atrial"] is False
    old = assess_json(patient, "--on", "2026-01-02")
    assert old["atrial_definition"]["is_atrial"] is None


def test_of_a_primary_leak_the_atrial_definition_is_not_asked(severe):
    assert assess_json(severe, "--on", "2026-11-22")["atrial_definition"] is None
    assert "WHETHER IT IS ATRIAL" not in assess(severe, "--on", "2026-11-22")


def test_the_risk_categories_stand_beside_the_teams_class(severe, settings):
    make.team_review(severe, "2026-11-20", surgical_risk_class="low", sts_mortality_percent="8.1")
    made = assess_json(severe, "--on", "2026-11-22")
    assert made["risk_categories"]["entered"] == "low"
    text = " ".join(assess(severe, "--on", "2026-11-22").split())
    assert "SURGICAL RISK The team entered low risk, and that stands." in text
    settings.SHOWS_UNSIGNED_VERDICTS = False
    assert assess_json(severe, "--on", "2026-11-22")["risk_categories"] is None


def test_a_number_that_does_not_fit_is_told_as_it_was_typed(severe):
    make.echo(severe, "2026-11-02", lvesd_mm=60, lvedd_mm=40)
    text = assess(severe, "--on", "2026-11-22").partition("NUMBERS THAT DO NOT FIT")[2]
    assert "60" in text
    assert ".000" not in text
    assert "60.0" not in text


def test_an_earlier_day_is_judged_by_the_edition_of_then(severe):
    made = assess_json(severe, "--on", "2025-01-01")
    titles = [edition["title"] for edition in made["assessment"]["editions"]]
    assert titles == ["ACC/AHA 2020", "ESC/EACTS 2021"]
    assert made["assessment"]["grade"]["result"] == "cannot_be_graded"


def test_before_the_first_edition_it_says_that_none_is_held(severe):
    text = assess(severe, "--on", "2019-01-01")
    assert "ACC/AHA: no edition held on this day." in text


def test_amended_evidence_no_longer_holds_the_trigger_and_the_text_says_so(
    severe, alice, clinic_north
):
    study = severe.echostudy_set.get()
    study.lvesd_mm = 36
    amend_echo_study(study, by=alice, clinic=clinic_north, reason="typing error")
    text = " ".join(assess(severe, "--on", "2026-11-22").split())
    assert "until the study of 1 Oct 2026 was amended" in text
    assert "on the evidence that is left it is not met" in text


def test_what_is_not_signed_off_is_not_said(severe, settings, alice, clinic_north):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    text = assess(severe, "--on", "2026-11-22")
    assert "not yet signed off by your clinic" in text
    assert "Class 1" not in text
    assert "LVESD" in text
    made = assess(severe, "--on", "2026-11-22", "--json")
    assert "Class 1" not in made
    assert json.loads(made)["not_signed_off"] == ["acc-aha-2020", "esc-eacts-2025"]
    sign_off_edition(
        clinic=clinic_north,
        edition_id="acc-aha-2020",
        name="Dr A. Moreau",
        note="",
        on=date(2026, 11, 22),
        by=alice,
    )
    assert "Class 1: Severe primary MR" in " ".join(assess(severe, "--on", "2026-11-22").split())


def test_a_clinics_own_edition_limits_and_noise_are_used(severe, clinic_north, ada):
    adopt_edition(
        clinic=clinic_north, edition_id="esc-eacts-2021", from_on=date(2025, 9, 1), by=ada
    )
    noise = [{"measure": "lvesd_mm", "laboratory": "A", "sem": "0.5", "why": "repeats of 2026"}]
    for name, value in (("ageing", {"lvesd_mm": 30}), ("noise", noise)):
        set_clinic_setting(
            clinic=clinic_north, name=name, value=value, from_on=date(2026, 1, 1), by=ada
        )
    made = assess_json(severe, "--on", "2026-11-22")
    assert made["assessment"]["editions"][1]["edition"] == "esc-eacts-2021"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("XX-1", "--clinic", "north"), "no patient with the record number"),
        (("XX-1", "--clinic", "nowhere"), "There is no clinic 'nowhere'"),
    ],
)
def test_a_wrong_name_is_told(clinic_north, arguments, said):
    with pytest.raises(CommandError, match=said):
        call_command("assess", *arguments)


@pytest.mark.parametrize(
    ("day", "said"), [("soon", "is not a day"), ("2126-01-01", "has not come yet")]
)
def test_a_wrong_day_is_told(severe, day, said):
    with pytest.raises(CommandError, match=said):
        assess(severe, "--on", day)


def test_every_rule_and_score_is_listed():
    out = StringIO()
    call_command("rules", stdout=out)
    text = out.getvalue()
    assert "AHA-PI-02" in text
    assert "score euroscore" in text
    with pytest.raises(CommandError, match="There is no edition"):
        call_command("rules", "--edition", "acc-aha-1998")
    out = StringIO()
    call_command("rules", "--edition", "esc-eacts-2025", "--json", stdout=out)
    rules = json.loads(out.getvalue())["rules"]
    assert {rule["edition"] for rule in rules} == {"esc-eacts-2025"}
