"""Mechanism, cause and tempo of the regurgitation, and the state of the valve."""

from __future__ import annotations

from guidelines.facts import Fact
from guidelines.vocabulary import CarpentierType, Etiology, Mechanism, Tempo
from patients.models import AcuteEpisode, Comorbidity, MitralDiagnosis
from treatments.events import event_after
from treatments.facts.case import Case, Facts, newest, put, source_of
from treatments.facts.valve import valve_state_of

# Acts that end an acute episode and leave a chronic state (D4).
ENDS_ACUTE = {AcuteEpisode.Closure.RECLASSIFIED_CHRONIC, AcuteEpisode.Closure.INTERVENTION}
ACUTE = {Tempo.ACUTE.value, Tempo.ACUTE_ON_CHRONIC.value}
# What may change the mechanism itself (safety C). A procedure is not here: after it the valve's
# state rules, and what it was done for stays true.
CHANGES_MECHANISM = (
    Comorbidity.Kind.MYOCARDIAL_INFARCTION.value,
    Comorbidity.Kind.ACTIVE_ENDOCARDITIS.value,
)


def diagnosis_facts(case: Case) -> Facts:
    """Mechanism, etiology, Carpentier type, tempo and the valve's state."""
    facts: Facts = {"mitral_valve_state": valve_state_of(case.record)}
    put(facts, "tempo", _tempo(case))
    if not case.record.diagnoses:
        return facts
    row = _last_stating(case, "mechanism")
    facts["mechanism"] = _unless_changed(case, row, Mechanism(row.mechanism))
    row = _last_stating(case, "etiology")
    facts["etiology"] = case.fact(row, Etiology(row.etiology))
    row = _last_stating(case, "carpentier_type")
    if row.carpentier_type:
        facts["carpentier_type"] = _unless_changed(case, row, CarpentierType(row.carpentier_type))
    return facts


def stated_mechanism(case: Case) -> Mechanism:
    """The mechanism as last stated; unknown when it never was."""
    if not case.record.diagnoses:
        return Mechanism.UNKNOWN
    return Mechanism(_last_stating(case, "mechanism").mechanism)


def _last_stating(case: Case, field: str) -> MitralDiagnosis:
    """The newest diagnosis that states this; the newest of all when none does.

    A later row that leaves it open takes nothing back: what was wrong is struck.
    """
    rows = case.record.diagnoses
    return newest(rows, lambda row: getattr(row, field) not in ("", "unknown")) or rows[0]


def _unless_changed(case: Case, row: MitralDiagnosis, value: Mechanism | CarpentierType) -> Fact:
    """The value as stated, or none when an infarction or endocarditis came after it."""
    event = event_after(case.events, row.diagnosed_on, CHANGES_MECHANISM)
    if event is None or value.value == Mechanism.UNKNOWN.value:
        return case.fact(row, value)
    return case.fact(
        row, None, reason=f"{value.label.lower()}, stated before {event.words}: state it again"
    )


def _tempo(case: Case) -> Fact | None:
    """Acute while an episode stands; it ends only by a recorded act, never by time (D4)."""
    episode = case.record.open_episode
    if episode is not None:
        return _acute(case, episode)
    stated = _stated_tempo(case)
    closed = _last_closed(case)
    if closed is not None and (stated is None or not stated.on or _ended_on(case, closed, stated)):
        return closed
    return stated


def _ended_on(case: Case, closed: Fact, stated: Fact) -> bool:
    return closed.on is not None and stated.on is not None and closed.on >= stated.on


def _acute(case: Case, episode: AcuteEpisode) -> Fact:
    """Acute, or acute on chronic when a chronic regurgitation was known before."""
    was_chronic = any(row.tempo == Tempo.CHRONIC.value for row in case.record.diagnoses)
    tempo = Tempo.ACUTE_ON_CHRONIC if was_chronic else Tempo.ACUTE
    return Fact(tempo, case.record.day_of(episode.onset_at), source_of(episode))


def _stated_tempo(case: Case) -> Fact | None:
    """As the diagnosis states it; "unknown" does not end what was acute, a procedure does."""
    if not case.record.diagnoses:
        return None
    latest = case.record.diagnoses[0]
    stated = next((d for d in case.record.diagnoses if d.tempo != Tempo.UNKNOWN.value), latest)
    if stated.tempo not in ACUTE:
        return case.fact(latest, Tempo(latest.tempo))
    procedure, day = case.procedure, case.procedure.performed_on if case.procedure else None
    if procedure is not None and day is not None and day >= stated.diagnosed_on:
        reason = f"the acute state was ended by the {procedure.get_kind_display()}"
        return case.fact(procedure, Tempo.CHRONIC, reason=reason)
    return case.fact(stated, Tempo(stated.tempo))


def _last_closed(case: Case) -> Fact | None:
    """Chronic, from the newest episode that an act turned into a chronic state."""
    for episode in case.record.acute_episodes:
        if episode.closure in ENDS_ACUTE and episode.closed_at is not None:
            reason = f"the acute episode was closed: {episode.get_closure_display()}"
            day = case.record.day_of(episode.closed_at)
            return Fact(Tempo.CHRONIC, day, source_of(episode), reason=reason)
    return None
