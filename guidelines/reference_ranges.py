"""Reference ranges of the echo by sex (rows ASE-R-01 to ASE-R-14): what is usual, not what decides.

They stand apart from the decision limits of the rules and never overwrite them: an LVESD of 40 mm
lies in the normal range of men and meets a rule, an LVEF of 60 % is normal and meets one too.

Edges. The tables print whole steps (normal 52 to 72, mild 41 to 51); a value in the gap between
two bands belongs to the more abnormal one, because nothing is rounded: an LVEF of 51.5 % is below
52 and so mildly abnormal. A band ends where the less abnormal one begins. A value beyond the
other end of normal (a small ventricle, a high LVEF) is outside the range and has no degree.

Where sex is unknown, or neither, both answers are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from guidelines.numbers import Number, compare, plain
from guidelines.vocabulary import Sex, Term, Verification

SOURCE = "ASE/EACVI 2015 chamber quantification, J Am Soc Echocardiogr 28:1-39"

_SECONDARY = Verification.SECONDARY_SOURCE
_KNOWLEDGE = Verification.FROM_KNOWLEDGE


class ReferenceClass(Term):
    """Where a value stands in its reference range."""

    NORMAL = "normal", "Normal"
    MILD = "mild", "Mildly abnormal"
    MODERATE = "moderate", "Moderately abnormal"
    SEVERE = "severe", "Severely abnormal"
    OTHER_SIDE = "other_side", "Outside the range on the other side, without a degree"


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """The range of one measure in one sex.

    ``normal`` is the printed range, both ends in it. ``mild_end`` and ``moderate_end`` are the last
    values of those bands, in the abnormal direction. ``is_worse_low``: a low value is the abnormal
    one. ``severe_from_end``: the last moderate value is itself printed as severe.
    """

    measure: str
    sex: Sex
    unit: str
    row: str
    normal: tuple[Decimal, Decimal]
    mild_end: Decimal
    moderate_end: Decimal
    is_worse_low: bool = False
    severe_from_end: bool = False
    verification: Verification = _SECONDARY
    bands_verification: Verification = _SECONDARY

    @property
    def text(self) -> str:
        """The normal range in words: ``52 to 72 %``."""
        return f"{plain(self.normal[0])} to {plain(self.normal[1])} {self.unit}"

    def classify(self, value: Number) -> ReferenceClass:
        """Where the value stands; exact at every edge."""
        low, high = self.normal
        worst, best = (low, high) if self.is_worse_low else (high, low)
        if self._is_beyond(best, value):
            return ReferenceClass.OTHER_SIDE
        if not self._is_beyond(value, worst):
            return ReferenceClass.NORMAL
        if not self._is_beyond(value, self.mild_end):
            return ReferenceClass.MILD
        at_end = compare(value, self.moderate_end) == 0
        if self._is_beyond(value, self.moderate_end) or (at_end and self.severe_from_end):
            return ReferenceClass.SEVERE
        return ReferenceClass.MODERATE

    def _is_beyond(self, value: Number, end: Number) -> bool:
        """Whether the value is more abnormal than the end."""
        order = compare(value, end)
        return order < 0 if self.is_worse_low else order > 0

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, numbers as text."""
        return {
            "measure": self.measure,
            "sex": str(self.sex),
            "unit": self.unit,
            "row": self.row,
            "normal": [plain(end) for end in self.normal],
            "mild_end": plain(self.mild_end),
            "moderate_end": plain(self.moderate_end),
            "is_worse_low": self.is_worse_low,
            "verification": str(self.verification),
            "bands_verification": str(self.bands_verification),
            "source": SOURCE,
        }


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """Where one value stands, with the ranges it was compared with.

    More than one class where sex is not known and the answer depends on it.
    """

    measure: str
    value: Number
    classes: tuple[ReferenceClass, ...]
    ranges: tuple[ReferenceRange, ...]

    @property
    def text(self) -> str:
        """In words; both answers where sex decides."""
        if len(self.classes) == 1:
            return self.classes[0].label
        said = (
            f"{each.sex.label.lower()}: {each.classify(self.value).label.lower()}"
            for each in self.ranges
        )
        return "Depends on sex (" + "; ".join(said) + ")"

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "measure": self.measure,
            "value": plain(self.value),
            "classes": [str(each) for each in self.classes],
            "text": self.text,
            "ranges": [each.as_dict() for each in self.ranges],
        }


def _range(
    measure: str,
    sex: Sex,
    unit: str,
    row: str,
    ends: str,
    *,
    is_worse_low: bool = False,
    severe_from_end: bool = False,
    bands: Verification = _SECONDARY,
    normal: Verification = _SECONDARY,
) -> ReferenceRange:
    """From four numbers: normal low, normal high, last mild, last moderate."""
    low, high, mild, moderate = (Decimal(end) for end in ends.split())
    return ReferenceRange(
        measure,
        sex,
        unit,
        row,
        (low, high),
        mild,
        moderate,
        is_worse_low,
        severe_from_end,
        normal,
        bands,
    )


MALE, FEMALE = Sex.MALE, Sex.FEMALE

# Diameters are printed in cm and stand here in mm, as they are recorded.
_RANGES: tuple[ReferenceRange, ...] = (
    _range("lvef_percent", MALE, "%", "ASE-R-01", "52 72 41 30", is_worse_low=True),
    _range("lvef_percent", FEMALE, "%", "ASE-R-02", "54 74 41 30", is_worse_low=True),
    _range("lvedd_mm", MALE, "mm", "ASE-R-03", "42 58 63 68"),
    _range("lvedd_mm", FEMALE, "mm", "ASE-R-04", "38 52 56 61"),
    _range(
        "lvedd_index_mm_m2", MALE, "mm/m²", "ASE-R-05", "22 30 33 36",
        normal=_KNOWLEDGE, bands=_KNOWLEDGE,
    ),
    _range(
        "lvedd_index_mm_m2", FEMALE, "mm/m²", "ASE-R-05", "23 31 34 37",
        normal=_KNOWLEDGE, bands=_KNOWLEDGE,
    ),
    _range("lvesd_mm", MALE, "mm", "ASE-R-06", "25 40 43 45", bands=_KNOWLEDGE),
    _range("lvesd_mm", FEMALE, "mm", "ASE-R-07", "22 35 38 41", bands=_KNOWLEDGE),
    _range("lvedv_ml", MALE, "mL", "ASE-R-08", "62 150 174 200", bands=_KNOWLEDGE),
    _range("lvedv_ml", FEMALE, "mL", "ASE-R-08", "46 106 120 130", bands=_KNOWLEDGE),
    _range("lvesv_ml", MALE, "mL", "ASE-R-09", "21 61 73 85", bands=_KNOWLEDGE),
    _range("lvesv_ml", FEMALE, "mL", "ASE-R-09", "14 42 55 67", bands=_KNOWLEDGE),
    _range("lvedv_index_ml_m2", MALE, "mL/m²", "ASE-R-10", "34 74 89 100"),
    _range("lvedv_index_ml_m2", FEMALE, "mL/m²", "ASE-R-10", "29 61 70 80"),
    _range("lvesv_index_ml_m2", MALE, "mL/m²", "ASE-R-11", "11 31 38 45"),
    _range("lvesv_index_ml_m2", FEMALE, "mL/m²", "ASE-R-11", "8 24 32 40"),
    _range("la_volume_index_ml_m2", MALE, "mL/m²", "ASE-R-12", "16 34 41 48"),
    _range("la_volume_index_ml_m2", FEMALE, "mL/m²", "ASE-R-12", "16 34 41 48"),
    # Severe is printed from 52 mm (men) and 47 mm (women) on; 52 mm is printed as moderate too.
    _range(
        "la_diameter_mm", MALE, "mm", "ASE-R-13", "30 40 46 52",
        severe_from_end=True, bands=_KNOWLEDGE,
    ),
    _range("la_diameter_mm", FEMALE, "mm", "ASE-R-13", "27 38 42 46", bands=_KNOWLEDGE),
    _range("lv_mass_index_g_m2", MALE, "g/m²", "ASE-R-14", "49 115 131 148"),
    _range("lv_mass_index_g_m2", FEMALE, "g/m²", "ASE-R-14", "43 95 108 121"),
)  # fmt: skip

RANGES: Mapping[tuple[str, Sex], ReferenceRange] = MappingProxyType(
    {(each.measure, each.sex): each for each in _RANGES}
)
MEASURES: frozenset[str] = frozenset(each.measure for each in _RANGES)
"""The measures that have a reference range."""


def reference_of(measure: str, sex: Sex | None) -> tuple[ReferenceRange, ...]:
    """The range of the sex; both ranges where sex is unknown or neither.

    Raises ``LookupError`` for a measure without a reference range.
    """
    if measure not in MEASURES:
        raise LookupError(f"no reference range: {measure!r}")
    sexes = (sex,) if sex in (MALE, FEMALE) else (FEMALE, MALE)
    return tuple(RANGES[measure, each] for each in sexes if each is not None)


def classify(measure: str, value: Number, sex: Sex | None) -> ReferenceReading:
    """Where the value stands in its reference range; never a decision limit.

    Raises ``LookupError`` for a measure without a reference range.
    """
    ranges = reference_of(measure, sex)
    classes = tuple(dict.fromkeys(each.classify(value) for each in ranges))
    return ReferenceReading(measure, value, classes, ranges)
