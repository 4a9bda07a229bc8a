"""Which interval governs, for one fully described situation and edition (rows *-FU-*, *-F-*).

``surveillance`` turns these into dates, and an unknown into every situation it may stand for.
Where an edition prints no interval the clinic's default is used and marked as local.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from guidelines.registry import ACC_AHA_2020, ESC_EACTS_2021, ESC_EACTS_2025, RULES
from guidelines.rule import Edition
from guidelines.vocabulary import Mechanism, MitralValveState, Verification

# Months; low and high end of what is printed.
MILD = (36, 60)  # AHA-FU-01, ESC25-F-10
MODERATE = (12, 24)  # AHA-FU-02, ESC25-F-02
SEVERE_ACC_AHA = (6, 12)  # AHA-FU-03, AHA-PD-06
HALF_YEARLY = (6, 6)  # ESC25-F-01, F-06, F-07
YEARLY = (12, 12)  # AHA-FU-08, FU-10, FU-11, ESC25-F-04, F-05, F-08, F-09
AFTER_REPAIR = (24, 36)  # AHA-FU-09, ESC25-F-03
QUARTERLY = (3, 3)  # ESC25-F-06; local default of ESC25-F-11
MILD_VISIT = (24, 24)  # local default
BIOPROSTHESIS_YEARS = (5, 10)  # AHA-FU-07, then yearly
FIRST_YEAR = (1,)  # AHA-FU-09, then every 2 to 3 years; ESC25-F-09, then yearly
BASELINE_DAYS = (30, 90)  # AHA-FU-05 (safety A1); local default where an edition prints none
BASELINE_DAYS_ESC25 = (1, 90)  # ESC25-F-09: within 3 months
BASELINE_DAYS_ESC21 = (1, 30)  # ESC25-F-09, edition 2021: within 30 days

SEVERE_FROM = 3  # grade: moderate to severe is followed as severe (safety D2)
MODERATE_GRADE = 2
LOCAL = "local"

S = MitralValveState
M = Mechanism
BIOLOGICAL = (S.SURGICAL_BIOPROSTHESIS, S.TRANSCATHETER)
REPLACED = (S.MECHANICAL, *BIOLOGICAL)


@dataclass(frozen=True, slots=True)
class DueRule:
    """The row behind a due date; ``is_local`` when no guideline prints this interval."""

    row: str
    words: str
    is_local: bool
    verification: Verification | None = None

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "row": self.row,
            "words": self.words,
            "is_local": self.is_local,
            "verification": self.verification.value if self.verification else None,
            "verification_label": self.verification.label if self.verification else "",
        }


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is due: every ``months`` (low, high) after the last one.

    ``years``: fixed years after the intervention that come first. ``days``: the window after the
    intervention for its baseline. ``months`` of ``None``: not due by routine. ``is_now``: today;
    ``once_done``: what holds instead of it once that echo was done.
    """

    rule: DueRule
    months: tuple[int, int] | None
    years: tuple[int, ...] = ()
    baseline: DueRule | None = None
    days: tuple[int, int] = BASELINE_DAYS
    is_now: bool = False
    once_done: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Echo and visit for one situation. ``is_decision``: no interval, a decision is due now."""

    echo: Schedule
    visit: Schedule
    is_decision: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that an interval depends on, all of it known.

    ``grade`` 1 to 4. ``lv_normal``: LVEF above 60 % and LVESD below 40 mm. ``other_lesions``: other
    valve disease at least moderate. ``clean_repair``: neither LV dysfunction before nor arrhythmia.
    """

    state: MitralValveState
    mechanism: Mechanism
    grade: int
    symptomatic: bool
    lv_normal: bool
    other_lesions: bool
    advanced_heart_failure: bool
    clean_repair: bool

    @property
    def is_severe(self) -> bool:
        """Severe, or moderate to severe, which is followed as severe."""
        return self.grade >= SEVERE_FROM

    @property
    def is_quiet(self) -> bool:
        """Without symptoms, with a normal left ventricle and no other lesion."""
        return not self.symptomatic and self.lv_normal and not self.other_lesions


def local_rule(words: str, row: str = LOCAL) -> DueRule:
    """A default of the clinic; ``row`` names the gap in the tables that it fills, if any."""
    return DueRule(row, words, is_local=True)


@cache
def printed(edition: Edition, row: str, words: str) -> DueRule:
    """The row as printed by this edition, or marked as local when the edition does not hold it."""
    for rule in RULES[edition]:
        if rule.source.row == row:
            return DueRule(row, words, is_local=False, verification=rule.source.verification)
    return DueRule(row, words, is_local=True)


def _both(rule: DueRule, months: tuple[int, int]) -> Plan:
    return Plan(echo=Schedule(rule, months), visit=Schedule(rule, months))


@cache
def plan_of(edition: Edition, now: Situation) -> Plan:
    """The interval that governs this situation by this edition."""
    if now.state is S.NATIVE:
        return _native(edition, now)
    return _treated(edition, now)


def _native(edition: Edition, now: Situation) -> Plan:
    if now.is_severe and now.mechanism is M.PRIMARY and (now.symptomatic or not now.lv_normal):
        return _decision(edition, now)
    if now.is_severe and now.symptomatic:
        return _both(_symptomatic_secondary(), QUARTERLY)
    if edition is ACC_AHA_2020:
        return _native_acc_aha(now)
    return _native_esc(edition, now)


def _decision(edition: Edition, now: Situation) -> Plan:
    """Symptoms or a left ventricle past its limits: stage D or C2, not an interval."""
    why = "symptoms" if now.symptomatic else "LV dysfunction"
    rows = ("AHA-PI-01", "AHA-PI-02") if edition is ACC_AHA_2020 else ("ESC25-P-02", "ESC25-P-03")
    row = rows[0] if now.symptomatic else rows[1]
    decide = Schedule(
        printed(edition, row, f"severe primary MR with {why}: a decision, not an interval"),
        None,
        is_now=True,
    )
    echo = Schedule(local_rule("severe MR awaiting a decision: echo half-yearly"), HALF_YEARLY)
    return Plan(echo=echo, visit=decide, is_decision=True)


def _symptomatic_secondary() -> DueRule:
    return local_rule(
        "symptomatic severe secondary MR without intervention: no interval is printed, 3 months",
        "ESC25-F-11",
    )


def _native_acc_aha(now: Situation) -> Plan:
    edition = ACC_AHA_2020
    if not now.is_quiet:
        return _outside_table(now)
    if now.is_severe:
        row = "AHA-PD-06" if now.mechanism is M.PRIMARY else "AHA-FU-03"
        rule = printed(edition, row, "severe MR, compensated: echo every 6 to 12 months")
        return _both(rule, SEVERE_ACC_AHA)
    if now.grade == MODERATE_GRADE:
        rule = printed(edition, "AHA-FU-02", "moderate MR: echo every 1 to 2 years")
        visit = local_rule("moderate MR: visit yearly")
        return Plan(Schedule(rule, MODERATE), Schedule(visit, YEARLY))
    rule = printed(edition, "AHA-FU-01", "mild MR: echo every 3 to 5 years")
    return Plan(Schedule(rule, MILD), Schedule(local_rule("mild MR: visit"), MILD_VISIT))


def _outside_table(now: Situation) -> Plan:
    """Symptoms, LV dysfunction or another lesion: the printed interval does not hold."""
    months = YEARLY if now.grade < MODERATE_GRADE else HALF_YEARLY
    return _both(
        local_rule(
            "symptoms, LV dysfunction or another valve lesion: earlier than the printed interval"
        ),
        months,
    )


def _native_esc(edition: Edition, now: Situation) -> Plan:
    if now.mechanism is M.SECONDARY_VENTRICULAR and now.grade >= MODERATE_GRADE:
        rule = printed(edition, "ESC25-F-07", "ventricular secondary MR: at least twice a year")
        return _both(rule, HALF_YEARLY)
    if now.is_severe and now.mechanism is M.PRIMARY:
        rule = printed(edition, "ESC25-F-01", "asymptomatic severe MR: every 6 months")
        return _both(rule, HALF_YEARLY)
    if now.is_severe and not now.other_lesions:
        rule = printed(edition, "ESC25-F-08", "asymptomatic severe atrial MR: at least yearly")
        return _both(rule, YEARLY)
    if not now.is_quiet:
        return _outside_table(now)
    if now.grade >= MODERATE_GRADE:
        return _moderate_esc(edition, now)
    rule = local_rule("mild MR: no interval is printed; as ACC/AHA, 3 to 5 years", "ESC25-F-10")
    return Plan(Schedule(rule, MILD), Schedule(local_rule("mild MR: visit"), MILD_VISIT))


def _moderate_esc(edition: Edition, now: Situation) -> Plan:
    if now.mechanism is M.PRIMARY:
        rule = printed(edition, "ESC25-F-02", "moderate MR: visit yearly, echo every 1 to 2 years")
        return Plan(Schedule(rule, MODERATE), Schedule(rule, YEARLY))
    return _both(local_rule("moderate atrial MR: no interval is printed, yearly"), YEARLY)


def _treated(edition: Edition, now: Situation) -> Plan:
    """After an intervention on the mitral valve; symptoms are no interval there either."""
    echo = _echo_after(edition, now)
    visit = _visit_after(edition, now, echo)
    if not now.symptomatic:
        return Plan(echo, visit)
    row = "AHA-PV-01" if edition is ACC_AHA_2020 else "SAFE-03"
    words = "symptoms after an intervention: echo and a decision now, not an interval"
    at_once = Schedule(printed(edition, row, words), None, is_now=True)
    return Plan(replace(at_once, once_done=echo), at_once, is_decision=True)


def _baseline(edition: Edition, state: MitralValveState) -> tuple[DueRule, tuple[int, int]]:
    if edition is ACC_AHA_2020:
        return printed(edition, "AHA-FU-05", "baseline echo at 1 to 3 months"), BASELINE_DAYS
    if state not in BIOLOGICAL:
        return local_rule("baseline echo at 1 to 3 months"), BASELINE_DAYS
    if edition is ESC_EACTS_2021:
        return printed(edition, "ESC25-F-09", "baseline echo within 30 days"), BASELINE_DAYS_ESC21
    return printed(edition, "ESC25-F-09", "baseline echo within 3 months"), BASELINE_DAYS_ESC25


def _echo_after(edition: Edition, now: Situation) -> Schedule:
    if edition is ACC_AHA_2020:
        rule, months, years = _echo_after_acc_aha(now.state)
    else:
        rule, months = _after_esc(edition, now)
        years = FIRST_YEAR if rule.row == "ESC25-F-09" else ()
    baseline, days = _baseline(edition, now.state)
    return Schedule(rule, months, years, baseline, days)


def _echo_after_acc_aha(
    state: MitralValveState,
) -> tuple[DueRule, tuple[int, int] | None, tuple[int, ...]]:
    edition = ACC_AHA_2020
    if state is S.MECHANICAL:
        words = "mechanical valve: no routine echo after the baseline, only on a change"
        return printed(edition, "AHA-FU-06", words), None, ()
    if state is S.SURGICAL_BIOPROSTHESIS:
        words = "bioprosthesis: echo at 5 and 10 years, then yearly"
        return printed(edition, "AHA-FU-07", words), YEARLY, BIOPROSTHESIS_YEARS
    if state is S.TRANSCATHETER:
        return printed(edition, "AHA-FU-08", "transcatheter valve: echo yearly"), YEARLY, ()
    if state is S.SURGICAL_REPAIR:
        words = "surgical repair: echo at 1 year, then every 2 to 3 years"
        return printed(edition, "AHA-FU-09", words), AFTER_REPAIR, FIRST_YEAR
    if state is S.TEER:
        return printed(edition, "AHA-FU-10", "edge-to-edge repair: echo yearly"), YEARLY, ()
    return local_rule("after commissurotomy: yearly"), YEARLY, ()


def _after_esc(edition: Edition, now: Situation) -> tuple[DueRule, tuple[int, int]]:
    if now.mechanism is M.SECONDARY_VENTRICULAR:
        months = QUARTERLY if now.advanced_heart_failure else HALF_YEARLY
        words = "ventricular secondary MR after an intervention: every 3 or 6 months"
        return printed(edition, "ESC25-F-06", words), months
    if now.state in BIOLOGICAL:
        words = "biological prosthesis: echo at 1 year, then yearly"
        return printed(edition, "ESC25-F-09", words), YEARLY
    if now.mechanism is M.SECONDARY_ATRIAL:
        words = "atrial secondary MR after an intervention: yearly"
        return printed(edition, "ESC25-F-08", words), YEARLY
    if now.state is S.MECHANICAL:
        return printed(edition, "ESC25-F-04", "after valve replacement: yearly"), YEARLY
    if now.state is S.TEER:
        return printed(edition, "ESC25-F-05", "after edge-to-edge repair: yearly"), YEARLY
    return _after_repair_esc(edition, now)


def _after_repair_esc(edition: Edition, now: Situation) -> tuple[DueRule, tuple[int, int]]:
    """F-03 only without LV dysfunction before and without arrhythmia (safety A1)."""
    if edition is ESC_EACTS_2025 and now.state is S.SURGICAL_REPAIR and now.clean_repair:
        words = "surgical repair, no LV dysfunction before, no arrhythmia: every 2 to 3 years"
        return printed(edition, "ESC25-F-03", words), AFTER_REPAIR
    return local_rule("after a mitral repair: no interval is printed, yearly"), YEARLY


def _visit_after(edition: Edition, now: Situation, echo: Schedule) -> Schedule:
    """Yearly by ACC/AHA, together with the echo by ESC/EACTS; the first one with the baseline."""
    baseline = local_rule("first visit with the baseline echo")
    if edition is not ACC_AHA_2020:
        return Schedule(echo.rule, echo.months, (), baseline, echo.days)
    rule = printed(edition, "AHA-FU-11", "after a valve intervention: visit yearly")
    return Schedule(rule, YEARLY, (), baseline, echo.days)
