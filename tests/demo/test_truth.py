"""The truth file: the state of every patient at any date, read back as it was."""

import csv
import random
from datetime import date, timedelta

import pytest

from demo.clinics import NORTH_CODE, SOUTH_CODE
from demo.making import DemoRefusedError, Order, make_demo
from demo.patients.moved_to_the_south import write_moved_to_the_south
from demo.patients.secondary_on_therapy import write_secondary_on_therapy
from demo.patients.unmeasured import write_unmeasured
from demo.simulation.life import Life, Truth
from demo.simulation.simulating import simulate
from demo.truth import COLUMNS, MEASURES, heading, lines_of, true_state
from patients.models import Registration

TODAY = date(2026, 3, 2)
CODES = {"north": NORTH_CODE, "south": SOUTH_CODE}


@pytest.fixture(autouse=True)
def debug_is_on(settings):
    settings.DEBUG = True


@pytest.fixture
def written(tmp_path):
    """A truth file of thirty simulated lives, and the lives."""
    lives = [simulate(3, index, TODAY) for index in range(1, 31)]
    path = tmp_path / "truth.csv"
    path.write_text(heading() + "".join(map(lines_of, lives)), encoding="utf-8")
    return path, lives


def test_the_state_at_any_date_is_the_true_one(written):
    path, lives = written
    chance = random.Random(5)
    for life in lives:
        first, last = life.truth[0].from_on, life.truth[-1].until_on
        edges = [piece.from_on for piece in life.truth[:4]]
        some = [first + timedelta(days=chance.randrange((last - first).days)) for _date in range(4)]
        for day in {first, last - timedelta(days=1), *edges, *some}:
            assert life.true_at(day) is not None
            assert true_state(path, life.record_number, day) == life.true_at(day)


def test_before_the_first_line_and_after_the_last_nothing_is_said(written):
    path, (life, *_) = written
    day_before = life.truth[0].from_on - timedelta(days=1)
    assert true_state(path, life.record_number, day_before) is None
    assert true_state(path, life.record_number, life.truth[-1].until_on) is None


def test_an_unknown_number_is_an_error_and_not_an_empty_answer(written):
    with pytest.raises(LookupError, match="no line of X-1"):
        true_state(written[0], "X-1", TODAY)


def test_every_measure_of_the_simulator_has_its_columns(written):
    _path, lives = written
    named = {name for life in lives for piece in life.truth for name in piece.values}
    assert named <= set(MEASURES)
    assert heading().strip().split(",") == list(COLUMNS)


def test_a_measure_without_meaning_is_empty_and_no_zero(tmp_path):
    piece = Truth(
        date(2020, 1, 1), date(2021, 1, 1), "chronic", "primary", "degenerative", "mechanical",
        "sinus", "not_on_this_scale", False, 1, {"lvef_percent": (60.0, 0.0)},
    )  # fmt: skip
    life = Life(1, "north", {}, "T-1", date(2020, 1, 1), truth=[piece])
    path = tmp_path / "truth.csv"
    path.write_text(heading() + lines_of(life), encoding="utf-8")
    state = true_state(path, "T-1", date(2020, 6, 1))
    assert state.values == {"lvef_percent": 60.0}
    assert state.symptomatic is False


@pytest.mark.django_db
def test_the_file_of_a_demo_holds_every_patient_with_a_course(tmp_path):
    path = tmp_path / "truth.csv"
    north = (write_unmeasured, write_secondary_on_therapy, write_moved_to_the_south)
    make_demo(Order(patients=23, today=TODAY, truth=path, north=north, south=()))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    registered = set(Registration.objects.values_list("record_number", "clinic__code"))
    told = {(row["record_number"], CODES[row["clinic"]]) for row in rows}
    later = {
        (row["later_record_number"], CODES[row["later_clinic"]])
        for row in rows
        if row["later_record_number"]
    }
    # Nothing was measured of one patient: there is nothing to tell.
    assert registered - told - later == {("HV-20588", NORTH_CODE)}
    assert told | later < registered
    assert not list(tmp_path.glob("*.part"))
    for index in range(1, 21):
        life = simulate(1, index, TODAY)
        day = life.truth[len(life.truth) // 2].from_on
        assert true_state(path, life.record_number, day) == life.true_at(day)


@pytest.mark.django_db
def test_a_hand_written_patient_is_told_from_the_record(tmp_path):
    path = tmp_path / "truth.csv"
    order = Order(2, 1, TODAY, path, None, (write_secondary_on_therapy,), (write_unmeasured,))
    make_demo(order)
    patient = Registration.objects.get(record_number="HV-20402").patient
    *_, third, last = patient.echostudy_set.order_by("performed_on")
    at_study = true_state(path, "HV-20402", third.performed_on)
    assert at_study.values["lvef_percent"] == 30
    assert at_study.mechanism == "secondary_ventricular"
    halfway = third.performed_on + (last.performed_on - third.performed_on) / 2
    assert 30 < true_state(path, "HV-20402", halfway).values["lvef_percent"] < 33
    assert true_state(path, "HV-20402", TODAY).values["lvef_percent"] == 33
    assert true_state(path, "HV-20402", TODAY).nyha == 2
    assert true_state(path, "HV-20402", TODAY + timedelta(days=1)) is None


@pytest.mark.django_db
def test_the_second_number_of_somebody_who_moved_leads_to_the_same_course(tmp_path):
    path = tmp_path / "truth.csv"
    make_demo(Order(1, 1, TODAY, path, None, (write_moved_to_the_south,), ()))
    one, other = (
        true_state(path, number, TODAY - timedelta(days=30)) for number in ("HV-20295", "S-0031")
    )
    assert one == other is not None


@pytest.mark.django_db
def test_an_interrupted_demo_leaves_no_half_truth(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("an older one", encoding="utf-8")

    def stop(made, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(Order(1, 1, TODAY, path, None, (write_unmeasured,), ()), stop)
    assert path.read_text(encoding="utf-8") == "an older one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.django_db
def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(DemoRefusedError, match="cannot be written"):
        make_demo(Order(truth=tmp_path / "no" / "such" / "folder.csv"))
