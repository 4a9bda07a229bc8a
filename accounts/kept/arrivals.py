"""A form arrives that cannot be acted on: whose it is, whether it is kept, and what comes next."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.kept import actions
from accounts.kept.in_words import DRAFT, NOT_TYPED
from accounts.kept.restoring import KEPT, filled_in_url, gives_back
from accounts.kept.seat import seat_of
from accounts.kept.selectors import Typed
from accounts.models import User

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
LONGEST_DRAFT = 64  # characters: a random word
# What the script of a page that is left sends its form to, and the name of the form's own address.
LEFT_PAGE, LEFT_FORM = "accounts:kept-left", "kept_form"


class State(StrEnum):
    """What became of a form; the login page reads it from its address."""

    KEPT = "yes"
    KEPT_WITHOUT_FILES = "without-files"
    TOO_LARGE = "too-large"
    NOTHING_TYPED = "nothing"
    UNKNOWN = "unknown"
    SECRET = "secret"  # noqa: S105 - no password: a page that asks for one


@dataclass(frozen=True)
class Arrival:
    """What became of a form, for whom it is kept, and where they go on."""

    state: State
    url: str
    owner: User | None = None

    @property
    def is_kept(self) -> bool:
        """Whether it comes back after a login."""
        return self.state in {State.KEPT, State.KEPT_WITHOUT_FILES}


def received(request: HttpRequest) -> Arrival:
    """Keep what the form holds for the person who was given it in this browser, if it is known.

    The form's token says who that is; without one that we gave out ourselves nothing is kept, so
    neither another site nor a stranger can put anything there.
    """
    page = _page_of(request)
    if asks_for_secrets(request):
        return Arrival(State.SECRET, page)
    typed = _typed(request, page)
    if typed is None:
        return Arrival(State.NOTHING_TYPED, page)
    seat = seat_of(request)
    owner = seat.owner_of(request.POST.get(TOKEN, "")) if seat else None
    if seat is None or owner is None:
        return Arrival(State.UNKNOWN, page)
    try:
        kept = actions.keep(typed, user=owner, browser=seat.digest)
    except actions.TooLargeError:
        return Arrival(State.TOO_LARGE, page, owner)
    _forget_its_forerunner(request, owner, kept)
    state = State.KEPT_WITHOUT_FILES if typed.had_files else State.KEPT
    return Arrival(state, url_of(kept), owner)


def url_of(typed: Typed) -> str:
    """Where it comes back: in its own form where that can be done, else laid out for copying."""
    if not gives_back(typed):
        return reverse("accounts:kept-page", args=[typed.public_id])
    return filled_in_url(typed)


def _address_of(request: HttpRequest) -> str:
    """Where the form belongs: where it was sent to, or what a page that was left says."""
    if not _was_left(request):
        return request.get_full_path()
    address = request.POST.get(LEFT_FORM, "")
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address.partition("#")[0] if is_ours else ""


def _was_left(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name == LEFT_PAGE


def _view_of(address: str) -> ResolverMatch | None:
    """The page at an address of ours; None for anything else."""
    try:
        return resolve(address.partition("?")[0])
    except Resolver404:
        return None


def asks_for_secrets(request: HttpRequest) -> bool:
    """Whether the page asks for a password or a code: such a form is never kept."""
    match = _view_of(_address_of(request))
    is_of_the_door = match is not None and match.func.__module__.startswith("allauth.")
    return is_of_the_door or any("password" in name.lower() for name in request.POST)


def _typed(request: HttpRequest, page: str) -> Typed | None:
    """What was typed; None when it was nothing, or on a page where it is not worth keeping."""
    address = _address_of(request)
    match = _view_of(address)
    if match is None or match.view_name in settings.NOT_KEPT:
        return None
    not_sent = {TOKEN, LEFT_FORM, DRAFT}
    sent = [(name, tuple(values)) for name, values in request.POST.lists() if name not in not_sent]
    had_files = bool(request.FILES)
    is_typed = any("".join(values).strip() for name, values in sent if name not in NOT_TYPED)
    if not is_typed and not had_files:
        return None
    return Typed(
        public_id=uuid.uuid4(),
        kept_at=timezone.now(),
        address=_without_kept(address),
        page=_without_kept(page),
        values=tuple(sent),
        had_files=had_files,
        was_left=_was_left(request),
        draft=request.POST.get(DRAFT, "")[:LONGEST_DRAFT],
    )


def _page_of(request: HttpRequest) -> str:
    """The page on which the form stood, as far as the browser says so and it is one of ours."""
    try:
        came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:  # nonsense in brackets
        return request.get_full_path()
    address = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    is_ours = came_from.netloc == request.get_host()
    if is_ours and url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return address
    return request.get_full_path()


def _without_kept(address: str) -> str:
    path, _, text = address.partition("?")
    query = QueryDict(text, mutable=True)
    query.pop(KEPT, None)
    return f"{path}?{query.urlencode()}" if query else path


def _forget_its_forerunner(request: HttpRequest, owner: User, kept: Typed) -> None:
    """A form given back and sent again after another end of the session replaces what it was."""
    before = QueryDict(_address_of(request).partition("?")[2]).get(KEPT, "")
    try:
        former = uuid.UUID(before)
    except ValueError:
        return
    if former != kept.public_id:
        actions.forget(former, by=owner)


def login_url(arrival: Arrival) -> str:
    """The login page, saying what became of the form and leading on to where it comes back."""
    query = urlencode({"next": arrival.url, KEPT: arrival.state.value})
    return f"{reverse(settings.LOGIN_URL)}?{query}"
