"""What the typed numbers of one study give: derived values, grade, and what does not fit.

Nothing is kept, and no class, stage or advice is said: a form that is half filled says nothing of
an intervention. The page and the panel that follows the typing show the same reading.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Clinic
from followup.clinic_rules import rules_of
from followup.whole import inconsistencies_of
from guidelines.assessment import graded_picture
from guidelines.consistency import Inconsistency
from guidelines.facts import FACTS, ClinicalPicture, Fact
from guidelines.numbers import Interval
from guidelines.reference_ranges import MEASURES as WITH_RANGE
from guidelines.reference_ranges import ReferenceClass, classify
from guidelines.severity import Reason, Severity
from guidelines.study_measures import MEASURES as STUDY_MEASURES
from guidelines.vocabulary import GradeResult, Sex
from patients.days import spoken
from patients.derived import derived_values, quantities_of
from patients.forms.echo import EchoStudyForm
from patients.forms.typed import Offers, plain
from patients.models import EchoStudy, Patient
from patients.study_sheet import label_of, lvef_of, unit_of, upper_first
from patients.views.echo_derived import LABELS, DerivedLine, derived_lines
from treatments.facts import picture_of
from treatments.facts.case import source_of
from treatments.facts.measurements import speaks_of_severity
from treatments.record import PatientRecord, record_of

# Errors of a form that say nothing about whether a value can be read.
_NOT_ABOUT_READING = {"required", "doubtful", "duplicate"}
_SWAPPED = "swapped."
_ONE_PLACE = Decimal("0.1")


@dataclass(frozen=True)
class Unread:
    """An entry that cannot be used as it was typed, and what was probably meant."""

    label: str
    name: str
    message: str
    offers: Offers


@dataclass(frozen=True)
class Doubtful:
    """Numbers that do not fit each other, the likeliest slip, and the button that mends it."""

    words: str
    slip: str
    is_impossible: bool
    accept: str = ""
    accept_label: str = ""


@dataclass(frozen=True)
class Unusual:
    """A value outside what is usual for the patient's sex."""

    text: str
    reading: str
    usual: str


@dataclass(frozen=True)
class GradeView:
    """The grade that the leak has with this study, with its reasons."""

    label: str
    state: str
    detail: str
    reasons_for: list[str]
    reasons_against: list[str]
    missing: list[str]
    notes: list[str]
    reader_differs: str


@dataclass(frozen=True)
class StudyReading:
    """What the panel beside the form shows."""

    derived: list[DerivedLine]
    surface: str
    grade: GradeView | None
    why_no_grade: str
    doubtful: list[Doubtful]
    unusual: list[Unusual]
    unread: list[Unread]


class _TypedStudyForm(EchoStudyForm):
    """The form read for its numbers only: nothing is going to be kept, so nothing can collide."""

    def _refuse_duplicate(self, cleaned: Mapping[str, Any]) -> None:
        """A study of the same key does not matter while one types."""

    def validate_unique(self) -> None:
        """Nothing is written."""

    def validate_constraints(self) -> None:
        """Nothing is written."""


def reading_of_typed(
    data: Any, *, patient: Patient, clinic: Clinic, study_id: UUID | None = None
) -> StudyReading:
    """The reading of what stands in the boxes; ``study_id``: the stored study they belong to."""
    form = _TypedStudyForm(data, patient=patient, today=clinic.today(), accept_doubts=True)
    form.full_clean()
    _unchosen_is_unknown(form.instance)
    return reading_of(
        form.instance,
        clinic=clinic,
        unread=list(_unread(form)),
        study_id=study_id,
    )


def _unchosen_is_unknown(study: EchoStudy) -> None:
    """A choice that came empty is refused on saving; until then it says what an untouched one does.

    The boxes never send it so, but anything may be sent.
    """
    for column in study._meta.concrete_fields:
        if column.choices and not column.blank and getattr(study, column.attname) == "":
            setattr(study, column.attname, column.get_default())


def reading_of(
    study: EchoStudy,
    *,
    clinic: Clinic,
    unread: list[Unread] | None = None,
    study_id: UUID | None = None,
) -> StudyReading:
    """The reading of a study as it stands, kept or not."""
    today = clinic.today()
    typed = copy.copy(study)
    day = typed.performed_on if typed.performed_on and typed.performed_on <= today else today
    typed.performed_on, typed.status, typed.struck_at = day, EchoStudy.Status.FINAL, None
    record = _record_with(typed, day, study_id or study.public_id)
    rules = rules_of(clinic, day)
    picture = picture_of(record, rules.limits)
    measured, surface = _with_body_surface(typed, picture)
    measured.derived = derived_values(measured)
    grade, why = _grade(typed, picture)
    return StudyReading(
        derived=derived_lines(measured),
        surface=surface,
        grade=grade,
        why_no_grade=why,
        doubtful=[_doubtful(each) for each in inconsistencies_of(typed)],
        unusual=list(_unusual(measured)),
        unread=unread or [],
    )


def _record_with(study: EchoStudy, day: date, replaced: UUID) -> PatientRecord:
    """The record of the study's day with the study in it as if it were final."""
    record = record_of([study.patient], on=day)[study.patient.pk]
    others = [each for each in record.echo_studies if each.public_id != replaced]
    record.echo_studies = [study, *others]
    return record


def _with_body_surface(study: EchoStudy, picture: ClinicalPicture) -> tuple[EchoStudy, str]:
    """The study with the body surface of the record where it has none of its own, and its day."""
    known: Fact | None = picture.facts.get("bsa_m2")
    if study.bsa_m2 is not None or known is None or not isinstance(known.value, Decimal | float):
        return study, ""
    value = Decimal(str(known.value))
    changed = copy.copy(study)
    changed.bsa_m2 = value
    day = f" of {spoken(known.on)}" if known.on else ""
    shown = plain(value.quantize(Decimal("0.01")))
    return changed, f"With the body surface{day} in the record, {shown} m²."


def _grade(study: EchoStudy, picture: ClinicalPicture) -> tuple[GradeView | None, str]:
    if not speaks_of_severity(study, quantities_of(study)):
        return None, "Nothing entered yet that measures the leak."
    grade = graded_picture(picture).ase
    source = source_of(study)
    reasons = (*grade.reasons_for, *grade.reasons_against)
    if grade.result is GradeResult.NOT_ON_THIS_SCALE:
        return None, " ".join(grade.notes)
    if not any(reason.source == source for reason in reasons):
        return None, "These measurements do not grade the leak. " + " ".join(grade.notes)
    return _grade_view(grade, study), ""


def _grade_view(grade: Severity, study: EchoStudy) -> GradeView:
    label, detail = grade.result.label, grade.state.label
    if detail.startswith(label):
        label, detail = detail, ""
    states = {True: "beyond", False: "quiet", None: "unknown"}
    return GradeView(
        label=label,
        state=states[grade.is_severe],
        detail=detail,
        reasons_for=[_reason(each, study) for each in grade.reasons_for],
        reasons_against=[_reason(each, study) for each in grade.reasons_against],
        missing=[upper_first(FACTS[name].label) for name in grade.missing],
        notes=list(grade.notes),
        reader_differs=grade.reader_differs,
    )


def _reason(reason: Reason, study: EchoStudy) -> str:
    """The reason; one that comes from another record carries its day."""
    text = upper_first(reason.text)
    is_other = reason.source and reason.source != source_of(study) and reason.on
    return f"{text} ({spoken(reason.on)})" if is_other and reason.on else text


def _doubtful(found: Inconsistency) -> Doubtful:
    accept, label = _mending(found)
    return Doubtful(found.words, found.slip, found.is_impossible, accept, label)


def _mending(found: Inconsistency) -> tuple[str, str]:
    """The button that mends a slip of one value, or swaps two; empty for anything less simple."""
    if found.check == "unit" and isinstance(found.expected, Decimal):
        (name,) = found.facts
        value = plain(found.expected)
        return f"{name}:{value}", f"Use {value} {found.unit}".rstrip()
    if found.slip.endswith(_SWAPPED) and len(found.facts) == 2:
        one, other = found.facts
        names = " and ".join(STUDY_MEASURES[name].label for name in found.facts)
        return f"swap:{one}:{other}", f"Swap {names}"
    return "", ""


def _unusual(study: EchoStudy) -> Iterator[Unusual]:
    sex = Sex(study.patient.sex) if study.patient.sex in set(Sex) else None
    for name, value in _numbers(study):
        if name not in WITH_RANGE:
            continue
        found = classify(name, value, sex)
        if found.classes != (ReferenceClass.NORMAL,):
            shown = (
                plain(value.quantize(_ONE_PLACE)) if value != value.to_integral() else plain(value)
            )
            usual = "; ".join(
                each.text if len(found.ranges) == 1 else f"{each.sex.label.lower()} {each.text}"
                for each in found.ranges
            )
            label = label_of(name) if name not in LABELS else LABELS[name]
            yield Unusual(f"{label} {shown} {unit_of(name)}".strip(), found.text, usual)


def _numbers(study: EchoStudy) -> Iterator[tuple[str, Decimal]]:
    """Entered and derived numbers, the entered one first; a range of LVEF has no place."""
    entered: dict[str, Any] = {name: getattr(study, name, None) for name in WITH_RANGE}
    lvef = lvef_of(study)
    entered["lvef_percent"] = lvef.low if lvef and lvef.is_exact else None
    computed = quantities_of(study)
    for name in sorted(WITH_RANGE):
        value = entered.get(name)
        if value is None and name in computed and not (name == "lvef_percent" and lvef):
            found = computed[name].value
            value = None if isinstance(found, Interval) else Decimal(str(found))
        if value is not None:
            yield name, value


def _unread(form: EchoStudyForm) -> Iterator[Unread]:
    for name, errors in form.errors.as_data().items():
        if name not in form.fields:
            continue
        for error in errors:
            if error.code not in _NOT_ABOUT_READING:
                offers = getattr(error, "offers", [])
                label = str(form.fields[name].label)
                yield Unread(label, name, " ".join(error.messages), offers)
