"""When the rows of the demo became known: a row's final state, taken apart into versions by day.

A drug is taken before it is stopped, an operation planned before it is performed, a study is a
draft before it is final. ``versions_of`` is the one place that says so for every kind of row, for
hand-written and simulated patients alike.

Days and clock times. A row is entered on its own day, or on ``entered_on`` where it came in late,
and never before the patient was registered: what happened elsewhere becomes known on arrival.
Clock times are invented (rows in the morning, later acts in the afternoon) and never later than
now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from followup.models import Appointment, Referral
from patients.derived import derived_values
from patients.models import (
    AcuteEpisode,
    ClinicalRecord,
    EchoStudy,
    HeartFailureAdmission,
    Patient,
    Registration,
    Versioned,
)
from patients.past import PastRow, Version
from treatments.models import AnticoagulationPlan, Intervention, Medication

REASON = "demo patient"
PLANNED_DAYS_BEFORE = 21
"""How long before its day a procedure was planned, where the record does not say."""

CALLED_OFF_DAYS_BEFORE = 7
"""How long before its day an appointment was called off, where the record does not say."""

OPENING = time(8, 30)
MORNING = time(9)
AFTERNOON = time(15)
LAST_MINUTE = time(23, 59)
MINUTES_OF_MORNING = 300
MINUTES_OF_AFTERNOON = 120
FIRST_NOTE = timedelta(minutes=30)
"""How long after its onset an acute episode was written down."""
READ_AFTER = timedelta(hours=4)
"""How long after a sonographer entered a study it was read and made final."""

Amended = tuple[tuple[date, Mapping[str, object], str], ...]


@dataclass(frozen=True)
class Desk:
    """A clinic's desk: its calendar, who writes there, and the instant that nothing may pass."""

    zone: ZoneInfo
    clinician_id: int
    nurse_id: int
    clerk_id: int
    now: datetime

    def user_id(self, role: str) -> int:
        """Who writes in this role."""
        by = {"clinician": self.clinician_id, "clerk": self.clerk_id}
        return by.get(role, self.nurse_id)

    @cached_property
    def today(self) -> date:
        """The day of ``now`` in the clinic's calendar."""
        return self.now.astimezone(self.zone).date()

    def at(self, day: date, clock: time, minutes: int = 0) -> datetime:
        """The instant of a clock time in the clinic."""
        moment = datetime.combine(day, clock, tzinfo=self.zone)
        return moment + timedelta(minutes=minutes) if minutes else moment


def last_moment(today: date, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant that nothing may pass: now, or the end of an earlier day of the demo."""
    return min(now, datetime.combine(today, LAST_MINUTE, tzinfo=zone))


@dataclass
class Entering:
    """One patient's rows being entered, minute after minute, from registration on.

    After the day of a move the desk of the ``later`` clinic writes.
    """

    desk: Desk
    registered_on: date
    later: tuple[date, Desk] | None = None
    turns: Iterator[int] = field(default_factory=count)

    def desk_on(self, day: date) -> Desk:
        """The desk that writes on a day."""
        if self.later is not None and day > self.later[0]:
            return self.later[1]
        return self.desk

    def row(
        self,
        row: Versioned,
        *,
        by: str,
        entered_on: date | None = None,
        amended: Amended = (),
    ) -> PastRow:
        """The row with its versions; ``by`` is the role that entered it first."""
        if isinstance(row, EchoStudy) and row.finalized_at is not None:
            return self._study(row, by, entered_on, amended)
        return PastRow(row, versions_of(row, self, by=by, entered_on=entered_on, amended=amended))

    def _study(self, row: EchoStudy, by: str, entered_on: date | None, amended: Amended) -> PastRow:
        """A study, finalized in the version in which it is no draft any more."""
        versions = versions_of(row, self, by=by, entered_on=entered_on, amended=amended)
        final = next(each for each in versions if each.former.get("status") != "draft")
        row.finalized_at, row.finalized_by_id = final.at, final.by_id
        return PastRow(row, versions)


@dataclass(frozen=True)
class Stage:
    """A later act on a row: before it these columns held their former values."""

    when: date | datetime
    former: Mapping[str, Any]
    reason: str
    by: str = "clinician"


def versions_of(
    row: Versioned,
    entering: Entering,
    *,
    by: str,
    entered_on: date | None = None,
    amended: Amended = (),
) -> tuple[Version, ...]:
    """What was known of a row, by date: its versions, the oldest first, the last as it is now.

    A stage of the same day as the entry, or of a day that has not come, makes no version: it was
    entered at once. ``amended`` holds a study's corrections, the oldest first.
    """
    turn = next(entering.turns)
    first, desk = _first_entry(row, entering, entered_on, turn)
    stages = _stages(row, first, by, amended)
    if not stages:
        return (Version(min(first, desk.now), desk.user_id(by), REASON),)
    acts = [(first, desk.user_id(by), REASON)]
    kept = []
    for at, by_id, stage in sorted(_dated(stages, first, entering, turn), key=lambda act: act[0]):
        acts.append((at, by_id, stage.reason))
        kept.append(stage)
    formers = _formers(row, kept)
    return tuple(
        Version(at, by_id, reason, former)
        for (at, by_id, reason), former in zip(_in_order(acts, desk.now), formers, strict=True)
    )


def _formers(row: Versioned, stages: list[Stage]) -> list[dict[str, Any]]:
    """What differs from the newest state in each version, the oldest first."""
    former: dict[str, Any] = {}
    found = [former]
    for stage in reversed(stages):
        former = former | dict(stage.former)
        found.append(_with_derived(row, former))
    return found[::-1]


def _stages(row: Versioned, first: datetime, by: str, amended: Amended) -> list[Stage]:
    find = _STAGES.get(type(row))
    stages = [] if find is None else list(find(row, first, by))
    if amended:
        stages += [Stage(day, former, reason) for day, former, reason in _corrections(amended)]
    if getattr(row, "struck_at", None) is not None:
        stages.append(_struck(row))
    return stages


def _dated(
    stages: list[Stage], first: datetime, entering: Entering, turn: int
) -> Iterator[tuple[datetime, int, Stage]]:
    """The stages that came after the entry and have come by now, with who entered them."""
    zone, now = entering.desk.zone, entering.desk.now
    entered_on, today = first.astimezone(zone).date(), now.astimezone(zone).date()
    for stage in stages:
        if isinstance(stage.when, datetime):
            desk = entering.desk_on(stage.when.astimezone(zone).date())
            if first < stage.when <= now:
                yield stage.when, desk.user_id(stage.by), stage
        elif entered_on < stage.when <= today:
            desk = entering.desk_on(stage.when)
            at = desk.at(stage.when, AFTERNOON, turn % MINUTES_OF_AFTERNOON)
            yield at, desk.user_id(stage.by), stage


def _first_entry(
    row: Versioned, entering: Entering, entered_on: date | None, turn: int
) -> tuple[datetime, Desk]:
    desk, registered_on = entering.desk, entering.registered_on
    if isinstance(row, Patient | Registration):
        return desk.at(registered_on, OPENING), desk
    if isinstance(row, AcuteEpisode) and entered_on is None:
        noted = max(row.onset_at + FIRST_NOTE, desk.at(registered_on, MORNING))
        return noted, entering.desk_on(noted.astimezone(desk.zone).date())
    day = max(entered_on or _own_day(row, desk.zone), registered_on)
    desk = entering.desk_on(day)
    return desk.at(min(day, desk.today), MORNING, turn % MINUTES_OF_MORNING), desk


def _own_day(row: Versioned, zone: ZoneInfo) -> date:
    """The day on which a row was first written down."""
    if isinstance(row, Intervention):
        return min(_days_of(row), default=date.max)
    own: date | datetime = getattr(row, row.date_field)  # type: ignore[attr-defined]
    return own.astimezone(zone).date() if isinstance(own, datetime) else own


def _days_of(row: Intervention) -> Iterator[date]:
    """The days on which a procedure may first have been written down."""
    if row.planned_on is not None:
        # Before the day that was planned, and before it was decided otherwise.
        known = [day for day in (row.planned_on, row.performed_on, row.decided_on) if day]
        yield min(known) - timedelta(days=PLANNED_DAYS_BEFORE)
    for day in (row.performed_on, row.decided_on):
        if day is not None:
            yield day


def _in_order(
    acts: list[tuple[datetime, int, str]], now: datetime
) -> Iterator[tuple[datetime, int, str]]:
    """The acts, each after the one before it and none after now."""
    left = len(acts)
    earliest: datetime | None = None
    for act_at, by_id, reason in acts:
        left -= 1
        at = min(act_at, now - timedelta(seconds=left))
        if earliest is not None and at <= earliest:
            at = earliest + timedelta(milliseconds=1)
        earliest = at
        yield at, by_id, reason


# What is learned later, by kind of row ------------------------------------------------------------


def _of_patient(row: Patient, first: datetime, by: str) -> Iterator[Stage]:
    if row.research_consent_on is not None:
        asked = {"research_consent": None, "research_consent_on": None}
        yield Stage(row.research_consent_on, asked, "asked for consent to research", by)
    if row.last_contact_on is not None and row.last_contact_on != row.deceased_on:
        yield Stage(row.last_contact_on, {"last_contact_on": None}, "contact", "clerk")
    if row.deceased_on is not None:
        former: dict[str, Any] = {"deceased_on": None}
        if row.last_contact_on == row.deceased_on:
            former["last_contact_on"] = None
        yield Stage(row.deceased_on, former, "deceased", "clerk")


def _of_registration(row: Registration, first: datetime, by: str) -> Iterator[Stage]:
    if row.until_on is not None:
        former = {"until_on": None, "ended_because": ""}
        yield Stage(row.until_on, former, "registration ended", "clerk")


def _of_study(row: EchoStudy, first: datetime, by: str) -> Iterator[Stage]:
    """Who reads finalizes: a study that a nurse or sonographer entered was a draft first."""
    if row.finalized_at is not None and by != "clinician":
        former = {"status": "draft", "finalized_at": None, "finalized_by_id": None}
        yield Stage(first + READ_AFTER, former, "finalized")


def _of_admission(row: HeartFailureAdmission, first: datetime, by: str) -> Iterator[Stage]:
    if row.discharged_on is not None:
        yield Stage(row.discharged_on, {"discharged_on": None}, "discharged", "nurse")


def _of_episode(row: AcuteEpisode, first: datetime, by: str) -> Iterator[Stage]:
    if row.acknowledged_at is not None:
        former: dict[str, Any] = {"acknowledged_at": None, "acknowledged_by_id": None}
        yield Stage(row.acknowledged_at, former, "acknowledged")
    if row.accepted_at is not None:
        yield Stage(row.accepted_at, {"accepted_at": None, "accepted_by_name": ""}, "care accepted")
    if row.observed_at is not None:
        yield Stage(row.observed_at, dict.fromkeys(OBSERVED), "observations", "nurse")
    if row.closed_at is not None:
        former = {"closed_at": None, "closed_by_id": None, "closure": ""}
        yield Stage(row.closed_at, former, "episode closed")


OBSERVED = (
    "observed_at",
    "systolic_bp_mmhg",
    "diastolic_bp_mmhg",
    "heart_rate_bpm",
    "oxygen_saturation_percent",
    "pulmonary_edema",
    "shock",
)


def _of_medication(row: Medication, first: datetime, by: str) -> Iterator[Stage]:
    if row.stopped_on is not None:
        yield Stage(row.stopped_on, {"stopped_on": None, "stop_reason": ""}, "stopped")


def _of_plan(row: AnticoagulationPlan, first: datetime, by: str) -> Iterator[Stage]:
    if row.until_on is not None:
        yield Stage(row.until_on, {"until_on": None}, "ended")


def _of_intervention(row: Intervention, first: datetime, by: str) -> Iterator[Stage]:
    if row.performed_on is not None:
        yield Stage(row.performed_on, _PLANNED, "performed")
    if row.decided_on is not None:
        former = {"status": "planned", "decided_on": None, "reason": ""}
        yield Stage(row.decided_on, former, row.get_status_display())
    if row.discharged_on is not None:
        yield Stage(row.discharged_on, {"discharged_on": None}, "discharged", "nurse")
    if row.baseline_measured_on is not None:
        yield Stage(row.baseline_measured_on, _NO_BASELINE, "baseline Doppler", "nurse")


def _of_appointment(row: Appointment, first: datetime, by: str) -> Iterator[Stage]:
    """Booked first; whether somebody came is known on its day, that it was called off before."""
    if row.status == Appointment.Status.PLANNED:
        return
    former = {"status": "planned", "cancelled_by": "not_stated", "comment": ""}
    died, day = row.patient.deceased_on, row.planned_on
    if row.status == Appointment.Status.CANCELLED:
        day -= timedelta(days=CALLED_OFF_DAYS_BEFORE)
        if died is not None and row.booked_on <= died < row.planned_on:
            day = died
    yield Stage(max(day, row.booked_on), former, row.get_status_display(), "nurse")


def _of_referral(row: Referral, first: datetime, by: str) -> Iterator[Stage]:
    if row.withdrawn_on is not None:
        yield Stage(row.withdrawn_on, {"withdrawn_on": None}, "withdrawn")


_NO_BASELINE = {
    each.attname: None
    for each in Intervention._meta.concrete_fields
    if each.name.startswith("baseline_")
}
_OF_EVERY_ROW = {"id", *(each.name for each in ClinicalRecord._meta.fields)}
# What is known of a procedure before it is performed: its kind, its day, its urgency, the place.
_KNOWN_WHEN_PLANNED = {"kind", "planned_on", "urgency", "center", "redo", "asserted_known_on"}
_PLANNED: dict[str, Any] = {
    each.attname: each.get_default()
    for each in Intervention._meta.concrete_fields
    if each.name not in _KNOWN_WHEN_PLANNED and each.name not in _OF_EVERY_ROW
}

_STAGES: dict[type[Versioned], Callable[[Any, datetime, str], Iterator[Stage]]] = {
    Patient: _of_patient,
    Registration: _of_registration,
    EchoStudy: _of_study,
    HeartFailureAdmission: _of_admission,
    AcuteEpisode: _of_episode,
    Medication: _of_medication,
    AnticoagulationPlan: _of_plan,
    Intervention: _of_intervention,
    Appointment: _of_appointment,
    Referral: _of_referral,
}


# Rows that were corrected -------------------------------------------------------------------------


def _corrections(amended: Amended) -> Iterator[tuple[date, dict[str, Any], str]]:
    """A study's corrections, with the status that it had before the first of them."""
    for number, (day, former, reason) in enumerate(amended):
        status = {"status": EchoStudy.Status.FINAL.value} if number == 0 else {}
        yield day, {**former, **status}, reason


def _struck(row: Versioned) -> Stage:
    former: dict[str, Any] = {"struck_at": None, "struck_by_id": None}
    if isinstance(row, EchoStudy):
        former["status"] = EchoStudy.Status.FINAL.value
    return Stage(row.struck_at, former, "entered in error")  # type: ignore[attr-defined]


def _with_derived(row: Versioned, former: dict[str, Any]) -> dict[str, Any]:
    """With other measurements go other derived values: they are stored with each version."""
    if not isinstance(row, EchoStudy) or not former.keys() - _NOT_MEASURED:
        return former
    names = [each.attname for each in EchoStudy._meta.concrete_fields]
    state = EchoStudy(**{name: former.get(name, getattr(row, name)) for name in names})
    return {**former, "derived": derived_values(state)}


_NOT_MEASURED = {
    "status", "finalized_at", "finalized_by_id", "struck_at", "struck_by_id", "derived",
}  # fmt: skip
