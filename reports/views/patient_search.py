"""Finding a patient from the box in the top bar: as one types, and by a plain form."""

from __future__ import annotations

import secrets
from functools import partial

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import ClinicRequest, clinics_shown
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role, clinics_where
from accounts.shown_lists import LONGEST_STRETCH, note_list, note_part
from audit.models import AuditAction
from audit.recording import record
from patients.selectors import patients_found
from reports.patient_finder import SHORTEST, found_as_typed, recent_patients
from reports.selectors import listed_patients

SEARCHES = "patient_searches"
SEARCHES_KEPT = 20
LONGEST_SEARCH = 100
NOTED_EVERY = 60  # seconds


@require_POST
def patient_search(request: ClinicRequest) -> HttpResponse:
    """Remember what was typed and lead to the list; the text never stands in an address.

    The audit keeps that somebody searched and how many were found, not what was typed.
    """
    clinics = clinics_searched(request)
    if "clear" in request.POST:
        _forget(request, request.POST["clear"])
        return redirect("reports:patient-list")
    text = _typed(request.POST.get("q", ""))
    if not text:
        return redirect("reports:patient-list")
    clinic_ids = [clinic.pk for clinic in clinics]
    with transaction.atomic():
        found = patients_found(listed_patients(request.user, clinic_ids), text, clinic_ids).count()
        _note_search(request, clinic_ids, found)
    return redirect(f"{reverse('reports:patient-list')}?search={_remember(request, text)}")


@require_POST
def patient_finder(request: ClinicRequest) -> HttpResponse:
    """What stands under the search box: patients that fit so far, or those opened lately.

    A part of a page, asked for while somebody types. What was typed is in the body of the request
    and nowhere else.
    """
    text = _typed(request.POST.get("q", ""))
    clinics = _clinics_offered(request)
    context: dict[str, object] = {"text": text, "clinics": clinics}
    if len(text) >= SHORTEST and clinics:
        found = found_as_typed(request.user, text, clinics)
        _note_typing(request, [clinic.pk for clinic in clinics], found.count)
        context["found"] = found
    elif not text and clinics:
        recent = recent_patients(request.user, clinics)
        _note_recent(request, clinics, len(recent))
        context["recent"] = recent
    return render(request, "reports/_search_results.html", context)


def clinics_searched(request: ClinicRequest) -> list[Clinic]:
    """The clinics that the list covers; refused, remembered, when there is none."""
    shown = clinics_shown(request, Action.VIEW_PATIENT)
    return [clinic for clinic in request.clinics if clinic.pk in shown]


def _clinics_offered(request: ClinicRequest) -> list[Clinic]:
    """The same; none when the clinic chosen is one in which the user may not open patients.

    The box stands on every page: that somebody came near it is not a refusal worth remembering.
    """
    allowed = clinics_where(request.user, Action.VIEW_PATIENT)
    if allowed and request.clinic is not None and request.clinic.pk not in allowed:
        return []
    return clinics_searched(request)


def remembered(request: ClinicRequest, token: str) -> str:
    """What was typed in the search of this token; empty when it is not known."""
    text: str = request.session.get(SEARCHES, {}).get(token, "")
    return text


def _typed(text: str) -> str:
    """What was typed, without control characters, which PostgreSQL refuses."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:LONGEST_SEARCH]


def _note_typing(request: ClinicRequest, clinic_ids: list[int], found: int) -> None:
    """Write to the audit that somebody searched as they typed, once a minute at most.

    A name of ten letters is one search in the eyes of who typed it. A line for each pause would
    bury the lines that matter, and cost a write each. The line says that from then on for a minute
    patients were looked for in these clinics, and how many the first text fitted; who was opened
    has a line of its own.
    """
    note = "as typed; one line a minute at most"
    note_part(
        request,
        f"search in {','.join(map(str, clinic_ids))}",
        partial(_note_search, request, clinic_ids, found, note),
        seconds=NOTED_EVERY,
    )


def _note_recent(request: ClinicRequest, clinics: list[Clinic], rows: int) -> None:
    """Who was opened lately stands under the box whenever somebody comes near it."""
    note_part(
        request,
        f"recent in {','.join(str(clinic.pk) for clinic in clinics)}",
        partial(note_list, request, "recent_patients", clinics, rows=rows),
        seconds=LONGEST_STRETCH,
    )


def _note_search(request: ClinicRequest, clinic_ids: list[int], found: int, note: str = "") -> None:
    one = clinic_ids[0] if len(clinic_ids) == 1 else None
    role = allowing_role(request.user, Action.VIEW_PATIENT, one) if one is not None else ""
    record(
        action=AuditAction.SEARCH,
        by=request.user,
        clinic_id=one,
        role=role,
        record_kind="patient",
        counts={"found": found},
        note=note,
    )


def _remember(request: ClinicRequest, text: str) -> str:
    """Keep the text in the session under a token; the oldest searches are forgotten."""
    token = secrets.token_urlsafe(9)
    searches = [*request.session.get(SEARCHES, {}).items(), (token, text)]
    request.session[SEARCHES] = dict(searches[-SEARCHES_KEPT:])
    return token


def _forget(request: ClinicRequest, token: str) -> None:
    searches = request.session.get(SEARCHES, {})
    if searches.pop(token, None) is not None:
        request.session[SEARCHES] = searches
