"""Settings of the benchmarks: the application's own, with a database and folders that pass.

``python -m benchmarks`` sets DATABASE_URL and MRTRACK_VAR_DIR before this is read.
"""

import os

for _name in [name for name in os.environ if name.startswith("MRTRACK_")]:
    if _name != "MRTRACK_VAR_DIR":
        del os.environ[_name]
os.environ.update(
    MRTRACK_ENV_FILE="",
    MRTRACK_SECRET_KEY="only-for-benchmarks-" + "x" * 50,
    MRTRACK_INSTANCE="test",
    MRTRACK_HTTPS="0",
    MRTRACK_ALLOWED_HOSTS="testserver",
    MRTRACK_LOG_LEVEL="ERROR",
)

from mrtrack.settings import *  # noqa: E402, F403
from mrtrack.settings import STORAGES  # noqa: E402

# Nothing is collected for a benchmark: static files are found where they are written.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
