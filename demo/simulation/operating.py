"""Operations: what is done, what it does to the heart, what may go wrong."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp

from demo.simulation import drugs, rates
from demo.simulation.chance import whole, workday
from demo.simulation.chart import NEVER, Chart
from demo.simulation.course import Course
from demo.simulation.heart import PROLAPSES, Heart
from demo.simulation.life import Written

_VALVE = {
    "mitral_repair": "surgical_repair",
    "mitral_mechanical": "mechanical",
    "mitral_biological": "surgical_bioprosthesis",
    "teer": "teer",
}
_SURGEONS = ("Dr H. Keller", "Dr M. Sandoval", "Dr E. Lindt", "")


def operate(course: Course, chart: Chart) -> None:
    """The planned operation is done today."""
    row = chart.operation
    chart.operation_on, chart.operation = NEVER, None
    chart.triggered_on = 0
    if row is None:
        return
    day, heart = course.day, course.heart
    if row.values["urgency"] == "elective" and chart.rng.random() < 0.035:
        row.values["status"] = "cancelled"
        row.values["decided_on"] = date.fromordinal(day)
        row.values["not_done_because"] = "too_ill"
        row.values["reason"] = "Infection; a new date follows."
        chart.review_on = workday(day + 30)
        chart.review_why = chart.review_why or "symptoms"
        return
    kind = str(row.values["kind"])
    died = chart.rng.random() < operative_death(heart, kind, urgent=course.acute)
    _perform(chart, heart, row, kind, day, died=died)
    treat(heart, kind, course.rng.random(), course.rng.random())
    course.acute = False
    chart.mitral_row, chart.baseline_due = row, True
    chart.known_severe, chart.known_grade = False, 0
    chart.last_contact = day
    if died:
        course.died = day
        _complication(chart, row, day, "death", "no")
        return
    _complications(course, chart, row, kind)
    _afterwards(chart, heart, kind, day)


def operative_death(heart: Heart, kind: str, *, urgent: bool) -> float:
    """The risk of dying of this operation (NH-13 for repair), by age, ventricle and haste."""
    base = {
        "mitral_repair": rates.REPAIR_DEATH,
        "teer": rates.TEER_DEATH,
    }.get(kind, rates.REPLACEMENT_DEATH)
    risk = base * exp(rates.OPERATIVE_DEATH_PER_YEAR_OF_AGE * (heart.age - 65))
    risk *= 1 + 0.04 * max(0.0, 50 - heart.lvef)
    risk *= 4.0 if urgent else 1.3 if heart.nyha > 2 else 1.0
    return min(0.35, risk)


def treat(heart: Heart, kind: str, fortune: float, detail: float) -> None:
    """What the operation does to the heart: the leak goes, and with it the borrowed LVEF.

    The loaded ventricle ejected into the atrium; without the leak LVEF falls by 5 to 10 points.
    """
    loaded = heart.eroa
    volume = max(0.0, loaded * heart.vti / 100 - 10)
    heart.valve = _VALVE[kind]
    heart.operated_years = 0.0
    heart.flail = False
    heart.endocarditis = heart.failing = False
    if kind == "teer":
        heart.eroa = 4 + 12 * detail if fortune < 0.72 else 18 + 14 * detail
    elif kind == "mitral_repair":
        heart.eroa = 1 + 4 * detail if fortune < 0.94 else 6 + 9 * detail
    else:
        heart.eroa = 0.0
    heart.leak_target = heart.eroa
    heart.growth = 0.01 + 0.02 * detail
    if not heart.ventricular:
        fall = min(5.5, 0.05 * volume) + 2.0 + 1.5 * detail
        heart.lvef = max(18.0, heart.lvef - fall * (1.0 if kind != "teer" else 0.6))
    heart.base_lavi += 0.04 * volume
    heart.nyha = max(1, min(2, heart.nyha - (1 if fortune < 0.9 else 0)))


def _perform(chart: Chart, heart: Heart, row: Written, kind: str, day: int, *, died: bool) -> None:
    draw = chart.rng.random
    on = date.fromordinal(day)
    values = row.values
    values["status"], values["performed_on"] = "performed", on
    values["center"] = "North University Hospital" if chart.north else "Southport Heart Institute"
    surgeon = _SURGEONS[int(draw() * 4)]
    if surgeon:
        values["operator"] = surgeon
    if kind == "teer":
        values["approach"], values["device_implanted"] = "transseptal", True
        values["devices_count"] = 1 + int(draw() * 2.3)
    else:
        small = draw() < 0.3 and values["urgency"] == "elective"
        values["approach"] = "minimally_invasive" if small else "sternotomy"
        values["redo"] = heart.valve != "native"
    if kind == "mitral_repair":
        values["repair_technique"] = (
            ("resection of P2", "new chords to P2", "commissuroplasty", "new chords, A2 and P2")
            [int(draw() * 4)] if heart.etiology in PROLAPSES else "annuloplasty"
        )  # fmt: skip
        values["annuloplasty_ring"] = f"complete ring, {28 + 2 * int(draw() * 4)} mm"
    elif kind != "teer":
        values["prosthesis_size_mm"] = whole(27 + 2 * int(draw() * 3))
        values["prosthesis_model"] = (
            "bileaflet mechanical" if kind == "mitral_mechanical" else "stented pericardial"
        )
    if not died and day + 14 <= chart.last:
        stay = 2 + int(draw() * 3) if kind == "teer" else 6 + int(draw() * 7)
        values["discharged_on"] = on + timedelta(days=stay)
    if kind != "teer":
        _beside_it(chart, heart, on, str(values["urgency"]))


def _beside_it(chart: Chart, heart: Heart, on: date, urgency: str) -> None:
    """Other parts of the same operation: rhythm, appendage, tricuspid valve, coronaries."""
    draw = chart.rng.random
    parts = []
    if chart.known_af and urgency == "elective":
        parts += [kind for kind, share in (("af_ablation", 0.5), ("appendage_closure", 0.6))
                  if draw() < share]  # fmt: skip
    if draw() < 0.11:
        parts.append("tricuspid_surgery")
    likely = 0.5 if heart.etiology == "ischemic" else 0.08
    if chart.needs_bypass is not None:
        likely = 0.93 if chart.needs_bypass else 0.0
    if heart.age > 45 and draw() < likely:
        parts.append("cabg")
    chart.needs_bypass = None
    for kind in parts:
        chart.write(
            "treatments.Intervention",
            {"kind": kind, "status": "performed", "performed_on": on, "urgency": urgency},
            "clinician",
        )


_COMPLICATIONS = (
    ("atrial_fibrillation", 0.20), ("bleeding", 0.03), ("kidney_injury", 0.03), ("stroke", 0.012),
    ("pacemaker", 0.015), ("infection", 0.015), ("low_output", 0.02), ("sam", 0.008),
)  # fmt: skip


def _complications(course: Course, chart: Chart, row: Written, kind: str) -> None:
    share = 0.3 if kind == "teer" else 1.0
    for name, chance in _COMPLICATIONS:
        if chart.rng.random() < chance * share:
            day = course.day + 1 + int(chart.rng.random() * 5)
            if day <= chart.last and not (name == "sam" and kind != "mitral_repair"):
                lasting = "no" if name == "pacemaker" else "yes"
                _complication(chart, row, day, name, lasting)


def _complication(chart: Chart, row: Written, day: int, kind: str, resolved: str) -> None:
    position = next(i for i, each in enumerate(chart.rows) if each is row)
    chart.write(
        "treatments.Complication",
        {
            "intervention": position,
            "occurred_on": date.fromordinal(day),
            "kind": kind,
            "resolved": resolved,
        },
        "clinician",
    )


def complication_of_the_valve(chart: Chart, day: int, kind: str) -> None:
    """A late complication of the last mitral procedure."""
    if chart.mitral_row is not None:
        _complication(chart, chart.mitral_row, day, kind, "unknown")


def _afterwards(chart: Chart, heart: Heart, kind: str, day: int) -> None:
    """Anticoagulation, prophylaxis of endocarditis, the first appointments."""
    on = date.fromordinal(day)
    draw = chart.rng.random
    if kind == "mitral_mechanical":
        drugs.protect_prosthesis(chart, day, lasting=True, why="mechanical mitral valve")
    elif kind == "mitral_biological":
        drugs.protect_prosthesis(chart, day, lasting=False, why="first months of a bioprosthesis")
    elif kind == "mitral_repair" and draw() < 0.6:
        drugs.protect_prosthesis(chart, day, lasting=False, why="first months of a mitral repair")
    elif "doac" not in chart.courses and "antiplatelet" not in chart.courses:
        replaced = kind not in ("mitral_repair", "teer")
        drugs.start(chart, day, "aspirin", indication="prosthesis" if replaced else "other")
    if draw() < 0.85:
        values: dict[str, object] = {"advised_on": on, "advice": "prophylaxis"}
        if draw() < 0.7:
            values["card_given"] = draw() < 0.9
        chart.write("treatments.EndocarditisProphylaxisAdvice", values, "clinician")
    chart.next_visit = workday(day + 61 + int(draw() * 28))
    chart.asked_nyha = 1
    chart.lvef = chart.lvesd = chart.lavi = chart.spap = None
