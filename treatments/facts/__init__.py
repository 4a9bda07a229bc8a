"""The one place where a patient's record becomes facts for the clinical core.

``picture_of`` chooses, for each fact, the value that counts, with its date, source, method, age
and the reason for the choice. It reads nothing but a gathered record (``treatments.record``).

Selection follows the safety file: final or amended studies at rest only (C4, D3), severity
parameters of one study (C3), asymmetric ageing (C1) and events that void old reassurance (C2), a
valve's state from performed procedures (D5), symptoms as D1 defines them, atrial fibrillation as
D8, absence only where it was asked (D9).
"""

from treatments.facts.heart import lvef_interval
from treatments.facts.picture import picture_of
from treatments.facts.valve import last_mitral_procedure, valve_state_of
from treatments.record import PatientRecord, record_of

__all__ = [
    "PatientRecord",
    "last_mitral_procedure",
    "lvef_interval",
    "picture_of",
    "record_of",
    "valve_state_of",
]
