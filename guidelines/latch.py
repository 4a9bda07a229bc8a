"""What has met a class 1 rule stays open until a person decides (safety C, principle 1; H2).

The latch is a fold over the days of a record, never state that somebody sets. Each ``Moment`` is a
day on which the record changed, with what the edition in force said on that day, and the act, if
any, that answers a trigger: a team's decision, an intervention, a death. So a value that falls back
within its error, or grows old, does not close what was met; and evidence that was struck or
amended later is not in the record any more and holds nothing.

An answer holds for the *grounds* it was given on: the conditions of the rules of class 1 or I that
held then (symptoms, LVEF ≤ 60 %). While the class stands on these alone, newer evidence that says
the same reopens nothing; a ground that was not there does, and so does a class that went and came
back. This is the same for every decision, to intervene as to watch.

A trigger's clock starts no earlier than the publication of the edition by which it was met: no
edition is applied to a day before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from guidelines.criteria import at_least, at_most
from guidelines.days import spoken
from guidelines.editions import EditionVerdict, HeadlineKind
from guidelines.facts import FACTS, ORDER, ClinicalPicture
from guidelines.rule import JUDGEMENTS, Finding
from guidelines.vocabulary import Body, Verdict

CLASS_1 = 3
"""The strength of a class 1 or I."""
MUCH_WORSE = (at_most("lvef_percent", Decimal(50)), at_least("nyha_class", Decimal(3)))
"""Local: a ground of its own, so that an answer to LVEF 58 % is none to LVEF 45 %."""


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
    (cancelled, or never done). ``ends``: nothing can be open after it (death). ``grounds``: the
    conditions that hold of rules of class 1 or I, in words; none where no class 1 stands.
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
    grounds: frozenset[str] = frozenset()

    @property
    def evidence_on(self) -> date:
        """The day of the newest evidence it rests on; its own day when none is dated."""
        return max((e.on for e in self.evidence if e.on is not None), default=self.on)


@dataclass(frozen=True, slots=True)
class OpenTrigger:
    """A class 1 or I that was met and that nobody has answered.

    ``grounds``: all that it stood on since it is open. ``new_grounds``: those that an answer before
    it had not been given on; empty where nothing was answered before.
    """

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
    grounds: tuple[str, ...] = ()
    new_grounds: tuple[str, ...] = ()

    @property
    def news(self) -> str:
        """What the decision before it was not about; empty where there is nothing of it."""
        named = ", ".join(self.new_grounds)
        return f"new since the decision: {named}" if named else ""

    @property
    def text(self) -> str:
        """ "Class 1 met on 2 Mar 2024 and still open", and what became of it."""
        begun = f"{self.said} Open since {spoken(self.since)} ({self.edition})"
        if self.clock_starts_with_publication:
            begun += ", counted from the publication of that edition"
        if self.new_grounds:
            begun += f"; {self.news}"
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
            "grounds": list(self.grounds),
            "new_grounds": list(self.new_grounds),
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
            grounds=tuple(stored["grounds"]),
            new_grounds=tuple(stored["new_grounds"]),
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
        grounds=_grounds(verdict, picture) if stands else frozenset(),
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


def _grounds(verdict: EditionVerdict, picture: ClinicalPicture) -> frozenset[str]:
    """The conditions that hold of the rules of class 1 or I; a team's judgement is none.

    Symptoms divide these rules between them: a ventricle past its limits is a ground of a patient
    with symptoms too, although the rule that names it is about those without.
    """
    held = {
        atom.text
        for finding in verdict.findings
        if _speaks_of_class_1(finding)
        for atom in finding.rule.when.atoms()
        if atom.fact not in JUDGEMENTS and atom.holds(finding.known.readings)
    }
    if held:
        readings = picture.readings()
        held |= {criterion.text for criterion in MUCH_WORSE if criterion.holds(readings)}
    return frozenset(held)


def _speaks_of_class_1(finding: Finding) -> bool:
    """Whether a rule's condition holds but for judgements, in this population or the other."""
    rule, known = finding.rule, finding.known
    gates = known.gates_of[rule.scope]
    if not rule.is_timing or rule.strength != CLASS_1 or gates.closed or gates.unknown:
        return False
    either = {name: value for name, value in known.readings.items() if name != "symptomatic"}
    if rule.applies.holds(either) is False:
        return False
    said = rule.when.ask(known.readings)
    return said if isinstance(said, bool) else said <= JUDGEMENTS


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

    ``answered`` was open until the act of ``answered_on``. After it only newer evidence counts,
    and of that only what gives a ground beyond ``answered_grounds``.
    """

    standing: OpenTrigger | None = None
    answered: OpenTrigger | None = None
    answered_on: date | None = None
    answered_grounds: frozenset[str] = frozenset()

    def after(self, moment: Moment) -> Fold:
        """The same with one more day, which is later than those before it."""
        if moment.ends:
            return Fold(answered_on=self.answered_on)
        now = self
        if moment.answered_by:
            now = self._answered(moment)
        elif moment.reopened_by:
            now = self._reopened()
        if moment.kind is None:
            # What stands no more and comes back is new: nobody has answered that.
            standing = _no_longer_stands(now.standing)
            return replace(now, standing=standing, answered_grounds=frozenset())
        if now._counts(moment):
            return replace(now, standing=_stands(now.standing, moment, now.answered_grounds))
        return now

    def _answered(self, moment: Moment) -> Fold:
        open_until_now = self.standing.grounds if self.standing else ()
        grounds = self.answered_grounds.union(open_until_now, moment.grounds)
        return Fold(None, self.standing or self.answered, moment.on, grounds)

    def _reopened(self) -> Fold:
        standing = self.standing
        if standing is None and self.answered is not None:
            standing = replace(self.answered, still_stands=False)
        return Fold(standing, self.answered)

    def _counts(self, moment: Moment) -> bool:
        """Whether a class 1 of this day is open: it was, or nobody answered what it stands on."""
        if self.standing is not None or self.answered_on is None:
            return True
        if moment.evidence_on <= self.answered_on:
            return False
        # Without a ground answered or found there is nothing to compare: newer evidence decides.
        return not (moment.grounds and moment.grounds <= self.answered_grounds)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form; ``from_dict`` reads it."""
        return {
            "standing": self.standing.as_dict() if self.standing else None,
            "answered": self.answered.as_dict() if self.answered else None,
            "answered_on": self.answered_on.isoformat() if self.answered_on else None,
            "answered_grounds": sorted(self.answered_grounds),
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
            frozenset(stored["answered_grounds"]),
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


def _stands(standing: OpenTrigger | None, moment: Moment, answered: frozenset[str]) -> OpenTrigger:
    """The trigger as it stands on this day; its clock goes on from the day it began."""
    begins_with_publication = moment.on == moment.published_on
    grounds = moment.grounds.union(standing.grounds if standing else ())
    known_as_new = standing.new_grounds if standing else ()
    new = grounds - answered if answered else frozenset(known_as_new)
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
        grounds=tuple(sorted(grounds)),
        new_grounds=tuple(sorted(new)),
    )


def open_triggers(moments: Sequence[Moment]) -> tuple[OpenTrigger, ...]:
    """What is open at the end, for each body that the moments speak of."""
    bodies = dict.fromkeys(moment.body for moment in moments)
    found = (open_trigger(m for m in moments if m.body is body) for body in bodies)
    return tuple(trigger for trigger in found if trigger is not None)
