"""Entering, correcting and amending an echo study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action, may
from audit.recording import record_refusal
from patients.actions import amend_echo_study, change_echo_draft, record_echo_study
from patients.days import spoken
from patients.forms.echo import (
    EchoAmendmentForm,
    EchoStudyForm,
    latest_first,
    question_about_gaps,
    values_before,
)
from patients.forms.records import EntryQuestion, accepted
from patients.models import EchoStudy, Patient
from patients.selectors import countable_echo_studies
from patients.study_sheet import NAMES, lvef_of, upper_first
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
    record_or_404,
)
from patients.views.echo_conflict import conflict
from patients.writing import StaleRecord

DRAFT, FINAL, CHECK = "draft", "final", "check"
NOT_ALLOWED, CONFLICT, OK = 403, 409, 200


@dataclass
class Entry:
    """One visit to the form: whose record, in whose name, what was typed."""

    request: ClinicRequest
    patient: Patient
    clinic: Clinic
    study: EchoStudy | None = None

    @property
    def may_finalize(self) -> bool:
        """Whether the user may do more than keep a draft."""
        return may(self.request.user, Action.FINALIZE_STUDY, self.clinic)

    @property
    def wish(self) -> str:
        """The button that was pressed."""
        if "accept" in self.request.POST:
            return CHECK
        return str(self.request.POST.get("save", CHECK))

    def form(self, kind: type[EchoStudyForm] = EchoStudyForm) -> EchoStudyForm:
        """The form with what was typed, an accepted offer put in its place."""
        is_post = self.request.method == "POST"
        return kind(
            accepted(self.request.POST) if is_post else None,
            patient=self.patient,
            today=self.clinic.today(),
            instance=self.study,
            before=self._before(),
            final=is_post and self.wish == FINAL,
        )

    def reading(self) -> Any:
        """What the numbers on the page give as they stand; nothing for an empty form."""
        study_id = self.study.public_id if self.study else None
        if self.request.method == "POST":
            return _asked_of_higher_floors("reading_of_typed")(
                accepted(self.request.POST),
                patient=self.patient,
                clinic=self.clinic,
                study_id=study_id,
            )
        if self.study is None:
            return None
        return _asked_of_higher_floors("reading_of")(self.study, clinic=self.clinic)

    def _before(self) -> dict[str, Any]:
        studies = countable_echo_studies(self.patient, self.clinic.today())
        day = self.study.performed_on if self.study else None
        others = [each for each in studies if self.study is None or each.pk != self.study.pk]
        return values_before(latest_first(others, day))


def _asked_of_higher_floors(name: str) -> Any:
    """The function that the setting ``STUDY_ENTRY`` names; the guidelines' verdicts live there."""
    return import_string(settings.STUDY_ENTRY[name])


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def echo_add(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Enter a study as a draft or as final."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.ENTER_CLINICAL)
    entry = Entry(request, patient, clinic)
    form = entry.form()
    if _is_to_be_saved(entry, form):
        return _saved(entry, form, _record) or _page(entry, form, "patients/echo_add.html")
    return _page(entry, form, "patients/echo_add.html", status=_status(entry))


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def echo_edit(request: ClinicRequest, study_id: UUID) -> HttpResponse:
    """Correct or complete a draft; a study that is already final is amended instead."""
    study = record_or_404(request, EchoStudy, study_id)
    is_draft = study.status == EchoStudy.Status.DRAFT and study.struck_at is None
    if not is_draft and request.method == "GET":
        return redirect("patients:echo-amend" if study.counts else "patients:echo-page", study_id)
    clinic = clinic_to_write(request, study.patient, Action.ENTER_CLINICAL)
    entry = Entry(request, study.patient, clinic, study)
    form = entry.form()
    if not is_draft:
        return _status_changed(entry, form)
    if _is_to_be_saved(entry, form):
        return _saved(entry, form, _change_draft) or _page(entry, form, "patients/echo_edit.html")
    return _page(entry, form, "patients/echo_edit.html", status=_status(entry))


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def echo_amend(request: ClinicRequest, study_id: UUID) -> HttpResponse:
    """Amend a final study under a reason: same row and address, the former version stays."""
    study = record_or_404(request, EchoStudy, study_id)
    if not study.counts and request.method == "GET":
        is_draft = study.status == EchoStudy.Status.DRAFT
        return redirect("patients:echo-edit" if is_draft else "patients:echo-page", study_id)
    clinic = clinic_to_write(request, study.patient, Action.FINALIZE_STUDY)
    entry = Entry(request, study.patient, clinic, study)
    form = entry.form(EchoAmendmentForm)
    if not study.counts:
        return _status_changed(entry, form)
    if _is_to_be_saved(entry, form):
        return _saved(entry, form, _amend) or _page(entry, form, "patients/echo_amend.html")
    return _page(entry, form, "patients/echo_amend.html", status=_status(entry))


def _status_changed(entry: Entry, form: EchoStudyForm) -> HttpResponse:
    """The study left the state in which this form may write: show both, overwrite nothing."""
    form.full_clean()
    study = EchoStudy.objects.get(pk=form.instance.pk)
    return conflict(entry, form, StaleRecord(study), status=CONFLICT)


def _is_to_be_saved(entry: Entry, form: EchoStudyForm) -> bool:
    if entry.request.method != "POST" or not form.is_valid() or entry.wish == CHECK:
        return False
    if entry.wish == FINAL and not entry.may_finalize:
        form.add_error(None, "Your role may save a draft; a clinician makes it final.")
        record_refusal(
            by=entry.request.user,
            clinic_id=entry.clinic.pk,
            patient_id=entry.patient.public_id,
            note=f"not allowed to {Action.FINALIZE_STUDY}",
        )
        return False
    return entry.wish != FINAL or _is_confirmed(entry, form)


def _is_confirmed(entry: Entry, form: EchoStudyForm) -> bool:
    """Whether gaps, and a value that alone alters what a guideline says (hazard H9), are confirmed.

    Both are asked at once, so that nobody is sent back twice. What a final study lacks was asked
    when it became final.
    """
    is_amended = isinstance(form, EchoAmendmentForm)
    gaps_are_known = is_amended or form.ask_about_gaps()
    question = _asked_of_higher_floors("question")(form.instance, clinic=entry.clinic)
    return (question is None or form.ask(question)) and gaps_are_known


def open_questions(study: EchoStudy, clinic: Clinic) -> list[EntryQuestion]:
    """What is asked before this draft becomes final as it stands."""
    gaps = question_about_gaps(
        study,
        {name: getattr(study, name, None) for name in NAMES} | {"lvef_percent": lvef_of(study)},
    )
    one_value = _asked_of_higher_floors("question")(study, clinic=clinic)
    return [question for question in (gaps, one_value) if question is not None]


def _status(entry: Entry) -> int:
    is_refused = entry.request.method == "POST" and entry.wish == FINAL and not entry.may_finalize
    return NOT_ALLOWED if is_refused else OK


def _saved(entry: Entry, form: EchoStudyForm, act: Any) -> HttpResponse | None:
    """Write; answer with the way back, or with the conflict; None when the form has errors now."""
    try:
        study = act(entry, form)
    except StaleRecord as stale:
        return conflict(entry, form, stale, status=CONFLICT)
    except ValidationError as error:
        form.put_errors(error)
        return None
    messages.success(entry.request, _what_was_saved(study, entry.clinic))
    return redirect(patient_url(entry.patient))


def _record(entry: Entry, form: EchoStudyForm) -> EchoStudy:
    return record_echo_study(
        form.save(commit=False),
        by=entry.request.user,
        clinic=entry.clinic,
        final=entry.wish == FINAL,
        today=entry.clinic.today(),
    )


def _change_draft(entry: Entry, form: EchoStudyForm) -> EchoStudy:
    return change_echo_draft(
        form.save(commit=False),
        by=entry.request.user,
        clinic=entry.clinic,
        final=entry.wish == FINAL,
        expected_version=form.expected_version,
    )


def _amend(entry: Entry, form: EchoStudyForm) -> EchoStudy:
    return amend_echo_study(
        form.save(commit=False),
        by=entry.request.user,
        clinic=entry.clinic,
        reason=form.cleaned_data["reason"],
        expected_version=form.expected_version,
    )


def _what_was_saved(study: EchoStudy, clinic: Clinic) -> str:
    what = f"{upper_first(study.get_modality_display())} of {spoken(study.performed_on)}"
    how = {
        EchoStudy.Status.DRAFT: "saved as a draft, which is not used for any verdict,",
        EchoStudy.Status.FINAL: "saved as final",
        EchoStudy.Status.AMENDED: "amended; the former version is kept",
    }[EchoStudy.Status(study.status)]
    return f"{what} {how} in the record at {clinic}."


def live_url(patient: Patient, study: EchoStudy | None) -> str:
    """Where the panel beside the form asks what the typed numbers give."""
    address = reverse("reports:echo-live", args=[patient.public_id])
    return f"{address}?study={study.public_id}" if study else address


def _page(entry: Entry, form: EchoStudyForm, template: str, status: int = OK) -> HttpResponse:
    study = entry.study
    note_view(entry.request, entry.patient, study)
    context = {
        **identity(entry.request, entry.patient),
        "form": form,
        "study": study,
        "clinic": entry.clinic,
        "may_finalize": entry.may_finalize,
        "is_only_checked": form.is_bound and not form.errors,
        "reading": entry.reading(),
        "live_url": live_url(entry.patient, study),
        "cancel_url": reverse("patients:echo-page", args=[study.public_id])
        if study
        else patient_url(entry.patient),
    }
    return render(entry.request, template, context, status=status)
