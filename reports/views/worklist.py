"""Today: who needs a person now, and where everybody of the cohort stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.guideline_settings import hidden_editions
from accounts.models import Clinic, User
from accounts.permissions import Action, clinics_where
from followup.selectors import standings_are_current
from guidelines.registry import editions_in_force
from patients.models import Registration
from reports.emergencies import banners_of
from reports.selectors import listed_patients, open_episodes
from reports.views.patient_search import clinics_searched
from reports.worklist import Worklist, WorklistFilter, worklist_of
from reports.worklist_rows import WorklistRow, worklist_rows

PER_PAGE = 50
BANNERS_SHOWN = 3


@require_safe
def worklist(request: ClinicRequest) -> HttpResponse:
    """The list of the clinic chosen, or of all one's clinics, most urgent first."""
    clinics = clinics_searched(request)
    today = max(clinic.today() for clinic in clinics)
    form = WorklistFilter(request.GET, clinicians=_clinicians(clinics))
    found = worklist_of(request.user, clinics, form)
    page = _page(found, request.GET.get("page"))
    editions = editions_in_force(today)
    hidden = hidden_editions(clinics, editions, today)
    rows = worklist_rows(
        request.user, list(page), clinics, frozenset(edition.body for edition in hidden)
    )
    everybody = listed_patients(request.user, [clinic.pk for clinic in clinics])
    episodes = list(open_episodes(request.user, everybody, today)[: BANNERS_SHOWN + 1])
    context = {
        "clinics": clinics,
        "today": today,
        "stale_reason": standings_are_current(timezone.now()),
        "unsigned": sorted(edition.title for edition in hidden),
        "none_signed": len(hidden) == len(editions),
        "form": form,
        "found": found,
        "all_href": form.address(concern="", bucket="", missing=""),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": rows,
        "assessed_on": _oldest(rows),
        "banners": banners_of(request.user, episodes[:BANNERS_SHOWN], clinics, today),
        "more_acute": len(episodes) > BANNERS_SHOWN,
        "may_register": bool(clinics_where(request.user, Action.REGISTER_PATIENT)),
        "may_decide": bool(clinics_where(request.user, Action.DECIDE)),
    }
    return render(request, "reports/worklist.html", context)


class _Counted(Paginator):  # type: ignore[type-arg]
    """A paginator that takes the count from the tallies, so that both can only agree."""

    def __init__(self, found: Worklist) -> None:
        self._total = found.total
        super().__init__(found.patients.select_related("standing"), PER_PAGE)

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many the list holds."""
        return self._total


def _page(found: Worklist, number: str | None):  # type: ignore[no-untyped-def]
    return _Counted(found).get_page(number)


def _clinicians(clinics: Sequence[Clinic]) -> list[tuple[str, str]]:
    """Those who are named as responsible for somebody of these clinics."""
    named = Registration.objects.filter(
        clinic__in=clinics, responsible_clinician__isnull=False
    ).values("responsible_clinician")
    people = User.objects.filter(pk__in=named).order_by("last_name", "username", "id")
    return [(str(person.pk), person.display_name) for person in people]


def _oldest(rows: Sequence[WorklistRow]) -> date | None:
    found = (getattr(row.patient, "standing", None) for row in rows if row.ended is None)
    return min((each.assessed_for_on for each in found if each is not None), default=None)
