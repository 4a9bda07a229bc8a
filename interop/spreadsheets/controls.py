"""Control characters: no value holds them, PostgreSQL refuses NUL, and nobody sees them.

Tab and line breaks are text. The pictures that stand for control characters (␀) count as what
they stand for, so that a downloaded row that was not corrected is refused again.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2400-\u2421\u2426]")
_NOT_SHOWN = "\u2426"
REASON = "It holds a control character ({}), which is not text: remove it."


def has_control(text: str) -> bool:
    """Whether a text holds a control character, the picture of one, or half a character."""
    return _CONTROLS.search(text) is not None


def visible(text: str) -> str:
    """The text with a picture in place of each control character: ``N␀1``."""
    return _CONTROLS.sub(lambda found: _picture(found[0]), text)


def without_controls(text: str) -> str:
    """The text without its control characters."""
    return _CONTROLS.sub("", text)


def reason(text: str) -> str:
    """Why a text with a control character is refused."""
    found = _CONTROLS.search(text)
    return REASON.format(_picture(found[0]) if found else "")


def refuse_controls(text: str) -> None:
    """A validator for what is typed on a page. Raises ``ValidationError``."""
    if has_control(text):
        raise ValidationError(reason(text), code="control_character")


def _picture(character: str) -> str:
    code = ord(character)
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "\u2421"
    return character if 0x2400 <= code < 0x2430 else _NOT_SHOWN
