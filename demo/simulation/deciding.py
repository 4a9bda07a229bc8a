"""What the clinic decides: by the record, never by the truth; late, and now and then not at all."""

from __future__ import annotations

from datetime import date

from demo.simulation import drugs, recalling
from demo.simulation.chance import tenth, whole, workday
from demo.simulation.chart import NEVER, Chart
from demo.simulation.heart import PROLAPSES, PROSTHESES, Heart
from demo.simulation.life import Written

OVERLOOKED_MEN, OVERLOOKED_WOMEN = 0.34, 0.42
"""How often a visit that met a trigger ends without a referral to the team (NH-14)."""

_PARTICIPANTS = (
    "cardiology, imaging, cardiac surgery",
    "cardiology, cardiac surgery",
    "cardiology, imaging, cardiac surgery, anesthesia",
    "",
)


def decide(chart: Chart, heart: Heart, day: int) -> None:
    """After a visit: therapy of the ventricle, or a referral to the heart team."""
    if heart.ventricular:
        _treat_ventricle(chart, heart, day)
    if (chart.asked_nyha or 1) > 1 and "diuretic" not in chart.courses:
        _relieve(chart, day, 0.75 if heart.ventricular else 0.3)
    if _is_busy(chart, day):
        return
    why = _trigger(chart, heart)
    if not why:
        chart.triggered_on = 0
        return
    if not chart.triggered_on:
        chart.triggered_on = day
    if chart.rng.random() >= (OVERLOOKED_MEN if heart.male else OVERLOOKED_WOMEN):
        chart.review_on = workday(day + 5 + int(chart.rng.expovariate(1 / 22.0)))
        chart.review_why = why
        _refer(chart, day)


REFERRED = 0.85
"""Most patients come to the meeting by a referral, the others as the week's list goes."""
_QUESTIONS = {
    "symptoms": "Severe regurgitation with symptoms: operate, and how?",
    "ventricle": "Severe regurgitation, the ventricle changes: operate now?",
    "risk": "Severe regurgitation without symptoms: early operation?",
    "early": "Flail leaflet: early repair?",
}


def _refer(chart: Chart, day: int) -> None:
    if chart.desk.random() < REFERRED:
        values: dict[str, object] = {
            "referred_on": date.fromordinal(day),
            "urgency": "soon" if (chart.asked_nyha or 1) > 2 else "routine",
            "question": _QUESTIONS[chart.review_why],
        }
        chart.referral = Written("followup.Referral", values, "clinician")
        chart.desk_rows.append(chart.referral)


def withdraw_referral(chart: Chart, day: int) -> None:
    """The team need not answer any more: it was decided in haste."""
    if chart.referral is not None and chart.review_on < NEVER:
        chart.referral.values["withdrawn_on"] = date.fromordinal(day)
    chart.review_on, chart.referral = NEVER, None


def _relieve(chart: Chart, day: int, share: float) -> None:
    if chart.rng.random() < share:
        drugs.start(chart, day, "furosemide" if chart.rng.random() < 0.7 else "torasemide")


def _is_busy(chart: Chart, day: int) -> bool:
    waiting = chart.review_on < NEVER or chart.operation_on < NEVER
    return waiting or day < chart.declined_until


def _trigger(chart: Chart, heart: Heart) -> str:
    """Why the team should meet, by what is recorded: "" when nothing says so."""
    if heart.valve in PROSTHESES or not chart.known_severe:
        return ""
    symptoms = (chart.asked_nyha or 1) > 1
    if heart.ventricular:
        return "symptoms" if symptoms and chart.therapy_tried >= 1 else ""
    if heart.mechanism == "secondary_atrial":
        return "symptoms" if (chart.asked_nyha or 1) > 2 else ""
    if symptoms:
        return "symptoms"
    if (chart.lvef or 99) <= 60 or (chart.lvesd or 0) >= 40:
        return "ventricle"
    if chart.known_af or (chart.spap or 0) > 50 or (chart.lavi or 0) >= 60:
        return "risk" if chart.rng.random() < 0.5 else ""
    return "early" if chart.known_flail and heart.age < 72 and chart.rng.random() < 0.22 else ""


_RENIN_ANGIOTENSIN = ("arni", "ace_inhibitor", "arb")
"""One of these at a time: never two together."""


def _treat_ventricle(chart: Chart, heart: Heart, day: int) -> None:
    """Guideline-directed therapy step by step; its effect begins with the next piece of truth."""
    year = date.fromordinal(day).year
    blocker = next((each for each in _RENIN_ANGIOTENSIN if each in chart.courses), "")
    if "beta_blocker" not in chart.courses or not blocker:
        if "beta_blocker" not in chart.courses:
            drugs.start(chart, day, "carvedilol" if chart.rng.random() < 0.5 else "bisoprolol",
                        indication="heart_failure")  # fmt: skip
        if not blocker:
            drugs.start(chart, day, "enalapril")
        chart.therapy_on = day + 1
    elif "mra" not in chart.courses and chart.rng.random() < 0.55:
        drugs.start(chart, day, "spironolactone" if chart.rng.random() < 0.6 else "eplerenone")
        chart.therapy_tried += 1
    elif year >= 2017 and blocker != "arni" and chart.rng.random() < 0.3:
        drugs.stop(chart, blocker, day, "replaced")
        drugs.start(chart, day, "sacubitril_valsartan")
        chart.therapy_on = day + 1
    elif year >= 2021 and "sglt2_inhibitor" not in chart.courses and chart.rng.random() < 0.5:
        drugs.start(chart, day, "dapagliflozin" if chart.rng.random() < 0.5 else "empagliflozin")
        chart.therapy_on = day + 1
    elif heart.left_bundle and (chart.lvef or 99) <= 35 and "crt" not in chart.courses:
        _resynchronize(chart, day)


def _resynchronize(chart: Chart, day: int) -> None:
    on = workday(day + 20 + int(chart.rng.random() * 45))
    if on > chart.last or chart.rng.random() < 0.5:
        return
    values: dict[str, object] = {
        "kind": "crt",
        "status": "performed",
        "planned_on": date.fromordinal(on),
        "performed_on": date.fromordinal(on),
        "urgency": "elective",
        "approach": "other",
    }
    chart.courses["crt"] = chart.write("treatments.Intervention", values, "clinician")
    chart.therapy_on = on


def respond(chart: Chart, heart: Heart) -> None:
    """The ventricle answers a step of therapy, more or less; the leak with it."""
    chart.therapy_on = NEVER
    chart.therapy_tried += 1
    answer = max(-0.2, chart.rng.gauss(0.55, 0.45))
    heart.base_lvef = min(60.0, heart.base_lvef + 5.0 * answer)
    heart.base_lvedd -= 2.0 * answer
    heart.leak_target = max(4.0, heart.leak_target * (1 - 0.16 * answer))
    if heart.nyha > 1 and chart.rng.random() < 0.4 * answer:
        heart.nyha -= 1
    if "crt" in chart.courses:
        heart.left_bundle = False


def review(chart: Chart, heart: Heart, day: int) -> None:
    """The heart team meets: its judgments, its decision, and what follows from it."""
    chart.review_on, chart.referral = NEVER, None
    risk = _risk(chart, heart)
    decision = _decision(chart, heart, risk)
    _write_review(chart, heart, day, risk, decision)
    if decision == "intervene":
        _plan_operation(chart, heart, day, risk)
    elif decision == "declined_by_patient":
        _declined(chart, heart, day, risk)
    elif decision == "further_tests":
        _test(chart, heart, day)
        chart.call_in(day + 30 + int(chart.rng.random() * 60))
    else:
        chart.declined_until = day + 330
    chart.triggered_on = 0 if decision in ("medical", "watch") else chart.triggered_on


def _risk(chart: Chart, heart: Heart) -> str:
    points = 0.055 * (heart.age - 55) + 0.7 * (heart.frailty - 1)
    points += 0.035 * max(0.0, 55 - (chart.lvef or 60)) + chart.rng.gauss(0, 0.25)
    return "low" if points < 0.8 else "intermediate" if points < 1.45 else "high"


def _decision(chart: Chart, heart: Heart, risk: str) -> str:
    draw = chart.rng.random()
    if chart.review_why in ("risk", "early"):
        return "intervene" if draw < 0.5 and risk != "high" else "watch"
    if draw < 0.08:
        return "further_tests"
    if draw < 0.19:
        return "declined_by_patient"
    if draw < 0.22:
        return "not_decided"
    if draw < 0.27 and heart.nyha == 1:
        return "watch"
    if risk == "high" and draw < (0.60 if heart.age > 84 else 0.40):
        return "medical"
    return "intervene"


_OPERABLE = {"low": "operable", "intermediate": "operable", "high": "high_risk"}
_MORTALITY = {"low": 0.8, "intermediate": 2.6, "high": 7.0}
_REASONS = {
    "symptoms": "Severe regurgitation with symptoms.",
    "ventricle": "Severe regurgitation, the ventricle begins to suffer.",
    "risk": "Severe regurgitation without symptoms; rhythm, atrium or pressure argue for it.",
    "early": "Severe regurgitation, flail leaflet, a durable repair is likely.",
    "endocarditis": "Endocarditis with severe regurgitation.",
    "failure": "The valve has failed.",
}


LOOKED_AT_AGAIN = {"watch": 170, "medical": 300, "declined_by_patient": 300}
"""After how many days the team wants to look again at a decision not to intervene, at least."""


def _write_review(chart: Chart, heart: Heart, day: int, risk: str, decision: str) -> None:
    draw = chart.rng.random
    values: dict[str, object] = {
        "reviewed_on": date.fromordinal(day),
        "decision": decision,
    }
    if draw() < 0.9:
        values["operability"] = _OPERABLE[risk]
    if draw() < 0.85:
        values["surgical_risk_class"] = risk
    if draw() < 0.5:
        values["sts_mortality_percent"] = tenth(_MORTALITY[risk] * (0.7 + 0.6 * draw()))
        values["sts_computed_on"] = values["reviewed_on"]
    if draw() < 0.45:
        values["expected_mortality_percent"] = tenth(_MORTALITY[risk])
    if not heart.mechanism.startswith("secondary") and draw() < 0.65:
        values["repair_likelihood_percent"] = whole(100 * repair_chance(heart) - 2)
    if risk == "high" or heart.ventricular:
        values["teer_anatomy"] = ("suitable", "complex", "not_assessed")[int(draw() * 3)]
    if draw() < 0.8:
        values["center_type"] = "comprehensive" if chart.north else "primary"
    if draw() < 0.3:
        values["life_expectancy_years"] = whole(max(1.0, (92 - heart.age) * 0.55))
    if draw() < 0.75 and chart.review_why in _REASONS:
        values["decision_reason"] = _REASONS[chart.review_why]
    if decision in LOOKED_AT_AGAIN and chart.desk.random() < 0.8:
        again = workday(day + LOOKED_AT_AGAIN[decision] + int(chart.desk.random() * 60))
        values["review_on"] = date.fromordinal(again)
    if decision == "declined_by_patient":
        values["patient_wish"] = "Does not want a procedure now."
    who = _PARTICIPANTS[int(draw() * len(_PARTICIPANTS))]
    if who:
        values["participants"] = who
    chart.write("treatments.TeamReview", values, "clinician")


def repair_chance(heart: Heart) -> float:
    """How likely this valve is repaired rather than replaced."""
    if heart.etiology in PROLAPSES:
        return 0.95
    if heart.etiology == "rheumatic":
        return 0.25
    return 0.3 if heart.etiology == "mitral_annular_calcification" else 0.6


def chosen_kind(chart: Chart, heart: Heart, risk: str, year: int) -> str:
    """Which procedure: TEER at high risk, else surgery; prostheses by age (AHA-PR-03, -04)."""
    if heart.valve in PROSTHESES:
        return "mitral_biological" if heart.age > 62 else "mitral_mechanical"
    if (heart.ventricular or risk == "high") and year >= 2011 and heart.valve == "native":
        return "teer"
    if heart.valve == "native" and chart.rng.random() < repair_chance(heart):
        return "mitral_repair"
    return "mitral_mechanical" if heart.age < 65 else "mitral_biological"


def _plan_operation(chart: Chart, heart: Heart, day: int, risk: str) -> None:
    operated = workday(day + 18 + int(chart.rng.expovariate(1 / 72.0)))
    on = date.fromordinal(operated)
    kind = chosen_kind(chart, heart, risk, on.year)
    chart.operation = Written(
        "treatments.Intervention",
        {"kind": kind, "status": "planned", "planned_on": on, "urgency": "elective"},
        "clinician",
        date.fromordinal(day),
    )
    chart.rows.append(chart.operation)
    chart.operation_on = operated
    if chart.rng.random() < 0.7 and not heart.ventricular and heart.age > 40:
        _coronaries(chart, heart, workday(day + int(chart.rng.random() * 12)))
    if chart.rng.random() < 0.45:
        _transesophageal(chart, heart, day, workday(day + 1 + int(chart.rng.random() * 12)))


def _transesophageal(chart: Chart, heart: Heart, asked: int, day: int) -> None:
    """The anatomy before an operation: sedated, few numbers, much to see."""
    if day <= chart.operation_on:
        recalling.book_study(chart, "tee", asked, day)
    if day > min(chart.last, chart.operation_on):
        return
    draw = chart.rng.random
    values: dict[str, object] = {
        "performed_on": date.fromordinal(day),
        "modality": "tee",
        "state": "sedated",
        "status": "final",
        "rhythm": heart.rhythm,
        "quality": "good",
        "laboratory": chart.laboratory.name,
        "reader": chart.reader().name,
        "reader_grade_low": 4,
        "reader_grade_high": 4,
        "vegetation": heart.endocarditis,
    }
    if heart.etiology in PROLAPSES:
        values["flail_leaflet"] = heart.flail
        values["jet_direction"] = "eccentric"
        if draw() < 0.6:
            values["mitral_annulus_ap_mm"] = whole(chart.rng.gauss(40, 3))
    if draw() < 0.4:
        values["pulmonary_vein_flow"] = "reversal"
    chart.write("patients.EchoStudy", values, "clinician")


def _coronaries(chart: Chart, heart: Heart, day: int) -> None:
    if day > min(chart.last, chart.operation_on):
        return
    stenosis = 10 * int(min(9.0, chart.rng.expovariate(1 / (1.8 + 0.05 * (heart.age - 40)))))
    chart.needs_bypass = stenosis >= 70
    values: dict[str, object] = {
        "performed_on": date.fromordinal(day),
        "method": "ct" if heart.age < 62 and chart.rng.random() < 0.6 else "invasive",
        "largest_other_stenosis_percent": whole(stenosis),
        "needs_revascularization": "yes" if chart.needs_bypass else "no",
    }
    if chart.rng.random() < 0.8:
        values["left_main_stenosis_percent"] = whole(0)
    chart.write("patients.CoronaryAssessment", values, "clinician")


def _declined(chart: Chart, heart: Heart, day: int, risk: str) -> None:
    on = date.fromordinal(day)
    kind = chosen_kind(chart, heart, risk, on.year)
    chart.last_contact = max(chart.last_contact, day)
    chart.declined_until = day + 300 + int(chart.rng.random() * 500)
    chart.write(
        "treatments.Intervention",
        {"kind": kind, "status": "declined", "decided_on": on, "reason": "The patient's wish."},
        "clinician",
    ).values["urgency"] = "elective"
    if chart.rng.random() < 0.6:
        chart.write(
            "patients.GoalsOfCare",
            {
                "assessed_on": on,
                "declines_intervention": True,
                "frailty": "moderate" if heart.frailty > 1.5 else "none",
                "life_expectancy": "one_year_or_more",
            },
            "clinician",
        )


def _test(chart: Chart, heart: Heart, day: int) -> None:
    """The test that the team asked for, some weeks later."""
    asked, day = day, workday(day + 5 + int(chart.rng.random() * 25))
    if day > chart.last:
        kind = "exercise_test" if chart.desk.random() < 0.6 else "cmr"
        recalling.book_study(chart, kind, asked, day)
        return
    on = date.fromordinal(day)
    by_exercise = chart.rng.random() < 0.6
    recalling.book_study(chart, "exercise_test" if by_exercise else "cmr", asked, day)
    if by_exercise:
        limited = heart.nyha > 1
        values: dict[str, object] = {
            "performed_on": on,
            "protocol": "bicycle",
            "result": "symptoms" if limited else "normal",
            "peak_workload_w": whole(70 if limited else 140),
        }
        if limited:
            values["attributed_to_mr"] = "yes"
        chart.write("patients.ExerciseTest", values, "clinician")
        return
    volume = heart.eroa * heart.vti / 100
    fraction = 100 * volume / (volume + heart.forward_ml)
    values = {
        "performed_on": on,
        "quality": "good",
        "lvef_percent": whole(max(10.0, heart.lvef + chart.rng.gauss(-1, 2))),
        "regurgitant_volume_ml": whole(max(2.0, volume + chart.rng.gauss(-4, 5))),
        "regurgitant_fraction_percent": whole(max(3.0, fraction + chart.rng.gauss(-3, 4))),
    }
    chart.write("patients.CmrStudy", values, "clinician")
