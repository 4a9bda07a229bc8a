"""The patient page: what it shows, to whom, and what it must never suggest."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditAction, AuditEvent
from patients.actions import end_registration
from patients.models import AbsenceCheck, AcuteEpisode
from reports.kinds import KINDS
from tests.factories import records as make
from tests.reports.pages import days_ago, severe_primary, words_in
from treatments.models import AnticoagulationPlan, Intervention, TeamReview

pytestmark = pytest.mark.django_db


def url_of(patient):
    return reverse("reports:patient-page", args=[patient.public_id])


@pytest.fixture
def open_page(client_of, alice):
    """What Alice reads on a patient's page: the text without tags, spaces made single."""

    def open_(patient, user=alice):
        response = client_of(user).get(url_of(patient))
        assert response.status_code == 200
        return text_of(response)

    return open_


def text_of(response):
    return words_in(response.content.decode())


@pytest.fixture
def severe(clinic_north):
    """Severe primary MR by two lines of evidence, an operable woman."""
    return severe_primary(clinic_north)


def test_it_requires_login(client, severe):
    response = client.get(url_of(severe))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("stranger", ["charlie", "rita", "otto", "ada"])
def test_it_hides_the_patient_from_whoever_may_not_see_them(request, client_of, severe, stranger):
    user = request.getfixturevalue(stranger)
    assert client_of(user).get(url_of(severe)).status_code == 404


def test_an_unknown_id_is_a_404(client_of, alice):
    url = reverse("reports:patient-page", args=["00000000-0000-4000-8000-000000000000"])
    assert client_of(alice).get(url).status_code == 404


def test_opening_it_is_written_to_the_audit(client_of, alice, severe, clinic_north):
    client_of(alice).get(url_of(severe))
    event = AuditEvent.objects.filter(action=AuditAction.VIEW).get()
    assert (event.actor_id, event.clinic_id, event.role) == (alice.pk, clinic_north.pk, "clinician")
    assert event.patient_id == str(severe.public_id)


def test_printing_it_is_written_to_the_audit_as_such(client_of, alice, charlie, severe):
    url = reverse("reports:patient-print", args=[severe.public_id])
    response = client_of(alice).get(url)
    assert "To be printed" in text_of(response)
    assert AuditEvent.objects.filter(action=AuditAction.PRINT, actor_id=alice.pk).count() == 1
    assert client_of(charlie).get(url).status_code == 404


def test_it_says_what_both_editions_say_with_the_facts_they_rest_on(open_page, severe):
    make.log(severe, days_ago(10), nyha=2, dyspnea=True, attribution="certain")
    page = open_page(severe)
    assert "Class 1: Severe primary MR with symptoms" in page
    assert "AHA-PI-01" in page
    assert "From expert knowledge, not yet checked" in page
    assert "Class I pending team judgement" in page
    assert "ESC25-P-02" in page
    assert "do not apply Rules for an intervention that are for other patients." in page


def test_an_operable_patient_makes_the_esc_class_certain(open_page, severe):
    make.log(severe, days_ago(10), nyha=2, dyspnea=True, attribution="certain")
    make.enter(TeamReview(patient=severe, reviewed_on=days_ago(5), operability="operable"))
    page = open_page(severe)
    assert "Class I: Severe primary MR with symptoms" in page
    assert "pending team judgement" not in page


def test_unknown_symptoms_with_a_low_lvef_are_class_1_either_way(open_page, clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.echo(patient, days_ago(20), lvef_percent=58, eroa_mm2=44, vena_contracta_mm=8)
    page = open_page(patient)
    assert "Class 1 either way" in page
    assert "Class I either way" in page


def test_a_new_study_changes_the_verdicts(open_page, severe):
    make.symptom_free(severe, days_ago(15))
    assert "Class 2a pending team judgement" in open_page(severe)
    make.echo(severe, days_ago(2), lvef_percent=60, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)
    page = open_page(severe)
    assert "Class 1: Severe primary MR without symptoms, with LV dysfunction" in page
    assert "LVESD ≥ 40 mm" in page


def test_what_cannot_be_told_never_reads_as_no_indication(open_page, severe):
    make.symptom_free(severe, days_ago(15))
    page = open_page(severe)
    assert "That is not advice against an intervention." in page
    assert "no indication" not in page.lower()


def test_a_draft_decides_nothing_and_says_so(open_page, severe):
    make.symptom_free(severe, days_ago(15))
    make.echo(severe, days_ago(2), final=False, lvef_percent=40, lvesd_mm=50)
    page = open_page(severe)
    assert "Class 1:" not in page
    assert "Class I:" not in page
    assert "draft, not counted" in page


def test_an_unmeasured_patient_cannot_be_graded_and_gets_no_reassuring_word(
    open_page, clinic_north
):
    patient = make.patient_of(clinic_north, sex="male")
    for year in range(3, 0, -1):
        make.echo(patient, days_ago(365 * year), lvef_percent=93, lvef_method="not_stated")
    make.enter(
        Intervention(
            patient=patient,
            kind=Intervention.Kind.AORTIC_REPLACEMENT,
            status=Intervention.Status.PERFORMED,
            performed_on=days_ago(365 * 3 + 4),
        )
    )
    # The name of an entry in the menu says nothing of the patient.
    page = open_page(patient).replace(KINDS[AbsenceCheck].title, "")
    assert "Cannot be graded" in page
    for measurement in ("EROA", "Regurgitant volume", "Vena contracta"):
        assert measurement in page
    for word in (r"\bmild\b", r"\bnone\b", r"\bstage [A-D]", r"\bC1\b", r"\bno MR\b", r"trace"):
        assert not re.search(word, page, re.IGNORECASE), word
    assert "Aortic valve replacement" in page


def test_the_course_of_lvef_is_drawn_with_the_operation_marked(client_of, alice, clinic_north):
    patient = make.patient_of(clinic_north)
    make.echo(patient, days_ago(900), lvef_percent=66)
    make.echo(patient, days_ago(30), lvef_percent=(55, 60))
    make.enter(
        Intervention(
            patient=patient,
            kind=Intervention.Kind.AORTIC_REPLACEMENT,
            status=Intervention.Status.PERFORMED,
            performed_on=days_ago(500),
        )
    )
    body = client_of(alice).get(url_of(patient)).content.decode()
    drawing = body[body.index("<svg") : body.index("</svg>")]
    assert "Aortic valve replacement" in drawing
    assert "55–60" in body
    # Nobody measured the regurgitation: the limits of its rules have no place here.
    assert "limit ≤ 60" not in drawing
    assert "beyond a limit" not in body


def test_the_limits_of_the_rules_are_drawn_where_they_apply(client_of, alice, severe):
    body = client_of(alice).get(url_of(severe)).content.decode()
    assert ">≤ 60<" in body
    assert ">≥ 40<" in body


def test_the_limits_are_not_drawn_for_a_repaired_valve(client_of, alice, severe):
    make.enter(
        Intervention(
            patient=severe,
            kind=Intervention.Kind.MITRAL_REPAIR,
            status=Intervention.Status.PERFORMED,
            performed_on=days_ago(10),
        )
    )
    response = client_of(alice).get(url_of(severe))
    assert ">≤ 60<" not in response.content.decode()
    assert "Repaired valve: native stages and thresholds do not apply" in text_of(response)


def test_the_limits_of_primary_regurgitation_are_not_drawn_for_secondary(
    client_of, alice, clinic_north
):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400), mechanism="secondary_ventricular")
    make.echo(patient, days_ago(20), lvef_percent=33, lvesd_mm=55)
    body = client_of(alice).get(url_of(patient)).content.decode()
    assert "beyond a limit" not in body


def test_an_acute_patient_looks_like_an_emergency(open_page, severe):
    make.enter(
        AcuteEpisode(
            patient=severe,
            onset_at=timezone.now() - timedelta(hours=5, minutes=30),
            cause="papillary_muscle_rupture",
            place="CCU bed 4",
        )
    )
    page = open_page(severe)
    assert "Acute MR" in page
    assert "5 h 30 min ago" in page
    assert "CCU bed 4" in page
    assert "Acknowledged by nobody yet" in page
    assert "Chronic rules, stages and intervals are switched off" in page
    assert "This program does not call anyone" in page
    assert "Exclude before any vasodilator, inotrope or balloon pump" in page
    assert "Exclude systolic anterior motion or outflow obstruction" in page
    assert "Chronic rules switched off" in page
    assert "Class 1 pending" not in page
    assert "Class 1:" not in page


@pytest.mark.parametrize(
    ("inr", "danger"),
    [("1.9", "below 2.0"), ("2.0", ""), ("5.0", ""), ("5.1", "above 5.0"), (None, "No INR")],
)
def test_an_inr_out_of_bounds_on_a_mechanical_valve_is_a_danger(
    open_page, clinic_north, inr, danger
):
    patient = make.patient_of(clinic_north)
    make.enter(
        Intervention(
            patient=patient,
            kind=Intervention.Kind.MITRAL_MECHANICAL,
            status=Intervention.Status.PERFORMED,
            performed_on=days_ago(700),
        )
    )
    make.enter(AnticoagulationPlan(patient=patient, from_on=days_ago(690), agent="vka"))
    if inr:
        make.lab(patient, days_ago(1), "inr", inr)
    page = open_page(patient)
    for text in ("below 2.0", "above 5.0", "No INR"):
        assert (text in page) is (text == danger)


def test_a_doac_on_a_mechanical_mitral_valve_is_a_danger(open_page, clinic_north):
    patient = make.patient_of(clinic_north)
    make.enter(
        Intervention(
            patient=patient,
            kind=Intervention.Kind.MITRAL_MECHANICAL,
            status=Intervention.Status.PERFORMED,
            performed_on=days_ago(700),
        )
    )
    make.lab(patient, days_ago(1), "inr", "3.0")
    assert "No vitamin K antagonist recorded" in open_page(patient)
    make.enter(AnticoagulationPlan(patient=patient, from_on=days_ago(1), agent="doac"))
    assert "A direct oral anticoagulant on a mechanical mitral valve" in open_page(patient)


def test_the_reader_s_grade_is_shown_where_it_disagrees(open_page, severe):
    make.echo(
        severe,
        days_ago(1),
        eroa_mm2=44,
        vena_contracta_mm=8,
        regurgitant_fraction_percent=52,
        regurgitant_volume_method="doppler_volumetric",
        reader_grade=2,
    )
    assert "reader's own grade" in open_page(severe)


def test_old_reassurance_says_its_age(open_page, clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(1500))
    make.symptom_free(patient, days_ago(15))
    make.echo(
        patient, days_ago(1170), lvef_percent=66, lvesd_mm=34, eroa_mm2=44, vena_contracta_mm=8
    )
    page = open_page(patient)
    assert "too old to reassure (3.2 years)" in page
    assert "Cannot tell" in page


def test_a_former_clinic_reads_the_record_up_to_the_move(
    client_of, alice, clinic_north, clinic_south, severe
):
    registration = severe.registrations.get()
    make.echo(severe, days_ago(2), lvef_percent=33)
    end_registration(by=None, registration=registration, until_on=days_ago(10), because="moved")
    response = client_of(alice).get(url_of(severe))
    page = text_of(response)
    assert "followed this patient until" in page
    assert "nothing can be entered" in page
    assert " 33 " not in page
    assert "New echo" not in page


def test_nothing_recorded_is_said_and_not_guessed(open_page, clinic_north):
    page = open_page(make.patient_of(clinic_north, family_name="", given_name=""))
    assert "Name not recorded" in page
    assert "No symptom log is recorded. That is not the same as no symptoms." in page
    assert "No echo study is recorded." in page


def test_what_is_typed_into_a_record_is_escaped(client_of, alice, clinic_north):
    patient = make.patient_of(clinic_north, family_name="<script>alert(1)</script>")
    body = client_of(alice).get(url_of(patient)).content.decode()
    assert "<script>alert" not in body


def queries_of(client, patient):
    """How many statements the page asked for; the test's own savepoints are not the page's."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url_of(patient))
    assert response.status_code == 200
    asked = [q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    return len(asked), response


def test_a_patient_with_rows_of_every_kind_costs_one_query_for_each_kind(
    client_of, alice, clinic_north
):
    patient = make.patient_of(clinic_north)
    make.one_of_every_kind(patient, days_ago(30))
    client = client_of(alice)
    client.get(url_of(patient))
    asked, _ = queries_of(client, patient)
    assert asked <= 32


def test_it_asks_the_database_as_often_for_60_studies_as_for_5(client_of, alice, clinic_north):
    few, many = make.patient_of(clinic_north), make.patient_of(clinic_north)
    for patient, number in ((few, 5), (many, 60)):
        make.diagnosis(patient, days_ago(9000))
        for each in reversed(range(number)):
            make.echo(patient, days_ago(100 * each + 1), lvef_percent=60, lvesd_mm=38, eroa_mm2=30)
            make.symptom_free(patient, days_ago(100 * each + 1))
            make.lab(patient, days_ago(100 * each + 1), "inr", "2.5")
    client = client_of(alice)
    client.get(url_of(few))
    with_few, _ = queries_of(client, few)
    with_many, response = queries_of(client, many)
    assert with_few == with_many <= 25
    assert bytes_over_the_wire(response) < 150_000


def bytes_over_the_wire(response):
    """The page with its style sheets and scripts, compressed as a server sends them."""
    files = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', response.content.decode())
    assert len(files) > 2
    found = [Path(finders.find(name)).read_bytes() for name in files]
    return sum(len(gzip.compress(each)) for each in [response.content, *found])


def test_all_rows_can_be_asked_for(client_of, alice, clinic_north):
    patient = make.patient_of(clinic_north)
    for each in range(20):
        make.echo(patient, days_ago(100 * each + 1), lvef_percent=60)
    client = client_of(alice)
    short = client.get(url_of(patient)).content.decode()
    assert "Show all 8 further rows" in short
    whole = client.get(url_of(patient) + "?all=1").content.decode()
    assert whole.count("transthoracic echo") - short.count("transthoracic echo") == 8


def test_asking_for_another_clinics_patient_is_remembered(client_of, charlie, clinic_north):
    patient = make.patient_of(clinic_north)
    assert client_of(charlie).get(url_of(patient)).status_code == 404
    refused = AuditEvent.objects.get(action=AuditAction.REFUSED)
    assert (refused.actor_id, refused.patient_id) == (charlie.pk, str(patient.public_id))


def test_a_suspected_valve_thrombosis_stands_on_top_of_the_page(open_page, clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(2000))
    make.intervention(patient, days_ago(1500), "mitral_mechanical")
    make.lab(patient, days_ago(2), "inr", "2.9")
    assert "valve thrombosis until excluded" not in open_page(patient)
    make.answer(patient, days_ago(1), "prosthesis_clicks_muffled", "yes")
    assert "valve thrombosis until excluded" in open_page(patient)


def test_what_is_too_old_for_a_planned_operation_is_named_beside_the_verdicts(open_page, severe):
    assert "Too old for an operation" not in open_page(severe)
    make.lab(severe, days_ago(31), "creatinine", 90)
    make.planned_intervention(severe, "mitral_repair")
    text = open_page(severe)
    assert "Too old for an operation: repeat before the procedure" in text
    assert "Mitral valve repair planned." in text
    assert "Creatinine 90 µmol/L" in text
    assert "31 days old (at most 30)" in text
    assert "What the guidelines say above is not changed by this." in text


def test_the_height_behind_a_body_surface_is_shown_as_it_was_typed(open_page, clinic_north):
    patient = make.patient_of(clinic_north)
    make.body_size(patient, days_ago(20), height_cm="179.0", weight_kg=70)
    make.echo(patient, days_ago(20), lvesd_mm=36)
    assert "Height 179 cm, " in open_page(patient)
