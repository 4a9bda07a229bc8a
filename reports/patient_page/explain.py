"""Explain this number: how a derived value was computed, from which inputs, of which day.

A value that a person entered stays as entered; what its own study gives beside it is shown, so
that a slip is seen. A formula that a guard rail refused says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guidelines.facts import (
    FACTS,
    ClinicalPicture,
    Fact,
    Interval,
    ratio_of,
    reading_of,
)
from guidelines.quantities.quantity import FORMULAS, Quantity
from patients.derived import derived_values, quantities_of, refused_derivations
from patients.forms.typed import plain
from patients.models import EchoStudy
from patients.study_sheet import upper_first
from patients.views.echo_derived import DerivedLine, derived_line
from reports.kinds import source_url
from treatments.facts import lvef_interval
from treatments.record import PatientRecord

# The derived value of a study behind each fact; of a volume or fraction, by its method.
DERIVED_AS = {
    "eroa_mm2": "eroa_mm2",
    "regurgitant_volume_ml": "regurgitant_volume_ml",
    "regurgitant_fraction_percent": "volumetric_regurgitant_fraction_percent",
    "spap_mmhg": "rvsp_mmhg",
    "la_volume_index_ml_m2": "la_volume_index_ml_m2",
    "lvef_percent": "lvef_percent",
    "lvesd_index_mm_m2": "lvesd_index_mm_m2",
}
VOLUMETRIC = {"regurgitant_volume_ml": "volumetric_regurgitant_volume_ml"}
BY_VOLUMES = "doppler_volumetric"
ABBREVIATIONS = {"Lvot": "LVOT", "Tr": "TR", "Vti": "VTI", "La": "LA"}
INDEX_PARTS = ("lvesd_mm", "bsa_m2")
EXPLAINED = (*DERIVED_AS, "bsa_m2")


@dataclass(frozen=True)
class Explanation:
    """How one number came about: what it is, the formula with its inputs, and where to look."""

    name: str
    label: str
    text: str
    on: date | None
    href: str
    lines: tuple[str, ...]


def explanation_of(
    name: str, picture: ClinicalPicture, record: PatientRecord
) -> Explanation | None:
    """How a derived fact was computed; ``None`` for a fact that no formula gives."""
    fact = picture.facts.get(name)
    if name == "lvesd_index_mm_m2" and fact is None:
        fact = picture.facts.get("lvesd_mm")
    if name not in EXPLAINED or fact is None or fact.value is None:
        return None
    lines = _of_surface(fact, record) if name == "bsa_m2" else _of_study(name, fact, record)
    if name == "lvesd_index_mm_m2":
        lines = _of_index(picture, fact)
    if not lines:
        return None
    return Explanation(
        name=name,
        label=upper_first(FACTS[name].label),
        text=_value_of(name, picture, fact),
        on=fact.on,
        href=source_url(fact.source),
        lines=tuple(lines),
    )


def explanations_of(picture: ClinicalPicture, record: PatientRecord) -> list[Explanation]:
    """Every derived number that the facts hold, in the order of ``EXPLAINED``."""
    found = (explanation_of(name, picture, record) for name in EXPLAINED)
    return [each for each in found if each is not None]


def _value_of(name: str, picture: ClinicalPicture, fact: Fact) -> str:
    if name != "lvesd_index_mm_m2":
        return FACTS[name].say(fact.value)
    # From the values as they are: their age limits what they may prove, not what they are.
    known = (picture.facts.get(part, Fact(None)) for part in INDEX_PARTS)
    over, under = (
        reading_of(FACTS[part], Fact(fact.value))
        for part, fact in zip(INDEX_PARTS, known, strict=True)
    )
    if not isinstance(over, Interval) or not isinstance(under, Interval):
        return ""
    index = ratio_of(over, under)
    if index is None:
        return ""
    return FACTS[name].say(index.low if index.is_point and index.low is not None else index)


def _of_index(picture: ClinicalPicture, fact: Fact) -> list[str]:
    """LVESD over the body surface, each with its day."""
    diameter, surface = picture.facts.get("lvesd_mm"), picture.facts.get("bsa_m2")
    if diameter is None or surface is None or picture.readings().get("lvesd_index_mm_m2") is None:
        return []
    parts = [
        f"{upper_first(FACTS[name].label)} {FACTS[name].say(part.value)}{_day(part.on)}"
        for name, part in (("lvesd_mm", diameter), ("bsa_m2", surface))
    ]
    by = f"Body surface by {surface.method}." if surface.method else ""
    stated = fact.reason if "differs by formula" in fact.reason else ""
    lines = [f"{FORMULAS['ASE-F-17']} (ASE-F-17): {'; '.join(parts)}.", by, upper_first(stated)]
    return [line for line in lines if line]


def _of_surface(fact: Fact, record: PatientRecord) -> list[str]:
    """Body surface: by which formula, from which height and weight, or as a report printed it."""
    if not fact.reason:
        return [f"As recorded{_day(fact.on)}, by {fact.method}."]
    height = next((row for row in record.body_sizes if row.height_cm is not None), None)
    tall = (
        f"Height {plain(height.height_cm)} cm{_day(height.measured_on)}. "
        if height is not None and height.height_cm is not None
        else ""
    )
    return [f"By {fact.method} (ASE-F-16). {tall}Weight{_day(fact.on)}. {fact.reason}."]


def _of_study(name: str, fact: Fact, record: PatientRecord) -> list[str]:
    """The formula of the study that a fact comes from; what was refused, and why."""
    study = _study_of(fact, record)
    if study is None:
        return []
    key = VOLUMETRIC.get(name, "") if fact.method == BY_VOLUMES else ""
    key = key or DERIVED_AS[name]
    entered = lvef_interval(study) if name == "lvef_percent" else getattr(study, name, None)
    quantity = quantities_of(study).get(key)
    if quantity is None:
        why = refused_derivations(study).get(key, "")
        said = f"The formula was refused by its guard rail: {why}." if why else ""
        lines = ["Entered as measured elsewhere." if entered is not None else "", said]
        return [line for line in lines if line] if why else _as_said(fact)
    line = derived_line(key, derived_values(study)[key])
    words = f"{_formula(line, quantity)}{_day(study.performed_on)}"
    if entered is not None:
        words = (
            f"Entered as {FACTS[name].say(fact.value)}. "
            f"The inputs of the same study give {line.text} {line.unit}: {words}"
        )
    return [f"{words}.", *(f"{upper_first(caveat)}." for caveat in quantity.caveats)]


def _as_said(fact: Fact) -> list[str]:
    """What the fact itself says of its computation."""
    if not fact.reason.startswith("computed"):
        return []
    return [f"{upper_first(fact.reason)}{_day(fact.on)}."]


def _formula(line: DerivedLine, quantity: Quantity) -> str:
    inputs = ", ".join(f"{_in_a_sentence(label)} {_brief(value)}" for label, value in line.inputs)
    return f"{quantity.formula_text} ({quantity.formula}) from {inputs}"


def _in_a_sentence(label: str) -> str:
    """A label inside a sentence: abbreviations in capitals, other words in small letters."""
    first, _, rest = label.partition(" ")
    word = ABBREVIATIONS.get(first, first if first[1:2].isupper() else first.lower())
    return f"{word} {rest}".strip()


def _brief(value: str) -> str:
    """An input as it reads in a sentence: a computed one rounded to a tenth."""
    number, _, unit = value.partition(" ")
    if len(number) > len("0000.00"):
        number = plain(_rounded(Decimal(number)))
    return f"{number} {unit}".strip()


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


def _study_of(fact: Fact, record: PatientRecord) -> EchoStudy | None:
    kind, _, public_id = fact.source.partition(":")
    if kind != "echo_study":
        return None
    return next((s for s in record.echo_studies if str(s.public_id) == public_id), None)


def _day(day: date | None) -> str:
    return f", {day.day} {day:%b %Y}" if day else ""
