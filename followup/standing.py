"""The standing of each patient: renewed with every write to the record, read by every list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils import timezone

from followup.models import Standing
from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.assessment import ENGINE_VERSION, Assessment, assess
from guidelines.editions import EditionVerdict
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from patients.models import Patient, Registration
from treatments.facts import picture_of
from treatments.record import PatientRecord, record_of

BATCH = 500


def assessment_of(record: PatientRecord) -> Assessment:
    """What the rules say of a gathered record on its day."""
    return assess(picture_of(record), on=record.on)


def renew_standings(patient_ids: Sequence[int], *, at: datetime | None = None) -> None:
    """Compute and store the standings of these patients on their clinics' day.

    Called at the end of every clinical write, inside its transaction. ``at`` is the instant that
    decides which day it is in each clinic; now by default.
    """
    instant = at or timezone.now()
    for keys in _batches(patient_ids):
        patients = {patient.pk: patient for patient in Patient.objects.filter(pk__in=keys)}
        for day, group in _by_day(patients, instant).items():
            gathered = record_of(group, on=day)
            _store([standing_of(record, instant) for record in gathered.values()])


def standing_of(record: PatientRecord, at: datetime) -> Standing:
    """The standing of one gathered record, not yet stored."""
    picture = picture_of(record)
    assessment = assess(picture, on=record.on)
    facts = picture.readings()
    acc_aha = assessment.edition(ACC_AHA_2020.id)
    esc = assessment.edition(ESC_EACTS_2025.id)
    counted = [study for study in record.echo_studies if study.counts]
    symptomatic = facts.get("symptomatic")
    return Standing(
        patient_id=record.patient.pk,
        assessed_at=at,
        assessed_for_on=record.on,
        engine_version=ENGINE_VERSION,
        grade=assessment.result.value,
        grade_state=assessment.grade.state.value,
        mechanism=str(facts.get("mechanism", "unknown")),
        valve_state=str(facts.get("mitral_valve_state", "unknown")),
        symptomatic=symptomatic if isinstance(symptomatic, bool) else None,
        is_acute=record.open_episode is not None,
        acc_aha_class=_class_of(acc_aha),
        acc_aha_status=_status_of(acc_aha),
        esc_class=_class_of(esc),
        esc_status=_status_of(esc),
        missing=[fact.name for fact in assessment.missing],
        last_echo_on=counted[0].performed_on if counted else None,
        assessment=assessment.as_dict(),
    )


def _class_of(verdict: EditionVerdict) -> str:
    return verdict.headline_class.value if verdict.headline_class else ""


def _status_of(verdict: EditionVerdict) -> str:
    """How certain the headline is; without one, whether the rules may speak at all."""
    return verdict.headline_kind.value if verdict.headline_kind else verdict.gate.value


def _by_day(patients: dict[int, Patient], instant: datetime) -> dict[date, list[Patient]]:
    """Patients by the day on which they are assessed: the latest today of their clinics."""
    days: dict[int, date] = {}
    zones = Registration.objects.filter(patient_id__in=patients).values_list(
        "patient_id", "clinic__time_zone"
    )
    for patient_id, zone in zones:
        today = timezone.localdate(instant, ZoneInfo(zone))
        days[patient_id] = max(today, days.get(patient_id, today))
    grouped: dict[date, list[Patient]] = defaultdict(list)
    for patient_id, patient in patients.items():
        grouped[days.get(patient_id, timezone.localdate(instant))].append(patient)
    return grouped


def _store(standings: Sequence[Standing]) -> None:
    renewed = [
        field.name
        for field in Standing._meta.concrete_fields
        if field.name not in {"id", "patient"}
    ]
    Standing.objects.bulk_create(
        standings,
        update_conflicts=True,
        unique_fields=["patient"],
        update_fields=renewed,
        batch_size=BATCH,
    )


def _batches(keys: Iterable[int]) -> Iterable[list[int]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, BATCH)):
        yield batch
