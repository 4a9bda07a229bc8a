"""Resynchronization by the ESC (pacing 2021; rows CRT-*)."""

from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.resynchronization import rules_for

RULES = rules_for(ESC_EACTS_2021)
