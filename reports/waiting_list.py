"""The patients behind one number of the waiting times, on the page and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Clinic, User
from guidelines.clock import Basis, Until
from guidelines.waiting import Wait, WaitEnd
from patients.data_classes import DataClass
from patients.models import Patient
from patients.selectors import as_known_by
from reports.columns import patient_id
from reports.csv import Column, Kind, coded
from reports.report import FromRows, Report
from reports.selectors import registrations_of
from reports.waiting import TITLES, Course, Place, Waits
from reports.waiting_page import LABELS, days_text
from treatments.models import Intervention, TeamReview

DECISIONS = dict(TeamReview.Decision.choices)
PROCEDURES = dict(Intervention.Kind.choices)


@dataclass(frozen=True)
class ListedWait:
    """One line of a list in words."""

    patient: Patient
    number: str
    clinic: str
    age_years: int | None
    grounds: tuple[str, ...]
    started_on: date
    referred: str
    decided: str
    decision: str
    treated: str
    procedure: str
    ended: str
    days: int
    left_on: date | None


def in_order(waits: Sequence[Wait]) -> list[Wait]:
    """The longest wait first."""
    return sorted(waits, key=lambda wait: (-wait.days, wait.started_on, int(wait.key)))


def _as_known(user: User, keys: Sequence[int]) -> dict[int, Patient]:
    """These patients as the user's clinics know them; one who left, as they were known then."""
    patients = Patient.objects.visible_to(user).in_bulk(keys)
    return as_known_by(patients.values(), registrations_of(user, keys))


def listed(
    user: User,
    waits: Waits,
    chosen: Sequence[Wait],
    places: Mapping[int, Place],
    clinics: Sequence[Clinic],
) -> list[ListedWait]:
    """These waits in words, in one query."""
    keys = [waits.courses[wait.key].patient_id for wait in chosen]
    patients = _as_known(user, keys)
    by_key = {clinic.pk: clinic for clinic in clinics}
    rows = []
    for wait in chosen:
        course = waits.courses[wait.key]
        place = places[course.patient_id]
        clinic = by_key[place.clinic_id]
        rows.append(
            _row(
                waits.until,
                wait,
                course,
                patients[course.patient_id],
                place.record_number,
                clinic.name if len(clinics) > 1 else "",
                clinic.today(),
            )
        )
    return rows


def _row(
    until: Until,
    wait: Wait,
    course: Course,
    patient: Patient,
    number: str,
    clinic: str,
    today: date,
) -> ListedWait:
    seen = _seen(course)
    started_on = wait.started_on
    return ListedWait(
        patient=patient,
        number=number,
        clinic=clinic,
        age_years=patient.age_on(today),
        grounds=course.grounds,
        started_on=started_on,
        referred=days_text(started_on, seen["referred_on"]),
        decided=days_text(started_on, seen["decided_on"]),
        decision=DECISIONS.get(seen["decision"], ""),
        treated=days_text(started_on, seen["treated_on"]),
        procedure=PROCEDURES.get(seen["procedure"], ""),
        ended=_ended(until, wait, seen["worsened_by"]),
        days=wait.days,
        left_on=course.left_on,
    )


def _ended(until: Until, wait: Wait, worsened_by: str) -> str:
    if wait.ended is None:
        return "Still waiting"
    words = LABELS[until][wait.ended]
    return f"{words}: {worsened_by}" if wait.ended is WaitEnd.DETERIORATED else words


def _seen(course: Course) -> dict[str, Any]:
    """The events up to the last day in the clinic; what came later is another clinic's."""
    clock, last = course.clock, course.last_on

    def by_then(day: date | None) -> date | None:
        return day if day is not None and day <= last else None

    decided, treated = by_then(clock.decided_on), by_then(clock.treated_on)
    worsened = by_then(clock.worsened_on)
    return {
        "referred_on": by_then(clock.referred_on),
        "decided_on": decided,
        "decision": clock.decision if decided else "",
        "treated_on": treated,
        "procedure": clock.procedure if treated else "",
        "worsened_on": worsened,
        "worsened_by": clock.worsened_by if worsened else "",
        "died_on": by_then(course.died_on),
    }


COLUMNS = (
    Column("clinic", "Clinic", Kind.TEXT, "clinic"),
    Column("record_number", "Record number", Kind.TEXT, "record_number"),
    patient_id("patient_id"),
    Column("family_name", "Family name", Kind.TEXT, "family_name"),
    Column("given_name", "Given name", Kind.TEXT, "given_name"),
    Column("basis", "Counted as true or as known", Kind.CODE, "basis"),
    Column("edition", "Guideline", Kind.TEXT, "edition"),
    Column("grounds", "What was met", Kind.TEXT, "grounds"),
    Column("started_on", "Class 1 or I since", Kind.DATE, "started_on"),
    Column("referred_on", "Referred on", Kind.DATE, "referred_on"),
    Column("decided_on", "Decided on", Kind.DATE, "decided_on"),
    *coded("decision", "Decision", "decision", DECISIONS, DataClass.CLINICAL),
    Column("treated_on", "Treated on", Kind.DATE, "treated_on"),
    *coded("procedure", "Procedure", "procedure", PROCEDURES, DataClass.CLINICAL),
    Column("worsened_on", "Got worse on", Kind.DATE, "worsened_on"),
    Column("worsened_by", "What got worse", Kind.TEXT, "worsened_by"),
    Column("died_on", "Died on", Kind.DATE, "died_on"),
    Column("left_on", "Left the clinic on", Kind.DATE, "left_on"),
    Column("waited_for", "Waited for", Kind.CODE, "waited_for"),
    Column("waited_days", "Days waited", Kind.NUMBER, "waited_days"),
    Column("ended", "How the wait ended (empty: it has not)", Kind.CODE, "ended"),
)


def waiting_report(
    user: User,
    waits: Waits,
    chosen: Sequence[Wait],
    places: Mapping[int, Place],
    clinics: Sequence[Clinic],
    basis: Basis,
) -> Report:
    """These waits as a file, each in the name of the clinic that follows the patient longest."""
    by_key = {clinic.pk: clinic for clinic in clinics}
    keys = [waits.courses[wait.key].patient_id for wait in chosen]
    patients = _as_known(user, keys)
    rows = []
    for wait in chosen:
        course = waits.courses[wait.key]
        patient, place = patients[course.patient_id], places[course.patient_id]
        if place.clinic_id not in by_key:
            continue
        cells = _cells(waits.until, wait, course, patient, place, by_key, basis)
        rows.append((place.clinic_id, cells))
    return Report(
        name="waiting",
        title="Waiting times",
        one_row_per="wait",
        columns=COLUMNS,
        source=FromRows(rows),
    )


def _cells(
    until: Until,
    wait: Wait,
    course: Course,
    patient: Patient,
    place: Place,
    clinics: Mapping[int, Clinic],
    basis: Basis,
) -> dict[str, Any]:
    return {
        **_seen(course),
        "clinic": clinics[place.clinic_id].code,
        "record_number": place.record_number,
        "patient_id": patient.public_id,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "basis": basis.value,
        "edition": TITLES.get(course.clock.edition, course.clock.edition),
        "grounds": "; ".join(course.grounds),
        "started_on": wait.started_on,
        "left_on": course.left_on,
        "waited_for": until.value,
        "waited_days": wait.days,
        "ended": wait.ended.value if wait.ended else "",
    }
