"""Secondary regurgitation in the ESC 2021 guideline on heart failure (row ESC-HF21-01)."""

from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.heart_failure import rules_for

RULES = rules_for(ESC_EACTS_2021)
