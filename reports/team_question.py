"""What the heart team is asked: a question that begins with what stands in the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from followup.models import Referral
from followup.team_selectors import URGENCIES
from patients.days import spoken
from reports.patient_page.case import PageCase

LONGEST_QUESTION = 2000
ASKS = "What does the team advise?"


def question_of(case: PageCase) -> str:
    """The open triggers in their own words, else the strongest verdict; then the question.

    It never asks "operate?": what each guideline says stands in its own words.
    """
    said = [*_triggers(case)] or [*_strongest(case)]
    return "\n".join([*said, ASKS])


def _triggers(case: PageCase) -> Iterator[str]:
    if case.hidden:
        return
    for trigger in case.whole.triggers:
        lapsed = "" if trigger.still_stands else f", last stood on {spoken(trigger.last_stood_on)}"
        yield f"{trigger.edition}: {trigger.said} Open since {spoken(trigger.since)}{lapsed}."


def _strongest(case: PageCase) -> Iterator[str]:
    shown = [v for v in case.assessment.editions if v.edition not in case.hidden and v.headline]
    most = max((verdict.standing.headline for verdict in shown), default=0)
    for verdict in shown:
        if verdict.standing.headline == most:
            yield f"{verdict.edition.title}: {verdict.headline}"


class ReferralForm(forms.Form):
    """What the team is asked, and how soon."""

    question = forms.CharField(
        label="Question to the team",
        max_length=LONGEST_QUESTION,
        error_messages={"required": "What is the team asked?"},
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true"}),
        help_text="Begins with what stands in the record; change it as you like.",
    )
    urgency = forms.ChoiceField(
        label="How soon",
        choices=[(urgency.value, urgency.label) for urgency in reversed(URGENCIES)],
        initial=Referral.Urgency.ROUTINE.value,
        widget=forms.RadioSelect,
    )

    def put_errors(self, error: Any) -> None:
        """What the act refused, beside its box or on top of the form."""
        by_name = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, messages in by_name.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)
