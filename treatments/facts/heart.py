"""The left ventricle, the left atrium, the pulmonary pressure and the tricuspid valve, at rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from guidelines import quantities
from guidelines.facts import Fact, Interval, Number, compare
from guidelines.vocabulary import LvefMethod
from patients.days import spoken
from patients.models import ClinicalRecord, EchoStudy
from treatments.facts.body import body_surface
from treatments.facts.case import Case, Facts, newer, newest, put
from treatments.facts.linear import (
    RESTING,
    adverse_only_by_state,
    conflict_after,
    diameter_study,
    lvesd_study,
)

# Values so near their limits that all three, LVEF, LVESD and LVEDD, reassure for half a year only
# (safety C).
NEAR_LVESD_MM = Decimal(37)
NEAR_LVESD_INDEX = Decimal("18.5")  # mm/m2
NEAR_LVEF_PERCENT = Decimal(64)

# A lesion is recorded none, mild, moderate, severe, massive; the fact counts to four (severe).
TR_RANKS = {0: 0, 1: 1, 2: 2, 3: 4, 4: 4}
TORRENTIAL = 4

ACCEPTED_METHODS = {
    LvefMethod.BIPLANE.value,
    LvefMethod.THREE_D.value,
    LvefMethod.CONTRAST.value,
    LvefMethod.CMR.value,
}


def heart_facts(case: Case) -> Facts:
    """Facts of the heart at rest."""
    facts: Facts = {}
    lvef = _lvef(case)
    near = _is_near_a_limit(case, lvef)
    if lvef is not None:
        facts["lvef_percent"] = case.fact(
            lvef.row,
            lvef.value,
            days=_lv_days(case, "lvef_percent", near),
            method=lvef.method,
            adverse_only=lvef.adverse_only,
        )
    for name in ("lvesd_mm", "lvedd_mm"):
        put(facts, name, _diameter(case, name, _lv_days(case, name, near)))
    put(facts, "la_volume_index_ml_m2", _la_volume_index(case))
    put(facts, "la_diameter_mm", _number(case, "la_diameter_mm"))
    put(facts, "spap_mmhg", newer(_by_catheter(case), _pulmonary_pressure(case)))
    put(facts, "tr_grade", _tricuspid(case))
    return facts


def _lv_days(case: Case, name: str, near: bool) -> int:
    limit = case.limits[name]
    return min(limit, case.limits["lv_near_limit"]) if near else limit


# Ejection fraction -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lvef:
    row: ClinicalRecord
    on: date
    value: Decimal | Interval | Number
    method: str
    adverse_only: str = ""

    @property
    def low(self) -> Number | None:
        return self.value.low if isinstance(self.value, Interval) else self.value

    @property
    def high(self) -> Number | None:
        return self.value.high if isinstance(self.value, Interval) else self.value


def lvef_interval(study: EchoStudy) -> Decimal | Interval | None:
    """The study's LVEF as one number or as the range that was given."""
    low: Decimal | None = study.lvef_percent_low
    high: Decimal | None = study.lvef_percent_high
    if low is None and high is None:
        return None
    if low is not None and low == high:
        return low
    return Interval(low, high, study.lvef_percent_low_open, study.lvef_percent_high_open)


def _lvef(case: Case) -> _Lvef | None:
    """The newest LVEF; one that counts only when adverse replaces an accepted one when worse.

    So a visual "65 %" says nothing beside a biplane 65 %, and a visual 50 % is not lost; nor does
    a visual "65 %" undo a biplane 55 %, however old that is.
    """
    found = sorted(_all_lvef(case), key=lambda each: each.on, reverse=True)
    latest = next(iter(found), None)
    accepted = next((each for each in found if not each.adverse_only), None)
    if latest is None or accepted is None or not latest.adverse_only:
        return latest
    least = accepted.high if accepted.low is None else accepted.low
    worse = latest.high is not None and least is not None and compare(latest.high, least) < 0
    return latest if worse else accepted


def _all_lvef(case: Case) -> Iterator[_Lvef]:
    for study in case.studies(*RESTING):
        found = case.record.once("lvef", study, partial(_lvef_of, case, study))
        if found is not None:
            yield found
            if not found.adverse_only:
                break  # what is older than an accepted one is never asked for
    for scan in case.record.cmr_studies:
        if scan.lvef_percent is not None:
            yield _Lvef(scan, scan.performed_on, scan.lvef_percent, LvefMethod.CMR.label)


def _lvef_of(case: Case, study: EchoStudy) -> _Lvef | None:
    """The study's LVEF as reported, else from its two volumes (safety D3)."""
    is_teichholz = study.lvef_method == LvefMethod.TEICHHOLZ.value
    if is_teichholz and study.regional_wall_motion_abnormality is True:
        return None
    value: Decimal | Interval | Number | None = lvef_interval(study)
    method = study.get_lvef_method_display()
    if value is None:
        computed = case.quantities_of(study).get("lvef_percent")
        if computed is None:
            return None
        value, method = computed.value, f"computed from volumes ({method.lower()})"
    return _Lvef(study, study.performed_on, value, method, _why_only_adverse(study))


def _why_only_adverse(study: EchoStudy) -> str:
    """Why an LVEF may not reassure; "" when it may."""
    if study.lvef_method == LvefMethod.TEICHHOLZ.value:
        regular = study.regional_wall_motion_abnormality is False
        return adverse_only_by_state(study) if regular else "Teichholz, wall motion not recorded"
    if study.lvef_method not in ACCEPTED_METHODS:
        visual = study.lvef_method == LvefMethod.VISUAL.value
        return "visual estimate" if visual else "method of LVEF not stated"
    return adverse_only_by_state(study)


def _is_near_a_limit(case: Case, lvef: _Lvef | None) -> bool:
    if lvef is not None and lvef.low is not None and compare(lvef.low, NEAR_LVEF_PERCENT) <= 0:
        return True
    study = lvesd_study(case)
    if study is None or study.lvesd_mm is None:
        return False
    if study.lvesd_mm >= NEAR_LVESD_MM:
        return True
    surface = body_surface(case, study)
    area = None if surface is None else surface.value
    if not isinstance(area, Decimal | float):
        return False
    index = quantities.lvesd_index(lvesd_mm=study.lvesd_mm, bsa_m2=area)
    return compare(index.value, NEAR_LVESD_INDEX) >= 0


# Diameters ---------------------------------------------------------------------------------------


def _diameter(case: Case, name: str, days: int) -> Fact | None:
    study = diameter_study(case, name)
    if study is None:
        return None
    adverse_only = adverse_only_by_state(study)
    conflict = conflict_after(case, study)
    if conflict is not None:
        day = spoken(conflict.performed_on)
        adverse_only = f"the newer study of {day} has LVESD larger than LVEDD"
    return case.fact(
        study,
        getattr(study, name),
        days=days,
        method=study.get_linear_method_display(),
        adverse_only=adverse_only,
    )


# Atrium, pressure, tricuspid valve ---------------------------------------------------------------


def _number(case: Case, column: str) -> Fact | None:
    study = newest(case.studies(*RESTING), lambda row: getattr(row, column) is not None)
    if study is None:
        return None
    return _resting(case, column, study, getattr(study, column))


def _resting(
    case: Case,
    name: str,
    study: EchoStudy,
    value: Number | Interval | None,
    method: str = "",
    reason: str = "",
) -> Fact:
    return case.fact(
        study,
        value,
        days=case.limits[name],
        method=method,
        reason=reason,
        adverse_only=adverse_only_by_state(study),
    )


def _la_volume_index(case: Case) -> Fact | None:
    """As reported, else the volume over the body surface of that study."""
    name = "la_volume_index_ml_m2"
    for study in case.studies(*RESTING):
        if study.la_volume_index_ml_m2 is not None:
            return _resting(case, name, study, study.la_volume_index_ml_m2)
        index = computed_la_volume_index(case, study)
        if index is not None:
            return _resting(case, name, study, index, "computed from volume and body surface")
    return None


def computed_la_volume_index(case: Case, study: EchoStudy) -> Number | None:
    """Left atrial volume over the body surface of that study, in mL/m2 (row ASE-F-12)."""
    volume: Number | None = study.la_volume_ml
    if volume is None and "la_volume_ml" in case.quantities_of(study):
        volume = case.quantities_of(study)["la_volume_ml"].value
    surface = None if volume is None else body_surface(case, study)
    area = None if surface is None else surface.value
    if volume is None or not isinstance(area, Decimal | float):
        return None
    return quantities.la_volume_index(la_volume_ml=volume, bsa_m2=area).value


def _by_catheter(case: Case) -> Fact | None:
    """The pressure by catheter; of two of one day it stands before that by echo."""
    row = newest(case.record.catheter_studies, lambda each: each.spap_mmhg is not None)
    if row is None:
        return None
    return case.fact(row, row.spap_mmhg, days=case.limits["spap_mmhg"], method="catheter")


def _pulmonary_pressure(case: Case) -> Fact | None:
    """As reported, else from the TR jet: with the right atrial pressure, or as a range without.

    In torrential regurgitation the jet understates the pressure: it is then a lower limit.
    """
    for study in case.studies(*RESTING):
        found = pressure_of(case, study)
        if found is None:
            continue
        value, method = found
        torrential = study.tricuspid_regurgitation == TORRENTIAL
        if torrential and study.spap_source != "catheter":
            low = value.low if isinstance(value, Interval) else value
            why = "lower limit: torrential tricuspid regurgitation"
            return _resting(case, "spap_mmhg", study, Interval(low, None), method, why)
        return _resting(case, "spap_mmhg", study, value, method)
    return None


def pressure_of(case: Case, study: EchoStudy) -> tuple[Number | Interval, str] | None:
    """The systolic pulmonary pressure of a study in mmHg, and its method if it is computed (D3)."""
    if study.spap_mmhg is not None:
        return study.spap_mmhg, ""
    computed = case.quantities_of(study).get("rvsp_mmhg")
    if computed is not None:
        return computed.value, "TR jet and right atrial pressure"
    jet = quantities.spap_by_tr_jet(
        tr_velocity_m_s=study.tr_peak_velocity_m_s,
        right_atrial_pressure_mmhg=None,
        tricuspid_regurgitation_torrential=None,
    )
    return None if jet is None else (jet, "TR jet, right atrial pressure unknown")


def _tricuspid(case: Case) -> Fact | None:
    study = newest(case.studies(*RESTING), lambda row: row.tricuspid_regurgitation is not None)
    if study is None or study.tricuspid_regurgitation is None:
        return None
    return _resting(case, "tr_grade", study, Decimal(TR_RANKS[study.tricuspid_regurgitation]))
