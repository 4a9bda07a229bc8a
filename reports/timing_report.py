"""Surgical timing: what the edition of each body says of every patient who is followed, and why.

Of today it is read as the standings keep it, so nobody is assessed for it; another day is computed.
One row of the database holds what all bodies say of a patient, and becomes a row of the file for
each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from followup.clinic_rules import ClinicRules, rules_of
from followup.models import EditionAnswer
from followup.standing import COLUMNS_OF_BODY, NO_EDITION
from guidelines.basis import NO_LEVEL
from guidelines.editions import GateState, HeadlineKind
from guidelines.registry import ALL_EDITIONS, RULES, edition_of
from guidelines.vocabulary import (
    Body,
    Cor,
    GradeResult,
    Loe,
    Mechanism,
    MitralValveState,
    SeverityState,
    Stage,
)
from reports.csv import Column, Kind, coded
from reports.readable import followed_patients
from reports.report import Filter, FromPatients, Report
from reports.scope import Scope
from reports.standing_reports import ASSESSED, CLINICAL, QUASI, WHO, DaysSince
from reports.standings_then import COMPUTED_THEN, NowOrThen
from reports.timing_then import KEPT, edition_held, hides, is_silent, timing_then
from reports.wide import FromWideRows, Reads
from treatments.models import TeamReview

NOT_SIGNED = (
    "What an edition says that the clinic has not signed off is left out, and with it what is "
    "missing: signed_off says so."
)
EMPTY_IS_NO_ANSWER = (
    "An empty class is never “no indication”: read status and possible_class beside it."
)
NOT_RENEWED = (
    "Where assessed_for_on is before this release, or before the clinic changed its edition, "
    "recommendation, level, held_since_on, facts and missing are empty until the patient is "
    "assessed again (manage.py reassess); what another edition than the one named says is left "
    "out."
)
STATUSES = dict(HeadlineKind.choices()) | dict(GateState.choices())
STATUSES |= {NO_EDITION: "No edition held"}
CLASSES = dict(Cor.choices())
LEVELS = {**dict(Loe.choices()), NO_LEVEL: "No level printed"}


def _recommendations() -> dict[str, str]:
    """What each row of the rule tables says; two editions or rules may share one."""
    said: dict[str, list[str]] = {}
    for rule in (rule for edition in ALL_EDITIONS for rule in RULES[edition] if rule.is_timing):
        words = f"{rule.edition.title}, {rule.class_label}: {rule.message}"
        said.setdefault(rule.source.row, []).append(words)
    return {row: " / ".join(words) for row, words in said.items()}


RECOMMENDATIONS = _recommendations()
NEVER = Q(Value(False, BooleanField()))
"""True of no row; the database keeps the type of what it stands before."""


def _timing(scope: Scope) -> QuerySet[Any, Any]:
    """The patients with what the editions say, by the rules of the clinics they leave in."""
    rules = {clinic.pk: rules_of(clinic, scope.today) for clinic in scope.clinics}
    rows = followed_patients(scope).annotate(**_pathway(rules, scope))
    for body, said in COLUMNS_OF_BODY.items():
        rows = rows.annotate(**_said(body, said, rules, scope.today)).annotate(
            **_answer(body, said)
        )
    asked = _body_asked_for(scope)
    return rows.filter(**{f"{COLUMNS_OF_BODY[asked]}_now": scope.edition}) if asked else rows


def _body_asked_for(scope: Scope) -> Body | None:
    return edition_of(scope.edition).body if scope.edition else None


def _reads(scope: Scope) -> list[Reads]:
    """For each body, or the one whose edition is asked for: where the row of the file reads."""
    asked = _body_asked_for(scope)
    return [
        {name: f"{said}_{name}" for name in OF_BODY}
        for body, said in COLUMNS_OF_BODY.items()
        if asked in (body, None)
    ]


def _pathway(rules: dict[int, ClinicRules], scope: Scope) -> dict[str, Any]:
    """The team's decision, and what rests on all editions together."""
    unreserved = _of({pk for pk, each in rules.items() if not each.hidden}, rules)
    telling = {pk for pk, each in rules.items() if not is_silent(each, scope.today)}
    speaking = _of(telling, rules)
    newest = _newest_reviews("pk")
    return {
        "told_missing_one": _where(unreserved, "standing__missing_one"),
        "told_open_since_on": _where(speaking, "standing__waits_since_on"),
        "told_goes_to_team_on": _where(speaking, "standing__refers_itself_on"),
        "waiting": _where(speaking, DaysSince("standing__waits_since_on", scope.today)),
        "decision": Subquery(newest.values("decision")[:1]),
        "decided_on": Subquery(newest.values("reviewed_on")[:1]),
    }


def _said(body: Body, said: str, rules: dict[int, ClinicRules], on: date) -> dict[str, Any]:
    """What a body's edition says, where it is signed off and the standing is of this edition."""
    editions = {pk: edition_held(each, body, on) for pk, each in rules.items()}
    shown = {pk for pk, each in rules.items() if not hides(each, body)}
    now, kept = _by_clinic(editions), f"standing__{said}_edition"
    told = _of(shown, rules) & (Q(**{kept: now}) | Q(**{kept: ""}))
    return {
        f"{said}_body": Value(body.value, CharField()),
        f"{said}_now": now,
        f"{said}_signed_off": _by_clinic({pk: pk in shown for pk in rules}, BooleanField()),
        **{f"{said}_told_{name}": _where(told, f"standing__{said}_{name}") for name in KEPT},
    }


def _by_clinic(values: dict[int, Any], output: Any = None) -> Any:
    """A value for each clinic in whose name a row leaves."""
    kind = output or CharField()
    if len(set(values.values())) == 1:
        return Value(next(iter(values.values())), kind)
    whens = [When(listed_clinic_id=pk, then=Value(value)) for pk, value in values.items()]
    return Case(*whens, output_field=kind)


def _of(clinic_ids: Collection[int], rules: Collection[int]) -> Q:
    """The rows that leave in the name of these clinics; asked of a row only where it matters."""
    if len(clinic_ids) == len(rules):
        return Q()
    return Q(listed_clinic_id__in=clinic_ids) if clinic_ids else NEVER


def _where(told: Q, value: Any) -> Any:
    """A column of the standing, or a value made of one, where this holds; nothing elsewhere."""
    column = F(value) if isinstance(value, str) else value
    return Case(When(told, then=column)) if told else column


def _newest_reviews(patient: str) -> QuerySet[TeamReview, TeamReview]:
    """The reviews of the patient of an outer query that count, the newest first."""
    found = TeamReview.objects.filter(patient_id=OuterRef(patient), struck_at__isnull=True)
    return found.order_by("-reviewed_on", "-id")


def _answer(body: Body, said: str) -> dict[str, Any]:
    """How the team's newest decision answers this edition of the body; nothing of another one."""
    newest = _newest_reviews("patient_id").values("pk")[:1]
    answers = EditionAnswer.objects.filter(
        body=body.value,
        patient_id=OuterRef("pk"),
        edition=OuterRef(f"{said}_now"),
        review_id=Subquery(newest),
    )
    return {f"{said}_{name}": Subquery(answers.values(name)[:1]) for name in ("agrees", "reason")}


def _then(patients: Sequence[Any], scope: Scope) -> Iterator[Mapping[str, Any]]:
    return timing_then(patients, scope, [column.source for column in SURGICAL_TIMING.columns])


OF_BODY = ("body", "now", "signed_off", "agrees", "reason", *(f"told_{name}" for name in KEPT))
OF_TODAY = FromWideRows(_timing, _reads)
SURGICAL_TIMING = Report(
    name="surgical_timing",
    title="Surgical timing",
    one_row_per="patient and edition",
    columns=(
        *WHO,
        ASSESSED,
        *coded("body", "Body", "body", dict(Body.choices()), CLINICAL),
        *coded("edition", "Edition", "now", {e.id: e.title for e in ALL_EDITIONS}, CLINICAL),
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
        Column("recommendation", "Recommendation", Kind.CODE, "told_rows", None, CLINICAL,
               values=RECOMMENDATIONS,
               definition="The edition's recommendations that carry the class, as rows of the rule "
               "tables, with spaces between them. Empty where none is met, and where the class "
               "holds either way: then no one of them is known to carry it."),
        *coded("class", "Class of recommendation", "told_class", CLASSES, CLINICAL),
        Column("level", "Level of evidence", Kind.CODE, "told_levels", None, CLINICAL,
               values=LEVELS,
               definition="One for each recommendation, in their order, with spaces between them."),
        *coded("status", "How certain it is", "told_status", STATUSES, CLINICAL),
        *coded("possible_class", "Strongest class still possible", "told_possible", CLASSES,
               CLINICAL),
        Column("provisional", "Provisional", Kind.BOOLEAN, "told_provisional", None, CLINICAL),
        Column("held_since_on", "Recommendation has held since", Kind.DATE, "told_since_on", None,
               QUASI,
               definition="Since when the first of these recommendations of this edition has held "
               "without a break; a class 1 or I that holds either way, since when it does. Never "
               "before the edition was published or adopted. Empty where it is not known: the "
               "record was imported in bulk and not yet replayed, older days were left out, or "
               "another class holds either way."),
        Column("facts", "Facts it rests on", Kind.TEXT, "told_facts", None, QUASI,
               definition="What these recommendations ask for and is recorded, as name=value@day "
               "with spaces between them; a range is low..high. Without a day: about the person."),
        Column("missing", "Facts that are missing", Kind.TEXT, "told_missing", None, CLINICAL,
               definition="Names of the facts that could change what this edition says, with "
               "spaces between them."),
        Column("missing_one", "The one fact that alone holds it up", Kind.TEXT, "told_missing_one",
               None, CLINICAL,
               definition="Of any edition; empty where one of them is not signed off."),
        Column("class_1_open_since_on", "Class 1 or I of any body open since", Kind.DATE,
               "told_open_since_on", None, QUASI),
        Column("waiting_days", "Days it has been open", Kind.NUMBER, "waiting", None, CLINICAL,
               "days"),
        Column("goes_to_team_on", "Goes to the heart team by itself on", Kind.DATE,
               "told_goes_to_team_on", None, QUASI),
        Column("last_echo_on", "Last echo that counts", Kind.DATE, "standing__last_echo_on", None,
               QUASI),
        *coded("decision", "Newest decision of the team", "decision",
               dict(TeamReview.Decision.choices), CLINICAL),
        Column("decided_on", "Decided on", Kind.DATE, "decided_on", None, QUASI),
        Column("decision_agrees", "The decision agrees with the edition", Kind.BOOLEAN, "agrees",
               None, CLINICAL,
               definition="Empty where the decision was about another edition."),
        *coded("departs_because", "Why it departs", "reason", dict(EditionAnswer.Reason.choices),
               CLINICAL),
    ),
    source=NowOrThen(
        OF_TODAY,
        FromPatients(patients=followed_patients, compute=_then, each=len(COLUMNS_OF_BODY)),
    ),
    filters=(Filter.MECHANISM, Filter.STAGE, Filter.EDITION),
    notes=(
        "Only patients whom the clinic follows today, and on the day asked for.",
        COMPUTED_THEN,
        EMPTY_IS_NO_ANSWER,
        NOT_SIGNED,
        NOT_RENEWED,
    ),
)  # fmt: skip
