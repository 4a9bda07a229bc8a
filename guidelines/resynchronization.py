"""Who the rules on resynchronization speak of: what both bodies ask alike (rows CRT-*)."""

from __future__ import annotations

from decimal import Decimal

from guidelines.catalogue.therapy import QrsMorphology
from guidelines.criteria import Criterion, all_of, at_least, at_most, below, equals, one_of
from guidelines.regurgitation import SYMPTOMATIC_NYHA, THERAPY_OPTIMIZED
from guidelines.vocabulary import Rhythm

LVEF_LIMIT = Decimal(35)  # percent, at or below (CRT-01)
WIDE_QRS = Decimal(150)  # ms, at or above (CRT-01, CRT-03)
NARROW_QRS_ESC = Decimal(130)  # ms, strictly below is narrow (CRT-05, ESC)
NARROW_QRS_US = Decimal(120)  # ms, strictly below is narrow (CRT-05, US)

NO_CRT_YET = equals("crt_implanted", False)
SINUS = equals("ecg_rhythm", Rhythm.SINUS)
IN_ATRIAL_FIBRILLATION = one_of("ecg_rhythm", Rhythm.ATRIAL_FIBRILLATION, Rhythm.ATRIAL_FLUTTER)
LOW_LVEF = at_most("lvef_percent", LVEF_LIMIT)
LBBB = equals("qrs_morphology", QrsMorphology.LBBB)
NON_LBBB = equals("qrs_morphology", QrsMorphology.NON_LBBB)
WIDE = at_least("qrs_ms", WIDE_QRS)
SYMPTOMATIC_ON_THERAPY = all_of(at_least("nyha_class", SYMPTOMATIC_NYHA), THERAPY_OPTIMIZED)
CANDIDATE = all_of(NO_CRT_YET, SINUS, LOW_LVEF, SYMPTOMATIC_ON_THERAPY)


def between(low: Decimal, high: Decimal) -> Criterion:
    """QRS at or above the one limit and below the other, in ms."""
    return all_of(at_least("qrs_ms", low), below("qrs_ms", high))
