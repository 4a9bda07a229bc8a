"""One value that alone alters what a guideline says is confirmed before the study counts."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.guideline_settings import sign_off_edition
from guidelines.vocabulary import Mechanism
from patients.models import EchoStudy
from tests.factories import records

SEVERE = {
    "eroa_mm2": 45,
    "regurgitant_volume_ml": 70,
    "regurgitant_fraction_percent": 55,
    "vena_contracta_mm": 8,
    "flail_leaflet": True,
}
TYPED = {
    "performed_on": "2026-06-01",
    "lvef_percent": "65",
    "lvef_method": "biplane",
    "eroa_mm2": "45",
    "regurgitant_volume_ml": "70",
    "regurgitant_fraction_percent": "55",
    "vena_contracta_mm": "8",
    "flail_leaflet": "yes",
    "save": "final",
}


@pytest.fixture(autouse=True)
def day(time_machine):
    time_machine.move_to("2026-06-02 12:00:00+00:00", tick=True)


@pytest.fixture
def patient(clinic_north):
    """Severe primary MR without symptoms, the ventricle still small."""
    patient = records.patient_of(clinic_north, born_on=date(1959, 4, 12), sex="male")
    records.diagnosis(
        patient, "2026-01-01", mechanism=Mechanism.PRIMARY, etiology="fibroelastic_deficiency"
    )
    records.none_of_these(patient, "2026-01-02")
    records.symptom_free(patient, "2026-06-01")
    records.echo(patient, "2026-01-03", lvesd_mm=36, lvef_percent=65, **SEVERE)
    return patient


@pytest.fixture
def submit(alice, client_of, patient):
    client, url = client_of(alice), reverse("patients:echo-add", args=[patient.public_id])
    return lambda **typed: client.post(url, {**TYPED, **typed})


def questions_of(answer):
    return [each for each in answer.context["form"].questions if not each.is_confirmed]


def test_a_value_that_alone_flips_a_class_is_asked(submit):
    answer = submit(lvesd_mm="41", comment="kept")
    (question,) = questions_of(answer)
    assert question.text.startswith("LVESD 41 mm alone changes ")
    assert "ACC/AHA 2020" in question.text
    assert "to Class 1" in question.text
    assert question.text.endswith("Is 41 mm what the report says?")
    assert b"kept" in answer.content
    assert b'value="41"' in answer.content
    assert EchoStudy.objects.count() == 1


def test_with_the_confirmation_it_is_saved(submit):
    (question,) = questions_of(submit(lvesd_mm="41"))
    assert submit(lvesd_mm="41", confirmed=question.key).status_code == 302
    assert EchoStudy.objects.filter(lvesd_mm=41, status="final").exists()


def test_another_value_is_asked_anew(submit):
    (question,) = questions_of(submit(lvesd_mm="41"))
    assert questions_of(submit(lvesd_mm="44", confirmed=question.key))
    assert EchoStudy.objects.count() == 1


def test_a_study_that_changes_nothing_is_not_asked(submit):
    assert submit(lvesd_mm="37").status_code == 302


def test_two_values_beyond_their_limits_decide_together_and_are_not_asked(submit):
    answer = submit(lvesd_mm="44", lvef_percent="52")
    assert answer.status_code == 302


def test_a_draft_is_not_asked(submit):
    assert submit(lvesd_mm="41", save="draft").status_code == 302


def test_neither_edition_signed_off_makes_the_question_no_quieter_and_no_verdict_is_told(
    submit, settings, clinic_north, alice
):
    """H9 asks whether the number is right; what flips in an edition not shown is not said."""
    settings.SHOWS_UNSIGNED_VERDICTS = False
    answer = submit(lvesd_mm="41")
    (question,) = questions_of(answer)
    told = f"{question.title} {question.text} {question.label}"
    assert question.text == "Please compare with the report: LVESD 41 mm. Is that what it says?"
    for word in ("alone", "chang", "decid", "guideline", "ACC", "ESC", "Class", "class"):
        assert word not in told
    assert submit(lvesd_mm="41", confirmed=question.key).status_code == 302


def test_of_two_changed_editions_only_the_signed_off_one_is_named(
    submit, settings, clinic_north, alice
):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    sign_off_edition(
        clinic=clinic_north,
        edition_id="acc-aha-2020",
        name="Dr A",
        note="",
        on=date(2026, 1, 1),
        by=alice,
    )
    (question,) = questions_of(submit(lvesd_mm="41"))
    assert "LVESD 41 mm alone changes ACC/AHA 2020" in question.text
    assert "ESC" not in question.text


def test_an_amendment_is_asked_too(alice, client_of, patient):
    study = EchoStudy.objects.get()
    url = reverse("patients:echo-amend", args=[study.public_id])
    typed = {
        **TYPED,
        "performed_on": "2026-01-03",
        "lvesd_mm": "41",
        "version": "1",
        "reason": "re-read",
    }
    client = client_of(alice)
    (question,) = questions_of(client.post(url, typed))
    assert "LVESD 41 mm alone changes" in question.text
    study.refresh_from_db()
    assert study.lvesd_mm == 36
    assert client.post(url, {**typed, "confirmed": question.key}).status_code == 302


def test_the_button_of_a_draft_does_not_pass_by_the_question(alice, client_of, patient):
    draft = records.echo(patient, "2026-06-01", final=False, lvesd_mm=41, lvef_percent=65, **SEVERE)
    url = reverse("patients:echo-finalize", args=[draft.public_id])
    answer = client_of(alice).post(url, {"version": draft.version}, follow=True)
    assert b"LVESD 41 mm alone changes" in answer.content
    draft.refresh_from_db()
    assert draft.status == "draft"
