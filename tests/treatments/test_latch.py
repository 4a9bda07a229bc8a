"""The latch over a whole record: what was met stays until somebody decides."""

from datetime import date

import pytest

from guidelines.vocabulary import Body
from tests.factories import records as make
from treatments.latch import as_of, days_of, open_triggers_of
from treatments.models import Intervention, TeamReview
from treatments.record import KINDS, record_of

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


def test_a_class_that_a_pregnancy_had_closed_is_open_after_it_on_the_same_evidence(clinic_north):
    patient = make.patient_of(clinic_north, born_on=date(1990, 5, 5), pregnancy_possible=True)
    make.diagnosis(patient, "2022-01-01")
    make.none_of_these(patient, "2026-01-10")
    make.symptom_free(patient, "2026-02-01")
    make.echo(patient, "2026-02-01", lvef_percent=66, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)
    make.pregnancy(patient, "2026-02-25", "pregnant")
    decided(patient, "medical")
    assert triggers(patient, on=date(2026, 3, 2)) == {}
    make.pregnancy(patient, "2026-03-20", "not_pregnant")
    found = triggers(patient, on=date(2026, 7, 1))
    assert {trigger.since for trigger in found.values()} == {date(2026, 3, 20)}
    assert set(found) == {Body.ACC_AHA, Body.ESC_EACTS}


def with_symptoms(patient, day, nyha=2):
    make.log(patient, day, nyha=nyha, dyspnea=True, attribution="certain")


def test_an_echo_of_the_ventricle_alone_is_newer_evidence_too(patient):
    with_symptoms(patient, "2026-02-10")
    echo_again(patient, "2026-02-10", lvef_percent=58, lvesd_mm=38)
    decided(patient, "watch")
    make.echo(patient, "2026-06-01", lvef_percent=45)
    found = triggers(patient, on=date(2026, 6, 2))[Body.ACC_AHA]
    assert (found.since, found.new_grounds) == (date(2026, 6, 1), ("LVEF ≤ 50 %",))


def test_a_severe_symptom_that_went_and_came_back_is_new(patient):
    with_symptoms(patient, "2026-02-10", nyha=3)
    decided(patient, "watch")
    with_symptoms(patient, "2026-05-01", nyha=2)
    assert triggers(patient, on=date(2026, 5, 2)) == {}
    with_symptoms(patient, "2026-06-01", nyha=3)
    found = triggers(patient, on=date(2026, 6, 2))[Body.ACC_AHA]
    assert found.new_grounds == ("NYHA class ≥ 3",)


def test_a_further_admission_for_heart_failure_is_a_ground_of_its_own(patient):
    with_symptoms(patient, "2026-02-10")
    make.admission(patient, "2026-02-12")
    decided(patient, "watch")
    assert triggers(patient, on=date(2026, 4, 1)) == {}
    make.admission(patient, "2026-05-03")
    found = triggers(patient, on=date(2026, 5, 4))[Body.ACC_AHA]
    assert found.new_grounds == ("admitted for heart failure, 3 May 2026",)


def entered_on(row, day):
    """The row as if it had been entered on a day."""
    type(row).objects.filter(pk=row.pk).update(entered_at=make.instant_of(day))
    if hasattr(row, "finalized_at"):
        type(row).objects.filter(pk=row.pk).update(finalized_at=make.instant_of(day))


def test_a_decision_answers_nothing_that_was_entered_after_it(patient):
    decided(patient, "watch")
    for kind in KINDS:
        for row in getattr(record(patient), kind.name):
            entered_on(row, "2026-03-01")
    assert triggers(patient, on=date(2026, 5, 1)) == {}
    study = make.echo(patient, "2026-02-20", lvef_percent=45)
    entered_on(study, "2026-03-01")
    assert triggers(patient, on=date(2026, 5, 1)) == {}
    entered_on(study, "2026-03-15")
    found = triggers(patient, on=date(2026, 5, 1))[Body.ACC_AHA]
    assert found.new_grounds == ("LVEF ≤ 50 %", "LVEF ≤ 60 %")
    assert found.since == date(2026, 3, 1)


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


@pytest.mark.parametrize("kind", ["teer", "transcatheter_mitral"])
def test_a_procedure_by_catheter_that_left_no_device_carries_nothing_out(patient, kind):
    decided(patient)
    make.intervention(patient, date(2026, 7, 1), kind, device_implanted=False)
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
