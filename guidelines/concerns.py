"""What asks for a person now, in the order of urgency, each with its own act.

A concern is not a bucket: it stands whatever the follow-up says (hazard H12). The order is that of
the morning's list: what can kill today comes first (SAFE-20, SAFE-21, hazard H7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from guidelines.pathway import DEFAULT_SETTINGS, PathwaySettings
from guidelines.vocabulary import Term

LVEF_URGENT_PERCENT = 50  # clinic setting of the opt-out referral: the shorter wait


class ConcernKind(Term):
    """A reason to be on the list; in the order of the list."""

    ACUTE = "acute", "Acute mitral regurgitation"
    DANGER = "danger", "Danger today"
    CLASS_1 = "class_1", "Class 1 or I, nobody has decided"
    STILL_OPEN = "still_open", "Met earlier and still open"
    DISCUSS = "discuss", "For discussion (class 2a or IIa)"
    TEAM = "team", "The team was asked"
    PLAN = "plan", "Planned and not carried out"
    INR = "inr", "INR out of range or overdue"
    RESULT = "result", "New result not yet seen"
    DUE = "due", "Visit or echo due"
    NEAR = "near", "A limit is expected before the next echo"
    MISSING = "missing", "One measurement holds the verdict up"

    @property
    def rank(self) -> int:
        """1 for the most urgent."""
        return _RANKS[self]

    @property
    def bit(self) -> int:
        """Its place in a mask of several."""
        return 1 << (self.rank - 1)


ROUTINE = frozenset({ConcernKind.DUE, ConcernKind.NEAR, ConcernKind.MISSING})
"""What ends with the follow-up itself; everything else asks for somebody all the same (H12)."""
_RANKS = {kind: place for place, kind in enumerate(ConcernKind, start=1)}


def mask_of(kinds: Any) -> int:
    """Several kinds as one number, by which a list is narrowed."""
    mask = 0
    for kind in kinds:
        mask |= kind.bit
    return mask


@dataclass(frozen=True, slots=True)
class Concern:
    """One reason: what it is in words, what to do about it, and since when where that is known.

    ``weight`` orders the rows of one kind: lower comes first.
    """

    kind: ConcernKind
    words: str
    act: str
    since: date | None = None
    weight: int = 0

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "kind": self.kind.value,
            "words": self.words,
            "act": self.act,
            "since": self.since.isoformat() if self.since else None,
            "weight": self.weight,
        }


@dataclass(frozen=True, slots=True)
class Trigger:
    """A class 1 or I of one body that nobody has answered.

    ``stands``: whether today's evidence still says it; ``said``: the headline in the body's words.
    """

    said: str
    since: date | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A procedure that is planned or decided and not done; ``look_on``: its time is over then."""

    words: str
    look_on: date


@dataclass(frozen=True, slots=True)
class ConcernCase:
    """What the concerns depend on; an empty field says nothing of a kind.

    ``dangers``: words and act of each rule of SAFE-20, SAFE-21 or of suspected endocarditis that
    is met. ``inr``: words and act of an INR that is out of range or overdue without being one of
    these. ``discuss``: headlines of class 2a or IIa. ``team_since``: the day on which the team was
    asked and has not answered. ``plans``: procedures that nobody recorded as performed or called
    off. ``is_followed``: whether a clinic calls the patient at all; where none does, nothing is due
    (``ROUTINE``). ``unseen``: how many results nobody has acknowledged, the oldest of
    ``unseen_since``. ``due_words``: what is due or overdue, from ``due_by``. ``near_on``: when a
    limit is expected to be met, where that is before ``next_echo_on``. ``missing``: the one
    measurement that a verdict waits for, in words. ``lvef_percent``: the lowest that it may be.
    """

    on: date
    has_died: bool = False
    acute_since: date | None = None
    acute_acknowledged: bool = False
    dangers: tuple[tuple[str, str], ...] = ()
    triggers: tuple[Trigger, ...] = ()
    is_symptomatic: bool | None = None
    lvef_percent: object = None
    discuss: tuple[str, ...] = ()
    team_since: date | None = None
    plans: tuple[Plan, ...] = ()
    is_followed: bool = True
    inr: tuple[tuple[str, str], ...] = ()
    unseen: int = 0
    unseen_since: date | None = None
    due_words: str = ""
    due_by: date | None = None
    is_overdue: bool = False
    reminds: bool = True
    near_words: str = ""
    missing: str = ""
    settings: PathwaySettings = DEFAULT_SETTINGS


def concerns_of(case: ConcernCase) -> tuple[Concern, ...]:
    """Everything that asks for a person, most urgent first; nothing of somebody who died."""
    if case.has_died:
        return ()
    # One body may stand today while the other is only open still: sorted, not as they come.
    asking = (each for each in _concerns(case) if case.is_followed or each.kind not in ROUTINE)
    return tuple(sorted(asking, key=lambda concern: (concern.kind.rank, concern.weight)))


def _concerns(case: ConcernCase) -> Iterator[Concern]:
    if case.acute_since is not None:
        yield _acute(case)
    for words, act in case.dangers:
        yield Concern(ConcernKind.DANGER, words, act)
    yield from _triggers(case)
    for headline in case.discuss:
        yield Concern(ConcernKind.DISCUSS, headline, "Discuss at the next visit or with the team")
    if case.team_since is not None:
        words = "The heart team was asked and has not answered"
        yield Concern(ConcernKind.TEAM, words, "Bring to the heart team", case.team_since)
    for plan in case.plans:
        if plan.look_on <= case.on:
            act = "Record what became of it, or plan it anew"
            yield Concern(ConcernKind.PLAN, plan.words, act, plan.look_on)
    for words, act in case.inr:
        yield Concern(ConcernKind.INR, words, act)
    yield from _routine(case)


def _acute(case: ConcernCase) -> Concern:
    acknowledged = "acknowledged" if case.acute_acknowledged else "not acknowledged"
    words = f"Acute mitral regurgitation, {acknowledged}"
    weight = 1 if case.acute_acknowledged else 0
    return Concern(ConcernKind.ACUTE, words, "Open the emergency now", case.acute_since, weight)


def _triggers(case: ConcernCase) -> Iterator[Concern]:
    weight = _weight(case)
    for trigger in case.triggers:
        kind = ConcernKind.CLASS_1 if trigger.stands else ConcernKind.STILL_OPEN
        act = "Decide, or refer to the heart team"
        if not trigger.stands:
            act = "Decide: newer or older evidence does not close it"
        if referred_by_itself_on(case, trigger) is not None:
            act = "Nobody has answered in time: on the heart team's list"
        yield Concern(kind, trigger.said, act, trigger.since, weight)


def _weight(case: ConcernCase) -> int:
    """Symptomatic patients first, those of whom it is not known next: unknown is not "no"."""
    if case.is_symptomatic is None:
        return 1
    return 0 if case.is_symptomatic else 2


def wait_days(case: ConcernCase) -> int:
    """How many days an unanswered class 1 or I waits until it goes to the team by itself.

    Symptoms, or an LVEF that may be 50 % or below, shorten it; so does not knowing of symptoms.
    In an acute one nothing waits.
    """
    if case.acute_since is not None:
        return 0
    lvef: Any = case.lvef_percent
    is_low = lvef is not None and lvef <= LVEF_URGENT_PERCENT
    is_urgent = case.is_symptomatic is not False or is_low
    return case.settings.refer_after_urgent if is_urgent else case.settings.refer_after


def referred_by_itself_on(case: ConcernCase, trigger: Trigger) -> date | None:
    """Since when the trigger is on the team's list because nobody answered; ``None``: it is not.

    One whose beginning is not known waits no longer: it may be old.
    """
    if trigger.since is None:
        return case.on
    day = trigger.since + timedelta(days=wait_days(case))
    return day if day <= case.on else None


def _routine(case: ConcernCase) -> Iterator[Concern]:
    if case.unseen:
        noun = "result" if case.unseen == 1 else "results"
        words = f"{case.unseen} {noun} nobody has seen"
        yield Concern(ConcernKind.RESULT, words, "Look at it and sign it", case.unseen_since)
    if case.due_words and case.reminds:
        weight = 0 if case.is_overdue else 1
        act = "Call and book" if case.is_overdue else "Book"
        yield Concern(ConcernKind.DUE, case.due_words, act, case.due_by, weight)
    if case.near_words:
        yield Concern(ConcernKind.NEAR, case.near_words, "Bring the next echo forward")
    if case.missing:
        words = f"Needs {case.missing}"
        yield Concern(ConcernKind.MISSING, words, "Measure or enter it")


def concerns_change_on(case: ConcernCase) -> date | None:
    """The first later day on which time alone may change the concerns; ``None`` for never."""
    days = [
        trigger.since + timedelta(days=wait_days(case))
        for trigger in case.triggers
        if trigger.since is not None
    ]
    days += [plan.look_on for plan in case.plans]
    return min((day for day in days if day > case.on), default=None)
