"""What reports read of the stored standings, and the report of follow-up.

Standings are read as they are kept, so nobody is assessed for a report, and they speak of today
only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, DateField, F, Func, IntegerField, QuerySet, Value, When

from guidelines.concerns import ConcernKind
from guidelines.pathway import Bucket
from patients.data_classes import DataClass
from reports.columns import CLINIC, RECORD_NUMBER, patient_id
from reports.csv import Column, Kind, coded
from reports.readable import followed_patients
from reports.report import Filter, FromQueries, Report
from reports.scope import Scope

CLINICAL, QUASI = DataClass.CLINICAL, DataClass.QUASI_IDENTIFYING
TODAY_ONLY = (
    "This report is of today only: it reads what is kept of each patient's standing, which is "
    "renewed with every entry and every night."
)


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
    source=FromQueries(_follow_up),
    filters=(Filter.MECHANISM, Filter.STAGE),
    now_only=TODAY_ONLY,
    notes=("Only patients whom the clinic follows today. Each stands in one place only.",),
)  # fmt: skip
