"""One request by one person, undone when it was answered."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from audit.models import AuditAction, AuditEvent
from tests.doors.world import Person, World


class Asker:
    """Asks, undoes what the asking did, and remembers what was wrong."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = 0
        self.wrong: list[str] = []

    def ask(self, person: Person, method: str, path: str) -> tuple[Any, int]:
        """The answer, and how many refusals it left in the audit."""
        self.asked += 1
        cookies = person.client.cookies.copy()
        with transaction.atomic():
            before = AuditEvent.objects.filter(action=AuditAction.REFUSED).count()
            answer = person.client.generic(method, path, HTTP_ACCEPT="text/html")
            if answer.streaming:
                b"".join(answer)
            after = AuditEvent.objects.filter(action=AuditAction.REFUSED).count()
            transaction.set_rollback(True)
        person.client.cookies = cookies
        return answer, after - before
