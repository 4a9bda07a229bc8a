"""What has met a class 1 rule stays open until a person decides (safety C, principle 1; H2).

The latch is a fold over the days of a record, never state that somebody sets. Each ``Moment`` is a
day on which the record changed, with what the edition in force said on that day, and the act, if
any, that answers a trigger: a team's decision, an intervention, a death. So a value that falls back
within its error, or grows old, does not close what was met; and evidence that was struck or
amended later is not in the record any more and holds nothing.

A trigger's clock starts no earlier than the publication of the edition by which it was met: no
edition is applied to a day before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from guidelines.days import spoken
from guidelines.editions import EditionVerdict, HeadlineKind
from guidelines.facts import FACTS, ORDER, ClinicalPicture
from guidelines.vocabulary import Body, Verdict

CLASS_1 = 3
"""The strength of a class 1 or I."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that a met rule rests on: in words, with its day and its record."""

    name: str
    text: str
    on: date | None
    source: str

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "name": self.name,
            "text": self.text,
            "on": self.on.isoformat() if self.on else None,
            "source": self.source,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Evidence:
        """The evidence that ``as_dict`` wrote."""
        on = stored["on"]
        day = date.fromisoformat(on) if on else None
        return cls(stored["name"], stored["text"], day, stored["source"])


@dataclass(frozen=True, slots=True)
class Moment:
    """A day of the record: whether a class 1 or I stands, on what, and what answered it.

    ``kind``: how it stands (met, pending judgement, either way), ``None`` when it does not.
    ``answered_by``: the act of this day in words, "" for none; it answers what was open before it
    and what stands on evidence no newer than it. ``reopened_by``: an answer was not carried out
    (cancelled, or never done). ``ends``: nothing can be open after it (death).
    """

    on: date
    body: Body
    edition: str
    published_on: date
    kind: HeadlineKind | None
    said: str = ""
    rows: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    answered_by: str = ""
    reopened_by: str = ""
    ends: bool = False

    @property
    def evidence_on(self) -> date:
        """The day of the newest evidence it rests on; its own day when none is dated."""
        return max((e.on for e in self.evidence if e.on is not None), default=self.on)


@dataclass(frozen=True, slots=True)
class OpenTrigger:
    """A class 1 or I that was met and that nobody has answered."""

    body: Body
    edition: str
    since: date
    clock_starts_with_publication: bool
    last_stood_on: date
    still_stands: bool
    kind: HeadlineKind
    said: str
    rows: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def text(self) -> str:
        """ "Class 1 met on 2 Mar 2024 and still open", and what became of it."""
        begun = f"{self.said} Open since {spoken(self.since)} ({self.edition})"
        if self.clock_starts_with_publication:
            begun += ", counted from the publication of that edition"
        if self.still_stands:
            return f"{begun}; it stands today, nobody has decided."
        shown = ", ".join(evidence.text for evidence in self.evidence)
        rested = f" It rested on {shown}." if shown else ""
        return (
            f"{begun}; it last stood on {spoken(self.last_stood_on)} and is still open: a newer "
            f"value does not close it, a decision does.{rested}"
        )

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "body": self.body.value,
            "edition": self.edition,
            "since": self.since.isoformat(),
            "clock_starts_with_publication": self.clock_starts_with_publication,
            "last_stood_on": self.last_stood_on.isoformat(),
            "still_stands": self.still_stands,
            "kind": self.kind.value,
            "said": self.said,
            "rows": list(self.rows),
            "evidence": [evidence.as_dict() for evidence in self.evidence],
            "text": self.text,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> OpenTrigger:
        """The trigger that ``as_dict`` wrote; raises ``LookupError``, ``ValueError`` or
        ``TypeError`` for anything else.
        """
        return cls(
            body=Body(stored["body"]),
            edition=stored["edition"],
            since=date.fromisoformat(stored["since"]),
            clock_starts_with_publication=stored["clock_starts_with_publication"],
            last_stood_on=date.fromisoformat(stored["last_stood_on"]),
            still_stands=stored["still_stands"],
            kind=HeadlineKind(stored["kind"]),
            said=stored["said"],
            rows=tuple(stored["rows"]),
            evidence=tuple(Evidence.from_dict(each) for each in stored["evidence"]),
        )


def moment_of(
    verdict: EditionVerdict,
    picture: ClinicalPicture,
    *,
    on: date,
    answered_by: str = "",
    reopened_by: str = "",
    ends: bool = False,
) -> Moment:
    """The moment that an edition's verdict on this day is."""
    stands = verdict.standing.headline == CLASS_1
    behind = _behind(verdict) if stands else ()
    return Moment(
        on=on,
        body=verdict.edition.body,
        edition=verdict.edition.title,
        published_on=verdict.edition.published_on,
        kind=verdict.headline_kind if stands else None,
        said=verdict.headline or "" if stands else "",
        rows=tuple(rule_row for rule_row, _ in behind),
        evidence=_evidence(behind, picture) if stands else (),
        answered_by=answered_by,
        reopened_by=reopened_by,
        ends=ends,
    )


_Behind = tuple[tuple[str, frozenset[str]], ...]


def _behind(verdict: EditionVerdict) -> _Behind:
    """Row and facts of the rules that carry the headline; all of that class for "either way"."""
    wanted = {
        HeadlineKind.MET: (Verdict.MET,),
        HeadlineKind.PENDING_JUDGEMENT: (Verdict.PENDING_JUDGEMENT,),
    }.get(
        verdict.headline_kind or HeadlineKind.EITHER_WAY,
        (Verdict.MET, Verdict.PENDING_JUDGEMENT, Verdict.CANNOT_TELL),
    )
    return tuple(
        (finding.rule.source.row, finding.rule.facts)
        for finding in verdict.findings
        if finding.rule.is_timing and finding.rule.strength == CLASS_1 and finding.verdict in wanted
    )


def _evidence(behind: _Behind, picture: ClinicalPicture) -> tuple[Evidence, ...]:
    names = {name for _, facts in behind for name in facts if name in picture.facts}
    known = [n for n in sorted(names, key=ORDER.__getitem__) if picture.facts[n].value is not None]
    return tuple(
        Evidence(
            name=name,
            text=f"{FACTS[name].label} {FACTS[name].say(picture.facts[name].value)}",
            on=picture.facts[name].on,
            source=picture.facts[name].source,
        )
        for name in known
    )


@dataclass(frozen=True, slots=True)
class Fold:
    """What is open of one body after some of the days; the fold goes on from it.

    ``answered`` was open until the act of ``answered_on``, after which only newer evidence counts.
    """

    standing: OpenTrigger | None = None
    answered: OpenTrigger | None = None
    answered_on: date | None = None

    def after(self, moment: Moment) -> Fold:
        """The same with one more day, which is later than those before it."""
        standing, answered, answered_on = self.standing, self.answered, self.answered_on
        if moment.ends:
            return Fold(None, None, answered_on)
        if moment.answered_by:
            standing, answered, answered_on = None, standing or answered, moment.on
        elif moment.reopened_by:
            standing = standing or (replace(answered, still_stands=False) if answered else None)
            answered_on = None
        if moment.kind is None:
            standing = _no_longer_stands(standing)
        elif answered_on is None or moment.evidence_on > answered_on:
            standing = _stands(standing, moment)
        return Fold(standing, answered, answered_on)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form; ``from_dict`` reads it."""
        return {
            "standing": self.standing.as_dict() if self.standing else None,
            "answered": self.answered.as_dict() if self.answered else None,
            "answered_on": self.answered_on.isoformat() if self.answered_on else None,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Fold:
        """The fold that ``as_dict`` wrote; raises ``LookupError``, ``ValueError`` or ``TypeError``
        for anything else.
        """
        return cls(
            OpenTrigger.from_dict(stored["standing"]) if stored["standing"] else None,
            OpenTrigger.from_dict(stored["answered"]) if stored["answered"] else None,
            date.fromisoformat(stored["answered_on"]) if stored["answered_on"] else None,
        )


def open_trigger(moments: Iterable[Moment]) -> OpenTrigger | None:
    """What is open at the last of these moments of one body, in the order of their days."""
    fold = Fold()
    for moment in moments:
        fold = fold.after(moment)
    return fold.standing


def _no_longer_stands(standing: OpenTrigger | None) -> OpenTrigger | None:
    if standing is None or not standing.still_stands:
        return standing
    return replace(standing, still_stands=False)


def _stands(standing: OpenTrigger | None, moment: Moment) -> OpenTrigger:
    """The trigger as it stands on this day; its clock goes on from the day it began."""
    begins_with_publication = moment.on == moment.published_on
    return OpenTrigger(
        body=moment.body,
        edition=moment.edition,
        since=moment.on if standing is None else standing.since,
        clock_starts_with_publication=(
            begins_with_publication if standing is None else standing.clock_starts_with_publication
        ),
        last_stood_on=moment.on,
        still_stands=True,
        kind=moment.kind or HeadlineKind.MET,
        said=moment.said,
        rows=moment.rows,
        evidence=moment.evidence,
    )


def open_triggers(moments: Sequence[Moment]) -> tuple[OpenTrigger, ...]:
    """What is open at the end, for each body that the moments speak of."""
    bodies = dict.fromkeys(moment.body for moment in moments)
    found = (open_trigger(m for m in moments if m.body is body) for body in bodies)
    return tuple(trigger for trigger in found if trigger is not None)
