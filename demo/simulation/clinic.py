"""The clinic beside the course: appointments, decisions, operations, and what is told to it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from demo.simulation import deciding, drugs, operating, visiting
from demo.simulation.chance import whole, workday
from demo.simulation.chart import NEVER, Chart
from demo.simulation.course import Course
from demo.simulation.heart import ATRIAL, FAILURE, FLAIL, INFECTION, PROSTHESES, VALVE, WORSE
from demo.simulation.life import Written

PROTECTED_DAYS = 60
"""From this day on a visit ends the anticoagulation of the first months."""
HEALED_DAYS = 45


class Clinic:
    """Follows one course and writes one chart."""

    __slots__ = ("chart",)

    def __init__(self, chart: Chart) -> None:
        self.chart = chart

    def follow(self, course: Course, until: int) -> int:
        """Act on every day before ``until``; return the day on which the heart is changed."""
        chart = self.chart
        while True:
            day = min(chart.next_visit, chart.review_on, chart.operation_on, chart.therapy_on)
            if day >= until:
                return until
            if day < course.day:
                day = course.day
            if chart.operation_on <= day or chart.therapy_on <= day:
                return day if day > course.day else course.day + 1
            if chart.review_on <= day:
                deciding.review(chart, course.heart, day)
            elif day < chart.first:
                visiting.outside_report(course, chart, day)
            elif chart.visits and visiting.stays_away(chart, day):
                continue
            else:
                visiting.visit(course, chart, day)
                self._after_visit(course, day)

    def _after_visit(self, course: Course, day: int) -> None:
        chart, heart = self.chart, course.heart
        if chart.is_protected_for_months(heart.valve) and day - chart.vka_from >= PROTECTED_DAYS:
            drugs.end_protection(chart, day)
        drugs.end_relief(chart, heart, day)
        if chart.infected_on and day - chart.infected_on > HEALED_DAYS:
            self._healed(day)
        deciding.decide(chart, heart, day)
        visiting.plan_next(chart, heart, day)

    def intervene(self, course: Course) -> None:
        """Today the heart is changed: an operation, or a step of therapy takes effect."""
        chart = self.chart
        if chart.operation_on <= course.day:
            operating.operate(course, chart)
        elif chart.therapy_on <= course.day:
            deciding.respond(chart, course.heart)

    def notice(self, course: Course, event: int) -> None:
        """What befell the patient, as far as it reaches the clinic."""
        chart, day, draw = self.chart, course.day, self.chart.rng.random
        if course.died is not None or day < chart.first or chart.next_visit >= NEVER:
            return
        if course.acute:
            self._emergency(course, event)
        elif event == WORSE and draw() < 0.55:
            chart.call_in(day + 10 + int(draw() * 120))
        elif event == FAILURE:
            self._admission(course)
        elif event == ATRIAL and draw() < 0.5:
            visiting.find_fibrillation(chart, date.fromordinal(day))
            chart.call_in(day + 20 + int(draw() * 60))
        elif event == FLAIL and draw() < 0.35:
            chart.call_in(day + 5 + int(draw() * 60))
        elif event == INFECTION:
            self._endocarditis(course)
        elif event == VALVE and draw() < 0.5:
            self._valve_failed(course)

    def _admission(self, course: Course) -> None:
        chart, draw = self.chart, self.chart.rng.random
        if draw() < 0.25:
            chart.call_in(course.day + 40)
            return
        on = date.fromordinal(course.day)
        values: dict[str, object] = {
            "admitted_on": on,
            "attributed_to_mr": "unknown" if draw() < 0.5 else "yes",
            "hospital": "North University Hospital" if chart.north else "Southport Hospital",
        }
        if course.day + 15 < chart.last:
            values["discharged_on"] = on + timedelta(days=3 + int(draw() * 10))
        chart.write("patients.HeartFailureAdmission", values, "nurse")
        if "diuretic" not in chart.courses:
            drugs.start(chart, course.day, "furosemide")
        chart.call_in(course.day + 10 + int(draw() * 25))
        chart.last_contact = course.day

    def _emergency(self, course: Course, event: int) -> None:
        chart, draw, heart = self.chart, self.chart.rng.random, course.heart
        on = date.fromordinal(course.day)
        at = datetime.combine(on, time(int(draw() * 9), 5 * int(draw() * 12)))
        if event == INFECTION:
            self._infected(on)
        cause = {FLAIL: "chordal_rupture", INFECTION: "endocarditis"}.get(event, "unknown")
        if heart.etiology == "papillary_muscle_rupture":
            cause = "papillary_muscle_rupture"
        systolic, rate = 82 + draw() * 38, 96 + draw() * 34
        chart.episode = chart.write(
            "patients.AcuteEpisode",
            {
                "onset_at": at,
                "cause": cause,
                "certainty": "confirmed",
                "place": "Coronary care unit",
                "acknowledged_at": at + timedelta(minutes=20 + int(draw() * 60)),
                "accepted_at": at + timedelta(minutes=90 + int(draw() * 60)),
                "accepted_by_name": "Surgeon on call",
                "observed_at": at + timedelta(minutes=15),
                "systolic_bp_mmhg": whole(systolic),
                "heart_rate_bpm": whole(rate),
                "pulmonary_edema": True,
                "shock": systolic < 92,
            },
            "clinician",
        )
        visiting.echo(chart, heart, heart.state(), course.day, (systolic, rate))
        chart.last_contact = course.day
        self._operate_soon(course, "emergency", 1 + int(draw() * 4))

    def _operate_soon(self, course: Course, urgency: str, days: int) -> None:
        chart, heart = self.chart, course.heart
        if chart.operation is not None:
            chart.operation.values["status"] = "cancelled"
            chart.operation.values["decided_on"] = date.fromordinal(course.day)
            chart.operation.values["not_done_because"] = "otherwise"
            chart.operation.values["reason"] = "Operated earlier, in haste."
        replaced = "mitral_mechanical" if heart.age < 65 else "mitral_biological"
        repaired = heart.etiology != "papillary_muscle_rupture" and chart.rng.random() < 0.45
        kind = "mitral_repair" if repaired and heart.valve == "native" else replaced
        chart.operation = Written(
            "treatments.Intervention",
            {
                "kind": kind,
                "status": "planned",
                "planned_on": date.fromordinal(course.day + days),
                "urgency": urgency,
            },
            "clinician",
            date.fromordinal(course.day),
        )
        chart.rows.append(chart.operation)
        chart.operation_on = course.day + days
        deciding.withdraw_referral(chart, course.day)

    def _infected(self, on: date) -> None:
        chart = self.chart
        chart.infected_on = on.toordinal()
        self._write_endocarditis(on, "active_endocarditis", "yes")
        if chart.rng.random() < 0.8:
            names = ("Streptococcus mitis", "Staphylococcus aureus", "Enterococcus faecalis")
            chart.write(
                "patients.LabResult",
                {
                    "taken_on": on,
                    "analyte": "blood_culture",
                    "culture_result": "positive",
                    "organism": names[int(chart.rng.random() * 3)],
                },
            )

    def _healed(self, day: int) -> None:
        on = date.fromordinal(day)
        self.chart.infected_on = 0
        self._write_endocarditis(on, "active_endocarditis", "no")
        self._write_endocarditis(on, "previous_endocarditis", "yes")

    def _write_endocarditis(self, on: date, kind: str, present: str) -> None:
        values: dict[str, object] = {"kind": kind, "present": present, "noted_on": on}
        self.chart.write("patients.Comorbidity", values, "clinician")

    def _endocarditis(self, course: Course) -> None:
        chart, on = self.chart, date.fromordinal(course.day)
        self._infected(on)
        chart.last_contact = course.day
        if course.heart.valve in PROSTHESES:
            operating.complication_of_the_valve(chart, course.day, "endocarditis")
        if chart.rng.random() < 0.6:
            self._operate_soon(course, "urgent", 6 + int(chart.rng.random() * 14))
        else:
            chart.call_in(course.day + 45)

    def _valve_failed(self, course: Course) -> None:
        chart, valve = self.chart, course.heart.valve
        if valve == "mechanical":
            operating.complication_of_the_valve(chart, course.day, "valve_thrombosis")
            chart.call_in(course.day + 20)
            return
        chart.call_in(course.day + 15 + int(chart.rng.random() * 90))
        if valve == "surgical_bioprosthesis":
            chart.review_on, chart.review_why = workday(course.day + 100), "failure"
