"""Acts on an acute episode: who knows of it, how it ended, and that it has not ended after all."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action
from patients.actions import change
from patients.forms.acute import AcuteCloseForm
from patients.forms.records import ACCEPT, ReasonForm, accepted
from patients.models import AcuteEpisode
from patients.record_kinds import KINDS
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    patient_url,
    record_or_404,
)
from patients.views.overtaken import overtaken
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


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def acute_close(request: ClinicRequest, episode_id: UUID) -> HttpResponse:
    """Say how and when an acute episode ended; nothing else ends one."""
    episode = record_or_404(request, AcuteEpisode, episode_id)
    clinic = clinic_to_write(request, episode.patient, Action.DECIDE)
    if not episode.is_open and request.method == "GET":
        messages.info(request, "This acute episode does not stand any more.")
        return redirect(KINDS["acute-episode"].page_url(episode))
    with timezone.override(ZoneInfo(clinic.time_zone)):
        form = _close_form(request, episode, clinic)
        if not episode.is_open:
            return _overtaken(request, episode, form)
        if _is_to_be_closed(request, form) and _is_closed(request, form, clinic):
            return redirect(patient_url(episode.patient))
        note_view(request, episode.patient, episode)
        context = {
            **identity(request, episode.patient),
            "episode": episode,
            "form": form,
            "clinic": clinic,
            "is_only_checked": form.is_bound and not form.errors,
        }
        return render(request, "patients/acute_close.html", context)


def _overtaken(
    request: ClinicRequest, episode: AcuteEpisode, form: AcuteCloseForm | ReasonForm
) -> HttpResponse:
    """Somebody else closed, struck or changed the episode while this was typed."""
    stored = AcuteEpisode.objects.select_related("closed_by").get(pk=episode.pk)
    if stored.struck_at is not None:
        happened = "this acute episode was marked as entered in error meanwhile"
    elif stored.closed_at is not None:
        who = stored.closed_by.display_name if stored.closed_by else "somebody else"
        how = stored.get_closure_display()
        happened = f"{who} has closed this acute episode meanwhile (ended by: {how})"
    else:
        happened = "this acute episode is open again, or was changed meanwhile"
    page = ("Open the episode", KINDS["acute-episode"].page_url(stored))
    return overtaken(request, stored.patient, stored, happened=happened, form=form, page=page)


def _close_form(request: ClinicRequest, episode: AcuteEpisode, clinic: Clinic) -> AcuteCloseForm:
    return AcuteCloseForm(
        accepted(request.POST) if request.method == "POST" else None,
        instance=episode,
        patient=episode.patient,
        today=clinic.today(),
        now=timezone.now(),
        zone=ZoneInfo(clinic.time_zone),
    )


def _is_to_be_closed(request: ClinicRequest, form: AcuteCloseForm) -> bool:
    return form.is_valid() and "save" in request.POST and ACCEPT not in request.POST


def _is_closed(request: ClinicRequest, form: AcuteCloseForm, clinic: Clinic) -> bool:
    episode = form.save(commit=False)
    episode.closed_by = request.user
    try:
        change(
            episode,
            by=request.user,
            clinic=clinic,
            reason=form.cleaned_data["reason"],
            expected_version=form.expected_version,
        )
    except StaleRecord as stale:
        _say_stale(form, stale)
        return False
    except ValidationError as error:
        form.put_errors(error)
        return False
    messages.success(request, f"Acute episode closed: {episode.get_closure_display()}.")
    return True


def _say_stale(form: AcuteCloseForm, stale: StaleRecord) -> None:
    data: Any = form.data
    data = data.copy()
    data["version"] = str(stale.current.version)
    form.data = data
    form.add_error(
        None,
        "Somebody else changed this episode since you opened this page. It is shown below as it "
        "stands now; save again if it has ended all the same.",
    )


@require_http_methods(["GET", "POST"])
def acute_reopen(request: ClinicRequest, episode_id: UUID) -> HttpResponse:
    """Take back the closing of an acute episode, under a reason: the emergency stands again."""
    episode = record_or_404(request, AcuteEpisode, episode_id)
    clinic = clinic_to_write(request, episode.patient, Action.DECIDE)
    page_url = KINDS["acute-episode"].page_url(episode)
    is_to_reopen = episode.closed_at is not None and episode.struck_at is None
    if not is_to_reopen and request.method == "GET":
        return redirect(page_url)
    form = ReasonForm(request.POST or None, initial={"version": episode.version})
    form.fields["reason"].label = "Why does the emergency stand again?"
    if not is_to_reopen:
        return _overtaken(request, episode, form)
    if request.method == "POST" and form.is_valid():
        if _is_reopened(request, episode, clinic, form):
            return redirect(page_url)
        return _overtaken(request, episode, form)
    note_view(request, episode.patient, episode)
    with timezone.override(ZoneInfo(clinic.time_zone)):
        context = {
            **identity(request, episode.patient),
            "episode": episode,
            "form": form,
            "page_url": page_url,
        }
        return render(request, "patients/acute_reopen.html", context)


def _is_reopened(
    request: ClinicRequest, episode: AcuteEpisode, clinic: Clinic, form: ReasonForm
) -> bool:
    episode.closed_at = episode.closed_by = None
    episode.closure = ""
    try:
        change(
            episode,
            by=request.user,
            clinic=clinic,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
        )
    except StaleRecord:
        return False
    messages.success(request, "The acute episode is open again.")
    return True
