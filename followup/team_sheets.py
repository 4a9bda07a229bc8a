"""The content of a team sheet as it is stored: its canonical form and its hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

SHEET_SCHEMA = 1
"""The version of the stored form."""


def stored_form(content: Any) -> Any:
    """The content as JSON holds it: dates as ISO, decimals as text, tuples as lists.

    Raises ``TypeError`` for anything else and ``ValueError`` for a number that JSON cannot hold.
    """
    return json.loads(json.dumps(content, default=_said, allow_nan=False))


def _said(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"not to be stored in a sheet: {value!r}")


def content_hash(content: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return sha256(canonical(content).encode()).hexdigest()


def canonical(content: Any) -> str:
    """The one text of this content: keys in order, no spaces, each number written in one way.

    Databases keep JSON in forms of their own (order of keys, 1.0 for 1); none of that changes it.
    """
    return json.dumps(
        _numbers_alike(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def _numbers_alike(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _numbers_alike(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers_alike(each) for each in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return {"number": f"{Decimal(str(value)).normalize():f}"}
