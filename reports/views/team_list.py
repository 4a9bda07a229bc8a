"""The heart team's list."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest, clinics_shown
from accounts.permissions import Action
from accounts.shown_lists import note_list
from reports.team_list import TeamListFilter, team_rows, waiting_for_the_team

PER_PAGE = 50


@require_safe
def team_list(request: ClinicRequest) -> HttpResponse:
    """Who waits for the team in the clinic chosen, or in all where one decides."""
    shown = set(clinics_shown(request, Action.DECIDE))
    offered = [clinic for clinic in request.clinics if clinic.pk in shown]
    form = TeamListFilter(request.GET, clinics=offered)
    chosen = form.chosen
    clinics = [c for c in offered if c.code == chosen.get("clinic", c.code)]
    found = waiting_for_the_team(request.user, clinics, chosen.get("urgency", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = team_rows(list(page), clinics)
    note_list(request, "team", clinics, rows=len(rows), action=Action.DECIDE)
    context = {
        "clinics": clinics,
        "today": max(clinic.today() for clinic in clinics),
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": rows,
    }
    return render(request, "reports/team_list.html", context)
