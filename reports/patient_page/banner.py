"""The banner: who the patient is and what endangers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from guidelines.facts import ClinicalPicture
from guidelines.vocabulary import MitralValveState, Tempo
from patients.days import spoken
from patients.forms.typed import plain
from patients.models import (
    Allergy,
    ClinicalRecord,
    EchoStudy,
    Electrocardiogram,
    GoalsOfCare,
    LabResult,
    MitralDiagnosis,
    Patient,
    PregnancyStatus,
    Registration,
    SymptomLog,
)
from patients.study_sheet import upper_first
from reports.kinds import Doors
from treatments.facts import picture_of, valve_state_of
from treatments.facts.rhythm import newest_rhythm
from treatments.formulary import DrugClass
from treatments.models import AnticoagulationPlan, Intervention
from treatments.record import PatientRecord

# Row SAFE-20: on a mechanical mitral valve, same-day contact beyond these.
INR_TOO_LOW = Decimal("2.0")
INR_TOO_HIGH = Decimal("5.0")
INR_DAYS = 42  # the longest an INR may speak for (safety C: 28 days stable, 42 at most)
HUNDREDTH = Decimal("0.01")
PREGNANCY_DAYS = 30  # after them a pregnancy is asked again (safety C)
LONGEST_PREGNANCY_DAYS = 294  # from the day it was recorded, where no delivery is expected on a day
FRAIL = {GoalsOfCare.Frailty.MODERATE, GoalsOfCare.Frailty.SEVERE}
# Of each question of the goals of care: whether a row answers it, and what must not be overlooked.
GOALS_ASKED: Sequence[tuple[Callable[[GoalsOfCare], bool], Callable[[GoalsOfCare], str]]] = (
    (
        lambda row: row.declines_intervention is not None,
        lambda row: "declines intervention" if row.declines_intervention else "",
    ),
    (
        lambda row: row.frailty != GoalsOfCare.Frailty.UNKNOWN,
        lambda row: f"frailty {row.get_frailty_display()}" if row.frailty in FRAIL else "",
    ),
    (
        lambda row: row.life_expectancy != GoalsOfCare.LifeExpectancy.UNKNOWN,
        lambda row: (
            f"life expectancy {row.get_life_expectancy_display()}"
            if row.life_expectancy == GoalsOfCare.LifeExpectancy.UNDER_ONE_YEAR
            else ""
        ),
    ),
    (lambda row: bool(row.advance_decision), lambda row: "wishes written down"),
)
RISKY_REACTIONS = {
    Allergy.Reaction.ANAPHYLAXIS,
    Allergy.Reaction.ANGIOEDEMA,
    Allergy.Reaction.URTICARIA,
}


@dataclass
class Banner:
    """What the banner component takes, and the dangers to be shown under it."""

    name: str
    record_number: str
    born_on: date | None
    age_years: int | None
    sex: str
    bsa: str
    deceased_on: date | None
    mechanism: str
    etiology: str
    valve_state: str
    rhythm: str
    anticoagulation: str
    allergies: str
    alert_allergies: bool
    goals: str
    links: dict[str, str]
    actions: list[dict[str, Any]] = field(default_factory=list)
    menus: list[dict[str, Any]] = field(default_factory=list)
    dangers: list[str] = field(default_factory=list)


def banner_of(
    record: PatientRecord,
    registrations: list[Registration],
    doors: Doors,
    picture: ClinicalPicture | None = None,
) -> Banner:
    """The banner of a gathered record, for somebody who sees these registrations.

    ``picture``: the facts of the record, where the body surface is to be shown.
    """
    patient = record.patient
    state = valve_state_of(record).value
    known = isinstance(state, MitralValveState) and state is not MitralValveState.UNKNOWN
    return Banner(
        name=patient.name,
        record_number=" · ".join(_number(each, registrations) for each in registrations),
        born_on=patient.born_on,
        age_years=patient.age_on(min(patient.deceased_on or record.on, record.on)),
        sex="" if patient.sex == Patient.Sex.UNKNOWN else patient.get_sex_display(),
        bsa=_surface(picture),
        deceased_on=patient.deceased_on,
        mechanism=_stated(record, "mechanism"),
        etiology=_stated(record, "etiology"),
        valve_state=state.label if known and isinstance(state, MitralValveState) else "",
        rhythm=_rhythm(record),
        anticoagulation=_anticoagulation(record),
        allergies=_allergies(record),
        alert_allergies=any(row.reaction in RISKY_REACTIONS for row in record.allergies),
        goals=_goals(record),
        links=_links(record, doors),
        actions=buttons_of(doors),
        menus=menus_of(doors),
        dangers=dangers_of(record),
    )


def _surface(picture: ClinicalPicture | None) -> str:
    """ "BSA 2.04 m²", as it indexes the newest study; empty where it is not known."""
    fact = None if picture is None else picture.facts.get("bsa_m2")
    if fact is None or not isinstance(fact.value, Decimal | float):
        return ""
    return f"BSA {plain(Decimal(str(fact.value)).quantize(HUNDREDTH))} m²"


def buttons_of(doors: Doors) -> list[dict[str, Any]]:
    """The two entries that every visit needs."""
    wanted = (("New echo", EchoStudy, True), ("Symptom log", SymptomLog, False))
    buttons = [
        {"label": label, "href": doors.add_url(model), "primary": primary}
        for label, model, primary in wanted
    ]
    return [button for button in buttons if button["href"]]


def menus_of(doors: Doors) -> list[dict[str, Any]]:
    """Everything else that can be entered or done, folded away."""
    patient_id = doors.patient.public_id
    record_links = [
        {"label": "Timeline", "href": reverse("reports:patient-timeline", args=[patient_id])},
        {"label": "Waiting times", "href": reverse("reports:patient-clock", args=[patient_id])},
        {"label": "The whole record", "href": reverse("reports:record-index", args=[patient_id])},
        {"label": "Team sheet", "href": reverse("reports:team-sheet", args=[patient_id])},
        {"label": "Letters", "href": reverse("reports:letter-list", args=[patient_id])},
        {"label": "Print", "href": doors.print_url},
        {"label": "Show another day", "href": "#another-day"},
    ]
    entries = [{"title": title, "links": links} for title, links in doors.entries]
    about = [
        {"title": "Record", "links": record_links},
        {"title": "Person", "links": doors.person_acts},
    ]
    menus = [{"title": "Add", "groups": entries}, {"title": "More", "groups": about}]
    return [menu for menu in menus if menu["groups"]]


def _links(record: PatientRecord, doors: Doors) -> dict[str, str]:
    """For each fact the list of its rows; while there are none, where the first is entered."""
    rows: dict[str, tuple[type[ClinicalRecord], Sequence[Any]]] = {
        "mechanism": (MitralDiagnosis, record.diagnoses),
        "etiology": (MitralDiagnosis, record.diagnoses),
        "valve": (Intervention, record.interventions),
        "rhythm": (Electrocardiogram, record.electrocardiograms),
        "anticoagulation": (AnticoagulationPlan, record.anticoagulation_plans),
        "allergies": (Allergy, record.allergies),
        "goals": (GoalsOfCare, record.goals_of_care),
    }
    return {
        name: doors.rows_or_entry(model, is_empty=not found)
        for name, (model, found) in rows.items()
    }


def _goals(record: PatientRecord) -> str:
    """What the newest answers say that may hold back an intervention; else empty.

    Each question counts by the last day on which it was answered: one left open later takes
    nothing back.
    """
    said: dict[date, list[str]] = {}
    for is_answered, words in GOALS_ASKED:
        row = next((row for row in record.goals_of_care if is_answered(row)), None)
        if row is not None and (text := words(row)):
            said.setdefault(row.assessed_on, []).append(text)
    newest_first = sorted(said.items(), reverse=True)
    parts = [f"{'; '.join(texts)}, {spoken(day)}" for day, texts in newest_first]
    return upper_first("; ".join(parts))


def _number(registration: Registration, registrations: list[Registration]) -> str:
    if len(registrations) == 1:
        return registration.record_number
    return f"{registration.record_number} ({registration.clinic})"


def _stated(record: PatientRecord, field_name: str) -> str:
    """What the newest diagnosis says that does not leave it open."""
    for diagnosis in record.diagnoses:
        if getattr(diagnosis, field_name) != "unknown":
            return str(getattr(diagnosis, f"get_{field_name}_display")())
    return ""


def _rhythm(record: PatientRecord) -> str:
    """The newest recorded rhythm with its day, from an ECG or an echo study."""
    newest = newest_rhythm(record)
    if newest is None:
        return ""
    day, rhythm = newest
    return f"{rhythm.label}, {spoken(day)}"


def last_inr(record: PatientRecord) -> LabResult | None:
    """The newest INR."""
    return next(iter(_inrs(record)), None)


def _inrs(record: PatientRecord) -> list[LabResult]:
    return [row for row in record.lab_results if row.analyte == "inr"]


def _anticoagulation(record: PatientRecord) -> str:
    plan, parts = record.anticoagulation_plan, []
    if plan is not None:
        # What is taken against the plan comes first: it is what works in the patient.
        others = [drug for drug in _anticoagulants(record) if drug.drug_class != plan.agent]
        parts += [f"{upper_first(drug.get_drug_display())} taken" for drug in others]
        agent = plan.get_agent_display()
        parts.append(f"plan: {agent}" if others else upper_first(agent))
        if plan.inr_low is not None and plan.inr_high is not None:
            parts.append(f"INR {plan.inr_low}-{plan.inr_high}".replace("-", "\N{EN DASH}"))
    else:
        drugs = [d.get_drug_display() for d in _anticoagulants(record)]
        parts += [upper_first(drug) for drug in drugs]
    inr = last_inr(record)
    if inr is not None and inr.value is not None:
        parts.append(f"last INR {_inr_text(inr)}, {spoken(inr.taken_on)}")
    return "; ".join(parts)


def _anticoagulants(record: PatientRecord) -> list[Any]:
    classes = {DrugClass.VKA, DrugClass.DOAC, DrugClass.HEPARIN}
    return [drug for drug in record.current_medications if drug.drug_class in classes]


def _allergies(record: PatientRecord) -> str:
    """Each allergy with its reaction; "asked, ..." when none is known; empty when not asked."""
    known = [row for row in record.allergies if row.reaction != Allergy.Reaction.NONE_KNOWN]
    if known:
        return "; ".join(f"{row.substance}, {_reaction(row)}" for row in known)
    return "asked: no known allergy" if record.allergies else ""


def _reaction(allergy: Allergy) -> str:
    if allergy.reaction == Allergy.Reaction.UNKNOWN:
        return "reaction not known"
    return str(allergy.get_reaction_display())


def dangers_of(record: PatientRecord) -> list[str]:
    """What must not be overlooked; nothing of it once the patient has died."""
    if record.patient.deceased_on is not None:
        return []
    return [
        *_acute_without_episode(record),
        *_anticoagulation_dangers(record),
        *_pregnancy_dangers(record),
    ]


def _acute_without_episode(record: PatientRecord) -> list[str]:
    """Acute by the diagnosis alone: no emergency banner stands, and none of its clocks runs."""
    tempo = picture_of(record).reading("tempo")
    if record.open_episode is not None or tempo not in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC):
        return []
    return [
        "Acute regurgitation by the diagnosis, and no acute episode is open: "
        "treat it as an emergency until somebody who saw the patient says otherwise."
    ]


def _anticoagulation_dangers(record: PatientRecord) -> list[str]:
    """What needs somebody today on a mechanical mitral valve (row SAFE-20)."""
    if valve_state_of(record).value is MitralValveState.MECHANICAL:
        return [*_inr_dangers(record), *_drug_dangers(record)]
    if _mechanical_was_told(record):
        return [
            "A mechanical mitral valve was told once and denied later. Until the wrong entry is "
            "struck: assume a mechanical valve and its anticoagulation."
        ]
    return []


def _mechanical_was_told(record: PatientRecord) -> bool:
    """A mechanical valve stands in the record although the valve's state cannot be told."""
    if valve_state_of(record).value is not None:
        return False
    mechanical = MitralValveState.MECHANICAL.value
    return any(row.previous_mitral_procedure == mechanical for row in record.diagnoses)


def _inr_text(inr: LabResult) -> str:
    return f"{inr.comparator}{plain(inr.value)}" if inr.value is not None else ""


def _inr_dangers(record: PatientRecord) -> list[str]:
    newest = last_inr(record)
    if newest is None or newest.value is None:
        return ["No INR recorded on a mechanical mitral valve."]
    # Samples of one day have no order: the one entered later does not make the other right.
    same_day = [row for row in _inrs(record) if row.taken_on == newest.taken_on]
    told = next((row for row in same_day if _inr_limit(row)), newest)
    other = "" if told is newest else f" Another sample of that day: {_inr_text(newest)}."
    text = f"INR {_inr_text(told)} on {spoken(told.taken_on)} on a mechanical mitral valve"
    days = (record.on - told.taken_on).days
    old = f" That was {days} days ago: measure it again." if days > INR_DAYS else ""
    if limit := _inr_limit(told):
        return [f"{text}: {limit}, contact the patient today.{other}{old}"]
    if told.comparator in {"<", ">"}:
        return [f"{text}: only a limit is known; it may be below 2.0 or above 5.0.{old}"]
    return [f"{text}.{old}"] if old else []


def _inr_limit(inr: LabResult) -> str:
    """Which limit for contact on the same day the INR is beyond; empty where it is within both."""
    if inr.value is None:
        return ""
    if inr.value < INR_TOO_LOW or (inr.comparator == "<" and inr.value == INR_TOO_LOW):
        return "below 2.0"
    if inr.value > INR_TOO_HIGH or (inr.comparator == ">" and inr.value == INR_TOO_HIGH):
        return "above 5.0"
    return ""


def _drug_dangers(record: PatientRecord) -> list[str]:
    drugs, plan = _anticoagulants(record), record.anticoagulation_plan
    on_doac = any(drug.drug_class == DrugClass.DOAC for drug in drugs) or (
        plan is not None and plan.agent == AnticoagulationPlan.Agent.DOAC
    )
    if on_doac:
        return ["A direct oral anticoagulant on a mechanical mitral valve: contact today."]
    if any(drug.drug_class == DrugClass.VKA for drug in drugs):
        return []
    if plan is None or plan.agent != AnticoagulationPlan.Agent.VKA:
        return ["No vitamin K antagonist recorded on a mechanical mitral valve."]
    stopped = _stopped_vka(record, plan)
    if stopped is None:
        return []
    return [
        f"{upper_first(stopped.get_drug_display())} was stopped on {spoken(stopped.stopped_on)} on "
        "a mechanical mitral valve and none has been started since: contact today."
    ]


def _stopped_vka(record: PatientRecord, plan: AnticoagulationPlan) -> Any:
    """The vitamin K antagonist stopped last while the plan still asks for one."""
    stopped = [
        course
        for course in record.medications
        if course.drug_class == DrugClass.VKA
        and course.stopped_on is not None
        and course.stopped_on >= plan.from_on
    ]
    return max(stopped, key=lambda course: course.stopped_on or record.on, default=None)


def _pregnancy_dangers(record: PatientRecord) -> list[str]:
    """A pregnancy recorded longer ago hides no headline, and must not be forgotten either."""
    stated = next((row for row in record.pregnancy_statuses if row.status != "unknown"), None)
    if stated is None or stated.status != PregnancyStatus.Status.PREGNANT:
        return []
    days = (record.on - stated.assessed_on).days
    is_over = stated.due_on < record.on if stated.due_on else days > LONGEST_PREGNANCY_DAYS
    if days <= PREGNANCY_DAYS or is_over:
        return []
    due = f", delivery expected {spoken(stated.due_on)}" if stated.due_on else ""
    return [f"Pregnant when asked on {spoken(stated.assessed_on)}{due}: ask before acting."]
