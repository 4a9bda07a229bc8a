"""One row of any kind in one line, as somebody would say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from followup import models as followup
from followup.forms.appointments import named
from followup.record_kinds import outcome_of
from patients import models as records
from patients.days import spoken
from patients.forms.acknowledgment import result_words, study_words
from patients.forms.answers import answer_words
from patients.forms.typed import plain
from patients.models import ClinicalRecord
from patients.record_sheet import label_of, with_unit
from patients.study_sheet import upper_first
from patients.study_sheet import value_text as echo_value
from reports.kinds import KINDS
from reports.patient_page.tables import ECHO_COLUMNS, dose_text, nyha_text, result_text
from treatments import models as treatments
from treatments.forms.team import pending_judgments

# Codes of any vocabulary that say nothing which a line needs.
SILENT = frozenset({"not_stated", "unknown", "not_answered", "not_discussed", ""})
VALUES_IN_A_LINE = 5
REMARKS = {"Comment", "Note"}
ANSWERS = {"yes", "no", "unknown"}


def line_of(row: ClinicalRecord) -> str:
    """What the row says, without its day; "no value recorded" when it says nothing."""
    says = LINES.get(type(row), _listed)
    return says(row) or "no value recorded"


def day_text(row: ClinicalRecord) -> str:
    """The day of the row in words, with the time where it has one; empty where there is none."""
    day: date | datetime | None = getattr(row, row.date_field)
    if isinstance(day, datetime):
        local = timezone.localtime(day)
        return f"{spoken(local)}, {local:%H:%M}"
    return spoken(day) if day is not None else ""


def _listed(row: Any) -> str:
    """The values that the kind's own list shows, each with its name and unit."""
    kind = KINDS.get(type(row))
    if kind is None:
        return upper_first(str(row))
    names = kind.form.listed or tuple(
        name for chapter in kind.form.chapters for name in chapter.names
    )
    found = [(label_of(kind.form, name), with_unit(kind.form, row, name)) for name in names]
    said = [_labelled(label, text) for label, text in found if text is not None]
    return upper_first(_joined(*said[:VALUES_IN_A_LINE]))


def _labelled(label: str, text: str) -> str:
    """An answer with its question, a value after its name, a remark as it is."""
    if label in REMARKS:
        return text
    return lower_first(f"{label}: {text}" if text in ANSWERS else f"{label} {text}")


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _words(row: Any, *names: str) -> list[str]:
    """The words of coded columns that say something."""
    return [
        str(getattr(row, f"get_{name}_display")())
        for name in names
        if getattr(row, name) not in SILENT
    ]


def lower_first(text: str) -> str:
    """The text as it reads inside a sentence; an abbreviation or a number keeps its letters."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _echo(study: records.EchoStudy) -> str:
    values = [
        f"{label} {text} {unit}"
        for name, label, unit in ECHO_COLUMNS
        if (text := echo_value(study, name)) is not None
    ]
    grade = echo_value(study, "reader_grade")
    said = [*values[:4], f"reader: {grade}" if grade else ""]
    kind = study.get_modality_display()
    status = "" if study.counts or study.struck_at else ", draft, not used"
    return _joined(upper_first(kind) + status, *said)


def _symptoms(log: records.SymptomLog) -> str:
    asked = [
        field.verbose_name
        for field in log._meta.concrete_fields
        if field.name in SYMPTOMS and getattr(log, field.name)
    ]
    nyha = nyha_text(log)
    none = "asked: no symptoms" if log.actively_asked_none else ""
    return _joined(f"NYHA {nyha}" if nyha else "", none, ", ".join(map(str, asked)), log.comment)


SYMPTOMS = {
    "dyspnea",
    "orthopnea",
    "nocturnal_dyspnea",
    "edema",
    "syncope",
    "palpitations",
    "fatigue",
    "fever",
    "reduced_exercise_tolerance",
}


def _diagnosis(row: records.MitralDiagnosis) -> str:
    before = row.get_previous_mitral_procedure_display()
    procedure = "" if row.previous_mitral_procedure in {"unknown", "none"} else f"had {before}"
    said = _words(row, "mechanism", "etiology", "tempo", "carpentier_type")
    return _joined(upper_first(", ".join(map(lower_first, said))), procedure, row.note)


def _comorbidity(row: records.Comorbidity) -> str:
    since = f", since {spoken(row.since_on)}" if row.since_on else ""
    return f"{upper_first(row.get_kind_display())}: {row.get_present_display()}{since}"


def _allergy(row: records.Allergy) -> str:
    if row.reaction == records.Allergy.Reaction.NONE_KNOWN:
        return "Asked: no known allergy"
    reaction = "reaction not known" if row.reaction == "unknown" else row.get_reaction_display()
    return f"{upper_first(row.substance) or 'Substance not recorded'}: {reaction}"


def _answer(row: records.ClinicalAnswer) -> str:
    said = f"{upper_first(row.get_fact_display())}: {answer_words(row) or 'not answered'}"
    return _joined(said, row.comment)


def _absences(row: records.AbsenceCheck) -> str:
    said = [
        str(field.verbose_name)
        for field in row._meta.concrete_fields
        if field.name.endswith("_absent") and getattr(row, field.name)
    ]
    return upper_first("; ".join(said))


def _ecg(row: records.Electrocardiogram) -> str:
    seen = {True: "atrial fibrillation seen", False: "no atrial fibrillation"}
    fibrillation = seen.get(row.atrial_fibrillation_seen) if row.kind != "twelve_lead" else None
    rate = f"{plain(row.heart_rate_bpm)} bpm" if row.heart_rate_bpm is not None else ""
    qrs = f"QRS {plain(row.qrs_ms)} ms" if row.qrs_ms is not None else ""
    rhythm = [lower_first(text) for text in _words(row, "rhythm")]
    kind = upper_first(row.get_kind_display())
    return _joined(kind, *rhythm, rate, qrs, *_words(row, "qrs_morphology"), fibrillation or "")


def _episode(row: records.AcuteEpisode) -> str:
    cause = f"{upper_first(row.get_cause_display())}, {row.get_certainty_display()}"
    closed = f"closed: {row.get_closure_display()}" if row.closed_at else "open"
    return _joined(cause, row.place, closed)


def _seen(row: records.ResultAcknowledgment) -> str:
    parts = [study_words(row.echo_study)] if row.echo_study else []
    parts += [result_words(row.lab_result)] if row.lab_result else []
    return f"{', '.join(parts)}, seen by {row.seen_by.display_name}"


def _intervention(row: treatments.Intervention) -> str:
    status = "" if row.status == "performed" else row.get_status_display()
    planned = f"for {spoken(row.planned_on)}" if row.status == "planned" and row.planned_on else ""
    device = " ".join(filter(None, [row.prosthesis_model, row.repair_technique]))
    said = upper_first(row.get_kind_display())
    return _joined(said, f"{status} {planned}".strip(), device, *_words(row, "urgency"))


def _complication(row: treatments.Complication) -> str:
    state = {"yes": "resolved", "no": "not resolved"}.get(row.resolved, "")
    after = f"after {row.intervention.get_kind_display()}"
    return _joined(f"{upper_first(row.get_kind_display())} {after}", state, row.comment)


def _medication(row: treatments.Medication) -> str:
    drug = row.name_as_written or upper_first(row.get_drug_display())
    stopped = f"stopped {spoken(row.stopped_on)}" if row.stopped_on else ""
    return _joined(f"{drug} {dose_text(row)}".strip(), *_words(row, "indication"), stopped)


def _plan(row: treatments.AnticoagulationPlan) -> str:
    limits = f"INR {row.inr_low}\N{EN DASH}{row.inr_high}" if row.inr_low and row.inr_high else ""
    until = f"until {spoken(row.until_on)}" if row.until_on else ""
    meant = upper_first(row.get_agent_display())
    if row.agent == treatments.AnticoagulationPlan.Agent.NONE:
        meant = "No anticoagulation meant"
    return _joined(meant, limits, row.indication, until)


def _prophylaxis(row: treatments.EndocarditisProphylaxisAdvice) -> str:
    card = "" if row.card_given is None else "card given" if row.card_given else "no card given"
    return _joined(upper_first(row.get_advice_display()), card, row.comment)


def _review(row: treatments.TeamReview) -> str:
    decided = upper_first(row.get_decision_display())
    operable = [lower_first(text) for text in _words(row, "operability")]
    risk = [f"surgical risk {text.lower()}" for text in _words(row, "surgical_risk_class")]
    pending = ", ".join(pending_judgments(row))
    open_still = f"pending: {pending}" if pending else ""
    return _joined(decided, *operable, *risk, row.decision_reason, open_still)


def _appointment(row: followup.Appointment) -> str:
    cancelled = row.status == followup.Appointment.Status.CANCELLED
    by = _words(row, "cancelled_by") if cancelled else []
    said = row.get_status_display() + (f" by the {by[0]}" if by else "")
    return _joined(named(row), said, row.place, row.comment)


def _contact(row: followup.ContactAttempt) -> str:
    return _joined(f"{upper_first(row.get_channel_display())}: {outcome_of(row)}", row.comment)


def _wish(row: followup.ContactWish) -> str:
    return _joined(upper_first(row.get_wish_display()), row.comment)


def _follow_up_end(row: followup.FollowUpEnd) -> str:
    confirmed = f"confirmed against it: {', '.join(row.alarms)}" if row.alarms else ""
    return _joined(row.get_kind_display(), row.reason, confirmed)


def _referral(row: followup.Referral) -> str:
    withdrawn = f"withdrawn {spoken(row.withdrawn_on)}" if row.withdrawn_on else ""
    return _joined(row.question, row.get_urgency_display(), withdrawn)


LINES: Mapping[type[ClinicalRecord], Callable[[Any], str]] = {
    records.EchoStudy: _echo,
    records.SymptomLog: _symptoms,
    records.MitralDiagnosis: _diagnosis,
    records.Comorbidity: _comorbidity,
    records.Allergy: _allergy,
    records.AbsenceCheck: _absences,
    records.ClinicalAnswer: _answer,
    records.Electrocardiogram: _ecg,
    records.AcuteEpisode: _episode,
    records.ResultAcknowledgment: _seen,
    records.LabResult: result_text,
    treatments.Intervention: _intervention,
    treatments.Complication: _complication,
    treatments.Medication: _medication,
    treatments.AnticoagulationPlan: _plan,
    treatments.EndocarditisProphylaxisAdvice: _prophylaxis,
    treatments.TeamReview: _review,
    followup.Appointment: _appointment,
    followup.ContactAttempt: _contact,
    followup.ContactWish: _wish,
    followup.FollowUpEnd: _follow_up_end,
    followup.Referral: _referral,
}
