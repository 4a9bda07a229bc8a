"""Read the process's environment variables, with plain messages when one is wrong."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def load_file(path: Path) -> None:
    """Take `NAME=value` lines of a file into the environment; variables already set win.

    Empty lines and lines that start with `#` are skipped; quotes around a whole value are removed.
    A missing file is no error.
    """
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ImproperlyConfigured(f"{path.name}, line {number}: expected NAME=value.")
        os.environ.setdefault(name.strip(), _unquoted(value.strip()))


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def text(name: str, default: str = "") -> str:
    """The variable without surrounding spaces; the default when it is not set or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable: 1, true, yes, on or 0, false, no, off."""
    word = text(name).lower()
    if not word:
        return default
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {word!r}.")
    return word in TRUE_WORDS


def whole_number(name: str, *, default: int) -> int:
    """A whole number, zero or more."""
    word = text(name)
    if not word:
        return default
    if not word.isascii() or not word.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {word!r}.")
    return int(word)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def one_of(name: str, choices: tuple[str, ...], *, default: str) -> str:
    """One of a few words."""
    word = text(name, default).lower()
    if word not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {word!r}.")
    return word


def rights(name: str) -> dict[str, list[tuple[str, str]]]:
    """`value=clinic:role; value=clinic:role`: what each value gives; it may hold `=` itself."""
    given: dict[str, list[tuple[str, str]]] = {}
    for entry in (each.strip() for each in text(name).split(";")):
        value, _, right = entry.rpartition("=")
        clinic, _, role = right.strip().partition(":")
        if entry and not (value.strip() and clinic and role):
            raise ImproperlyConfigured(f"{name} must look like value=clinic:role; …")
        if entry:
            given.setdefault(value.strip(), []).append((clinic, role))
    return given
