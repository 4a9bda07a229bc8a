"""Import of spreadsheets: reading, check, writing with history and audit, standings."""

from __future__ import annotations

import cProfile
import pstats
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.test import override_settings

from benchmarks import files
from benchmarks.cohort import BATCH, Place, analyze, new_place
from benchmarks.figures import Part, added_to, per_second, seconds_of, times
from benchmarks.sizes import Size
from followup.standing import renew_standings
from interop import actions
from interop.models import ImportBatch
from interop.spreadsheets.mapping import guess
from interop.spreadsheets.rows import KINDS
from patients.models import EchoStudy, LabResult, Patient, Registration

ABOUT = (
    "A file goes the whole way: it is stored and looked at, every row is checked against the "
    "record (one in 50 is wrong and refused), the others are written with history and audit, and "
    "each patient's standing is renewed once. The baseline is a plain bulk insert of the same "
    "rows, without any of that."
)
NARROW, WIDE = 1000, 500  # rows per second
STANDINGS = "standings"
_seconds: dict[str, float] = {}


@dataclass(frozen=True)
class File:
    """One kind of file: what it is, and the models that it fills."""

    title: str
    kind: str
    make: Callable[[int, Any], bytes]
    target: int
    models: Sequence[type[models.Model]]


FILES = (
    File(
        "patients, 5 columns",
        "patients",
        files.patients_file,
        NARROW,
        (Patient, Registration),
    ),
    File("laboratory, 5 columns", "lab_results", files.laboratory_file, NARROW, (LabResult,)),
    File("echo, 23 columns", "echo_studies", files.echo_file, WIDE, (EchoStudy,)),
)


@dataclass
class Measured:
    """One import: rows, seconds by stage, and seconds of the plain insert."""

    rows: int
    stages: dict[str, float] = field(default_factory=dict)
    plain: float = 0.0

    @property
    def seconds(self) -> float:
        """All stages together."""
        return sum(self.stages.values())


def run(size: Size) -> Part:
    """Import each file several times into clinics of their own; the fastest counts."""
    part = Part("Import", ABOUT)
    best: dict[str, Measured] = {}
    for _time in range(size.repeats):
        place = new_place()
        for file in FILES:
            measured = _measured(file, place, size)
            known = best.get(file.title)
            if known is None or measured.seconds < known.seconds:
                best[file.title] = measured
    for file in FILES:
        _report(part, file, best[file.title])
    return part


def profiled(size: Size, top: int = 30) -> None:
    """Print where each file's import spends its time, function by function."""
    place = new_place()
    for file in FILES:
        profile = cProfile.Profile()
        profile.enable()
        imported(place, file, size.rows)
        profile.disable()
        print(f"\n{file.title}")
        stats = pstats.Stats(profile)
        stats.sort_stats("cumulative").print_stats(top * 2)
        stats.sort_stats("tottime").print_stats(top)


def _measured(file: File, place: Place, size: Size) -> Measured:
    analyze()
    measured = Measured(size.rows)
    measured.stages = imported(place, file, size.rows)
    measured.plain = _plain_seconds(file, place)
    return measured


def imported(place: Place, file: File, rows: int) -> dict[str, float]:
    """Seconds by stage of one import; makes sure that it did what it should."""
    content = file.make(rows, place.clinic.today())
    stages: dict[str, float] = {}
    _seconds.clear()
    with added_to(stages, "reading"):
        batch = _received(place, file, content)
    with added_to(stages, "checking"):
        actions.check_import(batch)
    with (
        added_to(stages, "writing"),
        override_settings(AFTER_WRITE=["benchmarks.import_files.timed_standings"]),
    ):
        batch = actions.commit_import(batch, by=place.user, choices=actions.Choices(True, True))
    stages["writing"] -= _seconds[STANDINGS]
    stages[STANDINGS] = _seconds[STANDINGS]
    done = batch.counts["imported"]
    assert done["rows_refused"] == files.refused_in(rows), done
    assert done["rows_new"] == rows - files.refused_in(rows), done
    return stages


def timed_standings(patient_ids: Sequence[int]) -> None:
    """What AFTER_WRITE names in the application, with a watch."""
    with added_to(_seconds, STANDINGS):
        renew_standings(patient_ids)


def _received(place: Place, file: File, content: bytes) -> ImportBatch:
    batch = actions.receive_file(
        by=place.user,
        clinic=place.clinic,
        kind=file.kind,
        file_name="ward.csv",
        chunks=[content],
        size=len(content),
    )
    mapping = guess(KINDS[file.kind], actions.profile_kept(batch))
    actions.choose_mapping(batch, mapping)
    return batch


def _plain_seconds(file: File, place: Place) -> float:
    """Seconds of a plain bulk insert of copies of what was imported; nothing of it stays."""
    elsewhere = new_place()
    copied = {model: _copies(model, place, elsewhere) for model in file.models}

    def insert() -> None:
        with transaction.atomic():
            for model, rows in copied.items():
                if model is Registration:
                    for registration, patient in zip(rows, copied[Patient], strict=True):
                        registration.patient = patient
                model._default_manager.bulk_create(rows, batch_size=BATCH)
            transaction.set_rollback(True)

    return seconds_of(insert)


def _copies(model: type[models.Model], place: Place, elsewhere: Place) -> list[Any]:
    patients = Patient.objects.filter(registrations__clinic=place.clinic)
    if model is Patient:
        rows: Any = patients
    elif model is Registration:
        rows = Registration.objects.filter(clinic=place.clinic)
    else:
        rows = model._default_manager.filter(patient__in=patients)
    copies = list(rows.order_by("pk"))
    for copy in copies:
        copy.pk, copy.public_id = None, uuid.uuid4()
        copy._state.adding = True
        if model is Registration:
            copy.clinic = elsewhere.clinic
        if model is EchoStudy:
            copy.accession_number = copy.public_id.hex
    return copies


def _report(part: Part, file: File, measured: Measured) -> None:
    rate = measured.rows / measured.seconds
    part.add(
        f"{file.title}, {measured.rows:,} rows",
        per_second(measured.rows, measured.seconds),
        ratio=f"{times(measured.seconds / measured.plain)} the time of the plain insert",
        target=f"≥ {file.target:,} rows/s",
        met=rate >= file.target,
    )
    shares = ", ".join(
        f"{name} {seconds:.2f} s ({seconds / measured.seconds:.0%})"
        for name, seconds in measured.stages.items()
    )
    part.remark(
        f"{file.title}: {measured.seconds:.2f} s: {shares}; plain insert {measured.plain:.2f} s"
    )
