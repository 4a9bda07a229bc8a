"""What the clinic has written and knows of one patient, as the years go by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from demo.simulation.chance import workday
from demo.simulation.life import Written
from demo.simulation.measuring import (
    NORTH_LABORATORY,
    NORTH_READERS,
    SOUTH_LABORATORY,
    SOUTH_READERS,
    Laboratory,
    Reader,
    Reading,
)

NEVER = 10**9
CAME, MISSED, LOST = "came", "missed", "lost"
"""What became of an appointment; after the last nobody comes again."""


class Chart:
    """The record of one patient while it grows; days are ordinals, ``last`` is today."""

    __slots__ = (
        "asked_nyha",
        "attendances",
        "baseline_due",
        "bsa",
        "clinic",
        "courses",
        "creatinine",
        "declined_until",
        "desk",
        "desk_rows",
        "discharged_on",
        "due_on",
        "ended",
        "episode",
        "first",
        "heart_rate",
        "height",
        "hemoglobin",
        "infected_on",
        "known_af",
        "known_flail",
        "known_grade",
        "known_severe",
        "last",
        "last_contact",
        "last_echo",
        "lavi",
        "lvef",
        "lvesd",
        "may_be_pregnant",
        "mitral_row",
        "moved_to",
        "needs_bypass",
        "next_visit",
        "operation",
        "operation_on",
        "pregnant_until",
        "referral",
        "review_on",
        "review_why",
        "rng",
        "rows",
        "serial",
        "spap",
        "systolic",
        "therapy_on",
        "therapy_tried",
        "triggered_on",
        "visits",
        "vka_from",
        "vka_target",
        "weight",
    )

    def __init__(
        self, rng: Random, desk: Random, *, clinic: str, first: int, last: int, serial: int
    ) -> None:
        self.rng, self.clinic, self.first, self.last, self.serial = rng, clinic, first, last, serial
        # The front desk draws from a stream of its own: what it does changes no course.
        self.desk = desk
        self.desk_rows: list[Written] = []
        self.attendances: list[tuple[int, str]] = []
        self.due_on = self.discharged_on = 0
        self.referral: Written | None = None
        self.rows: list[Written] = []
        self.courses: dict[str, Written] = {}
        self.next_visit = first
        self.review_on = self.operation_on = self.therapy_on = NEVER
        self.review_why = ""
        self.operation: Written | None = None
        self.mitral_row: Written | None = None
        self.episode: Written | None = None
        self.baseline_due = False
        self.visits = 0
        self.last_contact = self.last_echo = 0
        self.known_grade: int | None = None
        self.known_severe = self.known_af = self.known_flail = False
        self.asked_nyha: int | None = None
        self.lvef: float | None = None
        self.lvesd: float | None = None
        self.lavi: float | None = None
        self.spap: float | None = None
        self.declined_until = 0
        self.triggered_on = self.infected_on = 0
        self.therapy_tried = 0
        self.vka_from, self.vka_target = 0, ""
        self.ended: tuple[date, str] | None = None
        self.moved_to = ""
        self.bsa: Decimal | None = None
        self.height = self.weight = 0.0
        # What this patient usually has, so that one visit resembles the next.
        self.systolic, self.heart_rate = 131.0, 70.0
        self.hemoglobin, self.creatinine = 14.0, 80.0
        self.may_be_pregnant, self.pregnant_until = False, 0
        self.needs_bypass: bool | None = None

    def write(self, kind: str, values: dict[str, object], by: str = "nurse") -> Written:
        """Add one row to the record, entered on its own day."""
        row = Written(kind, values, by)
        self.rows.append(row)
        return row

    @property
    def north(self) -> bool:
        """Whether the northern clinic follows the patient now."""
        return (self.moved_to or self.clinic) == "north"

    @property
    def laboratory(self) -> Laboratory:
        """The echo laboratory of the patient's present clinic."""
        return NORTH_LABORATORY if self.north else SOUTH_LABORATORY

    def reader(self) -> Reader:
        """Whoever reads today."""
        readers = NORTH_READERS if self.north else SOUTH_READERS
        return readers[int(self.rng.random() * len(readers))]

    def learn(self, reading: Reading, day: int) -> None:
        """Remember the newest of each finding; what was not measured stays as it was known."""
        self.last_echo = day
        self.known_flail = self.known_flail or reading.flail
        if reading.grade is not None:
            self.known_grade = reading.grade
        if reading.grade is not None or reading.eroa is not None:
            self.known_severe = reading.severe
        self.lvef = self.lvef if reading.lvef is None else reading.lvef
        self.lvesd = self.lvesd if reading.lvesd is None else reading.lvesd
        self.lavi = self.lavi if reading.lavi is None else reading.lavi
        self.spap = self.spap if reading.spap is None else reading.spap

    def is_protected_for_months(self, valve: str) -> bool:
        """Whether a vitamin K antagonist is taken only for the first months of this valve."""
        return "vka" in self.courses and self.vka_target == "2.5" and valve != "native"

    def call_in(self, day: int) -> None:
        """Give an earlier appointment, unless nobody follows the patient any more."""
        if self.next_visit < NEVER:
            self.next_visit = min(self.next_visit, workday(day))
