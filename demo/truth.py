"""The truth behind the demo, as a CSV file: the state of every patient at any date.

A line is one piece of one patient's course in which everything that is measured changes linearly:
its value on ``from_on`` and its change per year of 365.25 days (columns ``…_per_year``).
``until_on`` is exclusive. An empty cell has no value there. A patient who moved keeps one course
under two record numbers (``later_record_number``, ``later_clinic``).

``source`` says how the line is known. ``simulated``: it is what the simulator made true; what the
clinic measured has noise upon it. ``recorded``: a hand-written patient has no truth behind the
record, so the line is what the record itself says, from one counted echo study to the next.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from demo.lives import later_record_number
from demo.simulation.life import DAYS_A_YEAR, Life, TrueState, Truth
from followup.standing import assessment_of
from patients.models import EchoStudy, Patient
from treatments.facts import lvef_interval, picture_of
from treatments.record import PatientRecord, record_of

WHO = ("record_number", "clinic", "later_record_number", "later_clinic", "source")
STATES = (
    "from_on", "until_on", "tempo", "mechanism", "etiology", "valve_state", "rhythm", "grade",
    "symptomatic", "nyha",
)  # fmt: skip
MEASURES = (
    "lvef_percent",
    "lvesd_mm",
    "lvedd_mm",
    "eroa_mm2",
    "regurgitant_volume_ml",
    "regurgitant_fraction_percent",
    "la_volume_index_ml_m2",
    "spap_mmhg",
)
PER_YEAR = "_per_year"
COLUMNS = (*WHO, *STATES, *(column for name in MEASURES for column in (name, name + PER_YEAR)))
SIMULATED, RECORDED = "simulated", "recorded"


def heading() -> str:
    """The first line of the file."""
    return _lines([COLUMNS])


def lines_of(life: Life) -> str:
    """The lines of a simulated life."""
    who = (
        life.record_number,
        life.clinic,
        later_record_number(life),
        life.moved_to,
        SIMULATED,
    )
    return _lines((*who, *_cells(piece)) for piece in life.truth)


def recorded_lines(patient: Patient, clinics: Mapping[str, str], today: date) -> str:
    """The lines of a hand-written patient, from the record; ``clinics`` names them by code."""
    found = patient.registrations.select_related("clinic").order_by("from_on", "id")
    places = [(each.record_number, clinics[each.clinic.code]) for each in found]
    first, later = places[0], places[1] if len(places) > 1 else ("", "")
    return _lines(
        (*first, *later, RECORDED, *_cells(piece)) for piece in recorded_pieces(patient, today)
    )


def true_state(path: str | Path, record_number: str, on: date) -> TrueState | None:
    """What was true of a patient on a day; None before the first line and after the last.

    Reads the file once, line by line. Raises ``LookupError`` when no line is of this number.
    """
    found = False
    with Path(path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if record_number not in (row["record_number"], row["later_record_number"]):
                continue
            found = True
            if date.fromisoformat(row["from_on"]) <= on < date.fromisoformat(row["until_on"]):
                return _state(row, on)
    if not found:
        raise LookupError(f"no line of {record_number}")
    return None


def _lines(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(piece: Truth) -> Iterator[object]:
    """The cells of a piece; numbers in full, so that they are read back as they were."""
    for name in STATES:
        value = getattr(piece, name)
        yield ("yes" if value else "no") if isinstance(value, bool) else value
    for name in MEASURES:
        yield from piece.values.get(name, ("", ""))


def _state(row: dict[str, str], on: date) -> TrueState:
    years = (on - date.fromisoformat(row["from_on"])).days / DAYS_A_YEAR
    return TrueState(
        on=on,
        tempo=row["tempo"],
        mechanism=row["mechanism"],
        etiology=row["etiology"],
        valve_state=row["valve_state"],
        rhythm=row["rhythm"],
        grade=row["grade"],
        # A hand-written record may not say: empty is unknown, not no.
        symptomatic=_ANSWERS[row["symptomatic"]],  # type: ignore[arg-type]
        nyha=int(row["nyha"]) if row["nyha"] else None,  # type: ignore[arg-type]
        values={
            name: float(row[name]) + float(row[name + PER_YEAR]) * years
            for name in MEASURES
            if row[name]
        },
    )


_ANSWERS = {"yes": True, "no": False, "": None}


# Hand-written patients ----------------------------------------------------------------------------


def recorded_pieces(patient: Patient, today: date) -> Iterator[Truth]:
    """What the record says, from each counted study to the next; values in between are linear.

    A value that the next study lacks stays as it was. Without a study there is no piece.
    """
    last = record_of([patient], on=today)[patient.pk]
    studies = [study for study in reversed(last.echo_studies) if study.counts]
    by_day = {study.performed_on: study for study in studies}
    days = [*sorted(by_day), (patient.deceased_on or today) + timedelta(days=1)]
    for day, next_day in pairwise(days):
        record = record_of([patient], on=day)[patient.pk]
        values = _values(by_day[day], by_day.get(next_day), (next_day - day).days)
        yield _piece(record, by_day[day], next_day, values)


def _piece(
    record: PatientRecord, study: EchoStudy, until_on: date, values: dict[str, tuple[float, float]]
) -> Truth:
    readings = picture_of(record).readings()
    return Truth(
        from_on=record.on,
        until_on=until_on,
        tempo=_word(readings.get("tempo")),
        mechanism=_word(readings.get("mechanism")),
        etiology=_word(readings.get("etiology")),
        valve_state=_word(readings.get("mitral_valve_state")),
        rhythm=study.rhythm,
        grade=assessment_of(record).result.value,
        symptomatic=_if_known(readings.get("symptomatic")),
        nyha=_nyha(record),
        values=values,
    )


def _word(value: Any) -> str:
    return "unknown" if value is None else str(getattr(value, "value", value))


def _if_known(value: Any) -> Any:
    return value if isinstance(value, bool) else ""


def _nyha(record: PatientRecord) -> Any:
    logs = (log for log in record.symptom_logs if log.nyha_high is not None)
    log = next(logs, None)
    return "" if log is None else log.nyha_high


def _values(
    study: EchoStudy, following: EchoStudy | None, days: int
) -> dict[str, tuple[float, float]]:
    found = {}
    for name in MEASURES:
        value = _measured(study, name)
        if value is None:
            continue
        later = None if following is None else _measured(following, name)
        slope = 0.0 if later is None else (later - value) / (days / DAYS_A_YEAR)
        found[name] = (value, slope)
    return found


def _measured(study: EchoStudy, name: str) -> float | None:
    """A value as the study gives it; the middle of a range."""
    if name != "lvef_percent":
        value = getattr(study, name)
        return None if value is None else float(value)
    lvef = lvef_interval(study)
    if lvef is None:
        return None
    ends = (study.lvef_percent_low, study.lvef_percent_high)
    known = [float(end) for end in ends if end is not None]
    return sum(known) / len(known)
