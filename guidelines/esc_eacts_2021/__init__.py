"""2021 ESC/EACTS guidelines for the management of valvular heart disease."""

from datetime import date

from guidelines.rule import Edition
from guidelines.vocabulary import Body

# Counted by hand in the rule tables, each row with a printed class of this edition once: 24 (P 6,
# S 6, AF 3, OAC 1, and 8 on the choice of prosthesis; rows that print both editions are named after
# that of 2025) and 24 of companion guidelines (CRT 8, IE 6, IE-S 8, ESC-AF24 1, ESC-HF21 1). Not
# counted: 11 rows of advice in the text. What 2021 prints beyond these rows was not tabled.
RULES_PLANNED = 48

ESC_EACTS_2021 = Edition(
    id="esc-eacts-2021",
    title="ESC/EACTS 2021",
    body=Body.ESC_EACTS,
    published_on=date(2021, 8, 28),
    total_rules_planned=RULES_PLANNED,
    succeeded_on=date(2025, 8, 29),
)
