"""Acknowledging an open acute episode: who knows of it, and since when."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.models import Clinic
from accounts.permissions import Action
from patients.actions import change
from patients.models import AcuteEpisode
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    patient_url,
    record_or_404,
)
from patients.writing import StaleRecord


@require_http_methods(["GET", "POST"])
def acute_acknowledge(request: ClinicRequest, episode_id: UUID) -> HttpResponse:
    """Note that the user knows of the emergency; a plain link leads to a page that asks once."""
    episode = record_or_404(request, AcuteEpisode, episode_id)
    clinic = clinic_to_write(request, episode.patient, Action.ENTER_CLINICAL)
    if request.method == "GET":
        note_view(request, episode.patient, episode)
        context = {**identity(request, episode.patient), "episode": episode, "clinic": clinic}
        return render(request, "patients/acute_acknowledge.html", context)
    _acknowledge(request, episode, clinic)
    return redirect(patient_url(episode.patient))


def _acknowledge(request: ClinicRequest, episode: AcuteEpisode, clinic: Clinic) -> None:
    if not episode.is_open:
        messages.info(request, "This acute episode is closed already.")
        return
    if episode.acknowledged_at is not None:
        messages.info(request, f"Already acknowledged by {episode.acknowledged_by}.")
        return
    episode.acknowledged_at, episode.acknowledged_by = timezone.now(), request.user
    try:
        change(episode, by=request.user, clinic=clinic, reason="acknowledged")
    except StaleRecord:
        messages.warning(request, "The episode was changed meanwhile; please look at it again.")
        return
    messages.success(
        request, "Acute episode acknowledged, with your name and the time. This calls nobody."
    )
