"""Two quick acts on a running course: stop the drug, change its dose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from patients.days import spoken
from patients.forms.records import RecordForm, accepted
from patients.models import Patient
from patients.record_kinds import KINDS as PATIENT_KINDS
from patients.study_sheet import upper_first
from patients.views.access import clinic_to_write, identity, note_view, patient_url, record_or_404
from patients.views.overtaken import overtaken
from patients.views.records import is_to_be_saved, name_of
from patients.writing import StaleRecord
from treatments.actions import change_dose, stop_medication
from treatments.forms.medication import ChangeDoseForm, StopMedicationForm
from treatments.models import Medication
from treatments.record_kinds import KINDS

KIND = KINDS["medication"]
CONFLICT = 409
ALLERGY = "allergy"


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def medication_stop(request: ClinicRequest, course_id: UUID) -> HttpResponse:
    """Stop a drug: from which day on, and why."""
    course = record_or_404(request, Medication, course_id)
    clinic = clinic_to_write(request, course.patient, KIND.action)
    form = _stop_form(request, course, clinic)
    if answer := _not_running(request, course, form):
        return answer
    if is_to_be_saved(request, form):
        try:
            return _stopped(request, form, clinic)
        except StaleRecord as stale:
            return _changed_meanwhile(request, stale, clinic, "treatments/medication_stop.html")
        except ValidationError as error:
            form.put_errors(error)
    return _page(request, course_id, form, clinic, "treatments/medication_stop.html")


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def medication_change_dose(request: ClinicRequest, course_id: UUID) -> HttpResponse:
    """Change a dose: the present course ends and a new one begins on the same day."""
    course = record_or_404(request, Medication, course_id)
    clinic = clinic_to_write(request, course.patient, KIND.action)
    template = "treatments/medication_change_dose.html"
    form = _dose_form(request, course, clinic)
    if answer := _not_running(request, course, form):
        return answer
    if is_to_be_saved(request, form):
        try:
            return _dose_changed(request, form, clinic)
        except StaleRecord as stale:
            return _changed_meanwhile(request, stale, clinic, template)
        except ValidationError as error:
            form.put_errors(error)
    return _page(request, course_id, form, clinic, template)


def _stop_form(
    request: ClinicRequest, course: Medication, clinic: Clinic, data: QueryDict | None = None
) -> StopMedicationForm:
    sent = data if data is not None else _sent(request)
    return StopMedicationForm(sent, patient=course.patient, today=clinic.today(), instance=course)


def _dose_form(
    request: ClinicRequest, course: Medication, clinic: Clinic, data: QueryDict | None = None
) -> ChangeDoseForm:
    sent = data if data is not None else _sent(request)
    return ChangeDoseForm(sent, patient=course.patient, today=clinic.today(), course=course)


def _sent(request: ClinicRequest) -> QueryDict | None:
    return accepted(request.POST) if request.method == "POST" else None


def _stopped(request: ClinicRequest, form: StopMedicationForm, clinic: Clinic) -> HttpResponse:
    course = stop_medication(
        by=request.user,
        clinic=clinic,
        course=form.save(commit=False),
        stopped_on=form.cleaned_data["stopped_on"],
        stop_reason=form.cleaned_data["stop_reason"],
        expected_version=form.expected_version,
        today=clinic.today(),
    )
    assert course.stopped_on is not None  # noqa: S101 - for the type checker
    said = f"{name_of(KIND, course)}: stopped from {spoken(course.stopped_on)}"
    messages.success(request, f"{said}, in the record at {clinic}.")
    return redirect(_after_stop(request, course))


def _after_stop(request: ClinicRequest, course: Medication) -> str:
    """A drug stopped for allergy leads on to the allergy itself, which every page shows."""
    if course.stop_reason == Medication.StopReason.ALLERGY and ALLERGY in PATIENT_KINDS:
        messages.warning(request, "Enter the allergy now, so that every page warns of it.")
        return PATIENT_KINDS[ALLERGY].add_url(course.patient)
    return KIND.page_url(course)


def _dose_changed(request: ClinicRequest, form: ChangeDoseForm, clinic: Clinic) -> HttpResponse:
    successor = change_dose(
        by=request.user,
        clinic=clinic,
        course=form.course,
        successor=form.save(commit=False),
        expected_version=form.expected_version,
        today=clinic.today(),
    )
    assert successor.started_on is not None  # noqa: S101 - for the type checker
    said = f"{name_of(KIND, successor)}, from {spoken(successor.started_on)}"
    messages.success(request, f"{said}, saved in the record at {clinic}. The former dose is kept.")
    return redirect(KIND.page_url(successor))


def _not_running(
    request: ClinicRequest, course: Medication, form: RecordForm
) -> HttpResponse | None:
    """A course that has ended takes neither act: the way to its page, or what was typed for it."""
    if course.struck_at is not None:
        said = "this drug was marked as entered in error and is not changed any more"
    elif course.stopped_on is not None:
        said = f"this drug was stopped already, on {spoken(course.stopped_on)}"
    else:
        return None
    if request.method == "POST":
        page = ("Open the drug as it stands now", KIND.page_url(course))
        return overtaken(request, course.patient, course, happened=said, form=form, page=page)
    messages.info(request, f"{upper_first(said)}.")
    return redirect(KIND.page_url(course))


def _changed_meanwhile(
    request: ClinicRequest, stale: StaleRecord, clinic: Clinic, template: str
) -> HttpResponse:
    """Show how the drug stands now, with what was typed; saving again is a decision."""
    course = Medication.objects.select_related("patient").get(pk=stale.current.pk)
    data = request.POST.copy()
    data["version"] = str(course.version)
    is_stop = template.endswith("stop.html")
    form: RecordForm = (_stop_form if is_stop else _dose_form)(request, course, clinic, data)
    form.full_clean()
    form.add_error(
        None,
        f"Somebody else changed this drug meanwhile; it now reads: {name_of(KIND, course)}. "
        "Nothing of yours is saved yet. If your entry still holds, save it again.",
    )
    return _page(request, course.public_id, form, clinic, template, status=CONFLICT)


def _page(
    request: ClinicRequest,
    course_id: UUID,
    form: RecordForm,
    clinic: Clinic,
    template: str,
    status: int = 200,
) -> HttpResponse:
    # Read again: the form has put what was typed into the row that it was given.
    course = Medication.objects.select_related("patient").get(public_id=course_id)
    patient: Patient = course.patient
    note_view(request, patient, course)
    context: dict[str, Any] = {
        **identity(request, patient),
        "kind": KIND,
        "course": course,
        "name": name_of(KIND, course),
        "form": form,
        "clinic": clinic,
        "is_only_checked": form.is_bound and not form.errors,
        "page_url": KIND.page_url(course),
        "patient_url": patient_url(patient),
    }
    return render(request, template, context, status=status)
