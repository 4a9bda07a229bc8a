"""Making the demo, and refusing where real patients might be."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from accounts.models import Clinic, User
from demo.book import Book
from demo.clinics import NORTH_CODE, SOUTH_CODE, make_cast
from demo.patients import NORTH, SOUTH
from patients.models import Patient

DEMO_CODES = (NORTH_CODE, SOUTH_CODE)


class DemoRefusedError(Exception):
    """The demo may not be made here; the text says why."""


def refuse_on_live_instance() -> None:
    """Raise ``DemoRefusedError`` on a live instance."""
    if settings.INSTANCE == "live":
        raise DemoRefusedError(
            "This is a live instance (MRTRACK_INSTANCE=live): it never holds demo patients."
        )


def refuse_beside_other_data() -> None:
    """Raise ``DemoRefusedError`` where DEBUG is off and data lies that is not the demo's."""
    if not settings.DEBUG and holds_other_data():
        raise DemoRefusedError(
            "This database holds clinics or patients that are not the demo's, and DEBUG is off."
        )


def holds_other_data() -> bool:
    """Whether there is a clinic or a patient that the demo did not make."""
    if Clinic.objects.exclude(code__in=DEMO_CODES).exists():
        return True
    return Patient.objects.exclude(registrations__clinic__code__in=DEMO_CODES).exists()


def demo_exists() -> bool:
    """Whether the demo was made before."""
    return Clinic.objects.filter(code__in=DEMO_CODES).exists()


def is_empty() -> bool:
    """Whether nobody has begun to work with this database."""
    return not (Clinic.objects.exists() or Patient.objects.exists())


@transaction.atomic
def make_demo(*, today: date | None = None) -> list[Patient]:
    """Make both clinics with their people and patients; all of it, or none.

    ``today`` is the day on which the demo is dated: the northern clinic's own by default. A later
    day is refused, because the demo's newest records would lie in the future.
    """
    refuse_on_live_instance()
    refuse_beside_other_data()
    if demo_exists():
        raise DemoRefusedError("The demo clinics exist already.")
    cast = make_cast()
    if today is not None and today > cast.north.today():
        raise DemoRefusedError("The demo cannot be dated in the future.")
    users = cast.users
    north = _book(cast.north, today, users["alice"], users["nina"])
    south = _book(cast.south, today, users["charlie"], users["charlie"])
    return [write(north) for write in NORTH] + [write(south) for write in SOUTH]


def _book(clinic: Clinic, today: date | None, clinician: User, nurse: User) -> Book:
    # East and west may differ by a day: no record may lie in the future of its own clinic.
    own_today = clinic.today()
    return Book(
        clinic=clinic,
        today=min(today, own_today) if today else own_today,
        clinician=clinician,
        nurse=nurse,
    )
