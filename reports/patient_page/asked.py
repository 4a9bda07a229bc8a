"""Which day a page was asked to show, and as known on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from accounts.models import Clinic
from patients.days import EARLIEST, spoken
from patients.models import Patient, Registration
from patients.selectors import day_in

LONGEST_SHOWN = 20  # of what somebody typed


@dataclass(frozen=True, slots=True)
class Asked:
    """``on``: the day whose truth is shown; ``known_on``: the day whose knowledge, by its end.

    ``None`` for now. ``problems``: why what was asked for is not shown, in words; the page of now
    is shown then.
    """

    on: date | None = None
    known_on: date | None = None
    problems: tuple[str, ...] = ()

    @property
    def is_then(self) -> bool:
        """Whether another day than now is shown, or what was known on one."""
        return self.on is not None

    @property
    def query(self) -> str:
        """The part of an address that asks for the same again; empty for now."""
        days = (("on", self.on), ("known", self.known_on))
        return urlencode({name: day.isoformat() for name, day in days if day is not None})

    @property
    def note(self) -> str:
        """What the audit says of it: days, and nothing of the patient."""
        return f"as of another day: {self.query}" if self.is_then else ""

    def known_at(self, clinic: Clinic) -> datetime | None:
        """The last instant of the day whose knowledge is shown, in the clinic's calendar."""
        if self.known_on is None:
            return None
        zone = ZoneInfo(clinic.time_zone)
        midnight = datetime.combine(self.known_on + timedelta(days=1), time(), tzinfo=zone)
        return midnight.astimezone(UTC) - timedelta(microseconds=1)

    def refused(self, problem: str) -> Asked:
        """Now instead, and why."""
        return replace(self, on=None, known_on=None, problems=(*self.problems, problem))


NOW = Asked()


def asked_of(
    query: Mapping[str, str], patient: Patient, *, today: date, last: date | None = None
) -> Asked:
    """What the parameters ``on`` and ``known`` of an address ask for.

    ``known`` alone shows that day as it was known by its end. ``today`` is the clinic's; ``last``
    is the last day that a clinic may read which follows the patient no longer. What cannot be
    shown is told, and then nothing but now is.
    """
    problems: list[str] = []
    on = _day("The day to show", query.get("on", ""), patient, today, problems)
    known = _day("The day of knowledge", query.get("known", ""), patient, today, problems)
    if on is not None and last is not None and on > last:
        problems.append(f"The last day that your clinic may see is {spoken(last)}.")
    if problems:
        return Asked(problems=tuple(problems))
    if on is None and known is not None:
        on = min(known, last) if last is not None else known
    if known is not None and known >= today:
        known = None  # that is what is known now
    if known is None and on is not None and on >= (last or today):
        return NOW
    return Asked(on, known)


def _day(name: str, typed: str, patient: Patient, today: date, problems: list[str]) -> date | None:
    """The day that was typed; what is wrong with it is added to the problems."""
    typed = typed.strip()
    if not typed:
        return None
    day = _iso(typed) or day_in(typed)
    if day is None:
        shown = typed if len(typed) <= LONGEST_SHOWN else f"{typed[:LONGEST_SHOWN]} ..."
        problems.append(f'{name}: "{shown}" is not a day. Write it as 2024-03-01.')
    elif day > today:
        problems.append(f"{name}: {spoken(day)} has not come yet; today is {spoken(today)}.")
    elif patient.born_on is not None and day < patient.born_on:
        problems.append(
            f"{name}: {spoken(day)} is before the patient's birth on {spoken(patient.born_on)}."
        )
    elif day < EARLIEST:
        problems.append(f"{name}: no record reaches back to {spoken(day)}.")
    else:
        return day
    return None


def _iso(typed: str) -> date | None:
    """A day as the page's own links write it, of any year."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def nothing_yet(asked: Asked, registrations: list[Registration]) -> str:
    """Why a day on which the record was still empty is not shown."""
    first = min(registrations, key=lambda each: each.from_on)
    day = spoken(asked.on) if asked.on else ""
    if asked.known_on is not None:
        day = f"{day}, as known on {spoken(asked.known_on)}"
    return (
        f"{day}: nothing was recorded yet. {first.clinic} follows this patient since "
        f"{spoken(first.from_on)}."
    )
