"""The grade of one patient by one scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guidelines.catalogue.severity import JetDirection
from guidelines.criteria import Readings
from guidelines.facts import FACTS, ClinicalPicture
from guidelines.gates import ADULT_AGE, PROSTHESES, REPAIRED
from guidelines.severity.conditions import flag, number, why_it_cannot_exclude
from guidelines.severity.gaps import missing_for_grade
from guidelines.severity.limits import ENOUGH_SIGNS, NOT_AT_REST, SEVERE, Scheme
from guidelines.severity.lines import SIGNS, Line, LineKind, Member
from guidelines.severity.members import (
    MEASUREMENTS,
    grade_words,
    joins,
    members_of,
    newest_of,
)
from guidelines.severity.result import Conclusion, Reason, Severity
from guidelines.severity.signs import (
    FACTS_OF_SIGNS,
    Sign,
    SignAnswer,
    SignCount,
    SignKind,
    count_signs,
)
from guidelines.severity.states import (
    ANSWERS,
    is_settled_by_cmr,
    lines_of,
    result_of,
    state_of,
)
from guidelines.vocabulary import Grade, GradeResult, JetTiming, SeverityState, Tempo

_NEEDED_FOR_SCALE = ("tempo", "mitral_valve_state", "age_years")
_ASSUMED_CONDITIONS = ("study_heart_rate_bpm", "study_systolic_bp_mmhg", "study_quality")


FACTS_OF_SEVERITY = (
    MEASUREMENTS
    | FACTS_OF_SIGNS
    | frozenset({*_NEEDED_FOR_SCALE, *_ASSUMED_CONDITIONS})
    | frozenset(
        {
            "annular_calcification",
            "aortic_regurgitation_more_than_mild",
            "cmr_quality_good",
            "intracardiac_shunt",
            "jet_timing",
            "low_flow",
            "lvad_or_transplant",
            "mechanism",
            "mitral_mean_gradient_mmhg",
            "multiple_jets",
            "mva_cm2",
            "none_of_these_asked",
            "orifice_elliptical",
            "other_cause_of_large_chambers",
            "sex",
            "study_aortic_regurgitation_more_than_mild",
            "study_beats_averaged",
            "study_decompensated",
            "study_rhythm",
            "study_state",
        }
    )
)
"""Everything that a grade may ask for: pictures that agree in these are graded alike."""


def why_not_on_this_scale(readings: Readings) -> str:
    """Why the grading of a chronic leak of a native valve is not run; empty when it is."""
    if readings.get("tempo") in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC):
        return "Acute regurgitation: the scale for chronic regurgitation reads falsely low."
    if readings.get("mitral_valve_state") in PROSTHESES:
        return "Mitral prosthesis: native grading does not apply."
    if readings.get("mitral_valve_state") in REPAIRED:
        return "Repaired valve: native grading does not apply."
    if flag(readings, "lvad_or_transplant"):
        return "Assist device or heart transplant: native grading does not apply."
    if number(readings, "age_years").is_below(ADULT_AGE):
        return "Younger than 18: adult limits do not apply."
    return ""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What one scheme counts, and under which conditions it was measured."""

    limits: tuple[str, ...]
    members: Sequence[Member]
    signs: SignCount

    @classmethod
    def of(
        cls,
        scheme: Scheme,
        picture: ClinicalPicture,
        readings: Readings,
        by_another: Sequence[Sign] = (),
    ) -> _Evidence:
        limits = why_it_cannot_exclude(readings)
        members = members_of(scheme, picture, readings, limits)
        of_signs = _readings_of_signs(picture, readings, members)
        count = count_signs(scheme, of_signs, may_exclude=not limits, by_another=by_another)
        return cls(limits, members, count)


def _weighed(
    evidence: _Evidence, readings: Readings, unknown_scale: tuple[str, ...]
) -> tuple[list[Line], SeverityState]:
    """The lines of evidence and the state that they give."""
    lines = lines_of(evidence.members, readings)
    state = state_of(lines, evidence.members, evidence.signs, readings)
    if unknown_scale and ANSWERS.get(state) is False:
        state = SeverityState.NOT_SEVERE_UNCONFIRMED
    return lines, state


def _unknown_of_scale(readings: Readings) -> tuple[str, ...]:
    return tuple(name for name in _NEEDED_FOR_SCALE if name not in readings)


def conclusion_by(scheme: Scheme, picture: ClinicalPicture, readings: Readings) -> Conclusion:
    """The grade and whether it is severe, as ``grade_by`` gives them, without the reasons."""
    if why_not_on_this_scale(readings):
        return Conclusion(GradeResult.NOT_ON_THIS_SCALE, None)
    evidence = _Evidence.of(scheme, picture, readings)
    lines, state = _weighed(evidence, readings, _unknown_of_scale(readings))
    return Conclusion(result_of(state, lines), ANSWERS.get(state))


def grade_by(
    scheme: Scheme,
    picture: ClinicalPicture,
    readings: Readings,
    *,
    by_another: Severity | None = None,
) -> Severity:
    """Severity of the regurgitation by one scheme, with reasons for, against and missing.

    ``by_another``: the same picture by another scheme, where it was graded already.
    """
    counted: Sequence[Sign] = ()
    if by_another is not None and by_another.state is not SeverityState.NOT_ON_THIS_SCALE:
        counted = by_another.signs
    evidence = _Evidence.of(scheme, picture, readings, counted)
    limits, members, signs = evidence.limits, evidence.members, evidence.signs
    off_scale = why_not_on_this_scale(readings)
    if off_scale:
        return _not_on_this_scale(scheme, members, signs, off_scale)
    unknown_scale = _unknown_of_scale(readings)
    lines, state = _weighed(evidence, readings, unknown_scale)
    answer, result = ANSWERS.get(state), result_of(state, lines)
    return Severity(
        scheme=scheme,
        state=state,
        is_severe=answer,
        result=result,
        reasons_for=_reasons_for(members, signs),
        reasons_against=_reasons_against(members, signs, picture),
        missing=missing_for_grade(state, lines, signs, readings, unknown_scale),
        notes=_notes(members, readings, signs, unknown_scale, limits),
        signs=signs.signs,
        reader_differs=_reader_differs(members, state, result),
        rests_on_old_evidence=answer is True
        and any(m.is_old for m in members if m.band[0] == SEVERE),
    )


def _readings_of_signs(
    picture: ClinicalPicture, readings: Readings, members: Sequence[Member]
) -> Readings:
    """The readings without signs that were not seen at rest, or not at the newest study."""
    newest, at_rest = newest_of(members), readings.get("study_state") not in NOT_AT_REST
    away = [
        name
        for name in readings
        if name in FACTS_OF_SIGNS
        and not (at_rest and joins(picture.facts[name].on, picture.facts[name].source, newest))
    ]
    return {n: r for n, r in readings.items() if n not in away} if away else readings


def _not_on_this_scale(
    scheme: Scheme, members: Sequence[Member], signs: SignCount, why: str
) -> Severity:
    """Only specific signs of structure and pulmonary vein are shown."""
    seen = [m for m in members if m.line in (LineKind.STRUCTURE, LineKind.PULMONARY_VEIN)]
    return Severity(
        scheme,
        SeverityState.NOT_ON_THIS_SCALE,
        None,
        GradeResult.NOT_ON_THIS_SCALE,
        tuple(_reason(m, m.text) for m in seen),
        (),
        (),
        (why,),
        signs=tuple(s for s in signs.signs if s.kind is not SignKind.MILD),
    )


# --- Reasons -------------------------------------------------------------------------------------


def _reason(member: Member, text: str) -> Reason:
    return Reason(text, member.fact, member.line.value, member.on, member.source, member.row)


def _reasons_for(members: Sequence[Member], count: SignCount) -> tuple[Reason, ...]:
    reasons = [
        _reason(m, m.text + (" (an earlier study)" if m.set_aside else ""))
        for m in members
        if m.band[0] == SEVERE
    ]
    if count.is_severe:
        text = f"{count.severe} of 6 signs specific for severe regurgitation"
        reasons.append(Reason(text, "", SIGNS, _newest_day(members), "", "ASE-A-2"))
    return tuple(reasons)


def _newest_day(members: Sequence[Member]) -> date | None:
    newest = newest_of(members)
    return None if newest is None else newest.on


def _reasons_against(
    members: Sequence[Member], count: SignCount, picture: ClinicalPicture
) -> tuple[Reason, ...]:
    reasons = []
    for member in members:
        if member.band[0] == SEVERE:
            continue
        caveats = list(member.cannot_exclude)
        if member.is_old:
            caveats.append("too old to reassure")
        elif member.band[1] == SEVERE:
            caveats.append("does not decide")
        if member.set_aside:
            caveats.append("an earlier study")
        suffix = f" (cannot exclude severe: {'; '.join(caveats)})" if caveats else ""
        reasons.append(_reason(member, member.text + suffix))
    if count.is_mild:
        reasons.append(_mild_signs(count, picture))
    return tuple(reasons)


def _mild_signs(count: SignCount, picture: ClinicalPicture) -> Reason:
    """The count with its signs, dated by the newest of them."""
    seen = [s for s in count.signs if s.kind is SignKind.MILD and s.answer is SignAnswer.YES]
    rests_on = [
        picture.facts[name] for sign in seen for name in sign.facts if name in picture.facts
    ]
    newest = max(rests_on, key=lambda fact: fact.on or date.min)
    text = f"{len(seen)} of 6 signs specific for mild regurgitation ({_words(seen)})"
    return Reason(text, seen[0].facts[0], SIGNS, newest.on, newest.source, "ASE-A-1")


def _words(signs: Sequence[Sign]) -> str:
    return "; ".join(sign.text for sign in signs)


def _reader_differs(members: Sequence[Member], state: SeverityState, result: GradeResult) -> str:
    """The reader's own grade in words, where it is not the grade that all evidence gives."""
    reader = next((m for m in members if m.line is LineKind.READER and not m.set_aside), None)
    if reader is None or reader.is_old:
        return ""
    words = grade_words(reader.band)
    if result is GradeResult.CANNOT_BE_GRADED:
        if state is not SeverityState.DISCORDANT:
            return ""
        return f"The reader calls it {words}; the evidence is discordant."
    rank = Grade(result.value).rank
    if reader.band[0] <= rank <= reader.band[1]:
        return ""
    return f"The reader calls it {words}; all evidence together gives {result.label.lower()}."


# --- Notes ---------------------------------------------------------------------------------------


def _notes(
    members: Sequence[Member],
    readings: Readings,
    count: SignCount,
    unknown_scale: tuple[str, ...],
    limits: tuple[str, ...],
) -> tuple[str, ...]:
    notes = []
    if unknown_scale:
        names = ", ".join(FACTS[name].label for name in unknown_scale)
        notes.append(f"Not recorded: {names}. Severe stands; less than severe is not concluded.")
    if limits:
        notes.append(f"The study may not exclude severe regurgitation: {', '.join(limits)}.")
    if readings.get("study_state") in NOT_AT_REST:
        notes.append("Measurements under stress or during an operation are not used.")
    if members:
        unrecorded = [FACTS[n].label for n in _ASSUMED_CONDITIONS if n not in readings]
        if unrecorded:
            notes.append(f"Assuming usual conditions; not recorded: {', '.join(unrecorded)}.")
    return (*notes, *_notes_on_jets(members, readings), *_notes_on_signs(count))


def _notes_on_jets(members: Sequence[Member], readings: Readings) -> list[str]:
    """What single frames, several jets and eccentric jets do to width and orifice (ASE-A-9)."""
    notes, settled = [], is_settled_by_cmr(members, readings)
    if readings.get("jet_timing") is JetTiming.LATE_SYSTOLIC:
        decides = "; CMR decides" if settled else ""
        notes.append(f"Late systolic jet: vena contracta and PISA overstate it{decides} (ASE-A-9).")
    if settled:
        return notes
    if flag(readings, "multiple_jets"):
        notes.append("Several jets: favor the regurgitant volume or CMR (ASE-A-9).")
    elif readings.get("jet_direction") is JetDirection.WALL_IMPINGING:
        notes.append("Very eccentric jet: favor the regurgitant volume or CMR (ASE-A-9).")
    return notes


def _notes_on_signs(count: SignCount) -> list[str]:
    """Signs on both sides, and what supports severe without deciding it."""
    notes = []
    if count.mild >= ENOUGH_SIGNS and count.has_severe_sign:
        notes.append(
            f"{count.mild} signs specific for mild beside a sign of severe regurgitation: TEE or "
            "CMR (ASE-A-8)."
        )
    supporting = [s for s in count.signs if s.kind is SignKind.SUPPORTING]
    if supporting:
        notes.append(f"Supports severe without deciding it: {_words(supporting)}.")
    return notes
