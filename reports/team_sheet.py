"""The team sheet: one page about one patient, as plain values that are shown live or frozen.

``page_of`` gathers everything that the page shows, in words and as JSON; the template reads
nothing else. So a frozen sheet shows for ever what stood on it, drawings included, whatever the
record or the rules say later. The whole assessment (facts, rules, verdicts, editions) is stored
beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from followup.models import TeamSheet
from followup.team_selectors import Rests, what_they_rest_on
from followup.team_sheets import SHEET_SCHEMA, content_hash, stored_form
from guidelines.facts import FACTS
from guidelines.rule import show
from patients.days import spoken
from patients.fields import MEASURES
from patients.forms.typed import DayField, printed_unit
from patients.models import GoalsOfCare
from patients.study_sheet import upper_first, value_text
from reports.charts.drawing import Svg
from reports.patient_page.answers import missing_rows
from reports.patient_page.banner import banner_of, dangers_of
from reports.patient_page.case import PageCase
from reports.patient_page.drug_list import drug_list_of
from reports.patient_page.inr_control import inr_control_of
from reports.patient_page.page import alarms_of
from reports.patient_page.scores import score_panel_of
from reports.patient_page.stance import stance_of
from reports.patient_page.team import answer_words, open_referrals
from reports.patient_page.trends import Figure, trends_of
from reports.patient_page.verdicts import (
    EditionCard,
    RuleLine,
    edition_cards,
    met_and_open,
    reopened_words,
)
from reports.patient_page.words import notes_of

DECISIONS_SHOWN = 6
CHART_ROWS = 12
REPAIR = (
    "carpentier_type",
    "flail_leaflet",
    "severe_leaflet_retraction",
    "annular_calcification",
    "annular_disjunction",
    "mitral_annulus_ap_mm",
    "repair_likelihood_percent",
    "durable_repair_likely",
    "operability",
    "surgical_risk",
    "expected_mortality_percent",
    "cad_needs_revascularization",
    "intervention_futile",
)
TEER = ("teer_anatomy", "mitral_mean_gradient_mmhg")
# Columns of the studies that are no facts of a rule: the newest study that has one speaks.
OF_STUDIES = {
    "repair": (("prolapse_segments", "Prolapsing or flail segments"),),
    "teer": (
        ("mitral_valve_area_cm2", "Mitral valve area"),
        ("flail_gap_mm", "Flail gap"),
        ("flail_width_mm", "Flail width"),
        ("coaptation_depth_mm", "Coaptation depth"),
        ("coaptation_length_mm", "Coaptation length"),
        ("posterior_leaflet_length_mm", "Posterior leaflet length"),
        ("calcified_grasping_zone", "Calcification where the clip grasps"),
    ),
}

Words = dict[str, Any]


def page_of(case: PageCase) -> Words:
    """What the sheet shows, as JSON holds it."""
    return dict(stored_form(_page(case)))


def sheet_of(case: PageCase) -> Words:
    """What is frozen: the page, and the whole assessment behind it."""
    return {
        "schema_version": SHEET_SCHEMA,
        "page": page_of(case),
        "whole": stored_form(case.whole.as_dict()),
    }


def editions_of(case: PageCase) -> list[str]:
    """The editions whose verdicts stand on the sheet."""
    shown = (v.edition for v in case.assessment.editions if v.edition not in case.hidden)
    return [edition.title for edition in shown]


def _page(case: PageCase) -> Words:
    record = case.record
    has_died = record.has_died
    stance = stance_of(case)
    trends = trends_of(case)
    return {
        "on": spoken(case.on),
        "clinic": case.clinic.name,
        "who": _who(case),
        "urgent": [*dangers_of(record), *([] if has_died else alarms_of(case.assessment))],
        "questions": [_question(row) for row in open_referrals(case)],
        "triggers": _triggers(case),
        "editions": [_edition(card) for card in edition_cards(case)],
        "why_they_differ": "" if case.hidden or has_died else case.assessment.why_they_differ,
        "notes": [] if has_died else list(case.assessment.notes),
        "grade": _grade(stance["grade"]),
        "stage": _stage(stance["stage"]),
        "symptoms": _symptoms(stance["symptoms"]),
        "charts": [_chart(figure) for figure in trends.figures],
        "chart_events": [f"{e.sign} {e.label}, {spoken(e.on)}" for e in trends.signs],
        "charts_missing": list(trends.missing),
        "missing": [_missing(row) for row in missing_rows(case)],
        "scores": _scores(case),
        "repair": _anatomy(case, REPAIR, "repair"),
        "teer": _anatomy(case, TEER, "teer"),
        "drugs": _drugs(case),
        "inr": _inr(case),
        "wishes": _wishes(case),
        "decisions": _decisions(case),
    }


# ---- who, what is asked --------------------------------------------------------------------------


def _who(case: PageCase) -> Words:
    banner = banner_of(case.record, case.registrations, case.doors, case.picture)
    clinician = case.registrations[0].responsible_clinician
    age = f" ({banner.age_years} y)" if banner.age_years is not None else ""
    return {
        "name": banner.name or "Name not recorded",
        "number": banner.record_number,
        "born": f"born {spoken(banner.born_on)}{age}" if banner.born_on else "",
        "sex": banner.sex,
        "died": f"died {spoken(banner.deceased_on)}" if banner.deceased_on else "",
        "clinician": clinician.display_name if clinician else "",
        "rows": [
            {"label": label, "text": text}
            for label, text in (
                ("Mechanism", banner.mechanism),
                ("Etiology", banner.etiology),
                ("Valve", banner.valve_state),
                ("Rhythm", banner.rhythm),
                ("Body surface", banner.bsa.removeprefix("BSA ")),
                ("Allergies", banner.allergies),
            )
        ],
    }


def _question(row: Any) -> Words:
    return {
        "head": f"{spoken(row.referred_on)}, "
        f"{row.entered_by.display_name if row.entered_by else 'the system'}, "
        f"{row.get_urgency_display()}",
        "text": row.question,
    }


def _triggers(case: PageCase) -> list[str]:
    """What is open and since when; nothing of an edition that is not signed off."""
    if case.hidden:
        return []
    return [
        f"{trigger.edition}: {upper_first(reopened_words(trigger))}"
        if not trigger.still_stands
        else f"{trigger.edition}: {trigger.said.partition(':')[0]} {met_and_open(trigger)}"
        for trigger in case.whole.triggers
    ]


# ---- verdicts ------------------------------------------------------------------------------------


def _edition(card: EditionCard) -> Words:
    return {
        "title": card.title,
        "badge": card.badge,
        "state": card.state,
        "possible": card.possible,
        "class": card.lead_class,
        "advice": card.advice or card.caution,
        "wanted": card.wanted,
        "source": " · ".join(filter(None, [*card.source, card.verification])),
        "held": card.held,
        "open": list(card.reopened),
        "flags": [*card.flags, *card.gates],
        "against": [_rule(line) for line in card.vetoes],
        "to_settle": [_rule(line) for line in card.to_settle],
        "rows": [_fact_row(row) for row in (*card.rows, *card.rows_more)],
        "others": [_rule(line) for line in (*card.others, *card.more)],
        "not_met": [
            ": ".join(filter(None, (_rule(line), "; ".join(line.assessed))))
            for line in card.not_met
        ],
        "remarks": [
            *([card.remark] if card.remark else []),
            *(f"{text}." for text in card.assumptions),
        ],
        "flip": card.flip,
    }


def _rule(line: RuleLine) -> str:
    return f"{line.short_status or line.cor}: {line.message} {line.row} · {line.verification}"


def _fact_row(row: Mapping[str, Any]) -> Words:
    value, on = row.get("value"), row.get("on")
    return {
        "mark": row["mark"],
        "label": row["label"],
        "value": str(value) if value else "",
        "on": spoken(on) if isinstance(on, date) else "",
        "note": row.get("note") or "",
        "method": row.get("method") or "",
        "gives": row.get("gives") or "",
        "how": [str(text) for text in row.get("how") or ()],
    }


def _grade(grade: Mapping[str, Any]) -> Words:
    return {
        "text": grade["label"],
        "state": grade["state_label"],
        "for": [_reasons(line) for line in grade["reasons_for"]],
        "against": [_reasons(line) for line in grade["reasons_against"]],
        "missing": [*grade["missing"], *grade["needed_first"]],
        "notes": [*grade["notes"], *filter(None, [grade["reader_disagrees"]])],
    }


def _reasons(line: Mapping[str, Any]) -> str:
    said = " · ".join(reason["text"] for reason in line["reasons"])
    day = f", {spoken(line['on'])}" if line["on"] else ""
    return f"{said}{day}"


def _stage(stage: Mapping[str, Any] | None) -> Words | None:
    if stage is None:
        return None
    missing = [each["label"] for each in stage["missing"]]
    return {"text": stage["text"], "reasons": list(stage["reasons"]), "missing": missing}


def _symptoms(said: Mapping[str, Any]) -> Words:
    reason = said["reason"]
    if said["on"]:
        reason = f"{reason}, {spoken(said['on'])} ({said['age']})"
    log = f"newest log: {said['log']}, {spoken(said['log_on'])}" if said["log"] else ""
    return {"text": said["text"], "reason": reason, "log": log, "note": said["note"]}


def _missing(row: Mapping[str, Any]) -> Words:
    texts = [
        f"{each['by']}: {each['text']}" if each["by"] else each["text"] for each in row["texts"]
    ]
    return {"label": row["label"], "texts": texts, "is_judgement": row["is_judgement"]}


# ---- measurements --------------------------------------------------------------------------------


def _chart(figure: Figure) -> Words:
    rows = figure.rows
    return {
        "title": figure.subject.title,
        "full_title": figure.subject.spelled_out,
        "unit": figure.unit,
        "scale": figure.scale,
        "svg": str(figure.svg),
        "state": figure.words.state,
        "verdict": figure.words.verdict,
        "lines": list(figure.words.lines),
        "rows": [
            {
                "on": row.on_text,
                "value": row.value_text,
                "method": row.method,
                "remarks": row.remarks,
            }
            for row in rows[:CHART_ROWS]
        ],
        "more_rows": max(len(rows) - CHART_ROWS, 0) + figure.hidden_points,
    }


def _scores(case: PageCase) -> list[Words]:
    panel = score_panel_of(case)
    if panel is None:
        return []
    computed = [
        {
            "title": score["title"],
            "text": score["text"] or f"not computed: {score['not_computed']}".rstrip(": "),
            "notes": [
                *(f"{group['label']}: {group['meaning']}" for group in score["strata"]),
                *_missing_inputs(score),
                *(f"Perhaps beyond the patients it was made from: {f}" for f in score["flags"]),
            ],
        }
        for score in panel["fitting"]
    ]
    stored = [
        {
            "title": each["title"],
            "text": each["text"],
            "notes": [", ".join(filter(None, [spoken(each["on"]), "as entered", each["note"]]))],
        }
        for each in panel["stored"]
    ]
    return [*computed, *stored]


def _missing_inputs(score: Mapping[str, Any]) -> Iterable[str]:
    if score["missing"]:
        yield f"Missing: {', '.join(each['label'] for each in score['missing'])}"


def _anatomy(case: PageCase, facts: Iterable[str], part: str) -> Words:
    """What is known for this way to treat the valve, and the names of what is not recorded."""
    rows = [
        *([_segments(case)] if part == "repair" else []),
        *(_of_studies(case, name, label) for name, label in OF_STUDIES[part]),
        *(_fact(case, name) for name in facts),
    ]
    return {
        "rows": [row for row in rows if row["text"]],
        "not_recorded": [row["label"] for row in rows if not row["text"]],
    }


def _fact(case: PageCase, name: str) -> Words:
    shown = show(name, case.picture, case.picture.readings())
    known = shown.is_recorded
    return {
        "label": upper_first(FACTS[name].label),
        "text": shown.text if known else "",
        "on": spoken(shown.on) if known and shown.on else "",
        "note": notes_of(shown, case.on) if known else "",
    }


def _of_studies(case: PageCase, name: str, label: str) -> Words:
    for study in case.record.echo_studies:
        text = value_text(study, name) if study.counts else None
        if text is not None:
            unit = printed_unit(MEASURES[name].unit) if name in MEASURES else ""
            return {
                "label": label,
                "text": f"{text} {unit}".strip(),
                "on": spoken(study.performed_on),
                "note": study.get_modality_display(),
            }
    return {"label": label, "text": "", "on": "", "note": ""}


def _segments(case: PageCase) -> Words:
    row = next((each for each in case.record.diagnoses if each.segments), None)
    return {
        "label": "Segments by the diagnosis",
        "text": ", ".join(row.segments) if row else "",
        "on": spoken(row.diagnosed_on) if row else "",
        "note": "",
    }


# ---- drugs ---------------------------------------------------------------------------------------


def _drugs(case: PageCase) -> Words:
    found = drug_list_of(case)
    if found is None:
        return {"rows": [], "is_known": False, "looked_at": "", "pillars": []}
    looked_at = found["looked_at"]
    pillars = (found["pillars"] or {}).get("rows", [])
    return {
        "rows": [
            {
                "name": " ".join(filter(None, [drug["name"], drug["dose"]])),
                "what": ", ".join(filter(None, [drug["drug_class"], drug["indication"]])),
                "since": spoken(drug["since"]) if drug["since"] else "",
                "against": [
                    f"{line.edition}: {line.message} {line.row}" for line in drug["against"]
                ],
            }
            for drug in found["drugs"]
        ],
        "is_known": not found["never_listed"],
        "looked_at": spoken(looked_at["on"]) if looked_at and looked_at["on"] else "",
        "pillars": [f"{row['name']}: {row['text']}" for row in pillars],
    }


def _inr(case: PageCase) -> Words | None:
    found = inr_control_of(case)
    if found is None:
        return None
    plan, newest = found["plan"], found.get("newest")
    said = ", ".join(filter(None, [plan["agent"], plan["limits"]])) if plan else ""
    in_range = found.get("in_range") or {}
    return {
        "plan": f"{said}, since {spoken(plan['from_on'])}" if plan else "",
        "targets": [f"{each['edition']}: INR {each['text']}" for each in found.get("targets", [])],
        "asks": found["asks_inr"],
        "newest": " ".join(
            filter(None, [newest["text"], f"({spoken(newest['on'])})", newest["place"]])
        )
        if newest
        else "",
        "rows": [f"{row['text']} ({spoken(row['on'])})" for row in found.get("rows", [])],
        "in_range": in_range.get("text", ""),
        "gaps": list(found.get("gaps", [])),
    }


# ---- the patient's wish, and what was decided before ---------------------------------------------


def _wishes(case: PageCase) -> list[Words]:
    """What the patient wants, from the goals of care and the last reviews, each with its day."""
    goals = [_goals(row) for row in case.record.goals_of_care[:3]]
    said = [
        {"on": spoken(row.reviewed_on), "text": f"At the review: {row.patient_wish}"}
        for row in case.record.team_reviews
        if row.patient_wish
    ]
    return [each for each in (*goals, *said[:2]) if each["text"]]


def _goals(row: GoalsOfCare) -> Words:
    declines = {True: "declines intervention", False: "does not decline intervention", None: ""}
    frail = row.frailty != GoalsOfCare.Frailty.UNKNOWN
    lives = row.life_expectancy != GoalsOfCare.LifeExpectancy.UNKNOWN
    parts = [
        declines[row.declines_intervention],
        f"frailty {row.get_frailty_display()}" if frail else "",
        f"life expectancy {row.get_life_expectancy_display()}" if lives else "",
        row.advance_decision,
    ]
    text = "; ".join(part for part in parts if part)
    return {"on": spoken(row.assessed_on), "text": upper_first(text)}


def _decisions(case: PageCase) -> list[Words]:
    reviews = case.record.team_reviews[:DECISIONS_SHOWN]
    rests = what_they_rest_on(reviews)
    return [
        {
            "on": spoken(row.reviewed_on),
            "decision": upper_first(row.get_decision_display()),
            "reason": row.decision_reason,
            "by": row.participants,
            "again_by": spoken(row.review_on) if row.review_on else "",
            "answers": [answer_words(each) for each in rests.get(row.pk, Rests()).answers],
        }
        for row in reviews
    ]


# ---- shown live, or as it was frozen -------------------------------------------------------------


def on_paper(page: Mapping[str, Any], *, is_whole: bool = True) -> Words:
    """The page for the template; the drawings of one that was altered are left out.

    A drawing is markup: it is taken as it is only while the hash says that nobody touched it.
    """
    charts = [{**chart, "svg": Svg(chart["svg"]) if is_whole else ""} for chart in page["charts"]]
    return {**page, "charts": charts}


def still_fits(sheet: TeamSheet) -> bool:
    """Whether the stored content is what was frozen."""
    return content_hash(sheet.content) == sheet.content_hash


class FreezeForm(forms.Form):
    """For which meeting a sheet is frozen."""

    meeting_on = DayField(label="For the meeting on", required=False)

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        box = self.fields["meeting_on"]
        assert isinstance(box, DayField)  # noqa: S101 - for the type checker
        box.today = today
        self.today = today

    def clean_meeting_on(self) -> date | None:
        """A meeting lies ahead, or is today."""
        day: date | None = self.cleaned_data["meeting_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError("This day has passed.", code="past")
        return day
