"""Numbers of one study that do not fit, on the patient page."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.factories import records as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(client_of, alice):
    def body_(patient, user=alice):
        page = client_of(user).get(reverse("reports:patient-page", args=[patient.public_id]))
        assert page.status_code == 200
        return page.content.decode()

    return body_


def text_of(body):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_it_names_the_study_the_numbers_and_the_slip(body, clinic_north, ago):
    patient = make.patient_of(clinic_north)
    study = make.echo(patient, ago(10), lvesd_mm=58, lvedd_mm=41, implausible_confirmed=True)
    page = body(patient)
    text = text_of(page)
    assert "Numbers that do not fit" in text
    assert "Neither is used:" in text
    assert reverse("patients:echo-amend", args=[study.public_id]) in page
    assert reverse("patients:echo-page", args=[study.public_id]) in page


def test_a_nurse_is_offered_no_amendment(body, clinic_north, ago, nina):
    patient = make.patient_of(clinic_north)
    study = make.echo(patient, ago(10), lvesd_mm=58, lvedd_mm=41, implausible_confirmed=True)
    page = body(patient, nina)
    assert "Numbers that do not fit" in page
    assert reverse("patients:echo-amend", args=[study.public_id]) not in page


def test_it_is_absent_where_every_number_fits(body, clinic_north, ago):
    patient = make.patient_of(clinic_north)
    make.echo(patient, ago(10), lvesd_mm=41, lvedd_mm=58)
    assert "Numbers that do not fit" not in body(patient)


def test_the_newest_study_comes_first_and_older_ones_are_folded(body, clinic_north, ago):
    patient = make.patient_of(clinic_north)
    for days in (10, 100, 200, 300):
        make.echo(patient, ago(days), lvesd_mm=58, lvedd_mm=41, implausible_confirmed=True)
    text = text_of(body(patient))
    assert "4 studies" in text
    assert "2 earlier studies" in text


def test_a_study_entered_in_error_is_not_named(body, clinic_north, ago, alice):
    patient = make.patient_of(clinic_north)
    study = make.echo(patient, ago(10), lvesd_mm=58, lvedd_mm=41, implausible_confirmed=True)
    make.strike(study, by=alice)
    assert "Numbers that do not fit" not in body(patient)
