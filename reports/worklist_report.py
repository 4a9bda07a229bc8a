"""Today as a file, as it is shown: the same patients, in the same order, with codes and labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from accounts.models import Clinic, User
from followup.models import Standing
from guidelines.concerns import ConcernKind
from guidelines.editions import GateState, HeadlineKind
from guidelines.facts import FACTS
from guidelines.pathway import Bucket
from guidelines.vocabulary import Body, Mechanism, MitralValveState
from patients.models import Registration
from patients.selectors import registrations_running_in
from reports.csv import Column, Kind, Report
from reports.worklist import WorklistFilter, patients_listed
from reports.worklist_rows import PLACES_FIRST

NAMES = {kind.value: kind.label for kind in ConcernKind}
CERTAINTY = {**dict(GateState.choices()), **dict(HeadlineKind.choices())}


def _each(concerns: Sequence[Mapping[str, Any]], name: str) -> str:
    return "; ".join(str(concern[name]) for concern in concerns)


def _codes(concerns: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(dict.fromkeys(str(concern["kind"]) for concern in concerns))


def _labels(concerns: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(dict.fromkeys(NAMES.get(str(c["kind"]), "") for c in concerns))


def _fact(name: str) -> str:
    return FACTS[name].label if name in FACTS else name


PERSON = (
    Column("clinic", "Clinic", Kind.TEXT, "listed_clinic"),
    Column("record_number", "Record number", Kind.TEXT, "listed_number"),
    Column("patient_id", "Patient, opaque id", Kind.CODE, "public_id"),
    Column("family_name", "Family name", Kind.TEXT, "family_name"),
    Column("given_name", "Given name", Kind.TEXT, "given_name"),
    Column("born_on", "Birth date", Kind.DATE, "born_on"),
    Column("bucket", "Place in the follow-up (code)", Kind.CODE, "listed_bucket"),
    Column(
        "bucket_label",
        "Place in the follow-up",
        Kind.LABEL,
        "listed_bucket",
        dict(Bucket.choices()).get,
    ),
    Column("ended", "Why the registration ended (code)", Kind.CODE, "listed_ended"),
    Column(
        "ended_label",
        "Why the registration ended",
        Kind.LABEL,
        "listed_ended",
        dict(Registration.Ended.choices).get,
    ),
)
# Empty of somebody who is not followed any more: the page shows none of it either.
STANDING = (
    Column("needs", "Needs a person for (codes)", Kind.CODE, "now_concerns", _codes),
    Column("needs_label", "Needs a person for", Kind.TEXT, "now_concerns", _labels),
    Column("why", "Why", Kind.TEXT, "now_concerns", lambda found: _each(found, "words")),
    Column("act", "What to do", Kind.TEXT, "now_concerns", lambda found: _each(found, "act")),
    Column("class_1_since_on", "Class 1 or I open since", Kind.DATE, "now_waits_since_on"),
    Column("mechanism", "Mechanism (code)", Kind.CODE, "now_mechanism"),
    Column(
        "mechanism_label", "Mechanism", Kind.LABEL, "now_mechanism", dict(Mechanism.choices()).get
    ),
    Column("valve_state", "Mitral valve (code)", Kind.CODE, "now_valve_state"),
    Column(
        "valve_state_label",
        "Mitral valve",
        Kind.LABEL,
        "now_valve_state",
        dict(MitralValveState.choices()).get,
    ),
    Column("held_up_by", "One measurement short (code)", Kind.CODE, "now_missing_one"),
    Column("held_up_by_label", "One measurement short", Kind.LABEL, "now_missing_one", _fact),
    Column("due", "What is due", Kind.TEXT, "now_due_words"),
    Column("due_by_on", "Due by", Kind.DATE, "now_due_by_on"),
    Column("booked_on", "Booked for", Kind.DATE, "now_booked_on"),
    Column("assessed_for_on", "Assessed for", Kind.DATE, "now_assessed_for_on"),
)


def _verdict(body: str, name: str) -> tuple[Column, ...]:
    return (
        Column(f"{body}_class", f"{name} class", Kind.CODE, f"now_{body}_class"),
        Column(f"{body}_status", f"{name} certainty (code)", Kind.CODE, f"now_{body}_status"),
        Column(
            f"{body}_status_label",
            f"{name} certainty",
            Kind.LABEL,
            f"now_{body}_status",
            CERTAINTY.get,
        ),
    )


VERDICTS = {
    Body.ACC_AHA: (
        Column("stage", "Stage", Kind.CODE, "now_stage"),
        *_verdict("acc_aha", "ACC/AHA"),
    ),
    Body.ESC_EACTS: _verdict("esc", "ESC"),
}


def worklist_report(
    user: User,
    clinics: Sequence[Clinic],
    form: WorklistFilter,
    hidden: Collection[Body] = frozenset(),
) -> Report:
    """The list that the form's choices leave; without the verdicts of bodies that are hidden."""
    by_key = {clinic.pk: clinic for clinic in clinics}
    verdicts = [c for body, columns in VERDICTS.items() if body not in hidden for c in columns]
    standing = (*STANDING, *verdicts)

    def rows(clinic_ids: Sequence[int]) -> QuerySet[Any, Any]:
        here = [by_key[pk] for pk in clinic_ids]
        running = registrations_running_in(here).values("patient_id")
        places = (
            Registration.objects.filter(patient=OuterRef("pk"), clinic__in=here)
            .exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
            .order_by(*PLACES_FIRST, "id")
        )
        sources = dict.fromkeys(column.source for column in standing)
        return patients_listed(user, here, form).annotate(
            listed_clinic_id=Subquery(places.values("clinic_id")[:1]),
            listed_clinic=Subquery(places.values("clinic__code")[:1], output_field=CharField()),
            listed_number=Subquery(places.values("record_number")[:1]),
            listed_ended=_of_the_former(form, running, places.values("ended_because")[:1]),
            listed_bucket=_bucket(form),
            **{source: _now(form, running, source.removeprefix("now_")) for source in sources},
        )

    return Report(
        name="today",
        title="Today",
        one_row_per="patient",
        columns=(*PERSON, *standing),
        queryset=rows,
    )


def _now(form: WorklistFilter, running: QuerySet[Any, Any], column: str) -> Any:
    """A column of the standing, of those who are followed."""
    value = F(f"standing__{column}")
    if not form.wants_former:
        return value
    kind: Any = Standing._meta.get_field(column)
    return Case(When(pk__in=running, then=value), default=None, output_field=kind)


_NO_WORD = Value(None, output_field=CharField())


def _of_the_former(
    form: WorklistFilter, running: QuerySet[Any, Any], why: QuerySet[Any, Any]
) -> Any:
    if not form.wants_former:
        return _NO_WORD
    return Case(When(pk__in=running, then=_NO_WORD), default=Subquery(why))


def _bucket(form: WorklistFilter) -> Any:
    """The place that the list shows: of a former patient where they went."""
    waits = Value(Bucket.FIRST_ASSESSMENT.value)
    now = Coalesce(NullIf("standing__bucket", Value("")), waits, output_field=CharField())
    bucket = form.bucket_chosen
    if bucket is None or not form.wants_former:
        return now
    # Whom the list of this place holds is there, whether followed or not.
    return Value(bucket.value, output_field=CharField())
