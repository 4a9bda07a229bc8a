"""Today: who needs a person now, where everybody of the cohort stands; the list as a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import ClinicRequest, clinics_among
from accounts.guideline_settings import unsigned_editions_of
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic, User
from accounts.permissions import Action, clinics_where
from accounts.shown_lists import note_list
from audit.context import AuditUnavailable
from followup.selectors import standings_are_current
from guidelines.registry import editions_in_force
from guidelines.rule import Edition
from guidelines.vocabulary import Body
from patients.models import Registration
from reports.downloads import csv_response, note_export
from reports.emergencies import banners_of
from reports.recall import NOT_AT_ALL, RecallScope, followed_patients
from reports.saved_views import ViewForm, save_view, view_lines
from reports.scope import Scope
from reports.selectors import listed_patients, open_episodes
from reports.views.booking import BookForm, book_for, ids_in, refused_elsewhere
from reports.views.patient_search import clinics_searched
from reports.worklist import Worklist, WorklistFilter, patients_listed, worklist_of
from reports.worklist_report import worklist_report
from reports.worklist_rows import WorklistRow, worklist_rows

PER_PAGE = 50
BANNERS_SHOWN = 3
MOST_AT_ONCE = 200
"""Local: nobody's day holds more; a list that is longer is narrowed first."""


@dataclass
class Visit:
    """One visit to the list: of which clinics, narrowed to what, without whose verdicts."""

    request: ClinicRequest
    all_clinics: list[Clinic]
    clinics: list[Clinic]
    form: WorklistFilter
    unsigned: Collection[Edition]

    @property
    def hidden(self) -> frozenset[Body]:
        """The bodies whose edition one of the clinics judges by without having signed it off."""
        return frozenset(edition.body for edition in self.unsigned)

    @property
    def today(self) -> date:
        """The latest day of these clinics."""
        return max(clinic.today() for clinic in self.clinics)

    @property
    def scope(self) -> RecallScope:
        """For whom the user may book from here."""
        return RecallScope(self.request.user, self.clinics, self.today)


@dataclass(frozen=True)
class WholeList:
    """The whole list was to be booked: for how many that is, and how many are left out."""

    count: int
    left_out: int


@gives_back_what_was_typed("book", "save_view")
@require_http_methods(["GET", "HEAD", "POST"])
def worklist(request: ClinicRequest) -> HttpResponse:
    """The list of the clinic chosen, or of all one's clinics, most urgent first.

    Those ticked are booked from here, and its filters are kept under a name.
    """
    visit = visit_of(request)
    is_booking = request.method == "POST" and "view-name" not in request.POST
    is_naming = request.method == "POST" and not is_booking
    book = BookForm(request.POST if is_booking else None, today=visit.today)
    naming = ViewForm(
        request.POST if is_naming else None, user=request.user, clinics=visit.all_clinics
    )
    if is_naming and naming.is_valid() and "save_view" in request.POST and _saved(visit, naming):
        return redirect(request.get_full_path())
    errors: Mapping[int, str] = {}
    whole = None
    if is_booking and book.is_valid() and "book" in request.POST:
        whole, errors = _booked(visit, book)
        if whole is None and not errors and not book.errors:
            return redirect(request.get_full_path())
    return _page(visit, book=book, naming=naming, errors=errors, whole=whole)


@require_GET
def worklist_csv(request: ClinicRequest) -> StreamingHttpResponse:
    """The list as it is narrowed, of the clinics in which the user may export identified data."""
    visit = visit_of(request)
    scope = Scope(clinics_among(request, visit.clinics, Action.EXPORT_IDENTIFIED))
    report = worklist_report(request.user, visit.form, visit.hidden)
    note_export(request.user, report, report.count_by_clinic(scope))
    return csv_response(report, scope, file_name=f"today_{visit.today.isoformat()}.csv")


def visit_of(request: ClinicRequest) -> Visit:
    """The clinics and the filters of this visit."""
    clinics = clinics_searched(request)
    today = max(clinic.today() for clinic in clinics)
    unsigned = unsigned_editions_of(clinics, today)
    hidden = frozenset(edition.body for edition in unsigned)
    form = WorklistFilter(
        request.GET, clinics=clinics, clinicians=_clinicians(clinics), hidden=hidden
    )
    return Visit(request, clinics, form.narrow_clinics(clinics), form, unsigned)


def _saved(visit: Visit, naming: ViewForm) -> bool:
    name = naming.cleaned_data["name"]
    try:
        save_view(by=visit.request.user, name=name, codes=visit.form.chosen, clinic=naming.clinic)
    except ValidationError as error:
        naming.add_error("name", error.messages)
        return False
    messages.success(visit.request, f"Saved as “{name}”.")
    return True


def _booked(visit: Visit, book: BookForm) -> tuple[WholeList | None, Mapping[int, str]]:
    """Book for those ticked, or for the whole list once its number was confirmed."""
    post = visit.request.POST
    if "whole_list" not in post:
        return None, book_for(visit.request, visit.scope, ids_in(post.getlist("patient")), book)
    ids, left_out = _whole_list(visit)
    if len(ids) > MOST_AT_ONCE:
        book.add_error(
            None,
            f"This list holds {len(ids)} patients who could be booked, and at most {MOST_AT_ONCE} "
            "are booked at once. Narrow it with the filters first.",
        )
        return None, {}
    if ids and post.get("whole_list_count") != str(len(ids)):
        return WholeList(len(ids), left_out), {}
    return None, book_for(visit.request, visit.scope, ids, book)


def _whole_list(visit: Visit) -> tuple[list[UUID], int]:
    """Everybody of the list, on all its pages, who may be called, and how many may not."""
    listed = patients_listed(visit.request.user, visit.clinics, visit.form).order_by()
    may_be_called = followed_patients(visit.scope).filter(
        Q(wish__isnull=True) | ~Q(wish=NOT_AT_ALL), pk__in=listed.values("pk")
    )
    ids = list(may_be_called.order_by("id").values_list("public_id", flat=True))
    return ids, listed.count() - len(ids)


def _page(
    visit: Visit,
    *,
    book: BookForm,
    naming: ViewForm,
    errors: Mapping[int, str],
    whole: WholeList | None,
) -> HttpResponse:
    request, clinics, form = visit.request, visit.clinics, visit.form
    found = worklist_of(request.user, clinics, form)
    page = _Counted(found).get_page(request.GET.get("page"))
    rows = worklist_rows(request.user, list(page), clinics, visit.hidden)
    _mark(rows, ids_in(request.POST.getlist("patient")), errors)
    everybody = listed_patients(request.user, [clinic.pk for clinic in clinics])
    episodes = list(open_episodes(request.user, everybody, visit.today)[: BANNERS_SHOWN + 1])
    try:
        note_list(request, "today", clinics, rows=len(rows))
    except AuditUnavailable:
        if request.method == "POST" or not episodes:
            raise
        return redirect("reports:patient-list")  # which leads to the emergencies all the same
    context: dict[str, Any] = {
        "clinics": clinics,
        "today": visit.today,
        "stale_reason": standings_are_current(timezone.now()),
        "unsigned": sorted(edition.title for edition in visit.unsigned),
        "none_signed": visit.hidden >= {each.body for each in editions_in_force(visit.today)},
        "form": form,
        "found": found,
        "is_first_run": not (found.cohort or form.chosen or form.errors or request.POST),
        "all_href": form.address(concern="", bucket="", missing=""),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": rows,
        "assessed_on": _oldest(rows),
        "banners": banners_of(request.user, episodes[:BANNERS_SHOWN], clinics, visit.today),
        "more_acute": len(episodes) > BANNERS_SHOWN,
        "may_register": bool(clinics_where(request.user, Action.REGISTER_PATIENT)),
        "may_decide": bool(clinics_where(request.user, Action.DECIDE)),
        "views": view_lines(request.user, form),
        "naming": naming,
        "book": book,
        "may_book": any(row.may_book for row in rows),
        "whole": whole,
        "is_whole_list": "whole_list" in request.POST,
        "refused": len(errors),
        "refused_elsewhere": refused_elsewhere(
            visit.scope, errors, {row.patient.pk for row in rows}
        ),
        "query": form.address().removeprefix("?"),
        "exported": _exported(visit),
    }
    return render(request, "reports/worklist.html", context)


def _mark(rows: Sequence[WorklistRow], ticked: Sequence[UUID], errors: Mapping[int, str]) -> None:
    for row in rows:
        row.error = errors.get(row.patient.pk, "")
        row.is_ticked = row.patient.public_id in ticked


def _exported(visit: Visit) -> list[Clinic]:
    """The clinics of the list whose rows the user may take along."""
    allowed = clinics_where(visit.request.user, Action.EXPORT_IDENTIFIED)
    return [clinic for clinic in visit.clinics if clinic.pk in allowed]


class _Counted(Paginator):  # type: ignore[type-arg]
    """A paginator that takes the count from the tallies, so that both can only agree."""

    def __init__(self, found: Worklist) -> None:
        self._total = found.total
        # What a replay kept is the larger part of a standing, and no list shows it.
        shown = found.patients.select_related("standing").defer("standing__replay")
        super().__init__(shown, PER_PAGE)

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many the list holds."""
        return self._total


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
