"""What the audit keeps of lists of patients: that one was shown, and how many rows it had.

Whoever shows a list notes it, once for each answer: a person asked for that page, its next page
included. Parts of a page that ask for themselves, while somebody types or moves on, may come every
second: they are noted with `note_part`, one line for a stretch of time, so that they do not bury
the lines that matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Clinic, User
from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import EventFields, note_lost, record_many

PARTS_NOTED = "parts_noted"
LONGEST_STRETCH = 15 * 60  # seconds


def note_list(
    request: HttpRequest,
    kind: str,
    clinics: Iterable[Clinic],
    *,
    rows: int,
    action: Action = Action.VIEW_PATIENT,
) -> None:
    """Write that this page of a list was shown: one event for each clinic whose patients it covers.

    ``rows`` are those of the page, of all clinics together; ``action`` is the right through which
    they are shown. No event names a patient. Call it outside of a transaction, before the page is
    made. Raises ``AuditUnavailable``, and the page is not shown.
    """
    record_many(_events(request, kind, clinics, rows, action))


def note_lost_list(request: HttpRequest, kind: str, clinics: Iterable[Clinic], rows: int) -> None:
    """The same in the log of lost events, for a list of emergencies that is shown all the same."""
    for event in _events(request, kind, clinics, rows, Action.VIEW_PATIENT):
        note_lost(**event)


def _events(
    request: HttpRequest, kind: str, clinics: Iterable[Clinic], rows: int, action: Action
) -> list[EventFields]:
    user = cast(User, request.user)
    return [
        {
            "action": AuditAction.VIEW,
            "by": user,
            "clinic_id": clinic.pk,
            "role": allowing_role(user, action, clinic),
            "record_kind": kind,
            "counts": {"rows": rows},
        }
        for clinic in clinics
    ]


def note_part(request: HttpRequest, part: str, write: Callable[[], None], *, seconds: int) -> None:
    """Have ``write`` write the event of a part of a page, unless this session lately did.

    ``part`` names what is shown by opaque ids; ``seconds``, at most `LONGEST_STRETCH`, is how long
    one line speaks for all that follow.
    """
    now = int(timezone.now().timestamp())
    noted: dict[str, int] = request.session.get(PARTS_NOTED, {})
    if part in noted and 0 <= now - noted[part] < seconds:
        return
    with transaction.atomic():
        write()
    recent = {name: at for name, at in noted.items() if 0 <= now - at < LONGEST_STRETCH}
    request.session[PARTS_NOTED] = recent | {part: now}
