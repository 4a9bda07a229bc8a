"""A heart with a leaking mitral valve: its true state, how it changes, what may befall it."""

from __future__ import annotations

from math import exp
from random import Random

from demo.simulation import rates

MEASURES = (
    "eroa_mm2",
    "regurgitant_volume_ml",
    "regurgitant_fraction_percent",
    "lvedd_mm",
    "lvesd_mm",
    "lvef_percent",
    "la_volume_index_ml_m2",
    "spap_mmhg",
)
LEAK = 3
"""The first so many measures describe the leak; a prosthesis has none of them."""

State = tuple[float, float, float, float, float, float, float, float]

PROSTHESES = frozenset({"mechanical", "surgical_bioprosthesis"})
_ESD_POWER = 1 / 2.35
"""End-systolic over end-diastolic diameter is the (1 - LVEF) to this power."""


GRADE_LIMITS = (4.0, 20.0, 30.0, 40.0)


def grade_of(eroa_mm2: float) -> str:
    """The true grade of a native or repaired valve, by its orifice (rows ASE-A-4 to ASE-A-7)."""
    if eroa_mm2 >= 40:
        return "severe"
    if eroa_mm2 >= 30:
        return "moderate_to_severe"
    if eroa_mm2 >= 20:
        return "moderate"
    return "mild" if eroa_mm2 >= 4 else "none"


class Heart:
    """What is true now. Changed only by ``settle`` and by what happens to the patient."""

    __slots__ = (
        "af",
        "age",
        "base_lavi",
        "base_lvedd",
        "base_lvef",
        "base_spap",
        "damage",
        "endocarditis",
        "eroa",
        "etiology",
        "failing",
        "flail",
        "forward_ml",
        "frailty",
        "growth",
        "lavi",
        "leak_target",
        "left_bundle",
        "lvedd",
        "lvef",
        "male",
        "mechanism",
        "nyha",
        "operated_years",
        "permanent",
        "spap",
        "susceptible",
        "tempo",
        "valve",
        "valve_area",
        "vti",
    )

    def __init__(self, *, male: bool, age: float, mechanism: str, etiology: str) -> None:
        self.male, self.age = male, age
        self.mechanism, self.etiology = mechanism, etiology
        self.tempo, self.valve = "chronic", "native"
        self.flail = self.af = self.left_bundle = self.endocarditis = self.failing = False
        self.permanent = True
        self.nyha = 1
        self.eroa = self.leak_target = self.growth = self.damage = 0.0
        self.vti, self.forward_ml = 142.0, 60.0
        self.frailty = self.susceptible = 1.0
        self.base_lvedd, self.base_lvef = 50.0, 62.0
        self.base_lavi, self.base_spap = 29.0, 25.0
        self.lvedd, self.lvef, self.lavi, self.spap = 50.0, 62.0, 30.0, 26.0
        self.operated_years = -1.0
        self.valve_area = 4.5  # cm2, when open

    @property
    def ventricular(self) -> bool:
        """Whether the leak is the ventricle's doing."""
        return self.mechanism == "secondary_ventricular"

    @property
    def rhythm(self) -> str:
        """Atrial fibrillation counts as such even where it comes and goes."""
        return "atrial_fibrillation" if self.af else "sinus"

    def state(self) -> State:
        """Every measure now, in the order of ``MEASURES``."""
        return self._state(self.eroa, self.lvedd, self.lvef, self.lavi, self.spap)

    def _state(self, eroa: float, lvedd: float, lvef: float, lavi: float, spap: float) -> State:
        volume = eroa * self.vti / 100
        fraction = 100 * volume / (volume + self.forward_ml)
        lvesd = lvedd * (1 - lvef / 100) ** _ESD_POWER
        return eroa, volume, fraction, lvedd, lvesd, lvef, lavi, spap

    def settle(self, state: State, years: float) -> None:
        """Be in this state, so many years older."""
        self.eroa, _, _, self.lvedd, _, self.lvef, self.lavi, self.spap = state
        self.age += years
        if self.operated_years >= 0:
            self.operated_years += years
        excess = self.eroa - rates.DAMAGE_FROM_MM2
        if excess > 0:
            speed = rates.DAMAGE_PER_10_MM2 * self.susceptible * (1 + self.damage / 6)
            self.damage = min(30.0, self.damage + years * speed * excess / 10)

    def ahead(self, years: float, rng: Random) -> State:
        """The state so many years from now, if nothing happens until then."""
        eroa = self._leak_after(years, rng)
        volume = (eroa + self.eroa) * self.vti / 200
        after = 0 <= self.operated_years < 1
        lvedd_target = self.base_lvedd + 0.5 * self.damage
        lvef_target = self.base_lvef - self.damage
        if not self.ventricular:
            load = volume - 10 if volume > 10 else 0.0
            lvedd_target += 0.14 * load
            lvef_target += 0.05 * load if load < 110 else 5.5
        near = 1 - exp(-years * (rates.LV_RATE_AFTER if after else rates.LV_RATE))
        lvedd = self.lvedd + (lvedd_target - self.lvedd) * near + rng.gauss(0, 0.35)
        lvef = self.lvef + (lvef_target - self.lvef) * near + rng.gauss(0, 0.5)
        lavi_target = self.base_lavi + (9.0 if self.af else 0.0)
        lavi_target += 0.34 * (volume - 10) if volume > 10 else 0.0
        near = 1 - exp(-years * (rates.LA_RATE_AFTER if after else rates.LA_RATE))
        lavi = self.lavi + (lavi_target - self.lavi) * near + rng.gauss(0, 0.6)
        spap = self._spap_after(years, volume, lavi) + rng.gauss(0, 1.0)
        return self._state(
            eroa,
            min(84.0, max(34.0, lvedd)),
            min(76.0, max(12.0, lvef)),
            min(170.0, max(16.0, lavi)),
            min(105.0, max(16.0, spap)),
        )

    def _leak_after(self, years: float, rng: Random) -> float:
        eroa = self.eroa
        if self.valve in PROSTHESES:
            return 0.0
        wobble = rng.gauss(0, rates.WOBBLE_MM2) * min(1.0, eroa / 20)
        if self.mechanism.startswith("secondary"):
            aim = self.leak_target + 0.5 * years
            self.leak_target = aim
            return max(1.0, eroa + (aim - eroa) * (1 - exp(-years * 1.2)) + wobble)
        pull = (self.leak_target - eroa) * 0.3 * years
        room = 1 - (eroa / rates.GROWTH_END_MM2) ** 2
        growth = self.growth * eroa * eroa / (eroa + rates.GROWTH_HALF_MM2) * room
        # Halfway's slope, so that long steps and short ones grow alike.
        grown = growth * years * (1 + 0.5 * self.growth * years)
        self.leak_target += grown
        return min(112.0, max(1.0, eroa + grown + pull + wobble))

    def _spap_after(self, years: float, volume: float, lavi: float) -> float:
        aim = self.base_spap + (0.0, 0.0, 2.5, 9.0, 16.0)[self.nyha] + (2.0 if self.af else 0.0)
        aim += 0.10 * (volume - 20) if volume > 20 else 0.0
        aim += 0.16 * (lavi - 38) if lavi > 38 else 0.0
        return self.spap + (aim - self.spap) * (1 - exp(-years * rates.SPAP_RATE))

    # --- What may befall it ---------------------------------------------------------------------

    def severity(self) -> float:
        """0 for a small leak, 1 for a severe one, in between around the limit."""
        return 1 / (1 + exp((35 - self.eroa) / 5))

    def hazards(self) -> tuple[float, ...]:
        """Rates per year of ``EVENTS``, in their order."""
        severe = self.severity()
        weak = 1.0 + (0.06 * (55 - self.lvef) if self.lvef < 55 else 0.0)
        burden = self.susceptible * weak * (1.3 if self.af else 1.0)
        burden *= 1.4 if self.spap > 45 else 1.0
        nyha = self.nyha
        old = self.age - 65
        worse = 0.0
        if nyha == 1:
            worse = rates.SYMPTOMS_MILD * exp(0.03 * old) + rates.SYMPTOMS_SEVERE * severe
        elif nyha < 4:
            worse = rates.WORSE_MILD + rates.WORSE_SEVERE * severe
        failure = rates.FAILURE_RATE[nyha] + rates.FAILURE_SEVERE[nyha] * severe
        atrial = 0.0
        if not self.af:
            atrial = rates.AF_RATE * exp(
                rates.AF_PER_YEAR_OF_AGE * old + rates.AF_PER_ML_M2 * (self.lavi - 45)
            )
        return (
            self.death_rate(),
            worse * burden,
            failure * burden,
            atrial,
            self._flail_rate(),
            self._endocarditis_rate(),
            self._failure_of_the_valve_rate(),
            rates.BETTER * (1 - 0.8 * severe) if nyha > 2 else 0.0,
        )

    def background_death_rate(self) -> float:
        """Of anybody of this age and sex."""
        at_65 = rates.DEATH_AT_65_MAN if self.male else rates.DEATH_AT_65_WOMAN
        return at_65 * exp(rates.DEATH_PER_YEAR_OF_AGE * (self.age - 65))

    def death_rate(self) -> float:
        """Of this patient: age and sex, the leak, symptoms, rhythm, ventricle, frailty."""
        rate = self.background_death_rate() * self.frailty
        # A very old heart is not sicker by the same factor: excess shrinks with age.
        nyha = rates.DEATH_BY_NYHA[self.nyha]
        rate *= nyha if self.age < 75 else 1 + (nyha - 1) * exp((75 - self.age) / 14)
        if self.eroa > 20:
            rate *= rates.DEATH_PER_10_MM2 ** ((self.eroa - 20) / 10)
        if self.af:
            rate *= rates.DEATH_WITH_AF
        if self.lvef < 55:
            rate *= 1 + rates.DEATH_PER_POINT_OF_LVEF * (55 - self.lvef)
        return rate

    def _flail_rate(self) -> float:
        if self.flail or self.valve != "native":
            return 0.0
        if self.etiology in PROLAPSES:
            return rates.FLAIL_RATE
        return rates.PAPILLARY_RATE if self.etiology == "ischemic" else 0.0

    def _endocarditis_rate(self) -> float:
        if self.endocarditis:
            return 0.0
        if self.valve in PROSTHESES:
            return rates.ENDOCARDITIS_PROSTHESIS
        return rates.ENDOCARDITIS_NATIVE if self.mechanism == "primary" else 0.0

    def _failure_of_the_valve_rate(self) -> float:
        if self.valve == "surgical_repair":
            return rates.REPAIR_RECURS if self.eroa < 20 else 0.0
        if self.failing:
            return 0.0
        if self.valve == "surgical_bioprosthesis":
            return rates.BIOLOGICAL_FAILS[0 if self.operated_years < 8 else 1]
        return rates.MECHANICAL_CLOTS if self.valve == "mechanical" else 0.0

    def background_share(self) -> float:
        """The share of this patient's risk of death that anybody of that age has."""
        return min(1.0, self.background_death_rate() / self.death_rate())


PROLAPSES = frozenset({"fibroelastic_deficiency", "barlow", "degenerative", "marfan"})

NARROWING = frozenset({"rheumatic", "mitral_annular_calcification", "radiation"})
"""Where the valve also opens less, though never to stenosis."""

DEATH, WORSE, FAILURE, ATRIAL, FLAIL, INFECTION, VALVE, BETTER = range(8)
"""Positions in ``Heart.hazards``."""
