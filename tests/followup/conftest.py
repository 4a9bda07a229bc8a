"""A patient of the northern clinic, days before and after its today, and forms as sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts.models import Clinic
from patients.models import Patient
from tests.factories import records as make


@pytest.fixture
def patient(clinic_north: Clinic) -> Patient:
    return make.patient_of(clinic_north, family_name="Rossi", given_name="Marta")


@pytest.fixture
def day(clinic_north: Clinic) -> Callable[[int], date]:
    """`day(-3)`: three days before the clinic's today."""
    return lambda days=0: clinic_north.today() + timedelta(days=days)
