"""The emergency banners above a list: one for each open acute episode."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import Clinic, User
from accounts.permissions import Action, may
from patients.models import AcuteEpisode, Registration
from reports.patient_page.emergency import observations_of
from reports.selectors import registrations_of


def banners_of(
    user: User, episodes: Sequence[AcuteEpisode], clinics: Sequence[Clinic], today: date
) -> list[dict[str, Any]]:
    """What components/emergency_banner.html takes, newest onset first.

    Clock times are those of the clinic: ``time_zone`` names its zone.
    """
    if not episodes:
        return []
    registrations = registrations_of(user, [episode.patient_id for episode in episodes])
    return [
        _banner(user, episode, registrations[episode.patient_id], clinics, today)
        for episode in episodes
    ]


def _banner(
    user: User,
    episode: AcuteEpisode,
    registrations: list[Registration],
    clinics: Sequence[Clinic],
    today: date,
) -> dict[str, Any]:
    registration, clinic = _place(registrations, clinics)
    may_acknowledge = registration.is_active_on(today) and may(user, Action.ENTER_CLINICAL, clinic)
    acknowledged_by = episode.acknowledged_by
    return {
        "name": episode.patient.name,
        "record_number": registration.record_number,
        "age_years": episode.patient.age_on(today),
        "cause": episode.get_cause_display(),
        "cause_known": episode.get_certainty_display(),
        "state": observations_of(episode),
        "since": episode.onset_at,
        "updated": episode.observed_at,
        "where": episode.place,
        "accepted_by": episode.accepted_by_name,
        "accepted_at": episode.accepted_at,
        "acknowledged_by": acknowledged_by.display_name if acknowledged_by else "",
        "acknowledged_at": episode.acknowledged_at,
        "phones": clinic.emergency_phones,
        "time_zone": clinic.time_zone,
        "href": reverse("reports:patient-page", args=[episode.patient.public_id]),
        "acknowledge_href": reverse("patients:acute-acknowledge", args=[episode.public_id])
        if may_acknowledge
        else "",
    }


def _place(
    registrations: list[Registration], clinics: Sequence[Clinic]
) -> tuple[Registration, Clinic]:
    """The clinic of the list in which the patient is registered, one that still runs first."""
    by_key = {clinic.pk: clinic for clinic in clinics}
    here = [each for each in registrations if each.clinic_id in by_key]
    first = min(here, key=lambda each: each.until_on is not None)
    return first, by_key[first.clinic_id]
