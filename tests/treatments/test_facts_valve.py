"""The valve's state (safety D5), the diagnosis, and chronic or acute (D4)."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, ago


def value(fact: FactOf, name: str = "mitral_valve_state") -> str | None:
    found = fact(name)
    return None if found is None or found.value is None else str(found.value)


def test_nothing_asked_is_unknown(patient: Patient, fact: FactOf) -> None:
    make.diagnosis(patient, ago(10), previous_mitral_procedure="unknown")
    assert value(fact) is None


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("mitral_repair", "surgical_repair"),
        ("mitral_mechanical", "mechanical"),
        ("mitral_biological", "surgical_bioprosthesis"),
        ("teer", "teer"),
        ("transcatheter_mitral", "transcatheter"),
        ("mitral_commissurotomy", "commissurotomy"),
    ],
)
def test_a_performed_procedure_decides(
    patient: Patient, fact: FactOf, kind: str, state: str
) -> None:
    make.diagnosis(patient, ago(5), previous_mitral_procedure="none")
    make.intervention(patient, ago(10), kind)
    assert value(fact) == state


@pytest.mark.parametrize("status", ["planned", "declined", "cancelled"])
def test_what_was_not_performed_changes_nothing(
    patient: Patient, fact: FactOf, status: str
) -> None:
    make.diagnosis(patient, ago(300))
    make.intervention(patient, ago(10), "mitral_mechanical", status=status)
    assert value(fact) == "native"


@pytest.mark.parametrize(
    ("implanted", "state"), [(False, "native"), (True, "teer"), (None, "teer")]
)
def test_an_aborted_clip_leaves_a_native_valve(
    patient: Patient, fact: FactOf, implanted: bool | None, state: str
) -> None:
    make.diagnosis(patient, ago(300))
    make.intervention(patient, ago(10), "teer", device_implanted=implanted)
    assert value(fact) == state


@pytest.mark.parametrize("kinds", [("mitral_mechanical", "mitral_repair"),
                                   ("mitral_repair", "mitral_mechanical")])  # fmt: skip
def test_of_one_day_the_prosthesis_counts(
    patient: Patient, fact: FactOf, kinds: tuple[str, str]
) -> None:
    for kind in kinds:
        make.intervention(patient, ago(10), kind)
    assert value(fact) == "mechanical"


def test_a_prosthesis_stays_one_after_a_repair_around_it(patient: Patient, fact: FactOf) -> None:
    make.intervention(patient, ago(1000), "mitral_mechanical")
    make.intervention(patient, ago(10), "mitral_repair")
    assert value(fact) == "mechanical"


def test_a_valve_in_a_bioprosthesis_is_transcatheter(patient: Patient, fact: FactOf) -> None:
    make.intervention(patient, ago(1000), "mitral_biological")
    make.intervention(patient, ago(10), "transcatheter_mitral")
    assert value(fact) == "transcatheter"


def test_a_procedure_elsewhere_counts(patient: Patient, fact: FactOf) -> None:
    day = date(2015, 3, 1)
    make.diagnosis(
        patient,
        ago(100),
        previous_mitral_procedure="mechanical",
        previous_mitral_procedure_on=day,
    )
    make.diagnosis(patient, ago(10), previous_mitral_procedure="unknown")
    assert value(fact) == "mechanical"
    found = fact("mitral_valve_state")
    assert found
    assert found.on == day


def test_two_answers_that_contradict_each_other_are_unknown(
    patient: Patient, fact: FactOf, alice: User
) -> None:
    told = make.diagnosis(patient, ago(100), previous_mitral_procedure="mechanical")
    make.diagnosis(patient, ago(10), previous_mitral_procedure="none")
    assert value(fact) is None
    make.strike(told, by=alice)
    assert value(fact) == "native"


@pytest.mark.parametrize(
    "answer",
    [
        lambda p: make.diagnosis(p, ago(10), previous_mitral_procedure="none"),
        lambda p: make.none_of_these(p, ago(10)),
        lambda p: make.comorbidity(p, ago(10), "previous_cardiac_surgery", "no"),
    ],
)
def test_a_native_valve_was_asked_for(patient: Patient, fact: FactOf, answer: Any) -> None:
    answer(patient)
    assert value(fact) == "native"


@pytest.mark.parametrize("present", ["yes", "unknown"])
def test_heart_surgery_without_detail_is_unknown(
    patient: Patient, fact: FactOf, present: str
) -> None:
    make.comorbidity(patient, ago(10), "previous_cardiac_surgery", present)
    assert value(fact) is None


# Mechanism ---------------------------------------------------------------------------------------


def test_the_newest_diagnosis_counts_and_never_expires(patient: Patient, fact: FactOf) -> None:
    make.diagnosis(patient, ago(5000), mechanism="primary")
    assert value(fact, "mechanism") == "primary"
    make.diagnosis(patient, ago(10), mechanism="mixed")
    assert value(fact, "mechanism") == "mixed"


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("myocardial_infarction", False), ("active_endocarditis", False), ("stroke_or_tia", True)],
)
def test_an_infarction_or_endocarditis_voids_the_mechanism(
    patient: Patient, fact: FactOf, kind: str, kept: bool
) -> None:
    make.diagnosis(patient, ago(100))
    make.comorbidity(patient, ago(10), kind, since_on=ago(20))
    assert (value(fact, "mechanism") == "primary") is kept


# Tempo -------------------------------------------------------------------------------------------


def test_an_open_episode_is_acute_however_old(patient: Patient, fact: FactOf) -> None:
    make.acute_episode(patient, ago(900))
    assert value(fact, "tempo") == "acute"
    make.diagnosis(patient, ago(1000), tempo="chronic")
    assert value(fact, "tempo") == "acute_on_chronic"


@pytest.mark.parametrize(
    ("closure", "tempo"),
    [
        ("reclassified_chronic", "chronic"),
        ("intervention", "chronic"),
        ("excluded", None),
        ("death", None),
    ],
)
def test_only_a_recorded_act_ends_it(
    patient: Patient, fact: FactOf, alice: User, closure: str, tempo: str | None
) -> None:
    episode = make.acute_episode(patient, ago(60))
    make.close_episode(episode, ago(10), closure, by=alice)
    assert value(fact, "tempo") == tempo


def test_an_unknown_tempo_does_not_end_an_acute_one(patient: Patient, fact: FactOf) -> None:
    make.diagnosis(patient, ago(20), tempo="acute")
    make.diagnosis(patient, ago(10), tempo="unknown")
    assert value(fact, "tempo") == "acute"


@pytest.mark.parametrize(
    ("kind", "implanted", "tempo"),
    [("mitral_repair", None, "chronic"), ("teer", False, "acute"), ("pci", None, "acute")],
)
def test_a_mitral_procedure_ends_an_acute_diagnosis(
    patient: Patient, fact: FactOf, kind: str, implanted: bool | None, tempo: str
) -> None:
    make.diagnosis(patient, ago(20), tempo="acute")
    make.intervention(patient, ago(10), kind, device_implanted=implanted)
    assert value(fact, "tempo") == tempo


def test_a_later_diagnosis_that_leaves_the_mechanism_open_takes_nothing_back(
    patient: Patient, fact: FactOf
) -> None:
    make.diagnosis(patient, ago(100), mechanism="primary", etiology="barlow")
    make.diagnosis(patient, ago(10), mechanism="unknown", etiology="unknown")
    assert str(fact("mechanism").value) == "primary"
    assert str(fact("etiology").value) == "barlow"
