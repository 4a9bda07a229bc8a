"""The grade as a range for rules and due dates: a leak not shown to be mild may still be severe."""

from __future__ import annotations

from decimal import Decimal

from guidelines.facts import Fact, Interval
from guidelines.severity import Conclusion, Severity
from guidelines.vocabulary import GradeResult

RANKS = {
    GradeResult.MILD: 1,
    GradeResult.MODERATE: 2,
    GradeResult.MODERATE_TO_SEVERE: 3,
    GradeResult.SEVERE: 4,
}
SEVERE = 4


def grade_range(
    ase: Severity | Conclusion, *bodies: Severity | Conclusion
) -> tuple[int, int] | None:
    """Lowest and highest grade that the evidence leaves open; ``None`` when there is no grade.

    Only when every body excludes severe the grade itself is the upper end (safety D2: one line of
    evidence never excludes severe).
    """
    rank = RANKS.get(ase.result)
    if rank is None:
        is_severe = bool(bodies) and all(each.is_severe is True for each in bodies)
        return (SEVERE, SEVERE) if is_severe else None
    is_excluded = all(each.is_severe is False for each in bodies)
    return (rank, rank if is_excluded else SEVERE)


def grade_fact(ase: Severity, *bodies: Severity) -> Fact:
    """The range as the fact ``mr_grade``."""
    ends = grade_range(ase, *bodies)
    if ends is None:
        return Fact(None, reason="cannot be graded")
    low, high = (Decimal(end) for end in ends)
    return Fact(Interval(low, high), reason=ase.explanation)
