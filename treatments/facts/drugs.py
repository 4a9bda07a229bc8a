"""The drugs that are taken: from the list of medication, while it is reconciled (safety C).

A drug on the list is taken until it is stopped. A drug that is not on it is "not taken" only as
long as the list was reconciled within the limit; after that nobody knows. Drugs outside of the
formulary are read by their names as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from guidelines.facts import Fact, Interval
from guidelines.vocabulary import Mechanism
from patients.models import Comorbidity
from treatments.facts.case import Case, Facts, newer, newest, source_of
from treatments.facts.diagnosis import stated_mechanism
from treatments.formulary import DrugClass
from treatments.models import Medication

Wanted = Callable[[Medication], bool | None]
"""Whether a course is such a drug; None when the entry does not say."""

CLASSES: Mapping[str, DrugClass] = {
    "takes_ace_inhibitor": DrugClass.ACE_INHIBITOR,
    "takes_arb": DrugClass.ARB,
    "takes_arni": DrugClass.ARNI,
    "takes_beta_blocker": DrugClass.BETA_BLOCKER,
    "takes_mra": DrugClass.MRA,
    "takes_sglt2_inhibitor": DrugClass.SGLT2_INHIBITOR,
    "takes_diuretic": DrugClass.DIURETIC,
    "takes_nitrate": DrugClass.NITRATE,
    "takes_other_vasodilator": DrugClass.OTHER_VASODILATOR,
    "takes_vka": DrugClass.VKA,
    "takes_doac": DrugClass.DOAC,
    "takes_heparin": DrugClass.HEPARIN,
    "takes_antiplatelet": DrugClass.ANTIPLATELET,
    "takes_statin": DrugClass.STATIN,
}
# How drugs outside of the formulary are recognized by the name as written.
WRITTEN: Mapping[DrugClass, str] = {
    DrugClass.ACE_INHIBITOR: r"\w+pril\b",
    DrugClass.ARB: r"\w+sartan\b",
    DrugClass.BETA_BLOCKER: r"\w+olol\b",
    DrugClass.SGLT2_INHIBITOR: r"\w+gliflozin\b",
    DrugClass.DOAC: r"\w+xaban\b|\w+gatran\b",
    DrugClass.VKA: r"\w+coum\w*\b|marcumar\b",
    DrugClass.HEPARIN: r"\w*heparin\b|\w+parin\b",
    DrugClass.STATIN: r"\w+statin\b",
    DrugClass.ANTIPLATELET: r"\w+grel\b|\w+grelor\b",
}
NSAIDS = (
    r"ibuprofen|diclofenac|naproxen|indomet\w+|ketoprofen|dexketoprofen|\w*coxib|meloxicam|"
    r"piroxicam|ketorolac|etodolac|aceclofenac|nabumetone|tenoxicam|nsaid"
)
INOTROPES = r"dobutamine|dopamine|milrinone|levosimendan|enoximone|adrenaline|epinephrine"
NEGATIVE_INOTROPES = r"disopyramide|mavacamten|aficamten|quinidine"
EVIDENCE_BASED = {"bisoprolol", "carvedilol", "metoprolol_succinate"}
NON_DHP = {"diltiazem", "verapamil"}
VASODILATORS = {
    DrugClass.ACE_INHIBITOR,
    DrugClass.ARB,
    DrugClass.NITRATE,
    DrugClass.OTHER_VASODILATOR,
}
OVER_THE_COUNTER = {"takes_nsaid"}
NORMAL_LVEF = Decimal(60)  # per cent; at or below it the LVEF is not known to be normal


def drug_facts(case: Case) -> Facts:
    """Which drugs are taken, and whether the list is reconciled."""
    reconciled = _reconciled(case)
    facts: Facts = {} if reconciled is None else {"medication_list_reconciled": reconciled}
    asked = case.answer("medication_list_reconciled")
    courses = case.record.current_medications
    for name, wanted in TAKES.items():
        # Painkillers are bought without a prescription: only somebody who asked can say no.
        list_says_no = asked if name in OVER_THE_COUNTER else reconciled
        fact = newer(_taken(courses, list_says_no, wanted), case.answer(name))
        if fact is not None:
            facts[name] = fact
    two = _two_antiplatelets(case, reconciled)
    if two is not None:
        facts["takes_dual_antiplatelet"] = two
    return facts | _warfarin(case)


def _written(text: str) -> Wanted:
    pattern = re.compile(text, re.IGNORECASE)
    return lambda course: (
        bool(pattern.search(course.name_as_written)) or (None if _is_unnamed(course) else False)
    )


def _is_unnamed(course: Medication) -> bool:
    return course.drug == "other" and not course.name_as_written.strip()


def _of_class(drug_class: DrugClass) -> Wanted:
    pattern = re.compile(WRITTEN.get(drug_class, r"(?!)"), re.IGNORECASE)

    def wanted(course: Medication) -> bool:
        if course.drug != "other":
            return bool(course.drug_class == drug_class)
        return bool(pattern.search(course.name_as_written))

    return wanted


def _one_of(drugs: set[str], drug_class: DrugClass) -> Wanted:
    unsaid = f"{drug_class.value}_not_stated"
    return lambda course: True if course.drug in drugs else None if course.drug == unsaid else False


_WRITTEN_NEGATIVE = _written(NEGATIVE_INOTROPES)
TAKES: Mapping[str, Wanted] = {
    **{name: _of_class(drug_class) for name, drug_class in CLASSES.items()},
    "takes_evidence_based_beta_blocker": _one_of(EVIDENCE_BASED, DrugClass.BETA_BLOCKER),
    "takes_non_dhp_calcium_blocker": _one_of(NON_DHP, DrugClass.CALCIUM_BLOCKER),
    "takes_aspirin": _one_of({"aspirin"}, DrugClass.ANTIPLATELET),
    "takes_nsaid": _written(NSAIDS),
    "takes_inotrope": _written(INOTROPES),
    "takes_other_negative_inotrope": lambda course: (
        True if course.drug in {"flecainide", "propafenone"} else _WRITTEN_NEGATIVE(course)
    ),
}
"""Every "takes" fact by what makes a course one of it."""


def _taken(courses: Sequence[Medication], reconciled: Fact | None, wanted: Wanted) -> Fact | None:
    """Yes from the list; no from a reconciled one; unknown where an entry does not say."""
    answers = [(course, wanted(course)) for course in courses]
    taken = next((course for course, answer in answers if answer), None)
    if taken is not None:
        old = reconciled is not None and reconciled.too_old_to_reassure
        reason = "on a list that was not reconciled lately" if old else ""
        day = taken.started_on or taken.noted_on
        return Fact(True, day, source_of(taken), method=taken.get_drug_display(), reason=reason)
    unsaid = next((course for course, answer in answers if answer is None), None)
    if unsaid is not None:
        reason = f"{unsaid.get_drug_display()} is on the list"
        return Fact(None, unsaid.noted_on, source_of(unsaid), reason=reason)
    return _not_taken(reconciled)


def _not_taken(reconciled: Fact | None) -> Fact | None:
    """No, as old as the list; nothing when there never was a list, or it is known to be old."""
    if reconciled is None or reconciled.value is not True:
        return None
    return Fact(
        False,
        reconciled.on,
        reconciled.source,
        reason="not on the medication list",
        too_old_to_reassure=not reconciled.reassures,
    )


def _reconciled(case: Case) -> Fact | None:
    """Whether the list was looked at: a row noted, started or stopped, or the clinic's answer."""
    name = "medication_list_reconciled"
    primary = stated_mechanism(case) is Mechanism.PRIMARY
    days = case.limits["medication_list_primary" if primary else name]
    said = case.answer(name)
    touched = _last_touched(case)
    if touched is not None:
        row, day = touched
        if said is None or said.on is None or day >= said.on or said.value is None:
            return case.fact(row, True, days=days, on=day, lasts_through_events=True)
    if said is None or said.on is None:
        return said
    too_old = said.value is True and case.age(said.on) > days
    return Fact(
        said.value,
        said.on,
        said.source,
        too_old_to_reassure=too_old,
        adverse_only=said.adverse_only,
    )


def _last_touched(case: Case) -> tuple[Medication, date] | None:
    """The newest day on which a row was noted, started or stopped, up to the day asked about."""
    found = [
        (day, row.pk, row)
        for row in case.record.medications
        for day in (row.noted_on, row.started_on, row.stopped_on)
        if day is not None and day <= case.on
    ]
    if not found:
        return None
    day, _, row = max(found, key=lambda each: each[:2])
    return row, day


def _two_antiplatelets(case: Case, reconciled: Fact | None) -> Fact | None:
    is_one = TAKES["takes_antiplatelet"]
    courses = [course for course in case.record.current_medications if is_one(course)]
    names = {course.name_as_written or course.drug for course in courses}
    if len(names) > 1:
        return Fact(True, courses[0].noted_on, source_of(courses[0]))
    return _not_taken(reconciled)


def _warfarin(case: Case) -> Facts:
    """Milligrams a day, where dose and number of doses are known."""
    row = newest(case.record.current_medications, lambda course: course.drug == "warfarin")
    if row is None or row.dose_mg is None or row.times_a_day is None:
        return {}
    fact = case.fact(row, row.dose_mg * row.times_a_day, on=row.started_on or row.noted_on)
    return {"warfarin_mg_per_day": fact}


# A vasodilator for the regurgitation alone --------------------------------------------------------


def vasodilator_facts(case: Case, facts: Facts) -> Facts:
    """Whether one is taken for nothing but the regurgitation (AHA-PM-02, ESC25-M-01)."""
    courses = [
        course for course in case.record.current_medications if course.drug_class in VASODILATORS
    ]
    alone = newest(courses, lambda c: c.indication == Medication.Indication.MR_ALONE)
    if alone is not None:
        return {"vasodilator_for_mr_alone": _vasodilator(alone, True, "as its stated reason")}
    unsaid = newest(courses, lambda c: c.indication == Medication.Indication.NOT_STATED)
    if unsaid is not None:
        without = _nothing_else_needs_it(case, facts)
        value, why = (
            (True, "without a stated reason, and nothing else asks for it")
            if without
            else (None, "without a stated reason")
        )
        return {"vasodilator_for_mr_alone": _vasodilator(unsaid, value, why)}
    if courses:
        return {"vasodilator_for_mr_alone": _vasodilator(courses[0], False, "for another reason")}
    no = _not_taken(facts.get("medication_list_reconciled"))
    return {} if no is None else {"vasodilator_for_mr_alone": no}


def _vasodilator(course: Medication, value: bool | None, why: str) -> Fact:
    day = course.started_on or course.noted_on
    return Fact(value, day, source_of(course), method=course.get_drug_display(), reason=why)


def _nothing_else_needs_it(case: Case, facts: Facts) -> bool:
    """Hypertension and heart failure known to be absent, and a normal LVEF."""
    absent = all(
        (known := case.condition(kind)) is not None and known.value is False and known.reassures
        for kind in (Comorbidity.Kind.HYPERTENSION, Comorbidity.Kind.HEART_FAILURE)
    )
    lvef = facts.get("lvef_percent")
    if not absent or lvef is None or lvef.value is None or not lvef.reassures:
        return False
    value = lvef.value if isinstance(lvef.value, Interval) else None
    if value is None and isinstance(lvef.value, Decimal | float):
        value = Interval.point(lvef.value)
    return value is not None and value.is_above(NORMAL_LVEF)
