"""Acts around the heart team: a patient is referred, a sheet is frozen, a decision is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from followup.decided import Said, said_of
from followup.models import DecisionBasis, EditionAnswer, Referral, TeamSheet
from followup.team_sheets import content_hash, stored_form
from guidelines.assessment import ENGINE_VERSION
from patients.actions import TWICE_WITHIN, entered_a_moment_ago
from patients.days import spoken
from patients.writing import writing
from treatments.latch import ANSWERS
from treatments.models import TeamReview

if TYPE_CHECKING:
    from accounts.models import Clinic, User
    from patients.models import Patient

NO_QUESTION = "What is the team asked?"
HAS_DIED = "This patient has died: nothing is referred any more."
NO_REASON = "Say why this referral is withdrawn."
WITHDRAWN_BEFORE = "This referral was withdrawn already."
MEETING_IS_OVER = "This is before the day that the sheet speaks of."
OTHER_SHEET = "This sheet was frozen for another patient."
NOT_ANSWERED = "Does the decision agree with it, or depart from it?"
NO_DEPARTURE = "Why does the decision depart from it? Choose a reason."
NO_WORDS = "Say in words why the decision departs from it."
MOVED = (
    "What {title} says has changed since you opened this page: it was {then} and is {now} now. "
    "Read it again; nothing you typed is lost."
)


# ---- referrals -----------------------------------------------------------------------------------


def refer_to_heart_team(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    question: str,
    urgency: str = Referral.Urgency.ROUTINE.value,
    today: date | None = None,
) -> Referral:
    """Ask the heart team about a patient today; the same question sent twice is asked once.

    Raises ``ValidationError`` without a question, after a death, and on a day on which the team
    has decided: a review answers every question up to its day, so this one would never be seen.
    """
    if not question.strip():
        raise ValidationError({"question": NO_QUESTION})
    with writing(patient, by=by, reason="referred", clinic=clinic, today=today) as write:
        stored = write.patients[patient.pk]
        if stored.deceased_on is not None:
            raise ValidationError(HAS_DIED)
        _require_unanswered(patient, write.today)
        row = Referral(
            patient=stored, referred_on=write.today, urgency=urgency, question=question.strip()
        )
        return entered_a_moment_ago(row, by) or write.add(row)


def _require_unanswered(patient: Patient, today: date) -> None:
    decided = TeamReview.objects.filter(
        patient=patient, struck_at=None, decision__in=ANSWERS, reviewed_on__gte=today
    ).first()
    if decided is not None:
        raise ValidationError(
            f"The team decided on {spoken(decided.reviewed_on)} "
            f"({decided.get_decision_display()}), and a question of the same day counts as "
            "answered by it. Record what is decided anew as a further decision, or refer tomorrow."
        )


def withdraw_referral(
    *,
    by: User,
    clinic: Clinic,
    referral: Referral,
    reason: str,
    expected_version: int | None = None,
    today: date | None = None,
) -> Referral:
    """Take a question back from today on; it stays readable, with why it was withdrawn.

    Raises ``ValidationError`` without a reason or when it was withdrawn before, and
    ``StaleRecord`` when somebody saved it meanwhile.
    """
    if not reason.strip():
        raise ValidationError({"reason": NO_REASON})
    with writing(referral.patient, by=by, reason=reason, clinic=clinic, today=today) as write:
        stored = Referral.objects.get(pk=referral.pk)
        if stored.withdrawn_on is not None:
            raise ValidationError(WITHDRAWN_BEFORE)
        referral.withdrawn_on = write.today
        return write.change(referral, expected_version=expected_version)


# ---- sheets --------------------------------------------------------------------------------------


def freeze_team_sheet(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    content: Mapping[str, Any],
    speaks_of_on: date,
    editions: Sequence[str],
    meeting_on: date | None = None,
    engine_version: str = ENGINE_VERSION,
) -> TeamSheet:
    """Keep what a sheet shows, for good; the same one sent twice is kept once.

    Raises ``ValidationError`` for a meeting before the day of which the sheet speaks.
    """
    if meeting_on is not None and meeting_on < speaks_of_on:
        raise ValidationError({"meeting_on": MEETING_IS_OVER})
    kept = stored_form(content)
    sheet = TeamSheet(
        patient=patient,
        clinic=clinic,
        speaks_of_on=speaks_of_on,
        meeting_on=meeting_on,
        content=kept,
        editions=list(editions),
        engine_version=engine_version,
        content_hash=content_hash(kept),
    )
    with writing(patient, by=by, reason="frozen", clinic=clinic) as write:
        twice = TeamSheet.objects.filter(
            patient=patient,
            entered_by=by,
            content_hash=sheet.content_hash,
            meeting_on=meeting_on,
            entered_at__gte=timezone.now() - TWICE_WITHIN,
        )
        return twice.order_by("-id").first() or write.add(sheet)


# ---- decisions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """How the decision answers one edition; ``seen_class`` is what stood before who answered."""

    edition: str
    seen_class: str
    agrees: bool | None
    reason: str = ""
    text: str = ""


def record_decision(
    *,
    by: User,
    clinic: Clinic,
    review: TeamReview,
    answers: Sequence[AnswerGiven],
    sheet: TeamSheet | None = None,
    today: date | None = None,
) -> TeamReview:
    """Record what the team decided, with its answer to each edition that recommends something.

    Review, answers and basis stand together, or none. Sent twice, it is recorded once. An edition
    that recommends nothing is remembered without an answer, so that a later change is seen.

    Raises ``ValidationError``: with ``MOVED`` when an edition's class is not what was answered any
    more, for an edition without an answer, or for one departed from without reason and words
    (each under ``agrees-<edition>``, ``reason-<edition>``, ``text-<edition>``).
    """
    patient = review.patient
    with writing(patient, by=by, reason="decided", clinic=clinic, today=today) as write:
        twice = entered_a_moment_ago(review, by)
        if twice is not None:
            return twice
        if sheet is not None and sheet.patient_id != patient.pk:
            raise ValidationError(OTHER_SHEET)
        said = said_of(patient, clinic, write.today)
        given = {answer.edition: answer for answer in answers}
        is_decided = review.decision != TeamReview.Decision.NOT_DECIDED
        errors = dict(wrong_answers(said, given, is_decided=is_decided))
        if errors:
            raise ValidationError(errors)
        write.add(review)
        write.add(
            DecisionBasis(
                patient=patient, review=review, sheet=sheet, engine_version=ENGINE_VERSION
            )
        )
        decided = {each.body: each for each in said_of(patient, clinic, write.today)}
        for each in said:
            answer = given.get(each.edition) if is_decided and each.headline_class else None
            write.add(_answer(review, each, answer, decided[each.body].headline_class))
        return review


def wrong_answers(
    said: Sequence[Said], given: Mapping[str, AnswerGiven], *, is_decided: bool
) -> Iterator[tuple[str, str]]:
    """What is missing in the answers, or was answered of another class: box and words."""
    for each in said:
        answer = given.get(each.edition)
        seen = answer.seen_class if answer is not None else ""
        if seen != each.headline_class:
            then, now = class_text(seen), class_text(each.headline_class)
            yield f"agrees-{each.edition}", MOVED.format(title=each.title, then=then, now=now)
        elif not is_decided or not each.headline_class:
            continue
        elif answer is None or answer.agrees is None:
            yield f"agrees-{each.edition}", NOT_ANSWERED
        elif not answer.agrees:
            if not answer.reason:
                yield f"reason-{each.edition}", NO_DEPARTURE
            if not answer.text.strip():
                yield f"text-{each.edition}", NO_WORDS


def class_text(headline_class: str) -> str:
    """ "class 1"; without one that nothing was recommended."""
    return f"class {headline_class}" if headline_class else "no recommendation"


def _answer(
    review: TeamReview, said: Said, answer: AnswerGiven | None, decided_class: str
) -> EditionAnswer:
    departs = answer is not None and answer.agrees is False
    return EditionAnswer(
        patient=review.patient,
        review=review,
        body=said.body.value,
        edition=said.edition,
        edition_title=said.title,
        headline_class=said.headline_class,
        headline=said.headline,
        decided_class=decided_class,
        agrees=answer.agrees if answer is not None else None,
        reason=answer.reason if answer is not None and departs else "",
        text=answer.text.strip() if answer is not None else "",
    )
