"""Checks of an installation, run by every `manage.py` command and before every start."""

import importlib.util
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from accounts.permissions import Role

PROCESS_CACHES = ("LocMemCache", "DummyCache")


@register(Tags.database)
def postgresql_driver(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Django takes psycopg 3 as soon as it is installed; mrtrack is tested with psycopg2."""
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed, and Django would silently use it instead of psycopg2.",
            hint="Uninstall it (pip uninstall psycopg psycopg-binary psycopg-c).",
            id="mrtrack.E001",
        )
    ]


@register(Tags.security, deploy=True)
def debug_on_live_instance(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A live instance never shows its insides on an error page."""
    if settings.INSTANCE == "live" and settings.DEBUG:
        return [Error("MRTRACK_DEBUG is on in a live instance.", id="mrtrack.E002")]
    return []


@register(Tags.security, deploy=True)
def second_factors_are_sealed(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Whoever reads the database of a live instance does not read the secrets of its telephones."""
    if settings.INSTANCE != "live" or settings.FACTOR_KEY:
        return []
    return [
        Error(
            "There is no key for the secrets of second factors: the database holds them as they "
            "are.",
            hint="Set MRTRACK_FACTOR_KEY_FILE, then run manage.py seal_second_factors.",
            id="mrtrack.E007",
        )
    ]


@register(Tags.caches, deploy=True)
def shared_cache(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The limit of failed logins counts only in a cache that all processes share."""
    if settings.CACHES["default"]["BACKEND"].endswith(PROCESS_CACHES):
        return [Error("The cache is not shared between processes.", id="mrtrack.E003")]
    return []


@register(Tags.caches)
def redis_package(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Redis is asked for and its package is not there: nobody could log in."""
    if not settings.REDIS_URL or importlib.util.find_spec("redis") is not None:
        return []
    return [
        Error(
            "MRTRACK_REDIS_URL is set, and the package redis is not installed.",
            hint="pip install -r requirements-redis.in",
            id="mrtrack.E004",
        )
    ]


@register(Tags.security)
def single_sign_on(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Roles that do not exist, or a provider that anybody on the way could stand in for."""
    wrong = sorted(
        {
            role
            for given in settings.OIDC_ROLES.values()
            for _, role in given
            if role not in Role.values
        }
    )
    found: list[CheckMessage] = []
    if wrong:
        found.append(
            Error(
                f"MRTRACK_OIDC_ROLES names no role of ours: {', '.join(wrong)}.", id="mrtrack.E005"
            )
        )
    if settings.OIDC_URL.startswith("http://") and settings.INSTANCE == "live":
        found.append(Error("MRTRACK_OIDC_URL must start with https://.", id="mrtrack.E006"))
    return found
