"""A grade asks for no fact beyond those that ``FACTS_OF_SEVERITY`` names."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from guidelines.facts import FACTS, ClinicalPicture, Fact, Interval
from guidelines.severity import FACTS_OF_SEVERITY, Scheme, conclusion_by, grade_by
from tests.guidelines.invented import USUAL, invented_reading
from tests.guidelines.pictures import TODAY

PICTURES = 300


class Overheard(dict[str, Any]):
    """Readings that remember which of them were asked for by name."""

    def __init__(self, readings: dict[str, Any]) -> None:
        super().__init__(readings)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


def invented_picture(chance: Random) -> ClinicalPicture:
    """Facts of severity and of anything else, with gaps; mostly of a chronic native leak."""
    share = chance.choice([0.4, 0.9])
    found = {n: invented_reading(n, chance) for n in FACTS if chance.random() < share}
    if chance.random() < 0.8:
        found |= USUAL
    found["reader_grade"] = Interval.point(Decimal(chance.randint(0, 4)))
    sources = [f"study:{chance.randint(1, 2)}" for _name in found]
    days = [TODAY - timedelta(days=chance.choice([0, 200])) for _name in found]
    made = zip(found.items(), days, sources, strict=True)
    return ClinicalPicture({name: Fact(value, on, of) for (name, value), on, of in made})


@pytest.mark.parametrize("scheme", Scheme)
def test_it_asks_for_nothing_else(scheme: Scheme) -> None:
    chance, asked = Random(5), set[str]()
    for _picture in range(PICTURES):
        picture = invented_picture(chance)
        readings = Overheard(picture.readings())
        grade_by(scheme, picture, readings)
        asked |= readings.asked
    assert asked <= FACTS_OF_SEVERITY
    assert len(asked) > len(FACTS_OF_SEVERITY) / 2, "hardly anything was overheard"


@pytest.mark.parametrize("scheme", Scheme)
def test_the_conclusion_is_that_of_the_grade_with_reasons(scheme: Scheme) -> None:
    chance = Random(6)
    for _picture in range(PICTURES):
        picture = invented_picture(chance)
        readings = picture.readings()
        full = grade_by(scheme, picture, readings)
        assert conclusion_by(scheme, picture, readings) == (full.result, full.is_severe)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("other", Scheme)
def test_what_another_scheme_counted_changes_nothing(scheme: Scheme, other: Scheme) -> None:
    chance = Random(7)
    for _picture in range(PICTURES // 3):
        picture = invented_picture(chance)
        readings = picture.readings()
        another = grade_by(other, picture, readings)
        alone = grade_by(scheme, picture, readings)
        assert grade_by(scheme, picture, readings, by_another=another) == alone
