"""Hide the verdicts of an edition again, in one clinic or in all: a rule of it was found wrong."""

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.guideline_settings import sign_offs_in, withdraw_sign_off
from accounts.models import Clinic, User
from accounts.selectors import clinic_settings
from guidelines.registry import ALL_EDITIONS


class Command(BaseCommand):
    """For the operator, on the word of a named clinician; the page *Guidelines* signs off anew."""

    help = (
        "Take back the sign-off of an edition from today on, so that its verdicts no longer show "
        "outside the demo. Facts, dates and alarms of the record stay. All clinics or none."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("edition", help="its id, such as esc-eacts-2025")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--clinic", metavar="CODE")
        where.add_argument("--all-clinics", action="store_true")
        parser.add_argument("--by", metavar="USERNAME", required=True, help="who answers for it")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        """Withdraw where there is a sign-off, and name each clinic."""
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active user {options['by']}.")
        clinics = Clinic.objects.order_by("code", "id")
        if options["clinic"]:
            clinics = clinics.filter(code=options["clinic"])
            if not clinics:
                raise CommandError(f"There is no clinic {options['clinic']}.")
        done = [clinic for clinic in clinics if self._withdrawn(clinic, options["edition"], by)]
        if not done:
            raise CommandError("Nobody has signed this edition off there; nothing was changed.")

    def _withdrawn(self, clinic: Clinic, edition_id: str, by: User) -> bool:
        edition = next((each for each in ALL_EDITIONS if each.id == edition_id), None)
        if edition is None:
            known = ", ".join(each.id for each in ALL_EDITIONS)
            raise CommandError(f"There is no edition {edition_id}. Known: {known}.")
        today = clinic.today()
        if edition not in sign_offs_in(clinic_settings(clinic, today)):
            return False
        try:
            withdraw_sign_off(clinic=clinic, edition_id=edition_id, on=today, by=by)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{clinic.code}: the verdicts of {edition} no longer show.")
        return True
