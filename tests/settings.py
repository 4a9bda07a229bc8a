"""Settings of the tests: the application's own, in an environment that is always the same."""

import os
import tempfile
from pathlib import Path

for _name in [name for name in os.environ if name.startswith("MRTRACK_")]:
    if not _name.startswith("MRTRACK_TEST_"):
        del os.environ[_name]
os.environ.update(
    MRTRACK_ENV_FILE="",
    MRTRACK_SECRET_KEY="only-for-tests-" + "x" * 50,
    MRTRACK_INSTANCE="test",
    MRTRACK_HTTPS="0",
    MRTRACK_ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    MRTRACK_LOG_LEVEL="WARNING",
)
# Single sign-on needs other applications: its tests run in a process of their own, which says so.
for _name in [name for name in os.environ if name.startswith("MRTRACK_TEST_OIDC_")]:
    os.environ[_name.replace("_TEST", "", 1)] = os.environ[_name]

from mrtrack.settings import *  # noqa: E402, F403
from mrtrack.settings import DATABASES, STORAGES  # noqa: E402

# A file, because the live server's threads cannot share a database in memory; the process's
# number, so that two runs side by side do not meet.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"mrtrack-test-{os.getpid()}.sqlite3")
    }
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA foreign_keys=ON;"
    )
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_mrtrack_{os.getpid()}"}

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# Sign-off has tests of its own; the others look at verdicts.
SHOWS_UNSIGNED_VERDICTS = True
# The second factor has tests of its own (tests/accounts/test_second_factor.py).
ADMINISTRATION_NEEDS_SECOND_FACTOR = False
# A slow test must not count the query that writes down when somebody last did something.
SESSION_NOTED_EVERY = 600
# Nothing is collected for a test: look for static files where they are written.
WHITENOISE_AUTOREFRESH = True
# Strong hashes are slow on purpose; the real list is checked in tests/mrtrack.
REAL_PASSWORD_HASHERS = globals()["PASSWORD_HASHERS"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = UPLOAD_DIR = Path(tempfile.gettempdir()) / f"mrtrack-test-uploads-{os.getpid()}"
REPORT_DIR = Path(tempfile.gettempdir()) / f"mrtrack-test-reports-{os.getpid()}"
