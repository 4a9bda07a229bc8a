"""Whether a patient has symptoms of the regurgitation, as the safety file defines it (D1).

Yes: certainly or probably attributed symptoms, a test that brings them out, an admission for heart
failure, or freedom from symptoms only through a diuretic or through giving up activity. No: only
when actively asked, with the activity level known and no diuretic for the valve, or when a normal
exercise test explains a doubtful symptom. Unknown otherwise. Yes does not expire; no does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guidelines.facts import Fact, Interval
from patients.models import ExerciseTest, SymptomLog, YesNoUnknown
from treatments.record import PatientRecord

SYMPTOM_FREE_DAYS = 183
EXERCISE_TEST_DAYS = 365

_ATTRIBUTED = {SymptomLog.Attribution.CERTAIN, SymptomLog.Attribution.PROBABLE}
_MOVES = {SymptomLog.ActivityLevel.ACTIVE, SymptomLog.ActivityLevel.MODERATE}
_NO_DIURETIC_FOR_MR = {SymptomLog.DiureticNeed.NONE, SymptomLog.DiureticNeed.OTHER}


@dataclass(frozen=True)
class Reading:
    """What one log says: yes, no or unknown, and why."""

    symptomatic: bool | None
    reason: str


def reading_of(log: SymptomLog) -> Reading:
    """What one symptom log says about symptoms of the regurgitation."""
    limited = _limits_exertion(log)
    free = _free_of_symptoms(log)
    if limited and log.attribution in _ATTRIBUTED:
        return Reading(True, "symptoms attributed to the regurgitation")
    if free and log.diuretic_need == SymptomLog.DiureticNeed.FOR_MR:
        return Reading(True, "free of symptoms only with a diuretic")
    if free and log.activity_given_up:
        return Reading(True, "free of symptoms only after giving up activity")
    if limited and log.attribution == SymptomLog.Attribution.OTHER_CAUSE:
        return Reading(None, "symptoms attributed to another cause; a test has not confirmed it")
    if limited:
        return Reading(None, "symptoms not attributed")
    return _reassurance(log, free)


def _reassurance(log: SymptomLog, free: bool) -> Reading:
    if not free:
        return Reading(None, "NYHA class not recorded, or a range")
    if log.fatigue:
        return Reading(None, "fatigue alone decides nothing")
    answered = log.actively_asked_none or (log.attribution != SymptomLog.Attribution.NOT_ANSWERED)
    if not answered:
        return Reading(None, "not said whether symptoms were actively asked")
    if log.activity_level not in _MOVES:
        return Reading(None, "activity level not recorded, or too low to bring out symptoms")
    if log.diuretic_need not in _NO_DIURETIC_FOR_MR:
        return Reading(None, "not said whether a diuretic is needed")
    return Reading(False, "actively asked: no symptoms")


def _limits_exertion(log: SymptomLog) -> bool:
    symptoms = (
        log.dyspnea,
        log.orthopnea,
        log.nocturnal_dyspnea,
        log.reduced_exercise_tolerance,
    )
    return (log.nyha_low or 0) >= 2 or any(symptoms)


def _free_of_symptoms(log: SymptomLog) -> bool:
    if _limits_exertion(log):
        return False
    if log.nyha_low is None:
        return log.actively_asked_none
    return log.nyha_low == 1 and log.nyha_high == 1


def symptomatic_fact(record: PatientRecord, since: date | None) -> Fact:
    """The fact ``symptomatic`` from logs, tests and admissions after ``since`` (a procedure)."""
    proof = _proven(record, since)
    if proof is not None:
        return proof
    logs = [log for log in record.symptom_logs if since is None or log.recorded_on > since]
    if not logs:
        return Fact(None, reason="no symptom log")
    newest = logs[0]
    for log in logs:
        reading = reading_of(log)
        if reading.symptomatic:
            return _fact(log, True, reading.reason)
        if reading.symptomatic is False:
            if log is newest:
                return _no_symptoms(record, log, reading.reason)
            break
    explained = _explained_by_test(record, newest)
    return explained or _fact(newest, None, reading_of(newest).reason)


def _proven(record: PatientRecord, since: date | None) -> Fact | None:
    """Yes by an exercise test or an admission, unless a later log re-assessed it as no."""
    dated: list[tuple[date, Fact]] = []
    for test in record.exercise_tests:
        if (
            test.result == ExerciseTest.Result.SYMPTOMS
            and test.attributed_to_mr == YesNoUnknown.YES
        ):
            why = "symptoms or reduced capacity on an exercise test"
            source = f"exercise_test:{test.public_id}"
            dated.append((test.performed_on, Fact(True, test.performed_on, source, reason=why)))
    for admission in record.heart_failure_admissions:
        if admission.attributed_to_mr == YesNoUnknown.YES:
            why = "admission for heart failure attributed to the regurgitation"
            source = f"heart_failure_admission:{admission.public_id}"
            day = admission.admitted_on
            dated.append((day, Fact(True, day, source, reason=why)))
    relevant = [(day, fact) for day, fact in dated if since is None or day > since]
    if not relevant:
        return None
    day, fact = max(relevant, key=lambda pair: pair[0])
    reassessed = any(
        log.recorded_on > day and reading_of(log).symptomatic is False
        for log in record.symptom_logs
    )
    return None if reassessed else fact


def _no_symptoms(record: PatientRecord, log: SymptomLog, reason: str) -> Fact:
    age = (record.on - log.recorded_on).days
    return Fact(
        False,
        log.recorded_on,
        f"symptom_log:{log.public_id}",
        reason=reason,
        too_old_to_reassure=age > SYMPTOM_FREE_DAYS,
    )


def _explained_by_test(record: PatientRecord, newest: SymptomLog) -> Fact | None:
    """No symptoms, when a normal test on or after the doubtful log explains it."""
    if not (_limits_exertion(newest) or newest.fatigue):
        return None
    for test in record.exercise_tests:
        if test.result == ExerciseTest.Result.NORMAL and test.performed_on >= newest.recorded_on:
            age = (record.on - test.performed_on).days
            return Fact(
                False,
                test.performed_on,
                f"exercise_test:{test.public_id}",
                reason="a normal exercise test explains the doubtful symptom",
                too_old_to_reassure=age > EXERCISE_TEST_DAYS,
            )
    return None


def nyha_fact(record: PatientRecord) -> Fact | None:
    """The newest NYHA class as a number or a range of classes."""
    for log in record.symptom_logs:
        if log.nyha_low is None or log.nyha_high is None:
            continue
        age = (record.on - log.recorded_on).days
        same = log.nyha_low == log.nyha_high
        low, high = Decimal(log.nyha_low), Decimal(log.nyha_high)
        return Fact(
            low if same else Interval(low, high),
            log.recorded_on,
            f"symptom_log:{log.public_id}",
            too_old_to_reassure=age > SYMPTOM_FREE_DAYS,
        )
    return None


def _fact(log: SymptomLog, value: bool | None, reason: str) -> Fact:
    return Fact(value, log.recorded_on, f"symptom_log:{log.public_id}", reason=reason)
