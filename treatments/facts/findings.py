"""What echo studies show of the heart and the other valves beside the main measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from guidelines.catalogue.antithrombosis import StenosisGrade
from guidelines.catalogue.therapy import RvDysfunction
from guidelines.facts import Fact
from guidelines.vocabulary import CarpentierType, Etiology, StudyQuality
from patients.models import EchoStudy
from treatments.facts.body import body_surface
from treatments.facts.case import Case, Facts, newer, newest, put, source_of
from treatments.facts.linear import RESTING, adverse_only_by_state
from treatments.models import Intervention

MODERATE, SEVERE = 2, 3  # grades of another lesion, as recorded
SEVERE_STENOSIS_CM2 = Decimal("1.5")  # valve area, row SAFE-07
RV_FUNCTION = {
    EchoStudy.RvFunction.NORMAL.value: RvDysfunction.NONE,
    EchoStudy.RvFunction.MILD.value: RvDysfunction.MILD,
    EchoStudy.RvFunction.MODERATE.value: RvDysfunction.MODERATE,
    EchoStudy.RvFunction.SEVERE.value: RvDysfunction.SEVERE,
}
STENOSIS = {
    0: StenosisGrade.NONE,
    1: StenosisGrade.MILD,
    2: StenosisGrade.MODERATE,
    3: StenosisGrade.SEVERE,
    4: StenosisGrade.SEVERE,
}
FINDINGS = (
    "regional_wall_motion_abnormality",
    "leaflet_tethering",
    "annular_disjunction",
    "tricuspid_regurgitation_secondary",
)
PROLAPSE = {
    Etiology.BARLOW.value,
    Etiology.FIBROELASTIC_DEFICIENCY.value,
}
AORTIC_TREATED = {Intervention.Kind.AORTIC_REPLACEMENT, Intervention.Kind.TAVI}
LESIONS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "severe_aortic_or_tricuspid_disease": (
        ("aortic_stenosis", "aortic_regurgitation", "tricuspid_regurgitation"),
        SEVERE,
    ),
    "severe_aortic_stenosis": (("aortic_stenosis",), SEVERE),
    "aortic_stenosis_moderate_or_more": (("aortic_stenosis",), MODERATE),
    "other_valve_disease": (
        ("aortic_stenosis", "aortic_regurgitation", "mitral_stenosis", "tricuspid_regurgitation"),
        MODERATE,
    ),
}


def finding_facts(case: Case) -> Facts:
    """Findings, other lesions, the right ventricle and the annuli, each from the newest study."""
    facts: Facts = {}
    for name in FINDINGS:
        put(facts, name, newer(_seen(case, name), case.answer(name)))
    for name, (columns, least) in LESIONS.items():
        put(facts, name, newer(_lesion(case, name, columns, least), case.answer(name)))
    put(facts, "rv_dysfunction", _right_ventricle(case))
    put(facts, "mitral_annulus_ap_mm", _number(case, "mitral_annulus_ap_mm"))
    put(facts, "tricuspid_annulus_mm", _number(case, "tricuspid_annulus_mm"))
    put(facts, "tricuspid_annulus_index_mm_m2", _annulus_index(case))
    put(facts, "lvedv_index_ml_m2", _volume_index(case))
    put(facts, "mitral_prolapse", _prolapse(case))
    put(facts, "mitral_stenosis", _mitral_stenosis(case))
    put(facts, "echo_on_record", _on_record(case))
    name = "echo_inconclusive"
    put(facts, name, newer(_inconclusive(case), case.answer(name)))
    return facts


def _limit(case: Case, name: str) -> int:
    return case.limits.get(name, case.limits["finding"])


def _seen(case: Case, column: str) -> Fact | None:
    study = newest(case.studies(*RESTING), lambda row: getattr(row, column) is not None)
    if study is None:
        return None
    return case.fact(
        study,
        getattr(study, column),
        days=_limit(case, column),
        adverse_only=adverse_only_by_state(study),
    )


def _number(case: Case, column: str) -> Fact | None:
    return _seen(case, column)


def _lesion(case: Case, name: str, columns: tuple[str, ...], least: int) -> Fact | None:
    """Yes from the newest grade of any lesion; no only when the newest grade of each says so."""
    grades = [(column, _graded(case, column)) for column in columns]
    stated = [(study, getattr(study, column)) for column, study in grades if study is not None]
    bad = max(
        (each for each in stated if each[1] >= least),
        key=lambda each: each[0].performed_on,
        default=None,
    )
    if bad is not None:
        return case.fact(bad[0], True)
    treated = _aortic_treated(case)
    open_columns = [
        column for column, study in grades
        if study is None and not (treated and column == "aortic_stenosis")
    ]  # fmt: skip
    if open_columns or not stated:
        return None
    oldest = min((study for study, _ in stated), key=lambda study: study.performed_on)
    return case.fact(
        oldest, False, days=_limit(case, name), adverse_only=adverse_only_by_state(oldest)
    )


def _graded(case: Case, column: str) -> EchoStudy | None:
    """The newest study that graded the lesion, of the aortic valve as it is now."""
    treated = _aortic_treated(case) if column == "aortic_stenosis" else None
    return newest(
        case.studies(*RESTING),
        lambda row: (
            getattr(row, column) is not None and (treated is None or row.performed_on > treated)
        ),
    )


def _aortic_treated(case: Case) -> date | None:
    row = newest(case.record.performed, lambda each: each.kind in AORTIC_TREATED)
    return None if row is None else row.performed_on


def _right_ventricle(case: Case) -> Fact | None:
    study = newest(case.studies(*RESTING), lambda row: row.rv_function in RV_FUNCTION)
    if study is None:
        return None
    value, days = RV_FUNCTION[study.rv_function], case.limits["rv_dysfunction"]
    return case.fact(study, value, days=days, adverse_only=adverse_only_by_state(study))


def _annulus_index(case: Case) -> Fact | None:
    study = newest(case.studies(*RESTING), lambda row: row.tricuspid_annulus_mm is not None)
    surface = None if study is None else body_surface(case, study)
    if study is None or surface is None or study.tricuspid_annulus_mm is None:
        return None
    if not isinstance(surface.value, Decimal | float):
        return None
    annulus: Decimal | float = study.tricuspid_annulus_mm
    over = annulus if isinstance(surface.value, Decimal) else float(annulus)
    index = over / surface.value  # type: ignore[operator]
    days = _limit(case, "tricuspid_annulus_mm")
    return case.fact(study, index, days=days, adverse_only=adverse_only_by_state(study))


def _volume_index(case: Case) -> Fact | None:
    """As reported, else the end-diastolic volume over the body surface of that study."""
    for study in case.studies(*RESTING):
        value: Decimal | float | None = study.lvedv_index_ml_m2
        if value is None and study.lvedv_ml is not None:
            surface = body_surface(case, study)
            if surface is not None and isinstance(surface.value, Decimal):
                value = study.lvedv_ml / surface.value
            elif surface is not None and isinstance(surface.value, float):
                value = float(study.lvedv_ml) / surface.value
        if value is not None:
            days, why = case.limits["lvedv_index_ml_m2"], adverse_only_by_state(study)
            return case.fact(study, value, days=days, adverse_only=why)
    return None


def _prolapse(case: Case) -> Fact | None:
    """From the diagnosis, or from segments seen to prolapse; a stated other type says no."""
    study = newest(case.studies(*RESTING), lambda row: row.prolapse_segments or row.flail_leaflet)
    if study is not None:
        return case.fact(study, True, reason="seen on echo")
    types = (row for row in case.record.diagnoses if row.carpentier_type not in ("", "unknown"))
    stated = next(types, None)
    cause = newest(case.record.diagnoses, lambda row: row.etiology in PROLAPSE)
    if cause is not None:
        return case.fact(cause, True, method=cause.get_etiology_display())
    if stated is None:
        return None
    is_prolapse = stated.carpentier_type == CarpentierType.II.value
    return case.fact(stated, is_prolapse, method=stated.get_carpentier_type_display())


def _mitral_stenosis(case: Case) -> Fact | None:
    """As graded, in any state; an area of 1.5 cm2 or less is severe whatever was graded."""
    study = newest(
        case.studies(*RESTING),
        lambda row: row.mitral_stenosis is not None or _is_narrow(row),
    )
    if study is not None:
        grade = StenosisGrade.SEVERE if _is_narrow(study) else STENOSIS[study.mitral_stenosis or 0]
        return case.fact(study, grade, days=case.limits["mitral_stenosis"])
    check = newest(case.record.absence_checks, lambda row: row.mitral_stenosis_absent)
    if check is None:
        return None
    return case.fact(check, StenosisGrade.NONE, days=case.limits["none_of_these_asked"])


def _is_narrow(study: EchoStudy) -> bool:
    area = study.mitral_valve_area_cm2
    return area is not None and area <= SEVERE_STENOSIS_CM2


def _of_this_valve(case: Case) -> Iterator[EchoStudy]:
    for study in case.studies():
        later = case.procedure_on is None or study.performed_on > case.procedure_on
        if later and study.modality == EchoStudy.Modality.TTE:
            yield study


def _on_record(case: Case) -> Fact:
    """Whether a transthoracic study at rest of the valve as it is now was entered."""
    study = next(_of_this_valve(case), None)
    if study is None:
        return Fact(False, case.procedure_on, reason="none is on record")
    return Fact(True, study.performed_on, source_of(study))


def _inconclusive(case: Case) -> Fact | None:
    """Yes when the newest study has poor windows; what disagrees in it is the core's to find."""
    study = next(_of_this_valve(case), None)
    if study is None or study.quality != StudyQuality.POOR.value:
        return None
    return Fact(True, study.performed_on, source_of(study), reason="image quality poor")
