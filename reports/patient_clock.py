"""One patient's clocks: since when each class 1 or I was met, and what became of it.

Of a patient who is followed the stored clocks are read. For a clinic that no longer follows the
patient they are made from what it held when it let the patient go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.guideline_settings import hidden_editions, unsigned_editions_of
from accounts.models import Clinic
from followup.clinic_rules import rules_of
from followup.clock import MOST_DAYS, clock_rows
from followup.models import Clock, Standing
from followup.pathway_rows import PathwayRows
from followup.standing import replay_of, zone_of
from followup.team_selectors import referrals_of
from guidelines.clock import Basis, class_1_rules, edition_behind, is_either_way
from guidelines.days import spoken
from guidelines.facts import FACTS
from guidelines.registry import ALL_EDITIONS
from guidelines.rule import Edition
from guidelines.vocabulary import Body
from patients.models import Patient
from reports.waiting import ground_of
from reports.waiting_list import DECISIONS, PROCEDURES
from reports.waiting_page import after_text, days_text
from treatments.known import histories_of, known_runs
from treatments.record import record_of

CLASSES = {Body.ACC_AHA: "Class 1", Body.ESC_EACTS: "Class I"}


@dataclass(frozen=True)
class ClockLine:
    """One recommendation in one course of the disease, in words."""

    ground: str
    edition: str
    recommendation: str
    true_on: date | None
    with_edition: bool
    known_on: date | None
    known: str
    referred: str
    decided: str
    decision: str
    treated: str
    procedure: str
    worsened: str
    state: str
    words: str
    is_open: bool


@dataclass(frozen=True)
class ClockPage:
    """All clocks, the open ones first; ``gaps``: what the record would have to say for more."""

    lines: tuple[ClockLine, ...] = ()
    is_computed: bool = True
    looked_from: date | None = None
    gaps: tuple[str, ...] = field(default_factory=tuple)
    cannot_say: bool = False


def clock_page(patient: Patient, clinic: Clinic, today: date) -> ClockPage:
    """The page of a patient who is followed, in three queries."""
    shown = _shown(clinic, today)
    standing = Standing.objects.filter(patient=patient).first()
    if standing is None or standing.clock is None:
        return ClockPage(is_computed=False)
    rows = Clock.objects.filter(patient=patient, edition__in=[each.id for each in shown])
    looked_from = standing.clock["true_from"] or standing.clock["looked_from"]
    gaps = tuple(FACTS[name].label for name in standing.missing if name in FACTS)
    possible = {Body.ACC_AHA: standing.acc_aha_possible, Body.ESC_EACTS: standing.esc_possible}
    # What is possible was said by the edition that the clinic judges by, not by an older one.
    unsigned = {edition.body for edition in unsigned_editions_of([clinic], today)}
    bodies = {edition.body for edition in shown} - unsigned
    may_be = any(possible.get(body) in {"1", "I"} for body in bodies)
    return ClockPage(
        lines=lines_of(rows.order_by("started_on", "key", "id"), today, patient.deceased_on),
        looked_from=date.fromisoformat(looked_from) if looked_from else None,
        gaps=gaps if may_be else (),
        cannot_say=may_be,
    )


def clock_page_then(patient: Patient, clinic: Clinic, until: date, known_at: datetime) -> ClockPage:
    """What the clinic held of the patient at an instant, up to its last day with them."""
    rules = rules_of(clinic, until, known_at)
    record = record_of([patient], on=until, known_at=known_at)[patient.pk]
    replay = replay_of(record, rules, most_days=MOST_DAYS)
    zones = {patient.pk: zone_of(clinic)}
    history = histories_of([patient], at=known_at, zones=zones)[patient.pk]
    known = known_runs(
        history,
        on=until,
        editions_of=rules.editions_of,
        limits=rules.limits,
        turns=rules.turns,
        most_days=MOST_DAYS,
        alike=(record, replay.standings),
    )
    asked = PathwayRows(referrals=referrals_of(patient, until, known_at))
    rows = clock_rows(record, asked, replay.begun, known.now.begun)
    shown = {edition.id for edition in _shown(clinic, until)}
    return ClockPage(
        lines=lines_of((r for r in rows if r.edition in shown), until, record.patient.deceased_on),
        looked_from=replay.looked_from or known.looked_from,
    )


def _shown(clinic: Clinic, on: date) -> list[Edition]:
    hidden = hidden_editions([clinic], ALL_EDITIONS, on)
    return [edition for edition in ALL_EDITIONS if edition not in hidden]


def lines_of(clocks: Iterable[Clock], today: date, died_on: date | None) -> tuple[ClockLine, ...]:
    """Each start as true with the one as known that belongs to it; what is open comes first."""
    rows = list(clocks)
    true = [row for row in rows if row.basis == Basis.TRUE.value]
    known = [row for row in rows if row.basis == Basis.KNOWN.value]
    lines = []
    for row in true:
        own = [k for k in known if k.key == row.key and k.counted_from_on == row.started_on]
        lines.append(_line(row, row.started_on, own[0] if own else None, today, died_on))
        known = [each for each in known if each not in own]
    lines += [_line(row, None, row, today, died_on) for row in known]
    return tuple(sorted(lines, key=lambda line: (not line.is_open, line.true_on or line.known_on)))


def _line(
    row: Clock, true_on: date | None, known: Clock | None, today: date, died_on: date | None
) -> ClockLine:
    since = row.started_on
    last = died_on or today
    state, is_open = _state(row, died_on, (last - since).days)
    known_on = known.started_on if known else None
    edition = edition_behind(row.key)
    title = edition.title if edition else row.edition
    return ClockLine(
        ground=ground_of(row),
        edition=title,
        recommendation=_recommendation(row),
        true_on=true_on,
        with_edition=edition is not None and true_on == edition.published_on,
        known_on=known_on,
        known=days_text(since, known_on),
        referred=days_text(since, row.referred_on),
        decided=days_text(since, row.decided_on),
        decision=DECISIONS.get(row.decision, ""),
        treated=days_text(since, row.treated_on),
        procedure=PROCEDURES.get(row.procedure, ""),
        worsened=f"{days_text(since, row.worsened_on)}: {row.worsened_by}"
        if row.worsened_on
        else "",
        state=state,
        words=_words(row, edition, true_on, known_on, state),
        is_open=is_open,
    )


def _recommendation(row: Clock) -> str:
    if is_either_way(row.key):
        return "Class 1 or I whichever way the missing facts turn out."
    found = class_1_rules().get(row.key)
    return found[0].message if found else ""


def _state(row: Clock, died_on: date | None, days: int) -> tuple[str, bool]:
    """What is waited for still, in words, and whether anything is."""
    waited = f"{days} day{'' if days == 1 else 's'}"
    if row.treated_on is not None:
        return "intervention done", False
    if died_on is not None:
        decided = "no intervention" if row.decided_on else "no decision and no intervention"
        return f"died after {waited}, {decided} recorded", False
    if row.decided_on is None:
        return f"no decision recorded, waiting for {waited}", True
    if row.against_on is not None:
        return "decided, no intervention recorded", False
    return f"still waiting for the intervention, {waited}", True


def _words(
    row: Clock, edition: Edition | None, true_on: date | None, known_on: date | None, state: str
) -> str:
    """ "Class I met 12 Mar 2026 (ESC25-P-02), known 15 Mar 2026, referred after 4 days, ..." """
    name = CLASSES.get(edition.body, "Class 1") if edition else "Class 1 or I"
    if true_on is None:
        begun = f"{name} shown on {spoken(row.started_on)} ({ground_of(row)})"
        parts = [begun, "which the record no longer says"]
    else:
        parts = [f"{name} met {spoken(true_on)} ({ground_of(row)})"]
        parts.append(f"known {spoken(known_on)}" if known_on else "not known while it stood")
    events = (("referred", row.referred_on), ("decided", row.decided_on),
              ("operated or treated", row.treated_on))  # fmt: skip
    parts += [
        f"{word} {after_text(row.started_on, day)}" for word, day in events if day is not None
    ]
    if row.treated_on is None:
        parts.append(state)
    return ", ".join(parts) + "."
