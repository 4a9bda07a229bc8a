"""docs/roles.md: what each role may do, and what every address needs, from the code that asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tools.markdown import Lines, page, paragraph, table, upper_first

if TYPE_CHECKING:
    from mrtrack.doors import Door


def roles_page(note: str) -> str:
    """Roles and actions, the addresses, the administration, the commands."""
    return page(
        [
            note,
            "",
            "# Roles and rights",
            "",
            *paragraph(
                "A person has roles per clinic, and what they may do in a clinic is what one of "
                "these roles allows there. Nothing else gives a right over a patient: not the "
                "door of the administration, and not being a superuser."
            ),
            *_roles(),
            *_what_holds(),
            *_addresses(),
            *_models(),
            *_commands(),
        ]
    )


def _roles() -> Lines:
    from accounts.permissions import ROLE_ACTIONS, Action, Role

    yield "## What a role may do"
    yield ""
    yield from table(
        ("", *(upper_first(str(role.label)) for role in Role)),
        (
            (
                upper_first(str(action.label)),
                *("yes" if action in ROLE_ACTIONS[role] else "–" for role in Role),
            )
            for action in Action
        ),
    )
    yield ""


def _what_holds() -> Lines:
    yield "## What holds everywhere"
    yield ""
    for text in (
        "A patient of another clinic does not exist: the answer is the same as for an address "
        "that was never given out, and the attempt is in the audit.",
        "What one's role does not allow in one's own clinic is refused in words, and that is in "
        "the audit too.",
        "A clinic that a patient has left reads the record as it held it, and enters nothing.",
        "A deactivated account is nobody. Of somebody who has died everything stays to be read.",
        "A record that was opened in an emergency is read for hours, alone, and reviewed "
        "([how](clinicians/emergency-access.md)).",
    ):
        first, *more = paragraph(text)
        yield f"- {first}"
        yield from (f"  {line}" for line in more if line)
    yield ""


def _addresses() -> Lines:
    from mrtrack.doors import Opens, page_doors
    from reports.catalogue import REPORTS
    from reports.extracts.extract import EXTRACTED

    yield "## Addresses"
    yield ""
    yield from paragraph(
        "Every address of the product by its name in the code. *To read* and *to send* name the "
        "rights that are asked for; – is none beyond the heading's. A test sends every role to "
        "each of them and compares."
    )
    doors = page_doors(tuple(REPORTS), EXTRACTED)
    for opens in Opens:
        yield f"### {upper_first(opens.value)}"
        yield ""
        yield from table(
            ("address", "to read", "to send"),
            (
                (f"`{name}`" + (f" ({', '.join(parts)})" if parts else ""), *rights)
                for (name, *rights), parts in _grouped(d for d in doors if d.opens is opens)
            ),
        )
        yield ""


def _grouped(doors: Iterable[Door]) -> Iterable[tuple[tuple[str, str, str], list[str]]]:
    """The kinds that one address serves with the same rights stand together."""
    from mrtrack.doors import GET, POST

    found: dict[tuple[str, str, str], list[str]] = {}
    for door in doors:
        reads = _words(door.reads, door.instead) if GET in door.methods else "not answered"
        writes = _words(door.writes) if POST in door.methods else "not answered"
        found.setdefault((door.name, reads, writes), []).extend([door.part] if door.part else [])
    return found.items()


def _models() -> Lines:
    from mrtrack.staff_doors import MODELS

    yield "## The administration"
    yield ""
    yield from paragraph(
        "For staff. A list shows the patients whom one's clinics follow today, or one's own "
        "clinics. *Superuser*: without any role as well. Nothing is ever deleted."
    )
    yield from table(
        ("kind of row", "list and open", "add", "change"),
        (
            (
                f"`{name}`",
                _with_superuser(door.reads, door.superuser),
                _with_superuser(door.adds, door.superuser_adds),
                _with_superuser(door.changes, door.superuser_changes),
            )
            for name, door in MODELS.items()
        ),
    )
    yield ""


def _commands() -> Lines:
    from mrtrack.staff_doors import COMMANDS

    yield "## Commands"
    yield ""
    yield from table(
        ("`manage.py …`", "who"),
        ((f"`{name}`", upper_first(text)) for name, text in COMMANDS.items()),
    )


def _words(rights: Iterable[object], instead: object = None) -> str:
    said = " and ".join(str(getattr(right, "label", right)) for right in rights) or "–"
    return f"{said}; or {getattr(instead, 'label', instead)}" if instead else said


def _with_superuser(right: object, superuser: bool) -> str:
    said = [str(getattr(right, "label", right))] if right else []
    return "; ".join([*said, *(["superuser"] if superuser else [])]) or "nobody"
