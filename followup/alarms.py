"""What stands against ending a follow-up: a clinician confirms each of it (hazard H12)."""

from __future__ import annotations

from collections.abc import Iterator

from followup.models.standing import Standing
from guidelines.concerns import ROUTINE, ConcernKind
from guidelines.vocabulary import MitralValveState
from patients.models import Patient

NOT_COMPUTED = "What stands against it has not been computed for this patient: read the record"
ACUTE = "Acute mitral regurgitation stands"
MECHANICAL = "Mechanical valve: anticoagulation and INR need somebody for life"


def alarms_of(patient: Patient) -> tuple[str, ...]:
    """What stands against it today, in words, the most urgent first; each once."""
    standing = Standing.objects.filter(patient=patient).defer("replay").first()
    if standing is None:
        return (NOT_COMPUTED,)
    return tuple(dict.fromkeys(_alarms(standing)))


def _alarms(standing: Standing) -> Iterator[str]:
    kinds = {ConcernKind(each["kind"]): each["words"] for each in standing.concerns}
    if standing.is_acute and ConcernKind.ACUTE not in kinds:
        yield ACUTE
    for each in standing.concerns:
        if ConcernKind(each["kind"]) not in ROUTINE:
            yield str(each["words"])
    if standing.valve_state == MitralValveState.MECHANICAL.value:
        yield MECHANICAL
