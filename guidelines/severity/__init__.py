"""How severe the regurgitation is, from lines of evidence and specific signs (safety A2, D2, D3).

One measurement can show severe regurgitation, provisionally; it can never exclude it. What
belongs to one measurement is one line: EROA, regurgitant volume by PISA and the PISA radius are
the same line. Each body's definition is applied in its own right; the grade follows ASE 2017 and
is for chronic regurgitation of a native valve only.

``limits`` holds every limit with its row, ``bands`` what one value says, ``members`` and ``lines``
what belongs together, ``signs`` the count of ASE 2017, ``states`` the table of safety D2,
``gaps`` what is missing, ``grading`` the result.
"""

from guidelines.severity.conditions import why_it_cannot_exclude
from guidelines.severity.grading import (
    FACTS_OF_SEVERITY,
    conclusion_by,
    grade_by,
    why_not_on_this_scale,
)
from guidelines.severity.limits import (
    EROA_BANDS,
    FRACTION_BANDS,
    JOINING_DAYS,
    NOT_AT_REST,
    SEVERE_BIPLANE_VENA_CONTRACTA,
    SEVERE_VENA_CONTRACTA,
    SEVERE_VENA_CONTRACTA_AREA,
    VOLUME_BANDS,
    Scheme,
)
from guidelines.severity.lines import WAYS_TO_MEASURE, Line, LineKind, Member
from guidelines.severity.result import Conclusion, Reason, Severity
from guidelines.severity.signs import Sign, SignAnswer, SignKind

__all__ = [
    "EROA_BANDS",
    "FACTS_OF_SEVERITY",
    "FRACTION_BANDS",
    "JOINING_DAYS",
    "NOT_AT_REST",
    "SEVERE_BIPLANE_VENA_CONTRACTA",
    "SEVERE_VENA_CONTRACTA",
    "SEVERE_VENA_CONTRACTA_AREA",
    "VOLUME_BANDS",
    "WAYS_TO_MEASURE",
    "Conclusion",
    "Line",
    "LineKind",
    "Member",
    "Reason",
    "Scheme",
    "Severity",
    "Sign",
    "SignAnswer",
    "SignKind",
    "conclusion_by",
    "grade_by",
    "why_it_cannot_exclude",
    "why_not_on_this_scale",
]
