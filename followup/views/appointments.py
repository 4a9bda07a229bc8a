"""Quick acts on an appointment: attended, did not come, cancelled, moved to another day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
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
from followup.actions import (
    attend_appointment,
    cancel_appointment,
    miss_appointment,
    move_appointment,
)
from followup.forms.appointments import CancelForm, MoveForm, OutcomeForm
from followup.models import Appointment
from followup.record_kinds import KINDS
from patients.forms.records import RecordForm, accepted
from patients.views.access import clinic_to_write, identity, note_view, record_or_404
from patients.views.records import back_url, is_to_be_saved, name_of
from patients.writing import StaleRecord

KIND = KINDS["appointment"]
CONFLICT = 409
Act: TypeAlias = Callable[..., Appointment]


@require_http_methods(["GET", "POST"])
def appointment_attended(request: ClinicRequest, appointment_id: UUID) -> HttpResponse:
    """Note that the patient came; a plain link leads to a page that asks once."""
    return _outcome(request, appointment_id, attend_appointment, "Attended")


@require_http_methods(["GET", "POST"])
def appointment_missed(request: ClinicRequest, appointment_id: UUID) -> HttpResponse:
    """Note that the patient did not come."""
    return _outcome(request, appointment_id, miss_appointment, "Did not come")


def _outcome(request: ClinicRequest, appointment_id: UUID, act: Act, words: str) -> HttpResponse:
    appointment = record_or_404(request, Appointment, appointment_id)
    clinic = clinic_to_write(request, appointment.patient, KIND.action)
    if answer := _not_planned(request, appointment):
        return answer
    if request.method == "GET":
        note_view(request, appointment.patient, appointment)
        return _page(request, appointment_id, clinic, "followup/appointment_outcome.html", words)
    form = OutcomeForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    try:
        act(by=request.user, clinic=clinic, appointment=appointment, expected_version=version)
    except StaleRecord:
        messages.warning(
            request, "Somebody else changed this appointment meanwhile; please look at it again."
        )
        return redirect(KIND.page_url(appointment))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(KIND.page_url(appointment))
    return _done(request, appointment, clinic)


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def appointment_cancel(request: ClinicRequest, appointment_id: UUID) -> HttpResponse:
    """Cancel an appointment: by whom, and why."""
    return _by_form(request, appointment_id, CancelForm, _cancelled, "Cancel")


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def appointment_move(request: ClinicRequest, appointment_id: UUID) -> HttpResponse:
    """Move an appointment to another day."""
    return _by_form(request, appointment_id, MoveForm, _moved, "Move to another day")


def _cancelled(request: ClinicRequest, form: RecordForm, clinic: Clinic) -> Appointment:
    return cancel_appointment(
        by=request.user,
        clinic=clinic,
        appointment=form.save(commit=False),
        cancelled_by=form.cleaned_data["cancelled_by"],
        comment=form.cleaned_data["comment"],
        expected_version=form.cleaned_data["version"],
    )


def _moved(request: ClinicRequest, form: RecordForm, clinic: Clinic) -> Appointment:
    return move_appointment(
        by=request.user,
        clinic=clinic,
        appointment=form.save(commit=False),
        planned_on=form.cleaned_data["planned_on"],
        planned_time=form.cleaned_data["planned_time"],
        place=form.cleaned_data["place"],
        expected_version=form.cleaned_data["version"],
    )


def _by_form(
    request: ClinicRequest,
    appointment_id: UUID,
    form_class: type[RecordForm],
    act: Callable[[ClinicRequest, RecordForm, Clinic], Appointment],
    words: str,
) -> HttpResponse:
    appointment = record_or_404(request, Appointment, appointment_id)
    clinic = clinic_to_write(request, appointment.patient, KIND.action)
    if answer := _not_planned(request, appointment):
        return answer
    data = accepted(request.POST) if request.method == "POST" else None
    form = _form(form_class, appointment, clinic, data)
    status = 200
    if request.method == "GET":
        note_view(request, appointment.patient, appointment)
    elif is_to_be_saved(request, form):
        try:
            return _done(request, act(request, form, clinic), clinic)
        except StaleRecord as stale:
            form, status = _form_again(request, form_class, stale, clinic), CONFLICT
        except ValidationError as error:
            form.put_errors(error)
    template = "followup/appointment_act.html"
    return _page(request, appointment_id, clinic, template, words, form=form, status=status)


def _form(
    form_class: type[RecordForm], appointment: Appointment, clinic: Clinic, data: Any
) -> RecordForm:
    return form_class(data, patient=appointment.patient, today=clinic.today(), instance=appointment)


def _form_again(
    request: ClinicRequest, form_class: type[RecordForm], stale: StaleRecord, clinic: Clinic
) -> RecordForm:
    """How the appointment stands now, with what was typed; saving again is a decision."""
    current = Appointment.objects.select_related("patient").get(pk=stale.current.pk)
    data = request.POST.copy()
    data["version"] = str(current.version)
    form = _form(form_class, current, clinic, data)
    form.full_clean()
    stored = Appointment.objects.get(pk=current.pk)
    form.add_error(
        None,
        f"Somebody else changed this appointment meanwhile; it now reads: {name_of(KIND, stored)}. "
        "Nothing of yours is saved yet. If your entry still holds, save it again.",
    )
    return form


def _not_planned(request: ClinicRequest, appointment: Appointment) -> HttpResponse | None:
    """One that is planned no more takes no act: the way to its page, in words."""
    if appointment.struck_at is not None:
        messages.info(request, "This was marked as entered in error and is not changed any more.")
    elif appointment.status != Appointment.Status.PLANNED:
        said = appointment.get_status_display()
        messages.info(request, f"It was said already what became of this appointment: {said}.")
    else:
        return None
    return redirect(KIND.page_url(appointment))


def _done(request: ClinicRequest, appointment: Appointment, clinic: Clinic) -> HttpResponse:
    name = name_of(KIND, appointment)
    messages.success(request, f"{name}: saved in the record at {clinic}.")
    return redirect(back_url(request) or KIND.page_url(appointment))


def _page(
    request: ClinicRequest,
    appointment_id: UUID,
    clinic: Clinic,
    template: str,
    words: str,
    *,
    form: RecordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    # Read again: the form has put what was typed into the row that it was given.
    appointment = Appointment.objects.select_related("patient").get(public_id=appointment_id)
    page_url = KIND.page_url(appointment)
    context = {
        **identity(request, appointment.patient),
        "kind": KIND,
        "appointment": appointment,
        "name": name_of(KIND, appointment),
        "words": words,
        "form": form,
        "clinic": clinic,
        "is_only_checked": form is not None and form.is_bound and not form.errors,
        "cancel_url": back_url(request) or page_url,
    }
    with timezone.override(ZoneInfo(clinic.time_zone)):
        return render(request, template, context, status=status)
