"""The clocks of each patient: since when a class 1 or I was met, and what became of it.

They follow from the record alone and are renewed with the standing, in the same transaction. As
true they come out of the replay that the standing needs anyway. As known they are gone on with: the
standing keeps what was found by the end of the day before (``Standing.clock``), and today is added
to it. The history is read only where that does not serve: never computed yet, other rules, or a day
on which time alone may have changed something has passed unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Any

from followup.clinic_rules import ClinicRules
from followup.models import Clock, Standing
from followup.pathway_rows import PathwayRows
from guidelines.assessment import ENGINE_VERSION
from guidelines.clock import Clock as Start
from guidelines.clock import Decided, Events, Runs, clocks_of, edition_behind, row_behind
from treatments.carried import Carried
from treatments.held import Replay
from treatments.known import histories_of, known_runs
from treatments.latch import ANSWERS, treatments_of
from treatments.models import TeamReview
from treatments.record import PatientRecord
from treatments.worsening import Worsening, worsening_after

SCHEMA = 1
ONE_DAY = timedelta(days=1)
MOST_DAYS = 400
"""Days with an entry that are judged as known; of more, the newest."""
BATCH = 500
COLUMNS = tuple(
    column.attname for column in Clock._meta.concrete_fields if column.attname not in {"id"}
)
IDENTITY = ("patient_id", "basis", "key", "started_on")


@dataclass(frozen=True, slots=True)
class Known:
    """What was found as known by the end of the day ``through``, and of the days before it.

    ``valid_until``: the first day after it on which time alone may change anything.
    """

    before: Runs
    before_through: date
    now: Runs
    through: date
    valid_until: date | None
    looked_from: date | None
    rules: str

    def as_dict(self, true_from: date | None) -> dict[str, object]:
        """JSON-serializable form, with the day from which on the record was judged as true."""
        return {
            "schema": SCHEMA,
            "engine": ENGINE_VERSION,
            "rules": self.rules,
            "before": self.before.as_dict(),
            "before_through": self.before_through.isoformat(),
            "now": self.now.as_dict(),
            "through": self.through.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "looked_from": self.looked_from.isoformat() if self.looked_from else None,
            "true_from": true_from.isoformat() if true_from else None,
        }


@dataclass(slots=True)
class ToRenew:
    """One patient whose clocks are renewed: the record, by what it is judged, what was found.

    ``standing``: the new one, not stored yet; ``kept``: ``Standing.clock`` of the one before.
    """

    record: PatientRecord
    rows: PathwayRows
    rules: ClinicRules
    zone: tzinfo
    standing: Standing
    kept: Mapping[str, Any] | None
    found: Replay | Carried


def renew_clocks(cases: Sequence[ToRenew], *, at: datetime) -> None:
    """Compute and store the clocks of these patients, and put into each standing what to keep.

    The caller stores the standings, in the same transaction, with the patients' rows locked.
    """
    known = _known(cases, at)
    keys: list[int] = []
    wanted: list[Clock] = []
    for case in cases:
        mine = known[case.record.patient.pk]
        case.standing.clock = mine.as_dict(case.found.looked_from)
        if not _is_unchanged(case, mine):
            keys.append(case.record.patient.pk)
            wanted += clock_rows(case.record, case.rows, case.found.begun, mine.now.begun)
    if keys:
        _store(keys, wanted)


def _is_unchanged(case: ToRenew, known: Known) -> bool:
    """Whether nothing was entered since the clocks were last computed, and none has started.

    What is carried on rests on the same rows as when it was found, and then clocks were computed.
    """
    kept = _from_dict(case.kept, _mark(case))
    return (
        isinstance(case.found, Carried) and kept is not None and kept.now.begun == known.now.begun
    )


def _known(cases: Sequence[ToRenew], at: datetime) -> dict[int, Known]:
    found: dict[int, Known] = {}
    to_read: list[ToRenew] = []
    for case in cases:
        carried = _carried_on(case)
        if carried is None:
            to_read.append(case)
        else:
            found[case.record.patient.pk] = carried
    if to_read:
        zones = {case.record.patient.pk: case.zone for case in to_read}
        patients = [case.record.patient for case in to_read]
        histories = histories_of(patients, at=at, zones=zones)
        for case in to_read:
            key = case.record.patient.pk
            standings = case.found.standings if isinstance(case.found, Replay) else {}
            runs = known_runs(
                histories[key],
                on=case.record.on,
                editions_of=case.rules.editions_of,
                limits=case.rules.limits,
                turns=case.rules.turns,
                most_days=MOST_DAYS,
                alike=(case.record, standings),
            )
            on = case.record.on
            found[key] = Known(
                runs.before,
                on - ONE_DAY,
                runs.now,
                on,
                case.standing.valid_until_on,
                runs.looked_from,
                _mark(case),
            )
    return found


def _carried_on(case: ToRenew) -> Known | None:
    """What was kept with today added to it; ``None`` where only the history can tell."""
    on = case.record.on
    looked_from = None
    if _begins_today(case):
        before, before_through = Runs(), on - ONE_DAY
    else:
        kept = _from_dict(case.kept, _mark(case))
        if kept is None or kept.through > on or _turned_unseen(kept, on):
            return None
        looked_from = kept.looked_from
        before, before_through = kept.now, kept.through
        if kept.through == on:
            before, before_through = kept.before, kept.before_through
    runs = before.copy()
    runs.enter(case.found.stands, on)
    runs.note([day for day, _kind in treatments_of(case.record)])
    valid_until = case.standing.valid_until_on
    return Known(before, before_through, runs, on, valid_until, looked_from, _mark(case))


def _turned_unseen(kept: Known, on: date) -> bool:
    """Whether time alone may have changed something on a day between, which nobody looked at."""
    looked_soon_enough = kept.valid_until is not None and kept.valid_until >= on
    return kept.through + ONE_DAY < on and not looked_soon_enough


def _begins_today(case: ToRenew) -> bool:
    """Whether the patient was registered today: nothing was known before."""
    entered_on: date = case.record.patient.entered_at.astimezone(case.zone).date()
    return entered_on == case.record.on


def _mark(case: ToRenew) -> str:
    """By which rules and calendar; what was kept serves the same ones only."""
    parts = (case.rules.mark, sorted(case.rules.limits.items()), str(case.zone))
    return sha256(repr(parts).encode()).hexdigest()[:16]


def _from_dict(stored: Mapping[str, Any] | None, mark: str) -> Known | None:
    if not stored or stored.get("schema") != SCHEMA or stored.get("engine") != ENGINE_VERSION:
        return None
    if stored.get("rules") != mark:
        return None
    return Known(
        Runs.from_dict(stored["before"]),
        date.fromisoformat(stored["before_through"]),
        Runs.from_dict(stored["now"]),
        date.fromisoformat(stored["through"]),
        _day(stored["valid_until"]),
        _day(stored["looked_from"]),
        mark,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# Rows ---------------------------------------------------------------------------------------------


def clock_rows(
    record: PatientRecord,
    rows: PathwayRows,
    true: Mapping[str, Sequence[date]],
    known: Mapping[str, Sequence[date]],
) -> list[Clock]:
    """The clocks of one gathered record with what came after each start, not stored yet."""
    starts = clocks_of(true, known, events_of(record, rows))
    days = {start.started_on for start in starts}
    worse = {day: worsening_after(record, day) for day in days}
    made = (_row(record, start, worse[start.started_on]) for start in starts)
    return [row for row in made if row is not None]


def events_of(record: PatientRecord, rows: PathwayRows) -> Events:
    """What may answer a clock: referrals that were not withdrawn, decisions, treatments."""
    reviews = [each for each in reversed(record.team_reviews) if each.decision in ANSWERS]
    return Events(
        referred=sorted(row.referred_on for row in rows.referrals if row.withdrawn_on is None),
        decided=[
            Decided(each.reviewed_on, each.decision, each.decision == TeamReview.Decision.INTERVENE)
            for each in reviews
        ],
        treated=treatments_of(record),
        died=record.patient.deceased_on,
    )


def _row(record: PatientRecord, start: Start, worse: Worsening | None) -> Clock | None:
    edition = edition_behind(start.key)
    if edition is None:
        return None
    if worse is not None and worse.on > (start.treated_on or date.max):
        worse = None
    return Clock(
        patient_id=record.patient.pk,
        basis=start.basis.value,
        key=start.key,
        body=edition.body.value,
        edition=edition.id,
        row=row_behind(start.key),
        started_on=start.started_on,
        counted_from_on=start.counted_from,
        referred_on=start.referred_on,
        decided_on=start.decided_on,
        decision=start.decision,
        against_on=start.against_on,
        treated_on=start.treated_on,
        procedure=start.procedure,
        worsened_on=worse.on if worse else None,
        worsened_by=worse.words if worse else "",
    )


def _store(patient_ids: Sequence[int], wanted: Iterable[Clock]) -> None:
    """Write what is different, and nothing where nothing is."""
    stored = {
        _values(row, IDENTITY): row for row in Clock.objects.filter(patient_id__in=patient_ids)
    }
    changed = []
    for row in wanted:
        before = stored.pop(_values(row, IDENTITY), None)
        if before is None or _values(before, COLUMNS) != _values(row, COLUMNS):
            changed.append(row)
    if stored:
        Clock.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    if changed:
        Clock.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["patient", "basis", "key", "started_on"],
            update_fields=[name for name in COLUMNS if name not in IDENTITY],
            batch_size=BATCH,
        )


def _values(row: Clock, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in columns)
