"""Registering a person, correcting one, and what becomes of registrations.

Forms know today and the choices they are given; they ask no clock and no request. Typing is kept as
it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from accounts.models import Clinic, Membership, User
from patients.days import spoken
from patients.forms.layout import Box, Chapter
from patients.forms.records import Beside
from patients.forms.typed import DayField, YesNoField
from patients.models import Patient, Registration
from patients.recorded_days import closing_error
from patients.selectors import known_until, version_known

REASON_LENGTH = 100  # characters, as the history keeps them

NAME = ("family_name", "given_name", "born_on", "sex")
CONTACT = ("telephone", "email", "address", "last_contact_on")
FURTHER = ("pregnancy_possible", "research_consent", "research_consent_on")
PERSON = (*NAME, *CONTACT, *FURTHER)
PLACE = ("clinic", "record_number", "from_on", "responsible_clinician", "referring_doctor")

Part = tuple[str, tuple[str, ...], bool]
"""A chapter: its title, its boxes, whether it is folded."""


class SheetForm(forms.Form):
    """A form in chapters, as the pages of the record show them."""

    chapters: ClassVar[tuple[Part, ...]] = ()
    wide: ClassVar[frozenset[str]] = frozenset({"address", "reason", "referring_doctor"})

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        for box in self.fields.values():
            if isinstance(box, DayField):
                box.today = today
        self.order_fields([name for _title, names, _folded in self.parts() for name in names])
        self.helper = self._helper()

    def parts(self) -> tuple[Part, ...]:
        """The chapters of this very form; of most they are the same for everybody."""
        return self.chapters

    def shows(self, name: str) -> bool:
        """Every box is on the page; the forms of the record hide some (``RecordForm``)."""
        return True

    def belongs_to_answers(self, name: str) -> bool:
        """No box of a person is asked because of another."""
        return False

    def beside(self, name: str) -> Beside:
        """What the page shows beside one box: what was probably meant."""
        errors = self.errors.as_data().get(name, []) if self.is_bound else []
        return Beside(offers=[each for error in errors for each in getattr(error, "offers", [])])

    def put_errors(self, refusal: ValidationError) -> None:
        """Show what an action refused beside its boxes, or on top of the form."""
        if hasattr(refusal, "error_dict"):
            by_name = refusal.error_dict
        else:
            by_name = {NON_FIELD_ERRORS: [refusal]}
        for name, errors in by_name.items():
            self.add_error(name if name in self.fields else None, ValidationError(errors))

    def is_right(self, names: Iterable[str]) -> bool:
        """Whether none of these boxes has anything to correct."""
        return not set(names) & set(self.errors)

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        parts: list[Any] = [
            Chapter(title, *self._boxes(names), folded=folded)
            for title, names, folded in self.parts()
        ]
        hidden = [Box(name) for name in self.fields if self.fields[name].widget.is_hidden]
        helper.layout = Layout(*hidden, *parts)
        return helper

    def _boxes(self, names: Sequence[str]) -> list[Box]:
        return [
            Box(name, css="wide" if name in self.wide else "")
            for name in names
            if name in self.fields
        ]

    def _refuse_future(self, *names: str) -> None:
        for name in names:
            day = self.cleaned_data.get(name)
            if day is not None and day > self.today:
                message = f"This date is in the future (today is {spoken(self.today)})."
                self.add_error(name, message)


def _reason(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=REASON_LENGTH,
        help_text=help_text,
        error_messages={"required": "Say why; it is kept with the record."},
    )


def _version() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class PersonBoxes(SheetForm):
    """Name, birth date, sex and contact."""

    family_name = forms.CharField(label="Family name", max_length=120, required=False)
    given_name = forms.CharField(label="Given name", max_length=120, required=False)
    born_on = DayField(label="Birth date")
    sex = forms.ChoiceField(
        label="Sex", choices=Patient.Sex.choices, initial=Patient.Sex.UNKNOWN, required=False
    )
    telephone = forms.CharField(label="Telephone", max_length=60, required=False)
    email = forms.EmailField(label="E-mail", max_length=254, required=False)
    address = forms.CharField(
        label="Address", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    last_contact_on = DayField(label="Last contact on")
    pregnancy_possible = YesNoField(label="Pregnancy possible", unsaid="not asked")
    research_consent = YesNoField(label="Consent to research", unsaid="not asked")
    research_consent_on = DayField(label="Consent given or refused on")

    def clean_sex(self) -> str:
        """What was not chosen is not recorded."""
        return self.cleaned_data["sex"] or Patient.Sex.UNKNOWN

    def clean(self) -> dict[str, Any]:
        """No day of a person lies in the future, or before their birth."""
        self._refuse_future("born_on", "last_contact_on", "research_consent_on")
        born_on = self.cleaned_data.get("born_on")
        for name in ("last_contact_on", "research_consent_on"):
            day = self.cleaned_data.get(name)
            if day and born_on and day < born_on:
                self.add_error(name, f"This date is before the birth on {spoken(born_on)}.")
        return self.cleaned_data

    def person(self) -> dict[str, Any]:
        """The person as typed, by column."""
        return {name: self.cleaned_data[name] for name in PERSON}


class PlaceBoxes(SheetForm):
    """The place in a clinic: record number, first day, who is responsible, who referred."""

    record_number = forms.CharField(label="Record number", max_length=60)
    from_on = DayField(label="Registered from", required=True)
    responsible_clinician = forms.ChoiceField(label="Responsible clinician", required=False)
    referring_doctor = forms.CharField(label="Referring doctor", max_length=200, required=False)

    def offer_clinicians(self, memberships: Sequence[Membership]) -> None:
        """Offer these clinicians, under the names of their clinics where there are several."""
        by_clinic: dict[str, list[tuple[str, str]]] = {}
        for membership in memberships:
            choice = (str(membership.user_id), membership.user.display_name)
            by_clinic.setdefault(membership.clinic.name, []).append(choice)
        groups: list[Any] = list(by_clinic.items())
        if len(groups) == 1:
            groups = groups[0][1]
        chosen = self.fields["responsible_clinician"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = [("", "not recorded"), *groups]
        self.memberships = memberships

    def clinician(self, clinic: Clinic) -> User | None:
        """The chosen clinician; an error beside the box when they are none of this clinic."""
        chosen = self.cleaned_data.get("responsible_clinician")
        if not chosen:
            return None
        for membership in self.memberships:
            if membership.clinic_id == clinic.pk and str(membership.user_id) == chosen:
                return membership.user
        self.add_error("responsible_clinician", f"This is no clinician of {clinic}.")
        return None

    def ask_free_number(self, clinic: Clinic, registration: Registration | None = None) -> None:
        """Refuse a number that another patient has in the clinic, and say whose it is."""
        number = self.cleaned_data.get("record_number")
        taken = Registration.objects.filter(clinic=clinic, record_number__iexact=number)
        if registration is not None:
            taken = taken.exclude(pk=registration.pk)
        found = taken.select_related("patient").first() if number else None
        self.number_holder = found
        if found is not None:
            message = f"{found.record_number} is used in {clinic} already{_whose(found)}."
            self.add_error("record_number", ValidationError(message, code="taken"))


def _whose(registration: Registration) -> str:
    """Whose number it is, as the clinic knew them; nobody's where it was registered by mistake."""
    if registration.ended_because == Registration.Ended.ENTERED_IN_ERROR:
        return ""
    patient, known_at = registration.patient, known_until([registration])
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    born = f"born {spoken(patient.born_on)}" if patient.born_on else "birth date not recorded"
    return f", for {patient}, {born}"


class PatientRegisterForm(PersonBoxes, PlaceBoxes):
    """A new person with their place in a clinic."""

    chapters = (
        ("Person", NAME, False),
        ("Registration", PLACE, False),
        ("Contact", CONTACT, False),
        ("Further", FURTHER, True),
    )

    clinic = forms.ChoiceField(label="Clinic")

    def __init__(
        self,
        data: Any = None,
        *,
        clinics: Sequence[Clinic],
        members: Sequence[Membership],
        **kw: Any,
    ) -> None:
        self.clinics = {str(clinic.public_id): clinic for clinic in clinics}
        super().__init__(data, **kw)
        chosen = self.fields["clinic"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = [(key, clinic.name) for key, clinic in self.clinics.items()]
        self.offer_clinicians(members)

    @property
    def chosen_clinic(self) -> Clinic | None:
        """The clinic that was chosen, if one of those offered."""
        return self.clinics.get(self.cleaned_data.get("clinic", ""))

    def clean(self) -> dict[str, Any]:
        """The person has a name, the number is free, the clinician works in the clinic."""
        cleaned = super().clean()
        self.responsible: User | None = None
        if self.is_right(NAME) and not (cleaned.get("family_name") or cleaned.get("given_name")):
            self.add_error("family_name", "Enter the family name or the given name.")
        clinic = self.chosen_clinic
        if clinic is None:
            return cleaned
        self.responsible = self.clinician(clinic)
        self.ask_free_number(clinic)
        from_on, born_on, today = cleaned.get("from_on"), cleaned.get("born_on"), clinic.today()
        if from_on and from_on > today:
            message = f"This date is in the future (today is {spoken(today)})."
            self.add_error("from_on", message)
        elif from_on and born_on and from_on < born_on:
            self.add_error("from_on", f"This date is before the birth on {spoken(born_on)}.")
        return cleaned


class PersonEditForm(PersonBoxes):
    """A correction of who somebody is, under a reason."""

    chapters = (
        ("Reason for the change", ("reason",), False),
        ("Person", NAME, False),
        ("Contact", CONTACT, False),
        ("Further", FURTHER, False),
    )

    version = _version()
    reason = _reason(
        "Why is it changed?",
        "Kept with the former version, for example: passport seen; new address.",
    )

    def __init__(self, data: Any = None, *, patient: Patient, **kwargs: Any) -> None:
        started = {name: getattr(patient, name) for name in PERSON} | {"version": patient.version}
        super().__init__(data, initial=started, **kwargs)

    @property
    def changes_the_person(self) -> bool:
        """Whether anything but the reason was typed."""
        return bool(set(self.changed_data) - {"reason", "version"})


class RegistrationEditForm(PlaceBoxes):
    """A correction of a registration, under a reason."""

    chapters = (
        ("Registration", PLACE[1:], False),
        ("Reason for the change", ("reason",), False),
    )

    version = _version()
    reason = _reason(
        "Why is it changed?", "Kept with the former version, for example: own record number given."
    )

    def __init__(
        self,
        data: Any = None,
        *,
        registration: Registration,
        members: Sequence[Membership],
        **kwargs: Any,
    ) -> None:
        self.registration = registration
        started = {
            "record_number": registration.record_number,
            "from_on": registration.from_on,
            "responsible_clinician": registration.responsible_clinician_id,
            "referring_doctor": registration.referring_doctor,
            "version": registration.version,
        }
        super().__init__(data, initial=started, **kwargs)
        self.offer_clinicians(members)

    def clean(self) -> dict[str, Any]:
        """The number is free and the clinician works in the clinic."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_future("from_on")
        self.responsible = self.clinician(self.registration.clinic)
        self.ask_free_number(self.registration.clinic, self.registration)
        return cleaned


class RegistrationEndForm(SheetForm):
    """The end of a registration: when, why, and a second look."""

    chapters = (("End of the registration", ("until_on", "because", "reason"), False),)

    version = _version()
    until_on = DayField(label="Last day", required=True)
    because = forms.ChoiceField(
        label="Why does it end?",
        choices=[
            ("", "choose"),
            (Registration.Ended.DISCHARGED, "discharged from follow-up"),
            (Registration.Ended.OTHER, "other"),
            (Registration.Ended.ENTERED_IN_ERROR, "registered by mistake"),
        ],
    )
    reason = _reason("In words", "For example: followed by the cardiologist in town from now on.")

    def __init__(self, data: Any = None, *, registration: Registration, **kwargs: Any) -> None:
        self.registration = registration
        started = {"until_on": kwargs["today"], "version": registration.version}
        super().__init__(data, initial=started, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The last day lies between the first one and today."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_future("until_on")
        until_on, first = cleaned.get("until_on"), self.registration.from_on
        if until_on and until_on < first:
            self.add_error("until_on", f"The registration began later, on {spoken(first)}.")
        if cleaned.get("because") == Registration.Ended.ENTERED_IN_ERROR:
            self._refuse_to_close_for_good()
        return cleaned

    def _refuse_to_close_for_good(self) -> None:
        error = closing_error(self.registration)
        if error:
            self.add_error("because", error)


class RegistrationMoveForm(SheetForm):
    """A move to another clinic; the record number only where the mover registers there too."""

    chapters = (("Move", ("to_clinic", "moved_on", "record_number", "reason"), False),)

    version = _version()
    to_clinic = forms.ChoiceField(label="To which clinic?")
    moved_on = DayField(
        label="Day of the move",
        required=True,
        help_text="The clinic that is left reads the record up to and including this day.",
    )
    record_number = forms.CharField(
        label="Record number there",
        max_length=60,
        required=False,
        help_text="For a clinic of your own. Left empty, a provisional number is given.",
    )
    reason = _reason("Why?", "For example: the patient moved house; operation planned there.")

    def __init__(
        self,
        data: Any = None,
        *,
        registration: Registration,
        clinics: Sequence[Clinic],
        gives_numbers: bool,
        **kw: Any,
    ) -> None:
        self.registration = registration
        self.clinics = {str(clinic.public_id): clinic for clinic in clinics}
        started = {"moved_on": kw["today"], "version": registration.version}
        super().__init__(data, initial=started, **kw)
        if not gives_numbers:
            del self.fields["record_number"]
            self.helper = self._helper()
        target = self.fields["to_clinic"]
        assert isinstance(target, forms.ChoiceField)  # noqa: S101 - for the type checker
        names = [(key, clinic.name) for key, clinic in self.clinics.items()]
        target.choices = [("", "choose"), *names]

    @property
    def target(self) -> Clinic:
        """The chosen clinic, once the form is valid."""
        return self.clinics[self.cleaned_data["to_clinic"]]

    def clean(self) -> dict[str, Any]:
        """The move lies between the registration's first day and today."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_future("moved_on")
        moved_on, first = cleaned.get("moved_on"), self.registration.from_on
        died_on = self.registration.patient.deceased_on
        if moved_on and moved_on < first:
            self.add_error("moved_on", f"The registration here began later, on {spoken(first)}.")
        elif moved_on and died_on and moved_on > died_on:
            self.add_error("moved_on", f"The patient died on {spoken(died_on)}, before this date.")
        return cleaned


class DeceasedForm(SheetForm):
    """The date of death, how it is known, and a second look at who it is."""

    chapters = (("Death", ("deceased_on", "reason", "confirm"), False),)
    wide = frozenset({"reason", "confirm"})

    version = _version()
    deceased_on = DayField(label="Date of death", required=True)
    reason = _reason(
        "How is it known?",
        "For example: called by the daughter; death certificate; hospital letter.",
    )
    confirm = forms.BooleanField(
        error_messages={"required": "Tick this when it is the right person."}
    )

    def __init__(self, data: Any = None, *, patient: Patient, who: str, **kwargs: Any) -> None:
        self.patient = patient
        started = {"deceased_on": patient.deceased_on, "version": patient.version}
        super().__init__(data, initial=started, **kwargs)
        self.fields["confirm"].label = f"Yes: {who} has died."

    def clean(self) -> dict[str, Any]:
        """A death lies between birth and today."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_future("deceased_on")
        died_on, born_on = cleaned.get("deceased_on"), self.patient.born_on
        if died_on and born_on and died_on < born_on:
            self.add_error("deceased_on", f"This date is before the birth on {spoken(born_on)}.")
        return cleaned


class DeceasedUndoForm(SheetForm):
    """Taking back a death that was marked in error."""

    chapters = (("Marked in error", ("undo_reason", "undo_confirm"), False),)
    wide = frozenset({"undo_reason", "undo_confirm"})

    version = _version()
    undo_reason = _reason("Why was it marked in error?", "For example: another patient was meant.")
    undo_confirm = forms.BooleanField(
        error_messages={"required": "Tick this when it is the right person."}
    )

    def __init__(self, data: Any = None, *, patient: Patient, who: str, **kwargs: Any) -> None:
        super().__init__(data, initial={"version": patient.version}, **kwargs)
        self.fields["undo_confirm"].label = f"Yes: {who} is alive, as far as is known."
