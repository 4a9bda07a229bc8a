"""Django's own command for a forgotten password, with its event in the audit."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from accounts.models import User
from audit.models import AuditAction
from audit.recording import record


class Command(changepassword.Command):
    """For the operator of the installation, who has made sure of who is asking."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Ask for the password twice, set it, and remember that it was set."""
        with transaction.atomic():
            said: str | None = super().handle(*args, **options)
            user = User.objects.get(username=options["username"] or getpass.getuser())
            record(
                action=AuditAction.CHANGE,
                by=None,
                record_kind="user",
                record_id=user.pk,
                note="changed password by command",
            )
        return said
