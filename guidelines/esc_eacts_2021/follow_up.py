"""Follow-up intervals (ESC/EACTS 2021: text, no class; rows ESC25-F-01, F-02, F-05, F-09)."""

from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.follow_up import bioprosthesis_rules, rules_of_both_editions

RULES = (
    *rules_of_both_editions(ESC_EACTS_2021),
    *bioprosthesis_rules(ESC_EACTS_2021, "30 days"),
)
