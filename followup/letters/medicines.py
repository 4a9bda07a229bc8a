"""Drugs, anticoagulation and the advice on endocarditis, as both letters tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from followup.letters.case import LetterCase
from patients.days import spoken
from patients.forms.typed import plain
from patients.models import LabResult
from patients.study_sheet import upper_first
from treatments.forms.medication import dose_words
from treatments.formulary import DrugClass
from treatments.models import AnticoagulationPlan, Medication
from treatments.record import PatientRecord

# The formulary has no class of antibiotics: they are known by the name as it was written.
_ANTIBIOTIC = re.compile(
    r"antibio|cillin|\bcef|\bceph|mycin|micin|floxacin|cycline|rifamp|linezolid|vancomy|penem\b"
    r"|metronidazol|trimethoprim|cotrimoxazol|co-trimoxazol|amoxi|augmentin|teicoplanin|clindamyc"
    r"|nitrofurant|fusidi|chloramphenicol|colisti|aztreonam|bactam\b|sulfameth|pristinam|quinolon",
    re.IGNORECASE,
)
THINNERS = {DrugClass.VKA, DrugClass.DOAC, DrugClass.HEPARIN}


def name_of(course: Medication) -> str:
    """The drug as one reads it."""
    return course.name_as_written or upper_first(course.get_drug_display())


def drug_lines(record: PatientRecord) -> Iterator[str]:
    """Each drug that is taken, with its dose or that none is recorded."""
    for course in sorted(record.current_medications, key=lambda each: name_of(each).casefold()):
        yield f"{name_of(course)}, {dose_words(course) or 'dose not recorded'}"


@dataclass(frozen=True, slots=True)
class DrugChanges:
    """What was started, given in a new dose and stopped from a day on; each with its day."""

    started: tuple[str, ...]
    new_dose: tuple[str, ...]
    stopped: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether none is recorded."""
        return not (self.started or self.new_dose or self.stopped)


def drug_changes(case: LetterCase) -> DrugChanges:
    """Changes of the medication from the day on which the letter counts them."""
    record, since = case.record, case.since
    stopped = [
        course
        for course in record.medications
        if course.stopped_on is not None and since <= course.stopped_on <= case.on
    ]
    begun = [
        course
        for course in record.current_medications
        if course.started_on is not None and since <= course.started_on <= case.on
    ]
    former = {(course.drug, course.stopped_on) for course in stopped}
    goes_on = {course.drug for course in record.current_medications}
    changed = [course for course in begun if (course.drug, course.started_on) in former]
    return DrugChanges(
        tuple(_on(course, course.started_on) for course in begun if course not in changed),
        tuple(_on(course, course.started_on) for course in changed),
        tuple(_on(course, course.stopped_on) for course in stopped if course.drug not in goes_on),
    )


def _on(course: Medication, day: date | None) -> str:
    return f"{name_of(course)} ({spoken(day)})" if day is not None else name_of(course)


def takes_a_thinner(record: PatientRecord) -> bool:
    """Whether an anticoagulant is on the list or in the plan."""
    plan = record.anticoagulation_plan
    planned = plan is not None and plan.agent != AnticoagulationPlan.Agent.NONE
    return planned or any(drug.drug_class in THINNERS for drug in record.current_medications)


def takes_an_antibiotic(record: PatientRecord) -> bool:
    """Whether a drug on the list reads as an antibiotic."""
    return any(_ANTIBIOTIC.search(name_of(course)) for course in record.current_medications)


def not_recognized(record: PatientRecord) -> tuple[str, ...]:
    """Drugs beside the formulary whose name says nothing to us: each may be an antibiotic."""
    names = {
        name_of(course)
        for course in record.current_medications
        if course.drug_class == DrugClass.OTHER and not _ANTIBIOTIC.search(name_of(course))
    }
    return tuple(sorted(names, key=str.casefold))


def inr_range(plan: AnticoagulationPlan | None) -> str:
    """The INR that is meant: "3 (2.5 to 3.5)"; empty where none is recorded."""
    if plan is None:
        return ""
    between = ""
    if plan.inr_low is not None and plan.inr_high is not None:
        between = f"{plain(plan.inr_low)} to {plain(plan.inr_high)}"
    if plan.inr_target is None:
        return between
    return f"{plain(plan.inr_target)} ({between})" if between else plain(plan.inr_target)


def last_inr(record: PatientRecord) -> LabResult | None:
    """The newest INR that has a number."""
    rows = (row for row in record.lab_results if row.analyte == "inr" and row.value is not None)
    return next(rows, None)


def inr_text(inr: LabResult) -> str:
    """The number with its comparator, as printed by the laboratory."""
    return f"{inr.comparator}{plain(inr.value)}" if inr.value is not None else ""


def inr_place(inr: LabResult, plan: AnticoagulationPlan | None) -> str:
    """ "below", "above" or "within" the range that is meant; empty where that cannot be told."""
    if plan is None or plan.inr_low is None or plan.inr_high is None or inr.value is None:
        return ""
    value: Decimal = inr.value
    if value < plan.inr_low and inr.comparator != ">":
        return "below"
    if value > plan.inr_high and inr.comparator != "<":
        return "above"
    return "" if inr.comparator else "within"
