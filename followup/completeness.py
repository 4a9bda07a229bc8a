"""What the measures of completeness depend on, read out of one gathered record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from guidelines.assessment import Outline
from guidelines.completeness import CompletenessCase
from guidelines.facts import ClinicalPicture
from guidelines.pathway import NOT_FOLLOWED, Bucket
from guidelines.vocabulary import GradeResult, Mechanism
from patients.models import Patient
from treatments.facts import last_mitral_procedure
from treatments.models import AnticoagulationPlan, TeamReview
from treatments.record import PatientRecord

SEVERE_BY = ("severe_mr_acc_aha", "severe_mr_esc_eacts")
BNPS = ("bnp_pg_ml", "nt_probnp_pg_ml")


@dataclass(frozen=True, slots=True)
class OnThePathway:
    """What the pathway had found of the patient before."""

    bucket: Bucket
    is_acute: bool
    seen_on: date | None
    echo_by: Sequence[date]
    has_class_1: bool


def completeness_case(
    record: PatientRecord, picture: ClinicalPicture, said: Outline, found: OnThePathway
) -> CompletenessCase:
    """The case of one patient on the record's day."""
    readings = said.readings
    mechanism = readings.get("mechanism")
    symptomatic = readings.get("symptomatic")
    plan = record.anticoagulation_plan
    has_plan = plan is not None and plan.agent == AnticoagulationPlan.Agent.VKA
    return CompletenessCase(
        on=record.on,
        is_counted=found.bucket not in NOT_FOLLOWED,
        is_acute=found.is_acute,
        is_treated=last_mitral_procedure(record) is not None,
        seen_on=found.seen_on,
        echo_by=tuple(found.echo_by),
        symptoms_on=max((log.recorded_on for log in record.symptom_logs), default=None),
        takes_vka=has_plan or readings.get("takes_vka") is True,
        inr_counts=_counts(picture, "inr"),
        has_grade=_has_grade(said),
        is_severe=any(readings.get(name) is True for name in SEVERE_BY),
        ventricle_counts=_counts(picture, "lvef_percent") and _counts(picture, "lvesd_mm"),
        mechanism=mechanism if isinstance(mechanism, Mechanism) else None,
        knows_rhythm="atrial_fibrillation" in readings,
        is_symptomatic=symptomatic if isinstance(symptomatic, bool) else None,
        knows_pressure="normotensive" in readings,
        bnp_counts=any(_counts(picture, name) for name in BNPS),
        has_class_1=found.has_class_1,
        wish_on=max(_wishes(record), default=None),
        has_person=_has_person(record.patient),
        has_body=_has_body(record),
        has_cause=any(row.etiology not in NO_CAUSE for row in record.diagnoses),
        has_baseline=bool(record.symptom_logs) and any(s.counts for s in record.echo_studies),
    )


NO_CAUSE = frozenset({"", "unknown"})


def _counts(picture: ClinicalPicture, name: str) -> bool:
    """Whether a value is recorded and not too old to reassure."""
    fact = picture.facts.get(name)
    return fact is not None and fact.value is not None and not fact.too_old_to_reassure


def _has_grade(said: Outline) -> bool | None:
    result = said.grade.result
    if result is GradeResult.NOT_ON_THIS_SCALE:
        return None
    return result is not GradeResult.CANNOT_BE_GRADED


def _wishes(record: PatientRecord) -> Iterator[date]:
    """The days on which it was noted what the patient wants."""
    for review in record.team_reviews:
        if review.patient_wish or review.decision == TeamReview.Decision.DECLINED_BY_PATIENT:
            yield review.reviewed_on
    for goals in record.goals_of_care:
        if goals.declines_intervention is not None or goals.advance_decision:
            yield goals.assessed_on


def _has_person(patient: Patient) -> bool:
    return patient.born_on is not None and patient.sex != Patient.Sex.UNKNOWN


def _has_body(record: PatientRecord) -> bool:
    """Height and weight, each at some time; a weight may stand in a symptom log."""
    sizes = record.body_sizes
    is_weighed = any(row.weight_kg is not None for row in sizes) or any(
        log.weight_kg is not None for log in record.symptom_logs
    )
    return is_weighed and any(row.height_cm is not None for row in sizes)
