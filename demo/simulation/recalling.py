"""Who is to come when, who was called and what came of it: the front desk's part of a record.

It is written when the course is known, from the days on which the patient came or stayed away, and
draws from a stream of its own: nothing of it changes a course. The appointment book goes two years
back; what was booked before stands in another book.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import pairwise

from demo.simulation.chance import workday
from demo.simulation.chart import CAME, LOST, NEVER, Chart
from demo.simulation.life import Written

BOOK_DAYS = 730
BOOKED_AT_THE_VISIT = 0.8
LONGEST_BOOKED_AHEAD = 400
"""Days: an appointment further away is not given at the visit; the clinic calls when it is due."""
CALLED_BEFORE = 45
REACHED_WHEN_DUE = 0.7
MOVED_BY_PATIENT = 0.05
WITH_A_WISH = 0.05
NEW_RESULT_DAYS = 60

NO_ANSWER, LEFT, WRONG, REACHED, REFUSED = (
    "no_answer", "message_left", "wrong_address", "reached", "refused",
)  # fmt: skip
_PLACES = ("Valve clinic, room 2", "Valve clinic, room 4", "")
_STUDY_PLACES = {
    "tee": "Echo laboratory",
    "cmr": "Radiology, MR",
    "exercise_test": "Echo laboratory",
}


def front_desk(chart: Chart, *, died: int | None, heard_of: bool) -> list[Written]:
    """The rows of the front desk; ``heard_of``: whether the clinic knows of the death."""
    desk = _FrontDesk(chart, died, heard_of=heard_of)
    desk.write()
    return [_not_after(row, desk.alive_until) for row in chart.desk_rows] + desk.rows


def book_study(chart: Chart, kind: str, booked: int, planned: int) -> None:
    """A study that the team wants: booked on the day of the meeting, done on its own."""
    if planned >= chart.last - BOOK_DAYS:
        status = "attended" if planned <= chart.last else "planned"
        values = _appointment(kind, booked, planned, status)
        values["place"] = _STUDY_PLACES[kind]
        chart.desk_rows.append(Written("followup.Appointment", values, "nurse"))


def _not_after(row: Written, died: int) -> Written:
    """What was planned for a day that the patient did not live to see was cancelled."""
    planned_on = row.values.get("planned_on")
    if isinstance(planned_on, date) and planned_on.toordinal() > died:
        row.values["status"], row.values["cancelled_by"] = "cancelled", "clinic"
    return row


def _appointment(kind: str, booked: int, planned: int, status: str) -> dict[str, object]:
    return {
        "kind": kind,
        "booked_on": date.fromordinal(booked),
        "planned_on": date.fromordinal(planned),
        "status": status,
    }


class _FrontDesk:
    """Goes through the days of one patient and writes what the desk wrote."""

    def __init__(self, chart: Chart, died: int | None, *, heard_of: bool) -> None:
        self.chart = chart
        self.alive_until = NEVER if died is None else died
        self.died = died if heard_of else None
        self.draw = chart.desk.random
        self.since = chart.last - BOOK_DAYS
        self.until = chart.last if self.died is None else self.died
        self.rows: list[Written] = []
        self.silent_from = NEVER
        self.channel, self.channel_from = "", NEVER

    def write(self) -> None:
        """Everything, kind after kind of occasion."""
        days = self.chart.attendances
        if not days:
            return
        self._wish()
        for (previous, _), (day, what) in pairwise(days):
            if what == LOST:
                self._stayed_away(previous, day)
                self._call_in_vain(day)
            elif day >= self.since:
                self._kept_or_missed(previous, day, what)
        self._discharge()
        self._ahead(days[-1][0])

    # Appointments

    def _kept_or_missed(self, previous: int, day: int, what: str) -> None:
        booked = self._booked_on(previous, day)
        if self.draw() < MOVED_BY_PATIENT and day - booked > 30:
            off = workday(day - 7 - int(self.draw() * 14))
            self._book(booked, off, "cancelled", cancelled_by="patient")
            booked = off - 3
        if what == CAME:
            self._book(booked, day, "attended")
        else:
            self._book(booked, day, "missed")

    def _stayed_away(self, previous: int, day: int) -> None:
        if day >= self.since:
            self._book(self._booked_on(previous, day), day, "missed")

    def _booked_on(self, previous: int, day: int) -> int:
        """When the appointment was given: at the visit before, or by a call when it was due."""
        gap = day - previous
        if gap < 15 or (gap <= LONGEST_BOOKED_AHEAD and self.draw() < BOOKED_AT_THE_VISIT):
            return previous
        on = workday(max(previous + 1, day - 10 - int(self.draw() * 30)))
        self._reach(on, previous)
        return on

    def _book(self, booked: int, planned: int, status: str, **more: object) -> None:
        kind = "visit_and_echo" if self.draw() < 0.8 else "visit"
        values = _appointment(kind, booked, planned, status) | more
        place = _PLACES[int(self.draw() * 3)]
        if place:
            values["place"] = place
            values["planned_time"] = time(8 + int(self.draw() * 8), 15 * int(self.draw() * 4))
        self._write("followup.Appointment", booked, values)

    def _ahead(self, previous: int) -> None:
        """What is booked from today on, or who is still to be reached."""
        today, day = self.chart.last, self.chart.next_visit
        if day >= NEVER or day <= self.until:
            return
        at_the_visit = day - previous <= LONGEST_BOOKED_AHEAD and (
            self.draw() < BOOKED_AT_THE_VISIT
        )
        if self.died is not None:
            if at_the_visit and day >= self.since:
                self._book(previous, day, "cancelled", cancelled_by="clinic", comment="Died.")
            return
        due = previous + self._interval()
        if at_the_visit and due > today:
            self._book(previous, workday(min(day, due)), "planned")
        elif due - today <= CALLED_BEFORE:
            self._recall(previous, due)

    def _interval(self) -> int:
        """Days to the next visit by the tightest guideline, a little less than it allows."""
        chart = self.chart
        longest = 352 if (chart.known_grade or 0) < 2 else 172
        if chart.known_severe:
            longest = 86
        return max(20, min(chart.due_on - chart.attendances[-1][0], longest))

    def _recall(self, previous: int, due: int) -> None:
        """Somebody is due, or soon: most are reached and booked for one of the next weeks."""
        today = self.chart.last
        if self.draw() < REACHED_WHEN_DUE and today - previous > 1:
            on = today - int(self.draw() * min(14, today - previous - 1))
            self._reach(on, previous)
            soon = min(due, today + 3 + int(self.draw() * 24))
            self._book(on, workday(max(today + 1, soon)), "planned")
        elif due < today:
            self._not_reached_yet(max(due, today - 80, previous + 1))

    # Calls

    def _wish(self) -> None:
        if self.draw() >= WITH_A_WISH:
            return
        days = self.chart.attendances
        on, pick = days[int(self.draw() * len(days))][0], self.draw()
        wish = "telephone_only" if pick < 0.5 else "letter_only" if pick < 0.85 else "none"
        if wish == "none":
            self.silent_from = on
        else:
            self.channel = "telephone" if wish == "telephone_only" else "letter"
            self.channel_from = on
        values: dict[str, object] = {"stated_on": date.fromordinal(on), "wish": wish}
        self._write("followup.ContactWish", on, values)

    def _reach(self, day: int, previous: int) -> None:
        """A call that ends in an appointment, now and then at the second try."""
        if self.draw() < 0.3 and day - 6 > previous:
            self._attempt(day - 5, NO_ANSWER, again=day)
        self._attempt(day, REACHED)

    def _call_in_vain(self, day: int) -> None:
        """Nobody comes again: calls and letters without an answer, or a refusal."""
        refuses = self.draw() < 0.2 and not self._needs_somebody()
        for number, after in enumerate((6, 27, 75, 180)):
            on = workday(day + after + int(self.draw() * 8))
            if on > self.until or (number == 3 and self.draw() < 0.6):
                return
            if refuses and number == 1 and on + 7 <= self.alive_until:
                self._attempt(on, REFUSED)
                self._end(on + 7, "declined", "Does not wish to come any more; may call any day.")
                return
            failed = LEFT if number == 1 else WRONG if self.draw() < 0.15 else NO_ANSWER
            self._attempt(on, failed, again=on + 21 if number < 2 else 0)

    def _needs_somebody(self) -> bool:
        """Who has a severe leak or takes a vitamin K antagonist is not let go by a letter."""
        chart = self.chart
        return chart.known_severe or bool(chart.triggered_on) or "vka" in chart.courses

    def _not_reached_yet(self, due: int) -> None:
        on = due + 5 + int(self.draw() * 20)
        for _number in range(int(self.draw() * 3)):
            if on <= self.chart.last:
                self._attempt(on, LEFT if self.draw() < 0.5 else NO_ANSWER, again=on + 20)
            on = workday(on + 20 + int(self.draw() * 15))

    def _attempt(self, day: int, outcome: str, *, again: int = 0) -> None:
        if day >= self.silent_from:
            return
        channel = "letter" if outcome in (LEFT, WRONG) else "telephone"
        if day >= self.channel_from:
            channel = self.channel
        if channel == "letter" and outcome == NO_ANSWER:
            outcome = LEFT
        values: dict[str, object] = {
            "attempted_on": date.fromordinal(day), "channel": channel, "outcome": outcome,
        }  # fmt: skip
        if again:
            values["next_try_on"] = date.fromordinal(again)
        self._write("followup.ContactAttempt", day, values)

    # Ends

    def _discharge(self) -> None:
        if self.chart.discharged_on:
            self._end(
                self.chart.discharged_on,
                "discharged",
                "Mild regurgitation, unchanged for years. Comes again with new complaints.",
            )

    def _end(self, day: int, kind: str, reason: str) -> None:
        values: dict[str, object] = {
            "ended_on": date.fromordinal(day), "kind": kind, "reason": reason,
        }  # fmt: skip
        self._write("followup.FollowUpEnd", day, values, by="clinician")

    def _write(self, kind: str, day: int, values: dict[str, object], by: str = "nurse") -> None:
        if day <= self.until:
            self.rows.append(Written(kind, values, by))


# Results ------------------------------------------------------------------------------------------

_RESULTS = {
    "patients.EchoStudy": ("performed_on", "echo_study"),
    "patients.LabResult": ("taken_on", "lab_result"),
}


def signatures(chart: Chart, rows: list[Written], last: int) -> Iterator[Written]:
    """Who has seen a result signs it within days; a few of the last weeks lie unsigned.

    ``rows`` are the life's rows as they are stored: a signature names the place of its result.
    ``last``: the last day of the record.
    """
    draw = chart.desk.random
    oldest = date.fromordinal(chart.last - NEW_RESULT_DAYS)
    for place, row in enumerate(rows):
        column, name = _RESULTS.get(row.kind, ("", ""))
        day = row.values.get(column)
        if not isinstance(day, date) or day < oldest or row.values.get("status") == "draft":
            continue
        known = max(day, row.entered_on or day).toordinal()
        seen = workday(known + 1 + int(chart.desk.expovariate(0.35)))
        if seen < last and draw() < 0.94:
            at = datetime.combine(date.fromordinal(seen), time(12 + int(draw() * 5), 20))
            yield Written(
                "patients.ResultAcknowledgment", {"seen_at": at, name: place}, "clinician"
            )
