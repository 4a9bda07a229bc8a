"""Two clinics, everybody who may come to a door, and patients in every state of belonging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.test import Client
from django.utils import timezone

from accounts.actions import create_clinic, create_user, set_clinic_setting
from accounts.invitations import invite
from accounts.models import Clinic, Membership, User
from accounts.permissions import ROLE_ACTIONS, Action, Role
from followup.models import TeamSheet
from followup.record_kinds import KINDS as FOLLOW_UP
from interop import actions as importing
from interop.models import ImportBatch
from interop.spreadsheets.mapping import guess
from interop.spreadsheets.rows import KINDS as FILES
from patients.actions import mark_deceased, move_patient
from patients.erasing import request_erasure
from patients.merging import MergeOrder, merge_patients
from patients.models import (
    EmergencyAccess,
    Erasure,
    LabResult,
    Patient,
    PatientMerge,
    Registration,
    ResultAcknowledgment,
)
from patients.record_kinds import KINDS as PATIENTS
from tests.factories import records
from tests.factories.cast import PASSWORD, member
from treatments.models import EndocarditisProphylaxisAdvice
from treatments.record_kinds import KINDS as TREATMENTS

KINDS = {"patients": PATIENTS, "treatments": TREATMENTS, "followup": FOLLOW_UP}
STATES = ("followed", "deceased", "left")
MERGED = "merged"
DAYS_SINCE_MOVE = 5


@dataclass(frozen=True)
class Person:
    """Somebody at the doors, and which of their rights hold in the clinic of the north."""

    name: str
    user: User | None
    client: Client
    north: frozenset[Action] = frozenset()
    south: frozenset[Action] = frozenset()
    is_in: bool = True
    is_superuser: bool = False
    is_staff: bool = True

    def may_somewhere(self, action: Action) -> bool:
        return action in self.north or action in self.south


@dataclass
class World:
    """Who is there, and the ids by state of the patient and by the part of the address."""

    north: Clinic
    south: Clinic
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    word: str = ""
    public_ids: dict[str, str] = field(default_factory=dict)
    membership: int = 0
    merge: str = ""
    erasure: str = ""
    access: str = ""


def made_world(client_of: Callable[[User], Client]) -> World:
    """The world, from nothing."""
    world = World(
        create_clinic(code="north", name="North Clinic", time_zone="Europe/Paris", by=None),
        create_clinic(code="south", name="South Clinic", time_zone="UTC", by=None),
    )
    _add_people(world, client_of)
    for state in (*STATES, MERGED):
        _add_patient(world, state)
    _merge(world)
    _add_clinic_rows(world)
    return world


def _add_people(world: World, client_of: Callable[[User], Client]) -> None:
    def add(name: str, user: User, **given: Any) -> None:
        world.people[name] = Person(name, user, client_of(user), **given)

    for role in Role:
        add(role.value, member(role.value, world.north, role, is_staff=True),
            north=ROLE_ACTIONS[role])  # fmt: skip
    everything = frozenset(Action)
    add("neighbor", member("neighbor", world.south, *Role, is_staff=True), south=everything)
    plain = member("plain", world.north, Role.CLINICIAN)
    add("plain", plain, north=ROLE_ACTIONS[Role.CLINICIAN], is_staff=False)
    add("no_role", member("norole", world.north), is_staff=False)
    root = create_user(
        username="root",
        email="root@example.org",
        password=PASSWORD,
        is_staff=True,
        is_superuser=True,
        by=None,
    )
    add("root", root, is_superuser=True)
    gone = member("gone", world.north, *Role, is_staff=True)
    add("gone", gone, is_in=False)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    world.people["nobody"] = Person("nobody", None, Client(), is_in=False)


def _add_patient(world: World, state: str) -> None:
    """A patient of the north with a row of every kind; who left is followed in the south now."""
    by = world.people["clinician"].user
    assert by is not None
    today = world.north.today()
    patient = records.patient_of(world.north, by=by, record_number=f"N-{state}")
    day = today - timedelta(days=400)
    records.one_of_every_kind(patient, day)
    records.appointment(patient, today - timedelta(days=200))
    records.contact(patient, day)
    records.contact_wish(patient, day, "any")
    records.referral(patient, day)
    result = LabResult.objects.filter(patient=patient).first()
    advice = EndocarditisProphylaxisAdvice(
        patient=patient, advised_on=day, advice=EndocarditisProphylaxisAdvice.Advice.PROPHYLAXIS
    )
    seen_at = timezone.now() - timedelta(days=100)
    seen = ResultAcknowledgment(patient=patient, lab_result=result, seen_at=seen_at, seen_by=by)
    records.enter(advice, by=by)
    records.enter(seen, by=by)
    records.follow_up_end(patient, day)
    study = records.echo(patient, day + timedelta(days=1), by=by, lvef_percent=61)
    draft = records.echo(patient, day + timedelta(days=2), by=by, lvef_percent=60, final=False)
    letter = records.letter(patient, day, by=by)
    _freeze_sheet(world, patient)
    registration = patient.registrations.get()
    if state == "left":
        move_patient(
            by=by,
            registration=registration,
            to_clinic=world.south,
            moved_on=today - timedelta(days=DAYS_SINCE_MOVE),
            reason="moved house",
        )
    if state == "deceased":
        mark_deceased(
            by=by, clinic=world.north, patient=patient, deceased_on=today, reason="letter"
        )
    world.ids[state] = {
        "patient_id": str(patient.public_id),
        "study_id": str(study.public_id),
        "draft_id": str(draft.public_id),
        "letter_id": str(letter.public_id),
        "registration_id": str(registration.public_id),
        "sheet_id": str(TeamSheet.objects.get(patient=patient).public_id),
        "measure": "lvef",
    } | {row_part(slug): public_id for slug, public_id in _rows(patient)}
    world.rows[state] = {
        model._meta.label_lower: row.pk
        for model in admin.site._registry
        if any(column.name == "patient" for column in model._meta.fields)
        and (row := model._default_manager.filter(patient=patient).first())
    } | {"patients.patient": patient.pk}


def _merge(world: World) -> None:
    """The merged patient's record goes under that of another."""
    by = world.people["clinician"].user
    assert by is not None
    kept = records.patient_of(world.north, by=by, record_number="N-kept")
    absorbed = Patient.objects.get(public_id=world.ids[MERGED]["patient_id"])
    made = merge_patients(
        MergeOrder(kept, absorbed), by=by, clinic=world.north, reason="one passport"
    )
    world.merge = str(made.public_id)


def _freeze_sheet(world: World, patient: Patient) -> None:
    client = world.people["clinician"].client
    answer = client.post(f"/patients/{patient.public_id}/team-sheet-freeze", {})
    assert answer.status_code == 302, answer.content.decode()


def row_part(slug: str) -> str:
    """The name under which an address asks for a row of this kind."""
    parts = {"acute-episode": "episode_id", "medication": "course_id"}
    parts |= {"appointment": "appointment_id", "referral": "referral_id"}
    return parts.get(slug, slug)


def _rows(patient: Patient) -> Iterator[tuple[str, str]]:
    for kinds in KINDS.values():
        for slug, kind in kinds.items():
            row = kind.model._default_manager.filter(patient=patient).first()
            assert row is not None, slug
            yield slug, str(row.public_id)


def _add_clinic_rows(world: World) -> None:
    """What belongs to a clinic and to no patient: settings and imports."""
    by = world.people["clinician"].user
    assert by is not None
    for clinic in (world.north, world.south):
        set_clinic_setting(clinic=clinic, name="example", value=1, from_on=clinic.today(), by=by)
    batch = importing.receive_file(
        by=by, clinic=world.north, kind="echo_studies", file_name="old.csv",
        chunks=[b"Patient,Date,EF\nX,2012-03-04,60\n"], size=40,
    )  # fmt: skip
    mapping = guess(FILES["echo_studies"], importing.profile_kept(batch))
    importing.choose_mapping(batch, mapping)
    importing.keep_mapping(by=by, batch=batch, name="kept", mapping=mapping)
    importing.check_import(batch)
    followed = Registration.objects.get(clinic=world.north, record_number="N-followed")
    begun = timezone.now() - timedelta(days=1)
    access = EmergencyAccess.objects.create(
        user=member("helper", world.south, Role.CLINICIAN),
        registration=followed,
        reason="brought in by ambulance",
        opened_at=begun,
        ends_at=begun + timedelta(hours=4),
    )
    world.access = str(access.public_id)
    erasable = records.patient_of(world.north, by=by, record_number="N-erasable")
    erasure = request_erasure(
        patient=erasable, by=by, clinic=world.north, basis=next(iter(Erasure.Basis)),
        reason="by letter", typed_number="N-erasable",
    )  # fmt: skip
    world.erasure = str(erasure.public_id)
    invited, word = invite(clinic=world.north, email="new@example.org", roles=[Role.NURSE], by=by)
    world.word = word
    world.public_ids = {
        "interop:import": str(ImportBatch.objects.get().public_id),
        "accounts:member": str(world.north.public_id),
        "accounts:invitation": str(invited.public_id),
    }
    world.membership = Membership.objects.get(clinic=world.north, user__username="norole").pk
    world.rows["clinic"] = {
        "accounts.clinic": world.north.pk,
        "accounts.membership": Membership.objects.filter(clinic=world.north).first().pk,  # type: ignore[union-attr]
        "accounts.user": by.pk,
        "patients.emergencyaccess": access.pk,
        "patients.patientmerge": PatientMerge.objects.get().pk,
        "patients.erasure": erasure.pk,
    } | {
        model._meta.label_lower: row.pk
        for model in admin.site._registry
        if model._meta.label_lower in {"accounts.clinicsetting", "interop.importbatch",
                                       "interop.columnmapping", "audit.auditevent"}
        and (row := model._default_manager.order_by("pk").first())
    }  # fmt: skip
