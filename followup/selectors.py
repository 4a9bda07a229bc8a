"""Reads of the follow-up floor that start at what a person may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from followup.models import ContactWish, Letter
from patients.days import spoken
from patients.models import Patient, Registration
from patients.selectors import known_until, seen_until
from treatments.models import EndocarditisProphylaxisAdvice


def letters_seen(patient: Patient, registrations: list[Registration]) -> list[Letter]:
    """The kept letters that these registrations open, struck ones too, newest first.

    A former clinic reads those that were kept while it followed the patient and speak of a day up
    to its last one, as they stood then: a letter struck later was not struck for it.
    """
    rows = Letter.objects.filter(patient=patient).select_related(
        "patient", "clinic", "entered_by", "struck_by", "corrects"
    )
    until, known_at = seen_until(registrations), known_until(registrations)
    if until is None or known_at is None:
        return list(rows.order_by("-entered_at", "-id"))
    seen = rows.filter(entered_at__lte=known_at, speaks_of_on__lte=until)
    found = list(seen.order_by("-entered_at", "-id"))
    for letter in found:
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
