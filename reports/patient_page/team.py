"""The heart team on the patient page: open questions, what was decided, and what has changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from accounts.permissions import Action
from followup.decided import Moved, moved_since
from followup.models import EditionAnswer, Referral
from followup.team_actions import class_text
from followup.team_selectors import Rests, referrals_of, unanswered, what_they_rest_on
from patients.study_sheet import upper_first
from reports.kinds import row_url
from reports.patient_page.case import PageCase
from reports.patient_page.verdicts import class_words
from treatments.latch import ANSWERING_PROCEDURES, ANSWERS
from treatments.models import Intervention, TeamReview

REVIEWS_FOLDED = 4
OPEN_URGENCY = {Referral.Urgency.NOW: "beyond", Referral.Urgency.SOON: "attention"}


def team_of(case: PageCase) -> dict[str, Any]:
    """Referrals, decisions newest first, and where to refer, to decide and to plan."""
    record = case.record
    reviews = record.team_reviews[: 1 + REVIEWS_FOLDED]
    rests = what_they_rest_on(_asked(case, reviews))
    shown = [review_view(row, rests.get(row.pk, Rests()), case.on) for row in reviews]
    if record.has_died:
        return {"reviews": shown[:1], "earlier": []}
    return {
        "referred": [_referral(row, case) for row in open_referrals(case)],
        "refer_url": _door(case, Action.ENTER_CLINICAL, "reports:refer"),
        "decide_url": _door(case, Action.DECIDE, "reports:decide"),
        "sheet_url": ""
        if case.asked.is_then
        else reverse("reports:team-sheet", args=[case.patient.public_id]),
        "reviews": shown[:1],
        "earlier": shown[1:],
        "moved": moved_words(case, rests),
        "decided_on": getattr(decided_last(case), "reviewed_on", None),
        "plan_url": _plan_url(case),
    }


def open_referrals(case: PageCase) -> list[Referral]:
    """The questions that wait for the team on the day of the page, newest first."""
    asked = referrals_of(case.patient, case.on, case.known_at)
    return unanswered(asked, case.record.team_reviews)


def _asked(case: PageCase, reviews: list[TeamReview]) -> list[TeamReview]:
    """The reviews that are shown, and the last decision where that is an older one."""
    decided = decided_last(case)
    return reviews if decided is None or decided in reviews else [*reviews, decided]


def decided_last(case: PageCase) -> TeamReview | None:
    """The newest review that decided something."""
    return next((row for row in case.record.team_reviews if row.decision in ANSWERS), None)


def _door(case: PageCase, action: Action, name: str) -> str:
    allowed = action in case.doors.actions
    return reverse(name, args=[case.patient.public_id]) if allowed else ""


def _referral(row: Referral, case: PageCase) -> dict[str, Any]:
    days = (case.on - row.referred_on).days
    may = Action.ENTER_CLINICAL in case.doors.actions
    return {
        "on": row.referred_on,
        "days": days,
        "by": row.entered_by.display_name if row.entered_by else "the system",
        "urgency": row.get_urgency_display(),
        "state": OPEN_URGENCY.get(Referral.Urgency(row.urgency), "quiet"),
        "question": row.question,
        "withdraw_url": reverse("reports:referral-withdraw", args=[row.public_id]) if may else "",
    }


# ---- decisions -----------------------------------------------------------------------------------


def review_view(row: TeamReview, rests: Rests, on: date) -> dict[str, Any]:
    """One review: what was decided, by whom and why, and how it answers each edition."""
    sheet = rests.basis.sheet if rests.basis is not None else None
    return {
        "on": row.reviewed_on,
        "decision": upper_first(row.get_decision_display()),
        "is_open": row.decision == TeamReview.Decision.NOT_DECIDED,
        "reason": row.decision_reason,
        "by": row.participants,
        "wish": row.patient_wish,
        "again_by": row.review_on,
        "again_passed": row.review_on is not None and row.review_on < on,
        "href": row_url(TeamReview, row.public_id),
        "answers": [answer_words(answer) for answer in rests.answers],
        "sheet_url": reverse("reports:team-sheet-page", args=[sheet.public_id]) if sheet else "",
        "sheet_on": sheet.speaks_of_on if sheet else None,
    }


def answer_words(answer: EditionAnswer) -> str:
    """ "Departs from ACC/AHA 2020 (class 1): the patient declines. Wants to wait." """
    said = f"{answer.edition_title} ({class_text(answer.headline_class)})"
    if answer.agrees is None:
        return f"Beside {said}"
    if answer.agrees:
        return f"Agrees with {said}{f': {answer.text}' if answer.text else ''}"
    return f"Departs from {said}: {answer.get_reason_display()}. {answer.text}"


def moved_words(case: PageCase, rests: dict[int, Rests]) -> list[str]:
    """That later facts changed a class on which the last decision rests, while it still stands."""
    review = decided_last(case)
    if review is None or _carried_out(case, review):
        return []
    shown = [v for v in case.assessment.editions if v.edition not in case.hidden]
    moved = moved_since(rests.get(review.pk, Rests()).answers, shown)
    return [_moved(each) for each in moved]


def _moved(each: Moved) -> str:
    now = class_words(each.verdict)
    return f"{each.title}: then {class_text(each.then)}, now {now[:1].lower()}{now[1:]}"


def _carried_out(case: PageCase, review: TeamReview) -> bool:
    """Whether the valve was treated since: then the verdicts are about another valve."""
    return any(
        row.kind in ANSWERING_PROCEDURES
        and row.performed_on is not None
        and row.performed_on >= review.reviewed_on
        for row in case.record.performed
    )


def _plan_url(case: PageCase) -> str:
    """Where the intervention is planned that was decided, is not planned yet and was not done."""
    review = decided_last(case)
    if review is None or review.decision != TeamReview.Decision.INTERVENE:
        return ""
    planned = any(
        row.kind in ANSWERING_PROCEDURES and row.status == Intervention.Status.PLANNED
        for row in case.record.interventions
    )
    add = case.doors.add_url(Intervention)
    if planned or _carried_out(case, review) or not add:
        return ""
    return f"{add}?status={Intervention.Status.PLANNED.value}"
