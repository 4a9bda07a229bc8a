"""Pictures of patients for these tests: complete where it matters, changed one fact at a time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from guidelines.assessment import Assessment, assess
from guidelines.facts import ClinicalPicture, Fact, Value
from guidelines.rule import Finding
from guidelines.vocabulary import (
    Etiology,
    Mechanism,
    MitralValveState,
    Operability,
    Sex,
    SurgicalRisk,
    Tempo,
)

TODAY = date(2026, 11, 22)
STUDY_DAY = date(2026, 11, 1)
STUDY = "echo_study:6f1d"

Given = Value | int | Fact | None


def fact(value: Value | int | None, **about: object) -> Fact:
    """A fact of the study, unless told otherwise."""
    given: dict[str, object] = {"on": STUDY_DAY, "source": STUDY, **about}
    return Fact(value, **given)  # type: ignore[arg-type]


def stale(value: Value | int) -> Fact:
    """The same, too old to reassure."""
    return fact(value, on=date(2021, 3, 1), too_old_to_reassure=True)


def picture(**given: Given) -> ClinicalPicture:
    """Just these facts; ``None`` leaves one out."""
    return ClinicalPicture(
        {
            name: value if isinstance(value, Fact) else fact(value)
            for name, value in given.items()
            if value is not None
        }
    )


SEVERE: dict[str, Given] = {"eroa_mm2": 45, "vena_contracta_mm": 8}
NOT_SEVERE: dict[str, Given] = {"eroa_mm2": 25, "vena_contracta_mm": 4}

NATIVE_CHRONIC_ADULT: dict[str, Given] = {
    "age_years": 60,
    "sex": Sex.MALE,
    "mechanism": Mechanism.PRIMARY,
    "etiology": Etiology.BARLOW,
    "tempo": Tempo.CHRONIC,
    "mitral_valve_state": MitralValveState.NATIVE,
    "none_of_these_asked": True,
}

# Asymptomatic, with a left ventricle inside every limit and an operable patient.
QUIET: dict[str, Given] = {
    **NATIVE_CHRONIC_ADULT,
    **SEVERE,
    "symptomatic": False,
    "lvef_percent": 65,
    "lvesd_mm": 34,
    "bsa_m2": Decimal("1.9"),
    "operability": Operability.OPERABLE,
}


def quiet(**changes: Given) -> ClinicalPicture:
    """Severe primary MR without a trigger, with these changes; ``None`` leaves a fact out."""
    return picture(**{**QUIET, **changes})


def assessed(**changes: Given) -> Assessment:
    """The assessment of ``quiet(...)`` today."""
    return assess(quiet(**changes), on=TODAY)


def found(row: str, **changes: Given) -> Finding:
    """The finding of the rule built from this row."""
    verdicts = assessed(**changes).editions
    findings = [f for verdict in verdicts for f in verdict.findings if f.rule.source.row == row]
    assert len(findings) == 1
    return findings[0]


# What the weaker classes ask for, answered so that no rule for an intervention is met.
DECIDED: dict[str, Given] = {
    "nyha_class": 1,
    "surgical_risk": SurgicalRisk.LOW,
    "repair_likelihood_percent": 80,
    "durable_repair_likely": False,
    "atrial_fibrillation": False,
    "af_secondary_to_mr": False,
    "spap_mmhg": 30,
    "la_volume_index_ml_m2": 40,
    "la_diameter_mm": 40,
    "tr_grade": 1,
    "progressive_lv_change": False,
    "mitral_surgery_planned": False,
    "mitral_replacement_planned": False,
    "teer_planned": False,
    "cabg_planned": False,
    "other_valve_surgery_planned": False,
    "left_sided_valve_surgery_planned": False,
}


def decided(**changes: Given) -> Assessment:
    """The assessment of a patient of whom every rule for an intervention can be told."""
    return assess(quiet(**{**DECIDED, **changes}), on=TODAY)
