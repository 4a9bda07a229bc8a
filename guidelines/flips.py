"""The nearest flip: how far one measurement is from making an edition say something else.

Said in the measure's own unit and in units of its noise, so that "within error" can be read off.
It is never an invitation to measure again until a number fits (hazard H13), and it never names
age, sex, mechanism or symptoms: those are not measured with an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from guidelines.completions import split_limits
from guidelines.editions import (
    EditionVerdict,
    HeadlineKind,
    all_timing_rules,
    class_of,
    facts_of_edition,
    headline_kind,
    standing_of,
)
from guidelines.facts import (
    FACTS,
    ClinicalPicture,
    Fact,
    Interval,
    Number,
    Reading,
    complete_ratios,
    plain,
)
from guidelines.gaps import SEVERE_FROM
from guidelines.noise import TWO_STUDIES_95
from guidelines.rule import Edition
from guidelines.severity import Scheme, grade_by
from guidelines.vocabulary import Body

JUST_BEYOND = Decimal("0.001")  # the other side of a limit that includes its own value
NEVER = frozenset({"age_years", "nyha_class"})


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change of one measurement that would alter what an edition says.

    ``change`` is signed, in ``unit``; ``in_sem`` the same in standard errors of one measurement.
    ``past``: it must be more than that, because the limit's own value still counts as before.
    """

    name: str
    now: Number
    limit: Decimal
    change: float
    in_sem: float
    mdc95: float
    would_be: str
    past: bool

    @property
    def is_within_error(self) -> bool:
        """Whether two measurements of an unchanged heart may differ by as much."""
        return abs(self.change) <= self.mdc95

    @property
    def text(self) -> str:
        """ "LVESD 39 mm: 1 mm more (0.7 standard errors, within error) makes it Class I"."""
        definition = FACTS[self.name]
        direction = "more" if self.change > 0 else "less"
        noise = "within measurement error" if self.is_within_error else "beyond measurement error"
        return (
            f"{definition.label} {definition.say(self.now)}: "
            f"{'over ' if self.past else ''}{definition.say(_short(abs(self.change)))} {direction} "
            f"({self.in_sem:.1f} standard errors, {noise}) would make it: {self.would_be}"
        )

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "name": self.name,
            "now": plain(self.now),
            "limit": plain(self.limit),
            "unit": FACTS[self.name].unit,
            "change": self.change,
            "in_sem": self.in_sem,
            "mdc95": self.mdc95,
            "within_error": self.is_within_error,
            "would_be": self.would_be,
            "past": self.past,
            "text": self.text,
        }


def _short(value: float) -> float:
    return float(f"{value:.3g}")


_Outcome = tuple[int, HeadlineKind | None]


def nearest_flip(verdict: EditionVerdict, picture: ClinicalPicture) -> Flip | None:
    """The nearest flip of a decided verdict; ``None`` when it is not decided or none exists.

    ``picture`` holds the severity facts as graded. Behind a closed gate there is no flip.
    """
    standing = verdict.standing
    if verdict.gates.is_closed or standing.possible > standing.headline:
        return None
    now: _Outcome = (standing.headline, verdict.headline_kind)
    flips = [
        flip
        for name in _measured(verdict.edition)
        for flip in _flips_of(verdict.edition, picture, name, now)
    ]
    return min(flips, key=lambda flip: (flip.in_sem, flip.name), default=None)


@cache
def _measured(edition: Edition) -> tuple[str, ...]:
    """The measured facts with a known noise that this edition's headline may depend on."""
    asked = {*facts_of_edition(edition), *SEVERE_FROM} - NEVER
    return tuple(name for name in FACTS if name in asked and FACTS[name].mdc95)


def _flips_of(
    edition: Edition, picture: ClinicalPicture, name: str, now: _Outcome
) -> Iterator[Flip]:
    reading = picture.reading(name)
    if not isinstance(reading, Interval) or not reading.is_point or reading.low is None:
        return
    value, mdc95 = reading.low, float(FACTS[name].mdc95 or 0)
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    for limit in _limits(edition, picture, name):
        for target in (limit, limit + JUST_BEYOND, limit - JUST_BEYOND):
            if target == exact:
                continue
            words = _said_at(edition, picture, name, target, now)
            if words:
                change = float(limit - exact) or float(target - exact)
                in_sem = abs(change) * TWO_STUDIES_95 / mdc95
                yield Flip(name, value, limit, change, in_sem, mdc95, words, target != limit)
                break


def _limits(edition: Edition, picture: ClinicalPicture, name: str) -> list[Decimal]:
    limits = set(split_limits(all_timing_rules(edition), picture.readings(), name))
    if name in SEVERE_FROM:
        limits.add(SEVERE_FROM[name])
    return sorted(limits)


def _said_at(
    edition: Edition, picture: ClinicalPicture, name: str, value: Decimal, now: _Outcome
) -> str:
    """What the edition would say with this value, "" when the same as now."""
    standing = standing_of(edition, _readings_with(edition, picture, name, value))
    kind = headline_kind(standing)
    if (standing.headline, kind) == now:
        return ""
    if standing.headline == now[0] and standing.possible == standing.headline:
        return ""
    cor = class_of(edition, standing.headline)
    if cor is not None:
        return cor.label
    possible = class_of(edition, standing.possible)
    return "no rule met" if possible is None else f"{possible.label} possible"


def _readings_with(
    edition: Edition, picture: ClinicalPicture, name: str, value: Decimal
) -> dict[str, Reading]:
    """The readings with this value, severity graded anew where it is a measurement of it."""
    if name not in SEVERE_FROM:
        return complete_ratios({**picture.readings(), name: Interval.point(value)})
    old = picture.facts[name]
    changed = picture.having(**{name: Fact(value, old.on, old.source, old.method)})
    is_esc = edition.body is Body.ESC_EACTS
    scheme = Scheme.ESC_EACTS if is_esc else Scheme.ACC_AHA
    graded = grade_by(scheme, changed, changed.readings())
    fact = "severe_mr_esc_eacts" if is_esc else "severe_mr_acc_aha"
    return changed.having(**{fact: graded.as_fact()}).readings()
