"""Surgical timing on another day: the same row of the file, of a standing that is computed for it.

What is veiled today is veiled then: an edition that the clinic had not signed off by that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from followup.clinic_rules import ClinicRules
from followup.models import EditionAnswer
from followup.standing import COLUMNS_OF_BODY
from guidelines.vocabulary import Body
from reports.readable import versions_of
from reports.scope import Scope
from reports.standings_then import OF_STANDING, Then, standings_then, values_of
from treatments.models import TeamReview

KEPT = (
    "class", "status", "possible", "provisional", "rows", "levels", "since_on", "facts", "missing",
)  # fmt: skip
"""What a standing keeps of each body."""


def edition_held(rules: ClinicRules, body: Body, on: date) -> str:
    """The id of the edition of the body by which a clinic judges on a day; empty where none is."""
    return next((e.id for e in rules.editions_of(on) if e.body is body), "")


def hides(rules: ClinicRules, body: Body) -> bool:
    """Whether the body's edition is not signed off."""
    return any(edition.body is body for edition in rules.hidden)


def is_silent(rules: ClinicRules, on: date) -> bool:
    """Whether the clinic lets none of its editions speak."""
    return rules.hidden.issuperset(rules.editions_of(on))


def timing_then(
    patients: Sequence[Any], scope: Scope, sources: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """For each patient and body a row with a value for each source of the report's columns."""
    found = list(standings_then(patients, scope))
    answers = _answers(found, scope)
    plain = [name for name in sources if name.startswith(OF_STANDING)]
    for then in found:
        shared = values_of(then, [*PERSON, *plain]) | _shared(then, scope)
        for body, said in COLUMNS_OF_BODY.items():
            yield {**shared, **_said(then, body, said, scope.day, answers)}


PERSON = ("listed_clinic_code", "listed_record_number", "public_id")
Answers = Mapping[tuple[int, str, str], EditionAnswer]


def _answers(found: Sequence[Then], scope: Scope) -> Answers:
    """How the newest decision of each patient answered each edition."""
    reviews = [review.pk for then in found if (review := _newest_review(then)) is not None]
    rows: QuerySet[Any, Any] = versions_of(EditionAnswer, scope)
    return {(row.review_id, row.body, row.edition): row for row in rows.filter(review__in=reviews)}


def _newest_review(then: Then) -> TeamReview | None:
    return next(iter(then.record.team_reviews), None)


def _shared(then: Then, scope: Scope) -> dict[str, Any]:
    """The team's decision, and what rests on all editions together."""
    standing, silent = then.standing, is_silent(then.rules, scope.day)
    since = None if silent else standing.waits_since_on
    review = _newest_review(then)
    return {
        "told_missing_one": None if then.rules.hidden else standing.missing_one,
        "told_open_since_on": since,
        "told_goes_to_team_on": None if silent else standing.refers_itself_on,
        "waiting": (scope.day - since).days if since else None,
        "decision": review.decision if review else None,
        "decided_on": review.reviewed_on if review else None,
    }


def _said(then: Then, body: Body, said: str, on: date, answers: Answers) -> dict[str, Any]:
    edition, untold = edition_held(then.rules, body, on), hides(then.rules, body)
    review = _newest_review(then)
    answer = answers.get((review.pk, body.value, edition)) if review else None
    told = {name: None if untold else getattr(then.standing, f"{said}_{name}") for name in KEPT}
    return {
        "body": body.value,
        "now": edition,
        "signed_off": not untold,
        **{f"told_{name}": value for name, value in told.items()},
        "agrees": answer.agrees if answer else None,
        "reason": answer.reason if answer else None,
    }
