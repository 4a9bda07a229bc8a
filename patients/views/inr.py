"""INR values one after the other, each in one row saved with Enter."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action
from patients.days import spoken
from patients.forms.inr import INR, InrForm
from patients.forms.records import accepted
from patients.forms.typed import plain
from patients.models import LabResult, Patient
from patients.views.access import clinic_to_write, identity, note_view, open_patient_or_404
from patients.views.records import is_to_be_saved, recorded

SHOWN = 8


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def inr_add(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Enter an INR; the page stays open for the next one, with the latest ones beside it."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.ENTER_LABORATORY)
    data = accepted(request.POST) if request.method == "POST" else None
    form = InrForm(data, patient=patient, today=clinic.today())
    if is_to_be_saved(request, form) and _is_recorded(request, form, clinic):
        return redirect("patients:inr-add", patient.public_id)
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "form": form,
        "clinic": clinic,
        "results": _latest(patient),
    }
    return render(request, "patients/inr_add.html", context)


def _is_recorded(request: ClinicRequest, form: InrForm, clinic: Clinic) -> bool:
    row: LabResult | None = recorded(request, form, clinic)
    if row is None:
        return False
    said = f"INR {row.comparator}{plain(row.value) if row.value is not None else ''}"
    day = spoken(row.taken_on)
    messages.success(request, f"{said} of {day} saved in the record at {clinic}.")
    return True


def _latest(patient: Patient) -> list[LabResult]:
    rows = LabResult.objects.filter(patient=patient, analyte=INR, struck_at__isnull=True)
    return list(rows.order_by("-taken_on", "-id")[:SHOWN])
