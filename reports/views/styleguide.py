"""The style guide: every part that pages are made of, with invented people, for staff."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.messages import ERROR, INFO, SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from reports.charts import ChartPoint, EventMark, Threshold, TrendChart, table_rows, trend_chart

DAY = date(2026, 3, 12)
BORN_ON = date(1959, 4, 12)
NOBODY = UUID(int=0)
MOMENT = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
STATES = ("beyond", "attention", "unknown", "quiet", "good", "action")
NOT_STAFF = "The style guide is for those who look after this installation."


class ExampleForm(forms.Form):
    """A form with one field of each sort; it is shown filled in wrongly and never saved."""

    studied_on = forms.DateField(label="Day of the study", help_text="As 12 Mar 2026.")
    lvesd_mm = forms.DecimalField(label="LVESD (mm)", max_value=150, min_value=10)
    quality = forms.ChoiceField(
        label="Image quality", choices=[("good", "good"), ("fair", "fair"), ("poor", "poor")]
    )
    rhythm = forms.ChoiceField(
        label="Rhythm",
        widget=forms.RadioSelect,
        choices=[("sinus", "sinus"), ("af", "atrial fibrillation"), ("", "not recorded")],
        required=False,
    )
    comment = forms.CharField(
        label="Comment", widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    is_confirmed = forms.BooleanField(label="Checked against the report", required=False)


@require_safe
def styleguide(request: ClinicRequest) -> HttpResponse:
    """Every part of templates/components in each of its states."""
    _require_staff(request)
    page = Paginator(range(400), 50).page(3)
    context = {
        "states": STATES,
        "day": DAY,
        "born_on": BORN_ON,
        "moment": MOMENT,
        "access": {"registration": {"clinic": {"name": "Southern Clinic"}}, "public_id": NOBODY},
        "messages_shown": _messages(),
        "answers": _answers(),
        "facts": _facts(),
        "chart": _chart(),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "phones": [{"label": "Cardiac surgeon on call", "number": "+33 1 99 00 00 01"}],
        "checklist": ["Blood pressure and rhythm", "Echo at the bedside", "Surgeon called"],
    }
    return render(request, "reports/styleguide.html", context)


@require_safe
def styleguide_form(request: ClinicRequest) -> HttpResponse:
    """The skeleton of a page with one form, as it comes back with errors."""
    _require_staff(request)
    form = ExampleForm({"studied_on": "soon", "lvesd_mm": "410", "quality": "good"})
    return render(
        request, "reports/styleguide_form.html", {"form": form, "born_on": BORN_ON, "day": DAY}
    )


def _require_staff(request: ClinicRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied(NOT_STAFF)


def _messages() -> list[Message]:
    return [
        Message(SUCCESS, "The study of 12 Mar 2026 was saved."),
        Message(INFO, "This study is a draft and is not used."),
        Message(WARNING, "LVESD is larger than LVEDD."),
        Message(ERROR, "Somebody else saved this study meanwhile."),
    ]


def _answers() -> list[dict[str, Any]]:
    return [
        {
            "question": "How severe",
            "answer": "Severe",
            "state": "beyond",
            "lines": [{"text": "EROA 43 mm², VC 7 mm", "on": DAY}],
        },
        {
            "question": "Getting worse?",
            "answer": "Yes, for real",
            "state": "attention",
            "lines": ["LVESD +0.9 mm a year, beyond measurement error"],
        },
        {
            "question": "What is missing",
            "answer": "2 facts would decide",
            "state": "unknown",
            "lines": [{"text": "Tricuspid regurgitation grade", "href": "#facts"}],
        },
        {"question": "When next", "answer": "Echo by 12 Sep 2026", "state": "quiet", "lines": []},
        {"question": "Symptoms", "answer": "None", "state": "good", "lines": ["asked in words"]},
    ]


def _facts() -> list[dict[str, Any]]:
    return [
        {"mark": "met", "label": "LVEF", "value": "58", "unit": "%", "on": DAY, "note": "biplane"},
        {"mark": "not-met", "label": "LVESD", "value": "39", "unit": "mm", "on": DAY},
        {"mark": "unknown", "label": "LA volume index", "value": None, "href": "#facts"},
        {"mark": "not-applicable", "label": "Target INR", "value": "no prosthesis"},
    ]


def _chart() -> dict[str, Any]:
    points = [
        ChartPoint(date(2021, 3, 1), value=66, error=(66 - 4, 66 + 4), method="biplane"),
        ChartPoint(date(2022, 4, 2), low=60, high=65, method="visual"),
        ChartPoint(date(2023, 3, 9), value=63, comparable=False, note="3D, not comparable"),
        ChartPoint(date(2024, 6, 20), value=62, error=(62 - 4, 62 + 4), method="biplane"),
        ChartPoint(date(2025, 5, 4), value=58, error=(58 - 4, 58 + 4), method="biplane"),
        ChartPoint(DAY, value=57, error=(57 - 4, 57 + 4), final=False, note="draft"),
    ]
    chart = TrendChart(
        ident="styleguide-lvef",
        title="LVEF",
        unit="%",
        points=points,
        thresholds=[Threshold(60, "at_most", "≤ 60")],
        events=[EventMark(date(2024, 9, 1), "New atrial fibrillation")],
    )
    return {"svg": trend_chart(chart), "rows": table_rows(chart)}
