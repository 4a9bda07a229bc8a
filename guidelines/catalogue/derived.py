"""Facts that the core derives from others."""

from __future__ import annotations

from guidelines.definitions import yes_no

FACTS = (
    yes_no(
        "severe_mr_acc_aha",
        "severe MR by ACC/AHA",
        "Severity by the ACC/AHA definition, from lines of evidence (safety D2).",
        said=("severe MR (ACC/AHA definition)", "MR not severe (ACC/AHA definition)"),
        is_derived=True,
    ),
    yes_no(
        "severe_mr_esc_eacts",
        "severe MR by ESC/EACTS",
        "Severity by the ESC/EACTS definition, from lines of evidence (safety D2).",
        said=("severe MR (ESC/EACTS definition)", "MR not severe (ESC/EACTS definition)"),
        is_derived=True,
    ),
)
