"""The emergency banner of an open acute episode (definition D12 of the safety file)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from guidelines.acute import ChecklistLine, ChecklistState
from guidelines.vocabulary import Etiology, MitralValveState, Sex
from patients.days import spoken
from patients.forms.typed import plain
from patients.models import AcuteEpisode
from reports.patient_page.banner import Banner
from reports.patient_page.case import PageCase
from treatments.facts import picture_of, valve_state_of
from treatments.record import PatientRecord

SECONDS_PER_HOUR = 3600
HOURS_SHOWN_AS_DAYS = 48
LOW_PRESSURE_MMHG = 90  # systolic, local: below it a patient counts as hypotensive

NARRATIVE = "Narrative of the guidelines, without class."
MARKS = {
    ChecklistState.DO: "□",
    ChecklistState.DO_NOT: "✕",
    ChecklistState.ASK: "?",
    ChecklistState.DONE: "✓",
    ChecklistState.NOTE: "·",
}


def emergency_of(case: PageCase, banner: Banner, *, may_acknowledge: bool) -> dict[str, Any] | None:
    """What the emergency banner takes; None when no acute episode stands."""
    record, now = case.record, case.now
    episode = record.open_episode
    if episode is None:
        return None
    return {
        "name": banner.name,
        "record_number": banner.record_number,
        "age_years": banner.age_years,
        "cause": episode.get_cause_display(),
        "cause_known": _certainty(episode),
        "state": " · ".join(filter(None, [observations_of(episode), banner.rhythm])),
        "since": episode.onset_at,
        "elapsed": elapsed(episode.onset_at, now),
        "updated": episode.observed_at,
        "updated_elapsed": _since(episode.observed_at, now),
        "where": episode.place,
        "accepted_by": episode.accepted_by_name,
        "accepted_at": episode.accepted_at,
        "accepted_elapsed": _since(episode.accepted_at, now),
        "acknowledged_by": episode.acknowledged_by.display_name if episode.acknowledged_by else "",
        "acknowledged_at": episode.acknowledged_at,
        "acknowledged_elapsed": _since(episode.acknowledged_at, now),
        "phones": case.clinic.emergency_phones,
        "allergies": banner.allergies,
        "anticoagulation": banner.anticoagulation,
        "previous_procedure": _previous_procedure(record),
        "pregnancy": _pregnancy(record),
        "acknowledge_href": (
            reverse("patients:acute-acknowledge", args=[episode.public_id])
            if may_acknowledge
            else ""
        ),
        "warnings": warnings_of(record, episode),
        "steps": steps_of(case.whole.checklist),
        "narrative": NARRATIVE,
    }


def steps_of(checklist: Sequence[ChecklistLine]) -> list[dict[str, Any]]:
    """The checklist of the core, step by step (rows AHA-AC-01 to 05, ESC25-A-01 to 03, D12).

    Each line says whether to do it, not to, or to ask first: an unknown danger is never taken as
    absent.
    """
    steps: dict[str, list[dict[str, str]]] = {}
    for line in checklist:
        said = {"mark": MARKS[line.state], "state": line.state.label, "text": _spelled(line.words)}
        steps.setdefault(line.step.label, []).append(said)
    return [{"title": title, "lines": lines} for title, lines in steps.items()]


def _spelled(words: str) -> str:
    """Abbreviations in capitals at the beginning of a line."""
    for abbreviation in ("TEER", "TEE"):
        written = abbreviation.capitalize()
        if words.startswith((f"{written} ", f"{written}:")):
            return abbreviation + words.removeprefix(written)
    return words


def _since(instant: datetime | None, now: datetime) -> str:
    return elapsed(instant, now) if instant is not None else ""


def warnings_of(record: PatientRecord, episode: AcuteEpisode) -> list[str]:
    """What this patient's own record forbids, before the list that is the same for everybody."""
    readings = picture_of(record).readings()
    obstructed = readings.get("sam_or_lvot_obstruction") is True
    warnings = []
    if obstructed or readings.get("etiology") is Etiology.SAM_OF_HCM:
        warnings.append(
            "Outflow obstruction, systolic anterior motion or hypertrophic cardiomyopathy is "
            "recorded: no vasodilator, nitrate, inotrope or balloon pump."
        )
    if readings.get("aortic_regurgitation_more_than_mild") is True:
        warnings.append("Aortic regurgitation more than mild is recorded: no balloon pump.")
    pressure = episode.systolic_bp_mmhg
    if episode.shock or (pressure is not None and pressure < LOW_PRESSURE_MMHG):
        warnings.append("In shock or hypotensive when last seen: no vasodilator alone.")
    return warnings


def elapsed(since: datetime, now: datetime) -> str:
    """Time since an instant, in hours and minutes, in days from two days on."""
    seconds = max(0, int((now - since).total_seconds()))
    hours, rest = divmod(seconds, SECONDS_PER_HOUR)
    if hours >= HOURS_SHOWN_AS_DAYS:
        return f"{hours // 24} days {hours % 24} h ago"
    return f"{hours} h {rest // 60:02d} min ago"


def observations_of(episode: AcuteEpisode) -> str:
    """Pressure, heart rate, saturation, edema and shock, as far as they are recorded."""
    parts = []
    if episode.systolic_bp_mmhg is not None:
        low = episode.diastolic_bp_mmhg
        below = f"/{plain(low)}" if low is not None else ""
        parts.append(f"BP {plain(episode.systolic_bp_mmhg)}{below} mmHg")
    if episode.heart_rate_bpm is not None:
        parts.append(f"HR {plain(episode.heart_rate_bpm)}/min")
    if episode.oxygen_saturation_percent is not None:
        parts.append(f"SpO2 {plain(episode.oxygen_saturation_percent)} %")
    for name, present in (("pulmonary edema", episode.pulmonary_edema), ("shock", episode.shock)):
        if present is not None:
            parts.append(name if present else f"no {name}")
    return " · ".join(parts)


def _certainty(episode: AcuteEpisode) -> str:
    words = episode.get_certainty_display()
    return f"{words}, {episode.how_known}" if episode.how_known else words


def _previous_procedure(record: PatientRecord) -> str:
    state = valve_state_of(record).value
    if not isinstance(state, MitralValveState) or state is MitralValveState.UNKNOWN:
        return ""
    return "no" if state is MitralValveState.NATIVE else state.label


def _pregnancy(record: PatientRecord) -> str:
    """As last asked, with its day; a question for everybody who could be pregnant."""
    stated = next((row for row in record.pregnancy_statuses if row.status != "unknown"), None)
    if stated is not None:
        return f"{stated.get_status_display()}, asked on {spoken(stated.assessed_on)}"
    patient = record.patient
    impossible = patient.sex == Sex.MALE.value or patient.pregnancy_possible is False
    return "" if impossible else "not recorded: ask"
