"""CSV files such as clinics send, about invented patients, one row in fifty of them wrong."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta

WRONG_EVERY = 50
STUDIES_EACH = 4
RESULTS_EACH = 5

PATIENT_COLUMNS = ("record_number", "family_name", "given_name", "born_on", "sex")
LABORATORY_COLUMNS = ("record_number", "taken_on", "analyte", "value", "unit")
# What a measured column holds: the least and the greatest value, and decimals.
MEASURED = {
    "lvesd_mm": (28, 46, 0),
    "lvedd_mm": (48, 66, 0),
    "septum_mm": (8, 13, 0),
    "posterior_wall_mm": (8, 13, 0),
    "la_diameter_mm": (35, 60, 0),
    "la_volume_ml": (50, 140, 0),
    "spap_mmhg": (25, 60, 0),
    "heart_rate_bpm": (55, 95, 0),
    "systolic_bp_mmhg": (105, 160, 0),
    "diastolic_bp_mmhg": (60, 95, 0),
    "eroa_mm2": (8, 60, 0),
    "regurgitant_volume_ml": (15, 80, 0),
    "vena_contracta_mm": (2, 9, 1),
    "mr_peak_velocity_m_s": (4, 6, 1),
    "e_velocity_m_s": (0.5, 1.6, 1),
    "tapse_mm": (15, 28, 0),
    "tr_peak_velocity_m_s": (2, 3.5, 1),
    "bsa_m2": (1.5, 2.2, 2),
}
ECHO_COLUMNS = ("record_number", "performed_on", "lvef_percent", "rhythm", "reader", *MEASURED)
assert len(ECHO_COLUMNS) == 23


def patients_file(rows: int, today: date) -> bytes:
    """One person a row."""
    return _file(PATIENT_COLUMNS, rows, _patient_row, today)


def laboratory_file(rows: int, today: date) -> bytes:
    """Five creatinines of each patient, one a row."""
    return _file(LABORATORY_COLUMNS, rows, _laboratory_row, today)


def echo_file(rows: int, today: date) -> bytes:
    """Four studies of each patient, one a row, 23 columns."""
    return _file(ECHO_COLUMNS, rows, _echo_row, today)


def refused_in(rows: int) -> int:
    """How many rows of a file of this length are wrong."""
    return len(range(WRONG_EVERY - 1, rows, WRONG_EVERY))


def record_number(place: int) -> str:
    """The record number of the n-th patient, who is never in a wrong row."""
    return f"B{place + place // (WRONG_EVERY - 1):06}"


def _file(
    columns: Sequence[str],
    rows: int,
    row_of: Callable[[int, bool, date, random.Random], list[object]],
    today: date,
) -> bytes:
    chance = random.Random(rows)
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(columns)
    for place in range(rows):
        lines.writerow(row_of(place, place % WRONG_EVERY == WRONG_EVERY - 1, today, chance))
    return text.getvalue().encode()


def _patient_row(place: int, wrong: bool, today: date, chance: random.Random) -> list[object]:
    born_on = date(1930, 1, 1) + timedelta(days=chance.randrange(20_000))
    family = "".join(chance.choices("aeioulmnrst", k=8)).capitalize()
    sex = chance.choice(["female", "male"])
    return [f"B{place:06}", family, "Alex", "31.02.1950" if wrong else born_on.isoformat(), sex]


def _laboratory_row(place: int, wrong: bool, today: date, chance: random.Random) -> list[object]:
    patient, number = divmod(place, RESULTS_EACH)
    taken_on = today - timedelta(days=30 + 90 * number)
    value = "hemolytic" if wrong else chance.randrange(60, 140)
    return [record_number(patient), taken_on.isoformat(), "creatinine", value, "umol/L"]


def _echo_row(place: int, wrong: bool, today: date, chance: random.Random) -> list[object]:
    patient, number = divmod(place, STUDIES_EACH)
    performed_on = today - timedelta(days=30 + 180 * number)
    lvef = 650 if wrong else chance.randrange(45, 75)
    measured = [
        round(low + (high - low) * chance.random(), places or None)
        for low, high, places in MEASURED.values()
    ]
    numbers = [record_number(patient), performed_on.isoformat(), lvef]
    return [*numbers, "sinus", "Dr. Echo", *measured]
