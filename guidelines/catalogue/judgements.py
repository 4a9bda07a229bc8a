"""What the heart team judges; entered, never computed (safety D7)."""

from __future__ import annotations

from guidelines.definitions import Worse, number, term, yes_no
from guidelines.vocabulary import CenterType, Operability, SurgicalRisk, TeerAnatomy

FACTS = (
    term(
        "operability",
        "operability by the heart team",
        Operability,
        "Entered by the team, never computed (safety D7).",
        unknown=frozenset({Operability.NOT_DISCUSSED}),
        is_judgement=True,
    ),
    term(
        "surgical_risk",
        "surgical risk class by the heart team",
        SurgicalRisk,
        "Entered by the team, never computed; neither low nor high is a real state.",
        unknown=frozenset({SurgicalRisk.UNKNOWN}),
        is_judgement=True,
    ),
    number(
        "repair_likelihood_percent",
        "likelihood of a durable repair",
        "%",
        "The team's estimate.",
        is_judgement=True,
    ),
    number(
        "expected_mortality_percent",
        "expected operative mortality",
        "%",
        "The team's estimate.",
        is_judgement=True,
    ),
    number("sts_prom_percent", "STS predicted mortality", "%", "Entered, never computed."),
    term(
        "valve_center",
        "valve center",
        CenterType,
        "Where the intervention would be done.",
        unknown=frozenset({CenterType.UNKNOWN}),
        is_judgement=True,
    ),
    term(
        "teer_anatomy",
        "anatomy for edge-to-edge repair",
        TeerAnatomy,
        "The team's reading.",
        unknown=frozenset({TeerAnatomy.NOT_ASSESSED}),
        is_judgement=True,
    ),
    yes_no(
        "gdmt_optimized",
        "medical therapy optimized",
        "The team's judgement (safety D6).",
        Worse.NEITHER,
        is_judgement=True,
    ),
)
