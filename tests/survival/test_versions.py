"""Every form that changes a stored row knows which version was read, and saves over no other.

Pages are found through the resolver and the administration, so that a new one is looked at without
being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.models import Clinic
from accounts.permissions import Role
from followup.record_kinds import KINDS as FOLLOW_UP
from patients.models import Patient, Versioned
from patients.record_kinds import KINDS as RECORDS
from tests.factories import records as make
from tests.factories.cast import member
from tests.releases.made_up import fill
from tests.survival.forms import PageForm, forms_of
from treatments.record_kinds import KINDS as TREATMENTS

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models() if issubclass(model, Versioned)]
SPACES = ("patients", "treatments", "followup", "reports")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Their forms enter something new; of the patient's own row these two pages speak.
OF_THE_PATIENT = {"patients:person-edit", "patients:person-deceased"}
LEAST_FORMS = 50  # so that a walk that finds nothing is no success
TOLD = re.compile(r"somebody else|meanwhile|since you opened|nothing was|not saved", re.IGNORECASE)
WITHOUT: dict[str, str] = {}
"""Pages whose form needs no version, with the reason."""


@pytest.fixture
def clinic() -> Clinic:
    """A clinic with three patients and something of most kinds."""
    fill()
    north = Clinic.objects.get(code="north")
    for patient in Patient.objects.filter(registrations__clinic=north):
        make.acute_episode(patient, north.today())
        make.appointment(patient, north.today())
    return north


@pytest.fixture
def client(clinic, client_of) -> Client:
    """Somebody with every role there, in the administration too."""
    return client_of(member("everybody", clinic, *Role, is_staff=True))


def rows_of(clinic: Clinic) -> Iterator[Versioned]:
    """The newest row of each kind that belongs to the clinic, one of each state it is in."""
    for model in MODELS:
        found: dict[Any, Versioned] = {}
        of_clinic = (
            {"registrations__clinic": clinic} if model is Patient
            else {"clinic": clinic} if not hasattr(model, "patient")
            else {"patient__registrations__clinic": clinic}
        )  # fmt: skip
        for row in model._default_manager.filter(**of_clinic).order_by("-pk"):
            if getattr(row, "struck_at", None) is None:
                found.setdefault(getattr(row, "status", ""), row)
        yield from found.values()


def addresses_of(row: Versioned) -> Iterator[str]:
    """Every page that takes this row's id, and its page in the administration."""
    for space in SPACES:
        _, resolver = get_resolver().namespace_dict[space]
        for name in filter(lambda name: isinstance(name, str), resolver.reverse_dict):
            if isinstance(row, Patient) and f"{space}:{name}" not in OF_THE_PATIENT:
                continue
            for arguments in ([row.public_id], [slug_of(row), row.public_id]):
                try:
                    yield reverse(f"{space}:{name}", args=arguments)
                except NoReverseMatch:
                    continue
    if type(row) in admin.site._registry:
        yield reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def slug_of(row: Versioned) -> str:
    """The name of the row's kind in addresses."""
    kinds = [*RECORDS.values(), *TREATMENTS.values(), *FOLLOW_UP.values()]
    return next((kind.slug for kind in kinds if kind.model is type(row)), "none")


def changing_forms(client: Client, row: Versioned) -> Iterator[tuple[str, PageForm]]:
    """Forms on the row's pages that are sent to the row's own addresses."""
    seen = set()
    for page in addresses_of(row):
        answer = client.get(page)
        if answer.status_code != 200 or answer.streaming:
            continue
        for form in forms_of(answer.content.decode()):
            target = urlsplit(form.action).path or page
            is_own = str(row.public_id) in target or target == page
            key = (target, *sorted(form.values))
            if form.method == "post" and is_own and key not in seen and is_typed_into(form):
                seen.add(key)
                yield target, form


def is_typed_into(form: PageForm) -> bool:
    """A page of the administration that only shows has a form without boxes."""
    return bool(form.values.keys() - {"csrfmiddlewaretoken"})


def test_no_form_saves_over_a_version_that_was_not_read(client, clinic):
    without, overwritten, untold, looked_at = [], [], [], 0
    for row in rows_of(clinic):
        for target, form in changing_forms(client, row):
            said = UUID.sub("ID", target)
            versions = [name for name in form.values if name in {"version", "read_version"}]
            without += [] if versions or said in WITHOUT else [said]
            looked_at += 1
            stale = form.with_typed(**dict.fromkeys(versions, "99"), reason="x", change_reason="x")
            answer = client.post(target, stale)
            stored = type(row)._default_manager.get(pk=row.pk)
            overwritten += [said] if stored.version != row.version else []
            if answer.status_code == 302:
                page = client.get(answer["Location"]).content.decode()
                untold += [] if TOLD.search(page) else [said]
    assert without == []
    assert overwritten == []
    assert untold == []
    assert looked_at >= LEAST_FORMS, looked_at
