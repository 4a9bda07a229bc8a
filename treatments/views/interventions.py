"""Entering interventions: the parts of one operation follow each other on the same day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from patients.forms.records import FOLLOW, accepted
from patients.models import Patient
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
)
from patients.views.records import is_to_be_saved, name_of, recorded, summary_of
from treatments.forms.interventions import InterventionForm, values_shared_with
from treatments.models import Intervention
from treatments.record_kinds import KINDS

KIND = KINDS["intervention"]
PART = "with"
"""Names the part of an operation that was entered before, by its public id."""


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def intervention_add(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Enter an intervention, or a further part of the operation that ``?with=`` names."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, KIND.action)
    part = _part_named(request, patient)
    form = _form(request, patient, clinic, part)
    if is_to_be_saved(request, form) and (row := _recorded(request, form, clinic)):
        return redirect(_next(request, row))
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "kind": KIND,
        "form": form,
        "clinic": clinic,
        "part": part,
        "part_name": name_of(KIND, part) if part else "",
        "is_only_checked": form.is_bound and not form.errors,
        "list_url": KIND.list_url(patient),
        "remarks": KIND.remarks_before_entry(patient),
    }
    return render(request, "treatments/intervention_add.html", context)


def _part_named(request: ClinicRequest, patient: Patient) -> Intervention | None:
    try:
        wanted = UUID(request.GET.get(PART, ""))
    except ValueError:
        return None
    rows = Intervention.objects.filter(patient=patient, struck_at=None)
    return rows.filter(public_id=wanted).first()


def _form(
    request: ClinicRequest, patient: Patient, clinic: Clinic, part: Intervention | None
) -> InterventionForm:
    follows = FOLLOW in request.POST
    data = accepted(request.POST) if request.method == "POST" and not follows else None
    initial: dict[str, Any] = values_shared_with(part) if part else {}
    if request.GET.get("kind") in Intervention.Kind.values:
        initial["kind"] = request.GET["kind"]
    if request.GET.get("status") in Intervention.Status.values:
        initial["status"] = request.GET["status"]
    form = InterventionForm(data, patient=patient, today=clinic.today(), initial=initial)
    if follows:
        form.refill(request.POST)
    return form


def _recorded(
    request: ClinicRequest, form: InterventionForm, clinic: Clinic
) -> Intervention | None:
    row: Intervention | None = recorded(request, form, clinic)
    if row is None:
        return None
    said = f"{name_of(KIND, row)} saved in the record at {clinic}: {summary_of(KIND, row)}."
    messages.success(request, said)
    return row


def _next(request: ClinicRequest, row: Intervention) -> str:
    if request.POST["save"] == "another":
        return f"{KIND.add_url(row.patient)}?{PART}={row.public_id}"
    return patient_url(row.patient)
