"""The call list as a file, as it is shown: the same patients, in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from followup.models import Appointment, ContactAttempt, ContactWish
from guidelines.pathway import Bucket
from patients.data_classes import DataClass
from reports.columns import CLINIC, RECORD_NUMBER, patient_id
from reports.csv import Column, Kind, coded
from reports.recall import PLANNED, RecallScope, narrowed, to_call
from reports.report import FromQueries, Report
from reports.scope import Scope
from reports.selectors import followed_by, listed_under

CLINICAL = DataClass.CLINICAL
BUCKETS = dict(Bucket.choices())
COLUMNS = (
    CLINIC,
    RECORD_NUMBER,
    patient_id("public_id"),
    Column("family_name", "Family name", Kind.TEXT, "family_name"),
    Column("given_name", "Given name", Kind.TEXT, "given_name"),
    Column("born_on", "Birth date", Kind.DATE, "born_on"),
    Column("telephone", "Telephone", Kind.TEXT, "telephone"),
    Column("due", "What is due", Kind.TEXT, "standing__due_words"),
    Column("due_by_on", "Due by", Kind.DATE, "standing__due_by_on"),
    *coded("bucket", "Place in the follow-up", "standing__bucket", BUCKETS, CLINICAL),
    Column("last_contact_on", "Last contact attempt", Kind.DATE, "last_attempt_on"),
    *coded(
        "last_contact_outcome",
        "What came of it",
        "last_outcome",
        dict(ContactAttempt.Outcome.choices),
        CLINICAL,
    ),
    Column("try_again_on", "Try again on", Kind.DATE, "try_again_on"),
    Column("next_appointment_on", "Next appointment", Kind.DATE, "next_planned_on"),
    *coded("wish", "Contact wish", "wish", dict(ContactWish.Wish.choices), CLINICAL),
)


def recall_report(asked: RecallScope, chosen: Mapping[str, str]) -> Report:
    """The list as narrowed by ``chosen``, each patient in the name of a clinic that follows."""

    def rows(scope: Scope) -> QuerySet[Any, Any]:
        here = list(scope.clinics)
        shown = narrowed(to_call(RecallScope(asked.user, here, asked.today)), chosen, asked.today)
        follows = followed_by(here)
        planned = Appointment.objects.filter(
            patient=OuterRef("pk"),
            status=PLANNED,
            planned_on__gte=asked.today,
            struck_at__isnull=True,
        )
        return shown.annotate(
            **listed_under(follows),
            next_planned_on=Subquery(planned.order_by("planned_on", "id").values("planned_on")[:1]),
        )

    return Report(
        name="recall",
        title="Call list",
        one_row_per="patient",
        columns=COLUMNS,
        source=FromQueries(rows),
    )
