"""The course of one heart over the years: pieces of truth between the things that happen."""

from __future__ import annotations

from datetime import date
from math import ceil, floor, log
from random import Random
from typing import Protocol

from demo.simulation import rates
from demo.simulation.heart import (
    ATRIAL,
    BETTER,
    DEATH,
    FAILURE,
    FLAIL,
    GRADE_LIMITS,
    INFECTION,
    LEAK,
    MEASURES,
    PROSTHESES,
    VALVE,
    WORSE,
    Heart,
    State,
    grade_of,
)
from demo.simulation.life import DAYS_A_YEAR, Truth

PIECE_DAYS = 365
PIECE_DAYS_AFTER_OPERATION = 120
ACUTE_DAYS = 35
EVENTS = ("death", "worse", "failure", "atrial", "flail", "infection", "valve", "better")


class Follower(Protocol):
    """Whoever looks at the course as it goes: the clinic. It may operate, never look ahead."""

    def follow(self, course: Course, until: int) -> int:
        """Act on the days before ``until``; return the day on which the piece must end."""

    def intervene(self, course: Course) -> None:
        """On the day that ``follow`` returned: change the heart."""

    def notice(self, course: Course, event: int) -> None:
        """Something befell the patient today."""


class Course:
    """One heart, its clock, and the truth as it is written piece by piece.

    Days are proleptic ordinals; a piece runs from ``day`` to ``until`` and changes linearly
    from ``start`` to ``end``.
    """

    __slots__ = (
        "acute",
        "calm_until",
        "cardiac",
        "day",
        "died",
        "end",
        "heart",
        "log",
        "rng",
        "start",
        "truth",
        "until",
    )

    def __init__(self, heart: Heart, rng: Random, day: int) -> None:
        self.heart, self.rng, self.day, self.until = heart, rng, day, day
        self.truth: list[Truth] = []
        self.log: list[tuple[int, int]] = []
        self.died: int | None = None
        self.start: State = heart.state()
        self.end: State = self.start
        self.acute = False
        self.calm_until = 0
        self.cardiac = 1.0

    def at(self, day: int) -> State:
        """The true state on a day of the present piece."""
        share = (day - self.day) / (self.until - self.day)
        s, e = self.start, self.end
        return (
            s[0] + (e[0] - s[0]) * share,
            s[1] + (e[1] - s[1]) * share,
            s[2] + (e[2] - s[2]) * share,
            s[3] + (e[3] - s[3]) * share,
            s[4] + (e[4] - s[4]) * share,
            s[5] + (e[5] - s[5]) * share,
            s[6] + (e[6] - s[6]) * share,
            s[7] + (e[7] - s[7]) * share,
        )

    def run(self, last: int, follower: Follower | None = None) -> None:
        """Live until the day ``last`` (exclusive) or death."""
        while self.day < last and self.died is None:
            self._piece(last, follower)

    def _piece(self, last: int, follower: Follower | None) -> None:
        heart = self.heart
        fresh = 0 <= heart.operated_years < 1
        days = PIECE_DAYS_AFTER_OPERATION if fresh else PIECE_DAYS
        acute = self.acute
        self.until = min(last, self.day + (ACUTE_DAYS if acute else days))
        self.start = heart.state()
        self.end = heart.ahead((self.until - self.day) / DAYS_A_YEAR, self.rng)
        stop, event = self._first_event(self.until)
        intervenes = False
        if follower is not None:
            called = follower.follow(self, stop)
            if called < stop:
                stop, intervenes = called, True
        self._close(stop)
        if intervenes and follower is not None:
            follower.intervene(self)
        elif event >= 0 and stop < last:
            self._befall(event, follower)
        elif acute:
            self.acute = False
            heart.nyha = min(3, heart.nyha)

    def _first_event(self, until: int) -> tuple[int, int]:
        hazards = self.heart.hazards()
        days = -log(1 - self.rng.random()) / sum(hazards) * DAYS_A_YEAR
        day = self.day + 1 + int(days) if days < 40_000 else until
        if day >= until or day < self.calm_until:
            return until, -1
        left = self.rng.random() * sum(hazards)
        for event, hazard in enumerate(hazards):
            left -= hazard
            if left < 0:
                return day, event
        return day, DEATH

    def _close(self, stop: int) -> None:
        """Write the truth up to ``stop`` and move the heart there."""
        days = stop - self.day
        if days <= 0:
            return
        state = self.at(stop)
        self._write(self.day, stop)
        self.heart.settle(state, days / DAYS_A_YEAR)
        self.day = stop

    def _write(self, first: int, stop: int) -> None:
        heart, start, end = self.heart, self.start, self.end
        years = (self.until - self.day) / DAYS_A_YEAR
        skipped = LEAK if heart.valve in PROSTHESES else 0
        slopes = [(e - s) / years for s, e in zip(start, end, strict=True)]
        for begin, finish in self._graded(first, stop):
            gone = (begin - self.day) / DAYS_A_YEAR
            middle = ((begin + finish - 1) / 2 - self.day) / DAYS_A_YEAR
            self.truth.append(
                Truth(
                    date.fromordinal(begin),
                    date.fromordinal(finish),
                    "acute" if self.acute else heart.tempo,
                    heart.mechanism,
                    heart.etiology,
                    heart.valve,
                    heart.rhythm,
                    "none" if skipped else grade_of(start[0] + slopes[0] * middle),
                    heart.nyha > 1,
                    heart.nyha,
                    {
                        MEASURES[i]: (start[i] + slopes[i] * gone, slopes[i])
                        for i in range(skipped, 8)
                    },
                )
            )

    def _graded(self, first: int, stop: int) -> list[tuple[int, int]]:
        """The days of a piece, cut where the orifice passes the limit of a grade."""
        low, high = self.at(first)[0], self.at(stop - 1)[0]
        if grade_of(low) == grade_of(high):
            return [(first, stop)]
        a_day = (self.end[0] - self.start[0]) / (self.until - self.day)
        if a_day > 0:
            passed = [limit for limit in GRADE_LIMITS if low < limit <= high]
            days = [ceil((limit - low) / a_day) for limit in passed]
        else:
            passed = [limit for limit in reversed(GRADE_LIMITS) if high < limit <= low]
            days = [floor((limit - low) / a_day) + 1 for limit in passed]
        cuts = [first]
        for day in days:
            if cuts[-1] < first + day < stop:
                cuts.append(first + day)
        return list(zip(cuts, [*cuts[1:], stop], strict=True))

    def _befall(self, event: int, follower: Follower | None) -> None:
        heart = self.heart
        self.log.append((self.day, event))
        self.acute = False
        if event == DEATH:
            self.died = self.day
            # How likely this death was the heart's.
            self.cardiac = 1 - heart.background_share() * (1 - rates.CARDIAC_SHARE)
        elif event == WORSE:
            heart.nyha = min(4, heart.nyha + 1)
        elif event == FAILURE:
            heart.nyha = max(3 if self.rng.random() < 0.22 else 2, heart.nyha)
        elif event == BETTER:
            heart.nyha -= 1
        elif event == ATRIAL:
            heart.af = True
        elif event == FLAIL:
            self._flail()
        elif event == INFECTION:
            self._infect()
        elif event == VALVE:
            self._fail()
        if follower is not None:
            follower.notice(self, event)

    def jump(self, eroa: float) -> None:
        """The orifice is another one from today on."""
        self.heart.eroa = min(112.0, eroa)
        self.heart.leak_target = self.heart.eroa

    def _flail(self) -> None:
        heart = self.heart
        heart.flail = True
        before = heart.eroa
        if heart.ventricular:
            heart.mechanism, heart.etiology = "primary", "papillary_muscle_rupture"
            self.jump(self.rng.uniform(45.0, 80.0))
            self._acute()
            return
        self.jump(max(22.0, before * rates.FLAIL_FACTOR + rates.FLAIL_ADDS_MM2))
        if before < 30 and self.rng.random() < 0.25:
            self._acute()

    def _infect(self) -> None:
        heart = self.heart
        heart.endocarditis = True
        if heart.valve in PROSTHESES:
            heart.nyha = max(3, heart.nyha)
            return
        self.jump(max(30.0, heart.eroa + self.rng.uniform(8, 30)))
        if self.rng.random() < 0.5:
            self._acute()
        elif self.rng.random() < 0.12:
            self.died = self.day

    def _acute(self) -> None:
        heart = self.heart
        self.acute = True
        heart.nyha = 4
        heart.spap = max(heart.spap, 52.0)

    def _fail(self) -> None:
        heart = self.heart
        if heart.valve == "surgical_repair":
            self.jump(self.rng.uniform(21.0, 38.0))
            heart.growth = max(heart.growth, 0.06)
        else:
            heart.failing = True
            heart.nyha = max(2, heart.nyha)
