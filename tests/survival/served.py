"""Settings of an installation that tests run in processes of its own.

The application's own, less what only costs time: static files are not collected, and the passwords
of the tests' people are the quick ones that the tests made.
"""

from mrtrack.settings import *  # noqa: F403
from mrtrack.settings import STORAGES

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# As in the tests' own process: what both compute is compared.
SHOWS_UNSIGNED_VERDICTS = True
