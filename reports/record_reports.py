"""A report for every kind of record: its rows as they are entered, one line for each.

The columns are those that patients/data_classes.py declares, in the order of the model, between
whose row it is and when it was entered. What is not declared has no column, so it cannot leave.
Colleagues' names stay in the record's history and the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from followup.models import EditionAnswer
from guidelines.vocabulary import Body
from patients.data_classes import FIELD_CLASSES, DataClass
from patients.models import (
    BodySize,
    Comorbidity,
    EchoStudy,
    LabResult,
    MitralDiagnosis,
    Patient,
    SymptomLog,
    Versioned,
)
from patients.study_sheet import upper_first
from reports.columns import (
    CLINIC,
    ENTERED,
    RECORD_NUMBER,
    STRUCK,
    VERSION,
    columns_of,
    patient_id,
)
from reports.csv import Column, Kind, coded
from reports.echo_report import ECHO_STUDIES, with_lvef
from reports.readable import record_rows
from reports.report import Filter, FromQueries, Report
from reports.scope import Scope
from reports.selectors import followed_by, listed_under
from treatments.models import Complication, Intervention, Medication, TeamReview

# Stand in front, or are only there to be searched by.
NOT_COLUMNS = frozenset({"public_id", "patient", "search_key", "merged_into"})

FOLLOWED_TODAY = "Only patients whom the clinic follows today."
STRUCK_TOO = "Rows entered in error are included: struck_at says when they were struck."
EMPTY = "An empty cell means not recorded. Numbers keep every digit that was entered."
WHO_LEFT = (
    "Of patients who left the clinic: what is dated up to that day and nobody changed afterwards."
)

CLINICAL = DataClass.CLINICAL
Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Beyond:
    """What a report of one kind has beyond the kind's own fields: columns, and where they come
    from."""

    columns: Sequence[Column]
    annotate: Callable[[Rows], Rows]


def record_report(model: type[Versioned]) -> Report:
    """The report of one kind of record, of all rows that a clinic may take."""
    if model is EchoStudy:
        return ECHO_STUDIES
    names = model._meta
    filters = (Filter.DAYS, Filter.MECHANISM, Filter.STAGE)
    return Report(
        name=str(names.verbose_name_plural).lower().replace(" ", "_").replace("-", "_"),
        title=upper_first(str(names.verbose_name_plural)),
        one_row_per=str(names.verbose_name),
        columns=tuple(_columns(model)),
        source=FromQueries(partial(_readable, model)),
        filters=filters[1:] if model is Patient else filters,
        notes=(WHO_LEFT, EMPTY) if model is Patient else (WHO_LEFT, STRUCK_TOO, EMPTY),
    )


def report_of_followed(model: type[Versioned]) -> Report:
    """The same, of the patients alone whom the clinics follow today, as the administration lists.

    A patient of several of them stands under the first. Letters and the like, whose history holds
    less than the row, have no other.
    """
    report = record_report(model)
    source = FromQueries(partial(_followed, model))
    return replace(report, source=source, notes=(FOLLOWED_TODAY, STRUCK_TOO, EMPTY))


def _columns(model: type[Versioned]) -> Iterator[Column]:
    about_a_person = model is Patient
    yield from (CLINIC, RECORD_NUMBER)
    yield patient_id("public_id" if about_a_person else "patient__public_id")
    if not about_a_person:
        yield Column("record_id", "Row, opaque id", Kind.CODE, "public_id")
    for field in exported_fields(model):
        yield from columns_of(field)
    if model in BEYOND:
        yield from BEYOND[model].columns
    if not about_a_person:
        yield STRUCK
    yield from (ENTERED, VERSION)


def exported_fields(model: type[Versioned]) -> list[Any]:
    """The declared fields of a kind of record in the order of the model, without colleagues."""
    classes = FIELD_CLASSES.get(model._meta.label, {})
    declared = {name for names in classes.values() for name in names} - NOT_COLUMNS
    return [
        field
        for field in model._meta.concrete_fields
        if field.name in declared and field.related_model is not get_user_model()
    ]


def _readable(model: type[Versioned], scope: Scope) -> Rows:
    return _in_order(model, record_rows(model, scope))


def _followed(model: type[Versioned], scope: Scope) -> Rows:
    """The rows with the clinic in whose name each leaves: the first of the scope that follows."""
    follows = followed_by(list(scope.clinics), "pk" if model is Patient else "patient_id")
    rows = model._default_manager.annotate(**listed_under(follows)).filter(
        ~Q(listed_clinic_id=None)
    )
    return _in_order(model, rows)


def _in_order(model: type[Versioned], rows: Rows) -> Rows:
    """With what the columns take beyond the fields; by patient, the newest first."""
    if model is EchoStudy:
        rows = with_lvef(rows)
    if model in BEYOND:
        rows = BEYOND[model].annotate(rows)
    if model is Patient:
        return rows.order_by("search_key", "id")
    day = model.date_field  # type: ignore[attr-defined]
    return rows.order_by("patient_id", F(day).desc(nulls_last=True), "-id")


# --- What some kinds have beyond their fields -----------------------------------------------------


def _with_results(rows: Rows) -> Rows:
    """Each intervention with how many complications are recorded of it."""
    complications = Complication.objects.filter(
        intervention_id=OuterRef("id"), struck_at__isnull=True
    )
    counted = complications.order_by().values("intervention_id").annotate(number=Count("pk"))
    found = Subquery(counted.values("number"), output_field=IntegerField())
    return rows.annotate(complications_counted=Coalesce(found, 0))


RESULTS = Beyond(
    (
        Column(
            "complications",
            "Complications recorded",
            Kind.NUMBER,
            "complications_counted",
            None,
            DataClass.CLINICAL,
            definition="Rows of complications of this intervention, those struck left out. 0: none "
            "is recorded, which does not say that there was none.",
        ),
        Column(
            "deceased_on",
            "Patient deceased on",
            Kind.DATE,
            "patient__deceased_on",
            None,
            DataClass.QUASI_IDENTIFYING,
        ),
    ),
    _with_results,
)


def _with_answers(rows: Rows) -> Rows:
    """Each review with how its decision answered each body's edition."""
    answers = EditionAnswer.objects.filter(review_id=OuterRef("id"))
    taken = {
        f"{body.value}_{name}": Subquery(answers.filter(body=body.value).values(name)[:1])
        for body in BODIES
        for name in ANSWERS
    }
    return rows.annotate(**taken)


BODIES = (Body.ACC_AHA, Body.ESC_EACTS)
ANSWERS = ("edition", "headline_class", "headline", "decided_class", "agrees", "reason", "text")


def _answers_to(body: Body) -> Iterator[Column]:
    """The columns of one body, named after it."""
    reasons = dict(EditionAnswer.Reason.choices)

    def column(name: str, label: str, kind: Kind, source: str = "", definition: str = "") -> Column:
        source, label = f"{body.value}_{source or name}", f"{body.label}: {label}"
        return Column(
            f"{body.value}_{name}", label, kind, source, None, CLINICAL, definition=definition
        )

    yield column("edition", "edition", Kind.CODE)
    yield column(
        "class",
        "class when the team was asked",
        Kind.CODE,
        "headline_class",
        "Empty where the edition recommended nothing.",
    )
    yield column("headline", "what it said", Kind.TEXT)
    yield column("decided_class", "class with the judgments of the review", Kind.CODE)
    yield column("agrees", "the decision agrees", Kind.BOOLEAN)
    reason = f"{body.value}_reason"
    yield from coded(reason, f"{body.label}: why it departs", reason, reasons, CLINICAL)
    words = f"{body.label}: why, in words"
    yield Column(f"{reason}_text", words, Kind.TEXT, f"{body.value}_text")


BEYOND: dict[type[Versioned], Beyond] = {
    Intervention: RESULTS,
    TeamReview: Beyond(
        tuple(column for body in BODIES for column in _answers_to(body)), _with_answers
    ),
}

_MODELS: Sequence[type[Versioned]] = (
    Patient,
    MitralDiagnosis,
    Comorbidity,
    BodySize,
    EchoStudy,
    SymptomLog,
    LabResult,
    Intervention,
    Complication,
    Medication,
    TeamReview,
)
RECORD_REPORTS = tuple(record_report(model) for model in _MODELS)
"""The kinds of record that have a report of their own among the named ones."""
RECORD_MODELS: Mapping[str, type[Versioned]] = {
    report.name: model for report, model in zip(RECORD_REPORTS, _MODELS, strict=True)
}
"""The model behind each of them, by the name of the report."""
