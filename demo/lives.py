"""A simulated life as rows of the record, each with its versions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models.base import ModelState
from django.utils import timezone

from accounts.models import Clinic
from demo.past import Desk, Entering
from demo.simulation.life import Life, Written
from followup.models import Appointment, ContactAttempt, FollowUpEnd, Referral
from followup.pathway_rows import PathwayRows
from followup.standing import store_standings
from patients.derived import derived_values
from patients.models import (
    AcuteEpisode,
    ClinicalRecord,
    EchoStudy,
    Patient,
    Registration,
    ResultAcknowledgment,
    Versioned,
    folded,
)
from patients.past import PastRow, write_past
from treatments.formulary import FORMULARY
from treatments.models import Medication
from treatments.record import PatientRecord, record_from

NOTE = "demo: simulated patients, back-dated"
MOVED_SUFFIX = "-M"
# Columns that hold the position of another row of the same life.
REFERENCES = ("intervention", "echo_study", "lab_result")


@dataclass(frozen=True)
class Place:
    """One clinic of the demo and the desks at which it writes, one for each clinician."""

    clinic: Clinic
    desks: tuple[Desk, ...]

    def desk_of(self, life: Life) -> Desk:
        """The desk of the patient's own clinician."""
        return self.desks[life.index % len(self.desks)]


Places = Mapping[str, Place]
"""The places by what a life calls them: "north" and "south"."""


def later_record_number(life: Life) -> str:
    """The record number in the clinic to which a patient moved; "" when nobody moved."""
    return f"{life.record_number}{MOVED_SUFFIX}" if life.moved_to else ""


def past_of(life: Life, places: Places, seed: int) -> list[PastRow]:
    """All rows of a life, the patient first; the same seed gives the same rows and public ids."""
    entering = _entering(life, places)
    chance = random.Random(f"{seed}/{life.index}")
    patient = _patient(life)
    rows = [entering.row(patient, by="clerk")]
    rows += _registrations(life, places, patient)
    rows += _records(life, patient, entering)
    for past in rows:
        past.row.public_id = UUID(int=chance.getrandbits(128), version=4)
    return rows


def write_lives(lives: Sequence[Life], places: Places, seed: int, *, now: datetime) -> None:
    """Write whole lives in one transaction, with their standings of today.

    The standings are computed from the rows at hand: all that there is of these patients.
    """
    pasts = [past_of(life, places, seed) for life in lives]

    def standings() -> None:
        gathered = (
            _record(life, past, places, now) for life, past in zip(lives, pasts, strict=True)
        )
        rows = {past[0].row.pk: _pathway_rows(past) for past in pasts}
        store_standings(gathered, at=now, rows=rows)

    write_past([row for past in pasts for row in past], note=NOTE, then=standings)


def _record(life: Life, past: Sequence[PastRow], places: Places, now: datetime) -> PatientRecord:
    """The record as ``record_of`` would gather it on the latest today of the patient's clinics."""
    zones = [places[name].desks[0].zone for name in (life.clinic, life.moved_to) if name]
    patient: Any = past[0].row
    rows = (each.row for each in past if isinstance(each.row, ClinicalRecord))
    on = max(timezone.localdate(now, zone) for zone in zones)
    return record_from(patient, rows, on=on, zone=zones[-1])


def _pathway_rows(past: Sequence[PastRow]) -> PathwayRows:
    """What ``pathway_rows_of`` would read of them: nothing is struck, nothing lies ahead."""
    found = PathwayRows()
    lists: Mapping[type[Versioned], list[Any]] = {
        Appointment: found.appointments,
        ContactAttempt: found.contacts,
        FollowUpEnd: found.ends,
        Referral: found.referrals,
        Registration: found.registrations,
    }
    for each in past:
        row: Any = each.row
        if type(row) in lists:
            lists[type(row)].append(row)
        elif isinstance(row, ResultAcknowledgment):
            found.seen_studies.update(filter(None, [row.echo_study_id]))
            found.seen_results.update(filter(None, [row.lab_result_id]))
    for rows in (found.appointments, found.contacts, found.ends, found.referrals):
        rows.sort(key=_pathway_place, reverse=True)
    return found


def _pathway_place(row: Any) -> tuple[date, int]:
    """Appointments stand by the day for which they are planned, all else by its own day."""
    day = row.planned_on if isinstance(row, Appointment) else getattr(row, row.date_field)
    return day, row.pk


def _entering(life: Life, places: Places) -> Entering:
    later = None
    if life.moved_to and life.ended is not None:
        later = (life.ended[0], places[life.moved_to].desk_of(life))
    return Entering(places[life.clinic].desk_of(life), life.registered_on, later)


def _patient(life: Life) -> Patient:
    patient = Patient(**life.person)
    patient.search_key = folded(patient.family_name, patient.given_name)
    return patient


def _registrations(life: Life, places: Places, patient: Patient) -> Iterator[PastRow]:
    """The registration in the life's clinic, and the one in the clinic to which they moved."""
    until_on, because = life.ended or (None, "")
    place, desk = places[life.clinic], places[life.clinic].desk_of(life)
    yield Entering(desk, life.registered_on).row(
        Registration(
            patient=patient,
            clinic=place.clinic,
            record_number=life.record_number,
            from_on=life.registered_on,
            until_on=until_on,
            ended_because=because,
            responsible_clinician_id=desk.clinician_id,
            referring_doctor=life.referring_doctor,
        ),
        by="clerk",
    )
    if not life.moved_to or until_on is None:
        return
    new = places[life.moved_to]
    yield Entering(new.desk_of(life), until_on).row(
        Registration(
            patient=patient,
            clinic=new.clinic,
            record_number=later_record_number(life),
            from_on=until_on,
            responsible_clinician_id=new.desk_of(life).clinician_id,
            referring_doctor=place.clinic.name,
        ),
        by="clerk",
    )


def _records(life: Life, patient: Patient, entering: Entering) -> Iterator[PastRow]:
    made: list[Versioned] = []
    for written in life.rows:
        row = _row(written, patient, made, entering)
        made.append(row)
        yield entering.row(
            row, by=written.by, entered_on=written.entered_on, amended=written.amended
        )


def _row(
    written: Written, patient: Patient, made: list[Versioned], entering: Entering
) -> Versioned:
    kind = _kind(written.kind)
    row: Any = kind.row(written.values)
    row.patient = patient
    for name in kind.references:
        if name in written.values:
            setattr(row, name, made[int(str(written.values[name]))])
    if isinstance(row, EchoStudy):
        _complete_study(row, written, entering)
    elif isinstance(row, AcuteEpisode):
        _complete_episode(row, entering)
    elif isinstance(row, ResultAcknowledgment):
        desk = entering.desk_on(row.seen_at.date())
        row.seen_at, row.seen_by_id = row.seen_at.replace(tzinfo=desk.zone), desk.clinician_id
    elif isinstance(row, Medication):
        row.drug_class = FORMULARY[row.drug].drug_class.value
    return row


# What follows from the row itself -----------------------------------------------------------------


def _complete_study(row: EchoStudy, written: Written, entering: Entering) -> None:
    """Derived values, and a status: final where the life does not say that it is a draft."""
    row.derived = derived_values(row)
    if "status" not in written.values:
        row.status = EchoStudy.Status.AMENDED if written.amended else EchoStudy.Status.FINAL
    if row.status != EchoStudy.Status.DRAFT:
        # The instant itself follows with the versions.
        row.finalized_at = entering.desk.now


def _complete_episode(row: AcuteEpisode, entering: Entering) -> None:
    """Clock times in the clinic's calendar, and who acted."""
    desk = entering.desk
    for name in ("onset_at", "acknowledged_at", "accepted_at", "observed_at", "closed_at"):
        moment: datetime | None = getattr(row, name)
        if moment is not None and moment.tzinfo is None:
            setattr(row, name, moment.replace(tzinfo=desk.zone))
    if row.acknowledged_at is not None:
        row.acknowledged_by_id = desk.clinician_id
    if row.closed_at is not None:
        row.closed_by_id = desk.clinician_id


@dataclass(frozen=True)
class _Kind:
    """A model whose rows are made from a blank one: several times as quick as by its ``__init__``.

    ``blank`` holds the defaults by column, ``columns`` the column of each field; what every row has
    of its own follows with its versions.
    """

    model: type[Versioned]
    blank: dict[str, Any]
    columns: dict[str, str]
    fresh: list[tuple[str, Any]]
    references: tuple[str, ...]

    def row(self, values: Mapping[str, object]) -> Versioned:
        """A new row. Raises ``KeyError`` for a column that the model does not have."""
        row = self.model.__new__(self.model)
        row._state = ModelState()
        cells = vars(row)
        cells.update(self.blank)
        for column, make in self.fresh:
            cells[column] = make()
        for name, value in values.items():
            if name not in REFERENCES:
                cells[self.columns[name]] = value
        return row


@lru_cache(maxsize=64)
def _kind(label: str) -> _Kind:
    model = apps.get_model(label)
    fields = model._meta.concrete_fields
    own = {"public_id", "entered_at"}
    return _Kind(
        model=model,
        blank={each.attname: None if each.name in own else each.get_default() for each in fields},
        columns={each.name: each.attname for each in fields},
        fresh=[
            (each.attname, each.default)
            for each in fields
            if each.has_default() and callable(each.default) and each.name not in own
        ],
        references=tuple(each.name for each in fields if each.name in REFERENCES),
    )
