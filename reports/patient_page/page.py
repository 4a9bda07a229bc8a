"""Everything the patient page shows, gathered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.guideline_settings import hidden_editions
from accounts.models import Clinic
from accounts.permissions import Action
from followup.clinic_rules import rules_of
from followup.models import Standing
from followup.standing import replay_of
from followup.whole import whole_assessment
from guidelines.assessment import Assessment
from guidelines.facts import FACTS
from guidelines.gaps import SEVERE_FROM
from guidelines.severity import WAYS_TO_MEASURE, LineKind, Reason, Severity
from guidelines.vocabulary import Advice, Grade, GradeResult
from patients.days import spoken
from patients.models import Patient, Registration
from patients.study_sheet import upper_first
from reports.kinds import Doors, source_url
from reports.patient_page.answers import answers_of, missing_rows
from reports.patient_page.asked import NOW, Asked, nothing_yet
from reports.patient_page.banner import Banner, banner_of
from reports.patient_page.case import PageCase
from reports.patient_page.emergency import emergency_of
from reports.patient_page.findings import findings_of
from reports.patient_page.late import late_entries
from reports.patient_page.scores import score_panel_of
from reports.patient_page.stance import stance_of
from reports.patient_page.tables import ECHO_COLUMNS, Table, tables_of
from reports.patient_page.therapy import therapy_of
from reports.patient_page.travel import day_form, said_of_then, travel_of, without_edition
from reports.patient_page.trends import Trends, trends_of
from reports.patient_page.upcoming import upcoming_of
from reports.patient_page.verdicts import EditionCard, edition_cards
from treatments.record import PatientRecord, record_of

# What measures the regurgitation; the rest of what a grade misses says whether one is possible.
MEASUREMENTS = {name for ways in WAYS_TO_MEASURE.values() for name in ways} | set(SEVERE_FROM)


MOST_DAYS_REPLAYED = 60
"""Days of a record that opening its page may judge where no earlier replay serves."""
STUDIES_CHECKED = 60
"""The newest studies are looked at for numbers that do not fit together."""


@dataclass
class PatientPage:
    """The page of one patient on one day."""

    case: PageCase
    banner: Banner
    emergency: dict[str, Any] | None
    answers: list[dict[str, Any]]
    editions: list[EditionCard]
    grade: dict[str, Any]
    missing: list[dict[str, Any]]
    why_they_differ: str
    alarms: list[str]
    switched_off: bool
    trends: Trends
    travel: dict[str, Any] | None
    stance: dict[str, Any] | None
    therapy: dict[str, Any] | None
    upcoming: dict[str, Any] | None
    scores: dict[str, Any] | None
    findings: dict[str, Any] | None
    tables: dict[str, Table]
    day_form: dict[str, Any]
    without_edition: list[str]
    echo_columns: tuple[tuple[str, str, str], ...] = field(default=ECHO_COLUMNS)

    @property
    def hidden_rows(self) -> int:
        """Rows of all tables that are not shown."""
        return sum(table.hidden for table in self.tables.values())


def patient_page_of(
    patient: Patient,
    registrations: list[Registration],
    *,
    read_until: date | None,
    known_at: datetime | None,
    now: datetime,
    doors: Doors,
    show_all: bool,
    asked: Asked = NOW,
) -> PatientPage:
    """The page as somebody sees it who holds these registrations.

    ``read_until`` ends the record for a clinic that no longer follows the patient, and
    ``known_at`` keeps it as that clinic held it then. ``asked``: another day than now.
    """
    case = case_of(
        patient,
        registrations,
        read_until=read_until,
        known_at=known_at,
        now=now,
        doors=doors,
        show_all=show_all,
        asked=asked,
    )
    record, assessment, hidden, doors = case.record, case.assessment, case.hidden, case.doors
    banner = banner_of(record, registrations, doors)
    may_enter = Action.ENTER_CLINICAL in doors.actions
    alarms = [] if record.has_died else alarms_of(assessment)
    said_then: list[str] = []
    if case.asked.is_then:
        # What alarmed on that day is told, and alarms nobody now.
        said_then = said_of_then(case, banner.dangers, alarms)
        banner.dangers, alarms = [], []
    return PatientPage(
        case=case,
        banner=banner,
        emergency=None
        if case.asked.is_then
        else emergency_of(record, banner, case.clinic, now, may_enter),
        answers=answers_of(record, assessment, case.picture, doors, hidden),
        editions=edition_cards(assessment, doors, case.clinic, hidden),
        grade=grade_view(assessment.grade, record),
        missing=missing_rows(assessment, doors, hidden),
        why_they_differ="" if hidden else assessment.why_they_differ,
        alarms=alarms,
        switched_off=_switched_off(assessment),
        trends=trends_of(case),
        travel=travel_of(case, said_then),
        stance=stance_of(case),
        therapy=therapy_of(case),
        upcoming=upcoming_of(case),
        scores=score_panel_of(case),
        findings=findings_of(case),
        tables=tables_of(record, show_all=show_all, late=case.late),
        day_form=day_form(case),
        without_edition=without_edition(case),
    )


def case_of(
    patient: Patient,
    registrations: list[Registration],
    *,
    read_until: date | None,
    known_at: datetime | None,
    now: datetime,
    doors: Doors,
    show_all: bool = False,
    asked: Asked = NOW,
) -> PageCase:
    """The record and the whole assessment that every panel reads.

    A day on which nothing was recorded yet is not shown, but now, and ``asked`` says why.
    """
    clinic: Clinic = registrations[0].clinic
    today = clinic.today(now)
    held_until = known_at
    if asked.is_then:
        instants = (known_at, asked.known_at(clinic))
        known_at = min((each for each in instants if each is not None), default=None)
    on = asked.on or (min(today, read_until) if read_until else today)
    record = record_of([patient], on=on, known_at=known_at)[patient.pk]
    if asked.is_then and record.is_empty and on < min(each.from_on for each in registrations):
        return case_of(
            patient,
            registrations,
            read_until=read_until,
            known_at=held_until,
            now=now,
            doors=doors,
            show_all=show_all,
            asked=asked.refused(nothing_yet(asked, registrations)),
        )
    if asked.is_then:
        doors = Doors(patient, frozenset(), asked.query)
    rules = rules_of(clinic, on, known_at)
    hidden = hidden_editions([clinic], rules.editions_of(on), on, {clinic.pk: rules.values})
    standing = Standing.objects.filter(patient=patient).only("replay", "is_acute").first()
    replay = replay_of(
        record, rules, standing.replay if standing else None, most_days=MOST_DAYS_REPLAYED
    )
    whole = whole_assessment(
        record,
        record_number=registrations[0].record_number,
        rules=rules,
        hidden=frozenset(hidden),
        replay=replay,
        studies_checked=STUDIES_CHECKED,
    )
    return PageCase(
        patient=patient,
        clinic=clinic,
        registrations=registrations,
        record=record,
        whole=whole,
        rules=rules,
        doors=doors,
        now=now,
        read_until=read_until,
        known_at=known_at,
        show_all=show_all,
        held_since=whole.held_since,
        asked=asked,
        late=late_entries(record, clinic, known_at) if asked.is_then else {},
        is_acute_now=standing is not None and standing.is_acute,
    )


# What the banner of dangers says already, from the anticoagulation plan and the newest INR.
SAID_BY_THE_BANNER = {"SAFE-20"}
URGENT = (Advice.SAME_DAY_CONTACT, Advice.DRUG_WARNING)


def alarms_of(assessment: Assessment) -> list[str]:
    """The local safety rules that ask for an act today, or warn of a drug."""
    return [
        finding.rule.message
        for finding in assessment.alerts
        if finding.rule.advice in URGENT and finding.rule.source.row not in SAID_BY_THE_BANNER
    ]


def _switched_off(assessment: Assessment) -> bool:
    """Whether the rules for chronic regurgitation of a native valve do not apply."""
    return any(verdict.gates.is_closed for verdict in assessment.editions)


def grade_view(grade: Severity, record: PatientRecord) -> dict[str, Any]:
    """The grade with its reasons for, against and missing, and the reader's own beside it."""
    scale = {GradeResult.CANNOT_BE_GRADED, GradeResult.NOT_ON_THIS_SCALE}
    label, state = grade.result.label, grade.state.label
    measured = [name for name in grade.missing if name in MEASUREMENTS]
    needed_first = [name for name in grade.missing if name not in MEASUREMENTS]
    return {
        "label": state if state.startswith(label) else label,
        "state_label": "" if state.startswith(label) else state,
        "is_graded": grade.result not in scale,
        "cannot_be_graded": grade.result is GradeResult.CANNOT_BE_GRADED,
        "reasons_for": _by_line(grade.reasons_for),
        "reasons_against": _by_line(grade.reasons_against),
        "missing": [upper_first(FACTS[name].label) for name in measured],
        "needed_first": [upper_first(FACTS[name].label) for name in needed_first],
        "notes": list(grade.notes),
        "reader_disagrees": reader_disagreement(grade, record),
    }


def _by_line(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons under their line of evidence: what belongs to one measurement stands together."""
    lines: dict[tuple[str, date | None], list[dict[str, Any]]] = {}
    for reason in reasons:
        shown = {"text": upper_first(reason.text), "href": source_url(reason.source)}
        lines.setdefault((reason.line, reason.on), []).append(shown)
    return [
        {"name": _line_name(line), "on": on, "reasons": shown}
        for (line, on), shown in lines.items()
    ]


def _line_name(line: str) -> str:
    """The line's name, unless its one reason says the same."""
    try:
        kind = LineKind(line)
    except ValueError:
        return ""
    return "" if kind is LineKind.READER else kind.label.partition(" (")[0]


def reader_disagreement(grade: Severity, record: PatientRecord) -> str:
    """The newest reader's grade, in words, when it is not the grade that the numbers give."""
    for study in record.echo_studies:
        low, high = study.reader_grade_low, study.reader_grade_high
        if not study.counts or low is None or high is None:
            continue
        given = {Grade.of_rank(rank).value for rank in range(low, high + 1)}
        if grade.result.value in given:
            return ""
        words = study.get_reader_grade_low_display()
        if high != low:
            words = f"{words} to {study.get_reader_grade_high_display()}"
        return f"The reader's own grade of {spoken(study.performed_on)} is {words}."
    return ""
