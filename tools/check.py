"""`make check`: what can be known without running the tests."""

import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools import steps

PYTHON = sys.executable
BIN = Path(PYTHON).parent


def production(var: str) -> Mapping[str, str]:
    """The environment of a live installation, with runtime data in a passing folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "mrtrack.settings",
        "DATABASE_URL": f"sqlite:///{var}/check.sqlite3",
        "MRTRACK_ALLOWED_HOSTS": "mrtrack.example.org",
        "MRTRACK_DEBUG": "0",
        "MRTRACK_ENV_FILE": "",
        "MRTRACK_FACTOR_KEY": secrets.token_urlsafe(64),
        "MRTRACK_HTTPS": "1",
        "MRTRACK_INSTANCE": "live",
        "MRTRACK_SECRET_KEY": secrets.token_urlsafe(64),
        "MRTRACK_TRUSTED_PROXIES": "1",
        "MRTRACK_VAR_DIR": var,
    }


def run_all() -> list[steps.Result]:
    """Every check, also after one has failed: people mend them together."""
    with tempfile.TemporaryDirectory(prefix="mrtrack-check-") as var:
        live = production(var)
        manage = [PYTHON, "-W", "error", "manage.py"]
        return [
            steps.run("lint", [str(BIN / "ruff"), "check", "."]),
            steps.run("format", [str(BIN / "ruff"), "format", "--check", "."]),
            steps.run("floors", [str(BIN / "lint-imports"), "--no-logo"]),
            steps.run("types", [str(BIN / "mypy")], live),
            steps.run("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
            steps.run("migrations", [*manage, "makemigrations", "--check", "--dry-run"], live),
            steps.run(
                "production settings",
                [*manage, "check", "--deploy", "--fail-level", "WARNING"],
                live,
            ),
        ]


def main() -> int:
    """Run the checks and sum up; 1 when one failed."""
    results = run_all()
    steps.account(results)
    failed = [result.name for result in results if not result.ok]
    steps.say(f"Checks failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
