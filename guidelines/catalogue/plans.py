"""What is planned, and what the core itself finds indicated."""

from __future__ import annotations

from guidelines.definitions import Worse, yes_no

FACTS = (
    yes_no(
        "mitral_surgery_planned",
        "mitral valve surgery planned",
        "From a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "mitral_replacement_planned",
        "mitral valve replacement planned",
        "From a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "teer_planned",
        "edge-to-edge repair planned",
        "From a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "cabg_planned",
        "coronary bypass surgery planned",
        "From a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "other_valve_surgery_planned",
        "surgery of another valve planned",
        "Aortic or tricuspid; from a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "left_sided_valve_surgery_planned",
        "surgery of the mitral or aortic valve planned",
        "From a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "intervention_indicated_acc_aha",
        "intervention indicated by ACC/AHA, or planned",
        "Whether a rule of class 1, 2a or 2b for an intervention is met, or one is planned.",
        is_derived=True,
    ),
    yes_no(
        "intervention_indicated_esc_eacts",
        "intervention indicated by ESC/EACTS, or planned",
        "Whether a rule of class I, IIa or IIb for an intervention is met, or one is planned.",
        is_derived=True,
    ),
)
