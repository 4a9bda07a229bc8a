"""What every form for a clinical record does: day, doubts, offers, and typing that is never lost.

A form is given the patient and the clinic's today; it asks no clock and no request, so importers
and tests use it as views do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import QueryDict

from patients.days import day_error
from patients.fields import MEASURES, Measure
from patients.forms import layout
from patients.forms.typed import (
    DayField,
    MeasureField,
    NumberField,
    Offers,
    RangeField,
    TypedRange,
    YesNoField,
    plain,
    printed_unit,
    slip_offers,
    with_unit,
)
from patients.models import Patient
from patients.record_sheet import column_text
from patients.study_sheet import Pair, upper_first

Data = Mapping[str, Any]

CONFIRMED = "confirmed"
"""Name of the checkboxes that confirm a doubtful value; each says which value it confirms."""

ACCEPT = "accept"
"""Name of the buttons that accept an offer: ``lvesd_mm:41``."""

SWAP = "swap"
"""In the place of a box's name: two values that were typed into each other's box."""

REASON_LENGTH = 100
"""Characters of a reason that the history keeps."""

FOLLOW = "follow"
"""Name of the button that asks for the boxes that belong to the answers so far."""

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class FormChapter:
    """A part of a kind's form and page: its title and its values in order.

    A folded one opens when it holds a value or an error. ``css`` goes on its grid of boxes.
    """

    title: str
    names: tuple[str, ...]
    css: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Doubt:
    """A value that may be right and must be confirmed, in words for the person who typed it."""

    name: str
    code: str
    value: str
    message: str
    label: str
    is_confirmed: bool = False
    offers: Offers = field(default_factory=list)
    is_stored: bool = True
    """Whether the row remembers that it was confirmed; not so for a doubt about its company."""

    @property
    def key(self) -> str:
        """What the checkbox sends: it confirms this very value and no later one."""
        return f"{self.code}:{self.value}"


@dataclass(frozen=True)
class EntryQuestion:
    """What is asked once about the whole entry before it counts, beside what one box asks.

    ``value`` is what it was asked about: another value is another question. ``names``: the boxes
    that it is about.
    """

    code: str
    value: str
    title: str
    text: str
    label: str
    names: tuple[str, ...] = ()
    is_confirmed: bool = False

    @property
    def key(self) -> str:
        """What the checkbox sends."""
        return f"{self.code}:{self.value}"


@dataclass(frozen=True)
class Before:
    """What the patient's record held of the same quantity, and on which day."""

    text: str
    on: date
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """What stands beside one box: its unit, the former value, what was meant, what is doubted."""

    unit: str = ""
    before: Before | None = None
    offers: Offers = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    usual: str = ""
    leads_on: bool = False
    """Whether what is asked further depends on this box and it is the last of that kind."""


def accepted(data: QueryDict) -> QueryDict:
    """The data with the accepted offer put in its place; everything else stays as typed.

    ``swap:one:other`` exchanges what stands in two boxes.
    """
    if ACCEPT not in data:
        return data
    name, _, value = str(data[ACCEPT]).partition(":")
    changed = data.copy()
    changed.pop(ACCEPT)
    one, _, other = value.partition(":")
    if name == SWAP and one in data and other in data:
        first, second = str(data[one]), str(data[other])
        changed[one], changed[other] = second, first
    elif name in data:
        changed[name] = value
    return changed


def values_of(data: Data, name: str) -> list[str]:
    """All values sent under a name, from a request's data or from a plain mapping."""
    if isinstance(data, QueryDict):
        return data.getlist(name)
    value = data.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def field_for(column: Any, **kwargs: Any) -> forms.Field | None:
    """The box for a model column: measures, days, numbers and answers read what people type.

    What a form's ``Meta`` calls it, and the help that it gives, stand above the model's own.
    """
    label = str(kwargs.pop("label", "")) or upper_first(str(column.verbose_name))
    help_text = str(kwargs.pop("help_text", "")) or column.help_text
    options: dict[str, Any] = {"label": label, "help_text": help_text}
    if column.name in MEASURES:
        return MeasureField(column.name)
    if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        return DayField(required=not column.blank, **options)
    if isinstance(column, models.DecimalField):
        return _number_field(column, options)
    if isinstance(column, models.BooleanField) and column.null:
        return YesNoField(**options)
    made = _plain_field(column, label, kwargs)
    if made is not None:
        made.help_text = help_text
    return made


def _number_field(column: models.DecimalField[Any, Any], options: dict[str, Any]) -> NumberField:
    label, _, unit = options["label"].partition(" (")
    limits = {
        type(each): each.limit_value for each in column.validators if hasattr(each, "limit_value")
    }
    return NumberField(
        low=limits[MinValueValidator],
        high=limits[MaxValueValidator],
        places=column.decimal_places,
        unit=unit.rstrip(")"),
        **options | {"label": label},
    )


def _plain_field(column: Any, label: str, kwargs: dict[str, Any]) -> forms.Field | None:
    made: forms.Field | None = column.formfield(**kwargs)
    if made is None:
        return None
    made.label = label
    if column.has_default():
        made.required = False  # what is not sent keeps its default
    if isinstance(made, forms.ChoiceField):
        unsaid = "choose" if made.required else "not recorded"
        made.choices = [_said(*choice, unsaid) for choice in list(made.choices)]  # type: ignore[arg-type, call-arg]
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 3
    return made


def _said(value: Any, text: Any, unsaid: str) -> tuple[Any, Any]:
    return value, unsaid if value in ("", None) else text


class ReasonForm(forms.Form):
    """The reason for striking a row that was entered in error."""

    reason = forms.CharField(label="Why was it entered in error?", max_length=REASON_LENGTH)
    version = forms.IntegerField(widget=forms.HiddenInput)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form for one dated statement about one patient.

    ``before`` holds former values to show beside the boxes. With ``accept_doubts`` nobody is asked
    and every doubtful value is marked as confirmed: for callers that have asked by other means.
    With ``amending`` a stored row is changed, under a reason. ``zone`` is the clinic's time zone,
    by which clock times are read; ``now`` refuses those that have not come yet.

    A kind says in ``chapters`` which boxes it has and in which order; ``read_only`` are columns
    that its page shows and its form does not; ``listed`` are the columns of its list; ``wide``
    boxes span the form; ``combined`` names, for a box that is no column, the columns it fills;
    ``moments`` are columns with a clock time, each typed into the boxes ``<name>_day`` and
    ``<name>_clock``. A kind whose rows are of different things ``compares`` no values of them.
    With ``needs_a_value`` a row that says nothing but its day is refused. One ``in_steps`` is
    entered chapter by chapter.
    """

    chapters: ClassVar[tuple[FormChapter, ...]] = ()
    read_only: ClassVar[tuple[FormChapter, ...]] = ()
    listed: ClassVar[tuple[str, ...]] = ()
    wide: ClassVar[frozenset[str]] = frozenset({"comment", "note"})
    combined: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    moments: ClassVar[tuple[str, ...]] = ()
    compares: ClassVar[bool] = True
    needs_a_value: ClassVar[bool] = False
    in_steps: ClassVar[bool] = False
    leading: ClassVar[tuple[str, ...]] = ()
    pairs: ClassVar[tuple[Pair, ...]] = ()
    pair_consequence: ClassVar[str] = (
        "It may be saved, but neither value feeds a verdict until this is resolved."
    )
    confirmed_as: ClassVar[str] = "what was measured"
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    instance: Any

    def __init__(
        self,
        data: Data | None = None,
        *,
        patient: Patient,
        today: date,
        before: Mapping[str, Before] | None = None,
        accept_doubts: bool = False,
        amending: bool = False,
        zone: tzinfo = UTC,
        now: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("instance") is None:
            kwargs["instance"] = self._meta.model(patient=patient)
        self.patient = patient
        self.today = today
        self.before = before or {}
        self.accept_doubts = accept_doubts
        self.amending = amending
        self.zone, self.now = zone, now
        self.doubts: dict[str, list[Doubt]] = {}
        self.questions: list[EntryQuestion] = []
        self.is_refilled = False
        started = self._moments_of(kwargs["instance"]) | self.initial_of(kwargs["instance"])
        kwargs["initial"] = started | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        if amending:
            self.fields["reason"] = _reason()
        self.set_today()
        self.order_fields([box for each in self.chapters for box in self.boxes(each)])
        self.helper = self._helper()

    def set_today(self) -> None:
        """Tell the day boxes which day the words today and yesterday mean."""
        for each in self.fields.values():
            if isinstance(each, DayField):
                each.today = self.today

    def refill(self, data: Data) -> None:
        """Show what was typed so far, without a word about what is still missing.

        A box that was not on the page keeps what it says at first: with nothing chosen a browser
        would choose the first entry, and a value that nobody chose would be saved.
        """
        for name, box in self.fields.items():
            if box.widget.value_omitted_from_data(data, {}, name):  # type: ignore[arg-type]
                continue
            self.initial[name] = box.widget.value_from_datadict(data, {}, name)  # type: ignore[arg-type]
            box.widget.attrs.pop("autofocus", None)
            # A box whose value was read before would keep showing that one.
            vars(self[name]).pop("initial", None)
        self.is_refilled = True

    def asks(self, name: str) -> bool:
        """Whether a box belongs to the answers in the ``leading`` boxes; kinds say which."""
        return True

    def belongs_to_answers(self, name: str) -> bool:
        """Whether a box is asked because of the ``leading`` answers: then it is not folded away."""
        return False

    def shows(self, name: str) -> bool:
        """Whether the page has this box: it is asked, or holds a value that must not vanish."""
        if not self.leading or name in self.leading or self.asks(name):
            return True
        return layout.is_filled(self, name) or (self.is_bound and name in self.errors)

    def initial_of(self, instance: Any) -> dict[str, Any]:
        """What boxes show that are no columns of the model."""
        return {"version": instance.version}

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """A value of a row (or of a former version) in words without unit; None: not recorded.

        A kind with boxes that are no columns says here what they hold.
        """
        return column_text(row, name)

    @classmethod
    def in_list(cls, row: Any, name: str) -> str | None:
        """A value as the list of the kind's rows shows it."""
        return cls.words(row, name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """Whether a row can have this value; one that it cannot have is not called missing.

        Nor is a comment that nobody had to write.
        """
        return name not in {"comment", "note"}

    @classmethod
    def boxes(cls, chapter: FormChapter) -> list[str]:
        """The boxes of a chapter: two for a clock time, one for anything else."""
        return [
            box
            for name in chapter.names
            for box in ((f"{name}_day", f"{name}_clock") if name in cls.moments else (name,))
        ]

    def _helper(self) -> FormHelper:
        """The chapters as crispy lays them out; the reason for a change comes first."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_show_errors = False  # the page lists them above the form and in each box
        chapters = [
            layout.Chapter(each.title, *self._boxes(each), folded=each.folded, css=each.css)
            for each in self.chapters
        ]
        if self.amending:
            reason = layout.Box("reason", css="wide")
            chapters.insert(0, layout.Chapter("Reason for the change", reason))
        helper.layout = Layout(layout.Box("version"), *chapters)
        return helper

    def _boxes(self, chapter: FormChapter) -> list[layout.Box]:
        return [
            layout.Box(name, css="wide" if name in self.wide else "")
            for name in self.boxes(chapter)
            if name in self.fields
        ]

    def _moments_of(self, instance: Any) -> dict[str, Any]:
        """Stored clock times as a day and a time in the clinic's time zone."""
        found: dict[str, Any] = {}
        for name in self.moments:
            instant = getattr(instance, name)
            if instant is not None:
                local = instant.astimezone(self.zone)
                found[f"{name}_day"], found[f"{name}_clock"] = local.date(), local.time()
        return found

    @property
    def expected_version(self) -> int | None:
        """The version that the person saw when they opened the form."""
        version: int | None = self.cleaned_data.get("version")
        return version

    def clean(self) -> dict[str, Any]:
        """Check the day, then collect what is doubtful."""
        cleaned = dict(super().clean() or self.cleaned_data)
        if self.instance.pk and cleaned.get("version") is None:
            self.add_error(None, "This page is incomplete. Open the record again and repeat.")
        for name in self.moments:
            cleaned[name] = self._moment(name, cleaned)
            setattr(self.instance, name, cleaned[name])
        self._check_day(cleaned)
        self.contradictions(cleaned)
        if self.needs_a_value and not self.errors and not self._says_something(cleaned):
            self.add_error(None, "Nothing is entered but the date.")
        self._collect_doubts(cleaned)
        self._ask_about_doubts()
        self._mark_confirmed(cleaned)
        return cleaned

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Refuse answers that exclude each other, each with ``refuse``; kinds say which."""

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterable[Doubt]:
        """What a kind asks to be confirmed beside unusual measurements."""
        return ()

    def refuse(self, name: str, message: str) -> None:
        """Say beside a box why it cannot be right."""
        self.add_error(name, ValidationError(message, code="contradiction"))

    def _says_something(self, cleaned: Mapping[str, Any]) -> bool:
        ignored = {"version", "reason", self._meta.model.date_field}
        return any(
            self._is_said(name, value)
            for name, value in cleaned.items()
            if name in self.fields and name not in ignored
        )

    def _is_said(self, name: str, value: Any) -> bool:
        """Whether a value says something: 0 and a "no" do, a tick that was not set does not."""
        if isinstance(value, bool):
            return value or isinstance(self.fields[name], YesNoField)
        return value not in (None, "", [], self.fields[name].initial)

    def _check_day(self, cleaned: Mapping[str, Any]) -> None:
        name = self._meta.model.date_field
        if name in self.moments:
            return  # looked at with the clock time
        error = day_error(cleaned.get(name), self.patient, self.today)
        if error:
            self.add_error(name, ValidationError(error, code="impossible_day"))

    def _moment(self, name: str, cleaned: Mapping[str, Any]) -> datetime | None:
        """The instant typed into two boxes; what is wrong with it stands beside one of them."""
        day, clock = cleaned.get(f"{name}_day"), cleaned.get(f"{name}_clock")
        if {f"{name}_day", f"{name}_clock"} & set(self.errors):
            return None
        if (day is None) != (clock is None):
            missing = "clock" if clock is None else "day"
            half = "Enter the time as well, for example 14:30." if day else "Enter the day as well."
            self.add_error(f"{name}_{missing}", ValidationError(half, code="half_a_moment"))
        if day is None or clock is None:
            return None
        instant = datetime.combine(day, clock, tzinfo=self.zone)
        if said := self._moment_error(instant):
            wrong = "day" if day_error(day, self.patient, self.today) else "clock"
            self.add_error(f"{name}_{wrong}", ValidationError(said, code="impossible_moment"))
        return instant

    def _moment_error(self, instant: datetime) -> str | None:
        if error := day_error(instant.date(), self.patient, self.today):
            return error
        if instant.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != instant.replace(
            tzinfo=None
        ):
            return f"There was no {instant:%H:%M} on this day: the clocks went forward."
        if self.now is not None and instant > self.now + CLOCKS_DIFFER:
            return f"This time has not come yet (it is {self.now.astimezone(self.zone):%H:%M})."
        return None

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        for name, value in cleaned.items():
            self._doubt_value(name, value)
        for pair in self.pairs:
            self._doubt_pair(pair, cleaned.get(pair.smaller), cleaned.get(pair.larger))
        for doubt in self.more_doubts(cleaned):
            self._add_doubt(doubt)

    def _doubt_value(self, name: str, value: Any) -> None:
        box = self.fields.get(name)
        if value is None or not isinstance(box, MeasureField | RangeField):
            return
        measure = box.measure
        ends = value.ends_given(measure) if isinstance(value, TypedRange) else [value]
        unlikely = [end for end in ends if not measure.is_plausible(end)]
        if unlikely:
            self._add_doubt(_doubt_of(measure, name, value, unlikely[0], self.confirmed_as))

    def _doubt_pair(self, pair: Pair, smaller: Any, larger: Any) -> None:
        if smaller is None or larger is None or smaller <= larger:
            return
        one, other = self.fields[pair.smaller].label, self.fields[pair.larger].label
        self._add_doubt(
            Doubt(
                name=pair.smaller,
                code=pair.code,
                value=f"{plain(smaller)}>{plain(larger)}",
                message=f"{one} {plain(smaller)} is larger than {other} {plain(larger)}. "
                f"{self.pair_consequence}",
                label=f"Yes, both are {self.confirmed_as}",
            )
        )

    def _add_doubt(self, doubt: Doubt) -> None:
        kept = getattr(self.instance, "implausible_confirmed", None)
        # What the row does not remember was asked when it was entered.
        remembers = kept is not None and doubt.is_stored
        known = doubt.code in (kept or []) if remembers else bool(self.instance.pk)
        same = known and not ({doubt.name, *self._partners(doubt)} & set(self.changed_data))
        if self.accept_doubts or same or doubt.key in values_of(self.data, CONFIRMED):
            doubt = replace(doubt, is_confirmed=True)
        self.doubts.setdefault(doubt.name, []).append(doubt)

    def ask(self, question: EntryQuestion) -> bool:
        """Ask once about the whole entry; whether it has been confirmed already.

        While it is not, the form has an error and nothing is kept.
        """
        if question.key in values_of(self.data, CONFIRMED):
            question = replace(question, is_confirmed=True)
        self.questions.append(question)
        if not question.is_confirmed:
            self.add_error(None, ValidationError(question.text, code="question"))
        return question.is_confirmed

    @property
    def errors_beside_questions(self) -> list[str]:
        """What is wrong with the entry as a whole, without what is asked in boxes of its own."""
        asked = {question.text for question in self.questions}
        return [str(error) for error in self.non_field_errors() if str(error) not in asked]

    @property
    def open_questions(self) -> list[EntryQuestion]:
        """What is asked about the whole entry and not confirmed."""
        return [question for question in self.questions if not question.is_confirmed]

    def _partners(self, doubt: Doubt) -> Iterable[str]:
        return [pair.larger for pair in self.pairs if pair.code == doubt.code]

    def _ask_about_doubts(self) -> None:
        for name, doubts in self.doubts.items():
            for doubt in doubts:
                if not doubt.is_confirmed:
                    self.add_error(name, ValidationError(doubt.message, code="doubtful"))

    def _mark_confirmed(self, cleaned: Mapping[str, Any]) -> None:
        stored = getattr(self.instance, "implausible_confirmed", None)
        if stored is None:
            return
        typed = {column for columns in self.combined.values() for column in columns}
        mine = set(self.fields) | typed | {pair.code for pair in self.pairs}
        kept = {code for code in stored if code not in mine}
        doubts = [doubt for each in self.doubts.values() for doubt in each]
        found = {doubt.code for doubt in doubts if doubt.is_stored}
        self.instance.implausible_confirmed = sorted(kept | found)  # type: ignore[attr-defined]

    def beside(self, name: str) -> Beside:
        """What the page shows beside one box."""
        box = self.fields[name]
        return Beside(
            unit=_unit_of(box),
            before=self.before.get(name),
            offers=self._offers(name),
            doubts=self.doubts.get(name, []),
            leads_on=name == next(iter(self.leading[-1:]), None),
        )

    def _offers(self, name: str) -> Offers:
        errors = self.errors.as_data().get(name, []) if self.is_bound else []
        offers = [offer for error in errors for offer in getattr(error, "offers", [])]
        return offers + [offer for doubt in self.doubts.get(name, []) for offer in doubt.offers]

    def put_errors(self, error: ValidationError) -> None:
        """Show errors that came up while writing beside their boxes, or on top of the form."""
        by_name = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        for name, errors in by_name.items():
            self.add_error(self._box_of(name), ValidationError(errors))

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model refuses stands beside the box in which the column was typed."""
        if not hasattr(errors, "error_dict"):
            super()._update_errors(errors)  # type: ignore[misc]
            return
        by_box: dict[str, list[ValidationError]] = {}
        for name, each in errors.error_dict.items():
            box = self._box_of(name)
            if box is None or box not in self.errors:
                by_box.setdefault(box or NON_FIELD_ERRORS, []).extend(each)
        if by_box:
            super()._update_errors(ValidationError(by_box))  # type: ignore[misc]

    def _box_of(self, column: str) -> str | None:
        """The box in which a column is typed; None when it stands in no box."""
        if column in self.fields:
            return column
        if column in self.moments:
            return f"{column}_day"
        return next((box for box, columns in self.combined.items() if column in columns), None)


def _doubt_of(measure: Measure, name: str, value: Any, unlikely: Decimal, said_by: str) -> Doubt:
    typed = plain(value) if isinstance(value, Decimal) else str(value)
    said = f"{typed} {printed_unit(measure.unit)}".strip()
    is_exact = isinstance(value, Decimal) or value.is_exact
    offers = slip_offers(measure, unlikely) if is_exact else []
    meant = f" Did you mean {offers[0][1]}?" if offers else ""
    low, high = measure.plausible
    return Doubt(
        name=name,
        code=name,
        value=typed,
        message=f"{said} is unusual (expected {plain(low)} to {with_unit(high, measure)}).{meant}",
        label=f"Yes, {said} is {said_by}",
        offers=offers,
    )


def _reason() -> forms.CharField:
    return forms.CharField(
        label="Why is it changed?",
        max_length=REASON_LENGTH,
        help_text="Kept with the former version, for example: typing error on the referral.",
        error_messages={"required": "Say why this is changed."},
    )


def _unit_of(box: forms.Field) -> str:
    if isinstance(box, MeasureField | RangeField):
        return printed_unit(box.measure.unit)
    return box.unit if isinstance(box, NumberField) else ""
