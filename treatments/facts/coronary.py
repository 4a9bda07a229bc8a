"""The coronary arteries, and what was done about them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from guidelines.facts import Fact
from patients.days import spoken
from patients.models import Comorbidity, CoronaryAssessment, YesNoUnknown
from treatments.events import event_after
from treatments.facts.case import Case, Facts, has_condition, newer, newest, put, source_of
from treatments.facts.measurements import speaks_of_severity
from treatments.models import Intervention

Kind = Comorbidity.Kind
SIGNIFICANT_PERCENT = Decimal(50)  # a stenosis below it is none to be dealt with (local default)
REVASCULARIZATION = {Intervention.Kind.PCI, Intervention.Kind.CABG}
SETTLED_DAYS = 30  # after a revascularization the regurgitation is graded anew (safety D6, SAFE-32)
STENOSES = ("left_main_stenosis_percent", "largest_other_stenosis_percent")
INFARCTION = (Kind.MYOCARDIAL_INFARCTION.value,)


def coronary_facts(case: Case) -> Facts:
    """Anatomy, disease, and whether the question of revascularization is answered."""
    facts: Facts = {}
    for name in STENOSES:
        row = newest(case.record.coronary_assessments, lambda each: getattr(each, name) is not None)  # noqa: B023
        if row is not None:
            facts[name] = _imaged(case, row, getattr(row, name))
    known = "coronary_anatomy_known"
    put(facts, known, newer(_anatomy_known(case), case.answer(known)))
    disease = _disease(case)
    put(facts, "coronary_disease", disease)
    needs = "cad_needs_revascularization"
    put(facts, needs, newer(_needs(case), case.answer(needs)))
    concomitant = "concomitant_coronary_disease"
    put(facts, concomitant, newer(_to_be_dealt_with(case), case.answer(concomitant)))
    put(facts, "regraded_after_revascularization", _regraded(case, disease))
    put(facts, "angina", _angina(case))
    return facts


def _days(case: Case) -> int:
    """For how long coronary anatomy is known: shorter with angina or diabetes."""
    short = has_condition(case, Kind.ANGINA) or has_condition(case, Kind.DIABETES)
    known = case.limits["coronary_anatomy_known"]
    return min(known, case.limits["coronary_with_angina_or_diabetes"]) if short else known


def _imaged(case: Case, row: CoronaryAssessment, value: Decimal | bool | None) -> Fact:
    """A value of an assessment: too old after its limit, or after an infarction."""
    void = event_after(case.events, row.performed_on, INFARCTION)
    old = void is not None or case.age(row.performed_on) > _days(case)
    fact = case.fact(row, value, method=row.get_method_display())
    why = f"before {void.words}" if void else ""
    return Fact(fact.value, fact.on, fact.source, fact.method, why, too_old_to_reassure=old)


def _anatomy_known(case: Case) -> Fact | None:
    if not case.record.coronary_assessments:
        return None
    row = case.record.coronary_assessments[0]
    fact = _imaged(case, row, True)
    if not fact.too_old_to_reassure:
        return fact
    why = fact.reason or f"imaged on {spoken(row.performed_on)}: too long ago"
    return Fact(False, fact.on, fact.source, fact.method, why)


def _revascularized(case: Case) -> Intervention | None:
    return newest(case.record.performed, lambda row: row.kind in REVASCULARIZATION)


def _disease(case: Case) -> Fact | None:
    """Any, ever, from procedures, imaging and answers; no only when it was answered or imaged."""
    done = _revascularized(case)
    if done is not None:
        return Fact(True, done.performed_on, source_of(done), method=done.get_kind_display())
    for kind in (Kind.CORONARY_DISEASE, Kind.MYOCARDIAL_INFARCTION, Kind.PREVIOUS_PCI):
        told = case.condition(kind)
        if told is not None and told.value is True:
            return told
    for row in case.record.coronary_assessments:
        if _worst(row) is not None and (_worst(row) or 0) >= SIGNIFICANT_PERCENT:
            return _imaged(case, row, True)
    free = next((row for row in case.record.coronary_assessments if _is_free(row)), None)
    imaged = None if free is None else _imaged(case, free, False)
    return newer(imaged, case.condition(Kind.CORONARY_DISEASE))


def _worst(row: CoronaryAssessment) -> Decimal | None:
    known = [getattr(row, name) for name in STENOSES if getattr(row, name) is not None]
    return max(known, default=None)


def _is_free(row: CoronaryAssessment) -> bool:
    """Whether both were looked at and neither is significant."""
    values = [getattr(row, name) for name in STENOSES]
    return all(value is not None and value < SIGNIFICANT_PERCENT for value in values)


def _needs(case: Case) -> Fact | None:
    """As the team said with the newest assessment; a procedure since then asks it anew."""
    row = newest(
        case.record.coronary_assessments,
        lambda each: each.needs_revascularization != YesNoUnknown.UNKNOWN,
    )
    if row is None:
        return None
    done = _revascularized(case)
    if done is not None and done.performed_on is not None and done.performed_on >= row.performed_on:
        why = f"answered before the {done.get_kind_display()} of {spoken(done.performed_on)}"
        return Fact(None, done.performed_on, source_of(row), reason=f"{why}: answer it again")
    return _imaged(case, row, row.needs_revascularization == YesNoUnknown.YES)


def _to_be_dealt_with(case: Case) -> Fact | None:
    """Yes where revascularization is needed; no where none is needed or nothing significant is."""
    needs = _needs(case)
    free = next(iter(case.record.coronary_assessments), None)
    clear = _imaged(case, free, False) if free is not None and _is_free(free) else None
    return newer(needs, clear)


def _regraded(case: Case, disease: Fact | None) -> Fact | None:
    """Whether the regurgitation was graded 30 days or more after the last PCI or bypass."""
    done = _revascularized(case)
    if done is None or done.performed_on is None:
        return _never_revascularized(case, disease)
    earliest = done.performed_on + timedelta(days=SETTLED_DAYS)
    study = newest(
        case.studies(),
        lambda row: (
            row.performed_on >= earliest and speaks_of_severity(row, case.quantities_of(row))
        ),
    )
    if study is not None:
        return Fact(True, study.performed_on, source_of(study))
    why = f"not graded since the {done.get_kind_display()} of {spoken(done.performed_on)}"
    return Fact(False, done.performed_on, source_of(done), reason=why)


def _never_revascularized(case: Case, disease: Fact | None) -> Fact | None:
    """Yes when coronary disease, or PCI and heart surgery, are known never to have been."""
    if disease is not None and disease.value is False:
        return Fact(True, disease.on, disease.source, reason="no coronary disease")
    answers = [case.condition(kind) for kind in (Kind.PREVIOUS_PCI, Kind.PREVIOUS_CARDIAC_SURGERY)]
    if all(fact is not None and fact.value is False for fact in answers) and answers[0]:
        reason = "no PCI and no heart surgery before"
        return Fact(True, answers[0].on, answers[0].source, reason=reason)
    return None


def _angina(case: Case) -> Fact | None:
    """The newest word: of a symptom log, or of the condition."""
    log = newest(case.record.symptom_logs, lambda row: row.angina_class is not None)
    told = case.condition(Kind.ANGINA)
    if log is None:
        return told
    has_it = (log.angina_class or 0) > 0
    return newer(case.fact(log, has_it, days=case.limits["finding"]), told)


def last_revascularization(case: Case) -> date | None:
    """The day of the last PCI or bypass operation, if any."""
    done = _revascularized(case)
    return None if done is None else done.performed_on
