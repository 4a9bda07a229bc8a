"""Reads about the heart team: open questions, frozen sheets, and what decisions rested on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet

from followup.models import DecisionBasis, EditionAnswer, Referral, TeamSheet
from patients.history import keys_held
from patients.models import Patient, Registration
from patients.selectors import known_until, seen_until, version_known
from treatments.latch import ANSWERS
from treatments.models import TeamReview

URGENCIES = (Referral.Urgency.NOW, Referral.Urgency.SOON, Referral.Urgency.ROUTINE)
"""The most urgent first."""
RANKS = {urgency.value: rank for rank, urgency in enumerate(URGENCIES)}


def not_withdrawn(on: date) -> Q:
    """Of a referral: it counts on this day, neither struck nor withdrawn by then."""
    stands = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on)
    return stands & Q(struck_at__isnull=True, referred_on__lte=on)


def referrals_of(patient: Patient, on: date, known_at: datetime | None = None) -> list[Referral]:
    """The questions asked by a day and not withdrawn, newest first, as they were known then."""
    rows: QuerySet[Referral] = Referral.objects.filter(referred_on__lte=on)
    rows = rows.select_related("entered_by").order_by("-referred_on", "-id")
    if known_at is None:
        return list(rows.filter(not_withdrawn(on), patient=patient))
    held = rows.filter(pk__in=keys_held(Referral, patient.pk, known_at))
    then = [version_known(Referral, row.pk, known_at) for row in held]
    return [
        row
        for row in then
        if row is not None
        and row.struck_at is None
        and (row.withdrawn_on is None or row.withdrawn_on > on)
    ]


def unanswered(referrals: Iterable[Referral], reviews: Iterable[TeamReview]) -> list[Referral]:
    """Those to which no review from their day on is an answer."""
    answers = [review.reviewed_on for review in reviews if review.decision in ANSWERS]
    answered_on = max(answers, default=date.min)
    return [row for row in referrals if row.referred_on > answered_on]


def sheets_seen(patient: Patient, registrations: list[Registration]) -> list[TeamSheet]:
    """The frozen sheets that these registrations open, newest first, without their content.

    A former clinic reads those that its record held: what a merge brought into it later was never
    its own.
    """
    rows = TeamSheet.objects.select_related("patient", "clinic", "entered_by")
    until, known_at = seen_until(registrations), known_until(registrations)
    if until is not None and known_at is not None:
        held = keys_held(TeamSheet, patient.pk, known_at)
        rows = rows.filter(pk__in=held, speaks_of_on__lte=until)
    else:
        rows = rows.filter(patient=patient)
    return list(rows.defer("content").order_by("-entered_at", "-id"))


@dataclass
class Rests:
    """What one review rested on."""

    basis: DecisionBasis | None = None
    answers: list[EditionAnswer] = field(default_factory=list)


def what_they_rest_on(reviews: Sequence[TeamReview]) -> dict[int, Rests]:
    """Basis and answers of reviews by their keys, in two queries; none is asked without reviews."""
    keys = [review.pk for review in reviews]
    found = {key: Rests() for key in keys}
    if not keys:
        return found
    bases = DecisionBasis.objects.filter(review__in=keys).select_related("sheet")
    for basis in bases.defer("sheet__content").order_by("id"):
        found[basis.review_id].basis = basis
    if any(rests.basis for rests in found.values()):
        for answer in EditionAnswer.objects.filter(review__in=keys).order_by("edition", "id"):
            found[answer.review_id].answers.append(answer)
    return found
