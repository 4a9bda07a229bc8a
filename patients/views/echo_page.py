"""One study as it stands, its former versions, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ClinicRequest
from accounts.models import Clinic
from accounts.permissions import Action
from patients.actions import finalize_echo_study, strike
from patients.days import spoken
from patients.forms.records import ReasonForm
from patients.models import EchoStudy
from patients.selectors import writing_clinic
from patients.study_sheet import (
    Difference,
    differences,
    impossible_pairs,
    pair_text,
    sheet_of,
    upper_first,
)
from patients.views.access import clinic_to_write, identity, note_view, patient_url, record_or_404
from patients.views.echo import open_questions
from patients.views.echo_derived import derived_lines
from patients.views.overtaken import not_struck
from patients.writing import StaleRecord

CONFLICT_WORDS = "Somebody else changed this study since you opened it. This is how it stands now."


@dataclass(frozen=True)
class FormerVersion:
    """One version in the study's history and what it changed."""

    number: int
    row: Any
    changes: tuple[Difference, ...]


@require_GET
def echo_page(request: ClinicRequest, study_id: UUID) -> HttpResponse:
    """A study with all that was recorded, derived and changed."""
    study = record_or_404(request, EchoStudy, study_id)
    note_view(request, study.patient, study)
    versions = _versions(study)
    context = {**_sheet(request, study, study), **_rights(request, study), "versions": versions}
    return render(request, "patients/echo_page.html", context)


@require_GET
def echo_version(request: ClinicRequest, study_id: UUID, number: int) -> HttpResponse:
    """A former version of a study as it was read then."""
    study = record_or_404(request, EchoStudy, study_id)
    version = next((each for each in _versions(study) if each.number == number), None)
    if version is None:
        raise Http404("No such version.")
    note_view(request, study.patient, study)
    context = _sheet(request, study, version.row) | {"version": version}
    return render(request, "patients/echo_version.html", context)


@require_POST
def echo_finalize(request: ClinicRequest, study_id: UUID) -> HttpResponse:
    """Make a draft final, so that it counts."""
    study = record_or_404(request, EchoStudy, study_id)
    clinic = clinic_to_write(request, study.patient, Action.FINALIZE_STUDY)
    if study.status != EchoStudy.Status.DRAFT:
        messages.info(request, f"This study is already {study.get_status_display()}.")
        return redirect("patients:echo-page", study_id)
    if not any(part.lines for part in sheet_of(study) if part.title != "Conditions of the study"):
        messages.error(request, "A study without any value cannot be final.")
        return redirect("patients:echo-edit", study_id)
    questions = open_questions(study, clinic) if _version_seen(request) == study.version else []
    if questions:
        said = " ".join(question.text for question in questions)
        how = "Complete or correct it here, or finalize it here and confirm."
        messages.warning(request, f"{said} {how}")
        return redirect("patients:echo-edit", study_id)
    try:
        finalize_echo_study(
            study, by=request.user, clinic=clinic, expected_version=_version_seen(request)
        )
    except StaleRecord:
        messages.warning(request, CONFLICT_WORDS)
        return redirect("patients:echo-page", study_id)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("patients:echo-edit", study_id)
    messages.success(request, f"{_name(study)} is final and counts in the record at {clinic}.")
    return redirect(patient_url(study.patient))


@require_http_methods(["GET", "POST"])
def echo_strike(request: ClinicRequest, study_id: UUID) -> HttpResponse:
    """Mark a study as entered in error, under a reason; it stays readable and no longer counts."""
    study = record_or_404(request, EchoStudy, study_id)
    clinic = clinic_to_write(request, study.patient, _action_to_strike(study))
    if study.struck_at is not None and request.method == "GET":
        return redirect("patients:echo-page", study_id)
    form = ReasonForm(request.POST or None, initial={"version": study.version})
    if study.struck_at is not None:
        return _not_struck(request, study, form)
    if request.method == "POST" and form.is_valid():
        return _struck(request, study, clinic, form)
    note_view(request, study.patient, study)
    context = {**_sheet(request, study, study), "form": form, "clinic": clinic}
    return render(request, "patients/echo_strike.html", context)


def _struck(
    request: ClinicRequest, study: EchoStudy, clinic: Clinic, form: ReasonForm
) -> HttpResponse:
    seen, reason = form.cleaned_data["version"], form.cleaned_data["reason"]
    try:
        if seen != study.version:
            raise StaleRecord(study)
        strike(study, by=request.user, clinic=clinic, reason=reason)
    except StaleRecord:
        return _not_struck(request, study, form)
    messages.success(request, f"{_name(study)} is marked as entered in error and not used.")
    return redirect(patient_url(study.patient))


def _not_struck(request: ClinicRequest, study: EchoStudy, form: ReasonForm) -> HttpResponse:
    page = ("Open the study", reverse("patients:echo-page", args=[study.public_id]))
    return not_struck(request, study, what="this study", form=form, page=page)


def _action_to_strike(study: EchoStudy) -> Action:
    is_draft = study.status == EchoStudy.Status.DRAFT
    return Action.ENTER_CLINICAL if is_draft else Action.FINALIZE_STUDY


def _version_seen(request: ClinicRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _name(study: EchoStudy) -> str:
    return f"{upper_first(study.get_modality_display())} of {spoken(study.performed_on)}"


def _sheet(request: ClinicRequest, study: EchoStudy, shown: Any) -> dict[str, Any]:
    return {
        **identity(request, study.patient),
        "study": study,
        "shown": shown,
        "name": _name(shown),
        "parts": sheet_of(shown),
        "derived": derived_lines(shown),
        "contradictions": [pair_text(pair, shown) for pair in impossible_pairs(shown)],
    }


def _rights(request: ClinicRequest, study: EchoStudy) -> dict[str, bool]:
    def may_do(action: Action) -> bool:
        return writing_clinic(request.user, study.patient, action) is not None

    is_draft = study.status == EchoStudy.Status.DRAFT and study.struck_at is None
    enters, finalizes = may_do(Action.ENTER_CLINICAL), may_do(Action.FINALIZE_STUDY)
    return {
        "may_edit": is_draft and enters,
        "may_finalize": is_draft and finalizes,
        "may_amend": study.counts and finalizes,
        "may_strike": study.struck_at is None and (enters if is_draft else finalizes),
    }


def _versions(study: EchoStudy) -> list[FormerVersion]:
    known_at = getattr(study, "known_at", None)
    history: Any = study.history.select_related("history_user")
    if known_at is not None:
        history = history.filter(history_date__lte=known_at)
    history = history.exclude(history_type="-")  # a row that a merge moved stays one row
    rows = list(history.order_by("history_date", "history_id"))
    found, before = [], None
    for row in rows:
        changes = tuple(differences(before, row)) if before is not None else ()
        found.append(FormerVersion(row.version, row, changes))
        before = row
    return found[::-1]
