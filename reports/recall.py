"""Who is to be called: the patients of the call list, and what each row says.

A patient is on it because the next visit or echo is due, because the last contact asks for another
try by today, or because the day of an appointment is over and nobody said what became of it. The
dead are not; who does not wish to be contacted stands apart and never disappears (hazard H12).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Clinic, User
from accounts.permissions import Action, memberships_of
from followup.forms.appointments import named
from followup.models import Appointment, ContactAttempt, ContactWish, Standing
from followup.selectors import wishes_of
from guidelines.pathway import NOT_FOLLOWED, Bucket
from patients.models import Patient, Registration
from patients.models.patient import PatientQuerySet
from patients.selectors import writing_clinic_among
from reports.selectors import followed_by, listed_patients, registrations_of, standings_of

DUE = (Bucket.DUE.value, Bucket.OVERDUE.value)
LEFT = tuple(bucket.value for bucket in NOT_FOLLOWED)
# Their place in the follow-up says something else first, and what is over is over all the same.
NOT_CALLED = (*LEFT, Bucket.ACUTE.value, Bucket.BOOKED.value)
PLANNED, ATTENDED = Appointment.Status.PLANNED, Appointment.Status.ATTENDED
NOT_AT_ALL = ContactWish.Wish.NONE


@dataclass(frozen=True)
class RecallScope:
    """Whose list it is, of which clinics, and on which day."""

    user: User
    clinics: Sequence[Clinic]
    today: date


# ---- who ---------------------------------------------------------------------------------------


def followed_patients(scope: RecallScope) -> PatientQuerySet:
    """The living patients whom these clinics follow today, with their wish."""
    everybody = listed_patients(scope.user, [clinic.pk for clinic in scope.clinics])
    wishes = ContactWish.objects.filter(patient=OuterRef("pk"), struck_at__isnull=True)
    newest = wishes.order_by("-stated_on", "-id").values("wish")[:1]
    return everybody.filter(Exists(followed_by(scope.clinics)), deceased_on__isnull=True).annotate(
        wish=Subquery(newest)
    )


def to_call(scope: RecallScope) -> PatientQuerySet:
    """Everybody of the call list, the longest overdue first; also who wants no contact."""
    found = _with_last_contact(followed_patients(scope)).filter(
        is_due(scope.today) | tries_again(scope.today) | lacks_an_outcome(scope.today)
    )
    return found.order_by(F("standing__due_by_on").asc(nulls_last=True), "id")


def _with_last_contact(patients: PatientQuerySet) -> PatientQuerySet:
    rows = ContactAttempt.objects.filter(patient=OuterRef("pk"), struck_at__isnull=True)
    last = rows.order_by("-attempted_on", "-id")
    return patients.annotate(
        last_attempt_on=Subquery(last.values("attempted_on")[:1]),
        last_outcome=Subquery(last.values("outcome")[:1]),
        try_again_on=Subquery(last.values("next_try_on")[:1]),
    )


def is_due(today: date) -> Q:
    """The standing says due or overdue; or the last day is over whatever bucket comes first."""
    over = Q(standing__due_by_on__lt=today) & _is_outside(NOT_CALLED)
    unbooked = Q(standing__booked_on__isnull=True) | Q(standing__booked_on__lt=today)
    return Q(standing__bucket__in=DUE) | (over & unbooked)


def _is_outside(buckets: Sequence[str]) -> Q:
    """No standing, or one in none of these buckets; SQL would lose what is not recorded."""
    return Q(standing__isnull=True) | ~Q(standing__bucket__in=buckets)


def tries_again(today: date) -> Q:
    """The last contact asks for another try by today, and nothing was booked since."""
    since = Appointment.objects.filter(patient=OuterRef("pk"), struck_at__isnull=True).filter(
        Q(status=PLANNED, planned_on__gte=today, booked_on__gte=OuterRef("last_attempt_on"))
        | Q(status=ATTENDED, planned_on__gte=OuterRef("last_attempt_on"))
    )
    # Read once for all: most patients need not be asked for their last contact.
    asking = ContactAttempt.objects.filter(next_try_on__lte=today, struck_at__isnull=True)
    asked = Q(pk__in=asking.order_by().values("patient_id"))
    return asked & Q(try_again_on__lte=today) & ~Exists(since) & _is_outside(LEFT)


def lacks_an_outcome(today: date) -> Q:
    """The day of an appointment is over, and nobody said what became of it."""
    over = Appointment.objects.filter(status=PLANNED, planned_on__lt=today, struck_at__isnull=True)
    return Q(pk__in=over.order_by().values("patient_id"))


# ---- filters -----------------------------------------------------------------------------------

WHY = [
    ("", "any"),
    ("overdue", "Overdue"),
    ("due", "Due, not overdue"),
    ("again", "To be tried again"),
    ("outcome", "Appointment without an outcome"),
    ("now", "Not waiting for a later try"),
]


class RecallFilter(forms.Form):
    """What the list is narrowed to: coded values only, so that an address names nobody."""

    why = forms.ChoiceField(label="Why", choices=WHY, required=False)
    clinic = forms.ChoiceField(required=False)
    wish = forms.ChoiceField(
        label="Contact",
        choices=[("", "may be contacted"), ("none", "do not contact")],
        required=False,
    )

    def __init__(self, data: Any, clinics: Sequence[Clinic]) -> None:
        super().__init__(data)
        box = self.fields["clinic"]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = [("", "all shown"), *((clinic.code, clinic.name) for clinic in clinics)]
        if len(clinics) < 2:
            del self.fields["clinic"]

    @property
    def chosen(self) -> dict[str, str]:
        """The valid codes that narrow the list."""
        self.is_valid()
        return {name: code for name, code in self.cleaned_data.items() if code}

    def narrow_clinics(self, clinics: Sequence[Clinic]) -> list[Clinic]:
        """The clinics that are left."""
        code = self.chosen.get("clinic")
        return [clinic for clinic in clinics if code in (None, clinic.code)]


def narrowed(patients: PatientQuerySet, chosen: Mapping[str, str], today: date) -> PatientQuerySet:
    """The patients that the chosen codes leave; who wants no contact only when asked for."""
    conditions = {
        "overdue": is_due(today) & Q(standing__due_by_on__lt=today),
        "due": is_due(today)
        & (Q(standing__due_by_on__isnull=True) | Q(standing__due_by_on__gte=today)),
        "again": tries_again(today),
        "outcome": lacks_an_outcome(today),
        "now": Q(try_again_on__isnull=True) | Q(try_again_on__lte=today),
    }
    if why := chosen.get("why"):
        patients = patients.filter(conditions[why])
    silent = Q(wish=NOT_AT_ALL)
    return patients.filter(silent if chosen.get("wish") else Q(wish__isnull=True) | ~silent)


# ---- rows --------------------------------------------------------------------------------------


@dataclass
class RecallRow:
    """What the list says of one patient; empty and ``None`` mean not recorded."""

    patient: Patient
    number: str
    clinic: Clinic | None
    shows_clinic: bool
    writes_in: Clinic | None
    """In whose name the user may book and note contacts; None without the right."""
    is_acute: bool = False
    due_words: str = ""
    due_by_on: date | None = None
    days_overdue: int = 0
    last_contact: str = ""
    last_contact_on: date | None = None
    again_on: date | None = None
    next_appointment: Appointment | None = None
    without_outcome: list[Appointment] = field(default_factory=list)
    wish: ContactWish | None = None
    error: str = ""
    is_ticked: bool = False

    @property
    def next_words(self) -> str:
        """Visit for 3 Dec 2026; empty without one."""
        return named(self.next_appointment) if self.next_appointment else ""

    @property
    def outcomes_asked(self) -> list[tuple[Appointment, str]]:
        """Appointments of which nobody said what became, in words."""
        return [(each, named(each)) for each in self.without_outcome]

    @property
    def wish_words(self) -> str:
        """By letter only; empty where any way is fine or nobody asked."""
        if self.wish is None or self.wish.wish == ContactWish.Wish.ANY:
            return ""
        return str(self.wish.get_wish_display())

    @property
    def may_call(self) -> bool:
        """Whether the patient's wish lets somebody telephone."""
        return self.wish is None or self.wish.wish not in {
            ContactWish.Wish.NONE,
            ContactWish.Wish.LETTER_ONLY,
        }


def rows_of(scope: RecallScope, patients: Sequence[Patient]) -> list[RecallRow]:
    """The rows of these patients, in the same number of queries for one and for fifty."""
    keys = [patient.pk for patient in patients]
    registrations = registrations_with_clinics(scope, keys)
    standings, wishes = standings_of(keys), wishes_of(keys)
    contacts, appointments = _last_contacts(keys), _planned(keys)
    rows = []
    for patient in patients:
        row = _person(scope, patient, registrations[patient.pk])
        row.wish = wishes.get(patient.pk)
        _add_standing(row, standings.get(patient.pk), scope.today)
        _add_contact(row, contacts.get(patient.pk))
        _add_appointments(row, appointments[patient.pk], scope.today)
        rows.append(row)
    return rows


def registrations_with_clinics(
    scope: RecallScope, keys: Collection[int]
) -> Mapping[int, list[Registration]]:
    """The registrations that the user may see, their clinics without a further query."""
    clinics = {each.clinic_id: each.clinic for each in memberships_of(scope.user)}
    found = registrations_of(scope.user, keys)
    for registrations in found.values():
        for registration in registrations:
            registration.clinic = clinics[registration.clinic_id]
    return defaultdict(list, found)


def _person(
    scope: RecallScope, patient: Patient, registrations: Sequence[Registration]
) -> RecallRow:
    shown = {clinic.pk for clinic in scope.clinics}
    runs = [each for each in registrations if each.is_active_on(each.clinic.today())]
    here = [each for each in runs if each.clinic_id in shown] or runs
    # The clinic that is shown writes, where the person may write in its name.
    writes_in = writing_clinic_among(scope.user, here, Action.RECALL) or writing_clinic_among(
        scope.user, runs, Action.RECALL
    )
    first = here[0] if here else None
    return RecallRow(
        patient=patient,
        number=first.record_number if first else "",
        clinic=first.clinic if first else None,
        shows_clinic=len(scope.clinics) > 1,
        writes_in=writes_in,
    )


def _add_standing(row: RecallRow, standing: Standing | None, today: date) -> None:
    if standing is None:
        return
    row.is_acute = standing.is_acute
    row.due_words, row.due_by_on = standing.due_words, standing.due_by_on
    if standing.due_by_on is not None and standing.bucket not in NOT_CALLED:
        row.days_overdue = max(0, (today - standing.due_by_on).days)


def _last_contacts(keys: Collection[int]) -> dict[int, ContactAttempt]:
    rows = ContactAttempt.objects.filter(patient_id__in=keys, struck_at__isnull=True)
    # The newest comes last and so stands.
    return {row.patient_id: row for row in rows.order_by("attempted_on", "id")}


def _add_contact(row: RecallRow, contact: ContactAttempt | None) -> None:
    if contact is None:
        return
    row.last_contact = f"{contact.get_channel_display()}: {contact.get_outcome_display()}"
    row.last_contact_on, row.again_on = contact.attempted_on, contact.next_try_on


def _planned(keys: Collection[int]) -> Mapping[int, list[Appointment]]:
    found: dict[int, list[Appointment]] = defaultdict(list)
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        patient_id__in=keys, status=PLANNED, struck_at__isnull=True
    )
    for row in rows.order_by("planned_on", "id"):
        found[row.patient_id].append(row)
    return found


def _add_appointments(row: RecallRow, planned: Sequence[Appointment], today: date) -> None:
    row.without_outcome = [each for each in planned if each.planned_on < today]
    row.next_appointment = next((each for each in planned if each.planned_on >= today), None)
