"""When a patient who waits got worse, by the record: a local definition, no guideline's.

Worse is, after the day on which the wait began:

- a resting LVEF of 60 % or less, or an LVESD of 40 mm or more (AHA-PI-02; ESC25-P-02 has the same
  limits), when the newest value before was wholly on the other side;
- a higher NYHA class than the newest one before;
- atrial fibrillation or flutter on a tracing or a study, when the newest rhythm before was free of
  it and none had ever been recorded;
- an admission for heart failure, or an acute episode.

Of what was never measured before the wait nothing can be said to have become worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from guidelines.acc_aha_2020.primary import LVEF_LIMIT, LVESD_LIMIT
from guidelines.facts import Interval
from guidelines.series import Point
from guidelines.vocabulary import Rhythm
from patients.models import Comorbidity, Electrocardiogram
from treatments.events import FIBRILLATION, shows_fibrillation
from treatments.facts.case_of_record import case_of
from treatments.facts.rhythm import FREE_OF_IT, TYPES
from treatments.record import PatientRecord
from treatments.series import series_in


@dataclass(frozen=True, slots=True)
class Worsening:
    """The first sign that the patient got worse."""

    on: date
    words: str


def worsening_after(record: PatientRecord, start: date) -> Worsening | None:
    """The first worsening after a day, up to the record's own; ``None`` when none is recorded."""
    found = [
        *_beyond_a_limit(record, start),
        *_higher_class(record, start),
        *_new_fibrillation(record, start),
        *_events(record, start),
    ]
    return min(found, key=lambda each: (each.on, each.words), default=None)


def _beyond_a_limit(record: PatientRecord, start: date) -> Iterator[Worsening]:
    series = series_in(case_of(record), ("lvef_percent", "lvesd_mm"))
    ejection = [p for p in series["lvef_percent"].points if _counts(p)]
    yield from _crossed(
        ((p.on, _is_low(p.interval)) for p in ejection), start, f"LVEF {LVEF_LIMIT} % or less"
    )
    diameters = [p for p in series["lvesd_mm"].points if _counts(p)]
    yield from _crossed(
        ((p.on, _is_wide(p.interval)) for p in diameters), start, f"LVESD {LVESD_LIMIT} mm or more"
    )


def _counts(point: Point) -> bool:
    return point.is_final and point.is_rest and point.is_comparable


def _is_low(value: Interval) -> bool | None:
    """Whether an LVEF is at or below the limit; ``None`` where its range holds the limit."""
    if value.high is not None and value.high <= LVEF_LIMIT:
        return True
    low = value.low
    above = low is not None and (low > LVEF_LIMIT or (low == LVEF_LIMIT and value.low_open))
    return False if above else None


def _is_wide(value: Interval) -> bool | None:
    """Whether an LVESD is at or above the limit; ``None`` where its range holds the limit."""
    if value.low is not None and value.low >= LVESD_LIMIT:
        return True
    high = value.high
    below = high is not None and (high < LVESD_LIMIT or (high == LVESD_LIMIT and value.high_open))
    return False if below else None


def _crossed(
    values: Iterable[tuple[date, bool | None]], start: date, words: str
) -> Iterator[Worsening]:
    known = sorted((day, beyond) for day, beyond in values if beyond is not None)
    before = [beyond for day, beyond in known if day <= start]
    if not before or before[-1]:
        return
    crossed = next((day for day, beyond in known if day > start and beyond), None)
    if crossed is not None:
        yield Worsening(crossed, words)


def _higher_class(record: PatientRecord, start: date) -> Iterator[Worsening]:
    logs = [
        (log.recorded_on, log.nyha_low, log.nyha_high)
        for log in reversed(record.symptom_logs)
        if log.nyha_low is not None and log.nyha_high is not None
    ]
    before = [high for day, _low, high in logs if day <= start]
    if not before:
        return
    for day, low, _high in logs:
        if day > start and low > before[-1]:
            yield Worsening(day, "a higher NYHA class")
            return


def _new_fibrillation(record: PatientRecord, start: date) -> Iterator[Worsening]:
    seen = sorted(_rhythms(record))
    before = [has_it for day, has_it in seen if day <= start]
    if not before or any(before) or _told_by(record, start):
        return
    first = next((day for day, has_it in seen if day > start and has_it), None)
    if first is not None:
        yield Worsening(first, "new atrial fibrillation")


def _rhythms(record: PatientRecord) -> Iterator[tuple[date, bool]]:
    """Each stated rhythm: whether it is fibrillation. What a device alone saw is a question."""
    for tracing in record.electrocardiograms:
        if shows_fibrillation(tracing):
            if tracing.kind != Electrocardiogram.Kind.DEVICE:
                yield tracing.recorded_on, True
        elif tracing.rhythm in FREE_OF_IT:
            yield tracing.recorded_on, False
    for study in record.echo_studies:
        if study.counts and study.rhythm != Rhythm.UNKNOWN.value:
            yield study.performed_on, study.rhythm in FIBRILLATION


def _told_by(record: PatientRecord, day: date) -> bool:
    """Whether somebody stated by a day that there was fibrillation."""
    kind = Comorbidity.Kind.ATRIAL_FIBRILLATION
    return any(
        row.kind == kind and row.present == "yes" and row.noted_on <= day
        for row in record.comorbidities
    ) or any(
        log.atrial_fibrillation_type in TYPES and log.recorded_on <= day
        for log in record.symptom_logs
    )


def _events(record: PatientRecord, start: date) -> Iterator[Worsening]:
    for admission in record.heart_failure_admissions:
        if admission.admitted_on > start:
            yield Worsening(admission.admitted_on, "admitted for heart failure")
    for episode in record.acute_episodes:
        onset = record.day_of(episode.onset_at)
        if onset > start:
            yield Worsening(onset, "acute episode")
