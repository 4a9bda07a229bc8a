"""The morning's list: who needs a person now, and where everybody of the cohort stands.

Counts and lists come from one set of conditions, so a count never disagrees with the list behind
it: the count of a concern or a bucket is of the patients that the other choices leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict

from accounts.models import Clinic, User
from followup.models import waits_for_a_round
from guidelines.completeness import Measure
from guidelines.concerns import ConcernKind
from guidelines.facts import FACTS
from guidelines.pathway import Bucket
from guidelines.vocabulary import Body, Mechanism, Stage
from patients.models import Patient, Registration
from patients.models.patient import PatientQuerySet
from patients.selectors import registrations_running_in

ANY = ("", "any")
SEVERAL = 2
CLASS_FILTERS = {Body.ACC_AHA: "acc_aha", Body.ESC_EACTS: "esc"}
CLASSES = ("1", "2a", "2b", "3", "I", "IIa", "IIb", "III")
OVERDUE_BY = ((30, "a month"), (90, "three months"), (183, "half a year"), (365, "a year"))
# What the registration of a former patient says of where they went.
FORMER = {
    Registration.Ended.MOVED.value: Bucket.MOVED,
    Registration.Ended.DISCHARGED.value: Bucket.DISCHARGED,
    Registration.Ended.DIED.value: Bucket.DIED,
}
SORTS = (
    ("", "urgency"),
    ("waiting", "longest waiting"),
    ("due", "longest overdue"),
    ("name", "name"),
)


class WorklistFilter(forms.Form):
    """What the list is narrowed to; an unknown code is named beside its box and does not narrow.

    ``clinics``: those of the list, offered where there are several. What an edition of ``hidden``
    bodies says is no filter either: it would tell what the rows do not.
    """

    clinic = forms.ChoiceField(required=False)
    concern = forms.ChoiceField(
        label="Needs", choices=[ANY, *ConcernKind.choices()], required=False
    )
    bucket = forms.ChoiceField(label="Follow-up", choices=[ANY, *Bucket.choices()], required=False)
    stage = forms.ChoiceField(choices=[ANY, *Stage.choices()], required=False)
    acc_aha = forms.ChoiceField(
        label="ACC/AHA class", choices=[ANY, *((c, c) for c in CLASSES[:4])], required=False
    )
    esc = forms.ChoiceField(
        label="ESC class", choices=[ANY, *((c, c) for c in CLASSES[4:])], required=False
    )
    mechanism = forms.ChoiceField(choices=[ANY, *Mechanism.choices()], required=False)
    clinician = forms.ChoiceField(choices=[ANY], required=False)
    overdue = forms.ChoiceField(
        label="Overdue by", choices=[ANY, *((str(d), w) for d, w in OVERDUE_BY)], required=False
    )
    missing = forms.ChoiceField(label="Held up by", choices=[ANY], required=False)
    lacks = forms.ChoiceField(
        label="Record lacks", choices=[ANY, *Measure.choices()], required=False
    )
    sort = forms.ChoiceField(label="Order", choices=SORTS, required=False)

    def __init__(
        self,
        data: QueryDict,
        *,
        clinics: Sequence[Clinic] = (),
        clinicians: Iterable[tuple[str, str]] = (),
        hidden: Collection[Body] = (),
    ) -> None:
        super().__init__(data)
        self._offer("clinic", [(clinic.code, clinic.name) for clinic in clinics])
        if len(clinics) < SEVERAL:
            del self.fields["clinic"]
        for body in hidden:
            self.fields.pop(CLASS_FILTERS[body], None)
        self._offer("clinician", [("none", "nobody named"), *clinicians])
        self._offer("missing", [(name, fact.label) for name, fact in FACTS.items()])
        self.is_valid()

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        box = self.fields[name]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = [ANY, *choices]

    @property
    def chosen(self) -> dict[str, str]:
        """The valid codes that narrow or order the list."""
        return {name: code for name, code in self.cleaned_data.items() if code}

    @property
    def narrowing(self) -> dict[str, str]:
        """Those of them that narrow, besides the clinic, the concern and the bucket."""
        apart = {"clinic", "concern", "bucket", "sort"}
        return {name: code for name, code in self.chosen.items() if name not in apart}

    @property
    def boxes_in_use(self) -> int:
        """How many of the boxes that are folded away narrow the list."""
        return len(self.narrowing) + ("clinic" in self.chosen)

    def narrow_clinics(self, clinics: Sequence[Clinic]) -> list[Clinic]:
        """The clinics that are left."""
        code = self.chosen.get("clinic")
        return [clinic for clinic in clinics if code in (None, clinic.code)]

    @property
    def measure_lacking(self) -> Measure | None:
        """The measure of completeness that was chosen."""
        code = self.chosen.get("lacks")
        return Measure(code) if code else None

    @property
    def lists_everybody(self) -> bool:
        """Whether those are listed too whom nothing asks a person for."""
        return self.bucket_chosen is not None or self.measure_lacking is not None

    @property
    def wants_former(self) -> bool:
        """Whether the list may hold patients whom no clinic of it follows any more."""
        is_plain = not self.narrowing and self.concern_kind is None
        return is_plain and self.bucket_chosen in FORMER.values()

    @property
    def concern_kind(self) -> ConcernKind | None:
        """The kind of concern that was chosen."""
        code = self.chosen.get("concern")
        return ConcernKind(code) if code else None

    @property
    def bucket_chosen(self) -> Bucket | None:
        """The bucket that was chosen."""
        code = self.chosen.get("bucket")
        return Bucket(code) if code else None

    def address(self, **changes: str) -> str:
        """The query that leads to the same list with these choices changed; "" takes one out."""
        query = QueryDict(mutable=True)
        query.update({k: v for k, v in {**self.chosen, **changes}.items() if v})
        return f"?{query.urlencode()}" if query else "?"


@dataclass(frozen=True)
class Tally:
    """One line of counts: how many, and the address of exactly those."""

    code: str
    label: str
    count: int
    href: str
    is_chosen: bool = False


@dataclass
class Worklist:
    """The list with its counts; ``patients`` are not read yet."""

    patients: PatientQuerySet
    concerns: list[Tally]
    buckets: list[Tally]
    missing: list[Tally]
    total: int
    waiting: int = 0
    """How many of them were entered in bulk and wait for the next round."""
    former: Mapping[str, int] = field(default_factory=dict)

    @property
    def cohort(self) -> int:
        """Everybody in the buckets: they add up to it."""
        return sum(tally.count for tally in self.buckets)


def worklist_of(user: User, clinics: Sequence[Clinic], form: WorklistFilter) -> Worklist:
    """Whom the choices leave of the cohort of these clinics, with the counts beside it."""
    counts, waiting = _counts(_followed(user, clinics, form))
    gone: Mapping[str, int] = {}
    if not form.narrowing and form.concern_kind is None:
        gone = _former_counts(_former(user, clinics))
    return Worklist(
        patients=patients_listed(user, clinics, form),
        concerns=_concern_tallies(counts, form),
        buckets=_bucket_tallies(counts, gone, form),
        missing=_missing_tallies(counts, form),
        total=_total(counts, gone, form),
        waiting=waiting,
        former=gone,
    )


def patients_listed(user: User, clinics: Sequence[Clinic], form: WorklistFilter) -> PatientQuerySet:
    """Whom the list holds, in its order."""
    patients = _chosen(_followed(user, clinics, form), form)
    bucket = form.bucket_chosen
    if bucket is not None and form.wants_former:
        patients = _with_former(user, patients, _former(user, clinics), bucket)
    return in_order(patients, form.chosen.get("sort", ""))


def _followed(user: User, clinics: Sequence[Clinic], form: WorklistFilter) -> PatientQuerySet:
    running = registrations_running_in(clinics)
    followed = Patient.objects.visible_to(user).filter(pk__in=running.values("patient_id"))
    today = min(clinic.today() for clinic in clinics)
    return _narrowed(followed, form.narrowing, clinics, today)


def _narrowed(
    patients: PatientQuerySet, chosen: Mapping[str, str], clinics: Sequence[Clinic], today: date
) -> PatientQuerySet:
    for name, code in chosen.items():
        if name == "clinician":
            mine = registrations_running_in(clinics)
            mine = (
                mine.filter(responsible_clinician__isnull=True)
                if code == "none"
                else mine.filter(responsible_clinician_id=int(code))
            )
            patients = patients.filter(pk__in=mine.values("patient_id"))
        elif name == "overdue":
            patients = patients.filter(standing__due_by_on__lt=today - timedelta(days=int(code)))
        elif name == "lacks":
            bit = Measure(code).bit
            mask = F("standing__lacking_mask").bitand(bit)
            patients = patients.alias(lacks=mask).filter(lacks=bit)
        else:
            patients = patients.filter(**{_COLUMNS[name]: code})
    return patients


_COLUMNS = {
    "stage": "standing__stage",
    "acc_aha": "standing__acc_aha_class",
    "esc": "standing__esc_class",
    "mechanism": "standing__mechanism",
    "missing": "standing__missing_one",
}

Counts = Counter[tuple[str, int, str]]
"""How many patients have this bucket, this mask of concerns, this one missing fact."""


def _counts(patients: PatientQuerySet) -> tuple[Counts, int]:
    """One query for all counts, and how many wait for a round.

    A patient without a standing waits for a first assessment.
    """
    rows = (
        patients.order_by()
        .values_list("standing__bucket", "standing__concern_mask", "standing__missing_one")
        .annotate(patients=Count("pk"), waiting=Count("pk", filter=waits_for_a_round("standing__")))
    )
    counts: Counts = Counter()
    waiting = 0
    for bucket, mask, missing, number, some in rows:
        counts[bucket or Bucket.FIRST_ASSESSMENT.value, mask or 0, missing or ""] += number
        waiting += some
    return counts, waiting


def _concern_tallies(counts: Counts, form: WorklistFilter) -> list[Tally]:
    bucket = form.bucket_chosen
    return [
        Tally(
            code=kind.value,
            label=kind.label,
            count=sum(
                number
                for (where, mask, _), number in counts.items()
                if mask & kind.bit and bucket in (None, where)
            ),
            href=form.address(concern=kind.value, missing=""),
            is_chosen=form.concern_kind is kind,
        )
        for kind in ConcernKind
    ]


def _bucket_tallies(counts: Counts, gone: Mapping[str, int], form: WorklistFilter) -> list[Tally]:
    kind = form.concern_kind
    found: Counter[str] = Counter(gone)
    for (where, mask, _), number in counts.items():
        if kind is None or mask & kind.bit:
            found[where] += number
    return [
        Tally(
            code=bucket.value,
            label=bucket.label,
            count=found[bucket.value],
            href=form.address(bucket=bucket.value),
            is_chosen=form.bucket_chosen is bucket,
        )
        for bucket in Bucket
    ]


def _missing_tallies(counts: Counts, form: WorklistFilter) -> list[Tally]:
    """The measurements that hold verdicts up, the one that most patients need first."""
    kind, bucket = ConcernKind.MISSING, form.bucket_chosen
    found: Counter[str] = Counter()
    for (where, mask, name), number in counts.items():
        if mask & kind.bit and name and bucket in (None, where):
            found[name] += number
    return [
        Tally(
            code=name,
            label=FACTS[name].label if name in FACTS else name,
            count=number,
            href=form.address(concern=kind.value, missing=name),
            is_chosen=form.chosen.get("missing") == name,
        )
        for name, number in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _total(counts: Counts, gone: Mapping[str, int], form: WorklistFilter) -> int:
    """How many the list holds, from the counts beside it."""
    concern, bucket = form.concern_kind, form.bucket_chosen
    total = sum(
        number
        for (where, mask, _), number in counts.items()
        if (bucket is None or where == bucket)
        and (mask & concern.bit if concern else form.lists_everybody or mask)
    )
    return total + (gone.get(bucket.value, 0) if bucket is not None and concern is None else 0)


def _chosen(patients: PatientQuerySet, form: WorklistFilter) -> PatientQuerySet:
    """Those with the concern and in the bucket; without a choice, all who need a person."""
    concern, bucket = form.concern_kind, form.bucket_chosen
    if bucket is Bucket.FIRST_ASSESSMENT:
        patients = patients.filter(
            Q(standing__bucket=bucket.value) | Q(standing__isnull=True) | Q(standing__bucket="")
        )
    elif bucket is not None:
        patients = patients.filter(standing__bucket=bucket.value)
    if concern is not None:
        bit = concern.bit
        return patients.alias(has=F("standing__concern_mask").bitand(bit)).filter(has=bit)
    return patients if form.lists_everybody else patients.filter(standing__concern_mask__gt=0)


# Former patients -------------------------------------------------------------------------------


def _former(user: User, clinics: Sequence[Clinic]) -> QuerySet[Any]:
    """Those whom these clinics followed once and do not today, with why the last one ended."""
    ended = Registration.objects.filter(clinic__in=clinics, until_on__isnull=False).exclude(
        ended_because=Registration.Ended.ENTERED_IN_ERROR
    )
    last = ended.filter(patient=OuterRef("pk")).order_by("-until_on", "-id")
    running = registrations_running_in(clinics)
    return (
        Patient.objects.visible_to(user)
        .filter(pk__in=ended.order_by().values("patient_id"))
        .exclude(pk__in=running.values("patient_id"))
        .annotate(why_ended=Subquery(last.values("ended_because")[:1]))
    )


def _former_counts(former: QuerySet[Any]) -> dict[str, int]:
    rows = former.order_by().values_list("why_ended").annotate(patients=Count("pk"))
    found: Counter[str] = Counter()
    for why, number in rows:
        found[FORMER.get(why, Bucket.MOVED).value] += number
    return dict(found)


def _with_former(
    user: User, patients: PatientQuerySet, former: QuerySet[Any], bucket: Bucket
) -> PatientQuerySet:
    named = [why for why, where in FORMER.items() if where is bucket]
    theirs = former.filter(why_ended__in=named)
    if bucket is Bucket.MOVED:
        theirs = former.exclude(why_ended__in=[w for w, b in FORMER.items() if b is not bucket])
    return Patient.objects.visible_to(user).filter(
        Q(pk__in=patients.order_by().values("pk")) | Q(pk__in=theirs.order_by().values("pk"))
    )


# Order -----------------------------------------------------------------------------------------


def in_order(patients: PatientQuerySet, sort: str) -> PatientQuerySet:
    """Most urgent first by default; each order ends in the key."""
    urgency: tuple[Any, ...] = (
        F("standing__first_concern").asc(nulls_last=True),
        F("standing__concern_weight").asc(nulls_last=True),
        F("standing__waits_since_on").asc(nulls_last=True),
        F("standing__due_by_on").asc(nulls_last=True),
    )
    first: dict[str, tuple[Any, ...]] = {
        "waiting": (F("standing__waits_since_on").asc(nulls_last=True),),
        "due": (F("standing__due_by_on").asc(nulls_last=True),),
        "name": (),
    }
    columns = first.get(sort, urgency)
    return patients.order_by(*columns, "search_key", "id")
