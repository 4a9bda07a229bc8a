"""The front desk of the simulated clinics: who is booked, called, referred and let go, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from demo.simulation.life import Life, Written
from demo.simulation.simulating import simulate

TODAY = date(2026, 11, 22)
LIVES = tuple(simulate(4, index, TODAY) for index in range(1, 601))


def of_kind(kind: str) -> Iterator[tuple[Life, Written]]:
    for life in LIVES:
        yield from ((life, row) for row in life.rows if row.kind == f"followup.{kind}")


def day(row: Written, name: str) -> date:
    found = row.values[name]
    assert isinstance(found, date)
    return found


def test_an_appointment_is_booked_then_kept_missed_or_called_off_and_lies_ahead_only_if_planned():
    seen: Counter[object] = Counter()
    for life, row in of_kind("Appointment"):
        booked, planned, status = (
            day(row, "booked_on"),
            day(row, "planned_on"),
            row.values["status"],
        )
        assert life.registered_on <= booked <= planned
        assert booked <= TODAY
        assert (status == "planned") == (planned > TODAY) or status == "cancelled"
        died = life.person.get("deceased_on")
        assert died is None or status == "cancelled" or planned <= died  # type: ignore[operator]
        seen[status] += 1
    assert seen["attended"] > 5 * seen["missed"] > 0
    assert seen["cancelled"] > 0
    assert seen["planned"] > 60


def test_nobody_has_two_visits_ahead_and_who_left_has_none():
    for life in LIVES:
        ahead = [
            row
            for row in life.rows
            if row.kind == "followup.Appointment"
            and row.values["status"] == "planned"
            and str(row.values["kind"]).startswith("visit")
        ]
        left = any(row.kind == "followup.FollowUpEnd" for row in life.rows)
        assert len(ahead) <= (0 if left or "deceased_on" in life.person else 1)


def test_a_planned_study_is_booked_by_the_day_of_the_meeting():
    kinds = {row.values["kind"] for _, row in of_kind("Appointment")}
    assert {"visit", "visit_and_echo", "tee"} <= kinds
    assert kinds & {"cmr", "exercise_test"}


def test_a_wish_is_kept():
    for life, wish in of_kind("ContactWish"):
        for row in life.rows:
            if row.kind != "followup.ContactAttempt":
                continue
            if day(row, "attempted_on") >= day(wish, "stated_on"):
                assert wish.values["wish"] == f"{row.values['channel']}_only"


def test_calls_end_in_an_answer_or_name_the_next_try():
    outcomes = Counter(row.values["outcome"] for _, row in of_kind("ContactAttempt"))
    assert set(outcomes) >= {"reached", "no_answer", "message_left", "wrong_address"}
    for _, row in of_kind("ContactAttempt"):
        if "next_try_on" in row.values:
            assert day(row, "next_try_on") > day(row, "attempted_on")
            assert row.values["outcome"] not in {"reached", "refused"}


def test_follow_up_ends_by_a_clinician_for_a_reason_and_not_with_a_severe_leak():
    kinds = Counter(row.values["kind"] for _, row in of_kind("FollowUpEnd"))
    assert kinds["discharged"] > kinds["declined"] > 0
    for life, row in of_kind("FollowUpEnd"):
        assert row.by == "clinician"
        assert row.values["reason"]
        state = life.true_at(day(row, "ended_on"))
        assert row.values["kind"] == "declined" or state is None or state.grade != "severe"


def test_a_referral_is_answered_waits_or_was_withdrawn():
    waiting = 0
    for life, row in of_kind("Referral"):
        asked = day(row, "referred_on")
        reviews = [day(r, "reviewed_on") for r in life.rows if r.kind == "treatments.TeamReview"]
        answered = any(review >= asked for review in reviews)
        died = life.person.get("deceased_on")
        if not answered and "withdrawn_on" not in row.values and died is None:
            # The team meets within half a year; whoever was asked about longer ago has died
            # without anybody telling the clinic.
            true_end = life.truth[-1].until_on
            assert asked > TODAY - timedelta(days=200) or true_end <= TODAY
            waiting += 1
    assert 0 < waiting < 40


def test_a_decision_not_to_intervene_is_mostly_looked_at_again():
    reviews = [r for life in LIVES for r in life.rows if r.kind == "treatments.TeamReview"]
    kept = [
        r for r in reviews if r.values["decision"] in {"watch", "medical", "declined_by_patient"}
    ]
    dated = [row for row in kept if "review_on" in row.values]
    assert 0.6 < len(dated) / len(kept) < 0.95
    assert all(day(row, "review_on") > day(row, "reviewed_on") for row in dated)
    assert not [r for r in reviews if r not in kept and "review_on" in r.values]


def test_most_new_results_are_signed_within_weeks():
    new = signed = 0
    for life in LIVES:
        for row in life.rows:
            if row.kind == "patients.ResultAcknowledgment":
                place = row.values.get("echo_study", row.values.get("lab_result"))
                assert isinstance(place, int)
                result = life.rows[place]
                column = "performed_on" if result.kind == "patients.EchoStudy" else "taken_on"
                assert result.kind in {"patients.EchoStudy", "patients.LabResult"}
                assert day(result, column) < day(row, "seen_at").date()  # type: ignore[attr-defined]
                signed += 1
            elif row.kind == "patients.EchoStudy" and row.values["status"] != "draft":
                new += day(row, "performed_on") > TODAY - timedelta(days=60)
            elif row.kind == "patients.LabResult":
                new += day(row, "taken_on") > TODAY - timedelta(days=60)
    assert 0.6 < signed / new < 0.98
