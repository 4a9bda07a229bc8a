"""Every model of the administration and every command, asked by everybody."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import get_commands
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mrtrack.staff_doors import COMMANDS, ENTRANCES, FOUND, MODELS, NOTHING_BEHIND, StaffDoor
from tests.doors.asking import Asker
from tests.doors.world import Person, World, made_world

pytestmark = pytest.mark.django_db

MODEL_PAGES = {"changelist", "add", "change", "history", "delete", "simple_history", "print"}
OURS = ("accounts", "audit", "demo", "followup", "interop", "mrtrack", "patients", "reports",
        "treatments")  # fmt: skip
# Rows that belong to a clinic or to nobody; the others belong to a patient.
OF_A_CLINIC = {
    *("patients.emergencyaccess", "patients.patientmerge", "patients.erasure", "audit.auditseal"),
    *("accounts.user", "accounts.clinic", "accounts.membership", "accounts.clinicsetting"),
    *("audit.auditevent", "followup.reassessrun", "interop.importbatch", "interop.columnmapping"),
}
# Kinds of record share one way of asking for the right to change: these stand for all.
SENT = (
    *("accounts.clinic", "accounts.membership", "accounts.clinicsetting", "audit.auditevent"),
    *("interop.importbatch", "patients.patient", "patients.labresult", "patients.echostudy"),
    *("followup.letter", "followup.referral"),
)


@pytest.fixture
def world(client_of: Callable[[User], Client], settings: Any, tmp_path: Any) -> Iterator[World]:
    logging.disable(logging.CRITICAL)
    settings.UPLOAD_DIR = settings.MEDIA_ROOT = tmp_path / "uploads"
    yield made_world(client_of)
    logging.disable(logging.NOTSET)


def test_the_table_names_every_model_of_the_administration() -> None:
    assert sorted(MODELS) == sorted(model._meta.label_lower for model in admin.site._registry)


def test_the_table_names_every_address_of_the_administration() -> None:
    """An address that an administration page adds is one of the known pages, or is named."""
    named = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n"}
    named |= {name.partition(":")[2] for name in (*ENTRANCES, *FOUND, *NOTHING_BEHIND)}
    named |= {"auth_user_password_change", ""}
    unknown = []
    for pattern in _patterns(admin.site.get_urls()):
        name = pattern or ""
        model, _, page = name.replace("simple_history", "simplehistory").rpartition("_")
        of_model = model.replace("_", ".", 1) in MODELS and page.replace("simpleh", "simple_h") in (
            MODEL_PAGES
        )
        if not of_model and name not in named:
            unknown.append(name)
    assert unknown == []


def _patterns(patterns: Any) -> Iterator[str]:
    for entry in patterns:
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry.url_patterns)
        else:
            yield entry.name


def test_the_table_names_every_command() -> None:
    assert sorted(COMMANDS) == sorted(name for name, app in get_commands().items() if app in OURS)


def test_every_command_that_writes_in_somebodys_name_asks_who() -> None:
    for name, app in get_commands().items():
        if app in OURS:
            text = Path(f"{app}/management/commands/{name}.py").read_text(encoding="utf-8")
            assert ('"--by"' in text) == ("(--by)" in COMMANDS[name]), name


# What must be answered ----------------------------------------------------------------------------


def expected(label: str, page: str, person: Person, state: str) -> int | set[int]:
    """The status of one page of one model; a row of the patient in this state."""
    if not person.is_in or not person.is_staff:
        return 302
    door = MODELS[label]
    if not _reads(door, person):
        # Of a row that one may not see nothing is said; of the list, that it is not theirs.
        return {403} if page in {"changelist", "add", "print"} else {302, 403, 404}
    if page in {"changelist", "print"}:
        return 200
    if page == "add":
        return 200 if _adds(door, person) else 403
    if page == "delete":
        return 403  # of any row: it is said before the row is looked for
    return 200 if _sees_row(label, person, state) else {302, 404}


def _reads(door: StaffDoor, person: Person) -> bool:
    if person.is_superuser and door.superuser:
        return True
    return door.reads is not None and person.may_somewhere(door.reads)


def _adds(door: StaffDoor, person: Person) -> bool:
    if person.is_superuser and door.superuser_adds:
        return True
    return door.adds is not None and person.may_somewhere(door.adds)


def _sees_row(label: str, person: Person, state: str) -> bool:
    """A row of the clinic of the north, or of a patient whom a clinic of theirs follows today."""
    door = MODELS[label]
    if person.is_superuser and door.superuser:
        return True
    rights = person.south if state == "left" else person.north
    return door.reads in rights


def _pages(label: str) -> Iterator[str]:
    yield from ("changelist", "add", "change", "history", "delete")
    if label not in OF_A_CLINIC:
        yield "print"


def test_every_model_answers_everybody_as_the_table_says(world: World) -> None:
    asker, people = Asker(world), world.people
    outside = ("plain", "no_role", "gone", "nobody")
    for turn, label in enumerate(sorted(MODELS)):
        named = [name for name in people if name not in outside] + [outside[turn % 4]]
        for page in _pages(label):
            for name in named:
                _check(asker, label, page, people[name])
    for label in SENT:
        _check_change(asker, label)
    assert not asker.wrong, "\n".join(asker.wrong)
    assert asker.asked > 40 * len(MODELS)
    print(f"{asker.asked} requests at {len(MODELS)} models by {len(people)} people")  # noqa: T201


def _check(asker: Asker, label: str, page: str, person: Person) -> None:
    name = f"admin:{label.replace('.', '_')}_{page}"
    of_row = page in {"change", "history", "delete"}
    states = ("clinic",) if label in OF_A_CLINIC else ("followed", "left")
    for state in states if of_row else states[:1]:
        key = asker.world.rows[state].get(label)
        if of_row and key is None:
            continue
        answer, _ = asker.ask(person, "GET", reverse(name, args=[key] if of_row else []))
        wanted = expected(label, page, person, state)
        allowed = wanted if isinstance(wanted, set) else {wanted}
        if answer.status_code not in allowed:
            asker.wrong.append(
                f"{person.name} {name} {state}: wanted {allowed}, got {answer.status_code}"
            )


def _check_change(asker: Asker, label: str) -> None:
    """The form of a row that one may see is sent: only who may change it gets it back to mend."""
    state = "clinic" if label in OF_A_CLINIC else "followed"
    key, door = asker.world.rows[state].get(label), MODELS[label]
    for person in asker.world.people.values():
        may_look = person.is_in and person.is_staff and _reads(door, person)
        if key is None or not may_look or not _sees_row(label, person, state):
            continue
        path = reverse(f"admin:{label.replace('.', '_')}_change", args=[key])
        answer, _ = asker.ask(person, "POST", path)
        right = door.changes is not None and door.changes in person.north
        may = right or (person.is_superuser and door.superuser_changes)
        # An empty form comes back with its errors.
        if (answer.status_code == 403) is may:
            asker.wrong.append(f"{person.name} sends {label}: got {answer.status_code}")
