"""The library's forms for a second factor; one that is not accepted is remembered in the audit.

`MFA_FORMS` names them.
"""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError

from accounts.factor_sealing import UNREADABLE, UnreadableError, seal_anew
from audit.models import AuditAction
from audit.recording import record_failure


def _remember(user: Any) -> None:
    record_failure(
        action=AuditAction.LOGIN_FAILED,
        by=None,
        record_kind="user",
        record_id=user.pk if user is not None else "",
        note="second factor not accepted" if user is not None else "passkey not accepted",
    )


class _CodeChecked:
    user: Any

    def clean_code(self) -> str:
        """The code, if it is right now."""
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            _remember(self.user)
            raise
        except UnreadableError:
            _remember(self.user)
            raise ValidationError(UNREADABLE) from None
        seal_anew(Authenticator.objects.filter(user=self.user))
        return code


class _KeyChecked:
    user: Any

    def clean_credential(self) -> Authenticator:
        """The key that answered, if it is one of this person's."""
        try:
            return super().clean_credential()  # type: ignore[misc, no-any-return]
        except ValidationError:
            _remember(self.user)
            raise


class CodeForm(_CodeChecked, AuthenticateForm):  # type: ignore[misc]
    """A code, while logging in."""


class CodeAgainForm(_CodeChecked, ReauthenticateForm):  # type: ignore[misc]
    """A code, for somebody who is logged in."""


class KeyForm(_KeyChecked, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey or security key, while logging in."""


class KeyAgainForm(_KeyChecked, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey or security key, for somebody who is logged in."""


class PasskeyForm(_KeyChecked, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of name and password."""


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""

    name = forms.CharField(
        label="Name of the key", required=False, help_text="For instance: laptop of the echo room."
    )
    passwordless = forms.BooleanField(
        label="Log in with it alone",
        required=False,
        initial=True,
        help_text="Without user name and password: your device asks for finger, face or PIN. "
        "Otherwise it is asked for beside the password.",
    )
