"""2020 ACC/AHA guideline for the management of patients with valvular heart disease."""

from datetime import date

from guidelines.rule import Edition
from guidelines.vocabulary import Body

# Counted by hand in the rule tables, each row with a printed class once, those added by the safety
# review included: 99 of this edition (PD 8, PM 2, PI 8, SD 4, SM 2, SI 5, FU 2, AF 9, PR 5, OAC 16,
# IE 2, TR 2, CA 2, NC 3, TM 2, PV 11, IES 6, RF 1, PG 8, EX 1) and 21 of companion guidelines
# (AHA-AF-10, HF22-GD 6, HF22-MR 2, CRT 10, HCM 2). Not counted: 20 rows of advice in the text,
# stages, risk classes.
RULES_PLANNED = 120

ACC_AHA_2020 = Edition(
    id="acc-aha-2020",
    title="ACC/AHA 2020",
    body=Body.ACC_AHA,
    published_on=date(2020, 12, 17),
    total_rules_planned=RULES_PLANNED,
)
