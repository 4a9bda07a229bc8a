"""How many patients look alike in an extract: pooling and leaving out what is too rare.

Two patients look alike when their quasi-identifiers are equal. Each group must hold at least ``k``
of them. Of a group that is smaller the age is pooled; whoever is still in too small a group then is
left out. That is decided among all patients, so that a patient is told of in the same way in every
file; in each file the groups are counted once more, and too small a one is left out of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)

OLDEST_TOLD = 89  # years; older ages are one group
BAND_STARTS = (40, 50, 60, 70, 80, OLDEST_TOLD + 1)
YOUNGEST, OLDEST = "under-40", "90-or-over"
NOT_RECORDED, POOLED = "not-recorded", "pooled"
AGE_BANDS = {
    YOUNGEST: "under 40 years",
    **{f"{low}-{high - 1}": f"{low} to {high - 1} years" for low, high in pairwise(BAND_STARTS)},
    OLDEST: "90 years or over",
    NOT_RECORDED: "birth date not recorded",
    POOLED: "pooled: too few patients are alike",
}
"""The bands of age in an extract, with their labels."""


def age_band(age: int | None) -> str:
    """The band of an age in completed years; everybody over 89 is in one."""
    if age is None:
        return NOT_RECORDED
    if age < BAND_STARTS[0]:
        return YOUNGEST
    if age > OLDEST_TOLD:
        return OLDEST
    low, high = next((low, high) for low, high in pairwise(BAND_STARTS) if low <= age < high)
    return f"{low}-{high - 1}"


class Quasi(NamedTuple):
    """What, taken together, may tell who a patient is."""

    clinic: str
    sex: str
    age_band: str
    present_mechanism: str


@dataclass(frozen=True)
class Grouped(Generic[Key]):
    """The patients who may leave, with what is told of them, and how many may not."""

    told: Mapping[Key, Quasi]
    pooled: int
    """Patients whose age is pooled."""
    left_out: int
    """Patients in whose group too few are alike even so."""

    @property
    def groups(self) -> Counter[Quasi]:
        """The number of patients in each group."""
        return Counter(self.told.values())

    @property
    def smallest(self) -> int | None:
        """The number of patients in the smallest group; ``None`` when nobody leaves."""
        return min(self.groups.values(), default=None)

    def smallest_of_each(self) -> dict[str, int]:
        """The smallest group when only one of the quasi-identifiers is known."""
        counts = {
            name: Counter(getattr(quasi, name) for quasi in self.told.values())
            for name in Quasi._fields
        }
        return {name: min(found.values()) for name, found in counts.items() if found}


def grouped(
    known: Mapping[Key, Quasi], k: int, in_file: Collection[Key] | None = None
) -> Grouped[Key]:
    """Who may leave of the patients of a file, who are among all that are ``known``.

    Pools the age of patients who are alike with fewer than ``k``, leaves out who still is, and who
    is so in the file.
    """
    alike = Counter(known.values())
    told = {
        key: quasi if alike[quasi] >= k else quasi._replace(age_band=POOLED)
        for key, quasi in known.items()
    }
    wanted = set(known if in_file is None else in_file)
    kept = _large_enough(told, k)
    kept = _large_enough({key: quasi for key, quasi in kept.items() if key in wanted}, k)
    pooled = sum(quasi.age_band == POOLED for quasi in kept.values())
    return Grouped(kept, pooled, len(wanted) - len(kept))


def _large_enough(told: Mapping[Key, Quasi], k: int) -> dict[Key, Quasi]:
    alike = Counter(told.values())
    return {key: quasi for key, quasi in told.items() if alike[quasi] >= k}
