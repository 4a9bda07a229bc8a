"""Production gives every static file a name that changes with its content."""

import json
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings

MANIFEST = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}


def test_every_file_that_another_one_names_is_there(tmp_path: Path) -> None:
    # Fails when, for instance, a style sheet names a source map that was not shipped with it.
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=MANIFEST):
        call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    assert {"mrtrack.css", "css/bootstrap.min.css", "django_htmx/htmx-2.min.js"} <= paths.keys()
