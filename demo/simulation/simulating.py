"""``simulate``: one life, from the first study to today or death, by seed and index alone."""

from __future__ import annotations

from datetime import date, datetime, time

from demo.simulation import drugs, recalling, visiting
from demo.simulation.arriving import arrival, settle_in
from demo.simulation.chance import stream, workday
from demo.simulation.chart import NEVER, Chart
from demo.simulation.clinic import Clinic
from demo.simulation.course import Course
from demo.simulation.heart import PROLAPSES, Heart
from demo.simulation.life import DAYS_A_YEAR, Life, Written
from demo.simulation.operating import treat
from demo.simulation.people import doctor, person

TRUTH, RECORD, PERSON, DESK = range(4)
"""The purposes of a patient's random numbers: each has its own stream."""

NORTH_SHARE = 0.7
YEARS_BACK = 15.0
FIRST_RECORD_NUMBER = 300_000
OPERATED_ELSEWHERE = 0.035
HEARD_OF = 0.55
"""The share of the deaths of patients whom nobody follows any more that the clinic learns."""


def simulate(seed: int, index: int, today: date) -> Life:
    """The life of patient ``index``; it depends on these three arguments and nothing else."""
    rng = stream(seed, index, RECORD)
    last = today.toordinal()
    first = workday(last - 3 - int(YEARS_BACK * DAYS_A_YEAR * rng.random() ** 1.4))
    lead = 60 + int(rng.random() * 600) if rng.random() < 0.22 else 0
    start = workday(first - lead)
    heart = arrival(stream(seed, index, TRUTH))
    clinic = "north" if rng.random() < NORTH_SHARE else "south"
    desk = stream(seed, index, DESK)
    chart = Chart(rng, desk, clinic=clinic, first=first, last=last, serial=index)
    born_on = date.fromordinal(start - int(heart.age * DAYS_A_YEAR))
    who = person(stream(seed, index, PERSON), male=heart.male, born_on=born_on,
                 north=clinic == "north")  # fmt: skip
    elsewhere = _operated_elsewhere(chart, heart) if rng.random() < OPERATED_ELSEWHERE else None
    _arrive(chart, heart, who, elsewhere)
    course = Course(heart, stream(seed, index, TRUTH + 10), start)
    course.calm_until = first + 1
    chart.next_visit = start
    course.run(last + 1, Clinic(chart))
    return _written(chart, course, who, index)


def simulate_untreated(seed: int, index: int, *, years: float = 10.0) -> Course:
    """The same heart without any clinic: no operation, no therapy; for the published figures."""
    return _left_alone(seed, index, arrival(stream(seed, index, TRUTH)), years)


def simulate_repaired(seed: int, index: int, *, years: float = 20.0) -> Course:
    """The same heart with the valve repaired on arrival, and nobody dies; for NH-13."""
    heart = arrival(stream(seed, index, TRUTH))
    chance = stream(seed, index, TRUTH + 20)
    treat(heart, "mitral_repair", chance.random(), chance.random())
    heart.frailty = 0.0
    return _left_alone(seed, index, heart, years)


def _left_alone(seed: int, index: int, heart: Heart, years: float) -> Course:
    day = date(2000, 1, 1).toordinal()
    course = Course(heart, stream(seed, index, TRUTH + 10), day)
    course.run(day + int(years * DAYS_A_YEAR))
    return course


def _operated_elsewhere(chart: Chart, heart: Heart) -> date | None:
    """An operation years before the clinic knew the patient; None for a leak of another kind."""
    draw = chart.rng.random
    if heart.mechanism != "primary" or heart.age < 40:
        return None
    years = 1 + draw() * min(14.0, heart.age - 35)
    kind = ("mitral_repair", "mitral_repair", "mitral_mechanical", "mitral_biological")[
        int(draw() * 4)
    ]
    treat(heart, kind, draw(), draw())
    settle_in(heart)
    heart.operated_years = years
    return date.fromordinal(chart.first - int(years * DAYS_A_YEAR))


def _arrive(chart: Chart, heart: Heart, who: dict[str, object], elsewhere: date | None) -> None:
    """What is written once, on arrival: diagnosis, other diseases, allergies, drugs, consent."""
    rng, on = chart.rng, date.fromordinal(chart.first)
    draw = rng.random
    chart.height = min(202.0, max(144.0, rng.gauss(175.0 if heart.male else 162.0, 7.0)))
    chart.weight = min(140.0, max(42.0, rng.gauss(25.6, 3.6) * (chart.height / 100) ** 2))
    chart.systolic = rng.gauss(117.0 if heart.lvef < 35 else 131.0, 9.0)
    chart.heart_rate = rng.gauss(70.0, 8.0)
    chart.hemoglobin = rng.gauss(14.4 if heart.male else 13.2, 0.9)
    chart.creatinine = rng.gauss((92 if heart.male else 74) + (18 if heart.ventricular else 0), 11)
    _diagnosis(chart, heart, on, elsewhere)
    if heart.valve == "mechanical":
        drugs.protect_prosthesis(chart, chart.first, lasting=True, why="mechanical mitral valve")
    _other_diseases(chart, heart, on)
    if draw() < 0.72:
        _allergy(chart, on)
    if not heart.male:
        if heart.age > 52:
            if draw() < 0.9:
                who["pregnancy_possible"] = False
        elif draw() < 0.7:
            who["pregnancy_possible"] = draw() < 0.7
        chart.may_be_pregnant = who.get("pregnancy_possible") is not False
    if draw() < 0.6:
        who["research_consent"] = draw() < 0.86
        who["research_consent_on"] = on


_CARPENTIER = {
    "rheumatic": "IIIa",
    "mitral_annular_calcification": "IIIa",
    "radiation": "IIIa",
    "endocarditis_healed": "I",
    "congenital_cleft": "I",
    "atrial_fibrillation": "I",
    "hfpef_or_restrictive": "I",
}
_SEGMENTS = (["P2"], ["P2"], ["P2"], ["A2"], ["P1", "P2"], ["P2", "P3"], ["P3"], ["A3", "P3"])


def _diagnosis(chart: Chart, heart: Heart, on: date, elsewhere: date | None) -> None:
    draw = chart.rng.random
    values: dict[str, object] = {
        "diagnosed_on": on,
        "mechanism": heart.mechanism if draw() < 0.965 else "unknown",
        "etiology": heart.etiology,
        "tempo": "chronic",
    }
    if elsewhere is not None:
        values["previous_mitral_procedure"] = heart.valve
        if draw() < 0.8:
            values["previous_mitral_procedure_on"] = elsewhere
    elif draw() < 0.85:
        values["previous_mitral_procedure"] = "none"
    if draw() < 0.8:
        usual = "II" if heart.etiology in PROLAPSES else "IIIb"
        values["carpentier_type"] = _CARPENTIER.get(heart.etiology, usual)
    if heart.etiology in PROLAPSES and draw() < 0.7:
        barlow = heart.etiology == "barlow"
        values["segments"] = (
            ["A2", "P1", "P2", "P3"] if barlow else _SEGMENTS[int(draw() * len(_SEGMENTS))]
        )
    chart.write("patients.MitralDiagnosis", values, "clinician")


# kind, share at 65 years, asked how often
_DISEASES = (
    ("hypertension", 0.46, 0.75), ("diabetes", 0.13, 0.6), ("coronary_disease", 0.14, 0.5),
    ("chronic_lung_disease", 0.09, 0.35), ("stroke_or_tia", 0.06, 0.35),
    ("kidney_disease", 0.10, 0.25),
)  # fmt: skip


def _other_diseases(chart: Chart, heart: Heart, on: date) -> None:
    draw = chart.rng.random
    older = max(0.15, 1 + 0.03 * (heart.age - 65))
    for kind, share, asked in _DISEASES:
        if draw() > asked:
            continue
        share = 0.97 if kind == "coronary_disease" and heart.etiology == "ischemic" else share
        present = draw() < share * older
        if not present and draw() < 0.35:
            continue
        _disease(chart, kind, on, present=present)
        if present and kind == "hypertension":
            drugs.start(chart, chart.first, ("ramipril", "candesartan", "amlodipine")[
                int(draw() * 3)], since=chart.first - 900)  # fmt: skip
        if present and kind == "coronary_disease":
            drugs.start(chart, chart.first, "atorvastatin", since=chart.first - 700)
            drugs.start(chart, chart.first, "aspirin", since=chart.first - 700)
    if heart.etiology == "ischemic":
        _disease(chart, "myocardial_infarction", on, present=True)
    if heart.ventricular:
        _disease(chart, "heart_failure", on, present=True)
    if heart.etiology == "rheumatic" and draw() < 0.6:
        _disease(chart, "rheumatic_fever", on, present=True)
    if heart.etiology == "endocarditis_healed":
        _disease(chart, "previous_endocarditis", on, present=True)
    if heart.etiology == "radiation":
        _disease(chart, "chest_radiation", on, present=True)
    if heart.af and draw() < 0.85:
        visiting.find_fibrillation(chart, on)
    elif not heart.af and draw() < 0.5:
        _disease(chart, "atrial_fibrillation", on, present=False)


def _disease(chart: Chart, kind: str, on: date, *, present: bool) -> None:
    values: dict[str, object] = {
        "kind": kind, "present": "yes" if present else "no", "noted_on": on,
    }  # fmt: skip
    chart.write("patients.Comorbidity", values, "clinician")


_ALLERGENS = (
    ("penicillin", "rash"), ("penicillin", "anaphylaxis"), ("iodinated contrast", "urticaria"),
    ("sulfamethoxazole", "rash"), ("latex", "urticaria"), ("codeine", "urticaria"),
)  # fmt: skip


def _allergy(chart: Chart, on: date) -> None:
    values: dict[str, object] = {"noted_on": on, "reaction": "none_known"}
    if chart.rng.random() < 0.16:
        substance, reaction = _ALLERGENS[int(chart.rng.random() * len(_ALLERGENS))]
        values = {"noted_on": on, "substance": substance, "reaction": reaction}
    chart.write("patients.Allergy", values)


def _written(chart: Chart, course: Course, who: dict[str, object], index: int) -> Life:
    """The life as it stands today: what was still open is closed by death, or stays open."""
    last = chart.last
    if course.died is not None:
        last = min(last, course.died)
        if chart.next_visit < NEVER or chart.rng.random() < HEARD_OF:
            # The registration stays: the clinic's cohort keeps its dead.
            who["deceased_on"] = date.fromordinal(course.died)
    _vitamin_k(chart, last)
    if chart.last_contact:
        who["last_contact_on"] = date.fromordinal(chart.last_contact)
    _close_what_is_open(chart, course)
    rows = _until(chart.rows, date.fromordinal(last))
    rows += recalling.front_desk(chart, died=course.died, heard_of="deceased_on" in who)
    rows += list(recalling.signatures(chart, rows, last))
    return Life(
        index=index,
        clinic=chart.clinic,
        person=who,
        record_number=f"{'HV' if chart.clinic == 'north' else 'SV'}-{FIRST_RECORD_NUMBER + index}",
        registered_on=date.fromordinal(chart.first),
        ended=chart.ended,
        moved_to=chart.moved_to,
        referring_doctor=doctor(chart.rng, north=chart.clinic == "north"),
        rows=rows,
        truth=course.truth,
    )


def _vitamin_k(chart: Chart, last: int) -> None:
    if "vka" not in chart.courses or not chart.vka_from:
        return
    if chart.next_visit >= NEVER:
        last = min(last, chart.last_contact + 90)
    drugs.inr_series(chart, chart.vka_from, last, target=float(chart.vka_target))


def _close_what_is_open(chart: Chart, course: Course) -> None:
    if course.died is not None and chart.operation is not None:
        chart.operation.values["status"] = "cancelled"
        chart.operation.values["decided_on"] = date.fromordinal(course.died)
        chart.operation.values["not_done_because"] = "died"
        chart.operation.values["reason"] = "Died before the operation."
    if chart.episode is None:
        return
    onset_at = chart.episode.values["onset_at"]
    assert isinstance(onset_at, datetime)  # noqa: S101 (for the type checker)
    onset = onset_at.date().toordinal()
    closed, why = 0, ""
    operated_on = chart.mitral_row.values["performed_on"] if chart.mitral_row else None
    operated = operated_on.toordinal() if isinstance(operated_on, date) else 0
    if onset <= operated <= onset + 40:
        closed, why = operated, "intervention"
    elif course.died is not None and course.died <= onset + 60:
        closed, why = course.died, "death"
    elif onset + 45 < chart.last:
        closed, why = onset + 35, "reclassified_chronic"
    if why:
        closed_at = datetime.combine(date.fromordinal(closed), time(16, 30))
        chart.episode.values["closed_at"] = closed_at
        chart.episode.values["closure"] = why


OWN_DAY = {
    "patients.MitralDiagnosis": "diagnosed_on",
    "patients.Comorbidity": "noted_on",
    "patients.AbsenceCheck": "checked_on",
    "patients.BodySize": "measured_on",
    "patients.Allergy": "noted_on",
    "patients.GoalsOfCare": "assessed_on",
    "patients.PregnancyStatus": "assessed_on",
    "patients.EchoStudy": "performed_on",
    "patients.SymptomLog": "recorded_on",
    "patients.Electrocardiogram": "recorded_on",
    "patients.ExerciseTest": "performed_on",
    "patients.CoronaryAssessment": "performed_on",
    "patients.CmrStudy": "performed_on",
    "patients.HeartFailureAdmission": "admitted_on",
    "patients.LabResult": "taken_on",
    "patients.AcuteEpisode": "onset_at",
    "treatments.Intervention": "performed_on",
    "treatments.Complication": "occurred_on",
    "treatments.Medication": "noted_on",
    "treatments.AnticoagulationPlan": "from_on",
    "treatments.EndocarditisProphylaxisAdvice": "advised_on",
    "treatments.TeamReview": "reviewed_on",
    "patients.ResultAcknowledgment": "seen_at",
    "followup.Appointment": "booked_on",
    "followup.ContactAttempt": "attempted_on",
    "followup.ContactWish": "stated_on",
    "followup.FollowUpEnd": "ended_on",
    "followup.Referral": "referred_on",
}
"""Which column holds the day of each kind of row."""


def day_of(row: Written) -> date | None:
    """The day on which the row's statement was true; None for what is only planned."""
    day = row.values.get(OWN_DAY[row.kind])
    if isinstance(day, datetime):
        return day.date()
    return day if isinstance(day, date) else None


def _until(rows: list[Written], last: date) -> list[Written]:
    """The rows up to the last day; what had been meant for later was never written."""
    kept: list[Written] = []
    position: dict[int, int] = {}
    for at, row in enumerate(rows):
        day = day_of(row)
        if day is not None and day > last:
            continue
        if row.entered_on is not None and row.entered_on > last:
            row = Written(row.kind, row.values, row.by, last, row.amended)
        if row.amended and row.amended[0][0] > last:
            row = Written(row.kind, {**row.values, "status": "final"}, row.by, row.entered_on)
        if "intervention" in row.values:
            row.values["intervention"] = position[int(str(row.values["intervention"]))]
        discharged_on = row.values.get("discharged_on")
        if isinstance(discharged_on, date) and discharged_on > last:
            del row.values["discharged_on"]
        position[at] = len(kept)
        kept.append(row)
    return kept
