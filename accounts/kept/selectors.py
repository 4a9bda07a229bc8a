"""Reading what is kept, for the person it is kept for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts.kept.sealing import unseal
from accounts.kept.seat import seat_of
from accounts.models import KeptPost, User

LONGEST = datetime.timedelta(hours=24)


@dataclass(frozen=True)
class Typed:
    """What was typed: where it was sent, the page it stood on, and each name with its values."""

    public_id: UUID
    kept_at: datetime.datetime
    address: str
    page: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    had_files: bool
    was_left: bool = False
    """Whether the page was left without sending the form, as against sent too late."""
    draft: str = ""
    """The script's word for one form on one opened page: a later copy takes the place of it."""

    @property
    def path(self) -> str:
        """The address without what follows a question mark."""
        return self.address.partition("?")[0]

    def as_sent(self, without: tuple[str, ...] = ()) -> QueryDict:
        """The values as a request brings them, less those of these names."""
        data = QueryDict(mutable=True)
        for name, values in self.values:
            if name not in without:
                data.setlist(name, list(values))
        data._mutable = False
        return data


def all_kept(request: HttpRequest) -> list[Typed]:
    """What is kept for whoever is logged in, in this browser, the latest first."""
    rows = [_typed(row) for row in _rows(request)]
    return [row for row in rows if row is not None]


def kept_of_page(request: HttpRequest) -> list[Typed]:
    """What this person typed in this browser in the form of this very page, the latest first."""
    return [each for each in all_kept(request) if each.path == request.path]


def kept_here(request: HttpRequest, public_id: object) -> Typed | None:
    """One of them; None when it is somebody else's, too old, used, or cannot be unsealed."""
    try:
        wanted = UUID(str(public_id))
    except ValueError:
        return None
    return next((each for each in all_kept(request) if each.public_id == wanted), None)


def of_user(user: User, browser: str) -> list[Typed]:
    """What is kept for this person in this browser."""
    rows = KeptPost.objects.filter(user=user, browser=browser, kept_at__gt=_oldest())
    return [typed for row in rows if (typed := _typed(row)) is not None]


def _rows(request: HttpRequest) -> list[KeptPost]:
    seat, user = seat_of(request), request.user
    if seat is None or not user.is_authenticated:
        return []
    rows = KeptPost.objects.filter(user=user, browser=seat.digest, kept_at__gt=_oldest())
    return list(rows)


def _oldest() -> datetime.datetime:
    return timezone.now() - LONGEST


def _typed(row: KeptPost) -> Typed | None:
    content = unseal(row.sealed)
    # The seal names its row, so that no row can be passed off as another person's.
    if content is None or content["for"] != [row.user_id, str(row.public_id)]:
        return None
    return Typed(
        public_id=row.public_id,
        kept_at=row.kept_at,
        address=content["address"],
        page=content["page"],
        values=tuple((name, tuple(values)) for name, values in content["values"]),
        had_files=content["had_files"],
        was_left=content["was_left"],
        draft=content.get("draft", ""),
    )
