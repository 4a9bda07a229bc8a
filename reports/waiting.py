"""A clinic's waits for a decision and for an intervention, from the stored clocks.

One wait for each patient and course of the disease: from the first day on which any class 1 or I of
the editions chosen stood. Every number on the page is a group of these waits, and the list behind
it is that group: what is counted is what is listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict

from accounts.guideline_settings import hidden_editions
from accounts.models import Clinic
from followup.models import Clock, Standing
from guidelines.clock import Basis, Dates, Until, wait_of
from guidelines.days import spoken
from guidelines.registry import ALL_EDITIONS
from guidelines.rule import Edition
from guidelines.waiting import RunChart, Wait, WaitEnd, Waiting, by_month, waiting_of
from patients.forms.typed import DayField
from patients.models import Registration

WITHIN_DAYS = 90  # local default
STEPS = (30, 60, 90, 180, 365)
"""Days at which the curve is also given as a table."""
READ_AT_ONCE = 5000
TITLES = {edition.id: edition.title for edition in ALL_EDITIONS}


class WaitingFilter(forms.Form):
    """By what and of when waits are counted; an unknown code does not narrow."""

    basis = forms.ChoiceField(
        label="Counted",
        required=False,
        choices=[("true", "as true (examination)"), ("known", "as known (entry)")],
    )
    edition = forms.ChoiceField(label="Guideline", required=False)
    from_on = DayField(label="Began from", required=False)
    until_on = DayField(label="Began until", required=False)

    def __init__(self, data: QueryDict, *, editions: Sequence[Edition], today: date) -> None:
        super().__init__(data)
        box = self.fields["edition"]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = [("", "any"), *((each.id, each.title) for each in editions)]
        for name in ("from_on", "until_on"):
            day = self.fields[name]
            assert isinstance(day, DayField)  # noqa: S101 - for the type checker
            day.today = today
        self.is_valid()

    def clean(self) -> None:
        """A period ends after it has begun."""
        first, last = self.cleaned_data.get("from_on"), self.cleaned_data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", "This is before the first day.")

    @property
    def basis_chosen(self) -> Basis:
        """As true, unless as known is asked for."""
        return Basis.KNOWN if self.cleaned_data.get("basis") == "known" else Basis.TRUE

    @property
    def words(self) -> str:
        """What the numbers speak of, for paper, where the boxes are left out."""
        chosen = self.cleaned_data
        title = TITLES.get(chosen.get("edition", ""), "any guideline")
        parts = [f"Counted {self.basis_chosen.label}", title]
        if chosen.get("from_on"):
            parts.append(f"began from {spoken(chosen['from_on'])}")
        if chosen.get("until_on"):
            parts.append(f"began until {spoken(chosen['until_on'])}")
        return "; ".join(parts) + "."

    @property
    def address(self) -> str:
        """The valid choices as a query string."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return urlencode(
            {n: v.isoformat() if isinstance(v, date) else v for n, v in chosen.items()}
        )


@dataclass(frozen=True, slots=True)
class Row:
    """What a page reads of a stored clock (``followup.Clock``)."""

    pk: int
    patient_id: int
    key: str
    edition: str
    row: str
    started_on: date
    referred_on: date | None
    decided_on: date | None
    decision: str
    against_on: date | None
    treated_on: date | None
    procedure: str
    worsened_on: date | None
    worsened_by: str


@dataclass(frozen=True, slots=True)
class Place:
    """The registration by which a clinic counts a patient."""

    clinic_id: int
    record_number: str
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Course:
    """One course of one patient: its first clock, and every ground that stood from that day on."""

    key: str
    patient_id: int
    clock: Row
    grounds: tuple[str, ...]
    died_on: date | None
    last_on: date
    left_on: date | None

    def wait(self, until: Until) -> Wait | None:
        """The course as a wait, up to today or the last day in the clinic."""
        clock = self.clock
        dates = Dates(
            clock.started_on,
            decided_on=clock.decided_on,
            against_on=clock.against_on,
            treated_on=clock.treated_on,
            died_on=self.died_on,
            worsened_on=clock.worsened_on,
        )
        return wait_of(dates, until, on=self.last_on, key=self.key)


@dataclass
class Waits:
    """The courses of a clinic, and what follows from them for one end."""

    until: Until
    courses: Mapping[str, Course]
    on: date
    waits: list[Wait] = field(init=False)

    def __post_init__(self) -> None:
        """Each course as a wait for this end."""
        found = (course.wait(self.until) for course in self.courses.values())
        self.waits = [wait for wait in found if wait is not None]

    @cached_property
    def waiting(self) -> Waiting:
        """The analysis."""
        return waiting_of(self.waits)

    @cached_property
    def months(self) -> RunChart:
        """The run chart."""
        return by_month(self.waits, end=self.until.end, within_days=WITHIN_DAYS, on=self.on)

    def group(self, part: str, *, by: int | None = None, month: date | None = None) -> list[Wait]:
        """The waits behind a number: a part (``PARTS``), by so many days, begun in a month.

        Raises ``LookupError`` for a part that there is not.
        """
        if month is not None:
            return self._of_month(part, month)
        if part == "all":
            return self.waits
        if part == "waiting":
            return [wait for wait in self.waits if wait.ended is None]
        if part == "risk":
            return [wait for wait in self.waits if by is None or wait.days >= by]
        end = {each.value: each for each in WaitEnd}[part]
        return [
            wait for wait in self.waits if wait.ended is end and (by is None or wait.days <= by)
        ]

    def _of_month(self, part: str, month: date) -> list[Wait]:
        found = next((each for each in self.months.months if each.month == month), None)
        if found is None:
            return []
        keys = {
            "all": (*found.reached, *found.ended_otherwise, *found.longer, *found.waiting),
            "reached": found.reached,
            "otherwise": found.ended_otherwise,
            "longer": found.longer,
            "unknown": found.waiting,
        }[part]
        wanted = set(keys)
        return [wait for wait in self.waits if wait.key in wanted]


@dataclass(frozen=True)
class WaitingScope:
    """The clinics of the page, their today, and the editions that may be shown."""

    clinics: Sequence[Clinic]

    @cached_property
    def today(self) -> date:
        """The earliest today of the clinics: no wait is longer than it is in each of them."""
        return min(clinic.today() for clinic in self.clinics)

    @cached_property
    def editions(self) -> list[Edition]:
        """Those that every clinic has signed off."""
        hidden = hidden_editions(self.clinics, ALL_EDITIONS, self.today)
        return [edition for edition in ALL_EDITIONS if edition not in hidden]

    @cached_property
    def places(self) -> dict[int, Place]:
        """Of each patient the registration in these clinics that lasts longest."""
        found: dict[int, Place] = {}
        rows = Registration.objects.filter(clinic__in=self.clinics)
        rows = rows.exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
        wanted = rows.order_by("id").values_list(
            "patient_id", "clinic_id", "record_number", "until_on"
        )
        for patient_id, clinic_id, number, until_on in wanted.iterator(chunk_size=READ_AT_ONCE):
            place = Place(clinic_id, number, until_on)
            before = found.get(patient_id)
            if before is None or _lasts_longer(place, before):
                found[patient_id] = place
        return found

    def not_computed(self) -> int:
        """How many patients who are followed have no clocks yet."""
        runs = Q(until_on__isnull=True) | Q(until_on__gte=self.today)
        rows = Registration.objects.filter(runs, clinic__in=self.clinics)
        rows = rows.exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
        computed = Standing.objects.filter(clock__isnull=False).values("patient_id")
        return rows.exclude(patient_id__in=computed).values("patient_id").distinct().count()


def _lasts_longer(one: Place, other: Place) -> bool:
    if one.until_on is None or other.until_on is None:
        return one.until_on is None and other.until_on is not None
    return one.until_on > other.until_on


def courses_of(scope: WaitingScope, form: WaitingFilter) -> dict[str, Course]:
    """The courses that began in the period, of everybody whose clocks are computed.

    Who has left is followed to the last day in the clinic, by what the clinic knew by then: what
    others entered later, of whatever day, is theirs. Three queries.
    """
    known_then = _known_then(scope) if form.basis_chosen is Basis.TRUE else {}
    first, last = form.cleaned_data.get("from_on"), form.cleaned_data.get("until_on")
    found = {}
    for patient_id, (died_on, clocks) in _clocks(scope, form).items():
        place = scope.places.get(patient_id)
        if place is None:
            continue
        if place.until_on and place.until_on < scope.today and form.basis_chosen is Basis.TRUE:
            clocks = [row for row in clocks if _was_known(row, known_then, place.until_on)]
        for course in _courses(clocks, died_on, place, scope.today):
            started_on = course.clock.started_on
            if started_on > course.last_on or (first and started_on < first):
                continue
            if last is None or started_on <= last:
                found[course.key] = course
    return found


StartsKnown = Mapping[tuple[int, str, date], date]
"""By patient, recommendation and the day from which it was true, the day on which it was known."""


def _known_then(scope: WaitingScope) -> StartsKnown:
    """What was known when of those who have left."""
    left = Registration.objects.filter(clinic__in=scope.clinics, until_on__lt=scope.today)
    rows = Clock.objects.filter(basis=Basis.KNOWN.value, patient__in=left.values("patient_id"))
    wanted = rows.order_by("-started_on", "-id").values_list(
        "patient_id", "key", "counted_from_on", "started_on"
    )
    # The earliest comes last and so stands.
    return {(patient, key, since): known_on for patient, key, since, known_on in wanted}


def _was_known(row: Row, known: StartsKnown, last_on: date) -> bool:
    known_on = known.get((row.patient_id, row.key, row.started_on))
    return known_on is not None and known_on <= last_on


def _clocks(scope: WaitingScope, form: WaitingFilter) -> dict[int, tuple[date | None, list[Row]]]:
    """Of each patient the day of death and the clocks, the earliest first."""
    chosen = form.cleaned_data.get("edition")
    here = Registration.objects.filter(clinic__in=scope.clinics).values("patient_id")
    rows = Clock.objects.filter(
        basis=form.basis_chosen.value,
        edition__in=[chosen] if chosen else [edition.id for edition in scope.editions],
        patient__in=here,
        patient__standing__clock__isnull=False,
    )
    names = [each.name for each in fields(Row)]
    ordered = rows.order_by("patient_id", "started_on", "key", "id")
    found: dict[int, tuple[date | None, list[Row]]] = {}
    for died_on, *values in ordered.values_list("patient__deceased_on", *names).iterator(
        chunk_size=READ_AT_ONCE
    ):
        row = Row(*values)
        found.setdefault(row.patient_id, (died_on, []))[1].append(row)
    return found


def _courses(
    clocks: Sequence[Row], died_on: date | None, place: Place, today: date
) -> list[Course]:
    """The clocks of one patient, in order, cut where the valve was treated."""
    groups: list[list[Row]] = []
    for clock in clocks:
        treated_on = groups[-1][0].treated_on if groups else None
        if not groups or (treated_on is not None and clock.started_on > treated_on):
            groups.append([])
        groups[-1].append(clock)
    left_on = place.until_on if place.until_on and place.until_on < today else None
    return [
        Course(
            key=str(group[0].pk),
            patient_id=group[0].patient_id,
            clock=group[0],
            grounds=tuple(ground_of(c) for c in group if c.started_on == group[0].started_on),
            died_on=died_on,
            last_on=left_on or today,
            left_on=left_on,
        )
        for group in groups
    ]


def ground_of(clock: Clock | Row) -> str:
    """What was met: the row of the rule tables, or the edition either way."""
    return clock.row or f"{TITLES.get(clock.edition, clock.edition)}, either way"
