"""What django-allauth does differently here: no sign-up, one limit per account, and the audit."""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.adapter import get_adapter as sessions_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.factor_sealing import seal, unseal
from accounts.kept.restoring import KEPT
from accounts.kept.seat import leave_seat
from accounts.kept.selectors import all_kept
from accounts.models import User
from accounts.second_factor import factors_of, must_show, note_gone, note_shown
from accounts.selectors import account_named
from audit.context import client_ip
from audit.models import AuditAction
from audit.recording import record, record_failure

# The library tells an account's owner of these by mail; here the audit is told as well. A new
# password is remembered where it is set.
REMEMBERED: Mapping[str, str] = {
    "mfa/email/totp_activated": "second factor added: app",
    "mfa/email/totp_deactivated": "second factor removed: app",
    "mfa/email/webauthn_added": "second factor added: key",
    "mfa/email/webauthn_removed": "second factor removed: key",
    "mfa/email/recovery_codes_generated": "new recovery codes",
    "account/email/email_changed": "changed e-mail address",
    "account/email/email_deleted": "removed e-mail address",
}


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

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Remember a change of one's own account; the session knows when a factor came or went."""
        if template_prefix in REMEMBERED:
            _note_factor(self.request, template_prefix, user)
            record(
                action=AuditAction.CHANGE,
                by=user,
                record_kind="user",
                record_id=user.pk,
                note=REMEMBERED[template_prefix],
            )
            if template_prefix.startswith("mfa/"):
                _end_other_sessions(self.request, user)
        super().send_notification_mail(template_prefix, user, context, email)

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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # The library's own key begins with the name under which the site was called, with its
        # port: whoever varies that has five tries for each.
        login: str = credentials.get("email") or credentials.get("username") or ""
        return f"account:{login.lower()}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Remember a wrong password; what was typed is not kept."""
        account = _account_meant(credentials)
        _record_failed_login(account, note="" if account else "no such account")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Turn away a deactivated account, and remember that it came."""
        _record_failed_login(user, note="inactive account")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys, apps and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": (
            "You work with a second factor, and this is your only one. Add another one first."
        ),
        "incorrect_code": "This was not accepted. Try again; a code is good for one use.",
    }

    def encrypt(self, text: str) -> str:
        """The secret as the database holds it."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret itself. Raises ``UnreadableError`` where its key is missing."""
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who has to have one."""
        others = [each for each in factors_of(authenticator.user) if each.pk != authenticator.pk]
        return bool(others) or not must_show(authenticator.user)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A name to begin with; its owner may give another."""
        number = Authenticator.objects.filter(user=user, type=type).count()
        return f"Key {number + 1}"


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """The sessions of one person."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End them, and remember how many."""
        rows = list(sessions)
        with transaction.atomic():
            super().end_sessions(rows)
            for user_id in {row.user_id for row in rows}:
                number = sum(row.user_id == user_id for row in rows)
                record(
                    action=AuditAction.LOGOUT,
                    by=user_id,
                    record_kind="user",
                    record_id=user_id,
                    counts={"sessions": number},
                    note="ended own sessions elsewhere",
                )


def _note_factor(request: HttpRequest, what: str, user: User) -> None:
    if what in {"mfa/email/totp_activated", "mfa/email/webauthn_added"}:
        note_shown(request, user)
    elif what in {"mfa/email/totp_deactivated", "mfa/email/webauthn_removed"} and not factors_of(
        user
    ):
        note_gone(request)


def _end_other_sessions(request: HttpRequest, user: User) -> None:
    """A new or removed factor may mean that a stranger was in: elsewhere one logs in anew."""
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    rows = list(others.order_by("id"))
    sessions_adapter().end_sessions(rows)
    if rows:
        words = "Your other session was" if len(rows) == 1 else "Your other sessions were"
        messages.info(request, f"{words} ended, because your second factor changed.")


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
