"""Every simulated row is one that the models accept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from demo.lives import REFERENCES
from demo.simulation.life import Written
from demo.simulation.simulating import OWN_DAY, simulate
from patients.fields import MEASURES
from patients.models import EchoStudy, Patient
from treatments.formulary import FORMULARY

TODAY = date(2026, 11, 22)
LIVES = tuple(simulate(2, index, TODAY) for index in range(1, 201))
ROWS = [row for life in LIVES for row in life.rows]
ELSEWHERE = {"patient", *REFERENCES, "seen_by", "entered_by", "public_id"}


def model_of(row: Written) -> type[models.Model]:
    return apps.get_model(row.kind)


def filled(row: Written) -> models.Model:
    values: dict[str, Any] = {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in row.values.items()
        if name not in REFERENCES
    }
    return model_of(row)(**values)


def test_every_column_exists() -> None:
    for row in ROWS:
        columns = {field.name for field in model_of(row)._meta.concrete_fields}
        assert set(row.values) <= columns, row.kind
        assert not row.amended or set(row.amended[0][1]) <= columns


def test_the_day_of_a_row_is_its_model_s() -> None:
    for kind, column in OWN_DAY.items():
        assert apps.get_model(kind).date_field == column  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_every_row_passes_the_model_s_own_checks() -> None:
    for row in ROWS:
        filled(row).full_clean(exclude=ELSEWHERE, validate_unique=False)
    for life in LIVES:
        Patient(**life.person).full_clean(exclude={"public_id"}, validate_unique=False)


def test_every_measurement_is_plausible() -> None:
    """Nothing is typed that mrtrack would ask about, so nothing is marked as confirmed."""
    for row in ROWS:
        for name, value in row.values.items():
            measure = MEASURES.get(name.removesuffix("_low").removesuffix("_high"))
            if measure is not None and not isinstance(value, bool):
                assert measure.is_plausible(value), (name, value)  # type: ignore[arg-type]


def test_the_class_of_a_drug_is_the_formulary_s() -> None:
    for row in ROWS:
        if row.kind == "treatments.Medication":
            drug = FORMULARY[str(row.values["drug"])]
            assert row.values["drug_class"] == drug.drug_class.value


def test_no_two_studies_of_a_patient_have_the_same_key() -> None:
    for life in LIVES:
        keys = [
            (row.values["performed_on"], row.values["modality"], row.values.get("accession_number"))
            for row in life.rows
            if row.kind == "patients.EchoStudy"
        ]
        assert len(set(keys)) == len(keys)


def test_an_amended_study_says_what_it_said_before() -> None:
    lives = LIVES + tuple(simulate(3, index, TODAY) for index in range(200))
    amended = [row for life in lives for row in life.rows if row.amended]
    assert amended
    for row in amended:
        assert row.values["status"] == EchoStudy.Status.AMENDED
        day, former, reason = row.amended[0]
        assert reason
        assert day > row.values["performed_on"]  # type: ignore[operator]
        assert all(row.values.get(name) != value for name, value in former.items())


def test_names_and_numbers_are_invented() -> None:
    """Telephone numbers lie in the ranges that are kept free for fiction."""
    for life in LIVES:
        telephone = str(life.person.get("telephone", ""))
        assert telephone.startswith(("+33 1 99 00 ", "+1 555 01")) or not telephone
        assert life.person["family_name"]
        assert life.person["given_name"]
