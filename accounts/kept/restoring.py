"""A form comes back with what was typed, through its own view, and nothing is saved by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.kept import actions
from accounts.kept.in_words import DRAFT
from accounts.kept.seat import seat_of
from accounts.kept.selectors import Typed, kept_here, kept_of_page

KEPT = "kept"
"""In an address: the opaque id of what is to be given back there."""

OK, FORBIDDEN, NOT_FOUND, WRONG_METHOD = 200, 403, 404, 405
MARK = "gives_back_what_was_typed"

View = Callable[..., HttpResponse]


def gives_back_what_was_typed(*buttons: str) -> Callable[[View], View]:
    """Mark a form's view: sent without these buttons, it looks through entries and saves nothing.

    `?kept=…` then opens the form with what was typed. The view is first asked for the empty form,
    so that its own rules on who may see it and what is noted hold; then for what it says to the
    entries without a button. Should it save all the same, which a redirect shows, that is taken
    back. When the person has saved the form, what was kept is deleted.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def with_kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            public_id = request.GET.get(KEPT)
            if not public_id:
                return _offered_or_saved(view, request, buttons, args, kwargs)
            typed = kept_here(request, public_id)
            if request.method == "POST":
                answer = view(request, *args, **kwargs)
                if not _shows_a_page(answer):
                    forget_draft_of(request)
                    if typed is not None:
                        actions.forget(typed.public_id, by=request.user)  # type: ignore[arg-type]
                return answer
            if typed is None or typed.path != request.path:
                messages.info(
                    request,
                    "Nothing is kept for you here: it was saved or discarded, "
                    "is older than a day, or was typed by somebody else.",
                )
                return view(request, *args, **kwargs)
            answer = view(request, *args, **kwargs)
            if answer.status_code == OK:
                answer = _looked_through(view, request, typed, buttons, args, kwargs)
            return answer if _shows_a_page(answer) else redirect("accounts:kept-page", public_id)

        setattr(with_kept, MARK, buttons)
        return with_kept

    return mark


def gives_back(typed: Typed) -> bool:
    """Whether the form's own page can show it again."""
    try:
        return getattr(resolve(typed.path).func, MARK, None) is not None
    except Resolver404:
        return False


def buttons_of(typed: Typed) -> tuple[str, ...]:
    """Names of the buttons of the form, where its view names them."""
    try:
        return getattr(resolve(typed.path).func, MARK, None) or ()
    except Resolver404:
        return ()


def filled_in_url(typed: Typed, asked: QueryDict | None = None) -> str:
    """The form's own address, which fills it in; ``asked`` is what else an address asks for."""
    query = asked.copy() if asked is not None else QueryDict(mutable=True)
    for name, values in QueryDict(typed.address.partition("?")[2]).lists():
        query.setlist(name, values)
    query[KEPT] = str(typed.public_id)
    return f"{typed.path}?{query.urlencode()}"


def page_still_open(request: HttpRequest, typed: Typed) -> str:
    """The form's page, or the page it stood on, as this person may still open it.

    Raises what that page raises: ``Http404`` or ``PermissionDenied``; the latter also where no page
    can be asked. Empty when the page leads elsewhere by now.
    """
    for address in (typed.address, typed.page):
        if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
            continue
        answer = _asked(request, address)
        status = answer.status_code
        if status == FORBIDDEN or "/login/" in answer.headers.get("Location", ""):
            raise PermissionDenied("You may no longer open the page on which this was typed.")
        if status == NOT_FOUND:
            raise Http404("No such page.")
        if status != WRONG_METHOD:
            return _html_of(answer) if status == OK else ""
    raise PermissionDenied("The page on which this was typed cannot be opened any more.")


def sent_words(typed: Typed) -> str:
    """When it was sent and that nothing is saved, for the page that shows it again."""
    at = timezone.localtime(typed.kept_at)
    if typed.was_left:
        return (
            f"You typed this and left the page on {date_format(at, 'j M Y')} at "
            f"{date_format(at, 'H:i')}. Nothing has been saved yet."
        )
    files = " The file is not kept: please choose it again." if typed.had_files else ""
    return (
        f"This was typed before your session ended: it was sent on {date_format(at, 'j M Y')} at "
        f"{date_format(at, 'H:i')} and could not be saved. Nothing has been saved yet.{files}"
    )


def _offered_or_saved(
    view: View,
    request: HttpRequest,
    buttons: tuple[str, ...],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponse:
    """The form as always, offering what was typed there before; saved, that is forgotten."""
    if request.method == "POST":
        answer = view(request, *args, **kwargs)
        if not _shows_a_page(answer):
            _forget_the_same(request, buttons)
            forget_draft_of(request)
        return answer
    for typed in kept_of_page(request)[:1]:
        at = timezone.localtime(typed.kept_at)
        messages.info(
            request,
            format_html(
                "Something that you typed here at {} is not saved. "
                '<a href="{}">Fill it in again</a>',
                date_format(at, "H:i"),
                filled_in_url(typed, request.GET),
            ),
        )
    return view(request, *args, **kwargs)


def _forget_the_same(request: HttpRequest, buttons: tuple[str, ...]) -> None:
    """A page that was left, gone back to as the browser remembered it, and saved after all."""
    sent = {name: values for name, values in request.POST.lists() if name not in buttons}
    for name in ("csrfmiddlewaretoken", DRAFT):
        sent.pop(name, None)
    for typed in kept_of_page(request):
        if dict(typed.as_sent(buttons).lists()) == sent:
            actions.forget(typed.public_id, by=request.user)  # type: ignore[arg-type]


def forget_draft_of(request: HttpRequest) -> None:
    """What the script kept of this form while it was typed."""
    seat, draft = seat_of(request), request.POST.get(DRAFT, "")
    if seat is not None and draft:
        actions.forget_draft(draft, by=request.user, browser=seat.digest)  # type: ignore[arg-type]


def _looked_through(
    view: View,
    request: HttpRequest,
    typed: Typed,
    buttons: tuple[str, ...],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponse:
    messages.warning(request, sent_words(typed))
    with transaction.atomic():
        answer = view(_with(request, "POST", typed.as_sent(buttons)), *args, **kwargs)
        if not _shows_a_page(answer):
            transaction.set_rollback(True)
    return answer


def _asked(request: HttpRequest, address: str) -> HttpResponse:
    """What the page at this address of ours answers this person."""
    path, _, query = address.partition("?")
    match = resolve(path)
    asked = _with(request, "GET", QueryDict())
    asked.path = asked.path_info = path
    asked.GET = QueryDict(query)  # type: ignore[assignment,misc]
    asked.resolver_match = match
    answer: HttpResponse = match.func(asked, *match.args, **match.kwargs)
    return answer


def _html_of(answer: HttpResponse) -> str:
    """The page as a browser gets it, drawn where that waits for the end of the request."""
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    return answer.content.decode(answer.charset or "utf-8", errors="replace")


def _with(request: HttpRequest, method: str, data: QueryDict) -> HttpRequest:
    """The same request of the same person, sent in another way; the original is left as it is."""
    changed = type(request).__new__(type(request))
    changed.__dict__.update(request.__dict__)
    changed.method = method
    changed.POST = data  # type: ignore[assignment,misc]
    changed._files = MultiValueDict()  # type: ignore[attr-defined]
    return changed


def _shows_a_page(answer: HttpResponse) -> bool:
    return not 300 <= answer.status_code < 400
