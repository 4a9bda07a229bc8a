"""The key measurements: the newest value, the one before, and whether they differ for real.

No limit of any rule is read here. Drafts and studies not at rest are left out, as in the course.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guidelines.change import Change
from guidelines.progression import CourseVerdict, Progression
from guidelines.series import Measure, Point

KEY_MEASURES = (
    "lvef_percent",
    "lvesd_mm",
    "eroa_mm2",
    "regurgitant_volume_ml",
    "la_volume_index_ml_m2",
    "spap_mmhg",
    "nt_probnp_pg_ml",
    "bnp_pg_ml",
    "six_minute_walk_m",
)
"""In the order in which a letter tells them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure as a letter tells it.

    ``why_apart``: why the newest value is not compared with older ones; "" where it is.
    ``latest`` compares with the study before, ``whole`` with the first study of the course.
    """

    measure: Measure
    newest: Point
    why_apart: str
    verdict: CourseVerdict
    latest: Change | None
    whole: Change | None
    course: Progression

    @property
    def is_compared(self) -> bool:
        """Whether there is an older value to compare the newest one with."""
        return not self.why_apart and self.latest is not None

    @property
    def changed(self) -> Change | None:
        """The change that is more than error: over the whole course, else since the study before.

        A real slope without either is a change over the whole course, too.
        """
        if not self.is_compared or self.verdict is not CourseVerdict.CHANGED_FOR_REAL:
            return None
        real = [each for each in (self.whole, self.latest) if each is not None and each.is_real]
        return real[0] if real else self.whole or self.latest


def measured(courses: Sequence[Progression]) -> Iterator[Measured]:
    """The key measures that have a value at rest in a final study."""
    by_name = {course.measure.name: course for course in courses}
    for name in KEY_MEASURES:
        course = by_name.get(name)
        found = _of(course) if course is not None else None
        if found is not None:
            yield found


def _of(course: Progression) -> Measured | None:
    apart = {id(each.point): each.why for each in course.left_out}
    points = [*course.used, *(each.point for each in course.left_out)]
    told = [point for point in points if point.is_final and point.is_rest and point.on <= course.on]
    if not told:
        return None
    # Of one day the value that is compared comes first.
    newest = max(told, key=lambda point: (point.on, id(point) not in apart))
    return Measured(
        course.measure,
        newest,
        apart.get(id(newest), ""),
        course.verdict,
        course.latest_change,
        course.change_since_first,
        course,
    )


def value_of(point: Point, measure: Measure) -> str:
    """A value with its unit."""
    return f"{point.interval} {measure.unit}"


def chance_of(change: Change, measure: Measure) -> str:
    """By how much two studies differ by chance, with its unit."""
    unit = "points" if measure.unit == "%" else measure.unit
    number = f"{change.mdc95:.0f}" if change.mdc95 >= 10 else f"{change.mdc95:.2g}"
    return f"{number} {unit}"
