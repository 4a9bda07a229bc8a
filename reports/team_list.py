"""The heart team's list: who was referred to it, and who stands on it because nobody answered.

A class 1 or I that nobody decides on goes to the team by itself (``guidelines.concerns``); the list
says who was the one asked. Who stands on it follows from the standings alone, as on Today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.db.models import F, Q
from django.http import QueryDict

from accounts.models import Clinic, User
from followup.models import Referral, Standing
from followup.team_selectors import RANKS, URGENCIES, not_withdrawn, unanswered
from guidelines.concerns import ConcernKind, mask_of
from patients.models import Patient, Registration
from patients.selectors import registrations_running_in
from treatments.models import TeamReview

UNANSWERED = (ConcernKind.CLASS_1, ConcernKind.STILL_OPEN)
OF_THE_LIST = mask_of((ConcernKind.TEAM, *UNANSWERED))
BY_ITSELF = Referral.Urgency.SOON
"""Local: a class 1 that nobody answered in time is as urgent as a question for this week."""


class TeamListFilter(forms.Form):
    """What the list is narrowed to; an unknown code does not narrow."""

    clinic = forms.ChoiceField(required=False)
    urgency = forms.ChoiceField(
        required=False, choices=[("", "any"), *((u.value, u.label) for u in URGENCIES)]
    )

    def __init__(self, data: QueryDict, *, clinics: Sequence[Clinic]) -> None:
        super().__init__(data)
        box = self.fields["clinic"]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = [("", "any"), *((clinic.code, clinic.name) for clinic in clinics)]
        self.is_valid()

    @property
    def chosen(self) -> Mapping[str, str]:
        """The valid codes that narrow the list."""
        return {name: code for name, code in self.cleaned_data.items() if code}


@dataclass
class Waiting:
    """One patient on the list, before names are read: how urgent, and since when they wait."""

    patient_id: int
    since: date
    rank: int
    referrals: list[Referral] = field(default_factory=list)
    tests_on: date | None = None
    by_itself: bool = False
    open_since: date | None = None

    @property
    def urgency(self) -> Referral.Urgency:
        """The most urgent of the reasons."""
        return URGENCIES[self.rank]

    @property
    def order(self) -> tuple[int, date, int]:
        """Urgency first, then the longest waiting; the key decides what is left."""
        return self.rank, self.since, self.patient_id


def waiting_for_the_team(user: User, clinics: Sequence[Clinic], urgency: str = "") -> list[Waiting]:
    """Everybody on the list of these clinics, most urgent first, in four queries."""
    today = max(clinic.today() for clinic in clinics)
    followed = Patient.objects.visible_to(user).filter(
        pk__in=registrations_running_in(clinics).values("patient_id")
    )
    rows = Standing.objects.filter(patient__in=followed.order_by().values("pk"))
    rows = rows.alias(mask=F("concern_mask").bitand(OF_THE_LIST)).filter(mask__gt=0)
    asked = Q(has_team=ConcernKind.TEAM.bit)
    overdue = Q(refers_itself_on__lte=today) | Q(waits_since_on__isnull=True)
    rows = rows.alias(has_team=F("concern_mask").bitand(ConcernKind.TEAM.bit))
    rows = rows.filter(asked | overdue)
    standings = list(
        rows.values_list(
            "patient_id", "concern_mask", "refers_itself_on", "waits_since_on", named=True
        ).order_by("patient_id", "id")
    )
    keys = [row.patient_id for row in standings if row.concern_mask & ConcernKind.TEAM.bit]
    referrals, reviews = _asked(keys, today)
    found = [
        _waiting(row, referrals.get(row.patient_id, []), reviews.get(row.patient_id, []), today)
        for row in standings
    ]
    kept = [each for each in found if not urgency or each.urgency == urgency]
    return sorted(kept, key=lambda each: each.order)


def _asked(
    keys: Sequence[int], today: date
) -> tuple[Mapping[int, list[Referral]], Mapping[int, list[TeamReview]]]:
    """The questions and the reviews of these patients."""
    referrals: dict[int, list[Referral]] = defaultdict(list)
    reviews: dict[int, list[TeamReview]] = defaultdict(list)
    if keys:
        questions = Referral.objects.filter(not_withdrawn(today), patient__in=keys)
        for referral in questions.select_related("entered_by").order_by("referred_on", "id"):
            referrals[referral.patient_id].append(referral)
        decided = TeamReview.objects.filter(
            patient__in=keys, struck_at=None, reviewed_on__lte=today
        ).only("patient", "reviewed_on", "decision")
        for review in decided.order_by("-reviewed_on", "-id"):
            reviews[review.patient_id].append(review)
    return referrals, reviews


def _waiting(
    row: Any, referrals: list[Referral], reviews: list[TeamReview], today: date
) -> Waiting:
    mask = mask_of(UNANSWERED)
    itself = bool(row.concern_mask & mask) and (
        row.waits_since_on is None
        or (row.refers_itself_on is not None and row.refers_itself_on <= today)
    )
    asked = unanswered(referrals, reviews)
    newest = reviews[0] if reviews else None
    tests = newest is not None and newest.decision == TeamReview.Decision.FURTHER_TESTS
    tests_on = newest.reviewed_on if newest is not None and tests else None
    ranks = [RANKS[each.urgency] for each in asked]
    since = [each.referred_on for each in asked]
    if itself:
        ranks.append(RANKS[BY_ITSELF.value])
        since.append(row.waits_since_on or today)
    if tests_on is not None:
        since.append(tests_on)
    return Waiting(
        patient_id=row.patient_id,
        since=min(since, default=today),
        rank=min(ranks, default=RANKS[Referral.Urgency.ROUTINE.value]),
        referrals=asked,
        tests_on=tests_on,
        by_itself=itself,
        open_since=row.waits_since_on,
    )


# Rows -------------------------------------------------------------------------------------------


@dataclass
class TeamRow:
    """One line of the list in words."""

    patient: Patient
    number: str
    clinic: str
    age_years: int | None
    clinician: str
    urgency: str
    state: str
    reasons: list[dict[str, Any]]
    days: int


STATES = {Referral.Urgency.NOW: "beyond", Referral.Urgency.SOON: "attention"}


def team_rows(
    found: Sequence[Waiting], clinics: Sequence[Clinic], hidden: Collection[Any] = ()
) -> list[TeamRow]:
    """The lines of one page, in two queries whatever their number."""
    keys = [each.patient_id for each in found]
    patients = Patient.objects.select_related("standing").in_bulk(keys)
    places: dict[int, Registration] = {}
    running = registrations_running_in(clinics).filter(patient__in=keys)
    for place in running.select_related("clinic", "responsible_clinician").order_by("id"):
        places.setdefault(place.patient_id, place)
    return [
        _row(each, patients[each.patient_id], places[each.patient_id], len(clinics) > 1)
        for each in found
        if each.patient_id in patients and each.patient_id in places
    ]


def _row(each: Waiting, patient: Patient, place: Registration, names_clinic: bool) -> TeamRow:
    today = place.clinic.today()
    who = place.responsible_clinician
    clinician = who.display_name if who is not None else ""
    return TeamRow(
        patient=patient,
        number=place.record_number,
        clinic=place.clinic.name if names_clinic else "",
        age_years=patient.age_on(today),
        clinician=clinician,
        urgency=each.urgency.label,
        state=STATES.get(each.urgency, "quiet"),
        reasons=[*_reasons(each, patient, clinician, today)],
        days=max((today - each.since).days, 0),
    )


def _reasons(each: Waiting, patient: Patient, clinician: str, today: date) -> list[dict[str, Any]]:
    """Why the patient stands on the list: each question, tests that are to be judged, no answer."""
    reasons: list[dict[str, Any]] = [
        {
            "kind": "referred",
            "by": row.entered_by.display_name if row.entered_by else "the system",
            "on": row.referred_on,
            "urgency": row.get_urgency_display(),
            "text": row.question,
        }
        for row in each.referrals
    ]
    if each.tests_on is not None:
        reasons.append({"kind": "tests", "on": each.tests_on})
    if each.by_itself:
        days = (today - each.open_since).days if each.open_since else None
        kinds = {kind.value for kind in UNANSWERED}
        words = [c["words"] for c in patient.standing.concerns if c["kind"] in kinds]
        reasons.append(
            {
                "kind": "itself",
                "on": each.open_since,
                "days": days,
                "clinician": clinician,
                "words": words,
            }
        )
    return reasons
