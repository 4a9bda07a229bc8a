"""How the patient feels, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from followup.letters.case import LetterCase, listed
from patients.days import spoken
from patients.models import SymptomLog
from treatments.models import Intervention, TeamReview

OLD_AFTER_DAYS = 183  # how long an answer about symptoms may stand (safety C)


NYHA = (
    "",
    "everyday activity gives you no trouble",
    "ordinary activity makes you a little breathless or tired",
    "light activity already makes you breathless or tired",
    "you are breathless or tired even at rest",
)
FELT = (
    ("dyspnea", "breathless when you exert yourself"),
    ("orthopnea", "breathless when you lie flat"),
    ("nocturnal_dyspnea", "waking up breathless at night"),
    ("reduced_exercise_tolerance", "less stamina than before"),
    ("edema", "swollen legs"),
    ("syncope", "fainting"),
    ("palpitations", "a racing or uneven heartbeat"),
    ("fatigue", "tiredness"),
    ("fever", "fever"),
)


def symptom_lines(case: LetterCase) -> Iterator[str]:
    """What was asked last and what was felt, with its day."""
    log = next(iter(case.record.symptom_logs), None)
    if log is None:
        yield "How you feel from day to day is not in our record yet."
        yield "Please tell us what you can do, and what you have given up."
        return
    said = list(filter(None, (_limits(log), _felt(log))))
    if said:
        yield f"On {spoken(log.recorded_on)} we noted: {'. '.join(said)}."
    else:
        yield f"We asked you on {spoken(log.recorded_on)}, but no answer is in our record."
    if (case.on - log.recorded_on).days > OLD_AFTER_DAYS:
        yield "That was some time ago. Please tell us how you are now."
    yield "Please tell us early if you can do less than before."


def _limits(log: SymptomLog) -> str:
    if log.nyha_low is None or log.nyha_high is None:
        return ""
    low, high = NYHA[log.nyha_low], NYHA[log.nyha_high]
    return low if low == high else f"between two answers: {low}, or {high}"


def _felt(log: SymptomLog) -> str:
    present = [words for name, words in FELT if getattr(log, name)]
    return f"You told us about: {listed(present)}" if present else ""


DECISIONS: Mapping[str, str] = {
    TeamReview.Decision.INTERVENE: "The team advises to treat the valve with an operation or "
    "another procedure. We will talk about it with you.",
    TeamReview.Decision.WATCH: "The team advises to watch the valve closely with regular checks.",
    TeamReview.Decision.MEDICAL: "The team advises treatment with medicines.",
    TeamReview.Decision.FURTHER_TESTS: "The team wants further tests before it decides.",
    TeamReview.Decision.DECLINED_BY_PATIENT: "You decided against a procedure. You can change your "
    "mind at any time; please tell us.",
}
PROCEDURES: Mapping[str, str] = {
    Intervention.Kind.MITRAL_REPAIR: "an operation to repair the mitral valve",
    Intervention.Kind.MITRAL_MECHANICAL: "an operation to put in a mechanical mitral valve",
    Intervention.Kind.MITRAL_BIOLOGICAL: "an operation to put in a tissue mitral valve",
    Intervention.Kind.TEER: "a repair of the mitral valve with a clip, through a blood vessel",
    Intervention.Kind.TRANSCATHETER_MITRAL: "a new mitral valve, put in through a blood vessel",
}


def decision_lines(case: LetterCase) -> Iterator[str]:
    """What the heart team has decided, and what is planned."""
    review = case.standing_review
    words = DECISIONS.get(review.decision, "") if review is not None else ""
    if review is not None and words:
        yield f"Our heart team talked about you on {spoken(review.reviewed_on)}."
        yield "This team is made up of heart doctors and heart surgeons."
        yield words
    else:
        what = "No decision" if case.treated_on is None else "No further decision"
        yield f"{what} about treating the valve is in our record yet."
        yield "That does not mean that nothing is needed. We will talk about it with you."
    for row in case.record.interventions:
        if row.status == Intervention.Status.PLANNED:
            what = PROCEDURES.get(row.kind, row.get_kind_display())
            when = f" on {spoken(row.planned_on)}" if row.planned_on else ". The day is not set yet"
            yield f"Planned: {what}{when}."
