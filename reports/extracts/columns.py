"""Which columns of a report leave without identity, and how each cell is written.

What is not named or declared here stays. A column leaves when it is

* declared clinical, and a number, a yes or no, or a code of a closed list with its label;
* a text of closed words (``WORDS``), of which only these words leave;
* a day of the patient's own course (``DAYS``), moved with all the others of that patient;
* the opaque id of a row (``ROW_IDS``), under a pseudonym.

Free text never leaves. Nor does a day that many patients share because a calendar sets it for them
at once: the day of entry, of the assessment, of an import, of the edition from which on a class is
open or a recommendation has held. Who knows it could compute by how much the patient's other days
were moved; the same holds for a number of days up to today, and for days inside a text (``facts``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from guidelines.basis import NO_LEVEL
from guidelines.change import slope_unit
from guidelines.facts import FACTS
from guidelines.registry import ALL_EDITIONS, RULES
from guidelines.series import MEASURES
from guidelines.vocabulary import Cor, Loe, Mechanism, Segment
from patients.data_classes import DataClass
from patients.models import Patient
from patients.models.laboratory import ANALYTES
from reports.columns import CLINIC, QUASI
from reports.csv import Column, Kind, Labels, coded
from reports.extracts.anonymity import AGE_BANDS
from reports.extracts.pseudonyms import MOST_DAYS, Pseudonyms

PATIENT = "patient_id"
"""The column of a report that says whose row it is."""
SEXES: Mapping[str, str] = dict(Patient.Sex.choices)
MECHANISMS: Mapping[str, str] = dict(Mechanism.choices())

DAYS = frozenset(
    {
        "baseline_measured_on",
        "bnp_on",
        "deceased_on",
        "decided_on",
        "diagnosed_on",
        "discharged_on",
        "earliest_expected_on",
        "expected_on",
        "first_on",
        "last_contact_on",
        "last_echo_on",
        "latest_expected_on",
        "latest_on",
        "mitral_procedure_on",
        "nt_probnp_on",
        "occurred_on",
        "onset_on",
        "performed_on",
        "planned_on",
        "previous_mitral_procedure_on",
        "recorded_on",
        "review_on",
        "reviewed_on",
        "since_on",
        "started_on",
        "stopped_on",
        "symptoms_asked_on",
        "taken_on",
        "ttr_from_on",
        "visit_on",
    }
)
ROW_IDS = frozenset({"record_id", "study_id", "intervention_id"})
UP_TO_TODAY = frozenset({"waiting_days", "overdue_days"})

_FACTS = frozenset(FACTS)
_SEGMENTS = frozenset(segment.value for segment in Segment)
_EDITIONS = frozenset(edition.id for edition in ALL_EDITIONS)
_CLASSES = frozenset(each.value for each in Cor)
_ROWS = frozenset(rule.source.row for rules in RULES.values() for rule in rules if rule.is_timing)
WORDS: Mapping[str, frozenset[str]] = {
    "segments": _SEGMENTS,
    "prolapse_segments": _SEGMENTS,
    "missing": _FACTS,
    "missing_one": _FACTS,
    "recommendation": _ROWS,
    "level": frozenset({*(each.value for each in Loe), NO_LEVEL}),
    "unit": frozenset(
        {analyte.unit for analyte in ANALYTES.values()} | {each.unit for each in MEASURES.values()}
    ),
    "slope_unit": frozenset(slope_unit(each) for each in MEASURES.values()),
    **{f"{body}_edition": _EDITIONS for body in ("acc_aha", "esc_eacts")},
    **{f"{body}_{name}": _CLASSES for body in ("acc_aha", "esc_eacts")
       for name in ("class", "decided_class")},
}  # fmt: skip
"""The words that may stand in a text, or in a code without a list of its own, by column."""

Treat = Callable[[str, Pseudonyms, timedelta], str]


@dataclass(frozen=True)
class Leaving:
    """One column that leaves: as the extract shows it, where it comes from, what becomes of it."""

    column: Column
    of: Column
    treat: Treat


def leading_columns() -> tuple[Column, ...]:
    """What stands first in every extract: the pseudonym and the quasi-identifiers, in order."""
    return (
        Column("pseudonym", "Patient, pseudonym", Kind.CODE, "pseudonym", None, QUASI,
               definition="The same in every extract of this installation; made with a key that "
               "is kept apart."),
        replace(CLINIC, definition="Code of the first clinic asked for in which the patient is or "
                "was registered."),
        *coded("sex", "Sex", "sex", SEXES, QUASI),
        *coded("age_band", "Age, in bands", "age_band", AGE_BANDS, QUASI),
        *coded("present_mechanism", "Mechanism of today", "mechanism", MECHANISMS, QUASI),
    )  # fmt: skip


def leaving(column: Column) -> Leaving | None:
    """How a column of a report leaves; ``None``: not at all."""
    if column.name in ROW_IDS and column.kind is Kind.CODE:
        shown = replace(
            column,
            label=column.label.replace("opaque id", "pseudonym"),
            data_class=QUASI,
            definition="Joins the rows of one patient between files.",
        )
        return Leaving(shown, column, _row)
    if column.name in DAYS and column.kind is Kind.DATE and column.data_class is QUASI:
        return Leaving(replace(column, definition=_moved(column)), column, _day)
    if column.data_class is not DataClass.CLINICAL or column.name in UP_TO_TODAY:
        return None
    if column.name in WORDS and column.kind in (Kind.TEXT, Kind.CODE):
        return Leaving(column, column, _only(WORDS[column.name]))
    if column.kind in (Kind.NUMBER, Kind.BOOLEAN) or isinstance(column.read, Labels):
        return Leaving(column, column, _as_it_is)
    if column.kind is Kind.CODE and column.values and column.read is None:
        return Leaving(column, column, _only(frozenset(map(str, column.values)), whole=True))
    return None


def _moved(column: Column) -> str:
    said = f"Moved back by the patient's own number of days, 1 to {MOST_DAYS}; intervals stay."
    return f"{column.definition} {said}".strip()


def _as_it_is(text: str, _by: Pseudonyms, _days: timedelta) -> str:
    return text


def _row(text: str, by: Pseudonyms, _days: timedelta) -> str:
    return by.of_row(text) if text else ""


def _day(text: str, _by: Pseudonyms, days: timedelta) -> str:
    return (date.fromisoformat(text) + days).isoformat() if text else ""


def _only(words: frozenset[str], *, whole: bool = False) -> Treat:
    """Keep these words, and drop every other text; ``whole``: the cell is one word."""

    def kept(text: str, _by: Pseudonyms, _days: timedelta) -> str:
        if whole or text in words:
            return text if text in words else ""
        return " ".join(word for word in text.split(" ") if word in words)

    return kept
