"""The demo's patients, one module each: invented people whose records hang together.

``NORTH`` and ``SOUTH`` list the functions that write them, in the order of their record numbers.
"""

from __future__ import annotations

from collections.abc import Callable

from demo.book import Book
from demo.patients.acute_papillary_rupture import write_acute_papillary_rupture
from demo.patients.mechanical_valve import write_mechanical_valve
from demo.patients.moderate_hypertensive import write_moderate_hypertensive
from demo.patients.repaired_valve import write_repaired_valve
from demo.patients.secondary_on_therapy import write_secondary_on_therapy
from demo.patients.severe_growing import write_severe_growing
from demo.patients.severe_reduced_lvef import write_severe_reduced_lvef
from demo.patients.severe_small_woman import write_severe_small_woman
from demo.patients.severe_symptoms_unknown import write_severe_symptoms_unknown
from demo.patients.severe_with_symptoms import write_severe_with_symptoms
from demo.patients.unmeasured import write_unmeasured
from patients.models import Patient

Story = Callable[[Book], Patient]

NORTH: tuple[Story, ...] = (
    write_severe_with_symptoms,
    write_severe_growing,
    write_severe_reduced_lvef,
    write_severe_symptoms_unknown,
    write_acute_papillary_rupture,
    write_secondary_on_therapy,
    write_repaired_valve,
    write_mechanical_valve,
    write_moderate_hypertensive,
    write_unmeasured,
)
SOUTH: tuple[Story, ...] = (write_severe_small_woman,)
