"""Letters to ticked patients of the call list: preview, paper, and noting them as sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record_many
from followup.actions import RowsRefused, record_letters_sent
from reports.recall_letters import Letters, LettersForm, letters_for
from reports.views.booking import NOBODY_TICKED
from reports.views.recall import PER_PAGE, Visit, visit_of

PREVIEW, PRINT, SENT = "preview", "print", "sent"
TRY_AGAIN_AFTER = timedelta(days=14)


@require_http_methods(["GET", "POST"])
def recall_letters(request: ClinicRequest) -> HttpResponse:
    """Show the letters, then their paper, then note them as sent; each step looks anew who may."""
    visit = visit_of(request)
    ids = visit.ticked() if request.method == "POST" else []
    if not ids or len(ids) > PER_PAGE:
        messages.info(request, NOBODY_TICKED if not ids else f"At most {PER_PAGE} at a time.")
        return redirect("reports:recall")
    step = request.POST.get("step", "")
    form = _form(request, visit, step)
    reach = form.cleaned_data.get("reach", "") if form.is_valid() else request.POST.get("reach", "")
    found = letters_for(visit.scope, ids, reach[:200])
    if step == SENT and form.is_valid() and _is_noted(visit, found, form):
        return redirect("reports:recall")
    is_printing = step == PRINT and form.is_valid()
    return _shown(visit, found, form, is_printing=is_printing)


def _form(request: ClinicRequest, visit: Visit, step: str) -> LettersForm:
    today = visit.scope.today
    if step:
        return LettersForm(request.POST, today=today)
    return LettersForm(today=today, initial={"next_try_on": today + TRY_AGAIN_AFTER})


def _is_noted(visit: Visit, found: Letters, form: LettersForm) -> bool:
    """Note a contact for each letter, all or none; whoever was left out gets none."""
    sent = [(letter.patient, letter.clinic) for letter in found.letters]
    try:
        record_letters_sent(
            by=visit.request.user, sent=sent, next_try_on=form.cleaned_data["next_try_on"]
        )
    except RowsRefused as refusal:
        form.add_error(None, f"Nothing was noted: {' '.join(refusal.reasons.values())}")
        return False
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    noun = "letter is" if len(sent) == 1 else "letters are"
    left_out = f" {len(found.left_out)} left out." if found.left_out else ""
    messages.success(visit.request, f"{len(sent)} {noun} noted as sent.{left_out}")
    return True


def _shown(visit: Visit, found: Letters, form: LettersForm, *, is_printing: bool) -> HttpResponse:
    request = visit.request
    context: dict[str, Any] = {
        "found": found,
        "form": form,
        "is_printing": is_printing,
        "today": visit.scope.today,
        "query": request.GET.urlencode(),
    }
    with transaction.atomic():
        _note(visit, found, AuditAction.PRINT if is_printing else AuditAction.VIEW)
        return render(request, "reports/recall_letters.html", context)


def _note(visit: Visit, found: Letters, action: AuditAction) -> None:
    """Write to the audit whose letters were shown or printed, one event for each patient."""
    user = visit.request.user
    record_many(
        {
            "action": action,
            "by": user,
            "clinic_id": letter.clinic.pk,
            "role": allowing_role(user, Action.RECALL, letter.clinic),
            "record_kind": "patient",
            "record_id": letter.patient.public_id,
            "patient_id": letter.patient.public_id,
            "note": "invitation letter",
        }
        for letter in found.letters
    )
