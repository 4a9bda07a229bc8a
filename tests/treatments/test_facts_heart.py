"""Which numbers of the heart count (safety D3), how long they reassure (C), and what voids them."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from guidelines.facts import Interval
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, PictureOf, ReadingOf, ago


def point(number: int | str) -> Interval:
    return Interval.point(Decimal(str(number)))


def or_less(number: int | str) -> Interval:
    return Interval(None, Decimal(str(number)))


def or_more(number: int | str) -> Interval:
    return Interval(Decimal(str(number)), None)


@pytest.mark.parametrize("method", ["biplane", "3d", "contrast", "cmr"])
def test_accepted_methods_reassure(patient: Patient, reading: ReadingOf, method: str) -> None:
    make.echo(patient, ago(10), lvef_percent=65, lvef_method=method)
    assert reading("lvef_percent") == point(65)


@pytest.mark.parametrize("method", ["visual", "not_stated", "teichholz"])
def test_other_methods_count_only_when_adverse(
    patient: Patient, reading: ReadingOf, method: str
) -> None:
    make.echo(patient, ago(10), lvef_percent=65, lvef_method=method)
    assert reading("lvef_percent") == or_less(65)


@pytest.mark.parametrize(("abnormal", "expected"), [(False, point(65)), (True, None)])
def test_teichholz_needs_regular_wall_motion(
    patient: Patient, reading: ReadingOf, abnormal: bool, expected: Interval | None
) -> None:
    make.echo(
        patient,
        ago(10),
        lvef_percent=65,
        lvef_method="teichholz",
        regional_wall_motion_abnormality=abnormal,
    )
    assert reading("lvef_percent") == expected


def test_a_range_stays_a_range(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(10), lvef_percent=(55, 60))
    assert reading("lvef_percent") == Interval(Decimal(55), Decimal(60))


def test_more_than_sixty_excludes_sixty(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(10), lvef_percent=(60, 100), lvef_percent_low_open=True)
    assert reading("lvef_percent") == Interval(Decimal(60), Decimal(100), low_open=True)


@pytest.mark.parametrize(
    ("seen", "expected"), [(50, or_less(50)), (65, point(62)), (62, point(62))]
)
def test_a_visual_value_replaces_an_accepted_one_only_when_worse(
    patient: Patient, reading: ReadingOf, seen: int, expected: Interval
) -> None:
    make.echo(patient, ago(30), lvef_percent=62)
    make.echo(patient, ago(10), lvef_percent=seen, lvef_method="visual")
    assert reading("lvef_percent") == expected


def test_a_visual_value_never_undoes_an_older_adverse_one(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(400), lvef_percent=55)
    make.echo(patient, ago(10), lvef_percent=65, lvef_method="visual")
    assert reading("lvef_percent") == or_less(55)


@pytest.mark.parametrize(("newer", "expected"), [(36, point(42)), (45, or_more(45))])
def test_a_diameter_of_unknown_state_replaces_one_at_rest_only_when_larger(
    patient: Patient, reading: ReadingOf, newer: int, expected: Interval
) -> None:
    make.echo(patient, ago(30), lvesd_mm=42, bsa_m2="2.0")
    make.echo(patient, ago(10), lvesd_mm=newer, state="unknown", bsa_m2="1.8")
    assert reading("lvesd_mm") == expected


def test_cmr_gives_the_lvef_when_it_is_newer(patient: Patient, fact: FactOf) -> None:
    make.echo(patient, ago(30), lvef_percent=65)
    make.cmr(patient, ago(10), lvef_percent=58)
    found = fact("lvef_percent")
    assert found
    assert (found.value, found.method) == (58, "CMR")


def test_the_lvef_is_computed_from_volumes(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(10), lvedv_ml=200, lvesv_ml=100, lvef_method="biplane")
    assert reading("lvef_percent") == point(50)


@pytest.mark.parametrize("state", ["exercise", "dobutamine", "intra_operative", "sedated",
                                   "ventilated", "on_inotropes"])  # fmt: skip
def test_only_rest_feeds_resting_facts(patient: Patient, picture: PictureOf, state: str) -> None:
    make.echo(
        patient,
        ago(10),
        state=state,
        lvef_percent=30,
        lvesd_mm=50,
        lvedd_mm=60,
        spap_mmhg=80,
        la_diameter_mm=60,
        la_volume_index_ml_m2=70,
        tricuspid_regurgitation=3,
    )
    unwanted = {"lvef_percent", "lvesd_mm", "lvedd_mm", "spap_mmhg", "la_diameter_mm", "tr_grade",
                "la_volume_index_ml_m2"}  # fmt: skip
    assert unwanted.isdisjoint(picture())


def test_a_state_that_is_not_stated_counts_only_when_adverse(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(10), state="unknown", lvef_percent=65, lvesd_mm=36)
    assert reading("lvef_percent") == or_less(65)
    assert reading("lvesd_mm") == or_more(36)


def test_drafts_and_struck_studies_never_feed(
    patient: Patient, picture: PictureOf, alice: User
) -> None:
    make.echo(patient, ago(10), final=False, lvef_percent=30, lvesd_mm=50, eroa_mm2=50)
    make.strike(make.echo(patient, ago(9), lvef_percent=30, lvesd_mm=50, eroa_mm2=50), by=alice)
    assert {"lvef_percent", "lvesd_mm", "eroa_mm2"}.isdisjoint(picture())


@pytest.mark.parametrize("values", [{"modality": "tee"}, {"linear_method": "other"}])
def test_only_linear_transthoracic_diameters_count(
    patient: Patient, picture: PictureOf, values: dict[str, Any]
) -> None:
    make.echo(patient, ago(10), lvesd_mm=45, lvedd_mm=60, **values)
    assert {"lvesd_mm", "lvedd_mm"}.isdisjoint(picture())


def test_an_impossible_pair_feeds_nothing(patient: Patient, picture: PictureOf) -> None:
    make.echo(patient, ago(10), lvesd_mm=60, lvedd_mm=50, bsa_m2="1.8")
    assert {"lvesd_mm", "lvedd_mm", "bsa_m2"}.isdisjoint(picture())


def test_behind_an_impossible_pair_nothing_older_reassures(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(100), lvesd_mm=36, lvedd_mm=50)
    make.echo(patient, ago(10), lvesd_mm=60, lvedd_mm=50)
    assert reading("lvesd_mm") == or_more(36)


def test_values_read_as_they_were_typed(patient: Patient, picture: PictureOf) -> None:
    make.echo(patient, ago(10), lvesd_mm=40, lvedd_mm="50.5", lvef_percent=60, bsa_m2="1.90")
    facts = picture().facts
    shown = {name: str(facts[name].value) for name in ("lvesd_mm", "lvedd_mm", "bsa_m2")}
    assert shown == {"lvesd_mm": "40", "lvedd_mm": "50.5", "bsa_m2": "1.9"}


@pytest.mark.parametrize(
    ("values", "days", "reassures"),
    [
        ({"lvef_percent": 65, "lvesd_mm": 36}, 365, True),
        ({"lvef_percent": 65, "lvesd_mm": 36}, 366, False),
        ({"lvef_percent": 65, "lvesd_mm": 37}, 183, True),
        ({"lvef_percent": 65, "lvesd_mm": 37}, 184, False),
        ({"lvef_percent": 64, "lvesd_mm": 36}, 183, True),
        ({"lvef_percent": 64, "lvesd_mm": 36}, 184, False),
        ({"lvef_percent": (64, 70), "lvesd_mm": 36}, 184, False),
        ({"lvef_percent": 65, "lvesd_mm": 33, "bsa_m2": "1.8"}, 365, True),
        ({"lvef_percent": 65, "lvesd_mm": "33.3", "bsa_m2": "1.8"}, 184, False),  # exactly 18.5
    ],
)
def test_near_a_limit_the_ventricle_reassures_for_half_a_year(
    patient: Patient, picture: PictureOf, values: dict[str, Any], days: int, reassures: bool
) -> None:
    make.echo(patient, ago(days), lvedd_mm=55, **values)
    facts = picture().facts
    for name in ("lvef_percent", "lvesd_mm", "lvedd_mm"):
        assert facts[name].reassures is reassures, name


def test_what_is_adverse_stays(patient: Patient, reading: ReadingOf) -> None:
    make.echo(patient, ago(2000), lvef_percent=50, lvesd_mm=45)
    assert reading("lvef_percent") == or_less(50)
    assert reading("lvesd_mm") == or_more(45)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"spap_mmhg": 45}, point(45)),
        ({"tr_peak_velocity_m_s": 3, "right_atrial_pressure_mmhg": 8}, point(44)),
        ({"tr_peak_velocity_m_s": 3}, Interval(Decimal(36), Decimal(51))),
        ({"tr_peak_velocity_m_s": "3.6"}, Interval(Decimal("51.84"), Decimal("66.84"))),
        ({"spap_mmhg": 45, "tricuspid_regurgitation": 4}, or_more(45)),
        (
            {"spap_mmhg": 45, "tricuspid_regurgitation": 4, "spap_source": "catheter"},
            point(45),
        ),
        ({"tricuspid_regurgitation": 1}, None),
    ],
)
def test_the_pulmonary_pressure(
    patient: Patient, reading: ReadingOf, values: dict[str, Any], expected: Interval | None
) -> None:
    make.echo(patient, ago(10), **values)
    assert reading("spap_mmhg") == expected


@pytest.mark.parametrize(("lesion", "rank"), [(0, 0), (1, 1), (2, 2), (3, 4), (4, 4)])
def test_tricuspid_regurgitation_counts_to_four(
    patient: Patient, reading: ReadingOf, lesion: int, rank: int
) -> None:
    make.echo(patient, ago(10), tricuspid_regurgitation=lesion)
    assert reading("tr_grade") == point(rank)


def test_the_atrium_is_indexed_by_the_surface_of_its_study(
    patient: Patient, reading: ReadingOf
) -> None:
    make.echo(patient, ago(10), la_volume_ml=120, bsa_m2=2)
    assert reading("la_volume_index_ml_m2") == point(60)


# Body surface ------------------------------------------------------------------------------------


def test_the_printed_surface_comes_first(patient: Patient, fact: FactOf) -> None:
    make.body_size(patient, ago(10), height_cm=170, weight_kg=70)
    make.echo(patient, ago(10), lvesd_mm=38, bsa_m2="1.75", bsa_formula="mosteller")
    found = fact("bsa_m2")
    assert found
    assert (found.value, found.method) == (Decimal("1.75"), "Mosteller")


@pytest.mark.parametrize(("days", "known"), [(90, True), (91, False)])
def test_a_weight_counts_within_ninety_days_of_its_study(
    patient: Patient, fact: FactOf, days: int, known: bool
) -> None:
    make.body_size(patient, ago(3000), height_cm=170)
    make.body_size(patient, ago(100 + days), weight_kg=70)
    make.echo(patient, ago(100), lvesd_mm=38)
    found = fact("bsa_m2")
    assert (found is not None) is known
    if found:
        assert found.value == pytest.approx(1.8097, abs=1e-4)
        assert found.method == "Du Bois"
        assert "1.818" in found.reason


def test_the_nearest_weight_counts(patient: Patient, fact: FactOf) -> None:
    make.body_size(patient, ago(102), height_cm=170, weight_kg=70)
    make.log(patient, ago(20), weight_kg=95)
    make.echo(patient, ago(100), lvesd_mm=38)
    found = fact("bsa_m2")
    assert found
    assert found.on == ago(102)


@pytest.mark.parametrize(("days", "known"), [(3650, True), (3651, False)])
def test_a_height_counts_for_ten_years(
    patient: Patient, fact: FactOf, days: int, known: bool
) -> None:
    make.body_size(patient, ago(days), height_cm=170)
    make.body_size(patient, ago(0), weight_kg=70)
    make.echo(patient, ago(0), lvesd_mm=38)
    assert (fact("bsa_m2") is not None) is known


@pytest.mark.parametrize(
    ("failing", "days", "known"),
    [(False, 365, True), (False, 366, False), (True, 90, True), (True, 91, False)],
)
def test_a_weight_ages_faster_in_heart_failure(
    patient: Patient, reading: ReadingOf, failing: bool, days: int, known: bool
) -> None:
    make.body_size(patient, ago(days), weight_kg=70)
    if failing:
        make.comorbidity(patient, ago(500), "heart_failure")
    assert (reading("weight_kg") is not None) is known


# Events (C2) -------------------------------------------------------------------------------------

EVENTS: dict[str, Any] = {
    "admission": lambda p, day: make.admission(p, day),
    "acute episode": lambda p, day: make.acute_episode(p, day),
    "PCI": lambda p, day: make.intervention(p, day, "pci"),
    "CRT": lambda p, day: make.intervention(p, day, "crt"),
    "infarction": lambda p, day: make.comorbidity(
        p, ago(1), "myocardial_infarction", since_on=day
    ),
    "stroke": lambda p, day: make.comorbidity(p, ago(1), "stroke_or_tia", since_on=day),
    "endocarditis": lambda p, day: make.comorbidity(p, day, "active_endocarditis"),
    "pregnancy": lambda p, day: make.pregnancy(p, day, "pregnant"),
    "fibrillation": lambda p, day: (
        make.ecg(p, ago(200)), make.ecg(p, day, "atrial_fibrillation"),
    ),
    "symptoms": lambda p, day: (make.log(p, ago(200), nyha=1), make.log(p, day, dyspnea=True)),
    "worse": lambda p, day: (make.log(p, ago(200), nyha=2), make.log(p, day, nyha=3)),
    "therapy": lambda p, day: (
        make.diagnosis(p, ago(300), mechanism="secondary_ventricular"),
        make.medication(p, day, "ramipril", started_on=day),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_voids_older_reassurance_at_once(
    patient: Patient, picture: PictureOf, name: str
) -> None:
    make.echo(patient, ago(20), lvef_percent=65, lvesd_mm=34)
    assert picture().facts["lvef_percent"].reassures
    EVENTS[name](patient, ago(10))
    found = picture().facts["lvef_percent"]
    assert not found.reassures
    assert found.reason.startswith("before the ")


@pytest.mark.parametrize("name", EVENTS)
def test_what_was_measured_after_the_event_reassures(
    patient: Patient, picture: PictureOf, name: str
) -> None:
    EVENTS[name](patient, ago(21))
    make.echo(patient, ago(20), lvef_percent=65, lvesd_mm=34)
    assert picture().facts["lvef_percent"].reassures


@pytest.mark.parametrize(
    ("event", "reassures"),
    [(lambda p: make.admission(p, ago(20)), True),
     (lambda p: make.intervention(p, ago(20), "pci"), False)],
)  # fmt: skip
def test_a_study_of_the_day_of_a_procedure_was_before_it(
    patient: Patient, picture: PictureOf, event: Any, reassures: bool
) -> None:
    make.echo(patient, ago(20), lvef_percent=65)
    event(patient)
    assert picture().facts["lvef_percent"].reassures is reassures


def test_an_old_condition_told_late_is_no_event(patient: Patient, picture: PictureOf) -> None:
    make.echo(patient, ago(20), lvef_percent=65)
    make.comorbidity(patient, ago(10), "myocardial_infarction")
    assert picture().facts["lvef_percent"].reassures


def test_a_condition_that_was_absent_before_is_an_event(
    patient: Patient, picture: PictureOf
) -> None:
    make.comorbidity(patient, ago(300), "myocardial_infarction", "no")
    make.echo(patient, ago(20), lvef_percent=65)
    make.comorbidity(patient, ago(10), "myocardial_infarction")
    assert not picture().facts["lvef_percent"].reassures
