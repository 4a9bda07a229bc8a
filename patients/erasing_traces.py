"""What speaks of a patient outside of the record: typed and kept, messages, the admin's log, jobs.

Each function counts it or removes it (``patients.erasing.Trace``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import models

from accounts.kept.sealing import unseal
from accounts.models import KeptPost

if TYPE_CHECKING:
    from patients.erasing import Sentinels


def kept_forms(sentinels: Sentinels, remove: bool) -> dict[str, int]:
    """Forms that were typed and not saved. One that cannot be read any more counts as found."""
    keys = [
        kept.pk
        for kept in KeptPost.objects.order_by("pk")
        if (content := unseal(kept.sealed)) is None or sentinels.are_in(_text(content))
    ]
    if remove:
        KeptPost.objects.filter(pk__in=keys).delete()
    return {"kept_forms": len(keys)}


def _text(content: object) -> str:
    return json.dumps(content, default=str, ensure_ascii=False)


def messages_in_sessions(sentinels: Sentinels, remove: bool) -> dict[str, int]:
    """Sessions that hold a message about the person: they end, and their people log in anew."""
    found = [
        session
        for session in Session.objects.order_by("pk").iterator()
        if sentinels.are_in(_text(session.get_decoded()))
    ]
    return {"sessions": _counted(found, remove)}


def administration_log(sentinels: Sentinels, remove: bool) -> dict[str, int]:
    """Lines of the administration's own log that name the person."""
    found = [
        line
        for line in LogEntry.objects.order_by("pk").iterator()
        if sentinels.are_in(f"{line.object_repr} {line.change_message}")
    ]
    return {"admin_log": _counted(found, remove)}


def background_jobs(sentinels: Sentinels, remove: bool) -> dict[str, int]:
    """Background jobs whose arguments, results or errors speak of the person."""
    jobs = apps.get_model("django_tasks_database", "DBTaskResult")._default_manager
    found = [job for job in jobs.order_by("pk").iterator() if sentinels.are_in(_said(job))]
    return {"jobs": _counted(found, remove)}


def _counted(found: Sequence[models.Model], remove: bool) -> int:
    if remove:
        for row in found:
            row.delete()
    return len(found)


def _said(job: object) -> str:
    def parts() -> Iterator[str]:
        for name in ("args_kwargs", "return_value", "traceback"):
            yield _text(getattr(job, name))

    return " ".join(parts())
