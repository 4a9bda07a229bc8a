"""What reports read of the stored standings, and the report of follow-up.

Of today they are read as they are kept, so nobody is assessed for a report; of another day they are
computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, DateField, F, Func, IntegerField, QuerySet, Value, When

from guidelines.concerns import ConcernKind
from guidelines.pathway import Bucket
from patients.data_classes import DataClass
from reports.columns import CLINIC, RECORD_NUMBER, patient_id
from reports.csv import Column, Kind, coded
from reports.readable import followed_patients
from reports.report import Filter, FromPatients, FromQueries, Report
from reports.scope import Scope
from reports.standings_then import COMPUTED_THEN, NowOrThen, standings_then, values_of

CLINICAL, QUASI = DataClass.CLINICAL, DataClass.QUASI_IDENTIFYING


class DaysSince(Func):
    """How many days have passed since a stored day, up to ``today``."""

    arg_joiner = " - "
    template = "(%(expressions)s)"
    output_field = IntegerField()

    def __init__(self, name: str, today: date) -> None:
        super().__init__(Value(today, DateField()), F(name))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps days as text."""
        apart = "CAST(julianday(%(expressions)s) AS INTEGER)"
        context |= {"template": apart, "arg_joiner": ") - julianday("}
        return super().as_sql(compiler, connection, **context)


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


def _follow_up(scope: Scope) -> QuerySet[Any, Any]:
    over = When(standing__due_by_on__lt=scope.today,
                then=DaysSince("standing__due_by_on", scope.today))  # fmt: skip
    return followed_patients(scope).annotate(overdue=Case(over))


def _follow_up_then(patients: Sequence[Any], scope: Scope) -> Iterator[Mapping[str, Any]]:
    sources = [c.source for c in FOLLOW_UP.columns if c.source not in PERSON_DAYS | {"overdue"}]
    for then in standings_then(patients, scope):
        due_by = then.standing.due_by_on
        is_over = due_by is not None and due_by < scope.day
        yield {
            **values_of(then, sources),
            **{name: _by(getattr(then.record.patient, name), scope.day) for name in PERSON_DAYS},
            "overdue": (scope.day - due_by).days if due_by is not None and is_over else None,
        }


PERSON_DAYS = {"deceased_on", "last_contact_on"}


def _by(day: date | None, on: date) -> date | None:
    """A day of the person's; nothing where it had not come."""
    return day if day is not None and day <= on else None


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
        Column("overdue_days", "Days since it was due", Kind.NUMBER, "overdue", None, CLINICAL,
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
    source=NowOrThen(
        FromQueries(_follow_up), FromPatients(patients=followed_patients, compute=_follow_up_then)
    ),
    filters=(Filter.MECHANISM, Filter.STAGE),
    notes=(
        "Only patients whom the clinic follows today, and on the day asked for. Each stands in one "
        "place only.",
        COMPUTED_THEN,
    ),
)  # fmt: skip
