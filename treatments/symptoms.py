"""Whether a patient has symptoms of the regurgitation, as the safety file defines it (D1).

Yes: certainly or probably attributed symptoms, a test that brings them out, an admission for heart
failure attributed to the regurgitation, or freedom from symptoms only through a drug or through
giving up activity. No: only when actively asked in class I, with the activity level known and no
diuretic for the valve, or when a normal exercise test explains a doubtful symptom. Unknown
otherwise. Yes stands until it is re-assessed, and relief by drugs does not undo it; no expires,
with time and with events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guidelines.facts import Fact, Interval
from patients.days import spoken
from patients.models import ClinicalRecord, ExerciseTest, SymptomLog, YesNoUnknown
from treatments.formulary import DrugClass
from treatments.models import Medication
from treatments.record import PatientRecord

SYMPTOM_FREE_DAYS = 183  # safety C: "no symptoms"
LIMITED_CLASS_DAYS = 183  # safety C: class III-IV as a gate
EXERCISE_TEST_DAYS = 365  # safety C
LIMITED_CLASS = 3

_ATTRIBUTED = {SymptomLog.Attribution.CERTAIN, SymptomLog.Attribution.PROBABLE}
_MOVES = {SymptomLog.ActivityLevel.ACTIVE, SymptomLog.ActivityLevel.MODERATE}
_DOES_NOT_MOVE = {SymptomLog.ActivityLevel.SEDENTARY, SymptomLog.ActivityLevel.IMMOBILE}
_NO_DIURETIC_FOR_MR = {SymptomLog.DiureticNeed.NONE, SymptomLog.DiureticNeed.OTHER}
_HEART_FAILURE_DRUGS = {
    DrugClass.DIURETIC,
    DrugClass.ACE_INHIBITOR,
    DrugClass.ARB,
    DrugClass.ARNI,
    DrugClass.MRA,
    DrugClass.SGLT2_INHIBITOR,
    DrugClass.NITRATE,
    DrugClass.OTHER_VASODILATOR,
}
_FOR_THE_HEART = {Medication.Indication.HEART_FAILURE, Medication.Indication.MR_ALONE}

Voided = Callable[[date], str]
"""In words, the event after a day that voids what was reassuring on it; "" when there is none."""


@dataclass(frozen=True)
class Reading:
    """What one log says: yes, no or unknown, and why."""

    symptomatic: bool | None
    reason: str


def reading_of(log: SymptomLog) -> Reading:
    """What one symptom log says about symptoms of the regurgitation."""
    limited = limits_exertion(log)
    free = is_free_of_symptoms(log)
    if limited and log.attribution in _ATTRIBUTED:
        return Reading(True, "symptoms attributed to the regurgitation")
    if free and log.diuretic_need == SymptomLog.DiureticNeed.FOR_MR:
        return Reading(True, "free of symptoms only with a diuretic")
    if free and log.activity_given_up:
        return Reading(True, "free of symptoms only after giving up activity")
    if limited and log.attribution == SymptomLog.Attribution.OTHER_CAUSE:
        return Reading(None, _elsewhere(log))
    if limited:
        return Reading(None, "symptoms not attributed")
    return _reassurance(log, free)


def _elsewhere(log: SymptomLog) -> str:
    if not log.attributed_cause.strip():
        return "symptoms attributed to another cause, which is not named"
    return f"symptoms attributed to {log.attributed_cause}; a test has not confirmed it"


def _reassurance(log: SymptomLog, free: bool) -> Reading:
    if not free:
        return Reading(None, "NYHA class not recorded, or a range")
    if log.fatigue:
        return Reading(None, "fatigue alone decides nothing")
    if log.nyha_low is None:
        return Reading(None, "NYHA class not recorded")
    answered = log.actively_asked_none or log.attribution != SymptomLog.Attribution.NOT_ANSWERED
    if not answered:
        return Reading(None, "not said whether symptoms were actively asked")
    if log.activity_level not in _MOVES:
        return Reading(None, "activity level not recorded, or too low to bring out symptoms")
    if log.diuretic_need not in _NO_DIURETIC_FOR_MR:
        return Reading(None, "not said whether a diuretic is needed")
    return Reading(False, "actively asked: no symptoms")


def limits_exertion(log: SymptomLog) -> bool:
    """Whether a log holds a symptom of heart failure; fatigue alone is none."""
    symptoms = (
        log.dyspnea,
        log.orthopnea,
        log.nocturnal_dyspnea,
        log.reduced_exercise_tolerance,
    )
    return (log.nyha_low or 0) >= 2 or any(symptoms)


def is_free_of_symptoms(log: SymptomLog) -> bool:
    """Whether a log says class I or "asked: none", and names no symptom of heart failure."""
    if limits_exertion(log):
        return False
    if log.nyha_low is None:
        return bool(log.actively_asked_none)
    return bool(log.nyha_low == 1 and log.nyha_high == 1)


def symptomatic_fact(record: PatientRecord, *, since: date | None, voided: Voided) -> Fact:
    """The fact ``symptomatic`` from logs, tests and admissions after ``since`` (a procedure)."""
    logs = [log for log in record.symptom_logs if since is None or log.recorded_on > since]
    proof = _newest_proof(record, logs, since)
    newest = _telling(logs)
    free = newest is not None and reading_of(newest).symptomatic is False
    if proof is not None and not (free and newest and proof.on and newest.recorded_on > proof.on):
        return proof
    if newest is None:
        return Fact(None, reason="no symptom log")
    if free:
        return _no_symptoms(record, newest, proof, voided)
    return _explained_by_test(record, newest, voided) or Fact(
        None, newest.recorded_on, _source(newest), reason=reading_of(newest).reason
    )


def _telling(logs: list[SymptomLog]) -> SymptomLog | None:
    """The newest log that decides.

    One that asked nothing, or found class I and left the rest open, does not hide an older one.
    """
    return next((log for log in logs if not _is_silent(log)), logs[0] if logs else None)


def _is_silent(log: SymptomLog) -> bool:
    if not speaks_of_symptoms(log):
        return True
    reading = reading_of(log)
    still = log.activity_level in _DOES_NOT_MOVE
    return (
        reading.symptomatic is None and is_free_of_symptoms(log) and not log.fatigue and not still
    )


def speaks_of_symptoms(log: SymptomLog) -> bool:
    """Whether a log asked about symptoms of heart failure at all (and is not a weight only)."""
    asked = (
        log.dyspnea,
        log.orthopnea,
        log.nocturnal_dyspnea,
        log.reduced_exercise_tolerance,
        log.fatigue,
    )
    graded = log.nyha_low is not None or log.actively_asked_none
    return graded or any(answer is not None for answer in asked)


def _newest_proof(record: PatientRecord, logs: list[SymptomLog], since: date | None) -> Fact | None:
    """The newest yes that no later log has re-assessed."""
    proofs = [fact for fact in _proofs(record, logs) if fact.on is not None]
    relevant = [fact for fact in proofs if since is None or (fact.on and fact.on > since)]
    newest = max(relevant, key=lambda fact: fact.on or date.min, default=None)
    if newest is None or newest.on is None:
        return None
    for log in logs:
        if log.recorded_on <= newest.on:
            break
        # A "no" in between, followed by something unclear: re-assessed, and unclear again.
        if _re_assesses(record, log) and _telling(logs) is not log:
            return None
    return newest


def _re_assesses(record: PatientRecord, log: SymptomLog) -> bool:
    return reading_of(log).symptomatic is False and _relieving_drug(record, log.recorded_on) is None


def _proofs(record: PatientRecord, logs: list[SymptomLog]) -> Iterator[Fact]:
    for log in logs:
        reading = reading_of(log)
        if reading.symptomatic:
            yield Fact(True, log.recorded_on, _source(log), reason=reading.reason)
    for test in record.exercise_tests:
        if _brought_out_symptoms(test) and test.attributed_to_mr == YesNoUnknown.YES:
            why = "symptoms or reduced capacity on an exercise test"
            yield Fact(True, test.performed_on, _source(test), reason=why)
    for admission in record.heart_failure_admissions:
        if admission.attributed_to_mr == YesNoUnknown.YES:
            why = "admission for heart failure attributed to the regurgitation"
            yield Fact(True, admission.admitted_on, _source(admission), reason=why)


def _brought_out_symptoms(test: ExerciseTest) -> bool:
    return test.result == ExerciseTest.Result.SYMPTOMS


def _no_symptoms(
    record: PatientRecord, log: SymptomLog, earlier: Fact | None, voided: Voided
) -> Fact:
    """A log that says no, unless a drug, a test or the drug list speaks against it."""
    drug = _relieving_drug(record, log.recorded_on)
    if drug is not None and earlier is not None:
        why = f"free of symptoms after treatment ({drug.get_drug_display()}); relief undoes nothing"
        return Fact(True, earlier.on, earlier.source, reason=f"{earlier.reason}; {why}")
    if drug is not None and drug.drug_class == DrugClass.DIURETIC:
        why = f"asked: no symptoms, but {drug.get_drug_display()} is taken for the heart"
        return Fact(None, log.recorded_on, _source(log), reason=why)
    doubt = _doubtful_test(record, log)
    if doubt is not None:
        why = "an exercise test brought out symptoms that are not attributed"
        return Fact(None, doubt.performed_on, _source(doubt), reason=why)
    event = voided(log.recorded_on)
    reason = reading_of(log).reason
    return Fact(
        False,
        log.recorded_on,
        _source(log),
        reason=f"{reason}; before {event}" if event else reason,
        too_old_to_reassure=bool(event) or _age(record, log.recorded_on) > SYMPTOM_FREE_DAYS,
    )


def _relieving_drug(record: PatientRecord, day: date) -> Medication | None:
    """A drug taken on the day for heart failure or for the regurgitation, a diuretic first."""
    taken = [
        course
        for course in record.medications
        if course.drug_class in _HEART_FAILURE_DRUGS
        and course.indication in _FOR_THE_HEART
        and (course.started_on or course.noted_on) <= day
        and (course.stopped_on is None or course.stopped_on > day)
    ]
    return min(taken, key=lambda course: course.drug_class != DrugClass.DIURETIC, default=None)


def _doubtful_test(record: PatientRecord, log: SymptomLog) -> ExerciseTest | None:
    """A test since the log that brought out symptoms which nobody attributed elsewhere."""
    for test in record.exercise_tests:
        if test.performed_on < log.recorded_on:
            return None
        if _brought_out_symptoms(test) and test.attributed_to_mr != YesNoUnknown.NO:
            return test
    return None


def _explained_by_test(record: PatientRecord, log: SymptomLog, voided: Voided) -> Fact | None:
    """No symptoms, when the newest test, on or after the doubtful log, is normal.

    Not while a diuretic or rest keeps the symptoms away, nor for another cause without a name.
    """
    doubtful = limits_exertion(log) or log.fatigue
    relieved = log.diuretic_need == SymptomLog.DiureticNeed.FOR_MR or log.activity_given_up
    elsewhere = log.attribution == SymptomLog.Attribution.OTHER_CAUSE
    unnamed = elsewhere and not log.attributed_cause.strip()
    if not doubtful or relieved or unnamed or _relieving_drug(record, log.recorded_on):
        return None
    test = record.exercise_tests[0] if record.exercise_tests else None
    if test is None or test.performed_on < log.recorded_on:
        return None
    if test.result != ExerciseTest.Result.NORMAL:
        return None
    event = voided(test.performed_on)
    reason = "a normal exercise test explains the doubtful symptom"
    return Fact(
        False,
        test.performed_on,
        _source(test),
        reason=f"{reason}; before {event}" if event else reason,
        too_old_to_reassure=bool(event) or _age(record, test.performed_on) > EXERCISE_TEST_DAYS,
    )


def nyha_fact(record: PatientRecord, *, since: date | None, voided: Voided) -> Fact | None:
    """The newest NYHA class after ``since`` (a procedure), as a number or a range of classes.

    Class I reassures for half a year. As a gate, class III or IV counts as long; after that the
    patient is known to be limited (class II or more), and the gate cannot be told.
    """
    for log in record.symptom_logs:
        if log.nyha_low is None or log.nyha_high is None:
            continue
        if since is not None and log.recorded_on <= since:
            return None
        event = voided(log.recorded_on)
        age = _age(record, log.recorded_on)
        value, reason = _class_as_of(log, age)
        return Fact(
            value,
            log.recorded_on,
            _source(log),
            reason="; ".join(filter(None, (reason, f"before {event}" if event else ""))),
            too_old_to_reassure=bool(event) or age > SYMPTOM_FREE_DAYS,
        )
    return None


def _class_as_of(log: SymptomLog, age: int) -> tuple[Decimal | Interval, str]:
    low, high = Decimal(log.nyha_low or 1), Decimal(log.nyha_high or 4)
    if low >= LIMITED_CLASS and age > LIMITED_CLASS_DAYS:
        said = f"class {log.get_nyha_low_display()} on {spoken(log.recorded_on)}"
        return Interval(Decimal(2), Decimal(4)), f"{said}, too old to say III or IV today"
    return (low if low == high else Interval(low, high)), ""


def _age(record: PatientRecord, day: date) -> int:
    return (record.on - day).days


def _source(row: ClinicalRecord) -> str:
    kinds = {"SymptomLog": "symptom_log", "ExerciseTest": "exercise_test"}
    return f"{kinds.get(type(row).__name__, 'heart_failure_admission')}:{row.public_id}"
