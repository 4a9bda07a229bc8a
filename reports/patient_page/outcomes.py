"""What became of each operation on the mitral valve, at the time points of MVARC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from guidelines.outcomes import (
    LAST_YEAR,
    Event,
    Outcome,
    Range,
    Result,
    TimePoint,
    nearest,
    outcomes_of,
    result_words,
    time_points,
)
from guidelines.schedule import schedule_after
from guidelines.surveillance import Due, add_months
from patients.days import spoken
from patients.forms.typed import grade_text, plain
from patients.models import EchoStudy, SymptomLog
from patients.study_sheet import upper_first
from reports.kinds import row_url, source_url
from reports.patient_page.case import PageCase
from treatments.facts.valve import (
    BY_CATHETER,
    MITRAL_PROCEDURES,
    ON_THE_VALVE,
    PROSTHESES,
    RANKS,
    was_aborted,
)
from treatments.follow_up import case_of, final_resting, last_known
from treatments.models import Complication, Intervention
from treatments.record import PatientRecord

BEFORE_DAYS = 365
"""Local: how old a value may be that stands for "before the procedure"."""
DAYS_SHOWN = 4
NYHA = ("", "I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Found:
    """One value with its day and where it is read."""

    value: Any
    on: date
    href: str

    def words(self, text: str) -> dict[str, Any]:
        """As the page shows it."""
        return {"text": text, "on": self.on, "href": self.href}


@dataclass(frozen=True, slots=True)
class PointRow:
    """One time point: what was due, what was found, what is missing."""

    label: str
    target: date
    opens: date
    closes: date
    is_to_come: bool
    is_open: bool
    alive: str = ""
    has_died: bool = False
    values: list[dict[str, Any]] = field(default_factory=list)
    nyha: dict[str, Any] | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OperationOutcome:
    """One operation with its time points; ``until``: the next one, which ends its course."""

    kind: str
    on: date
    href: str
    before: list[dict[str, Any]]
    rows: list[PointRow]
    until: date | None
    schedule: list[dict[str, Any]]


def outcomes_page_of(case: PageCase) -> list[OperationOutcome]:
    """Each operation on the mitral valve that left something behind, newest first."""
    made: list[OperationOutcome] = []
    ends: date | None = None
    for row in _operations(case.record):
        made.append(_Course(case, row, ends).outcome(is_newest=not made))
        ends = row.performed_on
    return made


def _operations(record: PatientRecord) -> list[Intervention]:
    """One row for each day of operation, newest first: of several, the one that weighs most."""
    by_day: dict[date, Intervention] = {}
    for row in record.performed:
        left_something = row.kind in MITRAL_PROCEDURES and not was_aborted(row)
        if left_something and row.performed_on is not None:
            held = by_day.setdefault(row.performed_on, row)
            by_day[row.performed_on] = max(row, held, key=_weight)
    return [by_day[day] for day in sorted(by_day, reverse=True)]


def _weight(row: Intervention) -> int:
    return RANKS.index(MITRAL_PROCEDURES[row.kind])


class _Course:
    """What followed one operation, up to the next one or to the day of the page."""

    def __init__(self, case: PageCase, row: Intervention, ends: date | None) -> None:
        self.case, self.record, self.row, self.ends = case, case.record, row, ends
        self.on: date = row.performed_on or case.on
        self.last = min(case.on, ends - timedelta(days=1)) if ends else case.on
        self.is_prosthesis = MITRAL_PROCEDURES[row.kind] in PROSTHESES
        self.studies = final_resting(self.record)
        self.logs = [log for log in self.record.symptom_logs if log.nyha_high is not None]
        events = list(self._events())
        self.outcome_events = tuple((event, day) for event, _, day, _ in events if event)
        self.events = sorted((each[1:] for each in events), key=lambda each: (each[1], each[0]))
        self.grade_before = self._before(self._grades())
        self.nyha_before = self._before(self._nyha())

    def outcome(self, *, is_newest: bool) -> OperationOutcome:
        """The operation as the page shows it."""
        return OperationOutcome(
            kind=upper_first(self.row.get_kind_display()),
            on=self.on,
            href=row_url(Intervention, self.row.public_id),
            before=self._before_words(),
            rows=list(self._rows()),
            until=self.ends,
            schedule=schedule_of(self.case) if is_newest else [],
        )

    def _rows(self) -> Iterator[PointRow]:
        last = self.on
        died = self.record.patient.deceased_on if self.record.has_died else None
        for point in time_points(self.on, self.last):
            if (self.ends is not None and point.opens >= self.ends) or (died and died < last):
                return
            yield self._row(point, last)
            if point.opens > self.last:
                return  # of those to come the next one is enough
            last = point.target + timedelta(days=1)

    def _row(self, point: TimePoint, since: date) -> PointRow:
        days = (point.label, point.target, point.opens, point.closes)
        if point.opens > self.last:
            return PointRow(*days, is_to_come=not self.record.has_died, is_open=False)
        result, shown, nyha = self._result(point)
        has_died = result.is_alive is False
        is_open = point.closes >= self.case.on and not has_died
        return PointRow(
            *days,
            is_to_come=False,
            is_open=is_open,
            alive=self._alive_words(point, result),
            has_died=has_died,
            values=shown,
            nyha=nyha,
            events=[
                {"text": f"{upper_first(text)}", "on": day, "href": href}
                for text, day, href in self.events
                if since <= day <= point.target
            ],
            outcomes=[_outcome_words(each, result) for each in outcomes_of(result, point)],
            missing=[] if has_died else list(self._missing(point, shown, nyha)),
        )

    # What was found

    def _result(
        self, point: TimePoint
    ) -> tuple[Result, list[dict[str, Any]], dict[str, Any] | None]:
        grade, gradient = self._at(point, self._grades()), self._at(point, self._gradients())
        area, leak = self._at(point, self._areas()), self._at(point, self._leaks())
        nyha = None if point.is_procedure else self._at(point, self._nyha())
        walk, walk_before = self._pair(point, "six_minute_walk_m")
        kccq, kccq_before = self._pair(point, "kccq_overall")
        result = Result(
            performed_on=self.on,
            is_prosthesis=self.is_prosthesis,
            by_catheter=self.row.kind in BY_CATHETER,
            is_alive=self._is_alive(point.target),
            in_place=self.row.device_implanted,
            converted=self.row.converted,
            grade=_value(grade),
            grade_before=_value(self.grade_before),
            leak=_value(leak),
            gradient_mmhg=_value(gradient),
            area_cm2=_value(area),
            nyha=_value(nyha),
            nyha_before=_value(self.nyha_before),
            walk_m=walk,
            walk_before_m=walk_before,
            kccq=kccq,
            kccq_before=kccq_before,
            events=self.outcome_events,
        )
        shown = [
            *([grade.words(f"MR {grade_text(grade.value)}")] if grade else []),
            *([leak.words(f"leak beside the valve {_lesion(leak.value)}")] if leak else []),
            *([gradient.words(f"mean gradient {plain(gradient.value)} mmHg")] if gradient else []),
            *([area.words(f"valve area {plain(area.value)} cm²")] if area else []),
        ]
        return result, shown, nyha.words(_nyha_text(nyha.value)) if nyha else None

    def _at(self, point: TimePoint, found: Iterable[Found]) -> Found | None:
        """The value nearest to the time point within its window, while this operation lasts."""
        mine = [each for each in found if self.on <= each.on <= self.last]
        day = nearest([each.on for each in mine], point)
        return next((each for each in mine if each.on == day), None)

    def _before(self, found: Iterable[Found]) -> Found | None:
        first = self.on - timedelta(days=BEFORE_DAYS)
        return next((each for each in found if first <= each.on < self.on), None)

    def _pair(self, point: TimePoint, name: str) -> tuple[Decimal | None, Decimal | None]:
        rows = self.record.symptom_logs
        found = [
            Found(getattr(log, name), log.recorded_on, "")
            for log in rows
            if getattr(log, name) is not None
        ]
        return _value(self._at(point, found)), _value(self._before(found))

    def _grades(self) -> Iterator[Found]:
        row = self.row
        low, high = row.residual_regurgitation_low, row.residual_regurgitation_high
        if low is not None and high is not None:
            yield Found((low, high), self.on, row_url(Intervention, row.public_id))
        for study in self.studies:
            if study.reader_grade_low is not None and study.reader_grade_high is not None:
                ends = (study.reader_grade_low, study.reader_grade_high)
                yield Found(ends, study.performed_on, _study_url(study))

    def _gradients(self) -> Iterator[Found]:
        yield from self._measured("baseline_mean_gradient_mmhg", "mitral_mean_gradient_mmhg")

    def _areas(self) -> Iterator[Found]:
        name = "effective_orifice_area_cm2" if self.is_prosthesis else "mitral_valve_area_cm2"
        yield from self._measured("baseline_effective_orifice_area_cm2", name)

    def _leaks(self) -> Iterator[Found]:
        if self.is_prosthesis:
            yield from self._measured("baseline_paravalvular_leak", "paravalvular_leak")

    def _measured(self, baseline: str, name: str) -> Iterator[Found]:
        """What the baseline Doppler of the operation says, and the studies."""
        value, day = getattr(self.row, baseline), self.row.baseline_measured_on
        if value is not None and day is not None:
            yield Found(value, day, row_url(Intervention, self.row.public_id))
        for study in self.studies:
            if getattr(study, name) is not None:
                yield Found(getattr(study, name), study.performed_on, _study_url(study))

    def _nyha(self) -> Iterator[Found]:
        for log in self.logs:
            low = log.nyha_low if log.nyha_low is not None else log.nyha_high
            href = row_url(SymptomLog, log.public_id)
            yield Found((low, log.nyha_high), log.recorded_on, href)

    # Who lived, and what went wrong

    def _is_alive(self, day: date) -> bool | None:
        died = self.record.patient.deceased_on
        if self.record.has_died and died is not None:
            return died > day
        return True if self._last_seen() >= day else None

    def _last_seen(self) -> date:
        return max(
            self.on,
            *(study.performed_on for study in self.record.echo_studies),
            *(log.recorded_on for log in self.record.symptom_logs),
            *(result.taken_on for result in self.record.lab_results),
            *(row.performed_on for row in self.record.performed if row.performed_on is not None),
        )

    def _alive_words(self, point: TimePoint, result: Result) -> str:
        if result.is_alive is False and self.record.patient.deceased_on is not None:
            return f"Died on {spoken(self.record.patient.deceased_on)}"
        if result.is_alive:
            return "Alive"
        return f"Last seen on {spoken(self._last_seen())}"

    def _events(self) -> Iterator[tuple[Event | None, str, date, str]]:
        """Complications of this operation, and what else befell the valve: what MVARC calls it,
        where it does, the words, the day, and where it is read."""
        known = {event.value: event for event in Event}
        for each in self._complications():
            href = row_url(Complication, each.public_id)
            yield known.get(each.kind), str(each.get_kind_display()), each.occurred_on, href
        for row in self._again():
            href, words = row_url(Intervention, row.public_id), str(row.get_kind_display())
            yield Event.REINTERVENTION, words, row.performed_on or self.on, href
        for stay in self.record.heart_failure_admissions:
            if self.on < stay.admitted_on <= self.last:
                href = source_url(f"heart_failure_admission:{stay.public_id}")
                yield Event.ADMISSION, Event.ADMISSION.label, stay.admitted_on, href

    def _complications(self) -> list[Complication]:
        parts = {row.pk for row in self.record.performed if row.performed_on == self.on}
        return [each for each in self.record.complications if each.intervention_id in parts]

    def _again(self) -> list[Intervention]:
        """Later procedures on the valve, the one included that ends this course."""
        last = self.ends or self.case.on
        return [
            row
            for row in self.record.performed
            if row.kind in ON_THE_VALVE
            and row.performed_on is not None
            and self.on < row.performed_on <= last
        ]

    # What is missing

    def _missing(
        self, point: TimePoint, shown: list[dict[str, Any]], nyha: dict[str, Any] | None
    ) -> Iterator[dict[str, str]]:
        add = self.case.doors.add_url
        echo = "" if self.record.has_died else add(EchoStudy)
        if not shown:
            yield {"text": "Echo", "href": echo}
        else:
            said = " ".join(each["text"] for each in shown)
            of_the_leak = "leak beside the valve" if self.is_prosthesis else "MR"
            for name in (of_the_leak, "mean gradient"):
                if name not in said:
                    text = "MR grade" if name == "MR" else upper_first(name)
                    yield {"text": text, "href": echo}
        if nyha is None and not point.is_procedure:
            href = "" if self.record.has_died else add(SymptomLog)
            yield {"text": "NYHA class", "href": href}

    def _before_words(self) -> list[dict[str, Any]]:
        before = []
        if self.grade_before is not None:
            before.append(self.grade_before.words(f"MR {grade_text(self.grade_before.value)}"))
        if self.nyha_before is not None:
            before.append(self.nyha_before.words(_nyha_text(self.nyha_before.value)))
        return before


def _value(found: Found | None) -> Any:
    return found.value if found is not None else None


def _study_url(study: EchoStudy) -> str:
    return source_url(f"echo_study:{study.public_id}")


def _nyha_text(ends: Range) -> str:
    low, high = ends
    return f"NYHA {NYHA[low]}" if low == high else f"NYHA {NYHA[low]}–{NYHA[high]}"


def _lesion(grade: int) -> str:
    names = dict(EchoStudy._meta.get_field("paravalvular_leak").choices or ())  # type: ignore[union-attr]
    return str(names[grade])


def _outcome_words(outcome: Outcome, result: Result) -> dict[str, Any]:
    reached = outcome.is_reached
    state = {True: "good", False: "attention", None: "unknown"}[reached]
    text = {True: "reached", False: "not reached", None: "cannot tell"}[reached]
    left = result_words(result) if outcome.row == "MV-02" else ""
    return {
        "name": outcome.name,
        "row": outcome.row,
        "state": state,
        "text": text,
        "why": "; ".join(outcome.against) or ", ".join(outcome.missing),
        "is_missing": reached is None,
        "left": f"MR result {left}" if left else "",
    }


def schedule_of(case: PageCase) -> list[dict[str, Any]]:
    """The echoes that each edition asks for after the newest operation, for five years."""
    if case.record.has_died:
        return []
    asked = case_of(case.record, case.picture, last_known(case.picture))
    if asked.intervention_on is None:
        return []
    until = add_months(asked.intervention_on, 12 * (LAST_YEAR + 1))
    shown = [each.edition for each in case.whole.follow_ups if each.edition not in case.hidden]
    return [
        {
            "title": edition.title,
            "parts": _by_rule(schedule_after(asked, edition, until=until)),
        }
        for edition in shown
    ]


def _by_rule(dues: Iterable[Due]) -> list[dict[str, Any]]:
    """The days of each rule together; of a long row the first."""
    parts = []
    for rule, group in groupby(dues, key=lambda due: due.rule):
        days = [
            {"since": due.since if due.since != due.by else None, "by": due.by} for due in group
        ]
        parts.append(
            {
                "words": upper_first(rule.words),
                "row": "local" if rule.is_local else rule.row,
                "days": days[:DAYS_SHOWN],
                "goes_on": len(days) > DAYS_SHOWN,
            }
        )
    return parts
