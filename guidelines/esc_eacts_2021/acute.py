"""Acute mitral regurgitation (ESC/EACTS 2021: text, no class; row ESC25-A-03)."""

from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.acute import bridge_rules

RULES = bridge_rules(ESC_EACTS_2021, "nitrates or nitroprusside")
