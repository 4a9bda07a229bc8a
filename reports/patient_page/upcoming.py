"""What is due by each edition, what is planned, and who decided."""

from __future__ import annotations

from typing import Any

from followup.open_plans import answered_words
from guidelines.facts import FACTS
from guidelines.intervals import LOCAL
from guidelines.surveillance import Due, FollowUp, FollowUpKind
from patients.study_sheet import upper_first
from reports.kinds import row_url
from reports.patient_page.advice_lines import editions_not_shown
from reports.patient_page.case import PageCase
from reports.patient_page.team import team_of
from reports.patient_page.words import entry_link
from treatments.models import Intervention, TeamReview

DECISION_DUE = "a decision is due now"
STATES = {
    FollowUpKind.EMERGENCY: "beyond",
    FollowUpKind.DECISION: "attention",
    FollowUpKind.NOW: "attention",
    FollowUpKind.QUESTION: "unknown",
    FollowUpKind.INTERVAL: "quiet",
    FollowUpKind.NOT_SCHEDULED: "quiet",
}


def upcoming_of(case: PageCase) -> dict[str, Any] | None:
    """Due dates by edition, what is planned, the newest decision; nothing is due after a death."""
    record = case.record
    team = team_of(case)
    if record.has_died:
        return {"has_died": True, **team}
    planned = [row for row in record.interventions if row.status == Intervention.Status.PLANNED]
    editions = [
        _edition(each, case) for each in case.whole.follow_ups if each.edition not in case.hidden
    ]
    return {
        "has_died": False,
        "editions": editions,
        "has_reasons": any(each["reasons"] or each["missing"] for each in editions),
        "not_shown": editions_not_shown(case),
        "planned": [_planned(row, case) for row in planned],
        "plan_entry": case.doors.add_url(Intervention),
        **team,
        "review_list": case.doors.list_url(TeamReview),
    }


def _edition(each: FollowUp, case: PageCase) -> dict[str, Any]:
    answered = ""
    if each.kind is FollowUpKind.DECISION:
        answered = answered_words(case.record, case.whole.triggers)
    kind = "" if each.kind is FollowUpKind.INTERVAL else each.kind.label
    echo, visit = _due(each.echo, each, case), _due(each.visit, each, case)
    if answered and visit is not None and DECISION_DUE in visit["words"] and visit != echo:
        visit = None
    return {
        "title": each.edition.title,
        "kind": answered or kind,
        "state": STATES[each.kind],
        "echo": echo,
        "visit": visit,
        "is_same": echo == visit,
        "reasons": [text for text in _reasons(each) if not (answered and DECISION_DUE in text)],
        "missing": [
            {"label": FACTS[name].label, "href": entry_link(name, case.doors)}
            for name in each.missing
        ],
        "reminds": each.reminds,
    }


def _reasons(each: FollowUp) -> list[str]:
    return [reason for reason in each.reasons if reason.rstrip(".") != each.kind.label]


def _due(due: Due | None, each: FollowUp, case: PageCase) -> dict[str, Any] | None:
    """One window with its row; days past its end where the clinic may be reminded of them."""
    if due is None:
        return None
    late = (case.on - due.by).days if due.by is not None else 0
    return {
        "since": due.since if due.since != due.by else None,
        "by": due.by,
        "is_now": due.by == case.on,
        "overdue": late if late > 0 and each.reminds else 0,
        "row": due.rule.row if due.rule.row != LOCAL else "",
        "words": upper_first(due.rule.words),
        "is_local": due.rule.is_local,
        "verification": due.rule.verification.label if due.rule.verification else "",
    }


def _planned(row: Intervention, case: PageCase) -> dict[str, Any]:
    urgency = row.get_urgency_display() if row.urgency != "not_stated" else ""
    past = (case.on - row.planned_on).days if row.planned_on is not None else 0
    return {
        "kind": upper_first(row.get_kind_display()),
        "on": row.planned_on,
        "details": ", ".join(part for part in (urgency, row.center) if part),
        "past_days": max(past, 0),
        "href": row_url(Intervention, row.public_id),
    }
