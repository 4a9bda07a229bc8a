"""What django-allauth does differently here: no sign-up, one limit per account, and the audit."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.kept.restoring import KEPT
from accounts.kept.seat import leave_seat
from accounts.kept.selectors import all_kept
from accounts.models import User
from accounts.selectors import account_named
from audit.context import client_ip
from audit.models import AuditAction
from audit.recording import record, record_failure


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The door of the house: pages and administration share it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Whether to lead there after a login; an address that cannot be read leads nowhere."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address as the audit sees it."""
        return client_ip(request) or "unknown"

    def login(self, request: HttpRequest, user: User) -> None:
        """Log in, and remember it."""
        with transaction.atomic():
            super().login(request, user)
            _say_what_is_kept(request)
            record(action=AuditAction.LOGIN, by=user, record_kind="user", record_id=user.pk)

    def logout(self, request: HttpRequest) -> None:
        """Log out, and remember who did."""
        user_id = request.user.pk
        leave_seat(request, user_id)
        with transaction.atomic():
            super().logout(request)
            record(
                action=AuditAction.LOGOUT, by=user_id, record_kind="user", record_id=user_id or ""
            )

    def set_password(self, user: User, password: str) -> None:
        """Change one's own password, and remember that it was."""
        with transaction.atomic():
            super().set_password(user, password)
            record(
                action=AuditAction.CHANGE,
                by=user,
                record_kind="user",
                record_id=user.pk,
                note="changed password",
            )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count failures per account, whether its name or its address was typed."""
        account = _account_meant(credentials)
        try:
            super().pre_authenticate(
                request, **(credentials | {"email": account.email} if account else credentials)
            )
        except ValidationError:
            _record_failed_login(account, note="too many failed attempts")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Remember a wrong password; what was typed is not kept."""
        account = _account_meant(credentials)
        _record_failed_login(account, note="" if account else "no such account")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Turn away a deactivated account, and remember that it came."""
        _record_failed_login(user, note="inactive account")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response


def _say_what_is_kept(request: HttpRequest) -> None:
    """Point to forms that wait, unless the login leads to one of them anyhow."""
    if KEPT not in request.POST.get("next", "") and all_kept(request):
        messages.info(
            request,
            "Something that you typed in this browser is not saved yet: it is in the menu under "
            "your name, “Typed, not saved”.",
        )


def _account_meant(credentials: dict[str, Any]) -> User | None:
    return account_named(credentials.get("email") or credentials.get("username") or "")


def _record_failed_login(account: User | None, note: str) -> None:
    # Nobody is logged in, so there is no actor; the account that was tried is the record.
    record_failure(
        action=AuditAction.LOGIN_FAILED,
        by=None,
        record_kind="user",
        record_id=account.pk if account else "",
        note=note,
    )
