"""One line of the worklist, in words, with the links that answer it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F
from django.urls import reverse

from accounts.models import Clinic, User
from accounts.permissions import Action, clinics_where
from followup.models import ContactWish, Standing
from followup.selectors import wishes_of
from guidelines.concerns import ConcernKind
from guidelines.pathway import Bucket
from guidelines.vocabulary import Body, Mechanism, MitralValveState
from patients.models import Patient, Registration
from reports.patient_rows import Badge, verdicts_of

STATES = {
    ConcernKind.ACUTE: "beyond",
    ConcernKind.DANGER: "beyond",
    ConcernKind.CLASS_1: "beyond",
    ConcernKind.STILL_OPEN: "beyond",
    ConcernKind.DISCUSS: "attention",
    ConcernKind.TEAM: "attention",
    ConcernKind.PLAN: "attention",
    ConcernKind.INR: "attention",
    ConcernKind.RESULT: "attention",
    ConcernKind.DUE: "quiet",
    ConcernKind.NEAR: "quiet",
    ConcernKind.MISSING: "unknown",
}
# Where a concern is answered, and the right it needs; the others lead to the patient's page.
DOORS: Mapping[ConcernKind, tuple[str, tuple[str, ...], Action]] = {
    ConcernKind.INR: ("patients:inr-add", (), Action.ENTER_LABORATORY),
    ConcernKind.RESULT: ("patients:results-seen", (), Action.ENTER_CLINICAL),
    ConcernKind.PLAN: ("treatments:record-list", ("intervention",), Action.ENTER_CLINICAL),
    ConcernKind.DUE: ("followup:record-add", ("appointment",), Action.RECALL),
    ConcernKind.CLASS_1: ("reports:refer", (), Action.ENTER_CLINICAL),
    ConcernKind.STILL_OPEN: ("reports:refer", (), Action.ENTER_CLINICAL),
    ConcernKind.TEAM: ("reports:team-sheet", (), Action.VIEW_PATIENT),
}


PLACES_FIRST = (F("until_on").desc(nulls_first=True), F("from_on").desc())
"""Of several registrations the one that goes on longest is shown, then the newest."""


@dataclass(frozen=True)
class ConcernLine:
    """One reason with its act, where that is done, and for how long it has stood.

    ``words``: what each of two editions says of it, where it is about their verdicts.
    """

    label: str
    words: list[str]
    act: str
    state: str
    href: str
    since: date | None
    days: int | None


@dataclass
class WorklistRow:
    """What the list shows of one patient; of a former one the name and where they went."""

    patient: Patient
    number: str
    clinic: str
    clinician: str
    age_years: int | None
    bucket: str
    concerns: list[ConcernLine] = field(default_factory=list)
    stage: str = ""
    disease: str = ""
    verdicts: list[Badge] = field(default_factory=list)
    verdict_note: str = ""
    due_by: date | None = None
    days_overdue: int = 0
    due_words: str = ""
    booked_on: date | None = None
    ended: Registration | None = None
    is_acute: bool = False
    wish_words: str = ""
    may_book: bool = False
    """Whether the user may book for the patient from the list: followed, alive, may be called."""
    error: str = ""
    is_ticked: bool = False


def worklist_rows(
    user: User,
    patients: Sequence[Patient],
    clinics: Sequence[Clinic],
    hidden: Collection[Body] = frozenset(),
) -> list[WorklistRow]:
    """The lines of one page of patients, in two queries whatever their number."""
    keys = [patient.pk for patient in patients]
    places, wishes = _places(keys, clinics), wishes_of(keys)
    allowed = {action: set(clinics_where(user, action)) for *_, action in DOORS.values()}
    named = {clinic.pk: clinic for clinic in clinics}
    rows = [_row(each, places.get(each.pk, []), named, allowed, hidden) for each in patients]
    for row in rows:
        _add_wish(row, wishes.get(row.patient.pk))
    return rows


def _add_wish(row: WorklistRow, wish: ContactWish | None) -> None:
    """Who died or wants no contact is not booked from a list: as on the call list."""
    if wish is not None and wish.wish != ContactWish.Wish.ANY:
        row.wish_words = str(wish.get_wish_display())
    is_silent = wish is not None and wish.wish == ContactWish.Wish.NONE
    row.may_book = row.may_book and row.patient.deceased_on is None and not is_silent


def _places(
    patient_ids: Sequence[int], clinics: Sequence[Clinic]
) -> Mapping[int, list[Registration]]:
    found: dict[int, list[Registration]] = {}
    rows = Registration.objects.filter(patient_id__in=patient_ids, clinic__in=clinics)
    rows = rows.exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
    for place in rows.select_related("responsible_clinician").order_by(*PLACES_FIRST, "id"):
        found.setdefault(place.patient_id, []).append(place)
    return found


def _row(
    patient: Patient,
    places: list[Registration],
    clinics: Mapping[int, Clinic],
    allowed: Mapping[Action, set[int]],
    hidden: Collection[Body],
) -> WorklistRow:
    running = [p for p in places if p.is_active_on(clinics[p.clinic_id].today())]
    place = next(iter(running or places), None)
    clinic = clinics[place.clinic_id] if place is not None else None
    row = WorklistRow(
        patient=patient,
        number=place.record_number if place else "",
        clinic=clinic.name if clinic and len(clinics) > 1 else "",
        clinician=_clinician(place),
        age_years=patient.age_on(clinic.today()) if clinic else None,
        bucket=Bucket.MOVED.label,
        ended=None if running else place,
    )
    standing = getattr(patient, "standing", None)
    if running and clinic is not None:
        row.may_book = clinic.pk in allowed[Action.RECALL]
        row.bucket = Bucket.FIRST_ASSESSMENT.label
        if standing is not None:
            _add_standing(row, standing, clinic, allowed, hidden)
    return row


def _clinician(place: Registration | None) -> str:
    who = place.responsible_clinician if place is not None else None
    return who.display_name if who is not None else ""


def _add_standing(
    row: WorklistRow,
    standing: Standing,
    clinic: Clinic,
    allowed: Mapping[Action, set[int]],
    hidden: Collection[Body],
) -> None:
    today = clinic.today()
    doors = {action for action, where in allowed.items() if clinic.pk in where}
    row.bucket = Bucket(standing.bucket or Bucket.FIRST_ASSESSMENT).label
    row.concerns = [
        _line(list(alike), row.patient, today, doors)
        for _, alike in groupby(standing.concerns, key=itemgetter("kind"))
    ]
    row.is_acute = bool(standing.concern_mask & ConcernKind.ACUTE.bit)
    row.stage = standing.stage
    row.disease = ", ".join(_disease(standing))
    row.verdicts, row.verdict_note = verdicts_of(standing, hidden)
    row.booked_on = standing.booked_on
    row.due_by, row.due_words = standing.due_by_on, standing.due_words
    if standing.due_by_on is not None:
        row.days_overdue = max((today - standing.due_by_on).days, 0)


def _disease(standing: Standing) -> list[str]:
    """Mechanism, and the valve where it is not native; what is unknown is not said."""
    words = []
    if standing.mechanism != Mechanism.UNKNOWN.value:
        words.append(Mechanism(standing.mechanism).label)
    if standing.valve_state not in {"unknown", MitralValveState.NATIVE.value}:
        words.append(MitralValveState(standing.valve_state).label)
    return words


def _line(
    stored: Sequence[Mapping[str, Any]], patient: Patient, today: date, doors: Collection[Action]
) -> ConcernLine:
    """Concerns of one kind in one line: the oldest day, the act of the first."""
    kind = ConcernKind(stored[0]["kind"])
    days = [date.fromisoformat(each["since"]) for each in stored if each["since"]]
    since = min(days, default=None)
    name, further, needed = DOORS.get(kind, ("", (), None))
    if needed is None or needed not in doors:
        name, further = "reports:patient-page", ()
    return ConcernLine(
        label=kind.label,
        words=[each["words"] for each in stored],
        act=stored[0]["act"],
        state=STATES[kind],
        href=reverse(name, args=[patient.public_id, *further]),
        since=since,
        days=(today - since).days if since is not None and since <= today else None,
    )
