"""Migrations that make names and numbers found and unique however they are written."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from patients.models import Patient, Registration, folded
from tests.factories import records

pytestmark = pytest.mark.django_db
EDITOR = SimpleNamespace(connection=connection)
FOLDING = import_module("patients.migrations.0006_letters_without_accent_folded")
NUMBERS = import_module("patients.migrations.0007_record_number_in_any_case")
NAMES = ["Sørensen", "Łukasz", "Weiß", "Đorđević", "Æbelø", "Þór", "Œuvray", "Rossi"]
NAMES.append("Y\N{LATIN SMALL LETTER DOTLESS I}lmaz")


def keys():
    return dict(Patient.objects.values_list("family_name", "search_key"))


def test_keys_are_recomputed_in_batches_and_taken_back(clinic_north, monkeypatch):
    for name in NAMES:
        records.patient_of(clinic_north, family_name=name, given_name="Søren")
    now = keys()
    assert now["Sørensen"] == "sorensen soren"
    monkeypatch.setattr(FOLDING, "BATCH", 2)
    FOLDING.unfold(apps, EDITOR)
    assert keys()["Sørensen"] == "sørensen søren"
    assert keys()["Weiß"] == "weiss søren"
    FOLDING.fold(apps, EDITOR)
    assert keys() == now == {name: folded(name, "Søren") for name in NAMES}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Soren", "søren"),
        ("lukasz", "Łukasz"),
        ("WEISS", "Weiß"),
        ("dordevic", "Đorđević"),
        ("aebelo", "Æbelø"),
        ("thor", "Þór"),
        ("YILMAZ", NAMES[-1]),
        ("Søren", "Soren"),
    ],
)
def test_a_name_is_found_as_it_is_typed_without_its_letters(typed, found):
    assert folded(typed) == folded(found)


def test_two_bearers_of_one_number_stop_the_migration_in_words(clinic_north):
    NUMBERS.look_for_twins(apps, EDITOR)
    records.patient_of(clinic_north, record_number="HV-1")
    other = records.patient_of(clinic_north, record_number="HV-2").registrations.get()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX registration_number_any_case")
    Registration.objects.filter(pk=other.pk).update(record_number="hv-1")
    with pytest.raises(RuntimeError, match=f"{clinic_north.code}: HV-1"):
        NUMBERS.look_for_twins(apps, EDITOR)
