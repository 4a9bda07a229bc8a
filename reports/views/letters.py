"""Letters about a patient: the list, a letter in the making, and a letter that was kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action
from audit.models import AuditAction
from audit.recording import record as record_event
from followup.actions import keep_letter, strike_letter
from followup.letters import blocks_of
from followup.models import Letter
from followup.selectors import letters_seen, strike_reasons_of
from guidelines.assessment import ENGINE_VERSION
from patients.days import spoken
from patients.forms.records import ReasonForm
from patients.models import Patient
from patients.selectors import (
    known_until,
    registrations_seen_by,
    seen_until,
    version_known,
    viewing_role,
    writing_clinic,
)
from patients.study_sheet import upper_first
from patients.views.access import (
    clinic_to_write,
    holder_or_404,
    identity,
    note_hidden,
    note_view,
    open_patient_or_404,
)
from patients.views.overtaken import overtaken
from patients.writing import StaleRecord
from reports import letter_pdf
from reports.kinds import doors_of
from reports.letters import Draft, LetterForm, beside, difference, draft_of, with_facts

WRITES = Action.ENTER_CLINICAL
CONFLICT = 409
NOT_TO_THE_DEAD = "This patient has died: no patient letter is written."


@require_safe
def letter_list(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The kept letters of one patient, newest first, with those struck."""
    patient = open_patient_or_404(request, patient_id)
    registrations = registrations_seen_by(request.user, patient)
    known_at = known_until(registrations)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    letters = letters_seen(patient, registrations)
    note_view(request, patient)
    reasons = strike_reasons_of(letters)
    context = {
        **identity(request, patient),
        "letters": [
            {
                "letter": letter,
                "title": upper_first(letter.get_kind_display()),
                "struck_because": reasons.get(letter.pk, ""),
                "replaced_by": _newest_correction(letter, letters),
            }
            for letter in letters
        ],
        "new": _new_links(request, patient),
        "read_until": seen_until(registrations),
        "clinic": registrations[0].clinic,
    }
    with timezone.override(ZoneInfo(registrations[0].clinic.time_zone)):
        return render(request, "reports/letter_list.html", context)


def _newest_correction(letter: Letter, letters: list[Letter]) -> Letter | None:
    """The letter that stands in its place; a struck one replaces nothing."""
    stand = (each for each in letters if each.struck_at is None)
    return next((each for each in stand if each.corrects_id == letter.pk), None)


def _new_links(request: ClinicRequest, patient: Patient) -> list[dict[str, str]]:
    """What the user may write today; nothing to a patient who died."""
    if writing_clinic(request.user, patient, WRITES) is None:
        return []
    kinds = [
        kind
        for kind in Letter.Kind
        if kind is not Letter.Kind.PATIENT or patient.deceased_on is None
    ]
    return [
        {
            "label": f"New {kind.label}",
            "href": reverse("reports:letter-add", args=[patient.public_id, kind.value]),
        }
        for kind in kinds
    ]


# ---- writing -------------------------------------------------------------------------------------


@gives_back_what_was_typed("step")
@require_http_methods(["GET", "POST"])
def letter_add(request: ClinicRequest, patient_id: UUID, kind: str) -> HttpResponse:
    """Write a letter: the text from the facts to edit, its preview, and keeping it."""
    if kind not in Letter.Kind.values:
        raise Http404("No such kind of letter.")
    patient = open_patient_or_404(request, patient_id)
    return _write(request, patient, kind)


@gives_back_what_was_typed("step")
@require_http_methods(["GET", "POST"])
def letter_correct(request: ClinicRequest, letter_id: UUID) -> HttpResponse:
    """Write a letter that replaces a kept one and names it; the kept one stays as it is."""
    letter = _letter_or_404(request, letter_id)
    if letter.struck_at is not None and request.method != "POST":
        return redirect(_page_url(letter))
    # Struck while the correction was written: keeping refuses, and shows what was typed.
    return _write(request, letter.patient, letter.kind, corrects=letter)


def _write(
    request: ClinicRequest, patient: Patient, kind: str, corrects: Letter | None = None
) -> HttpResponse:
    clinic = clinic_to_write(request, patient, WRITES)
    if kind == Letter.Kind.PATIENT and patient.deceased_on is not None:
        if request.method == "POST":
            return _died_meanwhile(request, patient)
        messages.warning(request, NOT_TO_THE_DEAD)
        return redirect("reports:letter-list", patient.public_id)
    registrations = registrations_seen_by(request.user, patient)
    draft = draft_of(
        patient,
        registrations,
        clinic,
        kind,
        doors=doors_of(request.user, patient, registrations),
        now=timezone.now(),
        corrects=corrects,
    )
    with timezone.override(ZoneInfo(clinic.time_zone)):
        if request.method == "POST":
            return _answered(request, draft, clinic)
        form = LetterForm(
            initial={
                "addressee": draft.addressee,
                "text": draft.starting_text,
                "facts": draft.hash,
            }
        )
        changed = corrects is not None and corrects.facts_hash != draft.hash
        differs = difference(draft, corrects.text) if changed and corrects is not None else None
        return _desk(request, draft, form, clinic, differs=differs)


def _died_meanwhile(request: ClinicRequest, patient: Patient) -> HttpResponse:
    happened = "the death of this patient was recorded meanwhile, and no patient letter is written"
    page = ("Open the letters", reverse("reports:letter-list", args=[patient.public_id]))
    return overtaken(request, patient, patient, happened=happened, form=LetterForm(), page=page)


def _answered(request: ClinicRequest, draft: Draft, clinic: Clinic) -> HttpResponse:
    """Keep, preview or edit further; nothing typed is lost on the way."""
    form = LetterForm(request.POST)
    step = request.POST.get("step", "edit")
    if not form.is_valid():
        return _desk(request, draft, form, clinic)
    if step == "edit":
        return _desk(request, draft, form, clinic)
    if form.cleaned_data["facts"] != draft.hash:
        return _moved_on(request, draft, form, clinic)
    if step == "keep":
        letter = _kept(request, draft, form, clinic)
        if letter is not None:
            messages.success(request, f"{_name(letter)} is kept with the record at {clinic}.")
            return redirect(_page_url(letter))
        return _desk(request, draft, form, clinic)
    return _preview(request, draft, form, clinic)


def _moved_on(
    request: ClinicRequest, draft: Draft, form: LetterForm, clinic: Clinic
) -> HttpResponse:
    """The record changed while the letter was written: both are shown, the text stays."""
    renewed = LetterForm(with_facts(request.POST, draft))
    renewed.is_valid()
    differs = difference(draft, form.cleaned_data["text"])
    return _desk(request, draft, renewed, clinic, differs=differs, has_moved_on=True)


def _kept(request: ClinicRequest, draft: Draft, form: LetterForm, clinic: Clinic) -> Letter | None:
    try:
        return keep_letter(
            by=request.user,
            clinic=clinic,
            patient=draft.page.patient,
            kind=draft.kind,
            speaks_of_on=draft.page.on,
            addressee=form.cleaned_data["addressee"],
            regarding=draft.regarding,
            text=form.cleaned_data["text"],
            editions=draft.editions,
            engine_version=ENGINE_VERSION,
            facts_hash=draft.hash,
            corrects=draft.corrects,
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


def _desk(
    request: ClinicRequest,
    draft: Draft,
    form: LetterForm,
    clinic: Clinic,
    *,
    differs: Any = None,
    has_moved_on: bool = False,
) -> HttpResponse:
    """The text to edit, with the facts of the screen beside it; whoever sees them is noted."""
    note_view(request, draft.page.patient)
    context = {
        **_of_draft(request, draft, clinic),
        **beside(draft),
        "form": form,
        "differs": differs,
        "has_moved_on": has_moved_on,
    }
    status = CONFLICT if has_moved_on else 200
    return render(request, "reports/letter_desk.html", context, status=status)


def _preview(
    request: ClinicRequest, draft: Draft, form: LetterForm, clinic: Clinic
) -> HttpResponse:
    """The letter as it would be printed; nothing is kept yet."""
    note_view(request, draft.page.patient)
    letter = Letter(
        patient=draft.page.patient,
        clinic=clinic,
        kind=draft.kind,
        speaks_of_on=draft.page.on,
        addressee=form.cleaned_data["addressee"],
        regarding=draft.regarding,
        text=form.cleaned_data["text"],
        corrects=draft.corrects,
        editions=draft.editions,
        engine_version=ENGINE_VERSION,
        entered_by=request.user,
    )
    context = {**_of_draft(request, draft, clinic), **_on_paper(letter), "form": form}
    return render(request, "reports/letter_preview.html", context)


def _of_draft(request: ClinicRequest, draft: Draft, clinic: Clinic) -> dict[str, Any]:
    return {
        **identity(request, draft.page.patient),
        "title": upper_first(Letter.Kind(draft.kind).label),
        "kind": draft.kind,
        "clinic": clinic,
        "corrects": draft.corrects,
        "list_url": reverse("reports:letter-list", args=[draft.page.patient.public_id]),
    }


# ---- kept letters --------------------------------------------------------------------------------


@require_safe
def letter_page(request: ClinicRequest, letter_id: UUID) -> HttpResponse:
    """A kept letter, to read."""
    return _shown(request, letter_id, AuditAction.VIEW)


@require_safe
def letter_print(request: ClinicRequest, letter_id: UUID) -> HttpResponse:
    """The same to be printed; that it was asked for is written to the audit."""
    return _shown(request, letter_id, AuditAction.PRINT)


@require_safe
def letter_file(request: ClinicRequest, letter_id: UUID) -> HttpResponse:
    """The letter as a PDF file; there is none where the optional package is not installed."""
    if not letter_pdf.is_available():
        raise Http404("Letters are not had as files here.")
    letter = _letter_or_404(request, letter_id)
    with transaction.atomic(), timezone.override(ZoneInfo(letter.clinic.time_zone)):
        context = {**_on_paper(letter), **_fate(letter, [letter])}
        html = render_to_string("reports/letter_pdf.html", context, request=request)
        _note(request, letter, AuditAction.PRINT, "as a PDF file")
    # A name of the person would stay in the list of downloads.
    name = f"{letter.kind}-letter-{letter.speaks_of_on.isoformat()}.pdf"
    answer = HttpResponse(letter_pdf.pdf_of(html), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _shown(request: ClinicRequest, letter_id: UUID, action: AuditAction) -> HttpResponse:
    letter = _letter_or_404(request, letter_id)
    registrations = registrations_seen_by(request.user, letter.patient)
    may_write = writing_clinic(request.user, letter.patient, WRITES) is not None
    with transaction.atomic(), timezone.override(ZoneInfo(letter.clinic.time_zone)):
        context = {
            **identity(request, letter.patient),
            **_on_paper(letter),
            **_fate(letter, letters_seen(letter.patient, registrations)),
            "may_change": may_write and letter.struck_at is None,
            "may_correct": _may_correct(letter),
            "has_pdf": letter_pdf.is_available(),
            "is_printing": action is AuditAction.PRINT,
            "list_url": reverse("reports:letter-list", args=[letter.patient.public_id]),
        }
        _note(request, letter, action)
        return render(request, "reports/letter_page.html", context)


def _may_correct(letter: Letter) -> bool:
    return letter.kind != Letter.Kind.PATIENT or letter.patient.deceased_on is None


def _fate(letter: Letter, letters: list[Letter]) -> dict[str, Any]:
    """Whether it is struck and why, and what replaced it."""
    return {
        "struck_because": strike_reasons_of([letter]).get(letter.pk, ""),
        "replaced_by": _newest_correction(letter, letters),
    }


@require_http_methods(["GET", "POST"])
def letter_strike(request: ClinicRequest, letter_id: UUID) -> HttpResponse:
    """Mark a letter as entered in error, under a reason; it stays readable."""
    letter = _letter_or_404(request, letter_id)
    clinic = clinic_to_write(request, letter.patient, WRITES)
    if letter.struck_at is not None and request.method == "GET":
        return redirect(_page_url(letter))
    form = ReasonForm(request.POST or None, initial={"version": letter.version})
    if letter.struck_at is not None:
        return _struck_meanwhile(request, letter, form)
    if request.method == "POST" and form.is_valid():
        try:
            strike_letter(
                by=request.user,
                clinic=clinic,
                letter=letter,
                reason=form.cleaned_data["reason"],
                expected_version=form.cleaned_data["version"],
            )
        except StaleRecord:
            return _struck_meanwhile(request, letter, form)
        messages.success(request, f"{_name(letter)} is marked as entered in error.")
        return redirect(_page_url(letter))
    note_view(request, letter.patient)
    context = {
        **identity(request, letter.patient),
        "form": form,
        "name": _name(letter),
        "page_url": _page_url(letter),
    }
    return render(request, "reports/letter_strike.html", context)


def _struck_meanwhile(request: ClinicRequest, letter: Letter, form: ReasonForm) -> HttpResponse:
    happened = "somebody else has marked this letter as entered in error meanwhile"
    page = ("Open the letter", _page_url(letter))
    return overtaken(request, letter.patient, letter, happened=happened, form=form, page=page)


def _letter_or_404(request: ClinicRequest, letter_id: UUID) -> Letter:
    """A letter that the user's clinics may read, as they may read it.

    Raises ``Http404`` for any other; asking for a letter about another clinic's patient is
    remembered as refused.
    """
    found = Letter.objects.select_related("patient").filter(public_id=letter_id).first()
    if found is None:
        raise Http404("No such letter.")
    patient = holder_or_404(request, found.patient)
    seen = letters_seen(patient, registrations_seen_by(request.user, patient))
    letter = next((each for each in seen if each.pk == found.pk), None)
    if letter is None:
        note_hidden(request, patient)
        raise Http404("No such letter.")
    return letter


def _on_paper(letter: Letter) -> dict[str, Any]:
    return {
        "letter": letter,
        "title": upper_first(letter.get_kind_display()),
        "blocks": blocks_of(letter.text),
        "author": letter.entered_by.display_name if letter.entered_by else "",
    }


def _name(letter: Letter) -> str:
    return f"{upper_first(letter.get_kind_display())} of {spoken(letter.speaks_of_on)}"


def _page_url(letter: Letter) -> str:
    return reverse("reports:letter-page", args=[letter.public_id])


def _note(request: ClinicRequest, letter: Letter, action: AuditAction, note: str = "") -> None:
    clinic = registrations_seen_by(request.user, letter.patient)[0].clinic
    record_event(
        action=action,
        by=request.user,
        clinic_id=clinic.pk,
        role=viewing_role(request.user, letter.patient, clinic),
        record_kind="letter",
        record_id=letter.public_id,
        patient_id=letter.patient.public_id,
        note=note,
    )
