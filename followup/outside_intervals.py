"""What asks for a team or for measurements although no rule of a class says so, in words.

A due date alone would say it until somebody books a visit; these stand until somebody decides, or
measures.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from guidelines.criteria import Readings
from guidelines.editions import EditionVerdict
from guidelines.facts import FACTS
from guidelines.latch import CLASS_1
from guidelines.surveillance import FollowUp, FollowUpKind
from guidelines.vocabulary import Body

SEVERE_BY = {Body.ACC_AHA: "severe_mr_acc_aha", Body.ESC_EACTS: "severe_mr_esc_eacts"}
DECISIVE = (
    "symptomatic",
    "lvef_percent",
    "lvesd_mm",
    "mechanism",
    "mitral_valve_state",
    "tempo",
    "mva_cm2",
)
"""Without these a severe leak is not judged; what else is missing would only add to a verdict."""


def asked_of_a_team(verdicts: Sequence[EditionVerdict], ups: Sequence[FollowUp]) -> str:
    """Why a decision is due that no class 1 or I asks for: symptoms or a leak after a repair
    (SAFE-03), or a severe leak outside the rules; empty where there is no such reason.
    """
    if any(verdict.standing.headline == CLASS_1 for verdict in verdicts):
        return ""
    asking = (up for up in ups if up.kind is FollowUpKind.DECISION and up.reasons)
    first = next(asking, None)
    return first.reasons[0] if first is not None else ""


def needed_of_severe(verdict: EditionVerdict, missing: Collection[str], readings: Readings) -> str:
    """The facts without which a severe leak is not judged, where several are missing."""
    if readings.get(SEVERE_BY[verdict.edition.body]) is not True or len(missing) < 2:
        return ""
    return ", ".join(FACTS[name].label for name in DECISIVE if name in missing)
