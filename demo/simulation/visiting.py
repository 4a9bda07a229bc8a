"""One visit: who comes, what is asked, measured and written, and when to come again."""

from __future__ import annotations

from datetime import date
from math import exp

from demo.simulation import drugs
from demo.simulation.chance import tenth, whole, workday
from demo.simulation.chart import CAME, LOST, MISSED, NEVER, Chart
from demo.simulation.course import Course
from demo.simulation.heart import PROSTHESES, Heart, State
from demo.simulation.life import Written
from demo.simulation.measuring import (
    OUTSIDE,
    OUTSIDE_READERS,
    Reading,
    study,
)

MISSES, LEAVES, MOVED, DISCHARGED = 0.075, 0.009, 0.004, 0.015
RETURNS_WHEN_ILL = 0.10
"""How often a visit with a mild leak ends without a further appointment: the patient calls."""


def stays_away(chart: Chart, day: int) -> bool:
    """Whether nobody comes today; then the next appointment is made, or none."""
    draw = chart.rng.random()
    ill = (chart.asked_nyha or 1) > 2
    if draw >= MISSES + LEAVES * (0.3 if ill else 1.0):
        return False
    if draw < MISSES:
        wait = 0.25 if ill else 1.0
        chart.next_visit = workday(day + 30 + int(chart.rng.random() * 150 * wait))
    else:
        chart.next_visit = NEVER
    chart.attendances.append((day, LOST if chart.next_visit >= NEVER else MISSED))
    return True


def outside_report(course: Course, chart: Chart, day: int) -> None:
    """A study that was made elsewhere before the clinic knew the patient; entered later."""
    entered = min(chart.last, chart.first + int(chart.rng.random() * 60))
    laboratory = OUTSIDE[int(chart.rng.random() * len(OUTSIDE))]
    reader = OUTSIDE_READERS[int(chart.rng.random() * len(OUTSIDE_READERS))]
    on = date.fromordinal(day)
    values, _ = study(
        course.heart, course.at(day), chart.rng, laboratory, reader, year=on.year, bsa=None
    )
    values["performed_on"], values["status"] = on, "final"
    chart.rows.append(Written("patients.EchoStudy", values, "clerk", date.fromordinal(entered)))
    chart.next_visit = chart.first


def visit(course: Course, chart: Chart, day: int) -> None:
    """What is written on the day of a visit."""
    chart.visits += 1
    chart.attendances.append((day, CAME))
    chart.last_contact = day
    heart, state, on = course.heart, course.at(day), date.fromordinal(day)
    draw = chart.rng.random
    systolic = min(178.0, max(90.0, chart.rng.gauss(chart.systolic, 9)))
    rate = min(128.0, max(46.0, chart.rng.gauss(chart.heart_rate, 5)))
    if chart.visits == 1 or draw() < 0.22:
        _body(chart, on)
    _symptoms(chart, heart, on, (systolic, rate))
    if _echo_is_due(chart, heart, day):
        echo(chart, heart, state, day, (systolic, rate))
    _rhythm(chart, heart, on, rate)
    _blood(chart, heart, state, on)
    if heart.age < 46 and chart.may_be_pregnant and draw() < 0.35:
        _pregnancy(chart, heart, on)
    if draw() < 0.30:
        _nothing_else(chart, heart, on)
    if heart.age > 76 and draw() < 0.12:
        _goals(chart, heart, on)
    _move(chart, day)


def _echo_is_due(chart: Chart, heart: Heart, day: int) -> bool:
    if chart.baseline_due or not chart.last_echo:
        return True
    gone = day - chart.last_echo
    if heart.valve == "mechanical":
        return gone > 900 or (gone > 300 and chart.rng.random() < 0.45)
    if heart.valve == "surgical_repair":
        return gone > 640 or (gone > 250 and chart.rng.random() < 0.5)
    return gone > 120 and chart.rng.random() < 0.97


def echo(
    chart: Chart,
    heart: Heart,
    state: State,
    day: int,
    at_the_desk: tuple[float, float] | None = None,
) -> None:
    """One study of the clinic's own laboratory, or one brought along from outside."""
    rng, on = chart.rng, date.fromordinal(day)
    outside = rng.random() < 0.05
    laboratory = OUTSIDE[int(rng.random() * len(OUTSIDE))] if outside else chart.laboratory
    reader = (
        OUTSIDE_READERS[int(rng.random() * len(OUTSIDE_READERS))] if outside else chart.reader()
    )
    values, reading = study(
        heart, state, rng, laboratory, reader,
        year=on.year, bsa=chart.bsa, focused=rng.random() < 0.05, at_the_desk=at_the_desk,
    )  # fmt: skip
    values["performed_on"] = on
    if laboratory.prefix and rng.random() < 0.93:
        serial = (chart.serial * 16 + len(chart.rows)) % 10_000_000
        values["accession_number"] = f"{laboratory.prefix}-{serial:07d}"
    recent = chart.last - day < 12
    if rng.random() < (0.45 if recent else 0.004):
        values["status"] = "draft"
    else:
        values["status"] = "final"
        chart.learn(reading, day)
    entered = None
    if outside:
        entered = date.fromordinal(min(chart.last, day + 2 + int(rng.random() * 60)))
    row = Written(
        "patients.EchoStudy", values, "clinician" if reader.name[:2] == "Dr" else "nurse",
        entered, _amended(chart, values, reading, day),
    )  # fmt: skip
    chart.rows.append(row)
    if chart.baseline_due and chart.mitral_row is not None and values["status"] == "final":
        _baseline(chart, chart.mitral_row, values, on)


def _amended(
    chart: Chart, values: dict[str, object], reading: Reading, day: int
) -> tuple[tuple[date, dict[str, object], str], ...]:
    """Now and then a final study is corrected later: a slip, or a measurement that was added."""
    rng = chart.rng
    if values["status"] != "final" or rng.random() >= 0.013:
        return ()
    later = day + 2 + int(rng.random() * 45)
    if later > chart.last:
        return ()
    values["status"] = "amended"
    on = date.fromordinal(later)
    if reading.lvesd is not None and "lvedd_mm" in values and rng.random() < 0.5:
        former = whole(max(15.0, reading.lvesd - 4))
        return ((on, {"lvesd_mm": former}, "Remeasured at the tips of the leaflets."),)
    if "spap_mmhg" in values:
        former_values: dict[str, object] = {"spap_mmhg": None, "spap_source": "not_stated"}
        return ((on, former_values, "Pulmonary pressure added."),)
    return ((on, {"comment": "Preliminary report."}, "Report completed."),)


def _baseline(chart: Chart, row: Written, values: dict[str, object], on: date) -> None:
    """The first study after an operation is the reference of the prosthesis or the repair."""
    chart.baseline_due = False
    gradient = values.get("mitral_mean_gradient_mmhg")
    if gradient is None:
        return
    row.values["baseline_measured_on"] = on
    row.values["baseline_mean_gradient_mmhg"] = gradient
    for column, source in (
        ("baseline_peak_velocity_m_s", "e_velocity_m_s"),
        ("baseline_doppler_velocity_index", "doppler_velocity_index"),
        ("baseline_effective_orifice_area_cm2", "effective_orifice_area_cm2"),
        ("baseline_paravalvular_leak", "paravalvular_leak"),
    ):
        if source in values:
            row.values[column] = values[source]


def _body(chart: Chart, on: date) -> None:
    rng = chart.rng
    if chart.visits > 1:
        chart.weight = min(150.0, max(40.0, chart.weight + rng.gauss(0, 2.0)))
    height, weight = whole(chart.height), whole(chart.weight)
    chart.bsa = tenth(10 * 0.007184 * float(weight) ** 0.425 * float(height) ** 0.725) / 10
    values: dict[str, object] = {"measured_on": on, "weight_kg": weight}
    if chart.visits == 1 or rng.random() < 0.7:
        values["height_cm"] = height
    chart.write("patients.BodySize", values)


def _symptoms(chart: Chart, heart: Heart, on: date, at_the_desk: tuple[float, float]) -> None:
    draw = chart.rng.random
    if draw() < 0.12:
        return
    nyha = heart.nyha
    if draw() < 0.08:
        nyha = max(1, min(4, nyha + (1 if draw() < 0.5 else -1)))
    values: dict[str, object] = {"recorded_on": on}
    if draw() < 0.93:
        high = nyha + 1 if nyha < 4 and draw() < 0.07 else nyha
        values["nyha_low"], values["nyha_high"] = nyha, high
        chart.asked_nyha = high
    if draw() < 0.8:
        values["diuretic_need"] = "for_mr" if "diuretic" in chart.courses else "none"
    if nyha == 1:
        _none_told(chart, values)
    else:
        _told(chart, values, nyha)
    if draw() < 0.7:
        kind = "permanent" if heart.permanent else "paroxysmal"
        values["atrial_fibrillation_type"] = kind if chart.known_af else "none"
    _measured_at_the_desk(chart, heart, values, nyha, at_the_desk)
    chart.write("patients.SymptomLog", values)


def _none_told(chart: Chart, values: dict[str, object]) -> None:
    draw = chart.rng.random
    if draw() < 0.75:
        values["actively_asked_none"] = True
    values["dyspnea"] = False
    if draw() < 0.7:
        values["activity_level"] = ("active", "moderate", "sedentary")[int(draw() * 2.6)]
    if draw() < 0.75:
        values["attribution"] = "certain"
    if draw() < 0.5:
        values["activity_given_up"] = False


def _told(chart: Chart, values: dict[str, object], nyha: int) -> None:
    draw = chart.rng.random
    values["dyspnea"] = draw() < 0.95
    if draw() < 0.75:
        values["reduced_exercise_tolerance"] = draw() < 0.85
    if draw() < 0.7:
        values["fatigue"] = draw() < 0.6
    if draw() < 0.8:
        pick = draw()
        values["attribution"] = _ATTRIBUTIONS[(pick >= 0.4) + (pick >= 0.75) + (pick >= 0.93)]
        if pick >= 0.93:
            values["attributed_cause"] = "chronic lung disease" if pick < 0.97 else "obesity"
    if draw() < 0.7:
        values["activity_level"] = "moderate" if nyha == 2 else "sedentary"
    if draw() < 0.6:
        values["orthopnea"] = nyha >= 3 and draw() < 0.6
    if draw() < 0.6:
        values["edema"] = nyha >= 3 and draw() < 0.5


_ATTRIBUTIONS = ("certain", "probable", "uncertain", "other_cause")


def _measured_at_the_desk(
    chart: Chart,
    heart: Heart,
    values: dict[str, object],
    nyha: int,
    at_the_desk: tuple[float, float],
) -> None:
    draw, gauss = chart.rng.random, chart.rng.gauss
    if draw() < 0.5:
        systolic, rate = at_the_desk
        values["systolic_bp_mmhg"] = whole(systolic)
        values["diastolic_bp_mmhg"] = whole(min(104.0, systolic * 0.5 + 11 + 6 * draw()))
        values["heart_rate_bpm"] = whole(rate)
    if heart.ventricular:
        if draw() < 0.45:
            values["six_minute_walk_m"] = whole(max(60.0, gauss(480 - 75 * nyha, 45)))
        if draw() < 0.4:
            values["kccq_overall"] = whole(min(98.0, max(12.0, gauss(96 - 17 * nyha, 8))))


def _rhythm(chart: Chart, heart: Heart, on: date, rate: float) -> None:
    draw = chart.rng.random
    if draw() > (0.75 if chart.visits == 1 or (heart.af and not chart.known_af) else 0.30):
        return
    holter = draw() < 0.12
    paced = "crt" in chart.courses
    away = heart.af and not heart.permanent and draw() < 0.6
    rhythm = "sinus" if away else heart.rhythm
    seen = heart.af and (holter or not away)
    values: dict[str, object] = {
        "recorded_on": on,
        "kind": "holter" if holter else "twelve_lead",
        "rhythm": "paced" if paced and not heart.af else rhythm,
        "atrial_fibrillation_seen": seen,
    }
    if draw() < 0.85:
        values["heart_rate_bpm"] = whole(min(135.0, max(44.0, chart.rng.gauss(rate, 4))))
    if not holter and draw() < 0.75:
        wide = heart.left_bundle and not paced
        values["qrs_ms"] = whole(chart.rng.gauss(152 if wide else 132 if paced else 95, 8))
        values["qrs_morphology"] = "paced" if paced else "lbbb" if wide else "narrow"
    chart.write("patients.Electrocardiogram", values)
    if seen and not chart.known_af:
        find_fibrillation(chart, on)


def find_fibrillation(chart: Chart, on: date) -> None:
    """Atrial fibrillation is known from this day on: written down, and anticoagulated."""
    chart.known_af = True
    values: dict[str, object] = {
        "kind": "atrial_fibrillation", "present": "yes", "noted_on": on,
    }  # fmt: skip
    if chart.visits > 1:
        values["since_on"] = on
    chart.write("patients.Comorbidity", values, "clinician")
    drugs.anticoagulate(chart, on.toordinal())
    if "beta_blocker" not in chart.courses and chart.rng.random() < 0.45:
        drugs.start(chart, on.toordinal(), "metoprolol_succinate")


def _blood(chart: Chart, heart: Heart, state: State, on: date) -> None:
    draw, gauss = chart.rng.random, chart.rng.gauss
    if draw() < (0.55 if heart.ventricular or heart.nyha > 1 else 0.28):
        level = 4.3 + 0.028 * (heart.age - 55) + 0.55 * (heart.nyha - 1)
        level += 0.55 * heart.severity() + (0.6 if heart.af else 0.0)
        level += 0.05 * max(0.0, 55 - state[5]) + gauss(0, 0.35)
        _result(chart, on, "nt_probnp", "pg/mL", min(35000.0, max(12.0, exp(level))))
    if draw() < 0.38:
        creatinine = chart.creatinine + 0.35 * (heart.age - 60) + gauss(0, 6)
        _result(chart, on, "creatinine", "umol/L", min(420.0, max(42.0, creatinine)))
        if heart.ventricular and draw() < 0.7:
            value = tenth(min(5.8, max(3.3, gauss(4.5, 0.35))))
            _row(chart, on, "potassium", "mmol/L", value)
    if draw() < 0.25:
        value = tenth(min(17.5, max(8.5, gauss(chart.hemoglobin, 0.5))))
        _row(chart, on, "hemoglobin", "g/dL", value)
    if heart.valve == "mechanical" and draw() < 0.4:
        _result(chart, on, "ldh", "U/L", min(900.0, max(150.0, gauss(285, 55))))


def _result(chart: Chart, on: date, analyte: str, unit: str, value: float) -> None:
    rounded = value if value < 400 else round(value, -1)
    _row(chart, on, analyte, unit, whole(rounded) if rounded < 4000 else int(rounded))


def _row(chart: Chart, on: date, analyte: str, unit: str, value: object) -> None:
    chart.write(
        "patients.LabResult", {"taken_on": on, "analyte": analyte, "unit": unit, "value": value}
    )


def _nothing_else(chart: Chart, heart: Heart, on: date) -> None:
    native = heart.valve == "native"
    values: dict[str, object] = {
        "checked_on": on,
        "hypertrophic_cardiomyopathy_absent": True,
        "mitral_stenosis_absent": heart.etiology != "rheumatic" and native,
        "endocarditis_absent": not chart.infected_on,
        "aortic_valve_disease_absent": chart.rng.random() < 0.93,
        "previous_mitral_procedure_absent": native,
    }
    if not heart.male:
        asked = heart.age > 52 or chart.rng.random() < 0.9
        values["pregnancy_absent"] = asked and on.toordinal() > chart.pregnant_until
    else:
        values["pregnancy_absent"] = True
    chart.write("patients.AbsenceCheck", values, "clinician")


def _pregnancy(chart: Chart, heart: Heart, on: date) -> None:
    draw = chart.rng.random()
    status = "not_pregnant" if draw < 0.9 or heart.age > 41 else "planning"
    if on.toordinal() <= chart.pregnant_until:
        status = "pregnant"
    elif status == "planning" and draw > 0.97:
        status = "pregnant"
        chart.pregnant_until = on.toordinal() + 60 + int(chart.rng.random() * 150)
    values: dict[str, object] = {"assessed_on": on, "status": status}
    if status == "pregnant":
        values["due_on"] = date.fromordinal(chart.pregnant_until)
    chart.write("patients.PregnancyStatus", values)


def _goals(chart: Chart, heart: Heart, on: date) -> None:
    frail = heart.frailty * (1 + 0.02 * (heart.age - 76))
    values: dict[str, object] = {
        "assessed_on": on,
        "frailty": "none" if frail < 1.1 else "mild" if frail < 1.5 else "moderate",
        "life_expectancy": "one_year_or_more" if heart.nyha < 4 else "unknown",
    }
    if chart.rng.random() < 0.5:
        values["declines_intervention"] = chart.rng.random() < 0.1
    chart.write("patients.GoalsOfCare", values, "clinician")


def _move(chart: Chart, day: int) -> None:
    if chart.ended is not None or chart.visits < 2:
        return
    draw = chart.rng.random()
    if draw < MOVED:
        chart.ended = (date.fromordinal(day), "moved")
        chart.moved_to = "south" if chart.clinic == "north" else "north"


def plan_next(chart: Chart, heart: Heart, day: int) -> None:
    """The next appointment by what is known now (rows AHA-FU-01 to -10, ESC25-F-01 to -10)."""
    rng = chart.rng
    if chart.next_visit > day:
        return
    interval = _interval(chart, heart)
    idle = chart.review_on >= NEVER and chart.operation_on >= NEVER
    mild = interval > 1000 and heart.valve == "native" and idle
    if mild and rng.random() < DISCHARGED:
        if chart.ended is None:
            chart.ended = (date.fromordinal(day), "discharged")
        chart.next_visit = NEVER
        return
    if mild and _returns_when_ill(chart):
        chart.discharged_on, chart.next_visit = day, NEVER
        return
    chart.due_on = day + interval
    late = rng.expovariate(1 / 18.0)
    if rng.random() < 0.05:
        late += 60 + rng.random() * 300
    if (chart.asked_nyha or 1) > 2:
        late = min(late, 30.0)  # who is breathless at rest or on the stairs is called
    chart.next_visit = workday(day + int(interval * (0.94 + 0.08 * rng.random()) + late))


def _returns_when_ill(chart: Chart) -> bool:
    return chart.visits > 1 and chart.desk.random() < RETURNS_WHEN_ILL


def _interval(chart: Chart, heart: Heart) -> int:
    if chart.baseline_due:
        return 40
    if chart.is_protected_for_months(heart.valve):
        return 45
    if (chart.asked_nyha or 1) > 2:
        return 120 if chart.asked_nyha == 3 else 28
    if heart.valve == "teer" and heart.ventricular:
        return 183
    if heart.valve in PROSTHESES or heart.valve == "teer":
        return 365
    if heart.valve == "surgical_repair":
        return 365 if heart.operated_years < 2 else 640
    if chart.triggered_on or chart.therapy_on < NEVER:
        return 120
    if heart.ventricular:
        return 183 if (chart.known_grade or 0) >= 2 else 340
    if chart.known_severe or chart.known_grade == 3:
        return 183 if chart.known_severe and chart.rng.random() < 0.6 else 300
    if chart.known_grade == 2 or chart.known_grade is None:
        return 345 if chart.rng.random() < 0.7 else 600
    return 365 * (3 + int(3 * chart.rng.random() ** 2))
