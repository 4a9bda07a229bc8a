"""One patient of the northern clinic, and forms as a browser sends them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django import forms

from accounts.models import Clinic
from patients.models import Patient
from tests.factories import records


@pytest.fixture
def patient(clinic_north: Clinic) -> Patient:
    return records.patient_of(
        clinic_north,
        record_number="HV-20418",
        family_name="Rossi",
        given_name="Marco",
        born_on=date(1959, 4, 12),
        sex=Patient.Sex.MALE,
    )


@pytest.fixture
def as_sent() -> Callable[..., dict[str, Any]]:
    """Return what a browser sends of a form: every box as it is filled, then what one changes."""

    def sent(form: forms.Form, **typed: Any) -> dict[str, Any]:
        values = {name: form[name].value() for name in form.fields}
        shown = {name: value for name, value in values.items() if value not in (None, False)}
        return {**shown, **typed}

    return sent
