"""A class 1 that begins to stand because something grew old is open since that day."""

from datetime import date

import pytest

from tests.factories import records as make
from treatments.held import replayed
from treatments.record import record_of

pytestmark = pytest.mark.django_db


def test_what_began_by_time_alone_is_open_since_then_and_not_since_today(clinic_north):
    patient = make.patient_of(clinic_north, born_on=date(1990, 5, 5), pregnancy_possible=True)
    make.diagnosis(patient, "2022-01-01")
    make.none_of_these(patient, "2026-01-10")
    make.symptom_free(patient, "2026-02-01")
    make.pregnancy(patient, "2026-01-30", "pregnant")
    make.echo(patient, "2026-02-01", lvef_percent=66, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)

    def since(on):
        found = replayed(record_of([patient], on=on)[patient.pk])
        return [trigger.since for trigger in found.triggers]

    assert since(date(2026, 3, 1)) == []
    for on in (date(2026, 3, 2), date(2026, 3, 10), date(2026, 4, 20)):
        assert since(on) == [date(2026, 3, 2)] * 2
    make.symptom_free(patient, "2026-04-30")
    assert since(date(2026, 5, 1)) == [date(2026, 3, 2)] * 2
