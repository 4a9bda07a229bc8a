"""The addresses of a record that was merged into another lead to that one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin

from patients.views.access import MergedAwayError, patient_url

CONFLICT = 409
NOT_TYPED = {"csrfmiddlewaretoken", "version", "save", "confirm", "check"}


class MergedAwayMiddleware(MiddlewareMixin):
    """Answers ``MergedAwayError``: the same page of the record that stays.

    What was sent to the old address is not saved there: the person first sees whose record it is
    now. It is shown, so that nothing typed is lost.
    """

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The way to the record that stays; None leaves every other exception to others."""
        if not isinstance(problem, MergedAwayError):
            return None
        if request.method == "POST":
            typed = [
                (name.replace("_", " "), value)
                for name, values in request.POST.lists()
                if name not in NOT_TYPED
                for value in values
                if str(value).strip()
            ]
            context = {"typed": typed, "page_url": patient_url(problem.stays)}
            return render(request, "patients/merged_away.html", context, status=CONFLICT)
        messages.info(request, "The record you asked for was merged into this one.")
        address = request.get_full_path()
        return redirect(address.replace(str(problem.asked.public_id), str(problem.stays.public_id)))
