"""The saved views of a person: renaming, deleting, and with which one to begin."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from reports.models import SavedView
from reports.saved_views import (
    delete_view,
    may_change,
    rename_view,
    start_with,
    view_lines,
    view_named,
)
from reports.views.worklist import visit_of


@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: ClinicRequest) -> HttpResponse:
    """All views the person sees, each with what may be done to it."""
    form = visit_of(request).form
    error, wrong = "", None
    if request.method == "POST":
        wrong = _view_or_404(request)
        try:
            _act(request, wrong)
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
        else:
            return redirect("reports:saved-views")
    context = {
        "views": view_lines(request.user, form),
        "wrong": wrong,
        "error": error,
        "typed": request.POST.get("name", ""),
    }
    return render(request, "reports/saved_views.html", context)


def _view_or_404(request: ClinicRequest) -> SavedView:
    view = view_named(request.user, request.POST.get("view", ""))
    if view is None:
        raise Http404("No such view.")
    return view


def _act(request: ClinicRequest, view: SavedView) -> None:
    """What the button says. Enter in the box of the name renames, as its button does."""
    user, name = request.user, view.name
    if "start" in request.POST:
        start_with(by=user, view=view)
        messages.success(request, f"You begin with “{name}” from now on.")
        return
    if "no_start" in request.POST:
        start_with(by=user, view=None)
        messages.success(request, "You begin with the whole list again.")
        return
    if not may_change(user, view):
        raise PermissionDenied(
            "A view that is shared with a clinic is changed by its clinicians and administrators."
        )
    if "delete" in request.POST:
        delete_view(by=user, view=view)
        messages.success(request, f"“{name}” is deleted.")
        return
    rename_view(by=user, view=view, name=request.POST.get("name", ""))
    messages.success(request, f"“{name}” is now called “{view.name}”.")
