"""The page of one enlarged chart."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from patients.actions import end_registration
from patients.days import spoken
from reports.patient_page.trends import BY_SLUG
from tests.factories import records as make

pytestmark = pytest.mark.django_db


def url_of(patient, measure="lvesd"):
    return reverse("reports:patient-course", args=[patient.public_id, measure])


def text_of(response):
    assert response.status_code == 200
    body = re.sub(r"<(title|desc)\b.*?</\1>", " ", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def days_ago(clinic_north):
    def ago(days):
        return clinic_north.today() - timedelta(days=days)

    return ago


@pytest.fixture
def patient(clinic_north, days_ago):
    patient = make.patient_of(clinic_north, from_on=days_ago(6000))
    make.diagnosis(patient, days_ago(400))
    return patient


def followed(patient, days_ago, studies):
    for index in range(studies):
        make.echo(
            patient,
            days_ago(20 + 90 * index),
            lvesd_mm=39 - index % 4,
            eroa_mm2=44,
            eroa_method="pisa",
            vena_contracta_mm=8,
            laboratory="North",
            linear_method="two_d",
        )


def test_it_shows_every_number_of_the_course(client_of, alice, patient, days_ago):
    followed(patient, days_ago, 6)
    make.echo(patient, days_ago(5), final=False, lvesd_mm=45)
    page = text_of(client_of(alice).get(url_of(patient)))
    assert "LV end-systolic diameter (LVESD)" in page
    for name in (
        "Slope",
        "Latest change",
        "Measurement noise",
        "A study in a year",
        "Present part",
    ):
        assert name in page, name
    assert "robust (Theil-Sen) with its 95 % interval" in page
    assert "MDC95" in page
    assert "published default" in page.lower()
    assert "≥ 40 mm" in page
    assert "AHA-PI-02" in page
    assert "draft, not used" in page
    assert "no date puts off a visit" in page


def test_each_measure_has_a_page_also_when_nothing_was_measured(client_of, alice, patient):
    client = client_of(alice)
    for slug in BY_SLUG:
        assert "Not recorded" in text_of(client.get(url_of(patient, slug)))


def test_an_unknown_measure_is_a_404(client_of, alice, patient):
    assert client_of(alice).get(url_of(patient, "height")).status_code == 404


def test_it_requires_login(client, patient):
    response = client.get(url_of(patient))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("stranger", ["charlie", "rita", "otto", "ada"])
def test_it_hides_the_patient_from_whoever_may_not_see_them(request, client_of, patient, stranger):
    user = request.getfixturevalue(stranger)
    assert client_of(user).get(url_of(patient)).status_code == 404
    assert client_of(user).get(url_of(patient, "height")).status_code == 404


def test_opening_it_is_written_to_the_audit(client_of, alice, patient):
    client_of(alice).get(url_of(patient))
    event = AuditEvent.objects.filter(action=AuditAction.VIEW).get()
    assert (event.actor_id, event.role) == (alice.pk, "clinician")
    assert event.patient_id == str(patient.public_id)


def test_it_changes_nothing(client_of, alice, patient):
    assert client_of(alice).post(url_of(patient)).status_code == 405


def test_a_former_clinic_reads_it_up_to_its_last_day(
    client_of, alice, patient, clinic_north, days_ago
):
    followed(patient, days_ago, 3)
    end_registration(
        by=alice,
        registration=patient.registrations.get(),
        until_on=days_ago(100),
        because="moved",
    )
    page = text_of(client_of(alice).get(url_of(patient)))
    assert "followed this patient until" in page
    last = days_ago(20)
    assert not re.search(rf"\b{last.day} {last:%b %Y}", page)
    earlier = days_ago(110)
    assert re.search(rf"\b{earlier.day} {earlier:%b %Y}", page)


def test_the_chart_on_the_patient_page_leads_to_it(client_of, alice, patient, days_ago):
    followed(patient, days_ago, 3)
    page = client_of(alice).get(reverse("reports:patient-page", args=[patient.public_id]))
    assert f'href="{url_of(patient)}"' in page.content.decode()


def test_it_asks_the_database_as_often_for_5_studies_as_for_60(client_of, alice, patient, days_ago):
    client = client_of(alice)
    counts = []
    for more in (5, 55):
        for index in range(more):
            make.echo(patient, days_ago(20 + 60 * (index + more)), lvesd_mm=36, lvef_percent=64)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url_of(patient)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_it_shows_the_day_that_the_patient_page_showed(client_of, alice, patient, days_ago):
    followed(patient, days_ago, 4)
    day = days_ago(100)
    client = client_of(alice)
    page = client.get(reverse("reports:patient-page", args=[patient.public_id]), {"on": day})
    link = f"{url_of(patient)}?on={day.isoformat()}"
    assert link in page.content.decode()
    then, now = text_of(client.get(link)), text_of(client.get(url_of(patient)))
    assert f"You see {spoken(day)}, not today" in then
    assert "You see" not in now
    newest = f" {spoken(days_ago(20))} "
    assert newest in now
    assert newest not in then
    assert AuditEvent.objects.filter(note=f"as of another day: on={day.isoformat()}").count() == 2
