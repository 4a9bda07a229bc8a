"""Who arrives at the clinic, with which leak: the mix of a valve clinic."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from math import exp, log
from random import Random

from demo.simulation import rates
from demo.simulation.heart import NARROWING, PROLAPSES, Heart

# (share, mechanism, etiology, mean age, its spread, share of men)
_MIX = (
    (30.0, "primary", "fibroelastic_deficiency", 66, 11, 0.64),
    (15.0, "primary", "barlow", 55, 13, 0.57),
    (13.0, "primary", "degenerative", 66, 12, 0.60),
    (6.5, "primary", "rheumatic", 53, 14, 0.27),
    (3.6, "primary", "mitral_annular_calcification", 77, 7, 0.32),
    (1.5, "primary", "endocarditis_healed", 58, 14, 0.65),
    (0.9, "primary", "radiation", 60, 9, 0.25),
    (0.7, "primary", "congenital_cleft", 34, 12, 0.50),
    (0.7, "primary", "marfan", 36, 11, 0.50),
    (10.0, "secondary_ventricular", "ischemic", 69, 9, 0.72),
    (5.5, "secondary_ventricular", "dilated_cardiomyopathy", 62, 12, 0.65),
    (1.6, "secondary_ventricular", "dyssynchrony", 67, 9, 0.50),
    (0.6, "secondary_ventricular", "rv_pacing", 76, 7, 0.58),
    (6.4, "secondary_atrial", "atrial_fibrillation", 76, 7, 0.42),
    (1.2, "secondary_atrial", "hfpef_or_restrictive", 77, 7, 0.35),
    (2.8, "mixed", "degenerative", 72, 9, 0.64),
)
_UP_TO = list(accumulate(row[0] for row in _MIX))
_YOUNGEST, _OLDEST = 19.0, 91.0


def arrival(rng: Random) -> Heart:
    """A heart on the day on which the clinic first sees it."""
    row = _MIX[bisect(_UP_TO, rng.random() * _UP_TO[-1])]
    age = min(_OLDEST, max(_YOUNGEST, rng.gauss(row[3], row[4])))
    heart = Heart(male=rng.random() < row[5], age=age, mechanism=row[1], etiology=row[2])
    heart.susceptible = exp(rng.gauss(-0.14, 0.5))
    heart.frailty = exp(rng.gauss(-0.04, 0.28))
    small = 0.0 if heart.male else 1.0
    heart.base_lvedd = rng.gauss(50.0 - 4.2 * small, 2.8)
    heart.base_lvef = rng.gauss(62.0 + 1.4 * small, 2.6)
    heart.base_lavi = rng.gauss(29.0, 4.5)
    heart.base_spap = rng.gauss(24.5 + 0.12 * max(0.0, age - 55), 3.2)
    heart.forward_ml = max(40.0, rng.gauss(63.0 - 7.0 * small, 7.0))
    heart.vti = min(175.0, max(110.0, rng.gauss(142.0, 11.0)))
    if heart.mechanism == "primary":
        _primary(heart, rng)
    elif heart.mechanism == "secondary_ventricular":
        _ventricular(heart, rng)
    elif heart.mechanism == "secondary_atrial":
        _atrial(heart, rng)
    else:
        _primary(heart, rng)
        _weaken(heart, rng, 46.0)
    heart.leak_target = heart.eroa
    _adapt(heart, rng)
    if heart.etiology in NARROWING:
        heart.valve_area = min(4.2, max(1.9, rng.gauss(2.9, 0.5)))
    return heart


def _primary(heart: Heart, rng: Random) -> None:
    draw = rng.random()
    if heart.etiology in PROLAPSES and draw < 0.24:
        heart.flail = True
        heart.eroa = min(95.0, exp(rng.gauss(log(47.0), 0.30)))
    elif draw < 0.47:
        heart.eroa = rng.uniform(4.0, 13.5)
    elif draw < 0.79:
        heart.eroa = rng.uniform(13.5, 39.5)
    else:
        heart.eroa = 40.0 + min(48.0, rng.expovariate(1 / 11.0))
    mild = heart.eroa < 20
    median = rates.GROWTH_MEDIAN_MILD if mild else rates.GROWTH_MEDIAN
    heart.growth = min(0.8, exp(rng.gauss(log(median), rates.GROWTH_SPREAD)))
    if heart.flail:
        heart.growth *= 0.8
    if heart.etiology == "rheumatic":
        heart.growth *= 0.6


def _weaken(heart: Heart, rng: Random, mean_lvef: float) -> None:
    heart.base_lvef = min(56.0, max(17.0, rng.gauss(mean_lvef, 7.0)))
    heart.base_lvedd += max(2.0, 0.42 * (60 - heart.base_lvef) + rng.gauss(2.0, 3.0))
    heart.forward_ml = max(36.0, heart.forward_ml * 0.88)
    heart.frailty *= 1.35


def _ventricular(heart: Heart, rng: Random) -> None:
    _weaken(heart, rng, 33.0)
    heart.eroa = min(58.0, max(7.0, rng.gauss(25.0, 9.5)))
    heart.vti = max(100.0, heart.vti - 12)
    heart.left_bundle = rng.random() < (0.95 if heart.etiology == "dyssynchrony" else 0.28)
    heart.base_spap += 6.0
    heart.base_lavi += 8.0


def _atrial(heart: Heart, rng: Random) -> None:
    heart.eroa = min(58.0, max(8.0, rng.gauss(26.0, 9.0)))
    heart.base_lavi += 20.0
    heart.base_lvef -= 3.0
    heart.base_spap += 5.0
    heart.frailty *= 1.25
    heart.af = heart.etiology == "atrial_fibrillation" or rng.random() < 0.5


def _adapt(heart: Heart, rng: Random) -> None:
    """The leak is years old on arrival: chambers, rhythm and symptoms have followed it."""
    if heart.eroa > rates.DAMAGE_FROM_MM2 and not heart.ventricular:
        years = min(9.0, rng.expovariate(1 / 2.6))
        excess = (heart.eroa - rates.DAMAGE_FROM_MM2) / 10
        heart.damage = years * excess * rates.DAMAGE_PER_10_MM2 * heart.susceptible
    heart.permanent = rng.random() < 0.62
    if not heart.af:
        chance = 0.05 + 0.004 * max(0.0, heart.age - 45) + 0.05 * heart.severity()
        heart.af = rng.random() < chance
    settle_in(heart)
    severe = heart.severity()
    limited = 0.08 + 0.26 * severe + (0.50 if heart.ventricular else 0.0)
    limited += 0.25 if heart.mechanism == "secondary_atrial" else 0.0
    if rng.random() < limited:
        heart.nyha = 3 if rng.random() < 0.26 else 2
        if rng.random() < 0.02:
            heart.nyha = 4


def settle_in(heart: Heart) -> None:
    """Bring the chambers to where this leak, this rhythm and this damage have led them."""
    volume = max(0.0, heart.eroa * heart.vti / 100 - 10)
    lvedd, lvef = heart.base_lvedd + 0.5 * heart.damage, heart.base_lvef - heart.damage
    if not heart.ventricular:
        lvedd += 0.125 * volume
        lvef += min(5.5, 0.05 * volume)
    lavi = heart.base_lavi + 0.30 * volume + (8.0 if heart.af else 0.0)
    spap = heart.base_spap + 0.08 * volume + 0.14 * max(0.0, lavi - 38)
    heart.lvedd, heart.lvef, heart.lavi, heart.spap = lvedd, lvef, lavi, spap
