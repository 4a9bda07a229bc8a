"""The choice of a clinic, what was typed and not saved, and the administration's way out."""

from uuid import UUID

from allauth.account.views import logout
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ClinicRequest
from accounts.kept.actions import forget
from accounts.kept.arrivals import received, url_of
from accounts.kept.in_words import in_words
from accounts.kept.restoring import (
    buttons_of,
    forget_draft_of,
    gives_back,
    page_still_open,
    sent_words,
)
from accounts.kept.selectors import Typed, all_kept, kept_here
from accounts.middleware import CHOSEN_CLINIC

# How an address says what its form does, and how people do.
SAID = {"add": "new", "edit": "change", "amend": "amendment", "strike": "entered in error"}


@require_POST
def choose_clinic(request: ClinicRequest) -> HttpResponse:
    """Keep the choice in the session: `clinic` is a public id, or empty for all of one's own.

    Answers 404 for a clinic of which one is no member, and goes back to `next`.
    """
    chosen = request.POST.get("clinic", "")
    if chosen and chosen not in {str(clinic.public_id) for clinic in request.clinics}:
        raise Http404("No such clinic.")
    request.session[CHOSEN_CLINIC] = chosen
    return redirect(_way_back(request))


@require_GET
def kept_list(request: ClinicRequest) -> HttpResponse:
    """What this person typed in this browser and could not save, of the last day."""
    rows = [
        {"typed": typed, "url": url_of(typed), "on": _name_of(typed)} for typed in all_kept(request)
    ]
    return render(request, "accounts/kept_list.html", {"rows": rows})


@require_GET
def kept_page(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """What was typed, laid out for copying, for a form that cannot be filled in with it.

    404 for anything that is not kept for this person in this browser, and as the form's own page
    answers them: somebody who may no longer open it reads nothing here either.
    """
    typed = kept_here(request, public_id)
    if typed is None:
        return render(request, "accounts/kept_gone.html", status=404)
    page = page_still_open(request, typed)
    context = {
        "typed": typed,
        "on": _name_of(typed),
        "words": sent_words(typed),
        "form_url": url_of(typed) if gives_back(typed) else "",
        "rows": in_words(typed.values, page, without=buttons_of(typed)),
    }
    return render(request, "accounts/kept_page.html", context)


@require_POST
def kept_left(request: ClinicRequest) -> HttpResponse:
    """Keep what the script of a page that is being left sends; nobody reads the answer.

    It also sends what is too long to be sent on leaving, while it is typed, and what *Cancel* gives
    up of that.
    """
    if "kept_cancelled" in request.POST:
        forget_draft_of(request)
    else:
        received(request)
    return HttpResponse(status=204)


@require_POST
def kept_discard(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """Delete what was kept; nothing to do when it is gone or is somebody else's."""
    if kept_here(request, public_id) is not None:
        forget(public_id, by=request.user)
        messages.success(request, "Discarded.")
    return redirect("accounts:kept-list")


def _name_of(typed: Typed) -> str:
    """The form in words, from the name of its address: it says nothing of the patient."""
    try:
        match = resolve(typed.path)
    except Resolver404:
        return "form"
    kind = str(match.kwargs.get("kind", "")).replace("-", " ")
    what, _, act = (match.url_name or "form").replace("_", "-").rpartition("-")
    what = kind or what.replace("-", " ")
    return f"{what}, {SAID.get(act, act)}" if what else act


def leave_administration(request: HttpRequest) -> HttpResponse:
    """Log out of the administration as everywhere else, so that the audit remembers it."""
    answer: HttpResponse = logout(request)
    return answer


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A word alone would be taken for the name of a page.
    return target if safe and target.startswith("/") else "/"
