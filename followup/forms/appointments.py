"""An appointment as a form, and the quick acts upon one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms

from followup.forms.boxes import box_for
from followup.models import Appointment
from patients.days import spoken
from patients.forms.records import Doubt, FormChapter, RecordForm
from patients.forms.typed import ClockField
from patients.models import Patient

STATUS = ("status", "cancelled_by")
PLANNED, CANCELLED = Appointment.Status.PLANNED, Appointment.Status.CANCELLED
NOT_STATED = Appointment.CancelledBy.NOT_STATED


class AppointmentForm(RecordForm):
    """What is planned and for which day; what became of it is asked once it is stored."""

    planned_time = ClockField(label="Time", required=False)

    class Meta:
        model = Appointment
        fields = ("kind", "planned_on", "planned_time", "place", *STATUS, "comment", "booked_on")
        labels: ClassVar = {"status": "What became of it"}
        help_texts: ClassVar = {"planned_on": "It may lie ahead."}
        formfield_callback = box_for

    chapters = (
        FormChapter("Appointment", ("kind", "planned_on", "planned_time", "place", *STATUS)),
        FormChapter("Comment", ("comment",), folded=True),
        FormChapter("Day of booking", ("booked_on",), folded=True),
    )
    listed = ("kind", "planned_on", "planned_time", "status", "place")
    compares = False

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["booked_on"].initial = self.today
        if not self.instance.pk:
            for name in STATUS:
                del self.fields[name]
            self.helper = self._helper()

    def initial_of(self, instance: Appointment) -> dict[str, Any]:
        """Booked today, unless it is stored."""
        booked = {} if instance.pk else {"booked_on": self.today}
        return super().initial_of(instance) | booked

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """A time as it is written; by whom it was cancelled is said of a cancelled one only."""
        if name == "planned_time":
            return f"{row.planned_time:%H:%M}" if row.planned_time else None
        if name == "cancelled_by" and row.status != CANCELLED:
            return None
        return super().words(row, name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """An appointment without a place or a time misses none."""
        if name == "cancelled_by":
            return bool(row.status == CANCELLED)
        return name not in {"place", "planned_time"} and super().applies(row, name)

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Nothing is planned after a death, and nothing that lies ahead has become of itself."""
        day, status = cleaned.get("planned_on"), cleaned.get("status") or PLANNED
        check_planned_day(self, "planned_on", day, cleaned.get("booked_on"))
        if day and day > self.today and status not in {PLANNED, CANCELLED}:
            self.refuse("status", f"It is planned for {spoken(day)}, which has not come yet.")
        said = cleaned.get("cancelled_by") or NOT_STATED
        if said != NOT_STATED and status != CANCELLED:
            self.refuse("cancelled_by", "It is not cancelled: leave this open.")

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A planned day that is over, and a second appointment of the same kind."""
        day, status = cleaned.get("planned_on"), cleaned.get("status") or PLANNED
        if day is None or status != PLANNED:
            return
        if day < self.today:
            yield past_day_doubt("planned_on", day)
        for other in planned_of(self.patient, cleaned.get("kind"), self.today, self.instance):
            yield Doubt(
                name="kind",
                code="planned_twice",
                value=str(other.public_id),
                message=f"{named(other)} is planned already. If it only changes its day, open "
                "it and choose “Move to another day”.",
                label="Yes, this is a further one",
                is_stored=False,
            )


class OutcomeForm(forms.Form):
    """A quick act that needs nothing but the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(RecordForm):
    """By whom an appointment was cancelled, and why."""

    class Meta:
        model = Appointment
        fields = ("cancelled_by", "comment")
        labels: ClassVar = {"comment": "Reason, if it was said"}
        formfield_callback = box_for

    chapters = (FormChapter("Cancelled", ("cancelled_by", "comment")),)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        by = self.fields["cancelled_by"]
        assert isinstance(by, forms.ChoiceField)  # noqa: S101 - for the type checker
        by.required = True
        by.choices = [("", "choose"), *Appointment.CancelledBy.choices]
        if not self.is_bound:
            self.initial["cancelled_by"] = ""


class MoveForm(RecordForm):
    """Another day, time and place for an appointment that is still planned."""

    planned_time = ClockField(label="Time", required=False)

    class Meta:
        model = Appointment
        fields = ("planned_on", "planned_time", "place")
        labels: ClassVar = {"planned_on": "New day"}
        formfield_callback = box_for

    chapters = (FormChapter("New day", ("planned_on", "planned_time", "place")),)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["planned_on"].widget.attrs["autofocus"] = True

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """A day that can be, and that differs from the one before."""
        day = cleaned.get("planned_on")
        check_planned_day(self, "planned_on", day, self.instance.booked_on)
        if day and not {"planned_on", "planned_time", "place"} & set(self.changed_data):
            self.refuse("planned_on", "This is the day that is recorded already.")

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A new day that is over already."""
        day = cleaned.get("planned_on")
        if day and day < self.today:
            yield past_day_doubt("planned_on", day)


def named(appointment: Any) -> str:
    """Visit for 3 Dec 2026, 10:30."""
    kind = str(appointment.get_kind_display())
    time = f", {appointment.planned_time:%H:%M}" if appointment.planned_time else ""
    upper = kind[:1].upper() + kind[1:]
    return f"{upper} for {spoken(appointment.planned_on)}{time}"


def planned_of(
    patient: Patient, kind: str | None, today: date, but: Appointment | None = None
) -> list[Appointment]:
    """The patient's planned appointments from today on, of one kind or of any, the next first."""
    rows = Appointment.objects.filter(
        patient=patient, status=PLANNED, planned_on__gte=today, struck_at__isnull=True
    )
    if kind is not None:
        rows = rows.filter(kind=kind)
    if but is not None and but.pk:
        rows = rows.exclude(pk=but.pk)
    return list(rows.order_by("planned_on", "id"))


def check_planned_day(
    form: RecordForm, name: str, day: date | None, booked_on: date | None
) -> None:
    """Refuse a planned day after the patient's death or before the day of the booking."""
    died = form.patient.deceased_on
    if day is None:
        return
    if died is not None and day > died:
        form.refuse(name, f"The patient died on {spoken(died)}; nothing is planned after it.")
    elif booked_on is not None and day < booked_on:
        form.refuse(
            name,
            f"This is before the day of booking, {spoken(booked_on)}. If the appointment was made "
            "earlier, enter that day under “Day of booking”.",
        )


def past_day_doubt(name: str, day: date) -> Doubt:
    """A planned day that is over: it may be entered late, or be a slip of the year."""
    return Doubt(
        name=name,
        code="past_day",
        value=day.isoformat(),
        message=f"{spoken(day)} is over. Did you mean a later day?",
        label=f"Yes, it was planned for {spoken(day)}",
        is_stored=False,
    )
