"""Who opened a patient's record: for the patient who asks, and for those who look after it."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.permissions import Action, allowing_role, clinics_where, may
from audit.models import AuditAction
from audit.recording import record_many, record_refusal
from patients.models import Patient, Registration
from patients.selectors import known_until, version_known
from patients.views.access import open_patient_or_404, patient_url
from reports.access_log import AccessFilter, access_days


@require_safe
def patient_access(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Who had to do with the record in one's clinics, by day and person; asking is an act, too."""
    return _shown(request, patient_id, AuditAction.VIEW)


@require_safe
def patient_access_print(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The same, to be handed to the patient."""
    return _shown(request, patient_id, AuditAction.PRINT)


def _shown(request: ClinicRequest, patient_id: UUID, action: AuditAction) -> HttpResponse:
    patient, registrations = _opened(request, patient_id)
    clinics = list(dict.fromkeys(registration.clinic for registration in registrations))
    zone = ZoneInfo(clinics[0].time_zone)
    today = clinics[0].today()
    form = AccessFilter(request.GET, today=today)
    may_open = any(may(request.user, Action.VIEW_PATIENT, clinic) for clinic in clinics)
    with transaction.atomic():
        days = access_days(patient, clinics, form, zone)
        record_many(
            {
                "action": action,
                "by": request.user,
                "clinic_id": clinic.pk,
                "role": allowing_role(request.user, Action.VIEW_ACCESS, clinic),
                "record_kind": "access",
                "record_id": patient.public_id,
                "patient_id": patient.public_id,
                "note": form.note,
            }
            for clinic in clinics
        )
    context = {
        "patient": patient,
        "age_years": patient.age_on(patient.deceased_on or today),
        "sex": patient.get_sex_display() if patient.sex != Patient.Sex.UNKNOWN else "",
        "registration": registrations[0],
        "may_open": may_open,
        "patient_url": patient_url(patient) if may_open else "",
        "clinics": clinics,
        "form": form,
        "days": days,
        "query": request.GET.urlencode(),
        "is_printing": action is AuditAction.PRINT,
        "now": timezone.now(),
        "back_url": reverse("reports:patient-access", args=[patient.public_id]),
        "print_url": reverse("reports:patient-access-print", args=[patient.public_id]),
    }
    with timezone.override(zone):
        return render(request, "reports/patient_access.html", context)


def _opened(request: ClinicRequest, patient_id: UUID) -> tuple[Patient, list[Registration]]:
    """The patient and their registrations in the clinics where one may ask this.

    Auditors, who may open no record, ask it by the number alone. Raises ``Http404`` where the
    patient is not of one's clinics, and ``PermissionDenied`` where the role is another; either is
    remembered.
    """
    clinic_ids = clinics_where(request.user, Action.VIEW_ACCESS)
    if not clinic_ids:
        record_refusal(by=request.user, note=f"not allowed to {Action.VIEW_ACCESS}")
        raise PermissionDenied(f"Your role does not allow you to {Action.VIEW_ACCESS.label}.")
    rows = Registration.objects.filter(
        patient__public_id=patient_id, clinic__in=clinic_ids
    ).exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
    found = sorted(
        rows.select_related("patient", "clinic"),
        key=lambda each: (each.until_on is not None, each.clinic.name, each.pk),
    )
    if not found:
        open_patient_or_404(request, patient_id)
        raise Http404("No such record.")
    patient, known_at = found[0].patient, known_until(found)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    return patient, found
