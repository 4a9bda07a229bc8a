"""Checks that stop an installation before it does harm."""

from pathlib import Path

import pytest
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from django.test import override_settings

from mrtrack import checks


def test_the_driver_is_psycopg2() -> None:
    assert not is_psycopg3
    assert checks.postgresql_driver() == []


def test_psycopg_3_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "psycopg").mkdir()
    (tmp_path / "psycopg" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert [error.id for error in checks.postgresql_driver()] == ["mrtrack.E001"]


def test_a_live_instance_does_not_debug() -> None:
    with override_settings(INSTANCE="live", DEBUG=True):
        assert [error.id for error in checks.debug_on_live_instance()] == ["mrtrack.E002"]
    with override_settings(INSTANCE="live", DEBUG=False):
        assert checks.debug_on_live_instance() == []


def test_a_cache_of_one_process_is_refused() -> None:
    local = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with override_settings(CACHES=local):
        assert [error.id for error in checks.shared_cache()] == ["mrtrack.E003"]
    assert checks.shared_cache() == []


def test_a_live_instance_has_a_key_for_second_factors() -> None:
    with override_settings(INSTANCE="live", FACTOR_KEY=""):
        assert [error.id for error in checks.second_factors_are_sealed()] == ["mrtrack.E007"]
    with override_settings(INSTANCE="live", FACTOR_KEY="f" * 40):
        assert checks.second_factors_are_sealed() == []
    with override_settings(INSTANCE="demo", FACTOR_KEY=""):
        assert checks.second_factors_are_sealed() == []
