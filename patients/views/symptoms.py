"""The symptom log."""

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
from patients.forms.records import FOLLOW, accepted
from patients.forms.symptoms import SymptomLogForm
from patients.models import Patient
from patients.record_kinds import KINDS
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
)
from patients.views.records import is_to_be_saved, recorded, values_of_before


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def symptom_log_add(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Enter what the patient was asked and answered."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.ENTER_LABORATORY)
    form = _form(request, patient, clinic)
    if is_to_be_saved(request, form) and _is_recorded(request, form, clinic):
        return redirect(patient_url(patient))
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "form": form,
        "clinic": clinic,
        "is_only_checked": form.is_bound and not form.errors,
    }
    return render(request, "patients/symptom_log_add.html", context)


def _form(request: ClinicRequest, patient: Patient, clinic: Clinic) -> SymptomLogForm:
    follows = FOLLOW in request.POST
    data = accepted(request.POST) if request.method == "POST" and not follows else None
    before = values_of_before(KINDS["symptom-log"], patient, None)
    form = SymptomLogForm(data, patient=patient, today=clinic.today(), before=before)
    if follows:
        form.refill(request.POST)
    return form


def _is_recorded(request: ClinicRequest, form: SymptomLogForm, clinic: Clinic) -> bool:
    log = recorded(request, form, clinic)
    if log is None:
        return False
    day = spoken(log.recorded_on)
    messages.success(request, f"Symptom log of {day} saved in the record at {clinic}.")
    return True
