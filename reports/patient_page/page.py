"""Everything the patient page shows, gathered once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.guideline_settings import hidden_editions
from accounts.models import Clinic
from accounts.permissions import Action
from followup.clinic_rules import rules_of
from followup.whole import whole_assessment
from guidelines.assessment import Assessment
from guidelines.editions import GateState
from guidelines.rule import Edition
from guidelines.vocabulary import Advice, Mechanism
from patients.models import Patient, Registration
from reports.kinds import Doors
from reports.patient_page.answers import answers_of, missing_rows
from reports.patient_page.banner import Banner, banner_of
from reports.patient_page.case import PageCase
from reports.patient_page.emergency import emergency_of
from reports.patient_page.findings import findings_of
from reports.patient_page.scores import score_panel_of
from reports.patient_page.stance import stance_of
from reports.patient_page.tables import ECHO_COLUMNS, Table, tables_of
from reports.patient_page.therapy import therapy_of
from reports.patient_page.travel import travel_of
from reports.patient_page.trends import trend_figures
from reports.patient_page.upcoming import upcoming_of
from reports.patient_page.verdicts import EditionCard, edition_cards, edition_to_offer
from treatments.record import PatientRecord, record_of


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
    why_they_differ: str
    alarms: list[str]
    switched_off: bool
    figures: list[dict[str, Any]]
    travel: dict[str, Any] | None
    stance: dict[str, Any]
    therapy: dict[str, Any] | None
    upcoming: dict[str, Any] | None
    scores: dict[str, Any] | None
    findings: dict[str, Any] | None
    tables: dict[str, Table]
    echo_columns: tuple[tuple[str, str, str], ...] = field(default=ECHO_COLUMNS)

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands beside every verdict; nothing of it once the patient has died."""
        return () if self.case.record.has_died else self.case.assessment.notes

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
    asked_edition: Edition | None = None,
) -> PatientPage:
    """The page as somebody sees it who holds these registrations.

    ``read_until`` ends the record for a clinic that no longer follows the patient, and
    ``known_at`` keeps it as that clinic held it then.
    """
    case = case_of(
        patient,
        registrations,
        read_until=read_until,
        known_at=known_at,
        now=now,
        doors=doors,
        show_all=show_all,
        asked_edition=asked_edition,
    )
    record, assessment, hidden = case.record, case.assessment, case.hidden
    banner = banner_of(record, registrations, doors, case.picture)
    may_enter = Action.ENTER_CLINICAL in doors.actions
    return PatientPage(
        case=case,
        banner=banner,
        emergency=emergency_of(case, banner, may_acknowledge=may_enter),
        answers=answers_of(case),
        editions=edition_cards(case),
        edition_to_offer=edition_to_offer(case),
        missing=missing_rows(case),
        why_they_differ="" if hidden or record.has_died else assessment.why_they_differ,
        alarms=[] if record.has_died else alarms_of(assessment),
        switched_off=_switched_off(assessment),
        figures=trend_figures(record, shows_limits=_limits_apply(record, assessment)),
        travel=travel_of(case),
        stance=stance_of(case),
        therapy=therapy_of(case),
        upcoming=upcoming_of(case),
        scores=score_panel_of(case),
        findings=findings_of(case),
        tables=tables_of(record, show_all=show_all),
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
    asked_edition: Edition | None = None,
) -> PageCase:
    """The record and the whole assessment that every panel reads."""
    clinic: Clinic = registrations[0].clinic
    today = clinic.today(now)
    on = min(today, read_until) if read_until else today
    record = record_of([patient], on=on, known_at=known_at)[patient.pk]
    rules = rules_of(clinic, on, known_at)
    in_force = tuple(rules.editions_of(on))
    asked = None if asked_edition in in_force else asked_edition
    if asked is not None and asked.published_on > on:
        asked = None
    shown = (*in_force, asked) if asked else in_force
    unsigned = hidden_editions([clinic], shown, on, {clinic.pk: rules.values})
    return PageCase(
        patient=patient,
        clinic=clinic,
        registrations=registrations,
        record=record,
        whole=whole_assessment(
            record,
            record_number=registrations[0].record_number,
            rules=rules,
            hidden=unsigned & frozenset(in_force),
        ),
        rules=rules,
        doors=doors,
        now=now,
        read_until=read_until,
        known_at=known_at,
        show_all=show_all,
        asked_edition=asked,
        asked_is_hidden=asked in unsigned,
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


SECONDARY = {Mechanism.SECONDARY_VENTRICULAR.value, Mechanism.SECONDARY_ATRIAL.value}


def _limits_apply(record: PatientRecord, assessment: Assessment) -> bool:
    """Whether the rules whose limits the charts draw may speak: primary MR of a native valve.

    Where that is not known, no limit is drawn: a red 58 % would speak of what nobody measured.
    """
    stated = (row.mechanism for row in record.diagnoses if row.mechanism != "unknown")
    mechanism = next(stated, "")
    may_speak = all(verdict.gate is GateState.OPEN for verdict in assessment.editions)
    return may_speak and mechanism not in SECONDARY
