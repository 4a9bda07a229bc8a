"""What tests of the patient page have in common."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.reports.pages import words_in


@pytest.fixture
def ago(clinic_north):
    """The clinic's day so many days ago."""
    return lambda days: clinic_north.today() - timedelta(days=days)


@pytest.fixture
def section_of(client_of, alice):
    """What Alice reads in one section of a patient's page; empty where there is none."""

    def section_(patient, title):
        page = client_of(alice).get(reverse("reports:patient-page", args=[patient.public_id]))
        assert page.status_code == 200
        found = re.search(rf'<section[^>]*"{title}".*?</section>', page.content.decode(), re.S)
        return words_in(found.group()) if found else ""

    return section_
