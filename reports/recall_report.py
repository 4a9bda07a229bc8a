"""The call list as a file, as it is shown: the same patients, in the same order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery

from accounts.models import Clinic
from followup.models import Appointment, ContactAttempt, ContactWish
from guidelines.pathway import Bucket
from reports.csv import Column, Kind, Report
from reports.recall import PLANNED, RecallScope, narrowed, to_call
from reports.selectors import followed_by

BUCKETS = dict(Bucket.choices())
COLUMNS = (
    Column("clinic", "Clinic", Kind.TEXT, "listed_clinic"),
    Column("record_number", "Record number", Kind.TEXT, "listed_number"),
    Column("patient_id", "Patient, opaque id", Kind.CODE, "public_id"),
    Column("family_name", "Family name", Kind.TEXT, "family_name"),
    Column("given_name", "Given name", Kind.TEXT, "given_name"),
    Column("born_on", "Birth date", Kind.DATE, "born_on"),
    Column("telephone", "Telephone", Kind.TEXT, "telephone"),
    Column("due", "What is due", Kind.TEXT, "standing__due_words"),
    Column("due_by_on", "Due by", Kind.DATE, "standing__due_by_on"),
    Column("bucket", "Place in the follow-up (code)", Kind.CODE, "standing__bucket"),
    Column("bucket_label", "Place in the follow-up", Kind.LABEL, "standing__bucket", BUCKETS.get),
    Column("last_contact_on", "Last contact attempt", Kind.DATE, "last_attempt_on"),
    Column("last_contact_outcome", "What came of it (code)", Kind.CODE, "last_outcome"),
    Column(
        "last_contact_outcome_label",
        "What came of it",
        Kind.LABEL,
        "last_outcome",
        dict(ContactAttempt.Outcome.choices).get,
    ),
    Column("try_again_on", "Try again on", Kind.DATE, "try_again_on"),
    Column("next_appointment_on", "Next appointment", Kind.DATE, "next_planned_on"),
    Column("wish", "Contact wish (code)", Kind.CODE, "wish"),
    Column("wish_label", "Contact wish", Kind.LABEL, "wish", dict(ContactWish.Wish.choices).get),
)


def recall_report(
    scope: RecallScope, clinics: Sequence[Clinic], chosen: Mapping[str, str]
) -> Report:
    """The list as narrowed by ``chosen``, each patient in the name of a clinic that follows."""
    by_key = {clinic.pk: clinic for clinic in clinics}

    def rows(clinic_ids: Sequence[int]) -> QuerySet[Any, Any]:
        here = [by_key[pk] for pk in clinic_ids]
        shown = narrowed(to_call(RecallScope(scope.user, here, scope.today)), chosen, scope.today)
        follows = followed_by(here)
        planned = Appointment.objects.filter(
            patient=OuterRef("pk"),
            status=PLANNED,
            planned_on__gte=scope.today,
            struck_at__isnull=True,
        )
        return shown.annotate(
            listed_clinic_id=Subquery(follows.values("clinic_id")[:1]),
            listed_clinic=Subquery(follows.values("clinic__code")[:1], output_field=CharField()),
            listed_number=Subquery(follows.values("record_number")[:1]),
            next_planned_on=Subquery(planned.order_by("planned_on", "id").values("planned_on")[:1]),
        )

    return Report(
        name="recall",
        title="Call list",
        one_row_per="patient",
        columns=COLUMNS,
        queryset=rows,
    )
