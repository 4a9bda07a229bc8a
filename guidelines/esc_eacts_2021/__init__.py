"""2021 ESC/EACTS guidelines for the management of valvular heart disease."""

from datetime import date

from guidelines.rule import Edition
from guidelines.vocabulary import Body

ESC_EACTS_2021 = Edition(
    id="esc-eacts-2021",
    title="ESC/EACTS 2021",
    body=Body.ESC_EACTS,
    published_on=date(2021, 8, 28),
    total_rules_planned=0,
    succeeded_on=date(2025, 8, 29),
)
