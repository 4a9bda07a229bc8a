"""Small functions that enter invented records, each through the door that the application uses.

``patient = patient_of(clinic)`` gives a person; ``echo(patient, day, lvef_percent=58)`` and the
others enter one row of that person, final unless told otherwise. Any column of the model may be
given by its name. Shorthands: ``lvef_percent=58`` or ``(55, 60)``, ``reader_grade=3``,
``nyha=2`` or ``(1, 2)``. Numbers become ``Decimal``. Days may be ``date`` or "2024-03-01".

A row is never in the future: the day of the row counts as today when it is entered.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from django.db.models import DecimalField

from accounts.models import Clinic, User
from followup import models as followup
from followup.actions import keep_letter
from followup.alarms import alarms_of
from followup.models import Letter
from patients import actions
from patients import models as records
from patients.models import ClinicalRecord, Patient, YesNoUnknown
from treatments import models as treatments

Row = TypeVar("Row", bound=ClinicalRecord)
Day = date | str
BORN_ON = date(1955, 5, 5)
_numbers = count(1)


def day_of(day: Day) -> date:
    """The day, also when it is written as text."""
    return date.fromisoformat(day) if isinstance(day, str) else day


def instant_of(moment: datetime | Day) -> datetime:
    """The instant; a bare day stands for noon, universal time."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(day_of(moment), time(12), tzinfo=UTC)


def patient_of(
    clinic: Clinic,
    *,
    by: User | None = None,
    record_number: str = "",
    from_on: Day = "2000-01-01",
    **person: Any,
) -> Patient:
    """A person registered in the clinic: a woman born on 5 May 1955 unless told otherwise."""
    number = next(_numbers)
    person = {
        "family_name": f"Chorda{number}",
        "given_name": "Tendinea",
        "born_on": BORN_ON,
        "sex": Patient.Sex.FEMALE,
        "pregnancy_possible": False,
    } | person
    return actions.register_patient(
        by=by,
        clinic=clinic,
        record_number=record_number or f"MR-{number:05}",
        from_on=day_of(from_on),
        person=person,
    )


def enter(row: Row, *, by: User | None = None) -> Row:
    """Enter any row through the application's door."""
    return actions.record(row, by=by, clinic=_clinic_of(row), today=_today_for(row))


def echo(
    patient: Patient,
    on: Day,
    *,
    by: User | None = None,
    final: bool = True,
    lvef_percent: Any = None,
    reader_grade: Any = None,
    **values: Any,
) -> records.EchoStudy:
    """An echo study: transthoracic, at rest, final; LVEF by biplane unless told otherwise."""
    values |= _ends("lvef_percent", lvef_percent) | _ends("reader_grade", reader_grade)
    if lvef_percent is not None:
        values.setdefault("lvef_method", "biplane")
    study = _new(records.EchoStudy, patient, on, values)
    return actions.record_echo_study(
        study, by=by, clinic=_clinic_of(study), final=final, today=_today_for(study)
    )


def log(
    patient: Patient, on: Day, *, by: User | None = None, nyha: Any = None, **values: Any
) -> records.SymptomLog:
    """A symptom log with nothing asked but what is given."""
    return enter(_new(records.SymptomLog, patient, on, values | _ends("nyha", nyha)), by=by)


def symptom_free(patient: Patient, on: Day, **values: Any) -> records.SymptomLog:
    """A log that proves freedom from symptoms: asked, active, no diuretic."""
    asked = {
        "nyha": 1,
        "actively_asked_none": True,
        "activity_level": records.SymptomLog.ActivityLevel.ACTIVE,
        "diuretic_need": records.SymptomLog.DiureticNeed.NONE,
    }
    return log(patient, on, **(asked | values))


def diagnosis(
    patient: Patient, on: Day, *, by: User | None = None, **values: Any
) -> records.MitralDiagnosis:
    """A chronic primary diagnosis on a valve that nobody touched, unless told otherwise."""
    usual = {
        "mechanism": "primary",
        "etiology": "degenerative",
        "tempo": "chronic",
        "previous_mitral_procedure": "none",
    }
    return enter(_new(records.MitralDiagnosis, patient, on, usual | values), by=by)


def comorbidity(
    patient: Patient, on: Day, kind: str, present: str = YesNoUnknown.YES, **values: Any
) -> records.Comorbidity:
    """One condition, present unless told otherwise."""
    return enter(
        _new(records.Comorbidity, patient, on, {"kind": kind, "present": present} | values)
    )


def none_of_these(patient: Patient, on: Day, **values: Any) -> records.AbsenceCheck:
    """The yearly check with every absence confirmed."""
    absences = {
        field.name: True
        for field in records.AbsenceCheck._meta.fields
        if field.name.endswith("_absent")
    }
    return enter(_new(records.AbsenceCheck, patient, on, absences | values))


def answer(
    patient: Patient, on: Day, fact: str, said: Any = YesNoUnknown.YES, **values: Any
) -> records.ClinicalAnswer:
    """A direct answer to a question: a word, or a number."""
    is_word = isinstance(said, str) and not said.replace(".", "", 1).isdigit()
    given = {"answer": str(said)} if is_word else {"number": said}
    return enter(_new(records.ClinicalAnswer, patient, on, {"fact": fact} | given | values))


def coronary(patient: Patient, on: Day, **values: Any) -> records.CoronaryAssessment:
    """An invasive angiography unless told otherwise."""
    return enter(_new(records.CoronaryAssessment, patient, on, {"method": "invasive"} | values))


def catheter(patient: Patient, on: Day, **values: Any) -> records.CatheterStudy:
    """A catheter study."""
    return enter(_new(records.CatheterStudy, patient, on, values))


def complication(
    after: treatments.Intervention, on: Day, kind: str, **values: Any
) -> treatments.Complication:
    """A complication after an intervention."""
    values = {"kind": kind, "intervention": after} | values
    return enter(_new(treatments.Complication, after.patient, on, values))


def body_size(patient: Patient, on: Day, **values: Any) -> records.BodySize:
    """Height and weight of one day."""
    return enter(_new(records.BodySize, patient, on, values))


def allergy(patient: Patient, on: Day, **values: Any) -> records.Allergy:
    """An allergy."""
    return enter(_new(records.Allergy, patient, on, values))


def pregnancy(patient: Patient, on: Day, status: str, **values: Any) -> records.PregnancyStatus:
    """Pregnancy as asked on one day."""
    return enter(_new(records.PregnancyStatus, patient, on, {"status": status} | values))


def goals_of_care(patient: Patient, on: Day, **values: Any) -> records.GoalsOfCare:
    """Frailty, life expectancy and wishes."""
    return enter(_new(records.GoalsOfCare, patient, on, values))


def ecg(
    patient: Patient, on: Day, rhythm: str = "sinus", **values: Any
) -> records.Electrocardiogram:
    """A 12-lead ECG in sinus rhythm unless told otherwise."""
    return enter(_new(records.Electrocardiogram, patient, on, {"rhythm": rhythm} | values))


def exercise_test(patient: Patient, on: Day, result: str, **values: Any) -> records.ExerciseTest:
    """An exercise test with its result: normal, symptoms or inconclusive."""
    return enter(_new(records.ExerciseTest, patient, on, {"result": result} | values))


def cmr(patient: Patient, on: Day, **values: Any) -> records.CmrStudy:
    """A CMR study."""
    return enter(_new(records.CmrStudy, patient, on, values))


def admission(patient: Patient, on: Day, **values: Any) -> records.HeartFailureAdmission:
    """An admission for heart failure."""
    return enter(_new(records.HeartFailureAdmission, patient, on, values))


def acute_episode(
    patient: Patient, onset: datetime | Day, *, by: User | None = None, **values: Any
) -> records.AcuteEpisode:
    """An open acute episode; a bare day stands for noon, universal time."""
    values |= {"patient": patient, "onset_at": instant_of(onset)}
    return enter(records.AcuteEpisode(**_decimals(records.AcuteEpisode, values)), by=by)


def close_episode(
    episode: records.AcuteEpisode,
    at: datetime | Day,
    closure: str = records.AcuteEpisode.Closure.RECLASSIFIED_CHRONIC,
    *,
    by: User | None = None,
) -> records.AcuteEpisode:
    """The act that ends an acute episode."""
    episode.closed_at = instant_of(at)
    episode.closure = closure
    episode.closed_by = by
    return actions.change(episode, by=by, clinic=_clinic_of(episode), reason="closed")


def lab(patient: Patient, on: Day, analyte: str, value: Any, **values: Any) -> records.LabResult:
    """A laboratory result in the unit that the analyte is kept in."""
    from patients.models.laboratory import ANALYTES

    result = {"analyte": analyte, "value": value, "unit": ANALYTES[analyte].unit}
    return enter(_new(records.LabResult, patient, on, result | values))


def intervention(
    patient: Patient, on: Day, kind: str, *, by: User | None = None, **values: Any
) -> treatments.Intervention:
    """A performed intervention, unless another status is given."""
    values = {"kind": kind, "status": treatments.Intervention.Status.PERFORMED} | values
    return enter(_new(treatments.Intervention, patient, on, values), by=by)


def planned_intervention(
    patient: Patient, kind: str, *, by: User | None = None, **values: Any
) -> treatments.Intervention:
    """An intervention that is planned and not done; ``planned_on`` when it has a date."""
    row = treatments.Intervention(
        patient=patient, kind=kind, **_decimals(treatments.Intervention, values)
    )
    return enter(row, by=by)


def medication(patient: Patient, on: Day, drug: str, **values: Any) -> treatments.Medication:
    """A course of a drug of the formulary, noted on a day."""
    return enter(_new(treatments.Medication, patient, on, {"drug": drug} | values))


def anticoagulation_plan(
    patient: Patient, on: Day, agent: str = "vka", **values: Any
) -> treatments.AnticoagulationPlan:
    """An anticoagulation plan from a day on."""
    return enter(_new(treatments.AnticoagulationPlan, patient, on, {"agent": agent} | values))


def team_review(
    patient: Patient, on: Day, *, by: User | None = None, **values: Any
) -> treatments.TeamReview:
    """A heart team's review with the judgements that are given."""
    return enter(_new(treatments.TeamReview, patient, on, values), by=by)


def appointment(
    patient: Patient,
    planned_on: Day,
    kind: str = "visit",
    *,
    booked_on: Day | None = None,
    by: User | None = None,
    **values: Any,
) -> followup.Appointment:
    """A planned visit, booked thirty days before its day unless told otherwise."""
    day = day_of(planned_on)
    booked = day - timedelta(days=30) if booked_on is None else day_of(booked_on)
    values = {"kind": kind, "planned_on": day} | values
    return enter(_new(followup.Appointment, patient, booked, values), by=by)


def contact(
    patient: Patient,
    on: Day,
    outcome: str = "no_answer",
    *,
    by: User | None = None,
    **values: Any,
) -> followup.ContactAttempt:
    """An attempt by telephone that nobody answered."""
    values = {"outcome": outcome, "channel": "telephone"} | values
    return enter(_new(followup.ContactAttempt, patient, on, values), by=by)


def contact_wish(patient: Patient, on: Day, wish: str = "none") -> followup.ContactWish:
    """A wish; not to be contacted at all unless told otherwise."""
    return enter(_new(followup.ContactWish, patient, on, {"wish": wish}))


def follow_up_end(
    patient: Patient, on: Day, kind: str = "declined", **values: Any
) -> followup.FollowUpEnd:
    """The patient declines follow-up."""
    confirmed = {"alarms": list(alarms_of(patient))}
    values = {"kind": kind, "reason": "said so at the visit"} | confirmed | values
    return enter(_new(followup.FollowUpEnd, patient, on, values))


def referral(patient: Patient, on: Day, **values: Any) -> followup.Referral:
    """A question to the heart team, for its next meeting."""
    return enter(_new(followup.Referral, patient, on, {"question": "Repair?"} | values))


def one_of_every_kind(patient: Patient, on: Day) -> None:
    """One row of each kind that facts are drawn from, all of one day."""
    body_size(patient, on, height_cm=170, weight_kg=70)
    allergy(patient, on, substance="penicillin")
    pregnancy(patient, on, "not_pregnant")
    goals_of_care(patient, on)
    diagnosis(patient, on)
    comorbidity(patient, on, "hypertension")
    none_of_these(patient, on)
    echo(patient, on, lvef_percent=65)
    ecg(patient, on)
    exercise_test(patient, on, "normal")
    cmr(patient, on, lvef_percent=60)
    coronary(patient, on, left_main_stenosis_percent=0)
    catheter(patient, on, spap_mmhg=40)
    admission(patient, on)
    acute_episode(patient, on)
    log(patient, on, nyha=2)
    lab(patient, on, "inr", "2.5")
    answer(patient, on, "hemodynamically_stable")
    complication(intervention(patient, on, "pci"), on, "bleeding")
    medication(patient, on, "warfarin")
    anticoagulation_plan(patient, on)
    team_review(patient, on)


def letter(
    patient: Patient,
    on: Day,
    *,
    by: User,
    kind: str = Letter.Kind.CLINIC,
    text: str = "Dear colleague,\n\nWords of the letter.\n",
) -> Letter:
    """A letter kept by the first clinic of the patient, as written by the two present editions."""
    registration = patient.registrations.select_related("clinic").order_by("id").first()
    assert registration is not None
    return keep_letter(
        by=by,
        clinic=registration.clinic,
        patient=patient,
        kind=kind,
        speaks_of_on=day_of(on),
        addressee="Dr Berger",
        regarding=f"{patient.name} · record number {registration.record_number}",
        text=text,
        editions=["ACC/AHA 2020", "ESC/EACTS 2025"],
        engine_version="1",
        facts_hash="0" * 64,
    )


def strike(row: Row, *, by: User, reason: str = "entered in error") -> Row:
    """Mark a row as entered in error."""
    return actions.strike(row, by=by, clinic=_clinic_of(row), reason=reason)


def _new(model: type[Row], patient: Patient, on: Day, values: dict[str, Any]) -> Row:
    named = {"patient": patient, model.date_field: day_of(on)} | values
    return model(**_decimals(model, named))


def _ends(name: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    low, high = value if isinstance(value, tuple) else (value, value)
    return {f"{name}_low": low, f"{name}_high": high}


def _decimals(model: type[ClinicalRecord], values: dict[str, Any]) -> dict[str, Any]:
    exact = {f.name for f in model._meta.fields if isinstance(f, DecimalField)}
    return {
        name: Decimal(str(value)) if name in exact and value is not None else value
        for name, value in values.items()
    }


def _clinic_of(row: ClinicalRecord) -> Clinic | None:
    registration = row.patient.registrations.select_related("clinic").order_by("id").first()
    return registration.clinic if registration else None


def _today_for(row: ClinicalRecord) -> date:
    day = getattr(row, row.date_field)
    if day is None:
        return date.max
    # A clock time may fall on the next day in the clinic's calendar.
    return day.date() + timedelta(days=1) if isinstance(day, datetime) else day
