"""Atrial fibrillation, ever (safety D8)."""

from typing import Any

import pytest

from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import ReadingOf, ago

AF = "atrial_fibrillation"


def asked_no(patient: Patient) -> None:
    make.comorbidity(patient, ago(20), AF, "no")


@pytest.mark.parametrize(
    "seen",
    [
        lambda p, day: make.ecg(p, day, "atrial_fibrillation"),
        lambda p, day: make.ecg(p, day, "atrial_flutter", kind="holter"),
        lambda p, day: make.ecg(p, day, "sinus", atrial_fibrillation_seen=True),
        lambda p, day: make.echo(p, day, rhythm="atrial_fibrillation"),
        lambda p, day: make.comorbidity(p, day, AF),
        lambda p, day: make.log(p, day, atrial_fibrillation_type="paroxysmal"),
    ],
)
def test_ever_is_forever(patient: Patient, reading: ReadingOf, seen: Any) -> None:
    seen(patient, ago(4000))
    make.ecg(patient, ago(10))
    assert reading(AF) is True


@pytest.mark.parametrize(("days", "expected"), [(365, False), (366, None)])
def test_no_needs_a_tracing_within_a_year(
    patient: Patient, reading: ReadingOf, days: int, expected: bool | None
) -> None:
    asked_no(patient)
    make.ecg(patient, ago(days))
    assert reading(AF) is expected


def test_no_needs_the_history_asked(patient: Patient, reading: ReadingOf) -> None:
    make.ecg(patient, ago(10))
    assert reading(AF) is None


@pytest.mark.parametrize(
    "tracing", [{"rhythm": "paced"}, {"rhythm": "unknown"}, {"kind": "device"}]
)
def test_some_tracings_exclude_nothing(
    patient: Patient, reading: ReadingOf, tracing: dict[str, str]
) -> None:
    asked_no(patient)
    make.ecg(patient, ago(10), **tracing)
    assert reading(AF) is None


@pytest.mark.parametrize(
    "seen",
    [
        lambda p: make.ecg(p, ago(15), "atrial_fibrillation", kind="device"),
        lambda p: make.comorbidity(p, ago(15), "af_device_detected_only"),
    ],
)
def test_seen_by_a_device_only_is_unknown(patient: Patient, reading: ReadingOf, seen: Any) -> None:
    asked_no(patient)
    make.ecg(patient, ago(10))
    seen(patient)
    assert reading(AF) is None


@pytest.mark.parametrize("start", [
    lambda p: make.intervention(p, ago(200), "cabg"), lambda p: make.acute_episode(p, ago(200)),
])  # fmt: skip
@pytest.mark.parametrize(("after", "expected"), [(90, None), (91, True)])
def test_soon_after_surgery_or_illness_it_is_a_question(
    patient: Patient, reading: ReadingOf, start: Any, after: int, expected: bool | None
) -> None:
    start(patient)
    make.ecg(patient, ago(200 - after), "atrial_fibrillation")
    assert reading(AF) is expected


@pytest.mark.parametrize(
    ("present", "days", "expected"), [("no", 730, False), ("no", 731, None), ("yes", 900, True)]
)
def test_secondary_to_the_valve_is_a_judgment_of_its_own(
    patient: Patient, reading: ReadingOf, present: str, days: int, expected: bool | None
) -> None:
    make.comorbidity(patient, ago(days), "af_secondary_to_mr", present)
    assert reading("af_secondary_to_mr") is expected
