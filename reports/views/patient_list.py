"""The patient list: search, filters, pages."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ClinicRequest, clinics_shown
from accounts.guideline_settings import hidden_editions
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role, clinics_where
from audit.models import AuditAction
from audit.recording import record
from guidelines.registry import editions_in_force
from guidelines.vocabulary import Body
from patients.selectors import patients_found
from reports.emergencies import banners_of
from reports.patient_filter import ListScope, PatientFilter, narrowed
from reports.patient_rows import RowScope, oldest_day, rows_of
from reports.selectors import in_list_order, listed_patients, open_episodes

PER_PAGE = 50
BANNERS_SHOWN = 3
SEARCHES = "patient_searches"
SEARCHES_KEPT = 20
LONGEST_SEARCH = 100


@require_safe
def patient_list(request: ClinicRequest) -> HttpResponse:
    """Patients of the clinic chosen, or of all one's clinics, acute ones first."""
    clinics = _clinics(request)
    clinic_ids = [clinic.pk for clinic in clinics]
    today = max(clinic.today() for clinic in clinics)
    everybody = listed_patients(request.user, clinic_ids)
    episodes = list(open_episodes(request.user, everybody, today))
    acute_ids = {episode.patient_id for episode in episodes}
    form = PatientFilter(request.GET)
    found = narrowed(everybody, form.chosen, ListScope(request.user, clinic_ids, today, acute_ids))
    token = request.GET.get("search", "")
    text = request.session.get(SEARCHES, {}).get(token, "")
    found = in_list_order(patients_found(found, text, clinic_ids), acute_ids, clinic_ids)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(
        request.user, list(page), RowScope(clinics, today, acute_ids, _hidden(clinics, today))
    )
    context: dict[str, Any] = {
        "clinics": clinics,
        "form": form,
        "is_filtered": bool(form.chosen),
        "token": token if text else "",
        "search_text": text,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": rows,
        "assessed_on": oldest_day(rows),
        "banners": banners_of(request.user, episodes[:BANNERS_SHOWN], clinics, today),
        "further_acute": len(episodes[BANNERS_SHOWN:]),
        "may_register": bool(clinics_where(request.user, Action.REGISTER_PATIENT)),
    }
    return render(request, "reports/patient_list.html", context)


def _hidden(clinics: Sequence[Clinic], today: date) -> frozenset[Body]:
    """The bodies whose verdicts a clinic of this list has not signed off."""
    hidden = hidden_editions(clinics, editions_in_force(today), today)
    return frozenset(edition.body for edition in hidden)


@require_POST
def patient_search(request: ClinicRequest) -> HttpResponse:
    """Remember what was typed and lead to the list; the text never stands in an address.

    The audit keeps that somebody searched and how many were found, not what was typed.
    """
    clinics = _clinics(request)
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


def _clinics(request: ClinicRequest) -> list[Clinic]:
    """The clinics that the list covers; refused, remembered, when there is none."""
    shown = clinics_shown(request, Action.VIEW_PATIENT)
    return [clinic for clinic in request.clinics if clinic.pk in shown]


def _typed(text: str) -> str:
    """What was typed, without control characters, which PostgreSQL refuses."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:LONGEST_SEARCH]


def _note_search(request: ClinicRequest, clinic_ids: list[int], found: int) -> None:
    one = clinic_ids[0] if len(clinic_ids) == 1 else None
    role = allowing_role(request.user, Action.VIEW_PATIENT, one) if one is not None else ""
    record(
        action=AuditAction.SEARCH,
        by=request.user,
        clinic_id=one,
        role=role,
        record_kind="patient",
        counts={"found": found},
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
