"""Prostheses and repairs: their Doppler against the baseline, time, models, other valves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from guidelines.catalogue.antithrombosis import AorticMechanicalValve
from guidelines.facts import Fact
from guidelines.vocabulary import MitralValveState
from patients.models import Comorbidity, EchoStudy
from treatments.facts.case import Case, Facts, newer, newest, put, source_of
from treatments.facts.heart import lvef_interval
from treatments.facts.linear import RESTING, adverse_only_by_state
from treatments.facts.rhythm import HEART_SURGERY
from treatments.facts.valve import valve_state_of
from treatments.models import Complication, Intervention

Kind = Intervention.Kind
LESION_RANKS = {0: 0, 1: 1, 2: 2, 3: 4, 4: 4}
"""A lesion is recorded none, mild, moderate, severe, massive; a fact counts to four (severe)."""

# Fact, column of a study, column of the intervention that holds the baseline.
DOPPLER: Mapping[str, tuple[str, str]] = {
    "doppler_velocity_index": ("doppler_velocity_index", "baseline_doppler_velocity_index"),
    "effective_orifice_area_cm2": (
        "effective_orifice_area_cm2",
        "baseline_effective_orifice_area_cm2",
    ),
    "prosthesis_mean_gradient_mmhg": (
        "mitral_mean_gradient_mmhg",
        "baseline_mean_gradient_mmhg",
    ),
}
REFERENCE_DAYS = (30, 90)  # a reference study is made in this time after the procedure
LV_LIMITS = (Decimal(60), Decimal(40))  # LVEF in per cent at most, LVESD in mm at least
# Complication, the fact that it answers with yes while it is not resolved.
COMPLICATIONS: Mapping[str, str] = {
    Complication.Kind.PARAVALVULAR_LEAK: "paravalvular_leak",
    Complication.Kind.HEMOLYSIS: "hemolysis",
    Complication.Kind.VALVE_THROMBOSIS: "valve_thrombosis_suspected",
}


def prosthesis_facts(case: Case) -> Facts:
    """Everything that is asked of a valve that was operated on, and of valves beside it."""
    facts = _other_valves(case) | _times(case) | _complications(case)
    state = valve_state_of(case.record)
    if state.value in (None, MitralValveState.NATIVE):
        return facts
    facts |= _doppler(case)
    put(facts, "baseline_echo_after_intervention", _baseline_echo(case))
    put(facts, "lv_dysfunction_before_repair", _dysfunction_before(case))
    return facts


# Doppler -----------------------------------------------------------------------------------------


def _of_this_valve(case: Case) -> list[EchoStudy]:
    since = case.procedure_on
    return [row for row in case.studies(*RESTING) if since is None or row.performed_on > since]


def _doppler(case: Case) -> Facts:
    facts: Facts = {}
    studies = _of_this_valve(case)
    for name, (column, baseline) in DOPPLER.items():
        row = newest(studies, lambda each: getattr(each, column) is not None)  # noqa: B023
        if row is not None:
            facts[name] = _of_study(case, name, row, getattr(row, column))
        put(facts, f"baseline_{name}", _baseline(case, studies, column, baseline))
    leak = newest(studies, lambda each: each.intraprosthetic_regurgitation is not None)
    through = "intraprosthetic_regurgitation_grade"
    if leak is not None:
        grade = LESION_RANKS[leak.intraprosthetic_regurgitation or 0]
        facts[through] = _of_study(case, through, leak, Decimal(grade))
    early = [row for row in studies if _is_early(case, row)]
    reference = newest(early, lambda each: each.intraprosthetic_regurgitation is not None)
    if reference is not None:
        grade = LESION_RANKS[reference.intraprosthetic_regurgitation or 0]
        facts[f"baseline_{through}"] = case.fact(reference, Decimal(grade))
    put(facts, "prosthetic_regurgitation_grade", _regurgitation(case, studies))
    put(
        facts,
        "paravalvular_leak",
        newer(_leak(case, studies), _complications(case).get("paravalvular_leak")),
    )
    return facts


def _of_study(case: Case, name: str, row: EchoStudy, value: Decimal) -> Fact:
    days = case.limits.get(name, case.limits["finding"])
    return case.fact(row, value, days=days, adverse_only=adverse_only_by_state(row))


def _is_early(case: Case, study: EchoStudy) -> bool:
    """Whether a study lies in the time of the reference study."""
    if case.procedure_on is None:
        return False
    after = (study.performed_on - case.procedure_on).days
    return REFERENCE_DAYS[0] <= after <= REFERENCE_DAYS[1]


def _baseline(case: Case, studies: list[EchoStudy], column: str, kept: str) -> Fact | None:
    """As entered with the intervention, else from the study 30 to 90 days after it; no age."""
    procedure = case.procedure
    if procedure is not None and procedure.performed_on == case.procedure_on:
        value = getattr(procedure, kept)
        day = procedure.baseline_measured_on or procedure.performed_on
        if value is not None and day is not None and day <= case.on:
            return case.fact(procedure, value, on=day)
    early = [row for row in studies if _is_early(case, row) and getattr(row, column) is not None]
    if not early:
        return None
    return case.fact(early[-1], getattr(early[-1], column), reason="first study after implantation")


def _regurgitation(case: Case, studies: list[EchoStudy]) -> Fact | None:
    """The worse of what leaks through and beside the prosthesis; of a repair the reader's grade."""
    for study in studies:
        parts = (study.intraprosthetic_regurgitation, study.paravalvular_leak)
        ranks = [LESION_RANKS[part] for part in parts if part is not None]
        if study.reader_grade_high is not None:
            ranks.append(study.reader_grade_high)
        if ranks:
            name = "prosthetic_regurgitation_grade"
            return _of_study(case, name, study, Decimal(max(ranks)))
    return None


def _leak(case: Case, studies: list[EchoStudy]) -> Fact | None:
    row = newest(studies, lambda each: each.paravalvular_leak is not None)
    told = case.answer("paravalvular_leak")
    if row is None:
        return told
    days = case.limits["paravalvular_leak"]
    seen = case.fact(row, (row.paravalvular_leak or 0) > 0, days=days)
    return newer(seen, told)


def _baseline_echo(case: Case) -> Fact | None:
    """Whether a reference study, or a later one in its place, is on record."""
    if case.procedure_on is None:
        return None
    for study in reversed(_of_this_valve(case)):
        is_final_tte = study.modality == EchoStudy.Modality.TTE
        late_enough = (study.performed_on - case.procedure_on).days >= REFERENCE_DAYS[0]
        if is_final_tte and late_enough:
            return Fact(True, study.performed_on, source_of(study))
    return Fact(False, case.procedure_on, reason="none on record since the procedure")


def _dysfunction_before(case: Case) -> Fact | None:
    """LVEF of 60 % or less, or LVESD of 40 mm or more, at the last study before the procedure."""
    day = case.procedure_on
    if day is None:
        return None
    study = newest(
        case.studies(*RESTING),
        lambda row: (
            row.performed_on <= day
            and (row.lvesd_mm is not None or row.lvef_percent_high is not None)
        ),
    )
    if study is None:
        return None
    value = lvef_interval(study)
    high = study.lvef_percent_high if value is not None else None
    low = study.lvef_percent_low if value is not None else None
    most, least = LV_LIMITS
    low_ef = (
        None if high is None else high <= most or (None if low is None or low <= most else False)
    )
    large = None if study.lvesd_mm is None else study.lvesd_mm >= least
    if low_ef or large:
        return Fact(True, study.performed_on, source_of(study))
    if low_ef is False and large is False:
        return Fact(False, study.performed_on, source_of(study))
    return None


# Time and other valves ---------------------------------------------------------------------------


def _times(case: Case) -> Facts:
    facts: Facts = {}
    procedure, day = case.procedure, case.procedure_on
    if day is not None:
        source = "" if procedure is None else source_of(procedure)
        years, months = whole_years(day, case.on), months_between(day, case.on)
        facts["years_since_mitral_intervention"] = Fact(Decimal(years), day, source)
        facts["months_since_mitral_intervention"] = Fact(months, day, source)
    maze = _maze(case)
    both = [each for each in (maze, _closure(case)) if each is not None]
    row = max(both, key=lambda each: each.performed_on or date.min, default=None)
    if row is not None and row.performed_on is not None:
        facts["months_since_af_surgery_or_appendage_closure"] = Fact(
            months_between(row.performed_on, case.on), row.performed_on, source_of(row)
        )
    closed = _done(case.record.performed, {Kind.APPENDAGE_CLOSURE})
    put(facts, "appendage_closed", closed or case.answer("appendage_closed"))
    none = Fact(False, reason="no such procedure recorded")
    done = None if maze is None else Fact(True, maze.performed_on, source_of(maze))
    facts["af_surgery_done"] = done or none
    return facts


def _maze(case: Case) -> Intervention | None:
    """An ablation beside heart surgery of the same day; by catheter alone it is no surgery."""
    days = {row.performed_on for row in case.record.performed if row.kind in HEART_SURGERY}
    return newest(
        case.record.performed,
        lambda row: row.kind == Kind.AF_ABLATION and row.performed_on in days,
    )


def _closure(case: Case) -> Intervention | None:
    return newest(case.record.performed, lambda row: row.kind == Kind.APPENDAGE_CLOSURE)


def whole_years(since: date, on: date) -> int:
    """Completed years from one day to another."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def months_between(since: date, on: date) -> Decimal:
    """Calendar months: the same day three months on is 3, days beyond it are parts of a month."""
    whole = (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
    return Decimal(whole) + Decimal(_days_beyond(since, on)) / Decimal(31)


def _days_beyond(since: date, on: date) -> int:
    """Days since the day of the month on which the last whole month was completed."""
    if on.day >= since.day:
        return on.day - since.day
    last_month = on.replace(day=1).toordinal() - 1
    held = date.fromordinal(last_month)
    return on.day + max(held.day - since.day, 0)


def _other_valves(case: Case) -> Facts:
    """Prostheses and repairs of other valves, assist devices and transplants."""
    facts: Facts = {}
    performed, surgery = case.record.performed, Comorbidity.Kind.PREVIOUS_CARDIAC_SURGERY
    told = case.condition(surgery)
    never = told if told is not None and told.value is False else None
    prosthesis = _done(performed, {Kind.AORTIC_REPLACEMENT, Kind.TAVI})
    material = _done(performed, {Kind.TRICUSPID_SURGERY})
    aortic = _done(performed, {Kind.AORTIC_REPLACEMENT})
    for name, done in (
        ("other_valve_prosthesis", prosthesis),
        ("other_valve_repair_material", material),
    ):
        put(facts, name, done or newer(case.answer(name), never))
    device = case.condition(Comorbidity.Kind.LVAD_OR_TRANSPLANT)
    no_device = device if device is not None and device.value is False else None
    put(facts, "heart_transplant", _done(performed, {Kind.TRANSPLANT}) or no_device)
    put(facts, "assist_device", _done(performed, {Kind.LVAD}) or no_device)
    if aortic is None:
        # "No such operation recorded is none" (the catalogue).
        none = Fact(AorticMechanicalValve.NONE, reason="no such operation recorded")
        facts["aortic_mechanical_valve"] = none
        told = newer(case.answer("other_mechanical_valve"), never)
        facts["other_mechanical_valve"] = told or Fact(False, reason=none.reason)
    else:
        reason = "aortic valve replaced: which model is not recorded"
        unknown = AorticMechanicalValve.UNKNOWN
        facts["aortic_mechanical_valve"] = Fact(unknown, aortic.on, aortic.source, reason=reason)
        put(facts, "other_mechanical_valve", case.answer("other_mechanical_valve"))
    return facts


def _done(performed: Iterable[Intervention], kinds: set[Intervention.Kind]) -> Fact | None:
    row = newest(performed, lambda each: each.kind in kinds)
    if row is None:
        return None
    return Fact(True, row.performed_on, source_of(row), method=row.get_kind_display())


def _complications(case: Case) -> Facts:
    """A complication of the valve that is not resolved answers its question with yes."""
    facts: Facts = {}
    for row in case.record.complications:
        name = COMPLICATIONS.get(row.kind)
        if name is None or name in facts or row.resolved == "yes":
            continue
        seen = case.fact(row, True, method="complication")
        put(facts, name, newer(seen, case.answer(name)))
    return facts
