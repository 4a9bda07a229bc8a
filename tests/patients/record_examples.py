"""For every kind of record: what somebody types, what it becomes, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Example:
    """What is typed for one kind, and some columns that follow from it.

    ``slip`` is a box that is mistyped and what the message says; ``changed`` is typed into a box of
    the stored row, and ``shown`` is what its page then says.
    """

    slug: str
    typed: dict[str, Any]
    stored: dict[str, Any]
    slip: tuple[str, str, str]
    changed: tuple[str, str]
    shown: str
    refused_role: str = "clara"
    read: list[str] = field(default_factory=list)


DAY = date(2025, 3, 12)

EXAMPLES = (
    Example(
        "mitral-diagnosis",
        {
            "diagnosed_on": "12 Mar 2025",
            "mechanism": "primary",
            "etiology": "barlow",
            "tempo": "chronic",
            "segments": ["P2", "A2"],
            "note": "seen by TEE",
        },
        {"mechanism": "primary", "segments": ["P2", "A2"], "previous_mitral_procedure": "unknown"},
        ("onset_on", "31 Feb 2025", "is not a date"),
        ("etiology", "fibroelastic_deficiency"),
        "Fibroelastic deficiency",
        read=["P2, A2", "Barlow"],
    ),
    Example(
        "comorbidity",
        {"noted_on": "2025-03-12", "kind": "hypertension", "present": "yes", "note": "treated"},
        {"kind": "hypertension", "present": "yes"},
        ("since_on", "soon", "is not a date"),
        ("present", "no"),
        "no",
    ),
    Example(
        "absence-check",
        {"checked_on": "2025-03-12", "mitral_stenosis_absent": "on"},
        {"mitral_stenosis_absent": True, "endocarditis_absent": False},
        ("checked_on", "2125-01-01", "in the future"),
        ("endocarditis_absent", "on"),
        "asked: absent",
    ),
    Example(
        "clinical-answer",
        {
            "answered_on": "2025-03-12",
            "fact": "repair_attempted_and_failed",
            "answer": "no",
            "comment": "letter of the surgeon",
        },
        {"fact": "repair_attempted_and_failed", "answer": "no", "number": None},
        ("answer", "severe", "Answer this question with yes, no or unknown"),
        ("answer", "yes"),
        "yes",
        read=["Repair attempted and failed"],
    ),
    Example(
        "symptom-log",
        {"recorded_on": "2025-03-12", "nyha": "I-II", "dyspnea": "yes", "comment": "hills"},
        {"nyha_low": 1, "nyha_high": 2, "dyspnea": True, "edema": None},
        ("nyha", "V", "is not a NYHA class"),
        ("nyha", "III"),
        "III",
        refused_role="rita",
    ),
    Example(
        "lab-result",
        {"analyte": "inr", "taken_on": "2025-03-12", "result": "2,4", "laboratory": "Nord"},
        {"value": Decimal("2.4"), "unit": "", "comparator": ""},
        ("result", "high", "is not a result"),
        ("result", "3.1"),
        "3.1",
        refused_role="rita",
    ),
    Example(
        "electrocardiogram",
        {"recorded_on": "2025-03-12", "rhythm": "sinus", "qrs_ms": "96", "comment": "quiet"},
        {"rhythm": "sinus", "qrs_ms": 96, "heart_rate_bpm": None, "kind": "twelve_lead"},
        ("qrs_ms", "9600", "is not possible"),
        ("heart_rate_bpm", "64"),
        "64 bpm",
    ),
    Example(
        "exercise-test",
        {"performed_on": "2025-03-12", "result": "symptoms", "peak_workload_w": "120 W"},
        {"result": "symptoms", "peak_workload_w": 120, "attributed_to_mr": "unknown"},
        ("peak_workload_w", "a lot", "is not a number"),
        ("attributed_to_mr", "yes"),
        "yes",
    ),
    Example(
        "coronary-assessment",
        {"performed_on": "2025-03-12", "method": "ct", "left_main_stenosis_percent": "0"},
        {"left_main_stenosis_percent": 0, "largest_other_stenosis_percent": None},
        ("left_main_stenosis_percent", "140", "is not possible"),
        ("largest_other_stenosis_percent", "35"),
        "35 %",
    ),
    Example(
        "catheter-study",
        {
            "performed_on": "2025-03-12",
            "spap_mmhg": "48",
            "mean_pap_mmhg": "30",
            "angiographic_mr_grade": "3",
        },
        {"spap_mmhg": 48, "mean_pap_mmhg": 30, "angiographic_mr_grade": 3},
        ("wedge_pressure_mmhg", "180", "is not possible"),
        ("wedge_pressure_mmhg", "18"),
        "18 mmHg",
        read=["3+"],
    ),
    Example(
        "cmr-study",
        {"performed_on": "2025-03-12", "lvef_percent": "58", "regurgitant_volume_ml": "52"},
        {"lvef_percent": 58, "regurgitant_volume_ml": 52, "late_enhancement": None},
        ("lvef_percent", "580", "is not possible"),
        ("lvedv_ml", "210"),
        "210 mL",
    ),
    Example(
        "heart-failure-admission",
        {"admitted_on": "2025-03-12", "discharged_on": "2025-03-19", "hospital": "Nord"},
        {"discharged_on": date(2025, 3, 19), "attributed_to_mr": "unknown"},
        ("discharged_on", "2025-03-10", "before the admission on 12 Mar 2025"),
        ("discharged_on", "20 Mar 2025"),
        "20 Mar 2025",
    ),
    Example(
        "acute-episode",
        {
            "onset_at_day": "12 Mar 2025",
            "onset_at_clock": "14.30",
            "cause": "chordal_rupture",
            "certainty": "suspected",
            "place": "ward 4",
            "shock": "no",
        },
        {"cause": "chordal_rupture", "shock": False, "pulmonary_edema": None},
        ("onset_at_clock", "25:30", "is not a time of day"),
        ("certainty", "confirmed"),
        "confirmed",
        read=["12 Mar 2025, 14:30", "ward 4"],
    ),
    Example(
        "body-size",
        {"measured_on": "2025-03-12", "height_cm": "178", "weight_kg": "81,5"},
        {"height_cm": 178, "weight_kg": Decimal("81.5"), "bsa_m2": None},
        ("height_cm", "1.78", "Did you mean"),
        ("weight_kg", "80"),
        "80 kg",
    ),
    Example(
        "allergy",
        {"noted_on": "2025-03-12", "substance": "penicillin", "reaction": "rash"},
        {"substance": "penicillin", "reaction": "rash"},
        ("noted_on", "3/12/2024", "can be read as"),
        ("reaction", "anaphylaxis"),
        "anaphylaxis",
    ),
    Example(
        "pregnancy-status",
        {"assessed_on": "2025-03-12", "status": "pregnant", "due_on": "2025-09-01"},
        {"status": "pregnant", "due_on": date(2025, 9, 1)},
        ("due_on", "2026-09-01", "too long after"),
        ("due_on", "5 Sep 2025"),
        "5 Sep 2025",
    ),
    Example(
        "goals-of-care",
        {
            "assessed_on": "2025-03-12",
            "frailty": "mild",
            "declines_intervention": "no",
            "advance_decision": "no resuscitation",
        },
        {"frailty": "mild", "declines_intervention": False, "life_expectancy": "unknown"},
        ("assessed_on", "1901-01-01", "before the patient"),
        ("declines_intervention", "yes"),
        "yes",
    ),
)

BY_SLUG = {example.slug: example for example in EXAMPLES}
