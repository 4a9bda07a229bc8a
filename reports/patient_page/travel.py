"""The bar of a page that shows another day, or what was known on one, and the way back to now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from guidelines.registry import ALL_EDITIONS
from guidelines.vocabulary import Body
from patients.days import spoken
from reports.patient_page.case import PageCase

LATE_LISTED = 12


def travel_of(case: PageCase, said_then: Sequence[str] = ()) -> dict[str, Any] | None:
    """What the bar shows; ``None`` on a page of now with nothing to say of other days.

    ``said_then``: what was an alarm on that day. It is told as such and alarms nobody now.
    """
    asked, note = case.asked, replay_note(case)
    if not asked.is_then and not asked.problems and not note:
        return None
    late = sorted(case.late.values(), key=lambda each: (-each.days, each.title))
    return {
        "is_then": asked.is_then,
        "on": case.on,
        "is_today": case.on == case.clinic.today(case.now),
        "known_on": asked.known_on,
        "problems": asked.problems,
        "editions": [verdict.edition.title for verdict in case.assessment.editions],
        "without_edition": without_edition(case),
        "said_then": list(said_then),
        "is_acute_now": asked.is_then and case.is_acute_now and case.read_until is None,
        "late": late[:LATE_LISTED],
        "late_total": len(late),
        "now_href": reverse("reports:patient-page", args=[case.patient.public_id]),
        "replay_note": note,
    }


def without_edition(case: PageCase) -> list[str]:
    """The bodies that had published nothing by the day, in a sentence each."""
    return [_none_held(body, case) for body in case.assessment.bodies_without_edition]


def _none_held(body: Body, case: PageCase) -> str:
    first = min(edition.published_on for edition in ALL_EDITIONS if edition.body is body)
    return (
        f"{body.label}: no edition held on {spoken(case.on)}. The first that this program holds "
        f"is of {spoken(first)}."
    )


def replay_note(case: PageCase) -> str:
    """That not all of a long record was looked at for what is still open; else empty."""
    if case.whole.looked_from is None:
        return ""
    return (
        "Since when a recommendation has held, and what is still open, was looked up from "
        f"{spoken(case.whole.looked_from)} on. What was met before that day and never answered is "
        "not listed here."
    )


def said_of_then(case: PageCase, dangers: Sequence[str], alarms: Sequence[str]) -> list[str]:
    """What stood out on the day shown: an acute episode, dangers, alarms."""
    episode = case.record.open_episode
    said = []
    if episode is not None:
        day = spoken(case.record.day_of(episode.onset_at))
        said.append(f"An acute episode stood: {episode.get_cause_display()}, since {day}.")
    return [*said, *dangers, *alarms]


def day_form(case: PageCase) -> dict[str, Any]:
    """The two date boxes: what they hold, and between which days they let choose."""
    last = case.read_until or case.clinic.today(case.now)
    return {
        "action": reverse("reports:patient-page", args=[case.patient.public_id]),
        "on": case.asked.on if case.asked.is_then else None,
        "known_on": case.asked.known_on,
        "first": case.patient.born_on,
        "last": last,
        "show_all": case.show_all,
    }
