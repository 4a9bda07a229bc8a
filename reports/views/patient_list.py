"""The patient list: search, filters, pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.guideline_settings import unsigned_editions_of
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where
from accounts.shown_lists import note_list, note_lost_list
from audit.context import AuditUnavailable
from guidelines.vocabulary import Body
from patients.selectors import day_in, other_day_in, patients_found
from reports.emergencies import banners_of
from reports.patient_filter import ListScope, PatientFilter, narrowed
from reports.patient_finder import recent_patients
from reports.patient_rows import RowScope, oldest_day, rows_of
from reports.selectors import in_list_order, listed_patients, open_episodes
from reports.views.patient_search import clinics_searched, remembered

PER_PAGE = 50
BANNERS_SHOWN = 3


@require_safe
def patient_list(request: ClinicRequest) -> HttpResponse:
    """Patients of the clinic chosen, or of all one's clinics, acute ones first.

    Where the audit cannot be written nobody is listed but whoever has an open acute episode, whose
    record stays readable then; that they were listed goes to the log of lost events.
    """
    try:
        return _page(request)
    except AuditUnavailable:
        return _page(request, is_audited=False)


def _page(request: ClinicRequest, *, is_audited: bool = True) -> HttpResponse:
    clinics = clinics_searched(request)
    clinic_ids = [clinic.pk for clinic in clinics]
    today = max(clinic.today() for clinic in clinics)
    everybody = listed_patients(request.user, clinic_ids)
    episodes = list(open_episodes(request.user, everybody, today))
    acute_ids = {episode.patient_id for episode in episodes}
    if not is_audited:
        everybody = everybody.filter(pk__in=acute_ids)
    form = PatientFilter(request.GET)
    found = narrowed(everybody, form.chosen, ListScope(request.user, clinic_ids, today, acute_ids))
    token = request.GET.get("search", "")
    text = remembered(request, token)
    found = in_list_order(patients_found(found, text, clinic_ids), acute_ids, clinic_ids)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(
        request.user, list(page), RowScope(clinics, today, acute_ids, _hidden(clinics, today))
    )
    _note(request, clinics, len(rows), is_audited=is_audited)
    is_whole = not form.chosen and not text
    context: dict[str, Any] = {
        "clinics": clinics,
        "is_first_run": is_whole and page.paginator.count == 0,
        "is_audited": is_audited,
        "recent": recent_patients(request.user, clinics)
        if is_audited and is_whole and page.number == 1
        else [],
        "form": form,
        "is_filtered": bool(form.chosen),
        "token": token if text else "",
        "search_text": text,
        "search_day": day_in(text),
        "search_other_day": other_day_in(text),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": rows,
        "assessed_on": oldest_day(rows),
        "banners": banners_of(request.user, episodes[:BANNERS_SHOWN], clinics, today),
        "further_acute": len(episodes[BANNERS_SHOWN:]),
        "may_register": bool(clinics_where(request.user, Action.REGISTER_PATIENT)),
        "may_decide": bool(clinics_where(request.user, Action.DECIDE)),
    }
    return render(request, "reports/patient_list.html", context)


def _note(
    request: ClinicRequest, clinics: Sequence[Clinic], rows: int, *, is_audited: bool
) -> None:
    """The audit, or where it cannot be written and somebody is acute the log of lost events."""
    if is_audited:
        note_list(request, "patient_list", clinics, rows=rows)
    elif rows:
        note_lost_list(request, "patient_list", clinics, rows)
    else:
        raise AuditUnavailable("nobody with an open acute episode is listed")


def _hidden(clinics: Sequence[Clinic], today: date) -> frozenset[Body]:
    """The bodies whose verdicts a clinic of this list has not signed off."""
    return frozenset(edition.body for edition in unsigned_editions_of(clinics, today))
