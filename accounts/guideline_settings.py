"""Which editions a clinic judges by, and which of them a named clinician of it has signed off.

Both are dated settings of the clinic: a later row replaces an earlier one, none is edited.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.actions import set_clinic_setting
from accounts.models import Clinic, ClinicSetting, User
from accounts.selectors import clinic_settings
from guidelines.registry import ALL_EDITIONS, edition_of, editions_in_force
from guidelines.rule import Edition
from guidelines.vocabulary import Body

NAME_LENGTH, NOTE_LENGTH = 120, 1000


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who read an edition's rules for a clinic and lets its verdicts show."""

    edition: Edition
    name: str
    note: str
    on: datetime.date


ADOPTION = "edition-"
"""How the names of the settings begin that adopt an edition."""


def _adoption(body: Body) -> str:
    return f"{ADOPTION}{body.value.replace('_', '-')}"


SIGN_OFF = "signed-off-"
"""How the names of sign-offs begin; they are written by ``sign_off_edition`` alone."""


def _sign_off(edition: Edition) -> str:
    return f"{SIGN_OFF}{edition.id}"


def editions_of(clinic_values: Mapping[str, Any], on: datetime.date) -> tuple[Edition, ...]:
    """The editions a clinic judges by on a day: as it adopted them, else those in force.

    ``clinic_values``: the clinic's settings of that day (``clinic_settings``).
    """
    chosen = []
    for edition in editions_in_force(on):
        adopted = clinic_values.get(_adoption(edition.body))
        chosen.append(_known_edition(adopted) or edition)
    return tuple(chosen)


Dated = tuple[datetime.date, str, Any]
"""A setting: from which day on, its name, its value."""


def settings_of(clinic: Clinic, known_at: datetime.datetime | None = None) -> tuple[Dated, ...]:
    """All settings of the clinic in the order in which they hold, from one reading."""
    rows = ClinicSetting.objects.filter(clinic=clinic)
    if known_at is not None:
        rows = rows.filter(entered_at__lte=known_at)
    ordered = rows.order_by("from_on", "entered_at", "id")
    return tuple(ordered.values_list("from_on", "name", "value"))


def values_on(rows: Sequence[Dated], day: datetime.date) -> dict[str, Any]:
    """The settings that hold on a day, by name."""
    return {name: value for from_on, name, value in rows if from_on <= day}


def adopted_edition(value: Any) -> Edition:
    """The edition that a setting names; raises ``ValueError`` when there is none of this id."""
    edition = _known_edition(value)
    if edition is None:
        ids = ", ".join(each.id for each in ALL_EDITIONS)
        raise ValueError(f"there is no edition {value!r}, there are {ids}")
    return edition


def _known_edition(edition_id: Any) -> Edition | None:
    return next((e for e in ALL_EDITIONS if e.id == edition_id), None)


def adopt_edition(
    *, clinic: Clinic, edition_id: str, from_on: datetime.date, by: User
) -> ClinicSetting:
    """Let the clinic judge by this edition of its body from a day on.

    Raises ``ValidationError`` for a day before the edition was published.
    """
    edition = edition_of(edition_id)
    if edition not in ALL_EDITIONS:
        raise ValidationError({"edition": "This is not an edition of a guideline."})
    if from_on < edition.published_on:
        day = f"{edition.published_on:%Y-%m-%d}"
        raise ValidationError({"from_on": f"{edition} was published on {day}, not before."})
    return set_clinic_setting(
        clinic=clinic, name=_adoption(edition.body), value=edition.id, from_on=from_on, by=by
    )


def sign_off_edition(
    *, clinic: Clinic, edition_id: str, name: str, note: str, on: datetime.date, by: User
) -> ClinicSetting:
    """A clinician of the clinic, by name, has read the rules of an edition: its verdicts show.

    Raises ``ValidationError`` without a name, or when name or note is too long.
    """
    edition = edition_of(edition_id)
    name, note = " ".join(name.split()), note.strip()
    if not name:
        raise ValidationError({"name": "Enter the name of the clinician who has read the rules."})
    if len(name) > NAME_LENGTH:
        raise ValidationError({"name": f"Use at most {NAME_LENGTH} characters."})
    if len(note) > NOTE_LENGTH:
        raise ValidationError({"note": f"Use at most {NOTE_LENGTH} characters."})
    value = {"name": name, "note": note, "on": on.isoformat()}
    return set_clinic_setting(
        clinic=clinic, name=_sign_off(edition), value=value, from_on=on, by=by
    )


def withdraw_sign_off(
    *, clinic: Clinic, edition_id: str, on: datetime.date, by: User
) -> ClinicSetting:
    """Take a sign-off back from a day on: the edition's verdicts are hidden again."""
    name = _sign_off(edition_of(edition_id))
    return set_clinic_setting(clinic=clinic, name=name, value={}, from_on=on, by=by)


def sign_offs_in(clinic_values: Mapping[str, Any]) -> dict[Edition, SignOff]:
    """The editions that are signed off, among a clinic's settings of a day."""
    found = {}
    for edition in ALL_EDITIONS:
        value = clinic_values.get(_sign_off(edition))
        if isinstance(value, dict) and value:
            on = datetime.date.fromisoformat(value["on"])
            found[edition] = SignOff(edition, value["name"], value["note"], on)
    return found


def hidden_editions(
    clinics: Sequence[Clinic],
    editions: Sequence[Edition],
    on: datetime.date,
    known: Mapping[int, Mapping[str, Any]] | None = None,
) -> frozenset[Edition]:
    """The editions whose verdicts do not show, because one of the clinics has not signed them off.

    None in a demo instance. ``known``: settings of the day by clinic, where they were read before;
    the database is asked once for each other clinic, and only when it must.
    """
    if settings.SHOWS_UNSIGNED_VERDICTS:
        return frozenset()
    read = known or {}
    signed = [
        set(sign_offs_in(read[clinic.pk] if clinic.pk in read else clinic_settings(clinic, on)))
        for clinic in clinics
    ]
    return frozenset(
        edition for edition in editions if not signed or any(edition not in s for s in signed)
    )


def unsigned_editions_of(clinics: Sequence[Clinic], on: datetime.date) -> frozenset[Edition]:
    """The editions by which one of these clinics judges on a day and that it has not signed off.

    What a list must not repeat. None in a demo instance; else one query for each clinic.
    """
    if settings.SHOWS_UNSIGNED_VERDICTS:
        return frozenset()
    found: set[Edition] = set()
    for clinic in clinics:
        values = clinic_settings(clinic, on)
        found |= hidden_editions([clinic], editions_of(values, on), on, {clinic.pk: values})
    return frozenset(found)
