"""The form of a diagnosis follows its mechanism."""

import pytest
from django.test import Client

from accounts.models import Clinic, User
from patients.record_kinds import KINDS
from tests.factories import records

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("mechanism", ["primary", "secondary_atrial"])
def test_a_form_that_follows_its_mechanism_keeps_it(
    client: Client, alice: User, clinic_north: Clinic, mechanism: str
) -> None:
    patient = records.patient_of(clinic_north)
    client.force_login(alice)
    typed = {"mechanism": mechanism, "diagnosed_on": "12 Nov 2025", "follow": "yes"}
    answer = client.post(KINDS["mitral-diagnosis"].add_url(patient), typed)
    assert f'<option value="{mechanism}" selected>' in answer.content.decode()
