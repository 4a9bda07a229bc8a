"""The emergency banner of an open acute episode (definition D12 of the safety file)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Clinic
from guidelines.vocabulary import MitralValveState
from patients.models import AcuteEpisode
from reports.patient_page.banner import Banner
from treatments.facts import valve_state_of
from treatments.record import PatientRecord

SECONDS_PER_HOUR = 3600
HOURS_SHOWN_AS_DAYS = 48

CHECKLIST = (
    "Transthoracic echo now. If it is not diagnostic, transesophageal echo: a soft or absent "
    "murmur, a small jet and chambers of normal size do not exclude acute regurgitation.",
    "Before any vasodilator, inotrope or balloon pump: exclude systolic anterior motion or outflow "
    "obstruction, aortic regurgitation and dissection.",
    "ECG and troponin; coronary angiography if an infarct is the cause.",
    "Blood cultures before antibiotics if there is fever or suspected endocarditis.",
    "A prosthesis: image for thrombosis and leak.",
    "Not hypotensive: nitroprusside or nitrate, with a diuretic. Hypotensive: no vasodilator "
    "alone; inotrope and mechanical support as a bridge. No routine beta blocker.",
    "Urgent surgery decides; do not delay it for risk scores or surveillance.",
)
"""Narrative of the guidelines, without class (rows AHA-AC-01 to 05, ESC25-A-01 to 03, D12)."""


def emergency_of(
    record: PatientRecord, banner: Banner, clinic: Clinic, now: datetime, may_acknowledge: bool
) -> dict[str, Any] | None:
    """What the emergency banner takes; None when no acute episode stands."""
    episode = record.open_episode
    if episode is None:
        return None
    return {
        "name": banner.name,
        "record_number": banner.record_number,
        "age_years": banner.age_years,
        "cause": episode.get_cause_display(),
        "cause_known": _certainty(episode),
        "state": observations_of(episode),
        "since": episode.onset_at,
        "elapsed": elapsed(episode.onset_at, now),
        "updated": episode.observed_at,
        "where": episode.place,
        "accepted_by": episode.accepted_by_name,
        "accepted_at": episode.accepted_at,
        "acknowledged_by": episode.acknowledged_by.display_name if episode.acknowledged_by else "",
        "acknowledged_at": episode.acknowledged_at,
        "phones": clinic.emergency_phones,
        "allergies": banner.allergies,
        "anticoagulation": banner.anticoagulation,
        "previous_procedure": _previous_procedure(record),
        "pregnancy": _pregnancy(record),
        "acknowledge_href": (
            reverse("patients:acute-acknowledge", args=[episode.public_id])
            if may_acknowledge
            else ""
        ),
        "checklist": CHECKLIST,
    }


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
        below = f"/{low.normalize():f}" if low is not None else ""
        parts.append(f"BP {episode.systolic_bp_mmhg.normalize():f}{below} mmHg")
    if episode.heart_rate_bpm is not None:
        parts.append(f"HR {episode.heart_rate_bpm.normalize():f}/min")
    if episode.oxygen_saturation_percent is not None:
        parts.append(f"SpO2 {episode.oxygen_saturation_percent.normalize():f} %")
    if episode.pulmonary_edema:
        parts.append("pulmonary edema")
    if episode.shock:
        parts.append("shock")
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
    if not record.pregnancy_statuses:
        return ""
    newest = record.pregnancy_statuses[0]
    return newest.get_status_display()
