"""The patient page of another day, and as it was known on one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditAction, AuditEvent
from patients.actions import amend_echo_study, end_registration
from patients.days import spoken
from tests.factories import records as make
from treatments.models import AnticoagulationPlan, Intervention

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(clinic_north):
    return clinic_north.today()


def url_of(patient, **query):
    page = reverse("reports:patient-page", args=[patient.public_id])
    return page + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def text_of(response):
    body = re.sub(r"<(title|desc|style|script)\b.*?</\1>", " ", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def shown(client_of, alice):
    """What Alice reads; every day that is asked for is answered with a whole page."""

    def open_(patient, user=alice, **query):
        response = client_of(user).get(url_of(patient, **query))
        assert response.status_code == 200
        return text_of(response)

    return open_


@pytest.fixture
def growing(clinic_north):
    """Severe primary MR whose ventricle passed the limit in March 2024."""
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2021-01-10")
    make.none_of_these(patient, "2023-05-01")
    make.symptom_free(patient, "2023-05-01")
    make.echo(patient, "2023-05-01", lvef_percent=66, lvesd_mm=36, eroa_mm2=44, vena_contracta_mm=8)
    make.symptom_free(patient, "2024-03-04")
    make.echo(patient, "2024-03-04", lvef_percent=59, lvesd_mm=41, eroa_mm2=46, vena_contracta_mm=8)
    return patient


CLASS_1 = "Class 1: Severe primary MR without symptoms, with LV dysfunction"


def test_it_shows_what_was_true_on_that_day_under_a_bar_that_says_so(shown, growing):
    then = shown(growing, on="2023-06-01")
    assert "You see 1 Jun 2023, not today" in then
    assert "Back to now" in then
    assert CLASS_1 not in then
    assert "4 Mar 2024" not in then.replace("entered 4 Mar 2024", "")
    assert CLASS_1 in shown(growing, on="2024-03-05")
    assert "You see" not in shown(growing)


def test_the_editions_are_those_in_force_then(shown, growing):
    then = "Judged by what was in force then: ACC/AHA 2020, ESC/EACTS"
    assert f"{then} 2021." in shown(growing, on="2023-06-01")
    assert f"{then} 2025." in shown(growing, on="2025-12-01")


def test_a_body_without_an_edition_is_said_and_is_no_indication_of_nothing(shown, growing):
    make.echo(growing, "2019-05-01", lvef_percent=66, lvesd_mm=36, eroa_mm2=44)
    make.echo(growing, "2021-02-01", lvef_percent=66, lvesd_mm=36, eroa_mm2=44)
    one = shown(growing, on="2021-02-02")
    assert "ESC/EACTS: no edition held on 2 Feb 2021" in one
    assert "ACC/AHA: no edition held" not in one
    none = shown(growing, on="2019-06-01")
    assert "ACC/AHA: no edition held on 1 Jun 2019" in none
    assert "No edition held" in none
    assert "no indication" not in none.lower()
    assert "No rule is met" not in none


def test_what_was_entered_later_is_marked_with_its_day(shown, growing, today):
    page = shown(growing, on="2023-06-01")
    late = (today - date(2023, 6, 1)).days
    assert "late entries" in page
    assert f"{late} days later" in page


def test_as_known_then_nothing_of_later_is_shown(shown, growing, today):
    yesterday = today - timedelta(days=1)
    page = shown(growing, on="2024-03-05", known=yesterday)
    # Everything was entered today, so the clinic held nothing of it yesterday.
    assert "As your clinic knew it at the end of" in page
    assert CLASS_1 not in page
    assert "No echo study is recorded" in page


def test_a_value_that_was_corrected_later_shows_as_it_was_known(
    client_of, alice, clinic_north, growing, today
):
    study = growing.echostudy_set.get(performed_on=date(2024, 3, 4))
    history = type(study).history
    long_ago = timezone.now() - timedelta(days=30)
    history.filter(patient_id=growing.pk).update(history_date=long_ago)
    type(study).objects.filter(pk=study.pk).update(entered_at="2024-03-04T12:00:00Z")
    study.refresh_from_db()
    for kind in ("mitraldiagnosis", "absencecheck", "symptomlog"):
        getattr(growing, f"{kind}_set").model.history.update(history_date=long_ago)
    study.lvesd_mm = 47
    amend_echo_study(study, by=alice, clinic=clinic_north, reason="read again")
    client = client_of(alice)
    before = client.get(url_of(growing, known=today - timedelta(days=1))).content.decode()
    after = client.get(url_of(growing, on="2024-03-05")).content.decode()
    assert ">41<" in before
    assert ">47<" not in before
    assert ">47<" in after
    assert f"changed {spoken(today)}, " in after


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"on": "2024-02-31"}, "is not a day"),
        ({"on": "yesterday"}, "is not a day"),
        ({"known": "20240-1-1"}, "is not a day"),
        ({"on": "9999-01-01"}, "has not come yet"),
        ({"known": "9999-12-31"}, "has not come yet"),
        ({"on": "1950-01-01"}, "before the patient's birth"),
        ({"on": "0001-01-01"}, "before the patient's birth"),
        ({"on": "1999-12-31"}, "nothing was recorded yet"),
        ({"known": "1999-12-31"}, "nothing was recorded yet"),
        ({"on": "<script>alert(1)</script>"}, "is not a day"),
    ],
)
def test_a_day_that_cannot_be_shown_is_told_above_the_page_of_now(
    client_of, alice, growing, query, words
):
    response = client_of(alice).get(url_of(growing, **query))
    assert response.status_code == 200
    page = text_of(response)
    assert words in page
    assert "Below is the page of now" in page
    assert "4 Mar 2024" in page
    assert "You see" not in page
    assert "<script>alert" not in response.content.decode()


def test_today_is_not_another_day(shown, growing, today):
    page = shown(growing, on=today, known=today)
    assert "You see" not in page
    assert "New echo" in page


def test_today_as_it_was_known_before_is_not_now(shown, growing, today):
    page = shown(growing, on=today, known="2024-03-05")
    assert "You see what was known on 5 Mar 2024, not now" in page
    assert "New echo" not in page


def test_nothing_is_entered_from_a_page_of_another_day(client_of, alice, growing):
    body = client_of(alice).get(url_of(growing, on="2024-03-05")).content.decode()
    assert reverse("patients:echo-add", args=[growing.public_id]) not in body
    assert "/add/" not in body
    assert "New echo" not in body


def test_its_own_links_keep_the_day(client_of, alice, growing):
    for each in range(20):
        make.echo(growing, date(2023, 5, 2) + timedelta(days=each), lvef_percent=60)
    body = client_of(alice).get(url_of(growing, on="2024-03-05")).content.decode()
    assert "?all=1&amp;on=2024-03-05" in body
    printed = reverse("reports:patient-print", args=[growing.public_id]) + "?on=2024-03-05"
    assert printed in body
    assert "You see 5 Mar 2024" in text_of(client_of(alice).get(printed))


def test_an_emergency_of_then_is_told_and_alarms_nobody(client_of, alice, growing):
    episode = make.acute_episode(growing, "2024-03-10")
    make.close_episode(episode, "2024-03-12")
    response = client_of(alice).get(url_of(growing, on="2024-03-11"))
    page = text_of(response)
    assert "An acute episode stood" in page
    assert "no alarm of now" in page
    assert "Acknowledge" not in page
    assert 'class="emergency"' not in response.content.decode()


def test_an_emergency_of_now_is_never_hidden_behind_another_day(shown, growing):
    make.acute_episode(growing, timezone.now() - timedelta(hours=3))
    assert "Today an acute episode is open" in shown(growing, on="2024-03-05")


def test_a_danger_of_then_is_no_alarm_of_now(client_of, alice, growing):
    make.enter(
        Intervention(
            patient=growing,
            kind=Intervention.Kind.MITRAL_MECHANICAL,
            status=Intervention.Status.PERFORMED,
            performed_on=date(2024, 4, 1),
        )
    )
    make.enter(AnticoagulationPlan(patient=growing, from_on=date(2024, 4, 1), agent="vka"))
    make.lab(growing, "2024-05-01", "inr", "1.5")
    make.lab(growing, timezone.localdate() - timedelta(days=1), "inr", "3.0")
    body = client_of(alice).get(url_of(growing, on="2024-05-02")).content.decode()
    assert "below 2.0" in body
    assert 'role="alert"' not in body


def test_the_audit_says_which_day_was_looked_at_and_nothing_of_the_patient(shown, growing):
    shown(growing, on="2024-03-05", known="2024-04-01")
    event = AuditEvent.objects.filter(action=AuditAction.VIEW).latest("pk")
    assert event.note == "as of another day: on=2024-03-05&known=2024-04-01"


def test_a_former_clinic_sees_no_day_after_its_last(shown, growing, today):
    end_registration(
        by=None,
        registration=growing.registrations.get(),
        until_on=today - timedelta(days=10),
        because="moved",
    )
    refused = shown(growing, on=today - timedelta(days=1))
    assert "The last day that your clinic may see" in refused
    then = shown(growing, on="2024-03-05")
    assert "You see 5 Mar 2024" in then
    assert "followed this patient until" in then


def test_other_clinics_are_refused_on_every_day(client_of, charlie, growing):
    assert client_of(charlie).get(url_of(growing, on="2024-03-05")).status_code == 404


def test_another_day_costs_the_same_queries_for_60_studies_as_for_5(
    client_of, alice, clinic_north, today
):
    few, many = make.patient_of(clinic_north), make.patient_of(clinic_north)
    for patient, number in ((few, 5), (many, 60)):
        make.diagnosis(patient, "2005-01-01")
        for each in reversed(range(number)):
            day = date(2024, 1, 1) - timedelta(days=60 * each)
            make.echo(patient, day, lvef_percent=60, lvesd_mm=38, eroa_mm2=30)
            make.symptom_free(patient, day)
    client = client_of(alice)
    client.get(url_of(few, on="2024-02-01"))

    def queries(patient):
        with CaptureQueriesContext(connection) as captured:
            client.get(url_of(patient, on="2024-02-01"))
        return len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]])

    assert queries(few) == queries(many) <= 25


def test_the_boxes_hold_the_day_and_work_without_a_script(client_of, alice, growing):
    body = client_of(alice).get(url_of(growing, on="2024-03-05")).content.decode()
    assert re.search(r'<input[^>]*name="on"[^>]*value="2024-03-05"', body)
    assert re.search(r'<form[^>]*method="get"', body)
    now = client_of(alice).get(url_of(growing)).content.decode()
    assert 'id="another-day"' in now
    assert 'href="#another-day"' in now
