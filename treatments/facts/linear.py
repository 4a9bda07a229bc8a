"""Which linear diameters of the left ventricle count (safety D3).

2D or M-mode, transthoracic, at rest. Of a pair in which LVESD is larger than LVEDD neither counts,
and until it is resolved no older diameter reassures in its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from guidelines.vocabulary import StudyState
from patients.derived import diameters_conflict
from patients.models import EchoStudy
from treatments.facts.case import Case, newest

STATE_NOT_STATED = "state of the patient not stated"
# "Not stated" is not known to be at rest: such a study counts only when adverse.
RESTING = (StudyState.REST, StudyState.UNKNOWN)
TRANSTHORACIC = {EchoStudy.Modality.TTE, EchoStudy.Modality.STRESS}


def adverse_only_by_state(study: EchoStudy) -> str:
    """Why a study may not reassure: its state is not stated; "" when it may."""
    return STATE_NOT_STATED if study.state == StudyState.UNKNOWN else ""


def linear_studies(case: Case) -> Iterator[EchoStudy]:
    """Studies whose diameters count, newest first."""
    for study in _transthoracic(case):
        if not diameters_conflict(study):
            yield study


def diameter_study(case: Case, name: str) -> EchoStudy | None:
    """The study that a diameter comes from: the newest.

    One that counts only when adverse replaces an older one known to be at rest when it is larger.
    """
    found = [study for study in linear_studies(case) if getattr(study, name) is not None]
    latest = next(iter(found), None)
    at_rest = next((study for study in found if not adverse_only_by_state(study)), None)
    if latest is None or at_rest is None or not adverse_only_by_state(latest):
        return latest
    return latest if getattr(latest, name) > getattr(at_rest, name) else at_rest


def lvesd_study(case: Case) -> EchoStudy | None:
    """The study that LVESD comes from."""
    return diameter_study(case, "lvesd_mm")


def conflict_after(case: Case, study: EchoStudy) -> EchoStudy | None:
    """A newer study whose pair of diameters is impossible, if any."""
    latest = newest(_transthoracic(case), diameters_conflict)
    if latest is None:
        return None
    newer = (latest.performed_on, latest.pk) > (study.performed_on, study.pk)
    return latest if newer else None


def _transthoracic(case: Case) -> Iterator[EchoStudy]:
    for study in case.studies(*RESTING):
        linear = study.linear_method != EchoStudy.LinearMethod.OTHER
        if linear and study.modality in TRANSTHORACIC:
            yield study
