"""Triggers that were open until the evidence for them was amended or struck.

The latch is folded over the record as it is now, so evidence that was taken back holds nothing.
That it once did is said in words, so that nobody wonders where a trigger went.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from guidelines.days import spoken
from guidelines.latch import OpenTrigger
from guidelines.registry import editions_in_force
from patients.merging import MERGED
from patients.models import EchoStudy, Patient
from treatments.latch import EditionsOf, open_triggers_of
from treatments.record import PatientRecord, record_of

MOST = 5
"""Of many amendments the newest are looked at."""


def withdrawn_triggers(
    patient: Patient, record: PatientRecord, *, editions_of: EditionsOf = editions_in_force
) -> tuple[str, ...]:
    """For each amendment after which a trigger was gone: what it was, and why it is gone."""
    still_open = {trigger.body for trigger in open_triggers_of(record, editions_of=editions_of)}
    said: dict[str, None] = {}
    for at, words in _changes(patient, record):
        before = record_of([patient], on=record.on, known_at=at - timedelta(microseconds=1))
        for trigger in open_triggers_of(before[patient.pk], editions_of=editions_of):
            if trigger.body not in still_open:
                said[_words(trigger, words)] = None
    return tuple(said)


def _changes(patient: Patient, record: PatientRecord) -> Iterator[tuple[datetime, str]]:
    """When studies were amended or struck, newest first, with the words for it."""
    manager = EchoStudy.history  # type: ignore[attr-defined]
    versions = manager.filter(patient_id=patient.pk, version__gt=1, performed_on__lte=record.on)
    # A merge moves a study and amends nothing.
    versions = versions.exclude(history_change_reason__startswith=MERGED)
    for version in versions.order_by("-history_date", "-history_id")[:MOST]:
        act = "struck" if version.struck_at else "amended"
        if act == "struck" or version.status == EchoStudy.Status.AMENDED:
            day = spoken(version.performed_on)
            at: datetime = version.history_date
            yield at, f"the study of {day} was {act} on {spoken(at)}"


def _words(trigger: OpenTrigger, change: str) -> str:
    return (
        f"{trigger.said} It was open since {spoken(trigger.since)} ({trigger.edition}) until "
        f"{change}; on the evidence that is left it is not met."
    )
