"""Small files in the style of what clinics send, and shortcuts through an import."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Clinic, User
from interop import actions
from interop.models import ImportBatch
from interop.spreadsheets.mapping import Mapping, guess
from interop.spreadsheets.rows import KINDS
from patients.models import EchoStudy, Patient, Registration
from patients.writing import writing_many

TAKE_ALL = actions.Choices(accept_implausible=True, apply_changes=True)
NEW_ONLY = actions.Choices()

Import = Callable[..., ImportBatch]


@pytest.fixture(autouse=True)
def own_upload_folder(settings: object, tmp_path: Path) -> None:
    """Every test has its own upload folder, so that what is left in it can be counted."""
    settings.UPLOAD_DIR = tmp_path / "uploads"  # type: ignore[attr-defined]


@pytest.fixture
def uploads() -> Callable[[], list[str]]:
    """Return what lies in the upload folder, by kind of file."""

    def names() -> list[str]:
        folder = Path(settings.UPLOAD_DIR)
        return sorted(path.suffix for path in folder.glob("*")) if folder.is_dir() else []

    return names


@pytest.fixture
def check(clinic_north: Clinic, alice: User) -> Import:
    """Return a function that uploads a file's text and checks it with the guessed mapping."""

    def check_text(
        kind: str,
        text: str | bytes,
        *,
        clinic: Clinic | None = None,
        by: User | None = None,
        change: Callable[[Mapping], object] | None = None,
        **constants: str,
    ) -> ImportBatch:
        content = text.encode() if isinstance(text, str) else text
        batch = actions.receive_file(
            by=by or alice,
            clinic=clinic or clinic_north,
            kind=kind,
            file_name="from the ward.csv",
            chunks=[content],
            size=len(content),
        )
        mapping = guess(KINDS[kind], actions.profile_kept(batch))
        mapping.constants.update(constants)
        if change:
            change(mapping)
        actions.choose_mapping(batch, mapping)
        actions.check_import(batch)
        return batch

    return check_text


@pytest.fixture
def take(check: Import, alice: User) -> Import:
    """Return a function that checks a file's text and imports all of it."""

    def take_text(kind: str, text: str | bytes, **options: object) -> ImportBatch:
        choices = options.pop("choices", TAKE_ALL)
        batch = check(kind, text, **options)
        by = options.get("by") or alice
        return actions.commit_import(batch, by=by, choices=choices)  # type: ignore[arg-type]

    return take_text


def register(clinic: Clinic, by: User | None, number: str, **person: object) -> Patient:
    """Return a patient registered in the clinic since 2000."""
    patient = Patient(**person)
    with writing_many([], by=by, reason="test", clinic=clinic) as write:
        write.add(patient)
        write.add(
            Registration(
                patient=patient, clinic=clinic, record_number=number, from_on=date(2000, 1, 1)
            )
        )
    return patient


@pytest.fixture
def anna(clinic_north: Clinic, alice: User) -> Patient:
    """A patient of the north with the record number N-1."""
    return register(clinic_north, alice, "N-1", born_on=date(1950, 5, 5), sex="female")


@pytest.fixture
def sven(clinic_south: Clinic, charlie: User) -> Patient:
    """A patient of the south with the record number S-1."""
    return register(clinic_south, charlie, "S-1", born_on=date(1950, 5, 5))


def study_of(patient: Patient) -> EchoStudy:
    """Return the only study of a patient."""
    return EchoStudy.objects.get(patient=patient)


def data_folder() -> Path:
    """Return the folder of real files, or skip the test."""
    name = os.environ.get("MRTRACK_TEST_DATA", "")
    if not name or not (Path(name) / "echo_studies.csv").is_file():
        pytest.skip("MRTRACK_TEST_DATA does not name the folder of the heart-valve files")
    return Path(name)
