"""What is planned: interventions with this status and not done since; no plan recorded is none."""

from __future__ import annotations

from collections.abc import Mapping

from guidelines.catalogue.antithrombosis import ProcedurePlanned
from guidelines.facts import Fact
from patients.days import spoken
from treatments.facts.case import Case, Facts, source_of
from treatments.models import Intervention
from treatments.record import PatientRecord

Kind = Intervention.Kind
MITRAL_REPLACEMENT = frozenset({Kind.MITRAL_MECHANICAL, Kind.MITRAL_BIOLOGICAL})
MITRAL_SURGERY = MITRAL_REPLACEMENT | {Kind.MITRAL_REPAIR}
MITRAL = MITRAL_SURGERY | {Kind.TEER, Kind.TRANSCATHETER_MITRAL}
PLANS: Mapping[str, frozenset[Intervention.Kind]] = {
    "mitral_surgery_planned": MITRAL_SURGERY,
    "mitral_replacement_planned": MITRAL_REPLACEMENT,
    "teer_planned": frozenset({Kind.TEER}),
    "cabg_planned": frozenset({Kind.CABG}),
    "other_valve_surgery_planned": frozenset({Kind.AORTIC_REPLACEMENT, Kind.TRICUSPID_SURGERY}),
    "left_sided_valve_surgery_planned": MITRAL_SURGERY | {Kind.AORTIC_REPLACEMENT},
    "aortic_replacement_planned": frozenset({Kind.AORTIC_REPLACEMENT}),
    "crt_planned": frozenset({Kind.CRT}),
    "appendage_closure_planned": frozenset({Kind.APPENDAGE_CLOSURE}),
}


def plan_facts(case: Case) -> Facts:
    """Every plan, yes or no."""
    planned = [row for row in case.record.interventions if is_open(case.record, row)]
    facts: Facts = {}
    for name, kinds in PLANS.items():
        row = next((each for each in planned if each.kind in kinds), None)
        facts[name] = _planned(row)
    devices = [row for row in planned if row.kind in {Kind.PACEMAKER, Kind.ICD}]
    if devices:
        facts["device_planned_or_due"] = _planned(devices[0])
    return facts | _procedure(case)


def is_open(record: PatientRecord, row: Intervention) -> bool:
    """Whether a plan stands: a procedure of its kind done after its entry has carried it out."""
    if row.status != Intervention.Status.PLANNED:
        return False
    entered = row.entered_at.date()
    carried_out_by = MITRAL if row.kind in MITRAL else {row.kind}
    return not any(
        done.kind in carried_out_by
        and done.performed_on is not None
        and done.performed_on >= entered
        for done in record.performed
    )


def _planned(row: Intervention | None) -> Fact:
    if row is None:
        return Fact(False, reason="no plan recorded")
    # The day it is planned for lies ahead, so it is said in words: a fact is of the past.
    when = f"planned for {spoken(row.planned_on)}" if row.planned_on else "planned"
    return Fact(True, None, source_of(row), method=row.get_kind_display(), reason=when)


def _procedure(case: Case) -> Facts:
    """Non-cardiac surgery asks for an interruption; a minor procedure does not."""
    answers = {
        name: case.answer(name) for name in ("noncardiac_surgery_planned",
                                              "nondental_procedure_planned")
    }  # fmt: skip
    for name, kind in (
        ("noncardiac_surgery_planned", ProcedurePlanned.MAJOR),
        ("nondental_procedure_planned", ProcedurePlanned.MINOR),
    ):
        fact = answers[name]
        if fact is not None and fact.value is True and fact.reassures:
            return {"procedure_planned": Fact(kind, fact.on, fact.source, reason="as answered")}
    return {"procedure_planned": Fact(ProcedurePlanned.NONE, reason="no plan recorded")}
