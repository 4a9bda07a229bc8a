"""Completeness: of whom each measure is asked, who has it, and whether the clinic's goal is met.

Counted from the stored standings, which are renewed with every write; the list behind a count is
the worklist narrowed to those who lack the measure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count

from accounts.actions import set_clinic_setting
from accounts.models import Clinic, ClinicSetting, User
from guidelines.completeness import MOST_PERCENT, Measure, goals_with, is_met
from guidelines.pathway import NOT_FOLLOWED, Bucket
from patients.models import Patient
from patients.selectors import registrations_running_in

SETTING = "completeness"
GROUPS: Sequence[tuple[str, Sequence[Measure]]] = (
    (
        "Seen and followed",
        (Measure.SEEN, Measure.ECHO, Measure.ECHO_AFTER, Measure.SYMPTOMS, Measure.INR),
    ),
    (
        "What the rules ask",
        (
            Measure.GRADE,
            Measure.VENTRICLE,
            Measure.MECHANISM,
            Measure.RHYTHM,
            Measure.PRESSURE,
            Measure.BNP,
            Measure.WISH,
        ),
    ),
    (
        "Registry, at baseline",
        (Measure.PERSON, Measure.BODY, Measure.CAUSE, Measure.BASELINE),
    ),
)


@dataclass(frozen=True)
class Line:
    """One measure of one clinic: how many have it, of how many it is asked, and the goal."""

    measure: Measure
    asked: int
    lacking: int
    goal_percent: int
    query: str
    """The part of an address that lists those who lack it."""

    @property
    def has_it(self) -> int:
        """Of how many the record holds it."""
        return self.asked - self.lacking

    @property
    def share(self) -> str:
        """The share in percent to one decimal, cut and not rounded: 89.96 % does not read 90.0.

        Shown beside the exact counts; empty where there is nobody to count.
        """
        if self.asked == 0:
            return ""
        tenths = self.has_it * MOST_PERCENT * 10 // self.asked
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met, by the exact counts; ``None`` with nobody to count."""
        return is_met(self.has_it, self.asked, self.goal_percent)

    @property
    def still_needed(self) -> int:
        """How many more would meet the goal."""
        wanted = -(-self.goal_percent * self.asked // MOST_PERCENT)
        return max(wanted - self.has_it, 0)


@dataclass
class ClinicCompleteness:
    """All measures of one clinic; ``uncounted``: those of whom they are not known yet."""

    clinic: Clinic
    groups: list[tuple[str, list[Line]]]
    counted: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    uncounted: int = 0

    @property
    def lines(self) -> list[Line]:
        """The measures one after the other."""
        return [line for _, lines in self.groups for line in lines]


def completeness_in(user: User, clinics: Sequence[Clinic]) -> list[ClinicCompleteness]:
    """The measures of each clinic, in two queries however many patients and clinics there are."""
    goals = goals_of(clinics)
    found: dict[int, Counter[tuple[int | None, int, str]]] = {c.pk: Counter() for c in clinics}
    rows = (
        registrations_running_in(clinics)
        .filter(patient__in=Patient.objects.visible_to(user).order_by().values("pk"))
        .values_list(
            "clinic_id",
            "patient__standing__asked_mask",
            "patient__standing__lacking_mask",
            "patient__standing__bucket",
        )
        .annotate(patients=Count("patient_id", distinct=True))
    )
    for clinic_id, asked, lacking, bucket, number in rows:
        found[clinic_id][asked, lacking or 0, bucket or ""] += number
    return [_of_clinic(clinic, found[clinic.pk], goals[clinic.pk], clinics) for clinic in clinics]


def _of_clinic(
    clinic: Clinic,
    masks: Counter[tuple[int | None, int, str]],
    goals: Mapping[Measure, int],
    clinics: Sequence[Clinic],
) -> ClinicCompleteness:
    asked: Counter[Measure] = Counter()
    lacking: Counter[Measure] = Counter()
    made = ClinicCompleteness(clinic, [])
    left: Counter[str] = Counter()
    for (asks, lacks, bucket), number in masks.items():
        if asks is None:
            made.uncounted += number
        elif bucket in NOT_FOLLOWED:
            left[Bucket(bucket).label] += number
        else:
            made.counted += number
            for measure in Measure:
                asked[measure] += number if asks & measure.bit else 0
                lacking[measure] += number if lacks & measure.bit else 0
    made.left_out = dict(left)
    here = {"clinic": clinic.code} if len(clinics) > 1 else {}
    made.groups = [
        (
            title,
            [
                Line(
                    measure=measure,
                    asked=asked[measure],
                    lacking=lacking[measure],
                    goal_percent=goals[measure],
                    query=urlencode({"lacks": measure.value, **here}),
                )
                for measure in measures
            ],
        )
        for title, measures in GROUPS
    ]
    return made


# Goals -------------------------------------------------------------------------------------------


def goals_of(clinics: Sequence[Clinic]) -> dict[int, Mapping[Measure, int]]:
    """The goals that each clinic holds today, in one query."""
    held: dict[int, Any] = {}
    todays = {clinic.pk: clinic.today() for clinic in clinics}
    rows = ClinicSetting.objects.filter(clinic__in=clinics, name=SETTING)
    for row in rows.order_by("from_on", "entered_at", "id"):
        if row.from_on <= todays[row.clinic_id]:
            held[row.clinic_id] = row.value
    return {clinic.pk: goals_with(held.get(clinic.pk)) for clinic in clinics}


@dataclass(frozen=True)
class GoalChange:
    """Goals that were set: from which day on, by whom, and what they changed."""

    from_on: date
    by: str
    changed: list[str]


def goal_changes(clinic: Clinic) -> list[GoalChange]:
    """What was set, the newest first; each row is compared with the one before it."""
    rows = ClinicSetting.objects.filter(clinic=clinic, name=SETTING).select_related("entered_by")
    changes, before = [], goals_with(None)
    for row in rows.order_by("from_on", "entered_at", "id"):
        goals = goals_with(row.value)
        changed = [
            f"{measure.label}: {before[measure]} % to {goals[measure]} %"
            for measure in Measure
            if before[measure] != goals[measure]
        ]
        changes.append(GoalChange(row.from_on, row.entered_by.display_name, changed))
        before = goals
    return changes[::-1]


class GoalsForm(forms.Form):
    """The goal of each measure in whole percent."""

    def __init__(self, data: Any = None, *, goals: Mapping[Measure, int]) -> None:
        super().__init__(data, initial={m.value: goal for m, goal in goals.items()})
        for measure in Measure:
            self.fields[measure.value] = forms.IntegerField(
                label=measure.label,
                min_value=0,
                max_value=MOST_PERCENT,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                error_messages={
                    "required": "Enter a goal, a whole number from 0 to 100.",
                    "invalid": "This is not a whole number from 0 to 100.",
                    "min_value": "A goal is not below 0.",
                    "max_value": "A goal is not above 100.",
                },
            )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The boxes under the headings of the page."""
        return [(title, [self[m.value] for m in measures]) for title, measures in GROUPS]


def set_goals(*, by: User, clinic: Clinic, goals: Mapping[str, int]) -> ClinicSetting:
    """Let the clinic hold these goals from today on; the former ones stay in its history."""
    return set_clinic_setting(
        clinic=clinic, name=SETTING, value=dict(goals), from_on=clinic.today(), by=by
    )
