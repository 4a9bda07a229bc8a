"""Reads of the follow-up floor: letters that a person may see, and how current standings are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.guideline_settings import ADOPTION, SIGN_OFF
from accounts.models import Clinic, ClinicSetting
from followup.clinic_rules import AGEING, NOISE, OWN_NOISE, PATHWAY
from followup.models import ContactWish, Letter, ReassessRun, Standing, waits_for_a_round
from guidelines.assessment import ENGINE_VERSION
from guidelines.registry import ALL_EDITIONS
from patients.days import spoken
from patients.history import keys_held
from patients.models import Patient, Registration
from patients.selectors import known_until, seen_until, version_known
from treatments.models import EndocarditisProphylaxisAdvice


def letters_seen(patient: Patient, registrations: list[Registration]) -> list[Letter]:
    """The kept letters that these registrations open, struck ones too, newest first.

    A former clinic reads those that its record held and that speak of a day up to its last one, as
    they and the person stood then: a letter struck later was not struck for it, and what a merge
    brought into the record later was never its own.
    """
    rows = Letter.objects.select_related("patient", "clinic", "entered_by", "struck_by", "corrects")
    rows = rows.order_by("-entered_at", "-id")
    until, known_at = seen_until(registrations), known_until(registrations)
    if until is None or known_at is None:
        return list(rows.filter(patient=patient))
    held = keys_held(Letter, patient.pk, known_at)
    found = list(rows.filter(pk__in=held, speaks_of_on__lte=until))
    person = version_known(Patient, patient.pk, known_at) or patient
    for letter in found:
        letter.patient = person
        if letter.struck_at is not None and letter.struck_at > known_at:
            letter.struck_at = letter.struck_by = None
    return found


def strike_reasons_of(letters: Sequence[Letter]) -> Mapping[int, str]:
    """Why struck letters were struck, by primary key."""
    struck = [letter.pk for letter in letters if letter.struck_at is not None]
    if not struck:
        return {}
    history = Letter.history
    acts = history.filter(id__in=struck, struck_at__isnull=False).order_by("history_id")
    return dict(acts.values_list("id", "history_change_reason"))


def last_letter_of(patient: Patient, kind: str, *, but: Letter | None = None) -> Letter | None:
    """The newest letter of this kind that is not struck, leaving ``but`` out."""
    rows = Letter.objects.filter(patient=patient, kind=kind, struck_at__isnull=True)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.order_by("-speaks_of_on", "-id").first()


def prophylaxis_advice_of(patient: Patient, on: date) -> EndocarditisProphylaxisAdvice | None:
    """What the patient was last told about prophylaxis of endocarditis, by this day."""
    rows = EndocarditisProphylaxisAdvice.objects.filter(
        patient=patient, struck_at__isnull=True, advised_on__lte=on
    )
    return rows.order_by("-advised_on", "-id").first()


def wishes_of(patient_ids: Collection[int]) -> dict[int, ContactWish]:
    """What each of these patients said last about being contacted, by the patient's key."""
    rows = ContactWish.objects.filter(patient_id__in=patient_ids, struck_at__isnull=True)
    # The newest comes last and so stands.
    return {wish.patient_id: wish for wish in rows.order_by("stated_on", "id")}


def reason_not_to_contact(
    patient: Patient, wish: ContactWish | None, *, by_letter: bool = False
) -> str:
    """Why nobody calls this patient, or with ``by_letter`` writes to them; empty where one may."""
    if patient.deceased_on is not None:
        return f"Died on {spoken(patient.deceased_on)}."
    if wish is None:
        return ""
    if wish.wish == ContactWish.Wish.NONE:
        return f"Does not wish to be contacted, stated on {spoken(wish.stated_on)}."
    if by_letter and wish.wish == ContactWish.Wish.TELEPHONE_ONLY:
        return f"Wishes to be contacted by telephone only, stated on {spoken(wish.stated_on)}."
    return ""


def outdated_patients(now: datetime) -> QuerySet[Patient]:
    """Patients whose standing something other than a write may have changed by this instant.

    Time: the day has come in a clinic of theirs. Another release: made by another engine, or before
    an edition was published. Their clinic: a setting by which it judges was entered or has begun to
    hold since. A clock that had leapt ahead and was set right: made for a day that has not come.
    And those without any standing.
    """
    todays = {clinic: clinic.today(now) for clinic in Clinic.objects.order_by("id")}
    earliest = min([timezone.localdate(now), *todays.values()])
    latest = max([timezone.localdate(now), *todays.values()])
    due = (
        Q(standing__isnull=True)
        | Q(standing__clock__isnull=True)
        | Q(standing__engine_version__lt=ENGINE_VERSION)
        | Q(standing__engine_version__gt=ENGINE_VERSION)
        | Q(standing__valid_until_on__isnull=True)
        | Q(standing__valid_until_on__lte=earliest)
        | Q(standing__assessed_for_on__lt=_last_published(earliest))
        | Q(standing__assessed_for_on__gt=latest)
    )
    for day in {*todays.values()} - {earliest}:
        there = [clinic for clinic, today in todays.items() if today == day]
        due |= Q(standing__valid_until_on__lte=day) & _registered_in(there)
    for clinic, today in todays.items():
        changed = _settings_changed(clinic, today)
        if changed is not None:
            due |= changed & _registered_in([clinic])
    return Patient.objects.filter(due)


def _last_published(on: date) -> date:
    days = [edition.published_on for edition in ALL_EDITIONS if edition.published_on <= on]
    return max(days, default=date.min)


def _registered_in(clinics: Sequence[Clinic]) -> Q:
    rows = Registration.objects.filter(patient=OuterRef("pk"), clinic__in=clinics)
    return Q(Exists(rows.order_by()))


def _settings_changed(clinic: Clinic, today: date) -> Q | None:
    """Which standings are older than what the clinic judges by."""
    changes_verdicts = Q(name__in=(AGEING, NOISE, OWN_NOISE, PATHWAY))
    for beginning in (ADOPTION, SIGN_OFF):
        changes_verdicts |= Q(name__startswith=beginning)
    rows = ClinicSetting.objects.filter(changes_verdicts, clinic=clinic)
    last = rows.aggregate(
        entered_at=Max("entered_at"), from_on=Max("from_on", filter=Q(from_on__lte=today))
    )
    if last["entered_at"] is None:
        return None
    older = Q(standing__assessed_at__lt=last["entered_at"])
    if last["from_on"] is not None:
        older |= Q(standing__assessed_for_on__lt=last["from_on"])
    return older


LONGEST_WITHOUT_A_ROUND = timedelta(hours=26)
"""A night and what may delay it."""


def standings_are_current(now: datetime) -> str:
    """Why lists may be out of date, in a sentence; "" when they are not.

    They are renewed with every write, so that a list is wrong only where time, or a release, may
    have changed what it shows and ``manage.py reassess`` has not run.
    """
    clinics = list(_clinics_with_the_state_of_standings())
    if not clinics:
        return ""
    state = clinics[0]  # the same beside each
    if {state.first_engine, state.last_engine} - {None, ENGINE_VERSION}:
        return "Some patients were last assessed by another release of mrtrack."
    if state.last_failed:
        return f"{state.last_failed:,} patients could not be assessed in the last round."
    earliest = min([timezone.localdate(now), *(clinic.today(now) for clinic in clinics)])
    if not _is_late(state, earliest):
        return ""
    if state.last_stopped_at is not None:
        return "The last round over the patients was cut short."
    if state.last_finished_at is None:
        return "Patients are due to be assessed anew, and no round over them has ever ended."
    if now - state.last_finished_at > LONGEST_WITHOUT_A_ROUND:
        return "The round of the night has not ended for more than 26 hours."
    return ""


def _clinics_with_the_state_of_standings() -> QuerySet[Any]:
    """All clinics, each with what is true of all standings and of the rounds over them.

    One query for every page that lists patients. Of the standings, each value is the first row of
    an index, however many there are. What was written in bulk today waits for a round and is
    counted beside the list; from tomorrow on it is late: its first day stands apart.
    """
    by_engine = Standing.objects.values("engine_version")
    by_day = Standing.objects.filter(valid_until_on__isnull=False).values("valid_until_on")
    by_day = by_day.order_by("valid_until_on", "id")
    last = ReassessRun.objects.order_by("-started_at", "-id")
    ended = ReassessRun.objects.filter(finished_at__isnull=False).order_by("-finished_at", "-id")
    return Clinic.objects.annotate(
        first_engine=Subquery(by_engine.order_by("engine_version", "id")[:1]),
        last_engine=Subquery(by_engine.order_by("-engine_version", "-id")[:1]),
        first_due_on=Subquery(by_day.exclude(waits_for_a_round())[:1]),
        first_waiting_on=Subquery(by_day.filter(waits_for_a_round())[:1]),
        last_failed=Subquery(last.values("failed")[:1]),
        last_stopped_at=Subquery(last.values("stopped_at")[:1]),
        last_finished_at=Subquery(ended.values("finished_at")[:1]),
    ).order_by("id")


def _is_late(state: Any, earliest: date) -> bool:
    due, waiting = state.first_due_on, state.first_waiting_on
    return bool((due and due <= earliest) or (waiting and waiting < earliest))


def last_round_ended_at() -> datetime | None:
    """When a round over the patients last came to its end; ``None`` when none ever did."""
    ended: datetime | None = ReassessRun.objects.aggregate(last=Max("finished_at"))["last"]
    return ended
