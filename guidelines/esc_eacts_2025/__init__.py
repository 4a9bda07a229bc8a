"""2025 ESC/EACTS guidelines for the management of valvular heart disease."""

from datetime import date

from guidelines.rule import Edition
from guidelines.vocabulary import Body

# Counted by hand in the rule tables, each row with a printed class once, those added by the safety
# review included: 51 of this edition (P 9, S 8, AF 5, CA 2, TR 1, INR 1, OAC 7, SVD 1, PV 9, and 8
# on the choice of prosthesis, whose ids begin ESC-PR) and 26 of companion guidelines (CRT 9, IE 6,
# IE-S 8, ESC-AF24 1, ESC-HF21 1, ESC-HF26 1). Not counted: 45 rows of advice in the text,
# definitions, figures.
RULES_PLANNED = 77

ESC_EACTS_2025 = Edition(
    id="esc-eacts-2025",
    title="ESC/EACTS 2025",
    body=Body.ESC_EACTS,
    published_on=date(2025, 8, 29),
    total_rules_planned=RULES_PLANNED,
)
