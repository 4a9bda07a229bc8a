"""One line of the patient list, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from accounts.models import Clinic
from followup.models import Standing
from followup.standing import NO_EDITION
from guidelines.editions import GateState, HeadlineKind
from guidelines.vocabulary import (
    Body,
    GradeResult,
    Mechanism,
    MitralValveState,
    SeverityState,
    StudyState,
    Term,
)
from patients.days import spoken
from patients.models import EchoStudy, Patient, Registration
from patients.selectors import as_known_by
from patients.study_sheet import value_text
from reports.selectors import counted_studies, registrations_of, standings_of

GRADE_STATES = {
    GradeResult.SEVERE.value: "beyond",
    GradeResult.MODERATE_TO_SEVERE.value: "attention",
    GradeResult.CANNOT_BE_GRADED.value: "unknown",
}
# What is worth a second line under the grade; the others are said by the grade itself.
SAID_BELOW = {
    SeverityState.SEVERE_ONE_LINE.value: "provisional: one line of evidence",
    SeverityState.DISCORDANT.value: "discordant: TEE or CMR",
    SeverityState.INTERMEDIATE.value: "close below severe: confirm",
    SeverityState.NOT_SEVERE_UNCONFIRMED.value: "severe is not excluded",
    SeverityState.NOT_MEASURED.value: "not measured",
}
STRONGEST = {"1", "I"}
NOT_SIGNED_OFF = "not yet signed off"
FRESH = timedelta(days=1)  # hazard H14: a standing that is older than about a day shows its age
KINDS = {
    HeadlineKind.MET.value: "",
    HeadlineKind.PENDING_JUDGEMENT.value: " pending team",
    HeadlineKind.EITHER_WAY.value: " either way",
}


@dataclass(frozen=True)
class Badge:
    """Words with a state, for components/badge.html."""

    text: str
    state: str


@dataclass
class PatientRow:
    """What the list shows of one patient; ``None`` and empty mean not recorded."""

    patient: Patient
    numbers: list[tuple[str, str]]
    age_years: int | None
    sex: str
    deceased_on: date | None
    is_acute: bool
    ended: Registration | None
    is_followed: bool
    read_until: date | None
    mechanism: str = ""
    valve_state: str = ""
    severity: Badge | None = None
    severity_note: str = ""
    verdicts: list[Badge] = field(default_factory=list)
    verdict_note: str = ""
    assessed_on: date | None = None
    last_echo_on: date | None = None
    lvef: str = ""
    lvef_on: date | None = None
    lvef_note: str = ""


@dataclass(frozen=True)
class RowScope:
    """The clinics that the list shows, the day, and who is acute."""

    clinics: Sequence[Clinic]
    today: date
    acute_ids: Collection[int]
    hidden: Collection[Body] = frozenset()


def rows_of(user: Any, patients: Sequence[Patient], scope: RowScope) -> list[PatientRow]:
    """The lines of these patients, in the same number of queries for one and for fifty."""
    keys = [patient.pk for patient in patients]
    registrations = registrations_of(user, keys)
    known = as_known_by(patients, registrations)
    standings = standings_of(keys)
    studies = counted_studies(keys, scope.today)
    rows = []
    for patient in patients:
        row = _person(known[patient.pk], registrations[patient.pk], scope)
        if row.is_followed and patient.pk in standings:
            _add_standing(row, standings[patient.pk], scope.today, scope.hidden)
        if row.read_until is None:
            _add_echo(row, studies.get(patient.pk, []))
        rows.append(row)
    return rows


def _person(patient: Patient, registrations: list[Registration], scope: RowScope) -> PatientRow:
    clinics = {clinic.pk: clinic for clinic in scope.clinics}
    here = [each for each in registrations if each.clinic_id in clinics]
    followed = any(_runs(each, scope.today) for each in registrations)
    until = None if followed else max(each.until_on for each in registrations if each.until_on)
    died = patient.deceased_on
    if died is not None and until is not None and died > until:
        died = None
    return PatientRow(
        patient=patient,
        numbers=[
            (each.record_number, clinics[each.clinic_id].name if len(clinics) > 1 else "")
            for each in here
        ],
        age_years=patient.age_on(died or scope.today),
        sex="" if patient.sex == Patient.Sex.UNKNOWN else patient.get_sex_display(),
        deceased_on=died,
        is_acute=patient.pk in scope.acute_ids,
        ended=None if any(_runs(each, scope.today) for each in here) else here[0],
        is_followed=followed,
        read_until=until,
    )


def _runs(registration: Registration, today: date) -> bool:
    return registration.until_on is None or registration.until_on >= today


ACUTE_NOTE = "acute regurgitation"


def _add_standing(
    row: PatientRow, standing: Standing, today: date, hidden: Collection[Body]
) -> None:
    """Mechanism, valve, severity and each edition's headline, as of the standing's day.

    A standing is renewed by writes alone while its evidence ages: one that is older than a day
    says so on its own line.
    """
    row.mechanism = _words(Mechanism, standing.mechanism)
    row.valve_state = _words(MitralValveState, standing.valve_state)
    row.severity = Badge(
        _words(GradeResult, standing.grade) or GradeResult.CANNOT_BE_GRADED.label,
        GRADE_STATES.get(standing.grade, "quiet"),
    )
    row.severity_note = _severity_note(standing)
    if row.severity_note == ACUTE_NOTE:
        # Acute by the diagnosis alone has no episode and no banner: it must not look quiet.
        row.severity = replace(row.severity, state="beyond")
    if row.deceased_on is not None:
        # No indication is anybody's any more; mechanism and severity stay, for the cohort.
        row.verdict_note = "died: nothing is due"
        return
    row.verdicts, row.verdict_note = verdicts_of(standing, hidden)
    row.assessed_on = standing.assessed_for_on
    if today - standing.assessed_for_on > FRESH:
        age = f"as of {spoken(standing.assessed_for_on)}, evidence may have aged since"
        row.verdict_note = "; ".join(filter(None, [row.verdict_note, age]))


def _severity_note(standing: Standing) -> str:
    """Why a valve is not on the scale, or what stands against the grade."""
    if standing.grade == GradeResult.NOT_ON_THIS_SCALE.value:
        reason = standing.grade_note.partition(":")[0]
        return reason[:1].lower() + reason[1:]
    return SAID_BELOW.get(standing.grade_state, "")


def verdicts_of(
    standing: Standing, hidden: Collection[Body] = frozenset()
) -> tuple[list[Badge], str]:
    """A badge for each edition, and a quiet line for those that have no headline.

    An empty headline is worded so that it cannot be read as advice against an intervention.
    """
    said = [
        _edition("ACC/AHA", standing.acc_aha_class, standing.acc_aha_status,
                 standing.acc_aha_possible, standing.acc_aha_provisional),
        _edition("ESC", standing.esc_class, standing.esc_status,
                 standing.esc_possible, standing.esc_provisional),
    ]  # fmt: skip
    said = [
        (name, NOT_SIGNED_OFF, "") if body in hidden else (name, text, state)
        for body, (name, text, state) in zip((Body.ACC_AHA, Body.ESC_EACTS), said, strict=True)
    ]
    badges = [Badge(f"{name} {text}", state) for name, text, state in said if state]
    silent: dict[str, list[str]] = {}
    for name, text, state in said:
        if not state:
            silent.setdefault(text, []).append(name)
    lines = [
        text if len(names) == len(said) else f"{' and '.join(names)}: {text}"
        for text, names in silent.items()
    ]
    return badges, "; ".join(lines)


def _edition(
    name: str, cor: str, status: str, possible: str, provisional: bool
) -> tuple[str, str, str]:
    """Name, words and state; without a state the words belong into the quiet line."""
    if cor:
        suffix = ", provisional" if provisional else ""
        state = "beyond" if cor in STRONGEST else "attention"
        if possible and possible != cor:
            # Nothing is possible that is weaker than what is certain.
            suffix += f", {possible} possible"
            state = "beyond" if possible in STRONGEST else state
        return name, f"{cor}{KINDS.get(status, '')}{suffix}", state
    if status == GateState.CLOSED.value and not possible:
        return name, "rules switched off", ""
    if status == NO_EDITION:
        return name, "no edition held", ""
    if possible:
        return name, f"{possible} possible", "unknown"
    if status == GateState.UNKNOWN.value:
        return name, "cannot tell", "unknown"
    return name, "no rule met", ""


def _add_echo(row: PatientRow, studies: list[EchoStudy]) -> None:
    """The last echo and the last LVEF. A former clinic reads its version on the patient's page."""
    row.last_echo_on = studies[0].performed_on if studies else None
    for study in studies:
        text = value_text(study, "lvef_percent")
        if text:
            row.lvef, row.lvef_on = text, study.performed_on
            if study.state not in {StudyState.REST.value, StudyState.UNKNOWN.value}:
                row.lvef_note = _words(StudyState, study.state).lower()
            return


def _words(vocabulary: type[Term], code: str) -> str:
    """The label of a code; empty when it is unknown, which is shown as not recorded."""
    if code == "unknown" or code not in {str(term) for term in vocabulary}:
        return ""
    return vocabulary(code).label


def oldest_day(rows: Sequence[PatientRow]) -> date | None:
    """The oldest day for which a standing on the page was computed."""
    return min((row.assessed_on for row in rows if row.assessed_on), default=None)
