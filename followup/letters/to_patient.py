"""The patient letter: what was measured, what changed, what comes next, in everyday words.

For a reader of about twelve years: short sentences, no class of a recommendation, no abbreviation
without its meaning, no figure of a risk. It says nothing about an operation that the heart team
has not decided, and never that nothing is needed. No edition is quoted, so none can leak.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from followup.letters.case import LetterCase, listed, sentence
from followup.letters.measured import Measured, measured, value_of
from followup.letters.medicines import (
    DrugChanges,
    drug_changes,
    drug_lines,
    inr_place,
    inr_range,
    inr_text,
    last_inr,
    not_recognized,
    takes_a_thinner,
    takes_an_antibiotic,
)
from followup.letters.paper import Part, part
from guidelines.change import Change, Direction
from guidelines.numbers import Interval
from guidelines.series import Measure, Point
from guidelines.surveillance import FollowUpKind
from guidelines.vocabulary import Advice, Grade, GradeResult, MitralValveState, SeverityState
from patients.days import spoken
from patients.models import SymptomLog
from treatments.facts import valve_state_of
from treatments.models import EndocarditisProphylaxisAdvice, Intervention, TeamReview

TO_THE_DEAD = "a letter to a patient who died is not written"
ADULT = 18
OLD_AFTER_DAYS = 183  # how long an answer about symptoms may stand (safety C)

REPLACED = frozenset(
    {
        MitralValveState.MECHANICAL,
        MitralValveState.SURGICAL_BIOPROSTHESIS,
        MitralValveState.TRANSCATHETER,
    }
)
REPAIRED = frozenset(
    {MitralValveState.SURGICAL_REPAIR, MitralValveState.TEER, MitralValveState.COMMISSUROTOMY}
)


def patient_letter(case: LetterCase) -> tuple[Part, ...]:
    """The parts of the letter. Raises ``ValueError`` when the patient has died."""
    if case.record.patient.deceased_on is not None:
        raise ValueError(TO_THE_DEAD)
    if case.is_acute:
        return _in_an_emergency(case)
    parts = [
        Part(sentences=(_greeting(case),)),
        part(sentences=_opening(case)),
        part("Your heart valve", _valve(case)),
        part("What we measured", _on_error(case), _measurements(case), _unmeasured(case)),
        part("How you feel", _symptoms(case)),
        part("What has been decided", _decided(case)),
        part("What we still want to find out", items=_waited_for(case)),
        part("Your medicines", _medicines_intro(case), drug_lines(case.record), _medicines(case)),
        part("Your blood thinner", _thinner(case)),
        part("Teeth and infection", _prophylaxis(case)),
        part("Call an ambulance at once", items=_emergencies(case)),
        part("Call us the same day", items=_same_day(case)),
        part("What happens next", _next(case)),
        Part(sentences=("Please call us with any question.",)),
        Part(sentences=("With kind regards",)),
    ]
    return tuple(each for each in parts if not each.is_empty)


def _greeting(case: LetterCase) -> str:
    patient = case.record.patient
    name = " ".join(filter(None, (patient.given_name, patient.family_name)))
    age = patient.age_on(case.on)
    if age is not None and age < ADULT:
        return f"Dear parents of {name}," if name else "Dear parents,"
    return f"Dear {name}," if name else "Dear patient,"


def _opening(case: LetterCase) -> Iterator[str]:
    yield f"This letter tells you in everyday words what we know on {spoken(case.on)}."
    yield "Please keep it, and show it to other doctors who treat you."


def _in_an_emergency(case: LetterCase) -> tuple[Part, ...]:
    """What is known, and that the advice for a leak of long standing does not apply (D4, D12)."""
    episode = case.record.open_episode
    begun = "You have had a sudden leak at your mitral valve."
    place = "If you are not in a hospital now, call an ambulance."
    if episode is not None:
        since = spoken(case.record.day_of(episode.onset_at))
        begun = f"Since {since} you have had a sudden leak at your mitral valve."
        place = f"You are being treated here: {episode.place}." if episode.place else place
    return (
        Part(sentences=(_greeting(case),)),
        part(sentences=_opening(case)),
        part(
            "Your heart valve",
            (
                begun,
                "The mitral valve is a gate inside the left side of your heart.",
                "A sudden leak is an emergency.",
                place,
            ),
        ),
        part(
            "What happens next",
            (
                "Earlier advice about regular checks does not apply now.",
                "The doctors who treat you will tell you the next steps.",
                "Tell the staff at once if your breathing gets worse or you feel faint.",
            ),
        ),
        Part(sentences=("With kind regards",)),
    )


# The valve ----------------------------------------------------------------------------------------


def _valve(case: LetterCase) -> Iterator[str]:
    yield "The mitral valve is a gate between two chambers in the left side of your heart."
    state = valve_state_of(case.record).value
    if state in REPLACED:
        kind = "a mechanical valve" if state is MitralValveState.MECHANICAL else "a tissue valve"
        yield f"Your own valve was replaced by {kind}{_since(case)}."
    elif state in REPAIRED:
        yield f"Your own valve was repaired{_since(case)}."
    elif state is not MitralValveState.NATIVE:
        yield "Our record does not say whether this valve was ever operated on. Please tell us."
    yield from _leak(case)


def _since(case: LetterCase) -> str:
    """When it was done, where the record holds the day."""
    kinds = {
        Intervention.Kind.MITRAL_REPAIR,
        Intervention.Kind.MITRAL_MECHANICAL,
        Intervention.Kind.MITRAL_BIOLOGICAL,
        Intervention.Kind.TEER,
        Intervention.Kind.TRANSCATHETER_MITRAL,
        Intervention.Kind.MITRAL_COMMISSUROTOMY,
    }
    done = (row for row in case.record.performed if row.kind in kinds)
    row = next(done, None)
    return f" on {spoken(row.performed_on)}" if row is not None and row.performed_on else ""


LEAKS: Mapping[GradeResult, tuple[str, str]] = {
    GradeResult.MILD: ("small", "mild"),
    GradeResult.MODERATE: ("of medium size", "moderate"),
    GradeResult.MODERATE_TO_SEVERE: ("medium to large", "moderate to severe"),
    GradeResult.SEVERE: ("large", "severe"),
}
SURE = frozenset({SeverityState.SEVERE_CORROBORATED, SeverityState.NOT_SEVERE_CORROBORATED})
NOT_SURE: Mapping[SeverityState, str] = {
    SeverityState.SEVERE_ONE_LINE: "One measurement{day} points to a large leak. We want to "
    "confirm it with another one.",
    SeverityState.DISCORDANT: "Our measurements do not agree on how large the leak is. Another "
    "test can settle this.",
    SeverityState.INTERMEDIATE: "The leak may be large. We want to measure it again.",
    SeverityState.NOT_SEVERE_UNCONFIRMED: "We cannot say for sure yet how large the leak is. "
    "Nothing shows so far that it is large, and nothing rules it out.",
    SeverityState.NOT_MEASURED: "We have not yet measured whether it leaks, and how much.",
}


def _leak(case: LetterCase) -> Iterator[str]:
    """Its size, where several measurements agree; else what is not sure yet."""
    grade = case.whole.assessment.grade
    if grade.state is SeverityState.NOT_ON_THIS_SCALE:
        yield from _off_the_scale(case)
        return
    if grade.state is not SeverityState.NOT_MEASURED:
        yield "Your valve does not close fully, so some blood flows back with each heartbeat."
        yield "Doctors call this mitral regurgitation."
    day = f" on {spoken(grade.graded_on)}" if grade.graded_on else ""
    state = _agreed(case)
    if state in SURE and grade.result in LEAKS:
        size, called = LEAKS[grade.result]
        yield "Several measurements agree."
        yield f"The leak {'was' if day else 'is'} {size}{day}. Doctors call this {called}."
    elif state in NOT_SURE:
        yield NOT_SURE[state].format(day=day)
    if grade.reader_differs:
        yield "The doctor who read your scan judged the leak differently. We will look again."


def _agreed(case: LetterCase) -> SeverityState:
    """The state of the grade; less sure where not every definition comes to the same answer."""
    grade = case.whole.assessment.grade
    others = {each.is_severe for each in case.whole.assessment.severities}
    if grade.state not in SURE or others <= {grade.is_severe}:
        return grade.state
    if (not grade.is_severe) in others:
        return SeverityState.DISCORDANT
    return SeverityState.INTERMEDIATE if grade.is_severe else SeverityState.NOT_SEVERE_UNCONFIRMED


def _off_the_scale(case: LetterCase) -> Iterator[str]:
    """No size; but a leak that the reader saw, or a call for the heart team, is not kept back."""
    yield (
        "The usual scale does not fit your valve, so this letter does not say how large a leak is."
    )
    readings = case.whole.picture.readings()
    seen = (readings.get("reader_grade"), readings.get("prosthetic_regurgitation_grade"))
    large = Grade.MODERATE_TO_SEVERE.rank
    if any(isinstance(each, Interval) and each.is_at_least(large) for each in seen):
        yield "It leaks; our heart team looks at it."
    elif _is_alerted(case, Advice.HEART_TEAM):
        yield "Our heart team looks at your valve."


def _is_alerted(case: LetterCase, advice: Advice) -> bool:
    return any(finding.rule.advice is advice for finding in case.whole.assessment.alerts)


# Measurements -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plainly:
    """A measure in everyday words: what it is, and how it is said to have changed."""

    name: str
    meaning: str
    worse: str
    better: str


PLAINLY: Mapping[str, Plainly] = {
    "lvef_percent": Plainly(
        "Pumping strength",
        "the share of its blood that the main chamber pumps out with each beat",
        "the heart now pumps out a smaller share",
        "the heart now pumps out a larger share",
    ),
    "lvesd_mm": Plainly(
        "Width of the main chamber after a beat",
        "in millimeters",
        "the chamber has become wider",
        "the chamber has become narrower",
    ),
    "eroa_mm2": Plainly(
        "Size of the gap that leaks",
        "in square millimeters",
        "the gap has become larger",
        "the gap has become smaller",
    ),
    "regurgitant_volume_ml": Plainly(
        "Blood that flows back with each beat",
        "in milliliters; a teaspoon holds 5",
        "more blood flows back",
        "less blood flows back",
    ),
    "la_volume_index_ml_m2": Plainly(
        "Size of the upper left chamber",
        "in milliliters, for each square meter of body surface",
        "the chamber has become larger",
        "the chamber has become smaller",
    ),
    "spap_mmhg": Plainly(
        "Pressure in the lung vessels",
        "estimated by ultrasound, in mmHg, the unit of blood pressure",
        "the pressure has risen",
        "the pressure has fallen",
    ),
    "nt_probnp_pg_ml": Plainly(
        "Blood test called NT-proBNP",
        "it rises when the heart is under strain",
        "the value has risen",
        "the value has fallen",
    ),
    "bnp_pg_ml": Plainly(
        "Blood test called BNP",
        "it rises when the heart is under strain",
        "the value has risen",
        "the value has fallen",
    ),
    "six_minute_walk_m": Plainly(
        "Walk of six minutes",
        "how many meters you walked",
        "you walked less far",
        "you walked farther",
    ),
}
ALWAYS_ASKED = ("lvef_percent", "lvesd_mm")


OF_THE_LEAK = frozenset({"eroa_mm2", "regurgitant_volume_ml"})


def _told(case: LetterCase) -> Iterator[Measured]:
    """The key measurements; the size of a leak only of the valve as it is now."""
    treated = case.treated_on
    for each in measured(case.whole.courses):
        is_of_now = treated is None or each.newest.on >= treated
        if is_of_now or each.measure.name not in OF_THE_LEAK:
            yield each


def _number(point: Point, measure: Measure) -> str:
    """A value with its unit; a range as people say it, in whole numbers."""
    low, high = point.interval.low, point.interval.high
    if point.interval.is_point or low is None or high is None:
        return value_of(point, measure)
    return f"between {round(low)} and {round(high)} {measure.unit}"


def _on_error(case: LetterCase) -> Iterator[str]:
    if any(each.is_compared for each in _told(case)):
        yield "No test gives exactly the same number twice."
        yield "So a small difference may be chance."
        yield "We then say that it is smaller than the test can tell."


def _measurements(case: LetterCase) -> Iterator[str]:
    for each in _told(case):
        words = PLAINLY[each.measure.name]
        value = f"{_number(each.newest, each.measure)} on {spoken(each.newest.on)}"
        yield f"{words.name} ({words.meaning}): {value}. {_difference(each, words)}"


def _difference(each: Measured, words: Plainly) -> str:
    if each.why_apart:
        return "This number cannot be compared directly with your other ones."
    if each.latest is None:
        return "There is no earlier number to compare it with."
    before = f"Before that, it was {_value_then(each.latest, each)}."
    if each.changed is None:
        if each.latest.is_real is None:
            return f"{before} Whether it has changed cannot be told."
        return f"{before} The difference is smaller than the test can tell."
    if each.changed is each.latest:
        return f"{before} That is a real change: {_way(each, each.latest, words)}."
    lately = {
        True: f"That is a real change: {_way(each, each.latest, words)}.",
        False: "That difference is smaller than the test can tell.",
        None: "Whether it has changed since then cannot be told.",
    }[each.latest.is_real]
    first = f"But it was {_value_then(each.changed, each)}: since then"
    return f"{before} {lately} {first} {_way(each, each.changed, words)}."


def _value_then(change: Change, each: Measured) -> str:
    return f"{_number(change.earlier, each.measure)} on {spoken(change.earlier.on)}"


def _way(each: Measured, change: Change, words: Plainly) -> str:
    way = change.direction if change.direction is not Direction.NONE else each.course.direction
    return words.worse if way is Direction.WORSE else words.better


def _unmeasured(case: LetterCase) -> Iterator[str]:
    told = {each.measure.name for each in measured(case.whole.courses)}
    asked = [PLAINLY[name].name.lower() for name in ALWAYS_ASKED if name not in told]
    if asked:
        yield f"Not in our record yet: {listed(asked)}."


# Symptoms and decisions ---------------------------------------------------------------------------

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


def _symptoms(case: LetterCase) -> Iterator[str]:
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


def _decided(case: LetterCase) -> Iterator[str]:
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


# What is waited for -------------------------------------------------------------------------------

WAITED: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "how you feel, and what you can do",
        frozenset({"symptomatic", "nyha_class", "symptoms_in_doubt", "symptoms_persist_on_gdmt"}),
    ),
    (
        "an ultrasound of the heart: how much the valve leaks",
        frozenset(
            {
                "eroa_mm2",
                "regurgitant_volume_ml",
                "regurgitant_fraction_percent",
                "vena_contracta_mm",
                "vena_contracta_area_mm2",
                "mr_grade",
                "flail_leaflet",
            }
        ),
    ),
    (
        "an ultrasound of the heart: its size, its strength and the pressure in the lungs",
        frozenset({"lvef_percent", "lvesd_mm", "lvedd_mm", "spap_mmhg", "la_volume_index_ml_m2"}),
    ),
    (
        "a closer look at the other heart valves",
        frozenset({"tr_grade", "tricuspid_regurgitation_secondary"}),
    ),
    (
        "a scan of the heart in a magnetic tube (MRI)",
        frozenset({"cmr_regurgitant_volume_ml", "cmr_regurgitant_fraction_percent"}),
    ),
    (
        "a recording of your heart rhythm (ECG)",
        frozenset({"atrial_fibrillation", "ecg_rhythm", "qrs_ms", "qrs_morphology"}),
    ),
    (
        "whether your medicines are at their best dose",
        frozenset({"gdmt_optimized", "crt_question_settled"}),
    ),
    (
        "whether you ever had a heart operation, and what caused the leak",
        frozenset({"mitral_valve_state", "mechanism", "etiology", "tempo"}),
    ),
)
THE_TEAMS_OPINION = "the opinion of our heart team"


def _waited_for(case: LetterCase) -> Iterator[str]:
    """What is missing, gathered under the test that answers it; details are left to the clinic.

    Which judgement is asked for follows from what the editions say: not with one that is hidden.
    """
    names = {gap.name for gap in case.whole.assessment.missing}
    for words, group in WAITED:
        if names & group:
            yield sentence(words)
    if not case.whole.hidden and any(gap.is_judgement for gap in case.whole.assessment.missing):
        yield sentence(THE_TEAMS_OPINION)


# Treatment ----------------------------------------------------------------------------------------


def _medicines_intro(case: LetterCase) -> Iterator[str]:
    if case.record.current_medications:
        yield "This is the list in our record. Please tell us if you take anything else."
    else:
        yield "No medicine is in our record. Please tell us what you take."


def _medicines(case: LetterCase) -> Iterator[str]:
    if case.record.current_medications or not drug_changes(case).is_none:
        yield from _changes(case, drug_changes(case))
    if case.record.current_medications:
        yield "Do not stop a medicine or change its dose without asking us or your family doctor."


def _changes(case: LetterCase, changes: DrugChanges) -> Iterator[str]:
    since = spoken(case.since)
    when = f"Since our last letter of {since}" if case.since_letter else f"Since {since}"
    if changes.is_none:
        yield f"{when} your medicines have not changed in our record."
        return
    if changes.started:
        yield f"New since {since}: {listed(changes.started)}."
    if changes.new_dose:
        yield f"New dose: {listed(changes.new_dose)}."
    if changes.stopped:
        yield f"Stopped: {listed(changes.stopped)}."


def _thinner(case: LetterCase) -> Iterator[str]:
    record = case.record
    plan, inr = record.anticoagulation_plan, last_inr(record)
    is_mechanical = valve_state_of(record).value is MitralValveState.MECHANICAL
    if is_mechanical:
        yield "With a mechanical valve you need a blood thinner every day, for life."
        yield "Without it, a clot can block the valve."
    if plan is None or plan.agent != plan.Agent.VKA:
        if is_mechanical:
            yield "Please call us today about your blood thinner. Do not stop it."
        return
    yield "The INR is a blood test that shows how well the blood thinner works."
    target = inr_range(plan)
    yield f"Your target is an INR of {target}." if target else "Your target is not in our record."
    if inr is None:
        yield "No INR is in our record. Please have it measured."
        return
    yield f"Your last INR in our record was {inr_text(inr)} on {spoken(inr.taken_on)}."
    fact = case.whole.picture.fact("inr")
    is_old = fact is not None and fact.too_old_to_reassure
    if is_old:
        yield "That is too long ago. Please have it measured now."
    place = inr_place(inr, plan)
    if place in {"below", "above"}:
        yield f"It was {place} your range." if is_old else f"That is {place} your range."
        yield "If nobody has spoken with you about it yet, please call us today."


def _prophylaxis(case: LetterCase) -> Iterator[str]:
    """As it was advised; where it was not, the dentist asks (rows AHA-IE-01, IE-02)."""
    advice = case.standing_prophylaxis
    state = valve_state_of(case.record).value
    if advice is None:
        if state in REPLACED or state in REPAIRED:
            yield "Tell your dentist that you have had treatment of a heart valve."
            yield "Ask us before dental work whether you need an antibiotic."
        return
    day = spoken(advice.advised_on)
    if advice.advice == EndocarditisProphylaxisAdvice.Advice.PROPHYLAXIS:
        yield f"On {day} we advised you to take an antibiotic before some kinds of dental work."
        yield "It protects your heart valve from infection. Please tell your dentist."
    else:
        yield f"On {day} we advised that you need no antibiotic before dental work."
    yield "Brush your teeth well, and see the dentist regularly."


# Warning signs ------------------------------------------------------------------------------------


def _has_atrial_fibrillation(case: LetterCase) -> bool:
    return case.whole.picture.readings().get("atrial_fibrillation") is True


def _emergencies(case: LetterCase) -> Iterator[str]:
    """Signs of pulmonary edema, fainting, embolism and a blocked valve (D4, SAFE-21)."""
    yield "You are suddenly very short of breath."
    yield "You faint."
    yield "You have strong pain or pressure in the chest."
    state = valve_state_of(case.record).value
    if state in REPLACED or state in REPAIRED or _has_atrial_fibrillation(case):
        yield "One side of your face or body is suddenly weak or numb, or you cannot speak clearly."
    if state is MitralValveState.MECHANICAL:
        yield "The click of your valve sounds dull, or is gone."
    if takes_a_thinner(case.record):
        yield "You bleed heavily, or you have hit your head hard."


def _same_day(case: LetterCase) -> Iterator[str]:
    """Signs of heart failure and new arrhythmia (D1); fever: culture first (AHA-IES-01, 02)."""
    yield "You get short of breath with less effort than before."
    yield "You need more pillows at night, or wake up short of breath."
    yield "Your legs swell."
    yield "Your heart races or beats unevenly."
    state = valve_state_of(case.record).value
    fever = "You have a fever and do not know why."
    if state in REPLACED or state in REPAIRED:
        fever = "You have a fever. With a treated valve this can be serious."
    if _is_treated_for_infection(case):
        yield "You have a fever or chills. Do not stop your antibiotic."
    elif not_recognized(case.record):
        yield f"{fever} If you take an antibiotic, do not stop it."
        yield "If you take none, ask for a blood test for germs before you take one."
    else:
        yield f"{fever} Ask for a blood test for germs before you take an antibiotic."
    if takes_a_thinner(case.record):
        yield "Your stool is black, or a small bleeding does not stop."


def _is_treated_for_infection(case: LetterCase) -> bool:
    known = case.whole.picture.readings().get("endocarditis_active_or_suspected")
    return known is True or takes_an_antibiotic(case.record)


# Next ---------------------------------------------------------------------------------------------


SOON = frozenset({FollowUpKind.DECISION, FollowUpKind.QUESTION, FollowUpKind.NOW})


def _next(case: LetterCase) -> Iterator[str]:
    """The earliest date of all editions that the clinic has signed off; a date is never given
    where something is to be settled first."""
    shown = [each for each in case.whole.follow_ups if each.edition not in case.whole.hidden]
    is_urgent = any(each.kind is FollowUpKind.EMERGENCY for each in shown)
    if is_urgent or _is_alerted(case, Advice.SAME_DAY_CONTACT):
        yield "This needs attention today."
        yield "If you are not in a hospital and nobody has called you, please call us today."
        return
    if any(each.kind in SOON for each in shown):
        yield "We want to see you soon."
        yield "If you have no appointment in the next days, please call us."
        return
    echo = _earliest(each.echo.by for each in shown if each.echo is not None)
    visit = _earliest(each.visit.by for each in shown if each.visit is not None)
    if echo is None and visit is None:
        yield "The day of your next check is not in our record."
        yield "If you have no appointment, please call us."
        return
    if echo is not None and echo == visit:
        yield _due("Your next heart ultrasound and your next visit", "are", "were", echo, case.on)
    else:
        if echo is not None:
            yield _due("Your next heart ultrasound", "is", "was", echo, case.on)
        if visit is not None:
            yield _due("Your next visit", "is", "was", visit, case.on)
    yield "If you have no appointment by then, please call us."


def _earliest(days: Iterator[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _due(what: str, now: str, then: str, day: date, on: date) -> str:
    if day < on:
        return f"{what} {then} due by {spoken(day)}. Please call us to make it up."
    return f"{what} {now} due by {spoken(day)}."
