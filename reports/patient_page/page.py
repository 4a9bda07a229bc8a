"""Everything the patient page shows, gathered once."""

from __future__ import annotations

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
from guidelines.rule import Edition
from guidelines.vocabulary import Advice
from patients.models import Patient, Registration
from reports.kinds import Doors
from reports.patient_page.answers import answers_of, missing_rows, too_old_rows
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
from reports.patient_page.verdicts import EditionCard, edition_cards, edition_to_offer
from treatments.record import record_of

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
    edition_to_offer: Edition | None
    missing: list[dict[str, Any]]
    too_old: dict[str, Any] | None
    why_they_differ: str
    alarms: list[str]
    switched_off: bool
    trends: Trends
    travel: dict[str, Any] | None
    stance: dict[str, Any]
    therapy: dict[str, Any] | None
    upcoming: dict[str, Any] | None
    scores: dict[str, Any] | None
    findings: dict[str, Any] | None
    tables: dict[str, Table]
    day_form: dict[str, Any]
    without_edition: list[str]
    echo_columns: tuple[tuple[str, str, str], ...] = field(default=ECHO_COLUMNS)

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands beside every verdict; nothing of it once the patient has died."""
        return () if self.case.record.has_died else self.case.assessment.notes

    @property
    def no_edition(self) -> bool:
        """Whether no guideline that this program holds was in force on the day."""
        return not self.case.assessment.editions

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
    asked_edition: Edition | None = None,
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
        asked_edition=asked_edition,
    )
    record, assessment, hidden, doors = case.record, case.assessment, case.hidden, case.doors
    banner = banner_of(record, registrations, doors, case.picture)
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
        else emergency_of(case, banner, may_acknowledge=may_enter),
        answers=answers_of(case),
        editions=edition_cards(case),
        edition_to_offer=edition_to_offer(case),
        missing=missing_rows(case),
        too_old=too_old_rows(case),
        why_they_differ="" if hidden or record.has_died else assessment.why_they_differ,
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
    asked_edition: Edition | None = None,
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
    in_force = tuple(rules.editions_of(on))
    if asked_edition in in_force or (asked_edition and asked_edition.published_on > on):
        asked_edition = None
    judged = (*in_force, asked_edition) if asked_edition else in_force
    unsigned = hidden_editions([clinic], judged, on, {clinic.pk: rules.values})
    standing = Standing.objects.filter(patient=patient).only("replay", "is_acute").first()
    replay = replay_of(
        record, rules, standing.replay if standing else None, most_days=MOST_DAYS_REPLAYED
    )
    whole = whole_assessment(
        record,
        record_number=registrations[0].record_number,
        rules=rules,
        hidden=unsigned & frozenset(in_force),
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
        asked_edition=asked_edition,
        asked_is_hidden=asked_edition in unsigned,
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
