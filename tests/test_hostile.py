"""A hostile walk: every address of the project, every kind of person, input made to break it.

Addresses are read from the resolver, so that a new page is walked without being named here. The
walk is the same for the same seed; a failure prints seed, number and the whole request. This walk
stays inside the process; `test_hostile_server.py` sends a longer one to a server.
"""

from __future__ import annotations

import html
import random
import re
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from accounts.actions import create_clinic
from accounts.invitations import invite
from accounts.models import Clinic, User
from accounts.permissions import Role
from followup.models import Appointment, Referral, TeamSheet
from followup.record_kinds import KINDS as FOLLOW_UP_KINDS
from interop import actions as importing
from interop.spreadsheets.mapping import guess
from interop.spreadsheets.rows import KINDS
from patients.models import EchoStudy, EmergencyAccess
from patients.record_kinds import KINDS as RECORD_KINDS
from reports.job_making import make
from reports.models import ReportJob
from tests.factories.cast import member
from tests.factories.records import (
    acute_episode,
    appointment,
    contact,
    contact_wish,
    diagnosis,
    echo,
    intervention,
    lab,
    log,
    medication,
    patient_of,
    referral,
    strike,
    team_review,
)
from tests.hostile_input import MARKUP, METHODS, drawn
from treatments.models import Medication
from treatments.record_kinds import KINDS as TREATMENT_KINDS

pytestmark = pytest.mark.django_db

SHORT = 300
RAW_MARKUP = re.compile(r"<script>alert|<img src=x|<svg/", re.IGNORECASE)
OPEN_PAGES = re.compile(r"/(healthz|readyz|accounts/.*|clinic/session/|admin/login/)$")
TRAIL = re.compile(r"/(audit|reports/audit_events)/")
STYLE = re.compile(rb"<[^>]*\sstyle=|<style|<script(?![^>]*\s(?:src=|type=.application/json))")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "Permissions-Policy": "camera=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}

# The world ----------------------------------------------------------------------------------------


@dataclass
class Side:
    """One clinic with its people, records and the strings that nobody else may read."""

    mark: str
    clinic: Clinic
    ids: dict[str, list[str]] = field(default_factory=dict)

    def remember(self, kind: str, *values: object) -> None:
        self.ids.setdefault(kind, []).extend(str(value) for value in values)


@dataclass
class World:
    """Both clinics, and a client for every person."""

    north: Side
    south: Side
    clients: dict[str, Client]
    crashes: list[str] = field(default_factory=list)

    def what_crashed(self) -> str:
        """The traceback of the last request that failed; empty without one."""
        return self.crashes.pop() if self.crashes else ""

    def foreign_mark(self, person: str) -> str | None:
        """What must not be read by this person; None for who sets up all clinics."""
        if person == "root":
            return None
        return self.north.mark if person == "charlie" else self.south.mark


def _record_everything(side: Side, by: User) -> None:
    """A patient with something of every kind, all of it marked, with markup in the texts."""
    mark, clinic = side.mark, side.clinic
    words = f"{mark} {MARKUP}"
    patient = patient_of(
        clinic, by=by, record_number=f"{mark}-1", family_name=f"{mark}son {MARKUP}",
        given_name=mark, telephone=mark, address=words,
    )  # fmt: skip
    bare = patient_of(clinic, by=by, record_number=f"{mark}-2", family_name="", born_on=None)
    study = echo(patient, "2015-01-01", by=by, lvef_percent=61, reader=words, comment=words)
    echo(patient, "2017-01-01", by=by, lvef_percent=(55, 60), vena_contracta_mm=7, final=False)
    struck = echo(patient, "2016-01-01", by=by, lvef_percent=30)
    strike(struck, by=by)
    studies = EchoStudy.objects.filter(patient=patient).values_list("public_id", flat=True)
    episode = acute_episode(patient, clinic.today() - timedelta(days=1), by=by, place=words)
    rows = [
        diagnosis(patient, "2014-01-01"), log(patient, "2015-02-01", nyha=(1, 2)), study, episode,
        lab(patient, "2015-02-01", "inr", 2), medication(patient, "2015-02-01", "enalapril"),
        intervention(patient, "2016-02-01", "mitral_repair", operator=words),
        team_review(patient, "2016-01-02"), contact(patient, "2016-01-02", comment=words),
        appointment(patient, clinic.today() - timedelta(days=2), place=words),
        referral(patient, "2016-01-02", question=words), contact_wish(patient, "2016-01-02", "any"),
    ]  # fmt: skip
    side.remember("patient_id", patient.public_id, bare.public_id)
    side.remember("study_id", *studies)
    side.remember("episode_id", episode.public_id)
    registrations = patient.registrations.values_list("public_id", flat=True)
    side.remember("registration_id", *registrations)
    begun = timezone.now() - timedelta(days=1)
    access = EmergencyAccess.objects.create(
        user=by, registration=patient.registrations.get(), reason=words, opened_at=begun,
        ends_at=begun + timedelta(hours=4),
    )  # fmt: skip
    side.remember("access_id", access.public_id)
    courses = [row.public_id for row in rows if isinstance(row, Medication)]
    side.remember("course_id", *courses)
    visits = [row.public_id for row in rows if isinstance(row, Appointment)]
    side.remember("appointment_id", *visits)
    asked = [row.public_id for row in rows if isinstance(row, Referral)]
    side.remember("referral_id", *asked)
    side.remember("clinic_code", clinic.code)
    side.remember("record_id", *(row.public_id for row in rows if not isinstance(row, EchoStudy)))
    side.remember("pk", patient.pk, *(row.pk for row in rows), clinic.pk, by.pk)


def _import_everything(side: Side, by: User) -> None:
    """An import at each step of its way."""
    rows = [f"{side.mark}-1,2012-03-04,60,{side.mark}", "X,2012-03-04,650,=1"]
    text = "\n".join(["Patient,Date,EF,Comment", *rows, ""])
    for step in range(3):
        batch = importing.receive_file(
            by=by, clinic=side.clinic, kind="echo_studies", file_name=f"{side.mark}{MARKUP}.csv",
            chunks=[text.encode()], size=len(text),
        )  # fmt: skip
        mapping = guess(KINDS["echo_studies"], importing.profile_kept(batch))
        if step:
            importing.choose_mapping(batch, mapping)
            importing.check_import(batch)
        if step == 1:
            kept = importing.keep_mapping(by=by, batch=batch, name=f"{side.mark}", mapping=mapping)
            side.remember("pk", kept.pk)
        if step == 2:
            importing.commit_import(batch, by=by, choices=importing.Choices())
        side.remember("public_id", batch.public_id)


def _have_reports_made(side: Side, client: Client, by: User) -> None:
    """A report that waits for the worker, and one that is ready."""
    for _ in range(2):
        client.post("/reports/echo_studies/", {"later": "yes", "purpose": side.mark, "form": "csv"})
    jobs = ReportJob.objects.filter(owner=by)
    side.remember("job_id", *jobs.values_list("public_id", flat=True))
    make(str(jobs[0].public_id))


def build_world(client_of: Callable[[User], Client]) -> World:
    """Two clinics with a record of every kind, and a client for everybody."""
    sides = [
        # Clinics' names are no secret: patients are moved between them.
        Side(mark, create_clinic(code=mark[2:], name=f"{mark[2:]} Clinic", time_zone=zone, by=None))
        for mark, zone in (("Zznorth", "Europe/Paris"), ("Zzsouth", "America/New_York"))
    ]
    north, south = sides
    staff = {
        "alice": Role.CLINICIAN, "nina": Role.NURSE, "clara": Role.CLERK,
        "rita": Role.RESEARCHER, "otto": Role.AUDITOR, "ada": Role.CLINIC_ADMINISTRATOR,
    }  # fmt: skip
    people = {name: member(name, north.clinic, role, is_staff=True) for name, role in staff.items()}
    people["charlie"] = member("charlie", south.clinic, *Role, is_staff=True)
    people["gone"] = member("gone", north.clinic, *Role, is_staff=True)
    people["root"] = User.objects.create_superuser("root", "root@example.org", "unused-password")
    _record_everything(north, people["alice"])
    _record_everything(south, people["charlie"])
    User.objects.filter(pk=people["charlie"].pk).update(last_name=f"{south.mark}er")
    User.objects.filter(pk=people["alice"].pk).update(last_name=f"{north.mark}er")
    _import_everything(north, people["alice"])
    _import_everything(south, people["charlie"])
    for side, name in ((north, "ada"), (south, "charlie")):
        invitation, _ = invite(
            clinic=side.clinic,
            email=f"{side.mark}@example.org",
            roles=[Role.NURSE],
            by=people[name],
        )
        side.remember("public_id", side.clinic.public_id, invitation.public_id)
    clients = {name: client_of(user) for name, user in people.items()}
    for side, person in ((north, "alice"), (south, "charlie")):
        clients[person].post(f"/patients/{side.ids['patient_id'][0]}/team-sheet-freeze", {})
        side.remember("sheet_id", TeamSheet.objects.get(clinic=side.clinic).public_id)
        _have_reports_made(side, clients[person], people[person])
    User.objects.filter(pk=people["gone"].pk).update(is_active=False)
    clients["nobody"] = Client()
    for client in clients.values():
        client.raise_request_exception = False
    return World(north, south, clients)


@pytest.fixture
def world(settings: Any, tmp_path: Any, client_of: Callable[[User], Client]) -> Iterator[World]:
    settings.UPLOAD_DIR = settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.REPORT_DIR = tmp_path / "reports"
    made = build_world(client_of)

    def crashed(sender: Any, request: Any = None, **_: Any) -> None:
        made.crashes.append(traceback.format_exc(limit=-4))

    got_request_exception.connect(crashed)
    yield made
    got_request_exception.disconnect(crashed)


# Addresses ----------------------------------------------------------------------------------------

PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def addresses(resolver: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the project, with its parts as ``<kind:name>``."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = before + _route(entry)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here)
        else:
            yield here


def _route(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    if isinstance(entry.pattern, RoutePattern):
        return text
    text = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<str:\1>", text)
    return re.sub(r"\([^()]*\)", "<str:pk>", text).strip("^$").replace(r"\Z", "").replace("\\", "")


ADDRESSES = sorted(set(addresses()))
# These would end the session, or change the password, with which the walk goes on.
WALKED = [each for each in ADDRESSES if not re.search(r"logout|sessions/|password_?/?change", each)]


def _filled(address: str, chance: random.Random, world: World) -> str:
    """The address with ids of one's own, of the other clinic, unknown ones, or nonsense."""

    def part(found: re.Match[str]) -> str:
        kind, name = found["kind"] or "str", found["name"]
        own, other = world.north.ids, world.south.ids
        if kind == "uuid":
            known = own.get(name, []) + other.get(name, [])
            return chance.choice([*known, *known, str(uuid.UUID(int=chance.getrandbits(128)))])
        if kind == "int":
            return chance.choice(["1", "2", "9" * 30, "9" * 5000])
        if kind == "slug":
            known = [*KINDS, *RECORD_KINDS, *TREATMENT_KINDS, *FOLLOW_UP_KINDS]
            known = own.get(name, []) + other.get(name, []) or known
            return chance.choice([*known, "nothing", "x" * 300])
        numbers = [*own["pk"], *other["pk"]]
        odd = ["abc", "0", "-1", "9" * 30, "1_2F", "_00", "%00", "..%2f..", "add", "a" * 500]
        return chance.choice([*numbers, *(str(n) for n in range(1, 12)), *odd])

    return PART.sub(part, address)


# The walk -----------------------------------------------------------------------------------------


class Walk:
    """Sends requests and looks at every answer."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.seed, self.chance = seed, random.Random(seed)
        self.statuses: Counter[int] = Counter()
        self.seen_fields: dict[str, list[str]] = {}

    def step(self, address: str, person: str, method: str = "") -> None:
        """One request, and what must be true of any answer."""
        path = _filled(address, self.chance, self.world)
        method = method or self.chance.choice(METHODS)
        fields = self.seen_fields.get(f"{person} {path}", [])
        sending = drawn(self.chance, method, path, fields, list(KINDS))
        told = f"seed {self.seed}, request {self.statuses.total() + 1}, {person}: {sending.told}"
        client = self.world.clients[person]
        cookies = client.cookies.copy()
        answer = client.generic(
            sending.method, sending.path, sending.body, sending.content_type,
            QUERY_STRING=sending.query, headers=sending.headers,
        )  # fmt: skip
        # What a request did to the session's cookie ends with it: people stay who they are.
        client.cookies = cookies
        self.statuses[answer.status_code] += 1
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code >= 500 and path != "/readyz":
            pytest.fail(f"{answer.status_code}: {told}\n{self.world.what_crashed()}")
        self._look_at(answer, body, path, told, person)

    def _look_at(self, answer: Any, body: bytes, path: str, told: str, person: str) -> None:
        wanted_fields = {} if getattr(answer, "refused_before", False) else HEADERS
        for name, wanted in wanted_fields.items():
            found = answer.headers.get(name, "")
            assert wanted in found, (told, name, found)
        assert "unsafe" not in answer.headers.get("Content-Security-Policy", ""), told
        text = body.decode("utf-8", "replace")
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert not RAW_MARKUP.search(text), (told, RAW_MARKUP.findall(text))
            assert not STYLE.search(body), (told, STYLE.findall(body)[:2])
            self.seen_fields[f"{person} {path}"] = re.findall(r'name="([^"]+)"', text)
        mark = self.world.foreign_mark(person)
        if mark:
            # Who was refused at one's own clinic is named to its auditors, wherever they come from.
            read = text.replace(f"{mark}er", "") if TRAIL.match(path) else text
            where = html.unescape(read).lower().find(mark.lower())
            assert where < 0, (told, read[max(0, where - 200) : where + 100])
        if location := answer.headers.get("Location"):
            assert not re.match(r"[a-z]+:|//|/\\", location), (told, location)
        if person in {"nobody", "gone"} and not OPEN_PAGES.search(path):
            assert answer.status_code != 200, told


def walked(world: World, seed: int, count: int) -> Walk:
    """Every address once in a chance order, by chance people, again and again."""
    walk, sent, order = Walk(world, seed), 0, list[str]()
    # Who may do most comes most often: the others mostly hear no.
    people = [*sorted(world.clients), *("alice", "charlie") * 3, "clara", "ada"]
    while sent < count:
        order = order or walk.chance.sample(WALKED, len(WALKED))
        walk.step(order.pop(), walk.chance.choice(people))
        sent += 1
    return walk


def test_nothing_hostile_breaks_a_page_or_opens_another_clinic(world: World) -> None:
    walk = walked(world, seed=20_261, count=SHORT)
    # The walk came through the doors: it did not only collect redirects to the login.
    assert walk.statuses[200] > SHORT / 20, walk.statuses
    assert sum(walk.statuses.values()) == SHORT


def test_every_address_is_closed_to_strangers_and_to_the_deactivated(world: World) -> None:
    walk = Walk(world, seed=1)
    for address in ADDRESSES:
        for person in ("nobody", "gone"):
            walk.step(address, person, method="GET")
    # 401: a part of a page was asked for without a session; the page itself stays as it is.
    assert set(walk.statuses) <= {200, 302, 404, 405, 400, 401}, walk.statuses
