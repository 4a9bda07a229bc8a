"""Medication courses as forms: the whole course, and the two acts that end one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from patients.days import day_error, spoken
from patients.forms.records import Doubt, FormChapter, RecordForm
from patients.forms.typed import NumberField, plain
from patients.study_sheet import upper_first
from treatments.facts.heart_failure import PILLARS
from treatments.forms.boxes import DoseField, box_for, error, fits_dose
from treatments.formulary import FORMULARY
from treatments.models import Medication

UNUSUAL_ABOVE_MG = Decimal(1000)
# Drugs dosed in micrograms, where a dose typed without its unit is a thousandfold too large.
UNUSUAL_FOR_MG = {"digoxin": Decimal(1)}

_CLASSES = frozenset(drug_class for classes in PILLARS.values() for drug_class in classes)
_RAISED_TO_THE_HIGHEST_DOSE = frozenset(
    drug.code for drug in FORMULARY.values() if drug.drug_class in _CLASSES
)
DOSE = ("dose_mg", "times_a_day", "dose_text")
_OTHER = "other"


def times_a_day_field() -> NumberField:
    """How often a day; a weekly drug is 0.14."""
    return NumberField(
        label="Times a day",
        low=Decimal("0.01"),
        high=Decimal(24),
        places=2,
        help_text="0.5 is every second day.",
    )


class DoseDoubts(RecordForm):
    """Asks about a single dose that is unusual for any drug, or for this one."""

    def drug_of(self, cleaned: Mapping[str, Any]) -> str:
        """The code of the drug whose dose is typed."""
        return str(cleaned.get("drug") or self.instance.drug)

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        super()._collect_doubts(cleaned)
        dose = cleaned.get("dose_mg")
        limit = UNUSUAL_FOR_MG.get(self.drug_of(cleaned), UNUSUAL_ABOVE_MG)
        if dose is None or dose <= limit or not {"dose_mg", "drug"} & set(self.changed_data):
            return
        meant = dose / 1000
        self._add_doubt(
            Doubt(
                name="dose_mg",
                code="dose_mg",
                value=plain(dose),
                message=f"{plain(dose)} mg is unusual for one dose. Was it {plain(dose)} µg?",
                label=f"Yes, {plain(dose)} mg is one dose",
                offers=[(plain(meant), f"{plain(meant)} mg")] if fits_dose(meant) else [],
            )
        )


class MedicationForm(DoseDoubts):
    """One course of one drug, from start to stop."""

    dose_mg = DoseField(label="One dose")
    times_a_day = times_a_day_field()

    class Meta:
        model = Medication
        fields = (
            "drug",
            "name_as_written",
            "dose_mg",
            "times_a_day",
            "dose_text",
            "indication",
            "at_maximal_tolerated_dose",
            "noted_on",
            "started_on",
            "stopped_on",
            "stop_reason",
            "comment",
        )
        labels: ClassVar = {
            "dose_text": "Dose in words",
            "name_as_written": "Name as written",
        }
        help_texts: ClassVar = {
            "drug": "By class. When only the class is known, choose “drug not stated”.",
            "name_as_written": "As in the letter, when it differs: a trade name, for example.",
            "dose_text": "When it is not a plain dose: 5 mg in the morning, 2.5 mg at night.",
            "noted_on": "A day on which the patient takes it: today, or the day of the letter.",
        }
        formfield_callback = box_for

    chapters = (
        FormChapter("Drug", ("drug", "name_as_written")),
        FormChapter(
            "Dose",
            ("dose_mg", "times_a_day", "dose_text", "at_maximal_tolerated_dose", "indication"),
        ),
        FormChapter("Since when", ("noted_on", "started_on")),
        FormChapter("Stopped", ("stopped_on", "stop_reason"), folded=True),
        FormChapter("Comment", ("comment",)),
    )
    listed = ("drug", "dose", "indication", "started_on", "stopped_on", "stop_reason")
    compares = False
    leading = ("drug",)

    def asks(self, name: str) -> bool:
        """Whether the dose is the highest tolerated is asked of the drugs of heart failure."""
        drug = str(self["drug"].value() or "")
        if name == "at_maximal_tolerated_dose":
            return drug in _RAISED_TO_THE_HIGHEST_DOSE
        return True

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """The dose as one reads it, for lists."""
        return dose_words(row) or None if name == "dose" else super().words(row, name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """A running drug misses no end, a plain dose no words, a drug of the formulary no name."""
        needed = {
            "stopped_on": row.stopped_on is not None,
            "stop_reason": row.stopped_on is not None,
            "dose_text": row.dose_mg is None,
            "name_as_written": row.drug == _OTHER,
        }
        return needed.get(name, super().applies(row, name))

    def initial_of(self, instance: Medication) -> dict[str, Any]:
        """A new course is noted today unless told otherwise."""
        initial = super().initial_of(instance)
        return initial if instance.pk else initial | {"noted_on": self.today}

    def clean(self) -> dict[str, Any]:
        """A drug outside the formulary has a name; the course does not end before it begins."""
        cleaned = super().clean()
        if cleaned.get("drug") == _OTHER and not cleaned.get("name_as_written"):
            self.add_error("name_as_written", error("Which drug is it?", "needed"))
        check_course(self, cleaned, cleaned.get("started_on"))
        day_is_missing = not cleaned.get("stopped_on") and "stopped_on" not in self.errors
        if cleaned.get("stop_reason") and day_is_missing:
            self.add_error("stopped_on", error("On which day was it stopped?", "needed"))
        return cleaned

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        super()._collect_doubts(cleaned)
        if doubt := stop_doubt(cleaned.get("stopped_on"), cleaned.get("noted_on")):
            self._add_doubt(doubt)
        is_current = not cleaned.get("stopped_on")
        if cleaned.get("drug") and is_current and {"drug", "stopped_on"} & set(self.changed_data):
            for other in self._same_drug(cleaned["drug"]):
                self._doubt_twice(other)

    def _same_drug(self, drug: str) -> list[Medication]:
        rows = Medication.objects.filter(patient=self.patient, drug=drug, struck_at=None)
        rows = rows.filter(stopped_on=None).exclude(pk=self.instance.pk)
        return [] if drug == _OTHER else list(rows)

    def _doubt_twice(self, other: Medication) -> None:
        dose = dose_words(other)
        message = (
            f"{upper_first(other.get_drug_display())}{f', {dose},' if dose else ''} is recorded "
            "already and not stopped. If the dose changed, open it and choose “Change dose”."
        )
        label = "Yes, the patient takes both"
        self._add_doubt(Doubt("drug", "same_drug", str(other.public_id), message, label))


class StopMedicationForm(RecordForm):
    """Stop a drug: from which day, and why."""

    class Meta:
        model = Medication
        fields = ("stopped_on", "stop_reason")
        help_texts: ClassVar = {"stopped_on": "The first day without it."}
        formfield_callback = box_for

    chapters = (FormChapter("Stop", ("stopped_on", "stop_reason")),)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ("stopped_on", "stop_reason"):
            self.fields[name].required = True
        why = self.fields["stop_reason"]
        assert isinstance(why, forms.ChoiceField)  # noqa: S101 - for the type checker
        # A changed dose is an act of its own: it starts the new course too.
        dose_changed = Medication.StopReason.DOSE_CHANGED
        reasons = [each for each in Medication.StopReason.choices if each[0] != dose_changed]
        why.choices = [("", "choose"), *reasons]

    def clean(self) -> dict[str, Any]:
        """Not in the future, not before it was begun."""
        cleaned = super().clean()
        check_course(self, cleaned, self.instance.started_on)
        return cleaned

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        super()._collect_doubts(cleaned)
        if doubt := stop_doubt(cleaned.get("stopped_on"), self.instance.noted_on):
            self._add_doubt(doubt)


class ChangeDoseForm(DoseDoubts):
    """A new dose from one day on: the present course ends, and this new one begins."""

    dose_mg = DoseField(label="One dose")
    times_a_day = times_a_day_field()

    class Meta:
        model = Medication
        fields = ("started_on", "dose_mg", "times_a_day", "dose_text", "at_maximal_tolerated_dose")
        labels: ClassVar = {"started_on": "From", "dose_text": "Dose in words"}
        help_texts: ClassVar = {"started_on": "The first day with the new dose."}
        formfield_callback = box_for

    chapters = (
        FormChapter(
            "New dose",
            ("started_on", "dose_mg", "times_a_day", "dose_text", "at_maximal_tolerated_dose"),
        ),
    )

    def __init__(self, data: Any = None, *, course: Medication, **kwargs: Any) -> None:
        self.course = course
        super().__init__(data, instance=next_course(course), **kwargs)
        self.fields["started_on"].required = True

    def initial_of(self, instance: Medication) -> dict[str, Any]:
        """The version of the course that ends."""
        return super().initial_of(instance) | {"version": self.course.version}

    def clean(self) -> dict[str, Any]:
        """A dose is given and differs from the present one; its day is possible."""
        cleaned = super().clean()
        if cleaned.get("version") is None:
            self.add_error(None, "This page is incomplete. Open the record again and repeat.")
        self._check_from(cleaned.get("started_on"))
        if not set(DOSE) & set(self.errors):
            self._check_new(cleaned)
        self.instance.noted_on = cleaned.get("started_on")
        return cleaned

    def _check_from(self, day: date | None) -> None:
        begun = self.course.started_on
        if message := day_error(day, self.patient, self.today):
            self.add_error("started_on", error(message, "impossible_day"))
        elif day and begun and day <= begun:
            words = f"The present dose began on {spoken(begun)}; a new one begins later."
            self.add_error("started_on", error(words, "before"))

    def _check_new(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned.get("dose_mg") is None and not cleaned.get("dose_text"):
            self.add_error("dose_mg", error("What is the new dose? In mg, or in words.", "needed"))
        elif all(cleaned.get(name) == getattr(self.course, name) for name in DOSE):
            self.add_error("dose_mg", error("This is the dose that is recorded already.", "same"))


def next_course(course: Medication) -> Medication:
    """The same drug for the same reason, with the dose still open."""
    return Medication(
        patient=course.patient,
        drug=course.drug,
        name_as_written=course.name_as_written,
        indication=course.indication,
        times_a_day=course.times_a_day,
    )


def dose_words(course: Any) -> str:
    """The dose as one reads it: 25 mg, 2 times a day; empty when not recorded."""
    parts = [f"{plain(course.dose_mg)} mg"] if course.dose_mg is not None else []
    if course.times_a_day is not None:
        often = "once" if course.times_a_day == 1 else f"{plain(course.times_a_day)} times"
        parts.append(f"{often} a day")
    if course.dose_text:
        parts.append(course.dose_text)
    return ", ".join(parts)


def check_course(form: RecordForm, cleaned: Mapping[str, Any], started_on: date | None) -> None:
    """Days of a course: none lies ahead, and it does not stop before it starts."""
    for name in ("started_on", "stopped_on"):
        if message := day_error(cleaned.get(name), form.patient, form.today):
            form.add_error(name, error(message, "impossible_day"))
    stopped = cleaned.get("stopped_on")
    if stopped and started_on and stopped < started_on:
        words = f"This is before the start on {spoken(started_on)}."
        form.add_error("stopped_on", error(words, "before"))


def stop_doubt(stopped: date | None, noted: date | None) -> Doubt | None:
    """A stop before the day on which the patient was said to take the drug, if it is one."""
    if stopped is None or noted is None or stopped >= noted:
        return None
    return Doubt(
        name="stopped_on",
        code="stopped_on",
        value=stopped.isoformat(),
        message=f"The record says that the patient was taking it on {spoken(noted)}, which is "
        "after this day.",
        label=f"Yes, it was stopped on {spoken(stopped)}",
    )
