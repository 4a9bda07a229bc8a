"""Keep a small database of the release at hand, for the tests of later ones.

    .venv/bin/python -m tools.keep_release

Writes tests/releases/VERSION.json: made-up patients, written through the application's own doors
into a passing SQLite database, as text. Once for each release, when its version is set; a file that
was published is never written again, since it stands for what clinics have.
"""

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from tools import steps


def main() -> int:
    """Make the database, write the file; 1 when the release has one."""
    with tempfile.TemporaryDirectory(prefix="mrtrack-release-") as folder:
        url = f"sqlite:///{folder}/release.sqlite3"
        os.environ.update(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="tests.settings")
        return keep_release(url)


def keep_release(url: str) -> int:
    """Fill the database at this address and keep it."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    # By name: the tests' own modules are not checked as strictly as what is imported here.
    releases, made_up = import_module("tests.releases"), import_module("tests.releases.made_up")
    release = settings.APP_VERSION
    if (releases.FOLDER / f"{release}.json").exists() and "--again" not in sys.argv:
        steps.say(f"There is a database of release {release}; --again before it is published.")
        return 1
    steps.say("Migrating a new database …")
    call_command("migrate", verbosity=0, interactive=False)
    made_up.fill()
    with releases.opened(url) as (_, reading):
        path: Path = releases.keep(release, reading)
    steps.say(f"{path.relative_to(Path(settings.BASE_DIR))}: {path.stat().st_size:,} bytes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
