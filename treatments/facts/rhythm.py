"""Atrial fibrillation, ever, and whether it is due to the regurgitation (safety D8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from guidelines.facts import Fact
from guidelines.vocabulary import Rhythm
from patients.days import spoken
from patients.models import Comorbidity, EchoStudy, Electrocardiogram, SymptomLog
from treatments.events import FIBRILLATION, shows_fibrillation
from treatments.facts.case import Case, Facts, newest, put
from treatments.models import Intervention
from treatments.record import PatientRecord

PASSING_DAYS = 90  # fibrillation only this soon after surgery or acute illness is a question

HEART_SURGERY = {
    Intervention.Kind.MITRAL_REPAIR,
    Intervention.Kind.MITRAL_MECHANICAL,
    Intervention.Kind.MITRAL_BIOLOGICAL,
    Intervention.Kind.AORTIC_REPLACEMENT,
    Intervention.Kind.AORTIC_SURGERY,
    Intervention.Kind.TRICUSPID_SURGERY,
    Intervention.Kind.CABG,
    Intervention.Kind.LVAD,
    Intervention.Kind.TRANSPLANT,
}
FREE_OF_IT = {Rhythm.SINUS.value, Rhythm.OTHER.value}
TYPES = {
    SymptomLog.AfType.PAROXYSMAL,
    SymptomLog.AfType.PERSISTENT,
    SymptomLog.AfType.PERMANENT,
}


def rhythm_facts(case: Case) -> Facts:
    """Facts of the rhythm."""
    facts: Facts = {}
    put(facts, "atrial_fibrillation", _fibrillation(case))
    secondary = Comorbidity.Kind.AF_SECONDARY_TO_MR
    put(
        facts,
        "af_secondary_to_mr",
        case.condition(secondary, days=case.limits["af_secondary_to_mr"]),
    )
    return facts


def newest_rhythm(record: PatientRecord) -> tuple[date, Rhythm] | None:
    """The newest rhythm that is stated, with its day, from an ECG or a final echo study."""
    # Both kinds come newest first.
    found = (
        _first_stated((t.recorded_on, t.rhythm) for t in record.electrocardiograms),
        _first_stated((s.performed_on, s.rhythm) for s in record.echo_studies if s.counts),
    )
    stated = [pair for pair in found if pair is not None]
    return max(stated, key=lambda pair: pair[0], default=None)


def _first_stated(rhythms: Iterable[tuple[date, str]]) -> tuple[date, Rhythm] | None:
    stated = ((day, Rhythm(code)) for day, code in rhythms if code != Rhythm.UNKNOWN.value)
    return next(stated, None)


def _fibrillation(case: Case) -> Fact | None:
    """Yes never expires; no needs a tracing within the limit and the history asked."""
    told = _told(case)
    if told is not None:
        return told
    passing: Fact | None = None
    for seen in _seen(case):
        day = _passing(case, seen.on)
        if day is None:
            return seen
        reason = f"only within {PASSING_DAYS} days of {spoken(day)}, surgery or acute illness: ask"
        passing = passing or Fact(None, seen.on, seen.source, reason=reason)
    return passing or _by_device(case) or _free(case)


def _told(case: Case) -> Fact | None:
    """Stated by a person, who weighed it."""
    asked = case.condition(Comorbidity.Kind.ATRIAL_FIBRILLATION)
    if asked is not None and asked.value is True:
        return asked
    log = newest(case.record.symptom_logs, lambda row: row.atrial_fibrillation_type in TYPES)
    if log is None:
        return None
    return case.fact(log, True, method=log.get_atrial_fibrillation_type_display())


def _seen(case: Case) -> Iterator[Fact]:
    """Every tracing with fibrillation, newest first, then every echo."""
    for tracing in case.record.electrocardiograms:
        if tracing.kind != Electrocardiogram.Kind.DEVICE and shows_fibrillation(tracing):
            yield case.fact(tracing, True, method=tracing.get_kind_display())
    for study in case.record.echo_studies:
        if _counts_with_fibrillation(study):
            yield case.fact(study, True, method="rhythm during the echo")


def _counts_with_fibrillation(study: EchoStudy) -> bool:
    return study.counts and study.rhythm in FIBRILLATION


def _passing(case: Case, day: date | None) -> date | None:
    """The day of the surgery or acute illness that the tracing followed closely, if any."""
    if day is None:
        return None
    illnesses = [case.record.day_of(episode.onset_at) for episode in case.record.acute_episodes]
    operations = [
        row.performed_on
        for row in case.record.performed
        if row.kind in HEART_SURGERY and row.performed_on is not None
    ]
    within = timedelta(days=PASSING_DAYS)
    return next(
        (start for start in (*operations, *illnesses) if start <= day <= start + within), None
    )


def _by_device(case: Case) -> Fact | None:
    """Seen by a device only: unknown, to be asked."""
    reason = "seen by a device only: ask for a tracing"
    for tracing in case.record.electrocardiograms:
        if tracing.kind == Electrocardiogram.Kind.DEVICE and shows_fibrillation(tracing):
            return case.fact(tracing, None, reason=reason)
    told = case.condition(Comorbidity.Kind.AF_DEVICE_DETECTED_ONLY)
    if told is not None and told.value is True:
        return Fact(None, told.on, told.source, reason=reason)
    return None


def _free(case: Case) -> Fact | None:
    asked = case.condition(Comorbidity.Kind.ATRIAL_FIBRILLATION)
    if asked is None or asked.value is not False:
        return None
    tracing = newest(
        case.record.electrocardiograms,
        lambda row: row.kind != Electrocardiogram.Kind.DEVICE and row.rhythm in FREE_OF_IT,
    )
    days = case.limits["atrial_fibrillation"]
    return None if tracing is None else case.fact(tracing, False, days=days)
