"""The page of the reports."""

import pytest
from django.test import Client

from audit.models import AuditEvent
from tests.factories import records

URL = "/reports/"


@pytest.fixture
def study(clinic_north):
    return records.echo(records.patient_of(clinic_north), "2026-03-01", lvef_percent=58)


def test_it_works(alice, client_of, study):
    page = client_of(alice).get(URL).content.decode()
    assert "echo_studies.csv" in page
    assert "North Valve Clinic" in page
    assert '<td class="number">1</td>' in page
    assert "regurgitant_volume_ml" in page
    assert 'href="/reports/echo_studies.csv"' in page


def test_it_requires_login(clinic_north):
    assert Client().get(URL).status_code == 302


def test_it_counts_no_other_clinic(charlie, client_of, study):
    page = client_of(charlie).get(URL).content.decode()
    assert '<td class="number">0</td>' in page
    assert "North Valve Clinic" not in page


@pytest.mark.parametrize("person", ["nina", "clara", "rita", "otto", "ada"])
def test_who_may_not_export_is_told_and_gets_no_button(person, request, client_of, study):
    page = client_of(request.getfixturevalue(person)).get(URL).content.decode()
    assert "does not allow you to export" in page
    assert 'href="/reports/echo_studies.csv"' not in page
    assert not AuditEvent.objects.filter(action="refused").exists()


def test_who_is_a_member_of_no_clinic_is_told(superuser, client_of):
    assert "You are a member of no clinic." in client_of(superuser).get(URL).content.decode()
