"""The one place where a patient's record becomes facts for the clinical core.

``picture_of`` chooses, for each fact, the value that counts, with its date, source, method, age
and the reason for the choice. It reads nothing but a gathered record (``treatments.record``).

Selection follows the safety file: final or amended studies at rest only (C4, D3), severity
parameters of one study (C3), asymmetric ageing (C1) and events that void old reassurance (C2), a
valve's state from performed procedures (D5), symptoms as D1 defines them, atrial fibrillation as
D8, absence only where it was asked (D9).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from guidelines import quantities
from guidelines.facts import ClinicalPicture, Fact, Interval
from guidelines.vocabulary import (
    CarpentierType,
    CenterType,
    Etiology,
    JetTiming,
    LvefMethod,
    Mechanism,
    MitralValveState,
    Operability,
    PregnancyStatus,
    RegurgitationMethod,
    Rhythm,
    Sex,
    StudyQuality,
    StudyState,
    SurgicalRisk,
    TeerAnatomy,
    Tempo,
)
from patients import models as records
from patients.derived import diameters_conflict, quantities_of
from patients.models import ClinicalRecord, EchoStudy, YesNoUnknown
from treatments.models import Intervention, TeamReview
from treatments.record import PatientRecord, record_of
from treatments.symptoms import nyha_fact, symptomatic_fact

__all__ = ["PatientRecord", "picture_of", "record_of", "valve_state_of"]

# Days after which a value no longer reassures (safety C, timing verdict). Adverse values stay.
LV_DAYS = 365
LV_NEAR_LIMIT_DAYS = 183
NEAR_LVESD_MM = Decimal(37)
NEAR_LVESD_INDEX = Decimal("18.5")
NEAR_LVEF_PERCENT = Decimal(64)
SEVERITY_DAYS = 365
PRESSURE_AND_ATRIUM_DAYS = 365
VALVE_FINDING_DAYS = 365
AF_ABSENT_DAYS = 365
AF_JUDGMENT_DAYS = 730
TEAM_RISK_DAYS = 183
TEAM_ANATOMY_DAYS = 365
GOALS_DAYS = 183
ABSENCE_CHECK_DAYS = 365
PREGNANCY_DAYS = 30
HEIGHT_DAYS = 3650
WEIGHT_NEAR_ECHO_DAYS = 90
CMR_JOINS_STUDY_DAYS = 90

MODERATE_LESION = 2
# A lesion is recorded none, mild, moderate, severe, massive; the fact counts to four (severe).
TR_RANKS = {0: 0, 1: 1, 2: 2, 3: 4, 4: 4}

MITRAL_PROCEDURES: dict[str, MitralValveState] = {
    Intervention.Kind.MITRAL_REPAIR: MitralValveState.SURGICAL_REPAIR,
    Intervention.Kind.MITRAL_MECHANICAL: MitralValveState.MECHANICAL,
    Intervention.Kind.MITRAL_BIOLOGICAL: MitralValveState.SURGICAL_BIOPROSTHESIS,
    Intervention.Kind.TEER: MitralValveState.TEER,
    Intervention.Kind.TRANSCATHETER_MITRAL: MitralValveState.TRANSCATHETER,
    Intervention.Kind.MITRAL_COMMISSUROTOMY: MitralValveState.COMMISSUROTOMY,
}
# Procedures that make an older reassuring value stale at once (safety C2).
VOIDING_PROCEDURES = {
    *MITRAL_PROCEDURES,
    Intervention.Kind.CABG,
    Intervention.Kind.PCI,
    Intervention.Kind.CRT,
    Intervention.Kind.AORTIC_REPLACEMENT,
    Intervention.Kind.TAVI,
}
# Acts that end an acute episode and leave a chronic state (D4).
ENDS_ACUTE = {
    records.AcuteEpisode.Closure.RECLASSIFIED_CHRONIC,
    records.AcuteEpisode.Closure.INTERVENTION,
}
LVEF_ACCEPTED_AS_ADVERSE_ONLY = {LvefMethod.VISUAL.value: "visual estimate"}

SEVERITY_NUMBERS = (
    "eroa_mm2",
    "regurgitant_volume_ml",
    "regurgitant_fraction_percent",
    "pisa_radius_mm",
    "vena_contracta_mm",
    "vena_contracta_biplane_mm",
    "vena_contracta_area_3d_mm2",
)
SEVERITY_FINDINGS = ("flail_leaflet", "ruptured_papillary_muscle", "leaflet_perforation")

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")

Row = TypeVar("Row", bound=ClinicalRecord)
Facts = dict[str, Fact]


def picture_of(record: PatientRecord) -> ClinicalPicture:
    """Everything the rules may ask about this patient on the record's day."""
    facts: Facts = {}
    for part in (_person, _diagnosis, _gates, _symptoms, _team, _body, _heart, _rhythm, _severity):
        facts.update(part(record))
    return ClinicalPicture({name: fact for name, fact in facts.items() if fact is not None})


def source_of(row: ClinicalRecord) -> str:
    """The source of a fact: kind and public id of its record."""
    return f"{_WORD_START.sub('_', type(row).__name__).lower()}:{row.public_id}"


# Person ------------------------------------------------------------------------------------------


def _person(record: PatientRecord) -> Facts:
    patient, on = record.patient, record.on
    facts: Facts = {}
    age = patient.age_on(on)
    if age is not None:
        facts["age_years"] = Fact(Decimal(age), patient.born_on, f"patient:{patient.public_id}")
    if patient.sex in {Sex.FEMALE.value, Sex.MALE.value, Sex.OTHER.value}:
        facts["sex"] = Fact(Sex(patient.sex), None, f"patient:{patient.public_id}")
    if (pregnancy := _pregnancy(record)) is not None:
        facts["pregnancy_status"] = pregnancy
    facts.update(_goals(record))
    return facts


def _pregnancy(record: PatientRecord) -> Fact | None:
    patient = record.patient
    if patient.sex == Sex.MALE.value or patient.pregnancy_possible is False:
        return Fact(PregnancyStatus.NOT_POSSIBLE, None, f"patient:{patient.public_id}")
    status = _newest(record.pregnancy_statuses, lambda row: row.status != "unknown")
    if status is not None:
        pregnant = status.status == records.PregnancyStatus.Status.PREGNANT
        value = PregnancyStatus.PREGNANT if pregnant else PregnancyStatus.NOT_PREGNANT
        return _fact(status, value, record, days=PREGNANCY_DAYS, method=status.status)
    check = _newest(record.absence_checks, lambda row: row.pregnancy_absent)
    if check is None:
        return None
    return _fact(check, PregnancyStatus.NOT_PREGNANT, record, days=ABSENCE_CHECK_DAYS)


def _goals(record: PatientRecord) -> Facts:
    expectancies = records.GoalsOfCare.LifeExpectancy
    facts: Facts = {}
    stated = _newest(record.goals_of_care, lambda r: r.life_expectancy != expectancies.UNKNOWN)
    if stated is not None:
        short = stated.life_expectancy == expectancies.UNDER_ONE_YEAR
        facts["life_expectancy_under_1_year"] = _fact(stated, short, record, days=GOALS_DAYS)
    wish = _newest(record.goals_of_care, lambda r: r.declines_intervention is not None)
    if wish is not None:
        facts["intervention_declined"] = _fact(
            wish, bool(wish.declines_intervention), record, days=SEVERITY_DAYS
        )
    return facts


# Diagnosis and the valve's state -----------------------------------------------------------------


def _diagnosis(record: PatientRecord) -> Facts:
    facts: Facts = {"mitral_valve_state": valve_state_of(record)}
    if (tempo := _tempo(record)) is not None:
        facts["tempo"] = tempo
    if not record.diagnoses:
        return facts
    diagnosis = record.diagnoses[0]
    facts["mechanism"] = _fact(diagnosis, Mechanism(diagnosis.mechanism), record)
    facts["etiology"] = _fact(diagnosis, Etiology(diagnosis.etiology), record)
    if diagnosis.carpentier_type:
        carpentier = CarpentierType(diagnosis.carpentier_type)
        facts["carpentier_type"] = _fact(diagnosis, carpentier, record)
    return facts


def _tempo(record: PatientRecord) -> Fact | None:
    """Acute while an episode stands; it ends only by a recorded act, never by time (D4)."""
    diagnosis = record.diagnoses[0] if record.diagnoses else None
    episode = record.open_episode
    if episode is not None:
        was_chronic = diagnosis is not None and diagnosis.tempo == Tempo.CHRONIC.value
        tempo = Tempo.ACUTE_ON_CHRONIC if was_chronic else Tempo.ACUTE
        return Fact(tempo, episode.onset_at.date(), source_of(episode))
    if diagnosis is None:
        return None
    closed = _acute_ended_after(record, diagnosis.diagnosed_on)
    if closed is not None:
        reason = f"the acute episode was closed: {closed.get_closure_display()}"
        return Fact(Tempo.CHRONIC, closed.onset_at.date(), source_of(closed), reason=reason)
    return _fact(diagnosis, Tempo(diagnosis.tempo), record)


def _acute_ended_after(record: PatientRecord, day: date) -> records.AcuteEpisode | None:
    for episode in record.acute_episodes:
        if (
            episode.closure in ENDS_ACUTE
            and episode.closed_at is not None
            and episode.closed_at.date() >= day
        ):
            return episode
    return None


def valve_state_of(record: PatientRecord) -> Fact:
    """What is in the mitral position, from performed procedures, here or elsewhere (D5)."""
    procedure = last_mitral_procedure(record)
    elsewhere = _procedure_elsewhere(record)
    if procedure is not None:
        state = MITRAL_PROCEDURES[procedure.kind]
        return Fact(state, procedure.performed_on, source_of(procedure))
    if elsewhere is not None:
        return elsewhere
    check = _newest(record.absence_checks, lambda row: row.previous_mitral_procedure_absent)
    if check is not None:
        return Fact(MitralValveState.NATIVE, check.checked_on, source_of(check))
    surgery = _comorbidity(record, records.Comorbidity.Kind.PREVIOUS_CARDIAC_SURGERY)
    if surgery is not None and surgery.value is False:
        return Fact(MitralValveState.NATIVE, surgery.on, surgery.source, reason="no heart surgery")
    return Fact(None, reason="whether the mitral valve was operated on before is not recorded")


def last_mitral_procedure(record: PatientRecord) -> Intervention | None:
    """The newest performed procedure on the mitral valve that left something behind."""
    for intervention in record.performed:
        aborted = (
            intervention.kind == Intervention.Kind.TEER and intervention.device_implanted is False
        )
        if intervention.kind in MITRAL_PROCEDURES and not aborted:
            return intervention
    return None


def _procedure_elsewhere(record: PatientRecord) -> Fact | None:
    unknown = MitralValveState.UNKNOWN.value
    stated = _newest(record.diagnoses, lambda row: row.previous_mitral_procedure != unknown)
    if stated is None:
        return None
    none = stated.previous_mitral_procedure == "none"
    state = MitralValveState.NATIVE if none else MitralValveState(stated.previous_mitral_procedure)
    return Fact(state, stated.diagnosed_on, source_of(stated), reason="as told")


# Conditions that switch rules off ----------------------------------------------------------------


def _gates(record: PatientRecord) -> Facts:
    kinds = records.Comorbidity.Kind
    facts: Facts = {}
    _put(facts, "lvad_or_transplant", _device_or_transplant(record))
    _put(facts, "sam_or_lvot_obstruction", _obstruction(record))
    _put(facts, "endocarditis_active_or_suspected", _endocarditis(record))
    _put(facts, "intracardiac_shunt", _comorbidity(record, kinds.INTRACARDIAC_SHUNT))
    for name, column in (
        ("mva_cm2", "mitral_valve_area_cm2"),
        ("mitral_mean_gradient_mmhg", "mitral_mean_gradient_mmhg"),
    ):
        _put(facts, name, _newest_number(record, column, VALVE_FINDING_DAYS))
    study = _newest(_studies(record), lambda row: row.aortic_regurgitation is not None)
    if study is not None and study.aortic_regurgitation is not None:
        more = study.aortic_regurgitation >= MODERATE_LESION
        facts["aortic_regurgitation_more_than_mild"] = _fact(
            study, more, record, days=VALVE_FINDING_DAYS
        )
    if record.absence_checks:
        facts["none_of_these_asked"] = _absence_check(record)
    return facts


def _absence_check(record: PatientRecord) -> Fact:
    check = record.absence_checks[0]
    complete = (
        check.hypertrophic_cardiomyopathy_absent
        and check.mitral_stenosis_absent
        and check.endocarditis_absent
    )
    return _fact(check, complete, record, days=ABSENCE_CHECK_DAYS)


def _device_or_transplant(record: PatientRecord) -> Fact | None:
    for intervention in record.performed:
        if intervention.kind in {Intervention.Kind.LVAD, Intervention.Kind.TRANSPLANT}:
            return Fact(True, intervention.performed_on, source_of(intervention))
    return _comorbidity(record, records.Comorbidity.Kind.LVAD_OR_TRANSPLANT)


def _obstruction(record: PatientRecord) -> Fact | None:
    seen = _newest(_studies(record), lambda row: row.lvot_obstruction != "not_stated")
    if seen is not None and seen.lvot_obstruction != EchoStudy.LvotObstruction.NONE:
        return _fact(seen, True, record)
    known = _comorbidity(record, records.Comorbidity.Kind.HYPERTROPHIC_CARDIOMYOPATHY)
    if known is not None and known.value is True:
        return known
    if seen is not None:
        return _fact(seen, False, record, days=VALVE_FINDING_DAYS)
    check = _newest(record.absence_checks, lambda row: row.hypertrophic_cardiomyopathy_absent)
    return None if check is None else _fact(check, False, record, days=ABSENCE_CHECK_DAYS)


def _endocarditis(record: PatientRecord) -> Fact | None:
    episode = record.open_episode
    if episode is not None and episode.cause == records.AcuteEpisode.Cause.ENDOCARDITIS:
        return Fact(True, episode.onset_at.date(), source_of(episode))
    known = _comorbidity(record, records.Comorbidity.Kind.ACTIVE_ENDOCARDITIS)
    seen = _newest(_studies(record), lambda row: row.vegetation is True)
    ruled_out = known is not None and known.value is False and known.on is not None
    if seen is not None and not (ruled_out and known and known.on >= seen.performed_on):
        return _fact(seen, True, record, reason="vegetation on echo")
    if known is not None:
        return known
    check = _newest(record.absence_checks, lambda row: row.endocarditis_absent)
    return None if check is None else _fact(check, False, record, days=ABSENCE_CHECK_DAYS)


# Symptoms, the team, the body --------------------------------------------------------------------


def _symptoms(record: PatientRecord) -> Facts:
    procedure = last_mitral_procedure(record)
    since = procedure.performed_on if procedure is not None else None
    facts: Facts = {"symptomatic": symptomatic_fact(record, since)}
    _put(facts, "nyha_class", nyha_fact(record))
    return facts


def _team(record: PatientRecord) -> Facts:
    facts: Facts = {}
    for name, column, vocabulary, unknown, days in (
        ("operability", "operability", Operability, Operability.NOT_DISCUSSED, TEAM_RISK_DAYS),
        (
            "surgical_risk",
            "surgical_risk_class",
            SurgicalRisk,
            SurgicalRisk.UNKNOWN,
            TEAM_RISK_DAYS,
        ),
        ("valve_center", "center_type", CenterType, CenterType.UNKNOWN, TEAM_ANATOMY_DAYS),
        ("teer_anatomy", "teer_anatomy", TeerAnatomy, TeerAnatomy.NOT_ASSESSED, TEAM_ANATOMY_DAYS),
    ):
        review = _newest_stated(record.team_reviews, column, unknown.value)
        if review is not None:
            facts[name] = _fact(review, vocabulary(getattr(review, column)), record, days=days)
    for name, days in (
        ("repair_likelihood_percent", TEAM_ANATOMY_DAYS),
        ("expected_mortality_percent", TEAM_ANATOMY_DAYS),
    ):
        review = _newest_stated(record.team_reviews, name, None)
        if review is not None:
            facts[name] = _fact(review, getattr(review, name), record, days=days)
    sts = _newest_stated(record.team_reviews, "sts_mortality_percent", None)
    if sts is not None:
        facts["sts_prom_percent"] = _fact(
            sts, sts.sts_mortality_percent, record, days=TEAM_RISK_DAYS, method=sts.sts_model
        )
    return facts


def _newest_stated(
    reviews: Iterable[TeamReview], column: str, unknown: object
) -> TeamReview | None:
    return _newest(reviews, lambda review: getattr(review, column) != unknown)


def _body(record: PatientRecord) -> Facts:
    facts: Facts = {}
    height = _newest(record.body_sizes, lambda row: row.height_cm is not None)
    weight = _newest(record.body_sizes, lambda row: row.weight_kg is not None)
    if height is not None:
        facts["height_cm"] = _fact(height, height.height_cm, record, days=HEIGHT_DAYS)
    if weight is not None:
        facts["weight_kg"] = _fact(weight, weight.weight_kg, record, days=SEVERITY_DAYS)
    _put(facts, "bsa_m2", _body_surface(record, _lvesd_study(record)))
    return facts


def _body_surface(record: PatientRecord, study: EchoStudy | None) -> Fact | None:
    """Body surface for the study that it indexes: as its report printed it, else computed.

    A weight counts within 90 days of that study; a height for ten years.
    """
    if study is None:
        return None
    if study.bsa_m2 is not None:
        method = study.get_bsa_formula_display() or "formula not stated"
        return Fact(study.bsa_m2, study.performed_on, source_of(study), method=method)
    near = timedelta(days=WEIGHT_NEAR_ECHO_DAYS)
    close = [r for r in record.body_sizes if abs(r.measured_on - study.performed_on) <= near]
    weight = _newest(close, lambda row: row.weight_kg is not None)
    height = _newest(record.body_sizes, lambda row: row.height_cm is not None)
    if weight is not None and height is not None and weight.weight_kg and height.height_cm:
        area = quantities.bsa_du_bois(height_cm=height.height_cm, weight_kg=weight.weight_kg)
        return Fact(area.value, weight.measured_on, source_of(weight), method="Du Bois")
    printed = _newest(close, lambda row: row.bsa_m2 is not None)
    if printed is None:
        return None
    method = printed.get_bsa_formula_display() or "formula not stated"
    return Fact(printed.bsa_m2, printed.measured_on, source_of(printed), method=method)


# The ventricle and the atrium --------------------------------------------------------------------


def _studies(record: PatientRecord) -> Iterator[EchoStudy]:
    """Studies that may feed a resting rule: final or amended, at rest, newest first."""
    for study in record.echo_studies:
        if study.counts and study.state == StudyState.REST.value:
            yield study


def _lvesd_study(record: PatientRecord) -> EchoStudy | None:
    return _newest(_studies(record), _has_linear_lvesd)


def _has_linear_lvesd(study: EchoStudy) -> bool:
    return (
        study.lvesd_mm is not None
        and study.modality in {EchoStudy.Modality.TTE, EchoStudy.Modality.STRESS}
        and not diameters_conflict(study)
    )


def _heart(record: PatientRecord) -> Facts:
    facts: Facts = {}
    _put(facts, "lvef_percent", _lvef(record))
    study = _lvesd_study(record)
    if study is not None:
        days = LV_NEAR_LIMIT_DAYS if _near_limit(record, study) else LV_DAYS
        method = study.get_linear_method_display()
        facts["lvesd_mm"] = _fact(study, study.lvesd_mm, record, days=days, method=method)
    _put(facts, "lvedd_mm", _lvedd(record))
    for name in ("la_volume_index_ml_m2", "la_diameter_mm"):
        _put(facts, name, _newest_number(record, name, PRESSURE_AND_ATRIUM_DAYS))
    _put(facts, "spap_mmhg", _pulmonary_pressure(record))
    tricuspid = _newest(_studies(record), lambda row: row.tricuspid_regurgitation is not None)
    if tricuspid is not None and tricuspid.tricuspid_regurgitation is not None:
        rank = Decimal(TR_RANKS[tricuspid.tricuspid_regurgitation])
        facts["tr_grade"] = _fact(tricuspid, rank, record, days=PRESSURE_AND_ATRIUM_DAYS)
    return facts


def _near_limit(record: PatientRecord, study: EchoStudy) -> bool:
    """Whether a value stands so near its limit that it reassures for six months only."""
    if study.lvesd_mm is not None and study.lvesd_mm >= NEAR_LVESD_MM:
        return True
    surface = _body_surface(record, study)
    if study.lvesd_mm is not None and surface is not None:
        area = surface.value
        if isinstance(area, Decimal | float) and float(study.lvesd_mm) / float(area) >= float(
            NEAR_LVESD_INDEX
        ):
            return True
    low = study.lvef_percent_low
    return low is not None and low <= NEAR_LVEF_PERCENT


def _lvef(record: PatientRecord) -> Fact | None:
    """The newest accepted LVEF at rest, from echo or CMR; a range stays a range."""
    study = _newest(_studies(record), _has_accepted_lvef)
    scan = _newest(record.cmr_studies, lambda row: row.lvef_percent is not None)
    if scan is not None and (study is None or scan.performed_on > study.performed_on):
        near = scan.lvef_percent is not None and scan.lvef_percent <= NEAR_LVEF_PERCENT
        days = LV_NEAR_LIMIT_DAYS if near else LV_DAYS
        return _fact(scan, scan.lvef_percent, record, days=days, method="CMR")
    if study is None:
        return None
    days = LV_NEAR_LIMIT_DAYS if _near_limit(record, study) else LV_DAYS
    adverse_only = LVEF_ACCEPTED_AS_ADVERSE_ONLY.get(study.lvef_method, "")
    if study.lvef_method == LvefMethod.TEICHHOLZ.value and not _wall_motion_is_regular(study):
        adverse_only = "Teichholz, regional wall motion not recorded"
    return _fact(
        study,
        lvef_interval(study),
        record,
        days=days,
        method=study.get_lvef_method_display(),
        adverse_only=adverse_only,
    )


def _wall_motion_is_regular(study: EchoStudy) -> bool:
    return study.regional_wall_motion_abnormality is False


def _has_accepted_lvef(study: EchoStudy) -> bool:
    if study.lvef_percent_low is None or study.lvef_percent_high is None:
        return False
    teichholz = study.lvef_method == LvefMethod.TEICHHOLZ.value
    return not (teichholz and study.regional_wall_motion_abnormality is True)


def lvef_interval(study: EchoStudy) -> Decimal | Interval | None:
    """The study's LVEF as one number or as the range that was given."""
    low, high = study.lvef_percent_low, study.lvef_percent_high
    if low is None or high is None:
        return None
    if low == high:
        return low
    return Interval(low, high, study.lvef_percent_low_open, study.lvef_percent_high_open)


def _lvedd(record: PatientRecord) -> Fact | None:
    study = _newest(
        _studies(record),
        lambda row: (
            row.lvedd_mm is not None
            and row.modality in {EchoStudy.Modality.TTE, EchoStudy.Modality.STRESS}
            and not diameters_conflict(row)
        ),
    )
    return None if study is None else _fact(study, study.lvedd_mm, record, days=LV_DAYS)


def _pulmonary_pressure(record: PatientRecord) -> Fact | None:
    """The pressure as reported, else computed from the TR jet and the right atrial pressure."""
    for study in _studies(record):
        if study.spap_mmhg is not None:
            return _fact(study, study.spap_mmhg, record, days=PRESSURE_AND_ATRIUM_DAYS)
        computed = quantities_of(study).get("rvsp_mmhg")
        if computed is not None:
            return _fact(
                study, computed.value, record, days=PRESSURE_AND_ATRIUM_DAYS, method="TR jet"
            )
    return None


def _newest_number(record: PatientRecord, column: str, days: int) -> Fact | None:
    study = _newest(_studies(record), lambda row: getattr(row, column) is not None)
    return None if study is None else _fact(study, getattr(study, column), record, days=days)


# Rhythm ------------------------------------------------------------------------------------------


def _rhythm(record: PatientRecord) -> Facts:
    kinds = records.Comorbidity.Kind
    facts: Facts = {}
    _put(facts, "atrial_fibrillation", _atrial_fibrillation(record))
    _put(
        facts,
        "af_secondary_to_mr",
        _comorbidity(record, kinds.AF_SECONDARY_TO_MR, days=AF_JUDGMENT_DAYS),
    )
    return facts


def _atrial_fibrillation(record: PatientRecord) -> Fact | None:
    """Ever, on any strip (D8): yes never expires; no needs an ECG and the history asked."""
    fibrillation = {Rhythm.ATRIAL_FIBRILLATION.value, Rhythm.ATRIAL_FLUTTER.value}
    device = records.Electrocardiogram.Kind.DEVICE
    for tracing in record.electrocardiograms:
        seen = tracing.rhythm in fibrillation or tracing.atrial_fibrillation_seen
        if seen and tracing.kind != device:
            return _fact(tracing, True, record)
    asked = _comorbidity(record, records.Comorbidity.Kind.ATRIAL_FIBRILLATION)
    if asked is not None and asked.value is True:
        return asked
    during = _newest(record.echo_studies, lambda s: s.counts and s.rhythm in fibrillation)
    if during is not None:
        return _fact(during, True, record, method="rhythm during the echo")
    tracing_now = _newest(
        record.electrocardiograms,
        lambda row: row.kind != device and row.rhythm != Rhythm.UNKNOWN.value,
    )
    if asked is None or asked.value is not False or tracing_now is None:
        return None
    return _fact(tracing_now, False, record, days=AF_ABSENT_DAYS)


# Severity ----------------------------------------------------------------------------------------


def _severity(record: PatientRecord) -> Facts:
    study = _newest(_severity_candidates(record), lambda row: True)
    if study is None:
        return _cmr(record, None)
    return _severity_of(study, record) | _cmr(record, study)


def _severity_candidates(record: PatientRecord) -> Iterator[EchoStudy]:
    """Studies with any line of evidence on severity, at rest or not: the state is a fact."""
    procedure = last_mitral_procedure(record)
    since = procedure.performed_on if procedure is not None else None
    for study in record.echo_studies:
        at_rest = study.state not in {StudyState.EXERCISE.value, StudyState.DOBUTAMINE.value}
        later = since is None or study.performed_on > since
        if study.counts and at_rest and later and _speaks_of_severity(study):
            yield study


def _speaks_of_severity(study: EchoStudy) -> bool:
    return (
        any(getattr(study, name) is not None for name in SEVERITY_NUMBERS)
        or any(getattr(study, name) for name in SEVERITY_FINDINGS)
        or study.pulmonary_vein_flow == EchoStudy.PulmonaryVeinFlow.REVERSAL
        or study.reader_grade_low is not None
        or "eroa_mm2" in quantities_of(study)
        or "volumetric_regurgitant_volume_ml" in quantities_of(study)
    )


def _severity_of(study: EchoStudy, record: PatientRecord) -> Facts:
    facts: Facts = {}

    def put(name: str, value: object, method: str = "", reason: str = "") -> None:
        if value is not None:
            facts[name] = _fact(
                study, value, record, days=SEVERITY_DAYS, method=method, reason=reason
            )

    computed = quantities_of(study)
    volume_method = study.regurgitant_volume_method
    if study.eroa_mm2 is not None:
        put("eroa_mm2", study.eroa_mm2, study.eroa_method)
    elif "eroa_mm2" in computed:
        pisa = RegurgitationMethod.PISA.value
        put("eroa_mm2", computed["eroa_mm2"].value, pisa, "computed from the PISA radius")
    if study.regurgitant_volume_ml is not None:
        put("regurgitant_volume_ml", study.regurgitant_volume_ml, volume_method)
    elif "regurgitant_volume_ml" in computed:
        pisa = RegurgitationMethod.PISA.value
        put("regurgitant_volume_ml", computed["regurgitant_volume_ml"].value, pisa, "computed")
    put("regurgitant_fraction_percent", study.regurgitant_fraction_percent, volume_method)
    doppler = RegurgitationMethod.DOPPLER_VOLUMETRIC.value
    for name in ("volumetric_regurgitant_volume_ml", "volumetric_regurgitant_fraction_percent"):
        if name in computed:
            put(name, computed[name].value, doppler, "computed from stroke volumes")
    for fact_name, column in (
        ("pisa_radius_mm", "pisa_radius_mm"),
        ("aliasing_velocity_cm_s", "aliasing_velocity_cm_s"),
        ("vena_contracta_mm", "vena_contracta_mm"),
        ("vena_contracta_biplane_mm", "vena_contracta_biplane_mm"),
        ("vena_contracta_area_mm2", "vena_contracta_area_3d_mm2"),
        ("flail_leaflet", "flail_leaflet"),
        ("papillary_muscle_rupture", "ruptured_papillary_muscle"),
        ("large_perforation", "leaflet_perforation"),
        ("multiple_jets", "multiple_jets"),
        ("orifice_elliptical", "orifice_elliptical"),
        ("low_flow", "low_flow"),
        ("study_heart_rate_bpm", "heart_rate_bpm"),
        ("study_beats_averaged", "beats_averaged"),
        ("study_systolic_bp_mmhg", "systolic_bp_mmhg"),
        ("study_decompensated", "decompensated"),
    ):
        put(fact_name, getattr(study, column))
    if study.pulmonary_vein_flow != EchoStudy.PulmonaryVeinFlow.NOT_STATED:
        reversal = study.pulmonary_vein_flow == EchoStudy.PulmonaryVeinFlow.REVERSAL
        put("pulmonary_vein_systolic_reversal", reversal)
    put("reader_grade", _reader_grade(study))
    put("jet_timing", JetTiming(study.jet_timing))
    put("study_state", StudyState(study.state))
    put("study_quality", StudyQuality(study.quality))
    put("study_rhythm", Rhythm(study.rhythm))
    return facts


def _reader_grade(study: EchoStudy) -> Decimal | Interval | None:
    low, high = study.reader_grade_low, study.reader_grade_high
    if low is None or high is None:
        return None
    return Decimal(low) if low == high else Interval(Decimal(low), Decimal(high))


def _cmr(record: PatientRecord, study: EchoStudy | None) -> Facts:
    """A CMR joins the grade within 90 days of the echo, with no event between."""
    scan = _newest(
        record.cmr_studies,
        lambda row: (
            row.regurgitant_volume_ml is not None or row.regurgitant_fraction_percent is not None
        ),
    )
    if scan is None:
        return {}
    procedure = last_mitral_procedure(record)
    if (
        procedure is not None
        and procedure.performed_on
        and scan.performed_on <= procedure.performed_on
    ):
        return {}
    if study is not None and scan.performed_on < study.performed_on:
        apart = (study.performed_on - scan.performed_on).days
        if apart > CMR_JOINS_STUDY_DAYS or _voided_on(record, scan.performed_on):
            return {}
    facts: Facts = {}
    for name, value in (
        ("cmr_regurgitant_volume_ml", scan.regurgitant_volume_ml),
        ("cmr_regurgitant_fraction_percent", scan.regurgitant_fraction_percent),
    ):
        if value is not None:
            facts[name] = _fact(scan, value, record, days=SEVERITY_DAYS, method="cmr")
    if scan.quality != StudyQuality.UNKNOWN.value:
        good = scan.quality == StudyQuality.GOOD.value
        facts["cmr_quality_good"] = _fact(scan, good, record)
    return facts


# How a fact is made ------------------------------------------------------------------------------


def _put(facts: Facts, name: str, fact: Fact | None) -> None:
    if fact is not None:
        facts[name] = fact


def _newest(rows: Iterable[Row], wanted: Callable[[Row], bool]) -> Row | None:
    """The first row that is wanted, of rows that come newest first."""
    return next((row for row in rows if wanted(row)), None)


def _fact(
    row: ClinicalRecord,
    value: object,
    record: PatientRecord,
    *,
    days: int | None = None,
    method: str = "",
    reason: str = "",
    adverse_only: str = "",
) -> Fact:
    """A fact from a row; after ``days``, or after an event, it no longer reassures."""
    on = getattr(row, row.date_field)
    too_old = False
    if days is not None:
        voided = _voided_on(record, on)
        too_old = (record.on - on).days > days or voided is not None
        if voided is not None and not reason:
            reason = f"before {voided}"
    return Fact(
        value,  # type: ignore[arg-type]
        on,
        source_of(row),
        method=method,
        reason=reason,
        too_old_to_reassure=too_old,
        adverse_only=adverse_only,
    )


def _voided_on(record: PatientRecord, day: date) -> str | None:
    """The event after this day that makes older reassurance stale at once, in words (C2)."""
    for intervention in record.performed:
        done = intervention.performed_on
        if intervention.kind in VOIDING_PROCEDURES and done is not None and done > day:
            return f"the {intervention.get_kind_display()} of {done:%-d %b %Y}"
    for admission in record.heart_failure_admissions:
        if admission.admitted_on > day:
            return f"the admission for heart failure of {admission.admitted_on:%-d %b %Y}"
    for episode in record.acute_episodes:
        if episode.onset_at.date() > day:
            return f"the acute episode of {episode.onset_at:%-d %b %Y}"
    infarction = records.Comorbidity.Kind.MYOCARDIAL_INFARCTION
    for known in record.comorbidities:
        new = known.kind == infarction and known.present == YesNoUnknown.YES
        if new and known.since_on is not None and known.since_on > day:
            return f"the myocardial infarction of {known.since_on:%-d %b %Y}"
    return None


def _comorbidity(record: PatientRecord, kind: str, days: int = ABSENCE_CHECK_DAYS) -> Fact | None:
    """The newest answer, yes or no; unknown says nothing. Yes stays, no grows old."""
    row = _newest(
        record.comorbidities,
        lambda known: known.kind == kind and known.present != YesNoUnknown.UNKNOWN,
    )
    if row is None:
        return None
    return _fact(row, row.present == YesNoUnknown.YES, record, days=days)
