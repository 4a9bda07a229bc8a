"""The standing of each patient: renewed with every write to the record, read by every list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Clinic
from followup.clinic_rules import DEFAULT_RULES, ClinicRules, rules_of
from followup.clock import ToRenew, renew_clocks
from followup.models import Standing
from followup.pathway import Pathway, pathway_of
from followup.pathway_rows import NO_ROWS, PathwayRows, pathway_rows_of
from guidelines.assessment import ENGINE_VERSION, Assessment, Outline, assess, outline
from guidelines.basis import basis_of
from guidelines.concerns import mask_of
from guidelines.editions import EditionVerdict
from guidelines.facts import ClinicalPicture, Fact
from guidelines.rule import Edition
from guidelines.vocabulary import Body, Cor
from patients.models import Patient, Registration
from treatments.carried import Carried
from treatments.facts import picture_of
from treatments.held import Replay, from_stored, replayed, stored_form
from treatments.record import PatientRecord, record_of

BATCH = 500
GRADE_NOTE_LENGTH, DUE_WORDS_LENGTH = 300, 120
REPLAYED_AT_ONCE = 3
"""A write about more patients than this is a bulk write: nobody's record is replayed."""
MOST_DAYS_AT_A_WRITE = 400
"""Days of a record that one write judges; more only where no earlier replay serves."""
MOST_DAYS_IN_BULK = 8
"""The same of a write about many."""
COLUMNS_OF_BODY = {Body.ACC_AHA: "acc_aha", Body.ESC_EACTS: "esc"}
"""How the columns of a standing begin that hold what a body's edition says."""
CLASS_1 = {Cor.CLASS_1.value, Cor.CLASS_I.value}
NO_EDITION = "no_edition"  # the body had published none by the day

Found = Replay | Carried
"""What is open on the record's day, and since when what stands has held."""
FindsOpen = Callable[[ClinicalPicture, Outline], Found | None]
"""Finds it once the day itself was judged."""


def assessment_of(record: PatientRecord) -> Assessment:
    """What the rules say of a gathered record on its day."""
    return assess(picture_of(record), on=record.on)


def renew_standings(patient_ids: Sequence[int], *, at: datetime | None = None) -> None:
    """Compute and store the standings of these patients on their clinics' day.

    Called at the end of every clinical write, inside its transaction. ``at`` is the instant that
    decides which day it is in each clinic; now by default.
    """
    instant = at or timezone.now()
    replays = len(patient_ids) <= REPLAYED_AT_ONCE
    for keys in _batches(patient_ids):
        patients = {patient.pk: patient for patient in Patient.objects.filter(pk__in=keys)}
        groups = by_day(patients, instant)
        records, rows = gathered(groups)
        kept = _kept(records)
        replayed_before = {key: replay for key, (replay, _clock) in kept.items()}
        clocks_before = {key: clock for key, (_replay, clock) in kept.items()}
        for (day, clinic), group in groups.items():
            rules = DEFAULT_RULES if clinic is None else rules_of(clinic, day)
            clocks = ClocksKept(zone_of(clinic), clocks_before) if replays else None
            store_standings(
                [records[patient.pk] for patient in group],
                at=instant,
                rules=rules,
                kept=replayed_before,
                clocks=clocks,
                rows=rows,
            )


@dataclass(frozen=True)
class ClocksKept:
    """What earlier standings kept of patients' clocks, by patient, and the clinic's calendar."""

    zone: tzinfo
    kept: Mapping[int, Any]


def zone_of(clinic: Clinic | None) -> tzinfo:
    """The calendar by which a patient's days are counted."""
    return ZoneInfo(clinic.time_zone) if clinic else timezone.get_current_timezone()


def store_standings(
    records: Iterable[PatientRecord],
    *,
    at: datetime,
    rules: ClinicRules = DEFAULT_RULES,
    kept: Mapping[int, Any] | None = None,
    clocks: ClocksKept | None = None,
    rows: Mapping[int, PathwayRows] | None = None,
) -> None:
    """Store the standings of records that were gathered before.

    ``kept``: what was kept of earlier replays, by patient. With ``clocks`` they are renewed, and
    the clocks with them; else, for many patients at once, what was kept is used where few days are
    new, so that nothing that is open is forgotten, and stays as it is; where none serves, who may
    have something open is looked at again by the next round, and clocks count as not computed.
    ``rows``: their appointments, contacts and referrals, by patient.
    """
    made: list[Standing] = []
    to_renew: list[ToRenew] = []
    for record in records:
        mine = (rows or {}).get(record.patient.pk, NO_ROWS)
        found = (kept or {}).get(record.patient.pk)
        if clocks is None:
            carried = _by_what_was_kept(record, rules, found)
            standing = standing_of(record, at, rules, mine, found=carried)
            made.append(standing if carried is not None else _waiting_for_a_round(standing))
            continue
        replay = _replay_to_keep(record, rules, found)
        standing = standing_of(record, at, rules, mine, found=replay)
        standing.replay = stored_form(replay.checkpoints, rules.mark)
        made.append(standing)
        was = clocks.kept.get(record.patient.pk)
        to_renew.append(ToRenew(record, mine, rules, clocks.zone, standing, was, replay))
    if to_renew:
        renew_clocks(to_renew, at=at)
    store(made, except_for=frozenset({"replay"}) if clocks is None else frozenset())


def _by_what_was_kept(
    record: PatientRecord, rules: ClinicRules, kept: Mapping[str, Any] | None
) -> Replay | None:
    """A replay that goes on from a kept one; ``None`` where none serves."""
    if not kept:
        return None
    begun = {each.looked_from for each in from_stored(kept, rules.mark)}
    if not begun:
        return None
    replay = replay_of(record, rules, kept, most_days=MOST_DAYS_IN_BULK)
    return replay if replay.looked_from in begun | {None} else None


def _waiting_for_a_round(standing: Standing) -> Standing:
    """The same, due at once: what was met earlier and never answered is known after a replay.

    Nothing else is due on its own day, by which ``waits_for_a_round`` knows it again.
    """
    if standing.last_echo_on is not None or CLASS_1 & {standing.acc_aha_class, standing.esc_class}:
        standing.valid_until_on = standing.assessed_for_on
    return standing


def replay_of(
    record: PatientRecord,
    rules: ClinicRules = DEFAULT_RULES,
    kept: Mapping[str, Any] | None = None,
    *,
    most_days: int | None = None,
    keeps: bool = False,
) -> Replay:
    """The record replayed by a clinic's rules, from what a standing kept as far as it serves."""
    return replayed(
        record,
        editions_of=rules.editions_of,
        limits=rules.limits,
        turns=rules.turns,
        kept=from_stored(kept, rules.mark),
        most_days=most_days,
        keeps=keeps,
    )


def _replay_to_keep(
    record: PatientRecord, rules: ClinicRules, kept: Mapping[str, Any] | None
) -> Replay:
    """The record's replay with what a standing keeps of it, made from what it kept before."""
    return replay_of(record, rules, kept, most_days=MOST_DAYS_AT_A_WRITE, keeps=True)


def _kept(records: Iterable[int]) -> dict[int, tuple[Any, Any]]:
    """Of each patient what the standing keeps of replays and of clocks."""
    found = Standing.objects.filter(patient_id__in=list(records))
    rows = found.values_list("patient_id", "replay", "clock")
    return {key: (replay, clock) for key, replay, clock in rows}


def standing_of(
    record: PatientRecord,
    at: datetime,
    rules: ClinicRules = DEFAULT_RULES,
    rows: PathwayRows = NO_ROWS,
    *,
    found: Found | FindsOpen | None = None,
) -> Standing:
    """The standing of one gathered record by its clinic's rules, not yet stored.

    ``found``: what a replay found, or what finds it; ``None`` where none was made.
    """
    counted = [study for study in record.echo_studies if study.counts]
    picture = picture_of(record, rules.limits)
    editions = tuple(rules.editions_of(record.on))
    said = _outline(picture, record.on, editions, alike=not counted)
    found = found(picture, said) if callable(found) else found
    triggers = found.triggers if found is not None else None
    pathway = pathway_of(record, picture, said, rows, rules, triggers=triggers)
    return Standing(
        patient_id=record.patient.pk,
        assessed_at=at,
        assessed_for_on=record.on,
        valid_until_on=pathway.valid_until,
        engine_version=ENGINE_VERSION,
        is_acute=record.open_episode is not None,
        last_echo_on=counted[0].performed_on if counted else None,
        **_conclusions(picture, said),
        **_bases(said, _held_since(record, found)),
        **_pathway_columns(pathway),
    )


def _held_since(record: PatientRecord, found: Found | None) -> Mapping[str, date]:
    """Since when what stands has held, as far as a replay knows it.

    What stood on the first of the days that were judged may have begun before it.
    """
    if found is None or record.has_died:
        return {}
    if found.looked_from is None:
        return found.held_since
    return {key: day for key, day in found.held_since.items() if day != found.looked_from}


NamedFacts = tuple[tuple[str, Fact], ...]


def _outline(
    picture: ClinicalPicture, on: date, editions: tuple[Edition, ...], *, alike: bool
) -> Outline:
    """What lists show; remembered where others may be ``alike``, as a measured heart never is."""
    if alike:
        return _remembered_outline(_facts_of(picture), on, editions)
    return outline(picture, on=on, editions=editions)


def _facts_of(picture: ClinicalPicture) -> NamedFacts:
    """The picture's facts as a key: those about the person without whose they are.

    So patients of whom nothing but age and sex is recorded are assessed once for all.
    """
    return tuple(
        (name, replace(fact, on=None, source="") if fact.source.startswith("patient:") else fact)
        for name, fact in picture.facts.items()
    )


@lru_cache(maxsize=1024)
def _remembered_outline(facts: NamedFacts, on: date, editions: tuple[Edition, ...]) -> Outline:
    return outline(ClinicalPicture(dict(facts)), on=on, editions=editions)


def _conclusions(picture: ClinicalPicture, said: Outline) -> dict[str, Any]:
    """What lists show of an assessment; it depends on nothing but facts, day and editions."""
    readings = picture.readings()
    symptomatic = readings.get("symptomatic")
    stage = said.staging.stage
    return {
        "grade": said.grade.result.value,
        "grade_state": said.grade.state.value,
        "grade_note": next(iter(said.grade.notes), "")[:GRADE_NOTE_LENGTH],
        "mechanism": str(readings.get("mechanism", "unknown")),
        "valve_state": str(readings.get("mitral_valve_state", "unknown")),
        "symptomatic": symptomatic if isinstance(symptomatic, bool) else None,
        "stage": stage.value if stage is not None else "",
        "missing": list(said.missing),
        **{
            column: value
            for body, name in COLUMNS_OF_BODY.items()
            for column, value in _said_by(name, said.of_body(body)).items()
        },
    }


def _bases(said: Outline, since: Mapping[str, date]) -> dict[str, Any]:
    """On what the headline of each body's edition rests."""
    columns: dict[str, Any] = {}
    for body, name in COLUMNS_OF_BODY.items():
        verdict = said.of_body(body)
        if verdict is not None:
            columns |= _basis(name, verdict, said, since)
    return columns


def _basis(
    name: str, verdict: EditionVerdict, said: Outline, since: Mapping[str, date]
) -> dict[str, Any]:
    graded = said.graded
    basis = basis_of(verdict, graded.of_body(verdict.edition.body), graded.picture)
    return {
        f"{name}_edition": verdict.edition.id,
        f"{name}_rows": " ".join(basis.rows),
        f"{name}_levels": " ".join(basis.levels),
        f"{name}_since_on": min((since[key] for key in basis.keys if key in since), default=None),
        f"{name}_facts": " ".join(basis.facts),
        f"{name}_missing": " ".join(basis.missing),
    }


def _pathway_columns(pathway: Pathway) -> dict[str, Any]:
    first = next(iter(pathway.concerns), None)
    return {
        "bucket": pathway.bucket.value,
        "concerns": [concern.as_dict() for concern in pathway.concerns],
        "concern_mask": mask_of(concern.kind for concern in pathway.concerns),
        "first_concern": first.kind.rank if first else None,
        "concern_weight": first.weight if first else 0,
        "waits_since_on": pathway.waits_since,
        "refers_itself_on": pathway.refers_itself_on,
        "due_from_on": pathway.due_from,
        "due_by_on": pathway.due_by,
        "due_words": pathway.due_words[:DUE_WORDS_LENGTH],
        "booked_on": pathway.booked_on,
        "missing_one": pathway.missing_one,
        "asked_mask": pathway.completeness.asked,
        "lacking_mask": pathway.completeness.lacking,
    }


def _said_by(body: str, verdict: EditionVerdict | None) -> dict[str, Any]:
    """An edition's headline class, how certain it is, and the class it could still reach.

    Without a headline the status says whether the rules may speak at all.
    """
    if verdict is None:
        return {f"{body}_class": "", f"{body}_status": NO_EDITION, f"{body}_possible": "",
                f"{body}_provisional": False}  # fmt: skip
    kind = verdict.headline_kind
    return {
        f"{body}_class": verdict.headline_class.value if verdict.headline_class else "",
        f"{body}_status": kind.value if kind else verdict.gate.value,
        f"{body}_possible": verdict.strongest_possible.value if verdict.strongest_possible else "",
        f"{body}_provisional": verdict.is_provisional,
    }


Group = tuple[date, Clinic | None]
"""A day, and the clinic by whose rules patients are judged on it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A registration as of an instant: the clinic's day, and whether it follows the patient."""

    follows: bool
    today: date
    goes_on: bool
    age: int
    clinic: Clinic


def by_day(patients: Mapping[int, Patient], instant: datetime) -> dict[Group, list[Patient]]:
    """Patients by the latest today of the clinics that follow them, and by who judges them.

    A clinic that followed them once judges where none does, a registration made by mistake never.
    Of several that follow, the one judges that lets most of its editions show: what one of them has
    not signed off must not take a class 1 from the list of the other.
    """
    places: dict[int, list[_Place]] = defaultdict(list)
    rows = Registration.objects.filter(patient_id__in=patients).exclude(
        ended_because=Registration.Ended.ENTERED_IN_ERROR
    )
    for row in rows.select_related("clinic"):
        today = timezone.localdate(instant, ZoneInfo(row.clinic.time_zone))
        follows = row.is_active_on(today)
        place = _Place(follows, today, row.until_on is None, -row.pk, row.clinic)
        places[row.patient_id].append(place)
    hides: dict[int, int] = {}
    grouped: dict[Group, list[Patient]] = defaultdict(list)
    for patient_id, patient in patients.items():
        found = places[patient_id]
        found = [place for place in found if place.follows] or found
        key: Group = _judged(found, hides) if found else (timezone.localdate(instant), None)
        grouped[key].append(patient)
    return grouped


def _judged(places: Sequence[_Place], hides: dict[int, int]) -> Group:
    """``hides``: how many editions each clinic does not let show, as far as it was asked."""
    day = max(place.today for place in places)
    clinics = {place.clinic.pk: place.clinic for place in places if place.follows}
    if len(clinics) > 1:
        for key, clinic in clinics.items():
            if key not in hides:
                hides[key] = len(rules_of(clinic, day).hidden)

    def rank(place: _Place) -> tuple[int, date, bool, int]:
        return -hides.get(place.clinic.pk, 0), place.today, place.goes_on, place.age

    return day, max(places, key=rank).clinic


def gathered(
    groups: Mapping[Group, Sequence[Patient]],
) -> tuple[dict[int, PatientRecord], dict[int, PathwayRows]]:
    """Records and pathway rows of all groups, read once for each day, however many the clinics."""
    on_day: dict[date, list[Patient]] = defaultdict(list)
    for (day, _clinic), group in groups.items():
        on_day[day].extend(group)
    records: dict[int, PatientRecord] = {}
    rows: dict[int, PathwayRows] = {}
    for day, patients in on_day.items():
        records |= record_of(patients, on=day)
        rows |= pathway_rows_of([patient.pk for patient in patients], on=day)
    return records, rows


def store(standings: Sequence[Standing], *, except_for: frozenset[str] = frozenset()) -> None:
    """Insert or replace these patients' standings, but for what some columns hold."""
    renewed = [
        field.name
        for field in Standing._meta.concrete_fields
        if field.name not in {"id", "patient"} | except_for
    ]
    Standing.objects.bulk_create(
        standings,
        update_conflicts=True,
        unique_fields=["patient"],
        update_fields=renewed,
        batch_size=BATCH,
    )


def _batches(keys: Iterable[int]) -> Iterable[list[int]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, BATCH)):
        yield batch
