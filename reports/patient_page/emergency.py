"""The emergency banner of an open acute episode (definition D12 of the safety file)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Clinic
from guidelines.vocabulary import Etiology, MitralValveState, Sex
from patients.days import spoken
from patients.forms.typed import plain
from patients.models import AcuteEpisode
from reports.patient_page.banner import Banner
from treatments.facts import picture_of, valve_state_of
from treatments.record import PatientRecord

SECONDS_PER_HOUR = 3600
HOURS_SHOWN_AS_DAYS = 48
LOW_PRESSURE_MMHG = 90  # systolic, local: below it a patient counts as hypotensive

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
    "Urgent surgery decides; do not delay it for risk scores or surveillance. Papillary muscle "
    "rupture and endocarditis: usually replacement. Chordal rupture: repair, or TEER at high risk "
    "of surgery (ESC/EACTS). A narrative of the guidelines, without class.",
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
        "state": " · ".join(filter(None, [observations_of(episode), banner.rhythm])),
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
        "checklist": (*warnings_of(record, episode), *CHECKLIST),
    }


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
