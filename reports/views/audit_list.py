"""What was done in one's clinics, for those who may read the audit."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ClinicRequest, clinics_shown
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record_many
from patients.models import Registration
from reports.audit_list import AuditFilter, AuditScope, Place, audit_page, seal_state
from reports.audit_report import AUDIT_EVENTS

LONGEST_NUMBER = 100


@require_safe
def audit_list(request: ClinicRequest) -> HttpResponse:
    """The acts in the clinic chosen, or in all of one's own, newest first; reading is one, too."""
    scope = AuditScope(_clinics(request))
    form = AuditFilter(
        request.GET,
        clinics=scope.clinics,
        people=scope.people,
        today=scope.clinics[0].today(),
    )
    form.refuse_strangers()
    after = Place.read(request.GET.get("after", ""))
    with transaction.atomic():
        page, seal = audit_page(scope, form, after), seal_state()
        _note(request, scope.clinics, AuditAction.VIEW, form.patient_id, len(page.rows), form.note)
    context = {
        "clinics": scope.clinics,
        "form": form,
        "page": page,
        "is_first": after is None,
        "seal": seal,
        "export_url": _export_url(form),
        "numbers": _record_numbers(form.patient_id, scope.clinics),
    }
    with timezone.override(scope.zone):
        return render(request, "reports/audit_list.html", context)


@require_POST
def audit_patient(request: ClinicRequest) -> HttpResponse:
    """Narrow the list to one patient, named by record number or public id; no address holds it."""
    clinics = _clinics(request)
    typed = "".join(sign for sign in request.POST.get("patient", "") if sign.isprintable())
    typed = typed.strip()[:LONGEST_NUMBER]
    found = _patient_of(typed, clinics)
    _note(request, clinics, AuditAction.SEARCH, found, int(bool(found)), "by record number or id")
    page = reverse("reports:audit-list")
    if not found:
        messages.warning(request, "No patient of your clinics has this record number or id.")
        return redirect(page)
    return redirect(f"{page}?patient={found}")


def _clinics(request: ClinicRequest) -> list[Clinic]:
    shown = clinics_shown(request, Action.VIEW_AUDIT)
    return [clinic for clinic in request.clinics if clinic.pk in shown]


def _patient_of(typed: str, clinics: Sequence[Clinic]) -> str:
    """The public id of a patient who is or was registered in these clinics; else empty."""
    rows = Registration.objects.filter(clinic__in=clinics)
    try:
        rows = rows.filter(patient__public_id=UUID(typed))
    except ValueError:
        rows = rows.filter(record_number__iexact=typed)
    found = rows.order_by("id").values_list("patient__public_id", flat=True).first()
    return str(found) if found else ""


def _record_numbers(patient: str, clinics: Sequence[Clinic]) -> list[str]:
    """By which numbers these clinics know the patient to whom the list is narrowed."""
    if not patient:
        return []
    rows = Registration.objects.filter(patient__public_id=patient, clinic__in=clinics)
    return list(dict.fromkeys(rows.order_by("id").values_list("record_number", flat=True)))


def _export_url(form: AuditFilter) -> str:
    """The report of the same acts, narrowed by the same."""
    page = reverse("reports:report-page", args=[AUDIT_EVENTS.name])
    return f"{page}?{form.address}" if form.address else page


def _note(
    request: ClinicRequest,
    clinics: Sequence[Clinic],
    action: AuditAction,
    patient: str,
    rows: int,
    note: str,
) -> None:
    record_many(
        {
            "action": action,
            "by": request.user,
            "clinic_id": clinic.pk,
            "role": allowing_role(request.user, Action.VIEW_AUDIT, clinic),
            "record_kind": "audit",
            "patient_id": patient,
            "counts": {"rows": rows},
            "note": note,
        }
        for clinic in clinics
    )
