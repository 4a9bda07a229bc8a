"""When the next echo and visit are due: what the record and its assessment say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from guidelines.assessment import graded_picture
from guidelines.catalogue.therapy import Frailty
from guidelines.criteria import above, all_of, any_of, at_least, below, equals
from guidelines.editions import EditionVerdict
from guidelines.facts import ClinicalPicture, Fact, Reading
from guidelines.gates import NATIVE_CHRONIC_GATES, pass_gates
from guidelines.grade_range import grade_range
from guidelines.intervals import BASELINE_DAYS
from guidelines.latch import CLASS_1
from guidelines.progression import Progression
from guidelines.rule import Finding
from guidelines.severity import FACTS_OF_SEVERITY, Conclusion, Scheme, Severity, conclusion_by
from guidelines.surveillance import FollowUp, FollowUpCase, due_of
from guidelines.vocabulary import (
    Advice,
    Body,
    Mechanism,
    MitralValveState,
    PregnancyStatus,
    StudyState,
    Tempo,
)
from patients.models import Comorbidity, EchoStudy
from treatments.events import events_of
from treatments.facts import last_mitral_procedure
from treatments.models import Intervention
from treatments.record import PatientRecord

LVEF_LIMIT, LVESD_LIMIT = Decimal(60), Decimal(40)  # %, mm: AHA-PS-C1
NORMAL_VENTRICLE = all_of(above("lvef_percent", LVEF_LIMIT), below("lvesd_mm", LVESD_LIMIT))
MODERATE = 2  # of another lesion, as recorded
MODERATE_TO_SEVERE = 3  # the reader's grade of regurgitation after an intervention
CHANGES = {
    "symptoms",
    "admission",
    "fibrillation",
    Comorbidity.Kind.ATRIAL_FIBRILLATION.value,
    Comorbidity.Kind.MYOCARDIAL_INFARCTION.value,
    Comorbidity.Kind.STROKE_OR_TIA.value,
}
OUTSIDE = {"SAFE-02", "SAFE-07", "SAFE-08"}
GOALS_OF_CARE = any_of(
    equals("intervention_declined", True),
    equals("life_expectancy_under_1_year", True),
    equals("frailty", Frailty.SEVERE),
)
ADULT = at_least("age_years", Decimal(18))
OTHER_LESIONS = (
    "aortic_regurgitation",
    "aortic_stenosis",
    "tricuspid_regurgitation",
    "mitral_stenosis",
)
DEVICE_STATES = (
    MitralValveState.MECHANICAL,
    MitralValveState.SURGICAL_BIOPROSTHESIS,
    MitralValveState.TRANSCATHETER,
)


def follow_ups_of(
    record: PatientRecord,
    picture: ClinicalPicture,
    verdicts: Iterable[EditionVerdict],
    alerts: Iterable[Finding],
    courses: Iterable[Progression] = (),
) -> tuple[FollowUp, ...]:
    """The due dates by the edition of each verdict; ``alerts``: the safety rules that are met."""
    known = last_known(picture)
    case = case_of(record, picture, known, courses)
    alarms = {finding.rule.advice for finding in alerts}
    case = replace(case, contact_today=Advice.SAME_DAY_CONTACT in alarms)
    return tuple(
        due_of(_for_edition(case, known, verdict), verdict.edition) for verdict in verdicts
    )


def _for_edition(case: FollowUpCase, known: LastKnown, verdict: EditionVerdict) -> FollowUpCase:
    """The case with the grade as this body's own definition of severe leaves it open."""
    ends = grade_range(known.ase, known.of_body(verdict.edition.body))
    low, high = ends or (None, None)
    decides = verdict.standing.headline == CLASS_1
    return replace(case, decision_due=decides, grade_low=low, grade_high=high)


def case_of(
    record: PatientRecord,
    picture: ClinicalPicture,
    last: LastKnown,
    courses: Iterable[Progression] = (),
) -> FollowUpCase:
    """What the due dates depend on; values as last recorded, whatever their age."""
    known = last.readings
    current = picture.readings()
    procedure = last_mitral_procedure(record)
    studies = final_resting(record)
    last_echo = studies[0].performed_on if studies else None
    return FollowUpCase(
        on=record.on,
        echoes_on=tuple(study.performed_on for study in studies),
        last_visit_on=max((log.recorded_on for log in record.symptom_logs), default=None),
        valve_state=_valve_state(known),
        intervention_on=procedure.performed_on if procedure else None,
        mechanism=_mechanism(known),
        symptomatic=_symptomatic(record, known, procedure),
        lv_normal=NORMAL_VENTRICLE.holds(known),
        other_lesions=_other_lesions(studies),
        advanced_heart_failure=_yes_no(current, "advanced_heart_failure"),
        lv_dysfunction_before_repair=_dysfunction_before(record),
        arrhythmia_with_repair=_yes_no(current, "atrial_fibrillation"),
        is_acute=current.get("tempo") in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC),
        has_endocarditis=current.get("endocarditis_active_or_suspected") is True,
        symptoms_changed=_symptoms_changed(record, last_echo),
        recurrent_mr=_recurrent(studies, procedure.performed_on if procedure else None),
        is_pregnant=current.get("pregnancy_status") is PregnancyStatus.PREGNANT,
        is_child=ADULT.holds(current) is False,
        outside_rules=_outside(current),
        goals_of_care=GOALS_OF_CARE.holds(current) is True,
        expected_threshold_on=_first_expected(courses),
    )


@dataclass(frozen=True, slots=True)
class LastKnown:
    """A picture read without regard to age: a due date is about what was last known.

    What an event has voided stays so: it is not old, it is no longer true.
    """

    readings: Mapping[str, Reading]
    ase: Severity | Conclusion
    acc_aha: Severity | Conclusion
    esc_eacts: Severity | Conclusion

    def of_body(self, body: Body) -> Severity | Conclusion:
        """The severity by this body's own definition."""
        return self.esc_eacts if body is Body.ESC_EACTS else self.acc_aha


def last_known(picture: ClinicalPicture) -> LastKnown:
    """The same, made once for a picture, beside its readings: a picture never changes."""
    kept = vars(picture)
    if "_last_known" not in kept:
        kept["_last_known"] = _last_known(picture)
    known: LastKnown = kept["_last_known"]
    return known


def _last_known(picture: ClinicalPicture) -> LastKnown:
    old = {name: fact for name, fact in picture.facts.items() if _is_merely_old(fact)}
    recorded = picture.having(**{name: _without_age(fact) for name, fact in old.items()})
    readings = recorded.readings()
    if FACTS_OF_SEVERITY.isdisjoint(old):
        graded = graded_picture(picture)
        return LastKnown(readings, graded.ase, graded.acc_aha, graded.esc_eacts)
    schemes = (Scheme.ASE_2017, Scheme.ACC_AHA, Scheme.ESC_EACTS)
    return LastKnown(readings, *(conclusion_by(each, recorded, readings) for each in schemes))


def _is_merely_old(fact: Fact) -> bool:
    if not fact.too_old_to_reassure:
        return False
    return not any(part.startswith("before ") for part in fact.reason.split("; "))


def _without_age(fact: Fact) -> Fact:
    return replace(fact, too_old_to_reassure=False)


def final_resting(record: PatientRecord) -> list[EchoStudy]:
    """The studies that count and were not taken under stress, newest first."""
    at_rest = (StudyState.REST.value, StudyState.UNKNOWN.value)
    return [s for s in record.echo_studies if s.counts and s.state in at_rest]


def _yes_no(readings: Mapping[str, Reading], name: str) -> bool | None:
    value = readings.get(name)
    return value if isinstance(value, bool) else None


def _symptomatic(
    record: PatientRecord, readings: Mapping[str, Reading], procedure: Intervention | None
) -> bool | None:
    """Symptoms as known; those before a procedure say nothing of the time after it.

    They are asked anew at the visit of the baseline echo. Until the last day for that (local), not
    to have asked yet makes nothing due earlier: else every operation would be followed by "echo
    now". A symptom that is told in that time does.
    """
    known = _yes_no(readings, "symptomatic")
    if known is not None or procedure is None or procedure.performed_on is None:
        return known
    done = procedure.performed_on
    is_asked = any(log.recorded_on > done for log in record.symptom_logs)
    is_early = record.on <= done + timedelta(days=BASELINE_DAYS[1])
    return False if is_early and not is_asked else None


def _valve_state(readings: Mapping[str, Reading]) -> MitralValveState | None:
    state = readings.get("mitral_valve_state")
    return state if isinstance(state, MitralValveState) else None


def _mechanism(readings: Mapping[str, Reading]) -> Mechanism | None:
    mechanism = readings.get("mechanism")
    return mechanism if isinstance(mechanism, Mechanism) else None


def _other_lesions(studies: list[EchoStudy]) -> bool | None:
    """Another valve lesion of at least moderate grade, each as last recorded."""
    answers = [_last_grade(studies, name) for name in OTHER_LESIONS]
    if any(grade is not None and grade >= MODERATE for grade in answers):
        return True
    return None if None in answers else False


def _last_grade(studies: list[EchoStudy], name: str) -> int | None:
    grades: Iterator[int | None] = (getattr(study, name) for study in studies)
    return next((grade for grade in grades if grade is not None), None)


def _dysfunction_before(record: PatientRecord) -> bool | None:
    """Whether the ventricle was impaired in the last study before the operation."""
    procedure = last_mitral_procedure(record)
    if procedure is None or procedure.performed_on is None:
        return None
    for study in final_resting(record):
        if study.performed_on < procedure.performed_on and study.lvef_percent_low is not None:
            low_lvef = study.lvef_percent_low <= LVEF_LIMIT
            wide = study.lvesd_mm is not None and study.lvesd_mm >= LVESD_LIMIT
            if low_lvef or wide:
                return True
            return None if study.lvesd_mm is None else False
    return None


def _symptoms_changed(record: PatientRecord, last_echo: date | None) -> bool:
    return any(
        event.kind in CHANGES and (last_echo is None or event.on > last_echo)
        for event in events_of(record)
    )


def _recurrent(studies: list[EchoStudy], procedure_on: date | None) -> bool:
    if procedure_on is None:
        return False
    newest = next((s for s in studies if s.performed_on > procedure_on), None)
    if newest is None:
        return False
    lesions = (newest.reader_grade_high, newest.intraprosthetic_regurgitation)
    return any(grade is not None and grade >= MODERATE_TO_SEVERE for grade in lesions)


def _outside(readings: Mapping[str, Reading]) -> bool:
    """An assist device, a transplant, stenosis or outflow obstruction."""
    if _valve_state(readings) in DEVICE_STATES:
        return readings.get("lvad_or_transplant") is True
    closed = pass_gates(NATIVE_CHRONIC_GATES, readings).closed
    return any(gate.row in OUTSIDE for gate in closed)


def _first_expected(courses: Iterable[Progression]) -> date | None:
    days = (o.expected_on for course in courses for o in course.outlooks)
    return min((day for day in days if day is not None), default=None)
