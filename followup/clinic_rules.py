"""What a clinic has set that changes verdicts: editions, ageing limits, measurement noise.

Dated settings of the clinic, read once. A slip in a setting changes nothing silently: the value is
refused when it is entered, and one that is wrong nevertheless raises here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.guideline_settings import editions_of, settings_of, values_on
from accounts.models import Clinic
from guidelines.noise import DEFAULT_NOISE, Key, NoiseModel, Setting, key_of
from guidelines.registry import editions_in_force
from guidelines.rule import Edition
from guidelines.series import measure_of
from treatments.facts.ageing import LIMITS, limits_with

AGEING, NOISE = "ageing", "noise"


@dataclass(frozen=True)
class ClinicRules:
    """By what a clinic judges; without arguments the defaults."""

    editions_of: Callable[[date], Sequence[Edition]] = editions_in_force
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    noise: NoiseModel = DEFAULT_NOISE
    values: Mapping[str, Any] = field(default_factory=dict)


DEFAULT_RULES = ClinicRules()


def rules_of(clinic: Clinic, on: date, known_at: datetime | None = None) -> ClinicRules:
    """By what the clinic judges on a day, as its settings stood at ``known_at``."""
    rows = settings_of(clinic, known_at)
    values = values_on(rows, on)
    return ClinicRules(
        editions_of=lambda day: editions_of(values_on(rows, day), day),
        limits=limits_with(values.get(AGEING)),
        noise=noise_with(values.get(NOISE)),
        values=values,
    )


def noise_with(setting: Any) -> NoiseModel:
    """The noise with what a clinic measured itself.

    ``setting`` is a list of {"measure", "laboratory", "method" (may be empty), "sem", "why"}.
    Raises ``ValueError`` naming what is wrong.
    """
    if not setting:
        return DEFAULT_NOISE
    if not isinstance(setting, list):
        raise ValueError("the noise is a list of measure, laboratory, method, sem and why")
    return NoiseModel(settings=dict(_noise_of(row) for row in setting))


def _noise_of(row: Any) -> tuple[Key, Setting]:
    try:
        measure = measure_of(row["measure"]).name
        key = key_of(measure, row.get("method", ""), row["laboratory"])
        return key, Setting(Decimal(str(row["sem"])), row.get("why", ""))
    except (LookupError, TypeError, AttributeError, InvalidOperation) as error:
        raise ValueError(f"not a noise of a laboratory: {row!r}") from error
