"""History written by the database is the history that the library writes."""

from datetime import date

import pytest
from simple_history.utils import bulk_create_with_history

from patients.models import EchoStudy, LabResult, SymptomLog
from patients.writing import writing
from tests.factories import records as make

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)


def rows_of(patient, by):
    study = {"patient": patient, "performed_on": DAY, "entered_by": by}
    return [
        EchoStudy(**study, lvef_percent_low="58.25", prolapse_segments=["P2"], flail_leaflet=True),
        EchoStudy(
            **study, modality="tee", implausible_confirmed=["lvef_percent"], derived={"a": 1}
        ),
        SymptomLog(patient=patient, recorded_on=DAY, nyha_low=1, nyha_high=2, entered_by=by),
        LabResult(patient=patient, taken_on=DAY, analyte="inr", value="2.50", entered_by=by),
    ]


OWN = {"history_id", "history_date", "id", "public_id", "entered_at", "accession_number"}


def contents(version):
    """What a history row says, without what differs from row to row."""
    return {
        field.attname: getattr(version, field.attname)
        for field in version._meta.concrete_fields
        if field.name not in OWN
    }


def test_it_says_what_the_library_would_say(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    by_us, by_library = rows_of(patient, alice), rows_of(patient, alice)
    with writing(patient, by=alice, reason="imported file", clinic=clinic_north) as write:
        for row in by_us:
            write.add_all(type(row), [row])
    for row in by_library:
        if isinstance(row, EchoStudy):
            row.accession_number = "other"
        bulk_create_with_history(
            [row], type(row), default_user=alice, default_change_reason="imported file"
        )
    for ours, theirs in zip(by_us, by_library, strict=True):
        assert contents(ours.history.get()) == contents(theirs.history.get())


def test_it_keeps_the_instant_and_what_identifies_the_row(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    row = rows_of(patient, alice)[0]
    with writing(patient, by=alice, reason="imported file", clinic=clinic_north) as write:
        write.add_all(EchoStudy, [row])
    row.refresh_from_db()
    version = row.history.get()
    assert (version.id, version.public_id) == (row.pk, row.public_id)
    assert version.entered_at == row.entered_at
    assert version.history_date >= row.entered_at
    assert version.history_user == alice
    assert version.instance.lvef_percent_low == row.lvef_percent_low


def test_more_rows_than_one_statement_takes_are_all_remembered(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    rows = [
        LabResult(patient=patient, taken_on=DAY, analyte="inr", value="2.5") for _ in range(1801)
    ]
    with writing(patient, by=alice, reason="imported file", clinic=clinic_north) as write:
        write.add_all(LabResult, rows)
    assert LabResult.history.count() == 1801
