"""Prophylaxis of endocarditis (ESC 2023 endocarditis; rows IE-01 to IE-07)."""

from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.prophylaxis import rules_for

RULES = rules_for(ESC_EACTS_2021)
