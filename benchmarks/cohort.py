"""Invented patients by the thousand, made in bulk and without history: the ground, not the act."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

from accounts.actions import create_clinic, create_user, grant_membership
from accounts.models import Clinic, User
from accounts.permissions import Role
from followup.models import Standing
from followup.standing import renew_standings
from patients.actions import prepare_echo_study
from patients.models import (
    ANALYTES,
    AbsenceCheck,
    ClinicalRecord,
    EchoStudy,
    Electrocardiogram,
    LabResult,
    MitralDiagnosis,
    Patient,
    Registration,
    SymptomLog,
    folded,
)
from treatments.models import Medication

BATCH = 500
REAL_STANDINGS = 40
_numbers = count(1)


@dataclass(frozen=True)
class Place:
    """A clinic of its own for one benchmark, and a clinician who works there."""

    clinic: Clinic
    user: User


def new_place() -> Place:
    """A fresh clinic with one clinician."""
    number = next(_numbers)
    clinic = create_clinic(
        code=f"bench-{number}", name=f"Clinic {number}", time_zone="UTC", by=None
    )
    user = create_user(
        username=f"clinician-{number}", email=f"clinician-{number}@example.org", by=None
    )
    grant_membership(user=user, clinic=clinic, roles=[Role.CLINICIAN], by=None)
    return Place(clinic, user)


def make_patients(place: Place, number: int, *, studies: int) -> list[Patient]:
    """Registered patients; each with a chronic primary diagnosis and ``studies`` studies.

    Every study comes with a symptom log and a creatinine; the newest is a month old.
    """
    chance = random.Random(number)
    patients = Patient.objects.bulk_create(
        [_person(chance) for _patient in range(number)], batch_size=BATCH
    )
    Registration.objects.bulk_create(
        [
            Registration(
                patient=patient,
                clinic=place.clinic,
                record_number=f"R{patient.pk:07}",
                from_on=date(2005, 1, 1),
            )
            for patient in patients
        ],
        batch_size=BATCH,
    )
    rows = [row for patient in patients for row in _rows(patient, place, studies, chance)]
    for model in {type(row) for row in rows}:
        of_model = [row for row in rows if type(row) is model]
        model._default_manager.bulk_create(of_model, batch_size=BATCH)
    return patients


def _person(chance: random.Random) -> Patient:
    family = "".join(chance.choices("aeioulmnrst", k=8)).capitalize()
    given = "".join(chance.choices("aeioulmnrst", k=6)).capitalize()
    return Patient(
        family_name=family,
        given_name=given,
        search_key=folded(family, given),
        born_on=date(1930, 1, 1) + timedelta(days=chance.randrange(20_000)),
        sex=chance.choice(["female", "male"]),
    )


def _rows(
    patient: Patient, place: Place, studies: int, chance: random.Random
) -> Iterator[ClinicalRecord]:
    newest = place.clinic.today() - timedelta(days=30)
    oldest = newest - timedelta(days=120 * studies)
    yield MitralDiagnosis(
        patient=patient,
        diagnosed_on=oldest,
        mechanism="primary",
        etiology="degenerative",
        tempo="chronic",
        previous_mitral_procedure="none",
    )
    yield AbsenceCheck(
        patient=patient,
        checked_on=newest,
        **{f.name: True for f in AbsenceCheck._meta.fields if f.name.endswith("_absent")},
    )
    yield Electrocardiogram(patient=patient, recorded_on=newest, rhythm="sinus")
    yield Medication(
        patient=patient,
        drug="enalapril",
        drug_class="ace_inhibitor",
        dose_mg=Decimal(10),
        times_a_day=Decimal(2),
        started_on=oldest,
        noted_on=oldest,
    )
    for number in range(studies):
        day = newest - timedelta(days=120 * number)
        yield study(patient, day, place.user, chance)
        yield _log(patient, day, chance)
        yield LabResult(
            patient=patient,
            taken_on=day,
            analyte="creatinine",
            value=Decimal(chance.randrange(60, 140)),
            unit=ANALYTES["creatinine"].unit,
        )


def study(patient: Patient, day: date, by: User, chance: random.Random) -> EchoStudy:
    """A final study with what a clinic usually measures; its derived values are computed."""
    lvef = Decimal(chance.randrange(45, 75))
    made = EchoStudy(
        patient=patient,
        performed_on=day,
        accession_number=f"A{next(_numbers)}",
        rhythm="sinus",
        quality="good",
        heart_rate_bpm=chance.randrange(55, 95),
        lvef_percent_low=lvef,
        lvef_percent_high=lvef,
        lvef_method="biplane",
        lvesd_mm=Decimal(chance.randrange(28, 46)),
        lvedd_mm=Decimal(chance.randrange(48, 66)),
        la_volume_index_ml_m2=Decimal(chance.randrange(28, 80)),
        pisa_radius_mm=Decimal(chance.randrange(5, 12)),
        aliasing_velocity_cm_s=Decimal(38),
        mr_peak_velocity_m_s=Decimal("5.1"),
        mr_vti_cm=Decimal(160),
        vena_contracta_mm=Decimal(chance.randrange(2, 9)),
        spap_mmhg=Decimal(chance.randrange(25, 60)),
        bsa_m2=Decimal("1.9"),
        bsa_formula="du_bois",
        reader="Dr. Echo",
    )
    prepare_echo_study(made, by=by, final=True)
    return made


def _log(patient: Patient, day: date, chance: random.Random) -> SymptomLog:
    nyha = chance.choice([1, 1, 2, 3])
    return SymptomLog(
        patient=patient,
        recorded_on=day,
        nyha_low=nyha,
        nyha_high=nyha,
        actively_asked_none=nyha == 1,
        activity_level="active",
        diuretic_need="none",
    )


def give_standings(patients: Sequence[Patient]) -> None:
    """Standings for all: computed for a few patients, and copied to the others."""
    real = [patient.pk for patient in patients[:REAL_STANDINGS]]
    renew_standings(real)
    models = list(Standing.objects.filter(patient_id__in=real))
    copies = []
    for place, patient in enumerate(patients[REAL_STANDINGS:]):
        copy = Standing(patient=patient)
        for field in Standing._meta.concrete_fields:
            if field.name not in {"id", "patient"}:
                setattr(copy, field.attname, getattr(models[place % len(models)], field.attname))
        copies.append(copy)
    Standing.objects.bulk_create(copies, batch_size=BATCH)


def multiply(place: Place, copies: int) -> None:
    """The clinic's patients so many times more, each with registration and studies, by SQL.

    Keys of a copy are those of the original moved by a multiple of the highest in the table.
    """
    offsets = {model: _highest_key(model) for model in (Patient, EchoStudy, Registration)}
    for model in offsets:
        _copy(model, place, copies, offsets)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(offsets)):
            cursor.execute(statement)


def _highest_key(model: type[Model]) -> int:
    return int(model._default_manager.aggregate(highest=Max("pk"))["highest"])


def _copy(model: type[Model], place: Place, copies: int, offsets: dict[Any, int]) -> None:
    """Registrations are copied last: by them one knows who is an original."""
    new_id = (
        "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    )
    made = {
        "id": f"t.id + n.k * {offsets[model]}",
        "public_id": new_id,
        "patient_id": f"t.patient_id + n.k * {offsets[Patient]}",
        "record_number": f"t.record_number || '-' || (t.id + n.k * {offsets[model]})",
    }
    columns = [field.column for field in model._meta.concrete_fields]
    values = [made.get(column, f"t.{column}") for column in columns]
    statement = f"""
        INSERT INTO {model._meta.db_table} ({", ".join(columns)})
        WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {copies})
        SELECT {", ".join(values)} FROM n CROSS JOIN {model._meta.db_table} t
        WHERE t.{"id" if model is Patient else "patient_id"} IN (
            SELECT patient_id FROM patients_registration WHERE clinic_id = %s
        )
    """  # noqa: S608 - names of tables and numbers of our own
    with connection.cursor() as cursor:
        cursor.execute(statement, [place.clinic.pk])


def analyze() -> None:
    """Let the database look at what it holds, as it would in the night after so many writes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
