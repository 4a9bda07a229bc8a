"""Local safety rules (rows SAFE-*): alarms and questions that no guideline prints a class for."""

from datetime import date

from guidelines.rule import Edition
from guidelines.vocabulary import Body

LOCAL_SAFETY = Edition(
    id="local-safety",
    title="Local safety rules",
    body=Body.LOCAL,
    published_on=date(2000, 1, 1),
    total_rules_planned=0,
)
