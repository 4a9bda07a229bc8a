"""Find the browser that the browser tests drive."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> str | None:
    """The path of Chromium (or Chrome), or None. MRTRACK_TEST_CHROMIUM goes before."""
    named = os.environ.get("MRTRACK_TEST_CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)
