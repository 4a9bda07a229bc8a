"""What stands on record of anticoagulation, and the INR target by each edition.

Alarms may not wait for a fresh list or value, so they read what is on record, however old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from guidelines.acc_aha_2020 import antithrombotic as acc_aha_2020
from guidelines.criteria import Readings
from guidelines.esc_eacts_2021 import antithrombotic as esc_eacts_2021
from guidelines.esc_eacts_2025 import antithrombotic as esc_eacts_2025
from guidelines.facts import ClinicalPicture, Fact, Value, plain
from guidelines.inr_schemes import AORTIC_MECHANICAL, MITRAL_MECHANICAL, InrChoice, InrScheme
from guidelines.rule import Edition
from guidelines.vocabulary import Etiology, MitralValveState, Tempo

SCHEMES: Mapping[str, InrScheme] = {
    module.INR_SCHEME.edition.id: module.INR_SCHEME
    for module in (acc_aha_2020, esc_eacts_2021, esc_eacts_2025)
}


@dataclass(frozen=True, slots=True)
class InrTarget:
    """The target of a mechanical valve by one edition.

    ``choices``: one, or all that are possible while ``missing`` is not known. The safe reading of
    several is between: below ``low`` is too low and above ``high`` too high by every choice.
    ``notes``: what else the edition says for this patient.
    """

    edition: str
    choices: tuple[InrChoice, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_decided(self) -> bool:
        """Whether there is just one target."""
        return len(self.choices) == 1

    @property
    def target(self) -> Decimal | None:
        """The target, ``None`` while it is not decided."""
        return self.choices[0].target if self.is_decided else None

    @property
    def low(self) -> Decimal | None:
        """Lower end of the range: the lowest of all choices; ``None`` without any."""
        return min((choice.low for choice in self.choices), default=None)

    @property
    def high(self) -> Decimal | None:
        """Upper end of the range: the highest of all choices; ``None`` without any."""
        return max((choice.high for choice in self.choices), default=None)

    @property
    def row(self) -> str:
        """The rows of the rule tables that say so."""
        return ", ".join(dict.fromkeys(choice.row for choice in self.choices))

    @property
    def text(self) -> str:
        """ "3.0 (2.5 to 3.5)", or the possible ones joined by "or"."""
        words = dict.fromkeys(choice.text for choice in self.choices)
        return " or ".join(words) or "cannot tell"

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, numbers as text."""
        return {
            "edition": self.edition,
            "target": None if self.target is None else plain(self.target),
            "low": None if self.low is None else plain(self.low),
            "high": None if self.high is None else plain(self.high),
            "row": self.row,
            "text": self.text,
            "choices": [choice.as_dict() for choice in self.choices],
            "missing": list(self.missing),
            "notes": list(self.notes),
        }


def inr_target_of(edition: Edition, readings: Readings) -> InrTarget | None:
    """The INR target of a mechanical valve; ``None`` when no mechanical valve is recorded.

    While a pro-thrombotic factor or the model is not known, every target that is still possible
    is a choice. A state of the mitral valve that is not known gives no choice and asks for it.
    Raises ``LookupError`` for an edition without a scheme.
    """
    scheme = SCHEMES.get(edition.id)
    if scheme is None:
        raise LookupError(f"no INR scheme: {edition.id!r}")
    if "mitral_valve_state" not in readings:
        return InrTarget(edition.id, (), ("mitral_valve_state",))
    if not (MITRAL_MECHANICAL.holds(readings) or AORTIC_MECHANICAL.holds(readings)):
        return None
    open_choices = [(c, c.when.holds(readings)) for c in scheme.choices]
    possible = [choice for choice, holds in open_choices if holds is not False]
    decided = next((choice for choice, holds in open_choices if holds), None)
    missing = () if decided else scheme.missing(readings)
    notes = tuple(text for when, text in scheme.notes if when.holds(readings))
    chosen = (decided,) if decided else _one_of_each(possible)
    return InrTarget(edition.id, chosen, missing, notes)


def _one_of_each(choices: list[InrChoice]) -> tuple[InrChoice, ...]:
    return tuple({choice.text: choice for choice in choices}.values())


def facts_on_record(picture: ClinicalPicture) -> Mapping[str, Fact]:
    """What alarms read: drugs, INR and NYHA class on record whatever their age; an obstruction.

    A drug that no list names is "no" here, also when there is no list at all (row SAFE-20). Only
    for a mechanical valve; the obstruction where it is recorded or the regurgitation is acute.
    """
    facts: dict[str, Fact] = {}
    if _value(picture, "mitral_valve_state") is MitralValveState.MECHANICAL:
        facts["vka_on_record"] = _is_named(picture, "takes_vka")
        facts["doac_on_record"] = _is_named(picture, "takes_doac")
        inr = picture.facts.get("inr")
        if inr is not None and inr.value is not None:
            facts["last_inr"] = _whatever_its_age(inr)
        facts["inr_overdue"] = _is_overdue(inr)
    nyha = picture.facts.get("nyha_class")
    known_symptoms = _value(picture, "symptomatic") is True
    if nyha is not None and nyha.value is not None and not known_symptoms:
        facts["last_nyha_class"] = _whatever_its_age(nyha)
    obstructed = _is_obstructed(picture)
    if obstructed or _value(picture, "tempo") in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC):
        facts["obstruction_on_record"] = Fact(obstructed)
    return facts


def _value(picture: ClinicalPicture, name: str) -> Value | None:
    fact = picture.facts.get(name)
    return None if fact is None else fact.value


def _whatever_its_age(fact: Fact) -> Fact:
    return replace(fact, too_old_to_reassure=False, adverse_only="")


def _is_overdue(inr: Fact | None) -> Fact:
    if inr is None or inr.value is None:
        return Fact(True, reason="no INR on record")
    return Fact(inr.too_old_to_reassure, on=inr.on, source=inr.source)


def _is_named(picture: ClinicalPicture, name: str) -> Fact:
    recorded = picture.facts.get(name)
    if recorded is None or recorded.value is None:
        return Fact(False, reason="not named on any list: an alarm counts unknown as no")
    return _whatever_its_age(recorded)


def _is_obstructed(picture: ClinicalPicture) -> bool:
    recorded = _value(picture, "sam_or_lvot_obstruction") is True
    return recorded or _value(picture, "etiology") is Etiology.SAM_OF_HCM
