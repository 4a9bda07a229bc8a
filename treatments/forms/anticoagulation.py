"""The anticoagulation plan and advice on endocarditis prophylaxis as forms."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias

from patients.days import spoken
from patients.forms.records import Doubt, FormChapter, RecordForm
from patients.forms.typed import plain
from treatments.forms.boxes import InrField, box_for, error
from treatments.models import AnticoagulationPlan, EndocarditisProphylaxisAdvice

INR = ("inr_target", "inr_low", "inr_high")
Agent: TypeAlias = AnticoagulationPlan.Agent


class AnticoagulationPlanForm(RecordForm):
    """Which anticoagulant is meant from one day on, why, and within which INR."""

    inr_target = InrField(label="INR target", low=Decimal("1.5"), high=Decimal("4.5"))
    inr_low = InrField(label="INR lower limit")
    inr_high = InrField(label="INR upper limit")

    class Meta:
        model = AnticoagulationPlan
        fields = ("agent", "indication", "from_on", "until_on", *INR, "self_testing", "comment")
        help_texts: ClassVar = {
            "from_on": "The plan replaces the former one from this day on.",
            "until_on": "The last day of the plan, when it is limited; it may lie ahead.",
            "indication": "For example: mechanical mitral valve, atrial fibrillation.",
        }
        formfield_callback = box_for

    chapters = (
        FormChapter("Plan", ("agent", "indication", "from_on", "until_on")),
        FormChapter("INR, for a vitamin K antagonist", (*INR, "self_testing")),
        FormChapter("Comment", ("comment",)),
    )
    listed = ("agent", "indication", *INR, "until_on")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        words = {
            "from_on": "The plan replaces the former one from this day on.",
            "until_on": "The last day of the plan, when it is limited; it may lie ahead.",
            "indication": "For example: mechanical mitral valve, atrial fibrillation.",
        }
        for name, text in words.items():
            self.fields[name].help_text = text

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """Until when the plan held, also where a newer one replaced it, as lists note it."""
        replaced_on = getattr(row, "replaced_on", None)
        if name != "until_on" or replaced_on is None:
            return super().words(row, name)
        ended_before = row.until_on is not None and row.until_on < replaced_on
        return super().words(row, name) if ended_before else f"replaced {spoken(replaced_on)}"

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """An INR belongs to a vitamin K antagonist; a plan without an end misses none."""
        if name in {*INR, "self_testing"}:
            return bool(row.agent == Agent.VKA)
        return name != "until_on" and super().applies(row, name)

    def clean(self) -> dict[str, Any]:
        """INR values belong to a vitamin K antagonist; the target lies within the limits."""
        cleaned = super().clean()
        start, end = cleaned.get("from_on"), cleaned.get("until_on")
        if start and end and end < start:
            words = f"This is before the plan begins on {spoken(start)}."
            self.add_error("until_on", error(words, "before"))
        agent = cleaned.get("agent")
        if agent and agent != Agent.VKA:
            self._refuse_inr(Agent(agent), cleaned)
        else:
            self._check_limits(cleaned)
        return cleaned

    def _refuse_inr(self, agent: Agent, cleaned: Mapping[str, Any]) -> None:
        who = "without an anticoagulant" if agent == Agent.NONE else f"under {_article(agent)}"
        for name in INR:
            if cleaned.get(name) is not None:
                words = f"No INR is aimed at {who}: empty this box, or choose the other agent."
                self.add_error(name, error(words))

    def _check_limits(self, cleaned: Mapping[str, Any]) -> None:
        low, high, target = (cleaned.get(name) for name in ("inr_low", "inr_high", "inr_target"))
        if (low is None) != (high is None):
            missing = "inr_low" if low is None else "inr_high"
            if missing not in self.errors:
                self.add_error(missing, error("The limits belong together: enter both.", "needed"))
        if low is None or high is None:
            return
        if low >= high:
            words = f"The upper limit {plain(high)} is not above the lower limit {plain(low)}."
            self.add_error("inr_high", error(words, "order"))
        elif target is not None and not low <= target <= high:
            words = (
                f"The target {plain(target)} lies outside the limits {plain(low)} to {plain(high)}."
            )
            self.add_error("inr_target", error(words, "order"))

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        super()._collect_doubts(cleaned)
        day = cleaned.get("from_on")
        if not day or "from_on" not in self.changed_data:
            return
        rows = AnticoagulationPlan.objects.filter(patient=self.patient, struck_at=None)
        for other in rows.filter(from_on=day).exclude(pk=self.instance.pk):
            message = (
                f"A plan from {spoken(day)} is recorded already ({other.get_agent_display()}). "
                "The one entered last counts. To correct a typing error, open that plan instead."
            )
            label = "Yes, this plan replaces it from its first day"
            self._add_doubt(Doubt("from_on", "same_day", str(other.public_id), message, label))


def _article(agent: Agent) -> str:
    return agent.label if agent == Agent.HEPARIN else f"a {agent.label}"


class ProphylaxisForm(RecordForm):
    """What the patient was told about prophylaxis of endocarditis."""

    class Meta:
        model = EndocarditisProphylaxisAdvice
        fields = ("advised_on", "advice", "card_given", "comment")
        formfield_callback = box_for

    chapters = (FormChapter("Advice", ("advised_on", "advice", "card_given", "comment")),)
    listed = ("advice", "card_given", "comment")
    wide = frozenset({"advice", "comment"})
