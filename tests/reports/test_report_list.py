"""The page that lists the reports."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from reports.catalogue import REPORTS
from tests.factories import records

URL = "/reports/"


@pytest.fixture
def study(clinic_north):
    return records.echo(records.patient_of(clinic_north), "2026-03-01", lvef_percent=58)


def test_it_works(alice, client_of, study):
    page = client_of(alice).get(URL).content.decode()
    assert 'href="/reports/echo_studies/"' in page
    assert "as known on it" in page


def test_it_requires_login(clinic_north):
    assert Client().get(URL).status_code == 302


@pytest.mark.parametrize("person", ["nina", "clara", "rita", "ada"])
def test_who_may_not_export_is_told_and_gets_no_link(person, request, client_of, study):
    page = client_of(request.getfixturevalue(person)).get(URL).content.decode()
    assert "does not allow you to export" in page
    assert not [name for name in REPORTS if f'href="/reports/{name}/"' in page]
    assert not AuditEvent.objects.filter(action="refused").exists()


def test_who_is_a_member_of_no_clinic_is_told(superuser, client_of):
    assert "You are a member of no clinic." in client_of(superuser).get(URL).content.decode()


def test_it_reads_no_record(alice, client_of, study):
    client = client_of(alice)
    counts = []
    for patients in (0, 5):
        for _ in range(patients):
            records.patient_of(study.patient.registrations.get().clinic)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
