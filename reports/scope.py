"""What somebody asks of a report: of which clinics, which rows, and as of when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Clinic

DAYS = ("from_on", "until_on", "on", "known_on")
CODES = ("mechanism", "stage", "edition", "person", "action", "kind", "patient")


@dataclass(frozen=True)
class Scope:
    """``from_on`` and ``until_on`` bound the day of a row, both included.

    ``on``: the record as true on that day; ``known_on``: as known by the end of that day. ``None``
    for now. A patient of several clinics stands under the first of them. ``at`` is the instant of
    asking, which decides what today is. ``for_research``: only patients who consented to it, and no
    rows entered in error. ``among``: only these patients, by key. ``person`` (a user's number),
    ``action``, ``kind`` and ``patient`` (a public id) narrow the audit.
    """

    clinics: Sequence[Clinic]
    from_on: date | None = None
    until_on: date | None = None
    mechanism: str = ""
    stage: str = ""
    edition: str = ""
    person: str = ""
    action: str = ""
    kind: str = ""
    patient: str = ""
    on: date | None = None
    known_on: date | None = None
    at: datetime = field(default_factory=timezone.now)
    for_research: bool = False
    among: frozenset[int] | None = None

    @property
    def clinic_ids(self) -> list[int]:
        """The ids of the clinics, in their order."""
        return [clinic.pk for clinic in self.clinics]

    @property
    def today(self) -> date:
        """The latest today of the clinics."""
        return max((clinic.today(self.at) for clinic in self.clinics), default=self.at.date())

    @property
    def is_then(self) -> bool:
        """Whether another day than now is asked for, or what was known on one."""
        return self.on is not None or self.known_on is not None

    @property
    def day(self) -> date:
        """The day whose truth is asked for. What was known on a day speaks of no later one."""
        return self.on or self.known_on or self.today

    @property
    def known_at(self) -> datetime | None:
        """The last instant of the day whose knowledge is asked for; ``None`` for now.

        The day ends by the calendar of the first clinic.
        """
        if self.known_on is None:
            return None
        zone = ZoneInfo(self.clinics[0].time_zone) if self.clinics else UTC
        midnight = datetime.combine(self.known_on + timedelta(days=1), time(), tzinfo=zone)
        return midnight.astimezone(UTC) - timedelta(microseconds=1)

    def filters(self) -> dict[str, str]:
        """What narrows the report, as codes; nothing that names a patient."""
        days = {"from": self.from_on, "until": self.until_on}
        codes = {name: getattr(self, name) for name in CODES}
        return {name: day.isoformat() for name, day in days.items() if day} | {
            name: code for name, code in codes.items() if code
        }

    def as_of(self) -> dict[str, str]:
        """As true on and as known on which day; "now" where none was asked for."""
        said = {"true_on": self.on, "known_on": self.known_on}
        return {name: day.isoformat() if day else "now" for name, day in said.items()}

    def narrowed(self) -> dict[str, str]:
        """The days and codes that were asked for, to be kept; ``scope_again`` reads them."""
        days = {name: getattr(self, name) for name in DAYS}
        codes = {name: getattr(self, name) for name in CODES}
        return {name: day.isoformat() for name, day in days.items() if day} | {
            name: code for name, code in codes.items() if code
        }


def scope_again(clinics: Sequence[Clinic], narrowed: Mapping[str, str], at: datetime) -> Scope:
    """What ``Scope.narrowed`` kept, of these clinics, asked at this instant."""
    days = {name: date.fromisoformat(narrowed[name]) for name in DAYS if name in narrowed}
    codes: dict[str, Any] = {name: narrowed.get(name, "") for name in CODES}
    return Scope(
        clinics,
        from_on=days.get("from_on"),
        until_on=days.get("until_on"),
        **codes,
        on=days.get("on"),
        known_on=days.get("known_on"),
        at=at,
    )
