"""Where bands begin, and when a study may not exclude: the limits of severity, with their rows.

Bands: 1 mild, 2 moderate, 3 moderate to severe, 4 severe. ASE 2017's grade II is 2 (moderate, 2+),
grade III is 3 (moderate to severe, 3+), grade IV is 4 (safety A2).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from guidelines.reference_ranges import RANGES
from guidelines.vocabulary import Sex, StudyState, Term

MILD, MODERATE, MODERATE_TO_SEVERE, SEVERE = 1, 2, 3, 4
Band = tuple[int, int]

# Limits at which the next band begins: moderate, moderate to severe, severe.
EROA_BANDS = (Decimal(20), Decimal(30), Decimal(40))  # mm2, ASE-G-09, AHA-PS-C, ESC-SV-09
VOLUME_BANDS = (Decimal(30), Decimal(45), Decimal(60))  # mL, ASE-G-10, AHA-PS-C, ESC-SV-10
FRACTION_BANDS = (Decimal(30), Decimal(40), Decimal(50))  # %, ASE-G-11, AHA-PS-C, ESC-SV-11
NOT_MILD_VENA_CONTRACTA = Decimal(3)  # mm, ASE-G-06: the band of mild ends below it
SEVERE_VENA_CONTRACTA = Decimal(7)  # mm, at or above, ASE-G-06, ASE-S-2, AHA-PS-C, ESC-SV-05
SEVERE_BIPLANE_VENA_CONTRACTA = Decimal(8)  # mm, ASE-G-06: above it; ESC-SV-05: at or above it
SEVERE_VENA_CONTRACTA_AREA = Decimal(41)  # mm2, at or above, ASE table, from knowledge
SEVERE_PISA_RADIUS = Decimal(10)  # mm, at or above, ASE-S-3
MILD_PISA_RADIUS = Decimal(3)  # mm, at or below, ASE-M-3
RADIUS_ALIASING = (Decimal(30), Decimal(40))  # cm/s, ASE-S-3, ASE-M-3
SEVERE_CMR_VOLUME = Decimal(60)  # mL, safety D2
SEVERE_CMR_FRACTION = Decimal(50)  # %, safety D2

# The count of specific signs (section 3.2).
MILD_VENA_CONTRACTA = Decimal(3)  # mm, at or below, ASE-M-2 (the count, not the band)
SMALL_JET = Decimal(20)  # % of the left atrium, below it, AHA-PS-A (ASE-M-1 prints no number)
LARGE_JET = Decimal(50)  # % of the left atrium, above it, ASE-S-4, ESC-SV-02
LARGE_JET_ACC_AHA = Decimal(40)  # % of the left atrium, above it, AHA-PS-C
ENOUGH_SIGNS = 4  # ASE-A-1, ASE-A-2
SIGNS_BESIDE_GRADE_III = 3  # ASE-A-6
HIGH_E_VELOCITY = Decimal("1.2")  # m/s, above it, ASE-G-08, ESC-SV-07
HIGH_VTI_RATIO = Decimal("1.4")  # above it, ESC-SV-08
LARGE_ATRIUM_MM = Decimal(55)  # mm, at or above, ESC-SV-13
LARGE_ATRIUM_INDEX = Decimal(60)  # mL/m2, at or above, ESC-SV-13

# Conditions under which a line may not exclude severe regurgitation (safety D2).
FAST_HEART_RATE = Decimal(100)  # /min, above it
FEW_BEATS, FEW_BEATS_IN_AF = Decimal(3), Decimal(5)  # below them
LOW_PRESSURE, HIGH_PRESSURE = Decimal(90), Decimal(160)  # mmHg systolic, beyond them
NOT_AT_REST = (StudyState.EXERCISE, StudyState.DOBUTAMINE, StudyState.INTRA_OPERATIVE)
JOINING_DAYS = 90  # another study may join within these days (safety C, principle 3)


class Scheme(Term):
    """Whose definition is applied."""

    ASE_2017 = "ase_2017", "ASE 2017"
    ACC_AHA = "acc_aha", "ACC/AHA"
    ESC_EACTS = "esc_eacts", "ESC/EACTS"


def _ends_of_normal(measure: str) -> Mapping[Sex, tuple[Decimal, Decimal]]:
    return MappingProxyType({s: RANGES[measure, s].normal for s in (Sex.FEMALE, Sex.MALE)})


# The 2015 ranges by sex, for chamber size alone (ASE-M-6, ASE-S-6; rows ASE-R-01 to 04, 12, 13).
NORMAL_LVEDD = _ends_of_normal("lvedd_mm")
NORMAL_LVEF = _ends_of_normal("lvef_percent")
NORMAL_LA_INDEX = _ends_of_normal("la_volume_index_ml_m2")
NORMAL_LA_DIAMETER = _ends_of_normal("la_diameter_mm")
