"""The heart team's decision as a form: the review, and how it answers each edition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from followup.decided import Said
from followup.models import EditionAnswer, TeamSheet
from followup.team_actions import AnswerGiven, class_text, wrong_answers
from patients.days import spoken
from patients.forms.records import FormChapter
from treatments.forms.boxes import error
from treatments.forms.team import TeamReviewForm
from treatments.models import TeamReview

AGREES, DEPARTS = "agrees", "departs"
LONGEST_TEXT = 2000
SHEETS_OFFERED = 10


class DecisionForm(TeamReviewForm):
    """One review with an answer to each edition that recommends something, and its sheet.

    ``said``: what the editions say now; ``sheets``: the frozen sheets it may rest on.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        said: Sequence[Said],
        sheets: Sequence[TeamSheet] = (),
        **kwargs: Any,
    ) -> None:
        self.said = [each for each in said if each.headline_class]
        self.all_said = tuple(said)
        super().__init__(data, **kwargs)
        for each in self.all_said:
            self.fields[f"seen-{each.edition}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=each.headline_class
            )
        for each in self.said:
            self._add_boxes(each)
        self.sheets = {str(sheet.public_id): sheet for sheet in sheets[:SHEETS_OFFERED]}
        if self.sheets:
            self.fields["sheet"] = forms.ChoiceField(
                label="Sheet that the team had before it",
                required=False,
                choices=[("", "none"), *((key, _named(row)) for key, row in self.sheets.items())],
            )
        self.chapters = (*type(self).chapters, *self._further_chapters())  # type: ignore[assignment,misc]
        further = {f"{name}-{each.edition}" for name in ("agrees", "text") for each in self.said}
        self.wide = type(self).wide | further  # type: ignore[misc]
        self.helper = self._helper()
        self.helper.layout.fields.extend(f"seen-{each.edition}" for each in self.all_said)

    def _add_boxes(self, each: Said) -> None:
        self.fields[f"agrees-{each.edition}"] = forms.ChoiceField(
            label=f"The decision, beside {each.title}",
            required=False,
            choices=[(AGREES, f"agrees with {each.title}"), (DEPARTS, "departs from it")],
            widget=forms.RadioSelect,
            help_text=f"{each.title}: {each.headline}",
        )
        self.fields[f"reason-{each.edition}"] = forms.ChoiceField(
            label=f"Why it departs from {each.title}",
            required=False,
            choices=[("", "choose"), *EditionAnswer.Reason.choices],
        )
        self.fields[f"text-{each.edition}"] = forms.CharField(
            label=f"In words ({each.title})",
            required=False,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="Needed when it departs.",
        )

    def _further_chapters(self) -> Iterator[FormChapter]:
        for each in self.said:
            names = tuple(f"{name}-{each.edition}" for name in ("agrees", "reason", "text"))
            yield FormChapter(f"{each.title}: {class_text(each.headline_class)}", names)
        if self.sheets:
            yield FormChapter("What the team had before it", ("sheet",))

    @property
    def answers(self) -> list[AnswerGiven]:
        """The answers as they were given, each with the class that stood before who answered."""
        cleaned = self.cleaned_data
        return [
            AnswerGiven(
                edition=each.edition,
                seen_class=cleaned.get(f"seen-{each.edition}", ""),
                agrees=_agrees(cleaned.get(f"agrees-{each.edition}")),
                reason=cleaned.get(f"reason-{each.edition}", ""),
                text=cleaned.get(f"text-{each.edition}", ""),
            )
            for each in self.all_said
        ]

    @property
    def sheet(self) -> TeamSheet | None:
        """The sheet that was chosen."""
        return self.sheets.get(self.cleaned_data.get("sheet", ""))

    def clean(self) -> dict[str, Any]:
        """Each edition that recommends something is answered, and departed from with a reason."""
        cleaned = super().clean()
        self.cleaned_data = cleaned
        decision = cleaned.get("decision") or TeamReview.Decision.NOT_DECIDED
        is_decided = decision != TeamReview.Decision.NOT_DECIDED
        given = {answer.edition: answer for answer in self.answers}
        for name, words in wrong_answers(self.all_said, given, is_decided=is_decided):
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, error(words, "needed"))
        self._ask_again()
        return cleaned

    def _ask_again(self) -> None:
        """Of an edition that says another class now the answer is asked anew; words stay."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for each in self.all_said:
            if data.get(f"seen-{each.edition}", "") != each.headline_class:
                data[f"seen-{each.edition}"] = each.headline_class
                data.pop(f"agrees-{each.edition}", None)
        self.data = data


def _agrees(answer: str | None) -> bool | None:
    return {AGREES: True, DEPARTS: False}.get(answer or "")


def _named(sheet: TeamSheet) -> str:
    meeting = f", for the meeting of {spoken(sheet.meeting_on)}" if sheet.meeting_on else ""
    return f"Frozen on {spoken(sheet.speaks_of_on)}{meeting}"
