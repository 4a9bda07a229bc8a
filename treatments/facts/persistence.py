"""Whether symptoms of secondary regurgitation persist on optimized therapy (safety D6).

All of its clauses must hold. Where one fails or is blank nothing is concluded, neither yes nor
no: the medical step comes first, and the reason names what is open. The day counts are local.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from guidelines.facts import ClinicalPicture, Fact
from guidelines.vocabulary import Mechanism
from patients.days import spoken
from patients.models import EchoStudy, SymptomLog
from treatments.facts.case import Case, Facts, newest, source_of
from treatments.facts.coronary import last_revascularization
from treatments.facts.diagnosis import stated_mechanism
from treatments.facts.heart import lvef_interval
from treatments.facts.heart_failure import PILLARS, daily_dose
from treatments.facts.measurements import speaks_of_severity
from treatments.models import Intervention, Medication, TeamReview

UNCHANGED_DAYS = 30  # no change of therapy, and since a revascularization
SINCE_OPTIMIZED_DAYS = 90
IMPLANTED_DAYS = 90  # since resynchronization
SYSTOLIC = (Decimal(90), Decimal(140))  # mmHg, both included
CONTROLLED_RATE = Decimal(110)  # beats a minute in atrial fibrillation, lenient control
PILLAR_NAMES = {
    "raas_inhibitor": "ARNI, ACE inhibitor or ARB",
    "beta_blocker": "beta blocker",
    "mra": "mineralocorticoid antagonist",
    "sglt2_inhibitor": "SGLT2 inhibitor",
}
THERAPY = frozenset(drug for classes in PILLARS.values() for drug in classes)


def persistence_facts(case: Case, facts: Facts) -> Facts:
    """``symptoms_persist_on_gdmt`` and ``reassessed_on_gdmt``."""
    found: Facts = {}
    if stated_mechanism(case) is Mechanism.PRIMARY:
        return found
    course = Course(case, facts)
    reassessed = course.reassessed()
    if reassessed is not None:
        found["reassessed_on_gdmt"] = reassessed
    persist = course.persistence()
    if persist is not None:
        found["symptoms_persist_on_gdmt"] = persist
    return found


@dataclass(frozen=True)
class Course:
    """The medical course of one patient, asked clause by clause."""

    case: Case
    facts: Facts

    def persistence(self) -> Fact | None:
        """Yes or no when every clause holds; else no value, with what is open."""
        log = self._classified
        if log is None and not self._courses and self._specialist is None:
            return None
        open_clauses = list(self._open())
        day = None if log is None else log.recorded_on
        source = "" if log is None else source_of(log)
        if open_clauses or log is None:
            reason = f"medical step first: {'; '.join(open_clauses)}"
            return Fact(None, day, source, reason=reason)
        limit = self.case.limits["gdmt_optimized"]
        if (log.nyha_low or 0) < 2 <= (log.nyha_high or 0):
            return self.case.fact(log, None, reason="NYHA class I or more")
        return self.case.fact(log, (log.nyha_low or 0) >= 2, days=limit)

    def reassessed(self) -> Fact | None:
        """Whether LVEF and the regurgitation were measured again after therapy was optimized."""
        begun, changed = self._optimized_from, self._last_change
        if begun is None:
            return None
        study = newest(self.case.studies(), self._measures_both)
        if study is None:
            return Fact(False, begun, reason="no echo with LVEF and severity is on record")
        late = study.performed_on >= begun + timedelta(days=SINCE_OPTIMIZED_DAYS)
        signed = self._specialist is not None and study.performed_on >= begun
        after = changed is None or study.performed_on > changed
        value = (late or signed) and after
        reason = f"therapy begun {spoken(begun)}" + (
            f", last changed {spoken(changed)}" if changed else ""
        )
        return Fact(value, study.performed_on, source_of(study), reason=reason)

    # Clauses -----------------------------------------------------------------------------------

    def _open(self) -> Iterator[str]:
        clauses: tuple[Callable[[], Iterator[str]], ...] = (
            self._pillars,
            self._unchanged,
            self._resynchronization,
            self._revascularization,
            self._state,
            self._reassessment,
            self._signed,
        )
        for clause in clauses:
            yield from clause()

    def _known(self, name: str) -> bool | None:
        """How a yes-or-no fact reads."""
        fact = self.facts.get(name)
        reading = None if fact is None else ClinicalPicture({name: fact}).reading(name)
        return reading if isinstance(reading, bool) else None

    def _pillars(self) -> Iterator[str]:
        """(a) Each pillar at the highest tolerated dose, or a stated reason why not."""
        for name, words in PILLAR_NAMES.items():
            at_dose = self._known(f"{name}_at_tolerated_dose")
            if at_dose or self._known(f"{name}_not_possible"):
                continue
            yield (
                f"{words} can still be increased"
                if at_dose is False
                else f"{words}: highest tolerated dose or a reason against it not recorded"
            )

    def _unchanged(self) -> Iterator[str]:
        """(b) No change beyond doubling or halving for 30 days."""
        if not self._courses:
            yield "medication not recorded"
            return
        changed = self._last_change
        if changed is not None and self.case.age(changed) < UNCHANGED_DAYS:
            yield f"therapy changed on {spoken(changed)}"

    def _resynchronization(self) -> Iterator[str]:
        """(c) Not indicated, implanted 90 days ago or more, or refused."""
        implanted = newest(
            self.case.record.performed, lambda row: row.kind == Intervention.Kind.CRT
        )
        if implanted is not None and implanted.performed_on is not None:
            if self.case.age(implanted.performed_on) < IMPLANTED_DAYS:
                yield f"resynchronization only since {spoken(implanted.performed_on)}"
            return
        settled = self._known("crt_question_settled")
        if settled is not True:
            yield (
                "resynchronization indicated and not done"
                if settled is False
                else "whether resynchronization is indicated not recorded"
            )

    def _revascularization(self) -> Iterator[str]:
        """(d) The question answered, and 30 days since a PCI or bypass operation."""
        done = last_revascularization(self.case)
        if done is not None and self.case.age(done) < UNCHANGED_DAYS:
            yield f"revascularized only on {spoken(done)}"
        needs = self._known("cad_needs_revascularization")
        if needs is None:
            no_disease = self._known("coronary_disease") is False
            if not no_disease and self._known("concomitant_coronary_disease") is not False:
                yield "whether revascularization is needed not recorded"
        elif needs:
            yield "revascularization needed and not done"

    def _state(self) -> Iterator[str]:
        """(e) Free of edema, blood pressure and rate in order, on the day the class was taken."""
        log = self._classified
        if log is None:
            return
        if log.edema is None:
            yield "edema not recorded"
        elif log.edema:
            yield "edema present"
        pressure = log.systolic_bp_mmhg
        if pressure is None:
            yield "systolic blood pressure not recorded"
        elif not SYSTOLIC[0] <= pressure <= SYSTOLIC[1]:
            yield "systolic blood pressure outside 90 to 140 mmHg"
        yield from self._rate(log)

    def _rate(self, log: SymptomLog) -> Iterator[str]:
        fibrillation = self._known("atrial_fibrillation")
        if fibrillation is None:
            yield "whether there is atrial fibrillation not recorded"
        elif fibrillation and log.heart_rate_bpm is None:
            yield "heart rate in atrial fibrillation not recorded"
        elif fibrillation and (log.heart_rate_bpm or 0) > CONTROLLED_RATE:
            yield "heart rate in atrial fibrillation above 110 a minute"

    def _reassessment(self) -> Iterator[str]:
        """(f) Echo and NYHA class after all of that."""
        reassessed = self.reassessed()
        if reassessed is None:
            yield "when therapy was begun not recorded"
        elif reassessed.value is not True:
            yield "echo not repeated on optimized therapy"
        log, begun = self._classified, self._optimized_from
        if log is None:
            yield "NYHA class not recorded"
            return
        steps = [self._last_change, last_revascularization(self.case), self._implanted_on]
        last = max((day for day in steps if day is not None), default=None)
        if last is not None and log.recorded_on <= last:
            yield f"NYHA class not asked since {spoken(last)}"
        early = begun is not None and log.recorded_on < begun + timedelta(days=SINCE_OPTIMIZED_DAYS)
        if early and self._specialist is None:
            yield "NYHA class not asked 90 days after therapy was begun"

    def _signed(self) -> Iterator[str]:
        """(g) A heart failure specialist named, who judges the therapy optimized."""
        judged = self._known("gdmt_optimized")
        if judged is False:
            yield "therapy not optimized in the team's judgement"
        elif judged is None:
            yield "whether therapy is optimized not judged, or too long ago"
        if self._specialist is None:
            yield "heart failure specialist not named"

    # What the clauses ask ----------------------------------------------------------------------

    @property
    def _classified(self) -> SymptomLog | None:
        return newest(self.case.record.symptom_logs, lambda log: log.nyha_low is not None)

    @property
    def _specialist(self) -> TeamReview | None:
        return newest(
            self.case.record.team_reviews,
            lambda row: row.heart_failure_specialist and row.gdmt_optimized == "yes",
        )

    @property
    def _courses(self) -> list[Medication]:
        return [row for row in self.case.record.medications if row.drug_class in THERAPY]

    @property
    def _optimized_from(self) -> date | None:
        """The day on which the last of the pillars taken now was begun; unknown when one is not."""
        running = [row for row in self.case.record.current_medications if row in self._courses]
        firsts = []
        for classes in PILLARS.values():
            mine = [row for row in self._courses if row.drug_class in classes]
            if not any(row in running for row in mine):
                continue
            days = [row.started_on for row in mine if row.started_on is not None]
            if not days:
                return None
            firsts.append(min(days))
        return max(firsts, default=None)

    @property
    def _last_change(self) -> date | None:
        """The newest start, stop or change of dose beyond doubling or halving."""
        days = [day for row in self._courses for day in _changes(row, self._courses)]
        return max((day for day in days if day <= self.case.on), default=None)

    @property
    def _implanted_on(self) -> date | None:
        row = newest(self.case.record.performed, lambda each: each.kind == Intervention.Kind.CRT)
        return None if row is None else row.performed_on

    def _measures_both(self, study: EchoStudy) -> bool:
        has_lvef = lvef_interval(study) is not None or "lvef_percent" in self.case.quantities_of(
            study
        )
        return has_lvef and speaks_of_severity(study, self.case.quantities_of(study))


def _changes(row: Medication, courses: list[Medication]) -> Iterator[date]:
    """The days on which a course began or ended, unless it only halves or doubles a dose."""
    begun, stopped = row.started_on, row.stopped_on
    before = [each for each in courses if each.drug == row.drug and each.stopped_on == begun]
    if begun is not None and not any(_is_small_step(each, row) for each in before):
        yield begun
    after = [each for each in courses if each.drug == row.drug and each.started_on == stopped]
    if stopped is not None and not any(_is_small_step(row, each) for each in after):
        yield stopped


def _is_small_step(before: Medication, after: Medication) -> bool:
    then, now = daily_dose(before), daily_dose(after)
    return then is not None and now is not None and then <= 2 * now and now <= 2 * then
