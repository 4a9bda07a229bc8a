"""The emergency at hand, infection and allergy, rhythm disorders, and what changed since the echo.

What an open acute episode holds speaks for that episode; the clinic's answers stand beside it.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from guidelines.facts import Fact
from guidelines.vocabulary import Etiology, PenicillinAllergy
from patients.days import spoken
from patients.models import AcuteEpisode, Allergy, Comorbidity, EchoStudy
from treatments.facts.answers import answer_of
from treatments.facts.case import Case, Facts, newer, newest, put, source_of
from treatments.facts.prosthesis import whole_years
from treatments.models import Complication
from treatments.symptoms import speaks_of_symptoms

Kind = Comorbidity.Kind
LOW_PRESSURE = Decimal(90)  # mmHg, below it the pressure is low
ALLERGIES = {
    "cephalosporin_allergy": r"cephal\w+|cefal\w+|cef\w+|ceph\w+",
    "macrolide_allergy": r"macrolid\w*|azithromycin|clarithromycin|erythromycin|roxithromycin",
    "tetracycline_allergy": r"tetracyclin\w*|doxycyclin\w*|minocyclin\w*",
}
PENICILLIN = r"\w*cillin\w*|beta.?lactam\w*|augmentin"
SEVERE_REACTIONS = {
    Allergy.Reaction.ANAPHYLAXIS,
    Allergy.Reaction.ANGIOEDEMA,
    Allergy.Reaction.URTICARIA,
    Allergy.Reaction.UNKNOWN,
}
RHEUMATIC = {Etiology.RHEUMATIC.value}
ENDOCARDITIS = {
    Etiology.ENDOCARDITIS_ACTIVE.value,
    Etiology.ENDOCARDITIS_HEALED.value,
    Etiology.ENDOCARDITIS_DESTRUCTION.value,
}
CHANGES = {"symptoms", "admission", "acute_episode"}


def circumstance_facts(case: Case) -> Facts:
    """Facts of the emergency, of infection and allergy, and of rhythm and radiation."""
    return {**_emergency(case), **_infection(case), **_allergies(case), **_history(case)}


# The emergency -----------------------------------------------------------------------------------


def _emergency(case: Case) -> Facts:
    episode = case.record.open_episode
    if episode is None:
        return {}
    facts: Facts = {}
    day = case.record.day_of(episode.observed_at or episode.onset_at)
    pressure, shock, edema = episode.systolic_bp_mmhg, episode.shock, episode.pulmonary_edema
    low = None if pressure is None else pressure < LOW_PRESSURE
    put(facts, "hypotensive_now", _observed(case, episode, day, "hypotensive_now", low, shock))
    name = "acute_pulmonary_edema_or_shock"
    put(facts, name, _observed(case, episode, day, name, edema, shock))
    confirmed = episode.certainty == AcuteEpisode.Certainty.CONFIRMED
    onset = case.record.day_of(episode.onset_at)
    facts["acute_cause_confirmed"] = Fact(confirmed, onset, source_of(episode))
    facts["acute_echo_done"] = _echo_since(case, onset)
    if episode.cause == AcuteEpisode.Cause.ACUTE_ISCHEMIA:
        why = "cause of the open acute episode"
        facts["infarction_suspected"] = Fact(True, onset, source_of(episode), reason=why)
    return facts


def _observed(
    case: Case, episode: AcuteEpisode, day: date, name: str, *answers: bool | None
) -> Fact | None:
    """Yes when one of two is seen, no when both were looked at; a newer answer stands above it."""
    value = True if True in answers else None if None in answers else False
    seen = None if value is None else Fact(value, day, source_of(episode))
    return newer(seen, answer_of(case, name))


def _echo_since(case: Case, onset: date) -> Fact:
    for study in case.record.echo_studies:
        if study.counts and study.modality == EchoStudy.Modality.TTE:
            if study.performed_on >= onset:
                return Fact(True, study.performed_on, source_of(study))
            break
    return Fact(False, onset, reason="none on record since the onset")


# Infection and allergy ---------------------------------------------------------------------------


def _infection(case: Case) -> Facts:
    facts: Facts = {}
    put(facts, "previous_endocarditis", _previous_endocarditis(case))
    fever = newest(case.record.comorbidities, lambda row: row.kind == Kind.RHEUMATIC_FEVER)
    cause = newest(case.record.diagnoses, lambda row: row.etiology in RHEUMATIC)
    told = case.condition(Kind.RHEUMATIC_FEVER)
    if cause is not None and (told is None or told.value is not True):
        told = case.fact(cause, True, method=cause.get_etiology_display())
    put(facts, "rheumatic_fever_ever", told)
    if fever is not None and fever.present == "yes" and fever.since_on is not None:
        years = Decimal(whole_years(fever.since_on, case.on))
        facts["years_since_rheumatic_fever"] = case.fact(fever, years, on=fever.since_on)
    return facts


def _previous_endocarditis(case: Case) -> Fact | None:
    for kind in (Kind.PREVIOUS_ENDOCARDITIS, Kind.ACTIVE_ENDOCARDITIS):
        told = case.condition(kind)
        if told is not None and told.value is True:
            return told
    cause = newest(case.record.diagnoses, lambda row: row.etiology in ENDOCARDITIS)
    if cause is not None:
        return case.fact(cause, True, method=cause.get_etiology_display())
    seen = newest(case.record.complications, lambda row: row.kind == Complication.Kind.ENDOCARDITIS)
    if seen is not None:
        return case.fact(seen, True, method="complication")
    return case.condition(Kind.PREVIOUS_ENDOCARDITIS)


def _allergies(case: Case) -> Facts:
    """By the substance as written; none only where "no known allergy" was the newest answer."""
    facts: Facts = {}
    put(facts, "penicillin_allergy", _penicillin(case))
    for name, words in ALLERGIES.items():
        row = _substance(case, words)
        none = _none_known(case)
        if row is not None:
            facts[name] = case.fact(row, True, method=row.substance)
        elif none is not None:
            facts[name] = case.fact(none, False)
    return facts


def _penicillin(case: Case) -> Fact | None:
    rows = [row for row in case.record.allergies if re.search(PENICILLIN, row.substance, re.I)]
    severe = newest(rows, lambda row: row.reaction in SEVERE_REACTIONS)
    if severe is not None:
        return case.fact(severe, PenicillinAllergy.SEVERE, method=severe.get_reaction_display())
    if rows:
        return case.fact(rows[0], PenicillinAllergy.NOT_SEVERE, method=rows[0].substance)
    none = _none_known(case)
    return None if none is None else case.fact(none, PenicillinAllergy.NONE)


def _substance(case: Case, words: str) -> Allergy | None:
    return newest(case.record.allergies, lambda row: re.search(words, row.substance, re.I))


def _none_known(case: Case) -> Allergy | None:
    return newest(case.record.allergies, lambda row: row.reaction == Allergy.Reaction.NONE_KNOWN)


# Rhythm, radiation, change -----------------------------------------------------------------------


def _history(case: Case) -> Facts:
    facts: Facts = {}
    put(facts, "chest_radiation", case.condition(Kind.CHEST_RADIATION))
    course = newest(
        case.record.comorbidities,
        lambda row: row.kind == Kind.CHEST_RADIATION and row.present == "yes" and row.since_on,
    )
    if course is not None and course.since_on is not None:
        years = Decimal(whole_years(course.since_on, case.on))
        facts["years_since_chest_radiation"] = case.fact(course, years, on=course.since_on)
    put(facts, "syncope", newer(_asked(case, "syncope"), case.condition(Kind.SYNCOPE)))
    put(facts, "palpitations", _asked(case, "palpitations"))
    put(facts, "complex_ventricular_ectopy", _ectopy(case))
    put(facts, "symptoms_or_signs_changed", _changed(case))
    return facts


def _asked(case: Case, column: str) -> Fact | None:
    log = newest(case.record.symptom_logs, lambda row: getattr(row, column) is not None)
    if log is None:
        return None
    return case.fact(log, getattr(log, column), days=case.limits["finding"])


def _ectopy(case: Case) -> Fact | None:
    """Yes from any recording, ever; no from the newest that looked."""
    rows = [r for r in case.record.electrocardiograms if r.complex_ventricular_ectopy is not None]
    seen = newest(rows, lambda row: row.complex_ventricular_ectopy)
    told = case.condition(Kind.VENTRICULAR_ARRHYTHMIA)
    if seen is not None:
        return case.fact(seen, True, method=seen.get_kind_display())
    looked = None
    if rows:
        looked = case.fact(rows[0], False, days=case.limits["finding"])
    return newer(looked, told)


def _changed(case: Case) -> Fact | None:
    """New symptoms, an admission or an emergency after the last echo; no only where asked since."""
    study = newest(case.studies(), lambda row: row.modality == EchoStudy.Modality.TTE)
    if study is None:
        return None
    day = study.performed_on
    event = newest_event(case, day)
    if event is not None:
        return Fact(True, event[0], reason=f"{event[1]}, after the echo of {spoken(day)}")
    log = newest(case.record.symptom_logs, speaks_of_symptoms)
    if log is None or log.recorded_on < day:
        return None
    return case.fact(log, False, days=case.limits["normotensive"])


def newest_event(case: Case, day: date) -> tuple[date, str] | None:
    """The newest event of symptoms after a day: when, and in words."""
    for event in case.events:
        if event.on > day and event.kind in CHANGES:
            return event.on, event.words
    return None


def doubt_of_symptoms(case: Case, facts: Facts) -> Facts:
    """Whether symptoms are in doubt: asked about, and still not known (D1)."""
    symptomatic = facts.get("symptomatic")
    log = newest(case.record.symptom_logs, speaks_of_symptoms)
    if symptomatic is None or log is None:
        return {}
    in_doubt = symptomatic.value is None
    day = symptomatic.on or log.recorded_on
    fact = Fact(in_doubt, day, symptomatic.source, reason=symptomatic.reason,
                too_old_to_reassure=symptomatic.too_old_to_reassure)  # fmt: skip
    return {"symptoms_in_doubt": fact}


def arrhythmia_after_repair(case: Case, facts: Facts) -> Facts:
    """Atrial fibrillation or complex ectopy, ever; no only when both are known to be absent."""
    both = [facts.get(name) for name in ("atrial_fibrillation", "complex_ventricular_ectopy")]
    present = next((fact for fact in both if fact is not None and fact.value is True), None)
    if present is not None:
        return {"arrhythmia_with_repair": present}
    absent = [fact for fact in both if fact is not None and fact.value is False]
    if len(absent) < len(both):
        return {}
    oldest = min(absent, key=lambda fact: (not fact.too_old_to_reassure, fact.on or date.min))
    return {"arrhythmia_with_repair": oldest}
