"""Somebody else was quicker, and what a form was to do is done: what was typed is not lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import ClinicRequest
from accounts.kept.in_words import in_words
from patients.models import Patient
from patients.views.access import identity, note_view

CONFLICT = 409
BUTTONS = {"save", "confirm", "look", "step", "accept", "confirmed"}


def overtaken(
    request: ClinicRequest,
    patient: Patient,
    row: Any,
    *,
    happened: str,
    form: forms.BaseForm,
    page: tuple[str, str],
) -> HttpResponse:
    """Say who did what and when, that nothing was saved, and what was typed in words.

    ``row`` has a history, whose last version names who it was; ``page`` is the title and the
    address of where it is read as it stands now. The answer is no redirect: what was kept of this
    form stays kept.
    """
    note_view(request, patient)
    typed = in_words(request.POST.lists(), str(form), without=BUTTONS)
    context = {
        **identity(request, patient),
        "happened": happened,
        "last_change": row.history.select_related("history_user").first(),
        "typed": typed,
        "page_title": page[0],
        "page_url": page[1],
    }
    return render(request, "patients/overtaken.html", context, status=CONFLICT)


def not_struck(
    request: ClinicRequest, row: Any, *, what: str, form: forms.BaseForm, page: tuple[str, str]
) -> HttpResponse:
    """Somebody else struck or changed the row while the reason for striking it was typed."""
    stored = type(row)._default_manager.select_related("patient").get(pk=row.pk)
    happened = (
        f"{what} was changed since you opened it, and nothing was struck"
        if stored.struck_at is None
        else f"{what} was marked as entered in error meanwhile"
    )
    return overtaken(request, stored.patient, stored, happened=happened, form=form, page=page)
