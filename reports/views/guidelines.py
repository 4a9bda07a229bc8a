"""The editions a clinic judges by: their rules to be read, and the sign-off by a clinician."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ClinicRequest, clinic_or_404, require
from accounts.guideline_settings import (
    NAME_LENGTH,
    NOTE_LENGTH,
    editions_of,
    sign_off_edition,
    sign_offs_in,
)
from accounts.models import Clinic
from accounts.permissions import Action, may
from accounts.selectors import clinic_settings
from guidelines.registry import ALL_EDITIONS, RULES, coverage
from guidelines.rule import Edition, Rule


class SignOffForm(forms.Form):
    """Who has read the rules, and what they want remembered about it."""

    name = forms.CharField(
        label="Name of the clinician who has read the rules", max_length=NAME_LENGTH
    )
    note = forms.CharField(
        label="Note",
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What was compared with the printed guideline, and what was not.",
    )
    has_read = forms.BooleanField(
        label="The rules on this page were read, with how far each was checked",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


@require_safe
def guideline_list(request: ClinicRequest) -> HttpResponse:
    """For each clinic the editions it judges by, and who has signed them off."""
    context = {"clinics": [(clinic, _editions_in(clinic)) for clinic in request.clinics]}
    return render(request, "reports/guideline_list.html", context)


def _editions_in(clinic: Clinic) -> list[dict[str, Any]]:
    today = clinic.today()
    values = clinic_settings(clinic, today)
    signed = sign_offs_in(values)
    return [
        {"edition": edition, "coverage": coverage(edition), "signed": signed.get(edition)}
        for edition in editions_of(values, today)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def guideline_page(request: ClinicRequest, clinic_code: str, edition_id: str) -> HttpResponse:
    """All rules of one edition, as the code holds them, and the form of the sign-off."""
    clinic, edition = clinic_or_404(request, clinic_code), _edition_or_404(edition_id)
    if request.method == "POST":
        require(request, Action.DECIDE, clinic)
    form = SignOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _signed(request, form, clinic, edition):
        messages.success(request, f"{edition} is signed off for {clinic.name}.")
        return redirect("reports:guideline-list")
    context = {
        "clinic": clinic,
        "edition": edition,
        "signed": sign_offs_in(clinic_settings(clinic, clinic.today())).get(edition),
        "coverage": coverage(edition),
        "chapters": _chapters(edition),
        "form": form,
        "may_sign": may(request.user, Action.DECIDE, clinic),
    }
    return render(request, "reports/guideline_page.html", context)


def _signed(request: ClinicRequest, form: SignOffForm, clinic: Clinic, edition: Edition) -> bool:
    try:
        sign_off_edition(
            clinic=clinic,
            edition_id=edition.id,
            name=form.cleaned_data["name"],
            note=form.cleaned_data["note"],
            on=clinic.today(),
            by=request.user,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _edition_or_404(edition_id: str) -> Edition:
    for edition in ALL_EDITIONS:
        if edition.id == edition_id:
            return edition
    raise Http404


def _chapters(edition: Edition) -> list[tuple[str, list[Rule]]]:
    chapters: dict[str, list[Rule]] = {}
    for rule in RULES[edition]:
        chapters.setdefault(rule.chapter.label, []).append(rule)
    return list(chapters.items())
