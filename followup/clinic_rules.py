"""What a clinic has set that changes verdicts: editions, ageing limits, measurement noise.

Dated settings of the clinic, read once. A slip in a setting changes nothing silently: the value is
refused when it is entered, and one that is wrong nevertheless raises here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from accounts.guideline_settings import (
    ADOPTION,
    Dated,
    editions_of,
    hidden_editions,
    settings_of,
    values_on,
)
from accounts.models import Clinic
from guidelines.noise import DEFAULT_NOISE, Key, NoiseModel, OwnNoise, Setting, key_of
from guidelines.pathway import DEFAULT_SETTINGS, PathwaySettings
from guidelines.registry import editions_in_force
from guidelines.rule import Edition
from guidelines.series import measure_of
from treatments.facts.ageing import LIMITS, limits_with

T = TypeVar("T")
AGEING, NOISE, OWN_NOISE, PATHWAY = "ageing", "noise", "noise-estimated", "pathway"


@dataclass(frozen=True)
class ClinicRules:
    """By what a clinic judges; without arguments the defaults."""

    editions_of: Callable[[date], Sequence[Edition]] = editions_in_force
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    noise: NoiseModel = DEFAULT_NOISE
    values: Mapping[str, Any] = field(default_factory=dict)
    adoptions: tuple[Dated, ...] = ()
    hidden: frozenset[Edition] = frozenset()
    """Editions of the day that are not signed off: nothing in a list repeats them."""
    pathway: PathwaySettings = DEFAULT_SETTINGS

    @property
    def turns(self) -> tuple[date, ...]:
        """The days on which the clinic changed the editions it judges by."""
        return tuple(from_on for from_on, _name, _value in self.adoptions)

    @property
    def mark(self) -> str:
        """Which editions the clinic judged by on each day; the same for the same rules."""
        return json.dumps([[str(on), name, value] for on, name, value in self.adoptions])


DEFAULT_RULES = ClinicRules()


def rules_of(clinic: Clinic, on: date, known_at: datetime | None = None) -> ClinicRules:
    """By what the clinic judges on a day, as its settings stood at ``known_at``."""
    rows = settings_of(clinic, known_at)
    values = values_on(rows, on)
    chosen = editions_of(values, on)
    return ClinicRules(
        editions_of=lambda day: editions_of(values_on(rows, day), day),
        limits=limits_with(values.get(AGEING)),
        noise=noise_with(values.get(NOISE), values.get(OWN_NOISE)),
        values=values,
        adoptions=tuple(row for row in rows if row[1].startswith(ADOPTION)),
        hidden=hidden_editions([clinic], chosen, on, {clinic.pk: values}),
        pathway=pathway_with(values.get(PATHWAY)),
    )


def as_if_adopted(rules: ClinicRules, edition: Edition, on: date) -> ClinicRules:
    """By what a clinic would judge had it adopted the edition on this day, and signed it off.

    What it judged by before the day stays, and so does what was kept of those days.
    """

    def editions(day: date) -> tuple[Edition, ...]:
        chosen = rules.editions_of(day)
        if day < on:
            return tuple(chosen)
        return tuple(edition if each.body is edition.body else each for each in chosen)

    return replace(rules, editions_of=editions, hidden=rules.hidden - {edition})


def pathway_with(setting: Any) -> PathwaySettings:
    """The limits of the pathway with those of a clinic's setting in their place.

    ``setting`` is the value of ``pathway``: names of limits with whole numbers from 0. Raises
    ``ValueError`` naming what is none.
    """
    if setting in (None, {}):
        return DEFAULT_SETTINGS
    if not isinstance(setting, dict):
        raise ValueError("the limits of the pathway are names with whole numbers")
    names = {each.name for each in fields(PathwaySettings)}
    wrong = [k for k, v in setting.items() if k not in names or type(v) is not int or v < 0]
    if wrong:
        raise ValueError(f"not a limit of the pathway: {', '.join(sorted(map(str, wrong)))}")
    return replace(DEFAULT_SETTINGS, **setting)


def noise_with(setting: Any, own: Any = None) -> NoiseModel:
    """The noise with what a clinic measured itself, and what its own series gave.

    ``setting`` is a list of {"measure", "laboratory", "method" (may be empty), "sem", "why"};
    ``own`` what ``own_noise_as_setting`` wrote. Raises ``ValueError`` naming what is wrong.
    """
    if not setting and not own:
        return DEFAULT_NOISE
    return NoiseModel(own=dict(_each(own, _own_noise_of)), settings=dict(_each(setting, _noise_of)))


def own_noise_as_setting(model: NoiseModel) -> list[dict[str, Any]]:
    """The estimate of a clinic's own series as the value of a setting."""
    return [
        {
            "measure": measure,
            "method": method,
            "laboratory": laboratory,
            "sem": noise.sem,
            "residuals": noise.residuals,
            "patients": noise.patients,
        }
        for (measure, method, laboratory), noise in sorted(model.own.items())
    ]


def _each(rows: Any, read: Callable[[Any], tuple[Key, T]]) -> list[tuple[Key, T]]:
    if not rows:
        return []
    if not isinstance(rows, list):
        raise ValueError("the noise is a list of measure, laboratory, method and sem")
    return [_read(row, read) for row in rows]


def _read(row: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(row)
    except (LookupError, TypeError, AttributeError, InvalidOperation) as error:
        raise ValueError(f"not a noise of a laboratory: {row!r}") from error


def _key_of(row: Any) -> Key:
    return key_of(measure_of(row["measure"]).name, row.get("method", ""), row["laboratory"])


def _noise_of(row: Any) -> tuple[Key, Setting]:
    return _key_of(row), Setting(Decimal(str(row["sem"])), row.get("why", ""))


def _own_noise_of(row: Any) -> tuple[Key, OwnNoise]:
    return _key_of(row), OwnNoise(float(row["sem"]), int(row["residuals"]), int(row["patients"]))
