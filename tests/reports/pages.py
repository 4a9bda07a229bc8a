"""The patient page as a test reads it, and the record most of its tests begin with."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

from django.utils import timezone

from accounts.models import Clinic
from patients.models import Patient
from tests.factories import records as make


def days_ago(days: int) -> date:
    """The day so many days before today."""
    return timezone.localdate() - timedelta(days=days)


def words_in(html: str) -> str:
    """The text without tags and drawings, spaces made single."""
    body = re.sub(r"<(title|desc|style|script)\b.*?</\1>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def severe_primary(clinic: Clinic) -> Patient:
    """Severe primary MR by two lines of evidence, a normal ventricle; symptoms not asked."""
    patient = make.patient_of(clinic)
    make.diagnosis(patient, days_ago(400))
    make.echo(
        patient,
        days_ago(20),
        lvef_percent=64,
        lvesd_mm=36,
        bsa_m2="2.0",
        eroa_mm2=44,
        eroa_method="pisa",
        vena_contracta_mm=8,
    )
    return patient
