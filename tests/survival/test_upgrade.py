"""Every release's database is brought up to this one, and says what it said."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.releases import Kept, kept_of, kept_releases, load, said_now
from tests.survival.installation import Installation

pytestmark = pytest.mark.django_db(transaction=True)

CHANGED: dict[str, str] = {}
"""Tables whose rows a migration changes on purpose, with the reason."""

COMPUTED = {"followup_standing", "followup_clock", "followup_reassessrun", "audit_auditevent"}
"""What the round after an update writes anew, and that it ran."""

RELEASES = kept_releases()


def brought_up(url: str, kept: Kept, var: Path) -> None:
    """Load a release's rows into its tables, go on to the present, and compare."""
    place = Installation(var, url)
    load(url, kept)
    before = said_now(url, kept)
    assert None not in before.values()
    assert {name: len(told["rows"]) for name, told in kept.tables.items()} == {
        name: content.rows for name, content in before.items() if content is not None
    }
    place.manage("migrate", "--verbosity", "0")
    after = said_now(url, kept)
    differing = {table for table in before if before[table] != after[table]}
    assert differing == set(CHANGED), "a migration changed what a release had stored"
    assert "audit        ok" in place.manage("readiness")
    place.manage("reassess", "--all")
    again = said_now(url, kept)
    assert {table for table in after if after[table] != again[table]} <= COMPUTED


def newest_of(kept: Kept) -> dict[str, str]:
    """The last migration of each application in a release, where it is not the last one now."""
    leaves = set(MigrationLoader(None).graph.leaf_nodes())
    newest = {app: names[-1] for app, names in kept.migrations.items()}
    return {app: name for app, name in newest.items() if (app, name) not in leaves}


@pytest.mark.parametrize("release", RELEASES)
def test_a_database_of_a_release_is_brought_up(release, copy_of_tests_database, tmp_path):
    """In today's tables, taken back to the release's: the drill makes them from nothing."""
    kept, url = kept_of(release), copy_of_tests_database()
    for app, name in newest_of(kept).items():
        Installation(tmp_path / "var", url).manage("migrate", app, name, "--verbosity", "0")
    brought_up(url, kept, tmp_path / "var")


@pytest.mark.drill
@pytest.mark.parametrize("release", RELEASES)
def test_a_database_of_a_release_is_brought_up_from_nothing(release, empty_database, tmp_path):
    kept, url = kept_of(release), empty_database()
    for app, names in kept.migrations.items():
        Installation(tmp_path / "var", url).manage(
            "migrate", app, names[-1], "--verbosity", "0", patience=600
        )
    # No migration makes it: it was there since the release was set up.
    Installation(tmp_path / "var", url).manage("createcachetable")
    brought_up(url, kept, tmp_path / "var")


def test_this_release_has_a_database(settings):
    """Made with `python -m tools.keep_release` when the version was set."""
    assert settings.APP_VERSION in RELEASES
