"""What each edition says of a patient when the team decides, and whether that has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Clinic
from followup.clinic_rules import rules_of
from followup.models import EditionAnswer
from guidelines.assessment import outline
from guidelines.editions import EditionVerdict
from guidelines.vocabulary import Body
from patients.models import Patient
from treatments.facts import picture_of
from treatments.record import record_of


@dataclass(frozen=True, slots=True)
class Said:
    """One edition's headline on a day; class and words are empty where it recommends nothing."""

    body: Body
    edition: str
    title: str
    headline_class: str
    headline: str


def said_by(verdict: EditionVerdict) -> Said:
    """The headline of one verdict."""
    named = verdict.headline_class
    return Said(
        body=verdict.edition.body,
        edition=verdict.edition.id,
        title=verdict.edition.title,
        headline_class=named.value if named is not None else "",
        headline=verdict.headline or "",
    )


def said_of(patient: Patient, clinic: Clinic, on: date) -> tuple[Said, ...]:
    """What the editions say that the clinic judges by and has signed off, as the record stands."""
    rules = rules_of(clinic, on)
    record = record_of([patient], on=on)[patient.pk]
    told = outline(picture_of(record, rules.limits), on=on, editions=tuple(rules.editions_of(on)))
    if record.has_died:
        return ()
    return tuple(said_by(v) for v in told.editions if v.edition not in rules.hidden)


@dataclass(frozen=True, slots=True)
class Moved:
    """An edition whose class is another than the decision rested on; "" for no class."""

    title: str
    then: str
    now: str
    verdict: EditionVerdict


def moved_since(
    answers: Iterable[EditionAnswer], verdicts: Sequence[EditionVerdict]
) -> list[Moved]:
    """The bodies whose class today differs from the one that a decision rested on.

    ``verdicts``: those that may be shown; a body without one is not compared.
    """
    by_body = {verdict.edition.body.value: verdict for verdict in verdicts}
    moved = []
    for answer in answers:
        verdict = by_body.get(answer.body)
        if verdict is None:
            continue
        now = said_by(verdict)
        if now.headline_class != answer.decided_class:
            moved.append(Moved(now.title, answer.decided_class, now.headline_class, verdict))
    return moved
