"""Acts on the treatments floor that are more than entering or changing one row."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from patients.writing import writing
from treatments.models import Medication

if TYPE_CHECKING:
    from accounts.models import Clinic, User


def stop_medication(
    *,
    by: User | None,
    clinic: Clinic | None,
    course: Medication,
    stopped_on: date,
    stop_reason: str,
    expected_version: int | None = None,
    today: date | None = None,
) -> Medication:
    """End a course on the first day without the drug.

    Raises ``ValidationError`` when it was stopped before, ``StaleRecord`` when somebody saved it
    meanwhile.
    """
    _require_running(course)
    course.stopped_on, course.stop_reason = stopped_on, stop_reason
    with writing(course.patient, by=by, reason="stopped", clinic=clinic, today=today) as write:
        return write.change(course, expected_version=expected_version)


def change_dose(
    *,
    by: User | None,
    clinic: Clinic | None,
    course: Medication,
    successor: Medication,
    expected_version: int | None = None,
    today: date | None = None,
) -> Medication:
    """End a course and begin its successor on the successor's first day; both stand, or none.

    The former course ends on that day, so that no day has both doses and none has neither.

    Raises ``ValidationError`` when the course was stopped before or its successor is of another
    drug or patient, ``StaleRecord`` when somebody saved the course meanwhile.
    """
    _require_running(course)
    if (successor.drug, successor.patient_id) != (course.drug, course.patient_id):
        raise ValidationError("A change of dose stays with the drug. Stop this one, start another.")
    if successor.started_on is None:
        raise ValidationError({"started_on": "From which day on is this the dose?"})
    course.stopped_on = successor.noted_on = successor.started_on
    course.stop_reason = Medication.StopReason.DOSE_CHANGED
    reason = "dose changed"
    with writing(course.patient, by=by, reason=reason, clinic=clinic, today=today) as write:
        write.change(course, expected_version=expected_version)
        return write.add(successor)


def _require_running(course: Medication) -> None:
    stored = Medication.objects.filter(pk=course.pk).first()
    if stored is not None and stored.stopped_on is not None:
        raise ValidationError("This drug was stopped already.")
