"""How a name and a password become a person: one look-up and one hash, whoever is meant.

The hash is what a login costs. It is computed once for everybody, also for a name that nobody has,
so that the time of an answer tells nothing about who has an account.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.selectors import account_named


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Logs in by user name or by e-mail address."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """The person, if the password is theirs and the account is open; else None."""
        password = credentials.get("password")
        if not password:
            return None
        account = account_named(credentials.get("email") or credentials.get("username") or "")
        if account is None:
            User().set_password(password)
            return None
        if not account.check_password(password):
            return None
        if not self.user_can_authenticate(account):
            # The library then says that the account is closed, to whoever knows its password.
            self._stash_user(account)
            return None
        return account
