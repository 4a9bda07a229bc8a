"""The drugs taken, what each edition says of each, and the pillars of heart failure therapy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.facts import Fact
from guidelines.gates import HEART_FAILURE_GATES, pass_gates
from guidelines.vocabulary import Advice, Chapter, Mechanism, Verdict
from patients.days import spoken
from patients.study_sheet import upper_first
from reports.kinds import row_url, source_url
from reports.patient_page.advice_lines import AdviceLine, lines_of
from reports.patient_page.case import PageCase
from reports.patient_page.tables import dose_text
from reports.patient_page.words import age_of, entry_link
from treatments.facts.case import source_of
from treatments.facts.drugs import EVIDENCE_BASED, VASODILATORS
from treatments.facts.heart_failure import PILLARS
from treatments.facts.persistence import PILLAR_NAMES
from treatments.formulary import DrugClass
from treatments.models import Medication

VASODILATOR_FACT = "vasodilator_for_mr_alone"
CHAPTERS = frozenset(
    {
        Chapter.MEDICAL,
        Chapter.HEART_FAILURE,
        Chapter.ANTITHROMBOTIC,
        Chapter.ATRIAL_FIBRILLATION,
        Chapter.PREGNANCY,
    }
)
# What an advice speaks of; "medical therapy" speaks of no one drug.
CLASSES_OF: Mapping[Advice, frozenset[DrugClass]] = {
    Advice.RAAS_INHIBITOR: PILLARS["raas_inhibitor"],
    Advice.BETA_BLOCKER: PILLARS["beta_blocker"],
    Advice.MRA: PILLARS["mra"],
    Advice.SGLT2_INHIBITOR: PILLARS["sglt2_inhibitor"],
    Advice.ORAL_ANTICOAGULATION: frozenset({DrugClass.VKA, DrugClass.DOAC}),
    Advice.VKA: frozenset({DrugClass.VKA}),
    Advice.DOAC: frozenset({DrugClass.DOAC}),
    Advice.ANTIPLATELET: frozenset({DrugClass.ANTIPLATELET}),
}
STANDS = frozenset({Verdict.MET, Verdict.PENDING_JUDGEMENT})
SECONDARY = (Mechanism.SECONDARY_VENTRICULAR, Mechanism.SECONDARY_ATRIAL, Mechanism.MIXED)
FIXED_DOSE = {"sglt2_inhibitor"}
LISTED_AS = "medication_list_reconciled"


def drug_list_of(case: PageCase) -> dict[str, Any] | None:
    """Every drug on the list with what is said of it; ``None`` when the dead never had a list."""
    record = case.record
    never_listed = not record.medications and LISTED_AS not in case.picture.facts
    if never_listed and record.has_died:
        return None
    lines = [] if record.has_died else lines_of(case, CHAPTERS)
    drugs = [_drug(course, lines, case) for course in record.current_medications]
    said = {id(line.finding) for drug in drugs for line in (*drug["against"], *drug["lines"])}
    return {
        "drugs": drugs,
        "has_died": record.has_died,
        "never_listed": never_listed,
        "stopped": len(record.medications) - len(record.current_medications),
        "list_href": case.doors.list_url(Medication),
        "add_href": case.doors.add_url(Medication),
        "looked_at": _looked_at(case),
        "pillars": pillars_of(case),
        "other": [line for line in lines if id(line.finding) not in said and _concerns_drugs(line)],
    }


def _concerns_drugs(line: AdviceLine) -> bool:
    """Advice on a drug that is not taken, or on the therapy as a whole."""
    return line.finding.rule.advice in {*CLASSES_OF, Advice.MEDICAL_THERAPY, Advice.VASODILATOR}


def _looked_at(case: PageCase) -> dict[str, Any] | None:
    """When the list was last looked at; without that, what is not on it is not known."""
    fact = case.picture.fact(LISTED_AS)
    if case.record.has_died:
        return None
    if fact is None or fact.on is None:
        return {"on": None, "is_old": True, "age": "", "href": entry_link(LISTED_AS, case.doors)}
    return {
        "on": fact.on,
        "is_old": fact.value is not True or fact.too_old_to_reassure,
        "age": age_of(fact.on, case.on),
        "href": entry_link(LISTED_AS, case.doors),
    }


def _drug(course: Medication, lines: list[AdviceLine], case: PageCase) -> dict[str, Any]:
    indication = course.get_indication_display() if course.indication != "not_stated" else ""
    said = [line for line in lines if _speaks_of(line, course, case)]
    against = [line for line in said if line.is_against or _is_text_against(line)]
    return {
        "name": course.name_as_written or upper_first(course.get_drug_display()),
        "drug_class": course.get_drug_class_display(),
        "dose": dose_text(course),
        "indication": indication,
        "since": course.started_on,
        "noted_on": course.noted_on,
        "href": row_url(Medication, course.public_id),
        "against": against,
        "lines": [line for line in said if line not in against],
        "ask": _why_taken(course, case),
    }


def _is_text_against(line: AdviceLine) -> bool:
    """Advice against a vasodilator that one body prints as text, without a class."""
    return VASODILATOR_FACT in line.finding.rule.facts


def _speaks_of(line: AdviceLine, course: Medication, case: PageCase) -> bool:
    rule = line.finding.rule
    if VASODILATOR_FACT in rule.facts:
        fact = case.picture.fact(VASODILATOR_FACT)
        return fact is not None and fact.source == source_of(course)
    return course.drug_class in CLASSES_OF.get(rule.advice, frozenset())


def _why_taken(course: Medication, case: PageCase) -> str:
    """The question that an edition asks of a vasodilator whose reason nobody wrote down."""
    fact = case.picture.fact(VASODILATOR_FACT)
    is_source = fact is not None and fact.source == source_of(course)
    if case.record.has_died or not is_source or course.drug_class not in VASODILATORS:
        return ""
    asking = [
        line
        for line in lines_of(case, {Chapter.MEDICAL}, {Verdict.CANNOT_TELL})
        if VASODILATOR_FACT in line.finding.rule.facts and line.finding.applies.holds is not False
    ]
    if not asking or course.indication != Medication.Indication.NOT_STATED:
        return ""
    rows = ", ".join(dict.fromkeys(line.row for line in asking))
    return (
        "Why it is taken is not recorded. For the regurgitation alone, with a normal ventricle and "
        f"normal blood pressure, it brings no benefit ({rows}); for hypertension or a reduced LVEF "
        "it is right."
    )


# The pillars of heart failure therapy -------------------------------------------------------------


def pillars_of(case: PageCase) -> dict[str, Any] | None:
    """The four pillars in secondary regurgitation: taken, at which dose, or why not.

    ``None`` for another mechanism, behind a gate of heart failure therapy, and after a death.
    """
    readings = case.picture.readings()
    closed = pass_gates(HEART_FAILURE_GATES, readings).closed
    if case.record.has_died or readings.get("mechanism") not in SECONDARY:
        return None
    if closed:
        return {"gate": closed[0].message, "rows": [], "judged": None}
    return {
        "gate": "",
        "rows": [_pillar(name, words, case) for name, words in PILLAR_NAMES.items()],
        "judged": _judged(case),
    }


def _judged(case: PageCase) -> dict[str, Any]:
    """Whether the team called the therapy optimized, and when."""
    fact = case.picture.fact("gdmt_optimized")
    reading = case.picture.reading("gdmt_optimized")
    words = "not judged"
    if isinstance(reading, bool):
        words = "optimized" if reading else "not optimized"
    if fact is not None and reading is None and fact.too_old_to_reassure and fact.on:
        words = f"judged {age_of(fact.on, case.on)} ago, too old to count"
    return {
        "words": words,
        "on": fact.on if fact is not None else None,
        "href": source_url(fact.source) if fact is not None else "",
        "entry": entry_link("gdmt_optimized", case.doors),
        "is_known": isinstance(reading, bool),
    }


def _pillar(name: str, words: str, case: PageCase) -> dict[str, Any]:
    classes = PILLARS[name]
    taken = [row for row in case.record.current_medications if row.drug_class in classes]
    state, text = _taken(name, taken, case) if taken else _not_taken(name, classes, case)
    return {
        "name": upper_first(words),
        "drugs": [
            {
                "name": row.name_as_written or upper_first(row.get_drug_display()),
                "dose": dose_text(row),
                "href": row_url(Medication, row.public_id),
            }
            for row in taken
        ],
        "state": state,
        "text": text,
        "entry": case.doors.add_url(Medication) if state == "unknown" else "",
    }


def _taken(name: str, taken: list[Medication], case: PageCase) -> tuple[str, str]:
    """How far the dose of the pillar that is taken has been brought."""
    # Which beta blockers count is the word of one edition.
    may_say = all(edition is not ACC_AHA_2020 for edition in case.hidden)
    proven = name != "beta_blocker" or any(row.drug in EVIDENCE_BASED for row in taken)
    if not proven and may_say:
        return "attention", "not bisoprolol, carvedilol or metoprolol succinate (HF22-GD-02)"
    if name in FIXED_DOSE:
        listed = _looked_at(case)
        if listed is None or listed["is_old"]:
            return "unknown", "on the list, which nobody looked at lately: ask again"
        return "good", "taken; its dose is fixed"
    fact = case.picture.fact(f"{name}_at_tolerated_dose")
    reading = case.picture.reading(f"{name}_at_tolerated_dose")
    if reading is True:
        return "good", f"at the highest tolerated dose{_day(fact)}"
    if reading is False:
        return "attention", f"can still be increased{_day(fact)}"
    reason = _reason(f"{name}_not_possible", case)
    if reason:
        return "quiet", f"more is not possible: {reason}"
    if fact is not None and fact.too_old_to_reassure and fact.on:
        return (
            "unknown",
            f"highest tolerated dose: answered {age_of(fact.on, case.on)} ago, ask again",
        )
    return "unknown", "whether at the highest tolerated dose is not recorded"


def _not_taken(name: str, classes: frozenset[DrugClass], case: PageCase) -> tuple[str, str]:
    """Why the pillar is not taken, or that it is missing, or that nobody knows."""
    reason = _reason(f"{name}_not_possible", case)
    if reason:
        return "quiet", f"not possible: {reason}"
    if all(case.picture.reading(f"takes_{each.value}") is False for each in classes):
        return "attention", "missing, no reason against it recorded"
    return "unknown", "not on the list, and the list is not known to be complete"


def _reason(name: str, case: PageCase) -> str:
    """The coded reason against the pillar, with its day; empty where none is recorded."""
    fact = case.picture.fact(name)
    if fact is None or case.picture.reading(name) is not True:
        return ""
    return f"{fact.reason or fact.method or 'as answered'}{_day(fact)}"


def _day(fact: Fact | None) -> str:
    return f", {spoken(fact.on)}" if fact is not None and fact.on is not None else ""
