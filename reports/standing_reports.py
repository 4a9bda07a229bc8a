"""What the stored standings say of every patient who is followed: timing, and follow-up.

They are read as they are kept, so nobody is assessed for a report, and they speak of today only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)

from followup.clinic_rules import ClinicRules, rules_of
from followup.models import EditionAnswer
from followup.standing import NO_EDITION
from guidelines.concerns import ConcernKind
from guidelines.editions import GateState, HeadlineKind
from guidelines.pathway import Bucket
from guidelines.registry import ALL_EDITIONS
from guidelines.vocabulary import (
    Body,
    Cor,
    GradeResult,
    Mechanism,
    MitralValveState,
    SeverityState,
    Stage,
)
from patients.data_classes import DataClass
from reports.columns import CLINIC, RECORD_NUMBER, patient_id
from reports.csv import Column, Kind, coded, joined
from reports.readable import followed_patients
from reports.report import Filter, FromQueries, Report
from reports.scope import Scope
from treatments.models import TeamReview

CLINICAL, QUASI = DataClass.CLINICAL, DataClass.QUASI_IDENTIFYING
TODAY_ONLY = (
    "This report is of today only: it reads what is kept of each patient's standing, which is "
    "renewed with every entry and every night."
)
NOT_SIGNED = (
    "What an edition says that the clinic has not signed off is left out, and with it what is "
    "missing: signed_off says so."
)
EMPTY_IS_NO_ANSWER = (
    "An empty class is never “no indication”: read status and possible_class beside it."
)
STATUSES = dict(HeadlineKind.choices()) | dict(GateState.choices())
STATUSES |= {NO_EDITION: "No edition held"}
CLASSES = dict(Cor.choices())
COLUMNS_OF_BODY = {Body.ACC_AHA: "acc_aha", Body.ESC_EACTS: "esc"}
"""How the columns of a standing begin that hold what a body's edition says."""


def days_of(span: timedelta) -> int:
    """A span in whole days."""
    return span.days


def concern_codes(concerns: Sequence[dict[str, Any]]) -> str:
    """The kinds of concerns, most urgent first."""
    return " ".join(concern["kind"] for concern in concerns)


ASSESSED = Column(
    "assessed_for_on",
    "Assessed for",
    Kind.DATE,
    "standing__assessed_for_on",
    None,
    QUASI,
    definition="The day of which the standing speaks.",
)
WHO = (CLINIC, RECORD_NUMBER, patient_id("public_id"))


# --- Surgical timing ------------------------------------------------------------------------------


def _timing(body: Body, scope: Scope) -> QuerySet[Any, Any]:
    """The patients with what the edition of one body says, by the rules of their clinics."""
    rules = {clinic.pk: rules_of(clinic, scope.today) for clinic in scope.clinics}
    editions = {pk: _edition_of(each, body, scope.today) for pk, each in rules.items()}
    silent = [pk for pk, each in rules.items() if _hides(each, body)]
    reserved = [pk for pk, each in rules.items() if each.hidden]
    said = COLUMNS_OF_BODY[body]
    rows = followed_patients(scope).annotate(
        body=Value(body.value, CharField()),
        edition=_by_clinic(editions),
        signed_off=_by_clinic({pk: pk not in silent for pk in rules}, BooleanField()),
        **{
            name: _unless(silent, f"standing__{said}_{name}")
            for name in ("class", "status", "possible", "provisional")
        },
        told_missing=_unless(reserved, "standing__missing", JSONField()),
        waiting=_days_since("standing__waits_since_on", scope.today),
        **_decision(body),
    )
    return rows.filter(edition=scope.edition) if scope.edition else rows


def _edition_of(rules: ClinicRules, body: Body, on: date) -> str:
    """The id of the edition of the body by which a clinic judges today; empty where none is."""
    return next((e.id for e in rules.editions_of(on) if e.body is body), "")


def _hides(rules: ClinicRules, body: Body) -> bool:
    return any(edition.body is body for edition in rules.hidden)


def _by_clinic(values: dict[int, Any], output: Any = None) -> Any:
    """A value for each clinic in whose name a row leaves."""
    kind = output or CharField()
    if len(set(values.values())) == 1:
        return Value(next(iter(values.values())), kind)
    whens = [When(listed_clinic_id=pk, then=Value(value)) for pk, value in values.items()]
    return Case(*whens, output_field=kind)


def _unless(clinic_ids: Sequence[int], name: str, output: Any = None) -> Any:
    """A column of the standing; nothing of patients of these clinics."""
    if not clinic_ids:
        return F(name)
    hidden = When(listed_clinic_id__in=clinic_ids, then=Value(None, output))
    return Case(hidden, default=F(name), **({"output_field": output} if output else {}))


def _days_since(name: str, today: date) -> Any:
    return ExpressionWrapper(
        Value(today, DateField()) - F(name),  # type: ignore[operator]
        output_field=DurationField(),
    )


def _decision(body: Body) -> dict[str, Any]:
    """The newest review of the team, and how it answers the body's edition."""
    newest = TeamReview.objects.filter(patient_id=OuterRef("pk"), struck_at__isnull=True).order_by(
        "-reviewed_on", "-id"
    )
    answers = EditionAnswer.objects.filter(body=body.value, patient_id=OuterRef("pk"))
    of_newest = TeamReview.objects.filter(
        patient_id=OuterRef("patient_id"), struck_at__isnull=True
    ).order_by("-reviewed_on", "-id")
    answers = answers.filter(review_id=Subquery(of_newest.values("pk")[:1]))
    return {
        "decision": Subquery(newest.values("decision")[:1]),
        "decided_on": Subquery(newest.values("reviewed_on")[:1]),
        "agrees": Subquery(answers.values("agrees")[:1]),
        "reason": Subquery(answers.values("reason")[:1]),
    }


SURGICAL_TIMING = Report(
    name="surgical_timing",
    title="Surgical timing",
    one_row_per="patient and edition",
    columns=(
        *WHO,
        ASSESSED,
        *coded("body", "Body", "body", dict(Body.choices()), CLINICAL),
        *coded("edition", "Edition", "edition", {e.id: e.title for e in ALL_EDITIONS}, CLINICAL),
        Column("signed_off", "Edition signed off by the clinic", Kind.BOOLEAN, "signed_off", None,
               CLINICAL),
        *coded("stage", "Stage", "standing__stage", dict(Stage.choices()), CLINICAL),
        *coded("grade", "Grade", "standing__grade", dict(GradeResult.choices()), CLINICAL),
        *coded("grade_state", "How well the grade is supported", "standing__grade_state",
               dict(SeverityState.choices()), CLINICAL),
        *coded("mechanism", "Mechanism", "standing__mechanism", dict(Mechanism.choices()),
               CLINICAL),
        *coded("valve_state", "Mitral valve", "standing__valve_state",
               dict(MitralValveState.choices()), CLINICAL),
        Column("symptomatic", "Symptoms", Kind.BOOLEAN, "standing__symptomatic", None, CLINICAL,
               definition="Empty: not known."),
        Column("is_acute", "Acute episode open", Kind.BOOLEAN, "standing__is_acute", None,
               CLINICAL),
        *coded("class", "Class of recommendation", "class", CLASSES, CLINICAL),
        *coded("status", "How certain it is", "status", STATUSES, CLINICAL),
        *coded("possible_class", "Strongest class still possible", "possible", CLASSES, CLINICAL),
        Column("provisional", "Provisional", Kind.BOOLEAN, "provisional", None, CLINICAL),
        Column("class_1_open_since_on", "Class 1 or I of any body open since", Kind.DATE,
               "standing__waits_since_on", None, QUASI),
        Column("waiting_days", "Days it has been open", Kind.NUMBER, "waiting", days_of, CLINICAL,
               "days"),
        Column("goes_to_team_on", "Goes to the heart team by itself on", Kind.DATE,
               "standing__refers_itself_on", None, QUASI),
        Column("missing", "Facts that are missing", Kind.TEXT, "told_missing", joined, CLINICAL,
               definition="Names of facts, with spaces between them."),
        Column("missing_one", "The one fact that alone holds it up", Kind.TEXT,
               "standing__missing_one", None, CLINICAL),
        Column("last_echo_on", "Last echo that counts", Kind.DATE, "standing__last_echo_on", None,
               QUASI),
        *coded("decision", "Newest decision of the team", "decision",
               dict(TeamReview.Decision.choices), CLINICAL),
        Column("decided_on", "Decided on", Kind.DATE, "decided_on", None, QUASI),
        Column("decision_agrees", "The decision agrees with the edition", Kind.BOOLEAN, "agrees",
               None, CLINICAL),
        *coded("departs_because", "Why it departs", "reason", dict(EditionAnswer.Reason.choices),
               CLINICAL),
    ),
    source=FromQueries(partial(_timing, Body.ACC_AHA), partial(_timing, Body.ESC_EACTS)),
    filters=(Filter.MECHANISM, Filter.STAGE, Filter.EDITION),
    now_only=TODAY_ONLY,
    notes=("Only patients whom the clinic follows today.", EMPTY_IS_NO_ANSWER, NOT_SIGNED),
)  # fmt: skip


# --- Follow-up ------------------------------------------------------------------------------------


def _follow_up(scope: Scope) -> QuerySet[Any, Any]:
    over = When(standing__due_by_on__lt=scope.today,
                then=_days_since("standing__due_by_on", scope.today))  # fmt: skip
    return followed_patients(scope).annotate(overdue=Case(over, output_field=DurationField()))


FOLLOW_UP = Report(
    name="follow_up",
    title="Follow-up",
    one_row_per="patient",
    columns=(
        *WHO,
        ASSESSED,
        *coded("bucket", "Place in the follow-up", "standing__bucket", dict(Bucket.choices()),
               CLINICAL),
        Column("due", "What is due", Kind.TEXT, "standing__due_words", None, CLINICAL),
        Column("due_from_on", "Due from", Kind.DATE, "standing__due_from_on", None, QUASI),
        Column("due_by_on", "Due by", Kind.DATE, "standing__due_by_on", None, QUASI),
        Column("overdue_days", "Days since it was due", Kind.NUMBER, "overdue", days_of, CLINICAL,
               "days", definition="Empty where nothing is overdue."),
        Column("booked_on", "Next booking", Kind.DATE, "standing__booked_on", None, QUASI),
        Column("last_echo_on", "Last echo that counts", Kind.DATE, "standing__last_echo_on", None,
               QUASI),
        Column("concerns", "What asks for a person now", Kind.CODE, "standing__concerns",
               concern_codes, CLINICAL, values=dict(ConcernKind.choices()),
               definition="Most urgent first, with spaces between them."),
        Column("class_1_open_since_on", "Class 1 or I of any body open since", Kind.DATE,
               "standing__waits_since_on", None, QUASI),
        Column("goes_to_team_on", "Goes to the heart team by itself on", Kind.DATE,
               "standing__refers_itself_on", None, QUASI),
        Column("deceased_on", "Deceased on", Kind.DATE, "deceased_on", None, QUASI),
        Column("last_contact_on", "Last contact on", Kind.DATE, "last_contact_on", None, QUASI),
    ),
    source=FromQueries(_follow_up),
    filters=(Filter.MECHANISM, Filter.STAGE),
    now_only=TODAY_ONLY,
    notes=("Only patients whom the clinic follows today. Each stands in one place only.",),
)  # fmt: skip
