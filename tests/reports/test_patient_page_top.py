"""The top of the patient page: answers, one card per edition, stance, what is missing."""

from __future__ import annotations

import re

import pytest
from django.test import override_settings
from django.urls import reverse

from guidelines.facts import FACTS
from reports.kinds import KINDS, WRITES, Doors
from reports.patient_page.words import CONCLUDED, entry_link
from tests.factories import records as make
from tests.reports.pages import days_ago, severe_primary, words_in
from treatments.models import Intervention, TeamReview

pytestmark = pytest.mark.django_db


@pytest.fixture
def body_of(client_of, alice):
    """The HTML that Alice gets, with other words in the address where they are wanted."""

    def body_(patient, query=""):
        url = reverse("reports:patient-page", args=[patient.public_id])
        response = client_of(alice).get(url + query)
        assert response.status_code == 200
        return response.content.decode()

    return body_


def card_of(html, title):
    """The HTML of one edition's card."""
    return re.search(rf'<section class="edition[^>]+"{title}">.*?</section>', html, re.DOTALL)[0]


def answer_of(html, question):
    """The text of one of the five answers."""
    cards = re.findall(r'<li class="answer .*?</ul>\s*</li>|<li class="answer .*?</li>', html, re.S)
    return next(words_in(card) for card in cards if question in card)


@pytest.fixture
def severe(clinic_north):
    """Severe primary MR by two lines of evidence, without symptoms, a normal ventricle."""
    patient = severe_primary(clinic_north)
    make.symptom_free(patient, days_ago(15))
    return patient


def test_a_card_says_its_recommendation_and_each_fact_once(body_of, severe):
    card = card_of(body_of(severe), "ACC/AHA 2020")
    text = words_in(card)
    assert text.count("Class 2a pending team judgement:") == 1
    assert text.count("AHA-PI-04") == 1
    labels = [words_in(row) for row in re.findall(r'<th scope="row">.*?</th>', card, re.DOTALL)]
    assert len([label for label in labels if label.startswith("LVEF > 60 %")]) == 1


def test_a_missing_fact_stands_with_its_form_and_what_each_answer_gives(body_of, severe):
    card = card_of(body_of(severe), "ACC/AHA 2020")
    assert "#id_repair_likelihood_percent" in card
    assert "more than 95 %: Class 2a pending team judgement" in words_in(card)


def test_a_rule_that_is_not_met_names_what_was_assessed_and_its_age(body_of, severe):
    text = words_in(card_of(body_of(severe), "ACC/AHA 2020"))
    assert "LVESD ≥ 40 mm: 36 mm" in text
    assert "(20 days)" in text


def test_the_nearest_flip_stands_with_its_error(body_of, severe):
    make.enter(TeamReview(patient=severe, reviewed_on=days_ago(5), operability="operable"))
    text = words_in(card_of(body_of(severe), "ACC/AHA 2020"))
    assert re.search(r"Nearest flip: .* → Class 1; (within|beyond) measurement error", text)


def test_a_class_1_that_a_newer_value_no_longer_shows_is_still_open(body_of, clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(900))
    for day, lvef in ((300, 58), (20, 63)):
        make.echo(
            patient, days_ago(day), lvef_percent=lvef, lvesd_mm=36, eroa_mm2=44, vena_contracta_mm=8
        )
        make.symptom_free(patient, days_ago(day))
    html = body_of(patient)
    assert "still open" in answer_of(html, "Intervention")
    card = words_in(card_of(html, "ACC/AHA 2020"))
    assert "a newer value does not close it, a decision does" in card
    assert "LVEF 58 %" in card


def test_both_editions_of_one_strength_are_said_in_their_own_alphabets(body_of, clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.echo(patient, days_ago(20), lvef_percent=58, lvesd_mm=36, eroa_mm2=44, vena_contracta_mm=8)
    assert "Class 1 / I either way" in answer_of(body_of(patient), "Intervention")
    make.symptom_free(patient, days_ago(5))
    assert "Class 1 / I by both" in answer_of(body_of(patient), "Intervention")


def test_no_symptoms_beside_a_doubled_peptide_raises_the_question(body_of, severe):
    assert "Asymptomatic?" not in body_of(severe)
    make.lab(severe, days_ago(200), "nt_probnp", "150")
    make.lab(severe, days_ago(10), "nt_probnp", "410")
    html = body_of(severe)
    assert "No symptoms, but NT-proBNP doubled:" in answer_of(html, "Getting worse?")
    text = words_in(html)
    assert "Asymptomatic? NYHA I is entered, but:" in text
    assert "it changes no verdict" in text
    assert "/exercise-test/add/#id_result" in html


def test_the_question_is_not_raised_where_symptoms_are_known(body_of, severe):
    make.lab(severe, days_ago(200), "nt_probnp", "150")
    make.lab(severe, days_ago(10), "nt_probnp", "410")
    make.log(severe, days_ago(5), nyha=2, dyspnea=True, attribution="certain")
    assert "Asymptomatic?" not in body_of(severe)


def test_the_stage_stands_with_its_reasons_and_the_symptoms_with_their_log(body_of, severe):
    text = words_in(body_of(severe))
    assert "ACC/AHA stage AHA-PS-C1 C1: severe, asymptomatic, compensated left ventricle" in text
    assert "No symptoms of the regurgitation Actively asked: no symptoms" in text
    assert "ACC/AHA stage C1" in answer_of(body_of(severe), "How severe")


def test_a_repaired_valve_that_leaks_again_is_never_a_quiet_answer(body_of, severe):
    make.enter(
        Intervention(
            patient=severe,
            kind=Intervention.Kind.MITRAL_REPAIR,
            status=Intervention.Status.PERFORMED,
            performed_on=days_ago(300),
        )
    )
    make.log(severe, days_ago(3), nyha=3, dyspnea=True, attribution="certain")
    assert "heart team" in answer_of(body_of(severe), "Intervention")


def test_nothing_is_advised_asked_or_due_after_a_death(body_of, severe):
    type(severe).objects.filter(pk=severe.pk).update(deceased_on=days_ago(1))
    html = body_of(severe)
    assert "Nothing is due" in answer_of(html, "When next")
    assert "Nothing is asked" in answer_of(html, "What is missing")
    for title in ("ACC/AHA 2020", "ESC/EACTS 2025"):
        text = words_in(card_of(html, title))
        assert "Nothing is advised after that day" in text
        assert "Class" not in text


def test_a_number_opens_to_its_formula_inputs_and_day(body_of, severe):
    text = words_in(body_of(severe))
    assert "LVESD / body surface (ASE-F-17): LVESD 36 mm" in text
    assert "Body surface area 2 m²" in text


def test_an_older_edition_is_shown_on_request_and_decides_nothing(body_of, severe):
    html = body_of(severe)
    assert 'href="?edition=esc-eacts-2021"' in html
    assert 'aria-label="ESC/EACTS 2021"' not in html
    asked = body_of(severe, "?edition=esc-eacts-2021")
    assert "Class I" in words_in(card_of(asked, "ESC/EACTS 2021"))
    for question in ("Intervention", "What is missing", "When next"):
        assert answer_of(asked, question) == answer_of(html, question)


def test_an_unknown_edition_is_ignored(body_of, severe):
    assert words_in(body_of(severe, "?edition=nothing")) == words_in(body_of(severe))


@override_settings(SHOWS_UNSIGNED_VERDICTS=False)
def test_an_edition_that_is_not_signed_off_leaks_nothing(body_of, severe):
    html = body_of(severe, "?edition=esc-eacts-2021")
    for title in ("ACC/AHA 2020", "ESC/EACTS 2025", "ESC/EACTS 2021"):
        card = words_in(card_of(html, title))
        assert "not yet signed off" in card
        assert "Class" not in card
    missing = re.search(r'aria-label="What is missing".*?</section>', html, re.DOTALL)[0]
    assert "Class" not in words_in(missing)
    assert "stage C1" not in words_in(html)
    for question in ("Intervention", "What is missing", "How severe"):
        assert not re.search(r"[Cc]lass (1|2a|I)", answer_of(html, question))


@pytest.fixture
def all_doors(severe):
    return Doors(severe, frozenset({*WRITES, *(kind.action for kind in KINDS.values())}))


def test_every_missing_fact_opens_the_form_at_its_box(client_of, alice, all_doors):
    client, boxes = client_of(alice), {}
    for name in FACTS:
        href = entry_link(name, all_doors)
        if name in CONCLUDED:
            assert href == ""
            continue
        page, _, box = href.partition("#")
        is_question = "?fact=" in page
        if page not in boxes and (not is_question or len(boxes) < 40):
            response = client.get(page)
            assert response.status_code == 200, href
            boxes[page] = set(re.findall(r'id="(id_\w+)"', response.content.decode()))
        if page in boxes:
            assert box in boxes[page], (name, href)
