"""The echoes that an edition asks for after an intervention, one after the other.

Each comes from ``surveillance.due_of``, asked again as if the one before had been done on its last
day: so the schedule cannot say anything else than the due dates do. It is that of an uneventful
course; symptoms, a leak that comes back or another event bring dates forward on the day they come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from guidelines.rule import Edition
from guidelines.surveillance import Due, FollowUpCase, due_of

MOST = 24
"""More would not be read."""


def schedule_after(case: FollowUpCase, edition: Edition, *, until: date) -> tuple[Due, ...]:
    """The echoes due after the case's intervention up to a day; none without its date."""
    if case.intervention_on is None:
        return ()
    return tuple(_schedule(_uneventful(case, case.intervention_on), edition, until))


def _schedule(case: FollowUpCase, edition: Edition, until: date) -> Iterator[Due]:
    for _ in range(MOST):
        due = due_of(case, edition).echo
        if due is None or due.by is None or due.by > until or due.is_now:
            return
        yield due
        day = due.by
        case = replace(case, on=day, echoes_on=(*case.echoes_on, day), last_visit_on=day)


def _uneventful(case: FollowUpCase, on: date) -> FollowUpCase:
    """The case on the day of the intervention, with nothing that happened since."""
    return FollowUpCase(
        on=on,
        valve_state=case.valve_state,
        intervention_on=on,
        mechanism=case.mechanism,
        grade_low=1,
        grade_high=1,
        symptomatic=False,
        lv_normal=case.lv_normal,
        other_lesions=case.other_lesions,
        advanced_heart_failure=case.advanced_heart_failure,
        lv_dysfunction_before_repair=case.lv_dysfunction_before_repair,
        arrhythmia_with_repair=case.arrhythmia_with_repair,
    )
