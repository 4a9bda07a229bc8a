"""Which editions of the guidelines this version carries, as the footer names them."""

from guidelines.registry import EDITIONS


def rule_editions() -> tuple[str, ...]:
    """The titles of the editions, in the registry's order."""
    return tuple(edition.title for edition in EDITIONS)
