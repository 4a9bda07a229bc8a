"""The team sheet of a patient as the record stands, freezing it, and a frozen one for ever."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ClinicRequest
from accounts.permissions import Action
from audit.models import AuditAction
from audit.recording import record as record_event
from followup.models import TeamSheet
from followup.team_actions import freeze_team_sheet
from followup.team_selectors import sheets_seen
from patients.models import Patient
from patients.selectors import (
    known_until,
    registrations_seen_by,
    seen_until,
    version_known,
    viewing_role,
    writing_clinic,
)
from patients.views.access import (
    clinic_to_write,
    holder_or_404,
    identity,
    note_hidden,
    note_view,
    open_patient_or_404,
)
from reports.kinds import doors_of
from reports.patient_page.case import PageCase
from reports.patient_page.page import case_of
from reports.team_sheet import FreezeForm, editions_of, on_paper, page_of, sheet_of, still_fits
from reports.views.referral import case_of_today

FREEZES = Action.ENTER_CLINICAL


@require_safe
def team_sheet(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Everything the team needs of one patient on one page, as the record stands today."""
    return _live(request, patient_id, AuditAction.VIEW)


@require_safe
def team_sheet_print(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The same to be printed; that it was asked for is written to the audit."""
    return _live(request, patient_id, AuditAction.PRINT)


def _live(request: ClinicRequest, patient_id: UUID, action: AuditAction) -> HttpResponse:
    patient = open_patient_or_404(request, patient_id)
    case = _case_seen(request, patient)
    with transaction.atomic(), timezone.override(ZoneInfo(case.clinic.time_zone)):
        _note(request, patient, action)
        return _shown(request, case, FreezeForm(today=case.clinic.today()), action)


def _shown(
    request: ClinicRequest,
    case: PageCase,
    form: FreezeForm,
    action: AuditAction = AuditAction.VIEW,
) -> HttpResponse:
    patient = case.patient
    registrations = registrations_seen_by(request.user, patient)
    lives = not case.record.has_died
    context = {
        **identity(request, patient),
        "sheet": on_paper(page_of(case)),
        "form": form,
        "frozen_before": sheets_seen(patient, registrations),
        "may_freeze": lives and writing_clinic(request.user, patient, FREEZES) is not None,
        "may_decide": lives and writing_clinic(request.user, patient, Action.DECIDE) is not None,
        "read_until": case.read_until,
        "clinic": case.clinic,
        "now": case.now,
        "is_printing": action is AuditAction.PRINT,
    }
    return render(request, "reports/team_sheet.html", context)


def _case_seen(request: ClinicRequest, patient: Patient) -> PageCase:
    """The record as the user may read it: of a former clinic, as that clinic held it."""
    registrations = registrations_seen_by(request.user, patient)
    known_at = known_until(registrations)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    return case_of(
        patient,
        registrations,
        read_until=seen_until(registrations),
        known_at=known_at,
        now=timezone.now(),
        doors=doors_of(request.user, patient, registrations),
    )


@require_POST
def team_sheet_freeze(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Keep the sheet of this moment for a meeting, for good."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, FREEZES)
    case = case_of_today(request, patient, clinic)
    form = FreezeForm(request.POST, today=clinic.today())
    with timezone.override(ZoneInfo(clinic.time_zone)):
        if form.is_valid():
            try:
                sheet = freeze_team_sheet(
                    by=request.user,
                    clinic=clinic,
                    patient=patient,
                    content=sheet_of(case),
                    speaks_of_on=case.on,
                    editions=editions_of(case),
                    meeting_on=form.cleaned_data["meeting_on"],
                )
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, f"The sheet is frozen, in the record at {clinic}.")
                return redirect("reports:team-sheet-page", sheet.public_id)
        note_view(request, patient)
        return _shown(request, case, form)


# ---- frozen --------------------------------------------------------------------------------------


@require_safe
def team_sheet_page(request: ClinicRequest, sheet_id: UUID) -> HttpResponse:
    """A frozen sheet as it was, from what is stored with it alone."""
    return _frozen(request, sheet_id, AuditAction.VIEW)


@require_safe
def team_sheet_page_print(request: ClinicRequest, sheet_id: UUID) -> HttpResponse:
    """The same to be printed; that it was asked for is written to the audit."""
    return _frozen(request, sheet_id, AuditAction.PRINT)


def _frozen(request: ClinicRequest, sheet_id: UUID, action: AuditAction) -> HttpResponse:
    row = _sheet_or_404(request, sheet_id)
    fits = still_fits(row)
    with transaction.atomic(), timezone.override(ZoneInfo(row.clinic.time_zone)):
        _note(request, row.patient, action, row)
        context: dict[str, Any] = {
            **identity(request, row.patient),
            "sheet": on_paper(row.content["page"], is_whole=fits),
            "frozen": row,
            "fits": fits,
            "by": row.entered_by.display_name if row.entered_by else "the system",
            # The foot of the page names the editions by which it was judged.
            "rule_editions": row.editions,
            "now": timezone.now(),
            "is_printing": action is AuditAction.PRINT,
        }
        return render(request, "reports/team_sheet_page.html", context)


def _sheet_or_404(request: ClinicRequest, sheet_id: UUID) -> TeamSheet:
    """A sheet that the user's clinics may read, of the person as they hold them.

    Raises ``Http404`` for any other; asking for a sheet of another clinic's patient is remembered
    as refused.
    """
    found = TeamSheet.objects.select_related("patient").filter(public_id=sheet_id).first()
    if found is None:
        raise Http404("No such sheet.")
    patient = holder_or_404(request, found.patient)
    registrations = registrations_seen_by(request.user, patient)
    seen = sheets_seen(patient, registrations)
    sheet = next((each for each in seen if each.pk == found.pk), None)
    if sheet is None:
        note_hidden(request, patient)
        raise Http404("No such sheet.")
    known_at = known_until(registrations)
    if known_at is not None:
        sheet.patient = version_known(Patient, patient.pk, known_at) or patient
    return sheet


def _note(
    request: ClinicRequest, patient: Patient, action: AuditAction, sheet: TeamSheet | None = None
) -> None:
    clinic = registrations_seen_by(request.user, patient)[0].clinic
    record_event(
        action=action,
        by=request.user,
        clinic_id=clinic.pk,
        role=viewing_role(request.user, patient, clinic),
        record_kind="teamsheet",
        record_id=sheet.public_id if sheet else patient.public_id,
        patient_id=patient.public_id,
        note="" if sheet else "as the record stands",
    )
