"""Two records beside each other: what they say of the person, what they hold, where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q

from guidelines.pathway import Bucket
from guidelines.vocabulary import GradeResult
from patients.days import spoken
from patients.forms.merging import label_of, said
from patients.merging import PERSON_COLUMNS, MergeOrder, moving_models, rows_in, twin_studies
from patients.models import (
    AcuteEpisode,
    Allergy,
    ClinicalRecord,
    MitralDiagnosis,
    Patient,
    Registration,
)
from patients.study_sheet import upper_first

MOST_DAYS = 6
"""Of many days on which both records hold a row of one kind so many are named."""


@dataclass(frozen=True)
class Side:
    """One of two records, as the page heads its column."""

    patient: Patient
    number: str
    registrations: list[Registration]
    url: str
    place: str
    """Where lists show it: its place in the follow-up and its grade."""


@dataclass(frozen=True)
class PersonRow:
    """One column of the person, as each record has it."""

    label: str
    this: str
    other: str

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.this and self.other and self.this != self.other)


@dataclass(frozen=True)
class KindRow:
    """How many rows of one kind each record holds, and the days that both have one of."""

    label: str
    this: int
    other: int
    last_this: str
    last_other: str
    same_days: str


@dataclass
class Conflicts:
    """What keeps two records from being merged, and what somebody must look at first."""

    blocking: list[str] = field(default_factory=list)
    to_look_at: list[str] = field(default_factory=list)


def person_rows(this: Patient, other: Patient) -> list[PersonRow]:
    """Every column of the person that either record fills."""
    rows = [PersonRow(label_of(n), said(this, n), said(other, n)) for n in PERSON_COLUMNS]
    return [row for row in rows if row.this or row.other]


def kinds_of(this: Patient, other: Patient) -> list[KindRow]:
    """What either record holds, by kind; rows entered in error are not counted."""
    found = []
    for model in moving_models():
        if model is Registration:
            continue
        name = getattr(model, "date_field", "") or "entered_at"
        rows = rows_in(model).filter(patient__in=[this.pk, other.pk]).order_by()
        if hasattr(model, "struck_at"):
            rows = rows.filter(struck_at__isnull=True)
        counted = {
            patient: (number, spoken(last) if last else "")
            for patient, number, last in rows.values_list("patient_id").annotate(
                number=Count("pk"), last=Max(name)
            )
        }
        if counted:
            mine, theirs = (counted.get(each.pk, (0, "")) for each in (this, other))
            label = upper_first(str(model._meta.verbose_name_plural))
            days = _same_days(model, this, other) if issubclass(model, ClinicalRecord) else ""
            found.append(KindRow(label, mine[0], theirs[0], mine[1], theirs[1], days))
    return found


def _same_days(model: type[ClinicalRecord], this: Patient, other: Patient) -> str:
    mine, theirs = (
        set(
            model._default_manager.filter(patient=each, struck_at__isnull=True)
            .order_by()
            .values_list(model.date_field, flat=True)
        )
        for each in (this, other)
    )
    days = sorted(day for day in mine & theirs if day is not None)
    more = f" and {len(days) - MOST_DAYS} more" if len(days) > MOST_DAYS else ""
    return ", ".join(spoken(day) for day in days[:MOST_DAYS]) + more


def conflicts_of(this: Patient, other: Patient, on: date) -> Conflicts:
    """What the two records say differently where a verdict rests on it."""
    found = Conflicts()
    for study, _twin in twin_studies(MergeOrder(this, other)):
        number = study.accession_number or "no accession number"
        found.blocking.append(
            f"Both records hold a {study.get_modality_display()} of {spoken(study.performed_on)} "
            f"({number}). If it is one study entered twice, mark one as entered in error; if it is "
            "two, give one an accession number. Then merge."
        )
    found.to_look_at += _diagnoses(this, other)
    found.to_look_at += _running_twice(this, other, on)
    found.to_look_at += _allergies(this, other)
    if this.deceased_on != other.deceased_on:
        found.to_look_at.append("One record says that the person died, the other does not.")
    if this.sex != other.sex and Patient.Sex.UNKNOWN not in (this.sex, other.sex):
        found.to_look_at.append("The sex differs: limits of echo measures depend on it.")
    if this.born_on and other.born_on and this.born_on != other.born_on:
        found.to_look_at.append("The birth dates differ: is it one person?")
    open_ones = AcuteEpisode.objects.filter(
        patient__in=[this.pk, other.pk], closed_at__isnull=True, struck_at__isnull=True
    ).count()
    if open_ones:
        counted = (
            "An acute episode stands" if open_ones == 1 else f"{open_ones} acute episodes stand"
        )
        found.to_look_at.append(
            f"{counted} open, and will after the merge: the patient is shown as an emergency."
        )
    found.to_look_at += _not_followed(this, other)
    return found


OF_A_DIAGNOSIS = ("mechanism", "etiology", "carpentier_type", "tempo", "previous_mitral_procedure")


def _diagnoses(this: Patient, other: Patient) -> list[str]:
    """The newest diagnoses, where they differ, and different ones of one day."""
    mine, theirs = (
        list(MitralDiagnosis.objects.filter(patient=each, struck_at__isnull=True))
        for each in (this, other)
    )
    pairs = [(a, b) for a in mine for b in theirs if a.diagnosed_on == b.diagnosed_on]
    if mine and theirs and (mine[0], theirs[0]) not in pairs:
        pairs.insert(0, (mine[0], theirs[0]))
    return [
        f"The diagnosis of {spoken(a.diagnosed_on)} and that of {spoken(b.diagnosed_on)} differ: "
        f"{words}. After the merge the newer one counts; of one day, the one entered last."
        for a, b in pairs
        if (words := _difference(a, b))
    ]


def _difference(one: MitralDiagnosis, other: MitralDiagnosis) -> str:
    return "; ".join(
        f"{_field_name(name)}: {_shown(one, name)} or {_shown(other, name)}"
        for name in OF_A_DIAGNOSIS
        if getattr(one, name) != getattr(other, name)
    )


def _shown(row: Any, name: str) -> str:
    shown = getattr(row, f"get_{name}_display", None)
    text = str((shown() if shown else getattr(row, name)) or "")
    return f"“{text}”" if text else "not recorded"


def _field_name(name: str) -> str:
    """As it stands within a sentence: Carpentier keeps his capital."""
    return str(MitralDiagnosis._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _allergies(this: Patient, other: Patient) -> list[str]:
    """None is known to the one record, and the other names one."""
    mine, theirs = (
        {
            row.reaction == Allergy.Reaction.NONE_KNOWN
            for row in Allergy.objects.filter(patient=each, struck_at__isnull=True)
        }
        for each in (this, other)
    )
    if {True, False} <= mine | theirs and mine != theirs:
        return [
            "One record says that no allergy is known, the other names one: ask the patient. "
            "Both entries stand after the merge."
        ]
    return []


def _running_twice(this: Patient, other: Patient, on: date) -> list[str]:
    """Plans of which a patient has one at a time, and each record has one that runs."""
    found = []
    for model in moving_models():
        until = getattr(model, "one_at_a_time_until", "")
        if not until:
            continue
        rows = [
            rows_in(model)
            .filter(Q(**{until: None}) | Q(**{f"{until}__gte": on}), patient=each)
            .filter(struck_at__isnull=True)
            .first()
            for each in (this, other)
        ]
        if None not in rows:
            what = str(model._meta.verbose_name)
            days = [spoken(getattr(row, row.date_field)) for row in rows]
            found.append(
                f"Each record has a running {what}: {rows[0].in_words()} from {days[0]}, and "
                f"{rows[1].in_words()} from {days[1]}. After the merge both run: end the one that "
                "does not hold any more."
            )
    return found


def _not_followed(this: Patient, other: Patient) -> list[str]:
    """A follow-up that was ended in one record ends that of the person."""
    ended = {Bucket.DISCHARGED.value, Bucket.DECLINED.value, Bucket.LOST.value, Bucket.DIED.value}
    buckets = [_standing(each).bucket if _standing(each) else "" for each in (this, other)]
    if len(ended & set(buckets)) and buckets[0] != buckets[1]:
        return [
            f"The one is “{place_of(this)}”, the other “{place_of(other)}”: look after the merge "
            "at where the patient stands, and correct the end of follow-up where it is wrong."
        ]
    return []


def place_of(patient: Patient) -> str:
    """Where the stored standing puts a patient, in words."""
    standing = _standing(patient)
    if standing is None or not standing.bucket:
        return "not assessed yet"
    grade = GradeResult(standing.grade).label.lower()
    return f"{Bucket(standing.bucket).label.lower()}; severity: {grade}"


def _standing(patient: Patient) -> Any:
    """The row that the follow-up floor keeps of each patient; None before the first write."""
    return getattr(patient, "standing", None)
