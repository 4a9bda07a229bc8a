"""Every address of the product, asked by everybody for every patient: what the table says holds."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.models import User
from accounts.permissions import Action
from mrtrack.doors import GET, POST, RECORD_KINDS, Door, Opens, page_doors
from reports.catalogue import REPORTS
from reports.extracts.extract import EXTRACTED
from tests.doors.asking import Asker
from tests.doors.world import KINDS, MERGED, STATES, Person, World, made_world, row_part

pytestmark = pytest.mark.django_db

DOORS = page_doors(tuple(REPORTS), EXTRACTED)
# What an address that answers at all may say to a form that is sent empty.
ANSWERED = {200, 204, 302, 400, 409, 422}
IN_WORDS = re.compile(
    r"does not allow you|do your roles allow you|The record up to that day can be read"
    r"|style guide is for"
)
# These end the session with which the walk goes on; each has tests of its own.
ENDS_SESSION = {"account_logout"}
# What the table opens and an installation, or an empty form, may leave without content.
MAY_BE_NOTHING = {
    *("reports:letter-file", "reports:saved-views", "interop:import-refused"),
    *("accounts:member-reset", "accounts:member-close", "accounts:member-open"),
}
# Sheets are frozen today, after the patient who left has left.
OF_DRAFTS = {"patients:echo-edit", "patients:echo-finalize"}
# A clinic's code is no secret: that another one was typed says nothing.
OF_ANY_CLINIC = {"reports:completeness-goals", "reports:guideline-page"}
COMPARED = {"neighbor", "auditor", "no_role"}
FIRST_OF_KIND = {"clinic", "mitral-diagnosis", "team-review", "appointment"}
# They name a second record, of which there is one: asked for one patient only.
OF_TWO = {"patients:merge-compare", "patients:merge-undo"}
# A clinic that holds the record may ask for these when it no longer follows the patient, too.
OF_HOLDERS = {"patients:erasure-request"}
# Of a merged record every page leads to the one that stays. Its rows are that one's now: their
# pages refuse whom the role does not allow the act.
LED_OR_REFUSED = "led or refused"
ALL_STATES = (*STATES, MERGED)
LATER = {"reports:team-sheet-page", "reports:team-sheet-page-print"}


@pytest.fixture
def world(client_of: Callable[[User], Client], settings: Any, tmp_path: Any) -> Iterator[World]:
    # A refusal is logged with where it came from: thousands of them would be most of the time.
    logging.disable(logging.CRITICAL)
    settings.UPLOAD_DIR = settings.MEDIA_ROOT = tmp_path / "uploads"
    yield made_world(client_of)
    logging.disable(logging.NOTSET)


# The table and the addresses ----------------------------------------------------------------------


def names(
    resolver: Any = None, space: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every address outside of the administration: its full name, and what stands in it."""
    for entry in (resolver or get_resolver()).url_patterns:
        parts = (*above, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from names(entry, inner, parts)
        elif not str(entry.pattern).startswith("admin/"):
            yield f"{space}{entry.name}", parts


def test_the_table_names_every_address_and_nothing_else() -> None:
    assert {door.name for door in DOORS} == {name for name, _ in names()}


def test_a_door_stands_in_the_table_once() -> None:
    assert [key for key, n in Counter((d.name, d.part) for d in DOORS).items() if n > 1] == []


def test_the_table_names_every_kind_of_record() -> None:
    for floor, kinds in KINDS.items():
        named = [slug for slugs in RECORD_KINDS[floor].values() for slug in slugs]
        assert sorted(named) == sorted(kinds), floor


# What must be answered ----------------------------------------------------------------------------


def expected(door: Door, person: Person, state: str, method: str) -> int | str:
    """A status, or "answered" for an address that does its work for this person."""
    if method not in door.methods and (person.is_in or door.opens is Opens.ANYBODY):
        return 405
    if not person.is_in:
        return "answered" if door.opens is Opens.ANYBODY else 302
    rights = door.reads if method == GET else door.writes
    return {
        Opens.ANYBODY: lambda: "answered",
        Opens.LOGIN: lambda: "answered",
        Opens.OWN: lambda: "answered",
        Opens.STAFF: lambda: "answered" if person.is_staff else 403,
        Opens.CLINICS: lambda: _in_clinics(door, person, rights),
        Opens.NAMED_CLINIC: lambda: _in_named(person, rights),
        Opens.REGISTRATION: lambda: _of_patient(door, person, rights, "followed"),
        Opens.CLINICS_OF_PATIENT: lambda: _in_clinics_of_patient(person, rights, state),
        Opens.PATIENT: lambda: _of_patient(door, person, rights, state),
    }[door.opens]()


def _in_clinics(door: Door, person: Person, rights: tuple[Action, ...]) -> int | str:
    if door.instead is not None and person.may_somewhere(door.instead):
        return "answered"
    return "answered" if all(map(person.may_somewhere, rights)) else 403


def _in_named(person: Person, rights: tuple[Action, ...]) -> int | str:
    """The clinic of the north is named."""
    if not person.north:
        return 404
    return "answered" if person.north.issuperset(rights) else 403


def _of_patient(door: Door, person: Person, rights: tuple[Action, ...], state: str) -> int | str:
    """Followed in the north; or there formerly, and in the south today.

    What is of a day after the move is nothing to the former clinic.
    """
    today, formerly = person.north, person.north
    if state == "left":
        today = person.south
        formerly = person.south if door.name in LATER else person.north | person.south
    if Action.VIEW_PATIENT not in formerly:
        return 404
    if state == MERGED:
        return "answered" if today.issuperset(rights) else LED_OR_REFUSED
    today = formerly if door.name in OF_HOLDERS else today
    return "answered" if today.issuperset(rights) or not rights else 403


def _in_clinics_of_patient(person: Person, rights: tuple[Action, ...], state: str) -> int | str:
    """Registered in the north, now or formerly; whoever left, in the south too."""
    if not all(map(person.may_somewhere, rights)):
        return 403
    if state == MERGED:
        return "answered" if Action.VIEW_PATIENT in person.north else 404
    held = person.north | person.south if state == "left" else person.north
    return "answered" if held.issuperset(rights) else 404


# Asking -------------------------------------------------------------------------------------------


def address(door: Door, world: World, state: str) -> str:
    """The address with the ids of this patient, of the north, or of nothing."""
    parts = next(parts for name, parts in names() if name == door.name)
    ids = world.ids[state] | {
        "clinic_code": "north",
        "edition_id": "acc-aha-2020",
        "study_id": world.ids[state]["draft_id" if door.name in OF_DRAFTS else "study_id"],
        "kind": door.part or "echo_studies",
        "access_id": world.access,
        "name": door.part,
        "number": "1",
        "key": "abc",
        "uidb36": "1",
        "record_id": world.ids[state].get(row_part(door.part), ""),
        "public_id": world.public_ids.get(door.name.partition("-")[0], str(uuid4())),
        "pk": str(world.membership),
        "word": world.word,
        "job_id": str(uuid4()),
        "other_id": world.ids["deceased"]["patient_id"],
        "merge_id": world.merge,
        "erasure_id": world.erasure,
    }
    return reverse(door.name, kwargs={part: ids[part] for part in parts})


class PageAsker(Asker):
    """Asks, and compares with the table."""

    def check(self, door: Door, person: Person, state: str, method: str) -> None:
        """One address, by one person, for one patient."""
        path = address(door, self.world, state)
        wanted = expected(door, person, state, method)
        answer, refusals = self.ask(person, method, path)
        told = f"{person.name} {method} {door.name} {door.part} {state}"
        if not _is(answer, wanted, door):
            self.wrong.append(f"{told}: wanted {wanted}, got {answer.status_code}")
        elif wanted == 403 and not IN_WORDS.search(answer.content.decode()):
            self.wrong.append(f"{told}: 403 without words")
        elif wanted == 403 and door.opens is not Opens.STAFF and not refusals:
            self.wrong.append(f"{told}: 403 is not in the audit")
        elif wanted == 404:
            self._compare_with_nothing(person, method, path, answer, told)
            if not refusals and door.name not in OF_ANY_CLINIC | MAY_BE_NOTHING:
                self.wrong.append(f"{told}: 404 is not in the audit")

    def _compare_with_nothing(
        self, person: Person, method: str, path: str, answer: Any, told: str
    ) -> None:
        """What one may not see reads like what there is not, to the byte."""
        if person.name not in COMPARED:
            return
        nothing = _of_nothing(path)
        empty, _ = self.ask(person, method, nothing)
        if _bare(answer, path) != _bare(empty, nothing):
            self.wrong.append(f"{told}: differs from an address of nothing")


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _of_nothing(path: str) -> str:
    return UUID.sub(str(uuid4()), path) if UUID.search(path) else path.replace("/north/", "/nil/")


def _bare(answer: HttpResponse, path: str) -> tuple[int, bytes]:
    """The answer without what differs by itself: address, token of a form, what is left of time."""
    text = re.sub(rb'value="[A-Za-z0-9]{64}"|data-session-left="[0-9]+"', b"", answer.content)
    return answer.status_code, text.replace(path.encode(), b"")


def _is(answer: Any, wanted: int | str, door: Door) -> bool:
    to_login = answer.status_code == 302 and "/accounts/login/" in answer.headers["Location"]
    if wanted == 302:
        return to_login
    if wanted == LED_OR_REFUSED and answer.status_code == 403:
        return IN_WORDS.search(answer.content.decode()) is not None
    if wanted not in {"answered", LED_OR_REFUSED}:
        return bool(answer.status_code == wanted)
    if answer.status_code == 404:
        return door.opens in {Opens.ANYBODY, Opens.OWN} or door.name in MAY_BE_NOTHING
    return answer.status_code in ANSWERED and (not to_login or door.opens is Opens.ANYBODY)


Asked = Callable[[World, int, Door], Iterator[tuple[Person, str, str]]]


def walked(world: World, asked: Asked) -> PageAsker:
    """Everything that is asked of every door, with what was wrong."""
    asker = PageAsker(world)
    for turn, door in enumerate(DOORS):
        for person, state, method in asked(world, turn, door):
            if door.name not in ENDS_SESSION or not person.is_in:
                asker.check(door, person, state, method)
    print(f"{asker.asked} requests at {len(DOORS)} doors by {len(world.people)} people")  # noqa: T201
    return asker


def everything(world: World, turn: int, door: Door) -> Iterator[tuple[Person, str, str]]:
    """Everybody, for every patient, with either method."""
    of_patient = {Opens.PATIENT, Opens.CLINICS_OF_PATIENT}
    several = door.opens in of_patient and door.name not in OF_TWO
    states = ALL_STATES if several else ("followed",)
    for person in world.people.values():
        yield from ((person, state, method) for state in states for method in (GET, POST))


def what_differs(world: World, turn: int, door: Door) -> Iterator[tuple[Person, str, str]]:
    """Whoever is answered differently; those whom a door answers alike take turns.

    The six pages of every kind of record are one view each: of most kinds only the right is asked.
    """
    if door.opens in {Opens.ANYBODY, Opens.OWN, Opens.LOGIN}:
        for name in ("clinician", "root", "gone", "nobody"):
            yield from ((world.people[name], "followed", method) for method in (GET, POST))
        return
    if door.opens is not Opens.PATIENT:
        yield from everything(world, turn, door)
        return
    is_first = not door.part or door.part in FIRST_OF_KIND
    out, strangers = ("gone", "nobody"), ("researcher", "auditor", "clinic_administrator",
                                          "no_role", "root")  # fmt: skip
    names = ["clinician", "nurse", "clerk", "neighbor"]
    names += [out[turn % len(out)], strangers[turn % len(strangers)]] if is_first else []
    for name in names:
        several = is_first and name in {"clinician", "neighbor"} and door.name not in OF_TWO
        states = ALL_STATES if several else ("followed",)
        methods = (GET, POST) if is_first and name == "clinician" else door.methods
        for state in states:
            yield from ((world.people[name], state, method) for method in methods)


def test_every_door_answers_everybody_as_the_table_says(world: World) -> None:
    asker = walked(world, what_differs)
    assert not asker.wrong, "\n".join(asker.wrong)
    assert asker.asked > 9 * len(DOORS)


@pytest.mark.drill
def test_every_door_answers_everybody_for_every_patient(world: World, settings: Any) -> None:
    # Each request is taken back, the note that somebody is active too, and the walk takes long.
    settings.SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE
    asker = walked(world, everything)
    assert not asker.wrong, "\n".join(asker.wrong)
    assert asker.asked > 40 * len(DOORS)
