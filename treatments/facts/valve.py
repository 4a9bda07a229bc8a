"""What is in the mitral position, from performed procedures, here or elsewhere (safety D5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from guidelines.facts import Fact
from guidelines.vocabulary import MitralValveState
from patients.days import spoken
from patients.models import Comorbidity, MitralDiagnosis, YesNoUnknown
from treatments.facts.case import newest, source_of
from treatments.models import Intervention
from treatments.record import PatientRecord

MITRAL_PROCEDURES: dict[str, MitralValveState] = {
    Intervention.Kind.MITRAL_REPAIR: MitralValveState.SURGICAL_REPAIR,
    Intervention.Kind.MITRAL_MECHANICAL: MitralValveState.MECHANICAL,
    Intervention.Kind.MITRAL_BIOLOGICAL: MitralValveState.SURGICAL_BIOPROSTHESIS,
    Intervention.Kind.TEER: MitralValveState.TEER,
    Intervention.Kind.TRANSCATHETER_MITRAL: MitralValveState.TRANSCATHETER,
    Intervention.Kind.MITRAL_COMMISSUROTOMY: MitralValveState.COMMISSUROTOMY,
}
# Procedures that may end without leaving anything behind.
BY_CATHETER = {Intervention.Kind.TEER, Intervention.Kind.TRANSCATHETER_MITRAL}
ON_THE_VALVE = frozenset({*MITRAL_PROCEDURES, Intervention.Kind.PARAVALVULAR_CLOSURE})
"""Every procedure on the mitral valve, also those that do not change what valve it is."""
# Of several entries of one day the one that needs the most care counts.
RANKS = (
    MitralValveState.COMMISSUROTOMY,
    MitralValveState.TEER,
    MitralValveState.SURGICAL_REPAIR,
    MitralValveState.TRANSCATHETER,
    MitralValveState.SURGICAL_BIOPROSTHESIS,
    MitralValveState.MECHANICAL,
)
PROSTHESES = set(RANKS[3:])
NONE_ELSEWHERE = "none"


@dataclass(frozen=True)
class _Done:
    """One procedure on the mitral valve, here or as told."""

    state: MitralValveState
    on: date | None
    fact: Fact

    @property
    def order(self) -> tuple[date, int]:
        return self.on or date.min, RANKS.index(self.state)


def valve_state_of(record: PatientRecord) -> Fact:
    """The state of the mitral valve on the record's day; without a value when it is not known.

    A prosthesis stays one whatever is repaired around it later.
    """
    done = [*_here(record), *_elsewhere(record)]
    if done:
        prostheses = [each for each in done if each.state in PROSTHESES]
        return _latest(prostheses or done)
    return _never_touched(record)


def _latest(done: list[_Done]) -> Fact:
    """The newest; one without a date is not taken to be older when it needs more care."""
    latest = max(done, key=lambda each: each.order)
    rank = RANKS.index(latest.state)
    undated = [each for each in done if each.on is None and RANKS.index(each.state) > rank]
    if latest.on is None or not undated:
        return latest.fact
    graver = max(undated, key=lambda each: each.order)
    told = f"its date is not recorded; also {latest.state.label.lower()} on {spoken(latest.on)}"
    reason = "; ".join(filter(None, (graver.fact.reason, told)))
    return replace(graver.fact, reason=reason)


def last_mitral_procedure(record: PatientRecord) -> Intervention | None:
    """The newest performed procedure on the mitral valve that left something behind."""
    kept = [each for each in record.performed if _left_something(each)]
    return max(
        kept,
        key=lambda each: (each.performed_on, RANKS.index(MITRAL_PROCEDURES[each.kind])),
        default=None,
    )


def mitral_procedure_on(record: PatientRecord) -> date | None:
    """The day of the newest procedure on the mitral valve, here or elsewhere, where known."""
    days = [each.on for each in (*_here(record), *_elsewhere(record)) if each.on is not None]
    return max(days, default=None)


def was_aborted(intervention: Intervention) -> bool:
    """An attempt by catheter that left nothing behind."""
    return intervention.kind in BY_CATHETER and intervention.device_implanted is False


def _left_something(intervention: Intervention) -> bool:
    return intervention.kind in MITRAL_PROCEDURES and not was_aborted(intervention)


def _here(record: PatientRecord) -> Iterator[_Done]:
    for row in record.performed:
        if _left_something(row):
            state = MITRAL_PROCEDURES[row.kind]
            unsure = row.kind in BY_CATHETER and row.device_implanted is None
            reason = "whether a device was implanted is not recorded" if unsure else ""
            fact = Fact(state, row.performed_on, source_of(row), reason=reason)
            yield _Done(state, row.performed_on, fact)


def _elsewhere(record: PatientRecord) -> Iterator[_Done]:
    for row in _answers(record):
        if row.previous_mitral_procedure != NONE_ELSEWHERE:
            state = MitralValveState(row.previous_mitral_procedure)
            day = row.previous_mitral_procedure_on
            if day is not None and day > record.on:
                continue
            fact = Fact(state, day or row.diagnosed_on, source_of(row), reason="as told")
            contradiction = _denied_after(record, row)
            if contradiction is not None:
                fact = _contradicted(fact, state, row, contradiction)
            yield _Done(state, day, fact)


def _answers(record: PatientRecord) -> Iterator[MitralDiagnosis]:
    unknown = MitralValveState.UNKNOWN.value
    return (row for row in record.diagnoses if row.previous_mitral_procedure != unknown)


def _denied_after(record: PatientRecord, told: MitralDiagnosis) -> MitralDiagnosis | None:
    """A later "asked: none" that contradicts a procedure told before."""
    latest = next(_answers(record))
    return latest if latest.previous_mitral_procedure == NONE_ELSEWHERE else None


def _contradicted(
    fact: Fact, state: MitralValveState, told: MitralDiagnosis, denied: MitralDiagnosis
) -> Fact:
    """Two answers that cannot both be right: unknown, until the wrong one is struck."""
    return Fact(
        None,
        denied.diagnosed_on,
        fact.source,
        reason=f"{state.label.lower()} was told on {spoken(told.diagnosed_on)}, no procedure on "
        f"{spoken(denied.diagnosed_on)}: strike the wrong entry",
    )


def _never_touched(record: PatientRecord) -> Fact:
    """Native, when it was asked; else unknown."""
    asked = next(_answers(record), None)
    if asked is not None:
        return Fact(MitralValveState.NATIVE, asked.diagnosed_on, source_of(asked), reason="as told")
    check = newest(record.absence_checks, lambda row: row.previous_mitral_procedure_absent)
    if check is not None:
        return Fact(MitralValveState.NATIVE, check.checked_on, source_of(check))
    surgery = newest(
        record.comorbidities,
        lambda row: (
            row.kind == Comorbidity.Kind.PREVIOUS_CARDIAC_SURGERY
            and row.present != YesNoUnknown.UNKNOWN
        ),
    )
    if surgery is not None and surgery.present == YesNoUnknown.NO:
        return Fact(
            MitralValveState.NATIVE, surgery.noted_on, source_of(surgery), reason="no heart surgery"
        )
    return Fact(None, reason="whether the mitral valve was operated on before is not recorded")
