"""A simulated life repeats itself, hangs together, and never says more than anybody could know."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import pytest

from demo.simulation.heart import GRADE_LIMITS, MEASURES, PROSTHESES, grade_of
from demo.simulation.life import Life, Truth, Written
from demo.simulation.simulating import OWN_DAY, day_of, simulate

TODAY = date(2026, 11, 22)
GRADES = ("none", "mild", "moderate", "moderate_to_severe", "severe")


@lru_cache(maxsize=1)
def lives() -> tuple[Life, ...]:
    return tuple(simulate(1, index, TODAY) for index in range(1, 401))


def rows() -> list[tuple[Life, Written]]:
    return [(life, row) for life in lives() for row in life.rows]


def days_in(values: dict[str, object]) -> list[tuple[str, date]]:
    return [
        (name, value.date() if isinstance(value, datetime) else value)
        for name, value in values.items()
        if isinstance(value, date)
    ]


def test_the_same_arguments_give_the_same_life() -> None:
    assert simulate(5, 77, TODAY) == simulate(5, 77, TODAY)


def test_another_seed_or_index_gives_another_life() -> None:
    assert simulate(5, 77, TODAY).rows != simulate(6, 77, TODAY).rows
    assert simulate(5, 77, TODAY).rows != simulate(5, 78, TODAY).rows


def test_a_patient_does_not_depend_on_how_many_there_are() -> None:
    alone = simulate(1, 300, TODAY)
    assert lives()[299] == alone


def test_record_numbers_are_unique() -> None:
    numbers = [life.record_number for life in lives()]
    assert len(set(numbers)) == len(numbers)


def test_every_life_has_truth_from_its_first_record_to_its_end() -> None:
    for life in lives():
        own_days = [day for day in map(day_of, life.rows) if day is not None]
        assert life.truth[0].from_on <= min(own_days)
        assert life.true_at(life.registered_on) is not None
        assert life.true_at(date(1950, 1, 1)) is None
        assert life.true_at(life.truth[-1].until_on) is None


def test_the_truth_of_the_living_reaches_today() -> None:
    for life in lives():
        died = life.person.get("deceased_on")
        if died is not None:
            assert life.truth[-1].until_on == died
        else:
            assert life.truth[-1].until_on.toordinal() <= TODAY.toordinal() + 1


def test_pieces_of_truth_follow_each_other_without_gap() -> None:
    for life in lives():
        for earlier, later in pairwise(life.truth):
            assert earlier.from_on < earlier.until_on == later.from_on


def steps(name: str, *, operated: bool = True) -> list[tuple[float, Truth, Truth]]:
    """By how much a true value jumps between two pieces; without those that an operation parts."""
    found = []
    for life in lives():
        operations = {row.values.get("performed_on") for row in life.rows
                      if row.kind == "treatments.Intervention"}  # fmt: skip
        for earlier, later in pairwise(life.truth):
            before = earlier.value_at(name, later.from_on)
            if before is None or name not in later.values:
                continue
            if operated or later.from_on not in operations:
                found.append((abs(later.values[name][0] - before), earlier, later))
    return found


@pytest.mark.parametrize("name", ["lvedd_mm", "la_volume_index_ml_m2"])
def test_chambers_never_jump(name: str) -> None:
    assert max(step for step, _, _ in steps(name)) < 1e-9


def test_lvef_falls_at_once_only_with_an_operation() -> None:
    assert max(step for step, _, _ in steps("lvef_percent", operated=False)) < 1e-9
    assert max(step for step, _, _ in steps("lvef_percent")) > 5


def test_lvesd_is_continuous_but_for_an_operation() -> None:
    assert max(step for step, _, _ in steps("lvesd_mm", operated=False)) < 0.1


def test_the_leak_jumps_only_when_something_broke_or_was_mended() -> None:
    jumps = [(step, a, b) for step, a, b in steps("eroa_mm2") if step > 1e-9]
    assert 0 < len(jumps) < 0.05 * len(steps("eroa_mm2"))
    for _, earlier, later in jumps:
        grew = later.values["eroa_mm2"][0] > (earlier.value_at("eroa_mm2", later.from_on) or 0)
        assert grew or earlier.valve_state != later.valve_state


def test_an_operation_takes_five_to_ten_points_of_lvef() -> None:
    falls = []
    for life in lives():
        for earlier, later in pairwise(life.truth):
            if earlier.valve_state == "native" and later.valve_state == "surgical_repair":
                before = earlier.value_at("lvef_percent", later.from_on)
                assert before is not None
                falls.append(before - later.values["lvef_percent"][0])
    assert len(falls) > 30
    assert 5 <= sum(falls) / len(falls) <= 10


def test_the_true_grade_is_the_orifice_s() -> None:
    for life in lives():
        for piece in life.truth:
            if "eroa_mm2" not in piece.values:
                assert piece.grade == "none"
                continue
            start, slope = piece.values["eroa_mm2"]
            for on in (piece.from_on, date.fromordinal(piece.until_on.toordinal() - 1)):
                value = piece.value_at("eroa_mm2", on)
                assert value is not None
                at_a_limit = min(abs(value - limit) for limit in GRADE_LIMITS) < abs(slope) / 300
                assert piece.grade == grade_of(value) or at_a_limit, (start, slope, piece)


def test_a_prosthesis_has_no_leak_to_measure() -> None:
    leak = set(MEASURES[:3])
    for life in lives():
        for piece in life.truth:
            replaced = piece.valve_state in {"mechanical", "surgical_bioprosthesis"}
            assert leak.isdisjoint(piece.values) == replaced


def test_nothing_is_dated_after_today_or_death_or_before_birth() -> None:
    may_lie_ahead = {"planned_on", "due_on", "review_on", "next_try_on"}
    for life, row in rows():
        born_on, end = life.person["born_on"], life.person.get("deceased_on") or TODAY
        true_end = date.fromordinal(life.truth[-1].until_on.toordinal())
        assert isinstance(born_on, date)
        assert isinstance(end, date)
        if row.kind == "followup.ContactAttempt" and "deceased_on" not in life.person:
            # Who was lost is called in vain, also after a death of which nobody told the clinic.
            true_end = TODAY
        entered = [] if row.entered_on is None else [("entered_on", row.entered_on)]
        corrected = [("amended", day) for day, _, _ in row.amended]
        for name, day in [*days_in(row.values), *entered, *corrected]:
            if name not in may_lie_ahead:
                assert born_on < day <= min(end, true_end), (name, day, row)


def test_the_person_s_own_days_are_in_order() -> None:
    for life in lives():
        for name, day in days_in(life.person):
            assert day <= TODAY, name
        if life.ended is not None:
            assert life.registered_on <= life.ended[0] <= TODAY


def test_what_is_entered_late_is_entered_after_its_day() -> None:
    late = [(life, row) for life, row in rows() if row.entered_on is not None]
    assert late
    for _, row in late:
        day = day_of(row)
        assert row.values.get("status") in {"planned", "cancelled", "performed", "final", "amended",
                                            "draft"}  # fmt: skip
        if row.kind == "patients.EchoStudy":
            assert row.entered_on is not None
            assert day is not None
            assert row.entered_on >= day


def test_missing_is_absent_and_never_zero() -> None:
    may_be_zero = {
        "reader_grade_low", "reader_grade_high", "tricuspid_regurgitation", "aortic_regurgitation",
        "aortic_stenosis", "intraprosthetic_regurgitation", "paravalvular_leak",
        "left_main_stenosis_percent", "largest_other_stenosis_percent", "intervention",
        "baseline_paravalvular_leak",
    }  # fmt: skip
    for _, row in rows():
        for name, value in row.values.items():
            assert value is not None, (row.kind, name)
            if isinstance(value, int | Decimal) and not isinstance(value, bool) and value == 0:
                assert name in may_be_zero, (row.kind, name)


@pytest.mark.parametrize(
    "column", ["eroa_mm2", "lvef_percent_low", "lvesd_mm", "la_volume_index_ml_m2", "spap_mmhg"]
)
def test_every_measurement_is_missing_now_and_then(column: str) -> None:
    studies = [row for _, row in rows() if row.kind == "patients.EchoStudy"]
    share = sum(column in row.values for row in studies) / len(studies)
    assert 0.15 < share < 0.99


def test_a_complication_points_to_its_operation() -> None:
    found = 0
    for life, row in rows():
        if row.kind == "treatments.Complication":
            at = row.values["intervention"]
            assert isinstance(at, int)
            operation = life.rows[at]
            assert operation.kind == "treatments.Intervention"
            assert life.rows.index(operation) < life.rows.index(row)
            found += 1
    assert found > 5


def test_every_kind_of_row_has_its_own_day() -> None:
    assert {row.kind for _, row in rows()} <= set(OWN_DAY)


def test_the_clinic_is_believable() -> None:
    """Enough to read for each patient, and somebody in every awkward place."""
    studies = [sum(row.kind == "patients.EchoStudy" for row in life.rows) for life in lives()]
    assert 4 <= sum(studies) / len(studies) <= 7
    seen = {(row.kind, row.values.get("status")) for _, row in rows()}
    for status in ("planned", "performed", "declined", "cancelled"):
        assert ("treatments.Intervention", status) in seen
    assert ("patients.EchoStudy", "draft") in seen
    assert ("patients.EchoStudy", "amended") in seen
    assert any(life.moved_to for life in lives())
    assert {life.clinic for life in lives()} == {"north", "south"}
    assert 0.4 < sum(life.person["sex"] == "male" for life in lives()) / len(lives()) < 0.7


def test_operations_follow_the_record_and_some_patients_wait() -> None:
    """Not the truth: now and then a leak that is severe has never been called severe."""
    waiting, unknown = 0, 0
    for life in lives():
        now = life.true_at(TODAY)
        if now is None or now.valve_state != "native" or now.grade != "severe":
            continue
        waiting += 1
        called = [row.values.get("reader_grade_high") for row in life.rows]
        unknown += 4 not in called
    assert waiting > 10
    assert unknown >= 1


def of_kind(life: Life, label: str) -> list[Written]:
    return [row for row in life.rows if row.kind == label]


def test_visits_and_planned_operations_keep_working_days() -> None:
    days = [row.values["recorded_on"] for _, row in rows() if row.kind == "patients.SymptomLog"]
    days += [
        row.values["performed_on"]
        for _, row in rows()
        if row.kind == "treatments.Intervention"
        and row.values["status"] == "performed"
        and row.values["urgency"] == "elective"
    ]
    weekend = [day for day in days if isinstance(day, date) and day.weekday() > 4]
    assert len(weekend) < 0.01 * len(days)


def test_a_leak_is_smaller_than_all_that_the_ventricle_ejects() -> None:
    found = 0
    for _, row in rows():
        values = row.values
        if "lvedv_ml" not in values or "regurgitant_volume_ml" not in values:
            continue
        found += 1
        ejected = number(values["lvedv_ml"]) - number(values["lvesv_ml"])
        assert ejected - number(values["regurgitant_volume_ml"]) > 15, values
    assert found > 100


def number(value: object) -> float:
    assert isinstance(value, int | Decimal)
    return float(value)


def test_the_written_volumes_give_the_written_lvef() -> None:
    for _, row in rows():
        if "lvedv_ml" not in row.values or "lvef_percent_high" not in row.values:
            continue
        lvef = 100 * (1 - number(row.values["lvesv_ml"]) / number(row.values["lvedv_ml"]))
        assert number(row.values["lvef_percent_low"]) - 2 < lvef
        assert lvef < number(row.values["lvef_percent_high"]) + 2


def running(life: Life) -> set[str]:
    """Classes of the drugs that are taken to this day."""
    return {
        str(row.values["drug_class"])
        for row in of_kind(life, "treatments.Medication")
        if "stopped_on" not in row.values
    }


def test_nobody_takes_two_drugs_that_exclude_each_other() -> None:
    seen = set()
    for life in lives():
        classes = running(life)
        assert len(classes & {"ace_inhibitor", "arb", "arni"}) <= 1, life.record_number
        assert not {"vka", "doac"} <= classes, life.record_number
        seen |= classes
    assert {"ace_inhibitor", "arb", "arni", "vka", "doac"} <= seen


def test_what_belongs_to_a_prosthesis_is_not_said_of_a_repair() -> None:
    for life in lives():
        replaced = any(piece.valve_state in PROSTHESES for piece in life.truth)
        for row in of_kind(life, "treatments.Medication"):
            assert replaced or row.values["indication"] != "prosthesis", life.record_number


def test_the_anticoagulation_of_the_first_months_ends() -> None:
    ended = 0
    for life in lives():
        for plan in of_kind(life, "treatments.AnticoagulationPlan"):
            from_on, until_on = plan.values["from_on"], plan.values.get("until_on")
            if "first months" in str(plan.values["indication"]) and until_on is not None:
                assert isinstance(from_on, date)
                assert isinstance(until_on, date)
                assert 60 <= (until_on - from_on).days < 300
                ended += 1
    assert ended > 20


def test_who_is_breathless_at_rest_is_seen_soon() -> None:
    gaps = []
    for life in lives():
        logs = [row.values for row in of_kind(life, "patients.SymptomLog")]
        for values, later in pairwise(logs):
            first, second = values["recorded_on"], later["recorded_on"]
            assert isinstance(first, date)
            assert isinstance(second, date)
            if values.get("nyha_low") == 4:
                gaps.append((second - first).days)
    assert sorted(gaps)[len(gaps) // 2] < 90


def test_pregnancy_is_asked_where_it_can_be() -> None:
    for index in range(1, 1500):
        life = simulate(7, index, TODAY)
        for row in of_kind(life, "patients.PregnancyStatus"):
            assert life.person["sex"] == "female"
            assert life.person.get("pregnancy_possible") is not False
            born_on, on = life.person["born_on"], row.values["assessed_on"]
            assert isinstance(born_on, date)
            assert isinstance(on, date)
            if row.values["status"] == "pregnant":
                assert (on - born_on).days < 43 * 365.25
                denied = [
                    check.values["pregnancy_absent"]
                    for check in of_kind(life, "patients.AbsenceCheck")
                    if check.values["checked_on"] == on
                ]
                assert True not in denied


def test_arteries_without_need_are_not_bypassed() -> None:
    """Who was looked at within the year is bypassed for what was seen."""
    seen = set()
    for index in range(1, 1500):
        life = simulate(7, index, TODAY)
        looked = [row.values for row in of_kind(life, "patients.CoronaryAssessment")]
        for row in of_kind(life, "treatments.Intervention"):
            on = row.values.get("performed_on")
            if row.values["kind"] != "cabg" or not isinstance(on, date):
                continue
            needs = [
                values["needs_revascularization"]
                for values in looked
                if isinstance(values["performed_on"], date)
                and 0 <= (on - values["performed_on"]).days < 365
            ]
            assert not needs or "yes" in needs, life.record_number
            seen |= set(map(str, needs))
    assert "yes" in seen
