"""Secondary mitral regurgitation: intervention (ESC/EACTS 2021)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
