"""What a report is narrowed to, and what it is taken for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404

from accounts.models import Clinic, User
from followup.clinic_rules import rules_of
from guidelines.registry import ALL_EDITIONS
from guidelines.vocabulary import Mechanism, Stage
from patients.days import EARLIEST, spoken
from patients.forms.typed import DayField
from reports.audit_filter import AUDIT_BOXES, AuditBoxes, asked_in_words
from reports.downloads import CSV, LONGEST_PURPOSE, ZIP
from reports.import_template import import_template, why_no_template
from reports.package import Order
from reports.report import Filter, Report
from reports.scope import CODES, DAYS, Scope

ANY = ("", "any")
SHORTEST_PURPOSE = 5
TEMPLATE = "template"
FORMS = [(ZIP, "zip: CSV, data dictionary, value sets, receipt"), (CSV, "plain CSV")]
NEEDS_TODAY = "is known as of today only: leave it on any, or take today."


class ScopeForm(AuditBoxes):
    """Clinic, days and codes; a box that the report cannot be narrowed by is not there."""

    clinic = forms.ChoiceField(required=False)
    from_on = DayField(label="From")
    until_on = DayField(label="Until")
    mechanism = forms.ChoiceField(choices=[ANY, *Mechanism.choices()], required=False)
    stage = forms.ChoiceField(choices=[ANY, *Stage.choices()], required=False)
    edition = forms.ChoiceField(required=False)
    on = DayField(label="As true on")
    known_on = DayField(label="As known on")

    field_order = ("clinic", "from_on", "until_on", *CODES, "on", "known_on")

    def __init__(self, data: Any, *, report: Report, clinics: Sequence[Clinic]) -> None:
        super().__init__(data)
        self.report, self.clinics = report, clinics
        self.today = max(clinic.today() for clinic in clinics)
        self._offer("clinic", "all my clinics", [(str(c.public_id), c.name) for c in clinics])
        self._offer("edition", "any", self._editions())
        if Filter.ACTS in report.filters:
            self.offer_acts(clinics)
        for name in self._not_offered():
            del self.fields[name]
        for box in self.fields.values():
            if isinstance(box, DayField):
                box.today = self.today

    def _offer(self, name: str, every: str, choices: Sequence[tuple[str, str]]) -> None:
        box = self.fields[name]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = [("", every), *choices] if len(choices) != 1 else list(choices)

    def _editions(self) -> list[tuple[str, str]]:
        """The editions that the clinics judge by and have signed off."""
        if Filter.EDITION not in self.report.filters:
            return []
        rules = [rules_of(clinic, self.today) for clinic in self.clinics]
        shown = [e for each in rules for e in each.editions_of(self.today) if e not in each.hidden]
        return [(edition.id, edition.title) for edition in dict.fromkeys(shown)]

    def _not_offered(self) -> list[str]:
        boxes = {
            Filter.DAYS: ("from_on", "until_on"),
            Filter.MECHANISM: ("mechanism",),
            Filter.STAGE: ("stage",),
            Filter.EDITION: ("edition",),
            Filter.ACTS: AUDIT_BOXES,
        }
        left_out = [
            n for each, names in boxes.items() for n in names if each not in self.report.filters
        ]
        return [*left_out, *(("on", "known_on") if self.report.now_only else ())]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the clinic is asked for."""
        return any(self.data.get(name) for name in self.fields if name != "clinic")

    def clean(self) -> dict[str, Any]:
        """Days in order, none to come; codes of today with the truth of today only.

        What the report cannot be narrowed by is refused: without it more rows would leave than
        were asked for.
        """
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.base_fields:
            if name not in self.fields and self.data.get(name):
                words = self.base_fields[name].label or name
                self.add_error(None, f"{self.report.title} cannot be narrowed by “{words}”.")
        for name in ("from_on", "until_on", "on", "known_on"):
            self._refuse_impossible(name, cleaned.get(name))
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", f"This is before the first day, {spoken(first)}.")
        self._refuse_two_calendars(cleaned)
        if cleaned.get("on") or cleaned.get("known_on"):
            for name in ("mechanism", "stage", "edition"):
                if cleaned.get(name):
                    self.add_error(name, f"The {name} {NEEDS_TODAY}")
        return cleaned

    def _refuse_two_calendars(self, cleaned: dict[str, Any]) -> None:
        """A day ends at another instant in each time zone; what was known is of one instant."""
        day, clinics = cleaned.get("known_on"), self._chosen(cleaned.get("clinic", ""))
        if day in (None, self.today) or len({clinic.time_zone for clinic in clinics}) == 1:
            return
        self.add_error(
            "known_on",
            "Your clinics are in different time zones, where this day ends at different times: "
            "choose one clinic.",
        )

    def _chosen(self, clinic_id: str) -> list[Clinic]:
        return [c for c in self.clinics if not clinic_id or str(c.public_id) == clinic_id]

    def _refuse_impossible(self, name: str, day: date | None) -> None:
        if day is None:
            return
        if day > self.today:
            error = f"{spoken(day)} has not come yet; today is {spoken(self.today)}."
            self.add_error(name, error)
        elif day < EARLIEST:
            self.add_error(name, f"No record reaches back to {spoken(day)}.")

    def scope(self) -> Scope:
        """What is asked for. Raises ``KeyError`` before the form is valid."""
        asked = {
            name: self.cleaned_data.get(name) or None
            for name in ("from_on", "until_on", "on", "known_on")
        }
        codes = {name: self.cleaned_data.get(name, "") for name in CODES}
        clinics = self._chosen(self.cleaned_data["clinic"])
        return Scope(clinics, **_as_now(asked, self.today), **codes)


def _as_now(asked: dict[str, Any], today: date) -> dict[str, Any]:
    """What was asked for of today is what there is now."""
    if asked["known_on"] is None and asked["on"] == today:
        return asked | {"on": None}
    if asked["known_on"] == today:
        return asked | {"known_on": None}
    return asked


def narrowed_words(scope: Scope) -> list[tuple[str, str]]:
    """What was asked for, as the page's boxes are labelled."""
    boxes = ScopeForm.base_fields
    days = {name: getattr(scope, name) for name in DAYS}
    said = [(str(boxes[name].label), spoken(day)) for name, day in days.items() if day]
    labels = {
        "mechanism": dict(Mechanism.choices()),
        "stage": dict(Stage.choices()),
        "edition": {edition.id: edition.title for edition in ALL_EDITIONS},
    }
    for name in CODES:
        if code := getattr(scope, name):
            words = labels[name].get(code, code) if name in labels else asked_in_words(name, code)
            said.append((str(boxes[name].label or name.capitalize()), words))
    return said


def known_clinic_or_404(clinics: Sequence[Clinic], chosen: str) -> None:
    """Refuse an address that names a clinic which is none of these."""
    if not chosen:
        return
    try:
        wanted = UUID(chosen)
    except ValueError:
        raise Http404("No such clinic.") from None
    if wanted not in {clinic.public_id for clinic in clinics}:
        raise Http404("No such clinic.")


class TakeForm(forms.Form):
    """What the file is for; it leaves as a zip with its receipt."""

    purpose = forms.CharField(
        max_length=LONGEST_PURPOSE,
        min_length=SHORTEST_PURPOSE,
        strip=True,
        error_messages={
            "required": "Write what the file is for.",
            "min_length": "Write what the file is for, in a few words.",
        },
    )
    mark = forms.BooleanField(label="For a spreadsheet program (byte order mark)", required=False)

    def order(self, report: Report, scope: Scope, by: User) -> tuple[Order, str]:
        """What is taken, and as a zip or a CSV. Raises ``KeyError`` before the form is valid."""
        asked = self.cleaned_data
        return Order(report, scope, by, asked["purpose"], asked["mark"]), ZIP


class TakeReportForm(TakeForm):
    """The same, with the form in which the report is taken."""

    form = forms.ChoiceField(label="As", choices=FORMS)

    def __init__(self, data: Any, *, report: Report, scope: Scope | None) -> None:
        super().__init__(data)
        self.scope, self.template = scope, import_template(report)
        if self.template is not None:
            box = self.fields["form"]
            assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
            words = "import template: zip with a CSV that another mrtrack imports, receipt"
            box.choices = [*FORMS, (TEMPLATE, words)]

    def order(self, report: Report, scope: Scope, by: User) -> tuple[Order, str]:
        """As the base says; an import template is a zip of another report."""
        form = self.cleaned_data["form"]
        if form == TEMPLATE and self.template is not None:
            return super().order(self.template, scope, by)
        return super().order(report, scope, by)[0], form

    def clean_form(self) -> str:
        """An import template is of one clinic, as of now."""
        form = str(self.cleaned_data["form"])
        if form == TEMPLATE and self.scope and (why_not := why_no_template(self.scope)):
            raise forms.ValidationError(why_not)
        return form
