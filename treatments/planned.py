"""Whether a procedure on the mitral valve is planned or decided, and what is too old for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guidelines.before_operation import (
    OldEvidence,
    ToRepeat,
    by_row,
    to_confirm,
    too_old_for_operation,
)
from guidelines.facts import ClinicalPicture
from patients.days import spoken
from treatments.facts.plans import is_open
from treatments.latch import ANSWERING_PROCEDURES, ANSWERS, NOT_DONE
from treatments.models import Intervention, TeamReview
from treatments.record import PatientRecord

ON_THE_VALVE = ANSWERING_PROCEDURES - {Intervention.Kind.LVAD, Intervention.Kind.TRANSPLANT}
AT_ONCE = {Intervention.Urgency.EMERGENCY, Intervention.Urgency.SALVAGE}
"""Where nothing is waited for (safety D12)."""
CAME_TO_NOTHING = NOT_DONE | {Intervention.Status.DECLINED}


@dataclass(frozen=True, slots=True)
class BeforeOperation:
    """What to repeat before a procedure that is planned or decided.

    ``why``: what is planned or decided, in words. ``to_confirm``: what never grows old and is
    confirmed all the same.
    """

    why: str
    operation_on: date | None
    too_old: tuple[OldEvidence, ...]
    to_confirm: tuple[str, ...]

    @property
    def lines(self) -> tuple[ToRepeat, ...]:
        """Values of one row and day together, and why they are too old."""
        return by_row(self.too_old)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "why": self.why,
            "operation_on": self.operation_on.isoformat() if self.operation_on else None,
            "too_old": [each.as_dict() for each in self.too_old],
            "to_confirm": list(self.to_confirm),
        }


def before_operation(record: PatientRecord, picture: ClinicalPicture) -> BeforeOperation | None:
    """What to repeat before the procedure; ``None`` when none is planned or decided.

    Nor in an emergency, which waits for nothing, and after a death. Beside the verdicts: it changes
    none of them.
    """
    if record.has_died or record.open_episode is not None:
        return None
    plan, decision = _plan(record), _decision(record)
    if (plan is None and decision is None) or (plan is not None and plan.urgency in AT_ONCE):
        return None
    day = plan.planned_on if plan is not None else None
    met_on = decision.reviewed_on if decision is not None else None
    return BeforeOperation(
        _words(plan, decision),
        day,
        too_old_for_operation(picture, on=record.on, operation_on=day, met_on=met_on),
        to_confirm(picture),
    )


def _words(plan: Intervention | None, decision: TeamReview | None) -> str:
    if plan is not None:
        when = f" for {spoken(plan.planned_on)}" if plan.planned_on else ""
        return f"{plan.get_kind_display()} planned{when}"
    return f"intervention decided on {spoken(decision.reviewed_on)}" if decision else ""


def _plan(record: PatientRecord) -> Intervention | None:
    """The plan that comes first; one without a day after the others."""
    plans = [r for r in record.interventions if r.kind in ON_THE_VALVE and is_open(record, r)]
    return min(plans, key=lambda row: row.planned_on or date.max, default=None)


def _decision(record: PatientRecord) -> TeamReview | None:
    """The team's decision for an intervention, while it is the newest and nothing came of it."""
    newest = next((row for row in record.team_reviews if row.decision in ANSWERS), None)
    if newest is None or newest.decision != TeamReview.Decision.INTERVENE:
        return None
    return None if any(_ends(row, newest.reviewed_on) for row in record.interventions) else newest


def _ends(row: Intervention, decided_on: date) -> bool:
    """Whether a procedure carried the decision out, or was called off after it."""
    if row.kind not in ANSWERING_PROCEDURES:
        return False
    if row.status == Intervention.Status.PERFORMED:
        return row.performed_on is not None and row.performed_on >= decided_on
    off = row.status in CAME_TO_NOTHING
    return off and row.decided_on is not None and row.decided_on >= decided_on
