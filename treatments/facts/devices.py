"""ECG, pacing and resynchronization."""

from __future__ import annotations

from collections.abc import Callable

from guidelines.catalogue.therapy import QrsMorphology
from guidelines.facts import Fact
from guidelines.vocabulary import Rhythm
from patients.models import Electrocardiogram
from treatments.facts.case import Case, Facts, newer, newest, put, source_of
from treatments.models import Intervention

Kind = Intervention.Kind
Shape = Electrocardiogram.Morphology
MORPHOLOGY = {
    Shape.LBBB.value: QrsMorphology.LBBB,
    Shape.NARROW.value: QrsMorphology.NON_LBBB,
    Shape.RBBB.value: QrsMorphology.NON_LBBB,
    Shape.OTHER.value: QrsMorphology.NON_LBBB,
}


def device_facts(case: Case) -> Facts:
    """QRS, rhythm, pacing share and devices."""
    facts: Facts = {}
    qrs = _resting(case, lambda row: row.qrs_ms is not None and _is_intrinsic(row))
    if qrs is not None:
        facts["qrs_ms"] = case.fact(qrs, qrs.qrs_ms, days=case.limits["qrs_ms"])
    shape = _resting(case, lambda row: row.qrs_morphology in MORPHOLOGY)
    if shape is not None:
        value = MORPHOLOGY[shape.qrs_morphology]
        facts["qrs_morphology"] = case.fact(shape, value, days=case.limits["qrs_morphology"])
    rhythm = _resting(case, lambda row: row.rhythm != Rhythm.UNKNOWN.value)
    if rhythm is not None:
        value_of_rhythm = Rhythm(rhythm.rhythm)
        facts["ecg_rhythm"] = case.fact(rhythm, value_of_rhythm, days=case.limits["ecg_rhythm"])
    paced = newest(case.record.electrocardiograms, lambda row: row.rv_pacing_percent is not None)
    if paced is not None:
        days = case.limits["rv_pacing_percent"]
        facts["rv_pacing_percent"] = case.fact(paced, paced.rv_pacing_percent, days=days)
    put(facts, "crt_implanted", _resynchronized(case))
    put(facts, "pacemaker_implanted", _pacemaker(case))
    return facts


def _resting(case: Case, wanted: Callable[[Electrocardiogram], bool]) -> Electrocardiogram | None:
    tracings = case.record.electrocardiograms
    return newest(
        tracings, lambda row: row.kind == Electrocardiogram.Kind.TWELVE_LEAD and wanted(row)
    )


def _is_intrinsic(row: Electrocardiogram) -> bool:
    return row.qrs_morphology != Shape.PACED


def _resynchronized(case: Case) -> Fact | None:
    """From performed procedures; not present when a recent ECG shows intrinsic conduction."""
    row = newest(
        case.record.performed,
        lambda each: each.kind == Kind.CRT and each.device_implanted is not False,
    )
    if row is not None:
        return Fact(True, row.performed_on, source_of(row))
    tracing = _resting(case, lambda each: each.qrs_morphology in MORPHOLOGY)
    seen = None
    if tracing is not None:
        why = "intrinsic conduction on the ECG"
        days = case.limits["qrs_morphology"]
        seen = case.fact(tracing, False, days=days, reason=why, lasts_through_events=True)
    return newer(case.answer("crt_implanted"), seen)


def _pacemaker(case: Case) -> Fact | None:
    row = newest(case.record.performed, lambda each: each.kind in {Kind.PACEMAKER, Kind.ICD})
    if row is not None:
        return Fact(True, row.performed_on, source_of(row), method=row.get_kind_display())
    return case.answer("pacemaker_implanted")
