"""2020 ACC/AHA guideline for the management of patients with valvular heart disease."""

from datetime import date

from guidelines.rule import Edition
from guidelines.vocabulary import Body

# Counted: the rows AHA-* of the rule tables that print a class of this edition, those added by
# the safety review included (PD 8, PM 2, PI 8, SD 4, SM 2, SI 5, FU 2, AF 9, PR 5, OAC 16, IE 2,
# TR 2, CA 2, NC 3, TM 2, PV 11, IES 6, RF 1, PG 8, EX 1). Not counted: stages, narrative rows,
# risk classes, rows without a class, and AHA-AF-10, which is another guideline's.
RULES_PLANNED = 99

ACC_AHA_2020 = Edition(
    id="acc-aha-2020",
    title="ACC/AHA 2020",
    body=Body.ACC_AHA,
    published_on=date(2020, 12, 17),
    total_rules_planned=RULES_PLANNED,
)
