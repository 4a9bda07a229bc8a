"""The latch over a whole record: what was met stays until somebody decides."""

from datetime import date

import pytest

from guidelines.vocabulary import Body
from tests.factories import records as make
from treatments.latch import as_of, days_of, open_triggers_of
from treatments.models import Intervention, TeamReview
from treatments.record import record_of

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)


@pytest.fixture
def patient(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2022-01-01")
    make.none_of_these(patient, "2026-01-10")
    make.symptom_free(patient, "2026-02-01")
    make.echo(patient, "2026-02-01", lvef_percent=66, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)
    return patient


def record(patient, on=ON):
    return record_of([patient], on=on)[patient.pk]


def triggers(patient, on=ON):
    return {trigger.body: trigger for trigger in open_triggers_of(record(patient, on))}


def smaller(patient, day):
    make.echo(patient, day, lvef_percent=66, lvesd_mm=39, eroa_mm2=45, vena_contracta_mm=8,
              bsa_m2="2.2")  # fmt: skip


def operation(patient, status, **dates):
    make.enter(
        Intervention(patient=patient, kind=Intervention.Kind.MITRAL_REPAIR, status=status, **dates)
    )


def decided(patient, decision="intervene"):
    make.enter(TeamReview(patient=patient, reviewed_on=date(2026, 3, 1), decision=decision))


def test_a_value_that_falls_back_within_error_leaves_it_open(patient):
    smaller(patient, "2026-06-01")
    found = triggers(patient)[Body.ACC_AHA]
    assert (found.since, found.still_stands) == (date(2026, 2, 1), False)
    assert any(evidence.name == "lvesd_mm" for evidence in found.evidence)
    assert triggers(patient, on=date(2026, 1, 20)) == {}


ANSWERS = ["watch", "medical", "declined_by_patient", "intervene"]


def echo_again(patient, day, **values):
    usual = {"lvef_percent": 66, "lvesd_mm": 42, "eroa_mm2": 45, "vena_contracta_mm": 8}
    make.echo(patient, day, **usual | values)


@pytest.mark.parametrize("decision", ANSWERS)
def test_a_decision_closes_it_also_for_newer_evidence_that_says_the_same(patient, decision):
    decided(patient, decision)
    assert triggers(patient, on=date(2026, 8, 1)) == {}
    echo_again(patient, "2026-07-01")
    make.symptom_free(patient, "2026-07-01")
    assert triggers(patient, on=date(2026, 8, 1)) == {}


@pytest.mark.parametrize("decision", ANSWERS)
@pytest.mark.parametrize(
    "worse",
    [
        lambda patient: echo_again(patient, "2026-07-01", lvef_percent=59),
        lambda patient: make.log(
            patient, "2026-07-01", nyha=2, dyspnea=True, attribution="certain"
        ),
    ],
)
def test_a_new_ground_opens_it_again(patient, decision, worse):
    decided(patient, decision)
    worse(patient)
    found = triggers(patient, on=date(2026, 8, 1))[Body.ACC_AHA]
    assert found.since == date(2026, 7, 1)
    assert len(found.new_grounds) == 1


@pytest.mark.parametrize("decision", ["further_tests", "not_decided"])
def test_what_decides_nothing_closes_nothing(patient, decision):
    decided(patient, decision)
    assert triggers(patient)[Body.ACC_AHA].since == date(2026, 2, 1)


def test_an_operation_closes_it(patient):
    operation(patient, "performed", performed_on=date(2026, 4, 1))
    assert triggers(patient) == {}


def test_a_cancelled_operation_opens_it_again(patient):
    decided(patient)
    assert triggers(patient, on=date(2026, 4, 1)) == {}
    operation(patient, "cancelled", decided_on=date(2026, 5, 1))
    smaller(patient, "2026-06-01")
    found = triggers(patient, on=date(2026, 6, 2))[Body.ACC_AHA]
    assert found.since == date(2026, 2, 1)


def test_a_decision_that_nobody_carried_out_opens_it_again(patient):
    decided(patient)
    assert triggers(patient, on=date(2026, 8, 1)) == {}
    assert triggers(patient, on=date(2026, 9, 15))[Body.ACC_AHA].since == date(2026, 2, 1)
    operation(patient, "performed", performed_on=date(2026, 4, 1))
    assert triggers(patient, on=date(2026, 9, 15)) == {}


def test_an_edge_to_edge_repair_without_a_device_carries_nothing_out(patient):
    decided(patient)
    make.intervention(patient, date(2026, 7, 1), "teer", device_implanted=False)
    found = triggers(patient, on=date(2026, 9, 15))[Body.ACC_AHA]
    assert found.since == date(2026, 2, 1)


def test_the_clock_starts_with_the_edition_and_says_so(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2019-01-01")
    make.symptom_free(patient, "2020-12-01")
    make.echo(patient, "2020-12-01", lvef_percent=66, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)
    found = triggers(patient, on=date(2021, 1, 10))
    assert set(found) == {Body.ACC_AHA}
    assert found[Body.ACC_AHA].since == date(2020, 12, 17)
    assert found[Body.ACC_AHA].clock_starts_with_publication


def test_a_record_is_seen_as_of_each_of_its_days(patient):
    smaller(patient, "2026-06-01")
    whole = record(patient)
    assert date(2026, 6, 1) in days_of(whole)
    earlier = as_of(whole, date(2026, 3, 1))
    assert [study.lvesd_mm for study in earlier.echo_studies] == [41]
    assert earlier.on == date(2026, 3, 1)


def test_an_empty_record_has_nothing_open(clinic_north):
    patient = make.patient_of(clinic_north)
    assert triggers(patient) == {}
    assert days_of(record(patient)) == [ON]
