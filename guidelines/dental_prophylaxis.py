"""Which drugs may be named for dental prophylaxis (rows AHA-IE-04, IE-07; safety A1, H15).

A drug is named only when every allergy that could forbid it is known. Clindamycin is in neither
list any more and is never named. Doses are for adults, one dose 30 to 60 minutes before.
"""

from __future__ import annotations

from dataclasses import dataclass

from guidelines.criteria import Criterion, Readings, all_of, any_of, equals, negation, one_of
from guidelines.facts import ORDER
from guidelines.vocabulary import PenicillinAllergy, PregnancyStatus, Sex

ROWS = ("AHA-IE-04", "IE-07")

_NO_PENICILLIN_ALLERGY = equals("penicillin_allergy", PenicillinAllergy.NONE)
_CEPHALOSPORIN = all_of(
    one_of("penicillin_allergy", PenicillinAllergy.NONE, PenicillinAllergy.NOT_SEVERE),
    equals("cephalosporin_allergy", False),
)
_MACROLIDE = equals("macrolide_allergy", False)
# A tetracycline in pregnancy: a local safety rule (SAFE-09), not in either list of drugs.
_TETRACYCLINE = all_of(
    equals("tetracycline_allergy", False),
    any_of(equals("sex", Sex.MALE), negation(equals("pregnancy_status", PregnancyStatus.PREGNANT))),
)


@dataclass(frozen=True, slots=True)
class DrugOption:
    """One drug with its adult dose; ``allowed`` must hold before it may be named."""

    name: str
    dose: str
    route: str
    allowed: Criterion
    is_alternative: bool

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "name": self.name,
            "dose": self.dose,
            "route": self.route,
            "is_alternative": self.is_alternative,
        }


OPTIONS = (
    DrugOption("amoxicillin", "2 g", "by mouth", _NO_PENICILLIN_ALLERGY, is_alternative=False),
    DrugOption("ampicillin", "2 g", "IM or IV", _NO_PENICILLIN_ALLERGY, is_alternative=False),
    DrugOption("cephalexin", "2 g", "by mouth", _CEPHALOSPORIN, is_alternative=True),
    DrugOption("cefazolin or ceftriaxone", "1 g", "IM or IV", _CEPHALOSPORIN, is_alternative=True),
    DrugOption(
        "azithromycin or clarithromycin", "500 mg", "by mouth", _MACROLIDE, is_alternative=True
    ),
    DrugOption("doxycycline", "100 mg", "by mouth", _TETRACYCLINE, is_alternative=True),
)

UNKNOWN_ALLERGY = "Ask about allergy to penicillin first: until then no drug is named."
NONE_LEFT = "No drug of the list fits the recorded allergies: ask an infectious disease specialist."
NAMED = "One dose, 30 to 60 minutes before. Ask again about allergies on the day."


@dataclass(frozen=True, slots=True)
class DrugAdvice:
    """The drugs that may be named, those the record excludes, and what would name more."""

    named: tuple[DrugOption, ...]
    excluded: tuple[DrugOption, ...]
    missing: tuple[str, ...]
    message: str

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form; says nothing of drugs that are neither named nor excluded."""
        return {
            "rows": list(ROWS),
            "named": [option.as_dict() for option in self.named],
            "excluded": [option.as_dict() for option in self.excluded],
            "missing": list(self.missing),
            "message": self.message,
        }


def drug_advice(readings: Readings) -> DrugAdvice:
    """Which drugs may be named for this patient; none while penicillin allergy is unknown."""
    if readings.get("penicillin_allergy") in (None, PenicillinAllergy.UNKNOWN):
        return DrugAdvice((), (), ("penicillin_allergy",), UNKNOWN_ALLERGY)
    held = [(option, option.allowed.holds(readings)) for option in OPTIONS]
    named = tuple(option for option, holds in held if holds)
    missing = {name for option, _ in held for name in option.allowed.unsettled(readings)}
    return DrugAdvice(
        named=named,
        excluded=tuple(option for option, holds in held if holds is False),
        missing=tuple(sorted(missing, key=ORDER.__getitem__)),
        message=NAMED if named else _nothing_named(missing),
    )


def _nothing_named(missing: set[str]) -> str:
    return UNKNOWN_ALLERGY.replace("penicillin", "the alternatives") if missing else NONE_LEFT
