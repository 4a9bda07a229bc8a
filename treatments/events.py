"""Events that make older reassurance stale at once (safety C2).

New or worse symptoms, an admission for heart failure, an acute episode, new atrial fibrillation,
infarction, endocarditis, stroke, pregnancy, a procedure on the heart, and in secondary
regurgitation a change of its medical therapy. An event beats age: what was measured before it no
longer reassures, however fresh. What is adverse stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guidelines.vocabulary import Mechanism, Rhythm
from patients.days import spoken
from patients.models import (
    Comorbidity,
    Electrocardiogram,
    PregnancyStatus,
    SymptomLog,
    YesNoUnknown,
)
from treatments.formulary import DrugClass
from treatments.models import Intervention, Medication
from treatments.record import PatientRecord
from treatments.symptoms import is_free_of_symptoms, limits_exertion, speaks_of_symptoms

# Devices and procedures that change neither the valve's load nor the ventricle are not here.
VOIDING_PROCEDURES = {
    Intervention.Kind.MITRAL_REPAIR,
    Intervention.Kind.MITRAL_MECHANICAL,
    Intervention.Kind.MITRAL_BIOLOGICAL,
    Intervention.Kind.TEER,
    Intervention.Kind.TRANSCATHETER_MITRAL,
    Intervention.Kind.MITRAL_COMMISSUROTOMY,
    Intervention.Kind.PARAVALVULAR_CLOSURE,
    Intervention.Kind.AORTIC_REPLACEMENT,
    Intervention.Kind.TAVI,
    Intervention.Kind.AORTIC_SURGERY,
    Intervention.Kind.TRICUSPID_SURGERY,
    Intervention.Kind.CABG,
    Intervention.Kind.PCI,
    Intervention.Kind.CRT,
    Intervention.Kind.LVAD,
    Intervention.Kind.TRANSPLANT,
}
# Conditions whose beginning is an event, and whether "present" without a day of onset means now.
VOIDING_CONDITIONS: dict[str, bool] = {
    Comorbidity.Kind.MYOCARDIAL_INFARCTION: False,
    Comorbidity.Kind.STROKE_OR_TIA: False,
    Comorbidity.Kind.ATRIAL_FIBRILLATION: False,
    Comorbidity.Kind.ACTIVE_ENDOCARDITIS: True,
}
# The pillars of medical therapy in secondary regurgitation.
THERAPY = {
    DrugClass.ACE_INHIBITOR,
    DrugClass.ARB,
    DrugClass.ARNI,
    DrugClass.BETA_BLOCKER,
    DrugClass.MRA,
    DrugClass.SGLT2_INHIBITOR,
}
TREATED_BY_DRUGS = {
    Mechanism.SECONDARY_VENTRICULAR.value,
    Mechanism.SECONDARY_ATRIAL.value,
    Mechanism.MIXED.value,
}
FIBRILLATION = {Rhythm.ATRIAL_FIBRILLATION.value, Rhythm.ATRIAL_FLUTTER.value}


@dataclass(frozen=True)
class Event:
    """One event in words that follow "before", and whether it also voids what is of its own day.

    A procedure does: a study of the same day was done before it or in the operating room.
    """

    on: date
    words: str
    kind: str = ""
    voids_same_day: bool = False


def events_of(record: PatientRecord) -> tuple[Event, ...]:
    """All events up to the record's day, newest first."""
    if "events" not in record.of_all:
        record.of_all["events"] = _events_in(record)
    events: tuple[Event, ...] = record.of_all["events"]
    return events


def _events_in(record: PatientRecord) -> tuple[Event, ...]:
    found = {
        *_procedures(record),
        *_admissions_and_episodes(record),
        *_conditions(record),
        *_pregnancies(record),
        *_new_fibrillation(record),
        *_new_symptoms(record),
        *_therapy_changes(record),
    }
    past = [event for event in found if event.on <= record.on]
    return tuple(sorted(past, key=lambda event: (event.on, event.words), reverse=True))


def event_after(
    events: Sequence[Event], day: date, kinds: Iterable[str] | None = None
) -> Event | None:
    """The newest event (of these kinds) that voids what was true on a day, if any."""
    wanted = None if kinds is None else set(kinds)
    for event in events:
        if event.on < day:
            return None
        later = event.on > day or event.voids_same_day
        if later and (wanted is None or event.kind in wanted):
            return event
    return None


def _procedures(record: PatientRecord) -> Iterator[Event]:
    for intervention in record.performed:
        if intervention.kind in VOIDING_PROCEDURES and intervention.performed_on is not None:
            done = intervention.performed_on
            words = f"the {intervention.get_kind_display()} of {spoken(done)}"
            yield Event(done, words, "procedure", voids_same_day=True)


def _admissions_and_episodes(record: PatientRecord) -> Iterator[Event]:
    for admission in record.heart_failure_admissions:
        day = admission.admitted_on
        yield Event(day, f"the admission for heart failure of {spoken(day)}", "admission")
    for episode in record.acute_episodes:
        day = record.day_of(episode.onset_at)
        yield Event(day, f"the acute episode of {spoken(day)}", "acute_episode")


def _conditions(record: PatientRecord) -> Iterator[Event]:
    """Where a condition began: its day of onset, or the first yes after a no."""
    for kind, present_means_now in VOIDING_CONDITIONS.items():
        rows = [row for row in reversed(record.comorbidities) if row.kind == kind]
        for row, previous in zip(rows, [None, *rows], strict=False):
            if row.present != YesNoUnknown.YES:
                continue
            was_absent = previous is not None and previous.present == YesNoUnknown.NO
            began = previous is None or previous.present != YesNoUnknown.YES
            day = row.since_on
            if day is None and (was_absent or (present_means_now and began)):
                day = row.noted_on
            if day is not None:
                words = f"the {row.get_kind_display()} of {spoken(day)}"
                yield Event(day, words.removesuffix(", ever"), kind)


def _pregnancies(record: PatientRecord) -> Iterator[Event]:
    pregnant = PregnancyStatus.Status.PREGNANT
    known = [row for row in reversed(record.pregnancy_statuses) if row.status != "unknown"]
    for row, previous in zip(known, [None, *known], strict=False):
        if row.status == pregnant and (previous is None or previous.status != pregnant):
            day = row.assessed_on
            yield Event(day, f"the pregnancy recorded on {spoken(day)}", "pregnancy")


def shows_fibrillation(tracing: Electrocardiogram) -> bool:
    """Whether a tracing shows atrial fibrillation or flutter."""
    return tracing.rhythm in FIBRILLATION or tracing.atrial_fibrillation_seen is True


def _new_fibrillation(record: PatientRecord) -> Iterator[Event]:
    """The first tracing with fibrillation, when an earlier one was free of it."""
    was_free = False
    for tracing in reversed(record.electrocardiograms):
        if shows_fibrillation(tracing):
            if was_free:
                day = tracing.recorded_on
                yield Event(day, f"the new atrial fibrillation of {spoken(day)}", "fibrillation")
            return
        was_free = was_free or tracing.rhythm == Rhythm.SINUS.value


def _new_symptoms(record: PatientRecord) -> Iterator[Event]:
    logs = [log for log in reversed(record.symptom_logs) if speaks_of_symptoms(log)]
    for log, previous in zip(logs[1:], logs, strict=False):
        if _is_worse(log, previous):
            day = log.recorded_on
            yield Event(day, f"the new or worse symptoms of {spoken(day)}", "symptoms")


def _is_worse(log: SymptomLog, previous: SymptomLog) -> bool:
    if not limits_exertion(log):
        return False
    if is_free_of_symptoms(previous):
        return True
    known = log.nyha_low is not None and previous.nyha_high is not None
    return known and (log.nyha_low or 0) > (previous.nyha_high or 0)


def _therapy_changes(record: PatientRecord) -> Iterator[Event]:
    """A pillar begun that was not taken before, or stopped and not continued."""
    if not record.diagnoses or record.diagnoses[0].mechanism not in TREATED_BY_DRUGS:
        return
    courses = [course for course in record.medications if course.drug_class in THERAPY]
    for course in courses:
        label = course.get_drug_class_display()
        begun, stopped = course.started_on, course.stopped_on
        if begun is not None and not _is_taken(courses, course, begun - timedelta(days=1)):
            yield Event(begun, f"the start of the {label} on {spoken(begun)}", "therapy")
        if stopped is not None and not _is_taken(courses, course, stopped + timedelta(days=1)):
            yield Event(stopped, f"the end of the {label} on {spoken(stopped)}", "therapy")


def _is_taken(courses: Iterable[Medication], besides: Medication, day: date) -> bool:
    """Whether another course of the same class covers the day."""
    for course in courses:
        if course is besides or course.drug_class != besides.drug_class:
            continue
        begun = course.started_on or course.noted_on
        if begun <= day and (course.stopped_on is None or course.stopped_on >= day):
            return True
    return False
