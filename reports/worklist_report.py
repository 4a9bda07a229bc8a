"""Today as a file, as it is shown: the same patients, in the same order, with codes and labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from accounts.models import User
from followup.models import Standing
from guidelines.concerns import ConcernKind
from guidelines.editions import GateState, HeadlineKind
from guidelines.facts import FACTS
from guidelines.pathway import Bucket
from guidelines.vocabulary import Body, Mechanism, MitralValveState
from patients.data_classes import DataClass
from patients.models import Registration
from patients.selectors import registrations_running_in
from reports.columns import CLINIC, RECORD_NUMBER, patient_id
from reports.csv import Column, Kind, coded
from reports.report import FromQueries, Report
from reports.scope import Scope
from reports.selectors import listed_under
from reports.worklist import WorklistFilter, patients_listed
from reports.worklist_rows import PLACES_FIRST

NAMES = {kind.value: kind.label for kind in ConcernKind}
CLINICAL = DataClass.CLINICAL
VALVE_STATES = dict(MitralValveState.choices())
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
    CLINIC,
    RECORD_NUMBER,
    patient_id("public_id"),
    Column("family_name", "Family name", Kind.TEXT, "family_name"),
    Column("given_name", "Given name", Kind.TEXT, "given_name"),
    Column("born_on", "Birth date", Kind.DATE, "born_on"),
    *coded("bucket", "Place in the follow-up", "listed_bucket", dict(Bucket.choices()), CLINICAL),
    *coded(
        "ended",
        "Why the registration ended",
        "listed_ended",
        dict(Registration.Ended.choices),
        CLINICAL,
    ),
)
# Empty of somebody who is not followed any more: the page shows none of it either.
STANDING = (
    Column("needs", "Needs a person for (codes)", Kind.CODE, "now_concerns", _codes),
    Column("needs_label", "Needs a person for", Kind.TEXT, "now_concerns", _labels),
    Column("why", "Why", Kind.TEXT, "now_concerns", lambda found: _each(found, "words")),
    Column("act", "What to do", Kind.TEXT, "now_concerns", lambda found: _each(found, "act")),
    Column("class_1_since_on", "Class 1 or I open since", Kind.DATE, "now_waits_since_on"),
    *coded("mechanism", "Mechanism", "now_mechanism", dict(Mechanism.choices()), CLINICAL),
    *coded("valve_state", "Mitral valve", "now_valve_state", VALVE_STATES, CLINICAL),
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
        *coded(f"{body}_status", f"{name} certainty", f"now_{body}_status", CERTAINTY, CLINICAL),
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
    form: WorklistFilter,
    hidden: Collection[Body] = frozenset(),
) -> Report:
    """The list that the form's choices leave; without the verdicts of bodies that are hidden."""
    verdicts = [c for body, columns in VERDICTS.items() if body not in hidden for c in columns]
    standing = (*STANDING, *verdicts)

    def rows(scope: Scope) -> QuerySet[Any, Any]:
        here = list(scope.clinics)
        running = registrations_running_in(here).values("patient_id")
        places = (
            Registration.objects.filter(patient=OuterRef("pk"), clinic__in=here)
            .exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
            .order_by(*PLACES_FIRST, "id")
        )
        sources = dict.fromkeys(column.source for column in standing)
        return patients_listed(user, here, form).annotate(
            **listed_under(places),
            listed_ended=_of_the_former(form, running, places.values("ended_because")[:1]),
            listed_bucket=_bucket(form),
            **{source: _now(form, running, source.removeprefix("now_")) for source in sources},
        )

    return Report(
        name="today",
        title="Today",
        one_row_per="patient",
        columns=(*PERSON, *standing),
        source=FromQueries(rows),
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
