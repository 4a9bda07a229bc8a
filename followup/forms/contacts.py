"""A contact attempt and the patient's wish as forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from followup.forms.boxes import box_for
from followup.models import ContactAttempt, ContactWish
from patients.forms.records import FormChapter, RecordForm


class ContactAttemptForm(RecordForm):
    """One attempt to reach the patient: a telephone call of today unless told otherwise."""

    class Meta:
        model = ContactAttempt
        fields = ("outcome", "next_try_on", "channel", "attempted_on", "comment")
        labels: ClassVar = {
            "outcome": "What came of it",
            "channel": "How",
            "attempted_on": "On",
        }
        help_texts: ClassVar = {
            "next_try_on": "From this day on the patient is on the call list again.",
        }
        formfield_callback = box_for

    chapters = (
        FormChapter("Contact", ("outcome", "next_try_on", "channel", "attempted_on", "comment")),
    )
    listed = ("channel", "outcome", "next_try_on", "comment")
    compares = False

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if not self.is_bound and not self.instance.pk:
            self.fields["outcome"].widget.attrs["autofocus"] = True

    def initial_of(self, instance: ContactAttempt) -> dict[str, Any]:
        """By telephone, today, unless it is stored."""
        usual = {"channel": ContactAttempt.Channel.TELEPHONE, "attempted_on": self.today}
        return super().initial_of(instance) | ({} if instance.pk else usual)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """An attempt that asks for no further one misses none."""
        return name != "next_try_on" and super().applies(row, name)

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """The next try comes later than this one."""
        day, again = cleaned.get("attempted_on"), cleaned.get("next_try_on")
        if day and again and again <= day:
            self.refuse("next_try_on", "The next try comes later than this one.")


class ContactWishForm(RecordForm):
    """Whether and how the patient wishes to be contacted."""

    class Meta:
        model = ContactWish
        fields = ("wish", "stated_on", "comment")
        formfield_callback = box_for

    chapters = (FormChapter("Wish", ("wish", "stated_on", "comment")),)
    listed = ("wish", "comment")

    def initial_of(self, instance: ContactWish) -> dict[str, Any]:
        """Stated today, unless it is stored."""
        stated = {} if instance.pk else {"stated_on": self.today}
        return super().initial_of(instance) | stated
