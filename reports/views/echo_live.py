"""What the numbers of an echo form give while one types: nothing is kept, nothing logged."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import ClinicRequest
from accounts.permissions import Action
from patients.views.access import clinic_to_write, open_patient_or_404
from reports.study_entry.reading import reading_of_typed


@require_POST
def echo_live(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The panel beside the form; the opened form was written to the audit, its keystrokes are not.

    ``?study=`` names the study that is being corrected, so that it does not stand beside itself.
    """
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.ENTER_CLINICAL)
    reading = reading_of_typed(
        request.POST, patient=patient, clinic=clinic, study_id=_study_named(request)
    )
    return render(request, "reports/_study_reading.html", {"reading": reading})


def _study_named(request: ClinicRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("study", ""))
    except ValueError:
        return None
