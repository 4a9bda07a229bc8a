"""Surgery for endocarditis (ESC 2023 endocarditis; rows IE-S-*)."""

from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.endocarditis import rules_for

RULES = rules_for(ESC_EACTS_2021)
