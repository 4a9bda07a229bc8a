"""The question to the heart team as a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from followup.forms.boxes import box_for
from followup.models import Referral, Standing
from guidelines.concerns import ConcernKind
from patients.days import day_error
from patients.forms.records import FormChapter, RecordForm
from patients.models import Patient

ASKED_ABOUT = frozenset(
    {ConcernKind.ACUTE, ConcernKind.CLASS_1, ConcernKind.STILL_OPEN, ConcernKind.DISCUSS}
)


class ReferralForm(RecordForm):
    """What the team is asked and how soon; the question begins with what the record says."""

    class Meta:
        model = Referral
        fields = ("question", "urgency", "referred_on", "withdrawn_on")
        help_texts: ClassVar = {
            "question": "Begins with what the record says today: change it as you need.",
            "withdrawn_on": "Only when the question is taken back without an answer.",
        }
        formfield_callback = box_for

    chapters = (
        FormChapter("Referral", ("question", "urgency", "referred_on")),
        FormChapter("Withdrawn", ("withdrawn_on",), folded=True),
    )
    listed = ("urgency", "question", "withdrawn_on")
    wide = frozenset({"question"})
    compares = False

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if not self.instance.pk:
            del self.fields["withdrawn_on"]
            self.helper = self._helper()

    def initial_of(self, instance: Referral) -> dict[str, Any]:
        """Today, with what the record says, unless it is stored."""
        usual = {"referred_on": self.today, "question": question_for(self.patient)}
        return super().initial_of(instance) | ({} if instance.pk else usual)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """A referral that stands misses no day of its withdrawal."""
        return name != "withdrawn_on" and super().applies(row, name)

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """A withdrawal lies neither ahead nor before the referral."""
        made, withdrawn = cleaned.get("referred_on"), cleaned.get("withdrawn_on")
        if message := day_error(withdrawn, self.patient, self.today):
            self.refuse("withdrawn_on", message)
        elif made and withdrawn and withdrawn < made:
            self.refuse("withdrawn_on", "This is before the referral.")


def question_for(patient: Patient) -> str:
    """What of the patient's standing the team may be asked about; empty when nothing is."""
    standing = Standing.objects.filter(patient=patient).only("concerns").first()
    found = [] if standing is None else standing.concerns
    said = [each["words"] for each in found if ConcernKind(each["kind"]) in ASKED_ABOUT]
    return f"{'; '.join(said)}. What does the team advise?" if said else ""
