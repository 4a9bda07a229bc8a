"""Medical step first: what of safety D6 is still open in secondary regurgitation.

Any blank counts as open. So a patient whose therapy is not settled reads "medical step first",
and never as one without an indication.
"""

from __future__ import annotations

from guidelines.criteria import Criterion, Readings, equals
from guidelines.facts import FACTS, Fact
from guidelines.regurgitation import SECONDARY

# In the order in which they are settled.
STEPS: tuple[Criterion, ...] = tuple(
    equals(name, True)
    for name in (
        "gdmt_optimized",
        "crt_question_settled",
        "regraded_after_revascularization",
        "reassessed_on_gdmt",
    )
)
PERSISTENCE = "symptoms_persist_on_gdmt"


def medical_step(readings: Readings) -> Fact:
    """The fact ``medical_step_first``: whether a step is open, and which (safety D6).

    No value when the regurgitation is not known to be secondary, for then it is not asked.
    """
    if not SECONDARY.holds(readings):
        return Fact(None, reason="asked in secondary regurgitation only")
    open_steps = [step.fact for step in STEPS if step.holds(readings) is not True]
    if readings.get(PERSISTENCE) is None:
        open_steps.append(PERSISTENCE)
    if not open_steps:
        return Fact(False, reason="every step of safety D6 is settled")
    words = "; ".join(_words(name, readings) for name in open_steps)
    return Fact(True, reason=f"open: {words}")


def _words(name: str, readings: Readings) -> str:
    said = readings.get(name)
    return f"{FACTS[name].label} ({'not recorded' if said is None else 'no'})"
