"""Rows of the follow-up that no verdict reads, and what they say of a patient on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from followup.models import Appointment, ContactAttempt, FollowUpEnd, Referral
from guidelines.pathway import Leaving
from patients.history import newest_of_each, once_each
from patients.models import Registration, ResultAcknowledgment, Versioned
from treatments.record import KINDS, PatientRecord

Row = TypeVar("Row", bound=Versioned)
ECHOES = (Appointment.Kind.ECHO, Appointment.Kind.VISIT_AND_ECHO)


@dataclass(slots=True)
class PathwayRows:
    """Rows of one patient that are no part of the clinical record, none struck, newest first."""

    appointments: list[Appointment] = field(default_factory=list)
    contacts: list[ContactAttempt] = field(default_factory=list)
    ends: list[FollowUpEnd] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    seen_studies: set[int] = field(default_factory=set)
    seen_results: set[int] = field(default_factory=set)


NO_ROWS = PathwayRows()


def pathway_rows_of(
    patient_ids: Sequence[int], *, on: date, known_at: datetime | None = None
) -> dict[int, PathwayRows]:
    """These rows of many patients as true on a day, in one query for each kind.

    With ``known_at``: as they were known at that instant.
    """
    found: dict[int, PathwayRows] = defaultdict(PathwayRows)
    here = {"patient_id__in": patient_ids}
    counted = {**here, "struck_at__isnull": True}
    for row in _rows(Appointment, known_at, **counted, booked_on__lte=on):
        found[row.patient_id].appointments.append(row)
    for contact in _rows(ContactAttempt, known_at, **counted, attempted_on__lte=on):
        found[contact.patient_id].contacts.append(contact)
    for end in _rows(FollowUpEnd, known_at, **counted, ended_on__lte=on):
        found[end.patient_id].ends.append(end)
    for referral in _rows(Referral, known_at, **counted, referred_on__lte=on):
        found[referral.patient_id].referrals.append(referral)
    for place in _rows(Registration, known_at, **here):
        if place.ended_because != Registration.Ended.ENTERED_IN_ERROR:
            found[place.patient_id].registrations.append(place)
    for seen in _rows(ResultAcknowledgment, known_at, **counted):
        if seen.echo_study_id is not None:
            found[seen.patient_id].seen_studies.add(seen.echo_study_id)
        if seen.lab_result_id is not None:
            found[seen.patient_id].seen_results.add(seen.lab_result_id)
    return dict(found)


def _rows(model: type[Row], known_at: datetime | None, **wanted: Any) -> Iterator[Row]:
    """The rows as they are, or the newest version of each at an instant, in the model's order."""
    if known_at is None:
        yield from model._default_manager.filter(**wanted)
        return
    versions = newest_of_each(model, known_at).filter(**wanted)
    for version in once_each(versions, *(model._meta.ordering or ())):
        yield version.instance


def died_elsewhere(rows: PathwayRows, on: date) -> bool:
    """A registration that ended by death, where the day of death itself is not recorded."""
    died = Registration.Ended.DIED
    return any(
        place.ended_because == died and place.until_on is not None and place.until_on <= on
        for place in rows.registrations
    )


def last_place(rows: PathwayRows, on: date) -> Registration | None:
    """The last registration where no clinic follows the patient on the day, and one did."""
    if any(place.until_on is None or place.until_on >= on for place in rows.registrations):
        return None
    return max(rows.registrations, key=lambda e: (e.until_on or date.max, e.pk), default=None)


def has_moved(rows: PathwayRows, on: date) -> bool:
    place = last_place(rows, on)
    return place is not None and place.ended_because != Registration.Ended.DISCHARGED


def left(rows: PathwayRows, on: date) -> Leaving | None:
    newest = next(iter(rows.ends), None)
    if newest is None or newest.kind == FollowUpEnd.Kind.RETURNED:
        return Leaving.DISCHARGED if last_place(rows, on) is not None else None
    return Leaving(newest.kind)


def unanswered(rows: PathwayRows, record: PatientRecord) -> int:
    """Days with an attempt to reach the patient since they were last reached or seen.

    Three calls of one morning are one attempt: whoever was away then was away for each of them.
    """
    reached = [
        *(c.attempted_on for c in rows.contacts if c.outcome in ContactAttempt.ANSWERED),
        *(a.planned_on for a in rows.appointments if a.status == Appointment.Status.ATTENDED),
        *(end.ended_on for end in rows.ends if end.kind == FollowUpEnd.Kind.RETURNED),
        *seen_days(record),
    ]
    last = max(reached, default=date.min)
    return len({row.attempted_on for row in rows.contacts if row.attempted_on > last})


def seen_days(record: PatientRecord) -> Iterator[date]:
    """The days on which somebody saw the patient: visits, studies, procedures."""
    yield from (study.performed_on for study in record.echo_studies)
    yield from (log.recorded_on for log in record.symptom_logs)
    yield from (done.performed_on for done in record.performed if done.performed_on is not None)


def recorded_days(record: PatientRecord) -> Iterator[date]:
    """The day of each row, none of an edition's publication."""
    for kind in KINDS:
        for row in getattr(record, kind.name):
            day = getattr(row, row.date_field)
            if isinstance(day, datetime):
                day = record.day_of(day)
            if day is not None and day <= record.on:
                yield day


def next_booked(
    rows: PathwayRows, on: date, kinds: Sequence[str] = Appointment.FOLLOWS_UP
) -> date | None:
    days = [
        appointment.planned_on
        for appointment in rows.appointments
        if appointment.status == Appointment.Status.PLANNED
        and appointment.kind in kinds
        and appointment.planned_on >= on
    ]
    return min(days, default=None)
