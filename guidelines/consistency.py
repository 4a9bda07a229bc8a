"""Whether the numbers of one study fit each other, and where not, the likeliest slip in words.

``check_study`` compares what was entered with what follows from the other values, and each pair
that cannot be (an end-systolic diameter larger than the end-diastolic one). It never changes a
value: a finding names the facts, both numbers, the tolerance, and what a person who types echo
reports most often gets wrong: centimeters for millimeters, meters for centimeters, two values
swapped, an indexed value in the place of an absolute one.

Tolerances and plausible ranges are local defaults, as wide as rounding and honest measurement
need; plausible ranges follow the data dictionary of the rule tables (section 9.1) where it prints
one. A disagreement between two methods is not an error of typing; it is reported all the same,
since somebody has to look at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guidelines.numbers import Interval, Number, plain
from guidelines.study_measures import MEASURES, Slip, slips_of
from guidelines.study_relations import Relation, Values, relations_of
from guidelines.vocabulary import RegurgitationMethod

MOST_SLIPS = 2  # named in one finding


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """Numbers of one study that do not fit each other.

    ``entered`` and ``expected`` are the two numbers in ``unit``; ``tolerance`` is how far apart
    they may be. ``slip`` is the likeliest slip in plain words, or what to look at when none
    explains it. ``is_impossible``: no heart has both; neither may feed a verdict until resolved.
    """

    check: str
    facts: tuple[str, ...]
    words: str
    slip: str
    entered: Number
    expected: Number
    unit: str
    tolerance: str
    is_impossible: bool = False

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, numbers as text."""
        return {
            "check": self.check,
            "facts": list(self.facts),
            "words": self.words,
            "slip": self.slip,
            "entered": plain(self.entered),
            "expected": plain(self.expected),
            "unit": self.unit,
            "tolerance": self.tolerance,
            "is_impossible": self.is_impossible,
        }


def check_study(
    values: Mapping[str, Decimal | Interval],
    *,
    volume_method: RegurgitationMethod = RegurgitationMethod.NOT_STATED,
    intracardiac_shunt: bool | None = None,
) -> tuple[Inconsistency, ...]:
    """Everything in one study that does not fit, by the names of measured fields.

    ``values`` are as entered; names without a check are passed over; an LVEF may be an
    ``Interval``. ``aortic_regurgitation`` (a grade) and ``intracardiac_shunt`` switch off the
    balance of volumes. ``volume_method`` says how the regurgitant volume was obtained.
    """
    numbers = {name: value for name, value in values.items() if isinstance(value, Decimal)}
    corrected = dict(numbers)
    found: list[Inconsistency] = []
    for name in numbers:
        slip = _lone_slip(name, numbers)
        if slip is not None:
            found.append(_unit_finding(name, numbers[name], slip))
            corrected[name] = slip.meant
    for pair in PAIRS:
        found.extend(_pair_findings(pair, numbers, corrected))
    relations = tuple(relations_of(values, volume_method, intracardiac_shunt))
    for relation in relations:
        found.extend(_relation_findings(relation, numbers, corrected, relations))
    return tuple(found)


# One value on its own -----------------------------------------------------------------------------


def _lone_slip(name: str, values: Values) -> Slip | None:
    """What was probably meant by a value outside its plausible range."""
    measure = MEASURES.get(name)
    if measure is None or measure.is_plausible(values[name]):
        return None
    candidates = (slip for slip in slips_of(name, values) if measure.is_plausible(slip.meant))
    return next(candidates, None)


def _unit_finding(name: str, value: Decimal, slip: Slip) -> Inconsistency:
    measure = MEASURES[name]
    return Inconsistency(
        "unit",
        (name,),
        f"{measure.say(value)} is not plausible ({measure.range_text}).",
        slip.words,
        value,
        slip.meant,
        measure.unit,
        f"plausible {measure.range_text}",
    )


# Two values of which one is the larger ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of which the first is always the smaller in a real heart."""

    check: str
    smaller: str
    larger: str


PAIRS = (
    Pair("diameters", "lvesd_mm", "lvedd_mm"),
    Pair("volumes", "lvesv_ml", "lvedv_ml"),
)


def _pair_findings(pair: Pair, values: Values, corrected: Values) -> Iterator[Inconsistency]:
    smaller, larger = values.get(pair.smaller), values.get(pair.larger)
    if smaller is None or larger is None:
        return
    if corrected[pair.smaller] < corrected[pair.larger]:
        return
    one, other = MEASURES[pair.smaller], MEASURES[pair.larger]
    is_swap = other.is_plausible(smaller) and one.is_plausible(larger) and smaller != larger
    yield Inconsistency(
        pair.check,
        (pair.smaller, pair.larger),
        f"{one.say(smaller)} is not smaller than {other.say(larger)}.",
        f"{one.label} and {other.label} are probably swapped."
        if is_swap
        else _pair_slip(pair, values),
        smaller,
        larger,
        one.unit,
        f"{one.label} below {other.label}",
        is_impossible=smaller > larger,
    )


def _pair_slip(pair: Pair, values: Values) -> str:
    """A slip of one of the two that puts them in order."""
    for name in (pair.larger, pair.smaller):
        for slip in slips_of(name, values):
            changed = {**values, name: slip.meant}
            fits = MEASURES[name].is_plausible(slip.meant)
            if fits and changed[pair.smaller] < changed[pair.larger]:
                return slip.words
    return "One of the two was mistyped: look at the report again."


# A value against what follows from others ---------------------------------------------------------


def _relation_findings(
    relation: Relation, values: Values, corrected: Values, relations: Sequence[Relation]
) -> Iterator[Inconsistency]:
    expected = relation.disagreement(values)
    if expected is None:
        return
    if corrected != values and relation.disagreement(corrected) is None:
        return  # the slip of a single value, already reported, explains it
    measure = MEASURES[relation.entered]
    entered = values[relation.entered]
    unit = f" {measure.unit}" if measure.unit else ""
    yield Inconsistency(
        relation.check,
        relation.names,
        f"{measure.say(entered)} was entered; by {relation.said} it should be "
        f"{_how(relation, values)} {plain(expected)}{unit}.",
        _likeliest_slip(relation, values, relations),
        entered,
        expected,
        measure.unit,
        f"± {plain(relation.tolerance.width(expected))}{unit}",
    )


def _how(relation: Relation, values: Values) -> str:
    expected = relation.expected(values)
    if not isinstance(expected, Interval) or expected.is_point:
        return "about"
    return "at least" if expected.is_above(values[relation.entered]) else "at most"


def _likeliest_slip(relation: Relation, values: Values, relations: Sequence[Relation]) -> str:
    """The slip of one value that makes this fit and leaves the fewest others that do not.

    Two that do equally well are both named.
    """
    candidates = [
        (_failing(changed, relations), slip.words)
        for name in relation.names
        for slip in slips_of(name, values)
        for changed in ({**values, name: slip.meant},)
        if _explains(relation, name, slip, changed)
    ]
    if not candidates:
        labels = ", ".join(MEASURES[name].label for name in relation.names)
        return f"No single slip explains it. Look again at: {labels}."
    fewest = min(failing for failing, _ in candidates)
    best = [words for failing, words in candidates if failing == fewest]
    return " Or: ".join(best[:MOST_SLIPS])


def _failing(values: Values, relations: Sequence[Relation]) -> int:
    return sum(relation.disagreement(values) is not None for relation in relations)


def _explains(relation: Relation, name: str, slip: Slip, changed: Values) -> bool:
    if not MEASURES[name].is_plausible(slip.meant):
        return False
    return relation.expected(changed) is not None and relation.disagreement(changed) is None
