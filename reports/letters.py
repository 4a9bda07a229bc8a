"""A letter in the making: the text from the facts of the screen, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import Clinic
from followup.letters import LetterCase, facts_hash, letter_parts, text_of
from followup.letters.medicines import not_recognized
from followup.models import Letter
from followup.selectors import last_letter_of, prophylaxis_advice_of
from patients.days import spoken
from patients.models import Patient, Registration
from reports.kinds import Doors
from reports.patient_page.answers import answers_of
from reports.patient_page.banner import dangers_of
from reports.patient_page.case import PageCase
from reports.patient_page.page import alarms_of, case_of

FIRST_LETTER_DAYS = 183
"""How far back the first letter tells changes of the medication: half a year."""
LONGEST_ADDRESSEE = 300
LONGEST_TEXT = 40_000


class LetterForm(forms.Form):
    """The text of a letter as it is edited. ``facts`` is the hash of what it was written from."""

    addressee = forms.CharField(
        label="To",
        required=False,
        max_length=LONGEST_ADDRESSEE,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )
    text = forms.CharField(
        label="Letter",
        max_length=LONGEST_TEXT,
        strip=False,
        error_messages={"required": "The letter is empty."},
        widget=forms.Textarea(attrs={"rows": 34, "spellcheck": "true", "class": "form-control"}),
        help_text="An empty line ends a part. A short first line without a period is its heading. "
        "A line that begins with “- ” is an item of a list.",
    )
    facts = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_text(self) -> str:
        """Line ends as stored everywhere; spaces at the ends do not count as a letter."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if not text:
            raise forms.ValidationError("The letter is empty.", code="required")
        return f"{text}\n"


@dataclass(frozen=True)
class Draft:
    """What is generated for one letter: text, addressee, identity, and what it rests on."""

    kind: str
    page: PageCase
    text: str
    addressee: str
    regarding: str
    hash: str
    corrects: Letter | None

    @property
    def editions(self) -> list[str]:
        """The editions that the letter was written by; those not signed off are not among them."""
        return [
            verdict.edition.title
            for verdict in self.page.assessment.editions
            if verdict.edition not in self.page.hidden
        ]

    @property
    def starting_text(self) -> str:
        """What the form begins with: a correction begins with the letter that it replaces."""
        if self.corrects is None:
            return self.text
        head, _, rest = self.corrects.text.partition("\n\n")
        names = f"This letter replaces our letter of {spoken(self.corrects.speaks_of_on)}."
        return f"{head}\n\n{names}\n\n{rest}"


def draft_of(
    patient: Patient,
    registrations: list[Registration],
    clinic: Clinic,
    kind: str,
    *,
    doors: Doors,
    now: datetime,
    corrects: Letter | None = None,
) -> Draft:
    """The letter as it follows from the record today, in the name of a clinic that follows it."""
    own = [each for each in registrations if each.clinic_id == clinic.pk]
    page = case_of(
        patient,
        [*own, *(each for each in registrations if each not in own)],
        read_until=None,
        known_at=None,
        now=now,
        doors=doors,
    )
    registration = page.registrations[0]
    addressee = _addressee(patient, registration, kind)
    last = last_letter_of(patient, kind, but=corrects)
    case = LetterCase(
        whole=page.whole,
        addressee=addressee,
        since=last.speaks_of_on if last else page.on - timedelta(days=FIRST_LETTER_DAYS),
        since_letter=last is not None,
        prophylaxis=prophylaxis_advice_of(patient, page.on),
    )
    text = text_of(letter_parts(kind, case))
    return Draft(
        kind=kind,
        page=page,
        text=text,
        addressee=corrects.addressee if corrects else addressee,
        regarding=_regarding(patient, registration),
        hash=facts_hash(case, text),
        corrects=corrects,
    )


def _addressee(patient: Patient, registration: Registration, kind: str) -> str:
    if kind == Letter.Kind.CLINIC:
        # Some clinics write why the patient was sent behind a colon.
        return registration.referring_doctor.partition(":")[0].strip()
    name = " ".join(filter(None, (patient.given_name, patient.family_name)))
    return "\n".join(filter(None, (name, patient.address.strip())))[:LONGEST_ADDRESSEE]


def _regarding(patient: Patient, registration: Registration) -> str:
    born = f"born {spoken(patient.born_on)}" if patient.born_on else "birth date not recorded"
    name = patient.name or "Name not recorded"
    return f"{name} · {born} · record number {registration.record_number}"


def beside(draft: Draft) -> dict[str, Any]:
    """The facts of the screen that stand beside the text while it is edited."""
    page = draft.page
    return {
        "answers": answers_of(page),
        "not_recognized": not_recognized(page.record) if draft.kind == Letter.Kind.PATIENT else (),
        "dangers": [
            *dangers_of(page.record),
            *([] if page.record.has_died else alarms_of(page.assessment)),
        ],
    }


@dataclass(frozen=True)
class Difference:
    """What the record says now and the text does not, and the other way round; line by line."""

    only_record: Sequence[str]
    only_text: Sequence[str]


def difference(draft: Draft, typed: str) -> Difference:
    """The lines in which a text and the letter generated now differ."""
    now, then = _lines(draft.text), _lines(typed)
    return Difference(
        [line for line in now if line not in set(then)],
        [line for line in then if line not in set(now)],
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def with_facts(data: QueryDict, draft: Draft) -> QueryDict:
    """What was typed, beside the facts as they are now: sending it again is a decision."""
    renewed = data.copy()
    renewed["facts"] = draft.hash
    return renewed
