"""Two people at one study: both versions field by field, with what was typed kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from patients.forms.echo import EchoAmendmentForm, EchoStudyForm
from patients.models import EchoStudy
from patients.study_sheet import NAMES, label_of, with_unit
from patients.views.access import identity, note_view
from patients.writing import StaleRecord

if TYPE_CHECKING:
    from patients.views.echo import Entry


@dataclass(frozen=True)
class Contest:
    """One field that the stored version and the typed one hold differently."""

    name: str
    label: str
    opened: str | None
    stored: str | None
    typed: str | None
    offer: str | None


def conflict(entry: Entry, form: EchoStudyForm, stale: StaleRecord, status: int) -> HttpResponse:
    """The page that shows both versions; the form below it holds what was typed.

    Saving again from there is a decision taken with the other version in sight.
    """
    current = EchoStudy.objects.select_related("patient").get(pk=stale.current.pk)
    again = _form_again(entry, current)
    note_view(entry.request, entry.patient, current)
    context = {
        **identity(entry.request, entry.patient),
        "study": current,
        "current_history": current.history.select_related("history_user").first(),
        "contests": _contests(form, current),
        "form": again,
        "clinic": entry.clinic,
        "may_finalize": entry.may_finalize,
        "may_save": _may_save(entry, current),
        "action": _action(current),
        "cancel_url": reverse("patients:echo-page", args=[current.public_id]),
    }
    return render(entry.request, "patients/echo_conflict.html", context, status=status)


def _form_again(entry: Entry, current: EchoStudy) -> EchoStudyForm:
    data = entry.request.POST.copy()
    data["version"] = str(current.version)
    kind = EchoAmendmentForm if current.counts else EchoStudyForm
    fresh = EchoStudy.objects.select_related("patient").get(pk=current.pk)
    form = kind(data, patient=entry.patient, today=entry.clinic.today(), instance=fresh)
    form.full_clean()
    return form


def _may_save(entry: Entry, current: EchoStudy) -> bool:
    return current.struck_at is None and (entry.may_finalize or not current.counts)


def _action(current: EchoStudy) -> str:
    name = "patients:echo-amend" if current.counts else "patients:echo-edit"
    return reverse(name, args=[current.public_id])


def _contests(form: EchoStudyForm, current: EchoStudy) -> list[Contest]:
    opened = current.history.filter(version=form.expected_version).first()
    stored_form = EchoStudyForm(instance=current, patient=form.patient, today=form.today)
    found = []
    for name in NAMES:
        stored, typed = with_unit(current, name), with_unit(form.instance, name)
        if stored != typed:
            before = with_unit(opened, name) if opened else None
            offer = stored_form[name].value()
            is_text = isinstance(offer, str) or offer is None
            found.append(
                Contest(
                    name, label_of(name), before, stored, typed, (offer or "") if is_text else None
                )
            )
    return found
