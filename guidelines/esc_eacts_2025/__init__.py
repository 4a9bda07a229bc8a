"""2025 ESC/EACTS guidelines for the management of valvular heart disease."""

from datetime import date

from guidelines.rule import Edition
from guidelines.vocabulary import Body

# Counted: the rows of the rule tables that print a class of this edition, those added by the
# safety review included (P 9, S 8, AF 5, CA 2, TR 1, INR 1, OAC 7, SVD 1, PV 9, and 8 on the
# choice of prosthesis, whose ids begin ESC-PR). Not counted: definitions, figures, text without
# a class, and rows of other guidelines.
RULES_PLANNED = 51

ESC_EACTS_2025 = Edition(
    id="esc-eacts-2025",
    title="ESC/EACTS 2025",
    body=Body.ESC_EACTS,
    published_on=date(2025, 8, 29),
    total_rules_planned=RULES_PLANNED,
)
