"""The one gatherer: what the record of any number of patients said on a day.

The same number of queries for one patient and for a thousand. With ``known_at`` the rows are those
the clinic held at that instant, from their history; without it, those it holds now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from patients import models as records
from patients.models import ClinicalRecord, Patient
from treatments import models as treatments

BATCH = 500


@dataclass
class PatientRecord:
    """One patient's record as of a day: rows not struck, newest first, dated on or before it."""

    patient: Patient
    on: date
    body_sizes: list[records.BodySize] = field(default_factory=list)
    allergies: list[records.Allergy] = field(default_factory=list)
    pregnancy_statuses: list[records.PregnancyStatus] = field(default_factory=list)
    goals_of_care: list[records.GoalsOfCare] = field(default_factory=list)
    diagnoses: list[records.MitralDiagnosis] = field(default_factory=list)
    comorbidities: list[records.Comorbidity] = field(default_factory=list)
    absence_checks: list[records.AbsenceCheck] = field(default_factory=list)
    echo_studies: list[records.EchoStudy] = field(default_factory=list)
    electrocardiograms: list[records.Electrocardiogram] = field(default_factory=list)
    exercise_tests: list[records.ExerciseTest] = field(default_factory=list)
    cmr_studies: list[records.CmrStudy] = field(default_factory=list)
    heart_failure_admissions: list[records.HeartFailureAdmission] = field(default_factory=list)
    acute_episodes: list[records.AcuteEpisode] = field(default_factory=list)
    symptom_logs: list[records.SymptomLog] = field(default_factory=list)
    lab_results: list[records.LabResult] = field(default_factory=list)
    interventions: list[treatments.Intervention] = field(default_factory=list)
    medications: list[treatments.Medication] = field(default_factory=list)
    anticoagulation_plans: list[treatments.AnticoagulationPlan] = field(default_factory=list)
    team_reviews: list[treatments.TeamReview] = field(default_factory=list)

    @property
    def open_episode(self) -> records.AcuteEpisode | None:
        """The acute episode that stands on the day, if any; only a recorded act ends one."""
        for episode in self.acute_episodes:
            if episode.closed_at is None or episode.closed_at.date() > self.on:
                return episode
        return None

    @property
    def performed(self) -> list[treatments.Intervention]:
        """Interventions performed on or before the day, newest first."""
        return [
            intervention
            for intervention in self.interventions
            if intervention.status == treatments.Intervention.Status.PERFORMED
        ]

    @property
    def current_medications(self) -> list[treatments.Medication]:
        """Courses not stopped by the day."""
        return [m for m in self.medications if m.stopped_on is None or m.stopped_on > self.on]

    @property
    def anticoagulation_plan(self) -> treatments.AnticoagulationPlan | None:
        """The plan in force on the day."""
        for plan in self.anticoagulation_plans:
            if plan.until_on is None or plan.until_on >= self.on:
                return plan
        return None


@dataclass(frozen=True)
class Kind:
    """One kind of row: where it goes, its model, and which rows are dated on or before a day."""

    name: str
    model: type[ClinicalRecord]

    def dated(self, on: date) -> Q:
        """Rows that speak of the day or of an earlier one."""
        if self.model is treatments.Intervention:
            return Q(performed_on__lte=on) | Q(performed_on__isnull=True)
        if self.model is treatments.Medication:
            return Q(started_on__lte=on) | Q(started_on__isnull=True, noted_on__lte=on)
        if self.model is records.AcuteEpisode:
            return Q(onset_at__date__lt=on + timedelta(days=1))
        return Q(**{f"{self.model.date_field}__lte": on})


KINDS: tuple[Kind, ...] = (
    Kind("body_sizes", records.BodySize),
    Kind("allergies", records.Allergy),
    Kind("pregnancy_statuses", records.PregnancyStatus),
    Kind("goals_of_care", records.GoalsOfCare),
    Kind("diagnoses", records.MitralDiagnosis),
    Kind("comorbidities", records.Comorbidity),
    Kind("absence_checks", records.AbsenceCheck),
    Kind("echo_studies", records.EchoStudy),
    Kind("electrocardiograms", records.Electrocardiogram),
    Kind("exercise_tests", records.ExerciseTest),
    Kind("cmr_studies", records.CmrStudy),
    Kind("heart_failure_admissions", records.HeartFailureAdmission),
    Kind("acute_episodes", records.AcuteEpisode),
    Kind("symptom_logs", records.SymptomLog),
    Kind("lab_results", records.LabResult),
    Kind("interventions", treatments.Intervention),
    Kind("medications", treatments.Medication),
    Kind("anticoagulation_plans", treatments.AnticoagulationPlan),
    Kind("team_reviews", treatments.TeamReview),
)


def record_of(
    patients: Iterable[Patient], *, on: date, known_at: datetime | None = None
) -> dict[int, PatientRecord]:
    """The records of these patients, by primary key, as true ``on`` a day.

    With ``known_at``: as known to the clinic at that instant (the history's date).
    """
    gathered = {patient.pk: PatientRecord(patient, on) for patient in patients}
    for keys in _batches(sorted(gathered)):
        for kind in KINDS:
            for row in _rows(kind, keys, on, known_at):
                getattr(gathered[row.patient_id], kind.name).append(row)
    return gathered


def _rows(
    kind: Kind, keys: Sequence[int], on: date, known_at: datetime | None
) -> Iterable[ClinicalRecord]:
    rows: QuerySet[Any]
    if known_at is None:
        rows = kind.model._default_manager.all()
    else:
        rows = kind.model.history.as_of(known_at)
    return (
        rows.filter(kind.dated(on), patient_id__in=keys, struck_at__isnull=True)
        .order_by(*_newest_first(kind.model))
        .iterator(chunk_size=2000)
    )


def _newest_first(model: type[Model]) -> list[Any]:
    if model is treatments.Intervention:
        return [F("performed_on").desc(nulls_last=True), "-id"]
    return [f"-{model.date_field}", "-id"]  # type: ignore[attr-defined]


def _batches(keys: Sequence[int]) -> Iterable[list[int]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, BATCH)):
        yield batch
