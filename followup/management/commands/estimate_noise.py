"""Estimate a clinic's measurement noise from its own series, and keep it as a dated setting.

    python manage.py estimate_noise --clinic north --by ada          # print
    python manage.py estimate_noise --clinic north --by ada --write  # and judge by it from today

A laboratory and method with too few studies keeps the published default; the courses say which.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import set_clinic_setting
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role_of, may
from accounts.selectors import account_named, clinic_named
from audit.models import AuditAction
from audit.recording import record
from followup.clinic_rules import OWN_NOISE, own_noise_as_setting
from guidelines.noise import OwnNoise, estimated_noise
from guidelines.series import MEASURES, Series
from patients.models import Patient
from treatments.record import record_of
from treatments.series import series_of

BATCH = 500


class Command(BaseCommand):
    """The noise of each laboratory and method of one clinic."""

    help = "Estimate measurement noise by laboratory and method from the clinic's own series."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The clinic, who asks, and whether it is to be judged by."""
        parser.add_argument("--clinic", required=True, help="the clinic's code")
        parser.add_argument("--by", required=True, help="user name of who enters the setting")
        parser.add_argument("--write", action="store_true", help="judge by it from today on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read every patient's series once, print the estimate, keep it when asked."""
        try:
            clinic = clinic_named(options["clinic"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        user = account_named(options["by"])
        if user is None:
            raise CommandError(f"There is no account {options['by']!r}.")
        if not may(user, Action.MANAGE_CLINIC, clinic):
            raise CommandError(f"{user.username} does not manage {clinic.name}.")
        model = estimated_noise(_series_in(clinic))
        record(
            action=AuditAction.VIEW,
            by=user,
            clinic_id=clinic.pk,
            role=allowing_role_of(user, clinic),
            record_kind="echostudy",
            note="command estimate_noise: the studies of everybody who is followed",
        )
        for (measure, method, laboratory), noise in sorted(model.own.items()):
            self.stdout.write(
                f"{MEASURES[measure].label}, {method or 'method not stated'}, "
                f"{laboratory or 'laboratory not stated'}: {_words(noise)}"
            )
        if not model.own:
            self.stdout.write("No series is long enough.")
        if options["write"]:
            set_clinic_setting(
                clinic=clinic,
                name=OWN_NOISE,
                value=own_noise_as_setting(model),
                from_on=clinic.today(),
                by=user,
            )
            self.stdout.write(f"{clinic.name} judges by it from {clinic.today():%Y-%m-%d}.")


def _words(noise: OwnNoise) -> str:
    counted = f"{noise.residuals} studies of {noise.patients} patients"
    use = "used" if noise.is_enough else "too few, the published default is used"
    return f"standard error {noise.sem:.3g} from {counted}; {use}"


def _series_in(clinic: Clinic) -> Iterator[Series]:
    """The series of every patient who is followed in the clinic, a batch at a time."""
    today = clinic.today()
    followed = Patient.objects.filter(
        registrations__clinic=clinic, registrations__until_on__isnull=True
    )
    keys = list(followed.order_by("id").distinct().values_list("id", flat=True))
    for start in range(0, len(keys), BATCH):
        patients = list(Patient.objects.filter(pk__in=keys[start : start + BATCH]))
        for each in record_of(patients, on=today).values():
            yield from series_of(each).values()
