"""A patient of the northern clinic, and her facts on a day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts.models import Clinic
from guidelines.facts import ClinicalPicture, Fact, Reading
from patients.models import Patient
from tests.factories import records as make
from treatments.facts import picture_of, record_of

ON = date(2024, 6, 1)

PictureOf = Callable[..., ClinicalPicture]
FactOf = Callable[..., Fact | None]
ReadingOf = Callable[..., Reading | None]


def ago(days: int) -> date:
    """The day so many days before the one that the tests look from."""
    return ON - timedelta(days=days)


@pytest.fixture
def patient(clinic_north: Clinic) -> Patient:
    return make.patient_of(clinic_north)


@pytest.fixture
def picture(patient: Patient) -> PictureOf:
    """Return a function that gives the patient's picture on a day."""
    return lambda on=ON: picture_of(record_of([patient], on=on)[patient.pk])


@pytest.fixture
def fact(picture: PictureOf) -> FactOf:
    """Return a function that gives one fact of the patient on a day."""
    return lambda name, on=ON: picture(on).fact(name)


@pytest.fixture
def reading(picture: PictureOf) -> ReadingOf:
    """Return a function that gives what a rule reads of one fact on a day."""
    return lambda name, on=ON: picture(on).reading(name)
