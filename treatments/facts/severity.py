"""How severe the regurgitation is: the measurements of one study (safety C3, D2).

The newest study at rest that speaks of severity gives the measurements, and a newer study that
says nothing of it does not hide it. Sedated, ventilated or on inotropes, a study within 90 days
joins it where it adds something adverse; it never excludes. Studies under stress and in the
operating room give nothing. A structural finding (flail, rupture, perforation) stays until a later
study looked and denied it, or until the valve was treated. CMR joins within 90 days, with no event
between; when it is newer than that, it speaks alone.

For how long a grade reassures depends on what its study showed: a mild primary leak for years, a
severe one for a year, a secondary one, which changes with its treatment, for half a year (safety
C; the days are in ``treatments.facts.ageing``). An event voids it at once. What is adverse stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from guidelines.facts import ClinicalPicture, Fact
from guidelines.gates import ADULT_AGE
from guidelines.severity import Scheme, conclusion_by
from guidelines.vocabulary import (
    Etiology,
    EtiologyGroup,
    GradeResult,
    Mechanism,
    MitralValveState,
    Sex,
    StudyState,
    Tempo,
)
from patients.models import CmrStudy, Comorbidity, EchoStudy
from treatments.events import event_after
from treatments.facts.case import Case, Facts, has_condition, newest
from treatments.facts.diagnosis import stated_mechanism
from treatments.facts.measurements import (
    MODERATE_LESION,
    OF_CIRCUMSTANCES,
    STRUCTURE,
    adverse_measurements,
    measurements,
    speaks_of_severity,
)

# Where a ventricle or atrium is behind the leak it changes with their treatment.
SECONDARY = {Mechanism.SECONDARY_VENTRICULAR, Mechanism.SECONDARY_ATRIAL, Mechanism.MIXED}
JOINING_DAYS = 90

AT_REST = (StudyState.REST,)
CANNOT_EXCLUDE = (
    StudyState.SEDATED,
    StudyState.VENTILATED,
    StudyState.ON_INOTROPES,
    StudyState.UNKNOWN,
)
SEES_STRUCTURE = (*AT_REST, *CANNOT_EXCLUDE, StudyState.INTRA_OPERATIVE)


def severity_facts(case: Case) -> Facts:
    """Facts of severity, each with its own source, day and age."""
    study = _base(case)
    scan = _scan(case)
    if study is not None and scan is not None and not _join(case, study, scan):
        older_scan = scan.performed_on < study.performed_on
        study, scan = (study, None) if older_scan else (None, scan)
    facts: Facts = {} if study is None else _with_what_joins(case, study)
    facts |= {} if scan is None else _cmr(case, scan)
    if not facts:
        return facts
    facts["other_cause_of_large_chambers"] = Fact(_has_other_cause(case))
    days = severity_days(case, facts)
    return {name: _aged(case, name, fact, days) for name, fact in facts.items()}


def severity_days(case: Case, facts: Facts) -> int:
    """For how many days these measurements may reassure, by what they showed on their day."""
    if stated_mechanism(case) in SECONDARY:
        return case.limits["grade_secondary"]
    longest = case.limits["grade"]
    if stated_mechanism(case) is not Mechanism.PRIMARY:
        return longest
    name = _LIMIT_OF_GRADE.get(_grade_on_its_day(case, facts))
    return longest if name is None else case.limits[name]


_LIMIT_OF_GRADE = {
    GradeResult.MILD: "grade_mild",
    GradeResult.MODERATE: "grade_moderate",
}


def _grade_on_its_day(case: Case, facts: Facts) -> GradeResult:
    """The grade that they gave then, for a chronic leak of a native valve."""
    sex = case.record.patient.sex
    then = {
        **facts,
        "mechanism": Fact(stated_mechanism(case)),
        "tempo": Fact(Tempo.CHRONIC),
        "mitral_valve_state": Fact(MitralValveState.NATIVE),
        "age_years": Fact(Decimal(ADULT_AGE)),
        **({"sex": Fact(Sex(sex))} if sex in set(Sex) else {}),
    }
    picture = ClinicalPicture(then)
    return conclusion_by(Scheme.ASE_2017, picture, picture.readings()).result


def _aged(case: Case, name: str, fact: Fact, days: int) -> Fact:
    """The fact as old as it is today; the circumstances of a study do not age."""
    if fact.on is None or name in OF_CIRCUMSTANCES or name == "cmr_quality_good":
        return fact
    event = case.voided(fact.on)
    if not event and case.age(fact.on) <= days:
        return fact
    reasons = filter(None, (fact.reason, f"before {event}" if event else ""))
    return replace(fact, reason="; ".join(reasons), too_old_to_reassure=True)


OTHER_CAUSES = (
    Comorbidity.Kind.CORONARY_DISEASE,
    Comorbidity.Kind.MYOCARDIAL_INFARCTION,
    Comorbidity.Kind.HYPERTROPHIC_CARDIOMYOPATHY,
    Comorbidity.Kind.RESTRICTIVE_CARDIOMYOPATHY,
    Comorbidity.Kind.INFILTRATIVE_CARDIOMYOPATHY,
    Comorbidity.Kind.CONGENITAL_HEART_DISEASE,
    Comorbidity.Kind.INTRACARDIAC_SHUNT,
)
CAUSES_IN_THE_HEART = {EtiologyGroup.SECONDARY_VENTRICULAR, EtiologyGroup.SECONDARY_ATRIAL}


def _has_other_cause(case: Case) -> bool:
    """Whether anything else is recorded that makes chambers large (safety A2)."""
    if stated_mechanism(case) in SECONDARY:
        return True
    if any(Etiology(row.etiology).group in CAUSES_IN_THE_HEART for row in case.record.diagnoses):
        return True
    if any(has_condition(case, kind) for kind in OTHER_CAUSES):
        return True
    study = newest(case.studies(), lambda row: row.aortic_regurgitation is not None)
    return study is not None and (study.aortic_regurgitation or 0) >= MODERATE_LESION


def _base(case: Case) -> EchoStudy | None:
    """The study the measurements come from.

    At rest, unless a study that cannot exclude is newer by more than what may join.
    """
    rest = next(_telling(case, AT_REST), None)
    other = next(_telling(case, CANNOT_EXCLUDE), None)
    if rest is None or other is None:
        return rest or other
    later = (other.performed_on - rest.performed_on).days
    event = event_after(case.events, rest.performed_on)
    voided = event is not None and event.on <= other.performed_on and later > 0
    return other if later > JOINING_DAYS or voided else rest


def _telling(case: Case, states: tuple[StudyState, ...]) -> Iterator[EchoStudy]:
    for study in case.studies(*states):
        if _is_of_this_valve(case, study.performed_on) and speaks_of_severity(
            study, case.quantities_of(study)
        ):
            yield study


def _is_of_this_valve(case: Case, day: date) -> bool:
    return case.procedure_on is None or day > case.procedure_on


def _with_what_joins(case: Case, study: EchoStudy) -> Facts:
    facts = measurements(case, study)
    for other in _telling(case, CANNOT_EXCLUDE):
        if other.pk != study.pk and _joins(case, study, other):
            facts = adverse_measurements(case, other) | facts
            break
    return facts | _structure(case)


def _joins(case: Case, study: EchoStudy, other: EchoStudy) -> bool:
    apart = abs((study.performed_on - other.performed_on).days)
    return apart <= JOINING_DAYS and not _event_between(
        case, study.performed_on, other.performed_on
    )


def _event_between(case: Case, one: date, another: date) -> bool:
    first, last = sorted((one, another))
    return any(
        first < event.on <= last or (event.voids_same_day and event.on == first != last)
        for event in case.events
    )


def _structure(case: Case) -> Facts:
    """Whether the structure is broken, as last answered of this valve.

    A "no" does not outdo a "yes" of the 90 days before it: one of the two did not see it.
    """
    facts: Facts = {}
    for name, column in STRUCTURE.items():
        answers = [
            study
            for study in case.studies(*SEES_STRUCTURE)
            if getattr(study, column) is not None and _is_of_this_valve(case, study.performed_on)
        ]
        if answers:
            close = [study for study in answers if _joins(case, answers[0], study)]
            row = newest(close, lambda study: getattr(study, column)) or answers[0]  # noqa: B023
            facts[name] = case.fact(row, getattr(row, column))
    return facts


def _scan(case: Case) -> CmrStudy | None:
    return newest(
        case.record.cmr_studies,
        lambda row: (
            _is_of_this_valve(case, row.performed_on)
            and (
                row.regurgitant_volume_ml is not None
                or row.regurgitant_fraction_percent is not None
            )
        ),
    )


def _join(case: Case, study: EchoStudy, scan: CmrStudy) -> bool:
    """Whether the CMR and the echo speak of the same day."""
    apart = abs((study.performed_on - scan.performed_on).days)
    return apart <= JOINING_DAYS and not _event_between(case, study.performed_on, scan.performed_on)


def _cmr(case: Case, scan: CmrStudy) -> Facts:
    facts: Facts = {}
    for name, value in (
        ("cmr_regurgitant_volume_ml", scan.regurgitant_volume_ml),
        ("cmr_regurgitant_fraction_percent", scan.regurgitant_fraction_percent),
    ):
        if value is not None:
            facts[name] = case.fact(scan, value, method="cmr")
    if scan.quality != "unknown":
        facts["cmr_quality_good"] = case.fact(scan, scan.quality == "good")
    return facts
