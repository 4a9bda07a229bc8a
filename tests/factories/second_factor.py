"""An authenticator app, as far as a test needs one."""

import time

from allauth.mfa.totp.internal import auth

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_app(user: User, secret: str = SECRET) -> None:
    """The user has set up an app."""
    auth.TOTP.activate(user, secret)


def code_now(secret: str = SECRET) -> str:
    """The six digits that the app shows at this moment."""
    counter = int(time.time()) // 30
    return auth.format_hotp_value(auth.hotp_value(secret, counter))
