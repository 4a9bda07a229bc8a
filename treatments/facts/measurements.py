"""The measurements of severity that one echo study holds, as facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from guidelines import quantities
from guidelines.catalogue.severity import FlowConvergence, JetDensity, JetDirection
from guidelines.facts import Fact, Interval, Value
from guidelines.quantities import ImplausibleInputError, Quantity
from guidelines.vocabulary import (
    JetTiming,
    RegurgitationMethod,
    Rhythm,
    StudyQuality,
    StudyState,
    Term,
)
from patients.derived import diameters_conflict
from patients.models import EchoStudy
from treatments.facts.case import Case, Facts
from treatments.facts.heart import ACCEPTED_METHODS, lvef_interval
from treatments.facts.linear import TRANSTHORACIC, adverse_only_by_state

PISA = RegurgitationMethod.PISA.value
DOPPLER = RegurgitationMethod.DOPPLER_VOLUMETRIC.value

# Facts that are columns of their own: fact, column.
NUMBERS: Mapping[str, str] = {
    "pisa_radius_mm": "pisa_radius_mm",
    "vena_contracta_mm": "vena_contracta_mm",
    "vena_contracta_biplane_mm": "vena_contracta_biplane_mm",
    "vena_contracta_area_mm2": "vena_contracta_area_3d_mm2",
}
STRUCTURE: Mapping[str, str] = {
    "flail_leaflet": "flail_leaflet",
    "papillary_muscle_rupture": "ruptured_papillary_muscle",
    "large_perforation": "leaflet_perforation",
}
# Signs that the count of ASE 2017 asks for, and what supports severe regurgitation.
SIGNS: Mapping[str, str] = {
    "jet_area_percent_la": "jet_area_percent_la",
    "e_velocity_m_s": "e_velocity_m_s",
    "a_velocity_m_s": "a_velocity_m_s",
    "severe_leaflet_retraction": "severe_leaflet_retraction",
    "severe_tenting": "severe_tenting",
    "study_la_diameter_mm": "la_diameter_mm",
}
TERMS: Mapping[str, type[Term]] = {
    "jet_direction": JetDirection,
    "jet_density": JetDensity,
    "flow_convergence": FlowConvergence,
}
CIRCUMSTANCES: Mapping[str, str] = {
    "aliasing_velocity_cm_s": "aliasing_velocity_cm_s",
    "annular_calcification": "annular_calcification",
    "multiple_jets": "multiple_jets",
    "orifice_elliptical": "orifice_elliptical",
    "low_flow": "low_flow",
    "study_heart_rate_bpm": "heart_rate_bpm",
    "study_beats_averaged": "beats_averaged",
    "study_systolic_bp_mmhg": "systolic_bp_mmhg",
    "study_decompensated": "decompensated",
}
ENTERED = (
    "eroa_mm2",
    "regurgitant_volume_ml",
    "regurgitant_fraction_percent",
    *NUMBERS.values(),
)
COMPUTED = ("eroa_mm2", "volumetric_regurgitant_volume_ml")
MODERATE_LESION = 2  # grade of another lesion, as recorded
REVERSAL = EchoStudy.PulmonaryVeinFlow.REVERSAL


def speaks_of_severity(study: EchoStudy, computed: Mapping[str, Quantity]) -> bool:
    """Whether the study holds any line of evidence."""
    return (
        any(getattr(study, name) is not None for name in ENTERED)
        or any(getattr(study, name) for name in STRUCTURE.values())
        or study.pulmonary_vein_flow == REVERSAL
        or study.reader_grade_low is not None
        or any(name in computed for name in COMPUTED)
    )


def measurements(case: Case, study: EchoStudy) -> Facts:
    """All facts of severity from the study, as on its own day: none is too old yet."""
    facts = {
        name: _fact(case, study, value, method, reason)
        for name, value, method, reason in (*_lines(case, study), *_signs(case, study))
        if value is not None
    }
    return facts | _circumstances(case, study)


def _circumstances(case: Case, study: EchoStudy) -> Facts:
    """What the measurements were made in; the past does not age."""
    facts = {
        "jet_timing": case.fact(study, JetTiming(study.jet_timing)),
        "study_state": case.fact(study, StudyState(study.state)),
        "study_quality": case.fact(study, StudyQuality(study.quality)),
        "study_rhythm": case.fact(study, Rhythm(study.rhythm)),
    }
    for name, column in CIRCUMSTANCES.items():
        value = getattr(study, column)
        if value is not None:
            number = Decimal(value) if type(value) is int else value
            facts[name] = case.fact(study, number)
    if study.aortic_regurgitation is not None:
        more = study.aortic_regurgitation >= MODERATE_LESION
        facts["study_aortic_regurgitation_more_than_mild"] = case.fact(study, more)
    return facts


OF_CIRCUMSTANCES = frozenset(
    {
        "jet_timing",
        "study_state",
        "study_quality",
        "study_rhythm",
        "study_aortic_regurgitation_more_than_mild",
        *CIRCUMSTANCES,
    }
)
"""Facts that say how a study was made: they do not age."""


def adverse_measurements(case: Case, study: EchoStudy) -> Facts:
    """What a study that cannot exclude severe regurgitation adds: it counts only when adverse."""
    why = f"patient {study.get_state_display().lower()}"
    return {
        name: replace(_fact(case, study, value, method, reason), adverse_only=why)
        for name, value, method, reason in _lines(case, study)
        if value is not None and value is not False
    }


def _fact(case: Case, study: EchoStudy, value: Value, method: str, reason: str) -> Fact:
    adverse_only = adverse_only_by_state(study)
    return case.fact(study, value, method=method, reason=reason, adverse_only=adverse_only)


_Line = tuple[str, Value | None, str, str]


def _lines(case: Case, study: EchoStudy) -> Iterator[_Line]:
    """Fact, value, method and reason of every line of evidence."""
    yield from _orifice_and_volume(case, study)
    for name, column in (*NUMBERS.items(), *STRUCTURE.items()):
        yield name, getattr(study, column), "", ""
    yield "reader_grade", _reader_grade(study), "", ""
    if study.pulmonary_vein_flow != EchoStudy.PulmonaryVeinFlow.NOT_STATED:
        seen = study.pulmonary_vein_flow == REVERSAL
        yield "pulmonary_vein_systolic_reversal", seen, "", ""


def _signs(case: Case, study: EchoStudy) -> Iterator[_Line]:
    """Fact, value, method and reason of the signs that are counted or support."""
    for name, column in SIGNS.items():
        yield name, getattr(study, column), "", ""
    for name, kind in TERMS.items():
        yield name, kind(getattr(study, name)), "", ""
    yield "vti_ratio_mitral_aortic", _vti_ratio(study), "", "computed from the two integrals"
    if _has_usable_diameters(study):
        yield "study_lvedd_mm", study.lvedd_mm, "", ""
    if study.lvef_method in ACCEPTED_METHODS:
        yield "study_lvef_percent", lvef_interval(study), study.get_lvef_method_display(), ""
    yield "study_la_volume_index_ml_m2", _la_volume_index(case, study), "", ""


def _has_usable_diameters(study: EchoStudy) -> bool:
    """Linear, transthoracic, and not an impossible pair (safety D3)."""
    is_linear = study.linear_method != EchoStudy.LinearMethod.OTHER
    return is_linear and study.modality in TRANSTHORACIC and not diameters_conflict(study)


def _vti_ratio(study: EchoStudy) -> Value | None:
    inflow, outflow = study.mitral_inflow_vti_cm, study.aortic_vti_cm
    if inflow is None or outflow is None:
        return None
    try:
        ratio = quantities.vti_ratio(
            mitral_inflow_vti_cm=inflow,
            aortic_vti_cm=outflow,
            aortic_regurgitation=(study.aortic_regurgitation or 0) >= MODERATE_LESION,
            mitral_stenosis=(study.mitral_stenosis or 0) > 0,
        )
    except ImplausibleInputError:
        return None
    return ratio.value


def _la_volume_index(case: Case, study: EchoStudy) -> Value | None:
    """As reported, else from the volume and the body surface of the same study."""
    entered: Decimal | None = study.la_volume_index_ml_m2
    if entered is not None:
        return entered
    computed = case.quantities_of(study).get("la_volume_index_ml_m2")
    return None if computed is None else computed.value


def _orifice_and_volume(case: Case, study: EchoStudy) -> Iterator[_Line]:
    """As entered, else as computed from the study's own raw measurements."""
    computed = case.quantities_of(study)
    volume_method = study.regurgitant_volume_method
    orifice_method = PISA if study.eroa_mm2 is None else study.eroa_method
    if study.eroa_mm2 is not None:
        yield "eroa_mm2", study.eroa_mm2, orifice_method, ""
    elif "eroa_mm2" in computed:
        yield "eroa_mm2", computed["eroa_mm2"].value, PISA, "computed from the PISA radius"
    if study.regurgitant_volume_ml is not None:
        yield "regurgitant_volume_ml", study.regurgitant_volume_ml, volume_method, ""
    elif "regurgitant_volume_ml" in computed:
        value = computed["regurgitant_volume_ml"].value
        yield "regurgitant_volume_ml", value, orifice_method, "computed from the orifice area"
    yield (
        "regurgitant_fraction_percent", study.regurgitant_fraction_percent, volume_method, ""
    )  # fmt: skip
    for name in ("volumetric_regurgitant_volume_ml", "volumetric_regurgitant_fraction_percent"):
        if name in computed:
            yield name, computed[name].value, DOPPLER, "computed from stroke volumes"


def _reader_grade(study: EchoStudy) -> Decimal | Interval | None:
    low, high = study.reader_grade_low, study.reader_grade_high
    if low is None or high is None:
        return None
    return Decimal(low) if low == high else Interval(Decimal(low), Decimal(high))
