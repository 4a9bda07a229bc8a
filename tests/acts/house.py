"""What the acts of test_audit_acts.py are done with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic, User
from patients.models import Patient
from tests.factories.cast import PASSWORD

NEW_PASSWORD = "another-long-password-of-hers"


@dataclass
class House:
    """What the acts need: people, clients, a clinic with one patient, a folder."""

    alice: User
    otto: User
    ada: User
    superuser: User
    charlie: User
    rita: User
    client_of: Callable[[User], Client]
    folder: Path
    patient: Patient
    monkeypatch: pytest.MonkeyPatch
    settings: Any

    @property
    def as_alice(self) -> Client:
        return self.client_of(self.alice)

    @property
    def clinic(self) -> Clinic:
        return Clinic.objects.get(code="north")

    @property
    def as_ada(self) -> Client:
        return self.client_of(self.ada)

    @property
    def as_root(self) -> Client:
        return self.client_of(self.superuser)


def log_in(client: Client, password: str = PASSWORD) -> None:
    client.post(reverse("account_login"), {"login": "alice", "password": password})


def run(name: str, *args: str) -> None:
    # A comparison ends with the code of what it found.
    with suppress(SystemExit):
        call_command(name, *args, stdout=StringIO(), stderr=StringIO())


def admin_url(model: str, page: str, *args: object) -> str:
    return reverse(f"admin:{model}_{page}", args=args)


Done = tuple[Callable[[House], object], Mapping[str, str]]
"""An act, and by what its event is found."""
