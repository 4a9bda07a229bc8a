"""Lines of evidence: what belongs to one measurement is one line (safety D2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guidelines.severity.limits import MILD, MODERATE, MODERATE_TO_SEVERE, SEVERE, Band
from guidelines.vocabulary import Term


class LineKind(Term):
    """The lines of evidence of safety D2."""

    STRUCTURE = "structure", "Structure of the valve"
    VENA_CONTRACTA = "vena_contracta", "Vena contracta"
    PISA = "pisa", "PISA (orifice, volume and radius are one measurement)"
    VOLUMETRIC = "volumetric", "Volumetric or CMR volume and fraction"
    PULMONARY_VEIN = "pulmonary_vein", "Pulmonary vein flow"
    READER = "reader", "Reader's integrated grade"


QUANTITATIVE = (LineKind.PISA, LineKind.VOLUMETRIC)
MILD_COUNTS = (LineKind.VENA_CONTRACTA, LineKind.PISA, LineKind.VOLUMETRIC)
SINGLE_FRAME = (LineKind.VENA_CONTRACTA, LineKind.PISA)
SIGNS = "signs"
"""What a reason says its line is when it rests on the count of specific signs."""

WAYS_TO_MEASURE: Mapping[LineKind, tuple[str, ...]] = {
    LineKind.PISA: ("eroa_mm2",),
    LineKind.VOLUMETRIC: ("regurgitant_volume_ml", "regurgitant_fraction_percent"),
    LineKind.VENA_CONTRACTA: ("vena_contracta_mm",),
    LineKind.PULMONARY_VEIN: ("pulmonary_vein_systolic_reversal",),
    LineKind.STRUCTURE: ("flail_leaflet",),
    LineKind.READER: ("reader_grade",),
}
BY_CMR = ("cmr_regurgitant_volume_ml", "cmr_regurgitant_fraction_percent")


@dataclass(frozen=True, slots=True)
class Member:
    """One measurement of a line: its band, and why it may not exclude severe, if so."""

    fact: str
    line: LineKind
    band: Band
    text: str
    on: date | None
    source: str
    row: str
    cannot_exclude: tuple[str, ...] = ()
    set_aside: bool = False
    is_old: bool = False

    @property
    def may_exclude(self) -> bool:
        """Whether it may count as evidence against severe regurgitation."""
        return not self.cannot_exclude


@dataclass(frozen=True, slots=True)
class Line:
    """A line of evidence: what its measurements say together.

    ``is_overstated``: a single frame of a late systolic jet. ``is_overruled``: such a line where
    CMR of good quality has answered (ASE-A-9).
    """

    kind: LineKind
    members: tuple[Member, ...]
    is_overstated: bool = False
    is_overruled: bool = False

    @property
    def _reads_severe(self) -> bool:
        return any(member.band[0] == SEVERE for member in self.members)

    @property
    def reaches_down_to(self) -> int:
        """The lowest band of a measurement that may exclude; severe when there is none.

        Discordance looks at this one, the grade at the highest: so raising one measurement never
        makes a line contradict what it agreed with before.
        """
        return min((m.band[1] for m in self.members if m.may_exclude), default=SEVERE)

    @property
    def contradicts_itself(self) -> bool:
        """One of its measurements is severe and another two bands below."""
        is_open = not self.is_overruled
        return is_open and self._reads_severe and self.reaches_down_to <= MODERATE

    @property
    def is_severe(self) -> bool:
        """Counts as a line for severe regurgitation."""
        return self._reads_severe and not self.contradicts_itself and not self.is_overstated

    @property
    def says_severe_in_one_frame(self) -> bool:
        """Severe by a single frame of a late systolic jet: overstated, decides nothing."""
        return self._reads_severe and self.is_overstated and not self.is_overruled

    @property
    def below(self) -> Band | None:
        """Its band when it counts as below severe, else ``None``."""
        bands = [member.band for member in self.members if member.may_exclude]
        if self._reads_severe or not bands:
            return None
        band = max(low for low, _ in bands), max(high for _, high in bands)
        if band[1] == SEVERE:
            return None
        return (MILD, band[1]) if self.is_overruled else band

    @property
    def may_be_severe(self) -> bool:
        """Uncertain at its upper end: moderate to severe at least, and not shown to be less."""
        if self.is_overruled or self._reads_severe:
            return False
        return any(m.band[0] >= MODERATE_TO_SEVERE and m.band[1] == SEVERE for m in self.members)
