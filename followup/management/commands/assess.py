"""Print what the clinical core says of one patient: everything, with its reasons.

python manage.py assess HV-20418 --clinic north
python manage.py assess HV-20418 --clinic north --on 2024-03-01 --known 2024-06-30 --json
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from accounts.guideline_settings import hidden_editions
from accounts.models import Clinic
from accounts.selectors import clinic_named
from audit.models import AuditAction
from audit.recording import record as record_event
from followup.assessment_text import text_of
from followup.clinic_rules import rules_of
from followup.whole import WholeAssessment, whole_assessment
from followup.withdrawn import withdrawn_triggers
from patients.models import Registration
from treatments.record import record_of


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a day. Write it as 2024-03-01.") from None


class Command(BaseCommand):
    """The whole assessment of one record number, as text or as JSON."""

    help = "Print the whole assessment of one patient, as text or as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Record number and clinic; the day, and what was known then; the form."""
        parser.add_argument("record_number")
        parser.add_argument("--clinic", required=True, help="the clinic's code")
        parser.add_argument("--on", help="as of this day (2024-03-01); today by default")
        parser.add_argument("--known", help="as the clinic knew it at the end of this day")
        parser.add_argument("--json", action="store_true", help="print JSON instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, gather, assess, print; that the record was read is written to the audit."""
        clinic = _clinic(options["clinic"])
        registration = _registration(clinic, options["record_number"])
        on = _day(options["on"]) if options["on"] else clinic.today()
        known = _day(options["known"]) if options["known"] else None
        if on > clinic.today():
            raise CommandError(f"{on} has not come yet.")
        whole = _whole(clinic, registration, on, _end_of(known, clinic) if known else None)
        record_event(
            action=AuditAction.VIEW,
            by=None,
            clinic_id=clinic.pk,
            record_kind="patient",
            record_id=registration.patient.public_id,
            patient_id=registration.patient.public_id,
            note="command assess",
        )
        if options["json"]:
            self.stdout.write(json.dumps(whole.as_dict(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(text_of(whole), ending="")


def _clinic(code: str) -> Clinic:
    try:
        return clinic_named(code)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _registration(clinic: Clinic, number: str) -> Registration:
    found = Registration.objects.filter(clinic=clinic, record_number__iexact=number)
    registration: Registration | None = found.select_related("patient").first()
    if registration is None:
        raise CommandError(f"{clinic.name} has no patient with the record number {number!r}.")
    return registration


def _end_of(day: date, clinic: Clinic) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(clinic.time_zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def _whole(
    clinic: Clinic, registration: Registration, on: date, known_at: datetime | None
) -> WholeAssessment:
    if registration.until_on is not None:
        on = min(on, registration.until_on)

    rules = rules_of(clinic, on, known_at)
    patient = registration.patient
    record = record_of([patient], on=on, known_at=known_at)[patient.pk]
    return whole_assessment(
        record,
        record_number=registration.record_number,
        rules=rules,
        hidden=hidden_editions([clinic], rules.editions_of(on), on, {clinic.pk: rules.values}),
        withdrawn=withdrawn_triggers(patient, record, editions_of=rules.editions_of),
    )
