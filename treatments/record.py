"""The one gatherer: what the record of any number of patients said on a day.

One query asks which kinds of row there are at all, and one more reads each kind that occurs: at
most 25 for a batch of patients, whether it holds one of them or hundreds, and whether they have ten
rows or thousands. With ``known_at`` the rows are those the clinic held at that instant, from their
history; without it, those it holds now.

Clock times. A row of an acute episode carries instants, and the clinic's calendar turns them into
days: the calendar of the clinic that follows the patient on the day (of the last one, when none
does). Whether an episode has begun or ended by a day is asked of that calendar and of universal
time, and the earlier answer counts, so that a list drawn by either calendar shows an emergency at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Subquery

from patients import models as records
from patients.history import newest_of_each, once_each
from patients.models import ClinicalRecord, Patient, Registration
from treatments import models as treatments

Computed = TypeVar("Computed")
BATCH = 500
# The calendar that is last to begin a day: no clinic is further behind.
LAST_CALENDAR = timezone(timedelta(hours=-12))


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
    coronary_assessments: list[records.CoronaryAssessment] = field(default_factory=list)
    catheter_studies: list[records.CatheterStudy] = field(default_factory=list)
    heart_failure_admissions: list[records.HeartFailureAdmission] = field(default_factory=list)
    acute_episodes: list[records.AcuteEpisode] = field(default_factory=list)
    symptom_logs: list[records.SymptomLog] = field(default_factory=list)
    lab_results: list[records.LabResult] = field(default_factory=list)
    clinical_answers: list[records.ClinicalAnswer] = field(default_factory=list)
    interventions: list[treatments.Intervention] = field(default_factory=list)
    complications: list[treatments.Complication] = field(default_factory=list)
    medications: list[treatments.Medication] = field(default_factory=list)
    anticoagulation_plans: list[treatments.AnticoagulationPlan] = field(default_factory=list)
    team_reviews: list[treatments.TeamReview] = field(default_factory=list)
    zone: tzinfo = UTC
    """The calendar of clock times; universal time for a patient without an acute episode."""
    of_rows: dict[tuple[str, int], Any] = field(default_factory=dict, compare=False, repr=False)
    """What was computed of single stored rows, whatever the day, by name and the row's key."""
    of_all: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was computed of the record as it stands, by name; a gathered record is not changed."""

    def once(self, what: str, row: Model, compute: Callable[[], Computed]) -> Computed:
        """Something that depends on nothing but one stored row, computed once for all days."""
        if row.pk is None:
            return compute()
        key = what, row.pk
        if key not in self.of_rows:
            self.of_rows[key] = compute()
        found: Computed = self.of_rows[key]
        return found

    def day_of(self, instant: datetime) -> date:
        """The day of an instant in the clinic's calendar, for display and for ages."""
        return instant.astimezone(self.zone).date()

    def has_come(self, instant: datetime) -> bool:
        """Whether the instant lies on or before the record's day, by the earlier calendar."""
        return min(self.day_of(instant), instant.astimezone(UTC).date()) <= self.on

    @property
    def is_empty(self) -> bool:
        """Whether nothing is recorded on or before the day."""
        return not any(getattr(self, kind.name) for kind in KINDS)

    @property
    def open_episode(self) -> records.AcuteEpisode | None:
        """The acute episode that stands on the day, if any; only a recorded act ends one."""
        for episode in self.acute_episodes:
            if episode.closed_at is None or not self.has_come(episode.closed_at):
                return episode
        return None

    @property
    def has_died(self) -> bool:
        """Whether the patient died on or before the record's day."""
        died = self.patient.deceased_on
        return died is not None and died <= self.on

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
        """The plan in force on the day: the newest, unless it has ended; it replaced the others."""
        newest = self.anticoagulation_plans[0] if self.anticoagulation_plans else None
        if newest is None or (newest.until_on is not None and newest.until_on < self.on):
            return None
        return newest


@dataclass(frozen=True)
class Kind:
    """One kind of row: where it goes, its model, and which rows are dated on or before a day."""

    name: str
    model: type[ClinicalRecord]

    def dated(self, on: date) -> Q:
        """Rows that speak of the day or of an earlier one.

        A plan without a day of its own counts from the day on which it was entered.
        """
        if self.model is treatments.Intervention:
            undone = Q(performed_on__isnull=True)
            decided = undone & Q(decided_on__lte=on)
            planned = undone & Q(decided_on__isnull=True, entered_at__lt=end_of(on))
            return Q(performed_on__lte=on) | decided | planned
        if self.model is treatments.Medication:
            return Q(started_on__lte=on) | Q(started_on__isnull=True, noted_on__lte=on)
        if self.model is records.AcuteEpisode:
            return Q(onset_at__lt=end_of(on))
        return Q(**{f"{self.model.date_field}__lte": on})

    def is_dated(self, row: Any, on: date) -> bool:
        """The same question put to one row in memory; a test holds both against each other."""
        if self.model is treatments.Intervention:
            day = row.performed_on or row.decided_on
            return bool(row.entered_at < end_of(on) if day is None else day <= on)
        if self.model is treatments.Medication:
            return bool((row.started_on or row.noted_on) <= on)
        if self.model is records.AcuteEpisode:
            return bool(row.onset_at < end_of(on))
        return bool(getattr(row, self.model.date_field) <= on)


def end_of(on: date) -> datetime:
    """The instant at which the day has ended in every calendar."""
    return datetime.combine(on + timedelta(days=1), time(), tzinfo=LAST_CALENDAR)


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
    Kind("coronary_assessments", records.CoronaryAssessment),
    Kind("catheter_studies", records.CatheterStudy),
    Kind("heart_failure_admissions", records.HeartFailureAdmission),
    Kind("acute_episodes", records.AcuteEpisode),
    Kind("symptom_logs", records.SymptomLog),
    Kind("lab_results", records.LabResult),
    Kind("clinical_answers", records.ClinicalAnswer),
    Kind("interventions", treatments.Intervention),
    Kind("complications", treatments.Complication),
    Kind("medications", treatments.Medication),
    Kind("anticoagulation_plans", treatments.AnticoagulationPlan),
    Kind("team_reviews", treatments.TeamReview),
)
KIND_OF: dict[type[ClinicalRecord], Kind] = {kind.model: kind for kind in KINDS}


def record_of(
    patients: Iterable[Patient], *, on: date, known_at: datetime | None = None
) -> dict[int, PatientRecord]:
    """The records of these patients, by primary key, as true ``on`` a day.

    With ``known_at``: as known to the clinic at that instant (the history's date), the person's
    own data included. One query for which kinds there are, one for each of them, and with
    ``known_at`` one for the persons.
    """
    gathered = {patient.pk: PatientRecord(patient, on) for patient in patients}
    for keys in _batches(sorted(gathered)):
        if known_at is not None:
            for patient in _persons_then(keys, known_at):
                gathered[patient.pk].patient = patient
        for kind in _kinds_that_occur(keys, known_at):
            for row in _rows(kind, keys, on, known_at):
                _put(gathered[row.patient_id], kind, row)
    return gathered


def _kinds_that_occur(keys: Sequence[int], known_at: datetime | None) -> list[Kind]:
    """The kinds of which these patients have any row, of whatever day, asked in one query."""
    asked = _questions() if known_at is None else _asked(known_at)
    found = Patient.objects.filter(pk__in=keys).order_by().annotate(**asked).values_list(*asked)
    occurs = [any(column) for column in zip(*found, strict=True)]
    return [kind for kind, does in zip(KINDS, occurs, strict=False) if does]


@cache
def _questions() -> dict[str, Exists]:
    """The questions of every page of now, put into words once."""
    return _asked(None)


def _asked(known_at: datetime | None) -> dict[str, Exists]:
    return {f"has_{kind.name}": Exists(_any_row(kind, known_at)) for kind in KINDS}


def _any_row(kind: Kind, known_at: datetime | None) -> QuerySet[Any]:
    """Rows of the patient of the query around it, or versions of them that were known then."""
    if known_at is None:
        rows: QuerySet[Any] = kind.model._default_manager.filter(struck_at__isnull=True)
    else:
        manager: Any = kind.model.history
        rows = manager.filter(history_date__lte=known_at)
    return rows.filter(patient_id=OuterRef("pk")).order_by()


def record_from(
    patient: Patient, rows: Iterable[ClinicalRecord], *, on: date, zone: tzinfo
) -> PatientRecord:
    """What ``record_of`` would gather of rows that were stored just now, without reading them.

    ``zone`` is the calendar of the clinic that follows the patient on the day.
    """
    record = PatientRecord(patient, on)
    for row in rows:
        kind = KIND_OF.get(type(row))
        if kind is None or row.struck_at is not None or not kind.is_dated(row, on):
            continue
        if isinstance(row, records.AcuteEpisode):
            record.zone = zone
            if not record.has_come(row.onset_at):
                continue
        getattr(record, kind.name).append(row)
    for kind in KINDS:
        getattr(record, kind.name).sort(key=place_of, reverse=True)
    return record


def place_of(row: ClinicalRecord) -> tuple[date | datetime, int]:
    """Where a row stands among its kind: by day, then by key; without a day it comes last."""
    return getattr(row, row.date_field) or date.min, row.pk


def _put(record: PatientRecord, kind: Kind, row: ClinicalRecord) -> None:
    if isinstance(row, records.AcuteEpisode):
        record.zone = ZoneInfo(getattr(row, "clinic_zone", None) or "UTC")
        if not record.has_come(row.onset_at):
            return
    getattr(record, kind.name).append(row)


def _rows(
    kind: Kind, keys: Sequence[int], on: date, known_at: datetime | None
) -> Iterator[ClinicalRecord]:
    wanted = kind.dated(on) & Q(patient_id__in=keys, struck_at__isnull=True)
    if known_at is not None:
        yield from _rows_then(kind, wanted, on, known_at)
        return
    rows: QuerySet[Any] = kind.model._default_manager.filter(wanted)
    if kind.model is records.AcuteEpisode:
        rows = rows.select_related("acknowledged_by")
    yield from (
        _with_zone(kind, rows, on).order_by(*_newest_first(kind.model)).iterator(chunk_size=2000)
    )


def _rows_then(kind: Kind, wanted: Q, on: date, known_at: datetime) -> Iterator[ClinicalRecord]:
    """The rows in the version that was the newest at the instant."""
    versions = _with_zone(kind, newest_of_each(kind.model, known_at).filter(wanted), on)
    for version in once_each(versions, *_newest_first(kind.model)):
        row = version.instance
        row.clinic_zone = getattr(version, "clinic_zone", None)
        yield row


def versions_of(keys: Sequence[int], at: datetime) -> Iterator[tuple[Kind | None, int, Any]]:
    """Every version of every row of these patients that was written by an instant, by kind.

    With the patient's key; the kind of the person's own data is ``None``.
    """
    for kind in _kinds_that_occur(keys, at):
        manager: Any = kind.model.history
        rows = manager.filter(history_date__lte=at, patient_id__in=keys)
        for version in rows.order_by("history_date", "history_id").iterator(chunk_size=2000):
            yield kind, version.patient_id, version
    persons: Any = Patient.history
    for version in persons.filter(history_date__lte=at, id__in=keys).order_by(
        "history_date", "history_id"
    ):
        yield None, version.id, version


def _persons_then(keys: Sequence[int], known_at: datetime) -> Iterator[Patient]:
    manager: Any = Patient.history
    versions = manager.filter(history_date__lte=known_at, id__in=keys).latest_of_each()
    for version in versions.order_by("history_id"):
        yield version.instance


def _with_zone(kind: Kind, rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """With clock times comes the time zone of the clinic that follows the patient on the day."""
    if kind.model is not records.AcuteEpisode:
        return rows
    registrations = Registration.objects.filter(patient=OuterRef("patient_id"), from_on__lte=on)
    last_to_end = F("until_on").desc(nulls_first=True)
    zones = registrations.order_by(last_to_end, "id").values("clinic__time_zone")
    annotated: QuerySet[Any] = rows.annotate(clinic_zone=Subquery(zones[:1]))
    return annotated


def _newest_first(model: type[Model]) -> list[Any]:
    if model is treatments.Intervention:
        return [F("performed_on").desc(nulls_last=True), "-id"]
    return [f"-{model.date_field}", "-id"]  # type: ignore[attr-defined]


def _batches(keys: Sequence[int]) -> Iterator[list[int]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, BATCH)):
        yield batch
